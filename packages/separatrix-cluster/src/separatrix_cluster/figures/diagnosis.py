"""The plane of decoupling: change of output against change of emissions, with Tapio's eight sectors.

Carbon by enterprise: bars from the largest down, scope 1 and 2.

The four difficulties on four axes, each with its interval.

Adoption by year with the fitted rival curves, each with a band.

A decomposition as a waterfall: from the first total, by each driver, to the last.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import NDArray

from separatrix.figures.canvas import FAINT, INK, LEADING, SMALL, TEXT, shortened, width_of
from separatrix.figures.layout import STRIP, SYMBOLS, Legend, LegendEntry, new_page
from separatrix.figures.sensitivity import BANDS
from separatrix.languages.number_text import outward

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = [
    "Bar",
    "DrawnCurve",
    "Spoke",
    "draw_decoupling_plane",
    "draw_emission_bars",
    "draw_radar",
    "draw_rival_curves",
    "draw_waterfall",
    "paint_rival_curves",
]

SHADES = {
    "strong decoupling": "#cfe8d5",
    "weak decoupling": "#e3f1e0",
    "expansive coupling": "#f5f0d8",
    "expansive negative decoupling": "#f6dcc8",
    "strong negative decoupling": "#eec3b8",
    "weak negative decoupling": "#f6dcc8",
    "recessive coupling": "#f5f0d8",
    "recessive decoupling": "#e3f1e0",
}
# Each state lies between two rays, by their angles in units of a square's half-width: (x, y) directions.
_RAYS: Mapping[str, tuple[tuple[float, float], tuple[float, float]]] = {
    "strong decoupling": ((0, -1), (1, 0)),
    "weak decoupling": ((1, 0), (1, 0.8)),
    "expansive coupling": ((1, 0.8), (1, 1.2)),
    "expansive negative decoupling": ((1, 1.2), (0, 1)),
    "strong negative decoupling": ((0, 1), (-1, 0)),
    "weak negative decoupling": ((-1, 0), (-1, -0.8)),
    "recessive coupling": ((-1, -0.8), (-1, -1.2)),
    "recessive decoupling": ((-1, -1.2), (0, -1)),
}

_ROOM = {"expansive coupling": 0.16, "recessive coupling": 0.16, "recessive decoupling": 0.2}
"""Widths of the names in narrow sectors, as shares of the side."""


def draw_decoupling_plane(
    steps: Sequence[tuple[str, float, float]], names: Mapping[str, str], across: str, upwards: str
) -> Figure:
    """Return the plane.

    Parameters
    ----------
    steps : sequence of (name, output change, emissions change)
        Relative changes from one year to the next.
    names : mapping
        Each state in the reader's language.
    across, upwards : str
        The words of the axes.
    """
    from matplotlib.figure import Figure as NewFigure
    from matplotlib.patches import Polygon

    side, left, bottom, edge = 270.0, 56.0, 44.0, 12.0
    width, height = left + side + edge, bottom + side + edge
    figure = NewFigure(figsize=(width / 72, height / 72))
    axes = figure.add_axes((left / width, bottom / height, side / width, side / height))
    reach = 1.4 * max([0.02, *(abs(v) for _, x, y in steps for v in (x, y))])
    dots = [(x / reach * side / 2, y / reach * side / 2) for _, x, y in steps]
    beside = _label_places(dots, steps)
    above = [(x / side * 2, (y + up) / side * 2) for (x, y), (_, up, _) in zip(dots, beside, strict=True)]
    for state, (start, end) in _RAYS.items():
        far = [_edge(*start, reach), *_corners(start, end, reach), _edge(*end, reach)]
        axes.add_patch(Polygon([(0, 0), *far], closed=True, facecolor=SHADES[state], edgecolor="white"))
        taken = [*((x / reach, y / reach) for _, x, y in steps), *above]
        x, y = (reach * v for v in _free_place(start, end, _ROOM.get(state, 0.24), taken))
        rows = shortened(names[state], _ROOM.get(state, 0.24) * side, 3, SMALL - 1)
        axes.text(x, y, "\n".join(rows), ha="center", va="center", fontsize=SMALL - 1, color="#5c6268")
    axes.axhline(0, color=INK, linewidth=0.8)
    axes.axvline(0, color=INK, linewidth=0.8)
    for (name, x, y), (across_by, up_by, to) in zip(steps, beside, strict=True):
        axes.plot(x, y, marker="o", markersize=6, color="#0b5fa5", markeredgecolor="white", zorder=5)
        axes.annotate(
            name,
            (x, y),
            xytext=(across_by, up_by),
            textcoords="offset points",
            fontsize=SMALL,
            zorder=6,
            ha=to,
            va="center",
            bbox={
                "boxstyle": "square,pad=0.1",
                "facecolor": "white",
                "edgecolor": FAINT,
                "linewidth": 0.5,
                "alpha": 0.85,
            },
        )
    axes.set_xlim(-reach, reach)
    axes.set_ylim(-reach, reach)
    ticks = [t for t in axes.get_xticks() if -reach <= t <= reach]
    axes.set_xticks(ticks, [_percent(t) for t in ticks])
    axes.set_yticks(ticks, [_percent(t) for t in ticks])
    axes.tick_params(labelsize=SMALL, color=INK)
    axes.set_xlabel(across, fontsize=SMALL)
    axes.set_ylabel(upwards, fontsize=SMALL)
    return figure


def _label_places(
    dots: Sequence[tuple[float, float]], steps: Sequence[tuple[str, float, float]]
) -> list[tuple[float, float, Literal["left", "right", "center"]]]:
    """Return where the name of each dot stands, in points from it: where it is nearest to no other dot.

    Names keep clear of one another and of the edge too; the first place that does is taken.
    """
    half = 135.0
    taken: list[tuple[tuple[float, float], float]] = []
    found: list[tuple[float, float, Literal["left", "right", "center"]]] = []
    for k, (x, y) in enumerate(dots):
        long = width_of(steps[k][0], SMALL)
        inward = -1 if x > 0 else 1
        best: tuple[float, float, Literal["left", "right", "center"]] = (7.0 * inward, 0.0, "left")
        most = -math.inf
        for sign, up in ((inward, 0), (-inward, 0), (0, 11), (0, -11), (inward, 11), (inward, -11)):
            middle = (x + sign * (7 + long / 2), y + up)
            clear = min(
                [
                    *(_apart(middle, long, dot, 8.0) for j, dot in enumerate(dots) if j != k),
                    *(_apart(middle, long, *other) for other in taken),
                    half - abs(middle[0]) - long / 2,
                    half - abs(middle[1]) - 6,
                    12.0,
                ]
            )
            if clear > most:
                most = clear
                best = (7.0 * sign, float(up), "center" if not sign else "left" if sign > 0 else "right")
                kept = (middle, long)
        taken.append(kept)
        found.append(best)
    return found


def _apart(middle: tuple[float, float], long: float, other: tuple[float, float], width: float) -> float:
    """Return how far two boxes are apart in points, below zero where they overlap."""
    across = abs(middle[0] - other[0]) - (long + width) / 2
    return max(across, abs(middle[1] - other[1]) - 11.0)


def _percent(value: float) -> str:
    return f"{100 * value:+.3g} %".replace("-", "−") if abs(value) > 1e-12 else "0"


def _edge(x: float, y: float, reach: float) -> tuple[float, float]:
    scale = reach / max(abs(x), abs(y))
    return x * scale, y * scale


def _corners(start: tuple[float, float], end: tuple[float, float], reach: float) -> list[tuple[float, float]]:
    """Return the corner of the square that lies between two rays, if one does."""
    low, high = math.atan2(start[1], start[0]), math.atan2(end[1], end[0])
    if high < low:
        high += 2 * math.pi
    found = []
    for x, y in ((1, 1), (-1, 1), (-1, -1), (1, -1)):
        angle = math.atan2(y, x)
        for turn in (angle, angle + 2 * math.pi):
            if low < turn < high:
                found.append((x * reach, y * reach))
    return found


def _free_place(
    start: tuple[float, float], end: tuple[float, float], room: float, taken: Sequence[tuple[float, float]]
) -> tuple[float, float]:
    """Return where a sector's name hides no point: the likeliest place that is free, else the freest.

    Places are in units of the half-width of the square; ``room`` is the width of the name in sides.
    """
    low, high = math.atan2(start[1], start[0]), math.atan2(end[1], end[0])
    if high < low:
        high += 2 * math.pi
    narrow = high - low < 0.3  # the wedge of coupling: its name goes where it is widest
    best, most = (0.0, 0.0), -1.0
    for out in (0.88,) if narrow else (0.76, 0.88, 0.6):
        for part in (0.5,) if narrow else (0.5, 0.62, 0.38):
            angle = low + part * (high - low)
            x, y = _edge(math.cos(angle), math.sin(angle), out)
            x = max(room - 0.98, min(0.98 - room, x))
            y = max(-0.93, min(0.93, y))
            # The name of a step stands beside its point, so that room counts more across than upwards.
            clear = min((math.hypot((x - a) / 1.6, y - b) for a, b in taken), default=1.0)
            if clear > 0.24:
                return x, y
            if clear > most:
                best, most = (x, y), clear
    return best


DIRECT, BOUGHT = "#0b5fa5", "#e0a458"

ROW, BAR = 15.0, 10.5
"""The height of a bar's place and of the bar, in points."""

