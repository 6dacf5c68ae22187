"""The network drawn with the strategy of each enterprise, at several times of one run."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from separatrix.document.document import Draw
from separatrix.document.numbers import percent
from separatrix.figures.canvas import FAINT, INK
from separatrix.figures.legend import STRIP, SYMBOLS, Legend, LegendEntry
from separatrix.figures.lettering import SMALL, TEXT, clean, shortened
from separatrix.figures.page import new_page
from separatrix.figures.picture import picture
from separatrix.languages import Language, language_of

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from separatrix.population.networks.link_graph import LinkGraph
    from separatrix.population.networks.network import NetworkEnsemble

__all__ = ["MOST_DRAWN", "draw_states", "layout", "states_picture"]

MOST_DRAWN = 1_500
"""More enterprises than these are dots on dots."""

PANEL, BETWEEN, LEFT = 196.0, 14.0, 12.0
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
    wide = LEFT + columns * PANEL + (columns - 1) * BETWEEN
    page = new_page(wide + 16, 10 + rows * (head + PANEL + BETWEEN) + 26, _legend(found, words))
    places = layout(model.interaction)
    size = float(np.clip(60.0 / np.sqrt(model.size), 2.2, 8.0))
    for k, types in enumerate(frames):
        left = LEFT + (k % 2) * (PANEL + BETWEEN)
        top = 10 + (k // 2) * (head + PANEL + BETWEEN)
        share = np.isin(types, list(model.idea)).mean()
        told = words.NETWORK_AT.format(
            time=f"{found.times[found.frame_marks[k]]:.3g}", share=percent(float(share), 0)
        )
        page.write(left, top, shortened(told, PANEL, 1))
        _paint(page.axes(left, top + head, PANEL, PANEL), found, places, types, size)
    below = 10 + rows * (head + PANEL + BETWEEN)
    page.write(LEFT, below, shortened(words.NETWORK_DIRECTION, wide, 2, SMALL), size=SMALL)
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
