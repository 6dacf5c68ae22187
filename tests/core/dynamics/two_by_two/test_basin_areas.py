"""Areas of basins in many games at once, beside those of one game at a time."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from separatrix.dynamics.area_quadrature import areas_above
from separatrix.dynamics.bimatrix_basins import CYCLE, PLACES, areas, corner_areas
from separatrix.dynamics.bimatrix_separatrix import Planar, divide_of

RATES = st.floats(0.01, 50) | st.floats(-50, -0.01)


@given(st.lists(st.tuples(RATES, RATES, RATES, RATES), min_size=1, max_size=4))
def test_areas_are_those_of_each_game_alone(rates: list[tuple[float, float, float, float]]) -> None:
    """For every corner and for cycles, whatever the kinds of the games beside each other."""
    games = [Planar((a, b), (c, d)) for a, b, c, d in rates]
    exact = [areas(game)[0] for game in games]
    for code, place in enumerate(PLACES[:4]):
        x, y = place
        assert x is not None and y is not None
        expected = [found.get(code, 0.0) for found in exact]
        assert corner_areas(games, (x, y)).tolist() == expected
    assert corner_areas(games, None).tolist() == [found.get(CYCLE, 0.0) for found in exact]


@pytest.mark.parametrize(
    ("p", "q", "r", "s", "fraction"),
    [(2, 1, 2, 1, 0.5), (3, 1, 2, 1, 0.6333333333), (5, 1, 4, 3, 0.5641201651)],
)
def test_areas_known_in_closed_form(p: int, q: int, r: int, s: int, fraction: float) -> None:
    """The golden fractions of x' = x(1-x)(py - q), y' = y(1-y)(rx - s)."""
    game = Planar((-q, p - q), (-s, r - s))
    assert corner_areas([game], (1.0, 1.0))[0] == pytest.approx(fraction, abs=1e-10)
    assert corner_areas([game], (0.0, 0.0))[0] == pytest.approx(1 - fraction, abs=1e-10)


@given(st.tuples(*[st.floats(1e-4, 1e4)] * 4))
def test_two_rules_agree_on_areas(rates: tuple[float, float, float, float]) -> None:
    """The integral over a share and the one over the height differ by no more than both bounds."""
    down, up, other_down, other_up = rates
    divide = divide_of(Planar((-other_down, other_up), (-down, up)))
    assert divide is not None
    area, error = areas_above(np.array([rates]))
    exact, bound = divide.area_by_height()
    assert abs(area[0] - exact) <= error[0] + bound + 1e-14


def test_an_area_is_as_exact_as_is_told_where_few_nodes_agree_by_chance() -> None:
    """With rates over six orders of magnitude, where half of the nodes err less than all of them."""
    down, up, other_down, other_up = rates = (5952.49902, 23.3994819, 36.7866993, 0.00366319556)
    divide = divide_of(Planar((-other_down, other_up), (-down, up)))
    assert divide is not None
    area, error = areas_above(np.array([rates]))
    exact, bound = divide.area_by_height()
    assert bound < 2e-14
    assert abs(area[0] - exact) <= error[0]
