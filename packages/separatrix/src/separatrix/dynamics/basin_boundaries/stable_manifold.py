"""The basin boundaries in a square or a triangle: stable arms of saddles, followed back in time.

A saddle inside has two arms there, one on a side that attracts from inside has one.  Each is followed back to
where it comes from: back in time neighbouring trajectories draw near to it, so that errors of the start die
out. Whether it divides two outcomes, and how far off it may be, is then seen from trajectories on both sides
of it: the error is the smallest distance at which all of them end apart.

Guckenheimer, J. and Holmes, P. (1983), Nonlinear Oscillations, Dynamical Systems, and Bifurcations of Vector
Fields, theorem 1.3.2 (stable manifolds).
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from separatrix.analysis.results import Analysis
from separatrix.dynamics.attractors.outcome import SEPARATRIX, UNDECIDED
from separatrix.dynamics.basin_boundaries.tolerances import (
    ARM_OFF_SADDLE,
    ARM_PARALLEL,
    ARM_REACHED,
    ARM_STEP,
    ARM_STILL,
    ASIDE,
    CURVE_POINTS,
    LONGEST_ARM,
    SADDLE,
)
from separatrix.dynamics.integration.arc_length import lengths
from separatrix.dynamics.integration.scipy_solvers import dense_solution
from separatrix.dynamics.integration.tolerances import EXACT, LEAST_SHARE

if TYPE_CHECKING:
    from separatrix.dynamics.attractors.omega_limits import NumericalOutcomes
    from separatrix.dynamics.basin_boundaries.curve import SeparatrixCurve
    from separatrix.dynamics.fields.base import PayoffField

__all__ = ["saddle_arms"]

Array = NDArray[np.float64]

LOOKS = 12
"""Places along an arm at which outcomes are looked at on both sides. Fewer: an arm that is a boundary on a
part of its way alone is taken for one, or for none."""

ENDS_LEFT_OUT = 0.04
"""The part of an arm at each end at which that is not done: everything runs together there. Smaller: what is
a boundary is taken for none."""

FARTHEST = 12.0
"""Length at which an arm is cut that winds around what it comes from, such as a repelling cycle. Larger: more
turns of it are drawn."""

DENSE = 6000
"""Least number of states along an arm, from which evenly spaced ones are selected. Fewer: the distances
between states of a curve are less even."""


def saddle_arms(
    analysis: Analysis, flow: PayoffField, points: int = CURVE_POINTS
) -> tuple[SeparatrixCurve, ...]:
    """Return the basin boundaries, each as the arms of a saddle.

    Parameters
    ----------
    analysis : Analysis
        Of a game of two populations of two strategies, or of one population of three.
    flow : PayoffField
        Its replicator dynamics.
    points : int
        How many states a line has at least.

    Returns
    -------
    tuple of SeparatrixCurve
        The line of a saddle on a side begins there.  The error is a distance: trajectories that start at this
        distance from the line, on its two sides, have different outcomes.  Excluded are arms with one outcome
        on both sides, and those with an undecided outcome nearby.  Saddles are those with eigenvalues of both
        signs.

    Examples
    --------
    >>> import separatrix
    >>> from separatrix.dynamics.fields.replicator import replicator
    >>> game = separatrix.load("coordination-123")
    >>> lines = saddle_arms(separatrix.analyze(game), replicator(game))
    >>> len(lines), all(line.error <= 1e-6 for line in lines)
    (3, True)
    """
    from separatrix.dynamics.attractors.candidates_of_field import omega_limits
    from separatrix.dynamics.basin_boundaries.curve import SeparatrixCurve

    plane = _Plane(flow)
    sides = omega_limits(analysis)
    found = []
    for point in analysis.rest_points:
        if point.state is None or point.stability != "saddle":
            continue
        saddle = plane.reduced(point.state)
        arms = list(_arms(plane, saddle, analysis))
        errors = [_error(plane, sides, arm) for arm in arms]
        kept = [arm for arm, error in zip(arms, errors, strict=True) if error is not None]
        if kept:
            error = max(e for e in errors if e is not None)
            line, middle = plane.states(_join_arms(kept, points)), plane.states(saddle)
            found.append(SeparatrixCurve(flow.shares, line, tuple(middle.tolist()), error))
    return tuple(found)


class _Plane:
    """Two coordinates of a flow: both shares of a square, the first two of a triangle."""

    def __init__(self, flow: PayoffField) -> None:
        self.flow = flow
        self.triangle = flow.sizes == (3,)
        self.pace = flow.scale or 1.0

    def reduced(self, state: object) -> Array:
        """Return the two coordinates of a state."""
        return np.asarray(state, dtype=float)[..., :2]

    def states(self, at: Array) -> Array:
        """Return states of the flow, brought back where rounding has left the state space."""
        inside = np.clip(at, 0.0, 1.0)
        if not self.triangle:
            return inside
        third = np.clip(1 - inside.sum(axis=-1, keepdims=True), 0.0, 1.0)
        return np.concatenate([inside, third], axis=-1)

    def rates(self, at: Array) -> Array:
        """Return the rates of change, also a little outside."""
        state = np.concatenate([at, 1 - at.sum(axis=-1, keepdims=True)], axis=-1) if self.triangle else at
        return np.asarray(self.flow(state)[..., :2] / self.pace)

    def smallest(self, at: Array) -> float:
        """Return the smallest share of a strategy: positive inside."""
        rest = [1 - float(at.sum())] if self.triangle else (1 - at).tolist()
        return float(min(*at.tolist(), *rest))

    def jacobian(self, at: Array) -> Array:
        """Return the derivatives of the rates, (2, 2)."""
        return np.stack(
            [
                (self.rates(at + ARM_STEP * e) - self.rates(at - ARM_STEP * e)) / (2 * ARM_STEP)
                for e in np.eye(2)
            ],
            axis=1,
        )


def _arms(plane: _Plane, saddle: Array, analysis: Analysis) -> Iterator[Array]:
    """Yield the stable arms of a saddle that lie inside, each from the saddle to where it comes from."""
    values, vectors = np.linalg.eig(plane.jacobian(saddle))
    if np.iscomplexobj(values) and np.abs(values.imag).max() > 0:
        return
    order = np.argsort(values.real)
    if not values.real[order[0]] < -SADDLE < SADDLE < values.real[order[1]]:
        return
    stable = vectors[:, order[0]].real
    for sign in (1.0, -1.0):
        start = saddle + sign * ARM_OFF_SADDLE * stable / np.abs(stable).max()
        # An arm within a side divides nothing that lies inside.
        if plane.smallest(start) > ARM_PARALLEL * ARM_OFF_SADDLE:
            yield _followed_back(plane, saddle, start, analysis)


def _followed_back(plane: _Plane, saddle: Array, start: Array, analysis: Analysis) -> Array:
    def back(_: float, at: Array) -> Array:
        return -plane.rates(at)

    ran = dense_solution(back, start, LONGEST_ARM, tolerance=EXACT, least=LEAST_SHARE, still=ARM_STILL)
    if ran is None:
        return np.stack([saddle, start])
    stops, _, along = ran
    steps = max(2, DENSE // max(len(stops) - 1, 1))
    spans = [np.linspace(a, b, steps) for a, b in pairwise(stops)]
    line = np.concatenate([saddle[None], along(np.unique(np.concatenate(spans))).T])
    line = line[lengths(line) <= FARTHEST]
    for point in analysis.rest_points:
        if point.state is not None and np.abs(plane.reduced(point.state) - line[-1]).max() <= ARM_REACHED:
            line[-1] = plane.reduced(point.state)
    return line


def _error(plane: _Plane, sides: NumericalOutcomes, arm: Array) -> float | None:
    """Return the least distance at which trajectories on the two sides of an arm end apart, or None."""
    length = lengths(arm)
    rows = np.searchsorted(length, np.linspace(ENDS_LEFT_OUT, 1 - ENDS_LEFT_OUT, LOOKS) * length[-1])
    rows = np.clip(rows, 1, len(arm) - 2)
    along = arm[rows + 1] - arm[rows - 1]
    across = np.stack([-along[:, 1], along[:, 0]], axis=1) / np.hypot(*along.T)[:, None]
    for distance in ASIDE:
        one, other = arm[rows] + distance * across, arm[rows] - distance * across
        fit = np.array(
            [min(plane.smallest(a), plane.smallest(b)) > 0 for a, b in zip(one, other, strict=True)]
        )
        if fit.sum() < LOOKS // 2:
            return None
        first, second = sides.names(plane.states(one[fit])), sides.names(plane.states(other[fit]))
        told = {SEPARATRIX, UNDECIDED}.isdisjoint({*first.tolist(), *second.tolist()})
        # Where lines run together one of the two may lie beyond the next line already.
        if told and (first != second).all():
            return distance
    return None


def _join_arms(arms: list[Array], points: int) -> Array:
    """Return one or two arms as one line whose states are as evenly spaced as what was followed allows."""
    line = arms[0] if len(arms) == 1 else np.concatenate([arms[0][::-1], arms[1][1:]])
    length = lengths(line)
    chosen = np.searchsorted(length, np.linspace(0, length[-1], points))
    chosen = np.unique(np.clip(chosen, 0, len(line) - 1))
    middle = 0 if len(arms) == 1 else len(arms[0]) - 1
    return np.asarray(line[np.unique([0, middle, *chosen.tolist(), len(line) - 1])])
