"""Many trajectories at once as lines of equally spaced states: followed by their length, not by time.

dx/ds = F/|F| has the trajectories of dx/dt = F, and its solution goes one unit of length in one unit of s,
however slow the flow.  A step that leaves the state space ends the line: back in time it came from outside.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike, NDArray

from separatrix.dynamics.integration.batch import Order, recorded
from separatrix.dynamics.integration.butcher_tableaus import DORMAND_PRINCE
from separatrix.dynamics.integration.coordinates import motion_of
from separatrix.dynamics.integration.events import Steady
from separatrix.dynamics.integration.motion import Motion, Scratch
from separatrix.dynamics.integration.tolerances import LINE, STILL_LINE

if TYPE_CHECKING:
    from separatrix.dynamics.fields.interface import VectorField

__all__ = ["lengths", "lines"]

Array = NDArray[np.float64]

MOST_STEPS = 2_000
"""Steps after which a line ends even if it lacks its length. Fewer: lines near rest points are cut."""

SPOT = 1 / 40
"""The step, relative to the distance between states, below which a line ends: it turns on one spot. Larger:
lines end at sharp turns."""

OFF, BACK = 1 / 4, 1 / 10
"""The parts of a step by which it may leave the state space, and which it must at least get ahead. Larger the
first: lines cut corners at faces; smaller the second: those that run along a face end."""


def lengths(line: Array) -> Array:
    """Return how long a line (points, 2) is up to each of its states."""
    return np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(line, axis=0).T))])


def lines(
    flow: VectorField,
    starts: ArrayLike,
    length: ArrayLike,
    *,
    points: int = 101,
    tolerance: float = LINE,
) -> Array:
    """Return the trajectories from many starts as lines of equally spaced states.

    Parameters
    ----------
    flow : VectorField
    starts : array (trajectories, n)
    length : float or array (trajectories,)
        How far each is followed, in the space of states; backwards where it is negative.
    points : int
        How many states are returned of each, the start among them.
    tolerance : float
        The error of a step; without meaning for fields that jump.

    Returns
    -------
    array (trajectories, points, n)
        A trajectory that ends earlier, or turns on a spot too small for the points to show, stays there.

    References
    ----------
    Dormand & Prince (1980).

    Examples
    --------
    >>> from separatrix.dynamics.fields import field
    >>> from separatrix.game.reader import load
    >>> game = load({"payoff_matrix": [[-1, 4], [0, 2]], "title": "Hawk and dove"})
    >>> lines(field(game), [[0.1], [0.9]], 0.5)[:, ::50].round(3).tolist()
    [[[0.1], [0.35], [0.6]], [[0.9], [0.667], [0.667]]]
    """
    first = np.asarray(starts, dtype=float)
    if not first.size:
        return np.empty((len(first), points, first.shape[-1]))
    base = motion_of(flow)
    motion = _ByLength(flow, 1.0, base=base)  # type: ignore[arg-type]  # more than that is asked of `base`
    order = Order(
        motion,
        1.0,
        np.linspace(0.0, 1.0, points),
        (Steady(STILL_LINE * base.pace),),
        np.inf if base.jumps else tolerance,
        MOST_STEPS,
        DORMAND_PRINCE,
        SPOT / max(points - 1, 1),
        1 / max(points - 1, 1) if base.jumps else np.inf,
    )
    lengths = np.broadcast_to(np.asarray(length, dtype=float), (len(first),))
    record = recorded(order, base.to_coordinates(first).T, np.array(lengths))
    after = np.isnan(record.samples).any(axis=2, keepdims=True)
    samples = np.where(after, record.ends[:, None], record.samples)
    return np.moveaxis(base.shares(np.moveaxis(samples, -1, 0)), 0, -1)


@dataclass(frozen=True, eq=False)
class _ByLength(Motion):
    """A motion by the length of what is gone in the space of states, each line's own length being one."""

    base: Motion = field(kw_only=True)

    jumps = False

    @property
    def leaves_faces(self) -> bool:
        return self.base.leaves_faces

    @property
    def accuracy(self) -> float:
        return self.base.accuracy

    def to_coordinates(self, states: Array) -> Array:
        return self.base.to_coordinates(states)

    def shares(self, at: Array, out: Array | None = None) -> Array:
        return self.base.shares(at, out)

    def rates(self, at: Array, out: Array, scratch: Scratch) -> Array:
        shares: Array = self.base.rates(self.base.project(at), out, scratch)
        # The little that is added keeps a line at rest from dividing by zero.
        out /= self._speeds(shares, out) + STILL_LINE / 10 * self.base.pace
        return shares

    def _speeds(self, shares: Array, slopes: Array) -> Array:
        return np.asarray(np.sqrt((self.base.to_rates(shares, slopes) ** 2).sum(axis=0)))

    def speeds(self, states: Array, slopes: Array) -> Array:
        return self.base.speeds(states, slopes)

    def to_rates(self, shares: Array, slopes: Array) -> Array:
        return self.base.to_rates(shares, slopes)

    def unsettled(self, at: Array, shares: Array, slopes: Array) -> Array:
        return self._speeds(shares, self.base.slopes(self.base.project(at)))

    def size(self, at: Array) -> Array:
        return self.base.size(at)

    def log_shares(self, at: Array) -> Array:
        return self.base.log_shares(at)

    def project(self, at: Array) -> Array:
        return self.base.project(at)

    def strayed(self, before: Array, after: Array, kept: Array, length: Array) -> Array:
        away, ahead = (np.sqrt((part**2).sum(axis=0)) for part in (after - kept, kept - before))
        return np.where((away > OFF * length) | (ahead < BACK * length), np.inf, 0.0)
