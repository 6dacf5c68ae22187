"""The levels at which a pure state is stable, and alone stable: what analyses say beside each of them."""

from __future__ import annotations

from fractions import Fraction

import pytest

import separatrix
from core.policy.tipping_values.levers import (
    alone,
    only,
    random_game,
    stable_states,
    strict_profiles,
    worked,
)
from separatrix.game.instruments import with_instruments


def test_the_worked_case_is_stable_and_alone_stable_from_exact_levels() -> None:
    """Beside an actor acting pays anyway; alone it pays above 120 CNY/t, and all else is unstable."""
    found = separatrix.tipping_values(worked(), "price", noise=False)
    one = only(found)
    assert one.condition("stable").idle and one.condition("stable").tipping is None
    tipping = one.condition("only").tipping
    assert tipping is not None and tipping.low == tipping.high == 120
    assert not one.condition("only").attained


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("parties", [1, 2, 3])
def test_at_a_tipping_value_the_set_of_stable_states_changes(parties: int, seed: int) -> None:
    """One per cent on either side of each end the analysis finds other stable states."""
    game = random_game(100 * parties + seed, parties, today=False)
    names = [("yes", "no")[seed >> k & 1] for k in range(parties)]
    one = only(separatrix.tipping_values(game, "s", target=names, noise=False))
    for name in ("stable", "only"):
        for _, below, above in alone(one.condition(name).levels, one.low, one.high):
            assert stable_states(game, {"s": below}) != stable_states(game, {"s": above})


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("parties", [2, 3, 4])
def test_inside_the_intervals_the_payoff_table_says_the_same(parties: int, seed: int) -> None:
    """At 25 levels, and beside each end, the strict profiles are those that are claimed, and no others."""
    game = random_game(100 * parties + seed, parties, today=False)
    target = tuple(seed >> k & 1 for k in range(parties))
    one = only(separatrix.tipping_values(game, "s", target=[("yes", "no")[a] for a in target], noise=False))
    tried = [Fraction(k - 12, 3) * Fraction(101, 102) for k in range(25)]
    tried += [v for _, *both in alone(one.condition("only").levels, one.low, one.high) for v in both]
    for level in tried:
        strict = strict_profiles(game, {"s": level})
        assert one.condition("stable").levels.holds(level) == (target in strict)
        assert one.condition("only").levels.holds(level) == (strict == {target})


def test_several_crossings_are_all_told() -> None:
    """A gain that is a cubic in the level gives a union of intervals, each end exact."""
    game = separatrix.load(
        {
            "payoff_matrix": [["1 + (s - 1)*(s - 2)*(s - 3)", 0], [1, 0.5]],
            "parameters": {"s": {"value": 0, "range": [0, 4]}},
        }
    )
    stable = only(separatrix.tipping_values(game, "s", noise=False)).condition("stable")
    told = [(i.low.low, i.closed_low, i.high.high, i.closed_high) for i in stable.levels.intervals]
    assert told == [(1, False, 2, False), (3, False, 4, True)]
    assert stable.tipping is not None and stable.tipping.value == 1


def test_a_level_that_only_touches_is_left_out() -> None:
    """Where a loss falls to 0 at one level and is positive around, the set has a hole there."""
    game = separatrix.load(
        {
            "payoff_matrix": [["(s - 1)^2", 0], [0, 1]],
            "parameters": {"s": {"value": 0, "range": [0, 2]}},
        }
    )
    stable = only(separatrix.tipping_values(game, "s", noise=False)).condition("stable")
    assert [(i.low.value, i.high.value) for i in stable.levels.intervals] == [(0, 1), (1, 2)]
    assert not stable.levels.holds(Fraction(1))


