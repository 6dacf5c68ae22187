"""Basins where the levers stand: shares of all starts, and pictures."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

from separatrix.dynamics.basins.fractions import basins as basin_fractions
from separatrix.dynamics.basins.outcome_problem import outcome_problem
from separatrix.errors import InputError
from separatrix.game.model import Game
from separatrix.game.values import exact
from separatrix.sentences import say
from separatrix.studio.arguments import (
    Arguments,
    Progress,
    count_in,
    not_understood,
    placed,
    texts_of,
)
from separatrix.studio.sentences import in_every_language

__all__ = ["basin_shares", "basins"]

Array = NDArray[np.float64]

_CELLS, _MOST_CELLS = 96, 256
_BAND = 1024
"""States that are followed together between two words on progress."""
_SAMPLES = 4096
_SECONDS = 100.0
_OUTSIDE = -1


def basins(game: Game, arguments: Arguments, progress: Progress) -> dict[str, Any]:
    """Return where trajectories end from each cell of a plane through the state space.

    In addition to the positions of the levers, ``axes`` names the two shares that vary, by default the
    first two; ``at`` the texts of the others, by default today's; ``cells`` how many there are along a
    side. The other shares of a population divide the rest as they do at ``at``.

    Returns
    -------
    dict
        ``rows`` from the bottom, each a list of indices into ``outcomes``, -1 outside the state space; the
        state of a cell is that in the middle of what of it is inside.

    Examples
    --------
    >>> from separatrix.game.reader import load
    >>> answer = basins(load("shi-chen-2018"), {"cells": 4}, lambda part: None)
    >>> answer["outcomes"], answer["rows"][0], answer["rows"][-1]
    (['E1', 'E4'], [0, 0, 0, 0], [0, 0, 1, 1])
    """
    there = placed(game, arguments)
    question = outcome_problem(there.game, there.values, there.scenario)
    count = count_in(arguments, "cells", _CELLS, 2, _MOST_CELLS)
    axes = _axes(there.game, arguments)
    states, inside = _plane(there.game, axes, _point(there.game, arguments), count)
    outcomes = question.outcomes
    found: list[str] = []
    for begin in range(0, len(states), _BAND):
        found.extend(outcomes.names(states[begin : begin + _BAND]).tolist())
        progress(len(found) / max(len(states), 1))
    names = question.order(sorted(set(found)))
    order = {name: k for k, name in enumerate(names)}
    cells = np.full(count * count, _OUTSIDE)
    cells[inside] = [order[name] for name in found]
    return {
        "axes": list(axes),
        "cells": count,
        "outcomes": names,
        "rows": cells.reshape(count, count).tolist(),
        "exact": question.exact is not None,
    }


def basin_shares(game: Game, arguments: Arguments, progress: Progress) -> dict[str, Any]:
    """Return the share of all starts that ends at each rest point, those of ``separatrix basins``.

    Examples
    --------
    >>> from separatrix.game.reader import load
    >>> answer = basin_shares(load("shi-chen-2018-asymmetric"), {}, lambda part: None)
    >>> round(answer["fractions"]["E1"], 4), answer["method"], sorted(answer["told"])
    (0.5586, 'exact', ['en', 'zh'])
    """
    there = placed(game, arguments)
    found = basin_fractions(there.game, samples=_SAMPLES, budget=_SECONDS, **there.analysis_arguments)
    return {
        "fractions": dict(found.fractions),
        "intervals": None if found.intervals is None else {k: list(v) for k, v in found.intervals.items()},
        "method": found.method,
        "told": in_every_language({"how_sure": found.how_sure}),
    }


# --------------------------------------------------------------------------- a plane through the states


def _axes(game: Game, arguments: Arguments) -> tuple[str, str]:
    shares = game.shares
    given = arguments.get("axes", list(shares[:2]))
    if (
        not isinstance(given, list)
        or len(given) != 2
        or len({*map(str, given)}) != 2
        or any(name not in shares for name in given)
    ):
        raise not_understood("axes")
    return given[0], given[1]


def _point(game: Game, arguments: Arguments) -> dict[str, Fraction]:
    """Return the state that the plane goes through."""
    even = {
        share: Fraction(1, len(population.strategies))
        for population in game.populations
        for share in population.shares
    }
    given = {share: exact(text, share) for share, text in texts_of(arguments, "at").items()}
    point = {**even, **(game.today or {}), **given}
    if set(point) != set(even) or not all(0 <= value <= 1 for value in point.values()):
        raise not_understood("at")
    return point


def _plane(
    game: Game, axes: Sequence[str], point: dict[str, Fraction], count: int
) -> tuple[Array, NDArray[np.intp]]:
    """Return the states in the middles of the cells of a plane, and the numbers of the cells they are in."""
    across, up = (side.ravel() for side in np.meshgrid(np.arange(count), np.arange(count)))
    # Two shares of one population leave half of the cells on the edge: their middle is that of a triangle.
    cut = any({*axes} <= {*population.shares} for population in game.populations)
    middle = np.where(cut & (across + up + 1 == count), 1 / 3, 1 / 2)
    told = {axes[0]: (across + middle) / count, axes[1]: (up + middle) / count}
    columns: list[Array] = []
    inside = np.ones(count * count, dtype=bool)
    for population in game.populations:
        shares = population.shares
        if len(shares) == 1:
            columns.append(told.get(shares[0], np.full(count * count, float(point[shares[0]]))))
            continue
        left = 1.0 - sum((told[s] for s in shares if s in told), np.zeros(count * count))
        others = [s for s in shares if s not in told]
        weight = sum((point[s] for s in others), Fraction(0))
        if not others:
            raise InputError("W111", say("the argument {key} is not understood", key="axes"))
        for share in shares:
            part = point[share] / weight if weight else Fraction(1, len(others))
            columns.append(told[share] if share in told else left * float(part))
        inside &= left >= 0
    numbers = np.flatnonzero(inside)
    return np.stack(columns, axis=1)[numbers], numbers
