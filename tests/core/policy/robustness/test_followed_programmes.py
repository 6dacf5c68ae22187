"""Programmes followed in many draws: closed forms, trajectories followed one by one, and bad input."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

import separatrix
from core.policy.games import one_population, supported, three_parties
from separatrix.errors import InputError
from separatrix.game.instruments import with_instruments
from separatrix.policy.draws import independent_draws
from separatrix.policy.required_strength import needed_duration, needed_strength
from separatrix.policy.uncertain_programmes import (
    IDLE,
    Programme,
    lanes_of,
    outcomes_after,
    programme_case,
    programme_of,
)


def test_the_papers_game_enters_the_basin_at_the_level_of_the_closed_form() -> None:
    """C1 must fall below 6 ln(8/7)/ln(12/7), by H."""
    case = programme_case(supported(), ["support"], uncertain=False)
    needed = needed_strength(case, {}, np.array([4.0]), halvings=40)
    critical = 4 - 6 * math.log(8 / 7) / math.log(12 / 7)
    assert 4 * needed.values[0] == pytest.approx(critical, abs=1e-9)
    programmes = [Programme({"support": critical * (1 + d)}) for d in (-1e-6, 1e-6)]
    assert outcomes_after(case, lanes_of(case, programmes, {})).tolist() == ["E1", "E4"]


@pytest.mark.parametrize(("level", "duration"), [(3.0, 1.3579365), (4.0, 0.725124)])
def test_a_temporary_programme_needs_the_published_time(level: float, duration: float) -> None:
    """The end at which the trajectory crosses the separatrix."""
    case = programme_case(supported(), ["support"], uncertain=False)
    found = needed_duration(case, {}, np.array([level]), 10.0, halvings=40)
    assert 10 * found.values[0] == pytest.approx(duration, abs=1e-6)


def test_one_population_needs_the_time_of_the_closed_form() -> None:
    """At a reward of 30 the middle is reached after (3 + ln 4)/60."""
    case = programme_case(one_population(), uncertain=False)
    found = needed_duration(case, {}, np.array([30.0]), 1.0, halvings=40)
    assert found.values[0] == pytest.approx((3 + math.log(4)) / 60, abs=1e-9)


@pytest.mark.parametrize("make", [supported, three_parties])
def test_outcomes_are_those_of_each_draw_followed_by_itself(make: Any) -> None:
    """Draw by draw the schedule in the file of that game gives the same outcome."""
    game = make()
    case = programme_case(game)
    draws, _ = independent_draws(case.uncertainty, 12, 3)
    name, level, end = case.names[0], 2.5, 0.8
    found = outcomes_after(case, lanes_of(case, [Programme({name: level}, 0.0, end)], draws))
    acting = with_instruments(game, [name])
    for k, outcome in enumerate(found.tolist()):
        values = {n: float(v[k]) for n, v in draws.items()}
        one = separatrix.trajectory(acting, case.start, {**values, name: level}, until=end)
        last = one.states[-1].tolist()
        assert separatrix.outcome(game, last, values).name == outcome


def test_a_later_start_drifts_first() -> None:
    """Until a programme begins the game goes on as it is."""
    game = supported()
    case = programme_case(game, ["support"], uncertain=False)
    late = Programme({"support": 3.0}, 1.0, 3.0)
    drifted = separatrix.trajectory(game, case.start, until=1.0).states[-1]
    moved = programme_case(game, ["support"], start=drifted.tolist(), uncertain=False)
    early = Programme({"support": 3.0}, 0.0, 2.0)
    for length in (0.5, 3.0):
        one = Programme(late.levels, 1.0, 1.0 + length)
        two = Programme(early.levels, 0.0, length)
        first = outcomes_after(case, lanes_of(case, [one], {}))
        assert first.tolist() == outcomes_after(moved, lanes_of(moved, [two], {})).tolist()


def test_doing_nothing_is_the_game_as_it_is() -> None:
    """Idle programmes end where the trajectory from today ends in each draw."""
    case = programme_case(three_parties())
    draws, _ = independent_draws(case.uncertainty, 300, 0)
    chart = separatrix.fan_chart(three_parties(), samples=300)
    share = float((outcomes_after(case, lanes_of(case, [IDLE], draws)) == case.target).mean())
    low, high = chart.intervals.get(case.target, (0.0, 0.02))
    assert low - 0.1 <= share <= high + 0.1


def test_payoffs_that_are_no_polynomials_are_followed_too() -> None:
    """A reward that fades with the share: the numerical route meets the closed form."""
    game = one_population(
        instruments={
            "reward": {"range": [0, 60], "changes": {"b": "b + reward*exp(-x)", "a": "a + reward*exp(-x)"}}
        }
    )
    case = programme_case(game, uncertain=False)
    needed = needed_strength(case, {}, np.array([60.0]), halvings=20)
    # The advantage at today's share and beyond must be positive: reward > max over x >= 0.2 of (30 - 60x)
    # e^x.
    assert 60 * needed.values[0] == pytest.approx(18 * math.exp(0.2), rel=1e-3)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"instruments": {}}, "P181"),
        ({"today": {"x": 0}}, "P183"),
    ],
)
def test_games_that_cannot_be_asked_are_refused(change: dict[str, Any], code: str) -> None:
    """The code says what is missing."""
    with pytest.raises(InputError) as caught:
        programme_case(one_population(**change), uncertain=False)
    assert caught.value.code == code


def test_equations_without_payoffs_are_refused() -> None:
    """Draws of bare equations take exact algebra each."""
    game = separatrix.load(
        {
            "title": "Equations",
            "populations": [{"name": "A", "share": "x"}],
            "parameters": {"a": 1},
            "replicator": {"x": "x*(1 - x)*(x - 1/2 + a)"},
            "today": {"x": 0.2},
            "instruments": {"push": {"range": [0, 1], "changes": {"a": "a + push"}}},
        }
    )
    case = programme_case(game, uncertain=False)
    with pytest.raises(InputError) as caught:
        outcomes_after(case, lanes_of(case, [IDLE], {}))
    assert caught.value.code == "P182"


@pytest.mark.parametrize(
    ("levels", "start", "end"), [({"support": 5}, 0, None), ({"support": 1}, 3, 2), ({"support": 1}, -1, 2)]
)
def test_programmes_that_cannot_be_are_refused(
    levels: dict[str, object], start: float, end: float | None
) -> None:
    """A level outside its range, and times that do not rise."""
    with pytest.raises(InputError) as caught:
        programme_of(supported(), levels, start, end)
    assert caught.value.code == "P180"


def test_an_instrument_that_makes_payoffs_depend_on_the_shares_is_followed() -> None:
    """Idle programmes are decided by H beside others for which there is no H: each as if it were alone."""
    game = separatrix.load(
        {
            **supported().raw,
            "instruments": {
                "demonstration": {
                    "range": [0, 20],
                    "changes": {
                        "pi1": "pi1 + demonstration*(1 - (x + y)/2)",
                        "R1": "R1 + demonstration*(1 - (x + y)/2)",
                    },
                }
            },
        }
    )
    case = programme_case(game, uncertain=False)
    levels = [0.0, 1.0, 2.0, 3.0, 4.0, 6.0, 8.0, 20.0, 0.0]
    programmes = [Programme({"demonstration": level}) for level in levels]
    together = outcomes_after(case, lanes_of(case, programmes, {})).tolist()
    acting = with_instruments(game, ["demonstration"])
    alone = [separatrix.outcome(acting, case.start, {"demonstration": level}).name for level in levels]
    assert together == alone and len(set(alone)) > 1
