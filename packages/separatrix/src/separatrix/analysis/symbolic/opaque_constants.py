"""Irrational constants of parameters in symbols: opaque parameters with certified facts.

p^g, exp(a) or sqrt(2) get names, after powers, exponentials and logarithms of sums and products are split:
exp(g·log(p)) is p^g, and p^(1 - 2g) is p/(p^g)².  What is proven of them (their sign, on which side of 1
they lie, that sqrt(2)² = 2, or a narrow interval around a number) joins the assumptions.  The answer is then
written with the constants put back.  A regime of the named game is one of the true game only if true
parameters lie in it.
"""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass, replace
from fractions import Fraction
from typing import Any

from separatrix.analysis.assumptions import Assumptions
from separatrix.analysis.results import Completeness, Regime, Warning
from separatrix.analysis.symbolic.answer import SymbolicAnswer, Writer
from separatrix.errors import ComesLater, InputError
from separatrix.exact.algebraic_numbers import enclosure, exact
from separatrix.exact.rational_functions import Ring
from separatrix.expression.conditions import Condition, Relation, condition_text, holds, with_sides
from separatrix.expression.constants import Irrational
from separatrix.expression.evaluation import evaluate
from separatrix.expression.tree import (
    ONE,
    ZERO,
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
)
from separatrix.game.model import Game, Parameter
from separatrix.run.limits import poll, seconds_left
from separatrix.sentences import say, together

__all__ = ["OpaqueConstants", "name_constants"]

TRIES = 3_000
"""True parameters among which a witness of a regime is looked for."""

BITS = 60
"""Of the rational interval around a constant that is a number."""

FUNCTIONS = ("exp", "log", "sqrt")

MOST_SPLIT = 16
"""Terms past which an exponent is not split: products of sums grow fast."""


@dataclass(frozen=True)
class OpaqueConstants:
    """A game in which constants are parameters, and what each stands for.

    Attributes
    ----------
    game : Game
        With the constants as parameters, and the facts about them as assumptions.
    true : Game
    meanings : mapping of the name of a constant to what it stands for, in parameters
    domain : conditions under which the constants are real numbers, where the assumptions do not say so
    """

    game: Game
    true: Game
    meanings: Mapping[str, Expression]
    domain: tuple[Condition, ...]

    def with_constants(self, values: Mapping[str, Fraction] | None) -> Mapping[str, Fraction] | None:
        """Return values of the parameters with those of the constants; None where one is not real."""
        if values is None:
            return None
        try:
            return {**values, **{n: evaluate(m, values) for n, m in self.meanings.items()}}
        except (InputError, KeyError):
            return None

    def in_parameters(self, answer: SymbolicAnswer) -> SymbolicAnswer:
        """Return an answer of the named game in the true parameters, with the regimes that have a witness."""
        writer = Writer(lambda expression: substitute(expression, self.meanings))
        regimes: list[Regime] = []
        lost = 0
        for regime in answer.regimes:
            witness = self._witness(regime)
            if witness is None:
                lost += 1
            else:
                regimes.append(writer.regime(replace(regime, witness=witness)))
        whole = answer.regimes_completeness
        if lost:
            text = say(
                "Not complete: {count} further sets of states fit what is certified of the irrational "
                "constants, but no parameters were found at which they occur.",
                count=lost,
            )
            whole = Completeness("incomplete", together([whole.proof, text]))
        domain = (
            Warning(
                "A506",
                say(
                    "a payoff is a real number only where `{condition}`; other parameters are excluded",
                    condition=condition_text(with_sides(c, lambda e: substitute(e, self.meanings))),
                ),
            )
            for c in self.domain
        )
        return replace(
            answer,
            found=writer.rewrite_answer(answer.found),
            regimes=tuple(regimes),
            regimes_completeness=whole,
            warnings=(*answer.warnings, *domain),
            definitions={n: writer.rewrite(e) for n, e in answer.definitions.items()},
        )

    # ----------------------------------------------------------------- witnesses

    def _witness(self, regime: Regime) -> Mapping[str, Fraction] | None:
        """True parameters in a regime of the named game, or None where none were found."""
        conditions = [*(c for c, _ in self.game.assumptions), regime.condition]
        for values in itertools.islice(self._trials(regime.witness), TRIES):
            poll()
            try:
                everything = self.with_constants(values)
                if everything is not None and all(holds(c, everything) for c in conditions):
                    return values
            except (InputError, ZeroDivisionError):
                continue
        return None

    def _trials(self, near: Mapping[str, Fraction]) -> Iterator[dict[str, Fraction]]:
        """Parameters to try: the regime's own, those of the file, then random ones of several sizes."""
        names = list(self.true.parameters)
        own = {n: near[n] for n in names if n in near}
        base = {n: p.value for n, p in self.true.parameters.items() if p.value is not None}
        for values in (own, {**own, **base}, *({**own, **base, **s} for s in self.true.scenarios.values())):
            if len(values) == len(names):
                yield values
        if not names:
            return
        rng = random.Random(0)
        while seconds_left() > 0:
            yield {n: self._draw(rng, n, own) for n in names}

    def _draw(self, rng: random.Random, name: str, own: Mapping[str, Fraction]) -> Fraction:
        inside = self.true.parameters[name].range
        kind = rng.randrange(4)
        if kind == 0 and name in own:
            return own[name]
        if kind == 1 and inside is not None:
            return inside[0] + (inside[1] - inside[0]) * Fraction(rng.randint(1, 63), 64)
        if kind == 2:
            return Fraction(rng.randint(1, 63), 64)
        return Fraction(rng.choice((1, 1, 1, -1)) * rng.randint(1, 40), rng.choice((1, 2, 4)))


