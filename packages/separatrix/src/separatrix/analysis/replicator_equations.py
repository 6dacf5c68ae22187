"""Expected payoffs, advantages, replicator equations and Jacobian, written as papers write them.

Reference: Taylor & Jonker (1978), Mathematical Biosciences 40, 145-156; for several populations Hofbauer
& Sigmund (1998), chapter 10.

Payoffs as quotients of polynomials in shares and parameters, and how such a quotient is written out.

An expression in the parameters alone that is not such a quotient, as exp(-r), becomes a symbol of its own.

The numbers behind a game of two strategies each: advantages at the corners of the cube.

The payoff advantage f_i of the first over the second strategy of population i is multilinear in the
shares of the others, so its values at their pure profiles say everything about it.

The advantages of two-strategy populations at the corners of the cube, in numbers or in symbols.

The advantage of a population is the payoff of its first strategy minus that of its second.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from flint import fmpq, fmpq_mpoly

from separatrix.errors import ComesLater, InputError
from separatrix.exact.algebraic_numbers import Exact
from separatrix.exact.rational_functions import Ratio, Ring
from separatrix.expression.constants import Irrational, Unseparated
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
    subtract,
)
from separatrix.game.fitness import folded, strategy_payoffs, table_payoffs, weights
from separatrix.game.model import (
    AdvantageForm,
    FunctionForm,
    Game,
    GroupForm,
    PairwiseForm,
    Population,
    ProfileTable,
    ReplicatorForm,
    SelfMatrix,
)
from separatrix.game.values import evaluate_in, expand, expand_moving, with_lets
from separatrix.run.cached_property import cached_property

__all__ = [
    "Corner",
    "CornerTable",
    "Formulas",
    "Multilinear",
    "Payoff",
    "advantages",
    "coefficients",
    "corner_payoffs",
    "corner_values",
    "differences",
    "expected_payoffs",
    "formulas_of",
    "jacobian",
    "replicator_equations",
    "too_long",
]

Corner = tuple[int, ...]


def differences(corners: Mapping[Corner, Any]) -> dict[Corner, Any]:
    """Return the coefficients of a multilinear function from its values at the corners, by exponents.

    Möbius inversion over the subsets of the variables, one axis at a time.
    """
    result = dict(corners)
    for axis in range(len(next(iter(result)))):
        for corner in result:
            if corner[axis]:
                result[corner] = result[corner] - result[(*corner[:axis], 0, *corner[axis + 1 :])]
    return result


def _is_zero(value: Any) -> bool:
    """Whether a coefficient vanishes; one of unknown sign is carried on."""
    try:
        return bool(value == 0)
    except Unseparated:
        return False


@dataclass(frozen=True)
class Multilinear:
    """Advantages of n populations with two strategies each that do not play themselves.

    Attributes
    ----------
    corners : one mapping a population
        From the shares (0 or 1) of the *other* populations, in order, to f_i there.
    """

    corners: tuple[Mapping[Corner, fmpq], ...]

    @property
    def n(self) -> int:
        """The number of populations."""
        return len(self.corners)

    @cached_property
    def coefficients(self) -> tuple[dict[frozenset[int], fmpq], ...]:
        """For each population, the nonzero coefficient of every product of others' shares."""
        return tuple(self._coefficients(i) for i in range(self.n))

    def _coefficients(self, i: int) -> dict[frozenset[int], fmpq]:
        others = [j for j in range(self.n) if j != i]
        return {
            frozenset(itertools.compress(others, corner)): value
            for corner, value in differences(self.corners[i]).items()
            if not _is_zero(value)
        }

    def at(self, i: int, state: tuple[Exact, ...]) -> Exact:
        """Return f_i at a state (the own share does not matter)."""
        return self._derivative(i, state)

    def slope(self, i: int, j: int, state: tuple[Exact, ...]) -> Exact:
        """Return the derivative of f_i by the share of population j at a state."""
        return self._derivative(i, state, j)

    def second(self, i: int, j: int, k: int, state: tuple[Exact, ...]) -> Exact:
        """Return the mixed second derivative of f_i by the shares of j and k at a state."""
        return self._derivative(i, state, j, k)

    def _derivative(self, i: int, state: tuple[Exact, ...], *by: int) -> Exact:
        total: Exact = fmpq(0)
        for subset, value in self.coefficients[i].items():
            if subset.issuperset(by):
                term: Exact = value
                for k in subset.difference(by):
                    term = term * state[k]
                total = total + term
        return total

    def restricted(self, i: int, fixed: Mapping[int, Exact]) -> dict[frozenset[int], Exact]:
        """Return the nonzero coefficients of f_i in the shares that `fixed` leaves free."""
        result: dict[frozenset[int], Exact] = {}
        for subset, value in self.coefficients[i].items():
            term: Exact = value
            for j in subset:
                if j in fixed:
                    term = term * fixed[j]
            if _is_zero(term):
                continue
            left = frozenset(j for j in subset if j not in fixed)
            result[left] = result[left] + term if left in result else term
        return {k: v for k, v in result.items() if not _is_zero(v)}