NAME_WIDTH, NAME_ROWS = 170.0, 4
"""Points: names of some 130 letters stand whole."""


@dataclass(frozen=True)
class Bar:
    """One bar: a name, scope 1, scope 2, in the unit of the axis."""

    name: str
    direct: float
    bought: float


def draw_emission_bars(bars: Sequence[Bar], axis: str, direct: str, bought: str) -> Figure:
    """Return horizontal bars; ``axis``, ``direct``, ``bought`` are the words of axis and legend."""
    from matplotlib.figure import Figure as NewFigure

    names = [shortened(b.name, NAME_WIDTH, NAME_ROWS, SMALL) for b in bars]
    left = 10.0 + max((width_of(row, SMALL) for rows in names for row in rows), default=0.0)
    right, top, bottom = 46.0, 26.0 if any(b.bought for b in bars) else 8.0, 36.0
    # A name in several rows has a place of its own height: in points, from the top.
    slots = [max(ROW, 4.0 + SMALL * LEADING * len(rows)) for rows in names]
    places = [sum(slots[:k]) + slot / 2 for k, slot in enumerate(slots)]
    width, height = 460.0, top + bottom + sum(slots)
    figure = NewFigure(figsize=(width / 72, height / 72))
    axes = figure.add_axes(
        (left / width, bottom / height, (width - left - right) / width, (height - top - bottom) / height)
    )
    axes.barh(places, [b.direct for b in bars], color=DIRECT, height=BAR, label=direct)
    if any(b.bought for b in bars):
        axes.barh(
            places,
            [b.bought for b in bars],
            left=[b.direct for b in bars],
            color=BOUGHT,
            height=BAR,
            hatch="////",
            edgecolor="white",
            linewidth=0,
            label=bought,
        )
        axes.legend(
            loc="lower left",
            bbox_to_anchor=(0, 1.0),
            ncols=2,
            frameon=False,
            fontsize=SMALL,
            borderaxespad=0.1,
            handlelength=1.6,
        )
    axes.set_yticks(places, ["\n".join(rows) for rows in names], fontsize=SMALL)
    axes.set_ylim(sum(slots), 0.0)
    axes.set_xlim(left=0.0)
    axes.set_xlabel(axis, fontsize=SMALL)
    axes.tick_params(axis="x", labelsize=SMALL, color=INK)
    axes.xaxis.set_major_formatter("{x:,g}")
    axes.locator_params(axis="x", nbins=6)
    axes.tick_params(axis="y", length=0)
    axes.grid(axis="x", color=FAINT, linewidth=0.5)
    axes.set_axisbelow(True)
    largest = max((b.direct + b.bought for b in bars), default=0.0)
    for place, bar in zip(places, bars, strict=True):
        total = bar.direct + bar.bought
        axes.text(total + 0.012 * largest, place, _short(total), va="center", fontsize=SMALL, color=INK)
    for side in ("top", "right", "left"):
        axes.spines[side].set_visible(False)
    return figure


