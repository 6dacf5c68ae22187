"""The motion while parameters change in time: stretches of time between the changes, each with its motion."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

from separatrix.dynamics.fields.scheduled import ScheduledField, SchedulePiece
from separatrix.dynamics.integration.coordinates import motion_of
from separatrix.dynamics.integration.motion import Motion
from separatrix.dynamics.integration.result import unsettled_speed
from separatrix.dynamics.integration.tolerances import DEFAULT_SPAN, UNMOVED
from separatrix.errors import InputError
from separatrix.game.values import resolve
from separatrix.sentences import say, together

__all__ = ["TimeSpan", "motion_on", "stretches_of", "with_changes"]

Array = NDArray[np.float64]

MOST_TOLD = 8
"""How many changes of parameters a message names."""


@dataclass(frozen=True, eq=False)
class TimeSpan:
    """A stretch of time and the motion on it, which counts time from its start."""

    start: float
    end: float
    motion: Motion
    piece: SchedulePiece | None = None

    @property
    def length(self) -> float:
        return self.end - self.start

    def rests(self, first: Array, sign: float) -> bool:
        """Whether coordinates are those of a rest point throughout, but for rounding."""
        times = (0.0,) if self.motion.moving is None else (0.0, self.length / 2, self.length)
        rest = UNMOVED * self.motion.pace
        return all(unsettled_speed(self.motion.now(time), first, sign) <= rest for time in times)


def stretches_of(flow: ScheduledField, until: float | None) -> tuple[Any, float, list[TimeSpan]]:
    """Return the field at the beginning, the last time and the stretches of a field that changes in time.

    The last time is by default 100 divided by the largest advantage after the last change of parameters,
    counted from it.
    """
    if until is not None and until < 0:
        raise InputError(
            "D605",
            f"a trajectory until t = {until:g} goes back in time, and the game has a schedule",
            hint="give a time above 0, or remove the schedule from the file",
        )
    last = max(flow.breakpoints, default=0.0)
    settled: Any = flow.pieces[-1].field_at(last)
    if not settled.keeps_faces:
        raise InputError(
            "D605",
            f"the game has a schedule, which the {settled.kind} dynamics do not support",
            hint="remove the schedule from the file, or use the replicator",
        )
    end = max(last, 0.0) + DEFAULT_SPAN / (settled.scale or 1.0) if until is None else float(until)
    stretches = [TimeSpan(a, b, motion_on(piece, a), piece) for a, b, piece in flow.pieces_between(0.0, end)]
    return stretches[0].motion.field, end, stretches


def motion_on(piece: SchedulePiece, start: float) -> Motion:
    """Return the motion on a stretch of time, counted from its start."""
    field: Any = piece.field_at(start)
    if piece.constant:
        return motion_of(field)
    return motion_of(field, lambda time: piece.field_at(start + time), pace=piece.scale or 1.0)


def with_changes(message: str, flow: ScheduledField, stretches: Sequence[TimeSpan], end: float) -> str:
    """Return a message that states when parameters change."""
    changes = [told for _, told in sorted(_changes(flow, stretches, end))]
    if len(changes) > MOST_TOLD:
        changes = [*changes[:MOST_TOLD], "…"]
    if not changes:
        return message
    when = say("parameters change at t = {times}", times=together(changes, ", "))
    return together([message, when], "; ")


def _changes(flow: ScheduledField, stretches: Sequence[TimeSpan], end: float) -> Iterator[tuple[float, str]]:
    """Yield when parameters jump, and from when to when they go gradually, up to `end`; not in order."""
    before: Mapping[str, Fraction | None] | None = None
    if 0.0 in flow.breakpoints:
        before = _worth(flow.pieces[flow.breakpoints.index(0.0)], 1)
    since: float | None = None
    for a, b, piece in ((one.start, one.end, one.piece) for one in stretches if one.piece is not None):
        if a >= end and a > 0:
            break
        jumps = before is not None and before != _worth(piece, 0)
        if since is not None and piece.constant:
            yield since, f"{since:.6g}–{a:.6g}"
            since = None
        if jumps:
            yield a, f"{a:.6g}"
        if not piece.constant and since is None:
            since = a
        before, reached = _worth(piece, 1), min(b, end)
    if since is not None:
        yield since, f"{since:.6g}–{reached:.6g}"


def _worth(piece: SchedulePiece, which: int) -> dict[str, Fraction | None]:
    """Return what the parameters are worth at the start (0) or the end (1) of a piece."""
    recipe = piece.recipe
    usual = resolve(recipe.game, recipe.values, recipe.scenario)
    return {**usual, **{name: ends[which] for name, ends in piece.values.items()}}
