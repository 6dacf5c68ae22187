"""One population: closed forms against known values, and against the trajectory under the programme."""

from __future__ import annotations

import math

import numpy as np
import pytest

import separatrix
from separatrix.errors import InputError
from separatrix.policy.temporary.bang_bang import cheapest_passage, constant_passage, passage_with_margin
from separatrix.policy.temporary.control_problem import control_problem
from separatrix.policy.temporary.programme import temporary_programme
from separatrix.policy.temporary.supported_trajectory import supported_trajectory
from thinning import thinned

from .games import worked

NEAR = 1e-9


@pytest.mark.parametrize(
    ("high", "cost"),
    [
        (20, 1.109035489),
        (24, 0.8250213291),
        (30, math.log(2)),
        (36, 0.6344458963),
        (60, 0.5511190488),
        (120, 0.506018047),
    ],
)
def test_a_reward_with_a_limit_is_as_strong_as_allowed(high: float, cost: float) -> None:
    """A linear cost is bang-bang, and costs what the integral says, to 1e-9."""
    passage = cheapest_passage(control_problem(worked(high), ["reward"]), 0.2, 0.5)
    assert passage is not None
    assert passage.cost == pytest.approx(cost, abs=NEAR)
    assert passage.bang_bang and passage.attained
    assert {u for (u,) in passage.levels} == {high}


def test_the_programme_at_thirty_takes_the_time_that_is_known() -> None:
    """At 30 it lasts (3 + ln 4)/60, and to 0.55 a little longer and dearer."""
    problem = control_problem(worked(30), ["reward"])
    half, beyond = cheapest_passage(problem, 0.2, 0.5), passage_with_margin(problem, 0.2, 0.5, 0.55)
    assert half is not None and beyond is not None
    assert half.time == pytest.approx((3 + math.log(4)) / 60, abs=NEAR)
    assert beyond.time == pytest.approx(0.0794797204, abs=NEAR)
    assert beyond.cost == pytest.approx(0.7934825283, abs=NEAR)


def test_without_a_limit_there_is_an_infimum_that_no_programme_attains() -> None:
    """The stronger and shorter, the cheaper, without end: to the boundary, and to a margin beyond it."""
    problem = control_problem(worked(), ["reward"])
    for passage, infimum in (
        (cheapest_passage(problem, 0.2, 0.5), math.log(8 / 5)),
        (passage_with_margin(problem, 0.2, 0.5, 0.55), math.log(16 / 9)),
    ):
        assert passage is not None
        assert passage.cost == pytest.approx(infimum, abs=NEAR)
        assert not passage.attained and passage.time == 0 and passage.steps is None


def test_a_quadratic_cost_has_an_infimum_that_takes_for_ever() -> None:
    """To the boundary itself u = 2d fades out, and time is infinite; short of it both are finite."""
    problem = control_problem(worked(cost="reward^2*x"), ["reward"])
    to_boundary, short = (cheapest_passage(problem, 0.2, end) for end in (0.5, 0.45))
    assert to_boundary is not None and short is not None
    assert to_boundary.cost == pytest.approx(72 - 120 * math.log(1.6), abs=NEAR)
    assert not to_boundary.attained and math.isinf(to_boundary.time)
    assert short.cost == pytest.approx(15.0367860670, abs=NEAR)
    assert short.time == pytest.approx(0.1339918568, abs=NEAR)
    assert short.attained and not short.bang_bang
    for share, (level,) in zip(short.shares, short.levels, strict=True):
        assert level == pytest.approx(2 * (30 - 60 * share), rel=1e-6)


@pytest.mark.parametrize(("level", "cost"), [(20, 22.18), (24, 19.8005), (24.429, 19.79008), (30, 20.79)])
def test_constant_levels_cost_what_is_known(level: float, cost: float) -> None:
    """Each constant level under a quadratic cost; the best one is 24.429."""
    found = constant_passage(
        control_problem(worked(cost="reward^2*x"), ["reward"]), 0.2, 0.5, np.array([level])
    )
    assert found is not None
    assert found[0] == pytest.approx(cost, rel=3e-4)


@pytest.mark.parametrize(
    "cost", ["reward*x", "reward^2*x", "reward*x + 2*reward*(1 - x)", "exp(reward/40)*x"]
)
def test_no_other_levels_are_cheaper(cost: str) -> None:
    """Levels tried at every share, by brute force, never cost less than the closed form, and come near it."""
    problem = control_problem(worked(40, cost), ["reward"])
    passage = cheapest_passage(problem, 0.2, 0.45)
    assert passage is not None
    shares = np.linspace(0.2, 0.45, 1001)
    levels = np.linspace(0, 40, 2001)[:, None]
    gain = levels - 30 + 60 * shares
    spent = problem.costs(
        np.broadcast_to(shares, gain.shape)[..., None], np.broadcast_to(levels, gain.shape)[..., None]
    )
    ratio = np.where(gain > 0, spent / np.where(gain > 0, shares * (1 - shares) * gain, 1), np.inf)
    tried = float(np.trapezoid(ratio.min(axis=0), shares))
    assert passage.cost <= tried * (1 + 1e-6)
    assert passage.cost == pytest.approx(tried, rel=1e-4)


