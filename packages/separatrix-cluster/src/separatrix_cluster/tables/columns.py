"""The cells of a column as values of its kind.

A cell that cannot be taken counts as not known, and is named by row and column.

Amounts of parts of a year together with those of longer parts: quarters and halves, months since
January.

What stands within a longer part was counted there already; the parts that are left add up.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from separatrix.io.cells import Cells, Remark, Severity
from separatrix.sentences import Sentence, say
from separatrix_cluster.tables.cells import (
    MISSING,
    OF_WHICH,
    Floats,
    is_total,
    read_choices,
    read_numbers,
    read_yes,
    short,
)
from separatrix_cluster.tables.description import Description, money_of
from separatrix_cluster.tables.energy_balance_form import Period, period_of
from separatrix_cluster.tables.headings import Arrangement, people, years_in
from separatrix_cluster.tables.layout import FieldLayout, TableLayout, layout_of
from separatrix_cluster.tables.members import Members, is_outside, plain_name_of
from separatrix_cluster.tables.table import ClusterTable
from separatrix_cluster.tables.units import RowUnits

__all__ = [
    "TableReading",
    "blank_texts",
    "column_values",
    "money_unit",
    "parts_aside",
    "periods_of",
    "without_parts",
]


@dataclass
class TableReading:
    """The reading of one table: its cells, what was found amiss, the rows that cannot be kept.

    ``meant`` is the enterprise that a row with a misspelt one most likely means.
    """

    table: Arrangement
    layout: TableLayout
    description: Description
    members: Members | None
    remarks: list[Remark] = field(default_factory=list)
    lost: set[int] = field(default_factory=set)
    doubles: set[int] = field(default_factory=set)
    copies: set[int] = field(default_factory=set)
    meant: dict[int, str] = field(default_factory=dict)
    aside: set[int] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.lost.update(self.cells.spoilt)
        self.aside.update(self.table.totals)

    @property
    def cells(self) -> Cells:
        """The cells, in long form."""
        return self.table.cells

    def texts(self, name: str) -> Sequence[str]:
        """Return the texts of a column of the table."""
        return self.cells.columns[self.table.placed[name][1]]

    def note(
        self,
        code: str,
        severity: Severity,
        row: int | None,
        column: int | str | None,
        what: Sentence,
        hint: Sentence | None = None,
    ) -> None:
        """Record an issue of a cell, a row, or the table; a column by its place or heading."""
        if row is not None and (row in self.cells.spoilt or row in self.aside):
            return  # it has its remark already, or is no data
        number = None if row is None else self.cells.rows[row]
        heading = self.table.heading(column, row) if isinstance(column, int) else column
        self.remarks.append(Remark(code, severity, self.cells.file, number, heading, what, hint))


def column_values(
    reading: TableReading,
    column: FieldLayout,
    place: int,
    units: RowUnits | None,
    rates: npt.NDArray[np.float64] | None,
) -> npt.NDArray[Any]:
    """Return the values of a column, one a row: floats in base units, or texts; NaN or empty where not known.

    Parameters
    ----------
    place : int
        Where the column stands among the cells.
    units : RowUnits or None
        Where the table has amounts.
    rates : array (rows,), or None
        What one unit of money of each row is in the cluster\'s currency.
    """
    texts: Sequence[str] = reading.cells.columns[place]

    def fault(row: int, what: Sentence, hint: Sentence | None) -> None:
        if column.required or column.decisive:
            reading.lost.add(row)
        reading.note("K130", "error", row, place, what, hint)

    if column.kind in ("quantity", "money"):
        texts = _of_nothing(reading, texts, place)
    comma, doubtful = reading.cells.decimal_comma, reading.cells.doubtful

    def numbers(low: float | None = None, high: float | None = None, *, share: bool = False) -> Floats:
        return read_numbers(
            texts, fault, decimal_comma=comma, doubtful=doubtful, share=share, low=low, high=high
        )

    match column.kind:
        case "choice":
            return read_choices(texts, column.choices, fault, column.also)
        case "period":
            return _last_months(reading, texts, place, fault)
        case "yes":
            return read_yes(texts, fault)
        case "year":
            alone = _or_hint(fault, say("write the year alone, as 2024"))
            return _years(texts if column.name == "year" else _of_days(texts), alone)
        case "share":
            return read_numbers(
                _with_sign(reading, texts, place), fault, decimal_comma=comma, doubtful=doubtful, share=True
            )
        case "number":
            if column.name.startswith("survey_"):
                return _answers(reading, texts, place, fault)
            return numbers(column.low, column.high) * _counting_factor(reading, place)
        case "money":
            return numbers(column.low) * _money(reading, place, rates)
        case "quantity":
            told = _of_stocks(fault, texts) if reading.layout.name == "energy" else fault
            read = read_numbers(texts, told, decimal_comma=comma, doubtful=doubtful, low=column.low)
            return _with_unit(reading, read, units, column, place)
        case "per_unit":
            read = numbers(column.low)
            # What is told per kWh or per kg is told anew per base unit, as the amount beside it is.
            return read if units is None else np.asarray(read / np.nan_to_num(units.factor, nan=1.0))
        case "enterprise":
            return _references(reading, column, texts, fault)
        case "id":
            return _names(texts, fault)
    return _texts(texts)


_NOTHING = frozenset(
    "停产 停业 已停产 已停业 停工 关停 已关停 已关闭 未生产 未投产 停用 未使用 shut idle closed".split()
)
"""What people write for the amount of who made and used nothing."""


def _of_nothing(reading: TableReading, texts: Sequence[str], place: int) -> Sequence[str]:
    """Return amounts with 0 where a cell says that nothing was made."""
    if _NOTHING.isdisjoint(texts):
        return texts
    still = [row for row, text in enumerate(texts) if text in _NOTHING]
    said = ", ".join(dict.fromkeys(texts[row] for row in still))
    what = say("{text} ({n} cells) was read as 0: nothing was used or made", text=said, n=len(still))
    reading.note("K127", "note", None, reading.cells.header[place], what)
    gone = set(still)
    return ["0" if row in gone else text for row, text in enumerate(texts)]


def _texts(texts: Sequence[str]) -> npt.NDArray[np.object_]:
    blank = blank_texts(texts)
    plain = ("" if t in blank else t for t in texts) if blank else texts
    return np.fromiter(plain, dtype=object, count=len(texts))


def _counting_factor(reading: TableReading, place: int) -> float | Floats:
    """Return how many one of the heading's unit of counting is: 万人 is ten thousand people."""
    units = reading.table.units.get(place)
    return 1.0 if units is None else np.array([people(unit) or 1.0 for unit in units])


