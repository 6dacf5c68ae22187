"""The real place: enterprise tables, carbon accounts, the diagnosis of the four difficulties."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from separatrix.lazy_names import LazyNames

if TYPE_CHECKING:
    from separatrix.cluster.accounts.account import carbon_accounts
    from separatrix.cluster.adoption.adoption_posterior import adoption_posterior
    from separatrix.cluster.adoption.bass_sales import fit_bass_sales
    from separatrix.cluster.adoption.fit import fit_adoption
    from separatrix.cluster.adoption.rivals import adoption_rivals
    from separatrix.cluster.benefit_sharing.coalition_game import coalition_game
    from separatrix.cluster.benefit_sharing.core import core, core_test
    from separatrix.cluster.benefit_sharing.cost_of_stability import cost_of_stability
    from separatrix.cluster.benefit_sharing.nucleolus import is_nucleolus, nucleolus
    from separatrix.cluster.benefit_sharing.sampled_shapley import sampled_shapley
    from separatrix.cluster.benefit_sharing.shapley import shapley
    from separatrix.cluster.calibration.calibrate import calibrate
    from separatrix.cluster.diagnosis.diagnose import diagnose
    from separatrix.cluster.measures.abatement import abatement
    from separatrix.cluster.reporting.feedback import enterprise_feedback
    from separatrix.cluster.symbiosis.optimal_exchange import optimal_exchange
    from separatrix.cluster.symbiosis.problem import exchange_problem
    from separatrix.cluster.tables.folder import load_cluster

__all__ = [
    "abatement",
    "adoption_posterior",
    "adoption_rivals",
    "calibrate",
    "carbon_accounts",
    "coalition_game",
    "core",
    "core_test",
    "cost_of_stability",
    "diagnose",
    "enterprise_feedback",
    "exchange_problem",
    "fit_adoption",
    "fit_bass_sales",
    "is_nucleolus",
    "load_cluster",
    "nucleolus",
    "optimal_exchange",
    "sampled_shapley",
    "shapley",
]

_HOMES = {
    "abatement": "separatrix.cluster.measures.abatement",
    "adoption_posterior": "separatrix.cluster.adoption.adoption_posterior",
    "adoption_rivals": "separatrix.cluster.adoption.rivals",
    "calibrate": "separatrix.cluster.calibration.calibrate",
    "carbon_accounts": "separatrix.cluster.accounts.account",
    "coalition_game": "separatrix.cluster.benefit_sharing.coalition_game",
    "core": "separatrix.cluster.benefit_sharing.core",
    "core_test": "separatrix.cluster.benefit_sharing.core",
    "cost_of_stability": "separatrix.cluster.benefit_sharing.cost_of_stability",
    "diagnose": "separatrix.cluster.diagnosis.diagnose",
    "enterprise_feedback": "separatrix.cluster.reporting.feedback",
    "exchange_problem": "separatrix.cluster.symbiosis.problem",
    "fit_adoption": "separatrix.cluster.adoption.fit",
    "fit_bass_sales": "separatrix.cluster.adoption.bass_sales",
    "is_nucleolus": "separatrix.cluster.benefit_sharing.nucleolus",
    "load_cluster": "separatrix.cluster.tables.folder",
    "nucleolus": "separatrix.cluster.benefit_sharing.nucleolus",
    "optimal_exchange": "separatrix.cluster.symbiosis.optimal_exchange",
    "sampled_shapley": "separatrix.cluster.benefit_sharing.sampled_shapley",
    "shapley": "separatrix.cluster.benefit_sharing.shapley",
}

_READ_BY = {"cluster": ("separatrix.cluster.tables.cluster", "Cluster", "load_cluster")}

_NAMES = LazyNames(__name__, _HOMES, _READ_BY)


def __getattr__(name: str) -> Any:
    return _NAMES.get(name)


def __dir__() -> list[str]:
    return sorted(__all__)
