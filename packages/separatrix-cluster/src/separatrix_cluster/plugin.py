"""What clusters add to the core: verbs, a kind of sources, views of results, and the tasks of their pages."""

from __future__ import annotations

from separatrix.plugins import Plugin, SourceKind, Task
from separatrix_cluster import __version__

__all__ = ["PLUGIN"]

_VIEWS = "separatrix_cluster.notebook.views"
_TASKS = "separatrix_cluster.studio.uploads"
_SHARES = "separatrix_cluster.notebook.benefit_shares"

PLUGIN = Plugin(
    name="separatrix-cluster",
    version=__version__,
    commands={
        "cluster": (
            "separatrix_cluster.cli.app:app",
            "Compute carbon accounts, diagnosis, footprints and measures of a cluster.",
            "Clusters",
        ),
        "calibrate": (
            "separatrix_cluster.cli.calibrate:calibrate",
            "Estimate the game of a cluster from its tables, with the source of each parameter.",
            "Clusters",
        ),
        "brief": (
            "separatrix_cluster.cli.brief:brief",
            "Write a one-page brief of a game or cluster: ten questions, answers and sources.",
            "Documents",
        ),
    },
    sources=(
        SourceKind(
            name="cluster",
            recognizes="separatrix_cluster.tables.sources:is_cluster",
            names="separatrix_cluster.tables.shipped:shipped_names",
            load="separatrix_cluster.tables.reader:load_cluster",
            files="separatrix_cluster.tables.reader:files_of",
            upload="separatrix_cluster.tables.sources:uploaded_files",
            open="separatrix_cluster.studio.uploads:cluster_of",
            game="separatrix_cluster.studio.uploads:game_of_cluster",
            page=f"{_TASKS}:cluster_page",
            network="separatrix_cluster.frame.frame:enterprise_network",
            network_game="separatrix_cluster.calibration.network_game:cluster_game",
        ),
    ),
    views={
        "Abatement": _VIEWS,
        "AdoptionFit": _VIEWS,
        "AdoptionRivals": _VIEWS,
        "Calibration": _VIEWS,
        "CarbonAccounts": _VIEWS,
        "Cluster": _VIEWS,
        "CoalitionGame": _SHARES,
        "Core": _SHARES,
        "CostOfStability": _SHARES,
        "Diagnosis": _VIEWS,
        "ExchangePlan": _VIEWS,
        "Nucleolus": _SHARES,
        "SampledShapley": _SHARES,
        "ShapleyValue": _SHARES,
        "SharedExchanges": _SHARES,
    },
    tasks=(
        Task("cluster", f"{_TASKS}:cluster", 20, needs="cluster", quick=True),
        Task("part", f"{_TASKS}:part", 120, needs="cluster"),
        Task("offline_cluster", f"{_TASKS}:offline_cluster", 300, needs="cluster"),
    ),
    public="separatrix_cluster",
)
