"""The cheapest permanent programme beside a grid of levels, and a robust programme over many draws."""

from __future__ import annotations

import itertools
import random
import statistics
import time
from collections.abc import Sequence
from fractions import Fraction
from functools import partial
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from timing import Plan, Row, seconds, shown

if TYPE_CHECKING:
    from separatrix.policy.permanent.problem import Problem

STEPS = 1_000
"""Of a grid of three levels, for each over its range: a step of 1e-3 would take hours."""

GAMES = 20

__all__ = ["WORKLOADS"]


def tripartite(rng: random.Random, instruments: int) -> dict[str, Any]:
    """Return a game of three parties whose payoffs move with each instrument."""
    payoffs = [
        {
            "play": [("yes", "no")[c] for c in profile],
            "pay": [f"{rng.randint(-6, 4)} + k{i}" if c == 0 else "0" for i, c in enumerate(profile)],
        }
        for profile in itertools.product((0, 1), repeat=3)
    ]
    return {
        "title": "Random",
        "populations": [{"name": n, "share": s} for n, s in (("A", "x"), ("B", "y"), ("C", "z"))],
        "parameters": {f"k{i}": 0 for i in range(3)},
        "payoffs": payoffs,
        "instruments": {
            f"u{k}": {
                "range": [0, rng.randint(3, 8)],
                "changes": {f"k{i}": f"k{i} + {rng.randint(1, 4)}*u{k}/2" for i in range(3)},
                "cost": f"{rng.randint(1, 5)}*u{k}*x",
            }
            for k in range(instruments)
        },
    }


def by_grid(problem: Problem, step: float | None) -> float:
    """Return the least cost over a grid, one slice of the first level after the other.

    ``step`` is that of every level; without one it is a thousandth of each range.
    """
    rows = [either[0][0].function.coefficients for either in problem.demands]
    slopes, constant = problem.cost.coefficients
    axes = []
    for low, high in problem.bounds:
        width = float((high if high is not None else low) - low)
        axes.append(float(low) + np.linspace(0, width, round(width / (step or width / STEPS)) + 1))
    first, *others = axes

    def slice_of(weights: Sequence[Fraction]) -> Any:
        inner = [float(w) * axis for w, axis in zip(weights[1:], others, strict=True)]
        return inner[0] if len(inner) == 1 else inner[0][:, None] + inner[1][None, :]

    slices = [(slice_of(weights), float(weights[0]), float(free)) for weights, free in rows]
    costs = slice_of(slopes)
    best = np.inf
    for level in first:
        kept = np.ones(costs.shape, dtype=bool)
        for values, weight, free in slices:
            kept &= values > -(weight * level + free)
        if kept.any():
            best = min(best, costs[kept].min() + float(slopes[0]) * level + float(constant))
    return float(best)


def permanent(plan: Plan) -> list[Row]:
    """Time the certified linear programme against a grid of a thousandth of each range."""
    import separatrix
    from separatrix.policy.permanent.linear_programme import LinearAnswer, linear_answer
    from separatrix.policy.permanent.problem import problem_of

    rows = []
    for instruments, timed, step in ((2, 5, 1e-3), (3, 1, None)):
        rng = random.Random(7)
        problems: list[Problem] = []
        while len(problems) < GAMES:
            problem = problem_of(separatrix.load(tripartite(rng, instruments)))
            if isinstance(linear_answer(problem), LinearAnswer):
                problems.append(problem)
        mine = statistics.median(seconds(partial(linear_answer, problem)) for problem in problems)
        grids = []
        for problem in problems[:timed]:
            found, started = linear_answer(problem), time.perf_counter()
            least = by_grid(problem, step)
            grids.append(time.perf_counter() - started)
            if isinstance(found, LinearAnswer) and least < float(found.value) - 1e-9:
                raise ArithmeticError("the grid found a cheaper programme")
        grid = statistics.median(grids)
        rows.append(
            Row(
                f"cheapest permanent programme, three parties, {instruments} instruments: exact, with prices",
                shown(mine),
                f"{shown(grid)} (numpy, grid of {'1e-3' if step else 'a thousandth of each range'})",
                f"{grid / mine:,.0f}×",
                "≥ 100×",
            )
        )
    return rows


def robust(plan: Plan) -> list[Row]:
    """Time a robust programme over 10,000 draws, with its share of as many fresh ones and the indices."""
    import separatrix

    rows = []
    game = separatrix.load("shi-chen-2018")
    kinds: tuple[tuple[Literal["strength", "duration"], str], ...] = (
        ("strength", "permanent, exact by H"),
        ("duration", "temporary, followed"),
    )
    for kind, told in kinds:
        action = partial(
            separatrix.robust_programme, game, ["subsidy"], vary=kind, spread="10%", draws=10_000
        )
        action()  # machine code is compiled once
        taken = statistics.median(seconds(action) for _ in range(3))
        rows.append(
            Row(
                f"programme that works in 95 % of 10,000 draws, two parties: {told}, checked on fresh draws",
                shown(taken),
                "none known",
                "",
                "≤ 30 s",
            )
        )
    return rows


WORKLOADS = (permanent, robust)