def name_constants(game: Game) -> OpaqueConstants | None:
    """Return a game with its irrational constants named; None where it has none.

    Examples
    --------
    >>> from separatrix.expression.tree import to_text
    >>> from separatrix.game.reader import load
    >>> game = load({"payoff_matrix": [["0", "p^g"], ["1", "0"]], "parameters": {"p": None, "g": None}})
    >>> [to_text(e) for e in name_constants(game).meanings.values()]
    ['p**g']
    """
    naming = _Naming(game)
    form = naming.mapped(game.form)
    lets = {n: e if n in game.moving_lets else naming.name_constants(e) for n, e in game.lets.items()}
    speeds = naming.mapped(game.speeds)
    assumptions = tuple((with_sides(c, naming.name_constants), text) for c, text in game.assumptions)
    if not naming.inner:
        return None
    parameters = {n: Parameter(n) for n in naming.inner}
    named = replace(
        game,
        form=form,
        lets=lets,
        speeds=speeds,
        assumptions=assumptions,
        parameters={**game.parameters, **parameters},
        scenarios={},
    )
    meanings = dict(naming.meanings)
    named, domain = _with_facts(named, naming.inner, meanings)
    return OpaqueConstants(_with_values(named, game, meanings), game, meanings, domain)


def _with_values(named: Game, game: Game, meanings: Mapping[str, Expression]) -> Game:
    """The game with the constants' values at the file's values and scenarios, where these are whole."""
    base = {n: p.value for n, p in game.parameters.items() if p.value is not None}

    def constant_values(values: Mapping[str, Fraction]) -> dict[str, Fraction] | None:
        try:
            return {n: evaluate(m, values) for n, m in meanings.items()}
        except (InputError, KeyError):
            return None

    here = constant_values(base) or {}
    parameters = {n: replace(p, value=here.get(n, p.value)) for n, p in named.parameters.items()}
    scenarios = {}
    for name, values in game.scenarios.items():
        there = constant_values({**base, **values})
        if there is not None:
            scenarios[name] = {**values, **there}
    return replace(named, parameters=parameters, scenarios=scenarios)


