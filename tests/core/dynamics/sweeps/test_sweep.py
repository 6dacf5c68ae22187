"""Sweeps: what comes out is right at each point, and the same whoever worked or cut it off."""

from __future__ import annotations

import itertools
import math
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import xarray
from hypothesis import given
from hypothesis import strategies as st

import separatrix
from core.dynamics import sweep_measures as own
from separatrix.dynamics.observables import OBSERVABLES
from separatrix.dynamics.sweeps.blocks import Sweep, measured, sampled_basins
from separatrix.dynamics.sweeps.sweep import estimate, planned, work
from separatrix.errors import InputError
from separatrix.run.block_store import Tiling, parts_of
from separatrix.run.columns import Column, Shares, WordColumn

GAME = separatrix.load("shi-chen-2018")
OVER = {"C1": "1.1:9.1:9", "R1": "1:9:5"}
TESTS = Path(__file__).resolve().parents[3]
HALF_FINISHED = Path(__file__).with_name("half_finished")


def words(variable: xarray.DataArray) -> list[str]:
    """Return the words of a variable, point by point."""
    names = variable.attrs["flag_meanings"].split()
    return [names[code] for code in variable.values.reshape(-1)]


def points(found: xarray.Dataset) -> list[dict[str, Fraction]]:
    """Return the values of the axes at each point, as numbers that were exact."""
    axes = list(found.status.dims)
    values = [
        [Fraction(repr(float(v))).limit_denominator(10_000) for v in found[name].values] for name in axes
    ]
    return [dict(zip(map(str, axes), row, strict=True)) for row in itertools.product(*values)]


# --------------------------------------------------------------------------- what comes out


LINE = {
    "title": "One population",
    "parameters": {"v": 2, "c": 3},
    "payoff_matrix": [["(v - c)/2", "v"], ["0", "v/2"]],
}


@pytest.mark.parametrize(
    ("source", "over"),
    [
        ("shi-chen-2018", {"C1": "-3:11:15", "R1": "-4:12:9"}),
        ("shi-chen-2018-asymmetric", {"C1A": "1:9:33"}),
        (LINE, {"v": "-4:4:17", "c": "-5:5:11"}),
    ],
)
def test_basins_of_many_points_at_once_are_those_of_each_alone(source: Any, over: dict[str, str]) -> None:
    """Also where gains vanish, closed orbits fill the square or nothing divides it, numbers are the same."""
    asked = planned(separatrix.load(source), over, "basin")
    assert asked.basins is not None
    tiling = Tiling.of(asked.shape, 1 << 16)
    places = tiling.places(0)
    together = measured(asked, tiling, places)
    alone = measured(replace_cached(asked, basins=None), tiling, places)
    first, second = together["basin"], alone["basin"]
    assert isinstance(first, Shares) and isinstance(second, Shares)
    assert first.names == second.names
    assert np.array_equal(first.known, second.known)
    np.testing.assert_allclose(first.values, second.values, rtol=0, atol=1e-14)


def replace_cached(asked: Sweep, **known: Any) -> Sweep:
    """Return a sweep that takes some of what it would work out from here."""
    result = replace(asked)
    vars(result).update(known)
    return result


def test_each_point_is_as_if_measured_alone() -> None:
    """Stable states, basins, outcomes and numbers of rest points are those of the verbs at the same
    values."""
    found = separatrix.sweep(GAME, OVER, ["stable", "basin", "time", "rest", "shock"])
    for k, values in enumerate(points(found)):
        analysis = separatrix.analyze(GAME, values)
        names = {p.id: f"x={p.state[0]:g},y={p.state[1]:g}" for p in analysis.rest_points if p.state}
        stable = sorted(names[p.id] for p in analysis.rest_points if p.stability == "asymptotically stable")
        assert words(found.stable)[k] == ("|".join(stable) or "none")
        place = np.unravel_index(k, found.status.shape)
        basins = separatrix.basins(GAME, values)
        for fate, share in basins.fractions.items():
            if fate in names:
                told = found.basin.values[place][found.basin_of.values.tolist().index(names[fate])]
                assert abs(told - share) <= found.basin_error.values[place] + basins.error
        assert found.basin.values[place].sum() == pytest.approx(1)
        assert words(found.fate)[k] == names[basins.today or ""]
        assert found.rest.values[place] == sum(bool(p.isolated) for p in analysis.rest_points)
        shock = separatrix.critical_shock(GAME, None, values)
        assert found.shock.values[place] == pytest.approx(
            math.nan if shock.smallest is None else shock.smallest.size, nan_ok=True
        )
        assert found.time.values[place] == shock.time


