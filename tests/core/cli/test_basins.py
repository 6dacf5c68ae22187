"""``separatrix basins`` and ``separatrix shock`` at the command line."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import pytest

from core.present.games import HOSTILE
from separatrix.cli.app import run
from thinning import thinned


def test_basins_are_told_and_given_as_data(capsys: pytest.CaptureFixture[str]) -> None:
    """The text names the shares, the argument and today's outcome; JSON holds all digits."""
    assert run(["basins", "shi-chen-2018"]) == 0
    text = capsys.readouterr().out
    assert "73.64 %" in text and "26.36 %" in text
    assert "separatrix" in text and "Today" in text
    assert run(["basins", "shi-chen-2018", "--format", "json"]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert answer["fractions"]["E4"] == pytest.approx(0.263600141281, abs=1e-12)
    assert answer["method"] == "exact" and answer["intervals"] is None
    assert answer["states"]["E4"] == {"x": 1, "y": 1}
    assert answer["today"] == "E1"


def test_basins_are_drawn(tmp_path: Path) -> None:
    """The figure is the portrait with its basins, in the language asked for."""
    target = tmp_path / "basins.svg"
    assert run(["basins", "shi-chen-2018", "--out", str(target), "--lang", "zh"]) == 0
    words = " ".join(ElementTree.fromstring(target.read_text("utf-8")).itertext())
    assert "当前状态" in words


def test_sampled_basins_show_intervals(capsys: pytest.CaptureFixture[str]) -> None:
    """The seed and the number of starts are those asked for, and the error is shown."""
    assert run(["basins", "mckelvey-mclennan", "--samples", "1024", "--seed", "4", "--format", "json"]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert answer["samples"] == 1024 and answer["provenance"]["seed"] == 4
    assert all(low <= answer["fractions"][name] <= high for name, (low, high) in answer["intervals"].items())
    assert run(["basins", "mckelvey-mclennan", "--samples", "64"]) == 0
    assert "95 % interval" in capsys.readouterr().out


def test_the_shock_is_told_and_given_as_data(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """The text says who must move how far; JSON says where to."""
    assert run(["shock", "shi-chen-2018", "--from", "x=0.2, y=0.3"]) == 0
    text = capsys.readouterr().out
    assert "0.5862" in text and "Enterprise A alone" in text
    target = tmp_path / "shock.json"
    assert run(["shock", "shi-chen-2018", "--out", str(target)]) == 0
    answer = json.loads(target.read_text("utf-8"))
    assert answer["start"] == {"x": 0.2, "y": 0.3}
    assert answer["alone"]["Enterprise A"]["change"] == {"x": pytest.approx(0.72663, abs=1e-5), "y": 0}


def test_shock_and_basins_speak_chinese(capsys: pytest.CaptureFixture[str]) -> None:
    """Every sentence is told in the language asked for."""
    assert run(["shock", "shi-chen-2018", "--lang", "zh"]) == 0
    assert run(["basins", "hawk-dove-one-population", "--lang", "zh"]) == 0
    text = capsys.readouterr().out
    assert "临界冲击" in text and "吸引域" in text
    assert "exact" not in text and "How sure" not in text


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["shock", "matching-pennies"], "D625"),
        (["shock", "shi-chen-2018", "--from", "x=0.2"], "D601"),
        (["shock", "shi-chen-2018", "--from", "0.2,y=0.3"], "U901"),
        (["shock", "shi-chen-2018", "--from", "x=0.2,x=0.3"], "U901"),
        (["shock", "shi-chen-2018", "--from", "x=1,y=0"], "D623"),
        (["basins", "shi-chen-2018", "--out", "basins.pdf"], "U902"),
        (["basins", "mckelvey-mclennan", "--samples", "2"], "D624"),
        (["basins", "hypercycle-four", "--format", "svg"], "U902"),
        (["basins", "shi-chen-2018", "--set", "Q=1"], "V302"),
        (["basins", "shi-chen-2018", "--surface"], "D646"),
        (["basins", "shi-chen-2018", "--out", "line.ply"], "D646"),
        (["basins", "mckelvey-mclennan", "--surface", "--cells", "1"], "D647"),
    ],
)
def test_what_cannot_be_answered_is_refused_with_a_code(
    arguments: list[str], code: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """The exit code is 2, and the message says what to do."""
    assert run(arguments) == 2
    shown = capsys.readouterr()
    assert shown.out == ""
    assert code in shown.err


CUBE = """
title: Three parties
populations:
  - {name: A, share: x, strategies: [a, b]}
  - {name: B, share: y, strategies: [a, b]}
  - {name: C, share: z, strategies: [a, b]}
today: {x: 0.3, y: 0.4, z: 0.5}
advantages: """
SQUARE = """
title: Two parties
populations:
  - {name: A, share: x, strategies: [a, b]}
  - {name: B, share: y, strategies: [a, b]}
today: {x: 0.3, y: 0.7}
advantages: """


@thinned(
    ("model", "told", "today"),
    [
        (
            CUBE + "{x: '2*y - 1', y: '1 - 2*x', z: '2*x - 1'}",
            "is undecided, so the critical shock",
            "is undecided",
        ),
        (
            CUBE + "{x: '2*y - 1', y: '2*z - 1', z: '1 - 2*x'}",
            "No shock that changes this",
            "does not settle",
        ),
        (CUBE + "{x: '2*y - 1', y: '2*x - 1', z: '1'}", "The smallest shock found", "ends at E2"),
        (
            SQUARE + "{x: '2*y - 1', y: '2*x - 1'}",
            "smallest perturbation decides",
            "smallest perturbation decides",
        ),
        (
            SQUARE.replace("x: 0.3, y: 0.7", "x: 0, y: 0.7") + "{x: '2*y - 1', y: '2*x - 1'}",
            "ends at E1. The smallest",
            "the trajectory stays on the face x = 0, and ends at E1",
        ),
        (SQUARE + "{x: 0, y: '2*x - 1'}", "one population never moves", "ends at S3a"),
    ],
    each_run=2,
)
def test_no_more_is_claimed_than_is_known(
    model: str, told: str, today: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """What is undecided, on the line, or only not found is said to be that; sampled shocks are found ones."""
    game = tmp_path / "game.yaml"
    game.write_text(model, "utf-8")
    assert run(["shock", str(game)]) == 0
    text = " ".join(capsys.readouterr().out.replace("│", " ").split())
    assert told in text and "No shock changes that" not in text
    assert run(["basins", str(game), "--samples", "64"]) == 0
    assert today in " ".join(capsys.readouterr().out.split())  # split() parts at no-break spaces too


def test_hostile_names_come_out_inert(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """No control character of a name reaches the terminal, and JSON stays JSON."""
    model = tmp_path / "hostile.yaml"
    model.write_text(json.dumps(HOSTILE), "utf-8")
    for verb in (["basins"], ["shock", "--from", "x=0.2,y=0.3"]):
        run([verb[0], str(model), *verb[1:]])
        assert not [c for c in capsys.readouterr().out if not c.isprintable() and c not in "\n\u00a0\u200b"]
        if run([verb[0], str(model), *verb[1:], "--format", "json"]) == 0:
            json.loads(capsys.readouterr().out)


def test_a_rest_set_is_told_by_its_equations_and_label(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where everything rests, the reader learns what the one outcome is; a wide screen shows its label
    too."""
    path = tmp_path / "rest.yaml"
    path.write_text("title: Rest\nbimatrix: [[[1, 1], [0, 1]], [[1, 0], [0, 0]]]\n", "utf-8")
    monkeypatch.setenv("COLUMNS", "120")
    assert run(["basins", str(path)]) == 0
    row = next(r for r in capsys.readouterr().out.splitlines() if r.strip().startswith("S5"))
    assert "0 < x < 1, 0 < y < 1" in row.replace("\u00a0", " ")
    assert "stable" in row
    assert run(["portrait", str(path)]) == 0
    text = capsys.readouterr().out.replace("\u00a0", " ")
    assert "4 rest points and 5 continua of equilibria" in text
    assert "0 < x < 1, 0 < y < 1" in text


THREE = """title: Three
populations: [{name: A, share: x}, {name: B, share: y}, {name: C, share: z}]
advantages: {x: '3*y*z - 1', y: '3*x*z - 1', z: '3*x*y - 1'}
"""


@pytest.fixture
def three(tmp_path: Path) -> str:
    """Return the path of a stag hunt of three parties."""
    path = tmp_path / "three.yaml"
    path.write_text(THREE, "utf-8")
    return str(path)


def test_the_surface_between_basins_is_told(three: str, capsys: pytest.CaptureFixture[str]) -> None:
    """The text says between which outcomes it lies, what trajectories on it come to, and how sure that is."""
    assert run(["basins", three, "--surface", "--cells", "6", "--samples", "256"]) == 0
    text = " ".join(capsys.readouterr().out.split())
    assert "The separatrix is a surface" in text
    assert "E1 and E8" in text and "E15 (100 %)" in text
    assert "followed at two tolerances" in text
    assert run(["basins", three, "--surface", "--cells", "6", "--samples", "256", "--lang", "zh"]) == 0
    chinese = capsys.readouterr().out
    assert "E1与E8" in chinese and "followed" not in chinese


def test_the_surface_is_given_as_data(three: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """JSON, PLY and CSV hold the same vertices; faces name vertices and pieces that exist."""
    assert run(["basins", three, "--surface", "--cells", "5", "--samples", "64", "--format", "json"]) == 0
    surface = json.loads(capsys.readouterr().out)["surface"]
    for name in ("three.ply", "three.csv"):
        assert run(["basins", three, "--cells", "5", "--out", str(tmp_path / name)]) == 0
    head, _, body = (tmp_path / "three.ply").read_text("ascii").partition("end_header\n")
    rows = body.splitlines()
    count = len(surface["vertices"])
    assert f"element vertex {count}" in head and f"element face {len(rows) - count}" in head
    assert [float(v) for v in rows[0].split()] == pytest.approx(
        [*surface["vertices"][0], surface["errors"][0]]
    )
    faces = [[int(v) for v in row.split()] for row in rows[count:]]
    assert [face[1:4] for face in faces] == surface["triangles"]
    assert {face[4] for face in faces} == {0}
    lines = (tmp_path / "three.csv").read_text("utf-8").splitlines()
    assert lines[0] == "vertex,x,y,z,error,fates" and len(lines) == count + 1
    assert lines[1].endswith("E1 E8")


def test_the_surface_is_drawn_in_the_cube(three: str, tmp_path: Path) -> None:
    """The figure says what the tinted surface is, to those who see it and to those who hear it."""
    target = tmp_path / "three.svg"
    assert run(["basins", three, "--cells", "6", "--out", str(target)]) == 0
    words = " ".join(" ".join(ElementTree.fromstring(target.read_text("utf-8")).itertext()).split())
    assert "separatrix between E1 and E8" in words
    assert "trajectories on its two sides end differently" in words
