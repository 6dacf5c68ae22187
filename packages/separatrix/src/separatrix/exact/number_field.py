"""Exact real numbers of any degree: elements of Q(θ), with θ a real root of an irreducible polynomial.

An element is a polynomial in θ of lower degree, so it is zero only where that polynomial is; enough digits
of θ decide the sign of any other one.

Real roots of rational polynomials, in disjoint rational intervals.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, TypeVar

from flint import arb, fmpq, fmpq_mat, fmpq_poly, fmpz, fmpz_poly

from separatrix.expression.precision import precision
from separatrix.run.cached_property import cached_property

__all__ = [
    "FieldElement",
    "Interval",
    "MOST_BITS",
    "NumberField",
    "disjoint",
    "ends",
    "exactly",
    "fraction",
    "middle",
    "power_of_ten",
    "real_balls",
    "real_fields",
    "real_roots",
    "simplest_between",
    "simplest_well_between",
]

T = TypeVar("T")

Interval = tuple[fmpq, fmpq]
"""A root lies in it; both ends are the same where the root is known as a fraction."""

BITS, MOST_BITS = 64, 1 << 14


def real_roots(polynomial: fmpq_poly, bits: int = BITS) -> list[Interval]:
    """Return an interval for each distinct real root, in ascending order.

    Certified by Arb (Johansson 2017): a root whose interval is real is real.
    """
    degree = polynomial.degree()
    if degree < 1:
        return []
    if degree == 1:
        root = -polynomial[0] / polynomial[1]
        return [(root, root)]
    with precision(bits):
        found = real_balls(polynomial.numer())
        return sorted((exactly(root.lower()), exactly(root.upper())) for root in found)


def real_balls(polynomial: fmpq_poly | fmpz_poly) -> list[arb]:
    """Return a ball around each real root of a polynomial without double roots, as precise as balls are now.

    Arb isolates the roots, and marks the real ones by an imaginary part of zero.
    """
    roots: Any = polynomial.complex_roots()
    return [root.real for root, _ in roots if root.imag == 0]


def exactly(ball: arb) -> fmpq:
    """Return the value of a ball without radius."""
    mantissa, exponent = ball.man_exp()
    power = fmpz(1) << abs(int(exponent))
    return fmpq(mantissa * power, 1) if exponent >= 0 else fmpq(mantissa, power)


def ends(ball: arb) -> Interval:
    """Return the ends of a ball, exactly."""
    middle, radius = exactly(ball.mid()), exactly(arb(ball.rad()))
    return middle - radius, middle + radius


def disjoint(find: Callable[[int], Iterable[tuple[Interval, T]]]) -> list[tuple[Interval, T]]:
    """Return roots in ascending order, found with so many bits that no two intervals touch.

    Parameters
    ----------
    find : callable
        Returns the roots, which differ, with a number of bits.

    Raises
    ------
    ArithmeticError
        If this many bits do not separate them.
    """
    bits = BITS
    while bits <= MOST_BITS:
        found = sorted(find(bits), key=lambda item: item[0])
        if all(low[0][1] < high[0][0] for low, high in itertools.pairwise(found)):
            return found
        bits *= 4
    raise ArithmeticError("distinct roots could not be separated")


def middle(interval: Interval) -> float:
    """Return the middle of an interval, rounded."""
    low, high = interval
    centre = low if low == high else (low + high) / 2
    return float(fraction(centre))


def fraction(value: fmpq) -> Fraction:
    """Return a number as Python's."""
    return Fraction(int(value.p), int(value.q))


def simplest_well_between(low: fmpq, high: fmpq) -> fmpq:
    """Return the fraction with the least denominator in the middle half of an open interval.

    Examples
    --------
    >>> simplest_well_between(fmpq(1, 3), fmpq(3, 4))
    1/2
    """
    quarter = (high - low) / 4
    first, last = fraction(low + quarter), fraction(high - quarter)
    found = _simplest(first, last)
    return fmpq(found.numerator, found.denominator)


def _simplest(low: Fraction, high: Fraction) -> Fraction:
    """The simplest fraction in a closed interval, by continued fractions."""
    if low <= 0 <= high:
        return Fraction(0)
    if high < 0:
        return -_simplest(-high, -low)
    digits: list[int] = []
    while True:
        whole = low.numerator // low.denominator
        if low == whole:
            last = whole
            break
        if whole + 1 <= high:
            last = whole + 1
            break
        digits.append(whole)
        low, high = 1 / (high - whole), 1 / (low - whole)
    result = Fraction(last)
    for digit in reversed(digits):
        result = digit + 1 / result
    return result


