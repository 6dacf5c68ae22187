"""One step of the best response dynamics: straight towards the best reply, up to where another is as good.

Where the best replies alternate instantly, a trajectory slides along the states at which they are equally
good; it is then followed in small steps near these states.

Hofbauer, J. and Sigmund, K. (1998), Evolutionary Games and Population Dynamics, section 8.4.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from separatrix.dynamics.integration.motion import Motion
from separatrix.dynamics.integration.runge_kutta import IntegrationStep
from separatrix.dynamics.integration.tolerances import JUST_PAST, LEAST_REPLY
from separatrix.dynamics.tolerances import NOT_ZERO

__all__ = ["best_response_step"]

Array = NDArray[np.float64]

MOST = 0.1
"""How much of the way to the best reply a step goes at most. Larger: replies that change and change back
within a step are missed."""


def best_response_step(
    motion: Motion, start: Array, before: Array, slope: Array, length: Array
) -> IntegrationStep:
    """Return where trajectories are after steps of at most `length` each; none is refused."""
    now = motion.now(float(start.min()))
    part = np.minimum(MOST, 1 - np.exp(-motion.pace * length))
    meet = _meeting(now, before, _advance_linearly(now, before, slope, part))
    part *= np.clip(meet * (1 + JUST_PAST), np.minimum(1.0, LEAST_REPLY / np.maximum(part, NOT_ZERO)), 1.0)
    after = _advance_linearly(now, before, slope, part)
    nothing = np.zeros(before.shape[1])
    return IntegrationStep(start, -np.log1p(-part) / motion.pace, after, now.slopes(after), after, nothing)


def _advance_linearly(motion: Motion, at: Array, slopes: Array, part: Array) -> Array:
    """Return where trajectories are when the fastest population has gone `part` of its way."""
    result = np.empty_like(at)
    for place, speed in zip(motion.places, motion.field.speeds, strict=True):
        gone = 1 - (1 - part) ** (speed / motion.pace)
        result[place] = at[place] + slopes[place] / speed * gone
    return result


def _meeting(motion: Motion, at: Array, ahead: Array) -> Array:
    """Return which part of the way to `ahead` passes before another reply is as good; one where none is.

    Exact where payoffs are linear in the shares and all populations have one speed.
    """
    meet = np.ones(at.shape[1])
    before, after = (motion.field.payoffs(motion.field.weights(x.T)) for x in (at, ahead))
    for now, then in zip(before, after, strict=True):
        best = now.argmax(axis=-1)[:, None]
        lead = np.take_along_axis(now, best, axis=-1) - now
        later = np.take_along_axis(then, best, axis=-1) - then
        with np.errstate(all="ignore"):
            crossing = np.where((lead > 0) & (later < 0), lead / (lead - later), 1.0)
        meet = np.minimum(meet, crossing.min(axis=-1))
    return meet
