"""Certified rest states with one pair of imaginary eigenvalues and no other real part zero."""

from __future__ import annotations

from collections.abc import Sequence

from separatrix.analysis.certified.centre_manifold import CertifiedLocal, face_rates
from separatrix.analysis.certified.regions import Single
from separatrix.analysis.stability.classification import Verdict
from separatrix.analysis.stability.focal_values import (
    Series,
    WeakFocus,
    evaluate_series,
    judge_weak_focus,
    weak_focus,
)

__all__ = ["label_oscillation"]


def label_oscillation(local: CertifiedLocal) -> Verdict | None:
    """Return the label of a state by its focal values, or None where they do not decide it."""
    turns = [o.turn for o in local.outside]
    if 0 in turns or None in turns:
        return None
    focus = _focus(local)
    if focus is None:
        return None
    along = local.internal_eigenvalues
    return judge_weak_focus(focus, along.negative > 0 or -1 in turns, along.positive > 0 or 1 in turns)


def _focus(local: CertifiedLocal) -> WeakFocus | None:
    """The field on the face, all rates times one positive function, which changes no orbit."""
    system, point = local.system, local.root.exact
    if point is None or len(system.free) < 2:
        return None
    rates = face_rates(local.comparison, Single(local.root))
    jacobian = [[system.value(rate.derivative(v), point) for v in system.variables] for rate in rates]

    def rates_along(change: Sequence[Series], degree: int) -> list[Series]:
        at: list[Series] = [{} for _ in system.field.ring.names]
        for v, x, series in zip(system.variables, point, change, strict=True):
            at[v] = {(0, 0): x, **series}
        return [evaluate_series(rate, at, degree) for rate in rates]

    return weak_focus(jacobian, rates_along)