ENTRIES = st.sampled_from(["a", "b", "a - b", "2*a - 1", "a*b", "1/a", "b/(a - b)", "0", "1", "max(a, b)"])


@given(st.data(), st.sampled_from([(2, 2), (2, 3), (2, 2, 2)]))
def test_the_closed_form_agrees_with_the_analysis(data: st.DataObject, sizes: tuple[int, ...]) -> None:
    """For any table the stable profiles are those of the exact analysis, degenerate or at poles too."""
    profiles = list(itertools.product(*(range(size) for size in sizes)))
    shares = "xyz"
    game = separatrix.load(
        {
            "parameters": {"a": 1, "b": 1},
            "populations": [
                {"name": n.upper(), "share": n, "strategies": [f"s{k}" for k in range(size)]}
                for n, size in zip(shares, sizes, strict=False)
            ],
            "payoffs": [
                {"play": [f"s{k}" for k in profile], "pay": [data.draw(ENTRIES) for _ in sizes]}
                for profile in profiles
            ],
        }
    )
    asked = planned(game, {"a": "-1:1:3", "b": [0, 1, Fraction(1, 3)]})
    assert asked.strict is not None
    pointwise = replace(asked)
    pointwise.__dict__["strict"] = None
    tiling = Tiling.of(asked.shape, 9)
    fast, slow = (measured(one, tiling, tiling.places(0)) for one in (asked, pointwise))
    for name in ("stable", "status"):
        assert told(fast[name]) == told(slow[name])


def told(column: Column) -> list[str | None]:
    """Return the words of a column."""
    assert isinstance(column, WordColumn)
    return [column.words[code] if code >= 0 else None for code in column.codes]


def test_own_functions_are_measured() -> None:
    """A function gives a number, several by name, or nothing; a seed only if it takes one."""
    found = separatrix.sweep(GAME, {"C1": [1, 4, 8]}, [own.total, own.drawn, own.root])
    assert found.total.values.tolist() == [24.0, 27.0, 31.0]
    assert np.isnan(found.root.values[0]) and found.root.values[1:].tolist() == [0.0, 2.0]
    assert len({*found["first"].values, *found["second"].values}) == 6
    named = separatrix.sweep(GAME, {"C1": [4]}, {"twice": lambda values: 2 * values["C1"]})
    assert named.twice.item() == 8.0


def test_seeds_belong_to_points() -> None:
    """Values that are drawn depend neither on the blocks nor on what else is measured."""
    one = separatrix.sweep(GAME, OVER, own.drawn, seed=3)
    other = separatrix.sweep(GAME, OVER, ["stable", own.drawn, "rest"], seed=3, block=4)
    np.testing.assert_array_equal(one["first"], other["first"])
    assert not np.isin(separatrix.sweep(GAME, OVER, own.drawn, seed=4)["first"], one["first"]).any()


def test_sampled_basins_are_those_of_their_seed() -> None:
    """Where basins are estimated, shares add up to one and the error is told; the same again for a seed."""
    game = separatrix.load("wang-2023")
    over = {"PA": "1:9:3"}
    first, again, other = (
        separatrix.sweep(game, over, "basin", scenario="stage-4", samples=256, seed=seed, block=block)
        for seed, block in ((1, None), (1, 1), (2, None))
    )
    assert first.identical(again.assign_attrs(first.attrs))
    assert not first.basin.equals(other.basin) or float(first.basin_error.max()) < 0.01
    np.testing.assert_allclose(first.basin.sum("basin_of"), 1)
    assert (first.basin_error > 0).all()


def test_basins_of_many_points_by_machine_code_are_those_of_each_alone() -> None:
    """Shares are the same where all starts come to strict equilibria, and the blocks do not matter."""
    game = separatrix.load("wang-2023")
    over = {"PA": "20:60:5", "Pe": "10:30:4"}
    asked = planned(game, over, "basin", scenario="stage-3", samples=256, seed=3)
    assert asked.basins is None  # too few trajectories to load numba for
    quick = sampled_basins(game, asked.values, ["PA", "Pe"], 10_000, 256, asked.common_seed("basin"))
    assert quick is not None
    tiling = Tiling.of(asked.shape, 1 << 16)
    places = tiling.places(0)
    columns = [
        measured(replace_cached(asked, basins=basins), tiling, places)["basin"] for basins in (quick, None)
    ]
    together, alone = columns
    assert isinstance(together, Shares) and isinstance(alone, Shares)
    assert together.names == alone.names
    assert np.array_equal(together.values, alone.values)
    half = measured(replace_cached(asked, basins=quick), tiling, [own[::2] for own in places])["basin"]
    assert isinstance(half, Shares)
    assert np.array_equal(half.values, together.values[::2])


