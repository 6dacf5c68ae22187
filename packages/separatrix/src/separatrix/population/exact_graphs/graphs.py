"""The symmetry of a graph: nodes that may be exchanged, and permutations that leave all weights as they are.

Two nodes are twins where exchanging them alone leaves the graph as it is; this is an equivalence, so that
of a class of twins only the number of mutants matters.  What symmetry is left between classes is found by
searching for automorphisms along a chain of stabilisers, as in Sims, C. C. (1970), Computational methods in
the study of permutation groups; each that is found generates, and one that is missed makes more states, but
none wrong.

The two graphs of a population: whom everyone meets, and whom everyone copies, with exact weights.

Ohtsuki, H., Nowak, M. A. and Pacheco, J. M. (2007), Breaking the symmetry between interaction and
replacement in evolutionary dynamics on graphs, Physical Review Letters 98, 108106.

Who is a mutant, up to symmetry: the states of a population of two strategies on a graph.

A state is the number of mutants in each class of twins, and states that a symmetry of the graph takes into
each other are one: the chain of their orbits is a Markov chain again (Kemeny, J. G. and Snell, J. L.
(1960), Finite Markov Chains, section 6.3), with the same absorption probabilities and times.
"""

from __future__ import annotations

import math
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray
from scipy.sparse.csgraph import connected_components

from separatrix.errors import InputError
from separatrix.game.values import exact
from separatrix.population.networks.link_graph import LinkGraph
from separatrix.run.cached_property import cached_property

__all__ = [
    "LumpedStates",
    "TwinClasses",
    "WeightedGraph",
    "Weights",
    "automorphisms",
    "lumped_states",
    "quotient",
    "weighted_graph",
]

Weights = tuple[tuple[Fraction, ...], ...]
"""Row i, column j: w(j -> i), how much of j is seen by i."""

MOST_NODES = 200
"""A matrix of exact weights is made; graphs of more nodes with few states are complete graphs and stars."""


@dataclass(frozen=True)
class WeightedGraph:
    """Named nodes with the weights of the links along which they meet and copy each other.

    Attributes
    ----------
    names : tuple of str
        The N nodes.
    interaction : N rows of N Fractions
        ``interaction[i][j]`` is the weight of the link j -> i along which i earns from meeting j.
    replacement : N rows of N Fractions
        ``replacement[i][j]`` is the weight of the link j -> i along which j can take the place of i.
    """

    names: tuple[str, ...]
    interaction: Weights
    replacement: Weights

    @property
    def size(self) -> int:
        """The number of nodes."""
        return len(self.names)

    @property
    def lone(self) -> tuple[str, ...]:
        """The isolated nodes, which earn nothing."""
        return tuple(name for name, row in zip(self.names, self.interaction, strict=True) if not any(row))

    @cached_property
    def roots(self) -> int:
        """The number of parts of the replacement graph without links from outside."""
        linked = np.array([[weight > 0 for weight in row] for row in self.replacement]).reshape(self.size, -1)
        count, part = connected_components(linked.T, directed=True, connection="strong")
        seen = {part[i] for i, j in zip(*np.nonzero(linked), strict=True) if part[i] != part[j]}
        return int(count) - len(seen)


def weighted_graph(links: LinkGraph, replacement: LinkGraph | None = None) -> WeightedGraph:
    """Return the exact weights of a graph, or of two on the same nodes.

    Parameters
    ----------
    links : LinkGraph
        Along which everyone meets others, and copies them where no other graph is given.
    replacement : LinkGraph, optional
        Along which everyone copies others.

    Raises
    ------
    InputError
        N303 for fewer than two nodes, for too many, and for two graphs on different nodes.

    Examples
    --------
    >>> from separatrix.population.networks.link_graph import link_graph
    >>> weighted_graph(link_graph(["a", "b", "c"], [("a", "b"), ("b", "c")])).roots
    1
    """
    if not 2 <= links.size <= MOST_NODES:
        raise InputError(
            "N303",
            f"{links.size} nodes; fixation on a graph is computed exactly for 2 to {MOST_NODES}",
            hint="simulate larger networks with `separatrix network`"
            if links.size > 2
            else "name two enterprises or more",
        )
    other = links if replacement is None else replacement
    if other.names != links.names:
        raise InputError(
            "N303",
            "the graph along which everyone meets and the graph along which everyone copies have other nodes",
            hint="give both the same enterprises in the same order",
        )
    first = _weights(links)
    return WeightedGraph(links.names, first, first if replacement is None else _weights(other))


