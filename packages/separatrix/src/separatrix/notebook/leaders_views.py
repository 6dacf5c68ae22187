"""Leaders at a prompt and in a notebook: one screen, axes, and a table."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

from separatrix.document.numbers import readable
from separatrix.figures.leaders import paint_leaders
from separatrix.languages import language_of
from separatrix.notebook.summary import Summary, SummaryTable
from separatrix.reports.leaders import chance_text, leaders_csv

if TYPE_CHECKING:
    import pandas

    from separatrix.policy.leaders_plan import LeadersPlan

__all__ = ["leaders_axes", "leaders_frame", "leaders_summary"]

MOST_ROWS = 12


def leaders_summary(found: LeadersPlan) -> Summary:
    """Return the enterprises to support, the share reached, and the outcome after the support."""
    words, end = language_of("en"), found.support_end
    facts: tuple[tuple[str, str | None], ...] = (
        ("target share", f"{100 * found.share:g} % by time {found.by:g} in {100 * found.chance:g} % of runs"),
        ("status", found.status),
        ("reached in", chance_text(found.reached, words)),
        ("cost", f"{readable(found.cost)} {found.unit}".strip() if found.priced else None),
        ("without leaders", chance_text(found.without, words)),
        ("support ends", None if end is None else f"at time {end.support:g}: {end.verdict}"),
        ("still there in", None if end is None else chance_text(end.kept, words)),
    )
    rows = tuple(
        (str(place), name, readable(cost))
        for place, (name, cost) in enumerate(zip(found.names, found.costs, strict=True), 1)
    )
    tables = (SummaryTable(("place", "enterprise", "cost"), rows[:MOST_ROWS]),) if rows else ()
    told = tuple((name, fact) for name, fact in facts if fact is not None)
    return Summary(f"Leaders: {found.model.game.title}", told, tables)


def leaders_axes(axes: Any, found: LeadersPlan) -> Any:
    """Draw the shares in time on axes."""
    paint_leaders(axes, found)
    axes.set_xlabel("time")
    axes.set_ylabel("share")
    return axes


def leaders_frame(found: LeadersPlan) -> pandas.DataFrame:
    """Return a row for each leader."""
    import pandas as pd

    return pd.read_csv(io.StringIO(leaders_csv(found)))
