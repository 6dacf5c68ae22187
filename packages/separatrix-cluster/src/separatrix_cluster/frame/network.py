"""The network of a cluster's links: how many there are of those there could be, and how cyclic they are.

References
----------
Wasserman, S. & Faust, K. (1994). Social Network Analysis. Cambridge (density, reciprocity).
Hardy, C. & Graedel, T. E. (2002). Industrial ecosystems as food webs. J. Ind. Ecol. 6(1), 29–38
(connectance).
Fath, B. D. & Halnes, G. (2007). Cyclic energy pathways in ecological food webs. Ecol. Model. 208,
17–24 (spectral radius as cyclicity).
Noda, T. (1971). Note on the computation of the maximal eigenvalue of a non-negative irreducible matrix.
Numer. Math. 17, 382–386.
Wielandt, H. (1950). Unzerlegbare, nicht negative Matrizen. Math. Z. 52, 642–648 (bounds of the radius).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from separatrix.errors import InputError
from separatrix_cluster.tables.cell_values import Floats
from separatrix_cluster.tables.cluster import Cluster

__all__ = ["Network", "network", "network_of"]


@dataclass(frozen=True)
class Network:
    """The measures of a network.

    Attributes
    ----------
    nodes, links, arcs, pairs : int
        Nodes; rows of the table; ordered pairs with any link; unordered pairs with any.
    connectance : float or None
        Pairs over all possible pairs; None for fewer than two nodes.
    density : float or None
        Arcs over all possible ordered pairs.
    reciprocity : float or None
        The share of arcs that are answered; None without arcs.
    spectral_radius : float
        Of the directed 0/1 matrix: 0 without any cycle, above 1 where cycles cross.
    largest_component : int
        Nodes in the largest part that hangs together, whatever the direction.
    busiest : str
        The node with most arcs, in and out: `busiest_degree` of them.
    busiest_degree : int
    """

    nodes: int
    links: int
    arcs: int
    pairs: int
    connectance: float | None
    density: float | None
    reciprocity: float | None
    spectral_radius: float
    largest_component: int
    busiest: str
    busiest_degree: int

    def to_dict(self) -> dict[str, Any]:
        """Return the measures as plain data."""
        return asdict(self)


def network(nodes: Sequence[str], start: Sequence[str], end: Sequence[str]) -> Network:
    """Return the measures of the network with these links.

    Parameters
    ----------
    nodes : sequence of str
        Their names, each once.
    start, end : sequence of str
        The two ends of each link; links of a node to itself are excluded.

    Returns
    -------
    Network

    Raises
    ------
    InputError
        K306 for a link that leads nowhere or to no node of that name.

    References
    ----------
    Wasserman & Faust (1994), Social Network Analysis, Cambridge (density, reciprocity).
    Hardy & Graedel (2002), J. Ind. Ecol. 6(1), 29–38 (connectance).
    Fath & Halnes (2007), Ecol. Model. 208, 17–24 (spectral radius).

    Examples
    --------
    >>> ring = network(["a", "b", "c"], ["a", "b", "c"], ["b", "c", "a"])
    >>> ring.arcs, ring.connectance, round(ring.spectral_radius, 12)
    (3, 1.0, 1.0)
    """
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    place = {name: i for i, name in enumerate(nodes)}
    if len(start) != len(end):
        raise InputError("K306", f"{len(start)} links start and {len(end)} end")
    lost = next((name for name in (*start, *end) if name not in place), None)
    if lost is not None:
        raise InputError("K306", f"a link leads to {lost}, which is none of the {len(place)} nodes")
    n = len(place)
    giver, taker = (
        np.fromiter(map(place.__getitem__, names), dtype=np.int64, count=len(names)) for names in (start, end)
    )
    links = np.flatnonzero(giver != taker)
    arcs = np.unique(giver[links] * n + taker[links])
    source, target = np.divmod(arcs, max(n, 1))
    pairs = np.unique(np.minimum(source, target) * n + np.maximum(source, target))
    answered = int(np.isin(target * n + source, arcs).sum())
    matrix = coo_array((np.ones(len(arcs)), (source, target)), shape=(n, n)).tocsr()
    degree = np.bincount(np.r_[source, target], minlength=n)
    busiest = int(np.argmax(degree)) if n else 0
    labels = connected_components(matrix, directed=False)[1] if n else np.zeros(0, dtype=int)
    return Network(
        nodes=n,
        links=len(links),
        arcs=len(arcs),
        pairs=len(pairs),
        connectance=len(pairs) / (n * (n - 1) / 2) if n > 1 else None,
        density=len(arcs) / (n * (n - 1)) if n > 1 else None,
        reciprocity=answered / len(arcs) if len(arcs) else None,
        spectral_radius=_spectral_radius(matrix) if n else 0.0,
        largest_component=int(np.bincount(labels).max()) if n else 0,
        busiest=list(place)[busiest] if len(links) else "",
        busiest_degree=int(degree[busiest]) if len(links) else 0,
    )


def _spectral_radius(matrix: Any) -> float:
    """Return the largest modulus of an eigenvalue, that of a strongly connected part.

    Part by part, because without a cycle it is exactly 0, and numerically the eigenvalues of such a matrix
    are far from it.
    """
    from scipy.sparse.csgraph import connected_components

    labels = connected_components(matrix, directed=True, connection="strong")[1]
    order = np.argsort(labels, kind="stable")
    largest = 0.0
    for part in np.split(order, np.flatnonzero(np.diff(labels[order])) + 1):
        if len(part) > 1:
            largest = max(largest, _perron_root(matrix[part][:, part]))
    return largest


_DENSE = 200
"""Nodes up to which all eigenvalues are found at once."""
_STEPS = 2_000
_CLOSE = 1e-13


def _perron_root(matrix: Any) -> float:
    """Return the largest eigenvalue of the matrix of a strongly connected network.

    Large ones by the power method on A + I, whose largest eigenvalue is the only one of its modulus, between
    the least and the greatest quotient (Wielandt 1950); where these come together slowly, as on long circles,
    by Noda's inverse iteration (1971), which costs more a step and converges quadratically.
    """
    n = matrix.shape[0]
    if n <= _DENSE:
        return float(np.abs(np.linalg.eigvals(matrix.toarray())).max())
    state = np.full(n, 1.0)
    for _ in range(_STEPS):
        after = matrix @ state + state
        quotients = after / state
        if quotients.max() - quotients.min() <= _CLOSE * quotients.max():
            return float(quotients.max() + quotients.min()) / 2 - 1.0
        state = after / after.max()
    return _noda(matrix, state)


def _noda(matrix: Any, state: Floats) -> float:
    """Return the same from a positive vector; the greatest quotient falls to it from above."""
    from scipy.sparse import eye_array
    from scipy.sparse.linalg import splu

    one = eye_array(matrix.shape[0])
    while True:
        quotients = matrix @ state / state
        high, low = float(quotients.max()), float(quotients.min())
        try:
            after = splu((high * one - matrix).tocsc()).solve(state)
        except RuntimeError:  # it is the eigenvalue itself
            return high
        after = np.abs(after / np.abs(after).max())
        if high - low <= _CLOSE * high or not float((matrix @ after / after).max()) < high:
            return high
        state = after


def network_of(cluster: Cluster, kind: str | None = None) -> Network | None:
    """Return the network of a cluster's links, of one kind or of all; nothing where there are none."""
    table = cluster.table("links")
    chosen = np.ones(len(table), dtype=bool) if kind is None else table.texts("kind") == kind
    if not chosen.any():
        return None
    return network(cluster.enterprises.tolist(), table.texts("from")[chosen], table.texts("to")[chosen])
