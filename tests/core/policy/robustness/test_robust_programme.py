"""The robust programme: its share of fresh draws, closed-form quantiles, workers, and bad input."""

from __future__ import annotations

import pickle
from typing import Any

import numpy as np
import pytest

import separatrix
from core.policy.games import one_population, supported, three_parties
from separatrix.errors import InputError
from separatrix.game.instruments import with_instruments
from separatrix.game.model import Game
from separatrix.policy.draws import SuccessShare, independent_draws
from separatrix.policy.uncertain_programmes import (
    Programme,
    lanes_of,
    outcomes_after,
    programme_case,
    share_in_draws,
)
from separatrix.run.workers import Workers

UNCERTAIN = {"parameters": {"a": 30, "b": {"value": -30, "uncertain": "uniform(-60, -10)"}}}
"""With b from -60 to -10 the advantage at 0.2 is 6 + 0.8b, so that a draw needs a reward of -0.8b - 6."""


def test_the_least_strength_is_the_quantile_of_the_closed_form() -> None:
    """A permanent reward works where it exceeds -0.8b - 6: in 90 % of all draws above 38."""
    found = separatrix.robust_programme(one_population(**UNCERTAIN), share=0.9, draws=4000, inputs=False)
    low, high = (found.at(end).levels["reward"] for end in found.between)
    assert low - 1 < 38 < high + 1 and high - low < 2
    assert found.programme is not None
    b = -(found.programme.levels["reward"] + 6) / 0.8
    exact = (-10 - max(b, -60)) / 50
    interval = found.share.interval_at(0.999)
    assert interval[0] <= exact <= interval[1]


@pytest.mark.parametrize("highest", ["10^5", "10^7"])
def test_a_range_far_beyond_what_is_needed_does_not_blur_the_answer(highest: str) -> None:
    """The weakest reward is the same, and what encloses it holds 38, whatever the strongest one is."""
    reward = {"range": [0, highest], "changes": {"a": "a + reward", "b": "b + reward"}}
    game = one_population(**UNCERTAIN, instruments={"reward": reward})
    found = separatrix.robust_programme(game, share=0.9, draws=500, inputs=False)
    low, high = (found.at(end).levels["reward"] for end in found.between)
    assert low < 39.5 and 36.5 < high < low + 6
    assert found.programme is not None
    assert high <= found.programme.levels["reward"] <= high * 1.002


@pytest.mark.parametrize("options", [{"vary": "strength"}, {"vary": "duration", "until": 3.0}])
def test_it_works_in_the_stated_share_of_yet_other_draws(options: dict[str, Any]) -> None:
    """A third sample meets the 99.9 % interval of the share, at the wished share or above."""
    found = separatrix.robust_programme(
        supported(), ["support"], share=0.8, draws=1500, inputs=False, **options
    )
    assert found.programme is not None
    third = share_in_draws(found.case, found.programme, 1500, seed=77)
    one, two = found.share.interval_at(0.999), third.interval_at(0.999)
    assert one[0] <= two[1] and two[0] <= one[1]
    assert two[1] >= 0.8


def test_a_weaker_programme_works_in_fewer_draws() -> None:
    """One per cent of the range less: fewer draws of the same sample succeed."""
    case = programme_case(supported(), ["support"])
    shares = [
        share_in_draws(case, Programme({"support": level}), 1500, seed=5).value for level in (3.2, 3.4, 3.6)
    ]
    assert shares == sorted(shares) and shares[0] < shares[-1]


def test_what_matters_most_is_told() -> None:
    """The one uncertain parameter explains all; of two, the one with the wider effect comes first."""
    parameters = {
        "a": {"value": 30, "uncertain": "uniform(29, 31)"},
        "b": {"value": -30, "uncertain": "uniform(-60, -10)"},
    }
    found = separatrix.robust_programme(one_population(parameters=parameters), share=0.9, draws=500)
    assert found.inputs[0] == "b"
    assert found.drivers is not None and found.drivers.total is not None
    assert found.drivers.total["b"] > 0.9


def test_nothing_is_proposed_where_even_the_strongest_fails() -> None:
    """The share of the strongest is told instead."""
    found = separatrix.robust_programme(
        one_population(**UNCERTAIN), {"reward": 20}, share=0.9, draws=500, inputs=False
    )
    assert found.programme is None and found.part is None
    assert found.share.value == pytest.approx((26 / 0.8 - 10) / 50, abs=0.1)


