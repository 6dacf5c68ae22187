"""How strong, or how long, programmes that reach the target are in each draw of the parameters.

What works in a draw is a set of parts of the strongest programme, not always all above some least one, for
payoffs need not be monotone in the levels.  The set is searched on a grid, whose points are spread by what
the levels do to payoffs and include the levels at which that is largest or smallest; between neighbours of
which only one works its end is bisected, in all draws at once.  Parts between two points of the grid may be
missed.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from separatrix.dynamics.integration.tolerances import ONE
from separatrix.dynamics.parameter_uncertainty.drawn_field import DrawnField
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
Rows = NDArray[np.intp]
Mask = NDArray[np.bool_]

GRID = 24
"""Stretches of the range that are looked at before bisection. Fewer: ranges in which a programme works are
overlooked more often."""

SPREAD_EVENLY = 0.25
"""How much of the grid is spread by strength, and not by what it does to payoffs. 0: where payoffs hardly
change nothing is looked at."""

MESH = np.concatenate([[0.0], 2.0 ** np.arange(-36, -5), np.arange(1, 33) / 32])
"""Parts of the strongest programme at which payoffs are evaluated, to spread the grid."""

MOST_TURNS = 6
"""Of payoffs in a draw, whose levels are added to the grid."""

TURNS_BY = 1e-8
"""How much payoffs turn by, over the largest advantage. Less: rounding looks like a turn."""

TURN_HALVINGS = 40
"""Of the golden section: the level is known to a part of 4e-9 of two steps of the mesh."""

HALVINGS = 14
"""Of each stretch: what is needed is known to 3e-6 of the range, rounded up."""

RELATIVE = 1e-4
"""Relative accuracy of the ends of what works: a range much wider than the strength is halved further."""

MOST_HALVINGS = 40
"""Of a stretch, where what is needed is next to nothing."""

SHORTEST, LONGER = 0.125, 2.0
"""The first time that is looked at, in units of the time in which the fastest log-odds change by one, and the
ratio of the next ones, before the grid begins."""


@dataclass(frozen=True, eq=False)
class Needed:
    """What works in each draw.

    Attributes
    ----------
    values : array (draws,)
        From 0 to 1, the weakest part of the strongest programme that was found to work; infinite if none was.
    ranges : array (ranges, 2)
        The parts from and to which programmes work, those of all draws, in the order of the draws.
    fails_again : array (draws,) of bool
        Whether some stronger programme fails though a weaker one works.
    undecided : array (draws,) of bool
        Whether for some programme no outcome was found; it counts as a failure.
    """

    values: Array
    ranges: Array
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

    parts = _spread_parts(case, draws, strongest)
    every = np.arange(count)
    table = np.array([names(own, every) for own in parts])

    def works(middle: Array, k: Rows, rows: Rows) -> Mask:
        return np.asarray(names(middle, rows[k]) == case.target)

    return _needed(
        parts,
        table == case.target,
        (table == "undecided").any(axis=0),
        lambda failing, working, rows, _: _bisected(
            failing, working, halvings, lambda middle, k: works(middle, k, rows)
        ),
    )


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
    first, grid = today(case, lanes), _times(case, longest)
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
    parts = np.concatenate([[0.0], grid])

    def halved(failing: Array, working: Array, rows: Rows, columns: Rows) -> Array:
        """From the earlier end of each stretch trajectories go on."""
        at = np.stack([states[k, :, row] for k, row in zip(columns, rows, strict=True)], axis=1)
        since = parts[columns]
        first_works = since == working

        def works_after(middle: Array, k: Rows) -> Mask:
            own = lanes.select(rows[k])
            there = pushed(case, own, own.levels, at[:, k], (middle - since[k]) * longest)
            good: Mask = _afterwards(case, draws, there, rows[k]) == case.target
            on = good == first_works[k]
            at[:, k], since[k] = np.where(on, there, at[:, k]), np.where(on, middle, since[k])
            return good

        return _bisected(failing, working, halvings, works_after)

    return _needed(
        np.repeat(parts[:, None], count, axis=1),
        table == case.target,
        (table == "undecided").any(axis=0),
        halved,
    )


def _times(case: ProgrammeCase, longest: float) -> Array:
    """Return parts of the longest time, without 0: finer at first, where trajectories change most."""
    even = np.arange(1, GRID + 1) / GRID
    first = SHORTEST / (longest * (case.field({}, case.idle[None]).scale or 1.0))
    if not 0 < first < even[0]:
        return even
    steps = int(np.ceil(np.log(even[0] / first) / np.log(LONGER)))
    return np.concatenate([even[0] * LONGER ** -np.arange(min(steps, MOST_HALVINGS), 0.0, -1.0), even])


def _spread_parts(case: ProgrammeCase, draws: Draws, strongest: Array) -> Array:
    """Return the parts of the strongest programme that are looked at in each draw, (points, draws), sorted.

    They are evenly spread by the change of payoffs, on a scale that is linear up to the largest advantage
    without a programme and logarithmic beyond, and include the parts at which a payoff turns.
    """
    count = len(strongest)
    field = case.field(draws, strongest)

    def field_at(parts: Array, rows: Rows) -> DrawnField:
        levels = case.idle + parts[:, None] * (strongest[rows] - case.idle)
        own = {name: values[rows] for name, values in draws.items()}
        return replace(field, draws={**own, **dict(zip(case.names, levels.T, strict=True))})

    every = np.arange(count)
    scale = field_at(np.zeros(count), every).rates
    effects = np.array([_effects(case, field_at(np.full(count, part), every)) for part in MESH])
    scale = np.where(scale > 0, scale, np.nanmax(np.abs(effects), axis=(0, 1), initial=0.0))
    effects = effects / np.where((scale > 0) & np.isfinite(scale), scale, 1.0)
    with np.errstate(invalid="ignore"):
        moved = np.nan_to_num(np.abs(np.diff(np.arcsinh(effects), axis=0)), posinf=0.0).max(axis=1)
    length = np.concatenate([np.zeros((1, count)), np.cumsum(moved, axis=0)])
    whole = length[-1]
    length = length / np.where(whole > 0, whole, 1.0) * (1 - SPREAD_EVENLY) + SPREAD_EVENLY * MESH[:, None]
    aims = np.arange(GRID + 1) / GRID
    parts = np.stack([np.interp(aims * own[-1], own, MESH) for own in length.T], axis=1)
    parts[0], parts[-1] = 0.0, 1.0
    turns = _turns(effects, lambda parts, rows: _effects(case, field_at(parts, rows)))
    return np.sort(np.concatenate([parts, turns]), axis=0)


def _effects(case: ProgrammeCase, field: DrawnField) -> Array:
    """Return advantages (advantages, lanes) at the middle, at today's state and at some pure profiles."""
    populations = case.game.populations
    sizes = [len(p.strategies) for p in populations]
    states = [[np.full(size, 1 / size) for size in sizes]]
    weights, place = [], 0
    for size in sizes:
        shares = case.start[place : place + (1 if size == 2 else size)]
        weights.append(np.array([shares[0], 1 - shares[0]] if size == 2 else shares))
        place += len(shares)
    states.append(weights)
    for k in range(max(sizes)):
        states.append([np.eye(size)[min(k, size - 1)] for size in sizes])
    return np.concatenate(
        [(rates[:, 1:] - rates[:, :1]).T for state in states for rates in field.growth_at(state)]
    )


