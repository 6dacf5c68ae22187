"""Instruments for people: what policy can do in a game, strategy by strategy, and the ready-made ones."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from separatrix.document.numerals import readable
from separatrix.document.tree import (
    Block,
    Column,
    Document,
    Heading,
    Line,
    Paragraph,
    Table,
    Words,
    document_in,
    joined_lines,
    line,
)
from separatrix.expression.tree import Expression, to_text
from separatrix.formulas.abbreviations import Notation
from separatrix.formulas.layout import Operator, Row
from separatrix.game.instrument_sets import fitting, ready_instruments
from separatrix.game.model import PAYERS, POLICY_STRATEGIES, Game, Instrument
from separatrix.languages import Language
from separatrix.run.csv_output import csv_text

if TYPE_CHECKING:
    from separatrix.game.instrument_sets import ReadyInstrument

NBSP = "\u00a0"

__all__ = [
    "instruments_csv",
    "instruments_data",
    "instruments_document",
    "ready_csv",
    "ready_data",
    "ready_document",
    "strategy_in_words",
]


def strategy_in_words(strategy: str | None, words: Language) -> str:
    """Return the name of one of the four strategies, or of what belongs to none, in the reader's language."""
    return {
        "understanding": words.STRATEGY_UNDERSTANDING,
        "growth": words.STRATEGY_GROWTH,
        "park": words.STRATEGY_PARK,
        "technology": words.STRATEGY_TECHNOLOGY,
    }.get(strategy or "", words.STRATEGY_NONE)


# --------------------------------------------------------------------------- of a game


def instruments_document(game: Game, words: Language) -> Document:
    """Return what policy can do in a game as a document, one table for each strategy."""
    return document_in(words, words.INSTRUMENTS_TITLE.format(title=game.title), None, _blocks(game, words))


def _blocks(game: Game, words: Language) -> Iterator[Block]:
    own = list(game.instruments.values())
    fit = [one.name for one in fitting(game)]
    if own:
        yield Paragraph(line(words.count(len(own), "INSTRUMENTS_LEAD")), lead=True)
    else:
        yield Paragraph(line(words.INSTRUMENTS_NONE), lead=True)
    for strategy in (*POLICY_STRATEGIES, None):
        members = [i for i in own if i.strategy == strategy]
        if members:
            yield Heading(strategy_in_words(strategy, words))
            yield _meanings(members, words)
    notation = Notation.of(game)
    if own:
        yield Heading(words.INSTRUMENTS_WORK)
        yield _workings(own, notation, words)
    if game.emissions is not None:
        yield Paragraph(line(words.INSTRUMENTS_EMISSIONS, notation.layout(game.emissions), words.STOP))
    if fit:
        names = words.separators[", "].join(fit)
        yield Paragraph(line(words.INSTRUMENTS_FIT.format(names=names)))


def _meanings(members: Sequence[Instrument], words: Language) -> Table:
    heads = (Column(words.INSTRUMENT), Column(words.INSTRUMENT_LEVELS), Column(words.MEANING, wide=True))
    rows = tuple(
        (line(Words(one.name, "code")), line(_levels(one, words)), line(one.meaning or "")) for one in members
    )
    return Table(heads, rows, row_heads=True)


def _workings(members: Sequence[Instrument], notation: Notation, words: Language) -> Table:
    heads = (
        Column(words.INSTRUMENT),
        Column(words.INSTRUMENT_CHANGES, wide=True),
        Column(words.INSTRUMENT_PUBLIC),
        Column(words.INSTRUMENT_ENTERPRISES, optional=True),
    )
    rows = tuple(
        (
            line(Words(one.name, "code")),
            _changes(one.changes, notation, words),
            *(line(notation.layout(one.cost[payer]) if payer in one.cost else "–") for payer in PAYERS),
        )
        for one in members
    )
    return Table(heads, rows, row_heads=True)


