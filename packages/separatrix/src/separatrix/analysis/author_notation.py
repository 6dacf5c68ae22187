"""Formulas in the author's grouping: shorthands and brackets as in the payoff table, common factors out.

Exact algebra multiplies everything out.  A reader looks for what the table says: ``(alpha + beta)*P`` and
``RB*(1 - theta)``, in the order in which the table names it.  What is written here equals what was given,
term by term; only its form is another.

What the author of a game wrote: shorthands and brackets, and the order of terms and of their factors.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from flint import fmpq

from separatrix.exact.rational_functions import Ring
from separatrix.expression.polynomial import Monomial, Polynomial, monomials, times
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
    negate,
    number,
    power,
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

__all__ = ["AuthorForm", "AuthorTerms", "Bracket", "MOST_TERMS", "divide_monomial"]

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


FEW_TERMS, FEW_WAYS = 14, 3
"""Up to so many terms, so many ways to take out a factor are followed; in longer sums the best one alone."""

LONGEST = 200
"""Number of terms from which a sum is not regrouped: it would be slow and fill pages."""

FEWEST_IN_PRODUCT = 4
"""Terms that a product of two sums has at least, where none cancel."""


class AuthorForm:
    """Writes formulas as the author of a game would.

    Examples
    --------
    >>> from separatrix.expression.parser import parse_expression as read
    >>> from separatrix.expression.tree import to_text
    >>> from separatrix.game.reader import load
    >>> game = load({"payoff_matrix": [["k*(1 - t)", 0], [0, 0]], "parameters": {"k": 1, "t": 0}})
    >>> to_text(AuthorForm(game).regroup(read("3 + k - t*k")))
    'k*(1 - t) + 3'
    """

    def __init__(self, game: Game) -> None:
        self._terms = AuthorTerms(game)
        self._forms: dict[frozenset[tuple[Monomial, Fraction]], tuple[Expression, ...]] = {}
        self._written: dict[Expression, Expression] = {}

    # ------------------------------------------------------------------ what is called

    def regroup(self, expression: Expression) -> Expression:
        """Return an equal expression in the author's grouping."""
        if expression not in self._written:
            self._written[expression] = self._write(expression)
        return self._written[expression]

    # ------------------------------------------------------------------ writing

    def _write(self, expression: Expression) -> Expression:
        match expression:
            case Sum(terms) if len(terms) > LONGEST:
                return expression
            case Sum(terms):
                if not self._terms.shares.isdisjoint(names_in(expression)):
                    return self._in_shares(terms)
                found = monomials(expression, MOST_TERMS)
                return self._term_by_term(terms) if found is None else self._polynomial(found)
            case Product(factors):
                return self._product(factors)
            case Quotient(numerator, denominator, at):
                return self._quotient(numerator, denominator, at)
            case Power(base, exponent, at):
                return Power(self.regroup(base), exponent, at)
            case Call(function, arguments, at):
                return Call(function, tuple(self.regroup(a) for a in arguments), at)
            case _:
                return expression

    def _term_by_term(self, terms: Sequence[Expression]) -> Expression:
        """A sum with terms that are not polynomials, or too long: the other terms are collected."""
        plain: list[Expression] = []
        others: list[Expression] = []
        for term in terms:
            (others if monomials(term, MOST_TERMS) is None else plain).append(term)
        found = monomials(add(*plain), MOST_TERMS) if others else None
        if found is None:
            return add(*map(self.regroup, terms))
        return add(self._polynomial(found), *map(self.regroup, others))

    def _in_shares(self, terms: Sequence[Expression]) -> Expression:
        """A sum with shares: what stands before the same shares is one coefficient."""
        groups: dict[tuple[Expression, ...], list[Expression]] = {}
        for term in terms:
            factors = term.factors if isinstance(term, Product) else (term,)
            moving = tuple(f for f in factors if not self._terms.shares.isdisjoint(names_in(f)))
            groups.setdefault(moving, []).append(multiply(*(f for f in factors if f not in moving)))
        parts = []
        for shares, coefficients in groups.items():
            before = add(*coefficients)
            if len(coefficients) > 1 and (found := monomials(before, MOST_TERMS)) is not None:
                before = self._polynomial(found)
            parts.append(self._product((before, *shares)) if shares else self.regroup(before))
        return add(*parts)

    def _product(self, factors: Sequence[Expression]) -> Expression:
        """Each factor in the author's form; names of parameters first, in the order of the table."""
        plain: list[Expression] = []
        others: list[Expression] = []
        shares: list[Expression] = []
        for factor in factors:
            if not self._terms.shares.isdisjoint(names_in(factor)):
                shares.append(self.regroup(factor))
            elif isinstance(factor, Name | Number) or (
                isinstance(factor, Power) and isinstance(factor.base, Name)
            ):
                plain.append(factor)
            else:
                others.append(self.regroup(factor))
        return self._turned(multiply(*self._parameters_first(plain, others)), shares)

    def _parameters_first(
        self, plain: Sequence[Expression], others: Sequence[Expression]
    ) -> list[Expression]:
        found = monomials(multiply(number(1), *plain), 1)
        read = [monomials(part, MOST_TERMS) if isinstance(part, Sum) else None for part in others]
        if not found or None in read:
            return [*([self._polynomial(found)] if found else plain), *others]
        ((monomial, coefficient),) = self._with_brackets(found).items()
        sums = [
            (min(terms, key=self._terms.key), part) for terms, part in zip(read, others, strict=True) if terms
        ]
        return [number(coefficient), *self._factor_names(monomial, sums)]

    def _turned(self, whole: Expression, shares: Sequence[Expression] = ()) -> Expression:
        """Give a minus in front of a product to a difference in it: ``-a*(b - c)`` is ``a*(c - b)``."""
        factors = [*(whole.factors if isinstance(whole, Product) else (whole,)), *shares]
        head = factors[0]
        if isinstance(head, Number) and head.value < 0:
            for k in range(len(factors) - 1, 0, -1):
                part = factors[k]
                if isinstance(part, Sum) and part not in self._terms.sums_of_payoffs and part not in shares:
                    minus = sum(map(_is_negative, part.terms))
                    if 2 * minus >= len(part.terms):
                        factors[0], factors[k] = number(-head.value), _positive_first(negate(part))
                        break
        return multiply(*factors)

    def _quotient(self, numerator: Expression, denominator: Expression, at: int) -> Expression:
        top, bottom = self.regroup(numerator), self.regroup(denominator)
        if _is_negative(bottom) or (
            isinstance(bottom, Sum)
            and 2 * (minus := sum(map(_is_negative, bottom.terms))) >= len(bottom.terms)
            and (2 * minus > len(bottom.terms) or _mostly_negative(top))
        ):
            top, bottom = _positive_first(self._turned(negate(top))), _positive_first(negate(bottom))
        result = divide(top, bottom)
        return Quotient(top, bottom, at) if isinstance(result, Quotient) else result

    # ------------------------------------------------------------------ sums

    def _polynomial(self, terms: Polynomial) -> Expression:
        return self._with_sums(self._grouped(self._with_brackets(dict(terms))))

    def _with_sums(self, expression: Expression) -> Expression:
        """Put what they stand for in place of the names of brackets."""
        match expression:
            case Name(name):
                return self._terms.sums.get(name, expression)
            case Sum(terms):
                return add(*(self._with_sums(t) for t in terms))
            case Product(factors):
                return multiply(*(self._with_sums(f) for f in factors))
            case Power(base, exponent, at):
                return Power(self._with_sums(base), exponent, at)
            case _:
                return expression

    def _with_brackets(self, terms: dict[Monomial, Fraction]) -> dict[Monomial, Fraction]:
        """Put the author's shorthands and brackets where their terms are all there."""
        again = True
        while again:
            again = False
            for bracket in self._terms.brackets:
                while (shorter := bracket.collected(terms)) is not None:
                    terms, again = shorter, True
        return terms

    def _grouped(self, terms: Polynomial) -> Expression:
        """A sum with what all terms share in front."""
        if not terms:
            return number(0)
        if len(terms) == 1:
            ((monomial, coefficient),) = terms.items()
            return multiply(number(coefficient), *self._factor_names(monomial, ()))
        common, size = _common(terms), _content(terms.values())
        if not common and size == 1:
            return self._factored(terms) or self._sum(self._parts(terms))
        inner = {divide_monomial(m, common): c / size for m, c in terms.items()}
        minus = sum(c < 0 for c in inner.values())
        if minus == len(inner):
            inner, size = {m: -c for m, c in inner.items()}, -size
        inside = self._factored(inner) or self._sum(self._parts(inner))
        return multiply(
            number(size), *self._factor_names(common, [(min(inner, key=self._terms.key), inside)])
        )

    def _factor_names(
        self, common: Monomial, sums: Sequence[tuple[Monomial, Expression]]
    ) -> list[Expression]:
        """The names of a product and its sums, each sum where the table has the names of its first term."""
        order = next((o for m, _ in sums if (o := self._terms.orders.get(times(common, m)))), ())
        names = self._terms.names(common, order)
        placed: dict[int, list[Expression]] = {}
        for first, inside in sums:
            own = [order.index(n) for n, _ in first if n in order]
            before = [n for n in names if own and n in order and order.index(n) < min(own)]
            placed.setdefault(len(before) if own else len(names), []).append(inside)
        exponents = dict(common)
        factors = [power(Name(n), exponents[n]) for n in names]
        result: list[Expression] = []
        for k in range(len(factors) + 1):
            result += placed.get(k, [])
            result += factors[k : k + 1]
        return result

    def _parts(self, terms: Polynomial) -> tuple[Expression, ...]:
        """The terms of a sum, those with a common factor as one where that is shorter."""
        key = frozenset(terms.items())
        if key not in self._forms:
            best = tuple(self._grouped({m: c}) for m, c in terms.items())
            least = sum(map(self._size, best))
            for group, rest in self._splits(terms):
                parts = (self._turned(self._grouped(group)), *(self._parts(rest) if rest else ()))
                size = sum(map(self._size, parts))
                if size < least:
                    best, least = parts, size
            self._forms[key] = best
        return self._forms[key]

    def _splits(self, terms: Polynomial) -> Iterator[tuple[Polynomial, Polynomial]]:
        """Terms that share a name, and the others; the names that most terms share first."""
        if len(terms) > 1 and _common(terms):
            yield terms, {}
        if len(terms) < 3:
            return
        count: dict[str, int] = {}
        for monomial in terms:
            for name, _ in monomial:
                count[name] = count.get(name, 0) + 1
        useful = [n for n, k in count.items() if 1 < k < len(terms)]
        useful.sort(key=lambda n: (-count[n], self._terms.rank(n)))
        for name in useful[: FEW_WAYS if len(terms) <= FEW_TERMS else 1]:
            group = {m: c for m, c in terms.items() if any(n == name for n, _ in m)}
            yield group, {m: c for m, c in terms.items() if m not in group}

    def _factored(self, terms: Polynomial) -> Expression | None:
        """A sum that is a product of sums, as one; None where it is none."""
        if len(terms) < FEWEST_IN_PRODUCT:
            return None
        ring = Ring(sorted({n for m in terms for n, _ in m}))
        whole = ring.context.from_dict(
            {
                tuple(dict(m).get(n, 0) for n in ring.names): fmpq(c.numerator, c.denominator)
                for m, c in terms.items()
            }
        )
        constant, factors = whole.factor()
        if sum(int(k) for _, k in factors) < 2:
            return None
        parts = []
        for factor, exponent in factors:
            inner = {
                tuple((n, int(k)) for n, k in zip(ring.names, m, strict=True) if k): Fraction(
                    int(c.p), int(c.q)
                )
                for m, c in factor.to_dict().items()
            }
            parts.append((min(map(self._terms.key, inner)), power(self._grouped(inner), int(exponent))))
        size = number(Fraction(int(constant.p), int(constant.q)))
        return self._turned(multiply(size, *(part for _, part in sorted(parts, key=lambda p: p[0]))))

    def _sum(self, parts: Sequence[Expression]) -> Expression:
        if len(parts) == 1:
            return parts[0]
        return _positive_first(Sum(tuple(sorted(parts, key=self._terms.place)))) if parts else number(0)

    def _size(self, expression: Expression) -> int:
        """How much there is to read: two for a symbol, one for a bracket, more for one inside another."""
        match expression:
            case Name(name) if name in self._terms.sums:
                return 1 + self._size(self._terms.sums[name])
            case Number(value):
                return 2 if value != -1 else 0
            case Sum(terms):
                return sum(map(self._size, terms))
            case Product(factors):
                return sum(self._size(f) + (_depth(f) if isinstance(f, Sum) else 0) for f in factors)
            case Power(base, _):
                return 1 + self._size(base)
            case _:
                return 2


