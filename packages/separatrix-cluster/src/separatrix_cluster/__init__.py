"""The real place: enterprise tables, carbon accounts, the diagnosis of the four difficulties."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from separatrix.lazy_names import LazyNames

if TYPE_CHECKING:
    from separatrix_cluster.accounts.accounts import carbon_accounts
    from separatrix_cluster.adoption.bass_model import fit_bass_sales
    from separatrix_cluster.adoption.fit import fit_adoption
    from separatrix_cluster.adoption.posterior import adoption_posterior
    from separatrix_cluster.adoption.rival_models import adoption_rivals
    from separatrix_cluster.benefit_sharing.coalition_game import coalition_game
    from separatrix_cluster.benefit_sharing.core import core, core_test, cost_of_stability
    from separatrix_cluster.benefit_sharing.nucleolus import is_nucleolus, nucleolus
    from separatrix_cluster.benefit_sharing.shapley import sampled_shapley, shapley
    from separatrix_cluster.calibration.calibrate import calibrate
    from separatrix_cluster.diagnosis.diagnosis import diagnose
    from separatrix_cluster.measures.abatement import abatement
    from separatrix_cluster.reporting.feedback import enterprise_feedback
    from separatrix_cluster.symbiosis.optimal_exchange import optimal_exchange
    from separatrix_cluster.symbiosis.problem import exchange_problem
    from separatrix_cluster.tables.reader import load_cluster

__version__ = "0.1.0"

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
    "abatement": "separatrix_cluster.measures.abatement",
    "adoption_posterior": "separatrix_cluster.adoption.posterior",
    "adoption_rivals": "separatrix_cluster.adoption.rival_models",
    "calibrate": "separatrix_cluster.calibration.calibrate",
    "carbon_accounts": "separatrix_cluster.accounts.accounts",
    "coalition_game": "separatrix_cluster.benefit_sharing.coalition_game",
    "core": "separatrix_cluster.benefit_sharing.core",
    "core_test": "separatrix_cluster.benefit_sharing.core",
    "cost_of_stability": "separatrix_cluster.benefit_sharing.core",
    "diagnose": "separatrix_cluster.diagnosis.diagnosis",
    "enterprise_feedback": "separatrix_cluster.reporting.feedback",
    "exchange_problem": "separatrix_cluster.symbiosis.problem",
    "fit_adoption": "separatrix_cluster.adoption.fit",
    "fit_bass_sales": "separatrix_cluster.adoption.bass_model",
    "is_nucleolus": "separatrix_cluster.benefit_sharing.nucleolus",
    "load_cluster": "separatrix_cluster.tables.reader",
    "nucleolus": "separatrix_cluster.benefit_sharing.nucleolus",
    "optimal_exchange": "separatrix_cluster.symbiosis.optimal_exchange",
    "sampled_shapley": "separatrix_cluster.benefit_sharing.shapley",
    "shapley": "separatrix_cluster.benefit_sharing.shapley",
}

_READ_BY = {"cluster": ("separatrix_cluster.tables.panel", "Cluster", "load_cluster")}

_NAMES = LazyNames(__name__, _HOMES, _READ_BY)


def __getattr__(name: str) -> Any:
    return _NAMES.get(name)


def __dir__() -> list[str]:
    return sorted(__all__)
