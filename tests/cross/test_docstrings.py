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
from separatrix.plugins import public_names

DOCS = Path(__file__).resolve().parents[2] / "docs"
SECTION = re.compile(r"^([A-Z][A-Za-z ]+)\n-{3,}$", re.MULTILINE)
NAMED = re.compile(r"auto(?:function|class|exception):: (\S+)")
IMPORTED = re.compile(r"^(?:>>> )?from (separatrix[\w.]*) import ([\w, ]+)$", re.MULTILINE)


def named_in_the_documentation() -> dict[str, Any]:
    """Return what the pages take from the code or import from it in an example, by its full name."""
    names: dict[str, None] = {}
    for path in sorted(DOCS.rglob("*.md")):
        page = path.read_text(encoding="utf-8")
        names |= dict.fromkeys(NAMED.findall(page))
        for module, found in IMPORTED.findall(page):
            names |= dict.fromkeys(f"{module}.{name.strip()}" for name in found.split(","))
    return {name: pydoc.locate(name) for name in names}


NAMES = named_in_the_documentation() | {
    f"separatrix.{name}": getattr(separatrix, name) for name in (*separatrix.__all__, *public_names())
}
FUNCTIONS = {name: one for name, one in NAMES.items() if inspect.isfunction(inspect.unwrap(one))}

SCIENCE = (
    "separatrix.analysis.",
    "separatrix.audit.",
    "separatrix_cluster.",
    "separatrix.dynamics.",
    "separatrix.population.",
)
"""Wings whose functions name their source; the others read, write and tell."""

WITHOUT_SOURCE = {
    "separatrix.check": "each finding explains itself",
    "separatrix.dynamics.fields.field": "each dynamic names its own",
    "separatrix.dynamics.fields.schedules.scheduled_field": "each dynamic names its own",
    "separatrix.dynamics.parameter_uncertainty.uncertainty.uncertainty_of": "gathers distributions",
    "separatrix.enterprises": "takes columns",
    "separatrix.link_graph": "takes links",
    "separatrix.link_graph_of": "takes a graph",
    "separatrix.load_cluster": "reads a folder",
    "separatrix.read_enterprises": "reads a file",
    "separatrix.read_links": "reads a file",
    "separatrix.sweep": "asks other functions, which name theirs",
}
NEVER_FAILS = {
    "separatrix_cluster.symbiosis.network.three_two_test": "takes any network",
    "separatrix_cluster.diagnosis.decomposition.decoupling": "what has no state is None",
    "separatrix.expression.tree.to_text": "every tree has a text",
    "separatrix.game.populations.scenario_name": "a scenario without translation keeps its name",
    "separatrix.document.tree.line": "takes any text",
    "separatrix.reports.game_report.build_paper": "says what it cannot show",
    "separatrix.reports.portraits.regime_map_csv": "takes a result",
    "separatrix.reports.portraits.regime_map_json": "takes a result",
    "separatrix.reports.portraits.regime_map_text": "takes a result",
    "separatrix.reports.dynamics.surface_csv": "takes a result",
    "separatrix.reports.dynamics.surface_ply": "takes a result",
    "separatrix.reports.citations.bibtex": "takes what `cited` returns",
    "separatrix.reports.citations.cited": "takes a result",
    "separatrix.reports.citations.text": "takes what `cited` returns",
    "separatrix.reports.citations.used_for": "takes what `cited` returns",
    "separatrix.translate": "puts other names in",
}


def is_science(function: Callable[..., Any]) -> bool:
    """Whether a function is written in a wing whose functions name their source."""
    return inspect.unwrap(function).__module__.startswith(SCIENCE)


def sections(function: Callable[..., Any]) -> dict[str, str]:
    """Return the sections of a docstring by their names."""
    parts = SECTION.split(inspect.getdoc(function) or "")
    return dict(zip(parts[1::2], parts[2::2], strict=True))


@pytest.mark.parametrize("name", FUNCTIONS)
def test_every_public_function_says_what_one_has_to_know(name: str) -> None:
    """Parameters, returned value, errors, source and a runnable example stand in numpydoc's sections."""
    function = FUNCTIONS[name]
    found = sections(function)
    wanted = {"Returns", "Examples"}
    wanted |= {"Parameters"} if inspect.signature(function).parameters else set()
    wanted |= set() if name in NEVER_FAILS else {"Raises"}
    wanted |= {"References"} if is_science(function) and name not in WITHOUT_SOURCE else set()
    assert wanted - found.keys() == set()
    assert ">>> " in found["Examples"]


@pytest.mark.parametrize("name", FUNCTIONS)
def test_every_parameter_of_a_public_function_is_described(name: str) -> None:
    """No parameter is left for the reader to guess."""
    function = FUNCTIONS[name]
    described = set(re.findall(r"\w+", sections(function).get("Parameters", "")))
    assert [p for p in inspect.signature(function).parameters if p not in described] == []


def test_exceptions_are_of_functions_that_the_documentation_names() -> None:
    """A function that is gone, or that does say more by now, is no exception any longer."""
    assert {*WITHOUT_SOURCE, *NEVER_FAILS} - FUNCTIONS.keys() == set()
    assert [name for name in NEVER_FAILS if "Raises" in sections(FUNCTIONS[name])] == []
    assert [name for name in WITHOUT_SOURCE if "References" in sections(FUNCTIONS[name])] == []


def test_what_the_documentation_names_is_there_and_says_what_it_does() -> None:
    """Every object that the pages take from the code exists, and its first line is a sentence."""
    assert len(NAMES) > 100
    found = {
        name: inspect.getdoc(one) or "" for name, one in NAMES.items() if name != "separatrix.__version__"
    }
    assert [
        name for name, text in found.items() if not text.split("\n\n")[0].rstrip().endswith((".", ":"))
    ] == []
