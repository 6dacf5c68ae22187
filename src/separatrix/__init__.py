"""From a payoff table to a proven answer: evolutionary games of industrial clusters.

The public names are loaded when they are first used, so that ``import separatrix`` stays light.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from separatrix.analysis.affine.ess_search import ess_search
    from separatrix.analysis.analyze import analyze
    from separatrix.analysis.result import Analysis
    from separatrix.audit.check import check
    from separatrix.audit.finding import Finding
    from separatrix.cluster.accounts.account import carbon_accounts
    from separatrix.cluster.diagnosis.diagnose import diagnose
    from separatrix.cluster.folder import load_cluster
    from separatrix.dynamics.basins import basins
    from separatrix.dynamics.bifurcation.diagram import bifurcation_diagram
    from separatrix.dynamics.bifurcation.result import BifurcationDiagram
    from separatrix.dynamics.fan import FanChart, fan_chart
    from separatrix.dynamics.fate import fate
    from separatrix.dynamics.portrait import PhasePortrait, portrait
    from separatrix.dynamics.regime_map import regime_map
    from separatrix.dynamics.sensitivity import Sensitivity, sensitivity
    from separatrix.dynamics.separatrix import separatrix_curve, separatrix_curves
    from separatrix.dynamics.separatrix_surface import separatrix_surface
    from separatrix.dynamics.shock import critical_shock
    from separatrix.dynamics.sweep import sweep
    from separatrix.dynamics.trajectory import trajectory
    from separatrix.errors import ComesLater, InputError, NameProblem, SeparatrixError
    from separatrix.game.model import Game
    from separatrix.game.reader import load
    from separatrix.game.translation import told_in
    from separatrix.present.citations import cite
    from separatrix.present.report_file import report

__version__ = "0.1.0"

__all__ = [
    "Analysis", "BifurcationDiagram", "ComesLater", "FanChart", "Finding", "Game", "InputError",
    "NameProblem", "PhasePortrait", "Sensitivity", "SeparatrixError", "__version__", "analyze", "basins",
    "bifurcation_diagram", "carbon_accounts", "check", "cite", "critical_shock", "diagnose", "ess_search",
    "fan_chart", "fate", "load", "load_cluster", "portrait", "regime_map", "report", "sensitivity",
    "separatrix_curve", "separatrix_curves", "separatrix_surface", "sweep", "told_in", "trajectory",
]  # fmt: skip

_HOMES = {
    "Analysis": "separatrix.analysis.result",
    "BifurcationDiagram": "separatrix.dynamics.bifurcation.result",
    "ComesLater": "separatrix.errors",
    "FanChart": "separatrix.dynamics.fan",
    "Finding": "separatrix.audit.finding",
    "Game": "separatrix.game.model",
    "InputError": "separatrix.errors",
    "NameProblem": "separatrix.errors",
    "PhasePortrait": "separatrix.dynamics.portrait",
    "Sensitivity": "separatrix.dynamics.sensitivity",
    "SeparatrixError": "separatrix.errors",
    "analyze": "separatrix.analysis.analyze",
    "basins": "separatrix.dynamics.basins",
    "bifurcation_diagram": "separatrix.dynamics.bifurcation.diagram",
    "carbon_accounts": "separatrix.cluster.accounts.account",
    "check": "separatrix.audit.check",
    "cite": "separatrix.present.citations",
    "critical_shock": "separatrix.dynamics.shock",
    "diagnose": "separatrix.cluster.diagnosis.diagnose",
    "ess_search": "separatrix.analysis.affine.ess_search",
    "fan_chart": "separatrix.dynamics.fan",
    "fate": "separatrix.dynamics.fate",
    "load": "separatrix.game.reader",
    "load_cluster": "separatrix.cluster.folder",
    "portrait": "separatrix.dynamics.portrait",
    "regime_map": "separatrix.dynamics.regime_map",
    "report": "separatrix.present.report_file",
    "sensitivity": "separatrix.dynamics.sensitivity",
    "separatrix_curve": "separatrix.dynamics.separatrix",
    "separatrix_curves": "separatrix.dynamics.separatrix",
    "separatrix_surface": "separatrix.dynamics.separatrix_surface",
    "sweep": "separatrix.dynamics.sweep",
    "told_in": "separatrix.game.translation",
    "trajectory": "separatrix.dynamics.trajectory",
}


def __getattr__(name: str) -> Any:
    if name in _HOMES:
        value = getattr(importlib.import_module(_HOMES[name]), name)
        globals()[name] = value
        return value
    raise AttributeError(f"module 'separatrix' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
