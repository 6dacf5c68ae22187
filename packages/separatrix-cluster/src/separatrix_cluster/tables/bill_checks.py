"""Bills of a series of years that are too few, too many, in the wrong year, or there twice.

One row a year is usual, or twelve, or any constant number: a year with another number of bills than
adjacent years, each as large as theirs, lacks some or has some of another year (an analytical procedure of
auditors: ISA 520, International Auditing and Assurance Standards Board).

Rows that are each well formed and hardly all true: which they are, and how much of them may be wrong.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from separatrix.io.cells import Remark
from separatrix.sentences import Sentence, say
from separatrix_cluster.tables.carriers import carrier_named
from separatrix_cluster.tables.cells import carrier_in_words, short
from separatrix_cluster.tables.table import ClusterTable

__all__ = ["BillSeries", "SuspectRows", "YearlyBills", "odd_bills", "yearly_bills"]


@dataclass(frozen=True)
class SuspectRows:
    """Rows of one table and year that a remark doubts.

    Attributes
    ----------
    remark : Remark
        The same for several years where one fault runs through them.
    table : str
        Which table they are of.
    year : int
        Whose total they may have made wrong; where they may belong into another year, also that one.
    rows : tuple of int
        Their positions in the table.
    low, high : float
        By which share of what they add up to the year may be too high (`low` <= 0) or too low (`high` >= 0).
    """

    remark: Remark
    table: str
    year: int
    rows: tuple[int, ...]
    low: float
    high: float


_ALIKE = 1.6
"""A bill within this factor of the usual one is of as long a time; of quarters and months it is not."""
_ROUNDED = 0.005
"""Amounts this near each other are one amount, once rounded."""
_BLOCK = 0.5
"""The share of a year's series that must be duplicated for a table to count as pasted twice."""
_SEASON = 1.5
"""A part of the year that is missing may be so many times the largest that is there: heating, harvest."""
_GROWN = 1.25
"""And what is missing so many times what other years have more."""
_MANY = 4
"""From so many bills a year on a number is a rhythm of its own."""


@dataclass(frozen=True)
class BillSeries:
    """The bills of one enterprise and carrier: positions of rows and their amounts, by year."""

    enterprise: str
    name: str
    rows: Mapping[int, tuple[int, ...]]


@dataclass(frozen=True)
class YearlyBills:
    """The bills of a table by series and year.

    Attributes
    ----------
    series : tuple of BillSeries
        All but those with one bill in every year of the table and without months, in which nothing is
        unusual.
    usual : int
        The most frequent number of bills a year of a series.
    of_year : mapping of int to int
        The number of all series with a bill in a year.
    """

    series: tuple[BillSeries, ...]
    usual: int
    of_year: Mapping[int, int]


def odd_bills(table: ClusterTable, enterprises: ClusterTable, bills: YearlyBills) -> list[SuspectRows]:
    """Return the rows of `energy` that are in a wrong year, repeated, or in place of several bills."""
    ends = zip(enterprises.numbers("opened"), enterprises.numbers("closed"), strict=True)
    partial = dict(zip(enterprises.texts("id").tolist(), ends, strict=True))
    amounts, months, known = table.numbers("amount"), table.numbers("month"), table.years
    pasted = _pasted(table, bills, amounts, known)
    again = {row for found in pasted for row in found.rows}
    found = [*pasted]
    idle = _without_power(table, bills, months)
    for one in bills.series:
        rows = {y: tuple(r for r in rows if r not in again) for y, rows in one.rows.items()}
        single = BillSeries(one.enterprise, one.name, {y: r for y, r in rows.items() if r})
        one_a_year = sum(map(len, single.rows.values())) == len(known) == len(single.rows)
        if one_a_year and not any(months[r] == months[r] for rows in single.rows.values() for r in rows):
            continue
        found.extend(_misdated(table, single, amounts, known, bills.usual))
        found.extend(
            f for f in _too_few(table, single, amounts, months, idle) if f.year not in partial[one.enterprise]
        )
    return found


