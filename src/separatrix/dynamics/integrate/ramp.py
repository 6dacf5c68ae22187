"""One course while parameters go in a straight line: the rates depend on the time too.

The coordinates are the log-odds of `separatrix.dynamics.integrate.log_odds`; the methods are scipy's, step
by step, so that events can be looked for in every step.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from separatrix.dynamics.integrate.events import Event, Steady
from separatrix.dynamics.integrate.log_odds import lanes_of
from separatrix.dynamics.integrate.scipy_events import Leg, Watch, watched
from separatrix.dynamics.integrate.scipy_solver import LONGEST, slope_of
from separatrix.dynamics.integrate.status import Status

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from separatrix.dynamics.fields.scheduled import Piece

    Array = NDArray[np.float64]

__all__ = ["Moment", "ramp_leg"]


class Moment:
    """The field of a piece at ``time``, which whoever integrates it sets before each look at it."""

    def __init__(self, piece: Piece, time: float) -> None:
        start: Any = piece.field_at(time)
        self.shares: tuple[str, ...] = start.shares
        self.sizes: tuple[int, ...] = start.sizes
        self.scale: float = piece.scale
        self.time = time
        self._piece = piece

    def log_rates(self, weights: Sequence[Array]) -> list[Array]:
        """Return the growth rates of all strategies now."""
        now: Any = self._piece.field_at(self.time)
        rates: list[Array] = now.log_rates(weights)
        return rates


def ramp_leg(
    piece: Piece, first: Array, times: Array, start: float, end: float, events: Sequence[Event],
    tolerance: float, method: str,
) -> Leg:  # fmt: skip
    """Follow the replicator dynamics of `piece` from log-odds `first` (m,) at `start` to `end`.

    Steadiness is not looked for: what rests now may move as the parameters do.
    """
    import numpy as np

    moment = Moment(piece, start)
    lanes = lanes_of(moment)
    free = np.flatnonzero(np.isfinite(first))
    watch = Watch([event for event in events if not isinstance(event, Steady)])
    if not free.size:
        status = watch.begun(lanes.shares(first[:, None])[:, 0])
        stop = end if status is Status.END else start
        found = np.tile(first, (len(times), 1))
        return Leg(found, first, stop, status, watch.arrived, tuple(watch.crossings))
    rates = slope_of(lanes, first, free)

    def slope(time: float, ratios: Array) -> Any:
        moment.time = time
        return rates(time, ratios)

    def whole(ratios: Array) -> Array:
        result = first.copy()
        result[free] = ratios
        return np.asarray(lanes.normalised(result[:, None])[:, 0])

    def shares(log_odds: Array) -> Array:
        return lanes.shares(log_odds[:, None])[:, 0]

    return watched(
        slope, first[free], times, start, end, whole=whole, shares=shares, watch=watch,
        tolerance=tolerance, longest=LONGEST / lanes.scale, method=method,
    )  # fmt: skip
