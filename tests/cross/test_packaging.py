"""What a package index would show: README with links that work there, and no address that was made up."""

from __future__ import annotations

import importlib.util
import re
import tomllib
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
HOME = "https://example.org/people/separatrix"
LINK = re.compile(r"!?\[[^\]]*\]\(([^)]+)\)")


DISTRIBUTIONS = ("separatrix", "separatrix-cluster", "separatrix-park")


def settings(name: str) -> dict[str, Any]:
    """Return the settings of a distribution."""
    return tomllib.loads((ROOT / "packages" / name / "pyproject.toml").read_text("utf-8"))


def hook() -> ModuleType:
    """Return the module that hatchling calls while it builds."""
    path = ROOT / "packages" / "separatrix" / "hatch_build.py"
    spec = importlib.util.spec_from_file_location("hatch_build", path)
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


@pytest.mark.parametrize("name", DISTRIBUTIONS)
def test_every_address_of_the_project_comes_from_the_one_setting(name: str) -> None:
    """pyproject.toml states no address of its own."""
    project = settings(name)
    assert not project["project"].get("urls")
    assert "repository" in project["tool"]["hatch"]["metadata"]["hooks"]["custom"]


def test_the_three_distributions_have_one_version_and_require_each_other_in_it() -> None:
    """No wheel is installed beside one of another version, and only plug-ins of the same one are taken."""
    versions = {import_module(name.replace("-", "_")).__version__: name for name in DISTRIBUTIONS}
    (version,) = versions
    for name in DISTRIBUTIONS[1:]:
        needed = [n for n in settings(name)["project"]["dependencies"] if n.startswith("separatrix")]
        assert needed
        assert all(n.endswith(f"=={version}") for n in needed), needed


def test_what_was_an_extra_leads_on_to_its_distribution() -> None:
    """Whoever has installed `separatrix[park]` keeps the platform."""
    extras = settings("separatrix")["project"]["optional-dependencies"]
    for extra, name in (("cluster", "cluster"), ("mrio", "cluster"), ("park", "park"), ("postgres", "park")):
        assert all(n.startswith(f"separatrix-{name}") for n in extras[extra]) and extras[extra], extra


@pytest.mark.parametrize("name", DISTRIBUTIONS)
@pytest.mark.parametrize("beside", ["LICENSE", "NOTICE", "hatch_build.py"])
def test_what_lies_beside_each_distribution_is_the_same(name: str, beside: str) -> None:
    """Licence, notice and hook are copies, since a source distribution holds no path outside of it."""
    first = ROOT / "packages" / DISTRIBUTIONS[0] / beside
    assert (ROOT / "packages" / name / beside).read_text("utf-8") == first.read_text("utf-8")


def test_notice_names_the_libraries_under_the_lgpl() -> None:
    """Whoever passes the program on learns which parts are under the LGPL."""
    notice = (ROOT / "NOTICE").read_text("utf-8")
    for name in ("FLINT", "GMP", "MPFR", "pymrio"):
        assert name in notice.partition("LGPL")[2], name
