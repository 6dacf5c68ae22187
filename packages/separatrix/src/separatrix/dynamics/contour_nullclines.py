"""Nullclines of any field, numerically: the contours at zero of its rates on a grid."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from separatrix.dynamics.nullclines import Nullcline
from separatrix.dynamics.portraits_tolerances import FINE, HEIGHTS, INSIDE
from separatrix.dynamics.tolerances import SAME
from separatrix.game.model import Shape

if TYPE_CHECKING:
    from separatrix.dynamics.fields.interface import VectorField

__all__ = ["contour_nullclines"]

Array = NDArray[np.float64]

AXES = (0, 2)
"""The shares of the cube that slices are made of: of one alone, a sheet might run between two unseen."""

HALVINGS = 40
"""Of an edge of the grid on which a rate changes its sign: to rounding."""


def contour_nullclines(flow: VectorField, shape: Shape) -> tuple[Nullcline, ...]:
    """Return where each rate changes its sign inside the state space, one part for each share.

    Each point lies on a change of sign, to rounding.  What is smaller than a grid of 241 points a side shows
    is missed, and so is a zero without a change of sign.  A field that jumps may turn round there without
    standing still.

    Examples
    --------
    >>> from separatrix.dynamics.fields import field
    >>> from separatrix.game.reader import load
    >>> flow = field(load("shi-chen-2018"), kind="smith")
    >>> line = contour_nullclines(flow, "square")[0].lines[0]
    >>> [float(y) for y in (line[:, 1].min().round(4), line[:, 1].max().round(4))], len(line) > 100
    ([0.6667, 0.6667], True)
    """
    found = []
    for k, share in enumerate(flow.shares):
        lines = _lines(flow, shape, k)
        points: list[tuple[float, ...]] = []
        if shape == "line":
            points, lines = [tuple(map(float, line[0])) for line in lines], []
        if lines or points:
            found.append(
                Nullcline(
                    f"{share}-1",
                    share,
                    "advantage",
                    f"{share}' = 0",
                    None,
                    "numerical",
                    tuple(lines),
                    tuple(points),
                    slices=tuple(flow.shares[a] for a in AXES) if shape == "cube" else (),
                )
            )
    return tuple(found)


def _lines(flow: VectorField, shape: Shape, k: int) -> list[Array]:
    grid = np.linspace(0.0, 1.0, FINE)
    if shape == "line":
        return _crossings(flow, grid)
    if shape != "cube":
        return _contours(flow, k, shape == "triangle")
    return [line for axis in AXES for height in HEIGHTS for line in _contours(flow, k, False, axis, height)]


def _contours(
    flow: VectorField, k: int, triangle: bool, axis: int = 0, height: float | None = None
) -> list[Array]:
    """Return the contours at zero of a rate in the square, the triangle or a slice of the cube, as states."""
    from contourpy import contour_generator

    def lift(places: Array) -> Array:
        if triangle:
            rest = np.clip(1.0 - places.sum(axis=-1, keepdims=True), 0.0, 1.0)
            return np.concatenate([places, rest], axis=-1)
        if height is None:
            return places
        return np.insert(places, axis, height, axis=-1)

    def rate(places: Array) -> Array:
        with np.errstate(all="ignore"):
            return flow(_inside(lift(places), triangle))[..., k]

    across = np.linspace(0.0, 1.0, FINE)
    rates = rate(np.stack(np.meshgrid(across, across), axis=-1))
    hidden = ~np.isfinite(rates)
    if triangle:
        hidden |= np.add.outer(across, across) > 1 + SAME
    generator = contour_generator(across, across, np.ma.array(rates, mask=hidden), corner_mask=True)
    lines = [np.asarray(line) for line in generator.lines(0.0)]
    return [lift(_sharpened(places, rate)) for places in lines if len(places) > 1]


def _sharpened(places: Array, rate: Callable[[Array], Array]) -> Array:
    """Return places moved along their edges of the grid to where the rate changes its sign."""
    cells = places * (FINE - 1)
    low, high = np.floor(cells + SAME), np.ceil(cells - SAME)
    # What lies on no line of the grid lies on the third side of the triangle, which halves a cell.
    slanted = (low != high).all(axis=1)
    low[slanted, 1], high[slanted, 1] = high[slanted, 1], low[slanted, 1].copy()
    low, high = low / (FINE - 1), high / (FINE - 1)
    below, above = rate(low), rate(high)
    found = np.isfinite(below) & np.isfinite(above) & (below * above < 0)
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        same = (rate(middle) * below > 0)[:, None]
        low, high = np.where(same, middle, low), np.where(same, high, middle)
    return np.where(found[:, None], (low + high) / 2, places)


def _inside(states: Array, triangle: bool = False) -> Array:
    """Return states moved a little away from the faces."""
    parts = 3 if triangle else 2
    return (1 - parts * INSIDE) * states + INSIDE


def _crossings(flow: VectorField, grid: Array) -> list[Array]:
    """Return where the rate of a single share changes its sign, as states (1, 1) each."""
    with np.errstate(all="ignore"):
        rates = flow(_inside(grid[:, None]))[:, 0]
    result = []
    for low, high, before, after in zip(grid, grid[1:], rates, rates[1:], strict=False):
        if before * after < 0:
            result.append(np.array([[low + (high - low) * before / (before - after)]]))
        elif after == 0 and 0 < high < 1:
            result.append(np.array([[high]]))
    return result
