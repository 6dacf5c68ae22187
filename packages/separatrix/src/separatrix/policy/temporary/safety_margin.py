"""How safe a temporary programme is where parameters are not known exactly.

The levels and times of the programme stay fixed. Parameters are drawn, and each draw is followed through
the programme and after it. Drawn parameters are variables like the levels, so that all draws take their
steps at once. The Clopper-Pearson interval is for the share of independent draws that reach the target.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from separatrix.dynamics.confidence_intervals import of_draws
from separatrix.dynamics.parameter_uncertainty.uncertainty import Draws, uncertainty_of
from separatrix.game.model import Game
from separatrix.policy.draws import independent_draws
from separatrix.policy.temporary.control_problem import ControlLevel, ControlProblem
from separatrix.policy.temporary.supported_trajectory import Steps

__all__ = ["WISHED", "SafetyMargin", "safety_margin"]

Array = NDArray[Any]

WISHED = 0.95
"""The share of draws in which a safer programme should work."""

STEP = 0.25
"""Of the Runge-Kutta method, in units of the fastest rate at the baseline values."""

FOLLOWED = 400.0
"""How long draws are followed after support, in the same units. Smaller: slow ones count as failed."""

NEAR = 0.01
"""The distance in every share at which the target counts as reached."""

LONGEST = 4.0
"""How many times as long support is tried, until enough draws succeed."""

HALVINGS = 8
"""Of the time that is looked for."""

PIECE = 40
"""Steps after which draws that have arrived are left."""


@dataclass(frozen=True)
class SafetyMargin:
    """How often a programme works when parameters are drawn, and how long it would have to last.

    Attributes
    ----------
    draws : int
    parameters : tuple of str
        The uncertain ones.
    share : float
        Of the draws in which the target comes about.
    interval : (float, float)
        At 95 %.
    longer : float or None
        The end of support with which the target comes about in 95 % of the draws, the last levels held; None
        where four times as long does not suffice.
    seed : int
    """

    draws: int
    parameters: tuple[str, ...]
    share: float
    interval: tuple[float, float]
    longer: float | None
    seed: int

    def to_dict(self) -> dict[str, Any]:
        """Return it as plain data."""
        return {
            "draws": self.draws,
            "parameters": list(self.parameters),
            "share": self.share,
            "interval": list(self.interval),
            "end_for_95_percent": self.longer,
            "seed": self.seed,
        }


def safety_margin(
    game: Game,
    problem: ControlProblem,
    state: Array,
    target: Array,
    steps: Steps,
    values: Mapping[str, object] | None = None,
    scenario: str | None = None,
    *,
    draws: int = 500,
    seed: int = 0,
) -> SafetyMargin | None:
    """Return how safe a programme is, or None where no parameter of the game is uncertain.

    Parameters
    ----------
    game : Game
        Without instruments in force.
    problem : ControlProblem
    state, target : arrays (shares,)
    steps : Steps
    values, scenario
        Parameter values, as in `separatrix.analyze`.
    draws, seed : int
    """
    if not any(p.uncertain is not None for p in game.parameters.values()):
        return None
    uncertainty = uncertainty_of(game, values, scenario)
    some, _ = independent_draws(uncertainty, draws, seed, 0, "temporary")
    count = len(next(iter(some.values())))
    wide = replace(
        problem,
        levels=(
            *problem.levels,
            *(ControlLevel(n, -np.inf, np.inf, float(uncertainty.base[n])) for n in some),
        ),
    )
    follow = _Draws(wide, some, count, problem.scale, np.asarray(state), np.asarray(target), problem.idle)
    works = follow.works(steps)
    hits = int(works.sum())
    return SafetyMargin(
        count,
        uncertainty.names,
        hits / count,
        of_draws(hits, count),
        _longer(follow, steps, hits / count),
        seed,
    )


def _longer(follow: _Draws, steps: Steps, share: float) -> float | None:
    """Return the end with which enough draws succeed, by bisection."""
    if share >= WISHED:
        return steps.end

    def extended(more: float) -> Steps:
        return Steps(steps.levels, (*steps.durations[:-1], steps.durations[-1] + more))

    low, high = 0.0, (LONGEST - 1) * steps.end
    if follow.works(extended(high)).mean() < WISHED:
        return None
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        if follow.works(extended(middle)).mean() >= WISHED:
            high = middle
        else:
            low = middle
    return steps.end + high


@dataclass(frozen=True)
class _Draws:
    """All draws side by side."""

    problem: ControlProblem
    draws: Draws
    count: int
    scale: float
    state: Array
    target: Array
    idle: Array

    def works(self, steps: Steps) -> NDArray[np.bool_]:
        """Return in which draws the target comes about after a programme."""
        at = np.tile(self.problem.coordinates(self.state), (self.count, 1))
        own = np.column_stack([np.asarray(v, dtype=float) for v in self.draws.values()])
        nothing = np.zeros(self.count)
        for levels, duration in zip(steps.levels, steps.durations, strict=True):
            number = max(1, int(np.ceil(duration * self.scale / STEP)))
            held = np.column_stack([np.tile(levels, (self.count, 1)), own])
            at, _ = self.problem.advance(at, held, np.full(self.count, duration / number), number, nothing)
        result, rows = np.zeros(self.count, dtype=bool), np.arange(self.count)
        idle = np.column_stack([np.tile(self.idle, (self.count, 1)), own])
        for _ in range(int(np.ceil(FOLLOWED / STEP / PIECE))):
            lengths = np.full(len(rows), STEP / self.scale)
            at, _ = self.problem.advance(at, idle[rows], lengths, PIECE, np.zeros(len(rows)))
            shares = self.problem.states(at)
            there = np.abs(shares - self.target).max(axis=1) <= NEAR
            result[rows[there]] = True
            gone = (np.minimum(shares, 1 - shares) < NEAR**2).all(axis=1)
            stay = ~(there | gone) & np.isfinite(at).all(axis=1)
            at, rows = at[stay], rows[stay]
            if not rows.size:
                break
        return result