def _turns(effects: Array, effects_at: Callable[[Array, Rows], Array]) -> Array:
    """Return the parts at which an advantage turns in each draw, (at most `MOST_TURNS`, draws), filled by 1.

    The golden section finds each between its neighbours on the mesh.
    """
    steps = np.diff(effects, axis=0)
    with np.errstate(invalid="ignore"):
        least = np.minimum(np.abs(steps[1:]), np.abs(steps[:-1]))
        least = np.where((steps[1:] * steps[:-1] < 0) & (least > TURNS_BY), least, 0.0)
    result = np.ones((MOST_TURNS, effects.shape[2]))
    own, at = np.nonzero(least.any(axis=1).T)
    number = np.arange(len(own)) - np.searchsorted(own, own)
    kept = number < MOST_TURNS
    own, at, number = own[kept], at[kept], number[kept]
    if not own.size:
        return result[:0]
    which = least[at, :, own].argmax(axis=1)
    sign = np.sign(steps[at, which, own])
    low, high = MESH[at], MESH[at + 2]
    golden = (np.sqrt(5.0) - 1) / 2

    def value(parts: Array) -> Array:
        return np.asarray(sign * effects_at(parts, own)[which, np.arange(len(own))])

    left, right = high - golden * (high - low), low + golden * (high - low)
    first, second = value(left), value(right)
    for _ in range(TURN_HALVINGS):
        down = first >= second  # the largest value lies on the left
        low, high = np.where(down, low, left), np.where(down, right, high)
        new = np.where(down, high - golden * (high - low), low + golden * (high - low))
        at_new = value(new)
        left, right = np.where(down, new, right), np.where(down, left, new)
        first, second = np.where(down, at_new, second), np.where(down, first, at_new)
    result[number, own] = (low + high) / 2
    return result[: number.max() + 1]


def _bisected(failing: Array, working: Array, halvings: int, works: Callable[[Array, Rows], Mask]) -> Array:
    """Return the parts (stretches,) at which programmes work, moved towards those at which they fail."""
    failing, working = failing.copy(), working.copy()
    for turn in range(max(halvings, MOST_HALVINGS)):
        wide = np.abs(working - failing) > RELATIVE * np.maximum(working, failing)
        k = np.flatnonzero(wide | (turn < halvings))
        if not k.size:
            break
        middle = (failing[k] + working[k]) / 2
        good = works(middle, k)
        failing[k], working[k] = np.where(good, failing[k], middle), np.where(good, middle, working[k])
    return working


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
    parts: Array, works: Mask, undecided: Mask, halved: Callable[[Array, Array, Rows, Rows], Array]
) -> Needed:
    """Return what works in each draw from what works on the grid, both (points, draws).

    `halved` receives at which parts programmes fail and work, the draws, and the places of the lower parts.
    """
    last, count = len(works) - 1, works.shape[1]
    beyond = np.zeros((1, count), dtype=bool)
    rows, first = np.nonzero((works & ~np.concatenate([beyond, works[:-1]])).T)
    _, final = np.nonzero((works & ~np.concatenate([works[1:], beyond])).T)
    ranges = np.stack([parts[first, rows], parts[final, rows]], axis=1)
    below, above = np.flatnonzero(first > 0), np.flatnonzero(final < last)
    if below.size or above.size:
        own = np.concatenate([rows[below], rows[above]])
        lower = np.concatenate([first[below] - 1, final[above]])
        inner = np.concatenate([first[below], final[above]])
        outer = np.concatenate([first[below] - 1, final[above] + 1])
        ends = halved(parts[outer, own], parts[inner, own], own, lower)
        ranges[below, 0], ranges[above, 1] = np.split(ends, [below.size])
    values, again = np.full(count, np.inf), np.zeros(count, dtype=bool)
    np.minimum.at(values, rows, ranges[:, 0])
    again[rows[above]] = True
    return Needed(values, ranges, again, undecided)
