"""Fixation on a graph for people, as a document; for tables, as CSV."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import TYPE_CHECKING

from separatrix.document.document import Block, Column, Document, Line, Paragraph, Table, Words, line
from separatrix.document.numbers import bar, readable
from separatrix.document.parts import certainty, document_in, scenario_words
from separatrix.document.tiny_probabilities import probability_text
from separatrix.languages import Language
from separatrix.population.finite.processes import PROCESSES
from separatrix.run.csv_output import csv_text

if TYPE_CHECKING:
    from separatrix.population.exact_graphs.certified_number import CertifiedNumber
    from separatrix.population.exact_graphs.fixation import GraphFixation, GraphStart
    from separatrix.population.exact_graphs.structure_coefficient import WeakSelection

__all__ = ["graph_fixation_csv", "graph_fixation_document"]

MOST_ROWS = 60
"""Starts that a table on a page shows; CSV and JSON have them all."""

NAMED = 4
"""Nodes of one row of the table: those that a symmetry of the graph takes into each other share it."""

LONGEST_FRACTION = 24
"""Length up to which a fraction is shown in addition to its decimals."""


def graph_fixation_document(found: Sequence[GraphFixation], words: Language) -> Document:
    """Return what becomes of mutants on a graph as a document, one part for each invasion."""
    first = found[0]
    told = words.GRAPH_FIXATION_SETTING.format(
        nodes=first.graph.size,
        links=sum(weight > 0 for row in first.graph.replacement for weight in row),
        process=words.tell(PROCESSES[first.process].title),
        payoffs=words.GRAPH_AVERAGED if first.payoffs == "averaged" else words.GRAPH_ACCUMULATED,
        beta=readable(float(first.beta)),
        fitness=words.FIXATION_LINEAR if first.fitness == "linear" else "",
    )
    scenario = scenario_words(first.game, first.scenario, words)
    return document_in(
        words,
        words.GRAPH_FIXATION_TITLE.format(title=first.game.title),
        words.separators[" "].join(part for part in (scenario, told, words.GRAPH_LINK_MEANING) if part),
        (block for one in found for block in _blocks(one, words)),
    )


def _blocks(found: GraphFixation, words: Language) -> Iterator[Block]:
    leading = found.starts[0] if found.uniform is None else found.uniform
    lead = words.GRAPH_FIXATION_LEAD if found.uniform is not None else words.GRAPH_FIXATION_FROM
    yield Paragraph(
        line(
            lead.format(
                invader=found.invader,
                resident=found.resident,
                nodes=words.listed(list(leading.nodes)) if leading.nodes else "",
                probability=probability_text(leading.probability.log),
                verdict=_verdicts(words)[leading.verdict],
            )
        ),
        lead=True,
    )
    groups: dict[int, list[GraphStart]] = {}
    for start in found.starts:
        groups.setdefault(start.state, []).append(start)
    columns = (
        Column(words.GRAPH_FIXATION_START),
        Column(words.FIXATION_PROBABILITY, align="right"),
        Column(words.GRAPH_FIXATION_NEUTRAL, align="right", optional=True),
        Column("", optional=True),
        Column(words.GRAPH_FIXATION_FIXING, align="right"),
        Column(words.GRAPH_FIXATION_DECIDING, align="right", optional=True),
        Column("", optional=True),
    )
    rows = [_row(found, alike, words) for alike in list(groups.values())[:MOST_ROWS]]
    yield Table(columns, tuple(rows), row_heads=True)
    if len(groups) > MOST_ROWS:
        yield Paragraph(line(words.GRAPH_FIXATION_MORE.format(count=len(groups) - MOST_ROWS)))
    if found.weak is not None and found.advantage is not None and found.uniform is not None:
        yield Paragraph(line(_weak(found, found.weak, found.advantage, words)))
    yield Paragraph(line(words.GRAPH_FIXATION_TIMES.format(nodes=found.graph.size)))
    if lone := found.graph.lone:
        yield Paragraph(line(words.GRAPH_FIXATION_LONE.format(count=len(lone), name=lone[0])))
    if found.graph.roots > 1:
        yield Paragraph(line(words.GRAPH_FIXATION_ROOTS.format(count=found.graph.roots)))
    if found.merged:
        yield Paragraph(line(words.GRAPH_FIXATION_MERGED))
    yield certainty(found.how_sure, words)


def _weak(found: GraphFixation, weak: WeakSelection, advantage: Fraction, words: Language) -> str:
    told = words.GRAPH_WEAK_NEITHER
    if advantage:
        won = found.invader if advantage > 0 else found.resident
        told = words.GRAPH_WEAK_ONE.format(strategy=won)
    if weak.sigma is None:
        return told
    return words.separators[" "].join(
        [told, words.GRAPH_WEAK_SIGMA.format(first=found.invader, second=found.resident, sigma=weak.sigma)]
    )


def _verdicts(words: Language) -> dict[str, str]:
    return {
        "favoured": words.FIXATION_FAVOURED,
        "opposed": words.FIXATION_OPPOSED,
        "neutral": words.FIXATION_NEUTRAL,
        "undecided": words.GRAPH_FIXATION_UNDECIDED,
    }


def _row(found: GraphFixation, alike: Sequence[GraphStart], words: Language) -> tuple[Line, ...]:
    start = alike[0]
    if len(start.nodes) == 1:
        names = [one.nodes[0] for one in alike]
        where = words.separators[", "].join(names[:NAMED])
        if len(names) > NAMED:
            where = words.GRAPH_FIXATION_ALIKE.format(names=where, count=len(names) - NAMED)
    else:
        where = words.listed(list(start.nodes))
    exact = start.probability.exact
    told = probability_text(start.probability.log)
    if exact is not None and exact.denominator > 1 and len(str(exact)) <= LONGEST_FRACTION:
        told = f"{told} ({exact})"
    return (
        line(where),
        line(told),
        line("" if start.neutral is None else readable(float(start.neutral), 4)),
        (Words(bar(start.probability.value), "code"),),
        line(_generations(start.fixing, found)),
        line(_generations(start.deciding, found)),
        line(_verdicts(words)[start.verdict]),
    )


def _generations(updates: CertifiedNumber | None, found: GraphFixation) -> str:
    return "–" if updates is None else readable(updates.value / found.graph.size, 2)


def graph_fixation_csv(found: Sequence[GraphFixation]) -> str:
    """Return one line for each start, in full precision; times are in updates."""
    header = (
        "invader resident nodes probability probability_low probability_high log_probability fraction "
        "neutral verdict fixing_updates fixing_low fixing_high deciding_updates deciding_low deciding_high"
    ).split()
    rows: list[list[float | str | None]] = []
    for one in found:
        for start in one.starts:
            chance = start.probability
            row: list[float | str | None] = [
                one.invader,
                one.resident,
                "; ".join(start.nodes),
                chance.value,
                chance.low,
                chance.high,
                chance.log,
                None if chance.exact is None else str(chance.exact),
                None if start.neutral is None else float(start.neutral),
                start.verdict,
            ]
            for time in (start.fixing, start.deciding):
                row += [None] * 3 if time is None else [time.value, time.low, time.high]
            rows.append(row)
    return csv_text(header, rows)
