"""The invasion diagram: who takes over from whom, and how long all play the same, when mutants are rare."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from separatrix.document.document import Draw
from separatrix.document.numbers import percent, readable
from separatrix.errors import InputError
from separatrix.figures.canvas import INK
from separatrix.figures.legend import STRIP, SYMBOLS, Legend, LegendEntry
from separatrix.figures.lettering import SMALL, TEXT, clean, shortened
from separatrix.figures.page import new_page
from separatrix.figures.picture import picture
from separatrix.languages import Language, language_of

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from separatrix.population.finite.fixation import Fixation
    from separatrix.population.finite.small_mutation_limit import SmallMutationLimit

__all__ = ["draw_invasions", "invasions_picture", "paint_invasions"]

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
