"""Two populations that do not play themselves, one of which mixes two strategies and has no other.

Let s be the deviation of that population's share.  The other one's strategies have payoffs β_a·s, so its
shares run along the curve x_a ∝ z_a·exp(β_a·τ) with τ' ∝ s, and s' ∝ Σ_a γ_a·(x_a(τ) - z_a): a particle on
a line, whose energy is conserved.  On the curve through the state z the force is, up to a positive factor,
Σ_a z_a·(γ_a - γ̄)·exp(β_a·τ), with the derivatives M_k = Σ_a z_a·(γ_a - γ̄)·β_a^k at z.  The first that is
not zero decides: a force that pushes back on both sides holds orbits on this curve and those beside it.
"""

from __future__ import annotations

from flint import fmpq

from separatrix.analysis.stability.local import Local
from separatrix.analysis.stability.verdict import Verdict
from separatrix.analysis.theorems import CENTRE_MANIFOLD, CONSERVED_QUANTITY
from separatrix.sentences import say

__all__ = ["along_curves"]


def along_curves(local: Local) -> Verdict | None:
    """Label a state of the face of its extended support by the energy of the particle.

    None where the populations are not of this kind.

    Examples
    --------
    >>> from flint import fmpq_mat
    >>> from separatrix.analysis.affine_game import AffineGame
    >>> from separatrix.analysis.stability.local import localise
    >>> rows = [[0, 0, 0, 0, 1], [0, 0, 0, 0, 1], [0, 0, 0, 1, 0], [-1, 1, 1, 0, 0], [1, -1, 1, 0, 0]]
    >>> game = AffineGame((3, 2), (fmpq(1), fmpq(1)), fmpq_mat(rows))
    >>> third, half = fmpq(1, 3), fmpq(1, 2)
    >>> along_curves(localise(game, ((0, 1, 2), (0, 1)), (third, third, third, half, half))).label
    'unstable'
    """
    extended = [
        [a for a in (*indices, *local.neutral) if local.owner[a] == i]
        for i, indices in enumerate(local.played)
    ]
    mixing = [i for i, indices in enumerate(extended) if len(indices) > 1]
    coordinates = local.inner + local.neutral
    if len(mixing) != 2 or any(
        local.gain(a, b) for a in coordinates for b in coordinates if local.owner[a] == local.owner[b]
    ):
        return None
    for scalar, other in (mixing, reversed(mixing)):
        if len(local.played[scalar]) == len(extended[scalar]) == 2:
            share = local.played[scalar][1]
            verdict = _particle(local, share, local.played[other], extended[other])
            if verdict is not None:
                return verdict
    return None


def _particle(local: Local, share: int, played: tuple[int, ...], extended: list[int]) -> Verdict | None:
    beta = {a: local.gain(a, share) for a in extended}
    gamma = {a: local.gain(share, a) for a in extended}
    if len(played) == 1:
        return _no_curve([(beta[b], gamma[b]) for b in extended if b not in played])
    if len({beta[a] for a in played}) == 1:
        return None
    average = sum((local.state[a] * gamma[a] for a in played), fmpq(0))
    for order in range(1, len(played)):
        moment = sum((local.state[a] * (gamma[a] - average) * beta[a] ** order for a in played), fmpq(0))
        if moment != 0:
            if moment < 0 and order % 2:
                return Verdict(
                    "stable",
                    say("a conserved energy confines orbits to closed curves around a set of rest states").by(
                        CONSERVED_QUANTITY
                    ),
                    pointwise=order > 1,
                )
            return Verdict(
                "unstable",
                say("orbits follow the level lines of a conserved energy that has no extremum at it").by(
                    CONSERVED_QUANTITY
                ),
                pointwise=order > 1,
            )
    return Verdict(
        "unstable", say("one population's share rests while the other one drifts"), pointwise=True, degree=2
    )


def _no_curve(neutral: list[tuple[fmpq, fmpq]]) -> Verdict | None:
    """The other population is pure, so the curve through z is a point; beside it w_b = w_b(0)·exp(β_b·τ).

    The forces γ_b·w_b have the potentials -γ_b/β_b·w_b.  Where all of these are positive, the energy bounds
    s and every w_b that acts or is acted on at all.
    """
    if all(beta * gamma < 0 or (beta == 0 and gamma == 0) for beta, gamma in neutral):
        return Verdict(
            "stable",
            say(
                "a conserved energy bounds the neutral strategies, each of which pushes the other population "
                "to where it earns less"
            ).by(CENTRE_MANIFOLD, CONSERVED_QUANTITY),
        )
    return None
