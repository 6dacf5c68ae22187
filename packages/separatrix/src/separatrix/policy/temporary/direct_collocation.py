"""The cheapest programme whose levels are free at every time, as steps that are split until nothing is
gained.

Two methods are used, and the cheaper result counts. The first splits the steps of the cheapest constant
programme. The second follows the best choices of the value function on a coarse lattice, which give the
order of the levels. The second considers all programmes at once, and so detects a programme that is only
locally optimal.
"""

from __future__ import annotations

import itertools
import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from separatrix.policy.temporary.control_problem import ControlProblem
from separatrix.policy.temporary.direct_shooting import cheapest_steps, split
from separatrix.policy.temporary.hamilton_jacobi_bellman import ValueFunction, value_function
from separatrix.policy.temporary.supported_trajectory import (
    Steps,
    SupportedTrajectory,
    supported_trajectory,
)
from separatrix.policy.temporary.target_set import TargetSet, ratio_rates, ratios_of, states_of

__all__ = ["LATEST", "cheapest_free", "choices_of", "followed", "lattice_value"]

Array = NDArray[Any]

NODES = {1: 401, 2: 81, 3: 21}
"""Nodes along each axis of the lattice, by the number of free shares. Fewer: it sees less of what is best."""

HOLD = 0.5
"""How long levels are held on the lattice, in units of the fastest rate."""

PER_LEVEL = {1: 5, 2: 3, 3: 3}
"""Levels of each instrument that are tried on the lattice, by the number of instruments."""

BEYOND = 50.0
"""The value of what never reaches the target on the lattice, in costs of the dearest lasting programme."""

FOLLOWED = 400
"""Times of holding after which following the lattice's choices is given up."""

MOST_STEPS = 12
"""Steps of a programme that the optimiser is given at most. More: it takes long, for little."""

DELAYS = 16
"""Into which the time to the horizon is divided where it may pay to wait. Fewer: a later start is missed."""

DEARER = 1.05
"""The cost found, relative to the value on the lattice, from which on it is tried whether it pays to wait."""

SOONEST, LATEST = 0.5, 100.0
"""Between which support begins that waits for the shares to come nearer, in units of the fastest rate."""

SPLITS = 3
"""How often steps are split in two."""

GAINED = 1e-3
"""What splitting must save, relative to the cost, to go on."""

NO_DEARER = 1e-7
"""What a plainer programme may cost more, relative: the rounding of the optimiser."""

SAME_LEVEL = 1e-3
"""Levels nearer than this part of their range are held as one step."""


def choices_of(problem: ControlProblem, per_level: int | None = None) -> Array:
    """Return levels (choices, m) that stand for the box: corners, what lies between, and idle ones."""
    count = per_level or PER_LEVEL.get(len(problem.levels), 2)
    if problem.affine:
        axes = [np.linspace(v.low, v.high, count) for v in problem.levels]
    else:  # small levels may be the best where the boundary is near
        parts = np.linspace(0, 1, 2 * count) ** 2
        axes = [
            np.unique([*(v.idle + parts * (v.high - v.idle)), *(v.idle + parts * (v.low - v.idle))])
            for v in problem.levels
        ]
    every = np.array(list(itertools.product(*axes)))
    return every if bool(np.any(np.all(every == problem.idle, axis=1))) else np.vstack([problem.idle, every])


