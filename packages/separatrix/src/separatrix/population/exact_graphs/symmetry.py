"""The symmetry of a graph: nodes that may be exchanged, and permutations that leave all weights as they are.

Two nodes are twins where exchanging them alone leaves the graph as it is; this is an equivalence, so that
of a class of twins only the number of mutants matters.  What symmetry is left between classes is found by
searching for automorphisms along a chain of stabilisers, as in Sims, C. C. (1970), Computational methods in
the study of permutation groups; each that is found generates, and one that is missed makes more states, but
none wrong.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass

from separatrix.population.exact_graphs.weighted_graph import WeightedGraph, Weights

__all__ = ["TwinClasses", "automorphisms", "quotient"]

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
    >>> from separatrix.population.exact_graphs.weighted_graph import weighted_graph
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
