"""Payoffs as quotients of polynomials in shares and parameters, and how such a quotient is written out.

What is no such quotient in the parameters alone, as exp(-r), is carried through as a symbol of its own.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction

from flint import fmpq

from separatrix.errors import ComesLater, InputError
from separatrix.exact.rational_functions import Ratio, Ring
from separatrix.expression.constants import Irrational
from separatrix.expression.evaluation import evaluate
from separatrix.expression.tree import (
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
)
from separatrix.game.fitness import strategy_payoffs
from separatrix.game.model import (
    FunctionForm,
    Game,
    GroupForm,
    PairwiseForm,
    Population,
    ProfileTable,
    SelfMatrix,
)
from separatrix.game.values import with_lets
from separatrix.run.cached_property import cached_property

__all__ = ["Formulas", "formulas_of", "too_long"]

MOST_TERMS = 20_000
"""Terms in the equations past which nobody reads them."""

MOST_MEMBERS = 9
"""Members of a group past which a sum over them says more than its expansion in powers."""

Exponents = tuple[int, ...]


@dataclass(frozen=True, eq=False)
class Formulas:
    """The payoffs of every strategy, in a ring whose first variables are the shares, all k of them.

    Attributes
    ----------
    payoffs : ``payoffs[i][a]`` is what strategy a of population i expects
    speeds : one factor a population
    opaque : names of the ring that stand for what is not rational in the parameters, or no rational number
    """

    game: Game
    ring: Ring
    payoffs: tuple[tuple[Ratio, ...], ...]
    speeds: tuple[Ratio, ...]
    opaque: Mapping[str, Expression] = field(default_factory=dict)

    def weights(self, population: Population) -> tuple[Ratio, ...]:
        """Return the share of each strategy of a population."""
        shares = tuple(self.ring.variable(s) for s in population.shares)
        if len(population.strategies) == 1:
            return (self.ring.constant(1),)
        return (shares[0], self.ring.constant(1) - shares[0]) if len(shares) == 1 else shares

    @cached_property
    def averages(self) -> tuple[Ratio, ...]:
        """What each population earns on average."""
        result = []
        for population, payoffs in zip(self.game.populations, self.payoffs, strict=True):
            total = self.ring.constant(0)
            for weight, payoff in zip(self.weights(population), payoffs, strict=True):
                total = total + weight * payoff
            result.append(total)
        return tuple(result)

    @cached_property
    def _parameters(self) -> Ring:
        return Ring(self.ring.names[len(self.game.shares) :])

    def written(self, value: Ratio, *, rising: bool = False) -> Expression:
        """Return a quotient as a polynomial in the shares with coefficients in the parameters.

        Terms come in falling order of their degree, or in rising order with a positive term in front.
        Where shares stand in the denominator it is a quotient of two such polynomials.
        """
        shares = len(self.game.shares)
        below = value.denominator
        if any(below.degrees()[:shares]):
            plain = self.ring.one
            top = self.written(Ratio(self.ring, value.numerator, plain), rising=rising)
            return divide(top, self.written(Ratio(self.ring, below, plain), rising=rising))
        inner = self._parameters
        under = inner.ratio(inner.context.from_dict({e[shares:]: c for e, c in below.to_dict().items()}))
        terms: dict[Exponents, dict[Exponents, fmpq]] = {}
        for exponents, factor in value.numerator.to_dict().items():
            terms.setdefault(exponents[:shares], {})[exponents[shares:]] = factor
        parts: list[tuple[Exponents, Expression]] = []
        for exponents, polynomial in terms.items():
            if not inner.names and under.value == 1:
                (whole,) = polynomial.values()
                parts.append((exponents, number(Fraction(int(whole.p), int(whole.q)))))
                continue
            coefficient = (inner.ratio(inner.context.from_dict(polynomial)) / under).expression()
            parts.append((exponents, substitute(coefficient, self.opaque) if self.opaque else coefficient))
        parts.sort(key=lambda t: ((1 if rising else -1) * sum(t[0]), [-e for e in t[0]]))
        if rising:
            first = next((k for k, (_, v) in enumerate(parts) if not _is_negative(v)), 0)
            parts.insert(0, parts.pop(first)) if parts else None
        return add(*(multiply(value, *self._monomial(e)) for e, value in parts))

    def _monomial(self, exponents: Exponents) -> Iterator[Expression]:
        for share, exponent in zip(self.game.shares, exponents, strict=True):
            if exponent:
                yield power(Name(share), int(exponent))


def _is_negative(value: Expression) -> bool:
    match value:
        case Number(size):
            return size < 0
        case Product((Number(size), *_)):
            return size < 0
        case Quotient(numerator, _):
            return _is_negative(numerator)
        case _:
            return False


def formulas_of(
    game: Game, values: Mapping[str, Fraction] | None = None, at: Mapping[str, Fraction] | None = None
) -> Formulas | None:
    """Return the payoffs of `game`, in symbols or with `values` in numbers.

    None where a payoff is no rational function of the shares, or where nobody could read the result.  The
    size of a group is taken from `values`, else from `at`.

    Raises
    ------
    ComesLater
        A502 where the size of a group has no value.
    InputError
        S003 for a division by zero, S002 where too many terms arise.
    """
    if too_long(game):
        return None
    payoffs = strategy_payoffs(game, values or at)
    if isinstance(game.form, GroupForm) and _degree(payoffs[0][0]) >= MOST_MEMBERS:
        return None
    opaque = _Opaque(game)
    try:
        if values is not None:
            known: dict[str, Expression] = {
                n: v.constant.expression() if isinstance(v, Irrational) else Number(v)
                for n, v in with_lets(game, values).items()
            }
            here = [[opaque.without(substitute(u, known)) for u in row] for row in payoffs]
            factors = [opaque.without(substitute(s, known)) for s in game.speeds]
            ring = Ring((*game.shares, *opaque.names))
            rows = [[ring.read(u) for u in row] for row in here]
            speeds = [ring.read(s) for s in factors]
            return Formulas(game, ring, tuple(map(tuple, rows)), tuple(speeds), opaque.names)
        lets = {n: opaque.without(game.lets[n]) for n in game.lets if n not in game.moving_lets}
        wanted = [[opaque.without(u) for u in row] for row in payoffs]
        factors = [opaque.without(s) for s in game.speeds]
        ring = Ring((*game.shares, *game.parameters, *opaque.names))
        meanings: dict[str, Ratio] = {}
        for name, meaning in lets.items():
            meanings[name] = ring.read(meaning, meanings)
        rows = [[ring.read(u, meanings) for u in row] for row in wanted]
        speeds = [ring.read(s, meanings) for s in factors]
        return Formulas(game, ring, tuple(map(tuple, rows)), tuple(speeds), opaque.names)
    except ComesLater as problem:
        if problem.code != "A501":
            raise
        return None


def too_long(game: Game) -> bool:
    """Whether the equations of a game have more terms than anybody reads."""
    sizes = game.space.sizes
    form = game.form
    match form.table if isinstance(form, FunctionForm) else form:
        case ProfileTable():
            return sum(sizes) * math.prod(sizes) > MOST_TERMS
        case SelfMatrix():
            return sizes[0] ** 3 > MOST_TERMS
        case PairwiseForm(matrices):
            return sum(sizes[i] ** 2 * sizes[j] for i, j in matrices) > MOST_TERMS
        case _:
            return False


def _degree(payoff: Expression) -> int:
    return len(payoff.terms) if isinstance(payoff, Sum) else 1


class _Opaque:
    """Stand-ins for what is not rational in the parameters; each is used for equal expressions."""

    def __init__(self, game: Game) -> None:
        self.game = game
        self.names: dict[str, Expression] = {}
        self._moving = {*game.shares, *game.moving_lets}

    def without(self, expression: Expression) -> Expression:
        """Return `expression` with stand-ins; what moves with the shares stays as it is."""
        match expression:
            case Call():
                return self._stand_in(expression)
            case Power(base, exponent, at):
                if not _is_whole(exponent):
                    return self._stand_in(expression)
                return Power(self.without(base), exponent, at)
            case Sum(terms):
                return Sum(tuple(self.without(t) for t in terms))
            case Product(factors):
                return Product(tuple(self.without(f) for f in factors))
            case Quotient(numerator, denominator, at):
                return Quotient(self.without(numerator), self.without(denominator), at)
            case _:
                return expression

    def _stand_in(self, expression: Expression) -> Expression:
        if self._moving.intersection(names_in(expression)):
            return expression
        if not names_in(expression):
            try:
                value = evaluate(expression, {})
            except InputError:
                return expression
            if not isinstance(value, Irrational):
                return Number(value)
        for name, meaning in self.names.items():
            if meaning == expression:
                return Name(name)
        # A null character cannot stand in a name that a person typed.
        self.names[f"\0{len(self.names)}"] = expression
        return Name(f"\0{len(self.names) - 1}")


def _is_whole(exponent: Expression) -> bool:
    if names_in(exponent):
        return False
    try:
        return evaluate(exponent, {}).denominator == 1
    except InputError:
        return False
