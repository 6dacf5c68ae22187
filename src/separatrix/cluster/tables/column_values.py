"""The cells of a column as values of its kind.

A cell that cannot be taken counts as not known, and is named by row and column.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from separatrix.cluster.tables.cell_values import (
    MISSING,
    Floats,
    is_total,
    read_choices,
    read_numbers,
    read_yes,
    short,
)
from separatrix.cluster.tables.description import Description
from separatrix.cluster.tables.layout import FieldLayout, TableLayout
from separatrix.cluster.tables.units import Unit
from separatrix.errors import nearest
from separatrix.reading.cells import Cells
from separatrix.reading.remark import Remark, Severity
from separatrix.sentence import Sentence, say

__all__ = ["TableReading", "blank_texts", "column_values"]


@dataclass
class TableReading:
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
        """Remember what is amiss in a cell, a row, or the table as a whole."""
        if row in self.cells.spoilt:
            return  # it has its remark already
        number = None if row is None else self.cells.rows[row]
        self.remarks.append(Remark(code, severity, self.cells.file, number, column, what, hint))


def column_values(
    reading: TableReading,
    column: FieldLayout,
    place: int,
    units: list[Unit | None] | None,
    rates: npt.NDArray[np.float64] | None,
) -> npt.NDArray[Any]:
    """Return the values of a column, one a row: floats in base units, or texts; NaN or empty where not known.

    Parameters
    ----------
    place : int
        Where the column stands among the cells.
    units : list of Unit or None
        Of each row, where the table has amounts.
    rates : array (rows,), or None
        What one unit of money of each row is in the cluster\'s currency.
    """
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
    blank = blank_texts(texts)
    return np.array(["" if t in blank else t for t in texts] if blank else texts, dtype=object)


def _answers(reading: TableReading, texts: Sequence[str], heading: str, fault: Any) -> Floats:
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


def blank_texts(texts: Sequence[str]) -> set[str]:
    """Return which of the texts stand for "not known"; most columns hold few different ones."""
    return {text for text in set(texts) if text.casefold() in MISSING}


def _with_unit(
    reading: TableReading,
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


def _references(reading: TableReading, texts: Any, fault: Any) -> npt.NDArray[np.object_]:
    found = _texts(texts)
    known = reading.enterprises
    if known is None:
        return found
    hints: dict[str, Sentence | None] = {}
    for i, name in enumerate(found):
        if not name or name in known:
            continue
        if is_total(name):
            reading.doubles.add(i)  # what it sums up stands in other rows: nothing is lost with it
        if name not in hints:
            # A set has another order in every run.  To compare with thousands of names takes time; after some
            # misspelt ones the reader knows.
            meant = nearest(name, sorted(known)[:5000]) if len(hints) < 40 else None
            hints[name] = say("did you mean `{name}`?", name=meant) if meant else None
        fault(i, say("`{name}` is no enterprise of the cluster", name=short(name)), hints[name])
        found[i] = ""
    return found
