"""Exact algebra in the parameters: quotients of polynomials over the rationals, by FLINT.

Whether polynomials have no common real zero near the origin but the origin itself.

How many roots of a polynomial lie in each half-plane, in exact numbers that may hold one square root.

The first column of the Routh array changes its sign once for each root with positive real part, if no entry
of it is zero; then no root lies on the imaginary axis either (Gantmacher 1959, chapter XV).

Where eigenvalues of a matrix that depends on a parameter cross the imaginary axis.

The characteristic polynomial is split into irreducible factors over the rationals, in the eigenvalue and the
parameter.  A factor f has the eigenvalue zero where f(0) = 0, and a pair ±iω where its last but one Hurwitz
determinant vanishes: that is the product of all sums of two of its roots (Orlando 1911; Gantmacher 1959,
chapter XV).  Where it vanishes for all values, f and f(-λ) share a root, so f is even: then its roots are
±λ, and a pair leaves the imaginary axis only where two pairs meet, which makes the discriminant vanish.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from flint import Ordering, fmpq, fmpq_mat, fmpq_mpoly, fmpq_mpoly_ctx, fmpq_poly

from separatrix.errors import ComesLater, InputError
from separatrix.exact.algebraic_numbers import Exact, sign
from separatrix.expression.constants import Irrational
from separatrix.expression.evaluation import MAX_EXPONENT, evaluate
from separatrix.expression.precision import precision
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
    to_text,
)
from separatrix.run.cached_property import cached_property
from separatrix.run.limits import poll

__all__ = [
    "Ratio",
    "Ring",
    "axis_crossings",
    "characteristic",
    "determinant",
    "hurwitz_last",
    "imaginary_pair",
    "monomial",
    "only_origin",
    "polynomial_expression",
    "root_signs",
    "sum_of_terms",
]

MAX_TERMS = 50_000

MOST_DEGREE = 4_096
"""In one variable; with more the numbers alone fill the memory."""

FEW_PAIRS = 10_000
"""Pairs of terms that are multiplied without a thought."""

MOST_WORK = 30_000_000
"""Pairs of terms, for their length, that one product may multiply."""

WORK_A_SECOND = 20_000_000


class Ring:
    """Quotients of polynomials in the given names.

    Parameters
    ----------
    names : iterable of str
        The variables, in the order in which results are written.
    rational : bool
        Whether irrational constants are refused (A501); else rationals stand for them (`rounded`).
    """

    def __init__(self, names: Iterable[str], *, rational: bool = False) -> None:
        self.names = tuple(names)
        self._rational = rational
        # FLINT wants plain identifiers; parameters may carry any letters.
        self.context = fmpq_mpoly_ctx.get([f"v{k}" for k in range(len(self.names))], Ordering.lex)
        self.one = self.context.from_dict({(0,) * len(self.names): 1})
        self.zero = self.one - self.one
        self._index = {name: k for k, name in enumerate(self.names)}
        self._constants: dict[Fraction | int, Ratio] = {}
        self.rounded = False
        """Whether some number in it stands for an irrational constant that it is only close to."""

    def variable(self, name: str) -> Ratio:
        """Return one of the variables."""
        return self.ratio(self.context.gens()[self._index[name]])

    def ratio(self, above: fmpq_mpoly, below: fmpq_mpoly | None = None) -> Ratio:
        """Return a polynomial, or a quotient of two, in lowest terms."""
        whole = Ratio(self, above, self.one)
        return whole if below is None else whole / Ratio(self, below, self.one)

    def constant(self, value: Fraction | int) -> Ratio:
        """Return a number."""
        self._notice(value)
        if value not in self._constants:
            number = self.one * fmpq(value.numerator, value.denominator)
            self._constants[value] = self.ratio(number)
        return self._constants[value]

    def number(self, value: Fraction) -> fmpq:
        """Return a number as a coefficient; one that stands for an irrational constant is remembered."""
        self._notice(value)
        return fmpq(value.numerator, value.denominator)

    def _notice(self, value: Fraction | int) -> None:
        if isinstance(value, Irrational):
            if self._rational:
                raise _not_rational(repr(value.constant))
            self.rounded = True

    def read(self, expression: Expression, known: Mapping[str, Ratio] | None = None) -> Ratio:
        """Return `expression` as a quotient; `known` gives the values of shorthands.

        Raises
        ------
        ComesLater
            A501 for a function or a power that is not rational in the names.
        InputError
            S003 for a division by zero, S002 where too many terms arise.
        """
        known = known or {}
        match expression:
            case Number(value):
                return self.constant(value)
            case Name(name):
                return known[name] if name in known else self.variable(name)
            case Sum(terms):
                total = self.constant(0)
                for term in terms:
                    total = total + self.read(term, known)
                return total
            case Product(factors):
                return self._multiplied([self.read(factor, known) for factor in factors])
            case Quotient(numerator, denominator):
                below = self.read(denominator, known)
                if below.is_zero:
                    raise InputError("S003", f"division by zero: `{to_text(denominator)}` is 0 identically")
                return self.read(numerator, known) / below
            case Power(base, exponent):
                times = self.read(exponent, known).value
                whole = times is not None and times.denominator == 1
                if not whole and not names_in(expression):
                    return self.constant(evaluate(expression, {}))
                if times is None or times.denominator != 1 or abs(times) > MAX_EXPONENT:
                    raise _not_rational(to_text(expression))
                root = self.read(base, known)
                if times < 0:
                    if root.is_zero:
                        raise InputError("S003", f"division by zero: `{to_text(base)}` is 0 identically")
                    root = self.constant(1) / root
                return _raised(root, abs(int(times)))
            case Call():
                if not names_in(expression):
                    return self.constant(evaluate(expression, {}))
                raise _not_rational(to_text(expression))

    def _multiplied(self, factors: list[Ratio]) -> Ratio:
        """A product, neighbours first: factors of one size cost least."""
        degrees = [sum(int(d) for d in f.numerator.degrees()) for f in factors]
        if sum(degrees) > len(self.names) * MOST_DEGREE:
            raise InputError("S002", f"an expression of degree above {MOST_DEGREE:,} arises")
        while len(factors) > 1:
            pairs = zip(factors[::2], factors[1::2], strict=False)
            factors = [a * b for a, b in pairs] + factors[len(factors) - len(factors) % 2 :]
        return factors[0]


def _not_rational(text: str) -> ComesLater:
    return ComesLater(
        "A501",
        f"`{text}` is not a rational function of the parameters; its exact symbolic analysis comes later",
        hint="give the parameters values and omit --symbolic",
    )


@dataclass(frozen=True, eq=False)
class Ratio:
    """A quotient of polynomials in lowest terms; its denominator is primitive, its leading term positive."""

    ring: Ring
    numerator: fmpq_mpoly
    denominator: fmpq_mpoly

    def _make(self, numerator: fmpq_mpoly, denominator: fmpq_mpoly) -> Ratio:
        if len(numerator) > MAX_TERMS or len(denominator) > MAX_TERMS:
            raise InputError("S002", f"an expression with more than {MAX_TERMS:,} terms arises")
        if denominator != self.ring.one:
            common = numerator.gcd(denominator)
            if common != self.ring.one:
                numerator, denominator = numerator / common, denominator / common
            lead = denominator.leading_coefficient()
            if lead != 1:
                numerator, denominator = numerator / lead, denominator / lead
        return Ratio(self.ring, numerator, denominator)

    def __add__(self, other: Ratio) -> Ratio:
        if self.denominator == other.denominator:
            return self._make(self.numerator + other.numerator, self.denominator)
        return self._make(
            _product(self.numerator, other.denominator) + _product(other.numerator, self.denominator),
            _product(self.denominator, other.denominator),
        )

    def __neg__(self) -> Ratio:
        return Ratio(self.ring, -self.numerator, self.denominator)

    def __sub__(self, other: Ratio) -> Ratio:
        return self + (-other)

    def __mul__(self, other: Ratio) -> Ratio:
        return self._make(
            _product(self.numerator, other.numerator), _product(self.denominator, other.denominator)
        )

    def __truediv__(self, other: Ratio) -> Ratio:
        return self._make(
            _product(self.numerator, other.denominator), _product(self.denominator, other.numerator)
        )

    def __eq__(self, other: object) -> bool:
        return (
            isinstance(other, Ratio)
            and self.numerator == other.numerator
            and self.denominator == other.denominator
        )

    def __hash__(self) -> int:
        return hash((str(self.numerator), str(self.denominator)))

    @property
    def is_zero(self) -> bool:
        """Whether it vanishes identically."""
        return not self.numerator

    @cached_property
    def value(self) -> Fraction | None:
        """Its value where it is a number, else None."""
        if not (self.numerator.is_constant() and self.denominator.is_constant()):
            return None
        if not self.numerator:
            return Fraction(0)
        coefficient = self.numerator.leading_coefficient() / self.denominator.leading_coefficient()
        return Fraction(int(coefficient.p), int(coefficient.q))

    @cached_property
    def sign_polynomial(self) -> fmpq_mpoly:
        """A polynomial that has the sign of the quotient wherever that is defined."""
        return self.numerator * self.denominator

    def derivative(self, by: str | int) -> Ratio:
        """Return the derivative by a variable, given by its name or its number."""
        k = self.ring.names.index(by) if isinstance(by, str) else by
        above, below = self.numerator, self.denominator
        return self.ring.ratio(above.derivative(k) * below - above * below.derivative(k), below * below)

    def expression(self) -> Expression:
        """Return it as an expression, the variables in the ring's order."""
        return self._expression

    @cached_property
    def _expression(self) -> Expression:
        if self.value is not None:
            return number(self.value)
        return divide(
            polynomial_expression(self.ring, self.numerator),
            polynomial_expression(self.ring, self.denominator),
        )

    def evaluate(self, values: Mapping[str, Fraction]) -> Fraction:
        """Return its value at exact parameter values; `ZeroDivisionError` at a pole."""
        point = [fmpq(values[n].numerator, values[n].denominator) for n in self.ring.names]
        if self.value is not None:
            return self.value
        top, below = self.numerator(*point), self.denominator(*point)
        if below == 0:
            raise ZeroDivisionError("the denominator vanishes")
        quotient = top / below
        return Fraction(int(quotient.p), int(quotient.q))


