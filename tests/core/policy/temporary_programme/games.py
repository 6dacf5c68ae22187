"""Games with instruments, whose cheapest temporary programmes are known."""

from __future__ import annotations

from typing import Any

import separatrix
from separatrix.game.model import Game

__all__ = ["paper", "worked"]


def worked(high: float | None = None, cost: str = "reward*x", today: float = 0.2) -> Game:
    """Return the worked case: x' = x(1-x)(reward - 30 + 60x), where each who joins is rewarded."""
    reward: dict[str, Any] = {"changes": {"r": "r + reward"}, "cost": {"public": cost}}
    if high is not None:
        reward["range"] = [0, high]
    return separatrix.load(
        {
            "title": "Worked case",
            "populations": [{"name": "Firms", "share": "x", "strategies": ["join", "stay"]}],
            "parameters": {"r": 0},
            "payoff_functions": {"Firms": {"join": "r + 60*x - 30", "stay": "0"}},
            "today": {"x": today},
            "instruments": {"reward": reward},
        }
    )


def paper(high: float = 4, cost: str = "cut*(x + y)", **more: Any) -> Game:
    """Return the paper's bistable game from (0.2, 0.3), where an instrument lowers C1 for both parties."""
    raw = separatrix.load("shi-chen-2018").raw
    document: dict[str, Any] = {key: raw[key] for key in ("title", "populations", "parameters", "payoffs")}
    document["today"] = {"x": 0.2, "y": 0.3}
    document["instruments"] = {
        "cut": {"range": [0, high], "changes": {"C1": "C1 - cut"}, "cost": {"public": cost}}
    }
    return separatrix.load({**document, **more})
