"""Rest states whose eigenvalues have negative and zero real parts only.

Strategies that earn less than the played ones contract, so the face of the extended support decides.
On it, where the played strategies alone are hyperbolic, the shares u of the neutral strategies are
coordinates of the centre manifold, and to lowest order u_b' = speed·u_b·(G u)_b, with G what remains of the
payoffs after the played strategies have adapted.

Two populations that do not play themselves; one mixes two strategies and has no others.

Let s be the deviation of that population's share. The other one's strategies have payoffs β_a·s, so its
shares run along the curve x_a ∝ z_a·exp(β_a·τ) with τ' ∝ s, and s' ∝ Σ_a γ_a·(x_a(τ) - z_a): a particle on
a line, whose energy is conserved. On the curve through the state z the force is, up to a positive factor,
Σ_a z_a·(γ_a - γ̄)·exp(β_a·τ), with the derivatives M_k = Σ_a z_a·(γ_a - γ̄)·β_a^k at z. The first nonzero
one decides: a force that pushes back on both sides confines orbits on this curve and on nearby ones.

The label of a rest state in a game with affine payoffs, and what the game says of it.

Eigenvalues decide where they can.  What remains has eigenvalues with negative and with zero real part only;
strategies that earn less than the played ones then contract, so that the face of the extended support
holds a centre manifold and decides (reduction principle: Pliss 1964, Carr 1981, theorem 2).
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass, replace

from flint import fmpq, fmpq_mat

from separatrix.analysis.payoff_functions import AffineGame, Support
from separatrix.analysis.results import Label
from separatrix.analysis.stability.amplitude_equations import beside_oscillation, oscillation
from separatrix.analysis.stability.centre_manifold import corner, rest_set_verdict, single
from separatrix.analysis.stability.classification import (
    Local,
    Verdict,
    evolutionarily_stable,
    growing,
    internal_drift,
    localise,
    neutrally_stable,
)
from separatrix.analysis.stability.lyapunov_functions import entropy, settles
from separatrix.analysis.theorems import (
    CENTRE_MANIFOLD,
    CONSERVED_QUANTITY,
    ESS,
    ESS_OF_LINEAR_GAME,
    ESS_OF_SEVERAL,
    EVOLUTIONARILY_STABLE,
    INVARIANCE,
    LINEARISATION,
    LYAPUNOV_FUNCTION,
    NASH,
    NEUTRAL_STABILITY,
    NO_ISOLATED_ORBIT,
    NORMALLY_HYPERBOLIC,
    RELATIVE_ENTROPY,
    WEIGHTS,
)
from separatrix.exact.algebraic_numbers import as_expression
from separatrix.expression.tree import Expression
from separatrix.run.limits import poll
from separatrix.sentences import listed, say

__all__ = [
    "Judgement",
    "along_curves",
    "judge",
    "restricted",
    "reversed_time",
    "without_growth",
]


def along_curves(local: Local) -> Verdict | None:
    """Label a state of the face of its extended support by the energy of the particle.

    None where the populations are not of this kind.

    Examples
    --------
    >>> from flint import fmpq_mat
    >>> from separatrix.analysis.payoff_functions import AffineGame
    >>> from separatrix.analysis.stability.classification import localise
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
                    say(
                        "a conserved energy confines orbits to closed curves around a set of rest states"
                    ).resting_on(CONSERVED_QUANTITY),
                    pointwise=order > 1,
                )
            return Verdict(
                "unstable",
                say(
                    "orbits follow the level lines of a conserved energy that has no extremum at it"
                ).resting_on(CONSERVED_QUANTITY),
                pointwise=order > 1,
            )
    return Verdict(
        "unstable", say("one population's share rests while the other one drifts"), pointwise=True, degree=2
    )


