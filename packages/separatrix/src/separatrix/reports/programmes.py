"""The cheapest permanent programme: for people, as a document; for tables, as CSV.

The cheapest level of an instrument in a finite population: for people, as a document; as CSV.

The cheapest temporary programme: for people, as a document; for tables, as CSV.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from separatrix.document.numerals import percent, readable
from separatrix.document.tree import (
    Block,
    Bullets,
    Column,
    Document,
    Figure,
    Line,
    Paragraph,
    Table,
    certainty,
    document_in,
    line,
    scenario_words,
)
from separatrix.figures.phase_portrait import why_no_figure
from separatrix.figures.programmes import temporary_programme_picture
from separatrix.languages import Language
from separatrix.policy.externality_price import named_profile
from separatrix.policy.permanent.results import Demand, Levels, PermanentProgramme
from separatrix.policy.temporary.bang_bang import WISHED, SafetyMargin
from separatrix.policy.temporary.results import ShapedProgramme, TemporaryProgramme
from separatrix.run.csv_output import csv_text

if TYPE_CHECKING:
    from separatrix.policy.finite_costs import LevelCosts

__all__ = [
    "level_costs_csv",
    "level_costs_document",
    "programme_csv",
    "programme_document",
    "temporary_csv",
    "temporary_document",
]

ROWS = 8
"""Levels that the table shows, in addition to the cheapest."""


def level_costs_document(found: LevelCosts, words: Language) -> Document:
    """Return the costs of levels as a document."""
    size = f"{found.size:,}"
    parts = [
        scenario_words(found.game, found.scenario, words),
        words.FINITE_SUBTITLE.format(size=size, beta=f"{found.beta:g}"),
    ]
    subtitle = words.separators[" "].join(part for part in parts if part)
    return document_in(words, f"{words.FINITE_TITLE}: {found.game.title}", subtitle, _blocks(found, words))


def _blocks(found: LevelCosts, words: Language) -> Iterator[Block]:
    template = {
        "reached": words.FINITE_REACHED,
        "none needed": words.FINITE_NONE_NEEDED,
        "unreachable": words.FINITE_UNREACHABLE,
    }[found.verdict]
    payer = {
        "public": words.FINITE_PUBLIC,
        "enterprises": words.FINITE_ENTERPRISES,
        "together": words.FINITE_TOGETHER,
    }[found.payer]
    told = template.format(
        name=found.instrument,
        level="" if found.level is None else readable(found.level, 4),
        strategy=found.strategy,
        frequency=percent(found.frequency),
        wished=f"{100 * found.wished:g} %",
        without=percent(found.without),
        payer=payer,
        cost=readable(found.cost),
    )
    yield Paragraph(line(told), lead=True)
    if found.least is not None and found.level is not None and found.least < found.level:
        yield Paragraph(
            line(
                words.FINITE_LARGER.format(
                    least=readable(found.least, 4), cost=readable(found.cost_of_least or 0.0)
                )
            )
        )
    if found.falling:
        ends = words.listed(
            [words.FINITE_ENDS.format(low=readable(low), high=readable(high)) for low, high in found.falling]
        )
        yield Paragraph(line(words.FINITE_FALLS.format(ends=ends)))
    yield _levels(found, words)
    yield certainty(found.how_sure, words)
    notes = words.FINITE_UNITS.format(size=f"{found.size:,}")
    if found.merged:
        notes += words.separators[" "] + words.FINITE_MERGED
    yield Paragraph(line(notes))


def _levels(found: LevelCosts, words: Language) -> Table:
    columns = (
        Column(words.FINITE_LEVEL.format(name=found.instrument), align="right"),
        Column(words.FINITE_COST, align="right"),
        Column(words.FINITE_FREQUENCY, align="right"),
    )
    last = len(found.levels) - 1
    rows = {
        (found.levels[k], found.costs[k], found.frequencies[k])
        for k in (round(last * part / ROWS) for part in range(ROWS + 1))
    }
    if found.level is not None:
        rows.add((found.level, found.cost, found.frequency))
    return Table(
        columns,
        tuple(
            (line(readable(level, 4)), line(readable(cost)), line(percent(often)))
            for level, cost, often in sorted(rows)
        ),
        row_heads=True,
    )


def level_costs_csv(found: LevelCosts) -> str:
    """Return one line for each level, in full precision."""
    return csv_text(
        ["level", "cost", "frequency"], zip(found.levels, found.costs, found.frequencies, strict=True)
    )


PLACES = 4
FINE = 6
MOST = 8
"""Conditions of one table; the rest is in the CSV."""


def programme_document(found: PermanentProgramme, words: Language) -> Document:
    """Return a programme as a document: what to do, what it costs, and what each condition costs."""
    title = f"{words.PROGRAMME_TITLE}: {found.game.title}"
    subtitle = scenario_words(found.game, found.scenario, words)
    return document_in(words, title, subtitle, _programme_blocks(found, words))


def _programme_blocks(found: PermanentProgramme, words: Language) -> Iterator[Block]:
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
            levels=_programme_levels(found, found.recommended, words),
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


def _programme_levels(found: PermanentProgramme, levels: Levels, words: Language) -> str:
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


SHOWN = 6
"""Limit on the steps of a programme in the table; of a longer one, the first and the last."""


def temporary_document(found: TemporaryProgramme, words: Language) -> Document:
    """Return a temporary programme as a document: what to do, until when, what it costs, and what follows."""
    head = words.TEMPORARY_TITLE_FOUND if found.certainty == "best found" else words.TEMPORARY_TITLE
    title = f"{head}: {found.game.title}"
    subtitle = scenario_words(found.game, found.analysis.scenario, words)
    return document_in(words, title, subtitle, _temporary_programme_blocks(found, words))


def _temporary_programme_blocks(found: TemporaryProgramme, words: Language) -> Iterator[Block]:
    yield Paragraph(line(_temporary_programme_lead(found, words)), lead=True)
    if found.programmes:
        yield _table(found, words)
    best = found.cheapest
    if best is not None and why_no_figure(found.analysis, words) is None:
        title = words.PROGRAMME_FIGURE.format(title=found.game.title)
        yield Figure(title, words.PROGRAMME_CAPTION, temporary_programme_picture(found, words))
    if best is not None and found.infimum is not None and found.price_of_margin is not None:
        told = words.TEMPORARY_INFIMUM.format(
            infimum=readable(found.infimum, PLACES), more=readable(max(found.price_of_margin, 0.0), PLACES)
        )
        yield Paragraph(line(told))
    if best is not None:
        yield Paragraph(line(_for_ever(found, words)))
    if found.safety is not None:
        yield Paragraph(line(_safety(found.safety, words)))
    yield certainty(found.how_sure, words)
    if found.notes:
        yield Bullets(tuple(line(words.capital(words.tell(n)) + words.FULL_STOP) for n in found.notes))


def _temporary_programme_lead(found: TemporaryProgramme, words: Language) -> str:
    told = _answer(found, words)
    if found.cheaper_may_exist and found.lattice is not None and found.infimum is not None:
        more = words.TEMPORARY_BEST_FOUND
        if found.lattice < found.infimum:
            more = words.TEMPORARY_BEST_FOUND_AT.format(value=readable(found.lattice, PLACES))
        told = words.separators[" "].join([told, more])
    return told


def _answer(found: TemporaryProgramme, words: Language) -> str:
    best, payer = found.cheapest, _payer(found.payer, words)
    if found.answer == "already there":
        return words.TEMPORARY_ALREADY.format(target=found.target)
    if found.answer == "not lasting":
        return words.TEMPORARY_NOT_LASTING.format(target=found.target)
    if found.answer == "unreachable":
        told = [words.TEMPORARY_UNREACHABLE.format(target=found.target)]
        if found.nearest is not None and -1e9 < found.nearest < 0:
            told.append(words.TEMPORARY_NEAREST.format(distance=readable(-found.nearest, PLACES)))
        return words.separators[" "].join(told)
    if best is None:
        return words.TEMPORARY_INFIMUM_ONLY.format(
            target=found.target, payer=payer, infimum=readable(found.infimum or 0.0, PLACES)
        )
    if not best.after.arrives:
        return words.TEMPORARY_EDGE.format(
            levels=_in_brief(found, best, words), cost=readable(best.cost, PLACES), payer=payer
        )
    return words.TEMPORARY_LEAD.format(
        levels=_in_brief(found, best, words),
        cost=readable(best.cost, PLACES),
        payer=payer,
        margin=readable(best.depth, PLACES),
        target=found.target,
    )


def _temporary_programme_levels(names: Sequence[str], levels: Sequence[float], words: Language) -> str:
    return words.listed([f"{name} = {readable(v, PLACES)}" for name, v in zip(names, levels, strict=True)])


def _in_brief(found: TemporaryProgramme, one: ShapedProgramme, words: Language) -> str:
    steps = one.steps
    if len(steps.levels) == 1:
        return words.TEMPORARY_HELD.format(
            levels=_temporary_programme_levels(found.instruments, steps.levels[0], words),
            time=readable(one.end, PLACES),
        )
    return words.TEMPORARY_HELD_IN.format(
        steps=len(steps.levels),
        time=readable(one.end, PLACES),
        first=_temporary_programme_levels(found.instruments, steps.levels[0], words),
        last=_temporary_programme_levels(found.instruments, steps.levels[-1], words),
    )


def _table(found: TemporaryProgramme, words: Language) -> Table:
    columns = (
        Column(words.TEMPORARY_SHAPE),
        Column(words.TEMPORARY_LEVELS, wide=True),
        Column(words.TEMPORARY_END, align="right"),
        Column(words.TEMPORARY_COST, align="right"),
        Column(words.TEMPORARY_DEPTH, align="right"),
        Column(words.TEMPORARY_ARRIVES, align="right"),
    )
    rows = tuple(_row(found, one, words) for one in found.programmes.values())
    return Table(columns, rows, caption=words.TEMPORARY_TABLE_LONG)


def _row(found: TemporaryProgramme, one: ShapedProgramme, words: Language) -> tuple[Line, ...]:
    shapes = {
        "constant": words.TEMPORARY_CONSTANT,
        "stepped": words.TEMPORARY_STEPPED,
        "free": words.TEMPORARY_FREE,
    }
    told = [
        f"{_temporary_programme_levels(found.instruments, levels, words)} ({readable(start, PLACES)})"
        for levels, start in zip(one.steps.levels, one.steps.starts, strict=True)
    ]
    if len(told) > SHOWN:
        told = [*told[: SHOWN - 1], "…", told[-1]]
    time = one.after.time
    arrives = words.TEMPORARY_NEVER if time is None else readable(one.end + time, PLACES)
    return (
        line(shapes[one.shape]),
        line(words.separators["; "].join(told)),
        line(readable(one.end, PLACES)),
        line(readable(one.cost, PLACES)),
        line(readable(one.depth, PLACES)),
        line(arrives),
    )


def _for_ever(found: TemporaryProgramme, words: Language) -> str:
    permanent = found.permanent
    if permanent is None:
        return str(words.TEMPORARY_NO_FOR_EVER)
    told = [
        words.TEMPORARY_FOR_EVER.format(
            levels=_temporary_programme_levels(found.instruments, permanent.least, words),
            rate=readable(permanent.rate, PLACES),
        )
    ]
    if permanent.break_even is not None:
        told.append(words.TEMPORARY_BREAK_EVEN.format(time=readable(permanent.break_even, PLACES)))
    if permanent.cost is not None and found.horizon is not None:
        told.append(
            words.TEMPORARY_UNTIL.format(
                horizon=readable(found.horizon, PLACES), cost=readable(permanent.cost, PLACES)
            )
        )
    return words.separators[" "].join(told)


def _safety(safety: SafetyMargin, words: Language) -> str:
    low, high = safety.interval
    told = [
        words.TEMPORARY_SAFETY.format(
            draws=safety.draws,
            parameters=words.listed(list(safety.parameters)),
            share=percent(safety.share),
            low=percent(low),
            high=percent(high),
        )
    ]
    if safety.share < WISHED and safety.longer is not None:
        told.append(words.TEMPORARY_LONGER.format(time=readable(safety.longer, PLACES)))
    elif safety.longer is None:
        told.append(words.TEMPORARY_NO_LONGER)
    return words.separators[" "].join(told)


def temporary_csv(found: TemporaryProgramme) -> str:
    """Return one line for each step of each programme, in full precision."""
    rows: list[list[object]] = []
    for one in found.programmes.values():
        for start, duration, levels in zip(
            one.steps.starts, one.steps.durations, one.steps.levels, strict=True
        ):
            rows.append([one.shape, start, start + duration, *levels, one.cost])
    return csv_text(["programme", "start", "end", *found.instruments, "cost"], rows)
