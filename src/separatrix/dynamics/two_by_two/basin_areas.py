"""Many games of two populations with two strategies at once: the area of each basin, in every draw.

Where a curve divides the square, both populations have risen equally along it
(`separatrix.dynamics.two_by_two.constant_of_motion`). For one game its area is found to the last digits;
here it is found for thousands of games, by Gauss-Legendre quadrature along each arm, with Newton's method
for the other share, from above: rises are convex in log-odds.

Hofbauer, J. and Sigmund, K. (1998), Evolutionary Games and Population Dynamics, section 11.2.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from separatrix.dynamics.tolerances import BELOW_ONE
from separatrix.dynamics.two_by_two.exact_basins import PLACES, areas
from separatrix.dynamics.two_by_two.normal_form import Planar
from separatrix.dynamics.two_by_two.tolerances import LAST_STEP_OF_MANY

if TYPE_CHECKING:
    from separatrix.dynamics.parameter_uncertainty.drawn_field import DrawnField

__all__ = ["corner_areas", "planars"]

Array = NDArray[np.float64]

NODES = 64
"""Of the rule of Gauss and Legendre on an arm. Fewer: areas miss `AREA_OF_MANY`."""

BENT = 5
"""The share runs as the fifth power of the variable of integration: that is smooth also where the curve ends
in a corner like a root."""

MOST_STEPS = 80
"""Of Newton's method, which needs few of them unless a rate is tiny."""

CHUNK = 1_024
"""Games that are answered at once: more would take more memory and gain nothing."""


def planars(drawn: DrawnField) -> list[Planar]:
    """Return the planar game of each draw; the game must be one for all values of its parameters."""

    def gains(i: int, state: Sequence[float]) -> Array:
        rates = drawn.growth_at([[x, 1 - x] for x in state])[i]
        return np.asarray(rates[:, 0] - rates[:, 1])

    f = np.stack([gains(0, (0.5, y)) for y in (0.0, 1.0)], axis=-1)
    g = np.stack([gains(1, (x, 0.5)) for x in (0.0, 1.0)], axis=-1)
    return [Planar((float(a), float(b)), (float(c), float(d))) for (a, b), (c, d) in zip(f, g, strict=True)]


def corner_areas(games: Sequence[Planar], corner: tuple[float, float] | None) -> Array:
    """Return for each game which part of the square ends in a corner, or circles where that is None.

    Examples
    --------
    >>> games = [Planar((-1.0, 2.0), (-1.0, 1.0)), Planar((1.0, 2.0), (1.0, 1.0))]
    >>> corner_areas(games, (1.0, 1.0)).round(6).tolist()
    [0.633333, 1.0]
    """
    from separatrix.dynamics.two_by_two.exact_basins import CYCLE

    code = CYCLE if corner is None else PLACES.index(corner)
    result = np.zeros(len(games))
    plain: list[int] = []
    for k, game in enumerate(games):
        image = game.image
        if image.kind == "divided" and image.f[0] < 0 and image.g[1] > 0:
            plain.append(k)
        else:
            result[k] = areas(game)[0].get(code, 0.0)
    for begin in range(0, len(plain), CHUNK):
        some = plain[begin : begin + CHUNK]
        images = [games[k].image for k in some]
        above = _above(np.array([[-i.g[0], i.g[1], -i.f[0], i.f[1]] for i in images]))
        for k, image, area in zip(some, images, above, strict=True):
            if PLACES.index(image.place(1.0, 1.0)) == code:
                result[k] = area
            elif PLACES.index(image.place(0.0, 0.0)) == code:
                result[k] = 1 - area
    return result


def _above(rates: Array) -> Array:
    """Return the areas above the curves of games with rates (games, 4): of x, then of y, down and up."""
    nodes, weights = np.polynomial.legendre.leggauss(NODES)
    t, weights = (nodes + 1) / 2, weights / 2
    run, slope = t**BENT, BENT * t ** (BENT - 1)
    x_down, x_up, y_down, y_up = (rates[:, k : k + 1] for k in range(4))
    bottom, rest = x_down / (x_down + x_up), x_up / (x_down + x_up)
    with np.errstate(all="ignore"):
        # Left arm: from the corner (0, 1) to the bottom of x; what lies above is 1 - y.
        share = bottom * run
        height = -x_down * np.log(run) + x_up * (np.log(rest) - np.log1p(-share))
        above = _other(np.maximum(height, 0.0), y_up, y_down)
        area = (above * slope * weights).sum(axis=1) * bottom[:, 0]
        # Right arm: from the bottom of x to the corner (1, 0); what lies below is y.
        share = rest * run
        height = -x_up * np.log(run) + x_down * (np.log(bottom) - np.log1p(-share))
        below = _other(np.maximum(height, 0.0), y_down, y_up)
        area += ((1 - below) * slope * weights).sum(axis=1) * rest[:, 0]
    return np.asarray(area)


def _other(height: Array, ahead: Array, behind: Array) -> Array:
    """Return the share that is left ahead where a population has risen to a height.

    With s that share, the height is -ahead·ln s - behind·ln(1 - s) above its lowest value; of its two
    solutions this is the one with less left ahead.
    """
    total = ahead + behind
    least = -ahead * np.log(ahead / total) - behind * np.log(behind / total)
    wanted = height + least
    # z = -log-odds of s; behind·ln(1 - s) being negative, -ahead·ln s = wanted bounds s from below.
    logarithm = -wanted / ahead
    z = -logarithm + np.log1p(-np.minimum(np.exp(logarithm), BELOW_ONE))
    lowest = np.log(behind / ahead)
    for _ in range(MOST_STEPS):
        s = 1 / (1 + np.exp(z))
        value = ahead * np.logaddexp(0.0, z) + behind * np.logaddexp(0.0, -z) - wanted
        slope = ahead * (1 - s) - behind * s
        step = np.where(slope > 0, value / np.where(slope > 0, slope, 1.0), 0.0)
        step = np.clip(step, 0.0, 0.999 * np.maximum(z - lowest, 0.0))
        z = z - step
        if (step <= LAST_STEP_OF_MANY * (1 + np.abs(z))).all():
            break
    return np.asarray(1 / (1 + np.exp(z)))