def _with_sign(reading: TableReading, texts: Sequence[str], place: int) -> Sequence[str]:
    """Return shares with the sign that their heading has for all of them."""
    units = reading.table.units.get(place)
    if units is None:
        return texts
    return [
        f"{text}%" if unit == "%" and text and text[-1].isdigit() else text
        for text, unit in zip(texts, units, strict=True)
    ]


def _money(reading: TableReading, place: int, rates: npt.NDArray[np.float64] | None) -> float | Floats:
    """Return what one of the money of a column is in the cluster's currency, by row; `nan` where not known.

    A heading that states its own unit, as 工业总产值（万元）, goes before the unit of the cluster.
    """
    description = reading.description
    usual = description.money_factor if rates is None else rates
    units = reading.table.units.get(place)
    if units is None:
        return usual
    factors = {unit: _worth(reading, place, unit) for unit in set(units)}
    stated = np.array([factors[unit] for unit in units])
    if rates is not None:  # the row names its currency, the heading the scale
        stated = stated * rates / description.money_factor
    return np.where([unit == "" for unit in units], usual, stated)


def money_unit(reading: TableReading, place: int, row: int) -> tuple[str, float] | None:
    """Return the unit of money that a column is written in, and what one is; nothing in another currency."""
    description = reading.description
    units = reading.table.units.get(place)
    stated = units[row] if units is not None else ""
    if not stated:
        return description.money_unit, description.money_factor
    money = money_of(stated)
    return None if money is None or money[0] != description.currency else (stated, money[1])


