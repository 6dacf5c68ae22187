"""Scripts for MATLAB and Python: they run, and give the trajectory that the program gives."""

from __future__ import annotations

import ast
import contextlib
import io
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import separatrix
from core.present.games import HOSTILE, HOSTILE_THREE
from separatrix.cli.app import run
from separatrix.dynamics.integration.trajectory import trajectory
from separatrix.game.catalogue_files import catalogue_slugs
from separatrix.game.formats.document import document_of
from separatrix.game.model import Game
from separatrix.io.yaml_output import yaml_text

Capture = pytest.CaptureFixture[str]
OCTAVE = shutil.which("octave-cli") or shutil.which("octave")
CLOSE = 2e-7


def middle(game: Game) -> list[float]:
    """Return a state off the middle, in which every strategy is played."""
    shares: list[float] = []
    for k, population in enumerate(game.populations):
        if population.binary:
            shares.append(0.3 + 0.1 * k)
            continue
        weights = np.arange(1, len(population.strategies) + 1, dtype=float)
        shares += (weights / weights.sum()).tolist()
    return shares


def told(game: Game) -> str:
    """Return a state as --from takes it."""
    return ",".join(map(repr, middle(game)))


def table(text: str) -> tuple[list[str], np.ndarray]:
    """Return the heading and the numbers that a script printed."""
    heading, *rows = text.strip().splitlines()
    return heading.split(","), np.array([[float(cell) for cell in row.split(",")] for row in rows])


def executed(script: Path) -> str:
    """Return what a Python script prints, run here."""
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(compile(script.read_text("utf-8"), str(script), "exec"), {"__name__": "__main__"})
    return printed.getvalue()


def compare(game: Game, printed: str) -> None:
    """Hold what a script printed to the program's own trajectory."""
    heading, numbers = table(printed)
    assert heading[0] == "time" and len(heading) == len(game.shares) + 1
    own = trajectory(game, middle(game), until=float(numbers[-1, 0]), points=len(numbers))
    np.testing.assert_allclose(numbers[:, 0], own.times, rtol=1e-9)
    np.testing.assert_allclose(numbers[:, 1:], own.states, atol=CLOSE)


LONG = {"new-energy-vehicles"}
"""Games whose trajectories are stiff: scipy's solver takes most of the time of all."""


