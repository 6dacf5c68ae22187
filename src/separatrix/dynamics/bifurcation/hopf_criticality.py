"""Whether a Hopf point gives birth to attracting or to repelling cycles: the first Lyapunov coefficient.

With A the Jacobian along the face, A q = iω q, Aᵀ p = -iω p, ⟨p, q⟩ = 1, ⟨q, q⟩ = 1, and B and C the second
and third derivatives of the rates, Kuznetsov (2004), equation (5.39), has

    l = Re(⟨p, C(q, q, q̄)⟩ - 2⟨p, B(q, A⁻¹B(q, q̄))⟩ + ⟨p, B(q̄, (2iω - A)⁻¹B(q, q))⟩) / 2ω.

Everything is computed in Arb's balls, around a rest point that a Krawczyk test has enclosed, so a sign is
certain.  l < 0: attracting cycles appear (supercritical); l > 0: repelling ones (subcritical).

One population of three strategies has no isolated cycle at all (Zeeman 1980; Hofbauer & Sigmund 1998,
sections 4.2 and 7.5): there l = 0, and at the critical value closed orbits fill a neighbourhood.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache

from flint import acb, acb_mat, arb, arb_mat

from separatrix.dynamics.bifurcation.continuation import value_at
from separatrix.dynamics.bifurcation.elimination import LinearSolution
from separatrix.dynamics.bifurcation.family import Face
from separatrix.dynamics.bifurcation.tolerances import HOPF_BITS, KERNEL
from separatrix.exact.algebraic_number import AlgebraicNumber
from separatrix.exact.precision import precision
from separatrix.exact.rational_functions import Ratio

__all__ = ["Hopf", "hopf_point", "never_isolated"]

NEWTON_STEPS = 40
"""Of Newton's method, from sixteen digits to all that `HOPF_BITS` hold."""


@dataclass(frozen=True)
class Hopf:
    """What is known of a Hopf point.

    Attributes
    ----------
    frequency : float
        ω: cycles nearby take about 2π/ω.
    lyapunov : float
        The first Lyapunov coefficient, its scale by ⟨q, q⟩ = 1 in the free shares.
    turn : int or None
        Its sign; None where that could not be told from zero.
    """

    frequency: float
    lyapunov: float
    turn: int | None


def never_isolated(face: Face) -> bool:
    """Whether a theorem excludes isolated cycles: one population, three strategies, linear payoffs."""
    linear = all(
        not any(u.denominator.degrees()[:-1]) and all(sum(e[:-1]) <= 1 for e in u.numerator.monoms())
        for u in face.family.payoffs[0]
    )
    return len(face.support) == 1 and face.dimension == 2 and linear


def hopf_point(
    face: Face, solution: LinearSolution | None, value: AlgebraicNumber, near: Sequence[float]
) -> Hopf | None:
    """Return the frequency and the first Lyapunov coefficient at a Hopf point.

    Parameters
    ----------
    face : Face
        On whose open part the rest point lies.
    solution : LinearSolution or None
        Of the face, where its equations are linear.
    value : AlgebraicNumber
        Of the parameter.
    near : the free shares, nearly

    Returns
    -------
    Hopf or None
        None where the balls did not become small enough.
    """
    with precision(HOPF_BITS):
        at = value.ball(HOPF_BITS - 60)
        try:
            state = _enclosed(face, solution, at, near)
            return _coefficient(face, [*state, at])
        except (ArithmeticError, ValueError):
            return None


