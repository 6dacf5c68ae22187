"""Rest states with pairs of imaginary eigenvalues: how the amplitudes of the oscillations change.

With simple, non-resonant pairs ±iω_j and otherwise negative eigenvalues, the normal form on the centre
manifold is z_j' = iω_j·z_j + z_j·Σ_k a_jk·|z_k|² + …, so the squared amplitudes ρ_j = |z_j|² satisfy
ρ_j' = 2ρ_j·Σ_k Re(a_jk)·ρ_k + … .  The coefficients are those of Kuznetsov (2004), sections 5.4 and 8.6, from
the derivatives B and C of second and third order.  They are computed in balls (Arb): a sign counts only
where the ball excludes zero.  A single pair is a weak focus, which `focal_values` judges exactly.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from functools import partial

from flint import acb, acb_mat, arb, fmpq, fmpq_mat

from separatrix.analysis.stability.centre_manifold import reduced_rates
from separatrix.analysis.stability.classification import Local, Verdict
from separatrix.analysis.stability.focal_values import (
    Series,
    add_series,
    judge_weak_focus,
    multiply_series,
    weak_focus,
)
from separatrix.analysis.theorems import CENTRE_MANIFOLD, NORMAL_FORM
from separatrix.exact.matrices import frequencies
from separatrix.expression.precision import precision
from separatrix.sentences import say

__all__ = ["amplitudes", "beside_oscillation", "oscillation"]

BITS = 256
Vector = list[acb]


def oscillation(local: Local) -> Verdict | None:
    """Label an inner state with one or two pairs of imaginary eigenvalues and no zero one."""
    face = local.spectrum
    if local.neutral or face.zeros or face.signs[2]:
        return None
    if face.imaginary == 2:
        focus = weak_focus(_numbers(local.block), partial(_rates, local))
        return None if focus is None else judge_weak_focus(focus, face.signs[0] > 0, False)
    return _two_oscillations(local) if face.imaginary == 4 else None


def _numbers(matrix: fmpq_mat) -> list[list[fmpq]]:
    return [[matrix[i, j] for j in range(matrix.ncols())] for i in range(matrix.nrows())]


def _rates(local: Local, change: Sequence[Series], degree: int) -> list[Series]:
    """The rates along the face at a state that differs from the rest state by series."""
    rises: list[Series] = []
    for a in local.inner:
        rise: Series = {}
        for b, series in zip(local.inner, change, strict=True):
            rise = add_series(rise, series, local.gain(a, b))
        rises.append(rise)
    shares = [
        add_series({(0, 0): local.state[a]}, s, fmpq(1)) for a, s in zip(local.inner, change, strict=True)
    ]
    means: dict[int, Series] = {}
    for a, share, rise in zip(local.inner, shares, rises, strict=True):
        known = means.get(local.owner[a], {})
        means[local.owner[a]] = add_series(known, multiply_series(share, rise, degree), fmpq(1))
    result = []
    for a, share, rise in zip(local.inner, shares, rises, strict=True):
        gain = add_series(rise, means[local.owner[a]], fmpq(-1))
        result.append(add_series({}, multiply_series(share, gain, degree), local.speed(a)))
    return result


@precision(BITS)
def _two_oscillations(local: Local) -> Verdict | None:
    change = amplitudes(local)
    if change is None:
        return None
    (a, b), (c, d) = change
    if a > 0 or d > 0:
        return Verdict(
            "unstable",
            say("the amplitude of one of its oscillations grows").resting_on(NORMAL_FORM),
            pointwise=True,
        )
    if not (a < 0 and d < 0):
        return None
    if b > 0 and c > 0 and b * c > a * d:
        return Verdict(
            "unstable",
            say("the amplitudes of its two oscillations grow together").resting_on(NORMAL_FORM),
            pointwise=True,
        )
    if b < 0 or c < 0 or b * c < a * d:
        return Verdict(
            "asymptotically stable",
            say("the amplitudes of its oscillations shrink").resting_on(NORMAL_FORM),
            pointwise=True,
        )
    return None


@precision(BITS)
def amplitudes(local: Local) -> list[list[arb]] | None:
    """Return 2·Re(a_jk), or None where a pair is not simple or two are in resonance of low order."""
    omegas = frequencies(local.block)
    if omegas is None or _resonant(omegas):
        return None
    return _NormalForm(local, omegas).rates()


def beside_oscillation(local: Local) -> Verdict | None:
    """A true centre within its face, at which one more strategy is neutral.

    The face has three strategies of one population, or two of each of two populations without own play:
    its orbits are closed, and the neutral strategy earns on average over each what it earns at the state
    (Hofbauer & Sigmund 1998, theorem 7.6.4).  So with its share u and the squared amplitude ρ,
    u' = u·(c·u + …) and ρ' = 2h·u·ρ + … .
    """
    mixing = [indices for indices in local.played if len(indices) > 1]
    if len(local.neutral) != 1 or local.spectrum.imaginary != 2 or len(local.inner) != 2:
        return None
    if len(local.game.sizes) > 1 and (len(mixing) != 2 or any(local.game.own_play)):
        return None
    growth = reduced_rates(local)[0, 0]
    if growth > 0:
        return Verdict(
            "unstable", say("the neutral strategy spreads").resting_on(CENTRE_MANIFOLD), pointwise=True
        )
    amplitude = _driven_amplitude(local)
    if amplitude is None or not (amplitude > 0 or amplitude < 0):
        return None
    if amplitude > 0:
        return Verdict(
            "unstable",
            say("while a neutral strategy is played, orbits circle ever farther away").resting_on(
                CENTRE_MANIFOLD
            ),
            pointwise=True,
        )
    return Verdict(
        "stable",
        say("while a neutral strategy is played, orbits circle ever closer").resting_on(CENTRE_MANIFOLD),
        pointwise=True,
    )


@precision(BITS)
def _driven_amplitude(local: Local) -> arb | None:
    """h: how the neutral strategy's share changes the amplitude's rate of growth."""
    omegas = frequencies(local.block)
    if omegas is None:
        return None
    form = _NormalForm(local, omegas)
    pair = form.eigenvectors(omegas[0])
    if pair is None:
        return None
    q, p = pair
    answer = local.block.solve(local.jacobian_columns(local.neutral))
    shift = [_ball(-answer[k, 0]) for k in range(len(local.inner))] + [acb(1)]
    return _product(p, form.second(q, shift)).real


def _resonant(omegas: Sequence[arb]) -> bool:
    return any(
        (p * a - q * b).contains(0)
        for a, b in itertools.combinations(omegas, 2)
        for p, q in ((1, 1), (1, 2), (2, 1), (1, 3), (3, 1))
    )


class _NormalForm:
    """The derivatives of the field at the state, in balls and in the coordinates ``inner + neutral``."""

    def __init__(self, local: Local, omegas: Sequence[arb]) -> None:
        coordinates = local.inner + local.neutral
        self.size = len(coordinates)
        self.owner = [local.owner[a] for a in coordinates]
        self.speed = [_ball(local.speed(a)) for a in coordinates]
        self.share = [_ball(local.state[a]) for a in coordinates]
        self.gain = [[_ball(local.gain(a, b)) for b in coordinates] for a in coordinates]
        rows = local.jacobian_columns(coordinates).tolist() + [[fmpq(0)] * self.size for _ in local.neutral]
        self.jacobian = acb_mat([[_ball(v) for v in row] for row in rows])
        self.omegas = omegas

    def rise(self, v: Vector) -> Vector:
        return [_product(row, v) for row in self.gain]

    def average(self, weights: Vector, rise: Vector) -> Vector:
        """For each strategy the sum over its population of weight times rise."""
        return [
            sum(
                (w * r for w, r, i in zip(weights, rise, self.owner, strict=True) if i == own),
                acb(0),
            )
            for own in self.owner
        ]

    def second(self, x: Vector, y: Vector) -> Vector:
        """B(x, y), the second derivative of the field."""
        rx, ry = self.rise(x), self.rise(y)
        ax, ay = self.average(self.share, rx), self.average(self.share, ry)
        cross = [p + q for p, q in zip(self.average(x, ry), self.average(y, rx), strict=True)]
        return [
            self.speed[k] * (x[k] * (ry[k] - ay[k]) + y[k] * (rx[k] - ax[k]) - self.share[k] * cross[k])
            for k in range(self.size)
        ]

    def third(self, *vectors: Vector) -> Vector:
        """C(x, y, w), the third derivative of the field."""
        total = [acb(0)] * self.size
        for x, y, w in itertools.permutations(vectors):
            average = self.average(y, self.rise(w))
            total = [t - self.speed[k] * x[k] * average[k] for k, t in enumerate(total)]
        return total

    def resolved(self, shift: acb, vector: Vector) -> Vector:
        """(shift - J)^-1 times a vector."""
        matrix = acb_mat(
            [
                [(shift if i == j else acb(0)) - self.jacobian[i, j] for j in range(self.size)]
                for i in range(self.size)
            ]
        )
        answer = matrix.solve(acb_mat([[v] for v in vector]))
        return [answer[k, 0] for k in range(self.size)]

    def eigenvectors(self, omega: arb) -> tuple[Vector, Vector] | None:
        """The right and left eigenvectors of iω, with product 1."""
        q = _null_vector(self.jacobian, acb(0, omega))
        p = _null_vector(self.jacobian.transpose(), acb(0, omega))
        if q is None or p is None:
            return None
        scale = _product(p, q)
        return q, [a / scale for a in p]

    def rates(self) -> list[list[arb]] | None:
        """2·Re(a_jk)."""
        right, left = [], []
        for omega in self.omegas:
            pair = self.eigenvectors(omega)
            if pair is None:
                return None
            right.append(pair[0])
            left.append(pair[1])
        index = range(len(self.omegas))
        return [[2 * self.coefficient(j, k, right, left) for k in index] for j in index]

    def coefficient(self, j: int, k: int, right: list[Vector], left: list[Vector]) -> arb:
        """Re(a_jk)."""
        q, r = right[j], right[k]
        conjugate = [acb(v.real, -v.imag) for v in r]
        i_j, i_k = acb(0, self.omegas[j]), acb(0, self.omegas[k])
        still = self.resolved(acb(0), self.second(r, conjugate))
        terms = [self.third(q, r, conjugate), self.second(q, still)]
        if j == k:
            double = self.resolved(2 * i_j, self.second(q, q))
            terms += [self.second(q, still), self.second(conjugate, double)]
        else:
            terms += [
                self.second(r, self.resolved(i_j - i_k, self.second(q, conjugate))),
                self.second(conjugate, self.resolved(i_j + i_k, self.second(q, r))),
            ]
        value = sum((_product(left[j], term) for term in terms), acb(0))
        return value.real / 2 if j == k else value.real


def _product(a: Vector, b: Vector) -> acb:
    return sum((x * y for x, y in zip(a, b, strict=True)), acb(0))


def _ball(value: fmpq) -> acb:
    return acb(arb(value))


def _null_vector(matrix: acb_mat, eigenvalue: acb) -> Vector | None:
    """An eigenvector with one coordinate 1; None where no ball computation finds it."""
    n = matrix.nrows()
    shifted = [[matrix[i, j] - (eigenvalue if i == j else 0) for j in range(n)] for i in range(n)]
    for k, row in itertools.product(range(n), repeat=2):
        others = [j for j in range(n) if j != k]
        kept = [i for i in range(n) if i != row]
        try:
            answer = acb_mat([[shifted[i][j] for j in others] for i in kept]).solve(
                acb_mat([[-shifted[i][k]] for i in kept])
            )
        except ZeroDivisionError:
            continue
        vector = [acb(1)] * n
        for m, j in enumerate(others):
            vector[j] = answer[m, 0]
        return vector
    return None
