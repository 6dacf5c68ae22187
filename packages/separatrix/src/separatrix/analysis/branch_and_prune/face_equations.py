"""The exact equations of one face: equal payoffs of the played strategies, in the free shares.

Two things are kept apart by type.  A `FaceSystem` is the game on a face: its equations and their
derivatives are the game's own, and all that is said about a state comes from them.  A `Locus` holds
polynomials whose common zeros are looked for; it may be a factor of the game's equations, or they with a
share eliminated, and then its derivatives say nothing about the game.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flint import arb, arb_mat, fmpq, fmpq_mpoly

from separatrix.analysis.branch_and_prune.faces import Face
from separatrix.analysis.payoff_functions import Field
from separatrix.exact.algebraic_numbers import Exact
from separatrix.run.cached_property import cached_property

__all__ = ["Compiled", "FaceSystem", "Locus", "Numerators", "evaluate_exactly", "remainder"]

Numerators = tuple[tuple[fmpq_mpoly, ...], ...]
"""For each population and strategy a polynomial in the reduced coordinates that orders the payoffs."""


class Compiled:
    """A polynomial prepared for evaluation at balls, with its gradient.

    Parameters
    ----------
    polynomial : fmpq_mpoly
    variables : the generators that occur, in the order of the arguments
    """

    def __init__(self, polynomial: fmpq_mpoly, variables: Sequence[int]) -> None:
        place = {v: n for n, v in enumerate(variables)}
        self.count = len(place)
        self.terms = [
            (value, [(place[v], int(e)) for v, e in enumerate(exponents) if e])
            for exponents, value in polynomial.to_dict().items()
        ]

    def value(self, point: Sequence[arb]) -> arb:
        """Return the value at a point."""
        total = arb(0)
        for value, factors in self.terms:
            term = arb(value)
            for n, e in factors:
                term = term * (point[n] if e == 1 else point[n] ** e)
            total = total + term
        return total

    def gradient(self, point: Sequence[arb]) -> list[arb]:
        """Return the derivatives by all variables at a point."""
        result = [arb(0)] * self.count
        for value, factors in self.terms:
            for k, (n, e) in enumerate(factors):
                term = arb(value * e if e > 1 else value)
                if e > 1:
                    term = term * point[n] ** (e - 1)
                for m, (other, power) in enumerate(factors):
                    if m != k:
                        term = term * (point[other] if power == 1 else point[other] ** power)
                result[n] = result[n] + term
        return result


def evaluate_exactly(polynomial: fmpq_mpoly, point: Sequence[Exact]) -> Exact:
    """Return the value at a point of exact coordinates, one a generator.

    Raises
    ------
    ValueError
        Where the coordinates lie in different quadratic fields.
    """
    plain = [x for x in point if isinstance(x, fmpq)]
    if len(plain) == len(point):
        value: fmpq = polynomial(*plain) if plain else polynomial.leading_coefficient()
        return value
    total: Exact = fmpq(0)
    for exponents, coefficient in polynomial.to_dict().items():
        term: Exact = coefficient
        for x, e in zip(point, exponents, strict=True):
            for _ in range(int(e)):
                term = term * x
        total = total + term
    return total


def remainder(polynomial: fmpq_mpoly, equations: Sequence[fmpq_mpoly]) -> fmpq_mpoly:
    """Return a polynomial less multiples of equations: the same on their common zeros."""
    for equation in equations:
        polynomial = polynomial % equation
    return polynomial


@dataclass(frozen=True, eq=False)
class FaceSystem:
    """The equations of a face in its free shares.

    In each population the last strategy that is played has the share that the others leave.

    Attributes
    ----------
    field : Field
    numerators : polynomials that order the payoffs of each population
    face : strategies played by each population
    """

    field: Field
    numerators: Numerators
    face: Face

    @cached_property
    def free(self) -> tuple[tuple[int, int], ...]:
        """The strategies whose shares are free, as (population, strategy)."""
        return tuple((q, a) for q, played in enumerate(self.face) for a in played[:-1])

    @cached_property
    def variables(self) -> tuple[int, ...]:
        """The generator of the field's ring for each free share."""
        return tuple(self.field.offsets[q] + a for q, a in self.free)

    @cached_property
    def polynomials(self) -> list[list[fmpq_mpoly]]:
        """The shares of all strategies in the free shares, population by population."""
        generators, ring = self.field.ring.context.gens(), self.field.ring
        shares = self.shares([generators[v] for v in self.variables])
        return [[ring.zero + x for x in row] for row in shares]

    @cached_property
    def spans(self) -> tuple[tuple[int, ...], ...]:
        """The generators of the free shares of each population that mixes."""
        mixing = ((q, played[:-1]) for q, played in enumerate(self.face) if len(played) > 1)
        return tuple(tuple(self.field.offsets[q] + a for a in kept) for q, kept in mixing)

    @cached_property
    def substitution(self) -> list[fmpq_mpoly]:
        """What each generator of the ring is on the face."""
        return self.reduced(self.polynomials)

    def restrict(self, polynomial: fmpq_mpoly) -> fmpq_mpoly:
        """Return a polynomial of the field's ring as one in the free shares."""
        if not self.field.ring.names:
            return polynomial
        return polynomial.compose(*self.substitution, ctx=self.field.ring.context)

    @cached_property
    def equations(self) -> tuple[fmpq_mpoly, ...]:
        """Payoffs of the played strategies minus those of the last one, times a positive polynomial.

        They vanish at the face's rest states: one a free share.
        """
        return tuple(
            self.restrict(self.numerators[q][a] - self.numerators[q][self.face[q][-1]]) for q, a in self.free
        )

    @cached_property
    def locus(self) -> Locus:
        """Where the game's own equations vanish."""
        return Locus(self, self.equations)

    def jacobian(self, point: Sequence[arb]) -> arb_mat:
        """Return the derivatives of the game's equations (rows) by the free shares (columns)."""
        return self.locus.jacobian(point)

    def shares(self, point: Sequence[Any]) -> list[list[Any]]:
        """Return the shares of all strategies, population by population, at given free shares.

        The free shares are exact or balls, and so are the results.
        """
        values = iter(point)
        result = []
        for size, played in zip(self.field.sizes, self.face, strict=True):
            row: list[Any] = [fmpq(0)] * size
            rest: Any = 1
            for a in played[:-1]:
                row[a] = next(values)
                rest = rest - row[a]
            row[played[-1]] = rest if len(played) > 1 else fmpq(1)
            result.append(row)
        return result

    def value(self, polynomial: fmpq_mpoly, point: Sequence[Exact]) -> Exact:
        """Return the value of a polynomial in the ring's coordinates at exact free shares."""
        return evaluate_exactly(polynomial, self.reduced(self.shares(point)))

    def reduced(self, shares: Sequence[Sequence[Any]]) -> list[Any]:
        """Return the coordinates of the field's ring at given shares."""
        return [x for row in shares for x in row[:-1]]


@dataclass(frozen=True, eq=False)
class Locus:
    """Common zeros of polynomials on a face; at those that are looked for, the game is at rest.

    Attributes
    ----------
    system : the game on the face
    polynomials : in the free shares; the game's equations, or others with fewer or simpler zeros
    """

    system: FaceSystem
    polynomials: tuple[fmpq_mpoly, ...]

    @cached_property
    def _compiled(self) -> tuple[Compiled, ...]:
        return tuple(Compiled(f, self.system.variables) for f in self.polynomials)

    def values(self, point: Sequence[arb]) -> list[arb]:
        """Return the polynomials' values where the free shares have given values."""
        return [f.value(point) for f in self._compiled]

    def jacobian(self, point: Sequence[arb]) -> arb_mat:
        """Return the polynomials' derivatives (rows) by the free shares (columns)."""
        return arb_mat([f.gradient(point) for f in self._compiled])
