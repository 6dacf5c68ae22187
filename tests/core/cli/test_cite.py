"""The verb `cite`: what it prints, its formats, and its errors."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

import separatrix
from separatrix.cli.app import run

Capture = pytest.CaptureFixture[str]


def keys(bibtex: str) -> list[str]:
    """Return the keys of BibTeX entries."""
    return re.findall(r"^@\w+\{(\w+),$", bibtex, re.MULTILINE)


def test_without_a_game_the_program_is_cited(capsys: Capture) -> None:
    """`separatrix cite` prints the one entry of Separatrix."""
    assert run(["cite"]) == 0
    out = capsys.readouterr().out
    assert keys(out) == ["separatrix"]
    assert separatrix.__version__ in out


def test_with_a_game_its_answer_is_cited(capsys: Capture) -> None:
    """The output is that of Python's `separatrix.cite`, for the same values."""
    arguments = ["cite", "shi-chen-2018", "--scenario", "bistable", "--set", "C1=2"]
    assert run(arguments) == 0
    analysis = separatrix.analyze(separatrix.load("shi-chen-2018"), {"C1": 2}, scenario="bistable")
    assert capsys.readouterr().out == separatrix.cite(analysis)


def test_symbols_bring_the_solver_that_sorts_them(capsys: Capture) -> None:
    """`--symbolic` cites what regimes rest on."""
    assert run(["cite", "shi-chen-2018", "--symbolic"]) == 0
    assert "deMouraBjorner2008" in keys(capsys.readouterr().out)


def test_text_tells_what_each_was_used_for(capsys: Capture) -> None:
    """A line a work, and below it the purpose."""
    assert run(["cite", "shi-chen-2018", "--format", "text"]) == 0
    lines = capsys.readouterr().out.splitlines()
    at = next(k for k, line in enumerate(lines) if line.startswith("Taylor, P. D. & Jonker, L. B. (1978). "))
    assert lines[at + 1] == "    Used for: the replicator dynamics."
    assert run(["cite", "--format", "text"]) == 0
    assert capsys.readouterr().out.count("\n") == 1


def test_json_has_the_fields_and_the_source_of_the_game(capsys: Capture) -> None:
    """Programs get key, type, fields, the line and the purpose."""
    assert run(["cite", "shi-chen-2018", "--format", "json"]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert answer["schema"] == 1
    assert "Shi" in answer["model"]["source"]
    (nash,) = (r for r in answer["references"] if r["key"] == "Nash1951")
    assert nash["type"] == "article"
    assert nash["fields"]["doi"] == "10.2307/1969529"
    assert nash["text"].startswith("Nash, J. (1951).")
    assert nash["used_for"] == "the Nash equilibrium"


@pytest.mark.parametrize(("name", "begins"), [("a.bib", "@misc{"), ("a.txt", "The Sep"), ("a.json", "{\n")])
def test_the_ending_of_the_file_decides_the_format(
    name: str, begins: str, tmp_path: Path, capsys: Capture
) -> None:
    """`--out` writes BibTeX, lines or JSON, and nothing to standard output."""
    assert run(["cite", "hawk-dove-one-population", "--out", str(tmp_path / name)]) == 0
    assert capsys.readouterr().out == ""
    assert (tmp_path / name).read_text("utf-8").startswith(begins)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["shi-chan-2018"], "did you mean `shi-chen-2018`?"),
        (["--symbolic"], "none is given"),
        (["--scenario", "x"], "none is given"),
        (["shi-chen-2018", "--scenario", "bistabel"], "did you mean `bistable`?"),
        (["shi-chen-2018", "--set", "C1"], "expected NAME=VALUE"),
        (["shi-chen-2018", "--format", "bib"], 'Did you mean "bibtex"?'),
        (["shi-chen-2018", "--out", "a.doc"], "U902"),
        (["shi-chen-2018", "--out", "no/such/a.bib"], "U903"),
        (["shi-chen-2018", "--simbolic"], "Did you mean --symbolic?"),
    ],
)
def test_wrong_calls_end_with_2(
    arguments: list[str], said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    """A wrong call is explained on standard error, and nothing is on standard output."""
    monkeypatch.chdir(tmp_path)
    assert run(["cite", *arguments]) == 2
    streams = capsys.readouterr()
    assert streams.out == ""
    assert said in streams.err


def test_a_game_file_is_not_overwritten(tmp_path: Path, capsys: Capture) -> None:
    """`--out` refuses the file that the game came from."""
    model = tmp_path / "game.yaml"
    model.write_text("payoff_matrix: [[0, 1], [1, 0]]\n", encoding="utf-8")
    assert run(["cite", str(model), "--out", str(model), "--format", "bibtex"]) == 2
    assert "the game file itself" in capsys.readouterr().err
