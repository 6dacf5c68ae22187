"""Whether polynomials take given signs together somewhere inside a face, by z3."""

from __future__ import annotations

from collections.abc import Sequence

from flint import fmpq_mpoly

from separatrix.analysis.branch_and_prune.face_equations import FaceSystem
from separatrix.expression.conditions import OPERATORS
from separatrix.expression.satisfiability import ask, comparison, term

__all__ = ["occurs"]

PATIENCE = 2.0  # seconds of z3's effort for a question


def occurs(system: FaceSystem, polynomials: Sequence[fmpq_mpoly], signs: Sequence[int]) -> bool | None:
    """Return whether some state inside a face gives polynomials in its free shares the given signs.

    None where z3 does not know.
    """
    share = {v: f"x{v}" for v in system.variables}
    conditions = [comparison(x, ">") for x in share.values()]
    for q, played in enumerate(system.face):
        mine = [share[v] for v, (p, _) in zip(system.variables, system.free, strict=True) if p == q]
        if len(played) > 1:
            conditions.append(comparison(f"(+ {' '.join(mine)} (- 1.0))", "<"))
    for polynomial, sign in zip(polynomials, signs, strict=True):
        names = [share.get(v, "") for v in range(polynomial.context().nvars())]
        conditions.append(comparison(term(polynomial, names), OPERATORS[frozenset((sign,))]))
    verdict = ask(list(share.values()), conditions, PATIENCE).verdict
    return None if verdict == "unknown" else verdict == "sat"