def test_shares_are_missing_where_every_point_breaks_an_assumption(tmp_path: Path) -> None:
    """There is no outcome to name: in memory and in a file one column without numbers."""
    over = {"C1": [-3, -2]}
    alone = separatrix.sweep(GAME, over, "basin")
    written = separatrix.sweep(GAME, over, "basin", out=tmp_path / "sweep.nc")
    for found in (alone, written):
        assert np.isnan(found.basin.values).all()
        assert words(found.status) == ["breaks_assumption"] * 2


def test_points_that_break_an_assumption_are_flagged() -> None:
    """They are not measured but counted; so are points at a pole."""
    game = separatrix.load(
        {
            "parameters": {"a": 1, "b": 1},
            "assume": ["a >= 0"],
            "populations": [{"name": "A", "share": "x"}, {"name": "B", "share": "y"}],
            "bimatrix": [[["1/b", "a"], [0, 0]], [[0, 0], [1, "b"]]],
        }
    )
    for measure in ("stable", "rest", ["stable", "rest"]):
        found = separatrix.sweep(game, {"a": [-1, 0, 1], "b": [0, 1]}, measure)
        assert words(found.status) == ["breaks_assumption"] * 2 + ["S003", "measured"] * 2
        status = found.status.attrs
        assert dict(zip(status["flag_meanings"].split(), status["counts"], strict=False)) == {
            "S003": 2,
            "breaks_assumption": 2,
            "measured": 2,
        }
    assert words(found.stable)[:3] == ["no_value"] * 3
    assert np.isnan(found.rest.values.reshape(-1)[:3]).all()


def test_an_undecided_point_says_so() -> None:
    """Where the analysis leaves open whether a state attracts, the point is counted as undecided."""
    game = separatrix.load(
        {
            "parameters": {"a": 1},
            "populations": [{"name": "A", "share": "x"}, {"name": "B", "share": "y"}],
            "advantages": {"x": "(1 - 2*y)*a + (x - 1/2)^13 - (x - 1/2)^15", "y": "(2*x - 1)*a"},
        }
    )
    found = separatrix.sweep(game, {"a": [1, 2]}, "stable")
    states = separatrix.analyze(game).rest_points
    expected = "undecided" if any(p.stability == "undecided" for p in states) else "none"
    assert words(found.stable) == [expected] * 2
    assert expected == "undecided"


def test_a_parameter_may_be_called_like_a_variable() -> None:
    """The axis keeps the name of its parameter; what is measured gets another one."""
    game = separatrix.load({"parameters": {"rest": 2}, "payoff_matrix": [["rest", 0], [0, 1]]})
    found = separatrix.sweep(game, {"rest": [1, 2]}, "rest")
    assert found["rest"].values.tolist() == [1.0, 2.0]
    assert found["measured_rest"].values.tolist() == [3.0, 3.0]


def test_provenance_is_told(tmp_path: Path) -> None:
    """A file says by which version, from which model, values and seed it was made, and how sure it is."""
    found = separatrix.sweep(GAME, OVER, "stable", {"pi1": "21/2"}, seed=5, out=tmp_path / "x.nc")
    assert found.attrs["version"] == separatrix.__version__
    assert found.attrs["axes"] == "C1=11/10:91/10:9; R1=1:9:5"
    assert "pi1=21/2" in found.attrs["values"] and found.attrs["seed"] == 5
    assert "Ritzberger" in found.stable.attrs["how_sure"]
    assert found.C1.attrs["long_name"] == "cost of cooperating"


# --------------------------------------------------------------------------- refused


@pytest.mark.parametrize(
    ("arguments", "code", "told"),
    [
        ({"measure": "stabel"}, "D672", "did you mean `stable`"),
        ({"measure": []}, "D672", "nothing to measure"),
        ({"measure": ["rest", "rest"]}, "D672", "twice"),
        ({"measure": [3]}, "D672", "neither the name"),
        ({"measure": own.failing}, "D672", "C1 = 51/10"),
        ({"measure": lambda values: "much"}, "D672", "expected a number"),
        ({"measure": lambda values: {"a/b": 1}}, "D672", "plain word"),
        ({"values": {"C1": 3}}, "D671", "both set and swept"),
        ({"measure": "basin", "samples": 3}, "D624", "3 samples"),
        ({"seed": -1}, "D624", "seed"),
        ({"scenario": "none"}, "V303", "no scenario"),
        ({"workers": 0}, "D675", "0 workers"),
        ({"scheduler": "cluster"}, "D675", "scheduler `cluster`"),
        ({"block": 0}, "D671", "blocks of 0"),
        ({"out": "x.zarr"}, "U902", ".nc"),
        ({"over": {"C1": "0:1:1000000", "R1": "0:1:1000000"}}, "D674", "GB of memory"),
    ],
)
def test_what_cannot_be_swept_is_told(arguments: dict[str, Any], code: str, told: str) -> None:
    """Each wrong call has a message that says what is wrong with it."""
    with pytest.raises(separatrix.SeparatrixError) as problem:
        separatrix.sweep(GAME, **({"over": OVER} | arguments))
    assert problem.value.code == code
    assert told in problem.value.render()


