"""What is said of the stability of a rest state: a label, why, and how sure."""

from __future__ import annotations

from dataclasses import dataclass

from separatrix.analysis.results import Label
from separatrix.analysis.theorems import LINEARISATION
from separatrix.sentences import say

__all__ = ["Verdict", "because", "growing"]


@dataclass(frozen=True)
class Verdict:
    """A label and the reason for it.

    Attributes
    ----------
    pointwise : whether the argument used equalities that may hold at this state alone
    positive : whether an eigenvalue has positive real part
    attracting : whether all eigenvalues are negative but for one zero a dimension of the rest set
    degree : where all that the argument used of the state are equalities between polynomials, the highest
        degree of these; else 0
    """

    label: Label
    reason: str
    pointwise: bool = False
    positive: bool = False
    attracting: bool = False
    degree: int = 0


def growing(negative: object, zero: object, positive: object) -> Verdict | None:
    """Return the verdict where some eigenvalue has positive real part, else None.

    Parameters
    ----------
    negative, zero, positive : whether, or how many, eigenvalues have such a real part

    References
    ----------
    Lyapunov (1992), section 24.
    """
    if not positive:
        return None
    if negative:
        return Verdict(
            "saddle", say("eigenvalues with real parts of both signs").by(LINEARISATION), positive=True
        )
    if not zero:
        return Verdict(
            "source", say("every eigenvalue has positive real part").by(LINEARISATION), positive=True
        )
    return Verdict("unstable", say("an eigenvalue with positive real part").by(LINEARISATION), positive=True)


def because(rest: str, why: str) -> str:
    """Return a reason, after what holds of all other directions where something does."""
    return say("{rest}, and {why}", rest=rest, why=why) if rest else why
