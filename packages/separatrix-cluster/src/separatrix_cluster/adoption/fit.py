"""Adoption fitted to history: the yearly gain of cooperating where all others do and where none does.

The replicator equation of the paper's game reads ``x' = x (1 - x) (A y + D (1 - y))`` with

    A = β (π1 − C1 − R2 + C2)      the yearly gain of cooperating with those who cooperate
    D = β (R1 − C1 − π2 + C2)      and with those who do not

and a history of shares determines only A and D. The six parameters separately, and β alone, require other
data: what the measures cost and save, and how soon enterprises follow an advantage.

References
----------
Shi, Y. & Chen, M. (2018), Table 1 and equations 1-4.
Taylor, P. D. & Jonker, L. B. (1978). Evolutionary stable strategies and game dynamics. Math. Biosci. 40,
145-156.
Helbing, D. (1992). Interrelations between stochastic equations for systems with pair interactions. Physica A
181, 29-52 (imitation in finite populations).
"""

from __future__ import annotations

import math
import os
from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from separatrix.errors import InputError
from separatrix.sentences import say
from separatrix_cluster.adoption.adoption_curves import REPLICATOR
from separatrix_cluster.adoption.adoption_fit import AdoptionFit, FittedAdvantage, GroupFit
from separatrix_cluster.adoption.curve_estimate import curve_estimate
from separatrix_cluster.adoption.fit_checks import (
    doubts_of_fit,
    refuse_idle,
    refuse_level,
    runs_chance,
    yearly_transitions,
)
from separatrix_cluster.adoption.history import LEADERS, OTHERS, AdoptionHistory, GroupHistory, history_of
from separatrix_cluster.adoption.profile_likelihood import bootstrap_fits, fisher_quantile, inverted_interval
from separatrix_cluster.adoption.transitions import (
    innovations,
)
from separatrix_cluster.tables.cluster import Cluster
from separatrix_cluster.tables.table import ClusterTable

__all__ = ["exposure_of", "fit_adoption", "fit_history"]

Floats = NDArray[np.float64]

AT_BOUND = 0.01
"""A value this close to a bound of the search, relative to it, is the bound's: steps end short of it."""


def fit_adoption(
    source: Cluster | ClusterTable | Mapping[int, tuple[float, float]] | str | os.PathLike[str],
    *,
    by_group: bool = False,
    level: float = 0.95,
    draws: int = 199,
    seed: int = 0,
) -> AdoptionFit:
    """Fit the advantages of cooperating to a history of adoption.

    Parameters
    ----------
    source : Cluster, ClusterTable, mapping, str or path
        A cluster with a table `adoption`, or its folder or name; that table alone, or its file; or
        ``{year: (adopters, asked)}``.
    by_group : bool
        Two groups that each follow the other: those that the column `group` names, or leaders and
        others of a cluster.
    level : float
        Of the intervals.
    draws : int
        Simulated histories that calibrate the intervals.
    seed : int

    Returns
    -------
    AdoptionFit
        Advantages per year: speed times payoff.

    Raises
    ------
    InputError
        K584 for a level that is none; K585 to K591 for a history that cannot be read; K586 for one that is
        too short, K587 for one that never moves.

    References
    ----------
    Shi & Chen (2018), equations 1-4; Venzon & Moolgavkar (1988) for the intervals.

    Examples
    --------
    >>> counts = [6, 7, 9, 12, 14, 20, 27, 36, 43, 49, 54]
    >>> found = fit_adoption({2014 + k: (n, 60) for k, n in enumerate(counts)}, draws=99)
    >>> found.advantage_when_all.sign, found.groups[0].threshold is None
    (1, True)
    """
    return fit_history(history_of(source, by_group=by_group), level=level, draws=draws, seed=seed)


