"""How strong, or how long, a programme must be in each draw of the parameters to reach the target.

What a draw needs is the level above which every programme works there, up to the strongest.  It is bracketed
on a grid and then bisected in all draws at once.  Where a stronger programme fails though a weaker one
works, as can be where payoffs are not monotone in the levels, what counts is the last failure on the grid.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from separatrix.dynamics.integration.tolerances import ONE
from separatrix.dynamics.parameter_uncertainty.drawn_trajectories import followed
from separatrix.dynamics.parameter_uncertainty.uncertainty import Draws
from separatrix.policy.uncertain_programmes import (
    MOST_STEPS,
    Lanes,
    ProgrammeCase,
    ends_at,
    outcomes_after,
    pushed,
    today,
)

__all__ = ["Needed", "needed_duration", "needed_strength"]

Array = NDArray[np.float64]
Mask = NDArray[np.bool_]

GRID = 24
"""Stretches of the range that are looked at before bisection. Fewer: a stretch in which a programme works and
then fails again is overlooked."""

HALVINGS = 14
"""Of each stretch: what is needed is known to 3e-6 of the range, rounded up."""

RELATIVE = 1e-4
"""Relative accuracy of the needed strength: a range much wider than the strength is halved further, but only
the first stretch is halved more often than `HALVINGS`."""

MOST_HALVINGS = 40
"""Of a stretch, where what is needed is next to nothing."""


@dataclass(frozen=True, eq=False)
class Needed:
    """What each draw needs.

    Attributes
    ----------
    values : array (draws,)
        From 0 to 1, the part of the strongest programme from which on every tested programme works; infinite
        if even the strongest fails.
    fails_again : array (draws,) of bool
        Whether some weaker programme works though a stronger one fails.
    undecided : array (draws,) of bool
        Whether for some programme no outcome was found; it counts as a failure.
    """

    values: Array
    fails_again: Mask
    undecided: Mask


def needed_strength(
    case: ProgrammeCase, draws: Draws, levels: Array, end: float = np.inf, *, halvings: int = HALVINGS
) -> Needed:
    """Return which part of the way from idle levels to `levels` each draw needs.

    Parameters
    ----------
    case : ProgrammeCase
    draws : mapping of parameter to array (draws,)
    levels : array (instruments,), or (draws, instruments)
        The strongest programme; where nothing is drawn there may be several, each a lane of its own.
    end : float
        When it ends; infinite for a permanent one.
    halvings : int
        Of each stretch of the grid.

    Examples
    --------
    >>> from separatrix.game.reader import load
    >>> from separatrix.policy.uncertain_programmes import programme_case
    >>> game = load(
    ...     {
    ...         "payoff_matrix": [["4 - C", "1 - C"], [2, 2]],
    ...         "parameters": {"C": 3},
    ...         "today": {"x": 0.5},
    ...         "instruments": {"grant": {"range": [0, 3], "changes": {"C": "C - grant"}}},
    ...     }
    ... )
    >>> case = programme_case(game, uncertain=False)
    >>> (3 * needed_strength(case, {}, np.array([3.0])).values).round(4).tolist()
    [2.5]
    """
    strongest = _levels_by_draw(draws, levels)
    count = len(strongest)

    def names(parts: Array, rows: NDArray[np.intp]) -> NDArray[np.str_]:
        own = {name: values[rows] for name, values in draws.items()}
        towards = case.idle + parts[:, None] * (strongest[rows] - case.idle)
        ends = np.where(parts > 0, end, 0.0) if np.isfinite(end) else np.full(len(parts), np.inf)
        return outcomes_after(case, Lanes(own, towards, np.zeros(len(parts)), ends))

    every = np.arange(count)
    table = np.array([names(np.full(count, k / GRID), every) for k in range(GRID + 1)])
    works = table == case.target

    def halved(low: Array, high: Array, rows: NDArray[np.intp]) -> Array:
        return _bisected(low, high, halvings, lambda middle, k: names(middle, rows[k]) == case.target)

    return _needed(works, (table == "undecided").any(axis=0), halved)


def needed_duration(
    case: ProgrammeCase, draws: Draws, levels: Array, longest: float, *, halvings: int = HALVINGS
) -> Needed:
    """Return the part of the time `longest` for which levels must last in each draw, before they are idle
    again.

    Parameters
    ----------
    case : ProgrammeCase
    draws : mapping of parameter to array (draws,)
    levels : array (instruments,), or (draws, instruments)
        Where nothing is drawn there may be several, each a lane of its own.
    longest : float
    halvings : int
        Of each stretch of the grid.
    """
    standing = _levels_by_draw(draws, levels)
    count = len(standing)
    lanes = Lanes(dict(draws), standing, np.zeros(count), np.full(count, longest))
    first, grid = today(case, lanes), np.arange(1, GRID + 1) / GRID
    samples, _, whole = followed(
        case.field(lanes.draws, lanes.levels),
        first,
        1.0,
        rows=np.arange(count),
        times=grid,
        factor=np.full(count, float(longest)),
        tolerance=ONE,
        most_steps=MOST_STEPS,
    )
    samples[~whole] = np.nan
    states = np.concatenate([first[None], np.moveaxis(samples, (0, 1, 2), (2, 0, 1))])
    table = np.array([_afterwards(case, draws, at, np.arange(count)) for at in states])
    works = table == case.target

    def halved(low: Array, high: Array, rows: NDArray[np.intp]) -> Array:
        at = np.stack(
            [states[k, :, row] for k, row in zip(np.rint(low * GRID).astype(int), rows, strict=True)], axis=1
        )
        since = low.copy()

        def works_after(middle: Array, k: NDArray[np.intp]) -> Mask:
            own = lanes.select(rows[k])
            there = pushed(case, own, own.levels, at[:, k], (middle - since[k]) * longest)
            good: Mask = _afterwards(case, draws, there, rows[k]) == case.target
            at[:, k], since[k] = np.where(good, at[:, k], there), np.where(good, since[k], middle)
            return good

        return _bisected(low, high, halvings, works_after)

    return _needed(works, (table == "undecided").any(axis=0), halved)


def _bisected(
    low: Array, high: Array, halvings: int, works: Callable[[Array, NDArray[np.intp]], Mask]
) -> Array:
    """Return the upper ends (rows,) after bisection, at which the programme works."""
    low, high = low.copy(), high.copy()
    for turn in range(max(halvings, MOST_HALVINGS)):
        k = np.flatnonzero((high - low > RELATIVE * high) | (turn < halvings))
        if not k.size:
            break
        middle = (low[k] + high[k]) / 2
        good = works(middle, k)
        low[k], high[k] = np.where(good, low[k], middle), np.where(good, middle, high[k])
    return high


def _levels_by_draw(draws: Draws, levels: Array) -> Array:
    """Return the levels of each draw, (draws, instruments)."""
    if levels.ndim == 2:
        return levels
    count = len(next(iter(draws.values()))) if draws else 1
    return np.broadcast_to(levels, (count, len(levels)))


def _afterwards(case: ProgrammeCase, draws: Draws, at: Array, rows: NDArray[np.intp]) -> NDArray[np.str_]:
    """Return where states (m, rows) end once all levels are idle."""
    own = {name: values[rows] for name, values in draws.items()}
    return ends_at(case, own, np.broadcast_to(case.idle, (len(rows), len(case.idle))), at)


def _needed(
    works: Mask, undecided: Mask, halved: Callable[[Array, Array, NDArray[np.intp]], Array]
) -> Needed:
    """Return what draws need from where programmes work on the grid, (points, draws)."""
    count = works.shape[1]
    failing = ~works
    last = np.where(failing.any(axis=0), GRID - failing[::-1].argmax(axis=0), -1)
    values = np.where(last < 0, 0.0, np.inf)
    rows = np.flatnonzero((last >= 0) & (last < GRID))
    if rows.size:
        values[rows] = halved(last[rows] / GRID, (last[rows] + 1) / GRID, rows)
    earlier = np.arange(GRID + 1)[:, None] < np.broadcast_to(last, (GRID + 1, count))
    again: Mask = np.asarray((works & earlier).any(axis=0))
    return Needed(values, again, undecided)
