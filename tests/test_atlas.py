"""The atlas of the documentation: every game that holds claims, with what the check of it says."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import separatrix
from separatrix.game.catalogue_files import catalogue_slugs

PAGE = Path(__file__).resolve().parent.parent / "docs" / "reference" / "atlas.md"
PUBLISHED = [slug for slug in catalogue_slugs() if "published" in separatrix.load(slug).raw]


def sections() -> dict[str, str]:
    """Return the part of the page about each game."""
    found = re.split(r"(?m)^\(([a-z0-9-]+)\)=$", PAGE.read_text(encoding="utf-8"))[1:]
    return dict(zip(found[::2], found[1::2], strict=True))


def test_every_published_game_has_its_place_and_its_portrait() -> None:
    """Each game with claims has a section with its title, its source and a picture that is there."""
    told = sections()
    assert sorted(told) == sorted(PUBLISHED)
    for slug, text in told.items():
        assert f"## {separatrix.load(slug).title}" in text
        pictures = re.findall(r"!\[[^\]]*\]\(([^)]+)\)", text)
        assert pictures and all((PAGE.parent / picture).is_file() for picture in pictures)
        assert "### Regimes" in text


@pytest.mark.parametrize(
    "slug", ["artificial-intelligence-or-labour", "greenwashing", "live-streaming", "new-energy-vehicles"]
)
def test_the_referee_of_the_page_says_what_the_check_finds(slug: str) -> None:
    """The codes on the page are those of the findings, and the verdict is that of the errors among them."""
    findings = separatrix.check(separatrix.load(slug), notes=True)
    text = sections()[slug].partition("### What the referee says")[2]
    assert sorted(re.findall(r"(?m)^- \*\*(P\d+)\*\*", text)) == sorted(f.code for f in findings)
    wrong = any(f.severity == "error" for f in findings)
    assert ("Every claim that was read follows" in text) is not wrong
