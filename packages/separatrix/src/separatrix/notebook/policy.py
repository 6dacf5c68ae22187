"""Tipping values at a prompt and in a notebook: one screen, axes, and a table.

Leaders at a prompt and in a notebook: one screen, axes, and a table.

Fronts of programmes and robust ones at a prompt and in a notebook: one screen, axes, and a table.

Permanent and temporary programmes at a prompt and in a notebook: one screen, and a table.
"""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

from separatrix.document.numerals import (
    condition_words,
    level_words,
    levels_words,
    objective_words,
    percent,
    readable,
)
from separatrix.figures.pareto_front import paint_front, paint_robust
from separatrix.figures.programmes import paint_leaders
from separatrix.figures.tipping import paint_instrument, paint_plane
from separatrix.languages import language_of
from separatrix.notebook.summary import Summary, SummaryTable
from separatrix.policy.externality_price import named_profile
from separatrix.reports.pareto import chance_text, leaders_csv, pareto_csv, robust_csv
from separatrix.reports.programmes import programme_csv
from separatrix.reports.tipping import tipping_csv, tipping_surface_csv

if TYPE_CHECKING:
    import pandas

    from separatrix.policy.leader_results import LeadersPlan
    from separatrix.policy.pareto_front import ParetoFront
    from separatrix.policy.permanent.results import PermanentProgramme
    from separatrix.policy.robust_programme import RobustProgramme
    from separatrix.policy.temporary.results import TemporaryProgramme
    from separatrix.policy.tipping.results import TippingValues
    from separatrix.policy.tipping.surface import TippingSurface

__all__ = [
    "leaders_axes",
    "leaders_frame",
    "leaders_summary",
    "pareto_axes",
    "pareto_frame",
    "pareto_summary",
    "permanent_frame",
    "permanent_summary",
    "robust_axes",
    "robust_frame",
    "robust_summary",
    "surface_axes",
    "surface_frame",
    "surface_summary",
    "temporary_summary",
    "tipping_axes",
    "tipping_frame",
    "tipping_summary",
]

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


PARETO_VIEWS_MOST_ROWS = 8


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
        for own in found.displayed(PARETO_VIEWS_MOST_ROWS)
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


PROGRAMME_VIEWS_MOST_ROWS = 8
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
        tables.append(SummaryTable(heads, tuple(rows[:PROGRAMME_VIEWS_MOST_ROWS])))
    if failing:
        tables.append(SummaryTable(("fails", "by"), tuple(failing[:PROGRAMME_VIEWS_MOST_ROWS])))
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
