"""What matters most, and where draws end: for people, as documents; for tables, as CSV."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from separatrix.document.document import Block, Bullets, Column, Document, Line, Paragraph, Table, Words, line
from separatrix.document.numbers import bar, percent, readable
from separatrix.document.outcomes import index_text, outcome_words
from separatrix.document.parts import certainty, document_in, scenario_words, state_words
from separatrix.document.variations import in_symbols, symbol_text
from separatrix.formulas.notation import Notation
from separatrix.game.distribution import distribution_text
from separatrix.languages import Language
from separatrix.run.csv_output import csv_text

if TYPE_CHECKING:
    from separatrix.dynamics.sensitivity.fan_chart import FanChart
    from separatrix.dynamics.sensitivity.sobol_indices import Sensitivity

__all__ = ["fan_csv", "fan_document", "sensitivity_csv", "sensitivity_document"]

PLACES = 4


# --------------------------------------------------------------------------- indices


def sensitivity_document(found: Sensitivity, words: Language) -> Document:
    """Return Sobol indices as a document."""
    return document_in(
        words,
        words.SENSITIVITY_TITLE.format(title=found.game.title),
        scenario_words(found.game, found.scenario, words),
        _sensitivity_blocks(found, words),
    )


def _sensitivity_blocks(found: Sensitivity, words: Language) -> Iterator[Block]:
    what = words.tell(found.what)
    if found.first is None or found.total is None:
        yield Paragraph(
            line(words.SENSITIVITY_FLAT.format(what=what, value=readable(found.mean, PLACES))), lead=True
        )
    else:
        yield Paragraph(line(_lead(found, what, words)), lead=True)
        yield Paragraph(
            line(
                words.SENSITIVITY_MEAN.format(
                    mean=readable(found.mean, PLACES),
                    deviation=readable(found.variance**0.5, PLACES),
                    interactions=percent(_share(found.interactions or 0.0), 0),
                )
            )
        )
        yield _index_table(found, words)
        if found.second is not None:
            yield _pair_table(found, words)
    yield from _ending(found, words)


def _lead(found: Sensitivity, what: str, words: Language) -> str:
    if len(found.leaders) > 1:
        leaders = [symbol_text(found.game, name) for name in found.leaders]
        return words.SENSITIVITY_OPEN.format(names=words.listed(leaders), what=what)
    name = found.names[0]
    first, total = (_share((index or {})[name]) for index in (found.first, found.total))
    return words.SENSITIVITY_LEAD.format(
        name=symbol_text(found.game, name), what=what, first=percent(first, 0), total=percent(total, 0)
    )


def _share(index: float) -> float:
    return min(max(index, 0.0), 1.0)


def _index_table(found: Sensitivity, words: Language) -> Table:
    first, total = found.first or {}, found.total or {}
    first_intervals, total_intervals = found.first_intervals or {}, found.total_intervals or {}
    columns = (
        Column(words.SENSITIVITY_PARAMETER),
        Column(words.SENSITIVITY_DISTRIBUTION, optional=True),
        Column(words.SENSITIVITY_FIRST, align="right"),
        Column(words.SENSITIVITY_INTERVAL),
        Column(words.SENSITIVITY_TOTAL, align="right"),
        Column(words.SENSITIVITY_INTERVAL),
    )
    notation = Notation.of(found.game)
    rows = []
    for name in found.names:
        rows.append(
            (
                line(notation.symbol(name)),
                line(distribution_text(found.uncertainty.laws[name])),
                line(index_text(first[name])),
                line(_interval(first_intervals[name])),
                line(index_text(total[name])),
                line(_interval(total_intervals[name])),
            )
        )
    return Table(columns, tuple(rows), row_heads=True)


def _pair_table(found: Sensitivity, words: Language) -> Table:
    second, intervals = found.second or {}, found.second_intervals or {}
    pairs = sorted(second, key=lambda pair: -second[pair])[:10]
    columns = (
        Column(words.SENSITIVITY_PAIR),
        Column(words.SENSITIVITY_SECOND, align="right"),
        Column(words.SENSITIVITY_INTERVAL),
    )
    rows = tuple(
        (
            line(words.listed([symbol_text(found.game, name) for name in pair])),
            line(index_text(second[pair])),
            line(_interval(intervals[pair])),
        )
        for pair in pairs
    )
    return Table(columns, rows, row_heads=True)


def _interval(own: Sequence[float]) -> str:
    return f"{index_text(own[0])} – {index_text(own[1])}"


def _ending(found: Sensitivity | FanChart, words: Language) -> Iterator[Block]:
    yield certainty(in_symbols(found.game, found.how_sure), words)
    if found.warnings:
        items = [words.capital(words.tell(in_symbols(found.game, warning))) for warning in found.warnings]
        yield Bullets(tuple(line(item + words.FULL_STOP) for item in items))


def sensitivity_csv(found: Sensitivity) -> str:
    """Return one line for each parameter: its indices and their intervals, in full precision."""
    header = "parameter first first_low first_high total total_low total_high distribution".split()
    rows: list[list[float | str]] = []
    for name in found.names:
        numbers: list[float | str] = [""] * 6
        if found.first and found.total and found.first_intervals and found.total_intervals:
            numbers = [found.first[name], *found.first_intervals[name]]
            numbers += [found.total[name], *found.total_intervals[name]]
        rows.append([name, *numbers, distribution_text(found.uncertainty.laws[name])])
    return csv_text(header, rows)


# --------------------------------------------------------------------------- fan charts


def fan_document(found: FanChart, words: Language) -> Document:
    """Return a fan chart as a document."""
    return document_in(
        words,
        words.FAN_TITLE.format(title=found.game.title),
        scenario_words(found.game, found.scenario, words),
        _fan_blocks(found, words),
    )


def _fan_blocks(found: FanChart, words: Language) -> Iterator[Block]:
    shares = found.game.shares
    ends = [
        words.FAN_OF.format(share=percent(share), outcome=outcome_words(name, words))
        for name, share in found.outcomes.items()
    ]
    told = words.FAN_LEAD.format(
        draws=f"{found.draws:,}",
        start=state_words(PLACES, shares, found.start),
        ends=words.separators["; "].join(ends),
    )
    yield Paragraph(line(told), lead=True)
    columns = (
        Column(words.BASINS_OUTCOME),
        Column(words.BASINS_STATE),
        Column(words.FAN_DRAWS, align="right"),
        Column(words.BASINS_INTERVAL),
        Column("", optional=True),
    )
    rows: list[tuple[Line, ...]] = []
    for name, share in found.outcomes.items():
        low, high = found.intervals[name]
        state = found.states.get(name)
        rows.append(
            (
                line(outcome_words(name, words)),
                line("" if state is None else state_words(PLACES, shares, state)),
                line(percent(share)),
                line(f"{percent(low)} – {percent(high)}"),
                (Words(bar(share), "code"),),
            )
        )
    yield Table(columns, tuple(rows), row_heads=True)
    yield _quantile_table(found, words)
    yield from _ending(found, words)


def _quantile_table(found: FanChart, words: Language) -> Table:
    columns = [Column(words.TRAJECTORY_TIME, align="right")]
    columns += [Column(words.FAN_MEDIAN.format(share=share), align="left") for share in found.game.shares]
    last = len(found.times) - 1
    rows = []
    for k in sorted({round(last * part / 5) for part in range(6)}):
        cells = [line(f"{found.times[k]:.4g}")]
        for i in range(len(found.game.shares)):
            low, middle, high = (percent(float(found.quantiles[q, k, i]), 1) for q in (0, 2, 4))
            cells.append(line(f"{middle} ({low} – {high})"))
        rows.append(tuple(cells))
    return Table(tuple(columns), tuple(rows), row_heads=True)


def fan_csv(found: FanChart) -> str:
    """Return one line for each time: every quantile of every share, in full precision."""
    shares = found.game.shares
    header = ["time", *(f"{share}_{round(100 * level)}" for share in shares for level in found.levels)]
    rows = (
        [time, *(float(v) for i in range(len(shares)) for v in found.quantiles[:, k, i])]
        for k, time in enumerate(found.times.tolist())
    )
    return csv_text(header, rows)
