"""What a reward or a fine costs in expectation until a finite population is of one mind.

In each update every player of a strategy receives a reward of theta, or every other player pays a fine of
theta, and players copy by pairwise comparison (Fermi). The chain of the number of cooperators goes one step
up or down; the expected number of visits to each state before absorption is a product of sums of positive
terms, computed in logarithms, so that nothing cancels.

References
----------
Duong, M. H. and Han, T. A. (2021), Cost efficiency of institutional incentives for promoting cooperation in
finite populations, Proceedings of the Royal Society A 477, 20210568 (cost functions, limits, frequency).
Kemeny, J. G. and Snell, J. L. (1976), Finite Markov Chains, chapter 3 (fundamental matrix).
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Literal, get_args

import numpy as np
from numpy.typing import NDArray

from separatrix.errors import InputError
from separatrix.game.model import Game
from separatrix.game.reader import load
from separatrix.game.values import exact
from separatrix.population.finite.encounters import Contest, encounters
from separatrix.population.finite.fixation import strategy_of
from separatrix.population.finite.processes import LeadingTerm, SelectionStrength, selection, total
from separatrix.sentences import say

__all__ = ["FinitePopulation", "Incentive", "expected_cost", "finite_population", "frequency", "visits"]

Array = NDArray[np.float64]
Incentive = Literal["reward", "punishment"]

INCENTIVES = get_args(Incentive)


@dataclass(frozen=True, eq=False)
class FinitePopulation:
    """A population of a finite size in which one strategy is to spread against another.

    Attributes
    ----------
    game : Game
    strategy, other : int
        The one that is to spread, and the other.
    size : int
        Members.
    contest : Contest
        The payoffs of both if 1 ... N - 1 members play the strategy, without any incentive.
    selection : SelectionStrength
        Pairwise comparison of some intensity.
    itself : bool
        Whether a player may compare with itself, as in Duong and Han; else with one of the others.
    """

    game: Game
    strategy: int
    other: int
    size: int
    contest: Contest
    selection: SelectionStrength
    itself: bool

    @property
    def beta(self) -> float:
        """The intensity of selection."""
        return self.selection.beta

    @property
    def advantages(self) -> tuple[Fraction, ...]:
        """The advantage of the strategy if 1 ... N - 1 members play it, without any incentive."""
        more = (self.contest.mutant - self.contest.resident).tolist()
        return tuple(Fraction(value) / self.contest.denominator for value in more)

    @property
    def mean_advantage(self) -> Fraction:
        """The mean of these."""
        return sum(self.advantages, Fraction(0)) / (self.size - 1)

    def paid(self, theta: Fraction) -> Contest:
        """Return both payoffs under a reward or a fine, which give the same difference."""
        own = self.contest
        if own.mutant.dtype.kind == "f":
            return Contest(own.mutant + float(theta), own.resident, 1)
        denominator = math.lcm(own.denominator, theta.denominator)
        scale = denominator // own.denominator
        mutant, resident = (
            np.array([int(v) * scale for v in side], object) for side in (own.mutant, own.resident)
        )
        return Contest(mutant + int(theta * denominator), resident, denominator)


def finite_population(
    game: Any,
    strategy: object = None,
    *,
    population_size: object = 100,
    beta: object = 1.0,
    values: Mapping[str, object] | None = None,
    scenario: str | None = None,
    self_imitation: bool = False,
) -> FinitePopulation:
    """Return a population of a finite size, ready for incentives.

    Parameters
    ----------
    game : Game, or what `separatrix.load` takes
        Of one population with two strategies.
    strategy : str, optional
        The one that is to spread; by default the first.
    population_size : int
    beta : number
        The intensity of selection; ``inf`` gives the limit.
    values, scenario
        As in `separatrix.analyze`.
    self_imitation : bool
        Whether a player may look at itself, so that nothing happens, as in Duong and Han.

    Returns
    -------
    FinitePopulation

    Raises
    ------
    InputError
        P164 for a game of more populations or strategies; N201 to N205 for sizes and numbers that cannot be.
    NameProblem
        N203 for an unknown strategy.

    References
    ----------
    Duong & Han (2021), section 2.1.

    Examples
    --------
    >>> donation = {"payoff_matrix": [["b - c", "-c"], ["b", 0]], "parameters": {"b": 2, "c": 1}}
    >>> set(finite_population(donation, population_size=3).advantages)  # -(c + b / (N - 1))
    {Fraction(-2, 1)}
    """
    own = game if isinstance(game, Game) else load(game)
    if len(own.populations) != 1 or len(own.populations[0].strategies) != 2:
        raise InputError(
            "P164",
            say(
                "a game of {n} populations with {k} strategies in all; the cost of an incentive in a finite "
                "population is known for one population of two strategies",
                n=len(own.populations),
                k=sum(len(p.strategies) for p in own.populations),
            ),
            hint=say("write the game of one population with the strategy that is to spread, and the other"),
        )
    _, chosen = strategy_of(own, strategy) if strategy is not None else (0, 0)
    met = encounters(own, population_size, values, scenario)
    return FinitePopulation(
        own,
        chosen,
        1 - chosen,
        met.sizes[0],
        met.contest(0, chosen, 1 - chosen),
        selection("fermi", beta),
        self_imitation,
    )


def frequency(population: FinitePopulation, theta: object) -> float:
    """Return how much of the time all play the strategy in the long run, where mutants are rare.

    Parameters
    ----------
    population : FinitePopulation
    theta : number
        The reward, or the fine.

    Examples
    --------
    >>> donation = {"payoff_matrix": [["b - c", "-c"], ["b", 0]], "parameters": {"b": 2, "c": 1}}
    >>> f"{frequency(finite_population(donation, population_size=10, beta=0.1), 2):.12f}"
    '0.668187772168'
    """
    amount = _amount(theta)
    more = population.mean_advantage + amount
    if math.isinf(population.beta):
        return 0.5 if more == 0 else float(more > 0)
    log_odds = population.beta * (population.size - 1) * float(more)
    return 1 / (1 + math.exp(-log_odds)) if log_odds > -700 else math.exp(log_odds)


def visits(population: FinitePopulation, theta: object, start: int | None = None) -> Array:
    """Return how many updates find 1 ... N - 1 players of the strategy, in expectation; (N - 1,).

    Parameters
    ----------
    population : FinitePopulation
    theta : number
    start : int, optional
        How many play it in the beginning, 1 to N - 1; by default one or all but one, each with chance 1/2.

    Examples
    --------
    >>> neutral = finite_population({"payoff_matrix": [[1, 1], [1, 1]]}, population_size=4)
    >>> visits(neutral, 0, start=1).round(12).tolist()
    [6.0, 3.0, 2.0]
    """
    amount, starts = _amount(theta), starts_in(population.size, start)
    if math.isinf(population.beta):
        return np.array([_limit(term) for term in _strong_visits(population, amount, starts)])
    contest = population.paid(amount)
    chosen, itself = population.selection, population.itself
    log_ratios, log_ups = chosen.log_ratios(contest, itself), chosen.log_ups(contest, itself)
    below, above = _sums(log_ratios)
    at = np.arange(1, population.size)
    told = np.zeros(population.size - 1)
    for i in starts:
        reached, left = below[np.minimum(at, i) - 1], above[np.maximum(at, i)]
        with np.errstate(over="ignore"):  # a time past 1e308 is infinite for every purpose
            told += np.exp(reached + left - below[-1] - log_ups - log_ratios) / len(starts)
    return told


def expected_cost(
    population: FinitePopulation,
    theta: object,
    incentive: Incentive = "reward",
    start: int | None = None,
) -> float:
    """Return what an incentive costs in expectation, until all play the same.

    Parameters
    ----------
    population : FinitePopulation
    theta : number
        What each player of the strategy is paid an update, or what fining each other one costs an update.
    incentive : str
        ``reward`` for those who play the strategy, or ``punishment`` for the others.
    start : int, optional
        As in `visits`.

    Returns
    -------
    float
        Infinite if selection is and the two strategies coexist indefinitely.

    Raises
    ------
    InputError
        P165 for an incentive, an amount or a start that cannot be.

    References
    ----------
    Duong & Han (2021), equations (5) and (6), where a player may look at itself.

    Examples
    --------
    >>> donation = {"payoff_matrix": [["b - c", "-c"], ["b", 0]], "parameters": {"b": 2, "c": 1}}
    >>> many = finite_population(donation, population_size=100, self_imitation=True)
    >>> [f"{expected_cost(many, 1.2, kind):.8f}" for kind in ("reward", "punishment")]
    ['60930.86202829', '57134.29207256']
    """
    if incentive not in INCENTIVES:
        raise InputError(
            "P165",
            say("no incentive `{incentive}`", incentive=incentive),
            hint=say("choose one of {names}", names=", ".join(INCENTIVES)),
        )
    amount = _amount(theta)
    if amount == 0:
        return 0.0
    paid = count_paid_players(population.size, incentive)
    return float(amount) * float((paid * visits(population, amount, start)).sum())


def count_paid_players(size: int, incentive: Incentive) -> Array:
    """Return how many are rewarded or fined where 1 ... N - 1 play the strategy."""
    at = np.arange(1.0, size)
    return at if incentive == "reward" else size - at


def _amount(theta: object) -> Fraction:
    amount = exact(theta, "theta")
    if amount < 0:
        raise InputError(
            "P165",
            say("an incentive of {theta}; expected 0 or more", theta=f"{float(amount):g}"),
            hint=say("a negative incentive penalises the strategy: name the other strategy instead"),
        )
    return amount


def starts_in(size: int, start: int | None) -> tuple[int, ...]:
    """Return the numbers from which the chain begins, each as likely; raise P165 for one that cannot be."""
    if start is None:
        return (1, size - 1)
    if not 1 <= start <= size - 1:
        raise InputError(
            "P165",
            say("{start} of {size} who play the strategy in the beginning", start=start, size=size),
            hint=say("give a whole number from 1 to {most}; else all play the same already", most=size - 1),
        )
    return (start,)


def _sums(log_ratios: Array) -> tuple[Array, Array]:
    """Return ln of the sums of e^S below and from each number on; see `birth_death_chain.fixation_times`."""
    scale = np.append(0.0, log_ratios)
    return np.logaddexp.accumulate(scale), np.logaddexp.accumulate(scale[::-1])[::-1]


# --------------------------------------------------------------------------- the limit of strong selection


def _strong_visits(
    population: FinitePopulation, amount: Fraction, starts: tuple[int, ...]
) -> list[LeadingTerm]:
    size = population.size
    if population.contest.mutant.dtype.kind == "f":
        raise InputError(
            "N207",
            "payoffs given as functions of the shares are rounded, and a limit depends on exact "
            "ties between them",
            hint="give a finite beta; or a table, a matrix or groups of payoffs",
        )
    more = [advantage + amount for advantage in population.advantages]
    scale, summed = [LeadingTerm(Fraction(0), Fraction(1))], Fraction(0)
    for advantage in more:
        summed += advantage
        scale.append(LeadingTerm(summed, Fraction(1)))
    below = [total(scale[:k]) for k in range(1, size + 1)]
    above = [total(scale[k:]) for k in range(size)]
    meetings = Fraction(1, size * (size - (not population.itself)))
    found = []
    for k, advantage in enumerate(more, 1):
        copied = LeadingTerm(max(-advantage, Fraction(0)), Fraction(1, 2) if advantage == 0 else Fraction(1))
        up = copied * LeadingTerm(Fraction(0), k * (size - k) * meetings)
        parts = [below[min(k, i) - 1] * above[max(k, i)] / below[-1] / up / scale[k] for i in starts]
        found.append(total(parts) * LeadingTerm(Fraction(0), Fraction(1, len(starts))))
    return found


def _limit(term: LeadingTerm) -> float:
    return math.inf if term.rate < 0 else float(term.limit())
