"""What public functions say of themselves: what goes in and out, what can fail, whence it is, an example."""

from __future__ import annotations

import inspect
import pydoc
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import separatrix

DOCS = Path(__file__).resolve().parent.parent / "docs"
SECTION = re.compile(r"^([A-Z][A-Za-z ]+)\n-{3,}$", re.MULTILINE)

FUNCTIONS = [name for name in separatrix.__all__ if inspect.isfunction(getattr(separatrix, name))]

WITHOUT_SOURCE = {
    "check": "each finding explains itself",
    "cite": "it is the list of sources",
    "load": "reads a file",
    "load_cluster": "reads a folder",
    "report": "writes a file",
    "sweep": "asks other functions, which name theirs",
    "translate": "puts other names in",
}
NEVER_FAILS = {"translate"}


def sections(function: Callable[..., Any]) -> dict[str, str]:
    """Return the sections of a docstring by their names."""
    parts = SECTION.split(inspect.getdoc(function) or "")
    return dict(zip(parts[1::2], parts[2::2], strict=True))


@pytest.mark.parametrize("name", FUNCTIONS)
def test_every_public_function_says_what_one_has_to_know(name: str) -> None:
    """Parameters, returned value, errors, source and a runnable example stand in numpydoc's sections."""
    found = sections(getattr(separatrix, name))
    wanted = {"Parameters", "Returns", "Examples"}
    wanted |= set() if name in NEVER_FAILS else {"Raises"}
    wanted |= set() if name in WITHOUT_SOURCE else {"References"}
    assert wanted - found.keys() == set()
    assert ">>> " in found["Examples"]


@pytest.mark.parametrize("name", FUNCTIONS)
def test_every_parameter_of_a_public_function_is_described(name: str) -> None:
    """No parameter is left for the reader to guess."""
    function = getattr(separatrix, name)
    described = set(re.findall(r"\w+", sections(function)["Parameters"]))
    assert [p for p in inspect.signature(function).parameters if p not in described] == []


def test_what_the_documentation_names_is_there_and_says_what_it_does() -> None:
    """Every object that the pages take from the code exists, and its first line is a sentence."""
    named = {
        name
        for path in DOCS.rglob("*.md")
        for name in re.findall(r"auto(?:function|class|exception):: (\S+)", path.read_text(encoding="utf-8"))
    }
    assert len(named) > 50
    found = {name: inspect.getdoc(pydoc.locate(name)) or "" for name in named}
    assert [
        name for name, text in found.items() if not text.split("\n\n")[0].rstrip().endswith((".", ":"))
    ] == []
