"""How many rest points and connected rest sets there are."""

from __future__ import annotations

from collections.abc import Mapping

from separatrix.dynamics.observable import PROVEN, Observable, SweepPoint, SweepVariable, Value
from separatrix.sentences import say

__all__ = ["REST"]


def _rest_at_point(point: SweepPoint) -> Mapping[str, Value]:
    analysis = point.analysis
    if analysis.completeness.status != "complete":
        return {"rest": None, "rest_sets": None}
    isolated = sum(1 for p in analysis.rest_points if p.isolated)
    return {"rest": float(isolated), "rest_sets": float(len(analysis.rest_components))}


REST = Observable(
    "rest",
    _rest_at_point,
    {
        "rest": SweepVariable(say("number of isolated rest points"), PROVEN),
        "rest_sets": SweepVariable(
            say("number of connected sets of rest points that are more than a point"), PROVEN
        ),
    },
)
