"""A game on a network of enterprises: who plays whom, who copies whom, by which rule, and from where."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from separatrix.errors import InputError, NameProblem, nearest
from separatrix.game.model import Game
from separatrix.game.reader import load
from separatrix.population.activation import diffusion_model
from separatrix.population.networks.enterprises import Enterprises, enterprises, near_column
from separatrix.population.networks.hearing import Hearing
from separatrix.population.networks.initial_strategies import given_strategies, strategy_quotas
from separatrix.population.networks.link_graph import LinkGraph
from separatrix.population.networks.payoff_tables import PayoffTables, payoff_tables
from separatrix.population.networks.update_rules import UPDATE_RULES, UpdateRule, update_rule
from separatrix.sentences import Sentence, say

__all__ = ["Earning", "Fitness", "NetworkModel", "network_model"]

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
        `separatrix.population.activation.DIFFUSION_MODELS`.  In the beginning those know whose
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
