"""Footprints of products in circles: the known answer, rationals beside doubles, and what has no answer."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from separatrix.errors import InputError
from separatrix_cluster.footprints.roll_up import (
    Circle,
    RollUp,
    circles_in_doubt,
    circles_without_answer,
    exact_roll_up,
    roll_up,
)

Network = list[dict[int, Fraction]]


def in_doubles(own: list[Fraction], inputs: Network) -> RollUp | Circle:
    """Solve a network of rationals in doubles."""
    users = [k for k, row in enumerate(inputs) for _ in row]
    suppliers = [j for row in inputs for j in row]
    amounts = [float(v) for row in inputs for v in row.values()]
    return roll_up(np.array([[float(v)] for v in own]), users, suppliers, amounts)


def drawn(n: int, inputs: int, seed: int, reach: int, most: float) -> tuple[list[Fraction], Network]:
    """Draw a network whose amounts are doubles as they stand, with suppliers at most `reach` places away."""
    numbers = np.random.default_rng(seed)
    users = numbers.integers(0, n, inputs)
    suppliers = (users + numbers.integers(-reach, reach + 1, inputs)) % n
    network: Network = [{} for _ in range(n)]
    for i, j, v in zip(users, suppliers, numbers.random(inputs) * most, strict=True):
        network[int(i)][int(j)] = Fraction(float(v))
    return [Fraction(float(v)) for v in numbers.random(n)], network


def test_two_products_that_go_into_each_other() -> None:
    """A takes 0.1 of B and B takes 0.2 of A, own 3 and 1: 155/49 and 80/49."""
    inputs = [{1: Fraction(1, 10)}, {0: Fraction(1, 5)}]
    exact = exact_roll_up([Fraction(3), Fraction(1)], inputs)
    assert exact == [Fraction(155, 49), Fraction(80, 49)]
    found = in_doubles([Fraction(3), Fraction(1)], inputs)
    assert isinstance(found, RollUp)
    assert found.footprint.ravel() == pytest.approx([155 / 49, 80 / 49], rel=1e-15)


def test_degenerate_networks() -> None:
    """No products; no inputs; a product that takes some of itself, all of itself, or more."""
    assert exact_roll_up([], []) == []
    empty = roll_up(np.zeros((0, 1)), [], [], [])
    assert isinstance(empty, RollUp) and empty.footprint.shape == (0, 1)
    alone = roll_up(np.array([[2.0, -1.0]]), [], [], [])
    assert isinstance(alone, RollUp) and alone.footprint.tolist() == [[2.0, -1.0]]
    for share, answer in ((Fraction(1, 2), Fraction(4)), (Fraction(1), None), (Fraction(3, 2), None)):
        exact = exact_roll_up([Fraction(2)], [{0: share}])
        found = in_doubles([Fraction(2)], [{0: share}])
        if answer is None:
            assert exact == found == Circle((0,), proven=True)
        else:
            assert exact == [answer]
            assert isinstance(found, RollUp)
            assert found.footprint.item() == pytest.approx(float(answer), rel=1e-14)


def test_what_is_no_amount_is_refused() -> None:
    """Of negative amounts no proof holds, and of numbers that are none there is nothing to add."""
    own = np.ones((2, 1))
    for amount in (-3.0, float("nan"), float("inf")):
        with pytest.raises(InputError, match="expected zero or more"):
            roll_up(own, [0, 1], [1, 0], [amount, 0.5])
    with pytest.raises(InputError, match="expected zero or more"):
        exact_roll_up([Fraction(1)] * 2, [{1: Fraction(-3)}, {0: Fraction(1, 2)}])
    with pytest.raises(InputError, match="product 1 are not"):
        roll_up(np.array([[1.0], [np.nan]]), [], [], [])
    with pytest.raises(InputError, match=r"K257.*\(2,\)"):
        roll_up(np.ones(2), [0], [1], [0.5])


def test_a_circle_that_only_rationals_can_solve_is_told_as_undecided() -> None:
    """One unit in the last place below the limit: an answer exists, and no double is sure to be near it."""
    inputs: Network = [{1: Fraction(1)}, {0: Fraction(float(np.nextafter(1, 0)))}, {0: Fraction(1)}]
    own = [Fraction(1)] * 3
    assert isinstance(exact_roll_up(own, inputs), list)
    assert in_doubles(own, inputs) == Circle((0, 1), proven=False)


@pytest.mark.parametrize("seed", range(4))
def test_doubles_are_within_their_bound_of_rationals(seed: int) -> None:
    """In networks with circles the exact answer lies within the error told, which is small."""
    own, inputs = drawn(60, 150, seed, 60, 0.35)
    exact, found = exact_roll_up(own, inputs), in_doubles(own, inputs)
    assert isinstance(exact, list) and isinstance(found, RollUp)
    for value, near, error in zip(exact, found.footprint.ravel(), found.error.ravel(), strict=True):
        assert abs(value - Fraction(float(near))) <= Fraction(float(error))
        assert error <= 1e-11 * near


def test_footprints_of_small_and_of_large_units_are_equally_sure() -> None:
    """A ship takes 10^7 kg of steel and steel 10^-8 of a ship; a slow circle of kilograms is beside."""
    inputs: Network = [{1: Fraction(10**7)}, {0: Fraction(1, 10**8)}, {3: Fraction(1)}, {2: Fraction(0.9)}]
    for own in ([Fraction(10**9), Fraction(1)], [Fraction(0), Fraction(1, 10**9)]):
        bears = [*own, Fraction(1, 1000), Fraction(0)]
        exact, found = exact_roll_up(bears, inputs), in_doubles(bears, inputs)
        assert isinstance(exact, list) and isinstance(found, RollUp)
        for value, near, error in zip(exact, found.footprint.ravel(), found.error.ravel(), strict=True):
            assert abs(value - Fraction(float(near))) <= Fraction(float(error)) <= Fraction(1e-12) * value
    assert circles_in_doubt(found, [0, 1, 2, 3], [1, 0, 3, 2]) == ()


def test_circles_whose_rounding_shows_are_told_and_what_bears_nothing_is_sure() -> None:
    """One of two circles passes on all but 10^-13; what rests on it is none, nor is one without emissions."""
    links = [0, 1, 2, 3, 4], [1, 0, 3, 2, 0]
    own = np.array([[1.0], [0.0], [0.0], [0.0], [1.0]])
    found = roll_up(own, *links, [1.0, 1 - 1e-13, 0.5, 0.5, 1.0])
    assert isinstance(found, RollUp)
    assert circles_in_doubt(found, *links) == (Circle((0, 1), proven=False),)
    assert found.footprint[2:4].ravel().tolist() == [0.0, 0.0]
    assert circles_in_doubt(found, *links, doubt=0.5) == ()


def test_ten_thousand_products_satisfy_their_equation_in_rationals() -> None:
    """One circle of nearly all; in rationals no sampled product's equation is off by more than was told."""
    own, inputs = drawn(10_000, 100_000, 5, 5_000, 0.15)
    found = in_doubles(own, inputs)
    assert isinstance(found, RollUp)
    told = [Fraction(float(v)) for v in found.footprint.ravel()]
    error = [Fraction(float(v)) for v in found.error.ravel()]
    for k in range(0, 10_000, 97):
        off = abs(own[k] + sum(v * told[j] for j, v in inputs[k].items()) - told[k])
        assert off <= error[k] + sum(v * error[j] for j, v in inputs[k].items())
    assert max(float(e / t) for e, t in zip(error, told, strict=True)) < 1e-11


