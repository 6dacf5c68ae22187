"""The figures of `separatrix sweep`: which one is drawn for what."""

from __future__ import annotations

from pathlib import Path

import pytest

from separatrix.cli import app

SHI = ["sweep", "shi-chen-2018", "--over", "C1=0.5:8:6"]


def test_two_parameters_give_a_regime_map(tmp_path: Path) -> None:
    """`stable` over two parameters is drawn with its exact borders, whatever the grid."""
    out = tmp_path / "map.svg"
    assert app.run([*SHI, "--over", "C2=0.5:4:3", "--out", str(out)]) == 0
    text = out.read_text(encoding="utf-8")
    assert "C₂ = C₁ − 5" in text
    assert "C₂ = C₁ + 1" in text


def test_one_parameter_gives_a_bifurcation_diagram(tmp_path: Path) -> None:
    """`stable` over one parameter is drawn with every branch and its named points."""
    out = tmp_path / "diagram.svg"
    assert app.run([*SHI, "--out", str(out), "--lang", "zh"]) == 0
    assert "C₁ = 6" in out.read_text(encoding="utf-8")


def test_other_measures_are_drawn_as_they_were_measured(tmp_path: Path) -> None:
    """Shares of basins over one parameter are lines, one for each outcome."""
    out = tmp_path / "basins.svg"
    assert app.run([*SHI, "--measure", "basin", "--out", str(out)]) == 0
    text = out.read_text(encoding="utf-8")
    assert "E1 (0, 0)" in text
    assert "E4 (1, 1)" in text
    assert "basin_error" not in text


def test_measures_are_named_in_words_and_axes_by_what_they_mean(tmp_path: Path) -> None:
    """Neither `basin` nor `C1` means anything to who reads a figure; both are told in its language."""
    lines, plane = tmp_path / "lines.svg", tmp_path / "plane.svg"
    assert app.run([*SHI, "--measure", "basin,time", "--out", str(lines)]) == 0
    text = lines.read_text(encoding="utf-8")
    assert "share of all starts with each outcome" in text and "C₁: cost of cooperating" in text
    more = ["--over", "C2=0.5:4:3", "--measure", "basin", "--lang", "zh"]
    assert app.run([*SHI, *more, "--out", str(plane)]) == 0
    text = plane.read_text(encoding="utf-8")
    assert "share of all starts" not in text and "cost" not in text
    assert "C₁：" in text and "C₂：" in text


def test_what_is_not_measured_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Where an assumption does not hold a map is grey, and says why; the summary counts the points."""
    out = tmp_path / "plane.svg"
    over = ["--over", "C1=0:8:5", "--over", "C2=1:4:2", "--measure", "basin"]
    assert app.run(["sweep", "shi-chen-2018", *over, "--out", str(out)]) == 0
    assert out.read_text(encoding="utf-8").count(">not measured<") == 2
    told = " ".join(capsys.readouterr().out.split())
    assert "10 points: C₁ from 0 to 8 (5 values)" in told
    assert "does not hold there: 2 points." in told and "The figure is in" in told
    assert app.run(["sweep", "shi-chen-2018", "--over", "C1=0:8:5", "--measure", "basin"]) == 0
    assert "does not hold there: 1 point." in " ".join(capsys.readouterr().out.split())


def test_three_parameters_have_no_figure(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """What cannot be shown on a page is refused, and said where else to write it."""
    more = ["--over", "C2=1:2:2", "--over", "R1=1:2:2", "--measure", "basin"]
    assert app.run([*SHI, *more, "--out", str(tmp_path / "x.svg")]) == 2
    assert "U902" in capsys.readouterr().err