def power_of_ten(size: Fraction) -> Fraction:
    """Return the largest power of ten that is not above a size, itself above 0: a unit for simple numbers.

    Examples
    --------
    >>> power_of_ten(Fraction(30)), power_of_ten(Fraction(1, 20))
    (Fraction(10, 1), Fraction(1, 100))
    """
    exponent = math.floor(math.log10(size.numerator) - math.log10(size.denominator))
    result = Fraction(10) ** exponent  # the logarithms are rounded
    return result / 10 if result > size else result * 10 if 10 * result <= size else result


def simplest_between(low: Fraction, high: Fraction) -> Fraction:
    """Return the fraction of the smallest denominator strictly between two numbers.

    Examples
    --------
    >>> simplest_between(Fraction(6, 5), Fraction(9)), simplest_between(Fraction(3, 10), Fraction(2, 5))
    (Fraction(2, 1), Fraction(1, 3))
    """
    if low < 0 < high:
        return Fraction(0)
    if high <= 0:
        return -simplest_between(-high, -low)
    whole = low.numerator // low.denominator
    if whole + 1 < high:
        return Fraction(whole + 1)
    if low == whole:  # between whole and whole + 1 at most
        return whole + 1 / Fraction((1 / (high - whole)).__floor__() + 1)
    return whole + 1 / simplest_between(1 / (high - whole), 1 / (low - whole))


@dataclass(frozen=True, eq=False)
class NumberField:
    """The field of the rationals and one real root θ of an irreducible polynomial of degree two or more.

    Attributes
    ----------
    polynomial : with leading coefficient 1
    index : the place of θ among its real roots, ascending
    low, high : rationals around this root and no other
    """

    polynomial: fmpq_poly
    index: int
    low: fmpq
    high: fmpq

    def __eq__(self, other: object) -> bool:
        return (
            isinstance(other, NumberField)
            and self.index == other.index
            and bool(self.polynomial == other.polynomial)
        )

    def __hash__(self) -> int:
        return hash((self.index, str(self.polynomial)))

    @cached_property
    def generator(self) -> FieldElement:
        """The root."""
        return FieldElement(self, fmpq_poly([0, 1]))

    @cached_property
    def _enclosure_cache(self) -> dict[int, tuple[fmpq, fmpq]]:
        return {}

    def enclosure(self, bits: int) -> tuple[fmpq, fmpq]:
        """Return rationals around the root that are at most 2**-bits apart."""
        if bits not in self._enclosure_cache:
            low, high = (
                self._enclosure_cache[max(self._enclosure_cache)]
                if self._enclosure_cache
                else (self.low, self.high)
            )
            up = self.polynomial(high) > 0
            while high - low > fmpq(1, 1 << bits):
                middle = (low + high) / 2  # never a root: the polynomial is irreducible
                low, high = (low, middle) if (self.polynomial(middle) > 0) == up else (middle, high)
            self._enclosure_cache[bits] = low, high
        return self._enclosure_cache[bits]

    @cached_property
    def conjugates(self) -> tuple[FieldElement, ...]:
        """All real roots of the polynomial, ascending."""
        return tuple(f.generator for f in real_fields(self.polynomial))


def real_fields(polynomial: fmpq_poly) -> list[NumberField]:
    """Return the fields of the real roots of an irreducible polynomial of degree two or more, ascending.

    Examples
    --------
    >>> [round(float(f.generator.ball(60).mid()), 12) for f in real_fields(fmpq_poly([1, -3, 0, 1]))]
    [-1.879385241572, 0.347296355334, 1.532088886238]
    """
    monic = polynomial / polynomial[polynomial.degree()]
    with precision(64):
        places = sorted(map(ends, real_balls(monic)))
    return [NumberField(monic, k, low, high) for k, (low, high) in enumerate(places)]


