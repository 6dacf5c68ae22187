"""Results drawn on matplotlib axes that the user gives, or on new ones."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from separatrix.analysis.results import Analysis
from separatrix.document.regime_names import MapWords
from separatrix.dynamics.portraits import PhasePortrait, portrait_of
from separatrix.errors import InputError
from separatrix.figures.bifurcation import paint_share
from separatrix.figures.canvas import draw_mark, style
from separatrix.figures.critical_shock import paint_shock_by_share, shock_overlay
from separatrix.figures.cube import USUAL, paint_cube
from separatrix.figures.regime_map import paint_regime_map
from separatrix.figures.sensitivity import ends_of, paint_fan
from separatrix.figures.square import paint_square, paint_triangle, place
from separatrix.figures.time_series import look_of
from separatrix.languages import language_of
from separatrix.notebook.policy import leaders_axes, pareto_axes, robust_axes, surface_axes, tipping_axes
from separatrix.notebook.populations import network_axes
from separatrix.plugins import view

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from separatrix.dynamics.basin_boundaries.critical_shock import CriticalShock
    from separatrix.dynamics.basin_boundaries.stable_manifold import SeparatrixCurve
    from separatrix.dynamics.basin_boundaries.surface import SeparatrixSurface
    from separatrix.dynamics.basins.basins import Basins
    from separatrix.dynamics.bifurcation.result import BifurcationDiagram
    from separatrix.dynamics.integration.results import Trajectory
    from separatrix.dynamics.regime_maps import RegimeMap
    from separatrix.dynamics.sensitivity.fan_chart import FanChart
    from separatrix.dynamics.sensitivity.sobol_indices import Sensitivity
    from separatrix.dynamics.sweeps.trajectory_set import TrajectorySet
    from separatrix.policy.leader_results import LeadersPlan
    from separatrix.policy.tipping.results import TippingValues
    from separatrix.policy.tipping.surface import TippingSurface
    from separatrix.population.networks.network import NetworkEnsemble

__all__ = ["HIGH", "WIDE", "plot", "single_axes"]

WIDE, HIGH = 5.2, 2.6
"""Inches: a panel of a new figure."""


def single_axes(ax: Any, size: tuple[float, float] = (WIDE, WIDE)) -> Axes:
    """Return the axes that are given, or new ones; raises U911 where several are given."""
    if ax is None:
        from matplotlib import pyplot

        _, ax = pyplot.subplots(figsize=size, layout="constrained")
    given = np.atleast_1d(np.asarray(ax, dtype=object)).ravel()
    if len(given) != 1 or not hasattr(given[0], "plot"):
        raise InputError("U911", f"{len(given)} axes were given; this figure has one", hint="give ax=axes[0]")
    axes: Axes = given[0]
    return axes


POINTS = 72.0


def plot(result: Any, ax: Any = None, **options: Any) -> Any:
    """Draw a result; return the axes, or an array of them where it has several panels.

    Raises
    ------
    InputError
        U911 for axes or options that do not fit, and for a result that has no figure.
    """
    name = type(result).__name__
    with style():
        if name in _PLOTS:
            return _PLOTS[name](result, ax, **options)
        if (drawn := view(type(result), "PLOTS")) is not None:
            return drawn(result, ax, **options)
        from separatrix.notebook.populations import PLOTS

        axes = single_axes(ax)
        PLOTS[name](result, axes, **options)
        return axes


# --------------------------------------------------------------------------- axes


def _panels(ax: Any, shares: Sequence[str], share: str | None) -> list[tuple[Axes, int]]:
    """The axes of each share, or of the given one."""
    if share is not None:
        if share not in shares:
            raise InputError("U911", f"unknown share `{share}`; the shares are {', '.join(shares)}")
        return [(single_axes(ax, (WIDE, HIGH)), list(shares).index(share))]
    if ax is None:
        from matplotlib import pyplot

        size = (WIDE, HIGH * len(shares))
        _, ax = pyplot.subplots(len(shares), 1, sharex=True, figsize=size, layout="constrained")
    given = np.atleast_1d(np.asarray(ax, dtype=object)).ravel()
    if len(given) != len(shares):
        raise InputError(
            "U911",
            f"{len(given)} axes were given for {len(shares)} shares",
            hint=f"give an array of {len(shares)} axes, or one and share={shares[0]!r}",
        )
    return [(axes, k) for k, axes in enumerate(given)]


def _panel_axes(panels: Sequence[tuple[Axes, int]]) -> Any:
    if len(panels) == 1:
        return panels[0][0]
    return np.array([axes for axes, _ in panels], dtype=object)


def _height(axes: Axes) -> float:
    """In points."""
    figure = axes.get_figure()
    high = 100.0 if figure is None else figure.bbox.height / figure.dpi * POINTS
    return high * float(axes.get_position().height)


# --------------------------------------------------------------------------- portraits


def _analysis(found: Analysis, ax: Any, **options: Any) -> Any:
    if found.game.space.shape is None or found.values is None:
        why = "it has no values" if found.values is None else "its states do not fit on a page"
        raise InputError("U911", f"the analysis has no portrait: {why}")
    return _portrait(portrait_of(found, **options), ax)


def _portrait(found: PhasePortrait, ax: Any, surface: SeparatrixSurface | None = None) -> Any:
    axes = single_axes(ax)
    if found.shape == "line":
        _line(found, axes)
    elif found.shape == "square":
        paint_square(axes, found)
        axes.set_xlabel(found.shares[0])
        axes.set_ylabel(found.shares[1])
        axes.set_aspect("equal")
    elif found.shape == "triangle":
        paint_triangle(axes, found)
        axes.set_aspect("equal")
        for k, name in enumerate(found.shares):
            x, y = place([float(j == k) for j in range(3)])
            below = y < 0.4
            axes.annotate(
                name,
                (float(x), float(y)),
                textcoords="offset points",
                xytext=(0, -16 if below else 10),
                ha="center",
                va="top" if below else "bottom",
            )
    else:
        paint_cube(axes, found, _cube_edge(axes), surface)
        axes.set_aspect("equal")
    return axes


def _cube_edge(axes: Axes) -> float:
    from separatrix.figures.cube import frame

    low, high = frame()
    return _height(axes) / float(high[1] - low[1])


def _line(found: PhasePortrait, axes: Axes) -> None:
    """The rate of change over the share, with the rest points on its zeros."""
    x = np.linspace(0.0, 1.0, 401)
    with np.errstate(all="ignore"):
        rate = found.flow(x[:, None])[:, 0]
    axes.axhline(0.0, color="#1d2024", linewidth=0.8)
    axes.plot(x, rate, color="#1d2024", linewidth=1.6)
    for point in found.rest_points:
        if point.state is not None:
            draw_mark(axes, point.state[0], 0.0, point.stability)
            axes.annotate(point.id, (point.state[0], 0.0), textcoords="offset points", xytext=(6, 6))
    axes.set_xlim(0.0, 1.0)
    axes.set_xlabel(found.shares[0])
    axes.set_ylabel(f"d{found.shares[0]}/dt")


def _shock(found: CriticalShock, ax: Any, **options: Any) -> Any:
    shape = found.game.space.shape
    if shape is None:
        axes = single_axes(ax)
        paint_shock_by_share(axes, found, language_of("en"))
        axes.set_yticks(range(len(found.start)), found.game.shares)
        return axes
    # The star stands where the shock begins, wherever the game stands today.
    analysis = replace(found.analysis, game=replace(found.game, today=None))
    axes = _analysis(analysis, ax, **options)
    places: Mapping[str, Callable[[Any], Any]] = {
        "line": lambda state: (state[0], 0.0),
        "square": lambda state: state,
        "triangle": place,
        "cube": USUAL.project,
    }
    shock_overlay(found, language_of("en")).paint(axes, places[shape])
    return axes


def _surface(found: SeparatrixSurface, ax: Any, **options: Any) -> Any:
    if found.game.space.shape != "cube":
        raise InputError("U911", "only surfaces of three populations are drawn")
    return _portrait(portrait_of(found.analysis, **options), ax, found)


def _curve(found: SeparatrixCurve, ax: Any, **look: Any) -> Any:
    axes = single_axes(ax)
    flat = found.states if len(found.shares) == 2 else np.array([place(s) for s in found.states])
    axes.plot(flat[:, 0], flat[:, 1], **{"color": "#1d2024", "linewidth": 1.8, **look})
    if len(found.shares) == 2:
        axes.set_xlabel(found.shares[0])
        axes.set_ylabel(found.shares[1])
    axes.set_aspect("equal")
    return axes


# --------------------------------------------------------------------------- in time


def _trajectory(orbit: Trajectory, ax: Any, **look: Any) -> Any:
    axes = single_axes(ax, (WIDE, HIGH * 1.3))
    for k, name in enumerate(orbit.shares):
        axes.plot(orbit.times, orbit.states[:, k], label=name, **{**look_of(k), **look})
    axes.set_ylim(-0.03, 1.03)
    axes.set_xlabel("time")
    axes.set_ylabel("share")
    axes.legend()
    return axes


def _trajectories(found: TrajectorySet, ax: Any, share: str | None = None) -> Any:
    shares = found.curves[0].trajectory.shares
    panels = _panels(ax, shares, share)
    plain = {axis.name: axis.plain for axis in found.axes}
    for axes, k in panels:
        for index, curve in enumerate(found.curves):
            told = ", ".join(f"{name} = {plain[name](value)}" for name, value in curve.at.items())
            axes.plot(found.times, curve.trajectory.states[:, k], label=told, **look_of(index))
        axes.set_ylim(-0.03, 1.03)
        axes.set_ylabel(shares[k])
    panels[-1][0].set_xlabel("time")
    panels[0][0].legend(fontsize="small")
    return _panel_axes(panels)


def _network(found: NetworkEnsemble, ax: Any) -> Any:
    return network_axes(single_axes(ax), found)


def _surface_plane(found: TippingSurface, ax: Any, plane: int = 0) -> Any:
    return surface_axes(single_axes(ax), found, plane)


def _tipping(found: TippingValues, ax: Any, instrument: str | None = None) -> Any:
    return tipping_axes(single_axes(ax, (WIDE, HIGH)), found, instrument)


def _leaders(found: LeadersPlan, ax: Any) -> Any:
    return leaders_axes(single_axes(ax), found)


def _fan(found: FanChart, ax: Any, share: str | None = None) -> Any:
    shares = found.game.shares
    panels = _panels(ax, shares, share)
    ends = ends_of(found)
    for axes, k in panels:
        paint_fan(axes, found, ends, k, True)
        axes.set_ylabel(shares[k])
    panels[-1][0].set_xlabel("time")
    return _panel_axes(panels)


# --------------------------------------------------------------------------- over parameters


def _bifurcation(found: BifurcationDiagram, ax: Any, share: str | None = None) -> Any:
    shares = found.game.shares
    panels = _panels(ax, shares, share)
    for axes, k in panels:
        paint_share(axes, found, k, last=True, height=_height(axes))
        axes.set_ylabel(shares[k])
    panels[-1][0].set_xlabel(found.over)
    return _panel_axes(panels)


def _map(found: RegimeMap, ax: Any) -> Any:
    axes = single_axes(ax)
    paint_regime_map(axes, MapWords(found, language_of("en")), _height(axes))
    axes.set_xlabel(found.over[0])
    axes.set_ylabel(found.over[1])
    return axes


# --------------------------------------------------------------------------- bars


def _bars(
    axes: Axes,
    names: Sequence[str],
    values: Sequence[float],
    ends: Sequence[tuple[float, float]],
    **look: Any,
) -> None:
    rows = np.arange(len(names))
    low = [max(0.0, v - a) for v, (a, _) in zip(values, ends, strict=True)]
    high = [max(0.0, b - v) for v, (_, b) in zip(values, ends, strict=True)]
    axes.barh(rows, values, xerr=np.array([low, high]), **look)
    axes.set_yticks(rows, list(names))
    axes.invert_yaxis()


def _basins(found: Basins, ax: Any, **look: Any) -> Any:
    axes = single_axes(ax, (WIDE, 1.0 + 0.4 * len(found.fractions)))
    shares = list(found.fractions.values())
    ends = [(v, v) if found.intervals is None else found.intervals[n] for n, v in found.fractions.items()]
    _bars(axes, list(found.fractions), shares, ends, **{"color": "#0b5fa5", "height": 0.6, **look})
    axes.set_xlim(0.0, 1.0)
    axes.set_xlabel("share of all starts")
    return axes


def _sensitivity(found: Sensitivity, ax: Any) -> Any:
    if found.first is None or found.total is None:
        raise InputError("U911", "the indices are undefined: the answer is the same in all draws")
    axes = single_axes(ax, (WIDE, 1.0 + 0.5 * len(found.names)))
    looks: Sequence[tuple[Any, Any, dict[str, Any]]] = (
        (found.total, found.total_intervals, {"color": "#f6d9c6", "height": 0.7, "label": "total"}),
        (found.first, found.first_intervals, {"color": "#0b5fa5", "height": 0.35, "label": "first-order"}),
    )
    for index, intervals, look in looks:
        values = [index[n] for n in found.names]
        ends = [(math.nan, math.nan) if intervals is None else intervals[n] for n in found.names]
        rows = np.arange(len(values))
        axes.barh(rows, values, **look)
        for row, (low, high) in zip(rows, ends, strict=True):
            axes.plot([low, high], [row, row], color="#1d2024", linewidth=1.1)
    axes.set_yticks(np.arange(len(found.names)), list(found.names))
    axes.invert_yaxis()
    axes.set_xlabel("part of the variance")
    axes.legend()
    return axes


_PLOTS: Mapping[str, Callable[..., Any]] = {
    "Analysis": _analysis,
    "Basins": _basins,
    "BifurcationDiagram": _bifurcation,
    "CriticalShock": _shock,
    "FanChart": _fan,
    "LeadersPlan": _leaders,
    "TippingSurface": _surface_plane,
    "TippingValues": _tipping,
    "NetworkEnsemble": _network,
    "ParetoFront": lambda found, ax: pareto_axes(single_axes(ax), found),
    "PhasePortrait": _portrait,
    "RegimeMap": _map,
    "RobustProgramme": lambda found, ax: robust_axes(single_axes(ax), found),
    "Sensitivity": _sensitivity,
    "SeparatrixCurve": _curve,
    "SeparatrixSurface": _surface,
    "Trajectory": _trajectory,
    "TrajectorySet": _trajectories,
}
"""By the name of the class."""
