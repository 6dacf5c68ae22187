"""Where the states of a line, a square, a triangle or a cube stand on a page, and grids of them."""

from __future__ import annotations

import itertools
import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from separatrix.game.model import Shape

__all__ = ["HEIGHT", "grid_on", "on_page", "state_at"]

Array = NDArray[np.float64]

HEIGHT = math.sqrt(3) / 2
"""The height of the triangle; its sides have length one."""


def on_page(states: Any) -> Array:
    """Return the places (..., 2) of states (..., 3) in the triangle: corners left, right and on top."""
    x = np.asarray(states, dtype=float)
    return np.stack([x[..., 1] + x[..., 2] / 2, HEIGHT * x[..., 2]], axis=-1)


def state_at(places: Any) -> Array:
    """Return the states (..., 3) at places (..., 2) in the triangle: the inverse of `on_page`."""
    at = np.asarray(places, dtype=float)
    top = np.clip(at[..., 1] / HEIGHT, 0.0, 1.0)
    right = np.clip(at[..., 0] - top / 2, 0.0, 1.0 - top)
    return np.stack([1.0 - right - top, right, top], axis=-1)


def grid_on(shape: Shape, count: int) -> Array:
    """Return a grid of states (points, n) with `count` states on a side.

    Examples
    --------
    >>> len(grid_on("square", 3)), len(grid_on("triangle", 3)), len(grid_on("cube", 3))
    (9, 6, 27)
    """
    last = count - 1
    if shape == "triangle":
        whole = [(i, j, last - i - j) for i in range(count) for j in range(count - i)]
        return np.array(whole, dtype=float) / last
    steps = np.linspace(0.0, 1.0, count)
    dimensions = {"line": 1, "square": 2, "cube": 3}[shape]
    return np.array(list(itertools.product(steps, repeat=dimensions)))
