"""The report on one analysis: what `separatrix analyze` shows."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import TYPE_CHECKING

from separatrix.analysis.result import Analysis
from separatrix.present.document import Block, Document, Note, Paragraph, Words, line
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

if TYPE_CHECKING:
    from rich.console import Console

__all__ = [
    "build_report",
    "render_html",
    "render_latex",
    "render_markdown",
    "render_plain",
    "render_terminal",
]


def build_report(analysis: Analysis, language: Language | None = None) -> Document:
    """Return the report on one analysis as a tree of blocks, in English by default."""
    context = Context.of(analysis, language)
    blocks = tuple(_blocks(context))
    words = context.words
    return Document(analysis.game.title, analysis.game.source or "", blocks, words.code, words.names)


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


def render_html(analysis: Analysis) -> str:
    """Return the report on `analysis` as one self-contained HTML file."""
    from separatrix.present.writers.html.document import write_html

    return write_html(build_report(analysis))


def render_latex(analysis: Analysis) -> str:
    """Return the report on `analysis` as one LaTeX document, without its figures."""
    from separatrix.present.writers.latex.document import write_document

    return write_document(build_report(analysis), "report", pictures=False).content.decode()


def render_markdown(analysis: Analysis) -> str:
    """Return the report on `analysis` as Markdown, without its figures."""
    from separatrix.present.writers.markdown import write_document

    return write_document(build_report(analysis), "report", pictures=False).content.decode()


def render_terminal(analysis: Analysis, console: Console | None = None) -> None:
    """Print the report on `analysis` to a terminal, or to the given rich console."""
    from separatrix.present.writers.terminal.document import write_terminal

    write_terminal(build_report(analysis), console)


def render_plain(analysis: Analysis, width: int = 80) -> str:
    """Return the report of the terminal as text without colour."""
    from rich.console import Console

    stream = io.StringIO()
    render_terminal(analysis, Console(file=stream, width=width, no_color=True, highlight=False))
    return "\n".join(row.rstrip() for row in stream.getvalue().splitlines()) + "\n"
