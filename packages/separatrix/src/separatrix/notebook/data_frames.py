"""Results as tables of pandas.

Results with arrays as datasets of xarray.

Formulas as expressions of sympy, which is loaded only here, on first use.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from separatrix.analysis.results import Analysis
from separatrix.document.state_names import profile_words
from separatrix.dynamics.portraits import portraits_csv
from separatrix.errors import InputError, how_to_add
from separatrix.expression.conditions import All, Condition, Either, Relation, condition_text
from separatrix.expression.tree import Call, Expression, Name, Number, Power, Product, Quotient, Sum, to_text
from separatrix.languages import language_of
from separatrix.notebook.policy import (
    leaders_frame,
    pareto_frame,
    permanent_frame,
    robust_frame,
    surface_frame,
    tipping_frame,
)
from separatrix.notebook.populations import network_dataset, network_frame
from separatrix.plugins import view
from separatrix.reports.portraits import bifurcation_csv

if TYPE_CHECKING:
    import pandas
    import xarray

    from separatrix.audit.evidence.findings import Findings
    from separatrix.dynamics.basin_boundaries.critical_shock import CriticalShock
    from separatrix.dynamics.basin_boundaries.stable_manifold import SeparatrixCurve
    from separatrix.dynamics.basin_boundaries.surface import SeparatrixSurface
    from separatrix.dynamics.basins.basins import Basins
    from separatrix.dynamics.bifurcation.result import BifurcationDiagram
    from separatrix.dynamics.integration.results import Trajectory
    from separatrix.dynamics.portraits import PhasePortrait
    from separatrix.dynamics.regime_maps import RegimeMap
    from separatrix.dynamics.sensitivity.fan_chart import FanChart
    from separatrix.dynamics.sensitivity.sobol_indices import Sensitivity
    from separatrix.dynamics.sweeps.trajectory_set import TrajectorySet
    from separatrix.game.catalogue import Examples
    from separatrix.population.agreement import Agreement
    from separatrix.population.exact_graphs.fixation import GraphFixation
    from separatrix.population.opim import CertifiedSeeds
    from separatrix.population.seeding import TargetedSeeds

__all__ = ["condition_to_sympy", "data_frame", "dataset", "formulas", "to_sympy"]


def data_frame(result: Any) -> pandas.DataFrame:
    """Return a result as a table."""
    name = type(result).__name__
    if name in _FRAMES:
        return _FRAMES[name](result)
    from separatrix.notebook.populations import FRAMES

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

    from separatrix.reports.networks import seeds_csv

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

    from separatrix.reports.finite_populations import agreement_csv

    return pd.read_csv(io.StringIO(agreement_csv(found)))


def _graph_fixation(found: GraphFixation) -> pandas.DataFrame:
    import pandas as pd

    from separatrix.reports.networks import graph_fixation_csv

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


def dataset(result: Any) -> xarray.Dataset:
    """Return a result as a dataset."""
    return _DATASETS[type(result).__name__](result)


def _datasets_trajectory(orbit: Trajectory) -> xarray.Dataset:
    import xarray as xr

    shares = {name: ("time", orbit.states[:, k]) for k, name in enumerate(orbit.shares)}
    return xr.Dataset(shares, {"time": orbit.times}, {"message": str(orbit.message)})


def _datasets_trajectories(found: TrajectorySet) -> xarray.Dataset:
    """A dimension for each axis, and the time."""
    import xarray as xr

    sizes = [len(axis.values) for axis in found.axes]
    states = np.array([curve.trajectory.states for curve in found.curves])
    grid = states.reshape(*sizes, *states.shape[1:])
    dims = [*(axis.name for axis in found.axes), "time"]
    shares = found.curves[0].trajectory.shares
    coordinates: dict[str, Any] = {"time": found.times}
    for axis in found.axes:
        plain = [axis.plain(value) for value in axis.values]
        coordinates[axis.name] = [str(tuple(v)) if isinstance(v, list) else v for v in plain]
    return xr.Dataset(
        {name: (dims, grid[..., k]) for k, name in enumerate(shares)},
        coordinates,
        {"title": found.game.title, "dynamics": found.field},
    )


def _datasets_portrait(found: PhasePortrait) -> xarray.Dataset:
    """The field at the points of the grid: shares, and their rates."""
    import xarray as xr

    variables = {}
    for k, name in enumerate(found.shares):
        variables[name] = ("point", found.grid[:, k])
        variables[f"{name}_rate"] = ("point", found.velocities[:, k])
    return xr.Dataset(variables, attrs={"title": found.game.title, "dynamics": found.kind})


def _datasets_map(found: RegimeMap) -> xarray.Dataset:
    """The regime at each node, and what is stable in each regime."""
    import xarray as xr

    first, second = found.over
    ids = found.state_ids
    stable = ["|".join(ids[k] for k in regime.stable) for regime in found.regimes]
    return xr.Dataset(
        {
            "regime": ((first, second), found.labels),
            "letter": ("number", [regime.letter or regime.kind for regime in found.regimes]),
            "stable": ("number", stable),
        },
        {name: axis.floats for name, axis in zip(found.over, found.axes, strict=True)},
        {"title": found.game.title, "method": found.method},
    )


def _datasets_fan(found: FanChart) -> xarray.Dataset:
    import xarray as xr

    return xr.Dataset(
        {share: (("level", "time"), found.quantiles[:, :, k]) for k, share in enumerate(found.game.shares)},
        {"level": list(found.levels), "time": found.times},
        {"title": found.game.title, "draws": found.draws, "seed": found.seed},
    )


_DATASETS: Mapping[str, Callable[[Any], xarray.Dataset]] = {
    "FanChart": _datasets_fan,
    "NetworkEnsemble": network_dataset,
    "PhasePortrait": _datasets_portrait,
    "RegimeMap": _datasets_map,
    "Trajectory": _datasets_trajectory,
    "TrajectorySet": _datasets_trajectories,
}


def _sympy() -> Any:
    try:
        import sympy
    except ImportError:
        raise InputError(
            "U905", "to_sympy needs sympy, which is not installed", hint=how_to_add("sympy")
        ) from None
    return sympy


def to_sympy(expression: Expression) -> Any:
    """Return an expression as one of sympy; names become plain symbols.

    Raises
    ------
    InputError
        U905 where sympy is not installed.
    """
    sympy = _sympy()
    match expression:
        case Number(value):
            return sympy.Rational(value.numerator, value.denominator)
        case Name(name):
            return sympy.Symbol(name)
        case Sum(terms):
            return sympy.Add(*map(to_sympy, terms))
        case Product(factors):
            return sympy.Mul(*map(to_sympy, factors))
        case Quotient(numerator, denominator):
            return to_sympy(numerator) / to_sympy(denominator)
        case Power(base, exponent):
            return to_sympy(base) ** to_sympy(exponent)
        case Call(function, arguments):
            own = {"min": "Min", "max": "Max"}.get(function, function)
            return getattr(sympy, own)(*map(to_sympy, arguments))


def condition_to_sympy(condition: Condition) -> Any:
    """Return a condition as relations of sympy, joined by ``And`` and ``Or``."""
    sympy = _sympy()
    match condition:
        case Relation(left, operator, right):
            kinds = {"<": "Lt", "<=": "Le", "==": "Eq", "!=": "Ne", ">=": "Ge", ">": "Gt"}
            return getattr(sympy, kinds[operator])(to_sympy(left), to_sympy(right))
        case All(parts):
            return sympy.And(*map(condition_to_sympy, parts))
        case Either(parts):
            return sympy.Or(*map(condition_to_sympy, parts))


def formulas(result: Any) -> dict[str, Any]:
    """Return the formulas of a result, by their names."""
    return _FORMULAS[type(result).__name__](result)


def _sympy_expressions_analysis(found: Analysis) -> dict[str, Any]:
    """Equations, the Jacobian, and of each rest point its state, eigenvalues and conditions."""
    sympy = _sympy()
    shares = found.game.shares
    points: dict[str, dict[str, Any]] = {}
    for p in found.rest_points:
        told: dict[str, Any] = {}
        if p.exact is not None:
            told["state"] = {s: to_sympy(e) for s, e in zip(shares, p.exact, strict=True)}
        if p.eigenvalues_exact is not None:
            told["eigenvalues"] = [to_sympy(e) for e in p.eigenvalues_exact]
        for name, condition in (("exists", p.exists), ("stable_when", p.stable_when)):
            if condition is not None:
                told[name] = condition_to_sympy(condition)
        points[p.id] = told
    return {
        "symbols": {name: sympy.Symbol(name) for name in (*shares, *found.game.parameters)},
        "definitions": {name: to_sympy(meaning) for name, meaning in found.definitions.items()},
        "equations": {share: to_sympy(rate) for share, rate in found.equations.items()},
        "jacobian": sympy.Matrix([[to_sympy(entry) for entry in row] for row in found.jacobian]),
        "rest_points": points,
    }


def _sympy_expressions_bifurcation(found: BifurcationDiagram) -> dict[str, Any]:
    """The shares along each branch whose closed form is known."""
    return {
        b.id: {s: to_sympy(e) for s, e in zip(found.game.shares, b.formula, strict=True)}
        for b in found.branches
        if b.formula is not None
    }


_FORMULAS: Mapping[str, Callable[[Any], dict[str, Any]]] = {
    "Analysis": _sympy_expressions_analysis,
    "BifurcationDiagram": _sympy_expressions_bifurcation,
}
