"""What a fit to the history of adoption says on the page, in both languages."""

from __future__ import annotations

import io

import pytest
from rich.console import Console

import separatrix
from separatrix.languages import language_of
from separatrix.writers.terminal import write_terminal
from separatrix_cluster.documents.adoption import adoption_document, rivals_picture

PARK = separatrix.fit_adoption("synthetic-park", draws=29)
RIVALS = separatrix.adoption_rivals("synthetic-park", draws=29)


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_page_says_what_is_told_and_what_is_not(lang: str) -> None:
    """Both advantages, the regime with the share today, and that β alone needs data from outside."""
    words = language_of(lang)
    stream = io.StringIO()
    write_terminal(adoption_document(PARK, RIVALS, words), Console(file=stream, width=200, no_color=True))
    told = stream.getvalue()
    for part in ("0.74", "−0.53", "42 %", "86 %", "β"):
        assert part in told
    assert ("require other data" in told) == (lang == "en")
    assert ("对比模型" in told) == (lang == "zh")


def test_the_figure_describes_itself() -> None:
    """Who cannot see it is told the shares and the verdict."""
    svg = rivals_picture(RIVALS, language_of("en"))("svg").decode()
    assert "from 46 % to 86 %" in svg and "cannot be distinguished" in svg
