"""Sampled programmes: levels all over the ranges of the instruments, permanent or temporary.

A programme too weak to reach the target wastes money. So for each sampled direction the required strength
of a permanent programme, and the required length of a temporary one, are computed at the baseline values.
Programmes then exceed these by margins.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from separatrix.dynamics.parameter_uncertainty.uncertainty import Draws, unit_cube
from separatrix.errors import InputError
from separatrix.policy.followed_programmes import ProgrammeCase
from separatrix.policy.programme import Programme, named_levels
from separatrix.policy.required_strength import needed_duration, needed_strength
from separatrix.sentences import say

__all__ = ["MARGINS", "around", "directions", "programmes_along"]

Array = NDArray[np.float64]

MARGINS = (1e-3, 0.02, 0.05, 0.1, 0.2, 0.3, 0.45, 0.6, 0.8, 1.2, 1.8, 3.0, 6.0)
"""By which part of what is needed at the baseline values programmes go beyond it. The first is what stands
for an infimum, which no programme attains: wider than what rounding to `DIGITS` takes away."""

DIGITS = 4
"""For levels and times, so that the reported values are those that were simulated."""

SHARES = (0.1, 0.25, 0.4, 0.55, 0.7, 0.8, 0.9, 0.97, 1.0)
"""Of the draws by which programmes are sifted: what these need is looked at where success is an objective."""

TOGETHER = 3
"""The most instruments that are sampled together; near the front others may be taken up."""

ALONE = 12
"""Levels of each instrument without the others."""


@dataclass(frozen=True)
class VariableBounds:
    """The levels that are possible.

    Attributes
    ----------
    low, high, idle : array (instruments,)
    """

    low: Array
    high: Array
    idle: Array


def box_of(case: ProgrammeCase) -> VariableBounds:
    """Return the levels that are possible.

    Raises
    ------
    InputError
        P184 for an instrument without a range.
    """
    for name, (low, high) in zip(case.names, case.ranges.tolist(), strict=True):
        if not (np.isfinite(low) and np.isfinite(high)):
            raise InputError(
                "P184",
                say("{name} has no range, so that its strongest level is not known", name=f"`{name}`"),
                hint=say("give it a `range` in the game file, or a level"),
            )
    return VariableBounds(case.ranges[:, 0], case.ranges[:, 1], case.idle)


def directions(case: ProgrammeCase, count: int, seed: int) -> Array:
    """Return levels (directions, instruments) all over the box: each instrument alone, then a few together.

    Examples
    --------
    >>> from separatrix.game.reader import load
    >>> from separatrix.policy.followed_programmes import programme_case
    >>> game = load(
    ...     {
    ...         "payoff_matrix": [["4 - C", "1 - C"], [2, 2]],
    ...         "parameters": {"C": 3},
    ...         "today": {"x": 0.5},
    ...         "instruments": {"grant": {"range": [0, 3], "changes": {"C": "C - grant"}}},
    ...     }
    ... )
    >>> directions(programme_case(game, uncertain=False), 3, 0).tolist()
    [[1.0], [2.0], [3.0]]
    """
    box, size = box_of(case), len(case.names)
    rows: list[Array] = []
    alone = count if size == 1 else min(ALONE, max(1, count // (2 * size)))
    for k in range(size):
        for end in (box.low[k], box.high[k]):
            if end != box.idle[k]:
                for part in np.arange(1, alone + 1) / alone:
                    row = box.idle.copy()
                    row[k] += part * (end - box.idle[k])
                    rows.append(row)
    if size > 1 and count > len(rows):
        more = count - len(rows)
        cube = unit_cube(size, more, seed, "sobol")
        levels = box.low + cube * (box.high - box.low)
        rows += list(np.where(_used(size, more, seed), levels, box.idle))
    return np.array(rows).reshape(-1, size)


def _used(size: int, count: int, seed: int) -> NDArray[np.bool_]:
    """Return which instruments are used together (count, size): at most `TOGETHER` of them."""
    stream = np.random.default_rng(np.random.SeedSequence(seed))
    order = stream.random((count, size)).argsort(axis=1).argsort(axis=1)
    return np.asarray(order < stream.integers(2, TOGETHER + 1, size=(count, 1)))


def around(case: ProgrammeCase, levels: Array, width: float, each: int, seed: int) -> Array:
    """Return levels near to given ones (programmes, instruments), within a part of each range."""
    box, size = box_of(case), len(case.names)
    if not len(levels):
        return levels
    cube = unit_cube(size, each * len(levels), seed, "sobol").reshape(len(levels), each, size)
    moved = levels[:, None] + width * (2 * cube - 1) * (box.high - box.low)
    # An instrument that is not used stays so, but for one at times: few are easier to run than many.
    stream = np.random.default_rng(np.random.SeedSequence(seed))
    taken_up = stream.integers(0, 2 * size, size=(*moved.shape[:2], 1)) == np.arange(size)
    moved = np.where((levels == box.idle)[:, None] & ~taken_up, box.idle, moved)
    found: Array = np.clip(moved, box.low, box.high).reshape(-1, size)
    return found


def programmes_along(
    case: ProgrammeCase, levels: Array, horizon: float, draws: Draws | None = None
) -> list[Programme]:
    """Return programmes with levels (directions, instruments): permanent and temporary, just enough and more.

    Parameters
    ----------
    case : ProgrammeCase
    levels : array (directions, instruments)
    horizon : float
        The longest temporary programme.
    draws : mapping of parameter to array (draws,), optional
        By which more is not a margin, but what some share of these draws needs.
    """
    if not len(levels):
        return []
    found: dict[tuple[tuple[float, ...], float], Programme] = {}

    def add(levels: Array, until: float | None) -> None:
        own, end = np.array([_rounded(v) for v in levels]), None if until is None else _rounded(until)
        own = np.clip(own, case.ranges[:, 0], case.ranges[:, 1])
        key = (tuple(own.tolist()), np.inf if end is None else end)
        found.setdefault(key, Programme(named_levels(case.names, own.tolist(), case.idle.tolist()), 0.0, end))

    levels = np.clip(
        np.array([[_rounded(v) for v in row] for row in levels]), case.ranges[:, 0], case.ranges[:, 1]
    )
    strengths = needed_strength(case, {}, levels).values
    durations = needed_duration(case, {}, levels, horizon).values
    stronger, longer = (
        ([_beyond(v) for v in strengths.tolist()], [_beyond(v) for v in durations.tolist()])
        if draws is None
        else _for_shares(case, levels, horizon, draws, strengths, durations)
    )
    for row, strong, long in zip(levels, stronger, longer, strict=True):
        add(row, None)
        for part in strong:
            add(case.idle + part * (row - case.idle), None)
        for part in long:
            add(row, part * horizon)
    return list(found.values())


def _for_shares(
    case: ProgrammeCase, levels: Array, horizon: float, draws: Draws, strengths: Array, durations: Array
) -> tuple[list[list[float]], list[list[float]]]:
    """Return which parts of the strength and of the horizon some shares of the draws need, by direction."""
    count = len(next(iter(draws.values())))
    tiled = {name: np.tile(values, len(levels)) for name, values in draws.items()}
    every = np.repeat(levels, count, axis=0)
    result = []
    for needed, baseline in (
        (needed_strength(case, tiled, every).values, strengths),
        (needed_duration(case, tiled, every, horizon).values, durations),
    ):
        ordered = np.sort(needed.reshape(len(levels), count), axis=1)
        places = np.ceil(np.array(SHARES) * count).astype(int) - 1
        rows = np.concatenate([ordered[:, places], baseline[:, None]], axis=1)
        result.append([sorted({p for v in row for p in _beyond(v)[:1]}) for row in rows.tolist()])
    return result[0], result[1]


def _rounded(value: float) -> float:
    return float(f"{value:.{DIGITS}g}")


def _beyond(needed: float) -> list[float]:
    """Return parts beyond what is needed, all below one; none where nothing or too much is needed."""
    return [needed * (1 + margin) for margin in MARGINS if 0 < needed * (1 + margin) < 1]
