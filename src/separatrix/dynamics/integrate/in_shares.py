"""One course of a field that leaves faces, in the shares themselves.

Where nobody plays a strategy it may be taken up, so that logarithms of shares are no coordinates.  The field
is asked for the nearest state in the state space: what a method tries outside does no harm, because the
course itself never leaves.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from separatrix.dynamics.fields.base import PayoffField
from separatrix.dynamics.integrate.events import Event, checked
from separatrix.dynamics.integrate.result import (
    REST,
    STILL,
    TOLERANCE,
    Method,
    Trajectory,
    check_asked,
    message_of,
)
from separatrix.dynamics.integrate.scipy_events import Watch, watched
from separatrix.dynamics.integrate.scipy_solver import usual_method
from separatrix.dynamics.integrate.simplex_projection import onto_simplices
from separatrix.errors import InputError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

__all__ = ["follow_in_shares"]

LEAST = 1e-3
"""The share below which the tolerance is no longer a relative error."""

LONGEST = 1.0
"""The longest step, in units of the time in which the fastest share would go from 0 to 1."""


def follow_in_shares(
    field: PayoffField,
    start: Sequence[float],
    *,
    until: float | None = None,
    points: int = 401,
    tolerance: float = TOLERANCE,
    method: Method = "auto",
    events: Sequence[Event] = (),
) -> Trajectory:
    """Follow a field without jumps from `start`, as `trajectory.trajectory` does.

    ``tolerance`` is the error of a step relative to a share, for shares below 0.001 relative to 0.001.

    Raises
    ------
    InputError
        D604 for a field that jumps; D602 for a time before 0; those of
        `separatrix.dynamics.integrate.trajectory.trajectory`.

    Examples
    --------
    >>> from separatrix.dynamics.fields import field
    >>> from separatrix.game.reader import load
    >>> game = load({"payoff_matrix": [[-1, 4], [0, 2]], "title": "Hawk and dove"})
    >>> course = follow_in_shares(field(game, kind="smith"), [0.0])
    >>> course.states[-1].round(6).tolist(), course.message
    ([0.666667], 'at rest at the end')
    """
    import numpy as np

    from separatrix.dynamics.integrate.batch import checked_starts

    scale = field.scale or 1.0
    end = 100.0 / scale if until is None else float(until)
    check_asked(end, points, method, (), tolerance)
    if end < 0:
        raise InputError(
            "D602", f"a course until t = {end:g} would go back in time, and the {field.kind} dynamics cannot",
            hint="back in time their courses leave the state space; give a time above 0",
        )  # fmt: skip
    if not field.continuous:
        raise InputError(
            "D604", f"the {field.kind} dynamics jump, and no course through a jump is unique",
            hint="use logit with a small `eta`, which is smooth",
        )  # fmt: skip
    first = checked_starts(field, [start])[0]
    checked(events, len(first))

    def inside(state: Array) -> Array:
        return field.state(onto_simplices(field.weights(state)))

    def slope(_: float, state: Array) -> Array:
        return field(inside(state))

    def pace(state: Array) -> float:
        return float(np.abs(field(state)).max() / scale)

    times = np.linspace(0.0, end, points)
    leg = watched(
        slope, first, times, 0.0, end, whole=inside, shares=lambda state: state, watch=Watch(events, pace),
        tolerance=tolerance, least=LEAST, longest=LONGEST / scale,
        method=usual_method(tolerance) if method == "auto" else method,
    )  # fmt: skip
    at_rest = pace(leg.last) <= STILL
    message = message_of(
        field.shares, start, leg.status, at_rest, pace(first) <= REST, leg.found, keeps_faces=False
    )
    return Trajectory(
        field.shares, times, leg.found, at_rest, message, leg.status, leg.end, _log_odds(field, leg.found),
        leg.arrived, leg.crossings,
    )  # fmt: skip


def _log_odds(field: PayoffField, states: Array) -> Array:
    import numpy as np

    with np.errstate(divide="ignore"):
        result: Array = np.log(states)
        for place, size in zip(field.slices, field.sizes, strict=True):
            if size == 2:
                result[:, place] -= np.log1p(-states[:, place])
    return result