def test_a_loss_that_vanishes_at_all_levels_is_read_off_the_diagram() -> None:
    """Hawks that earn as much as intruders are stable by the second condition of Maynard Smith."""
    game = separatrix.load(
        {
            "payoff_matrix": [[1, "s"], [1, 0]],
            "parameters": {"s": {"value": -1, "range": [-2, 2]}},
        }
    )
    stable = only(separatrix.tipping_values(game, "s", noise=False)).condition("stable")
    assert [(i.low.value, i.closed_low, i.high.value) for i in stable.levels.intervals] == [(0, False, 2)]
    for level in (-0.02, 0.02):
        assert ("E2" in stable_states(game, {"s": level})) == (level > 0)


def test_irrational_payoffs_are_answered_by_numbers() -> None:
    """With an exponential in the level the tipping value ln 2 has an error bar that holds it."""
    game = separatrix.load(
        {
            "payoff_matrix": [["exp(s)", 0], [2, 1]],
            "parameters": {"s": {"value": 0, "range": [0, 2]}},
        }
    )
    stable = only(separatrix.tipping_values(game, "s", noise=False)).condition("stable")
    assert stable.method == "numerical" and stable.tipping is not None
    assert stable.tipping.low <= Fraction(0.6931471805599453) + Fraction(1, 10**12)
    assert stable.tipping.high >= Fraction(0.6931471805599453) - Fraction(1, 10**12)


def test_a_target_no_level_stabilises_says_who_gains_how_much() -> None:
    """The shortfall is what the best deviation still gains at the best level: 2 at level 1."""
    game = separatrix.load(
        {
            "populations": [{"name": "Players", "share": "x"}],
            "payoff_matrix": [["s", 0], [3, 1]],
            "parameters": {"s": {"value": 0, "range": [0, 1]}},
        }
    )
    found = separatrix.tipping_values(game, "s", noise=False)
    stable = only(found).condition("stable")
    assert not found.tips and stable.tipping is None
    assert (
        stable.shortfall == "at its best level, 1, Players would still earn 2 more by no than at the target"
    )


def test_state_dependent_changes_count_at_the_state() -> None:
    """A reward for the first who act, s(1-x), does nothing at the target and unsettles the other end."""
    game = separatrix.load(
        {
            "payoff_matrix": [["3 - c", "-c"], [0, 0]],
            "parameters": {"c": 1},
            "instruments": {"s": {"range": [0, 4], "changes": {"c": "c - s*(1 - x)"}}},
        }
    )
    one = only(separatrix.tipping_values(game, noise=False))
    assert one.condition("stable").idle
    tipping = one.condition("only").tipping
    assert tipping is not None and tipping.value == 1 and one.cost is None
    acting = with_instruments(game, ["s"])
    assert stable_states(acting, {"s": 0.99}) == {"E1", "E2"} and stable_states(acting, {"s": 1.01}) == {"E2"}


def test_a_party_that_never_minds_leaves_no_state_stable() -> None:
    """Where C earns the same whatever it does, no pure state is asymptotically stable at any level."""
    game = separatrix.load(
        {
            "populations": [{"name": n, "share": n.lower()} for n in ("A", "B", "C")],
            "advantages": {"a": "2*b - 1 + s", "b": "2*a - 1", "c": 0},
            "parameters": {"s": {"value": 0, "range": [-2, 2]}},
        }
    )
    one = only(separatrix.tipping_values(game, "s", noise=False))
    assert one.condition("stable").method == "exact" and one.condition("stable").levels.intervals == ()
    assert all(stable_states(game, {"s": level}) == set() for level in (-1.5, 0, 1.5))


def test_a_rival_that_is_neutral_at_all_levels_does_not_count() -> None:
    """A state that one party may leave at no loss, whatever the level, is no second stable state."""
    game = separatrix.load(
        {
            "populations": [{"name": "A", "share": "x"}, {"name": "B", "share": "y"}],
            "bimatrix": [[["1 + s", 1], [0, 0]], [[0, 0], [0, 1]]],
            "parameters": {"s": {"value": 0, "range": [-2, 2]}},
        }
    )
    one = only(separatrix.tipping_values(game, "s", noise=False))
    assert [(i.low.value, i.high.value) for i in one.condition("only").levels.intervals] == [(-1, 2)]
    assert stable_states(game, {"s": 1}) == {"E4"}
