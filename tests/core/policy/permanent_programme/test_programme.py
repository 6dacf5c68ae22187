"""The cheapest permanent programme: what it promises is what games then do."""

from __future__ import annotations

import math
import random
from collections.abc import Mapping
from fractions import Fraction
from typing import Any

import pytest
from scipy.optimize import brentq

import separatrix
from core.policy.permanent_programme.tripartite import random_tripartite
from separatrix.errors import ComesLater, InputError, NameProblem
from separatrix.game.model import Game
from separatrix.policy.permanent.programme import permanent_programme
from separatrix.policy.permanent.results import PermanentProgramme

PLAYERS = [
    {"name": "A", "share": "x", "strategies": ["cooperate", "decline"]},
    {"name": "B", "share": "y", "strategies": ["cooperate", "decline"]},
]
TIPPING_COST = 6 * math.log(8 / 7) / math.log(12 / 7)
"""Of the paper's bistable game: below it (0.2, 0.3) lies in the basin of cooperation."""


def pair(instruments: Mapping[str, Any], **changes: Any) -> separatrix.Game:
    """Return the paper's bistable game with instruments."""
    values = {"pi1": 10, "pi2": 4, "R1": 3, "R2": 5, "C1": 4, "C2": 1} | changes
    return separatrix.load(
        {
            "title": "Two enterprises",
            "populations": PLAYERS,
            "parameters": values,
            "payoffs": [
                {"play": ["cooperate", "cooperate"], "pay": ["pi1 - C1", "pi1 - C1"]},
                {"play": ["cooperate", "decline"], "pay": ["R1 - C1", "R2 - C2"]},
                {"play": ["decline", "cooperate"], "pay": ["R2 - C2", "R1 - C1"]},
                {"play": ["decline", "decline"], "pay": ["pi2 - C2", "pi2 - C2"]},
            ],
            "instruments": instruments,
            "today": {"x": 0.2, "y": 0.3},
            "emissions": "100*(2 - x - y) + 10 - support",
        }
        if "support" in instruments
        else {
            "title": "Two enterprises",
            "populations": PLAYERS,
            "parameters": values,
            "bimatrix": [
                [["pi1 - C1", "pi1 - C1"], ["R1 - C1", "R2 - C2"]],
                [["R2 - C2", "R1 - C1"], ["pi2 - C2", "pi2 - C2"]],
            ],
            "instruments": instruments,
            "today": {"x": 0.2, "y": 0.3},
        }
    )


SUPPORT = {"support": {"range": [0, 4], "changes": {"C1": "C1 - support"}, "cost": "support*(x + y)"}}


def at(found: PermanentProgramme, factor: float = 1.0) -> dict[str, object]:
    """Return the levels at the infimum, or so many times of them, as values of parameters."""
    if found.limit is None:
        return {}
    return {name: str(float(level) * factor) for name, level in found.limit.levels.items()}


def chosen(found: PermanentProgramme) -> dict[str, object]:
    """Return the recommended levels as values of parameters."""
    return {} if found.recommended is None else {n: str(v) for n, v in found.recommended.levels.items()}


def stable(game: separatrix.Game, values: dict[str, object]) -> set[tuple[float, ...]]:
    """Return the asymptotically stable rest points."""
    points = separatrix.analyze(game, values).rest_points
    return {p.state for p in points if p.stability == "asymptotically stable" and p.state is not None}


# --------------------------------------------------------------------------- what is promised


def test_around_the_infimum_the_stable_states_change() -> None:
    """One per cent below the levels of the infimum the target is not stable; one per cent above it is."""
    game = pair(SUPPORT, C1=8)
    found = permanent_programme(game)
    assert found.infimum == 4 and found.attained is False
    assert (1.0, 1.0) not in stable(found.game, at(found, 0.99))
    assert (1.0, 1.0) in stable(found.game, at(found, 1.01))
    assert (1.0, 1.0) in stable(found.game, chosen(found))


