"""Positive weights under which a sum of quadratic forms is copositive, found exactly or not at all.

Cutting planes (Kelley 1960): where the form with the current weights is negative at a vector x of the cone,
every suitable choice of weights satisfies Σ θ_k·P_k(x) >= 0.  The next weights are the centre of the region
that the cuts leave; cuts that hold with equality only, as zero-sum games force them, are kept as equations.
Vectors and centres are rounded to short fractions, which keeps numbers small and every step exact.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

from flint import fmpq, fmpq_mat

from separatrix.exact.copositive import Copositivity, copositivity, value_at
from separatrix.exact.linear_program import maximise

__all__ = ["Weighted", "copositive_weights", "weighted_sum"]

ROUNDS = 16
Vector = tuple[fmpq, ...]


@dataclass(frozen=True)
class Weighted:
    """Weights, the form they give, and whether that is strictly copositive."""

    weights: Vector
    form: fmpq_mat
    copositivity: Copositivity


def weighted_sum(forms: Sequence[fmpq_mat], weights: Sequence[fmpq]) -> fmpq_mat:
    """Return Σ θ_k·P_k."""
    total = forms[0] * weights[0]
    for form, weight in zip(forms[1:], weights[1:], strict=True):
        total = total + form * weight
    return total


def copositive_weights(forms: Sequence[fmpq_mat], free: int) -> Weighted | None:
    """Return weights θ > 0 with Σ θ_k·P_k copositive on R^free × R^q_+, strictly so where found.

    Parameters
    ----------
    forms : symmetric (n, n) matrices P_k
    free : how many leading coordinates may have either sign

    Returns None where there are none, or none was found in a fixed number of rounds.

    Examples
    --------
    >>> saddle, bowl = fmpq_mat([[1, 0], [0, -1]]), fmpq_mat([[0, 0], [0, 1]])
    >>> copositive_weights([saddle, bowl], 2).copositivity.kind
    'strict'
    """
    cuts: list[Vector] = []
    weak: Weighted | None = None
    for _ in range(ROUNDS):
        weights = _centre(len(forms), cuts)
        if weights is None:
            return weak
        form = weighted_sum(forms, weights)
        answer = copositivity(form, free)
        x = answer.witness
        if x is None:  # strictly copositive
            return Weighted(weights, form, answer)
        if answer.kind == "weak":
            weak = Weighted(weights, form, answer)
        else:
            x = _rounded(x, partial(_negative, form), free)
        cut = _primitive([value_at(f, x) for f in forms])
        if not any(c > 0 for c in cut) and (weak is not None or any(cut)):
            return weak  # no weights make the value at x positive
        if cut in cuts:
            return weak
        cuts.append(cut)
    return weak


def _negative(form: fmpq_mat, x: Vector) -> bool:
    return value_at(form, x) < 0


def _rounded(x: Vector, accept: Callable[[Vector], bool], free: int) -> Vector:
    """A vector of short fractions near a multiple of x that is still accepted."""
    size = max(abs(v) for v in x)
    for bits in (3, 6, 12, 24):
        scaled = [v / size * (1 << bits) for v in x]
        near = tuple(fmpq((2 * int(v.p) + int(v.q)) // (2 * int(v.q)), 1 << bits) for v in scaled)
        if all(v >= 0 for v in near[free:]) and accept(near):
            return near
    return x


def _primitive(row: Sequence[fmpq]) -> Vector:
    """The multiple of a row whose entries are whole and without common factor."""
    below = math.lcm(*(int(v.q) for v in row))
    whole = [int(v.p) * (below // int(v.q)) for v in row]
    factor = math.gcd(*whole) or 1
    return tuple(fmpq(v // factor) for v in whole)


def _centre(count: int, cuts: Sequence[Vector]) -> Vector | None:
    """A point well inside {θ > 0, cuts·θ >= 0}, as far as that set has an inside."""
    if not cuts:
        return (fmpq(1),) * count
    deep = _deepest(count, cuts, frozenset())
    if deep is None:
        forced = _forced(count, cuts)
        return None if forced is None else _deepest(count, cuts, forced)
    return _rounded(
        deep,
        lambda y: (
            all(v > 0 for v in y)
            and all(sum((c * v for c, v in zip(cut, y, strict=True)), fmpq(0)) > 0 for cut in cuts)
        ),
        0,
    )


def _deepest(count: int, cuts: Sequence[Vector], forced: frozenset[int]) -> Vector | None:
    """The centre of a largest ball of the region; the cuts in `forced` are equations."""
    # maximise t over θ = t + φ, φ >= 0, Σ θ = 1, cut·θ >= t·|cut|
    one = fmpq(1)
    at_most, equal = [], [([one] * count + [fmpq(count)], one)]
    for k, cut in enumerate(cuts):
        total = sum(cut, fmpq(0))
        if k in forced:
            equal.append(([*cut, total], fmpq(0)))
        else:
            size = sum((abs(c) for c in cut), fmpq(0))
            at_most.append(([*(-c for c in cut), size - total], fmpq(0)))
    best = maximise([*([fmpq(0)] * count), one], at_most, equal)
    if best is None or best.x[count] <= 0:
        return None
    return tuple(v + best.x[count] for v in best.x[:count])


def _forced(count: int, cuts: Sequence[Vector]) -> frozenset[int] | None:
    """The cuts that hold with equality for all θ > 0 that satisfy them all; None where there is no θ."""
    # θ = 1 + φ by homogeneity; each slack s_k in [0, 1] with cut·θ >= s_k; together as large as can be.
    zero, one = fmpq(0), fmpq(1)
    at_most = []
    for k, cut in enumerate(cuts):
        slack = [one if j == k else zero for j in range(len(cuts))]
        at_most.append(([*(-c for c in cut), *slack], sum(cut, zero)))
        at_most.append(([zero] * count + slack, one))
    best = maximise([zero] * count + [one] * len(cuts), at_most)
    if best is None:
        return None
    return frozenset(k for k in range(len(cuts)) if best.x[count + k] == 0)
