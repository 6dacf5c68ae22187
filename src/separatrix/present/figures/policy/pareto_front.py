"""Fronts of programmes: two objectives as axes; and how many draws a programme of some strength convinces."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from separatrix.present.document import Draw
from separatrix.present.figures.canvas import FAINT, INK
from separatrix.present.figures.legend import STRIP, SYMBOLS, Legend, LegendEntry
from separatrix.present.figures.lettering import SMALL, TEXT, clean, shortened
from separatrix.present.figures.page import Page, new_page
from separatrix.present.figures.picture import picture
from separatrix.present.languages import Language, language_of
from separatrix.present.wording.numbers import percent, readable
from separatrix.present.wording.objectives import objective_words

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from separatrix.policy.pareto_front.pareto_front import ParetoFront
    from separatrix.policy.robustness.robust_programme import RobustProgramme

__all__ = ["pareto_picture", "robust_picture"]

LEFT, WIDE, HIGH, BELOW = 62.0, 300.0, 250.0, 44.0
"""Points: the margin with the numbers, the plot, what is below."""

DOMINATED: dict[str, Any] = {"marker": ".", "markersize": 3, "color": "#9aa1a8"}
ON_FRONT: dict[str, Any] = {"marker": "o", "markersize": 4.5, "color": "#0b5fa5", "markeredgewidth": 0}
CHEAPEST: dict[str, Any] = {
    "marker": "v",
    "markersize": 8,
    "markerfacecolor": "none",
    "markeredgecolor": "#b5480f",
}
MOST_WELFARE: dict[str, Any] = {
    "marker": "D",
    "markersize": 8,
    "markerfacecolor": "none",
    "markeredgecolor": "#2b7a2b",
}
MOST_COOPERATION: dict[str, Any] = {
    "marker": "s",
    "markersize": 9,
    "markerfacecolor": "none",
    "markeredgecolor": "#6a3d9a",
}
LIMIT: dict[str, Any] = {"color": "#b5480f", "linewidth": 1.1, "linestyle": "--"}
CURVE: dict[str, Any] = {"color": "#0b5fa5", "linewidth": 1.6}
PROPOSED: dict[str, Any] = {"marker": "o", "markersize": 6, "color": "#b5480f", "markeredgewidth": 0}
BAND: dict[str, Any] = {"color": "#f6d9c6", "linewidth": 8, "solid_capstyle": "butt"}


def pareto_picture(found: ParetoFront, language: Language | None = None) -> Draw:
    """Return the front over its first two objectives, to be drawn in any format."""
    words = language or language_of("en")
    title = words.PARETO_PAGE.format(title=clean(found.game.title))
    names = [o.name for o in found.objectives]
    told = words.PARETO_DESCRIPTION.format(
        objectives=words.listed([objective_words(name, words) for name in names]),
        count=f"{len(found.front):,}",
        evaluated=f"{len(found.evaluated):,}",
    )
    return picture(lambda: draw_front(found, words), title, told)


def draw_front(found: ParetoFront, words: Language) -> Figure:
    """Return the figure of a front; with one objective the other axis is the first one that the game tells.

    Programmes without a number for an axis are not on it.
    """
    names = [o.name for o in found.objectives]
    names += [name for name in found.told if name not in names]
    x, y = names[0], names[1]
    marks = [
        ("public_cost", CHEAPEST, words.PARETO_MARK_COST),
        ("welfare", MOST_WELFARE, words.PARETO_MARK_WELFARE),
        ("cooperation", MOST_COOPERATION, words.PARETO_MARK_COOPERATION),
    ]
    shown = [(name, look, text) for name, look, text in marks if name in found.best]
    width = STRIP - SYMBOLS
    looks = [(ON_FRONT, words.PARETO_ON_FRONT), (DOMINATED, words.PARETO_DOMINATED)]
    looks += [(look, text) for _, look, text in shown]
    budget = found.budget if "public_cost" in (x, y) else None
    if budget is not None:
        looks.append((LIMIT, words.PARETO_LIMIT))
    legend = Legend(tuple(LegendEntry(look, tuple(shortened(text, width, 4))) for look, text in looks))
    page, axes = _page(
        words.PARETO_PAGE.format(title=found.game.title),
        words.PARETO_NOTE.format(evaluated=f"{len(found.evaluated):,}"),
        legend,
    )
    table = {
        name: np.array([np.nan if own.values[name] is None else own.values[name] for own in found.evaluated])
        for name in (x, y)
    }
    _draw_points(axes, table[x], table[y], found.front)
    for name, look, _ in shown:
        place = found.best[name]
        axes.plot([table[x][place]], [table[y][place]], linestyle="none", **look)
    if budget is not None:
        (axes.axvline if x == "public_cost" else axes.axhline)(budget, **LIMIT)
    _label(axes, page, objective_words(x, words), objective_words(y, words))
    for name, axis in ((x, axes.xaxis), (y, axes.yaxis)):
        if name in ("probability", "cooperation"):
            axis.set_major_formatter(lambda value, _: f"{100 * value:.3g}%")
    return page.figure


def _draw_points(axes: Axes, x: Any, y: Any, front: tuple[int, ...]) -> None:
    rest = np.setdiff1d(np.arange(len(x)), front)
    axes.plot(x[rest], y[rest], linestyle="none", rasterized=len(rest) > 4_000, zorder=1, **DOMINATED)
    axes.plot(x[list(front)], y[list(front)], linestyle="none", zorder=2, **ON_FRONT)


def _page(title: str, note: str, legend: Legend) -> tuple[Page, Axes]:
    heading = shortened(title, LEFT + WIDE - 20, 2)
    remark = shortened(note, LEFT + WIDE - 10, 3, SMALL)
    head = 8 + len(heading) * TEXT * 1.28 + 8
    page = new_page(LEFT + WIDE + 24, head + HIGH + BELOW + len(remark) * SMALL * 1.28 + 4, legend)
    page.write(10, 8, heading)
    page.write(10, head + HIGH + BELOW, remark, size=SMALL)
    axes = page.axes(LEFT, head, WIDE, HIGH)
    axes.tick_params(labelsize=SMALL, color=INK)
    axes.grid(color=FAINT, linewidth=0.5)
    axes.set_axisbelow(True)
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)
    return page, axes


def _label(axes: Axes, page: Page, across: str, up: str) -> None:
    box = axes.get_position()
    top = page.height * (1 - box.y1)
    page.write(LEFT + WIDE / 2, top + HIGH + 20, [across], align="center", size=SMALL)
    page.write(6, top + HIGH / 2, [up], align="center", turned=True, size=SMALL)


def robust_picture(found: RobustProgramme, language: Language | None = None) -> Draw:
    """Return the share of the draws over the strength of the programme, to be drawn in any format."""
    words = language or language_of("en")
    title = words.ROBUST_PAGE.format(title=clean(found.game.title))
    proposed = words.ROBUST_TOO_WEAK if found.programme is None else words.tell(found.programme.told)
    told = words.ROBUST_DESCRIPTION.format(
        programme=proposed, wished=f"{100 * found.wished:.6g} %", share=percent(found.share.value)
    )
    return picture(lambda: draw_robust(found, words), title, told)


def draw_robust(found: RobustProgramme, words: Language) -> Figure:
    """Return the figure of the robust programme: in which share of the draws each strength works."""
    width = STRIP - SYMBOLS
    entries = [
        (CURVE, words.ROBUST_CURVE),
        (LIMIT, words.ROBUST_WISHED.format(wished=f"{100 * found.wished:.6g} %")),
    ]
    if found.part is not None:
        entries += [(PROPOSED, words.ROBUST_PROPOSED)]
        entries += [(BAND, words.ROBUST_BAND)]
    legend = Legend(tuple(LegendEntry(look, tuple(shortened(text, width, 4))) for look, text in entries))
    note = words.ROBUST_NOTE.format(draws=f"{len(found.needed):,}")
    page, axes = _page(words.ROBUST_PAGE.format(title=found.game.title), note, legend)
    known = found.needed[np.isfinite(found.needed)]
    scale, label = _scale(found, words)
    steps = np.concatenate([[0.0], known, [1.0]]) * scale
    shares = np.concatenate([np.arange(len(known) + 1), [len(known)]]) / len(found.needed)
    axes.step(steps, shares, where="post", **CURVE)
    axes.axhline(found.wished, **LIMIT)
    if found.part is not None:
        low, high = (end * scale for end in found.between)
        axes.plot([low, high], [found.wished] * 2, zorder=1, **BAND)
        axes.plot([found.part * scale], [found.share.value], linestyle="none", zorder=3, **PROPOSED)
        ends = found.share.interval
        axes.plot([found.part * scale] * 2, ends, color="#b5480f", linewidth=1.2, zorder=3)
    axes.set_ylim(-0.02, 1.02)
    axes.set_yticks([0, 0.25, 0.5, 0.75, 1.0], ["0%", "25%", "50%", "75%", "100%"])
    _label(axes, page, label, words.ROBUST_AXIS)
    return page.figure


def _scale(found: RobustProgramme, words: Language) -> tuple[float, str]:
    """Return what a part of one is on the axis, and what the axis shows."""
    if found.varied == "duration":
        levels = words.separators[", "].join(
            f"{n} = {readable(v, 4)}" for n, v in found.strongest.levels.items()
        )
        return found.strongest.duration, words.ROBUST_DURATION.format(levels=levels)
    names = list(found.strongest.levels)
    if len(names) == 1 and found.case.idle[0] == 0:
        return found.strongest.levels[names[0]], words.ROBUST_LEVEL.format(name=names[0])
    return 1.0, words.ROBUST_PART.format(names=words.listed(names))
