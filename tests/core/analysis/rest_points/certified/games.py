"""Small games for the tests of the certified route."""

from __future__ import annotations

import itertools
import random
from collections.abc import Sequence
from typing import Any

import separatrix
from separatrix.analysis.answer import RestStateAnswer
from separatrix.analysis.certified.solve import solve_certified
from separatrix.analysis.payoff_functions import field_of
from separatrix.game.model import Game

__all__ = ["advantages", "certify", "profiles", "random_profiles", "solve"]


def profiles(sizes: Sequence[int], pay: Sequence[Sequence[Any]]) -> Game:
    """A table of payoffs, the last population's strategy changing fastest."""
    every = itertools.product(*(range(size) for size in sizes))
    return separatrix.load(
        {
            "title": "test",
            "populations": [
                {"name": f"P{i}", "share": f"x{i}", "strategies": [f"s{a}" for a in range(size)]}
                for i, size in enumerate(sizes)
            ],
            "payoffs": [
                {"play": [f"s{a}" for a in profile], "pay": list(row)}
                for profile, row in zip(every, pay, strict=True)
            ],
        }
    )


def random_profiles(seed: str, sizes: Sequence[int], most: int) -> Game:
    """A table of independent whole payoffs from -most to most; the seed says which."""
    source = random.Random(seed)
    count = len(list(itertools.product(*(range(size) for size in sizes))))
    return profiles(sizes, [[source.randint(-most, most) for _ in sizes] for _ in range(count)])


def advantages(**by_share: str) -> Game:
    """A game of two strategies a population from advantages in the shares."""
    return separatrix.load(
        {
            "title": "test",
            "populations": [{"name": f"P{share}", "share": share} for share in by_share],
            "advantages": by_share,
        }
    )


def certify(game: Game, budget: float = 60) -> RestStateAnswer:
    """The answer of the certified route, also where `analyze` takes another one."""
    return solve_certified(game, field_of(game, {}), budget)


def solve(game: Game, budget: float = 60) -> RestStateAnswer:
    """The same, and it must be complete."""
    found = certify(game, budget)
    assert found.completeness.status == "complete", found.completeness.proof
    return found
