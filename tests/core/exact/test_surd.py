"""Exact numbers of a quadratic field."""

import math

from flint import arb, ctx, fmpq
from hypothesis import given
from hypothesis import strategies as st

from separatrix.exact.algebraic_numbers import (
    Surd,
    as_expression,
    as_float,
    quadratic_roots,
    rational_between,
    sign,
    sqrt_float,
    square_root,
)
from separatrix.expression.tree import to_text

small = st.integers(-50, 50)
rationals = st.builds(fmpq, small, st.integers(1, 20))
nonzero = rationals.filter(lambda q: q != 0)
surds = st.builds(Surd, rationals, nonzero, st.sampled_from([2, 3, 5, 7]))


def ball(value: object) -> arb:
    """The number to 300 bits, by another library's arithmetic."""
    if isinstance(value, Surd):
        return arb(value.a) + arb(value.b) * arb(value.d).sqrt()
    return arb(value)


@given(rationals, nonzero, rationals, nonzero, st.sampled_from([2, 3, 5]))
def test_arithmetic_agrees_with_ball_arithmetic(a: fmpq, b: fmpq, c: fmpq, e: fmpq, d: int) -> None:
    """Sums, products, quotients and signs are those of the real numbers."""
    x, y = Surd(a, b, d), Surd(c, e, d)
    with ctx.workprec(300):
        for exact, real in (
            (x + y, ball(x) + ball(y)),
            (x - y, ball(x) - ball(y)),
            (x * y, ball(x) * ball(y)),
            (x / y, ball(x) / ball(y)),
            (1 / x, 1 / ball(x)),
            (3 - x, 3 - ball(x)),
        ):
            assert ball(exact).overlaps(real)
            difference = ball(exact)
            assert sign(exact) == (0 if exact == 0 else 1 if difference > 0 else -1)


@given(surds)
def test_floats_are_right_to_the_last_digits_even_where_the_parts_cancel(x: Surd) -> None:
    """The float is within two units in the last place of the number."""
    with ctx.workprec(300):
        true = float(ball(x))
    assert math.isclose(as_float(x), true, rel_tol=5e-16)


@given(rationals, rationals, rationals)
def test_roots_of_a_quadratic_are_its_zeros_in_order(a: fmpq, b: fmpq, c: fmpq) -> None:
    """Each returned root solves the equation exactly, and none is missing."""
    if a == 0 and b == 0:
        return
    roots = quadratic_roots(a, b, c)
    for root in roots:
        assert a * root * root + b * root + c == 0
    discriminant = b * b - 4 * a * c
    expected = 1 if a == 0 or discriminant == 0 else 2 if discriminant > 0 else 0
    assert len(roots) == expected
    assert roots == sorted(roots)


@given(surds, surds)
def test_a_rational_is_found_between_numbers_of_any_fields(x: Surd, y: Surd) -> None:
    """The rational lies strictly between, however close the two are."""
    with ctx.workprec(300):
        low, high = (x, y) if ball(x) < ball(y) else (y, x)
        if not ball(low) < ball(high):
            return
        middle = arb(rational_between(low, high))
        assert ball(low) < middle < ball(high)


def test_square_roots_are_simplified_and_huge_ones_stay_finite() -> None:
    """sqrt(8) is 2·sqrt(2), and a square root is taken of numbers that no float holds."""
    assert to_text(as_expression(square_root(fmpq(8)))) == "2*sqrt(2)"
    assert square_root(fmpq(-1)) is None
    assert sqrt_float(fmpq(10) ** 600) == 1e300
    assert sqrt_float(fmpq(1, 10**600)) == 1e-300
