"""Games along one parameter, some with known bifurcations, some drawn at random."""

from __future__ import annotations

import itertools
import random
from typing import Any

import separatrix
from separatrix.game.model import Game


def rock_paper_scissors() -> Game:
    """The interior point attracts for a < 1 and repels for a > 1."""
    rows = [[0, "-a", 1], [1, 0, "-a"], ["-a", 1, 0]]
    return separatrix.load({"title": "RPS", "payoff_matrix": rows, "parameters": {"a": "1/2"}})


def ring_of_four() -> Game:
    """A hypercycle of four in which opposite molecules help (m > 0) or harm (m < 0) each other."""
    rows = [[0, 0, "m", 1], [1, 0, 0, "m"], ["m", 1, 0, 0], [0, "m", 1, 0]]
    return separatrix.load({"title": "Ring", "payoff_matrix": rows, "parameters": {"m": "1/2"}})


def own_shares(e: str = "1/100") -> Game:
    """Payoffs that depend on the own share as a cubic does: folds, and cycles around the middle."""
    return separatrix.load(
        {
            "title": "Imitation within",
            "populations": [{"name": "A", "share": "x"}, {"name": "B", "share": "y"}],
            "parameters": {"m": 1, "e": e},
            "payoff_functions": {
                "A": {"yes": "m*(x - 1/2) - 8*(x - 1/2)^3 - (y - 1/2) + e", "no": 0},
                "B": {"yes": "(x - 1/2) - (y - 1/2)/5", "no": 0},
            },
        }
    )


def cubic(payoff: str, **parameters: Any) -> Game:
    """One population whose first strategy earns `payoff` more than the second."""
    return separatrix.load(
        {
            "title": "Cubic",
            "populations": [{"name": "P", "share": "x"}],
            "parameters": {"t": "1/8", **parameters},
            "payoff_functions": {"P": {"yes": payoff, "no": 0}},
        }
    )


def entry(rng: random.Random, digits: int) -> str:
    """A number, or a linear function of t."""
    unit = 10**digits
    number = f"{rng.randint(-5 * unit, 5 * unit)}/{unit}"
    return number if rng.random() < 0.55 else f"{number} + {rng.choice([-2, -1, 1, 2])}*t"


def random_game(rng: random.Random, kind: str, digits: int = 0) -> Game:
    """A game of one parameter t; with more digits, events seldom coincide."""

    def e() -> str:
        return entry(rng, digits)

    raw: dict[str, Any] = {"title": "r", "parameters": {"t": 1}}
    if kind.startswith("one"):
        size = int(kind[3:])
        raw["payoff_matrix"] = [[e() for _ in range(size)] for _ in range(size)]
    elif kind.startswith("two"):
        first, second = int(kind[3]), int(kind[4])
        raw["bimatrix"] = [[[e(), e()] for _ in range(second)] for _ in range(first)]
    elif kind == "three":
        raw["populations"] = [
            {"name": n, "share": s, "strategies": ["a", "b"]} for n, s in zip("ABC", "xyz", strict=True)
        ]
        raw["payoffs"] = [
            {"play": list(p), "pay": [e(), e(), e()]} for p in itertools.product("ab", repeat=3)
        ]
    else:
        raw["populations"] = [{"name": n, "share": s} for n, s in zip("AB", "xy", strict=True)]
        raw["payoff_functions"] = {
            name: {
                "yes": f"{e()} + ({e()})*x + ({e()})*y + ({rng.randint(-4, 4)})*x*y"
                f" + ({rng.randint(-4, 4)})*x^2",
                "no": 0,
            }
            for name in "AB"
        }
    return separatrix.load(raw)
