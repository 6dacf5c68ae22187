"""Games of many symbols: the coefficients of the advantages get names, and the answer is written in them.

The advantage of a population of two strategies is Σ k_S·Π x_j, the product over the populations j of a set
S. Where payoffs are sums of many symbols, the quadratic that a mixed rest point solves has hundreds of
thousands of terms in the symbols, and a few dozen in the coefficients k. A statement for all values of the
coefficients holds for those that the symbols give them; the assumptions on the symbols are used wherever a
polynomial is short enough to be expanded.
"""

from __future__ import annotations

import itertools
import math
import random
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from flint import fmpq, fmpq_mpoly

from separatrix.analysis.assumptions import Assumptions, Signs
from separatrix.analysis.replicator_equations import Corner, CornerTable, coefficients, corner_payoffs
from separatrix.analysis.symbolic.answer import SymbolicAnswer, Writer
from separatrix.analysis.symbolic.factorization import SHORT
from separatrix.errors import InputError
from separatrix.exact.rational_functions import Ratio, Ring
from separatrix.expression.conditions import Condition
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
    substitute,
    walk,
)
from separatrix.game.model import Game, ProfileTable
from separatrix.run.cached_property import cached_property
from separatrix.sentences import values_in

__all__ = ["Coefficients", "name_coefficients"]

MOST_PRODUCTS = 20_000
"""Products of terms past which a polynomial in the coefficients is not multiplied out."""

FEW = 2
"""Symbols of a coefficient that is shorter than its name is helpful."""

LONG = 200
"""Terms past which what a name stands for is written in the payoffs, not multiplied out."""

READABLE = 40
"""Symbols in a formula up to which it is written in the parameters."""

LETTERS = "kcqhwvugdbajlmnoprst"


class NamedAssumptions(Assumptions):
    """What the assumptions say of polynomials in named coefficients: signs and relations.

    Parameters
    ----------
    inner : Assumptions
        On the game's parameters; z3 works there.
    ring : Ring
        In the coefficients, and in parameters.
    meanings : the expression of each variable of `ring` in the parameters
    """

    def __init__(self, inner: Assumptions, ring: Ring, meanings: Sequence[Ratio]) -> None:
        self.inner = inner
        self.ring = ring
        self.meanings = tuple(meanings)
        self.relations = []
        self._lengths = [len(m.numerator) + len(m.denominator) - 1 for m in self.meanings]
        self._plain = all(m.denominator == inner.ring.one for m in self.meanings)
        self._images: dict[str, Ratio | None] = {}
        self._signs = {}
        for variable, meaning in zip(ring.context.gens(), self.meanings, strict=True):
            self._signs[self._key(variable)[0]] = inner.signs(meaning.sign_polynomial)

    def image(self, polynomial: fmpq_mpoly) -> Ratio | None:
        """Return a polynomial in the parameters; None where that is long."""
        key = str(polynomial)
        if key not in self._images:
            self._images[key] = self._multiplied_out(polynomial)
        return self._images[key]

    def _multiplied_out(self, polynomial: fmpq_mpoly) -> Ratio | None:
        ring = self.inner.ring
        if self.products(polynomial) > MOST_PRODUCTS:
            return None
        if self._plain:
            tops = [m.numerator for m in self.meanings]
            return ring.ratio(polynomial.compose(*tops, ctx=ring.context))
        total = ring.constant(0)
        try:
            for exponents, coefficient in polynomial.to_dict().items():
                term = ring.ratio(ring.one * coefficient)
                for meaning, exponent in zip(self.meanings, exponents, strict=True):
                    for _ in range(exponent):
                        term = term * meaning
                total = total + term
        except InputError as problem:
            if problem.code != "S002":
                raise
            return None
        return total

    def products(self, polynomial: fmpq_mpoly) -> int:
        """Return how many terms multiplying out goes through."""
        return sum(
            math.prod(length ** int(e) for length, e in zip(self._lengths, exponents, strict=True) if e)
            for exponents in polynomial.to_dict()
        )

    def signs(self, polynomial: fmpq_mpoly) -> Signs:
        """Return a set that holds every sign the polynomial can have."""
        seen = super().signs(polynomial)
        image = self.image(polynomial)
        return seen if image is None else seen & self.inner.signs(image.sign_polynomial) or seen

    def vanishes(self, polynomial: fmpq_mpoly) -> bool:
        """Return whether a polynomial is zero for all parameters.

        Where it is too long to be multiplied out, a value other than zero proves that it is not; one that
        is zero at random whole numbers of 128 bits is taken to be zero (Schwartz 1980, Zippel 1979: it is
        another one with a chance below 1e-35).
        """
        if not polynomial:
            return True
        image = self.image(polynomial)
        if image is not None:
            return image.is_zero
        return polynomial(*self._somewhere()) == 0

    def _somewhere(self) -> list[fmpq]:
        """The coefficients at random parameters."""
        rng = random.Random(0)
        while True:
            point = [fmpq(rng.getrandbits(128)) for _ in self.inner.ring.names]
            below = [m.denominator(*point) for m in self.meanings]
            if all(b != 0 for b in below):
                return [m.numerator(*point) / b for m, b in zip(self.meanings, below, strict=True)]

    def relation(self, polynomial: fmpq_mpoly, operator: str) -> Condition:
        """Return ``polynomial operator 0``, in the parameters where that is short."""
        if not polynomial:
            return super().relation(polynomial, operator)
        constant, factors = polynomial.factor()
        sign = 1 if constant > 0 else -1
        rest: dict[str, tuple[fmpq_mpoly, int]] = {}
        for factor, exponent in factors:
            image = self.image(factor)
            if image is None or len(image.numerator) + len(image.denominator) > SHORT:
                return super().relation(polynomial, operator)
            own, left = self.inner.stripped(image.sign_polynomial)
            sign *= own ** int(exponent)
            for part, power in left:
                _, before = rest.get(str(part), (part, 0))
                rest[str(part)] = part, before + power * int(exponent)
        if not sign:
            return self.inner.compared(0, [], operator)
        left = [(part, 2 - power % 2) for part, power in rest.values()]
        return self.inner.compared(
            sign, [p for p in left if p[1] == 1 or 0 in self.inner.signs(p[0])], operator
        )