def test_a_game_without_a_start_has_no_time() -> None:
    """The start is asked for before anything is measured."""
    with pytest.raises(separatrix.InputError, match="today"):
        separatrix.sweep(separatrix.load("matching-pennies"), {"m": [1, 2]}, "time")


def test_a_game_that_cannot_be_analysed_is_refused() -> None:
    """Where no point that was tried has a value, the error of the analysis is told."""
    game = separatrix.load(
        {
            "parameters": {"a": 1},
            "populations": [{"name": "A", "share": "x"}, {"name": "B", "share": "y"}],
            "advantages": {"x": "a*exp(-y)", "y": "x - 1/2"},
        }
    )
    with pytest.raises(separatrix.ComesLater, match="exp"):
        separatrix.sweep(game, {"a": [1, 2]}, "rest")


# --------------------------------------------------------------------------- the same whoever works


def test_a_file_holds_what_memory_holds(tmp_path: Path) -> None:
    """The netCDF file, put together block by block, equals the dataset made in memory."""
    measures = ["stable", "basin", "time", "rest", own.total]
    in_memory = separatrix.sweep(GAME, OVER, measures)
    with separatrix.sweep(GAME, OVER, measures, out=tmp_path / "x.nc", block=7) as found:
        xarray.testing.assert_identical(found.load(), in_memory)
    assert [file.name for file in tmp_path.iterdir()] == ["x.nc"]


@pytest.mark.parametrize("scheduler", ["processes", "local"])
def test_workers_give_the_same_values_and_may_be_killed(scheduler: str, tmp_path: Path) -> None:
    """Two workers give what one gives, bit for bit, though one of them is killed at work."""
    deadly = own.Deadly(tmp_path)
    (tmp_path / "killed-0").touch()
    alone = separatrix.sweep(GAME, OVER, {"n": deadly, "drawn": own.drawn})
    (tmp_path / "killed-0").unlink()
    # The estimate measures in this process, which must not die.
    asked = planned(GAME, OVER, {"n": deadly, "drawn": own.drawn})
    from separatrix.dynamics.sweeps.sweep import SweepCost
    from separatrix.run.workers import Workers

    cost = SweepCost(45, 1.0, 1.0, 4)
    together = work(asked, cost, None, Workers.of(2, scheduler)).dataset()
    assert (tmp_path / "killed-0").exists()
    xarray.testing.assert_identical(together, alone)


def test_a_block_that_kills_every_worker_is_an_error(tmp_path: Path) -> None:
    """There is no endless loop, and no value is made up."""
    from separatrix.dynamics.sweeps.sweep import SweepCost
    from separatrix.run.workers import Workers

    asked = planned(GAME, {"C1": "1:9:4"}, {"n": own.Deadly(tmp_path, 100)})
    with pytest.raises(separatrix.InputError, match="lost its worker"):
        work(asked, SweepCost(4, 1.0, 1.0, 1), None, Workers.of(2, "processes"))


def test_a_damaged_block_is_worked_out_again(tmp_path: Path) -> None:
    """Blocks that were cut off or altered between two runs, or before they are put together, are redone."""
    target = tmp_path / "x.nc"
    expected = separatrix.sweep(GAME, OVER, "rest")
    asked = planned(GAME, OVER, "rest")
    cost = replace(estimate(asked), in_block=5)
    first = work(asked, cost, target)
    blocks = sorted(parts_of(target).glob("block-*"))
    blocks[2].write_bytes(blocks[2].read_bytes()[:-5])
    blocks[4].unlink()
    again = work(asked, cost, target)
    changed = bytearray(blocks[6].read_bytes())
    changed[-1] ^= 1
    blocks[6].write_bytes(bytes(changed))
    again.write(target)
    with xarray.open_dataset(target) as found:
        xarray.testing.assert_equal(found.load(), expected)
    assert first.blocks.tiling == again.blocks.tiling


