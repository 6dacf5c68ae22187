"""The network drawn with the strategy of each enterprise, at several times of one run.

Adoption in time: the median over runs, bands of half and nine tenths of them, and one run.

What seeds reach: a curve beneath what any choice can, or bars of the orders that were compared.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from separatrix.document.numerals import amount, percent, ratio_text, share_text
from separatrix.document.tree import Draw
from separatrix.figures.canvas import FAINT, INK, LEADING, SMALL, TEXT, clean, shortened
from separatrix.figures.layout import STRIP, SYMBOLS, Legend, LegendEntry, new_page, picture
from separatrix.figures.sensitivity import BANDS, WHISKER
from separatrix.languages import Language, language_of
from separatrix.population.opim import CertifiedSeeds

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from separatrix.population.networks.link_graph import LinkGraph
    from separatrix.population.networks.network import NetworkEnsemble
    from separatrix.population.seeding import TargetedSeeds

__all__ = [
    "MOST_DRAWN",
    "adoption_picture",
    "draw_adoption",
    "draw_orders",
    "draw_reach",
    "draw_states",
    "layout",
    "paint_adoption",
    "seeds_picture",
    "states_picture",
]

LEFT, WIDE, HIGH = 52.0, 270.0, 190.0
"""Points: the margin, and the size of the panel."""

ONE: dict[str, Any] = {"color": INK, "linewidth": 0.8, "linestyle": (0, (1, 1.4))}
MEAN: dict[str, Any] = {"color": "#8f3b00", "linewidth": 1.4, "linestyle": (0, (6, 2))}
"""How one run, and the mean, are drawn."""


def draw_adoption(found: NetworkEnsemble, words: Language) -> Figure:
    """Return the panel with its legend."""
    band = BANDS[0]
    looks = (
        (band.line(), words.NETWORK_MEDIAN),
        (band.fill(band.inner), words.NETWORK_INNER),
        (band.fill(band.outer), words.NETWORK_OUTER),
        (MEAN, words.NETWORK_MEAN_LONG),
        (ONE, words.NETWORK_ONE),
    )
    entries = [LegendEntry(look, tuple(shortened(text, STRIP - SYMBOLS, 3))) for look, text in looks]
    head = 8 + TEXT * 1.28 + 6
    page = new_page(LEFT + WIDE + 20, head + HIGH + 66, Legend(tuple(entries)))
    title = words.NETWORK_SHARE.format(idea=words.listed(found.model.idea_names), n=f"{found.model.size:,}")
    page.write(LEFT, 8, shortened(title, WIDE + 20, 1))
    paint_adoption(page.axes(LEFT, head, WIDE, HIGH), found)
    page.write(LEFT + WIDE / 2, head + HIGH + 20, [words.NETWORK_UNITS], align="center")
    share, (low, high) = found.full_share
    told = words.NETWORK_FULL_SHORT.format(
        share=percent(share, 1), low=percent(low, 1), high=percent(high, 1)
    )
    for row, text in enumerate((told, words.NETWORK_DIRECTION)):
        lines = shortened(text, WIDE + STRIP, 1, SMALL)
        page.write(LEFT, head + HIGH + 38 + row * SMALL * LEADING, lines, size=SMALL)
    return page.figure


def paint_adoption(axes: Any, found: NetworkEnsemble) -> None:
    """Draw the bands, the median, the mean and one run on axes."""
    band, times = BANDS[0], found.times
    low, quarter, middle, three, high = found.quantiles()
    axes.set_xlim(times[0], times[-1])
    axes.set_ylim(-0.03, 1.03)
    axes.set_yticks(np.linspace(0, 1, 6), [f"{k} %" for k in range(0, 101, 20)])
    axes.tick_params(labelsize=SMALL, color=INK)
    axes.grid(color=FAINT, linewidth=0.5)
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)
    axes.fill_between(times, low, high, color=band.outer, linewidth=0, zorder=1.5)
    axes.fill_between(times, quarter, three, color=band.inner, linewidth=0, zorder=1.6)
    axes.plot(times, found.shares()[0], zorder=1.7, **ONE)
    axes.plot(times, middle, zorder=1.9, clip_on=False, **band.line())
    axes.plot(times, found.mean()[0], zorder=1.8, **MEAN)


def adoption_picture(found: NetworkEnsemble, language: Language | None = None) -> Draw:
    """Return the figure, to be drawn in any format."""
    words = language or language_of("en")
    title = words.NETWORK_TITLE.format(title=clean(found.model.game.title))
    middle, _, _ = found.mean()
    description = words.NETWORK_DESCRIPTION.format(
        replicas=f"{found.replicas:,}",
        n=f"{found.model.size:,}",
        idea=words.listed(found.model.idea_names),
        start=percent(float(middle[0]), 1),
        share=percent(float(middle[-1]), 1),
        until=f"{found.times[-1]:g}",
    )
    return picture(lambda: draw_adoption(found, words), title, description)


MOST_DRAWN = 1_500
"""More enterprises than these are dots on dots."""

PANEL, BETWEEN, NETWORK_STATES_LEFT = 196.0, 14.0, 12.0
"""Points: the side of a panel, the gap between two, the margin."""

MOST_ARROWS = 160
"""More arrows than these hide each other, so that links are lines."""

TURNS = 70
"""Steps of the layout."""

MARKS = (
    {"marker": "o", "markerfacecolor": "#0b3f73", "markeredgecolor": "#0b3f73"},
    {"marker": "s", "markerfacecolor": "#f6dcc8", "markeredgecolor": "#8f3b00"},
    {"marker": "^", "markerfacecolor": "#8fcba6", "markeredgecolor": "#0f5132"},
    {"marker": "D", "markerfacecolor": "#e6d8ee", "markeredgecolor": "#54257a"},
    {"marker": "v", "markerfacecolor": "white", "markeredgecolor": INK},
)
"""Of the types, in their order; after the last the first again."""


def layout(graph: LinkGraph) -> NDArray[np.float64]:
    """Return places of the nodes in the unit square, shape (N, 2): linked ones near each other.

    Fruchterman, T. M. J. & Reingold, E. M. (1991). Graph drawing by force-directed placement. Software:
    Practice and Experience 21, 1129–1164; from a spiral with the most linked in the middle.
    """
    n = graph.size
    degree = np.bincount(graph.source, minlength=n) + np.bincount(graph.target, minlength=n)
    order = np.argsort(-degree, kind="stable")
    spiral = np.empty((n, 2))
    turn = np.arange(n) * 2.399963229728653  # the golden angle
    spiral[order] = np.sqrt((np.arange(n) + 0.5) / n)[:, None] * np.stack([np.cos(turn), np.sin(turn)], 1)
    places, apart = spiral, np.sqrt(np.pi / n)
    for step in range(TURNS):
        away = places[:, None, :] - places[None, :, :]
        distance = np.maximum((away**2).sum(axis=2), 1e-6)
        force = (away * (apart**2 / distance)[:, :, None]).sum(axis=1) - 0.6 * apart * places
        along = places[graph.target] - places[graph.source]
        pull = along * (np.sqrt((along**2).sum(axis=1)) / apart)[:, None]
        np.add.at(force, graph.source, pull)
        np.add.at(force, graph.target, -pull)
        size = np.maximum(np.sqrt((force**2).sum(axis=1)), 1e-12)
        most = 0.25 * (1 - step / TURNS) ** 1.5 + 0.002
        places = places + force * (np.minimum(size, most) / size)[:, None]
    low, high = places.min(axis=0), places.max(axis=0)
    return np.asarray((places - (low + high) / 2) / max(float((high - low).max()), 1e-9) + 0.5)


def draw_states(found: NetworkEnsemble, words: Language) -> Figure:
    """Return a panel for each time that was kept, two in a row.

    Raises
    ------
    ValueError
        For more enterprises than `MOST_DRAWN`.
    """
    model = found.model
    if model.size > MOST_DRAWN:
        raise ValueError(f"{model.size} enterprises; a drawing has room for {MOST_DRAWN}")
    frames = found.adoptions.frames
    rows = (len(frames) + 1) // 2
    head = TEXT * 1.28 + 4
    columns = min(len(frames), 2)
    wide = NETWORK_STATES_LEFT + columns * PANEL + (columns - 1) * BETWEEN
    page = new_page(wide + 16, 10 + rows * (head + PANEL + BETWEEN) + 26, _legend(found, words))
    places = layout(model.interaction)
    size = float(np.clip(60.0 / np.sqrt(model.size), 2.2, 8.0))
    for k, types in enumerate(frames):
        left = NETWORK_STATES_LEFT + (k % 2) * (PANEL + BETWEEN)
        top = 10 + (k // 2) * (head + PANEL + BETWEEN)
        share = np.isin(types, list(model.idea)).mean()
        told = words.NETWORK_AT.format(
            time=f"{found.times[found.frame_marks[k]]:.3g}", share=percent(float(share), 0)
        )
        page.write(left, top, shortened(told, PANEL, 1))
        _paint(page.axes(left, top + head, PANEL, PANEL), found, places, types, size)
    below = 10 + rows * (head + PANEL + BETWEEN)
    page.write(NETWORK_STATES_LEFT, below, shortened(words.NETWORK_DIRECTION, wide, 2, SMALL), size=SMALL)
    return page.figure


def _paint(
    axes: Any, found: NetworkEnsemble, places: NDArray[np.float64], types: NDArray[np.int8], size: float
) -> None:
    from matplotlib.collections import LineCollection

    model = found.model
    graph = model.interaction
    axes.set_xlim(-0.05, 1.05)
    axes.set_ylim(-0.05, 1.05)
    axes.axis("off")
    once = graph.source < graph.target if graph.undirected else np.ones(graph.links, bool)
    ends = np.stack([places[graph.source[once]], places[graph.target[once]]], axis=1)
    if not graph.undirected and len(ends) <= MOST_ARROWS:
        for start, end in ends:
            axes.annotate(
                "",
                end,
                start,
                arrowprops={
                    "arrowstyle": "-|>",
                    "color": "#9aa3ab",
                    "linewidth": 0.6,
                    "shrinkA": size / 2,
                    "shrinkB": size / 2 + 1,
                    "mutation_scale": 7,
                },
            )
    else:
        axes.add_collection(LineCollection(list(ends), colors=FAINT, linewidths=0.5, zorder=1))
    leading = model.codes < 0
    for kind in range(len(model.types)):
        for leads in (False, True):
            here = (types == kind) & (leading == leads)
            if here.any():
                axes.plot(
                    *places[here].T,
                    linestyle="none",
                    markersize=size * (1.7 if leads else 1.0),
                    markeredgewidth=1.6 if leads else 0.6,
                    zorder=3 if leads else 2,
                    **{**MARKS[kind % len(MARKS)], **({"markeredgecolor": INK} if leads else {})},
                )


def _legend(found: NetworkEnsemble, words: Language) -> Legend:
    entries = []
    for kind, name in enumerate(found.model.types):
        look = {"markersize": 6, "markeredgewidth": 0.8, **MARKS[kind % len(MARKS)]}
        told = words.NETWORK_OUTSIDE if kind in found.model.payoffs.outside else name
        entries.append(LegendEntry(look, tuple(shortened(told, STRIP - SYMBOLS, 2))))
    if (found.model.codes < 0).any():
        look = {"marker": "o", "markersize": 9, "markeredgewidth": 1.6}
        look |= {"markerfacecolor": "white", "markeredgecolor": INK}
        entries.append(LegendEntry(look, tuple(shortened(words.NETWORK_LEADER, STRIP - SYMBOLS, 3))))
    entries.append(LegendEntry(None, tuple(shortened(words.NETWORK_FIRST_RUN, STRIP, 3))))
    return Legend(tuple(entries))


def states_picture(found: NetworkEnsemble, language: Language | None = None) -> Draw:
    """Return the drawing, in any format.

    Raises
    ------
    ValueError
        When it is drawn, for more enterprises than `MOST_DRAWN`.
    """
    words = language or language_of("en")
    title = words.NETWORK_TITLE.format(title=clean(found.model.game.title))
    steps = [
        words.NETWORK_AT.format(
            time=f"{found.times[mark]:.3g}",
            share=percent(float(np.isin(types, list(found.model.idea)).mean()), 0),
        )
        for mark, types in zip(found.frame_marks, found.adoptions.frames, strict=True)
    ]
    description = words.NETWORK_STATES_DESCRIPTION.format(
        n=f"{found.model.size:,}",
        idea=words.listed(found.model.idea_names),
        steps=words.separators["; "].join(steps),
    )
    return picture(lambda: draw_states(found, words), title, description)


SEEDS_LEFT, SEEDS_WIDE, SEEDS_HIGH, MARGIN, ROW = 64.0, 260.0, 180.0, 190.0, 26.0
"""Points: the margin and the size of the curve's panel; the margin of names, and the height of a bar."""

