"""How exactly two populations of two strategies are answered in closed form: one table for curves and areas.

Heights are those of the conserved quantity, over the rate at which a share vanishes, unless stated
otherwise. Each entry states the effect of changing it.
"""

from __future__ import annotations

__all__ = [
    "AREA",
    "AT_BOTTOM",
    "BESIDE_SADDLE",
    "EXACT_GAIN",
    "FARTHEST",
    "LAST_STEP_OF_MANY",
    "LOWEST",
    "NEAREST",
    "NOT_PLANAR",
    "ROUNDED_STEP",
    "SERIES",
    "SURE_AREA",
]

# --------------------------------------------------------------------------- the curve

FARTHEST = 50.0
"""The height to which the curve is followed: exp(-50) is 2e-22 of a share. Smaller: it ends before the
corners."""

LOWEST = 1e-12
"""The height from which on it is drawn. Larger: a gap opens near the saddle, as wide as its square root."""

NEAREST = 1e-12
"""The accuracy of the nearest state on it, in the logarithm of the height. The reported distance is exact
to its square. Smaller: rounding decides."""

BESIDE_SADDLE = 1e-9
"""How much nearer than the saddle another state must be to be the nearest: the arms begin next to it.
Larger: the saddle is reported though a state of an arm is nearer."""

# --------------------------------------------------------------------------- areas

AT_BOTTOM = 1e-40
"""The height, over all rates, below which no area is left. Larger: areas lack the root of it."""

AREA = 1e-14
"""The least reported error of an area, added to the change from halving the step: rounding."""

EXACT_GAIN = 1e-13
"""The rounding error of a gain and of its speed, relative, above which a game of many is analysed by
itself. Larger: areas are less exact, and their reported error grows."""

SURE_AREA = 1e-9
"""The error of an area up to which the quick rule counts, where rates are of similar size. Larger: areas
are less exact, and their reported error grows; smaller: more are computed one by one."""

# --------------------------------------------------------------------------- planar games

NOT_PLANAR = 1e-11
"""How far gains may be from linear ones, over the largest, by rounding. Larger: games whose payoffs hardly
depend on further shares are decided as if these did not matter; smaller: planar ones are followed instead."""

# --------------------------------------------------------------------------- Newton's method

SERIES = 3e-3
"""Distance in log-odds from the bottom below which a series is the more accurate: both err by some 1e-13
there."""

LAST_STEP_OF_MANY = 1e-8
"""The step, relative, that is the last where many games are solved at once: the next would be its square."""

ROUNDED_STEP = 1e-9
"""The step, relative, below which one that does not halve any more is rounding. Larger: it ends too early."""
