"""The Jacobian matrix of the replicator equations: as a matrix, its longer entries apart."""

from __future__ import annotations

from collections.abc import Iterator

from separatrix.document.document import Block, Equation, Equations, Heading, Paragraph, line
from separatrix.expression.tree import Expression, Number
from separatrix.formulas.layout import Layout, Letter, Matrix, Script, Text
from separatrix.formulas.plain_math import to_plain
from separatrix.reports.sections.context import Context

__all__ = ["jacobian_section"]

MOST_SHARES = 4
"""Shares up to which the matrix is worth printing."""

SHORT = 22
"""Limit on the length of an entry within the matrix itself."""


def jacobian_section(context: Context) -> Iterator[Block]:
    """Yield the Jacobian matrix, for games of few shares."""
    count = len(context.analysis.game.shares)
    if not 2 <= count <= MOST_SHARES:
        return
    entries = context.analysis.jacobian
    laid = [[context.notation.layout(e) for e in row] for row in entries]
    short = all(len(to_plain(e)) <= SHORT for row in laid for e in row)
    yield Heading(context.words.JACOBIAN)
    if short:
        matrix = Matrix(tuple(tuple(row) for row in laid))
        yield Equations((Equation(Letter("J"), matrix),), numbered=True)
        return
    named = [[_entry(e, i, j) for j, e in enumerate(row)] for i, row in enumerate(entries)]
    yield Equations((Equation(Letter("J"), Matrix(tuple(tuple(row) for row in named))),), numbered=True)
    rows = [
        Equation(named[i][j], laid[i][j])
        for i, row in enumerate(entries)
        for j, e in enumerate(row)
        if not isinstance(e, Number)
    ]
    yield Paragraph(line(context.words.EQUATIONS_WHERE))
    yield Equations(tuple(rows))


def _entry(entry: Expression, i: int, j: int) -> Layout:
    """Return the name of an entry; one that is a number stands for itself."""
    if isinstance(entry, Number):
        return Text(str(entry.value))
    return Script(Letter("J"), sub=Text(f"{i + 1}{j + 1}"))
