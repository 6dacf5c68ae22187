"""A Lyapunov function for a rest state p of several populations, found exactly or not at all.

V = Σ w_i [-p_i ln x_i - (1-p_i) ln(1-x_i)] + const with weights w_i > 0 is positive definite at p, and
along orbits V' = Σ w_i (x_i - p_i) f_i(x), a polynomial (the relative entropy of Hofbauer & Sigmund
1998, section 7.2, weighted as for rescaled zero-sum games).  Where V' <= 0 near p, p is stable.
"""

from __future__ import annotations

import itertools

from flint import fmpq

from separatrix.analysis.multilinear import Multilinear
from separatrix.exact.algebraic_numbers import Exact, sign

__all__ = ["weighted_entropy_decreases"]


def weighted_entropy_decreases(
    game: Multilinear, face: tuple[int | None, ...], state: tuple[Exact, ...]
) -> bool:
    """Return whether weights w > 0 are found with V' <= 0 in a neighbourhood of `state`.

    The state must be at rest with all advantages zero, so that V' has no terms of first order.  In
    displacements u_i, pointing into the cube where a share is pure, V' = Σ q_ij u_i u_j + q·u_1 u_2 u_3
    with q_ij = w_i s_i ∂f_i/∂x_j + ….  A pair of pure shares needs q_ij <= 0; a pair with a mixed share,
    which takes both signs, needs q_ij = 0; the cubic term matters only where no pair dominates it.
    """
    n = game.n
    inward = [1 if pure in (0, None) else -1 for pure in face]
    slope = {
        (i, j): inward[i] * inward[j] * game.slope(i, j, state)
        for i, j in itertools.permutations(range(n), 2)
    }
    low: dict[tuple[int, int], Exact] = {}  # bounds on w_i / w_j
    high: dict[tuple[int, int], Exact] = {}
    for i, j in itertools.combinations(range(n), 2):
        a, b = slope[i, j], slope[j, i]  # w_i·a + w_j·b
        both_pure = face[i] is not None and face[j] is not None
        if sign(a) == 0 or sign(b) == 0:
            rest = sign(a) + sign(b)
            if rest > 0 or (rest < 0 and not both_pure):
                return False
        elif sign(a) == sign(b):
            if sign(a) > 0 or not both_pure:
                return False
        else:
            ratio = -b / a
            if not both_pure:
                low[i, j] = high[i, j] = ratio
            elif sign(a) > 0:
                high[i, j] = ratio
            else:
                low[i, j] = ratio
    weights = _weights(n, low, high)
    if weights is None:
        return False
    if n < 3 or _dominated(weights, slope, face):
        return True
    cubic: Exact = fmpq(0)
    for i, j, k in ((0, 1, 2), (1, 0, 2), (2, 0, 1)):
        cubic = cubic + weights[i] * (inward[0] * inward[1] * inward[2]) * game.second(i, j, k, state)
    return sign(cubic) == 0 or (sign(cubic) < 0 and None not in face)


def _dominated(
    weights: list[Exact], slope: dict[tuple[int, int], Exact], face: tuple[int | None, ...]
) -> bool:
    """Whether a strictly negative pair of pure shares outweighs the cubic term near the state."""
    return any(
        face[i] is not None
        and face[j] is not None
        and sign(weights[i] * slope[i, j] + weights[j] * slope[j, i]) < 0
        for i, j in itertools.combinations(range(3), 2)
    )


def _weights(
    n: int, low: dict[tuple[int, int], Exact], high: dict[tuple[int, int], Exact]
) -> list[Exact] | None:
    """Return positive weights with the given bounds on w_i/w_j, strict inside where there is room."""
    first = _between(low.get((0, 1)), high.get((0, 1)))
    if n == 2:
        return [first, fmpq(1)]
    # w1 = 1; w0 = r in [low01, high01]; w2 = s with 1/s in [low12, high12] and r/s in [low02, high02].
    lows01, highs01 = low.get((0, 1)), high.get((0, 1))
    candidates_low = [
        b for b in (lows01, _product(low.get((0, 2)), _inverse(high.get((1, 2))))) if b is not None
    ]
    candidates_high = [
        b for b in (highs01, _product(high.get((0, 2)), _inverse(low.get((1, 2))))) if b is not None
    ]
    lower = max(candidates_low, default=None)
    upper = min(candidates_high, default=None)
    if lower is not None and upper is not None and lower > upper:
        return None
    r = _between(lower, upper)
    lows = [b for b in (_inverse(high.get((1, 2))), _over(r, high.get((0, 2)))) if b is not None]
    highs = [b for b in (_inverse(low.get((1, 2))), _over(r, low.get((0, 2)))) if b is not None]
    below, above = max(lows, default=None), min(highs, default=None)
    if below is not None and above is not None and below > above:
        return None
    return [r, fmpq(1), _between(below, above)]


def _between(lower: Exact | None, upper: Exact | None) -> Exact:
    if lower is None:
        return fmpq(1) if upper is None else upper / 2
    return lower + 1 if upper is None else (lower + upper) / 2


def _inverse(value: Exact | None) -> Exact | None:
    return None if value is None else 1 / value


def _over(r: Exact, bound: Exact | None) -> Exact | None:
    return None if bound is None else r / bound


def _product(a: Exact | None, b: Exact | None) -> Exact | None:
    return None if a is None or b is None else a * b
