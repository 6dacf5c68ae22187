"""How likely, and how soon, mutants take over a population on a graph, from each start.

Few states, up to symmetry: in rational numbers or balls (`exact_absorption`); more: iteratively, with a
proven bound of the error (`certified_absorption`).

Who takes over and when, exactly: rational arithmetic, or balls where fitness is exponential.

With Q the probabilities of moving between transient states and b those of fixing next, fixation
probabilities h solve (I - Q) h = b, unconditional times t solve (I - Q) t = 1, and the times c of those
that fix solve (I - Q)(h c) = h.  Reference: Hindersin, L., Möller, M., Traulsen, A. and Bauer, B. (2016),
Exact numerical calculation of fixation probability and time on graphs, BioSystems 150, 87-91.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any, Literal

import numpy as np
from flint import arb, arb_mat, fmpq, fmpq_mat

from separatrix.errors import InputError, NameProblem, nearest
from separatrix.exact.algebraic_numbers import rational
from separatrix.expression.precision import precision
from separatrix.game.model import Game
from separatrix.game.values import exact
from separatrix.population.exact_graphs.absorption_bounds import certified_absorption
from separatrix.population.exact_graphs.graphs import (
    TwinClasses,
    WeightedGraph,
    lumped_states,
    quotient,
    weighted_graph,
)
from separatrix.population.exact_graphs.processes import (
    Absorption,
    CertifiedNumber,
    Fitness,
    Invasion,
    Normalisation,
    certified_ball,
    certified_rational,
    no_fitness,
    process_on_graph,
    reaching,
    replacement_of,
    weighted_mean,
)
from separatrix.population.exact_graphs.weak_selection import (
    WeakSelection,
    reproductive_values,
    weak_selection_on,
)
from separatrix.population.finite.processes import selection
from separatrix.population.mean_field import EncounterPayoffs, pair_payoffs, strategy_index
from separatrix.population.networks.link_graph import LinkGraph
from separatrix.run.limits import poll
from separatrix.run.results import Tabled
from separatrix.sentences import Sentence, say

__all__ = ["GraphFixation", "GraphStart", "exact_absorption", "graph_fixation"]

FIRST_BITS, MOST_BITS = 192, 6_144
"""Of balls. 192 bits leave some forty digits of a system of 256 states; strong selection takes more away."""

WANTED_BITS = 60
"""Of the relative accuracy of balls, so that their ends are neighbouring floats or nearly so."""

Moves = list[list[tuple[int, Any]]]


def exact_absorption(invasion: Invasion, asked: Sequence[int]) -> Absorption:
    """Return what becomes of mutants in some states of a small graph, exactly or in balls of sixty bits."""
    if invasion.fitness == "linear" or invasion.neutral:
        found = _solved(_moves(invasion, _linear(invasion)), fmpq_mat, fmpq, asked)
        return _absorption_result("rational", found, certified_rational)
    bits = FIRST_BITS
    while bits <= MOST_BITS:
        with precision(bits):
            found = []
            with suppress(ZeroDivisionError):  # where balls are too wide to tell that there is a solution
                found = _solved(_moves(invasion, _exponential(invasion)), arb_mat, arb, asked)
            if found and all(
                not isinstance(value, arb) or value.rel_accuracy_bits() >= WANTED_BITS
                for column in found
                for value in column
            ):
                return _absorption_result("balls", found, certified_ball)
        bits *= 2
    raise InputError(
        "N306",
        f"selection is so strong that {MOST_BITS:,} bits do not hold the probabilities of one update",
        hint="choose a smaller beta",
    )


def _absorption_result(
    method: Literal["rational", "balls"],
    found: Sequence[Sequence[Any]],
    certified: Callable[[Any], CertifiedNumber],
) -> Absorption:
    def number(value: Any) -> CertifiedNumber:
        return certified_rational(value) if isinstance(value, fmpq) else certified(value)

    chance, during, until = found
    return Absorption(
        method,
        [number(value) for value in chance],
        [None if value is None else number(value) for value in during],
        [None if value is None else number(value) for value in until],
    )


# --------------------------------------------------------------------------- one update


def _linear(invasion: Invasion) -> Callable[[Any], Any]:
    beta = fmpq(0) if invasion.neutral else rational(invasion.beta)

    def fitness(payoff: Any) -> Any:
        value = 1 + beta * rational(payoff)
        if value <= 0:
            raise no_fitness(float(int(value.p) / int(value.q)))
        return value

    return fitness


def _exponential(invasion: Invasion) -> Callable[[Any], Any]:
    beta = invasion.beta
    return lambda payoff: arb(rational(beta * payoff)).exp()


def _moves(invasion: Invasion, fitness: Callable[[Any], Any]) -> Moves:
    replacement = replacement_of(invasion.graph, rational)
    classes = range(len(invasion.graph.sizes))
    result: Moves = [[]]
    for state in range(1, invasion.states.count - 1):
        poll()
        counts = invasion.counts(state)
        fit = [tuple(fitness(invasion.payoff(counts, c, focal)) for focal in (0, 1)) for c in classes]
        flips = invasion.process.flips(replacement, counts, fit)
        result.append([(to, p) for to, p in invasion.moves(state, flips) if not _is_zero(p)])
    return [*result, []]


def _is_zero(probability: Any) -> bool:
    """Return whether a probability is zero: sums of nothing are, and no sum of positive balls is."""
    return bool(probability == 0)


# --------------------------------------------------------------------------- absorption


def _solved(
    moves: Moves, matrix: Callable[[Any], Any], number: Callable[[int], Any], asked: Sequence[int]
) -> list[list[Any]]:
    """Return the probabilities of fixing, the times of those that fix, and the times until either has."""
    count = len(moves)
    pairs = np.array([(i, j) for i, row in enumerate(moves) for j, _ in row], np.int64).reshape(-1, 2)
    steps = (pairs[:, 0], pairs[:, 1])
    fix = reaching(steps, [count - 1], count)
    never = np.flatnonzero(~reaching(steps, [0, count - 1], count))
    undecided = reaching(steps, never, count)
    sure = ~reaching(steps, [0, *never], count)
    inner = [i for i in range(1, count - 1) if fix[i]]
    both = [i for i in range(1, count - 1) if not undecided[i]]
    system, fixing = _system(moves, inner, matrix, number)
    right = [[fixing[i], number(1)] for i in inner]
    chance: dict[int, Any] = {}
    during: dict[int, Any] = {}
    until: dict[int, Any] = {}
    if inner:
        solved = system.solve(matrix(right))
        chance = {i: fmpq(1) if sure[i] else solved[k, 0] for k, i in enumerate(inner)}
        spent = system.solve(matrix([[solved[k, 0]] for k in range(len(inner))]))
        during |= {i: spent[k, 0] / solved[k, 0] for k, i in enumerate(inner)}
        if both == inner:
            until |= {i: solved[k, 1] for k, i in enumerate(inner)}
    if both and both != inner:
        system, _ = _system(moves, both, matrix, number)
        solved = system.solve(matrix([[number(1)] for _ in both]))
        until |= {i: solved[k, 0] for k, i in enumerate(both)}
    return [
        [chance.get(i, fmpq(0)) for i in asked],
        [during.get(i) for i in asked],
        [until.get(i) for i in asked],
    ]


def _system(
    moves: Moves, states: Sequence[int], matrix: Callable[[Any], Any], number: Callable[[int], Any]
) -> tuple[Any, dict[int, Any]]:
    """Return I - Q on some states, and the probability of fixing next from each."""
    place = {state: k for k, state in enumerate(states)}
    rows, fixing = [], {}
    for state in states:
        row = [number(0)] * len(states)
        fixing[state] = number(0)
        for to, probability in moves[state]:
            row[place[state]] += probability
            if to in place:
                row[place[to]] -= probability
            elif to == len(moves) - 1:
                fixing[state] += probability
        rows.append(row)
    return matrix(rows) if rows else None, fixing


Verdict = Literal["favoured", "opposed", "neutral", "undecided"]

EXACT_STATES = 256
"""States up to which the exact route takes seconds: eight nodes without symmetry."""


@dataclass(frozen=True)
class GraphStart:
    """What becomes of mutants that begin on some nodes.

    Attributes
    ----------
    nodes : tuple of str
        Where the first mutants are.
    state : int
        The state, up to symmetry: equal where a symmetry of the graph takes one start into another.
    probability : CertifiedNumber
        That they take over.
    neutral : Fraction or None
        The same without selection; None where parts of the graph never see each other.
    fixing : CertifiedNumber or None
        Expected updates until they have taken over, among the cases in which they do.
    deciding : CertifiedNumber or None
        Expected updates until one of both strategies has; None where that may never be.
    """

    nodes: tuple[str, ...]
    state: int
    probability: CertifiedNumber
    neutral: Fraction | None
    fixing: CertifiedNumber | None
    deciding: CertifiedNumber | None

    @property
    def verdict(self) -> Verdict:
        """Whether selection is proven to favour them, to oppose them or to do neither, by what is neutral."""
        compared = None if self.neutral is None else self.probability.compared(self.neutral)
        return "undecided" if compared is None else ("opposed", "neutral", "favoured")[compared + 1]

    def to_dict(self) -> dict[str, Any]:
        """Return the start as plain data."""
        return {
            "nodes": list(self.nodes),
            "probability": self.probability.to_dict(),
            "neutral": None if self.neutral is None else str(self.neutral),
            "verdict": self.verdict,
            "fixing": None if self.fixing is None else self.fixing.to_dict(),
            "deciding": None if self.deciding is None else self.deciding.to_dict(),
        }


@dataclass(frozen=True, repr=False)
class GraphFixation(Tabled):
    """How likely, and how soon, one strategy takes over from another on a graph.

    Attributes
    ----------
    game : Game
    graph : WeightedGraph
    invader, resident : str
        Names of the strategies.
    process, payoffs, fitness : str
        How strategies spread, how payoffs are put together, and what they do to fitness.
    beta : Fraction
        The intensity of selection.
    method : str
        ``rational``, ``balls`` or ``iterative``.
    states : int
        States, up to the symmetry of the graph.
    starts : tuple of GraphStart
        One mutant on each node, or the given initial states.
    uniform : GraphStart or None
        One mutant on a node that is drawn, each as likely; None where other initial states were given.
    how_sure : Sentence
    merged : bool
        Whether two populations of a symmetric game became one.
    scenario : str or None
    weak : WeakSelection or None
        What weak selection favours; None on a graph with many states, or of several parts without
        links from outside.
    advantage : Fraction or None
        By what weak selection favours the invader over the resident: its sign counts.
    """

    game: Game = field(repr=False)
    graph: WeightedGraph = field(repr=False)
    invader: str
    resident: str
    process: str
    payoffs: Normalisation
    fitness: Fitness
    beta: Fraction
    method: str
    states: int
    starts: tuple[GraphStart, ...]
    uniform: GraphStart | None
    how_sure: Sentence
    merged: bool = False
    scenario: str | None = None
    weak: WeakSelection | None = None
    advantage: Fraction | None = None

    def to_dict(self) -> dict[str, Any]:
        """Return the answer as plain data; times are in updates, and N updates are a generation."""
        return {
            "schema": 1,
            "model": {"title": self.game.title},
            "invader": self.invader,
            "resident": self.resident,
            "process": self.process,
            "payoffs": self.payoffs,
            "fitness": self.fitness,
            "beta": str(self.beta),
            "nodes": list(self.graph.names),
            "states": self.states,
            "method": self.method,
            "how_sure": str(self.how_sure),
            "weak_selection": None
            if self.weak is None or self.advantage is None
            else {
                "sigma": _text(self.weak.sigma),
                "critical_ratio": _text(self.weak.critical_ratio),
                "gradient": [str(slope) for slope in self.weak.gradient],
                "favoured": ("resident", "neither", "invader")[_sign(self.advantage) + 1],
            },
            "uniform": None if self.uniform is None else self.uniform.to_dict(),
            "starts": [start.to_dict() for start in self.starts],
        }


def graph_fixation(
    game: Game,
    links: LinkGraph,
    invader: str | None = None,
    resident: str | None = None,
    *,
    process: str = "fermi",
    payoffs: Normalisation = "averaged",
    fitness: Fitness = "exponential",
    beta: object = 1,
    starts: Sequence[Sequence[str]] | None = None,
    replacement: LinkGraph | None = None,
    values: Mapping[str, object] | None = None,
    scenario: str | None = None,
) -> GraphFixation:
    """Return how likely, and how soon, mutants of one strategy take over from another on a graph.

    Parameters
    ----------
    game : Game
        One population that plays itself in pairs, or a symmetric game of two populations.
    links : LinkGraph
        A link from -> to means that `to` meets, sees and copies `from`.
    invader, resident : str, optional
        Strategies; by default the first and the second of two.
    process : str
        ``fermi``, ``birth-death`` or ``death-birth``.
    payoffs : str
        ``averaged`` or ``accumulated`` over encounters.
    fitness : str
        ``exponential`` for exp(beta payoff), or ``linear`` for 1 + beta payoff.
    beta : number
        The intensity of selection, 0 or more.
    starts : sequence of sequences of str, optional
        Sets of nodes on which the first mutants are; by default one mutant, on each node in turn.
    replacement : LinkGraph, optional
        The links along which everyone copies, where they are others than those along which they meet.
    values, scenario
        As in `separatrix.analyze`.

    Returns
    -------
    GraphFixation
        For each start the probability, times in updates, and what is neutral.

    Raises
    ------
    InputError
        N301 for payoffs that are not a matrix of pairs; N303 for too many nodes; N305 for a fitness
        that is not positive; N306 for a selection too strong for numbers; N307 for an invalid start;
        N204, N205 and N304 for an invalid process, fitness or beta.
    NameProblem
        N302 for an unknown strategy, N307 for an unknown node.

    References
    ----------
    Hindersin, Möller, Traulsen & Bauer (2016), BioSystems 150, 87-91; Lieberman, Hauert & Nowak (2005).

    Examples
    --------
    >>> from separatrix.game.reader import load
    >>> from separatrix.population.networks.link_graph import link_graph
    >>> moran = load({"title": "Moran", "payoff_matrix": [["1/10", "1/10"], [0, 0]]})
    >>> star = link_graph(["hub", "a", "b", "c"], [("hub", x) for x in "abc"], undirected=True)
    >>> found = graph_fixation(moran, star, process="birth-death", fitness="linear")
    >>> found.uniform.probability.exact
    Fraction(5894999, 20033789)
    """
    pairs = pair_payoffs(game, values, scenario)
    new, old = _strategies(pairs, invader, resident)
    graph = weighted_graph(links, replacement)
    invasion = _invasion(pairs, (old, new), quotient(graph), process, payoffs, fitness, beta)
    sets = [_places(graph, start) for start in starts] if starts else [(k,) for k in range(graph.size)]
    asked = [_state(invasion, places) for places in sets]
    distinct = sorted(set(asked))
    absorption = _absorption(invasion, distinct)
    value = reproductive_values(invasion.graph, invasion.process) if graph.roots == 1 else None
    weak = None
    if graph.roots == 1 and invasion.states.count <= EXACT_STATES:
        weak = weak_selection_on(graph, invasion.graph, invasion.states, invasion.process, payoffs)
    begun = []
    for places, state in zip(sets, asked, strict=True):
        at = distinct.index(state)
        chance = None if value is None else sum((value[k] for k in places), Fraction(0))
        begun.append(
            GraphStart(
                tuple(graph.names[k] for k in places),
                state,
                # Chance alone decides: known exactly, however many states there are.
                certified_rational(rational(chance))
                if invasion.neutral and chance is not None
                else absorption.probability[at],
                chance,
                absorption.fixing[at],
                absorption.deciding[at],
            )
        )
    return GraphFixation(
        game,
        graph,
        pairs.strategies[new].name,
        pairs.strategies[old].name,
        invasion.process.name,
        payoffs,
        fitness,
        invasion.beta,
        absorption.method,
        invasion.states.count,
        tuple(begun),
        None if starts else _uniform(begun),
        _how_sure(invasion, absorption),
        pairs.merged,
        scenario,
        weak,
        None if weak is None else weak.advantage(invasion.matrix),
    )


# --------------------------------------------------------------------------- what is asked


def _text(number: Fraction | None) -> str | None:
    return None if number is None else str(number)


def _sign(number: Fraction) -> int:
    return (number > 0) - (number < 0)


def _strategies(pairs: EncounterPayoffs, invader: str | None, resident: str | None) -> tuple[int, int]:
    names = [strategy.name for strategy in pairs.strategies]
    if len(names) > 2 and (invader is None or resident is None):
        raise InputError(
            "N302",
            f"of {len(names)} strategies two play on a graph; which invades, and which is resident?",
            hint=f"name both, such as `{names[0]}` and `{names[1]}`",
        )
    new = 0 if invader is None else strategy_index(pairs, invader)
    old = strategy_index(pairs, resident) if resident is not None else 1 - min(new, 1)
    if invader is None and old == new:
        new = 1 - old
    if new == old:
        raise InputError("N302", f"`{names[new]}` is both invader and resident", hint="name two strategies")
    return new, old


def _invasion(
    pairs: EncounterPayoffs,
    players: tuple[int, int],
    graph: TwinClasses,
    process: str,
    payoffs: Normalisation,
    fitness: Fitness,
    beta: object,
) -> Invasion:
    on_graph = process_on_graph(process)
    chosen = selection(process, beta, fitness)
    if math.isinf(chosen.beta):
        raise InputError(
            "N306",
            "on a graph the intensity of selection is finite; the limit of strong selection is not computed",
            hint="choose a large beta, such as 50",
        )
    intensity = exact(beta, "beta")
    old, new = ((row[players[0]], row[players[1]]) for row in (pairs.matrix[own] for own in players))
    return Invasion(
        graph,
        lumped_states(graph),
        (old, new),
        on_graph,
        payoffs,
        fitness,
        intensity,
    )


def _places(graph: WeightedGraph, start: Sequence[str]) -> tuple[int, ...]:
    where = {name: k for k, name in enumerate(graph.names)}
    for name in start:
        if name not in where:
            close = nearest(name, list(where))
            raise NameProblem(
                "N307",
                f"a start names `{name}`, which is not a node of the graph",
                hint=f"did you mean `{close}`?" if close else None,
            )
    places = sorted({where[name] for name in start})
    if not 0 < len(places) < graph.size:
        raise InputError(
            "N307",
            f"a start has {len(places)} mutants of {graph.size} nodes; nothing is left to decide",
            hint="name one node or more, but not all",
        )
    return tuple(places)


def _state(invasion: Invasion, places: Sequence[int]) -> int:
    begun = set(places)
    return invasion.states.index([len(begun.intersection(nodes)) for nodes in invasion.graph.members])


def _absorption(invasion: Invasion, asked: Sequence[int]) -> Absorption:
    if invasion.states.count <= EXACT_STATES:
        return exact_absorption(invasion, asked)
    return certified_absorption(invasion, asked)


def _how_sure(invasion: Invasion, absorption: Absorption) -> Sentence:
    count = invasion.states.count
    if absorption.method == "rational":
        return say("exact: rational arithmetic on the {count} states of the graph", count=count)
    if absorption.method == "iterative":
        columns = (absorption.probability, absorption.fixing, absorption.deciding)
        error = max((number.relative for column in columns for number in column if number), default=0.0)
        return say(
            "proven: the relative error on the {count} states of the graph is at most {error}, by comparison "
            "of residuals with an expected time (M-matrix)",
            count=count,
            error=f"{error:.1e}",
        )
    return say(
        "proven: balls around the solution on the {count} states of the graph, all digits shown are right",
        count=count,
    )


def _uniform(starts: Sequence[GraphStart]) -> GraphStart:
    """Return the average over single mutants; those that fix weigh with their probability."""
    deciding = [start.deciding for start in starts if start.deciding is not None]
    during = [(start.probability, start.fixing) for start in starts if start.fixing is not None]
    return GraphStart(
        (),
        -1,
        weighted_mean([start.probability for start in starts]),
        None if starts[0].neutral is None else Fraction(1, len(starts)),
        weighted_mean([time for _, time in during], [chance for chance, _ in during]) if during else None,
        weighted_mean(deciding) if len(deciding) == len(starts) else None,
    )
