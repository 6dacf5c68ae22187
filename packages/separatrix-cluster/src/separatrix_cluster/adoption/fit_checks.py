"""Checks of a fit to history: runs of signs, noise beyond imitation, short histories, adopters who leave.

Wald, A. & Wolfowitz, J. (1940). On a test whether two samples are from the same population. Ann. Math. Stat.
11, 147-162 (runs).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import partial
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from separatrix.errors import InputError
from separatrix.io.cells import Remark
from separatrix.sentences import say
from separatrix_cluster.adoption.adoption_fit import GroupFit
from separatrix_cluster.adoption.history import GroupHistory
from separatrix_cluster.adoption.transitions import Transitions, transitions_of

__all__ = ["HELD", "LONG", "doubts_of_fit", "refuse_idle", "runs_chance", "yearly_transitions"]

Floats = NDArray[np.float64]

LONG = 10
"""Years of history from which on the intervals held their level in the simulations of the tests."""
HELD = {5: 93, 6: 95, 8: 94}
"""Per cent of 300 simulated histories of so many years in which intervals of 95 % held the advantages (the
rarer of the two); `tests/cluster/adoption/test_coverage.py` measures it."""
ROUGH = 3.0
"""Times the noise of imitation from which on the years differ by more than that can explain."""

FEWEST_CHANGES = 4
"""Two advantages and the noise are estimated; with fewer changes hardly anything is left to judge by."""


def yearly_transitions(group: GroupHistory, exposure: Floats | None = None) -> Transitions:
    """Return the year-on-year changes of a group."""
    return transitions_of(group.shares, group.asked, group.population, np.array(group.years, float), exposure)


def refuse_level(level: float) -> None:
    """Refuse a level of intervals that is none.

    Raises
    ------
    InputError
        K584.
    """
    if not 0 < level < 1:
        raise InputError(
            "K584",
            say("the level of an interval is {level:g}; between 0 and 1 was expected", level=level),
            hint=say("write 0.95 for 95 %"),
        )


def refuse_idle(group: GroupHistory) -> None:
    """Refuse a history without information on imitation.

    Raises
    ------
    InputError
        K586 where it is too short, K587 where nothing moved.
    """
    hint = say("a fit needs years in which enterprises began or stopped")
    if len(group.years) < 2:
        raise InputError(
            "K586",
            say(
                "only one year ({year}) of history; at least {least} are needed",
                year=group.years[0],
                least=FEWEST_CHANGES + 1,
            ),
            hint=say("add earlier years; ten give intervals to rely on"),
        )
    shares = group.shares
    if not shares.any():
        raise InputError(
            "K587",
            say("no enterprise had adopted in any year: imitation has no example to start from"),
            hint=hint,
        )
    if (shares == 1).all():
        raise InputError(
            "K587", say("all enterprises had adopted in all years: none remains to follow"), hint=hint
        )
    if np.ptp(shares) == 0:
        raise InputError(
            "K587", say("the share of adopters is the same in all years: nothing moved"), hint=hint
        )
    telling = int(yearly_transitions(group).telling.sum())
    if telling < FEWEST_CHANGES:
        raise InputError(
            "K586",
            say(
                "{n} year-to-year changes show imitation; two advantages require at least {least}",
                n=telling,
                least=FEWEST_CHANGES,
            ),
            hint=say(
                "add years; those that start with no adopters or with all enterprises as adopters do "
                "not count"
            ),
        )


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
            "in {year} the first enterprises adopted without an example to follow, which "
            "imitation cannot explain; this change is excluded",
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
    bounds = [a.bound for a in (fit.advantage_when_all, fit.advantage_when_none) if a.bound is not None]
    if bounds:
        what = say(
            "an advantage lies at the bound of the search, {bound:g} per year: the history does not "
            "determine it, and no estimate of it is shown",
            bound=bounds[0],
        )
        remarks.append(told("K579", "warning", what=what))
    if len(group.years) < LONG:
        years = max(y for y in HELD if y <= max(len(group.years), min(HELD)))
        what = say(
            "the history has {n} years: of simulated ones of {years} years, intervals of 95 % held what "
            "made them in {held} %",
            n=len(group.years),
            years=years,
            held=HELD[years],
        )
        remarks.append(told("K595", "warning", what=what))
    if fit.dispersion > ROUGH:
        what = say(
            "the share varies {times:.0f} times as much from year to year as imitation among "
            "this number of enterprises explains: one cause moved many at once, or years were "
            "reported in round numbers",
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
