"""Expected payoffs of games of every form."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import Any

import pytest

from separatrix.errors import ComesLater, InputError
from separatrix.expression.evaluation import evaluate
from separatrix.game.fitness import strategy_payoffs
from separatrix.game.reader import load

QUARTER, HALF = Fraction(1, 4), Fraction(1, 2)


def at(document: dict[str, Any], state: dict[str, Fraction], **values: Fraction) -> list[list[Fraction]]:
    """Return the payoffs of all strategies at a state."""
    rows = strategy_payoffs(load(document), values)
    return [[evaluate(u, {**values, **state}) for u in row] for row in rows]


def test_a_matrix_of_three_strategies() -> None:
    """A strategy earns the mean of its row over the shares."""
    game = {"payoff_matrix": [[1, 2, 3], [4, 5, 6], ["a", 0, 0]], "parameters": {"a": None}}
    state = {"x_1": QUARTER, "x_2": HALF, "x_3": QUARTER}
    assert at(game, state, a=Fraction(8)) == [[2, 5, 2]]


def test_a_table_of_three_populations() -> None:
    """Each profile of the others weighs as much as it is likely."""
    plays = [(a, b, c) for a in "12" for b in "123" for c in "12"]
    strategies = {"p": "12", "q": "123", "r": "12"}
    game = {
        "populations": [{"name": n, "share": n, "strategies": list(s)} for n, s in strategies.items()],
        "payoffs": [{"play": [a, b, c], "pay": [int(b + c), int(a), int(a == b)]} for a, b, c in plays],
    }
    state = {"p": QUARTER, "q_1": HALF, "q_2": QUARTER, "q_3": QUARTER, "r": HALF}
    first, second, third = at(game, state)
    assert (
        first
        == [sum(Fraction(w) * b for w, b in ((HALF, 10), (QUARTER, 20), (QUARTER, 30))) + Fraction(3, 2)] * 2
    )
    assert second == [Fraction(7, 4)] * 3
    assert third == [QUARTER * HALF + Fraction(3, 4) * QUARTER] * 2


def test_own_play_of_several_populations_adds_up() -> None:
    """What is earned from one's own kind is added to what is earned from the others."""
    game = {
        "populations": ["A", "B"],
        "payoff_matrices": {"A,B": [[4, 0], [0, 8]], "B,A": [[1, 2], [3, 4]], "A,A": [[1, 1], [16, 0]]},
    }
    assert at(game, {"x": QUARTER, "y": HALF}) == [[2 + 1, 4 + 4], [Fraction(7, 4), Fraction(15, 4)]]


def test_entries_that_depend_on_the_shares() -> None:
    """Entries and shorthands that move with the shares are worked out at the state."""
    game = {
        "populations": ["A"],
        "let": {"m": "2*x"},
        "payoff_matrix": [["m", 0], [1, "x*y0"]],
        "parameters": {"y0": 8},
    }
    assert at(game, {"x": QUARTER}, y0=Fraction(8)) == [[Fraction(1, 8), QUARTER + Fraction(3, 2)]]


def test_groups_are_drawn_at_random() -> None:
    """The number of cooperators among the others is binomial; the size may be a parameter."""
    group = {"size": "N", "payoff": {"yes": "max(0, k - 1)*r/N - c", "no": "k^2"}}
    game = {"populations": ["A"], "parameters": dict.fromkeys(("N", "r", "c")), "group": group}
    values = {"N": Fraction(5), "r": Fraction(10), "c": Fraction(1)}
    chances = [Fraction(math.comb(4, k) * 3 ** (4 - k), 4**4) for k in range(5)]
    assert at(game, {"x": QUARTER}, **values) == [
        [
            sum(p * max(0, k - 1) * 2 for k, p in enumerate(chances)) - 1,
            sum(p * k * k for k, p in enumerate(chances)),
        ]
    ]


def test_large_groups_stay_within_the_bound_on_exponents() -> None:
    """In a group of 150 the mean number of cooperators among the others is 149 x."""
    game = {"populations": ["A"], "group": {"size": 150, "payoff": {"yes": "k", "no": 0}}}
    assert at(game, {"x": QUARTER}) == [[149 * QUARTER, 0]]


@pytest.mark.parametrize("size", ["5/2", "1", "500", "-3"])
def test_groups_of_an_impossible_size(size: str) -> None:
    """A size that is no whole number of at least two is refused where its value is known."""
    game = load(
        {
            "populations": ["A"],
            "parameters": {"N": size},
            "group": {"size": "N", "payoff": {"yes": "k", "no": 0}},
        }
    )
    with pytest.raises(InputError, match="V306"):
        strategy_payoffs(game, {"N": Fraction(size)})
    with pytest.raises(ComesLater, match="A502"):
        strategy_payoffs(game)


def test_equations_become_growth_rates() -> None:
    """From equations follow growth rates; of two strategies the second gets zero."""
    two = strategy_payoffs(load({"replicator": {"p": "3*p*(1-p)"}}))
    assert evaluate(two[0][0], {"p": HALF}) == 3
    assert evaluate(two[0][1], {}) == 0
    three = load(
        {
            "populations": [{"name": "A", "strategies": ["a", "b", "c"]}],
            "replicator": {"x_a": "x_a*(x_b - x_c)", "x_b": "x_b*(x_c - x_a)", "x_c": "x_c*(x_a - x_b)"},
        }
    )
    state = {"x_a": HALF, "x_b": QUARTER, "x_c": QUARTER}
    assert [evaluate(u, state) for u in strategy_payoffs(three)[0]] == [0, -QUARTER, QUARTER]
