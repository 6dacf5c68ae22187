"""Where the cost of an incentive falls as the incentive grows, and from which intensity of selection on.

A larger incentive costs more per head but ends sooner: under strong selection the second effect can
outweigh the first. The slope is computed with the cost, as the derivative of every sum in it; the
derivatives of sums of positive terms are weighted means, which lose no digits.

The least incentive for a wished frequency, and the cheapest: with a cost that falls they are not the same.

Reference: Duong, M. H. and Han, T. A. (2021), Proceedings of the Royal Society A 477, 20210568, section 2.3.

References
----------
Duong, M. H. and Han, T. A. (2021), Cost efficiency of institutional incentives for promoting cooperation in
finite populations, Proceedings of the Royal Society A 477, 20210568, theorem 3 (phase transition).
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

from separatrix.errors import InputError
from separatrix.policy.expected_cost import (
    FinitePopulation,
    Incentive,
    count_paid_players,
    expected_cost,
    frequency,
    starts_in,
)
from separatrix.population.finite.processes import selection
from separatrix.run.results import Tabled
from separatrix.sentences import Sentence, say

__all__ = [
    "FiniteProgramme",
    "cost_and_slope",
    "critical_beta",
    "falling_costs",
    "finite_programme",
    "least_incentive",
]

Array = NDArray[np.float64]

POINTS = 2_000
"""Incentives at which the slope is looked at, before its roots and its least value are refined. More: longer
for large populations; fewer: a short fall between two of them is missed."""

SETTLED = 50.0
"""Where beta times every advantage is larger, the chain climbs with certainty to double precision, and the
cost is proportional to the incentive."""

DIGITS = 1e-13
"""To which incentives and intensities are refined, relative to their size."""

LEAST, LARGEST = 1e-3, 1e3
"""Intensities between which a critical one is looked for, times the mean size of an advantage."""

STEPS = 90
"""Intensities that are looked at between these, before the critical one is refined."""


def cost_and_slope(
    population: FinitePopulation, theta: Array, incentive: Incentive, start: int | None = None
) -> tuple[Array, Array]:
    """Return the expected cost of incentives, and its derivative by the incentive; (n,) each.

    Parameters
    ----------
    population : FinitePopulation
        With a finite intensity of selection.
    theta : ndarray, shape (n,)
    incentive : str
    start : int, optional
        As in `visits`.

    Examples
    --------
    >>> from separatrix.policy.expected_cost import finite_population
    >>> donation = {"payoff_matrix": [["b - c", "-c"], ["b", 0]], "parameters": {"b": 2, "c": 1}}
    >>> strong = finite_population(donation, population_size=3, beta=6, self_imitation=True)
    >>> _, slope = cost_and_slope(strong, np.array([2.0, 2.3, 3.0]), "reward")
    >>> (slope > 0).tolist()  # twelve times the advantage: above 10.93 the cost falls somewhere
    [True, False, True]
    """
    size, beta = population.size, population.beta
    k = np.arange(1, size)
    summed = np.append(0.0, population.contest.summed_advantages())
    # ln(T-/T+), summed up, is -beta (sum of advantages + k theta): shape (n, N).
    scale = -beta * (summed + np.arange(size) * theta[:, None])
    down = -beta * np.arange(size, dtype=np.float64)
    below, below_slope = _accumulated(scale, down)
    above, above_slope = _accumulated(scale[:, ::-1], down[::-1])
    above, above_slope = above[:, ::-1], above_slope[:, ::-1]
    more = beta * (population.contest.advantages() + theta[:, None])
    meetings = size * (size - (not population.itself))
    log_ups = np.log(k) + np.log(size - k) - math.log(meetings) - np.logaddexp(0, -more)
    ups_slope = beta * np.exp(-np.logaddexp(0, more))
    visits, slopes = np.zeros_like(more), np.zeros_like(more)
    starts = starts_in(size, start)
    for i in starts:
        first, second = np.minimum(k, i) - 1, np.maximum(k, i)
        logs = below[:, first] + above[:, second] - below[:, -1:] - log_ups - scale[:, 1:]
        slope = below_slope[:, first] + above_slope[:, second] - below_slope[:, -1:] - ups_slope - down[1:]
        part = np.exp(logs) / len(starts)
        visits += part
        slopes += part * slope
    paid = count_paid_players(size, incentive)
    each = visits @ paid
    return theta * each, each + theta * (slopes @ paid)


def _accumulated(scale: Array, slopes: Array) -> tuple[Array, Array]:
    """Return ln of the sums of e^scale up to each column, and the derivatives of these logarithms."""
    logs = np.logaddexp.accumulate(scale, axis=1)
    found = np.empty_like(scale)
    found[:, 0] = slopes[0]
    for column in range(1, scale.shape[1]):
        kept = np.exp(logs[:, column - 1] - logs[:, column])
        found[:, column] = (
            kept * found[:, column - 1] + np.exp(scale[:, column] - logs[:, column]) * slopes[column]
        )
    return logs, found


def falling_costs(
    population: FinitePopulation, incentive: Incentive = "reward", start: int | None = None
) -> tuple[tuple[float, float], ...]:
    """Return the intervals of the incentive on which the expected cost falls, in order.

    Parameters
    ----------
    population : FinitePopulation
    incentive : str
    start : int, optional
        As in `visits`.

    Notes
    -----
    Numerical: the sign of the slope at `POINTS` incentives, its roots and its least value refined.

    Examples
    --------
    >>> from separatrix.policy.expected_cost import finite_population
    >>> donation = {"payoff_matrix": [["b - c", "-c"], ["b", 0]], "parameters": {"b": 2, "c": 1}}
    >>> [falling_costs(finite_population(donation, population_size=3, beta=beta)) for beta in (5, 6)][0]
    ()
    """
    if population.beta == 0 or math.isinf(population.beta):
        return ()  # proportional to the incentive, or so on either side of the jump
    grid = _grid(population)
    slope = _slopes(population, grid, incentive, start)
    negative = slope < 0
    if not negative.any():
        low = int(slope.argmin())
        bottom, value = _least_slope(population, grid, low, incentive, start)
        if value >= 0:
            return ()
        grid = np.sort(np.append(grid, bottom))
        negative = _slopes(population, grid, incentive, start) < 0
    edges = np.flatnonzero(negative[1:] != negative[:-1])
    roots = [_root(population, float(grid[k]), float(grid[k + 1]), incentive, start) for k in edges]
    if negative[0]:
        roots.insert(0, float(grid[0]))
    return tuple(zip(roots[::2], roots[1::2], strict=True))


def critical_beta(
    population: FinitePopulation, incentive: Incentive = "reward", start: int | None = None
) -> float | None:
    """Return the least intensity of selection from which on the cost falls for some incentives.

    Parameters
    ----------
    population : FinitePopulation
        Its own intensity does not matter.
    incentive : str
    start : int, optional
        As in `visits`.

    Returns
    -------
    float or None
        None where none was found below a thousand over the mean size of an advantage.

    Raises
    ------
    InputError
        P166 if no strategy has an advantage, so that an incentive has nothing to be weighed against.

    References
    ----------
    Duong & Han (2021), theorem 3.

    Examples
    --------
    >>> from separatrix.policy.expected_cost import finite_population
    >>> donation = {"payoff_matrix": [["b - c", "-c"], ["b", 0]], "parameters": {"b": 2, "c": 1}}
    >>> f"{2 * critical_beta(finite_population(donation, population_size=3, self_imitation=True)):.6f}"
    '10.929142'
    """
    size = float(np.mean([abs(float(value)) for value in population.advantages]))
    if size == 0:
        raise InputError(
            "P166",
            say("both strategies always earn the same payoff, so any incentive decides"),
            hint=say(
                "a critical intensity weighs the incentive against an advantage: give payoffs that differ"
            ),
        )

    def least_slope_at(beta: float) -> float:
        at = replace(population, selection=selection("fermi", beta))
        grid = _grid(at)
        slope = _slopes(at, grid, incentive, start)
        return _least_slope(at, grid, int(slope.argmin()), incentive, start)[1]

    from scipy.optimize import brentq

    tried = np.geomspace(LEAST / size, LARGEST / size, STEPS)
    before = float(tried[0])
    if least_slope_at(before) < 0:
        return before
    for beta in tried[1:].tolist():
        if least_slope_at(beta) < 0:
            return float(brentq(least_slope_at, before, beta, xtol=DIGITS * beta, rtol=DIGITS))
        before = beta
    return None


def _grid(population: FinitePopulation) -> Array:
    """Return incentives from 0 to where the cost is surely proportional to them."""
    worst = max(-float(min(population.advantages)), 0.0)
    best = max(-float(max(population.advantages)), 0.0)
    width = SETTLED / population.beta
    end = worst + width
    # Closest where an advantage turns: the rest is smooth.
    parts = [np.linspace(0.0, end, POINTS // 2)]
    for turn in {worst, best}:
        parts.append(np.linspace(max(turn - width / 4, 0.0), turn + width / 4, POINTS // 4))
    return np.unique(np.concatenate(parts))


def _slopes(population: FinitePopulation, theta: Array, incentive: Incentive, start: int | None) -> Array:
    """Return the slopes, relative to what an incentive costs a head at each: they cross 0 where slopes do."""
    block = max(1, 4_000_000 // population.size)
    found = []
    for first in range(0, len(theta), block):
        part = theta[first : first + block]
        cost, slope = cost_and_slope(population, part, incentive, start)
        with np.errstate(divide="ignore", invalid="ignore"):
            found.append(np.where(part > 0, slope * part / np.where(cost > 0, cost, 1.0), 1.0))
    return np.concatenate(found)


def _least_slope(
    population: FinitePopulation, grid: Array, low: int, incentive: Incentive, start: int | None
) -> tuple[float, float]:
    """Return where the relative slope is least near a point of a grid, and how large it is there."""
    from scipy.optimize import minimize_scalar

    ends = float(grid[max(low - 1, 0)]), float(grid[min(low + 1, len(grid) - 1)])

    def slope(theta: float) -> float:
        return float(_slopes(population, np.array([theta]), incentive, start)[0])

    found = minimize_scalar(
        slope, bounds=ends, method="bounded", options={"xatol": 1e-9 * max(ends[1], 1e-9)}
    )
    best = min((slope(theta), theta) for theta in (float(found.x), float(grid[low])))
    return best[1], best[0]


def _root(
    population: FinitePopulation, low: float, high: float, incentive: Incentive, start: int | None
) -> float:
    from scipy.optimize import brentq

    def slope(theta: float) -> float:
        return float(_slopes(population, np.array([theta]), incentive, start)[0])

    return float(brentq(slope, low, high, xtol=DIGITS * max(high, 1.0), rtol=DIGITS))


@dataclass(frozen=True, eq=False, repr=False)
class FiniteProgramme(Tabled):
    """The cheapest incentive with which all play a strategy often enough in the long run.

    Attributes
    ----------
    population : FinitePopulation
    incentive : str
    wished : float
        The requested frequency.
    least : float
        The least incentive that reaches it.
    theta : float
        The cheapest; larger than the least where the cost falls.
    cost, cost_of_least : float
        Expected, until all play the same.
    frequency : float
        With the cheapest.
    without : float
        The frequency without any incentive.
    falling : tuple of (float, float)
        Where the cost falls as the incentive grows.
    start : int or None
    curve : tuple of (float, float, float)
        Incentives from 0 to twice the largest of these, with their expected costs and frequencies.
    """

    population: FinitePopulation
    incentive: Incentive
    wished: float
    least: float
    theta: float
    cost: float
    cost_of_least: float
    frequency: float
    without: float
    falling: tuple[tuple[float, float], ...]
    start: int | None
    curve: tuple[tuple[float, float, float], ...]

    @property
    def how_sure(self) -> Sentence:
        """How sure the answer is."""
        if self.falling:
            return say(
                "frequency and cost in closed form; that no other incentive is cheaper is based "
                "on the slope of the cost on a grid of incentives"
            )
        return say(
            "frequency and cost in closed form; that the cost grows with the incentive is based "
            "on its slope on a grid of incentives"
        )

    def to_dict(self) -> dict[str, Any]:
        """Return the answer as plain data."""
        from separatrix.run.results import provenance

        own = self.population
        strategies = own.game.populations[0].strategies
        return {
            "schema": 1,
            "model": {"title": own.game.title},
            "strategy": strategies[own.strategy].name,
            "against": strategies[own.other].name,
            "population_size": own.size,
            "beta": own.beta if math.isfinite(own.beta) else "inf",
            "self_imitation": own.itself,
            "incentive": self.incentive,
            "wished_frequency": self.wished,
            "least": self.least,
            "theta": self.theta,
            "cost": self.cost if math.isfinite(self.cost) else None,
            "cost_of_least": self.cost_of_least if math.isfinite(self.cost_of_least) else None,
            "frequency": self.frequency,
            "frequency_without": self.without,
            "cost_falls": [list(ends) for ends in self.falling],
            "start": self.start,
            "curve": [
                {"theta": theta, "cost": cost if math.isfinite(cost) else None, "frequency": often}
                for theta, cost, often in self.curve
            ],
            "updates_a_unit": own.size,
            "how_sure": str(self.how_sure),
            "provenance": provenance(own.game),
        }


def least_incentive(population: FinitePopulation, wished: float) -> float:
    """Return the least incentive with which all play the strategy at least so often in the long run.

    Parameters
    ----------
    population : FinitePopulation
    wished : float
        The frequency, above 0 and below 1; mutants are rare.

    Returns
    -------
    float
        0 where it is as frequent of itself.  Where selection is infinitely strong, the incentive above which
        it is: at it alone the frequency is 1/2.

    Raises
    ------
    InputError
        P165 for a frequency that cannot be; P167 where selection is neutral, so that no incentive counts.

    References
    ----------
    Duong & Han (2021), section 2.3.

    Examples
    --------
    >>> from separatrix.policy.expected_cost import finite_population
    >>> donation = {"payoff_matrix": [["b - c", "-c"], ["b", 0]], "parameters": {"b": 2, "c": 1}}
    >>> many = finite_population(donation, population_size=10, beta=0.1)
    >>> round(least_incentive(many, 0.668187772168166), 9)
    2.0
    """
    if not 0 < wished < 1:
        raise InputError(
            "P165",
            say("a frequency of {wished}; expected a number between 0 and 1", wished=f"{wished:g}"),
            hint=say("0.99 is possible; no incentive reaches 1"),
        )
    if population.beta == 0:
        if wished <= 0.5:
            return 0.0
        raise InputError(
            "P167",
            say("without selection the frequency is 1/2 under any incentive"),
            hint=say("give an intensity of selection above 0"),
        )
    odds = 0.0 if math.isinf(population.beta) else math.log(wished / (1 - wished)) / population.beta
    return max(0.0, odds / (population.size - 1) - float(population.mean_advantage))


def finite_programme(
    population: FinitePopulation, wished: float, incentive: Incentive = "reward", start: int | None = None
) -> FiniteProgramme:
    """Return the cheapest incentive with which all play the strategy at least so often in the long run.

    Parameters
    ----------
    population : FinitePopulation
    wished : float
        The frequency, above 0 and below 1.
    incentive : str
        ``reward`` or ``punishment``.
    start : int, optional
        How many play it in the beginning; by default one or all but one, each with chance 1/2.

    Returns
    -------
    FiniteProgramme

    Raises
    ------
    InputError
        As `least_incentive` and `expected_cost` do.

    References
    ----------
    Duong & Han (2021), section 2.3.

    Examples
    --------
    >>> from separatrix.policy.expected_cost import finite_population
    >>> donation = {"payoff_matrix": [["b - c", "-c"], ["b", 0]], "parameters": {"b": 2, "c": 1}}
    >>> found = finite_programme(finite_population(donation, population_size=50, beta=0.1), 0.9)
    >>> round(found.theta, 6), round(found.frequency, 9), found.falling
    (1.48923, 0.9, ())
    """
    least = least_incentive(population, wished)
    falling = falling_costs(population, incentive, start)
    costs = {theta: expected_cost(population, Fraction(theta), incentive, start) for theta in (least,)}
    for _, bottom in falling:
        if bottom > least:
            costs[bottom] = expected_cost(population, Fraction(bottom), incentive, start)
    theta = min(costs, key=lambda own: (costs[own], own))
    return FiniteProgramme(
        population,
        incentive,
        wished,
        least,
        theta,
        costs[theta],
        costs[least],
        frequency(population, Fraction(theta)),
        frequency(population, 0),
        falling,
        start,
        _curve(population, 2 * max(theta, least, *(end for _, end in falling)) or 1.0, incentive, start),
    )


LEAST_INCENTIVE_POINTS = 60
"""Incentives of the curve, in addition to 0."""


def _curve(
    population: FinitePopulation, end: float, incentive: Incentive, start: int | None
) -> tuple[tuple[float, float, float], ...]:
    amounts = [Fraction(end * k / LEAST_INCENTIVE_POINTS) for k in range(LEAST_INCENTIVE_POINTS + 1)]
    return tuple(
        (
            float(theta),
            expected_cost(population, theta, incentive, start),
            frequency(population, theta),
        )
        for theta in amounts
    )
