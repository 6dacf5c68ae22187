"""How long an analysis may take, and how long the rest of it would."""

from __future__ import annotations

import math

from separatrix.run.deadline import clock
from separatrix.sentences import say

__all__ = ["SEARCH_SHARE", "Clock", "duration"]

SEARCH_SHARE = 0.7  # of the budget; the rest is for labelling what was found


class Clock:
    """Runs from its making.

    Parameters
    ----------
    budget : float
        Seconds.
    """

    def __init__(self, budget: float) -> None:
        self.budget = budget
        self.interrupted = False
        self._now = clock()
        self._started = self._now()
        self._spent: dict[int, tuple[int, float]] = {}

    @property
    def elapsed(self) -> float:
        """Seconds since the start."""
        return self._now() - self._started

    @property
    def stopped(self) -> bool:
        """Whether no more searching may be begun."""
        return self.interrupted or self.elapsed > SEARCH_SHARE * self.budget

    @property
    def over(self) -> bool:
        """Whether nothing more may be begun."""
        return self.elapsed > self.budget

    def note(self, dimension: int, faces: int, seconds: float) -> None:
        """Remember what faces with so many free shares cost."""
        count, total = self._spent.get(dimension, (0, 0.0))
        self._spent[dimension] = count + faces, total + seconds

    def estimate(self, sizes: tuple[int, ...]) -> float:
        """Return the seconds that all faces would take, from what those with few free shares took.

        The cost of a face is taken to go on growing with its free shares as it did so far.
        """
        cost = {d: seconds / faces for d, (faces, seconds) in self._spent.items() if faces}
        known = sorted(cost)
        growth = 1.0
        if len(known) > 1 and cost[known[0]] > 0:
            growth = max(1.0, (cost[known[-1]] / cost[known[0]]) ** (1 / (known[-1] - known[0])))
        total = 0.0
        for d, count in enumerate(_faces_by_dimension(sizes)):
            nearest = max((k for k in known if k <= d), default=known[0] if known else 0)
            total += count * cost.get(nearest, 0.0) * growth ** max(0, d - nearest)
        return total


def _faces_by_dimension(sizes: tuple[int, ...]) -> list[int]:
    counts = [1]
    for size in sizes:
        own = [math.comb(size, m) for m in range(1, size + 1)]
        product = [0] * (len(counts) + size - 1)
        for i, a in enumerate(counts):
            for j, b in enumerate(own):
                product[i + j] += a * b
        counts = product
    return counts


UNITS = (
    (say("seconds"), 1, 90),
    (say("minutes"), 60, 5400),
    (say("hours"), 3600, 172_800),
    (say("days"), 86_400, 60_000_000),
)


def duration(seconds: float) -> str:
    """Return a rough length of time in words.

    Examples
    --------
    >>> duration(50), duration(9000), duration(4e11)
    ('50 seconds', '2.5 hours', 'thousands of years')
    """
    for unit, length, most in UNITS:
        if seconds < most:
            count = seconds / length
            amount = f"{count:.0f}" if count >= 10 else f"{count:.2g}"
            return say("{amount} {unit}", amount=amount, unit=unit)
    years = seconds / 86_400 / 365
    if years < 1000:
        return say("{amount} {unit}", amount=f"{years:.0f}", unit=say("years"))
    return say("thousands of years")
