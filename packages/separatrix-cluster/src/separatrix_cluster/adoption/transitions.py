"""Year-on-year changes of a share of adopters, and curves fitted to them by weighted least squares.

The observations are a Markov chain: adoption in a year starts from where the last year ended, with the
randomness of a finite number of enterprises. So a curve is fitted to each change, from the share observed
before it, and not to one path from the beginning, whose errors would accumulate. The variance of a change
is ``s² t x (1 - x) / N`` after t years, with s² estimated: this is what imitation among N enterprises
produces, up to a factor (van Kampen's linear noise approximation). Where only a sample was surveyed, the
share itself has the variance ``x (1 - x) / n`` times the finite population correction, and a Kalman filter
includes both.

Curves of adoption: what share has adopted some time later, by imitation, after Bass, and by thresholds.

Each is one record with its parameters; fits, figures and documents read it here.

References
----------
van Kampen, N. G. (2007). Stochastic Processes in Physics and Chemistry, 3rd ed. Elsevier, ch. X.
Cochran, W. G. (1977). Sampling Techniques, 3rd ed. Wiley, ch. 2.
Anderson, B. D. O. & Moore, J. B. (1979). Optimal Filtering. Prentice-Hall, ch. 8 (extended Kalman filter).
Marquardt, D. W. (1963). An algorithm for least-squares estimation of nonlinear parameters. SIAM J. Appl.
Math. 11, 431-441.
Taylor, P. D. & Jonker, L. B. (1978). Evolutionary stable strategies and game dynamics. Math. Biosci. 40,
145-156 (replicator equation).
Bass, F. M. (1969). A new product growth for model consumer durables. Management Science 15, 215-227.
Granovetter, M. (1978). Threshold models of collective behavior. Am. J. Sociol. 83, 1420-1443.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from separatrix.sentences import Sentence, say

__all__ = [
    "AdoptionCurve",
    "BASS",
    "CURVES",
    "LeastSquares",
    "REPLICATOR",
    "THRESHOLD",
    "Transitions",
    "innovations",
    "least_squares",
    "replicator_step",
    "simulated",
    "transitions_of",
]

Floats = NDArray[np.float64]
FLOOR = 1e-9
"""Shares are held off 0 and 1 by this before logarithms are taken."""
STEPS_PER_TURN = 2.0
"""Runge-Kutta steps in the time in which odds grow by e: the error of a year is below 1e-5 of the share."""
MOST_STEPS = 10
"""For one change: advantages above 5 a year, which no history distinguishes, are integrated less
accurately."""


@dataclass(frozen=True)
class AdoptionCurve:
    """One model of how a share of adopters changes.

    Attributes
    ----------
    key : str
        Its name in data.
    title : Sentence
    parameters : mapping of str to Sentence
        What each is.
    lower, upper, starts : tuple
        Bounds of the parameters, and where searches begin, one tuple a start.
    step : callable
        `step(values, share, years, exposure)`: the share after that many years; values of shape (fits,
        parameters), shares of shape (fits, n), years of shape (n,); exposure is the mean share of the others
        meanwhile, shape (n,), or None where all are one group.
    substeps : int
        Into how many parts a year is divided where chance comes in.
    """

    key: str
    title: Sentence
    parameters: Mapping[str, Sentence]
    lower: tuple[float, ...]
    upper: tuple[float, ...]
    starts: tuple[tuple[float, ...], ...]
    step: Callable[[Floats, Floats, Floats, Floats | None], Floats]
    substeps: int = 8


def replicator_step(values: Floats, share: Floats, years: Floats, exposure: Floats | None) -> Floats:
    """Return the share after some years of ``x' = x (1 - x) (A y + D (1 - y))``.

    The odds follow ``d ln(x / (1 - x)) / dt = A y + D (1 - y)``: with the others' share y given, that is
    solved in closed form; with y = x it is integrated in the odds by Runge and Kutta's fourth-order rule.
    """
    all_do, none_do = values[:, :1], values[:, 1:2]
    x = np.clip(share, FLOOR, 1 - FLOOR)
    z = np.log(x) - np.log1p(-x)
    if exposure is not None:
        return _share_of(z + years * (none_do + (all_do - none_do) * exposure))
    fastest = float(np.abs(values).max(initial=0.0)) * float(years.max(initial=0.0))
    count = min(max(3, math.ceil(STEPS_PER_TURN * fastest)), MOST_STEPS)
    h, slope = years / count, all_do - none_do
    for _ in range(count):
        k1 = none_do + slope * _share_of(z)
        k2 = none_do + slope * _share_of(z + h / 2 * k1)
        k3 = none_do + slope * _share_of(z + h / 2 * k2)
        k4 = none_do + slope * _share_of(z + h * k3)
        z = z + h / 6 * (k1 + 2 * k2 + 2 * k3 + k4)
    return _share_of(z)


def _share_of(odds: Floats) -> Floats:
    # By tanh, which overflows nowhere.
    return np.asarray(0.5 + 0.5 * np.tanh(odds / 2))


def _bass_step(values: Floats, share: Floats, years: Floats, exposure: Floats | None) -> Floats:
    """Return the share after some years of ``x' = (p + q x / m) (m - x)``, in closed form."""
    p, q, m = values[:, :1], values[:, 1:2], values[:, 2:3]
    u = np.minimum(share / m, 1.0)
    v = (1 - u) / np.maximum(p + q * u, FLOOR) * np.exp(-(p + q) * years)
    later = m * (1 - p * v) / (1 + q * v)
    return np.where(share >= m, share, later)