CURVE: dict[str, Any] = {"color": "#0b5fa5", "linewidth": 1.8}
MOST: dict[str, Any] = {"color": "#b5480f", "linewidth": 1.2, "linestyle": (0, (5, 2))}
LEAST: dict[str, Any] = {"color": INK, "linewidth": 1.0, "linestyle": (0, (1, 1.5))}
BAR: dict[str, Any] = {"color": "#0b5fa5", "linewidth": 8, "solid_capstyle": "butt"}


def draw_reach(found: CertifiedSeeds, words: Language) -> Figure:
    """Return the curve of a choice with its certificate."""
    from matplotlib.ticker import MaxNLocator

    looks = ((MOST, words.SEEDS_AT_MOST), (CURVE, words.SEEDS_CURVE), (LEAST, words.SEEDS_AT_LEAST))
    legend = Legend(tuple(LegendEntry(look, tuple(shortened(t, STRIP - SYMBOLS, 3))) for look, t in looks))
    head = 8 + TEXT * LEADING + 8
    page = new_page(SEEDS_LEFT + SEEDS_WIDE + 20, head + SEEDS_HIGH + 44, legend)
    page.write(SEEDS_LEFT, 8, [f"{words.SEEDS_REACHED_AXIS} (n = {found.enterprises:,})"])
    axes = page.axes(SEEDS_LEFT, head, SEEDS_WIDE, SEEDS_HIGH)
    count = len(found.reach)
    places = np.arange(count + 1)
    axes.plot(places, [0.0, *found.reach], marker="o" if count <= 30 else "", markersize=3, **CURVE)
    for height, look in ((found.high, MOST), (found.low, LEAST)):
        axes.plot([0, count], [height, height], **look)
    axes.set_xlim(0, count)
    axes.set_ylim(0, 1.04 * max(found.high, found.reach[-1]))
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    axes.tick_params(labelsize=SMALL, color=INK)
    axes.grid(color=FAINT, linewidth=0.5)
    axes.set_axisbelow(True)
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)
    page.write(SEEDS_LEFT + SEEDS_WIDE / 2, head + SEEDS_HIGH + 20, [words.SEEDS_AXIS], align="center")
    return page.figure


