"""Stability in a face of two populations where the linearisation is silent.

The flow in the face is x' = x(1-x)(a + b·y), y' = y(1-y)(c + d·x).  Local coordinates u, v measure the
distance from the rest state, into the face where the state lies on its border.  Every case is decided
by a conserved quantity or a monotone share (Hofbauer & Sigmund 1998, section 10.3).
"""

from __future__ import annotations

from separatrix.analysis.theorems import CONSERVED_QUANTITY
from separatrix.exact.algebraic_numbers import Exact, sign
from separatrix.sentences import say

__all__ = ["planar_corner", "planar_edge", "planar_interior"]

Verdict = tuple[bool, str]
"""Whether the state is Lyapunov stable within the face, and why."""


def planar_corner(b: Exact, d: Exact) -> Verdict:
    """Both borders are at rest: u' = b·u·v, v' = d·u·v to lowest order, u, v >= 0."""
    grows = (sign(b), sign(d))
    if grows == (0, 0):
        return True, say("every state of the face is at rest")
    if max(grows) <= 0:
        return True, say("no share grows near it, so nothing leaves")
    if min(grows) < 0:
        return True, say("a positive combination of the two logarithmic distances is conserved").by(
            CONSERVED_QUANTITY
        )
    return False, say("beside it one share grows while the other does not fall")


def planar_edge(b: Exact, d: Exact) -> Verdict:
    """The border v = 0 is at rest and v is neutral there: u' ~ b·v, v' ~ d·u·v, v >= 0."""
    along, across = sign(b), sign(d)
    if along == across == 0:
        return True, say("every state of the face is at rest")
    if along * across < 0:
        return True, say("orbits leave the edge on one side of it and return close by on the other")
    if along == 0:
        return False, say("on one side of it the other strategy spreads until it has taken over")
    return False, say("orbits that start beside it drift away along the edge")


def planar_interior(b: Exact, d: Exact) -> Verdict:
    """A mixed state whose eigenvalues along the face have zero real part: b·d <= 0."""
    if sign(b) * sign(d) < 0:
        return True, say("a conserved quantity has a strict extremum at it, so closed orbits surround it").by(
            CONSERVED_QUANTITY
        )
    if sign(b) == sign(d) == 0:
        return True, say("every state of the face is at rest")
    return False, say("one share rests while the other moves away from it")
