"""Following a rest point of a face along the parameter: in floats for drawing, in many digits up to a limit.

Inside a stretch without critical value the Jacobian of the equations is regular, so Newton's method from the
last state finds the next one if the step is small enough.  At a fold it is singular in the end: there the
limit is approached geometrically, and with a distance of 2**-90 two branches differ by about 2**-45.

The shares of a branch as functions of the parameter, where they solve quadratics at most.

Eliminating all free shares but one leaves a polynomial in that share and the parameter.  Of the roots of its
factors of degree one or two the one is taken that runs through all states of the branch.

All parameter values at which the picture of the rest points can change, from exact polynomials.

Between two neighbouring ones nothing happens: on every face the Jacobian of the equations is regular at all
rest points, so none appears, vanishes or meets another one; no unplayed strategy earns as much as the played
ones, so none passes from one face to another; and no eigenvalue crosses the imaginary axis: one at zero would
make a determinant or a growth rate vanish, a pair of imaginary ones a Hurwitz determinant
(`separatrix.exact.rational_functions`).
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from flint import arb, arb_mat, fmpq_mpoly
from numpy.typing import NDArray

from separatrix.dynamics.bifurcation.elimination import (
    Candidates,
    Face,
    GameFamily,
    LinearSolution,
    Support,
    solve_linear,
    substituted,
    values_where,
)
from separatrix.dynamics.bifurcation.tolerances import (
    BITS,
    FITS,
    LARGEST_JUMP,
    LIMIT_BITS,
    NEWTON,
    OFF_PREDICTED,
    ROUGH_BITS,
    WELL_PREDICTED,
)
from separatrix.dynamics.fields.payoffs import compiled
from separatrix.dynamics.tolerances import SAME
from separatrix.exact.algebraic_numbers import AlgebraicNumber, rational, real_roots_between, separated
from separatrix.exact.rational_functions import Ratio, Ring, axis_crossings, determinant, hurwitz_last
from separatrix.expression.precision import precision
from separatrix.expression.tree import Call, Expression, add, divide, negate
from separatrix.run.cached_property import cached_property

__all__ = [
    "ContinuedRestPoint",
    "CriticalValues",
    "closed_forms",
    "critical_values",
    "formula_of",
    "value_at",
]

Array = NDArray[np.float64]

MOST_TERMS = 300
"""Terms of an equation past which it is not worth eliminating for a formula."""


def closed_forms(face: Face) -> list[list[Expression]] | None:
    """Return for each free share the closed forms that it may have; None where some share has none."""
    polynomials = [g.numerator for g in face.equations]
    if face.dimension > 3 or any(len(p) > MOST_TERMS for p in polynomials):
        return None
    result = []
    for k in range(face.dimension):
        alone = _eliminate_to_one_share(polynomials, [j for j in range(face.dimension) if j != k])
        forms = [] if alone is None else [r for f, _ in alone.factor()[1] for r in _roots(face, f, k)]
        if not forms:
            return None
        result.append(forms)
    return result


def formula_of(
    face: Face, forms: Sequence[Sequence[Expression]] | None, values: Array, free: Array, states: Array
) -> tuple[Expression, ...] | None:
    """Return the shares of a branch in closed form; None where there is none.

    Parameters
    ----------
    face : Face
    forms : what `closed_forms` says of it
    values : array (n,)
    free : array (n, dimension), the free shares there
    states : array (n, shares)
    """
    if forms is None:
        return None
    chosen = []
    for k, options in enumerate(forms):
        fits = (
            e for e in options if np.allclose(_numbers(e, face.family.over, values), free[:, k], atol=FITS)
        )
        found = next(fits, None)
        if found is None:
            return None
        chosen.append(found)
    by_name = dict(zip((f"{i}:{a}" for i, a in face.free), chosen, strict=True))
    result = [_coordinate_formula(face, share, by_name) for share in face.state]
    written = np.array([_numbers(e, face.family.over, values) for e in result]).T
    return tuple(result) if np.allclose(written, states, atol=FITS) else None


def _coordinate_formula(face: Face, share: Ratio, by_name: dict[str, Expression]) -> Expression:
    from separatrix.expression.tree import substitute

    return substitute(share.expression(), by_name)


def _eliminate_to_one_share(polynomials: Sequence[fmpq_mpoly], others: Sequence[int]) -> fmpq_mpoly | None:
    """What is left of equations when all shares but one are eliminated."""
    left = list(polynomials)
    for variable in others:
        holding = sorted((p for p in left if p.degrees()[variable]), key=lambda p: p.degrees()[variable])
        free = [p for p in left if not p.degrees()[variable]]
        left = free + [holding[0].resultant(p, variable) for p in holding[1:]]
        if not left or not all(left) or any(len(p) > MOST_TERMS for p in left):
            return None
    return left[0]


def _roots(face: Face, factor: fmpq_mpoly, k: int) -> list[Expression]:
    degree = factor.degrees()[k]
    if degree not in (1, 2) or any(e for j, e in enumerate(factor.degrees()[:-1]) if j != k):
        return []
    parts = [_coefficient(face, factor, k, power) for power in range(degree + 1)]
    if degree == 1:
        return [(-(parts[0]) / parts[1]).expression()]
    constant, linear, square = parts
    inside = (linear * linear - face.ring.constant(4) * square * constant).expression()
    below = (square + square).expression()
    root = Call("sqrt", (inside,))
    return [divide(add((-linear).expression(), sign), below) for sign in (root, negate(root))]


def _coefficient(face: Face, factor: fmpq_mpoly, k: int, degree: int) -> Ratio:
    terms = {}
    for exponents, c in factor.to_dict().items():
        if exponents[k] == degree:
            terms[(*exponents[:k], 0, *exponents[k + 1 :])] = c
    return face.ring.ratio(face.ring.context.from_dict(terms))


def _numbers(root: Expression, over: str, values: Array) -> Array:
    with np.errstate(all="ignore"):
        return np.asarray(compiled(root)({over: values})) + 0 * values


NEWTON_STEPS, MANY_STEPS = 12, 60
"""Of Newton's method before a branch is lost: in doubles, and with many digits. Fewer: steps are halved more
often."""

LAST_STEPS = 6
"""The same at the critical value itself, where branches that meet there hardly converge."""

HALVINGS = 24
"""For a step before a branch is lost. Fewer: branches that are steep near a pole are lost, and the
numerical method takes over."""

SHORTEST_STRIDE = 2**-8
"""The halvings of the distance to a critical value, at once, below which a branch is lost. Larger: more
branches are lost so."""


class ContinuedRestPoint:
    """The equations of a face, ready to be followed.

    Parameters
    ----------
    face : Face
        With at least one free share.
    """

    def __init__(self, face: Face) -> None:
        self.face = face
        self.size = face.dimension
        self.polynomials = [g.numerator for g in face.equations]
        self.slopes = [[p.derivative(k) for k in range(self.size)] for p in self.polynomials]
        self.drifts = [p.derivative(self.size) for p in self.polynomials]

    @cached_property
    def forms(self) -> list[list[Expression]] | None:
        """The closed forms that the free shares may have."""
        return closed_forms(self.face)

    # ------------------------------------------------------------------ floats

    @cached_property
    def _terms(self) -> list[tuple[Array, Array]]:
        rows = [*self.polynomials, *(p for row in self.slopes for p in row), *self.drifts]
        return [_arrays(p, self.size + 1) for p in rows]

    def _evaluate(self, state: Array, at: float) -> tuple[Array, Array, Array]:
        point = np.append(state, at)
        values = np.array([float(c @ np.prod(point**e, axis=1)) for e, c in self._terms])
        n = self.size
        return values[:n], values[n : n + n * n].reshape(n, n), values[n + n * n :]

    def advance(self, state: Array, start: float, end: float, depth: int = 0) -> Array:
        """Return the state at `end` on the branch through `state` at `start`.

        Raises
        ------
        ArithmeticError
            Where the branch is lost.
        """
        _, slopes, drift = self._evaluate(state, start)
        try:
            move = -np.linalg.solve(slopes, drift) * (end - start)
            found = self._newton(state + move, end)
        except np.linalg.LinAlgError:
            found = None
        if found is not None:
            miss = float(np.max(np.abs(found - state - move)))
            if miss <= WELL_PREDICTED * float(np.max(np.abs(move))) + OFF_PREDICTED and miss < LARGEST_JUMP:
                return found
        if depth > HALVINGS:
            raise ArithmeticError("a branch was lost")
        middle = (start + end) / 2
        return self.advance(self.advance(state, start, middle, depth + 1), middle, end, depth + 1)

    def _newton(self, state: Array, at: float) -> Array | None:
        for _ in range(NEWTON_STEPS):
            value, slopes, _ = self._evaluate(state, at)
            step = np.linalg.solve(slopes, value)
            state = state - step
            size = float(np.max(np.abs(step)))
            if not size < 1:
                return None
            if size < NEWTON:
                return state
        return state if size < SAME else None

    # ------------------------------------------------------------------ many digits

    def limit(self, state: Sequence[float], start: Fraction, end: AlgebraicNumber) -> Array:
        """Return the limit of the branch through `state` at `start` as the parameter tends to `end`.

        Raises
        ------
        ArithmeticError
            Where the branch is lost.
        """
        with precision(BITS):
            attractor = end.ball(BITS // 2).mid()
            point = self._converge([arb(float(x)) for x in state], arb(rational(start)))
            distance = attractor - arb(rational(start))
            done, stride = 0.0, 2.0
            while done < LIMIT_BITS:
                try:
                    then = self._converge(point, (attractor - distance * arb(2) ** -(done + stride)).mid())
                    if max(abs(float(a - b)) for a, b in zip(then, point, strict=True)) > LARGEST_JUMP:
                        raise ArithmeticError("a branch jumped")
                except ArithmeticError:
                    stride /= 2
                    if stride < SHORTEST_STRIDE:
                        raise
                    continue
                point, done, stride = then, done + stride, min(2.0, 2 * stride)
            try:
                final = self._converge(point, attractor, most=LAST_STEPS)
            except ArithmeticError:
                final = point
            if max(abs(float(a - b)) for a, b in zip(final, point, strict=True)) > SAME:
                final = point
            return np.array([float(x) for x in final])

    def _converge(self, point: list[arb], at: arb, most: int = MANY_STEPS) -> list[arb]:
        for _ in range(most):
            here = [*point, at]
            value = arb_mat([[value_at(p, here)] for p in self.polynomials])
            slopes = arb_mat([[value_at(p, here) for p in row] for row in self.slopes])
            try:
                step = slopes.mid().solve(value.mid())
            except ZeroDivisionError:
                raise ArithmeticError("a branch was lost") from None
            point = [(x - step[k, 0]).mid() for k, x in enumerate(point)]
            size = max(abs(step[k, 0]).mid() for k in range(self.size))
            if not size < 1:
                break
            if size < arb(2) ** (-BITS // 2):
                return point
        raise ArithmeticError("a branch was lost")


def _arrays(polynomial: fmpq_mpoly, width: int) -> tuple[Array, Array]:
    terms = polynomial.to_dict()
    if not terms:
        return np.zeros((1, width)), np.zeros(1)
    factors = [int(c.p) / int(c.q) for c in terms.values()]
    return np.array([list(map(int, e)) for e in terms], dtype=float), np.array(factors)


def value_at(polynomial: fmpq_mpoly, point: Sequence[arb]) -> arb:
    """Return the value of a polynomial at balls."""
    total = arb(0)
    powers: dict[tuple[int, int], arb] = {}
    for exponents, coefficient in polynomial.to_dict().items():
        term = arb(coefficient)
        for k, e in enumerate(exponents):
            if e:
                if (k, e) not in powers:
                    powers[k, e] = point[k] ** int(e)
                term = term * powers[k, e]
        total = total + term
    return total


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
