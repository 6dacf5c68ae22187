"""The cases in numbers: their rest points, and figures that show all cases side by side.

The parameters of a paper: what they mean, and their values in each case.

How sure each statement of a report is: proven, certified, compared, drawn, or left open.

The Jacobian matrix of the replicator equations: as a matrix, its longer entries apart.

Where a report comes from: program, model, command, and the literature of its methods.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import PurePath
from typing import TYPE_CHECKING

from separatrix.analysis.results import Analysis, RestPoint
from separatrix.document.numerals import readable
from separatrix.document.tree import (
    Block,
    Bullets,
    Column,
    Details,
    Draw,
    Equation,
    Equations,
    Figure,
    Heading,
    Line,
    Paragraph,
    Table,
    Verbatim,
    Words,
    joined_lines,
    line,
)
from separatrix.dynamics.sweeps.trajectory_set import TrajectorySet
from separatrix.expression.tree import Expression, Number
from separatrix.formulas.layout import Layout, Letter, Matrix, Script, Text, to_plain
from separatrix.game.model import AdvantageForm, ReplicatorForm
from separatrix.game.populations import scenario_name
from separatrix.languages import Language
from separatrix.reports.sections.context import Context
from separatrix.reports.sections.rest_points import (
    cycles_section,
    nash_section,
    portrait_section,
    rest_points_section,
    rest_sets_section,
)
from separatrix.reports.study import Case, Study
from separatrix.run.results import provenance

if TYPE_CHECKING:
    from separatrix.reports.citations import Reference

__all__ = [
    "bibtex_section",
    "case_name",
    "case_numbers",
    "case_title",
    "cases_table",
    "certainty_section",
    "jacobian_section",
    "labels_table",
    "parameters_table",
    "portraits_of_cases",
    "references",
    "run_in",
    "sources_section",
    "trajectories_of_cases",
    "values_beside",
]

FEW_CASES = 5
"""Limit on the cases whose values fit in the table of parameters and meanings."""

MOST_CASES = 6
"""Cases whose values stand side by side in one table."""


def values_beside(study: Study) -> bool:
    """Whether one table has the meanings of the parameters and their values in all cases."""
    return 0 < len(study.cases) <= FEW_CASES


def parameters_table(context: Context, study: Study) -> Iterator[Block]:
    """Yield the table of symbols, units, meanings, and where there is room the values in each case."""
    parameters = study.game.parameters.values()
    words = context.words
    has_unit = any(p.unit for p in parameters)
    has_meaning = any(p.meaning for p in parameters)
    columns = [Column(words.SYMBOL)]
    columns += [Column(words.MEANING, wide=True)] if has_meaning else []
    columns += [Column(words.UNIT)] if has_unit else []
    cases = study.cases if values_beside(study) else ()
    columns += [Column(case_title(case, context), "right") for case in cases]
    shared = () if values_beside(study) else _shared(study)
    columns += [Column(words.IN_ALL_CASES, "right")] if shared else []
    rows = []
    for parameter in parameters:
        row: list[Line] = [line(context.notation.symbol(parameter.name))]
        row += [line(parameter.meaning or "")] if has_meaning else []
        row += [line(parameter.unit or "")] if has_unit else []
        row += [line(_value(case, parameter.name)) for case in cases]
        if shared:
            row.append(line(_value(study.cases[0], parameter.name) if parameter.name in shared else ""))
        rows.append(tuple(row))
    if len(columns) > 1:
        title = words.PARAMETERS_AND_VALUES if cases or shared else words.PARAMETERS_TABLE
        yield Table(tuple(columns), tuple(rows), title=title, row_heads=True)


def cases_table(context: Context, study: Study) -> Iterator[Block]:
    """Yield the values that differ between cases, where they do not stand with the meanings.

    Few parameters are the columns; of many, the cases are.
    """
    shared = _shared(study)
    names = [name for name in study.game.parameters if name not in shared]
    if not names or values_beside(study):
        return
    if len(names) <= MOST_CASES:
        columns = [Column(""), *(Column(to_plain(context.notation.symbol(name)), "right") for name in names)]
        rows = [
            (line(case_title(case, context)), *(line(_value(case, name)) for name in names))
            for case in study.cases
        ]
        yield Table(tuple(columns), tuple(rows), title=context.words.VALUES_TABLE, row_heads=True)
        return
    for start in range(0, len(study.cases), MOST_CASES):
        cases = study.cases[start : start + MOST_CASES]
        columns = [Column(context.words.PARAMETER), *(Column(case_title(c, context), "right") for c in cases)]
        rows = []
        for name in names:
            cells = [_value(case, name) for case in cases]
            rows.append((line(context.notation.symbol(name)), *(line(cell) for cell in cells)))
        yield Table(tuple(columns), tuple(rows), title=context.words.VALUES_TABLE, row_heads=True)


def _shared(study: Study) -> frozenset[str]:
    """Return the parameters that have one value in all of several cases."""
    names = study.game.parameters if len(study.cases) > 1 else ()
    return frozenset(name for name in names if len({_value(case, name) for case in study.cases}) == 1)


def _value(case: Case, name: str) -> str:
    values = case.analysis.values or {}
    return readable(values[name], 6) if name in values else "–"


def case_title(case: Case, context: Context) -> str:
    """Return what a case is called at the head of a column."""
    match case.kind:
        case "scenario":
            return scenario_name(case.analysis.game, case.name)
        case "regime":
            return context.words.CASE_REGIME.format(name=case.name)
        case _:
            return context.words.VALUE


SIDE_BY_SIDE = 6
"""Portraits in one figure, which has to fit on a page."""

ROWS = 5
"""Cases with their trajectories in one figure."""

MOST_LABELLED = 6
"""Cases whose labels stand side by side in one table."""


def _groups(cases: Sequence[Case], most: int) -> Iterator[Sequence[Case]]:
    """Yield cases in groups of about the same size, so that no figure or table has a single one left over."""
    size = -(-len(cases) // -(-len(cases) // most)) if cases else most
    for start in range(0, len(cases), size):
        yield cases[start : start + size]


def case_name(case: Case, words: Language) -> str:
    """Return what a case is called in headings."""
    match case.kind:
        case "scenario":
            return words.CASE_SCENARIO.format(name=scenario_name(case.analysis.game, case.name))
        case "regime":
            return words.CASE_REGIME.format(name=case.name)
        case _:
            return words.CASE_VALUES


def case_numbers(study: Study, case: Case, words: Language) -> Iterator[Block]:
    """Yield the rest points, rest sets and cycles of a case, without its figure."""
    context = Context.of(case.analysis, words)
    known: frozenset[tuple[str, tuple[tuple[str, ...], ...]]] = frozenset()
    if study.general is not None and study.general.symbolic:
        known = frozenset((p.id, p.support) for p in study.general.rest_points)
    yield from rest_points_section(context, case_name(case, words), known)
    yield from rest_sets_section(context)
    yield from nash_section(context)
    yield from cycles_section(context)


def run_in(blocks: Iterable[Block], words: Language) -> Iterator[Block]:
    """Yield blocks with short parts as paragraphs: a heading and what it heads on one line.

    What a case says of its rest sets and reasons are a few lines each; headings would be longer than they.
    """
    waiting: Heading | None = None
    for block in blocks:
        if isinstance(block, Heading):
            if waiting is not None:
                yield waiting
            waiting = block
            continue
        if waiting is None:
            yield block
            continue
        title = Words(words.RUN_IN.format(title=waiting.text), "strong")
        match block:
            case Bullets(items, False):
                told: Iterable[Line] = items
                yield Paragraph((title, *joined_lines(told, words.separators["; "])))
            case Paragraph(content, False):
                yield Paragraph((title, *content))
            case _:
                yield waiting
                yield block
        waiting = None
    if waiting is not None:
        yield waiting


# --------------------------------------------------------------------------- labels side by side


def labels_table(study: Study, words: Language) -> Iterator[Block]:
    """Yield a table of the rest points, with their labels in each case side by side."""
    model = Context.of(study.model, words)
    general = study.general
    for cases in _groups(study.cases, MOST_LABELLED):
        contexts = [Context.of(case.analysis, words) for case in cases]
        found = [{p.id: p for p in case.analysis.rest_points if p.stability is not None} for case in cases]
        names = sorted({name for own in found for name in own}, key=lambda n: (len(n), n))
        known = {p.id: p for p in (general.rest_points if general is not None else ())}
        columns = [Column(""), Column(words.STATE)]
        columns += [Column(case_title(case, model)) for case in cases]
        rows = []
        for name in names:
            points = [own.get(name) for own in found]
            rows.append(
                (
                    line(Words(name, "strong")),
                    _state(model, known.get(name), points, contexts),
                    *(_label(context, point) for context, point in zip(contexts, points, strict=True)),
                )
            )
        yield Table(tuple(columns), tuple(rows), title=words.SHORT_CASES, row_heads=True)


def _state(
    model: Context, general: RestPoint | None, points: Sequence[RestPoint | None], contexts: Sequence[Context]
) -> Line:
    """Return a state that is the same in all cases; of others what is played."""
    if general is not None and not general.free and general.exact is not None:
        return line(model.symbolic_state(general.exact))
    point, context = next((p, c) for p, c in zip(points, contexts, strict=True) if p is not None)
    if not point.free:
        return context.state_line(point)
    return line(context.spanned(point.support))


def _label(context: Context, point: RestPoint | None) -> Line:
    if point is None:
        return line("–")
    badge = line(context.badge(point.stability))
    if not point.free:
        return badge
    return line(*badge, " ", context.coordinates(point))


# --------------------------------------------------------------------------- figures


def portraits_of_cases(study: Study, words: Language) -> Iterator[Block]:
    """Yield the portraits of all cases side by side; where there are none, the sentence that says why."""
    from separatrix.figures.phase_portrait import caption_of, why_no_figure

    first = Context.of(study.cases[0].analysis, words)
    if why_no_figure(study.cases[0].analysis, words) is not None or len(study.cases) == 1:
        name = case_name(study.cases[0], words)
        for block in portrait_section(first, f"{words.FIGURE}{words.COLON}{name}"):
            yield from block.blocks if isinstance(block, Details) else (block,)
        return
    for cases in _groups(study.cases, SIDE_BY_SIDE):
        names = [case_title(case, first) for case in cases]
        told = words.listed(names)
        yield Figure(
            f"{words.PORTRAITS}{words.COLON}{told}",
            caption_of(cases[0].analysis, words),
            _side_by_side(cases, names, words),
        )


def _side_by_side(cases: Sequence[Case], names: Sequence[str], words: Language) -> Draw:
    from separatrix.figures.small_multiples import multiples_of

    return multiples_of([case.analysis for case in cases], names, words)


def trajectories_of_cases(study: Study, words: Language) -> Iterator[Block]:
    """Yield the shares over time: each case from several initial states, and all cases from today's state."""
    from separatrix.figures.trajectory_set import case_trajectories_picture

    shown = [case for case in study.cases if case.trajectories is not None]
    model = Context.of(study.model, words)
    caption = words.IN_TIME_CAPTION if study.game.today is None else words.IN_TIME_CAPTION_TODAY
    for cases in _groups(shown, ROWS):
        names = [case_title(case, model) if case.name else case_name(case, words) for case in cases]
        sets = [case.trajectories for case in cases if case.trajectories is not None]
        yield Figure(
            f"{words.IN_TIME}{words.COLON}{words.listed(names)}" if len(study.cases) > 1 else words.IN_TIME,
            f"{caption}{words.separators[' ']}{_how_long(names, sets, words)}",
            case_trajectories_picture(names, sets, words),
        )


