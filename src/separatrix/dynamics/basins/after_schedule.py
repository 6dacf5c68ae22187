"""Fates after a temporary policy: each start goes with the schedule, and then as the game is from then on.

While parameters stand still many courses are followed together (`separatrix.dynamics.integrate.batch`, where
the rule keeps faces); while they move, all courses take the same steps in time.  Under a rule that keeps
faces a course is handed over in log-odds, so that what a long policy has all but driven out can still come
back.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from separatrix.dynamics.attractors.outcome import Ending
from separatrix.dynamics.fields.scheduled import Piece, ScheduledField, scheduled_field
from separatrix.dynamics.integrate.steppers import Motion, TowardsReplies, motion_of
from separatrix.errors import InputError
from separatrix.game.model import Game

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import ArrayLike, NDArray

    from separatrix.dynamics.fields.base import PayoffField

    Array = NDArray[np.float64]
    Names = NDArray[np.str_]

__all__ = ["AfterSchedule", "Fates", "Plan", "plan_of"]

TOLERANCE = 1e-8
LEAST_STEP = 1e-9
"""The shortest step while parameters move, relative to the stretch."""

SMALL_STEPS = 400
"""Steps on a stretch under the best response dynamics, at least."""


class Fates(Protocol):
    """From starts to the names of where they end."""

    def names(self, starts: ArrayLike) -> Names:
        """Return the names of where starts (courses, n) end."""
        ...

    def names_at(self, odds: Array) -> Names:
        """Return the names of where starts inside end, from the coordinates of the motion."""
        ...

    def ending(self, name: str) -> Ending:
        """Return what a name stands for."""
        ...


@dataclass(frozen=True)
class Plan:
    """The schedule of a game, up to its last change.

    Attributes
    ----------
    flow : ScheduledField
    end : float
        When the last change of parameters is over; 0 where all of them lie before time 0.
    values : mapping of parameter to number
        What parameters are worth from then on, where the schedule says so.
    """

    flow: ScheduledField
    end: float
    values: Mapping[str, object]

    def pushed(self, starts: ArrayLike) -> Array:
        """Return where starts (courses, n) are at the end of the schedule, in coordinates of the motion."""
        import numpy as np

        from separatrix.dynamics.integrate.batch import checked_starts

        begin: Any = self.flow.field_at(0.0)
        at = motion_of(begin).of(checked_starts(begin, starts))
        if self.end <= 0:
            return at
        with np.errstate(all="ignore"):
            for a, b, piece in self.flow.between(0.0, self.end):
                at = _along(piece, at, a, b)
        return at


def plan_of(
    game: Game,
    values: Mapping[str, object] | None = None,
    scenario: str | None = None,
    kind: str = "replicator",
    options: Mapping[str, Any] | None = None,
) -> Plan:
    """Return the schedule of a game, ready to follow courses under a rule of motion.

    Raises
    ------
    InputError
        D626 for a game without a schedule; those of `separatrix.dynamics.fields.scheduled.scheduled_field`.
    """
    if not game.schedule:
        raise InputError(
            "D626",
            "the game has no schedule, so that no fate after one can be told",
            hint="write one under `schedule:` into the game file, or leave the schedule out of the question",
        )
    flow = scheduled_field(game, values, scenario, kind, **(options or {}))
    end = max(flow.breakpoints[-1], 0.0)
    last = {name: worth[1] for name, worth in flow.pieces[-1].values.items()}
    return Plan(flow, end, {**(values or {}), **last})


@dataclass(frozen=True)
class AfterSchedule:
    """The fates of starts at time 0: those of the game after its schedule, from where each start is then."""

    plan: Plan
    after: Fates
    field: PayoffField

    def names(self, starts: ArrayLike) -> Names:
        """Return the names of where starts (courses, n) end."""
        return self.after.names_at(self.plan.pushed(starts))

    def names_at(self, odds: Array) -> Names:
        """Return the names of where starts end that are given in coordinates of the motion."""
        return self.names(motion_of(self.field).states(odds))

    def ending(self, name: str) -> Ending:
        """Return what a name stands for."""
        return self.after.ending(name)


# --------------------------------------------------------------------------- stretches


def _along(piece: Piece, at: Array, start: float, end: float) -> Array:
    """Return coordinates (m, courses) at the end of a stretch from those at its start."""
    field: Any = piece.field_at(start)
    if piece.constant and field.keeps_faces:
        from separatrix.dynamics.integrate.batch import batch

        made = batch(field, at.T, end - start, tolerance=TOLERANCE, in_log_odds=True)
        return made.end_log_odds.T
    motion = motion_of(field)
    if isinstance(motion, TowardsReplies):
        return _towards(piece, at, start, end)

    def rate(time: float, there: Array) -> Array:
        return (motion if piece.constant else motion_of(piece.field_at(time))).slopes(there)

    return _together(motion, rate, at, start, end)


def _together(
    motion: Motion, rate: Callable[[float, Array], Array], at: Array, start: float, end: float
) -> Array:
    """Return where courses are that all take the same steps, by Dormand and Prince's method."""
    import numpy as np

    from separatrix.dynamics.integrate.arc_length import ERRORS, STAGES

    nodes = [sum(row) for row in STAGES]
    time, length = start, min(0.05 / motion.pace, end - start)
    while time < end:
        length = min(length, end - time)
        stages = [rate(time, at)]
        trial = at
        for node, row in zip(nodes, STAGES, strict=True):
            trial = at + length * _sum(row, stages)
            stages.append(rate(min(time + node * length, end), trial))
        size = TOLERANCE * (1 + np.maximum(np.abs(at), np.abs(trial)))
        gaps = np.abs(length * _sum(ERRORS, stages)) / size
        error = float(gaps[np.isfinite(at)].max(initial=0.0))
        if error <= 1 or length <= LEAST_STEP * (end - start):
            time = time + length if length < end - time else end
            at = motion.kept(trial)
        length *= min(5.0, max(0.2, 0.9 * max(error, 1e-8) ** -0.2)) if np.isfinite(error) else 0.2
    return at


def _sum(weights: Sequence[float], stages: Sequence[Array]) -> Array:
    total = weights[0] * stages[0]
    for weight, stage in zip(weights[1:], stages[1:], strict=True):
        if weight:
            total = total + weight * stage
    return total


def _towards(piece: Piece, at: Array, start: float, end: float) -> Array:
    """Return where courses of the best response dynamics are: straight ahead, in many small steps."""
    import numpy as np

    time = np.full(at.shape[1], start)
    shortest = (end - start) / SMALL_STEPS
    while (time < end).any():
        motion = motion_of(piece.field_at(float(time.min())))
        slopes = motion.slopes(at)
        made = motion.step(at, slopes, np.minimum(end - time, shortest))
        at, time = made.at, time + made.length
        time[end - time <= 1e-12 * (end - start)] = end
    return at