def yearly_bills(table: ClusterTable) -> YearlyBills:
    """Return the bills of every enterprise and carrier by year."""
    years, amounts = table.numbers("year"), table.numbers("amount")
    rows = np.flatnonzero(~np.isnan(years) & (amounts > 0))
    if not len(rows):
        return YearlyBills((), 1, {})
    key = np.zeros(len(rows), dtype=np.int64)
    for name in ("enterprise", "carrier", "use", "supplier", "dimension"):
        names, codes = table.codes(name)
        key = key * len(names) + codes[rows]
    order = np.lexsort((years[rows], key))
    rows, key, when = rows[order], key[order], years[rows[order]].astype(np.int64)
    starts = np.flatnonzero(np.r_[True, np.diff(key) != 0])  # of each series
    parts = np.flatnonzero(np.r_[True, (np.diff(key) != 0) | (np.diff(when) != 0)])  # and of its years
    counts = np.diff(np.r_[parts, len(rows)])
    owner = np.searchsorted(starts, parts, side="right") - 1
    by_file = np.argsort(np.minimum.reduceat(rows, starts))
    # Of several numbers that are as frequent the one that stands first in the file is usual.
    usual = Counter(counts[np.argsort(np.argsort(by_file)[owner], kind="stable")].tolist()).most_common(1)
    known, in_years = np.unique(when[parts], return_counts=True)
    size = len(table.years)
    one_a_year = (np.diff(np.r_[starts, len(rows)]) == size) & (np.bincount(owner) == size)
    # One bill a year that says it is of nine months is of nine months.
    one_a_year &= ~np.logical_or.reduceat(~np.isnan(table.numbers("month")[rows]), starts)
    first, last = (np.searchsorted(owner, np.arange(len(starts)), side) for side in ("left", "right"))
    series = []
    listed, ends = rows.tolist(), np.r_[parts, len(rows)].tolist()
    of_enterprise, of_carrier = table.texts("enterprise"), table.texts("carrier")
    for k in by_file[~one_a_year[by_file]].tolist():
        years_of = range(first[k], last[k])
        by_year = {int(when[parts[j]]): tuple(listed[ends[j] : ends[j + 1]]) for j in years_of}
        row = listed[starts[k]]
        series.append(BillSeries(str(of_enterprise[row]), str(of_carrier[row]), by_year))
    of_year = dict(zip(known.tolist(), in_years.tolist(), strict=True))
    return YearlyBills(tuple(series), usual[0][0], of_year)


# --------------------------------------------------------------------------- pasted twice


def _pasted(
    table: ClusterTable, bills: YearlyBills, amounts: np.ndarray, known: tuple[int, ...]
) -> list[SuspectRows]:
    """Return the second of rows that stand twice, but for rounding: of many series, or of one."""
    twice: dict[int, list[int]] = {}
    doubled: Counter[int] = Counter()
    months = table.numbers("month")
    found = []
    whole = _pasted_whole(bills, amounts, months)
    for one in bills.series:
        counts = {len(rows) for rows in one.rows.values()}
        for year, rows in one.rows.items():
            of_months = {int(m) for m in months[list(rows)] if m == m}
            # Bills of different months may well be equal.
            seconds = [] if len(of_months) == len(rows) else _seconds(rows, amounts)
            if seconds:
                doubled[year] += 1
                twice.setdefault(year, []).extend(seconds)
                # Of one series alone: where no other year has so many, and none lacks what is too many here.
                lacks = any(min(one.rows) < y < max(one.rows) and y not in one.rows for y in known)
                alone = max(counts) == len(rows) and min(counts) * 2 == len(rows) and len(one.rows) > 1
                if (alone and not (lacks and len(rows) == 2)) or (one.enterprise, year) in whole:
                    found.append((year, seconds, one))
    blocks = {y for y in twice if doubled[y] >= 3 and doubled[y] > _BLOCK * bills.of_year[y]}
    suspects = []
    for year in sorted(blocks):
        rows = tuple(sorted(twice[year]))
        what = say(
            "{n} rows of {year} stand here a second time with nearly the same amount, as if the table had "
            "been pasted twice; all were added up",
            n=len(rows),
            year=year,
        )
        suspects.append(_suspect("K158", table, year, rows, -1.0, 0.0, what, say("delete the second ones")))
    for year, seconds, one in found:
        if year in blocks:
            continue
        what = say(
            "{name} of {enterprise} in {year} stands here a second time with nearly the same amount; both "
            "were added up",
            name=carrier_in_words(one.name),
            enterprise=short(one.enterprise),
            year=year,
        )
        hint = say("delete one if they are the same bill")
        suspects.append(_suspect("K158", table, year, tuple(seconds), -1.0, 0.0, what, hint))
    return suspects


