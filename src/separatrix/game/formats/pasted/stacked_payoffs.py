"""Tables in which the payoffs of a profile stand below each other, a row for each party.

Papers on three parties print them so: the last strategy beside the rows goes over as many rows as there are
payoffs.  Such rows become one, with all payoffs of a profile in one cell.
"""

from __future__ import annotations

from dataclasses import replace

from separatrix.game.formats.pasted.entries import entries, parses
from separatrix.game.formats.pasted.grid import PastedCell, PastedGrid

__all__ = ["together"]


def together(grid: PastedGrid) -> PastedGrid:
    """Return a grid with the rows of each profile as one; the grid itself where none are stacked."""
    for left in range(1, grid.width):
        found = _stacks(grid, left)
        if found is not None:
            return _joined(grid, left, *found)
    return grid


def _stacks(grid: PastedGrid, left: int) -> tuple[int, int] | None:
    """Return the first row with payoffs, and how many rows a profile has; `left` columns are headings."""
    column = grid.column(left - 1)
    begins = [r for r, cell in enumerate(column) if not cell.blank and (not r or cell is not column[r - 1])]
    for k, top in enumerate(begins):
        sizes = {b - a for a, b in zip(begins[k:], [*begins[k + 1 :], grid.height], strict=True)}
        if top and len(sizes) == 1 and len(begins) > k + 1 and (size := min(sizes)) > 1:
            cells = [cell for row in grid.rows[top:] for cell in row[left:]]
            return (top, size) if all(map(_one_payoff, cells)) else None
    return None


def _one_payoff(cell: PastedCell) -> bool:
    if cell.blank or cell.merged:
        return False
    found = entries(cell)
    return len(found) == 1 and parses(found[0], cell)


def _joined(grid: PastedGrid, left: int, top: int, size: int) -> PastedGrid:
    rows = list(grid.rows[:top])
    numbers = list(grid.numbers[:top])
    for r in range(top, grid.height, size):
        stack = [row[left:] for row in grid.rows[r : r + size]]
        cells = [
            replace(column[0], text="\n".join(cell.text for cell in column), at=None)
            for column in zip(*stack, strict=True)
        ]
        rows.append([*grid.rows[r][:left], *cells])
        numbers.append(grid.numbers[r])
    return replace(grid, rows=rows, numbers=numbers)
