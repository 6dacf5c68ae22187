"""Doubts about single amounts: a year, a unit, a sum, a stock that contradicts others.

Doubts about emissions missing from every year: bounded by what peers, or expenditure, make possible.

Doubts about rows of emissions that rows of energy contradict, or hold already.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt

from separatrix.io.cells import Remark
from separatrix.run.cached_property import keep
from separatrix_cluster.accounts.factor import Factor, likely_grids
from separatrix_cluster.accounts.intensity_checks import (
    LARGEST_SLIP,
    below_cost,
    dear_lines,
    energy_for_money,
    per_worker,
)
from separatrix_cluster.accounts.missing_sources import (
    absent_sources,
    as_fossil,
    lines_of_source,
    without_electricity,
)
from separatrix_cluster.accounts.results import Ints
from separatrix_cluster.accounts.shifted_years import non_energy_use
from separatrix_cluster.accounts.verified_totals import computed_emissions, unlike_energy, verified_elsewhere
from separatrix_cluster.completeness.doubt import USUAL_FUEL, DataDoubt, DoubtSearch
from separatrix_cluster.completeness.estimates import from_other_years, from_sector, quotient_interval
from separatrix_cluster.tables.cells import Floats, text_codes
from separatrix_cluster.tables.panel import panel_of, sectors_of

__all__ = [
    "absent_source",
    "carbon_of_feedstock",
    "carrier_by_peers",
    "counted_by_energy",
    "money_below_energy",
    "odd_year",
    "other_unit",
    "part_above_whole",
    "reported_scope_2",
    "slip_of_all",
    "stated_total",
    "stocks",
    "untold_electricity",
    "verified_below_fuels",
    "verified_in_other_years",
]

Truths = npt.NDArray[np.bool_]

_SIZES = ("output", "value_added", "staff")


def untold_electricity(search: DoubtSearch, remark: Remark) -> Iterator[DataDoubt]:
    """Yield the unreported electricity that enterprises may have used, estimated from peers (K227)."""
    a, year = search.accounts, int(remark.what.values["year"])
    lacking = without_electricity(search.cluster, a, year)
    told = bool((a.carrier == "electricity").any())
    if told:
        most = carrier_by_peers(search, "electricity", year, lacking)
    else:
        most = _by_money(search, year)
    for e in np.flatnonzero(lacking).tolist():
        # Where nobody tells of any, all can still be compared by what they tell.
        yield DataDoubt(
            remark, year, str(a.enterprises[e]), "electricity", 0.0, float(most[e]), comparable=not told
        )


_BESIDE_FUELS = 3.0
"""Without money data: industry as a whole emits about as much for its electricity as from its fuels."""


def _by_money(search: DoubtSearch, year: int) -> Floats:
    """Return the most t CO2e of electricity where none is reported: as much as output can pay for."""
    a = search.accounts
    grid = search.registry.bought("electricity", "location", year)
    grids = [f.value for f in likely_grids(search.cluster.description.country)]
    factor = grid.value if isinstance(grid, Factor) else max(grids)
    direct = np.nan_to_num(a.by_enterprise(year, scope=1))
    most = factor * energy_for_money(search.cluster, year, fuels=False)
    return np.where(np.isnan(most), _BESIDE_FUELS * direct, most)


def carrier_by_peers(search: DoubtSearch, carrier: str, year: int, lacking: Truths) -> Floats:
    """Return the most t CO2e of a carrier that enterprises may have, estimated from those who report it."""
    a = search.accounts
    now = a.year == year
    mine = now & (a.carrier == carrier)
    rest = now & (a.carrier != "") & (a.carrier != carrier)
    return _by_peers(
        search, year, _sums(search, mine, search.weight), _sums(search, rest, search.weight), lacking
    )


def _sums(search: DoubtSearch, chosen: Truths, amounts: Floats) -> Floats:
    """Return the sum of every enterprise; `nan` where it is not above 0."""
    a = search.accounts
    chosen = chosen & (amounts > 0)
    sums = np.bincount(a.enterprise[chosen], amounts[chosen], len(a.enterprises)).astype(np.float64)
    return np.where(sums > 0, sums, np.nan)


def _by_peers(search: DoubtSearch, year: int, amounts: Floats, others: Floats, lacking: Truths) -> Floats:
    """Return the most that enterprises may have by the size that foretells peers best: or what else they use.

    Without any size by what one of them has.
    """
    cluster = search.cluster
    sizes = [panel_of(cluster, "accounts", c, [year])[:, 0] for c in _SIZES]
    measures: Sequence[Floats] = [*(np.where(s > 0, s, np.nan) for s in sizes), others]
    measures = [*measures, np.full(len(amounts), np.nan)]
    found = [from_sector(amounts, m, sectors_of(cluster), lacking) for m in measures]
    most = np.full(len(amounts), np.nan)
    for e in np.flatnonzero(lacking).tolist():
        by = [f for f, m in zip(found, measures, strict=True) if not np.isnan(m[e])] or found[-1:]
        best = min(by, key=lambda f: float(np.nan_to_num(f.high[e] / f.low[e], nan=np.inf)))
        most[e] = best.high[e]
    return most


def absent_source(search: DoubtSearch, remark: Remark) -> Iterator[DataDoubt]:
    """Yield what an enterprise may emit from a source that all others of its trade have (K244)."""
    a = search.accounts
    for absent in absent_sources(search.cluster, a):
        if absent.remark != remark:
            continue
        e, who = absent.enterprise, str(a.enterprises[absent.enterprise])
        alone = np.arange(len(a.enterprises)) == e
        by_factor = np.fmax(np.nan_to_num(a.factor_location), search.weight)
        of_source = lines_of_source(a, absent.source)
        for year in np.unique(a.year[a.enterprise == e]).tolist():
            now = a.year == year
            amounts = _sums(search, now & of_source, by_factor)
            amounts[e] = np.nan
            rest = _sums(search, now & ~of_source, by_factor)
            if absent.by_trade:
                most = as_fossil(search.cluster, e).get(year, 0.0)
            elif absent.by_peers:
                most = float(_by_peers(search, year, amounts, rest, alone)[e])
            else:
                most = USUAL_FUEL * float(energy_for_money(search.cluster, year, fuels=True)[e])
            energy = (0.0, 0.0) if absent.source == "process" else None
            yield DataDoubt(remark, year, who, "" if energy is None else "process", 0.0, most, energy)


_EXPLAINED = 1.05
"""A difference up to so many times what is known to be missing is that."""


def _value(remark: Remark, name: str) -> Any:
    return getattr(remark.what, "values", {}).get(name)


def other_unit(search: DoubtSearch, remark: Remark) -> Iterator[DataDoubt]:
    """Yield by how much an amount is more in the unit of the others (K153)."""
    share = float(_value(remark, "ratio")) - 1
    return search.doubts(remark, search.lines(remark), min(share, 0.0), max(share, 0.0))


def stocks(search: DoubtSearch, remark: Remark) -> Iterator[DataDoubt]:
    """Yield how far what was used is from what stocks and purchases leave (K155)."""
    share = float(_value(remark, "ratio")) - 1
    lines = search.lines(remark)
    if not np.isfinite(share) and not search.weight[lines].any():
        return iter(())
    return search.doubts(remark, lines, min(share, 0.0), max(share, 0.0))


# --------------------------------------------------------------------------- years


def odd_year(search: DoubtSearch, remark: Remark) -> Iterator[DataDoubt]:
    """Yield the difference between the sum of a year and the estimate from its other years (K154)."""
    if remark.file == search.cluster.table("accounts").file:
        yield from _odd_column(search, remark)
        return
    lines = search.lines(remark)
    if not len(lines):
        return
    guess = keep(search, "_usual_amounts", lambda: _usual_amounts(search))
    for key, places in _series_of(search, lines).items():
        low, high = guess.get(key, (np.nan, np.nan))
        whole = places[1]
        carbon, energy = float(search.weight[whole].sum()), float(np.nansum(search.accounts.energy[whole]))
        size = float(_size(search, whole).sum())
        shares = np.array([low, high]) / size - 1 if size else np.full(2, np.nan)
        below, above = min(0.0, float(shares[0])), max(0.0, float(shares[1]))
        if np.isnan(shares).any():
            below = above = float("nan")
        yield DataDoubt(
            remark,
            key[1],
            str(search.accounts.enterprises[key[0]]),
            key[2],
            below * carbon,
            above * carbon,
            (below * energy, above * energy),
        )


Key = tuple[int, int, str, str]


def _size(search: DoubtSearch, lines: Ints) -> Floats:
    """Return how large lines are: t CO2e by factors where they count as 0, else their energy."""
    a = search.accounts
    by_factor = np.nan_to_num(a.factor_location[lines])
    carbon = np.where(a.location[lines] != 0, a.location[lines], by_factor)
    return np.where(carbon != 0, carbon, np.nan_to_num(a.energy[lines]))


def _series_of(search: DoubtSearch, lines: Ints) -> dict[Key, tuple[Ints, Ints]]:
    """Return the lines by enterprise, year, source and gas, each with all lines of the same kind."""
    a, source = search.accounts, search.source
    found: dict[Key, tuple[Ints, Ints]] = {}
    for i in lines.tolist():
        key = (int(a.enterprise[i]), int(a.year[i]), str(source[i]), str(a.gas[i]))
        if key not in found:
            alike = np.flatnonzero(a.enterprise == key[0])
            alike = alike[(source[alike] == key[2]) & (a.gas[alike] == key[3])]
            found[key] = alike, alike[a.year[alike] == key[1]]
    return found


def _usual_amounts(search: DoubtSearch) -> dict[Key, tuple[float, float]]:
    """Return between which ends the other years leave each amount that is in doubt for its year.

    The errors of the method are those on all series of the cluster, excluding the doubtful ones.
    """
    a = search.accounts
    years = np.array(a.years, dtype=np.int64)
    (sources, source), (gases, gas) = text_codes(search.source), text_codes(a.gas)
    kinds = max(len(sources) * len(gases), 1)
    key, place = np.unique((a.enterprise * kinds + source * len(gases)) + gas, return_inverse=True)
    table = np.full((len(key), len(years)), np.nan)
    column = np.searchsorted(years, a.year)
    table[place, column] = 0.0
    np.add.at(table, (place, column), _size(search, np.arange(len(a.year))))
    doubted: dict[Key, tuple[int, int]] = {}
    energy = (search.cluster.table("energy").file, search.cluster.table("emissions").file)
    for remark in search.remarks:
        if remark.code == "K154" and remark.file in energy:
            for one, (alike, _) in _series_of(search, search.lines(remark)).items():
                doubted[one] = int(place[alike[0]]), int(np.searchsorted(years, one[1]))
    for at in doubted.values():
        table[at] = np.nan
    asked = np.zeros(table.shape, dtype=bool)
    for at in doubted.values():
        asked[at] = True
    # A year before the jump to which nothing comes after it stands beside it at one side only.
    guess = from_other_years(table, years, asked)
    return {one: (float(guess.low[at]), float(guess.high[at])) for one, at in doubted.items()}


def _odd_column(search: DoubtSearch, remark: Remark) -> Iterator[DataDoubt]:
    """Yield the same of a column of the table `accounts`."""
    table = search.cluster.table("accounts")
    column, place = str(_value(remark, "column")), np.flatnonzero(table.rows == remark.row)
    year = _value(remark, "year")
    place = place[table.numbers("year")[place] == year]
    if not len(place) or column not in table.columns:
        return
    at = int(np.flatnonzero(search.cluster.enterprises == table.texts("enterprise")[place[0]])[0])
    years = list(table.years)
    known = panel_of(search.cluster, "accounts", column, years)
    counted = float(known[at, years.index(year)])
    known[at, years.index(year)] = np.nan
    guess = from_other_years(known, np.array(years, dtype=np.int64))
    ends = [float(end[at, years.index(year)]) - counted for end in (guess.low, guess.high)]
    yield DataDoubt(
        remark,
        int(year),
        str(search.cluster.enterprises[at]),
        low=min(0.0, ends[0]) if ends[0] == ends[0] else float("nan"),
        high=max(0.0, ends[1]) if ends[1] == ends[1] else float("nan"),
        of=column,
    )


# --------------------------------------------------------------------------- sums


def stated_total(search: DoubtSearch, remark: Remark) -> Iterator[DataDoubt]:
    """Yield what a stated total has more or less than its rows, where nothing missing explains it (K151)."""
    table = next((t for t in search.cluster.tables.values() if t.file and t.file == remark.file), None)
    if table is None:
        return
    ratio, year = float(_value(remark, "ratio")), _value(remark, "year")
    if table.name == "accounts":
        yield from _stated_column(search, remark, ratio)
        return
    if table.name not in ("energy", "emissions"):
        return
    a = search.accounts
    chosen = a.file == table.file
    if year:
        chosen &= a.year == year
    source = str(_value(remark, "source") or "")
    if source:
        chosen &= search.source == source
    parts = np.flatnonzero(chosen)
    if not len(parts):
        return
    gaps = search.gaps
    for when in np.unique(a.year[parts]).tolist():
        of_year = parts[a.year[parts] == when]
        share = ratio - 1
        carbon = float(search.weight[of_year].sum()) * share
        energy = float(np.nansum(a.energy[of_year])) * share
        lacking = (gaps.year == when) & np.isin(gaps.source, np.unique(search.source[of_year]))
        if 0 <= carbon <= _EXPLAINED * float(np.nan_to_num(gaps.high[lacking], nan=np.inf).sum()):
            continue  # rows that were left out
        yield DataDoubt(
            remark,
            int(when),
            source=source,
            low=min(carbon, 0.0),
            high=max(carbon, 0.0),
            energy=(min(energy, 0.0), max(energy, 0.0)),
        )


def _stated_column(search: DoubtSearch, remark: Remark, ratio: float) -> Iterator[DataDoubt]:
    column, table = str(_value(remark, "source")), search.cluster.table("accounts")
    if column not in table.columns:
        return
    year = _value(remark, "year")
    for when in [year] if year else table.years:
        now = table.numbers("year") == when
        more = (ratio - 1) * float(np.nansum(table.numbers(column)[now]))
        if now.any():
            yield DataDoubt(remark, int(when), low=min(more, 0.0), high=max(more, 0.0), of=column)


def part_above_whole(search: DoubtSearch, remark: Remark) -> Iterator[DataDoubt]:
    """Yield by how much a part may be too high or its whole too low (K136).

    The part is at most the whole, and at least as small a share of it as any other enterprise has; the whole
    is at least the part.
    """
    table = search.cluster.table("accounts")
    place = np.flatnonzero(table.rows == remark.row)
    part, whole = _value(remark, "columns") or ("", "")
    if remark.file != table.file or not part or not len(place):
        return
    parts, wholes, years = table.numbers(part), table.numbers(whole), table.numbers("year")
    with np.errstate(divide="ignore", invalid="ignore"):
        shares = parts / wholes
    for i in place[(years[place] == _value(remark, "year")) & (parts[place] > wholes[place])].tolist():
        other = table.texts("enterprise") != table.texts("enterprise")[i]
        usual = shares[(shares > 0) & (shares <= 1) & other]
        least = float(usual.min()) if len(usual) else 0.0
        found = DataDoubt(remark, int(years[i]), str(table.texts("enterprise")[i]))
        yield replace(found, low=float(least * wholes[i] - parts[i]), high=0.0, of=part)
        more = float(parts[i]) / least if least > 0 else float("nan")
        yield replace(found, low=0.0, high=more - float(wholes[i]), of=whole)


def money_below_energy(search: DoubtSearch, remark: Remark) -> Iterator[DataDoubt]:
    """Yield that nothing bounds the money of who makes less than its energy costs, nor that energy (K234).

    Of single enterprises it is as far off as units are taken for each other.
    """
    a = search.accounts
    for lines in dear_lines(search.cluster, a):
        yield from search.doubts(remark, lines, 1 / LARGEST_SLIP - 1, 0.0)
    below = below_cost(search.cluster, a)
    most = 2 * below.any(axis=1).sum() >= len(np.unique(a.enterprise))
    for column in ("output", "value_added"):
        known = panel_of(search.cluster, "accounts", column, list(a.years))
        for e, y in np.argwhere(below).tolist():
            doubt = DataDoubt(remark, int(a.years[y]), str(a.enterprises[e]), of=column)
            high = (LARGEST_SLIP - 1) * max(0.0, float(np.nan_to_num(known[e, y])))
            yield doubt if most else replace(doubt, low=0.0, high=high)


def slip_of_all(search: DoubtSearch, remark: Remark) -> Iterator[DataDoubt]:
    """Yield that electricity, or money, of all may be as far off as units are taken for each other (K248)."""
    a = search.accounts
    for one in per_worker(search.cluster, a):
        if one.remark != remark:
            continue
        if one.amount == "electricity":
            lines = np.flatnonzero(a.carrier == "electricity")
            yield from search.doubts(remark, lines, 0.0, LARGEST_SLIP - 1, comparable=True)
            continue
        for column in ("output", "value_added"):
            known = panel_of(search.cluster, "accounts", column, list(a.years))
            for e, y in np.argwhere(known > 0).tolist():
                low = (1 / LARGEST_SLIP - 1) * float(known[e, y])
                yield DataDoubt(
                    remark,
                    int(a.years[y]),
                    str(a.enterprises[e]),
                    low=low,
                    high=0.0,
                    of=column,
                    comparable=True,
                )


_SWINGS = 1.1


def verified_below_fuels(search: DoubtSearch, remark: Remark) -> Iterator[DataDoubt]:
    """Yield how far a verified total is from what its fuels give, or gave in other years (K226)."""
    a = search.accounts
    for i in search.lines(remark)[:1].tolist():
        alike = (a.enterprise == a.enterprise[i]) & (a.year == a.year[i])
        total = float(search.weight[alike & (a.kind == "verified")].sum())
        fuels = float(np.nansum(a.factor_location[alike & (a.kind == "combustion")]))
        held = float(_value(remark, "held") or 1.0)
        held *= _SWINGS if held > 1 else 1.0
        whole = float(_value(remark, "most") or 0.0)  # with the process emissions of other years
        # A tenth above or below: how much processes add differs from year to year.
        least = fuels * float(_value(remark, "usual") or 1.0) / _SWINGS
        yield DataDoubt(
            remark,
            int(a.year[i]),
            str(a.enterprises[a.enterprise[i]]),
            "verified",
            min(0.0, least - total) if total > fuels and not whole else 0.0,
            max(0.0, fuels * held - total if total < fuels else 0.0, whole * _SWINGS - total),
            (0.0, 0.0),
        )


def verified_in_other_years(search: DoubtSearch, remark: Remark) -> Iterator[DataDoubt]:
    """Yield what a year that is counted by fuels may be off, by the totals of the other years (K239)."""
    for one in verified_elsewhere(search.accounts):
        if one.remark == remark:
            ratios = np.array([one.low, one.high])
            thought = float(np.ptp(ratios)) + _EXPLAINED - 1
            sample = (np.array(one.others),) if one.others else (ratios, thought)
            low, high = (end - 1 for end in quotient_interval(*sample))
            ends = min(low, 0.0), max(high, 0.0)
            yield from search.doubts(remark, one.lines, *ends, energy=(0.0, 0.0), comparable=True)


def counted_by_energy(search: DoubtSearch, remark: Remark) -> Iterator[DataDoubt]:
    """Yield what emissions count a second time that are what rows of energy give (K246)."""
    for one in computed_emissions(search.accounts):
        if one.remark == remark:
            yield from search.doubts(remark, one.lines, -one.shares, 0.0, energy=(0.0, 0.0))


def reported_scope_2(search: DoubtSearch, remark: Remark) -> Iterator[DataDoubt]:
    """Yield how far a reported scope 2 is from what the bought energy gives (K247)."""
    for one in unlike_energy(search.accounts):
        if one.remark == remark:
            yield DataDoubt(
                remark,
                one.year,
                str(search.accounts.enterprises[one.enterprise]),
                "reported",
                min(0.0, one.more),
                max(0.0, one.more),
                (0.0, 0.0),
            )


def carbon_of_feedstock(search: DoubtSearch, remark: Remark) -> Iterator[DataDoubt]:
    """Yield the CO2 of a feedstock whose carbon is not accounted for (K249)."""
    for one in non_energy_use(search.cluster, search.accounts, search.registry):
        if one.remark == remark:
            who = str(search.accounts.enterprises[one.enterprise])
            yield DataDoubt(remark, one.year, who, one.carrier, 0.0, one.carbon, (0.0, one.energy))
