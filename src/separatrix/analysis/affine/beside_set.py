"""Rest states on a rest set that does not fill every neutral direction.

The rest states of the played strategies form a flat of dimension k through the state z, with the kernel of
the Jacobian as its directions.  On a centre manifold with k + 1 dimensions, let s be coordinates along the
flat and y across it.  As the flat is at rest, the field is y·(h(s, y), g(s, y)): its orbits off the flat are
those of the *divided* field (h, g), which runs past z or has a simpler rest state there.
"""

from __future__ import annotations

from flint import fmpq, fmpq_mat

from separatrix.analysis.affine.linear import column, dot, kernel, left_kernel
from separatrix.analysis.affine.local import Local
from separatrix.analysis.stability import Verdict

__all__ = ["beside_flat", "drift_within"]


def beside_flat(local: Local) -> Verdict | None:
    """One neutral strategy b beside a flat of played strategies: y is the share of b, y >= 0."""
    face = local.spectrum
    if len(local.neutral) != 1 or face.imaginary or not face.zeros:
        return None
    along = kernel(local.block)
    if len(along) != face.zeros:
        return None
    (b,) = local.neutral
    speed = local.speed(b)
    turn = [speed * dot([local.gain(b, c) for c in local.inner], v) for v in along]  # dg/ds
    drift = _projected(local, along, column(local.along((b,)), 0))  # h(0, 0)
    bend = dot(turn, drift)
    if bend < 0:
        return Verdict(
            "stable",
            "orbits leave the rest set on one side of it, where the neutral strategy spreads, and return "
            "close by on the other",
            pointwise=True,
        )
    if bend > 0 or (any(drift) and not any(turn)):
        return Verdict(
            "unstable", "orbits that start beside it drift away along the rest set", pointwise=True
        )
    if any(drift):
        return None
    return _divided_rest(local, b, turn)


def _projected(local: Local, along: list[tuple[fmpq, ...]], vector: list[fmpq]) -> list[fmpq]:
    """The coordinates, in the basis `along`, of a vector's part along the flat."""
    left = left_kernel(local.block)
    pairing = fmpq_mat([[dot(row, v) for v in along] for row in left])
    return column(pairing.solve(fmpq_mat([[dot(row, vector)] for row in left])), 0)


def _divided_rest(local: Local, b: int, turn: list[fmpq]) -> Verdict | None:
    """The divided field has a rest state at z."""
    # b spreads at the expense of its population in proportion.
    direction = [fmpq(0)] * len(local.owner)
    direction[b] += 1
    for a in local.played[local.owner[b]]:
        direction[a] -= local.state[a]
    change = column(local.game.matrix * fmpq_mat([[v] for v in direction]), 0)
    if any(change[a] != change[played[0]] for played in local.played for a in played[1:]):
        return None
    # The neutral strategy moves no played share against another: every orbit keeps their proportions.
    own = change[b] - change[local.reference[local.owner[b]]]
    if own < 0:
        return Verdict(
            "stable", "the proportions of the played strategies stay as they are, and the neutral one cannot "
            "spread far", pointwise=True,
        )  # fmt: skip
    if own > 0 or any(turn):
        return Verdict(
            "unstable", "the proportions of the played strategies stay as they are, and beside the state the "
            "neutral one spreads", pointwise=True,
        )  # fmt: skip
    return None


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
        return Verdict("unstable", "orbits that start beside it drift away along the rest set")
    square = local.block * local.block
    wide = kernel(square)
    w = next(v for v in wide if any(_apply(local.block, v)))
    kappa = _apply(local.block, w)
    ell = _across(left_kernel(local.block), along)
    ahead, behind = _block_at(local, kappa, 1), _block_at(local, kappa, -1)
    change = [(p - q) / 2 for p, q in zip(_apply(ahead, w), _apply(behind, w), strict=True)]
    if dot(ell, change) != 0:
        return Verdict(
            "unstable", "orbits that start beside it drift away along the rest set", pointwise=True
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
