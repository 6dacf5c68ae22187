"""Where a temporary programme may end: the basin of the target in the game without support, and how deep.

The depth of a state is its distance to the basin boundary, as a Euclidean distance in shares: above 0 inside
the basin, below 0 outside.  One population of two strategies: the boundary is a rest point.  Two populations
of two strategies: the separatrix is a level line of a conserved quantity.  All others: the outcomes of a
lattice of starts, and points of the boundary between them by bisection; that has an error.

States as points of the unit cube: each share as a part of what the earlier strategies leave.

One population of two strategies has its share; one of more has x_1, x_2/(1 - x_1), and so on.  A lattice of
the cube is one of any state space, and under the replicator dynamics r' = r(1 - r)(U_k - mean of the later
ones).
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from separatrix.analysis.results import Analysis, RestPoint
from separatrix.dynamics.attractors.equilibria import omega_limits
from separatrix.dynamics.attractors.heteroclinic_cycles import UNDECIDED
from separatrix.dynamics.attractors.omega_limits import NumericalOutcomes
from separatrix.dynamics.basins.exact_outcomes import (
    ExactOutcomes,
    InLine,
    InSquare,
    attracting,
    exact_outcomes,
)
from separatrix.dynamics.bimatrix_basins import PLACES
from separatrix.dynamics.bimatrix_basins import outcomes as planar_outcomes
from separatrix.dynamics.bimatrix_separatrix import Divide, divide_of, nearest
from separatrix.errors import InputError
from separatrix.policy.externality_price import target_of
from separatrix.run.cached_property import cached_property
from separatrix.sentences import say

__all__ = [
    "LineBasin",
    "SampledBasin",
    "SquareBasin",
    "TargetSet",
    "WholeBasin",
    "ratio_rates",
    "ratios_of",
    "sampled_basin",
    "states_of",
    "target_point",
    "target_set",
]

Array = NDArray[np.float64]


def states_of(ratios: Array, sizes: tuple[int, ...]) -> Array:
    """Return states (..., shares) from ratios (..., n) in [0, 1]: each a share of what earlier ones leave.

    Examples
    --------
    >>> states_of(np.array([0.25, 0.5]), (3,)).tolist()
    [0.25, 0.375, 0.375]
    """
    parts, begin = [], 0
    for size in sizes:
        left = np.ones_like(ratios[..., 0])
        own = []
        for k in range(begin, begin + size - 1):
            own.append(left * ratios[..., k])
            left = left * (1 - ratios[..., k])
        begin += size - 1
        parts += own if size == 2 else [*own, left]
    return np.stack(parts, axis=-1)


def ratios_of(states: Array, sizes: tuple[int, ...]) -> Array:
    """Return the ratios (..., n) of states (..., shares): the inverse of `states_of`; 0 where nothing is
    left.

    Examples
    --------
    >>> ratios_of(np.array([0.25, 0.375, 0.375]), (3,)).tolist()
    [0.25, 0.5]
    """
    parts, begin = [], 0
    for size in sizes:
        if size == 2:
            parts.append(states[..., begin])
            begin += 1
            continue
        left = np.ones_like(states[..., 0])
        for k in range(begin, begin + size - 1):
            parts.append(np.divide(states[..., k], left, out=np.zeros_like(left), where=left > 0))
            left = left - states[..., k]
        begin += size
    return np.clip(np.stack(parts, axis=-1), 0.0, 1.0)


def ratio_rates(ratios: Array, growth: Sequence[Array]) -> Array:
    """Return the rates (..., n) of ratios from growth rates of all strategies, (..., k) a population.

    Examples
    --------
    >>> ratio_rates(np.array([0.5]), [np.array([3.0, 1.0])]).tolist()
    [0.5]
    """
    parts, begin = [], 0
    for own in growth:
        later = own[..., -1]
        rates = []
        for k in range(own.shape[-1] - 2, -1, -1):
            r = ratios[..., begin + k]
            rates.append(r * (1 - r) * (own[..., k] - later))
            later = r * own[..., k] + (1 - r) * later
        begin += own.shape[-1] - 1
        parts += rates[::-1]
    return np.stack(parts, axis=-1)


CURVE = 8001
"""Points of the separatrix among which the nearest is looked for at many states at once. Fewer: depths are
less exact there, to the square of their spacing."""

LATTICE = {1: 401, 2: 81, 3: 25}
"""Starts along each axis whose outcomes are followed, by the number of free shares. Fewer: thin parts of a
basin are missed."""

HALVINGS = 26
"""Of an edge of the lattice that the boundary crosses. Fewer: points of the boundary are less exact."""

NEIGHBOURS = 3
"""Points of the boundary that define the nearest plane, for each free share."""


class TargetSet(Protocol):
    """The basin of the target, as a set with depths."""

    @property
    def error(self) -> float:
        """How far a depth may be off, as a distance in shares; 0 where it is exact to rounding."""
        ...

    @property
    def how_sure(self) -> str:
        """Why depths are right, or how exact they are."""
        ...

    def depths(self, states: Array) -> Array:
        """Return the depths (...) of many states (..., shares)."""
        ...

    def depth(self, state: Array) -> float:
        """Return the depth of one state, as exactly as it is known."""
        ...

    def holds(self, state: Array) -> bool:
        """Return whether the trajectory from a state converges to the target, as exactly as it is known."""
        ...


@dataclass(frozen=True)
class WholeBasin:
    """The basin is all the inside of the state space, or nothing of it."""

    whole: bool

    @property
    def error(self) -> float:
        """No depth is off."""
        return 0.0

    @property
    def how_sure(self) -> str:
        """Why it is right."""
        if self.whole:
            return say("exact: every interior start converges to the target without support")
        return say("exact: no interior start converges to the target without support")

    def depths(self, states: Array) -> Array:
        """Return infinity, or minus infinity."""
        return np.full(states.shape[:-1], math.inf if self.whole else -math.inf)

    def depth(self, state: Array) -> float:
        """Return infinity, or minus infinity."""
        return math.inf if self.whole else -math.inf

    def holds(self, state: Array) -> bool:
        """Return whether all is in it."""
        return self.whole


@dataclass(frozen=True)
class LineBasin:
    """One population of two strategies: an open interval of shares; ends at 0 and 1 are not boundaries."""

    low: float
    high: float

    @property
    def error(self) -> float:
        """No depth is off."""
        return 0.0

    @property
    def how_sure(self) -> str:
        """Why it is right."""
        return say("exact: all rest points are known, and between two of them a trajectory runs one way")

    def depths(self, states: Array) -> Array:
        """Return the distance to the nearer end that is a boundary."""
        share = states[..., 0]
        low = share - self.low if self.low > 0 else np.full_like(share, math.inf)
        high = self.high - share if self.high < 1 else np.full_like(share, math.inf)
        return np.minimum(low, high)

    def depth(self, state: Array) -> float:
        """Return the same of one state."""
        return float(self.depths(np.asarray(state, dtype=float)))

    def holds(self, state: Array) -> bool:
        """Return whether the share is between the ends."""
        return self.low < float(state[0]) < self.high or (
            float(state[0]) in (0.0, 1.0) and self.depth(state) > 0
        )


@dataclass(frozen=True)
class SquareBasin:
    """Two populations of two strategies: one side of the separatrix, which is known exactly."""

    outcomes: InSquare
    divide: Divide
    target: str

    @property
    def error(self) -> float:
        """No depth is off."""
        return 0.0

    @property
    def how_sure(self) -> str:
        """Why it is right."""
        return self.outcomes.reason()

    @cached_property
    def _curve(self) -> tuple[Array, Any]:
        from scipy.spatial import cKDTree

        points = self.divide.curve(CURVE)
        return points, cKDTree(points)

    def __getstate__(self) -> dict[str, Any]:
        return {name: value for name, value in self.__dict__.items() if name != "_curve"}

    def depths(self, states: Array) -> Array:
        """Return the distance to the separatrix, negative on the other side."""
        points, tree = self._curve
        flat = np.asarray(states, dtype=float).reshape(-1, 2)
        _, place = tree.query(flat)
        found = np.full(len(flat), math.inf)
        for step in (-1, 0):
            start = points[np.clip(place + step, 0, len(points) - 2)]
            along = points[np.clip(place + step, 0, len(points) - 2) + 1] - start
            length = np.maximum((along**2).sum(axis=1), np.finfo(float).tiny)
            part = np.clip(((flat - start) * along).sum(axis=1) / length, 0, 1)
            found = np.minimum(found, np.hypot(*(flat - start - part[:, None] * along).T))
        codes = planar_outcomes(self.outcomes.planar, flat[:, 0], flat[:, 1])
        return np.where(codes == self._code, found, -found).reshape(states.shape[:-1])

    def depth(self, state: Array) -> float:
        """Return the distance to the nearest state of the separatrix, negative on the other side."""
        place = nearest(self.divide, state)  # type: ignore[arg-type]
        distance = math.hypot(float(state[0]) - place[0], float(state[1]) - place[1])
        return distance if self.holds(state) else -distance

    def holds(self, state: Array) -> bool:
        """Return whether the trajectory from a state converges to the target."""
        x, y = (np.array([float(v)]) for v in state)
        return bool(planar_outcomes(self.outcomes.planar, x, y)[0] == self._code)

    @cached_property
    def _code(self) -> int:
        """The number of the corner at which the target is: what attracts in a divided square is pure."""
        point = next(p for p in self.outcomes.analysis.rest_points if p.id == self.target)
        return PLACES.index(tuple(point.state or ()))


@dataclass(frozen=True, eq=False)
class SampledBasin:
    """The basin from trajectories: the starts of a lattice that converge to the target, and the points
    between.

    Attributes
    ----------
    analysis : Analysis
    target : str
    outcomes : from starts to the names of where they end
    boundary : array (points, shares)
        States between a start that converges to the target and one that does not.
    error : float
        How far a point of the boundary may be from the plane through its neighbours.
    """

    analysis: Analysis
    target: str
    outcomes: ExactOutcomes | NumericalOutcomes
    boundary: Array
    error: float

    @property
    def how_sure(self) -> str:
        """How exact depths are."""
        return say(
            "numerical: the basin boundary is known from {count} points between trajectories that end "
            "elsewhere; a distance to it may be off by {error}",
            count=len(self.boundary),
            error=f"{self.error:.2g}",
        )

    @cached_property
    def _tree(self) -> Any:
        from scipy.spatial import cKDTree

        return cKDTree(self.boundary)

    def __getstate__(self) -> dict[str, Any]:
        return {name: value for name, value in self.__dict__.items() if name != "_tree"}

    def depths(self, states: Array) -> Array:
        """Return the distances to the boundary, negative outside the basin."""
        flat = np.asarray(states, dtype=float).reshape(-1, states.shape[-1])
        inside = self.outcomes.names(flat) == self.target
        distance = self.distances(flat)
        return np.where(inside, distance, -distance).reshape(states.shape[:-1])

    def distances(self, states: Array) -> Array:
        """Return distances of states (points, shares) to the plane through the nearest boundary points."""
        dimension = self.analysis.game.space.dimension
        count = min(len(self.boundary), NEIGHBOURS * dimension)
        far, place = map(np.asarray, self._tree.query(states, k=count))
        far, place = far.reshape(len(states), count), place.reshape(len(states), count)
        near = self.boundary[place]
        distance = far[:, 0]
        if count > dimension:
            middle = near.mean(axis=1)
            _, sizes, axes = np.linalg.svd(near - middle[:, None, :], full_matrices=False)
            plane = np.abs(((states - middle) * axes[:, dimension - 1]).sum(axis=1))
            # The plane says more than the nearest point only where the points spread about that far.
            spread = sizes[:, 0] / math.sqrt(count)
            distance = np.where(distance < 3 * spread, np.minimum(plane, distance), distance)
        return np.asarray(distance)

    def depth(self, state: Array) -> float:
        """Return the same of one state."""
        return float(self.depths(np.asarray(state, dtype=float)[None])[0])

    def holds(self, state: Array) -> bool:
        """Return whether the trajectory from a state converges to the target."""
        return str(self.outcomes.names(np.asarray(state, dtype=float)[None])[0]) == self.target


# --------------------------------------------------------------------------- making them


def target_point(
    analysis: Analysis, target: str | Mapping[str, str] | Sequence[str] | None = None
) -> RestPoint:
    """Return the rest point that a target names: the id of any, or a pure state as `target_of` reads it.

    Raises
    ------
    InputError, NameProblem
        P120, P121 for a target that is not understood.
    """
    if isinstance(target, str):
        for point in analysis.rest_points:
            if point.id == target and point.state is not None:
                return point
    profile = target_of(analysis.game, target)
    corner = analysis.game.space.corner(profile)
    return next(p for p in analysis.rest_points if p.state is not None and tuple(p.state) == corner)


def target_set(analysis: Analysis, target: RestPoint) -> TargetSet:
    """Return the basin of a rest point in an analysed game.

    Examples
    --------
    >>> import numpy as np, separatrix
    >>> analysis = separatrix.analyze(separatrix.load("shi-chen-2018"))
    >>> basin = target_set(analysis, target_point(analysis, "E4"))
    >>> round(basin.depth(np.array([0.2, 0.3])), 6)
    -0.586212
    """
    if not attracting(analysis, target.id):
        return WholeBasin(False)
    outcomes = exact_outcomes(analysis)
    if isinstance(outcomes, InLine):
        own = [(low, high) for low, high, end in outcomes.pieces if end == target.id]
        if not own:
            return WholeBasin(False)
        return LineBasin(min(low for low, _ in own), max(high for _, high in own))
    if isinstance(outcomes, InSquare):
        divide = divide_of(outcomes.planar)
        if divide is not None:
            return SquareBasin(outcomes, divide, target.id)
    found = outcomes or omega_limits(analysis)
    return sampled_basin(analysis, target.id, found)


def sampled_basin(analysis: Analysis, target: str, outcomes: ExactOutcomes | NumericalOutcomes) -> TargetSet:
    """Return a basin from the outcomes of a lattice of starts, and points of its boundary by bisection.

    Raises
    ------
    InputError
        P145 for more than three free shares; P146 where too many outcomes are undecided.
    """
    space = analysis.game.space
    dimension = space.dimension
    if dimension not in LATTICE:
        raise InputError(
            "P145",
            say(
                "the state has {count} free shares; temporary programmes are found for up to {most}",
                count=dimension,
                most=max(LATTICE),
            ),
            hint=say("remove populations or strategies, or use a permanent programme"),
        )
    count = LATTICE[dimension]
    axis = (1 - np.cos(np.pi * (np.arange(count) + 0.5) / count)) / 2  # denser where faces are near
    ratios = np.stack(np.meshgrid(*[axis] * dimension, indexing="ij"), axis=-1)
    names = outcomes.names(states_of(ratios.reshape(-1, dimension), space.sizes))
    open_ = np.isin(names, [UNDECIDED])
    inside = (names == target).reshape([count] * dimension)
    if open_.mean() > 0.05:
        raise InputError(
            "P146",
            say("the outcome of {part} of the starts is undecided", part=f"{100 * open_.mean():.0f} %"),
            hint=say("see `separatrix basins`"),
        )
    if inside.all() or not inside.any():
        return WholeBasin(bool(inside.all()))
    ends = []
    for k in range(dimension):
        first, second = (np.take(inside, range(s, count - 1 + s), axis=k) for s in (0, 1))
        crossed = first != second
        low, high = (np.take(ratios, range(s, count - 1 + s), axis=k)[crossed] for s in (0, 1))
        ends.append(
            (np.where(first[crossed][:, None], low, high), np.where(first[crossed][:, None], high, low))
        )
    within, outside = (np.concatenate([pair[k] for pair in ends]) for k in (0, 1))
    for _ in range(HALVINGS):
        middle = (within + outside) / 2
        here = outcomes.names(states_of(middle, space.sizes)) == target
        within, outside = np.where(here[:, None], middle, within), np.where(here[:, None], outside, middle)
        if np.abs(within - outside).max() < 1e-7:
            break
    boundary = states_of((within + outside) / 2, space.sizes)
    # Every other point is on the boundary too: how far it is from that of the others tells the error.
    half = SampledBasin(analysis, target, outcomes, boundary[::2], 0.0)
    error = float(half.distances(boundary[1::2]).max(initial=0.0)) + 1e-6
    return SampledBasin(analysis, target, outcomes, boundary, error)
