"""Where published runs end: by what a trajectory comes to for ever, not by where it stands when time is up.

Wang, J. and others (2023), Journal of Cleaner Production 418, 138074: in each of five stages all 27 starts
end in one pure state.  Nguyen and Trinh (2026): the mines of two starts end unsafe without a reward H for
strict supervision, and safe with a high one; the programs published with it know no case in between.
"""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest

import separatrix
from separatrix.dynamics.fields.replicator import replicator
from separatrix.dynamics.integration.batch import batch
from separatrix.dynamics.integration.runge_kutta import Arrival, Threshold
from separatrix.dynamics.integration.trajectory import trajectory

CORNERS = list(itertools.product((0.0, 1.0), repeat=3))
GRID = list(itertools.product((0.1, 0.5, 0.9), repeat=3))

STAGES = {
    "stage-0": (0, 0, 0),
    "stage-1": (0, 0, 1),
    "stage-2": (1, 0, 1),
    "stage-3": (1, 1, 1),
    "stage-4": (1, 1, 0),
}

REWARDS = {"H0": ("E1", (0, 0)), "H10": ("E4", (1, 1)), "H12": ("E4", (1, 1)), "H14": ("E4", (1, 1))}
TODAY = [(0.3, 0.3), (0.5, 0.5)]


@pytest.mark.parametrize(("stage", "end"), STAGES.items())
def test_all_starts_of_a_stage_end_where_the_paper_says(stage: str, end: tuple[int, ...]) -> None:
    """Each of the 27 trajectories arrives at the stage's state, and at no other pure state on the way."""
    game = separatrix.load("wang-2023")
    trajectories = batch(replicator(game, scenario=stage), GRID, 1000, events=[Arrival(CORNERS)])
    assert set(trajectories.messages) == {"arrived"}
    assert {CORNERS[k] for k in trajectories.arrived} == {end}
    one = trajectory(game, [0.5, 0.5, 0.5], scenario=stage, until=1000, events=[Arrival(CORNERS)])
    assert (one.message, CORNERS[one.arrived]) == ("arrived", end)


@pytest.mark.parametrize(("stage", "end"), STAGES.items())
def test_all_the_cube_ends_where_the_paper_says(stage: str, end: tuple[int, ...]) -> None:
    """The basin of the stage's state is everything: the outcome of no start is another, or undecided."""
    game = separatrix.load("wang-2023")
    found = separatrix.basins(game, scenario=stage, samples=512)
    assert list(found.fractions.values()) == [1.0]
    (name,) = found.fractions
    assert tuple((found.state_of(name) or {}).values()) == end
    for start in (GRID[0], GRID[-1]):
        shock = separatrix.critical_shock(game, start, scenario=stage)
        assert (shock.outcome, shock.smallest) == (name, None)


@pytest.mark.parametrize("start", TODAY)
@pytest.mark.parametrize(("scenario", "outcome"), REWARDS.items())
def test_mines_end_unsafe_without_a_reward_and_safe_with_a_high_one(
    scenario: str, outcome: tuple[str, tuple[int, int]], start: tuple[float, float]
) -> None:
    """The outcome in closed form is the published one, and the trajectory arrives there."""
    game = separatrix.load("coal-safety")
    name, state = outcome
    assert separatrix.critical_shock(game, start, scenario=scenario).outcome == name
    assert dict(separatrix.basins(game, scenario=scenario).fractions) == {name: 1.0}
    corners = list(itertools.product((0, 1), repeat=2))
    orbit = trajectory(game, start, scenario=scenario, until=1000, events=[Arrival(corners)])
    assert (orbit.message, corners[orbit.arrived]) == ("arrived", state)


@pytest.mark.parametrize("start", TODAY)
def test_with_a_middling_reward_mines_circle_for_ever(start: tuple[float, float]) -> None:
    """At H = 8 no start has an end: the trajectory comes back to its start exactly, again and again."""
    game = separatrix.load("coal-safety")
    shock = separatrix.critical_shock(game, start, scenario="H8")
    assert (shock.outcome, shock.smallest) == ("cycle", None)
    assert dict(separatrix.basins(game, scenario="H8").fractions) == {"cycle": 1.0}
    rate = replicator(game, scenario="H8")(start)[0]
    back = Threshold([1.0, 0.0], start[0], direction=1 if rate > 0 else -1)
    first = trajectory(game, start, scenario="H8", until=1000, tolerance=1e-13, events=[back])
    assert first.message == "crossed the threshold"
    assert first.states[-1] == pytest.approx(start, abs=1e-10)
    later = trajectory(game, start, scenario="H8", until=100 * first.end_time, points=101, tolerance=1e-13)
    assert later.states == pytest.approx(np.tile(start, (101, 1)), abs=1e-8)


def test_the_circles_surround_the_mixed_state_and_take_longer_farther_out() -> None:
    """Around (34/39, 2/3) small circles take 2 pi / 1.078143; those from the published starts take longer."""
    game = separatrix.load("coal-safety")
    centre = np.array([34 / 39, 2 / 3])
    periods = []
    for start in (centre + np.array([0, 1e-4]), np.array([0.5, 0.5]), np.array([0.3, 0.3])):
        rate = replicator(game, scenario="H8")(start)[0]
        back = Threshold([1.0, 0.0], float(start[0]), direction=1 if rate > 0 else -1)
        orbit = trajectory(game, start.tolist(), scenario="H8", until=100, points=2001, events=[back])
        periods.append(orbit.end_time)
        turn = orbit.states[orbit.times < orbit.end_time] - centre
        angle = np.unwrap(np.arctan2(turn[:, 1], turn[:, 0]))
        assert abs(angle[-1] - angle[0]) == pytest.approx(2 * math.pi, abs=0.1)
    assert periods[0] == pytest.approx(2 * math.pi / 1.0781434, rel=1e-6)
    assert periods[0] < periods[1] < periods[2]


def test_the_outcome_turns_where_the_thresholds_are() -> None:
    """Mines stay unsafe up to H = 1.2, circle up to H = 9, and are safe beyond: the paper knows one."""
    game = separatrix.load("coal-safety")
    outcomes = [
        next(iter(separatrix.basins(game, values={"H": reward}).fractions))
        for reward in ("1.19", "1.21", "8.99", "9.01")
    ]
    assert outcomes == ["E1", "cycle", "cycle", "E4"]
