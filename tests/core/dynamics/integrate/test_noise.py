"""Replicator dynamics in noise, against what Itô's formula and the normal distribution say."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from core.dynamics.fields.games import HAWKS, PENNIES, ROCK, UNEVEN
from separatrix.dynamics.fields import FaceField, field
from separatrix.dynamics.integration.noise import NoisyField, noisy, noisy_trajectories
from separatrix.dynamics.integration.trajectory import trajectory
from separatrix.errors import SeparatrixError
from separatrix.game.reader import load


def shaken(game: dict[str, Any], sigma: object) -> NoisyField:
    """Return the replicator of a game with noise."""
    loaded = load(game)
    flow = field(loaded)
    assert isinstance(flow, FaceField)
    return noisy(loaded, flow, sigma)


def test_shares_drift_as_fudenberg_and_harris_say() -> None:
    """For two strategies the drift is x(1-x)[c(U_1 - U_2) - s1² x + s2² (1-x)] (1992, equation 2)."""
    noise = shaken({**HAWKS, "speeds": {"x": 3}}, [0.5, 0.2])
    x = np.linspace(0, 1, 11)
    advantage = 3 * ((-x + 4 * (1 - x)) - 2 * (1 - x))
    expected = x * (1 - x) * (advantage - 0.25 * x + 0.04 * (1 - x))
    assert noise.share_drift(x[:, None])[:, 0] == pytest.approx(expected)


def test_drift_in_log_odds_and_in_shares_agree_by_itos_formula() -> None:
    """dx = x'(u) drift + 1/2 x''(u) variance, with derivatives by differences, for three strategies."""
    noise = shaken(UNEVEN, {"A": [0.3, 0.1, 0.4], "B": 0.2})
    u = [np.array([0.4, -0.3]), np.array([0.7])]
    state = noise.flow.state(noise.weights(u))
    drift, spread = noise.drift(u), noise.diffusion
    expected = np.zeros(4)
    h = 1e-4

    def moved(i: int, by: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
        return noise.flow.state(noise.weights([part + by if j == i else part for j, part in enumerate(u)]))

    for i in range(2):
        expected += (moved(i, h * drift[i]) - moved(i, -h * drift[i])) / (2 * h)
        for column in spread[i].T:
            expected += (moved(i, h * column) - 2 * state + moved(i, -h * column)) / (2 * h**2)
    assert noise.share_drift(state) == pytest.approx(expected, abs=1e-6)


def test_without_noise_trajectories_are_trajectories() -> None:
    """With sigma = 0 every run is the trajectory of the replicator, up to the error of Euler's method."""
    game = load(HAWKS)
    trajectories = noisy_trajectories(game, [0.1], sigma=0, until=5, runs=2, steps=20_000, points=11, seed=1)
    exact = trajectory(game, [0.1], until=5, points=11)
    assert trajectories.states[0] == pytest.approx(trajectories.states[1], abs=0)
    assert trajectories.states[0] == pytest.approx(exact.states, abs=1e-3)


def test_log_odds_are_normal_where_the_advantage_is_constant() -> None:
    """With a constant advantage d the log-odds have mean d t - (s1² - s2²) t/2 and variance (s1² + s2²) t.

    Bounds of five standard errors, so that a seed fails about once in a million.
    """
    game = load({"title": "t", "payoff_matrix": [[1, 1], [0, 0]]})
    runs, t, one, two = 4_000, 2.0, 0.8, 0.3
    trajectories = noisy_trajectories(
        game,
        [0.5],
        sigma={game.populations[0].name: [one, two]},
        until=t,
        runs=runs,
        steps=20,
        points=3,
        seed=11,
    )
    x = trajectories.states[:, -1, 0]
    u = np.log(x / (1 - x))
    variance = (one**2 + two**2) * t
    assert u.mean() == pytest.approx(t - (one**2 - two**2) / 2 * t, abs=5 * np.sqrt(variance / runs))
    assert u.var() == pytest.approx(variance, abs=5 * variance * np.sqrt(2 / runs))


def test_what_nobody_plays_stays_unplayed() -> None:
    """Noise vanishes on faces: a share that is exactly 0 or 1 never changes."""
    trajectories = noisy_trajectories(load(ROCK), [0, "1/2", "1/2"], sigma=2, until=50, runs=20, seed=3)
    assert (trajectories.states[..., 0] == 0).all()
    assert trajectories.states.sum(axis=-1) == pytest.approx(1)
    assert np.isfinite(trajectories.states).all()
    pure = noisy_trajectories(load(PENNIES), [1, 0], sigma=2, until=5, runs=3, seed=3)
    assert (pure.states == [1, 0]).all()


def test_the_seed_is_recorded_and_gives_the_same_again() -> None:
    """A run without seed records the entropy it drew; the same seed gives the same numbers."""
    game = load(HAWKS)
    first = noisy_trajectories(game, [0.5], sigma=0.5, until=2, runs=4)
    again = noisy_trajectories(game, [0.5], sigma=0.5, until=2, runs=4, seed=first.seed)
    other = noisy_trajectories(game, [0.5], sigma=0.5, until=2, runs=4, seed=first.seed + 1)
    assert (first.states == again.states).all()
    assert (first.states != other.states).any()
    assert str(first.seed) in first.message


def test_runs_have_streams_of_their_own() -> None:
    """Run i is the same, however many runs there are; no two runs are alike."""
    game = load(HAWKS)
    few = noisy_trajectories(game, [0.5], sigma=0.5, until=2, runs=3, seed=8)
    many = noisy_trajectories(game, [0.5], sigma=0.5, until=2, runs=7, seed=8)
    assert few.states == pytest.approx(many.states[:3], abs=1e-14)
    assert len({float(x) for x in many.states[:, -1, 0]}) == 7


def test_payoff_adjustment_takes_noise_too() -> None:
    """Any field that keeps faces can be shaken."""
    trajectories = noisy_trajectories(
        load(HAWKS), [0.5], sigma=0.1, until=2, runs=3, seed=8, kind="payoff-adjusted", background=3
    )
    assert ((trajectories.states > 0) & (trajectories.states < 1)).all()


@pytest.mark.parametrize(
    ("change", "code", "message"),
    [
        ({"sigma": -1}, "V321", "expected no negative number"),
        ({"sigma": [0.1, 0.2, 0.3]}, "V321", "holds 3 numbers; expected 2"),
        ({"sigma": {"Nobody": 1}}, "V321", "is given for `Nobody`"),
        ({"sigma": float("nan")}, "V301", "finite"),
        ({"kind": "smith"}, "V321", "needs a field that keeps them"),
        ({"until": 0}, "D602", "positive finite"),
        ({"until": float("inf")}, "D602", "positive finite"),
        ({"runs": 0}, "D602", "`runs` is 0"),
        ({"points": 1}, "D602", "`points` is 1"),
        ({"seed": -1}, "D602", "`seed` is -1"),
        ({"start": [1.5]}, "D601", "between 0 and 1"),
    ],
)
def test_impossible_calls_are_refused(change: dict[str, Any], code: str, message: str) -> None:
    """Negative noise, no time, no runs and starts outside are refused with what is expected."""
    with pytest.raises(SeparatrixError, match=message) as caught:
        noisy_trajectories(load(HAWKS), **{"start": [0.5], "sigma": 0.1, "until": 1, "runs": 2, **change})
    assert caught.value.code == code
