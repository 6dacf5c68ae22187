"""Shares over time as papers print them: one panel for each share, one curve for each value that varies."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from separatrix.document.numerals import readable
from separatrix.document.regime_names import (
    axis_in_words,
    curve_in_words,
    share_meanings,
    symbol_text,
    value_on_axis,
)
from separatrix.document.state_names import start_in_words
from separatrix.document.tree import Draw
from separatrix.errors import InputError
from separatrix.figures.canvas import FAINT, INK, SMALL, TEXT, clean, rows_height, shortened
from separatrix.figures.layout import STRIP, SYMBOLS, FigurePage, Legend, LegendEntry, new_page, picture
from separatrix.figures.time_series import COLOURS, DASHES
from separatrix.game.model import Game
from separatrix.languages import Language, language_of

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from separatrix.dynamics.integration.results import Trajectory
    from separatrix.dynamics.sweeps.axes import VariedAxis
    from separatrix.dynamics.sweeps.trajectory_set import Curve, TrajectorySet

__all__ = ["MOST_APART", "case_trajectories_picture", "guard_curves", "trajectory_set_picture"]

MOST_APART = 12
"""Curves that colour and dashes can distinguish in one panel."""

MOST_DASHED, MOST_COLOURED = len(DASHES), len(COLOURS)
"""Values of a second and of a first axis: dashes distinguish the former, colours the latter."""

MOST_STARTS = 60
"""Curves in a panel that differ in their start only, which is where they begin."""

MOST_PANELS = 12
"""More shares than these do not fit on a page."""

LEFT, RIGHT, BETWEEN, GAP = 30.0, 20.0, 30.0, 12.0
"""Points: the margins for ticks and for half a time in full, the gaps between panels and between rows."""

HIGH, BELOW = 118.0, 30.0
"""Points: the height of a panel, and the room for ticks and the name of the axis below it."""

MOST_TICKS, LONGEST_TIME, DIGIT = 5, 7, 0.62
"""Intervals on an axis of time, characters of a time in full, and ems of a digit, its gap with it."""

WIDTHS = {1: 280.0, 2: 200.0, 3: 150.0}
"""The width of a panel, by how many stand side by side."""

Look = dict[str, Any]

_GREY: Look = {"color": "#5c6268", "linewidth": 1.5}
TODAY: Look = {"color": INK, "linewidth": 2.0, "linestyle": "-"}


def columns_of_panels(count: int) -> int:
    """Return how many panels stand side by side.

    Examples
    --------
    >>> [columns_of_panels(count) for count in (1, 2, 3, 4, 5)]
    [1, 2, 3, 2, 3]
    """
    return count if count < 4 else 2 if count == 4 else 3


def guard_curves(game: Game, axes: Sequence[VariedAxis]) -> None:
    """Raise D607 if the curves would be indistinguishable, or the panels do not fit on a page."""
    shares = len(game.shares)
    if shares > MOST_PANELS:
        raise InputError(
            "D607",
            f"{shares} shares; a figure has room for {MOST_PANELS} panels",
            hint="ask for csv or json, which hold any number",
        )
    telling, starts = _split(axes)
    counts = [len(axis.values) for axis in telling]
    begun = _product(len(axis.values) for axis in starts)
    hint = "vary less, draw several figures, or ask for csv or json, which hold any number"
    two = len(counts) == 2 and counts[0] <= MOST_COLOURED and counts[1] <= MOST_DASHED
    if not two and _product(counts) > MOST_APART:
        raise InputError(
            "D607",
            f"{_product(counts) * begun} curves in one panel; at most {MOST_APART} are distinguishable, or a "
            f"grid of {MOST_COLOURED} values (by colour) and {MOST_DASHED} (by dashes)",
            hint=hint,
        )
    if begun > MOST_STARTS:
        raise InputError(
            "D607",
            f"{begun} starts in one panel; at most {MOST_STARTS} are distinguishable by where they begin",
            hint=hint,
        )


def _product(counts: Any) -> int:
    whole = 1
    for count in counts:
        whole *= count
    return whole


def _split(axes: Sequence[VariedAxis]) -> tuple[list[VariedAxis], list[VariedAxis]]:
    """Return the axes that need a line style, and those of initial states."""
    starts = [axis for axis in axes if axis.kind in ("start", "share")]
    return [axis for axis in axes if axis not in starts], starts


# --------------------------------------------------------------------------- looks


def _ordered(count: int) -> list[str]:
    """Return colours from dark to light for values in order, none of them too pale for paper."""
    from matplotlib import colormaps
    from matplotlib.colors import to_hex

    scale = colormaps["plasma"]
    return [to_hex(scale(0.82 * k / max(count - 1, 1))) for k in range(count)]


def _colours(axis: VariedAxis, count: int) -> list[str]:
    if axis.kind == "scenario":
        return [COLOURS[k % len(COLOURS)] for k in range(count)]
    return _ordered(count)


@dataclass(frozen=True)
class _Looks:
    """How each curve is drawn, and what the legend says."""

    of: dict[int, Look]
    legend: Legend


def _looks(found: TrajectorySet, words: Language) -> _Looks:
    telling, starts = _split(found.axes)
    game = found.game
    entries: list[LegendEntry] = []
    looks: dict[int, Look] = {}
    if not telling:
        many = len(found.curves) > MOST_APART
        colours = _ordered(len(found.curves))
        entries += _heading(_starts_heading(game, starts, words))
        for k, curve in enumerate(found.curves):
            looks[k] = {"color": COLOURS[0] if many else colours[k], "linewidth": 1.2 if many else 1.6}
            looks[k]["linestyle"] = "-" if many else DASHES[k % len(DASHES)]
            if not many:
                entries.append(_entry(looks[k], _start_text(found, curve, starts)))
        if many:
            entries.append(_entry(looks[0], words.VARY_STARTS.format(count=len(found.curves))))
        return _Looks(looks, Legend(tuple(entries)))
    if len(telling) == 2:
        by_colour, by_dashes = telling
        colours = _colours(by_colour, len(by_colour.values))
        for k, curve in enumerate(found.curves):
            looks[k] = {
                "color": colours[by_colour.values.index(curve.at[by_colour.name])],
                "linestyle": DASHES[by_dashes.values.index(curve.at[by_dashes.name])],
                "linewidth": 1.6,
            }
        entries += _heading(axis_in_words(game, by_colour, words))
        for colour, value in zip(colours, by_colour.values, strict=True):
            entries.append(_entry({"color": colour, "linewidth": 2.4}, _legend_value(game, by_colour, value)))
        entries += _heading(axis_in_words(game, by_dashes, words))
        for k, value in enumerate(by_dashes.values):
            entries.append(_entry({**_GREY, "linestyle": DASHES[k]}, _legend_value(game, by_dashes, value)))
    else:
        points = list(dict.fromkeys(tuple(c.at[a.name] for a in telling) for c in found.curves))
        alone = telling[0] if len(telling) == 1 else None
        colours = _colours(alone, len(points)) if alone else _ordered(len(points))
        by_point = {
            point: {"color": colour, "linestyle": DASHES[k % len(DASHES)], "linewidth": 1.6}
            for k, (point, colour) in enumerate(zip(points, colours, strict=True))
        }
        looks = {k: by_point[tuple(c.at[a.name] for a in telling)] for k, c in enumerate(found.curves)}
        if alone is not None:
            entries += _heading(axis_in_words(game, alone, words))
        for point, look in by_point.items():
            told = [_legend_value(game, axis, value) for axis, value in zip(telling, point, strict=True)]
            entries.append(_entry(look, words.separators[", "].join(told)))
    if starts:
        count = _product(len(axis.values) for axis in starts)
        entries += _heading(words.VARY_STARTS.format(count=count))
    return _Looks(looks, Legend(tuple(entries)))


def _legend_value(game: Game, axis: VariedAxis, value: Any) -> str:
    """Return a value with what it is of, for readers who see the legend and not its heading."""
    text = value_on_axis(game, axis, value)
    return text if axis.kind == "scenario" else f"{symbol_text(game, axis.name)} = {text}"


def _starts_heading(game: Game, starts: Sequence[VariedAxis], words: Language) -> str:
    if len(starts) == 1:
        return axis_in_words(game, starts[0], words)
    shares = words.separators[", "].join(symbol_text(game, axis.name) for axis in starts)
    return words.VARY_START.format(shares=f"({shares})")


def _start_text(found: TrajectorySet, curve: Curve, starts: Sequence[VariedAxis]) -> str:
    told = [value_on_axis(found.game, axis, curve.at[axis.name]) for axis in starts]
    return told[0] if len(told) == 1 else f"({', '.join(told)})"


def _heading(text: str) -> list[LegendEntry]:
    return [LegendEntry(None, tuple(shortened(text, STRIP, 4)))]


def _entry(look: Look, text: str) -> LegendEntry:
    return LegendEntry(look, tuple(shortened(text, STRIP - SYMBOLS, 2)))


# --------------------------------------------------------------------------- panels


def draw_trajectory_set(found: TrajectorySet, words: Language) -> Figure:
    """Return one panel for each share, all curves in each.

    Raises
    ------
    InputError
        D607 for more curves than can be distinguished.
    """
    guard_curves(found.game, found.axes)
    looks = _looks(found, words)
    names = share_meanings(found.game, words)
    columns = columns_of_panels(len(names))
    width = WIDTHS[columns]
    titles = [shortened(name, width + BETWEEN - 8, 2) for name in names]
    head = max(rows_height(title) for title in titles) + 4
    row = head + HIGH + GAP + 14
    rows = -(-len(names) // columns)
    page = new_page(LEFT + columns * (width + BETWEEN), 8 + rows * row - GAP - 14 + BELOW + 6, looks.legend)
    for k, title in enumerate(titles):
        left, top = LEFT + (k % columns) * (width + BETWEEN), 8 + (k // columns) * row
        page.write(left, top + head - 4 - rows_height(title), title)
        axes = page.axes(left, top + head, width, HIGH)
        _frame(axes, found.curves[0].trajectory, labelled=k % columns == 0)
        for number, curve in enumerate(found.curves):
            orbit = curve.trajectory
            axes.plot(orbit.times, orbit.states[:, k], clip_on=False, zorder=3, **looks.of[number])
        if k + columns >= len(names):
            page.write(left + width / 2, top + head + HIGH + 16, [words.TRAJECTORY_TIME], align="center")
    return page.figure


def _frame(axes: Axes, orbit: Trajectory, *, labelled: bool) -> None:
    low, high = sorted((float(orbit.times[0]), float(orbit.times[-1])))
    axes.set_xlim(low, high)
    axes.set_ylim(-0.02, 1.02)
    axes.set_yticks([0, 0.5, 1], ["0", "0.5", "1"] if labelled else ["", "", ""])
    wide = 72 * axes.get_window_extent().width / axes.figure.dpi
    axes.set_xticks(*_time_ticks(low, high, wide))
    axes.tick_params(labelsize=SMALL, color=INK, length=3, pad=3)
    axes.grid(color=FAINT, linewidth=0.5)
    axes.set_axisbelow(True)
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)


def _time_ticks(low: float, high: float, wide: float) -> tuple[list[float], list[str]]:
    """Return ticks of a time axis and their labels, as many as stand apart on so many points."""
    from matplotlib.ticker import MaxNLocator

    ticks: list[float] = []
    for most in range(MOST_TICKS, 0, -1):
        found = MaxNLocator(nbins=most, steps=[1, 2, 2.5, 5, 10]).tick_values(low, high)
        reach = 1e-9 * (high - low)
        ticks = [float(t) for t in found if low - reach <= t <= high + reach]
        labels = [_time_text(t) for t in ticks]
        room = wide * (ticks[-1] - ticks[0]) / (high - low) / (len(ticks) - 1) if len(ticks) > 1 else wide
        if max(map(len, labels), default=0) * DIGIT * SMALL + SMALL / 2 <= room:
            break
    return ticks, [_time_text(t) for t in ticks]


def _time_text(time: float) -> str:
    text = f"{time:.9f}".rstrip("0").rstrip(".").replace("-", "−")
    return text if 0 < len(text) <= LONGEST_TIME else readable(time)


# --------------------------------------------------------------------------- cases


CASE_HEAD = TEXT * 1.28 + 3
"""Points: the height of the line above the panels of one case."""


def _height_of_case(cases: int) -> float:
    """Return the height of a panel, in points: of few cases they may be higher."""
    return 76.0 if cases < 3 else 62.0 if cases == 3 else 50.0


def draw_case_trajectories(names: Sequence[str], sets: Sequence[TrajectorySet], words: Language) -> Figure:
    """Return one row of panels for each case, one panel for each share, one curve for each start."""
    game = sets[0].game
    shares = share_meanings(game, words)
    columns = columns_of_panels(len(shares))
    width = WIDTHS[columns] * (1.0 if columns < 3 else 1.12)
    lines = -(-len(shares) // columns)
    full = columns * (width + BETWEEN) - BETWEEN
    high = _height_of_case(len(sets))
    titles = [shortened(share, width, 2) for share in shares]
    head = max(rows_height(title) for title in titles) + 2
    each = CASE_HEAD + lines * (high + 17 + (head if lines > 1 else 0)) + 3
    page = new_page(
        LEFT + full + RIGHT, 6 + (head if lines == 1 else 0) + len(sets) * each + 14, Legend(()), strip=0
    )
    top = 6.0
    if lines == 1:
        for k, title in enumerate(titles):
            page.write(LEFT + k * (width + BETWEEN), top, title)
        top += head
    for name, found in zip(names, sets, strict=True):
        page.write(LEFT, top, shortened(name, full, 1))
        below = top + CASE_HEAD
        for k, title in enumerate(titles):
            left = LEFT + (k % columns) * (width + BETWEEN)
            if lines > 1:
                page.write(left, below, title)
            _case_panel(
                page, found, k, (left, below + (head if lines > 1 else 0), width, high), k % columns == 0
            )
            if k % columns == columns - 1:
                below += high + 17 + (head if lines > 1 else 0)
        top += each
    page.write(LEFT + full / 2, top - 4, [words.TRAJECTORY_TIME], align="center")
    return page.figure


def _case_panel(
    page: FigurePage,
    found: TrajectorySet,
    share: int,
    place: tuple[float, float, float, float],
    labelled: bool,
) -> None:
    axes = page.axes(*place)
    _frame(axes, found.curves[0].trajectory, labelled=labelled)
    colours = _ordered(len(found.curves))
    today = found.game.today
    here = None if today is None else tuple(float(today[s]) for s in found.game.shares)
    for k, curve in enumerate(found.curves):
        orbit = curve.trajectory
        look = {"color": colours[k], "linestyle": DASHES[k % len(DASHES)], "linewidth": 1.4}
        if curve.start == here:
            look = TODAY
        axes.plot(orbit.times, orbit.states[:, share], clip_on=False, zorder=3, **look)


def case_trajectories_picture(names: Sequence[str], sets: Sequence[TrajectorySet], words: Language) -> Draw:
    """Return the shares over time in several cases, a row of panels each, to be drawn in any format."""
    title = words.TRAJECTORY_TITLE.format(title=clean(sets[0].game.title))
    told = [
        words.MULTIPLES_TRAJECTORY.format(name=name, told=_description(found, words))
        for name, found in zip(names, sets, strict=True)
    ]
    said = words.separators[" "].join(told)
    return picture(lambda: draw_case_trajectories(names, sets, words), title, said)


# --------------------------------------------------------------------------- in any format


def trajectory_set_picture(found: TrajectorySet, language: Language | None = None) -> Draw:
    """Return a set of trajectories over time, to be drawn in any format.

    Raises
    ------
    InputError
        D607, at once, for more curves than can be distinguished and more shares than fit on a page.

    Examples
    --------
    >>> import separatrix
    >>> found = separatrix.trajectories("shi-chen-2018", {"C1": [2, 4, 6]})
    >>> trajectory_set_picture(found)("svg")[:4]
    b'<svg'
    """
    guard_curves(found.game, found.axes)
    words = language or language_of("en")
    title = words.TRAJECTORY_TITLE.format(title=clean(found.game.title))
    description = words.TRAJECTORY_DESCRIPTION.format(
        until=f"{found.times[-1]:.6g}", trajectories=_description(found, words)
    )
    return picture(lambda: draw_trajectory_set(found, words), title, description)


def _description(found: TrajectorySet, words: Language) -> str:
    return words.separators[" "].join(
        words.VARY_TOLD.format(
            name=curve_in_words(found, curve, words),
            start=start_in_words(curve.trajectory),
            message=words.tell(curve.message),
        )
        for curve in found.curves
    )
