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
    from separatrix.dynamics.separatrix import separatrix_curve
    from separatrix.dynamics.shock import critical_shock
    from separatrix.dynamics.trajectory import trajectory
    from separatrix.errors import ComesLater, InputError, NameProblem, SeparatrixError
    from separatrix.game.model import Game
    from separatrix.game.reader import load
    from separatrix.game.translation import told_in
    from separatrix.present.citations import cite
    from separatrix.present.report_file import report

__version__ = "0.1.0"

__all__ = [
    "Analysis", "ComesLater", "Finding", "Game", "InputError", "NameProblem", "SeparatrixError",
    "__version__", "analyze", "basins", "carbon_accounts", "check", "cite", "critical_shock", "diagnose",
    "ess_search", "load", "load_cluster", "report", "separatrix_curve", "told_in", "trajectory",
]  # fmt: skip

_HOMES = {
    "Analysis": "separatrix.analysis.result",
    "ComesLater": "separatrix.errors",
    "Finding": "separatrix.audit.finding",
    "Game": "separatrix.game.model",
    "InputError": "separatrix.errors",
    "NameProblem": "separatrix.errors",
    "SeparatrixError": "separatrix.errors",
    "analyze": "separatrix.analysis.analyze",
    "basins": "separatrix.dynamics.basins",
    "carbon_accounts": "separatrix.cluster.accounts.account",
    "check": "separatrix.audit.check",
    "cite": "separatrix.present.citations",
    "critical_shock": "separatrix.dynamics.shock",
    "diagnose": "separatrix.cluster.diagnosis.diagnose",
    "ess_search": "separatrix.analysis.affine.ess_search",
    "load": "separatrix.game.reader",
    "load_cluster": "separatrix.cluster.folder",
    "report": "separatrix.present.report_file",
    "separatrix_curve": "separatrix.dynamics.separatrix",
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
