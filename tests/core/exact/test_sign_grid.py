"""Signs at the nodes of a grid are exact, whatever the size of the numbers."""

from __future__ import annotations

import random
from fractions import Fraction

import numpy as np
import pytest
from flint import fmpq

from separatrix.exact.bernstein import GridAxis, sign_grid
from separatrix.exact.rational_functions import Ring

RING = Ring(["a", "b"])
A, B = RING.context.gens()


def slow(polynomial: object, first: GridAxis, second: GridAxis) -> list[list[int]]:
    """Return the signs by exact arithmetic at each node."""
    rows = []
    for i in range(first.count):
        at = [fmpq(v.numerator, v.denominator) for v in [first.node(i)]]
        values = [
            polynomial(at[0], fmpq(v.numerator, v.denominator))
            for v in (second.node(j) for j in range(second.count))
        ]
        rows.append([(v > 0) - (v < 0) for v in values])
    return rows


@pytest.mark.parametrize("seed", range(20))
@pytest.mark.parametrize("size", [7, 10**9, 10**40])
def test_signs_are_those_of_exact_arithmetic(seed: int, size: int) -> None:
    """Small ones fit into 64 bits; large ones take floats, and exact repetition where these doubt."""
    source = random.Random(seed)
    low, high = Fraction(source.randint(-9, 0), 7), Fraction(source.randint(1, 9), 5)
    first, second = GridAxis(low, high, 13), GridAxis(Fraction(-1), Fraction(2), 10)
    polynomial = RING.zero
    for _ in range(4):
        value = fmpq(source.randint(-size, size), source.randint(1, size))
        polynomial = polynomial + A ** source.randint(0, 3) * B ** source.randint(0, 3) * value
    # A factor that vanishes at nodes, so that zeros are met.
    line = A - fmpq(first.node(4).numerator, first.node(4).denominator) + (B - 1) * source.randint(-2, 2)
    polynomial = polynomial * line
    found = np.broadcast_to(sign_grid(polynomial, first, second), (13, 10))
    assert found.tolist() == slow(polynomial, first, second)
    assert (found == 0).any()


def test_nodes_are_fractions_and_their_floats_are_rounded_once() -> None:
    """A third is a third, and its float is the nearest one."""
    axis = GridAxis(Fraction(0), Fraction(1), 4)
    assert [axis.node(k) for k in range(4)] == [Fraction(k, 3) for k in range(4)]
    assert axis.floats.tolist() == [0.0, 1 / 3, 2 / 3, 1.0]