def test_the_margin_is_cleared_and_costs_what_it_says() -> None:
    """Each condition holds by the margin, and prices tell what the margin costs."""
    game = pair(SUPPORT, C1=8)
    found = permanent_programme(game, margin="1/10")
    assert found.recommended is not None and found.price_of_margin is not None
    assert found.recommended.total == Fraction(42, 10)
    assert found.price_of_margin == Fraction(2, 10)
    prices = [demand.price for demand in found.demands if demand.kind == "gain"]
    assert prices == [2, 2]  # where either is tightened alone, both parties are paid


def test_no_other_pure_state_is_stable() -> None:
    """With what `only-stable` asks, declining stops to be stable just above the infimum."""
    game = pair(SUPPORT, C2=3)
    found = permanent_programme(game, require=["only-stable"])
    assert stable(found.game, at(found, 0.99)) == {(0.0, 0.0), (1.0, 1.0)}
    assert stable(found.game, at(found, 1.01)) == {(1.0, 1.0)}
    assert found.stable == ((0, 0),)


def test_today_is_carried_across_the_separatrix_at_the_known_level() -> None:
    """The bounds hold the tipping level in closed form, and outcomes differ one per cent to either side."""
    found = permanent_programme(pair(SUPPORT), require=["basin"])
    assert found.bounds is not None
    low, high = found.bounds
    assert low <= 2 * (4 - TIPPING_COST) <= high and high - low < 1e-5
    assert separatrix.outcome(found.game, [0.2, 0.3], at(found, 0.99)).name == "E1"
    assert separatrix.outcome(found.game, [0.2, 0.3], at(found, 1.01)).name == "E4"
    assert separatrix.outcome(found.game, [0.19, 0.29], chosen(found)).name == "E4"


def test_no_two_conditions_of_the_basin_are_told_alike() -> None:
    """Each number stands beside a sentence of its own, so that one knows what is cleared by how much."""
    found = permanent_programme(pair(SUPPORT), require=["basin"])
    told = [str(d.told) for d in found.demands]
    assert len(told) == len(set(told)) and any("if all of" in one for one in told)


def test_on_the_side_that_the_other_way_leads_the_basin_is_found_as_well() -> None:
    """With the strategies of one party renamed the cost is the same: every image of a game is one game."""
    game = pair(SUPPORT)
    table = game.raw["payoffs"]
    swapped = [
        {"play": row["play"], "pay": other["pay"]}
        for row, other in zip(table, [table[2], table[3], table[0], table[1]], strict=True)
    ]
    raw = {**game.raw, "payoffs": swapped, "today": {"x": 0.8, "y": 0.3}}
    raw["instruments"] = {"support": {**SUPPORT["support"], "cost": "support*(1 - x + y)"}}
    found = permanent_programme(separatrix.load(raw), ["decline", "cooperate"], require=["basin"])
    assert found.bounds is not None
    assert found.bounds[0] <= 2 * (4 - TIPPING_COST) <= found.bounds[1]


def tied(today: tuple[float, float], instruments: dict[str, Any]) -> Game:
    """Return a game in which A gains y by c, and B gains 2x - (1 - u)(1 - x)."""
    pays = (("c", "c", "1", "2"), ("c", "d", "0", "0"), ("d", "c", "0", "-1 + p"), ("d", "d", "0", "0"))
    return separatrix.load(
        {
            "title": "A tie",
            "populations": [
                {"name": "A", "share": "x", "strategies": ["c", "d"]},
                {"name": "B", "share": "y", "strategies": ["c", "d"]},
            ],
            "parameters": {"p": 0},
            "payoffs": [{"play": [a, b], "pay": [one, two]} for a, b, one, two in pays],
            "today": dict(zip("xy", today, strict=True)),
            "instruments": instruments,
        }
    )


