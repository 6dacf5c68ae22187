"""One population of two strategies whose advantage is any rational function of the share: a line of states.

The numerator of the advantage is factored by sympy and its real zeros are isolated exactly; the sign of the
advantage between them says everything about the flow.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from random import Random
from typing import Any

import sympy

__all__ = ["LineGame", "RestPointOnLine", "draw", "rest_points"]

X = sympy.Symbol("x")


@dataclass(frozen=True)
class LineGame:
    """Coefficients, ascending, of the advantage's numerator and of its denominator, positive on [0, 1]."""

    numerator: tuple[int, ...]
    denominator: tuple[int, ...]
    file: dict[str, Any]


@dataclass(frozen=True)
class RestPointOnLine:
    """A rest point to 30 digits, with what the sign of the advantage beside it says."""

    place: Any
    exact: Fraction | None
    label: str
    nash: bool
    strict: bool
    eigenvalue: Any


def _text(coefficients: Sequence[int]) -> str:
    return " + ".join(f"({c})*x**{k}" if k else f"({c})" for k, c in enumerate(coefficients))


def game(
    numerator: Sequence[int], denominator: Sequence[int] = (1,), extra: Sequence[int] = (0,)
) -> LineGame:
    """Return the game in which both strategies earn `extra`, and the first numerator/denominator more."""
    first = f"({_text(numerator)})/({_text(denominator)}) + {_text(extra)}"
    file = {
        "title": "a game on a line",
        "populations": [{"name": "P", "share": "x", "strategies": ["a", "b"]}],
        "payoff_functions": {"P": {"a": first, "b": _text(extra)}},
    }
    return LineGame(tuple(numerator), tuple(denominator), file)


def _product(p: Sequence[int], q: Sequence[int]) -> list[int]:
    result = [0] * (len(p) + len(q) - 1)
    for i, a in enumerate(p):
        for j, b in enumerate(q):
            result[i + j] += a * b
    return result


def draw(rng: Random) -> LineGame:
    """Return a random game, often with repeated zeros, irrational ones, or zeros at the ends."""
    factors = [
        [0, 1],
        [1, -1],
        [-1, 2],
        [-1, 3],
        [-1, 0, 2],
        [1, -3, 1],
        [1, 0, 1],
        [-1, 0, 0, 2],
        [-3, 10],
        [-1, 1, 1],
    ]
    if rng.random() < 0.5:
        numerator = [rng.randint(-9, 9) for _ in range(rng.randint(1, 6))]
    else:
        numerator = [rng.choice((-2, -1, 1, 2))]
        for _ in range(rng.randint(1, 4)):
            numerator = _product(numerator, rng.choice(factors))
    denominator = rng.choice(([1], [1], [2, 1], [3, -2], [1, 0, 1], [1, 1, 1]))
    extra = [rng.randint(-3, 3) for _ in range(rng.randint(1, 3))]
    return game(numerator, denominator, extra)


def rest_points(line: LineGame) -> list[RestPointOnLine]:
    """Return every rest point with its label; the advantage must not vanish everywhere."""
    polynomial = sympy.Poly(list(reversed(line.numerator)), X)
    assert not polynomial.is_zero
    zeros = set() if polynomial.degree() < 1 else set(sympy.real_roots(polynomial))
    inner = sorted((r for r in zeros if 0 < r < 1), key=lambda r: r.evalf(40))
    places = [sympy.Integer(0), *inner, sympy.Integer(1)]
    # whether the share grows (1) or falls (-1) between one rest point and the next
    moves = [
        int(sympy.sign(polynomial.eval(sympy.Rational(str(((a + b) / 2).evalf(30))))))
        for a, b in itertools.pairwise(places)
    ]
    advantage = polynomial.as_expr() / sympy.Poly(list(reversed(line.denominator)), X).as_expr()
    slope = sympy.diff(X * (1 - X) * advantage, X)
    result = []
    for k, place in enumerate(places):
        # on each side of it, whether states move away (1) or towards it (-1)
        away = [-m for m in moves[k - 1 : k] if k] + moves[k : k + 1]
        label = "asymptotically stable" if set(away) == {-1} else "source" if set(away) == {1} else "unstable"
        gain = advantage.subs(X, place) * (1 if k == 0 else -1)  # of those who leave a pure state
        pure = place in (0, 1)
        exact = Fraction(int(place.p), int(place.q)) if place.is_Rational else None
        result.append(
            RestPointOnLine(
                place.evalf(30),
                exact,
                label,
                nash=not pure or bool(gain <= 0),
                strict=pure and bool(gain < 0),
                eigenvalue=slope.subs(X, place).evalf(30),
            )
        )
    return result
