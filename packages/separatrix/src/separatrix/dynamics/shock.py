"""The smallest change of the shares that changes the outcome of a start."""

from __future__ import annotations

from collections.abc import Mapping

from separatrix.dynamics.basin_boundaries.critical_shock import critical_shock
from separatrix.dynamics.observable import Observable, SweepPoint, SweepVariable, Value
from separatrix.dynamics.state_labels import outcome_label
from separatrix.errors import InputError
from separatrix.sentences import say

__all__ = ["SHOCK"]


def _shock_at_point(point: SweepPoint) -> Mapping[str, Value]:
    try:
        found = critical_shock(point.game, point.begun, point.values, seed=point.seed("shock"))
    except InputError as problem:
        if problem.code not in ("D622", "D623"):  # the start has no outcome that a shock could change
            raise
        return {"shock": None, "shock_beyond": None}
    if found.smallest is None:
        return {"shock": None, "shock_beyond": None}
    beyond = outcome_label(found.analysis, found.smallest.beyond)
    return {"shock": found.smallest.size, "shock_beyond": beyond}


SHOCK = Observable(
    "shock",
    _shock_at_point,
    {
        "shock": SweepVariable(
            say("size of the smallest change of the shares that changes the outcome of the start"),
            say("exact where basins are; else the smallest shock found by a search; a smaller one may exist"),
        ),
        "shock_beyond": SweepVariable(say("outcome behind the smallest shock"), "", kind="words"),
    },
    needs_start=True,
)