@dataclass(frozen=True)
class CornerTable:
    """Advantages at the corners, as quotients in the parameters.

    ``corners[i]`` maps the shares (0 or 1) of the other populations to f_i there.  For one population
    against itself the single entry maps its *own* share.
    """

    ring: Ring
    corners: tuple[Mapping[Corner, Ratio], ...]
    poles: tuple[fmpq_mpoly, ...] = ()
    """Denominators in the payoffs: the game is undefined where one vanishes."""


def corner_payoffs(game: Game) -> tuple[dict[Corner, tuple[Expression, Expression]], ...]:
    """Return, for a game with a payoff table, the payoffs of both strategies at every corner."""
    form = game.form
    if isinstance(form, SelfMatrix):
        # Column 0 is met where everyone plays the first strategy: share 1.
        return ({(1 - j,): (form.rows[0][j], form.rows[1][j]) for j in (0, 1)},)
    n, pay = len(game.populations), game.pay
    result = []
    for i in range(n):
        table: dict[Corner, tuple[Expression, Expression]] = {}
        for corner in itertools.product((0, 1), repeat=n - 1):
            others = [1 - share for share in corner]
            first, second = ((*others[:i], own, *others[i:]) for own in (0, 1))
            table[corner] = (pay[first][i], pay[second][i])
        result.append(table)
    return tuple(result)


def corner_values(game: Game, values: Mapping[str, Fraction]) -> tuple[dict[Corner, Fraction], ...]:
    """Return the advantages at the corners of a game with a payoff table, as exact numbers.

    Raises
    ------
    InputError
        S003, S004 where a payoff divides by zero or is not rational at these values.
    """
    return tuple(
        {
            c: evaluate_in(game, what, first, values) - evaluate_in(game, what, second, values)
            for c, (first, second) in table.items()
        }
        for what, table in zip(
            (f"a payoff of {p.name}" for p in game.populations), corner_payoffs(game), strict=True
        )
    )


MOST_TERMS = 20_000
"""Limit on the terms in the equations: longer ones are unreadable."""

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

    def collect_shares(self, value: Ratio, *, rising: bool = False) -> Expression:
        """Return a quotient as a polynomial in the shares with coefficients in the parameters.

        Terms come in falling order of their degree, or in rising order with a positive term in front. Where
        shares appear in the denominator it is a quotient of two such polynomials.
        """
        shares = len(self.game.shares)
        below = value.denominator
        if any(below.degrees()[:shares]):
            plain = self.ring.one
            top = self.collect_shares(Ratio(self.ring, value.numerator, plain), rising=rising)
            return divide(top, self.collect_shares(Ratio(self.ring, below, plain), rising=rising))
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

    None where a payoff is not a rational function of the shares, or where the result would be too long to
    read. The size of a group is taken from `values`, else from `at`.

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
            here = [[opaque.replace_opaque(substitute(u, known)) for u in row] for row in payoffs]
            factors = [opaque.replace_opaque(substitute(s, known)) for s in game.speeds]
            ring = Ring((*game.shares, *opaque.names))
            rows = [[ring.read(u) for u in row] for row in here]
            speeds = [ring.read(s) for s in factors]
            return Formulas(game, ring, tuple(map(tuple, rows)), tuple(speeds), opaque.names)
        lets = {n: opaque.replace_opaque(game.lets[n]) for n in game.lets if n not in game.moving_lets}
        wanted = [[opaque.replace_opaque(u) for u in row] for row in payoffs]
        factors = [opaque.replace_opaque(s) for s in game.speeds]
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
    """Whether the equations of a game have too many terms to read."""
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

    def replace_opaque(self, expression: Expression) -> Expression:
        """Return `expression` with stand-ins; what moves with the shares stays as it is."""
        match expression:
            case Call():
                return self._stand_in(expression)
            case Power(base, exponent, at):
                if not _is_whole(exponent):
                    return self._stand_in(expression)
                return Power(self.replace_opaque(base), exponent, at)
            case Sum(terms):
                return Sum(tuple(self.replace_opaque(t) for t in terms))
            case Product(factors):
                return Product(tuple(self.replace_opaque(f) for f in factors))
            case Quotient(numerator, denominator, at):
                return Quotient(self.replace_opaque(numerator), self.replace_opaque(denominator), at)
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


