"""From the arcs of a plane curve over the stretches between its cuts to whole branches.

Just beside a cut the arcs show where they end, and arcs that end at the same point are joined there: at a
turning point two from the same side, elsewhere one from each.  Where more than two meet, branches cross.
"""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from flint import fmpq

from separatrix.exact.fibres import Cut, Fibres, PlaneCurve, middle, nearest

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

__all__ = ["joined"]

BESIDE = fmpq(1, 1 << 400)
"""How far beside a cut the ends of arcs are looked at.  At a zero of multiplicity m they are off by the m-th
root of that, 1e-8 for m = 15."""

SAME = 1e-8
"""Ends of arcs over a cut that are nearer than this count as one point."""

FIRST, MOST = 12, 600
"""Points on an arc to begin with, and at most."""

Node = tuple[int, int]
"""The index of a cut, and that of a point over it."""


@dataclass(frozen=True)
class Arc:
    """A stretch of a branch between two nodes; `places` (points, 2) begins and ends at them."""

    ends: tuple[Node, Node]
    places: Array


def joined(fibres: Fibres, step: float) -> PlaneCurve:
    """Return the branches of a curve, with points at most `step` apart."""
    import numpy as np

    if fibres.is_rim:
        return PlaneCurve((np.array([[0.0, 1.0], [1.0, 0.0]]),))
    if fibres.factor.total_degree() == 1:
        step = math.inf
    cuts = fibres.cuts()
    stretches = [_stretch(fibres, a, b, step) for a, b in itertools.pairwise(cuts)]
    nodes: list[list[float]] = []
    points: list[tuple[float, float]] = []
    for k, cut in enumerate(cuts):
        ends = [arc[-1, 1] for arc in (stretches[k - 1] if k else [])]
        ends += [arc[0, 1] for arc in (stretches[k] if k < len(stretches) else [])]
        known = fibres.on_cut(cut)
        nodes.append(_distinct([_known(float(y), known) for y in ends]))
        points += [(cut.value, y) for y in known if all(abs(y - end) > SAME for end in nodes[-1])]
    arcs = []
    for k, stretch in enumerate(stretches):
        for places in stretch:
            start, end = _nearest(nodes[k], places[0, 1]), _nearest(nodes[k + 1], places[-1, 1])
            places[0, 1], places[-1, 1] = nodes[k][start], nodes[k + 1][end]
            arcs.append(Arc(((k, start), (k + 1, end)), places))
    degree: dict[Node, int] = {}
    for arc in arcs:
        for node in arc.ends:
            degree[node] = degree.get(node, 0) + 1
    crossings = [(cuts[k].value, nodes[k][j]) for (k, j), count in degree.items() if count > 2]
    return PlaneCurve(tuple(_chained(arcs, degree)), tuple(points), tuple(crossings))


def _known(y: float, known: list[float]) -> float:
    """Return the end of an arc; one that is known better, as that."""
    return next((other for other in known if abs(other - y) <= SAME), y)


def _distinct(ends: list[float]) -> list[float]:
    result: list[float] = []
    for y in sorted(ends):
        if not result or y - result[-1] > SAME:
            result.append(y)
    return result


def _nearest(values: list[float], y: float) -> int:
    return min(range(len(values)), key=lambda k: abs(values[k] - y))


# --------------------------------------------------------------------------- arcs


def _stretch(fibres: Fibres, low: Cut, high: Cut, step: float) -> list[Array]:
    """Return the arcs between two cuts, from the lowest to the highest: arrays (points, 2)."""
    import numpy as np

    a, b = middle(low.at), middle(high.at)
    width = b - a
    if not fibres.over((a + b) / 2):
        return []

    def sample(angle: float) -> tuple[float, list[float]]:
        # Where branches turn, equal angles make about equal steps along them.
        part = fmpq(*((1 - math.cos(angle)) / 2).as_integer_ratio())
        x = fmpq(*nearest(a + width * part).as_integer_ratio())  # a number that a reader can check
        if not a + BESIDE < x < b - BESIDE:
            x = a + width * part
        return nearest(x), [nearest(y) for y in fibres.over(x)]

    beside = min(BESIDE, width / 4)
    ends = [[nearest(y) for y in fibres.over(x)] for x in (a + beside, b - beside)]
    angles = [math.pi * k / FIRST for k in range(1, FIRST)] if step < math.inf else []
    found = {angle: sample(angle) for angle in angles}
    found[0.0], found[math.pi] = (low.value, ends[0]), (high.value, ends[1])
    pending = list(itertools.pairwise([0.0, *angles, math.pi]))
    while pending and len(found) < MOST:
        left, right = pending.pop()
        (x0, below), (x1, above) = found[left], found[right]
        longest = max(math.hypot(x1 - x0, q - p) for p, q in zip(below, above, strict=True))
        if longest > step and right - left > 1e-6:
            half = (left + right) / 2
            found[half] = sample(half)
            pending += [(left, half), (half, right)]
    ordered = [found[angle] for angle in sorted(found)]
    xs = np.array([x for x, _ in ordered])
    return [np.stack([xs, column], axis=-1) for column in np.array([ys for _, ys in ordered]).T]


# --------------------------------------------------------------------------- branches


def _chained(arcs: list[Arc], degree: dict[Node, int]) -> list[Array]:
    """Return arcs joined where exactly two meet."""
    import numpy as np

    at: dict[Node, list[int]] = {}
    for k, arc in enumerate(arcs):
        for node in arc.ends:
            at.setdefault(node, []).append(k)
    used: set[int] = set()

    def walk(first: int, start: Node) -> list[Array]:
        """Return the places of arcs from `start` on, until a branch ends."""
        parts, k, node = [], first, start
        while True:
            used.add(k)
            forward = arcs[k].ends[0] == node
            parts.append(arcs[k].places if forward else arcs[k].places[::-1])
            node = arcs[k].ends[1] if forward else arcs[k].ends[0]
            following = [other for other in at[node] if other not in used]
            if degree[node] != 2 or not following:
                return parts
            k = following[0]

    lines = []
    # Branches with ends come first; what is left are closed ones.
    starts = [(k, node) for k, arc in enumerate(arcs) for node in arc.ends if degree[node] != 2]
    starts += [(k, arc.ends[0]) for k, arc in enumerate(arcs)]
    for k, node in starts:
        if k not in used:
            parts = walk(k, node)
            lines.append(np.concatenate([parts[0], *(part[1:] for part in parts[1:])]))
    return lines
