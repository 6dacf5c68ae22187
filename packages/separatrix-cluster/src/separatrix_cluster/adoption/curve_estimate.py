"""A curve of adoption estimated from one history: its values, its noise, and how likely the data are then.

The likelihood is that of normal changes whose variance is s² times a known form (see `transitions`). If all
enterprises were surveyed, s² follows from the sum of squares; otherwise it is estimated jointly with the
sampling variance.

Harvey, A. C. (1989). Forecasting, Structural Time Series Models and the Kalman Filter. Cambridge, ch. 3.4
(prediction error decomposition).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from separatrix_cluster.adoption.adoption_curves import AdoptionCurve
from separatrix_cluster.adoption.transitions import LeastSquares, Transitions, innovations, least_squares

__all__ = ["CurveEstimate", "curve_estimate"]

COARSE = (0.01, 0.05, 0.2, 0.6, 2.0, 8.0)
"""Start values of s² where the sampling variance is included."""


@dataclass(frozen=True)
class CurveEstimate:
    """A curve with its best values.

    Attributes
    ----------
    curve : AdoptionCurve
    seen : Transitions
    best : LeastSquares
        Of one history.
    weighed : float
        s² in the weights of the differences: 1 where all enterprises were surveyed.
    scale : float
        The sum of squares over its degrees of freedom; at least 1 with the sampling variance, which is
        known and does not shrink if a history happens to be smooth.
    deviance : float
        -2 times the logarithm of the likelihood, s² being its best.
    """

    curve: AdoptionCurve
    seen: Transitions
    best: LeastSquares
    weighed: float
    scale: float
    deviance: float

    @property
    def noise(self) -> float:
        """s²: the variance of a year's change, over ``x (1 - x) / N``."""
        return self.scale if self.seen.is_complete else self.weighed

    @property
    def changes(self) -> int:
        """The number of changes that are informative about the curve."""
        return int(self.seen.telling.sum())

    @property
    def freedom(self) -> int:
        """Degrees of freedom."""
        return self.changes - len(self.curve.lower)


def curve_estimate(curve: AdoptionCurve, seen: Transitions) -> CurveEstimate:
    """Return the best values of a curve for one history."""
    starts = np.array(curve.starts)
    weighed = 1.0 if seen.is_complete else _noise_beside_sampling(curve, seen)
    best = least_squares(curve, seen, starts, noise=weighed).best_start()
    _, variance = innovations(curve, best.values, seen, weighed)
    told = seen.telling[0]
    count, squares = int(told.sum()), float(best.squares[0])
    logs = float(np.log(2 * math.pi * variance[0, told]).sum())
    scale = squares / max(count - len(curve.lower), 1)
    if seen.is_complete:
        # A history without any deviation has a likelihood without bound.
        deviance = logs + count * math.log(max(squares, 1e-12) / count) + count
    else:
        deviance, scale = logs + squares, max(scale, 1.0)
    return CurveEstimate(curve, seen, best, weighed, scale, deviance)


def _noise_beside_sampling(curve: AdoptionCurve, seen: Transitions) -> float:
    """Return s² by maximum likelihood, where a part of the spread comes of asking a sample."""
    starts = np.array(curve.starts)
    grid = np.array(COARSE)
    for finer in (1.6, 1.15, 1.04):
        noise = np.repeat(grid, len(starts))[:, None]
        found = least_squares(curve, seen, np.tile(starts, (len(grid), 1)), noise=noise)
        _, variance = innovations(curve, found.values, seen, noise)
        k = int(np.nanargmin(np.log(variance).sum(1) + found.squares))
        middle, starts = float(noise[k, 0]), found.values[k : k + 1]
        grid = middle * finer ** np.arange(-3.0, 4.0)
    return middle
