"""The cheapest permanent programme: for people, as a document; for tables, as CSV."""

from __future__ import annotations

import math
from collections.abc import Iterator

from separatrix.document.document import Block, Bullets, Column, Document, Line, Paragraph, Table, line
from separatrix.document.numbers import readable
from separatrix.document.parts import certainty, document_in, scenario_words
from separatrix.languages import Language
from separatrix.policy.permanent.results import Demand, Levels, PermanentProgramme
from separatrix.policy.target import named_profile
from separatrix.run.csv_output import csv_text

__all__ = ["programme_csv", "programme_document"]

PLACES = 4
FINE = 6
MOST = 8
"""Conditions of one table; the rest is in the CSV."""


def programme_document(found: PermanentProgramme, words: Language) -> Document:
    """Return a programme as a document: what to do, what it costs, and what each condition costs."""
    title = f"{words.PROGRAMME_TITLE}: {found.game.title}"
    subtitle = scenario_words(found.game, found.scenario, words)
    return document_in(words, title, subtitle, _blocks(found, words))


def _blocks(found: PermanentProgramme, words: Language) -> Iterator[Block]:
    yield Paragraph(line(_lead(found, words)), lead=True)
    if found.shortfalls:
        yield _failures(found, words)
    if found.limit is not None:
        yield from _programme(found, words)
    yield certainty(found.how_sure, words)
    if found.remarks:
        yield Bullets(
            tuple(line(words.capital(words.tell(remark)) + words.FULL_STOP) for remark in found.remarks)
        )


def _lead(found: PermanentProgramme, words: Language) -> str:
    target = named_profile(found.game, found.target)
    payer = _payer(found.payer, words)
    if found.verdict == "undecided":
        undecided = words.PROGRAMME_UNDECIDED.format(target=target)
        if found.reached is not None and found.by is not None:
            undecided += words.PROGRAMME_NEAREST.format(
                by=readable(found.by, PLACES), reached=_at_least(found.reached)
            )
        return str(undecided)
    if found.verdict == "already":
        return words.PROGRAMME_ALREADY.format(target=target)
    if found.infimum is None or found.bounds is None:
        return words.PROGRAMME_UNREACHABLE.format(target=target)
    if found.attained is None:
        low, high = (readable(bound, FINE) for bound in found.bounds)
        lead = words.PROGRAMME_BOUNDS.format(target=target, payer=payer, low=low, high=high)
    else:
        told = words.PROGRAMME_ATTAINED if found.attained else words.PROGRAMME_INFIMUM
        lead = told.format(target=target, payer=payer, infimum=readable(found.infimum, PLACES))
    if found.recommended is not None and found.price_of_margin is not None:
        lead += words.PROGRAMME_MARGIN.format(
            levels=_levels(found, found.recommended, words),
            margin=readable(found.margin, PLACES),
            cost=readable(found.recommended.total, PLACES),
            more=readable(found.price_of_margin, PLACES),
        )
        if found.safety:
            points = readable(100 * found.safety, PLACES)
            told = words.PROGRAMME_SAFETY_ONE if points == "1" else words.PROGRAMME_SAFETY
            lead += told.format(safety=points)
    return str(lead)


def _at_least(share: float) -> str:
    """Return a share in per cent, rounded down: what is not all never looks like all."""
    return f"{math.floor(1000 * share) / 10:g} %"


def _payer(payer: str, words: Language) -> str:
    return {
        "public": words.PROGRAMME_PUBLIC,
        "enterprises": words.PROGRAMME_ENTERPRISES,
        "together": words.PROGRAMME_TOGETHER,
    }[payer]


def _levels(found: PermanentProgramme, levels: Levels, words: Language) -> str:
    used = {n: v for n, v in levels.levels.items() if v != found.game.instruments[n].idle}
    told = [f"{name} = {readable(v, PLACES)}" for name, v in used.items()]
    return words.listed(told) if told else words.PROGRAMME_ALL_IDLE


def _programme(found: PermanentProgramme, words: Language) -> Iterator[Block]:
    yield _level_table(found, words)
    priced = any(d.price is not None for d in found.demands)
    shown = [d for d in found.demands if d.price or not d.value or not priced]
    if shown:
        yield _demand_table(sorted(shown, key=lambda d: (-(d.price or 0), d.value))[:MOST], priced, words)
    others = [named_profile(found.game, profile) for profile in found.stable if profile != found.target]
    if found.recommended is not None and found.target in found.stable:
        told = (
            words.PROGRAMME_OTHERS.format(others=words.listed(others)) if others else words.PROGRAMME_NO_OTHER
        )
        yield Paragraph(line(told))
    if found.reach is not None and found.by is not None and found.reached is not None:
        yield Paragraph(
            line(
                words.PROGRAMME_BY.format(
                    by=readable(found.by, PLACES),
                    reached=_at_least(found.reached),
                )
            )
        )
    if found.today is not None:
        told = words.PROGRAMME_TODAY if found.today == "target" else words.PROGRAMME_TODAY_ELSE
        yield Paragraph(line(told.format(outcome=found.today)))
    if found.only_outcome is not None:
        yield Paragraph(line(words.capital(words.tell(found.only_outcome)) + words.FULL_STOP))


