"""Regimes: which parameters make which states asymptotically stable."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from separatrix.analysis.results import Regime
from separatrix.document.document import (
    Block,
    Column,
    Details,
    Heading,
    Line,
    Note,
    Paragraph,
    Table,
    Words,
    joined_lines,
    line,
)
from separatrix.document.numbers import readable
from separatrix.expression.tree import Expression
from separatrix.formulas.layout import Operator, Row, Text
from separatrix.reports.sections.context import Context

__all__ = ["regimes_section"]

FEW = 8
"""Regimes up to which the terminal shows the degenerate ones too."""


def regimes_section(context: Context) -> Iterator[Block]:
    """Yield the table of regimes, generic ones first, degenerate ones folded."""
    regimes = context.analysis.regimes
    found = context.analysis.regimes_completeness
    if not regimes and found is None:
        return
    yield Heading(context.words.REGIMES_TITLE)
    yield Paragraph(line(context.words.REGIMES_LEAD))
    together = context.analysis.coexistence
    if together is not None:
        yield Paragraph(line(context.words.tell(together.told)))
    generic = [r for r in regimes if r.generic]
    degenerate = [r for r in regimes if not r.generic]
    if generic:
        yield from _tables(context, generic, 1, context.words.REGIMES_TITLE)
    if degenerate:
        count = context.words.count(len(degenerate), "REGIME")
        tables = tuple(_tables(context, degenerate, 1 + len(generic), context.words.DEGENERATE_TABLE))
        brief: tuple[Block, ...] = (Paragraph(line(context.words.DEGENERATE_BRIEF.format(count=count))),)
        if len(regimes) <= FEW:
            brief = (Heading(context.words.DEGENERATE_REGIMES.format(count=count), 2), *tables)
        yield Details(context.words.DEGENERATE_REGIMES.format(count=count), tables, brief)
    if any(r.witness for r in regimes):
        yield _witnesses(context, [*generic, *degenerate])
    if found is not None:
        whole = found.status == "complete"
        status = Words(context.words.COMPLETE if whole else context.words.INCOMPLETE_REGIMES, "strong")
        sentence = line(status, context.words.separators[" "], context.words.tell(found.proof))
        yield Paragraph(sentence) if whole else Note(context.words.COMPLETENESS, sentence)


def _tables(context: Context, regimes: Sequence[Regime], first: int, title: str) -> Iterator[Block]:
    """Yield the regimes in inequalities; long ones by which states meet their conditions."""
    full = _table(context, regimes, first, title)
    # Where the stability of a state is open, its condition can fail without its being unstable.
    if not context.shortener.active or any(p.open_when for p in context.analysis.rest_points):
        yield full
        return
    columns = (
        Column(""),
        Column(context.words.labels["asymptotically stable"]),
        Column(context.words.PROVIDED, wide=True),
    )
    rows = tuple(
        (line(Words(str(number), "strong")), _stable(context, regime), _excluded(context, regime))
        for number, regime in enumerate(regimes, first)
    )
    yield Paragraph(line(context.words.REGIMES_BY_STATES))
    yield Table(columns, rows, row_heads=True, title=title)
    yield Details(context.words.REGIMES_IN_FULL, (full,))


def _table(context: Context, regimes: Sequence[Regime], first: int, title: str) -> Table:
    columns = (
        Column(""),
        Column(context.words.labels["asymptotically stable"]),
        Column(context.words.WHEN, wide=True),
    )
    rows = tuple(
        (line(Words(str(number), "strong")), _stable(context, regime), context.condition(regime.condition))
        for number, regime in enumerate(regimes, first)
    )
    return Table(columns, rows, row_heads=True, title=title)


def _stable(context: Context, regime: Regime) -> Line:
    return _states(context, regime.stable) or line(context.words.NOTHING_STABLE)


def _excluded(context: Context, regime: Regime) -> Line:
    return _states(context, regime.excluded) or line("–")


def _states(context: Context, states: Iterable[tuple[Expression, ...]]) -> Line:
    return joined_lines((line(context.symbolic_state(s)) for s in states), context.words.separators[", "])


def _witnesses(context: Context, regimes: Sequence[Regime]) -> Details:
    names = list(dict.fromkeys(n for r in regimes for n in r.witness))
    shared = [n for n in names if len({r.witness.get(n) for r in regimes}) == 1] if len(regimes) > 1 else []
    columns = (Column(""), Column(context.words.VALUES, wide=True))
    rows = []
    for number, regime in enumerate(regimes, 1):
        told = _values(context, regime, [n for n in names if n not in shared])
        rows.append((line(Words(str(number), "strong")), told))
    if shared:
        # What is the same in all is said once.
        rows.insert(
            0, (line(Words(context.words.WITNESS_SHARED, "strong")), _values(context, regimes[0], shared))
        )
    return Details(
        context.words.WITNESS, (Table(columns, tuple(rows), row_heads=True, title=context.words.WITNESS),)
    )


def _values(context: Context, regime: Regime, names: Sequence[str]) -> Line:
    return context.comma_separated(
        [
            Row((context.notation.symbol(n), Operator("=", "relation"), Text(readable(regime.witness[n], 6))))
            for n in names
            if n in regime.witness
        ]
    )
