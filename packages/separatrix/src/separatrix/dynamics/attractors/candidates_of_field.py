"""What orbits may come to, by the rule of motion: proven by the analysis, or rest states found numerically.

The analysis gives the destinations of the replicator. The payoff-adjusted replicator has the same rest
points. Those of Smith's, the Brown-von Neumann-Nash and the best response dynamics are the Nash equilibria
(Sandholm 2010, chapters 5 and 6), which the analysis lists. Logit and the replicator-mutator have rest
states of their own, found by Newton's method. Trajectories near each of these states show which of them
attract.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from separatrix.analysis.results import Analysis
from separatrix.dynamics.attractors.candidates import (
    KnownAttractor,
    attractors_of,
    beside_set,
    face_centres,
    near_point,
    told_apart,
)
from separatrix.dynamics.attractors.nash_rest_states import nash_states
from separatrix.dynamics.attractors.omega_limits import NumericalOutcomes
from separatrix.dynamics.fields.registry import dynamic_of, field
from separatrix.dynamics.integration.coordinates import motion_of
from separatrix.dynamics.integration.motion import Motion

if TYPE_CHECKING:
    from separatrix.analysis.payoff_functions import Field

__all__ = ["omega_limits"]

Array = NDArray[np.float64]

STARTS = 200
"""From how many random states rest states are looked for. Fewer: attractors with a small basin are not known,
and trajectories to them stay undecided."""


def omega_limits(
    analysis: Analysis, kind: str = "replicator", options: Mapping[str, Any] | None = None
) -> NumericalOutcomes:
    """Return the outcomes of an analysed game under a rule of motion, ready to follow trajectories.

    Raises
    ------
    InputError
        Those of `separatrix.dynamics.fields.field`.
    """
    chosen = dynamic_of(kind)
    motion = motion_of(field(analysis.game, analysis.values, None, chosen.name, **(options or {})))
    if chosen.has_orbits_of_replicator(analysis.game):
        return _replicator(analysis, motion_of(field(analysis.game, analysis.values)))
    if chosen.rests == "own":
        return NumericalOutcomes(analysis, motion, _numerical(motion))
    return NumericalOutcomes(analysis, motion, _listed(analysis, motion))


def _replicator(analysis: Analysis, motion: Motion) -> NumericalOutcomes:
    from separatrix.analysis.payoff_functions import field_of
    from separatrix.game.values import with_lets

    exact = field_of(analysis.game, with_lets(analysis.game, analysis.numbers))
    attractors = attractors_of(analysis, motion, _linear(exact))
    if exact.affine is not None:
        attractors += face_centres(analysis, exact.affine, motion)
    return NumericalOutcomes(analysis, motion, told_apart(attractors), _centre(analysis, exact), exact)


def _listed(analysis: Analysis, motion: Motion) -> list[KnownAttractor]:
    """Return the rest points of the analysis that attract, as far as trajectories show."""
    resting = nash_states(analysis, motion.field)
    result = []
    for point in resting.points:
        if point.state is not None and point.isolated is not False:
            attractor = near_point(point.id, point.state, motion)
            if attractor is not None:
                result.append(attractor)
    for piece in sorted(resting.sets, key=lambda piece: -piece.dimension):
        result.append(beside_set(piece, motion, proven=False))
    return result


def _numerical(motion: Motion) -> list[KnownAttractor]:
    from separatrix.dynamics.attractors.rest_states import rest_states

    found = rest_states(motion.field, starts=STARTS, seed=0)
    result = []
    for k, rest in enumerate(found.states, start=1):
        growing = rest.eigenvalues is not None and max(v.real for v in rest.eigenvalues) > 0
        if growing and not rest.singular:
            continue
        attractor = near_point(f"R{k}", rest.state.tolist(), motion)
        if attractor is not None:
            result.append(attractor)
    return result


def _linear(field: Field) -> bool:
    """Whether all payoffs are linear in the shares of each population."""
    if field.rational_only:
        return False
    for row in field.payoffs:
        for payoff in row:
            for exponents in payoff.numerator.to_dict():
                by_owner: dict[int, int] = {}
                for owner, exponent in zip(field.owner, exponents, strict=True):
                    by_owner[owner] = by_owner.get(owner, 0) + int(exponent)
                if max(by_owner.values(), default=0) > 1:
                    return False
    return True


def _centre(analysis: Analysis, field: Field) -> Array | None:
    """Return the centre of one population of three strategies, round which each orbit that turns is closed.

    With linear payoffs limit cycles do not exist, and a centre is the only mixed rest point (Zeeman, E. C.
    (1980), Population dynamics from game theory, Lecture Notes in Mathematics 819, 471-497).
    """
    if analysis.game.space.sizes != (3,) or not _linear(field):
        return None
    for point in analysis.rest_points:
        if point.stability == "centre" and point.state is not None:
            return np.array(point.state)
    return None
