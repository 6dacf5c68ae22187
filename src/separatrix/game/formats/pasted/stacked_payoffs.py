"""Tables in which the payoffs of a profile stand below each other, a row for each party.

Papers on three parties print them so: the last strategy beside the rows goes over as many rows as there are
payoffs.  Such rows become one, with all payoffs of a profile in one cell.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from statistics import mode
from typing import NamedTuple

from separatrix.game.formats.pasted.entries import entries, parses
from separatrix.game.formats.pasted.grid import PastedCell, PastedGrid

__all__ = ["together", "unevenness"]

MOSTLY = 0.75
"""The part of cells with one payoff from which a table is taken for one with payoffs below each other."""


def together(grid: PastedGrid) -> PastedGrid:
    """Return a grid with the rows of each profile as one; the grid itself where none are stacked."""
    for left in range(1, grid.width):
        for starts in _starts(grid, left):
            sizes = set(_sizes(grid, starts))
            body = (cell for _, _, cell in _body(grid, starts, left))
            if len(sizes) == 1 and max(sizes) > 1 and all(map(_one_payoff, body)):
                return _joined(grid, left, starts)
    return grid


class Unevenness(NamedTuple):
    """What is amiss where payoffs stand below each other: in words, its row and column, and what to do."""

    code: str
    text: str
    place: tuple[int, int]
    hint: str


def unevenness(grid: PastedGrid) -> Unevenness | None:
    """Return where, of payoffs below each other, a row is missing, or a cell holds none or several.

    T216 for a profile with fewer or more rows than the others, T205 for an empty cell, T215 for a cell with
    several payoffs or none; None where all is even, or no payoffs are stacked.
    """
    for left in reversed(range(1, grid.width)):
        for starts in _starts(grid, left):
            sizes = _sizes(grid, starts)
            size = mode(sizes)
            body = list(_body(grid, starts, left))
            if size < 2 or sizes.count(size) < len(sizes) - 1:
                continue
            if sum(_one_payoff(cell) for _, _, cell in body) < MOSTLY * len(body):
                continue
            for start, own in zip(starts, sizes, strict=True):
                if own != size:
                    return Unevenness(
                        "T216",
                        f"{own} payoffs stand below each other here, and {size} in the other profiles",
                        (start, left - 1),
                        "a row may be missing or stand twice; each profile has one for each party",
                    )
            for row, column, cell in body:
                if cell.blank:
                    return Unevenness("T205", "a payoff is missing", (row, column), "fill in the cell")
                if not _one_payoff(cell):
                    return Unevenness(
                        "T215",
                        "no single payoff stands in this cell, as in the others",
                        (row, column),
                        "payoffs stand either below each other or in one cell, in all of the table",
                    )
    return None


def _starts(grid: PastedGrid, left: int) -> Iterator[list[int]]:
    """Yield the rows in which profiles may begin beside `left` columns of headings, below a row of these."""
    begins = [r for r in range(grid.height) if _begins(grid, r, left - 1)]
    for k, top in enumerate(begins[:-1]):
        # The rows of a profile have one heading: what has headings of its own is another profile, with gaps.
        beside = (r for r in range(top, grid.height) if r not in begins)
        if top and not any(_begins(grid, r, c) for r in beside for c in range(left - 1)):
            yield begins[k:]
            own = [cell for row in grid.rows[top : begins[k + 1]] for cell in row[left:]]
            if begins[k + 1] - top > 1 and 2 * sum(map(_one_payoff, own)) > len(own):
                return  # these are payoffs already, and no headings


def _begins(grid: PastedGrid, row: int, column: int) -> bool:
    """Whether a heading stands in a cell, and is not the one above that goes over several rows."""
    cell = grid.rows[row][column]
    return not cell.blank and (not row or cell is not grid.rows[row - 1][column])


def _sizes(grid: PastedGrid, starts: list[int]) -> list[int]:
    return [b - a for a, b in zip(starts, [*starts[1:], grid.height], strict=True)]


def _body(grid: PastedGrid, starts: list[int], left: int) -> Iterator[tuple[int, int, PastedCell]]:
    for row in range(starts[0], grid.height):
        for column in range(left, grid.width):
            yield row, column, grid.rows[row][column]


def _one_payoff(cell: PastedCell) -> bool:
    if cell.blank or cell.merged:
        return False
    found = entries(cell)
    return len(found) == 1 and parses(found[0], cell)


def _joined(grid: PastedGrid, left: int, starts: list[int]) -> PastedGrid:
    top = starts[0]
    rows, numbers = list(grid.rows[:top]), list(grid.numbers[:top])
    for start, size in zip(starts, _sizes(grid, starts), strict=True):
        stack = [row[left:] for row in grid.rows[start : start + size]]
        cells = [
            replace(column[0], text="\n".join(cell.text for cell in column), at=None)
            for column in zip(*stack, strict=True)
        ]
        rows.append([*grid.rows[start][:left], *cells])
        numbers.append(grid.numbers[start])
    return replace(grid, rows=rows, numbers=numbers)
