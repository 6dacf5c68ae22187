"""Cells as a table: every column by its kind, every fault named by row and column, and the rest kept.

A row that lacks what it needs is left out; a cell that cannot be taken counts as not known.  Nothing is
filled in.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from separatrix.cluster.tables.benchmark_units import benchmark_scale
from separatrix.cluster.tables.description import Description, currency_code
from separatrix.cluster.tables.layout import FieldLayout, TableLayout, layout_of
from separatrix.cluster.tables.table import ClusterTable
from separatrix.cluster.tables.units import BASE, Unit, likely, unit_of
from separatrix.cluster.tables.values import (
    MISSING,
    Floats,
    is_total,
    read_choices,
    read_numbers,
    read_yes,
    short,
)
from separatrix.errors import InputError, nearest
from separatrix.reading.cells import Cells
from separatrix.reading.remark import Remark, Severity
from separatrix.sentence import Sentence, say

__all__ = ["read_table"]

_ADDS_UP = frozenset({"energy", "emissions", "trade", "streams"})
"""Tables whose rows with the same key are several bills, which add up; elsewhere one of them is wrong."""


@dataclass
class _Reading:
    """The reading of one table: its cells, what was found amiss, the rows that cannot be kept."""

    cells: Cells
    layout: TableLayout
    description: Description
    enterprises: frozenset[str] | None
    remarks: list[Remark] = field(default_factory=list)
    lost: set[int] = field(default_factory=set)
    doubles: set[int] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.lost.update(self.cells.spoilt)

    def note(
        self,
        code: str,
        severity: Severity,
        row: int | None,
        column: str | None,
        what: Sentence,
        hint: Sentence | None = None,
    ) -> None:
        if row in self.cells.spoilt:
            return  # it has its remark already
        number = None if row is None else self.cells.rows[row]
        self.remarks.append(Remark(code, severity, self.cells.file, number, column, what, hint))


def read_table(
    cells: Cells, name: str, description: Description, enterprises: frozenset[str] | None
) -> tuple[ClusterTable, list[Remark]]:
    """Return a table with what is amiss in it.

    Parameters
    ----------
    cells : Cells
        What the file holds.
    name : str
        Which table it is.
    description : Description
        The cluster's currency, money unit and exchange rates.
    enterprises : set of str, or None
        The ids that may be referred to; None while `enterprises` itself is read.

    Raises
    ------
    InputError
        K120 where a column is missing without which no row says anything.
    """
    layout = layout_of(name)
    reading = _Reading(cells, layout, description, enterprises, list(cells.remarks))
    placed = _placed(reading)
    for column in layout.columns.values():
        if column.required and column.name not in placed:
            others = ", ".join(f"`{h}`" for h in cells.header if h) or "none"
            raise InputError(
                "K120",
                f"{cells.file} has no column `{column.name}` ({column.meaning})",
                hint=f"its columns are {others}; `separatrix cluster new` writes templates",
            )
    values: dict[str, npt.NDArray[Any]] = {}
    units = _units(reading, placed)
    rates = _rates(reading, placed)
    for column, place in placed.values():
        values[column.name] = _values(reading, column, place, units, rates)
    if units is not None:
        values["dimension"] = np.array([u.dimension if u else "" for u in units], dtype=object)
    if name == "facilities" and "may_connect" in placed:
        _check_members(reading, placed["may_connect"][1])
    if name == "benchmarks":
        values["scale"] = _benchmark_scales(reading, placed, values)
    _leave_out_the_empty(reading, placed, values)
    _leave_out_doubles(reading, values)
    kept = np.ones(len(cells.rows), dtype=bool)
    kept[list(reading.lost)] = False
    rows = np.asarray(cells.rows, dtype=np.int64)
    table = ClusterTable(name, cells.file, values, rows, len(rows), _lost(reading, values)).where(kept)
    return table, sorted(reading.remarks, key=lambda remark: remark.row or 0)


def _lost(reading: _Reading, values: Mapping[str, npt.NDArray[Any]]) -> tuple[tuple[str, float], ...]:
    """Return enterprise and year of the rows left out; a second row of the same is no loss."""
    if "enterprise" not in values:
        return ()
    years = values.get("year")
    return tuple(
        (
            str(values["enterprise"][row]),
            float("nan") if years is None or row in reading.cells.spoilt else float(years[row]),
        )
        for row in sorted(reading.lost - reading.doubles)
    )


def _placed(reading: _Reading) -> dict[str, tuple[FieldLayout, int]]:
    """Return which column stands where, by name; headings that are not known are told."""
    placed: dict[str, tuple[FieldLayout, int]] = {}
    for place, heading in enumerate(reading.cells.header):
        if not heading:
            continue
        column = reading.layout.column_of(heading)
        if column is None:
            # A column of one's own is as usual as a misspelt one, so the guess must be a good one.
            free = [name for name in reading.layout.columns if name not in reading.cells.header]
            meant = nearest(heading, free, least=0.7)
            hint = say("did you mean `{name}`?", name=meant) if meant else None
            reading.note(
                "K121", "warning", None, heading, say("no such column is known; it was not read"), hint
            )
        elif column.name in placed:
            reading.note(
                "K122",
                "warning",
                None,
                heading,
                say("the column `{name}` stands twice; the first was read", name=column.name),
            )
        else:
            placed[column.name] = (column, place)
    return placed


def _values(
    reading: _Reading,
    column: FieldLayout,
    place: int,
    units: list[Unit | None] | None,
    rates: npt.NDArray[np.float64] | None,
) -> npt.NDArray[Any]:
    texts = reading.cells.columns[place]
    heading = reading.cells.header[place]

    def fault(row: int, what: Sentence, hint: Sentence | None) -> None:
        if column.required:
            reading.lost.add(row)
        reading.note("K130", "error", row, heading, what, hint)

    comma, doubtful = reading.cells.decimal_comma, reading.cells.doubtful

    def numbers(low: float | None = None, high: float | None = None, *, share: bool = False) -> Floats:
        return read_numbers(
            texts, fault, decimal_comma=comma, doubtful=doubtful, share=share, low=low, high=high
        )

    match column.kind:
        case "choice":
            return read_choices(texts, column.choices, fault, column.also)
        case "yes":
            return read_yes(texts, fault)
        case "year":
            return _years(texts, _or_hint(fault, say("write the year alone, as 2024")))
        case "share":
            return numbers(share=True)
        case "number":
            if column.name.startswith("survey_"):
                return _answers(reading, texts, heading, fault)
            return numbers(column.low, column.high)
        case "money":
            return numbers(column.low) * (reading.description.money_factor if rates is None else rates)
        case "quantity":
            return _with_unit(reading, numbers(column.low), units, column, place)
        case "per_unit":
            read = numbers(column.low)
            # What is told per kWh or per kg is told anew per base unit, as the amount beside it is.
            factors = [1.0 if u is None else u.factor for u in units or [None] * len(read)]
            return np.asarray(read / np.array(factors))
        case "enterprise":
            return _references(reading, texts, fault)
        case "id":
            return _names(texts, fault)
    return _texts(texts)


def _texts(texts: Sequence[str]) -> npt.NDArray[np.object_]:
    blank = _blank(texts)
    return np.array(["" if t in blank else t for t in texts] if blank else texts, dtype=object)


def _answers(reading: _Reading, texts: Sequence[str], heading: str, fault: Any) -> Floats:
    """Return the answers to a question of a survey.

    Of answers on a longer scale those beyond the scale that is stated would be lost and the lower ones kept,
    which tells of less understanding than there is; so where several lie outside none is taken.
    """
    low, high = reading.description.survey_scale
    outside: list[int] = []
    asked = say(
        "the scale runs from {low:g} to {high:g}; if another one was asked, cluster.yaml must "
        "say so, as survey_scale: [1, 7]",
        low=low,
        high=high,
    )

    def told(row: int, what: Sentence, hint: Sentence | None) -> None:
        outside.append(row)
        fault(row, what, hint or asked)

    cells = reading.cells
    found = read_numbers(
        texts, told, decimal_comma=cells.decimal_comma, doubtful=cells.doubtful, low=low, high=high
    )
    answered = int((~np.isnan(found)).sum()) + len(outside)
    if len(outside) > max(1, 0.05 * answered):
        found[:] = np.nan
        reading.note(
            "K130",
            "error",
            None,
            heading,
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


def _blank(texts: Sequence[str]) -> set[str]:
    """Return which of the texts stand for "not known"; most columns hold few different ones."""
    return {text for text in set(texts) if text.casefold() in MISSING}


def _with_unit(
    reading: _Reading,
    read: npt.NDArray[np.float64],
    units: list[Unit | None] | None,
    column: FieldLayout,
    place: int,
) -> npt.NDArray[np.float64]:
    factors = np.array([np.nan if u is None else u.factor for u in units or [None] * len(read)])
    named = "unit" in reading.layout.columns and reading.layout.columns["unit"].required
    for row in np.flatnonzero(~np.isnan(read) & np.isnan(factors)).tolist():
        if not named:  # where the unit is needed its own cell is told
            reading.note(
                "K133",
                "error",
                row,
                reading.cells.header[place],
                say("the amount has no unit, so it cannot be taken"),
                say("fill in the column `unit`"),
            )
    return np.asarray(read * factors)


def _years(texts: Any, fault: Any) -> npt.NDArray[np.float64]:
    # A workbook may hold the first day of the year as a date.
    plain = [t[:4] if len(t) == 10 and t[4:] == "-01-01" else t.removesuffix("年") for t in texts]
    years = read_numbers(plain, fault, low=1900, high=2200)
    for i in np.flatnonzero(years != np.floor(years)).tolist():
        if not np.isnan(years[i]):
            fault(i, say("`{text}` is no year", text=texts[i]), None)
            years[i] = np.nan
    return years


def _references(reading: _Reading, texts: Any, fault: Any) -> npt.NDArray[np.object_]:
    found = _texts(texts)
    known = reading.enterprises
    if known is None:
        return found
    hints: dict[str, Sentence | None] = {}
    for i, name in enumerate(found):
        if not name or name in known:
            continue
        if name not in hints:
            # A set has another order in every run.  To compare with thousands of names takes time; after some
            # misspelt ones the reader knows.
            meant = nearest(name, sorted(known)[:5000]) if len(hints) < 40 else None
            hints[name] = say("did you mean `{name}`?", name=meant) if meant else None
        fault(i, say("`{name}` is no enterprise of the cluster", name=short(name)), hints[name])
        found[i] = ""
    return found


def _check_members(reading: _Reading, place: int) -> None:
    """Tell of ids in a list of enterprises that are none of the cluster."""
    for row, text in enumerate(reading.cells.columns[place]):
        for name in re.split(r"[\s,;，；、]+", text):
            if name and name.casefold() not in MISSING and name not in (reading.enterprises or {name}):
                reading.note(
                    "K130",
                    "error",
                    row,
                    reading.cells.header[place],
                    say("`{name}` is no enterprise of the cluster", name=short(name)),
                )


def _units(reading: _Reading, placed: dict[str, tuple[FieldLayout, int]]) -> list[Unit | None] | None:
    """Return the unit of each row, where the table has amounts."""
    quantities = [c for c in reading.layout.columns.values() if c.kind == "quantity"]
    if not quantities or "unit" not in placed:
        return None
    column, place = placed["unit"]
    heading = reading.cells.header[place]
    cache: dict[str, Unit | None] = {}
    units = []
    for row, text in enumerate(reading.cells.columns[place]):
        if text not in cache:
            cache[text] = unit_of(text) if text else None
        unit = cache[text]
        if unit is None and text:
            reading.note(
                "K131", "error", row, heading, say("`{text}` is no known unit", text=short(text)), _hint(text)
            )
            if column.required:
                reading.lost.add(row)
        units.append(unit)
    return units


def _hint(unit: str) -> Sentence:
    if "co2" in unit.casefold() or "co₂" in unit.casefold():
        return say("write the mass alone, as t or kt; which gas it is stands in the column `gas`")
    meant = likely(unit)
    if meant:
        return say("did you mean `{name}`?", name=meant)
    return say("known are {units} and many more", units=", ".join(sorted(set(BASE.values()))))


def _benchmark_scales(
    reading: _Reading, placed: dict[str, tuple[FieldLayout, int]], values: Mapping[str, npt.NDArray[Any]]
) -> Floats:
    """Return what each row's unit is in base units; rows whose unit or quartiles make no sense go."""
    blank = np.full(len(reading.cells.rows), "", dtype=object)
    unknown = np.full(len(blank), np.nan)
    quartiles = [values.get(k, unknown) for k in ("q1", "median", "q3")]
    scales = unknown.copy()
    for row, (unit, indicator) in enumerate(zip(values.get("unit", blank), values["indicator"], strict=True)):
        scale = benchmark_scale(str(unit), str(indicator), reading.description)
        known = [float(q[row]) for q in quartiles if q[row] == q[row]]
        if isinstance(scale, Sentence):
            reading.lost.add(row)
            reading.note("K131", "error", row, _heading(reading, placed, "unit"), scale)
        elif known != sorted(known):
            reading.lost.add(row)
            reading.note(
                "K130",
                "error",
                row,
                _heading(reading, placed, "median"),
                say("the quartiles are not in order: q1 is at most the median, and that at most q3"),
            )
        else:
            scales[row] = scale
    return scales