def _short(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.1f}" if value >= 1 else f"{value:.2g}"


LINE, FILL = "#b5480f", "#b5480f"


@dataclass(frozen=True)
class Spoke:
    """One axis: its name, the score with its interval, or None for all where nothing is known."""

    name: str
    score: float | None
    low: float | None
    high: float | None


def draw_radar(spokes: Sequence[Spoke], unknown: str) -> Figure:
    """Return the radar of four spokes; ``unknown`` is shown for missing scores."""
    from matplotlib.figure import Figure as NewFigure
    from matplotlib.patches import Polygon

    width, height, side = 460.0, 290.0, 190.0
    figure = NewFigure(figsize=(width / 72, height / 72))
    axes = figure.add_axes(
        ((width - side) / 2 / width, (height - side) / 2 / height, side / width, side / height)
    )
    axes.set_xlim(-1.06, 1.06)
    axes.set_ylim(-1.06, 1.06)
    axes.set_aspect("equal")
    axes.axis("off")
    ways = ((0, 1), (1, 0), (0, -1), (-1, 0))
    for ring in (0.25, 0.5, 0.75, 1.0):
        axes.add_patch(
            Polygon(
                [(ring * x, ring * y) for x, y in ways],
                closed=True,
                fill=False,
                edgecolor=FAINT,
                linewidth=1.0 if ring == 1 else 0.6,
            )
        )
        # Beside the middle of an edge, for the bars of the intervals lie on the axes.
        axes.text(
            ring / 2 + 0.02,
            ring / 2 + 0.02,
            f"{ring:g}",
            fontsize=SMALL - 1.5,
            color="#7d8790",
            va="bottom",
            ha="left",
        )
    known = [(way, s) for way, s in zip(ways, spokes, strict=True) if s.score is not None]
    if len(known) >= 2:
        corners = [(s.score * x, s.score * y) for (x, y), s in known if s.score is not None]
        axes.add_patch(
            Polygon(corners, closed=True, facecolor=FILL, alpha=0.16, edgecolor=LINE, linewidth=1.6)
        )
    for (x, y), spoke in zip(ways, spokes, strict=True):
        axes.plot([0, x], [0, y], color=FAINT, linewidth=0.8, zorder=1)
        if spoke.score is not None:
            low, high = spoke.low or 0.0, spoke.high or 0.0
            axes.plot(
                [low * x, high * x],
                [low * y, high * y],
                color=LINE,
                linewidth=3.4,
                alpha=0.75,
                solid_capstyle="butt",
                zorder=3,
            )
            axes.plot(
                spoke.score * x,
                spoke.score * y,
                marker="o",
                markersize=7,
                color=LINE,
                markeredgecolor="white",
                zorder=4,
            )
    _names(figure, spokes, unknown, width, height, side)
    return figure