def _how_long(names: Sequence[str], sets: Sequence[TrajectorySet], words: Language) -> str:
    """Return the time shown for the trajectories: not all of them converge to a rest point."""
    moving = [name for name, shown in zip(names, sets, strict=True) if shown.unsettled]
    if len(names) == 1:
        return words.IN_TIME_ONE_UNSETTLED if moving else words.IN_TIME_ONE_SETTLED
    return words.IN_TIME_UNSETTLED.format(cases=words.listed(moving)) if moving else words.IN_TIME_SETTLED


def certainty_section(study: Study, words: Language) -> Iterator[Block]:
    """Yield a table of the kinds of statement, how sure each is, and how it is established."""
    columns = (Column(words.STATEMENT), Column(words.HOW_SURE), Column(words.BY_WHAT, wide=True))
    given = isinstance(study.game.form, AdvantageForm | ReplicatorForm)
    rows = [(words.EQUATIONS, words.PROVEN, words.BY_ALGEBRA_AS_GIVEN if given else words.BY_ALGEBRA)]
    if study.general is not None and study.general.symbolic:
        rows += _in_symbols(study.general, words)
    numeric = [a for a in study.analyses if not a.symbolic]
    rows += _in_numbers(numeric, words)
    if study.claims:
        rows.append((words.CLAIMS, words.PROVEN, words.BY_COMPARISON))
    if any(a.values is not None for a in numeric):
        rows.append((words.FIGURES, words.DRAWN, words.BY_INTEGRATION))
    yield Paragraph(line(words.CERTAINTY_LEAD))
    cells = tuple((line(what), line(Words(sure, "strong")), line(how)) for what, sure, how in rows)
    yield Table(columns, cells, title=words.CERTAINTY_TABLE, row_heads=True)


