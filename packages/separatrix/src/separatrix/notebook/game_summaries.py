"""What results of dynamics say of themselves: trajectories, basins, portraits, maps, surfaces.

What summaries of results are put together from: values, states and profiles in few words.

What seeds say of themselves in one screen.

What each kind of result says of itself in one screen.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from separatrix.analysis.results import Analysis, Regime, RestPoint, RestSet
from separatrix.document.numerals import amount, percent, ratio_text, readable, share_text
from separatrix.document.state_names import profile_words
from separatrix.expression.conditions import condition_text
from separatrix.expression.tree import to_text
from separatrix.game.model import Game
from separatrix.languages import language_of
from separatrix.notebook.policy import (
    leaders_summary,
    pareto_summary,
    permanent_summary,
    robust_summary,
    surface_summary,
    temporary_summary,
    tipping_summary,
)
from separatrix.notebook.populations import network_summary
from separatrix.notebook.summary import Summary, SummaryTable, html_of_summary, text_of_summary
from separatrix.plugins import view

if TYPE_CHECKING:
    from separatrix.audit.evidence.findings import Findings
    from separatrix.dynamics.basin_boundaries.critical_shock import CriticalShock
    from separatrix.dynamics.basin_boundaries.stable_manifold import SeparatrixCurve
    from separatrix.dynamics.basin_boundaries.surface import SeparatrixSurface
    from separatrix.dynamics.basins.basins import Basins
    from separatrix.dynamics.basins.outcomes import Outcome
    from separatrix.dynamics.bifurcation.result import BifurcationDiagram
    from separatrix.dynamics.integration.results import Trajectory
    from separatrix.dynamics.portraits import PhasePortrait
    from separatrix.dynamics.regime_maps import RegimeMap
    from separatrix.dynamics.sensitivity.fan_chart import FanChart
    from separatrix.dynamics.sensitivity.sobol_indices import Sensitivity
    from separatrix.dynamics.sweeps.trajectory_set import TrajectorySet
    from separatrix.game.catalogue import Examples
    from separatrix.population.opim import CertifiedSeeds
    from separatrix.population.seeding import TargetedSeeds

__all__ = [
    "DYNAMICS_SUMMARIES",
    "PLACES",
    "certified_summary",
    "facts_of",
    "html_of",
    "model_facts",
    "profile_text",
    "reached_text",
    "state_text",
    "summary_of",
    "targeted_summary",
    "text_of",
    "values_text",
]

PLACES = 4
MOST_VALUES = 12
MOST_SHARES = 8


def values_text(values: Mapping[str, Any]) -> str:
    """Return parameters with their values, the first dozen of them."""
    told = [
        f"{name} = {readable(float(value), PLACES)}" for name, value in list(values.items())[:MOST_VALUES]
    ]
    more = len(values) - len(told)
    return ", ".join([*told, f"… and {more} more"] if more > 0 else told)


def state_text(shares: Sequence[str], state: Iterable[float] | None) -> str:
    """Return a state: one share by its name, few as a tuple, many by those that are present."""
    if state is None:
        return ""
    values = [readable(float(x), PLACES) for x in state]
    if len(values) == 1:
        return f"{shares[0]} = {values[0]}"
    if len(values) > MOST_SHARES:
        present = [f"{s} = {v}" for s, v in zip(shares, values, strict=True) if v != "0"]
        return ", ".join(present)
    return f"({', '.join(values)})"


def reached_text(shares: Sequence[str], state: Iterable[float] | None) -> str:
    """Return the limit state of a trajectory, to the digits that its error allows."""
    return state_text(shares, None if state is None else [round(float(x), 6) + 0.0 for x in state])


def profile_text(game: Game, support: Sequence[Sequence[str]]) -> str:
    """Return the strategies of a support in words."""
    return profile_words(game.populations, support, language_of("en"))


def facts_of(*pairs: tuple[str, object]) -> tuple[tuple[str, str], ...]:
    """Return the informative pairs."""
    return tuple((name, str(told)) for name, told in pairs if told not in (None, "", ()))


def model_facts(
    game: Game, values: Mapping[str, Any] | None, scenario: str | None
) -> tuple[tuple[str, object], ...]:
    """Return at which scenario and parameters a result holds."""
    return (("scenario", scenario), ("parameters", "" if not values else values_text(values)))


def _trajectories(found: TrajectorySet) -> Summary:
    plain = {axis.name: axis.plain for axis in found.axes}
    rows = tuple(
        (
            *(str(plain[name](value)) for name, value in curve.at.items()),
            reached_text(curve.trajectory.shares, curve.rest),
            "" if curve.settled is None else readable(curve.settled, PLACES),
        )
        for curve in found.curves
    )
    heads = (*(axis.name for axis in found.axes), "rests at", "settled at time")
    facts = facts_of(
        ("dynamics", found.field),
        ("curves", len(found.curves)),
        ("until", readable(float(found.times[-1]), PLACES)),
    )
    return Summary(f"Trajectories: {found.game.title}", facts, (SummaryTable(heads, rows),))


def _trajectory(orbit: Trajectory) -> Summary:
    rows = orbit.states
    facts = facts_of(
        ("from", f"{state_text(orbit.shares, rows[0])} at time {readable(float(orbit.times[0]), PLACES)}"),
        ("to", f"{reached_text(orbit.shares, rows[-1])} at time {readable(float(orbit.end_time), PLACES)}"),
        ("message", orbit.message),
        ("points", len(orbit.times)),
    )
    return Summary("Trajectory", facts)


def _basins(found: Basins) -> Summary:
    points = {p.id: p for p in found.analysis.rest_points}
    rows = []
    for name, share in found.fractions.items():
        state = found.state_of(name)
        profile = profile_text(found.game, points[name].support) if name in points else ""
        rows.append(
            (
                name,
                state_text(found.game.shares, None if state is None else state.values()),
                profile,
                percent(share),
            )
        )
    facts = facts_of(
        *model_facts(found.game, found.analysis.values, found.analysis.scenario),
        ("dynamics", found.field),
        ("method", f"{found.method}, error {readable(found.error, PLACES)}"),
        ("today ends at", found.today),
    )
    table = SummaryTable(("outcome", "state", "profile", "share of starts"), tuple(rows))
    return Summary(f"Basins: {found.game.title}", facts, (table,))


def _outcome(found: Outcome) -> Summary:
    game = found.analysis.game
    facts = facts_of(
        *model_facts(game, found.analysis.values, found.analysis.scenario),
        ("start", state_text(game.shares, found.start)),
        ("ends at", f"{found.name} ({found.ending.kind})"),
        ("how sure", found.how_sure),
    )
    return Summary(f"Outcome: {game.title}", facts)


def _portrait(found: PhasePortrait) -> Summary:
    game = found.game
    rows = tuple(
        (p.id, state_text(found.shares, p.state), profile_text(game, p.support), p.stability or "")
        for p in found.rest_points
    )
    facts = facts_of(
        *model_facts(game, found.analysis.values, found.analysis.scenario),
        ("dynamics", found.kind),
        ("shape", found.shape),
        ("trajectories", len(found.trajectories)),
        ("separatrices", len(found.separatrices)),
    )
    table = SummaryTable(("id", "state", "profile", "stability"), rows)
    return Summary(f"Phase portrait: {game.title}", facts, (table,))


def _bifurcation(found: BifurcationDiagram) -> Summary:
    events = SummaryTable(
        ("event", found.over, "kind", "branches"),
        tuple((p.id, readable(p.value, PLACES), p.kind, ", ".join(p.branches)) for p in found.points),
    )
    branches = SummaryTable(
        ("branch", "profile", "from", "to", "stability"),
        tuple(
            (
                b.id,
                profile_text(found.game, b.support),
                readable(p.low, PLACES),
                readable(p.high, PLACES),
                p.stability,
            )
            for b in found.branches
            for p in b.pieces
        ),
    )
    facts = facts_of(
        ("over", f"{found.over} from {readable(float(found.low))} to {readable(float(found.high))}"),
        *model_facts(found.game, found.values, found.scenario),
        ("method", found.method),
    )
    return Summary(f"Bifurcation diagram: {found.game.title}", facts, (events, branches))


def _map(found: RegimeMap) -> Summary:
    ids = found.state_ids
    rows = []
    for regime in found.regimes:
        stable = ", ".join(f"{ids[k]} ({found.states[k].name})" for k in regime.stable)
        if regime.kind == "stable" and not stable:
            stable = "no state"
        rows.append((regime.letter or regime.kind, stable, percent(regime.share)))
    facts = facts_of(
        *(
            (name, f"{readable(low)} to {readable(high)}")
            for name, (low, high) in zip(found.over, found.window, strict=True)
        ),
        *model_facts(found.game, found.fixed, found.scenario),
        ("method", found.method),
        ("borders", len(found.borders)),
    )
    table = SummaryTable(("regime", "stable", "share of the window"), tuple(rows))
    return Summary(f"Regime map: {found.game.title}", facts, (table,))


def _sensitivity(found: Sensitivity) -> Summary:
    rows: list[tuple[str, ...]] = []
    for name in found.names:
        cells = [name]
        for index, intervals in ((found.first, found.first_intervals), (found.total, found.total_intervals)):
            if index is None or intervals is None:
                cells.append("")
                continue
            low, high = intervals[name]
            cells.append(f"{index[name]:.3f} ({low:.3f} to {high:.3f})")
        rows.append(tuple(cells))
    facts = facts_of(
        ("measure", found.what),
        ("mean", readable(found.mean, PLACES)),
        ("standard deviation", readable(found.variance**0.5, PLACES)),
        ("samples", f"{found.samples:,}, {found.evaluations:,} evaluations, seed {found.seed}"),
        ("warnings", "; ".join(found.warnings)),
    )
    table = SummaryTable(("parameter", "first-order index", "total index"), tuple(rows))
    return Summary(f"Sensitivity: {found.game.title}", facts, (table,))


def _fan(found: FanChart) -> Summary:
    rows = tuple(
        (
            name,
            state_text(found.game.shares, found.states.get(name)),
            percent(part),
            _interval(found.intervals[name]),
        )
        for name, part in found.outcomes.items()
    )
    facts = facts_of(
        ("start", state_text(found.game.shares, found.start)),
        ("draws", f"{found.draws:,}, seed {found.seed}"),
        ("until", readable(float(found.times[-1]), PLACES)),
        ("levels", ", ".join(f"{level:g}" for level in found.levels)),
    )
    table = SummaryTable(("outcome", "state", "part of the draws", "95 % interval"), rows)
    return Summary(f"Fan chart: {found.game.title}", facts, (table,))


def _interval(interval: tuple[float, float]) -> str:
    return f"{percent(interval[0])} to {percent(interval[1])}"


def _shock(found: CriticalShock) -> Summary:
    shares = found.game.shares
    told = [("all together", found.smallest), *found.alone.items()]
    rows = tuple(
        (
            who,
            "" if p is None else readable(p.size, PLACES),
            "" if p is None else state_text(shares, p.to),
            "none" if p is None else p.beyond,
        )
        for who, p in told
    )
    facts = facts_of(
        *model_facts(found.game, found.analysis.values, found.analysis.scenario),
        ("start", state_text(shares, found.start)),
        ("ends at", found.outcome),
        ("method", found.method),
    )
    table = SummaryTable(("who changes", "size", "to", "then ends at"), rows)
    return Summary(f"Critical shock: {found.game.title}", facts, (table,))


def _curve(found: SeparatrixCurve) -> Summary:
    facts = facts_of(
        ("shares", ", ".join(found.shares)),
        ("from", state_text(found.shares, found.states[0])),
        ("to", state_text(found.shares, found.states[-1])),
        ("saddle", state_text(found.shares, found.saddle)),
        ("points", len(found.states)),
        ("error", f"{found.error:.2g}"),
    )
    return Summary("Separatrix", facts)


def _surface(found: SeparatrixSurface) -> Summary:
    rows = tuple(
        (
            " and ".join(p.outcomes),
            readable(p.area, PLACES),
            ", ".join(f"{k} ({percent(v)})" for k, v in p.comes_to.items()),
        )
        for p in found.pieces
    )
    facts = facts_of(
        *model_facts(found.game, found.analysis.values, found.analysis.scenario),
        ("triangles", f"{len(found.triangles):,}"),
        ("basins", ", ".join(f"{name} {percent(share)}" for name, share in found.fractions.items())),
    )
    table = SummaryTable(("between", "area", "trajectories on it come to"), rows)
    return Summary(f"Separatrix surface: {found.game.title}", facts, (table,))


DYNAMICS_SUMMARIES: Mapping[str, Callable[[Any], Summary]] = {
    "TrajectorySet": _trajectories,
    "Trajectory": _trajectory,
    "Basins": _basins,
    "Outcome": _outcome,
    "PhasePortrait": _portrait,
    "BifurcationDiagram": _bifurcation,
    "RegimeMap": _map,
    "Sensitivity": _sensitivity,
    "FanChart": _fan,
    "CriticalShock": _shock,
    "SeparatrixCurve": _curve,
    "SeparatrixSurface": _surface,
}
"""By the name of the class of a result."""


MOST_ROWS = 12


def certified_summary(found: CertifiedSeeds) -> Summary:
    """Return the seeds with their certificate."""
    rows = tuple(
        (str(place), name, amount(reach))
        for place, (name, reach) in enumerate(zip(found.names, found.reach, strict=True), 1)
    )
    facts = (
        ("model", found.model.name),
        (
            "certified ratio",
            f"{ratio_text(found.ratio)}, failing with a chance of {found.failure:.2g} at most",
        ),
        ("reached", f"{amount(found.reached)} of {amount(found.whole)} {found.value}".strip()),
        ("sets", f"2 x {found.sets:,}, seed {found.seed}"),
    )
    return Summary(
        "Seeds", facts, (SummaryTable(("place", "enterprise", "reached together"), rows[:MOST_ROWS]),)
    )


def targeted_summary(found: TargetedSeeds) -> Summary:
    """Return the seeds with those of other orders for comparison."""
    rows = tuple((tried.order.name, share_text(tried.share)) for tried in found.tried)
    facts = (
        ("seeds", ", ".join(found.names[:MOST_ROWS])),
        ("with them", share_text(found.share)),
        ("without", share_text(found.without)),
        ("guarantee", "none exists for these dynamics"),
    )
    return Summary(
        f"Seeds: {found.model.game.title}", facts, (SummaryTable(("order", "share at the end"), rows),)
    )


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
    from separatrix.notebook.populations import SUMMARIES

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
