"""What each kind of result says of itself in one screen."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from separatrix.analysis.results import Analysis, Regime, RestPoint, RestSet
from separatrix.document.numbers import readable
from separatrix.expression.conditions import condition_text
from separatrix.expression.tree import to_text
from separatrix.game.model import Game
from separatrix.notebook.dynamics_views import DYNAMICS_SUMMARIES
from separatrix.notebook.leaders_views import leaders_summary
from separatrix.notebook.network_views import network_summary
from separatrix.notebook.pareto_views import pareto_summary, robust_summary
from separatrix.notebook.programme_views import permanent_summary, temporary_summary
from separatrix.notebook.seeds_summary import certified_summary, targeted_summary
from separatrix.notebook.summary import (
    Summary,
    SummaryTable,
    html_of_summary,
    text_of_summary,
)
from separatrix.notebook.summary_texts import (
    PLACES,
    facts_of,
    model_facts,
    profile_text,
    state_text,
    values_text,
)
from separatrix.notebook.tipping_views import surface_summary, tipping_summary
from separatrix.plugins import view

if TYPE_CHECKING:
    from separatrix.audit.evidence.findings import Findings
    from separatrix.game.catalogue import Examples

__all__ = ["html_of", "summary_of", "text_of"]


def text_of(result: Any) -> str:
    """Return what a result says of itself in one screen."""
    return text_of_summary(summary_of(result))


def html_of(result: Any) -> str:
    """Return the same for a notebook."""
    return html_of_summary(summary_of(result))


def summary_of(result: Any) -> Summary:
    """Return what a result says of itself."""
    for kind in type(result).__mro__:
        if kind.__name__ in _SUMMARIES:
            return _SUMMARIES[kind.__name__](result)
    from separatrix.notebook.finite_populations import SUMMARIES

    name = type(result).__name__
    summary: Callable[[Any], Summary] | None = SUMMARIES.get(name) or view(type(result), "SUMMARIES")
    return Summary(name) if summary is None else summary(result)


# --------------------------------------------------------------------------- game and analysis


def _game(game: Game) -> Summary:
    populations = SummaryTable(
        ("population", "share", "strategies"),
        tuple(
            (p.name, ", ".join(p.shares), ", ".join(s.name for s in p.strategies)) for p in game.populations
        ),
    )
    parameters = SummaryTable(
        ("parameter", "value", "meaning"),
        tuple(
            (name, "" if p.value is None else readable(float(p.value), PLACES), p.meaning or "")
            for name, p in game.parameters.items()
        ),
    )
    facts = facts_of(
        ("source", game.source),
        ("payoffs", type(game.form).__name__),
        ("scenarios", ", ".join(game.scenarios)),
        ("assumptions", ", ".join(text for _, text in game.assumptions)),
    )
    return Summary(f"Game: {game.title}", facts, (populations, parameters))


def _analysis(found: Analysis) -> Summary:
    game = found.game
    heads = ["id", "state", "profile", "stability"]
    if found.symbolic:
        heads.append("stable when")
    rows: list[tuple[str, ...]] = []
    for p in found.rest_points:
        cells = [p.id, _place(game, p), profile_text(game, p.support), p.stability or ""]
        if found.symbolic:
            cells.append("" if p.stable_when is None else condition_text(p.stable_when))
        rows.append(tuple(cells))
    points = SummaryTable(tuple(heads), tuple(rows))
    sets = SummaryTable(
        ("id", "dimension", "profile", "stability"),
        tuple(
            (s.id, str(s.dimension), profile_text(game, s.support), s.stability or "")
            for s in found.rest_sets
        ),
    )
    facts = facts_of(
        *model_facts(game, found.values, found.scenario),
        ("rest points", f"{len(found.rest_points)}, {found.completeness.status}"),
        ("rest sets", len(found.rest_sets) or None),
        ("regimes", len(found.regimes) or None),
        ("warnings", "; ".join(w.code for w in found.warnings)),
    )
    return Summary(f"Analysis: {game.title}", facts, (points, sets))


def _rest_point(found: RestPoint) -> Summary:
    state = "" if found.state is None else f" ({', '.join(readable(x, PLACES) for x in found.state)})"
    if found.state is None and found.exact is not None:
        state = f" ({', '.join(to_text(e) for e in found.exact)})"
    played = " · ".join("+".join(own) for own in found.support)
    return Summary(f"RestPoint {found.id}{state} {played}: {found.stability or 'depends on parameters'}")


def _rest_set(found: RestSet) -> Summary:
    played = " · ".join("+".join(own) for own in found.support)
    label = found.stability or "depends on parameters"
    return Summary(f"RestSet {found.id} of dimension {found.dimension}, {played}: {label}")


def _regime(found: Regime) -> Summary:
    stable = [f"({', '.join(to_text(e) for e in state)})" for state in found.stable]
    facts = facts_of(("where", condition_text(found.condition)), ("for example", values_text(found.witness)))
    return Summary(f"Regime: {' and '.join(stable) or 'no state'} asymptotically stable", facts)


def _place(game: Game, point: RestPoint) -> str:
    if point.state is not None:
        return state_text(game.shares, point.state)
    return "" if point.exact is None else f"({', '.join(to_text(e) for e in point.exact)})"


# --------------------------------------------------------------------------- papers


def _findings(found: Findings) -> Summary:
    errors = sum(f.severity == "error" for f in found)
    rows = tuple((f.code, f.severity, f.where, f.text) for f in found)
    return Summary(
        f"Findings: {errors} errors, {len(found) - errors} notes",
        (),
        (SummaryTable(("code", "severity", "where", "text"), rows),),
    )


def _examples(found: Examples) -> Summary:
    rows = tuple((e.slug, e.size, e.title, e.short_source) for e in found)
    table = SummaryTable(("name", "strategies", "title", "source"), rows)
    return Summary(f"Examples: {len(found)} published games", (), (table,))


_SUMMARIES: Mapping[str, Callable[[Any], Summary]] = {
    **DYNAMICS_SUMMARIES,
    "Analysis": _analysis,
    "Examples": _examples,
    "Findings": _findings,
    "Game": _game,
    "LeadersPlan": leaders_summary,
    "TippingSurface": surface_summary,
    "TippingValues": tipping_summary,
    "NetworkEnsemble": network_summary,
    "ParetoFront": pareto_summary,
    "PermanentProgramme": permanent_summary,
    "Regime": _regime,
    "RestPoint": _rest_point,
    "RobustProgramme": robust_summary,
    "RestSet": _rest_set,
    "CertifiedSeeds": certified_summary,
    "TargetedSeeds": targeted_summary,
    "TemporaryProgramme": temporary_summary,
}
"""By the name of the class, so that one result does not load the code of all others."""
