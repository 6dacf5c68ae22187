"""Tipping surfaces for people: as a document that every format can show, and as CSV."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import TYPE_CHECKING

from separatrix.document.document import (
    Block,
    Bullets,
    Column,
    Document,
    Figure,
    Line,
    Paragraph,
    Table,
    line,
)
from separatrix.document.numbers import readable
from separatrix.document.parts import document_in, scenario_words
from separatrix.document.tipping import condition_words, levels_words
from separatrix.document.variations import symbol_text
from separatrix.expression.tree import Number, to_text
from separatrix.figures.tipping_surface import tipping_surface_picture
from separatrix.formulas.layout import Layout, Operator, Row
from separatrix.formulas.notation import Notation
from separatrix.languages import Language
from separatrix.run.csv_output import csv_text

if TYPE_CHECKING:
    from separatrix.policy.tipping.surface import SurfaceColumn, TippingSurface

__all__ = ["tipping_surface_csv", "tipping_surface_document"]

MOST_ROWS = 9
"""Levels of the instrument before the last that a table shows."""


def tipping_surface_document(found: TippingSurface, words: Language) -> Document:
    """Return a tipping surface as a document."""
    subtitle = scenario_words(found.game, found.scenario, words)
    title = words.TIP_SURFACE_TITLE.format(title=found.game.title)
    return document_in(words, title, subtitle, _blocks(found, words))


def _blocks(found: TippingSurface, words: Language) -> Iterator[Block]:
    symbols = [symbol_text(found.game, i.name) for i in found.instruments]
    target = words.separators[", "].join(found.target_names)
    told = words.TIP_SURFACE_LEAD.format(instruments=words.listed(symbols), last=symbols[-1])
    yield Paragraph(
        line(words.TIP_LEAD.format(id=found.target_id, target=target, today="") + " " + told), lead=True
    )
    if found.formulas:
        notation = Notation.of(found.game)
        parts: list[str | Layout] = [words.TIP_SURFACE_STABLE]
        zero = notation.layout(Number(Fraction(0)))
        for k, loss in enumerate({to_text(f.loss): f.loss for f in found.formulas}.values()):
            parts += [words.separators["; "]] if k else []
            parts.append(Row((notation.layout(loss), Operator(">", "relation"), zero)))
        yield Paragraph(line(*parts))
    names = list(found.columns[0].levels)
    yield Table(
        (
            *(Column(symbol, align="right") for symbol in symbols[:-1]),
            *(Column(condition_words(name, words), wide=True) for name in names),
        ),
        tuple(_rows(found, words)),
        row_heads=True,
        title=words.TIP_SURFACE_TABLE.format(last=symbols[-1]),
    )
    if not found.tips:
        yield Paragraph(line(words.TIP_SURFACE_NOT.format(condition=condition_words(found.goal, words))))
    title = words.TIP_SURFACE_TITLE.format(title=found.game.title)
    yield Figure(title, told, tipping_surface_picture(found, words))
    arguments: dict[str, list[str]] = {}
    for name, argument in found.how_sure.items():
        arguments.setdefault(words.tell(argument), []).append(condition_words(name, words))
    yield Bullets(
        tuple(
            line(
                words.TIP_SURE.format(
                    condition=words.capital(words.separators["; "].join(own)), how_sure=argument
                )
            )
            for argument, own in arguments.items()
        )
    )


def _rows(found: TippingSurface, words: Language) -> Iterator[tuple[Line, ...]]:
    last = found.instruments[-1]
    whole = (float(last.low), float(last.high))
    for _, columns in found.planes:
        for column in _some(columns):
            yield (
                *(line(readable(level, 4)) for level in column.at),
                *(line(levels_words(own, "", whole, words)) for own in column.levels.values()),
            )


def _some(columns: Sequence[SurfaceColumn]) -> list[SurfaceColumn]:
    """Return columns at about even levels."""
    if len(columns) <= MOST_ROWS:
        return list(columns)
    low, high = columns[0].at[-1], columns[-1].at[-1]
    wished = [low + (high - low) * k / (MOST_ROWS - 1) for k in range(MOST_ROWS)]
    chosen = [min(columns, key=lambda c: abs(c.at[-1] - level)) for level in wished]
    return list({c.at: c for c in chosen}.values())


def tipping_surface_csv(found: TippingSurface) -> str:
    """Return one line for each interval of the last instrument, at each level of the others and condition.

    Examples
    --------
    >>> import separatrix
    >>> game = separatrix.load("shi-chen-2018")
    >>> made = separatrix.tipping_surface(game, ["subsidy", "carbon_price"], points=2)
    >>> tipping_surface_csv(made).splitlines()[1]
    '0.0,stable,0.0,True,1000.0,True'
    """
    *others, last = (i.name for i in found.instruments)
    rows: list[list[object]] = []
    for column in found.columns:
        for name, levels in column.levels.items():
            head = [*(float(level) for level in column.at), name]
            for i in levels.intervals:
                rows.append([*head, i.low.value, i.closed_low, i.high.value, i.closed_high])
            if not levels.intervals:
                rows.append([*head, "", "", "", ""])
    return csv_text([*others, "condition", f"{last} from", "included", f"{last} to", "included"], rows)
