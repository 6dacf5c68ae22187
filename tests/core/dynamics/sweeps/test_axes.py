"""Axes of a sweep: exact values, and kind words for what makes none."""

from __future__ import annotations

import itertools
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import separatrix
from separatrix.dynamics.sweeps.axes import axes_of, axis_of
from separatrix.errors import SeparatrixError

GAME = separatrix.load("shi-chen-2018")


@given(st.fractions(-100, 100), st.fractions("1/100", 100), st.integers(2, 300))
def test_values_are_exact_and_equally_spaced(low: Fraction, width: Fraction, count: int) -> None:
    """A range from LOW to HIGH has COUNT values, the first and the last being those given."""
    axis = axis_of("C1", f"{low}:{low + width}:{count}")
    values = [axis.value(k) for k in range(count)]
    assert (values[0], values[-1]) == (low, low + width)
    assert {b - a for a, b in itertools.pairwise(values)} == {width / (count - 1)}
    np.testing.assert_array_equal(axis.floats(slice(0, count)), [float(v) for v in values])


def test_a_logarithmic_axis_multiplies() -> None:
    """Each value is the same multiple of the one before, and both ends are those given."""
    axis = axis_of("C1", "0.1:1000:5:log")
    assert [axis.value(k) for k in range(5)] == [Fraction(1, 10), 1, 10, 100, 1000]


def test_a_list_keeps_its_order() -> None:
    """Listed values are taken as they stand, exactly."""
    assert axis_of("C1", "3, 1/3, 0.1").listed == (3, Fraction(1, 3), Fraction(1, 10))


def test_a_name_alone_goes_over_its_range() -> None:
    """The range of the file serves where no values are given."""
    (axis,) = axes_of(GAME, ["C1"])
    assert (axis.low, axis.high, axis.count) == (0, 20, 51)


@pytest.mark.parametrize(
    ("over", "code", "told"),
    [
        (["C3=0:1:2"], "V302", "did you mean `C1`"),
        (["C1=0:1:2", "C1=3"], "D671", "swept twice"),
        (["C1=1:0:5"], "D671", "is reversed"),
        (["C1=1:1:5"], "D671", "empty range"),
        (["C1=0:1:1"], "D671", "one value cannot cover"),
        (["C1=0:1:0"], "D671", "whole number"),
        (["C1=0:1:2.5"], "D671", "whole number"),
        (["C1=0:1:-3"], "D671", "whole number"),
        (["C1=0:1:3:lin"], "D671", "only `log`"),
        (["C1=0:1:3:log"], "D671", "begins above 0"),
        (["C1=1,2,1.0"], "D671", "twice"),
        (["C1=nan:1:3"], "V301", "not a number"),
        (["C1=0:1e999999:3"], "S001", "too large"),
        (["C1=0:1e200*1e200:3"], "D671", "larger than"),
        (["C1="], "D671", "NAME=VALUES"),
        (["=0:1:3"], "D671", "NAME=VALUES"),
        ([], "D671", "no parameter"),
        ({"C1": []}, "D671", "no values"),
        ({"C1": 3}, "D671", "a range or several values"),
        ({"C1": [float("inf")]}, "V301", "finite"),
        ({"pi1": None, "C1": "0:1:2:"}, "D671", "LOW:HIGH:COUNT"),
    ],
)
def test_what_makes_no_axis_is_told(over: object, code: str, told: str) -> None:
    """Each way to get an axis wrong has a message that says what is wrong with it."""
    with pytest.raises(SeparatrixError) as problem:
        axes_of(GAME, over)
    assert problem.value.code == code
    assert told in problem.value.render()


def test_a_parameter_without_a_range_needs_values() -> None:
    """A name alone is refused where the file gives no range."""
    game = separatrix.load({"parameters": {"v": 2}, "payoff_matrix": [["v", 0], [0, 1]]})
    with pytest.raises(separatrix.InputError, match="no range"):
        axes_of(game, ["v"])
