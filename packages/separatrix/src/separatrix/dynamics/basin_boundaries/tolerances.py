"""How exactly the boundaries of basins are found: one table for curves, surfaces and the smallest push.

A tolerance is the error of one step, relative to 1 + |u| in log-odds u, as in
`separatrix.dynamics.integration.tolerances`; distances are in shares. Each entry states the effect of
changing it.
"""

from __future__ import annotations

__all__ = [
    "ARM_OFF_SADDLE",
    "ARM_PARALLEL",
    "ARM_REACHED",
    "ARM_STEP",
    "ARM_STILL",
    "ARRIVED",
    "ASIDE",
    "BESIDE_FACE",
    "BEYOND",
    "BROUGHT_TOGETHER",
    "CONTROL",
    "CURVE_POINTS",
    "FINEST_PRECISION",
    "FLATNESS",
    "HUNG",
    "LONGEST_ARM",
    "NEAR_SURFACE",
    "NOBODY",
    "NODE",
    "NO_ROOM",
    "OFF_FACES",
    "PARTED",
    "PRECISION",
    "PUSH_ON_CURVE",
    "PUSH_ON_LINE",
    "ROUGH",
    "ROUGH_WIDTH",
    "SADDLE",
    "SHORTEST_SPAN",
    "STALLED",
    "STEADY_START",
    "TOLERANCE",
    "UNCUT",
]

# --------------------------------------------------------------------------- steps of what gets a label

ROUGH = 1e-7
"""For starts whose outcome is checked later, or that only show how far a surface bulges. Larger: more
brackets have to be widened again; smaller: the first halvings take longer."""

NODE = 1e-8
"""Of the nodes of a lattice. The boundary moves by as much, which is less than any bracket that is cut
there."""

TOLERANCE = 1e-10
"""Of starts while brackets close. Larger: the boundary is held between starts with the wrong outcomes;
smaller: surfaces take longer in proportion to its eighth root."""

CONTROL = 1e-12
"""For both starts of a final bracket. Larger: the reported error of a boundary may be too small."""

# --------------------------------------------------------------------------- brackets

ROUGH_WIDTH = 1e-5
"""The width to which brackets are closed at `ROUGH`. Smaller: labels at `ROUGH` are wrong inside; larger:
more halvings at `TOLERANCE`."""

UNCUT = 4e-16
"""The part of a segment below which a bracket is not cut: a double has no finer fractions."""

PRECISION = 1e-9
"""How far apart the two starts of a bracket of a surface end, by default; the reported error is half."""

FINEST_PRECISION = 1e-14
"""The smallest precision allowed: finer brackets contain only rounding errors."""

FLATNESS = 3e-4
"""How far a surface may bulge from its triangles, by default. Smaller: tetrahedra are cut more often, and
volumes and areas are nearer to the truth."""

CURVE_POINTS = 241
"""How many states a separatrix has at least, by default. Fewer: it looks angular; each state is as exact."""

# --------------------------------------------------------------------------- faces

NOBODY = 3.720075976020836e-44
"""exp(-100), the share of a strategy that is hardly played: on a face itself a trajectory would never
leave. Larger: a state on a face gets the outcome of its neighbours; smaller: leaving takes longer."""

BESIDE_FACE = 1e-6
"""The same in starts that arrive nowhere from `NOBODY`: those that creep along a face. Larger: thin basins
near a face are missed."""

HUNG = 1e-7
"""The share below which all corners of a triangle lie on one face. Larger: thin parts of a surface near a
face are skipped; smaller: faces are taken for boundaries."""

OFF_FACES = 1e-4
"""The least share of a vertex from which trajectories are followed along a surface. Smaller: they take the
outcome of the face."""

NEAR_SURFACE = 1e-6
"""How far from the surface such a vertex may be. Larger: more starts leave it at once."""

NO_ROOM = 1e-9
"""The part of a ray that remains before a face, and the length below which it does not lead inside. Larger:
boundaries near a face are missed; smaller: its end lies on the face by rounding."""

# --------------------------------------------------------------------------- along a surface

PARTED = 1e-4
"""The difference of log-odds, relative, at which two trajectories near a surface have parted. Larger: they
are no longer near it; smaller: they are brought together more often."""

BROUGHT_TOGETHER = 1e-11
"""That to which they are brought. Larger: they part sooner; smaller: rounding decides between them."""

ARRIVED = 1e-4
"""The distance to a rest state at which a trajectory along a surface is no longer followed. The reported
approach is at least this; the limit does not depend on it."""

STALLED = 1e-7
"""The largest movement in a round at which a trajectory has converged. Larger: slow ones stop early."""

# --------------------------------------------------------------------------- arms of a saddle

ARM_OFF_SADDLE = 1e-6
"""How far from the saddle an arm starts; it is off by the square of that. Smaller: rounding turns it."""

ARM_PARALLEL = 1e-3
"""How far off an eigenvector may be, over `ARM_OFF_SADDLE`, and lie within a side: it is off by far less.
Smaller: arms along a side are drawn as boundaries."""

ARM_STEP = 1e-5
"""For the central differences for the rates of change near the saddle: about the cube root of rounding. The
initial direction of an arm moves by its square."""

SADDLE = 1e-9
"""How far from zero an eigenvalue is, over the speed of the field, that has a sign. Larger: boundaries of
slow saddles are missed; smaller: those of centres and folds are drawn."""

ARM_STILL = 1e-10
"""The speed, over that of the field, at which an arm has reached its end. Larger: arms end before their
source."""

ARM_REACHED = 1e-5
"""How near to a rest point an arm that comes from it ends; it is drawn to the point itself. Larger: an arm is
drawn to a point that it passes."""

LONGEST_ARM = 1e4
"""The time over which an arm is followed, times the fastest rate of change. Smaller: arms that come from slow
points end on their way."""

ASIDE = (1e-9, 1e-8, 1e-7, 1e-6, 1e-5, 1e-4)
"""Distances from an arm at which outcomes are compared; the first at which they differ is the reported
error. If they never differ, the arm is not a boundary."""

# --------------------------------------------------------------------------- the smallest push

STEADY_START = 1e-12
"""How near a start must be to a rest point to count as that point; no smallest push exists from there.
Larger: starts near unstable points are refused."""

SHORTEST_SPAN = 1e-3
"""The time, in units of the fastest growth rate, to which the time of arrival is known. Smaller: more
stretches are followed again."""

BEYOND = 1e-6
"""What the search along rays may be off by, besides what its last round gained, and how much farther, over
the length of a push, its outcome is looked up. Smaller: rounding leaves it on this side."""

PUSH_ON_CURVE = 1e-9
"""The reported error of a push to a curve in closed form: a minimum is known to the square root of
rounding."""

PUSH_ON_LINE = 1e-12
"""That of a push to a rest point of one population, which is a root of a polynomial."""
