"""Exact numbers a + b·sqrt(d): the coordinates of mixed rest points of three populations.

Rest points of multilinear games with at most three populations are roots of quadratics with rational
coefficients, so their coordinates, and everything computed from them, lie in one field Q(sqrt d).  Where a
curve of rest states is cut, numbers of higher degree occur; they are elements of a `NumberField`.

Real algebraic numbers: a root of an irreducible polynomial between two rationals.

Real roots of polynomials given by their values, exactly where they are rational or quadratic.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import cmp_to_key
from typing import cast

from flint import arb, fmpq, fmpq_poly, fmpz

from separatrix.exact.number_field import FieldElement, NumberField, ends, fraction, real_balls, real_fields
from separatrix.expression.constants import Constant, Irrational, real_power
from separatrix.expression.precision import precision
from separatrix.expression.tree import Call, Expression, Name, Number, add, multiply, number, power
from separatrix.run.cached_property import cached_property
from separatrix.sentences import say

__all__ = [
    "AlgebraicNumber",
    "Exact",
    "HIGHEST",
    "Surd",
    "absolute_root",
    "as_expression",
    "as_float",
    "as_rational",
    "rational_between",
    "compare",
    "distinct_in_order",
    "enclosure",
    "exact",
    "interpolate",
    "magnitude",
    "quadratic_roots",
    "rational",
    "real_roots",
    "real_roots_between",
    "separated",
    "sign",
    "sqrt_float",
    "square_root",
    "stretches",
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


def rational_between(low: Exact, high: Exact) -> fmpq:
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


@dataclass(frozen=True, eq=False)
class AlgebraicNumber:
    """A real number.

    Attributes
    ----------
    polynomial : irreducible, with whole coefficients without a common factor
    low, high : rationals around this root and no other; the same for a rational number
    exact : closed form where the degree is one or two
    """

    polynomial: fmpq_poly
    low: Fraction
    high: Fraction
    exact: Expression | None

    @property
    def rational(self) -> Fraction | None:
        """Its value where it is rational."""
        return self.low if self.low == self.high else None

    @cached_property
    def value(self) -> float:
        """The nearest float, or one next to it."""
        if self.low == self.high:
            return float(self.low)
        low, high = self.enclosure(80)
        return float((low + high) / 2)

    def enclosure(self, bits: int) -> tuple[Fraction, Fraction]:
        """Return rationals around it that are at most 2**-bits apart, relative to its size."""
        if self.low == self.high:
            return self.low, self.high
        if bits not in self._enclosure_cache:
            self._enclosure_cache[bits] = self._bisected(bits)
        return self._enclosure_cache[bits]

    @cached_property
    def _enclosure_cache(self) -> dict[int, tuple[Fraction, Fraction]]:
        return {}

    def _bisected(self, bits: int) -> tuple[Fraction, Fraction]:
        low, high = self.low, self.high
        up = _sign(self.polynomial, high)
        while (high - low) * 2**bits > max(abs(low), abs(high)):  # it is not 0, so that this ends
            middle = (low + high) / 2
            # No rational is a root of an irreducible polynomial of degree two or more.
            if _sign(self.polynomial, middle) == up:
                high = middle
            else:
                low = middle
        return low, high

    def narrowed(self, bits: int) -> AlgebraicNumber:
        """Return the same number between rationals that are nearer."""
        return AlgebraicNumber(self.polynomial, *self.enclosure(bits), self.exact)

    def ball(self, bits: int) -> arb:
        """Return a ball around it, of a radius of about 2**-bits times its size."""
        low, high = self.enclosure(bits)
        with precision(bits + 30):
            return arb(rational(low)).union(arb(rational(high)))

    def is_root_of(self, polynomial: fmpq_poly) -> bool:
        """Whether a polynomial vanishes here."""
        return polynomial.degree() < 0 or (polynomial % self.polynomial).degree() < 0

    def equation(self, name: str) -> Expression:
        """Return its polynomial in a variable of that name."""
        terms = []
        for k in range(self.polynomial.degree(), -1, -1):
            value = self.polynomial[k]
            if value:
                factor = number(Fraction(int(value.p), int(value.q)))
                terms.append(multiply(factor, power(Name(name), k)) if k else factor)
        return add(*terms)


def _sign(polynomial: fmpq_poly, at: Fraction) -> int:
    value = polynomial(rational(at))
    return int(value > 0) - int(value < 0)


def real_roots_between(polynomial: fmpq_poly, low: Fraction, high: Fraction) -> list[AlgebraicNumber]:
    """Return the distinct real roots of a polynomial in the closed interval, in no order.

    Examples
    --------
    >>> [r.value for r in real_roots_between(fmpq_poly([-2, 0, 1]), Fraction(0), Fraction(3))]
    [1.4142135623730951]
    """
    roots: list[AlgebraicNumber] = []
    if polynomial.degree() < 1:
        return roots
    for factor, _ in polynomial.factor()[1]:
        factor = factor * factor.denom()
        if factor.degree() == 1:
            value = fraction(-factor[0] / factor[1])
            if low <= value <= high:
                roots.append(AlgebraicNumber(factor, value, value, number(value)))
            continue
        exact = [] if factor.degree() > 2 else quadratic_roots(factor[2], factor[1], factor[0])
        if factor.degree() == 2 and not exact:
            continue
        for k, (a, b) in enumerate(sorted(_isolated(factor))):
            root = AlgebraicNumber(factor, a, b, as_expression(exact[k]) if exact else None)
            while root.low < low < root.high or root.low < high < root.high:
                root = AlgebraicNumber(factor, *_halved(root), root.exact)
            if low <= root.low and root.high <= high:
                roots.append(root)
    return roots


def _halved(root: AlgebraicNumber) -> tuple[Fraction, Fraction]:
    middle = (root.low + root.high) / 2
    same = _sign(root.polynomial, middle) == _sign(root.polynomial, root.high)
    return (root.low, middle) if same else (middle, root.high)


def _isolated(factor: fmpq_poly) -> list[tuple[Fraction, Fraction]]:
    """Rational intervals, one around each real root of an irreducible polynomial, that do not meet."""
    bits = 64
    while True:
        with precision(bits):
            beyond = Fraction(1, 2**bits)
            pairs = [map(fraction, ends(root)) for root in real_balls(factor)]
        found = sorted((low - beyond, high + beyond) for low, high in pairs)
        apart = all(a[1] < b[0] for a, b in itertools.pairwise(found))
        if apart and all(_sign(factor, a) * _sign(factor, b) < 0 for a, b in found):
            return found
        bits *= 2


def separated(roots: Iterable[AlgebraicNumber]) -> list[AlgebraicNumber]:
    """Return numbers in ascending order, each once, between rationals that do not meet."""
    unique: dict[tuple[str, int], AlgebraicNumber] = {}
    by_polynomial: dict[str, list[AlgebraicNumber]] = {}
    for root in roots:
        known = by_polynomial.setdefault(str(root.polynomial), [])
        if not any(r.low <= root.high and root.low <= r.high for r in known):
            known.append(root)
    unique = {(name, k): r for name, rs in by_polynomial.items() for k, r in enumerate(rs)}
    items = sorted(unique.values(), key=lambda r: (r.low, r.high))
    bits = 70
    while any(a.high >= b.low for a, b in itertools.pairwise(items)):
        items = sorted((r.narrowed(bits) for r in items), key=lambda r: (r.low, r.high))
        bits *= 2
    return items


HIGHEST = 24
"""Degree of the algebraic numbers at which curves of rest states are cut."""


def interpolate(points: list[fmpq], values: list[fmpq]) -> list[fmpq]:
    """Return the coefficients, constant first, of the polynomial through the given values (Newton)."""
    divided = list(values)
    n = len(points)
    for order in range(1, n):
        for k in range(n - 1, order - 1, -1):
            divided[k] = (divided[k] - divided[k - 1]) / (points[k] - points[k - order])
    result = [divided[-1]]
    for k in range(n - 2, -1, -1):
        shifted = [fmpq(0), *result]
        for m, value in enumerate(result):
            shifted[m] = shifted[m] - points[k] * value
        shifted[0] = shifted[0] + divided[k]
        result = shifted
    while len(result) > 1 and result[-1] == 0:
        result.pop()
    return result


def real_roots(coefficients: list[fmpq], low: Exact, high: Exact, most: int = 2) -> list[Exact]:
    """Return the distinct roots in (low, high), exactly; the ends may lie in any two fields.

    Parameters
    ----------
    most : the highest degree of an irreducible factor whose roots are taken

    Raises
    ------
    ArithmeticError
        Where a factor of a higher degree has a root there.
    """
    if any(isinstance(c, Constant) for c in coefficients):
        if len(coefficients) > 3:
            raise ArithmeticError(say("a sign changes at a number that depends on irrational constants"))
        padded = [*coefficients, fmpq(0), fmpq(0)][:3]
        roots = quadratic_roots(padded[2], padded[1], padded[0]) if any(c != 0 for c in padded[1:]) else []
        return [r for r in roots if compare(low, r) < 0 < compare(high, r)]
    polynomial = fmpq_poly(coefficients)
    if polynomial.degree() <= 0:
        return []
    roots = []
    _, factors = polynomial.factor()
    for factor, _ in factors:
        parts = [fmpq(factor[k]) for k in range(factor.degree() + 1)]
        if len(parts) > 3:
            if len(parts) - 1 > most:
                if _has_root(factor, low, high):
                    raise ArithmeticError(say("a sign changes at an algebraic number of degree above two"))
                continue
            fields = real_fields(factor)
            roots.extend(r for r in (f.generator for f in fields) if compare(low, r) < 0 < compare(high, r))
            continue
        parts += [fmpq(0)] * (3 - len(parts))
        roots.extend(
            r for r in quadratic_roots(parts[2], parts[1], parts[0]) if compare(low, r) < 0 < compare(high, r)
        )
    return roots


@precision(64)
def _has_root(factor: fmpq_poly, low: Exact, high: Exact) -> bool:
    """Whether an irreducible polynomial has a real root in (low, high), certified by Arb."""
    from flint import arb

    below, above = arb(enclosure(low, 64)[0]), arb(enclosure(high, 64)[1])
    return any(not (root < below) and not (root > above) for root in real_balls(factor))


def distinct_in_order(numbers: Iterable[Exact]) -> list[Exact]:
    """Return numbers of any fields in ascending order, each once."""
    unique: list[Exact] = []
    for item in sorted(numbers, key=cmp_to_key(compare)):
        if not unique or compare(unique[-1], item):
            unique.append(item)
    return unique


def compare(a: Exact, b: Exact) -> int:
    """Return -1, 0 or 1 as `a` is less than, equal to or greater than `b`, of any two fields."""
    try:
        return sign(a - b)
    except ValueError:  # of different fields
        pass
    bits = 64
    while True:
        if bits == 256 and _generated_field(a) is not None and _generated_field(a) == _generated_field(b):
            return 0
        # other numbers than one root of one polynomial differ, and enough digits tell them apart
        (low_a, high_a), (low_b, high_b) = enclosure(a, bits), enclosure(b, bits)
        if high_a < low_b:
            return -1
        if high_b < low_a:
            return 1
        bits *= 2


def _generated_field(number: Exact) -> NumberField | None:
    """The field that an irrational number generates, as a root of its own polynomial."""
    if isinstance(number, FieldElement):
        return number.own_field
    if not isinstance(number, Surd):
        return None
    polynomial = fmpq_poly([number.a * number.a - number.b * number.b * number.d, -2 * number.a, 1])
    return real_fields(polynomial)[int(number.b > 0)]


def stretches(low: Exact, breaks: Iterable[Exact], high: Exact) -> Iterator[tuple[Exact, Exact]]:
    """Yield the intervals into which numbers cut one, and between two of them the number, as both ends."""
    for left, right in itertools.pairwise([low, *distinct_in_order(breaks), high]):
        yield left, right
        if right is not high:
            yield right, right
