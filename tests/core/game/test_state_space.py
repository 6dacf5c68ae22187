"""The state space: from coordinates to the shares of all strategies, and back."""

from __future__ import annotations

import itertools
from fractions import Fraction
from random import Random

import numpy as np
import pytest

from separatrix.exact.rational_functions import Ring
from separatrix.game.fitness import last_shares
from separatrix.game.model import StateSpace
from separatrix.game.reader import load

SIZES = [(1,), (2,), (3,), (2, 2), (2, 3), (1, 2, 4), (5, 2, 2)]


@pytest.mark.parametrize("sizes", SIZES)
def test_shares_and_coordinates_are_inverse_to_each_other(sizes: tuple[int, ...]) -> None:
    """Whatever the shares, their coordinates tell them all, in numbers one by one and in arrays."""
    rng = Random(str(sizes))
    space = StateSpace(sizes)
    for _ in range(20):
        drawn = [[Fraction(rng.randint(0, 9) + 1) for _ in range(size)] for size in sizes]
        shares = [tuple(x / sum(row) for x in row) for row in drawn]
        state = space.coordinates(shares)
        assert len(state) == len(space.strategies) == sum(space.widths)
        assert space.shares(state) == shares
        assert [shares[i][a] for i, a in space.strategies] == list(state)
        arrays = space.share_arrays(np.array([state], dtype=float))
        for own, array in zip(shares, arrays, strict=True):
            assert np.allclose(array[0], np.array(own, dtype=float), atol=1e-15)
        assert np.allclose(space.coordinate_arrays(arrays)[0], np.array(state, dtype=float), atol=1e-15)


@pytest.mark.parametrize("sizes", SIZES)
def test_each_profile_is_one_corner(sizes: tuple[int, ...]) -> None:
    """Corners differ, each tells its profile, and no other state does."""
    space = StateSpace(sizes)
    profiles = list(space.profiles())
    assert profiles == sorted(itertools.product(*map(range, sizes)))
    assert len({space.corner(p) for p in profiles}) == len(profiles)
    assert [space.profile(space.corner(p)) for p in profiles] == profiles
    middle = space.coordinates([(Fraction(1, size),) * size for size in sizes])
    assert space.profile(middle) == (profiles[0] if space.dimension == 0 else None)


def test_what_is_no_state_is_no_corner() -> None:
    """Two shares of one, or none at all, are no pure profile."""
    space = StateSpace((3,))
    assert space.profile((1, 1, 0)) is None
    assert space.profile((0, 0, 0)) is None
    assert space.profile((None, 0, 1)) is None


def test_the_shape_is_that_of_the_page() -> None:
    """A line, a square, a cube or a triangle; anything else has none."""
    found = [StateSpace(s).shape for s in ((2,), (2, 2), (2, 2, 2), (3,), (2, 2, 2, 2), (4,), (2, 3), (1,))]
    assert found == ["line", "square", "cube", "triangle", None, None, None, None]


def test_names_and_coordinates_come_in_one_order() -> None:
    """A game names as many shares as its states have numbers; the free ones tell the last."""
    game = load(
        {
            "populations": [
                {"name": "A", "share": "x"},
                {"name": "B", "share": "y", "strategies": ["a", "b", "c"]},
            ],
            "payoff_functions": {"A": {"yes": "y_a", "no": "0"}, "B": {"a": "x", "b": "0", "c": "1"}},
        }
    )
    assert game.shares == ("x", "y_a", "y_b", "y_c")
    assert game.space.strategies == ((0, 0), (1, 0), (1, 1), (1, 2))
    assert [p.free_shares for p in game.populations] == [("x",), ("y_a", "y_b")]
    ring = Ring(("x", "y_a", "y_b"))
    rest = ring.constant(1) - ring.variable("y_a") - ring.variable("y_b")
    assert last_shares(game, ring) == {"y_c": rest}
    assert game.strategy_names([(1,), (0, 2)]) == (("no",), ("a", "c"))