def _pasted_whole(bills: YearlyBills, amounts: np.ndarray, months: np.ndarray) -> set[tuple[str, int]]:
    """Return the enterprises and years with several repeated series, and none that has bills once."""
    pairs: Counter[tuple[str, int]] = Counter()
    once: set[tuple[str, int]] = set()
    for one in bills.series:
        for year, rows in one.rows.items():
            if _seconds(rows, amounts) and not {m for m in months[list(rows)] if m == m}:
                pairs[one.enterprise, year] += 1
            else:
                once.add((one.enterprise, year))
    return {key for key, count in pairs.items() if count >= _SERIES and key not in once}


_SERIES = 3


def _seconds(rows: tuple[int, ...], amounts: np.ndarray) -> list[int]:
    """Return the later row of each pair, where all rows pair up by nearly equal amounts; else none."""
    if len(rows) % 2 or not rows:
        return []
    order = sorted(rows, key=lambda row: (amounts[row], row))
    pairs = list(zip(order[::2], order[1::2], strict=True))
    if all(amounts[b] - amounts[a] <= _ROUNDED * amounts[b] for a, b in pairs):
        return [max(pair) for pair in pairs]
    return []


# --------------------------------------------------------------------------- of another year


def _misdated(
    table: ClusterTable, one: BillSeries, amounts: np.ndarray, known: tuple[int, ...], rhythm: int
) -> Iterator[SuspectRows]:
    """Yield a bill too many in one year, where another year lacks one."""
    years = [y for y in known if min(one.rows, default=0) <= y or y in one.rows]
    counts = {y: len(one.rows.get(y, ())) for y in years}
    usual = _usual(counts, rhythm)
    if usual is None:
        return
    more = [y for y in years if counts[y] == usual + 1]
    less = [y for y in years if counts[y] == usual - 1]
    if len(more) != 1 or len(less) != 1:
        return
    (year,), (other,) = more, less
    typical = float(np.median([amounts[r] for y, rows in one.rows.items() if y != year for r in rows]))
    if not all(typical / _ALIKE <= amounts[r] <= typical * _ALIKE for r in one.rows[year]):
        return
    # Which of them is not told by anything: the largest bounds it, and the last was most likely added.
    largest = max(one.rows[year], key=lambda row: float(amounts[row]))
    what = say(
        "{name} of {enterprise} has {n} rows in {year} and {less} in {other}, each as large as those of "
        "other years: one is likely of {other}",
        name=carrier_in_words(one.name),
        enterprise=short(one.enterprise),
        n=counts[year],
        less=counts[other],
        year=year,
        other=other,
    )
    hint = say("check the years; both were added up")
    found = _suspect("K157", table, year, (largest,), -1.0, 0.0, what, hint)
    yield found
    if counts[other]:
        yield SuspectRows(found.remark, table.name, other, (largest,), 0.0, 1.0)


def _usual(counts: Mapping[int, int], rhythm: int) -> int | None:
    """Return the number of bills a year of a series in most of its years; None where it is unclear.

    Where its own years do not, ``rhythm``, that of most others, does if one of its years has it.
    """
    frequent = Counter(counts.values()).most_common(2)
    if not frequent or len(counts) < 3:
        return None
    number, times = frequent[0]
    if 2 * times >= len(counts) and (len(frequent) < 2 or frequent[1][1] < times):
        return number
    return rhythm if rhythm in counts.values() else None


