"""A year's sum among its bills, one with a digit too many or too few, and months filled with one number.

Enterprises whose amounts are the sums of others': the park, a group or a whole works among its parts.

A list may include a group in addition to its works, or a total under a name that no word marks as a total.
What it sums up then counts twice (GHG Protocol Corporate Standard, ch. 3: one consolidation, each source
once).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain

import numpy as np
import numpy.typing as npt

from separatrix.io.cells import Remark
from separatrix.languages.number_text import rounded
from separatrix.sentences import Sentence, say
from separatrix_cluster.tables.bill_checks import BillSeries, SuspectRows
from separatrix_cluster.tables.cells import Floats, carrier_in_words, short
from separatrix_cluster.tables.members import plain_name_of
from separatrix_cluster.tables.plausibility_checks import digits_written
from separatrix_cluster.tables.table import ClusterTable, empty_table

__all__ = ["odd_amounts_of_bills", "summed_enterprises"]

_LEAST = 4
"""The least number of bills that determine a usual one."""
_ROUNDED = 0.005
"""Sums of rounded amounts differ by no more."""
_NEARLY = 1.1
_AS_LARGE = 1.5
"""Two rows within the first of these of each other, within the second of the single ones of other years."""
_FAR = 5.0
"""A bill so many times every other one of its year, or such a part of each."""
_ALIKE = 3.0
"""Of bills that differ more among themselves none is odd: heating, harvests."""


def odd_amounts_of_bills(table: ClusterTable, series: Sequence[BillSeries]) -> list[SuspectRows]:
    """Return rows of `energy` that are the sum of the others of their year, far from all, or one too many."""
    amounts, months = table.numbers("amount"), table.numbers("month")
    found: list[SuspectRows] = []
    for one in series:
        mains = _main_meters(one, amounts, months)
        for year, rows in one.rows.items():
            if year in mains:
                found.append(_main_meter(table, one, year, mains[year]))
                continue
            cumulative = [*_since_january(table, one, year, rows, amounts, months)]
            if cumulative:
                found.extend(cumulative)
            elif len(rows) > _LEAST:
                sums = [*_sum_of_others(table, one, year, rows, amounts, months)]
                flat = [] if sums else [*_filled(table, one, year, rows, amounts, months)]
                found.extend(sums or flat or _odd_one(table, one, year, rows, amounts))
            elif len(rows) == 2:
                found.extend(_second(table, one, year, rows, amounts))
    return found


_PERIODS = 3
"""In so many months or years one row is the sum of two others or more: a main meter and its parts."""


def _main_meters(one: BillSeries, amounts: np.ndarray, months: np.ndarray) -> dict[int, tuple[int, ...]]:
    """Return by year the rows that are the sums of all others of their month, or year, if all largest are."""
    found: dict[int, list[int]] = {}
    for year, rows in one.rows.items():
        by_month: dict[float, list[int]] = {}
        for row in rows:
            by_month.setdefault(float(np.nan_to_num(months[row])), []).append(row)
        for of in by_month.values():
            if len(of) < _PERIODS:
                continue
            main = max(of, key=lambda row: float(amounts[row]))
            rest = float(sum(amounts[row] for row in of if row != main))
            if abs(float(amounts[main]) - rest) > _ROUNDED * rest:
                return {}
            found.setdefault(year, []).append(main)
    count = sum(map(len, found.values()))
    return {year: tuple(of) for year, of in found.items()} if count >= _PERIODS else {}


def _main_meter(table: ClusterTable, one: BillSeries, year: int, rows: tuple[int, ...]) -> SuspectRows:
    what = say(
        "{name} of {enterprise} in {year}: {n} rows are each the sum of the others of their time, as of a "
        "main meter and its parts; all were added up",
        name=carrier_in_words(one.name),
        enterprise=short(one.enterprise),
        year=year,
        n=len(rows),
    )
    hint = say("keep the main meter, or its parts")
    remark = Remark("K158", "warning", table.file, int(table.rows[rows[0]]), "amount", what, hint)
    return SuspectRows(remark, table.name, year, rows, -1.0, 0.0)


_EQUAL = 5
"""So many equal bills are more than quarters of a year that was divided by four."""
_DIGITS = 3
"""Amounts of fewer significant digits are equal by chance."""


def _filled(
    table: ClusterTable,
    one: BillSeries,
    year: int,
    rows: tuple[int, ...],
    amounts: np.ndarray,
    months: np.ndarray,
) -> Iterator[SuspectRows]:
    """Yield bills that are equal to the last digit, where those of the other years vary."""
    equal = _most_equal(rows, amounts)
    others = [of for y, of in one.rows.items() if y != year and len(of) > _LEAST]
    if len(equal) < _EQUAL or not others or digits_written(table, [equal[0]])[equal[0]] < _DIGITS:
        return
    if any(len(_most_equal(of, amounts)) > 2 for of in others):
        return
    when = {int(months[r]) for r in equal if months[r] == months[r]}
    by_month = len(when) == len(equal)
    now, rest = (float(sum(amounts[r] for r in rows if (r in equal) == k)) for k in (True, False))
    ratios = []
    for of in others:
        same = [float(amounts[r]) for r in of if not by_month or months[r] in when]
        if not same:
            continue
        part = sum(same) * len(equal) / len(same)
        ratios.append(part / now)
        else_ = [float(amounts[r]) for r in of if by_month and months[r] not in when]
        if else_ and rest > 0:  # as much more as the months beside them are
            ratios.append(part / now * rest / (len(rows) - len(equal)) / (sum(else_) / len(else_)))
    if not ratios:
        return
    what = say(
        "{name} of {enterprise} in {year}: {equal} of {n} bills are equal to the last digit, and those of "
        "other years vary: one may have been filled in for the others",
        name=carrier_in_words(one.name),
        enterprise=short(one.enterprise),
        year=year,
        equal=len(equal),
        n=len(rows),
    )
    hint = say("enter what each month was; the bills were added up as they stand")
    remark = Remark("K168", "warning", table.file, int(table.rows[equal[0]]), "amount", what, hint)
    low, high = min(ratios) / _NEARLY - 1, max(ratios) * _NEARLY - 1
    yield SuspectRows(remark, table.name, year, tuple(equal), min(low, 0.0), max(high, 0.0))


def _most_equal(rows: tuple[int, ...], amounts: np.ndarray) -> list[int]:
    """Return the rows of the amount that most of them have."""
    amount = Counter(float(amounts[r]) for r in rows).most_common(1)[0][0]
    return [r for r in rows if float(amounts[r]) == amount]


_STEADY, _OF_FEW = 1.6, 1.35
"""Sums since January over their months lie within the first of these of each other, few within the second."""
_FEW = 6


def _since_january(
    table: ClusterTable,
    one: BillSeries,
    year: int,
    rows: tuple[int, ...],
    amounts: np.ndarray,
    months: np.ndarray,
) -> Iterator[SuspectRows]:
    """Yield bills that each include those before it: they grow with the number of months."""
    since = table.numbers("from_month")[list(rows)]
    told = months[list(rows)]
    if len(rows) < _LEAST or not np.isnan(since).all():
        return
    if np.isnan(told).all():
        order, count = list(rows), np.arange(1.0, len(rows) + 1)
    elif len(set(told.tolist())) == len(rows) and told.min() * len(rows) == told.max():
        place = np.argsort(told)
        order, count = [rows[k] for k in place], told[place]
    else:
        return
    sums = amounts[order]
    rate = sums / count
    steady = _OF_FEW if len(rows) < _FEW else _STEADY
    if not (np.diff(sums) > 0).all() or rate.max() > steady * rate.min():
        return
    what = say(
        "{name} of {enterprise} in {year}: each of {n} bills is more than the one before by about the first, "
        "as if it were the sum since January; all were added up",
        name=carrier_in_words(one.name),
        enterprise=short(one.enterprise),
        year=year,
        n=len(rows),
    )
    hint = say("enter the last one alone, or each month by itself")
    remark = Remark("K167", "warning", table.file, int(table.rows[order[0]]), "amount", what, hint)
    yield SuspectRows(remark, table.name, year, tuple(sorted(order[:-1])), -1.0, 0.0)


def _sum_of_others(
    table: ClusterTable,
    one: BillSeries,
    year: int,
    rows: tuple[int, ...],
    amounts: np.ndarray,
    months: np.ndarray,
) -> Iterator[SuspectRows]:
    # The row of the whole year has no month where the bills have one.
    bare = [row for row in rows if np.isnan(months[row])]
    whole = bare[0] if len(bare) == 1 else max(rows, key=lambda row: float(amounts[row]))
    rest = float(sum(amounts[row] for row in rows if row != whole))
    sure = len(bare) == 1 and rest / 2 <= float(amounts[whole]) <= 2 * rest
    if not sure and abs(float(amounts[whole]) - rest) > _ROUNDED * rest:
        return
    what = say(
        "{name} of {enterprise} in {year}: {n} other bills add up to about as much as this row; "
        "all were added up",
        name=carrier_in_words(one.name),
        enterprise=short(one.enterprise),
        year=year,
        n=len(rows) - 1,
    )
    hint = say("delete the row of the whole year, or the bills")
    remark = Remark("K158", "warning", table.file, int(table.rows[whole]), "amount", what, hint)
    yield SuspectRows(remark, table.name, year, (whole,), -1.0, 0.0)


def _odd_one(
    table: ClusterTable, one: BillSeries, year: int, rows: tuple[int, ...], amounts: np.ndarray
) -> Iterator[SuspectRows]:
    for pick in (max, min):
        place = pick(rows, key=lambda row: float(amounts[row]))
        others = np.array([amounts[row] for row in rows if row != place])
        amount = float(amounts[place])
        ratio = amount / float(np.median(others))
        if others.max() > _ALIKE * others.min() or 1 / _FAR < ratio < _FAR:
            continue
        what = say(
            "{name} of {enterprise} in {year}: this bill is {times} times the usual one of its year",
            name=carrier_in_words(one.name),
            enterprise=short(one.enterprise),
            year=year,
            times=rounded(ratio, 2),
        )
        hint = say("check both, and their units")
        remark = Remark("K165", "warning", table.file, int(table.rows[place]), "amount", what, hint)
        low, high = float(others.min()) / amount - 1, float(others.max()) / amount - 1
        yield SuspectRows(remark, table.name, year, (place,), min(low, 0.0), max(high, 0.0))


def _second(
    table: ClusterTable, one: BillSeries, year: int, rows: tuple[int, ...], amounts: np.ndarray
) -> Iterator[SuspectRows]:
    """Yield the second of two rows that each are as large as the single one of every other year."""
    others = [float(amounts[r[0]]) for y, r in one.rows.items() if y != year and len(r) == 1]
    first, second = sorted(rows)
    both = float(amounts[first]), float(amounts[second])
    if not others or len(others) < len(one.rows) - 1 or max(both) <= (1 + _ROUNDED) * min(both):
        return  # nearly equal ones are told of already
    if max(*both, *others) > _AS_LARGE * min(*both, *others) or max(both) > _NEARLY * min(both):
        return
    what = say(
        "{name} of {enterprise} has two rows in {year}, each as large as the one of every other year; both "
        "were added up",
        name=carrier_in_words(one.name),
        enterprise=short(one.enterprise),
        year=year,
    )
    hint = say("delete one if they are the same bill")
    remark = Remark("K158", "warning", table.file, int(table.rows[second]), "amount", what, hint)
    yield SuspectRows(remark, table.name, year, (second,), -1.0, 0.0)


Ints = npt.NDArray[np.int64]

_SUMMED_ENTERPRISES_ROUNDED = 1e-3
"""Sums of rounded amounts differ from a rounded sum by less."""
_AMOUNTS = 3
"""This number of amounts of three or more digits that all sum the same others is not a coincidence."""
_SUMMED_ENTERPRISES_LEAST = 99.5
_NEARLY_ALL = 0.9
"""A group may lack an amount, or hold a small one more."""
_LONGEST = 30
"""Parts that stand one below the other, above or below their sum: no more of them than this."""
_NAMED = 4
_SUMMED_ENTERPRISES_FEW, _LARGE = 6, 200_000
"""In a table of more amounts the sums of those that most enterprises have are looked at first."""


def summed_enterprises(tables: Mapping[str, ClusterTable]) -> Iterator[SuspectRows]:
    """Yield the rows of enterprises whose amounts are those of several others together.

    Of all others, of those of its sector or its parent, of those whose names begin with its own, and of those
    that stand one below the other above or below it.
    """
    enterprises = tables["enterprises"]
    ids = [str(name) for name in enterprises.texts("id")]
    place = {name: i for i, name in enumerate(ids)}
    for name, columns, keys in (
        ("energy", ("amount",), ("carrier", "use", "dimension", "year")),
        ("emissions", ("amount",), ("kind", "gas", "year")),
        ("accounts", ("output", "value_added", "staff"), ("year",)),
    ):
        table = tables[name] if name in tables else empty_table(name)
        if not len(table):
            continue
        who = np.array([place[str(e)] for e in table.texts("enterprise")], dtype=np.int64)
        amounts = _amounts(table, who, len(ids), columns, keys)
        asked = (amounts >= _SUMMED_ENTERPRISES_LEAST).sum(axis=1) >= _AMOUNTS
        if not asked.any():
            continue
        first = np.unique(who, return_index=True)
        orders = np.arange(len(ids)), first[0][np.argsort(first[1])]
        seen = np.zeros(len(ids), dtype=bool)
        some = _looked_at(amounts)
        for parts in chain(_of_kin(enterprises, some), *(_of_runs(some, order) for order in orders)):
            like = (
                (np.abs(parts.sums - some) <= _SUMMED_ENTERPRISES_ROUNDED * some)
                & (parts.count > 1)
                & (some >= _SUMMED_ENTERPRISES_LEAST)
            )
            for e in np.flatnonzero(like.any(axis=1) & asked & ~seen).tolist():
                group = parts.of(e)
                if not _is_sum(amounts, e, group):
                    continue
                seen[e] = True
                of = [ids[i] for i in group.tolist() if amounts[i].any()]
                yield from _suspects(table, who, e, of, len(ids), ids[e])


@dataclass(frozen=True)
class _Parts:
    """What each enterprise would be the sum of: the sums, of how many they are, and who these are."""

    sums: Floats
    count: Floats
    of: Callable[[int], Ints]


def _amounts(
    table: ClusterTable, who: Ints, count: int, columns: Sequence[str], keys: Sequence[str]
) -> Floats:
    """Return what each enterprise has of every kind and year, shape (enterprises, amounts)."""
    code = np.zeros(len(table), dtype=np.int64)
    for key in keys:
        values = np.nan_to_num(table.numbers("year")) if key == "year" else table.codes(key)[1]
        names, of = np.unique(values, return_inverse=True)
        code = code * len(names) + of
    names, code = np.unique(code, return_inverse=True)
    parts = []
    for column in columns:
        found: Floats = np.zeros((count, len(names)))
        np.add.at(found, (who, code), np.nan_to_num(table.numbers(column)))
        parts.append(found)
    return np.concatenate(parts, axis=1)


def _looked_at(amounts: Floats) -> Floats:
    if amounts.size <= _LARGE:
        return amounts
    return amounts[
        :,
        np.argsort(-(amounts >= _SUMMED_ENTERPRISES_LEAST).sum(axis=0), kind="stable")[
            :_SUMMED_ENTERPRISES_FEW
        ],
    ]


def _of_kin(enterprises: ClusterTable, amounts: Floats) -> Iterator[_Parts]:
    """Yield whom each may stand for by the list: all others, its sector, its parent's, its own, namesakes."""
    n = len(enterprises)
    some = (amounts > 0).astype(np.float64)
    for texts in (np.full(n, "all", dtype=object), enterprises.texts("sector"), enterprises.texts("parent")):
        names, code = np.unique(texts.astype(str), return_inverse=True)
        sums, count = np.zeros((len(names), amounts.shape[1])), np.zeros((len(names), amounts.shape[1]))
        np.add.at(sums, code, amounts)
        np.add.at(count, code, some)
        none = np.where(names[code] == "", 0.0, 1.0)[:, None]

        def alike(e: int, code: Ints = code) -> Ints:
            return np.flatnonzero((code == code[e]) & (np.arange(n) != e))

        yield _Parts((sums[code] - amounts) * none, (count[code] - some) * none, alike)
    called, ids, parents = (
        [plain_name_of(str(t)) for t in enterprises.texts(column)] for column in ("name", "id", "parent")
    )
    for owners in (_owners(called, parents), _owners(ids, parents), _begun(called)):
        sums, count = np.zeros(amounts.shape), np.zeros(amounts.shape)
        for e, members in owners.items():
            sums[e], count[e] = amounts[members].sum(axis=0), some[members].sum(axis=0)

        def owned_rows(e: int, owners: Mapping[int, list[int]] = owners) -> Ints:
            return np.array(owners[e], dtype=np.int64)

        if owners:
            yield _Parts(sums, count, owned_rows)


