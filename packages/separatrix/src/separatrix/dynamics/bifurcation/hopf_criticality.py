"""Whether a Hopf point gives birth to attracting or to repelling cycles: the first Lyapunov coefficient.

It is the first focal value (`analysis.stability.focal_values`) in the scale of Kuznetsov (2004), equation
(5.39): with A the Jacobian along the face, A q = iω q and ⟨q, q⟩ = 1, the squared length r of the component
along q changes by r' = 2ωl·r² + ….

Everything is computed in Arb's balls, around a rest point that a Krawczyk test has enclosed, so a sign is
certain.  l < 0: attracting cycles appear (supercritical); l > 0: repelling ones (subcritical).

One population of three strategies has no isolated cycle at all (Zeeman 1980; Hofbauer & Sigmund 1998,
sections 4.2 and 7.5): there l = 0, and at the critical value closed orbits fill a neighbourhood.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

from flint import acb_mat, arb, arb_mat

from separatrix.analysis.stability.focal_values import (
    Series,
    WeakFocus,
    divide_series,
    evaluate_series,
)
from separatrix.dynamics.bifurcation.continuation import value_at
from separatrix.dynamics.bifurcation.elimination import LinearSolution
from separatrix.dynamics.bifurcation.family import Face
from separatrix.dynamics.bifurcation.tolerances import HOPF_BITS
from separatrix.exact.algebraic_numbers import AlgebraicNumber
from separatrix.exact.rational_functions import Ratio
from separatrix.expression.precision import precision

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
        The first Lyapunov coefficient, scaled so that ⟨q, q⟩ = 1 in the free shares.
    turn : int or None
        Its sign; None if the sign could not be determined.
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
    jacobian = [[_quotient(rate.derivative(j), point) for j in range(size)] for rate in face.rates]
    matrix = acb_mat(arb_mat(jacobian))
    values = matrix.eig()
    pairs = [v for v in values if v.real.contains(0) and v.imag > 0]
    if len(pairs) != 1:
        return None
    omega = pairs[0].imag
    rest = [arb(1)]
    for value in values:  # times λ - value, or times the pair's λ² - 2·Re·λ + |value|²
        if value.imag.contains(0):
            rest = _times(rest, [-value.real, arb(1)])
        elif value.imag > 0 and not value.real.contains(0):
            rest = _times(rest, [abs(value) ** 2, -2 * value.real, arb(1)])

    def rates(change: Sequence[Series], degree: int) -> list[Series]:
        at: list[Series] = [{(0, 0): x, **series} for x, series in zip(point, change, strict=False)]
        at.append({(0, 0): point[-1]})
        return [
            divide_series(
                evaluate_series(rate.numerator, at, degree),
                evaluate_series(rate.denominator, at, degree),
                degree,
            )
            for rate in face.rates
        ]

    focus = WeakFocus(jacobian, omega**2, rest, rates)
    value = next(focus.focal_values(1))
    # with z·q the component along the eigenvector q of length one, p² + ω²q² is 4ω²|z|²/(|Ae|² + ω²|e|²)
    first, second = (sum((x * x for x in vector), arb(0)) for vector in focus.plane)
    total = 2 * omega * value / (second + omega**2 * first)
    turn = 1 if total > 0 else -1 if total < 0 else None
    return Hopf(float(omega.mid()), float(total.mid()) if turn else 0.0, turn)


def _times(a: Sequence[arb], b: Sequence[arb]) -> list[arb]:
    result = [arb(0)] * (len(a) + len(b) - 1)
    for (i, x), (j, y) in itertools.product(enumerate(a), enumerate(b)):
        result[i + j] = result[i + j] + x * y
    return result