def _no_curve(neutral: list[tuple[fmpq, fmpq]]) -> Verdict | None:
    """The other population is pure, so the curve through z is a point; near it w_b = w_b(0)·exp(β_b·τ).

    The forces γ_b·w_b have the potentials -γ_b/β_b·w_b.  Where all of these are positive, the energy bounds
    s and every w_b that acts or is acted on at all.
    """
    if all(beta * gamma < 0 or (beta == 0 and gamma == 0) for beta, gamma in neutral):
        return Verdict(
            "stable",
            say(
                "a conserved energy bounds the neutral strategies; each pushes the other "
                "population to where it earns less"
            ).resting_on(CENTRE_MANIFOLD, CONSERVED_QUANTITY),
        )
    return None


MOST = 6
"""Faces with this many neutral strategies or more are not searched."""


def reversed_time(local: Local) -> Local:
    """Return the same state in the game that runs backwards."""
    game = AffineGame(local.game.sizes, local.game.speeds, local.game.matrix * fmpq(-1))
    support = tuple(
        tuple(a - offset for a in indices) for offset, indices in zip(game.offsets, local.played, strict=True)
    )
    return localise(game, support, local.state)


def restricted(local: Local, neutral: tuple[int, ...]) -> Local:
    """Return the same state in the game on the face of the played and the given neutral strategies."""
    kept = [
        a for a in range(len(local.owner)) if a in neutral or any(a in indices for indices in local.played)
    ]
    sizes = tuple(sum(local.owner[a] == i for a in kept) for i in range(len(local.game.sizes)))
    matrix = fmpq_mat([[local.game.matrix[a, b] for b in kept] for a in kept])
    game = AffineGame(sizes, local.game.speeds, matrix)
    support = tuple(
        tuple(kept.index(a) - offset for a in indices)
        for offset, indices in zip(game.offsets, local.played, strict=True)
    )
    return localise(game, support, tuple(local.state[a] for a in kept))


def without_growth(local: Local, ess: bool) -> Verdict:
    """Return the label of a state without eigenvalues of positive, but some of zero real part."""
    if ess:
        several = len(local.game.sizes) > 1
        return Verdict(
            "asymptotically stable",
            say("ESS of several populations (Cressman, Garay & Hofbauer 2001)").resting_on(
                ESS_OF_SEVERAL, EVOLUTIONARILY_STABLE
            )
            if several
            else say("ESS (Taylor & Jonker 1978; Hofbauer, Schuster & Sigmund 1979)").resting_on(
                ESS, EVOLUTIONARILY_STABLE
            ),
        )
    contracting = any(value < 0 for value in local.outside.values())
    face = restricted(local, local.neutral) if contracting else local
    verdict = _on_face(face)
    if not contracting or verdict.label == "undecided":
        return verdict
    across: dict[Label, Label] = {"centre": "stable", "source": "unstable"}
    return Verdict(
        across.get(verdict.label, verdict.label),
        say(
            "strategies that earn less die out, so their absence is a centre manifold; in it, {why}",
            why=verdict.reason,
        ).resting_on(CENTRE_MANIFOLD),
        verdict.pointwise,
        degree=verdict.degree,
    )


def _on_face(local: Local) -> Verdict:
    """Label a state at which no strategy earns less than the played ones."""
    for argument in (
        _all_rest,
        single,
        _by_entropy,
        _linear_centre,
        corner,
        _pointwise_verdict,
        _drift,
        along_curves,
        oscillation,
        beside_oscillation,
        _face_below,
    ):
        verdict = argument(local)
        if verdict is not None:
            return verdict
    return Verdict("undecided", _open_question(local))


def _open_question(local: Local) -> str:
    zeros = local.spectrum.zeros + len(local.neutral)
    parts = []
    if zeros:
        parts.append(
            say("one zero eigenvalue") if zeros == 1 else say("{count} zero eigenvalues", count=zeros)
        )
    if local.spectrum.imaginary:
        parts.append(say("{count} imaginary eigenvalues", count=local.spectrum.imaginary))
    return say("{what}, and no argument beyond the linearisation was found", what=listed(parts))


# ------------------------------------------------------------------------------ rest sets


