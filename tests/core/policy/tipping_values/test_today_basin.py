"""The levels at which today's state converges to the target: closed forms, and trajectories on both sides."""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np
import pytest

import separatrix
from core.policy.tipping_values.levers import alone, beside, followed, only, random_game, worked
from separatrix.game.instruments import with_instruments
from thinning import thinned


def test_the_papers_cluster_crosses_where_h_of_today_is_that_of_the_saddle() -> None:
    """From (0.2, 0.3) the bistable game tips below C1 = 6 ln(8/7) / ln(12/7), and trajectories agree."""
    game = separatrix.load("shi-chen-2018")
    found = only(separatrix.tipping_values(game, "C1=0:4", scenario="bistable", noise=False))
    basin = found.condition("basin")
    assert basin.method == "certified" and basin.tipping is not None
    assert basin.tipping.value == pytest.approx(6 * math.log(8 / 7) / math.log(12 / 7), abs=1e-14)
    assert basin.tipping.high - basin.tipping.low < Fraction(1, 10**17)
    ends = [
        separatrix.trajectory(game, [0.2, 0.3], {"C1": c}, "bistable", until=400, points=2)
        .states[-1]
        .round(3)
        for c in beside(basin.tipping, found.low, found.high)
    ]
    assert [end.tolist() for end in ends] == [[1, 1], [0, 0]]


def test_the_worked_case_tips_at_96_and_at_18_per_cent() -> None:
    """Both parties at a fifth stand on the saddle at 96 CNY/t and at a subsidy of 0.18, exactly."""
    found = separatrix.tipping_values(worked(), noise=False)
    values = [i.condition("basin").tipping for i in found.instruments]
    assert [v and (v.low, v.high) for v in values] == [(96, 96), (Fraction(9, 50), Fraction(9, 50))]
    assert not any(i.condition("basin").attained for i in found.instruments)
    acting = with_instruments(worked(), ["price", "subsidy"])
    start = {"x": 0.2, "y": 0.2}
    for name, value in (("price", 96), ("subsidy", 0.18)):
        assert followed(acting, start, {name: 0.99 * value}) == (0, 0)
        assert followed(acting, start, {name: 1.01 * value}) == (1, 1)
    assert found.instruments[1].cost == {"public": 36.0} and found.instruments[0].cost is None


@thinned("seed", range(4, 20), each_run=5)
def test_random_games_of_two_parties_end_where_trajectories_do(seed: int) -> None:
    """At 17 levels, and one per cent beside every end, the outcome is that of the trajectory."""
    game = random_game(seed, 2)
    target = (seed >> 1 & 1, seed & 1)
    found = separatrix.tipping_values(game, "s", target=[("yes", "no")[a] for a in target], noise=False)
    one = only(found)
    basin = one.condition("basin")
    corner = tuple(1.0 - a for a in target)
    tried = [Fraction(k - 8, 2) * Fraction(99, 100) for k in range(17)]
    tried += [v for _, below, above in alone(basin.levels, one.low, one.high) for v in (below, above)]
    assert basin.method == "certified" and not basin.levels.undecided
    for level in tried:
        reached = followed(game, game.today or {}, {"s": level}) == corner
        assert reached == basin.levels.holds(level), float(level)


@thinned("seed", range(3), each_run=1)
def test_three_parties_are_answered_by_bisection_with_an_error_bar(seed: int) -> None:
    """Each end lies between two levels at which trajectories end differently."""
    game = random_game(300 + seed, 3)
    one = only(separatrix.tipping_values(game, "s", target=["no", "yes", "no"], noise=False))
    basin = one.condition("basin")
    assert basin.method == "numerical"
    for end, below, above in alone(basin.levels, one.low, one.high):
        assert 0 < end.high - end.low <= Fraction(2, 10**4)
        outcomes = {separatrix.outcome(game, values={"s": level}).name for level in (below, above)}
        assert len(outcomes) == 2


