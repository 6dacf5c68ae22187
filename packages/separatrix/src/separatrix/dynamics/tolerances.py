"""Rounding tolerances that all families of algorithms share; each family has a table of its own as well.

Each entry states the effect of changing it.
"""

from __future__ import annotations

__all__ = [
    "BELOW_ONE",
    "EPSILON",
    "INVARIABLE",
    "LARGEST_LOG_ODDS",
    "NOT_ZERO",
    "ON_IT",
    "ROUNDED",
    "SAME",
    "TIE",
    "UNIFORM_EDGE",
]

# --------------------------------------------------------------------------- numbers themselves

EPSILON = 2.0**-52
"""The gap from one number to the next. Closed forms have errors of a few gaps; a constant of the
arithmetic."""

BELOW_ONE = 1 - EPSILON / 2
"""The largest share below one, which itself lies on a face; a constant of the arithmetic."""

LARGEST_LOG_ODDS = 700.0
"""Beyond which a share, or what it leaves, is no longer a number of its own. Larger: exponentials
overflow."""

NOT_ZERO = 1e-300
"""What stands for nothing in a denominator. No answer moves: what is divided by it vanishes too, or the
quotient is cut off."""

# --------------------------------------------------------------------------- what is equal but for rounding

ON_IT = 1e-15
"""How near to a rest state a start given in numbers counts as at rest. Larger: starts near unstable ones
are reported to stay; smaller: thirds and sevenths are missed."""

TIE = 1e-12
"""How near to the best payoff another counts as best, over the largest payoff of the population. Smaller:
rounding selects one of equal payoffs; larger: trajectories stop earlier near states where replies
change."""

SAME = 1e-9
"""How far apart one state lies by two routes, and what is left of a whole by two sums. Larger: rest points
that lie so near to each other get one name; smaller: the end of a trajectory is not the point it came to."""

ROUNDED = 1e-9
"""How far from one given shares and probabilities may add up, for they were rounded; more is refused."""

# --------------------------------------------------------------------------- samples

UNIFORM_EDGE = 2.0**-40
"""How near to 0 and 1 a uniform number may come: quantiles there may be infinite, and states on faces.
Larger: the tails of distributions are cut off visibly."""

INVARIABLE = 1e-24
"""A variance, over the mean square, that is rounding. Smaller: indices of sensitivity of a constant are noise
instead of undefined."""
