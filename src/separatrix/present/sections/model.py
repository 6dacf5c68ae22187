"""The game as it was given: who plays, payoffs, parameters, equations."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction

from separatrix.analysis.equations import advantages, replicator_equations
from separatrix.errors import InputError
from separatrix.game.evaluation import evaluate
from separatrix.game.expression import Expression
from separatrix.game.model import AdvantageForm, Profile, ProfileTable, SelfMatrix
from separatrix.present import phrases
from separatrix.present.document import (
    Block,
    Bullets,
    Column,
    Details,
    Equation,
    Equations,
    Formula,
    Heading,
    Line,
    Pairs,
    Paragraph,
    Table,
    Words,
    line,
)
from separatrix.present.fingerprint import written_size
from separatrix.present.formula import Accent, Layout, Letter, Operator, Row, Script, Text
from separatrix.present.formula import Fraction as Bar
from separatrix.present.numbers import readable
from separatrix.present.sections.assumptions import assumption_formulas
from separatrix.present.sections.context import Context
from separatrix.present.tidy import decimals, shorter

__all__ = ["equations_section", "introduction", "parameters_section", "payoffs_section"]

LONG_CELL = 34
"""Characters past which a payoff is better shown apart from the table of numbers."""


def introduction(context: Context) -> Iterator[Block]:
    """Yield who plays, what the shares mean, and at which values."""
    game = context.analysis.game
    names = phrases.listed([p.name for p in game.populations])
    template = phrases.ONE_POPULATION if game.plays_itself else phrases.SEVERAL_POPULATIONS
    yield Paragraph(line(template.format(count=phrases.numeral(len(game.populations)), names=names)))
    if all(len(p.strategies) == 2 for p in game.populations):
        yield Bullets(
            tuple(
                line(
                    context.notation.symbol(p.share),
                    phrases.SHARES.format(
                        name=p.name, first=p.strategies[0].name, second=p.strategies[1].name
                    ),
                )
                for p in game.populations
            )
        )
    notes = []
    if context.analysis.scenario:
        notes.append(phrases.SCENARIO.format(scenario=context.analysis.scenario))
    if context.analysis.symbolic:
        notes.append(phrases.SYMBOLIC)
    if notes:
        yield Paragraph(line(" ".join(notes)))


# --------------------------------------------------------------------------- payoffs


def payoffs_section(context: Context) -> Iterator[Block]:
    """Yield the payoff table: in symbols where they are short, in numbers where there are values."""
    yield Heading(phrases.PAYOFFS)
    form = context.analysis.game.form
    if not isinstance(form, (ProfileTable, SelfMatrix)):
        given = "the advantages" if isinstance(form, AdvantageForm) else "the equations"
        yield Paragraph(line(phrases.NO_TABLE.format(what=given)))
        return
    entries = _entries(context)
    numbers = _numbers(context, entries)
    short = all(written_size(e) <= LONG_CELL for cell in entries.values() for e in cell)
    shorthands = tuple(_shorthands(context)) if context.analysis.game.lets else ()
    if short:
        yield from _tables(context, entries, numbers)
        yield from shorthands
    else:
        if numbers is not None:
            yield from _tables(context, {}, numbers)
        full = (*_tables(context, entries, None), *shorthands)
        yield Details(phrases.LONG_TABLE, full, (Paragraph((Words(phrases.LONG_TABLE_BRIEF, "muted"),)),))


def _shorthands(context: Context) -> Iterator[Block]:
    yield Paragraph(line(phrases.EQUATIONS_WHERE))
    rows = [
        Equation(context.notation.symbol(name), context.notation.layout(e))
        for name, e in context.analysis.game.lets.items()
    ]
    yield Equations(tuple(rows))


def _entries(context: Context) -> dict[Profile, tuple[Expression, ...]]:
    form = context.analysis.game.form
    if isinstance(form, SelfMatrix):
        return {(i, j): (e,) for i, row in enumerate(form.rows) for j, e in enumerate(row)}
    assert isinstance(form, ProfileTable)
    return {profile: tuple(form.pay[profile]) for profile in context.analysis.game.profiles()}


def _numbers(
    context: Context, entries: dict[Profile, tuple[Expression, ...]]
) -> dict[Profile, tuple[str, ...]] | None:
    values = context.analysis.values
    if values is None:
        return None
    known: dict[str, Fraction] = dict(values)
    try:
        for name, expression in context.analysis.game.lets.items():
            known[name] = evaluate(expression, known)
        return {p: tuple(readable(evaluate(e, known)) for e in cell) for p, cell in entries.items()}
    except (InputError, KeyError):
        return None


def _tables(
    context: Context,
    entries: dict[Profile, tuple[Expression, ...]],
    numbers: dict[Profile, tuple[str, ...]] | None,
) -> Iterator[Block]:
    populations = context.populations
    by_profile: dict[Profile, tuple[Line, ...]] = {}
    for profile in entries or numbers or {}:
        symbols = [context.notation.layout(e) for e in entries.get(profile, ())]
        values = numbers[profile] if numbers else ()
        by_profile[profile] = tuple(_cell(symbols, values, k) for k in range(len(symbols) or len(values)))
    if len(populations) <= 2:
        row, column = populations[0], populations[-1]
        columns = (Column(""), *(Column(s.name, "center") for s in column.strategies))
        rows = tuple(
            (
                line(Words(s.name, "strong")),
                *(_comma(by_profile[i, j]) for j in range(len(column.strategies))),
            )
            for i, s in enumerate(row.strategies)
        )
        caption = (
            phrases.PAYOFFS_SELF
            if len(populations) == 1
            else phrases.PAYOFFS_LEAD.format(row=row.name, column=column.name)
        )
        yield Table(columns, rows, caption, row_heads=True)
        return
    pays = tuple(Column(p.name, "left" if entries else "right", wide=bool(entries)) for p in populations)
    rows = tuple(
        (line(" · ".join(p.strategies[k].name for p, k in zip(populations, profile, strict=True))), *cell)
        for profile, cell in by_profile.items()
    )
    yield Table((Column(phrases.PROFILE, wide=True), *pays), rows, phrases.PROFILE_LEAD, row_heads=True)


def _cell(symbols: list[Layout], values: tuple[str, ...], k: int) -> Line:
    if not symbols:
        return line(values[k])
    if not values:
        return line(symbols[k])
    if isinstance(symbols[k], Text) or len(values[k]) > 12:
        return line(symbols[k])
    return line(symbols[k], Words(f" = {values[k]}", "muted"))


def _comma(cell: tuple[Line, ...]) -> Line:
    joined: Line = ()
    for item in cell:
        joined = (*joined, Words(",  "), *item) if joined else item
    return joined


# --------------------------------------------------------------------------- parameters


def parameters_section(context: Context) -> Iterator[Block]:
    """Yield the parameters with their values and meanings, and what is assumed of them."""
    game, values = context.analysis.game, context.analysis.values
    if not game.parameters:
        return
    yield Heading(phrases.PARAMETERS)
    show_values = values is not None
    has_unit = any(p.unit for p in game.parameters.values())
    has_meaning = any(p.meaning for p in game.parameters.values())
    columns = [Column("symbol"), Column("name")]
    columns += [Column("value", "right")] if show_values else []
    columns += [Column("unit")] if has_unit else []
    columns += [Column("meaning", wide=True)] if has_meaning else []
    rows = []
    for parameter in game.parameters.values():
        row: list[Line] = [line(context.notation.symbol(parameter.name)), line(Words(parameter.name, "code"))]
        if values is not None:
            row.append(line(readable(values[parameter.name], 6) if parameter.name in values else "–"))
        row += [line(parameter.unit or "")] if has_unit else []
        row += [line(parameter.meaning or "")] if has_meaning else []
        rows.append(tuple(row))
    table = Table(tuple(columns), tuple(rows), row_heads=True)
    if len(rows) > 12 and values is not None:
        pairs = Pairs(tuple((name, readable(value, 6)) for name, value in values.items()))
        yield Details(phrases.ALL_PARAMETERS.format(count=len(rows)), (table,), (pairs,))
    elif len(rows) > 12:
        names = ", ".join(game.parameters)
        yield Details(phrases.ALL_PARAMETERS.format(count=len(rows)), (table,), (Paragraph(line(names)),))
    else:
        yield table
    if game.assumptions:
        parts: Line = (Words(phrases.ASSUMPTIONS),)
        for index, formula in enumerate(assumption_formulas(context)):
            parts = (*parts, Words("; " if index else ""), Formula(formula))
        yield Paragraph((*parts, Words(".")))
    elif context.analysis.symbolic:
        yield Paragraph(line(phrases.NO_ASSUMPTIONS))


# --------------------------------------------------------------------------- equations


def equations_section(context: Context) -> Iterator[Block]:
    """Yield the expected payoffs and the replicator equations."""
    analysis = context.analysis
    if analysis.payoffs:
        expected = Equations(tuple(_expected(context)))
        long = max(written_size(e) for p in analysis.payoffs.values() for e in p.strategies.values()) > 60
        yield Details(phrases.EXPECTED, (expected,), () if long else (Heading(phrases.EXPECTED), expected))
    yield Heading(phrases.EQUATIONS)
    yield _rates(context, analysis.equations)
    if analysis.values and analysis.advantages:
        yield Paragraph(line(phrases.EQUATIONS_HERE))
        here = replicator_equations(advantages(analysis.game, analysis.values))
        yield _rates(context, {share: decimals(e) for share, e in here.items()})


def _rates(context: Context, equations: Mapping[str, Expression]) -> Equations:
    return Equations(
        tuple(
            Equation(_rate(context.notation.symbol(s)), context.notation.layout(e))
            for s, e in equations.items()
        )
    )


def _rate(share: Layout) -> Layout:
    return Bar(Row((Letter("d"), share)), Row((Letter("d"), Letter("t"))))


def _expected(context: Context) -> Iterator[Equation]:
    for index, (population, payoff) in enumerate(context.analysis.payoffs.items()):
        below = _index_of(population, index, list(context.analysis.payoffs))
        for k, expression in enumerate(payoff.strategies.values()):
            yield Equation(
                Script(Letter("U"), sub=Text(f"{below}{k + 1}")),
                context.notation.layout(shorter(expression, 2)),
            )
        share = context.notation.symbol(context.populations[index].share)
        mean = Accent("bar", Letter("U"))
        first, second = (Script(Letter("U"), sub=Text(f"{below}{k}")) for k in (1, 2))
        if len(payoff.strategies) == 2:
            one_minus = Row((Text("("), Text("1"), Operator("−", "binary"), share, Text(")")))
            weighted = Row(
                (
                    share,
                    Operator("", "times"),
                    first,
                    Operator("+", "binary"),
                    one_minus,
                    Operator("", "times"),
                    second,
                )
            )
            yield Equation(Script(mean, sub=Text(below)) if below else mean, weighted)
        else:
            yield Equation(
                Script(mean, sub=Text(below)) if below else mean,
                context.notation.layout(shorter(payoff.average, 2)),
            )


def _index_of(name: str, index: int, names: list[str]) -> str:
    """Return the letter by which papers index a population: its own last word if that is one letter."""
    if len(names) == 1:
        return ""
    lasts = [n.split()[-1] for n in names]
    if all(len(last) == 1 for last in lasts) and len(set(lasts)) == len(lasts):
        return lasts[index]
    initials = [n[0].upper() for n in names]
    lettered = len(set(initials)) == len(initials) and all(i.isascii() and i.isalpha() for i in initials)
    return initials[index] if lettered else str(index + 1)
