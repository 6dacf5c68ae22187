"""Games of two populations with a weak focus, and two ways to see whether it attracts.

One is the formula of Guckenheimer & Holmes (1983), equation (3.4.11), in exact or floating point numbers; the
other is the return map: an orbit followed once around.
"""

from __future__ import annotations

import itertools
import math
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Any

import numpy as np
from scipy.integrate import solve_ivp

__all__ = ["Focus", "first_coefficient", "random_foci", "turned_once", "with_second_order"]

Terms = dict[tuple[int, int], Fraction]
"""Coefficients of powers of (u, v), the distances from the focus."""


@dataclass(frozen=True)
class Focus:
    """Advantages of two populations as polynomials in the distances from a rest point, over a divisor.

    Attributes
    ----------
    at : the shares x and y of the rest point
    terms : of both advantages
    below : what both are divided by, positive at every state
    """

    at: tuple[Fraction, Fraction]
    terms: tuple[Terms, Terms]
    below: str = ""

    @cached_property
    def document(self) -> dict[str, Any]:
        """The game file."""
        over = f"/({self.below})" if self.below else ""
        return {
            "title": "weak focus",
            "populations": [
                {"name": name, "share": share, "strategies": ["first", "second"]}
                for name, share in zip("AB", "xy", strict=True)
            ],
            "advantages": {
                share: f"({self._text(t)}){over}" for share, t in zip("xy", self.terms, strict=True)
            },
        }

    def _text(self, terms: Terms) -> str:
        x, y = self.at
        return " + ".join(f"({c})*(x-{x})^{i}*(y-{y})^{j}" for (i, j), c in terms.items() if c) or "0"

    @cached_property
    def series(self) -> tuple[Terms, Terms]:
        """The rates x(1-x)·advantage as polynomials in the distances, without the divisor."""
        result = []
        for axis, (share, terms) in enumerate(zip(self.at, self.terms, strict=True)):
            total: Terms = {}
            for (i, j), c in terms.items():
                for power, factor in enumerate((share * (1 - share), 1 - 2 * share, Fraction(-1))):
                    place = (i + power, j) if axis == 0 else (i, j + power)
                    total[place] = total.get(place, Fraction(0)) + factor * c
            result.append(total)
        return result[0], result[1]


def random_foci(seed: int, *, degree: int = 3) -> Iterator[Focus]:
    """Yield weak foci at random rational states: the trace is zero, the determinant is positive."""
    rng = random.Random(seed)
    while True:
        at = tuple(Fraction(rng.randint(1, d - 1), d) for d in (rng.randint(2, 7), rng.randint(2, 7)))
        weights = [s * (1 - s) for s in at]
        first: Terms = {
            (1, 0): Fraction(rng.choice([0, 0, rng.randint(-6, 6)])), (0, 1): Fraction(rng.randint(-9, 9))
        }  # fmt: skip
        second: Terms = {
            (1, 0): Fraction(rng.randint(-9, 9)), (0, 1): -first[1, 0] * weights[0] / weights[1]
        }  # fmt: skip
        if first[1, 0] * second[0, 1] - first[0, 1] * second[1, 0] <= 0:
            continue
        for terms in (first, second):
            for i, j in itertools.product(range(degree + 1), repeat=2):
                if 2 <= i + j <= degree and rng.random() < 0.7:
                    terms[i, j] = Fraction(rng.randint(-9, 9), rng.randint(1, 3))
        below = rng.choice(["", "", "", "1 + x*y", "2 - x + y^2"])
        yield Focus((at[0], at[1]), (first, second), below)


def with_second_order(focus: Focus, rng: random.Random) -> Focus:
    """Return a game at (1/2, 1/2) whose first Lyapunov coefficient is zero: it is affine in one term."""
    turn = rng.choice([-1, 1])
    speed = Fraction(rng.randint(1, 5))
    first, second = (dict(t) for t in focus.terms)
    first.update({(1, 0): Fraction(0), (0, 1): turn * speed})
    second.update({(1, 0): -turn * speed, (0, 1): Fraction(0)})

    def tuned(value: Fraction) -> Focus:
        return Focus((Fraction(1, 2), Fraction(1, 2)), ({**first, (3, 0): value}, second))

    zero, one = (first_coefficient(tuned(Fraction(c))) for c in (0, 1))
    return tuned(-zero / (one - zero))