def draw_orders(found: TargetedSeeds, words: Language) -> Figure:
    """Return the shares that the orders reach as bars, the best on top."""
    legend = Legend((LegendEntry(WHISKER, tuple(shortened(words.SEEDS_INTERVAL, STRIP - SYMBOLS, 2))),))
    title = words.SEEDS_SHARE_AXIS.format(idea=words.listed(found.model.idea_names))
    lines = shortened(words.capital(title), MARGIN + SEEDS_WIDE - 20, 2)
    head = 8 + len(lines) * TEXT * LEADING + 8
    rows = len(found.tried)
    page = new_page(MARGIN + SEEDS_WIDE + 20, head + rows * ROW + 30, legend)
    page.write(10, 8, lines)
    axes = page.axes(MARGIN, head, SEEDS_WIDE, rows * ROW)
    top = max(tried.share.high for tried in found.tried) or 1.0
    axes.set_xlim(0, top * 1.02)
    axes.set_ylim(rows - 0.5, -0.5)
    axes.set_yticks([])
    axes.xaxis.set_major_formatter(lambda share, _: f"{100 * share:g} %")
    axes.tick_params(labelsize=SMALL, color=INK)
    axes.grid(axis="x", color=FAINT, linewidth=0.5)
    axes.set_axisbelow(True)
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)
    for row, tried in enumerate(found.tried):
        axes.barh([row], [tried.share.mean], height=0.5, color=BAR["color"])
        axes.plot([tried.share.low, tried.share.high], [row, row], **WHISKER)
        text = shortened(words.capital(words.tell(tried.order.title)), MARGIN - 20, 2, SMALL)
        page.write(
            MARGIN - 8,
            head + (row + 0.5) * ROW - len(text) * SMALL * LEADING / 2,
            text,
            align="right",
            size=SMALL,
        )
    return page.figure


def seeds_picture(found: CertifiedSeeds | TargetedSeeds, language: Language | None = None) -> Draw:
    """Return the figure, to be drawn in any format."""
    words = language or language_of("en")
    if isinstance(found, CertifiedSeeds):
        certified = found
        steps = words.separators["; "].join(
            f"{place}: {amount(reach)}" for place, reach in enumerate(found.reach[:TOLD], 1)
        )
        description = words.SEEDS_PICTURE.format(
            steps=steps, low=amount(found.low), high=amount(found.high), ratio=ratio_text(found.ratio)
        )
        return picture(lambda: draw_reach(certified, words), words.SEEDS_TITLE, description)
    targeted = found
    steps = words.separators["; "].join(
        f"{words.tell(tried.order.title)}: {share_text(tried.share)}" for tried in found.tried
    )
    description = words.SEEDS_ORDERS_PICTURE.format(idea=words.listed(found.model.idea_names), steps=steps)
    title = f"{words.SEEDS_TITLE}: {clean(found.model.game.title)}"
    return picture(lambda: draw_orders(targeted, words), title, description)


TOLD = 20
"""Seeds that the description lists one by one."""