def _owners(names: Sequence[str], parents: Sequence[str]) -> dict[int, list[int]]:
    """Return the subsidiaries of each enterprise, by position."""
    place = {name: i for i, name in enumerate(names) if name}
    found: dict[int, list[int]] = {}
    for i, parent in enumerate(parents):
        if parent in place and place[parent] != i:
            found.setdefault(place[parent], []).append(i)
    return found


def _begun(names: Sequence[str]) -> dict[int, list[int]]:
    """Return whose names begin with that of each enterprise, by position."""
    order = sorted(range(len(names)), key=names.__getitem__)
    found: dict[int, list[int]] = {}
    for k, i in enumerate(order):
        for j in map(order.__getitem__, range(k + 1, len(order) if names[i] else 0)):
            if not names[j].startswith(names[i]) or len(found.get(i, ())) > _LONGEST:
                break
            found.setdefault(i, []).append(j)
    return found


def _of_runs(amounts: Floats, order: Ints) -> Iterator[_Parts]:
    """Yield, for each length, who stand one below the other directly below each, and directly above."""
    rows = amounts[order]
    sums, count = (
        np.concatenate([np.zeros((1, rows.shape[1])), np.cumsum(part, axis=0)])
        for part in (rows, (rows > 0).astype(np.float64))
    )
    m = len(order)
    at = {int(e): k for k, e in enumerate(order)}
    for length in range(2, min(_LONGEST, m - 1) + 1):
        for first in (1, -length):
            inside = np.arange(max(0, -first), min(m, m - first - length + 1))
            both = [np.zeros(amounts.shape) for _ in range(2)]
            for whole, part in zip(both, (sums, count), strict=True):
                whole[order[inside]] = part[inside + first + length] - part[inside + first]

            def run(e: int, first: int = first, length: int = length) -> Ints:
                return np.asarray(order[at[e] + first : at[e] + first + length])

            yield _Parts(both[0], both[1], run)


