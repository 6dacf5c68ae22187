"""Fronts of programmes: two objectives as axes; and how many draws a programme of some strength convinces."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from separatrix.document.numerals import objective_words, percent, readable
from separatrix.document.tree import Draw
from separatrix.figures.canvas import FAINT, INK, SMALL, TEXT, clean, shortened
from separatrix.figures.layout import STRIP, SYMBOLS, FigurePage, Legend, LegendEntry, new_page, picture
from separatrix.languages import Language, language_of

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from separatrix.policy.pareto_front import ParetoFront
    from separatrix.policy.robust_programme import RobustProgramme

__all__ = ["paint_front", "paint_robust", "pareto_picture", "robust_picture"]

LEFT, WIDE, HIGH, BELOW = 62.0, 300.0, 250.0, 44.0
"""Points: the margin with the numbers, the plot, what is below."""

MOST_VECTORS = 4_000
"""Dots that are drawn as such; more would make files heavy."""

TAIL, SPARE = 0.995, 1.25
"""The share of the draws up to which the curve is shown, and how much is beyond."""

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
MARKS = {"public_cost": CHEAPEST, "welfare": MOST_WELFARE, "cooperation": MOST_COOPERATION}
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
    """Return the figure of a front."""
    marks = {
        "public_cost": words.PARETO_MARK_COST,
        "welfare": words.PARETO_MARK_WELFARE,
        "cooperation": words.PARETO_MARK_COOPERATION,
    }
    width = STRIP - SYMBOLS
    looks = [(ON_FRONT, words.PARETO_ON_FRONT), (DOMINATED, words.PARETO_DOMINATED)]
    looks += [(MARKS[name], text) for name, text in marks.items() if name in found.best]
    if _limit(found) is not None:
        looks.append((LIMIT, words.PARETO_LIMIT))
    legend = Legend(tuple(LegendEntry(look, tuple(shortened(text, width, 4))) for look, text in looks))
    page, axes = _page(
        words.PARETO_PAGE.format(title=found.game.title),
        words.PARETO_NOTE.format(evaluated=f"{len(found.evaluated):,}"),
        legend,
    )
    x, y = paint_front(axes, found)
    _label(axes, page, objective_words(x, words), objective_words(y, words))
    return page.figure


def _axis_objectives(found: ParetoFront) -> tuple[str, str]:
    """Return the objectives on the axes; with one alone the other is the game's first objective."""
    names = [o.name for o in found.objectives]
    names += [name for name in found.known_objectives if name not in names]
    return names[0], names[1]


def _limit(found: ParetoFront) -> float | None:
    return found.budget if "public_cost" in _axis_objectives(found) else None


def paint_front(axes: Axes, found: ParetoFront) -> tuple[str, str]:
    """Draw the programmes on axes, and return the objectives across and up.

    Programmes without a number for one of them are not drawn.
    """
    x, y = _axis_objectives(found)
    table = {
        name: np.array([np.nan if own.values[name] is None else own.values[name] for own in found.evaluated])
        for name in (x, y)
    }
    front, rest = list(found.front), np.setdiff1d(np.arange(len(found.evaluated)), found.front)
    many = len(rest) > MOST_VECTORS
    axes.plot(table[x][rest], table[y][rest], linestyle="none", rasterized=many, zorder=1, **DOMINATED)
    axes.plot(table[x][front], table[y][front], linestyle="none", zorder=2, **ON_FRONT)
    for name, look in MARKS.items():
        if name in found.best:
            place = found.best[name]
            axes.plot([table[x][place]], [table[y][place]], linestyle="none", **look)
    limit = _limit(found)
    if limit is not None:
        (axes.axvline if x == "public_cost" else axes.axhline)(limit, **LIMIT)
    for name, axis in ((x, axes.xaxis), (y, axes.yaxis)):
        if name in ("probability", "cooperation"):
            axis.set_major_formatter(lambda value, _: f"{100 * value:.3g}%")
    return x, y


def _page(title: str, note: str, legend: Legend) -> tuple[FigurePage, Axes]:
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


def _label(axes: Axes, page: FigurePage, across: str, up: str) -> None:
    box = axes.get_position()
    top = page.height * (1 - box.y1)
    page.write(LEFT + WIDE / 2, top + HIGH + 20, [across], align="center", size=SMALL)
    page.write(6, top + HIGH / 2, [up], align="center", turned=True, size=SMALL)


def robust_picture(found: RobustProgramme, language: Language | None = None) -> Draw:
    """Return the share of the draws over the strength of the programme, to be drawn in any format."""
    words = language or language_of("en")
    title = words.ROBUST_PAGE.format(title=clean(found.game.title))
    proposed = words.ROBUST_NOT_FOUND if found.programme is None else words.tell(found.tested.to_sentence)
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
    if found.part is not None and np.isfinite(found.between[1]):
        entries += [(BAND, words.ROBUST_BAND)]
    legend = Legend(tuple(LegendEntry(look, tuple(shortened(text, width, 4))) for look, text in entries))
    note = words.ROBUST_NOTE.format(draws=f"{len(found.needed):,}")
    page, axes = _page(words.ROBUST_PAGE.format(title=found.game.title), note, legend)
    label = paint_robust(axes, found, words)
    _label(axes, page, label, words.ROBUST_AXIS)
    return page.figure


def paint_robust(axes: Axes, found: RobustProgramme, words: Language) -> str:
    """Draw the share of the draws over the strength of the programme, and return what the latter is."""
    known = found.needed[np.isfinite(found.needed)]
    scale, label = _scale(found, words)
    parts = np.unique(np.concatenate([[0.0, 1.0], found.ranges.ravel()]))
    steps = np.ravel(
        [parts, np.nextafter(parts, 1.0)], order="F"
    )  # what works at the end of a range, and beyond
    axes.step(steps * scale, found.works_at(steps), where="post", **CURVE)
    axes.axhline(found.wished, **LIMIT)
    if found.part is not None:
        low, high = (end * scale for end in found.between)
        if np.isfinite(high):
            axes.plot([low, high], [found.wished] * 2, zorder=1, **BAND)
        axes.plot([found.part * scale], [found.share.value], linestyle="none", zorder=3, **PROPOSED)
        ends = found.share.interval
        axes.plot([found.part * scale] * 2, ends, color="#b5480f", linewidth=1.2, zorder=3)
    most = max([*np.quantile(known, [TAIL] if known.size else []), found.part or 0.0, *known[:1]])
    whole = found.fails_again or known.size < len(found.needed)
    axes.set_xlim(0.0, scale * min(1.0, 1.0 if whole else SPARE * most))
    axes.set_ylim(-0.02, 1.02)
    axes.set_yticks([0, 0.25, 0.5, 0.75, 1.0], ["0%", "25%", "50%", "75%", "100%"])
    return label


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
