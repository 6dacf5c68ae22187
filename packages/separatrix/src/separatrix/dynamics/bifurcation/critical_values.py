"""All parameter values at which the picture of the rest points can change, from exact polynomials.

Between two neighbouring ones nothing happens: on every face the Jacobian of the equations is regular at all
rest points, so none appears, vanishes or meets another one; no unplayed strategy earns as much as the played
ones, so none passes from one face to another; and no eigenvalue crosses the imaginary axis: one at zero would
make a determinant or a growth rate vanish, a pair of imaginary ones a Hurwitz determinant
(`separatrix.exact.routh_array`).
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

from flint import fmpq_mpoly

from separatrix.dynamics.bifurcation.continuation import value_at
from separatrix.dynamics.bifurcation.elimination import (
    Candidates,
    LinearSolution,
    solve_linear,
    substituted,
    values_where,
)
from separatrix.dynamics.bifurcation.family import Face, GameFamily, Support
from separatrix.dynamics.bifurcation.tolerances import ROUGH_BITS
from separatrix.exact.algebraic_numbers import AlgebraicNumber, real_roots_between, separated
from separatrix.exact.rational_functions import Ratio, Ring
from separatrix.exact.routh_array import axis_crossings, determinant, hurwitz_last
from separatrix.expression.precision import precision

__all__ = ["CriticalValues", "critical_values"]

MOST_FREE = 3
"""Free shares from whose equations the shares are eliminated where these are not linear. More: elimination
seldom ends within the budget."""


@dataclass(frozen=True, eq=False)
class CriticalValues:
    """What was found.

    Attributes
    ----------
    values : in ascending order, inside the interval
    ends : those that are an end of the interval
    poles : of `values`, the indices of those at which a payoff divides by zero
    solutions : rest points of faces with linear equations, by support
    everywhere : whether on some face an eigenvalue has real part zero for all values
    continua : whether some face rests along a curve or more for all values
    """

    values: tuple[AlgebraicNumber, ...]
    ends: tuple[AlgebraicNumber, ...]
    poles: frozenset[int]
    solutions: dict[Support, LinearSolution]
    everywhere: bool
    continua: bool


def critical_values(family: GameFamily, low: Fraction, high: Fraction, budget: float) -> CriticalValues:
    """Return every value in an interval at which something may change.

    Raises
    ------
    ArithmeticError
        Where the polynomials are too large, or more time than `budget` seconds would be needed.
    """
    found = Candidates(time.monotonic() + budget)
    solutions: dict[Support, LinearSolution] = {}
    roots: list[AlgebraicNumber] = []
    for support, face in family.faces.items():
        if time.monotonic() > found.deadline:
            raise ArithmeticError("out of time")
        if face.affine:
            solutions[support], values = _linear(face, found, low, high)
            roots += values
        elif face.dimension > MOST_FREE:
            raise ArithmeticError("too many shares to eliminate")
        else:
            values_where(face, _targets(face), found)
    poles = Candidates(found.deadline)
    for pole in _poles(family):
        poles.add(pole)
    pole_roots = [r for p in poles.polynomials for r in real_roots_between(p, low, high)]
    unique = {str(p): p for p in found.polynomials}.values()
    roots += [r for p in unique for r in real_roots_between(p, low, high)]
    ordered = separated([*roots, *pole_roots])
    ends = tuple(v for v in ordered if v.rational in (low, high))
    inner = tuple(v for v in ordered if v.rational not in (low, high))
    at_poles = frozenset(k for k, v in enumerate(inner) if any(v.is_root_of(p) for p in poles.polynomials))
    return CriticalValues(inner, ends, at_poles, solutions, found.everywhere, found.continua)


def _poles(family: GameFamily) -> Iterator[fmpq_mpoly]:
    """Factors of denominators that hold the parameter alone; speeds too, which must not vanish."""
    ratios = [u for row in family.payoffs for u in row] + list(family.speeds)
    polynomials = [u.denominator for u in ratios] + [s.numerator for s in family.speeds]
    for polynomial in {str(p): p for p in polynomials}.values():
        for factor, _ in polynomial.factor()[1]:
            if not any(factor.degrees()[:-1]):
                yield factor


def _linear(
    face: Face, found: Candidates, low: Fraction, high: Fraction
) -> tuple[LinearSolution, list[AlgebraicNumber]]:
    """The solution of a face with linear equations, and where something happens to it in the state space."""
    solution = solve_linear(face)
    for polynomial in solution.special:
        found.add(polynomial)
    if solution.free is None:
        found.continua = found.continua or solution.many
        return solution, []
    ring = solution.free[0].ring if solution.free else Ring((face.family.over,))
    shares = [v for v in (substituted(s, solution.free) for row in face.shares for s in row) if v is not None]
    here = Candidates(found.deadline)
    for value in shares:
        here.add(value.numerator)  # where a share vanishes, the point passes through a smaller face
        found.add(value.denominator)
    for growth in face.growths:
        outside = substituted(growth, solution.free)
        if outside is None:
            continue
        if outside.is_zero:
            found.everywhere = True
        here.add(outside.numerator)
        found.add(outside.denominator)
    if face.dimension > 1:
        block = [[substituted(v, solution.free) for v in row] for row in face.block]
        exact = [[v for v in row if v is not None] for row in block]
        if all(len(row) == face.dimension for row in exact):
            for polynomial in axis_crossings(ring, exact):
                here.add(polynomial)
    unique = {str(p): p for p in here.polynomials}.values()
    roots = [r for p in unique for r in real_roots_between(p, low, high)]
    return solution, [r for r in roots if _inside(shares, r)]


def _inside(shares: Sequence[Ratio], value: AlgebraicNumber) -> bool:
    """Whether a point may lie in the state space at a value: no share is certainly negative."""
    with precision(ROUGH_BITS + 40):
        at = [value.ball(ROUGH_BITS)]
        for share in shares:
            below = value_at(share.denominator, at)
            if not below.contains(0) and value_at(share.numerator, at) / below < 0:
                return False
    return True


def _targets(face: Face) -> list[fmpq_mpoly]:
    """What changes sign where an eigenvalue crosses the imaginary axis."""
    targets = [g.numerator for g in face.growths]
    targets.append(determinant(face.ring, face.slopes).numerator)
    if face.dimension > 1:
        targets.append(hurwitz_last(face.ring, face.block).numerator)
    played = {str(face.shares[i][a].numerator) for i, row in enumerate(face.support) for a in row}
    played |= {str(-face.shares[i][a].numerator) for i, row in enumerate(face.support) for a in row}
    factors = {str(f): f for t in targets if t for f, _ in t.factor()[1]}
    # On the open face no share vanishes.
    return [f for name, f in factors.items() if name not in played]
