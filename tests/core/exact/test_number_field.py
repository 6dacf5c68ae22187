"""Exact numbers of fields of any degree."""

import operator

import pytest
from flint import arb, ctx, fmpq, fmpq_poly
from hypothesis import given
from hypothesis import strategies as st

from separatrix.exact.algebraic_numbers import (
    Exact,
    Surd,
    as_expression,
    as_float,
    compare,
    distinct_in_order,
    enclosure,
    magnitude,
    rational_between,
    real_roots,
    sign,
)
from separatrix.exact.number_field import FieldElement, real_fields

CUBIC = fmpq_poly([1, -3, 0, 1])  # three real roots, 2cos of 2π/9, 4π/9 and 8π/9
numbers = st.builds(fmpq, st.integers(-30, 30), st.integers(1, 9))
elements = st.builds(
    lambda k, cs: (
        real_fields(CUBIC)[k].generator * cs[2] * real_fields(CUBIC)[k].generator
        + real_fields(CUBIC)[k].generator * cs[1]
        + cs[0]
    ),
    st.integers(0, 2),
    st.tuples(numbers, numbers, numbers.filter(bool)),
)


def by_cosine(value: Exact) -> arb:
    """The number to 300 bits, from the trigonometric form of the root."""
    if isinstance(value, fmpq):
        return arb(value)
    assert isinstance(value, FieldElement)
    root = [arb(2) * (arb.pi() * k / 9).cos() for k in (8, 4, 2)][value.field.index]
    return sum((arb(c) * root**k for k, c in enumerate(value.polynomial.coeffs())), arb(0))


@given(elements, numbers)
def test_arithmetic_agrees_with_cosines(x: FieldElement, c: fmpq) -> None:
    """Sums, products, quotients, signs and floats are those of the real numbers."""
    y = x.field.generator * 2 - 1
    with ctx.workprec(300):
        real, other = by_cosine(x), by_cosine(y)
        for exact, value in (
            (x + y, real + other),
            (x - c, real - c),
            (c - x, c - real),
            (x * y, real * other),
            (y / x, other / real),
            (c / x, c / real),
            (x / 3, real / 3),
        ):
            assert abs(by_cosine(exact) - value) < arb(2) ** -200
            assert sign(exact) == (int(value > 0) - int(value < 0) if exact != 0 else 0)
            assert abs(as_float(exact) - float(value.mid())) <= 1e-14 * abs(float(value.mid()))
        low, high = enclosure(x, 100)
        assert low <= high <= low + fmpq(1, 1 << 100)
        assert not (real < low) and not (real > high)
        assert abs(real) < arb(2) ** (magnitude(x) or 0)


@given(elements)
def test_own_polynomial_vanishes(x: FieldElement) -> None:
    """A number is the root of the polynomial of the field that it generates, and equals that root."""
    own = x.own_field
    total: Exact = fmpq(0)
    for c in reversed(own.polynomial.coeffs()):
        total = total * x + c
    assert total == 0
    assert compare(own.generator, x) == 0


def test_a_number_in_a_smaller_field() -> None:
    """An element of a quartic field may be a square root, and is found equal to it."""
    root = real_fields(fmpq_poly([-2, 0, 0, 0, 1]))[1].generator
    square = Surd(fmpq(0), fmpq(1), 2)
    assert compare(root * root, square) == compare(square, root * root) == 0
    assert compare(root * root + fmpq(1, 10**30), square) == 1
    assert root * root * root * root == 2
    assert distinct_in_order([root * root, square, root]) in ([root, square], [root, root * root])


def test_roots_between_ends_of_any_field() -> None:
    """Roots of high degree are taken where that is asked for, in order, and refused elsewhere."""
    coefficients = [fmpq(c) for c in CUBIC.coeffs()]
    found = real_roots(coefficients, fmpq(-3), Surd(fmpq(0), fmpq(1), 2), 3)
    assert [round(as_float(r), 12) for r in found] == [-1.879385241572, 0.347296355334]
    assert not real_roots(coefficients, found[0], found[1], 3)
    assert found[0] < rational_between(found[0], found[1]) < found[1]
    with pytest.raises(ArithmeticError):
        real_roots(coefficients, fmpq(-3), fmpq(1))
    with pytest.raises(ValueError):
        as_expression(found[0])


def test_fields_do_not_mix() -> None:
    """Numbers of two fields cannot be combined."""
    a, b = (real_fields(fmpq_poly([-n, 0, 0, 1]))[0].generator for n in (2, 3))
    for other in (b, Surd(fmpq(0), fmpq(1), 2)):
        for combine in (operator.add, operator.sub, operator.mul, operator.truediv):
            with pytest.raises(ValueError):
                combine(a, other)
            with pytest.raises(ValueError):
                combine(other, a)
    assert compare(a, b) == -1