def first_coefficient(focus: Focus) -> Any:
    """Return a of r' = a·r³ + … by Guckenheimer & Holmes; exact where the frequency is one of the entries.

    The divisor changes no orbit and, being positive, no sign; it is left out.
    """
    f, g = focus.series
    omega, change = _rotation(focus)
    (p, q), (r, s) = change
    det = p * s - q * r

    def derivative(terms: Terms, vectors: list[tuple[Any, Any]]) -> Any:
        """The derivative of the order of the number of vectors."""
        total: Any = 0
        for axes in itertools.product((0, 1), repeat=len(vectors)):
            place = (axes.count(0), axes.count(1))
            term: Any = terms.get(place, Fraction(0)) * math.factorial(place[0]) * math.factorial(place[1])
            for axis, vector in zip(axes, vectors, strict=True):
                term = term * vector[axis]
            total += term
        return total

    columns = [(p, r), (q, s)]

    def part(component: int, *axes: int) -> Any:
        vectors = [columns[k] for k in axes]
        one, other = derivative(f, vectors), derivative(g, vectors)
        return (s * one - q * other) / det if component == 0 else (p * other - r * one) / det

    fxx, fxy, fyy = part(0, 0, 0), part(0, 0, 1), part(0, 1, 1)
    gxx, gxy, gyy = part(1, 0, 0), part(1, 0, 1), part(1, 1, 1)
    cubic = part(0, 0, 0, 0) + part(0, 0, 1, 1) + part(1, 0, 0, 1) + part(1, 1, 1, 1)
    # their linear part is u' = -ω·v, v' = ω·u
    assert abs(float(part(0, 1)) + float(omega)) < 1e-9 * abs(float(omega))
    square = fxy * (fxx + fyy) - gxy * (gxx + gyy) - fxx * gxx + fyy * gyy
    return (cubic + square / omega) / 16


def _rotation(focus: Focus) -> tuple[Any, list[list[Any]]]:
    """ω, and the columns of coordinates in which the linear part is u' = -ω·v, v' = ω·u."""
    f, g = focus.series
    a, b, c, _ = (t.get(p, Fraction(0)) for t in (f, g) for p in ((1, 0), (0, 1)))
    if a == 0 and b == -c:
        return c, [[1, 0], [0, 1]]
    omega = math.sqrt(float(-a * a - b * c))
    # Re and -Im of an eigenvector of iω: (b, iω - a)
    return omega, [[float(b), 0.0], [float(-a), -omega]]


def turned_once(focus: Focus, radius: float) -> float:
    """Return how much an orbit's distance has grown after one turn, over the distance.

    The distance is that in coordinates in which the linear part is a rotation.
    """
    f, g = (_compiled(t) for t in focus.series)
    _, change = _rotation(focus)
    columns = np.array([[float(x) for x in row] for row in change])
    inverse = np.linalg.inv(columns)

    def slope(angle: float, r: Any) -> Any:
        around = np.array([math.cos(angle), math.sin(angle)])
        speed = inverse @ np.array([f(*(columns @ around * r[0])), g(*(columns @ around * r[0]))])
        return [r[0] * (around @ speed) / (around[0] * speed[1] - around[1] * speed[0])]

    omega = float(_rotation(focus)[0])
    ends = (0, math.copysign(2 * math.pi, omega))  # forwards in time
    run = solve_ivp(slope, ends, [radius], "DOP853", rtol=3e-14, atol=1e-16 * radius)
    return float(run.y[0, -1] / radius - 1)


def _compiled(terms: Terms) -> Callable[[float, float], float]:
    items = [(i, j, float(c)) for (i, j), c in terms.items()]

    def value(u: float, v: float) -> float:
        return math.fsum(c * u**i * v**j for i, j, c in items)

    return value
