"""To which of several ends courses come, from starts however near to a face, at a tolerance of one's choice.

`separatrix.dynamics.attractors.arrival` counts the shares of basins and is quick; this one finds the line
between two basins, and so has to be exact: the method is DOP853 (`separatrix.dynamics.integrate.dop853`) in
log-odds.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from separatrix.dynamics.basin_boundaries.tetrahedral_lattice import Chart
from separatrix.dynamics.basins.exact_outcomes import Followed
from separatrix.dynamics.fields.replicator import Replicator
from separatrix.run.cached import cached_property

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from separatrix.dynamics.integrate.log_odds import Lanes

    Array = NDArray[np.float64]
    Codes = NDArray[np.int16]

__all__ = ["NOWHERE", "Landing"]

NOWHERE = -1
"""The code of a course that has not arrived anywhere."""

MOST_STEPS = 3_000
EVERY = 3
"""Steps between two looks at whether courses have arrived."""
LOOKED, STILL = 30, 1e-14
"""After so many steps, and again, courses slower than this fraction of the fastest growth rate are given up:
they have run into a saddle to the last digit."""
CHUNK = 8_192
"""Courses that are followed together."""


@dataclass(frozen=True, eq=False)
class Landing:
    """Where courses land.

    Attributes
    ----------
    followed : Followed
        What attracts in the game.
    chart : Chart
    """

    followed: Followed
    chart: Chart

    @cached_property
    def fates(self) -> tuple[str, ...]:
        """The names of what attracts; a code is an index of them."""
        return tuple(dict.fromkeys(goal.name for goal in self.followed.goals))

    @property
    def field(self) -> Replicator:
        """The field that is followed."""
        field = self.followed.field
        assert isinstance(field, Replicator), "a surface is that of the replicator"
        return field

    @cached_property
    def lanes(self) -> Lanes:
        """The coordinates of the field."""
        from separatrix.dynamics.integrate.log_odds import lanes_of

        return lanes_of(self.field)

    def __call__(self, weights: Array, tolerance: float) -> Codes:
        """Return the codes of where courses from weights (courses, strategies) end."""
        return self.from_log_odds(self.chart.log_odds(weights), tolerance)

    def from_log_odds(self, at: Array, tolerance: float) -> Codes:
        """Return the codes of where courses from log-odds (coordinates, courses) end."""
        import numpy as np

        result = np.full(at.shape[1], NOWHERE, dtype=np.int16)
        if not self.fates:
            return result
        with np.errstate(all="ignore"):
            for begin in range(0, at.shape[1], CHUNK):
                part = slice(begin, begin + CHUNK)
                result[part] = self._landed(np.ascontiguousarray(at[:, part]), tolerance)
        return result

    def _landed(self, at: Array, tolerance: float) -> Codes:
        import numpy as np

        from separatrix.dynamics.integrate.dop853 import first_step, longest_step, next_step, step
        from separatrix.dynamics.integrate.log_odds import Scratch

        lanes, scratch = self.lanes, Scratch()
        result = np.full(at.shape[1], NOWHERE, dtype=np.int16)
        going = np.arange(at.shape[1])
        slope = np.empty_like(at)
        shares = lanes.rates(at, slope, scratch)
        found = self._arrived(shares, slope)
        result[:] = found
        keep = np.flatnonzero(found == NOWHERE)
        going, at, slope = going[keep], at.take(keep, axis=1), slope.take(keep, axis=1)
        if not going.size:
            return result
        length = first_step(lanes, 1.0, at, slope, tolerance)
        length = np.where(np.isfinite(length) & (length > 0), length, 1e-3 / lanes.scale)
        refused = np.zeros(going.size, dtype=bool)
        for made in range(1, MOST_STEPS + 1):
            size = 1.0 + np.abs(at)
            tried_length = np.minimum(length, longest_step(at, slope, size))
            tried = step(lanes, 1.0, np.zeros(going.size), at, slope, size, tried_length, tolerance, scratch)
            good = tried.error <= 1.0
            length = next_step(tried_length, tried.error, refused | ~good)
            refused = ~good
            np.copyto(at, tried.after, where=good)
            np.copyto(slope, tried.slope, where=good)
            if made % EVERY:
                continue
            found = self._arrived(lanes.shares(at), slope)
            done = found != NOWHERE
            if made % LOOKED == 0:
                done |= lanes.moving(at, lanes.shares(at), slope) <= STILL * lanes.scale
            if done.any():
                result[going[done]] = found[done]
                keep = np.flatnonzero(~done)
                going, at, slope = going[keep], at.take(keep, axis=1), slope.take(keep, axis=1)
                length, refused = length[keep], refused[keep]
                if not going.size:
                    break
        return result

    def _arrived(self, shares: Array, slopes: Array) -> Codes:
        import numpy as np

        moved = np.abs(slopes) * shares
        moved[self.lanes.paired] *= 1 - shares[self.lanes.paired]
        speeds = moved.max(axis=0)
        found = np.full(shares.shape[1], NOWHERE, dtype=np.int16)
        rows = np.ascontiguousarray(shares.T)
        for goal in self.followed.goals:
            here = goal.reached(rows, speeds)
            here &= found == NOWHERE
            found[here] = self.fates.index(goal.name)
        return found
