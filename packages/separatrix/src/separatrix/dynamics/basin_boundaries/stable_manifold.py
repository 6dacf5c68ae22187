"""The basin boundaries in a square or a triangle: stable arms of saddles, followed back in time.

A saddle inside has two arms there, one on a side that attracts from inside has one.  Each is followed back to
where it comes from: back in time neighbouring trajectories draw near to it, so that errors of the start die
out. Whether it divides two outcomes, and how far off it may be, is then seen from trajectories on both sides
of it: the error is the smallest distance at which all of them end apart.

Guckenheimer, J. and Holmes, P. (1983), Nonlinear Oscillations, Dynamical Systems, and Bifurcations of Vector
Fields, theorem 1.3.2 (stable manifolds).

A separatrix in the plane, as data.

To which of several ends orbits come, from starts however near to a face, at a tolerance of one's choice.

`separatrix.dynamics.attractors.candidates` counts the shares of basins and is quick; this one finds the
boundary between two basins, and so has to be exact: the method is DOP853
(`separatrix.dynamics.integration.butcher_tableaus`) in log-odds.

The separatrix of a game in the plane: in closed form, or as the stable arms of its saddles.

A state space of three dimensions cut into tetrahedra: a cube, a prism, or a tetrahedron.

A population of k strategies has k - 1 coordinates 0 <= y_1 <= ... <= y_(k-1) <= 1 whose differences are its
shares.  The lattice of whole multiples of 1/m is cut into Freudenthal's tetrahedra, six to a cell, none of
which crosses a plane y_i = y_j; so those inside make up the state space without rest.

Freudenthal, H. (1942), Simplizialzerlegungen von beschränkter Flachheit, Annals of Mathematics 43, 580-582.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from separatrix.analysis.results import Analysis
from separatrix.dynamics.attractors.candidates import settle
from separatrix.dynamics.attractors.heteroclinic_cycles import SEPARATRIX, UNDECIDED
from separatrix.dynamics.basin_boundaries.tolerances import (
    ARM_OFF_SADDLE,
    ARM_PARALLEL,
    ARM_REACHED,
    ARM_STEP,
    ARM_STILL,
    ASIDE,
    CURVE_POINTS,
    LONGEST_ARM,
    NOBODY,
    SADDLE,
)
from separatrix.dynamics.basins.exact_outcomes import NumericalOutcomes
from separatrix.dynamics.bimatrix_separatrix import Divide, divide_of, planar_field
from separatrix.dynamics.fields.replicator import Replicator
from separatrix.dynamics.integration.batch import lengths
from separatrix.dynamics.integration.butcher_tableaus import DOP853
from separatrix.dynamics.integration.scipy_solvers import dense_solution
from separatrix.dynamics.integration.tolerances import EXACT, LEAST_SHARE, UNMOVED
from separatrix.dynamics.tolerances import EPSILON
from separatrix.game.model import Game, StateSpace
from separatrix.run.cached_property import cached_property
from separatrix.run.results import Plotted, Tabled

if TYPE_CHECKING:
    from separatrix.dynamics.attractors.omega_limits import (
        NumericalOutcomes as omega_limits_NumericalOutcomes,
    )
    from separatrix.dynamics.fields.payoffs import PayoffField

__all__ = [
    "Lattice",
    "NOWHERE",
    "OutcomeLabels",
    "SeparatrixCurve",
    "SpaceChart",
    "dividing_lines",
    "lattice_of",
    "saddle_arms",
    "separatrix_curve",
    "separatrix_curves",
]

Array = NDArray[np.float64]
Rows = NDArray[np.intp]

BENDS = (0.0137, -0.0089, 0.0213)
"""How far the lattice is bent along the coordinates of each population: symmetric games have separatrices
through the nodes of an even one, and from there trajectories run into saddles. Other values move the vertices
of a surface, not the surface."""


@dataclass(frozen=True)
class SpaceChart:
    """Three representations of a state: weights, the shares of the game, and a place in space.

    Weights are the shares of all strategies of all populations, in a row; places have three coordinates in
    which distances are those of the shares.

    Attributes
    ----------
    sizes : tuple of int
        The number of strategies of each population; less one each, they add up to three.
    """

    sizes: tuple[int, ...]

    @cached_property
    def slices(self) -> tuple[slice, ...]:
        """Where the weights of each population stand."""
        return StateSpace(self.sizes).strategy_slices

    @cached_property
    def displayed_weights(self) -> list[int]:
        """Which weights are shares of the game: of two strategies the first alone."""
        return [self.slices[i].start + a for i, a in StateSpace(self.sizes).strategies]

    @cached_property
    def _bases(self) -> tuple[Array, Array]:
        """The matrices that take weights to places (strategies, 3), and ways back (3, strategies)."""
        out, back = np.zeros((sum(self.sizes), 3)), np.zeros((3, sum(self.sizes)))
        axis = 0
        for part, size in zip(self.slices, self.sizes, strict=True):
            axes = slice(axis, axis + size - 1)
            axis += size - 1
            if size == 2:
                out[part.start, axes], back[axes, part] = 1.0, [1.0, -1.0]
                continue
            for k in range(1, size):  # Helmert's basis of the changes that add up to zero
                row = np.zeros(size)
                row[:k], row[k] = 1.0, -k
                out[part, axes.start + k - 1] = back[axes.start + k - 1, part] = row / (k * (k + 1)) ** 0.5
        return out, back

    def places(self, weights: Array) -> Array:
        """Return places (..., 3)."""
        return weights @ self._bases[0]

    def changes(self, ways: Array) -> Array:
        """Return the changes of weights (..., strategies) along ways (..., 3) in space."""
        return ways @ self._bases[1]

    def states(self, weights: Array) -> Array:
        """Return the shares of the game (..., n); what is hardly played is not played."""
        found = weights[..., self.displayed_weights]
        return np.where(found <= 2 * NOBODY, 0.0, found)

    def log_odds(self, weights: Array) -> Array:
        """Return what `integrate.log_odds` counts in, as an array (coordinates, states)."""
        logs = np.log(np.maximum(weights, NOBODY))
        rows = []
        for part, size in zip(self.slices, self.sizes, strict=True):
            own = logs[:, part]
            rows += [own[:, 0] - own[:, 1]] if size == 2 else list(own.T)
        return np.array(rows)


@dataclass(frozen=True, eq=False)
class Lattice:
    """The nodes and tetrahedra of a state space.

    Attributes
    ----------
    chart : SpaceChart
    weights : array (nodes, strategies)
    tetrahedra : array (tetrahedra, 4) of nodes
    spacing : float
        The longest step from a node to its neighbour along a coordinate.
    """

    chart: SpaceChart
    weights: Array
    tetrahedra: Rows
    spacing: float


def lattice_of(sizes: Sequence[int], cells: int) -> Lattice:
    """Return the lattice with so many cells along each coordinate.

    Examples
    --------
    >>> [len(lattice_of(sizes, 2).tetrahedra) for sizes in ((2, 2, 2), (2, 3), (4,))]
    [48, 24, 8]
    """
    chart = SpaceChart(tuple(sizes))
    keys = np.indices((cells + 1,) * 3).reshape(3, -1).T
    inside = np.ones(len(keys), dtype=bool)
    axis = 0
    steps = []
    for size, bend in zip(sizes, itertools.cycle(BENDS), strict=False):
        axes = range(axis, axis + size - 1)
        axis += size - 1
        for i, j in itertools.pairwise(axes):
            inside &= keys[:, i] <= keys[:, j]
        even = np.arange(cells + 1) / cells
        line = even + bend * np.sin(np.pi * even)
        line[-1] = 1.0
        columns = [np.zeros(len(keys)), *(line[keys[:, i]] for i in axes), np.ones(len(keys))]
        steps.append(np.diff(np.array(columns), axis=0).T)
    kept = np.flatnonzero(inside)
    number = np.full(len(keys), -1, dtype=np.intp)
    number[kept] = np.arange(len(kept))
    jump = np.array([(cells + 1) ** 2, cells + 1, 1])
    first = np.flatnonzero((keys < cells).all(axis=1))
    found = []
    for order in itertools.permutations(range(3)):
        ways = np.concatenate([[0], np.cumsum(jump[list(order)])])
        found.append(number[first[:, None] + ways])
    tetrahedra = np.concatenate(found)
    weights = np.maximum(np.hstack(steps)[kept], NOBODY)
    whole = tetrahedra[(tetrahedra >= 0).all(axis=1)]
    return Lattice(chart, weights, whole, float((1 / cells) * (1 + np.pi * max(map(abs, BENDS)))))


@dataclass(frozen=True, repr=False)
class SeparatrixCurve(Plotted, Tabled):
    """The basin boundary.

    Attributes
    ----------
    shares : tuple of str
    states : array (points, n)
        From one end to the other, evenly spaced.
    saddle : n numbers or None
        The saddle whose stable arms it consists of; None where the line ends in a side of the square that is
        at rest.
    error : float
        How far a state may be from the true curve.
    """

    shares: tuple[str, ...]
    states: Array
    saddle: tuple[float, ...] | None
    error: float

    @property
    def exact(self) -> bool:
        """Whether the line is known in closed form, and off by rounding alone."""
        return self.error <= 64 * EPSILON


Codes = NDArray[np.int16]

NOWHERE = -1
"""The code of a trajectory that has not arrived anywhere."""

MOST_STEPS = 3_000
"""After which a trajectory has arrived nowhere. Fewer: the boundary has gaps where basins are slow."""


@dataclass(frozen=True, eq=False)
class OutcomeLabels:
    """Where trajectories land.

    Attributes
    ----------
    followed : NumericalOutcomes
        What attracts in the game.
    chart : SpaceChart
    """

    followed: NumericalOutcomes
    chart: SpaceChart

    @cached_property
    def outcomes(self) -> tuple[str, ...]:
        """The names of what attracts; a code is an index of them."""
        return tuple(dict.fromkeys(attractor.name for attractor in self.followed.attractors))

    @property
    def field(self) -> Replicator:
        """The field that is followed."""
        field = self.followed.field
        assert isinstance(field, Replicator), "a surface is that of the replicator"
        return field

    def __call__(self, weights: Array, tolerance: float) -> Codes:
        """Return the codes of where trajectories from weights (trajectories, strategies) end."""
        return self.from_log_odds(self.chart.log_odds(weights), tolerance)

    def from_log_odds(self, at: Array, tolerance: float) -> Codes:
        """Return the codes of where trajectories from log-odds (coordinates, trajectories) end."""
        attractors = self.followed.attractors
        codes, _ = settle(
            self.followed.motion,
            at,
            attractors,
            method=DOP853,
            tolerance=tolerance,
            patience=MOST_STEPS,
            still=UNMOVED,
        )
        places = [self.outcomes.index(attractor.name) for attractor in attractors]
        return np.array([*places, NOWHERE], dtype=np.int16)[codes]


def separatrix_curve(
    game: Game,
    values: Mapping[str, object] | None = None,
    scenario: str | None = None,
    *,
    points: int = CURVE_POINTS,
) -> SeparatrixCurve | None:
    """Return the separatrix of two populations with two strategies each, or None where there is none.

    Parameters
    ----------
    game : Game
        Two populations of two strategies, payoffs linear in the share of the other population.
    values, scenario
        Parameter values, as in `separatrix.analyze`.
    points : int
        How many states to return, at least 5.

    Returns
    -------
    SeparatrixCurve or None
        `states` has shape (points, 2), in shares, from border to border through the saddle.

    Raises
    ------
    ComesLater
        D621 for games of another shape.
    InputError
        D602 for fewer than 5 points; V304 where a parameter has no value.

    References
    ----------
    Hofbauer & Sigmund (1998), section 11.2.

    Examples
    --------
    >>> import separatrix
    >>> curve = separatrix.separatrix_curve(separatrix.load("shi-chen-2018"), scenario="bistable", points=5)
    >>> [curve.states[k].round(3).tolist() for k in (0, -1)], round(curve.saddle[0], 3)
    ([[0.0, 1.0], [1.0, 0.0]], 0.667)
    >>> separatrix.separatrix_curve(separatrix.load("matching-pennies")) is None
    True
    """
    from separatrix.dynamics.fields.replicator import replicator
    from separatrix.errors import ComesLater

    _enough(points)
    planar = planar_field(replicator(game, values, scenario))
    if planar is None:
        raise ComesLater(
            "D621",
            "the separatrix is known as a curve for two populations of two strategies with payoffs linear in "
            "the other's share",
            hint="separatrix.separatrix_curves follows those of other squares and of triangles",
        )
    divide = divide_of(planar)
    if divide is None:
        return None
    return _exact(tuple(game.shares), divide, points)


def separatrix_curves(
    game: Game,
    values: Mapping[str, object] | None = None,
    scenario: str | None = None,
    *,
    points: int = CURVE_POINTS,
) -> tuple[SeparatrixCurve, ...]:
    """Return every basin boundary of a game with two dimensions that consists of arms of a saddle.

    Parameters
    ----------
    game : Game
        Two populations of two strategies, which may also play themselves, or one population of three.
    values, scenario
        Parameter values, as in `separatrix.analyze`.
    points : int
        How many states to return of each, at least 5.

    Returns
    -------
    tuple of SeparatrixCurve
        Exact as `separatrix_curve` where that knows the line; else the stable arms of saddles followed back
        in time, with an error seen from the outcomes of trajectories on both sides.

    Raises
    ------
    ComesLater
        D621 for games of another shape; with three dimensions the line is a surface
        (`separatrix.separatrix_surface`).
    InputError
        D602 for fewer than 5 points; V304 where a parameter has no value.

    References
    ----------
    Guckenheimer & Holmes (1983), theorem 1.3.2.

    Examples
    --------
    >>> import separatrix
    >>> lines = separatrix.separatrix_curves(separatrix.load("coordination-123"))
    >>> [tuple(round(v, 3) for v in line.saddle) for line in lines]
    [(0.667, 0.333, 0.0), (0.75, 0.0, 0.25), (0.0, 0.6, 0.4)]
    """
    from separatrix.analysis.analyze import analyze
    from separatrix.dynamics.fields.replicator import replicator
    from separatrix.errors import ComesLater

    _enough(points)
    if game.space.shape not in ("square", "triangle"):
        raise ComesLater(
            "D621",
            "basin boundaries are known for two populations of two strategies and for one of three",
            hint="`separatrix basins` counts the starts of each outcome for games of any shape; with three "
            "dimensions separatrix.separatrix_surface shows what is between them",
        )
    return dividing_lines(analyze(game, values, scenario), replicator(game, values, scenario), points)


def dividing_lines(
    analysis: Analysis, flow: PayoffField, points: int = CURVE_POINTS
) -> tuple[SeparatrixCurve, ...]:
    """Return the basin boundaries under the replicator; none if the state space is not two-dimensional."""
    from separatrix.dynamics.fields.replicator import Replicator

    planar = planar_field(flow) if isinstance(flow, Replicator) else None
    if planar is not None:
        divide = divide_of(planar)
        return () if divide is None else (_exact(flow.shares, divide, points),)
    if analysis.game.space.shape not in ("square", "triangle"):
        return ()
    return saddle_arms(analysis, flow, points)


def _exact(shares: tuple[str, ...], divide: Divide, points: int) -> SeparatrixCurve:
    # Shares are exact to rounding; near a corner their complement is what was solved for.
    return SeparatrixCurve(shares, divide.curve(points), divide.saddle, 64 * EPSILON)


def _enough(points: int) -> None:
    from separatrix.errors import InputError

    if points < 5:
        raise InputError("D602", f"{points} points is too few; a separatrix has at least 5")


LOOKS = 12
"""Places along an arm at which outcomes are looked at on both sides. Fewer: an arm that is a boundary on a
part of its way alone is taken for one, or for none."""

ENDS_LEFT_OUT = 0.04
"""The part of an arm at each end at which that is not done: everything runs together there. Smaller: what is
a boundary is taken for none."""

FARTHEST = 12.0
"""Length at which an arm is cut that winds around what it comes from, such as a repelling cycle. Larger: more
turns of it are drawn."""

DENSE = 6000
"""Least number of states along an arm, from which evenly spaced ones are selected. Fewer: the distances
between states of a curve are less even."""


def saddle_arms(
    analysis: Analysis, flow: PayoffField, points: int = CURVE_POINTS
) -> tuple[SeparatrixCurve, ...]:
    """Return the basin boundaries, each as the arms of a saddle.

    Parameters
    ----------
    analysis : Analysis
        Of a game of two populations of two strategies, or of one population of three.
    flow : PayoffField
        Its replicator dynamics.
    points : int
        How many states a line has at least.

    Returns
    -------
    tuple of SeparatrixCurve
        The line of a saddle on a side begins there.  The error is a distance: trajectories that start at this
        distance from the line, on its two sides, have different outcomes.  Excluded are arms with one outcome
        on both sides, and those with an undecided outcome nearby.  Saddles are those with eigenvalues of both
        signs.

    Examples
    --------
    >>> import separatrix
    >>> from separatrix.dynamics.fields.replicator import replicator
    >>> game = separatrix.load("coordination-123")
    >>> lines = saddle_arms(separatrix.analyze(game), replicator(game))
    >>> len(lines), all(line.error <= 1e-6 for line in lines)
    (3, True)
    """
    from separatrix.dynamics.attractors.equilibria import omega_limits

    plane = _Plane(flow)
    sides = omega_limits(analysis)
    found = []
    for point in analysis.rest_points:
        if point.state is None or point.stability != "saddle":
            continue
        saddle = plane.reduced(point.state)
        arms = list(_arms(plane, saddle, analysis))
        errors = [_error(plane, sides, arm) for arm in arms]
        kept = [arm for arm, error in zip(arms, errors, strict=True) if error is not None]
        if kept:
            error = max(e for e in errors if e is not None)
            line, middle = plane.states(_join_arms(kept, points)), plane.states(saddle)
            found.append(SeparatrixCurve(flow.shares, line, tuple(middle.tolist()), error))
    return tuple(found)


class _Plane:
    """Two coordinates of a flow: both shares of a square, the first two of a triangle."""

    def __init__(self, flow: PayoffField) -> None:
        self.flow = flow
        self.triangle = flow.sizes == (3,)
        self.pace = flow.scale or 1.0

    def reduced(self, state: object) -> Array:
        """Return the two coordinates of a state."""
        return np.asarray(state, dtype=float)[..., :2]

    def states(self, at: Array) -> Array:
        """Return states of the flow, brought back where rounding has left the state space."""
        inside = np.clip(at, 0.0, 1.0)
        if not self.triangle:
            return inside
        third = np.clip(1 - inside.sum(axis=-1, keepdims=True), 0.0, 1.0)
        return np.concatenate([inside, third], axis=-1)

    def rates(self, at: Array) -> Array:
        """Return the rates of change, also a little outside."""
        state = np.concatenate([at, 1 - at.sum(axis=-1, keepdims=True)], axis=-1) if self.triangle else at
        return np.asarray(self.flow(state)[..., :2] / self.pace)

    def smallest(self, at: Array) -> float:
        """Return the smallest share of a strategy: positive inside."""
        rest = [1 - float(at.sum())] if self.triangle else (1 - at).tolist()
        return float(min(*at.tolist(), *rest))

    def jacobian(self, at: Array) -> Array:
        """Return the derivatives of the rates, (2, 2)."""
        return np.stack(
            [
                (self.rates(at + ARM_STEP * e) - self.rates(at - ARM_STEP * e)) / (2 * ARM_STEP)
                for e in np.eye(2)
            ],
            axis=1,
        )


def _arms(plane: _Plane, saddle: Array, analysis: Analysis) -> Iterator[Array]:
    """Yield the stable arms of a saddle that lie inside, each from the saddle to where it comes from."""
    values, vectors = np.linalg.eig(plane.jacobian(saddle))
    if np.iscomplexobj(values) and np.abs(values.imag).max() > 0:
        return
    order = np.argsort(values.real)
    if not values.real[order[0]] < -SADDLE < SADDLE < values.real[order[1]]:
        return
    stable = vectors[:, order[0]].real
    for sign in (1.0, -1.0):
        start = saddle + sign * ARM_OFF_SADDLE * stable / np.abs(stable).max()
        # An arm within a side divides nothing that lies inside.
        if plane.smallest(start) > ARM_PARALLEL * ARM_OFF_SADDLE:
            yield _followed_back(plane, saddle, start, analysis)


def _followed_back(plane: _Plane, saddle: Array, start: Array, analysis: Analysis) -> Array:
    def back(_: float, at: Array) -> Array:
        return -plane.rates(at)

    ran = dense_solution(back, start, LONGEST_ARM, tolerance=EXACT, least=LEAST_SHARE, still=ARM_STILL)
    if ran is None:
        return np.stack([saddle, start])
    stops, _, along = ran
    steps = max(2, DENSE // max(len(stops) - 1, 1))
    spans = [np.linspace(a, b, steps) for a, b in pairwise(stops)]
    line = np.concatenate([saddle[None], along(np.unique(np.concatenate(spans))).T])
    line = line[lengths(line) <= FARTHEST]
    for point in analysis.rest_points:
        if point.state is not None and np.abs(plane.reduced(point.state) - line[-1]).max() <= ARM_REACHED:
            line[-1] = plane.reduced(point.state)
    return line


def _error(plane: _Plane, sides: omega_limits_NumericalOutcomes, arm: Array) -> float | None:
    """Return the least distance at which trajectories on the two sides of an arm end apart, or None."""
    length = lengths(arm)
    rows = np.searchsorted(length, np.linspace(ENDS_LEFT_OUT, 1 - ENDS_LEFT_OUT, LOOKS) * length[-1])
    rows = np.clip(rows, 1, len(arm) - 2)
    along = arm[rows + 1] - arm[rows - 1]
    across = np.stack([-along[:, 1], along[:, 0]], axis=1) / np.hypot(*along.T)[:, None]
    for distance in ASIDE:
        one, other = arm[rows] + distance * across, arm[rows] - distance * across
        fit = np.array(
            [min(plane.smallest(a), plane.smallest(b)) > 0 for a, b in zip(one, other, strict=True)]
        )
        if fit.sum() < LOOKS // 2:
            return None
        first, second = sides.names(plane.states(one[fit])), sides.names(plane.states(other[fit]))
        told = {SEPARATRIX, UNDECIDED}.isdisjoint({*first.tolist(), *second.tolist()})
        # Where lines run together one of the two may lie beyond the next line already.
        if told and (first != second).all():
            return distance
    return None


def _join_arms(arms: list[Array], points: int) -> Array:
    """Return one or two arms as one line whose states are as evenly spaced as what was followed allows."""
    line = arms[0] if len(arms) == 1 else np.concatenate([arms[0][::-1], arms[1][1:]])
    length = lengths(line)
    chosen = np.searchsorted(length, np.linspace(0, length[-1], points))
    chosen = np.unique(np.clip(chosen, 0, len(line) - 1))
    middle = 0 if len(arms) == 1 else len(arms[0]) - 1
    return np.asarray(line[np.unique([0, middle, *chosen.tolist(), len(line) - 1])])
