"""Doubts about what does not fit other years, peers or other tables, though each row of it is well formed."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import cache

import numpy as np
import numpy.typing as npt

from separatrix.io.cells import Remark
from separatrix.run.cached_property import keep
from separatrix_cluster.accounts.derived_gases import DERIVED_GASES
from separatrix_cluster.accounts.factors_of_some_years import lines_by_another
from separatrix_cluster.accounts.grid_factors import country_of_grid, likely_grids
from separatrix_cluster.accounts.peer_ratios import PeerRatio, odd_ratios
from separatrix_cluster.accounts.result import Ints
from separatrix_cluster.accounts.zero_amounts import ZeroAmount, zero_amounts
from separatrix_cluster.completeness.absent_doubts import carrier_by_peers
from separatrix_cluster.completeness.data_doubt import DataDoubt, DoubtSearch
from separatrix_cluster.completeness.panel_estimates import from_other_years
from separatrix_cluster.completeness.source_series import BOUGHT
from separatrix_cluster.tables.carriers import carrier_named, plain_name
from separatrix_cluster.tables.cell_values import Floats
from separatrix_cluster.tables.suspect_rows import SuspectRows
from separatrix_cluster.tables.text_codes import text_codes

Truths = npt.NDArray[np.bool_]

__all__ = [
    "copied_amounts",
    "excess_gas",
    "factor_of_some_years",
    "foreign_grid",
    "out_of_proportion",
    "suspect_rows",
    "twice_or_outside",
    "zero_beside_work",
]

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
