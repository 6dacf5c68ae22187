"""The game as it was given: who plays, parameters, equations.

Assumptions as papers state them: ``π₁, π₂, R₁ > 0`` rather than one line for each.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from separatrix.analysis.replicator_equations import replicator_equations
from separatrix.document.numerals import readable
from separatrix.document.tree import (
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
    basis_in_words,
    line,
    scenario_words,
)
from separatrix.expression.conditions import MIRRORED, All, Condition, Relation
from separatrix.expression.tree import ONE, Expression, Name, Number, Product, Sum, add, names_in
from separatrix.formulas.layout import (
    MINUS,
    PLUS,
    Accent,
    Fence,
    Layout,
    Letter,
    Operator,
    Row,
    Script,
    Text,
    Word,
    join_layouts,
    relation_sign,
)
from separatrix.formulas.layout import Fraction as Bar
from separatrix.formulas.tex import decimals, expanded, simplest, tidy, written_size
from separatrix.game.fitness import group_numbers
from separatrix.game.model import GroupForm, PairwiseForm, Population
from separatrix.reports.sections.context import Context

__all__ = [
    "assumption_formulas",
    "assumptions_of",
    "average_payoff",
    "equations_section",
    "introduction",
    "parameters_section",
    "rates_in_payoffs",
    "strategy_payoffs_written",
]

Side = tuple[str, Number]
Bounds = tuple[Side | None, Side | None]
"""What stands on the left and on the right of a name: ``0 <`` and ``<= 1``."""


def assumption_formulas(context: Context) -> list[Layout]:
    """Return the assumptions of the game, names with the same bounds together."""
    bounded: dict[Bounds, list[str]] = {}
    rest: list[Layout] = []
    for condition, _ in context.analysis.game.assumptions:
        found = _bounds(condition)
        if found is None:
            rest.extend(f.layout for f in context.condition(condition) if isinstance(f, Formula))
        else:
            name, bounds = found
            bounded.setdefault(bounds, []).append(name)
    grouped = [_group(context, bounds, names) for bounds, names in bounded.items()]
    return [*grouped, *rest]


def _bounds(condition: Condition) -> tuple[str, Bounds] | None:
    match condition:
        case Relation(Name(name), operator, Number() as value):
            return name, (None, (operator, value))
        case Relation(Number() as value, operator, Name(name)):
            return name, (None, (MIRRORED[operator], value))
        case All(
            (Relation(Number() as low, first, Name(name)), Relation(Name(same), second, Number() as high))
        ):
            return (name, ((first, low), (second, high))) if name == same else None
        case _:
            return None


def _group(context: Context, bounds: Bounds, names: list[str]) -> Layout:
    below, above = bounds
    body = join_layouts(context.notation.symbol(n) for n in names)
    items: list[Layout] = []
    if below is not None:
        items += [context.notation.layout(below[1]), relation_sign(below[0])]
    items.append(body)
    if above is not None:
        items += [relation_sign(above[0]), context.notation.layout(above[1])]
    return Row(tuple(items))


FEW_STRATEGIES = 6
"""Strategies of a population up to which sums over them are written out."""

FEW_TERMS, FEW_SYMBOLIC_TERMS = 9, 5
"""Terms of a rate, in numbers and in symbols, past which it is written in expected payoffs."""

MANY_EQUATIONS = 12
"""Shares past which the terminal does not print an equation for each."""


def introduction(context: Context) -> Iterator[Block]:
    """Yield who plays, what the shares mean, and at which values."""
    game = context.analysis.game
    names = context.words.listed([p.name for p in game.populations])
    if isinstance(game.form, GroupForm):
        template = context.words.ONE_IN_GROUPS
    elif game.plays_itself:
        template = context.words.ONE_POPULATION
    else:
        own = isinstance(game.form, PairwiseForm)
        template = context.words.SEVERAL_AND_OWN if own else context.words.SEVERAL_POPULATIONS
    yield Paragraph(line(template.format(count=context.words.numeral(len(game.populations)), names=names)))
    yield Bullets(tuple(_shares(context, p) for p in game.populations))
    notes = []
    if context.analysis.scenario:
        notes.append(scenario_words(game, context.analysis.scenario, context.words))
    if context.analysis.symbolic:
        notes.append(context.words.SYMBOLIC)
    if notes:
        yield Paragraph(line(context.words.separators[" "].join(notes)))
    if not game.equal_speeds:
        yield Paragraph(_speeds(context))
    if game.speed_basis is not None:
        basis = basis_in_words(game.speed_basis, context.words)
        yield Paragraph(line(context.words.YEARS.format(basis=basis)))


def _shares(context: Context, population: Population) -> Line:
    names = [context.words.QUOTED.format(name=s.name) for s in population.strategies]
    symbols = [context.notation.symbol(share) for share in population.shares]
    if len(names) == 2:
        first, second = (s.name for s in population.strategies)
        return line(symbols[0], context.words.SHARES.format(name=population.name, first=first, second=second))
    if len(names) <= FEW_STRATEGIES:
        told = context.words.SHARES_OF_MANY.format(
            name=population.name, strategies=context.words.listed(names)
        )
        return line(join_layouts(symbols), told)
    told = context.words.SHARES_OF_EACH.format(
        name=population.name, count=len(names), first=names[0], last=names[-1]
    )
    return line(join_layouts([symbols[0], Text("…"), symbols[-1]]), told)


def _speeds(context: Context) -> Line:
    parts: list[Words | Layout] = []
    game = context.analysis.game
    for population, speed in zip(game.populations, game.speeds, strict=True):
        between = context.words.separators[", "] if parts else ""
        parts += [Words(f"{between}{population.name} "), context.notation.layout(speed)]
    before, after = context.words.SPEEDS.split("{speeds}")
    return line(before, *parts, after)


# --------------------------------------------------------------------------- parameters


def parameters_section(context: Context) -> Iterator[Block]:
    """Yield the parameters with their values and meanings, and what is assumed of them."""
    game, values = context.analysis.game, context.analysis.values
    if not game.parameters:
        return
    yield Heading(context.words.PARAMETERS)
    show_values = values is not None
    has_unit = any(p.unit for p in game.parameters.values())
    has_meaning = any(p.meaning for p in game.parameters.values())
    columns = [Column(context.words.SYMBOL), Column(context.words.NAME)]
    columns += [Column(context.words.VALUE, "right")] if show_values else []
    columns += [Column(context.words.UNIT)] if has_unit else []
    columns += [Column(context.words.MEANING, wide=True)] if has_meaning else []
    rows = []
    for parameter in game.parameters.values():
        row: list[Line] = [line(context.notation.symbol(parameter.name)), line(Words(parameter.name, "code"))]
        if values is not None:
            row.append(line(readable(values[parameter.name], 6) if parameter.name in values else "–"))
        row += [line(parameter.unit or "")] if has_unit else []
        row += [line(parameter.meaning or "")] if has_meaning else []
        rows.append(tuple(row))
    table = Table(tuple(columns), tuple(rows), row_heads=True, title=context.words.PARAMETERS_TABLE)
    if len(rows) > 12 and values is not None:
        pairs = Pairs(tuple((name, readable(value, 6)) for name, value in values.items()))
        yield Details(context.words.ALL_PARAMETERS.format(count=len(rows)), (table,), (pairs,))
    elif len(rows) > 12:
        names = ", ".join(game.parameters)
        yield Details(
            context.words.ALL_PARAMETERS.format(count=len(rows)), (table,), (Paragraph(line(names)),)
        )
    else:
        yield table
    yield from assumptions_of(context, always=context.analysis.symbolic)


def assumptions_of(context: Context, *, always: bool) -> Iterator[Block]:
    """Yield what is assumed of the parameters; where nothing is, that, if `always`."""
    if context.analysis.game.assumptions:
        parts: Line = (Words(context.words.ASSUMPTIONS),)
        for index, formula in enumerate(assumption_formulas(context)):
            parts = (*parts, Words(context.words.separators["; "] if index else ""), Formula(formula))
        yield Paragraph((*parts, Words(context.words.STOP)))
    elif always:
        yield Paragraph(line(context.words.NO_ASSUMPTIONS))


# --------------------------------------------------------------------------- equations


def equations_section(context: Context) -> Iterator[Block]:
    """Yield the expected payoffs and the replicator equations."""
    analysis = context.analysis
    if analysis.payoffs:
        expected = Equations(tuple(_expected(context)), numbered=True)
        long = max(written_size(e) for p in analysis.payoffs.values() for e in p.strategies.values()) > 60
        long = long or len(analysis.game.shares) > MANY_EQUATIONS
        yield Details(
            context.words.EXPECTED, (expected,), () if long else (Heading(context.words.EXPECTED), expected)
        )
    gains = _gains(context) if analysis.payoffs else {}
    few = FEW_SYMBOLIC_TERMS if analysis.game.parameters else FEW_TERMS
    blocks: list[Block] = [*_parameter_groups(context), _rates(context, analysis.equations, gains, few)]
    blocks += _shorthands(context, analysis.equations.values())
    if analysis.values:
        here = replicator_equations(analysis.game, analysis.values)
        short = {s: decimals(e) for s, e in here.items() if s not in gains or _terms(e) <= FEW_TERMS}
        if short:
            blocks += [Paragraph(line(context.words.EQUATIONS_HERE)), _rates(context, short, {}, FEW_TERMS)]
    if len(analysis.game.shares) > MANY_EQUATIONS:
        brief = (Paragraph((Words(context.words.MANY_EQUATIONS_BRIEF, "muted"),)),)
        yield Details(context.words.EQUATIONS, tuple(blocks), brief)
    else:
        yield Heading(context.words.EQUATIONS)
        yield from blocks


def _shorthands(context: Context, formulas: Iterable[Expression]) -> Iterator[Block]:
    """Yield what the shorthands stand for that formulas use."""
    meanings = context.analysis.game.lets
    used = {name for formula in formulas for name in names_in(formula)}
    wanted: set[str] = set()
    for name, meaning in reversed(list(meanings.items())):
        if name in used:
            wanted.add(name)
            used |= set(names_in(meaning))
    if wanted:
        rows = (
            Equation(context.notation.symbol(n), context.notation.layout(meanings[n]))
            for n in meanings
            if n in wanted
        )
        yield Paragraph(line(context.words.EQUATIONS_WHERE))
        yield Equations(tuple(rows))


def rates_in_payoffs(context: Context) -> Iterator[Block]:
    """Yield the definition of the dynamics: a strategy spreads as it earns more than the average."""
    if not context.analysis.payoffs:
        return
    rows = []
    for i, population in enumerate(context.populations[:FEW_STRATEGIES]):
        symbols, mean = _payoff_symbols(context, i)
        for name, symbol in zip(population.shares[:FEW_STRATEGIES], symbols, strict=False):
            share = context.notation.symbol(name)
            gain = Fence("(", Row((symbol, MINUS, mean)), ")")
            rows.append(Equation(_rate(share), Row((share, Operator("", "times"), gain))))
    yield Paragraph(line(context.words.DYNAMICS_LEAD))
    yield Equations(tuple(rows))


def _parameter_groups(context: Context) -> Iterator[Block]:
    """Yield the numbers in the formulas of a game in groups."""
    names, values = group_numbers(context.analysis.game), context.analysis.values
    if names and values is not None:
        told = context.words.listed([f"{name} = {readable(values[name])}" for name in names])
        yield Paragraph(line(context.words.EQUATIONS_AT.format(values=told)))


def _terms(rate: Expression) -> int:
    """Return how many terms what a strategy gains has."""
    gain = rate.factors[-1] if isinstance(rate, Product) else rate
    return len(gain.terms) if isinstance(gain, Sum) else 1


def _rates(
    context: Context, equations: Mapping[str, Expression], gains: Mapping[str, Layout], few: int
) -> Equations:
    rows = []
    for share in context.analysis.game.shares:
        symbol, expression = context.notation.symbol(share), equations.get(share)
        if share in gains and (expression is None or _terms(expression) > few):
            rows.append(Equation(_rate(symbol), gains[share]))
        elif expression is not None:
            rows.append(Equation(_rate(symbol), context.notation.layout(expression)))
    return Equations(tuple(rows), numbered=True)


def _gains(context: Context) -> dict[str, Layout]:
    """For each share of more than two, its rate in expected payoffs: x_a (U_a - average)."""
    result: dict[str, Layout] = {}
    game = context.analysis.game
    for i, population in enumerate(game.populations):
        if population.binary:
            continue
        symbols, mean = _payoff_symbols(context, i)
        speed = (
            () if game.speeds[i] == ONE else (context.notation.layout(game.speeds[i]), Operator("", "times"))
        )
        for share, symbol in zip(population.shares, symbols, strict=True):
            gain = Fence("(", Row((symbol, MINUS, mean)), ")")
            result[share] = Row((*speed, context.notation.symbol(share), Operator("", "times"), gain))
    return result


def _payoff_symbols(context: Context, i: int) -> tuple[list[Layout], Layout]:
    """Return the symbols of what the strategies of a population expect, and of their average."""
    population = context.populations[i]
    below = _index_of(population.name, i, [p.name for p in context.populations])
    symbols: list[Layout] = [
        Script(Letter("U"), sub=_payoff_index(below, k, population))
        for k in range(len(population.strategies))
    ]
    mean = Accent("bar", Letter("U"))
    return symbols, Script(mean, sub=Text(below)) if below else mean


def _rate(share: Layout) -> Layout:
    return Bar(Row((Letter("d"), share)), Row((Letter("d"), Letter("t"))))


def _expected(context: Context) -> Iterator[Equation]:
    for i in range(len(context.populations)):
        for symbol, expression in strategy_payoffs_written(context, i):
            yield Equation(symbol, context.notation.layout(expression))
        yield average_payoff(context, i)


def strategy_payoffs_written(context: Context, i: int) -> Iterator[tuple[Layout, Expression]]:
    """Yield the symbol of what each strategy of a population expects, and the payoff as it is written."""
    payoff = context.analysis.payoffs[context.populations[i].name]
    symbols, _ = _payoff_symbols(context, i)
    for symbol, expression in zip(symbols, payoff.strategies.values(), strict=True):
        written = _collected(context, expression)
        if isinstance(context.analysis.game.form, GroupForm) and isinstance(written, Sum):
            # A numbered group leaves sums such as -r + r + 1 in the payoff of each of its make-ups.
            written = add(*(simplest(term) for term in written.terms))
        yield symbol, written


def average_payoff(context: Context, i: int) -> Equation:
    """Return the average payoff of a population in those of its strategies."""
    population = context.populations[i]
    symbols, mean = _payoff_symbols(context, i)
    shares: list[Layout] = [context.notation.symbol(share) for share in population.shares]
    if population.binary:
        shares.append(Fence("(", Row((Text("1"), MINUS, shares[0])), ")"))
    terms: list[Layout] = [Row((w, Operator("", "times"), u)) for w, u in zip(shares, symbols, strict=True)]
    if len(terms) > FEW_STRATEGIES:
        terms = [terms[0], terms[1], Text("…"), terms[-1]]
    return Equation(mean, join_layouts(terms, PLUS))


def _collected(context: Context, expression: Expression) -> Expression:
    """An expected payoff collected in the shares, where that is half as long."""
    kept = tidy(expression)
    flat = expanded(kept)
    told = None if flat is None else context.analysis.author_form.regroup(flat)
    return kept if told is None or 2 * written_size(told) >= written_size(kept) else told


def _payoff_index(below: str, k: int, population: Population) -> Layout:
    if population.binary:
        return Text(f"{below}{k + 1}")
    identity = population.strategies[k].id
    if below:
        return Text(f"{below},{identity}")
    return Text(identity) if identity.isdigit() else Word(identity)


def _index_of(name: str, index: int, names: list[str]) -> str:
    """Return the letter by which papers index a population: its own last word if that is one letter."""
    if len(names) == 1:
        return ""
    lasts = [_last_word(n) for n in names]
    if all(len(last) == 1 for last in lasts) and len(set(lasts)) == len(lasts):
        return lasts[index]
    initials = [n[0].upper() for n in names]
    lettered = len(set(initials)) == len(initials) and all(i.isascii() and i.isalpha() for i in initials)
    return initials[index] if lettered else str(index + 1)


def _last_word(name: str) -> str:
    """Return the last word of a name; a letter that follows Chinese without a space is one."""
    word = name.split()[-1]
    return word[-1] if word[-1].isascii() and not word[-2:-1].isascii() else word
