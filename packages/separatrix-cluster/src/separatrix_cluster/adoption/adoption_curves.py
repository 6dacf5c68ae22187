"""Curves of adoption: what share has adopted some time later, by imitation, after Bass, and by thresholds.

Each is one record with its parameters; fits, figures and documents read it here.

References
----------
Taylor, P. D. & Jonker, L. B. (1978). Evolutionary stable strategies and game dynamics. Math. Biosci. 40,
145-156 (replicator equation).
Bass, F. M. (1969). A new product growth for model consumer durables. Management Science 15, 215-227.
Granovetter, M. (1978). Threshold models of collective behavior. Am. J. Sociol. 83, 1420-1443.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from separatrix.sentences import Sentence, say

__all__ = ["BASS", "CURVES", "REPLICATOR", "THRESHOLD", "AdoptionCurve", "replicator_step"]

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
