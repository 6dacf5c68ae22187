"""Exact algebra in shares, parameters and what is irrational in them, for comparing formulas.

Two formulas are the same where they are the same quotient of polynomials.  A root, a logarithm or an
unknown name takes part as a variable of its own, so that equality found here is equality; a difference that
holds such a variable is confirmed in numbers (see `printed`).

Conditions as people write them: positive terms on one side, negative ones on the other.

The difference of two formulas in words: terms that are too much, that are missing, that are mistaken.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from flint import fmpq, fmpq_mpoly

from separatrix.audit.claims.numerals import show
from separatrix.errors import ComesLater, InputError
from separatrix.exact.rational_functions import Ratio, Ring, monomial, sum_of_terms
from separatrix.expression.conditions import MIRRORED, Relation, condition_text
from separatrix.expression.constants import Irrational
from separatrix.expression.evaluation import evaluate
from separatrix.expression.tree import (
    Call,
    Expression,
    Name,
    Number,
    Power,
    Sum,
    divide,
    multiply,
    names_in,
    number,
    power,
    substitute,
    to_text,
)
from separatrix.sentences import say

__all__ = [
    "Algebra",
    "Contrast",
    "IMAGINARY",
    "IrrationalPart",
    "balance",
    "contrast",
    "put",
    "smallest_term",
    "solved",
    "into_ring",
]

IMAGINARY = "I"
SPARE = 16
"""So many different irrational parts can take part in one comparison."""


@dataclass(frozen=True)
class IrrationalPart:
    """A value that is not a quotient of polynomials: ``function`` of ``arguments``, and its written form."""

    function: str
    arguments: tuple[Ratio, ...]
    expression: Expression


class Algebra(Ring):
    """Quotients of polynomials in shares, parameters, further names, and irrational parts.

    Parameters
    ----------
    shares, parameters, others : iterables of str
        ``others`` are names in claims that the game does not have.
    form : callable, optional
        Gives texts the form that their readers know.

    Examples
    --------
    >>> from separatrix.expression.parser import parse_expression
    >>> ring = Algebra(["x"], ["a"])
    >>> ring.read(parse_expression("sqrt(a + a)*x")) == ring.read(parse_expression("x*sqrt(2*a)"))
    True
    """

    def __init__(
        self,
        shares: Iterable[str],
        parameters: Iterable[str],
        others: Iterable[str] = (),
        form: Callable[[Expression], Expression] | None = None,
    ) -> None:
        self.shares, self.parameters = tuple(shares), tuple(parameters)
        taken = (*self.parameters, *self.shares)
        self.form = form
        self.others = tuple(n for n in dict.fromkeys((*others, IMAGINARY)) if n not in taken)
        super().__init__((*taken, *self.others, *(f"irrational {k}" for k in range(SPARE))))
        self.irrationals: list[IrrationalPart] = []
        self._variables = tuple(self.ratio(v) for v in self.context.gens())
        self._first_spare = len(taken) + len(self.others)

    def variable(self, name: str) -> Ratio:
        """Return one of the variables."""
        return self._variables[self._index[name]]

    # ------------------------------------------------------------- reading

    def read(self, expression: Expression, known: Mapping[str, Ratio] | None = None) -> Ratio:
        """Return `expression` as a quotient; `known` gives the values of shorthands and shares."""
        if isinstance(expression, Call):
            if not names_in(expression):
                try:
                    value = evaluate(expression, {})
                except InputError as problem:
                    if problem.code not in ("S004", "S005"):
                        raise
                else:
                    if not isinstance(value, Irrational):
                        return self.constant(value)
            arguments = tuple(self.read(a, known) for a in expression.arguments)
            return self._irrational(expression.function, arguments)
        if isinstance(expression, Power):
            times = self.read(expression.exponent, known).value
            if times is None or times.denominator != 1 or abs(times) > 64:
                base = self.read(expression.base, known)
                if times is not None and times.denominator == 2 and abs(times) <= 64:
                    root = self._irrational("sqrt", (base,))
                    return super().read(Power(Name("root"), number(int(times * 2))), {"root": root})
                exponent = self.read(expression.exponent, known)
                return self._irrational("power", (base, exponent))
        return super().read(expression, known)

    def _irrational(self, function: str, arguments: tuple[Ratio, ...]) -> Ratio:
        if function == "sqrt":
            value = arguments[0].value
            if value is not None:
                with suppress(InputError):
                    root = evaluate(Call("sqrt", (Number(value),)), {})
                    if not isinstance(root, Irrational):  # else it stays a symbol
                        return self.constant(root)
        if function in ("min", "max"):
            arguments = tuple(sorted(set(arguments), key=lambda a: (str(a.numerator), str(a.denominator))))
            if len(arguments) == 1:
                return arguments[0]
        for k, known in enumerate(self.irrationals):
            if known.function == function and known.arguments == arguments:
                return self._spare(k)
        if len(self.irrationals) == SPARE:
            raise ComesLater("A501", f"more than {SPARE} different roots, powers and function values")
        written = tuple(self.write(a) for a in arguments)
        whole = Power(written[0], written[1]) if function == "power" else Call(function, written)
        self.irrationals.append(IrrationalPart(function, arguments, whole))
        return self._spare(len(self.irrationals) - 1)

    def _spare(self, k: int) -> Ratio:
        return self._variables[self._first_spare + k]

    # ------------------------------------------------------------- looking

    def used(self, *ratios: Ratio) -> tuple[str, ...]:
        """Return the names that occur in any of `ratios`, in the ring's order."""
        degrees = [0] * len(self.names)
        for ratio in ratios:
            for part in (ratio.numerator, ratio.denominator):
                for k, degree in enumerate(part.degrees() if len(part) else ()):
                    degrees[k] += int(degree)
        return tuple(name for name, degree in zip(self.names, degrees, strict=True) if degree)

    def names_in(self, *ratios: Ratio) -> set[str]:
        """Return the parameters and shares that occur in any of `ratios`, roots and functions included."""
        found: set[str] = set()
        pending = list(ratios)
        while pending:
            names = set(self.used(*pending)) - found
            found |= names
            inner = (n for n in names if n.startswith("irrational "))
            pending = [a for n in inner for a in self.irrationals[int(n.split()[1])].arguments]
        return {n for n in found if n in self.parameters or n in self.shares}

    def is_rational(self, *ratios: Ratio) -> bool:
        """Whether no root, function value or imaginary unit takes part."""
        return not any(
            n.startswith("irrational ") or (n == IMAGINARY and n in self.others) for n in self.used(*ratios)
        )

    def write(self, ratio: Ratio) -> Expression:
        """Return a quotient as an expression, the irrational parts written out."""
        return self.written_out(ratio.expression())

    def written_out(self, written: Expression) -> Expression:
        """Return an expression with the irrational parts written out."""
        names = {f"irrational {k}": i.expression for k, i in enumerate(self.irrationals)}
        return substitute(written, names) if names else written

    def text(self, ratio: Ratio) -> str:
        """Return a quotient as text."""
        return self.to_text(self.write(ratio))

    def to_text(self, expression: Expression) -> str:
        """Return an expression as text, in the form that readers know."""
        return to_text(expression if self.form is None else self.form(expression))

    def reduced(self, ratio: Ratio) -> Ratio:
        """Return `ratio` with I² = -1 and (√r)² = r used, as far as that goes in numerators."""
        if IMAGINARY in self.others:
            ratio = self._lowered(ratio, self._index[IMAGINARY], self.constant(-1))
        for k, part in enumerate(self.irrationals):
            if part.function == "sqrt":
                ratio = self._lowered(ratio, self._first_spare + k, part.arguments[0])
        return ratio

    def _lowered(self, ratio: Ratio, index: int, square: Ratio) -> Ratio:
        """Replace even powers of a variable by powers of its square, in the numerator."""
        if not len(ratio.numerator) or int(ratio.numerator.degrees()[index]) < 2:
            return ratio
        by_degree: dict[int, dict[tuple[int, ...], fmpq]] = {}
        for exponents, coefficient in ratio.numerator.to_dict().items():
            rest = (*exponents[:index], 0, *exponents[index + 1 :])
            by_degree.setdefault(int(exponents[index]), {})[rest] = coefficient
        variable = self._variables[index]
        total = self.constant(0)
        for degree, terms in by_degree.items():
            part = self.ratio(self.context.from_dict(terms))
            for _ in range(degree // 2):
                part = part * square
            total = total + (part * variable if degree % 2 else part)
        return total / self.ratio(ratio.denominator)


def put(ratio: Ratio, values: Mapping[str, Ratio | Fraction | int]) -> Ratio:
    """Return `ratio` with variables replaced by quotients or numbers.

    Raises
    ------
    ZeroDivisionError
        If the denominator vanishes identically there.
    """
    ring = ratio.ring
    numbers = {k: Fraction(v) for k, v in values.items() if not isinstance(v, Ratio)}
    for name, value in values.items():
        if isinstance(value, Ratio) and value.value is not None:
            numbers[name] = value.value
    quotients = {n: v for n, v in values.items() if isinstance(v, Ratio) and n not in numbers}
    above, below = (_put_numbers(ring, p, numbers) for p in (ratio.numerator, ratio.denominator))
    if not quotients:
        if not len(below):
            raise ZeroDivisionError("the denominator vanishes")
        return ring.ratio(above, below)
    top, bottom = _put_quotients(ring, above, quotients), _put_quotients(ring, below, quotients)
    if bottom.is_zero:
        raise ZeroDivisionError("the denominator vanishes")
    return top / bottom


def _put_numbers(ring: Ring, polynomial: fmpq_mpoly, numbers: Mapping[str, Fraction]) -> fmpq_mpoly:
    if not numbers or not len(polynomial):
        return polynomial
    used = polynomial.degrees()
    indices = {ring.names.index(n): fmpq(v.numerator, v.denominator) for n, v in numbers.items()}
    given: dict[str | int, Any] = {f"v{k}": v for k, v in indices.items() if used[k]}
    return polynomial.subs(given) if given else polynomial


def _put_quotients(ring: Ring, polynomial: fmpq_mpoly, values: Mapping[str, Ratio]) -> Ratio:
    """Replace variables by quotients: with all denominators in front, one division suffices."""
    if not len(polynomial):
        return ring.ratio(polynomial)
    used = polynomial.degrees()
    given = [(k, v) for k, v in ((ring.names.index(n), v) for n, v in values.items()) if used[k]]
    if not given:
        return ring.ratio(polynomial)
    groups: dict[tuple[int, ...], dict[tuple[int, ...], fmpq]] = {}
    for exponents, coefficient in polynomial.to_dict().items():
        key = tuple(int(exponents[k]) for k, _ in given)
        rest = list(exponents)
        for k, _ in given:
            rest[k] = 0
        groups.setdefault(key, {})[tuple(rest)] = coefficient
    highest = [max(key[i] for key in groups) for i in range(len(given))]
    powers = []
    for i, (_, value) in enumerate(given):
        above, below = [ring.one], [ring.one]
        for _ in range(highest[i]):
            above.append(above[-1] * value.numerator)
            below.append(below[-1] * value.denominator)
        powers.append((above, below))
    total = ring.zero
    for key, terms in groups.items():
        term = ring.context.from_dict(terms)
        for i, degree in enumerate(key):
            term = term * powers[i][0][degree] * powers[i][1][highest[i] - degree]
        total = total + term
    bottom = ring.one
    for i, top in enumerate(highest):
        bottom = bottom * powers[i][1][top]
    return ring.ratio(total, bottom)


def into_ring(ratio: Ratio, ring: Ring) -> Ratio | None:
    """Return the same quotient in another ring, or None where that lacks a name."""
    source = ratio.ring
    places = [ring.names.index(n) if n in ring.names else -1 for n in source.names]

    def polynomial_in_ring(polynomial: fmpq_mpoly) -> fmpq_mpoly | None:
        terms = {}
        for exponents, coefficient in polynomial.to_dict().items():
            target = [0] * len(ring.names)
            for place, exponent in zip(places, exponents, strict=True):
                if exponent and place < 0:
                    return None
                if exponent:
                    target[place] = int(exponent)
            terms[tuple(target)] = coefficient
        return ring.context.from_dict(terms) if terms else ring.zero

    above, below = polynomial_in_ring(ratio.numerator), polynomial_in_ring(ratio.denominator)
    if above is None or below is None:
        return None
    return ring.ratio(above, below)


def smallest_term(algebra: Algebra, difference: Ratio) -> str:
    """Return the simplest monomial of a difference as text: of lowest degree, with the simplest number."""
    if difference.is_zero:
        return "0"

    def weight(item: tuple[tuple[int, ...], fmpq]) -> tuple[int, int, list[int]]:
        exponents, coefficient = item
        return (sum(exponents), len(str(coefficient)), [-int(e) for e in exponents])

    exponents, coefficient = min(difference.numerator.to_dict().items(), key=weight)
    term = monomial(algebra, exponents, coefficient)
    if difference.denominator != algebra.one:
        below = algebra.ratio(difference.denominator).expression()
        term = divide(term, below)
    return to_text(algebra.written_out(term))


def solved(equation: Ratio, allowed: Iterable[str]) -> tuple[str, Ratio] | None:
    """Solve ``equation = 0`` for one of the `allowed` variables in which it is linear, the simplest way.

    Examples
    --------
    >>> from separatrix.expression.parser import parse_expression
    >>> ring = Algebra([], ["a", "b"])
    >>> name, value = solved(ring.read(parse_expression("2*a - b")), ring.parameters)
    >>> name, ring.text(value)
    ('a', '1/2*b')
    """
    ring = equation.ring
    if equation.is_zero:
        return None
    best: tuple[tuple[bool, int], str, Ratio] | None = None
    degrees = equation.numerator.degrees()
    for name in allowed:
        k = ring.names.index(name)
        if degrees[k] != 1:
            continue
        slope: dict[tuple[int, ...], fmpq] = {}
        rest: dict[tuple[int, ...], fmpq] = {}
        for exponents, coefficient in equation.numerator.to_dict().items():
            target = slope if exponents[k] else rest
            target[(*exponents[:k], 0, *exponents[k + 1 :])] = coefficient
        below = ring.ratio(ring.context.from_dict(slope))
        above = ring.ratio(ring.context.from_dict(rest) if rest else ring.zero)
        rank = (below.value is None, len(slope))
        if best is None or rank < best[0]:
            best = (rank, name, -(above / below))
    return None if best is None else (best[1], best[2])


def balance(algebra: Algebra, quantity: Ratio, operator: str = "==") -> str:
    """Return ``quantity operator 0``, each term on the side where it is positive.

    Examples
    --------
    >>> from separatrix.expression.parser import parse_expression
    >>> ring = Algebra([], ["R", "C", "S"])
    >>> quantity = ring.read(parse_expression("R - C - S"))
    >>> balance(ring, quantity), balance(ring, -quantity, "<")
    ('R = C + S', 'R > C + S')
    """
    if not quantity.denominator.is_constant():
        return f"{algebra.text(quantity)} {operator} 0".replace("==", "=")
    terms = quantity.numerator.to_dict()
    left = {m: v for m, v in terms.items() if v > 0}
    right = {m: -v for m, v in terms.items() if v < 0}

    def side(part: dict[tuple[int, ...], fmpq]) -> Expression:
        if not part:
            return number(0)
        return algebra.written_out(sum_of_terms(algebra, algebra.context.from_dict(part)))

    first = max(terms, default=None)
    one, other = side(left), side(right)
    if not left or (right and first in right):
        one, other, operator = other, one, MIRRORED[operator]
    return condition_text(Relation(one, operator, other)).replace("==", "=")


FEW = 3
"""So many terms are named one by one."""
IT = say("it")
RIGHT = say("the right one")


@dataclass(frozen=True)
class Contrast:
    """How a printed formula differs from the right one.

    Attributes
    ----------
    text : str
        A clause whose subject is the printed formula, called "it" unless another name was given.
    term : str
        The smallest term of printed minus right, common factors taken out.
    difference : str
        Printed minus right, all of it.
    """

    text: str
    term: str
    difference: str


def contrast(
    algebra: Algebra,
    printed: Ratio,
    right: Ratio,
    fixed: tuple[str, ...] = (),
    *,
    it: str = IT,
    other: str = RIGHT,
) -> Contrast:
    """Return how `printed` differs from `right`, which must be another formula.

    Parameters
    ----------
    fixed : names
        A factor without any of these is reported as a factor: the shares, in an equation.
    it, other : str
        What the two formulas are called.

    Examples
    --------
    >>> from separatrix.expression.parser import parse_expression
    >>> ring = Algebra(["x"], ["a", "b"])
    >>> two = [ring.read(parse_expression(t)) for t in ("x*(1 - x)*(a + b*x)", "x*(1 - x)*(a - b)")]
    >>> contrast(ring, *two)
    Contrast(text='it has b*x where the right one has -b', term='b', difference='x*(1 - x)*(x + 1)*b')
    """
    difference = printed - right
    whole = algebra.to_text(_factored(algebra, difference))
    if right.is_zero:
        return Contrast(say("{other} is 0", other=other), smallest_term(algebra, difference), whole)
    if printed.is_zero:
        text = say("{it} is 0, and {other} is not", it=it, other=other)
        return Contrast(text, smallest_term(algebra, difference), whole)
    quotient = printed / right
    if quotient.value is not None:
        factor = quotient.value
        text = say("{it} has the opposite sign", it=it)
        if factor != -1:
            text = say("{it} is {factor} times {other}", it=it, factor=show(factor), other=other)
        return Contrast(text, smallest_term(algebra, difference), whole)
    simple = len(quotient.numerator) == 1 and len(quotient.denominator) == 1
    if fixed and simple and not set(algebra.used(quotient)) & set(fixed):
        text = say("{it} is {other} times {factor}", it=it, other=other, factor=algebra.text(quotient))
        return Contrast(text, smallest_term(algebra, difference), whole)
    above, below = _cofactors(algebra, printed, right)
    term = smallest_term(algebra, algebra.ratio(above - below))
    return Contrast(_terms(algebra, above, below, it, other), term, whole)


def _factored(algebra: Algebra, difference: Ratio) -> Expression:
    """A difference as papers write rates: shares alone in front, positive where shares are small."""
    constant, factors = difference.numerator.factor()
    size = Fraction(int(constant.p), int(constant.q))
    shares: list[Expression] = []
    others: list[Expression] = []
    for factor, exponent in factors:
        moving = set(algebra.used(algebra.ratio(factor))) <= set(algebra.shares)
        if moving and factor(*_small_shares(algebra)) < 0:
            factor, size = -factor, size * (-1) ** int(exponent)
        written = power(sum_of_terms(algebra, factor), int(exponent))
        (shares if moving else others).append(written)
    shares.sort(key=lambda e: isinstance(e, Sum))
    above = multiply(number(size), *shares, *others)
    below = algebra.ratio(difference.denominator).expression()
    return algebra.written_out(divide(above, below))


def _small_shares(algebra: Algebra) -> list[fmpq]:
    """A point at which 1 - x and 1 - 2x are positive."""
    sample = [fmpq(1)] * len(algebra.names)
    for share in algebra.shares:
        sample[algebra.names.index(share)] = fmpq(1, 4)
    return sample


def _cofactors(algebra: Algebra, printed: Ratio, right: Ratio) -> tuple[fmpq_mpoly, fmpq_mpoly]:
    """Both formulas on one denominator, without what they have in common."""
    above = printed.numerator * right.denominator
    below = right.numerator * printed.denominator
    common = above.gcd(below)
    if not common.is_constant():
        # Papers write x(1-x) and (1-2x): factors that are positive at small shares.
        coefficients = [Fraction(int(c.p), int(c.q)) for c in common.coeffs()]
        size = Fraction(
            math.gcd(*(c.numerator for c in coefficients)), math.lcm(*(c.denominator for c in coefficients))
        )
        if common(*_small_shares(algebra)) < 0:
            size = -size
        common = common / fmpq(size.numerator, size.denominator)
        above, below = above / common, below / common
    return above, below


def _terms(algebra: Algebra, printed: fmpq_mpoly, right: fmpq_mpoly, it: str, other: str) -> str:
    ours, theirs = printed.to_dict(), right.to_dict()
    extra = {m: v for m, v in ours.items() if theirs.get(m) != v}
    lacking = {m: v for m, v in theirs.items() if ours.get(m) != v}
    if not set(extra) & set(lacking) and len(extra) > FEW and not lacking:
        return say("{it} has {count} terms too much", it=it, count=len(extra))

    def text(terms: Mapping[tuple[int, ...], fmpq]) -> str:
        return algebra.text(algebra.ratio(algebra.context.from_dict(terms)))

    if len(extra) > FEW or len(lacking) > FEW:
        count = len(set(extra) | set(lacking))
        return say("{it} differs in {count} terms", it=it, count=count)
    if not lacking:
        return say("{it} has {extra} too much", it=it, extra=text(extra))
    if not extra:
        return say("{it} lacks {lacking}", it=it, lacking=text(lacking))
    return say(
        "{it} has {extra} where {other} has {lacking}",
        it=it,
        extra=text(extra),
        other=other,
        lacking=text(lacking),
    )
