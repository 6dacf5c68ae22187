"""How exactly trajectories are followed, and how slow is at rest: one table for all that integrate.

A tolerance is the error of one step, relative to 1 + |u| in log-odds u; in shares it is absolute, or relative
above `LEAST_SHARE`.  Speeds are relative to the fastest growth rate.  What moves when one is changed is said
beside it.
"""

from __future__ import annotations

__all__ = [
    "AT_REST",
    "COARSEST",
    "EXACT",
    "FINEST",
    "LABEL",
    "LABEL_IN_SHARES",
    "LEAST_SHARE",
    "LEFT",
    "LINE",
    "LSODA_FINEST",
    "MANY",
    "ONE",
    "ROUNDED",
    "STILL_LINE",
    "UNMOVED",
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
"""Of starts that go with a schedule first: errors in the state at its end are carried into the outcome."""

ONE = 1e-10
"""Of one trajectory, where nothing else is asked for. The last digits of states and times move with it."""

EXACT = 1e-11
"""Of what later numbers are differences of: return maps, stable arms, states beside a boundary. Below it
DOP853 is quicker than LSODA, whose errors add up to ten times as much over thousands of turns."""

LSODA_FINEST = 3e-14
"""The smallest that scipy's methods take; smaller ones are raised to it."""

FINEST, COARSEST = 1e-15, 0.1
"""What may be asked for: numbers have sixteen digits, and steps must know where they go."""

LEAST_SHARE = 1e-3
"""The share below which a tolerance is an absolute error, under fields that leave faces. Smaller: rare
strategies are followed more exactly, in more steps."""

# --------------------------------------------------------------------------- rest

STILL_LINE = 1e-5
"""The speed below which a line ends. Smaller: lines come nearer to rest points, by less than is drawn."""

AT_REST = 1e-9
"""The speed below which a trajectory is at rest: what its message says, and when scipy's methods may take
steps without bound."""

UNMOVED = 1e-14
"""The same for a start that is a rest point, but for rounding. Larger: starts beside unstable rest points
are taken for these."""

LEFT = 1e-6
"""How far from its start, in a share, a trajectory is elsewhere, so that the start was no rest point."""

# --------------------------------------------------------------------------- input

ROUNDED = 1e-9
"""How far from one the shares of a population may add up, for numbers that were rounded; more is
refused."""
