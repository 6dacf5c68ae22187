"""Tipping values for people: as a document that every format can show, as CSV and as plain data.

Tipping surfaces for people: as a document that every format can show, and as CSV.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import TYPE_CHECKING

from separatrix.document.numerals import condition_words, level_words, levels_words, readable
from separatrix.document.regime_names import in_symbols, symbol_text
from separatrix.document.tree import (
    Block,
    Bullets,
    Column,
    Document,
    Figure,
    Line,
    Note,
    Paragraph,
    Table,
    document_in,
    line,
    scenario_words,
)
from separatrix.expression.tree import Number, to_text
from separatrix.figures.tipping import tipping_picture, tipping_surface_picture
from separatrix.formulas.abbreviations import Notation
from separatrix.formulas.layout import Layout, Operator, Row
from separatrix.languages import Language
from separatrix.run.csv_output import csv_text

if TYPE_CHECKING:
    from separatrix.policy.tipping.results import InstrumentTipping, TippingCondition, TippingValues
    from separatrix.policy.tipping.surface import SurfaceColumn, TippingSurface

__all__ = ["tipping_csv", "tipping_document", "tipping_surface_csv", "tipping_surface_document"]


def tipping_document(found: TippingValues, words: Language) -> Document:
    """Return tipping values as a document."""
    subtitle = scenario_words(found.game, found.scenario, words)
    return document_in(words, words.TIP_TITLE.format(title=found.game.title), subtitle, _blocks(found, words))


def _blocks(found: TippingValues, words: Language) -> Iterator[Block]:
    target = words.separators[", "].join(found.target_names)
    today = ""
    if found.today is not None:
        shares = ", ".join(
            f"{symbol_text(found.game, s)}\u00a0=\u00a0{readable(v)}" for s, v in found.today.items()
        )
        today = words.TIP_TODAY.format(today=shares)
    yield Paragraph(line(words.TIP_LEAD.format(id=found.target_id, target=target, today=today)), lead=True)
    for instrument in found.instruments:
        yield Paragraph(line(_headline(found, instrument, words)))
    yield Table(
        (
            Column(words.TIP_INSTRUMENT),
            Column(words.TIP_CONDITION, wide=True),
            Column(words.TIP_VALUE, align="right"),
            Column(words.TIP_LEVELS, wide=True),
        ),
        tuple(_rows(found, words)),
        row_heads=True,
    )
    title = words.TIP_TITLE.format(title=found.game.title)
    yield Figure(title, "", tipping_picture(found, words))
    notes = [line(note) for i in found.instruments for note in _notes(found, i, words)]
    if notes:
        yield Bullets(tuple(notes))
    if found.sizes is not None and found.beta is not None:
        sizes = words.listed(
            [f"{p.name}: {size}" for p, size in zip(found.game.populations, found.sizes, strict=True)]
        )
        yield Paragraph(line(words.TIP_NOISE.format(sizes=sizes, beta=readable(found.beta))))
    yield Bullets(tuple(line(text) for text in _sure(found, words)))
    for warning in found.warnings:
        yield Note(warning.code, line(words.tell(in_symbols(found.game, warning.text))))


def _sure(found: TippingValues, words: Language) -> Iterator[str]:
    """The certainty of each answer; answers with the same argument are grouped."""
    arguments: dict[str, list[str]] = {}
    for instrument in found.instruments:
        for condition in instrument.conditions:
            own = arguments.setdefault(words.tell(condition.how_sure), [])
            told = condition_words(condition.name, words)
            if told not in own:
                own.append(told)
    for argument, conditions in arguments.items():
        yield words.TIP_SURE.format(
            condition=words.capital(words.separators["; "].join(conditions)), how_sure=argument
        )


def _symbol(found: TippingValues, instrument: InstrumentTipping) -> str:
    return symbol_text(found.game, instrument.name)


def _whole(instrument: InstrumentTipping) -> tuple[float, float]:
    return float(instrument.low), float(instrument.high)


def _headline(found: TippingValues, instrument: InstrumentTipping, words: Language) -> str:
    """What a reader wants to know first: where today's state tips, or that it does not."""
    symbol, main = _symbol(found, instrument), instrument.condition(instrument.goal)
    meaning = found.game.parameters[instrument.name].meaning
    named = words.TIP_MEANS.format(instrument=symbol, meaning=meaning) if meaning else symbol
    told = {
        "instrument": named,
        "condition": condition_words(main.name, words),
        "idle": readable(instrument.idle),
    }
    levels = levels_words(main.levels, symbol, _whole(instrument), words)
    if main.tipping is not None:
        return words.TIP_AT.format(**told, value=level_words(main.tipping), levels=levels)
    if main.idle:
        return words.TIP_ALREADY.format(**told, levels=levels)
    if main.levels.intervals:
        return words.TIP_BEYOND.format(**told, levels=levels)
    if main.levels.undecided:
        return words.TIP_OPEN.format(**told)
    return words.TIP_NOT.format(
        **told,
        low=readable(instrument.low),
        high=readable(instrument.high),
        why=words.tell(main.shortfall or ""),
    )


