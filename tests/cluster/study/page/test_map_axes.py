"""The two parameters with which the page opens a regime map, and the window of a lever."""

from __future__ import annotations

from fractions import Fraction

import pytest

from separatrix.game.reader import load
from separatrix.studio.page_model import map_axes, page_model, window


def test_the_map_opens_over_a_pair_that_changes_regimes() -> None:
    """Over the pair more than one set of stable states has an area."""
    import separatrix

    for name in ("shi-chen-2018", "hawk-dove-two-populations", "coal-safety"):
        model = page_model(load(name))
        assert model.axes is not None
        found = separatrix.regime_map(
            model.game, {axis: window(model.game, axis) for axis in model.axes}, grid=(8, 8)
        )
        assert sum(1 for r in found.regimes if r.kind == "stable" and r.generic) > 1


@pytest.mark.parametrize("count", [0, 1])
def test_a_game_with_fewer_than_two_numbers_has_no_map(count: int) -> None:
    """Nothing can be drawn over one parameter."""
    parameters = {"a": 2} if count else {}
    game = load({"payoff_matrix": [["a" if count else 1, 0], [0, 1]], "parameters": parameters})
    assert map_axes(game, None) is None


def test_a_parameter_that_no_lever_moves_is_no_axis() -> None:
    """The size of a group stays what it is while the page is open."""
    game = load({"payoff_matrix": [["a", "b"], ["c", 1]], "parameters": {"a": 2, "b": 0, "c": 3}})
    assert map_axes(game, None, leaving={"a"}) == ("b", "c")


def test_a_lever_without_a_range_runs_to_twice_its_value() -> None:
    """Above and below nothing, and round nothing itself; an instrument goes one up from idle."""
    game = load(
        {
            "payoff_matrix": [["a", "b"], ["c", "d"]],
            "parameters": {"a": 2, "b": "-1/2", "c": 0, "d": {"value": 1, "range": [0, 5]}},
            "instruments": {"help": {"changes": {"a": "a + help"}}},
        }
    )
    assert window(game, "a") == (0, 4)
    assert window(game, "b") == (-1, 0)
    assert window(game, "c") == (-1, 1)
    assert window(game, "d") == (0, 5)
    assert window(game, "help") == (Fraction(0), Fraction(1))