def _worth(reading: TableReading, place: int, unit: str) -> float:
    description = reading.description
    money = money_of(unit) if unit else None
    if " ≠ " in unit:
        reading.note(
            "K131",
            "error",
            None,
            place,
            say("the titles state several units of money: {units}", units=unit.replace(" ≠ ", ", ")),
            say("write the unit into the heading, as 产值（万元）"),
        )
        return float("nan")
    if money is None:
        return description.money_factor
    currency, scale = money
    rate = 1.0 if currency == description.currency else description.exchange_rates.get(currency)
    if rate is None:
        reading.note(
            "K132",
            "error",
            None,
            place,
            say(
                "the column is in {found}, the cluster in {expected}; two currencies do not add up",
                found=currency,
                expected=description.currency,
            ),
            say("give the rate in cluster.yaml: exchange_rates: {{{code}: …}}", code=currency),
        )
        return float("nan")
    return scale * rate


def periods_of(reading: TableReading, place: int) -> list[Period | None]:
    """Return the part of a year of each row; under the heading of quarters a number is one."""
    texts = reading.cells.columns[place]
    quarters = {
        heading: re.search(r"季|quart", heading, re.IGNORECASE) is not None
        for heading in {reading.table.heading(place, row) for row in range(len(texts))}
    }
    return [
        None
        if text.casefold() in MISSING
        else period_of(text, quarters=quarters[reading.table.heading(place, row)])
        for row, text in enumerate(texts)
    ]


def _last_months(reading: TableReading, texts: Sequence[str], place: int, fault: Any) -> Floats:
    found = periods_of(reading, place)
    for row, (text, period) in enumerate(zip(texts, found, strict=True)):
        if period is None and text.casefold() not in MISSING:
            what = say("`{text}` is neither a month nor a part of a year", text=short(text))
            fault(row, what, say("write it as 3, Q1, 1-9月 or Jan-Mar"))
    return np.array([np.nan if period is None else period.last for period in found], dtype=float)


def _answers(reading: TableReading, texts: Sequence[str], place: int, fault: Any) -> Floats:
    """Return the answers to a question of a survey.

    If answers were on a longer scale, those beyond the stated scale would be lost and the lower ones kept,
    which understates the understanding; so where several are outside, none is used.
    """
    low, high = reading.description.survey_scale
    outside: list[int] = []
    asked = say(
        "the scale runs from {low:g} to {high:g}; if another one was asked, cluster.yaml must "
        "say so, as survey_scale: [1, 7]",
        low=low,
        high=high,
    )

    def report_answer_fault(row: int, what: Sentence, hint: Sentence | None) -> None:
        outside.append(row)
        fault(row, what, hint or asked)

    cells = reading.cells
    found = read_numbers(
        texts,
        report_answer_fault,
        decimal_comma=cells.decimal_comma,
        doubtful=cells.doubtful,
        low=low,
        high=high,
    )
    answered = int((~np.isnan(found)).sum()) + len(outside)
    if len(outside) > max(1, 0.05 * answered):
        found[:] = np.nan
        reading.note(
            "K130",
            "error",
            None,
            place,
            say(
                "{n} of {all} answers cannot be taken, so another scale was asked; none of them was taken",
                n=len(outside),
                all=answered,
            ),
            asked,
        )
    return found


def _or_hint(fault: Any, usual: Sentence) -> Any:
    """Return a fault that gives a hint of its own where there is none."""
    return lambda row, what, hint: fault(row, what, hint or usual)