def test_nothing_is_needed_where_all_draws_reach_the_target() -> None:
    """The programme is to do nothing."""
    found = separatrix.robust_programme(
        one_population(parameters={"a": 30, "b": {"value": 5, "uncertain": "uniform(1, 9)"}}),
        draws=200,
        inputs=False,
    )
    assert found.programme is not None and not found.programme.levels
    assert found.share.value == 1.0


@pytest.mark.soak
def test_workers_give_the_same_answer() -> None:
    """Two processes find what one does, draw by draw."""
    options: dict[str, Any] = {"share": 0.8, "draws": 2600, "inputs": False}
    one = separatrix.robust_programme(supported(), **options)
    two = separatrix.robust_programme(supported(), workers=Workers(2, "processes"), **options)
    assert np.array_equal(one.needed, two.needed)
    assert one.share == two.share


def test_the_answer_can_be_sent_to_another_process() -> None:
    """What comes back tells the same."""
    found = separatrix.robust_programme(three_parties(), share=0.8, draws=200, inputs=False)
    again = pickle.loads(pickle.dumps(found))
    assert again.to_dict() == found.to_dict()


def test_draws_that_break_an_assumption_are_replaced() -> None:
    """All that count keep it, and the rejected ones are counted."""
    game = one_population(
        parameters={
            "a": {"value": 30, "uncertain": "uniform(20, 40)"},
            "b": {"value": -30, "uncertain": "uniform(-60, -10)"},
        },
        assume=["a + b < 0"],
    )
    case = programme_case(game)
    draws, rejected = independent_draws(case.uncertainty, 500, 0)
    assert len(draws["a"]) == 500 and (draws["a"] + draws["b"] < 0).all() and rejected > 0
    other, _ = independent_draws(case.uncertainty, 500, 0, block=1)
    assert not set(draws["a"].tolist()) & set(other["a"].tolist())


def test_undecided_draws_widen_the_interval_upwards() -> None:
    """They count as failures, and might have been successes."""
    sure, open_ones = SuccessShare(90, 100), SuccessShare(90, 100, 10)
    assert open_ones.interval[0] == sure.interval[0]
    assert open_ones.interval[1] == 1.0 > sure.interval[1]


@pytest.mark.parametrize(
    ("options", "code"),
    [
        ({"share": 1.0}, "P185"),
        ({"draws": 50}, "P185"),
        ({"draws": 0}, "P185"),
        ({"vary": "colour"}, "P185"),
        ({"levels": {"reward": 500}}, "P180"),
    ],
)
def test_what_cannot_be_asked_is_refused(options: dict[str, Any], code: str) -> None:
    """The code says why."""
    with pytest.raises(InputError) as caught:
        separatrix.robust_programme(one_population(**UNCERTAIN), **options)
    assert caught.value.code == code


def test_an_instrument_without_a_range_needs_a_level() -> None:
    """Its strongest level is not guessed."""
    game = one_population(
        **UNCERTAIN, instruments={"reward": {"changes": {"a": "a + reward", "b": "b + reward"}}}
    )
    with pytest.raises(InputError) as caught:
        separatrix.robust_programme(game, draws=200)
    assert caught.value.code == "P184"
    assert separatrix.robust_programme(game, {"reward": 60}, draws=200, inputs=False).programme is not None


def test_a_game_without_uncertain_parameters_is_refused() -> None:
    """There is nothing to be robust against."""
    with pytest.raises(InputError) as caught:
        separatrix.robust_programme(one_population())
    assert caught.value.code == "D651"


@pytest.mark.soak
def test_a_dask_cluster_gives_the_same_answer() -> None:
    """The sweep runner hands the same blocks to the workers of a cluster."""
    pytest.importorskip("distributed", reason="comes with the extra `scale`")
    options: dict[str, Any] = {"share": 0.8, "draws": 5200, "inputs": False}
    one = separatrix.robust_programme(supported(), **options)
    two = separatrix.robust_programme(supported(), workers=Workers(2, "dask"), **options)
    assert np.array_equal(one.needed, two.needed) and one.share == two.share


WINDOW = {
    "populations": [{"name": "A", "share": "x"}],
    "parameters": {"r": 0, "q": {"value": 1, "uncertain": "uniform(0.9, 1.1)"}},
    "advantages": {"x": "60*x - 30 + r"},
    "today": {"x": 0.2},
}
"""The target is reached where r > 18; u adds q*u*(60 - u)/20, which grows up to u = 30 only."""


def window(high: object, change: str = "r + q*u*(60 - u)/20", **more: Any) -> Game:
    """Return the game in which only levels in a window work, up to a highest one."""
    return separatrix.load(
        {**WINDOW, "instruments": {"u": {"range": [0, high], "changes": {"r": change}}}, **more}
    )


