"""Payoffs as they were given: tables of profiles or encounters, functions of the state, groups."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction

from separatrix.document.numerals import readable
from separatrix.document.tree import (
    Block,
    Column,
    Details,
    Equation,
    Equations,
    Heading,
    Line,
    Paragraph,
    Table,
    Words,
    line,
)
from separatrix.errors import InputError
from separatrix.expression.evaluation import evaluate
from separatrix.expression.tree import Expression, names_in
from separatrix.formulas.layout import Layout, to_plain
from separatrix.formulas.tex import written_size
from separatrix.game.model import (
    AdvantageForm,
    FunctionForm,
    GroupForm,
    PairwiseForm,
    Population,
    Profile,
    ProfileTable,
    ReplicatorForm,
    SelfMatrix,
)
from separatrix.reports.sections.context import Context

__all__ = ["payoffs_section"]

LONG_CELL = 34
"""Characters past which a payoff is better shown apart from the table of numbers."""

MANY_CELLS = 64
"""Cells or profiles past which the terminal does not show a table."""

MOST_CELLS = 1_500
"""Cells or profiles past which no report shows a table."""

Key = tuple[int, ...]
Cells = Mapping[Key, tuple[Expression, ...]]
Numbers = dict[Key, tuple[str, ...]]


def payoffs_section(context: Context) -> Iterator[Block]:
    """Yield the payoffs: in symbols where they are short, in numbers where there are values."""
    yield Heading(context.words.PAYOFFS)
    form = context.analysis.game.form
    shorthands = tuple(_shorthands(context)) if context.analysis.game.lets else ()
    table = form.table if isinstance(form, FunctionForm) and form.table is not None else form
    match table:
        case AdvantageForm():
            yield Paragraph(line(context.words.NO_TABLE.format(what=context.words.THE_ADVANTAGES)))
        case ReplicatorForm():
            yield Paragraph(line(context.words.NO_TABLE.format(what=context.words.THE_EQUATIONS)))
        case FunctionForm(payoffs):
            yield Paragraph(line(context.words.PAYOFFS_MOVE))
            yield from _functions(context, payoffs)
            yield from shorthands
        case GroupForm():
            yield from _group(context, table)
            yield from shorthands
        case PairwiseForm(matrices):
            yield Paragraph(line(context.words.PAYOFFS_ADD_UP))
            for pair, rows in matrices.items():
                yield from _table(context, _encounters(rows), (), pair)
            yield from shorthands
        case SelfMatrix(rows):
            yield from _table(context, _encounters(rows), shorthands, (0, 0))
        case ProfileTable(pay):
            yield from _table(context, pay, shorthands)


def _encounters(rows: Sequence[Sequence[Expression]]) -> Cells:
    return {(i, j): (e,) for i, row in enumerate(rows) for j, e in enumerate(row)}


def _shorthands(context: Context) -> Iterator[Block]:
    yield Paragraph(line(context.words.EQUATIONS_WHERE))
    rows = [
        Equation(context.notation.symbol(name), context.notation.layout(e))
        for name, e in context.analysis.game.lets.items()
    ]
    yield Equations(tuple(rows))


# --------------------------------------------------------------------------- functions and groups


def _functions(context: Context, payoffs: Sequence[Sequence[Expression]]) -> Iterator[Block]:
    several = len(context.populations) > 1
    columns = (Column(context.words.STRATEGY), Column(context.words.PAYOFF, wide=True))
    rows = tuple(
        (
            line(Words(f"{p.name}{context.words.COLON}{s.name}" if several else s.name, "strong")),
            line(context.notation.layout(e)),
        )
        for p, row in zip(context.populations, payoffs, strict=True)
        for s, e in zip(p.strategies, row, strict=True)
    )
    yield Table(columns, rows, row_heads=True, title=context.words.PAYOFFS_TABLE)


def _group(context: Context, form: GroupForm) -> Iterator[Block]:
    (population,) = context.populations
    before, after = context.words.GROUP_LEAD.format(
        size="\0", strategy=population.strategies[0].name, count=form.COUNT
    ).split("\0")
    yield Paragraph(line(before, context.notation.layout(form.size), after))
    yield from _functions(context, (form.payoffs,))


# --------------------------------------------------------------------------- tables


def _table(
    context: Context, entries: Cells, shorthands: tuple[Block, ...], pair: tuple[int, int] | None = None
) -> Iterator[Block]:
    count = len(entries)
    if count > MOST_CELLS:
        yield Paragraph(line(context.words.HUGE_TABLE.format(count=f"{count:,}")))
        return
    numbers = _numbers(context, entries)
    if numbers is not None and not any(names_in(e) for cell in entries.values() for e in cell):
        entries = {}  # numbers say all, and 1 - 3 is -2
    short = all(written_size(e) <= LONG_CELL for cell in entries.values() for e in cell)
    large = count > MANY_CELLS
    if short:
        blocks = (*_blocks(context, entries, numbers, pair), *shorthands)
        if large:
            lead = context.words.LARGE_TABLE.format(count=count)
            yield Details(context.words.PAYOFFS, blocks, (Paragraph((Words(lead, "muted"),)),))
        else:
            yield from blocks
        return
    if numbers is not None and not large:
        yield from _blocks(context, {}, numbers, pair)
    full = (*_blocks(context, entries, None, pair), *shorthands)
    yield Details(
        context.words.LONG_TABLE, full, (Paragraph((Words(context.words.LONG_TABLE_BRIEF, "muted"),)),)
    )


def _numbers(context: Context, entries: Cells) -> Numbers | None:
    values = context.analysis.values
    if values is None:
        return None
    known: dict[str, Fraction] = dict(values)
    game = context.analysis.game
    try:
        for name, expression in game.lets.items():
            if name not in game.moving_lets:
                known[name] = evaluate(expression, known)
        return {p: tuple(readable(evaluate(e, known)) for e in cell) for p, cell in entries.items()}
    except (InputError, KeyError):
        return None


def _blocks(
    context: Context, entries: Cells, numbers: Numbers | None, pair: tuple[int, int] | None
) -> Iterator[Block]:
    populations = context.populations
    by_key: dict[Key, tuple[Line, ...]] = {}
    for key in entries or numbers or {}:
        symbols = [context.notation.layout(e) for e in entries.get(key, ())]
        values = numbers[key] if numbers else ()
        by_key[key] = tuple(_cell(symbols, values, k) for k in range(len(symbols) or len(values)))
    if pair is not None:
        row, column = (populations[k] for k in pair)
        if len(populations) == 1:
            caption = context.words.PAYOFFS_SELF
        else:
            caption = context.words.PAYOFFS_PAIR.format(row=row.name, column=column.name)
        yield _square(context, row, column, by_key, caption)
    elif len(populations) == 2:
        row, column = populations
        yield _square(
            context, row, column, by_key, context.words.PAYOFFS_LEAD.format(row=row.name, column=column.name)
        )
    else:
        pays = tuple(Column(p.name, "left" if entries else "right", wide=bool(entries)) for p in populations)
        rows = tuple((line(_profile(context, profile)), *cell) for profile, cell in by_key.items())
        yield Table(
            (Column(context.words.PROFILE, wide=True), *pays),
            rows,
            context.words.PROFILE_LEAD,
            row_heads=True,
            title=context.words.PAYOFFS_TABLE,
        )


def _profile(context: Context, profile: Profile) -> str:
    return " · ".join(p.strategies[k].name for p, k in zip(context.populations, profile, strict=True))


def _square(
    context: Context,
    row: Population,
    column: Population,
    by_key: Mapping[Key, tuple[Line, ...]],
    caption: str,
) -> Table:
    columns = (Column(""), *(Column(s.name, "center") for s in column.strategies))
    rows = tuple(
        (line(Words(s.name, "strong")), *(_comma(by_key[i, j]) for j in range(len(column.strategies))))
        for i, s in enumerate(row.strategies)
    )
    return Table(columns, rows, caption, row_heads=True, title=context.words.PAYOFFS_TABLE)


def _cell(symbols: list[Layout], values: tuple[str, ...], k: int) -> Line:
    if not symbols:
        return line(values[k])
    if not values:
        return line(symbols[k])
    if to_plain(symbols[k]) == values[k] or len(values[k]) > 12:
        return line(symbols[k])
    return line(symbols[k], Words(f" = {values[k]}", "muted"))


def _comma(cell: tuple[Line, ...]) -> Line:
    joined: Line = ()
    for item in cell:
        joined = (*joined, Words(",  "), *item) if joined else item
    return joined
