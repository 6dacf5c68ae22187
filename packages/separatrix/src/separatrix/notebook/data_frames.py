"""Results as tables of pandas."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from separatrix.analysis.results import Analysis
from separatrix.document.profiles import profile_words
from separatrix.dynamics.portraits import portraits_csv
from separatrix.expression.conditions import Condition, condition_text
from separatrix.expression.tree import to_text
from separatrix.languages import language_of
from separatrix.notebook.leaders_views import leaders_frame
from separatrix.notebook.network_views import network_frame
from separatrix.notebook.pareto_views import pareto_frame, robust_frame
from separatrix.notebook.programme_views import permanent_frame
from separatrix.notebook.tipping_views import surface_frame, tipping_frame
from separatrix.plugins import view
from separatrix.reports.bifurcations import bifurcation_csv

if TYPE_CHECKING:
    import pandas

    from separatrix.audit.evidence.findings import Findings
    from separatrix.dynamics.basin_boundaries.critical_shock import CriticalShock
    from separatrix.dynamics.basin_boundaries.curve import SeparatrixCurve
    from separatrix.dynamics.basin_boundaries.surface import SeparatrixSurface
    from separatrix.dynamics.basins.fractions import Basins
    from separatrix.dynamics.bifurcation.result import BifurcationDiagram
    from separatrix.dynamics.integration.result import Trajectory
    from separatrix.dynamics.portraits import PhasePortrait
    from separatrix.dynamics.regime_map import RegimeMap
    from separatrix.dynamics.sensitivity.fan_chart import FanChart
    from separatrix.dynamics.sensitivity.sobol_indices import Sensitivity
    from separatrix.dynamics.sweeps.trajectory_set import TrajectorySet
    from separatrix.game.catalogue import Examples
    from separatrix.population.certified import CertifiedSeeds
    from separatrix.population.exact_graphs.fixation import GraphFixation
    from separatrix.population.result import Agreement
    from separatrix.population.seeding import TargetedSeeds

__all__ = ["data_frame"]


def data_frame(result: Any) -> pandas.DataFrame:
    """Return a result as a table."""
    name = type(result).__name__
    if name in _FRAMES:
        return _FRAMES[name](result)
    from separatrix.notebook.finite_populations import FRAMES

    frame: Callable[[Any], pandas.DataFrame] | None = FRAMES.get(name) or view(type(result), "FRAMES")
    if frame is None:
        raise TypeError(f"{name} has no table")
    return frame(result)


def _text(condition: Condition | None) -> str | None:
    return None if condition is None else condition_text(condition)


def _analysis(found: Analysis) -> pandas.DataFrame:
    """A row for each rest point; shares are numbers, or in symbols texts."""
    import pandas as pd

    rows = []
    for p in found.rest_points:
        places: tuple[Any, ...] = p.state or tuple(to_text(e) for e in p.exact or ())
        rows.append(
            {
                "id": p.id,
                **dict(zip(found.game.shares, places or (None,) * len(found.game.shares), strict=True)),
                "profile": profile_words(found.game.populations, p.support, language_of("en")),
                "stability": p.stability,
                "isolated": p.isolated,
                "nash": p.nash,
                "strict_nash": p.strict_nash,
                "ess": p.ess,
                "nss": p.nss,
                "eigenvalues": p.eigenvalues,
                "exists": _text(p.exists),
                "stable_when": _text(p.stable_when),
            }
        )
    return pd.DataFrame(rows).set_index("id")


def _trajectory(orbit: Trajectory) -> pandas.DataFrame:
    import pandas as pd

    return pd.DataFrame(orbit.states, columns=list(orbit.shares), index=pd.Index(orbit.times, name="time"))


def _trajectories(found: TrajectorySet) -> pandas.DataFrame:
    """A row for each time of each curve."""
    import pandas as pd

    axes = {axis.name: axis for axis in found.axes}
    parts = []
    for curve in found.curves:
        part = _trajectory(curve.trajectory).reset_index()
        for k, (name, value) in enumerate(curve.at.items()):
            plain = axes[name].plain(value)
            part.insert(k, name, str(tuple(plain)) if isinstance(plain, list) else plain)
        parts.append(part)
    return pd.concat(parts, ignore_index=True)


def _basins(found: Basins) -> pandas.DataFrame:
    import pandas as pd

    rows = []
    for name, share in found.fractions.items():
        low, high = (share, share) if found.intervals is None else found.intervals[name]
        ending = found.endings.get(name)
        rows.append(
            {
                "outcome": name,
                "share": share,
                "low": low,
                "high": high,
                "kind": None if ending is None else ending.kind,
                **(found.state_of(name) or {}),
            }
        )
    return pd.DataFrame(rows).set_index("outcome")


def _portrait(found: PhasePortrait) -> pandas.DataFrame:
    """A row for each state of each part: the CSV of ``separatrix portrait``."""
    import pandas as pd

    return pd.read_csv(io.StringIO(portraits_csv([found])))


def _bifurcation(found: BifurcationDiagram) -> pandas.DataFrame:
    """A row for each sample of each branch: the CSV of ``separatrix bifurcation``."""
    import pandas as pd

    return pd.read_csv(io.StringIO(bifurcation_csv(found)))


def _map(found: RegimeMap) -> pandas.DataFrame:
    """A row for each regime."""
    import pandas as pd

    ids = found.state_ids
    rows = [
        {
            "regime": r.letter or r.kind,
            "kind": r.kind,
            "stable": ", ".join(ids[k] for k in r.stable),
            "names": "; ".join(found.states[k].name for k in r.stable),
            "share": r.share,
            "generic": r.generic,
            **{f"at_{name}": float(v) for name, v in (r.witness or {}).items() if name in found.over},
        }
        for r in found.regimes
    ]
    return pd.DataFrame(rows).set_index("regime")


def _fan(found: FanChart) -> pandas.DataFrame:
    """A row for each level and time."""
    import pandas as pd

    index = pd.MultiIndex.from_product([found.levels, found.times], names=["level", "time"])
    flat = found.quantiles.reshape(-1, found.quantiles.shape[-1])
    return pd.DataFrame(flat, index=index, columns=list(found.game.shares))


def _seeds(found: CertifiedSeeds | TargetedSeeds) -> pandas.DataFrame:
    """A row for each seed; for a game those of every order."""
    import pandas as pd

    from separatrix.reports.seeding import seeds_csv

    return pd.read_csv(io.StringIO(seeds_csv(found)))


def _sensitivity(found: Sensitivity) -> pandas.DataFrame:
    import pandas as pd

    rows: list[dict[str, Any]] = []
    for name in found.names:
        row: dict[str, Any] = {"parameter": name}
        for kind, index, intervals in (
            ("first", found.first, found.first_intervals),
            ("total", found.total, found.total_intervals),
        ):
            low, high = (None, None) if intervals is None else intervals[name]
            row |= {kind: None if index is None else index[name], f"{kind}_low": low, f"{kind}_high": high}
        rows.append(row)
    return pd.DataFrame(rows).set_index("parameter")


def _shock(found: CriticalShock) -> pandas.DataFrame:
    """A row for the smallest change of all shares together, and of each population's alone."""
    import pandas as pd

    rows = []
    for who, push in (("all together", found.smallest), *found.alone.items()):
        to = {} if push is None else dict(zip(found.game.shares, push.to, strict=True))
        rows.append(
            {
                "who": who,
                "size": None if push is None else push.size,
                **{share: to.get(share) for share in found.game.shares},
                "beyond": None if push is None else push.beyond,
            }
        )
    return pd.DataFrame(rows).set_index("who")


