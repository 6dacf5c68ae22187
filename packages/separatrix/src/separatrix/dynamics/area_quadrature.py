"""The area above the separatrix of a game with a mixed saddle, in one game or in thousands at once.

Along each arm both populations have risen equally (`separatrix.dynamics.bimatrix_separatrix`). The area
under an arm is an integral over the share of the first population. Its integrand behaves like a power at
each corner. The double exponential substitution (Takahasi & Mori) maps the integral to the whole line,
where the trapezoidal rule converges exponentially. A rule with fewer nodes gives the error estimate.

Takahasi, H. and Mori, M. (1974), Double exponential formulas for numerical integration, Publications of the
Research Institute for Mathematical Sciences 9, 721-741.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from separatrix.dynamics.tolerances import NOT_ZERO
from separatrix.dynamics.two_by_two_tolerances import AREA, LAST_STEP_OF_MANY, SERIES

__all__ = ["areas_above"]

Array = NDArray[np.float64]

STEP = 1 / 16
"""Step between nodes. Larger: areas are less exact, and their reported error grows."""

FARTHEST_NODE = 53
"""Steps from the middle to the last node, beyond which less than rounding is left of a share."""

MOST_STEPS = 200
"""Of Newton's method, which needs ten or fewer unless rates differ by many orders of magnitude."""

CHUNK = 256
"""Games that are answered at once, so that they stay in the processor's cache. Nothing else depends on it."""


def areas_above(rates: Array) -> tuple[Array, Array]:
    """Return the areas above the separatrix, and bounds of their errors.

    Parameters
    ----------
    rates : array (games, 4)
        For x and then for y: how fast the population rises downwards from the bottom, and upwards; positive.

    Examples
    --------
    >>> area, error = areas_above(np.array([[1.0, 1.0, 1.0, 2.0]]))
    >>> round(float(area[0]), 12), bool(error[0] < 1e-12)
    (0.633333333333, True)
    """
    area, error = np.empty(len(rates)), np.empty(len(rates))
    for begin in range(0, len(rates), CHUNK):
        some = slice(begin, begin + CHUNK)
        with np.errstate(all="ignore"):
            area[some], error[some] = _areas(np.asarray(rates, dtype=float)[some])
    return area, error


@lru_cache(maxsize=1)
def _nodes() -> tuple[Array, Array, Array, Array]:
    """Return shares s of an arm from its corner, 1 - s, -ln s, and weights."""
    t = np.arange(-FARTHEST_NODE, FARTHEST_NODE + 1) * STEP
    odds = np.pi * np.sinh(t)
    share, other = 1 / (1 + np.exp(-odds)), 1 / (1 + np.exp(odds))
    return share, other, np.logaddexp(0.0, -odds), np.pi * np.cosh(t) * share * other * STEP


def _areas(rates: Array) -> tuple[Array, Array]:
    x_down, x_up, y_down, y_up = (rates[:, k : k + 1] for k in range(4))
    x_total, y_total = x_down + x_up, y_down + y_up
    # Left arm, from the corner (0, 1) to the bottom of x: what lies above is what y has not risen.
    above, left_error = _sums(_remaining_share(x_down, x_up, y_total, y_up / y_total, y_down / y_total))
    # Right arm, to the corner (1, 0): what lies below is what y has left to fall.
    below, right_error = _sums(_remaining_share(x_up, x_down, y_total, y_down / y_total, y_up / y_total))
    left, right = (x_down / x_total)[:, 0], (x_up / x_total)[:, 0]
    area, error = left * above + right * (1 - below), left * left_error + right * right_error + AREA
    return area, np.where(np.isfinite(error), error, np.inf)


def _sums(parts: Array) -> tuple[Array, Array]:
    """Return the mean along each arm (games,) of what is given at its nodes, and bounds of the errors.

    With twice as many nodes an error is squared, relative to the whole.  What twice as many nodes move is the
    error of half of them but for a phase, which may be zero; half and a quarter of them do not both have such
    a phase.
    """
    _, _, _, weights = _nodes()
    parts = parts * weights
    fine = parts.sum(axis=1)
    half, quarter = (k * np.ascontiguousarray(parts[:, 1::k]).sum(axis=1) for k in (2, 4))
    return fine, np.maximum(np.abs(fine - half), (half - quarter) ** 2 / fine)


def _remaining_share(towards: Array, away: Array, total: Array, ahead: Array, behind: Array) -> Array:
    """Return the share (games, nodes) that y has left where x is at the nodes of an arm.

    ``towards`` is the rate at which x rises on this arm, ``away`` that on the other, ``ahead`` what y has
    left at its bottom, and ``behind`` one minus that.
    """
    _, other, logarithm, _ = _nodes()
    height = towards * logarithm - away * np.log1p(towards * other / away)
    wanted = np.maximum(height, NOT_ZERO) / total
    ahead, behind = ahead + np.zeros_like(wanted), behind + np.zeros_like(wanted)
    spread, skew = ahead * behind, behind - ahead
    near = 1.3 * np.sqrt(2 * wanted / spread)
    t = np.where(near < 1.2, near, (wanted - np.log(behind)) / ahead)
    done = np.zeros(t.shape, dtype=bool)
    for _ in range(MOST_STEPS):
        shrunk, fallen = np.exp(-t), np.expm1(-t)
        whole = behind + ahead * shrunk
        drop = ahead * fallen
        risen = ahead * t + np.where(drop > -0.5, np.log1p(np.maximum(drop, -0.5)), np.log(whole))
        series = spread * t * t * (0.5 - t * (skew / 6 - t * (1 - 6 * spread) / 24))
        risen = np.where(t < SERIES, series, risen)
        step = np.minimum((risen - wanted) * whole / (spread * -fallen), 0.9 * t)
        t = np.where(done, t, t - step)
        done |= np.abs(step) <= LAST_STEP_OF_MANY * t
        if done.all():
            break
    shrunk = np.exp(-t)
    return np.asarray(ahead * shrunk / (behind + ahead * shrunk))
