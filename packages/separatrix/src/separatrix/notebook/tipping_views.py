"""Tipping values at a prompt and in a notebook: one screen, axes, and a table."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

from separatrix.document.numbers import readable
from separatrix.document.tipping import condition_words, level_words, levels_words
from separatrix.figures.tipping import paint_instrument
from separatrix.figures.tipping_surface import paint_plane
from separatrix.languages import language_of
from separatrix.notebook.summary import Summary, SummaryTable
from separatrix.reports.tipping import tipping_csv
from separatrix.reports.tipping_surface import tipping_surface_csv

if TYPE_CHECKING:
    import pandas

    from separatrix.policy.tipping.results import TippingValues
    from separatrix.policy.tipping.surface import TippingSurface

__all__ = [
    "surface_axes",
    "surface_frame",
    "surface_summary",
    "tipping_axes",
    "tipping_frame",
    "tipping_summary",
]

MOST_ROWS = 12


def tipping_summary(found: TippingValues) -> Summary:
    """Return the tipping value of each condition of each instrument."""
    words = language_of("en")
    rows = tuple(
        (
            instrument.name,
            condition_words(condition.name, words),
            "" if condition.tipping is None else level_words(condition.tipping),
            levels_words(
                condition.levels, instrument.name, (float(instrument.low), float(instrument.high)), words
            ),
        )
        for instrument in found.instruments
        for condition in instrument.conditions
    )
    facts: tuple[tuple[str, str], ...] = (("target", f"{found.target_id} ({', '.join(found.target_names)})"),)
    if found.today is not None:
        facts += (("today", ", ".join(f"{name} = {readable(v)}" for name, v in found.today.items())),)
    heads = ("instrument", "the target", "tipping value", "levels")
    return Summary(f"Tipping values: {found.game.title}", facts, (SummaryTable(heads, rows),))


def tipping_axes(axes: Any, found: TippingValues, instrument: str | None = None) -> Any:
    """Draw the bars of one instrument, by default the first, on axes."""
    chosen = found.instruments[0] if instrument is None else found.instrument(instrument)
    paint_instrument(axes, chosen)
    words = language_of("en")
    axes.set_yticks([k + 0.5 for k in range(len(chosen.conditions))])
    axes.set_yticklabels([condition_words(c.name, words) for c in chosen.conditions])
    axes.set_xlabel(chosen.name)
    return axes


def tipping_frame(found: TippingValues) -> pandas.DataFrame:
    """Return a row for each interval of levels."""
    import pandas as pd

    return pd.read_csv(io.StringIO(tipping_csv(found)))


def surface_summary(found: TippingSurface) -> Summary:
    """Return at which levels of the last instrument the goal is reached, at some levels of the others."""
    words = language_of("en")
    *others, last = found.instruments
    step = max(1, len(found.columns) // MOST_ROWS)
    rows = tuple(
        (
            *(readable(level) for level in column.at),
            levels_words(column.levels[found.goal], last.name, (float(last.low), float(last.high)), words),
        )
        for column in found.columns[::step]
    )
    facts = (("target", f"{found.target_id} ({', '.join(found.target_names)})"),)
    heads = (*(i.name for i in others), condition_words(found.goal, words))
    return Summary(f"Tipping surface: {found.game.title}", facts, (SummaryTable(heads, rows),))


def surface_axes(axes: Any, found: TippingSurface, plane: int = 0) -> Any:
    """Draw the plane of the last two instruments, of three at one of the levels of the first, on axes."""
    paint_plane(axes, found, found.planes[plane][1])
    axes.set_xlabel(found.instruments[-2].name)
    axes.set_ylabel(found.instruments[-1].name)
    return axes


def surface_frame(found: TippingSurface) -> pandas.DataFrame:
    """Return a row for each interval of the last instrument, at each level of the others."""
    import pandas as pd

    return pd.read_csv(io.StringIO(tipping_surface_csv(found)))