def test_an_answer_near_the_limit_is_reached_in_a_large_circle() -> None:
    """Of 4,000 products in a ring 99.9 % is passed on: the footprint is a thousand times what is emitted."""
    n = 4_000
    found = roll_up(np.ones((n, 1)), list(range(n)), [(k + 1) % n for k in range(n)], [0.999] * n)
    assert isinstance(found, RollUp)
    assert found.footprint.ravel() == pytest.approx(np.full(n, 1000.0), rel=1e-9)
    assert np.all(np.abs(found.footprint - 1000.0) <= found.error + 1e-9)


def test_a_circle_without_answer_is_named_and_the_others_are_not() -> None:
    """Of three circles the second needs more than it makes; its members are told, and no others."""
    inputs: Network = [
        {1: Fraction(1, 2)},
        {0: Fraction(1, 2)},
        {3: Fraction(2), 0: Fraction(1)},
        {2: Fraction(1, 2)},
        {5: Fraction(1, 2), 3: Fraction(1)},
        {4: Fraction(1, 3)},
    ]
    own = [Fraction(1)] * 6
    assert exact_roll_up(own, inputs) == in_doubles(own, inputs) == Circle((2, 3), proven=True)


def test_a_large_circle_that_grows_is_proven_to_have_no_answer() -> None:
    """A ring of 400, more than are solved in rationals, in which each takes 1.01 of the next."""
    n = 400
    found = roll_up(np.ones((n, 1)), list(range(n)), [(k + 1) % n for k in range(n)], [1.01] * n)
    assert isinstance(found, Circle) and found.proven and sorted(found.members) == list(range(n))


@settings(max_examples=60, deadline=None)
@given(st.integers(2, 6), st.integers(0, 10_000))
def test_an_answer_exists_just_where_the_spectral_radius_is_below_one(n: int, seed: int) -> None:
    """In small networks of quarters the eigenvalues decide, and both ways agree with them."""
    numbers = np.random.default_rng(seed)
    quarters = numbers.integers(0, 4, (n, n)) * (numbers.random((n, n)) < 0.5)
    inputs = [{j: Fraction(int(quarters[i, j]), 4) for j in range(n) if quarters[i, j]} for i in range(n)]
    own = [Fraction(1)] * n
    exact, found = exact_roll_up(own, inputs), in_doubles(own, inputs)
    radius = max(abs(np.linalg.eigvals(quarters / 4)))
    assert isinstance(exact, Circle) == isinstance(found, Circle)
    if abs(radius - 1) > 1e-6:
        assert isinstance(exact, Circle) == (radius > 1)


def test_all_circles_without_answer_are_found() -> None:
    """Two of four circles take more than they make; whether one has an answer rationals tell, one by one."""
    pairs = [(0, 1, 2.0), (1, 0, 0.5), (2, 3, 0.5), (3, 2, 0.5), (4, 4, 1.25), (5, 4, 0.5), (6, 6, 0.75)]
    users, suppliers, amounts = zip(*pairs, strict=True)
    found = circles_without_answer(7, users, suppliers, amounts)
    assert {c.members for c in found} == {(0, 1), (4,)} and all(c.proven for c in found)
    for members in ((0, 1), (2, 3), (4,), (6,)):
        place = {k: i for i, k in enumerate(members)}
        inputs: Network = [{} for _ in members]
        for k, j, v in pairs:
            if k in place and j in place:
                inputs[place[k]][place[j]] = Fraction(v)
        exact = exact_roll_up([Fraction(1)] * len(members), inputs)
        assert isinstance(exact, Circle) == (members in {c.members for c in found})
    assert circles_without_answer(0, [], [], []) == ()
