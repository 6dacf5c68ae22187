"""What clusters add to the core: verbs, a kind of sources, views of results, and the tasks of their pages."""

from __future__ import annotations

from separatrix.plugins import Plugin, SourceKind, Task

__all__ = ["PLUGIN"]

_ABATEMENT = "separatrix.present.notebook.abatement_views"
_ACCOUNTS = "separatrix.present.notebook.account_views"
_ADOPTION = "separatrix.present.notebook.adoption_views"
_CALIBRATION = "separatrix.present.notebook.calibration_views"
_EXCHANGES = "separatrix.present.notebook.exchange_views"
_TASKS = "separatrix.serve.studio.tasks.clusters"
_SHARES = "separatrix.present.notebook.benefit_shares"

PLUGIN = Plugin(
    name="separatrix-cluster",
    commands={
        "cluster": (
            "separatrix.cli.cluster.app:app",
            "Account for and diagnose a real cluster: new, check, account, diagnose, feedback, footprint, "
            "symbiosis, measures.",
        ),
        "calibrate": (
            "separatrix.cli.calibrate:calibrate",
            "Make the game of a cluster from its tables, each number with its source.",
        ),
        "brief": (
            "separatrix.cli.policy.brief:brief",
            "Answer ten questions on one page: where a cluster stands, what tips it, how sure that is.",
        ),
    },
    sources=(
        SourceKind(
            name="cluster",
            recognizes="separatrix.cluster.tables.sources:is_cluster",
            names="separatrix.cluster.tables.shipped_clusters:shipped_names",
            load="separatrix.cluster.tables.folder:load_cluster",
            files="separatrix.cluster.tables.folder:files_of",
            upload="separatrix.cluster.tables.sources:uploaded_files",
            open="separatrix.serve.studio.cluster_opening:cluster_of",
            game="separatrix.serve.studio.cluster_opening:game_of_cluster",
            page=f"{_TASKS}:cluster_page",
            network="separatrix.cluster.frame.enterprise_network:enterprise_network",
            network_game="separatrix.policy.leaders.cluster_game:cluster_game",
        ),
    ),
    views={
        "Abatement": _ABATEMENT,
        "AdoptionFit": _ADOPTION,
        "AdoptionRivals": _ADOPTION,
        "Calibration": _CALIBRATION,
        "CarbonAccounts": _ACCOUNTS,
        "Cluster": _ACCOUNTS,
        "CoalitionGame": _SHARES,
        "Core": _SHARES,
        "CostOfStability": _SHARES,
        "Diagnosis": _ACCOUNTS,
        "ExchangePlan": _EXCHANGES,
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
    public="separatrix.cluster",
)
