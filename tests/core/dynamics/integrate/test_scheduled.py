"""Trajectories while parameters change in time."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import pytest
from scipy.integrate import solve_ivp

import separatrix
from separatrix.dynamics.fields.schedules import scheduled_field
from separatrix.dynamics.integration.results import Status, Trajectory
from separatrix.dynamics.integration.runge_kutta import Arrival, Steady, Threshold
from separatrix.dynamics.integration.trajectory import follow, trajectory
from separatrix.errors import InputError
from separatrix.game.formats.document import document_of
from separatrix.game.model import Game
from separatrix.languages import language_of
from separatrix.reports.dynamics import trajectories_text
from thinning import thinned

TODAY = [0.2, 0.3]
STEPS = {"C1": {"steps": [[1, 0], [2, 3], [3, 4]]}}
RAMP = {"C1": {"ramp": {"from": 4, "to": -1, "start": 0.5, "end": 2}}, "pi1": {"steps": [[1, 11]]}}
BY_FORMULA = {"s": {"table": [[0, 0], [1, 3], [3, 1]]}}


def policy(schedule: dict[str, Any]) -> Game:
    """Return the bistable cluster with a schedule."""
    game = separatrix.load("shi-chen-2018")
    return separatrix.load({**document_of(game), "schedule": schedule})


def followed(schedule: dict[str, Any], start: Any = TODAY, **options: Any) -> Trajectory:
    """Follow the bistable cluster through a schedule."""
    flow = scheduled_field(separatrix.load("shi-chen-2018"), schedule=schedule)
    return follow(flow, start, **options)


@pytest.mark.parametrize(("ends", "corner"), [(None, 0), (0.3, 0), (2, 1)])
def test_a_subsidy_that_lasts_long_enough_crosses_the_separatrix(ends: float | None, corner: int) -> None:
    """Without a subsidy, or with a short one, nobody cooperates in the end; with a longer one all do."""
    schedule = {} if ends is None else {"C1": {"steps": [[0, 0], [ends, 4]]}}
    orbit = followed(schedule)
    assert orbit.states[-1] == pytest.approx([corner, corner], abs=1e-9)
    assert orbit.at_rest


def three() -> Game:
    """Return a game of three strategies with a subsidy."""
    return separatrix.load(
        {
            "title": "Rock, paper, scissors",
            "parameters": {"s": 0},
            "payoff_matrix": [["s", -1, 1], [1, 0, "-1 - s/4"], [-1, "1 + s*s/5", 0]],
        }
    )


@pytest.mark.parametrize(
    ("game", "schedule", "start"),
    [(None, STEPS, TODAY), (None, RAMP, TODAY), (three(), BY_FORMULA, [0.5, 0.3, 0.2])],
    ids=["steps", "ramp", "three strategies"],
)
@thinned("options", [{}, {"method": "dop853"}, {"method": "radau"}], ids=str, each_run=1)
def test_trajectories_agree_with_radau_in_shares(game: Any, schedule: Any, start: Any, options: Any) -> None:
    """An implicit method in shares, begun anew where parameters jump or bend, comes to the same states."""
    flow = scheduled_field(game or separatrix.load("shi-chen-2018"), schedule=schedule)
    orbit = follow(flow, start, until=4, points=17, **options)
    at, expected = np.array(start), [np.array(start)]
    for a, b in itertools.pairwise(orbit.times):
        for low, high, piece in flow.pieces_between(a, b):

            def rates(t: float, x: Any, piece: Any = piece) -> Any:
                return piece.field_at(t)(x)

            found = solve_ivp(rates, (low, high), at, "Radau", rtol=1e-11, atol=1e-13)
            at = found.y[:, -1]
        expected.append(at)
    assert orbit.states == pytest.approx(np.array(expected), abs=2e-8)


@pytest.mark.parametrize("time", [0, 2])
def test_a_schedule_of_the_usual_values_changes_nothing(time: float) -> None:
    """The trajectory is the plain one, and no change is told."""
    plain = trajectory(separatrix.load("shi-chen-2018"), TODAY, until=6)
    orbit = trajectory(policy({"C1": {"steps": [[time, 4]]}}), TODAY, until=6)
    assert orbit.states == pytest.approx(plain.states, rel=1e-7)
    assert orbit.message == plain.message


def test_a_share_that_all_but_vanished_comes_back() -> None:
    """What shrinks to less than 1e-300 is not lost between the stretches: it grows when policy changes."""
    orbit = followed({"C1": {"steps": [[300, -1]]}}, until=2000, points=2001)
    assert orbit.states[300].max() < 1e-300
    assert orbit.states[-1] == pytest.approx([1, 1])


def test_rest_before_a_change_is_no_end() -> None:
    """Steadiness ends a trajectory only where no change lies ahead, and `at_rest` speaks of the end."""
    schedule = {"C1": {"steps": [[20, -1]]}}
    orbit = followed(schedule, until=200, events=[Steady(1e-6)])
    assert orbit.status is Status.STEADY
    assert 20 < orbit.end_time < 200
    assert orbit.states[-1] == pytest.approx([1, 1], abs=1e-5)
    before = followed(schedule, until=20.5)
    assert not before.at_rest
    assert "still moving" in before.message


@pytest.mark.parametrize("schedule", [STEPS, RAMP, {"C1": {"table": [[0, 4], [1, 0], [3, 0]]}}])
def test_events_are_found_on_every_stretch(schedule: dict[str, Any]) -> None:
    """A crossing lies where the trajectory is at the level, and an arrival at its radius, also on a ramp."""
    fine = followed(schedule, until=4, points=4001)
    sums = fine.states.sum(axis=1)
    level = (sums[0] + sums.min()) / 2
    first = float(fine.times[np.flatnonzero(sums < level)[0]])
    noted = Threshold([1, 1], level, stop=False)
    orbit = followed(schedule, until=4, points=5, events=[noted])
    assert orbit.crossings[0] == pytest.approx(first, abs=1.1e-3)
    attractor = fine.states[1500].tolist()
    stopped = followed(schedule, until=4, points=5, events=[Arrival([attractor], 1e-4), Steady(), noted])
    assert stopped.status is Status.ARRIVED
    assert np.abs(stopped.states[-1] - attractor).max() == pytest.approx(1e-4, rel=1e-3)
    near = np.abs(fine.states - attractor).max(axis=1) <= 1e-4
    assert stopped.end_time == pytest.approx(float(fine.times[near.argmax()]), abs=1.1e-3)
    assert not stopped.at_rest


def test_a_start_at_rest_now_may_move_later() -> None:
    """A mixed rest point that policy moves does not stay; a corner does."""
    schedule = {"C1": {"ramp": {"from": 4, "to": 2, "start": 1, "end": 2}}}
    mixed = [4 / 6, 4 / 6]
    assert "rest point" not in followed(schedule, mixed).message
    assert followed(schedule, [0, 1]).message.startswith("starts at a rest point, and stays there")


def test_the_text_tells_when_parameters_change() -> None:
    """Jumps by their times, slow changes from when to when, and those after the end not at all."""
    schedule = {"C1": {"table": [[1, 4], [2, 3], [4, 4]]}, "R1": {"steps": [[0, 2], [3, 3], [9, 2]]}}
    orbit = trajectory(policy(schedule), TODAY, until=5)
    assert str(orbit.message).endswith("; parameters change at t = 0, 1–4, 3")
    assert "parameters change at t = 0, 1–4, 3" in trajectories_text([orbit])
    assert "参数在 t = 0、1–4、3 时变化" in trajectories_text([orbit], language_of("zh"))


def test_a_schedule_has_no_way_back() -> None:
    """Before now nothing is known of the parameters."""
    with pytest.raises(InputError, match="back in time") as caught:
        trajectory(policy(STEPS), TODAY, until=-1)
    assert caught.value.code == "D605"


def test_answers_without_time_say_so() -> None:
    """Analyses, basins and shocks of a game with a schedule name what they leave out."""
    game = policy(STEPS)
    assert [w.code for w in separatrix.analyze(game).warnings] == ["A521"]
    assert "without the schedule" in separatrix.basins(game).how_sure
    assert "without the schedule" in separatrix.critical_shock(game, TODAY).how_sure
    plain = separatrix.load("shi-chen-2018")
    assert not separatrix.analyze(plain).warnings
    assert "schedule" not in separatrix.basins(plain).how_sure


@pytest.mark.parametrize(("above", "crossed"), [(1e-8, True), (-1e-8, False)])
def test_a_level_that_is_crossed_for_a_moment_on_a_ramp_is_noted(above: float, crossed: bool) -> None:
    """The least sum of the shares lies within a step; a level just above it is met, one just below is not."""
    schedule = {"C1": {"ramp": {"from": 4, "to": -8, "start": 0, "end": 2}}}
    coarse = followed(schedule, until=2, points=2001)
    sums = coarse.states.sum(axis=1)
    k = int(sums.argmin())
    assert 0 < k < 2000
    rise = np.polynomial.Polynomial.fit(coarse.times[k - 3 : k + 4], sums[k - 3 : k + 4], 4)
    turn = float(next(r.real for r in rise.deriv().roots() if abs(r.real - coarse.times[k]) < 1e-3))
    level = float(rise(turn)) * (1 + above)
    orbit = followed(schedule, until=2, points=3, events=[Threshold([1, 1], level)])
    assert (orbit.status is Status.CROSSED) is crossed
    if crossed:
        assert orbit.end_time == pytest.approx(turn, abs=1e-3)
        assert orbit.states[-1].sum() == pytest.approx(level, rel=1e-9)