def _weights(links: LinkGraph) -> Weights:
    rows = [[Fraction(0)] * links.size for _ in range(links.size)]
    for source, target, weight in _weighted_links(links):
        rows[target][source] += exact(weight, "a weight")
    return tuple(tuple(row) for row in rows)


def _weighted_links(links: LinkGraph) -> Sequence[tuple[int, int, float]]:
    return list(zip(links.source.tolist(), links.target.tolist(), links.weight.tolist(), strict=True))


MOST_TRIES = 200_000
"""Assignments that the search for one automorphism may try: it ends on strongly regular graphs too."""

Permutation = tuple[int, ...]


@dataclass(frozen=True)
class TwinClasses:
    """A graph whose twins are put together.

    Attributes
    ----------
    members : tuple of tuples of int
        The nodes of each of the C classes.
    interaction, replacement : C rows of C Fractions
        The weight of the link from any one node of the class of the column to any other of that of the row.
    generators : tuple of permutations of the classes
        Generators of symmetries that are left between classes.
    """

    members: tuple[tuple[int, ...], ...]
    interaction: Weights
    replacement: Weights
    generators: tuple[Permutation, ...]

    @property
    def sizes(self) -> tuple[int, ...]:
        """The number of nodes of each class."""
        return tuple(len(nodes) for nodes in self.members)


def quotient(graph: WeightedGraph) -> TwinClasses:
    """Return a graph with its twins put together, and the symmetry that is left.

    Examples
    --------
    >>> from separatrix.population.networks.link_graph import link_graph
    >>> from separatrix.population.exact_graphs.graphs import weighted_graph
    >>> square = link_graph(4, [("1", "2"), ("2", "3"), ("3", "4"), ("4", "1")], undirected=True)
    >>> found = quotient(weighted_graph(square))
    >>> found.members, found.generators
    (((0, 2), (1, 3)), ((1, 0),))
    """
    seen = _labels(graph.interaction, graph.replacement)
    classes: list[list[int]] = []
    for node in range(graph.size):
        home = next((nodes for nodes in classes if _are_twins(seen, nodes[0], node)), None)
        if home is None:
            classes.append([node])
        else:
            home.append(node)
    members = tuple(tuple(nodes) for nodes in classes)
    interaction, replacement = (
        _weights_between_classes(members, w) for w in (graph.interaction, graph.replacement)
    )
    colours = [(len(nodes), seen[nodes[0]][nodes[-1]] if len(nodes) > 1 else -1) for nodes in members]
    return TwinClasses(
        members, interaction, replacement, automorphisms(colours, _labels(interaction, replacement))
    )


def _labels(interaction: Weights, replacement: Weights) -> list[list[int]]:
    """Return a number for each ordered pair, equal where all four weights between the two are."""
    known: dict[Hashable, int] = {}
    size = range(len(interaction))
    return [
        [
            known.setdefault(
                (interaction[i][j], interaction[j][i], replacement[i][j], replacement[j][i]), len(known)
            )
            for j in size
        ]
        for i in size
    ]


def _are_twins(seen: Sequence[Sequence[int]], i: int, j: int) -> bool:
    return seen[i][j] == seen[j][i] and all(
        seen[i][k] == seen[j][k] for k in range(len(seen)) if k not in (i, j)
    )


def _weights_between_classes(members: Sequence[Sequence[int]], weights: Weights) -> Weights:
    """Return the weights between classes; those of a class of one with itself are never used, and zero."""
    return tuple(tuple(weights[row[0]][column[-1]] for column in members) for row in members)


# --------------------------------------------------------------------------- automorphisms


def automorphisms(colours: Sequence[Hashable], seen: Sequence[Sequence[int]]) -> tuple[Permutation, ...]:
    """Return generators of the permutations that keep the colours of points and the labels of pairs.

    Parameters
    ----------
    colours : sequence of C values
    seen : C rows of C numbers
        The label of each ordered pair.
    """
    refined = _refined(colours, seen)
    size = len(seen)
    generators: list[Permutation] = []
    # From the deepest stabiliser outwards: what is known of it spares searches for images of one orbit.
    for point in reversed(range(size)):
        orbit = {point}
        for image in range(point + 1, size):
            if refined[image] != refined[point] or image in orbit:
                continue
            found = _extended([*range(point), image], refined, seen)
            if found is not None:
                generators.append(found)
                orbit = _orbit(point, generators)  # all that were found so far fix what comes before
    return tuple(generators)


