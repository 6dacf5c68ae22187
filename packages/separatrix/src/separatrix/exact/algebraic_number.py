"""Real algebraic numbers: a root of an irreducible polynomial between two rationals."""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

from flint import arb, fmpq_poly

from separatrix.exact.root_isolation import ends, fraction, real_balls
from separatrix.exact.surd import as_expression, quadratic_roots, rational
from separatrix.expression.precision import precision
from separatrix.expression.tree import Expression, Name, add, multiply, number, power
from separatrix.run.cached_property import cached_property

__all__ = ["AlgebraicNumber", "real_roots_between", "separated"]


@dataclass(frozen=True, eq=False)
class AlgebraicNumber:
    """A real number.

    Attributes
    ----------
    polynomial : irreducible, with whole coefficients without a common factor
    low, high : rationals around this root and no other; the same for a rational number
    exact : closed form where the degree is one or two
    """

    polynomial: fmpq_poly
    low: Fraction
    high: Fraction
    exact: Expression | None

    @property
    def rational(self) -> Fraction | None:
        """Its value where it is rational."""
        return self.low if self.low == self.high else None

    @cached_property
    def value(self) -> float:
        """The nearest float, or one next to it."""
        if self.low == self.high:
            return float(self.low)
        low, high = self.within(80)
        return float((low + high) / 2)

    def within(self, bits: int) -> tuple[Fraction, Fraction]:
        """Return rationals around it that are at most 2**-bits apart, relative to its size."""
        if self.low == self.high:
            return self.low, self.high
        if bits not in self._known:
            self._known[bits] = self._bisected(bits)
        return self._known[bits]

    @cached_property
    def _known(self) -> dict[int, tuple[Fraction, Fraction]]:
        return {}

    def _bisected(self, bits: int) -> tuple[Fraction, Fraction]:
        low, high = self.low, self.high
        up = _sign(self.polynomial, high)
        while (high - low) * 2**bits > max(abs(low), abs(high)):  # it is not 0, so that this ends
            middle = (low + high) / 2
            # No rational is a root of an irreducible polynomial of degree two or more.
            if _sign(self.polynomial, middle) == up:
                high = middle
            else:
                low = middle
        return low, high

    def narrowed(self, bits: int) -> AlgebraicNumber:
        """Return the same number between rationals that are nearer."""
        return AlgebraicNumber(self.polynomial, *self.within(bits), self.exact)

    def ball(self, bits: int) -> arb:
        """Return a ball around it, of a radius of about 2**-bits times its size."""
        low, high = self.within(bits)
        with precision(bits + 30):
            return arb(rational(low)).union(arb(rational(high)))

    def is_root_of(self, polynomial: fmpq_poly) -> bool:
        """Whether a polynomial vanishes here."""
        return polynomial.degree() < 0 or (polynomial % self.polynomial).degree() < 0

    def equation(self, name: str) -> Expression:
        """Return its polynomial in a variable of that name."""
        terms = []
        for k in range(self.polynomial.degree(), -1, -1):
            value = self.polynomial[k]
            if value:
                factor = number(Fraction(int(value.p), int(value.q)))
                terms.append(multiply(factor, power(Name(name), k)) if k else factor)
        return add(*terms)


def _sign(polynomial: fmpq_poly, at: Fraction) -> int:
    value = polynomial(rational(at))
    return int(value > 0) - int(value < 0)


def real_roots_between(polynomial: fmpq_poly, low: Fraction, high: Fraction) -> list[AlgebraicNumber]:
    """Return the distinct real roots of a polynomial in the closed interval, in no order.

    Examples
    --------
    >>> [r.value for r in real_roots_between(fmpq_poly([-2, 0, 1]), Fraction(0), Fraction(3))]
    [1.4142135623730951]
    """
    roots: list[AlgebraicNumber] = []
    if polynomial.degree() < 1:
        return roots
    for factor, _ in polynomial.factor()[1]:
        factor = factor * factor.denom()
        if factor.degree() == 1:
            value = fraction(-factor[0] / factor[1])
            if low <= value <= high:
                roots.append(AlgebraicNumber(factor, value, value, number(value)))
            continue
        exact = [] if factor.degree() > 2 else quadratic_roots(factor[2], factor[1], factor[0])
        if factor.degree() == 2 and not exact:
            continue
        for k, (a, b) in enumerate(sorted(_isolated(factor))):
            root = AlgebraicNumber(factor, a, b, as_expression(exact[k]) if exact else None)
            while root.low < low < root.high or root.low < high < root.high:
                root = AlgebraicNumber(factor, *_halved(root), root.exact)
            if low <= root.low and root.high <= high:
                roots.append(root)
    return roots


def _halved(root: AlgebraicNumber) -> tuple[Fraction, Fraction]:
    middle = (root.low + root.high) / 2
    same = _sign(root.polynomial, middle) == _sign(root.polynomial, root.high)
    return (root.low, middle) if same else (middle, root.high)


def _isolated(factor: fmpq_poly) -> list[tuple[Fraction, Fraction]]:
    """Rational intervals, one around each real root of an irreducible polynomial, that do not meet."""
    bits = 64
    while True:
        with precision(bits):
            beyond = Fraction(1, 2**bits)
            pairs = [map(fraction, ends(root)) for root in real_balls(factor)]
        found = sorted((low - beyond, high + beyond) for low, high in pairs)
        apart = all(a[1] < b[0] for a, b in itertools.pairwise(found))
        if apart and all(_sign(factor, a) * _sign(factor, b) < 0 for a, b in found):
            return found
        bits *= 2


def separated(roots: Iterable[AlgebraicNumber]) -> list[AlgebraicNumber]:
    """Return numbers in ascending order, each once, between rationals that do not meet."""
    unique: dict[tuple[str, int], AlgebraicNumber] = {}
    by_polynomial: dict[str, list[AlgebraicNumber]] = {}
    for root in roots:
        known = by_polynomial.setdefault(str(root.polynomial), [])
        if not any(r.low <= root.high and root.low <= r.high for r in known):
            known.append(root)
    unique = {(name, k): r for name, rs in by_polynomial.items() for k, r in enumerate(rs)}
    items = sorted(unique.values(), key=lambda r: (r.low, r.high))
    bits = 70
    while any(a.high >= b.low for a, b in itertools.pairwise(items)):
        items = sorted((r.narrowed(bits) for r in items), key=lambda r: (r.low, r.high))
        bits *= 2
    return items
