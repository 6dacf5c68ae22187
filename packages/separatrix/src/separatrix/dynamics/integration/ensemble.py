"""Many trajectories under way, each with a time and a step of its own: the one loop in which steps are made.

In each round every trajectory that is under way tries one step; those that have ended are taken out.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from separatrix.dynamics.integration.best_response_step import best_response_step
from separatrix.dynamics.integration.butcher_tableaus import DORMAND_PRINCE, Tableau
from separatrix.dynamics.integration.motion import Motion, Scratch
from separatrix.dynamics.integration.runge_kutta import IntegrationStep, RungeKuttaStep, runge_kutta_step
from separatrix.dynamics.integration.step_size import first_length, longest_length, next_length
from separatrix.dynamics.integration.tolerances import LABEL, LABEL_IN_SHARES, PACE_AT_LEAST, WHOLE_STEP
from separatrix.run.deadline import poll

__all__ = ["Ensemble", "steps_of"]

Array = NDArray[np.float64]


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
