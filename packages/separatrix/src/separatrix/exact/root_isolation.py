"""Real roots of rational polynomials, in disjoint rational intervals."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Iterable
from fractions import Fraction
from typing import Any, TypeVar

from flint import arb, fmpq, fmpq_poly, fmpz, fmpz_poly

from separatrix.expression.precision import precision

__all__ = [
    "MOST_BITS",
    "Interval",
    "disjoint",
    "ends",
    "exactly",
    "fraction",
    "middle",
    "power_of_ten",
    "real_balls",
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

    Arb isolates the roots, and tells the real ones by an imaginary part that is zero.
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
        Where so many bits do not tell them apart.
    """
    bits = BITS
    while bits <= MOST_BITS:
        found = sorted(find(bits), key=lambda item: item[0])
        if all(low[0][1] < high[0][0] for low, high in itertools.pairwise(found)):
            return found
        bits *= 4
    raise ArithmeticError("roots that should differ cannot be told apart")


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
