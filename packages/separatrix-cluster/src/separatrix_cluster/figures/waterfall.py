"""A decomposition as a waterfall: from the first total, by each driver, to the last."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

from separatrix.figures.canvas import FAINT, INK
from separatrix.figures.lettering import LEADING, SMALL, shortened

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["draw_waterfall"]

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
