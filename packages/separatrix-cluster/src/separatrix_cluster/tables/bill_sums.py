"""A year's sum among its bills, one with a digit too many or too few, and months filled with one number."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

import numpy as np

from separatrix.io.cells import Remark
from separatrix.languages.number_text import rounded
from separatrix.sentences import say
from separatrix_cluster.tables.bill_patterns import BillSeries
from separatrix_cluster.tables.cell_values import carrier_in_words, short
from separatrix_cluster.tables.plausibility_checks import digits_written
from separatrix_cluster.tables.suspect_rows import SuspectRows
from separatrix_cluster.tables.table import ClusterTable

__all__ = ["odd_amounts_of_bills"]

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
