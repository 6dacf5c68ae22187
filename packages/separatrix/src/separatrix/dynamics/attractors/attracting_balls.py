"""How far a rest state attracts: starts all around it come nearer, or do not.

Every asymptotically stable rest state has a neighbourhood whose trajectories all converge to it, but no
theorem gives its size. So trajectories from the border of a box around the state are followed until all
have come much nearer. This is a numerical test, and answers based on it alone say so.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from separatrix.dynamics.attractors.tolerances import BOXES, STOPPED_IN_BOX
from separatrix.dynamics.integration.ensemble import Ensemble
from separatrix.dynamics.integration.step_control import Motion

__all__ = ["attracting_box_size"]

Array = NDArray[np.float64]

NEARER = 0.2
"""The part of the distance that may be left. Larger: states are taken for attractors that trajectories only
pass; smaller: slow ones take longer."""

ASTRAY = 4.0
"""How many times the distance a trajectory may go away on its way. Smaller: attractors that are spirals in
uneven shares are missed."""

SAMPLES = 64
"""Starts on the border of a box. Fewer: a narrow way out may be missed."""


def attracting_box_size(motion: Motion, state: Array) -> float | None:
    """Return the size of a box around a rest state such that sampled orbits from its border converge to it.

    Parameters
    ----------
    motion : Motion
    state : array (n,)

    Returns
    -------
    float or None
        The largest distance, in the share that is farthest; None where trajectories leave every box.

    Examples
    --------
    >>> import numpy as np
    >>> from separatrix.dynamics.fields import field
    >>> from separatrix.dynamics.integration.coordinates import motion_of
    >>> from separatrix.game.reader import load
    >>> game = load({"payoff_matrix": [[-1, 4], [0, 2]], "title": "Hawk and dove"})
    >>> flow = motion_of(field(game, kind="smith"))
    >>> attracting_box_size(flow, np.array([2 / 3])), attracting_box_size(flow, np.array([0.0]))
    (0.05, None)
    """
    for radius in BOXES:
        found = _comes(motion, state, radius)
        if found or found is None:
            return radius if found else None
    return None


def around(motion: Motion, state: Array, radius: float, seed: int = 0) -> Array:
    """Return starts (samples, n) inside the state space at a distance from a state of it."""
    stream = np.random.default_rng(seed)
    others = motion.field.state([stream.dirichlet(np.ones(size), SAMPLES) for size in motion.field.sizes])
    # As far again on the other side, where the state space goes so far.
    away = others - state
    opposite = np.where(np.arange(SAMPLES)[:, None] % 2 == 0, -1.0, 1.0)
    away *= opposite
    away *= radius / np.abs(away).max(axis=1, keepdims=True)
    bad = ((state + away <= 0) | (state + away >= 1)).any(axis=1)
    away[bad] = (others - state)[bad]
    distance = np.abs(away).max(axis=1, keepdims=True)
    away *= np.minimum(1.0, radius / distance)
    return np.asarray(state + away)


def _comes(motion: Motion, state: Array, radius: float) -> bool | None:
    """Whether all trajectories come nearer; None where one stops on its way, as it will from nearer too."""
    with np.errstate(all="ignore"):
        under_way = Ensemble(motion, motion.to_coordinates(around(motion, state, radius)))
        for _ in range(2 * motion.patience):
            under_way.advance()
            states = motion.states(under_way.at)
            distance = np.abs(states - state).max(axis=1)
            if not (distance <= ASTRAY * radius).all():
                return False
            keep = distance > NEARER * radius
            if not keep.any():
                return True
            speeds = motion.speeds(states, under_way.slope)
            if (speeds[keep] <= STOPPED_IN_BOX * motion.pace * radius).any():
                return None
            under_way.keep(keep)
    return None
