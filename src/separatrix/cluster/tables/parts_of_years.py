"""Amounts of parts of a year beside those of longer parts: quarters beside halves, months since January.

What stands within a longer part was counted there already; the parts that are left add up.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from separatrix.cluster.tables.cell_values import Floats
from separatrix.cluster.tables.column_values import TableReading, periods_of
from separatrix.sentence import say

__all__ = ["parts_aside"]

_MORE = 1.001
"""A part that is larger than the whole by more than rounding contradicts it."""


def parts_aside(reading: TableReading, values: Mapping[str, npt.NDArray[Any]]) -> Floats:
    """Return the first month of each row, `nan` where none is told; parts of longer ones go aside."""
    periods = periods_of(reading, reading.table.placed["month"][1])
    first = np.array(
        [np.nan if p is None or p.first is None else float(p.first) for p in periods], dtype=float
    )
    last = values["month"]
    if np.isnan(first).all() or "amount" not in values:
        return first
    keys = [values[k].tolist() for k in reading.layout.key if k in values and k != "month"]
    groups: dict[tuple[Any, ...], list[int]] = {}
    known = ~np.isnan(last) & ~np.isnan(values["amount"])
    for row in np.flatnonzero(known).tolist():
        if row not in reading.lost and row not in reading.aside:
            groups.setdefault(tuple(key[row] for key in keys), []).append(row)
    parts: list[int] = []
    for rows in groups.values():
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
                parts.append(row)
                _contradicted(reading, values["amount"], row, max(longer, key=lambda o: last[o] - first[o]))
    if parts:
        reading.aside.update(parts)
        what = say(
            "amounts of a part of a year ({n}) are within those of a longer part, as since January, and were "
            "not added to them",
            n=len(parts),
        )
        reading.note("K125", "note", None, None, what)
    return first


def _contradicted(reading: TableReading, amounts: Floats, row: int, whole: int) -> None:
    if amounts[row] > _MORE * amounts[whole]:
        what = say(
            "the amount is larger than that of row {other}, of which its part of the year is one; that of "
            "row {other} was taken",
            other=reading.cells.rows[whole],
        )
        reading.note("K134", "warning", row, reading.table.placed["amount"][1], what)
