"""The threat model of the platform: each threat names the tests that hold it, and these are there."""

from __future__ import annotations

import ast
import re
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "reference" / "park-threats.md"
SECTIONS = tomllib.loads((ROOT / "tests" / "threats.toml").read_text("utf-8"))
TEST = re.compile(r"tests/[\w/]+\.py::\w+")


def test_every_threat_says_who_what_how_and_by_which_test() -> None:
    """No threat lacks a part, each names at least one test, and the page shows every section."""
    found = [threat for section in SECTIONS.values() for threat in section]
    assert len(found) > 30
    for threat in found:
        assert all(threat[key] for key in ("attacker", "threat", "protection", "tests")), threat
        assert all(TEST.fullmatch(test) for test in threat["tests"]), threat
    assert re.findall(r"```\{threats\} (\w+)\n", PAGE.read_text("utf-8")) == list(SECTIONS)


def test_every_test_that_the_threat_model_names_is_there() -> None:
    """Each stands as a function in the file that the list or the page names."""
    named = {test for section in SECTIONS.values() for threat in section for test in threat["tests"]}
    named |= set(TEST.findall(PAGE.read_text("utf-8")))
    files = {name.partition("::")[0] for name in named}
    there = {
        f"{file}::{node.name}"
        for file in files
        for node in ast.parse((ROOT / file).read_text("utf-8")).body
        if isinstance(node, ast.FunctionDef)
    }
    assert sorted(named - there) == []
