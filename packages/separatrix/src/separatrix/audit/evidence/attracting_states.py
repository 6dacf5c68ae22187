"""Which states can attract, and under which conditions on the parameters: what regimes are made of."""

from __future__ import annotations

from dataclasses import dataclass

from separatrix.analysis.results import RestPoint
from separatrix.audit.claims.claim import StateClaim
from separatrix.audit.evidence.admissible import Formula, PolynomialSign
from separatrix.audit.evidence.derived_equations import NotChecked, Truth
from separatrix.errors import SeparatrixError
from separatrix.expression.conditions import TRUE, All
from separatrix.sentences import say

__all__ = ["AttractingState", "attractors", "index_of"]


@dataclass(frozen=True, eq=False)
class AttractingState:
    """A state that is asymptotically stable exactly where a formula holds.

    ``profile`` is that of a pure state; ``candidate`` is a rest point in symbols, of a mixed one.
    ``deciding`` are the quantities whose signs decide.
    """

    text: str
    stable: Formula
    deciding: tuple[PolynomialSign, ...]
    profile: tuple[int, ...] | None = None
    candidate: RestPoint | None = None


def attractors(truth: Truth) -> list[AttractingState]:
    """Return every state that can be asymptotically stable; raise `NotChecked` where that is not known.

    Without own play these are the strict Nash equilibria (Ritzberger & Weibull 1995).
    """
    found = []
    for profile, entries in truth.pure_eigenvalues.items():
        signs = [PolynomialSign(truth.parameter_ratio(v).sign_polynomial, "<") for _, _, v in entries]
        corner = truth.corner(profile)
        text = f"({', '.join(str(corner[s].value) for s in truth.game.shares)})"
        found.append(AttractingState(text, All(tuple(signs)), tuple(signs), profile=profile))
    if truth.strict_only:
        return found
    symbols = truth.symbolic
    if symbols is None:
        raise NotChecked(say("its mixed states can attract, and have no conditions in symbols"))
    from separatrix.expression.tree import to_text

    for point in symbols.points:
        if not point.free or point.stable_when is None or point.exact is None:
            continue
        formula = All((truth.formula(point.exists or TRUE), truth.formula(point.stable_when)))
        found.append(
            AttractingState(
                f"({', '.join(to_text(e) for e in point.exact)})", formula, _signs(formula), candidate=point
            )
        )
    return found


def _signs(formula: Formula) -> tuple[PolynomialSign, ...]:
    if isinstance(formula, PolynomialSign):
        return (formula,)
    return tuple(s for part in formula.parts for s in _signs(part))


def index_of(truth: Truth, state: StateClaim, every: list[AttractingState]) -> int | None:
    """Return which attractor a claimed state is, or None."""
    from separatrix.audit.evidence.candidates import is_candidate

    try:
        profile = truth.pure_profile(truth.point(state))
    except (ZeroDivisionError, SeparatrixError):
        return None
    for k, one in enumerate(every):
        if one.profile is not None and one.profile == profile:
            return k
        if one.candidate is not None and profile is None and is_candidate(truth, state, one.candidate):
            return k
    return None
