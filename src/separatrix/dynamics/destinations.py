"""What courses of any game can come to, and how near is near enough.

A course counts as arrived where convergence is certain, or within a tolerance of what attracts: an
asymptotically stable rest point, a stable rest set, or an attracting cycle on the boundary.  Around a strict
Nash profile of payoffs linear in every share there is a box in which each population gains by its strategy
whatever the others in the box do; inside it the shares of these strategies only grow.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from separatrix.analysis.result import Analysis, BoundaryCycle, RestPoint, RestSet
from separatrix.dynamics.planar import Planar
from separatrix.dynamics.replicator import Replicator

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Array = NDArray[np.float64]
    Mask = NDArray[np.bool_]

__all__ = ["CYCLE_NAME", "NEAR", "Destination", "destinations"]

CYCLE_NAME = "cycle"

NEAR = 1e-6
"""The distance in every share at which a course has arrived."""

STILL = 1e-9
"""Speed over the fastest growth rate at which a course beside a rest set is at rest."""

MOST_CORNERS = 4_000
HALVINGS = 40


@dataclass(frozen=True)
class Destination:
    """Something to which courses come.

    Attributes
    ----------
    name : str
        The id of a rest point or rest set, or ``cycle``.
    reached : callable
        From states (lanes, n) and their speeds (lanes,) to whether each has arrived.
    certain : bool
        Whether convergence is proven from there on, rather than near within `NEAR`.
    """

    name: str
    reached: Callable[[Array, Array], Mask]
    certain: bool


def destinations(analysis: Analysis, field: Replicator, linear: bool) -> list[Destination]:
    """Return what attracts in a game.

    Parameters
    ----------
    analysis : Analysis
        With numbers.
    field : Replicator
    linear : bool
        Whether payoffs are linear in the shares of each population.
    """
    result = []
    for point in analysis.rest_points:
        if point.stability == "asymptotically stable" and point.state is not None:
            result.append(_point(point, field, linear))
    attracting = {
        piece
        for component in analysis.rest_components
        if component.set_stability in ("asymptotically stable", "stable")
        for piece in component.pieces
    }
    for piece in analysis.rest_sets:
        if piece.stability == "stable" or piece.id in attracting:
            result.append(_rest_set(piece, field))
    for cycle in analysis.cycles:
        if cycle.attracting:
            result.append(_boundary_cycle(cycle, field))
    result.extend(_face_cycles(field))
    return result


# --------------------------------------------------------------------------- points


def _point(point: RestPoint, field: Replicator, linear: bool) -> Destination:
    import numpy as np

    state = np.array(point.state)
    own = field.weights(state)
    played = [int(part.argmax()) for part in own]
    if linear and point.strict_nash and all(part[k] == 1.0 for part, k in zip(own, played, strict=True)):
        size = _box(field, played)
        if size > NEAR:

            def boxed(states: Array, speeds: Array) -> Mask:
                parts = field.weights(states)
                inside = np.ones(len(states), dtype=bool)
                for part, k in zip(parts, played, strict=True):
                    inside &= part[:, k] >= 1 - size
                return inside

            return Destination(point.id, boxed, True)

    def near(states: Array, speeds: Array) -> Mask:
        return np.asarray(np.abs(states - state).max(axis=1) <= NEAR)

    return Destination(point.id, near, False)


def _box(field: Replicator, played: Sequence[int]) -> float:
    """Return a size e such that shares of at least 1 - e of the played strategies only grow; 0 for none.

    What a strategy gains over another is linear in the shares of each population, so it is positive on the
    box if it is at its corners.
    """
    import numpy as np

    if np.prod([float(size) for size in field.sizes]) > MOST_CORNERS:
        return 0.0
    pure = list(itertools.product(*(range(size) for size in field.sizes)))
    size = 0.999
    for _ in range(HALVINGS):
        parts = []
        for i, (count, k) in enumerate(zip(field.sizes, played, strict=True)):
            rows = np.zeros((len(pure), count))
            rows[:, k] += 1 - size
            rows[np.arange(len(pure)), [corner[i] for corner in pure]] += size
            parts.append(rows)
        gains = []
        for earned, k in zip(field.payoffs(parts), played, strict=True):
            others = np.delete(earned, k, axis=1)
            gains.append((earned[:, k : k + 1] - others).min())
        if min(gains) > 0:
            return size
        size *= 0.8
    return 0.0


# --------------------------------------------------------------------------- sets and cycles


def _rest_set(piece: RestSet, field: Replicator) -> Destination:
    import numpy as np

    line = np.array(piece.samples if len(piece.samples) >= 2 and piece.dimension <= 1 else piece.corners)
    if piece.dimension == 0 or len(line) < 2:
        line = np.array(piece.samples or piece.corners)

    def reached(states: Array, speeds: Array) -> Mask:
        result = speeds <= STILL * (field.scale or 1.0)
        for k in np.flatnonzero(result):
            result[k] = _beside(states[k], line, piece.dimension)
        return np.asarray(result)

    return Destination(piece.id, reached, False)


def _beside(state: Array, line: Array, dimension: int) -> bool:
    """Whether a state at rest lies on a point, on a line through states, or in the hull of corners."""
    import numpy as np

    if not len(line):
        return False
    if dimension == 0 or len(line) == 1:
        return bool(np.abs(line - state).max(axis=1).min() <= 1e-4)
    if dimension == 1:
        start, along = line[:-1], np.diff(line, axis=0)
        lengths = (along**2).sum(axis=1)
        t = np.clip(((state - start) * along).sum(axis=1) / np.where(lengths > 0, lengths, 1.0), 0, 1)
        return bool(np.abs(start + t[:, None] * along - state).max(axis=1).min() <= 1e-4)
    from scipy.optimize import nnls

    columns = np.vstack([line.T, np.full(len(line), 10.0)])
    return float(nnls(columns, np.append(state, 10.0))[1]) <= 1e-4


def _boundary_cycle(cycle: BoundaryCycle, field: Replicator) -> Destination:
    """A course is near a ring of pure states if all but the strategies of one of its edges have vanished."""
    import numpy as np

    corners = [[int(part.argmax()) for part in field.weights(np.array(state))] for state in cycle.states]

    def reached(states: Array, speeds: Array) -> Mask:
        parts = field.weights(states)
        result = np.zeros(len(states), dtype=bool)
        for first, second in zip(corners, [*corners[1:], corners[0]], strict=True):
            near = np.ones(len(states), dtype=bool)
            for part, a, b in zip(parts, first, second, strict=True):
                near &= part[:, list({a, b})].sum(axis=1) >= 1 - NEAR
            result |= near
        return result

    return Destination(CYCLE_NAME, reached, False)


def _face_cycles(field: Replicator) -> Iterator[Destination]:
    """Yield the faces of a cube that attract and on which two populations circle round a centre.

    Beside such a face the third population gains by its strategy whatever the two others do.
    """
    import numpy as np

    if field.corners is None or len(field.corners) != 3:
        return
    for i, end in itertools.product(range(3), (0, 1)):
        j, k = (m for m in range(3) if m != i)
        leaving = field.corners[i] * (1 if end == 0 else -1)
        if not (leaving < 0).all():
            continue
        of_j, of_k = (
            np.take(field.corners[m], end, axis=[a for a in range(3) if a != m].index(i)) for m in (j, k)
        )
        planar = Planar((float(of_j[0]), float(of_j[1])), (float(of_k[0]), float(of_k[1])))
        if planar.image.kind != "centre":
            continue

        def reached(states: Array, speeds: Array, i: int = i, end: int = end) -> Mask:
            return np.asarray(np.abs(states[:, i] - end) <= NEAR)

        yield Destination(CYCLE_NAME, reached, True)