def lattice_value(
    problem: ControlProblem,
    target: TargetSet,
    *,
    nodes: int | None = None,
    hold: float = HOLD,
    choices: Array | None = None,
    horizon: float | None = None,
    margin: float = 0.0,
) -> ValueFunction:
    """Return the least cost of reaching the target from every state, on a lattice of nested ratios.

    Parameters
    ----------
    problem : ControlProblem
        With limits on every level.
    target : TargetSet
    nodes : int, optional
        Along each axis.
    hold : float
        How long levels are held, in units of the fastest rate.
    choices : array (choices, m), optional
    horizon : float, optional
    margin : float
        The depth at which the target counts as reached.
    """
    sizes = problem.game.space.sizes
    allowed = choices_of(problem) if choices is None else choices

    def motion(ratios: Array, levels: Array) -> tuple[Array, Array]:
        states = states_of(ratios, sizes)
        held = np.broadcast_to(levels, (*ratios.shape[:-1], len(levels)))
        return ratio_rates(ratios, problem.growth(states, held)), problem.costs(states, held)

    def depth(ratios: Array) -> Array:
        return target.depths(states_of(ratios, sizes)) - margin

    count = nodes or NODES[problem.dimension]
    middle = states_of(np.full((1, problem.dimension), 0.5), sizes)
    dearest = max(float(np.abs(problem.costs(middle, u[None])).max()) for u in allowed)
    beyond = BEYOND * (dearest or problem.cost_scale) * 10 / problem.scale
    return value_function(
        motion,
        depth,
        allowed,
        [count] * problem.dimension,
        hold / problem.scale,
        beyond=beyond,
        discount=problem.discount,
        horizon=horizon,
    )


def followed(
    problem: ControlProblem, value: ValueFunction, state: Array, target: TargetSet, hold: float = HOLD
) -> Steps | None:
    """Return the programme that the choices of a value function make from a state, or None where it ends
    nowhere."""
    sizes = problem.game.space.sizes
    length = hold / problem.scale / 4
    at = problem.coordinates(state)
    levels: list[tuple[float, ...]] = []
    lengths = np.full(len(value.choices), length)
    every = np.broadcast_to(at, (len(value.choices), len(at)))
    for _ in range(FOLLOWED):
        ends, spent = every, np.zeros(len(value.choices))
        states = []
        for _ in range(4):
            ends, cost = problem.advance(ends, value.choices, lengths, 1, np.zeros(len(lengths)))
            spent = spent + cost
            states.append(problem.states(ends))
        worth = spent + np.asarray(value._interpolated(ratios_of(states[-1], sizes)))
        arrived = np.asarray(np.stack([target.depths(s) > 0 for s in states]).any(axis=0))
        worth = np.where(arrived, spent, worth)
        best = int(worth.argmin())
        levels.append(tuple(float(u) for u in value.choices[best]))
        if arrived[best]:
            return Steps(tuple(levels), (4 * length,) * len(levels)).merged()
        every = np.broadcast_to(ends[best], every.shape)
    return None


def cheapest_free(
    problem: ControlProblem,
    state: Array,
    target: TargetSet,
    constant: SupportedTrajectory | None,
    horizon: float | None,
    value: ValueFunction | None,
) -> SupportedTrajectory | None:
    """Return the cheapest programme found that reaches the basin boundary; None if none does.

    Parameters
    ----------
    problem : ControlProblem
    state : array (shares,)
    target : TargetSet
    constant : SupportedTrajectory or None
        The cheapest programme of one step, to the boundary.
    horizon : float or None
    value : ValueFunction or None
        Without horizon and discount; gives the order of the levels.
    """
    found: list[SupportedTrajectory] = []
    if constant is not None:
        found.append(constant)
        found += _split_on(problem, state, target, constant, horizon)
    if problem.discount and horizon is not None:
        waits = np.linspace(0, horizon, DELAYS + 1)[1:-1]
        found += _later(problem, state, target, waits, horizon - waits, horizon)
    if value is not None:
        order = followed(problem, value, state, target)
        if order is not None:
            begin = _few(order)
            made = cheapest_steps(problem, state, target, begin, 0.0, horizon)
            if made is None:
                made, reached = supported_trajectory(problem, state, _longer(begin), target, 0.0)
                made = made if reached and (horizon is None or made.end <= horizon) else None
            if made is not None:
                found += [made, *_split_on(problem, state, target, made, horizon)]
    if not found:
        return None
    if value is not None:
        least = float(value.at(ratios_of(state[None], problem.game.space.sizes))[0])
        if min(one.cost for one in found) > DEARER * least:
            waits = np.geomspace(SOONEST, LATEST, DELAYS) / problem.scale
            found += _later(problem, state, target, waits, np.full(DELAYS, LATEST / problem.scale), horizon)
    best = min(found, key=lambda one: one.cost)
    return _plain(problem, state, target, best, horizon)


