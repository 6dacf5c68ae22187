"""Short names for long formulas.

A tripartite model of twenty parameters has advantages of hundreds of characters.  Papers name such
things once and reason with the names; so does a report.  Δ with the index x and the argument (0,1)
is the payoff of the first strategy of the population with share x over its second, where the others
play (0,1).  The rest points on the faces are quotients of these numbers and their differences.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from fractions import Fraction as Rational

from separatrix.game.expression import (
    Expression,
    Name,
    Number,
    Power,
    Product,
    Quotient,
    Sum,
    add,
    multiply,
    negate,
    substitute,
    subtract,
)
from separatrix.present.fingerprint import PRIME, fingerprint, written_size
from separatrix.present.formula import MINUS, Fence, Layout, Letter, Row, Script, Text, joined, layout
from separatrix.present.notation import Notation

__all__ = ["Shortener"]

LONG_ADVANTAGE = 44
"""Characters past which an advantage at a corner is better named than written."""

LONGEST = 110
"""Characters past which anything else gets a name."""


class Shortener:
    """Writes expressions in named advantages, and remembers the names it used.

    A game with short advantages is written in full; ``active`` says which.
    """

    def __init__(self, notation: Notation, advantages: Mapping[str, Expression]) -> None:
        self.notation = notation
        self._known: dict[int, Layout] = {}
        self._meanings: dict[Layout, Expression] = {}
        self._used: dict[Layout, None] = {}
        self._tokens: dict[Layout, str] = {}
        self._advantages: dict[Layout, tuple[int, tuple[int, ...]]] = {}
        self._others = 0
        corners = {share: list(_corners(share, advantages)) for share in advantages}
        self.active = any(written_size(e) > LONG_ADVANTAGE for c in corners.values() for _, e in c)
        if self.active:
            for population, (share, at_corners) in enumerate(corners.items()):
                self._name_advantages(population, share, at_corners)

    # ------------------------------------------------------------------ what a report calls

    def layout(self, expression: Expression) -> Layout:
        """Return `expression` with what is long replaced by its name."""
        short = self._shorten(expression)
        symbols = {token: name for name, token in self._tokens.items()}
        return layout(short, lambda name: symbols.get(name) or self.notation.symbol(name))

    def meanings(self) -> tuple[tuple[Layout, Expression], ...]:
        """Return the names used so far, each with what it stands for."""
        order = {name: index for index, name in enumerate(self._meanings)}
        return tuple((name, self._meanings[name]) for name in sorted(self._used, key=order.__getitem__))

    def example(self) -> tuple[Layout, int, tuple[int, ...]] | None:
        """Return a named advantage that was used: its name, its population, the others' profile."""
        return next(((n, *self._advantages[n]) for n in self._used if n in self._advantages), None)

    # ------------------------------------------------------------------ names

    def _name_advantages(
        self, population: int, share: str, at_corners: list[tuple[tuple[int, ...], Expression]]
    ) -> None:
        index = self.notation.symbol(share)
        named: list[tuple[Layout, Expression]] = []
        for corner, expression in at_corners:
            arguments = Fence("(", joined((Text(str(c)) for c in corner), Text(",")), ")")
            name = Row((Script(Letter("Δ"), sub=index), arguments))
            self._learn(name, expression)
            self._advantages[name] = (population, corner)
            named.append((name, expression))
        for (one, first), (other, second) in itertools.permutations(named, 2):
            key = fingerprint(subtract(first, second))
            if key:
                self._known.setdefault(key, Row((one, MINUS, other)))

    def _learn(self, name: Layout, expression: Expression) -> None:
        self._meanings[name] = expression
        key = fingerprint(expression)
        if key:
            self._known.setdefault(key, name)

    def _shorten(self, expression: Expression) -> Expression:
        if isinstance(expression, (Name, Number)):
            return expression
        long = written_size(expression)
        if long <= (LONG_ADVANTAGE // 3 if self.active else LONGEST):
            return expression
        if (stand_in := self._recognise(expression)) is not None:
            return stand_in
        match expression:
            case Product(factors):
                short: Expression = multiply(*(self._shorten(f) for f in factors))
            case Quotient(numerator, denominator):
                return Quotient(self._shorten(numerator), self._shorten(denominator))
            case Power(base, exponent):
                return Power(self._shorten(base), exponent)
            case Sum(terms):
                short = add(*(self._shorten(t) for t in terms))
            case _:
                short = expression
        return short if written_size(short) <= LONGEST else self._name_other(expression)

    def _recognise(self, expression: Expression) -> Expression | None:
        key = fingerprint(expression)
        if key == 0:
            return Number(Rational(0))
        if key is not None:
            if (name := self._known.get(key)) is not None:
                return self._stand_in(name)
            if (name := self._known.get(PRIME - key)) is not None:
                return negate(self._stand_in(name))
        return None

    def _name_other(self, expression: Expression) -> Expression:
        self._others += 1
        name = Script(Letter("E"), sub=Text(str(self._others)))
        self._learn(name, expression)
        return self._stand_in(name)

    def _stand_in(self, name: Layout) -> Expression:
        if isinstance(name, Row) and MINUS in name.items:
            one, _, other = name.items
            return subtract(self._stand_in(one), self._stand_in(other))
        self._used.setdefault(name)
        # A null character cannot stand in a name that a person typed.
        return Name(self._tokens.setdefault(name, f"\0{len(self._tokens)}"))


def _corners(
    share: str, advantages: Mapping[str, Expression]
) -> Iterator[tuple[tuple[int, ...], Expression]]:
    others = [s for s in advantages if s != share] or [share]
    for corner in itertools.product((0, 1), repeat=len(others)):
        at: dict[str, Expression] = {s: Number(Rational(c)) for s, c in zip(others, corner, strict=True)}
        yield corner, _tidy(substitute(advantages[share], at))


def _tidy(expression: Expression) -> Expression:
    """Return `expression` without the zeros and ones that a substitution leaves."""
    match expression:
        case Sum(terms):
            return add(*(_tidy(t) for t in terms))
        case Product(factors):
            return multiply(*(_tidy(f) for f in factors))
        case Quotient(numerator, denominator):
            top = _tidy(numerator)
            return top if top == Number(Rational(0)) else Quotient(top, _tidy(denominator))
        case Power(base, exponent):
            return Power(_tidy(base), exponent)
        case _:
            return expression
