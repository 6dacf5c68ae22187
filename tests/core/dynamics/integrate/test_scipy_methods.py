"""Trajectories that have come to rest long before they end."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import separatrix
from separatrix.dynamics.fields.replicator import replicator
from separatrix.dynamics.integration import scipy_solvers as module
from separatrix.dynamics.integration.coordinates import motion_of
from separatrix.dynamics.integration.scipy_solvers import scipy_states

STAG = [[[4, 4], [0, 3]], [[3, 0], [2, 2]]]
PLAYERS = [{"name": s, "share": s, "strategies": ["yes", "no"]} for s in "xy"]


def stag(scale: int) -> separatrix.Game:
    """Return a stag hunt with payoffs so many times as large."""
    return separatrix.load({"populations": PLAYERS, "bimatrix": (scale * np.array(STAG)).tolist()})


def matrix(rows: Any) -> separatrix.Game:
    """Return a game of one population that plays itself."""
    return separatrix.load({"title": "One population", "payoff_matrix": rows})


@pytest.mark.parametrize("method", ["lsoda", "dop853"])
@pytest.mark.parametrize(
    ("name", "start"), [("stag", [0.7, 0.65]), ("hawks", [0.1]), ("rock", [0.5, 0.3, 0.2])]
)
def test_what_a_trajectory_costs_does_not_grow_with_the_scale_of_payoffs(
    name: str, start: list[float], method: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Until one time, payoffs a million times as large take hardly more evaluations than a thousand times."""

    def game(k: int) -> separatrix.Game:
        if name == "stag":
            return stag(k)
        if name == "hawks":
            return matrix([[-k, 4 * k], [0, 2 * k]])
        return matrix([[0, -k, 2 * k], [2 * k, 0, -k], [-k, 2 * k, 0]])

    calls = {}
    for k in (10**3, 10**6):
        motion = motion_of(replicator(game(k)))
        first = motion.to_coordinates(np.array([start]))[:, 0]
        count = 0
        plain = module.slope_of

        def counted(*given: Any, plain: Any = plain) -> Any:
            slope = plain(*given)

            def one(time: float, at: Any) -> Any:
                nonlocal count
                count += 1
                return slope(time, at)

            return one

        with monkeypatch.context() as patch:
            patch.setattr(module, "slope_of", counted)
            tolerance = 1e-10 if method == "lsoda" else 1e-12
            found = scipy_states(motion, first, np.linspace(0, 100, 401), tolerance, method)
        assert found is not None
        calls[k] = count
    assert calls[10**6] < 2 * calls[10**3]


def test_a_trajectory_at_rest_goes_on_as_exactly_as_before() -> None:
    """In log-odds a share goes on shrinking at its rate; time in units of the payoffs counts alone."""
    early = separatrix.trajectory(stag(1), [0.7, 0.65], until=1000)
    late = separatrix.trajectory(stag(10**4), [0.7, 0.65], until=0.1)
    assert late.log_odds == pytest.approx(early.log_odds, rel=1e-8)
    long = separatrix.trajectory(stag(10**6), [0.7, 0.65], until=100, points=3)
    # From t = 1000/10**6 on both gain one a unit of payoff.
    assert long.log_odds[-1] == pytest.approx(early.log_odds[-1] + 10**8 - 1000, rel=1e-12)


def test_a_share_that_returns_after_long_is_not_passed_unseen() -> None:
    """One of 1e-300 that gains 1e-10 of the largest payoff still takes over when its time has come."""
    rows = [[0, 0, 0], [1, 0, 0], [1, "1e-10", 0]]
    orbit = separatrix.trajectory(matrix(rows), [0.5, 0.5, 1e-300], until=1.2e13, points=13)
    third = orbit.log_odds[:, 2]
    assert third[0] == pytest.approx(-690.775, abs=1e-2)
    # x_3 grows at 1e-10 while it is rare: it is the commonest after 690.8e10 units of time.
    assert third[6] < -80 and third[7] > np.log(0.5) and orbit.states[-1][2] > 0.99


def test_a_trajectory_that_rests_at_a_saddle_leaves_again() -> None:
    """Where an eigenvalue is positive, steps stay short, and what is off by 1e-9 is seen to leave."""
    game = separatrix.load({"populations": PLAYERS, "bimatrix": STAG})
    orbit = separatrix.trajectory(game, [2 / 3 + 1e-12, 2 / 3 + 1e-12], until=2000, points=5)
    assert orbit.states[-1].round(6).tolist() == [1, 1]