@pytest.mark.parametrize("today", [(0.1, 0.3), (0.05, 0.4)])
def test_a_population_that_ties_without_the_others_may_stop_when_they_die_out(
    today: tuple[float, float],
) -> None:
    """A never loses by c, but B may give c up first: the least level is where B turns just at y = 0."""
    u = {"u": {"range": [0, "3/2"], "changes": {"p": "p + u"}, "cost": "u"}}
    found = permanent_programme(tied(today, u), require=["basin"])
    x, y = today

    def short(level: float) -> float:
        # Along a trajectory -ln(1 - y) changes by the integral of (2x - k(1 - x))/(x(1 - x)).
        k = 1 - level
        height = [-2 * math.log(1 - s) - k * math.log(s) for s in (x, k / (2 + k))]
        return height[0] - height[1] + math.log(1 - y)

    least = brentq(short, 0, 0.999 * (1 - 2 * x / (1 - x)))
    assert found.bounds is not None and found.bounds[0] <= least <= found.bounds[1]
    assert found.bounds[1] - found.bounds[0] < 1e-3 * least
    tips = separatrix.tipping_values(found.game, "u", target=["c", "c"], noise=False).instruments[0]
    tipping = tips.condition("basin").tipping
    assert tipping is not None and tipping.value == pytest.approx(least, rel=1e-9)


def test_an_only_outcome_is_one() -> None:
    """Where it is proven, trajectories from near every other corner come to the target."""
    game = pair(SUPPORT, C2=3)
    found = permanent_programme(game, require=["only-outcome"])
    assert found.only_outcome is not None
    for start in ([0.01, 0.01], [0.99, 0.01], [0.01, 0.99]):
        assert separatrix.outcome(found.game, start, chosen(found)).name == "E4"
    assert permanent_programme(pair(SUPPORT, C1=8)).only_outcome is None


def test_one_population_is_carried_where_its_advantage_turns() -> None:
    """In a game against itself today's basin and the long run are linear conditions, with exact infima."""
    game = separatrix.load(
        {
            "title": "Coordination",
            "populations": [{"name": "Firms", "share": "x", "strategies": ["new", "old"]}],
            "parameters": {"a": 4},
            "payoff_matrix": [["a", 0], [3, 2]],
            "instruments": {"bonus": {"range": [0, 5], "changes": {"a": "a + bonus"}, "cost": "bonus*x"}},
            "today": {"x": 0.4},
        }
    )
    basin = permanent_programme(game, require=["basin"])
    assert basin.infimum == 2  # 0.4 (a - 3) = 0.6 · 2 at a = 6
    assert separatrix.outcome(basin.game, [0.4], at(basin, 0.99)).ending.state == (0.0,)
    assert separatrix.outcome(basin.game, [0.4], at(basin, 1.01)).ending.state == (1.0,)
    noisy = permanent_programme(game, require=["selected"], population_size=10)
    assert noisy.infimum is not None
    for factor, more in ((0.99, 1), (1.01, 0)):
        long_run = separatrix.small_mutation_limit(noisy.game, at(noisy, factor), population_size=10, beta=1)
        assert int(long_run.weights.argmax()) == more


def test_unequal_parties_are_selected_by_the_weakest_loss() -> None:
    """Losses (2, 2) against (5, 1.05): the target is selected as it is, which product and sum deny."""
    game = separatrix.load(
        {
            "title": "Unequal",
            "populations": PLAYERS,
            "parameters": {"b": "1.05"},
            "bimatrix": [[[2, 2], [0, 0]], [[0, 0], [5, "b"]]],
            "instruments": {
                "bonus": {"range": [0, 5], "changes": {"b": "b + bonus"}, "cost": "bonus*(2 - x - y)"}
            },
        }
    )
    assert permanent_programme(game, require=["selected"], population_size=20).verdict == "already"
    other = permanent_programme(game, "decline", require=["selected"], population_size=20)
    assert other.limit is not None and other.limit.levels == {"bonus": Fraction(19, 20)}
    for factor, most in ((0.99, (0, 0)), (1.01, (1, 1))):
        values = at(other, factor)
        run = separatrix.small_mutation_limit(other.game, values, population_size=20, beta=40)
        assert run.states[int(run.weights.argmax())] == most


