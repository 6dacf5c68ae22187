"""The linearisation within a support: closed forms of its eigenvalues, and when all are stable.

Within the face the Jacobian is J = diag(c)·(diag(x) - x xᵀ)·B, population by population, with speeds c.
Its determinant is that of B times all shares times powers of the speeds (Hofbauer & Sigmund 1998, section
13.4: the Shahshahani metric).  All its eigenvalues have negative real part where the Hurwitz determinants
of its characteristic polynomial are positive (Hurwitz 1895).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from separatrix.analysis.ring import Ratio
from separatrix.analysis.symbols.candidate import Candidate
from separatrix.analysis.symbols.determinant import determinant
from separatrix.errors import InputError
from separatrix.game.expression import Call, Expression, add, divide, multiply, negate, number

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
                        mean = mean + shares[other] * matrix[n][m]
                row.append(table.speeds[i] * shares[i, a] * (matrix[k][m] - mean))
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
        ring = self.candidate.table.ring
        square = trace * trace - ring.constant(4) * product
        root = _root(square)
        if root is not None:
            half = ring.constant(1) / ring.constant(2)
            return ((trace + root) * half).expression(), ((trace - root) * half).expression()
        # Over one denominator d: (t ± sqrt(t² - 4 p))/(2 d), with a square where the radicand's is one.
        below = _square_root_of_denominator(square)
        if below is None:
            surd: Expression = Call("sqrt", (square.expression(),))
            middle = trace.expression()
            two: Expression = number(2)
        else:
            surd = Call("sqrt", ((square * below * below).expression(),))
            middle = (trace * below).expression()
            two = multiply(number(2), below.expression())
        return divide(add(middle, surd), two), divide(add(middle, negate(surd)), two)

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
        """The coefficients of det(λ - J), that of the highest power first (Faddeev & LeVerrier)."""
        try:
            jacobian = [[_short(v) for v in row] for row in self.jacobian]
        except InputError as problem:  # more terms than the ring allows
            raise TooLong from problem
        size = self.dimension
        zero = one - one
        coefficients = [one]
        power = [[one if r == c else zero for c in range(size)] for r in range(size)]
        for k in range(1, size + 1):
            product = [
                [_sum((jacobian[r][m] * power[m][c] for m in range(size)), zero) for c in range(size)]
                for r in range(size)
            ]
            trace = _sum((product[r][r] for r in range(size)), zero)
            coefficient = -trace / one.ring.constant(k)
            coefficients.append(_short(coefficient))
            power = [
                [_short(v + coefficient if r == c else v) for c, v in enumerate(row)]
                for r, row in enumerate(product)
            ]
        return coefficients


def _sum(values: Iterable[Ratio], zero: Ratio) -> Ratio:
    total = zero
    for value in values:
        total = total + value
    return total


def _short(value: Ratio) -> Ratio:
    if len(value.numerator) > LONGEST or len(value.denominator) > LONGEST:
        raise TooLong
    return value


def _root(value: Ratio) -> Ratio | None:
    """The square root of a quotient where that is rational."""
    from separatrix.analysis.symbols.faces import perfect_root

    return value if value.is_zero else perfect_root([value], [])


def _square_root_of_denominator(value: Ratio) -> Ratio | None:
    ring = value.ring
    return _root(Ratio(ring, value.denominator, ring.one))
