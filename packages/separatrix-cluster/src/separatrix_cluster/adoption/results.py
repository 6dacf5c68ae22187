"""The result of fitting adoption to history: two advantages per year, their intervals, and the doubts.

A curve of adoption estimated from one history: its values, its noise, and how likely the data are then.

The likelihood is that of normal changes whose variance is s² times a known form (see `transitions`). If all
enterprises were surveyed, s² follows from the sum of squares; otherwise it is estimated jointly with the
sampling variance.

Harvey, A. C. (1989). Forecasting, Structural Time Series Models and the Kalman Filter. Cambridge, ch. 3.4
(prediction error decomposition).
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from separatrix.errors import InputError
from separatrix.io.cells import Remark
from separatrix.run.results import Tabled
from separatrix.sentences import Sentence, say
from separatrix_cluster.adoption.history import AdoptionHistory, GroupHistory
from separatrix_cluster.adoption.transitions import (
    AdoptionCurve,
    LeastSquares,
    Transitions,
    innovations,
    least_squares,
)

__all__ = ["AdoptionFit", "CurveEstimate", "FittedAdvantage", "GroupFit", "NOT_TOLD", "curve_estimate"]

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class FittedAdvantage:
    """An advantage per year, with the interval that the history leaves.

    Attributes
    ----------
    value, low, high : float
        Per year; an end is infinite where the history leaves it open.
    bound : float or None
        The bound of the search that the value lies at: then the value is the bound's, and no estimate.
    """

    value: float
    low: float
    high: float
    bound: float | None = None

    @property
    def sign(self) -> int:
        """1 or -1 where the whole interval is above or below 0, else 0."""
        return 1 if self.low > 0 else -1 if self.high < 0 else 0

    def to_dict(self) -> dict[str, float | None]:
        """Return the value and the ends of its interval; None for no estimate, and for an open end."""
        return {
            "value": self.value if self.bound is None else None,
            "bound": self.bound,
            "low": self.low if math.isfinite(self.low) else None,
            "high": self.high if math.isfinite(self.high) else None,
        }


@dataclass(frozen=True)
class GroupFit:
    """The fit to the history of one group.

    Attributes
    ----------
    history : GroupHistory
    advantage_when_all, advantage_when_none : FittedAdvantage
        A and D per year: of cooperating, where all others do and where none of them does.
    noise : float
        s²: the variance of a year's change, over ``x (1 - x) / N``.
    dispersion : float
        The same over the larger advantage: about 1 or below where enterprises follow the advantage one by
        one, far above where something moves many at once.
    residuals : mapping of int to float
        By the year that a change ends with: how far it lies off, in standard deviations.
    runs : float
        The chance of so few or so many runs of signs among them if they are independent; nan for one sign.
    draws : ndarray, shape (histories, 2)
        A and D fitted to histories simulated from the fit.
    """

    history: GroupHistory
    advantage_when_all: FittedAdvantage
    advantage_when_none: FittedAdvantage
    noise: float
    dispersion: float
    residuals: Mapping[int, float]
    runs: float
    draws: Floats

    @property
    def threshold(self) -> float | None:
        """The share of the others from which on, or up to which, cooperating pays; None if there is none."""
        if self.advantage_when_all.bound is not None or self.advantage_when_none.bound is not None:
            return None
        a, d = self.advantage_when_all.value, self.advantage_when_none.value
        return -d / (a - d) if a * d < 0 else None

    @property
    def regime(self) -> str:
        """By the signs of the fitted advantages: bistable, coexistence, all cooperate, or none cooperates."""
        return _REGIMES[self.advantage_when_all.value > 0, self.advantage_when_none.value > 0]

    @property
    def certain(self) -> bool:
        """Whether neither interval holds 0, so that the regime is more than the best guess."""
        return bool(self.advantage_when_all.sign and self.advantage_when_none.sign)

    def to_dict(self) -> dict[str, Any]:
        """Return the fit as plain data."""
        return {
            **self.history.to_dict(),
            "advantage_when_all": self.advantage_when_all.to_dict(),
            "advantage_when_none": self.advantage_when_none.to_dict(),
            "threshold": self.threshold,
            "regime": self.regime,
            "certain": self.certain,
            "noise": self.noise,
            "dispersion": self.dispersion,
            "residuals": {str(year): value for year, value in self.residuals.items()},
            "runs": None if math.isnan(self.runs) else self.runs,
        }


_REGIMES = {
    (True, False): "bistable",
    (False, True): "coexistence",
    (True, True): "all cooperate",
    (False, False): "none cooperates",
}


@dataclass(frozen=True, repr=False)
class AdoptionFit(Tabled):
    """The advantages of cooperating, estimated from a history of adoption, with intervals.

    Attributes
    ----------
    history : AdoptionHistory
    groups : tuple of GroupFit
        One, or two that each follow the other.
    level : float
        Of the intervals.
    seed : int
        Of the simulated histories that calibrate the intervals.
    remarks : tuple of Remark
        What is in doubt.
    """

    history: AdoptionHistory
    groups: tuple[GroupFit, ...]
    level: float
    seed: int
    remarks: tuple[Remark, ...] = ()

    @property
    def advantage_when_all(self) -> FittedAdvantage:
        """``β (π1 − C1 − R2 + C2)``, per year, of the only group."""
        return self._only.advantage_when_all

    @property
    def advantage_when_none(self) -> FittedAdvantage:
        """``β (R1 − C1 − π2 + C2)``, per year, of the only group."""
        return self._only.advantage_when_none

    @property
    def _only(self) -> GroupFit:
        if len(self.groups) > 1:
            raise InputError(
                "K591",
                say("each of {n} groups has advantages of its own", n=len(self.groups)),
                hint=say("look into `groups`"),
            )
        return self.groups[0]

    @property
    def open(self) -> Sentence:
        """What a history of adoption cannot determine."""
        return NOT_TOLD

    def to_dict(self) -> dict[str, Any]:
        """Return the fit as plain data."""
        return {
            "title": self.history.title,
            "level": self.level,
            "unit": "per year",
            "groups": [group.to_dict() for group in self.groups],
            "not_told": str(self.open),
            "remarks": [remark.to_dict() for remark in self.remarks],
            "seed": self.seed,
        }


NOT_TOLD = say(
    "An adoption history determines two numbers: the speed times each advantage. The six "
    "separate parameters, or the speed β alone, require other data: what the measures cost and "
    "save, or how soon enterprises follow."
)


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
