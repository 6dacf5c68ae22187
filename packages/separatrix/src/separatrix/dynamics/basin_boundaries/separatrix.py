"""The separatrix of a game in the plane: in closed form, or as the stable arms of its saddles."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from separatrix.dynamics.basin_boundaries.curve import SeparatrixCurve
from separatrix.dynamics.basin_boundaries.tolerances import CURVE_POINTS
from separatrix.dynamics.normal_form import planar_field
from separatrix.dynamics.separatrix_curve import Divide, divide_of
from separatrix.dynamics.tolerances import EPSILON
from separatrix.game.model import Game

if TYPE_CHECKING:
    from separatrix.analysis.results import Analysis
    from separatrix.dynamics.fields.base import PayoffField

__all__ = ["dividing_lines", "separatrix_curve", "separatrix_curves"]


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
    from separatrix.dynamics.basin_boundaries.stable_manifold import saddle_arms
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
