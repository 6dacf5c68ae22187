"""Adoption fitted to history: what cooperating gains a year where all others do and where nobody does.

The replicator equation of the paper's game reads ``x' = x (1 - x) (A y + D (1 - y))`` with

    A = β (π1 − C1 − R2 + C2)      what cooperating gains a year beside those who cooperate
    D = β (R1 − C1 − π2 + C2)      and beside those who do not

and A and D are all that a history of shares can tell.  The six parameters separately, and β alone, need data
from outside: what the measures cost and save, and how soon enterprises follow an advantage.

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

from separatrix.cluster.adoption.adoption_curves import REPLICATOR
from separatrix.cluster.adoption.adoption_fit import AdoptionFit, FittedAdvantage, GroupFit
from separatrix.cluster.adoption.fit_checks import doubts_of_fit, runs_chance
from separatrix.cluster.adoption.history import AdoptionHistory, GroupHistory, history_of
from separatrix.cluster.adoption.profile_likelihood import bootstrap_fits, fisher_quantile, profile_interval
from separatrix.cluster.adoption.transitions import (
    Transitions,
    innovations,
    least_squares,
    transitions_of,
)
from separatrix.cluster.tables.cluster import Cluster
from separatrix.cluster.tables.table import ClusterTable
from separatrix.errors import InputError
from separatrix.sentence import say

__all__ = ["fit_adoption", "fit_history", "transitions_told"]

Floats = NDArray[np.float64]

FEWEST_CHANGES = 4
"""Two advantages and the noise are estimated; with fewer changes hardly anything is left to judge by."""


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
        Two groups, of which each follows what the other does: those that the column `group` names, or
        leaders and others of a cluster.
    level : float
        Of the intervals.
    draws : int
        Histories that are simulated to hold the intervals to their level.
    seed : int

    Returns
    -------
    AdoptionFit
        Advantages per year: speed times payoff.

    Raises
    ------
    InputError
        K585 to K591 for a history that cannot be read; K586 for one that is too short, K587 for one that
        never moves.

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
        K586, K587 and K591.

    Examples
    --------
    >>> fit_history(history_of({2020: (3, 40), 2021: (3, 40)}))
    Traceback (most recent call last):
    ...
    separatrix.errors.InputError: error[K587]: the share of adopters is the same in all years: nothing moved
      help: a fit needs years in which enterprises began or stopped
    """
    remarks = list(history.remarks)
    groups = []
    for k, group in enumerate(history.groups):
        _refuse_idle(group)
        exposure = None
        if len(history.groups) > 1:
            other = history.groups[1 - k]
            _refuse_samples(group)
            _refuse_samples(other)
            exposure = (other.shares[1:] + other.shares[:-1]) / 2
        groups.append(_group_fit(group, exposure, level, draws, seed))
        remarks.extend(doubts_of_fit(groups[-1]))
    return AdoptionFit(history, tuple(groups), level, seed, tuple(remarks))


def transitions_told(group: GroupHistory, exposure: Floats | None = None) -> Transitions:
    """Return the year-on-year changes of a group."""
    return transitions_of(group.shares, group.asked, group.population, np.array(group.years, float), exposure)


def _refuse_idle(group: GroupHistory) -> None:
    hint = say("a fit needs years in which enterprises began or stopped")
    if len(group.years) < 2:
        raise InputError(
            "K586",
            say("one year of history tells where things stand, not where they go"),
            hint=say("add earlier years; ten give intervals to rely on"),
        )
    shares = group.shares
    if not shares.any():
        raise InputError(
            "K587", say("nobody had adopted in any year: imitation has no example to begin with"), hint=hint
        )
    if (shares == 1).all():
        raise InputError("K587", say("all had adopted in all years: nobody is left to follow"), hint=hint)
    if np.ptp(shares) == 0:
        raise InputError(
            "K587", say("the share of adopters is the same in all years: nothing moved"), hint=hint
        )
    telling = int(transitions_told(group).telling.sum())
    if telling < FEWEST_CHANGES:
        raise InputError(
            "K586",
            say(
                "{n} changes from year to year tell of imitation; two advantages need at least {least}",
                n=telling,
                least=FEWEST_CHANGES,
            ),
            hint=say("add years; those that begin with nobody or with everybody as adopter do not count"),
        )


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
    seen = transitions_told(group, exposure)
    times = np.array(group.years, float)
    starts = np.array(REPLICATOR.starts)
    weighed = 1.0 if seen.counted else _noise_beside_sampling(seen, starts)
    best = least_squares(REPLICATOR, seen, starts, noise=weighed).best()
    freedom = int(seen.telling.sum()) - 2
    scale = float(best.squares[0]) / freedom
    if not seen.counted:
        # The spread of samples is known, and a history that happens to be smooth makes it no smaller.
        scale = max(scale, 1.0)
    noise = scale if seen.counted else weighed
    simulate = bootstrap_fits(REPLICATOR, best.values[0], noise, weighed, seen, times, draws, seed)
    limits = []
    for k in range(2):
        grows = scale * max(simulate.quantile(k, level), fisher_quantile(level, freedom))
        limits.append(profile_interval(REPLICATOR, seen, best, k, grows, weighed))
    values = best.values[0].tolist()
    off, variance = innovations(REPLICATOR, best.values, seen, weighed)
    told = seen.telling[0]
    standard = off[0] / np.sqrt(variance[0] * scale)
    residuals = {y: float(r) for y, r, t in zip(group.years[1:], standard, told, strict=True) if t}
    return GroupFit(
        group,
        FittedAdvantage(values[0], *limits[0]),
        FittedAdvantage(values[1], *limits[1]),
        noise,
        noise / max(abs(values[0]), abs(values[1]), 1e-3),
        residuals,
        runs_chance([r > 0 for r in residuals.values()]),
        simulate.values,
    )


def _noise_beside_sampling(seen: Transitions, starts: Floats) -> float:
    """Return s² by maximum likelihood, where a part of the spread comes of asking a sample."""
    from scipy.optimize import minimize_scalar

    def deviance(log_noise: float) -> float:
        noise = math.exp(log_noise)
        best = least_squares(REPLICATOR, seen, starts, noise=noise).best()
        _, variance = innovations(REPLICATOR, best.values, seen, noise)
        return float(np.log(variance).sum() + best.squares[0])

    coarse = min(np.log([0.01, 0.05, 0.2, 0.6, 2.0, 8.0]), key=deviance)
    fine = minimize_scalar(
        deviance, bounds=(coarse - 1.5, coarse + 1.5), method="bounded", options={"xatol": 0.05}
    )
    return math.exp(float(fine.x))
