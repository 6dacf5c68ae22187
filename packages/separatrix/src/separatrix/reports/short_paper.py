"""The short report: what a reader wants to know first, on a few pages."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from separatrix.document.document import (
    Block,
    Bullets,
    Details,
    Document,
    Heading,
    Paragraph,
    Table,
    Words,
    line,
)
from separatrix.document.parts import document_in
from separatrix.languages import Language, language_of
from separatrix.reports.paper import (
    claims_lead,
    deeper,
    summary,
    unfolded,
    without_first_heading,
)
from separatrix.reports.sections.answer import answer_of
from separatrix.reports.sections.cases import (
    labels_table,
    portraits_of_cases,
    trajectories_of_cases,
)
from separatrix.reports.sections.conditions import conditions_section
from separatrix.reports.sections.context import Context
from separatrix.reports.sections.model import (
    assumptions_of,
    equations_section,
    introduction,
    rates_in_payoffs,
)
from separatrix.reports.sections.parameters import cases_table, parameters_table
from separatrix.reports.sections.payoffs import payoffs_section
from separatrix.reports.sections.regimes import regimes_section
from separatrix.reports.sections.rest_points import completeness_section
from separatrix.reports.sections.rest_sets import broad_sets_section
from separatrix.reports.sections.short_names import short_names_section
from separatrix.reports.sections.sources import references
from separatrix.reports.study import Study

__all__ = ["build_short_paper"]

SHORT_PAYOFFS = 4
"""Profiles of a payoff table that has room in the short report."""

FEW_FINDINGS = 6
"""Errors of a paper that the short report lists one by one."""


def build_short_paper(study: Study, language: Language | None = None) -> Document:
    """Return the short report on a study as a tree of blocks.

    Model and equations, pure and mixed states with their conditions, regimes, the labels of all cases side
    by side, the figures of all cases, and the errors in the paper. It has every state and every figure of
    the complete report; arguments and reference material are omitted.

    Parameters
    ----------
    study : Study
    language : Language, optional
        English by default.

    Returns
    -------
    Document

    Examples
    --------
    >>> import separatrix
    >>> from separatrix.reports.study import study
    >>> paper = build_short_paper(study(separatrix.load("shi-chen-2018")))
    >>> [block.text for block in paper.blocks if isinstance(block, Heading) and block.level == 1][:2]
    ['The model', 'Rest points and their stability']
    """
    words = language or language_of("en")
    found = document_in(words, study.game.title, study.game.source, _blocks(study, words))
    return replace(found, compact=True)


def _blocks(study: Study, words: Language) -> Iterator[Block]:
    model = Context.of(study.model, words)
    yield Paragraph(summary(study, words), lead=True)
    yield Heading(words.MODEL)
    yield from introduction(model)
    yield from parameters_table(model, study)
    if study.game.parameters:
        yield from assumptions_of(model, always=True)
    yield from _payoffs(model)
    yield from _equations(model)
    if study.general is not None and study.general.symbolic:
        yield from _general(model)
    if study.cases:
        yield from _cases(study, words)
    yield from _claims(study, words)
    yield Paragraph(line(words.SHORT_NOTE.format(what=words.SHORT_WHAT)))
    yield from references(study, words)


def _payoffs(context: Context) -> Iterator[Block]:
    """Yield the payoffs where they are a table of a few cells."""
    for block in without_first_heading(payoffs_section(context)):
        if isinstance(block, Table) and len(block.rows) <= SHORT_PAYOFFS:
            yield block


def _equations(context: Context) -> Iterator[Block]:
    """Yield the replicator equations, without the payoffs that they are made of."""
    blocks: list[Block] = [b for b in equations_section(context) if not isinstance(b, Details)]
    if not blocks:  # many shares: the rule says it
        blocks = list(rates_in_payoffs(context))
    yield from deeper(without_first_heading(blocks))


def _general(context: Context) -> Iterator[Block]:
    words = context.words
    yield Heading(words.REST_AND_STABILITY)
    # The sections decide which short names there are; a reader wants to know them before.
    states = [
        b
        for b in without_first_heading(conditions_section(context, eigenvalues=False))
        if not isinstance(b, Details)
    ]
    regimes = [b for b in regimes_section(context) if not isinstance(b, Details)]
    yield from deeper(unfolded(short_names_section(context), None))
    yield from states
    yield from broad_sets_section(context)
    yield from (b for b in deeper(completeness_section(context)) if not isinstance(b, Heading))
    yield from regimes


def _cases(study: Study, words: Language) -> Iterator[Block]:
    yield Heading(words.CASES if len(study.cases) > 1 else words.CASE)
    yield from cases_table(Context.of(study.model, words), study)
    if len(study.cases) == 1:
        yield Paragraph(answer_of(Context.of(study.cases[0].analysis, words)))
    yield from labels_table(study, words)
    yield from portraits_of_cases(study, words)
    yield from trajectories_of_cases(study, words)


def _claims(study: Study, words: Language) -> Iterator[Block]:
    from separatrix.reports.findings import finding_words

    errors = [f for f in study.findings if f.severity == "error"]
    if not study.claims:
        return
    yield Heading(words.CLAIMS)
    yield Paragraph(claims_lead(study, words))
    if errors:
        told = tuple(
            line(Words(f.code, "code"), " ", *finding_words(words.tell(f.text), study.game))
            for f in errors[:FEW_FINDINGS]
        )
        yield Bullets(told)
