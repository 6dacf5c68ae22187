"""Stability of the corner of u' = u·(a u + b v + …), v' = v·(c u + d v + …) in the quadrant u, v >= 0.

The rates to lowest order; the axes and, where a, d or the determinant vanish, lines of rest states are
exact.  Every case but one is decided by the axes, a ray of growth or a linear Lyapunov function.
"""

from __future__ import annotations

from flint import fmpq

from separatrix.analysis.results import Label
from separatrix.analysis.theorems import CENTRE_MANIFOLD, WEIGHTS
from separatrix.sentences import say

__all__ = ["quadrant_corner"]


def quadrant_corner(a: fmpq, b: fmpq, c: fmpq, d: fmpq, exact: bool) -> tuple[Label, str] | None:
    """Return the label of the corner within the quadrant and why, or None where it stays open.

    ``a = 0`` means that the whole axis v = 0 is at rest, likewise ``d = 0``.  `exact` says that a row of
    zeros means a share that never moves.

    Examples
    --------
    >>> quadrant_corner(fmpq(-1), fmpq(3), fmpq(-3), fmpq(-1), True)[0]
    'asymptotically stable'
    """
    if a > 0 or d > 0:
        return "unstable", say("one of the neutral strategies spreads on its own").by(CENTRE_MANIFOLD)
    if a == 0 and d != 0:
        return quadrant_corner(d, c, b, a, exact)
    if d != 0:
        if b > 0 and c > 0 and b * c > a * d:
            return "unstable", say("together the two neutral strategies spread along a ray").by(
                CENTRE_MANIFOLD
            )
        if b > 0 and c > 0 and b * c == a * d:
            return "stable", (
                say(
                    "a line of rest states leads away from it between the neutral strategies, "
                    "and orbits beside it end there"
                ).by(CENTRE_MANIFOLD)
            )
        return "asymptotically stable", (
            say("a positive combination of the shares of the neutral strategies decreases near it").by(
                CENTRE_MANIFOLD, WEIGHTS
            )
        )
    if a != 0:
        # The axis u = 0 is at rest, the other one contracts: u' = u(a u + b v), v' = c u v.
        if b > 0:
            if c > 0:
                return "unstable", say("together the two neutral strategies spread along a ray").by(
                    CENTRE_MANIFOLD
                )
            return "stable", say("orbits that leave its edge of rest states come to rest close by")
        if b < 0:
            return "stable", say("an edge of rest states leads away from it, and orbits beside it end there")
        if c > 0:
            return "unstable", say("orbits that start beside its edge of rest states drift away along it")
        if c < 0 or exact:
            return "stable", say("an edge of rest states leads away from it, and orbits beside it end there")
        return None
    # Both axes are at rest: u' = b u v, v' = c u v.
    if (b == 0) != (c == 0):
        if b + c < 0:
            return "stable", say("beside the two edges of rest states one share falls to zero")
        return "unstable", say("beside the two edges of rest states one share grows while the other stays")
    if b == c == 0:
        return "stable", say("every state of the face is at rest")
    if b > 0 and c > 0:
        return "unstable", say("together the two neutral strategies spread along a ray").by(CENTRE_MANIFOLD)
    return "stable", (
        say(
            "two edges of rest states lead away from it, and a positive combination of the shares of the "
            "neutral strategies does not grow beside them"
        ).by(CENTRE_MANIFOLD, WEIGHTS)
    )
