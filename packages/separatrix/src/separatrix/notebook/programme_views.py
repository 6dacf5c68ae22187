"""Permanent and temporary programmes at a prompt and in a notebook: one screen, and a table."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from separatrix.document.numbers import readable
from separatrix.notebook.summary import Summary, SummaryTable
from separatrix.policy.target import named_profile
from separatrix.reports.programme import programme_csv

if TYPE_CHECKING:
    import pandas

    from separatrix.policy.permanent.results import PermanentProgramme
    from separatrix.policy.temporary.result import TemporaryProgramme

__all__ = ["permanent_frame", "permanent_summary", "temporary_summary"]

MOST_ROWS = 8
PLACES = 4


def permanent_summary(found: PermanentProgramme) -> Summary:
    """Return levels and costs, at the infimum and with the margin, or what fails."""
    infimum = ""
    if found.infimum is not None and found.bounds is not None:
        low, high = found.bounds
        infimum = readable(found.infimum, PLACES) if low == high else f"{low:.6g} to {high:.6g}"
    facts = (
        ("target", named_profile(found.game, found.target)),
        ("asked", ", ".join(["stable", *found.asked])),
        ("verdict", found.verdict),
        ("infimum", infimum),
        ("attained", {True: "yes", False: "no", None: ""}[found.attained]),
        ("margin", readable(found.margin, PLACES)),
        ("today goes to", found.today or ""),
        ("how sure", str(found.how_sure)),
    )
    levels = [own for own in (found.limit, found.recommended) if own is not None]
    rows = []
    for name in found.game.in_force:
        if any(own.levels[name] != found.game.instruments[name].idle for own in levels):
            rows.append((name, *(readable(own.levels[name], PLACES) for own in levels)))
    rows += [
        (f"cost, {payer}", *(readable(own.costs[payer], PLACES) for own in levels))
        for payer in (levels[0].costs if levels else ())
    ]
    failing = [(str(s.told), "" if s.by is None else readable(s.by, PLACES)) for s in found.shortfalls]
    tables = []
    if levels:
        heads = ("", "infimum", "with margin")[: len(levels) + 1]
        tables.append(SummaryTable(heads, tuple(rows[:MOST_ROWS])))
    if failing:
        tables.append(SummaryTable(("fails", "by"), tuple(failing[:MOST_ROWS])))
    told = tuple((name, fact) for name, fact in facts if fact)
    return Summary(f"Permanent programme: {found.game.title}", told, tuple(tables))


def temporary_summary(found: TemporaryProgramme) -> Summary:
    """Return what each shape of support costs, and what follows."""
    facts = (
        ("target", found.target),
        ("answer", found.answer),
        ("infimum", "" if found.infimum is None else readable(found.infimum, PLACES)),
        ("margin", readable(found.margin, PLACES)),
        ("how sure", str(found.how_sure)),
    )
    rows = tuple(
        (
            own.shape,
            readable(own.cost, PLACES),
            readable(own.end, PLACES),
            "yes" if own.after.arrives else "no",
        )
        for own in found.programmes.values()
    )
    table = SummaryTable(("support", "cost", "ends", "lasts"), rows)
    told = tuple((name, fact) for name, fact in facts if fact)
    return Summary(f"Temporary programme: {found.game.title}", told, (table,) if rows else ())


def permanent_frame(found: PermanentProgramme) -> pandas.DataFrame:
    """Return one row for each level, cost and condition."""
    import pandas as pd

    return pd.read_csv(io.StringIO(programme_csv(found)))
