"""The complete report: a study as a tree of blocks, laid out as this literature prints it.

Model, replicator equations, rest points, stability, regimes, the cases in numbers with their figures, the
claims of the paper, how sure each statement is, and where all of it comes from.

A report as a file: from a game to a complete document.

The short report: what a reader wants to know first, on a few pages.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from separatrix.document.tree import (
    Block,
    Bullets,
    Details,
    Document,
    Heading,
    Line,
    Note,
    Paragraph,
    Table,
    Words,
    document_in,
    joined_lines,
    line,
)
from separatrix.game.model import Game
from separatrix.languages import Language, language_of
from separatrix.reports.sections.context import Context, short_names_section
from separatrix.reports.sections.model import (
    assumptions_of,
    equations_section,
    introduction,
    rates_in_payoffs,
)
from separatrix.reports.sections.payoffs import payoffs_section
from separatrix.reports.sections.regimes import conditions_section, regimes_section
from separatrix.reports.sections.rest_points import (
    answer_of,
    broad_sets_section,
    completeness_section,
    cycles_section,
    nash_section,
    portrait_section,
    rest_points_section,
    rest_sets_section,
)
from separatrix.reports.sections.scenarios import (
    bibtex_section,
    case_name,
    case_numbers,
    cases_table,
    certainty_section,
    jacobian_section,
    labels_table,
    parameters_table,
    portraits_of_cases,
    references,
    run_in,
    sources_section,
    trajectories_of_cases,
)
from separatrix.reports.study import Study
from separatrix.run.files import write_file
from separatrix.writers.registry import format_of, write

__all__ = [
    "build_paper",
    "build_short_paper",
    "claims_lead",
    "deeper",
    "report",
    "report_document",
    "summary",
    "unfolded",
    "without_first_heading",
]

MOST_ANSWERS = 3
"""Limit on the cases whose answers are at the head of a report."""

UNCHECKED = "P628"
"""The code of the note that a claim was not compared."""

LONG_TABLE = 12
"""Rows of details from which they move to the appendix."""


def build_paper(study: Study, language: Language | None = None, command: str = "") -> Document:
    """Return the report on a study as a tree of blocks.

    Parameters
    ----------
    study : Study
    language : Language, optional
        English by default.  Names and meanings come from the game as they are; translate it first
        (`separatrix.game.populations`).
    command : str
        The command that makes this report again, for its provenance.

    Returns
    -------
    Document
        For `separatrix.writers.registry.write`.

    Examples
    --------
    >>> import separatrix
    >>> from separatrix.reports.study import study
    >>> paper = build_paper(study(separatrix.load("hawk-dove-one-population")))
    >>> paper.title, [type(block).__name__ for block in paper.blocks][:2]
    ('Hawk and dove, one population', ['Paragraph', 'Heading'])
    """
    words = language or language_of("en")
    blocks = tuple(_blocks(study, words, command))
    found = document_in(words, study.game.title, study.game.source, blocks)
    return replace(found, contents=words.CONTENTS)


def _blocks(study: Study, words: Language, command: str) -> Iterator[Block]:
    model = Context.of(study.model, words)
    appendix: list[Block] = []
    yield Paragraph(summary(study, words), lead=True)
    yield Heading(words.MODEL)
    yield Heading(words.PLAYERS, 2)
    yield from introduction(model)
    yield from _parameters(study, model)
    yield from deeper(unfolded(payoffs_section(model), None))
    yield Heading(words.DYNAMICS)
    yield from rates_in_payoffs(model)
    yield from deeper(unfolded(equations_section(model), 1))
    yield from deeper(jacobian_section(model))
    if study.general is not None:
        yield from _general(model, appendix)
    elif study.general_refused:
        yield Note(words.WARNINGS, line(words.NO_GENERAL))
    if study.cases:
        yield from _cases(study, words)
    yield from _claims(study, words)
    yield Heading(words.CERTAINTY)
    yield from certainty_section(study, words)
    yield from sources_section(study, words, command)
    yield Heading(words.APPENDIX, small=True)
    yield from appendix
    yield from bibtex_section(study)


def summary(study: Study, words: Language) -> Line:
    parts: Line = ()
    if study.general is not None and not (study.general.symbolic and not study.general.regimes):
        parts = answer_of(Context.of(study.general, words))
    elif study.cases:
        parts = _case_by_case(study, words)
    elif study.general is not None:
        parts = answer_of(Context.of(study.general, words))
    wrong = sum(f.severity == "error" for f in study.findings)
    if study.claims:
        told = words.count(wrong, "CLAIM_WRONG") if wrong else _no_error(study, words)
        parts = (*parts, Words(words.separators[" "]), Words(told.format(claims=study.claims)))
    return parts


def _no_error(study: Study, words: Language) -> str:
    left = any(f.code == UNCHECKED for f in study.findings)
    return words.CLAIMS_LEFT if left else words.CLAIMS_RIGHT


def _case_by_case(study: Study, words: Language) -> Line:
    """Return the answer of each of the first cases, where none holds for all parameters."""
    answers = (
        (*line(f"{case_name(case, words)}{words.COLON}"), *answer_of(Context.of(case.analysis, words)))
        for case in study.cases[:MOST_ANSWERS]
    )
    parts = joined_lines(answers, words.separators[" "])
    left = len(study.cases) - MOST_ANSWERS
    return parts if left <= 0 else (*parts, *line(words.separators[" "], words.FURTHER_CASES))


# --------------------------------------------------------------------------- the model


def _parameters(study: Study, model: Context) -> Iterator[Block]:
    if not study.game.parameters:
        return
    yield Heading(model.words.PARAMETERS, 2)
    yield from parameters_table(model, study)
    yield from assumptions_of(model, always=True)


# --------------------------------------------------------------------------- for all parameters


def _general(context: Context, appendix: list[Block]) -> Iterator[Block]:
    words = context.words
    yield Heading(words.REST_AND_STABILITY)
    if not context.analysis.symbolic:
        yield from _in_numbers(context)
        yield from deeper(completeness_section(context))
        yield from _warnings(context)
        yield from _picture(context, words.FIGURE)
        return
    # The sections decide which short names there are; a reader wants to know them before.
    states = without_first_heading([*conditions_section(context), *rest_sets_section(context)])
    told = list(unfolded(_set_aside(states, words, appendix)))
    regimes = list(unfolded(_set_aside(regimes_section(context), words, appendix)))
    yield from deeper(unfolded(short_names_section(context), None))
    yield from told
    yield from deeper(completeness_section(context))
    yield from regimes
    yield from _warnings(context)


def _set_aside(blocks: Iterable[Block], words: Language, appendix: list[Block]) -> Iterator[Block]:
    """Yield blocks without the long tables among the details, which go into the appendix."""
    for block in blocks:
        rows = (
            sum(len(b.rows) for b in block.blocks if isinstance(b, Table))
            if isinstance(block, Details)
            else 0
        )
        kept = isinstance(block, Details) and block.summary == words.EIGENVALUES_IN_SYMBOLS
        if isinstance(block, Details) and rows > LONG_TABLE and not kept:
            yield Paragraph(line(words.IN_APPENDIX.format(what=block.summary)))
            appendix += unfolded([block])
        else:
            yield block


def _warnings(context: Context) -> Iterator[Block]:
    words = context.words
    for warning in context.analysis.warnings:
        yield Note(words.WARNINGS, line(Words(warning.code, "code"), " ", words.tell(warning.text)))


# --------------------------------------------------------------------------- the cases in numbers


def _cases(study: Study, words: Language) -> Iterator[Block]:
    several = len(study.cases) > 1
    yield Heading(words.CASES if several or study.cases[0].kind == "scenario" else words.CASE)
    yield from cases_table(Context.of(study.model, words), study)
    for case in study.cases:
        context = Context.of(case.analysis, words)
        yield Heading(case_name(case, words), 2)
        yield Paragraph(answer_of(context))
        numbers = unfolded(without_first_heading(case_numbers(study, case, words)))
        yield from run_in(deeper(numbers, by=2), words)
        if case.analysis.completeness.status == "incomplete":
            yield from deeper(completeness_section(context), by=2)
        yield from _warnings(context)
    yield Heading(words.FIGURES, 2)
    yield from portraits_of_cases(study, words)
    yield from trajectories_of_cases(study, words)


def _in_numbers(context: Context) -> Iterator[Block]:
    """Yield the rest points and rest sets of a game without parameters."""
    blocks = [
        *without_first_heading(rest_points_section(context)),
        *deeper(rest_sets_section(context)),
        *deeper(nash_section(context)),
        *deeper(cycles_section(context)),
    ]
    yield from unfolded(blocks)


def _picture(context: Context, title: str) -> Iterator[Block]:
    """Yield the figure, or the sentence that says why there is none."""
    for block in portrait_section(context, title):
        yield from block.blocks if isinstance(block, Details) else (block,)


# --------------------------------------------------------------------------- the paper's claims


def _claims(study: Study, words: Language) -> Iterator[Block]:
    if not study.claims:
        return
    from separatrix.reports.findings import finding_blocks

    yield Heading(words.CLAIMS)
    yield Paragraph(claims_lead(study, words))
    yield from finding_blocks(study.findings, words, study.game)


def claims_lead(study: Study, words: Language) -> Line:
    """Return how many claims were compared, and what came of it."""
    wrong = sum(f.severity == "error" for f in study.findings)
    notes = len(study.findings) - wrong
    noted = [words.count(notes, "CHECK_NOTE")] if notes else []
    if wrong:
        claims, found = words.count(study.claims, "CHECK_CLAIM"), [words.count(wrong, "CLAIMS_ERROR"), *noted]
        told = [words.CLAIMS_LEAD.format(claims=claims, found=words.listed(found)), words.CLAIMS_ONCE]
    else:
        told = [_no_error(study, words).format(claims=study.claims)]
        told += [words.CLAIMS_NOTED.format(notes=note) for note in noted]
    return line(words.separators[" "].join(told))


# --------------------------------------------------------------------------- shaping


def unfolded(blocks: Iterable[Block], level: int | None = 2) -> Iterator[Block]:
    """Yield blocks with nothing folded away: a paper has no folds.

    What was folded gets a heading of the given level; none where that is None.
    """
    for block in blocks:
        if isinstance(block, Details):
            inner = list(block.blocks)
            if level is not None and not (inner and isinstance(inner[0], Heading)):
                yield Heading(block.summary, level)
            yield from unfolded(inner, level)
        else:
            yield block


def deeper(blocks: Iterable[Block], by: int = 1) -> Iterator[Block]:
    """Yield blocks with their headings further down, at most at the third level."""
    for block in blocks:
        yield replace(block, level=min(3, block.level + by)) if isinstance(block, Heading) else block


def without_first_heading(blocks: Iterable[Block]) -> Iterator[Block]:
    for index, block in enumerate(blocks):
        if index or not isinstance(block, Heading):
            yield block


def report_document(
    game: Game,
    *,
    language: str = "en",
    scenarios: Sequence[str] | None = None,
    values: Mapping[str, Any] | None = None,
    check: bool = True,
    budget: float | None = None,
    command: str = "",
    short: bool = False,
) -> Document:
    """Return the report on a game as a tree of blocks; see `report` for the parameters."""
    from separatrix.game.populations import scenario_name, translate
    from separatrix.languages import language_of
    from separatrix.reports.study import study

    words = language_of(language)
    told = translate(game, language)
    if scenarios is not None:
        keys = {scenario_name(told, key): key for key in told.scenarios}
        scenarios = [name if name in told.scenarios else keys.get(name, name) for name in scenarios]
    found = study(told, scenarios=scenarios, values=values, check=check, budget=budget)
    return build_short_paper(found, words) if short else build_paper(found, words, command)


def report(
    game: Game,
    out: str | Path,
    *,
    format: str | None = None,
    language: str = "en",
    scenarios: Sequence[str] | None = None,
    values: Mapping[str, Any] | None = None,
    check: bool = True,
    budget: float | None = None,
    short: bool = False,
) -> Path:
    """Write the report on a game to a file and return its path.

    Parameters
    ----------
    game : Game
    out : str or Path
        Its ending names the format: .html, .docx, .pdf, .tex or .md.  LaTeX and Markdown get their figures
        in a folder next to it.
    format : str, optional
        One of html, docx, pdf, tex, md, whatever the ending.
    language : str
        ``en`` or ``zh``.
    scenarios, values, check, budget
        As for `separatrix.reports.study.study`.
    short : bool
        A few pages with every state, condition and figure, in place of all arguments and tables.

    Returns
    -------
    Path
        The file that was written.

    Raises
    ------
    InputError
        U902 for an ending that names no format; U906 for another language; U905 where a library is missing;
        U903 where the file cannot be written.

    Examples
    --------
    >>> import separatrix, tempfile
    >>> folder = tempfile.TemporaryDirectory()
    >>> game = separatrix.load("shi-chen-2018")
    >>> path = separatrix.report(game, f"{folder.name}/report.md", language="zh")
    >>> path.read_text("utf-8").splitlines()[0]
    '# 产业集群企业的合作创新'
    """
    target = Path(out)
    document = report_document(
        game,
        language=language,
        scenarios=scenarios,
        values=values,
        check=check,
        budget=budget,
        short=short,
    )
    written = write(document, format or format_of(target).name, target.stem)
    for name, content in written.beside.items():
        write_file(target.parent / name, content, make_folder=True)
    write_file(target, written.content)
    return target


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
    found = document_in(words, study.game.title, study.game.source, _short_paper_blocks(study, words))
    return replace(found, compact=True)


def _short_paper_blocks(study: Study, words: Language) -> Iterator[Block]:
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
        yield from _short_paper_general(model)
    if study.cases:
        yield from _short_paper_cases(study, words)
    yield from _short_paper_claims(study, words)
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


def _short_paper_general(context: Context) -> Iterator[Block]:
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


def _short_paper_cases(study: Study, words: Language) -> Iterator[Block]:
    yield Heading(words.CASES if len(study.cases) > 1 else words.CASE)
    yield from cases_table(Context.of(study.model, words), study)
    if len(study.cases) == 1:
        yield Paragraph(answer_of(Context.of(study.cases[0].analysis, words)))
    yield from labels_table(study, words)
    yield from portraits_of_cases(study, words)
    yield from trajectories_of_cases(study, words)


def _short_paper_claims(study: Study, words: Language) -> Iterator[Block]:
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
