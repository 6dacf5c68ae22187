"""Many trajectories under way, each with a time and a step of its own: the one loop in which steps are made.

In each round every trajectory that is under way tries one step; those that have ended are taken out.

One step of the best response dynamics: straight towards the best reply, up to where another is as good.

Where the best replies alternate instantly, a trajectory slides along the states at which they are equally
good; it is then followed in small steps near these states.

Hofbauer, J. and Sigmund, K. (1998), Evolutionary Games and Population Dynamics, section 8.4.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from separatrix.dynamics.integration.butcher_tableaus import DORMAND_PRINCE, Tableau
from separatrix.dynamics.integration.runge_kutta import IntegrationStep, RungeKuttaStep, runge_kutta_step
from separatrix.dynamics.integration.step_control import (
    Motion,
    Scratch,
    first_length,
    longest_length,
    next_length,
)
from separatrix.dynamics.integration.tolerances import (
    JUST_PAST,
    LABEL,
    LABEL_IN_SHARES,
    LEAST_REPLY,
    PACE_AT_LEAST,
    WHOLE_STEP,
)
from separatrix.dynamics.tolerances import NOT_ZERO
from separatrix.run.limits import poll

__all__ = ["Ensemble", "best_response_step", "steps_of"]

Array = NDArray[np.float64]

MOST = 0.1
"""How much of the way to the best reply a step goes at most. Larger: replies that change and change back
within a step are missed."""


def best_response_step(
    motion: Motion, start: Array, before: Array, slope: Array, length: Array
) -> IntegrationStep:
    """Return where trajectories are after steps of at most `length` each; none is refused."""
    now = motion.now(float(start.min()))
    part = np.minimum(MOST, 1 - np.exp(-motion.pace * length))
    meet = _meeting(now, before, _advance_linearly(now, before, slope, part))
    part *= np.clip(meet * (1 + JUST_PAST), np.minimum(1.0, LEAST_REPLY / np.maximum(part, NOT_ZERO)), 1.0)
    after = _advance_linearly(now, before, slope, part)
    nothing = np.zeros(before.shape[1])
    return IntegrationStep(start, -np.log1p(-part) / motion.pace, after, now.slopes(after), after, nothing)


def _advance_linearly(motion: Motion, at: Array, slopes: Array, part: Array) -> Array:
    """Return where trajectories are when the fastest population has gone `part` of its way."""
    result = np.empty_like(at)
    for place, speed in zip(motion.places, motion.field.speeds, strict=True):
        gone = 1 - (1 - part) ** (speed / motion.pace)
        result[place] = at[place] + slopes[place] / speed * gone
    return result


def _meeting(motion: Motion, at: Array, ahead: Array) -> Array:
    """Return which part of the way to `ahead` passes before another reply is as good; one where none is.

    Exact where payoffs are linear in the shares and all populations have one speed.
    """
    meet = np.ones(at.shape[1])
    before, after = (motion.field.payoffs(motion.field.weights(x.T)) for x in (at, ahead))
    for now, then in zip(before, after, strict=True):
        best = now.argmax(axis=-1)[:, None]
        lead = np.take_along_axis(now, best, axis=-1) - now
        later = np.take_along_axis(then, best, axis=-1) - then
        with np.errstate(all="ignore"):
            crossing = np.where((lead > 0) & (later < 0), lead / (lead - later), 1.0)
        meet = np.minimum(meet, crossing.min(axis=-1))
    return meet


class Ensemble:
    """Trajectories that are under way.

    Parameters
    ----------
    motion : Motion
    at : array (m, trajectories)
        Where they start.
    method : Tableau
        Not of fields that jump: these have a step of their own.
    tolerance : float, optional
        The error of a step relative to `Motion.size`; by default one that is fine enough for labels.
    factor : array (trajectories,), optional
        What rates are multiplied by: -1 where time runs back.
    longest, least : float
        The longest step, and one that is taken whatever its error.
    together : bool
        Whether all make steps of one length, as they must where the motion changes in time.

    Attributes
    ----------
    rows : array (trajectories,) of int
        Which of the trajectories at the start are under way.
    time, at, slope, length
        When and where each is, (m, trajectories), and how long its next step is.
    """

    def __init__(
        self,
        motion: Motion,
        at: Array,
        *,
        method: Tableau = DORMAND_PRINCE,
        tolerance: float | None = None,
        factor: Array | None = None,
        longest: float = math.inf,
        least: float = 0.0,
        together: bool = False,
    ) -> None:
        count = at.shape[1]
        usual = LABEL_IN_SHARES if motion.leaves_faces else LABEL
        self.motion, self.method = motion, method
        self.tolerance = usual if tolerance is None else tolerance
        self.longest, self.least, self.together = longest, least, together
        self.factor = np.ones(count) if factor is None else factor
        self.rows = np.arange(count)
        self.time = np.zeros(count)
        self.at = np.array(at)
        self.slope = motion.slopes(self.at) * self.factor
        first = first_length(motion, method.order, self.factor, self.at, self.slope, self.tolerance)
        usable = np.isfinite(first) & (first > 0)
        self.length = np.minimum(np.where(usable, first, PACE_AT_LEAST / motion.pace), longest)
        if together:
            self.length[:] = self.length.min(initial=math.inf)
        self.refused = np.zeros(count, np.bool_)
        self._scratch = Scratch()

    def attempt(self, end: Any = math.inf) -> tuple[IntegrationStep, NDArray[np.bool_], NDArray[np.bool_]]:
        """Try a step of each, up to a time `end` at most.

        Returns
        -------
        step : IntegrationStep
            Good until the next attempt.
        good, last : arrays (trajectories,) of bool
            Whether the error of the step is small enough, and whether it leads to the end.
        """
        poll()
        left = end - self.time
        size = self.motion.size(self.at)
        bound = np.minimum(self.length, self.longest)
        if not self.motion.leaves_faces:
            bound = np.minimum(bound, longest_length(self.at, self.slope, size))
            if self.together:
                bound[:] = bound.min()
        last = bound >= left
        length = np.where(last, left, bound)
        tried: IntegrationStep
        if self.motion.jumps:
            tried = best_response_step(self.motion, self.time, self.at, self.slope, length)
            last &= tried.length >= length * (1 - WHOLE_STEP)
        else:
            tried = runge_kutta_step(
                self.motion,
                self.method,
                self.factor,
                self.time,
                self.at,
                self.slope,
                size,
                length,
                self.tolerance,
                self._scratch,
            )
        if self.together:
            tried.error[:] = tried.error.max()
        good = (tried.error <= 1.0) | (length <= self.least)
        following = next_length(self.method.order, length, tried.error, self.refused | ~good)
        # A step that was cut short says nothing against the longer one.
        kept = good & (length < self.length)
        self.length = np.maximum(np.where(kept, np.maximum(following, self.length), following), self.least)
        self.refused = ~good
        return tried, good, last

    def advance(self, end: Any = math.inf) -> NDArray[np.bool_]:
        """Make a step of each as far as it is good; return which have reached the time `end`."""
        tried, good, last = self.attempt(end)
        self.time = np.where(good, np.where(last, end, self.time + tried.length), self.time)
        np.copyto(self.at, tried.after, where=good)
        np.copyto(self.slope, tried.slope, where=good)
        return np.asarray(good & last)

    def interpolated(self, tried: IntegrationStep) -> RungeKuttaStep:
        """Return a step as one that knows the states within it; those of fields that jump are never asked."""
        return cast(RungeKuttaStep, tried)

    def keep(self, which: NDArray[np.bool_]) -> None:
        """Go on with some of the trajectories alone."""
        some = np.flatnonzero(which)
        for name in ("rows", "time", "at", "slope", "length", "refused", "factor"):
            setattr(self, name, getattr(self, name).take(some, axis=-1))


def steps_of(motion: Motion, at: Array, longest: float = math.inf) -> Iterator[tuple[Array, Array]]:
    """Yield the coordinates (m, trajectories) and times (trajectories,), step by step, without end."""
    ensemble = Ensemble(motion, at, longest=longest)
    while True:
        ensemble.advance()
        yield ensemble.at.copy(), ensemble.time.copy()
