"""How the columns of all blocks become the variables of one table: kinds, codes of words, names of shares.

Blocks are read one after the other, twice: for what they hold, and for the numbers.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from separatrix.run.block_store import Blocks
from separatrix.run.columns import Column, Numbers, Shares, Total, WordColumn

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[Any]

__all__ = ["Coordinate", "ColumnLayout", "Variable", "laid_out", "pieces"]

NO_WORD = "no_value"


@dataclass(frozen=True)
class Coordinate:
    """An axis of the table.

    Attributes
    ----------
    name : str
    count : int
    floats : callable
        From a slice to the values there.
    attributes : mapping
    """

    name: str
    count: int
    floats: Any
    attributes: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Variable:
    """A variable of the table.

    Attributes
    ----------
    name : str
    column : str
        The name of its column in the blocks.
    labels : tuple of str
        The words of its codes, or the names of its shares, sorted.
    total : Total
        The summary of its blocks.
    own : mapping
        Attributes from the measure.
    """

    name: str
    column: str
    labels: tuple[str, ...]
    total: Total
    own: Mapping[str, Any] = field(default_factory=dict)

    @property
    def kind(self) -> str:
        """``numbers``, ``words`` or ``shares``."""
        return self.total.kind

    @property
    def attributes(self) -> dict[str, Any]:
        """Its attributes, as the conventions for netCDF files have it.

        Codes of words: ``flag_values`` with ``flag_meanings``, which blanks divide, and the counts of points.
        """
        told = dict(self.own)
        if self.kind == "words":
            told["flag_values"] = [*range(len(self.labels)), -1]
            told["flag_meanings"] = " ".join([*self.labels, NO_WORD])
            if self.labels:  # where no point has a word there is nothing to count
                told["counts"] = [self.total.counts.get(label, 0) for label in self.labels]
        elif self.kind == "numbers" and self.total.known:
            told["actual_range"] = list(self.total.range_of())
        told["points_with_a_value"] = self.total.known
        return told

    @property
    def dtype(self) -> str:
        """The type of its numbers."""
        return "<i4" if self.kind == "words" else "<f8"

    @property
    def extra(self) -> str | None:
        """The name of its further dimension, of shares."""
        return f"{self.name}_of" if self.kind == "shares" else None


@dataclass(frozen=True)
class ColumnLayout:
    """All of the table but the numbers.

    Attributes
    ----------
    coordinates : tuple of Coordinate
    variables : tuple of Variable
    """

    coordinates: tuple[Coordinate, ...]
    variables: tuple[Variable, ...]

    def variable(self, column: str) -> Variable:
        """Return the variable of a column."""
        return next(v for v in self.variables if v.column == column)


def laid_out(
    blocks: Blocks,
    coordinates: Sequence[Coordinate],
    attributes: Mapping[str, Mapping[str, Any]],
    kinds: Mapping[str, str],
) -> ColumnLayout:
    """Return the layout of finished blocks.

    Parameters
    ----------
    blocks : Blocks
    coordinates : sequence of Coordinate
    attributes : mapping of column to the attributes of its variable
    kinds : mapping of column to its kind, for those that may be empty in every block

    Raises
    ------
    Damaged
        Where a block is not whole.
    """
    totals: dict[str, Total] = {}
    for number in range(len(blocks.tiling)):
        for name, told in blocks.summaries(number).items():
            totals.setdefault(name, Total(kinds.get(name, "numbers"))).add(told)
    taken = {coordinate.name for coordinate in coordinates}
    variables = []
    for column, total in totals.items():
        name = column
        while name in taken:  # an axis keeps the name of its parameter, whatever that is
            name = f"measured_{name}"
        taken.add(name)
        own = attributes.get(column, {})
        variables.append(
            Variable(name, column, tuple(sorted({*total.counts, *total.low} - {""})), total, own)
        )
    return ColumnLayout(tuple(coordinates), tuple(variables))


def pieces(blocks: Blocks, layout: ColumnLayout) -> Iterator[tuple[int, dict[str, Array]]]:
    """Yield the number of each block, and its numbers by variable, arrays (points,) or (points, names).

    Raises
    ------
    Damaged
        Where a block is not whole.
    """
    import numpy as np

    for number in range(len(blocks.tiling)):
        columns = blocks.columns(number)
        points = blocks.tiling.points_in(number)
        found = {}
        for variable in layout.variables:
            column = columns.get(variable.column)
            found[variable.name] = _numbers(variable, column, points)
        yield number, {name: np.asarray(values) for name, values in found.items()}


def _numbers(variable: Variable, column: Column | None, points: int) -> Array:
    import numpy as np

    match variable.kind, column:
        case "numbers", Numbers(values):
            return values
        case "words", WordColumn(codes, words):
            places = np.array(
                [variable.labels.index(word) if word in variable.labels else -1 for word in words] + [-1]
            )
            return places[codes].astype("<i4")
        case "shares", Shares(values, names, known):
            table = np.full((points, len(variable.labels)), np.nan)
            table[known] = 0.0
            for k, name in enumerate(names):
                if name in variable.labels:
                    table[known, variable.labels.index(name)] = values[known, k]
            return table
    # The block has nothing to say of this variable.
    if variable.kind == "words":
        return np.full(points, -1, dtype="<i4")
    return np.full((points, len(variable.labels)) if variable.kind == "shares" else points, np.nan)
