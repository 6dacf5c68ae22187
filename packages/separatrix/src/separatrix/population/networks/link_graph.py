"""Who sees whom: links with weights, several kinds of them, and the rows of both directions.

A link ``from -> to`` means that ``to`` sees, copies, and is activated by ``from``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from separatrix.errors import InputError, NameProblem, Place, nearest
from separatrix.run.cached_property import cached_property

__all__ = ["Adjacency", "LinkGraph", "link_graph", "positions_of", "unknown_enterprise"]

Indices = NDArray[np.int32]
Floats = NDArray[np.float64]

MOST_NODES = 2**31 - 1
"""Positions are 32-bit numbers: half the memory, and twice as many of them in a cache."""


class Adjacency(NamedTuple):
    """Compressed sparse rows: those of node i are ``indices[indptr[i]:indptr[i + 1]]``.

    Attributes
    ----------
    indptr : ndarray, shape (N + 1,)
    indices : ndarray, shape (L,)
        Positions of the nodes at the other end, in the order of the nodes.
    weights : ndarray, shape (L,)
    """

    indptr: NDArray[np.int64]
    indices: Indices
    weights: Floats


@dataclass(frozen=True)
class LinkGraph:
    """Links between named nodes; a link from i to j means that j sees, copies, is activated by i.

    Attributes
    ----------
    names : tuple of str
        The N nodes, each once.
    source, target : ndarray of int32, shape (L,)
        From which node to which each link leads.
    weight : ndarray, shape (L,)
        Positive.
    kind : ndarray of int32, shape (L,)
        Which of `kinds` each link is.
    kinds : tuple of str
        Names of the kinds of link; ('',) where there is but one without a name.
    """

    names: tuple[str, ...]
    source: Indices
    target: Indices
    weight: Floats
    kind: Indices
    kinds: tuple[str, ...] = field(default=("",))

    @property
    def size(self) -> int:
        """The number of nodes."""
        return len(self.names)

    @property
    def links(self) -> int:
        """The number of directed links."""
        return len(self.source)

    @cached_property
    def sources_of(self) -> Adjacency:
        """Of each node, the nodes that it sees: links by their target; parallel links are added."""
        return _rows(self.size, self.target, self.source, self.weight)

    @cached_property
    def targets_of(self) -> Adjacency:
        """Of each node, the nodes that see it: links by their source; parallel links are added."""
        return _rows(self.size, self.source, self.target, self.weight)

    @cached_property
    def undirected(self) -> bool:
        """Whether each link is answered by one of the same weight."""
        one, other = self.sources_of, self.targets_of
        return all(
            np.array_equal(a, b)
            for a, b in (
                (one.indptr, other.indptr),
                (one.indices, other.indices),
                (one.weights, other.weights),
            )
        )

    @cached_property
    def components(self) -> int:
        """How many parts there are between which no link leads, whatever its direction."""
        from scipy.sparse.csgraph import connected_components

        count, _ = connected_components(self.matrix(), directed=False)
        return int(count)

    @cached_property
    def isolated(self) -> tuple[str, ...]:
        """The nodes without a link to them."""
        lone = np.flatnonzero(np.diff(self.sources_of.indptr) == 0)
        return tuple(self.names[i] for i in lone)

    def matrix(self) -> Any:
        """Return the weights as a sparse matrix of scipy whose row i holds what i sees: w(j -> i)."""
        from scipy.sparse import csr_matrix

        indptr, indices, weights = self.sources_of
        return csr_matrix((weights, indices, indptr), shape=(self.size, self.size))

    def of_kinds(self, kinds: Iterable[str]) -> LinkGraph:
        """Return the graph with the links of some kinds alone.

        Raises
        ------
        NameProblem
            N106 for a kind that no link has.
        """
        wanted = list(kinds)
        for name in wanted:
            if name not in self.kinds:
                known = ", ".join(k for k in self.kinds if k) or "none has a name"
                raise NameProblem("N106", f"no link is of the kind `{name}`; the kinds are: {known}")
        kept = np.isin(self.kind, [self.kinds.index(name) for name in wanted])
        return LinkGraph(
            self.names,
            self.source[kept],
            self.target[kept],
            self.weight[kept],
            self.kind[kept],
            self.kinds,
        )


def link_graph(
    names: Sequence[str] | int,
    links: Iterable[Sequence[Any]] | NDArray[np.integer[Any]],
    weights: Sequence[float] | Floats | None = None,
    *,
    undirected: bool = False,
    kinds: Sequence[str] | None = None,
    place: Callable[[int], Place] | None = None,
) -> LinkGraph:
    """Return the graph of links between named nodes.

    Parameters
    ----------
    names : sequence of str, or int
        The nodes, or how many there are: they are called 1, 2, … then.
    links : iterable of pairs
        The source and the target of each link: names, or an array of positions of shape (L, 2).
    weights : sequence of float, optional
        Of each link; 1 by default.  A link of weight 0 is ignored.
    undirected : bool
        Whether each link leads both ways.
    kinds : sequence of str, optional
        The kind of each link.
    place : callable, optional
        Returns the place of a link by its number, for errors.

    Returns
    -------
    LinkGraph

    Raises
    ------
    NameProblem
        N101 for a link of a node that is not there.
    InputError
        N102 for a link of a node to itself; N103 for a weight that is negative or no finite number; N104 for
        a link that is given twice; N105 for a node that is there twice, or for none.

    Examples
    --------
    >>> star = link_graph(["hub", "a", "b"], [("hub", "a"), ("hub", "b")], undirected=True)
    >>> star.links, star.undirected, star.sources_of.indices.tolist()
    (4, True, [1, 2, 0, 0])
    """
    told = tuple(str(k + 1) for k in range(names)) if isinstance(names, int) else tuple(names)
    where = _unique(told)
    if isinstance(links, np.ndarray):
        pairs = np.asarray(links, np.int64).reshape(-1, 2)
        _inside(pairs, len(told), place)
    else:
        pairs = positions_of(where, links, place)
    count = len(pairs)
    weight = np.ones(count) if weights is None else np.asarray(weights, float)
    _same_length(count, weight, kinds)
    source, target = pairs[:, 0].astype(np.int32), pairs[:, 1].astype(np.int32)
    own, kind = _coded(kinds, count)

    for at in np.flatnonzero(source == target)[:1]:
        raise InputError(
            "N102",
            f"a link leads from `{told[source[at]]}` to itself",
            where=_place(place, at),
            hint="an enterprise neither copies nor meets itself: leave the link out",
        )
    for at in np.flatnonzero(~((weight >= 0) & np.isfinite(weight)))[:1]:
        raise InputError(
            "N103",
            f"the link from `{told[source[at]]}` to `{told[target[at]]}` has weight {weight[at]:g}; "
            "expected a finite number of 0 or more",
            where=_place(place, at),
            hint="a weight is how much of its source the target sees; omit links of weight 0",
        )
    _each_once(told, source, target, kind, undirected, place)
    kept = weight > 0
    if not kept.all():
        source, target, weight, kind = source[kept], target[kept], weight[kept], kind[kept]
    if undirected:
        source, target = np.concatenate([source, target]), np.concatenate([target, source])
        weight, kind = np.tile(weight, 2), np.tile(kind, 2)
    return LinkGraph(told, source, target, weight, kind, own)


def positions_of(
    where: Mapping[str, int],
    links: Iterable[Sequence[Any]],
    place: Callable[[int], Place] | None = None,
) -> NDArray[np.int64]:
    """Return the positions of the two ends of links given by names; shape (L, 2).

    Raises
    ------
    NameProblem
        N101 for a name that is not known.
    """
    try:
        flat = [where[end] for pair in links for end in pair[:2]]
        return np.array(flat, np.int64).reshape(-1, 2)
    except (KeyError, TypeError):
        pass
    for at, pair in enumerate(links):
        for end in pair[:2]:
            if end not in where:
                raise unknown_enterprise(end, where, _place(place, at))
    raise NameProblem("N101", "a link names an unknown enterprise")


def _place(place: Callable[[int], Place] | None, at: int | np.integer[Any]) -> Place | None:
    return None if place is None else place(int(at))


def _unique(names: tuple[str, ...]) -> dict[str, int]:
    where = {name: k for k, name in enumerate(names)}
    if not names:
        raise InputError("N105", "no enterprises are given", hint="name one at least")
    if len(where) < len(names):
        twice = next(name for k, name in enumerate(names) if where[name] != k)
        raise InputError("N105", f"the enterprise `{twice}` is there twice", hint="name each enterprise once")
    if len(names) > MOST_NODES:
        raise InputError("N105", f"{len(names):,} enterprises; at most {MOST_NODES:,} are taken")
    return where


def unknown_enterprise(name: object, known: Mapping[str, int], where: Place | None) -> NameProblem:
    """Return the error of a link that names an unknown enterprise."""
    meant = nearest(str(name), list(known)[:2000])
    return NameProblem(
        "N101",
        f"a link names `{name}`, which is not an enterprise",
        where=where,
        hint=f"did you mean `{meant}`?" if meant else "add it, or mend the link",
    )


def _inside(pairs: NDArray[np.int64], count: int, place: Callable[[int], Place] | None) -> None:
    for at in np.flatnonzero((pairs < 0).any(1) | (pairs >= count).any(1))[:1]:
        raise NameProblem(
            "N101",
            f"a link leads from position {pairs[at, 0]} to {pairs[at, 1]}; positions are 0 to {count - 1}",
            where=_place(place, at),
        )


def _same_length(count: int, weight: Floats, kinds: Sequence[str] | None) -> None:
    lengths = {"weights": weight.size, "kinds": count if kinds is None else len(kinds)}
    for what, length in lengths.items():
        if length != count:
            raise InputError("N103", f"{length:,} {what} for {count:,} links; expected one of each link")


def _coded(kinds: Sequence[str] | None, count: int) -> tuple[tuple[str, ...], Indices]:
    if kinds is None:
        return ("",), np.zeros(count, np.int32)
    own = tuple(dict.fromkeys(kinds)) or ("",)
    number = {name: k for k, name in enumerate(own)}
    return own, np.array([number[name] for name in kinds], np.int32)


def _each_once(
    names: tuple[str, ...],
    source: Indices,
    target: Indices,
    kind: Indices,
    undirected: bool,
    place: Callable[[int], Place] | None,
) -> None:
    """Refuse a link that is given twice: it is ambiguous whether weights add or replace each other."""
    one = np.minimum(source, target) if undirected else source
    other = np.maximum(source, target) if undirected else target
    key = (one.astype(np.int64) * len(names) + other) * (int(kind.max(initial=0)) + 1) + kind
    inorder = np.sort(key)
    if not (inorder[1:] == inorder[:-1]).any():
        return
    order = np.argsort(key, kind="stable")
    same = np.flatnonzero(np.diff(key[order]) == 0)
    at = int(max(order[same[0]], order[same[0] + 1]))
    first = int(min(order[same[0]], order[same[0] + 1]))
    ends = f"between `{names[source[at]]}` and" if undirected else f"from `{names[source[at]]}` to"
    earlier = _place(place, first)
    before = "" if earlier is None or earlier.line is None else f", first on line {earlier.line}"
    raise InputError(
        "N104",
        f"the link {ends} `{names[target[at]]}` is given twice{before}",
        where=_place(place, at),
        hint="keep one of them, or name two kinds of link in a column `kind`",
    )


def _rows(size: int, row: Indices, column: Indices, weight: Floats) -> Adjacency:
    from scipy.sparse import coo_matrix

    made = coo_matrix((weight, (row, column)), shape=(size, size)).tocsr()  # adds what is parallel
    made.sort_indices()
    return Adjacency(made.indptr.astype(np.int64), made.indices.astype(np.int32), made.data)