def _threshold_step(values: Floats, share: Floats, years: Floats, exposure: Floats | None) -> Floats:
    """Return the share after whole years of ``x(t+1) = CDF(x(t))``, thresholds being normal."""
    from scipy.special import ndtr

    x = np.array(np.broadcast_to(share, np.broadcast_shapes(share.shape, (len(values), 1))), float)
    for k in range(round(float(years.max(initial=0.0)))):
        x = np.where(k < np.round(years), ndtr((x - values[:, :1]) / values[:, 1:2]), x)
    return x


REPLICATOR = AdoptionCurve(
    "replicator",
    say("imitation (replicator equation)"),
    {
        "advantage_when_all": say("advantage of adopting where all others have, per year"),
        "advantage_when_none": say("advantage of adopting where no others have, per year"),
    },
    (-30.0, -30.0),
    (30.0, 30.0),
    ((0.5, -0.1), (0.1, 0.3), (-0.3, -0.3)),
    replicator_step,
)
BASS = AdoptionCurve(
    "bass",
    say("Bass"),
    {
        "innovation": say("p: rate of adopting out of oneself, per year"),
        "imitation": say("q: rate of adopting after others, per year"),
        "ceiling": say("M: the share that will ever adopt"),
    },
    (0.0, 0.0, 0.01),
    (5.0, 10.0, 1.0),
    ((0.02, 0.4, 1.0), (0.1, 0.1, 0.7), (0.002, 0.8, 0.9)),
    _bass_step,
)
THRESHOLD = AdoptionCurve(
    "threshold",
    say("thresholds (Granovetter)"),
    {
        "mean": say("mean of the thresholds, as a share of adopters"),
        "deviation": say("their standard deviation"),
    },
    (-5.0, 0.01),
    (6.0, 10.0),
    ((0.4, 0.3), (0.3, 0.15), (0.6, 0.6)),
    _threshold_step,
    substeps=1,
)
CURVES = (REPLICATOR, BASS, THRESHOLD)


Truths = NDArray[np.bool_]

MOST_ITERATIONS = 40
"""Of Levenberg and Marquardt's method; most fits need ten."""
SETTLED = 1e-9
"""A relative gain of the sum of squares below which a fit has settled."""
UNMOVED = 1e-7
"""A relative step below which it has, too: derivatives are by differences and good to about this much."""


@dataclass(frozen=True)
class Transitions:
    """Shares over the years, of one history or of many of one form.

    Attributes
    ----------
    shares : ndarray, shape (histories, T)
    asked : ndarray, shape (T,)
        The number of enterprises surveyed for each share.
    population : ndarray, shape (T,)
        How many there are.
    years : ndarray, shape (T - 1,)
        How long each change takes.
    spread : ndarray, shape (histories, T - 1)
        Variance of each change for s² = 1.
    error : ndarray, shape (histories, T)
        Sampling variance of each share; 0 where all were surveyed.
    telling : ndarray, shape (histories, T - 1)
        False where none or all had adopted: imitation then changes nothing.
    exposure : ndarray, shape (T - 1,), or None
        Mean share of the other group during each change.
    """

    shares: Floats
    asked: Floats
    population: Floats
    years: Floats
    spread: Floats
    error: Floats
    telling: Truths
    exposure: Floats | None = None

    @property
    def is_complete(self) -> bool:
        """Whether all enterprises were asked in all years."""
        return not self.error.any()


