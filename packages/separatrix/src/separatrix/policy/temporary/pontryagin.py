"""Pontryagin's maximum principle along a programme: costates, switching functions, singular arcs.

With a free end time and a boundary to be reached, a programme can only be best if its levels minimise the
Hamiltonian c + λ·f at every time, where λ' = ρλ - ∂(c + λ·f)/∂v, λ is normal to the boundary in the end, and
the Hamiltonian vanishes there.  Where cost and payoffs are affine in a level, its switching function is the
derivative of the Hamiltonian with respect to it: above 0 the level is as low as allowed, below 0 as high.  An
arc on which it vanishes is singular.

Pontryagin, L. S., Boltyanskii, V. G., Gamkrelidze, R. V. and Mishchenko, E. F. (1962), The Mathematical
Theory of Optimal Processes, chapter 1.  Bryson, A. E. and Ho, Y.-C. (1975), Applied Optimal Control, chapter
8.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from separatrix.policy.temporary.control_problem import ControlProblem
from separatrix.policy.temporary.supported_trajectory import SupportedTrajectory
from separatrix.policy.temporary.target_set import TargetSet

__all__ = ["Arc", "Pontryagin", "pontryagin"]

Array = NDArray[Any]

NODES = 400
"""Times at which costates are followed, at least. Fewer: switching functions are rougher."""

IMAGINARY = 1e-30
"""The imaginary step of derivatives."""

AT_LIMIT = 1e-6
"""How near to a limit a level counts as standing there, relative to its range."""

VANISHES = 0.02
"""The switching function, relative to the terms in its sum, below which it is 0 on an arc."""

STEP_IN_DEPTH = 1e-5
"""The change of a coordinate by which the depth is differentiated."""


@dataclass(frozen=True)
class Arc:
    """A stretch of time in which one level stays at a limit, or between its limits.

    Attributes
    ----------
    instrument : str
    start, end : float
    kind : str
        ``low``, ``high`` or ``inner``.
    """

    instrument: str
    start: float
    end: float
    kind: str


@dataclass(frozen=True)
class Pontryagin:
    """What the maximum principle says of a programme.

    Attributes
    ----------
    times : array (points,)
    switching : array (points, m)
        The derivative of the Hamiltonian with respect to each level.
    arcs : tuple of Arc
    affine : bool
        Whether rates and cost are affine in the levels, so that inner arcs are singular.
    singular : tuple of Arc
        The arcs between limits on which the switching function of a level vanishes, though rates and cost are
        affine in it.
    gain : float
        To first order, what levels that minimise the Hamiltonian would save, relative to the cost.
    """

    times: Array
    switching: Array
    arcs: tuple[Arc, ...]
    affine: bool
    gain: float
    singular: tuple[Arc, ...]


def pontryagin(
    problem: ControlProblem, target: TargetSet, trajectory: SupportedTrajectory
) -> Pontryagin | None:
    """Return what the maximum principle says, or None where the end is not crossed at an angle."""
    steps = trajectory.steps
    if not steps.levels or steps.end <= 0:
        return None
    at, levels, times = _followed(problem, trajectory)
    end = at[-1]
    n = len(end)
    changes = np.concatenate([s * STEP_IN_DEPTH * np.eye(n) for s in (1, -1)])
    depths = target.depths(problem.states(end + changes))
    normal = (depths[:n] - depths[n:]) / (2 * STEP_IN_DEPTH)
    rates, cost = problem.rates_and_costs(end, levels[-1])
    crossing = float(normal @ rates)
    if not np.isfinite(crossing) or crossing <= 0:
        return None
    costate = -float(cost) / crossing * normal
    costates = np.empty_like(at)
    costates[-1] = costate
    for k in range(len(times) - 1, 0, -1):
        h = times[k] - times[k - 1]
        held = levels[k - 1]
        middle = _hermite_midpoint(problem, at[k - 1], at[k], held, h)
        k1 = _slope(problem, at[k], held, costate)
        k2 = _slope(problem, middle, held, costate - h / 2 * k1)
        k3 = _slope(problem, middle, held, costate - h / 2 * k2)
        k4 = _slope(problem, at[k - 1], held, costate - h * k3)
        costate = costate - h / 6 * (k1 + 2 * k2 + 2 * k3 + k4)
        costates[k - 1] = costate
    switching, sizes = _switching(problem, at, levels, costates)
    saved = _saved(problem, at, levels, costates)
    worth = np.exp(-problem.discount * times)
    gain = float(np.trapezoid(saved * worth, times)) / max(abs(trajectory.cost), 1e-300)
    arcs = _arcs(problem, times, levels)
    singular = tuple(
        arc for arc in arcs if problem.affine and _vanishes(arc, problem.names, times, switching, sizes)
    )
    return Pontryagin(times, switching, arcs, problem.affine, gain, singular)


def _vanishes(arc: Arc, names: tuple[str, ...], times: Array, switching: Array, sizes: Array) -> bool:
    k = names.index(arc.instrument)
    during = (times >= arc.start) & (times <= arc.end)
    small = np.abs(switching[during, k]) <= VANISHES * sizes[during, k]
    return arc.kind == "inner" and bool(small.all())


def _followed(problem: ControlProblem, trajectory: SupportedTrajectory) -> tuple[Array, Array, Array]:
    """Return coordinates, levels from then on, and times, evenly spaced within each step."""
    at = problem.coordinates(trajectory.states[0])
    points, held, times = [at], [], [0.0]
    for begin, duration, own in zip(
        trajectory.steps.starts, trajectory.steps.durations, trajectory.steps.levels, strict=True
    ):
        count = max(4, round(NODES * duration / trajectory.steps.end))
        h, levels = duration / count, np.array(own)
        for k in range(count):
            k1 = problem.rates(at, levels)
            k2 = problem.rates(at + h / 2 * k1, levels)
            k3 = problem.rates(at + h / 2 * k2, levels)
            k4 = problem.rates(at + h * k3, levels)
            at = at + h / 6 * (k1 + 2 * k2 + 2 * k3 + k4)
            points.append(at)
            held.append(levels)
            times.append(begin + (k + 1) * h)
    held.append(held[-1])
    return np.array(points), np.array(held), np.array(times)


def _hermite_midpoint(problem: ControlProblem, start: Array, end: Array, levels: Array, h: float) -> Array:
    """Return the coordinates in the middle of a step, by Hermite's cubic."""
    return (start + end) / 2 + h / 8 * (problem.rates(start, levels) - problem.rates(end, levels))


