"""Processes on a graph: how likely one more, or one less, of a class is a mutant after one update.

A link j -> i of weight w lets j take the place of i; f is fitness.

- death-birth: i dies, each as likely; j comes in with probability w(j -> i) f_j / sum of w(k -> i) f_k.
- birth-death: j is chosen with probability f_j / sum of f; its copy takes the place of i with probability
  w(j -> i) / sum of w(j -> k).
- fermi: i is chosen, each as likely, and j with probability w(j -> i) / sum of w(k -> i); i copies j with
  probability f_j / (f_i + f_j), which is 1 / (1 + exp(-beta (payoff_j - payoff_i))) where f is exponential.

Numbers may be of any kind that adds, multiplies and divides: rationals, balls, dual numbers.

References
----------
Lieberman, E., Hauert, C. and Nowak, M. A. (2005), Evolutionary dynamics on graphs, Nature 433, 312-316
(birth-death); Ohtsuki, H., Hauert, C., Lieberman, E. and Nowak, M. A. (2006), A simple rule for the
evolution of cooperation on graphs and social networks, Nature 441, 502-505 (death-birth); Szabó, G. and
Tőke, C. (1998), Evolutionary prisoner's dilemma game on a square lattice, Physical Review E 58, 69-73
(fermi).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from separatrix.errors import InputError
from separatrix.population.exact_graphs.symmetry import TwinClasses
from separatrix.population.finite.processes import process_of

__all__ = ["GRAPH_PROCESSES", "Replacement", "GraphProcess", "replacement_of", "process_on_graph"]

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
