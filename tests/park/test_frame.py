"""The frame of the pages: one look with the studio, a navigation by role, components that read the same."""

from __future__ import annotations

import ast
import re
from pathlib import Path
from typing import Any

import pytest

from park.conftest import Join
from park_set_up import park_set_up

ROOT = Path(__file__).resolve().parents[2]
STUDIO = ROOT / "web" / "src" / "style.css"
PARK = ROOT / "packages" / "separatrix-park" / "src" / "separatrix_park"


def variables(path: Path) -> dict[str, str]:
    """Return the colours that a style sheet begins with."""
    root = re.search(r":root \{(.*?)\}", path.read_text("utf-8"), re.DOTALL)
    assert root is not None
    return dict(re.findall(r"(--[a-z-]+): ([^;]+);", root[1]))


def test_the_pages_have_the_colours_of_the_studio() -> None:
    """Each variable that the studio names is the same in the platform's style sheet."""
    studio = variables(STUDIO)
    assert len(studio) >= 9
    assert {name: variables(PARK / "static" / "park" / "park.css").get(name) for name in studio} == studio


def test_no_template_holds_what_the_policy_of_the_pages_forbids() -> None:
    """No script, no style and no handler stands in a page; what it loads, it loads from here."""
    forbidden = re.compile(
        r"<script(?![^>]*(\bsrc=|type=\"application/json\"))|<style|\sstyle=|\son[a-z]+=|javascript:|(?:src|href)=\"https?:"
    )
    found = {
        path.relative_to(PARK).as_posix(): hit[0]
        for path in sorted((PARK / "templates").rglob("*.html"))
        if (hit := forbidden.search(re.sub(r"\{%.*?%\}", "", path.read_text("utf-8")))) is not None
    }
    assert found == {}


@pytest.mark.parametrize("role", ["office", "auditor", "entry", "approval"])
def test_every_entry_of_a_roles_navigation_opens(join: Join, role: str) -> None:
    """The page exists, the role may see it, and it marks where one is."""
    from separatrix_park.views.navigation import ways

    office = join("office@example.org", "office")
    own = (
        office
        if role == "office"
        else join("x@e1.example", role, "E01" if role in ("entry", "approval") else "", office)
    )
    entries = ways(role, "/")
    assert len(entries) >= 5
    for entry in entries:
        if entry.address == "/studio/":  # the one server answers that, and it has tests of its own
            continue
        page = own.get(entry.address)
        assert page.status_code == 200, entry
        if page["Content-Type"].startswith("text/html"):
            assert f'href="{entry.address}" aria-current="page"' in page.content.decode(), entry


def test_the_navigation_marks_the_entry_that_a_page_lies_under() -> None:
    """A page within a group marks the group's entry; a page of none marks none."""
    park_set_up()
    from separatrix_park import urls  # noqa: F401 (it offers the entries)
    from separatrix_park.views.navigation import ways

    assert [w.address for w in ways("office", "/people/7/") if w.here == "true"] == ["/people/"]
    assert [w for w in ways("office", "/nothing/") if w.here] == []
    assert ways("nobody", "/") == []


def test_a_long_name_comes_out_inert() -> None:
    """What a person names is text in every component, never a tag."""
    park_set_up()
    from django.template import Context, Template

    from separatrix.errors import InputError, Place

    name: Any = "<script>alert(1)</script>"
    error = InputError("W999", name, where=Place(f"/a/folder/of/ours/{name}.csv", 3), hint=name)
    template = Template(
        "{% load park %}{% scroll name %}x{% endscroll %}{% nothing_yet name %}x{% endnothing_yet %}"
        "{% state name name %}{% data_version name %}{% work 0.5 name %}{% problem error %}"
        "{% crumbs name name name %}"
        "{% notice 'wrong' %}{{ name }}{% endnotice %}"
    )
    page = template.render(Context({"name": name, "error": error}))
    assert "<script" not in page
    assert page.count("&lt;script&gt;") >= 9
    assert "/of/ours" not in page
    assert 'value="50"' in page


def test_no_page_tells_the_frame_something_else_by_the_same_name() -> None:
    """What a view hands to its page never stands in for what the frame says: menu, address, version."""
    told = {"park", "made_up", "program_version", "languages", "here", "menu", "menu_more"}
    taken = {
        (path.name, key.value)
        for path in (PARK / "views").glob("*.py")
        if path.name != "navigation.py"
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Dict)
        for key in node.keys
        if isinstance(key, ast.Constant) and key.value in told
    }
    assert taken == set()


def test_answers_lead_to_pages_that_the_studio_has() -> None:
    """What an answer names as its page in the studio is one of those that a link can open."""
    park_set_up()
    from separatrix_park.answers.kinds import KINDS

    pages = set(re.findall(r'"(\w+)"', (ROOT / "web" / "src" / "state" / "page_ids.ts").read_text("utf-8")))
    named = {kind.studio for kind in KINDS if kind.studio}
    assert len(named) >= 5
    assert named <= pages
