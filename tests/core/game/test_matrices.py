"""Games from matrices of numpy."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import separatrix


def test_one_square_matrix_is_a_population_that_plays_itself() -> None:
    """The game of an array equals that of the same rows in a game file, decimals being exact."""
    rows = [[0, 6, -4], [-3, 0, 5], [-1, 3, 0.1]]
    assert separatrix.Game.from_matrices(np.array(rows)) == separatrix.load({"payoff_matrix": rows})
    assert separatrix.Game.from_matrices(rows).plays_itself


def test_two_matrices_are_two_populations() -> None:
    """Rows are the strategies of the first, columns those of the second, in both matrices."""
    first, second = np.array([[3, 0], [5, 1]]), np.array([[3, 5], [0, 1]])
    game = separatrix.Game.from_matrices(
        first, second, title="Dilemma", populations=["A", "B"], strategies=[["C", "D"], ["C", "D"]]
    )
    assert game.title == "Dilemma" and [p.name for p in game.populations] == ["A", "B"]
    (point,) = (p for p in separatrix.analyze(game).rest_points if p.strict_nash)
    assert point.support == (("D",), ("D",))


def test_populations_may_have_different_numbers_of_strategies() -> None:
    """A 2 × 3 game is analysed, and its payoffs are those of the matrices."""
    rng = np.random.default_rng(1)
    first, second = rng.integers(-5, 6, (2, 3)), rng.integers(-5, 6, (2, 3))
    game = separatrix.Game.from_matrices(first, second)
    assert game.space.sizes == (2, 3)
    for (a, b), pay in game.pay.items():
        assert [float(e.value) for e in pay] == [first[a, b], second[a, b]]  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    "source",
    [
        {"payoff_matrix": np.array([[1, 2], [3, 4]])},
        {"bimatrix": np.arange(8).reshape(2, 2, 2)},
        {"payoff_matrix": [np.array([1.5, 2]), np.array([3, 4])]},
        {"payoff_matrix": [[np.int64(1), np.float64(0.1)], [0, 1]], "parameters": {"a": np.float64(0.1)}},
    ],
)
def test_a_game_may_hold_arrays_wherever_it_holds_numbers(source: dict[str, Any]) -> None:
    """`load` takes arrays and numbers of numpy for lists and numbers, and keeps them in no place."""
    plain = {
        key: value.tolist() if hasattr(value, "tolist") else [list(map(float, row)) for row in value]
        for key, value in source.items()
        if key != "parameters"
    }
    game = separatrix.load(source)
    assert game.form == separatrix.load(plain).form
    assert "numpy" not in str({type(v) for v in game.raw.values()})


@pytest.mark.parametrize(
    ("matrices", "told"),
    [
        ((np.ones((2, 3)),), "square"),
        ((np.ones((2, 3)), np.ones((3, 2))), "transpose"),
        ((np.ones(3),), "not a matrix"),
        (([[1, 2], [3]],), "not a matrix"),
        (([],), "not a matrix"),
        (("12",), "not a matrix"),
        ((None,), "not a matrix"),
    ],
)
def test_what_makes_no_game_is_refused(matrices: tuple[Any, ...], told: str) -> None:
    """The error says what was found, and what to do about two shapes."""
    with pytest.raises(separatrix.InputError, match=told) as raised:
        separatrix.Game.from_matrices(*matrices)
    assert raised.value.code == "G119"


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_numbers_that_are_none_are_refused(value: float) -> None:
    """A matrix with NaN or an infinite number is no game."""
    with pytest.raises(separatrix.InputError):
        separatrix.Game.from_matrices([[1, value], [0, 1]])


def test_names_that_do_not_fit_are_refused() -> None:
    """Three names for two strategies are one too many."""
    with pytest.raises(separatrix.InputError, match="G119"):
        separatrix.Game.from_matrices(np.eye(2), strategies=["a", "b", "c"])


def test_every_example_can_be_loaded_by_its_name() -> None:
    """`examples` lists the catalogue with titles, as a list, a table and on one screen."""
    entries = separatrix.examples()
    assert {e.slug for e in entries} >= {"shi-chen-2018", "wang-2023"}
    assert entries.to_dataframe().loc["wang-2023", "size"] == "2 × 2 × 2"
    assert len(repr(entries).splitlines()) <= 40
    assert all(separatrix.load(e.slug).title == e.title for e in entries)
