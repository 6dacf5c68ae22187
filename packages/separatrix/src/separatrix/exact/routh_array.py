"""How many roots of a polynomial lie in each half-plane, in exact numbers that may hold one square root.

The first column of the Routh array changes its sign once for each root with positive real part, if no entry
of it is zero; then no root lies on the imaginary axis either (Gantmacher 1959, chapter XV).

Where eigenvalues of a matrix that depends on a parameter cross the imaginary axis.

The characteristic polynomial is split into irreducible factors over the rationals, in the eigenvalue and the
parameter.  A factor f has the eigenvalue zero where f(0) = 0, and a pair ±iω where its last but one Hurwitz
determinant vanishes: that is the product of all sums of two of its roots (Orlando 1911; Gantmacher 1959,
chapter XV).  Where it vanishes for all values, f and f(-λ) share a root, so f is even: then its roots are
±λ, and a pair leaves the imaginary axis only where two pairs meet, which makes the discriminant vanish.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from fractions import Fraction

from flint import fmpq, fmpq_mpoly

from separatrix.exact.algebraic_numbers import Exact, sign
from separatrix.exact.rational_functions import Ratio, Ring

__all__ = [
    "axis_crossings",
    "characteristic",
    "determinant",
    "hurwitz_last",
    "imaginary_pair",
    "root_signs",
]


def root_signs(coefficients: Sequence[Exact]) -> tuple[int, int, int] | None:
    """Return how many roots have negative, are zero, and have positive real part.

    Parameters
    ----------
    coefficients : constant first; the last one is not zero

    Returns
    -------
    tuple or None
        None where roots other than zero may lie on the imaginary axis.

    Examples
    --------
    >>> root_signs([fmpq(0), fmpq(-2), fmpq(1), fmpq(1)])  # x·(x - 1)·(x + 2)
    (1, 1, 1)
    >>> root_signs([fmpq(-2), fmpq(0), fmpq(1)]), root_signs([fmpq(2), fmpq(0), fmpq(1)])
    ((1, 0, 1), None)
    """
    zeros = next(k for k, c in enumerate(coefficients) if sign(c))
    falling = list(reversed(coefficients[zeros:]))
    degree = len(falling) - 1
    if degree == 2 and not sign(falling[1]) and sign(falling[0]) != sign(falling[2]):
        return 1, zeros, 1
    upper, lower = falling[0::2], falling[1::2]
    column: list[Exact] = [upper[0]]
    while lower:
        if not sign(lower[0]):
            return None
        column.append(lower[0])
        factor = upper[0] / lower[0]
        padded: list[Exact] = [*lower, fmpq(0)]
        following = [upper[k + 1] - factor * padded[k + 1] for k in range(len(upper) - 1)]
        upper, lower = lower, following
    positive = sum(sign(a) != sign(b) for a, b in itertools.pairwise(column))
    return degree - positive, zeros, positive


def imaginary_pair(coefficients: Sequence[Exact]) -> tuple[Exact, list[Exact]] | None:
    """Return ω² and a polynomial without its roots ±iω, if these are all that lies on the imaginary axis.

    If there is such a pair, and no other root is the negative of one, then the even and the odd part have
    one common factor in λ², that of the pair.

    Parameters
    ----------
    coefficients : constant first; the last one is not zero

    Examples
    --------
    >>> imaginary_pair([fmpq(6), fmpq(3), fmpq(2), fmpq(1)])  # (x² + 3)·(x + 2)
    (3, [2, 1])
    """
    upper, lower = _stripped(coefficients[0::2]), _stripped(coefficients[1::2])
    while lower:
        upper, lower = lower, _divided(upper, lower)[1]
    if len(upper) != 2:
        return None
    square = upper[0] / upper[1]
    if sign(square) <= 0:
        return None
    rest, _ = _divided(list(coefficients), [square, fmpq(0), fmpq(1)])
    signs = root_signs(rest)
    return None if signs is None or signs[1] else (square, rest)


def _stripped(coefficients: Sequence[Exact]) -> list[Exact]:
    """A polynomial, its leading coefficient last and not zero."""
    degree = max((k for k, c in enumerate(coefficients) if sign(c)), default=-1)
    return list(coefficients[: degree + 1])


def _divided(above: Sequence[Exact], below: Sequence[Exact]) -> tuple[list[Exact], list[Exact]]:
    """Quotient and remainder of two polynomials, constants first."""
    rest, quotient = list(above), []
    while len(rest) >= len(below):
        factor = rest[-1] / below[-1]
        quotient.append(factor)
        shift = len(rest) - len(below)
        rest = [c - factor * below[k - shift] if k >= shift else c for k, c in enumerate(rest)][:-1]
    return quotient[::-1], _stripped(rest)


Matrix = Sequence[Sequence[Ratio]]


def axis_crossings(ring: Ring, matrix: Matrix) -> Iterator[fmpq_mpoly]:
    """Yield polynomials in the parameter; where eigenvalues reach or leave the axis, one of them vanishes.

    Parameters
    ----------
    ring : Ring
        Of one variable, the parameter.
    matrix : quotients in that ring

    Examples
    --------
    >>> ring = Ring(["h"])
    >>> h, one = ring.variable("h"), ring.constant(1)
    >>> [str(p) for p in axis_crossings(ring, [[h, one], [-one, h]])]
    ['1', 'v0^2 + 1', '-2*v0']
    """
    coefficients = characteristic(ring, matrix)
    below = ring.one
    for value in coefficients:
        below = below * value.denominator / below.gcd(value.denominator)
    yield below
    both = Ring(("eigenvalue", *ring.names))
    terms: dict[tuple[int, ...], fmpq] = {}
    for k, value in enumerate(reversed(coefficients)):
        above = value.numerator * (below / value.denominator)
        terms.update({(k, int(e[0])): c for e, c in above.to_dict().items()})
    for factor, _ in both.context.from_dict(terms).factor()[1]:
        yield from _of_factor(ring, factor)


def _of_factor(ring: Ring, factor: fmpq_mpoly) -> Iterator[fmpq_mpoly]:
    degree = int(factor.degrees()[0])
    if not degree:
        yield _only(ring, factor)
        return
    parts = [_coefficient(ring, factor, k) for k in range(degree, -1, -1)]
    if parts[-1]:  # else the eigenvalue is zero for all values
        yield parts[-1]
    if degree == 1:
        return
    if not any(parts[1::2]):
        yield _only(ring, factor.resultant(factor.derivative(0), 0))
        return
    rows = [ring.ratio(p) for p in parts]
    yield _last_but_one(ring, rows).numerator


def _coefficient(ring: Ring, factor: fmpq_mpoly, degree: int) -> fmpq_mpoly:
    return ring.context.from_dict({(e[1],): c for e, c in factor.to_dict().items() if e[0] == degree})


def _only(ring: Ring, polynomial: fmpq_mpoly) -> fmpq_mpoly:
    return ring.context.from_dict({(e[1],): c for e, c in polynomial.to_dict().items()})


def determinant(ring: Ring, matrix: Matrix) -> Ratio:
    """Return the determinant of a small matrix, by Laplace's expansion."""
    if not matrix:
        return ring.constant(1)
    total = ring.constant(0)
    for k, entry in enumerate(matrix[0]):
        if not entry.is_zero:
            minor = [[*row[:k], *row[k + 1 :]] for row in matrix[1:]]
            part = entry * determinant(ring, minor)
            total = total - part if k % 2 else total + part
    return total


