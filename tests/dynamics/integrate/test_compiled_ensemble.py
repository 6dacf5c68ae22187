"""Trajectories by machine code: as exact as those without, and independent of company, order and threads."""

from __future__ import annotations

import stat
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy.integrate import solve_ivp

import separatrix
from separatrix.dynamics.attractors import arrival
from separatrix.dynamics.attractors.candidates_of_field import omega_limits
from separatrix.dynamics.basins.sobol_starts import starts
from separatrix.dynamics.fields import field as field_of
from separatrix.dynamics.integrate import batch as batches
from separatrix.dynamics.integrate import compiled_ensemble
from separatrix.dynamics.integrate.batch import batch
from separatrix.dynamics.integrate.compiled_ensemble import ArrivalBox, CompiledEnsemble, Ended
from separatrix.dynamics.integrate.coordinates import motion_of
from separatrix.dynamics.integrate.polynomial_rates import polynomial_rates
from separatrix.dynamics.integrate.result import Status
from separatrix.run import machine_code
from separatrix.run.deadline import OutOfTime, within

STREAM = np.random.default_rng(3)


def tables(*sizes: int) -> dict[str, Any]:
    """Return a game of a random table of payoffs."""
    names = "ABCDE"[: len(sizes)]
    return {
        "title": "random",
        "populations": [
            {"name": n, "share": f"x{n}", "strategies": [f"s{k}" for k in range(size)]}
            for n, size in zip(names, sizes, strict=True)
        ],
        "payoffs": [
            {"play": [f"s{k}" for k in place], "pay": STREAM.normal(size=len(sizes)).round(3).tolist()}
            for place in np.ndindex(*sizes)
        ],
    }


FORMS: dict[str, Any] = {
    "two by two": tables(2, 2),
    "tripartite": tables(2, 2, 2),
    "four parties": tables(2, 2, 2, 2),
    "uneven": tables(3, 2, 2),
    "one population": {
        "title": "one",
        "payoff_matrix": [[0, 2, -1, 1], [1, 0, 2, -2], [-2, 1, 0, 1], [1, 1, -1, 0]],
    },
    "a single strategy beside": tables(2, 1, 2),
    "state-dependent": {
        "title": "dynamic penalty",
        "populations": [{"name": "A", "share": "x"}, {"name": "B", "share": "y"}],
        "payoff_functions": {
            "A": {"yes": "2*y - 1 + x*(1 - x)", "no": "y^2/2"},
            "B": {"yes": "3*x - 1", "no": "x*y"},
        },
    },
}


def field_and_starts(form: str, count: int) -> tuple[Any, Any]:
    """Return the replicator of a game, and starts."""
    field = field_of(separatrix.load(FORMS[form]))
    stream = np.random.default_rng(7)
    return field, field.state([stream.dirichlet(np.ones(size), count) for size in field.sizes])


@pytest.fixture
def compiled(monkeypatch: pytest.MonkeyPatch) -> None:
    """Follow any number of trajectories by machine code."""
    monkeypatch.setattr(batches, "COMPILED_FROM", 1)


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("until", [6.0, -2.0])
def test_states_are_those_of_scipy(compiled: None, form: str, until: float) -> None:
    """For every form of payoffs, at times within steps, forward and backward in time."""
    field, first = field_and_starts(form, 4)
    assert motion_of(field).polynomials is not None
    found = batch(field, first, until, times=5, tolerance=1e-10)
    assert (found.status == Status.END).all()
    for k, start in enumerate(first):
        exact = solve_ivp(
            lambda t, x: field(x),
            (0, until),
            start,
            method="DOP853",
            rtol=1e-13,
            atol=1e-15,
            t_eval=found.times,
        )
        np.testing.assert_allclose(found.states[k], exact.y.T, rtol=0, atol=2e-8)


@pytest.mark.parametrize("form", ["tripartite", "uneven"])
def test_steps_are_those_without_machine_code(monkeypatch: pytest.MonkeyPatch, form: str) -> None:
    """The same number of steps, and states up to rounding: it is one method and one control of the error."""
    field, first = field_and_starts(form, 200)
    plain = batch(field, first, 30.0, times=7)
    monkeypatch.setattr(batches, "COMPILED_FROM", 1)
    found = batch(field, first, 30.0, times=7)
    assert (found.steps == plain.steps).mean() > 0.99
    np.testing.assert_allclose(found.states, plain.states, rtol=0, atol=1e-9)


def test_faces_are_kept(compiled: None) -> None:
    """A strategy that nobody plays stays unplayed, and one that all play is played by all."""
    field = field_of(separatrix.load(FORMS["tripartite"]))
    found = batch(field, [[0.0, 0.3, 1.0], [1.0, 1.0, 0.2]], 40.0, times=4)
    assert (found.states[0, :, 0] == 0).all()
    assert (found.states[0, :, 2] == 1).all()
    assert (found.states[1, :, :2] == 1).all()


