"""What the short names and the labels of a report mean."""

from __future__ import annotations

from collections.abc import Iterator

from separatrix.document.document import (
    Block,
    Bullets,
    Details,
    Equation,
    Equations,
    Heading,
    Paragraph,
    Words,
    line,
)
from separatrix.document.labels import LABELS
from separatrix.formulas.plain_math import to_plain
from separatrix.reports.sections.context import Context

__all__ = ["meanings_section", "short_names_section"]

FEW_NAMES, SHORT_MEANING = 8, 64
"""Short names, and characters of their meanings, up to which the terminal lists them."""


def short_names_section(context: Context) -> Iterator[Block]:
    """Yield what each short name stands for that the sections before used."""
    meanings = context.shortener.meanings()
    if not meanings:
        return
    rows = tuple(Equation(name, meaning) for name, meaning in meanings)
    if not context.shortener.active and not context.analysis.definitions:
        # Only what the terminal leaves out uses them.
        lead = Paragraph(line(context.words.ABBREVIATIONS, context.words.COLON))
        yield Details(context.words.ABBREVIATIONS_ALL, (lead, Equations(rows)))
        return
    others = tuple(row for row in rows if not context.shortener.is_advantage(row.left))
    brief: tuple[Block, ...] = (Paragraph((Words(context.words.ABBREVIATIONS_BRIEF, "muted"),)),)
    if others:
        brief = (Equations(others), *brief)
    if len(rows) <= FEW_NAMES and all(len(to_plain(meaning)) <= SHORT_MEANING for _, meaning in meanings):
        brief = (Equations(rows),)
    yield Heading(context.words.ABBREVIATIONS)
    yield from _advantage_meaning(context)
    yield Details(context.words.ABBREVIATIONS_ALL, (Equations(rows),), brief)


def _advantage_meaning(context: Context) -> Iterator[Block]:
    example = context.shortener.example()
    if example is None:
        return
    name, index, corner = example
    one = context.populations[index]
    others = [p for k, p in enumerate(context.populations) if k != index] or [one]
    plays = [
        context.words.PLAYS.format(name=p.name, strategy=p.strategies[0 if share else 1].name)
        for p, share in zip(others, corner, strict=True)
    ]
    text = context.words.ADVANTAGE_MEANING.format(
        first=one.strategies[0].name,
        second=one.strategies[1].name,
        name=one.name,
        others=context.words.listed(plays),
    )
    yield Paragraph(line(name, text))


def meanings_section(context: Context) -> Iterator[Block]:
    """Yield what the labels mean that occur."""
    found = {p.stability for p in context.analysis.rest_points}
    found |= {r.stability for r in context.analysis.rest_sets}
    items = tuple(
        line(context.badge(name), context.words.COLON, context.words.meanings[name])
        for name in LABELS
        if name in found
    )
    if items:
        yield Details(
            context.words.LABEL_MEANINGS, (Bullets(items), Paragraph(line(context.words.LABEL_SCOPE)))
        )
