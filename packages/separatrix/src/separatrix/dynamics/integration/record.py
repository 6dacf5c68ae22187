"""The order for trajectories and its record, filled by compiled code."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from separatrix.dynamics.integration.butcher_tableaus import DOP853, Tableau
from separatrix.dynamics.integration.compiled_ensemble import CompiledEnsemble, Ended
from separatrix.dynamics.integration.events import Arrival, Event, Steady, Threshold
from separatrix.dynamics.integration.motion import Motion
from separatrix.dynamics.integration.polynomial_rates import PolynomialRates
from separatrix.dynamics.integration.result import Status
from separatrix.dynamics.integration.tolerances import SHORTEST

__all__ = ["MOST_STEPS", "Order", "Record", "recorded_compiled"]

Array = NDArray[np.float64]
Rows = NDArray[np.intp]

MOST_STEPS = 1_000_000
"""After which a trajectory is given up, by default."""

BETWEEN_LOOKS = 5_000
"""Steps of machine code between two looks at the time. More: a lack of time is noticed later."""

_STATUSES = np.array(
    [Status.TOO_MANY_STEPS, Status.END, Status.END, Status.LOST, Status.STEADY, Status.TOO_MANY_STEPS],
    np.int8,
)
"""By `Ended`."""


@dataclass(frozen=True)
class Order:
    """The order for every trajectory; times are counted from the start, as positive numbers.

    Attributes
    ----------
    motion : Motion
    end : float
    times : array (points,)
        In ascending order.
    events : tuple of Event
    tolerance : float
    most_steps : int
    method : Tableau
    shortest : float
        A step, relative to the time and to the fastest change, below which a trajectory is lost.
    longest : float
    """

    motion: Motion
    end: float
    times: Array
    events: tuple[Event, ...]
    tolerance: float
    most_steps: int = MOST_STEPS
    method: Tableau = DOP853
    shortest: float = SHORTEST
    longest: float = math.inf

    @property
    def places(self) -> list[Arrival | Threshold]:
        """The events that have a distance."""
        return [event for event in self.events if not isinstance(event, Steady)]


@dataclass(frozen=True, eq=False)
class Record:
    """What is written down of every trajectory: the first axis of every array is the trajectory."""

    samples: Array
    ends: Array
    end_times: Array
    status: NDArray[np.int8]
    arrived: Rows
    crossings: Array
    steps: Rows


def recorded_compiled(
    order: Order, first: Array, factor: Array, rates: PolynomialRates, game: Rows | None = None
) -> Record:
    """Do what `recorded` does without events, by machine code, each trajectory in a game of its own."""
    count = len(first)
    under_way = CompiledEnsemble(
        rates,
        np.ascontiguousarray(first.T),
        pace=order.motion.pace,
        game=game,
        method=order.method,
        tolerance=order.tolerance,
        factor=factor,
        end=order.end,
        longest=order.longest,
        shortest=order.shortest,
        times=order.times,
    )
    rows, made = np.arange(count), 0
    while rows.size and made < order.most_steps:
        made = min(order.most_steps, made + BETWEEN_LOOKS)
        under_way.run(made, rows)
        rows = rows[under_way.ended[rows] == Ended.STEPS]
    status = _STATUSES[under_way.ended]
    ends = np.ascontiguousarray(under_way.at.T)
    later = np.arange(order.times.size) >= under_way.sampled[:, None]
    own, column = np.nonzero(later & (status < Status.TOO_MANY_STEPS)[:, None])
    under_way.samples[own, column] = ends[own]
    return Record(
        under_way.samples,
        ends,
        factor * under_way.time,
        status,
        np.full(count, -1),
        np.empty((count, 0)),
        under_way.steps.astype(np.intp),
    )
