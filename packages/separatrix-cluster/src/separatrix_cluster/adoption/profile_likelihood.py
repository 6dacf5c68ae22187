"""Intervals by profile likelihood, whose level a bootstrap holds in short histories.

A value is in the interval of a parameter if the sum of squares, minimized over all other parameters, grows
by less than ``F s²`` when the parameter has this value. In long histories F is the quantile of Fisher's
distribution with 1 and n - k degrees of freedom. In short ones the past shares are not a fixed design and
the fit is biased towards a rest point (Hurwicz's bias). F is then the quantile of the same ratio in
histories simulated with the same years, enterprises and answers: from the fit, and from each end of the
interval with all other parameters at their best for it (Hansen's grid bootstrap). The bias grows as the
drift of a history decreases, so the fit alone does not show how large it would be without drift.

References
----------
Venzon, D. J. & Moolgavkar, S. H. (1988). A method for computing profile-likelihood-based confidence
intervals. Applied Statistics 37, 87-94.
Hurwicz, L. (1950). Least-squares bias in time series. In: Koopmans (ed.), Statistical Inference in Dynamic
Economic Models, Wiley, 365-383.
Hansen, B. E. (1999). The grid bootstrap and the autoregressive model. Review of Economics and Statistics 81,
594-607.
Davison, A. C. & Hinkley, D. V. (1997). Bootstrap Methods and their Application. Cambridge, ch. 4-5.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from separatrix_cluster.adoption.curve_estimate import CurveEstimate
from separatrix_cluster.adoption.transitions import (
    LeastSquares,
    innovations,
    least_squares,
    simulated,
    transitions_of,
)

__all__ = [
    "BootstrapFits",
    "bootstrap_fits",
    "fisher_quantile",
    "inverted_interval",
    "profile_interval",
    "refits",
]

Floats = NDArray[np.float64]

REACH = (0.15, 0.3, 0.5, 0.75, 1.0, 1.3, 1.7, 2.2, 3.0, 4.5, 7.0, 12.0, 25.0, 60.0)
"""Where an interval's end is sought first, in units of the half-width that curvature alone gives."""
INVERSIONS = 3
"""Times that an end is sought again by the histories of the end before; most stay after two."""
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


def bootstrap_fits(
    found: CurveEstimate,
    times: Floats,
    draws: int,
    seed: int,
    *,
    at: LeastSquares | None = None,
    of: Sequence[int] | None = None,
) -> BootstrapFits:
    """Return the fits to histories simulated from an estimate.

    Parameters
    ----------
    times : ndarray, shape (T,)
        The years of the history.
    at : LeastSquares, optional
        The values that histories are simulated with; by default the best ones.
    of : sequence of int, optional
        The parameters whose ratios are computed; by default all. The others are infinite.
    """
    curve, seen = found.curve, found.seen
    rng = np.random.default_rng(seed)
    at = found.best if at is None else at
    noise = found.noise
    if seen.is_complete:  # the noise that these values leave, in the degrees of freedom of the best ones
        noise *= float(at.squares[0] / found.best.squares[0]) if found.best.squares[0] > 0 else 1.0
    values = np.repeat(at.values, draws, 0)
    first = np.repeat(seen.shares[:, :1], draws, 0)
    paths = simulated(curve, values, noise, first, seen, rng)
    drawn = transitions_of(paths, seen.asked, seen.population, times, seen.exposure)
    drawn = replace(drawn, telling=drawn.telling & _varied(paths))
    count = drawn.telling.sum(1)
    free = least_squares(curve, drawn, values, noise=found.weighed)
    kept = count > values.shape[1] + 1
    over = np.full(values.shape, np.inf)
    with np.errstate(divide="ignore", invalid="ignore"):
        scale = free.squares / (count - values.shape[1])
        for k in range(values.shape[1]) if of is None else of:
            held = least_squares(curve, drawn, values, noise=found.weighed, held=(k,))
            over[:, k] = (held.squares - free.squares) / scale
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
    return _profile_end(found, parameter, grows, -1.0), _profile_end(found, parameter, grows, 1.0)


def _profile_end(found: CurveEstimate, parameter: int, grows: float, side: float) -> float:
    curve, seen, best = found.curve, found.seen, found.best
    value, least = best.values[0], float(best.squares[0])
    width = _half_width(found, parameter, grows)
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
        return side * math.inf
    return float(value[parameter] + side * end)


def inverted_interval(
    found: CurveEstimate, parameter: int, times: Floats, level: float, draws: int, seed: int, grows: float
) -> tuple[float, float]:
    """Return the values of a parameter that a test of each, by histories simulated with it, does not reject.

    Parameters
    ----------
    grows : float
        The growth of the sum of squares, in s², that the interval allows at least.
    """
    least, value = float(found.best.squares[0]), found.best.values[0]

    def allowed(at: float) -> tuple[float, float]:
        """Return by how much the sum of squares grows there, and by how much it may."""
        start = np.array([value, np.zeros(len(value))])
        start[:, parameter] = at
        held = least_squares(
            found.curve, found.seen, start, noise=found.weighed, held=(parameter,)
        ).best_start()
        ratios = bootstrap_fits(found, times, draws, seed, at=held, of=(parameter,))
        return float(held.squares[0]) - least, max(grows, ratios.quantile(parameter, level))

    ends = list(profile_interval(found, parameter, found.scale * grows))
    for side, sign in ((0, -1), (1, 1)):
        for _ in range(INVERSIONS):
            if not math.isfinite(ends[side]):
                break
            _, most = allowed(ends[side])
            wider = _profile_end(found, parameter, found.scale * most, float(sign))
            settled = abs(wider - ends[side]) <= 0.02 * abs(ends[1] - ends[0])
            ends[side] = wider
            if settled:
                break
        # Nothing moves by itself at 0: what the history of a drift looks like is asked of it directly.
        if math.isfinite(ends[side]) and sign * ends[side] < 0:
            grown, most = allowed(0.0)
            if grown <= found.scale * most:
                ends[side] = 0.0
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
