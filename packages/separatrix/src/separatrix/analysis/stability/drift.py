"""Rest sets along which the state drifts while the played strategies alone are disturbed.

The rest states of the played strategies form a flat through the state z, with the kernel of the Jacobian as
its directions.  Where the eigenvalue zero has one multiplicity more, a Jordan block moves z along the flat:
on a centre manifold with coordinates s along the flat and y across it the field is y·(h(s, y), g(s, y)) with
h(z) ≠ 0, so the orbits off the flat are those of the field (h, g), which runs past z.
"""

from __future__ import annotations

from flint import fmpq, fmpq_mat

from separatrix.analysis.stability.local import Local
from separatrix.analysis.stability.verdict import Verdict
from separatrix.exact.copositivity import column, dot, kernel, left_kernel
from separatrix.sentences import say

__all__ = ["drift_within"]


def drift_within(local: Local) -> Verdict | None:
    """Whether played strategies alone make the state drift along their flat, by a Jordan block of zero.

    With one direction y across the flat, h(0, 0) ≠ 0 there.  Both signs of y occur; where g(s, 0) changes
    sign at z, on one of the sides the orbits bend away from the flat.
    """
    face = local.spectrum
    along = kernel(local.block)
    if face.imaginary or not along or face.zeros != len(along) + 1:
        return None
    size = len(local.inner)
    if not any(local.game.own_play) and face.zeros == size:
        return Verdict(
            "unstable", say("orbits that start beside it drift away along the continuum of equilibria")
        )
    square = local.block * local.block
    wide = kernel(square)
    w = next(v for v in wide if any(_apply(local.block, v)))
    kappa = _apply(local.block, w)
    ell = _across(left_kernel(local.block), along)
    ahead, behind = _block_at(local, kappa, 1), _block_at(local, kappa, -1)
    change = [(p - q) / 2 for p, q in zip(_apply(ahead, w), _apply(behind, w), strict=True)]
    if dot(ell, change) != 0:
        return Verdict(
            "unstable",
            say("orbits that start beside it drift away along the continuum of equilibria"),
            pointwise=True,
        )
    return None


def _apply(matrix: fmpq_mat, vector: tuple[fmpq, ...]) -> tuple[fmpq, ...]:
    return tuple(column(matrix * fmpq_mat([[v] for v in vector]), 0))


def _across(left: list[tuple[fmpq, ...]], along: list[tuple[fmpq, ...]]) -> tuple[fmpq, ...]:
    """The left null vector that vanishes on the flat."""
    pairing = fmpq_mat([[dot(row, v) for row in left] for v in along])
    (mix,) = kernel(pairing)
    return tuple(
        sum((m * row[k] for m, row in zip(mix, left, strict=True)), fmpq(0)) for k in range(len(left[0]))
    )


def _block_at(local: Local, direction: tuple[fmpq, ...], step: int) -> fmpq_mat:
    """The Jacobian along the face at z + step·direction, which may lie outside the state space."""
    state = list(local.state)
    for a, v in zip(local.inner, direction, strict=True):
        state[a] += step * v
        state[local.reference[local.owner[a]]] -= step * v
    moved = Local(local.game, tuple(state), local.owner, local.played, local.outside)
    return moved.block
