"""Roots of polynomials given by values, and the order of numbers of different fields."""

import pytest
from flint import fmpq
from hypothesis import given
from hypothesis import strategies as st

from separatrix.exact.algebraic_numbers import Surd, as_float, distinct_in_order, interpolate, real_roots


@given(st.lists(st.integers(-9, 9), min_size=1, max_size=8))
def test_a_polynomial_is_found_again_from_its_values(coefficients: list[int]) -> None:
    """As many values as coefficients determine it; leading zeros are dropped."""
    points = [fmpq(k, 3) for k in range(1, len(coefficients) + 1)]
    values = [sum((c * p**k for k, c in enumerate(coefficients)), fmpq(0)) for p in points]
    found = interpolate(points, values)
    padded = found + [fmpq(0)] * (len(coefficients) - len(found))
    assert padded == [fmpq(c) for c in coefficients]


def test_roots_of_products_are_exact_and_those_of_higher_degree_refused() -> None:
    """(2t - 1)(t² - 1/2) has two roots in (0, 1); an irreducible cubic with a root there is said to have."""
    one_half, root = real_roots([fmpq(1, 2), fmpq(-1), fmpq(-1), fmpq(2)], fmpq(0), fmpq(1))
    assert sorted(map(as_float, (one_half, root))) == pytest.approx([0.5, 0.5**0.5])
    with pytest.raises(ArithmeticError, match="degree above two"):
        real_roots([fmpq(-1), fmpq(1), fmpq(0), fmpq(1)], fmpq(0), fmpq(1))
    assert real_roots([fmpq(5), fmpq(1), fmpq(0), fmpq(1)], fmpq(0), fmpq(1)) == []


def test_numbers_of_different_fields_are_ordered_however_close() -> None:
    """sqrt(2), a fraction next to it, and sqrt(3) - 0.3178… are told apart."""
    near = fmpq(14142135623730950488016887242, 10**28)
    numbers = [Surd(fmpq(0), fmpq(1), 3), Surd(fmpq(0), fmpq(1), 2), near, Surd(fmpq(0), fmpq(1), 2)]
    ordered = distinct_in_order(numbers)
    assert ordered == [near, Surd(fmpq(0), fmpq(1), 2), Surd(fmpq(0), fmpq(1), 3)]