def test_sizes_count_where_parties_are_of_unequal_numbers() -> None:
    """With 4 and 10 members the long run turns where 3 and 9 updates against selection cost the same."""
    game = separatrix.load(
        {
            "title": "Unequal",
            "populations": PLAYERS,
            "parameters": {"a": 1},
            "bimatrix": [[["a", 3], [0, 0]], [[0, 0], [2, 1]]],
            "instruments": {"bonus": {"range": [0, 5], "changes": {"a": "a + bonus"}, "cost": "bonus*x"}},
        }
    )
    found = permanent_programme(game, require=["selected"], population_size=[4, 10])
    assert found.infimum == 1  # min(3·(1 + u), 9·3) = min(3·2, 9·1) at u = 1
    for factor, most in ((0.9, (1, 1)), (1.1, (0, 0))):
        run = separatrix.small_mutation_limit(found.game, at(found, factor), population_size=[4, 10], beta=40)
        assert run.states[int(run.weights.argmax())] == most


# --------------------------------------------------------------------------- limits, and what fails


def test_a_budget_that_is_too_small_says_by_how_much() -> None:
    """A budget of zero, and one that is the infimum itself, are kept by no programme."""
    game = pair(SUPPORT, C1=8)
    for budget, lack in (("0", 4), ("3.5", Fraction(1, 2)), ("4", 0)):
        found = permanent_programme(game, budget=budget)
        assert found.verdict == "unreachable"
        assert [(s.kind, s.by, s.alone) for s in found.shortfalls] == [("budget", lack, False)]
    assert permanent_programme(game, budget="4.1").verdict == "found"


def test_a_target_that_no_level_reaches_says_which_condition_fails() -> None:
    """The best that both parties can be brought to lies below what declining earns."""
    found = permanent_programme(pair(SUPPORT, C1=12))
    assert found.verdict == "unreachable" and found.infimum is None
    assert [(s.by, s.alone) for s in found.shortfalls] == [(2, True), (2, True)]
    assert all("earns more by cooperate" in s.told for s in found.shortfalls)


def test_a_target_that_lasts_needs_nothing() -> None:
    """It is told as it is, with every instrument idle, whatever it could cost."""
    found = permanent_programme(pair(SUPPORT))
    assert found.verdict == "already" and found.infimum == 0
    assert found.recommended is not None and set(found.recommended.levels.values()) == {0}


def test_emissions_are_limited_at_the_target() -> None:
    """A limit that only the instrument keeps binds and has a price; one out of reach fails by so much."""
    game = pair(SUPPORT)
    found = permanent_programme(game, emissions=8)
    assert found.limit is not None and found.limit.levels == {"support": 2} and found.attained
    (demand,) = [d for d in found.demands if d.kind == "emissions"]
    assert demand.price == 2 and demand.value == 0
    short = permanent_programme(game, emissions=5)
    assert [(s.kind, s.by) for s in short.shortfalls] == [("emissions", 1)]
    with pytest.raises(InputError, match="has no `emissions`"):
        permanent_programme(pair({"s": {"range": [0, 1], "changes": {"C1": "C1 - s"}}}), emissions=5)


def test_limits_that_exclude_each_other_are_a_fault_of_the_question() -> None:
    """Ends that cross, levels outside the range, a budget that excludes a limit of emissions."""
    game = pair(SUPPORT)
    for wrong in (
        {"limits": {"support": ("2", "1")}},
        {"limits": {"support": ("5", None)}},
        {"budget": "1", "emissions": "8"},
    ):
        with pytest.raises(InputError, match="the limits contradict each other") as told:
            permanent_programme(game, **wrong)
        assert told.value.code == "P127"