ONE, ZERO = number(1), number(0)

MOST_SHARES = 24
"""Limit on the shares in a Jacobian: a larger one is unreadable."""

Values = Mapping[str, Fraction] | None


@dataclass(frozen=True)
class Payoff:
    """Expected payoffs of one population: a strategy each, and their average."""

    strategies: Mapping[str, Expression]
    average: Expression


def expected_payoffs(game: Game, values: Values = None, at: Values = None) -> dict[str, Payoff]:
    """Return U of each strategy and the average of each population; empty without a payoff table.

    In symbols the shorthands of the file stay unexpanded.

    Empty, too, where the size of a group is a symbol: then the number of terms is open.

    Parameters
    ----------
    game : Game
    values : mapping of parameter to number, optional
        Where given, payoffs are in numbers.
    at : mapping of parameter to number, optional
        Used in symbols, for what must be a number: the size of a group.
    """
    if isinstance(game.form, AdvantageForm | ReplicatorForm) or _size_is_open(game, values or at):
        return {}
    known = None if values is None else with_lets(game, values)
    shares = set(game.shares)
    numbers = {name: Number(value) for name, value in (known or {}).items()}

    def payoff_with_numbers(pay: Expression) -> Expression:
        if known is None:
            return expand_moving(game, pay)
        full = expand(game, pay)
        if shares.isdisjoint(names_in(full)):
            return number(evaluate(full, known))
        return folded(substitute(full, numbers))

    result: dict[str, Payoff] = {}
    rows = table_payoffs(game, payoff_with_numbers, values or at)
    for population, row in zip(game.populations, rows, strict=True):
        average = add(*(multiply(w, u) for w, u in zip(weights(population), row, strict=True)))
        expected = {s.name: u for s, u in zip(population.strategies, row, strict=True)}
        result[population.name] = Payoff(expected, average)
    return result


def advantages(game: Game, values: Values = None, at: Values = None) -> dict[str, Expression]:
    """Return, for each population of two strategies, the payoff of the first minus that of the second.

    Keys are shares.  In symbols, or with `values` in numbers; `at` as in `expected_payoffs`.  Empty where
    that gives more than 20,000 terms, or where the size of a group is a symbol.
    """
    if too_long(game) or _size_is_open(game, values or at):
        return {}
    return _advantages(game, _readable(game, values, at), values, at)


def _readable(game: Game, values: Values, at: Values) -> Formulas | None:
    """The payoffs multiplied out; None where they are not, or where that has too many terms."""
    try:
        return formulas_of(game, values, at)
    except InputError as problem:
        if problem.code != "S002":
            raise
        return None


def _size_is_open(game: Game, known: Values) -> bool:
    """Whether payoffs come from groups whose size is a symbol without a value."""
    if not isinstance(game.form, GroupForm):
        return False
    return any(name not in (known or {}) for name in names_in(expand(game, game.form.size)))


def _advantages(game: Game, formulas: Formulas | None, values: Values, at: Values) -> dict[str, Expression]:
    two = [i for i, p in enumerate(game.populations) if p.binary]
    if formulas is not None:
        return {game.populations[i].share: formulas.collect_shares(_advantage(formulas, i)) for i in two}
    if isinstance(game.form, GroupForm) and two:
        first, second = game.form.payoffs
        between = GroupForm(game.form.size, (subtract(first, second), ZERO))
        rows = _plain(game, between, values, at)
    else:
        rows = _plain(game, None, values, at) if two else ()
    return {game.populations[i].share: subtract(*rows[i]) for i in two}


def _advantage(formulas: Formulas, i: int) -> Ratio:
    first, second = formulas.payoffs[i]
    return first - second


def _plain(
    game: Game, form: GroupForm | None, values: Values, at: Values
) -> tuple[tuple[Expression, ...], ...]:
    """Expected payoffs as sums over what can be met, neither multiplied out nor collected."""
    from dataclasses import replace

    shown = game if form is None else replace(game, form=form)
    if values is None:
        return tuple(tuple(expand(game, u) for u in row) for row in strategy_payoffs(shown, at))
    known: dict[str, Expression] = {n: Number(v) for n, v in with_lets(game, values).items()}
    rows = strategy_payoffs(shown, values)
    return tuple(tuple(folded(substitute(u, known)) for u in row) for row in rows)


