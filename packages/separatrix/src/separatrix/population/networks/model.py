"""A game on a network of enterprises: who plays whom, who copies whom, by which rule, and from where.

Initial strategies of enterprises: those given by columns, and the numbers of those drawn at random.

When the idea reaches each enterprise along information links, before which it cannot adopt it.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from separatrix.dynamics.integration.trajectory import read_start
from separatrix.errors import InputError, NameProblem, nearest
from separatrix.game.model import Game, Population
from separatrix.game.reader import load
from separatrix.population.awareness import awareness_times
from separatrix.population.diffusion_models import diffusion_model
from separatrix.population.networks.enterprises import (
    Enterprises,
    PayoffTables,
    enterprises,
    near_column,
    payoff_tables,
)
from separatrix.population.networks.link_graph import LinkGraph
from separatrix.population.networks.update_rules import UPDATE_RULES, UpdateRule, update_rule
from separatrix.sentences import Sentence, say

__all__ = [
    "Earning",
    "Fitness",
    "Hearing",
    "NEVER",
    "NetworkModel",
    "given_strategies",
    "network_model",
    "strategy_quotas",
]

NEVER = 2**62
"""The revision at which one hears who never does."""


@dataclass(frozen=True, eq=False)
class Hearing:
    """How the idea spreads among enterprises, whether they take it up or not.

    Attributes
    ----------
    links : LinkGraph
        A link from -> to means that ``to`` hears from ``from``.
    aware : ndarray of int64
        Positions of those who know at time 0.
    model : str
        A key of `separatrix.population.diffusion_models.DIFFUSION_MODELS`.
    probability : float or None
        Of every link of an independent cascade.
    bass : (float, float)
        Of Bass's model: innovation and imitation.
    pace : float
        Rounds, or units of Bass's time, in a unit of time of the game.
    """

    links: LinkGraph
    aware: NDArray[np.int64]
    model: str
    probability: float | None
    bass: tuple[float, float]
    pace: float

    @property
    def silent(self) -> bool:
        """Whether no enterprise knows of the idea, and none learns of it spontaneously."""
        return not len(self.aware) and not (self.model == "bass" and self.bass[0] > 0)

    def times(self, seed: int) -> Callable[[range], NDArray[np.int64]]:
        """Return a function for the revisions after which each enterprise hears, by replicas; (replicas,
        N).

        Raises
        ------
        InputError, NameProblem
            N401, N402, N405 as in `awareness_times`; N120 if no enterprise can ever hear.
        """
        kind = diffusion_model(self.model)
        if self.silent:
            raise InputError(
                "N120",
                "no enterprise knows of the idea, so none can hear of it",
                hint="give leaders, a column `aware`, or Bass's model with innovation above 0",
            )
        draw = awareness_times(self.links, self.aware, kind, seed, self.probability, *self.bass)
        size, pace = self.links.size, self.pace

        def hearing_times(replicas: range) -> NDArray[np.int64]:
            found = np.empty((len(replicas), size), np.int64)
            rounds = np.empty(size)
            for k, replica in enumerate(replicas):
                draw(replica, rounds)
                heard = np.isfinite(rounds)
                found[k] = np.where(heard, np.ceil(np.where(heard, rounds, 0.0) / pace * size), NEVER)
            return found

        return hearing_times

    def __getstate__(self) -> dict[str, Any]:
        # What is worked out of the links is worked out anew where they arrive.
        return {name: self.__dict__[name] for name in self.__dataclass_fields__}


def given_strategies(
    game: Game,
    members: Enterprises,
    tables: PayoffTables,
    population: NDArray[np.int8],
    leading: NDArray[np.bool_],
    idea: Sequence[int],
) -> NDArray[np.int8]:
    """Return the initial type of each enterprise from a column or its part; -1 where it is drawn.

    Raises
    ------
    NameProblem
        N115 for a strategy that the game of its population has not.
    """
    given = np.full(len(members), -1, np.int8)
    first = np.array(tables.bounds[:-1], np.int8)
    given[leading] = np.array(idea, np.int8)[population[leading]]
    for at, text in enumerate(members.text("strategy")):
        if not text:
            continue
        own = game.populations[population[at]].strategies
        found = next((k for k, s in enumerate(own) if text in (s.name, s.id)), None)
        if found is None:
            close = nearest(text, [s.name for s in own])
            raise NameProblem(
                "N115",
                f"`strategy` of `{members.names[at]}` is `{text}`; the strategies are: "
                + ", ".join(s.name for s in own),
                where=members.place(at),
                hint=f"did you mean `{close}`?" if close else None,
            )
        given[at] = first[population[at]] + found
    if tables.outside:
        away = ~members.flag("member", True)
        given[away] = np.array(tables.outside, np.int8)[population[away]]
    return given


def strategy_quotas(
    game: Game,
    tables: PayoffTables,
    population: NDArray[np.int8],
    given: NDArray[np.int8],
    knowing: NDArray[np.bool_],
    start: Mapping[str, object] | Sequence[object] | None,
) -> tuple[tuple[tuple[NDArray[np.int32], tuple[int, ...]], ...], tuple[Sentence, ...]]:
    """Return the quotas of initial strategies to draw, and the shares that cannot be met.

    Raises
    ------
    InputError
        N117 where nothing gives the shares; D601 for invalid shares.
    """
    vacant = given < 0
    if not vacant.any():
        return (), ()
    if start is None and game.today is None:
        raise InputError(
            "N117",
            "the initial strategies of the enterprises are not given",
            hint=f"give shares, as in --from {game.shares[0]}=0.2, or a column `strategy`",
        )
    state = list(read_start(game, start if start is not None else dict(game.today or {})))
    quotas, missed = [], list[Sentence]()
    at = 0
    away = np.isin(given, tables.outside) if tables.outside else np.zeros(len(given), bool)
    for p, own in enumerate(game.populations):
        width = len(own.shares)
        shares = state[at : at + width]
        at += width
        if p >= len(tables.bounds) - 1:
            break
        parts = [shares[0], 1 - shares[0]] if own.binary else shares
        present = (population == p) & ~away
        known = np.flatnonzero(vacant & (population == p) & knowing).astype(np.int32)
        unknown = np.flatnonzero(vacant & (population == p) & ~knowing).astype(np.int32)
        told = np.bincount(given[present & ~vacant] - tables.bounds[p], minlength=len(parts))
        whole = _rounded(int(present.sum()), parts)
        counts = _placed(whole, told.tolist(), len(known), len(unknown))
        missed.extend(_missed(own, whole, np.add(told, np.sum(counts, axis=0)).tolist()))
        for where, own_counts in zip((known, unknown), counts, strict=True):
            if len(where):
                full = [0] * tables.bounds[-1]
                full[tables.bounds[p] : tables.bounds[p] + len(parts)] = own_counts
                quotas.append((where, tuple(full)))
    return tuple(quotas), tuple(missed)


def _missed(own: Population, whole: Sequence[int], found: Sequence[int]) -> Iterable[Sentence]:
    """Yield the initial shares that differ from the requested ones."""
    for strategy, asked, there in zip(own.strategies, whole, found, strict=True):
        if asked != there:
            yield say(
                "initially {found} of {all} enterprises play {strategy}, not {asked} as "
                "requested: the strategies of others are given, or they have not heard of the idea",
                found=there,
                all=sum(whole),
                strategy=strategy.name,
                asked=asked,
            )
            return


def _placed(
    whole: Sequence[int], told: Sequence[int], known: int, unknown: int
) -> tuple[list[int], list[int]]:
    """Return how many of those who know of the idea, and who do not, draw each strategy.

    Together with the given strategies they match the requested totals as far as possible: an enterprise
    that does not know of the idea (the first strategy) does not begin with it.

    Examples
    --------
    >>> _placed([4, 16], [2, 0], 18, 0), _placed([4, 16], [8, 0], 12, 0), _placed([4, 16], [1, 0], 1, 18)
    (([2, 16], [0, 0]), ([0, 12], [0, 0]), ([1, 0], [0, 18]))
    """
    need = [max(count - own, 0) for count, own in zip(whole, told, strict=True)]
    if sum(need) > known + unknown:
        need = _rounded(known + unknown, [count / sum(need) for count in need])
    idea, left = min(need[0], known), sum(need[1:])
    kinds = len(need) - 1
    others = [count / left for count in need[1:]] if left else [1 / kinds] * kinds
    rest = _rounded(known + unknown - idea, others)
    total = sum(rest)
    blind = _rounded(unknown, [count / total for count in rest]) if total else [0] * kinds
    return [idea, *(a - b for a, b in zip(rest, blind, strict=True))], [0, *blind]


def _rounded(count: int, shares: Sequence[float]) -> list[int]:
    """Return whole numbers that add to `count`, nearest to shares of it (largest remainders).

    Examples
    --------
    >>> _rounded(10, [0.25, 0.75]), _rounded(3, [1 / 3, 1 / 3, 1 / 3])
    ([3, 7], [1, 1, 1])
    """
    exact = [max(share, 0.0) * count for share in shares]
    found = [math.floor(value + 1e-9) for value in exact]
    order = sorted(range(len(exact)), key=lambda k: (-(exact[k] - found[k]), k))
    for k in order[: count - sum(found)]:
        found[k] += 1
    return found


Earning = Literal["accumulated", "averaged"]
Fitness = Literal["exponential", "linear"]

MOST_TYPES = 120
"""Types are 8-bit numbers."""

FIXED = -1
"""The code of the rule of leaders that never change."""


@dataclass(frozen=True, eq=False)
class NetworkModel:
    """A game on a network, ready to be simulated.

    Attributes
    ----------
    game : Game
    members : Enterprises
    interaction, imitation, information : LinkGraph
        Whose payoffs an enterprise is part of; whom it can copy; along which links it hears of the idea.
    payoffs : PayoffTables
    earning : str
        Whether payoffs are added over partners, or averaged.
    rule : UpdateRule
    codes : ndarray of int8, shape (N,)
        The code of the rule of each enterprise; -1 of leaders that never change.
    population : ndarray of int8, shape (N,)
    beta, mu : float
        The intensity of selection, and the probability with which a revision explores.
    fitness : str
        Of the Moran rules: exp(beta payoff), or 1 + beta payoff.
    synchronous : bool
    idea : tuple of int
        The types whose spread is followed: the first strategy of each population.
    given : ndarray of int8, shape (N,)
        The type with which each enterprise begins; -1 where it is drawn.
    quotas : tuple of (ndarray of int32, tuple of int)
        Groups of enterprises whose first strategies are drawn, and how many of each type are among them.
    hearing : Hearing or None
        How enterprises learn of the idea, before which they cannot adopt it; None where all know.
    warnings : tuple of Sentence
    """

    game: Game
    members: Enterprises
    interaction: LinkGraph
    imitation: LinkGraph
    information: LinkGraph
    payoffs: PayoffTables
    earning: Earning
    rule: UpdateRule
    codes: NDArray[np.int8]
    population: NDArray[np.int8]
    beta: float
    mu: float
    fitness: Fitness
    synchronous: bool
    idea: tuple[int, ...]
    given: NDArray[np.int8]
    quotas: tuple[tuple[NDArray[np.int32], tuple[int, ...]], ...]
    hearing: Hearing | None
    warnings: tuple[Sentence, ...]

    @property
    def size(self) -> int:
        """The number of enterprises."""
        return len(self.members)

    @property
    def types(self) -> tuple[str, ...]:
        """The name of each type: the strategy, with its population where there are several."""
        names: list[str] = []
        many = len(self.payoffs.bounds) > 2
        for p in range(len(self.payoffs.bounds) - 1):
            own = self.game.populations[p]
            told = [s.name for s in own.strategies]
            if len(told) < self.payoffs.bounds[p + 1] - self.payoffs.bounds[p]:
                told.append("outside")
            names += [f"{own.name}: {name}" if many else name for name in told]
        return tuple(names)

    @property
    def idea_names(self) -> list[str]:
        """The names of the strategies whose spread is followed."""
        return [self.types[k] for k in self.idea]

    @property
    def populations(self) -> int:
        """The number of populations."""
        return len(self.payoffs.bounds) - 1


def network_model(
    game: Any,
    links: LinkGraph,
    members: Enterprises | None = None,
    *,
    values: Mapping[str, object] | None = None,
    scenario: str | None = None,
    rule: str = "fermi",
    beta: float = 1.0,
    mu: float = 0.0,
    earning: Earning = "accumulated",
    fitness: Fitness = "exponential",
    synchronous: bool = False,
    interaction: Sequence[str] | None = None,
    imitation: Sequence[str] | None = None,
    information: Sequence[str] | None = None,
    start: Mapping[str, object] | Sequence[object] | None = None,
    awareness: str | None = None,
    probability: float | None = None,
    bass: tuple[float, float] = (0.0, 0.0),
    hearing: float = 1.0,
) -> NetworkModel:
    """Return a game on a network.

    Parameters
    ----------
    game : Game, or what `separatrix.load` takes
    links : LinkGraph
        Its nodes are the enterprises.
    members : Enterprises, optional
        In any order; by default all are alike.
    values, scenario
        Of the parameters, as everywhere; a column of the enterprises with the name of one goes before.
    rule : str
        A key of `UPDATE_RULES`.
    beta : float
        The intensity of selection, 0 or more; infinity where the better one always wins.
    mu : float
        The probability with which a revision explores: takes another strategy, each as likely.
    earning : str
        ``accumulated`` or ``averaged`` over partners.
    fitness : str
        Of the Moran rules: ``exponential``, exp(beta payoff), or ``linear``, 1 + beta payoff.
    synchronous : bool
        Whether all revise at once, each unit of time.
    interaction, imitation, information : sequence of str, optional
        The kinds of links of each graph; by default all.
    start : mapping or sequence, optional
        The shares of all enterprises in the beginning, leaders counted, by default ``today``: strategies that
        no column gives are drawn to match these shares, where that is possible.
    awareness : str, optional
        How the idea reaches enterprises along information links, before which they cannot adopt it: a key of
        `separatrix.population.diffusion_models.DIFFUSION_MODELS`.  In the beginning those know whose
        column ``aware`` says so, and those to whom a column gives the idea, leaders too.
    probability : float, optional
        With which each link passes it on in an independent cascade; by default its weight.
    bass : (float, float)
        Innovation and imitation of Bass's model.
    hearing : float
        Rounds of it in a unit of time.

    Raises
    ------
    NameProblem
        N101 for an unknown node; N106, N112, N115 for unknown kinds, rules, strategies.
    InputError
        N113, N116 to N118 for inconsistent arguments; what `payoff_tables` raises.
    """
    game = load(game) if not isinstance(game, Game) else game
    told = enterprises(links.names) if members is None else members
    ordered = _in_order(told, links)
    tables = payoff_tables(game, ordered, values, scenario)
    if tables.bounds[-1] > MOST_TYPES:
        raise InputError("N116", f"{tables.bounds[-1]} strategies; a network takes {MOST_TYPES} at most")
    chosen = update_rule(rule)
    _numbers(beta, mu)
    if chosen.alone and synchronous:
        raise InputError(
            "N116",
            "birth-death is one birth after the other, and never synchronous",
            hint="use death-birth, or leave --synchronous out",
        )
    population = _populations(game, ordered, tables)
    codes, leading = _codes(ordered, chosen)
    idea = tuple(tables.bounds[:-1])
    played = links if interaction is None else links.of_kinds(interaction)
    seen = links if imitation is None else links.of_kinds(imitation)
    heard = links if information is None else links.of_kinds(information)
    seen = _links_within_populations(seen, population)
    given = given_strategies(game, ordered, tables, population, leading, idea)
    knowing = ordered.flag("aware", False) | np.isin(given, idea)
    if awareness is None:
        knowing[:] = True
    elif not 0 < hearing < math.inf:
        raise InputError("N116", f"{hearing:g} rounds of hearing a unit of time; expected a number above 0")
    quotas, missed = strategy_quotas(game, tables, population, given, knowing, start)
    if chosen.fitness and fitness == "linear":
        _positive(tables, played, earning, beta)
    return NetworkModel(
        game,
        ordered,
        played,
        seen,
        heard,
        tables,
        earning,
        chosen,
        codes,
        population,
        float(beta),
        float(mu),
        fitness,
        synchronous,
        idea,
        given,
        quotas,
        None
        if awareness is None
        else Hearing(
            heard, np.flatnonzero(knowing), diffusion_model(awareness).name, probability, bass, float(hearing)
        ),
        (*missed, *_warnings(game, ordered, tables, played, seen, chosen)),
    )


def _in_order(members: Enterprises, links: LinkGraph) -> Enterprises:
    """Return the enterprises in the order of the nodes; raise N101 where the two differ."""
    if members.names == links.names:
        return members
    where = {name: k for k, name in enumerate(members.names)}
    for name in links.names:
        if name not in where:
            close = nearest(name, list(where)[:2000])
            raise NameProblem(
                "N101",
                f"`{name}` is in the links, and no enterprise",
                hint=f"did you mean `{close}`?" if close else None,
            )
    if len(where) > len(links.names):
        known = set(links.names)
        lone = next(name for name in members.names if name not in known)
        raise NameProblem(
            "N101",
            f"`{lone}` is an enterprise, and no node of the links",
            hint="read the links with the names of the enterprises, as in read_links(path, names)",
        )
    order = [where[name] for name in links.names]
    return Enterprises(
        links.names,
        {column: values[order] for column, values in members.numbers.items()},
        {column: tuple(values[k] for k in order) for column, values in members.texts.items()},
        members.source,
        [members.rows[k] for k in order] if len(members.rows) else (),
    )


def _numbers(beta: float, mu: float) -> None:
    if math.isnan(beta) or beta < 0:
        raise InputError(
            "N116",
            f"an intensity of selection of {beta:g}; expected 0 or more",
            hint="0 is drift alone, inf lets the better one always win",
        )
    if not 0 <= mu <= 1:
        raise InputError("N116", f"a probability of exploration of {mu:g}; expected 0 to 1")


def _populations(game: Game, members: Enterprises, tables: PayoffTables) -> NDArray[np.int8]:
    names = [p.name for p in game.populations]
    if len(tables.bounds) == 2:
        return np.zeros(len(members), np.int8)
    result = np.zeros(len(members), np.int8)
    for at, text in enumerate(members.text("population")):
        if text not in names:
            close = nearest(text, names)
            raise NameProblem(
                "N115",
                f"`{members.names[at]}` belongs to `{text}`; the populations are: {', '.join(names)}"
                if text
                else f"`{members.names[at]}` belongs to no population; there are: {', '.join(names)}",
                where=members.place(at),
                hint=f"did you mean `{close}`?" if close else None,
            )
        result[at] = names.index(text)
    return result


LEADS, FOLLOWS = ("yes", "y", "true", "1", "是"), ("", "no", "n", "false", "0", "否")


def _codes(members: Enterprises, rule: UpdateRule) -> tuple[NDArray[np.int8], NDArray[np.bool_]]:
    """Return the code of the rule of each enterprise, and which are leaders that never change."""
    codes = np.full(len(members), rule.code, np.int8)
    for at, text in enumerate(members.text("leader")):
        if text.lower() in FOLLOWS:
            continue
        if text.lower() in LEADS:
            codes[at] = FIXED
            continue
        own = UPDATE_RULES.get(text.lower())
        if own is None or own.alone or rule.alone:
            raise NameProblem(
                "N112",
                f"`leader` of `{members.names[at]}` is `{text}`; "
                "expected yes, no, or a rule that it follows: "
                + ", ".join(key for key, known in UPDATE_RULES.items() if not known.alone),
                where=members.place(at),
            )
        codes[at] = own.code
    return codes, codes == FIXED


def _links_within_populations(graph: LinkGraph, population: NDArray[np.int8]) -> LinkGraph:
    """Return the links within populations: strategies of another one cannot be copied."""
    kept = population[graph.source] == population[graph.target]
    if kept.all():
        return graph
    return LinkGraph(
        graph.names,
        graph.source[kept],
        graph.target[kept],
        graph.weight[kept],
        graph.kind[kept],
        graph.kinds,
    )


def _positive(tables: PayoffTables, graph: LinkGraph, earning: Earning, beta: float) -> None:
    """Refuse 1 + beta payoff where it may be negative: a fitness is not negative."""
    worst = float(tables.tables.min(initial=0.0))
    indptr, _, weights = graph.sources_of
    sums = np.add.reduceat(np.append(weights, 0.0), indptr[:-1]) if len(weights) else np.zeros(1)
    most = 1.0 if earning == "averaged" else float(sums.max(initial=0.0))
    if 1 + beta * worst * most < 0:
        raise InputError(
            "N118",
            f"1 + beta payoff is {1 + beta * worst * most:.4g} where an enterprise earns {worst * most:g}: "
            "a fitness is never negative",
            hint="use --fitness exponential, or a smaller --beta",
        )


def _warnings(
    game: Game,
    members: Enterprises,
    tables: PayoffTables,
    played: LinkGraph,
    seen: LinkGraph,
    rule: UpdateRule,
) -> Iterable[Sentence]:
    lone = len(played.isolated)
    if lone:
        yield say(
            "enterprises without a partner, which earn nothing: {n} (first: {name})",
            n=lone,
            name=played.isolated[0],
        )
    blind = seen.isolated
    if rule.imitates and blind:
        yield say(
            "enterprises without anyone to copy: {n} (first: {name})",
            n=len(blind),
            name=blind[0],
        )
    if played.components > 1:
        yield say("the network falls into {n} parts without links between them", n=played.components)
    near = near_column(members, list(game.parameters))
    if near is not None:
        yield say("the column `{column}` decides nothing; `{meant}` would", column=near[0], meant=near[1])
    if tables.merged:
        yield say(
            "the two parties of the game have the same payoffs, so that each enterprise plays both: "
            "one population"
        )
