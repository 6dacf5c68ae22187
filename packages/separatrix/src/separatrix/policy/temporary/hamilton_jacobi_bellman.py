"""The least cost from every state: the Hamilton-Jacobi-Bellman equation, solved on a lattice.

The value of a state is the least, over levels held for a short time, of what that costs and of the value of
the state where it leads (a semi-Lagrangian scheme; Falcone & Ferretti 2014, chapter 8).  Between nodes values
are interpolated linearly.  Without a horizon the equation is stationary, and sweeps over the lattice in
alternating directions (Gauss and Seidel) end at its solution; with one it is marched backwards in time.
It knows nothing of how programmes are made (`stepped_levels`), and checks them.

Falcone, M. and Ferretti, R. (2014), Semi-Lagrangian Approximation Schemes for Linear and Hamilton-Jacobi
Equations, SIAM.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import map_coordinates

from separatrix.run.cached_property import cached_property
from separatrix.run.compilation import compiled

__all__ = ["Feet", "ValueFunction", "feet", "value_function"]

Array = NDArray[np.float64]
Motion = Callable[["Array", "Array"], "tuple[Array, Array]"]
"""From points (..., n) and levels (m,) to rates (..., n) and costs (...) per unit of time."""

SETTLED = 1e-5
"""The change of values in a round of sweeps, relative to the largest finite one, at which they have
settled."""

MOST_ROUNDS = 4000
"""Of sweeps in all directions."""

CROSSING = 4
"""Parts of a short time in which it is seen when the target is reached. Fewer: costs of the last stretch are
rougher."""


@dataclass(frozen=True)
class Feet:
    """Where short times under each choice of levels lead from each node.

    Attributes
    ----------
    cells : array (choices, nodes) of int
        The node at the low corner of the cell in which the foot is.
    parts : array (choices, nodes, n)
        Where in the cell it is, from 0 to 1.
    costs : array (choices, nodes)
    done : array (choices, nodes) of bool
        Whether the target is reached on the way, so that nothing more has to be spent.
    """

    cells: NDArray[np.int64]
    parts: Array
    costs: Array
    done: NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class ValueFunction:
    """The least cost from the nodes of a lattice in the unit cube.

    Attributes
    ----------
    axes : tuple of arrays
    values : array, one axis a coordinate
        The least cost; `beyond` where the target cannot be reached, or costs as much.
    choices : array (choices, m)
        The levels that were allowed.
    best : array of int, of the shape of `values`
        The choice at each node.
    beyond : float
    """

    axes: tuple[Array, ...]
    values: Array
    choices: Array
    best: NDArray[np.int64]
    beyond: float

    @cached_property
    def _interpolated(self) -> Any:
        from scipy.interpolate import RegularGridInterpolator

        return RegularGridInterpolator(self.axes, self.values)

    def __getstate__(self) -> dict[str, Any]:
        return {name: value for name, value in self.__dict__.items() if name != "_interpolated"}

    def at(self, points: Array) -> Array:
        """Return values at points (..., n) of the unit cube, infinite where the target is out of reach."""
        found = self._interpolated(points)
        return np.where(found >= 0.5 * self.beyond, math.inf, found)


def feet(
    motion: Motion, depths: Array, axes: Sequence[Array], choices: Array, step: float, discount: float
) -> Feet:
    """Return where short times lead, by the classical Runge-Kutta method, and when the target is reached.

    Parameters
    ----------
    motion : callable
    depths : array, one axis a coordinate
        At the nodes; at least 0 in the target.
    axes : arrays
        Evenly spaced, from 0 to 1.
    choices : array (choices, m)
    step : float
        How long levels are held.
    discount : float
    """
    nodes = np.stack(np.meshgrid(*axes, indexing="ij"), axis=-1).reshape(-1, len(axes))
    shape = [len(axis) for axis in axes]
    strides = np.array([math.prod(shape[k + 1 :]) for k in range(len(shape))])
    cells, parts, costs, done = [], [], [], []

    def depth(points: Array) -> Array:
        scaled = (points * (np.array(shape) - 1)).T
        return np.asarray(map_coordinates(depths, scaled, order=1, mode="nearest"))

    h = step / CROSSING
    for levels in choices:
        at, spent = nodes, np.zeros(len(nodes))
        before = depths.ravel()
        reached = before >= 0
        for k in range(CROSSING):
            k1, c1 = motion(at, levels)
            k2, c2 = motion(np.clip(at + h / 2 * k1, 0, 1), levels)
            k3, c3 = motion(np.clip(at + h / 2 * k2, 0, 1), levels)
            k4, c4 = motion(np.clip(at + h * k3, 0, 1), levels)
            moved = np.clip(at + h / 6 * (k1 + 2 * k2 + 2 * k3 + k4), 0, 1)
            worth = math.exp(-discount * (k + 0.5) * h)
            rate = worth * (c1 + 2 * c2 + 2 * c3 + c4) / 6
            after = depth(moved)
            crossed = ~reached & (after >= 0)
            part = np.where(
                crossed, np.clip(before / np.where(before == after, -1, before - after), 0, 1), 1.0
            )
            spent = spent + np.where(reached, 0.0, part * h * rate)
            reached = reached | crossed
            at, before = moved, after
        scaled = at * (np.array(shape) - 1)
        low = np.minimum(np.floor(scaled).astype(np.int64), np.array(shape) - 2)
        cells.append(low @ strides)
        parts.append(scaled - low)
        costs.append(spent)
        done.append(reached)
    return Feet(np.array(cells), np.array(parts), np.array(costs), np.array(done))


def value_function(
    motion: Motion,
    depth: Callable[[Array], Array],
    choices: Array,
    points: Sequence[int],
    step: float,
    *,
    beyond: float,
    discount: float = 0.0,
    horizon: float | None = None,
    forbidden: Callable[[Array], NDArray[np.bool_]] | None = None,
) -> ValueFunction:
    """Return the least cost of reaching a target, on a lattice of the unit cube.

    Parameters
    ----------
    motion : callable
        From points (..., n) of the cube and levels (m,) to rates (..., n) and costs (...) per unit of time.
    depth : callable
        From points (..., n) to numbers, at least 0 in the target.
    choices : array (choices, m)
        The levels that may be held.
    points : n ints
        Nodes along each axis.
    step : float
        How long levels are held; the error grows with its square, and with that of the spacing over it.
    beyond : float
        A cost from which on it does not matter: the value of what never reaches the target.
    discount : float
    horizon : float, optional
        The latest time of arrival.
    forbidden : callable, optional
        From points (..., n) to whether they may not be entered.

    Returns
    -------
    ValueFunction

    Examples
    --------
    One population, x' = x(1-x)(u - 30 + 60x), from 0.2 to 1/2 with u = 30 at a cost of ux: ln 2.

    >>> def motion(at, u):
    ...     x = at[..., 0]
    ...     return (x * (1 - x) * (u[0] - 30 + 60 * x))[..., None], u[0] * x
    >>> value = value_function(
    ...     motion, lambda at: at[..., 0] - 0.5, np.array([[0.0], [30.0]]), [801], 0.004, beyond=20.0
    ... )
    >>> bool(abs(value.at(np.array([[0.2]]))[0] / np.log(2) - 1) < 0.002)
    True
    """
    axes = tuple(np.linspace(0, 1, count) for count in points)
    nodes = np.stack(np.meshgrid(*axes, indexing="ij"), axis=-1).reshape(-1, len(axes))
    shape = [len(axis) for axis in axes]
    depths = np.clip(depth(nodes), -1.0, 1.0)
    made = feet(motion, depths.reshape(shape), axes, choices, step, discount)
    within = depths >= 0
    barred = np.zeros(len(nodes), dtype=bool) if forbidden is None else forbidden(nodes)
    fixed = within | barred
    values = np.where(within, 0.0, beyond)
    strides = [math.prod(shape[k + 1 :]) for k in range(len(shape))]
    corners = np.array(list(itertools.product((0, 1), repeat=len(axes))))
    offsets = (corners @ np.array(strides)).astype(np.int64)
    kept = math.exp(-discount * step)
    best = np.full(len(nodes), -1, dtype=np.int64)
    arguments = (made.cells, made.parts, made.costs, made.done, fixed, offsets, corners, kept)
    if horizon is None:
        orders = _orders(shape)
        for _ in range(MOST_ROUNDS):
            change = max(_sweep(values, best, *arguments, order) for order in orders)
            finite = values[values < beyond]
            if change <= SETTLED * max(float(finite.max(initial=0.0)), 1e-300):
                break
    else:
        for _ in range(max(1, math.ceil(horizon / step))):
            values = _marched(values, best, *arguments)
    return ValueFunction(axes, values.reshape(shape), choices, best.reshape(shape), beyond)


def _orders(shape: Sequence[int]) -> list[NDArray[np.int64]]:
    """Return all nodes in the order of each direction of the cube."""
    every = np.arange(math.prod(shape)).reshape(shape)
    return [
        np.ascontiguousarray(every[tuple(slice(None, None, s) for s in signs)].ravel())
        for signs in itertools.product((1, -1), repeat=len(shape))
    ]


@compiled(kept=True)
def _sweep(
    values: Any,
    best: Any,
    cells: Any,
    parts: Any,
    costs: Any,
    done: Any,
    fixed: Any,
    offsets: Any,
    corners: Any,
    kept: float,
    order: Any,
) -> float:
    """Improve values node by node in an order; return the largest change."""
    largest = 0.0
    for node in order:
        if fixed[node]:
            continue
        least, which = values[node], best[node]
        for choice in range(cells.shape[0]):
            found = costs[choice, node]
            if not done[choice, node]:
                base, follow = cells[choice, node], 0.0
                for corner in range(offsets.shape[0]):
                    weight = 1.0
                    for axis in range(corners.shape[1]):
                        part = parts[choice, node, axis]
                        weight *= part if corners[corner, axis] else 1.0 - part
                    if weight > 0.0:
                        follow += weight * values[base + offsets[corner]]
                found += kept * follow
            if found < least:
                least, which = found, choice
        change = values[node] - least
        if change > largest:
            largest = change
        values[node], best[node] = least, which
    return largest


@compiled(kept=True)
def _marched(
    values: Any,
    best: Any,
    cells: Any,
    parts: Any,
    costs: Any,
    done: Any,
    fixed: Any,
    offsets: Any,
    corners: Any,
    kept: float,
) -> Any:
    """Return the values one short time earlier."""
    result = values.copy()
    for node in range(values.shape[0]):
        if fixed[node]:
            continue
        least, which = np.inf, -1
        for choice in range(cells.shape[0]):
            found = costs[choice, node]
            if not done[choice, node]:
                base, follow = cells[choice, node], 0.0
                for corner in range(offsets.shape[0]):
                    weight = 1.0
                    for axis in range(corners.shape[1]):
                        part = parts[choice, node, axis]
                        weight *= part if corners[corner, axis] else 1.0 - part
                    if weight > 0.0:
                        follow += weight * values[base + offsets[corner]]
                found += kept * follow
            if found < least:
                least, which = found, choice
        result[node], best[node] = least, which
    return result
