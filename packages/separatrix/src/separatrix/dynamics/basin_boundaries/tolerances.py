"""How exactly the boundaries of basins are found: one table for curves, surfaces and the smallest push.

A tolerance is the error of one step, relative to 1 + |u| in log-odds u, as in
`separatrix.dynamics.integration.tolerances`; distances are in shares.  What moves when one is changed is said
beside it.
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
"""Of starts whose outcome is controlled later, or only tells how far a surface bulges. Larger: more brackets
have to be widened again; smaller: the first halvings take longer."""

NODE = 1e-8
"""Of the nodes of a lattice. The boundary moves by as much, which is less than any bracket that is cut
there."""

TOLERANCE = 1e-10
"""Of starts while brackets close. Larger: the boundary is held between starts with the wrong outcomes;
smaller: surfaces take longer in proportion to its eighth root."""

CONTROL = 1e-12
"""Of both starts of a bracket in the end. Larger: the error that is told of a boundary may be too small."""

# --------------------------------------------------------------------------- brackets

ROUGH_WIDTH = 1e-5
"""The width to which brackets are closed at `ROUGH`. Smaller: labels at `ROUGH` are wrong inside; larger:
more halvings at `TOLERANCE`."""

UNCUT = 4e-16
"""The part of a segment below which a bracket is not cut: a double tells apart no finer fractions."""

PRECISION = 1e-9
"""How far apart the two starts of a bracket of a surface end, by default; the error that is told is half."""

FINEST_PRECISION = 1e-14
"""The least that may be asked for: finer brackets hold nothing but rounding."""

FLATNESS = 3e-4
"""How far a surface may bulge from its triangles, by default. Smaller: tetrahedra are cut more often, and
volumes and areas are nearer to the truth."""

CURVE_POINTS = 241
"""How many states a separatrix has at least, by default. Fewer: it looks angular; each state is as exact."""

# --------------------------------------------------------------------------- faces

NOBODY = 3.720075976020836e-44
"""exp(-100), the share of what is hardly played: on a face itself a trajectory would stay there for ever.
Larger: what is on a face gets the outcome of what is beside it; smaller: it takes longer to come away."""

BESIDE_FACE = 1e-6
"""The same in starts that arrive nowhere from `NOBODY`: those that creep along a face. Larger: thin basins
beside a face are missed."""

HUNG = 1e-7
"""The share below which all corners of a triangle lie on one face. Larger: thin parts of a surface beside a
face are left out; smaller: faces are taken for boundaries."""

OFF_FACES = 1e-4
"""The least share of a vertex from which trajectories are followed along a surface. Smaller: they take the
outcome of the face."""

NEAR_SURFACE = 1e-6
"""How far from the surface such a vertex may be. Larger: more starts leave it at once."""

NO_ROOM = 1e-9
"""The part of a ray that is left before a face, and the length below which it does not lead inside. Larger:
boundaries beside a face are missed; smaller: its end lies on the face by rounding."""

# --------------------------------------------------------------------------- along a surface

PARTED = 1e-4
"""The difference of log-odds, relative, at which two trajectories beside a surface have parted. Larger: they
are no longer beside it; smaller: they are brought together more often."""

BROUGHT_TOGETHER = 1e-11
"""That to which they are brought. Larger: they part sooner; smaller: rounding decides between them."""

ARRIVED = 1e-4
"""The distance to a rest state at which a trajectory along a surface is no longer followed. It bounds the
approach that is told from below; which state it comes to does not depend on it."""

STALLED = 1e-7
"""How little one moves in a round when it has come to where it goes. Larger: slow ones stop on their way."""

# --------------------------------------------------------------------------- arms of a saddle

ARM_OFF_SADDLE = 1e-6
"""How far from the saddle an arm starts; it is off by the square of that. Smaller: rounding turns it."""

ARM_PARALLEL = 1e-3
"""How far off an eigenvector may be, over `ARM_OFF_SADDLE`, and lie within a side: it is off by far less.
Smaller: arms along a side are drawn as boundaries."""

ARM_STEP = 1e-5
"""Of the central differences for the rates of change beside the saddle: about the cube root of rounding.
The direction in which an arm starts moves by its square."""

SADDLE = 1e-9
"""How far from zero an eigenvalue is, over the speed of the field, that has a sign. Larger: boundaries of
slow saddles are missed; smaller: those of centres and folds are drawn."""

ARM_STILL = 1e-10
"""The speed, over that of the field, at which an arm has come to its end. Larger: arms end before what they
come from."""

ARM_REACHED = 1e-5
"""How near to a rest point an arm that comes from it ends; it is drawn to the point itself. Larger: an arm is
drawn to a point that it passes."""

LONGEST_ARM = 1e4
"""The time over which an arm is followed, times the fastest rate of change. Smaller: arms that come from slow
points end on their way."""

ASIDE = (1e-9, 1e-8, 1e-7, 1e-6, 1e-5, 1e-4)
"""How far aside of an arm outcomes are looked at; the first distance at which they differ is the error that
is told. Where none does it is no boundary."""

# --------------------------------------------------------------------------- the smallest push

STEADY_START = 1e-12
"""How near to a rest point a start is that point, which no push can be the smallest from. Larger: starts
beside unstable points are refused."""

SHORTEST_SPAN = 1e-3
"""The time, in units of the fastest growth rate, to which the time of arrival is known. Smaller: more
stretches are followed again."""

BEYOND = 1e-6
"""What the search along rays may be off by, besides what its last round gained, and how much farther, over
the length of a push, its outcome is looked up. Smaller: rounding leaves it on this side."""

PUSH_ON_CURVE = 1e-9
"""The error that is told of a push to a curve in closed form: a minimum is known to the root of rounding."""

PUSH_ON_LINE = 1e-12
"""That of a push to a rest point of one population, which is a root of a polynomial."""
