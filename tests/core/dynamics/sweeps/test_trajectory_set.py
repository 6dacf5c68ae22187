"""Trajectories side by side: what varies, over how long, and what cannot vary."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

import separatrix
from separatrix.dynamics.fields.replicator import replicator
from separatrix.dynamics.integration.trajectory import trajectory
from separatrix.dynamics.sweeps.axes import usual_starts
from separatrix.dynamics.sweeps.trajectory_set import SETTLED, trajectories
from separatrix.errors import SeparatrixError
from separatrix.game.catalogue_files import catalogue_slugs

PAPER = separatrix.load("shi-chen-2018")
LOGISTIC = {"payoff_matrix": [["a", "a"], [0, 0]], "parameters": {"a": 1}, "title": "One advantage"}


def test_each_curve_is_the_trajectory_at_its_own_values() -> None:
    """A grid of two values and two scenarios: four curves, each as followed alone."""
    found = trajectories(PAPER, {"scenario": ["bistable", "anti-coordination"], "C2": [1, "3/2"]}, [0.2, 0.7])
    assert [tuple(c.at.values()) for c in found.curves] == [
        ("bistable", 1),
        ("bistable", Fraction(3, 2)),
        ("anti-coordination", 1),
        ("anti-coordination", Fraction(3, 2)),
    ]
    for curve in found.curves:
        alone = trajectory(
            PAPER, [0.2, 0.7], {"C2": curve.at["C2"]}, curve.at["scenario"], until=float(found.times[-1])
        )
        assert curve.trajectory.states.tolist() == alone.states.tolist()


@pytest.mark.parametrize("slow", [1, 0.1, 0.01])
def test_the_horizon_is_when_the_slowest_has_settled(slow: float) -> None:
    """With one constant advantage x is logistic, so that the time until 1 - x = 0.01 is known."""
    found = trajectories(separatrix.load(LOGISTIC), {"a": [1, slow] if slow < 1 else [1, 2]}, [0.1])
    known = (math.log(99) + math.log(9)) / slow
    slowest = max(curve.settled or 0.0 for curve in found.curves)
    assert slowest == pytest.approx(known, abs=2.5 / slow)  # the grid of times on which it is looked for
    assert known <= found.times[-1] <= 1.6 * known
    for curve in found.curves:
        assert curve.rest == pytest.approx((1.0,), abs=1e-6)
        assert abs(curve.trajectory.states[-1] - 1.0).max() < SETTLED


def test_what_stays_longer_at_each_corner_goes_round_for_ever() -> None:
    """Towards a heteroclinic cycle shares swing from 0 to 1 for ever; towards a mixed state they settle."""
    game = separatrix.load("rock-paper-scissors-two-populations")
    start = [[0.72, 0.13, 0.15, 0.72, 0.13, 0.15]]
    bad, good = (trajectories(game, {"start": start}, scenario=s) for s in ("bad", "good"))
    assert bad.curves[0].settled is None and bad.times[-1] < 100
    assert good.curves[0].settled is not None


def test_a_slow_spiral_is_not_followed_over_turns_that_no_figure_shows() -> None:
    """Four in a hypercycle come to rest after thousands of turns; the figure shows the first."""
    found = separatrix.trajectories(separatrix.load("hypercycle-four"), {"start": [[0.7, 0.1, 0.1, 0.1]]})
    assert found.curves[0].settled is None
    assert found.times[-1] == 100
    assert found.curves[0].trajectory.status.answered


def test_what_never_rests_does_not_settle() -> None:
    """Matching pennies turns for ever: no time of settling, no rest, and the usual time."""
    game = separatrix.load("matching-pennies")
    found = trajectories(game, {"start": [[0.4, 0.4], [0.3, 0.6]]})
    assert [c.settled for c in found.curves] == [None, None]
    assert [c.rest for c in found.curves] == [None, None]
    assert found.unsettled == 2
    assert found.times[-1] == pytest.approx(100 / (replicator(game).scale or 1.0))


def test_a_time_that_is_asked_for_is_kept() -> None:
    """Also where the trajectories would have settled long before, or not yet."""
    found = trajectories(PAPER, {"C1": [2, 4]}, until=0.5, points=3)
    assert found.times.tolist() == [0.0, 0.25, 0.5]
    assert all(curve.settled is None for curve in found.curves)


def test_all_trajectories_that_begin_at_rest_have_a_figure_too() -> None:
    """Two corners: nothing moves, and the times are still a range."""
    found = trajectories(PAPER, {"start": [[0, 0], [1, 1]]})
    assert found.times[-1] > 0
    assert [c.settled for c in found.curves] == [0.0, 0.0]


def test_written_and_given_values_are_the_same() -> None:
    """The text of the command line says what a mapping says."""
    written = trajectories(PAPER, ["C1=2,3", "start=(0.2,0.3),(x=0.7,y=0.6)"], until=1, points=2)
    given = trajectories(
        PAPER, {"C1": [2, 3], "start": [[0.2, 0.3], {"x": 0.7, "y": 0.6}]}, until=1, points=2
    )
    assert [c.at for c in written.curves] == [c.at for c in given.curves]
    ranged = trajectories(PAPER, ["C1=2:4:3", "x=0.1,0.9"], until=1, points=2)
    assert ranged.axes[0].values == (2, 3, 4)
    assert [c.start for c in ranged.curves][:2] == [(0.1, 0.3), (0.9, 0.3)]


def test_names_alone_take_all_scenarios_or_a_few_values() -> None:
    """`--vary scenario`, `--vary C1` over its range, and `--vary start`."""
    assert trajectories(PAPER, ["scenario"], until=1, points=2).axes[0].values == tuple(PAPER.scenarios)
    assert trajectories(PAPER, ["C1"], until=1, points=2).axes[0].values == (0, 5, 10, 15, 20)
    assert trajectories(PAPER, ["start"], until=1, points=2).axes[0].values == usual_starts(PAPER)


@pytest.mark.parametrize("slug", catalogue_slugs())
def test_usual_starts_are_five_states_inside(slug: str) -> None:
    """Of every game, whatever its populations: all strategies are played, and shares add up."""
    game = separatrix.load(slug)
    starts = usual_starts(game)
    assert len(set(starts)) == 5
    for start in starts:
        named = dict(zip(game.shares, start, strict=True))
        assert all(0 < v < 1 for v in start)
        for population in game.populations:
            if not population.binary:
                assert sum(named[s] for s in population.shares) == 1


def test_no_usual_start_is_on_the_diagonal() -> None:
    """In a symmetric game the diagonal is invariant, and its trajectories are unlike all others."""
    for start in usual_starts(PAPER):
        assert start[0] != start[1]


@pytest.mark.parametrize(
    ("vary", "code", "told"),
    [
        ({}, "D606", "nothing to vary"),
        (["C1=a,b"], "V301", "not a number"),
        ({"C1": [float("nan"), 1]}, "V301", "finite"),
        ({"C1": [1, "1"]}, "D671", "twice"),
        (["C1=5:1:3"], "D671", "is reversed"),
        (["Cost=1,2"], "D606", "Cost"),
        (["C1=1,2", "C1=3"], "D606", "varies twice"),
        (["scenario=nowhere"], "V303", "nowhere"),
        (["scenario=bistable,bistable"], "D606", "twice"),
        (["start=2"], "D601", "between 0 and 1"),
        (["start=0.2,0.2"], "D606", "twice"),
        (["start=(0.1,0.2,0.3)"], "D601", "3 numbers"),
        (["start=0.1,0.2", "x=0.3"], "D606", "leave one of them out"),
        (["x=1.5,2"], "D601", "between 0 and 1"),
        (["=2"], "D606", "NAME=VALUES"),
    ],
)
def test_what_cannot_vary_is_refused_with_the_place(vary: Any, code: str, told: str) -> None:
    """The message names what was found, and what to write instead."""
    with pytest.raises(SeparatrixError) as refused:
        trajectories(PAPER, vary)
    assert getattr(refused.value, "code", "") == code
    assert told in str(refused.value)


def test_more_states_than_memory_holds_are_refused_before_the_work() -> None:
    """Four hundred trajectories of a million points."""
    with pytest.raises(SeparatrixError, match="20,000,000"):
        trajectories(PAPER, ["C1=0:4:400"], points=1_000_000)


def test_one_share_of_three_strategies_cannot_vary_alone() -> None:
    """The three add up to one; whole starts can, and the message shows one."""
    game = separatrix.load("rock-paper-scissors-one-population")
    with pytest.raises(SeparatrixError, match="add up to 1"):
        trajectories(game, {game.shares[0]: [0.1, 0.2]})
    with pytest.raises(SeparatrixError, match="more than two strategies"):
        trajectories(game, {"start": [0.2]})
    found = trajectories(game, {"start": [["1/2", "1/4", "1/4"]]}, until=1, points=2)
    assert found.curves[0].start == (0.5, 0.25, 0.25)


def test_without_a_start_the_message_says_how_to_give_one() -> None:
    """The game does not say where things stand."""
    game = separatrix.load(LOGISTIC)
    with pytest.raises(SeparatrixError, match="--from"):
        trajectories(game, {"a": [1, 2]})


def test_the_answer_is_plain_data() -> None:
    """Values as numbers, states by share, one list of times a trajectory."""
    told = trajectories(PAPER, ["C1=2,3", "start=0.2,0.8"], until=1, points=3).to_dict()
    assert told["vary"] == [
        {"name": "C1", "kind": "parameter", "values": [2.0, 3.0]},
        {"name": "start", "kind": "start", "values": [[0.2, 0.2], [0.8, 0.8]]},
    ]
    assert [t["at"] for t in told["trajectories"]][1] == {"C1": 2.0, "start": [0.8, 0.8]}
    assert np.shape(told["trajectories"][0]["states"]["x"]) == (3,)


@pytest.mark.parametrize(
    "vary", [{"C1": "0:1:1000000000"}, {"start": "0:1:900000000"}, {"C1": "0:1:20000", "C2": "0:1:20000"}]
)
def test_more_values_than_memory_holds_are_refused_at_once(vary: dict[str, str]) -> None:
    """Of one parameter, of starts, and of a grid: before any value is made."""
    with pytest.raises(SeparatrixError) as refused:
        trajectories(PAPER, vary, [0.2, 0.7] if "start" not in vary else None)
    assert refused.value.code == "D602"