def _in_symbols(general: Analysis, words: Language) -> Iterator[tuple[str, str, str]]:
    whole = general.completeness.status == "complete"
    yield (
        words.REST_SYMBOLIC,
        words.PROVEN if whole else words.INCOMPLETE_WORD,
        words.BY_FACES if whole else words.NOT_ALL_FACES,
    )
    left = sum(p.open_when is not None for p in general.rest_points)
    conditions = words.count(left, "LEFT_IN_SYMBOL") if left else words.BY_CONDITIONS
    yield words.STABILITY_CONDITIONS, words.PROVEN if not left else words.PARTLY_OPEN, conditions
    found = general.regimes_completeness
    if found is not None:
        sure = words.PROVEN if found.status == "complete" else words.INCOMPLETE_WORD
        some = words.BY_Z3 if found.status == "complete" else words.SOME_REGIMES
        yield words.REGIMES_TITLE, sure, some if general.regimes else words.NO_REGIMES


def _in_numbers(analyses: list[Analysis], words: Language) -> Iterator[tuple[str, str, str]]:
    if not analyses:
        return
    points = [p for a in analyses for p in a.rest_points if p.state is not None]
    exact = sum(p.exact is not None for p in points)
    whole = all(a.completeness.status == "complete" for a in analyses)
    sure = words.INCOMPLETE_WORD if not whole else words.PROVEN if exact == len(points) else words.CERTIFIED
    how = words.BY_EXACT.format(count=exact)
    if exact < len(points):
        how += words.BY_BALLS.format(count=len(points) - exact)
    yield words.REST_AT_NUMBERS, sure, how
    labels = [p.stability for p in points] + [s.stability for a in analyses for s in a.rest_sets]
    told = [label for label in labels if label is not None]
    left = sum(label == "undecided" for label in told)
    how = words.BY_THEOREMS.format(count=len(told) - left)
    if left:
        how += words.LEFT_WITH_REASON.format(open=left)
    yield words.LABELS_AT_NUMBERS, words.PARTLY_OPEN if left else words.PROVEN, how


