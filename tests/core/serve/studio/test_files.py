"""Files that the server makes for a page: those that the command line writes."""

from __future__ import annotations

import base64
import contextlib
import io
import zipfile
from pathlib import Path
from typing import Any

import pytest

from separatrix.cli.app import run
from separatrix.errors import InputError
from separatrix.game.reader import load
from separatrix.studio import simulation_tasks
from separatrix_cluster.studio.uploads import offline_cluster
from separatrix_cluster.tables.reader import load_cluster


def no_news(part: float) -> None:
    """Take what a task tells of its progress."""


def content(file: dict[str, str]) -> bytes:
    """Return what a file holds."""
    return base64.b64decode(file["base64"], validate=True)


def exported(source: str, folder: Path, *more: str) -> bytes:
    """Return what `separatrix export-html` writes."""
    target = folder / "page.html"
    assert run(["export-html", source, "--out", str(target), *more]) in (0, 1)
    return target.read_bytes()


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_page_of_a_game_is_that_of_the_command_line(language: str, tmp_path: Path) -> None:
    """The file that a page offers has the bytes of `export-html`."""
    found = simulation_tasks.offline(load("shi-chen-2018"), {"language": language}, no_news)
    assert content(found) == exported("shi-chen-2018", tmp_path, "--lang", language)


def test_the_page_of_a_cluster_is_that_of_the_command_line(tmp_path: Path) -> None:
    """So has that of a cluster, with the game that its tables make."""
    found = offline_cluster(load_cluster("kalundborg"), {}, no_news)
    assert content(found) == exported("kalundborg", tmp_path)


@pytest.mark.parametrize(("format", "begins"), [("pdf", b"%PDF-"), ("docx", b"PK"), ("html", b"<!DOCTYPE")])
def test_a_report_is_of_its_format(format: str, begins: bytes) -> None:
    """Each report is one file with the name and the type that browsers expect."""
    found = simulation_tasks.report(
        load("hawk-dove-one-population"), {"format": format, "short": True}, no_news
    )
    assert content(found).startswith(begins)
    assert found["name"] == f"report.{format}"
    assert "/" in found["media"]


def test_a_report_is_about_where_the_levers_stand() -> None:
    """Positions, levels of instruments and the scenario of the page are those of the report."""
    asked: dict[str, Any] = {
        "format": "docx",
        "short": True,
        "parameters": {"C1": "13/2"},
        "levels": {"subsidy": "1/4"},
        "scenario": "bistable",
    }
    found = content(simulation_tasks.report(load("shi-chen-2018"), asked, no_news))
    text = zipfile.ZipFile(io.BytesIO(found)).read("word/document.xml").decode("utf-8")
    assert "6.5" in text
    assert "bistable" in text
    assert "anti-coordination" not in text


@pytest.mark.parametrize(
    "arguments",
    [
        {},
        {"format": "exe"},
        {"format": ["pdf"]},
        {"format": "pdf", "language": "../en"},
        {"format": "html", "parameters": {"C1": 3}},
        {"format": "html", "scenario": {}},
    ],
)
def test_what_is_no_question_is_refused(arguments: dict[str, Any]) -> None:
    """Unknown formats and languages, and texts that are none, are errors with a sentence."""
    with pytest.raises(InputError) as caught, contextlib.redirect_stdout(io.StringIO()):
        simulation_tasks.report(load("hawk-dove-one-population"), arguments, no_news)
    assert caught.value.code == "W111"
