"""The label of a rest state in a game with affine payoffs, and what the game says of it.

Eigenvalues decide where they can.  What remains has eigenvalues with negative and with zero real part only;
strategies that earn less than the played ones then contract, so that the face of the extended support
holds a centre manifold and decides (reduction principle: Pliss 1964, Carr 1981, theorem 2).
"""

from __future__ import annotations

from dataclasses import dataclass

from flint import fmpq

from separatrix.analysis.affine_game import AffineGame, Support
from separatrix.analysis.stability.degenerate import reversed_time, without_growth
from separatrix.analysis.stability.evolutionary import evolutionarily_stable, neutrally_stable
from separatrix.analysis.stability.local import Local, localise
from separatrix.analysis.stability.verdict import Verdict, growing
from separatrix.analysis.theorems import ESS_OF_LINEAR_GAME, EVOLUTIONARILY_STABLE, LINEARISATION, NASH
from separatrix.exact.algebraic_numbers import as_expression
from separatrix.expression.tree import Expression
from separatrix.sentences import say

__all__ = ["Judgement", "judge"]


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
        return say("strict Nash equilibrium: every eigenvalue is negative").by(LINEARISATION, NASH)
    if ess:
        return say("ESS, and every eigenvalue has negative real part (Taylor & Jonker 1978)").by(
            LINEARISATION, ESS_OF_LINEAR_GAME, EVOLUTIONARILY_STABLE
        )
    return (
        say("every eigenvalue has negative real part, though it is no ESS").by(
            LINEARISATION, EVOLUTIONARILY_STABLE
        )
        if ess is False
        else (say("every eigenvalue has negative real part").by(LINEARISATION))
    )