# --------------------------------------------------------------------------- too few


_Idle = Mapping[tuple[str, int], set[int]]


def _without_power(table: ClusterTable, bills: YearlyBills, months: np.ndarray) -> _Idle:
    """Return the months that lack electricity by enterprise and year, and by year alone (of `''`) in all.

    Power is used in every month: what other carriers lack then is missing, too, and no summer.
    """
    since = table.numbers("from_month")
    covered: dict[tuple[str, int], set[int]] = {}
    for one in bills.series:
        if carrier_named(one.name)[0] != "electricity":
            continue
        for year, rows in one.rows.items():
            told = _months_of(rows, since, months)
            for name in (one.enterprise, ""):
                covered.setdefault((name, year), set()).update(told)
    return {key: set(range(1, 13)) - of for key, of in covered.items()}


def _months_of(rows: tuple[int, ...], since: np.ndarray, months: np.ndarray) -> set[int]:
    """Return the months that bills are for: all of them where one does not say."""
    ends = sorted({int(months[r]) for r in rows if months[r] == months[r]})
    if len(ends) < 2 or any(months[r] != months[r] for r in rows):
        return set(range(1, 13))
    length = _spacing(ends)
    starts = (int(since[r]) if since[r] == since[r] else int(months[r]) - length + 1 for r in rows)
    return {m for r, a in zip(rows, starts, strict=True) for m in range(max(a, 1), int(months[r]) + 1)}


def _also_without(idle: _Idle, one: BillSeries, year: int, covered: set[int]) -> int:
    """Return the number of consecutive months missing from a carrier that another, such as electricity,
    has."""
    lacking = idle.get((one.enterprise, year), idle.get(("", year), set())) - covered
    found: set[int] = set()
    for step in (1, -1):
        for month in sorted(covered):
            after = (month - 1 + step) % 12 + 1
            while after in lacking and after not in found:
                found.add(after)
                after = (after - 1 + step) % 12 + 1
    return len(found)