class _Naming:
    """Gives names to what is not rational in the parameters, each once."""

    def __init__(self, game: Game) -> None:
        self.game = game
        self.inner: dict[str, Expression] = {}
        """What each name stands for, in parameters, shorthands and earlier names."""
        self.meanings: dict[str, Expression] = {}
        """The same in parameters alone."""
        self._moving = {*game.shares, *game.moving_lets, "k"}
        self._taken = {*game.parameters, *game.shares, *game.lets}

    def mapped(self, value: Any) -> Any:
        """Return a form of payoffs with names in its expressions."""
        if isinstance(value, Number | Name | Sum | Product | Quotient | Power | Call):
            return self.name_constants(value)
        if isinstance(value, tuple):
            return tuple(self.mapped(v) for v in value)
        if isinstance(value, Mapping):
            return {k: self.mapped(v) for k, v in value.items()}
        if is_dataclass(value) and not isinstance(value, type):
            return replace(value, **{f.name: self.mapped(getattr(value, f.name)) for f in fields(value)})
        return value

    def name_constants(self, expression: Expression) -> Expression:
        """Return an expression with names for its irrational constants."""
        if isinstance(expression, Call | Power) and not self._moving.intersection(names_in(expression)):
            expression = _Split(self.game).split(expression)
        match expression:
            case Call(function, arguments, at):
                inside = Call(function, tuple(self.name_constants(a) for a in arguments), at)
                return self._name_of(inside) if function in FUNCTIONS else inside
            case Power(base, exponent, at):
                raised = Power(self.name_constants(base), self.name_constants(exponent), at)
                if isinstance(exponent, Number) and exponent.value.denominator == 1:
                    return raised
                return self._name_of(raised)
            case Sum(terms):
                return Sum(tuple(self.name_constants(t) for t in terms))
            case Product(factors):
                return Product(tuple(self.name_constants(f) for f in factors))
            case Quotient(numerator, denominator, at):
                return Quotient(self.name_constants(numerator), self.name_constants(denominator), at)
            case _:
                return expression

    def _name_of(self, expression: Expression) -> Expression:
        if self._moving.intersection(names_in(expression)):
            return expression
        full = self._full(expression)
        if not names_in(full):
            try:
                value = evaluate(full, {})
            except InputError:
                return expression
            if not isinstance(value, Irrational):
                return Number(value)
        for name, meaning in self.meanings.items():
            if meaning == full:
                return Name(name)
        name = next(
            n for k in itertools.count(len(self.inner) + 1) if (n := f"constant_{k}") not in self._taken
        )
        self._taken.add(name)
        self.inner[name] = expression
        self.meanings[name] = full
        return Name(name)

    def _full(self, expression: Expression) -> Expression:
        lets = {n: e for n, e in self.game.lets.items() if n not in self.game.moving_lets}
        expression = substitute(expression, self.meanings)
        for name, meaning in reversed(list(lets.items())):
            expression = substitute(expression, {name: meaning})
        return expression


# --------------------------------------------------------------------------- one way of writing each


