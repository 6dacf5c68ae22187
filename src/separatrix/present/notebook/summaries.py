"""What each kind of result says of itself in one screen."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from separatrix.analysis.result import Analysis, Regime, RestPoint, RestSet
from separatrix.expression.condition import condition_text
from separatrix.expression.tree import to_text
from separatrix.game.model import Game
from separatrix.present.languages import language_of
from separatrix.present.notebook.adoption_views import ADOPTION_SUMMARIES
from separatrix.present.notebook.exchange_views import exchange_summary
from separatrix.present.notebook.leaders_views import leaders_summary
from separatrix.present.notebook.network_views import network_summary
from separatrix.present.notebook.pareto_views import pareto_summary, robust_summary
from separatrix.present.notebook.programme_views import permanent_summary, temporary_summary
from separatrix.present.notebook.seeds_summary import certified_summary, targeted_summary
from separatrix.present.notebook.summary import Summary, SummaryTable
from separatrix.present.notebook.tipping_views import surface_summary, tipping_summary
from separatrix.present.wording.numbers import percent, readable
from separatrix.present.wording.profiles import profile_words

if TYPE_CHECKING:
    from separatrix.audit.evidence.finding import Findings
    from separatrix.cluster.accounts.result import CarbonAccounts
    from separatrix.cluster.diagnosis.diagnose import Diagnosis
    from separatrix.cluster.tables.cluster import Cluster
    from separatrix.dynamics.basin_boundaries.critical_shock import CriticalShock
    from separatrix.dynamics.basin_boundaries.curve import SeparatrixCurve
    from separatrix.dynamics.basin_boundaries.surface import SeparatrixSurface
    from separatrix.dynamics.basins.fractions import Basins
    from separatrix.dynamics.basins.outcome import Outcome
    from separatrix.dynamics.bifurcation.result import BifurcationDiagram
    from separatrix.dynamics.integrate.result import Trajectory
    from separatrix.dynamics.portraits.portrait import PhasePortrait
    from separatrix.dynamics.regime_maps.regime_map import RegimeMap
    from separatrix.dynamics.sensitivity.fan_chart import FanChart
    from separatrix.dynamics.sensitivity.indices import Sensitivity
    from separatrix.dynamics.sweeps.trajectory_set import TrajectorySet
    from separatrix.game.catalogue import Examples

__all__ = ["summary_of"]

PLACES = 4
MOST_VALUES = 12
MOST_SHARES = 8


def summary_of(result: Any) -> Summary:
    """Return what a result says of itself."""
    for kind in type(result).__mro__:
        if kind.__name__ in _SUMMARIES:
            return _SUMMARIES[kind.__name__](result)
    from separatrix.present.notebook import (
        abatement_views,
        benefit_shares,
        calibration_views,
        finite_populations,
    )

    name = type(result).__name__
    own = (abatement_views, benefit_shares, calibration_views, finite_populations)
    more = {kind: told for part in own for kind, told in part.SUMMARIES.items()}
    return more[name](result) if name in more else Summary(name)


# --------------------------------------------------------------------------- parts


def _values(values: Mapping[str, Any]) -> str:
    told = [
        f"{name} = {readable(float(value), PLACES)}" for name, value in list(values.items())[:MOST_VALUES]
    ]
    more = len(values) - len(told)
    return ", ".join([*told, f"… and {more} more"] if more > 0 else told)


def _state(shares: Sequence[str], state: Iterable[float] | None) -> str:
    if state is None:
        return ""
    values = [readable(float(x), PLACES) for x in state]
    if len(values) == 1:
        return f"{shares[0]} = {values[0]}"
    if len(values) > MOST_SHARES:
        present = [f"{s} = {v}" for s, v in zip(shares, values, strict=True) if v != "0"]
        return ", ".join(present)
    return f"({', '.join(values)})"


def _reached(shares: Sequence[str], state: Iterable[float] | None) -> str:
    """A state that a trajectory comes to, as far as its error lets it be told."""
    return _state(shares, None if state is None else [round(float(x), 6) + 0.0 for x in state])


def _profile(game: Game, support: Sequence[Sequence[str]]) -> str:
    return profile_words(game.populations, support, language_of("en"))


def _facts(*pairs: tuple[str, object]) -> tuple[tuple[str, str], ...]:
    return tuple((name, str(told)) for name, told in pairs if told not in (None, "", ()))


def _model(
    game: Game, values: Mapping[str, Any] | None, scenario: str | None
) -> tuple[tuple[str, object], ...]:
    return (("scenario", scenario), ("parameters", "" if not values else _values(values)))


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
    facts = _facts(
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
        cells = [p.id, _place(game, p), _profile(game, p.support), p.stability or ""]
        if found.symbolic:
            cells.append("" if p.stable_when is None else condition_text(p.stable_when))
        rows.append(tuple(cells))
    points = SummaryTable(tuple(heads), tuple(rows))
    sets = SummaryTable(
        ("id", "dimension", "profile", "stability"),
        tuple(
            (s.id, str(s.dimension), _profile(game, s.support), s.stability or "") for s in found.rest_sets
        ),
    )
    facts = _facts(
        *_model(game, found.values, found.scenario),
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
    facts = _facts(("where", condition_text(found.condition)), ("for example", _values(found.witness)))
    return Summary(f"Regime: {' and '.join(stable) or 'no state'} asymptotically stable", facts)


def _place(game: Game, point: RestPoint) -> str:
    if point.state is not None:
        return _state(game.shares, point.state)
    return "" if point.exact is None else f"({', '.join(to_text(e) for e in point.exact)})"


# --------------------------------------------------------------------------- dynamics


def _trajectories(found: TrajectorySet) -> Summary:
    plain = {axis.name: axis.plain for axis in found.axes}
    rows = tuple(
        (
            *(str(plain[name](value)) for name, value in curve.at.items()),
            _reached(curve.trajectory.shares, curve.rest),
            "" if curve.settled is None else readable(curve.settled, PLACES),
        )
        for curve in found.curves
    )
    heads = (*(axis.name for axis in found.axes), "rests at", "settled at time")
    facts = _facts(
        ("dynamics", found.field),
        ("curves", len(found.curves)),
        ("until", readable(float(found.times[-1]), PLACES)),
    )
    return Summary(f"Trajectories: {found.game.title}", facts, (SummaryTable(heads, rows),))


def _trajectory(orbit: Trajectory) -> Summary:
    rows = orbit.states
    facts = _facts(
        ("from", f"{_state(orbit.shares, rows[0])} at time {readable(float(orbit.times[0]), PLACES)}"),
        ("to", f"{_reached(orbit.shares, rows[-1])} at time {readable(float(orbit.end_time), PLACES)}"),
        ("message", orbit.message),
        ("points", len(orbit.times)),
    )
    return Summary("Trajectory", facts)


def _basins(found: Basins) -> Summary:
    points = {p.id: p for p in found.analysis.rest_points}
    rows = []
    for name, share in found.fractions.items():
        state = found.state_of(name)
        profile = _profile(found.game, points[name].support) if name in points else ""
        rows.append(
            (
                name,
                _state(found.game.shares, None if state is None else state.values()),
                profile,
                percent(share),
            )
        )
    facts = _facts(
        *_model(found.game, found.analysis.values, found.analysis.scenario),
        ("dynamics", found.field),
        ("method", f"{found.method}, error {readable(found.error, PLACES)}"),
        ("today ends at", found.today),
    )
    table = SummaryTable(("outcome", "state", "profile", "share of starts"), tuple(rows))
    return Summary(f"Basins: {found.game.title}", facts, (table,))


def _outcome(found: Outcome) -> Summary:
    game = found.analysis.game
    facts = _facts(
        *_model(game, found.analysis.values, found.analysis.scenario),
        ("start", _state(game.shares, found.start)),
        ("ends at", f"{found.name} ({found.ending.kind})"),
        ("how sure", found.how_sure),
    )
    return Summary(f"Outcome: {game.title}", facts)


def _portrait(found: PhasePortrait) -> Summary:
    game = found.game
    rows = tuple(
        (p.id, _state(found.shares, p.state), _profile(game, p.support), p.stability or "")
        for p in found.rest_points
    )
    facts = _facts(
        *_model(game, found.analysis.values, found.analysis.scenario),
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
                _profile(found.game, b.support),
                readable(p.low, PLACES),
                readable(p.high, PLACES),
                p.stability,
            )
            for b in found.branches
            for p in b.pieces
        ),
    )
    facts = _facts(
        ("over", f"{found.over} from {readable(float(found.low))} to {readable(float(found.high))}"),
        *_model(found.game, found.values, found.scenario),
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
    facts = _facts(
        *(
            (name, f"{readable(low)} to {readable(high)}")
            for name, (low, high) in zip(found.over, found.window, strict=True)
        ),
        *_model(found.game, found.fixed, found.scenario),
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
    facts = _facts(
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
            _state(found.game.shares, found.states.get(name)),
            percent(part),
            _interval(found.intervals[name]),
        )
        for name, part in found.outcomes.items()
    )
    facts = _facts(
        ("start", _state(found.game.shares, found.start)),
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
            "" if p is None else _state(shares, p.to),
            "none" if p is None else p.beyond,
        )
        for who, p in told
    )
    facts = _facts(
        *_model(found.game, found.analysis.values, found.analysis.scenario),
        ("start", _state(shares, found.start)),
        ("ends at", found.outcome),
        ("method", found.method),
    )
    table = SummaryTable(("who changes", "size", "to", "then ends at"), rows)
    return Summary(f"Critical shock: {found.game.title}", facts, (table,))


def _curve(found: SeparatrixCurve) -> Summary:
    facts = _facts(
        ("shares", ", ".join(found.shares)),
        ("from", _state(found.shares, found.states[0])),
        ("to", _state(found.shares, found.states[-1])),
        ("saddle", _state(found.shares, found.saddle)),
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
    facts = _facts(
        *_model(found.game, found.analysis.values, found.analysis.scenario),
        ("triangles", f"{len(found.triangles):,}"),
        ("basins", ", ".join(f"{name} {percent(share)}" for name, share in found.fractions.items())),
    )
    table = SummaryTable(("between", "area", "trajectories on it come to"), rows)
    return Summary(f"Separatrix surface: {found.game.title}", facts, (table,))


# --------------------------------------------------------------------------- papers and clusters


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


def _cluster(found: Cluster) -> Summary:
    rows = tuple((name, f"{len(table):,}") for name, table in found.tables.items())
    facts = _facts(
        ("enterprises", len(found.enterprises)),
        ("remarks", len(found.remarks) or None),
        ("unreadable", ", ".join(found.broken)),
    )
    return Summary(f"Cluster: {found.name}", facts, (SummaryTable(("table", "rows"), rows),))


def _accounts(found: CarbonAccounts) -> Summary:
    rows = []
    for year in found.years:
        sums = []
        for scope in (1, 2):
            values = found.by_enterprise(year, scope=scope, internal=False)
            sums.append(float(values[values == values].sum()))
        rows.append((str(year), *(f"{value:,.0f}" for value in sums), f"{sum(sums):,.0f}"))
    facts = _facts(
        ("enterprises", len(found.enterprises)),
        ("lines", f"{len(found.year):,}"),
        ("remarks", len(found.remarks) or None),
    )
    heads = ("year", "scope 1, t CO2e", "scope 2, t CO2e", "together")
    return Summary("Carbon accounts, location-based", facts, (SummaryTable(heads, tuple(rows)),))


def _diagnosis(found: Diagnosis) -> Summary:
    def told(value: float | None) -> str:
        return "" if value is None else f"{value:.2f}"

    rows = tuple((d.name, told(d.score), told(d.low), told(d.high)) for d in found.difficulties)
    facts = _facts(
        ("enterprises", len(found.cluster.enterprises)),
        ("binds most", None if found.binding is None else found.binding.name),
        ("remarks", len(found.remarks) or None),
    )
    table = SummaryTable(("difficulty", "score", "from", "to"), rows)
    return Summary(f"Diagnosis: {found.cluster.name}", facts, (table,))


_SUMMARIES: Mapping[str, Callable[[Any], Summary]] = {
    **ADOPTION_SUMMARIES,
    "Analysis": _analysis,
    "Basins": _basins,
    "BifurcationDiagram": _bifurcation,
    "CarbonAccounts": _accounts,
    "Cluster": _cluster,
    "CriticalShock": _shock,
    "Diagnosis": _diagnosis,
    "Examples": _examples,
    "ExchangePlan": exchange_summary,
    "FanChart": _fan,
    "Findings": _findings,
    "Game": _game,
    "LeadersPlan": leaders_summary,
    "TippingSurface": surface_summary,
    "TippingValues": tipping_summary,
    "NetworkEnsemble": network_summary,
    "Outcome": _outcome,
    "ParetoFront": pareto_summary,
    "PermanentProgramme": permanent_summary,
    "PhasePortrait": _portrait,
    "Regime": _regime,
    "RegimeMap": _map,
    "RestPoint": _rest_point,
    "RobustProgramme": robust_summary,
    "RestSet": _rest_set,
    "CertifiedSeeds": certified_summary,
    "Sensitivity": _sensitivity,
    "TargetedSeeds": targeted_summary,
    "SeparatrixCurve": _curve,
    "SeparatrixSurface": _surface,
    "TemporaryProgramme": temporary_summary,
    "Trajectory": _trajectory,
    "TrajectorySet": _trajectories,
}
"""By the name of the class, so that one result does not load the code of all others."""
