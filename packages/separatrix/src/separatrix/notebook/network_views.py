"""Networks of enterprises at a prompt and in a notebook: summary, figure, table and dataset."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from separatrix.document.numbers import percent
from separatrix.figures.adoption_curves import paint_adoption
from separatrix.notebook.summary import Summary, SummaryTable
from separatrix.population.networks.network import LEVELS

if TYPE_CHECKING:
    import pandas
    import xarray

    from separatrix.population.networks.network import NetworkEnsemble

__all__ = ["network_axes", "network_dataset", "network_frame", "network_summary"]


def network_summary(found: NetworkEnsemble) -> Summary:
    """Return the runs in one screen."""
    model = found.model
    middle, low, high = found.mean()
    share, (least, most) = found.full_share
    facts = [
        ("network", f"{model.size:,} enterprises, {model.imitation.links:,} links"),
        ("rule", f"{model.rule.key}, beta {model.beta:g}, mu {model.mu:g}, {model.earning} payoffs"),
        ("runs", f"{found.replicas:,}, seed {found.seed}"),
        ("all adopt in time", f"{percent(share, 1)} of the runs ({percent(least, 1)} to {percent(most, 1)})"),
    ]
    last = len(found.times) - 1
    rows = []
    for k in sorted({round(last * part / 5) for part in range(6)}):
        interval = "" if np.isnan(low[k]) else f"{percent(float(low[k]), 1)} to {percent(float(high[k]), 1)}"
        rows.append((f"{found.times[k]:.4g}", percent(float(middle[k]), 1), interval))
    heads = ("time", f"mean share: {', '.join(model.idea_names)}", "95 % interval")
    return Summary(f"On a network: {model.game.title}", tuple(facts), (SummaryTable(heads, tuple(rows)),))


def network_axes(axes: Any, found: NetworkEnsemble) -> Any:
    """Draw adoption in time on axes."""
    paint_adoption(axes, found)
    axes.set_xlabel("time")
    axes.set_ylabel(f"share: {', '.join(found.model.idea_names)}")
    return axes


def network_frame(found: NetworkEnsemble) -> pandas.DataFrame:
    """Return a row for each enterprise."""
    import pandas as pd

    return pd.DataFrame(
        {
            "enterprise": found.model.members.names,
            "adopted": found.adopted,
            "mean_time": found.adoption_times,
            "tips": found.tips,
            "final": found.adoptions.final / found.replicas,
        }
    ).set_index("enterprise")


def network_dataset(found: NetworkEnsemble) -> xarray.Dataset:
    """Return the share of each type in each replica, and quantiles of adoption."""
    import xarray as xr

    names = list(found.model.types)
    shares = np.stack([found.shares(k) for k in range(len(names))])
    return xr.Dataset(
        {
            "share": (("type", "replica", "time"), shares),
            "adoption": (("level", "time"), found.quantiles()),
            "full_time": ("replica", found.full_times),
        },
        {"type": names, "time": found.times, "level": list(LEVELS), "replica": range(found.replicas)},
        {"title": found.model.game.title, "seed": found.seed, "rule": found.model.rule.key},
    )
