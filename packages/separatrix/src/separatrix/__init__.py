"""From a payoff table to a proven answer: evolutionary games of industrial clusters.

The public names are loaded when they are first used, so that ``import separatrix`` stays light. Those of
distributions that are built on this one can be had here as well.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from separatrix.lazy_names import LazyNames

if TYPE_CHECKING:
    from separatrix.analysis.affine.ess_search import ess_search
    from separatrix.analysis.analyze import analyze
    from separatrix.analysis.results import Analysis
    from separatrix.audit.check import check
    from separatrix.audit.evidence.findings import Finding
    from separatrix.dynamics.basin_boundaries.critical_shock import critical_shock
    from separatrix.dynamics.basin_boundaries.stable_manifold import separatrix_curve, separatrix_curves
    from separatrix.dynamics.basin_boundaries.surface import separatrix_surface
    from separatrix.dynamics.basins.basins import basins
    from separatrix.dynamics.basins.outcomes import outcome
    from separatrix.dynamics.bifurcation.numerical_diagram import bifurcation_diagram
    from separatrix.dynamics.bifurcation.result import BifurcationDiagram
    from separatrix.dynamics.exact_regime_maps import regime_map
    from separatrix.dynamics.fields.schedules import vector_field
    from separatrix.dynamics.integration.trajectory import trajectory
    from separatrix.dynamics.portraits import PhasePortrait, portrait
    from separatrix.dynamics.sensitivity.fan_chart import FanChart, fan_chart
    from separatrix.dynamics.sensitivity.sobol_indices import Sensitivity, sensitivity
    from separatrix.dynamics.sweeps.sweep import sweep
    from separatrix.dynamics.sweeps.trajectory_set import trajectories
    from separatrix.errors import ComesLater, InputError, NameProblem, SeparatrixError
    from separatrix.game.catalogue import examples
    from separatrix.game.instrument_sets import add_instruments
    from separatrix.game.instruments import with_instruments
    from separatrix.game.model import Game
    from separatrix.game.populations import translate
    from separatrix.game.reader import load
    from separatrix.policy.expected_cost import expected_cost, finite_population
    from separatrix.policy.externality_price import externality_price
    from separatrix.policy.finite_costs import level_costs
    from separatrix.policy.incentive_cost import critical_beta, finite_programme, least_incentive
    from separatrix.policy.leaders import leaders
    from separatrix.policy.pareto_front import pareto_front
    from separatrix.policy.permanent.programme import permanent_programme
    from separatrix.policy.robust_programme import robust_programme
    from separatrix.policy.temporary.programme import temporary_programme
    from separatrix.policy.tipping.results import TippingValues
    from separatrix.policy.tipping.surface import TippingSurface, tipping_surface
    from separatrix.policy.tipping.tipping import tipping_values
    from separatrix.population.agreement import agree
    from separatrix.population.awareness import awareness
    from separatrix.population.exact_graphs.fixation import graph_fixation
    from separatrix.population.exact_graphs.weak_selection import structure_coefficient
    from separatrix.population.finite.fixation import fixation, fixation_probability
    from separatrix.population.finite.sample_paths import finite_path
    from separatrix.population.finite.small_mutation_limit import small_mutation_limit
    from separatrix.population.finite.stationary_distribution import (
        gradient_of_selection,
        stationary_distribution,
    )
    from separatrix.population.networks.enterprises import enterprises, read_enterprises
    from separatrix.population.networks.link_files import link_graph_of, read_links
    from separatrix.population.networks.link_graph import link_graph
    from separatrix.population.networks.network import network
    from separatrix.population.opim import certified_seeds
    from separatrix.population.seeding import targeted_seeds
    from separatrix.reports.citations import cite
    from separatrix.reports.game_report import report

    bifurcation = bifurcation_diagram
    regimes = regime_map
    shock = critical_shock

__version__ = "0.1.0"

__all__ = [
    "Analysis",
    "BifurcationDiagram",
    "ComesLater",
    "FanChart",
    "Finding",
    "Game",
    "InputError",
    "NameProblem",
    "PhasePortrait",
    "Sensitivity",
    "SeparatrixError",
    "TippingSurface",
    "TippingValues",
    "__version__",
    "add_instruments",
    "agree",
    "analyze",
    "awareness",
    "basins",
    "bifurcation",
    "bifurcation_diagram",
    "certified_seeds",
    "check",
    "cite",
    "critical_beta",
    "critical_shock",
    "enterprises",
    "ess_search",
    "examples",
    "expected_cost",
    "externality_price",
    "fan_chart",
    "graph_fixation",
    "fixation",
    "finite_path",
    "finite_population",
    "finite_programme",
    "fixation_probability",
    "gradient_of_selection",
    "outcome",
    "load",
    "link_graph",
    "link_graph_of",
    "leaders",
    "least_incentive",
    "level_costs",
    "network",
    "permanent_programme",
    "pareto_front",
    "portrait",
    "read_enterprises",
    "read_links",
    "regime_map",
    "regimes",
    "report",
    "robust_programme",
    "sensitivity",
    "separatrix_curve",
    "separatrix_curves",
    "separatrix_surface",
    "shock",
    "small_mutation_limit",
    "stationary_distribution",
    "structure_coefficient",
    "sweep",
    "targeted_seeds",
    "tipping_surface",
    "tipping_values",
    "temporary_programme",
    "trajectories",
    "trajectory",
    "translate",
    "vector_field",
    "with_instruments",
]

_HOMES = {
    "Analysis": "separatrix.analysis.results",
    "BifurcationDiagram": "separatrix.dynamics.bifurcation.result",
    "ComesLater": "separatrix.errors",
    "FanChart": "separatrix.dynamics.sensitivity.fan_chart",
    "Finding": "separatrix.audit.evidence.findings",
    "Game": "separatrix.game.model",
    "InputError": "separatrix.errors",
    "NameProblem": "separatrix.errors",
    "PhasePortrait": "separatrix.dynamics.portraits",
    "Sensitivity": "separatrix.dynamics.sensitivity.sobol_indices",
    "SeparatrixError": "separatrix.errors",
    "TippingSurface": "separatrix.policy.tipping.surface",
    "TippingValues": "separatrix.policy.tipping.results",
    "agree": "separatrix.population.agreement",
    "analyze": "separatrix.analysis.analyze",
    "awareness": "separatrix.population.awareness",
    "basins": "separatrix.dynamics.basins.basins",
    "bifurcation_diagram": "separatrix.dynamics.bifurcation.numerical_diagram",
    "certified_seeds": "separatrix.population.opim",
    "check": "separatrix.audit.check",
    "cite": "separatrix.reports.citations",
    "critical_beta": "separatrix.policy.incentive_cost",
    "critical_shock": "separatrix.dynamics.basin_boundaries.critical_shock",
    "enterprises": "separatrix.population.networks.enterprises",
    "examples": "separatrix.game.catalogue",
    "ess_search": "separatrix.analysis.affine.ess_search",
    "fan_chart": "separatrix.dynamics.sensitivity.fan_chart",
    "graph_fixation": "separatrix.population.exact_graphs.fixation",
    "fixation": "separatrix.population.finite.fixation",
    "fixation_probability": "separatrix.population.finite.fixation",
    "permanent_programme": "separatrix.policy.permanent.programme",
    "temporary_programme": "separatrix.policy.temporary.programme",
    "outcome": "separatrix.dynamics.basins.outcomes",
    "externality_price": "separatrix.policy.externality_price",
    "expected_cost": "separatrix.policy.expected_cost",
    "finite_population": "separatrix.policy.expected_cost",
    "finite_programme": "separatrix.policy.incentive_cost",
    "leaders": "separatrix.policy.leaders",
    "level_costs": "separatrix.policy.finite_costs",
    "least_incentive": "separatrix.policy.incentive_cost",
    "load": "separatrix.game.reader",
    "link_graph": "separatrix.population.networks.link_graph",
    "link_graph_of": "separatrix.population.networks.link_files",
    "network": "separatrix.population.networks.network",
    "pareto_front": "separatrix.policy.pareto_front",
    "robust_programme": "separatrix.policy.robust_programme",
    "portrait": "separatrix.dynamics.portraits",
    "read_enterprises": "separatrix.population.networks.enterprises",
    "read_links": "separatrix.population.networks.link_files",
    "regime_map": "separatrix.dynamics.exact_regime_maps",
    "report": "separatrix.reports.game_report",
    "sensitivity": "separatrix.dynamics.sensitivity.sobol_indices",
    "separatrix_curve": "separatrix.dynamics.basin_boundaries.stable_manifold",
    "separatrix_curves": "separatrix.dynamics.basin_boundaries.stable_manifold",
    "separatrix_surface": "separatrix.dynamics.basin_boundaries.surface",
    "finite_path": "separatrix.population.finite.sample_paths",
    "gradient_of_selection": "separatrix.population.finite.stationary_distribution",
    "stationary_distribution": "separatrix.population.finite.stationary_distribution",
    "small_mutation_limit": "separatrix.population.finite.small_mutation_limit",
    "structure_coefficient": "separatrix.population.exact_graphs.weak_selection",
    "sweep": "separatrix.dynamics.sweeps.sweep",
    "targeted_seeds": "separatrix.population.seeding",
    "tipping_surface": "separatrix.policy.tipping.surface",
    "tipping_values": "separatrix.policy.tipping.tipping",
    "trajectories": "separatrix.dynamics.sweeps.trajectory_set",
    "translate": "separatrix.game.populations",
    "trajectory": "separatrix.dynamics.integration.trajectory",
    "vector_field": "separatrix.dynamics.fields.schedules",
    "with_instruments": "separatrix.game.instruments",
    "add_instruments": "separatrix.game.instrument_sets",
}

_VERBS = {"bifurcation": "bifurcation_diagram", "regimes": "regime_map", "shock": "critical_shock"}
"""Functions by the names of their verbs on the command line, where these differ."""

_READ_BY = {
    "game": ("separatrix.game.model", "Game", "load"),
    "analysis": ("separatrix.analysis.results", "Analysis", "analyze"),
}
"""What a public function may begin with, by the parameter's name: a class, and what makes one of a source."""


_NAMES = LazyNames(__name__, _HOMES, _READ_BY, _VERBS)


def __getattr__(name: str) -> Any:
    if name in _NAMES:
        return _NAMES.get(name)
    if not name.startswith("_"):
        from separatrix.plugins import public_names

        if name in public_names():
            return getattr(importlib.import_module(public_names()[name]), name)
    raise AttributeError(f"module 'separatrix' has no attribute {name!r}")


def __dir__() -> list[str]:
    from separatrix.plugins import public_names

    return sorted({*__all__, *public_names()})