# --------------------------------------------------------------------------- of polynomials


def _common(terms: Iterable[Monomial]) -> Monomial:
    found: dict[str, int] | None = None
    for monomial in terms:
        exponents = dict(monomial)
        if found is None:
            found = exponents
        else:
            found = {n: min(k, exponents[n]) for n, k in found.items() if n in exponents}
    return tuple(sorted((found or {}).items()))


def _content(coefficients: Iterable[Fraction]) -> Fraction:
    """The greatest whole number that divides all coefficients; 1 where they are not whole."""
    values = list(coefficients)
    if any(c.denominator != 1 for c in values):
        return Fraction(1)
    return Fraction(math.gcd(*(c.numerator for c in values)) or 1)


# --------------------------------------------------------------------------- of signs


def _is_negative(term: Expression) -> bool:
    match term:
        case Number(value) | Product((Number(value), *_)):
            return value < 0
        case _:
            return False


def _mostly_negative(expression: Expression) -> bool:
    if isinstance(expression, Sum):
        return 2 * sum(map(_is_negative, expression.terms)) > len(expression.terms)
    return _is_negative(expression)


def _positive_first(total: Expression) -> Expression:
    """Return a sum with its first positive term in front."""
    if not isinstance(total, Sum):
        return total
    k = next((k for k, term in enumerate(total.terms) if not _is_negative(term)), 0)
    return Sum((total.terms[k], *total.terms[:k], *total.terms[k + 1 :]))


def _depth(total: Sum) -> int:
    """Brackets about a sum in a product: one, and one more for each level of brackets inside."""
    inner = [
        _depth(f) for t in total.terms if isinstance(t, Product) for f in t.factors if isinstance(f, Sum)
    ]
    return 1 + max(inner, default=0)
