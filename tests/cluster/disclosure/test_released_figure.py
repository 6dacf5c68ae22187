"""What a rounded figure says: all numbers that are shown alike, and no others."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from separatrix_cluster.disclosure.audit import audit
from separatrix_cluster.disclosure.released_figure import Cell, average, rounding_interval, total


@pytest.mark.parametrize("digits", [1, 2, 3])
def test_numbers_within_a_rounding_interval_are_shown_alike_and_others_are_not(digits: int) -> None:
    """Of numbers of all sizes, and of those that are rounded up to a power of ten, beside their printing."""
    numbers = np.random.default_rng(digits)
    for value in [*10 ** numbers.uniform(-6, 6, 300), 9.96, 99.96, 0.09996, 1.0, 1000.0]:
        shown = f"{value:.{digits - 1}e}"
        low, high = rounding_interval(float(value), digits)
        assert low <= value <= high
        for inside, outside in ((low * (1 + 1e-9), low * (1 - 1e-9)), (high * (1 - 1e-9), high * (1 + 1e-9))):
            assert f"{inside:.{digits - 1}e}" == shown != f"{outside:.{digits - 1}e}"


def test_an_average_that_is_rounded_up_to_a_power_of_ten_says_as_much_as_one_below() -> None:
    """An average of 9.96 is shown as 10: it is 9.95 at least, since from 9.9 it would be shown as 9.9."""
    carbon, output = Cell("E0", "carbon"), Cell("E0", "output")
    low, high = average("carbon per output", [(carbon, output)], {carbon: 9.96, output: 1.0}, digits=2)
    assert (low.terms[output], high.terms[output]) == (-9.95, -10.5)


def test_averages_of_nothing_and_over_nothing() -> None:
    """Of no carbon at all everybody knows that each has none; over no output there is no average."""
    carbon, output = Cell("E0", "carbon"), Cell("E0", "output")
    (none,) = average("none", [(carbon, output)], {carbon: 0.0, output: 1.0}, digits=2)
    assert (dict(none.terms), none.low, none.high) == ({carbon: 1.0}, 0.0, 0.0)
    with pytest.raises(ZeroDivisionError):
        average("over nothing", [(carbon, output)], {carbon: 1.0, output: 0.0}, digits=2)


def test_a_total_that_is_shown_as_it_is_says_just_what_it_is() -> None:
    """Without rounding both ends are the sum; a total of nobody is nothing."""
    values = {Cell(f"E{k}", "heat"): 1.25 for k in range(3)}
    exact, rounded = total("all", values, values), total("all", values, values, rounding=1.0)
    assert (exact.low, exact.high) == (3.75, 3.75) and (rounded.low, rounded.high) == (3.5, 4.5)
    assert total("nobody", [], values).high == 0.0


@pytest.mark.parametrize("kind", [Fraction, Decimal, np.float32, float])
def test_figures_of_numbers_of_any_kind_are_those_of_the_values(kind: Any) -> None:
    """Whatever kind the values are of, an audit of their own figures contradicts none."""
    names = [Cell(f"E{k}", q) for k in range(6) for q in ("carbon", "output")]
    values = {cell: kind(k + 5) / kind(3) for k, cell in enumerate(names)}
    pairs = list(zip(names[::2], names[1::2], strict=True))
    figures = [
        total("all", names[::2], values),
        total("rounded", names[::2], values, rounding=0.5),
        *average("carbon per output", [*pairs, pairs[0]], values, digits=2),
    ]
    found = audit(values, figures)
    assert found.cells == 12 and found.safe
