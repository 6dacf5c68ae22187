"""Bifurcation diagrams: one panel for each share, the parameter along the axis that they have in common."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from separatrix.analysis.rest_state_ids import by_number
from separatrix.document.numerals import readable
from separatrix.document.regime_names import parameter_axis, share_meanings, standing, symbol_text
from separatrix.document.state_names import LABELS, kind_in_words, value_in_words
from separatrix.document.tree import Draw
from separatrix.dynamics.bifurcation.branch_points import Kind
from separatrix.figures.canvas import (
    FAINT,
    INK,
    LEADING,
    RADIUS,
    SMALL,
    TEXT,
    clean,
    draw_names,
    label_look,
    line_style,
    shortened,
)
from separatrix.figures.layout import STRIP, FigurePage, Legend, LegendEntry, in_short, new_page, picture
from separatrix.languages import Language, language_of

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from separatrix.dynamics.bifurcation.result import (
        BifurcationBranch,
        BifurcationDiagram,
        BranchPiece,
        NamedPoint,
    )

__all__ = ["MOST_PANELS", "bifurcation_picture", "bifurcation_svg", "draw_bifurcation", "paint_share"]

MOST_PANELS = 10
"""More shares than these do not fit on a page."""

MOST_POINTS = 20
"""Named points that are listed below the panels."""

LEFT, WIDE, BETWEEN, NAMES = 52.0, 330.0, 14.0, 52.0
"""Points: the margin, the width of a panel, the gap between two, and the place for names at the right."""

MARGIN = (8.0, 2.0, 12.0, 2.0)
"""Points by which the letters of named points may leave a panel: left, below, right, above."""

WIDE_LABELS = ("asymptotically stable", "stable")

QUIET = "#5c6268"
SHORT = 0.04
"""Part of the interval that a branch must cover to be named near its middle."""

BRANCHES_NAMED = 16
"""With more branches their names would hide the lines."""

TODAY: dict[str, Any] = {
    "color": "#2f7fb5",
    "linewidth": 1.2,
    "linestyle": "-",
    "zorder": 1.5,
    "clip_on": False,
}

MARKS: dict[Kind, dict[str, Any]] = {
    "transcritical": {"marker": "X", "markersize": 8.0},
    "saddle-node": {"marker": "v", "markersize": 8.0},
    "pitchfork": {"marker": "P", "markersize": 8.4},
    "hopf": {"marker": "o", "markersize": 8.0},
    "edge": {"marker": "s", "markersize": 6.6},
    "continuum": {"marker": "h", "markersize": 8.6},
    "pole": {"marker": "|", "markersize": 10.0},
    "unnamed": {"marker": "*", "markersize": 10.0},
}


def draw_bifurcation(diagram: BifurcationDiagram, words: Language) -> Figure:
    """Return the panels, one below the other, with a list of the named points.

    Raises
    ------
    ValueError
        For more shares than `MOST_PANELS`.
    """
    shares = diagram.game.shares
    if len(shares) > MOST_PANELS:
        raise ValueError(f"{len(shares)} shares; a figure has room for {MOST_PANELS}")
    legend = _legend(diagram, words)
    high = 130.0 if len(shares) < 3 else 105.0
    titles = [shortened(text, WIDE, 2) for text in share_meanings(diagram.game, words)]
    notes = list(_notes(diagram, words))
    tops, top = [], 8.0
    for title in titles:
        tops.append(top + len(title) * TEXT * LEADING + 3)
        top = tops[-1] + high + BETWEEN
    below = top - BETWEEN + 20
    axis = shortened(parameter_axis(diagram.game, diagram.over, words), WIDE, 2)
    listed = below + len(axis) * TEXT * LEADING + 10
    height = listed + sum(len(rows) * TEXT * LEADING + 3 for _, rows in notes) + 6
    page = new_page(LEFT + WIDE + NAMES, height, legend)
    for k, (title, place) in enumerate(zip(titles, tops, strict=True)):
        page.write(LEFT, place - len(title) * TEXT * LEADING - 3, title)
        axes = page.axes(LEFT, place, WIDE, high)
        paint_share(axes, diagram, k, last=k == len(shares) - 1, height=high)
    page.write(LEFT + WIDE / 2, below, axis, align="center")
    _write_notes(page, notes, listed)
    return page.figure


def _legend(diagram: BifurcationDiagram, words: Language) -> Legend:
    present = {p.stability for b in diagram.branches for p in b.pieces}
    width = STRIP - 28.0
    entries = [
        LegendEntry(_look(label), tuple(shortened(words.labels[label], width, 3)))
        for label in LABELS
        if label in present
    ]
    events = {kind_in_words(p, words): _mark_look(p) for p in diagram.points}
    entries += [LegendEntry(look, tuple(shortened(told, width, 3))) for told, look in events.items()]
    today = _today(diagram)
    if today is not None:
        text = words.BIFURCATION_TODAY.format(
            standing=standing(diagram.game, diagram.scenario, words),
            over=symbol_text(diagram.game, diagram.over),
            value=readable(today),
        )
        entries.append(LegendEntry(TODAY, tuple(shortened(text, width, 3))))
    return Legend(tuple(entries))


def _today(diagram: BifurcationDiagram) -> Fraction | None:
    """The value at which the game stands, where the figure shows it."""
    today = diagram.today
    return today if today is not None and diagram.low <= today <= diagram.high else None


def _look(label: Any) -> dict[str, Any]:
    # Branches that coincide in a panel are all on their true place: narrow lines lie on wide ones.
    wide = label in WIDE_LABELS
    return line_style(label) | {"linewidth": 4.4 if wide else 1.7, "zorder": 3 if wide else 4}


# --------------------------------------------------------------------------- one panel


def paint_share(axes: Axes, diagram: BifurcationDiagram, share: int, *, last: bool, height: float) -> None:
    """Draw the branches of one share, with events and names, into axes of a height in points."""
    low, high = float(diagram.low), float(diagram.high)
    axes.set_xlim(low, high)
    axes.set_ylim(-0.05, 1.05)
    axes.set_yticks([0, 0.5, 1], ["0", "0.5", "1"])
    axes.tick_params(labelsize=SMALL, color=INK, labelbottom=last)
    axes.grid(color=FAINT, linewidth=0.5)
    axes.set_axisbelow(True)
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)
    today = _today(diagram)
    if today is not None:
        axes.axvline(float(today), **TODAY)
    for branch in diagram.branches:
        for piece in branch.pieces:
            axes.plot(piece.values, [s[share] for s in piece.states], **_look(piece.stability))
    _name_branches(axes, diagram, share, height)
    _draw_points(axes, diagram, share)


def _name_branches(axes: Axes, diagram: BifurcationDiagram, share: int, height: float) -> None:
    """Name branches at the right end, those that lie together as one, and the others in their middle."""
    if len(diagram.branches) > BRANCHES_NAMED:
        return
    room = SMALL * LEADING / height * 1.1
    groups: list[tuple[float, list[str]]] = []
    reaching = [b for b in diagram.branches if b.high >= float(diagram.high) * (1 - 1e-3)]
    for branch in sorted(reaching, key=lambda b: (b.pieces[-1].states[-1][share], by_number(b.id))):
        at = branch.pieces[-1].states[-1][share]
        if groups and at - groups[-1][0] < room:
            groups[-1][1].append(branch.id)
        else:
            groups.append((at, [branch.id]))
    line, free = SMALL * LEADING, -1e9
    for at, names in groups:
        text = in_short(sorted(names, key=by_number))
        rows = shortened(text, NAMES - 8, 3, SMALL)
        # In points above the axis: rows grow downwards from a line above the middle, and upwards below it.
        wished = at * height / 1.1 - (len(rows) - 1) * line * (at > 0.5)
        lowest = max(wished, free)
        free = lowest + len(rows) * line
        for k, row in enumerate(reversed(rows)):
            axes.annotate(
                row,
                (1.0, 0.0),
                xycoords=("axes fraction", "data"),
                textcoords="offset points",
                xytext=(5, lowest + k * line),
                fontsize=SMALL,
                color=QUIET,
                va="center_baseline",
                annotation_clip=False,
            )
    for branch in diagram.branches:
        if any(branch is b for b in reaching):
            continue
        piece = max(branch.pieces, key=lambda p: p.high - p.low)
        value, state = piece.values[len(piece.values) // 2], piece.states[len(piece.values) // 2]
        if not 0.04 < state[share] < 0.96 or branch.high - branch.low < SHORT * float(
            diagram.high - diagram.low
        ):
            continue  # beside lines that lie together a name says nothing
        axes.annotate(
            branch.id,
            (value, state[share]),
            textcoords="offset points",
            xytext=(0, 8),
            color=QUIET,
            ha="center",
            va="center_baseline",
            zorder=5.5,
            **label_look(SMALL),
        )


def _coincide(diagram: BifurcationDiagram, share: int) -> bool:
    """Whether two branches that do not move in this panel lie on each other somewhere."""
    still: list[tuple[float, BifurcationBranch]] = []
    for branch in diagram.branches:
        shares = {round(s[share], 9) for p in branch.pieces for s in p.states}
        if len(shares) == 1:
            still.append((shares.pop(), branch))
    return any(
        one == other and a.low < b.high and b.low < a.high
        for (one, a), (other, b) in itertools.combinations(still, 2)
    )


def _draw_points(axes: Axes, diagram: BifurcationDiagram, share: int) -> None:
    places, letters = [], []
    for point in diagram.points[:MOST_POINTS]:
        if not point.states:
            axes.axvline(point.value, color=INK, linewidth=0.8, linestyle=":")
            continue
        values = [s[share] for s in point.states]
        if max(values) - min(values) > 1e-6:
            axes.plot([point.value] * 2, [min(values), max(values)], color=INK, linewidth=1.0, zorder=5)
        where = _mark_position(point, share)
        _mark(axes, point, point.value, where)
        places.append((point.value, where))
        letters.append(point.id)
    wishes = [(1.0, 1.0 if height < 0.5 else -1.0) for _, height in places]
    kept = _curves(diagram, share)
    draw_names(axes, letters, places, wishes, margin=MARGIN, others=kept, clearance=2, size=TEXT, bold=True)


def _mark_position(point: NamedPoint, share: int) -> float:
    """Where the mark stands: at the branch that comes or goes, else in the middle of what rests."""
    values = [s[share] for s in point.states]
    if len(values) == 1:
        return values[0]
    inner = [v for v in values if min(values) + 1e-9 < v < max(values) - 1e-9]
    return inner[0] if inner else (min(values) + max(values)) / 2


def _mark_look(point: NamedPoint) -> dict[str, Any]:
    filled = point.criticality != "subcritical"
    return {
        "markerfacecolor": INK if filled else "white",
        "markeredgecolor": INK,
        "markeredgewidth": 1.0,
        **MARKS[point.kind],
    }


def _mark(axes: Axes, point: NamedPoint, x: float, y: float) -> None:
    axes.plot([x], [y], linestyle="none", clip_on=False, zorder=6, **_mark_look(point))


def _curves(diagram: BifurcationDiagram, share: int) -> Iterator[tuple[float, float]]:
    """Places that letters should leave free."""
    for branch in diagram.branches:
        for piece in branch.pieces:
            yield from _thinned(piece, share)


def _thinned(piece: BranchPiece, share: int) -> Iterator[tuple[float, float]]:
    stride = max(1, len(piece.values) // 24)
    for value, state in list(zip(piece.values, piece.states, strict=True))[::stride]:
        yield value, state[share]


# --------------------------------------------------------------------------- the list


def _notes(diagram: BifurcationDiagram, words: Language) -> Iterator[tuple[NamedPoint | None, list[str]]]:
    """Each named point with what happens there, then what else a reader should know."""
    width = LEFT + WIDE + NAMES + STRIP - 30
    for point in diagram.points[:MOST_POINTS]:
        text = words.BIFURCATION_POINT.format(
            id=point.id,
            over=symbol_text(diagram.game, diagram.over),
            value=value_in_words(point, words),
            kind=kind_in_words(point, words),
            reason=words.tell(point.reason),
        )
        yield point, shortened(text, width, 3)
    if len(diagram.points) > MOST_POINTS:
        text = words.BIFURCATION_MORE.format(count=len(diagram.points) - MOST_POINTS)
        yield None, shortened(text, width, 1)
    if any(_coincide(diagram, k) for k in range(len(diagram.game.shares))):
        yield None, shortened(words.BIFURCATION_SIDE, width, 2)


def _write_notes(page: FigurePage, notes: Sequence[tuple[NamedPoint | None, list[str]]], top: float) -> None:
    height = sum(len(rows) * TEXT * LEADING + 3 for _, rows in notes)
    if not height:
        return
    width = LEFT + WIDE + NAMES + STRIP
    axes = page.axes(0, top, width, height)
    axes.set_xlim(0, width)
    axes.set_ylim(height, 0)
    axes.axis("off")
    at = 0.0
    for point, rows in notes:
        if point is not None:
            _mark(axes, point, 8 + RADIUS, at + TEXT * LEADING / 2)
        page.write(24, top + at, rows)
        at += len(rows) * TEXT * LEADING + 3


def bifurcation_picture(diagram: BifurcationDiagram, language: Language | None = None) -> Draw:
    """Return a bifurcation diagram, to be drawn in any format.

    Raises
    ------
    ValueError
        When it is drawn, for more shares than `MOST_PANELS`.
    """
    words = language or language_of("en")
    title = words.BIFURCATION_TITLE.format(title=clean(diagram.game.title))
    return picture(lambda: draw_bifurcation(diagram, words), title, _description(diagram, words))


def bifurcation_svg(diagram: BifurcationDiagram, language: Language | None = None) -> str:
    """Return a bifurcation diagram as an SVG element with a title and a description.

    Parameters
    ----------
    diagram : BifurcationDiagram
        From `separatrix.bifurcation_diagram`.
    language : Language, optional
        English by default.

    Returns
    -------
    str

    Raises
    ------
    ValueError
        For more shares than `MOST_PANELS`.

    Examples
    --------
    >>> import separatrix
    >>> game = separatrix.load("hawk-dove-one-population")
    >>> bifurcation_svg(separatrix.bifurcation_diagram(game, ("C", 1, 4)))[:4]
    '<svg'
    """
    return bifurcation_picture(diagram, language)("svg").decode()


def _description(diagram: BifurcationDiagram, words: Language) -> str:
    branches = []
    for branch in diagram.branches:
        labels = [
            words.BIFURCATION_LABEL.format(
                label=words.labels[p.stability], low=readable(p.low), high=readable(p.high)
            )
            for p in branch.pieces
        ]
        branches.append(words.BIFURCATION_BRANCH.format(id=branch.id, labels=words.listed(labels)))
    points = [
        words.BIFURCATION_POINT.format(
            id=p.id,
            over=symbol_text(diagram.game, diagram.over),
            value=value_in_words(p, words),
            kind=kind_in_words(p, words),
            reason=words.tell(p.reason),
        )
        for p in diagram.points
    ]
    return words.BIFURCATION_DESCRIPTION.format(
        over=symbol_text(diagram.game, diagram.over),
        low=readable(diagram.low),
        high=readable(diagram.high),
        branches=words.separators[" "].join(branches),
        points=words.separators["; "].join(points),
    )
