"""`separatrix report`: files in every format that needs no extra, and every way the call can be wrong."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from separatrix.cli.app import run

Capture = pytest.CaptureFixture[str]

GAME = """
title: 'A game | with <b>pipes</b> & #{marks}'
populations:
  - {name: 'A', share: x, strategies: ['yes', 'no']}
  - {name: 'B', share: y, strategies: ['yes', 'no']}
bimatrix: [[[3, 2], [0, 0]], [[0, 0], [1, 1]]]
"""


def game(folder: Path) -> str:
    """Write a game file and return its path."""
    path = folder / "game.yaml"
    path.write_text(GAME, "utf-8")
    return str(path)


@pytest.mark.parametrize("name", ["a.html", "a.md", "a.tex", "a.docx", "a.pdf", "A.HTML"])
def test_the_ending_names_the_format(name: str, tmp_path: Path) -> None:
    """A file is written, and it is what its ending says."""
    target = tmp_path / name
    assert run(["report", game(tmp_path), "--out", str(target)]) == 0
    begins = {
        ".html": b"<!DOCTYPE",
        ".md": b"# ",
        ".tex": b"\\documentclass",
        ".docx": b"PK",
        ".pdf": b"%PDF",
    }
    found = target.read_bytes()
    assert begins[target.suffix.lower()] in found[:400]


@pytest.mark.parametrize("language", ["en", "zh"])
def test_reports_of_catalogue_games_are_written_in_both_languages(language: str, tmp_path: Path) -> None:
    """The language is that of the title and of the page."""
    target = tmp_path / "r.html"
    assert run(["report", "coal-safety", "--lang", language, "--scenario", "H10", "--out", str(target)]) == 0
    page = target.read_text("utf-8")
    assert f'<html lang="{language}' in page
    assert ("煤矿" in page) == (language == "zh")


def test_pictures_stand_beside_latex_and_markdown(tmp_path: Path) -> None:
    """What the text refers to is there, and nothing else is left behind."""
    for name in ("r.tex", "r.md"):
        assert run(["report", game(tmp_path), "--out", str(tmp_path / name)]) == 0
    beside = sorted(p.relative_to(tmp_path).as_posix() for p in (tmp_path / "r-figures").iterdir())
    assert beside == ["r-figures/figure-1.pdf", "r-figures/figure-1.svg"]
    assert "r-figures/figure-1.svg" in (tmp_path / "r.md").read_text("utf-8")
    assert sorted(p.name for p in tmp_path.iterdir()) == ["game.yaml", "r-figures", "r.md", "r.tex"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--out", "a.doc"], "U902"),
        (["--out", "a"], "U902"),
        (["--out", "no/such/folder/a.html"], "U903"),
        (["--out", "a.html", "--lang", "fr"], "U901"),
        (["--out", "a.html", "--format", "word"], "U901"),
        (["--out", "a.html", "--scenario", "nothing"], "V303"),
        (["--out", "a.html", "--set", "pi9=1"], "V302"),
        (["--out", "a.html", "--set", "pi1"], "U901"),
        ([], "U901"),
    ],
)
def test_a_wrong_call_is_told_and_writes_nothing(
    arguments: list[str], said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    """Exit code 2, the reason on standard error, no file."""
    monkeypatch.chdir(tmp_path)
    assert run(["report", "shi-chen-2018", *arguments]) == 2
    captured = capsys.readouterr()
    assert said in captured.err
    assert captured.out == ""
    assert list(tmp_path.iterdir()) == []


def test_the_game_is_never_overwritten(tmp_path: Path, capsys: Capture) -> None:
    """A report does not take the place of the game it is about."""
    path = game(tmp_path)
    assert run(["report", path, "--out", path, "--format", "md"]) == 2
    assert "U903" in capsys.readouterr().err
    assert Path(path).read_text("utf-8") == GAME


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path, capsys: Capture) -> None:
    """The system's reason is told."""
    locked = tmp_path / "locked"
    locked.mkdir(mode=0o500)
    assert run(["report", game(tmp_path), "--out", str(locked / "r.md")]) == 2
    assert "U903" in capsys.readouterr().err


@pytest.mark.parametrize("out", ["no/such/folder/r.html", "folder", "r.docx", "r.pdf"])
def test_what_cannot_be_written_is_told_before_the_analysis(
    out: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    """A place or a library that is missing costs nobody the time of an analysis."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setitem(sys.modules, "docx", None)
    monkeypatch.setitem(sys.modules, "typst", None)
    (tmp_path / "folder").mkdir()
    # The game cannot be read, so that reading it would be told instead.
    (tmp_path / "game.yaml").write_text("no game: [", "utf-8")
    assert run(["report", "game.yaml", "--out", out, *(["--format", "md"] if out == "folder" else [])]) == 2
    assert ("U905" if out.startswith("r.") else "U903") in capsys.readouterr().err


def test_a_name_as_long_as_names_can_be_is_written(tmp_path: Path) -> None:
    """Eighty Chinese characters are 240 bytes, and most systems allow 255."""
    out = tmp_path / f"{'报' * 80}.html"
    assert run(["report", game(tmp_path), "--out", str(out)]) == 0
    assert out.exists()


def test_a_scenario_that_lacks_a_value_is_named(tmp_path: Path, capsys: Capture) -> None:
    """The reader learns which scenario lacks what, and what this command can do about it."""
    path = tmp_path / "game.yaml"
    path.write_text(
        "parameters: {a: null, b: null}\nbimatrix: [[[a, b], [0, 0]], [[0, 1], [b, a]]]\n"
        "scenarios: {只给a: {a: 1}}\n",
        "utf-8",
    )
    assert run(["report", str(path), "--out", str(tmp_path / "r.md")]) == 2
    said = capsys.readouterr().err
    assert "`b` in the scenario `只给a`" in said
    assert "--symbolic" not in said


@pytest.mark.parametrize("name", ["r.html", "r.md", "r.tex", "r.docx", "r.pdf"])
def test_a_report_is_the_same_every_time(name: str, tmp_path: Path) -> None:
    """No date, no random name: the same game gives the same bytes."""
    found = []
    for _ in range(2):
        assert run(["report", game(tmp_path), "--out", str(tmp_path / name)]) == 0
        found.append((tmp_path / name).read_bytes())
    assert found[0] == found[1]