def test_one_population_tips_where_the_rest_point_passes_today() -> None:
    """The threshold c/3 passes today's share 0.2 at c = 0.6, exactly."""
    game = separatrix.load(
        {
            "payoff_matrix": [["3 - c", "-c"], [0, 0]],
            "parameters": {"c": {"value": 2, "range": [0, 3]}},
            "today": {"x": "1/5"},
        }
    )
    basin = only(separatrix.tipping_values(game, "c", noise=False)).condition("basin")
    assert basin.method == "exact" and basin.tipping is not None
    assert basin.tipping.low == basin.tipping.high == Fraction(3, 5)
    assert followed(game, {"x": 0.2}, {"c": 0.594}) == (1,) and followed(game, {"x": 0.2}, {"c": 0.606}) == (
        0,
    )


def test_a_gain_with_a_turning_point_tips_where_its_two_roots_meet() -> None:
    """The barrier of the gain s + (x - 1/2)^2 - 1/16 vanishes where its roots meet: s = 1/16."""
    game = separatrix.load(
        {
            "populations": [{"name": "P", "share": "x"}],
            "payoff_functions": {"P": {"yes": "s + (x - 1/2)^2 - 1/16", "no": 0}},
            "parameters": {"s": {"value": 0, "range": [-1, 1]}},
            "today": {"x": "1/5"},
        }
    )
    basin = only(separatrix.tipping_values(game, "s", noise=False)).condition("basin")
    assert [(i.low.low, i.high.value) for i in basin.levels.intervals] == [(Fraction(1, 16), 1)]
    assert basin.tipping is not None and basin.tipping.low == basin.tipping.high
    assert followed(game, {"x": 0.2}, {"s": 0.07}) == (1,) and followed(game, {"x": 0.2}, {"s": 0.055}) != (
        1,
    )


def test_several_crossings_of_the_separatrix_are_all_told() -> None:
    """Where the cost of cooperating rises and falls with the level, today's state tips there and back."""
    game = separatrix.load("shi-chen-2018")
    lever = {"s": {"range": [0, 4], "changes": {"C1": "C1 - s*(4 - s)"}}}
    document = {k: game.raw[k] for k in ("populations", "parameters", "payoffs", "scenarios", "today")}
    acting = separatrix.load({**document, "title": "There and back", "instruments": lever})
    found = only(separatrix.tipping_values(acting, scenario="bistable", noise=False))
    basin = found.condition("basin")
    threshold = 6 * math.log(8 / 7) / math.log(12 / 7)
    half = math.sqrt(threshold)
    assert [(i.low.value, i.high.value) for i in basin.levels.intervals] == [
        (pytest.approx(2 - half, abs=1e-12), pytest.approx(2 + half, abs=1e-12))
    ]
    assert basin.tipping is not None and basin.tipping.value == pytest.approx(2 - half, abs=1e-12)


# --------------------------------------------------------------------------- corner cases


def test_on_a_face_the_trajectory_stays_on_it() -> None:
    """Where all of A act, B moves along an edge; where nobody acts, there is nobody to imitate."""
    game = worked()
    acting = only(separatrix.tipping_values(game, "price", start={"x": 1, "y": "1/100"}, noise=False))
    assert acting.condition("basin").method == "exact" and acting.condition("basin").idle
    none = separatrix.tipping_values(game, "price", start={"x": 0, "y": "1/2"}, noise=False)
    assert not none.tips
    why = only(none).condition("basin").shortfall
    assert why == "imitation cannot bring back a strategy that is not in use today: A: yes"


def test_a_state_already_at_the_target_needs_no_instrument() -> None:
    """At the target the answer is yes at every level, exactly."""
    basin = only(separatrix.tipping_values(worked(), "price", start=[1, 1], noise=False)).condition("basin")
    assert basin.idle and basin.tipping is None and basin.levels.ends == ()


def test_a_pure_state_that_is_not_the_target_never_moves() -> None:
    """At (0, 0) nothing moves, whatever the level."""
    found = separatrix.tipping_values(worked(), "price", start=[0, 0], noise=False)
    assert not found.tips and only(found).condition("basin").levels.intervals == ()