def _is_sum(amounts: Floats, e: int, group: Ints) -> bool:
    """Return whether nearly all amounts of an enterprise are the sums of those of several others."""
    own, sums, count = amounts[e], amounts[group].sum(axis=0), (amounts[group] > 0).sum(axis=0)
    asked = (own > 0) | (count > 0)
    same = asked & (np.abs(sums - own) <= _SUMMED_ENTERPRISES_ROUNDED * own)
    # What is another's alone is a copy of it, not a sum.
    several = same & (count > 1) & (own >= _SUMMED_ENTERPRISES_LEAST)
    return bool(several.sum() >= _AMOUNTS and same.sum() >= _NEARLY_ALL * asked.sum())


def _suspects(
    table: ClusterTable, who: Ints, e: int, parts: Sequence[str], count: int, name: str
) -> Iterator[SuspectRows]:
    mine = np.flatnonzero(who == e)
    what: Sentence = (
        say("amounts of {name} are those of all others together: they count twice", name=short(name))
        if len(parts) == count - 1
        else say(
            "amounts of {name} are those of {parts} together: they count twice",
            name=short(name),
            parts=", ".join(map(short, parts)),
        )
        if len(parts) <= _NAMED
        else say(
            "amounts of {name} are those of {parts} and {more} more together: they count twice",
            name=short(name),
            parts=", ".join(map(short, parts[:_NAMED])),
            more=len(parts) - _NAMED,
        )
    )
    hint = say("keep the parts or their sum; both were counted")
    remark = Remark("K169", "warning", table.file, int(table.rows[mine[0]]), "enterprise", what, hint)
    years = np.nan_to_num(table.numbers("year")[mine]).astype(np.int64)
    for year in sorted(set(years[years > 0].tolist())):
        yield SuspectRows(remark, table.name, year, tuple(mine[years == year].tolist()), -1.0, 0.0)
