"""Slow convergence: orbits that circle a rest state and come nearer by as much each time the time doubles.

Where the linearisation at a rest state is that of a centre, trajectories may still converge to it, at the
rate of the square root of time or more slowly. Such a trajectory does not arrive within any practical time,
but the decay of its distance can be observed.

A trajectory that converges to a state on a face loses every strategy that is not played there. Near a
corner of an attracting cycle the distance also falls, for a very long time, but some strategy that will
lead away from the corner stops getting rarer. The logarithms of the shares show the difference.
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
"""Steps of the first stretch; each further one has twice as many. Fewer: trajectories that only pass by
count as converging."""

STRETCHES = 4
"""Fewer: trajectories that pass a slow place count as converging there."""

FALLS = 0.85
"""Largest part of the distance that may remain after a stretch; under decay as the square root of time 0.71
remains. Larger: trajectories that stop short of the state count as converging to it."""


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
        the state, falls by at least the same factor in each of several stretches. Each stretch is twice as
        long as the one before.

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
