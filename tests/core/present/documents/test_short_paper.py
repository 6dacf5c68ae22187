"""The short report: few pages, and nothing of what matters lost."""

from __future__ import annotations

import re
from itertools import pairwise

import pytest

from core.present.studies import published
from core.present.untold import untold
from core.present.walk import blocks_of, lines_of, plain, titles_of, words_of
from published_cases import EVERY_RUN, PUBLISHED
from separatrix.document.tree import Bullets, Document, Equations, Figure, Formula, Heading, Table
from separatrix.formulas.layout import to_plain
from separatrix.game.catalogue_files import catalogue_slugs
from separatrix.languages import LANGUAGES, language_of
from separatrix.reports.game_report import build_paper, build_short_paper
from separatrix.writers.registry import write
from thinning import thinned

ASKED = ("shi-chen-2018", "wang-2023", "coal-safety", "rock-paper-scissors-one-population")


def text_of(document: Document) -> str:
    """Return every line of a document, formulas and all."""
    lines = [plain(c) for b in blocks_of(document.blocks) for c in lines_of(b)]
    rows = [r for b in blocks_of(document.blocks) if isinstance(b, Equations) for r in b.rows]
    return "\n".join([*lines, *(f"{to_plain(r.left)} = {to_plain(r.right)}" for r in rows)])


def pages(document: Document) -> int:
    """Return how many pages a document has as PDF."""
    pytest.importorskip("typst", reason="comes with the extra `pdf`")
    content = write(document, "pdf").content
    return len(re.findall(rb"/MediaBox", content))


@thinned("slug", ASKED, each_run=2)
def test_every_state_and_condition_of_the_complete_report_is_in_the_short_one(slug: str) -> None:
    """Pure states, mixed states and regimes are told alike, and every state has its label in each case."""
    short, whole = build_short_paper(published(slug)), build_paper(published(slug))
    words = language_of("en")
    for title in (words.PURE_TABLE, words.MIXED_TABLE, words.REGIMES_TITLE):
        own, other = (
            [b for b in document.blocks if isinstance(b, Table) and b.title == title]
            for document in (short, whole)
        )
        assert own[:1] == other[:1]
    labels = [b for b in short.blocks if isinstance(b, Table) and b.title == words.SHORT_CASES]
    rows = {plain(row[0]): [plain(cell) for cell in row[2:]] for table in labels for row in table.rows}
    several = [len(table.columns) - 2 for table in labels]
    first = published(slug).cases[: several[0]]
    for k, case in enumerate(first):
        for point in case.analysis.rest_points:
            if point.stability is not None:
                assert rows[point.id][k].startswith(words.labels[point.stability])


@thinned("slug", ASKED, each_run=2)
def test_every_figure_of_the_complete_report_is_in_the_short_one(slug: str) -> None:
    """The same titles, in the same order."""
    short, whole = build_short_paper(published(slug)), build_paper(published(slug))
    titles = [[b.title for b in d.blocks if isinstance(b, Figure)] for d in (short, whole)]
    assert titles[0] == titles[1]
    assert titles[0]


@thinned("slug", PUBLISHED, each_run=EVERY_RUN)
def test_no_short_name_stays_undefined(slug: str) -> None:
    """Names such as Δₓ(0,0) that conditions and coordinates use are told, and no name that nothing uses."""
    for build in (build_short_paper, build_paper):
        used, defined = short_names(build(published(slug)))
        assert used == defined
        assert used or slug != "wang-2023"


def short_names(document: Document) -> tuple[set[str], set[str]]:
    """Return the names for parts of formulas that a document uses, and those that it defines."""
    name = re.compile("Δ[^(]{1,3}[(][01], ?[01][)]|Ψ.")
    used, defined = set(), set()
    for block in blocks_of(document.blocks):
        if isinstance(block, Equations):
            for row in block.rows:
                left = to_plain(row.left)
                (defined if name.fullmatch(left) else used).add(left)
                used |= set(name.findall(to_plain(row.right)))
        for content in lines_of(block):
            for item in content:
                if isinstance(item, Formula):
                    used |= set(name.findall(to_plain(item.layout)))
    return {text for text in used if name.fullmatch(text)}, defined


@thinned("language", LANGUAGES, each_run=1)
def test_the_tripartite_paper_is_short_enough_to_hand_in(language: str) -> None:
    """Five scenarios, fifteen regimes, 24 parameters: at most five pages A4, and all of it twenty."""
    words = language_of(language)
    assert pages(build_short_paper(published("wang-2023", language), words)) <= 5
    assert pages(build_paper(published("wang-2023", language), words)) <= 20


@thinned("slug", catalogue_slugs(), each_run=EVERY_RUN)
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_published_game_has_a_short_report(slug: str, language: str) -> None:
    """Sections have no gaps, and Chinese reports are Chinese."""
    game = published(slug, language).game
    document = build_short_paper(published(slug, language), language_of(language))
    levels = [b.level for b in document.blocks if isinstance(b, Heading)]
    assert levels[0] == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))
    if language == "zh":
        works = [b for b in document.blocks if isinstance(b, Bullets) and b.numbered]
        blocks = [b for b in document.blocks if b not in works]
        texts = [t for b in blocks for t in (*titles_of(b), *(words_of(c) for c in lines_of(b)))]
        left = [run for text in texts for run in untold(text, game) if "Ritzberger" not in run]
        assert left == []
