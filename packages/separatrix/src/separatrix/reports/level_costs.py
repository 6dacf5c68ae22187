"""The cheapest level of an instrument in a finite population: for people, as a document; as CSV."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from separatrix.document.document import Block, Column, Document, Paragraph, Table, line
from separatrix.document.numbers import percent, readable
from separatrix.document.parts import certainty, document_in, scenario_words
from separatrix.languages import Language
from separatrix.run.csv_output import csv_text

if TYPE_CHECKING:
    from separatrix.policy.level_costs import LevelCosts

__all__ = ["level_costs_csv", "level_costs_document"]

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
