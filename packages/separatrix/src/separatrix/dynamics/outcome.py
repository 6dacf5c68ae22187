"""The outcome of a start, and the time it takes to come there."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from separatrix.dynamics.attractors.candidates_of_field import omega_limits
from separatrix.dynamics.basin_boundaries.critical_shock import time_to_arrive
from separatrix.dynamics.basins.exact_outcomes import InLine, InSquare, exact_outcomes
from separatrix.dynamics.basins.outcome import outcome_on_face
from separatrix.dynamics.observable import (
    Answer,
    DrawnQuestion,
    Observable,
    SweepPoint,
    SweepVariable,
    Value,
)
from separatrix.dynamics.parameter_uncertainty.drawn_outcomes import OTHER, DrawnGame, outcomes_of, times_of
from separatrix.dynamics.state_labels import outcome_label
from separatrix.sentences import Sentence, say

__all__ = ["OUTCOME_OF_START", "TIME"]

Array = NDArray[np.float64]


def _name(point: SweepPoint) -> str:
    """Return the id of the outcome of the start."""
    exact = exact_outcomes(point.analysis)
    on_face = any(share in (0.0, 1.0) for share in point.begun)
    if on_face and not isinstance(exact, InSquare | InLine):
        return outcome_on_face(point.analysis, point.begun)
    return str((exact or omega_limits(point.analysis)).names(np.array([point.begun]))[0])


def _outcome_at(point: SweepPoint) -> Mapping[str, Value]:
    return {"fate": outcome_label(point.analysis, _name(point))}


def _time_at(point: SweepPoint) -> Mapping[str, Value]:
    name = _name(point)
    return {
        "time": time_to_arrive(point.analysis, point.begun, name),
        "fate": outcome_label(point.analysis, name),
    }


def _drawn_time(question: DrawnQuestion) -> tuple[Sentence, Answer]:
    what = say("the time from the start to within 0.01 of where the trajectory ends")
    return what, lambda drawn: times_of(drawn, question.state)


def _drawn_outcome(question: DrawnQuestion) -> tuple[Sentence, Answer]:
    target, wanted = question.target(cycles=True), question.wanted

    def answer(drawn: DrawnGame) -> Array:
        names = outcomes_of(drawn, question.state)
        unknown = (names == "undecided") | (names == OTHER) & (target is None)
        return np.where(unknown, np.nan, np.asarray(names == wanted, dtype=float))

    return say("whether the trajectory from the start ends at {outcome}", outcome=wanted), answer


OUTCOME = SweepVariable(
    say("where the trajectory from the start ends"),
    say("exact where basins are, else the trajectory was followed until it arrived"),
    kind="words",
)

TIME = Observable(
    "time",
    _time_at,
    {
        "time": SweepVariable(
            say("time from the start until every share is within 0.01 of its rest point"),
            say("numerical: the error of a step is at most 1e-10 in log-odds"),
            "unit of time in which payoffs are paid",
        ),
        "fate": OUTCOME,
    },
    needs_start=True,
    drawn=_drawn_time,
    of_state=False,
)

OUTCOME_OF_START = Observable("fate", _outcome_at, {"fate": OUTCOME}, needs_start=True, drawn=_drawn_outcome)
