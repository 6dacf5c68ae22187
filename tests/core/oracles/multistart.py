"""Newton's method from many starts on the faces of the state space: what it finds must be listed.

It proves nothing complete; it is there to catch an answer that claims to be.
"""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterator, Sequence
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from core.oracles.answers import Answer, Piece
from core.oracles.at_point import jacobian
from core.oracles.share_games import ShareGame, slope

__all__ = ["jacobian_at", "placed", "projected", "rest_points_found"]

Array = npt.NDArray[np.float64]


class _Polynomials:
    """Several polynomials in K shares, evaluated at many states at once."""

    def __init__(self, polynomials: Sequence[dict[tuple[int, ...], float]], width: int):
        monomials = sorted({m for p in polynomials for m in p} | {()}, key=lambda m: (len(m), m))
        self.degree = max(len(m) for m in monomials)
        self.factors = np.array([[*m, *[width] * (self.degree - len(m))] for m in monomials], int)
        self.coefficients = np.array([[p.get(m, 0.0) for p in polynomials] for m in monomials])

    def __call__(self, states: Array) -> Array:
        padded = np.concatenate([states, np.ones((len(states), 1))], axis=1)
        products = np.ones((len(states), len(self.factors)))
        for column in range(self.degree):
            products = products * padded[:, self.factors[:, column]]
        return products @ self.coefficients


def _floats(polynomial: object) -> dict[tuple[int, ...], float]:
    return {m: float(c) for m, c in polynomial.items()}


def faces(game: ShareGame, count: int, rng: random.Random) -> Iterator[list[int]]:
    """Yield up to `count` supports with some mixing, all of them if there are no more."""
    choices = [
        [
            c
            for size in range(1, len(game.members(i)) + 1)
            for c in itertools.combinations(game.members(i), size)
        ]
        for i in range(len(game.sizes))
    ]
    total = int(np.prod([len(c) for c in choices]))
    if total <= count:
        drawn = [[k for part in parts for k in part] for parts in itertools.product(*choices)]
    else:
        drawn = [[k for part in (rng.choice(c) for c in choices) for k in part] for _ in range(count)]
    yield from (f for f in drawn if len(f) > len(game.sizes))


def rest_points_found(
    game: ShareGame, rng: random.Random, *, most_faces: int = 60, starts: int = 24, turns: int = 16
) -> Iterator[Array]:
    """Yield rest states, each strictly inside its face, to some twelve digits where they are regular."""
    width = len(game.owner)
    payoffs, slopes = _functions(game)
    generator = np.random.default_rng(rng.randrange(1 << 30))
    for face in faces(game, most_faces, rng):
        parts = [[k for k in face if game.owner[k] == i] for i in range(len(game.sizes))]
        states = np.zeros((starts, width))
        for part in parts:
            states[:, part] = generator.dirichlet(np.ones(len(part)), starts)
        for _ in range(turns):
            step = _step(states, face, parts, payoffs, slopes, width)
            states[:, face] -= step
            if np.abs(step).max() < 1e-14:
                break
            np.clip(states, -10.0, 10.0, out=states)
        good = _residual(states, parts, payoffs) < 1e-12
        good &= (states[:, face] > 1e-7).all(axis=1)
        kept: list[Array] = []
        for state in states[good]:
            if not any(np.abs(state - other).max() < 1e-6 for other in kept):
                kept.append(state)
                yield state


def projected(game: ShareGame, start: Array, face: Sequence[int], turns: int = 30) -> Array | None:
    """Return a rest state of a face near a start, by the shortest steps of Newton's method, or None."""
    width = len(game.owner)
    payoffs, slopes = _functions(game)
    parts = [[k for k in face if game.owner[k] == i] for i in range(len(game.sizes))]
    state = np.array([[float(v) for v in start]])
    for _ in range(turns):
        step = _step(state, face, parts, payoffs, slopes, width)
        state[:, face] -= step
        if np.abs(step).max() < 1e-15:
            break
    good = _residual(state, parts, payoffs)[0] < 1e-12 and (state[0, face] > 0).all()
    return state[0] if good else None