def _score_text(spoke: Spoke) -> str:
    if spoke.low is None or spoke.high is None or math.isclose(spoke.low, spoke.high):
        return f"{spoke.score:.2f}"
    low, high = outward(spoke.low, 2, up=False), outward(spoke.high, 2, up=True)
    return f"{spoke.score:.2f} ({low:.2f}–{high:.2f})"


def _names(
    figure: Figure, spokes: Sequence[Spoke], unknown: str, width: float, height: float, side: float
) -> None:
    """Write each name outside its end, with the score and its interval below."""
    reach = side / 2 * 1.0
    middle_x, middle_y = width / 2, height / 2
    for k, spoke in enumerate(spokes):
        score = unknown if spoke.score is None else _score_text(spoke)
        rows = [*shortened(spoke.name, 112.0, 2, TEXT), score]
        across = {0: 0.0, 1: reach + 8, 2: 0.0, 3: -reach - 8}[k]
        upwards = {
            0: reach + 17 + 12 * (len(rows) - 1),
            1: 6.0 * len(rows) - 6,
            2: -reach - 14,
            3: 6.0 * len(rows) - 6,
        }[k]
        align = {0: "center", 1: "left", 2: "center", 3: "right"}[k]
        for n, row in enumerate(rows):
            figure.text(
                (middle_x + across) / width,
                (middle_y + upwards - 12.5 * n) / height,
                row,
                ha=align,
                va="center",
                fontsize=TEXT if n < len(rows) - 1 else SMALL,
                color=INK if n < len(rows) - 1 else "#5c6268",
            )


