"""The cheapest programme in so many steps: direct shooting, with exact gradients by imaginary steps.

The levels of each step and its duration are variables; trajectories for all partial derivatives are followed
together, by the classical Runge-Kutta method in log-odds, and sequential quadratic programming does the rest.
More steps start from the best programme with fewer, each step split in two, so that they never cost more.

Betts, J. T. (2010), Practical Methods for Optimal Control and Estimation Using Nonlinear Programming, chapter
3.  Kraft, D. (1988), A software package for sequential quadratic programming, DFVLR-FB 88-28.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from separatrix.policy.temporary.control_problem import ControlProblem
from separatrix.policy.temporary.supported_trajectory import (
    Steps,
    SupportedTrajectory,
    supported_trajectory,
)
from separatrix.policy.temporary.target_set import TargetSet

__all__ = ["cheapest_constant", "cheapest_steps", "constant_at", "deepest", "split"]

Array = NDArray[Any]

IMAGINARY = 1e-30
"""The imaginary step, whose square is negligible."""

PER_STEP = 0.4
"""The longest step of the Runge-Kutta method, in units of the fastest rate. Larger: the optimiser misses
the boundary slightly, which the accurate trajectory corrects."""

FEWEST, MOST = 3, 160
"""Runge-Kutta steps within a step of the programme."""

ITERATIONS = 60
"""Of sequential quadratic programming. Fewer: it may end before it has converged."""

LOOKED_AT = {1: 65, 2: 13, 3: 7}
"""Levels of each instrument from which constant programmes are tried first, by the number of instruments."""

SELDOM = 3
"""Runge-Kutta steps between two looks at the depth of constant programmes. More: their costs are rougher."""

PATIENCE = 100.0
"""How long a constant programme is followed without a horizon, in units of the fastest rate. Smaller: one
that gets there slowly is missed."""

BETWEEN = 200
"""Runge-Kutta steps between two checks whether the shares still move under constant levels."""

STILL = 1e-14
"""The largest move of shares between two checks that counts as rest: their rounding."""

AT_LIMIT = 1e-6
"""How near to a limit a level is put there, relative to its range: the rounding of the optimiser."""

FARTHEST = 10.0
"""The depth that stands for infinite ones."""

STEP_IN_DEPTH = 1e-5
"""The change of a coordinate by which the depth is differentiated."""


def split(steps: Steps) -> Steps:
    """Return the same programme with each step as two of half its duration."""
    return Steps(
        tuple(level for level in steps.levels for _ in range(2)),
        tuple(d / 2 for d in steps.durations for _ in range(2)),
    )


def constant_at(
    problem: ControlProblem,
    state: Array,
    target: TargetSet,
    levels: Array,
    margin: float,
    horizon: float | None,
) -> SupportedTrajectory | None:
    """Return what holding levels costs until the state is deep enough, or None where it never is in time."""
    longest = horizon if horizon is not None else PATIENCE / problem.scale
    span = min(longest, 8 / problem.scale)
    while True:
        made, reached = supported_trajectory(
            problem, state, Steps((tuple(float(v) for v in levels),), (span,)), target, margin
        )
        if reached:
            return made
        if span >= longest:
            return None
        span = min(longest, 4 * span)


def cheapest_constant(
    problem: ControlProblem,
    state: Array,
    target: TargetSet,
    margin: float,
    horizon: float | None,
) -> SupportedTrajectory | None:
    """Return the cheapest programme of one step, or None where none of those tried gets there in time."""
    count = LOOKED_AT.get(len(problem.levels), 3)
    axes = [np.linspace(v.low, v.high, count) for v in problem.levels]
    grid = np.stack(np.meshgrid(*axes, indexing="ij"), axis=-1).reshape(-1, len(axes))
    costs = _coarse(problem, state, target, grid, margin, horizon)
    if not np.isfinite(costs).any():
        return None
    best: SupportedTrajectory | None = None
    for k in np.argsort(costs)[:2]:
        if math.isfinite(costs[k]):
            made = constant_at(problem, state, target, grid[k], margin, horizon)
            if made is not None and (best is None or made.cost < best.cost):
                best = made
    if best is None or not best.steps.levels:
        return best
    better = cheapest_steps(problem, state, target, best.steps, margin, horizon)
    return better if better is not None and better.cost < best.cost else best


def deepest(
    problem: ControlProblem,
    state: Array,
    target: TargetSet,
    horizon: float | None,
    held: Array | None = None,
) -> float:
    """Return the greatest depth to which constant levels, or those held, lead; below 0 outside the basin."""
    count = LOOKED_AT.get(len(problem.levels), 3)
    high = np.where(np.isfinite(problem.high), problem.high, problem.low + problem.scale)
    axes = [np.linspace(a, b, count) for a, b in zip(problem.low, high, strict=True)]
    grid = np.stack(np.meshgrid(*axes, indexing="ij"), axis=-1).reshape(-1, len(axes))
    grid = grid if held is None else held[None]
    at = np.tile(problem.coordinates(state), (len(grid), 1))
    longest = horizon if horizon is not None else PATIENCE / problem.scale
    step = PER_STEP / problem.scale
    best = float(target.depth(state))
    before = at
    for k in range(max(1, math.ceil(longest / step))):
        length = min(step, longest - k * step)
        if k and k % BETWEEN == 0:
            if _at_rest(problem, before, at).all():
                break
            before = at
        at, _ = problem.advance(at, grid, np.full(len(grid), length), 1, np.zeros(len(grid)))
        best = max(best, float(target.depths(problem.states(at)).max()))
    return best


def _at_rest(problem: ControlProblem, before: Array, at: Array) -> Array:
    """Return which states (programmes,) have not moved: until any horizon they get no farther."""
    moved = np.abs(problem.states(at) - problem.states(before)).max(axis=-1)
    return np.asarray(moved <= STILL)


def _coarse(
    problem: ControlProblem,
    state: Array,
    target: TargetSet,
    grid: Array,
    margin: float,
    horizon: float | None,
) -> Array:
    """Return roughly what constant levels (programmes, m) cost until the state is deep enough."""
    at = np.tile(problem.coordinates(state), (len(grid), 1))
    spent, costs = np.zeros(len(grid)), np.full(len(grid), np.inf)
    step = PER_STEP / problem.scale
    longest = horizon if horizon is not None else PATIENCE / problem.scale
    open_ = np.ones(len(grid), dtype=bool)
    before = at
    for k in range(max(1, math.ceil(longest / step))):
        length = min(step, longest - k * step)
        if length <= 0 or not open_.any():
            break
        if k and k % BETWEEN == 0:
            open_ &= ~_at_rest(problem, before, at)
            before = at
        lengths, time = np.full(len(grid), length), np.full(len(grid), k * step)
        at, gone = problem.advance(at, grid, lengths, 1, time)
        spent = spent + gone
        if k % SELDOM and (k + 1) * step < longest:
            continue
        deep = open_ & (target.depths(problem.states(at)) >= margin)
        costs[deep] = spent[deep]
        open_ &= ~deep
    return costs


@dataclass(frozen=True)
class _Shot:
    """Cost, depth in the end and depth when the last step begins, each with its gradient."""

    cost: tuple[float, Array]
    end: tuple[float, Array]
    last_begins: tuple[float, Array]


@dataclass
class _Shooting:
    """From the variables of a programme to its cost and its depth, with gradients."""

    problem: ControlProblem
    at: Array
    target: TargetSet
    counts: tuple[int, ...]
    low: Array
    width: Array
    span: float
    last: tuple[bytes, _Shot] | None = None

    @property
    def steps(self) -> int:
        """The number of steps."""
        return len(self.counts)

    def split(self, variables: Array) -> tuple[Array, Array]:
        """Return levels (..., steps, m) and durations (..., steps)."""
        m = len(self.low)
        levels = variables[..., : self.steps * m].reshape(*variables.shape[:-1], self.steps, m)
        return self.low + levels * self.width, variables[..., self.steps * m :] * self.span

    def shot(self, variables: Array) -> _Shot:
        """Return what a programme costs and how deep it leads, with gradients."""
        key = variables.tobytes()
        if self.last is not None and self.last[0] == key:
            return self.last[1]
        many = variables.astype(complex) + IMAGINARY * 1j * np.eye(len(variables))
        levels, durations = self.split(many)
        at = np.broadcast_to(self.at.astype(complex), (len(many), len(self.at)))
        before = at
        cost, time = np.zeros(len(many), dtype=complex), np.zeros(len(many), dtype=complex)
        with np.errstate(all="ignore"):
            for k, count in enumerate(self.counts):
                before = at
                at, spent = self.problem.advance(at, levels[:, k], durations[:, k] / count, count, time)
                cost, time = cost + spent, time + durations[:, k]
        made = _Shot((float(cost[0].real), cost.imag / IMAGINARY), self._depth(at), self._depth(before))
        self.last = key, made
        return made

    def _depth(self, at: Array) -> tuple[float, Array]:
        here = at[0].real
        n = len(here)
        signs = (s * STEP_IN_DEPTH * np.eye(n) for s in (1, -1))
        changes = np.concatenate([np.zeros((1, n)), *signs])
        depths = np.clip(self.target.depths(self.problem.states(here + changes)), -FARTHEST, FARTHEST)
        normal = (depths[1 : n + 1] - depths[n + 1 :]) / (2 * STEP_IN_DEPTH)
        return float(depths[0]), (at.imag / IMAGINARY) @ normal


def cheapest_steps(
    problem: ControlProblem,
    state: Array,
    target: TargetSet,
    first: Steps,
    margin: float,
    horizon: float | None,
) -> SupportedTrajectory | None:
    """Return the best programme with as many steps as `first`, found from there by small improvements.

    Parameters
    ----------
    problem : ControlProblem
        With limits on every level.
    state : array (shares,)
    target : TargetSet
    first : Steps
        A programme that gets there.
    margin : float
        The depth when support ends.  The last step begins outside the basin: levels lowered inside would
        let the state drift along the boundary to any depth at no cost, and the slightest error would send it
        back.
    horizon : float or None
        The latest end.

    Returns
    -------
    SupportedTrajectory or None
        None where the optimiser fails, or what it finds does not get there.
    """
    from scipy.optimize import minimize

    span = first.end or 1 / problem.scale
    counts = tuple(
        min(MOST, max(FEWEST, math.ceil(1.5 * d * problem.scale / PER_STEP))) for d in first.durations
    )
    width = problem.high - problem.low
    shooting = _Shooting(problem, problem.coordinates(state), target, counts, problem.low, width, span)
    levels = (np.array(first.levels) - problem.low) / np.where(width > 0, width, 1.0)
    begin = np.concatenate([levels.ravel(), np.array(first.durations) / span])
    size = abs(shooting.shot(begin).cost[0]) or 1.0
    limits: list[Any] = [
        {
            "type": "ineq",
            "fun": lambda v: shooting.shot(v).end[0] - margin,
            "jac": lambda v: shooting.shot(v).end[1],
        }
    ]
    if margin > 0 and len(counts) > 1:
        limits.append(
            {
                "type": "ineq",
                "fun": lambda v: -shooting.shot(v).last_begins[0],
                "jac": lambda v: -shooting.shot(v).last_begins[1],
            }
        )
    if horizon is not None:
        durations = np.concatenate([np.zeros(levels.size), np.ones(len(counts))])
        limits.append(
            {
                "type": "ineq",
                "fun": lambda v: horizon / span - float(durations @ v),
                "jac": lambda v: durations,
            }
        )
    options: Any = {"maxiter": ITERATIONS, "ftol": 1e-9 if len(counts) == 1 else 1e-7}
    solve: Any = minimize
    with np.errstate(all="ignore"):
        found = solve(
            lambda v: shooting.shot(v).cost[0] / size,
            begin,
            jac=lambda v: shooting.shot(v).cost[1] / size,
            bounds=[(0, 1)] * levels.size + [(0, 4)] * len(counts),
            constraints=limits,
            method="SLSQP",
            options=options,
        )
    if not np.isfinite(found.x).all():
        return None
    levels, durations = shooting.split(np.clip(found.x, 0, None))
    levels = np.clip(levels, problem.low, problem.high)
    near = AT_LIMIT * width
    levels = np.where(levels <= problem.low + near, problem.low, levels)
    levels = np.where(levels >= problem.high - near, problem.high, levels)
    # The optimiser may stop a little short of the boundary: the last step goes on as long as need be.
    lengths = [float(v) for v in durations]
    while lengths and lengths[-1] <= 0:
        lengths.pop()
    if not lengths:
        return None
    lengths[-1] += 0.05 * span
    end = sum(lengths)
    if horizon is not None and end > horizon:
        lengths[-1] = max(0.0, lengths[-1] - (end - horizon))
    made, reached = supported_trajectory(
        problem,
        state,
        Steps(tuple(tuple(float(v) for v in row) for row in levels[: len(lengths)]), tuple(lengths)),
        target,
        margin,
    )
    return made if reached else None
