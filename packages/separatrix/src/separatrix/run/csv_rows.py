"""Finished blocks as a CSV file: a line a point, written as the blocks are read."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, TextIO

from separatrix.run.blocks import Blocks
from separatrix.run.csv_text import write_rows
from separatrix.run.files import replacing
from separatrix.run.layout import ColumnLayout, Variable, pieces

__all__ = ["rows_of", "write_csv"]


def write_csv(path: Path, blocks: Blocks, layout: ColumnLayout) -> None:
    """Write finished blocks as a CSV file, whole or not at all.

    Raises
    ------
    Damaged
        Where a block is not whole.
    OSError
        Where the file cannot be written.
    """
    with replacing(path) as temporary, temporary.open("w", encoding="utf-8", newline="") as stream:
        _fill(stream, blocks, layout)


def _fill(stream: TextIO, blocks: Blocks, layout: ColumnLayout) -> None:
    write_rows(stream, [heads_of(layout)])
    write_rows(stream, rows_of(blocks, layout))


def heads_of(layout: ColumnLayout) -> list[str]:
    """Return the names of the columns: the axes, then the variables, shares as ``basin[x=1,y=1]``."""
    heads = [c.name for c in layout.coordinates]
    for variable in layout.variables:
        heads += (
            [f"{variable.name}[{label}]" for label in variable.labels] if variable.extra else [variable.name]
        )
    return heads


def rows_of(blocks: Blocks, layout: ColumnLayout) -> Iterator[list[Any]]:
    """Yield the cells of each point, in the order of the grid; None where there is no value."""
    for number, found in pieces(blocks, layout):
        box = blocks.tiling.box(number)
        axes = [c.floats(part) for c, part in zip(layout.coordinates, box, strict=True)]
        places = blocks.tiling.places(number)
        for k in range(blocks.tiling.points_in(number)):
            row: list[Any] = [
                float(axis[own[k] - part.start]) for axis, own, part in zip(axes, places, box, strict=True)
            ]
            for variable in layout.variables:
                row += _cells(variable, found[variable.name][k])
            yield row


def _cells(variable: Variable, value: Any) -> list[Any]:
    if variable.kind == "words":
        return [variable.labels[int(value)] if value >= 0 else None]
    numbers = value.tolist() if variable.kind == "shares" else [float(value)]
    return [None if number != number else number for number in numbers]
