"""Levels at which a condition holds, from verdicts at single levels: a grid, and bisection between its
points.

Each end lies between two tested levels, which are reported as its bounds. Intervals shorter than a grid
step may be missed, and answers based on this method say so.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Sequence
from fractions import Fraction

from separatrix.policy.tipping.level_set import InstrumentLevel, LevelInterval, LevelSet, level_of
from separatrix.run.deadline import poll

__all__ = ["NARROW", "STEPS", "bisected"]

STEPS = 48
"""Of the grid. Fewer: more pairs of crossings between two of its levels are missed."""

BESIDE = Fraction(1, 10**5)
"""The distance, as a part of the range, of test levels from an exact one. Smaller: games are nearly
degenerate, and trajectories slow."""

NARROW = Fraction(1, 10**6)
"""The part of the range to which a crossing is narrowed."""


def bisected(
    verdicts: Callable[[Sequence[Fraction]], Sequence[bool | None]],
    low: Fraction,
    high: Fraction,
    knots: Iterable[InstrumentLevel] = (),
    *,
    steps: int = STEPS,
    width: Fraction = NARROW,
    parts: int = 2,
) -> LevelSet:
    """Return the levels of a range at which something holds, as far as a grid shows.

    Parameters
    ----------
    verdicts : callable
        Whether it holds at each of several levels; None if undecided.
    low, high : Fraction
    knots : iterable of InstrumentLevel
        Exact levels at which a verdict may change: levels close on both sides are tested, and no nearer
        ones, since games are degenerate there.
    steps : int
    width : Fraction
        The part of the range to which a crossing is narrowed.
    parts : int
        Into which the remaining interval is cut each time: more if many levels take as long as one.

    Examples
    --------
    >>> found = bisected(lambda levels: [level**2 > 2 for level in levels], Fraction(0), Fraction(2))
    >>> [(round(i.low.value, 5), i.high.value, i.closed_high) for i in found.intervals]
    [(1.41421, 2.0, True)]
    """
    whole = high - low
    beside = whole * BESIDE
    kept = [knot for knot in knots if low + beside < knot.low and knot.high < high - beside]
    around = [(knot.low - beside, knot.high + beside) for knot in kept]
    grid = (low + whole * k / steps for k in range(steps + 1))
    levels = {level for level in grid if not any(a < level < b for a, b in around)}
    ordered = sorted({*levels, *(level for pair in around for level in pair)})
    told = dict(zip(ordered, verdicts(ordered), strict=True))
    ends: list[tuple[InstrumentLevel, bool | None]] = []
    for a, b in itertools.pairwise(ordered):
        before, after = told[a], told[b]
        if before is after:
            continue
        knot = next((knot for knot in kept if a < knot.low and knot.high < b), None)
        if knot is not None and b - a <= 3 * beside:
            end = InstrumentLevel(knot.value, a, b, certain=False)
        elif before is not None and after is not None:
            first, last = _narrowed(verdicts, a, b, before, whole * width, parts)
            # Half of what the bisection cannot tell from 0 is no level of its own.
            value = 0.0 if first <= 0 <= last else float((first + last) / 2)
            end = InstrumentLevel(value, first, last, certain=False)
        else:
            end = InstrumentLevel(float((a + b) / 2), a, b, certain=False)
        ends.append((end, before))
    found: list[LevelInterval] = []
    undecided: list[LevelInterval] = []
    begin, closed = level_of(low), True
    for end, before in [*ends, (level_of(high), told[high])]:
        interval = LevelInterval(begin, end, closed, end.low == high)
        if before is None:
            undecided.append(interval)
        elif before:
            found.append(interval)
        begin, closed = end, False
    return LevelSet(tuple(found), tuple(undecided))


def _narrowed(
    verdicts: Callable[[Sequence[Fraction]], Sequence[bool | None]],
    a: Fraction,
    b: Fraction,
    first: bool,
    width: Fraction,
    parts: int,
) -> tuple[Fraction, Fraction]:
    """Return two levels near each other at which the verdicts are those of `a` and of `b`."""
    while b - a > width:
        poll()
        inner = [a + (b - a) * k / parts for k in range(1, parts)]
        answers = verdicts(inner)
        if all(answer is None for answer in answers):  # on the separatrix itself, for one
            inner = [a + (b - a) * Fraction(3, 8)]
            answers = verdicts(inner)
            if answers[0] is None:
                break
        known = [
            (a, first),
            *((v, t) for v, t in zip(inner, answers, strict=True) if t is not None),
            (b, not first),
        ]
        k = next(k for k, (_, t) in enumerate(known) if t is not first)
        a, b = known[k - 1][0], known[k][0]
    return a, b
