"""The house is what CONTRIBUTING says: its folders, their size, and what each is for."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import separatrix

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = Path(separatrix.__file__).resolve().parent
ROW = re.compile(r"^\| `([a-z_/]+)/` \| (.+) \|$", re.MULTILINE)
MOST = 25


def folders() -> dict[str, str]:
    """Return the folders of the package, each with the first paragraph of what it says of itself."""
    found = {}
    for path in PACKAGE.rglob("__init__.py"):
        if path.parent != PACKAGE:
            told = ast.get_docstring(ast.parse(path.read_text("utf-8"))) or ""
            name = path.parent.relative_to(PACKAGE).as_posix()
            found[name] = " ".join(told.partition("\n\n")[0].split())
    return found


def test_the_map_names_every_folder_and_no_other() -> None:
    """Each folder has a row in CONTRIBUTING that says what the folder says of itself."""
    rows = dict(ROW.findall((ROOT / "CONTRIBUTING.md").read_text("utf-8")))
    assert rows == {name: told.rstrip(".") for name, told in folders().items()}


def test_every_file_is_in_a_folder_of_the_map() -> None:
    """No module lies in a folder that is no package, where imports would not find it."""
    homes = {p.parent.relative_to(PACKAGE).as_posix() for p in PACKAGE.rglob("*.py")}
    assert homes - {"."} == set(folders())


def test_no_folder_holds_more_files_than_a_reader_can_take_in() -> None:
    """A folder with more files than that is two concepts."""
    crowded = {
        name: count
        for name in folders()
        if (count := sum(1 for p in (PACKAGE / name).glob("*.py") if p.name != "__init__.py")) > MOST
    }
    assert crowded == {}


def test_contributing_names_files_that_are_there() -> None:
    """Every path on the page leads somewhere: from the root, or from the package."""
    text = (ROOT / "CONTRIBUTING.md").read_text("utf-8")
    paths = re.findall(r"`([\w.-]+(?:/[\w.-]+)+/?|[\w-]+/|\w+\.(?:py|toml))`", text)
    named = {path for path in paths if not any(variable in path for variable in ("CODE", "KIND", "demo"))}
    assert len(named) > 80
    homes = (ROOT, PACKAGE, PACKAGE / "dynamics", PACKAGE / "present" / "languages")
    assert {path for path in named if not any((home / path).exists() for home in homes)} == set()


def test_every_word_of_the_glossary_lives_where_it_says() -> None:
    """A row of the glossary names at least one place in the package."""
    text = (ROOT / "CONTRIBUTING.md").read_text("utf-8")
    rows = re.findall(r"^\| ([a-z, ]+) \| .+ \| (`.+`) \|$", text[text.index("### Words") :], re.MULTILINE)
    assert len(rows) >= 15
    for words, places in rows:
        assert all((PACKAGE / place).exists() for place in re.findall(r"`([^`]+)`", places)), words
