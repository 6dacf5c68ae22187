"""Lines between differently labelled nodes of a grid, and what they enclose, square by square."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np
from numpy.typing import NDArray

__all__ = ["Cuts", "contours"]

Array = NDArray[np.float64]

Place = tuple[float, float]

Cuts = Mapping[tuple[int, int, int], Place]
"""Where the label changes from node (i, j): to (i + 1, j) for direction 0, to (i, j + 1) for direction 1."""

Pair = tuple[int, int]


def contours(
    codes: NDArray[np.int64], first: Array, second: Array, cuts: Cuts
) -> tuple[list[tuple[Pair, Array]], list[tuple[int, Array]]]:
    """Return polylines, each with the two labels beside it, and polygons, each with its label.

    Parameters
    ----------
    codes : array (n, m)
        The label of each node.
    first, second : arrays (n,) and (m,)
        The nodes.
    cuts : mapping
        One place for each edge whose ends differ.
    """
    segments: dict[Pair, list[tuple[Place, Place]]] = {}
    shapes: list[tuple[int, Array]] = []
    for i in range(len(first) - 1):
        for j in range(len(second) - 1):
            ring = list(_ring(codes, first, second, cuts, i, j))
            changes = [k for k, (_, code) in enumerate(ring) if code is None]
            if not changes:
                shapes.append((ring[0][1] or 0, np.array([place for place, _ in ring])))
                continue
            middle = None
            if len(changes) > 2:
                middle = tuple(float(np.mean([ring[k][0][axis] for k in changes])) for axis in (0, 1))
            for n, k in enumerate(changes):
                following = changes[(n + 1) % len(changes)]
                run = [ring[(k + step) % len(ring)] for step in range((following - k) % len(ring) + 1)]
                places = [place for place, _ in run] + ([] if middle is None else [(middle[0], middle[1])])
                code = run[1][1] or 0  # a node lies between two changes
                shapes.append((code, np.array(places)))
                if middle is not None or n == 0:
                    before = ring[k - 1][1] or 0  # and beside each
                    end = ring[following][0] if middle is None else (middle[0], middle[1])
                    pair = (min(before, code), max(before, code))
                    segments.setdefault(pair, []).append((ring[k][0], end))
    lines = [(pair, line) for pair, own in segments.items() for line in _joined(own)]
    return lines, shapes


def _ring(
    codes: NDArray[np.int64], first: Array, second: Array, cuts: Cuts, i: int, j: int
) -> Iterator[tuple[Place, int | None]]:
    """The corners of a square in turn, each with its label, and the changes between them, without."""
    corners = [(i, j), (i + 1, j), (i + 1, j + 1), (i, j + 1)]
    edges = [(0, i, j), (1, i + 1, j), (0, i, j + 1), (1, i, j)]
    for (a, b), edge in zip(corners, edges, strict=True):
        yield (float(first[a]), float(second[b])), int(codes[a, b])
        if edge in cuts:
            yield cuts[edge], None


def _joined(segments: list[tuple[Place, Place]]) -> Iterator[Array]:
    """Join segments at common ends, but not where more than two meet."""
    at: dict[Place, list[int]] = {}
    for k, segment in enumerate(segments):
        for end in segment:
            at.setdefault(end, []).append(k)
    left = set(range(len(segments)))

    def follow(k: int, end: Place) -> list[Place]:
        places = [end]
        while True:
            here = [n for n in at[places[-1]] if n in left]
            if len(at[places[-1]]) != 2 or not here:
                return places
            (k,) = here[:1]
            left.discard(k)
            one, other = segments[k]
            places.append(other if one == places[-1] else one)

    while left:
        k = left.pop()
        one, other = segments[k]
        yield np.array([*reversed(follow(k, one)), *follow(k, other)])