def _of_stocks(fault: Any, texts: Sequence[str]) -> Any:
    """Return a fault that says of negative amounts of energy what they most often are."""
    usual = say(
        "a change in stocks is not consumption: enter opening stock plus purchases less closing stock"
    )
    return lambda row, what, hint: fault(row, what, usual if texts[row][:1] in "-−" else hint)


def _names(texts: Sequence[str], fault: Any) -> npt.NDArray[np.object_]:
    """Return names; a row of totals, which would count everything twice, is a fault."""
    for row, text in enumerate(texts):
        if is_total(text):
            fault(
                row,
                say("`{text}` is the name of a total, which would count everything twice", text=text),
                say("leave totals out of the tables; what is really called so needs another id"),
            )
    return _texts(texts)


_LONGEST = max(map(len, MISSING))


def blank_texts(texts: Sequence[str]) -> set[str]:
    """Return which of the texts stand for "not known"; most columns hold few different ones."""
    return {text for text in set(texts) if len(text) <= _LONGEST and text.casefold() in MISSING}


def _with_unit(
    reading: TableReading,
    read: npt.NDArray[np.float64],
    units: RowUnits | None,
    column: FieldLayout,
    place: int,
) -> npt.NDArray[np.float64]:
    factors = np.full(len(read), np.nan) if units is None else units.factor
    named = "unit" in reading.layout.columns and reading.layout.columns["unit"].required
    for row in np.flatnonzero(~np.isnan(read) & np.isnan(factors)).tolist():
        if not named:  # where the unit is needed its own cell is told
            reading.note(
                "K133",
                "error",
                row,
                place,
                say("the amount has no unit, so it cannot be taken"),
                say("fill in the column `unit`"),
            )
    return np.asarray(read * factors)


_DAY = re.compile(
    r"((?:19|20)\d{2})\s*(?:[-/.年]\s*(?:1[0-2]|0?[1-9]))\s*(?:[-/.月]\s*\d{1,2})?\s*[日月]?(?:\s+[\d:]+)?"
)


def _of_days(texts: Sequence[str]) -> list[str]:
    """Return the years of the days on which something began or ended; other texts unchanged."""
    return [match[1] if (match := _DAY.fullmatch(text)) else text for text in texts]


def _years(texts: Any, fault: Any) -> npt.NDArray[np.float64]:
    plain_of = {text: _plain_year(text) for text in set(texts)}
    plain = [plain_of[text] for text in texts]

    def report_year_fault(row: int, what: Sentence, hint: Sentence | None) -> None:
        if len(years_in(texts[row])) > 1:
            several = say("`{text}` names several years", text=short(texts[row]))
            fault(row, several, say("write a row for each year, with its own amount"))
        else:
            fault(row, what, hint)

    years = read_numbers(plain, report_year_fault, low=1900, high=2200)
    for i in np.flatnonzero(years != np.floor(years)).tolist():
        if not np.isnan(years[i]):
            fault(i, say("`{text}` is not a year", text=texts[i]), None)
            years[i] = np.nan
    return years


def _plain_year(text: str) -> str:
    """Return a year alone, where a cell says nothing else."""
    # A workbook may hold the first day of the year as a date.
    plain = (
        text[:4] if len(text) == 10 and text[4:] == "-01-01" else text.removesuffix("度").removesuffix("年")
    )
    # A cell may hold the part of a year, where that is all of it.
    if not plain.isdigit() and (whole := period_of(plain)) is not None and whole.year is not None:
        return str(whole.year) if (whole.first, whole.last) == (1, 12) else plain
    return plain


_SITE = re.compile(
    r"\s*[（(](?:第?[一二三四五六七八九十\d东南西北中新老总]+[号期#]?分?(?:厂|厂区|车间|公司|基地|生产线)"
    r"|(?:plant|site|works)\s*[\w]{1,2})[)）]\s*$",
    re.IGNORECASE,
)
"""A part of an enterprise, in brackets behind its name: its rows are the enterprise's."""


