"""The sentence that a hurried reader must see."""

from __future__ import annotations

from separatrix.document.document import Line, Words, line
from separatrix.formulas.layout import Layout
from separatrix.reports.sections.context import Context
from separatrix.reports.sections.rest_sets import component_name, cycle_name

__all__ = ["answer_of"]


def answer_of(context: Context) -> Line:
    """Return what is asymptotically stable, at the values or by regimes."""
    analysis = context.analysis
    numbers: Line = ()
    if analysis.values is not None:
        numbers = _answer_in_numbers(context)
    if not analysis.symbolic or not analysis.regimes:
        return numbers or line(context.words.tell(analysis.completeness.proof))
    degenerate = sum(not r.generic for r in analysis.regimes)
    found = analysis.regimes_completeness
    whole = found is None or found.status == "complete"
    told = context.words.ANSWER_REGIMES if whole else context.words.ANSWER_REGIMES_SO_FAR
    text = told.format(count=context.words.count(len(analysis.regimes), "REGIME"))
    if degenerate:
        text += (
            context.words.ANSWER_DEGENERATE_ONE if degenerate == 1 else context.words.ANSWER_DEGENERATE
        ).format(count=context.words.numeral(degenerate))
    if not numbers:
        return line(text)
    first = numbers[0]
    lowered = Words(first.text[:1].lower() + first.text[1:]) if isinstance(first, Words) else first
    return line(text, context.words.separators[" "], context.words.AT_VALUES, lowered, *numbers[1:])


def _answer_in_numbers(context: Context) -> Line:
    analysis = context.analysis
    whole = sum(len(p.strategies) - 1 for p in context.populations)
    if any(r.dimension == whole and r.stability is not None for r in analysis.rest_sets):
        return line(context.words.ANSWER_ALL)
    stable = [p for p in analysis.rest_points if p.stability == "asymptotically stable"]
    centres = [p for p in analysis.rest_points if p.stability == "centre"]
    named: Line = ()
    separators = context.words.separators
    for index, point in enumerate(stable):
        between = "" if index == 0 else separators[" and " if index == len(stable) - 1 else ", "]
        named = (
            *named,
            *line(
                between,
                context.quoted(point),
                context.words.BECAUSE.format(reason=context.plays(point.support)),
            ),
        )
    if not stable:
        answer: Line = line(context.words.ANSWER_NONE)
    else:
        template = context.words.ANSWER_ONE if len(stable) == 1 else context.words.ANSWER_SEVERAL
        before, after = template.format(count=context.words.numeral(len(stable)), points="\0").split("\0")
        answer = (Words(before), *named, Words(after))
    if centres:
        before, after = context.words.ANSWER_CENTRE.split("{points}")
        where = [context.quoted(c) for c in centres]
        answer = (*answer, *line(before, *_and(context, where), after))
    for component in analysis.rest_components:
        if component.set_stability == "asymptotically stable":
            answer = (*answer, *line(context.words.ANSWER_SET.format(sets=component_name(component))))
    for cycle in analysis.cycles:
        if cycle.attracting:
            answer = (*answer, *line(context.words.ANSWER_CYCLE.format(cycle=cycle_name(context, cycle))))
    if analysis.completeness.status == "incomplete":
        answer = (*answer, *line(context.words.ANSWER_INCOMPLETE))
    return answer


def _and(context: Context, layouts: list[Layout]) -> list[Words | Layout]:
    parts: list[Words | Layout] = []
    for index, item in enumerate(layouts):
        if index:
            between = " and " if index == len(layouts) - 1 else ", "
            parts.append(Words(context.words.separators[between]))
        parts.append(item)
    return parts
