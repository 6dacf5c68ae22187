"""Rival curves on one history: imitation, Bass and thresholds, by the same changes and the same likelihood.

All three are fitted to the same year-on-year changes with the same form of variance, so that their
likelihoods are comparable; Akaike's corrected criterion penalizes parameters. The final test is prediction:
the last years are withheld and predicted from the rest.

References
----------
Hurvich, C. M. & Tsai, C.-L. (1989). Regression and time series model selection in small samples. Biometrika
76, 297-307 (AICc).
Burnham, K. P. & Anderson, D. R. (2002). Model Selection and Multimodel Inference, 2nd ed. Springer, ch. 2
(differences up to about 4 leave a model plausible).
"""

from __future__ import annotations

import math
import os
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from separatrix.io.cells import Remark
from separatrix.run.results import Plotted, Tabled
from separatrix.sentences import Sentence, say
from separatrix_cluster.adoption.fit import refits, refuse_idle, yearly_transitions
from separatrix_cluster.adoption.history import AdoptionHistory, GroupHistory, history_of
from separatrix_cluster.adoption.results import CurveEstimate, curve_estimate
from separatrix_cluster.adoption.transitions import BASS, CURVES, AdoptionCurve
from separatrix_cluster.tables.panel import Cluster
from separatrix_cluster.tables.table import ClusterTable

__all__ = ["QUANTILES", "AdoptionRivals", "RivalCurve", "adoption_rivals"]

Floats = NDArray[np.float64]

ALIKE = 4.0
"""Differences of AICc up to this leave a curve plausible (Burnham & Anderson 2002, section 2.6)."""
QUANTILES = (0.05, 0.25, 0.75, 0.95)
FEWEST_TRAINING = 5
"""Changes that have to be left for a fit when the last years are held back."""


