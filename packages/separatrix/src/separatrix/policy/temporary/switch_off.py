"""What happens when support ends: the trajectory without it, followed until it arrives."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from separatrix.analysis.results import Analysis
from separatrix.dynamics.attractors.tolerances import ARRIVAL_DISTANCE
from separatrix.dynamics.basin_boundaries.critical_shock import time_to_arrive
from separatrix.dynamics.fields.replicator import replicator
from separatrix.dynamics.integration.trajectory import follow
from separatrix.policy.temporary.control_problem import ControlProblem

__all__ = ["SwitchOff", "after_switch_off"]

Array = NDArray[np.float64]

POINTS = 201
"""Times at which the states after the end are kept."""

OPEN_END = 60.0
"""How long the trajectory is shown where it does not arrive, in units of the fastest rate."""


@dataclass(frozen=True)
class SwitchOff:
    """The trajectory after support has ended.

    Attributes
    ----------
    arrives : bool
        Whether it came within 0.01 of the target in every share, and stayed.
    time : float or None
        When, after the end of support.
    times : array (points,)
        After the end of support.
    states : array (points, shares)
    """

    arrives: bool
    time: float | None
    times: Array
    states: Array

    def to_dict(self) -> dict[str, Any]:
        """Return what counts as plain data."""
        return {"arrives": self.arrives, "time": self.time}


def after_switch_off(problem: ControlProblem, analysis: Analysis, target: str, state: Array) -> SwitchOff:
    """Return the trajectory from the end of support on, at the values without it."""
    here = np.asarray(state, dtype=float)
    time = time_to_arrive(analysis, here.tolist(), target)
    span = OPEN_END / problem.scale if time is None else max(1.2 * time, 1 / problem.scale)
    field = replicator(analysis.game, analysis.values)
    orbit = follow(field, here.tolist(), until=span, points=POINTS)
    goal = next(p.state for p in analysis.rest_points if p.id == target)
    near = time is not None and goal is not None
    arrives = near and bool(np.abs(orbit.states[-1] - np.array(goal)).max() <= ARRIVAL_DISTANCE)
    return SwitchOff(arrives, time, np.asarray(orbit.times), np.asarray(orbit.states))
