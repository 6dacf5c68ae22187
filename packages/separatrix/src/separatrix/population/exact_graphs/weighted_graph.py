"""The two graphs of a population: whom everyone meets, and whom everyone copies, with exact weights.

Ohtsuki, H., Nowak, M. A. and Pacheco, J. M. (2007), Breaking the symmetry between interaction and
replacement in evolutionary dynamics on graphs, Physical Review Letters 98, 108106.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from scipy.sparse.csgraph import connected_components

from separatrix.errors import InputError
from separatrix.game.values import exact
from separatrix.population.networks.link_graph import LinkGraph
from separatrix.run.cached_property import cached_property

__all__ = ["Weights", "WeightedGraph", "weighted_graph"]

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