class FieldElement:
    """An irrational element of a number field.

    Sums, products and quotients stay in the field; a rational result is a plain rational.  Elements of two
    fields cannot be combined: `ValueError`.
    """

    def __init__(self, field: NumberField, polynomial: fmpq_poly) -> None:
        self.field, self.polynomial = field, polynomial

    def _coerce(self, other: object) -> fmpq_poly:
        if isinstance(other, FieldElement):
            if other.field != self.field:
                raise ValueError("numbers of different fields")
            return other.polynomial
        if isinstance(other, int | fmpq):
            return fmpq_poly([other])
        raise ValueError("numbers of different fields")

    def _normalize(self, polynomial: fmpq_poly) -> fmpq | FieldElement:
        rest = polynomial % self.field.polynomial
        return FieldElement(self.field, rest) if rest.degree() > 0 else fmpq(rest[0])

    def __add__(self, other: object) -> fmpq | FieldElement:
        return self._normalize(self.polynomial + self._coerce(other))

    __radd__ = __add__

    def __neg__(self) -> FieldElement:
        return FieldElement(self.field, -self.polynomial)

    def __sub__(self, other: object) -> fmpq | FieldElement:
        return self._normalize(self.polynomial - self._coerce(other))

    def __rsub__(self, other: object) -> fmpq | FieldElement:
        return self._normalize(self._coerce(other) - self.polynomial)

    def __mul__(self, other: object) -> fmpq | FieldElement:
        return self._normalize(self.polynomial * self._coerce(other))

    __rmul__ = __mul__

    def _inverse(self, polynomial: fmpq_poly) -> fmpq_poly:
        common, factor, _ = polynomial.xgcd(self.field.polynomial)
        if common.degree() != 0:
            raise ZeroDivisionError
        return factor

    def __truediv__(self, other: object) -> fmpq | FieldElement:
        return self._normalize(self.polynomial * self._inverse(self._coerce(other)))

    def __rtruediv__(self, other: object) -> fmpq | FieldElement:
        return self._normalize(self._coerce(other) * self._inverse(self.polynomial))

    def __eq__(self, other: object) -> bool:
        return (
            isinstance(other, FieldElement)
            and self.field == other.field
            and bool(self.polynomial == other.polynomial)
        )

    def __hash__(self) -> int:
        return hash((self.field, str(self.polynomial)))

    def __lt__(self, other: object) -> bool:
        return _sign(self - other) < 0

    def __gt__(self, other: object) -> bool:
        return _sign(self - other) > 0

    def __le__(self, other: object) -> bool:
        return _sign(self - other) <= 0

    def __ge__(self, other: object) -> bool:
        return _sign(self - other) >= 0

    def __repr__(self) -> str:
        return f"({self.polynomial})(root {self.field.index} of {self.field.polynomial})"

    def ball(self, bits: int) -> arb:
        """Return a ball around it, from the root known to 2**-bits."""
        low, high = self.field.enclosure(bits)
        with precision(bits + 40):
            root, total = arb(low).union(arb(high)), arb(0)
            for c in reversed(self.polynomial.coeffs()):
                total = total * root + arb(c)
            return total

    def _balls(self) -> Iterator[arb]:
        bits = 64
        while True:
            yield self.ball(bits)
            bits *= 2

    def sign(self) -> int:
        """Return -1 or 1, exactly: it is irrational, so it is not zero."""
        return next(1 if ball > 0 else -1 for ball in self._balls() if ball > 0 or ball < 0)

    def enclosure(self, bits: int) -> tuple[fmpq, fmpq]:
        """Return rationals around it that are at most about 2**-bits apart."""
        places = map(ends, self._balls())
        return next((low, high) for low, high in places if high - low <= fmpq(1, 1 << bits))

    def __float__(self) -> float:
        return next(float(ball.mid()) for ball in self._balls() if ball.rel_accuracy_bits() > 60)

    @cached_property
    def own_field(self) -> NumberField:
        """The field generated by itself as the root."""
        size = self.field.polynomial.degree()
        rows, power = [], self.polynomial
        for _ in range(size):
            rows.append([power[k] for k in range(size)])
            power = power * fmpq_poly([0, 1]) % self.field.polynomial
        # the characteristic polynomial of its multiplication is a power of its own polynomial
        ((own, _),) = fmpq_mat(rows).charpoly().factor()[1]
        return root_field(own, self)


def root_field(polynomial: fmpq_poly, value: FieldElement) -> NumberField:
    """Return the field of the real root of an irreducible polynomial that a number is."""
    fields = real_fields(polynomial)
    bits = 64
    while True:
        low, high = value.enclosure(bits)
        near = [f for f in fields if not (f.enclosure(bits)[1] < low or f.enclosure(bits)[0] > high)]
        if len(near) == 1:
            return near[0]
        bits *= 2


def _sign(value: fmpq | FieldElement) -> int:
    if isinstance(value, FieldElement):
        return value.sign()
    return int(value > 0) - int(value < 0)
