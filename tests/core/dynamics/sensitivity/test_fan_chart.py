"""Fan charts: quantiles over draws, and where draws end."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest

import separatrix
from core.dynamics.sensitivity.test_indices import EQUATIONS, HAWKS, ROCK, THREE
from separatrix.dynamics.parameter_uncertainty.uncertainty import uncertainty_of, unit_cube
from separatrix.dynamics.sensitivity.fan_chart import LEVELS
from separatrix.errors import SeparatrixError


@pytest.mark.parametrize(
    "source", [THREE, HAWKS, ROCK, EQUATIONS], ids=["three", "hawks", "rock", "equations"]
)
def test_quantiles_are_those_of_trajectories_followed_one_by_one(source: dict[str, Any]) -> None:
    """The batch with parameters of its own in every lane does what a loop does."""
    game = separatrix.load(source)
    chart = separatrix.fan_chart(game, until=6, points=7, samples=20, seed=2)
    uncertainty = uncertainty_of(game)
    draws = uncertainty.draws(unit_cube(len(uncertainty.names), 20, 2, "random"))
    assert game.today is not None
    start = [float(game.today[s]) for s in game.shares]
    trajectories = [
        separatrix.trajectory(game, start, uncertainty.at(draws, k), until=6, points=7).states
        for k in range(20)
    ]
    assert chart.times.tolist() == [0, 1, 2, 3, 4, 5, 6]
    assert chart.quantiles == pytest.approx(np.quantile(trajectories, LEVELS, axis=0), abs=1e-5)
    assert sum(chart.outcomes.values()) == pytest.approx(1)


def test_quantiles_rise_and_begin_at_the_start() -> None:
    """At time 0 all draws are where the cluster stands; later the five lines are in order."""
    chart = separatrix.fan_chart(separatrix.load("shi-chen-2018"), spread="20%", samples=200)
    assert chart.quantiles[:, 0] == pytest.approx(np.tile([0.2, 0.3], (5, 1)))
    assert (np.diff(chart.quantiles, axis=0) >= 0).all()
    assert chart.draws == 200 and chart.rejected == chart.lost == 0


@pytest.mark.soak
def test_intervals_hold_the_true_share_about_as_often_as_they_say() -> None:
    """V is uniform from 2 to 9 and above C = 6 in 3 of 7 draws, when only hawks are left."""
    game = separatrix.load(HAWKS)
    held = []
    for seed in range(60):
        chart = separatrix.fan_chart(game, samples=60, points=2, until=1, seed=seed)
        low, high = chart.intervals["E2"]
        held.append(low <= 3 / 7 <= high)
        assert chart.stable is not None and chart.stable["E2"] == chart.outcomes["E2"]
    assert np.mean(held) >= 0.9


def test_outcomes_have_the_names_of_the_usual_game() -> None:
    """A mixed rest point keeps its id as it moves; one that the usual game lacks is another."""
    chart = separatrix.fan_chart(separatrix.load(HAWKS), samples=200)
    assert set(chart.outcomes) == {"E2", "E3"} and set(chart.states) == {"E2", "E3"}
    law = {"C": "uniform(0.5, 6)", "V": None}
    lacking = separatrix.fan_chart(separatrix.load(HAWKS), {"C": 1}, over=law, samples=200)
    assert set(lacking.outcomes) == {"E2", "other"}


def test_draws_that_break_an_assumption_are_rejected_and_counted() -> None:
    """The share of the rest is told of the rest alone."""
    parameters = {n: {"value": v, "uncertain": {"uniform": [0, 6]}} for n, v in (("V", 4), ("C", 5))}
    source = HAWKS | {"parameters": parameters, "assume": ["V < C"]}
    chart = separatrix.fan_chart(separatrix.load(source), samples=400, points=3)
    assert chart.rejected + chart.draws == 400 and 0.4 < chart.rejected / 400 < 0.6
    assert list(chart.outcomes) == ["E3"]
    assert any("rejected" in str(w) for w in chart.warnings)


def test_cycles_and_undecided_trajectories_are_outcomes_of_their_own() -> None:
    """Rock, paper, scissors goes round and outwards with w = 1/2, and comes to rest inside with w = 2."""
    chart = separatrix.fan_chart(separatrix.load(ROCK), samples=40, points=3)
    assert set(chart.outcomes) == {"E7", "cycle"}
    assert chart.outcomes["cycle"] == pytest.approx(0.5, abs=0.25)


def test_a_schedule_is_left_out_and_said() -> None:
    """Draws are of games whose parameters do not move: both answers tell it."""
    plan = {"b": {"steps": [[1, 2]]}}
    game = separatrix.load(THREE | {"schedule": plan})
    chart = separatrix.fan_chart(game, samples=20, points=3)
    assert (
        chart.to_dict()["quantiles"]
        == separatrix.fan_chart(separatrix.load(THREE), samples=20, points=3).to_dict()["quantiles"]
    )
    for told in (chart.how_sure, separatrix.sensitivity(game, lambda v: v["a"], samples=16).how_sure):
        assert "without the schedule" in str(told)


def test_a_chart_is_plain_data() -> None:
    """Every share has five lines, of as many numbers as there are times."""
    chart = separatrix.fan_chart(separatrix.load(THREE), samples=50, points=11, seed=4)
    told = json.loads(json.dumps(chart.to_dict()))
    assert [len(told["quantiles"][s]) for s in "xyz"] == [5, 5, 5] and len(told["quantiles"]["x"][0]) == 11
    assert told["start"] == {"x": 0.6, "y": 0.5, "z": 0.55}
    assert told["uncertain"] == {"a": "uniform(0.5, 2)"} and told["provenance"]["seed"] == 4
    assert told == json.loads(
        json.dumps(separatrix.fan_chart(separatrix.load(THREE), samples=50, points=11, seed=4).to_dict())
    )


@pytest.mark.parametrize(
    ("options", "code"),
    [
        ({"until": 0}, "D602"),
        ({"until": -1}, "D602"),
        ({"until": float("nan")}, "D602"),
        ({"points": 1}, "D602"),
        ({"points": 10**6, "samples": 10**4}, "D602"),
        ({"samples": 0}, "D654"),
        ({"seed": -1}, "D654"),
        ({"start": [0.5, 0.5]}, "D601"),
        ({"start": {"x": 2, "y": 0, "z": 0}}, "D601"),
        ({"fixed": ["a"]}, "D651"),
    ],
)
def test_impossible_charts_are_refused(options: dict[str, Any], code: str) -> None:
    """Times, points, samples and starts that cannot be have a code."""
    with pytest.raises(SeparatrixError) as caught:
        separatrix.fan_chart(separatrix.load(THREE), **options)
    assert caught.value.code == code
