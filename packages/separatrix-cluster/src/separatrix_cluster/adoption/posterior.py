"""What a history of adoption leaves to believe of the two advantages, after Bayes, by quadrature.

The likelihood is that of the fit (`separatrix_cluster.adoption.transitions`). The prior is flat in A and D
within the bounds of the curve and ``1/s²`` in the variance of a year's change, so that the data dominate
(Box and Tiao's reference prior of a regression). Three numbers need no Markov chain: the density is
evaluated on a grid around its mass, and a finer grid must give the same ends. If all enterprises were
surveyed, s² is integrated in closed form, which gives a t distribution for a linear curve. Past shares are
not a fixed design, so in short histories such intervals cover the truth less often than their level (88 %
of 150 histories of ten years at 95 %). The intervals of the fit are calibrated; the odds are what is useful
here.

References
----------
Box, G. E. P. & Tiao, G. C. (1973). Bayesian Inference in Statistical Analysis. Addison-Wesley, ch. 2.7.
Naylor, J. C. & Smith, A. F. M. (1982). Applications of a method for the efficient computation of posterior
distributions. Applied Statistics 31, 214-225 (grids laid by mean and covariance).
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from separatrix.run.results import Tabled
from separatrix_cluster.adoption.fit import exposure_of, refuse_idle, refuse_level, yearly_transitions
from separatrix_cluster.adoption.history import AdoptionHistory, history_of
from separatrix_cluster.adoption.results import CurveEstimate, curve_estimate
from separatrix_cluster.adoption.transitions import REPLICATOR, innovations
from separatrix_cluster.tables.panel import Cluster
from separatrix_cluster.tables.table import ClusterTable

__all__ = ["AdoptionPosterior", "GroupPosterior", "adoption_posterior"]

Floats = NDArray[np.float64]

NODES = 97
"""Of each advantage; twice as many move the ends by less than a hundredth of the interval."""
NOISES = 15
"""Of the logarithm of s², where a sample was asked; it comes in smoothly."""
DEEP = 13.0
"""The grid covers where the density is above exp(-DEEP), 2e-6, of its largest."""
MOST_GRIDS = 12
"""Tries to lay it."""
AT_BORDER = 1e-3
"""A part of the density in the outermost cells of the prior above which the prior decides an end."""


@dataclass(frozen=True)
class GroupPosterior:
    """What the history of one group leaves to believe.

    Attributes
    ----------
    name : str
        '' of the only group.
    mean, low, high : tuple of two float
        Of A (the advantage where all others cooperate) and D (where none does), per year.
    bounded : tuple of two bool
        Whether the bounds of the prior, and not the history, decide an end.
    regimes : mapping of str to float
        The probability of each regime: bistable, coexistence, all cooperate, none cooperates.
    threshold : tuple of two float, or None
        Where both regimes with a threshold have less than a tenth together, None; else between which shares
        it lies, given that there is one.
    """

    name: str
    mean: tuple[float, float]
    low: tuple[float, float]
    high: tuple[float, float]
    bounded: tuple[bool, bool]
    regimes: Mapping[str, float]
    threshold: tuple[float, float] | None

    def to_dict(self) -> dict[str, Any]:
        """Return it as plain data."""
        return {
            "name": self.name,
            **{
                key: {
                    "mean": self.mean[k],
                    "low": self.low[k],
                    "high": self.high[k],
                    "bounded_by_prior": self.bounded[k],
                }
                for k, key in enumerate(("advantage_when_all", "advantage_when_none"))
            },
            "regimes": dict(self.regimes),
            "threshold": None if self.threshold is None else list(self.threshold),
        }


@dataclass(frozen=True, repr=False)
class AdoptionPosterior(Tabled):
    """Credible intervals of the advantages, and how probable each regime is.

    Attributes
    ----------
    history : AdoptionHistory
    groups : tuple of GroupPosterior
    level : float
        Of the intervals, which leave as much below as above.
    """

    history: AdoptionHistory
    groups: tuple[GroupPosterior, ...]
    level: float

    def to_dict(self) -> dict[str, Any]:
        """Return it as plain data."""
        return {
            "title": self.history.title,
            "level": self.level,
            "unit": "per year",
            "groups": [group.to_dict() for group in self.groups],
        }


def adoption_posterior(
    source: Cluster
    | ClusterTable
    | AdoptionHistory
    | Mapping[int, tuple[float, float]]
    | str
    | os.PathLike[str],
    *,
    by_group: bool = False,
    level: float = 0.95,
) -> AdoptionPosterior:
    """Return what a history of adoption leaves to believe of the advantages and of the regime.

    Parameters
    ----------
    source : Cluster, ClusterTable, AdoptionHistory, mapping, str or path
        As in `fit_adoption`.
    by_group : bool
        Two groups that each follow the other.
    level : float
        Of the credible intervals, between 0 and 1.

    Returns
    -------
    AdoptionPosterior
        Nothing in it is drawn: the same history gives the same numbers.

    Raises
    ------
    InputError
        As `fit_adoption`; K584 for a level that is none.

    References
    ----------
    Box & Tiao (1973), Bayesian Inference in Statistical Analysis, ch. 2.7 (prior); Naylor & Smith (1982),
    Applied Statistics 31, 214-225 (quadrature).

    Examples
    --------
    >>> counts = [6, 7, 9, 12, 14, 20, 27, 36, 43, 49, 54]
    >>> found = adoption_posterior({2014 + k: (n, 60) for k, n in enumerate(counts)}).groups[0]
    >>> found.regimes["all cooperate"] > 0.9, found.low[0] > 0
    (True, True)
    """
    refuse_level(level)
    history = source if isinstance(source, AdoptionHistory) else history_of(source, by_group=by_group)
    found = []
    for k, group in enumerate(history.groups):
        refuse_idle(group)
        seen = yearly_transitions(group, exposure_of(history, k))
        found.append(_posterior(group.name, curve_estimate(REPLICATOR, seen), level))
    return AdoptionPosterior(history, tuple(found), level)


def _posterior(name: str, found: CurveEstimate, level: float) -> GroupPosterior:
    axes, mass = _density(found, NODES)
    tail = (1 - level) / 2
    ends = [_ends(axis, mass.sum(1 - k), tail) for k, axis in enumerate(axes)]
    a, d = (
        np.broadcast_to(axis[:, None] if k == 0 else axis[None], mass.shape) for k, axis in enumerate(axes)
    )
    regimes = {
        "bistable": _share(axes, mass, True, False),
        "coexistence": _share(axes, mass, False, True),
        "all cooperate": _share(axes, mass, True, True),
        "none cooperates": _share(axes, mass, False, False),
    }
    with np.errstate(divide="ignore", invalid="ignore"):
        at = -d / (a - d)
    inner = a * d < 0
    threshold = None
    if mass[inner].sum() >= 0.1:
        order = np.argsort(at[inner])
        sums = np.cumsum(mass[inner][order])
        low, high = np.interp([tail * sums[-1], (1 - tail) * sums[-1]], sums, at[inner][order])
        threshold = (float(low), float(high))
    lower, upper = found.curve.lower, found.curve.upper
    edges = [mass.sum(1 - k)[[0, -1]] for k in range(2)]
    bounded = [
        bool((axis[0] <= lower[k] and edge[0] > AT_BORDER) or (axis[-1] >= upper[k] and edge[1] > AT_BORDER))
        for k, (axis, edge) in enumerate(zip(axes, edges, strict=True))
    ]
    return GroupPosterior(
        name,
        (float((a * mass).sum()), float((d * mass).sum())),
        (ends[0][0], ends[1][0]),
        (ends[0][1], ends[1][1]),
        (bounded[0], bounded[1]),
        regimes,
        threshold,
    )


def _density(found: CurveEstimate, nodes: int) -> tuple[tuple[Floats, Floats], Floats]:
    """Return the two axes and the mass of each node, laid where the density lies."""
    lower, upper = np.array(found.curve.lower), np.array(found.curve.upper)
    best = found.best.values[0]
    reach = 0.5 * (1 + np.abs(best))
    low, high = np.maximum(best - reach, lower), np.minimum(best + reach, upper)
    logs = np.zeros((nodes, nodes))
    for _ in range(MOST_GRIDS):
        axes = (np.linspace(low[0], high[0], nodes), np.linspace(low[1], high[1], nodes))
        logs = _log_density(found, axes)
        kept = logs > logs.max() - DEEP
        rows, columns = np.flatnonzero(kept.any(1)), np.flatnonzero(kept.any(0))
        span = [(rows[0], rows[-1]), (columns[0], columns[-1])]
        new_low, new_high = low.copy(), high.copy()
        for k, (first, last) in enumerate(span):
            step = axes[k][1] - axes[k][0]
            width = high[k] - low[k]
            # Where it reaches an edge the grid grows that way, else it closes in.
            new_low[k] = low[k] - width if first == 0 else axes[k][first] - step
            new_high[k] = high[k] + width if last == nodes - 1 else axes[k][last] + step
        new_low, new_high = np.maximum(new_low, lower), np.minimum(new_high, upper)
        settled = (np.abs(new_low - low) + np.abs(new_high - high) <= 0.2 * (high - low)).all()
        low, high = new_low, new_high
        if settled:
            break
    axes = (np.linspace(low[0], high[0], nodes), np.linspace(low[1], high[1], nodes))
    logs = _log_density(found, axes)
    mass = np.exp(logs - logs.max())
    return axes, mass / mass.sum()


def _log_density(found: CurveEstimate, axes: tuple[Floats, Floats]) -> Floats:
    curve, seen = found.curve, found.seen
    a, d = np.meshgrid(*axes, indexing="ij")
    values = np.stack([a.ravel(), d.ravel()], 1)
    told = seen.telling[0]
    if seen.is_complete:
        off, variance = innovations(curve, values, seen)
        squares = (off[:, told] ** 2 / variance[:, told]).sum(1)
        # The integral over s² of s^(-n) exp(-squares / 2 s²) ds²/s².
        return np.asarray(-0.5 * told.sum() * np.log(np.maximum(squares, 1e-12))).reshape(a.shape)
    noises = found.weighed * np.geomspace(1 / 60, 60, NOISES)
    logs = []
    for noise in noises:
        off, variance = innovations(curve, values, seen, noise)
        logs.append(-0.5 * (off**2 / variance + np.log(variance)).sum(1))
    return np.asarray(np.logaddexp.reduce(logs, axis=0)).reshape(a.shape)


def _ends(axis: Floats, mass: Floats, tail: float) -> tuple[float, float]:
    """Return the ends of a credible interval, the mass of a node spread over its cell."""
    step = axis[1] - axis[0]
    edges = np.r_[axis - step / 2, axis[-1] + step / 2]
    sums = np.r_[0.0, np.cumsum(mass)]
    low, high = np.interp([tail, 1 - tail], sums / sums[-1], edges)
    return float(low), float(high)


def _share(axes: tuple[Floats, Floats], mass: Floats, all_gain: bool, none_gain: bool) -> float:
    """Return the mass of a quadrant, cells that 0 cuts in parts."""
    parts = []
    for axis, above in zip(axes, (all_gain, none_gain), strict=True):
        step = axis[1] - axis[0]
        part = np.clip((axis + step / 2) / step, 0.0, 1.0)
        parts.append(part if above else 1 - part)
    return float(parts[0] @ mass @ parts[1])
