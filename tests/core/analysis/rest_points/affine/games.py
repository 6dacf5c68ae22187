"""Affine games for tests, and the names that the output needs."""

from __future__ import annotations

import random
from collections.abc import Sequence

from flint import fmpq, fmpq_mat

from separatrix.analysis.affine.solve import solve_affine
from separatrix.analysis.answer import RestStateAnswer
from separatrix.analysis.payoff_functions import AffineGame
from separatrix.game.model import Game, Population, SelfMatrix, Strategy

Rows = Sequence[Sequence[int]]


def one_population(rows: Rows) -> AffineGame:
    """One population against itself."""
    return AffineGame((len(rows),), (fmpq(1),), fmpq_mat([list(row) for row in rows]))


def bimatrix(first: Rows, second: Rows) -> AffineGame:
    """Two populations; `second[a][b]` is what strategy b of the second one earns against a."""
    k, m = len(first), len(first[0])
    upper = [[0] * k + list(row) for row in first]
    lower = [[second[a][b] for a in range(k)] + [0] * m for b in range(m)]
    return AffineGame((k, m), (fmpq(1), fmpq(1)), fmpq_mat(upper + lower))


def random_game(rng: random.Random, sizes: Sequence[int], size: int, own_play: bool = False) -> AffineGame:
    """Pairwise payoffs that are whole numbers from -size to size."""
    owner = [i for i, k in enumerate(sizes) for _ in range(k)]
    rows = [
        [rng.randint(-size, size) if i != j or own_play or len(sizes) == 1 else 0 for j in owner]
        for i in owner
    ]
    return AffineGame(tuple(sizes), (fmpq(1),) * len(sizes), fmpq_mat(rows))


def named(sizes: Sequence[int]) -> Game:
    """A game with populations of the given sizes, for the names only."""
    populations = tuple(
        Population(f"P{i + 1}", share, tuple(Strategy(f"s{a + 1}", str(a + 1)) for a in range(k)))
        for i, (share, k) in enumerate(zip("xyzwvu", sizes, strict=False))
    )
    return Game("test", populations, SelfMatrix(()))


def solved(game: AffineGame, budget: float = 60.0) -> RestStateAnswer:
    """The answer for a game."""
    return solve_affine(named(game.sizes), game, True, budget)
