"""The cheapest set of enterprises to support so that a share is reached by a date, and whether it lasts.

Leaders are recruited at time 0, play the strategy of the idea while they are supported, and revise like all
others afterwards; the others begin as they would without them. Sets are compared on the same random
numbers. Fresh random numbers then decide whether the cheapest set reaches the share with the required
probability, and how much of it remains after the support.

A game on a network of enterprises that each have their own numbers, however it was made.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from separatrix.errors import InputError
from separatrix.game.model import Game
from separatrix.policy.leader_results import (
    Chance,
    LeadersPlan,
    OrderBeginning,
    Status,
    SupportedRuns,
    allowed_error,
    chance_of,
    support_end,
)
from separatrix.policy.leader_search import CheapSets, LeaderOutcome, Trials, cheap_sets
from separatrix.population.networks.enterprises import Enterprises
from separatrix.population.networks.link_graph import LinkGraph
from separatrix.population.networks.model import NetworkModel, network_model
from separatrix.population.seeding import (
    Advantages,
    SeedOrder,
    advantages,
    affordable,
    mean_share,
    seed_orders,
    winnable,
)
from separatrix.run.block_store import seed_at
from separatrix.sentences import Sentence, say

__all__ = ["NetworkGame", "leaders"]


@dataclass(frozen=True, eq=False)
class NetworkGame:
    """A game on a network of enterprises, each with its own payoffs.

    Attributes
    ----------
    game : Game
        That of a representative pair.
    links : LinkGraph
    members : Enterprises
        With the parameters of those that have measures, and the known strategies.
    unit : str
        Of payoffs, such as money a year.
    cautions : tuple of Sentence
        What a reader must know of the game before using it.
    """

    game: Game
    links: LinkGraph
    members: Enterprises
    unit: str
    cautions: tuple[Sentence, ...]


Floats = NDArray[np.float64]
Nodes = NDArray[np.int64]
Advance = Callable[[int, int], None]

ATTEMPTS = 6
"""Sets that are tested on fresh runs, the cheapest first, until one reaches the share. Each attempt has
half the error probability of the one before, so that all together err in 5 % at most."""

CLOSE = 3
"""Attempts after which only sets that were more certain in the search are tested. More: each costs a part
of the error probability; fewer: a dearer set is selected where a close one would have sufficed."""

WORK = 2_000_000_000
"""Revisions of a search, about a minute: what the number of sets that are tried comes from."""

FEWEST_SETS, MOST_SETS = 60, 5_000

MOST_RANKED = 400
"""Enterprises that an order ranks; behind them come the others in the order of their names."""


def leaders(
    game: Any,
    links: LinkGraph,
    members: Enterprises | None = None,
    *,
    share: float = 0.8,
    by: float = 20.0,
    chance: float = 0.9,
    costs: Sequence[float] | Literal["incentive"] | None = None,
    upkeep: Sequence[float] | None = None,
    budget: float | None = None,
    support: float | None = None,
    after: float | None = None,
    orders: Sequence[str] | None = None,
    replicas: int = 200,
    fresh: int = 1000,
    sets: int | None = None,
    unit: str = "",
    cautions: Sequence[Sentence] = (),
    seed: int = 0,
    workers: int | None = None,
    advance: Advance | None = None,
    **options: Any,
) -> LeadersPlan:
    """Return the cheapest enterprises to win so that a share plays the first strategy by a date.

    Parameters
    ----------
    game : Game, or what `separatrix.load` takes
    links : LinkGraph
        A link from -> to means that ``to`` sees, copies, is activated by ``from``.
    members : Enterprises, optional
        By default all are alike.
    share : float
        The share of all enterprises, leaders counted, that should play the first strategy.
    by : float
        The date; a unit of time is one revision an enterprise.
    chance : float
        The required probability, below 1.
    costs : sequence of float or "incentive", optional
        The cost of recruiting each node of the links, 0 or more; infinite for one that cannot be recruited.
        By default 1 each: as few as possible.  ``incentive`` is how much less each earns with the first
        strategy than with its best other one in the beginning, per unit of the time that payoffs are in.
        Enterprises without partners have no such cost, and cannot be recruited then.
    upkeep : sequence of float, optional
        The additional cost of each per unit of time while it is supported.
    budget : float, optional
        The most that all may cost together.
    support : float, optional
        When the support ends; by default at the date.
    after : float, optional
        How long runs continue after the date and the support; by default as long as the date is away.
    orders : sequence of str, optional
        Keys of `separatrix.population.seeding.ORDERS`; by default all.
    replicas, fresh : int
        Runs of each set in the search, and runs of the answer on fresh random numbers.
    sets : int, optional
        How many sets are tried; by default as many as take about a minute, 60 to 5,000.
    unit : str
        Of the costs, for the reader.
    cautions : sequence of Sentence
        What a reader must know of the game.
    seed : int
    workers : int, optional
        By default as many as there are cores.
    advance : callable, optional
        Receives how many of how many sets have been tried.
    **options
        Arguments of `network_model`: rule, beta, mu, earning, start and so on.

    Returns
    -------
    LeadersPlan

    Raises
    ------
    InputError
        P160 for a share, a chance, times or a budget that cannot be; P161 for costs; P162 for too few runs;
        and what `network_model` raises.
    NameProblem
        N406 for an unknown order.

    References
    ----------
    Riehl, J., Ramazi, P. and Cao, M. (2019), Incentive-based control of asynchronous best-response dynamics
    on binary decision networks, IEEE Transactions on Control of Network Systems 6, 727-736.
    Mittal, D. et al. (2025), Targeted incentives for social tipping in heterogeneous networked populations,
    arXiv 2501.13623 (what slides back when incentives end).

    Examples
    --------
    >>> from separatrix.population.networks.link_graph import link_graph
    >>> star = link_graph(["hub", *"abcdefgh"], [("hub", leaf) for leaf in "abcdefgh"], undirected=True)
    >>> model = {"rule": "best-response", "start": {"x": 0, "y": 0}, "scenario": "bistable"}
    >>> found = leaders("shi-chen-2018", star, share=0.9, by=30, **model)
    >>> found.names, found.status, found.cheaper, found.support_end.verdict
    (('hub',), 'reached', 1, 'lasts')
    """
    _possible(share, by, chance, budget, seed)
    end = by if support is None else support
    last = max(by, end) + (by if after is None else after)
    if not 0 < end < math.inf or not max(by, end) < last < math.inf:
        raise InputError(
            "P160",
            say("invalid times: support until {end}, runs until {last}", end=f"{end:g}", last=f"{last:g}"),
            hint=say("the support ends after 0, and runs end after the date and the support"),
        )
    _enough_runs(chance, replicas, fresh)
    model = network_model(game, links, members, **options)
    found = advantages(model)
    if isinstance(costs, str):
        costs = _incentives(model, found, costs)
    prices = _prices(links, costs, upkeep, end)
    able = winnable(model) & np.isfinite(prices)
    chosen = seed_orders(orders)
    runs = SupportedRuns(model, share, by, end, last, workers)
    most = _sets(sets, runs, replicas)
    search = seed_at(seed, 0, "leaders")
    trials = Trials(
        lambda nodes: runs.outcome(nodes, replicas, search, chance), _needed(chance, replicas), most
    )
    if advance is not None:
        trials.simulate = _with_progress(trials, advance)
    ranked = _ranked(model, chosen, found, able, prices, seed)
    cheap = cheap_sets(trials, ranked, prices, able)
    status, picked, measured, cheap, attempts = _measured(
        runs, trials, cheap, ranked, prices, able, chance, replicas, fresh, seed
    )
    paid: tuple[frozenset[int], Chance] | None = None
    if status == "reached" and budget is not None and math.fsum(prices[list(picked)]) > budget * (1 + 1e-12):
        status = "over budget"
        paid = _affordable(runs, trials, ranked, prices, budget, fresh, seed)
    nodes = np.array(sorted(picked, key=lambda node: (-prices[node], node)), np.int64)
    without = runs.curves(np.empty(0, np.int64), fresh, measured.seed, None)
    titles = {order.name: order.title for order in chosen} | {CHEAPEST: say("those who cost least")}
    return LeadersPlan(
        model=model,
        status=status,
        share=share,
        by=float(runs.marks[runs.date] / model.size),
        chance=chance,
        priced=costs is not None or upkeep is not None,
        unit=unit,
        cautions=tuple(cautions),
        names=tuple(links.names[node] for node in nodes),
        costs=tuple(prices[nodes].tolist()),
        incentives=tuple(found.incentive[nodes].tolist()),
        budget=budget,
        affordable=None if paid is None else (tuple(links.names[node] for node in sorted(paid[0])), paid[1]),
        reached=measured.chance,
        at_date=mean_share(measured.shares[:, runs.date], model.size),
        without=chance_of(int(runs.hits(without, runs.date).sum()), fresh),
        by_order=tuple(
            OrderBeginning(
                name,
                titles[name],
                tuple(links.names[node] for node in sorted(own)),
                math.fsum(prices[list(own)]),
            )
            for name, own in cheap.by_order.items()
        ),
        sets_tried=len(trials.found),
        cheaper=cheap.cheaper if status in ("reached", "over budget") else None,
        attempts=attempts,
        support_end=support_end(runs, np.sort(nodes), measured.shares, without, measured.seed, chance)
        if len(nodes)
        else None,
        replicas=replicas,
        fresh=fresh,
        seed=seed,
    )


CHEAPEST = "cost"
"""The name of the order of those who cost least first."""


# --------------------------------------------------------------------------- what is asked for


def _possible(share: float, by: float, chance: float, budget: float | None, seed: int) -> None:
    if not 0 < share <= 1:
        raise InputError(
            "P160",
            say(
                "a share of {share} of the enterprises; expected more than 0, and 1 at most",
                share=f"{share:g}",
            ),
            hint=say("as in --share 0.8"),
        )
    if not 0 < chance < 1:
        raise InputError(
            "P160",
            say("a chance of {chance}; expected a number between 0 and 1", chance=f"{chance:g}"),
            hint=say("simulation can show a probability of 0.99, but never 1"),
        )
    if not 0 < by < math.inf:
        raise InputError("P160", say("a date of {by}; expected a number above 0", by=f"{by:g}"))
    if budget is not None and not 0 <= budget < math.inf:
        raise InputError(
            "P160", say("a budget of {budget}; expected a finite number of 0 or more", budget=f"{budget:g}")
        )
    if seed < 0:
        raise InputError("P160", say("a seed of {seed}; expected a whole number of 0 or more", seed=seed))


def _enough_runs(chance: float, replicas: int, fresh: int) -> None:
    least = math.ceil(math.log(allowed_error(1)) / math.log(chance))
    if replicas < 2 or fresh < max(least, 2):
        raise InputError(
            "P162",
            say(
                "{replicas} runs of each set and {fresh} fresh ones are too few for a "
                "probability of {chance}",
                replicas=replicas,
                fresh=fresh,
                chance=f"{chance:g}",
            ),
            hint=say(
                "at least {least} fresh runs are needed, even if all of them reach the share",
                least=max(least, 2),
            ),
        )


def _needed(chance: float, runs: int) -> float:
    """Return the part of runs from which a set is worth testing on fresh runs: a standard deviation above."""
    return min(1.0, chance + _deviation(chance, runs))


def _deviation(chance: float, runs: int) -> float:
    return math.sqrt(chance * (1 - chance) / runs)


def _prices(
    links: LinkGraph, costs: Sequence[float] | None, upkeep: Sequence[float] | None, support: float
) -> Floats:
    once = _column(links, costs, say("cost"), math.inf)
    rate = _column(links, upkeep, say("upkeep"), 1.7e308)
    if once is None and rate is None:
        return np.ones(links.size)
    zero = np.zeros(links.size)
    return np.asarray((zero if once is None else once) + (zero if rate is None else rate) * support)


def _incentives(model: NetworkModel, found: Advantages, costs: str) -> list[float]:
    if costs != "incentive":
        raise InputError(
            "P161",
            say("costs of `{costs}`; expected numbers or `incentive`", costs=costs),
            hint=say("give one of each enterprise, in the order of the links' names"),
        )
    lone = set(model.interaction.isolated)
    return [
        math.inf if name in lone else float(need)
        for name, need in zip(model.members.names, found.incentive, strict=True)
    ]


def _column(links: LinkGraph, given: Sequence[float] | None, what: Sentence, most: float) -> Floats | None:
    if given is None:
        return None
    column = np.asarray(given, float)
    if column.shape != (links.size,):
        raise InputError(
            "P161",
            say(
                "{n} numbers as {what} of {size} enterprises",
                n=f"{column.size:,}",
                what=what,
                size=f"{links.size:,}",
            ),
            hint=say("give one of each enterprise, in the order of the links' names"),
        )
    for at in np.flatnonzero(~((column >= 0) & (column <= most)))[:1]:
        raise InputError(
            "P161",
            say(
                "the {what} of `{name}` is {value}; expected a number of 0 or more",
                what=what,
                name=links.names[at],
                value=say("empty") if np.isnan(column[at]) else f"{column[at]:g}",
            ),
            hint=say(
                "an enterprise that cannot be recruited costs inf; in a table its cell under --cost is empty"
            ),
        )
    return column


def _sets(sets: int | None, runs: SupportedRuns, replicas: int) -> int:
    if sets is not None:
        if sets < 1:
            raise InputError("P162", say("{sets} sets to be tried; expected 1 or more", sets=sets))
        return sets
    work = float(runs.marks[runs.date]) * replicas
    return int(min(max(WORK / work, FEWEST_SETS), MOST_SETS))


def _ranked(
    model: NetworkModel,
    orders: Sequence[SeedOrder],
    found: Advantages,
    able: NDArray[np.bool_],
    prices: Floats,
    seed: int,
) -> dict[str, Nodes]:
    """Return all who can be won, in the order of each rule of thumb and of their costs."""
    own = np.flatnonzero(able)
    if not len(own):
        return {}
    ranked = {}
    for order in orders:
        first = order.nodes(model, found, able, min(len(own), MOST_RANKED), seed)
        ranked[order.name] = np.concatenate([first, own[~np.isin(own, first)]])
    if len(np.unique(prices[own])) > 1:
        ranked[CHEAPEST] = own[np.argsort(prices[own], kind="stable")]
    return ranked


def _with_progress(trials: Trials, advance: Advance) -> Callable[[Nodes], LeaderOutcome]:
    simulate = trials.simulate

    def counted_trial(nodes: Nodes) -> LeaderOutcome:
        outcome = simulate(nodes)
        advance(min(len(trials.found) + 1, trials.most), trials.most)
        return outcome

    return counted_trial


@dataclass(frozen=True, eq=False)
class _Measured:
    """Fresh runs of some leaders, whose support ends."""

    shares: Floats
    chance: Chance
    seed: int


def _measured(
    runs: SupportedRuns,
    trials: Trials,
    cheap: CheapSets,
    ranked: Mapping[str, Nodes],
    prices: Floats,
    able: NDArray[np.bool_],
    chance: float,
    replicas: int,
    fresh: int,
    seed: int,
) -> tuple[Status, frozenset[int], _Measured, CheapSets, int]:
    """Test the cheapest sets on fresh runs until one reaches the share with the required probability."""

    def anew(picked: frozenset[int], attempt: int) -> _Measured:
        own = seed_at(seed, attempt, "fresh leaders")
        shares = runs.curves(np.array(sorted(picked), np.int64), fresh, own, runs.end)
        hits = int(runs.hits(shares, runs.date).sum())
        return _Measured(shares, chance_of(hits, fresh, 1 - 2 * allowed_error(attempt)), own)

    best: tuple[frozenset[int], _Measured] | None = None
    attempt = 0
    # Of so few runs not even all could show the chance in a further attempt.
    while cheap.sets and attempt < ATTEMPTS and allowed_error(attempt + 1) ** (1 / fresh) >= chance:
        attempt += 1
        picked = cheap.sets[0]
        measured = anew(picked, attempt)
        if measured.chance.low >= chance:
            return "reached" if picked else "none needed", picked, measured, cheap, attempt
        if best is None or measured.chance.hits > best[1].chance.hits:
            best = picked, measured
        trials.refuse(picked)
        if attempt >= CLOSE:
            # Sets near the chance would be refused one after the other: those that are surer come next.
            trials.needed = min(1.0, trials.needed + _deviation(chance, replicas))
        cheap = cheap_sets(trials, ranked, prices, able)
        if attempt >= CLOSE:
            cheap = replace(cheap, cheaper=None)
    if best is not None:
        return "undecided", *best, cheap, attempt
    picked = _best_affordable_set(trials, prices, math.inf)
    measured = anew(picked, 1)
    if measured.chance.low >= chance:
        return "reached", picked, measured, cheap, 1
    return ("not reached" if measured.chance.high < chance else "undecided"), picked, measured, cheap, 1


def _best_affordable_set(trials: Trials, prices: Floats, budget: float) -> frozenset[int]:
    """Return those that reach the share most often of the sets tried that a budget pays for."""

    def key(own: frozenset[int]) -> tuple[float, ...]:
        return trials.found[own].part, trials.found[own].mean, -math.fsum(prices[list(own)])

    paid = (own for own in trials.found if math.fsum(prices[list(own)]) <= budget * (1 + 1e-12))
    return max(paid, key=key, default=frozenset())


def _affordable(
    runs: SupportedRuns,
    trials: Trials,
    ranked: Mapping[str, Nodes],
    prices: Floats,
    budget: float,
    fresh: int,
    seed: int,
) -> tuple[frozenset[int], Chance]:
    """Return whom the budget pays for that reach the share most often, and how often they do."""
    for nodes in ranked.values():
        trials.of(frozenset(affordable(nodes, prices, budget).tolist()))
    picked = _best_affordable_set(trials, prices, budget)
    shares = runs.curves(np.array(sorted(picked), np.int64), fresh, seed_at(seed, 0, "budget"), runs.end)
    return picked, chance_of(int(runs.hits(shares, runs.date).sum()), fresh)