@pytest.mark.parametrize("high", [100, 10**4, 10**6])
def test_a_weaker_programme_that_works_is_found_though_the_strongest_fails(high: int) -> None:
    """All levels between 30 - sqrt(900 - 360/q) and 30 + sqrt(900 - 360/q) work, for q up to 0.9."""
    found = separatrix.robust_programme(window(high), share=0.95, draws=200, inputs=False)
    exact = 30 - np.sqrt(900 - 360 / (1.1 - 0.2 * 0.95))
    assert found.programme is not None
    assert exact < found.programme.levels["u"] < 30 - np.sqrt(900 - 400) + 0.01
    assert found.share.value > 0.9
    assert found.fails_again == len(found.needed) and np.isfinite(found.needed).all()
    ends = found.ranges * high
    assert ends.shape == (200, 2)
    assert ends.sum(axis=1) == pytest.approx(np.full(200, 60.0), rel=1e-3)


def test_the_weakest_level_is_bounded_by_the_quantile_of_the_closed_form() -> None:
    """Where no draw fails again at such low levels the first sample alone bounds the weakest level."""
    found = separatrix.robust_programme(window(100), share=0.95, draws=2000, inputs=False)
    low, high = (found.at(end).levels["u"] for end in found.between)
    assert low < 30 - np.sqrt(900 - 360 / 0.91) < high
    assert found.part == pytest.approx(found.between[1], rel=1e-3)
    assert found.works_at([0.0, 0.3, 1.0]).tolist() == [0.0, 1.0, 0.0]


def test_levels_that_are_strong_enough_in_some_draws_and_too_strong_in_others_do_not_count() -> None:
    """Every draw has a level that works, but no level works in most draws: the best one found is tested."""
    game = window(
        100,
        "r + 20*exp(-(u - m)^2/9)",
        parameters={"r": 0, "m": {"value": 50, "uncertain": "uniform(10, 90)"}},
    )
    found = separatrix.robust_programme(game, share=0.9, draws=200, inputs=False)
    assert np.isfinite(found.needed).all() and found.programme is None
    half = 3 * np.sqrt(np.log(20 / 18))
    assert found.share.value == pytest.approx(2 * half / 80, abs=0.04)
    assert found.to_dict()["tested"] == found.tested.to_dict()
    assert found.works_at(found.at(1.0).levels["u"] / 100) == 0
    assert found.weakest_for(0.9) == np.inf


def test_the_proposal_is_not_rounded_out_of_a_narrow_window() -> None:
    """It has more digits where fewer leave the levels that work."""
    change = "r + 18.000001 - (u - 12.3456789)^2*q"
    found = separatrix.robust_programme(window(100, change), share=0.9, draws=100, inputs=False)
    assert found.programme is not None and found.share.value == 1.0
    assert found.programme.levels["u"] == pytest.approx(12.3456789, abs=2e-3)


def test_a_programme_that_ends_is_found_though_a_stronger_one_fails() -> None:
    """The levels in the window, kept for a time, suffice; the strongest level drives the share away."""
    found = separatrix.robust_programme(window(100), share=0.9, draws=100, until=1.0, inputs=False)
    assert found.programme is not None and found.share.value > 0.9
    assert found.programme.end == 1.0


@pytest.mark.parametrize(
    "advantage",
    ["40*x - 10 + r", "30*x^2 - 20*x - 10 + r", "10 - 40*x + r", "60*x^3 - 50*x^2 + 5*x - 8 + r", "r - 5"],
)
def test_one_population_ends_where_each_draw_does_by_itself(advantage: str) -> None:
    """The sign of the advantage on the way says the same as the exact basins of each draw."""
    game = window(100, advantages={"x": advantage})
    case = programme_case(game)
    draws, _ = independent_draws(case.uncertainty, 6, 1)
    for level in (0.0, 5.0, 9.0, 30.0, 70.0):
        names = outcomes_after(case, lanes_of(case, [Programme({"u": level})], draws)).tolist()
        for k, name in enumerate(names):
            values = {"u": level, "q": float(draws["q"][k])}
            alone = separatrix.outcome(with_instruments(game, ["u"]), case.start, values)
            state = alone.ending.state
            points = {p.id: p.state for p in case.analysis.rest_points}
            if name == "other":
                assert state is not None and 0 < state[0] < 1
            else:
                assert state is not None and points[name] is not None
                assert (0 < points[name][0] < 1) == (0 < state[0] < 1)
                assert 0 < state[0] < 1 or points[name] == pytest.approx(state)
