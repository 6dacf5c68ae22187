"""Results with arrays as datasets of xarray."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from separatrix.notebook.network_views import network_dataset

if TYPE_CHECKING:
    import xarray

    from separatrix.dynamics.integration.result import Trajectory
    from separatrix.dynamics.portraits import PhasePortrait
    from separatrix.dynamics.regime_map import RegimeMap
    from separatrix.dynamics.sensitivity.fan_chart import FanChart
    from separatrix.dynamics.sweeps.trajectory_set import TrajectorySet

__all__ = ["dataset"]


def dataset(result: Any) -> xarray.Dataset:
    """Return a result as a dataset."""
    return _DATASETS[type(result).__name__](result)


def _trajectory(orbit: Trajectory) -> xarray.Dataset:
    import xarray as xr

    shares = {name: ("time", orbit.states[:, k]) for k, name in enumerate(orbit.shares)}
    return xr.Dataset(shares, {"time": orbit.times}, {"message": str(orbit.message)})


def _trajectories(found: TrajectorySet) -> xarray.Dataset:
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


def _portrait(found: PhasePortrait) -> xarray.Dataset:
    """The field at the points of the grid: shares, and their rates."""
    import xarray as xr

    variables = {}
    for k, name in enumerate(found.shares):
        variables[name] = ("point", found.grid[:, k])
        variables[f"{name}_rate"] = ("point", found.velocities[:, k])
    return xr.Dataset(variables, attrs={"title": found.game.title, "dynamics": found.kind})


def _map(found: RegimeMap) -> xarray.Dataset:
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


def _fan(found: FanChart) -> xarray.Dataset:
    import xarray as xr

    return xr.Dataset(
        {share: (("level", "time"), found.quantiles[:, :, k]) for k, share in enumerate(found.game.shares)},
        {"level": list(found.levels), "time": found.times},
        {"title": found.game.title, "draws": found.draws, "seed": found.seed},
    )


_DATASETS: Mapping[str, Callable[[Any], xarray.Dataset]] = {
    "FanChart": _fan,
    "NetworkEnsemble": network_dataset,
    "PhasePortrait": _portrait,
    "RegimeMap": _map,
    "Trajectory": _trajectory,
    "TrajectorySet": _trajectories,
}
