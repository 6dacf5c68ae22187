"""What is drawn of a phase portrait, and how densely: one table for streamlines, nullclines and samples.

Lengths are those of the page, on which a side of the figure is 1. They do not affect numerical results;
each entry states the effect of changing it.
"""

from __future__ import annotations

__all__ = [
    "APART",
    "AWAY",
    "BACK",
    "CUBE",
    "CUBE_AWAY",
    "CUBE_BACK",
    "CUBE_LONGEST",
    "CUBE_STEP",
    "CUBE_WAYS",
    "FINE",
    "HEIGHTS",
    "INSIDE",
    "LONGEST",
    "NEAREST",
    "PARTS",
    "SHORTEST",
    "SLICES",
    "SQUARE_SIDE",
    "STEP",
    "STOPPED",
    "TRIANGLE_SIDE",
]

# --------------------------------------------------------------------------- streamlines

STEP = 0.008
"""How far apart the corners of a drawn trajectory are. Larger: bends look angular."""

STOPPED = 0.2
"""The part of a step below which a trajectory counts as at rest. Smaller: lines end in a tail of dots."""

APART, NEAREST = 0.05, 0.45
"""How far a start keeps from the trajectories drawn, and the fraction of it at which a trajectory ends.
Larger: fewer and shorter lines."""

LONGEST, SHORTEST = 0.9, 0.1
"""How long a trajectory gets in each direction, and how short one may be. Smaller ones clutter the page."""

BACK, AWAY = 0.012, 0.06
"""A trajectory is closed that comes so near to its start again after it was so far away. Larger: slow spirals
are drawn as closed orbits."""

PARTS = (8, 3, 1)
"""Every eighth start comes first, then every third of those still far from all trajectories, then the others:
only the time that it takes depends on it."""

SQUARE_SIDE, TRIANGLE_SIDE = 26, 30
"""Starts are tried on a grid of this many steps a side. Fewer: gaps stay."""

# --------------------------------------------------------------------------- samples in a cube

CUBE = (0.15, 0.5, 0.85)
"""The shares of starts inside. More of them hide each other."""

CUBE_WAYS = (0.3, 0.65)
"""Where starts on a face lie, on the way from a mixed rest point to 0.96: two sides of it are seen."""

CUBE_LONGEST, CUBE_STEP = 3.0, 1 / 60
"""How far a trajectory is followed, and the distance between its states. Longer: lines hide each other."""

CUBE_BACK, CUBE_AWAY = 0.02, 0.1
"""As `BACK` and `AWAY`, for steps that are longer."""

# --------------------------------------------------------------------------- nullclines

FINE = 241
"""Grid points a side. Fewer: small loops of a nullcline are missed."""

SLICES = 10
"""Of a cube, and the steps of two shares at which a bent surface is cut. Fewer: a surface looks angular."""

HEIGHTS = (0.0, *((k + 0.414) / SLICES for k in range(SLICES)), 1.0)
"""Where slices lie: at no round number, at which a whole slice might be a sheet itself."""

INSIDE = 1e-6
"""How far inside the faces the rates are looked at: on a face they may vanish on one side of a line only.
Larger: nullclines end visibly before the face."""
