"""Trajectories in time: one panel for each start, one line for each share."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from separatrix.document.document import Draw
from separatrix.document.outcomes import start_in_words
from separatrix.document.variations import share_meanings
from separatrix.figures.canvas import FAINT, INK
from separatrix.figures.legend import Legend, LegendEntry
from separatrix.figures.lettering import SMALL, TEXT, clean, shortened
from separatrix.figures.page import new_page
from separatrix.figures.picture import picture
from separatrix.game.model import Game
from separatrix.languages import Language, language_of

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from separatrix.dynamics.integration.result import Trajectory

__all__ = ["MOST_PANELS", "draw_time_series", "time_series_picture", "time_series_svg"]

MOST_PANELS = 12
"""More starts than these do not fit on a page."""

LEFT, WIDE, HIGH, BETWEEN, BELOW = 46.0, 250.0, 110.0, 30.0, 40.0
"""Points: the margin, the size of a panel, and the gaps."""

COLOURS = ("#0b5fa5", "#b5480f", "#1b7a4b", "#7b3fa0", "#8a6d00", "#a3224e", "#3f5a66")
DASHES: tuple[Any, ...] = ("-", (0, (5, 2)), (0, (1.5, 1.5)), (0, (6, 2, 1.5, 2)), (0, (9, 2)))


def look_of(index: int) -> dict[str, Any]:
    """Return the colour and the dashes of a share: five shares differ in both."""
    return {
        "color": COLOURS[index % len(COLOURS)],
        "linestyle": DASHES[index % len(DASHES)],
        "linewidth": 1.7,
    }


def draw_time_series(
    game: Game, trajectories: Sequence[Trajectory], words: Language, names: Sequence[str] | None = None
) -> Figure:
    """Return the panels, one below the other, under `names` or under what each trajectory starts from.

    Raises
    ------
    ValueError
        For more trajectories than `MOST_PANELS`.
    """
    if len(trajectories) > MOST_PANELS:
        raise ValueError(f"{len(trajectories)} trajectories; a figure has room for {MOST_PANELS}")
    legend = Legend(
        tuple(
            LegendEntry(look_of(k), tuple(shortened(text, 100.0, 4)))
            for k, text in enumerate(share_meanings(game, words))
        )
    )
    head = 8 + TEXT * 1.28 + 4
    page = new_page(LEFT + WIDE + 20, head + len(trajectories) * (HIGH + BETWEEN) - BETWEEN + BELOW, legend)
    for number, orbit in enumerate(trajectories, start=1):
        top = head + (number - 1) * (HIGH + BETWEEN)
        told = words.TRAJECTORY_NUMBERED.format(number=number, start=start_in_words(orbit))
        if names is not None:
            told = names[number - 1]
        page.write(LEFT, top - TEXT * 1.28 - 4, shortened(told, WIDE, 1))
        last = number == len(trajectories)
        _draw(page.axes(LEFT, top, WIDE, HIGH), orbit, last)
        if last:
            page.write(LEFT + WIDE / 2, top + HIGH + 20, [words.TRAJECTORY_TIME], align="center")
    return page.figure


def _draw(axes: Axes, orbit: Trajectory, last: bool) -> None:
    axes.set_xlim(min(orbit.times[0], orbit.times[-1]), max(orbit.times[0], orbit.times[-1]))
    axes.set_ylim(-0.03, 1.03)
    axes.set_yticks([0, 0.5, 1], ["0", "0.5", "1"])
    axes.tick_params(labelsize=SMALL, color=INK, labelbottom=last)
    axes.grid(color=FAINT, linewidth=0.5)
    axes.set_axisbelow(True)
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)
    for index, column in enumerate(orbit.states.T):
        axes.plot(orbit.times, column, clip_on=False, **look_of(index))


def time_series_svg(game: Game, trajectories: Sequence[Trajectory], language: Language | None = None) -> str:
    """Return the panels as an SVG element with a title and a description.

    Raises
    ------
    ValueError
        For more trajectories than `MOST_PANELS`.
    """
    return time_series_picture(game, trajectories, language or language_of("en"))("svg").decode()


def time_series_picture(
    game: Game, trajectories: Sequence[Trajectory], words: Language, names: Sequence[str] | None = None
) -> Draw:
    """Return the panels, to be drawn in any format; with `names`, one panel for each scenario.

    Raises
    ------
    ValueError
        When it is drawn, for more trajectories than `MOST_PANELS`.
    """
    said = [
        words.TRAJECTORY_FROM.format(start=start_in_words(orbit), message=words.tell(orbit.message))
        for orbit in trajectories
    ]
    if names is not None:
        said = [
            words.MULTIPLES_TRAJECTORY.format(name=n, told=told) for n, told in zip(names, said, strict=True)
        ]
    return picture(
        lambda: draw_time_series(game, trajectories, words, names),
        words.TRAJECTORY_TITLE.format(title=clean(game.title)),
        words.TRAJECTORY_DESCRIPTION.format(
            until=f"{trajectories[0].times[-1]:.6g}", trajectories=words.separators[" "].join(said)
        ),
    )
