"""Single trajectories of fields that leave faces: events, messages, and what cannot be asked."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

import separatrix
from core.dynamics.fields.games import HAWKS, INNOVATIVE, OPTIONS, PENNIES, ROCK, STAG, UNEVEN
from separatrix.dynamics.fields import field as field_of
from separatrix.dynamics.integration.results import Status
from separatrix.dynamics.integration.runge_kutta import Arrival, Steady, Threshold
from separatrix.dynamics.integration.trajectory import follow, trajectory
from separatrix.errors import InputError

LEAVING = ["replicator-mutator", "smith", "bnn", "logit"]


def orbit(document: dict[str, Any], start: Any, kind: str, **asked: Any) -> Any:
    """Follow a game from a start under one kind of field."""
    return trajectory(separatrix.load(document), start, field=kind, **OPTIONS.get(kind, {}), **asked)


def test_a_hot_logit_approaches_the_middle_as_the_formula_says() -> None:
    """With payoffs that all are equal the distance to the middle shrinks by exp(-t)."""
    still = {"title": "t", "payoff_matrix": [[1, 1, 1]] * 3}
    found = orbit(still, [0.7, 0.3, 0.0], "logit", until=5, points=11, tolerance=1e-12)
    expected = 1 / 3 + (np.array([0.7, 0.3, 0.0]) - 1 / 3) * np.exp(-found.times)[:, None]
    assert found.states == pytest.approx(expected, abs=1e-12)


def test_mutation_alone_decays_at_its_rate() -> None:
    """Without selection and with mutation always, the difference of two shares shrinks by exp(-2 mu t)."""
    still = separatrix.load({"title": "t", "payoff_matrix": [[1, 1], [1, 1]]})
    found = trajectory(
        still, [1], field="replicator-mutator", mu="1/10", when="always", until=5, points=11, tolerance=1e-12
    )
    assert found.states[:, 0] == pytest.approx(0.5 + 0.5 * np.exp(-0.2 * found.times), abs=1e-12)


@pytest.mark.parametrize("kind", ["smith", "bnn", "logit"])
def test_what_nobody_plays_is_taken_up(kind: str) -> None:
    """From a corner the trajectory leads inside, and no face is said to hold it."""
    found = orbit(HAWKS, [0], kind, until=200)
    assert found.message in ("still moving at the end", "at rest at the end")
    assert 0.5 < found.states[-1, 0] < 0.7
    assert found.log_odds[0, 0] == -math.inf and np.isfinite(found.log_odds[1:]).all()


@pytest.mark.parametrize("kind", LEAVING)
@pytest.mark.parametrize("document", [HAWKS, ROCK, STAG, PENNIES, UNEVEN])
def test_states_stay_in_the_state_space(kind: str, document: dict[str, Any]) -> None:
    """From every pure profile shares lie in [0, 1] and add up to one, coarsely followed too."""
    flow = field_of(separatrix.load(document), kind=kind, **OPTIONS.get(kind, {}))
    for start in flow.probes:
        states = follow(flow, start.tolist(), points=51, tolerance=1e-4).states
        assert states.min() >= 0 and states.max() <= 1
        for part in flow.weights(states):
            assert part.sum(axis=-1) == pytest.approx(1, abs=1e-15 * part.shape[-1] * 4)


@pytest.mark.parametrize("kind", INNOVATIVE[:2])
def test_nash_equilibria_are_rest_points(kind: str) -> None:
    """A trajectory from one stays there, and says so."""
    found = orbit(PENNIES, [0.5, 0.5], kind)
    assert found.message == "starts at a rest point, and stays there"
    assert found.states[-1].tolist() == [0.5, 0.5]


def test_a_logit_trajectory_crosses_a_threshold_when_the_formula_says() -> None:
    """From 1 to the middle at exp(-t): three quarters at ln 2; the crossing is noted or ends the orbit."""
    still = {"title": "t", "payoff_matrix": [[1, 1], [1, 1]]}
    events = [Threshold([1.0], 0.75, stop=False), Threshold([1.0], 0.625)]
    found = orbit(still, [1], "logit", until=50, points=6, tolerance=1e-11, events=events)
    assert found.status is Status.CROSSED
    assert found.crossings == pytest.approx((math.log(2), math.log(4)), abs=1e-9)
    assert found.end_time == pytest.approx(math.log(4), abs=1e-9)
    assert found.states[-1, 0] == pytest.approx(0.625, abs=1e-9)


def test_arrival_and_rest_end_a_trajectory() -> None:
    """Smith's dynamics arrive at the hawks' share, or are there already; logit stops where it is slow."""
    attractor = Arrival([[0.0], [2 / 3]], radius=1e-4)
    arrived = orbit(HAWKS, [0.1], "smith", until=1000, events=[attractor, Steady()])
    assert (arrived.status, arrived.arrived) == (Status.ARRIVED, 1)
    assert abs(arrived.states[-1, 0] - 2 / 3) == pytest.approx(1e-4, rel=1e-6)
    at_once = orbit(HAWKS, [0.66661], "smith", events=[attractor])
    assert (at_once.status, at_once.end_time) == (Status.ARRIVED, 0.0)
    steady = orbit(HAWKS, [0.1], "logit", until=1000, events=[Steady(1e-6)])
    assert steady.status is Status.STEADY and 5 < steady.end_time < 50
    assert steady.states[-1] == pytest.approx(orbit(HAWKS, [0.1], "logit", until=100).states[-1], abs=1e-5)


@pytest.mark.parametrize(
    ("kind", "asked", "code"),
    [
        ("smith", {"until": -1}, "D602"),
        ("smith", {"until": 0}, "D602"),
        ("smith", {"points": 1}, "D602"),
        ("smith", {"tolerance": 0}, "D602"),
        ("smith", {"events": [Arrival([[0.0, 1.0]])]}, "D603"),
        ("best-response", {"events": [Arrival([[0.5]])]}, "D604"),
        ("smith", {"eta": 1}, "V321"),
        ("smyth", {}, "V320"),
    ],
)
def test_what_cannot_be_asked_is_refused(kind: str, asked: dict[str, Any], code: str) -> None:
    """Times, tolerances, events, fields and options that cannot be; the error says which."""
    with pytest.raises(InputError) as refused:
        trajectory(separatrix.load(HAWKS), [0.5], field=kind, **asked)
    assert refused.value.code == code


def test_a_start_outside_is_refused() -> None:
    """As for every other field."""
    with pytest.raises(InputError, match="D601"):
        trajectory(separatrix.load(HAWKS), [1.5], field="smith")
    with pytest.raises(InputError, match="D601"):
        follow(field_of(separatrix.load(ROCK), kind="smith"), [0.5, 0.4, 0.4])


def test_a_schedule_is_followed_by_fields_that_keep_faces_alone() -> None:
    """The payoff-adjusted replicator obeys it; for logit the error says what can be done."""
    policy = {
        "title": "t",
        "parameters": {"s": 0},
        "payoff_matrix": [["s + 2", "s + 1"], [2, 2]],
        "schedule": {"s": {"steps": [[1, 3]]}},
    }
    game = separatrix.load(policy)
    adjusted = trajectory(game, [0.1], field="payoff-adjusted", until=30)
    assert adjusted.states[-1, 0] == pytest.approx(1, abs=1e-6)
    assert "parameters change" in adjusted.message
    with pytest.raises(InputError, match=r"D605.*logit"):
        trajectory(game, [0.1], field="logit")
