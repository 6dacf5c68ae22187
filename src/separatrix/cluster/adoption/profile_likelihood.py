"""Intervals by profile likelihood, whose level a bootstrap holds in short histories.

A value is in the interval of a parameter if the sum of squares, with all other parameters free, grows by less
than ``F s²`` when the parameter is held at it.  In long histories F is the quantile of Fisher's distribution
with 1 and n - k degrees of freedom.  In short ones the past shares are no fixed design and the fit leans
towards a rest point (Hurwicz's bias), so F is the quantile of the same ratio in histories that are simulated
from the fit, with the same years, enterprises and answers.

References
----------
Venzon, D. J. & Moolgavkar, S. H. (1988). A method for computing profile-likelihood-based confidence
intervals. Applied Statistics 37, 87-94.
Hurwicz, L. (1950). Least-squares bias in time series. In: Koopmans (ed.), Statistical Inference in Dynamic
Economic Models, Wiley, 365-383.
Davison, A. C. & Hinkley, D. V. (1997). Bootstrap Methods and their Application. Cambridge, ch. 4-5.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from separatrix.cluster.adoption.curve_estimate import CurveEstimate
from separatrix.cluster.adoption.transitions import innovations, least_squares, simulated, transitions_of

__all__ = ["BootstrapFits", "bootstrap_fits", "fisher_quantile", "profile_interval", "refits"]

Floats = NDArray[np.float64]

REACH = (0.15, 0.3, 0.5, 0.75, 1.0, 1.3, 1.7, 2.2, 3.0, 4.5, 7.0, 12.0, 25.0, 60.0)
"""Where an interval's end is sought first, in units of the half-width that curvature alone gives."""
CELLS = 12
"""Into how many parts the stretch that holds the end is divided then."""


@dataclass(frozen=True)
class BootstrapFits:
    """Fits to histories simulated from a fit.

    Attributes
    ----------
    values : ndarray, shape (histories, parameters)
    ratios : ndarray, shape (histories, parameters)
        By how much the sum of squares grows where a parameter is held at the value simulated with, over s².
    """

    values: Floats
    ratios: Floats

    def quantile(self, parameter: int, level: float) -> float:
        """Return the ratio that a part of the histories stays below; 0 where none of them can be fitted."""
        told = self.ratios[:, parameter]
        told = told[np.isfinite(told)]
        return float(np.quantile(told, level, method="higher")) if len(told) else 0.0


def fisher_quantile(level: float, freedom: int) -> float:
    """Return the quantile of Fisher's distribution with 1 and some degrees of freedom.

    Examples
    --------
    >>> round(fisher_quantile(0.95, 10), 3)
    4.965
    """
    from scipy.special import stdtrit

    return float(stdtrit(freedom, 0.5 + level / 2)) ** 2


def bootstrap_fits(found: CurveEstimate, times: Floats, draws: int, seed: int) -> BootstrapFits:
    """Return the fits to histories simulated from an estimate.

    Parameters
    ----------
    times : ndarray, shape (T,)
        The years of the history.
    """
    curve, seen = found.curve, found.seen
    rng = np.random.default_rng(seed)
    values = np.repeat(found.best.values, draws, 0)
    first = np.repeat(seen.shares[:, :1], draws, 0)
    paths = simulated(curve, values, found.noise, first, seen, rng)
    drawn = transitions_of(paths, seen.asked, seen.population, times, seen.exposure)
    drawn = replace(drawn, telling=drawn.telling & _varied(paths))
    count = drawn.telling.sum(1)
    free = least_squares(curve, drawn, values, noise=found.weighed)
    kept = count > values.shape[1] + 1
    with np.errstate(divide="ignore", invalid="ignore"):
        scale = free.squares / (count - values.shape[1])
        grown = [
            least_squares(curve, drawn, values, noise=found.weighed, held=(k,)).squares - free.squares
            for k in range(values.shape[1])
        ]
        over = np.stack(grown, 1) / scale[:, None]
    return BootstrapFits(free.values[kept], over[kept])


def refits(found: CurveEstimate, draws: int, seed: int) -> Floats:
    """Return the values fitted again after other chances in the same years, shape (draws, parameters).

    The deviations of the fit are exchanged for normal ones; the shares that changes begin from stay.
    """
    off, variance = innovations(found.curve, found.best.values, found.seen, found.weighed)
    chance = np.random.default_rng(seed).standard_normal((draws, off.shape[1]))
    shift = np.where(found.seen.telling, math.sqrt(found.scale) * chance - off / np.sqrt(variance), 0.0)
    start = np.repeat(found.best.values, draws, 0)
    return least_squares(found.curve, found.seen, start, noise=found.weighed, shift=shift).values


def _varied(paths: Floats) -> NDArray[np.bool_]:
    return np.asarray((np.ptp(paths, 1) > 0)[:, None])


def profile_interval(found: CurveEstimate, parameter: int, grows: float) -> tuple[float, float]:
    """Return between which values of a parameter the sum of squares grows by less than some amount.

    An end that is not found within the bounds of the parameter is infinite: the history leaves it open.
    """
    curve, seen, best = found.curve, found.seen, found.best
    value, least = best.values[0], float(best.squares[0])
    width = _half_width(found, parameter, grows)
    ends = []
    for side in (-1.0, 1.0):
        offsets = width * np.array(REACH)
        last = 0.0
        grown = np.zeros(0)
        for _ in range(3):
            start = np.repeat(value[None, :], len(offsets), 0)
            start[:, parameter] += side * offsets
            held = least_squares(curve, seen, start, noise=found.weighed, held=(parameter,))
            grown = held.squares - least
            beyond = np.flatnonzero(grown > grows)
            if not len(beyond):
                break
            k = int(beyond[0])
            low = offsets[k - 1] if k else last
            below, above = (float(grown[k - 1]) if k else 0.0), float(grown[k])
            high = offsets[k]
            last = low
            # The root of the growth is nearly linear in the offset.
            part = (math.sqrt(grows) - math.sqrt(max(below, 0.0))) / max(
                math.sqrt(above) - math.sqrt(max(below, 0.0)), 1e-300
            )
            end = low + part * (high - low)
            if high - low < 1e-3 * width:
                break
            offsets = np.linspace(low, high, CELLS + 1)[1:]
        if not len(beyond) or abs(value[parameter] + side * end) > 2 * max(
            abs(curve.lower[parameter]), abs(curve.upper[parameter])
        ):
            ends.append(side * math.inf)
        else:
            ends.append(float(value[parameter] + side * end))
    return ends[0], ends[1]


def _half_width(found: CurveEstimate, parameter: int, grows: float) -> float:
    """Return the half-width that the growth close to the best value suggests."""
    best = found.best
    step = 1e-2 * (1 + abs(float(best.values[0, parameter])))
    start = np.repeat(best.values, 2, 0)
    start[:, parameter] += [-step, step]
    held = least_squares(found.curve, found.seen, start, noise=found.weighed, held=(parameter,))
    grown = float(np.mean(np.maximum(held.squares - best.squares[0], 0.0)))
    return step * math.sqrt(grows / max(grown, 1e-12 * max(grows, 1e-300)))
