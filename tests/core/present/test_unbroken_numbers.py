"""On a terminal no number is broken over two lines, however narrow it is."""

from __future__ import annotations

import re
from collections import Counter
from functools import cache

import pytest
from rich.cells import cell_len

import separatrix
from published_cases import EVERY_RUN, PUBLISHED, analysed
from separatrix.document.tree import Document
from separatrix.game.model import Game, GroupForm
from separatrix.game.values import missing, resolve
from separatrix.languages import LANGUAGES, language_of
from separatrix.reports.dynamics import basins_document
from separatrix.reports.findings import CheckReport, findings_text
from separatrix.reports.report import build_report
from separatrix.writers import terminal
from separatrix.writers.terminal import plain_text
from thinning import thinned

WIDTHS = (80, 100, 132)
NUMBER = re.compile(r"[-−+±]?\d+(?:[.,]\d+)*(?:[eE][-−+]?\d+)?(?:/\d+)?(?: ?%)?")


def numbers(text: str) -> Counter[str]:
    """Return the numbers of a text, each with its sign, its exponent, its denominator and its per cent."""
    return Counter(NUMBER.findall(text))


def broken(text: str, whole: str) -> dict[str, int]:
    """Return the numbers of a text that do not stand in the same text on lines that are long enough."""
    return dict(numbers(text) - numbers(whole))


def scenario_of(game: Game) -> str | None:
    """Return the first scenario with a value for every parameter; None where the base has them."""
    return next(s for s in (None, *game.scenarios) if not missing(resolve(game, scenario=s)))


@cache
def documents(slug: str) -> list[Document]:
    """Return what analyze, analyze --symbolic and basins show of a game, in every language."""
    game = separatrix.load(slug)
    scenario = scenario_of(game)
    told = []
    for code in LANGUAGES:
        words, own = language_of(code), separatrix.translate(game, code)
        source = slug if own == game else own
        told.append(build_report(analysed(source, scenario=scenario), words))
        if not isinstance(game.form, GroupForm):  # whose size is a number only where values are given
            told.append(build_report(analysed(source, symbolic=True), words))
        told.append(basins_document(separatrix.basins(own, scenario=scenario, samples=256), words))
    return told


@cache
def refereed(slug: str) -> CheckReport:
    """Return what check finds in a game, notes included."""
    game = separatrix.load(slug)
    return CheckReport(game, tuple(separatrix.check(game, notes=True)), 0)


@thinned("slug", PUBLISHED, each_run=EVERY_RUN)
def test_no_answer_breaks_a_number(slug: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every number on a narrow screen stands on a wide one too, for every published game."""
    for document in documents(slug):
        narrow = {width: plain_text(document, width) for width in WIDTHS}
        with monkeypatch.context() as patch:
            patch.setattr(terminal, "WIDEST", 100_000)
            whole = plain_text(document, 100_000)
        for width, text in narrow.items():
            assert broken(text, whole) == {}, (width, document.title)
            assert max(map(cell_len, text.splitlines())) <= width


def test_a_table_that_no_screen_holds_is_told_row_by_row() -> None:
    """Where whole numbers and titles do not stand side by side, each row becomes a list, with all it says."""
    document = documents("mckelvey-mclennan")[0]
    told = plain_text(document, 40)
    assert broken(told, plain_text(document, 110)) == {}
    assert "eigenvalues" in told and "asymptotically" in told
    row = told[told.index("\n  E10\n") :].split("\n\n")[0]
    assert "−0.333" not in row and "3.266" in row and "◆ saddle" in row


@thinned("slug", PUBLISHED, each_run=EVERY_RUN)
def test_no_finding_breaks_a_number(slug: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """What check prints holds its numbers together as well."""
    for code in LANGUAGES:
        narrow = [findings_text(refereed(slug), width, language_of(code)) for width in WIDTHS]
        with monkeypatch.context() as patch:
            patch.setattr("separatrix.reports.findings.WIDEST", 100_000)
            whole = findings_text(refereed(slug), 100_000, language_of(code))
        assert [broken(text, whole) for text in narrow] == [{}, {}, {}]