def test_nothing_depends_on_company_order_or_threads(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each trajectory is the same to the last bit, alone, among others, in any order, on any cores."""
    field, first = field_and_starts("tripartite", 1_500)
    motion = motion_of(field)

    def ends(rows: Any, cores: int) -> Any:
        monkeypatch.setattr(compiled_ensemble, "cores", lambda: cores)
        assert motion.polynomials is not None
        under_way = CompiledEnsemble(
            motion.polynomials, motion.of(first[rows]), pace=motion.pace, tolerance=1e-6, end=20.0
        )
        under_way.run(10_000)
        return under_way.at.T

    every = ends(np.arange(1_500), 1)
    order = np.random.default_rng(1).permutation(1_500)
    assert np.array_equal(ends(np.arange(1_500), 2), every)
    assert np.array_equal(ends(order, 2), every[order])
    for k in (0, 7, 1_499):
        assert np.array_equal(ends([k], 1)[0], every[k])


def test_work_that_is_cut_into_pieces_ends_where_it_would_without(compiled: None) -> None:
    """A trajectory that pauses after every step makes the same steps."""
    field, first = field_and_starts("uneven", 40)
    motion = motion_of(field)
    assert motion.polynomials is not None

    def made() -> CompiledEnsemble:
        assert motion.polynomials is not None
        return CompiledEnsemble(
            motion.polynomials, motion.of(first), pace=motion.pace, tolerance=1e-6, end=10.0
        )

    whole, pieces = made(), made()
    whole.run(10_000)
    rows, most = np.arange(40), 0
    while rows.size:
        most += 1
        pieces.run(most, rows)
        rows = rows[pieces.ended[rows] == Ended.STEPS]
    assert np.array_equal(whole.at, pieces.at)
    assert np.array_equal(whole.steps, pieces.steps)


def test_a_region_ends_a_trajectory_where_it_is_slow_enough() -> None:
    """The first box that holds the state counts, and one with a speed only where no share moves faster."""
    field = field_of(separatrix.load({"payoff_matrix": [[1, 0], [0, 1]], "title": "Coordination"}))
    motion = motion_of(field)
    assert motion.polynomials is not None
    boxes = [ArrivalBox((0.9,), (1.0,), slowest=1e-3), ArrivalBox((-1.0,), (0.2,))]
    under_way = CompiledEnsemble(
        motion.polynomials,
        motion.of(np.array([[0.7], [0.4]])),
        pace=motion.pace,
        tolerance=1e-6,
        regions=[boxes],
    )
    under_way.run(1_000)
    assert under_way.region.tolist() == [0, 1]
    last = motion.states(under_way.at)[:, 0]
    assert last[0] * (1 - last[0]) * (2 * last[0] - 1) <= 1e-3
    assert last[1] <= 0.2


@pytest.mark.parametrize("slug", ["wang-2023", "rock-paper-scissors-one-population", "mckelvey-mclennan"])
def test_labels_are_those_without_machine_code(monkeypatch: pytest.MonkeyPatch, slug: str) -> None:
    """Each start has the same outcome, whether boxes, rest sets or cycles attract."""
    game = separatrix.load(slug)
    for scenario in game.scenarios or [None]:
        drawn = starts(game.space.sizes, 512, 5)
        first = drawn.reshape(-1, drawn.shape[-1])
        analysis = separatrix.analyze(game, scenario=scenario)
        plain = omega_limits(analysis).names(first)
        monkeypatch.setattr(arrival, "COMPILED_FROM", 1)
        found = omega_limits(analysis).names(first)
        monkeypatch.undo()
        assert (found == plain).all()


def test_a_lack_of_time_is_noticed() -> None:
    """Trajectories that never end stop soon after the time has run out."""
    field = field_of(separatrix.load("matching-pennies"))
    motion = motion_of(field)
    assert motion.polynomials is not None
    first = np.random.default_rng(0).uniform(0.1, 0.9, (4_000, 2))
    under_way = CompiledEnsemble(motion.polynomials, motion.of(first), pace=motion.pace, tolerance=1e-6)
    with within(-1.0), pytest.raises(OutOfTime):
        under_way.run(1_000)


def test_functions_that_are_no_polynomials_are_left_alone() -> None:
    """Payoffs with a quotient of shares or an exponential are followed without machine code, as before."""
    game = {
        "title": "no polynomial",
        "populations": [{"name": "A", "share": "x"}, {"name": "B", "share": "y"}],
        "payoff_functions": {"A": {"yes": "1/(1 + y)", "no": "y"}, "B": {"yes": "x", "no": "1 - x"}},
    }
    assert motion_of(field_of(separatrix.load(game))).polynomials is None
    assert polynomial_rates((2,), lambda: [[np.exp(np.ones(2)), 1.0]], 2) is not None


# --------------------------------------------------------------------------- where it is kept


def test_machine_code_is_kept_where_only_the_user_can_write(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """The folder has rights for its owner alone; one that others could write to is not used."""
    if sys.platform == "win32":
        pytest.skip("rights of folders are told otherwise there")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setattr(sys, "platform", "linux")
    machine_code.folder.cache_clear()
    try:
        made = machine_code.folder()
        assert made is not None
        assert stat.S_IMODE(made.stat().st_mode) == 0o700
        made.chmod(0o777)
        machine_code.folder.cache_clear()
        assert machine_code.folder() is None
        monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
        (tmp_path / "file").write_text("no folder", encoding="utf-8")
        machine_code.folder.cache_clear()
        assert machine_code.folder() is None
    finally:
        monkeypatch.undo()
        machine_code.folder.cache_clear()


def test_an_analysis_and_a_trajectory_load_no_numba() -> None:
    """What would not be quicker for it does not wait for numba: an analysis, one trajectory, a few starts."""
    code = (
        "import sys, separatrix\n"
        "game = separatrix.load('wang-2023')\n"
        "separatrix.trajectory(game, scenario='stage-4', start=[0.5, 0.5, 0.5])\n"
        "separatrix.basins(game, scenario='stage-4', samples=1024)\n"
        "assert 'numba' not in sys.modules and 'llvmlite' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
