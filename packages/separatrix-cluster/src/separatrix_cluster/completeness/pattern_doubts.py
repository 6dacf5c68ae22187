"""Doubts about what does not fit other years, peers or other tables, though each row of it is well formed.

Doubts about who made what is bought, and about factors: the amounts hold, what they count for is open.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import cache

import numpy as np
import numpy.typing as npt

from separatrix.io.cells import Remark
from separatrix.run.cached_property import keep
from separatrix_cluster.accounts.emission_factors import own_factor, shipped_factors
from separatrix_cluster.accounts.factor import Factor, country_of_grid, likely_grids
from separatrix_cluster.accounts.internal_supply import DERIVED_GASES
from separatrix_cluster.accounts.peer_ratios import PeerRatio, odd_ratios
from separatrix_cluster.accounts.results import Ints
from separatrix_cluster.accounts.shifted_years import ZeroAmount, lines_by_another, zero_amounts
from separatrix_cluster.accounts.supply_checks import never_bought, unlikely_supply, unnamed_heat
from separatrix_cluster.completeness.amount_doubts import carrier_by_peers
from separatrix_cluster.completeness.doubt import USUAL_FUEL, DataDoubt, DoubtSearch
from separatrix_cluster.completeness.estimates import BOUGHT, from_other_years
from separatrix_cluster.tables.bill_checks import SuspectRows
from separatrix_cluster.tables.carriers import carrier_named, plain_name
from separatrix_cluster.tables.cells import Floats, text_codes

__all__ = [
    "copied_amounts",
    "derived_gas",
    "excess_gas",
    "factor_of_some_years",
    "foreign_grid",
    "out_of_proportion",
    "own_factor_doubts",
    "own_power",
    "supplier",
    "suspect_rows",
    "twice_or_outside",
    "unused_factor",
    "waste_heat",
    "zero_beside_work",
]

Truths = npt.NDArray[np.bool_]


# --------------------------------------------------------------------------- rows


def suspect_rows(search: DoubtSearch, remark: Remark) -> Iterator[DataDoubt]:
    """Yield by how much rows that are too few, twice or of another year make theirs wrong (K156 to K158)."""
    by_remark = keep(search, "_suspects", lambda: _suspects(search))
    for suspect in by_remark.get(remark, ()):
        yield from _of_rows(search, suspect)


def _suspects(search: DoubtSearch) -> dict[Remark, list[SuspectRows]]:
    found: dict[Remark, list[SuspectRows]] = {}
    for suspect in search.cluster.suspects:
        found.setdefault(suspect.remark, []).append(suspect)
    return found


def copied_amounts(search: DoubtSearch, remark: Remark) -> Iterator[DataDoubt]:
    """Yield what equal amounts of two enterprises may be, where either is a copy (K159, K166).

    By the other years of the same carrier that are not copies, else by what peers make possible.
    """
    by_remark = keep(search, "_suspects", lambda: _suspects(search))
    suspects = by_remark.get(remark, [])
    a = search.accounts
    copied = np.zeros(len(a.year), dtype=bool)
    lines_of = [_lines_of(search, suspect) for suspect in suspects]
    for lines in lines_of:
        copied[lines] = True
    every = cache(lambda: _amounts_by_series(search, copied))
    for suspect, lines in zip(suspects, lines_of, strict=True):
        whole = remark.code == "K159"
        for doubt in search.doubts(remark, lines, suspect.low, suspect.high, comparable=whole):
            ends = _own_amount(search, doubt, copied, every)
            if whole and suspect.low == 0:
                ends = 0.0, ends[1]
            elif whole:
                ends = doubt.low, ends[1]
            yield replace(doubt, low=min(0.0, ends[0]), high=max(0.0, ends[1]), energy=None)


def _own_amount(
    search: DoubtSearch, doubt: DataDoubt, copied: npt.NDArray[np.bool_], every: Callable[[], Floats]
) -> tuple[float, float]:
    """Return how far the amount that an enterprise has of a source is from what its own may be.

    ``every`` gives the amounts of the series that hold no copy.
    """
    a = search.accounts
    e = int(np.flatnonzero(a.enterprises == doubt.enterprise)[0])
    own = np.flatnonzero(a.enterprise == e)
    own = own[search.source[own] == doubt.source]
    counted = float(search.weight[own[a.year[own] == doubt.year]].sum())
    years = np.array(a.years, dtype=np.int64)
    kept = own[~copied[own] & (a.year[own] != doubt.year)]
    if len(kept):
        row, at = np.full(len(years), np.nan), np.searchsorted(years, a.year[kept])
        row[at] = 0.0
        np.add.at(row, at, search.weight[kept])
        k = int(np.searchsorted(years, doubt.year or 0))
        if len(a.year) < _LARGE:
            low, high = _last_row(np.r_[every(), row[None]], years, k)
        else:
            # The interval comes from all series below; nobody asks for that of this one.
            asked = np.zeros((1, len(years)), dtype=bool)
            value = float(from_other_years(row[None], years, asked).value[0, k])
            low, high = sorted(value * end for end in _errors(search, ~np.isnan(row), k))
        return low - counted, high - counted
    alone = np.arange(len(a.enterprises)) == e
    most = float(carrier_by_peers(search, doubt.source, int(doubt.year or 0), alone)[e])
    return -counted, (most - counted if most == most else counted)


_LARGE = 50_000
"""Above this number of lines the errors of other years are computed once: one series hardly changes them."""


def _last_row(table: Floats, years: Ints, k: int) -> tuple[float, float]:
    asked = np.zeros(table.shape, dtype=bool)
    asked[-1, k] = True
    guess = from_other_years(table, years, asked)
    return float(guess.low[-1, k]), float(guess.high[-1, k])


def _errors(search: DoubtSearch, told: Truths, k: int) -> tuple[float, float]:
    """Return the range of the ratio of an amount to its estimate from this pattern of years."""

    def find() -> tuple[float, float]:
        every = keep(search, "_uncopied", lambda: _amounts_by_series(search, _copies(search)))
        row = np.where(told, 1.0, np.nan)
        return _last_row(np.r_[every, row[None]], np.array(search.accounts.years, dtype=np.int64), k)

    return keep(search, f"_errors_{told.tolist()}_{k}", find)


def _copies(search: DoubtSearch) -> Truths:
    """Return the lines that may be copies of others."""
    found = np.zeros(len(search.accounts.year), dtype=bool)
    for suspect in search.cluster.suspects:
        if suspect.remark.code in ("K159", "K166"):
            found[_lines_of(search, suspect)] = True
    return found


def _amounts_by_series(search: DoubtSearch, copied: npt.NDArray[np.bool_]) -> Floats:
    """Return the amounts of all series that hold no copy by year: the errors of other years are theirs."""
    a = search.accounts
    years = np.array(a.years, dtype=np.int64)
    code = text_codes(search.source)[1]
    key = a.enterprise * (int(code.max(initial=0)) + 1) + code
    kept = np.flatnonzero(~np.isin(key, key[copied]))
    place = np.unique(key[kept], return_inverse=True)[1]
    table = np.full((int(place.max(initial=-1)) + 1, len(years)), np.nan)
    at = np.searchsorted(years, a.year[kept])
    table[place, at] = 0.0
    np.add.at(table, (place, at), search.weight[kept])
    return table


def twice_or_outside(search: DoubtSearch, remark: Remark) -> Iterator[DataDoubt]:
    """Yield what rows of an enterprise that was not there in a year count too much (K160).

    Each amount may well be right, and can be compared with those of other years.
    """
    for doubt in suspect_rows(search, remark):
        yield replace(doubt, comparable=True)


def _of_rows(search: DoubtSearch, suspect: SuspectRows) -> Iterator[DataDoubt]:
    if suspect.table == "accounts":
        yield from _of_columns(search, suspect)
        return
    lines = _lines_of(search, suspect)
    for doubt in search.doubts(suspect.remark, lines, suspect.low, suspect.high):
        # A row that may be of another year makes that one too low.
        yield replace(doubt, year=suspect.year)


def _lines_of(search: DoubtSearch, suspect: SuspectRows) -> Ints:
    """Return the lines of the accounts that rows of a table gave; in a wide table a row holds several."""
    a, table = search.accounts, search.cluster.table(suspect.table)
    rows = list(suspect.rows)
    place = keep(search, "_places", lambda: {str(name): i for i, name in enumerate(a.enterprises)})
    wanted = set()
    for row in rows:
        text = str(table.texts("carrier")[row])
        carrier = (carrier_named(text)[0] or plain_name(text)) if text else ""
        who = place[str(table.texts("enterprise")[row])]
        wanted.add((int(table.rows[row]), who, int(table.numbers("year")[row]), carrier))
    order = keep(search, "_by_row", lambda: np.argsort(a.row, kind="stable"))
    numbers = np.unique(table.rows[rows])
    first, last = (np.searchsorted(a.row, numbers, side, order) for side in ("left", "right"))
    at = np.sort(np.concatenate([order[i:j] for i, j in zip(first, last, strict=True)]))
    at = at[a.file[at] == table.file]
    keys = zip(a.row[at], a.enterprise[at], a.year[at], a.carrier[at], strict=True)
    chosen = [(int(r), int(e), int(y), str(c)) in wanted for r, e, y, c in keys]
    return np.asarray(at[np.array(chosen, dtype=bool)], dtype=np.int64)


def _of_columns(search: DoubtSearch, suspect: SuspectRows) -> Iterator[DataDoubt]:
    table = search.cluster.table("accounts")
    for row in suspect.rows:
        for column in ("output", "value_added", "staff"):
            amount = float(np.nan_to_num(table.numbers(column)[row]))
            ends = sorted((suspect.low * amount, suspect.high * amount))
            yield DataDoubt(
                suspect.remark,
                suspect.year,
                str(table.texts("enterprise")[row]),
                low=ends[0],
                high=ends[1],
                of=column,
            )


# --------------------------------------------------------------------------- peers


def out_of_proportion(search: DoubtSearch, remark: Remark) -> Iterator[DataDoubt]:
    """Yield how far an amount is from what peers leave possible (K229)."""
    for ratio in odd_ratios(search.cluster, search.accounts):
        if ratio.remark == remark:
            yield from _of_ratio(search, ratio)


def _of_ratio(search: DoubtSearch, ratio: PeerRatio) -> Iterator[DataDoubt]:
    a = search.accounts
    mine = a.enterprise == ratio.enterprise
    chosen = {
        **({c: mine & (a.carrier == c)} if (c := ratio.amount) in set(a.carrier[mine].tolist()) else {}),
        "fuels": mine & (a.scope == 1) & (a.carrier != ""),
        "direct": mine & (a.scope == 1) & (search.weight > 0),
        "process": mine & (a.kind == "process"),
    }
    if ratio.amount in chosen:
        lines = np.flatnonzero(chosen[ratio.amount])
        yield from search.doubts(ratio.remark, lines, ratio.low, ratio.high)
        return
    table = search.cluster.table("accounts")
    who = str(a.enterprises[ratio.enterprise])
    for row in np.flatnonzero(table.texts("enterprise") == who).tolist():
        amount, year = float(table.numbers(ratio.amount)[row]), float(table.numbers("year")[row])
        if not np.isnan(year) and not np.isnan(amount):
            ends = sorted((ratio.low * amount, ratio.high * amount))
            yield DataDoubt(ratio.remark, int(year), who, low=ends[0], high=ends[1], of=ratio.amount)


def zero_beside_work(search: DoubtSearch, remark: Remark) -> Iterator[DataDoubt]:
    """Yield what a carrier that is 0 while the work goes on may have been, by its other years (K238)."""
    found = zero_amounts(search.cluster, search.accounts)
    for zero in found:
        if zero.remark == remark:
            yield _of_zero(search, zero, found)


def _series_of(zero: ZeroAmount) -> tuple[int, str, int]:
    return zero.enterprise, zero.carrier, zero.supplier


def _of_zero(search: DoubtSearch, zero: ZeroAmount, found: Sequence[ZeroAmount]) -> DataDoubt:
    a = search.accounts
    years = np.array(a.years, dtype=np.int64)
    alike = (a.carrier == zero.carrier) & (a.supplier == zero.supplier)
    series = [np.flatnonzero(alike & (a.enterprise == e)) for e in np.unique(a.enterprise[alike])]
    doubted = [z.year for z in found if _series_of(z) == _series_of(zero)]
    ends = []
    for amounts in (search.weight, np.nan_to_num(np.where(a.internal, 0.0, a.energy))):
        table = np.full((len(series), len(years)), np.nan)
        for k, lines in enumerate(series):
            at = np.searchsorted(years, a.year[lines])
            table[k, at] = 0.0
            np.add.at(table[k], at, amounts[lines])
            if a.enterprise[lines[0]] == zero.enterprise:
                mine = k
                table[k, np.isin(years, doubted)] = np.nan
        guess = from_other_years(table, years)
        ends.append(float(guess.high[mine, int(np.searchsorted(years, zero.year))]))
    now = (a.enterprise == zero.enterprise) & (a.year == zero.year)
    if np.isnan(ends[0]) and zero.carrier not in BOUGHT and (now & (a.kind == "verified")).any():
        ends[0] = 0.0  # a verified total holds it
    elif np.isnan(ends[0]):  # it is 0 in every year
        alone = np.arange(len(a.enterprises)) == zero.enterprise
        ends[0] = float(carrier_by_peers(search, zero.carrier, zero.year, alone)[zero.enterprise])
    return DataDoubt(
        zero.remark,
        zero.year,
        str(a.enterprises[zero.enterprise]),
        zero.carrier,
        0.0,
        ends[0],
        None if np.isnan(ends[1]) else (0.0, ends[1]),
    )


# --------------------------------------------------------------------------- factors


def factor_of_some_years(search: DoubtSearch, remark: Remark) -> Iterator[DataDoubt]:
    """Yield by how much other years would change if they counted by the factor of one (K228)."""
    for own, place in zip(search.registry.own, search.registry.own_rows, strict=True):
        if place == (remark.file, remark.row):
            lines, shares = lines_by_another(search.accounts, search.registry, own)
            yield from search.doubts(
                remark,
                lines,
                np.minimum(shares, 0.0),
                np.maximum(shares, 0.0),
                energy=(0.0, 0.0),
                comparable=True,
            )


def foreign_grid(search: DoubtSearch, remark: Remark) -> Iterator[DataDoubt]:
    """Yield between which ends any other shipped grid leaves bought electricity (K233)."""
    a, d = search.accounts, search.cluster.description
    of = country_of_grid(d.grid_area, d.country)
    of_country = [f for f in likely_grids(d.country) if country_of_grid(f.area, d.country) is None]
    others = of_country or [f for f in likely_grids() if f.area[:2] != of]
    values = [f.value for f in others]
    used = {i for i, f in enumerate(a.factors) if country_of_grid(str(f["area"]), d.country) is not None}
    bought = (a.carrier == "electricity") & (a.location > 0) & np.isin(a.factor, list(used))
    lines = np.flatnonzero(bought)
    at = a.factor_location[lines] / a.energy[lines]
    low, high = min(values) / at - 1, max(values) / at - 1
    yield from search.doubts(
        remark, lines, np.minimum(low, 0.0), np.maximum(high, 0.0), energy=(0.0, 0.0), comparable=True
    )


def excess_gas(search: DoubtSearch, remark: Remark) -> Iterator[DataDoubt]:
    """Yield the carbon of derived gases that the fuel which they are made of cannot have held (K232)."""
    a = search.accounts
    for i in search.lines(remark)[:1].tolist():
        alike = (a.enterprise == a.enterprise[i]) & (a.year == a.year[i]) & (a.location > 0)
        lines = np.flatnonzero(alike & np.isin(a.carrier.astype(str), DERIVED_GASES))
        yield from search.doubts(remark, lines, -1.0, 0.0)


_EFFICIENCY = {"electricity": 0.33, "heat": 0.6}
"""Of an old coal plant and an old boiler: what was made took no more fuel than theirs."""


def supplier(search: DoubtSearch, remark: Remark) -> Iterator[DataDoubt]:
    """Yield what supply within the cluster may count twice, or not at all (K218)."""
    a, lines = search.accounts, search.lines(remark)
    table = search.cluster.table("energy")
    if remark.file == table.file and remark.column == "supplier":
        if not len(lines):
            return
        unlikely = np.intersect1d(lines, unlikely_supply(search.cluster, a))
        if len(unlikely):
            yield from _outside(search, remark, unlikely, np.ones(len(unlikely)))
        elif a.supplier[lines[0]] < 0:
            yield from _unnamed(search, remark, int(a.year[lines[0]]))
        else:
            yield from _not_made(search, remark, lines[a.doubtful[lines]])
    elif remark.file == table.file:
        yield from _unsold(search, remark)
    else:  # a reported scope 2 of which a part was counted where it was made
        moved = lines[a.internal[lines]]
        yield from _outside(search, remark, moved, np.ones(len(moved)))


def _not_made(search: DoubtSearch, remark: Remark, lines: Ints) -> Iterator[DataDoubt]:
    """Yield the doubt of power or heat whose supplier cannot be seen to have made it.

    If it did make it, the row counts twice, and the fuel that it took is missing.
    """
    a, gaps = search.accounts, search.gaps
    for i in lines.tolist():
        lacking = (gaps.enterprise == a.supplier[i]) & (gaps.year == a.year[i])
        fuel = USUAL_FUEL / _EFFICIENCY.get(str(a.carrier[i]), 1.0) * float(np.nan_to_num(a.energy[i]))
        # What is known to be missing from the supplier has its own bounds.
        more = 0.0 if lacking.any() else max(0.0, fuel - float(search.weight[i]))
        yield DataDoubt(
            remark,
            int(a.year[i]),
            str(a.enterprises[a.enterprise[i]]),
            str(a.carrier[i]),
            -float(search.weight[i]),
            more,
            (-float(np.nan_to_num(a.energy[i])), 0.0),
            comparable=True,
            own=False,
        )


def _outside(search: DoubtSearch, remark: Remark, lines: Ints, share: Floats) -> Iterator[DataDoubt]:
    """Yield the doubt of lines counted inside the cluster although a share may have come from outside."""
    a = search.accounts
    for i, part in zip(lines.tolist(), share.tolist(), strict=True):
        yield DataDoubt(
            remark,
            int(a.year[i]),
            str(a.enterprises[a.enterprise[i]]),
            str(search.source[i]),
            0.0,
            part * float(a.location[i]),
            (0.0, part * float(np.nan_to_num(a.energy[i]))),
            comparable=True,
            own=False,
        )


def _unnamed(search: DoubtSearch, remark: Remark, year: int) -> Iterator[DataDoubt]:
    """Yield the doubt of heat that a plant of the cluster may have made, as far as that emitted so much."""
    found, most = unnamed_heat(search.cluster, search.accounts, year)
    whole = float(search.accounts.location[found].sum())
    if whole > 0:
        yield from search.doubts(remark, found, -most / whole, 0.0, comparable=True, own=False)


def _unsold(search: DoubtSearch, remark: Remark) -> Iterator[DataDoubt]:
    """Yield the doubt of what members took from a seller beyond what it says that it sold to them."""
    table, a = search.cluster.table("energy"), search.accounts
    place = np.flatnonzero(table.rows == remark.row)
    if not len(place):
        return
    i = int(place[0])
    year, seller = table.numbers("year")[i], table.texts("enterprise")[i]
    same = (table.texts("use") == "sold") & (table.numbers("year") == year)
    same &= (table.texts("enterprise") == seller) & (table.texts("carrier") == table.texts("carrier")[i])
    sold = float(np.nansum(table.numbers("amount")[same]))
    at = int(np.flatnonzero(search.cluster.enterprises == seller)[0])
    taken = np.flatnonzero((a.supplier == at) & (a.year == year) & a.internal)
    energy = float(np.nansum(a.energy[taken]))
    if energy > 0 and np.flatnonzero(same)[0] == i:
        yield from _outside(search, remark, taken, np.full(len(taken), max(0.0, 1 - sold / energy)))


def own_power(search: DoubtSearch, remark: Remark) -> Iterator[DataDoubt]:
    """Yield the energy that counts twice if fuel made it, and what it emits if it was bought (K223)."""
    a, table = search.accounts, search.cluster.table("energy")
    unbought = keep(search, "_never_bought", lambda: never_bought(a, table))
    for i in search.lines(remark)[:1].tolist():
        grid = search.registry.bought("electricity", "location", int(a.year[i]))
        factor = grid.value if unbought[i] and isinstance(grid, Factor) else 0.0
        energy = float(np.nan_to_num(a.energy[i]))
        burned = (a.enterprise == a.enterprise[i]) & (a.year == a.year[i]) & (a.kind == "combustion")
        yield DataDoubt(
            remark,
            int(a.year[i]),
            str(a.enterprises[a.enterprise[i]]),
            str(a.carrier[i]),
            0.0,
            factor * energy,
            (-energy if burned.any() else 0.0, 0.0),
            comparable=True,
        )


def waste_heat(search: DoubtSearch, remark: Remark) -> Iterator[DataDoubt]:
    """Yield what counts as bought heat, if it is the enterprise's own: nothing then, and no second energy."""
    a, lines, table = search.accounts, search.lines(remark), search.cluster.table("energy")
    # A row of a wide table may hold bought heat beside it: the line is that of its amount.
    name = getattr(remark.what, "values", {}).get("name", "")
    same = (table.rows == remark.row) & (table.texts("carrier") == name)
    mine = lines[np.isin(a.energy[lines], table.numbers("amount")[same]) & (a.factor[lines] >= 0)]
    # Of bought heat of the same amount beside it, none is doubted.
    yield from search.doubts(remark, mine[: int(same.sum())], -1.0, 0.0, comparable=True)