def transitions_of(
    shares: Floats, asked: Floats, population: Floats, times: Floats, exposure: Floats | None = None
) -> Transitions:
    """Return the changes of histories of shape (histories, T)."""
    y = np.atleast_2d(shares)
    # Held off 0 and 1 (Agresti and Coull's half), so that no year is taken for certain.
    soft = (y * asked + 0.5) / (asked + 1)
    binomial = soft * (1 - soft)
    error = binomial / asked * np.maximum(population - asked, 0) / np.maximum(population - 1, 1)
    years = np.diff(times)
    spread = years * binomial[:, :-1] / population[:-1]
    telling = np.ones(spread.shape, bool) if error.any() else (y[:, :-1] > 0) & (y[:, :-1] < 1)
    return Transitions(y, asked, population, years, spread, error, telling, exposure)


def innovations(
    curve: AdoptionCurve, values: Floats, seen: Transitions, noise: Floats | float = 1.0
) -> tuple[Floats, Floats]:
    """Return by how much each share differs from what the years before let expect, and the variance.

    Parameters
    ----------
    values : ndarray, shape (fits, parameters)
    noise : float or ndarray, shape (fits, 1)
        s².

    Returns
    -------
    ndarray, ndarray
        Each of shape (fits, T - 1); differences are 0 where the change is not informative.
    """
    if seen.is_complete:
        expected = curve.step(values, seen.shares[:, :-1], seen.years, seen.exposure)
        off = np.where(seen.telling, seen.shares[:, 1:] - expected, 0.0)
        return off, np.broadcast_to(noise * seen.spread, off.shape)
    fits = max(len(values), len(seen.shares))
    y = np.broadcast_to(seen.shares, (fits, seen.shares.shape[1]))
    error = np.broadcast_to(seen.error, y.shape)
    spread = np.broadcast_to(seen.spread, (fits, y.shape[1] - 1))
    mean, variance = y[:, :1], error[:, :1]
    off, total = np.empty(spread.shape), np.empty(spread.shape)
    h = 1e-4
    for k in range(spread.shape[1]):
        part = None if seen.exposure is None else seen.exposure[k : k + 1]
        inside = np.clip(mean, 2 * h, 1 - 2 * h)
        beside = np.concatenate([inside, inside - h, inside + h], 1)
        times = np.repeat(seen.years[k : k + 1], 3)
        later = curve.step(values, beside, times, part)
        slope = (later[:, 2:3] - later[:, 1:2]) / (2 * h)
        before = slope**2 * variance + (noise * spread)[:, k : k + 1]
        total[:, k : k + 1] = before + error[:, k + 1 : k + 2]
        off[:, k : k + 1] = y[:, k + 1 : k + 2] - later[:, :1]
        gain = before / total[:, k : k + 1]
        mean = later[:, :1] + gain * off[:, k : k + 1]
        variance = (1 - gain) * before
    return off, total


@dataclass(frozen=True)
class LeastSquares:
    """The best values of each history.

    Attributes
    ----------
    values : ndarray, shape (fits, parameters)
    squares : ndarray, shape (fits,)
        Sums of the squares of the differences over their variances.
    """

    values: Floats
    squares: Floats

    def best_start(self) -> LeastSquares:
        """Return the best of several starts alone."""
        k = int(np.nanargmin(self.squares))
        return LeastSquares(self.values[k : k + 1], self.squares[k : k + 1])


