"""The answer in symbols, evaluated at values, against the answer in numbers at these values."""

from __future__ import annotations

import random
from fractions import Fraction
from functools import cache
from typing import Any

import mpmath
import pytest

import separatrix
from core.oracles.high_precision import holds_at, value_at
from separatrix.expression.conditions import All, Relation

NAMES = tuple(f"{s}{k}" for s in "abc" for k in range(4))
CUBE = {
    "title": "all games of three populations",
    "populations": [
        {"name": n, "share": s, "strategies": ["up", "down"]} for n, s in zip("ABC", "xyz", strict=True)
    ],
    "advantages": {
        "x": "a0 + a1*y + a2*z + a3*y*z",
        "y": "b0 + b1*x + b2*z + b3*x*z",
        "z": "c0 + c1*x + c2*y + c3*x*y",
    },
}
SQUARE_NAMES = ("p0", "p1", "q0", "q1")
SQUARE = {
    "title": "all games of two populations",
    "populations": CUBE["populations"][:2],
    "advantages": {"x": "p0 + p1*y", "y": "q0 + q1*x"},
}
LINE_NAMES = ("a", "b", "c", "d")
LINE = {"title": "all games of one population", "payoff_matrix": [["a", "b"], ["c", "d"]]}
FAMILIES = {"cube": (CUBE, NAMES), "square": (SQUARE, SQUARE_NAMES), "line": (LINE, LINE_NAMES)}


@cache
def family(which: str) -> tuple[Any, Any]:
    """A whole family of games, with values to be overridden, and its answer in symbols."""
    content, names = FAMILIES[which]
    symbolic = separatrix.load(content | {"parameters": {n: {} for n in names}})
    numeric = separatrix.load(content | {"parameters": {n: {"value": 1} for n in names}})
    return numeric, separatrix.analyze(symbolic, symbolic=True)


def draws(which: str, most: int, count: int) -> Any:
    """Yield random values; a fifth of them is 0, so that degenerate games abound."""
    names = FAMILIES[which][1]
    for k in range(count):
        rng = random.Random(f"{which} {most} {k}")
        yield {n: Fraction(0 if rng.random() < 0.2 else rng.randint(-most, most)) for n in names}


def close(a: Any, b: Any) -> bool:
    """Whether two states are the same to nine digits."""
    return all(abs(u - v) < 1e-9 for u, v in zip(a, b, strict=True))


def inner_states(piece: Any) -> list[tuple[float, ...]]:
    """States inside a piece: the middle of a straight one, else its samples."""
    states = list(piece.samples)
    if piece.dimension == 1 and len(piece.corners) == 2:
        states.append(tuple((u + v) / 2 for u, v in zip(*piece.corners, strict=True)))
    return [s for s in states if tuple(i for i, v in enumerate(s) if 1e-9 < v < 1 - 1e-9) == piece.free][:6]


def on_set(piece: Any, state: Any, values: Any, shares: tuple[str, ...]) -> bool:
    """Whether a state satisfies the equations of a rest set at these values."""
    scope = dict(values) | {s: mpmath.mpf(v) for s, v in zip(shares, state, strict=True)}
    for condition in piece.equations:
        for part in condition.parts if isinstance(condition, All) else (condition,):
            assert isinstance(part, Relation)
            gap = value_at(part.left, scope) - value_at(part.right, scope)
            if (part.operator == "==" and abs(gap) > 1e-7) or (
                part.operator != "==" and not holds_at(part, scope)
            ):
                return False
    return True


CASES = [("cube", 9), ("cube", 2), ("cube", 1), ("square", 3), ("square", 1), ("line", 2)]
COUNTS = [pytest.param(25, id="25"), pytest.param(600, id="600", marks=pytest.mark.soak)]