def fit_history(
    history: AdoptionHistory, *, level: float = 0.95, draws: int = 199, seed: int = 0
) -> AdoptionFit:
    """Fit the advantages of cooperating to a history that was read; see `fit_adoption`.

    Raises
    ------
    InputError
        K584 for a level that is none; K586, K587 and K591.

    Examples
    --------
    >>> counts = {2015 + k: (n, 60) for k, n in enumerate([6, 9, 14, 20, 30, 41])}
    >>> fit_history(history_of(counts), draws=19).groups[0].regime
    'all cooperate'
    """
    refuse_level(level)
    remarks = list(history.remarks)
    groups = []
    for k, group in enumerate(history.groups):
        try:
            refuse_idle(group)
        except InputError as problem:
            if len(history.groups) == 1:
                raise
            why = say("{group}: {why}", group=_group_name(group.name), why=problem.message)
            raise InputError(problem.code, why, hint=problem.hint) from None
        groups.append(_group_fit(group, exposure_of(history, k), level, draws, seed))
        remarks.extend(doubts_of_fit(groups[-1]))
    return AdoptionFit(history, tuple(groups), level, seed, tuple(remarks))


def exposure_of(history: AdoptionHistory, k: int) -> Floats | None:
    """Return the mean share of the other group during each change, shape (T - 1,); None of the only group.

    Raises
    ------
    InputError
        K591 where not all enterprises of two groups were asked.
    """
    if len(history.groups) == 1:
        return None
    group, other = history.groups[k], history.groups[1 - k]
    _refuse_samples(group)
    _refuse_samples(other)
    return np.asarray((other.shares[1:] + other.shares[:-1]) / 2)


def _group_name(name: str) -> str:
    """Return a group's name; those that the program gives are sentences."""
    return {LEADERS: say("leaders"), OTHERS: say("others")}.get(name, name)


def _refuse_samples(group: GroupHistory) -> None:
    if (group.asked < group.population).any():
        year = group.years[int(np.argmax(group.asked < group.population))]
        raise InputError(
            "K591",
            say(
                "in {year} {asked:g} of {all:g} enterprises of a group were asked; two groups are fitted "
                "only where all were",
                year=year,
                asked=group.asked[group.years.index(year)],
                all=group.population[group.years.index(year)],
            ),
            hint=say("fit the cluster as one group, which allows for samples"),
        )


def _group_fit(group: GroupHistory, exposure: Floats | None, level: float, draws: int, seed: int) -> GroupFit:
    seen = yearly_transitions(group, exposure)
    found = curve_estimate(REPLICATOR, seen)
    times = np.array(group.years, float)
    simulate = bootstrap_fits(found, times, draws, seed)
    limits = []
    for k in range(2):
        # The larger of the two: what holds for a fixed design, and what simulated histories ask for.
        grows = max(simulate.quantile(k, level), fisher_quantile(level, found.freedom))
        limits.append(inverted_interval(found, k, times, level, draws, seed, grows))
    values = found.best.values[0].tolist()
    off, variance = innovations(REPLICATOR, found.best.values, seen, found.weighed)
    standard = off[0] / np.sqrt(variance[0] * found.scale)
    residuals = {y: float(r) for y, r, t in zip(group.years[1:], standard, seen.telling[0], strict=True) if t}
    return GroupFit(
        group,
        _advantage(0, values[0], limits[0]),
        _advantage(1, values[1], limits[1]),
        found.noise,
        found.noise / max(abs(values[0]), abs(values[1]), 1e-3),
        residuals,
        runs_chance([r > 0 for r in residuals.values()]),
        simulate.values,
    )


def _advantage(k: int, value: float, ends: tuple[float, float]) -> FittedAdvantage:
    """Return an advantage; one at a bound of the search is open on that side."""
    low, high = ends
    bound = next(
        (b for b in (REPLICATOR.lower[k], REPLICATOR.upper[k]) if abs(value - b) <= AT_BOUND * abs(b)), None
    )
    if bound is not None:
        low, high = (-math.inf, high) if bound < 0 else (low, math.inf)
    return FittedAdvantage(value, low, high, bound)