def least_squares(
    curve: AdoptionCurve,
    seen: Transitions,
    start: Floats,
    *,
    noise: Floats | float = 1.0,
    held: Sequence[int] = (),
    shift: Floats | float = 0.0,
) -> LeastSquares:
    """Return the least squares of each history, by Levenberg and Marquardt's method, all at once.

    Parameters
    ----------
    start : ndarray, shape (fits, parameters)
        With one history, each row is a start of its own.
    held : sequence of int
        The parameters that stay where they start.
    shift : ndarray, shape (fits, T - 1)
        Added to the weighed differences.
    """
    low, high = np.array(curve.lower), np.array(curve.upper)
    free = [k for k in range(len(low)) if k not in held]
    values = np.clip(np.asarray(start, float), low, high)
    if held:
        values[:, list(held)] = np.asarray(start, float)[:, list(held)]

    def residuals(at: Floats) -> Floats:
        off, variance = innovations(curve, at, seen, noise)
        return off / np.sqrt(variance) + shift

    r = residuals(values)
    squares = (r**2).sum(1)
    if not free:
        return LeastSquares(values, squares)
    damping = np.full(len(values), 1e-3)
    for _ in range(MOST_ITERATIONS):
        columns = []
        for k in free:
            h = 1e-6 * (1 + np.abs(values[:, k]))
            # Away from a bound that the value lies on.
            h = np.where(values[:, k] + h > high[k], -h, h)
            moved = values.copy()
            moved[:, k] += h
            columns.append((residuals(moved) - r) / h[:, None])
        slopes = np.stack(columns, 2)
        normal = slopes.transpose(0, 2, 1) @ slopes
        pull = -(slopes * r[:, :, None]).sum(1)
        # A value on a bound that the fit would leave by it stays there, and the others are free of it.
        at = values[:, free]
        stuck = ((at <= low[free]) & (pull < 0)) | ((at >= high[free]) & (pull > 0))
        normal = np.where(stuck[:, :, None] | stuck[:, None, :], 0.0, normal)
        pull = np.where(stuck, 0.0, pull)
        scale = np.einsum("bii->bi", normal) + stuck
        ridge = np.einsum("bi,ij->bij", damping[:, None] * scale + FLOOR, np.eye(len(free)))
        move = np.linalg.solve(normal + ridge, pull[:, :, None])[:, :, 0]
        tried = values.copy()
        tried[:, free] = np.clip(values[:, free] + move, low[free], high[free])
        r_tried = residuals(tried)
        squares_tried = (r_tried**2).sum(1)
        better = squares_tried < squares
        gain = np.where(better, squares - squares_tried, 0.0)
        values = np.where(better[:, None], tried, values)
        r = np.where(better[:, None], r_tried, r)
        still = (np.abs(move) <= UNMOVED * (1 + np.abs(at))).all(1)
        settled = still | ((gain <= SETTLED * squares + FLOOR**2) & (better | (damping > 1e3)))
        squares = np.where(better, squares_tried, squares)
        damping = np.clip(np.where(better, damping / 10, damping * 10), 1e-9, 1e6)
        if settled.all():
            break
    return LeastSquares(values, squares)


def simulated(
    curve: AdoptionCurve,
    values: Floats,
    noise: Floats | float,
    first: Floats,
    like: Transitions,
    rng: np.random.Generator,
) -> Floats:
    """Return histories of the form of another, shape (histories, T): the curve, with its noise.

    Parameters
    ----------
    values : ndarray, shape (histories, parameters)
    noise : float or ndarray, shape (histories, 1)
    first : ndarray, shape (histories, 1)
        Where each begins.
    """
    x = np.array(first, float)
    out = [x]
    parts = curve.substeps
    for k, years in enumerate(like.years):
        size = like.population[k]
        part = None if like.exposure is None else like.exposure[k : k + 1]
        count = round(float(years)) * parts
        h = np.array([float(years) / count])
        for _ in range(count):
            chance = np.sqrt(noise * h * np.maximum(x * (1 - x), 0) / size)
            x = np.clip(curve.step(values, x, h, part) + chance * rng.standard_normal(x.shape), 0, 1)
            if curve.key == "replicator":
                # Less than half an enterprise is none.
                x = np.where(x < 0.5 / size, 0.0, np.where(x > 1 - 0.5 / size, 1.0, x))
        out.append(x)
    paths = np.concatenate(out, 1)
    if like.is_complete:
        return np.asarray(np.round(paths * like.population) / like.population)
    size, asked = like.population.astype(np.int64), like.asked.astype(np.int64)
    adopters = np.round(paths * size).astype(np.int64)
    return np.asarray(rng.hypergeometric(adopters, size - adopters, np.minimum(asked, size)) / asked)