def test_the_steps_of_a_passage_lead_where_they_should() -> None:
    """Followed in time, the programme ends at the share and costs what the integral says."""
    problem = control_problem(worked(30), ["reward"])
    passage = cheapest_passage(problem, 0.2, 0.5)
    assert passage is not None and passage.steps is not None
    made, _ = supported_trajectory(problem, np.array([0.2]), passage.steps)
    assert made.state[0] == pytest.approx(0.5, abs=1e-9)
    assert made.cost == pytest.approx(passage.cost, abs=1e-9)


def test_levels_that_fade_are_held_across_the_boundary() -> None:
    """With a quadratic cost the programme costs more than the infimum, less than the best constant one."""
    game = worked(60, "reward^2*x")
    found = temporary_programme(game, margin=0.02)
    assert found.cheapest is not None and found.infimum is not None
    assert found.infimum == pytest.approx(72 - 120 * math.log(1.6), abs=NEAR)
    free, constant = found.programmes["free"], found.programmes["constant"]
    assert found.infimum < free.cost < constant.cost
    assert free.depth == pytest.approx(0.02, abs=1e-6) and free.after.arrives
    assert any("no programme" in note for note in found.notes)


def test_the_answer_clears_the_boundary_by_its_margin_and_lasts() -> None:
    """The state stays after the end, and the margin has a price."""
    found = temporary_programme(worked(30), margin=0.05)
    assert found.answer == "found" and found.infimum == pytest.approx(math.log(2), abs=NEAR)
    assert found.certainty == "proven" and not found.cheaper_may_exist
    best = found.cheapest
    assert best is not None
    assert best.cost == pytest.approx(0.7934825283, abs=1e-8)
    assert best.depth == pytest.approx(0.05, abs=1e-9)
    assert best.after.arrives and best.after.states[-1, 0] > 0.99
    assert found.price_of_margin == pytest.approx(0.7934825283 - math.log(2), abs=1e-8)


def test_without_a_limit_the_infimum_is_told_and_no_programme() -> None:
    """What is attained by nothing is no programme, and the answer says so."""
    found = temporary_programme(worked())
    assert found.answer == "found" and not found.programmes
    assert found.infimum == pytest.approx(math.log(8 / 5), abs=NEAR)
    assert any("no programme" in note for note in found.notes)


def test_a_share_that_should_fall_is_as_easy() -> None:
    """From above, with a tax on joining, the share falls to the margin below the boundary."""
    tax = {"range": [0, 60], "changes": {"r": "r - tax"}, "cost": {"public": "tax*x"}}
    game = separatrix.load({**worked().raw, "today": {"x": 0.8}, "instruments": {"tax": tax}})
    found = temporary_programme(game, target="stay")
    assert found.answer == "found" and found.cheapest is not None
    assert found.cheapest.trajectory.state[0] == pytest.approx(0.49, abs=1e-9)
    assert found.cheapest.after.arrives


@thinned(
    ("dip", "least"),
    [("0", 18), ("30/(1 + 10^6*(x - 0.308)^2)", 41.52), ("30/(1 + 10^10*(x - 0.308)^2)", 41.52)],
    each_run=1,
)
def test_support_for_ever_has_to_outweigh_the_lowest_gain_on_the_way(dip: str, least: float) -> None:
    """At the start, or in a dip on the way, however narrow that is."""
    formulas = {"Firms": {"join": f"r + 60*x - 30 - {dip}", "stay": "0"}}
    game = separatrix.load({**worked(100).raw, "payoff_functions": formulas})
    permanent = temporary_programme(game, draws=0).permanent
    assert permanent is not None
    assert permanent.least[0] == pytest.approx(least, rel=1e-4)
    assert permanent.levels[0] > least


def test_a_cost_beyond_all_floats_is_not_called_unreachable() -> None:
    """The share is carried over by u > 18, where exp(1000*u) has no float."""
    game = separatrix.load(
        {
            "payoff_functions": {"Firms": {"join": "60*x - 30 + r", "stay": "0"}},
            "populations": [{"name": "Firms", "share": "x", "strategies": ["join", "stay"]}],
            "parameters": {"r": 0},
            "today": {"x": "0.2"},
            "instruments": {
                "u": {"range": [0, 100], "changes": {"r": "r + u"}, "cost": {"public": "exp(1000*u)"}}
            },
        }
    )
    with pytest.raises(InputError) as caught:
        temporary_programme(game)
    assert caught.value.code == "V307"


@pytest.mark.parametrize("tiny", [1e-12, 1e-100, 1e-300])
def test_a_programme_may_begin_at_any_share(tiny: float) -> None:
    """At u = 100 all the way it costs 100 over 70 + 60 x, summed over log-odds: also from 1e-300."""
    game = separatrix.load(
        {
            "payoff_functions": {"Firms": {"join": "60*x - 30 + r", "stay": "0"}},
            "populations": [{"name": "Firms", "share": "x", "strategies": ["join", "stay"]}],
            "parameters": {"r": 0},
            "today": {"x": repr(tiny)},
            "instruments": {"u": {"range": [0, 100], "changes": {"r": "r + u"}, "cost": {"public": "u"}}},
        }
    )
    found = temporary_programme(game, draws=0)
    odds = -math.log(tiny)
    grid = np.linspace(-odds, 0, 2_000_001)
    exact = float(np.trapezoid(100 / (70 + 60 / (1 + np.exp(-grid))), grid))
    assert found.answer == "found" and found.certainty == "proven"
    assert found.infimum == pytest.approx(exact, rel=1e-7)
    assert found.cheapest is not None and found.cheapest.after.arrives and found.cheapest.cost > exact