def test_without_a_saddle_all_starts_share_an_outcome() -> None:
    """In a dilemma the target is reached from inside exactly where it is dominant."""
    game = separatrix.load(
        {
            "populations": [{"name": "A", "share": "x"}, {"name": "B", "share": "y"}],
            "bimatrix": [[["2 + s", "2 + s"], ["s", 3]], [[3, "s"], [1, 1]]],
            "parameters": {"s": {"value": 0, "range": [0, 4]}},
            "today": {"x": 0.1, "y": 0.9},
        }
    )
    basin = only(separatrix.tipping_values(game, "s", noise=False)).condition("basin")
    assert [(i.low.low, i.high.value) for i in basin.levels.intervals] == [(1, 4)]


def test_closed_orbits_come_to_no_target() -> None:
    """Matching pennies never reach a corner: no level tips them, and the outcome is named."""
    game = separatrix.load(
        {
            "populations": [{"name": "A", "share": "x"}, {"name": "B", "share": "y"}],
            "bimatrix": [[["1 + s", -1], [-1, 1]], [[-1, 1], [1, -1]]],
            "parameters": {"s": {"value": 0, "range": [0, 1]}},
            "today": {"x": 0.3, "y": 0.4},
        }
    )
    basin = only(separatrix.tipping_values(game, "s", noise=False)).condition("basin")
    assert basin.levels.intervals == ()
    assert basin.shortfall == "at its best level, 1, the trajectory from today's state converges to cycle"


def test_what_is_missing_is_measured_to_the_separatrix() -> None:
    """What is missing at the best level is the distance to the nearest point of the separatrix."""
    game = separatrix.load("shi-chen-2018")
    basin = only(separatrix.tipping_values(game, "C1=2:4", scenario="bistable", noise=False)).condition(
        "basin"
    )
    shock = separatrix.critical_shock(game, [0.2, 0.3], {"C1": 2}, "bistable")
    assert basin.shortfall is not None and f"still {shock.smallest.size:.3g} short" in basin.shortfall


def test_a_level_at_which_alone_it_holds_is_an_interval_of_its_own() -> None:
    """Volunteering is reached where it costs nothing, and nowhere else: one closed level."""
    game = separatrix.load("volunteers-dilemma")
    found = only(separatrix.tipping_values(game, "c=0:3", start=[0.3], noise=False))
    (interval,) = found.condition("basin").levels.intervals
    assert (interval.low.value, interval.high.value) == (0, 0) and found.condition("basin").attained
    assert followed(game, {"x": 0.3}, {"c": 0.01})[0] < 0.999


def test_a_pole_in_the_range_ends_what_is_known() -> None:
    """A payoff 2/s has no value at 0: nothing is claimed there; trajectories agree beside the other end."""
    game = separatrix.load(
        {
            "populations": [{"name": "A", "share": "x"}, {"name": "B", "share": "y"}],
            "bimatrix": [[["2/s", "2"], [0, 0]], [[0, 0], [1, 1]]],
            "parameters": {"s": {"value": 1, "range": [-2, 2]}},
            "today": {"x": 0.3, "y": 0.4},
        }
    )
    basin = only(separatrix.tipping_values(game, "s", noise=False)).condition("basin")
    (interval,) = basin.levels.intervals
    assert interval.low.value == 0 and not interval.closed_low and not basin.levels.holds(Fraction(0))
    crossing = interval.high.value
    assert followed(game, {"x": 0.3, "y": 0.4}, {"s": 0.99 * crossing}) == (1, 1)
    assert followed(game, {"x": 0.3, "y": 0.4}, {"s": 1.01 * crossing}) == (0, 0)


def test_an_idle_level_outside_the_range_is_asked_for_itself() -> None:
    """From C1 = 4 the levels 0 to 1 all tip: where that begins is not at the end of the range."""
    game = separatrix.load("shi-chen-2018")
    found = only(separatrix.tipping_values(game, "C1=0:1", scenario="bistable", noise=False))
    basin = found.condition("basin")
    assert not basin.idle and basin.tipping is None and len(basin.levels.intervals) == 1
    assert found.condition("stable").idle and found.hysteresis.stays


