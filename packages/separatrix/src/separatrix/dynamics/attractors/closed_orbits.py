"""Theorems that leave no room for a closed orbit that attracts, under the replicator.

An orbit that attracts all its neighbours shrinks their volume to nothing, whatever positive density measures
it.  In logarithms of the shares, u_a = ln x_a - ln x_k, the divergence of the replicator is
Σ_a x_a D_aa - Σ_ab x_a x_b D_ab for each population, D_ab being the derivative of the payoff of a by its own
population's share x_b; with the density Π x_a^α_a it is larger by Σ_a α_a (payoff of a - average).  Where
this is nowhere negative no closed orbit inside attracts; where it is nowhere zero a plane has none at all
(Dulac).  Without own play it is zero everywhere, on every face too (Eshel, I. and Akin, E. (1983),
Coevolutionary instability of mixed Nash solutions, Journal of Mathematical Biology 18, 123-133; Hofbauer &
Sigmund 1998, theorem 11.3.1).  Zeeman, E. C. (1980), Population dynamics from game theory, Lecture Notes in
Mathematics 819, 471-497, found densities for all matrices of three strategies: closed orbits surround a
centre, or there are none.  A relative entropy that always falls, or always grows, excludes them as well.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from flint import fmpq, fmpq_mat, fmpq_mpoly

from separatrix.analysis.branch_and_prune.enumeration import sign_everywhere
from separatrix.analysis.payoff_functions import AffineGame, Field
from separatrix.analysis.stability.lyapunov_functions import everywhere, outward
from separatrix.exact.copositivity import copositive_weights, copositivity
from separatrix.sentences import say

__all__ = ["NoOrbit", "no_attracting_orbit", "no_affine_orbit"]

MOST_WEIGHTED = 6
"""Strategies of one population up to which densities are looked for. More: it takes long to find that there
is none."""


@dataclass(frozen=True)
class NoOrbit:
    """Why no closed orbit attracts.

    Attributes
    ----------
    theorem : "zeeman", "volume", "entropy" or "density"
    reason : for the reader
    faces : whether the result also applies to closed orbits on faces
    none : whether the interior contains no closed orbit at all; by Zeeman, unless it contains a centre
    """

    theorem: Literal["zeeman", "volume", "entropy", "density"]
    reason: str
    faces: bool
    none: bool


def no_attracting_orbit(field: Field) -> NoOrbit | None:
    """Return why no closed orbit inside attracts under the replicator, or None where nothing says so.

    Examples
    --------
    >>> from separatrix.analysis.payoff_functions import field_of
    >>> from separatrix.game.reader import load
    >>> game = load({"title": "Rock, paper, scissors", "payoff_matrix": [[0, -2, 1], [1, 0, -2], [-2, 1, 0]]})
    >>> no_attracting_orbit(field_of(game, {})).theorem
    'zeeman'
    """
    if not any(field.own_play):
        return _conserved()
    if field.affine is not None:
        return no_affine_orbit(field.affine)
    return _own_gains(field)


def no_affine_orbit(game: AffineGame) -> NoOrbit | None:
    """Return the same for payoffs affine in the shares."""
    if game.sizes == (3,):
        return NoOrbit(
            "zeeman",
            say("with three strategies and a payoff matrix no closed orbit is isolated (Zeeman 1980)"),
            faces=True,
            none=True,
        )
    if not any(game.own_play):
        return _conserved()
    found = everywhere(game) or outward(game)
    if found is not None:
        return NoOrbit(
            "entropy",
            say("a relative entropy is monotone along interior orbits (LaSalle's invariance principle)"),
            faces=False,
            none=not found.conserved,
        )
    if _expands(game):
        return NoOrbit(
            "density",
            say(
                "with a power of the shares as density no volume shrinks anywhere inside "
                "(Dulac's criterion; Hofbauer & Sigmund 1998, section 11.3)"
            ),
            faces=False,
            none=False,
        )
    return None


def _conserved() -> NoOrbit:
    return NoOrbit(
        "volume",
        say(
            "payoffs depend on the shares of other populations alone, so that a volume is conserved "
            "(Eshel & Akin 1983)"
        ),
        faces=True,
        none=False,
    )


# --------------------------------------------------------------------------- payoffs affine in the shares


def _expands(game: AffineGame) -> bool:
    """Whether the divergence, with some density, is proven to be negative nowhere inside."""
    for i in range(len(game.sizes)):
        form = _divergence(game, i)
        if copositivity(form).kind == "no":
            if len(game.sizes) > 1 or game.sizes[0] > MOST_WEIGHTED:
                return False
            powers = [_growth(game, a) for a in range(game.sizes[0])]
            return copositive_weights([form, *powers, *(-1 * p for p in powers)], 0) is not None
    return True


def _divergence(game: AffineGame, i: int) -> fmpq_mat:
    """The part of a population, as a form in its shares: Σ_a x_a m_aa · Σ_b x_b - x·Mx."""
    own, size = game.block(i, i), game.sizes[i]
    form = fmpq_mat([[own[a, a] - own[a, b] for b in range(size)] for a in range(size)])
    return form + form.transpose()


def _growth(game: AffineGame, a: int) -> fmpq_mat:
    """The growth rate of a strategy of one population, as a form: (Mx)_a · Σ_b x_b - x·Mx."""
    size = game.sizes[0]
    rows = [
        [(game.matrix[a, c] if b == a else fmpq(0)) - game.matrix[b, c] for c in range(size)]
        for b in range(size)
    ]
    for b in range(size):
        if b != a:
            for c in range(size):
                rows[b][c] += game.matrix[a, c]
    form = fmpq_mat(rows)
    return form + form.transpose()


# --------------------------------------------------------------------------- two strategies, any payoffs


def _own_gains(field: Field) -> NoOrbit | None:
    """Find populations of two strategies whose own advantage always changes with the own share in one
    sense.

    Its part of the divergence is x(1-x) times the derivative of the advantage by its own share x.
    """
    signs = set()
    for i, (own, size) in enumerate(zip(field.own_play, field.sizes, strict=True)):
        if not own:
            continue
        if size != 2:
            return None
        gain, k = field.advantage(i, 0, 1), field.offsets[i]
        above, below = gain.numerator, gain.denominator
        slope: fmpq_mpoly = above.derivative(k) * below - above * below.derivative(k)
        signs.add(sign_everywhere(field, slope)[0])
    plane = len(field.sizes) == 2
    if signs == {1}:
        return NoOrbit(
            "density",
            say(
                "strategies gain by their own spread at every state, so that volumes grow in "
                "logarithms of the shares (Dulac's criterion; Hofbauer & Sigmund 1998, section 11.3)"
            ),
            faces=False,
            none=plane,
        )
    if signs == {-1} and plane:
        return NoOrbit(
            "density",
            say(
                "strategies lose by their own spread at every state, so that areas shrink in logarithms of "
                "the shares, and a closed orbit would keep its own (Dulac)"
            ),
            faces=False,
            none=True,
        )
    return None
