"""Slow convergence: orbits that circle a rest state and come nearer by as much each time the time doubles.

Where the linearisation at a rest state is that of a centre, trajectories may still come to it, as the square
root of the time or more slowly.  No trajectory then arrives in a time that one could wait for; but how its
distance falls can be seen.

A trajectory that comes to a state on a face loses every strategy that is not played there.  Beside a corner
of an attracting cycle the distance falls too, for very long, while a strategy that will lead away from there
gets no rarer any more: in logarithms of the shares that is seen.
"""

from __future__ import annotations

import itertools

import numpy as np
from numpy.typing import NDArray

from separatrix.dynamics.integration.ensemble import steps_of
from separatrix.dynamics.integration.motion import Motion

__all__ = ["nearing"]

Array = NDArray[np.float64]
Mask = NDArray[np.bool_]

FIRST = 1_000
"""Steps of the first stretch; each further one has twice as many. Fewer: trajectories that only pass are
taken for such as come to rest."""

STRETCHES = 4
"""Fewer: trajectories that pass a slow place are taken for such as come to rest there."""

FALLS = 0.85
"""What may be left of the distance after a stretch: the square root of the time leaves 0.71. Larger: those
that stop short of the state are taken for such as come to it."""


def nearing(motion: Motion, starts: Array, state: Array) -> float | None:
    """Return the distance from which trajectories are seen to come slowly to a rest state, or None.

    Parameters
    ----------
    motion : Motion
    starts : array (coordinates, trajectories)
        Where trajectories are after a long time.
    state : array (n,)
        A rest state.

    Returns
    -------
    float or None
        None unless the distance of every trajectory, and the share of every strategy that is not played at
        the state, falls by the same part, or a greater one, in each of several stretches of which each is
        twice as long as the one before.

    Examples
    --------
    >>> import numpy as np
    >>> from separatrix.dynamics.fields import field
    >>> from separatrix.dynamics.integration.coordinates import motion_of
    >>> from separatrix.game.reader import load
    >>> game, middle = load("matching-pennies"), np.array([0.5, 0.5])
    >>> found = []
    >>> for flow in (field(game, kind="payoff-adjusted", background=2), field(game)):
    ...     motion = motion_of(flow)
    ...     found.append(nearing(motion, motion.to_coordinates(np.array([[0.6, 0.7]])), middle) is not None)
    >>> found
    [True, False]
    """
    gone = _gone(motion, state)
    here, before, within = starts, np.full(starts.shape[1], np.inf), None
    commonest_before = np.full((gone.sum(), starts.shape[1]), np.inf)
    with np.errstate(all="ignore"):
        for stretch in range(STRETCHES):
            count = FIRST * 2**stretch
            farthest, least = np.zeros(starts.shape[1]), np.full(starts.shape[1], np.inf)
            commonest = np.full_like(commonest_before, -np.inf)
            for k, (at, _) in enumerate(itertools.islice(steps_of(motion, here), count)):
                if k < count // 2:
                    continue
                distance = np.abs(motion.states(at) - state).max(axis=1)
                farthest, least = np.maximum(farthest, distance), np.minimum(least, distance)
                if gone.any():
                    commonest = np.maximum(commonest, motion.log_shares(at)[gone])
            if not (farthest <= FALLS * before).all():
                return None
            if not (commonest <= commonest_before + np.log(FALLS)).all():
                return None
            within = float(least.max()) if within is None else within
            here, before, commonest_before = at, farthest, commonest
    return within


def _gone(motion: Motion, state: Array) -> Mask:
    """Return which strategies, of all populations, die out at a state, under a field that keeps faces."""
    shares = np.concatenate(motion.field.weights(state))
    return np.asarray((shares == 0.0) & motion.field.keeps_faces)
