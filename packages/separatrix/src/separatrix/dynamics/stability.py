"""Stability: the set of asymptotically stable states, or whether one state is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast

import numpy as np
from numpy.typing import NDArray

from separatrix.analysis.results import RestPoint
from separatrix.dynamics.attractors.tolerances import NEARLY_DEGENERATE
from separatrix.dynamics.observable import (
    PROVEN,
    Answer,
    DrawnQuestion,
    Observable,
    SweepPoint,
    SweepVariable,
    Value,
)
from separatrix.dynamics.parameter_uncertainty.drawn_outcomes import DrawnGame, played_at
from separatrix.dynamics.state_labels import stable_label
from separatrix.sentences import Sentence, say

__all__ = ["STABLE"]

Array = NDArray[np.float64]


def _stable_at_point(point: SweepPoint) -> Mapping[str, Value]:
    return {"stable": stable_label(point.analysis)}


def _stability_in_draws(question: DrawnQuestion) -> tuple[Sentence, Answer]:
    target = cast(RestPoint, question.target(cycles=False))
    what = say("whether {point} is asymptotically stable", point=question.wanted)
    return what, lambda drawn: _stable(drawn, target)


def _stable(drawn: DrawnGame, target: RestPoint) -> Array:
    result = np.full(drawn.count, np.nan)
    played = played_at(drawn.analysis, target)
    left = np.arange(drawn.count)
    if played is not None and drawn.field is not None:
        largest = drawn.field.invasion(played)
        plain = np.abs(largest) > NEARLY_DEGENERATE * drawn.field.rates
        result[plain] = largest[plain] < 0
        left = np.flatnonzero(~plain)
    for done, k in enumerate(left):
        analysis = drawn.analysed(int(k))
        if analysis is not None:
            labels = [p.stability for p in analysis.rest_points if drawn.name_of(p) == target.id]
            unknown = any(label in (None, "undecided") for label in labels)
            result[k] = np.nan if unknown else float("asymptotically stable" in labels)
        drawn.report_progress(done + 1, len(left))
    return result


STABLE = Observable(
    "stable",
    _stable_at_point,
    {"stable": SweepVariable(say("set of asymptotically stable states"), PROVEN, kind="words")},
    drawn=_stability_in_draws,
)
