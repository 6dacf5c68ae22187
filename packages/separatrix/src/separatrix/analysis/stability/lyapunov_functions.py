"""Relative entropies that never grow near a rest state z, and where they stay constant.

On the face of the extended support of z, V = -Σ_i w_i Σ_a z_a ln(x_a/z_a), with a weight for each population
(its speed divided out), changes at the rate V' = -Σ_i w_i v_i·(M v)_i, v = x - z, exactly (Hofbauer & Sigmund
1998, sections 7.2 and 11.2).  In one population the shares may be weighted instead: in x̃ ∝ d_a x_a the orbits
are those of the matrix with its columns divided by d (Hofbauer & Sigmund 1998, section 7.1), so
V = -Σ z̃_a ln x̃_a serves, with the form ṽ·(M diag(1/d) ṽ).  Where V' <= 0 on the tangent cone, z is Lyapunov
stable; where in addition no orbit but z itself stays in {V' = 0} close by, asymptotically (LaSalle 1960).

Games with a global argument for every interior initial state: a relative entropy that never grows.

Where all payoffs are affine in the shares, the rate of change of the relative entropy V of
`separatrix.analysis.stability.lyapunov_functions` at an interior rest state z is a quadratic form in x - z
on the whole state space, not near z alone. V is infinite on the boundary, so that where it never grows
every orbit from the interior stays in a compact part of it, and where its form vanishes on no orbit but z,
all of them converge to z (LaSalle 1960; Hofbauer & Sigmund 1998, theorem 2.6.1 and sections 7.2, 11.2 and
12). Where V is conserved every orbit stays on its level, and only constant orbits converge: the form is the
same at every interior rest state, so that the entropy of each of them is conserved, and is least there.

Where V never falls, and is constant on no orbit but z, every other orbit from the interior converges to the
boundary: at an interior ω-limit V would be constant along an orbit, which would be z, where V is least.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from flint import fmpq, fmpq_mat, fmpq_mpoly, fmpq_mpoly_ctx, fmpz_mpoly_ctx, fmpz_mpoly_vec

from separatrix.analysis.payoff_functions import AffineGame
from separatrix.analysis.stability.classification import Local, localise, losses
from separatrix.exact.copositivity import copositive_weights, kernel, maximise
from separatrix.exact.rational_functions import only_origin
from separatrix.run.limits import poll

__all__ = [
    "Entropy",
    "Everywhere",
    "entropy",
    "everywhere",
    "outward",
    "settles",
    "staying",
]

MOST = 10
"""With more neutral strategies than this the invariance principle is not tried."""


@dataclass(frozen=True)
class Entropy:
    """A weighted relative entropy that never grows near the state.

    Attributes
    ----------
    frame : the state in weighted shares; the state itself with several populations
    form : -V' as a form in the coordinates ``inner + neutral`` of the frame
    plain : whether all weights are equal
    strict : whether it falls everywhere but at the state
    conserved : whether it is constant along every orbit
    """

    frame: Local
    form: fmpq_mat
    plain: bool
    strict: bool
    conserved: bool


def entropy(local: Local) -> Entropy | None:
    """Return a relative entropy that never grows near the state on the face of its extended support."""
    one_population = len(local.game.sizes) == 1
    forms = _columns(local) if one_population else losses(local)
    if not one_population:
        forms = [f for f in forms if any(f.entries())] or forms[:1]
    found = copositive_weights(forms, len(local.inner))
    if found is None:
        return None
    return Entropy(
        _weighted(local, found.weights) if one_population else local,
        found.form,
        len(set(found.weights)) == 1,
        found.copositivity.kind == "strict",
        not any(found.form.entries()),
    )


def _weighted(local: Local, weights: Sequence[fmpq]) -> Local:
    """The state of one population in the shares x̃ ∝ x/θ, θ one weight a strategy of `_columns`."""
    matrix = fmpq_mat(local.game.matrix)
    state = list(local.state)
    for b, weight in zip((local.reference[0], *local.inner, *local.neutral), weights, strict=True):
        state[b] /= weight
        for a in range(matrix.nrows()):
            matrix[a, b] = matrix[a, b] * weight
    total = sum(state, fmpq(0))
    game = AffineGame(local.game.sizes, local.game.speeds, matrix)
    return localise(game, (local.played[0],), tuple(x / total for x in state))


def _columns(local: Local) -> list[fmpq_mat]:
    """The forms -v·(M diag(θ) v) that belong to a single column weight θ_b = 1, one a strategy."""
    coordinates = local.inner + local.neutral
    n, m, r = len(coordinates), local.game.matrix, local.reference[0]
    result = []
    for b in (r, *coordinates):
        poll()
        whole = fmpq_mat(n, n)
        for i, a in enumerate(coordinates):
            gain = m[a, b] - m[r, b]
            for j, c in enumerate(coordinates):
                if b == r:
                    whole[i, j] = gain / 2
                elif b == c:
                    whole[i, j] = -gain / 2
        result.append(whole + whole.transpose())
    return result


# ------------------------------------------------------------------------- invariance principle


def settles(local: Local, form: fmpq_mat) -> bool:
    """Whether near the state no other orbit stays where the form vanishes (LaSalle's principle).

    On the open face of the neutral strategies T, a copositive form vanishes exactly on the kernel of its
    part for ``inner + T``.  Every derivative along the field of every linear equation of that kernel
    vanishes on an orbit that stays there.  A False means: not proven.
    """
    free, neutral = len(local.inner), len(local.neutral)
    if neutral > MOST:
        return False
    for count in range(neutral + 1):
        for chosen in itertools.combinations(range(free, free + neutral), count):
            poll()
            index = [*range(free), *chosen]
            part = fmpq_mat(len(index), len(index), [form[i, j] for i in index for j in index])
            basis = kernel(part)
            if not basis or not _reaches(basis, len(index) - count):
                continue
            if not _leaves(local, index, part, basis):
                return False
    return True


def _reaches(basis: Sequence[Sequence[fmpq]], free: int) -> bool:
    """Whether a combination of the basis has all coordinates from `free` on positive."""
    size = len(basis[0])
    if free == size:
        return True
    # combination = plus - minus, every such coordinate at least 1
    at_most = [([-b[k] for b in basis] + [b[k] for b in basis], fmpq(-1)) for k in range(free, size)]
    return maximise([fmpq(0)] * (2 * len(basis)), at_most) is not None


def _leaves(local: Local, index: Sequence[int], part: fmpq_mat, basis: Sequence[Sequence[fmpq]]) -> bool:
    """Whether the only orbit near the state that stays in the kernel is the state."""
    return any(only_origin(known) for known in staying(local, index, part, basis))


def staying(
    local: Local, index: Sequence[int], part: fmpq_mat, basis: Sequence[Sequence[fmpq]]
) -> Iterator[list[fmpq_mpoly]]:
    """Yield more and more polynomials that vanish on every orbit that stays in the kernel of the form.

    Their variables are the coordinates in `basis` of the deviation from the state.  First the linear
    equations of the kernel, derived once along the field, then also their further derivatives.
    """
    names = [f"y{k}" for k in range(len(basis))]
    ring = fmpq_mpoly_ctx.get(names, "degrevlex")
    gens = ring.gens()
    coordinates = local.inner + local.neutral
    point = {
        coordinates[i]: sum((g * b[k] for g, b in zip(gens, basis, strict=True)), 0 * gens[0])
        for k, i in enumerate(index)
    }
    rates = list(field(local, [coordinates[i] for i in index], point))
    equations = []
    for row in part.rref()[0].tolist():
        if any(row):
            equations.append(sum((r * c for r, c in zip(rates, row, strict=True) if c), 0 * gens[0]))
    # The basis has a one in a coordinate of its own, so the field within the kernel reads off there.
    own = [next(k for k in range(len(index)) if _is_unit_coordinate(basis, j, k)) for j in range(len(basis))]
    within = [rates[k] for k in own]
    known = [p for p in equations if not p.is_zero()]
    latest = known
    for _ in range(5):
        poll()
        if not latest:
            return
        yield known
        latest = [_derivative(p, within) for p in latest]
        latest = [p for p in latest if not p.is_zero()]
        known = known + latest


def _is_unit_coordinate(basis: Sequence[Sequence[fmpq]], j: int, k: int) -> bool:
    return all(b[k] == (1 if i == j else 0) for i, b in enumerate(basis))


def field(local: Local, strategies: Sequence[int], point: dict[int, fmpq_mpoly]) -> Iterator[fmpq_mpoly]:
    """Yield the rates of the given shares at z + v, on the face of the extended support.

    `point` gives the deviation v of the shares that deviate, without the reference shares.
    """
    zero = 0 * next(iter(point.values()))
    rise = {a: sum((v * local.gain(a, b) for b, v in point.items()), zero) for a in strategies}
    for a in strategies:
        mates = [b for b in strategies if local.owner[b] == local.owner[a]]
        average = sum(((point[b] + local.state[b]) * rise[b] for b in mates), zero)
        yield local.speed(a) * (point[a] + local.state[a]) * (rise[a] - average)


def _derivative(p: fmpq_mpoly, rates: Sequence[fmpq_mpoly]) -> fmpq_mpoly:
    return sum((p.derivative(k) * rate for k, rate in enumerate(rates)), 0 * p)


MOST_FREE = 4
"""Directions in which the form vanishes, up to which orbits that stay there are looked for."""

MOST_EQUATIONS = 12

LIMITS = (400, 4_000, 4_000)
"""How far Buchberger's algorithm goes: polynomials, terms of each, bits of each number."""


@dataclass(frozen=True)
class Everywhere:
    """What holds for every orbit from the interior.

    Attributes
    ----------
    state : an interior rest state, the only one unless V is conserved: K shares, one a strategy
    conserved : whether each orbit stays on its level of V; else each converges to the state
    strict : whether V falls everywhere but at the state
    """

    state: tuple[fmpq, ...]
    conserved: bool
    strict: bool


def everywhere(game: AffineGame) -> Everywhere | None:
    """Return what a relative entropy proves of all orbits from the interior, or None.

    Examples
    --------
    >>> from flint import fmpq_mat
    >>> hypercycle = fmpq_mat([[0, 0, 0, 1], [1, 0, 0, 0], [0, 1, 0, 0], [0, 0, 1, 0]])
    >>> everywhere(AffineGame((4,), (fmpq(1),), hypercycle))
    Everywhere(state=(1/4, 1/4, 1/4, 1/4), conserved=False, strict=False)
    """
    state = _interior(game)
    if state is None:
        return None
    local = localise(game, tuple(tuple(range(size)) for size in game.sizes), state)
    found = entropy(local)
    if found is None:
        return None
    if found.conserved or found.strict:
        return Everywhere(state, found.conserved, found.strict)
    basis = kernel(found.form)
    if len(basis) > MOST_FREE:
        return None
    for known in staying(found.frame, range(len(found.frame.inner)), found.form, basis):
        if len(known) > MOST_EQUATIONS:
            return None
        if _only_origin(known):
            return Everywhere(state, False, False)
    return None


def outward(game: AffineGame) -> Everywhere | None:
    """Return the same in reversed time: V never falls, and interior orbits converge to the boundary.

    Examples
    --------
    >>> rock = fmpq_mat([[0, -2, 1], [1, 0, -2], [-2, 1, 0]])
    >>> outward(AffineGame((3,), (fmpq(1),), rock)).strict
    True
    """
    found = everywhere(AffineGame(game.sizes, game.speeds, -1 * game.matrix))
    return None if found is None or found.conserved else found


def _interior(game: AffineGame) -> tuple[fmpq, ...] | None:
    """Return a state in which all strategies are played and earn alike, as far inside as there is one."""
    width = sum(game.sizes)
    rows, right = [], []
    for offset, size in zip(game.offsets, game.sizes, strict=True):
        for a in range(offset + 1, offset + size):
            rows.append([game.matrix[a, b] - game.matrix[offset, b] for b in range(width)])
            right.append(fmpq(0))
        rows.append([fmpq(int(offset <= b < offset + size)) for b in range(width)])
        right.append(fmpq(1))
    try:
        solved = fmpq_mat(rows).solve(fmpq_mat([[v] for v in right]))
    except ZeroDivisionError:
        return _inmost(rows, right)
    state = tuple(solved[b, 0] for b in range(width))
    return state if min(state) > 0 else None


def _inmost(rows: list[list[fmpq]], right: list[fmpq]) -> tuple[fmpq, ...] | None:
    """Return the solution of equations whose least share is largest, or None where none is positive."""
    width = len(rows[0])
    # Variables: what each share has above the least one, and the least one.
    equal = [([*row, sum(row, fmpq(0))], value) for row, value in zip(rows, right, strict=True)]
    best = maximise([fmpq(0)] * width + [fmpq(1)], equal=equal)
    if best is None or best.x[-1] <= 0:
        return None
    return tuple(best.x[b] + best.x[-1] for b in range(width))


def _only_origin(polynomials: Sequence[fmpq_mpoly]) -> bool:
    """Whether the origin is the only common zero, real or complex; False: not proven.

    By Hilbert's Nullstellensatz, and Rabinowitsch's trick for each coordinate.
    """
    count = polynomials[0].context().nvars()
    return all(_vanishes(polynomials, k) for k in range(count))


def _vanishes(polynomials: Sequence[fmpq_mpoly], k: int) -> bool:
    """Whether the coordinate k vanishes at every common zero: 1 lies in the ideal with 1 - t·y_k added."""
    count = polynomials[0].context().nvars()
    ring = fmpz_mpoly_ctx.get([*(f"y{j}" for j in range(count)), "t"], "degrevlex")
    gens = ring.gens()
    whole = []
    for p in polynomials:
        terms = p.to_dict()
        common = math.lcm(*(int(c.q) for c in terms.values()))
        whole.append(ring.from_dict({(*e, 0): int(c.p) * common // int(c.q) for e, c in terms.items()}))
    system: Any = fmpz_mpoly_vec([*whole, 1 - gens[k] * gens[-1]], ring)
    basis, done = system.buchberger_naive(limits=LIMITS)
    return bool(done) and any(p.is_constant() and not p.is_zero() for p in basis)
