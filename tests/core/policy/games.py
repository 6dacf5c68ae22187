"""Games with instruments for the tests of policy."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import separatrix
from separatrix.game.model import Game

SUPPORTED = Path(__file__).parent / "supported.game.yaml"
"""The paper's bistable game with support of the cost of cooperating, and a park."""


def supported() -> Game:
    """Return the paper's bistable game with instruments."""
    return separatrix.load(SUPPORTED)


def one_population(**more: Any) -> Game:
    """Return the worked case in one population, x' = x(1 - x)(reward - 30 + 60x), today at 0.2."""
    return separatrix.load(
        {
            "title": "One population with a reward for cooperating",
            "payoff_matrix": [["a", "b"], [0, 0]],
            "parameters": {"a": 30, "b": -30},
            "today": {"x": "0.2"},
            "instruments": {
                "reward": {
                    "range": [0, 120],
                    "changes": {"a": "a + reward", "b": "b + reward"},
                    "cost": {"public": "reward*x"},
                }
            },
            **more,
        }
    )


def three_parties() -> Game:
    """Return a game of three parties who gain by cooperating where both others do."""
    strategies = ["yes", "no"]
    gain = {0: "-c", 1: "1 - c", 2: "4 - c"}
    rows = []
    for first in strategies:
        for second in strategies:
            for third in strategies:
                played = [first, second, third]
                pay = []
                for k, own in enumerate(played):
                    others = sum(p == "yes" for j, p in enumerate(played) if j != k)
                    pay.append(gain[others] if own == "yes" else "0")
                rows.append({"play": played, "pay": pay})
    return separatrix.load(
        {
            "title": "Three parties",
            "populations": [{"name": n, "share": s} for n, s in zip("ABC", "xyz", strict=True)],
            "parameters": {"c": {"value": 2, "uncertain": "uniform(1.5, 2.5)"}},
            "payoffs": rows,
            "today": {"x": "0.3", "y": "0.4", "z": "0.5"},
            "instruments": {
                "grant": {
                    "range": [0, 3],
                    "changes": {"c": "c - grant"},
                    "cost": {"public": "grant*(x + y + z)"},
                }
            },
        }
    )
