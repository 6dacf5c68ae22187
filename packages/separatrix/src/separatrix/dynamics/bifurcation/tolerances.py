"""How exactly branches are followed, and what meets: one table for bifurcation diagrams.

Distances are in shares, unless stated otherwise. Each entry states the effect of changing it.
"""

from __future__ import annotations

__all__ = [
    "BITS",
    "CLOSEST_MEETING",
    "END_BITS",
    "FITS",
    "HOPF_BITS",
    "INSIDE",
    "INTO_FACE",
    "LARGEST_JUMP",
    "LEFT_SPACE",
    "LIMIT_BITS",
    "NEAR",
    "NEWTON",
    "ON_A_FACE",
    "OFF_PREDICTED",
    "PRINTED_BITS",
    "ROUGH_BITS",
    "SIGNLESS",
    "WELL_PREDICTED",
]

# --------------------------------------------------------------------------- what meets

NEAR = 1e-6
"""States that are nearer have the same limit: limits are known to about 1e-12. Larger: branches that pass
each other are said to meet; smaller: where many digits cancel, some that meet are not."""

CLOSEST_MEETING = 40
"""By numbers alone: how near branches are that meet, over the root of what a critical value is known to, as
at a fold. Smaller: folds are missed; larger: neighbours are taken into them."""

ON_A_FACE = 1e-13
"""How near to 0 or 1 a limit is that. Larger: branches that come close to a face end on it."""

INTO_FACE, INSIDE = 1e-3, 1e-9
"""How far along a rest line to check whether it leads into the open face, and the least share there. It
decides which lines shorter than the first are reported."""

SIGNLESS = 1e-12
"""An eigenvalue, over the largest, that has no sign. Larger: changes of stability are seen as flat on one
side; smaller: rounding gives a sign to zero."""

# --------------------------------------------------------------------------- branches in doubles

NEWTON = 1e-13
"""The step of Newton's method that is its last. Smaller: rounding never lets it end."""

WELL_PREDICTED, OFF_PREDICTED = 0.3, 1e-6
"""How far a state may be from where the tangent led, over the way there, and besides. Larger: one branch is
left for another; smaller: more steps."""

LARGEST_JUMP = 0.05
"""How far at the most; the same between two limits. Larger: branches that cross are mixed up."""

LEFT_SPACE = 1e-6
"""How far outside the state space a branch is lost. Limits on faces may be off by rounding. Larger: branches
are drawn beyond faces that they leave."""

FITS = 1e-8
"""How near a closed form is to the branch that it describes. Larger: that of another branch may be
reported."""

# --------------------------------------------------------------------------- many digits

BITS, LIMIT_BITS = 360, 90
"""With which limits are computed, and how near to a critical value they are taken, over where it is
approached from. At a fold branches that meet there are 2**-45 apart, which is below `NEAR`."""

HOPF_BITS = 320
"""With which the first Lyapunov coefficient is enclosed. Fewer: its sign stays open more often."""

ROUGH_BITS = 120
"""The precision of a critical value where only the signs of shares are needed."""

END_BITS = 300
"""The precision where a branch or a rest line is evaluated at a critical value: many digits cancel there.
Fewer: limits of branches with poles nearby are wrong."""

PRINTED_BITS = 60
"""The reported precision: a few more bits than a double has."""