def _curve(found: SeparatrixCurve) -> pandas.DataFrame:
    import pandas as pd

    return pd.DataFrame(found.states, columns=list(found.shares))


def _surface(found: SeparatrixSurface) -> pandas.DataFrame:
    """A row for each vertex; `triangles` has their numbers."""
    import pandas as pd

    return pd.DataFrame(found.states, columns=list(found.game.shares)).assign(error=found.errors)


def _findings(found: Findings) -> pandas.DataFrame:
    import pandas as pd

    heads = ["code", "severity", "where", "text", "claim", "correct", "term", "witness"]
    return pd.DataFrame([f.to_dict() for f in found], columns=heads)


def _examples(found: Examples) -> pandas.DataFrame:
    import pandas as pd

    return pd.DataFrame([vars(entry) for entry in found]).set_index("slug")


def _agreement(found: Agreement) -> pandas.DataFrame:
    import pandas as pd

    from separatrix.reports.agreement import agreement_csv

    return pd.read_csv(io.StringIO(agreement_csv(found)))


def _graph_fixation(found: GraphFixation) -> pandas.DataFrame:
    import pandas as pd

    from separatrix.reports.graph_fixation import graph_fixation_csv

    return pd.read_csv(io.StringIO(graph_fixation_csv([found])))


_FRAMES: Mapping[str, Callable[[Any], pandas.DataFrame]] = {
    "Agreement": _agreement,
    "Analysis": _analysis,
    "Basins": _basins,
    "BifurcationDiagram": _bifurcation,
    "CriticalShock": _shock,
    "Examples": _examples,
    "FanChart": _fan,
    "Findings": _findings,
    "GraphFixation": _graph_fixation,
    "LeadersPlan": leaders_frame,
    "TippingSurface": surface_frame,
    "TippingValues": tipping_frame,
    "NetworkEnsemble": network_frame,
    "ParetoFront": pareto_frame,
    "PermanentProgramme": permanent_frame,
    "PhasePortrait": _portrait,
    "RegimeMap": _map,
    "RobustProgramme": robust_frame,
    "CertifiedSeeds": _seeds,
    "Sensitivity": _sensitivity,
    "TargetedSeeds": _seeds,
    "SeparatrixCurve": _curve,
    "SeparatrixSurface": _surface,
    "Trajectory": _trajectory,
    "TrajectorySet": _trajectories,
}
"""By the name of the class, so that one result does not load the code of all others."""