def _split_on(
    problem: ControlProblem,
    state: Array,
    target: TargetSet,
    first: SupportedTrajectory,
    horizon: float | None,
) -> list[SupportedTrajectory]:
    found, best = [], first
    for _ in range(SPLITS):
        if not best.steps.levels or 2 * len(best.steps.levels) > MOST_STEPS:
            break
        made = cheapest_steps(problem, state, target, split(best.steps), 0.0, horizon)
        if made is None:
            break
        saved = best.cost - made.cost
        if made.cost < best.cost:
            found.append(made)
            best = made
        if saved <= GAINED * abs(first.cost):
            break
    return found


def _later(
    problem: ControlProblem,
    state: Array,
    target: TargetSet,
    waits: Array,
    rests: Array,
    horizon: float | None,
) -> list[SupportedTrajectory]:
    """Return programmes that begin later, from the best of those that are then as strong as allowed."""
    later = _delayed(problem, state, target, waits, rests)
    if later is None:
        return []
    made = cheapest_steps(problem, state, target, later.steps, 0.0, horizon)
    best = min([later, *([made] if made is not None else [])], key=lambda one: one.cost)
    return [best, *_split_on(problem, state, target, best, horizon)]


def _delayed(
    problem: ControlProblem, state: Array, target: TargetSet, waits: Array, rests: Array
) -> SupportedTrajectory | None:
    """Return the cheapest of programmes that wait, and then are as strong as allowed for the rest."""
    best: SupportedTrajectory | None = None
    idle = tuple(float(v) for v in problem.idle)
    for wait, rest in zip(waits, rests, strict=True):
        for corner in problem.vertices():
            if np.array_equal(corner, problem.idle):
                continue
            steps = Steps((idle, tuple(float(v) for v in corner)), (float(wait), float(rest)))
            made, reached = supported_trajectory(problem, state, steps, target, 0.0)
            if reached and (best is None or made.cost < best.cost):
                best = made
    return best


def _few(steps: Steps) -> Steps:
    """Return at most `MOST_STEPS` steps: the shortest ones go to a neighbour."""
    levels, durations = list(steps.levels), list(steps.durations)
    while len(levels) > MOST_STEPS:
        k = min(range(len(levels)), key=lambda i: durations[i])
        other = k - 1 if k and (k == len(levels) - 1 or durations[k - 1] < durations[k + 1]) else k + 1
        whole = durations[k] + durations[other]
        mean = tuple(
            (a * durations[k] + b * durations[other]) / whole
            for a, b in zip(levels[k], levels[other], strict=True)
        )
        keep = min(k, other)
        levels[keep], durations[keep] = mean, whole
        del levels[keep + 1], durations[keep + 1]
    return Steps(tuple(levels), tuple(durations))


def _longer(steps: Steps) -> Steps:
    return Steps(steps.levels, (*steps.durations[:-1], 2 * steps.durations[-1] + 0.1 * steps.end))


def _plain(
    problem: ControlProblem,
    state: Array,
    target: TargetSet,
    best: SupportedTrajectory,
    horizon: float | None,
) -> SupportedTrajectory:
    """Return the same programme with levels that are all but at a limit put there, if it costs no more."""
    low, high = problem.low, problem.high
    near = SAME_LEVEL * (high - low)
    levels = []
    for row in best.steps.levels:
        u = np.array(row)
        u = np.where(u <= low + near, low, np.where(u >= high - near, high, u))
        levels.append(tuple(float(v) for v in u))
    plain = _longer(Steps(tuple(levels), best.steps.durations).merged(float(near.max(initial=0.0))))
    made, reached = supported_trajectory(problem, state, plain, target, 0.0)
    if not reached or (horizon is not None and made.end > horizon):
        return best
    better = cheapest_steps(problem, state, target, made.steps, 0.0, horizon)
    options = [made] if better is None else [made, better]
    least = min(options, key=lambda one: one.cost)
    return least if math.isfinite(least.cost) and least.cost <= best.cost * (1 + NO_DEARER) else best
