"""Reports on games of more symbols than can be multiplied out."""

from __future__ import annotations

import re

import pytest

import separatrix
from core.analysis.symbolic.many_symbols import game_of_sums
from separatrix.analysis.results import Analysis
from separatrix.reports.report import build_report
from separatrix.writers.registry import write

HTML = r"<msub><mi>([kΨ])</mi><mn>(\d+)</mn></msub>"
TEX = r"(k|\\Psi)_\{(\d+)\}"


@pytest.fixture(scope="module")
def many() -> Analysis:
    """A game of three parties and forty symbols."""
    return separatrix.analyze(game_of_sums(40, 7), symbolic=True)


@pytest.mark.parametrize(
    ("format", "symbol", "definition"),
    [("html", HTML, r'class="left"><math[^>]*>' + HTML + "</math>"), ("tex", TEX, rf"(?m)^{TEX} &=")],
)
def test_every_name_on_a_page_is_defined(many: Analysis, format: str, symbol: str, definition: str) -> None:
    """A page defines each named coefficient and each abbreviation that it shows, once, and no other."""
    text = write(build_report(many), format).content.decode()
    used = re.findall(symbol, text)
    defined = re.findall(definition, text)
    assert len(set(used)) >= 12
    assert sorted(defined) == sorted(set(defined)) == sorted(set(used))
    # Each stands somewhere besides.
    assert all(used.count(name) > 1 for name in set(used))


def test_a_mixed_state_is_told_by_its_own_shares(many: Analysis) -> None:
    """Where all mix, the second share is written in the first, not in the formula of the first again."""
    text = write(build_report(many), "tex").content.decode()
    assert len(re.findall(r"(?m)^y &= \\frac\{.* x\}\{.* x\}", text)) == 2
