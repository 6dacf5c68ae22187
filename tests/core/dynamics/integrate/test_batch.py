"""Many trajectories at once: faces, tiny shares, events, and how each trajectory ends."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest

import separatrix
from separatrix.dynamics.fields.replicator import Replicator, replicator
from separatrix.dynamics.integration.batch import batch
from separatrix.dynamics.integration.results import Status
from separatrix.dynamics.integration.runge_kutta import Arrival, Event, Steady, Threshold
from separatrix.dynamics.integration.trajectory import trajectory
from separatrix.errors import InputError


def field_of(document: Any, scenario: str | None = None) -> Replicator:
    return replicator(separatrix.load(document), None, scenario)


COORDINATION = {"title": "Coordination", "bimatrix": [[[2, 2], [0, 0]], [[0, 0], [1, 1]]]}
GROWTH = {"title": "The first strategy earns one more", "payoff_matrix": [[1, 1], [0, 0]]}


def test_log_odds_that_grow_steadily_are_exact() -> None:
    """With a constant advantage of one, ln(x/(1-x)) is its start plus the time, down to 1e-300 and below."""
    starts = np.array([[1e-300], [1e-12], [0.5]])
    trajectories = batch(field_of(GROWTH), starts, 60, times=7)
    expected = np.log(starts / (1 - starts)) + trajectories.times
    assert trajectories.log_odds[:, :, 0] == pytest.approx(expected, abs=1e-9)
    back = batch(field_of(GROWTH), starts, -100, times=2)
    assert back.log_odds[:, -1, 0] == pytest.approx(np.log(starts[:, 0] / (1 - starts[:, 0])) - 100, abs=1e-9)


def test_a_share_of_1e_300_comes_back() -> None:
    """A strategy at 1e-300 invades at the time that its growth rate tells, and is not cut off."""
    trajectories = batch(field_of(GROWTH), [[1e-300]], 1000, events=[Threshold([1.0], 0.5)])
    assert trajectories.messages == ["crossed the threshold"]
    assert trajectories.end_times[0] == pytest.approx(300 * math.log(10), rel=1e-12)


def test_starts_in_log_odds_tell_nearly_all_from_all() -> None:
    """From 1 - 1e-300 the way back is the longer for it; from 1 there is none."""
    field = field_of({"title": "The first earns one less", "payoff_matrix": [[0, 0], [1, 1]]})
    starts = [[300 * math.log(10)], [np.inf]]
    trajectories = batch(field, starts, 1000, events=[Threshold([1.0], 0.5)], in_log_odds=True)
    assert trajectories.end_times == pytest.approx([300 * math.log(10), 1000], rel=1e-12)
    assert trajectories.ends[1, 0] == 1.0


@pytest.mark.parametrize("slug", ["shi-chen-2018", "wang-2023", "rock-paper-scissors-one-population"])
def test_faces_are_kept_exactly(slug: str) -> None:
    """What nobody plays at the start nobody plays at any time, beside lanes of the interior."""
    field = field_of(slug)
    source = np.random.default_rng(1)
    starts = []
    for _ in range(40):
        weights = []
        for size in field.sizes:
            part = source.dirichlet(np.ones(size)) * (source.random(size) < 0.6)
            part = part if part.sum() else np.eye(size)[0]
            weights.append(part / part.sum())
        starts.append(field.state(weights))
    first = np.array(starts)
    trajectories = batch(field, first, 40, times=9)
    assert np.isfinite(trajectories.states).all()
    for value in (0.0, 1.0):
        assert np.array_equal((trajectories.states == value).all(axis=1), first == value)
    assert trajectories.states.min() >= 0
    assert trajectories.states.max() <= 1


def test_each_lane_goes_as_if_it_were_alone() -> None:
    """The states of a lane do not depend on its neighbours, which may be at a vertex or far out."""
    field = field_of("wang-2023", "stage-4")
    starts = np.array([[0.3, 0.6, 0.5], [0, 1, 0], [1e-200, 0.5, 1 - 1e-9], [0.9, 0.1, 0.1]])
    together = batch(field, starts, 30, times=11)
    for lane, start in enumerate(starts):
        alone = batch(field, [start], 30, times=11)
        assert alone.states[0] == pytest.approx(together.states[lane], abs=1e-12)


def test_a_threshold_is_found_to_the_last_digits() -> None:
    """Where the exact time is known, the crossing is there to ten digits; others are not noted."""
    up, down = Threshold([1.0], 0.9, stop=False, direction=1), Threshold([1.0], 0.9, stop=False, direction=-1)
    trajectories = batch(field_of(GROWTH), [[0.1], [0.95]], 10, tolerance=1e-11, events=[up, down])
    assert trajectories.crossings[0, 0] == pytest.approx(2 * math.log(9), abs=1e-10)
    assert np.isnan(trajectories.crossings[0, 1])
    assert np.isnan(trajectories.crossings[1]).all()
    assert (trajectories.end_times == 10).all()


def test_a_share_that_only_looks_in_is_noted() -> None:
    """On a closed orbit the first crossing within a step counts, though the step ends on the same side."""
    field = field_of("matching-pennies")
    trajectories = batch(field, [[0.5, 0.3]], 200, times=20001, tolerance=1e-10)
    highest = trajectories.states[0, :, 0].max()
    level = highest - 2e-4
    seen = batch(field, [[0.5, 0.3]], 200, tolerance=1e-6, events=[Threshold([1.0, 0.0], level, stop=False)])
    first = trajectories.times[np.flatnonzero(trajectories.states[0, :, 0] >= level)[0]]
    assert seen.crossings[0, 0] == pytest.approx(first, abs=0.02)


def test_arrival_tells_where_and_when() -> None:
    """Trajectories end on the sphere around the state that they reach; those at it end at once."""
    attractor = Arrival([[0.0, 0.0], [1.0, 1.0]], radius=1e-4)
    starts = [[0.2, 0.2], [0.6, 0.6], [1.0, 1.0], [1 / 3, 1 / 3]]
    trajectories = batch(field_of(COORDINATION), starts, 50, times=3, events=[attractor, Steady()])
    assert trajectories.messages == ["arrived", "arrived", "arrived", "steady"]
    assert trajectories.arrived.tolist() == [0, 1, 1, -1]
    assert trajectories.ends[0].max() == pytest.approx(1e-4, rel=1e-9)
    assert 1 - trajectories.ends[1].min() == pytest.approx(1e-4, rel=1e-9)
    assert trajectories.end_times[2] == 0
    assert np.array_equal(trajectories.states[0, -1], trajectories.ends[0])


def test_a_passage_of_a_saddle_is_not_steady() -> None:
    """Beside a corner that one population leaves from 1e-100 the trajectory is all but still, and goes on."""
    field = field_of(COORDINATION)
    events = [Steady(), Arrival([[0, 0], [1, 1]])]
    trajectories = batch(field, [[-230.0, 230.0]], 400, events=events, in_log_odds=True)
    assert trajectories.messages == ["arrived"]
    assert trajectories.end_times[0] > 100


@pytest.mark.parametrize(
    ("starts", "status"),
    [([[0.0, 1.0]], Status.STEADY), ([[1 / 3, 1 / 3]], Status.STEADY), ([[0.5, 0.5]], Status.STEADY)],
)
def test_trajectories_that_rest_end_as_steady(starts: list[list[float]], status: Status) -> None:
    """At a vertex, at the mixed rest point, and after a trajectory to a corner."""
    trajectories = batch(field_of(COORDINATION), starts, 1000, events=[Steady()])
    assert trajectories.status.tolist() == [status]
    assert trajectories.end_times[0] < 100


def test_without_payoffs_nothing_moves() -> None:
    """All payoffs zero: every state is a rest point, and stays as it is to the last bit."""
    field = field_of({"title": "t", "bimatrix": [[[0, 0], [0, 0]], [[0, 0], [0, 0]]]})
    starts = np.array([[0.3, 0.7], [0.0, 1e-300], [1.0, 0.5]])
    trajectories = batch(field, starts, 1e6, times=3)
    assert trajectories.states[:, -1] == pytest.approx(starts, rel=1e-12)
    assert batch(field, starts, 1e6, events=[Steady()]).end_times.tolist() == [0, 0, 0]


def test_duplicated_strategies_keep_their_ratio() -> None:
    """Two names for one strategy grow at the same rate, so that their shares stay in proportion."""
    matrix = [[0, 0, 3], [0, 0, 3], [1, 1, 2]]
    trajectories = batch(field_of({"title": "t", "payoff_matrix": matrix}), [[0.1, 0.3, 0.6]], 50, times=11)
    first, second, _ = trajectories.states[0].T
    assert second / first == pytest.approx(3.0, rel=1e-12)
    assert trajectories.states[0].sum(axis=1) == pytest.approx(1.0, abs=1e-14)


def test_too_many_steps_says_what_to_try() -> None:
    """A trajectory that is given up is told so, keeps where it came to, and has no states beyond."""
    trajectories = batch(field_of("matching-pennies"), [[0.2, 0.3]], 1e4, times=101, most_steps=50)
    assert trajectories.status.tolist() == [Status.TOO_MANY_STEPS]
    assert "most_steps" in trajectories.messages[0]
    assert 0 < trajectories.end_times[0] < 1e4
    assert np.isnan(trajectories.states[0, -1]).all()
    assert np.isfinite(trajectories.ends).all()


@dataclass(frozen=True)
class Broken:
    """A field whose growth has no value beyond one half, and none at all beyond three quarters."""

    shares: tuple[str, ...] = ("x",)
    sizes: tuple[int, ...] = (2,)
    scale: float = 1.0

    def log_rates(self, weights: Sequence[Any]) -> list[Any]:
        x = weights[0][:, :1]
        with np.errstate(all="ignore"):
            return [np.concatenate([np.sqrt(0.5 - x) + 0.1, 0 * x], axis=1)]


def test_a_field_without_values_loses_its_lane_and_no_other() -> None:
    """The lane that meets a payoff which is not a number is told as lost, where that happens."""
    trajectories = batch(Broken(), [[0.2], [0.9], [0.0]], 100, times=3)
    assert trajectories.status.tolist() == [Status.LOST, Status.LOST, Status.END]
    assert trajectories.ends[0, 0] == pytest.approx(0.5, abs=1e-3)
    assert trajectories.end_times[1] == 0


def test_backward_undoes_forward() -> None:
    """From where a batch ended, negative time leads to where it began."""
    field = field_of("mckelvey-mclennan")
    starts = np.random.default_rng(2).uniform(0.2, 0.8, (20, 3))
    there = batch(field, starts, 0.5, tolerance=1e-12)
    back = batch(field, there.end_log_odds, -0.5, tolerance=1e-12, in_log_odds=True)
    assert back.ends == pytest.approx(starts, abs=1e-9)
    assert (back.end_times == -0.5).all()


@pytest.mark.parametrize(
    ("starts", "until", "times", "events", "code"),
    [
        ([[0.5]], 1, 0, [], "D601"),
        ([[0.5, 1.5]], 1, 0, [], "D601"),
        ([[0.5, math.nan]], 1, 0, [], "D601"),
        ([[0.5, 0.5]], 0, 0, [], "D602"),
        ([[0.5, 0.5]], math.inf, 0, [], "D602"),
        ([[0.5, 0.5]], 1, [0.5, 0.2], [], "D602"),
        ([[0.5, 0.5]], 1, [2.0], [], "D602"),
        ([[0.5, 0.5]], 1, 0, [Arrival([[0.0]])], "D603"),
        ([[0.5, 0.5]], 1, 0, [Arrival([[0.0, 0.0]], radius=0)], "D603"),
        ([[0.5, 0.5]], 1, 0, [Threshold([1.0], 0.5)], "D603"),
        ([[0.5, 0.5]], 1, 0, [Steady(-1)], "D603"),
    ],
)
def test_what_cannot_be_asked_is_refused(
    starts: Any, until: float, times: Any, events: list[Event], code: str
) -> None:
    """Starts outside the state space, ends and times that cannot be, and events that do not fit."""
    with pytest.raises(InputError) as refused:
        batch(field_of(COORDINATION), starts, until, times=times, events=events)
    assert refused.value.code == code


@pytest.mark.parametrize("tolerance", [0.0, -1e-9, 1e-16, 0.5, math.inf, math.nan])
def test_a_tolerance_that_cannot_be_kept_is_refused(tolerance: float) -> None:
    """Numbers have sixteen digits, and an error of half the state is no answer."""
    with pytest.raises(InputError, match=r"from 1e-15 to 0\.1") as refused:
        batch(field_of(COORDINATION), [[0.5, 0.5]], 1, tolerance=tolerance)
    assert refused.value.code == "D602"
    with pytest.raises(InputError, match=r"from 1e-15 to 0\.1"):
        trajectory(separatrix.load(COORDINATION), [0.5, 0.5], tolerance=tolerance)


def test_the_finest_tolerance_can_be_kept() -> None:
    """At 1e-15 trajectories end where they should, and do not get lost in their own rounding."""
    trajectories = batch(field_of("matching-pennies"), [[0.2, 0.3], [1e-200, 0.5]], 20, tolerance=1e-15)
    coarser = batch(field_of("matching-pennies"), [[0.2, 0.3], [1e-200, 0.5]], 20, tolerance=1e-13)
    assert trajectories.messages == ["end of time"] * 2
    assert trajectories.end_log_odds == pytest.approx(coarser.end_log_odds, rel=1e-11)


def test_no_starts_are_no_trajectories() -> None:
    """An empty batch is answered with empty arrays."""
    trajectories = batch(field_of(COORDINATION), np.empty((0, 2)), 1, times=5)
    assert trajectories.states.shape == (0, 5, 2)
    assert trajectories.messages == []
