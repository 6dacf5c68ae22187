"""The least incentive for a wished frequency, and the cheapest: with a cost that falls they are not the same.

Reference: Duong, M. H. and Han, T. A. (2021), Proceedings of the Royal Society A 477, 20210568, section 2.3.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from separatrix.errors import InputError
from separatrix.policy.cost_slope import falling_costs
from separatrix.policy.expected_cost import (
    FinitePopulation,
    Incentive,
    expected_cost,
    frequency,
)
from separatrix.run.results import Tabled
from separatrix.sentences import Sentence, say

__all__ = ["FiniteProgramme", "finite_programme", "least_incentive"]


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


POINTS = 60
"""Incentives of the curve, in addition to 0."""


def _curve(
    population: FinitePopulation, end: float, incentive: Incentive, start: int | None
) -> tuple[tuple[float, float, float], ...]:
    amounts = [Fraction(end * k / POINTS) for k in range(POINTS + 1)]
    return tuple(
        (
            float(theta),
            expected_cost(population, theta, incentive, start),
            frequency(population, theta),
        )
        for theta in amounts
    )