def derived_gas(search: DoubtSearch, remark: Remark) -> Iterator[DataDoubt]:
    """Yield the carbon of a gas that counts with the fuel it was made of, if it was bought instead (K222)."""
    a = search.accounts
    for i in search.lines(remark)[:1].tolist():
        yield DataDoubt(
            remark,
            int(a.year[i]),
            str(a.enterprises[a.enterprise[i]]),
            str(a.carrier[i]),
            0.0,
            float(getattr(remark.what, "values", {}).get("tonnes", np.nan)),
            comparable=True,
            own=False,
        )


# --------------------------------------------------------------------------- factors

_OF_ONES_OWN = 1.5
"""Measured factors of a fuel, a boiler or a grid lie within this factor of those that are shipped."""


def own_factor_doubts(search: DoubtSearch, remark: Remark) -> Iterator[DataDoubt]:
    """Yield by how much another factor would change what an own one gives (K225)."""
    here = {
        row: factor for factor, (_, row) in zip(search.registry.own, search.registry.own_rows, strict=True)
    }
    factor = here.get(remark.row or -1)
    if factor is None:  # a second one of the same, of which the first counts
        other = _factor_at(search, remark)
        alike = [f for f in here.values() if other is not None and _same(f, other)]
        if other is None or not alike:
            return
        factor, values = alike[0], [other.value]
    else:
        values = [
            f.value * margin
            for f in shipped_factors()
            if (f.carrier, f.dimension) == (factor.carrier, factor.dimension) and f.value > 0
            for margin in (1 / _OF_ONES_OWN, _OF_ONES_OWN)
        ]
    used = [k for k, f in enumerate(search.accounts.factors) if f == factor.to_dict()]
    lines = np.flatnonzero(np.isin(search.accounts.factor, used))
    if not len(lines) or not values:
        return
    known = factor.value > 0
    low, high = (end / factor.value - 1 if known else float("nan") for end in (min(values), max(values)))
    yield from search.doubts(
        remark,
        lines,
        min(low, 0.0) if known else low,
        max(high, 0.0) if known else high,
        energy=(0.0, 0.0),
        comparable=True,
    )


def _factor_at(search: DoubtSearch, remark: Remark) -> Factor | None:
    place = np.flatnonzero(search.cluster.table("factors").rows == remark.row)
    found = own_factor(search.cluster, int(place[0])) if len(place) else None
    return found if isinstance(found, Factor) else None


def _same(one: Factor, other: Factor) -> bool:
    return all(getattr(one, k) == getattr(other, k) for k in ("carrier", "kind", "area", "year", "dimension"))


def unused_factor(search: DoubtSearch, remark: Remark) -> Iterator[DataDoubt]:
    """Yield by how much an own factor that no row needs would change what the shipped one gives (K219)."""
    factor, a = _factor_at(search, remark), search.accounts
    if factor is None or factor.kind == "market":
        return
    lines = np.flatnonzero((a.carrier == factor.carrier) & (a.factor >= 0))
    if factor.year is not None:
        lines = lines[a.year[lines] == factor.year]
    if not len(lines):
        return
    with np.errstate(divide="ignore", invalid="ignore"):
        share = factor.value / factor.energy / (a.factor_location[lines] / a.energy[lines]) - 1
    yield from search.doubts(
        remark, lines, np.minimum(share, 0.0), np.maximum(share, 0.0), energy=(0.0, 0.0), comparable=True
    )
