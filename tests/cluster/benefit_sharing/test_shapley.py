"""The Shapley value: published numbers, all orders, axioms, and intervals from samples."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import separatrix
from cluster.benefit_sharing.games import NAMES, as_costs, games, joined_in_all_orders
from separatrix.errors import InputError
from separatrix_cluster.benefit_sharing.coalition_game import CoalitionGame, coalition_game
from separatrix_cluster.benefit_sharing.core import core_test
from separatrix_cluster.benefit_sharing.shapley import sampled_shapley, shapley

RUNWAYS = {"a": 1, "b": 2, "c": 4, "d": 7}
AIRPORT = coalition_game(list(RUNWAYS), lambda who: max(RUNWAYS[name] for name in who), costs=True)
GLOVES = coalition_game(["left", "r1", "r2"], lambda who: "left" in who and len(who) > 1)
FEW = settings(max_examples=25)


def test_the_airport_of_littlechild_and_owen() -> None:
    """Runways of 1, 2, 4 and 7 cost 1/4, 7/12, 19/12 and 55/12, which no coalition objects to."""
    shares = shapley(AIRPORT).allocation
    assert shares == (Fraction(1, 4), Fraction(7, 12), Fraction(19, 12), Fraction(55, 12))
    assert core_test(AIRPORT, shares).inside


def test_one_left_and_two_right_gloves() -> None:
    """The owner of the only left glove gets two thirds."""
    assert shapley(GLOVES).allocation == (Fraction(2, 3), Fraction(1, 6), Fraction(1, 6))


@given(games(most=5))
@FEW
def test_it_is_the_mean_over_all_orders(game: CoalitionGame) -> None:
    """The formula over coalitions is the mean of what a player adds, of gains and of costs."""
    assert shapley(game).allocation == joined_in_all_orders(game)
    assert shapley(as_costs(game)).allocation == tuple(-x for x in shapley(game).allocation)


@given(games(), st.data())
@FEW
def test_axioms(game: CoalitionGame, data: st.DataObject) -> None:
    """All is shared out, who adds nothing gets nothing, names do not matter, and games add up."""
    shares = shapley(game).allocation
    count = len(game.players)
    assert sum(shares) == game.total
    with_idle = CoalitionGame((*game.players, "idle"), game.values * 2)
    assert shapley(with_idle).allocation == (*shares, 0)
    order = data.draw(st.permutations(range(count)))
    moved = coalition_game(
        [game.players[k] for k in order], lambda who: game.value(*sorted(who, key=NAMES.index))
    )
    assert shapley(moved).allocation == tuple(shares[k] for k in order)
    squares = coalition_game(game.players, lambda who: len(who) ** 2)
    both = CoalitionGame(game.players, tuple(a + b for a, b in zip(game.values, squares.values, strict=True)))
    assert shapley(both).allocation == tuple(
        a + b for a, b in zip(shares, shapley(squares).allocation, strict=True)
    )


def test_alike_players_get_alike() -> None:
    """Of fifteen players who are worth the square of their number, each gets as much."""
    game = coalition_game([f"E{k}" for k in range(15)], lambda who: len(who) ** 2)
    assert set(shapley(game).allocation) == {Fraction(15)}


@given(st.lists(st.integers(0, 9), min_size=2, max_size=6))
@FEW
def test_of_a_convex_game_it_is_in_the_core(weights: list[int]) -> None:
    """Shapley 1971: where joining the larger coalition adds more, the Shapley value is in the core."""
    weight = dict(zip(NAMES, weights, strict=False))
    game = coalition_game(list(weight), lambda who: sum(weight[name] for name in who) ** 2)
    assert core_test(game, shapley(game).allocation).inside


def test_numbers_too_large_for_machine_words() -> None:
    """Values of forty digits are shared to the last one."""
    huge = 10**40 + 1
    game = coalition_game("abc", lambda who: huge if len(who) == 3 else 0)
    assert shapley(game).allocation == (Fraction(huge, 3),) * 3


# --------------------------------------------------------------------------- samples


def worth(who: frozenset[str]) -> Fraction:
    """Twelve enterprises: pairs of neighbours exchange, and the first one's heat serves all."""
    numbers = sorted(int(name) for name in who)
    pairs = sum(k + 1 in numbers for k in numbers)
    return Fraction(pairs * 3 + (len(numbers) - 1 if 0 in numbers else 0))


PLAYERS = [str(k) for k in range(12)]
EXACT = shapley(coalition_game(PLAYERS, worth)).allocation
BOUNDS = dict.fromkeys(PLAYERS, (0, 20))


@pytest.mark.parametrize("bounds", [None, BOUNDS], ids=["Student", "Bernstein"])
def test_intervals_hold_the_exact_value(bounds: dict[str, tuple[int, int]] | None) -> None:
    """Of ten answers with 95 % for all players together, nine or more hold all twelve shares."""
    held = 0
    for seed in range(10):
        found = sampled_shapley(PLAYERS, worth, orders=60, seed=seed, bounds=bounds)
        assert sum(found.allocation) == worth(frozenset(PLAYERS))
        held += all(low <= x <= high for low, x, high in zip(found.low, EXACT, found.high, strict=True))
    assert held >= 9


def test_more_orders_tell_more() -> None:
    """Intervals shrink as more orders are drawn, and the same seed draws the same ones."""
    few, more = (sampled_shapley(PLAYERS, worth, orders=n, seed=3) for n in (40, 400))
    assert max(h - x for x, h in zip(more.low, more.high, strict=True)) < 0.5 * max(
        h - x for x, h in zip(few.low, few.high, strict=True)
    )
    assert sampled_shapley(PLAYERS, worth, orders=40, seed=3).allocation == few.allocation


def test_orders_that_all_agree_prove_nothing() -> None:
    """A player whose contribution never differed among few draws has an interval all the same."""
    found = sampled_shapley(["a", "b"], lambda who: len(who), orders=8)
    assert found.low[0] < 1 < found.high[0]


@pytest.mark.parametrize(
    ("call", "code"),
    [
        (lambda: sampled_shapley([], worth), "K530"),
        (lambda: sampled_shapley(["a", "a"], worth), "K530"),
        (lambda: sampled_shapley(["1"], worth, orders=3), "K534"),
        (lambda: sampled_shapley(PLAYERS, worth, bounds={"1": (0, 1)}), "K534"),
        (lambda: sampled_shapley(PLAYERS, worth, bounds=dict.fromkeys(PLAYERS, (0, 2))), "K534"),
        (lambda: sampled_shapley(["1"], lambda who: "much"), "V301"),
    ],
)
def test_what_cannot_be_sampled_is_refused(call: object, code: str) -> None:
    """Nobody, names given twice, too few orders, bounds that are missing or do not hold, and words."""
    with pytest.raises(InputError) as problem:
        call()  # type: ignore[operator]
    assert problem.value.code == code


def test_public_names() -> None:
    """The functions can be had from the package itself."""
    found = separatrix.shapley(GLOVES)
    assert found.allocation[0] == Fraction(2, 3)
    assert found.to_dataframe()["player"].tolist() == ["left", "r1", "r2"]
