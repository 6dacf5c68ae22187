"""Checks of a fit to history: runs of signs, noise beyond imitation, short histories, adopters who leave.

Wald, A. & Wolfowitz, J. (1940). On a test whether two samples are from the same population. Ann. Math. Stat.
11, 147-162 (runs).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import partial
from itertools import pairwise

from separatrix.cluster.adoption.adoption_fit import GroupFit
from separatrix.reading.remark import Remark
from separatrix.sentence import say

__all__ = ["LONG", "doubts_of_fit", "runs_chance"]

LONG = 10
"""Years of history from which on the intervals held their level in the simulations of the tests."""
ROUGH = 3.0
"""Times the noise of imitation from which on the years differ by more than that can explain."""


def runs_chance(signs: Sequence[bool]) -> float:
    """Return how likely the number of runs of equal signs is at least as far from its mean by chance alone.

    Exact, two-sided, given how many of each sign there are; nan where all are alike.

    Examples
    --------
    >>> round(runs_chance([True] * 5 + [False] * 5), 4)
    0.0159
    """
    more, less = sum(signs), len(signs) - sum(signs)
    if not more or not less:
        return math.nan
    runs = 1 + sum(a != b for a, b in pairwise(signs))
    ways = {r: _ways(r, more, less) for r in range(2, len(signs) + 1)}
    total, mean = sum(ways.values()), 1 + 2 * more * less / len(signs)
    far = abs(runs - mean) - 1e-9
    return sum(n for r, n in ways.items() if abs(r - mean) >= far) / total


def _ways(runs: int, more: int, less: int) -> int:
    half = runs // 2
    if runs % 2 == 0:
        return 2 * math.comb(more - 1, half - 1) * math.comb(less - 1, half - 1)
    return math.comb(more - 1, half) * math.comb(less - 1, half - 1) + math.comb(
        more - 1, half - 1
    ) * math.comb(less - 1, half)


def doubts_of_fit(fit: GroupFit) -> list[Remark]:
    """Return what is in doubt."""
    group = fit.history
    told = partial(Remark, file="", row=None, column=None)
    remarks = []
    shares = group.shares
    begun = [y for y, a, b in zip(group.years[1:], shares, shares[1:], strict=False) if a == 0 < b]
    if begun:
        what = say(
            "in {year} the first adopted without an example to follow, which imitation cannot explain; "
            "the change is left out",
            year=begun[0],
        )
        remarks.append(told("K593", "note", what=what))
    fewer = [y for y, a, b in zip(group.years[1:], group.adopters, group.adopters[1:], strict=False) if b < a]
    if fewer:
        what = say(
            "adopters left, by the counts of {years}; Bass's model and thresholds have no word for that",
            years=", ".join(map(str, fewer)),
        )
        remarks.append(told("K594", "note", what=what))
    if len(group.years) < LONG:
        what = say(
            "the history has {n} years; the shorter it is, the less sure is the level of its intervals",
            n=len(group.years),
        )
        remarks.append(told("K595", "warning", what=what))
    if fit.dispersion > ROUGH:
        what = say(
            "the share moves {times:.0f} times as much from year to year as imitation among so many "
            "enterprises explains: something moved many at once, or years were told in round numbers",
            times=fit.dispersion,
        )
        remarks.append(told("K596", "warning", what=what))
    if fit.runs < 0.05:
        what = say(
            "the deviations keep their sign for longer, or change it more often, than chance does "
            "(p = {p:.3f}): the curve does not have the form of the data",
            p=fit.runs,
        )
        remarks.append(told("K597", "warning", what=what))
    return remarks