@dataclass(frozen=True)
class _Split:
    """Splits powers, exponentials and logarithms, so that equal constants are written alike.

    Each step keeps the parameters at which the expression is a real number: p^(1 - g) is split, since p^g
    is real only for p > 0, and exp(log(p)) is p only where the assumptions say that p > 0.
    """

    game: Game

    def split(self, expression: Expression) -> Expression:
        """Return an expression with its powers, exponentials and logarithms split."""
        match expression:
            case Call("exp", (argument,)):
                return self._exponential(self.split(argument))
            case Call("log", (argument,)):
                return self._logarithm(self.split(argument))
            case Call(function, arguments, at):
                return Call(function, tuple(self.split(a) for a in arguments), at)
            case Power(base, exponent):
                raised = self.split(base), self.split(exponent)
                return Power(*raised) if _whole(exponent) else self._power(*raised)
            case Sum(terms):
                return Sum(tuple(self.split(t) for t in terms))
            case Product(factors):
                return Product(tuple(self.split(f) for f in factors))
            case Quotient(numerator, denominator, at):
                return Quotient(self.split(numerator), self.split(denominator), at)
            case _:
                return expression

    def _exponential(self, argument: Expression) -> Expression:
        """exp(2a + b·log(c)) is exp(a)²·c^b."""
        parts: list[Expression] = []
        for coefficient, factors in _monomials(argument):
            log = next((f for f in factors if isinstance(f, Call) and f.function == "log"), None)
            if log is not None:
                rest = list(factors)
                rest.remove(log)
                exponent = multiply(number(coefficient), *rest)
                if not _whole(exponent):
                    parts.append(self._power(log.arguments[0], exponent))
                    continue
                if self._positive(log.arguments[0]):
                    parts.append(Power(log.arguments[0], exponent))
                    continue
            one = Fraction(1, coefficient.denominator)
            inner = Call("exp", (multiply(number(one), *factors),))
            parts.append(_to_the(inner, coefficient.numerator))
        return multiply(*parts)

    def _logarithm(self, argument: Expression) -> Expression:
        """log(a·b^c) is log(a) + c·log(b), where a and b are positive."""
        match argument:
            case Call("exp", (inner,)):
                return inner
            case Power(base, exponent) if not _whole(exponent) or self._positive(base):
                return multiply(exponent, self._logarithm(base))
            case Product(factors) if all(self._positive(f) for f in factors):
                return add(*(self._logarithm(f) for f in factors))
            case Quotient(above, below) if self._positive(above) and self._positive(below):
                return subtract(self._logarithm(above), self._logarithm(below))
        return ZERO if argument == ONE else Call("log", (argument,))

    def _power(self, base: Expression, exponent: Expression) -> Expression:
        """(a·b)^(2c + 1) is (a^c)²·a·(b^c)²·b, where a and b are positive; the exponent is not whole."""
        match base:
            case Call("exp", (inner,)):
                return self._exponential(multiply(inner, exponent))
            case Power(low, high) if not _whole(high) or self._positive(low):
                return self._power(low, multiply(high, exponent))
            case Product(factors) if all(self._positive(f) for f in factors):
                return multiply(*(self._power(f, exponent) for f in factors))
            case Quotient(above, below) if self._positive(above) and self._positive(below):
                return divide(self._power(above, exponent), self._power(below, exponent))
        parts: list[Expression] = []
        monomials = _monomials(exponent)
        if all(not factors and c.denominator == 1 for c, factors in monomials) and not self._positive(base):
            return Power(base, exponent)  # split, it would be real for other signs of the base too
        for coefficient, factors in monomials:
            if not factors:
                root = coefficient == Fraction(1, 2) and self._positive(base)
                parts.append(Call("sqrt", (base,)) if root else Power(base, number(coefficient)))
                continue
            inner = Power(base, multiply(number(Fraction(1, coefficient.denominator)), *factors))
            parts.append(_to_the(inner, coefficient.numerator))
        return multiply(*parts)

    def _positive(self, expression: Expression) -> bool:
        """Whether a number is positive at sight wherever it is real."""
        match expression:
            case Call("exp"):
                return True
            case Power(base, exponent):
                return not _whole(exponent) or self._positive(base)
            case Sum(parts) | Product(parts):
                if all(self._positive(p) for p in parts):
                    return True
            case Quotient(above, below):
                return self._positive(above) and self._positive(below)
        return _sign(self.game, expression) == 1


def _whole(exponent: Expression) -> bool:
    return isinstance(exponent, Number) and exponent.value.denominator == 1


def _to_the(base: Expression, exponent: int) -> Expression:
    return base if exponent == 1 else Power(base, number(exponent))


def _monomials(expression: Expression) -> list[tuple[Fraction, tuple[Expression, ...]]]:
    """Return terms that add up to an expression: a rational and other factors each.

    Terms that cancel and are not real everywhere, as in log(p) - log(p), leave the expression whole.
    """
    found: dict[tuple[str, ...], tuple[Fraction, tuple[Expression, ...]]] = {}
    for coefficient, factors in _terms(expression):
        ordered = tuple(sorted(factors, key=to_text))
        key = tuple(to_text(f) for f in ordered)
        found[key] = (found.get(key, (Fraction(0), ()))[0] + coefficient, ordered)
    if any(not c and not all(isinstance(f, Name) for f in factors) for c, factors in found.values()):
        return [(Fraction(1), (expression,))]
    return [term for term in found.values() if term[0]]


def _terms(expression: Expression) -> list[tuple[Fraction, tuple[Expression, ...]]]:
    match expression:
        case Number(value) if not isinstance(value, Irrational):
            return [(value, ())]
        case Sum(parts):
            return [term for part in parts for term in _terms(part)]
        case Product(factors):
            result: list[tuple[Fraction, tuple[Expression, ...]]] = [(Fraction(1), ())]
            for factor in factors:
                result = [(c * d, (*m, *n)) for c, m in result for d, n in _terms(factor)]
                if len(result) > MOST_SPLIT:
                    return [(Fraction(1), (expression,))]
            return result
        case Quotient(above, Number(value)) if value and not isinstance(value, Irrational):
            return [(c / value, m) for c, m in _terms(above)]
        case Quotient(above, below):
            return [(c, (*m, divide(ONE, below))) for c, m in _terms(above)]
    return [(Fraction(1), (expression,))]