def test_payoffs_written_as_functions_have_an_exact_basin_where_they_are_affine_in_the_share() -> None:
    """What joining gains is r + 60 x - 30, so that 0.2 needs r > 18; with x^2, 27.6, found by search."""
    raw = {
        "payoff_functions": {"Firms": {"join": "r + 60*x - 30", "stay": "0"}},
        "populations": [{"name": "Firms", "share": "x", "strategies": ["join", "stay"]}],
        "parameters": {"r": 0},
        "today": {"x": 0.2},
        "instruments": {
            "reward": {"range": [0, 30], "changes": {"r": "r + reward"}, "cost": "reward*x"},
        },
    }
    game = separatrix.load(raw)
    found = permanent_programme(game, require=["basin"])
    assert found.infimum == 18 and found.attained is False and "rationals" in str(found.how_sure)
    assert separatrix.outcome(found.game, [0.2], at(found, 0.99)).ending.state == (0.0,)
    assert separatrix.outcome(found.game, [0.2], at(found, 1.01)).ending.state == (1.0,)
    weak = permanent_programme(game, require=["basin"], limits={"reward": (0, 10)})
    assert weak.verdict == "unreachable" and [s.by for s in weak.shortfalls] == [8]
    bent = {**raw, "payoff_functions": {"Firms": {"join": "r + 60*x^2 - 30", "stay": "0"}}}
    searched = permanent_programme(separatrix.load(bent), require=["basin"])
    assert searched.bounds is not None and searched.bounds[0] <= 27.6 <= searched.bounds[1] < 27.60001


def test_instruments_without_cost_are_used_least() -> None:
    """Where nothing tells programmes apart the least use does, and the answer says so."""
    free = {
        "one": {"range": [0, 10], "changes": {"C1": "C1 - one"}},
        "two": {"range": [0, 4], "changes": {"C1": "C1 - 2*two"}},
    }
    found = permanent_programme(pair(free, C1=8))
    assert found.limit is not None and found.infimum == 0 and found.attained is False
    assert found.limit.levels == {"one": 2, "two": 0}  # a fifth of its range, and of the other a quarter
    assert any("as little as possible" in remark for remark in found.remarks)
    mixed = {**SUPPORT, "free": {"range": [0, 1], "changes": {"C1": "C1 - free"}}}
    told = permanent_programme(pair(mixed, C1=8))
    assert told.infimum == 2 and any("treated as free" in remark for remark in told.remarks)


def test_without_cost_the_least_use_is_found_where_levels_multiply() -> None:
    """A product of two levels, one idle in the middle of its range: bounds are of the use, the cost is 0."""
    free = {
        "one": {"range": [0, 4], "changes": {"C1": "C1 - one*(1 + two)"}},
        "two": {"range": [-1, 1], "changes": {"C2": "C2 + two"}},
    }
    found = permanent_programme(pair(free, C1=8))
    assert found.limit is not None and found.infimum == 0 and found.attained
    one, two = (float(found.limit.levels[name]) for name in ("one", "two"))
    # 10 - 8 + one (1 + two) > 5 - 1 - two: the least of one/4 + |two|/2 on the boundary
    grid = min((2 - t) / (1 + t) / 4 + abs(t) / 2 for t in (k / 1000 for k in range(-500, 1001)))
    assert math.isclose(one / 4 + abs(two) / 2, grid, abs_tol=1e-3)
    assert any("as little as possible" in remark for remark in found.remarks)


