"""Fronts of programmes and robust ones at a prompt and in a notebook: one screen, axes, and a table."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

from separatrix.document.numbers import percent, readable
from separatrix.document.objectives import objective_words
from separatrix.figures.pareto_front import paint_front, paint_robust
from separatrix.languages import language_of
from separatrix.notebook.summary import Summary, SummaryTable
from separatrix.reports.pareto import pareto_csv, robust_csv

if TYPE_CHECKING:
    import pandas

    from separatrix.policy.pareto_front import ParetoFront
    from separatrix.policy.robust_programme import RobustProgramme

__all__ = [
    "pareto_axes",
    "pareto_frame",
    "pareto_summary",
    "robust_axes",
    "robust_frame",
    "robust_summary",
]

MOST_ROWS = 8


def pareto_summary(found: ParetoFront) -> Summary:
    """Return what was looked at, and some of the front."""
    words = language_of("en")
    names = [o.name for o in found.objectives]
    facts = (
        ("objectives", ", ".join(objective_words(name, words) for name in names)),
        ("horizon", f"{readable(found.horizon)} at {100 * found.discount:g} %"),
        ("followed", f"{len(found.evaluated):,} programmes, {len(found.front):,} non-dominated"),
        ("budget", "" if found.budget is None else readable(found.budget)),
        ("kind", "best of those followed, no proven optimum"),
        ("warnings", "; ".join(found.warnings)),
    )
    rows = tuple(
        (
            str(own.programme.to_sentence),
            *("–" if own.values[n] is None else readable(float(f"{own.values[n]:.4g}")) for n in names),
        )
        for own in found.displayed(MOST_ROWS)
    )
    table = SummaryTable(("programme", *(objective_words(n, words) for n in names)), rows)
    told = tuple((name, fact) for name, fact in facts if fact)
    return Summary(f"Programmes: {found.game.title}", told, (table,) if rows else ())


def robust_summary(found: RobustProgramme) -> Summary:
    """Return the programme, how surely it works, and what matters most."""
    low, high = found.share.interval
    interval = f"{percent(low)} – {percent(high)}"
    proposed = "none up to the strongest" if found.programme is None else str(found.programme.to_sentence)
    facts = (
        ("target share", f"{100 * found.wished:g} % of the draws"),
        ("programme", proposed),
        ("works in", f"{percent(found.share.value)} of {found.share.draws:,} fresh draws ({interval})"),
        ("without", percent(found.without.value)),
        ("matter most", ", ".join(found.inputs)),
        ("warnings", "; ".join(found.warnings)),
    )
    return Summary(f"Robust programme: {found.game.title}", tuple((n, f) for n, f in facts if f), ())


def pareto_axes(axes: Any, found: ParetoFront) -> Any:
    """Draw the front over its first two objectives on axes."""
    words = language_of("en")
    x, y = paint_front(axes, found)
    axes.set_xlabel(objective_words(x, words))
    axes.set_ylabel(objective_words(y, words))
    return axes


def robust_axes(axes: Any, found: RobustProgramme) -> Any:
    """Draw the share of the draws over the strength of the programme on axes."""
    axes.set_xlabel(paint_robust(axes, found, language_of("en")))
    axes.set_ylabel("share of the draws")
    return axes


def pareto_frame(found: ParetoFront) -> pandas.DataFrame:
    """Return a row for each programme that was followed."""
    import pandas as pd

    return pd.read_csv(io.StringIO(pareto_csv(found)))


def robust_frame(found: RobustProgramme) -> pandas.DataFrame:
    """Return a row for each draw of the first sample."""
    import pandas as pd

    return pd.read_csv(io.StringIO(robust_csv(found)))