def _slope(problem: ControlProblem, at: Array, levels: Array, costate: Array) -> Array:
    many = at + 1j * IMAGINARY * np.eye(len(at))
    rates, cost = problem.rates_and_costs(
        many, np.broadcast_to(levels.astype(complex), (len(at), len(levels)))
    )
    return np.asarray(problem.discount * costate - (cost.imag + rates.imag @ costate) / IMAGINARY)


def _switching(problem: ControlProblem, at: Array, levels: Array, costates: Array) -> tuple[Array, Array]:
    """Return the derivatives of the Hamiltonian by the levels, and the sizes of what they are sums of."""
    result, sizes = [], []
    for k in range(levels.shape[1]):
        moved = levels.astype(complex)
        moved[:, k] += 1j * IMAGINARY
        rates, cost = problem.rates_and_costs(at.astype(complex), moved)
        parts = rates.imag * costates
        result.append((cost.imag + parts.sum(axis=1)) / IMAGINARY)
        sizes.append((np.abs(cost.imag) + np.abs(parts).sum(axis=1)) / IMAGINARY)
    return np.stack(result, axis=1), np.stack(sizes, axis=1)


def _saved(problem: ControlProblem, at: Array, levels: Array, costates: Array) -> Array:
    """Return by how much each Hamiltonian is above its least value over the box of levels."""

    def hamiltonian(held: Array) -> Array:
        rates, cost = problem.rates_and_costs(at, np.broadcast_to(held, levels.shape))
        return np.asarray(cost + (rates * costates).sum(axis=1))

    count = 2 if problem.affine else max(3, round(65 ** (1 / levels.shape[1])))
    axes = [np.linspace(v.low, v.high, count) for v in problem.levels]
    every = np.stack(np.meshgrid(*axes, indexing="ij"), axis=-1).reshape(-1, len(axes))
    least = np.min([hamiltonian(held) for held in every], axis=0)
    return np.asarray(np.maximum(hamiltonian(levels) - least, 0.0))


def _arcs(problem: ControlProblem, times: Array, levels: Array) -> tuple[Arc, ...]:
    arcs = []
    for k, level in enumerate(problem.levels):
        near = AT_LIMIT * (level.high - level.low)
        kinds = np.where(
            levels[:, k] <= level.low + near,
            "low",
            np.where(levels[:, k] >= level.high - near, "high", "inner"),
        )
        begin = 0
        for place in range(1, len(times)):
            if place == len(times) - 1 or kinds[place] != kinds[begin]:
                arcs.append(Arc(level.name, float(times[begin]), float(times[place]), str(kinds[begin])))
                begin = place
    return tuple(arcs)
