"""The stationary distribution of a chain by blocks of states, without a single subtraction.

A layer of states is left by moves to its neighbours alone.  Layer by layer, panel by panel, states are taken
out of the chain and their neighbours linked by where it goes from there; what remains is a chain again.  One
minus the probability to stay is never formed as such: it is the sum of the moves away (Grassmann, Taksar and
Heyman 1985).  So each number is a sum of products and quotients of positive numbers; no entry can be
negative, and its relative error is that of the operations on it, however small it is (O'Cinneide 1993).
Products of matrices do nearly all of the work.

References: Grassmann, W. K., Taksar, M. I. and Heyman, D. P. (1985), Operations Research 33, 1107-1116;
O'Cinneide, C. A. (1993), Entrywise perturbation theory and error analysis for Markov chains, Numerische
Mathematik 65, 109-120; Gaver, D. P., Jacobs, P. A. and Latouche, G. (1984), Finite birth-and-death models in
randomly changing environments, Advances in Applied Probability 16, 715-731 (blocks).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from separatrix.errors import InputError
from separatrix.population.finite.elimination_kernels import closed_inverse

__all__ = ["ChainTransitions", "closed_class", "layered_stationary"]

Array = NDArray[np.float64]
Counts = NDArray[np.int64]

PANEL = 48
"""States that are taken out at once. More: more work in loops; fewer: matrices too small to be fast."""

MOST_BYTES = 4_000_000_000
"""Of the matrices that are kept for the way back: the squares of the sizes of all layers."""


@dataclass(frozen=True, eq=False)
class ChainTransitions:
    """Moves of a chain: from which state to which, and how likely; each an array (m,)."""

    source: Counts
    target: Counts
    probability: Array


@dataclass(frozen=True, eq=False)
class Layer:
    """A layer that has been taken out of the chain.

    ``links`` holds, above the panels on its diagonal, the moves into them and, below, where each panel is
    left to; ``visits`` how often each panel is at each of its states before it is left.
    """

    links: Array
    visits: Sequence[Array]


def closed_class(source: Counts, target: Counts, count: int) -> NDArray[np.bool_]:
    """Return which of `count` states are in the one closed class, from the pairs that moves link.

    All other states are transient and have weight 0 in the long run: with a Moran process in which every
    copy changes, for one, a population never returns to a monomorphic state.

    Raises
    ------
    InputError
        N209 where there are several closed classes: where the chain ends depends on where it begins.
    """
    from scipy.sparse import csr_matrix
    from scipy.sparse.csgraph import connected_components

    graph = csr_matrix((np.ones(len(source), np.int8), (source, target)), shape=(count, count))
    parts, part = connected_components(graph, directed=True, connection="strong")
    closed = np.ones(parts, dtype=bool)
    closed[part[source[part[source] != part[target]]]] = False
    if int(closed.sum()) > 1:
        raise InputError(
            "N209",
            f"the chain has {int(closed.sum())} parts that it never leaves again, so that its long run "
            "depends on where it begins",
            hint="let --exploration give every strategy a weight above 0, or give a smaller --beta",
        )
    return np.asarray(closed[part])


def layered_stationary(
    links: ChainTransitions, starts: Counts, advance: Callable[[int, int], None] | None = None
) -> tuple[Array, Array]:
    """Return the stationary distribution of a chain whose layers are linked to their neighbours alone.

    Parameters
    ----------
    links : ChainTransitions
        All moves between different states, numbered layer by layer; none twice.
    starts : (layers + 1,) array
        Where each layer begins, and where the last one ends.
    advance : callable, optional
        Called with the numbers of eliminated and of all states.

    Returns
    -------
    (n,) array
        The distribution, divided by the largest entry of each layer; none below 0.
    (layers,) array
        The logarithm of that entry, up to a constant that is the same for all layers.

    Raises
    ------
    InputError
        N210 for layers that are too large; N209 where some states are never left in floating point.
    """
    from scipy.sparse import csr_matrix

    sizes = np.diff(starts).tolist()
    if 8 * sum(size**2 for size in sizes) > MOST_BYTES:
        raise InputError(
            "N210",
            f"{int(starts[-1]):,} states in layers of up to {max(sizes):,} take more than "
            f"{MOST_BYTES / 1e9:g} GB",
            hint="take smaller populations or fewer strategies",
        )
    blocks = _Blocks.of(links, starts)
    layers: list[Layer] = []
    through: Array | None = None
    for k in range(len(sizes) - 1, -1, -1):
        matrix = blocks.dense(k, 0)
        if through is not None:
            matrix += through
        if k == 0:  # a single state stays, from which all are counted
            onward, matrix = matrix[1:, :1].copy(), matrix
            first_row = matrix[0, 1:].copy()
            layer, _ = _taken_out(np.ascontiguousarray(matrix[1:, 1:]), onward)
            layers.append(layer)
            break
        layer, reached = _taken_out(matrix, blocks.dense(k, -1))
        layers.append(layer)
        if advance is not None:
            advance(int(starts[-1] - starts[k]), int(starts[-1]))
        source, target, probability = blocks.part(k - 1, 1)
        into = csr_matrix((probability, (source, target)), shape=(sizes[k - 1], sizes[k]))
        through = np.asarray(into @ reached)
    layers.reverse()
    own = np.append(1.0, _layer_visits(layers[0], first_row))
    shares, scales = [own / own.max()], [float(np.log(own.max()))]
    for k in range(1, len(sizes)):
        source, target, probability = blocks.part(k - 1, 1)
        inflow = np.bincount(target, weights=shares[-1][source] * probability, minlength=sizes[k])
        largest = float(inflow.max())
        if largest == 0.0:  # as far as floats tell, the chain never comes to the layers beyond
            rest = int(starts[-1] - starts[k])
            shares.append(np.zeros(rest))
            return np.concatenate(shares), np.array(scales + [0.0] * (len(sizes) - k))
        own = _layer_visits(layers[k], inflow / largest)
        shares.append(own / own.max())
        scales.append(scales[-1] + float(np.log(largest)) + float(np.log(own.max())))
    return np.concatenate(shares), np.array(scales)


@dataclass(frozen=True, eq=False)
class _Blocks:
    """The moves by the layer they leave (index) and by whether they go a layer up, down, or stay in it."""

    parts: Mapping[int, tuple[Counts, Counts, Array, Counts]]
    starts: Counts

    @classmethod
    def of(cls, links: ChainTransitions, starts: Counts) -> _Blocks:
        left = np.searchsorted(starts, links.source, side="right") - 1
        reached = np.searchsorted(starts, links.target, side="right") - 1
        parts = {}
        for step in (-1, 0, 1):
            chosen = np.flatnonzero(reached - left == step)
            chosen = chosen[np.argsort(left[chosen], kind="stable")]
            bounds = np.searchsorted(left[chosen], np.arange(len(starts)))
            own = left[chosen]
            parts[step] = (
                links.source[chosen] - starts[own],
                links.target[chosen] - starts[own + step],
                links.probability[chosen],
                bounds,
            )
        return cls(parts, starts)

    def part(self, layer: int, step: int) -> tuple[Counts, Counts, Array]:
        """Return the moves from a layer to itself or to a neighbour, numbered within the two."""
        source, target, probability, bounds = self.parts[step]
        own = slice(bounds[layer], bounds[layer + 1])
        return source[own], target[own], probability[own]

    def dense(self, layer: int, step: int) -> Array:
        """Return the same as a matrix."""
        sizes = np.diff(self.starts)
        source, target, probability = self.part(layer, step)
        result = np.zeros((int(sizes[layer]), int(sizes[layer + step])))
        result[source, target] = probability
        return result


def _panels(count: int) -> list[tuple[int, int]]:
    return [(first, min(first + PANEL, count)) for first in range(0, count, PANEL)]


def _taken_out(matrix: Array, onward: Array) -> tuple[Layer, Array]:
    """Take a layer out of the chain: return what it leaves, and where it is left to, from each of its states.

    Parameters
    ----------
    matrix : (m, m) array
        The moves within the layer; its diagonal is not read.  Changed.
    onward : (m, l) array
        The moves to the next layer.  Changed.
    """
    panels = _panels(len(matrix))
    visits: list[Array] = []
    for first, last in reversed(panels):
        leaving = matrix[first:last, :first].sum(axis=1) + onward[first:last].sum(axis=1)
        inside = closed_inverse(matrix[first:last, first:last].copy(), leaving)
        if not np.isfinite(inside).all():
            raise InputError(
                "N209",
                "the chain has states that it never leaves: the probabilities of leaving are below 1e-308",
                hint="let every strategy be explored, or give a smaller beta",
            )
        visits.append(inside)
        onward[first:last] = inside @ onward[first:last]
        if first:
            matrix[first:last, :first] = inside @ matrix[first:last, :first]
            entering = matrix[:first, first:last]
            matrix[:first, :first] += entering @ matrix[first:last, :first]
            onward[:first] += entering @ onward[first:last]
    for first, last in panels[1:]:
        onward[first:last] += matrix[first:last, :first] @ onward[:first]
    visits.reverse()
    return Layer(matrix, visits), onward


def _layer_visits(layer: Layer, inflow: Array) -> Array:
    """Return how often the chain is at each state of a layer, from where it enters it."""
    result = inflow.copy()
    panels = _panels(len(result))
    for first, last in reversed(panels[1:]):
        result[:first] += result[first:last] @ layer.links[first:last, :first]
    for (first, last), inside in zip(panels, layer.visits, strict=True):
        result[first:last] = (result[first:last] + result[:first] @ layer.links[:first, first:last]) @ inside
    return result
