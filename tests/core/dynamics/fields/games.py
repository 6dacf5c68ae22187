"""Small games with known answers, and random ones, for the tests of fields."""

from __future__ import annotations

from typing import Any

import numpy as np
from hypothesis import strategies as st
from numpy.typing import NDArray

from core.game.every_form import FORMS
from separatrix.dynamics.fields import DYNAMICS, field
from separatrix.dynamics.fields.payoffs import PayoffField
from separatrix.game.model import Game
from separatrix.game.reader import load

OPTIONS: dict[str, dict[str, Any]] = {
    "payoff-adjusted": {"background": 50},
    "replicator-mutator": {"mu": "1/10", "when": "always"},
    "logit": {"eta": "1/2"},
}
"""Options with which a kind works for any small game."""

INNOVATIVE = ("smith", "bnn", "best-response")
IMITATIVE = ("replicator", "payoff-adjusted")

HAWKS = {"title": "Hawk and dove", "payoff_matrix": [[-1, 4], [0, 2]]}
ROCK = {"title": "Rock, paper, scissors", "payoff_matrix": [[0, -1, 1], [1, 0, -1], [-1, 1, 0]]}
STAG = {"title": "Stag hunt", "payoff_matrix": [[4, 0], [0, 2]]}
PENNIES = {"title": "Matching pennies", "bimatrix": [[[1, -1], [-1, 1]], [[-1, 1], [1, -1]]]}
UNEVEN = {
    "title": "Three against two",
    "populations": [
        {"name": "A", "share": "x", "strategies": ["a", "b", "c"]},
        {"name": "B", "share": "y", "strategies": ["d", "e"]},
    ],
    "bimatrix": [[[3, 1], [0, 2]], [[1, 4], [2, 0]], [[2, 2], [1, 1]]],
    "speeds": {"A": 2, "B": "1/2"},
}


def made(game: Game, kind: str) -> PayoffField:
    """Return the field of `game` of one kind, with options that suit it."""
    return field(game, kind=kind, **OPTIONS.get(kind, {}))


def states(flow: PayoffField, count: int = 20, seed: int = 3) -> NDArray[np.float64]:
    """Return random states (count, n), and the pure profiles before them."""
    stream = np.random.default_rng(seed)
    inside = flow.state([stream.dirichlet(np.ones(size), count) for size in flow.sizes])
    return np.concatenate([flow.probes, inside])


@st.composite
def bimatrices(draw: st.DrawFn) -> Game:
    """A random game of two populations with two or three strategies each, or of one."""
    numbers = st.integers(-5, 5)
    rows, columns = draw(st.integers(2, 3)), draw(st.integers(2, 3))
    if draw(st.booleans()):
        return load(
            {"title": "t", "payoff_matrix": [[draw(numbers) for _ in range(rows)] for _ in range(rows)]}
        )
    cells = [[[draw(numbers), draw(numbers)] for _ in range(columns)] for _ in range(rows)]
    return load({"title": "t", "bimatrix": cells, "speeds": {"x": draw(st.integers(1, 3))}})


@st.composite
def points(draw: st.DrawFn, flow: PayoffField) -> NDArray[np.float64]:
    """A state of `flow`, faces included."""
    parts = []
    for size in flow.sizes:
        counts = draw(st.lists(st.integers(0, 9), min_size=size, max_size=size).filter(any))
        parts.append(np.array(counts) / sum(counts))
    return flow.state(parts)


__all__ = [
    "FORMS",
    "HAWKS",
    "IMITATIVE",
    "INNOVATIVE",
    "DYNAMICS",
    "OPTIONS",
    "PENNIES",
    "ROCK",
    "STAG",
    "UNEVEN",
    "bimatrices",
    "made",
    "points",
    "states",
]