def _all_rest(local: Local) -> Verdict | None:
    """Rest states fill every neutral direction: the rest set is a centre manifold."""
    coordinates = local.inner + local.neutral
    if not coordinates:
        return None
    n = len(coordinates)
    gains = fmpq_mat([[local.gain(a, b) for b in coordinates] for a in coordinates])
    dimension = n - gains.rank()
    if dimension == n:
        return Verdict("stable", say("every state is at rest"))
    if dimension and dimension == local.signs[1]:
        return Verdict(
            "stable",
            say(
                "rest states fill every direction with eigenvalue zero, and the others contract "
                "(normally hyperbolic)"
            ).resting_on(NORMALLY_HYPERBOLIC),
        )
    return None


# -------------------------------------------------------------------------------- entropies


def _by_entropy(local: Local) -> Verdict | None:
    found = entropy(local)
    if found is None:
        return None
    name = (
        say("relative entropy").resting_on(LYAPUNOV_FUNCTION, RELATIVE_ENTROPY)
        if found.plain
        else say("weighted relative entropy").resting_on(LYAPUNOV_FUNCTION, RELATIVE_ENTROPY, WEIGHTS)
    )
    size = len(local.inner) + len(local.neutral)
    if found.conserved:
        if size == 2 and local.spectrum.imaginary == 2:
            return Verdict(
                "centre",
                say("a {entropy} is conserved, so closed orbits surround it", entropy=name).resting_on(
                    CONSERVED_QUANTITY
                ),
            )
        if len(local.game.sizes) > 1 and not any(local.game.own_play):
            return Verdict(
                "stable",
                say("rescaled zero-sum game: a {entropy} is conserved", entropy=name).resting_on(
                    CONSERVED_QUANTITY
                ),
            )
        return Verdict("stable", say("a {entropy} is conserved", entropy=name).resting_on(CONSERVED_QUANTITY))
    if found.strict:
        return Verdict(
            "asymptotically stable",
            say("a {entropy} decreases near it (Lyapunov's direct method)", entropy=name).resting_on(
                LYAPUNOV_FUNCTION
            ),
        )
    if settles(found.frame, found.form):
        return Verdict(
            "asymptotically stable",
            say(
                "a {entropy} never grows near it, that is, a product of powers of the shares "
                "never falls, and no orbit but the state itself stays where it is constant "
                "(LaSalle's invariance principle)",
                entropy=name,
            ).resting_on(INVARIANCE),
            pointwise=True,
        )
    if found.plain and len(local.game.sizes) == 1:
        return Verdict(
            "stable",
            say("neutrally stable, so Lyapunov stable (Thomas 1985; Bomze & Weibull 1995)").resting_on(
                NEUTRAL_STABILITY
            ),
        )
    return Verdict(
        "stable",
        say("a {entropy} never grows near it (Lyapunov's direct method)", entropy=name).resting_on(
            LYAPUNOV_FUNCTION
        ),
    )


def _linear_centre(local: Local) -> Verdict | None:
    """Three strategies of one population: all orbits near a linear centre are closed."""
    if len(local.game.sizes) > 1 or local.neutral or len(local.inner) != 2 or local.spectrum.imaginary != 2:
        return None
    return Verdict(
        "centre",
        say("a linear centre of three strategies is surrounded by closed orbits (Zeeman 1980)").resting_on(
            NO_ISOLATED_ORBIT
        ),
    )


# ----------------------------------------------------------------------------- faces


def _pointwise_verdict(local: Local) -> Verdict | None:
    verdict = rest_set_verdict(local)
    return None if verdict is None else replace(verdict, pointwise=True)


def _drift(local: Local) -> Verdict | None:
    return None if local.neutral else internal_drift(local)