def _level_table(found: PermanentProgramme, words: Language) -> Table:
    """Return the levels of the infimum and of the programme, with what they cost whom."""
    at_limit = found.limit is not None and found.limit is not found.recommended
    columns = [Column(words.PROGRAMME_INSTRUMENT, wide=True)]
    shown: list[Levels] = []
    if at_limit and found.limit is not None:
        columns.append(Column(words.PROGRAMME_AT_INFIMUM, align="right"))
        shown.append(found.limit)
    if found.recommended is not None:
        columns.append(Column(words.PROGRAMME_LEVEL, align="right"))
        shown.append(found.recommended)
    rows: list[tuple[Line, ...]] = []
    idle: list[str] = []
    for name in found.game.in_force:
        if all(own.levels[name] == found.game.instruments[name].idle for own in shown):
            idle.append(name)
            continue
        meaning = found.game.instruments[name].meaning
        head = line(name if meaning is None else f"{name} ({meaning})")
        rows.append((head, *(line(readable(own.levels[name], PLACES)) for own in shown)))
    for payer in shown[0].costs if shown else ():
        told = words.PROGRAMME_COST_OF.format(payer=_payer(payer, words))
        rows.append((line(told), *(line(readable(own.costs[payer], PLACES)) for own in shown)))
    if shown and shown[0].emissions is not None:
        emitted = [own.emissions for own in shown if own.emissions is not None]
        rows.append((line(words.PROGRAMME_EMISSIONS), *(line(readable(e, PLACES)) for e in emitted)))
    caption = words.PROGRAMME_COST_LONG
    if idle:
        caption += words.separators[" "] + words.PROGRAMME_IDLE.format(names=words.listed(idle))
    return Table(tuple(columns), tuple(rows), caption=caption)


def _demand_table(shown: list[Demand], priced: bool, words: Language) -> Table:
    columns = [Column(words.PROGRAMME_CONDITION, wide=True), Column(words.PROGRAMME_CLEARED, align="right")]
    if priced:
        columns.append(Column(words.PROGRAMME_PRICE, align="right"))
    rows = []
    for demand in shown:
        row = [line(words.capital(words.tell(demand.told))), line(readable(demand.value, PLACES))]
        if priced:
            row.append(line("" if demand.price is None else readable(demand.price, PLACES)))
        rows.append(tuple(row))
    caption = words.PROGRAMME_PRICE_LONG if priced else words.PROGRAMME_CLEARED_LONG
    return Table(tuple(columns), tuple(rows), caption=caption)


def _failures(found: PermanentProgramme, words: Language) -> Bullets:
    items = []
    for short in found.shortfalls:
        template = words.PROGRAMME_SHORT_ALONE if short.alone else words.PROGRAMME_SHORT
        if short.by is None:
            template = words.PROGRAMME_SHORT_PLAIN if short.alone else words.PROGRAMME_SHORT_UNTOLD
        elif not short.by:
            template = words.PROGRAMME_SHORT_LIMIT_ALONE if short.alone else words.PROGRAMME_SHORT_LIMIT
        told = template.format(condition=words.tell(short.told), by=readable(short.by or 0, PLACES))
        items.append(line(words.capital(told)))
    return Bullets(tuple(items))


def programme_csv(found: PermanentProgramme) -> str:
    """Return one line for each instrument, payer and condition, in full precision."""
    rows: list[list[object]] = []
    for kind, own in (("infimum", found.limit), ("programme", found.recommended)):
        if own is None:
            continue
        rows += [[kind, "level", name, float(value), ""] for name, value in own.levels.items()]
        rows += [[kind, "cost", payer, float(value), ""] for payer, value in own.costs.items()]
    rows += [
        ["infimum", "condition", str(d.told), d.value, "" if d.price is None else float(d.price)]
        for d in found.demands
    ]
    rows += [
        ["unreachable", "condition", str(s.told), "" if s.by is None else -float(s.by), ""]
        for s in found.shortfalls
    ]
    return csv_text(["of", "what", "name", "value", "price"], rows)
