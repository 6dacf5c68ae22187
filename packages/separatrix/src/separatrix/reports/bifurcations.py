"""Bifurcation diagrams for people: as a document that every format can show, as CSV and as plain data."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING

from separatrix.document.bifurcations import PLACES, kind_in_words, value_in_words
from separatrix.document.document import Badge, Block, Column, Document, Line, Note, Paragraph, Table, line
from separatrix.document.numbers import readable
from separatrix.document.parts import certainty, document_in, scenario_words
from separatrix.document.profiles import profile_words
from separatrix.document.variations import in_symbols, symbol_text
from separatrix.expression.tree import to_text
from separatrix.formulas.layout import Layout, Operator, Row
from separatrix.formulas.notation import Notation
from separatrix.languages import Language
from separatrix.run.csv_output import csv_text

if TYPE_CHECKING:
    from separatrix.dynamics.bifurcation.result import BifurcationBranch, BifurcationDiagram, NamedPoint

__all__ = ["bifurcation_csv", "bifurcation_document", "bifurcation_json"]


LONGEST_OF_BRANCH = 60
"""Characters of the closed form of a share along a branch that still fits in a table."""


# --------------------------------------------------------------------------- documents


def bifurcation_document(diagram: BifurcationDiagram, words: Language) -> Document:
    """Return a bifurcation diagram as a document."""
    subtitle = scenario_words(diagram.game, diagram.scenario, words)
    return document_in(
        words, words.BIFURCATION_TITLE.format(title=diagram.game.title), subtitle, _blocks(diagram, words)
    )


def _blocks(diagram: BifurcationDiagram, words: Language) -> Iterator[Block]:
    over = symbol_text(diagram.game, diagram.over)
    yield Paragraph(
        line(
            words.BIFURCATION_LEAD.format(
                over=over,
                low=readable(diagram.low),
                high=readable(diagram.high),
                branches=words.count(len(diagram.branches), "BIFURCATION_LINE"),
                points=words.count(len(diagram.points), "BIFURCATION_EVENT"),
            )
        ),
        lead=True,
    )
    heads: tuple[Column, ...]
    if diagram.points:
        heads = (
            Column(""),
            Column(over, align="right"),
            Column(words.BIFURCATION_WHAT),
            Column(words.BIFURCATION_WHERE, optional=True),
            Column(words.BIFURCATION_HAPPENS, wide=True),
        )
        rows = tuple(_point(diagram, p, words) for p in diagram.points)
        yield Table(heads, rows, row_heads=True)
    heads = (
        Column(""),
        Column(words.BIFURCATION_STATE, wide=True),
        Column(words.PROFILE, optional=True),
        Column(over),
        Column(words.BASINS_LABEL),
    )
    yield Table(heads, tuple(_branch_rows(diagram, words)), row_heads=True)
    heads = (Column(over), Column(words.BIFURCATION_STABLE, wide=True))
    yield Table(heads, tuple(_stretch_rows(diagram, words)))
    if diagram.unnamed:
        yield Paragraph(line(words.count(diagram.unnamed, "BIFURCATION_UNNAMED")))
    yield certainty(in_symbols(diagram.game, diagram.how_sure), words)
    for warning in diagram.warnings:
        yield Note(warning.code, line(words.tell(in_symbols(diagram.game, warning.text))))


def _point(diagram: BifurcationDiagram, point: NamedPoint, words: Language) -> tuple[Line, ...]:
    told = words.tell(point.reason)
    if point.lyapunov:
        told += words.BIFURCATION_LYAPUNOV.format(value=readable(point.lyapunov))
    if point.frequency:
        told += words.BIFURCATION_PERIOD.format(period=readable(6.283185307179586 / point.frequency))
    where = words.separators["; "].join(_state(diagram, s) for s in point.states)
    return (
        line(point.id),
        line(value_in_words(point, words)),
        line(kind_in_words(point, words)),
        line(where),
        line(told),
    )


def _state(diagram: BifurcationDiagram, state: tuple[float, ...]) -> str:
    shares = diagram.game.shares
    if len(shares) == 1:
        return f"{symbol_text(diagram.game, shares[0])}\u00a0=\u00a0{readable(state[0], PLACES)}"
    return "(" + ", ".join(readable(x, 3) for x in state) + ")"


def _branch_rows(diagram: BifurcationDiagram, words: Language) -> Iterator[tuple[Line, ...]]:
    for branch in diagram.branches:
        for k, piece in enumerate(branch.pieces):
            yield (
                line(branch.id if k == 0 else ""),
                _branch_location(diagram, branch, words) if k == 0 else line(""),
                line(profile_words(diagram.game.populations, branch.support, words) if k == 0 else ""),
                line(_range(piece.low, piece.high)),
                (Badge(piece.stability, words.labels[piece.stability]),),
            )


def _range(low: float, high: float) -> str:
    return f"{readable(low, PLACES)} – {readable(high, PLACES)}"


def _branch_location(diagram: BifurcationDiagram, branch: BifurcationBranch, words: Language) -> Line:
    """Where a branch lies: in closed form where that is short, else from where to where it goes."""
    if branch.formula is not None and all(len(to_text(e)) <= LONGEST_OF_BRANCH for e in branch.formula):
        notation = Notation.of(diagram.game)
        parts: list[str | Layout] = []
        for share, value in zip(diagram.game.shares, branch.formula, strict=True):
            parts += [words.separators[", "]] if parts else []
            parts.append(Row((notation.symbol(share), Operator("=", "relation"), notation.layout(value))))
        return line(*parts)
    last = branch.pieces[-1]
    return line(
        words.BIFURCATION_FROM_TO.format(
            first=_state(diagram, branch.pieces[0].states[0]), last=_state(diagram, last.states[-1])
        )
    )


def _stretch_rows(diagram: BifurcationDiagram, words: Language) -> Iterator[tuple[Line, ...]]:
    """The attractors on each stretch; neighbouring stretches with equal descriptions form one row."""
    rows: list[tuple[float, float, str]] = []
    for stretch in diagram.stretches:
        told = words.listed(stretch.stable) if stretch.stable else words.BIFURCATION_NONE
        if stretch.sets:
            told += words.count(len(stretch.sets), "BIFURCATION_SET")
        if rows and rows[-1][2] == told:
            rows[-1] = (rows[-1][0], stretch.high, told)
        else:
            rows.append((stretch.low, stretch.high, told))
    for low, high, told in rows:
        yield line(_range(low, high)), line(told)


# --------------------------------------------------------------------------- data


def bifurcation_csv(diagram: BifurcationDiagram) -> str:
    """Return one line for each sample of each branch: its label, the parameter and the shares.

    Examples
    --------
    >>> import separatrix
    >>> game = separatrix.load({"payoff_matrix": [["4 - c", "-c"], [0, 0]], "parameters": {"c": 1}})
    >>> bifurcation_csv(separatrix.bifurcation_diagram(game, ("c", 1, 3))).splitlines()[:2]
    ['branch,stability,c,x', 'E1,asymptotically stable,1.0,0.0']
    """
    rows = (
        [branch.id, piece.stability, value, *state]
        for branch in diagram.branches
        for piece in branch.pieces
        for value, state in zip(piece.values, piece.states, strict=True)
    )
    return csv_text(["branch", "stability", diagram.over, *diagram.game.shares], rows)


def bifurcation_json(diagram: BifurcationDiagram) -> str:
    """Return the diagram as JSON (schema 1; keys are added, never renamed)."""
    return json.dumps(diagram.to_dict(), ensure_ascii=False, indent=2) + "\n"
