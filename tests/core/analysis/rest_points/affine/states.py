"""Rest states of small affine games, found without the solver: one a support, or a few of a continuum."""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterator

from flint import fmpq, fmpq_mat

from separatrix.analysis.payoff_functions import AffineGame, Support
from separatrix.exact.copositivity import maximise

State = tuple[fmpq, ...]


def supports(game: AffineGame) -> Iterator[Support]:
    """Yield every choice of played strategies."""
    parts = [
        [c for size in range(1, k + 1) for c in itertools.combinations(range(k), size)] for k in game.sizes
    ]
    yield from itertools.product(*parts)


def rest_states(game: AffineGame, rng: random.Random) -> Iterator[tuple[Support, State, int]]:
    """Yield one rest state of each support that has any, with the dimension of the support's rest set."""
    for support in supports(game):
        index = list(game.indices(support))
        rows, bounds = _equations(game, support, index)
        vertices = []
        for _ in range(4):
            best = maximise(
                [fmpq(rng.randint(-5, 5)) for _ in index], [], list(zip(rows, bounds, strict=True))
            )
            if best is not None:
                vertices.append(best.x)
        weights = [fmpq(rng.randint(1, 4)) for _ in vertices]
        total = sum(weights, fmpq(0))
        state = [fmpq(0)] * sum(game.sizes)
        for weight, vertex in zip(weights, vertices, strict=True):
            for a, x in zip(index, vertex, strict=True):
                state[a] += weight * x / total
        if vertices and all(state[a] > 0 for a in index):
            yield support, tuple(state), len(index) - fmpq_mat(rows).rank()


def _equations(game: AffineGame, support: Support, index: list[int]) -> tuple[list[list[fmpq]], list[fmpq]]:
    rows, bounds = [], []
    for offset, played in zip(game.offsets, support, strict=True):
        mine = {offset + a for a in played}
        first = offset + played[0]
        rows.append([fmpq(int(a in mine)) for a in index])
        bounds.append(fmpq(1))
        for a in played[1:]:
            rows.append([game.matrix[offset + a, b] - game.matrix[first, b] for b in index])
            bounds.append(fmpq(0))
    return rows, bounds
