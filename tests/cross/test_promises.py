"""The page that says what is promised: every line of it is held by a test that exists."""

from __future__ import annotations

import ast
import os
import re
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "development" / "promises.md"
NAMED = re.compile(r"`(tests/[\w/]+\.py)::(\w+)`")

LINES = [
    " ".join(line.split())
    for section in PAGE.read_text("utf-8").split("\n## ")[1:]
    for line in re.findall(r"^- (.*?)(?=^- |^\s*$|\Z)", section, re.MULTILINE | re.DOTALL)
]


@cache
def _tests_of(path: str) -> dict[str, bool]:
    """The tests of a file, and whether each is a long one."""
    tree = ast.parse((ROOT / path).read_text("utf-8"))
    whole = "pytest.mark.soak" in "".join(
        ast.unparse(n) for n in tree.body if isinstance(n, ast.Assign) and "pytestmark" in ast.unparse(n)
    )
    return {
        node.name: whole or any(ast.unparse(d) == "pytest.mark.soak" for d in node.decorator_list)
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")
    }


def test_every_section_promises_something() -> None:
    """The page speaks of correctness, determinism, limits, threads and files."""
    sections = re.findall(r"^## (.+)$", PAGE.read_text("utf-8"), re.MULTILINE)
    assert sections == ["Correctness", "Determinism", "Limits", "Threads", "Files"]
    assert len(LINES) >= 20


@pytest.mark.parametrize("line", LINES)
def test_every_line_names_a_test_that_exists(line: str) -> None:
    """Each promise names at least one test, every test that it names exists, and long ones are marked."""
    named = list(NAMED.finditer(line))
    assert named or "(the same test)" in line
    for match in named:
        path, name = match.groups()
        assert (ROOT / path).is_file(), f"{path} does not exist"
        assert name in _tests_of(path), f"{path} has no {name}"
        assert _tests_of(path)[name] == line[: match.start()].rstrip().endswith("*soak*:"), f"is {name} long?"


_SCRIPT = """
import hashlib, json, sys, tempfile
from pathlib import Path
import separatrix
told = hashlib.sha256()
for slug in ("shi-chen-2018", "dynamic-penalty"):
    game = separatrix.load(slug)
    told.update(json.dumps(separatrix.analyze(game, symbolic=slug != "dynamic-penalty").to_dict()).encode())
    told.update(repr(separatrix.check(game, notes=True)).encode())
with tempfile.TemporaryDirectory() as folder:
    out = separatrix.report(separatrix.load("shi-chen-2018"), Path(folder) / "a.html")
    told.update(out.read_bytes())
print(told.hexdigest())
"""


def test_answers_do_not_depend_on_the_hash_seed() -> None:
    """Analyses, checks and a report are the same to the last byte whatever the order of Python's sets."""

    def told(seed: int) -> str:
        environment = {**os.environ, "PYTHONHASHSEED": str(seed)}
        done = subprocess.run(
            [sys.executable, "-c", _SCRIPT], env=environment, capture_output=True, text=True, check=True
        )
        return done.stdout

    assert told(1) == told(4242)
