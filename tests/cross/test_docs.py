"""What the documentation shows is what happens: every block of code in it is run.

On each page, in order and in one empty folder: `python` blocks are doctests that share their names; a
block that begins with a comment or a caption naming a file is written to that file; each line of a
`sh` block that calls `separatrix` must end with exit code 0; in a `console` block the output shown
after `$ separatrix …` must be what is printed (`...` stands for any text), and the exit code what it says.

A command of which nothing is shown, and whose files nothing later on the page reads, is only parsed in each
run; the soak runs it, too.
"""

from __future__ import annotations

import doctest
import importlib
import re
import shlex
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import pytest

import commands
from park_set_up import park_set_up
from separatrix.cli.app import STANDARD, build_app
from source_files import source_roots

ROOT = Path(__file__).resolve().parents[2]
PAGES = [ROOT / "README.md", *sorted(p for p in (ROOT / "docs").rglob("*.md") if "_build" not in p.parts)]
park_set_up()  # the platform's modules are imported below
MODULES = sorted(  # a package itself has no examples but those of its functions, which stand in modules
    ".".join((root.name, *path.relative_to(root).with_suffix("").parts)).removesuffix(".__init__")
    for root in source_roots()
    for path in root.rglob("*.py")
    if ">>> " in path.read_text("utf-8")
)
OPTIONS = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE
FENCE = re.compile(r"^```(?:\{code-block\} *)?(\w+)[^\n]*\n(.*?)^```\s*$", re.MULTILINE | re.DOTALL)
FILE = re.compile(r"(?:(?=# (?P<comment>\S+\.yaml)$)|:caption: (?P<caption>\S+\.\w+)\n+)", re.MULTILINE)
ERROR = re.compile(r"^[A-Z]\d{3} ")
FINDING = re.compile(r"^P\d{3} error: |^ +K\d{3} +skipped ", re.MULTILINE)


COMMANDS = ("sh", "console")


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


def rests(told: Sequence[Block]) -> list[str]:
    """Return what stands in the blocks after each block."""
    return ["\n".join(block.text for block in told[k + 1 :]) for k in range(len(told))]


def parsed(command: str) -> None:
    """Hold a command to the verbs and options that there are, without running it."""
    words = [STANDARD if word == "-" else word for word in shlex.split(command, comments=True)[1:]]
    build_app().parse_args(words, exit_on_error=False, print_error=False)


def matters(command: str, shown: str, rest: str) -> bool:
    """Return whether a page shows what a command prints, or reads a file later on that the command writes."""
    words = shlex.split(command, comments=True)[1:]
    written = [word for word in words if re.fullmatch(r"[\w-]+(\.\w+)+", word)]
    written += [after for word, after in pairwise(words) if word in ("new", "--out", "--record")]
    return bool(shown.strip()) or any(name in rest for name in written if name != "-")


def is_silent(page: Path) -> bool:
    """Return whether a page has commands that each run only parses."""
    told = list(blocks(page))
    return any(
        not matters(command, shown, rest)
        for block, rest in zip(told, rests(told), strict=True)
        if block.language in COMMANDS and not FILE.match(block.text)
        for command, shown in asked(block.text)
        if command.startswith("separatrix ")
    )


SILENT = [page for page in PAGES if is_silent(page)]


def check_output(command: str, shown: str, folder: Path) -> None:
    """Run one command; compare what it prints where the page shows it."""
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
    do_all(page, tmp_path)


@pytest.mark.soak
@pytest.mark.parametrize("page", SILENT, ids=lambda p: p.relative_to(ROOT).as_posix())
def test_every_command_on_a_page_ends_well(
    page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Commands of which a page shows no output end with exit code 0, too."""
    monkeypatch.chdir(tmp_path)
    do_all(page, tmp_path, silent=True)


def do_all(page: Path, folder: Path, *, silent: bool = False) -> None:
    """Do in a folder what a page shows: all of it, or without the commands of which nothing is shown."""
    names: dict[str, object] = {}
    told = list(blocks(page))
    for block, rest in zip(told, rests(told), strict=True):
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
            (folder / name).write_text(block.text[file.end() :], "utf-8")
        elif block.language in COMMANDS:
            every = [pair for pair in asked(block.text) if pair[0].startswith("separatrix ")]
            for k, (command, shown) in enumerate(every):
                if silent or matters(command, shown, "\n".join([*(c for c, _ in every[k + 1 :]), rest])):
                    check_output(command, shown, folder)
                else:
                    parsed(command)


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
