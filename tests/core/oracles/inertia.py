"""How many eigenvalues of a rational matrix have negative, zero and positive real parts, exactly.

The characteristic polynomial comes from Faddeev's and LeVerrier's recursion.  What it shares with its
mirror image p(-x) holds the pairs ±λ, so also all imaginary eigenvalues, which are counted by Sturm's
chain in x²; the rest has none, and a Cauchy index on the imaginary axis says how many lie right of it.
Gantmacher, F. R. (1959), The Theory of Matrices, volume 1, chapter 4; volume 2, chapter 15.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

__all__ = ["Inertia", "characteristic_polynomial", "inertia"]

Coefficients = list[Fraction]  # ascending


@dataclass(frozen=True)
class Inertia:
    """Numbers of eigenvalues with multiplicity: by the sign of the real part, and how many vanish."""

    negative: int
    imaginary: int
    positive: int
    zero: int

    @property
    def hyperbolic(self) -> bool:
        """Whether no real part is zero."""
        return self.imaginary == 0


def characteristic_polynomial(matrix: Sequence[Sequence[Fraction]]) -> Coefficients:
    """Return the coefficients of det(x - A), ascending, the last one 1."""
    n = len(matrix)
    scale = math.lcm(1, *(Fraction(v).denominator for row in matrix for v in row))
    whole = [[int(v * scale) for v in row] for row in matrix]
    power = [[0] * n for _ in range(n)]
    result = [1]
    for k in range(1, n + 1):
        for d in range(n):
            power[d][d] += result[-1]
        power = [[sum(whole[i][m] * power[m][j] for m in range(n)) for j in range(n)] for i in range(n)]
        result.append(-sum(power[d][d] for d in range(n)) // k)
    return [Fraction(c, scale**k) for k, c in enumerate(result)][::-1]


def inertia(matrix: Sequence[Sequence[Fraction]]) -> Inertia:
    """Return how many eigenvalues have negative, zero and positive real parts."""
    polynomial = characteristic_polynomial(matrix)
    size = len(polynomial) - 1
    zero = next(k for k, c in enumerate(polynomial) if c)
    polynomial = polynomial[zero:]
    mirror = [c if k % 2 == 0 else -c for k, c in enumerate(polynomial)]
    paired = _gcd(polynomial, mirror)
    rest, remainder = _divide(polynomial, paired)
    assert not remainder
    squares = paired[::2]  # a polynomial in x²: its odd coefficients are zero, as 0 is no root
    assert not any(paired[1::2])
    imaginary = 2 * _roots_below_zero(squares)
    both = (len(paired) - 1 - imaginary) // 2
    right = both + _right_of_axis(rest)
    return Inertia(size - zero - imaginary - right, zero + imaginary, right, zero)


# --------------------------------------------------------------------------- polynomials


def _trim(p: Coefficients) -> Coefficients:
    while p and not p[-1]:
        p = p[:-1]
    return p


def _divide(p: Coefficients, q: Coefficients) -> tuple[Coefficients, Coefficients]:
    quotient = [Fraction(0)] * max(len(p) - len(q) + 1, 0)
    rest = list(p)
    while len(rest) >= len(q):
        factor = rest[-1] / q[-1]
        shift = len(rest) - len(q)
        quotient[shift] = factor
        for k, c in enumerate(q):
            rest[shift + k] -= factor * c
        assert not rest[-1]
        rest = _trim(rest)
        if not rest:
            break
    return quotient, rest


def _gcd(p: Coefficients, q: Coefficients) -> Coefficients:
    p, q = _trim(p), _trim(q)
    while q:
        p, q = q, _divide(p, q)[1]
    return [c / p[-1] for c in p]


def _derivative(p: Coefficients) -> Coefficients:
    return [k * c for k, c in enumerate(p)][1:]


def _chain(p: Coefficients, q: Coefficients) -> list[Coefficients]:
    chain = [p]
    while q:
        chain.append(q)
        p, q = q, [-c for c in _divide(p, q)[1]]
    return chain


def _changes(signs: Sequence[Fraction]) -> int:
    nonzero = [s for s in signs if s]
    return sum((a > 0) != (b > 0) for a, b in itertools.pairwise(nonzero))


def _at_infinity(p: Coefficients, positive: bool) -> Fraction:
    return p[-1] if positive or len(p) % 2 else -p[-1]


def _roots_below_zero(p: Coefficients) -> int:
    """The number of negative roots with multiplicity; 0 is no root."""
    total = 0
    p = _trim(p)
    while len(p) > 1:
        chain = _chain(p, _derivative(p))
        total += _changes([_at_infinity(q, False) for q in chain]) - _changes([q[0] for q in chain])
        p = _gcd(p, _derivative(p))
    return total


def _right_of_axis(p: Coefficients) -> int:
    """The number of roots with positive real part of a polynomial that has none on the imaginary axis."""
    n = len(p) - 1
    if n == 0:
        return 0
    # p(iω)·i^-n is real·ω^n + …: even steps below the leading power are real, odd ones imaginary.
    real = [Fraction(0)] * (n + 1)
    imaginary = [Fraction(0)] * (n + 1)
    for k, c in enumerate(p):
        down = n - k
        (real if down % 2 == 0 else imaginary)[k] += c * (1, -1, -1, 1)[down % 4]
    chain = _chain(_trim(real), _trim(imaginary))
    left = _changes([_at_infinity(q, False) for q in chain])
    right = _changes([_at_infinity(q, True) for q in chain])
    # along the axis the argument of p grows by π for each root left of it, and falls by π for each right
    return (n + left - right) // 2