def _too_few(
    table: ClusterTable, one: BillSeries, amounts: np.ndarray, months: np.ndarray, idle: _Idle
) -> Iterator[SuspectRows]:
    """Yield the bills of a year that are fewer than a year has, each as large as those of the others."""
    most = max((len(rows) for rows in one.rows.values()), default=0)
    since = table.numbers("from_month")
    spans = _spans(one, since, months)
    if spans:
        yield from _part_missing(table, one, amounts, spans, idle)
        return
    if most < 2:
        yield from _one_month(table, one, amounts, months)
        return
    all_year = carrier_named(one.name)[0] == "electricity"
    typical = [float(np.median(amounts[list(rows)])) for rows in one.rows.values() if len(rows) == most]
    for year, rows in one.rows.items():
        told = sorted({int(m) for m in months[list(rows)] if m == m})
        if len(told) == len(rows) and len(told) > 1:
            # Heating stops in summer, and power is used in every month.
            whole = 12 // _spacing(told) if all_year else min(most, 12 // _spacing(told))
            lacking = whole - len(told)
            also = _also_without(idle, one, year, _months_of(rows, since, months))
            lacking = max(lacking, also // _spacing(told))
        elif most >= _MANY and len(rows) < most and not len(told):
            usual = float(np.median(typical))
            alike = usual / _ALIKE <= float(np.median(amounts[list(rows)])) <= usual * _ALIKE
            lacking = most - len(rows) if alike else 0
        else:
            continue
        if lacking <= 0:
            continue
        what: Sentence = say(
            "{name} of {enterprise} has {n} bills in {year}, and a whole year has {whole}",
            name=carrier_in_words(one.name),
            enterprise=short(one.enterprise),
            n=len(rows),
            year=year,
            whole=len(rows) + lacking,
        )
        hint = say("add those that are missing, or 0 where nothing was used")
        # The season that is missing may be above all that are there; of whole years it is known.
        sums = {y: float(amounts[list(of)].sum()) for y, of in one.rows.items()}
        largest = float(amounts[list(rows)].max()) / sums[year]
        more = [sums[y] / sums[year] - 1 for y, of in one.rows.items() if len(of) == most > len(rows)]
        bills = lacking * largest * (_SEASON if len(told) else 1.0)
        high = max(bills, _GROWN * max(more, default=0.0))
        yield _suspect("K156", table, year, rows, 0.0, high, what, hint)


def _one_month(
    table: ClusterTable, one: BillSeries, amounts: np.ndarray, months: np.ndarray
) -> Iterator[SuspectRows]:
    """Yield the only bill of a year where it names a month before December, and not since when."""
    whole = [float(amounts[r]) for rows in one.rows.values() for r in rows if not months[r] < 12]
    for year, rows in one.rows.items():
        (row,) = rows
        if not months[row] < 12:
            continue
        month = int(months[row])
        what = say(
            "{name} of {enterprise} has one row in {year}, of month {month}: it may be of that month alone, "
            "or of all since January, but hardly of the year",
            name=carrier_in_words(one.name),
            enterprise=short(one.enterprise),
            year=year,
            month=month,
        )
        hint = say("enter the amount of the whole year, or all months")
        # Other years tell more than the calendar, where there are any.
        lacking = _SEASON * (12 - month) / month
        high = _GROWN * max(whole) / float(amounts[row]) - 1 if whole else lacking
        yield _suspect("K156", table, year, rows, 0.0, max(high, lacking), what, hint)


_Spans = Mapping[int, list[tuple[int, int]]]


def _spans(one: BillSeries, since: np.ndarray, months: np.ndarray) -> _Spans:
    """Return the first and the last month of each bill by year; nothing unless all of them are known.

    The only bill of a year that names no month is of the year.
    """
    spans: dict[int, list[tuple[int, int]]] = {}
    told = False
    for year, rows in one.rows.items():
        if len(rows) == 1 and months[rows[0]] != months[rows[0]]:
            spans[year] = [(1, 12)]
        elif all(since[row] <= months[row] for row in rows):
            spans[year] = [(int(since[r]), int(months[r])) for r in rows]
            told = True
        else:
            return {}
    return spans if told else {}


def _part_missing(
    table: ClusterTable, one: BillSeries, amounts: np.ndarray, spans: _Spans, idle: _Idle
) -> Iterator[SuspectRows]:
    """Yield the bills of a year that together are for a shorter time than a whole one."""
    covered = {y: {m for a, b in parts for m in range(a, b + 1)} for y, parts in spans.items()}
    since_january = all(a == 1 for parts in spans.values() for a, _ in parts)
    all_year = since_january or carrier_named(one.name)[0] == "electricity"
    usual = 12 if all_year else max(map(len, covered.values()))
    for year, rows in one.rows.items():
        lacking = max(usual - len(covered[year]), _also_without(idle, one, year, covered[year]))
        if lacking <= 0:
            continue
        rates = [amounts[r] / (b - a + 1) for r, (a, b) in zip(rows, spans[year], strict=True)]
        high = _SEASON * lacking * float(max(rates)) / float(amounts[list(rows)].sum())
        what = say(
            "{enterprise} reports {name} for {n} of {whole} months of {year}",
            name=carrier_in_words(one.name),
            enterprise=short(one.enterprise),
            n=len(covered[year]),
            whole=len(covered[year]) + lacking,
            year=year,
        )
        hint = say("add the part of the year that is missing, or 0 where nothing was used")
        yield _suspect("K156", table, year, rows, 0.0, high, what, hint)


def _spacing(months: list[int]) -> int:
    """Return how many months a bill is for: the smallest step that divides a year."""
    step = min(b - a for a, b in pairwise(months))
    return max(k for k in (1, 2, 3, 4, 6) if k <= step)


def _suspect(
    code: str,
    table: ClusterTable,
    year: int,
    rows: tuple[int, ...],
    low: float,
    high: float,
    what: Sentence,
    hint: Sentence,
) -> SuspectRows:
    remark = Remark(code, "warning", table.file, int(table.rows[rows[0]]), "year", what, hint)
    return SuspectRows(remark, table.name, year, rows, low, high)