Floats = NDArray[np.float64]

LEFT, WIDE, HIGH = 52.0, 270.0, 190.0
"""Points: the margin, and the size of the panel."""

DOTS: dict[str, Any] = {"marker": "o", "color": INK, "markersize": 4.5, "markeredgecolor": "white"}
CLEAR = 0.45
"""How far a band lets those below it be seen."""


@dataclass(frozen=True)
class DrawnCurve:
    """One curve: its name, its share by year, and the ends of its band."""

    name: str
    path: Floats
    low: Floats
    high: Floats


def draw_rival_curves(
    years: Sequence[int], shares: Floats, curves: Sequence[DrawnCurve], title: str, observed: str, band: str
) -> Figure:
    """Return the panel with its legend.

    Parameters
    ----------
    years : sequence of int
    shares : ndarray, shape (years,)
        What was observed.
    curves : sequence of DrawnCurve
        The most likely first.
    title, observed, band : str
        Words: of the axis of shares, of the dots and of the bands.
    """
    entries = [LegendEntry(dict(DOTS), tuple(shortened(observed, STRIP - SYMBOLS, 3)))]
    for look, curve in zip(BANDS, curves, strict=False):
        entries.append(LegendEntry(look.line(), tuple(shortened(curve.name, STRIP - SYMBOLS, 4))))
    entries.append(LegendEntry(BANDS[0].fill(BANDS[0].outer), tuple(shortened(band, STRIP - SYMBOLS, 5))))
    head = 8 + TEXT * 1.28 + 6
    page = new_page(LEFT + WIDE + 20, head + HIGH + 36, Legend(tuple(entries)))
    page.write(LEFT, 8, shortened(title, WIDE + 20, 1))
    paint_rival_curves(page.axes(LEFT, head, WIDE, HIGH), years, shares, curves)
    return page.figure


def paint_rival_curves(
    axes: Axes, years: Sequence[int], shares: Floats, curves: Sequence[DrawnCurve]
) -> None:
    """Draw dots, curves and bands on axes; the most likely curve is in front."""
    from matplotlib.ticker import MaxNLocator

    for k, (look, curve) in reversed(list(enumerate(zip(BANDS, curves, strict=False)))):
        front = 2.0 - 0.1 * k
        axes.fill_between(
            years, curve.low, curve.high, color=look.outer, alpha=CLEAR, linewidth=0, zorder=front - 1
        )
        for end in (curve.low, curve.high):
            axes.plot(years, end, color=look.middle, linewidth=0.5, linestyle=look.dashes, zorder=front - 0.5)
        axes.plot(years, curve.path, zorder=front, **look.line())
    axes.plot(years, shares, zorder=3, clip_on=False, linestyle="none", **DOTS)
    axes.set_xlim(years[0] - 0.3, years[-1] + 0.3)
    axes.set_ylim(-0.03, 1.03)
    axes.set_yticks(np.linspace(0, 1, 6), [f"{k} %" for k in range(0, 101, 20)])
    axes.xaxis.set_major_locator(MaxNLocator(6, integer=True))
    axes.tick_params(labelsize=SMALL, color=INK)
    axes.grid(color=FAINT, linewidth=0.5)
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)


TOTAL, MORE, LESS = "#5c6268", "#b5480f", "#1b7a4b"