def _face_below(local: Local) -> Verdict | None:
    """Whether the state is unstable on a face with fewer neutral strategies."""
    n = len(local.neutral)
    for count in range(min(n, MOST)):
        for chosen in itertools.combinations(local.neutral, count):
            poll()
            if not chosen and not local.inner:
                continue
            below = restricted(local, chosen)
            if not below.signs[1]:
                continue
            for argument in (single, corner, _pointwise_verdict, _drift):
                verdict = argument(below)
                if verdict is not None and verdict.label == "unstable":
                    return Verdict(
                        "unstable", say("in an adjoining face, {why}", why=verdict.reason), verdict.pointwise
                    )
    return None


@dataclass(frozen=True, kw_only=True)
class Judgement(Verdict):
    """What is known of one rest state: its label, and what the game says of it.

    Attributes
    ----------
    signs : how many tangent eigenvalues have negative, zero and positive real part
    eigenvalues : the sum(k_i - 1) tangent eigenvalues: along the face, then one an unplayed strategy
    eigenvalues_exact : the same in closed form, or None where some has none that is short
    nash, strict_nash, ess, nss : what the game says of the state; None where that is not known or not
        defined
    """

    signs: tuple[int, int, int]
    eigenvalues: tuple[complex, ...]
    eigenvalues_exact: tuple[Expression, ...] | None
    nash: bool
    strict_nash: bool
    ess: bool | None
    nss: bool | None


def judge(game: AffineGame, support: Support, state: tuple[fmpq, ...], along: int = 0) -> Judgement:
    """Return the label of a rest state and the reason for it.

    Parameters
    ----------
    game : AffineGame
    support : Support
        The strategies with positive shares.
    state : K shares
        A rest state; this is not checked.
    along : int
        Dimension of the rest set through the state, 0 where it is isolated.

    Examples
    --------
    >>> from flint import fmpq_mat
    >>> hawk_dove = AffineGame((2,), (fmpq(1),), fmpq_mat([[-1, 4], [0, 2]]))
    >>> judge(hawk_dove, ((0, 1),), (fmpq(2, 3), fmpq(1, 3))).label
    'asymptotically stable'
    """
    local = localise(game, support, state)
    ess = evolutionarily_stable(local)
    verdict = _label(local, ess, along)
    along_face = local.spectrum.values
    exact = [v.exact for v in along_face] + [as_expression(v) for v in local.outside.values()]
    return Judgement(
        **vars(verdict),
        signs=local.signs,
        eigenvalues=tuple(
            [v.value for v in along_face] + [complex(int(v.p) / int(v.q)) for v in local.outside.values()]
        ),
        eigenvalues_exact=None if None in exact else tuple(e for e in exact if e is not None),
        nash=local.nash,
        strict_nash=local.strict_nash,
        ess=ess,
        nss=True if ess and len(game.sizes) == 1 else neutrally_stable(local),
    )


def _label(local: Local, ess: bool | None, along: int) -> Verdict:
    negative, zero, positive = local.signs
    verdict = growing(negative, zero, positive)
    if verdict is None:
        if not zero:
            return Verdict("asymptotically stable", _hyperbolic(local, ess))
        verdict = without_growth(local, bool(ess))
    if verdict.label in ("unstable", "undecided") and not negative:
        backwards = without_growth(reversed_time(local), False)
        if backwards.label == "asymptotically stable":
            return Verdict("source", say("in reversed time, {why}", why=backwards.reason))
    return verdict


def _hyperbolic(local: Local, ess: bool | None) -> str:
    if local.strict_nash:
        return say("strict Nash equilibrium: every eigenvalue is negative").resting_on(LINEARISATION, NASH)
    if ess:
        return say("ESS, and every eigenvalue has negative real part (Taylor & Jonker 1978)").resting_on(
            LINEARISATION, ESS_OF_LINEAR_GAME, EVOLUTIONARILY_STABLE
        )
    return (
        say("every eigenvalue has negative real part, though it is not an ESS").resting_on(
            LINEARISATION, EVOLUTIONARILY_STABLE
        )
        if ess is False
        else (say("every eigenvalue has negative real part").resting_on(LINEARISATION))
    )
