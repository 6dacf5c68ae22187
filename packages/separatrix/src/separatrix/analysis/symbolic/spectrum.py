"""The linearisation within a support: closed forms of its eigenvalues, and when all are stable.

Within the face the Jacobian is J = diag(c)·(diag(x) - x xᵀ)·B, population by population, with speeds c.
Its determinant is that of B times all shares times powers of the speeds (Hofbauer & Sigmund 1998, section
13.4: the Shahshahani metric).  All its eigenvalues have negative real part where the Hurwitz determinants
of its characteristic polynomial are positive (Hurwitz 1895).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from flint import fmpq

from separatrix.analysis.symbolic.candidate import Candidate
from separatrix.errors import InputError
from separatrix.exact.algebraic_numbers import Surd, absolute_root
from separatrix.exact.matrices import characteristic, determinant
from separatrix.exact.rational_functions import Ratio
from separatrix.expression.tree import Call, Expression, Name, add, divide, multiply, negate, number
from separatrix.run.cached_property import cached_property

__all__ = ["LONGEST", "Inner", "TooLong"]

LONGEST = 4_000
"""Terms of a polynomial past which neither a reader nor z3 can use it."""


class TooLong(Exception):
    """A polynomial that decides stability has more terms than anyone can use."""


@dataclass(frozen=True, eq=False)
class Inner:
    """The eigenvalues of a candidate within its support."""

    candidate: Candidate

    @property
    def dimension(self) -> int:
        """How many there are."""
        return self.candidate.dimension

    @cached_property
    def crossed(self) -> bool:
        """Whether nobody's advantage depends on the own shares, so that the trace vanishes."""
        return len(self.candidate.cones) == 2

    @cached_property
    def jacobian(self) -> list[list[Ratio]]:
        """J in reduced coordinates."""
        reduced, shares = self.candidate.reduced, self.candidate.shares
        table = self.candidate.table
        coordinates = reduced.coordinates
        matrix = reduced.matrix(coordinates, coordinates)
        rows = []
        for k, (i, a) in enumerate(coordinates):
            row = []
            for m in range(len(coordinates)):
                mean = table.ring.constant(0)
                for n, other in enumerate(coordinates):
                    if other[0] == i:
                        mean = mean + _times(shares[other], matrix[n][m])
                row.append(_times(table.speeds[i], _times(shares[i, a], matrix[k][m] - mean)))
            rows.append(row)
        return rows

    @cached_property
    def trace(self) -> Ratio:
        """The sum of the eigenvalues.

        Where one population mixes it is Σ x_a·(B_aa + r_a), because the mean of B x is that of -r.
        """
        candidate = self.candidate
        reduced, table = candidate.reduced, candidate.table
        total = table.ring.constant(0)
        if len(candidate.mixed) == 1:
            for row in reduced.coordinates:
                total = total + candidate.shares[row] * (reduced.entry(row, row) + reduced.constant(row))
            return total * table.speeds[candidate.mixed[0]]
        for k in range(self.dimension):
            total = total + self.jacobian[k][k]
        return total

    @cached_property
    def determinant(self) -> Ratio:
        """The product of the eigenvalues."""
        candidate = self.candidate
        product = candidate.reduced.bordered((), ())
        for i in candidate.mixed:
            for a in candidate.support[i]:
                product = product * candidate.shares[i, a]
            for _ in candidate.support[i][1:]:
                product = product * candidate.table.speeds[i]
        return product

    def eigenvalues(self) -> tuple[Expression, ...] | None:
        """Return them in closed form, for up to two dimensions."""
        if self.dimension == 0:
            return ()
        if self.dimension == 1:
            return (self.determinant.expression(),)
        if self.dimension > 2:
            return None
        trace, product = self.trace, self.determinant
        half = trace.ring.constant(1) / trace.ring.constant(2)
        outer, radicand = _split_root(trace * trace - trace.ring.constant(4) * product)
        middle, distance = trace * half, outer * half
        if radicand.value in (0, 1):
            distance = distance * radicand
            return (middle + distance).expression(), (middle - distance).expression()
        if trace.is_zero:
            whole = distance.numerator.is_constant() and radicand.value is None
            surd = _sqrt((-product).expression()) if whole else _written(distance, radicand)
            return surd, negate(surd)
        below = _common(middle, distance)
        centre, surd = (middle * below).expression(), _written(distance * below, radicand)
        bottom = below.expression()
        return divide(add(centre, surd), bottom), divide(add(centre, negate(surd)), bottom)

    @cached_property
    def hurwitz(self) -> tuple[Ratio, ...]:
        """The Hurwitz determinants 1 to d - 1 of det(λ - J); with (-1)^d·det J > 0 they decide.

        Raises
        ------
        TooLong
            Where one has too many terms.
        """
        d = self.dimension
        if d < 2:
            return ()
        if d == 2:
            return (-self.trace,)
        one = self.candidate.table.ring.constant(1)
        coefficients = self._characteristic(one)
        zero = one - one
        result = []
        for size in range(1, d):
            rows = [
                [
                    coefficients[2 * (c + 1) - (r + 1)] if 0 <= 2 * (c + 1) - (r + 1) <= d else zero
                    for c in range(size)
                ]
                for r in range(size)
            ]
            result.append(_short(determinant(rows, one)))
        return tuple(result)

    def _characteristic(self, one: Ratio) -> list[Ratio]:
        """The coefficients of det(λ - J), that of the highest power first."""
        try:
            jacobian = [[_short(v) for v in row] for row in self.jacobian]
        except InputError as problem:  # more terms than the ring allows
            raise TooLong from problem
        return [one, *characteristic(jacobian, one - one, one, _times, _short)]


