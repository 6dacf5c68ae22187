"""The information in a place among others: a mixed-integer programme in which they may change sides.

A place states how many others are on a side, not which. So each may change sides, with a binary variable
each, while the count stays within its bounds.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from separatrix_cluster.disclosure.releases import Array, Knowledge, Releases, Target

__all__ = ["farthest", "with_sides_changed"]

FAR = 10.0
"""Sums of others move by no more than so many times what they are made of; what needs more counts as none."""


def with_sides_changed(
    releases: Releases, target: Target, known: Knowledge, change: float
) -> Knowledge | None:
    """Return what is known in a world where the target may change by this amount or more, if one exists.

    The possible values over several worlds may have gaps: a change of exactly this amount may be in none of
    them.
    """
    solved = _solve(releases, target, known, change, np.zeros(len(known.room)))
    if solved is None:
        return None
    return _changed(releases, known, solved)


def farthest(releases: Releases, target: Target, known: Knowledge, sign: float) -> Knowledge:
    """Return what is known of the world in which a target can rise, or fall, farthest."""
    goal = np.zeros(len(known.room))
    goal[: len(target.at)] = -sign * np.array(target.weights)
    solved = _solve(releases, target, known, None, goal)
    # Without an end it is in any world, since sums of others are bounded in all of them.
    return known if solved is None else _changed(releases, known, solved)


def _changed(releases: Releases, known: Knowledge, solved: Array) -> Knowledge:
    """Return what is known of the world that a programme found."""
    down, up = known.down.copy(), known.up.copy()
    for k, changed in zip(_side_rows(releases, known), solved[len(known.room) :] > 0.5, strict=True):
        if changed:
            down[k], up[k] = (up[k], np.inf) if np.isfinite(up[k]) else (-np.inf, down[k])
    return replace(known, down=down, up=up)


def _as_far(change: float) -> tuple[float, float]:
    """Return between which ends changes are that go as far, or farther."""
    return (change, np.inf) if change > 0 else (-np.inf, change)


def _side_rows(releases: Releases, known: Knowledge) -> list[int]:
    return [k for k, f in enumerate(known.figures.tolist()) if f in releases.sides]


def _solve(
    releases: Releases, target: Target, known: Knowledge, change: float | None, goal: Array
) -> Array | None:
    """Return movements of the columns, then which others change sides."""
    from scipy.optimize import Bounds, LinearConstraint, milp
    from scipy.sparse import csr_array, hstack

    size = target.value or 1.0
    rows = _side_rows(releases, known)
    room = known.room / size
    down, up = known.down / size, known.up / size
    ends = np.where(np.isfinite(up), up, -down)[rows]  # to zero, from where the others stand
    reach = FAR * (abs(known.block[rows]) @ room + ends) + 1.0
    turn = np.zeros((len(known.figures), len(rows)))
    count = np.zeros((len(known.places), len(room) + len(rows)))
    for number, k in enumerate(rows):
        place, by = releases.sides[int(known.figures[k])]
        # Where it changes sides, the sum lies on the other side of zero: a row for both.
        turn[k, number] = by * reach[number]
        if by < 0:
            down[k] = up[k] - reach[number]
        else:
            up[k] = down[k] + reach[number]
        count[known.places.index(place), len(room) + number] = by
    told = [(releases.places[p], releases.count[p]) for p in known.places]
    constraints: list[Any] = [
        LinearConstraint(hstack([known.block, csr_array(turn)]), down, up),
        LinearConstraint(
            csr_array(count),
            np.array([p.least - n for p, n in told]),
            np.array([p.most - n for p, n in told]),
        ),
    ]
    if change is not None:
        moved = np.zeros((1, len(room) + len(rows)))
        moved[0, : len(target.at)] = target.weights
        least, most = _as_far(change / size)
        constraints.append(LinearConstraint(csr_array(moved), least, most))
    solved = milp(
        np.r_[goal, np.zeros(len(rows))],
        constraints=constraints,
        bounds=Bounds(
            np.r_[-room, np.zeros(len(rows))], np.r_[np.full(len(room), np.inf), np.ones(len(rows))]
        ),
        integrality=np.r_[np.zeros(len(room)), np.ones(len(rows))],
    )
    if solved.x is None or solved.status != 0:
        return None
    found: Array = np.r_[solved.x[: len(room)] * size, solved.x[len(room) :]]
    return found