def _supplier_hint(column: FieldLayout, name: str | None) -> Sentence | None:
    if column.name != "supplier":
        return say("did you mean `{name}`?", name=name) if name else None
    if name is None:
        return say("write `outside` (园外) where a supplier is none of the cluster's enterprises")
    return say(
        "write `outside` (园外) where the supplier is none of the cluster's enterprises, or `{name}` if that "
        "is meant",
        name=name,
    )


def _references(
    reading: TableReading, column: FieldLayout, texts: Any, fault: Any
) -> npt.NDArray[np.object_]:
    if column.name == "supplier":
        texts = ["" if is_outside(text) else text for text in texts]
    found = _texts(texts)
    if reading.members is None:
        return found
    known, named = reading.members.ids, reading.members.named
    hints: dict[str, Sentence | None] = {}
    likely: dict[str, str | None] = {}
    strange = {name for name in set(found.tolist()) if name and name not in known}
    for i, name in enumerate(found) if strange else ():
        if name not in strange:
            continue
        if i in reading.aside:
            found[i] = ""
            continue
        part = OF_WHICH.sub("", name, count=1)  # of a total that stands above
        part = part if plain_name_of(part) in named else _SITE.sub("", part)
        if part in known:
            found[i] = part
            continue
        meant_by = named.get(plain_name_of(part), ())
        if len(meant_by) == 1:
            found[i] = meant_by[0]
            continue
        if meant_by:
            fault(
                i,
                say("`{name}` is the name of several enterprises", name=short(name)),
                say("write the id: {ids}", ids=", ".join(meant_by)),
            )
            found[i] = ""
            continue
        if is_total(name):
            reading.doubles.add(i)  # what it sums up stands in other rows: nothing is lost with it
        if reading.table.published is not None:  # a whole country's table, of which some are the cluster
            reading.aside.add(i)
            found[i] = ""
            continue
        if name not in hints:
            # A set has another order in every run.  To compare with thousands of names takes time; after some
            # misspelt ones the reader knows.
            meant = reading.members.nearest(name) if len(hints) < 40 else None
            hints[name] = _supplier_hint(column, meant)
            by_name = named.get(plain_name_of(meant), ()) if meant else ()
            likely[name] = meant if meant in known else by_name[0] if len(by_name) == 1 else ""
        reading.meant[i] = likely[name] or ""
        fault(i, say("`{name}` is not an enterprise of the cluster", name=short(name)), hints[name])
        found[i] = ""
    return found


_MORE = 1.001
"""A part that is larger than the whole by more than rounding contradicts it."""


def parts_aside(reading: TableReading, values: Mapping[str, npt.NDArray[Any]]) -> Floats:
    """Return the first month of each row, `nan` where none is given; parts of longer ones are set aside."""
    periods = periods_of(reading, reading.table.placed["month"][1])
    first = np.array(
        [np.nan if p is None or p.first is None else float(p.first) for p in periods], dtype=float
    )
    last = values["month"]
    if np.isnan(last).all() or "amount" not in values:
        return first
    names = [k for k in reading.layout.key if k in values and k != "month"]
    known = ~np.isnan(values["amount"])
    known[[*reading.lost, *reading.aside]] = False
    keys, months = [values[k] for k in names], np.flatnonzero(known & ~np.isnan(last)).tolist()
    parts = {} if np.isnan(first).all() else _parts(keys, first, last, months)
    parts |= _of_whole_years(keys, first, last, values["amount"], np.flatnonzero(known).tolist(), parts)
    for row, whole in parts.items():
        _contradicted(reading, values["amount"], row, whole)
    if parts:
        reading.aside.update(parts)
        reading.note("K125", "note", None, None, _partial_year_sentence(len(parts)))
    return first


