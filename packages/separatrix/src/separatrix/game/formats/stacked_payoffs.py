"""Tables in which the payoffs of a profile stand below each other, a row for each party.

Papers on three parties print them so: the last strategy beside the rows goes over as many rows as there are
payoffs.  Such rows become one, with all payoffs of a profile in one cell.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from itertools import accumulate
from typing import NamedTuple

from separatrix.game.formats.entries import entries, parses
from separatrix.game.formats.grid import PastedCell, PastedGrid

__all__ = ["together", "unevenness"]

MOSTLY = 0.75
"""The part of cells with one payoff from which a table is taken for one with payoffs below each other."""


def together(grid: PastedGrid) -> PastedGrid:
    """Return a grid with the rows of each profile as one; the grid itself where none are stacked."""
    facts = _Facts.of(grid)
    for left in range(1, grid.width):
        for stack in _stacks(grid, left, facts):
            if stack.most == stack.profiles and stack.size > 1 and stack.payoffs == stack.cells:
                return _joined(grid, left, stack.starts())
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
    facts = _Facts.of(grid)
    for left in reversed(range(1, grid.width)):
        for stack in _stacks(grid, left, facts):
            if stack.size < 2 or stack.most < stack.profiles - 1 or stack.payoffs < MOSTLY * stack.cells:
                continue
            starts = stack.starts()
            for start, own in zip(starts, _sizes(grid, starts), strict=True):
                if own != stack.size:
                    return Unevenness(
                        "T216",
                        f"{own} payoffs stand below each other here, and {stack.size} in the other profiles",
                        (start, left - 1),
                        "a row may be missing or stand twice; each profile has one for each party",
                    )
            if stack.payoffs == stack.cells:
                continue
            row, column, cell = next(
                (r, c, grid.rows[r][c])
                for r in range(starts[0], grid.height)
                for c in range(left, grid.width)
                if not _one_payoff(grid.rows[r][c])
            )
            if cell.blank:
                return Unevenness("T205", "a payoff is missing", (row, column), "fill in the cell")
            return Unevenness(
                "T215",
                "this cell does not hold a single payoff, as the others do",
                (row, column),
                "write all payoffs of the table below each other, or all in one cell",
            )
    return None


class _Stack(NamedTuple):
    """What is known of the profiles that begin in one row and below: all of it counted on the way up."""

    begins: list[int]
    first: int
    size: int
    """How many rows most of the profiles have; of several such numbers that of the uppermost profile."""
    most: int
    """How many profiles have so many rows."""
    payoffs: int
    """How many cells hold one payoff."""
    cells: int

    @property
    def profiles(self) -> int:
        return len(self.begins) - self.first

    def starts(self) -> list[int]:
        return self.begins[self.first :]


class _Facts(NamedTuple):
    """What each row of a grid holds, so that no way to divide the grid needs its cells again."""

    single: list[list[int]]
    """How many cells hold one payoff, from each column on."""
    first: list[int]
    """The first column in which a heading begins."""

    @classmethod
    def of(cls, grid: PastedGrid) -> _Facts:
        return cls(
            [[*accumulate(map(_one_payoff, reversed(row)), initial=0)][::-1] for row in grid.rows],
            [
                next((c for c in range(grid.width) if _begins(grid, r, c)), grid.width)
                for r in range(grid.height)
            ],
        )


def _stacks(grid: PastedGrid, left: int, facts: _Facts) -> Iterator[_Stack]:
    """Yield the rows in which profiles may begin beside `left` columns of headings, below a row of these.

    There may be as many as rows, so each is judged by sums that grow from the last row up.
    """
    begins = [r for r in range(grid.height) if _begins(grid, r, left - 1)]
    beside = set(range(grid.height)).difference(begins)
    # The rows of a profile have one heading: what has headings of its own is another profile, with gaps.
    barred = max((r for r in beside if facts.first[r] < left - 1), default=-1)
    below = [*accumulate((row[left] for row in reversed(facts.single)), initial=0)]
    sizes = _sizes(grid, begins)
    modes: list[tuple[int, int]] = []
    counts: Counter[int] = Counter()
    size = 0
    for own in reversed(sizes):
        counts[own] += 1
        size = own if counts[own] >= counts[size] else size
        modes.append((size, counts[size]))
    modes.reverse()
    width = grid.width - left
    for k, top in enumerate(begins[:-1]):
        if not top or top < barred:
            continue
        yield _Stack(begins, k, *modes[k], below[grid.height - top], (grid.height - top) * width)
        own_payoffs = below[grid.height - top] - below[grid.height - begins[k + 1]]
        if sizes[k] > 1 and 2 * own_payoffs > sizes[k] * width:
            return  # these are payoffs already, and no headings


def _begins(grid: PastedGrid, row: int, column: int) -> bool:
    """Whether a heading stands in a cell, and is not the one above that goes over several rows."""
    cell = grid.rows[row][column]
    return not cell.blank and (not row or cell is not grid.rows[row - 1][column])


def _sizes(grid: PastedGrid, starts: list[int]) -> list[int]:
    return [b - a for a, b in zip(starts, [*starts[1:], grid.height], strict=True)] if starts else []


def _one_payoff(cell: PastedCell) -> bool:
    if cell.blank or cell.merged:
        return False
    parts = entries(cell)
    return len(parts) == 1 and parses(parts[0], cell)


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
