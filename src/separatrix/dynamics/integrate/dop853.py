"""One step of DOP853 on many lanes at once, each of its own length, and the states within it.

Hairer, E., Nørsett, S. P. and Wanner, G. (1993), Solving Ordinary Differential Equations I, sections II.4
(control of the step), II.5 (the method) and II.6 (dense output).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from separatrix.dynamics.integrate import dop853_tableau as tableau
from separatrix.dynamics.integrate.log_odds import Lanes, Scratch
from separatrix.run.cached import cached_property

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

__all__ = ["Step", "first_step", "longest_step", "next_step", "step"]

USED = len(tableau.WEIGHTS)
PLACES = (1, 2, 2, 3, 2, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14)
"""The row in which the slope of each stage is kept: stages 2, 3 and 5 share one, as each is done with when
the next is known.  Row 0 holds the coordinates at the start of the step."""

ROWS = 11
"""Rows of a step; the dense output has four more."""


def _placed(weights: Sequence[float], first: float) -> Array:
    """Return the weights of slopes by row, after that of the start."""
    rows = {place: k for k, place in enumerate(PLACES[: len(weights)])}
    return np.array([first, *(weights[rows[place]] for place in range(1, max(rows) + 1))])


STAGES = [_placed(row, 1.0) for row in tableau.STAGES]
STEP = _placed(tableau.WEIGHTS, 0.0)
ERRORS = np.array([_placed(tableau.ERROR_5, 0.0), _placed(tableau.ERROR_3, 0.0)])[:, 1:]
DENSE = np.array([_placed(row, 0.0) for row in tableau.DENSE])

SAFETY, SHRINK, GROW = 0.9, 0.2, 10.0


@dataclass(frozen=True, eq=False)
class Step:
    """One step of every lane.

    Attributes
    ----------
    lanes : Lanes
    sign : float
        1, or -1 where time runs back; times and lengths are counted from the start, as positive numbers.
    start, length : array (lanes,)
        When each step begins, and how long it is.
    rows : array (11, m, lanes)
        The coordinates at the beginning; then the slopes of the stages, in the order of `PLACES`, each times
        the length.
    after : array (m, lanes)
        The coordinates at the end.
    slope : array (m, lanes)
        The slopes there.
    shares : array (m, lanes)
        The shares there.
    error : array (lanes,)
        In units of the tolerance; infinite where the field is not finite.
    """

    lanes: Lanes
    sign: float
    start: Array
    length: Array
    rows: Array
    after: Array
    slope: Array
    shares: Array
    error: Array

    def taken(self, which: NDArray[np.intp]) -> Step:
        """Return the steps of some lanes."""
        return Step(
            self.lanes, self.sign, self.start[which], self.length[which], self.rows.take(which, axis=2),
            self.after.take(which, axis=1), self.slope.take(which, axis=1), self.shares.take(which, axis=1),
            self.error[which],
        )  # fmt: skip

    @cached_property
    def moved(self) -> Array:
        """How far the coordinates go (m, lanes): finite also where they are not."""
        return np.tensordot(STEP[1:], self.rows[1:], axes=1)

    @cached_property
    def last(self) -> Array:
        """The slopes at the end, times the length (m, lanes)."""
        return self.slope * self.length

    @cached_property
    def _dense(self) -> Array:
        """The seven coefficients (7, m, lanes) of the interpolating polynomial."""
        rows = np.empty((ROWS + 4, *self.after.shape))
        rows[:ROWS], rows[ROWS] = self.rows, self.last
        scratch = Scratch()
        for row, weights in enumerate(STAGES[USED:], start=ROWS + 1):
            at = np.tensordot(weights, rows[:row], axes=1)
            self.lanes.rates(at, rows[row], scratch)
            rows[row] *= self.sign * self.length
        result = np.empty((7, *self.after.shape))
        result[0] = self.moved
        result[1] = rows[1] - self.moved
        result[2] = 2 * self.moved - (rows[1] + self.last)
        # Coordinates at minus infinity, in row 0, have no weight.
        result[3:] = np.tensordot(DENSE[:, 1:], rows[1:], axes=1)
        return result

    def at(self, fraction: Array, which: NDArray[np.intp] | None = None) -> Array:
        """Return coordinates (m, points) at fractions (points,) of the steps `which`, by default all."""
        before, dense = self.rows[0], self._dense
        if which is not None:
            before, dense = before.take(which, axis=1), dense.take(which, axis=2)
        back = 1 - fraction
        total = np.zeros(before.shape)
        for k, coefficient in enumerate(dense[::-1]):
            total += coefficient
            total *= back if k % 2 else fraction
        total += before
        return total

    def roughly(self, fraction: float) -> Array:
        """Return coordinates (m, lanes) at one fraction of all steps, by a cubic through both ends."""
        t = fraction
        within = (t * t * (3 - 2 * t)) * self.moved
        within += (t * (1 - t) ** 2) * self.rows[1]
        within += (t * t * (t - 1)) * self.last
        within += self.rows[0]
        return within


def step(
    lanes: Lanes, sign: float, start: Array, before: Array, slope: Array, size: Array, length: Array,
    tolerance: float, scratch: Scratch,
) -> Step:  # fmt: skip
    """Try one step of every lane; `size` is 1 + abs(before).

    The arrays of the result are good until `scratch` is used again.
    """
    m, count = before.shape
    rows = scratch.array("rows", ROWS, m, count)
    flat = rows.reshape(ROWS, -1)
    at, last = scratch.array("at", m, count), scratch.array("last", m, count)
    rows[0] = before
    np.multiply(slope, length, out=rows[1])
    signed = length if sign > 0 else -length
    shares = at
    for stage, weights in enumerate(STAGES[:USED], start=1):
        np.matmul(weights, flat[: len(weights)], out=at.reshape(-1))
        shares = lanes.rates(at, last, scratch)
        if stage < USED:
            np.multiply(last, signed, out=rows[PLACES[stage]])
    errors = scratch.array("errors", 2, m, count)
    np.matmul(ERRORS, flat[1:], out=errors.reshape(2, -1))
    np.abs(errors, out=errors)
    errors /= size
    fifth, third = errors.max(axis=1)
    # Hairer's combination: of order 8 where the two estimates of orders 5 and 3 behave.
    whole = np.hypot(fifth, 0.1 * third)
    error = fifth * (fifth / np.maximum(whole, 1e-300)) / tolerance
    error[~np.isfinite(error)] = np.inf
    return Step(lanes, sign, start, length, rows, at, last if sign > 0 else -last, shares, error)


def next_step(length: Array, error: Array, refused: NDArray[np.bool_]) -> Array:
    """Return the length of the next step (lanes,) after one with this error; no growth after a refusal."""
    factor = SAFETY * np.maximum(error, 1e-12) ** (-1 / tableau.ORDER)
    return np.asarray(length * np.clip(factor, SHRINK, np.where(refused, 1.0, GROW)))


def longest_step(at: Array, slope: Array, size: Array) -> Array:
    """Return how long a step (lanes,) may be, so that no share passes the middle unseen.

    Where a share has all but vanished its logarithm moves steadily, and steps grow without bound; when it
    returns it may turn the others around in a time that is short beside such a step.  `size` is 1 + abs(at).
    """
    returning = at * slope < 0
    pace = np.abs(slope)
    pace /= size
    pace *= returning
    return np.asarray(1.0 / pace.max(axis=0))


def first_step(lanes: Lanes, sign: float, at: Array, slope: Array, tolerance: float) -> Array:
    """Return the length (lanes,) of the first step (Hairer, Nørsett & Wanner, section II.4)."""
    size = 1.0 + np.abs(at)
    fastest = (np.abs(slope) / size).max(axis=0)
    trial = 0.01 / np.maximum(fastest, lanes.scale * 1e-3)
    there = np.empty_like(at)
    lanes.rates(at + trial * slope, there, Scratch())
    bent = (np.abs(sign * there - slope) / size).max(axis=0) / trial
    largest = np.maximum(fastest, bent) / tolerance
    wanted = (0.01 / np.maximum(largest, 1e-300)) ** (1 / tableau.ORDER)
    return np.asarray(np.fmin(100 * trial, wanted / lanes.scale))
