"""What an instrument of the game file costs in a finite population, at each of its levels, and the cheapest.

The cost of an instrument at a state is what its file says; it is paid until all play the same.  With a reward
for each cooperator as the instrument this is the cost of Duong and Han, over the number of players: there
everybody is paid in each update, here in each unit of time, which is as many updates.

Reference: Duong, M. H. and Han, T. A. (2021), Proceedings of the Royal Society A 477, 20210568.

Two parties with the same payoffs as one population, in which every enterprise may meet every other one.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from separatrix.dynamics.fields.payoffs import compiled
from separatrix.errors import ComesLater, InputError
from separatrix.exact.rational_functions import Ring
from separatrix.expression.tree import (
    Expression,
    Name,
    add,
    divide,
    names_in,
    number,
    substitute,
    subtract,
    to_text,
)
from separatrix.game.formats.document import document_of, expression_cell, table_of
from separatrix.game.instruments import cost_of, with_instruments
from separatrix.game.model import PAYERS, Game, ProfileTable
from separatrix.game.reader import load
from separatrix.game.values import exact, expand, resolve
from separatrix.policy.expected_cost import finite_population, frequency, visits
from separatrix.population.finite.encounters import population_sizes
from separatrix.population.finite.fixation import strategy_of
from separatrix.population.finite.processes import selection
from separatrix.run.results import Tabled, provenance
from separatrix.sentences import Sentence, say

__all__ = ["LevelCosts", "level_costs", "one_population", "one_share"]


def one_population(game: Game) -> Game:
    """Return a game of one population: itself, or that of two parties with the same payoffs, merged.

    Parameters
    ----------
    game : Game

    Raises
    ------
    InputError
        P164 for two parties with different payoffs, for more of them, and for more strategies than two.

    Examples
    --------
    >>> merged = one_population(load("shi-chen-2018"))
    >>> len(merged.populations), to_text(merged.form.rows[0][1])
    (1, 'R1 - C1')
    """
    if len(game.populations) == 1 and len(game.populations[0].strategies) == 2:
        return game
    rows = _rows(game)
    if rows is None:
        raise InputError(
            "P164",
            say(
                "a game of {n} populations with {k} strategies in all; the cost of an incentive in a finite "
                "population is known for one population of two strategies, or two parties with the same "
                "payoffs",
                n=len(game.populations),
                k=sum(len(p.strategies) for p in game.populations),
            ),
            hint=say("write the game of one population with the strategy that is to spread, and the other"),
        )
    document = document_of(game)
    kept: dict[str, Any] = {
        key: document[key] for key in ("title", "let", "assume", "scenarios") if key in document
    }
    own = game.populations[0]
    return load(
        {
            **kept,
            "populations": [
                {
                    "name": own.name,
                    "share": own.share,
                    "strategies": [{"id": s.id, "name": s.name} for s in own.strategies],
                }
            ],
            "parameters": {
                name: None if p.value is None else {"value": p.value} for name, p in game.parameters.items()
            },
            "payoff_matrix": [[expression_cell(entry) for entry in row] for row in rows],
        }
    )


def one_share(game: Game, expression: Expression) -> Expression:
    """Return an expression of a game of two parties at states in which both have the same shares."""
    first = game.populations[0].share
    return substitute(expression, {p.share: Name(first) for p in game.populations[1:]})


def _rows(game: Game) -> list[list[Expression]] | None:
    """Return what either party earns from the other, or None where they differ."""
    form = table_of(game)
    if (
        not isinstance(form, ProfileTable)
        or len(game.populations) != 2
        or any(len(p.strategies) != 2 for p in game.populations)
        or not game.equal_speeds
    ):
        return None
    one, other = (p.share for p in game.populations)
    swapped: dict[str, Expression] = {one: Name(other), other: Name(one)}
    for a in range(2):
        for b in range(2):
            if not _same(form.pay[a, b][0], substitute(form.pay[b, a][1], swapped)):
                return None
    return [[one_share(game, form.pay[a, b][0]) for b in range(2)] for a in range(2)]


def _same(first: Expression, second: Expression) -> bool:
    if first == second:
        return True
    difference = subtract(first, second)
    try:
        return Ring(names_in(difference)).read(difference).is_zero
    except ComesLater:
        return to_text(first) == to_text(second)


Array = NDArray[np.float64]
Verdict = Literal["reached", "none needed", "unreachable"]
Payer = Literal["public", "enterprises", "together"]

LEVELS = 120
"""Levels at which cost and frequency are computed, in addition to the least sufficient one. More: slower;
fewer: a short fall of the cost between two of them is missed."""

HALVINGS = 60
"""Halvings of the gap in which the least level lies: to the last digit."""


@dataclass(frozen=True, eq=False, repr=False)
class LevelCosts(Tabled):
    """What the levels of an instrument cost in a finite population, and how often all play the strategy.

    Attributes
    ----------
    game : Game
        With the instrument in force.
    instrument, payer, strategy : str
    size : int
    beta : float
    scenario : str or None
    wished : float
        The requested frequency.
    verdict : str
        ``reached``, ``none needed`` where the idle level is enough, ``unreachable`` where no level is.
    least : float or None
        The least level that is enough.
    level : float or None
        The cheapest of those that are.
    cost, frequency : float
        At the cheapest level; where none is enough, at the one with the largest frequency.
    cost_of_least : float or None
    without : float
        The frequency at the idle level.
    levels, costs, frequencies : tuple of float
    falling : tuple of (float, float)
        Between which of these levels the cost falls as they rise.
    merged : bool
        Whether two parties with the same payoffs are played by one population.
    """

    game: Game
    instrument: str
    payer: Payer
    strategy: str
    size: int
    beta: float
    scenario: str | None
    wished: float
    verdict: Verdict
    least: float | None
    level: float | None
    cost: float
    frequency: float
    cost_of_least: float | None
    without: float
    levels: tuple[float, ...]
    costs: tuple[float, ...]
    frequencies: tuple[float, ...]
    falling: tuple[tuple[float, float], ...]
    merged: bool

    @property
    def how_sure(self) -> Sentence:
        """How sure the answer is."""
        return say(
            "frequencies and costs in closed form; the cheapest level, and where the cost falls, "
            "are based on {n} levels",
            n=len(self.levels),
        )

    def to_dict(self) -> dict[str, Any]:
        """Return the answer as plain data."""
        return {
            "schema": 1,
            "model": {"title": self.game.title, "scenario": self.scenario},
            "instrument": self.instrument,
            "payer": self.payer,
            "strategy": self.strategy,
            "population_size": self.size,
            "beta": self.beta if math.isfinite(self.beta) else "inf",
            "one_population_of_two_parties": self.merged,
            "wished_frequency": self.wished,
            "verdict": self.verdict,
            "least": self.least,
            "level": self.level,
            "cost": _finite(self.cost),
            "cost_of_least": None if self.cost_of_least is None else _finite(self.cost_of_least),
            "frequency": self.frequency,
            "frequency_without": self.without,
            "levels": [
                {"level": level, "cost": _finite(cost), "frequency": often}
                for level, cost, often in zip(self.levels, self.costs, self.frequencies, strict=True)
            ],
            "cost_falls": [list(ends) for ends in self.falling],
            "how_sure": str(self.how_sure),
            "provenance": provenance(self.game),
        }


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None


def level_costs(
    game: Any,
    instrument: str,
    wished: float,
    *,
    population_size: object = 100,
    beta: object = 1.0,
    strategy: object = None,
    payer: Payer = "public",
    values: Mapping[str, object] | None = None,
    scenario: str | None = None,
    limits: tuple[object, object] | None = None,
    start: int | None = None,
) -> LevelCosts:
    """Return what an instrument costs until all play the same, and its cheapest level for a frequency.

    Parameters
    ----------
    game : Game, or what `separatrix.load` takes
        Of one population of two strategies, or of two parties with the same payoffs.
    instrument : str
        Of the game.
    wished : float
        How much of the time all shall play the strategy in the long run, where mutants are rare; below 1.
    population_size, beta, values, scenario
        As in `finite_population`.
    strategy : str, optional
        By default the first.
    payer : str
        Whose cost counts: ``public``, ``enterprises`` or ``together``.
    limits : (low, high), optional
        Levels; by default the range of the instrument.
    start : int, optional
        How many play it in the beginning; by default one or all but one, each with chance 1/2.

    Returns
    -------
    LevelCosts
        Costs are those of the whole population, with as many updates as it has members as the unit of time.

    Raises
    ------
    InputError
        P164 for another kind of game; P165 for an invalid frequency or invalid limits, and for an instrument
        without a range or without a cost to the payer.
    NameProblem
        V308 for an unknown instrument.

    References
    ----------
    Duong & Han (2021), section 2.

    Examples
    --------
    >>> donation = {
    ...     "payoff_matrix": [["b - c + r", "r - c"], ["b", 0]],
    ...     "parameters": {"b": 2, "c": 1, "r": 0},
    ...     "populations": [{"name": "players", "share": "x", "strategies": ["give", "keep"]}],
    ...     "instruments": {"reward": {"range": [0, 4], "changes": {"r": "r + reward"}, "cost": "reward*x"}},
    ... }
    >>> found = level_costs(donation, "reward", 0.9, population_size=50, beta=0.1)
    >>> round(found.level, 6), round(found.frequency, 9), found.falling
    (1.48923, 0.9, ())
    """
    own = game if isinstance(game, Game) else load(game)
    if not 0 < wished < 1:
        raise InputError(
            "P165",
            say("a frequency of {wished}; expected a number between 0 and 1", wished=f"{wished:g}"),
            hint=say("0.99 is possible; no incentive reaches 1"),
        )
    acting = with_instruments(own, [instrument])
    idle = own.instruments[instrument].idle
    low, high = _limits(own, instrument, limits)
    one = one_population(acting)
    place = 0 if strategy is None else strategy_of(own, strategy, own.populations[0].name)[1]
    chosen = one.populations[0].strategies[place].id
    given = {} if values is None else dict(values)
    known = {n: float(v) for n, v in resolve(acting, given, scenario).items() if v is not None}
    paid = _paid(acting, one, instrument, payer)

    def cost_and_frequency(level: Fraction) -> tuple[float, float]:
        """Return the expected cost and the frequency at a level."""
        population = finite_population(
            one,
            chosen,
            population_size=population_size,
            beta=beta,
            values={**given, instrument: level},
            scenario=scenario,
        )
        counts = np.arange(1, population.size)
        share = (counts if population.strategy == 0 else population.size - counts) / population.size
        cost = np.broadcast_to(
            paid({**known, instrument: float(level), one.populations[0].share: share}), share.shape
        )
        found = visits(population, 0, start)
        # What nobody pays costs nothing, however long it is not paid.
        return float(np.where(cost == 0, 0.0, found * cost).sum()), frequency(population, 0)

    grid = sorted(
        {low + (high - low) * k / LEVELS for k in range(LEVELS + 1)}
        | ({idle} if low <= idle <= high else set())
    )
    told = [cost_and_frequency(level) for level in grid]
    enough = [often >= wished for _, often in told]
    without = cost_and_frequency(idle)[1]
    size = population_sizes(one, population_size)[0]
    verdict: Verdict = "reached"
    least: Fraction | None = None
    if without >= wished:
        verdict, best = "none needed", idle
        cost, often = cost_and_frequency(idle)
    elif not any(enough):
        verdict = "unreachable"
        k = max(range(len(grid)), key=lambda k: told[k][1])
        best, (cost, often) = grid[k], told[k]
    else:
        first = enough.index(True)
        least = _bisect_level(cost_and_frequency, grid[first - 1], grid[first], wished) if first else grid[0]
        tried = {least: cost_and_frequency(least)} | {
            level: pair for level, pair, yes in zip(grid, told, enough, strict=True) if yes
        }
        best = min(tried, key=lambda level: (tried[level][0], level))
        cost, often = tried[best]
    return LevelCosts(
        acting,
        instrument,
        payer,
        own.populations[0].strategies[place].name,
        size,
        selection("fermi", beta).beta,
        scenario,
        wished,
        verdict,
        None if least is None else float(least),
        None if verdict == "unreachable" else float(best),
        cost,
        often,
        None if least is None else cost_and_frequency(least)[0],
        without,
        tuple(float(level) for level in grid),
        tuple(pair[0] for pair in told),
        tuple(pair[1] for pair in told),
        _falling([float(level) for level in grid], [pair[0] for pair in told]),
        len(own.populations) > 1,
    )


def _limits(game: Game, instrument: str, limits: tuple[object, object] | None) -> tuple[Fraction, Fraction]:
    range_ = game.instruments[instrument].range
    if limits is not None:
        ends = range_ or (None, None)
        given = [
            end if told is None else exact(told, instrument) for told, end in zip(limits, ends, strict=True)
        ]
        if given[0] is None or given[1] is None:
            raise _no_range(instrument)
        low, high = given[0], given[1]
    elif range_ is not None:
        low, high = range_
    else:
        raise _no_range(instrument)
    if not low < high:
        raise InputError(
            "P165",
            say("levels of {name} from {low} to {high}", name=instrument, low=str(low), high=str(high)),
            hint=say("give the smaller one first"),
        )
    return low, high


def _no_range(instrument: str) -> InputError:
    return InputError(
        "P165",
        say("the instrument {name} has no range, and no levels are given", name=instrument),
        hint=say("give it a `range` in the game file, or --level {name}=LOW:HIGH", name=instrument),
    )


def _paid(game: Game, one: Game, instrument: str, payer: Payer) -> Callable[[Mapping[str, Any]], Any]:
    """Return the cost of one population a unit of time and a member, as a function of names."""
    told = cost_of(game, [instrument])
    chosen = PAYERS if payer == "together" else (payer,)
    costs = [told[name] for name in chosen if name in told]
    if not costs:
        raise InputError(
            "P165",
            say("the cost of {name} to {payer} is not given", name=instrument, payer=payer),
            hint=say("give it a `cost` in the game file, or choose another payer"),
        )
    whole: Expression = one_share(game, expand(game, add(*costs)))
    return compiled(divide(whole, number(len(game.populations))))


def _bisect_level(
    at: Callable[[Fraction], tuple[float, float]], below: Fraction, above: Fraction, wished: float
) -> Fraction:
    """Return the least level between two that is enough, where the upper one is and the lower one is not."""
    for _ in range(HALVINGS):
        middle = Fraction(float((below + above) / 2))
        if not below < middle < above:
            break
        if at(middle)[1] >= wished:
            above = middle
        else:
            below = middle
    return above


def _falling(levels: list[float], costs: list[float]) -> tuple[tuple[float, float], ...]:
    """Return the stretches of levels on which the cost falls by more than rounding."""
    found: list[tuple[float, float]] = []
    for k in range(len(levels) - 1):
        here, there = costs[k], costs[k + 1]
        if math.isfinite(here) and there < here - 1e-9 * abs(here):
            if found and found[-1][1] == levels[k]:
                found[-1] = (found[-1][0], levels[k + 1])
            else:
                found.append((levels[k], levels[k + 1]))
    return tuple(found)