def without_parts(table: ClusterTable, remarks: list[Remark]) -> ClusterTable:
    """Return a table of several sheets without the rows that are a part of those of another sheet."""
    first, last = table.numbers("from_month"), table.numbers("month")
    if np.isnan(first).all():
        return table
    names = [k for k in layout_of(table.name).key if k in table.columns and k != "month"]
    # A sheet that tells no part of the year is of all of it.
    first, last = np.where(np.isnan(last), 1.0, first), np.where(np.isnan(last), 12.0, last)
    parts = _parts([table.columns[k] for k in names], first, last, list(range(len(table))))
    if not parts:
        return table
    kept = np.ones(len(table), dtype=bool)
    kept[list(parts)] = False
    remarks.append(Remark("K125", "note", table.file, None, None, _partial_year_sentence(len(parts))))
    return replace(table.select(kept), given=table.given - len(parts))


def _parts(
    keys: Sequence[npt.NDArray[Any]], first: Floats, last: Floats, chosen: Sequence[int]
) -> dict[int, int]:
    """Return the rows that are a part of a longer one with the same key, each with the longest such."""
    parts: dict[int, int] = {}
    for rows in _groups(keys, chosen):
        whole = [r for r in rows if first[r] < last[r]]
        for row in rows if whole and len(rows) > 1 else ():
            # Of a month alone only the last is told: what it ends in holds it.
            since = last[row] if np.isnan(first[row]) else first[row]
            longer = [
                o
                for o in whole
                if first[o] <= since and last[row] <= last[o] and last[o] - first[o] > last[row] - since
            ]
            if longer:
                parts[row] = max(longer, key=lambda o: last[o] - first[o])
    return parts


def _of_whole_years(
    keys: Sequence[npt.NDArray[Any]],
    first: Floats,
    last: Floats,
    amounts: Floats,
    chosen: Sequence[int],
    parts: Mapping[int, int],
) -> dict[int, int]:
    """Return the rows of twelve months that add up to a row without a month, which is that of their year.

    Where months are missing, or the sum is another, it may be a bill that lacks its month.
    """
    found: dict[int, int] = {}
    for rows in _groups(keys, [row for row in chosen if row not in parts]):
        bare = [row for row in rows if np.isnan(last[row])]
        bills = [row for row in rows if not np.isnan(last[row])]
        if len(bare) != 1 or len(bills) < 2:
            continue
        told = [m for row in bills for m in range(_since(first, last, row), int(last[row]) + 1)]
        year, whole = float(amounts[bills].sum()), float(amounts[bare[0]])
        if sorted(told) == list(range(1, 13)) and year / _MORE <= whole <= year * _MORE:
            found |= dict.fromkeys(bills, bare[0])
    return found


def _since(first: Floats, last: Floats, row: int) -> int:
    return int(last[row] if np.isnan(first[row]) else first[row])


def _groups(keys: Sequence[npt.NDArray[Any]], chosen: Sequence[int]) -> list[list[int]]:
    """Return the rows with the same key, in the order of the first of each."""
    listed = [["" if v != v else v for v in key.tolist()] for key in keys]
    groups: dict[tuple[Any, ...], list[int]] = {}
    for row in chosen:
        groups.setdefault(tuple(key[row] for key in listed), []).append(row)
    return list(groups.values())


def _partial_year_sentence(count: int) -> Sentence:
    return say(
        "amounts of a part of a year ({n}) are within those of a longer part, as since January, and were "
        "not added to them",
        n=count,
    )


def _contradicted(reading: TableReading, amounts: Floats, row: int, whole: int) -> None:
    if amounts[row] > _MORE * amounts[whole]:
        what = say(
            "the amount is larger than that of row {other}, whose period includes this one; the "
            "amount of row {other} was used",
            other=reading.cells.rows[whole],
        )
        reading.note("K134", "warning", row, reading.table.placed["amount"][1], what)