@dataclass(frozen=True, eq=False)
class Coefficients:
    """A game in named coefficients.

    Attributes
    ----------
    table : CornerTable
        The advantages at the corners, in the coefficients.
    plain : CornerTable
        The same in the parameters.
    assumptions : NamedAssumptions
    meanings : what each name stands for, in the parameters
    sums : of those that are long, as a sum of payoffs as the file writes them, where it gives a table
    """

    table: CornerTable
    plain: CornerTable
    assumptions: NamedAssumptions
    meanings: Mapping[str, Ratio]
    sums: Mapping[str, Expression]

    def put_back(self, symbols: SymbolicAnswer) -> SymbolicAnswer:
        """Return an answer with the sums put back where they are short, and what the other names mean.

        Parameters
        ----------
        symbols : SymbolicAnswer
            Its candidates and the long conditions of its regimes are in the coefficients.
        """
        back = _PutBack(self.assumptions.inner.ring, self.meanings, self.sums)
        writer = Writer(back.rewritten)
        result = writer.rewrite_answer(symbols.found)
        regimes = tuple(writer.regime(r) for r in symbols.regimes)
        reasons = [*(p.reason for p in result.points), *(s.reason for s in result.sets)]
        told = {
            name for reason in reasons for value in values_in(reason) for name in re.findall(r"\w+", value)
        }
        definitions = {name: back.text(name) for name in self.meanings if name in back.used | told}
        return replace(symbols, found=result, regimes=regimes, definitions=definitions)

    def relation(self, polynomial: fmpq_mpoly, operator: str) -> Condition:
        """Return ``polynomial operator 0``: in the coefficients where it is a long advantage at a corner."""
        short = self._short.get(str(polynomial)) if len(polynomial) > SHORT else None
        if short is None:
            return self.assumptions.inner.relation(polynomial, operator)
        return self.assumptions.relation(short, operator)

    @cached_property
    def _short(self) -> dict[str, fmpq_mpoly]:
        """Long advantages at corners, without what has a sign for sure, in the coefficients."""
        found = {}
        for short, long in zip(self.table.corners, self.plain.corners, strict=True):
            for corner, value in long.items():
                sign, rest = self.assumptions.inner.stripped(value.sign_polynomial)
                if [exponent for _, exponent in rest] == [1] and len(rest[0][0]) > SHORT:
                    found[str(rest[0][0])] = short[corner].sign_polynomial * sign
        return found


def name_coefficients(game: Game, table: CornerTable, assumptions: Assumptions) -> Coefficients:
    """Return the same game with names for the coefficients of its advantages.

    Coefficients that are multiples of each other share a name; one term alone has none.

    Parameters
    ----------
    game : Game
        Of n populations of two strategies, without own play.
    table, assumptions
        In the game's parameters.
    """
    letter = _letter(game)
    meanings: dict[str, Ratio] = {}
    keys: dict[tuple[str, str], tuple[str, fmpq]] = {}

    sums: dict[str, Expression] = {}

    def short_coefficient(value: Ratio, i: int, subset: Corner) -> Expression:
        if len(value.numerator) + len(value.denominator) <= 2:
            return value.expression()
        lead = value.numerator.leading_coefficient()
        key = str(value.numerator / lead), str(value.denominator)
        if key not in keys:
            name = f"{letter}{len(meanings) + 1}"
            meanings[name] = value
            keys[key] = name, lead
            if len(value.numerator) + len(value.denominator) > LONG and isinstance(game.form, ProfileTable):
                sums[name] = _sum_of_payoffs(game, i, subset)
        name, first = keys[key]
        multiple = lead / first
        return multiply(number(Fraction(int(multiple.p), int(multiple.q))), Name(name))

    rows = [
        {
            subset: short_coefficient(part[subset], i, subset)
            for subset in sorted(part, key=lambda s: (sum(s), [-e for e in s]))
        }
        for i, part in enumerate(coefficients(table))
    ]
    inside = {n for row in rows for e in row.values() for n in names_in(e)}
    inside |= {n for speed in game.speeds for n in names_in(speed)}
    ring = Ring([*(n for n in game.parameters if n in inside), *meanings])
    corners = tuple(
        {corner: _advantage_at_corner(ring, row, corner) for corner in corners}
        for row, corners in zip(rows, table.corners, strict=True)
    )
    forms = [meanings.get(n) or table.ring.variable(n) for n in ring.names]
    asked = NamedAssumptions(assumptions, ring, forms)
    return Coefficients(CornerTable(ring, corners), table, asked, meanings, sums)


