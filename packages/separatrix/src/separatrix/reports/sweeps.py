"""Sweeps for people: what was swept, which words occur how often, and between what numbers lie."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from separatrix.document.document import Block, Column, Document, Line, Paragraph, Table, Words, line
from separatrix.document.numbers import bar, percent, readable
from separatrix.document.outcomes import with_ids
from separatrix.document.parts import document_in, scenario_words
from separatrix.document.variations import symbol_text
from separatrix.languages import Language
from separatrix.run.csv_output import csv_text

if TYPE_CHECKING:
    from separatrix.dynamics.sweeps.sweep import SweepResult
    from separatrix.game.model import Game
    from separatrix.run.layout import Variable

__all__ = ["sweep_csv", "sweep_document", "sweep_json"]

FEW = 40
"""Points that are shown one by one."""

MOST_COLUMNS = 6
MOST_WORDS = 24
PLACES = 4


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
    from separatrix.dynamics.sweeps.block import STATUS

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
    from separatrix.dynamics.sweeps.block import FINE, STATUS
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
    from separatrix.dynamics.sweeps.block import ASSUMED, FINE, STATUS

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
