"""Parameter values at which something more holds at the rest points of a face, as roots of polynomials.

The equations g = 0 of a face with d free shares cut out curves in the space of shares and parameter.  A
further polynomial t vanishes on such a curve either everywhere, which no value singles out, or at finitely
many parameter values.  These are among the roots of what is left when the shares are eliminated:

* where the equations are linear in the shares, by Cramer's rule: g = 0 has one solution, quotients of
  polynomials in the parameter, and t of these is one more;
* else by resultants, variable after variable, factor by factor.  A factor that two resultants share means
  that t vanishes along a whole curve, or that two points merely lie above each other; after a shear in
  general position only the first is left.

More values may come out than those at which something happens: only that none is lost matters.  Cox,
Little & O'Shea (2015), Ideals, Varieties, and Algorithms, chapter 3.
"""

from __future__ import annotations

import itertools
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from flint import fmpq, fmpq_mpoly, fmpq_poly

from separatrix.dynamics.bifurcation.family import Face
from separatrix.exact.rational_functions import Ratio, Ring

__all__ = ["Candidates", "LinearSolution", "solve_linear", "univariate", "values_where"]

MOST_TERMS = 4_000
"""Of a polynomial past which elimination is given up: it would not end in time. Fewer: less is exact."""

LARGEST_DEGREE = 150
"""The same of its degree in one variable."""

SHEAR = (3, -2)
"""Whole numbers without meaning: a shear by them puts curves into general position."""


@dataclass
class Candidates:
    """Polynomials in the parameter whose roots may be critical.

    Attributes
    ----------
    polynomials : list
    everywhere : whether some target vanished on a whole curve of rest points
    continua : whether some face rests along a curve for all values
    deadline : when to give up, by `time.monotonic`
    """

    deadline: float
    polynomials: list[fmpq_poly] = field(default_factory=list)
    everywhere: bool = False
    continua: bool = False

    def add(self, polynomial: fmpq_mpoly) -> None:
        """Add a polynomial in the parameter alone."""
        if polynomial:
            self.polynomials.append(univariate(polynomial))

    def check(self, polynomial: fmpq_mpoly) -> fmpq_mpoly:
        """Return a polynomial that is not too large to go on with.

        Raises
        ------
        ArithmeticError
            Where it is.
        """
        if len(polynomial) > MOST_TERMS or time.monotonic() > self.deadline:
            raise ArithmeticError("a resultant has too many terms")
        if polynomial and max(polynomial.degrees()) > LARGEST_DEGREE:
            raise ArithmeticError("a resultant has too high a degree")
        return polynomial


def univariate(polynomial: fmpq_mpoly) -> fmpq_poly:
    """Return a polynomial that holds the last variable alone as one of one variable."""
    terms = polynomial.to_dict()
    coefficients = [fmpq(0)] * (1 + max((e[-1] for e in terms), default=0))
    for exponents, value in terms.items():
        if any(exponents[:-1]):
            raise ArithmeticError("a resultant still holds a share")
        coefficients[exponents[-1]] = value
    return fmpq_poly(coefficients)


# --------------------------------------------------------------------------- linear equations


@dataclass(frozen=True, eq=False)
class LinearSolution:
    """What linear equations of a face have for solution.

    Attributes
    ----------
    free : the free shares as quotients in the parameter; None unless a single solution exists for all but
        finitely many values
    special : polynomials in the parameter; the elimination is valid where none of them vanishes
    many : whether several solutions exist for all values
    """

    free: tuple[Ratio, ...] | None
    special: tuple[fmpq_mpoly, ...]
    many: bool


def solve_linear(face: Face) -> LinearSolution:
    """Return the solution of a face's equations where they are linear in the free shares."""
    ring = Ring((face.family.over,))
    size = face.dimension
    rows = [_row(ring, g, size) for g in face.equations]
    special = [ring_part(ring, g.denominator) for g in face.equations]
    order: list[int] = []
    for column in range(size):
        pivot = next((k for k in range(len(order), size) if not rows[k][column].is_zero), None)
        if pivot is None:
            continue
        top = len(order)
        rows[top], rows[pivot] = rows[pivot], rows[top]
        lead = rows[top][column]
        special += [lead.numerator, lead.denominator]
        rows[top] = [v / lead for v in rows[top]]
        for k in range(size):
            if k != top and not rows[k][column].is_zero:
                factor = rows[k][column]
                rows[k] = [a - factor * b for a, b in zip(rows[k], rows[top], strict=True)]
        order.append(column)
    left = [row[-1] for row in rows[len(order) :]]
    special += [v.numerator for v in left if not v.is_zero]
    if len(order) < size:
        return LinearSolution(None, tuple(special), all(v.is_zero for v in left))
    return LinearSolution(tuple(rows[k][-1] for k in range(size)), tuple(special), False)


def ring_part(ring: Ring, polynomial: fmpq_mpoly) -> fmpq_mpoly:
    """Return a polynomial in the parameter alone as one of the ring of the parameter."""
    return ring.context.from_dict({(e[-1],): c for e, c in polynomial.to_dict().items()})


