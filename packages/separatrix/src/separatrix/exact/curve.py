"""A curve in the plane: the zeros of an irreducible polynomial in two variables."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from flint import fmpq, fmpq_mpoly, fmpq_poly

from separatrix.exact.root_isolation import Interval, real_roots
from separatrix.run.cached_property import cached_property

__all__ = ["IrreducibleCurve", "as_polynomial", "sign"]


@dataclass(frozen=True, eq=False)
class IrreducibleCurve:
    """An irreducible polynomial p(a, b) over the rationals, and what is asked of it along columns.

    ``rows[n]`` is the polynomial in a that stands before b^n.
    """

    polynomial: fmpq_mpoly

    @cached_property
    def rows(self) -> tuple[fmpq_poly, ...]:
        """The coefficients of the powers of b."""
        table: dict[int, dict[int, fmpq]] = {}
        for (m, n), value in self.polynomial.to_dict().items():
            table.setdefault(int(n), {})[int(m)] = value
        return tuple(
            fmpq_poly([table.get(n, {}).get(m, 0) for m in range(max(table.get(n, {0: 0})) + 1)])
            for n in range(max(table) + 1)
        )

    @property
    def degree(self) -> int:
        """The degree in b; 0 for vertical lines."""
        return len(self.rows) - 1

    @property
    def vertical(self) -> bool:
        """Whether it consists of lines on which a is constant."""
        return self.degree == 0

    @cached_property
    def straight(self) -> bool:
        """Whether it is a straight line."""
        return int(self.polynomial.total_degree()) == 1

    def at(self, a: fmpq) -> fmpq_poly:
        """Return the polynomial in b on the column at a."""
        return fmpq_poly([row(a) for row in self.rows])

    def roots(self, a: fmpq, bits: int) -> list[Interval]:
        """Return the real roots b on the column at a, in ascending order."""
        if self.degree == 1:
            root = -self.rows[0](a) / self.rows[1](a)
            return [(root, root)]
        return real_roots(self.at(a), bits)

    def top_sign(self, a: fmpq) -> int:
        """Return the sign above all roots on the column at a."""
        return sign(self.rows[-1](a))

    def critical(self) -> Iterator[fmpq_poly]:
        """Yield polynomials at whose roots it turns, crosses itself, or runs off to infinity."""
        if self.degree >= 1:
            yield self.rows[-1]
        if self.degree >= 2:
            yield as_polynomial(self.polynomial.discriminant(1))

    def meeting(self, other: IrreducibleCurve) -> fmpq_poly:
        """Return a polynomial at whose roots it meets another curve that is no vertical line."""
        if self.degree == other.degree == 1:
            return self.rows[0] * other.rows[1] - self.rows[1] * other.rows[0]
        return as_polynomial(self.polynomial.resultant(other.polynomial, 1))

    def on_level(self, b: fmpq) -> fmpq_poly:
        """Return the polynomial in a where b has a given value."""
        total = fmpq_poly([0])
        for row in reversed(self.rows):
            total = total * b + row
        return total


def sign(value: fmpq) -> int:
    """Return -1, 0 or 1."""
    return (value > 0) - (value < 0)


def as_polynomial(polynomial: fmpq_mpoly) -> fmpq_poly:
    """Return a polynomial in the first variable alone."""
    terms = {int(m): value for (m, _), value in polynomial.to_dict().items()}
    return fmpq_poly([terms.get(m, 0) for m in range(max(terms, default=0) + 1)])
