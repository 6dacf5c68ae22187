"""The phase portrait as data: field, nullclines, separatrix, rest points and trajectories.

Strogatz, S. H. (2015), Nonlinear Dynamics and Chaos, second edition, chapter 6: what a phase portrait holds.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from separatrix.analysis.results import Analysis, RestPoint, RestSet
from separatrix.dynamics.fields.registry import at_baseline_values, dynamic_of
from separatrix.dynamics.integration.trajectory import read_start
from separatrix.dynamics.nullclines import Nullcline
from separatrix.dynamics.portraits_tolerances import FINE
from separatrix.dynamics.streamlines import SampleTrajectory, grid_on
from separatrix.dynamics.tolerances import SAME
from separatrix.errors import ComesLater, InputError
from separatrix.expression.conditions import condition_text
from separatrix.game.model import Game, Shape
from separatrix.run.csv_output import csv_text
from separatrix.run.results import Gridded, Plotted, Tabled
from separatrix.sentences import say, together

if TYPE_CHECKING:
    from separatrix.dynamics.basin_boundaries.stable_manifold import SeparatrixCurve
    from separatrix.dynamics.fields.payoffs import PayoffField

__all__ = ["PhasePortrait", "portrait", "portrait_of", "portraits_csv"]

Array = NDArray[np.float64]

GRIDS: Mapping[Shape, int] = {"line": 51, "square": 21, "triangle": 21, "cube": 6}
"""States on a side of the grid, by default."""

MOST_STATES = 1_000_000
"""Of a grid: past them the file of a portrait is larger than programs read."""


@dataclass(frozen=True, repr=False)
class PhasePortrait(Plotted, Tabled, Gridded):
    """A phase portrait.

    Attributes
    ----------
    analysis : Analysis
        The game, its parameter values, and every rest state of the replicator.
    kind : str
        Which dynamics: one of `separatrix.dynamics.fields.DYNAMICS`.
    options : mapping
        Of these dynamics, such as ``eta`` for logit.
    shape : str
        ``line``, ``square``, ``triangle`` or ``cube``.
    grid : array (points, n)
        Where the field was sampled.
    velocities : array (points, n)
        The rates of change there, per unit of time; NaN where they are not defined.
    nullclines : tuple of Nullcline
        The nullcline of each share.
    separatrices : tuple of SeparatrixCurve
        The basin boundaries: in closed form for a square without own play, else the stable arms of
        saddles, followed back in time.  None in a cube, where they are a surface.
    rest_points : tuple of RestPoint
        Those of the analysis, with their labels; under other dynamics those that are at rest there, without
        a label, which the analysis proves for the replicator alone.
    rest_sets : tuple of RestSet
    trajectories : tuple of SampleTrajectory
        Sample trajectories that cover the state space evenly.
    how_sure : str
        What is exact, and what is numerical.
    starts : tuple of states
        The starts of the trajectories, where these were chosen.
    """

    analysis: Analysis = field(repr=False)
    kind: str
    options: Mapping[str, Any]
    shape: Shape
    grid: Array = field(repr=False)
    velocities: Array = field(repr=False)
    nullclines: tuple[Nullcline, ...] = field(repr=False)
    separatrices: tuple[SeparatrixCurve, ...] = field(repr=False)
    rest_points: tuple[RestPoint, ...] = field(repr=False)
    rest_sets: tuple[RestSet, ...] = field(repr=False)
    trajectories: tuple[SampleTrajectory, ...] = field(repr=False)
    how_sure: str
    flow: PayoffField = field(repr=False, compare=False)
    starts: tuple[tuple[float, ...], ...] = ()

    @property
    def game(self) -> Game:
        """The game."""
        return self.analysis.game

    @property
    def shares(self) -> tuple[str, ...]:
        """The names of the coordinates."""
        return self.flow.shares

    @property
    def labelled(self) -> bool:
        """Whether rest points carry the labels of the analysis."""
        return dynamic_of(self.kind).has_orbits_of_replicator(self.game)

    def to_dict(self) -> dict[str, Any]:
        """Return the portrait as plain data: the JSON of ``separatrix portrait``."""
        return _portrait_to_dict(self)

    def to_csv(self) -> str:
        """Return the portrait as a long table: one line for each state of each part."""
        return portraits_csv([self])


def portrait(
    game: Game,
    values: Mapping[str, object] | None = None,
    scenario: str | None = None,
    *,
    field: str = "replicator",
    grid: int | None = None,
    trajectories: bool = True,
    starts: Sequence[Mapping[str, object] | Sequence[object]] = (),
    **options: Any,
) -> PhasePortrait:
    """Return the phase portrait of a game with a state space of up to three dimensions.

    Parameters
    ----------
    game : Game
        One population of two or three strategies, or two or three populations of two.
    values, scenario
        Parameter values, as in `separatrix.analyze`.
    field : str
        The dynamics, as in `separatrix.dynamics.fields.field`.
    grid : int, optional
        How many states to sample the field at on each side, at least 2; by default 51 on a line, 21 in a
        square or triangle, 6 in a cube.
    trajectories : bool
        Whether to follow sample trajectories.
    starts : sequence of starts, each a mapping of share to number or one number for each share
        Where trajectories begin; by default they cover the state space evenly.
    **options
        Of the dynamics, such as ``eta`` for logit.

    Returns
    -------
    PhasePortrait
        Nullclines are exact, all branches of them, under the replicator and the payoff-adjusted replicator;
        under other dynamics they are contours of a grid.

    Raises
    ------
    ComesLater
        D641 for a state space of any other shape; A503 for payoffs that are not rational functions of
        the shares.
    InputError
        D642 for an impossible grid; D601 for an invalid start; V320, V321, V322 for invalid dynamics or
        options; V304 where a parameter has no value.
    NameProblem
        For an unknown parameter or scenario.

    References
    ----------
    Collins (1975), for the branches; Strogatz (2015), chapter 6.

    Examples
    --------
    >>> import separatrix
    >>> found = separatrix.portrait(separatrix.load("shi-chen-2018"))
    >>> [line.solved for line in found.nullclines if line.kind == "advantage"]
    ['y = 2/3', 'x = 2/3']
    >>> found.shape, found.grid.shape, [p.id for p in found.rest_points if p.stability == "saddle"]
    ('square', (441, 2), ['E5'])
    """
    from separatrix.analysis.analyze import analyze

    _shape(game)
    begun = tuple(read_start(game, start) for start in starts)
    return portrait_of(
        analyze(game, values, scenario),
        field=field,
        grid=grid,
        trajectories=trajectories,
        starts=begun,
        options=options,
    )


def portrait_of(
    analysis: Analysis,
    *,
    field: str = "replicator",
    grid: int | None = None,
    trajectories: bool = True,
    starts: tuple[tuple[float, ...], ...] = (),
    options: Mapping[str, Any] | None = None,
) -> PhasePortrait:
    """Return the phase portrait of what was analysed with numbers, as `portrait` does."""
    from separatrix.dynamics.basin_boundaries.stable_manifold import dividing_lines
    from separatrix.dynamics.fields.registry import field as field_of_kind
    from separatrix.dynamics.streamlines import sample_trajectories, trajectories_from

    game, kind, options = analysis.game, dynamic_of(field).name, dict(options or {})
    shape = _shape(game)
    count = _count(shape, grid)
    flow = field_of_kind(game, analysis.numbers, kind=kind, **options)
    states = grid_on(shape, count)
    lines, traced = _nullclines(analysis, kind, flow, shape)
    points, sets, rest = _rest(analysis, kind, flow)
    dividing = dividing_lines(analysis, flow) if kind == "replicator" else ()
    followed = (
        ""
        if all(line.exact for line in dividing)
        else say("separatrices are the stable arms of saddles, followed back in time")
    )
    samples: tuple[SampleTrajectory, ...] = ()
    if starts and shape != "line":
        samples = trajectories_from(flow, starts)
    elif trajectories:
        samples = sample_trajectories(analysis, flow, shape, [d.states for d in dividing])
    return PhasePortrait(
        analysis,
        kind,
        options,
        shape,
        states,
        _rates(flow, states),
        lines,
        dividing,
        points,
        sets,
        samples,
        at_baseline_values(game, together([t for t in (traced, rest, followed) if t], "; ")),
        flow,
        starts,
    )


def _shape(game: Game) -> Shape:
    shape = game.space.shape
    if shape is None:
        sizes = game.space.sizes
        described = (
            f"one population of {sizes[0]} strategies"
            if len(sizes) == 1
            else f"{len(sizes)} populations of {', '.join(map(str, sizes))} strategies"
        )
        raise ComesLater(
            "D641",
            f"a phase portrait shows a line, a square, a triangle or a cube of states; this game has "
            f"{described}, {game.space.dimension} dimensions",
            hint="`separatrix portrait MODEL --time` and `separatrix trajectory MODEL` show them in time",
        )
    return shape


def _count(shape: Shape, grid: int | None) -> int:
    if grid is None:
        return GRIDS[shape]
    dimensions = {"line": 1, "square": 2, "triangle": 2, "cube": 3}[shape]
    if isinstance(grid, bool) or not isinstance(grid, int) or grid < 2:
        raise InputError("D642", f"a grid of {grid} states on a side; expected a whole number of 2 or more")
    if grid**dimensions > MOST_STATES:
        raise InputError(
            "D642",
            f"a grid of {grid:,} on a side has {grid**dimensions:,} states; {MOST_STATES:,} are the most",
            hint=f"{int(MOST_STATES ** (1 / dimensions) + SAME):,} on a side are possible here",
        )
    return grid


def _rates(flow: PayoffField, states: Array) -> Array:
    with np.errstate(all="ignore"):
        rates = flow(states) + 0.0  # no rate is -0.0
    return np.where(np.isfinite(rates), rates, np.nan)


# --------------------------------------------------------------------------- parts


def _nullclines(
    analysis: Analysis, kind: str, flow: PayoffField, shape: Shape
) -> tuple[tuple[Nullcline, ...], str]:
    """Return the nullclines, and how they were found."""
    from separatrix.dynamics.nullclines import contour_nullclines, nullclines
    from separatrix.game.values import with_lets

    numerical = say("nullclines are contours of a grid of {count} states a side", count=FINE)
    if dynamic_of(kind).rests != "replicator":
        return contour_nullclines(flow, shape), numerical
    try:
        found = nullclines(analysis.game, with_lets(analysis.game, analysis.numbers))
    except ArithmeticError:
        return contour_nullclines(flow, shape), numerical
    return found, say("nullclines are exact, all branches from the polynomials")


def _rest(
    analysis: Analysis, kind: str, flow: PayoffField
) -> tuple[tuple[RestPoint, ...], tuple[RestSet, ...], str]:
    """Return what is at rest under these dynamics, and how sure that is."""
    from dataclasses import replace

    points = tuple(p for p in analysis.rest_points if p.state is not None)
    sets = analysis.rest_sets
    dynamic = dynamic_of(kind)
    if dynamic.has_orbits_of_replicator(analysis.game):
        return points, sets, say("rest points and their labels are those of the analysis")
    bare = tuple(replace(p, stability=None, eigenvalues=None, reason="") for p in points)
    if dynamic.rests == "replicator":
        return (
            bare,
            tuple(replace(s, stability=None, reason="") for s in sets),
            say("rest points are those of the analysis; their stability under these dynamics is left open"),
        )
    if dynamic.rests == "nash":
        from separatrix.dynamics.attractors.equilibria import nash_states

        resting = nash_states(analysis, flow)
        return (
            tuple(replace(p, stability=None, eigenvalues=None, reason="") for p in resting.points),
            tuple(replace(s, stability=None, reason="") for s in resting.sets),
            say("rest points are the Nash equilibria of the analysis; their stability is left open"),
        )
    from separatrix.dynamics.attractors.equilibria import rest_states

    found = rest_states(flow, starts=100, seed=0).states
    numeric = tuple(
        RestPoint(f"R{k}", (), (), tuple(float(x) for x in rest.state))
        for k, rest in enumerate(found, start=1)
    )
    return numeric, (), say("rest points were found numerically; there may be others")


# --------------------------------------------------------------------------- as plain data


def _portrait_to_dict(portrait: PhasePortrait) -> dict[str, Any]:
    """Return a portrait as plain data (schema 1; keys are added, never renamed)."""
    from separatrix.run.results import provenance

    analysis, shares = portrait.analysis, portrait.shares
    return {
        "schema": 1,
        "model": {
            "title": portrait.game.title,
            "scenario": analysis.scenario,
            "parameters": {name: float(value) for name, value in analysis.numbers.items()},
        },
        "dynamics": {"field": portrait.kind, "options": {k: _plain(v) for k, v in portrait.options.items()}},
        "shape": portrait.shape,
        "shares": list(shares),
        "field": {"states": _rows_of(portrait.grid), "velocities": _rows_of(portrait.velocities)},
        "nullclines": [_nullcline(line) for line in portrait.nullclines],
        "separatrices": [
            {
                "states": _rows_of(line.states),
                "saddle": None if line.saddle is None else list(line.saddle),
                "error": line.error,
            }
            for line in portrait.separatrices
        ],
        "rest_points": [
            {"id": p.id, "state": list(p.state or ()), "stability": p.stability} for p in portrait.rest_points
        ],
        "rest_sets": [
            {
                "id": s.id,
                "equations": [condition_text(e) for e in s.equations],
                "stability": s.stability,
                "states": [list(state) for state in (s.samples or s.corners)],
            }
            for s in portrait.rest_sets
        ],
        "courses": [_rows_of(orbit.states) for orbit in portrait.trajectories],
        "how_sure": str(portrait.how_sure),
        "provenance": provenance(portrait.game),
    }


def _nullcline(line: Nullcline) -> dict[str, Any]:
    return {
        "id": line.id,
        "share": line.share,
        "kind": line.kind,
        "equation": line.equation,
        "solved": line.solved,
        "method": line.method,
        "lines": [_rows_of(part) for part in line.lines],
        "points": [list(p) for p in line.points],
        "crossings": [list(p) for p in line.crossings],
        "ruled": line.ruled,
        "slices": list(line.slices),
    }


def _rows_of(states: Any) -> list[list[float | None]]:
    return [[None if math.isnan(x) else x for x in row] for row in states.tolist()]


def _plain(value: Any) -> Any:
    """Return an option as JSON can hold it: matrices as lists, exact numbers as text."""
    if hasattr(value, "tolist"):
        return value.tolist()
    if isinstance(value, list | tuple):
        return [_plain(v) for v in value]
    return value if isinstance(value, bool | int | float | str | None) else str(value)


# --------------------------------------------------------------------------- a long table


def portraits_csv(portraits: Sequence[PhasePortrait], names: Sequence[str] = ()) -> str:
    """Return one line for each state of each part of portraits of one game.

    The columns: the portrait (where `names` are given), the part (``field``, ``nullcline``, ``crossing``,
    ``separatrix``, ``rest point``, ``rest set``, ``course``), its id, the line, the number of the point along
    it, the shares, and the rates of change for the field.

    Examples
    --------
    >>> import separatrix
    >>> found = separatrix.portrait(separatrix.load("shi-chen-2018"), grid=2)
    >>> rows = portraits_csv([found]).splitlines()
    >>> rows[0], rows[2]
    ('part,id,line,point,x,y,dx/dt,dy/dt', 'field,,1,2,0.0,1.0,0.0,0.0')
    >>> [row for row in rows if row.startswith("nullcline,x-3")]
    ['nullcline,x-3,1,1,0.0,0.6666666666666666,,', 'nullcline,x-3,1,2,1.0,0.6666666666666666,,']
    """
    shares = portraits[0].shares
    head = ["part", "id", "line", "point", *shares, *(f"d{share}/dt" for share in shares)]
    plain = ["".join(c if c.isprintable() else " " for c in name) for name in names or ()]
    rows = ([*plain[k : k + 1], *row] for k, portrait in enumerate(portraits) for row in _long(portrait))
    return csv_text([*(["portrait"] if names else []), *head], rows)


def _long(portrait: PhasePortrait) -> Iterator[list[object]]:
    nothing = [""] * len(portrait.shares)
    rates = portrait.velocities.tolist()
    for k, (state, rate) in enumerate(zip(portrait.grid.tolist(), rates, strict=True), start=1):
        yield ["field", "", 1, k, *state, *("" if math.isnan(r) else r for r in rate)]
    parts: list[tuple[str, str, Sequence[Any]]] = []
    for null in portrait.nullclines:
        alone = [[list(p)] for p in null.points]
        parts.append(("nullcline", null.id, [*(line.tolist() for line in null.lines), *alone]))
        parts.append(("crossing", null.id, [[list(p)] for p in null.crossings]))
    parts.append(("separatrix", "", [line.states.tolist() for line in portrait.separatrices]))
    parts += [("rest point", p.id, [[list(p.state or ())]]) for p in portrait.rest_points]
    parts += [("rest set", s.id, [[list(x) for x in s.samples or s.corners]]) for s in portrait.rest_sets]
    parts.append(("course", "", [orbit.states.tolist() for orbit in portrait.trajectories]))
    for part, name, lines in parts:
        for number, line in enumerate(lines, start=1):
            for point, state in enumerate(line, start=1):
                yield [part, name, number, point, *state, *nothing]
