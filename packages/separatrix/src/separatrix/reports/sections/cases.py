"""The cases in numbers: their rest points, and figures that show all cases side by side."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from separatrix.analysis.results import RestPoint
from separatrix.document.document import (
    Block,
    Bullets,
    Column,
    Details,
    Draw,
    Figure,
    Heading,
    Line,
    Paragraph,
    Table,
    Words,
    joined_lines,
    line,
)
from separatrix.dynamics.sweeps.trajectory_set import TrajectorySet
from separatrix.game.populations import scenario_name
from separatrix.languages import Language
from separatrix.reports.sections.context import Context
from separatrix.reports.sections.parameters import case_title
from separatrix.reports.sections.portrait import portrait_section
from separatrix.reports.sections.rest_points import rest_points_section
from separatrix.reports.sections.rest_sets import cycles_section, nash_section, rest_sets_section
from separatrix.reports.study import Case, Study

__all__ = [
    "case_name",
    "case_numbers",
    "labels_table",
    "portraits_of_cases",
    "run_in",
    "trajectories_of_cases",
]

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
