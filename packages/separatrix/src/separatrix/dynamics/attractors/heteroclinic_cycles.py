"""Heteroclinic cycles: trajectories that follow the boundary and stay ever longer near each saddle.

A trajectory near an attracting cycle of saddles comes so near to each that it seems to rest there, and leaves
in the end; the times at which it stays grow geometrically (Hofbauer, J. and Sigmund, K. (1998), Evolutionary
Games and Population Dynamics, sections 5.1 and 17.5; May, R. M. and Leonard, W. J. (1975), Nonlinear aspects
of competition between three species, SIAM Journal on Applied Mathematics 29, 243-253).  Which saddle it is at
when one stops looking says nothing.  In logarithms of shares the whole of it is seen.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from separatrix.dynamics.attractors.tolerances import DEEPEST, GONE
from separatrix.dynamics.integration.ensemble import steps_of
from separatrix.dynamics.integration.motion import Motion

__all__ = ["HeteroclinicCycle", "heteroclinic_cycles", "on_faces"]

Array = NDArray[np.float64]
Mask = NDArray[np.bool_]

MOST_STEPS = 2_000
"""Of a first look at a trajectory along the boundary. Fewer: slow cycles are undecided."""

GROWS = 1.01
"""How much longer a stay must be than the one before at the same corner, to count as growing."""

DEEPER = 1.3
"""How much farther from the inside a trajectory without a fixed order must be, in logarithms, each third.
Smaller: orbits near the boundary count as converging to it."""

LEAST_SEEN = 60
"""Steps from which alone nothing is concluded. Fewer: the first stays, which have no rule yet, decide."""

HOPEFUL = -4.0
"""A trajectory that still comes back to shares larger than this, in logarithms, is not followed further."""

ROUNDS = 3
"""How many times as many steps are made until all is seen. More: slow cycles are recognised, and undecided
ones take longer."""

CHANGES = 6
"""How many times another strategy must become the most frequent, in the last third. Fewer: a trajectory
that converges to a boundary state counts as cycling."""


@dataclass(frozen=True, eq=False)
class HeteroclinicCycle:
    """Where trajectories go round on the boundary.

    Attributes
    ----------
    faces : array (faces, strategies) of bool
        Which strategies are played on each face that the trajectory visits; all strategies of all
        populations.
    ordered : bool
        Whether it visits its corners in the same order every time.
    growth : float
        How much longer it stays at a corner than the time before: a factor, the typical one.
    """

    faces: Mask
    ordered: bool
    growth: float

    def meets(self, other: HeteroclinicCycle) -> bool:
        """Whether another trajectory visits a face that this one visits."""
        return bool((self.faces[:, None, :] == other.faces[None]).all(axis=2).any())


def on_faces(found: Sequence[HeteroclinicCycle], shares: Array) -> Mask:
    """Return whether states, as shares (orbits, strategies) of all strategies, lie on faces of cycles."""
    gone = shares <= GONE
    result = np.zeros(len(shares), dtype=bool)
    for face in _largest(np.concatenate([one.faces for one in found])):
        result |= gone[:, ~face].all(axis=1)
    return result


def _largest(faces: Mask) -> Mask:
    """Return the faces that are part of no other one."""
    own = np.unique(faces, axis=0)
    inside = (~(own[:, None, :] & ~own[None])).all(axis=2)  # of the first in the second
    return np.asarray(own[inside.sum(axis=1) == 1])


def heteroclinic_cycles(motion: Motion, starts: Array) -> list[HeteroclinicCycle | None]:
    """Return for each trajectory where it lingers along the boundary, or None where it does not.

    Parameters
    ----------
    motion : Motion
        Of a field that keeps faces.
    starts : array (coordinates, trajectories)

    Examples
    --------
    >>> import numpy as np
    >>> from separatrix.dynamics.fields import field
    >>> from separatrix.dynamics.integration.coordinates import motion_of
    >>> from separatrix.game.reader import load
    >>> game = load({"title": "Rock, paper, scissors", "payoff_matrix": [[0, -2, 1], [1, 0, -2], [-2, 1, 0]]})
    >>> motion = motion_of(field(game))
    >>> (found,) = heteroclinic_cycles(motion, motion.to_coordinates(np.array([[0.4, 0.3, 0.3]])))
    >>> found.ordered, round(found.growth, 2)
    (True, 8.0)
    """
    result: list[HeteroclinicCycle | None] = [None] * starts.shape[1]
    going, here = np.arange(starts.shape[1]), starts
    for round_ in range(ROUNDS):
        seen = _Seen.of(motion, here, MOST_STEPS * 2**round_)
        for j, orbit in enumerate(going):
            result[orbit] = seen.cycle(j)
        if any(found is not None for found in result):
            break  # the others may well be on the same cycle
        hopeful = [j for j, orbit in enumerate(going) if result[orbit] is None and seen.deeper(j)]
        if not hopeful:
            break
        going, here = going[hopeful], seen.ends[:, hopeful]
    return result


@dataclass(frozen=True, eq=False)
class _Seen:
    """What is seen of trajectories, step by step: arrays (steps, trajectories, ...).

    Attributes
    ----------
    most : the most frequent strategy of each population, as one number
    played : which strategies are not as good as gone
    logs : the logarithms of all shares, (steps, strategies, trajectories)
    times : when
    ends : array (coordinates, trajectories), where each trajectory is in the end
    """

    most: NDArray[np.int64]
    played: Mask
    logs: Array
    times: Array
    ends: Array

    @classmethod
    def of(cls, motion: Motion, starts: Array, count: int) -> _Seen:
        field = motion.field
        most, played, logs, times, at = [], [], [], [], starts
        with np.errstate(all="ignore"):
            for at, time in itertools.islice(steps_of(motion, starts), count):
                if not np.isfinite(at).all() or np.abs(at).max() > DEEPEST:
                    break
                parts = field.weights(motion.states(at))
                code = np.zeros(at.shape[1], dtype=np.int64)
                for part in parts:
                    code = code * part.shape[1] + part.argmax(axis=1)
                most.append(code)
                played.append(np.concatenate(parts, axis=1) > GONE)
                logs.append(motion.log_shares(at))
                times.append(time)
        return cls(np.array(most), np.array(played), np.array(logs), np.array(times), at)

    def _thirds(self, j: int, strategies: Mask | slice = slice(None)) -> tuple[float, float, float]:
        """Return how near to the inside a trajectory comes in each third, by its smallest share of some."""
        depth = self.logs[:, strategies, j].min(axis=1, initial=0.0)
        first, second, third = (float(part.max(initial=-np.inf)) for part in np.array_split(depth, 3))
        return first, second, third

    def deeper(self, j: int) -> bool:
        """Whether a trajectory comes nearer and nearer to the boundary of the face on which it is.

        A trajectory that converges to a face and cycles inside it never lingers at a corner.
        """
        if len(self.most) < LEAST_SEEN:
            return False
        first, second, third = self._thirds(j, np.asarray(self.played[:, j].any(axis=0)))
        return third < second < first and third < HOPEFUL

    def cycle(self, j: int) -> HeteroclinicCycle | None:
        """Return where a trajectory lingers, as far as can be seen."""
        if len(self.most) < LEAST_SEEN:
            return None
        _, second, third = self._thirds(j)
        late = 2 * len(self.most) // 3
        stays = 1 + np.flatnonzero(np.diff(self.most[:, j]))
        if third > np.log(GONE) or not third < second or (stays >= late).sum() < CHANGES:
            return None
        faces = np.unique(self.played[late:, j], axis=0)
        ordered, growth = _order(self.most[stays, j], self.times[stays, j])
        # Where the order is not fixed, loops between two saddles may blur how stays grow; depths do not lie.
        grows = growth > GROWS if ordered else third < DEEPER * second
        if not grows or len(_largest(faces)) < 2:  # on one face alone it goes on inside that face
            return None
        return HeteroclinicCycle(faces, ordered, growth)


def _order(corners: NDArray[np.int64], times: Array) -> tuple[bool, float]:
    """Return whether corners follow each other in one order, and how the stays at each grow.

    Only the later half counts.
    """
    half = len(corners) // 2
    corners, times = corners[half:], times[half:]
    following: dict[int, set[int]] = {}
    visits: dict[int, list[float]] = {}
    for k in range(len(corners) - 1):
        following.setdefault(int(corners[k]), set()).add(int(corners[k + 1]))
        visits.setdefault(int(corners[k]), []).append(float(times[k + 1] - times[k]))
    ordered = all(len(after) == 1 for after in following.values())
    slopes = [np.log(own[-1] / own[0]) / (len(own) - 1) for own in visits.values() if len(own) > 1]
    return ordered, float(np.exp(np.median(slopes))) if slopes else 0.0
