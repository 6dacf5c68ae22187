"""The numbers of figures, tables and equations, in the order of the document."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from separatrix.document.document import Block, Details, Document, Equations, Figure, Table

__all__ = ["Numbering", "numbering_of"]


@dataclass
class Numbering:
    """The number of each numbered block; of equations, that of the first row.

    Blocks are distinguished by identity, so that a table in a folded part and again in its brief form keeps
    one number.
    """

    _numbers: dict[int, int] = field(default_factory=dict)
    figures: int = 0
    tables: int = 0
    equations: int = 0

    def number_of(self, block: Block) -> int | None:
        """Return the number of a block, or ``None`` where it has none."""
        return self._numbers.get(id(block))

    def count(self, blocks: Iterable[Block]) -> None:
        """Number the blocks of a document, those within others too."""
        for block in blocks:
            if id(block) in self._numbers:
                continue
            match block:
                case Figure():
                    self.figures += 1
                    self._numbers[id(block)] = self.figures
                case Table(title=title) if title:
                    self.tables += 1
                    self._numbers[id(block)] = self.tables
                case Equations(rows, True):
                    self._numbers[id(block)] = self.equations + 1
                    self.equations += len(rows)
                case Details(_, inner):
                    self.count(inner)


def numbering_of(document: Document) -> Numbering:
    """Return the numbers of a document's figures, titled tables and numbered equations.

    Examples
    --------
    >>> from separatrix.document.document import Column, Details
    >>> first = Table((Column("a"),), (), title="One")
    >>> second = Table((Column("a"),), (), title="Two")
    >>> document = Document("Title", "", (Details("More", (first,), (first,)), second))
    >>> [numbering_of(document).number_of(table) for table in (first, second)]
    [1, 2]
    """
    numbering = Numbering()
    numbering.count(document.blocks)
    return numbering
