"""The report on one analysis: what `separatrix analyze` shows."""

from __future__ import annotations

from collections.abc import Iterator

from separatrix.analysis.result import Analysis
from separatrix.present.document import Block, Document, Note, Paragraph, Words, line
from separatrix.present.documents.parts import document_in
from separatrix.present.documents.sections.answer import answer_of
from separatrix.present.documents.sections.conditions import conditions_section
from separatrix.present.documents.sections.context import Context
from separatrix.present.documents.sections.model import equations_section, introduction, parameters_section
from separatrix.present.documents.sections.payoffs import payoffs_section
from separatrix.present.documents.sections.portrait import portrait_section
from separatrix.present.documents.sections.regimes import regimes_section
from separatrix.present.documents.sections.rest_points import completeness_section, rest_points_section
from separatrix.present.documents.sections.rest_sets import cycles_section, nash_section, rest_sets_section
from separatrix.present.documents.sections.short_names import meanings_section, short_names_section
from separatrix.present.languages import Language

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
