"""How much is left undecided on a fixed corpus of degenerate games, and whether what is decided is right."""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterator
from fractions import Fraction
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from core.oracles.agree import show
from core.oracles.answers import Answer, Piece, ask
from core.oracles.degenerate_corpus import FIRST, count, games
from core.oracles.flow_judge import contradicted
from core.oracles.share_games import ShareGame, value
from thinning import thinned

LONG = pytest.mark.soak


@thinned(
    ("part", "number"),
    [
        pytest.param("2x3x3", 2, id="2x3x3 few"),
        pytest.param("2x2x2x2", 4, id="2x2x2x2 few"),
        pytest.param("2x3x3", 30, id="2x3x3", marks=LONG),
        pytest.param("2x2x2x2", 60, id="2x2x2x2", marks=LONG),
    ],
    each_run=1,
)
def test_pieces_left_undecided(part: str, number: int) -> None:
    """Fewer than half as many pieces of continua are undecided as were at first, and half the share."""
    found = count(part, number)
    undecided, every = FIRST[part, number]
    print(f"\n{part}: {found.text()}\nat first {undecided} of {every}")
    assert 2 * found.undecided <= undecided
    assert 2 * found.undecided / found.every <= undecided / every


@pytest.mark.soak
def test_isolated_points_left_undecided() -> None:
    """Fewer than half as many isolated rest points of games of every kind are undecided as were at first."""
    found = count("points", 40)
    undecided, every = FIRST["points", 40]
    print(f"\npoints: {found.text()}\nat first {undecided} of {every}")
    assert 2 * found.undecided <= undecided
    assert 2 * found.undecided / found.every <= undecided / every


BESIDE = ("shares of unplayed strategies", "an unplayed strategy", "nothing moves near it")


@thinned(
    ("part", "number", "seed"),
    [
        pytest.param("2x3x3", 1, 0, id="2x3x3 few"),
        pytest.param("2x2x2x2", 1, 0, id="2x2x2x2 few"),
        pytest.param("2x3x3", 30, 1, id="2x3x3", marks=LONG),
        pytest.param("2x2x2x2", 60, 1, id="2x2x2x2", marks=LONG),
        pytest.param("points", 40, 1, id="points", marks=LONG),
    ],
    each_run=1,
)
def test_labels_beside_ties_against_integration(part: str, number: int, seed: int) -> None:
    """Orbits from many starts around a state do not refute a label that rests on the signs beside it."""
    claims: list[tuple[ShareGame, Any, str]] = []
    names = []
    for name, game in games(part, number, seed):
        for state, label, identity in _claims(name, ask(game)):
            claims.append((game, state, label))
            names.append(f"{name}: {identity} at {show([float(v) for v in state])} is called {label}")
    assert claims
    order = list(range(len(claims)))
    random.Random(seed).shuffle(order)
    order = order[: 12 * number if number < 10 else 2000]
    bad = [order[k] for k in contradicted([claims[k] for k in order])]
    bad = [k for k in bad if claims[k][2] != "unstable" or not carried_away(*claims[k][:2])]
    assert not bad, "\n".join(names[k] for k in bad)


def carried_away(game: ShareGame, point: Any, *, limit: float = 0.03) -> bool:
    """Whether some orbit from ever nearer starts goes away, by the length of the orbit and not by time.

    Growth as a power of the distance takes longer than any integration in time lasts.
    """
    parts = [list(game.members(i)) for i in range(len(game.sizes))]
    goal = np.array([float(v) for v in point])
    rng = np.random.default_rng(0)

    def direction(x: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        earned = np.array([float(value(u, list(x))) for u in game.flat])
        rate = np.concatenate([x[p] * (earned[p] - x[p] @ earned[p]) for p in parts])
        return rate / max(float(np.abs(rate).max()), 1e-200)

    def start(radius: float) -> npt.NDArray[np.float64]:
        towards = np.zeros(len(goal))
        for p in parts:
            chosen = [k for k in p if rng.random() < 0.6] or p
            towards[chosen] = rng.dirichlet(np.ones(len(chosen)))
        return goal + radius * rng.random() * (towards - goal)

    def leaves(radius: float) -> bool:
        x = start(radius)
        for _ in range(400):
            far = float(np.abs(x - goal).max())
            if far > limit:
                return True
            # a step of Heun's method, a tenth as long as the distance; shares do not become negative
            step = 0.1 * far
            first = direction(x)
            ahead = np.clip(x + step * first, 0.0, None)
            x = np.clip(x + step / 2 * (first + direction(ahead)), 0.0, None)
            for p in parts:
                x[p] /= x[p].sum()
        return False

    return all(any(leaves(radius) for _ in range(20)) for radius in (1e-2, 1e-3, 1e-4))


def _claims(name: str, answer: Answer) -> Iterator[tuple[Any, str, str]]:
    """States with a label that rests on the signs beside ties."""
    rng = random.Random(name)
    for point in answer.points:
        if point.rational and any(text in point.entry["reason"] for text in BESIDE):
            yield point.exact, point.label, point.entry["id"]
    for piece in answer.pieces:
        if any(text in piece.entry.get("reason", "") for text in BESIDE):
            state = _rational_state(answer.game, piece, rng)
            if state is not None:
                yield state, piece.label, piece.entry["id"]


def _rational_state(game: ShareGame, piece: Piece, rng: random.Random) -> tuple[Fraction, ...] | None:
    """A state on a piece with small denominators, if one is met."""
    choices: list[list[dict[int, Fraction]]] = []
    for i in range(len(game.sizes)):
        played = [k for k in game.members(i) if k in piece.support]
        points = {
            tuple(Fraction(part, whole) for part in parts)
            for whole in range(len(played), len(played) + (5 if len(played) > 1 else 1))
            for parts in itertools.product(range(1, whole + 1), repeat=len(played))
            if sum(parts) == whole
        }
        choices.append([dict(zip(played, p, strict=True)) for p in sorted(points)])
    every = list(itertools.islice(itertools.product(*choices), 20_000))
    rng.shuffle(every)
    for chosen in every[:2000]:
        shares = {k: v for part in chosen for k, v in part.items()}
        state = tuple(shares.get(k, Fraction(0)) for k in range(len(game.owner)))
        if piece.holds(state):
            return state
    return None