def test_another_sweep_does_not_go_on_with_these_blocks(tmp_path: Path) -> None:
    """The same file with another axis, measure or seed is refused while blocks are there."""
    target = tmp_path / "x.nc"
    asked = planned(GAME, OVER, own.drawn)
    work(asked, estimate(asked), target)
    for change in (
        {"over": {"C1": "1:8:9", "R1": "1:9:5"}},
        {"measure": "rest"},
        {"seed": 1},
        {"values": {"C2": 2}},
    ):
        with pytest.raises(separatrix.InputError, match="another run"):
            separatrix.sweep(GAME, **({"over": OVER, "measure": own.drawn, "out": target} | change))
    separatrix.sweep(GAME, OVER, own.drawn, out=target).close()


def test_a_sweep_that_an_earlier_program_left_half_finished_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Blocks on the disk know measures by their names, wherever their code lies: only what misses is done."""
    monkeypatch.setattr("separatrix.__version__", "0.1.0")  # which has written the blocks
    game = separatrix.load(
        {
            "title": "coordination",
            "payoff_matrix": [["a", 0], [0, 1]],
            "parameters": {"a": {"value": 2}},
        }
    )
    asked = planned(game, {"a": "1:3:6"}, [*OBSERVABLES], start={"x": 0.7})
    target = tmp_path / "map.nc"
    shutil.copytree(HALF_FINISHED / "map.nc.parts", parts_of(target))
    stamps = {file.name: file.stat().st_mtime_ns for file in parts_of(target).glob("block-*")}
    result = work(asked, estimate(asked), target)
    after = {file.name: file.stat().st_mtime_ns for file in parts_of(target).glob("block-*")}
    assert after.keys() - stamps.keys() == {"block-0000001"}
    assert {name: after[name] for name in stamps} == stamps
    xarray.testing.assert_allclose(result.dataset(), work(asked, estimate(asked), None).dataset())


SCRIPT = """
import sys
sys.path.insert(0, {tests!r})
import separatrix
from core.dynamics import sweep_measures as own
print("begun", flush=True)
separatrix.sweep(
    separatrix.load("shi-chen-2018"), {{"C1": "1:9:40"}}, ["stable", "rest", own.slow, own.drawn],
    out=sys.argv[1], block=2,
).close()
"""


def killed_and_resumed(folder: Path, times: int) -> None:
    """Kill a sweep at random moments, then finish it, and compare."""
    target = folder / "x.nc"
    command = [sys.executable, "-c", SCRIPT.format(tests=str(TESTS)), str(target)]
    rng = np.random.default_rng()
    killed = 0
    for _ in range(times):
        running = subprocess.Popen(command, stdout=subprocess.PIPE)
        assert running.stdout is not None
        running.stdout.readline()
        time.sleep(rng.uniform(0, 1.2))
        running.send_signal(signal.SIGKILL)
        killed += running.wait() != 0
        running.stdout.close()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    assert killed
    expected = separatrix.sweep(GAME, {"C1": "1:9:40"}, ["stable", "rest", own.slow, own.drawn])
    with xarray.open_dataset(target) as found:
        xarray.testing.assert_identical(found.load(), expected)


def test_a_killed_sweep_goes_on(tmp_path: Path) -> None:
    """SIGKILL at a random moment: the values are those of an undisturbed run."""
    killed_and_resumed(tmp_path, 1)


@pytest.mark.soak
def test_a_sweep_killed_twenty_times_goes_on(tmp_path: Path) -> None:
    """SIGKILL at random moments, 20 times, each followed by a run to the end or by the next kill."""
    for k in range(5):
        folder = tmp_path / str(k)
        folder.mkdir()
        killed_and_resumed(folder, 4)


def test_a_named_cluster_is_asked_even_for_one_block(monkeypatch: pytest.MonkeyPatch) -> None:
    """Who tries a small sweep first would else take a wrong address for a right one."""
    asked: list[Any] = []

    def refused(task: Any, parcel: Any, numbers: Any, who: Any) -> Any:
        asked.append(who.address)
        raise InputError("D675", "no Dask scheduler answers")

    monkeypatch.setattr("separatrix.dynamics.sweeps.sweep.done", refused)
    pytest.importorskip("distributed", reason="comes with the extra `scale`")
    with pytest.raises(InputError):
        separatrix.sweep(separatrix.load("shi-chen-2018"), {"C1": "1:3:3"}, scheduler="tcp://127.0.0.1:1")
    assert asked == ["tcp://127.0.0.1:1"]