def _rows(found: TippingValues, words: Language) -> Iterator[tuple[Line, ...]]:
    for instrument in found.instruments:
        symbol = _symbol(found, instrument)
        for k, condition in enumerate(instrument.conditions):
            yield (
                line(symbol if k == 0 else ""),
                line(condition_words(condition.name, words)),
                line(_value(condition, words)),
                line(levels_words(condition.levels, symbol, _whole(instrument), words)),
            )


def _value(condition: TippingCondition, words: Language) -> str:
    if condition.tipping is not None:
        return level_words(condition.tipping)
    return words.TIP_IDLE if condition.idle else "–"


def _notes(found: TippingValues, instrument: InstrumentTipping, words: Language) -> Iterator[str]:
    symbol, turn = _symbol(found, instrument), instrument.hysteresis
    main = instrument.condition(instrument.goal)
    told = {"instrument": symbol, "idle": readable(instrument.idle)}
    if turn.forward is not None:
        forward = level_words(turn.forward)
        if turn.stays:
            yield words.TIP_STAYS.format(**told)
        elif turn.back is not None and turn.back.value != turn.forward.value:
            yield words.TIP_BACK.format(**told, forward=forward, back=level_words(turn.back))
        elif turn.back is not None:
            yield words.TIP_FALLS.format(**told, back=level_words(turn.back))
    for condition in instrument.conditions:
        if condition.shortfall is not None and condition is not main:
            yield words.TIP_WHY.format(
                **told, condition=condition_words(condition.name, words), why=words.tell(condition.shortfall)
            )
    if instrument.also_stable:
        yield words.TIP_ALSO.format(**told, states=words.listed(list(instrument.also_stable)))
    if instrument.differs is not None and instrument.differs.intervals:
        levels = levels_words(instrument.differs, symbol, _whole(instrument), words)
        yield words.TIP_DIFFERS.format(**told, levels=levels)
    if instrument.cost and main.tipping is not None:
        payers = {
            "public": (words.TIP_PUBLIC, words.TIP_PUBLIC_EARNS),
            "enterprises": (words.TIP_ENTERPRISES, words.TIP_ENTERPRISES_EARN),
        }
        costs = [
            payers[payer][amount < 0].format(amount=readable(abs(amount), 4))
            for payer, amount in instrument.cost.items()
        ]
        yield words.TIP_COST.format(**told, value=level_words(main.tipping), costs=words.listed(costs))


# --------------------------------------------------------------------------- data

HEADINGS = [
    "instrument", "condition", "tipping_value", "holds_when_idle",
    "from", "from_included", "to", "to_included", "error", "method", "decided",
]  # fmt: skip


def tipping_csv(found: TippingValues) -> str:
    """Return one line for each interval of levels at which something holds; one without where nothing does.

    Examples
    --------
    >>> import separatrix
    >>> game = separatrix.load("shi-chen-2018")
    >>> tipping_csv(separatrix.tipping_values(game, "C1=0:4", noise=False)).splitlines()[3][:61]
    'C1,basin,1.4864444475206002,False,0.0,True,1.4864444475206002'
    """
    rows: list[list[object]] = []
    for instrument in found.instruments:
        for condition in instrument.conditions:
            head = [
                instrument.name,
                condition.name,
                "" if condition.tipping is None else condition.tipping.value,
                condition.idle,
            ]
            parts = [(i, True) for i in condition.levels.intervals]
            parts += [(i, False) for i in condition.levels.undecided]
            for interval, decided in parts:
                error = max(float(end.high - end.low) / 2 for end in (interval.low, interval.high))
                rows.append(
                    [
                        *head,
                        interval.low.value,
                        interval.closed_low,
                        interval.high.value,
                        interval.closed_high,
                        error,
                        condition.method,
                        decided,
                    ]
                )
            if not parts:
                rows.append([*head, "", "", "", "", "", condition.method, True])
    return csv_text(HEADINGS, rows)


MOST_ROWS = 9
"""Levels of the instrument before the last that a table shows."""


def tipping_surface_document(found: TippingSurface, words: Language) -> Document:
    """Return a tipping surface as a document."""
    subtitle = scenario_words(found.game, found.scenario, words)
    title = words.TIP_SURFACE_TITLE.format(title=found.game.title)
    return document_in(words, title, subtitle, _tipping_surface_blocks(found, words))


def _tipping_surface_blocks(found: TippingSurface, words: Language) -> Iterator[Block]:
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
        tuple(_tipping_surface_rows(found, words)),
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


def _tipping_surface_rows(found: TippingSurface, words: Language) -> Iterator[tuple[Line, ...]]:
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