def _refined(colours: Sequence[Hashable], seen: Sequence[Sequence[int]]) -> list[int]:
    """Return the coarsest equitable refinement of the colours (colour refinement)."""
    own = _numbered(list(colours))
    while True:
        finer = _numbered(
            [
                (own[i], tuple(sorted((seen[i][j], own[j]) for j in range(len(own)) if j != i)))
                for i in range(len(own))
            ]
        )
        if len(set(finer)) == len(set(own)):
            return finer
        own = finer


def _numbered(values: Sequence[Hashable]) -> list[int]:
    known: dict[Hashable, int] = {}
    return [known.setdefault(value, len(known)) for value in values]


def _extended(images: list[int], colours: Sequence[int], seen: Sequence[Sequence[int]]) -> Permutation | None:
    """Return an automorphism that begins with these images; None where there is none, or none was found."""
    size = len(seen)
    if not all(_fits(images[:k], images[k], colours, seen) for k in range(len(images))):
        return None
    fixed, tries = len(images), 0
    candidate = [0] * (size + 1)
    while len(images) < size:
        at = len(images)
        image = next(
            (v for v in range(candidate[at], size) if v not in images and _fits(images, v, colours, seen)),
            None,
        )
        tries += 1
        if image is None or tries > MOST_TRIES:
            if at == fixed or tries > MOST_TRIES:
                return None
            candidate[at] = 0
            images.pop()
            continue
        candidate[at] = image + 1
        images.append(image)
    return tuple(images)


def _fits(images: Sequence[int], image: int, colours: Sequence[int], seen: Sequence[Sequence[int]]) -> bool:
    point = len(images)
    return colours[point] == colours[image] and all(
        seen[point][k] == seen[image][v] for k, v in enumerate(images)
    )


def _orbit(point: int, generators: Sequence[Permutation]) -> set[int]:
    reached, waiting = {point}, [point]
    while waiting:
        here = waiting.pop()
        for generator in generators:
            there = generator[here]
            if there not in reached:
                reached.add(there)
                waiting.append(there)
    return reached


Integers = NDArray[np.int64]

MOST_STATES = 2**22
"""Combinations of mutants in classes: 22 nodes without symmetry, in about 2 GB."""


@dataclass(frozen=True)
class LumpedStates:
    """The states of a population of residents and mutants, up to symmetry.

    Attributes
    ----------
    sizes : tuple of int
        The number of nodes of each of C classes.
    mutants : ndarray, shape (M, C)
        The mutants in each class, in one state of each of the M orbits; the first is without mutants, the
        last without residents.
    orbit : ndarray, shape (K,)
        The orbit of each combination, by the number ``mutants @ strides``.
    strides : ndarray, shape (C,)
    """

    sizes: tuple[int, ...]
    mutants: Integers
    orbit: Integers
    strides: Integers

    @property
    def count(self) -> int:
        """The number M of states."""
        return len(self.mutants)

    def index(self, mutants: Sequence[int]) -> int:
        """Return the state with these mutants in the classes."""
        return int(self.orbit[int(np.dot(mutants, self.strides))])


def lumped_states(graph: TwinClasses) -> LumpedStates:
    """Return the states on a graph, up to its symmetry.

    Raises
    ------
    InputError
        N303 for more combinations than memory holds.
    """
    sizes = np.array(graph.sizes)
    combinations = math.prod(int(size) + 1 for size in sizes)
    if combinations > MOST_STATES:
        raise InputError(
            "N303",
            f"{sum(graph.sizes)} nodes have {combinations:.3g} sets of mutants, nodes that may be exchanged "
            f"counted once; at most {MOST_STATES:,} are taken",
            hint="simulate larger networks with `separatrix network`",
        )
    strides = np.concatenate([[1], np.cumprod(sizes[:-1] + 1)]).astype(np.int64)
    keys = np.arange(combinations, dtype=np.int64)
    label = keys.copy()
    moved = [_permuted_states(keys, sizes, strides, generator) for generator in graph.generators]
    while True:
        before = label
        for places in moved:
            label = np.minimum(label, label[places])
        if np.array_equal(label, before):
            break
    first = np.flatnonzero(label == keys)
    number = np.empty(combinations, np.int64)
    number[first] = np.arange(len(first))
    mutants = first[:, None] // strides % (sizes + 1)
    return LumpedStates(graph.sizes, mutants, number[label], strides)


def _permuted_states(
    keys: Integers, sizes: Integers, strides: Integers, generator: Sequence[int]
) -> Integers:
    """Return where a permutation of classes takes each combination."""
    result = np.zeros_like(keys)
    for at, to in enumerate(generator):
        result += keys // strides[at] % (sizes[at] + 1) * strides[to]
    return result
