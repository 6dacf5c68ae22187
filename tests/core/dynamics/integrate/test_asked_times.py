"""Trajectories at the times that the user asks for."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import separatrix


def test_times_of_any_spacing_have_the_states_of_equal_ones() -> None:
    """At times that both have, the states are the same to the tolerance."""
    times = [0.0, 0.05, 0.5, 1.7]
    found = separatrix.trajectory("shi-chen-2018", [0.2, 0.3], times=times)
    equal = separatrix.trajectory("shi-chen-2018", [0.2, 0.3], until=1.7, points=35)
    assert found.times.tolist() == times
    assert found.states == pytest.approx(equal.states[[0, 1, 10, 34]], rel=1e-8)


def test_times_need_not_begin_with_the_start() -> None:
    """The trajectory begins at time 0, which need not be asked for; an array of numpy will do."""
    found = separatrix.trajectory("shi-chen-2018", [0.2, 0.3], times=np.array([0.5, 1.0]))
    whole = separatrix.trajectory("shi-chen-2018", [0.2, 0.3], times=[0, 0.5, 1.0])
    assert found.states == pytest.approx(whole.states[1:], rel=1e-8)


def test_times_may_go_back() -> None:
    """Negative times are followed back, and forward again to the start."""
    back = separatrix.trajectory("shi-chen-2018", [0.2, 0.3], times=[0, -0.1, -0.5])
    again = separatrix.trajectory("shi-chen-2018", back.states[-1].tolist(), times=[0, 0.5])
    assert again.states[-1] == pytest.approx([0.2, 0.3], abs=1e-8)


def test_times_across_a_change_of_parameters() -> None:
    """With a schedule the states at asked times are those of the trajectory at equal ones."""
    game = separatrix.load("shi-chen-2018")
    content = {**game.raw, "schedule": {"C1": {"steps": [[0, 0], [0.3, 4]]}}}
    game = separatrix.load(content)
    found = separatrix.trajectory(game, [0.2, 0.3], times=[0.1, 0.3, 0.9])
    equal = separatrix.trajectory(game, [0.2, 0.3], until=0.9, points=10)
    assert found.states == pytest.approx(equal.states[[1, 3, 9]], rel=1e-7)


def test_other_dynamics_take_times_too() -> None:
    """Dynamics that leave faces are followed by other methods, to the same times."""
    found = separatrix.trajectory("shi-chen-2018", [0.2, 0.3], times=[0.3, 1.0], field="logit", eta=1)
    equal = separatrix.trajectory("shi-chen-2018", [0.2, 0.3], until=1.0, points=11, field="logit", eta=1)
    assert found.states == pytest.approx(equal.states[[3, 10]], rel=1e-6)


@pytest.mark.parametrize(
    "asked",
    [
        {"times": [1.0]},
        {"times": [0, 2, 1]},
        {"times": [0, 1, 1]},
        {"times": [-1, 1]},
        {"times": [0, np.nan]},
        {"times": [0, np.inf]},
        {"times": [[0, 1]]},
        {"times": []},
        {"times": [0, 0]},
        {"times": [0, 1], "until": 3},
    ],
)
def test_times_that_cannot_be_are_refused(asked: dict[str, Any]) -> None:
    """One time, times out of order or of both signs, and an end beside them are refused with D602."""
    with pytest.raises(separatrix.InputError, match="D602"):
        separatrix.trajectory("shi-chen-2018", [0.2, 0.3], **asked)