def test_what_earns_without_end_has_no_least_cost() -> None:
    """Without a range the answer is an error in words; with one the end of the range is the programme."""
    tax = {"tax": {"changes": {"C2": "C2 + tax"}, "cost": "-tax*x"}}
    with pytest.raises(InputError, match="can earn without end") as told:
        permanent_programme(pair(tax, C1=8))
    assert told.value.code == "P129"
    bounded = permanent_programme(pair(tax, C1=8), limits={"tax": (None, 7)})
    assert bounded.infimum == -7 and bounded.attained


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"target": "cooprate"}, "P120"),
        ({"target": ["cooperate"] * 3}, "P121"),
        ({"require": ["stable"]}, "P125"),
        ({"payer": "state"}, "P126"),
        ({"budget": {"state": 5}}, "P126"),
        ({"margin": 0}, "P130"),
        ({"instruments": ["suport"]}, "V308"),
        ({"limits": {"suport": (0, 1)}}, "V308"),
        ({"budget": "much"}, "V301"),
        ({"start": {"x": 2, "y": 0}, "require": ["basin"]}, "D601"),
    ],
)
def test_what_cannot_be_meant_is_refused(wrong: dict[str, Any], code: str) -> None:
    """Each with a code and in words, none by an optimiser's traceback."""
    with pytest.raises((InputError, NameProblem)) as told:
        permanent_programme(pair(SUPPORT, C1=8), **wrong)
    assert told.value.code == code


def test_games_without_instruments_or_with_too_many_parties_are_refused() -> None:
    """What is not described cannot be set, and what is not known in closed form is not claimed."""
    with pytest.raises(InputError) as told:
        permanent_programme(pair({}))
    assert told.value.code == "P124"
    game = separatrix.load(random_tripartite(random.Random(1)))
    with pytest.raises(ComesLater) as later:
        permanent_programme(game, require=["selected"])
    assert later.value.code == "P122"


def test_nobody_to_imitate_is_told() -> None:
    """Where nobody cooperates today no level carries today's state to cooperation."""
    found = permanent_programme(pair(SUPPORT), require=["basin"], start=[0, 0.3])
    assert found.verdict == "unreachable"
    assert "so others can imitate them" in found.shortfalls[0].told
    assert found.shortfalls[0].by is None


def test_a_budget_below_what_the_basin_needs_says_by_how_much() -> None:
    """Where bounds are certain and not exact, what is lacking is as near as they are."""
    found = permanent_programme(pair(SUPPORT), require=["basin"], budget=5)
    (short,) = found.shortfalls
    assert short.kind == "budget" and short.by is not None
    assert abs(float(short.by) - (2 * (4 - TIPPING_COST) - 5)) < 1e-3


def test_levels_that_act_in_a_curve_need_a_range_and_get_bounds() -> None:
    """A subsidy with falling returns: the bounds hold the level that solves the equation."""
    curved = {"effort": {"range": [0, 10], "changes": {"C1": "C1/(1 + effort)"}, "cost": "effort^2"}}
    found = permanent_programme(pair(curved, C1=8))
    assert found.bounds is not None and found.attained is None
    low, high = found.bounds
    assert low <= Fraction(1, 9) <= high  # 8/(1 + e) = 6 at e = 1/3
    assert high - low < 1e-5
    with pytest.raises(InputError) as told:
        permanent_programme(
            pair({"effort": {k: v for k, v in curved["effort"].items() if k != "range"}}, C1=8)
        )
    assert told.value.code == "P133"


def test_levels_that_end_the_saddle_are_told_as_well() -> None:
    """Where it pays to go on until declining is dominated, nothing is asked of a separatrix."""
    paid = {"support": {**SUPPORT["support"], "cost": "-support*(x + y)"}}
    found = permanent_programme(pair(paid), require=["basin"])
    assert found.infimum is not None and abs(found.infimum + 8) < 1e-5
    assert any(
        "whatever the others play" in demand.told or "today" in demand.told for demand in found.demands
    )


def test_exponential_returns_have_a_margin() -> None:
    """What is no rational number at the idle level still tells how large a margin is."""
    risen = {"effort": {"range": [0, 2], "changes": {"pi1": "pi1*exp(effort/4)"}, "cost": "effort"}}
    found = permanent_programme(pair(risen, C1=8))
    assert found.bounds is not None
    assert found.bounds[0] <= 4 * math.log(1.2) <= found.bounds[1]


