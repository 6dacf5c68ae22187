"""One step of an explicit Runge-Kutta method on many trajectories, each of its own length, and states within.

Hairer, E., Nørsett, S. P. and Wanner, G. (1993), Solving Ordinary Differential Equations I, sections II.4
(the error of the step), II.5 (the methods) and II.6 (dense output).
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from separatrix.dynamics.integration.butcher_tableaus import Tableau
from separatrix.dynamics.integration.motion import Motion, Scratch
from separatrix.dynamics.tolerances import NOT_ZERO
from separatrix.run.cached_property import cached_property

__all__ = ["RungeKuttaStep", "IntegrationStep", "runge_kutta_step"]

Array = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class IntegrationStep:
    """One step of every trajectory, by any method.

    Attributes
    ----------
    start, length : array (trajectories,)
        When each step begins, and how long it is; counted from the start, as positive numbers.
    after, slope, shares : array (m, trajectories)
        The coordinates at the end, their slopes and the shares there.
    error : array (trajectories,)
        In units of the tolerance; infinite where the field is not finite.  Above one the step is to be made
        again, shorter.
    """

    start: Array
    length: Array
    after: Array
    slope: Array
    shares: Array
    error: Array


@dataclass(frozen=True, eq=False)
class RungeKuttaStep(IntegrationStep):
    """One step by a Runge-Kutta method, which knows the states within it.

    Attributes
    ----------
    motion : Motion
    method : Tableau
    factor : array (trajectories,)
        What slopes are multiplied by: -1 where time runs back.
    rows : array (rows, m, trajectories)
        The coordinates at the beginning; then the slopes of the stages, in the order of `Tableau.places`,
        each times the length.
    """

    motion: Motion
    method: Tableau
    factor: Array
    rows: Array

    def select(self, which: NDArray[np.intp]) -> RungeKuttaStep:
        """Return the steps of some trajectories."""
        last = {name: getattr(self, name).take(which, axis=-1) for name in _PER_TRAJECTORY}
        return replace(self, **last)

    @cached_property
    def displacement(self) -> Array:
        """How far the coordinates go (m, trajectories): finite also where they are not."""
        weights = self.method.step_row
        return np.tensordot(weights, self.rows[1 : len(weights) + 1], axes=1)

    @cached_property
    def last(self) -> Array:
        """The slopes at the end, times the length (m, trajectories)."""
        return self.slope * self.length

    @cached_property
    def _dense(self) -> Array:
        """The coefficients (3 or 7, m, trajectories) of the interpolating polynomial."""
        method, used = self.method, len(self.rows)
        result = np.empty((3 + len(method.dense), *self.after.shape))
        result[0] = self.displacement
        result[1] = self.rows[1] - self.displacement
        result[2] = 2 * self.displacement - (self.rows[1] + self.last)
        if not method.dense:
            return result
        rows = np.empty((method.dense_rows.shape[1], *self.after.shape))
        rows[:used], rows[used] = self.rows, self.last
        scratch = Scratch()
        extra = zip(method.stage_rows[method.used :], method.nodes[method.used :], strict=True)
        for row, (weights, node) in enumerate(extra, start=used + 1):
            motion = self.motion.now(float(self.start[0] + node * self.length[0]))
            motion.rates(np.tensordot(weights, rows[:row], axes=1), rows[row], scratch)
            rows[row] *= self.factor * self.length
        # Coordinates at minus infinity, in row 0, have no weight.
        result[3:] = np.tensordot(method.dense_rows[:, 1:], rows[1:], axes=1)
        return result

    def at(self, fraction: Array, which: NDArray[np.intp] | None = None) -> Array:
        """Return coordinates (m, points) at fractions (points,) of the steps `which`, by default all."""
        before, dense = self.rows[0], self._dense
        if which is not None:
            before, dense = before.take(which, axis=1), dense.take(which, axis=2)
        back = 1 - fraction
        total = np.zeros(before.shape)
        for k in range(len(dense) - 1, -1, -1):
            total += dense[k]
            total *= back if k % 2 else fraction
        total += before
        return total

    def roughly(self, fraction: float) -> Array:
        """Return coordinates (m, trajectories) at one fraction of all steps, by a cubic through both ends."""
        t = fraction
        within = (t * t * (3 - 2 * t)) * self.displacement
        within += (t * (1 - t) ** 2) * self.rows[1]
        within += (t * t * (t - 1)) * self.last
        within += self.rows[0]
        return within


_PER_TRAJECTORY = ("start", "length", "after", "slope", "shares", "error", "factor", "rows")


def runge_kutta_step(
    motion: Motion,
    method: Tableau,
    factor: Array,
    start: Array,
    before: Array,
    slope: Array,
    size: Array,
    length: Array,
    tolerance: float,
    scratch: Scratch,
) -> RungeKuttaStep:
    """Try one step of every trajectory; `size` is that of the coordinates `before`.

    Where the motion changes in time, all steps begin together and have one length.  The arrays of the result
    are good until `scratch` is used again.
    """
    m, count = before.shape
    rows = scratch.array("rows", method.rows, m, count)
    flat = rows.reshape(method.rows, -1)
    at, last = scratch.array("at", m, count), scratch.array("last", m, count)
    rows[0] = before
    np.multiply(slope, length, out=rows[1])
    signed = factor * length
    shares = at
    for stage, weights in enumerate(method.stage_rows[: method.used], start=1):
        np.matmul(weights, flat[: len(weights)], out=at.reshape(-1))
        now = motion
        if motion.moving is not None:
            now = motion.now(float(start[0] + method.nodes[stage - 1] * length[0]))
        shares = now.rates(at, last, scratch)
        if method.places[stage] < method.rows:
            np.multiply(last, signed, out=rows[method.places[stage]])
    errors = scratch.array("errors", len(method.errors), m, count)
    np.matmul(method.error_rows, flat[1:], out=errors.reshape(len(method.errors), -1))
    np.abs(errors, out=errors)
    errors /= size
    worst = errors.max(axis=1)
    error = worst[0] / tolerance
    if len(worst) == 2:
        # Hairer's combination: of order 8 where the two estimates of orders 5 and 3 behave.
        error *= worst[0] / np.maximum(np.hypot(worst[0], 0.1 * worst[1]), NOT_ZERO)
    if motion.leaves_faces:
        kept = motion.project(at)
        error = np.maximum(error, motion.strayed(before, at, kept, np.abs(signed)))
        at[:] = kept
        shares = now.rates(at, last, scratch)
    error[~np.isfinite(error)] = np.inf
    last *= factor
    return RungeKuttaStep(start, length, at, last, shares, error, motion, method, factor, rows)
