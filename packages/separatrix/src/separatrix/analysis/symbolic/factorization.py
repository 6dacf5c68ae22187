"""A game whose payoffs are affine in the shares, with parameters for numbers.

Populations of two strategies whose advantages are multilinear: their values at the corners of the cube.

Systems in which each equation fixes one share, or one share by another: solved from the known ones on.

Advantages that fall into factors of one or two shares each, for any number of populations that mix.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from flint import fmpq, fmpq_mpoly

from separatrix.analysis.replicator_equations import Corner, CornerTable, Formulas, formulas_of
from separatrix.errors import ComesLater, InputError
from separatrix.exact.rational_functions import Ratio, Ring
from separatrix.expression.conditions import FALSE, TRUE, Condition, Relation, all_of, any_of, holds
from separatrix.expression.tree import (
    Expression,
    Name,
    add,
    divide,
    multiply,
    names_in,
    negate,
    number,
    subtract,
    to_text,
)
from separatrix.game.fitness import last_shares
from separatrix.game.model import AdvantageForm, Game, ReplicatorForm
from separatrix.run.cached_property import cached_property

__all__ = [
    "AffineSymbols",
    "ChainStep",
    "BilinearLink",
    "ReadableQuotient",
    "SHORT",
    "SolvedChain",
    "Strategy",
    "affine_symbols",
    "combine",
    "corner_table",
    "exact",
    "follow",
    "inside",
    "poles_of",
    "read_formulas",
    "evaluate_constant_condition",
    "solve_factored",
]

Terms = Mapping[tuple[int, ...], fmpq]


def corner_table(formulas: Formulas) -> CornerTable | None:
    """Return the advantages at the corners; None where these do not say everything about them.

    They do where each population has two strategies, and its advantage is linear in the share of every
    other one and does not depend on its own.  One population against itself may depend on its own.

    Examples
    --------
    >>> from separatrix.analysis.symbolic.factorization import read_formulas
    >>> from separatrix.game.reader import load
    >>> game = load({"payoff_matrix": [["v - c", "2*v"], [0, "v"]], "parameters": {"v": {}, "c": {}}})
    >>> corner_table(read_formulas(game)).corners[0][(1,)].numerator
    v0 - v1
    """
    game = formulas.game
    n = len(game.populations)
    if not game.space.binary:
        return None
    ring = Ring(game.parameters)
    corners = []
    for i, (first, second) in enumerate(formulas.payoffs):
        advantage = first - second
        variables = [k for k in range(n) if k != i] or [i]
        if any(advantage.denominator.degrees()[:n]):
            return None
        degrees = advantage.numerator.degrees()[:n]
        if any(degree > (1 if k in variables else 0) for k, degree in enumerate(degrees)):
            return None
        below = ring.ratio(_part(ring, advantage.denominator.to_dict(), n, ()))
        table: dict[Corner, Ratio] = {}
        for corner in itertools.product((0, 1), repeat=len(variables)):
            zero = [k for k, share in zip(variables, corner, strict=True) if not share]
            above = _part(ring, advantage.numerator.to_dict(), n, tuple(zero))
            table[corner] = ring.ratio(above) / below
        corners.append(table)
    return CornerTable(ring, tuple(corners), poles_of(formulas, ring))


def _part(ring: Ring, terms: Terms, shares: int, zero: tuple[int, ...]) -> fmpq_mpoly:
    """A polynomial where some shares are 0 and the others 1."""
    result: dict[tuple[int, ...], fmpq] = {}
    for exponents, value in terms.items():
        if not any(exponents[k] for k in zero):
            rest = exponents[shares:]
            result[rest] = result.get(rest, fmpq(0)) + value
    return ring.context.from_dict({e: v for e, v in result.items() if v != 0})


def poles_of(formulas: Formulas, ring: Ring) -> tuple[fmpq_mpoly, ...]:
    """Return the denominators without shares, in payoffs, speeds and shorthands, each once."""
    game = formulas.game
    shares = len(game.shares)
    found: dict[str, fmpq_mpoly] = {}

    def note(denominator: fmpq_mpoly) -> None:
        if not denominator.is_constant():
            found[str(denominator)] = denominator

    known: dict[str, Ratio] = {}
    for name, meaning in game.lets.items():
        if name not in game.moving_lets:
            known[name] = ring.read(meaning, known)
            note(known[name].denominator)
    for value in (*(u for row in formulas.payoffs for u in row), *formulas.speeds):
        if not any(value.denominator.degrees()[:shares]):
            note(_part(ring, value.denominator.to_dict(), shares, ()))
    return tuple(found.values())


Strategy = tuple[int, int]
"""A population and the index of one of its strategies."""

Matrix = tuple[tuple[Ratio, ...], ...]


@dataclass(frozen=True, eq=False)
class AffineSymbols:
    """Payoffs u = M x up to what all strategies of a population earn alike; x holds every share.

    Attributes
    ----------
    game : Game
    ring : Ring
        In the game's parameters.
    speeds : one positive factor a population
    rows : ``rows[i][a][k]`` is the coefficient of share number k in the payoff of strategy a of
        population i, minus that of its first strategy
    poles : denominators in the payoffs; the game is undefined where one vanishes
    """

    game: Game
    ring: Ring
    speeds: tuple[Ratio, ...]
    rows: tuple[Matrix, ...]
    poles: tuple[fmpq_mpoly, ...]

    @cached_property
    def sizes(self) -> tuple[int, ...]:
        """The number of strategies of each population."""
        return self.game.space.sizes

    @property
    def tabled(self) -> bool:
        """Whether these are payoffs of a game, not advantages or equations alone."""
        return not isinstance(self.game.form, AdvantageForm | ReplicatorForm)

    @cached_property
    def own_play(self) -> tuple[bool, ...]:
        """For each population whether its advantages depend on its own shares."""
        return tuple(
            any(
                self.gain((i, a), (i, 0), (i, b)) != self.gain((i, a), (i, 0), (i, 0))
                for a in range(size)
                for b in range(size)
            )
            for i, size in enumerate(self.sizes)
        )

    def gain(self, one: Strategy, other: Strategy, met: Strategy) -> Ratio:
        """Return the coefficient of the share of `met` in the payoff of `one` minus that of `other`."""
        column: int = self.game.space.strategy_slices[met[0]].start + met[1]
        rows = self.rows[one[0]]
        return rows[one[1]][column] - rows[other[1]][column]

    def share(self, strategy: Strategy) -> Expression:
        """Return the share of a strategy: ``x`` and ``1 - x``, or one of the k shares of more than two."""
        population = self.game.populations[strategy[0]]
        if population.binary:
            x = Name(population.share)
            return x if strategy[1] == 0 else subtract(number(1), x)
        return Name(population.shares[strategy[1]])


def read_formulas(game: Game) -> Formulas:
    """Return the payoffs in the shares and the parameters.

    Raises
    ------
    ComesLater
        A501 where they are not rational in the parameters, A503 where they are not in the shares, A502
        for a group whose size is a symbol.
    """
    formulas = formulas_of(game)
    if formulas is None:
        raise ComesLater(
            "A503",
            "some payoff is not a rational function of the shares, or too long to expand: "
            "symbolic analysis is not supported yet",
            hint="give the parameters values and omit --symbolic",
        )
    for expression in formulas.opaque.values():
        raise ComesLater(
            "A501",
            f"`{to_text(expression)}` is not a rational function of the parameters; its exact symbolic "
            "analysis comes later",
            hint="give the parameters values and omit --symbolic",
        )
    return formulas


def affine_symbols(formulas: Formulas) -> AffineSymbols | None:
    """Return the game as a matrix over the parameters; None where some advantage is not affine.

    Examples
    --------
    >>> from separatrix.game.reader import load
    >>> game = load({"payoff_matrix": [["v - c", "2*v"], [0, "v"]], "parameters": {"v": {}, "c": {}}})
    >>> table = affine_symbols(read_formulas(game))
    >>> table.gain((0, 0), (0, 1), (0, 0)).numerator
    v0 - v1
    """
    game = formulas.game
    ring = Ring(game.parameters)
    shares = len(game.shares)
    last = _last_shares(formulas)
    starts = [place.start for place in game.space.strategy_slices]
    width = sum(game.space.sizes)
    # Which share number each variable of the ring stands for.
    column = [starts[i] + a for i, a in game.space.strategies]
    rows = []
    for i, payoffs in enumerate(formulas.payoffs):
        home = next((j for j in range(len(starts)) if j != i), i)
        constant_columns = [starts[home] + b for b in range(len(game.populations[home].strategies))]
        matrix = []
        for payoff in payoffs:
            advantage = _reduced(payoff - payoffs[0], last, shares)
            if any(advantage.denominator.degrees()[:shares]):
                return None
            below = _slice(ring, advantage.denominator.to_dict(), shares)
            parts: list[dict[tuple[int, ...], fmpq]] = [{} for _ in range(width)]
            for exponents, coefficient in advantage.numerator.to_dict().items():
                degree = sum(exponents[:shares])
                if degree > 1:
                    return None
                at = [column[exponents[:shares].index(1)]] if degree else constant_columns
                for k in at:
                    parts[k][exponents[shares:]] = parts[k].get(exponents[shares:], fmpq(0)) + coefficient
            matrix.append(tuple(_quotient(ring, part, below) for part in parts))
        rows.append(tuple(matrix))
    speeds = []
    for speed in formulas.speeds:
        below = _slice(ring, speed.denominator.to_dict(), shares)
        speeds.append(_quotient(ring, {e[shares:]: c for e, c in speed.numerator.to_dict().items()}, below))
    return AffineSymbols(game, ring, tuple(speeds), tuple(rows), poles_of(formulas, ring))


def _slice(ring: Ring, terms: dict[tuple[int, ...], fmpq], shares: int) -> fmpq_mpoly:
    return ring.context.from_dict({e[shares:]: c for e, c in terms.items()})


def _quotient(ring: Ring, terms: dict[tuple[int, ...], fmpq], below: fmpq_mpoly) -> Ratio:
    return ring.ratio(ring.context.from_dict(terms), below)


def _last_shares(formulas: Formulas) -> dict[int, fmpq_mpoly]:
    """The variable of the last of k > 2 shares -> one minus the other shares."""
    game = formulas.game
    return {
        game.shares.index(name): rest.numerator
        for name, rest in last_shares(game, formulas.ring).items()
        if rest.value is None
    }


def _reduced(value: Ratio, last: dict[int, fmpq_mpoly], shares: int) -> Ratio:
    """Write the last shares out, where only that can show that a quotient is affine."""
    ring = value.ring
    used = value.numerator.degrees()
    degree = max((sum(e[:shares]) for e in value.numerator.to_dict()), default=0)
    if degree <= 1 or not any(used[k] for k in last):
        return value
    images = [last.get(k, variable) for k, variable in enumerate(ring.context.gens())]
    return ring.ratio(value.numerator.compose(*images), value.denominator)


SHORT = 40
"""A polynomial of at most so many terms is multiplied out; a longer one stays a product of sums."""


@dataclass(frozen=True)
class ReadableQuotient:
    """A quotient, exact, with a readable way to write it."""

    ratio: Ratio
    text: Expression

    @property
    def is_zero(self) -> bool:
        """Whether it vanishes identically."""
        return self.ratio.is_zero


def exact(ratio: Ratio) -> ReadableQuotient:
    """Return a quotient as it is."""
    return ReadableQuotient(ratio, ratio.expression())


MOST_PRODUCTS = 4_000_000
"""Products of terms past which a sum is not multiplied out: so many take seconds."""


def combine(*terms: tuple[int, tuple[ReadableQuotient, ...]]) -> ReadableQuotient:
    """Return Σ sign·Π factors; written multiplied out only where that is short.

    Raises
    ------
    InputError
        S002 where it has too many terms.
    """
    ring = terms[0][1][0].ratio.ring
    for _, factors in terms:
        if math.prod(len(f.ratio.numerator) for f in factors) > MOST_PRODUCTS:
            raise InputError("S002", f"an expression of more than {MOST_PRODUCTS:,} products arises")
    total = ring.constant(0)
    texts = []
    for sign, factors in terms:
        product = ring.constant(sign)
        for factor in factors:
            product = product * factor.ratio
        total = total + product
        if not product.is_zero:
            written = multiply(*(f.text for f in factors))
            texts.append(written if sign > 0 else negate(written))
    short = len(total.numerator) + len(total.denominator) <= SHORT or not texts
    return ReadableQuotient(total, total.expression() if short else add(*texts))


@dataclass(frozen=True)
class ChainStep:
    """p + q·x_u = 0."""

    u: int
    p: ReadableQuotient
    q: ReadableQuotient


@dataclass(frozen=True)
class BilinearLink:
    """p + q·x_u + r·x_v + s·x_u·x_v = 0."""

    u: int
    v: int
    p: ReadableQuotient
    q: ReadableQuotient
    r: ReadableQuotient
    s: ReadableQuotient


@dataclass(frozen=True)
class SolvedChain:
    """The shares that the steps determine, and the conditions under which they do and lie inside."""

    shares: tuple[Expression, ...]
    conditions: tuple[Condition, ...]


def follow(
    steps: Sequence[ChainStep | BilinearLink], size: int, is_: Callable[[ReadableQuotient, str], Condition]
) -> SolvedChain | Condition | None:
    """Return what the steps determine.

    Parameters
    ----------
    steps : one an equation
    size : the number of shares
    is_ : writes the sign of a quantity

    Returns
    -------
    SolvedChain, Condition or None
        The shares; or, where the steps do not determine them, when they hold nevertheless; or None where
        the steps run in a circle.
    """
    known: dict[int, Expression] = {}
    conditions: list[Condition] = []
    for step in steps:
        if isinstance(step, ChainStep):
            value = divide(negate(step.p.text), step.q.text)
            if step.u in known:
                same = Relation(known[step.u], "==", value)
                return all_of(*conditions, is_(step.q, "!="), same)
            known[step.u] = value
            conditions += [is_(step.q, "!="), *inside(value)]
    pending = [step for step in steps if isinstance(step, BilinearLink)]
    while pending:
        ready = [s for s in pending if s.u in known or s.v in known]
        if not ready:
            return None
        link = ready[0]
        pending.remove(link)
        if link.u in known and link.v in known:
            u, v = known[link.u], known[link.v]
            total = add(
                link.p.text,
                multiply(link.q.text, u),
                multiply(link.r.text, v),
                multiply(link.s.text, u, v),
            )
            return all_of(*conditions, Relation(total, "==", number(0)))
        if link.u in known:
            at, target = known[link.u], link.v
            top = add(link.p.text, multiply(link.q.text, at))
            below = add(link.r.text, multiply(link.s.text, at))
        else:
            at, target = known[link.v], link.u
            top = add(link.p.text, multiply(link.r.text, at))
            below = add(link.q.text, multiply(link.s.text, at))
        known[target] = divide(negate(top), below)
        conditions += [Relation(below, "!=", number(0)), *inside(known[target])]
    if len(known) < size:
        return TRUE
    return SolvedChain(tuple(known[i] for i in range(size)), tuple(conditions))


def inside(value: Expression) -> tuple[Condition, Condition]:
    """Return the conditions that a share lies strictly between 0 and 1."""
    return Relation(number(0), "<", value), Relation(value, "<", number(1))


def evaluate_constant_condition(condition: Condition) -> Condition:
    """Return a relation between numbers as true or false, any other condition as it is."""
    if isinstance(condition, Relation) and not names_in(condition.left) and not names_in(condition.right):
        try:
            return TRUE if holds(condition, {}) else FALSE
        except InputError:  # an irrational number: left as written
            return condition
    return condition


Coefficients = Mapping[frozenset[int], Ratio]
"""The coefficient of each product of shares."""

Sign = Callable[[ReadableQuotient, str], Condition]


def solve_factored(
    advantages: Sequence[Coefficients], ring: Ring, is_: Sign
) -> tuple[list[SolvedChain], Condition] | None:
    """Return the points at which all advantages vanish, and when there may be more.

    Parameters
    ----------
    advantages : one a population that mixes, multilinear in the shares of the others
    ring : of the coefficients
    is_ : writes the sign of a quantity

    Returns
    -------
    (points, degenerate) or None
        None where some advantage has a factor of three shares or more, or where the equations run in a
        circle: no closed form exists in general.
    """
    count = len(advantages)
    options: list[list[ChainStep | BilinearLink]] = []
    degenerate: list[Condition] = []
    for advantage in advantages:
        content, factors = _factors(advantage, ring, count)
        if content.is_zero:
            continue  # this advantage vanishes everywhere
        degenerate.append(is_(exact(content), "=="))
        choices = []
        for factor in factors:
            step = _step(factor, ring, count)
            if step is None:
                return None
            choices.append(step)
            degenerate.append(_gone(step, is_))
        if not choices:
            return [], is_(exact(content), "==")
        options.append(choices)
    points = []
    for choice in itertools.product(*options):
        solved = follow(choice, count, is_)
        if solved is None:
            return None
        if isinstance(solved, SolvedChain):
            points.append(solved)
        else:
            degenerate.append(solved)
    return points, any_of(*degenerate)


def _factors(advantage: Coefficients, ring: Ring, count: int) -> tuple[Ratio, list[fmpq_mpoly]]:
    """Split an advantage into a factor without shares and irreducible ones in a ring of shares first."""
    wide = Ring((*(f"\0{k}" for k in range(count)), *ring.names))
    below = ring.one
    for value in advantage.values():
        below = below * (value.denominator / below.gcd(value.denominator))
    terms: dict[tuple[int, ...], fmpq] = {}
    for shares, value in advantage.items():
        head = tuple(int(k in shares) for k in range(count))
        for exponents, coefficient in (value.numerator * (below / value.denominator)).to_dict().items():
            terms[(*head, *exponents)] = coefficient
    whole = wide.context.from_dict(terms)
    if not whole:
        return ring.constant(0), []
    constant, found = whole.factor()
    content = ring.ratio(ring.one * constant, below)
    factors = []
    for factor, exponent in found:
        if any(factor.degrees()[:count]):
            factors.append(factor)
        else:
            plain = ring.context.from_dict({e[count:]: c for e, c in factor.to_dict().items()})
            content = content * ring.ratio(plain**exponent)
    return content, factors


def _step(factor: fmpq_mpoly, ring: Ring, count: int) -> ChainStep | BilinearLink | None:
    """A factor of one or two shares as an equation."""
    used = [k for k, degree in enumerate(factor.degrees()[:count]) if degree]
    if len(used) > 2:
        return None
    parts: dict[frozenset[int], dict[tuple[int, ...], fmpq]] = {}
    for exponents, coefficient in factor.to_dict().items():
        shares = frozenset(k for k in used if exponents[k])
        parts.setdefault(shares, {})[exponents[count:]] = coefficient

    def part(*shares: int) -> ReadableQuotient:
        return exact(ring.ratio(ring.context.from_dict(parts.get(frozenset(shares), {}))))

    if len(used) == 1:
        (u,) = used
        return ChainStep(u, part(), part(u))
    u, v = used
    return BilinearLink(u, v, part(), part(u), part(v), part(u, v))


def _gone(step: ChainStep | BilinearLink, is_: Sign) -> Condition:
    """When an equation says nothing of a share, or is no one-to-one relation of two."""
    if isinstance(step, ChainStep):
        return all_of(is_(step.p, "=="), is_(step.q, "=="))
    return is_(combine((1, (step.p, step.s)), (-1, (step.q, step.r))), "==")