def test_the_answer_is_plain_data() -> None:
    """It becomes JSON with exact numbers beside the rounded ones."""
    told = permanent_programme(pair(SUPPORT, C1=8)).to_dict()
    assert told["infimum_exact"] == "4" and told["limit"]["levels_exact"] == {"support": "2"}
    assert told["conditions"][0]["price_exact"] == "2"
    assert told["stable_pure_states"] == ["cooperate · cooperate", "decline · decline"]


def test_it_is_told_in_one_screen_and_as_a_table() -> None:
    """The repr names levels and costs, or what fails; the table has a row for each."""
    found = permanent_programme(pair(SUPPORT, C1=8))
    assert "support" in repr(found) and "infimum" in repr(found)
    assert "earns more by cooperate" in repr(permanent_programme(pair(SUPPORT, C1=12)))
    table = found.to_dataframe()
    assert set(table["what"]) == {"level", "cost", "condition"}


@pytest.mark.parametrize(
    ("cost", "least"), [("-tax*x", None), ("tax*x", 0), ("tax^2*x", 0), ("-tax^2*x", None)]
)
def test_nothing_to_do_is_not_the_least_cost_where_an_instrument_earns(cost: str, least: int | None) -> None:
    """Where the target lasts by itself, no cost is called the least if a levy would earn something."""
    game = separatrix.load(
        {
            "populations": [{"name": "A", "share": "x", "strategies": ["join", "stay"]}],
            "parameters": {"a": 3},
            "payoff_matrix": [["a", 2], [1, 1]],
            "instruments": {"tax": {"range": [0, 1], "changes": {"a": "a - tax"}, "cost": cost}},
        }
    )
    found = permanent_programme(game)
    assert (found.verdict, found.infimum) == ("already", least)
    assert any("cost less" in str(remark) for remark in found.remarks) is (least is None)


def test_the_basin_costs_as_many_times_more_as_payoffs_are_larger() -> None:
    """Payoffs, range and cost in another unit: the same bounds in that unit, and levels at the upper one."""
    answers = {}
    for power in (0, -6, -9, -12, 12):
        unit = Fraction(10) ** power
        game = separatrix.load(
            {
                "populations": PLAYERS,
                "parameters": {"r": 0},
                "bimatrix": [
                    [[f"{6 * unit} + r", str(6 * unit)], [f"{-unit} + r", 0]],
                    [[0, str(-unit)], [str(3 * unit), str(3 * unit)]],
                ],
                "today": {"x": 0.2, "y": 0.3},
                "instruments": {"u": {"range": [0, str(5 * unit)], "changes": {"r": "r + u"}, "cost": "u"}},
            }
        )
        found = permanent_programme(game, require=["basin"])
        assert found.bounds is not None and found.limit is not None and found.recommended is not None
        assert found.infimum == found.limit.total <= found.recommended.total
        assert Fraction(found.bounds[0]) <= found.infimum <= Fraction(found.bounds[1])
        answers[power] = [float(Fraction(end) / unit) for end in found.bounds]
    assert answers[0][1] - answers[0][0] < 1e-5
    for bounds in answers.values():
        assert bounds == pytest.approx(answers[0], rel=1e-5)


@pytest.mark.parametrize(
    ("cost", "exact"), [("tax^2", True), ("tax^2 - tax/10^9", False), ("1/10^9*(tax - tax^2/2)", True)]
)
def test_idle_costs_least_only_where_nothing_falls(cost: str, exact: bool) -> None:
    """A cost that falls a little beside idle is seen, however steep it is elsewhere."""
    game = separatrix.load(
        {
            "populations": [{"name": "A", "share": "x", "strategies": ["join", "stay"]}],
            "parameters": {"a": 3},
            "payoff_matrix": [["a", 2], [1, 1]],
            "instruments": {"tax": {"range": [0, 1], "changes": {"a": "a - tax"}, "cost": cost}},
        }
    )
    found = permanent_programme(game)
    assert found.verdict == "already"
    assert (found.bounds == (0.0, 0.0)) is exact
    assert found.bounds is None or found.bounds[0] <= (0.0 if exact else -2.5e-19)


