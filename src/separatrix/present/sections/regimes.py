"""Regimes: which parameters make which states asymptotically stable."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from separatrix.analysis.result import Regime
from separatrix.present import phrases
from separatrix.present.document import (
    Block,
    Column,
    Details,
    Heading,
    Line,
    Note,
    Paragraph,
    Table,
    Words,
    line,
)
from separatrix.present.numbers import readable
from separatrix.present.sections.context import Context

__all__ = ["regimes_section"]


def regimes_section(context: Context) -> Iterator[Block]:
    """Yield the table of regimes, generic ones first, knife edges folded."""
    regimes = context.analysis.regimes
    found = context.analysis.regimes_completeness
    if not regimes and found is None:
        return
    yield Heading(phrases.REGIMES)
    yield Paragraph(line(phrases.REGIMES_LEAD))
    generic = [r for r in regimes if r.generic]
    knife = [r for r in regimes if not r.generic]
    if generic:
        yield _table(context, generic, 1)
    if knife:
        count = phrases.plural(len(knife), "regime")
        table = _table(context, knife, 1 + len(generic))
        brief: tuple[Block, ...] = (Paragraph(line(phrases.KNIFE_BRIEF.format(count=count))),)
        if len(regimes) <= 8:
            brief = (Heading(phrases.KNIFE_REGIMES.format(count=count), 2), table)
        yield Details(phrases.KNIFE_REGIMES.format(count=count), (table,), brief)
    if any(r.witness for r in regimes):
        yield _witnesses(context, [*generic, *knife])
    if found is not None:
        whole = found.status == "complete"
        status = Words(phrases.COMPLETE if whole else phrases.INCOMPLETE, "strong")
        sentence = line(status, f" {found.proof}")
        yield Paragraph(sentence) if whole else Note(phrases.COMPLETENESS, sentence)


def _table(context: Context, regimes: Sequence[Regime], first: int) -> Table:
    columns = (Column(""), Column("asymptotically stable"), Column("when", wide=True))
    rows = tuple(
        (line(Words(str(number), "strong")), _stable(context, regime), context.condition(regime.condition))
        for number, regime in enumerate(regimes, first)
    )
    return Table(columns, rows, row_heads=True)


def _stable(context: Context, regime: Regime) -> Line:
    parts: Line = ()
    for state in regime.stable:
        parts = (*parts, *((Words(", "),) if parts else ()), *line(context.symbolic_state(state)))
    return parts or line(phrases.NOTHING_STABLE)


def _witnesses(context: Context, regimes: Sequence[Regime]) -> Details:
    names = list(dict.fromkeys(n for r in regimes for n in r.witness))
    columns = (Column(""), Column("values", wide=True))
    rows = []
    for number, regime in enumerate(regimes, 1):
        values = [f"{n}\u00a0=\u00a0{readable(regime.witness[n], 6)}" for n in names if n in regime.witness]
        rows.append((line(Words(str(number), "strong")), line(", ".join(values))))
    return Details(phrases.WITNESS, (Table(columns, tuple(rows), row_heads=True),))
