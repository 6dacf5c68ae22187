"""Basins of attraction: the share of initial states that leads to each outcome, or to a given one."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
from numpy.typing import NDArray

from separatrix.analysis.results import RestPoint
from separatrix.dynamics.basin_areas import corner_areas
from separatrix.dynamics.basins.fractions import basins
from separatrix.dynamics.basins.sobol_starts import starts
from separatrix.dynamics.basins.strict_basins import StrictBasins, strict_basins
from separatrix.dynamics.observable import (
    Answer,
    DrawnQuestion,
    Observable,
    SweepPoint,
    SweepVariable,
    Value,
)
from separatrix.dynamics.parameter_uncertainty.drawn_field import DrawnField
from separatrix.dynamics.parameter_uncertainty.drawn_outcomes import DrawnGame, clear, played_at
from separatrix.dynamics.parameter_uncertainty.drawn_trajectories import compiled_rates
from separatrix.dynamics.state_labels import outcome_label
from separatrix.errors import InputError
from separatrix.sentences import Sentence, say

__all__ = ["BASIN"]

Array = NDArray[np.float64]

BASIN_SAMPLES = 1_024
"""Starts that are followed in each draw where no closed form is known: a share to about one per cent. Fewer:
indices are noisier."""

COMPILED_FROM = 200_000
"""Trajectories of all draws from which on machine code follows them. Fewer: loading it takes longer."""

MOST_UNDECIDED = 0.02
"""The share of undecided starts above which a basin counts as unknown. Larger: shares that are off by as much
are taken for known."""


def _basin_at_point(point: SweepPoint) -> Mapping[str, Value]:
    found = basins(point.game, point.values, samples=point.samples, seed=point.seed_of_starts)
    shares: dict[str, float] = {}
    for name, share in found.fractions.items():
        label = outcome_label(found.analysis, name)
        shares[label] = shares.get(label, 0.0) + share
    return {"basin": shares, "basin_error": found.error}


def _basin_in_draws(question: DrawnQuestion) -> tuple[Sentence, Answer]:
    target, wanted, seed = question.target(cycles=True), question.wanted, question.seed
    what = say("the share of all starts that ends at {outcome}", outcome=wanted)
    return what, lambda drawn: _basin(drawn, target, wanted, seed)


def _basin(drawn: DrawnGame, target: RestPoint | None, wanted: str, seed: int) -> Array:
    played = None if target is None else played_at(drawn.analysis, target)
    result = np.full(drawn.count, np.nan)
    left = np.arange(drawn.count)
    games = drawn.planars
    if games is not None and (played is not None or target is None):
        corner = None if played is None else (1.0 - played[0], 1.0 - played[1])
        plain = np.array([clear(game) for game in games])
        result[plain] = corner_areas([games[k] for k in np.flatnonzero(plain)], corner)
        left = np.flatnonzero(~plain)
    if games is None and (played is not None or target is None) and drawn.field is not None:
        found = _in_boxes(drawn.field, seed, drawn.report_progress)
        if found is not None:
            column = -1 if played is None else found.profiles.index(played)
            result[found.settled] = found.shares[found.settled, :, column].mean(axis=1)
            left = np.flatnonzero(~found.settled)
    for done, k in enumerate(left):
        result[k] = _basin_alone(drawn, int(k), wanted, seed)
        drawn.report_progress(done + 1, len(left))
    return result


def _in_boxes(field: DrawnField, seed: int, advance: Callable[[int, int], None]) -> StrictBasins | None:
    """Return the basins of strict equilibria in all draws, if compiled code can compute them."""
    rates = compiled_rates(field)
    if rates is None or field.count * BASIN_SAMPLES < COMPILED_FROM:
        return None
    return strict_basins(rates, field.rates, starts(rates.sizes, BASIN_SAMPLES, seed), advance)


def _basin_alone(drawn: DrawnGame, index: int, wanted: str, seed: int) -> float:
    values = drawn.uncertainty.at(drawn.draws, index)
    try:
        found = basins(drawn.uncertainty.game, values, samples=BASIN_SAMPLES, seed=seed)
    except InputError:  # payoffs without a value
        return float("nan")
    if found.fractions.get("undecided", 0.0) > MOST_UNDECIDED:
        return float("nan")
    points = {p.id: drawn.name_of(p) for p in found.analysis.rest_points}
    return sum(share for name, share in found.fractions.items() if points.get(name, name) == wanted)


BASIN = Observable(
    "basin",
    _basin_at_point,
    {
        "basin": SweepVariable(
            say("share of all starts with each outcome"),
            say(
                "exact in closed form for two populations of two strategies without "
                "intraspecific interactions and for one of two; else estimated: basin_error "
                "bounds the error, or is half the widest 95 % interval"
            ),
            kind="shares",
        ),
        "basin_error": SweepVariable(
            say("bound of the error of basin, or half its widest 95 % confidence interval"), ""
        ),
    },
    drawn=_basin_in_draws,
)
