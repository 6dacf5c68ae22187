"""Eigenvalues of a rational matrix: the signs of their real parts exactly, their values as floats.

The characteristic polynomial is split into irreducible factors over Q.  If an irreducible factor f has a
root iω, it has the root -iω too, so f(λ) and f(-λ) share a root and f is even: f(λ) = h(λ²).  Then roots on
the imaginary axis belong to the negative real roots of h, which isolation recognises exactly.  A
factor that is not even has no root on the axis, so enclosures of its roots, refined, tell every sign.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from flint import acb, arb, fmpq, fmpq_mat, fmpq_poly

from separatrix.exact.surd import Exact, Surd, absolute_root, as_expression
from separatrix.expression.precision import precision
from separatrix.expression.tree import Expression, Name, add, divide, multiply, negate, number

__all__ = ["Eigenvalue", "Spectrum", "frequencies", "spectrum"]

BITS = 128


@dataclass(frozen=True)
class Eigenvalue:
    """One eigenvalue, counted with its multiplicity.

    Attributes
    ----------
    value : nearest float or one next to it, in both parts
    turn : the sign of the real part: -1, 0 or 1
    imaginary : whether it lies on the imaginary axis, but is not zero
    factor : the irreducible factor of the characteristic polynomial that it is a root of
    exact : closed form where the factor's degree is one or two
    """

    value: complex
    turn: int
    imaginary: bool
    factor: fmpq_poly
    exact: Expression | None


@dataclass(frozen=True)
class Spectrum:
    """All eigenvalues of a matrix, real parts ascending."""

    values: tuple[Eigenvalue, ...]

    @property
    def signs(self) -> tuple[int, int, int]:
        """How many eigenvalues have negative, zero and positive real part."""
        turns = [v.turn for v in self.values]
        return turns.count(-1), turns.count(0), turns.count(1)

    @property
    def zeros(self) -> int:
        """The multiplicity of the eigenvalue zero."""
        return sum(v.turn == 0 and not v.imaginary for v in self.values)

    @property
    def imaginary(self) -> int:
        """How many eigenvalues lie on the imaginary axis without being zero."""
        return sum(v.imaginary for v in self.values)


def spectrum(matrix: fmpq_mat) -> Spectrum:
    """Return the eigenvalues of a square rational matrix, with exact signs.

    Examples
    --------
    >>> spectrum(fmpq_mat([[0, -1, 0], [1, 0, 0], [0, 0, -2]])).signs
    (1, 2, 0)
    """
    if matrix.nrows() == 0:
        return Spectrum(())
    values: list[Eigenvalue] = []
    for factor, multiplicity in matrix.charpoly().factor()[1]:
        values.extend(list(_roots(factor)) * multiplicity)
    values.sort(key=lambda v: (v.value.real, v.value.imag))
    return Spectrum(tuple(values))


def frequencies(matrix: fmpq_mat) -> list[arb] | None:
    """Return ω > 0 for each pair of eigenvalues ±iω, as balls of the current precision.

    None where a pair is not simple.
    """
    result: list[arb] = []
    for factor, multiplicity in matrix.charpoly().factor()[1]:
        if factor.degree() % 2 or not _is_even(factor):
            continue
        for square in _complex_roots(_halved(factor)):
            if square.imag == 0 and square.real < 0:
                if multiplicity > 1:
                    return None
                result.append((-square.real).sqrt())
    return result


def _roots(factor: fmpq_poly) -> Iterator[Eigenvalue]:
    degree = factor.degree()
    if degree == 1:
        root = -factor[0] / factor[1]
        turn = (root > 0) - (root < 0)
        yield Eigenvalue(complex(_ratio(root)), turn, False, factor, as_expression(root))
        return
    exact = _quadratic(factor) if degree == 2 else (None,) * degree
    found = _even(factor) if _is_even(factor) else _uneven(factor)
    ordered = sorted(found, key=lambda r: (r[0].real, r[0].imag))
    for (value, turn, imaginary), form in zip(ordered, exact, strict=True):
        yield Eigenvalue(value, turn, imaginary, factor, form)


def _is_even(factor: fmpq_poly) -> bool:
    return all(factor[k] == 0 for k in range(1, factor.degree() + 1, 2))


@precision(BITS)
def _even(factor: fmpq_poly) -> list[tuple[complex, int, bool]]:
    found: list[tuple[complex, int, bool]] = []
    for square in _complex_roots(_halved(factor)):
        if square.imag == 0:
            root = abs(square.real).sqrt()
            real = float(root.mid())
            if square.real > 0:
                found += [(complex(-real, 0), -1, False), (complex(real, 0), 1, False)]
            else:
                found += [(complex(0, -real), 0, True), (complex(0, real), 0, True)]
        else:
            value = _complex(square.sqrt())  # the root with positive real part
            found += [(value, 1, False), (-value, -1, False)]
    return found


def _uneven(factor: fmpq_poly) -> list[tuple[complex, int, bool]]:
    bits = BITS
    while True:
        with precision(bits):
            roots = _complex_roots(factor)
            if not any(root.real.contains(0) for root in roots):
                return [(_complex(root), 1 if root.real > 0 else -1, False) for root in roots]
        bits *= 2


def _halved(factor: fmpq_poly) -> fmpq_poly:
    """The polynomial h with factor(λ) = h(λ²)."""
    return fmpq_poly([factor[k] for k in range(0, factor.degree() + 1, 2)])


def _complex_roots(polynomial: fmpq_poly) -> list[acb]:
    """Balls around the roots of a polynomial without repeated ones; those of real roots are real."""
    pairs: list[Any] = polynomial.complex_roots()
    return [acb(root) for root, _ in pairs]


def _complex(ball: acb) -> complex:
    return complex(float(ball.real.mid()), float(ball.imag.mid()))


def _ratio(value: fmpq) -> float:
    return int(value.p) / int(value.q)


def _quadratic(factor: fmpq_poly) -> tuple[Expression, Expression]:
    """The two roots in closed form, in the order of their real, then imaginary parts."""
    a, b, c = factor[2], factor[1], factor[0]
    middle = as_expression(-b / (2 * a))
    square = (b * b - 4 * a * c) / (4 * a * a)
    distance = _tidy(absolute_root(square))
    if square < 0:
        distance = multiply(distance, Name("I"))
    return add(middle, negate(distance)), add(middle, distance)


def _tidy(root: Exact) -> Expression:
    """A multiple of a square root, the denominator below: sqrt(3)/2."""
    if not isinstance(root, Surd):
        return as_expression(root)
    top = multiply(number(int(root.b.p)), as_expression(Surd(fmpq(0), fmpq(1), root.d)))
    return top if root.b.q == 1 else divide(top, number(int(root.b.q)))
