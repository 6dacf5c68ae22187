"""Games in which one argument tells the outcome of every start inside: a relative entropy that never grows.

Where all payoffs are affine in the shares, the rate of change of the relative entropy V of
`separatrix.analysis.stability.relative_entropy` at an interior rest state z is a quadratic form in x - z on
the whole state space, not near z alone.  V is infinite on the boundary, so that where it never grows every
orbit from the interior stays in a compact part of it, and where its form vanishes on no orbit but z, all of
them come to z (LaSalle 1960; Hofbauer & Sigmund 1998, theorem 2.6.1 and sections 7.2, 11.2 and 12).  Where V
is conserved every orbit stays on its level, and none comes to rest that does not begin at rest: the form is
the same at every interior rest state, so that the entropy of each of them is conserved, and is least there.

Where V never falls, and on no orbit but z stays as it is, every other orbit from the interior comes to the
boundary: at an ω-limit inside V would stay as it is along an orbit, which would be z, where V is least.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flint import fmpq, fmpq_mat, fmpq_mpoly, fmpz_mpoly_ctx, fmpz_mpoly_vec

from separatrix.analysis.affine_game import AffineGame
from separatrix.analysis.stability.local import localise
from separatrix.analysis.stability.relative_entropy import entropy, staying
from separatrix.exact.copositivity import kernel, maximise

__all__ = ["Everywhere", "everywhere", "outward"]

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
    conserved : whether each orbit stays on its level of V; else each comes to the state
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
    """Return the same in reversed time: V never falls, and orbits from the interior come to the boundary.

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
