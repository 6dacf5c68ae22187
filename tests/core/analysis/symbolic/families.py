"""Whole families of games: every payoff a symbol."""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from typing import Any

import mpmath

import separatrix
from core.analysis.symbolic.linear import Game
from core.oracles.high_precision import value_at
from separatrix.analysis.symbolic.answer import SymbolicAnswer
from separatrix.analysis.symbolic.substitution import solve_symbolic

__all__ = ["FAMILIES", "Family", "draws", "full_state", "symbols_of"]

Values = Mapping[str, Fraction]
Block = tuple[int, int, str]
"""Rows, columns and the letter of a matrix of symbols."""


@dataclass(frozen=True)
class Family:
    """A game file without values, and the same game at exact numbers for the independent solver."""

    content: Mapping[str, Any]
    sizes: tuple[int, ...]
    blocks: Mapping[tuple[int, int], Block]

    @property
    def names(self) -> list[str]:
        """Its parameters."""
        return [
            f"{letter}{a}{b}"
            for rows, columns, letter in self.blocks.values()
            for a, b in itertools.product(range(rows), range(columns))
        ]

    @property
    def game(self) -> Any:
        """The game with symbols."""
        return separatrix.load({**self.content, "parameters": {n: {} for n in self.names}})

    def at(self, values: Values) -> Game:
        """The matrix of the whole game at numbers."""
        rows = []
        for i, size in enumerate(self.sizes):
            for a in range(size):
                row: list[Fraction] = []
                for j, columns in enumerate(self.sizes):
                    letter = self.blocks[i, j][2] if (i, j) in self.blocks else None
                    row += [values[f"{letter}{a}{b}"] if letter else Fraction(0) for b in range(columns)]
                rows.append(tuple(row))
        return Game(self.sizes, tuple(rows))


def _symbols(rows: int, columns: int, letter: str) -> list[list[str]]:
    return [[f"{letter}{a}{b}" for b in range(columns)] for a in range(rows)]


def one_population(k: int) -> Family:
    """k strategies against themselves."""
    content = {"title": "one population", "payoff_matrix": _symbols(k, k, "a")}
    return Family(content, (k,), {(0, 0): (k, k, "a")})


def two_populations(k: int, m: int) -> Family:
    """A bimatrix game."""
    cells = [[[f"a{i}{j}", f"b{j}{i}"] for j in range(m)] for i in range(k)]
    return Family(
        {"title": "two populations", "bimatrix": cells}, (k, m), {(0, 1): (k, m, "a"), (1, 0): (m, k, "b")}
    )


def own_play(k: int, m: int) -> Family:
    """Two populations that also play themselves."""
    blocks = {(0, 0): (k, k, "p"), (0, 1): (k, m, "q"), (1, 0): (m, k, "r"), (1, 1): (m, m, "s")}
    content = {
        "title": "own play",
        "populations": [
            {"name": "A", "share": "x", "strategies": [f"u{a}" for a in range(k)]},
            {"name": "B", "share": "y", "strategies": [f"w{a}" for a in range(m)]},
        ],
        "payoff_matrices": {f"{'AB'[i]},{'AB'[j]}": _symbols(*block) for (i, j), block in blocks.items()},
    }
    return Family(content, (k, m), blocks)


FAMILIES = {
    "3": one_population(3),
    "4": one_population(4),
    "2x3": two_populations(2, 3),
    "3x3": two_populations(3, 3),
    "own 2x2": own_play(2, 2),
}


BRIEF = ("4", "own 2x2")
"""Families whose regimes take z3 long; only their rest states are tested."""


@cache
def symbols_of(which: str) -> SymbolicAnswer:
    """The symbolic answer of a family."""
    return solve_symbolic(FAMILIES[which].game, None, 0.5 if which in BRIEF else 60.0)


def draws(which: str, most: int, count: int) -> Iterator[Values]:
    """Yield random small whole numbers; a quarter is 0, so that degenerate games abound."""
    for k in range(count):
        rng = random.Random(f"{which} {most} {k}")
        yield {
            n: Fraction(0 if rng.random() < 0.25 else rng.randint(-most, most)) for n in FAMILIES[which].names
        }


def full_state(sizes: Sequence[int], exact: Sequence[Any], values: Mapping[str, Any]) -> list[Any]:
    """One share a strategy, from coordinates that are written as an answer writes them."""
    given = iter(value_at(e, values) for e in exact)
    state: list[Any] = []
    for size in sizes:
        shares = [next(given) for _ in range(1 if size == 2 else size)]
        state += [*shares, 1 - shares[0]] if size == 2 else shares
    return state


def precise(values: Values) -> dict[str, Any]:
    """The values for arithmetic to 50 digits, and the imaginary unit."""
    return {n: mpmath.mpf(v.numerator) / v.denominator for n, v in values.items()} | {"I": mpmath.mpc(0, 1)}
