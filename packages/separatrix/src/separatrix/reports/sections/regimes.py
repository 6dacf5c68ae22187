"""Regimes: which parameters make which states asymptotically stable.

Rest points in symbols: when they exist, and when they are stable.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from separatrix.analysis.results import Regime, RestPoint
from separatrix.document.numerals import readable
from separatrix.document.tree import (
    Block,
    Column,
    Details,
    Equation,
    Equations,
    Formula,
    Heading,
    Line,
    Note,
    Paragraph,
    Table,
    Words,
    joined_lines,
    line,
)
from separatrix.expression.conditions import FALSE, TRUE, Condition
from separatrix.expression.tree import Expression, Number, Sum, negate
from separatrix.formulas.layout import (
    Fraction,
    Layout,
    Letter,
    Operator,
    Row,
    Script,
    Text,
    split_sign,
    to_plain,
)
from separatrix.formulas.tex import written_size
from separatrix.reports.sections.context import Context

__all__ = ["conditions_section", "regimes_section"]

WIDEST = 88
"""Characters of a numerator or denominator past which a fraction is written in parts."""

SHORTER = 0.9
"""How much shorter another order of the coordinates is at least that is worth it."""

LONGEST_COORDINATE = 46
"""Characters of a coordinate past which a rest point gets a paragraph of its own."""


def conditions_section(context: Context, eigenvalues: bool = True) -> Iterator[Block]:
    """Yield every candidate with its existence and stability conditions, and if wanted its eigenvalues."""
    if not context.analysis.symbolic:
        return
    yield Heading(context.words.REST_SYMBOLIC)
    pure = [p for p in context.analysis.rest_points if not p.free and p.exact is not None]
    mixed = [p for p in context.analysis.rest_points if p.free and p.exact is not None]
    if pure:
        yield Heading(context.words.PURE_POINTS, 2)
        columns = (
            Column(""),
            Column(context.words.STATE),
            Column(context.words.PROFILE, optional=True),
            Column(context.words.STABLE_IF, wide=True),
        )
        rows = tuple(
            (
                line(Words(p.id, "strong")),
                line(context.symbolic_state(p.exact or ())),
                line(context.plays(p.support)),
                _stable_when(context, p),
            )
            for p in pure
        )
        yield Table(columns, rows, row_heads=True, title=context.words.PURE_TABLE)
    if mixed:
        yield Heading(context.words.MIXED_POINTS, 2)
        if all(p.stable_when is None and p.open_when is None for p in mixed) and len(context.populations) > 1:
            yield Paragraph(line(context.words.MIXED_NEVER))
        told = [_Mixed.of(context, p) for p in mixed]
        short = [m for m in told if m.short]
        if short:
            columns = (
                Column(""),
                Column(context.words.PROFILE, optional=True),
                Column(context.words.STATE, wide=True),
                Column(context.words.EXISTS_IF, wide=True),
            )
            rows = tuple(
                (
                    line(Words(m.point.id, "strong")),
                    line(context.plays(m.point.support)),
                    m.state(context),
                    m.exists,
                )
                for m in short
            )
            yield Table(columns, rows, row_heads=True, title=context.words.MIXED_TABLE)
        for one in told:
            if not one.short:
                yield from one.blocks(context)
        for point in mixed:
            if point.stable_when is not None:
                condition = _stable_when(context, point)
                yield Paragraph(line(Words(point.id, "strong"), context.words.STABLE_WHEN, *condition))
            elif point.open_when is not None:
                yield Paragraph(
                    line(Words(point.id, "strong"), context.words.COLON, *_open_when(context, point))
                )
    if eigenvalues:
        yield from _eigenvalue_details(context, [*pure, *mixed])


def _stable_when(context: Context, point: RestPoint) -> Line:
    open_ = _open_when(context, point)
    if point.stable_when is None:
        return open_ or line(context.words.NEVER)
    condition = context.condition(point.stable_when)
    return line(*condition, context.words.separators["; "], *open_) if open_ else condition


def _open_when(context: Context, point: RestPoint) -> Line:
    if point.open_when is None:
        return ()
    if point.open_when == TRUE:
        return line(Words(context.words.LEFT_OPEN, "muted"))
    return line(Words(context.words.OPEN_WHEN, "muted"), *context.condition(point.open_when))


@dataclass(frozen=True)
class _Mixed:
    """A mixed rest point in symbols: its mixed coordinates and when it exists."""

    point: RestPoint
    coordinates: tuple[tuple[Layout, Layout], ...]
    exists: Line

    @classmethod
    def of(cls, context: Context, point: RestPoint) -> _Mixed:
        told = zip(context.analysis.game.shares, point.exact or (), strict=True)
        mixed = [(s, e) for s, e in told if not (isinstance(e, Number) and e.value in (0, 1))]
        named = [(context.notation.symbol(share), expression) for share, expression in mixed]
        if max((written_size(e) for _, e in named), default=0) > LONGEST_COORDINATE:
            # What is told first can stand in the others: the shorter ones, where that makes a difference.
            other = sorted(named, key=lambda one: written_size(one[1]))
            if context.shortener.length(other) < SHORTER * context.shortener.length(named):
                named = other
        coordinates = []
        for symbol, expression in named:
            coordinates.append((symbol, context.shortener.layout(expression)))
            # From here on the symbol stands for the formula.
            context.shortener.let(symbol, expression)
        exists = _existence(context, point.exists) if point.exists is not None else line("–")
        context.shortener.forget()
        return cls(point, tuple(coordinates), exists)

    @property
    def short(self) -> bool:
        """Whether it fits a row of a table."""
        lengths = [len(to_plain(value)) for _, value in self.coordinates]
        told = sum(len(to_plain(i.layout)) for i in self.exists if isinstance(i, Formula))
        return max(lengths, default=0) <= LONGEST_COORDINATE and told <= 3 * LONGEST_COORDINATE

    def state(self, context: Context) -> Line:
        equalities = [Row((symbol, Operator("=", "relation"), value)) for symbol, value in self.coordinates]
        return context.comma_separated(equalities)

    def blocks(self, context: Context) -> Iterator[Block]:
        yield Paragraph(line(Words(self.point.id, "strong"), f"  {context.plays(self.point.support)}"))
        yield Equations(
            tuple(row for symbol, value in self.coordinates for row in _coordinate_equations(symbol, value))
        )
        yield Paragraph(line(Words(context.words.EXISTS_WHEN, "muted"), *self.exists))


def _coordinate_equations(symbol: Layout, value: Layout) -> Iterator[Equation]:
    """Yield a coordinate; a fraction that is wider than a page by its numerator and denominator."""
    if isinstance(value, Fraction) and max(len(to_plain(v)) for v in (value.top, value.bottom)) > WIDEST:
        top, bottom = Script(Letter("N"), sub=symbol), Script(Letter("D"), sub=symbol)
        yield Equation(symbol, Fraction(top, bottom))
        yield Equation(top, value.top)
        yield Equation(bottom, value.bottom)
    else:
        yield Equation(symbol, value)


def _existence(context: Context, condition: Condition) -> Line:
    if condition == TRUE:
        return line(context.words.ALWAYS)
    if condition == FALSE:
        return line(context.words.NEVER)
    return context.condition(condition)


def _eigenvalue_details(context: Context, points: Sequence[RestPoint]) -> Iterator[Block]:
    known = [p for p in points if p.eigenvalues_exact]
    if not known:
        return
    rows = tuple(
        (
            line(Words(p.id, "strong")),
            line(context.symbolic_state(p.exact or ()) if not p.free else context.plays(p.support)),
            context.comma_separated(_eigenvalues(context, p.eigenvalues_exact or ())),
        )
        for p in known
    )
    columns = (Column(""), Column(context.words.STATE), Column(context.words.EIGENVALUES, wide=True))
    yield Details(
        context.words.EIGENVALUES_IN_SYMBOLS,
        (Table(columns, rows, row_heads=True, title=context.words.EIGENVALUES_TABLE),),
    )


def _eigenvalues(context: Context, values: Sequence[Expression]) -> list[Layout]:
    """Return eigenvalues in symbols; a pair that differs in its sign alone is written once, with ±."""
    left = [context.shortener.simplified(value) for value in values]
    told: list[Layout] = []
    while left:
        value = left.pop(0)
        negative, size = split_sign(value)
        opposite = size if negative else negate(value)
        if not isinstance(size, Sum) and opposite in left:
            left.remove(opposite)
            told.append(Row((Operator("±", "sign"), context.shortener.layout(size))))
        else:
            told.append(context.shortener.layout(value))
    return told


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