def _levels(one: Instrument, words: Language) -> str:
    if one.range is None:
        told = words.INSTRUMENT_FREE
    else:
        low, high = (readable(float(end), 6) for end in one.range)
        told = f"{low}{NBSP}–{NBSP}{high}"
    if one.unit:
        told += f"{NBSP}{words.unit(one.unit)}"
    return (
        told if not one.idle else words.INSTRUMENT_IDLE.format(levels=told, idle=readable(float(one.idle), 6))
    )


def _changes(changes: Mapping[str, Expression], notation: Notation, words: Language) -> Line:
    return joined_lines(
        (
            line(Row((notation.symbol(name), Operator("→", "relation"), notation.layout(change))))
            for name, change in changes.items()
        ),
        words.separators["; "],
    )


def instruments_csv(game: Game) -> str:
    """Return the instruments of a game as CSV, one a row."""
    return csv_text(
        [
            "instrument",
            "strategy",
            "low",
            "high",
            "idle",
            "unit",
            "changes",
            "public",
            "enterprises",
            "meaning",
        ],
        (
            (
                one.name,
                one.strategy or "",
                *(("", "") if one.range is None else (float(end) for end in one.range)),
                float(one.idle),
                one.unit or "",
                "; ".join(f"{name} = {to_text(change)}" for name, change in one.changes.items()),
                *(to_text(one.cost[payer]) if payer in one.cost else "" for payer in PAYERS),
                one.meaning or "",
            )
            for one in game.instruments.values()
        ),
    )


def instruments_data(game: Game) -> dict[str, Any]:
    """Return the instruments of a game as plain data."""
    return {
        "title": game.title,
        "instruments": [
            {
                "name": one.name,
                "strategy": one.strategy,
                "meaning": one.meaning,
                "unit": one.unit,
                "range": None if one.range is None else [float(end) for end in one.range],
                "idle": float(one.idle),
                "changes": {name: to_text(change) for name, change in one.changes.items()},
                "cost": {payer: to_text(cost) for payer, cost in one.cost.items()},
                "in_force": one.name in game.in_force,
            }
            for one in game.instruments.values()
        ],
        "emissions": None if game.emissions is None else to_text(game.emissions),
        "ready_made": [one.name for one in fitting(game)],
    }


# --------------------------------------------------------------------------- ready-made


def ready_document(words: Language) -> Document:
    """Return the ready-made instruments as a document, one table for each strategy."""
    return document_in(words, words.READY_TITLE, None, _ready_blocks(words))


def _ready_blocks(words: Language) -> Iterator[Block]:
    ready = ready_instruments().values()
    yield Paragraph(line(words.READY_LEAD), lead=True)
    for strategy in POLICY_STRATEGIES:
        yield Heading(strategy_in_words(strategy, words))
        rows = tuple(
            (
                line(Words(one.name, "code")),
                line(words.separators[", "].join(one.changes)),
                line(_meaning(one, words)),
            )
            for one in ready
            if one.strategy == strategy
        )
        heads = (Column(words.INSTRUMENT), Column(words.READY_ACTS), Column(words.MEANING, wide=True))
        yield Table(heads, rows, row_heads=True)


def _meaning(one: ReadyInstrument, words: Language) -> str:
    return one.translations.get(words.code, one.meaning)


def ready_csv(words: Language) -> str:
    """Return the ready-made instruments as CSV, one a row."""
    return csv_text(
        ["instrument", "strategy", "acts on", "meaning"],
        (
            (one.name, one.strategy, "; ".join(one.changes), _meaning(one, words))
            for one in ready_instruments().values()
        ),
    )


def ready_data() -> list[dict[str, Any]]:
    """Return the ready-made instruments as plain data."""
    return [
        {
            "name": one.name,
            "strategy": one.strategy,
            "meaning": one.meaning,
            "changes": {name: to_text(change) for name, change in one.changes.items()},
            "cost": {payer: to_text(cost) for payer, cost in one.cost.items()},
        }
        for one in ready_instruments().values()
    ]