def _row(ring: Ring, equation: Ratio, size: int) -> list[Ratio]:
    """The coefficients of the free shares, then minus the constant."""
    parts: list[dict[tuple[int, ...], fmpq]] = [{} for _ in range(size + 1)]
    for exponents, value in equation.numerator.to_dict().items():
        k = next((k for k in range(size) if exponents[k]), size)
        parts[k][(exponents[-1],)] = value if k < size else -value
    below = ring.ratio(ring_part(ring, equation.denominator))
    return [ring.ratio(ring.context.from_dict(part)) / below for part in parts]


def substituted(value: Ratio, solution: Sequence[Ratio]) -> Ratio | None:
    """Return a quotient of a face at a solution; None where its denominator vanishes there."""
    ring = solution[0].ring if solution else Ring((value.ring.names[-1],))
    above, below = (_polynomial_at_solution(ring, p, solution) for p in (value.numerator, value.denominator))
    return None if below.is_zero else above / below


def _polynomial_at_solution(ring: Ring, polynomial: fmpq_mpoly, solution: Sequence[Ratio]) -> Ratio:
    """A polynomial at quotients, over a common denominator so that nothing is reduced term by term."""
    degrees = polynomial.degrees()[:-1] if polynomial else ()
    powers = []
    for value, degree in zip(solution, degrees, strict=False):
        row = []
        for k in range(degree + 1):
            row.append(value.numerator**k * value.denominator ** (degree - k))
        powers.append(row)
    total = ring.zero
    for exponents, coefficient in polynomial.to_dict().items():
        term = ring.context.from_dict({(exponents[-1],): coefficient})
        for k, e in enumerate(exponents[:-1]):
            term = term * powers[k][e]
        total = total + term
    below = ring.one
    for value, degree in zip(solution, degrees, strict=False):
        below = below * value.denominator**degree
    return ring.ratio(total, below)


# --------------------------------------------------------------------------- resultants


def values_where(face: Face, targets: Iterable[fmpq_mpoly], found: Candidates) -> None:
    """Add the values at which one of some polynomials vanishes at a rest point of the face.

    Parameters
    ----------
    face : Face
        With one, two or three free shares.
    targets : polynomials in the face's ring
    found : Candidates
        To which they are added.

    Raises
    ------
    ArithmeticError
        Where a polynomial becomes too large.
    """
    choices = [_factors(g.numerator, found) for g in face.equations]
    if any(not options for options in choices):
        return  # somebody is never indifferent, but where a factor in the parameter alone vanishes
    wanted = [t for t in targets if t]
    for system in itertools.product(*choices):
        if len(set(map(str, system))) < len(system):
            found.continua = True
            continue
        for target in wanted:
            _in_any_position(list(system), target, found)
    if face.dimension == 1:
        _apart(choices[0], found)


def _factors(polynomial: fmpq_mpoly, found: Candidates) -> list[fmpq_mpoly]:
    """The irreducible factors that hold shares; the others are added to what was found."""
    if not polynomial:
        found.continua = True
        return []
    kept = []
    for factor, _ in polynomial.factor()[1]:
        if any(factor.degrees()[:-1]):
            kept.append(factor)
        else:
            found.add(factor)
    return kept


def _apart(factors: Sequence[fmpq_mpoly], found: Candidates) -> None:
    """The values at which roots of different factors in one share coincide."""
    for k, one in enumerate(factors):
        for other in factors[:k]:
            found.add(one.resultant(other, 0))


class _Ambiguous(Exception):
    """Two resultants share a factor: perhaps only seen from this side."""


def _in_any_position(system: list[fmpq_mpoly], target: fmpq_mpoly, found: Candidates) -> None:
    """Add the values at which `target` vanishes where all of a system of coprime factors do."""
    try:
        _eliminate(system, target, found, patient=False)
        return
    except _Ambiguous:
        pass
    variables = list(target.context().gens())
    last = len(system) - 1
    images = [v + s * variables[last] for v, s in zip(variables[:last], SHEAR, strict=False)]
    images += variables[last:]
    moved = [p.compose(*images) for p in system]
    _eliminate(moved, target.compose(*images), found, patient=True)


def _eliminate(system: list[fmpq_mpoly], target: fmpq_mpoly, found: Candidates, patient: bool) -> None:
    """One variable after the other; where `patient`, shared factors mean a curve on which all vanish."""
    size = len(system)
    if size == 1:
        result = found.check(system[0].resultant(target, 0))
        if not result:
            if not patient:
                raise _Ambiguous
            found.everywhere = True
        found.add(result)
        return
    variable = size - 1
    # The first one, in which the variable stands, is paired with all others.
    system = sorted(system, key=lambda p: (not p.degrees()[variable], p.degrees()[variable]))
    if not system[0].degrees()[variable]:
        if not patient:
            raise _Ambiguous
        raise ArithmeticError("equations do not hold a share")
    below = [found.check(system[0].resultant(p, variable)) for p in system[1:]]
    beside = found.check(system[0].resultant(target, variable))
    if not all(below):
        raise ArithmeticError("two equations share a factor")
    if not beside:
        found.everywhere = True
        return
    for smaller in itertools.product(*(_factors(p, found) for p in below)):
        shared = len(set(map(str, smaller))) < len(smaller)
        if size == 2:
            shared = not smaller[0].gcd(beside).is_constant()
        if shared and not patient:
            raise _Ambiguous
        if shared:
            found.everywhere = True
            continue
        _eliminate(list(smaller), beside, found, patient)