def _times(a: Ratio, b: Ratio) -> Ratio:
    if len(a.numerator) * len(b.numerator) > LONGEST**2:
        raise TooLong
    return a * b


def _short(value: Ratio) -> Ratio:
    if len(value.numerator) > LONGEST or len(value.denominator) > LONGEST:
        raise TooLong
    return value


def _split_root(value: Ratio) -> tuple[Ratio, Ratio]:
    """Write a quotient as q²·r, where r is a polynomial without square factors; return q and r."""
    ring = value.ring
    if value.is_zero:
        return ring.constant(1), value
    # sqrt(t/b) = sqrt(t·b)/b.
    constant, factors = (value.numerator * value.denominator).factor()
    outer, rest = ring.one, ring.one
    for factor, exponent in factors:
        outer = outer * factor ** (exponent // 2)
        rest = rest * factor ** (exponent % 2)
    square, left = _square_part(abs(constant))
    one = ring.one
    root = Ratio(ring, outer * square, one) / Ratio(ring, value.denominator, one)
    return root, Ratio(ring, rest * (left if constant > 0 else -left), one)


def _square_part(value: fmpq) -> tuple[fmpq, fmpq]:
    """Write a positive number as q²·r with a whole r without square factors."""
    root = absolute_root(value)
    if isinstance(root, Surd):
        return root.b, fmpq(root.d)
    return root, fmpq(1)


def _common(a: Ratio, b: Ratio) -> Ratio:
    """The least common denominator of two quotients, that of their coefficients included."""
    below = a.denominator * (b.denominator / a.denominator.gcd(b.denominator))
    coefficients = [*a.numerator.to_dict().values(), *b.numerator.to_dict().values()]
    return a.ring.ratio(below * math.lcm(*(int(c.q) for c in coefficients)))


def _written(outer: Ratio, radicand: Ratio) -> Expression:
    """A multiple of a square root; that of a negative number is imaginary."""
    number_inside = radicand.value
    if number_inside is not None and number_inside < 0:
        inside = Name("I") if number_inside == -1 else multiply(_sqrt(number(-number_inside)), Name("I"))
        return multiply(outer.expression(), inside)
    return multiply(outer.expression(), _sqrt(radicand.expression()))


def _sqrt(value: Expression) -> Expression:
    return Call("sqrt", (value,))
