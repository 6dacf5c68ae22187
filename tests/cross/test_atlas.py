"""The atlas of the documentation: every game that holds claims, with what the check of it says."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import separatrix
from thinning import thinned

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "scripts"))
from atlas import entry, published


@thinned("slug", published(), each_run=["new-energy-vehicles", "shi-chen-2018"])
def test_the_part_of_a_published_game_has_its_portrait_and_the_findings_of_the_check(slug: str) -> None:
    """A game with claims has its title, a picture, its regimes, and the codes of all findings."""
    game = separatrix.load(slug)
    text, pictures = entry(slug)
    assert f"## {game.title}" in text and "### Regimes" in text
    assert pictures and sorted(pictures) == sorted(re.findall(r"!\[[^\]]*\]\(([^)]+)\)", text))
    findings = separatrix.check(game, notes=True)
    remarks = text.partition("### Findings of the check")[2]
    assert sorted(re.findall(r"(?m)^- \*\*(P\d+)\*\*", remarks)) == sorted(f.code for f in findings)
    wrong = any(f.severity == "error" for f in findings)
    assert ("Every claim that was read follows" in remarks) is not wrong
