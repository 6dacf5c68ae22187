"""Exact numbers a + b·sqrt(d): the coordinates of mixed rest points of three populations.

Rest points of multilinear games with at most three populations are roots of quadratics with rational
coefficients, so their coordinates, and everything computed from them, lie in one field Q(sqrt d).  Where a
curve of rest states is cut, numbers of higher degree occur; they are elements of a `NumberField`.
"""

from __future__ import annotations

import math
from fractions import Fraction
from typing import cast

from flint import fmpq, fmpz

from separatrix.exact.number_field import FieldElement
from separatrix.expression.constants import Constant, Irrational, real_power
from separatrix.expression.tree import Call, Expression, Number, add, multiply

__all__ = [
    "Exact",
    "Surd",
    "absolute_root",
    "as_expression",
    "as_float",
    "as_rational",
    "between",
    "enclosure",
    "exact",
    "magnitude",
    "quadratic_roots",
    "rational",
    "sign",
    "sqrt_float",
    "square_root",
]


class Surd:
    """The number a + b·sqrt(d), with a, b rational, b not 0 and d > 1 a whole number, no square.

    Sums and products stay in the field; a result without root is a plain rational.  Two numbers of
    different fields cannot be combined: `ValueError`.
    """

    __slots__ = ("a", "b", "d")

    def __init__(self, a: fmpq, b: fmpq, d: int) -> None:
        self.a, self.b, self.d = a, b, d

    def _parts(self, other: fmpq | Surd | FieldElement | int) -> tuple[fmpq, fmpq]:
        if isinstance(other, Surd):
            if other.d != self.d:
                raise ValueError(f"sqrt({self.d}) and sqrt({other.d}) lie in different fields")
            return other.a, other.b
        if isinstance(other, FieldElement):
            raise ValueError("numbers of different fields")
        return fmpq(other), fmpq(0)

    def __add__(self, other: Exact | int) -> Exact:
        if isinstance(other, Constant):
            return NotImplemented
        a, b = self._parts(other)
        return _make(self.a + a, self.b + b, self.d)

    __radd__ = __add__

    def __neg__(self) -> Surd:
        return Surd(-self.a, -self.b, self.d)

    def __sub__(self, other: Exact | int) -> Exact:
        if isinstance(other, Constant):
            return NotImplemented
        a, b = self._parts(other)
        return _make(self.a - a, self.b - b, self.d)

    def __rsub__(self, other: fmpq | Surd | FieldElement | int) -> Exact:
        a, b = self._parts(other)
        return _make(a - self.a, b - self.b, self.d)

    def __mul__(self, other: Exact | int) -> Exact:
        if isinstance(other, Constant):
            return NotImplemented
        a, b = self._parts(other)
        return _make(self.a * a + self.b * b * self.d, self.a * b + self.b * a, self.d)

    __rmul__ = __mul__

    def inverse(self) -> Exact:
        """Return the reciprocal (never of zero: b is not 0 and d no square)."""
        norm = self.a * self.a - self.b * self.b * self.d
        return _make(self.a / norm, -self.b / norm, self.d)

    def __truediv__(self, other: Exact | int) -> Exact:
        if isinstance(other, Surd):
            return self * other.inverse()
        if isinstance(other, FieldElement):
            raise ValueError("numbers of different fields")
        if isinstance(other, Constant):
            return NotImplemented
        return _make(self.a / fmpq(other), self.b / fmpq(other), self.d)

    def __rtruediv__(self, other: Exact | int) -> Exact:
        return self.inverse() * other

    def sign(self) -> int:
        """Return -1, 0 or 1, exactly."""
        if self.a == 0 or (self.a > 0) == (self.b > 0):
            return 1 if self.b > 0 else -1
        squares = self.a * self.a - self.b * self.b * self.d
        dominant = self.a if squares > 0 else self.b
        return 1 if dominant > 0 else -1

    def __eq__(self, other: object) -> bool:
        if isinstance(other, Constant):
            return NotImplemented
        return isinstance(other, Surd) and (self.a, self.b, self.d) == (other.a, other.b, other.d)

    def __hash__(self) -> int:
        return hash((self.a, self.b, self.d))

    def __lt__(self, other: Exact | int) -> bool:
        return sign(self - other) < 0

    def __gt__(self, other: Exact | int) -> bool:
        return sign(self - other) > 0

    def __le__(self, other: Exact | int) -> bool:
        return sign(self - other) <= 0

    def __ge__(self, other: Exact | int) -> bool:
        return sign(self - other) >= 0

    def __repr__(self) -> str:
        return f"{self.a}+{self.b}*sqrt({self.d})"


Exact = fmpq | Surd | FieldElement | Constant


def _make(a: fmpq, b: fmpq, d: int) -> Exact:
    return a if b == 0 else Surd(a, b, d)


def rational(value: Fraction | int) -> fmpq:
    """Return `value` as a FLINT rational."""
    if isinstance(value, int):
        return fmpq(value)
    return fmpq(value.numerator, value.denominator)


def exact(value: Fraction | int) -> fmpq:
    """Return `value` as an exact number: a rational, or the constant that it stands for.

    Constants are typed as rationals: they are numbers of the ground field, and behave alike.
    """
    if isinstance(value, Irrational):
        return cast(fmpq, value.constant)
    return rational(value)