def _heading(reading: _Reading, placed: dict[str, tuple[FieldLayout, int]], name: str) -> str:
    return reading.cells.header[placed[name][1]] if name in placed else name


def _rates(reading: _Reading, placed: dict[str, tuple[FieldLayout, int]]) -> npt.NDArray[np.float64] | None:
    """Return what one unit of money of each row is in the cluster's currency; rows it cannot tell go."""
    if "currency" not in placed:
        return None
    place = placed["currency"][1]
    description = reading.description
    rates = np.full(len(reading.cells.rows), description.money_factor)
    for row, text in enumerate(reading.cells.columns[place]):
        code = currency_code(text)
        if text.casefold() in MISSING or code == description.currency:
            continue
        rate = description.exchange_rates.get(code)
        if rate is None:
            reading.lost.add(row)
            reading.note(
                "K132",
                "error",
                row,
                reading.cells.header[place],
                say(
                    "the row is in {found}, the cluster in {expected}; two currencies do not add up",
                    found=short(code),
                    expected=description.currency,
                ),
                say("give the rate in cluster.yaml: exchange_rates: {{{code}: …}}", code=short(code)),
            )
        else:
            rates[row] = rate * description.money_factor
    return rates


def _leave_out_the_empty(
    reading: _Reading, placed: dict[str, tuple[FieldLayout, int]], values: Mapping[str, npt.NDArray[Any]]
) -> None:
    for column, place in placed.values():
        if not column.required:
            continue
        texts = reading.cells.columns[place]
        blank = _blank(texts)
        for row, text in enumerate(texts) if blank else ():
            if text in blank:
                if row not in reading.lost and (row, place) not in reading.cells.empty:
                    reading.note(
                        "K133",
                        "error",
                        row,
                        reading.cells.header[place],
                        say("the cell is empty; without it the row says nothing and was left out"),
                    )
                reading.lost.add(row)