@pytest.mark.parametrize("count", COUNTS)
@pytest.mark.parametrize(("which", "most"), CASES)
def test_points(which: str, most: int, count: int) -> None:
    """Points whose condition holds are the rest points, with the same place, flags and eigenvalues."""
    game, symbolic = family(which)
    assert symbolic.completeness.status == "complete"
    for exact_values in draws(which, most, count):
        numeric = separatrix.analyze(game, values=exact_values)
        values = {n: mpmath.mpf(v.numerator) for n, v in exact_values.items()}
        existing = [
            (p, tuple(float(mpmath.re(value_at(e, values))) for e in p.exact))
            for p in symbolic.rest_points
            if holds_at(p.exists, values)
        ]
        for point in numeric.rest_points:
            match = [p for p, state in existing if close(state, point.state)]
            assert len(match) == 1, (exact_values, point.state)
            _same(match[0], point, values)
        for _, state in existing:
            isolated = any(close(state, p.state) for p in numeric.rest_points)
            rest = all(
                abs(value_at(e, values | dict(zip(game.shares, map(mpmath.mpf, state), strict=True)))) < 1e-9
                for e in symbolic.equations.values()
            )
            assert isolated or (rest and numeric.rest_sets), (exact_values, state)


def _same(symbolic: Any, numeric: Any, values: Any) -> None:
    stable = symbolic.stable_when is not None and holds_at(symbolic.stable_when, values)
    assert stable == (numeric.stability == "asymptotically stable"), (values, numeric.state)
    for key in ("stability", "isolated", "nash", "strict_nash", "ess", "nss"):
        if getattr(symbolic, key) is not None:
            assert getattr(symbolic, key) == getattr(numeric, key), (key, values, numeric.state)
    left = list(numeric.eigenvalues)
    for expression in symbolic.eigenvalues_exact or ():
        value = complex(value_at(expression, values))
        nearest = min(left, key=lambda w: abs(w - value))
        assert abs(nearest - value) < 1e-7, (values, numeric.state)
        left.remove(nearest)


@pytest.mark.parametrize("count", COUNTS)
@pytest.mark.parametrize(("which", "most"), CASES)
def test_rest_sets(which: str, most: int, count: int) -> None:
    """Every state of a continuum is on a rest set in symbols whose condition holds, and conversely."""
    game, symbolic = family(which)
    for exact_values in draws(which, most, count):
        numeric = separatrix.analyze(game, values=exact_values)
        values = {n: mpmath.mpf(v.numerator) for n, v in exact_values.items()}
        sets = [s for s in symbolic.rest_sets if holds_at(s.exists or s.possible_when, values)]
        points = [
            tuple(float(mpmath.re(value_at(e, values))) for e in p.exact)
            for p in symbolic.rest_points
            if holds_at(p.exists, values)
        ]
        for piece in numeric.rest_sets:
            for state in inner_states(piece):
                assert any(close(state, p) for p in points) or any(
                    s.free == piece.free and on_set(s, state, values, game.shares) for s in sets
                ), (exact_values, state)
        for claimed in sets:
            assert claimed.exists is None or any(
                piece.free == claimed.free and on_set(claimed, state, values, game.shares)
                for piece in numeric.rest_sets
                for state in inner_states(piece)
            ), (exact_values, claimed.id)


@pytest.mark.parametrize("count", COUNTS)
@pytest.mark.parametrize(("which", "most"), CASES)
def test_regimes(which: str, most: int, count: int) -> None:
    """Every choice of parameters lies in one regime, whose states are the asymptotically stable ones."""
    game, symbolic = family(which)
    assert symbolic.regimes_completeness.status == "complete"
    for exact_values in draws(which, most, count):
        numeric = separatrix.analyze(game, values=exact_values)
        values = {n: mpmath.mpf(v.numerator) for n, v in exact_values.items()}
        inside = [r for r in symbolic.regimes if holds_at(r.condition, values)]
        assert len(inside) == 1, exact_values
        claimed = sorted(tuple(float(value_at(e, values)) for e in s) for s in inside[0].stable)
        found = sorted(p.state for p in numeric.rest_points if p.stability == "asymptotically stable")
        assert len(claimed) == len(found) and all(map(close, claimed, found)), exact_values


@pytest.mark.parametrize(("which", "regimes"), [("cube", 35), ("square", 7), ("line", 4)])
def test_number_of_regimes(which: str, regimes: int) -> None:
    """Without assumptions all sets of pairwise distant corners occur: 35, and 7 of the square."""
    _, symbolic = family(which)
    assert len(symbolic.regimes) == regimes + (which == "line")
