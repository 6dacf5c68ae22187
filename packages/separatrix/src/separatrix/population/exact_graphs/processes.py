"""Processes on a graph: how likely one more, or one less, of a class is a mutant after one update.

A link j -> i of weight w lets j take the place of i; f is fitness.

- death-birth: i dies, each as likely; j comes in with probability w(j -> i) f_j / sum of w(k -> i) f_k.
- birth-death: j is chosen with probability f_j / sum of f; its copy takes the place of i with probability
  w(j -> i) / sum of w(j -> k).
- fermi: i is chosen, each as likely, and j with probability w(j -> i) / sum of w(k -> i); i copies j with
  probability f_j / (f_i + f_j), which is 1 / (1 + exp(-beta (payoff_j - payoff_i))) where f is exponential.

Numbers may be of any kind that adds, multiplies and divides: rationals, balls, dual numbers.

A number that is known exactly, or between two bounds that are proven.

Mutants of one strategy among residents of another on a graph: payoffs, fitness and the question.

The payoff of i is the sum over j of w(j -> i) times what it earns when it meets j (accumulated), or that
divided by the sum of w(j -> i) (averaged; an isolated node earns 0). Fitness is exp(beta payoff), or 1 +
beta payoff.

References
----------
Lieberman, E., Hauert, C. and Nowak, M. A. (2005), Evolutionary dynamics on graphs, Nature 433, 312-316
(birth-death); Ohtsuki, H., Hauert, C., Lieberman, E. and Nowak, M. A. (2006), A simple rule for the
evolution of cooperation on graphs and social networks, Nature 441, 502-505 (death-birth); Szabó, G. and
Tőke, C. (1998), Evolutionary prisoner's dilemma game on a square lattice, Physical Review E 58, 69-73
(fermi).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Literal

import numpy as np
from flint import arb, fmpq
from numpy.typing import NDArray

from separatrix.errors import InputError
from separatrix.exact.algebraic_numbers import rational
from separatrix.population.exact_graphs.graphs import LumpedStates, TwinClasses
from separatrix.population.finite.processes import process_of
from separatrix.run.cached_property import cached_property

__all__ = [
    "Absorption",
    "CertifiedNumber",
    "Fitness",
    "GRAPH_PROCESSES",
    "GraphProcess",
    "Invasion",
    "Normalisation",
    "Replacement",
    "certified_ball",
    "certified_number",
    "certified_rational",
    "no_fitness",
    "process_on_graph",
    "reaching",
    "replacement_of",
    "weighted_mean",
]


@dataclass(frozen=True)
class CertifiedNumber:
    """A positive number, or zero, and what is proven of it.

    Attributes
    ----------
    value : float
    low, high : float
        Bounds, rounded outwards.
    log : float
        The natural logarithm, also where floats cannot hold the number itself; minus infinity of zero.
    exact : Fraction or None
        The number itself, where it is rational and known.
    """

    value: float
    low: float
    high: float
    log: float
    exact: Fraction | None = None

    def to_dict(self) -> dict[str, Any]:
        """Return the number as plain data."""
        return {
            "value": self.value,
            "low": self.low,
            "high": self.high,
            "ln": None if math.isinf(self.log) else self.log,
            "exact": None if self.exact is None else str(self.exact),
        }

    @property
    def relative(self) -> float:
        """How far the number may be from its value, relative to it; 0 of zero."""
        return 0.0 if self.value == 0 else max(self.high - self.value, self.value - self.low) / self.value

    def compared(self, other: Fraction) -> int | None:
        """Return -1, 0 or 1 where it is proven to be less than, equal to or more than another; else None."""
        if self.exact is not None:
            return (self.exact > other) - (self.exact < other)
        return 1 if Fraction(self.low) > other else -1 if Fraction(self.high) < other else None


def certified_rational(number: fmpq) -> CertifiedNumber:
    """Return a rational number of FLINT.

    Examples
    --------
    >>> certified_rational(fmpq(1, 3)).exact
    Fraction(1, 3)
    """
    exact = Fraction(int(number.p), int(number.q))
    log = math.log(exact.numerator) - math.log(exact.denominator) if exact > 0 else -math.inf
    low, high = _outwards(exact)
    return CertifiedNumber(float(exact), low, high, log, exact)


def _outwards(exact: Fraction) -> tuple[float, float]:
    nearest = float(exact)
    if Fraction(nearest) == exact:
        return nearest, nearest
    if Fraction(nearest) < exact:
        return nearest, math.nextafter(nearest, math.inf)
    return math.nextafter(nearest, -math.inf), nearest


def certified_ball(ball: arb) -> CertifiedNumber:
    """Return what a ball of positive numbers holds."""
    low, high = (float(end) for end in (ball.lower(), ball.upper()))
    return CertifiedNumber(
        float(ball.mid()),
        max(math.nextafter(low, -math.inf), 0.0),
        math.nextafter(high, math.inf),
        float(ball.log().mid()),
    )


def certified_number(value: float, relative: float) -> CertifiedNumber:
    """Return a number with a proven bound on its relative error."""
    low = value * (1 - relative)
    high = value * (1 + relative)
    return CertifiedNumber(
        value,
        max(math.nextafter(low, -math.inf), 0.0),
        math.nextafter(high, math.inf),
        math.log(value) if value > 0 else -math.inf,
    )


def weighted_mean(
    numbers: Sequence[CertifiedNumber], weights: Sequence[CertifiedNumber] | None = None
) -> CertifiedNumber:
    """Return the mean of numbers with their weights, by default equal ones.

    Examples
    --------
    >>> weighted_mean([certified_rational(fmpq(1, 2)), certified_rational(fmpq(1, 3))]).exact
    Fraction(5, 12)
    """
    own = [certified_rational(fmpq(1))] * len(numbers) if weights is None else weights
    pairs = list(zip(own, numbers, strict=True))
    known = [(w.exact, n.exact) for w, n in pairs if w.exact is not None and n.exact is not None]
    if len(known) == len(pairs):
        return certified_rational(rational(_sum(w * n for w, n in known) / _sum(w for w, _ in known)))
    # A mean lies between the least and the largest number, even where floats hold no weight.
    low, high = min(Fraction(n.low) for n in numbers), max(Fraction(n.high) for n in numbers)
    least, most = (_sum(Fraction(getattr(w, end)) for w in own) for end in ("low", "high"))
    if least > 0:
        low = max(low, _sum(Fraction(w.low) * Fraction(n.low) for w, n in pairs) / most)
        high = min(high, _sum(Fraction(w.high) * Fraction(n.high) for w, n in pairs) / least)
    log = _log_sum([w.log + n.log for w, n in pairs]) - _log_sum([w.log for w in own])
    value = min(max(Fraction(math.exp(log)), low), high)
    return CertifiedNumber(float(value), _outwards(low)[0], _outwards(high)[1], log)


def _sum(numbers: Iterable[Fraction]) -> Fraction:
    return sum(numbers, Fraction(0))


def _log_sum(logs: Sequence[float]) -> float:
    largest = max(logs)
    if math.isinf(largest):
        return largest
    return largest + math.log(math.fsum(math.exp(log - largest) for log in logs))


RESIDENT, MUTANT = 0, 1

Pair = Sequence[Any]
"""Of residents and of mutants."""

Flips = list[tuple[Any, Any]]
"""For each class the probabilities that one of its residents, and that one of its mutants, changes."""


@dataclass(frozen=True)
class Replacement:
    """The weights along which members of classes take each other's places, as numbers of one kind.

    Attributes
    ----------
    nodes : int
        How many there are.
    sources : for each class the pairs (d, weight)
        The classes that a member sees, and the weight of the link from each other member of these.
    seen : tuple of numbers
        The weights of all links to one member of each class.
    showing : tuple of numbers
        The weights of all links from one member of each class.
    """

    nodes: int
    sources: tuple[tuple[tuple[int, Any], ...], ...]
    seen: tuple[Any, ...]
    showing: tuple[Any, ...]


def replacement_of(graph: TwinClasses, number: Callable[[Fraction], Any]) -> Replacement:
    """Return the weights of the replacement graph as numbers of some kind."""
    sizes, weights = graph.sizes, graph.replacement
    classes = range(len(sizes))
    others = [[sizes[d] - (c == d) for d in classes] for c in classes]
    return Replacement(
        nodes=sum(sizes),
        sources=tuple(
            tuple((d, number(weights[c][d])) for d in classes if weights[c][d] and others[c][d])
            for c in classes
        ),
        seen=tuple(
            number(sum((weights[c][d] * others[c][d] for d in classes), Fraction(0))) for c in classes
        ),
        showing=tuple(
            number(sum((weights[c][d] * others[d][c] for c in classes), Fraction(0))) for d in classes
        ),
    )


@dataclass(frozen=True)
class GraphProcess:
    """A process by which strategies take each other's places.

    Attributes
    ----------
    name : str
        What the command line calls it.
    flips : function
        From the replacement graph, the number of residents and mutants in each class and their fitness to
        the probabilities that one of them changes in one update.
    """

    name: str
    flips: Callable[[Replacement, Sequence[Pair], Sequence[Pair]], Flips]


def _others_in_class(counts: Sequence[Pair], c: int, focal: int, d: int, strategy: int) -> Any:
    """Return how many of class d play a strategy, a member of class c with its own strategy not counted."""
    number = counts[d][strategy]
    return number - (number > 0) if (c, focal) == (d, strategy) else number


def _death_birth(graph: Replacement, counts: Sequence[Pair], fitness: Sequence[Pair]) -> Flips:
    def changes(c: int, focal: int) -> Any:
        if not graph.sources[c]:
            return counts[c][focal] * 0
        own, other = (
            sum(w * _others_in_class(counts, c, focal, d, s) * fitness[d][s] for d, w in graph.sources[c])
            for s in (focal, 1 - focal)
        )
        return other / (own + other) * counts[c][focal] / graph.nodes

    return [(changes(c, RESIDENT), changes(c, MUTANT)) for c in range(len(counts))]


def _birth_death(graph: Replacement, counts: Sequence[Pair], fitness: Sequence[Pair]) -> Flips:
    total = sum(
        number * f for pair in zip(counts, fitness, strict=True) for number, f in zip(*pair, strict=True)
    )

    def changes(c: int, focal: int) -> Any:
        if not graph.sources[c]:
            return counts[c][focal] * 0
        gain = sum(
            w / graph.showing[d] * counts[d][1 - focal] * fitness[d][1 - focal] for d, w in graph.sources[c]
        )
        return gain / total * counts[c][focal]

    return [(changes(c, RESIDENT), changes(c, MUTANT)) for c in range(len(counts))]


def _fermi(graph: Replacement, counts: Sequence[Pair], fitness: Sequence[Pair]) -> Flips:
    def changes(c: int, focal: int) -> Any:
        if not graph.sources[c]:
            return counts[c][focal] * 0
        won = sum(
            w
            / graph.seen[c]
            * counts[d][1 - focal]
            * (fitness[d][1 - focal] / (fitness[c][focal] + fitness[d][1 - focal]))
            for d, w in graph.sources[c]
        )
        return won * counts[c][focal] / graph.nodes

    return [(changes(c, RESIDENT), changes(c, MUTANT)) for c in range(len(counts))]


GRAPH_PROCESSES: Mapping[str, GraphProcess] = {
    process.name: process
    for process in (
        GraphProcess("death-birth", _death_birth),
        GraphProcess("birth-death", _birth_death),
        GraphProcess("fermi", _fermi),
    )
}
"""The processes by their names."""


def process_on_graph(name: str) -> GraphProcess:
    """Return a process by any of its names.

    Raises
    ------
    InputError
        N204 for a process that is none; N304 for one that is not known on graphs.

    Examples
    --------
    >>> process_on_graph("moran").name
    'birth-death'
    """
    known = process_of(name)
    if known.name not in GRAPH_PROCESSES:
        raise InputError(
            "N304",
            f"{known.title} is not known on graphs; these are: {', '.join(GRAPH_PROCESSES)}",
            hint="name one of these",
        )
    return GRAPH_PROCESSES[known.name]


Fitness = Literal["exponential", "linear"]
Normalisation = Literal["accumulated", "averaged"]
Integers = NDArray[np.int64]
Matrix = tuple[tuple[Fraction, Fraction], tuple[Fraction, Fraction]]


@dataclass(frozen=True)
class Invasion:
    """Mutants among residents on a graph.

    Attributes
    ----------
    graph : TwinClasses
    states : LumpedStates
    matrix : two rows of two Fractions
        What residents (0) and mutants (1) earn when they meet residents and mutants.
    process : GraphProcess
    payoffs : str
        Whether payoffs are accumulated or averaged over encounters.
    fitness : str
        Whether fitness is an exponential or a linear function of payoffs.
    beta : Fraction
        The intensity of selection.
    """

    graph: TwinClasses
    states: LumpedStates
    matrix: Matrix
    process: GraphProcess
    payoffs: Normalisation
    fitness: Fitness
    beta: Fraction

    @property
    def neutral(self) -> bool:
        """Whether all fitness is the same, so that chance alone decides.

        Averages of one payoff are that payoff at every node with a neighbour; linear fitness is exact in
        any case, and its sign has to be checked.
        """
        entries = {entry for row in self.matrix for entry in row}
        if self.beta == 0 or entries == {0}:
            return True
        alike = len(entries) == 1 and self.payoffs == "averaged" and self.fitness == "exponential"
        return alike and all(self.met)

    @cached_property
    def met(self) -> tuple[tuple[tuple[int, Fraction], ...], ...]:
        """For each class the classes that a member meets, and how much each encounter counts."""
        sizes, rows = self.graph.sizes, []
        for c, row in enumerate(self.graph.interaction):
            pairs = [(d, weight) for d, weight in enumerate(row) if weight and sizes[d] > (c == d)]
            total = sum((weight * (sizes[d] - (c == d)) for d, weight in pairs), Fraction(0))
            share = total if self.payoffs == "averaged" else Fraction(1)
            rows.append(tuple((d, weight / share) for d, weight in pairs))
        return tuple(rows)

    def counts(self, state: int) -> list[Pair]:
        """Return the residents and mutants of each class in a state."""
        return [
            (size - mutants, mutants)
            for size, mutants in zip(self.graph.sizes, self.states.mutants[state].tolist(), strict=True)
        ]

    def encounters(self, counts: Sequence[Pair], c: int, focal: int) -> tuple[Fraction, Fraction]:
        """Return how much a member of class c with its strategy meets residents, and mutants."""
        met = [Fraction(0), Fraction(0)]
        for d, weight in self.met[c]:
            for strategy, number in enumerate(counts[d]):
                met[strategy] += weight * (number - (number > 0 and (c, focal) == (d, strategy)))
        return met[0], met[1]

    def payoff(self, counts: Sequence[Pair], c: int, focal: int) -> Fraction:
        """Return the payoff of a member of class c with its strategy; 0 if no one there plays it."""
        met = self.encounters(counts, c, focal)
        return sum((m * earned for m, earned in zip(met, self.matrix[focal], strict=True)), Fraction(0))

    def moves(self, state: int, flips: Sequence[tuple[Any, Any]]) -> list[tuple[int, Any]]:
        """Return the states that one update may lead to, with its probabilities; nothing stays."""
        key = int(self.states.mutants[state] @ self.states.strides)
        return [
            (int(self.states.orbit[key + sign * stride]), probability)
            for stride, pair, counts in zip(
                self.states.strides.tolist(), flips, self.counts(state), strict=True
            )
            for sign, probability, number in zip((1, -1), pair, counts, strict=True)
            if number
        ]


@dataclass(frozen=True)
class Absorption:
    """What becomes of mutants, from every state.

    Attributes
    ----------
    method : str
        ``rational``, ``balls`` or ``iterative``.
    probability : sequence of CertifiedNumber
        Of fixation, from each given state.
    fixing : sequence of CertifiedNumber or None
        Updates until fixation, given that it happens; None where it never does.
    deciding : sequence of CertifiedNumber or None
        Updates until one strategy has taken over; None where that may never be.
    """

    method: Literal["rational", "balls", "iterative"]
    probability: Sequence[CertifiedNumber]
    fixing: Sequence[CertifiedNumber | None]
    deciding: Sequence[CertifiedNumber | None]


def no_fitness(low: float) -> InputError:
    """Return the error of a fitness that is not positive."""
    return InputError(
        "N305",
        f"the fitness 1 + beta payoff is {low:.6g} in some state; fitness is positive",
        hint="choose a smaller beta, or exponential fitness",
    )


def reaching(
    moves: tuple[Integers, Integers], goals: Sequence[int] | Integers, count: int
) -> NDArray[np.bool_]:
    """Return from which of `count` states one of some goals can be reached; moves are sources and targets."""
    from scipy.sparse import csr_matrix
    from scipy.sparse.csgraph import breadth_first_order

    sources, targets = moves
    rows = np.concatenate([targets, np.full(len(goals), count)])
    columns = np.concatenate([sources, np.asarray(goals, np.int64)])
    backwards = csr_matrix((np.ones(len(rows), np.int8), (rows, columns)), shape=(count + 1, count + 1))
    found = np.zeros(count + 1, bool)
    found[breadth_first_order(backwards, count, return_predecessors=False)] = True
    return found[:count]
