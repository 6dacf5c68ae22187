"""What every strategy expects to earn, as an expression in the shares, whatever form the payoffs have.

Reference: Hofbauer, J. and Sigmund, K. (1998), Evolutionary Games and Population Dynamics, chapters 7 and
10.  Groups: Bach, L. A., Helvik, T. and Christiansen, F. B. (2006), The evolution of n-player cooperation,
Journal of Theoretical Biology 238, 426-434.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from fractions import Fraction
from typing import TYPE_CHECKING

from separatrix.errors import ComesLater, InputError
from separatrix.expression.tree import (
    ONE,
    Call,
    Expression,
    Name,
    Number,
    Power,
    Product,
    Quotient,
    Sum,
    add,
    divide,
    multiply,
    names_in,
    number,
    power,
    substitute,
    subtract,
    to_text,
    walk,
)
from separatrix.game.model import (
    AdvantageForm,
    FunctionForm,
    Game,
    GroupForm,
    PairwiseForm,
    Population,
    Profile,
    ProfileTable,
    ReplicatorForm,
    SelfMatrix,
)
from separatrix.game.values import evaluate_in, expand, expand_moving
from separatrix.sentences import say

if TYPE_CHECKING:
    from separatrix.exact.rational_functions import Ratio, Ring

__all__ = [
    "MAX_GROUP",
    "Payoffs",
    "expected_from_pairs",
    "expected_from_profiles",
    "group_numbers",
    "group_size",
    "strategy_payoffs",
    "table_payoffs",
    "weights",
]

MAX_GROUP = 200

Entry = Callable[[Expression], Expression]
Payoffs = tuple[tuple[Expression, ...], ...]
"""For each population what each of its strategies expects to earn."""


def weights(population: Population) -> tuple[Expression, ...]:
    """Return the share of each strategy: ``x`` and ``1 - x``, the k shares of more than two, or one.

    Examples
    --------
    >>> from separatrix.game.model import Strategy
    >>> players = Population("Players", "x", (Strategy("hawk", "hawk"), Strategy("dove", "dove")))
    >>> [to_text(w) for w in weights(players)]
    ['x', '1 - x']
    """
    shares = tuple(Name(share) for share in population.shares)
    if len(population.strategies) == 1:
        return (ONE,)
    return (shares[0], subtract(ONE, shares[0])) if len(shares) == 1 else shares


def last_shares(game: Game, ring: Ring) -> dict[str, Ratio]:
    """Return the last share of each population whose shares add up to one, by its others."""
    result = {}
    for population in game.populations:
        if not population.binary:
            rest = ring.constant(1)
            for share in population.free_shares:
                rest = rest - ring.variable(share)
            result[population.shares[-1]] = rest
    return result


def strategy_payoffs(game: Game, values: Mapping[str, Fraction] | None = None) -> Payoffs:
    """Return what every strategy of every population expects to earn at a state.

    Parameters
    ----------
    game : Game
        Of any form.  Where only advantages f were given, the payoffs are f and 0; where only equations
        were given, they are the growth rates x'/x, for two strategies x'/(x(1-x)) and 0.
    values : mapping of parameter to number, optional
        Needed where the size of a group is a parameter; the result has the `group_numbers` at these values.

    Returns
    -------
    tuple of tuple of Expression
        In the shares, the parameters and the shorthands; shorthands that move with the shares are written
        out, and so is 1 - x for the second of two strategies.

    Raises
    ------
    ComesLater
        A502 where the size of a group is a symbol without a value.
    InputError
        V306 for a group of a size that is not a whole number from 2 to 200.

    Examples
    --------
    >>> from separatrix.game.reader import load
    >>> goods = load(
    ...     {
    ...         "populations": ["Players"],
    ...         "parameters": {"r": None},
    ...         "group": {"size": 3, "payoff": {"yes": "r*(k + 1)/3 - 1", "no": "r*k/3"}},
    ...     }
    ... )
    >>> to_text(strategy_payoffs(goods)[0][1])
    '2/3*x*(1 - x)*r + 2/3*x**2*r'
    """
    return table_payoffs(game, lambda entry: expand_moving(game, entry), values)


def table_payoffs(game: Game, written: Entry, values: Mapping[str, Fraction] | None = None) -> Payoffs:
    """Return what `strategy_payoffs` does, each entry of the table rewritten by `written` first."""
    populations = game.populations
    match game.form:
        case SelfMatrix(rows):
            return expected_from_pairs(populations, {(0, 0): rows}, written)
        case PairwiseForm(matrices):
            return expected_from_pairs(populations, matrices, written)
        case ProfileTable(pay):
            return expected_from_profiles(populations, pay, written)
        case FunctionForm(payoffs):
            return tuple(tuple(written(u) for u in row) for row in payoffs)
        case GroupForm() as form:
            size, share = group_size(game, form, values), weights(populations[0])[0]
            fixed: dict[str, Expression] = {
                name: Number(values[name]) for name in group_numbers(game) if values and name in values
            }
            payoffs_in_group = (substitute(expand(game, u), fixed) for u in form.payoffs)
            return (tuple(_group(form.COUNT, share, size, u, written) for u in payoffs_in_group),)
        case AdvantageForm(by_share):
            return tuple((written(by_share[p.share]), number(0)) for p in populations)
        case ReplicatorForm(by_share):
            return tuple(tuple(_growth(p, {s: written(by_share[s]) for s in p.shares})) for p in populations)


# --------------------------------------------------------------------------- tables


def _as_it_is(entry: Expression) -> Expression:
    return entry


def expected_from_pairs(
    populations: Sequence[Population],
    matrices: Mapping[tuple[int, int], Sequence[Sequence[Expression]]],
    written: Entry = _as_it_is,
) -> Payoffs:
    """Return expected payoffs of encounters in pairs, where ``matrices[i, j][a][b]`` is what a of i earns."""
    own = [weights(p) for p in populations]
    return tuple(
        tuple(
            add(
                *(
                    multiply(weight, written(entry))
                    for j in range(len(own))
                    if (i, j) in matrices
                    for weight, entry in zip(own[j], matrices[i, j][a], strict=True)
                )
            )
            for a in range(len(population.strategies))
        )
        for i, population in enumerate(populations)
    )


def expected_from_profiles(
    populations: Sequence[Population],
    pay: Mapping[Profile, Sequence[Expression]],
    written: Entry = _as_it_is,
) -> Payoffs:
    """Return expected payoffs of a table of profiles, each population meeting all the others at once."""
    own = [weights(p) for p in populations]

    def expected(i: int, a: int) -> Expression:
        others = [j for j in range(len(own)) if j != i]
        terms = []
        for met in itertools.product(*(range(len(own[j])) for j in others)):
            chances = (own[j][b] for j, b in zip(others, met, strict=True))
            terms.append(multiply(*chances, written(pay[(*met[:i], a, *met[i:])][i])))
        return add(*terms)

    return tuple(tuple(expected(i, a) for a in range(len(p.strategies))) for i, p in enumerate(populations))


def _growth(population: Population, rates: Mapping[str, Expression]) -> Iterator[Expression]:
    if population.binary:
        x = Name(population.share)
        yield divide(rates[population.share], multiply(x, subtract(ONE, x)))
        yield number(0)
        return
    for share in population.shares:
        yield divide(rates[share], Name(share))


# --------------------------------------------------------------------------- groups


def group_size(game: Game, form: GroupForm, values: Mapping[str, Fraction] | None = None) -> int:
    """Return the number of members of a group at `values`; raise as `strategy_payoffs` does."""
    known = dict(values or {})
    size = expand(game, form.size)
    lacking = [name for name in names_in(size) if name not in known]
    if lacking:
        raise ComesLater(
            "A502",
            say(
                "the size of a group is `{size}`; in symbols it must be a number, because the number of "
                "terms in a payoff depends on it",
                size=to_text(form.size),
            ),
            hint=say("write the number itself under `size`, or give values and omit --symbolic"),
        )
    value = evaluate_in(game, "the size of a group", size, known)
    if value.denominator != 1 or not 2 <= value <= MAX_GROUP:
        raise InputError(
            "V306",
            say(
                "the size of a group is {value} at these values; whole numbers from 2 to {most} are read",
                value=str(value),
                most=MAX_GROUP,
            ),
        )
    return int(value)


def group_numbers(game: Game) -> tuple[str, ...]:
    """Return the parameters of a game in groups that count members: numbers, even in symbolic formulas.

    Those of the size of a group, and those that stand inside a function, as in ``min(1, k/M)``.
    """
    form = game.form
    if not isinstance(form, GroupForm):
        return ()
    counted = dict.fromkeys(names_in(expand(game, form.size)))
    for payoff in form.payoffs:
        for node in walk(expand(game, payoff)):
            if isinstance(node, Call):
                counted.update(dict.fromkeys(names_in(node)))
    return tuple(name for name in counted if name in game.parameters)


def _group(count_name: str, share: Expression, size: int, pay: Expression, written: Entry) -> Expression:
    """Return the mean of a payoff over the binomial number of first strategies among the others."""
    rest, others = subtract(ONE, share), size - 1
    terms = []
    for count in range(size):
        chance = multiply(
            number(math.comb(others, count)), *_powers(share, count), *_powers(rest, others - count)
        )
        terms.append(multiply(chance, folded(written(substitute(pay, {count_name: number(count)})))))
    return add(*terms)


def _powers(base: Expression, exponent: int) -> Iterator[Expression]:
    # The parser's bound on exponents holds for every reader of expressions, so no power exceeds it.
    while exponent > 0:
        yield power(base, min(exponent, 64))
        exponent -= 64


def folded(expression: Expression) -> Expression:
    """Return `expression` with the arithmetic of its numbers done, as far as it is defined.

    Examples
    --------
    >>> from separatrix.expression.parser import parse_expression
    >>> to_text(folded(parse_expression("r*(2 + 1)/4 - max(0, 2 - 3)")))
    '3/4*r'
    """
    if not names_in(expression):
        from separatrix.expression.evaluation import evaluate

        try:
            return Number(evaluate(expression, {}))
        except InputError:
            return expression
    match expression:
        case Sum(terms):
            parts = [folded(t) for t in terms]
            constant = sum((p.value for p in parts if isinstance(p, Number)), Fraction(0))
            return add(*(p for p in parts if not isinstance(p, Number)), number(constant))
        case Product(factors):
            return multiply(*(folded(f) for f in factors))
        case Quotient(numerator, denominator):
            above, below = folded(numerator), folded(denominator)
            if isinstance(below, Number) and below.value:
                return multiply(number(1 / below.value), above)
            return divide(above, below)
        case Power(base, exponent, at):
            return Power(folded(base), folded(exponent), at)
        case Call(function, arguments, at):
            return Call(function, tuple(folded(a) for a in arguments), at)
        case _:
            return expression
