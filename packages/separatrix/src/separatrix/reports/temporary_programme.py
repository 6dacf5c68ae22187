"""The cheapest temporary programme: for people, as a document; for tables, as CSV."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

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
from separatrix.document.numbers import percent, readable
from separatrix.document.parts import certainty, document_in, scenario_words
from separatrix.figures.phase_portrait import why_no_figure
from separatrix.figures.programme_trajectory import temporary_programme_picture
from separatrix.languages import Language
from separatrix.policy.temporary.result import ShapedProgramme, TemporaryProgramme
from separatrix.policy.temporary.safety_margin import WISHED, SafetyMargin
from separatrix.run.csv_output import csv_text

__all__ = ["temporary_csv", "temporary_document"]

PLACES = 4

SHOWN = 6
"""Limit on the steps of a programme in the table; of a longer one, the first and the last."""


def temporary_document(found: TemporaryProgramme, words: Language) -> Document:
    """Return a temporary programme as a document: what to do, until when, what it costs, and what follows."""
    head = words.TEMPORARY_TITLE_FOUND if found.certainty == "best found" else words.TEMPORARY_TITLE
    title = f"{head}: {found.game.title}"
    subtitle = scenario_words(found.game, found.analysis.scenario, words)
    return document_in(words, title, subtitle, _blocks(found, words))


def _blocks(found: TemporaryProgramme, words: Language) -> Iterator[Block]:
    yield Paragraph(line(_lead(found, words)), lead=True)
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


def _payer(payer: str, words: Language) -> str:
    return {
        "public": words.PROGRAMME_PUBLIC,
        "enterprises": words.PROGRAMME_ENTERPRISES,
        "together": words.PROGRAMME_TOGETHER,
    }[payer]


def _lead(found: TemporaryProgramme, words: Language) -> str:
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


def _levels(names: Sequence[str], levels: Sequence[float], words: Language) -> str:
    return words.listed([f"{name} = {readable(v, PLACES)}" for name, v in zip(names, levels, strict=True)])


def _in_brief(found: TemporaryProgramme, one: ShapedProgramme, words: Language) -> str:
    steps = one.steps
    if len(steps.levels) == 1:
        return words.TEMPORARY_HELD.format(
            levels=_levels(found.instruments, steps.levels[0], words), time=readable(one.end, PLACES)
        )
    return words.TEMPORARY_HELD_IN.format(
        steps=len(steps.levels),
        time=readable(one.end, PLACES),
        first=_levels(found.instruments, steps.levels[0], words),
        last=_levels(found.instruments, steps.levels[-1], words),
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
        f"{_levels(found.instruments, levels, words)} ({readable(start, PLACES)})"
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
            levels=_levels(found.instruments, permanent.least, words), rate=readable(permanent.rate, PLACES)
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