def test_equations_alone_are_answered_too() -> None:
    """With only replicator equations the basin is certified, and finite populations are left out."""
    game = separatrix.load(
        {
            "populations": [{"name": "A", "share": "x"}, {"name": "B", "share": "y"}],
            "replicator": {"x": "x*(1-x)*(2*y-1+s)", "y": "y*(1-y)*(2*x-1)"},
            "parameters": {"s": {"value": 0, "range": [-2, 2]}},
            "today": {"x": 0.3, "y": 0.4},
        }
    )
    found = separatrix.tipping_values(game, "s")
    assert found.sizes is None
    tipping = only(found).condition("basin").tipping
    assert tipping is not None
    assert followed(game, {"x": 0.3, "y": 0.4}, {"s": 1.01 * tipping.value}) == (1, 1)
    assert followed(game, {"x": 0.3, "y": 0.4}, {"s": 0.99 * tipping.value}) == (0, 0)


def test_irrational_payoffs_are_followed_too() -> None:
    """With exp(s) as a payoff the crossing has an error bar, on both sides of which trajectories differ."""
    payoff, start = "exp(s)", {"x": 0.6, "y": 0.6}
    document = {
        "populations": [{"name": "A", "share": "x"}, {"name": "B", "share": "y"}],
        "parameters": {"s": {"value": 0, "range": [-2, 3]}},
        "today": start,
    }

    def bimatrix(entry: str) -> list[list[list[object]]]:
        return [[[entry, 2], [0, 0]], [[0, 0], [3, 3]]]

    game = separatrix.load({**document, "bimatrix": bimatrix(payoff)})
    basin = only(separatrix.tipping_values(game, "s", noise=False)).condition("basin")
    assert basin.method == "numerical" and basin.tipping is not None
    plain = separatrix.load({**document, "bimatrix": bimatrix("s")})
    for factor, end in ((0.99, (0, 0)), (1.01, (1, 1))):
        worth = math.exp(factor * basin.tipping.value)
        assert followed(plain, start, {"s": worth}) == end


@pytest.mark.parametrize("seed", range(12))
def test_random_gains_along_an_edge_point_to_the_target_where_that_is_claimed(seed: int) -> None:
    """Of polynomials in share and level the sign from today's share on is that of the set, at many levels."""
    draw = np.random.default_rng(seed)
    degree, target = int(draw.integers(1, 5)), seed % 2
    coefficients = draw.integers(-6, 7, (degree + 1, 3))
    terms = [f"(({a})/7 + ({b})*s/2 + ({c})*s^2/6)*x^{e}" for e, (a, b, c) in enumerate(coefficients)]
    start = Fraction(int(draw.integers(1, 20)), 20)
    game = separatrix.load(
        {
            "populations": [{"name": "P", "share": "x"}],
            "payoff_functions": {"P": {"yes": " + ".join(terms), "no": 0}},
            "parameters": {"s": {"value": 0, "range": [-2, 2]}},
            "today": {"x": start},
        }
    )
    found = only(separatrix.tipping_values(game, "s", target=("yes", "no")[target], noise=False))
    basin = found.condition("basin")
    assert basin.method == "exact"
    shares = np.linspace(float(start), 1 - target, 2001)[:-1]
    tried = [float(v) for v in draw.uniform(-2, 2, 20)]
    tried += [float(v) for e in basin.levels.ends for v in beside(e, found.low, found.high) if abs(v) < 2]
    for level in tried:
        at_level = coefficients @ np.array([1 / 7, level / 2, level**2 / 6])
        gains = np.polyval(at_level[::-1], shares) * (1 - 2 * target)
        if np.abs(gains).min() > 1e-4 * np.abs(gains).max():  # else a root lies at the end, or is hardly one
            assert (gains > 0).all() == basin.levels.holds(Fraction(level)), level
