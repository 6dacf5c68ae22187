"""What a package index would show: README with links that work there, and no address that was made up."""

from __future__ import annotations

import importlib.util
import re
import tomllib
from pathlib import Path
from types import ModuleType

ROOT = Path(__file__).resolve().parent.parent
HOME = "https://example.org/people/separatrix"
LINK = re.compile(r"!?\[[^\]]*\]\(([^)]+)\)")


def hook() -> ModuleType:
    """Return the module that hatchling calls while it builds."""
    spec = importlib.util.spec_from_file_location("hatch_build", ROOT / "hatch_build.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def metadata(repository: str) -> dict[str, object]:
    """Return what the hook adds for a repository."""
    result: dict[str, object] = {}
    hook().CustomMetadataHook(str(ROOT), {"repository": repository}).update(result)
    return result


def text_of(repository: str) -> str:
    """Return README as the index would get it."""
    readme = metadata(repository)["readme"]
    assert isinstance(readme, dict)
    return str(readme["text"])


def test_with_a_repository_every_link_of_readme_is_absolute_and_its_file_exists() -> None:
    """Links lead into the repository, to files that are there."""
    links = LINK.findall(text_of(HOME))
    assert len(links) > 10
    for link in links:
        assert link.startswith(("https://", "#")), link
        if link.startswith(HOME):
            path = re.sub(r"^/(?:raw|blob)/main/", "", link.removeprefix(HOME)).partition("#")[0]
            assert (ROOT / path).exists(), link


def test_a_picture_is_linked_as_a_file_and_a_page_as_a_page() -> None:
    """An index shows pictures only where the link gives the picture itself."""
    assert f"({HOME}/raw/main/docs/_static/shi-chen-2018-bistable.svg)" in text_of(HOME)
    assert f"({HOME}/blob/main/CONTRIBUTING.md)" in text_of(HOME)


def test_without_a_repository_nothing_is_claimed() -> None:
    """README stays as it is, and there are no addresses."""
    assert text_of("") == (ROOT / "README.md").read_text("utf-8")
    assert metadata("")["urls"] == {}
    assert set(metadata(HOME)["urls"]) == {"Source", "Documentation", "Changelog", "Issues"}


def test_every_address_of_the_project_comes_from_the_one_setting() -> None:
    """pyproject.toml states no address of its own."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    assert not project["project"].get("urls")
    assert "repository" in project["tool"]["hatch"]["metadata"]["hooks"]["custom"]


def test_notice_names_the_libraries_under_the_lgpl() -> None:
    """Whoever passes the program on learns which parts are under the LGPL."""
    notice = (ROOT / "NOTICE").read_text("utf-8")
    for name in ("FLINT", "GMP", "MPFR", "pymrio"):
        assert name in notice.partition("LGPL")[2], name