def characteristic(ring: Ring, matrix: Matrix) -> list[Ratio]:
    """Return the coefficients of det(λ - matrix), the leading one first (Faddeev & LeVerrier)."""
    size = len(matrix)
    coefficients = [ring.constant(1)]
    power: list[list[Ratio]] = [[ring.constant(0)] * size for _ in range(size)]
    for k in range(1, size + 1):
        for i in range(size):
            power[i][i] = power[i][i] + coefficients[-1]
        power = [
            [_dot(ring, matrix[i], [power[m][j] for m in range(size)]) for j in range(size)]
            for i in range(size)
        ]
        trace = ring.constant(0)
        for i in range(size):
            trace = trace + power[i][i]
        coefficients.append(trace * ring.constant(Fraction(-1, k)))
    return coefficients


def _dot(ring: Ring, left: Sequence[Ratio], right: Sequence[Ratio]) -> Ratio:
    total = ring.constant(0)
    for a, b in zip(left, right, strict=True):
        if not (a.is_zero or b.is_zero):
            total = total + a * b
    return total


def hurwitz_last(ring: Ring, matrix: Matrix) -> Ratio:
    """Return the last but one Hurwitz determinant, which vanishes where two eigenvalues add up to zero.

    Examples
    --------
    >>> ring = Ring(["h"])
    >>> h, one = ring.variable("h"), ring.constant(1)
    >>> hurwitz_last(ring, [[h, one], [-one, h]]).numerator
    -2*v0
    """
    return _last_but_one(ring, characteristic(ring, matrix))


def _last_but_one(ring: Ring, coefficients: Sequence[Ratio]) -> Ratio:
    """The Hurwitz determinant of a polynomial, its coefficients from the leading one on."""
    size = len(coefficients) - 1
    zero = ring.constant(0)
    rows = [
        [coefficients[2 * j - i + 1] if 0 <= 2 * j - i + 1 <= size else zero for j in range(size - 1)]
        for i in range(size - 1)
    ]
    return determinant(ring, rows)
