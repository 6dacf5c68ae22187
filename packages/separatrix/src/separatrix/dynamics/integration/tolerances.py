"""How exactly trajectories are followed, and how slow is at rest: one table for all that integrate.

A tolerance is the error of one step, relative to 1 + |u| in log-odds u; in shares it is absolute, or
relative above `LEAST_SHARE`. Speeds are relative to the fastest growth rate. Each entry states the effect
of changing it.
"""

from __future__ import annotations

__all__ = [
    "ACCURACY_IN_ODDS",
    "ACCURACY_IN_SHARES",
    "ACCURACY_SLIDING",
    "ARRIVED",
    "AT_REST",
    "BESIDE",
    "COARSEST",
    "END_OF_TURNS",
    "EXACT",
    "FINEST",
    "GROWING",
    "JUST_PAST",
    "LABEL",
    "LABEL_IN_SHARES",
    "LEAST_ERROR",
    "LEAST_REPLY",
    "LEAST_SHARE",
    "LEAST_STEP",
    "LEFT",
    "LINE",
    "LONGEST_STEP",
    "LSODA_FINEST",
    "MANY",
    "ONE",
    "PACE_AT_LEAST",
    "PATIENCE",
    "PATIENCE_SLIDING",
    "SHORTEST",
    "SHORTEST_PIECE",
    "STILL_LINE",
    "UNMOVED",
    "DEFAULT",
    "DEFAULT_POINTS",
    "DEFAULT_SPAN",
    "WHOLE_STEP",
    "WITH_SCHEDULE",
]

# --------------------------------------------------------------------------- tolerances

LINE = 1e-5
"""Of lines in figures. Larger: lines bend visibly off; smaller: portraits take longer."""

LABEL = 1e-6
"""For starts whose outcome alone is wanted. The boundary of two basins moves by as much, and with it the
labels of starts near it; basins take longer in proportion to its fifth root."""

LABEL_IN_SHARES = 1e-8
"""The same under fields that leave faces, where small shares must be separated from zero."""

MANY = 1e-7
"""Of the trajectories of many draws. Quantiles of a fan chart move by less than the error of sampling."""

WITH_SCHEDULE = 1e-8
"""For starts that follow a schedule first: errors in the state at its end carry over to the outcome.
Larger: starts near a boundary get the other outcome."""

ONE = 1e-10
"""For one trajectory, by default. The last digits of states and times depend on it."""

DEFAULT = 1e-8
"""For many trajectories, by default. States move by about as much a unit of time."""

EXACT = 1e-11
"""For results whose differences are used later: return maps, stable arms, states near a boundary. Below it
DOP853 is quicker than LSODA, whose errors add up to ten times as much over thousands of turns. Larger:
multipliers and boundaries are less exact than reported."""

LSODA_FINEST = 3e-14
"""The smallest that scipy's methods take; smaller ones are raised to it."""

FINEST, COARSEST = 1e-15, 0.1
"""The range allowed: numbers have sixteen digits, and coarser steps are meaningless."""

LEAST_SHARE = 1e-3
"""The share below which a tolerance is an absolute error, under fields that leave faces. Smaller: rare
strategies are followed more exactly, in more steps."""

# --------------------------------------------------------------------------- lengths of steps

PACE_AT_LEAST = 1e-3
"""Of a trajectory that hardly moves at first, over the fastest growth rate: its first step is as long as this
allows, and so is one whose first step is not known. Smaller: slow starts make fewer steps, and more again."""

LEAST_ERROR = 1e-12
"""Errors below this count as this, so that a step at rest grows by no more than it may."""

SHORTEST = 1e-14
"""A step, relative to the time and to the fastest change, below which a trajectory is lost. Larger: those
that turn at once are given up."""

LONGEST_STEP = 1e200
"""For trajectories at rest: longer ones overflow."""

LEAST_STEP = 1e-9
"""A step, relative to a stretch of a schedule, that is taken whatever its error: the field has a kink there.
Smaller: more steps at each change of a parameter."""

LEAST_REPLY = 4e-3
"""The least part of the way to the best reply in one step, where replies switch instantly. Trajectories
slide at this distance from the states at which replies are equally good."""

SHORTEST_PIECE = 1e-13
"""The duration of a piece of an exact best response trajectory, in units of 1/c, at which its turns have come
to their end. Smaller: rounding decides which reply is best."""

END_OF_TURNS = 1e-6
"""How near to the state at which all these replies are equally good it must be then. Larger: what stalls
elsewhere is said to have arrived."""

JUST_PAST = 1e-9
"""How much farther than to such states a step goes, relative: smaller, rounding leaves it on this side."""

WHOLE_STEP = 1e-12
"""What may be missing of a step to the end of a stretch, relative, that has come there: rounding alone.
Smaller: a step of no length follows."""

BESIDE = 1e-6
"""By how much coordinates are moved to see how rates change: the cube root of rounding, or below."""

# --------------------------------------------------------------------------- where trajectories stop

ACCURACY_IN_ODDS = 1e-5
"""The distance in shares below which trajectories in log-odds do not come nearer to where they go. Smaller:
outcomes with tiny boxes stay undecided."""

ACCURACY_IN_SHARES = 1e-6
"""The same under fields that leave faces, which are followed at `LABEL_IN_SHARES`."""

ACCURACY_SLIDING = LEAST_REPLY
"""The same where replies change at once."""

ARRIVED = 1e-6
"""How near to a state an arrival is, by default."""

# --------------------------------------------------------------------------- how far, where nobody says

DEFAULT_SPAN = 100.0
"""How long one trajectory is followed, in units of the fastest growth rate. Shorter: more end on their
way."""

DEFAULT_POINTS = 401
"""The number of times at which states are returned. No state depends on it."""

PATIENCE, PATIENCE_SLIDING = 1_500, 5_000
"""Steps after which a trajectory that has arrived nowhere is given up, and where replies change at once, in
short steps. Fewer: slow ones stay undecided."""

# --------------------------------------------------------------------------- rest

STILL_LINE = 1e-5
"""The speed below which a line ends. Smaller: lines come nearer to rest points, by less than is drawn."""

AT_REST = 1e-9
"""The speed below which a trajectory is at rest: what its message says, and when scipy's methods may take
steps without bound. Larger: slow trajectories are said to rest."""

GROWING = 1e-7
"""An eigenvalue, relative to the same, above which one at rest would leave again: then steps stay short."""

UNMOVED = 1e-14
"""The same for a start that is a rest point up to rounding, and for trajectories given up near a saddle.
Larger: starts near unstable rest points count as these."""

LEFT = 1e-6
"""How far, in a share, a trajectory must move from its start to show that the start was not a rest point.
Larger: starts near unstable rest points are reported at rest; smaller: rounding moves a rest point so
far."""