MOST_SHARES = 4
"""Shares up to which the matrix is worth printing."""

SHORT = 22
"""Limit on the length of an entry within the matrix itself."""


def jacobian_section(context: Context) -> Iterator[Block]:
    """Yield the Jacobian matrix, for games of few shares."""
    count = len(context.analysis.game.shares)
    if not 2 <= count <= MOST_SHARES:
        return
    entries = context.analysis.jacobian
    laid = [[context.notation.layout(e) for e in row] for row in entries]
    short = all(len(to_plain(e)) <= SHORT for row in laid for e in row)
    yield Heading(context.words.JACOBIAN)
    if short:
        matrix = Matrix(tuple(tuple(row) for row in laid))
        yield Equations((Equation(Letter("J"), matrix),), numbered=True)
        return
    named = [[_entry(e, i, j) for j, e in enumerate(row)] for i, row in enumerate(entries)]
    yield Equations((Equation(Letter("J"), Matrix(tuple(tuple(row) for row in named))),), numbered=True)
    rows = [
        Equation(named[i][j], laid[i][j])
        for i, row in enumerate(entries)
        for j, e in enumerate(row)
        if not isinstance(e, Number)
    ]
    yield Paragraph(line(context.words.EQUATIONS_WHERE))
    yield Equations(tuple(rows))


def _entry(entry: Expression, i: int, j: int) -> Layout:
    """Return the name of an entry; one that is a number stands for itself."""
    if isinstance(entry, Number):
        return Text(str(entry.value))
    return Script(Letter("J"), sub=Text(f"{i + 1}{j + 1}"))


def sources_section(study: Study, words: Language, command: str) -> Iterator[Block]:
    """Yield the provenance and the references."""
    yield Heading(words.PROVENANCE)
    made = provenance(study.game)
    rows = [
        (line(words.PROGRAM), line(f"{made['program']} {made['version']}")),
        (line(words.MODEL_FILE), line(Words(PurePath(study.game.origin).name, "code"))),
        (line(words.FINGERPRINT), line(Words(made["model"], "code"))),
    ]
    if command:
        rows.append((line(words.COMMAND), line(Words(command, "code"))))
    yield Table((Column(""), Column("", wide=True)), tuple(rows), row_heads=True)
    yield from references(study, words)


def bibtex_section(study: Study) -> Iterator[Block]:
    """Yield the BibTeX of the references, to copy."""
    from separatrix.reports.citations import bibtex

    yield Heading("BibTeX", 2)
    yield Verbatim(bibtex(_works(study)))


def references(study: Study, words: Language) -> Iterator[Block]:
    from separatrix.reports.citations import text, used_for

    yield Heading(words.REFERENCES, small=True)
    yield Paragraph(line(words.REFERENCES_LEAD))
    items = tuple(
        line(text(work), words.BECAUSE.format(reason=words.tell(used_for(work)))) for work in _works(study)
    )
    yield Bullets(items, numbered=True)


def _works(study: Study) -> tuple[Reference, ...]:
    """Return what all analyses of a study lean on, each once, as bibliographies sort."""
    from separatrix.reports.citations import cited, text

    works = {work.key: work for a in study.analyses for work in cited(a, study.findings)}
    return tuple(sorted(works.values(), key=text))