@dataclass(frozen=True)
class RivalCurve:
    """One curve on the history.

    Attributes
    ----------
    curve : AdoptionCurve
    values : mapping of str to tuple
        Of each parameter: its value, and the middle 95 % of the values fitted to other random outcomes
        of the same years.
    noise : float
        s²: the variance of a year's change, over ``x (1 - x) / N``.
    aicc : float
        Corrected criterion of Akaike; the lower the better.  Infinite where the changes are too few for it.
    missed : float or None
        Error of the last years when predicted from the years before: root mean square, as a share; None
        where too few years are left to fit.
    path : ndarray, shape (T,)
        The share by the curve from the first year on, without chance.
    quantiles : ndarray, shape (4, T)
        Of the paths of curves fitted to other random outcomes: by `QUANTILES`.
    remarks : tuple of Remark
    """

    curve: AdoptionCurve
    values: Mapping[str, tuple[float, float, float]]
    noise: float
    aicc: float
    missed: float | None
    path: Floats
    quantiles: Floats
    remarks: tuple[Remark, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """Return the curve as plain data."""
        return {
            "curve": self.curve.key,
            "values": {k: {"value": v, "low": a, "high": b} for k, (v, a, b) in self.values.items()},
            "noise": self.noise,
            "aicc": self.aicc if math.isfinite(self.aicc) else None,
            "missed": self.missed,
            "path": self.path.tolist(),
            "quantiles": {str(q): row.tolist() for q, row in zip(QUANTILES, self.quantiles, strict=True)},
            "remarks": [remark.to_dict() for remark in self.remarks],
        }


@dataclass(frozen=True, repr=False)
class AdoptionRivals(Tabled, Plotted):
    """Imitation, Bass's model and thresholds on one history.

    Attributes
    ----------
    history : AdoptionHistory
        Of one group.
    curves : tuple of RivalCurve
        The best by AICc first.
    held_back : int
        How many of the last years were withheld for prediction.
    """

    history: AdoptionHistory
    curves: tuple[RivalCurve, ...]
    held_back: int

    @property
    def group(self) -> GroupHistory:
        """The history of all enterprises."""
        return self.history.groups[0]

    @property
    def plausible(self) -> tuple[RivalCurve, ...]:
        """The best curve by AICc, and those that cannot be distinguished from it."""
        return tuple(c for c in self.curves if c.aicc - self.curves[0].aicc <= ALIKE)

    @property
    def verdict(self) -> Sentence:
        """Which curves the history leaves."""
        names = [c.curve.title for c in self.plausible]
        if not math.isfinite(self.curves[0].aicc):
            return say("the history is too short to compare curves")
        if len(names) == len(self.curves):
            return say("the history does not distinguish between the {n} curves", n=len(names))
        if len(names) == 1:
            return say("the history speaks for one curve: {name}", name=names[0])
        return say(
            "{name} and {other} cannot be distinguished; the third curve is worse",
            name=names[0],
            other=names[1],
        )

    def to_dict(self) -> dict[str, Any]:
        """Return the comparison as plain data."""
        return {
            "history": self.group.to_dict(),
            "curves": [curve.to_dict() for curve in self.curves],
            "plausible": [curve.curve.key for curve in self.plausible],
            "verdict": str(self.verdict),
            "held_back": self.held_back,
        }


def adoption_rivals(
    source: Cluster
    | ClusterTable
    | AdoptionHistory
    | Mapping[int, tuple[float, float]]
    | str
    | os.PathLike[str],
    *,
    draws: int = 199,
    seed: int = 0,
) -> AdoptionRivals:
    """Hold imitation, Bass's model and thresholds against one history of adoption.

    Parameters
    ----------
    source : Cluster, ClusterTable, AdoptionHistory, mapping, str or path
        As `fit_adoption` takes it.
    draws : int
        How often the curves are fitted again for the doubt of their parameters.
    seed : int

    Returns
    -------
    AdoptionRivals
        Shares from 0 to 1; rates per year.

    Raises
    ------
    InputError
        K585 to K591, as `fit_adoption`.

    References
    ----------
    Bass (1969); Granovetter (1978); Burnham & Anderson (2002) for the comparison.

    Examples
    --------
    >>> counts = [6, 7, 9, 12, 14, 20, 27, 36, 43, 49, 54]
    >>> found = adoption_rivals({2014 + k: (n, 60) for k, n in enumerate(counts)}, draws=49)
    >>> str(found.verdict)
    'the history speaks for one curve: imitation (replicator equation)'
    """
    history = source if isinstance(source, AdoptionHistory) else history_of(source)
    group = history.groups[0]
    refuse_idle(group)
    held_back = max(2, round((len(group.years) - 1) / 4))
    curves = [_rival(curve, group, held_back, draws, seed) for curve in CURVES]
    return AdoptionRivals(history, tuple(sorted(curves, key=lambda c: c.aicc)), held_back)


def _rival(curve: AdoptionCurve, group: GroupHistory, held_back: int, draws: int, seed: int) -> RivalCurve:
    found = curve_estimate(curve, yearly_transitions(group))
    again = refits(found, draws, seed)
    low, high = np.quantile(again, (0.025, 0.975), axis=0)
    values = {
        name: (float(v), float(a), float(b))
        for name, v, a, b in zip(curve.parameters, found.best.values[0], low, high, strict=True)
    }
    fan = _fan(curve, np.concatenate([found.best.values, again]), group)
    return RivalCurve(
        curve,
        values,
        found.noise,
        _aicc(found),
        _missed(curve, group, held_back),
        fan[0],
        fan[1:],
        _doubts(curve, group, values),
    )


def _aicc(found: CurveEstimate) -> float:
    count = len(found.curve.lower) + 1  # s² is estimated, too
    left = found.changes - count - 1
    return found.deviance + 2 * count + 2 * count * (count + 1) / left if left > 0 else math.inf


def _missed(curve: AdoptionCurve, group: GroupHistory, held_back: int) -> float | None:
    kept = len(group.years) - held_back
    if kept - 1 < FEWEST_TRAINING:
        return None
    early = replace(
        group,
        years=group.years[:kept],
        adopters=group.adopters[:kept],
        asked=group.asked[:kept],
        population=group.population[:kept],
    )
    seen = yearly_transitions(early)
    if int(seen.telling.sum()) < FEWEST_TRAINING or np.ptp(early.shares) == 0:
        return None
    values = curve_estimate(curve, seen).best.values
    ahead = np.array(group.years[kept:], float) - group.years[kept - 1]
    last = np.full((1, held_back), early.shares[-1])
    told = curve.step(values, last, ahead, None)
    return float(np.sqrt(np.mean((told[0] - group.shares[kept:]) ** 2)))


def _fan(curve: AdoptionCurve, values: Floats, group: GroupHistory) -> Floats:
    """Return quantiles of the curves from the first year on; the first row of the values is the best."""
    share = np.full((len(values), 1), group.shares[0])
    paths = [share]
    for years in np.diff(np.array(group.years)).tolist():
        for _ in range(years):
            share = curve.step(values, share, np.ones(1), None)
        paths.append(share)
    whole = np.concatenate(paths, 1)
    return np.concatenate([whole[:1], np.quantile(whole, QUANTILES, axis=0)])


def _doubts(
    curve: AdoptionCurve, group: GroupHistory, values: Mapping[str, tuple[float, float, float]]
) -> tuple[Remark, ...]:
    if curve is not BASS:
        return ()
    p, q, ceiling = (values[name][0] for name in curve.parameters)
    # Adoption is fastest where the share is m (1/2 - p/(2q)).
    fastest = ceiling * max(0.5 - p / (2 * q), 0.0) if q > 0 else 0.0
    last = float(group.shares[-1])
    if last > fastest and values["ceiling"][2] - values["ceiling"][1] < 0.5:
        return ()
    what = say(
        "adoption has not passed its peak, or hardly: how many will ever adopt (M) does not follow from "
        "the years"
    )
    return (Remark("K598", "warning", "", None, None, what, say("take M from elsewhere, or wait")),)
