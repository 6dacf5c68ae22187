"""A table while it is arranged, and as it is then: in long form."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from separatrix.io.cells import Cells, Remark, Severity
from separatrix.sentences import Sentence
from separatrix_cluster.tables.headings import Meaning
from separatrix_cluster.tables.layout import FieldLayout, TableLayout
from separatrix_cluster.tables.published import PublishedLayout

__all__ = ["Arrangement", "TableInWork"]


@dataclass(frozen=True)
class Arrangement:
    """The cells of a table in long form.

    Attributes
    ----------
    cells : Cells
        One column for each existing column of the table.
    placed : mapping of str to (FieldLayout, int)
        The position of each column of the table, by name.
    headings : mapping of int to sequence of str
        Of a column that was gathered from several: the heading of each row in the file.
    units : mapping of int to sequence of str
        Of a column whose headings state a unit: that of each row.
    totals : mapping of int to bool
        Positions of rows that are not data: headings, and rows that sum others, with whether they sum
        all.
    """

    cells: Cells
    placed: Mapping[str, tuple[FieldLayout, int]]
    headings: Mapping[int, Sequence[str]] = field(default_factory=dict)
    units: Mapping[int, Sequence[str]] = field(default_factory=dict)
    totals: Mapping[int, bool] = field(default_factory=dict)
    published: PublishedLayout | None = None

    def heading(self, place: int, row: int | None) -> str:
        """Return what a column is called in the file, in a row of it."""
        found = self.headings.get(place)
        return self.cells.header[place] if found is None or row is None else found[row]


@dataclass
class TableInWork:
    """A table while it is arranged: what its headings say, and which of them head amounts side by side."""

    cells: Cells
    layout: TableLayout
    fixed: dict[str, tuple[FieldLayout, int]] = field(default_factory=dict)
    units: dict[int, str] = field(default_factory=dict)
    spread: list[tuple[int, Meaning, FieldLayout]] = field(default_factory=list)
    remarks: list[Remark] = field(default_factory=list)

    def note(
        self,
        code: str,
        severity: Severity,
        heading: str | None,
        what: Sentence,
        hint: Sentence | None = None,
    ) -> None:
        self.remarks.append(Remark(code, severity, self.cells.file, None, heading, what, hint))
