"""Games whose payoffs are sums of many symbols, as tripartite papers have them."""

from __future__ import annotations

import itertools
import math
import random
from collections.abc import Mapping
from fractions import Fraction
from typing import Any

import separatrix
from separatrix.game.model import Game

TERMS = 4
"""Symbols in a payoff."""


def game_of_sums(
    count: int, seed: int, parties: int = 3, products: bool = False, assumed: bool = True
) -> Game:
    """Return the game of a file."""
    return separatrix.load(game_file(count, seed, parties, products, assumed))


def game_file(
    count: int, seed: int, parties: int = 3, products: bool = False, assumed: bool = True
) -> dict[str, Any]:
    """Return a game of two strategies each whose payoffs are sums of four of `count` symbols.

    With `products` every other one of them may be a product of two, such as a fine times the chance to be
    found out; with `assumed` all are positive.
    """
    rng = random.Random(seed)
    names = [f"s{k}" for k in range(1, count + 1)]
    atoms = names + ([f"{a}*{b}" for a, b in zip(names[::2], names[1::2], strict=False)] if products else [])

    def payoff() -> str:
        return "".join(f"{rng.choice('+-')} {atom} " for atom in rng.sample(atoms, TERMS)).removeprefix("+ ")

    return {
        "title": f"{count} symbols",
        "populations": [
            {"name": name, "share": share, "strategies": ["yes", "no"]}
            for name, share in zip("ABCD"[:parties], "xyzw"[:parties], strict=True)
        ],
        "parameters": {name: {} for name in names},
        "assume": [f"{name} > 0" for name in names] if assumed else [],
        "payoffs": [
            {"play": list(profile), "pay": [payoff() for _ in range(parties)]}
            for profile in itertools.product(("yes", "no"), repeat=parties)
        ],
    }


def random_values(game: Game, rng: random.Random) -> dict[str, Fraction]:
    """Return positive values of all parameters."""
    return {name: Fraction(rng.randint(1, 10**6), rng.randint(1, 10**6)) for name in game.parameters}


class Told:
    """What an answer says at given values, worked out by Python from the text that it prints."""

    def __init__(self, answer: Mapping[str, Any], values: Mapping[str, Fraction]) -> None:
        self.names: dict[str, Any] = {**values, "sqrt": math.sqrt, "__builtins__": {}}
        for name, meaning in answer["definitions"].items():
            self.names[name] = eval(meaning, self.names)

    def value(self, text: str) -> Any:
        """Return the value of a formula or a condition."""
        return eval(text, self.names)
