"""Trajectories in time: one panel for each start, one line for each share.

What a sweep measured, as lines over one parameter or as maps over two; one panel for each number.

Trajectories as lines with arrowheads.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from separatrix.document.regime_names import parameter_axis, share_meanings
from separatrix.document.state_names import start_in_words
from separatrix.document.tree import Draw
from separatrix.dynamics.portraits import PhasePortrait
from separatrix.dynamics.streamlines import on_page
from separatrix.errors import InputError
from separatrix.figures.canvas import FAINT, FLOW, INK, SMALL, TEXT, clean, draw_heads, shortened
from separatrix.figures.layout import Legend, LegendEntry, new_page, picture
from separatrix.game.model import Game
from separatrix.languages import Language, language_of

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from numpy.typing import NDArray

    from separatrix.dynamics.integration.results import Trajectory
    from separatrix.dynamics.sweeps.sweep import SweepResult

    Array = NDArray[np.float64]

__all__ = [
    "HEAD",
    "LOOKS",
    "MOST_PANELS",
    "Panel",
    "SWEEP_MOST_PANELS",
    "TRAJECTORY_LINE",
    "draw_lines",
    "draw_nullclines",
    "draw_starts",
    "draw_swept",
    "draw_time_series",
    "nullcline_entries",
    "swept_picture",
    "time_series_picture",
    "time_series_svg",
]

MOST_PANELS = 12
"""More starts than these do not fit on a page."""

LEFT, WIDE, HIGH, BETWEEN, BELOW = 46.0, 250.0, 110.0, 30.0, 40.0
"""Points: the margin, the size of a panel, and the gaps."""

COLOURS = ("#0b5fa5", "#b5480f", "#1b7a4b", "#7b3fa0", "#8a6d00", "#a3224e", "#3f5a66")
DASHES: tuple[Any, ...] = ("-", (0, (5, 2)), (0, (1.5, 1.5)), (0, (6, 2, 1.5, 2)), (0, (9, 2)))


def look_of(index: int) -> dict[str, Any]:
    """Return the colour and the dashes of a share: five shares differ in both."""
    return {
        "color": COLOURS[index % len(COLOURS)],
        "linestyle": DASHES[index % len(DASHES)],
        "linewidth": 1.7,
    }


def draw_time_series(
    game: Game, trajectories: Sequence[Trajectory], words: Language, names: Sequence[str] | None = None
) -> Figure:
    """Return the panels, one below the other, under `names` or under what each trajectory starts from.

    Raises
    ------
    ValueError
        For more trajectories than `MOST_PANELS`.
    """
    if len(trajectories) > MOST_PANELS:
        raise ValueError(f"{len(trajectories)} trajectories; a figure has room for {MOST_PANELS}")
    legend = Legend(
        tuple(
            LegendEntry(look_of(k), tuple(shortened(text, 100.0, 4)))
            for k, text in enumerate(share_meanings(game, words))
        )
    )
    head = 8 + TEXT * 1.28 + 4
    page = new_page(LEFT + WIDE + 20, head + len(trajectories) * (HIGH + BETWEEN) - BETWEEN + BELOW, legend)
    for number, orbit in enumerate(trajectories, start=1):
        top = head + (number - 1) * (HIGH + BETWEEN)
        told = words.TRAJECTORY_NUMBERED.format(number=number, start=start_in_words(orbit))
        if names is not None:
            told = names[number - 1]
        page.write(LEFT, top - TEXT * 1.28 - 4, shortened(told, WIDE, 1))
        last = number == len(trajectories)
        _draw(page.axes(LEFT, top, WIDE, HIGH), orbit, last)
        if last:
            page.write(LEFT + WIDE / 2, top + HIGH + 20, [words.TRAJECTORY_TIME], align="center")
    return page.figure


def _draw(axes: Axes, orbit: Trajectory, last: bool) -> None:
    axes.set_xlim(min(orbit.times[0], orbit.times[-1]), max(orbit.times[0], orbit.times[-1]))
    axes.set_ylim(-0.03, 1.03)
    axes.set_yticks([0, 0.5, 1], ["0", "0.5", "1"])
    axes.tick_params(labelsize=SMALL, color=INK, labelbottom=last)
    axes.grid(color=FAINT, linewidth=0.5)
    axes.set_axisbelow(True)
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)
    for index, column in enumerate(orbit.states.T):
        axes.plot(orbit.times, column, clip_on=False, **look_of(index))


def time_series_svg(game: Game, trajectories: Sequence[Trajectory], language: Language | None = None) -> str:
    """Return the panels as an SVG element with a title and a description.

    Raises
    ------
    ValueError
        For more trajectories than `MOST_PANELS`.
    """
    return time_series_picture(game, trajectories, language or language_of("en"))("svg").decode()


def time_series_picture(
    game: Game, trajectories: Sequence[Trajectory], words: Language, names: Sequence[str] | None = None
) -> Draw:
    """Return the panels, to be drawn in any format; with `names`, one panel for each scenario.

    Raises
    ------
    ValueError
        When it is drawn, for more trajectories than `MOST_PANELS`.
    """
    said = [
        words.TRAJECTORY_FROM.format(start=start_in_words(orbit), message=words.tell(orbit.message))
        for orbit in trajectories
    ]
    if names is not None:
        said = [
            words.MULTIPLES_TRAJECTORY.format(name=n, told=told) for n, told in zip(names, said, strict=True)
        ]
    return picture(
        lambda: draw_time_series(game, trajectories, words, names),
        words.TRAJECTORY_TITLE.format(title=clean(game.title)),
        words.TRAJECTORY_DESCRIPTION.format(
            until=f"{trajectories[0].times[-1]:.6g}", trajectories=words.separators[" "].join(said)
        ),
    )


SWEEP_MOST_PANELS = 6
NAMES = 66.0
"""Points: the room for the names of lines."""

SIDE, SWEEP_LEFT, RIGHT, TOP, BOTTOM = 260.0, 60.0, 96.0, 36.0, 46.0


@dataclass(frozen=True)
class Panel:
    """One number over the grid: what it is, in words, and its values by what they belong to.

    ``values`` has the shape of the axes; a panel of a sweep over one parameter may hold several lines.
    Of a `share` all of 0 to 1 is shown.
    """

    name: str
    lines: tuple[tuple[str, Array], ...]
    share: bool = False


def draw_swept(panels: Sequence[Panel], axes: Sequence[tuple[str, Array, bool]], missing: str) -> Figure:
    """Return the panels, one below the other.

    Parameters
    ----------
    panels : sequence of Panel
        At most `MOST_PANELS` are drawn.
    axes : one or two of (what they show, values, logarithmic)
        The parameters that were swept; the first goes to the right.
    missing : str
        What is said of points of a map that have no value.
    """
    from matplotlib.figure import Figure as NewFigure
    from matplotlib.patches import Patch

    flat = [panel for panel in panels if panel.lines][:SWEEP_MOST_PANELS]
    if len(axes) == 2:
        flat = [
            Panel(f"{p.name}: {name}" if name else p.name, ((name, v),), p.share)
            for p in flat
            for name, v in p.lines
        ]
        flat = flat[:SWEEP_MOST_PANELS]
    step = (SIDE if len(axes) == 2 else 0.6 * SIDE) + TOP + BOTTOM
    width, height = SWEEP_LEFT + SIDE + RIGHT, step * max(1, len(flat))
    figure = NewFigure(figsize=(width / 72, height / 72))
    for k, panel in enumerate(flat):
        tall = step - TOP - BOTTOM
        place = figure.add_axes(
            (SWEEP_LEFT / width, 1 - (k * step + TOP + tall) / height, SIDE / width, tall / height)
        )
        place.set_title("\n".join(shortened(panel.name, SIDE, 2, SMALL)), fontsize=SMALL, loc="left")
        place.set_xlabel("\n".join(shortened(axes[0][0], SIDE, 2, SMALL)), fontsize=SMALL)
        place.tick_params(labelsize=SMALL, color=INK)
        if axes[0][2]:
            place.set_xscale("log")
        if len(axes) == 1:
            for n, (name, values) in enumerate(panel.lines):
                told = "\n".join(shortened(name, NAMES, 3, SMALL))
                place.plot(axes[0][1], values, label=told or None, **look_of(n))
            if any(name for name, _ in panel.lines):
                place.legend(loc="upper left", bbox_to_anchor=(1.01, 1.02), frameon=False, fontsize=SMALL)
            if panel.share:
                place.set_ylim(-0.02, 1.02)
            place.grid(color=FAINT, linewidth=0.5)
            for side in ("top", "right"):
                place.spines[side].set_visible(False)
            continue
        if axes[1][2]:
            place.set_yscale("log")
        place.set_ylabel("\n".join(shortened(axes[1][0], SIDE, 2, SMALL)), fontsize=SMALL)
        values = panel.lines[0][1]
        if not np.isfinite(values).all():
            place.set_facecolor(FAINT)
            label = Patch(facecolor=FAINT, edgecolor=INK, linewidth=0.6, label=missing)
            place.legend(
                handles=[label],
                loc="upper left",
                bbox_to_anchor=(1.0, 0.0),
                frameon=False,
                fontsize=SMALL,
                handlelength=1.2,
            )
        ends: dict[str, Any] = {"vmin": 0, "vmax": 1} if panel.share else {}
        mesh = place.pcolormesh(
            axes[0][1], axes[1][1], values.T, cmap="cividis", shading="nearest", rasterized=True, **ends
        )
        bar = figure.add_axes(
            (
                (SWEEP_LEFT + SIDE + 12) / width,
                1 - (k * step + TOP + tall) / height,
                12 / width,
                tall / height,
            )
        )
        figure.colorbar(mesh, cax=bar)
        bar.tick_params(labelsize=SMALL, color=INK)
    return figure


def _state(label: str, ids: Mapping[str, str]) -> str:
    """Return ``E1 (0, 0)`` for ``x=0,y=0``; what has no id as it is called."""
    if label not in ids:
        return label
    return f"{ids[label]} ({', '.join(part.partition('=')[2] or part for part in label.split(','))})"


def swept_picture(swept: SweepResult, game: Game, words: Language) -> Draw:
    """Return what a sweep over one parameter or two measured, number by number.

    Raises
    ------
    InputError
        U902 for more parameters, and where nothing that was measured is a number.
    """
    asked = swept.sweep
    if len(asked.axes) > 2:
        raise InputError(
            "U902", f"a figure shows one or two parameters, not {len(asked.axes)}", hint="write .nc or .csv"
        )
    data = swept.dataset()
    names, ids = [axis.name for axis in asked.axes], swept.states()
    meanings = {v.name: v.own.get("long_name", v.name) for v in swept.layout.variables}
    panels = []
    for name, variable in data.data_vars.items():
        if not np.issubdtype(variable.dtype, np.floating) or str(name).endswith("_error"):
            continue
        title = words.tell(meanings[str(name)])
        others = [d for d in variable.dims if d not in names]
        if not others:
            panels.append(Panel(title, (("", variable.transpose(*names).values),)))
        elif len(others) == 1:
            labels = [str(v) for v in data[others[0]].values] if others[0] in data.coords else None
            parts = variable.transpose(*names, others[0]).values
            lines = [
                (_state(labels[k], ids) if labels else str(k), parts[..., k])
                for k in range(parts.shape[-1])
                if np.isfinite(parts[..., k]).any() and np.nanmax(parts[..., k]) > 0
            ]
            panels.append(Panel(title, tuple(lines), name == "basin"))
    if not panels:
        raise InputError("U902", "nothing that was measured is a number", hint="write .nc or .csv")
    axes = [
        (
            parameter_axis(game, axis.name, words),
            np.array([float(axis.value(k)) for k in range(axis.count)]),
            axis.kind == "log",
        )
        for axis in asked.axes
    ]
    said = ", ".join(panel.name for panel in panels)
    return picture(lambda: draw_swept(panels, axes, words.SWEEP_MISSING), game.title, said)


TRAJECTORY_LINE: dict[str, Any] = {"color": FLOW, "linewidth": 0.8}

HEAD = 0.026
"""The length of an arrowhead."""


def draw_lines(
    axes: Axes,
    trajectories: Sequence[Array],
    look: dict[str, Any],
    head: float,
    at: float = 0.5,
    most: float = 9.0,
) -> None:
    """Draw trajectories as one path, each with an arrowhead at a part of its way, but not beyond a length."""
    import numpy as np
    from matplotlib.patches import PathPatch
    from matplotlib.path import Path

    if not trajectories:
        return
    vertices = np.concatenate(trajectories)
    codes = np.full(len(vertices), Path.LINETO, dtype=Path.code_type)
    codes[np.cumsum([0, *(len(c) for c in trajectories[:-1])])] = Path.MOVETO
    style = {"edgecolor" if k == "color" else k: v for k, v in look.items()}
    # `add_patch` would look for the limits of the axes, which are set.
    axes.add_artist(PathPatch(Path(vertices, codes), fill=False, zorder=2, capstyle="butt", **style))
    heads = []
    for orbit in trajectories:
        lengths = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(orbit, axis=0).T))])
        k = int(np.searchsorted(lengths, min(at * lengths[-1], most)))
        k = min(max(k, 1), len(orbit) - 2)
        heads.append((orbit[k], orbit[k + 1] - orbit[k - 1]))
    draw_heads(axes, heads, head, "#59636b")


def draw_starts(axes: Axes, places: Sequence[Any]) -> None:
    """Mark where chosen trajectories begin."""
    for x, y in places:
        axes.plot(
            [float(x)],
            [float(y)],
            "o",
            markersize=3.6,
            color=INK,
            clip_on=False,
            zorder=4.5,
            linestyle="none",
        )


LOOKS: tuple[dict[str, Any], ...] = (
    {"color": "#0063a0", "linewidth": 1.4, "linestyle": (0, (6, 2))},
    {"color": "#8a4a73", "linewidth": 1.4, "linestyle": (0, (2, 1.6))},
    {"color": "#4d6b00", "linewidth": 1.4, "linestyle": (0, (7, 1.6, 1.4, 1.6))},
)
"""Of the first share, the second and the third."""


def nullcline_entries(phase: PhasePortrait, words: Language) -> list[tuple[str, dict[str, Any]]]:
    """Return the entries of the legend for the shares with a nullcline inside."""
    moving = {n.share for n in phase.nullclines if n.kind == "advantage" and (n.lines or n.points)}
    return [
        (words.FIGURE_NULLCLINE.format(share=share), LOOKS[k])
        for k, share in enumerate(phase.shares)
        if share in moving
    ]


def draw_nullclines(axes: Axes, phase: PhasePortrait) -> None:
    """Draw the nullclines inside a square or a triangle; isolated points as small crosses."""
    corners = {tuple(round(x, 9) for x in p.state) for p in phase.rest_points if p.state is not None}
    for null in phase.nullclines:
        if null.kind != "advantage":
            continue
        look = LOOKS[phase.shares.index(null.share)]
        for line in null.lines:
            places = on_page(line) if phase.shape == "triangle" else line
            axes.plot(places[:, 0], places[:, 1], zorder=3, **look)
        for point in null.points:
            if tuple(round(x, 9) for x in point) not in corners:
                x, y = on_page(point) if phase.shape == "triangle" else point
                axes.plot([x], [y], "x", color=look["color"], markersize=5, zorder=3, clip_on=False)