def test_a_party_that_ties_without_others_gains_beside_some() -> None:
    """Where a party is indifferent if nobody else joins, today's state converges to the target at no cost."""
    game = separatrix.load(
        {
            "populations": PLAYERS,
            "parameters": {"r": 0},
            "bimatrix": [[["1 + r", 3], [3, -3]], [[-3, -2], [3, 3]]],
            "today": {"x": 0.25, "y": 0.35},
            "instruments": {"u": {"range": [0, 5], "changes": {"r": "r + u"}, "cost": "u"}},
        }
    )
    assert separatrix.outcome(game, [0.25, 0.35]).ending.state == (1.0, 1.0)
    found = permanent_programme(game, require=["basin"])
    assert (found.verdict, found.infimum) == ("already", 0)


def test_an_irrational_constant_is_not_called_exact() -> None:
    """Rationals stand for roots in the linear programme; its levels are no exact numbers then."""
    rooted = {"support": {**SUPPORT["support"], "cost": "sqrt(2)*support"}}
    found = permanent_programme(pair(rooted, C1=8)).to_dict()
    assert found["infimum"] == pytest.approx(2 * math.sqrt(2), rel=1e-14)
    assert found["infimum_exact"] is None and not found["how_sure"].startswith("exact")


def test_a_cost_beyond_all_floats_is_no_internal_error() -> None:
    """exp(1000*u) is 1 at idle, where nothing needs to be done, and passes every float in its range."""
    game = separatrix.load(
        {
            "payoff_matrix": [["30 + r", "r - 30"], [0, 0]],
            "parameters": {"r": 0},
            "instruments": {
                "u": {"range": [0, 100], "changes": {"r": "r + u"}, "cost": {"public": "exp(1000*u)"}}
            },
        }
    )
    found = permanent_programme(game)
    assert found.verdict == "already" and found.recommended is not None and found.recommended.total == 1
    found = permanent_programme(game, values={"r": "-30.02"})
    assert found.bounds is not None and found.bounds[0] <= math.exp(20) <= found.bounds[1]
    with pytest.raises(InputError) as caught:
        permanent_programme(game, values={"r": "-30.2"})
    assert caught.value.code == "V307" and caught.value.where is not None


def test_a_cost_without_a_value_at_the_target_tells_its_place() -> None:
    """A cost of 1/(1 - x), and a logarithm of an idle level that is 0."""
    for cost, code in (("u/(1 - x)", "S003"), ("log(u)", "S004")):
        game = separatrix.load(
            {
                "payoff_matrix": [["30 + r", "r - 30"], [0, 0]],
                "parameters": {"r": 0},
                "instruments": {"u": {"range": [0, 9], "changes": {"r": "r + u"}, "cost": {"public": cost}}},
            }
        )
        with pytest.raises(InputError) as caught:
            permanent_programme(game)
        assert caught.value.code == code and caught.value.where is not None


@pytest.mark.parametrize("cost", ["0", "5", "u*(1 - x)"])
def test_levels_that_only_come_near_to_a_condition_attain_nothing(cost: str) -> None:
    """Every u above 10 costs the same, and 10 itself, where the infimum is told to lie, is no programme."""
    game = separatrix.load(
        {
            "payoff_matrix": [["r - 10", "r - 70"], [0, 0]],
            "parameters": {"r": 0},
            "instruments": {"u": {"range": [0, 99], "changes": {"r": "r + u"}, "cost": {"public": cost}}},
        }
    )
    found = permanent_programme(game)
    assert found.limit is not None and found.limit.levels == {"u": 10} and found.attained is False
    assert found.recommended is not None and found.recommended.total == found.infimum
