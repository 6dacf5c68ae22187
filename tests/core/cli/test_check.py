"""The verb `check`: exit codes, formats, and how findings are shown."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from separatrix.cli.app import run

Capture = pytest.CaptureFixture[str]

TABLE = r"""
title: Two enterprises
populations:
  - {name: Enterprise A, share: x}
  - {name: Enterprise B, share: y}
parameters: {a: 3, b: 1, E1: {meaning: never used}}
assume: ['a > b', 'b > 0']
advantages: {x: 'a*y - b', y: 'a*x - b'}
"""
RIGHT = r"""published:
  replicator: {x: 'x(1-x)(a y - b)', y: {latex: 'y(1-y)(a x - b)'}}
"""
WRONG = r"""published:
  replicator:
    x: {latex: '\frac{dx}{dt} = x(1-x)(a y + b)', where: equation (7)}
    y: 'y(1-y)(a x - b)'
"""


def game(folder: Path, published: str = "", name: str = "game.yaml") -> str:
    """Write the game with the given claims and return its path."""
    path = folder / name
    path.write_text(TABLE.lstrip() + published, encoding="utf-8")
    return str(path)


def test_right_claims_end_with_0(tmp_path: Path, capsys: Capture) -> None:
    """Where no claim is wrong the exit code is 0, notes or not, and the summary says so."""
    assert run(["check", game(tmp_path, RIGHT)]) == 0
    out = capsys.readouterr().out
    assert "no error in 2 claims, 1 note" in out
    assert "P622 note: " in out
    assert "`E1`" in out


def test_a_wrong_claim_ends_with_1_and_is_shown_as_a_compiler_would(tmp_path: Path, capsys: Capture) -> None:
    """A finding shows its code, its place with the line and carets, both sides, the term and a witness."""
    path = game(tmp_path, WRONG)
    assert run(["check", path, "--no-notes"]) == 1
    out = capsys.readouterr().out
    lines = out.splitlines()
    assert lines[0].startswith("P601 error: ")
    row = next(k for k, line in enumerate(lines) if line.lstrip().startswith("10 |"))
    assert lines[row].endswith(r"x: {latex: '\frac{dx}{dt} = x(1-x)(a y + b)', where: equation (7)}")
    assert lines[row + 1].index("^") == lines[row].index("'")
    labels = [line.split("  ")[1] for line in lines[row + 2 :] if line.startswith("  ") and line[2] != " "]
    assert labels[:5] == ["claimed", "read as", "correct", "differs by", "witness"]
    assert "x*(1 - x)*(a*y + b)" in out
    assert "2*b" in out
    assert "equation (7)" in out
    assert "game.yaml:10:" in out
    assert "1 error in 2 claims, 1 note not shown" in out
    assert "E1" not in out


def test_json_holds_every_finding(tmp_path: Path, capsys: Capture) -> None:
    """The JSON form has the model, each finding with its witness, and the counts."""
    assert run(["check", game(tmp_path, WRONG), "--format", "json"]) == 1
    answer = json.loads(capsys.readouterr().out)
    assert answer["schema"] == 1
    assert answer["model"]["title"] == "Two enterprises"
    assert answer["counts"] == {"claims": 2, "errors": 1, "notes": 1}
    wrong = next(f for f in answer["findings"] if f["severity"] == "error")
    assert (wrong["code"], wrong["term"]) == ("P601", "2*b")
    assert set(wrong["witness"]) >= {"a", "b"}
    assert wrong["details"]["in the paper"] == "equation (7)"


@pytest.mark.parametrize("name", ["answer.html", "answer.md", "answer.txt", "answer.json"])
def test_the_answer_can_be_written_to_a_file(name: str, tmp_path: Path, capsys: Capture) -> None:
    """`--out` writes the form that its ending names, and nothing to standard output."""
    target = tmp_path / name
    assert run(["check", game(tmp_path, WRONG), "--out", str(target)]) == 1
    assert capsys.readouterr().out == ""
    assert "P601" in target.read_text("utf-8")


def test_without_claims_it_says_so(tmp_path: Path, capsys: Capture) -> None:
    """A game without the section `published` is no error, and is told plainly."""
    assert run(["check", game(tmp_path)]) == 0
    assert "nothing is claimed: the game has no section `published`" in capsys.readouterr().out


def test_two_versions_are_compared(tmp_path: Path, capsys: Capture) -> None:
    """`--against` compares with another version, under the equalities of `--when`."""
    first = game(tmp_path, name="one.yaml")
    other = tmp_path / "two.yaml"
    other.write_text(
        TABLE.lstrip().replace("'a*y - b'", "'a*y - b + M'").replace("{a: 3,", "{a: 3, M: 2,"), "utf-8"
    )
    assert run(["check", first, "--against", str(other), "--no-notes"]) == 1
    assert "P625 error: " in capsys.readouterr().out
    assert run(["check", first, "--against", str(other), "--when", "M = 0", "--no-notes"]) == 0
    assert "no error between two versions" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("published", "arguments", "said"),
    [
        ("published: {replicator: {x: {latex: 'x \\int y'}}}\n", [], "P701 "),
        ("published: {stability: [{at: N9, label: ESS}]}\n", [], "P704 "),
        (RIGHT, ["--when", "M = 0"], "needs --against"),
        (RIGHT, ["--out", "answer.doc"], "U902"),
        (RIGHT, ["--format", "pdf"], "U901"),
        (RIGHT, ["--against", "nothing.yaml"], "G100"),
    ],
)
def test_wrong_input_ends_with_2(
    published: str, arguments: list[str], said: str, tmp_path: Path, capsys: Capture
) -> None:
    """Claims that cannot be read and calls that make no sense are explained on standard error."""
    assert run(["check", game(tmp_path, published), *arguments]) == 2
    streams = capsys.readouterr()
    assert streams.out == ""
    assert said in streams.err


def test_a_game_file_is_never_overwritten_by_its_answer(tmp_path: Path, capsys: Capture) -> None:
    """`--out` may not name the game file itself."""
    path = game(tmp_path, RIGHT)
    before = Path(path).read_text("utf-8")
    assert run(["check", path, "--out", path, "--format", "text"]) == 2
    assert "U903" in capsys.readouterr().err
    assert Path(path).read_text("utf-8") == before
