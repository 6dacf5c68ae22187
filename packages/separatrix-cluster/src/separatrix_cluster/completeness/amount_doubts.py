"""Doubts about single amounts: a year, a unit, a sum, a stock that contradicts others."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np

from separatrix.io.cells import Remark
from separatrix.run.cached_property import keep
from separatrix_cluster.accounts.energy_costs import LARGEST_SLIP, below_cost, dear_lines
from separatrix_cluster.accounts.per_worker import per_worker
from separatrix_cluster.accounts.result import Ints
from separatrix_cluster.accounts.verified_totals import verified_elsewhere
from separatrix_cluster.completeness.data_doubt import DataDoubt, DoubtSearch
from separatrix_cluster.completeness.panel_estimates import from_other_years, quotient_interval
from separatrix_cluster.tables.cell_values import Floats
from separatrix_cluster.tables.panel import panel_of
from separatrix_cluster.tables.text_codes import text_codes

__all__ = [
    "money_below_energy",
    "odd_year",
    "other_unit",
    "part_above_whole",
    "slip_of_all",
    "stocks",
    "stated_total",
    "verified_below_fuels",
    "verified_in_other_years",
]

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
