"""Rest states whose eigenvalues have negative and zero real parts only.

Strategies that earn less than the played ones contract, so the face of the extended support decides.
On it, where the played strategies alone are hyperbolic, the shares u of the neutral strategies are
coordinates of the centre manifold, and to lowest order u_b' = speed·u_b·(G u)_b, with G what remains of the
payoffs after the played strategies have adapted.
"""

from __future__ import annotations

import itertools
from dataclasses import replace

from flint import fmpq, fmpq_mat

from separatrix.analysis.affine_game import AffineGame
from separatrix.analysis.results import Label
from separatrix.analysis.stability.amplitude_equations import beside_oscillation, oscillation
from separatrix.analysis.stability.centre_manifold import corner, single
from separatrix.analysis.stability.deviation_curves import along_curves
from separatrix.analysis.stability.drift import drift_within
from separatrix.analysis.stability.local import Local, localise
from separatrix.analysis.stability.neutral_strategies import beside
from separatrix.analysis.stability.relative_entropy import entropy, settles
from separatrix.analysis.stability.verdict import Verdict
from separatrix.analysis.theorems import (
    CENTRE_MANIFOLD,
    CONSERVED_QUANTITY,
    ESS,
    ESS_OF_SEVERAL,
    EVOLUTIONARILY_STABLE,
    INVARIANCE,
    LYAPUNOV_FUNCTION,
    NEUTRAL_STABILITY,
    NO_ISOLATED_ORBIT,
    NORMALLY_HYPERBOLIC,
    RELATIVE_ENTROPY,
    WEIGHTS,
)
from separatrix.run.deadline import poll
from separatrix.sentences import listed, say

__all__ = ["restricted", "reversed_time", "without_growth"]

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
            say("ESS of several populations (Cressman, Garay & Hofbauer 2001)").by(
                ESS_OF_SEVERAL, EVOLUTIONARILY_STABLE
            )
            if several
            else say("ESS (Taylor & Jonker 1978; Hofbauer, Schuster & Sigmund 1979)").by(
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
        ).by(CENTRE_MANIFOLD),
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
        _beside,
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
            ).by(NORMALLY_HYPERBOLIC),
        )
    return None


# -------------------------------------------------------------------------------- entropies


def _by_entropy(local: Local) -> Verdict | None:
    found = entropy(local)
    if found is None:
        return None
    name = (
        say("relative entropy").by(LYAPUNOV_FUNCTION, RELATIVE_ENTROPY)
        if found.plain
        else say("weighted relative entropy").by(LYAPUNOV_FUNCTION, RELATIVE_ENTROPY, WEIGHTS)
    )
    size = len(local.inner) + len(local.neutral)
    if found.conserved:
        if size == 2 and local.spectrum.imaginary == 2:
            return Verdict(
                "centre",
                say("a {entropy} is conserved, so closed orbits surround it", entropy=name).by(
                    CONSERVED_QUANTITY
                ),
            )
        if len(local.game.sizes) > 1 and not any(local.game.own_play):
            return Verdict(
                "stable",
                say("rescaled zero-sum game: a {entropy} is conserved", entropy=name).by(CONSERVED_QUANTITY),
            )
        return Verdict("stable", say("a {entropy} is conserved", entropy=name).by(CONSERVED_QUANTITY))
    if found.strict:
        return Verdict(
            "asymptotically stable",
            say("a {entropy} decreases near it (Lyapunov's direct method)", entropy=name).by(
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
            ).by(INVARIANCE),
            pointwise=True,
        )
    if found.plain and len(local.game.sizes) == 1:
        return Verdict(
            "stable",
            say("neutrally stable, so Lyapunov stable (Thomas 1985; Bomze & Weibull 1995)").by(
                NEUTRAL_STABILITY
            ),
        )
    return Verdict(
        "stable",
        say("a {entropy} never grows near it (Lyapunov's direct method)", entropy=name).by(LYAPUNOV_FUNCTION),
    )


def _linear_centre(local: Local) -> Verdict | None:
    """Three strategies of one population: all orbits near a linear centre are closed."""
    if len(local.game.sizes) > 1 or local.neutral or len(local.inner) != 2 or local.spectrum.imaginary != 2:
        return None
    return Verdict(
        "centre",
        say("a linear centre of three strategies is surrounded by closed orbits (Zeeman 1980)").by(
            NO_ISOLATED_ORBIT
        ),
    )


# ----------------------------------------------------------------------------- faces


def _beside(local: Local) -> Verdict | None:
    verdict = beside(local)
    return None if verdict is None else replace(verdict, pointwise=True)


def _drift(local: Local) -> Verdict | None:
    return None if local.neutral else drift_within(local)


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
            for argument in (single, corner, _beside, _drift):
                verdict = argument(below)
                if verdict is not None and verdict.label == "unstable":
                    return Verdict(
                        "unstable", say("in an adjoining face, {why}", why=verdict.reason), verdict.pointwise
                    )
    return None
