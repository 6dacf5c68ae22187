"""Tolerances of outcome labels: when a trajectory has reached an attractor or a strategy has died out.

Distances are in every share; speeds and eigenvalues are relative to the fastest growth rate. Each entry
states the effect of changing it. The accuracy of single steps is set in
`separatrix.dynamics.integration.tolerances`.
"""

from __future__ import annotations

__all__ = [
    "APART",
    "ARMIJO",
    "ARRIVAL_DISTANCE",
    "BESIDE_CYCLE",
    "BESIDE_SET",
    "BOXES",
    "CLOSED",
    "COMES_BACK",
    "DEEPEST",
    "DIFFERENCE",
    "DRIFT",
    "FAR_GONE",
    "FLAT",
    "GONE",
    "LEAST_LOOP",
    "NEARLY_DEGENERATE",
    "NEIGHBOUR",
    "NOISE",
    "ONE_RETURN",
    "ON_BOUNDARY",
    "PARALLEL",
    "PSEUDO_INVERSE",
    "RESIDUAL",
    "RESTS",
    "SHIFT",
    "SINGULAR",
    "SLOW",
    "SLOWEST",
    "SLOW_ON_SET",
    "STOPPED_IN_BOX",
    "TUBES",
    "UNSEEN",
]

# --------------------------------------------------------------------------- distances

GONE = 1e-6
"""The share below which a strategy has died out, and the distance at which a state lies on a face or at a
rest point. Larger: trajectories that pass a face are taken for such as stay there; smaller: more of those
that creep along the boundary stay undecided."""

FAR_GONE = 1e-30
"""The same where it must have been dying out for so long that it does on average. Larger: trajectories that
come back from the boundary are taken for such as stay."""

BESIDE_SET = 1e-4
"""How near a state at rest must be to a rest set to lie on it. Trajectories end where they are slow but not
yet there, so a smaller value leaves them undecided; it does not separate adjacent pieces any better."""

ON_BOUNDARY = 1e-4
"""How near to a rest point that does not attract a trajectory stays that lies on its stable manifold.
Larger: slow ones are taken for such; smaller: more stay undecided."""

ARRIVAL_DISTANCE = 0.01
"""The distance at which the time of arrival is taken. Times grow by the logarithm of it over the slowest
eigenvalue; no outcome depends on it."""

BOXES = (0.05, 0.02, 0.005, 1e-3, 1e-4)
"""Half the sizes of boxes that are tried in turn for one from which all trajectories converge to a rest
point. Larger ones give quick answers; without the small ones slow attractors near others are not found."""

DEEPEST = 1e100
"""The log-odds at which nothing new is to be seen of a trajectory along the boundary. Smaller: fewer stays
are compared; larger: numbers overflow."""

# --------------------------------------------------------------------------- rest states by Newton's method

RESIDUAL = 1e-12
"""The fastest rate at a rest state, over the scale of the field. Larger: slow states are taken for rest;
smaller: rounding keeps some from being found."""

APART = 2e-5
"""The least distance between two rest states. Larger: pairs near a bifurcation count as one; smaller: a
multiple root, known only to the square root of the rounding error, counts as several."""

DIFFERENCE = 6e-6
"""The step of differences: about the cube root of rounding, at which the error of a derivative is least."""

ARMIJO = 1e-4
"""The part of what Newton's step promises by which it must shorten F (Kelley 1995, section 8.2). It is usual;
rest states are the same, other starts find them."""

# --------------------------------------------------------------------------- closed orbits
# Over the size of the loop, but for the first.

LEAST_LOOP = 1e-3
"""The size, in shares, below which a closed orbit counts as a rest point. Larger: small limit cycles are
undecided; smaller: slow spirals are followed for longer."""

COMES_BACK = 0.1
"""How near a trajectory must have come back to where it was. Smaller: spirals have to be followed for
longer."""

BESIDE_CYCLE = 0.02
"""The distance at which the neighbours start that have to come nearer. This distance is reported; larger:
cycles with a small basin are undecided."""

ONE_RETURN = 2e-3
"""How far apart two returns are one. Larger: the period is less exact; smaller: the last turns of a spiral
towards a cycle are waited for."""

DRIFT = 5e-3
"""How far returns may move while neighbours come nearer. Larger: slow spirals are taken for cycles."""

UNSEEN = 1e-5
"""The distance below which rounding hides the remaining distance between neighbours. The reported
contraction is the mean over the turns before."""

SHIFT = 3e-4
"""By how much places are moved to see how returns move. The error of multipliers is its square, or `NOISE`
over it."""

NOISE = 1e-8
"""How exactly returns are known, being followed at `EXACT`. Larger: fewer cycles are sure to attract."""

CLOSED = 1e-14
"""How exactly the time of a return is found, over the period: to rounding."""

TUBES = (0.02, 0.005, 1e-3)
"""The sizes of tubes that are tried in turn; all trajectories from their borders have to come nearer.
Without the small ones, cycles with a small basin are undecided."""

# --------------------------------------------------------------------------- speeds

SLOW = 1e-5
"""The speed at which a trajectory may have reached an unlisted rest state; Newton's method starts from
there. Smaller: searches for slow attractors fail; larger: more searches find known states."""

SLOW_ON_SET = 1e-7
"""The speed at which a state near a rest set is at rest. Larger: trajectories that drift along a set end
too early, on another piece of it."""

STOPPED_IN_BOX = 1e-8
"""Over the distance: at which a trajectory that should come nearer has stopped on its way. Larger: slow
attractors are undecided; smaller: boxes around what does not attract take longer."""

SLOWEST = 1e-3
"""The growth rate, over the fastest of all draws, at which a draw is still waited for in proportion. Smaller:
one slow draw makes all others wait."""

RESTS = 1e-9
"""At which a state of a rest set of the replicator is at rest under another dynamic too: rounding alone.
Larger: sets that drift slowly count as at rest."""

# --------------------------------------------------------------------------- eigenvalues

FLAT = 1e-6
"""The size of an eigenvalue that counts as zero. Near such a rest point trajectories are so slow that none
is assigned to a basin boundary; smaller: slow ones are labelled as lying on it."""

NEARLY_DEGENERATE = 1e-9
"""That rounding may have given its sign, over the fastest growth rate. Such a draw has no known attractor."""

SINGULAR = 1e-7
"""The smallest singular value of a derivative, over the largest, that counts as zero. Larger: more rest
states are said to lie on a continuum, perhaps."""

PARALLEL = 1e6
"""The condition of eigenvectors beyond which they are too nearly parallel to measure distances by. Smaller:
more cycles are undecided."""

PSEUDO_INVERSE = 1e-12
"""The singular value, over the largest, below which Newton's step does not go along its direction. Larger:
multiple roots converge in fewer steps, and others more slowly."""

NEIGHBOUR = 1e-6
"""How far a neighbour is from a trajectory, in logarithms of shares, where its Lyapunov exponent is measured.
Larger: the distance grows by more than its linear part; smaller: the error of steps shows in it."""