def _raised(root: Ratio, times: int) -> Ratio:
    """A power by repeated squaring, refused before it is expanded where its terms would be too many."""
    result, square = root.ring.constant(1), root
    while times:
        if times & 1:
            result = result * square
        times >>= 1
        if times:
            square = square * square
    return result


def _product(a: fmpq_mpoly, b: fmpq_mpoly) -> fmpq_mpoly:
    """A product; the library cannot be interrupted, so a product that would take seconds is refused.

    Raises `InputError` S002, or `OutOfTime` where less time is left than it would take.
    """
    if a.is_constant() or b.is_constant():
        return a * b
    pairs = len(a) * len(b)
    if pairs > FEW_PAIRS:
        degrees = [int(p) + int(q) for p, q in zip(a.degrees(), b.degrees(), strict=True)]
        if max(degrees) > MOST_DEGREE:
            raise InputError("S002", f"an expression of degree above {MOST_DEGREE:,} arises")
        dense = math.prod(d + 1 for d in degrees)
        bits = _bits(a) + _bits(b)
        work = min(pairs, 20 * dense) * (1 + bits / 128)
        if work > MOST_WORK:
            raise InputError("S002", f"an expression with more than {MAX_TERMS:,} terms arises")
        poll(work / WORK_A_SECOND)
    return a * b


