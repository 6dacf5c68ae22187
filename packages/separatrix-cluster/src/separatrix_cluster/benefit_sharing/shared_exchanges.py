"""How to share the gain of exchanges, whether any enterprise would leave, and what is lost if one does.

References
----------
Shapley, L. S. (1953). A value for n-person games. Contributions to the Theory of Games II, Princeton,
307–317.
Yazdanpanah, V. & Yazan, D. M. (2017). Industrial symbiotic relations as cooperative games. Int. Conf. on
Industrial Engineering and Systems Management (the core of exchanges may be empty; support makes it stable).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from separatrix.run.results import Tabled
from separatrix_cluster.benefit_sharing.coalition_game import (
    MOST_PLAYERS,
    CoalitionGame,
    ExchangeGame,
    ExchangePart,
    coalition_game,
    exchange_games,
    exchange_parts,
)
from separatrix_cluster.benefit_sharing.core import (
    Core,
    CoreTest,
    CostOfStability,
    core,
    core_test,
    cost_of_stability,
)
from separatrix_cluster.benefit_sharing.nucleolus import Nucleolus, nucleolus
from separatrix_cluster.benefit_sharing.shapley import CONFIDENCE, SampledShapley, sampled_shapley, shapley
from separatrix_cluster.symbiosis.optimal_exchange import SECONDS, ExchangePlan, optimal_exchange
from separatrix_cluster.symbiosis.problem import restricted_to

__all__ = [
    "EXACT_TO",
    "ORDERS",
    "Exit",
    "SharedExchanges",
    "SharingGroup",
    "UNASKED",
    "anchor_exit",
    "shared_exchanges",
    "sharing_work",
]

EXACT_TO = 12
"""The most enterprises of one part for which every coalition is evaluated: 4,096 of them."""

ORDERS = 200
"""Orders that are drawn beyond."""

UNASKED = 20_000
"""Matches in all problems together (`sharing_work`): so much, some seconds, is done without being asked."""

NOISE = Fraction(1, 100_000)
"""Of the gain of all: what coalitions are worth is known no better, so that smaller excesses are none."""


@dataclass(frozen=True)
class SharingGroup:
    """Enterprises who exchange with one another, and what can be said of sharing their gain.

    Attributes
    ----------
    players : tuple of str
    total : Fraction
        What the best plan of all of them brings, in currency a year.
    shapley : tuple of Fraction
    low, high : tuple of float, or None
        Intervals of these where they were sampled.
    sampled : SampledShapley or None
    core : Core or None
        None where there are too many players to evaluate every coalition.
    nucleolus : Nucleolus or None
    support : CostOfStability or None
    shapley_test, plan_test : CoreTest or None
        Whether some of them would rather leave than be given the Shapley value, or what the plan leaves them
        by its prices.
    parts_stable : bool
        Whether the gain of each part (parts share no stream or facility) can be shared so that none
        wants to leave: then the total gain can, for any number of players.
    """

    players: tuple[str, ...]
    total: Fraction
    shapley: tuple[Fraction, ...]
    sampled: SampledShapley | None = None
    core: Core | None = None
    nucleolus: Nucleolus | None = None
    support: CostOfStability | None = None
    shapley_test: CoreTest | None = None
    plan_test: CoreTest | None = None
    parts_stable: bool = False

    @property
    def low(self) -> tuple[float, ...] | None:
        """Lower ends of the intervals of the Shapley value; None where it is exact."""
        return None if self.sampled is None else self.sampled.low

    @property
    def high(self) -> tuple[float, ...] | None:
        """Upper ends of these."""
        return None if self.sampled is None else self.sampled.high

    @property
    def noise(self) -> Fraction:
        """The excess up to which a coalition is not said to gain by leaving."""
        return NOISE * self.total

    @property
    def stable(self) -> bool | None:
        """Whether the gain can be shared so that none wants to leave; None where that is unknown."""
        if self.core is None:
            return True if self.parts_stable else None
        return self.core.excess <= self.noise

    def objects(self, test: CoreTest | None) -> bool:
        """Whether a coalition gains by leaving an allocation that was tested, by more than the noise."""
        return test is not None and test.excess > self.noise

    def to_dict(self) -> dict[str, Any]:
        """Return the group as plain data, money in currency a year."""
        return {
            "enterprises": list(self.players),
            "total": float(self.total),
            "shapley": {n: float(x) for n, x in zip(self.players, self.shapley, strict=True)},
            "sampled": None if self.sampled is None else self.sampled.to_dict(),
            "stable": self.stable,
            "core": None if self.core is None else self.core.to_dict(),
            "nucleolus": None if self.nucleolus is None else self.nucleolus.to_dict()["allocation"],
            "support": None if self.support is None or self.stable else self.support.to_dict(),
            "shapley_in_core": self._core_data(self.shapley_test),
            "plan_in_core": self._core_data(self.plan_test),
        }

    def _core_data(self, test: CoreTest | None) -> dict[str, Any] | None:
        return None if test is None else {**test.to_dict(), "inside": not self.objects(test)}


@dataclass(frozen=True)
class Exit:
    """What is lost when an enterprise leaves, and the others make the best of it.

    Attributes
    ----------
    enterprise : str
    lost : Fraction
        Currency a year, by which the best plan of the others brings less.
    idle : Fraction or None
        The loss if the others continue as planned without a replacement; None where the plan had a
        budget or a demand; `lost` is computed without them.
    """

    enterprise: str
    lost: Fraction
    idle: Fraction | None

    def to_dict(self) -> dict[str, Any]:
        """Return the loss as plain data."""
        return {
            "enterprise": self.enterprise,
            "lost": float(self.lost),
            "lost_without_a_new_plan": None if self.idle is None else float(self.idle),
        }


@dataclass(frozen=True, repr=False)
class SharedExchanges(Tabled):
    """How the gain of exchanges can be shared.

    Attributes
    ----------
    groups : tuple of SharingGroup
        Largest first; enterprises of different groups have nothing to do with each other.
    planned : mapping of str to Fraction, or None
        What the plan leaves each by its prices, in currency a year; None where the plan had a budget or
        a demand; all else here is computed without them.
    exits : tuple of Exit
        Whose leaving costs most first.
    coalitions : int
        Problems of exchange that were solved.
    constrained : bool
        Whether a budget or a demand of the plan was excluded here.
    """

    groups: tuple[SharingGroup, ...]
    planned: Mapping[str, Fraction] | None
    exits: tuple[Exit, ...]
    coalitions: int
    constrained: bool

    @property
    def total(self) -> Fraction:
        """What all exchanges bring in a year, in currency."""
        return sum((group.total for group in self.groups), Fraction(0))

    @property
    def sampled(self) -> bool:
        """Whether some shares are estimates."""
        return any(group.sampled is not None for group in self.groups)

    def to_dict(self) -> dict[str, Any]:
        """Return the shares as plain data."""
        return {
            "total": float(self.total),
            "groups": [group.to_dict() for group in self.groups],
            "planned": (
                None if self.planned is None else {name: float(net) for name, net in self.planned.items()}
            ),
            "exits": [one.to_dict() for one in self.exits],
            "coalitions": self.coalitions,
            "without_budget_and_demands": self.constrained,
        }


def anchor_exit(plan: ExchangePlan, *, seconds: float = SECONDS) -> Exit | None:
    """Return what is lost without the enterprise whose exchanges bring most; None where nothing is exchanged.

    One more problem of exchange is solved, with what binds the plan.

    Parameters
    ----------
    plan : ExchangePlan
        Where it falls short of what was demanded, nothing is compared with it.
    seconds : float
        Most that the solver may take.

    Examples
    --------
    >>> from separatrix_cluster.symbiosis.optimal_exchange import optimal_exchange
    >>> from separatrix_cluster.symbiosis.problem import problem_of
    >>> from separatrix_cluster.symbiosis.streams import Stream
    >>> slag = Stream("A", "slag", 2, "mass", "", 500.0, price=10.0, disposal_cost=5.0)
    >>> wants = [Stream(who, "slag", 3, "mass", "", 400.0, price=30.0) for who in "BC"]
    >>> anchor_exit(optimal_exchange(problem_of([slag], wants)))
    Exit(enterprise='A', lost=Fraction(17500, 1), idle=Fraction(17500, 1))
    """
    idle = {name: _idle(plan, name) for flow in plan.flows for name in (flow.giver, flow.taker)}
    if not idle or not plan.feasible:
        return None
    anchor = max(idle, key=lambda name: idle[name])
    others = restricted_to(plan.problem, [name for name in plan.problem.members if name != anchor])
    return Exit(anchor, plan.exact - optimal_exchange(others, seconds=seconds).exact, idle[anchor])


def _idle(plan: ExchangePlan, name: str) -> Fraction:
    """Return what the exchanges of an enterprise bring."""
    own = (Fraction(repr(f.benefit)) for f in plan.flows if name in (f.giver, f.taker))
    return sum(own, Fraction(0))


def sharing_work(
    parts: Sequence[ExchangePart], exact_to: int = EXACT_TO, orders: int = ORDERS
) -> tuple[int, int]:
    """Return at most how many problems of exchange sharing a gain takes, and the sum of their matches."""
    problems = [
        1 << len(part.players) if len(part.players) <= exact_to else orders * len(part.players)
        for part in parts
    ]
    matches = [len(part.problem.matches) for part in parts]
    return sum(problems), sum(p * m for p, m in zip(problems, matches, strict=True))


def shared_exchanges(
    plan: ExchangePlan,
    parts: Sequence[ExchangePart] | None = None,
    *,
    exact_to: int = EXACT_TO,
    orders: int = ORDERS,
    seed: int = 0,
) -> SharedExchanges:
    """Return how the gain of a plan of exchanges can be shared, and what is lost when an enterprise leaves.

    Parameters
    ----------
    plan : ExchangePlan
    parts : sequence of ExchangePart, optional
        Of its problem; by default made here.
    exact_to : int
        The most players of one part for which every coalition is evaluated; beyond, orders are drawn.
    orders : int
        How many.
    seed : int
        Of the orders.

    Returns
    -------
    SharedExchanges
        In currency a year.

    Raises
    ------
    InputError
        K534 for too few orders.

    References
    ----------
    Shapley (1953); Yazdanpanah & Yazan (2017).

    Examples
    --------
    >>> from separatrix_cluster.symbiosis.optimal_exchange import optimal_exchange
    >>> from separatrix_cluster.symbiosis.problem import problem_of
    >>> from separatrix_cluster.symbiosis.streams import Stream
    >>> slag = Stream("A", "slag", 2, "mass", "", 500.0, price=10.0, disposal_cost=5.0)
    >>> problem = problem_of([slag], [Stream("B", "slag", 3, "mass", "", 400.0, price=30.0)])
    >>> found = shared_exchanges(optimal_exchange(problem))
    >>> found.groups[0].shapley, found.groups[0].stable
    ((Fraction(7000, 1), Fraction(7000, 1)), True)
    """
    problem = plan.problem
    chosen = exchange_games(exchange_parts(problem) if parts is None else parts)
    constrained = problem.budget is not None or bool(problem.target) or bool(problem.required)
    # The plan and the coalitions would stand on two bases: with what binds it, and without.
    planned = None if constrained else {s.enterprise: Fraction(repr(s.net)) for s in plan.settlement}
    drawn = sum(not game.has_at_most(exact_to) for game in chosen)
    groups = []
    exits = []
    for game in chosen:
        if game.has_at_most(exact_to):
            group = _exact(game, planned)
        else:
            group = _sampled(game, orders, seed, 1 - (1 - CONFIDENCE) / drawn)
        groups.append(group)
        everyone = frozenset(game.players)
        for name in game.players:
            idle = None if constrained else _idle(plan, name)
            exits.append(Exit(name, group.total - game.worth(everyone - {name}), idle))
    solved = sum(len(part.known) for game in chosen for part in game.parts)
    return SharedExchanges(
        tuple(groups), planned, tuple(sorted(exits, key=lambda e: -e.lost)), solved, constrained
    )


def _exact(game: ExchangeGame, planned: Mapping[str, Fraction] | None) -> SharingGroup:
    """Share the gain of a game whose parts are small enough for every coalition."""
    tables = [coalition_game(part.players, part.worth) for part in game.parts]
    shares = dict.fromkeys(game.players, Fraction(0))
    for table in tables:
        # The Shapley value of a sum of games is the sum of their Shapley values.
        for name, share in zip(table.players, shapley(table).allocation, strict=True):
            shares[name] += share
    total = sum((table.total for table in tables), Fraction(0))
    allocation = tuple(shares.values())
    if len(game.players) > MOST_PLAYERS:
        # Allocations in the core of each game sum to one in the core of the sum.
        stable = all(core(table).excess <= NOISE * table.total for table in tables)
        return SharingGroup(game.players, total, allocation, parts_stable=stable)
    whole = _together(game.players, tables)
    plan_test = None
    if planned is not None:
        plan_test = core_test(whole, [planned.get(name, Fraction(0)) for name in game.players])
    return SharingGroup(
        game.players,
        total,
        allocation,
        None,
        core(whole),
        nucleolus(whole),
        cost_of_stability(whole),
        core_test(whole, allocation),
        plan_test,
    )


def _together(players: tuple[str, ...], tables: Sequence[CoalitionGame]) -> CoalitionGame:
    """Return the sum of games that are played by some of the players each."""
    values = [Fraction(0)] * (1 << len(players))
    for table in tables:
        # The coalition of a part in every coalition of all, player by player.
        within = [0]
        for name in players:
            bit = 1 << table.players.index(name) if name in table.players else 0
            within += [m | bit for m in within]
        values = [v + table.values[m] for v, m in zip(values, within, strict=True)]
    return CoalitionGame(players, tuple(values))


def _sampled(game: ExchangeGame, orders: int, seed: int, confidence: float) -> SharingGroup:
    total = game.worth(frozenset(game.players))
    # The solver may miss a little of what a coalition is worth, either way.
    slack = NOISE * total
    bounds = {name: (-slack, game.contribution_bound(name) + slack) for name in game.players}
    found = sampled_shapley(
        game.players, game.worth, orders=orders, seed=seed, bounds=bounds, confidence=confidence
    )
    return SharingGroup(game.players, total, found.allocation, found)