def draw_waterfall(
    first: tuple[str, float], changes: Sequence[tuple[str, float]], last: tuple[str, float], axis: str
) -> Figure:
    """Return the waterfall; each step is a name and an amount in the unit of the axis."""
    from matplotlib.figure import Figure as NewFigure

    step, left, right, top = 62.0, 54.0, 10.0, 18.0
    count = len(changes) + 2
    names = [shortened(n, step - 4, 3, SMALL) for n in (first[0], *(n for n, _ in changes), last[0])]
    bottom = 12.0 + SMALL * LEADING * max(map(len, names))
    width, height = left + right + step * count, 180.0 + top + bottom
    figure = NewFigure(figsize=(width / 72, height / 72))
    axes = figure.add_axes(
        (left / width, bottom / height, (width - left - right) / width, (height - top - bottom) / height)
    )
    levels = [first[1]]
    axes.bar(0, first[1], color=TOTAL, width=0.62)
    for k, (_, amount) in enumerate(changes, start=1):
        before = levels[-1]
        levels.append(before + amount)
        axes.bar(
            k,
            amount,
            bottom=before,
            color=MORE if amount > 0 else LESS,
            width=0.62,
            hatch="" if amount > 0 else "///",
            edgecolor="white",
            linewidth=0,
        )
        axes.plot([k - 0.69, k + 0.31], [before, before], color=INK, linewidth=0.7)
    axes.plot([count - 1.69, count - 0.69], [levels[-1]] * 2, color=INK, linewidth=0.7)
    axes.bar(count - 1, last[1], color=TOTAL, width=0.62)
    low, high = min(levels), max(levels)
    spread = high - low or high or 1.0
    broken = low - 0.5 * spread > 0
    base = low - 0.5 * spread if broken else min(0.0, low)
    axes.set_ylim(base, high + 0.16 * spread)
    largest = max((abs(amount) for _, amount in changes), default=0.0)
    places = min(3, max(0, 2 - math.floor(math.log10(largest)))) if largest else 0
    most = max(abs(first[1]), abs(last[1]))
    whole = min(3, max(0, 3 - math.floor(math.log10(most)))) if most else 0
    texts = [(k, v, f"{v:,.{whole}f}") for k, v in ((0, first[1]), (count - 1, last[1]))]
    for k, (_, amount) in enumerate(changes, start=1):
        texts.append((k, max(levels[k - 1], levels[k]), _signed(amount, places)))
    for k, at, text in texts:
        axes.text(k, at + 0.02 * spread, text, ha="center", va="bottom", fontsize=SMALL)
    axes.set_xticks(range(count), ["\n".join(rows) for rows in names], fontsize=SMALL)
    axes.tick_params(axis="x", length=0)
    axes.tick_params(axis="y", labelsize=SMALL, color=INK)
    axes.yaxis.set_major_formatter("{x:,g}")
    axes.set_ylabel(axis, fontsize=SMALL)
    axes.grid(axis="y", color=FAINT, linewidth=0.5)
    if broken:
        _break(axes, base, spread, count)
    axes.set_axisbelow(True)
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)
    return figure


def _signed(amount: float, places: int) -> str:
    """Return a change with as many places as the largest has for three digits; one that shows none is 0."""
    told = f"{amount:+,.{places}f}".replace("-", "−")
    return told if any(c in "123456789" for c in told) else "0"


def _break(axes: Axes, base: float, spread: float, count: int) -> None:
    """Show that the axis omits most of the range below the lowest level: it begins with 0, and is broken.

    The changes are small compared with the totals; on an axis from zero they would be hairlines.
    """
    ticks = [t for t in axes.get_yticks() if t > base + 0.24 * spread]
    axes.set_yticks([base, *ticks], ["0", *(f"{t:,g}" for t in ticks)])
    left = axes.get_xlim()[0]
    middle, half = base + 0.16 * spread, 0.018 * spread
    for at, reach in ((left, 0.12), (0.0, 0.38), (count - 1.0, 0.38)):
        ends = [at - reach, at + reach]
        rise = 0.018 * spread
        lower, upper = ([middle + side * half - rise, middle + side * half + rise] for side in (-1, 1))
        axes.fill_between(ends, lower, upper, color="white", zorder=5, clip_on=False)
        for edge in (lower, upper):
            axes.plot(ends, edge, color=INK, linewidth=0.9, zorder=6, clip_on=False)
    axes.set_xlim(left, axes.get_xlim()[1])