# --------------------------------------------------------------------------- certified facts


def _with_facts(
    game: Game, inner: Mapping[str, Expression], meanings: Mapping[str, Expression]
) -> tuple[Game, tuple[Condition, ...]]:
    """Add what is certain of each constant to the assumptions, the innermost first."""
    domain: list[Condition] = []
    for name, expression in inner.items():
        facts: list[Relation] = []
        for fact, needed in _facts(game, name, expression, meanings[name]):
            facts.append(fact)
            if needed:
                domain.append(fact)
        added = tuple((fact, condition_text(fact)) for fact in facts)
        game = replace(game, assumptions=(*game.assumptions, *added))
    return game, tuple(domain)


def _facts(
    game: Game, name: str, expression: Expression, meaning: Expression
) -> Iterator[tuple[Relation, bool]]:
    """Facts about a constant, and whether each is needed for it to be real."""
    this = Name(name)
    if not names_in(meaning):
        yield from ((fact, False) for fact in _number_facts(this, meaning))
        return
    match expression:
        case Call("exp", (argument,)):
            yield Relation(this, ">", ZERO), False
            yield from ((f, False) for f in _beside_one(this, _sign(game, argument)))
        case Call("log", (argument,)):
            if _sign(game, argument) != 1:
                yield Relation(argument, ">", ZERO), True
            turn = _sign(game, Sum((argument, Number(Fraction(-1)))))
            if turn is not None:
                yield Relation(this, {1: ">", 0: "==", -1: "<"}[turn], ZERO), False
        case Call("sqrt", (argument,)):
            turn = _sign(game, argument)
            if turn is None:
                yield Relation(argument, ">=", ZERO), True
            yield Relation(this, ">" if turn == 1 else ">=", ZERO), False
            yield Relation(power(this, 2), "==", argument), False
        case Power(base, exponent):
            if _sign(game, base) != 1:
                yield Relation(base, ">", ZERO), True
            yield Relation(this, ">", ZERO), False
            up, above = _sign(game, exponent), _sign(game, Sum((base, Number(Fraction(-1)))))
            if up is not None and above is not None:
                yield from ((f, False) for f in _beside_one(this, up * above))
            further = _sign(game, Sum((exponent, Number(Fraction(-1)))))
            if further is not None and above is not None:
                yield Relation(this, {1: ">", 0: "==", -1: "<"}[further * above], base), False
            if isinstance(exponent, Number) and 1 < exponent.value.denominator <= 12:
                top, degree = exponent.value.numerator, exponent.value.denominator
                if 0 < top <= 64:
                    yield Relation(power(this, degree), "==", power(base, top)), False


def _number_facts(this: Name, meaning: Expression) -> Iterator[Relation]:
    """A narrow interval around a number, and its equation where it is the square root of a rational."""
    value = evaluate(meaning, {})
    square = value * value
    if not isinstance(square, Irrational):
        yield Relation(power(this, 2), "==", number(square))
        yield Relation(this, ">" if value > 0 else "<", ZERO)
        return
    low, high = (Fraction(int(v.p), int(v.q)) for v in enclosure(exact(value), BITS))
    yield Relation(number(low.limit_denominator(10**9) - Fraction(1, 10**9)), "<", this)
    yield Relation(this, "<", number(high.limit_denominator(10**9) + Fraction(1, 10**9)))
    yield Relation(this, ">" if value > 0 else "<", ZERO)


def _beside_one(this: Name, turn: int | None) -> Iterator[Relation]:
    if turn is not None:
        yield Relation(this, {1: ">", 0: "==", -1: "<"}[turn], ONE)


def _sign(game: Game, expression: Expression) -> int | None:
    """The sign of an expression that follows from the assumptions at sight, else None."""
    try:
        assumptions = Assumptions(game, Ring(game.parameters))
        lets = {n: e for n, e in game.lets.items() if n not in game.moving_lets}
        for name, meaning in reversed(list(lets.items())):
            expression = substitute(expression, {name: meaning})
        signs = assumptions.signs(assumptions.ring.read(expression).sign_polynomial)
    except (InputError, ComesLater):
        return None
    return next(iter(signs)) if len(signs) == 1 else None
