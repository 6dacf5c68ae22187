"""How many shortest ways lead over each node.

Brandes, U. (2001), A faster algorithm for betweenness centrality, Journal of Mathematical Sociology 25,
163-177.  Brandes, U. and Pich, C. (2007), Centrality estimation in large networks, International Journal of
Bifurcation and Chaos 17, 2303-2318 (from some of the sources alone).
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from separatrix.run.compilation import compiled

__all__ = ["betweenness"]

PIVOTS = 512
"""Nodes from which shortest ways are followed; all, where there are no more. More: minutes for large
networks; fewer: ranks of middling nodes are noise."""


def betweenness(
    indptr: NDArray[np.int64], targets: NDArray[np.int32], seed: int = 0, pivots: int = PIVOTS
) -> NDArray[np.float64]:
    """Return the betweenness of each node in a directed graph without weights, not normalised.

    Parameters
    ----------
    indptr, targets : ndarray
        The links from each node.
    seed : int
        For the random sources, where there are more nodes than `pivots`.

    Examples
    --------
    >>> betweenness(np.array([0, 1, 2, 2]), np.array([1, 2], np.int32)).tolist()
    [0.0, 1.0, 0.0]
    """
    size = len(indptr) - 1
    sources = np.arange(size)
    if size > pivots:
        sources = np.sort(np.random.default_rng([seed, size]).choice(size, pivots, replace=False))
    total = np.zeros(size)
    ways, share = np.zeros(size), np.zeros(size)
    far, queue = np.full(size, -1, np.int32), np.empty(size, np.int32)
    _add(indptr, targets, sources, total, far, ways, share, queue)
    return total * (size / len(sources))


@compiled(kept=True)
def _add(
    indptr: Any, targets: Any, sources: Any, total: Any, far: Any, ways: Any, share: Any, queue: Any
) -> None:
    for source in sources:
        far[source], ways[source] = 0, 1.0
        queue[0] = source
        filled, at = 1, 0
        while at < filled:
            node = queue[at]
            at += 1
            for e in range(indptr[node], indptr[node + 1]):
                target = targets[e]
                if far[target] < 0:
                    far[target] = far[node] + 1
                    queue[filled] = target
                    filled += 1
                if far[target] == far[node] + 1:
                    ways[target] += ways[node]
        for at in range(filled - 1, -1, -1):
            node = queue[at]
            for e in range(indptr[node], indptr[node + 1]):
                target = targets[e]
                if far[target] == far[node] + 1:
                    share[node] += ways[node] / ways[target] * (1.0 + share[target])
            if node != source:
                total[node] += share[node]
        for at in range(filled):  # only what was touched: small parts of a large graph stay cheap
            node = queue[at]
            far[node], ways[node], share[node] = -1, 0.0, 0.0
