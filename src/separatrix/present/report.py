"""The report on an analysis: one tree of blocks, whatever the format."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from separatrix.analysis.result import Analysis
from separatrix.present import phrases
from separatrix.present.document import (
    Badge,
    Block,
    Bullets,
    Details,
    Document,
    Equation,
    Equations,
    Figure,
    Heading,
    Line,
    Note,
    Paragraph,
    PictureFormat,
    Words,
    line,
)
from separatrix.present.formula import Layout
from separatrix.present.labels import LABELS
from separatrix.present.sections.context import Context
from separatrix.present.sections.model import equations_section, introduction, parameters_section
from separatrix.present.sections.payoffs import payoffs_section
from separatrix.present.sections.regimes import regimes_section
from separatrix.present.sections.rest import (
    completeness_section,
    component_name,
    conditions_section,
    cycle_name,
    cycles_section,
    rest_points_section,
    rest_sets_section,
)
from separatrix.present.writers.plain_math import to_plain

__all__ = ["build_report"]

FEW_NAMES, SHORT_MEANING = 8, 64
"""Short names, and characters of their meanings, up to which the terminal lists them."""


def build_report(analysis: Analysis) -> Document:
    """Return the report on `analysis` as a tree of blocks."""
    context = Context.of(analysis)
    blocks = tuple(_blocks(context))
    return Document(analysis.game.title, analysis.game.source or "", blocks)


def _blocks(context: Context) -> Iterator[Block]:
    yield from introduction(context)
    yield Paragraph(_answer(context), lead=True)
    yield from payoffs_section(context)
    yield from parameters_section(context)
    yield from equations_section(context)
    yield from rest_points_section(context)
    yield from conditions_section(context)
    yield from rest_sets_section(context)
    yield from cycles_section(context)
    yield from completeness_section(context)
    yield from _figure(context)
    yield from regimes_section(context)
    yield from _abbreviations(context)
    yield from _meanings(context)
    for warning in context.analysis.warnings:
        yield Note(phrases.WARNINGS, line(Words(warning.code, "code"), f" {warning.text}"))


def _answer(context: Context) -> Line:
    analysis = context.analysis
    numbers: Line = ()
    if analysis.values is not None:
        numbers = _answer_in_numbers(context)
    if not analysis.symbolic or not analysis.regimes:
        return numbers or line(analysis.completeness.proof)
    knife = sum(not r.generic for r in analysis.regimes)
    text = phrases.ANSWER_REGIMES.format(count=phrases.plural(len(analysis.regimes), "regime"))
    if knife:
        text += (phrases.ANSWER_KNIFE_ONE if knife == 1 else phrases.ANSWER_KNIFE).format(
            count=phrases.numeral(knife)
        )
    if not numbers:
        return line(text)
    first = numbers[0]
    assert isinstance(first, Words)
    lowered = Words(first.text[0].lower() + first.text[1:])
    return line(f"{text} {phrases.AT_VALUES}", lowered, *numbers[1:])


def _answer_in_numbers(context: Context) -> Line:
    analysis = context.analysis
    whole = sum(len(p.strategies) - 1 for p in context.populations)
    if any(r.dimension == whole and r.stability is not None for r in analysis.rest_sets):
        return line(phrases.ANSWER_ALL)
    stable = [p for p in analysis.rest_points if p.stability == "asymptotically stable"]
    centres = [p for p in analysis.rest_points if p.stability == "centre"]
    named: Line = ()
    for index, point in enumerate(stable):
        between = "" if index == 0 else " and " if index == len(stable) - 1 else ", "
        named = (*named, *line(between, context.quoted(point), f" ({context.plays(point.support)})"))
    if not stable:
        answer: Line = line(phrases.ANSWER_NONE)
    else:
        template = phrases.ANSWER_ONE if len(stable) == 1 else phrases.ANSWER_SEVERAL
        before, after = template.format(count=phrases.numeral(len(stable)), points="\0").split("\0")
        answer = (Words(before), *named, Words(after))
    if centres:
        before, after = phrases.ANSWER_CENTRE.split("{points}")
        where = [context.quoted(c) for c in centres]
        answer = (*answer, *line(before, *_and(where), after))
    for component in analysis.rest_components:
        if component.set_stability == "asymptotically stable":
            answer = (*answer, *line(phrases.ANSWER_SET.format(sets=component_name(component))))
    for cycle in analysis.cycles:
        if cycle.attracting:
            answer = (*answer, *line(phrases.ANSWER_CYCLE.format(cycle=cycle_name(context, cycle))))
    if analysis.completeness.status == "incomplete":
        answer = (*answer, *line(phrases.ANSWER_INCOMPLETE))
    return answer


def _and(layouts: list[Layout]) -> list[Words | Layout]:
    parts: list[Words | Layout] = []
    for index, item in enumerate(layouts):
        if index:
            parts.append(Words(" and " if index == len(layouts) - 1 else ", "))
        parts.append(item)
    return parts


def _figure(context: Context) -> Iterator[Block]:
    # The figures wing loads matplotlib only when `draw` is called.
    from separatrix.present.figures import caption_of, why_no_figure

    reason = why_no_figure(context.analysis)
    if reason is None:
        caption = caption_of(context.analysis)
        yield Figure(phrases.FIGURE, caption, lambda kind: _drawn(context.analysis, kind))
    else:
        yield Details(phrases.FIGURE, (Paragraph(line(reason)),))


def _drawn(analysis: Analysis, kind: PictureFormat) -> bytes:
    from separatrix.present.figures import save_figure

    with TemporaryDirectory() as folder:
        return save_figure(analysis, Path(folder) / f"figure.{kind}").read_bytes()


def _abbreviations(context: Context) -> Iterator[Block]:
    meanings = context.shortener.meanings()
    if not meanings:
        return
    rows = tuple(Equation(name, meaning) for name, meaning in meanings)
    if not context.shortener.active:  # only what the terminal leaves out uses them
        yield Details(phrases.ABBREVIATIONS_ALL, (Equations(rows),))
        return
    others = tuple(row for row in rows if not context.shortener.is_advantage(row.left))
    brief: tuple[Block, ...] = (Paragraph((Words(phrases.ABBREVIATIONS_BRIEF, "muted"),)),)
    if others:
        brief = (Equations(others), *brief)
    if len(rows) <= FEW_NAMES and all(len(to_plain(meaning)) <= SHORT_MEANING for _, meaning in meanings):
        brief = (Equations(rows),)
    yield Heading(phrases.ABBREVIATIONS)
    yield from _advantage_meaning(context)
    yield Details(phrases.ABBREVIATIONS_ALL, (Equations(rows),), brief)


def _advantage_meaning(context: Context) -> Iterator[Block]:
    example = context.shortener.example()
    if example is None:
        return
    name, index, corner = example
    one = context.populations[index]
    others = [p for k, p in enumerate(context.populations) if k != index] or [one]
    plays = [
        phrases.PLAYS.format(name=p.name, strategy=p.strategies[0 if share else 1].name)
        for p, share in zip(others, corner, strict=True)
    ]
    text = phrases.ADVANTAGE_MEANING.format(
        first=one.strategies[0].name,
        second=one.strategies[1].name,
        name=one.name,
        others=phrases.listed(plays),
    )
    yield Paragraph(line(name, text))


def _meanings(context: Context) -> Iterator[Block]:
    found = {p.stability for p in context.analysis.rest_points}
    found |= {r.stability for r in context.analysis.rest_sets}
    items = tuple(line(Badge(name), f": {look.meaning}") for name, look in LABELS.items() if name in found)
    if items:
        yield Details(phrases.LABEL_MEANINGS, (Bullets(items), Paragraph(line(phrases.LABEL_SCOPE))))
