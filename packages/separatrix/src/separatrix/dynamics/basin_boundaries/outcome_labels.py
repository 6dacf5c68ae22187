"""To which of several ends orbits come, from starts however near to a face, at a tolerance of one's choice.

`separatrix.dynamics.attractors.arrival` counts the shares of basins and is quick; this one finds the
boundary between two basins, and so has to be exact: the method is DOP853
(`separatrix.dynamics.integration.butcher_tableaus`) in log-odds.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from separatrix.dynamics.attractors.arrival import settle
from separatrix.dynamics.basin_boundaries.tetrahedral_lattice import SpaceChart
from separatrix.dynamics.basins.exact_outcomes import NumericalOutcomes
from separatrix.dynamics.fields.replicator import Replicator
from separatrix.dynamics.integration.butcher_tableaus import DOP853
from separatrix.dynamics.integration.tolerances import UNMOVED
from separatrix.run.cached_property import cached_property

__all__ = ["NOWHERE", "OutcomeLabels"]

Array = NDArray[np.float64]
Codes = NDArray[np.int16]

NOWHERE = -1
"""The code of a trajectory that has not arrived anywhere."""

MOST_STEPS = 3_000
"""After which a trajectory has arrived nowhere. Fewer: the boundary has gaps where basins are slow."""


@dataclass(frozen=True, eq=False)
class OutcomeLabels:
    """Where trajectories land.

    Attributes
    ----------
    followed : NumericalOutcomes
        What attracts in the game.
    chart : SpaceChart
    """

    followed: NumericalOutcomes
    chart: SpaceChart

    @cached_property
    def outcomes(self) -> tuple[str, ...]:
        """The names of what attracts; a code is an index of them."""
        return tuple(dict.fromkeys(attractor.name for attractor in self.followed.attractors))

    @property
    def field(self) -> Replicator:
        """The field that is followed."""
        field = self.followed.field
        assert isinstance(field, Replicator), "a surface is that of the replicator"
        return field

    def __call__(self, weights: Array, tolerance: float) -> Codes:
        """Return the codes of where trajectories from weights (trajectories, strategies) end."""
        return self.from_log_odds(self.chart.log_odds(weights), tolerance)

    def from_log_odds(self, at: Array, tolerance: float) -> Codes:
        """Return the codes of where trajectories from log-odds (coordinates, trajectories) end."""
        attractors = self.followed.attractors
        codes, _ = settle(
            self.followed.motion,
            at,
            attractors,
            method=DOP853,
            tolerance=tolerance,
            patience=MOST_STEPS,
            still=UNMOVED,
        )
        places = [self.outcomes.index(attractor.name) for attractor in attractors]
        return np.array([*places, NOWHERE], dtype=np.int16)[codes]
