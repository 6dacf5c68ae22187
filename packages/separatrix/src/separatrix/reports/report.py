"""The report on one analysis: what `separatrix analyze` shows."""

from __future__ import annotations

from collections.abc import Iterator

from separatrix.analysis.results import Analysis
from separatrix.document.tree import Block, Document, Note, Paragraph, Words, document_in, line
from separatrix.languages import Language
from separatrix.reports.sections.context import Context, meanings_section, short_names_section
from separatrix.reports.sections.model import equations_section, introduction, parameters_section
from separatrix.reports.sections.payoffs import payoffs_section
from separatrix.reports.sections.regimes import conditions_section, regimes_section
from separatrix.reports.sections.rest_points import (
    answer_of,
    completeness_section,
    cycles_section,
    nash_section,
    portrait_section,
    rest_points_section,
    rest_sets_section,
)

__all__ = ["build_report"]


def build_report(analysis: Analysis, language: Language | None = None) -> Document:
    """Return the report on one analysis as a tree of blocks, in English by default."""
    context = Context.of(analysis, language)
    blocks = tuple(_blocks(context))
    words = context.words
    return document_in(words, analysis.game.title, analysis.game.source, blocks)


def _blocks(context: Context) -> Iterator[Block]:
    yield from introduction(context)
    yield Paragraph(answer_of(context), lead=True)
    yield from payoffs_section(context)
    yield from parameters_section(context)
    yield from equations_section(context)
    yield from rest_points_section(context)
    yield from conditions_section(context)
    yield from rest_sets_section(context)
    yield from nash_section(context)
    yield from cycles_section(context)
    yield from completeness_section(context)
    yield from portrait_section(context)
    yield from regimes_section(context)
    yield from short_names_section(context)
    yield from meanings_section(context)
    for warning in context.analysis.warnings:
        yield Note(
            context.words.WARNINGS, line(Words(warning.code, "code"), " ", context.words.tell(warning.text))
        )
