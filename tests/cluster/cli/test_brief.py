"""``separatrix brief``: one page on a cluster or a game."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from separatrix.cli.app import run

Capture = pytest.CaptureFixture[str]


def test_the_ending_of_the_file_names_the_format(tmp_path: Path, capsys: Capture) -> None:
    """A page, a document for Word, and data, each by the name of its file."""
    for name, begin in (("b.html", b"<!DOCTYPE html>"), ("b.docx", b"PK"), ("b.json", b"{")):
        assert run(["brief", "kalundborg", "--out", str(tmp_path / name)]) == 0
        assert (tmp_path / name).read_bytes().startswith(begin)
    assert capsys.readouterr().out == ""


def test_data_hold_ten_answers(capsys: Capture) -> None:
    """Each with its question, its text and its numbers with their sources."""
    assert run(["brief", "kalundborg", "--format", "json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert [answer["number"] for answer in found["answers"]] == list(range(1, 11))
    numbers = [n for answer in found["answers"] for told in answer["told"] for n in told["numbers"]]
    assert all(n["source"]["command"][0] == "separatrix" for n in numbers)
    assert found["answered"] == [8, 9]


def test_a_folder_is_a_cluster_and_a_name_of_the_catalogue_a_game(tmp_path: Path, capsys: Capture) -> None:
    """Both are taken; a file of a cluster stands for its folder."""
    (tmp_path / "cluster.yaml").write_text("format: 1\nname: Empty\n", encoding="utf-8")
    (tmp_path / "enterprises.csv").write_text("id,name\nA,One\nB,Two\n", encoding="utf-8")
    assert run(["brief", str(tmp_path)]) == 0
    folder = capsys.readouterr().out
    assert run(["brief", str(tmp_path / "cluster.yaml")]) == 0
    assert "Empty" in folder
    assert capsys.readouterr().out.splitlines()[:6] == folder.splitlines()[:6]
    assert run(["brief", "shi-chen-2018", "--from", "0.2,0.3", "--lang", "zh"]) == 0
    assert "0.2" not in capsys.readouterr().out.splitlines()[0]


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["roterdam"], "P200"),
        (["missing.yaml"], "G100"),
        (["shi-chen-2018", "--budget", "5"], "U901"),
        (["kalundborg", "--scenario", "a"], "U901"),
        (["kalundborg", "--standard", "none"], "K230"),
        (["kalundborg", "--year", "1800"], "K240"),
    ],
)
def test_wrong_calls_are_refused(arguments: list[str], code: str, capsys: Capture) -> None:
    """The code tells what is wrong, and the exit code is 2."""
    assert run(["brief", *arguments]) == 2
    assert capsys.readouterr().err.startswith(code)