def _bits(polynomial: fmpq_mpoly) -> int:
    """About how long its coefficients are, from some of them."""
    some = itertools.islice(polynomial.coeffs(), 0, None, max(1, len(polynomial) // 16))
    return max(int(c.p).bit_length() + int(c.q).bit_length() for c in some)


def polynomial_expression(ring: Ring, polynomial: fmpq_mpoly) -> Expression:
    """Return a polynomial as a product of its irreducible factors, each a sum of monomials.

    Examples
    --------
    >>> ring = Ring(["a", "b"])
    >>> from separatrix.expression.parser import parse_expression
    >>> to_text(ring.read(parse_expression("b*a^2 - 2*a")).expression())
    'a*(a*b - 2)'
    """
    if len(polynomial) < 2:
        return sum_of_terms(ring, polynomial)
    constant, factors = polynomial.factor()
    parts: list[Expression] = []
    sign = 1
    for factor, exponent in sorted(factors, key=lambda f: (len(f[0]), sorted(f[0].to_dict(), reverse=True))):
        if not any(value > 0 for value in factor.to_dict().values()):
            factor, sign = -factor, sign * (-1) ** exponent
        parts.append(power(sum_of_terms(ring, factor), int(exponent)))
    coefficient = number(sign * Fraction(int(constant.p), int(constant.q)))
    if len(factors) == 1 and factors[0][1] == 1:
        return sum_of_terms(ring, polynomial)
    return multiply(coefficient, *parts)


def sum_of_terms(ring: Ring, polynomial: fmpq_mpoly) -> Expression:
    """Return a polynomial as a sum of monomials, the first of them positive if any is."""
    terms = list(polynomial.to_dict().items())
    # Products before sums of lower degree would hide the structure; the ring's order reads best.
    ordered = sorted(terms, key=lambda t: ([-e for e in t[0]]))
    first = next((k for k, (_, v) in enumerate(ordered) if v > 0), 0)
    ordered.insert(0, ordered.pop(first)) if ordered else None
    return add(*(monomial(ring, m, v) for m, v in ordered))


def monomial(ring: Ring, exponents: tuple[int, ...], coefficient: fmpq) -> Expression:
    """Return a product of powers of variables with a number in front."""
    factors = [power(Name(ring.names[k]), int(e)) for k, e in enumerate(exponents) if e]
    return multiply(number(Fraction(int(coefficient.p), int(coefficient.q))), *factors)


Exponents = tuple[int, ...]


def only_origin(polynomials: Sequence[fmpq_mpoly]) -> bool:
    """Return True only if the origin is isolated among the common real zeros (False: not proven).

    One variable: any non-zero polynomial will do.  Two: the common zeros are finitely many but for those of
    the greatest common divisor, which has the origin as an isolated zero if it does not vanish there, or if
    its lowest homogeneous part is definite.  More: the lowest homogeneous parts have no common zero but the
    origin if their multiples span all monomials of some degree (Macaulay 1916).

    Examples
    --------
    >>> from flint import fmpq_mpoly_ctx
    >>> x, y = fmpq_mpoly_ctx.get(["x", "y"], "degrevlex").gens()
    >>> only_origin([x * y, x**2 - y**2 + x**3]), only_origin([x * y, x**2])
    (True, False)
    """
    nonzero = [p for p in polynomials if not p.is_zero()]
    if not nonzero:
        return False
    variables = nonzero[0].context().nvars()
    if variables == 1:
        return True
    if variables == 2:
        common = nonzero[0]
        for p in nonzero[1:]:
            common = common.gcd(p)
        lowest = _lowest(common)
        return sum(next(iter(lowest))) == 0 or _definite(lowest)
    return _macaulay([_lowest(p) for p in nonzero], variables)


def _lowest(p: fmpq_mpoly) -> dict[Exponents, fmpq]:
    """The homogeneous part of lowest degree."""
    terms = p.to_dict()
    degree = min(sum(e) for e in terms)
    return {tuple(int(k) for k in e): c for e, c in terms.items() if sum(e) == degree}


@precision()
def _definite(form: dict[Exponents, fmpq]) -> bool:
    """Whether a form in two variables vanishes at the origin only."""
    degree = sum(next(iter(form)))
    if (degree, 0) not in form or (0, degree) not in form:
        return False
    slope = fmpq_poly([form.get((k, degree - k), fmpq(0)) for k in range(degree + 1)])
    pairs: list[Any] = slope.complex_roots()
    return not any(root.imag == 0 for root, _ in pairs)


def _macaulay(forms: Sequence[dict[Exponents, fmpq]], variables: int) -> bool:
    degrees = sorted(sum(next(iter(f))) for f in forms)
    if len(forms) < variables:
        return False
    top = sum(degrees[:variables]) - variables + 1  # enough for a regular sequence
    for degree in range(degrees[0], min(top, 12) + 1):
        monomials = list(_monomials(variables, degree))
        if len(monomials) > 400:
            return False
        place = {m: k for k, m in enumerate(monomials)}
        rows = []
        for form in forms:
            gap = degree - sum(next(iter(form)))
            if gap < 0:
                continue
            for shift in _monomials(variables, gap):
                row = [fmpq(0)] * len(monomials)
                for exponents, value in form.items():
                    row[place[tuple(e + s for e, s in zip(exponents, shift, strict=True))]] = value
                rows.append(row)
        if len(rows) >= len(monomials) and fmpq_mat(rows).rank() == len(monomials):
            return True
    return False


def _monomials(variables: int, degree: int) -> list[Exponents]:
    result = []
    for bars in itertools.combinations(range(degree + variables - 1), variables - 1):
        ends = (-1, *bars, degree + variables - 1)
        result.append(tuple(b - a - 1 for a, b in itertools.pairwise(ends)))
    return result


def root_signs(coefficients: Sequence[Exact]) -> tuple[int, int, int] | None:
    """Return how many roots have negative, are zero, and have positive real part.

    Parameters
    ----------
    coefficients : constant first; the last one is not zero

    Returns
    -------
    tuple or None
        None where roots other than zero may lie on the imaginary axis.

    Examples
    --------
    >>> root_signs([fmpq(0), fmpq(-2), fmpq(1), fmpq(1)])  # x·(x - 1)·(x + 2)
    (1, 1, 1)
    >>> root_signs([fmpq(-2), fmpq(0), fmpq(1)]), root_signs([fmpq(2), fmpq(0), fmpq(1)])
    ((1, 0, 1), None)
    """
    zeros = next(k for k, c in enumerate(coefficients) if sign(c))
    falling = list(reversed(coefficients[zeros:]))
    degree = len(falling) - 1
    if degree == 2 and not sign(falling[1]) and sign(falling[0]) != sign(falling[2]):
        return 1, zeros, 1
    upper, lower = falling[0::2], falling[1::2]
    column: list[Exact] = [upper[0]]
    while lower:
        if not sign(lower[0]):
            return None
        column.append(lower[0])
        factor = upper[0] / lower[0]
        padded: list[Exact] = [*lower, fmpq(0)]
        following = [upper[k + 1] - factor * padded[k + 1] for k in range(len(upper) - 1)]
        upper, lower = lower, following
    positive = sum(sign(a) != sign(b) for a, b in itertools.pairwise(column))
    return degree - positive, zeros, positive


def imaginary_pair(coefficients: Sequence[Exact]) -> tuple[Exact, list[Exact]] | None:
    """Return ω² and a polynomial without its roots ±iω, if these are all that lies on the imaginary axis.

    If there is such a pair, and no other root is the negative of one, then the even and the odd part have
    one common factor in λ², that of the pair.

    Parameters
    ----------
    coefficients : constant first; the last one is not zero

    Examples
    --------
    >>> imaginary_pair([fmpq(6), fmpq(3), fmpq(2), fmpq(1)])  # (x² + 3)·(x + 2)
    (3, [2, 1])
    """
    upper, lower = _stripped(coefficients[0::2]), _stripped(coefficients[1::2])
    while lower:
        upper, lower = lower, _divided(upper, lower)[1]
    if len(upper) != 2:
        return None
    square = upper[0] / upper[1]
    if sign(square) <= 0:
        return None
    rest, _ = _divided(list(coefficients), [square, fmpq(0), fmpq(1)])
    signs = root_signs(rest)
    return None if signs is None or signs[1] else (square, rest)


def _stripped(coefficients: Sequence[Exact]) -> list[Exact]:
    """A polynomial, its leading coefficient last and not zero."""
    degree = max((k for k, c in enumerate(coefficients) if sign(c)), default=-1)
    return list(coefficients[: degree + 1])


def _divided(above: Sequence[Exact], below: Sequence[Exact]) -> tuple[list[Exact], list[Exact]]:
    """Quotient and remainder of two polynomials, constants first."""
    rest, quotient = list(above), []
    while len(rest) >= len(below):
        factor = rest[-1] / below[-1]
        quotient.append(factor)
        shift = len(rest) - len(below)
        rest = [c - factor * below[k - shift] if k >= shift else c for k, c in enumerate(rest)][:-1]
    return quotient[::-1], _stripped(rest)


Matrix = Sequence[Sequence[Ratio]]


def axis_crossings(ring: Ring, matrix: Matrix) -> Iterator[fmpq_mpoly]:
    """Yield polynomials in the parameter; where eigenvalues reach or leave the axis, one of them vanishes.

    Parameters
    ----------
    ring : Ring
        Of one variable, the parameter.
    matrix : quotients in that ring

    Examples
    --------
    >>> ring = Ring(["h"])
    >>> h, one = ring.variable("h"), ring.constant(1)
    >>> [str(p) for p in axis_crossings(ring, [[h, one], [-one, h]])]
    ['1', 'v0^2 + 1', '-2*v0']
    """
    coefficients = characteristic(ring, matrix)
    below = ring.one
    for value in coefficients:
        below = below * value.denominator / below.gcd(value.denominator)
    yield below
    both = Ring(("eigenvalue", *ring.names))
    terms: dict[tuple[int, ...], fmpq] = {}
    for k, value in enumerate(reversed(coefficients)):
        above = value.numerator * (below / value.denominator)
        terms.update({(k, int(e[0])): c for e, c in above.to_dict().items()})
    for factor, _ in both.context.from_dict(terms).factor()[1]:
        yield from _of_factor(ring, factor)


def _of_factor(ring: Ring, factor: fmpq_mpoly) -> Iterator[fmpq_mpoly]:
    degree = int(factor.degrees()[0])
    if not degree:
        yield _only(ring, factor)
        return
    parts = [_coefficient(ring, factor, k) for k in range(degree, -1, -1)]
    if parts[-1]:  # else the eigenvalue is zero for all values
        yield parts[-1]
    if degree == 1:
        return
    if not any(parts[1::2]):
        yield _only(ring, factor.resultant(factor.derivative(0), 0))
        return
    rows = [ring.ratio(p) for p in parts]
    yield _last_but_one(ring, rows).numerator


def _coefficient(ring: Ring, factor: fmpq_mpoly, degree: int) -> fmpq_mpoly:
    return ring.context.from_dict({(e[1],): c for e, c in factor.to_dict().items() if e[0] == degree})


def _only(ring: Ring, polynomial: fmpq_mpoly) -> fmpq_mpoly:
    return ring.context.from_dict({(e[1],): c for e, c in polynomial.to_dict().items()})


def determinant(ring: Ring, matrix: Matrix) -> Ratio:
    """Return the determinant of a small matrix, by Laplace's expansion."""
    if not matrix:
        return ring.constant(1)
    total = ring.constant(0)
    for k, entry in enumerate(matrix[0]):
        if not entry.is_zero:
            minor = [[*row[:k], *row[k + 1 :]] for row in matrix[1:]]
            part = entry * determinant(ring, minor)
            total = total - part if k % 2 else total + part
    return total


def characteristic(ring: Ring, matrix: Matrix) -> list[Ratio]:
    """Return the coefficients of det(λ - matrix), the leading one first (Faddeev & LeVerrier)."""
    size = len(matrix)
    coefficients = [ring.constant(1)]
    power: list[list[Ratio]] = [[ring.constant(0)] * size for _ in range(size)]
    for k in range(1, size + 1):
        for i in range(size):
            power[i][i] = power[i][i] + coefficients[-1]
        power = [
            [_dot(ring, matrix[i], [power[m][j] for m in range(size)]) for j in range(size)]
            for i in range(size)
        ]
        trace = ring.constant(0)
        for i in range(size):
            trace = trace + power[i][i]
        coefficients.append(trace * ring.constant(Fraction(-1, k)))
    return coefficients


def _dot(ring: Ring, left: Sequence[Ratio], right: Sequence[Ratio]) -> Ratio:
    total = ring.constant(0)
    for a, b in zip(left, right, strict=True):
        if not (a.is_zero or b.is_zero):
            total = total + a * b
    return total


def hurwitz_last(ring: Ring, matrix: Matrix) -> Ratio:
    """Return the last but one Hurwitz determinant, which vanishes where two eigenvalues add up to zero.

    Examples
    --------
    >>> ring = Ring(["h"])
    >>> h, one = ring.variable("h"), ring.constant(1)
    >>> hurwitz_last(ring, [[h, one], [-one, h]]).numerator
    -2*v0
    """
    return _last_but_one(ring, characteristic(ring, matrix))


def _last_but_one(ring: Ring, coefficients: Sequence[Ratio]) -> Ratio:
    """The Hurwitz determinant of a polynomial, its coefficients from the leading one on."""
    size = len(coefficients) - 1
    zero = ring.constant(0)
    rows = [
        [coefficients[2 * j - i + 1] if 0 <= 2 * j - i + 1 <= size else zero for j in range(size - 1)]
        for i in range(size - 1)
    ]
    return determinant(ring, rows)
