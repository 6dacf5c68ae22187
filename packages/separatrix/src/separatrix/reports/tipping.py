"""Tipping values for people: as a document that every format can show, as CSV and as plain data."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from separatrix.document.document import (
    Block,
    Bullets,
    Column,
    Document,
    Figure,
    Line,
    Note,
    Paragraph,
    Table,
    line,
)
from separatrix.document.numbers import readable
from separatrix.document.parts import document_in, scenario_words
from separatrix.document.tipping import condition_words, level_words, levels_words
from separatrix.document.variations import in_symbols, symbol_text
from separatrix.figures.tipping import tipping_picture
from separatrix.languages import Language
from separatrix.run.csv_output import csv_text

if TYPE_CHECKING:
    from separatrix.policy.tipping.results import InstrumentTipping, TippingCondition, TippingValues

__all__ = ["tipping_csv", "tipping_document"]


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
