"""A polytope cut by hyperplanes into relatively open cells, and cells joined again where nothing differs."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass

from flint import fmpq

from separatrix.exact.polytope import Point, Polytope
from separatrix.run.deadline import poll
from separatrix.sentences import say

__all__ = ["Cell", "Wall", "cells", "necessary_walls", "separating"]

Wall = tuple[fmpq, ...]
"""The affine function Σ wall[a]·x_a of the shares; the hyperplane is where it is zero."""


MOST_CELLS = 3_000


@dataclass(frozen=True, eq=False)
class Cell:
    """The part of a polytope's relative interior on which each wall has a given sign.

    Attributes
    ----------
    closure : the closed polytope
    sides : for each wall its sign there: -1, 0 or 1
    """

    closure: Polytope
    sides: tuple[int, ...]


def separating(polytope: Polytope, candidates: Iterable[Wall]) -> list[Wall]:
    """Return the candidates that take both signs on a polytope, one of each hyperplane."""
    found: dict[tuple[fmpq, ...], Wall] = {}
    for wall in candidates:
        poll()
        values = [_value(wall, v) for v in polytope.vertices]
        if any(v > 0 for v in values) and any(v < 0 for v in values):
            lead = next(v for v in values if v)
            found.setdefault(tuple(v / lead for v in values), wall)
    return list(found.values())


def cells(polytope: Polytope, walls: list[Wall], first_facet: int) -> list[Cell]:
    """Return all cells, of every dimension; their relative interiors fill that of the polytope.

    Parameters
    ----------
    polytope : closed, of dimension 1 or more
    walls : each takes both signs on it
    first_facet : a number above those of the polytope's own facets; wall k becomes facet first_facet + k

    Raises
    ------
    OverflowError
        Where there are thousands of cells.
    """
    result = [Cell(polytope, ())]
    for k, wall in enumerate(walls):
        finer: list[Cell] = []
        for cell in result:
            poll()
            values = [_value(wall, v) for v in cell.closure.vertices]
            low, high = any(v < 0 for v in values), any(v > 0 for v in values)
            if low and high:
                parts = cell.closure.split(values, first_facet + k)
                finer.extend(
                    Cell(part, (*cell.sides, side))
                    for side, part in zip((-1, 0, 1), parts, strict=True)
                    if part is not None
                )
            else:
                finer.append(Cell(cell.closure, (*cell.sides, int(high) - int(low))))
        result = finer
        if len(result) > MOST_CELLS:
            raise OverflowError(say("it falls into more than {most:,} cells", most=MOST_CELLS))
    return result


def necessary_walls(count: int, kinds: Mapping[Cell, Hashable]) -> list[int]:
    """Return which walls are needed so that all of a cell is of one kind.

    Parameters
    ----------
    count : how many walls made the cells
    kinds : the kind of each cell
    """
    kept = list(range(count))
    for k in range(count):
        poll()
        without = [m for m in kept if m != k]
        groups: dict[tuple[int, ...], Hashable] = {}
        if all(
            groups.setdefault(tuple(cell.sides[m] for m in without), kind) == kind
            for cell, kind in kinds.items()
        ):
            kept = without
    return kept


def _value(wall: Wall, point: Point) -> fmpq:
    return sum((c * x for c, x in zip(wall, point, strict=True) if c and x), fmpq(0))