def _sum_of_payoffs(game: Game, i: int, subset: Corner) -> Expression:
    """A coefficient of an advantage, in the payoffs as they are written: Σ_T⊆S (-1)^|S-T|·f_i(T)."""
    total = []
    table = corner_payoffs(game)[i]
    for corner in itertools.product(*((1, 0) if on else (0,) for on in subset)):
        first, second = (substitute(payoff, game.lets) for payoff in table[corner])
        if (sum(subset) - sum(corner)) % 2:
            first, second = second, first
        if first != second:
            total += [first, negate(second)]
    return add(*total)


def _advantage_at_corner(ring: Ring, row: Mapping[Corner, Expression], corner: Corner) -> Ratio:
    """An advantage at a corner: the sum of the coefficients of the shares that are 1 there."""
    total = ring.constant(0)
    for subset, expression in row.items():
        if all(on <= share for on, share in zip(subset, corner, strict=True)):
            total = total + ring.read(expression)
    return total


def _letter(game: Game) -> str:
    """A letter that is not that of a numbered name of the game."""
    taken = [*game.parameters, *game.shares, *game.lets]
    taken += [p.latex for p in game.parameters.values() if p.latex]
    free = (c for c in LETTERS if not any(re.fullmatch(rf"{c}(_?\d|_\{{).*|{c}", name) for name in taken))
    return next(free, "coefficient")


class _PutBack:
    """Writes sums for names where that is short."""

    def __init__(self, ring: Ring, meanings: Mapping[str, Ratio], sums: Mapping[str, Expression]) -> None:
        self.ring = ring
        self.meanings = meanings
        self._texts = dict(sums)
        self._lengths = {n: len(m.numerator) + len(m.denominator) - 1 for n, m in meanings.items()}
        self.short = {n: m for n, m in meanings.items() if self._is_short(n, FEW)}
        self.used: set[str] = set()

    def text(self, name: str) -> Expression:
        """Return what a name stands for."""
        if name not in self._texts:
            self._texts[name] = self.meanings[name].expression()
        return self._texts[name]

    def _is_short(self, name: str, most: int) -> bool:
        """Whether a reader meets few names in what a name stands for; a long one is not written to see."""
        return self._lengths[name] <= READABLE and not _more_names(self.text(name), most)

    def rewritten(self, expression: Expression) -> Expression:
        """Return an expression in the parameters where that is short, else with most names kept."""
        names = self.meanings.keys() & set(names_in(expression))
        if not names:
            return expression
        if all(self._is_short(n, READABLE) for n in names) and not _more_names(expression, READABLE):
            full = self._put_back(expression, self.meanings)
            if not _more_names(full, READABLE):
                return full
        self.used |= names - self.short.keys()
        return self._put_back(expression, self.short) if names & self.short.keys() else expression

    def _put_back(self, expression: Expression, known: Mapping[str, Ratio]) -> Expression:
        match expression:
            case Name(name):
                return self.text(name) if name in known else expression
            case Number():
                return expression
            case Sum(terms):
                if self._flat(terms, known):
                    return self.ring.read(expression, known).expression()
                return add(*(self._put_back(t, known) for t in terms))
            case Product(factors):
                return multiply(*(self._put_back(f, known) for f in factors))
            case Quotient(numerator, denominator):
                return divide(self._put_back(numerator, known), self._put_back(denominator, known))
            case Power(base, exponent, at):
                return Power(self._put_back(base, known), exponent, at)
            case Call(function, arguments, at):
                return Call(function, tuple(self._put_back(a, known) for a in arguments), at)

    def _is_parameter(self, expression: Expression) -> bool:
        return isinstance(expression, Name) and expression.name in self.ring.names

    def _flat(self, terms: Sequence[Expression], known: Mapping[str, Ratio]) -> bool:
        """Whether a sum has short terms alone, in parameters and in names that are put back."""
        total = 0
        for term in terms:
            size = 1
            for factor in term.factors if isinstance(term, Product) else (term,):
                if isinstance(factor, Name) and factor.name in known:
                    size *= len(known[factor.name].numerator)
                elif not isinstance(factor, Number) and not self._is_parameter(factor):
                    return False
            total += size
        return total <= SHORT


def _more_names(expression: Expression, most: int) -> bool:
    """Whether a reader meets more than so many names; no more of a long formula is read than it takes."""
    names = (node for node in walk(expression) if isinstance(node, Name))
    return next(itertools.islice(names, most, None), None) is not None
