"""Chains that go one step up or down at a time: where they are absorbed, and when, from logarithms.

References: Nowak, M. A. (2006), Evolutionary Dynamics, chapter 6; Traulsen, A. and Hauert, C. (2009),
Stochastic evolutionary game dynamics, in Reviews of Nonlinear Dynamics and Complexity 2, section 3.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["FixationTimes", "fixation_times", "log_fixation"]

Array = NDArray[np.float64]


@dataclass(frozen=True)
class FixationTimes:
    """Expected times from a number of mutants on, in updates of their population.

    Attributes
    ----------
    unconditional : float
        Until fixation of either strategy.
    conditional : float
        Until fixation of the mutants, given that it happens.
    extinction : float
        Until extinction of the mutants, given that it happens.
    size : int
        Members of the population: as many updates are one unit of time.
    """

    unconditional: float
    conditional: float
    extinction: float
    size: int


def log_fixation(log_ratios: Array, mutants: int = 1) -> float:
    """Return ln of the probability of absorption at Z from `mutants` on.

    Parameters
    ----------
    log_ratios : (Z - 1,) array
        For each k the sum over 1 ... k of ln(T-/T+).
    mutants : int

    Examples
    --------
    >>> round(math.exp(log_fixation(np.zeros(9))), 12)  # equal payoffs: one of ten
    0.1
    """
    before = np.append(0.0, log_ratios[: mutants - 1])
    return float(-np.logaddexp(0.0, _log_sum(log_ratios[mutants - 1 :]) - _log_sum(before)))


def _log_sum(logarithms: Array) -> float:
    largest = float(logarithms.max())
    return largest + math.log(float(np.exp(logarithms - largest).sum()))


def fixation_times(log_ratios: Array, log_ups: Array, mutants: int = 1) -> FixationTimes:
    """Return the expected times until one strategy is left.

    Parameters
    ----------
    log_ratios, log_ups : (Z - 1,) arrays
        For each k the sum over 1 ... k of ln(T-/T+), and ln T+.
    mutants : int
        How many there are at the beginning.

    Notes
    -----
    From i the chain is at l for G(i, l) = s(min) (s(Z) - s(max)) / (s(Z) T+(l) e^S(l)) updates, where s(k) is
    the sum of e^S below k.  All terms are positive, so nothing cancels.

    Examples
    --------
    >>> from separatrix.population.finite.processes import selection
    >>> neutral = np.log([k * (10 - k) / 180 for k in range(1, 10)])  # pairwise comparison
    >>> round(fixation_times(np.zeros(9), neutral).unconditional, 9)
    50.921428571
    """
    size = len(log_ratios) + 1
    scale = np.append(0.0, log_ratios)
    below = np.logaddexp.accumulate(scale)  # ln s(1) ... ln s(Z)
    above = np.logaddexp.accumulate(scale[::-1])[::-1]  # ln(s(Z) - s(k)), k = 0 ... Z - 1
    every, i = below[-1], mutants
    at = np.arange(1, size)
    reached, left = below[np.minimum(at, i) - 1], above[np.maximum(at, i)]
    log_visits = reached + left - every - log_ups - log_ratios
    log_fixed, log_lost = below[:-1] - every, above[1:] - every
    with np.errstate(over="ignore"):  # a time past 1e308 is infinite for every purpose
        return FixationTimes(
            float(np.exp(log_visits).sum()),
            float(np.exp(log_visits + log_fixed - log_fixed[i - 1]).sum()),
            float(np.exp(log_visits + log_lost - log_lost[i - 1]).sum()),
            size,
        )
