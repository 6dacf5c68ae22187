"""Trajectories by machine code: as exact as those without, and independent of company, order and threads."""

from __future__ import annotations

import errno
import itertools
import stat
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numba.core.caching import IndexDataCacheFile
from scipy.integrate import solve_ivp

import separatrix
from separatrix.dynamics.attractors import candidates
from separatrix.dynamics.attractors.candidates import attractors_of
from separatrix.dynamics.attractors.equilibria import omega_limits
from separatrix.dynamics.basins.basins import starts
from separatrix.dynamics.fields import field as field_of
from separatrix.dynamics.integration import batch as batches
from separatrix.dynamics.integration import compiled_ensemble
from separatrix.dynamics.integration.batch import batch
from separatrix.dynamics.integration.compiled_ensemble import ArrivalBox, CompiledEnsemble, Ended
from separatrix.dynamics.integration.coordinates import motion_of
from separatrix.dynamics.integration.polynomial_rates import polynomial_rates
from separatrix.dynamics.integration.results import Order, Status, recorded_compiled
from separatrix.run import compilation as machine_code
from separatrix.run.limits import OutOfTime, time_limit

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
            motion.polynomials, motion.to_coordinates(first[rows]), pace=motion.pace, tolerance=1e-6, end=20.0
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
            motion.polynomials, motion.to_coordinates(first), pace=motion.pace, tolerance=1e-6, end=10.0
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
        motion.to_coordinates(np.array([[0.7], [0.4]])),
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
        monkeypatch.setattr(candidates, "COMPILED_FROM", 1)
        found = omega_limits(analysis).names(first)
        monkeypatch.undo()
        assert (found == plain).all()


def test_a_lack_of_time_is_noticed() -> None:
    """Trajectories that never end stop soon after the time has run out."""
    field = field_of(separatrix.load("matching-pennies"))
    motion = motion_of(field)
    assert motion.polynomials is not None
    first = np.random.default_rng(0).uniform(0.1, 0.9, (4_000, 2))
    under_way = CompiledEnsemble(
        motion.polynomials, motion.to_coordinates(first), pace=motion.pace, tolerance=1e-6
    )
    with time_limit(-1.0), pytest.raises(OutOfTime):
        under_way.run(1_000)


def test_what_has_arrived_when_time_runs_out_keeps_its_label(monkeypatch: pytest.MonkeyPatch) -> None:
    """The parcels that were followed until then are labelled as they would be later, the others are not."""
    game = separatrix.load("shi-chen-2018")
    motion = motion_of(field_of(game))
    attractors = attractors_of(separatrix.analyze(game), motion, linear=True)
    first = motion.to_coordinates(np.random.default_rng(0).uniform(0.1, 0.9, (2_000, 2)))
    monkeypatch.setattr(candidates, "COMPILED_FROM", 1)
    monkeypatch.setattr(compiled_ensemble, "cores", lambda: 1)
    whole, _ = candidates.settle(motion, first, attractors)
    ticks = itertools.count()
    with time_limit(2.5, now=lambda: float(next(ticks))):
        cut, _ = candidates.settle(motion, first, attractors)
    labelled = cut != candidates.UNSETTLED
    assert labelled[: compiled_ensemble.PARCEL].all()
    assert not labelled[-1]
    assert (cut[labelled] == whole[labelled]).all()


def test_a_trajectory_without_a_speed_is_lost() -> None:
    """In a game whose payoffs have no value it stays at its start, after a few steps; others do not mind."""
    field, first = field_and_starts("uneven", 3)
    motion = motion_of(field)
    assert motion.polynomials is not None
    both = np.concatenate(
        [motion.polynomials.coefficients, np.full_like(motion.polynomials.coefficients, np.nan)]
    )
    order = Order(motion, 5.0, np.array([0.0, 1.0]), (), 1e-8)
    at = motion.to_coordinates(first).T
    alone = recorded_compiled(order, at[:2], np.ones(2), motion.polynomials)
    found = recorded_compiled(
        order, at, np.ones(3), replace(motion.polynomials, coefficients=both), np.array([0, 0, 1])
    )
    assert found.status.tolist() == [Status.END, Status.END, Status.LOST]
    assert found.steps[2] < 50
    assert np.array_equal(found.samples[:2], alone.samples)
    assert np.array_equal(found.samples[2, 0], at[2]) and np.isnan(found.samples[2, 1]).all()
    assert np.array_equal(found.ends[2], at[2])


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


@pytest.fixture
def cache(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Path]:
    """Keep what is compiled in a folder of the test's own."""
    if sys.platform == "win32":
        pytest.skip("rights of folders are told otherwise there")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setattr(sys, "platform", "linux")
    machine_code.folder.cache_clear()
    yield tmp_path / "cache"
    monkeypatch.undo()
    machine_code.folder.cache_clear()


def anew() -> Path | None:
    """Return the folder as the next process finds it."""
    machine_code.folder.cache_clear()
    return machine_code.folder()


def test_machine_code_is_kept_where_only_the_user_can_write(
    cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The folder has rights for its owner alone; one that others could write to or replace is not used."""
    made = anew()
    assert made is not None
    assert made.is_relative_to(cache)
    assert stat.S_IMODE(made.stat().st_mode) == 0o700
    made.chmod(0o777)
    assert anew() is None
    made.chmod(0o700)
    made.parent.chmod(0o775)
    assert anew() is None
    made.parent.chmod(0o755)
    assert anew() == made
    moved = made.rename(cache / "elsewhere")
    made.symlink_to(moved)
    assert anew() is None
    (cache / "file").write_text("no folder", encoding="utf-8")
    monkeypatch.setenv("XDG_CACHE_HOME", str(cache / "file"))
    assert anew() is None


def test_without_a_home_nothing_is_kept(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As in a container whose user has no name; a path that is relative counts for none."""

    def homeless() -> Path:
        raise RuntimeError("Could not determine home directory.")

    monkeypatch.setattr(Path, "home", homeless)
    assert anew() is not None
    for told in ("", "relative"):
        monkeypatch.setenv("XDG_CACHE_HOME", told)
        assert anew() is None
    assert not Path("relative").exists()


def test_machine_code_that_cannot_be_read_or_written_is_made_anew(
    cache: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Half a file, as a full disk leaves it, and a disk that is full now do no harm; nor do other numbers."""
    source = tmp_path / "example.py"
    source.write_text(
        "from separatrix.run.compilation import compiled\n"
        "FACTOR = 2\n"
        "@compiled(kept=True)\n"
        "def times(number):\n"
        "    return FACTOR * number\n",
        encoding="utf-8",
    )

    def again(factor: int = 2) -> tuple[float, int]:
        """Return a result, and how often machine code was found."""
        names: dict[str, Any] = {"__name__": "example", "__file__": str(source)}
        text = source.read_text(encoding="utf-8").replace("FACTOR = 2", f"FACTOR = {factor}")
        exec(compile(text, str(source), "exec"), names)
        return names["times"](4.0), sum(names["times"].stats.cache_hits.values())

    assert [again(), again()] == [(8.0, 0), (8.0, 1)]
    assert again(3) == (12.0, 0)
    again()
    kept = list(cache.rglob("*.nb[ic]"))
    assert len(kept) >= 2
    for path in kept:
        path.write_bytes(path.read_bytes()[:20])
    assert [again(), again()] == [(8.0, 0), (8.0, 1)]
    for path in cache.rglob("*.nb[ic]"):
        path.unlink()

    def full(*args: Any) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(IndexDataCacheFile, "save", full)
    assert [again(), again()] == [(8.0, 0), (8.0, 0)]


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
