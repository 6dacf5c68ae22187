"""How exactly trajectories are followed, and how slow is at rest: one table for all that integrate.

A tolerance is the error of one step, relative to 1 + |u| in log-odds u; in shares it is absolute, or relative
above `LEAST_SHARE`.  Speeds are relative to the fastest growth rate.  What moves when one is changed is said
beside it.
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
"""Of starts whose outcome alone is wanted. The boundary of two basins moves by as much, and with it the
labels of starts beside it; basins take longer in proportion to its fifth root."""

LABEL_IN_SHARES = 1e-8
"""The same under fields that leave faces, where small shares have to be told from nothing."""

MANY = 1e-7
"""Of the trajectories of many draws. Quantiles of a fan chart move by less than the error of sampling."""

WITH_SCHEDULE = 1e-8
"""Of starts that go with a schedule first: errors in the state at its end are carried into the outcome.
Larger: starts beside a boundary get the other outcome."""

ONE = 1e-10
"""Of one trajectory, where nothing else is asked for. The last digits of states and times move with it."""

DEFAULT = 1e-8
"""Of many trajectories, where nothing else is asked for. States move by about as much a unit of time."""

EXACT = 1e-11
"""Of what later numbers are differences of: return maps, stable arms, states beside a boundary. Below it
DOP853 is quicker than LSODA, whose errors add up to ten times as much over thousands of turns. Larger:
multipliers and boundaries are less exact than is told."""

LSODA_FINEST = 3e-14
"""The smallest that scipy's methods take; smaller ones are raised to it."""

FINEST, COARSEST = 1e-15, 0.1
"""What may be asked for: numbers have sixteen digits, and steps must know where they go."""

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
"""How much of the way to the best reply a step goes at least, where replies change at once. Trajectories
slide beside the states at which replies are equally good by as much."""

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
"""At how many times its states are told. No state depends on it."""

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
"""The same for a start that is a rest point, but for rounding, and for what is given up beside a saddle.
Larger: starts beside unstable rest points are taken for these."""

LEFT = 1e-6
"""How far from its start, in a share, a trajectory is elsewhere, so that the start was no rest point. Larger:
starts beside unstable rest points are said to rest; smaller: rounding moves a rest point so far."""
