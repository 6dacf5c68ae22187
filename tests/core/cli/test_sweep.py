"""The command `sweep`: what it says and writes, what it refuses, and how it goes on after an interruption."""

from __future__ import annotations

import csv
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from separatrix.cli.app import run

MAIN = "import sys; from separatrix.cli import main; sys.exit(main())"
SWEEP = ("sweep", "shi-chen-2018", "--over", "C1=1:9:9")
LONG = (
    "sweep",
    "wang-2023",
    "--scenario",
    "stage-4",
    "--over",
    "PA=1:9:1500",
    "--measure",
    "basin",
    "--samples",
    "32768",
)


def started(*arguments: str, limit: int | None = None) -> subprocess.Popen[str]:
    """Start a command in a process of its own, with a limit on the size of files it may write."""

    def limited() -> None:
        import resource

        # Whoever runs the tests in the background may have told them to ignore interrupts.
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        if limit is not None:
            resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))

    return subprocess.Popen(
        [sys.executable, "-c", MAIN, *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
        preexec_fn=limited if os.name != "nt" else None,
    )


def test_the_summary_counts_the_sets_of_stable_states(capsys: pytest.CaptureFixture[str]) -> None:
    """A short sweep of one parameter is shown point by point, with how sure it is."""
    assert run([*SWEEP]) == 0
    told = capsys.readouterr()
    assert "E1 x=0,y=0 | E4 x=1,y=1" in told.out
    assert "Certainty of stable: Exact" in " ".join(told.out.split())
    assert told.err == ""


def test_the_summary_speaks_chinese(capsys: pytest.CaptureFixture[str]) -> None:
    """Title, counts and certainty are told in Chinese."""
    assert run([*SWEEP, "--over", "R1=1:9:9", "--measure", "stable,rest", "--lang", "zh"]) == 0
    told = capsys.readouterr().out
    assert "参数扫描" in told and "点数" in told and "可靠程度" in told


def test_a_table_of_all_points_is_written(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """CSV has a line a point, with the words of states and an empty cell where there is no value."""
    target = tmp_path / "x.csv"
    assert (
        run(
            [*SWEEP, "--over", "R1=-1,3", "--measure", "stable", "--measure", "basin,rest", "-o", str(target)]
        )
        == 0
    )
    rows = list(csv.DictReader(target.open(encoding="utf-8", newline="")))
    assert [(row["C1"], row["R1"]) for row in rows[:3]] == [("1.0", "-1.0"), ("1.0", "3.0"), ("2.0", "-1.0")]
    assert rows[0]["status"] == "breaks_assumption" and rows[0]["stable"] == rows[0]["rest"] == ""
    assert rows[5] == rows[5] | {"stable": "x=0,y=0|x=1,y=1", "rest": "5.0"}
    assert float(rows[5]["basin[x=0,y=0]"]) == pytest.approx(0.5)
    assert "All values are in" in capsys.readouterr().out
    assert [file.name for file in tmp_path.iterdir()] == ["x.csv"]


def test_a_small_sweep_is_written_as_json(tmp_path: Path) -> None:
    """JSON has axes, values with null for none, words, and where it comes from."""
    target = tmp_path / "x.json"
    assert run([*SWEEP, "--measure", "stable,shock", "--out", str(target)]) == 0
    found = json.loads(target.read_text("utf-8"))
    assert found["axes"]["C1"] == [float(k) for k in range(1, 10)]
    stable = found["variables"]["stable"]
    assert [stable["words"][k] for k in stable["values"]][3] == "x=0,y=0|x=1,y=1"
    assert found["variables"]["shock"]["values"][-1] is None
    assert found["attributes"]["version"]


def test_a_billion_points_are_answered_at_once(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Nothing is begun without --yes: the time and the size are told."""
    target = tmp_path / "x.nc"
    over = ("--over", "C1=0:9:100000", "--over", "R1=0:9:10000", "--measure", "stable,rest")
    assert run(["sweep", "shi-chen-2018", *over, "--out", str(target)]) == 2
    told = capsys.readouterr().err
    assert told.startswith("D674 1,000,000,000 points, about ") and "GB" in told and "--yes" in told
    assert run(["sweep", "shi-chen-2018", *over]) == 2
    assert "--out" in capsys.readouterr().err
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("--over", "C1=0:9:3", "--over", "C3=1:2:3"), "V302 no parameter `C3` to sweep"),
        (("--over", "C1=9:0:3"), "D671"),
        (("--over", "C1=0:9:3", "--set", "C1=4"), "D671"),
        (("--over", "C1=0:9:3", "--measure", "basins"), "did you mean `basin`"),
        (("--over", "C1=0:9:3", "--from", "x=2,y=0"), "D601"),
        (("--over", "C1=0:9:3", "--out", "x.xlsx"), "U902"),
        (("--over", "C1=0:9:3", "--out", "missing/x.nc"), "U903"),
        (("--over", "C1=0:9:300000", "--out", "x.json"), "too many for JSON"),
        (("--over", "C1=0:9:3", "--scheduler", "tcp://127.0.0.1:9", "--workers", "2"), "D675"),
        ((), "U901"),
    ],
)
def test_wrong_calls_are_told(
    arguments: tuple[str, ...],
    told: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Each has its code and its hint, and exit code 2."""
    monkeypatch.chdir(tmp_path)
    assert run(["sweep", "shi-chen-2018", *arguments]) == 2
    assert told in capsys.readouterr().err
    assert not list(tmp_path.iterdir())


@pytest.mark.skipif(os.name == "nt", reason="limits on files belong to POSIX")
def test_a_full_disk_keeps_what_is_finished(tmp_path: Path) -> None:
    """Where the result does not fit, the message says so and the blocks stay; with room the run goes on."""
    target = tmp_path / "x.nc"
    running = started(*SWEEP, "--over", "R1=1:9:9", "--out", str(target), limit=6_000)
    _, told = running.communicate()
    assert running.returncode == 2 and told.startswith("U903 cannot write"), told
    assert "finished blocks: 1 of 1, kept in" in told
    assert [file.name for file in tmp_path.iterdir()] == ["x.nc.parts"]
    block = next((tmp_path / "x.nc.parts").glob("block-*"))
    made = block.stat().st_mtime_ns
    assert not [file for file in (tmp_path / "x.nc.parts").iterdir() if file.name.startswith(".")]
    running = started(*SWEEP, "--over", "R1=1:9:9", "--out", str(target), limit=20_000_000)
    assert block.stat().st_mtime_ns == made
    running.communicate()
    assert running.returncode == 0
    assert [file.name for file in tmp_path.iterdir()] == ["x.nc"]


def test_an_interrupted_sweep_says_how_to_go_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """After an interruption the message counts the finished blocks, and names what goes on."""
    target = tmp_path / "x.csv"
    (tmp_path / "x.csv.parts").mkdir()
    (tmp_path / "x.csv.parts" / "block-0000000").write_bytes(b"")

    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("separatrix.dynamics.sweeps.sweep.work", interrupted)
    assert run([*SWEEP, "--out", str(target)]) == 130
    told = capsys.readouterr().err
    assert "finished blocks: 1, kept in" in told and "same command" in told


@pytest.mark.skipif(os.name == "nt", reason="signals belong to POSIX")
def test_an_interrupted_sweep_goes_on(tmp_path: Path) -> None:
    """Ctrl-C leaves the finished blocks; the same command takes them up and removes them at the end."""
    target = tmp_path / "x.csv"
    running = started(*LONG, "--yes", "--out", str(target))
    while not list(tmp_path.glob("x.csv.parts/block-*")) and running.poll() is None:
        time.sleep(0.02)
    running.send_signal(signal.SIGINT)
    _, told = running.communicate()
    assert running.returncode == 130, f"exit code {running.returncode}, with: {told!r}"
    kept = {file.name: file.stat().st_mtime_ns for file in tmp_path.glob("x.csv.parts/block-*")}
    assert kept
    running = started(*LONG, "--yes", "--out", str(target))
    _, told = running.communicate()
    assert running.returncode == 0, told
    assert len(target.read_text("utf-8").splitlines()) == 1501
    assert [file.name for file in tmp_path.iterdir()] == ["x.csv"]
