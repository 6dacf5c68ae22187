"""Agreement of mean fields, finite chains and simulations, as a document; for tables, as CSV."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from separatrix.document.document import Block, Bullets, Column, Document, Line, Paragraph, Table, line
from separatrix.document.numbers import readable
from separatrix.document.parts import document_in, scenario_words
from separatrix.languages import Language
from separatrix.population.networks.update_rules import UPDATE_RULES
from separatrix.run.csv_output import csv_text

if TYPE_CHECKING:
    from separatrix.population.result import Agreement, Compared

__all__ = ["agreement_csv", "agreement_document"]

PLACES = 4


def agreement_document(found: Agreement, words: Language) -> Document:
    """Return what agrees, and what does not, as a document."""
    told = words.AGREEMENT_SETTING.format(
        size=found.size, beta=readable(found.beta), runs=f"{found.replicas:,}"
    )
    scenario = scenario_words(found.game, found.scenario, words)
    return document_in(
        words,
        words.AGREEMENT_TITLE.format(title=found.game.title),
        words.separators[" "].join(part for part in (scenario, told) if part),
        _blocks(found, words),
    )


def _blocks(found: Agreement, words: Language) -> Iterator[Block]:
    judged = [row for row in found.rows if row.agrees is not None]
    wrong = sum(not row.agrees for row in judged)
    lead = words.AGREEMENT_ALL.format(count=len(judged))
    if wrong:
        lead = words.AGREEMENT_NOT.format(wrong=wrong, count=len(judged))
    elif not judged:
        lead = words.AGREEMENT_NONE
    yield Paragraph(line(lead), lead=True)
    for kind, heading, limit in (
        ("share", words.AGREEMENT_SHARES, words.AGREEMENT_MEAN_FIELD),
        ("fixation", words.AGREEMENT_FIXATION, ""),
        ("rare mutation", words.AGREEMENT_RARE, words.AGREEMENT_LIMIT),
    ):
        rows = [row for row in found.rows if row.kind == kind]
        if rows:
            yield Paragraph(line(heading.format(size=rows[0].size, larger=4 * rows[0].size)))
            yield _table(rows, limit, found, words)
    yield Paragraph(line(words.AGREEMENT_SIDE))
    yield _side(found, words)
    yield Paragraph(line(words.AGREEMENT_EXPERIMENTS))
    if found.merged:
        yield Paragraph(line(words.GRAPH_FIXATION_MERGED))
    if found.notes:
        yield Bullets(tuple(line(words.capital(words.tell(note)) + words.FULL_STOP) for note in found.notes))
    yield Paragraph(line(words.AGREEMENT_SURE))


def _table(rows: Sequence[Compared], limit: str, found: Agreement, words: Language) -> Table:
    shares, several = rows[0].kind == "share", len({row.strategy for row in rows}) > 1
    columns = [Column(words.AGREEMENT_RULE)]
    if several:
        columns.append(Column(words.AGREEMENT_STRATEGY))
    if shares:
        columns.append(Column(words.AGREEMENT_TIME, align="right"))
    if limit:
        columns.append(Column(limit, align="right"))
    columns.append(Column(words.AGREEMENT_CHAIN, align="right"))
    if shares:
        columns.append(
            Column(words.AGREEMENT_LARGER.format(size=4 * found.size), align="right", optional=True)
        )
    columns += [Column(words.AGREEMENT_SIMULATED), Column("")]
    table = []
    for row in rows:
        cells: list[Line] = [line(words.tell(UPDATE_RULES[row.rule].title))]
        if several:
            cells.append(line(row.strategy))
        if shares:
            cells.append(line(readable(row.time or 0.0, 2)))
        if limit:
            cells.append(line(_number(row.limit)))
        cells.append(line(_number(row.chain)))
        if shares:
            cells.append(line(_number(row.larger)))
        interval = f"{_number(row.simulated)} ({_number(row.low)} – {_number(row.high)})"
        verdict = {True: words.AGREEMENT_YES, False: words.AGREEMENT_NO, None: "–"}[row.agrees]
        table.append((*cells, line(interval), line(verdict)))
    return Table(tuple(columns), tuple(table), row_heads=True)


def _number(value: float | None) -> str:
    return "–" if value is None else readable(value, PLACES)


def _side(found: Agreement, words: Language) -> Table:
    columns = (
        Column(words.AGREEMENT_RULE),
        *(Column(name, align="right") for name in found.strategies),
    )
    rows = [
        (
            line(words.tell(UPDATE_RULES[rule].title)),
            *(line("–" if share != share else readable(share, PLACES)) for share in shares),
        )
        for rule, shares in found.settled.items()
    ]
    return Table(columns, tuple(rows), row_heads=True)


def agreement_csv(found: Agreement) -> str:
    """Return one line for each number that is compared, in full precision."""
    header = (
        "kind rule strategy size time limit chain chain_larger simulated low high runs agrees closes".split()
    )
    rows: list[list[float | str | None]] = [
        [
            row.kind,
            row.rule,
            row.strategy,
            row.size,
            row.time,
            row.limit,
            row.chain,
            row.larger,
            row.simulated,
            row.low,
            row.high,
            row.runs,
            None if row.agrees is None else str(row.agrees).lower(),
            None if row.closes is None else str(row.closes).lower(),
        ]
        for row in found.rows
    ]
    return csv_text(header, rows)
