"""What results of dynamics say of themselves: trajectories, basins, portraits, maps, surfaces."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from separatrix.document.numbers import percent, readable
from separatrix.notebook.summary import Summary, SummaryTable
from separatrix.notebook.summary_texts import (
    PLACES,
    facts_of,
    model_facts,
    profile_text,
    reached_text,
    state_text,
)

if TYPE_CHECKING:
    from separatrix.dynamics.basin_boundaries.critical_shock import CriticalShock
    from separatrix.dynamics.basin_boundaries.curve import SeparatrixCurve
    from separatrix.dynamics.basin_boundaries.surface import SeparatrixSurface
    from separatrix.dynamics.basins.fractions import Basins
    from separatrix.dynamics.basins.outcome import Outcome
    from separatrix.dynamics.bifurcation.result import BifurcationDiagram
    from separatrix.dynamics.integration.result import Trajectory
    from separatrix.dynamics.portraits import PhasePortrait
    from separatrix.dynamics.regime_map import RegimeMap
    from separatrix.dynamics.sensitivity.fan_chart import FanChart
    from separatrix.dynamics.sensitivity.sobol_indices import Sensitivity
    from separatrix.dynamics.sweeps.trajectory_set import TrajectorySet

__all__ = ["DYNAMICS_SUMMARIES"]


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