def replicator_equations(game: Game, values: Values = None, at: Values = None) -> dict[str, Expression]:
    """Return the rate of change of each share.

    For two strategies x(1-x) times the advantage of the first; for more, the share of a strategy times
    what it earns above the average of its population.  In symbols, or with `values` in numbers; `at` as in
    `expected_payoffs`.  Empty where that gives more than 20,000 terms.

    References
    ----------
    Taylor & Jonker (1978), equation 1; Hofbauer & Sigmund (1998), sections 7.1 and 10.1.

    Examples
    --------
    >>> from separatrix.expression.tree import to_text
    >>> from separatrix.game.reader import load
    >>> game = load(
    ...     {
    ...         "payoff_matrix": [[0, "-a", "b"], ["b", 0, "-a"], ["-a", "b", 0]],
    ...         "parameters": {"a": None, "b": None},
    ...     }
    ... )
    >>> to_text(replicator_equations(game, {"a": Fraction(1), "b": Fraction(1)})["x_1"])
    'x_1*(x_3 - x_2)'
    """
    if too_long(game) or _size_is_open(game, values or at):
        return {}
    formulas = _readable(game, values, at)
    advantage = _advantages(game, formulas, values, at)
    rows = _plain(game, None, values, at) if formulas is None else ()
    result: dict[str, Expression] = {}
    for i, population in enumerate(game.populations):
        speed = _speed(game, i, values)
        if population.binary:
            x, f = Name(population.share), advantage[population.share]
            result[population.share] = multiply(speed, x, subtract(ONE, x), f) if f != ZERO else ZERO
            continue
        for a, share in enumerate(population.shares):
            if formulas is not None:
                gain = formulas.collect_shares(_excess(formulas, i, a), rising=True)
            else:
                own = weights(population)
                average = add(*(multiply(w, u) for w, u in zip(own, rows[i], strict=True)))
                gain = subtract(rows[i][a], average)
            result[share] = multiply(speed, Name(share), gain)
    return result


def _excess(formulas: Formulas, i: int, a: int) -> Ratio:
    """What a strategy earns above the average; equations give growth rates, whose average is zero."""
    if isinstance(formulas.game.form, ReplicatorForm):
        return formulas.payoffs[i][a]
    return formulas.payoffs[i][a] - formulas.averages[i]


def _speed(game: Game, i: int, values: Values) -> Expression:
    speed = expand(game, game.speeds[i])
    return speed if values is None else number(evaluate(speed, values))


def jacobian(game: Game, values: Values = None, at: Values = None) -> tuple[tuple[Expression, ...], ...]:
    """Return d(rate of row)/d(share of column), in symbols or with `values` in numbers.

    Rows and columns are ``game.shares``. The k shares of a population of more than two strategies count as
    k coordinates of the formula in `replicator_equations`: applied to a direction whose entries add up to
    zero in each population it is the derivative within the state space, whatever multiple of that sum one
    adds to the formula. Empty where a payoff is not a rational function of the shares.
    """
    formulas = None if _size_is_open(game, values or at) else _readable(game, values, at)
    if formulas is None:
        return ()
    rows = []
    for i, population in enumerate(game.populations):
        speed = formulas.collect_shares(formulas.speeds[i])
        for a, share in enumerate(population.shares):
            if population.binary:
                gain = _advantage(formulas, i)
                spread: tuple[Expression, ...] = (Name(share), subtract(ONE, Name(share)))
                slope: tuple[Expression, ...] = (subtract(ONE, multiply(number(2), Name(share))),)
            else:
                gain, spread, slope = _excess(formulas, i, a), (Name(share),), ()
            row = []
            for other in game.shares:
                entry: Expression = formulas.collect_shares(gain.derivative(other))
                if entry != ZERO:
                    entry = multiply(speed, *spread, entry)
                if other == share and not gain.is_zero:
                    entry = add(multiply(speed, *slope, formulas.collect_shares(gain)), entry)
                row.append(entry)
            rows.append(tuple(row))
    return tuple(rows)


def coefficients(table: CornerTable) -> tuple[dict[Corner, Ratio], ...]:
    """Return the coefficients of each advantage: from exponents of the variables (0 or 1) to quotients."""
    return tuple(
        {c: v for c, v in differences(corners).items() if not v.is_zero} for corners in table.corners
    )