def as_rational(value: Exact) -> fmpq:
    """Return a number of the ground field, rational or constant; `ArithmeticError` where it is none."""
    if isinstance(value, Constant):
        return value  # type: ignore[return-value]
    if not isinstance(value, fmpq):
        raise ArithmeticError(f"{value!r} is irrational")
    return value


def sign(value: Exact) -> int:
    """Return -1, 0 or 1, exactly."""
    if not isinstance(value, fmpq):
        return value.sign()
    return 1 if value > 0 else -1 if value < 0 else 0


def square_root(value: Exact) -> Exact | None:
    """Return the exact square root of a rational, or None where it is not real.

    Examples
    --------
    >>> square_root(fmpq(9, 4)), square_root(fmpq(8, 1))
    (3/2, 0+2*sqrt(2))
    """
    if isinstance(value, Constant):
        return None if value < 0 else real_power(value, fmpq(1, 2))
    return None if value < 0 else absolute_root(as_rational(value))


def absolute_root(value: fmpq) -> fmpq | Surd:
    """Return the exact square root of the absolute value of a rational."""
    value = abs(value)
    radicand = int(value.p) * int(value.q)
    outer, inner = _split_square(radicand)
    root = fmpq(outer, int(value.q))
    return root if inner == 1 or root == 0 else Surd(fmpq(0), root, inner)


def _split_square(n: int) -> tuple[int, int]:
    """Return (s, r) with n = s²·r; r is 1 exactly where n is a square."""
    if n == 0:
        return 0, 1
    root = math.isqrt(n)
    if root * root == n:
        return root, 1
    outer, inner = 1, 1
    if n.bit_length() > 100:  # factoring is for readable output only; never let it take long
        return 1, n
    for prime, exponent in fmpz(n).factor():
        outer *= int(prime) ** (exponent // 2)
        inner *= int(prime) ** (exponent % 2)
    return outer, inner


def quadratic_roots(a: fmpq, b: fmpq, c: fmpq) -> list[Exact]:
    """Return the distinct real roots of a·t² + b·t + c, not all zero, in ascending order."""
    if a == 0:
        return [] if b == 0 else [-c / b]
    root = square_root(b * b - 4 * a * c)
    if root is None:
        return []
    if not isinstance(root, Surd) and root == 0:
        return [-b / (2 * a)]
    low, high = (-b - root) / (2 * a), (-b + root) / (2 * a)
    return [low, high] if a > 0 else [high, low]


def as_float(value: Exact) -> float:
    """Return the nearest float, or one next to it."""
    if isinstance(value, FieldElement | Constant):
        return float(value)
    if isinstance(value, Surd):
        bits = 80 + value.d.bit_length() // 2
        root = fmpq(math.isqrt(value.d << (2 * bits)), 1 << bits)
        if value.a == 0 or (value.a > 0) == (value.b > 0):
            value = value.a + value.b * root
        else:  # the parts cancel: divide the norm by the conjugate, in which they add up
            norm = value.a * value.a - value.b * value.b * value.d
            value = norm / (value.a - value.b * root)
    return int(value.p) / int(value.q)


def magnitude(value: Exact) -> int | None:
    """Return k with |value| < 2**k, at most a few too large; None for zero."""
    if isinstance(value, Constant):
        value = value.rational()
    if isinstance(value, FieldElement):
        return max(m for end in value.enclosure(8) if (m := magnitude(end)) is not None)
    if isinstance(value, Surd):
        parts = [m for m in (magnitude(value.a), magnitude(value.b)) if m is not None]
        return max(parts) + value.d.bit_length() // 2 + 2
    if value == 0:
        return None
    return int(value.p).bit_length() - int(value.q).bit_length() + 1


def sqrt_float(value: fmpq) -> float:
    """Return the square root of a rational that need not fit a float itself."""
    top, below = int(value.p), int(value.q)
    shift = max(0, 64 + below.bit_length() - top.bit_length() // 2)
    return math.isqrt((top * below) << (2 * shift)) / (below << shift)


def between(low: Exact, high: Exact) -> fmpq:
    """Return a rational strictly between two numbers low < high of any two fields."""
    bits = 8
    while True:
        above_low, below_high = enclosure(low, bits)[1], enclosure(high, bits)[0]
        if above_low < below_high:
            return (above_low + below_high) / 2
        bits *= 2


def enclosure(value: Exact, bits: int) -> tuple[fmpq, fmpq]:
    """Return rationals around a number, at most about 2**-bits apart (equal for a rational)."""
    if isinstance(value, fmpq):
        return value, value
    if isinstance(value, FieldElement | Constant):
        return value.enclosure(bits)
    bits += max(0, magnitude(value.b) or 0)
    root = math.isqrt(value.d << (2 * bits))
    ends = [value.a + value.b * fmpq(root + k, 1 << bits) for k in (0, 1)]
    return min(ends), max(ends)


def as_expression(value: Exact) -> Expression:
    """Return `value` as an expression, such as ``1/2 + sqrt(5)/10``.

    Raises
    ------
    ValueError
        For a number of a field of higher degree: it has no closed form.
    """
    if isinstance(value, FieldElement):
        raise ValueError("no closed form")
    if isinstance(value, Constant):
        return value.expression()
    if not isinstance(value, Surd):
        return Number(Fraction(int(value.p), int(value.q)))
    root = multiply(as_expression(value.b), Call("sqrt", (Number(Fraction(value.d)),)))
    return add(as_expression(value.a), root)
