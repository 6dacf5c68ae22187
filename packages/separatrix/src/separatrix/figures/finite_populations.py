"""Where a finite population is found in the long run: over a share, in a triangle, or in a square.

The gradient of selection: where a population of two strategies drifts, by how many play the first.

The invasion diagram: who takes over from whom, and how long all play the same, when mutants are rare.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from separatrix.document.numerals import percent, readable
from separatrix.document.state_names import balance_words, stationary_lead
from separatrix.document.tree import Draw
from separatrix.dynamics.streamlines import HEIGHT, on_page
from separatrix.errors import InputError
from separatrix.figures.canvas import FAINT, INK, SMALL, TEXT, clean, draw_mark, rows_height, shortened
from separatrix.figures.layout import STRIP, SYMBOLS, FigurePage, Legend, LegendEntry, new_page, picture
from separatrix.languages import Language, language_of

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.collections import PathCollection, QuadMesh
    from matplotlib.figure import Figure

    from separatrix.population.finite.fixation import Fixation
    from separatrix.population.finite.small_mutation_limit import SmallMutationLimit
    from separatrix.population.finite.stationary_distribution import (
        GradientOfSelection,
        StationaryDistribution,
    )

__all__ = [
    "draw_gradient",
    "draw_invasions",
    "draw_stationary",
    "gradient_entries",
    "gradient_picture",
    "invasions_picture",
    "number_axis",
    "paint_gradient",
    "paint_invasions",
    "paint_stationary",
    "shape_of",
    "stationary_picture",
]

LEFT, WIDE, HIGH = 66.0, 280.0, 180.0
"""Points: the margin, and the size of the panel."""

DRIFT: dict[str, Any] = {"color": "#0b3f73", "linewidth": 1.6}
NOISE: dict[str, Any] = {"color": "#cfe0f1", "linewidth": 9, "solid_capstyle": "butt"}
"""How the drift, and a standard deviation around it, are drawn."""


def paint_gradient(axes: Axes, found: GradientOfSelection) -> None:
    """Draw the drift, the noise of one unit of time around it, and where the drift changes its sign."""
    size = found.met.sizes[0]
    at = found.counts[0][:, 0] / size
    drift = found.drift[0][:, 0]
    spread = np.sqrt(found.noise[0][:, 0])
    low, high = float(min(drift.min(), 0.0)), float(max(drift.max(), 0.0))
    room = 0.35 * (high - low) or float(spread.max()) or 1.0
    axes.set_xlim(-0.02, 1.02)
    axes.set_ylim(low - room, high + room)
    axes.fill_between(at, drift - spread, drift + spread, color=NOISE["color"], linewidth=0, zorder=1)
    axes.axhline(0.0, color=INK, linewidth=0.8, zorder=2)
    axes.plot(at, drift, zorder=3, **DRIFT)
    for balance in found.balances or ():
        middle = (balance.after + balance.before) / 2 / size
        draw_mark(axes, middle, 0.0, "asymptotically stable" if balance.stable else "source")
    number_axis(axes)


def number_axis(axes: Axes) -> None:
    """Set the look of axes whose lower one is a share."""
    axes.set_xticks([0, 0.25, 0.5, 0.75, 1], ["0", "0.25", "0.5", "0.75", "1"])
    axes.tick_params(labelsize=SMALL, color=INK)
    axes.grid(color=FAINT, linewidth=0.5)
    axes.set_axisbelow(True)
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)


def gradient_entries(found: GradientOfSelection, words: Language) -> list[LegendEntry]:
    """Return what the lines and the marks of the panel mean."""
    width = STRIP - SYMBOLS
    entries = [
        LegendEntry(DRIFT, tuple(shortened(words.GRADIENT_DRIFT, width, 3))),
        LegendEntry(NOISE, tuple(shortened(words.GRADIENT_NOISE, width, 3))),
    ]
    balances = found.balances or ()
    if any(b.stable for b in balances):
        entries.append(LegendEntry("asymptotically stable", tuple(shortened(words.GRADIENT_TO, width, 2))))
    if any(not b.stable for b in balances):
        entries.append(LegendEntry("source", tuple(shortened(words.GRADIENT_AWAY, width, 2))))
    return entries


def draw_gradient(found: GradientOfSelection, words: Language) -> Figure:
    """Return the panel with its legend.

    Raises
    ------
    InputError
        U902 for more than one population of two strategies.
    """
    if found.balances is None:
        raise InputError(
            "U902",
            "the gradient of selection is drawn for one population of two strategies",
            hint="use its arrays `drift` and `noise`",
        )
    head = 8 + TEXT * 1.28 + 6
    page = new_page(LEFT + WIDE + 20, head + HIGH + 44, Legend(tuple(gradient_entries(found, words))))
    page.write(LEFT, 8, shortened(words.GRADIENT_PANEL, WIDE, 1))
    paint_gradient(page.axes(LEFT, head, WIDE, HIGH), found)
    name = found.game.populations[0].strategies[0].name
    page.write(
        LEFT + WIDE / 2,
        head + HIGH + 20,
        shortened(words.GRADIENT_SHARE.format(strategy=clean(name)), WIDE, 1),
        align="center",
    )
    return page.figure


def gradient_picture(found: GradientOfSelection, language: Language | None = None) -> Draw:
    """Return the figure, to be drawn in any format."""
    words = language or language_of("en")
    title = words.GRADIENT_TITLE.format(title=clean(found.game.title))
    told = [balance_words(balance, words) for balance in found.balances or ()]
    name = found.game.populations[0].strategies[0].name
    description = (
        words.STATIONARY_BALANCES.format(strategy=name, balances=words.separators["; "].join(told))
        if told
        else words.STATIONARY_ONE_WAY
    )
    return picture(lambda: draw_gradient(found, words), title, description)


SIDE, MARGIN, TOP = 300.0, 40.0, 14.0
"""Points: the side of the panel, what is free around it, and above it."""

MOST_STATES = 16
"""More states than these do not fit on a circle with their names."""

FAVOURED: dict[str, Any] = {"color": "#0b3f73", "linewidth": 1.6, "linestyle": "-"}
NEUTRAL: dict[str, Any] = {"color": INK, "linewidth": 1.0, "linestyle": (0, (3, 2))}
"""How invasions that selection favours, and neutral ones, are drawn; those that it opposes are not."""

NODE = 0.17
"""The radius of a state, where the circle has the radius 1."""


def paint_invasions(axes: Axes, found: SmallMutationLimit, words: Language) -> None:
    """Draw the states on a circle, the share of the time inside each, and an arrow for each invasion."""
    from matplotlib.patches import Circle, FancyArrowPatch

    axes.axis("off")
    axes.set_xlim(-1.35, 1.35)
    axes.set_ylim(-1.35, 1.35)
    axes.set_aspect("equal")
    count = len(found.states)
    # Two states stand side by side and four in a square; others begin at the top, and go with the clock.
    turn = {2: math.pi, 4: 0.75 * math.pi}.get(count, math.pi / 2)
    # Of two populations, states that one mutant leads between are neighbours.
    order = (0, 1, 3, 2) if found.met.strategies == (2, 2) else tuple(range(count))
    angles = [turn - 2 * math.pi * order.index(i) / count for i in range(count)]
    at = [(math.cos(angle), math.sin(angle)) for angle in angles]
    number = {state: i for i, state in enumerate(found.states)}
    weights, stable = found.weights, found.stochastically_stable
    for move in found.invasions:
        if move.verdict == "opposed":
            continue
        look = FAVOURED if move.verdict == "favoured" else NEUTRAL
        start, end = at[number[move.origin]], at[number[move.target]]
        both = _goes_both_ways(found, move)
        arrow = FancyArrowPatch(
            start,
            end,
            arrowstyle="-|>",
            mutation_scale=11,
            shrinkA=0,
            shrinkB=0,
            connectionstyle=f"arc3,rad={0.16 if both else 0.0}",
            zorder=2,
            **look,
        )
        arrow.set_clip_on(False)
        inner = Circle(start, 1.15 * NODE, visible=False)
        outer = Circle(end, 1.15 * NODE, visible=False)
        axes.add_patch(inner)
        axes.add_patch(outer)
        arrow.set_patchA(inner)
        arrow.set_patchB(outer)
        axes.add_patch(arrow)
        if count <= 6 and move.verdict == "favoured":
            _label(axes, start, end, both, readable(math.exp(min(move.log_relative, 50.0)), 1))
    for i, (x, y) in enumerate(at):
        share = float(weights[i])
        axes.add_patch(
            Circle(
                (x, y),
                NODE,
                facecolor=_shade(share),
                edgecolor=INK,
                linewidth=2.4 if i in stable else 0.9,
                zorder=4,
                clip_on=False,
            )
        )
        axes.text(
            x,
            y,
            percent(share, 1 if 0.001 <= share <= 0.999 else 0),
            ha="center",
            va="center",
            fontsize=SMALL,
            color="white" if share > 0.55 else INK,
            zorder=5,
        )
        name = words.separators[", "].join(_names(found, i))
        lines = shortened(clean(name), 110, 2, SMALL)
        axes.text(
            x,
            y + math.copysign(NODE + 0.04, y if count > 2 else -1),
            "\n".join(lines),
            ha="center",
            va="bottom" if y > 0 and count > 2 else "top",
            fontsize=SMALL,
            zorder=5,
        )


def _names(found: SmallMutationLimit, state: int) -> tuple[str, ...]:
    return tuple(
        p.strategies[a].name for p, a in zip(found.game.populations, found.states[state], strict=True)
    )


def _goes_both_ways(found: SmallMutationLimit, move: Fixation) -> bool:
    return any(
        other.origin == move.target and other.target == move.origin and other.verdict != "opposed"
        for other in found.invasions
    )


def _label(axes: Axes, start: tuple[float, float], end: tuple[float, float], both: bool, text: str) -> None:
    dx, dy = end[0] - start[0], end[1] - start[1]
    away = 0.16 if both else 0.0
    x = start[0] + 0.4 * dx + (away * 0.55) * dy
    y = start[1] + 0.4 * dy - (away * 0.55) * dx
    axes.text(
        x,
        y,
        text,
        ha="center",
        va="center",
        fontsize=SMALL,
        zorder=3,
        bbox={"facecolor": "white", "edgecolor": "none", "pad": 1.0},
    )


def _shade(share: float) -> str:
    """Return white for none of the time, dark for all of it."""
    low, high = (255, 255, 255), (11, 63, 115)
    mixed = [round(a + (b - a) * share) for a, b in zip(low, high, strict=True)]
    return "#" + "".join(f"{value:02x}" for value in mixed)


def draw_invasions(found: SmallMutationLimit, words: Language) -> Figure:
    """Return the diagram with its legend.

    Raises
    ------
    InputError
        U902 for more states than fit.
    """
    if len(found.states) > MOST_STATES:
        raise InputError(
            "U902",
            f"{len(found.states)} states; a diagram has room for {MOST_STATES}",
            hint="use --format text, csv or json",
        )
    width = STRIP - SYMBOLS
    entries = [
        LegendEntry(FAVOURED, tuple(shortened(words.INVASIONS_ARROW, width, 4))),
        LegendEntry(NEUTRAL, tuple(shortened(words.INVASIONS_DASHED, width, 2))),
    ]
    if found.stochastically_stable:
        edge = {"color": INK, "linewidth": 2.4}
        entries.append(LegendEntry(edge, tuple(shortened(words.INVASIONS_EDGE, width, 3))))
    head = TOP + TEXT * 1.28
    page = new_page(MARGIN + SIDE + MARGIN, head + SIDE + 2 * SMALL * 1.28 + 10, Legend(tuple(entries)))
    page.write(10, 8, shortened(words.INVASIONS_PANEL, SIDE, 1))
    paint_invasions(page.axes(MARGIN, head, SIDE, SIDE), found, words)
    page.write(10, head + SIDE, shortened(words.INVASIONS_NOTE, MARGIN + SIDE, 2, SMALL), size=SMALL)
    return page.figure


def invasions_picture(found: SmallMutationLimit, language: Language | None = None) -> Draw:
    """Return the diagram, to be drawn in any format."""
    words = language or language_of("en")
    most = int(found.weights.argmax())
    title = words.INVASIONS_TITLE.format(title=clean(found.game.title))
    description = words.INVASIONS_LEAD.format(
        share=percent(float(found.weights[most])),
        state=words.separators[", "].join(_names(found, most)),
    )
    return picture(lambda: draw_invasions(found, words), title, description)


STATIONARY_STATES_LEFT, STATIONARY_STATES_WIDE, STATIONARY_STATES_HIGH, BETWEEN = 66.0, 280.0, 130.0, 34.0
"""Points: the margin, the size of a panel over a share, and the gap between two."""

STATIONARY_STATES_SIDE, STATIONARY_STATES_TOP, STATIONARY_STATES_MARGIN, NAMES, BAR = (
    250.0,
    8.0,
    34.0,
    12.0,
    12.0,
)
"""Points: the side of a triangle or square, above it, at its side, to the names, the width of the bar."""

ARROWS = 14
"""Arrows of the drift along a side."""

DECADES = 6.0
"""Powers of ten with different colours; rarer states have the colour of the least."""

ARROW: dict[str, Any] = {"color": "#b5480f", "linewidth": 1.2}


def shape_of(found: StationaryDistribution) -> str | None:
    """Return how the states are drawn: over a share, in a triangle or in a square; None if not at all."""
    return {(2,): "line", (3,): "triangle", (2, 2): "square"}.get(found.met.strategies)


def draw_stationary(found: StationaryDistribution, words: Language) -> Figure:
    """Return the figure with its legend.

    Raises
    ------
    InputError
        U902 where the states do not fit on a page.
    """
    shape = shape_of(found)
    if shape is None or found.mu == 0:
        raise _no_figure(shape)
    return _over_a_share(found, words) if shape == "line" else _in_the_plane(found, words, shape)


def _no_figure(shape: str | None) -> InputError:
    if shape is None:
        why = "states of one population of two or three strategies, or of two of two each, are drawn"
    else:
        why = "the limit of rare mutation is drawn as an invasion diagram, by `separatrix fixation`"
    return InputError("U902", why, hint="use --format text, csv or json")


def _over_a_share(found: StationaryDistribution, words: Language) -> Figure:
    head = 8 + TEXT * 1.28 + 6
    weight = LegendEntry(
        {"color": "#0b5fa5", "linewidth": 8, "solid_capstyle": "butt"},
        tuple(shortened(words.INVASIONS_WEIGHT, STRIP - SYMBOLS, 2)),
    )
    legend = Legend((weight, *gradient_entries(found.gradient, words)))
    page = new_page(
        STATIONARY_STATES_LEFT + STATIONARY_STATES_WIDE + 20,
        head + 2 * STATIONARY_STATES_HIGH + BETWEEN + 44,
        legend,
    )
    page.write(STATIONARY_STATES_LEFT, 8, shortened(words.STATIONARY_PANEL, STATIONARY_STATES_WIDE, 1))
    paint_stationary(
        page.axes(STATIONARY_STATES_LEFT, head, STATIONARY_STATES_WIDE, STATIONARY_STATES_HIGH), found
    )
    page.write(
        STATIONARY_STATES_LEFT,
        head + STATIONARY_STATES_HIGH + 16,
        shortened(words.GRADIENT_PANEL, STATIONARY_STATES_WIDE, 1),
    )
    paint_gradient(
        page.axes(
            STATIONARY_STATES_LEFT,
            head + STATIONARY_STATES_HIGH + BETWEEN,
            STATIONARY_STATES_WIDE,
            STATIONARY_STATES_HIGH,
        ),
        found.gradient,
    )
    name = clean(found.game.populations[0].strategies[0].name)
    told = shortened(words.GRADIENT_SHARE.format(strategy=name), STATIONARY_STATES_WIDE, 1)
    page.write(
        STATIONARY_STATES_LEFT + STATIONARY_STATES_WIDE / 2,
        head + 2 * STATIONARY_STATES_HIGH + BETWEEN + 20,
        told,
        align="center",
    )
    return page.figure


def _in_the_plane(found: StationaryDistribution, words: Language, shape: str) -> Figure:
    triangle = shape == "triangle"
    high = HEIGHT * STATIONARY_STATES_SIDE if triangle else STATIONARY_STATES_SIDE
    above = NAMES + 2 * TEXT * 1.28
    left = STATIONARY_STATES_MARGIN + (0 if triangle else 14)
    legend = Legend((LegendEntry(ARROW, tuple(shortened(words.GRADIENT_DRIFT, STRIP - SYMBOLS, 3))),))
    page = new_page(
        left + STATIONARY_STATES_SIDE + 76,
        STATIONARY_STATES_TOP + above + high + 2 * NAMES + 2 * TEXT * 1.28 + 6,
        legend,
    )
    axes = page.axes(left, STATIONARY_STATES_TOP + above, STATIONARY_STATES_SIDE, high)
    shown = paint_stationary(axes, found)
    bar = page.axes(left + STATIONARY_STATES_SIDE + 18, STATIONARY_STATES_TOP + above, BAR, 0.8 * high)
    page.figure.colorbar(shown, cax=bar)  # type: ignore[arg-type]  # a triangle or a square has colours
    bar.tick_params(labelsize=SMALL, color=INK)
    page.write(
        left + STATIONARY_STATES_SIDE + 8,
        STATIONARY_STATES_TOP + above - 20,
        shortened(words.STATIONARY_COLOUR, 68, 1, SMALL),
        size=SMALL,
    )
    if triangle:
        _corners(page, found, left, STATIONARY_STATES_TOP + above, high)
    else:
        for k, p in enumerate(found.game.populations):
            name = words.PLAYS.format(name=clean(p.name), strategy=clean(p.strategies[0].name))
            told = shortened(name, STATIONARY_STATES_SIDE, 1, SMALL)
            if k:
                page.write(
                    4, STATIONARY_STATES_TOP + above + high / 2, told, align="center", turned=True, size=SMALL
                )
            else:
                page.write(
                    left + STATIONARY_STATES_SIDE / 2,
                    STATIONARY_STATES_TOP + above + high + 18,
                    told,
                    align="center",
                    size=SMALL,
                )
    return page.figure


def _corners(page: FigurePage, found: StationaryDistribution, left: float, top: float, high: float) -> None:
    names = [
        shortened(clean(s.name), STATIONARY_STATES_SIDE / 2 - 6, 2)
        for s in found.game.populations[0].strategies
    ]
    page.write(left, top + high + NAMES, names[0], align="left")
    page.write(left + STATIONARY_STATES_SIDE, top + high + NAMES, names[1], align="right")
    page.write(
        left + STATIONARY_STATES_SIDE / 2, top - NAMES - rows_height(names[2]), names[2], align="center"
    )


def paint_stationary(axes: Axes, found: StationaryDistribution) -> PathCollection | QuadMesh | None:
    """Draw the states, as bars or in colours with the drift over them; return what a bar of colours shows."""
    shape = shape_of(found)
    if shape is None or found.mu == 0:
        raise _no_figure(shape)
    if shape == "line":
        size = found.met.sizes[0]
        axes.bar(found.counts[0][:, 0] / size, found.weights, width=1 / size, color="#0b5fa5", linewidth=0)
        axes.set_xlim(-0.02, 1.02)
        axes.set_ylim(0, 1.08 * float(found.weights.max()))
        number_axis(axes)
        return None
    logs = found.log_weights / np.log(10)
    logs = np.maximum(logs, logs.max() - DECADES)
    return _triangle(axes, found, logs) if shape == "triangle" else _square(axes, found, logs)


def _triangle(axes: Axes, found: StationaryDistribution, logs: Any) -> PathCollection:
    size = found.met.sizes[0]
    axes.axis("off")
    axes.set_xlim(0, 1)
    axes.set_ylim(0, HEIGHT)
    at = on_page(found.counts[0] / size)
    # Each state is a hexagon as wide as its step, in points of an axes that is as wide as `SIDE`.
    dot = axes.scatter(
        at[:, 0],
        at[:, 1],
        c=logs,
        s=(1.4 * STATIONARY_STATES_SIDE / size) ** 2,
        marker="h",
        cmap="Blues",
        linewidths=0,
        clip_on=False,
        rasterized=len(logs) > 400,
    )
    outline = on_page([[1, 0, 0], [0, 1, 0], [0, 0, 1], [1, 0, 0]])
    axes.plot(outline[:, 0], outline[:, 1], color=INK, linewidth=1.0, clip_on=False, zorder=3)
    step = max(1, size // ARROWS)
    counts, drift = found.counts[0], found.gradient.drift[0]
    chosen = np.flatnonzero((counts % step == step // 2).sum(axis=1) >= 2)
    moved = on_page(counts[chosen] / size + drift[chosen]) - at[chosen]
    _arrows(axes, at[chosen], moved, step / size)
    return dot


def _square(axes: Axes, found: StationaryDistribution, logs: Any) -> QuadMesh:
    first, second = (np.arange(size + 1) / size for size in found.met.sizes)
    shape = (len(first), len(second))
    mesh = axes.pcolormesh(
        first, second, logs.reshape(shape).T, cmap="Blues", shading="nearest", rasterized=True
    )
    axes.set_aspect("auto")
    axes.tick_params(labelsize=SMALL, color=INK)
    steps = [max(1, size // ARROWS) for size in found.met.sizes]
    chosen = np.flatnonzero(
        (found.counts[0][:, 0] % steps[0] == steps[0] // 2)
        & (found.counts[1][:, 0] % steps[1] == steps[1] // 2)
    )
    at = np.stack(
        [own[chosen, 0] / size for own, size in zip(found.counts, found.met.sizes, strict=True)], axis=1
    )
    moved = np.stack([drift[chosen, 0] for drift in found.gradient.drift], axis=1)
    _arrows(axes, at, moved, max(s / z for s, z in zip(steps, found.met.sizes, strict=True)))
    return mesh


def _arrows(axes: Axes, at: Any, moved: Any, step: float) -> None:
    """Draw the drift; its longest arrow is as long as the distance between two."""
    longest = float(np.hypot(moved[:, 0], moved[:, 1]).max(initial=0.0))
    if not longest:
        return
    scale = 0.95 * step / longest
    axes.quiver(
        at[:, 0],
        at[:, 1],
        moved[:, 0] * scale,
        moved[:, 1] * scale,
        angles="xy",
        scale_units="xy",
        scale=1,
        width=0.004,
        color=ARROW["color"],
        zorder=4,
        clip_on=False,
    )


def stationary_picture(found: StationaryDistribution, language: Language | None = None) -> Draw:
    """Return the figure, to be drawn in any format."""
    words = language or language_of("en")
    title = words.STATIONARY_TITLE.format(title=clean(found.game.title))
    return picture(lambda: draw_stationary(found, words), title, stationary_lead(found, words))