def jacobian_at(game: ShareGame, state: Sequence[float]) -> Array:
    """Return the derivative of the replicator field on the tangent space in floats; see `at_point`."""
    payoffs, slopes = _functions(game)
    x = np.array([[float(v) for v in state]])
    width = len(game.owner)
    own = np.equal.outer(game.owner, game.owner).astype(float)
    earned, slope_at = payoffs(x)[0], slopes(x)[0].reshape(width, width)
    x = x[0]
    gain = earned - own @ (x * earned)
    full = x[:, None] * (slope_at - own @ (x[:, None] * slope_at) - own * earned) + np.diag(gain)
    full = full * np.array([float(game.speed(i)) for i in game.owner])[:, None]
    last = np.array([max(game.members(i), key=lambda k: x[k]) for i in game.owner])
    kept = [k for k in range(width) if k not in last]
    return (full - full[:, last])[np.ix_(kept, kept)]


@lru_cache(maxsize=4)
def _functions(game: ShareGame) -> tuple[_Polynomials, _Polynomials]:
    """The payoffs and their derivatives along every share."""
    width = len(game.owner)
    return (
        _Polynomials([_floats(u) for u in game.flat], width),
        _Polynomials([_floats(slope(u, m)) for u in game.flat for m in range(width)], width),
    )


def _residual(states: Array, parts: Sequence[Sequence[int]], payoffs: _Polynomials) -> Array:
    earned = payoffs(states)
    worst = np.zeros(len(states))
    for part in parts:
        spread = earned[:, part].max(axis=1) - earned[:, part].min(axis=1)
        worst = np.maximum(worst, np.maximum(spread, np.abs(states[:, part].sum(axis=1) - 1)))
    return worst


def _step(
    states: Array,
    face: Sequence[int],
    parts: Sequence[Sequence[int]],
    payoffs: _Polynomials,
    slopes: _Polynomials,
    width: int,
) -> Array:
    earned = payoffs(states)
    derivative = slopes(states).reshape(len(states), width, width)[:, :, face]
    values, rows = [], []
    for part in parts:
        values.append(states[:, part].sum(axis=1) - 1)
        rows.append(np.broadcast_to(np.array([float(k in part) for k in face]), (len(states), len(face))))
        for k in part[1:]:
            values.append(earned[:, k] - earned[:, part[0]])
            rows.append(derivative[:, k] - derivative[:, part[0]])
    # where the equations are dependent, the shortest step: it leads to a continuum of rest points
    inverse = np.linalg.pinv(np.stack(rows, axis=1), rcond=1e-10)
    return np.einsum("sij,sj->si", inverse, np.stack(values, axis=1))


def placed(answer: Answer, rng: random.Random, **options: int) -> Iterator[tuple[Array, list[Piece]]]:
    """Yield the rest states found that are not listed as points, with the pieces on which they lie.

    Where a rest state is degenerate Newton's method stops some way off, perhaps on a neighbouring face: what
    is near something that is listed is taken for it.
    """
    places = np.array([p.state for p in answer.points] + [c for p in answer.pieces for c in p.corners])
    for state in rest_points_found(answer.game, rng, **options):
        distance = np.abs(places - state).max(axis=1).min() if len(places) else 1.0
        if distance < 1e-5:
            continue
        on = [p for p in answer.pieces if p.holds([float(v) for v in state], slack=1e-5)]
        if not on and (distance < 0.02 or min(state[state > 0]) < 0.01) and _degenerate(answer, state):
            continue
        yield state, on


def _degenerate(answer: Answer, state: Array) -> bool:
    matrix = np.array(jacobian(answer.game, [float(v) for v in state]))
    return bool(np.linalg.svd(matrix, compute_uv=False).min() < 1e-3)
