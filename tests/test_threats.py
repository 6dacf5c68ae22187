"""The threat model of the platform: each line names the tests that hold it, and these are there."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "reference" / "park-threats.md"
TEST = re.compile(r"`(tests/[\w/]+\.py::\w+)`")


@dataclass(frozen=True)
class Threat:
    """One line of the page: who does what, how that is prevented, and what is said of its tests."""

    who: str
    what: str
    prevented: str
    tests: str


def threats() -> list[Threat]:
    """Return the lines of all tables of the page that have these four columns."""
    rows = [
        [cell.strip() for cell in line.strip().strip("|").split(" | ")]
        for line in PAGE.read_text("utf-8").splitlines()
        if line.startswith("| ") and not line.startswith("| who ")
    ]
    return [Threat(*row) for row in rows if len(row) == 4]


def test_every_threat_says_who_what_how_and_by_which_test() -> None:
    """No line has an empty cell, and each names at least one test."""
    found = threats()
    assert len(found) > 30
    for threat in found:
        assert all((threat.who, threat.what, threat.prevented)), threat
        assert TEST.search(threat.tests), threat


def test_every_test_that_the_threat_model_names_is_there() -> None:
    """Each stands as a function in the file that the page names."""
    named = {name for threat in threats() for name in TEST.findall(threat.tests)}
    files = {name.partition("::")[0] for name in named}
    there = {
        f"{file}::{node.name}"
        for file in files
        for node in ast.parse((ROOT / file).read_text("utf-8")).body
        if isinstance(node, ast.FunctionDef)
    }
    assert sorted(named - there) == []
