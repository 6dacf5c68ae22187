"""Regimes: which parameters make which states asymptotically stable."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from separatrix.analysis.result import Regime, RestPoint
from separatrix.expression.condition import MIRRORED, NEGATED, All, Condition, Either, Relation
from separatrix.expression.tree import subtract
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
    joined_lines,
    line,
)
from separatrix.present.documents.sections.context import Context
from separatrix.present.formulas.fingerprint import PRIME, fingerprint
from separatrix.present.formulas.layout import Operator, Row, Text
from separatrix.present.wording.numbers import readable

__all__ = ["regimes_section"]

FEW = 8
"""Regimes up to which the terminal shows the degenerate ones too."""

Key = tuple[int, str]
"""A comparison with zero: the fingerprint of its left side, up to sign, and the operator."""


def regimes_section(context: Context) -> Iterator[Block]:
    """Yield the table of regimes, generic ones first, degenerate ones folded."""
    regimes = context.analysis.regimes
    found = context.analysis.regimes_completeness
    if not regimes and found is None:
        return
    yield Heading(context.words.REGIMES_TITLE)
    yield Paragraph(line(context.words.REGIMES_LEAD))
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
    failing = [_failing(context, r) for r in regimes] if context.shortener.active else [None]
    if any(f is None for f in failing):
        yield full
        return
    columns = (
        Column(""),
        Column(context.words.labels["asymptotically stable"]),
        Column(context.words.PROVIDED, wide=True),
    )
    rows = tuple(
        (line(Words(str(number), "strong")), _stable(context, regime), _points(context, points or []))
        for number, (regime, points) in enumerate(zip(regimes, failing, strict=True), first)
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
    states = (line(context.symbolic_state(state)) for state in regime.stable)
    return joined_lines(states, context.words.separators[", "]) or line(context.words.NOTHING_STABLE)


def _points(context: Context, points: Sequence[RestPoint]) -> Line:
    states = (line(context.symbolic_state(point.exact or ())) for point in points)
    return joined_lines(states, context.words.separators[", "]) or line("–")


def _witnesses(context: Context, regimes: Sequence[Regime]) -> Details:
    names = list(dict.fromkeys(n for r in regimes for n in r.witness))
    columns = (Column(""), Column(context.words.VALUES, wide=True))
    rows = []
    for number, regime in enumerate(regimes, 1):
        values = [
            Row((context.notation.symbol(n), Operator("=", "relation"), Text(readable(regime.witness[n], 6))))
            for n in names
            if n in regime.witness
        ]
        rows.append((line(Words(str(number), "strong")), context.comma_separated(values)))
    return Details(
        context.words.WITNESS, (Table(columns, tuple(rows), row_heads=True, title=context.words.WITNESS),)
    )


# --------------------------------------------------------------------------- recognising


def _failing(context: Context, regime: Regime) -> list[RestPoint] | None:
    """Return the points whose conditions must fail, if the regime says that and its own points' hold."""
    points = {p.id: (p, _keys(p.stable_when)) for p in context.analysis.rest_points if p.stable_when}
    parts = regime.condition.parts if isinstance(regime.condition, All) else (regime.condition,)
    held: set[Key] = set()
    failing: list[RestPoint] = []
    for part in parts:
        if isinstance(part, Relation):
            key = _key(part)
            if key is None:
                return None
            held.add(key)
            continue
        denied = _denied(part)
        match = next((p for p, keys in points.values() if keys is not None and keys == denied), None)
        if match is None:
            return None
        failing.append(match)
    wanted: set[Key] = set()
    for state in regime.stable:
        keys = next((k for p, k in points.values() if p.exact == state), None)
        if keys is None:
            return None
        wanted |= keys
    order = [p for p, _ in points.values()]
    return sorted(failing, key=order.index) if held == wanted else None


def _keys(condition: Condition | None) -> set[Key] | None:
    return _all_keys(condition.parts if isinstance(condition, All) else (condition,))


def _all_keys(parts: Iterable[Condition | None], *, opposite: bool = False) -> set[Key] | None:
    keys = {_key(p, opposite=opposite) if isinstance(p, Relation) else None for p in parts}
    return None if None in keys else {k for k in keys if k is not None}


def _key(relation: Relation, *, opposite: bool = False) -> Key | None:
    value = fingerprint(subtract(relation.left, relation.right))
    if value is None:
        return None
    operator = NEGATED[relation.operator] if opposite else relation.operator
    return (value, operator) if value <= PRIME // 2 else (PRIME - value, MIRRORED[operator])


def _denied(condition: Condition) -> set[Key] | None:
    """Return the comparisons that `condition` says do not all hold."""
    return _all_keys(condition.parts, opposite=True) if isinstance(condition, Either) else None
