"""Amounts of parts of a year together with those of longer parts: quarters and halves, months since
January.

What stands within a longer part was counted there already; the parts that are left add up.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt

from separatrix.io.cells import Remark
from separatrix.sentences import Sentence, say
from separatrix_cluster.tables.cell_values import Floats
from separatrix_cluster.tables.column_values import TableReading, periods_of
from separatrix_cluster.tables.layout import layout_of
from separatrix_cluster.tables.table import ClusterTable

__all__ = ["parts_aside", "without_parts"]

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