def _leave_out_doubles(reading: _Reading, values: Mapping[str, npt.NDArray[Any]]) -> None:
    keys = [values[name] for name in reading.layout.key if name in values]
    if not keys:
        return
    listed = [["" if k != k else k for k in column.tolist()] for column in keys]
    whole = list(zip(*listed, strict=True))
    if len(set(whole)) == len(whole):
        return
    seen: dict[tuple[Any, ...], list[int]] = {}
    for row, plain in enumerate(whole):
        if row in reading.lost:
            continue
        before = seen.setdefault(plain, [])
        before.append(row)
        if len(before) == 1:
            continue
        named = short(
            ", ".join(str(int(k)) if isinstance(k, float) else str(k) for k in plain if k != ""), 80
        )
        copied = [o for o in before[:-1] if all(c[row] == c[o] for c in reading.cells.columns)]
        other = reading.cells.rows[copied[0] if copied else before[0]]
        same = bool(copied)
        if reading.layout.name in _ADDS_UP and not same:
            reading.note(
                "K134",
                "warning",
                row,
                None,
                say("{key} stands in row {other} already; both were added up", key=named, other=other),
            )
            continue
        reading.lost.add(row)
        reading.doubles.add(row)
        reading.note(
            "K134",
            "error",
            row,
            None,
            say("{key} stands in row {other} already; this row was left out", key=named, other=other),
            say("keep one of them"),
        )
