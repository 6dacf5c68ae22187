"""The distance of a state to the separatrix of a 2×2 game, in all directions and along each share."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from separatrix.dynamics.two_by_two_tolerances import BESIDE_SADDLE, NEAREST

if TYPE_CHECKING:
    from separatrix.dynamics.separatrix_curve import Divide

__all__ = ["crossing", "nearest"]

Array = NDArray[np.float64]


def nearest(divide: Divide, state: Sequence[float]) -> tuple[float, float]:
    """Return the state of the separatrix that is nearest to `state`."""
    from scipy.optimize import minimize_scalar

    here = np.array(state)
    heights = divide.heights(2000)
    best, place = np.inf, np.zeros(2)
    for arm in divide.arms:

        def states(height: Array, arm: tuple[int, int] = arm) -> Array:
            (x, _), (y, _) = divide.states_at_heights(height, arm)
            return divide.states(np.stack([x, y], axis=-1))

        def distance(logarithm: float) -> float:
            return float(np.hypot(*(states(np.exp([logarithm]))[0] - here)))

        found = np.hypot(*(states(heights) - here).T)
        k = int(found.argmin())
        around = np.log(heights[[max(k - 1, 0), min(k + 1, len(heights) - 1)]])
        result = minimize_scalar(distance, bounds=tuple(around), method="bounded", options={"xatol": NEAREST})
        if result.fun < best:
            best, place = float(result.fun), states(np.exp([result.x]))[0]
    if (
        divide.saddle is not None
        and float(np.hypot(*(np.array(divide.saddle) - here))) <= best + BESIDE_SADDLE
    ):
        place = np.array(divide.saddle)
    return float(place[0]), float(place[1])


def crossing(divide: Divide, state: Sequence[float], axis: int) -> float | None:
    """Return the share of one population at which the separatrix is met, or None: on faces, for one."""
    held = state[1 - axis]
    if held in (0.0, 1.0):
        return None  # the face is invariant, and trajectories on it run one way
    pair = (np.array([held]), np.array([1 - held]))
    first, second = divide.image.to_image(pair, pair)
    horizontal = (axis == 0) != divide.image.swapped  # whether the share of the image's x is what moves
    fixed, moving = (divide.rise_y, divide.rise_x) if horizontal else (divide.rise_x, divide.rise_y)
    given = second if horizontal else first
    side = int(fixed.side(*given)[0])
    if side == 0 and len(moving.sides()) == 1:
        return None  # it ends in the side at rest, just there
    if side == 0:
        found = (np.array([moving.bottom]), np.array([moving.rest]))
    elif -side in moving.sides() and side in fixed.sides():
        height, _ = fixed.fine(*given)
        x, rest, _ = moving.at(height, -side)
        found = (x, rest)
    else:
        return None
    one, two = divide.image.original(found, found)
    return float((one if axis == 0 else two)[0][0]) + 0.0
