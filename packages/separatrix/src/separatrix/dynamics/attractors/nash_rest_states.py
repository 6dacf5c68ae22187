"""What rests under dynamics whose rest states are the Nash equilibria, from the exact analysis of the game.

The rest points of Smith's, the Brown-von Neumann-Nash and the best response dynamics are the Nash
equilibria (Sandholm, W. H. (2010), Population Games and Evolutionary Dynamics, chapters 5 and 6). Near
degenerate equilibria the rates vanish quadratically, so that no numerical search can separate a rest state
from its neighbours.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from separatrix.analysis.results import Analysis, RestPoint, RestSet
from separatrix.dynamics.attractors.tolerances import RESTS

if TYPE_CHECKING:
    from separatrix.dynamics.fields.interface import VectorField

__all__ = ["NashStates", "nash_states"]


@dataclass(frozen=True)
class NashStates:
    """The Nash equilibria of a game.

    Attributes
    ----------
    points : single states, including the end points of continua
    sets : pieces of continua
    open : the number of rest states for which the analysis does not decide whether they are Nash equilibria,
        without those at which the field moves
    complete : whether none is missing
    """

    points: tuple[RestPoint, ...]
    sets: tuple[RestSet, ...]
    open: int
    complete: bool


def nash_states(analysis: Analysis, flow: VectorField) -> NashStates:
    """Return the Nash equilibria among the rest states of an analysis.

    Parameters
    ----------
    flow : VectorField
        A field that rests at the Nash equilibria alone; it decides where the analysis does not.
    """
    points, sets, left_open = [], [], 0
    for point in analysis.rest_points:
        if point.state is None or point.nash is False:
            continue
        left_open += point.nash is None
        if point.nash or _rests(flow, [point.state]):
            points.append(point)
    for piece in analysis.rest_sets:
        if piece.nash is False:
            continue
        left_open += piece.nash is None
        if piece.nash or _rests(flow, piece.samples or piece.corners):
            sets.append(piece)
    complete = analysis.completeness.status == "complete" and not left_open
    return NashStates(tuple(points), tuple(sets), left_open, complete)


def _rests(flow: VectorField, states: Sequence[Sequence[float]]) -> bool:
    return bool(states) and bool(np.abs(flow(np.array(states))).max() <= RESTS * (flow.scale or 1.0))
