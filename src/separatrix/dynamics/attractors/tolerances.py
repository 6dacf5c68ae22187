"""When a trajectory has come to an attractor, and what counts as gone, flat or at rest: one table for labels.

Distances are in every share, speeds and eigenvalues relative to the fastest growth rate.  What moves when one
is changed is said beside it; `separatrix.dynamics.integrate.tolerances` says how exactly steps are made.
"""

from __future__ import annotations

__all__ = [
    "ARRIVAL_DISTANCE",
    "BESIDE_SET",
    "FAR_GONE",
    "FLAT",
    "GONE",
    "ON_BOUNDARY",
    "RESTS",
    "SLOW",
    "SLOW_ON_SET",
    "STOPPED_IN_BOX",
]

# --------------------------------------------------------------------------- distances

GONE = 1e-6
"""The share below which a strategy has died out, and the distance at which a state lies on a face or at a
rest point. Larger: trajectories that pass a face are taken for such as stay there; smaller: more of those
that creep along the boundary stay undecided."""

FAR_GONE = 1e-30
"""The same where it must have been dying out for so long that it does on average."""

BESIDE_SET = 1e-4
"""How near to a rest set a state at rest is on it. Trajectories end where they are slow and not yet there,
so that a smaller one leaves them undecided; pieces that meet are told apart no better."""

ON_BOUNDARY = 1e-4
"""How near to a rest point that does not attract a trajectory stays that lies on its stable manifold.
Larger: slow ones are taken for such; smaller: more stay undecided."""

ARRIVAL_DISTANCE = 0.01
"""The distance at which the time of arrival is taken. Times grow by the logarithm of it over the slowest
eigenvalue; no outcome depends on it."""

# --------------------------------------------------------------------------- speeds

SLOW = 1e-5
"""At which a trajectory may have come to a rest state that no list has; Newton's method looks from
there."""

SLOW_ON_SET = 1e-7
"""At which a state beside a rest set is at rest. Larger: trajectories that drift along a set end too early,
on another piece of it."""

STOPPED_IN_BOX = 1e-8
"""Over the distance: at which a trajectory that should come nearer has stopped on its way."""

RESTS = 1e-9
"""At which a state of a rest set of the replicator is at rest under another dynamic too: rounding alone."""

# --------------------------------------------------------------------------- eigenvalues

FLAT = 1e-6
"""That counts as zero. Beside such a rest point trajectories are so slow that nothing is said of the
boundary of a basin; smaller: slow ones are labelled as if they lay on it."""