def _enclosed(face: Face, solution: LinearSolution | None, at: arb, near: Sequence[float]) -> list[arb]:
    """Balls around the rest point."""
    if solution is not None and solution.free is not None:
        return [_quotient(share, [at]) for share in solution.free]
    polynomials = [g.numerator for g in face.equations]
    size = face.dimension
    slopes = [[p.derivative(k) for k in range(size)] for p in polynomials]
    middle = [arb(x) for x in near]
    inverse = arb_mat(size, size)
    for _ in range(NEWTON_STEPS):
        here = [*middle, at.mid()]
        inverse = arb_mat([[value_at(p, here) for p in row] for row in slopes]).mid().inv().mid()
        step = inverse * arb_mat([[value_at(p, here)] for p in polynomials])
        middle = [(x - step[k, 0]).mid() for k, x in enumerate(middle)]
    radius = arb(2) ** (-HOPF_BITS // 3)
    around = [x + arb(0, radius) for x in middle]
    value = inverse * arb_mat([[value_at(p, [*middle, at])] for p in polynomials])
    wide = inverse * arb_mat([[value_at(p, [*around, at]) for p in row] for row in slopes])
    result = []
    for k in range(size):
        total = middle[k] - value[k, 0]
        for j in range(size):
            total = total + (int(k == j) - wide[k, j]) * arb(0, radius)
        if not around[k].contains(total):
            raise ArithmeticError("the rest point was not enclosed")
        result.append(total)
    return result


def _quotient(value: Ratio, point: Sequence[arb]) -> arb:
    return value_at(value.numerator, point) / value_at(value.denominator, point)


def _coefficient(face: Face, point: Sequence[arb]) -> Hopf | None:
    size = face.dimension
    axes = range(size)

    @cache
    def formula(i: int, by: tuple[int, ...]) -> Ratio:
        return face.rates[i] if not by else formula(i, by[:-1]).derivative(by[-1])

    @cache
    def slope(i: int, by: tuple[int, ...]) -> arb:
        return _quotient(formula(i, by), point)

    def form(*vectors: Sequence[acb]) -> list[acb]:
        """The derivative of the order of the number of vectors."""
        result = []
        for i in axes:
            total = acb(0)
            for by in itertools.product(axes, repeat=len(vectors)):
                term = acb(slope(i, tuple(sorted(by))))
                for k, vector in zip(by, vectors, strict=True):
                    term = term * vector[k]
                total = total + term
            result.append(total)
        return result

    matrix = acb_mat([[slope(i, (j,)) for j in axes] for i in axes])
    pairs = [v for v in matrix.eig() if v.real.contains(0) and v.imag > 0]
    if len(pairs) != 1:
        return None
    omega = pairs[0].imag
    turning = acb(0, omega)
    unit = acb_mat([[int(i == j) for j in axes] for i in axes])
    q = _kernel(matrix - turning * unit)
    p = _kernel(matrix.transpose() + turning * unit)
    length = sum((abs(x) ** 2 for x in q), arb(0)).sqrt()
    q = [x / length for x in q]
    product = _inner(p, q)
    p = [x / product.conjugate() for x in p]
    bar = [x.conjugate() for x in q]
    straight = _solved(matrix, form(q, bar))
    double = _solved(2 * turning * unit - matrix, form(q, q))
    total = (
        _inner(p, form(q, q, bar)) - 2 * _inner(p, form(q, straight)) + _inner(p, form(bar, double))
    ).real / (2 * omega)
    turn = 1 if total > 0 else -1 if total < 0 else None
    return Hopf(float(omega.mid()), float(total.mid()) if turn else 0.0, turn)


def _inner(p: Sequence[acb], q: Sequence[acb]) -> acb:
    total = acb(0)
    for x, y in zip(p, q, strict=True):
        total = total + x.conjugate() * y
    return total


def _solved(matrix: acb_mat, right: Sequence[acb]) -> list[acb]:
    found = matrix.solve(acb_mat([[x] for x in right]))
    return [found[k, 0] for k in range(len(right))]


def _kernel(matrix: acb_mat) -> list[acb]:
    """A vector that a matrix, singular of rank one less than its size, sends to zero."""
    size = matrix.nrows()
    rows = matrix.tolist()
    for lead, left_out in itertools.product(range(size), repeat=2):
        keep = [k for k in range(size) if k != lead]
        part = [[rows[i][k] for k in keep] for i in range(size) if i != left_out]
        right = [[-rows[i][lead]] for i in range(size) if i != left_out]
        try:
            found = acb_mat(part).solve(acb_mat(right))
        except ZeroDivisionError:
            continue
        vector = {k: found[m, 0] for m, k in enumerate(keep)}
        vector[lead] = acb(1)
        result = [vector[k] for k in range(size)]
        if all(x.real.rad() < KERNEL and x.imag.rad() < KERNEL for x in result):
            return result
    raise ArithmeticError("no kernel")


Vector = Callable[..., list[acb]]
