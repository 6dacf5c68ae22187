"""What the author of a game wrote: shorthands and brackets, and the order of terms and of their factors."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from separatrix.expression.polynomial import Monomial, monomials, times
from separatrix.expression.tree import (
    Expression,
    Name,
    Number,
    Power,
    Product,
    Quotient,
    Sum,
    names_in,
    substitute,
    walk,
)
from separatrix.game.model import (
    AdvantageForm,
    FunctionForm,
    Game,
    GroupForm,
    PairwiseForm,
    ProfileTable,
    ReplicatorForm,
    SelfMatrix,
)

__all__ = ["MOST_TERMS", "AuthorTerms", "Bracket", "divide_monomial"]

MOST_TERMS = 60
"""Of a sum whose grouping is looked for."""

MOST_PLACES = 400
"""Terms of one payoff whose order is remembered."""

MOST_BRACKETS = 200
"""Brackets of a game that are looked for in a formula."""

NOWHERE = 1 << 30


@dataclass(frozen=True)
class Bracket:
    """A sum that the author writes as one: under a name, or in brackets as the factor of a product.

    ``name`` replaces it while terms are collected; ``terms`` is its expansion.
    """

    name: str
    terms: tuple[tuple[Monomial, Fraction], ...]
    shorthand: bool

    def collected(self, terms: Mapping[Monomial, Fraction]) -> dict[Monomial, Fraction] | None:
        """Put a bracket in place of its terms once, where fewer terms remain; None where nowhere."""
        if 1 < len(self.terms) >= 2 * len(terms) - 1:
            return None  # more terms would come in than could cancel
        lead, first = max(self.terms, key=lambda t: _degree(t[0]))
        for monomial, coefficient in terms.items():
            if not _divides(lead, monomial):
                continue
            factor, scale = divide_monomial(monomial, lead), coefficient / first
            if not self.shorthand and not factor:
                continue  # a bracket that nothing multiplies is none
            name = times(factor, ((self.name, 1),))
            result = dict(terms)
            for inner, value in self.terms:
                key = times(factor, inner)
                result[key] = result.get(key, Fraction(0)) - scale * value
            result[name] = result.get(name, Fraction(0)) + scale
            result = {m: c for m, c in result.items() if c}
            if len(result) < len(terms) or (len(self.terms) == 1 and len(result) == len(terms)):
                return result
        return None


class AuthorTerms:
    """The vocabulary of one game.

    Attributes
    ----------
    shares : names that move
    brackets : Bracket
        Shorthands and brackets, the longest first.
    sums : from the name of a bracket to the sum that it stands for
    orders : from a monomial to its names in the order in which the file has them
    """

    def __init__(self, game: Game) -> None:
        self.shares = {*game.shares, *game.moving_lets}
        self._lets = {n: e for n, e in game.lets.items() if n not in game.moving_lets}
        self.sums: dict[str, Expression] = {}
        self.sums_of_payoffs: dict[Expression, str] = {}
        self.orders: dict[Monomial, tuple[str, ...]] = {}
        self._places: dict[Monomial, int] = {}
        self._ranks: dict[str, float] = {}
        given = [*_payoffs(game), *self._lets.values(), *game.speeds]
        self.brackets = self._read_brackets(given)
        self._read_places(given)
        for name in game.parameters:
            self._ranks.setdefault(name, len(self._ranks))
        for name, bracket in self.sums.items():  # a bracket stands where its first name does
            self._ranks[name] = min((self._ranks[n] for n in names_in(bracket)), default=0) - 0.5

    def _read_brackets(self, given: Iterable[Expression]) -> tuple[Bracket, ...]:
        found: dict[frozenset[tuple[Monomial, Fraction]], Bracket] = {}

        def keep(name: str, meaning: Expression, shorthand: bool) -> None:
            for written in (self._expanded(meaning), meaning):
                terms = monomials(written, MOST_TERMS)
                if not terms or (len(terms) == 1 and not (shorthand and _degree(next(iter(terms))) > 1)):
                    continue
                key = frozenset(terms.items())
                turned = frozenset((m, -c) for m, c in terms.items())
                if key not in found and turned not in found:
                    found[key] = Bracket(name, tuple(terms.items()), shorthand)

        for name, meaning in self._lets.items():
            keep(name, meaning, True)
        for expression in given:
            for node in walk(expression):
                for part in _bracketed(node):
                    if part in self.sums_of_payoffs or not self.shares.isdisjoint(names_in(part)):
                        continue
                    if len(self.sums) < MOST_BRACKETS:
                        name = f"\0bracket {len(self.sums)}"
                        self.sums[name] = part
                        self.sums_of_payoffs[part] = name
                        keep(name, part, False)
        ranked = sorted(found.values(), key=lambda b: (-len(b.terms), not b.shorthand))
        return tuple(ranked)

    def _expanded(self, expression: Expression) -> Expression:
        for name, meaning in reversed(self._lets.items()):
            expression = substitute(expression, {name: meaning})
        return expression

    def _read_places(self, given: Iterable[Expression]) -> None:
        """Remember where each term stands, and in which order its factors."""
        place = 0
        for expression in given:
            for name in names_in(expression):
                self._ranks.setdefault(name, len(self._ranks))
            for term in expression.terms if isinstance(expression, Sum) else (expression,):
                place += 1
                for named in (term, self._expanded(term)):
                    for sequence in self._sequences(named):
                        key: Monomial = ()
                        for name in sequence:
                            key = times(key, ((name, 1),))
                        self._places.setdefault(key, place)
                        self.orders.setdefault(key, tuple(dict.fromkeys(sequence)))

    def _sequences(self, expression: Expression) -> list[tuple[str, ...]]:
        """The names of each expanded term without the shares, in reading order."""
        match expression:
            case Name(name):
                return [()] if name in self.shares else [(name,)]
            case Sum(terms):
                return [s for term in terms for s in self._sequences(term)][:MOST_PLACES]
            case Product(factors):
                result: list[tuple[str, ...]] = [()]
                for factor in factors:
                    inner = self._sequences(factor)
                    if factor in self.sums_of_payoffs:
                        inner = [(self.sums_of_payoffs[factor],), *inner]
                    result = [(*a, *b) for a in result for b in inner][:MOST_PLACES]
                return result
            case Quotient(numerator, Number()):
                return self._sequences(numerator)
            case Power(base, Number(value)) if value.denominator == 1 and 0 < value < 9:
                return [s * int(value) for s in self._sequences(base)]
            case _:
                return [()]

    def place(self, part: Expression) -> tuple[object, ...]:
        """Return what sums are ordered by: where the first term of a part stands."""
        found = monomials(part, MOST_TERMS) or {}
        return min(map(self.key, found), default=self.key(()))

    def key(self, monomial: Monomial) -> tuple[object, ...]:
        """Return what terms are ordered by: where each stands, then the names in it."""
        place = self._places.get(monomial, NOWHERE) if monomial else NOWHERE
        ranks = sorted((self.rank(n), -k) for n, k in monomial)
        return (place, not monomial, ranks)

    def names(self, monomial: Monomial, order: Sequence[str] = ()) -> list[str]:
        """Return the names of a product as the file has them, in an order that is known or its own."""
        known = order or self.orders.get(monomial, ())
        ranked = sorted((n for n, _ in monomial), key=lambda n: self.rank(n))
        if all(n in known for n in ranked):
            ranked.sort(key=list(known).index)
        return ranked

    def rank(self, name: str) -> float:
        """Return when a name is first met in reading."""
        return self._ranks.get(name, NOWHERE)


def _payoffs(game: Game) -> Iterator[Expression]:
    """Yield the payoffs of a game in the order of its file."""
    form = game.form
    if isinstance(form, FunctionForm) and form.table is not None:
        form = form.table
    match form:
        case ProfileTable(pay):
            for cell in pay.values():
                yield from cell
        case SelfMatrix(rows):
            for row in rows:
                yield from row
        case PairwiseForm(matrices):
            for matrix in matrices.values():
                for row in matrix:
                    yield from row
        case FunctionForm(payoffs):
            for row in payoffs:
                yield from row
        case GroupForm(_, payoffs):
            yield from payoffs
        case AdvantageForm(by_share) | ReplicatorForm(by_share):
            yield from by_share.values()


def _bracketed(node: Expression) -> Iterator[Sum]:
    """Yield the sums in brackets directly below a node."""
    match node:
        case Product(factors):
            yield from (f for f in factors if isinstance(f, Sum))
        case Quotient(numerator, denominator):
            yield from (p for p in (numerator, denominator) if isinstance(p, Sum))
        case Power(Sum() as base, _):
            yield base


def _degree(monomial: Monomial) -> int:
    return sum(k for _, k in monomial)


def divide_monomial(monomial: Monomial, divisor: Monomial) -> Monomial:
    """Return the quotient of a monomial by one that divides it."""
    below = dict(divisor)
    return tuple((n, k - below.get(n, 0)) for n, k in monomial if k > below.get(n, 0))


def _divides(divisor: Monomial, monomial: Monomial) -> bool:
    exponents = dict(monomial)
    return all(exponents.get(n, 0) >= k for n, k in divisor)
