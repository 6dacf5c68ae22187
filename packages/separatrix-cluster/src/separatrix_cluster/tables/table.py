"""A table of a cluster: columns of values, and the row of the file that each came from."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from separatrix.io.cells import BETWEEN, STEP
from separatrix.run.cached_property import keep
from separatrix_cluster.tables.cells import Floats, Texts, text_codes
from separatrix_cluster.tables.layout import layout_of

__all__ = ["ClusterTable", "empty_table", "together"]


@dataclass(frozen=True)
class ClusterTable:
    """One table of a cluster folder, checked and in base units.

    Attributes
    ----------
    name : str
        Which table, as `energy`.
    file : str
        Where it was read from; '' without such a file.
    columns : mapping of str to array, shape (rows,)
        Texts and choices as objects ('' where empty); all else as floats (`nan` where empty). Amounts
        are in the base unit (`units.BASE`) of the column `dimension`; money is in units of the
        cluster's currency; shares and yes/no run from 0 to 1. Benchmarks are as they were written, and
        the column `scale` is what turns them into base units.
    rows : array of int, shape (rows,)
        The row of the file, from 1.
    given : int
        The number of rows of data in the file, excluded ones included.
    left_out : ClusterTable or None
        The excluded rows, with their readable data in the same columns ('' and `nan` for all else, in
        base units), so that missing data can be listed by enterprise, year and carrier and estimated.
        Repeated rows are not a loss and are not among them, except where rows add up: there the column
        `copy` is 1 for a row that may be a copy, or a second bill of the same amount. The column
        `meant` is the id that a misspelt enterprise most likely is.
    """

    name: str
    file: str
    columns: Mapping[str, npt.NDArray[Any]]
    rows: npt.NDArray[np.int64]
    given: int = 0
    left_out: ClusterTable | None = None

    def __len__(self) -> int:
        return len(self.rows)

    def texts(self, column: str) -> Texts:
        """Return a column of texts; all empty where the file has no such column."""
        found = self.columns.get(column)
        return np.full(len(self), "", dtype=object) if found is None else found

    def codes(self, column: str) -> tuple[Texts, npt.NDArray[np.int64]]:
        """Return the different texts of a column in order, and of each row the place of its text."""
        return keep(self, f"_codes_{column}", lambda: text_codes(self.texts(column)))

    def numbers(self, column: str) -> Floats:
        """Return a column of numbers; all `nan` where the file has no such column."""
        found = self.columns.get(column)
        return np.full(len(self), np.nan) if found is None else found

    def text(self, column: str, row: int) -> str:
        """Return the text of one row, without a column of nothing for each question."""
        found = self.columns.get(column)
        return "" if found is None else str(found[row])

    def number(self, column: str, row: int) -> float:
        """Return the number of one row; `nan` where the file has no such column."""
        found = self.columns.get(column)
        return math.nan if found is None else float(found[row])

    def has(self, column: str) -> bool:
        """Return whether any row holds something in the column."""
        found = self.columns.get(column)
        if found is None or not len(found):
            return False
        return bool(np.any(found != "") if found.dtype == object else not np.all(np.isnan(found)))

    def select(self, chosen: npt.NDArray[np.bool_]) -> ClusterTable:
        """Return the table with the chosen rows only."""
        return ClusterTable(
            self.name,
            self.file,
            {n: c[chosen] for n, c in self.columns.items()},
            self.rows[chosen],
            self.given,
            self.left_out,
        )

    @property
    def lost(self) -> tuple[tuple[str, float], ...]:
        """Enterprise ('' where it cannot be read) and year (`nan`) of the excluded rows."""
        gone = self.left_out
        if gone is None or "enterprise" not in gone.columns:
            return ()
        return tuple(zip(map(str, gone.texts("enterprise")), map(float, gone.numbers("year")), strict=True))

    @property
    def years(self) -> tuple[int, ...]:
        """The years that occur, in order."""
        years = self.numbers("year")
        return tuple(np.flatnonzero(np.bincount(years[~np.isnan(years)].astype(np.int64))).tolist())

    @property
    def patterned(self) -> tuple[str, ...]:
        """The columns of a family, such as the questions of a survey."""
        known = layout_of(self.name).columns
        return tuple(
            name
            for name in self.columns
            if name not in known and name not in ("dimension", "scale", "from_month", "outside")
        )


def together(tables: Sequence[ClusterTable]) -> ClusterTable:
    """Return the rows of several files or sheets as one table; `located` gives the place of each."""
    file = BETWEEN.join(table.file for table in tables)
    gone = [
        replace(t.left_out, rows=t.left_out.rows + k * STEP)
        for k, t in _numbered_tables(tables)
        if t.left_out
    ]
    return ClusterTable(
        tables[0].name,
        file,
        _columns(tables),
        np.concatenate([table.rows + k * STEP for k, table in _numbered_tables(tables)]),
        sum(table.given for table in tables),
        None
        if not gone
        else ClusterTable(
            tables[0].name, file, _columns(gone), np.concatenate([g.rows for g in gone]), sum(map(len, gone))
        ),
    )


def _numbered_tables(tables: Sequence[ClusterTable]) -> list[tuple[int, ClusterTable]]:
    return list(enumerate(tables, 1))


def _columns(tables: Sequence[ClusterTable]) -> dict[str, npt.NDArray[Any]]:
    """Return columns one below the other; what a table has no column for is empty."""
    kinds = {name: column.dtype for table in tables for name, column in table.columns.items()}
    blank = {name: "" if kind.kind == "O" else np.nan for name, kind in kinds.items()}
    return {
        name: np.concatenate([t.columns.get(name, np.full(len(t), blank[name], dtype=kind)) for t in tables])
        for name, kind in kinds.items()
    }


def empty_table(name: str) -> ClusterTable:
    """Return a table without rows, which stands for one that was not given."""
    return ClusterTable(name, "", {}, np.zeros(0, dtype=np.int64))
