"""Sweeps for people: what was swept, which words occur how often, and between what numbers lie.

What matters most, and where draws end: for people, as documents; for tables, as CSV.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from separatrix.document.numerals import bar, percent, readable
from separatrix.document.regime_names import in_symbols, symbol_text
from separatrix.document.state_names import index_text, outcome_words, with_ids
from separatrix.document.tree import (
    Block,
    Bullets,
    Column,
    Document,
    Line,
    Paragraph,
    Table,
    Words,
    certainty,
    document_in,
    line,
    scenario_words,
    state_words,
)
from separatrix.formulas.abbreviations import Notation
from separatrix.game.distribution import distribution_text
from separatrix.languages import Language
from separatrix.run.csv_output import csv_text

if TYPE_CHECKING:
    from separatrix.dynamics.sensitivity.fan_chart import FanChart
    from separatrix.dynamics.sensitivity.sobol_indices import Sensitivity
    from separatrix.dynamics.sweeps.sweep import SweepResult
    from separatrix.game.model import Game
    from separatrix.run.layout import Variable

__all__ = [
    "fan_csv",
    "fan_document",
    "sensitivity_csv",
    "sensitivity_document",
    "sweep_csv",
    "sweep_document",
    "sweep_json",
]

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


FEW = 40
"""Points that are shown one by one."""

MOST_COLUMNS = 6
MOST_WORDS = 24


def sweep_document(
    swept: SweepResult, game: Game, words: Language, written: str | None = None, drawn: bool = False
) -> Document:
    """Return a finished sweep as a document.

    Parameters
    ----------
    swept : SweepResult
    game : Game
        In the language of the document.
    words : Language
    written : str, optional
        The file that holds all values.
    drawn : bool
        That file is a figure instead.
    """
    return document_in(
        words,
        words.SWEEP_TITLE.format(title=game.title),
        scenario_words(game, swept.sweep.scenario, words),
        _blocks(swept, game, words, written, drawn),
    )


def _blocks(
    swept: SweepResult, game: Game, words: Language, written: str | None, drawn: bool
) -> Iterator[Block]:
    from separatrix.dynamics.sweeps.blocks import STATUS

    axes = []
    for axis in swept.sweep.axes:
        low, high = readable(axis.low, PLACES), readable(axis.high, PLACES)
        axes.append(
            words.SWEEP_AXIS.format(
                name=symbol_text(game, axis.name), low=low, high=high, count=f"{axis.count:,}"
            )
        )
    total = swept.blocks.tiling.size
    lead = words.SWEEP_LEAD.format(
        points=words.count(total, "SWEEP_PLACE"), axes=words.separators["; "].join(axes)
    )
    yield Paragraph(line(lead), lead=True)
    told = [v for v in swept.layout.variables if v.column != STATUS]
    ids = swept.states()
    # Once the file is written its blocks are gone; a few points can be read in the file.
    if total <= FEW and len(_shown_heads(swept)) <= MOST_COLUMNS and written is None:
        yield _points(swept, game, ids)
    else:
        for variable in told:
            if variable.kind == "words" and variable.total.counts:
                yield _counts(variable, total, ids, words)
        numbers = [v for v in told if v.kind != "words"]
        if numbers:
            yield _ranges(numbers, ids, words)
    yield from _flagged(swept, words)
    sure: dict[str, list[str]] = {}
    for variable in told:
        if variable.own.get("how_sure"):
            sure.setdefault(words.tell(variable.own["how_sure"]), []).append(variable.name)
    for text, names in sure.items():
        name = words.separators[", "].join(names)
        yield Paragraph(line(words.SWEEP_SURE.format(name=name, how_sure=words.capital(text))))
    if written is not None:
        yield Paragraph(line((words.SWEEP_DRAWN if drawn else words.SWEEP_WRITTEN).format(file=written)))


def _shown_heads(swept: SweepResult) -> list[tuple[int, str]]:
    """Return the columns of a table of points and their places; the status only where it varies."""
    from separatrix.dynamics.sweeps.blocks import FINE, STATUS
    from separatrix.run.csv_output import heads_of

    dull = set(swept.layout.variable(STATUS).labels) == {FINE}
    return [(k, head) for k, head in enumerate(heads_of(swept.layout)) if head != STATUS or not dull]


def _points(swept: SweepResult, game: Game, ids: Mapping[str, str]) -> Block:
    from separatrix.run.csv_output import rows_of

    heads = _shown_heads(swept)
    found = list(rows_of(swept.blocks, swept.layout))
    rows = tuple(tuple(_cell(row[k], ids) for k, _ in heads) for row in found)
    numeric = [all(not isinstance(row[k], str) for row in found) for k, _ in heads]
    axes = {axis.name: symbol_text(game, axis.name) for axis in swept.sweep.axes}
    columns = [
        Column(axes.get(head, head), align="right" if right else "left")
        for (_, head), right in zip(heads, numeric, strict=True)
    ]
    return Table(tuple(columns), rows)


def _cell(value: Any, ids: Mapping[str, str]) -> Line:
    if value is None:
        return line("–")
    return line(readable(value, PLACES) if isinstance(value, float) else with_ids(value, ids))


def _counts(variable: Variable, total: int, ids: Mapping[str, str], words: Language) -> Block:
    counts = sorted(variable.total.counts.items(), key=lambda item: (-item[1], item[0]))
    shown = counts[:MOST_WORDS]
    columns = (
        Column(variable.name),
        Column(words.SWEEP_POINTS, align="right"),
        Column(words.SWEEP_SHARE, align="right"),
        Column("", optional=True),
    )
    rows: list[tuple[Line, ...]] = [
        (
            line(with_ids(label, ids)),
            line(f"{count:,}"),
            line(percent(count / total)),
            (Words(bar(count / total), "code"),),
        )
        for label, count in shown
    ]
    if len(counts) > len(shown):
        rest = sum(count for _, count in counts[MOST_WORDS:])
        rows.append((line("…"), line(f"{rest:,}"), line(percent(rest / total)), ()))
    return Table(columns, tuple(rows), row_heads=True)


def _ranges(numbers: Sequence[Variable], ids: Mapping[str, str], words: Language) -> Block:
    columns = (
        Column(words.SWEEP_MEASURED),
        Column(words.SWEEP_LOW, align="right"),
        Column(words.SWEEP_HIGH, align="right"),
        Column(words.SWEEP_POINTS, align="right"),
    )
    rows = []
    for variable in numbers:
        for name in variable.labels or ("",):
            head = f"{variable.name}[{with_ids(name, ids)}]" if name else variable.name
            cells = [line(head), line("–"), line("–"), line(f"{variable.total.known:,}")]
            if name in variable.total.low:
                low, high = variable.total.range_of(name)
                cells[1:3] = [line(readable(low, PLACES)), line(readable(high, PLACES))]
            rows.append(tuple(cells))
    return Table(columns, tuple(rows), row_heads=True)


def _flagged(swept: SweepResult, words: Language) -> Iterator[Block]:
    from separatrix.dynamics.sweeps.blocks import ASSUMED, FINE, STATUS

    for status, count in sorted(swept.layout.variable(STATUS).total.counts.items()):
        if status == ASSUMED:
            yield Paragraph(line(words.SWEEP_ASSUMED.format(points=words.count(count, "SWEEP_PLACE"))))
        elif status != FINE:
            yield Paragraph(
                line(words.SWEEP_FLAGGED.format(points=words.count(count, "SWEEP_PLACE"), code=status))
            )


# --------------------------------------------------------------------------- JSON


def sweep_csv(swept: SweepResult) -> str:
    """Return one line for each point of a sweep: the axes, then what was measured."""
    from separatrix.run.csv_output import heads_of, rows_of

    return csv_text(heads_of(swept.layout), rows_of(swept.blocks, swept.layout))


def sweep_json(swept: SweepResult) -> str:
    """Return a sweep as JSON: values of the axes, and for each variable nested lists; null for no value."""
    found = swept.dataset()

    def plain(value: object) -> object:
        if isinstance(value, list):
            return [plain(part) for part in value]
        return None if isinstance(value, float) and math.isnan(value) else value

    variables = {}
    for variable in swept.layout.variables:
        told = {
            "dimensions": list(found[variable.name].dims),
            "values": plain(found[variable.name].values.tolist()),
        }
        if variable.kind == "words":
            told["words"] = list(variable.labels)
        variables[variable.name] = told
    content = {
        "schema": 1,
        "axes": {name: plain(values.values.tolist()) for name, values in found.coords.items()},
        "variables": variables,
        "states": swept.states(),
        "attributes": {name: str(value) if name != "seed" else value for name, value in found.attrs.items()},
    }
    return json.dumps(content, ensure_ascii=False, allow_nan=False) + "\n"
