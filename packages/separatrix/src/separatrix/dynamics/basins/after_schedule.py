"""Outcomes after a temporary policy: each start goes with the schedule, and then as the game is from then on.

While parameters do not change many trajectories are followed together
(`separatrix.dynamics.integration.batch`, where the rule keeps faces); while they move, all trajectories take
the same steps in time.  Under a rule that keeps faces a trajectory is handed over in log-odds, so that what
a long policy has all but driven out can still come back.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
from numpy.typing import ArrayLike, NDArray

from separatrix.dynamics.attractors.outcome import OmegaLimit
from separatrix.dynamics.fields.scheduled import ScheduledField, SchedulePiece, scheduled_field
from separatrix.dynamics.integration.batch import Order, checked_starts, recorded
from separatrix.dynamics.integration.coordinates import motion_of
from separatrix.dynamics.integration.ensemble import Ensemble
from separatrix.dynamics.integration.scheduled_motion import motion_on
from separatrix.dynamics.integration.tolerances import LEAST_STEP, WITH_SCHEDULE
from separatrix.errors import InputError
from separatrix.game.model import Game

if TYPE_CHECKING:
    from separatrix.dynamics.fields.base import PayoffField

__all__ = ["AfterSchedule", "Outcomes", "SchedulePlan", "plan_of"]

Array = NDArray[np.float64]
Names = NDArray[np.str_]

SMALL_STEPS = 400
"""Steps on a stretch under the best response dynamics, at least. Fewer: replies that change on the way are
met less exactly."""


class Outcomes(Protocol):
    """From starts to the names of where they end."""

    def names(self, starts: ArrayLike) -> Names:
        """Return the names of where starts (trajectories, n) end."""
        ...

    def names_at(self, odds: Array) -> Names:
        """Return the names of where starts inside end, from the coordinates of the motion."""
        ...

    def ending(self, name: str) -> OmegaLimit:
        """Return what a name stands for."""
        ...


@dataclass(frozen=True)
class SchedulePlan:
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
        """Return where starts (orbits, n) are at the end of the schedule, in coordinates of the motion."""
        begin: Any = self.flow.field_at(0.0)
        at = motion_of(begin).to_coordinates(checked_starts(begin, starts))
        if self.end <= 0:
            return at
        with np.errstate(all="ignore"):
            for a, b, piece in self.flow.pieces_between(0.0, self.end):
                at = _advance_through_piece(piece, at, a, b)
        return at


def plan_of(
    game: Game,
    values: Mapping[str, object] | None = None,
    scenario: str | None = None,
    kind: str = "replicator",
    options: Mapping[str, Any] | None = None,
) -> SchedulePlan:
    """Return the schedule of a game, ready to follow trajectories under a rule of motion.

    Raises
    ------
    InputError
        D626 for a game without a schedule; those of `separatrix.dynamics.fields.scheduled.scheduled_field`.
    """
    if not game.schedule:
        raise InputError(
            "D626",
            "the game has no schedule, so outcomes after one are undefined",
            hint="add one under `schedule:` to the game file, or do not request it",
        )
    flow = scheduled_field(game, values, scenario, kind, **(options or {}))
    end = max(flow.breakpoints[-1], 0.0)
    last = {name: worth[1] for name, worth in flow.pieces[-1].values.items()}
    return SchedulePlan(flow, end, {**(values or {}), **last})


@dataclass(frozen=True)
class AfterSchedule:
    """The outcomes of starts at time 0: those of the game after its schedule, from where each start is
    then."""

    plan: SchedulePlan
    after: Outcomes
    field: PayoffField

    def names(self, starts: ArrayLike) -> Names:
        """Return the names of where starts (trajectories, n) end."""
        return self.after.names_at(self.plan.pushed(starts))

    def names_at(self, odds: Array) -> Names:
        """Return the names of where starts end that are given in coordinates of the motion."""
        return self.names(motion_of(self.field).states(odds))

    def ending(self, name: str) -> OmegaLimit:
        """Return what a name stands for."""
        return self.after.ending(name)


# --------------------------------------------------------------------------- stretches


def _advance_through_piece(piece: SchedulePiece, at: Array, start: float, end: float) -> Array:
    """Return coordinates (m, trajectories) at the end of a stretch from those at its start."""
    motion, span = motion_on(piece, start), end - start
    if not motion.leaves_faces and motion.moving is None:
        nothing = np.empty(0)
        return recorded(Order(motion, span, nothing, (), WITH_SCHEDULE), at.T, np.ones(at.shape[1])).ends.T
    under_way = Ensemble(
        motion,
        at,
        tolerance=WITH_SCHEDULE,
        longest=span / SMALL_STEPS if motion.jumps else math.inf,
        together=motion.moving is not None and not motion.jumps,
        least=LEAST_STEP * span,
    )
    result = np.array(at)
    while under_way.rows.size:
        ended = under_way.advance(span)
        result[:, under_way.rows] = under_way.at
        under_way.keep(~ended)
    return result
