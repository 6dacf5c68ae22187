"""What the documentation shows is what happens: every block of code in it is run.

On each page, in order and in one empty folder: `python` blocks are doctests that share their names; a
block that begins with a comment or a caption naming a file is written to that file; each line of a
`sh` block that calls `separatrix` must end with exit code 0; in a `console` block the output shown
after `$ separatrix …` must be what is printed (`...` stands for any text), and the exit code what it says.
"""

from __future__ import annotations

import doctest
import importlib
import pkgutil
import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

import commands
from park_set_up import park_set_up
from source_files import source_roots

ROOT = Path(__file__).resolve().parent.parent
PAGES = [ROOT / "README.md", *sorted(p for p in (ROOT / "docs").rglob("*.md") if "_build" not in p.parts)]
park_set_up()  # the platform's modules are imported below
MODULES = sorted(  # a package itself has no examples but those of its functions, which stand in modules
    module.name
    for root in source_roots()
    for module in pkgutil.walk_packages([str(root)], f"{root.name}.")
    if "__main__" not in module.name
)
OPTIONS = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE
FENCE = re.compile(r"^```(?:\{code-block\} *)?(\w+)[^\n]*\n(.*?)^```\s*$", re.MULTILINE | re.DOTALL)
FILE = re.compile(r"(?:(?=# (?P<comment>\S+\.yaml)$)|:caption: (?P<caption>\S+\.\w+)\n+)", re.MULTILINE)
ERROR = re.compile(r"^[A-Z]\d{3} ")
FINDING = re.compile(r"^P\d{3} error: |^ +K\d{3} +left out ", re.MULTILINE)


@dataclass(frozen=True)
class Block:
    """A fenced block: its language, its text, and the line it begins on."""

    language: str
    text: str
    line: int


def blocks(page: Path) -> Iterator[Block]:
    """Yield the fenced blocks of a page."""
    text = page.read_text("utf-8")
    for found in FENCE.finditer(text):
        yield Block(found[1], found[2], text.count("\n", 0, found.start()) + 2)


def asked(text: str) -> Iterator[tuple[str, str]]:
    """Yield each command of a `sh` or `console` block with the output that is shown for it."""
    lines = text.replace("\\\n", " ").splitlines()
    prompts = any(line.startswith("$ ") for line in lines)
    command, shown = "", list[str]()
    for line in lines:
        if line.startswith("$ ") or not prompts:
            if command:
                yield command, "\n".join(shown)
            command, shown = line.removeprefix("$ ").strip(), []
        else:
            shown.append(line)
    if command:
        yield command, "\n".join(shown)


def check_output(command: str, shown: str, folder: Path) -> None:
    """Run one command; compare what it prints where the page shows it."""
    if not command.startswith("separatrix "):
        return
    done = commands.command(shlex.split(command, comments=True)[1:], folder)
    expected = 1 if FINDING.search(shown) else 2 if ERROR.match(shown) else 0
    assert done.code == expected, f"{command}\n{done.printed}"
    if shown.strip():
        same = doctest.OutputChecker().check_output(shown.strip(), done.printed.strip(), OPTIONS)
        assert same, f"{command} printed\n{done.printed}"


@pytest.mark.parametrize("page", PAGES, ids=lambda p: p.relative_to(ROOT).as_posix())
def test_every_block_of_code_on_a_page_does_what_it_shows(
    page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The examples and commands of README and documentation give the results printed beside them."""
    monkeypatch.chdir(tmp_path)
    names: dict[str, object] = {}
    for block in blocks(page):
        if block.language == "python":
            assert ">>> " in block.text, f"line {block.line}: write Python examples as a session"
            example = doctest.DocTestParser().get_doctest(
                block.text, names, page.name, str(page), block.line - 1
            )
            report: list[str] = []
            failed = doctest.DocTestRunner(optionflags=OPTIONS).run(
                example, out=report.append, clear_globs=False
            )
            assert not failed.failed, "".join(report)
            names.update(example.globs)
        elif file := FILE.match(block.text):
            name = file["comment"] or file["caption"]
            (tmp_path / name).write_text(block.text[file.end() :], "utf-8")
        elif block.language in ("sh", "console"):
            for command, shown in asked(block.text):
                check_output(command, shown, tmp_path)


@pytest.mark.parametrize("name", MODULES)
def test_every_example_in_a_docstring_gives_what_it_shows(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The examples in the docstrings of each module run and give the results printed beside them."""
    monkeypatch.chdir(tmp_path)
    module = importlib.import_module(name)
    report: list[str] = []
    runner = doctest.DocTestRunner(optionflags=OPTIONS)
    for example in doctest.DocTestFinder(exclude_empty=True).find(module, name):
        runner.run(example, out=report.append)
    assert not runner.failures, "".join(report)
