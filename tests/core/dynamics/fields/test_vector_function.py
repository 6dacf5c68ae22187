"""The dynamics as a function for any solver."""

from __future__ import annotations

import pickle

import numpy as np
import pytest
from scipy.integrate import solve_ivp

import separatrix

SCHEDULED = {
    "title": "Subsidy",
    "populations": [{"name": n, "share": n, "strategies": ["yes", "no"]} for n in ("x", "y")],
    "parameters": {"c": "1/2"},
    "advantages": {"x": "y - c", "y": "x - c"},
    "schedule": {"c": {"steps": [[0, "-1"], [2, "1/2"]]}},
}


@pytest.mark.parametrize("slug", ["shi-chen-2018", "wang-2023", "rock-paper-scissors-one-population"])
def test_a_solver_finds_what_the_program_finds(slug: str) -> None:
    """solve_ivp over `vector_field` comes to the states of `trajectory` at the same times."""
    game = separatrix.load(slug)
    start = [0.3 + 0.1 * k for k in range(len(game.shares))]
    if not game.space.binary:
        start = [0.5, 0.3, 0.2]
    values = {**{n: p.value for n, p in game.parameters.items()}, **next(iter(game.scenarios.values()), {})}
    times = [0.0, 0.1, 0.3]
    orbit = separatrix.trajectory(game, start, values, times=times)
    found = solve_ivp(
        separatrix.vector_field(game, values), (0, times[-1]), start, t_eval=times, rtol=1e-11, atol=1e-13
    )
    assert found.y.T == pytest.approx(orbit.states, abs=1e-8)


def test_several_states_are_columns() -> None:
    """A solver with vectorized=True gets for each column what it gets for that state alone."""
    f = separatrix.vector_field("wang-2023", scenario="stage-4")
    states = np.array([[0.2, 0.4], [0.3, 0.5], [0.6, 0.7]])
    for k in range(2):
        assert f(0.0, states)[:, k] == pytest.approx(f(0.0, states[:, k]), rel=1e-14)


def test_a_schedule_is_followed() -> None:
    """The rates are those of the parameters at the time that is asked about."""
    f = separatrix.vector_field(separatrix.load(SCHEDULED))
    assert f(1.0, [0.5, 0.5]).tolist() == [0.375, 0.375]
    assert f(3.0, [0.5, 0.5]).tolist() == [0.0, 0.0]


def test_other_dynamics_and_other_processes() -> None:
    """It takes the name of a dynamic, and travels by pickle."""
    f = separatrix.vector_field("shi-chen-2018", field="logit", eta=1)
    again = pickle.loads(pickle.dumps(f))
    assert f.shares == ("x", "y") and again(0.0, [0.2, 0.3]).tolist() == f(0.0, [0.2, 0.3]).tolist()


def test_a_parameter_without_a_value_is_refused() -> None:
    """The error is that of `trajectory`."""
    game = {"payoff_matrix": [["v", 0], [0, 1]], "parameters": {"v": {}}}
    with pytest.raises(separatrix.InputError, match="V304"):
        separatrix.vector_field(game)