@pytest.mark.parametrize(
    "slug",
    [pytest.param(slug, marks=pytest.mark.soak) if slug in LONG else slug for slug in catalogue_slugs()],
)
def test_the_python_script_of_every_game_gives_its_trajectory(
    slug: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """scipy's solver on the written equations, and the program's stepper, agree to 2e-7 at 101 times."""
    monkeypatch.setattr(sys, "argv", ["script.py"])
    game = separatrix.load(slug)
    script = tmp_path / "script.py"
    assert run(["convert", slug, str(script), "--from", told(game), "--until", "10", "-q"]) == 0
    compare(game, executed(script))


@pytest.mark.parametrize("slug", ["wang-2023", "volunteers-dilemma", "zeeman-1980", "dynamic-penalty"])
def test_the_python_script_runs_by_itself(slug: str, tmp_path: Path) -> None:
    """As a process of its own, with the interpreter alone, it prints the table."""
    game = separatrix.load(slug)
    script = tmp_path / "script.py"
    assert run(["convert", slug, str(script), "--from", told(game), "-q"]) == 0
    done = subprocess.run([sys.executable, str(script)], capture_output=True, encoding="utf-8", check=True)
    compare(game, done.stdout)


@pytest.mark.skipif(OCTAVE is None, reason="GNU Octave is not installed")
@pytest.mark.parametrize("slug", catalogue_slugs())
def test_the_matlab_script_of_every_game_gives_its_trajectory(slug: str, tmp_path: Path) -> None:
    """ode45 of GNU Octave on the written equations agrees with the program to 2e-7 at 101 times."""
    game = separatrix.load(slug)
    script = tmp_path / "script.m"
    assert run(["convert", slug, str(script), "--from", told(game), "--until", "10", "-q"]) == 0
    compare(game, octave(script))


def octave(script: Path) -> str:
    """Return what a script prints in GNU Octave without a screen."""
    environment = {name: value for name, value in os.environ.items() if name != "DISPLAY"}
    done = subprocess.run(
        [str(OCTAVE), "--no-gui", "--norc", str(script)],
        capture_output=True,
        encoding="utf-8",
        env=environment,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.parametrize("document", [HOSTILE, HOSTILE_THREE], ids=["two", "three"])
@pytest.mark.parametrize("kind", ["py", "m"])
def test_names_of_users_are_never_code(
    document: dict[str, object], kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Titles and meanings stand in comments alone, names are letters of ASCII, and the script still runs."""
    monkeypatch.setattr(sys, "argv", ["script.py"])
    file = tmp_path / "game.yaml"
    file.write_text(yaml_text(document_of(separatrix.load(document))), encoding="utf-8")
    script = tmp_path / f"script.{kind}"
    assert run(["convert", str(file), str(script), "-q"]) == 0
    text = script.read_text("utf-8")
    mark = "#" if kind == "py" else "%"
    code = "\n".join(
        line.partition(f"  {mark} ")[0] for line in text.splitlines() if line.lstrip()[:1] != mark
    )
    assert code.isascii()
    assert not re.search(r"script>|write18|passwd|calc|onerror", code)
    assert "\u202e" not in text
    if kind == "py":
        calls = {
            n.func.id
            for n in ast.walk(ast.parse(text))
            if isinstance(n, ast.Call) and isinstance(n.func, ast.Name)
        }
        assert calls <= {"solve_ivp", "print", "zip", "repr", "float"}
        assert executed(script).startswith("time,")
    elif OCTAVE is not None:
        assert octave(script).startswith("time,")


def test_names_that_a_language_keeps_for_itself_are_changed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`lambda`, `end`, `np`, `pi` and Greek letters are parameters too, each by a name of its own."""
    monkeypatch.setattr(sys, "argv", ["script.py"])
    names = ["lambda", "end", "np", "pi", "π", "ans", "state_", "print", "i", "e", "_", "成本", "成"]
    game = separatrix.load(
        {
            "title": "Reserved",
            "populations": [{"name": "A", "share": "t", "strategies": ["a", "b"]}],
            "parameters": {
                name: {"value": f"1/{k + 3}", "meaning": "''')]}\n# x = 1"} for k, name in enumerate(names)
            },
            "payoff_matrix": [["+".join(names), "-".join(names)], ["*".join(names), "1/10"]],
        }
    )
    file = tmp_path / "game.yaml"
    file.write_text(yaml_text(document_of(game)), encoding="utf-8")
    for kind in ("py", "m"):
        script = tmp_path / f"script.{kind}"
        assert run(["convert", str(file), str(script), "--from", told(game), "--until", "10", "-q"]) == 0
    compare(game, executed(tmp_path / "script.py"))
    if OCTAVE is not None:
        compare(game, octave(tmp_path / "script.m"))


def test_a_script_takes_scenario_values_and_start(capsys: Capture, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is asked for stands in the script; --from today by default; - prints it."""
    asked = [
        "convert",
        "shi-chen-2018",
        "-",
        "--format",
        "python",
        "--scenario",
        "bistable",
        "--set",
        "C1=1/3",
    ]
    assert run(asked) == 0
    text = capsys.readouterr().out
    assert "C1 = (1/3)" in text and "start = [0.2, 0.3]" in text and "Scenario: bistable" in text


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["shi-chen-2018", "a.py", "--from", "0.2"], "U901", "1 of the 2 values"),
        (["shi-chen-2018", "a.m", "--until", "0"], "U901", "forward"),
        (["matching-pennies", "a.m"], "U901", "no initial state"),
        (["shi-chen-2018", "a.csv", "--set", "C1=1"], "U901", "scripts"),
        (["shi-chen-2018", "a.py", "--set", "C9=1"], "V302", "C9"),
        (["shi-chen-2018", "a.txt"], "U902", ".txt"),
    ],
)
def test_wrong_calls_are_told(
    arguments: list[str],
    code: str,
    said: str,
    capsys: Capture,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The message says what was found and what to do, and no file is written."""
    monkeypatch.chdir(tmp_path)
    assert run(["convert", *arguments]) == 2
    error = capsys.readouterr().err
    assert error.startswith(code) and said in error
    assert list(tmp_path.iterdir()) == []
