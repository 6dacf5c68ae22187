"""Movements that were witnesses of one audit, as witnesses of the next: of other tables of the same values.

A movement that moves a value as far as required while the figures stay the same refutes all coalitions that
do not hit it (see `coalition`). Whether it also preserves the figures of another table is a sum for each; a
movement that preserves a table also does with figures withheld, and with groups merged except for rounding.
So a search for a table that passes solves programmes only for what is new in a table.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping

import numpy as np

from separatrix_cluster.disclosure.released_figure import Cell
from separatrix_cluster.disclosure.releases import Releases, Target

__all__ = ["WitnessMovements"]

KEPT = 1024
"""How many movements of one value are kept."""

EXACT = 1e-8
"""Relative to a movement: how exactly it has to keep what everybody knows, finer than a programme does."""


class WitnessMovements:
    """Movements of single values, by the value that they move.

    Examples
    --------
    What keeps the sums of two groups keeps that of both, and not those of other groups.

    >>> from separatrix_cluster.disclosure.released_figure import total
    >>> cells = [Cell(name, "heat") for name in "ABCD"]
    >>> values = dict.fromkeys(cells, 5.0)
    >>> kept, first = WitnessMovements(), Releases(values, [total("1", cells[:2], values)])
    >>> kept.add(first, first.targets[0], {0: 1.0, 1: -1.0})
    >>> both = Releases(values, [total("all", cells, values)])
    >>> kept.still(both, both.targets[0], 1.0)
    [{0: 1.0, 1: -1.0}]
    >>> other = Releases(values, [total("2", cells[::2], values), total("3", cells[1::2], values)])
    >>> kept.still(other, other.targets[0], 1.0)
    []
    """

    def __init__(self) -> None:
        self._kept: dict[frozenset[tuple[Cell, float]], deque[dict[Cell, float]]] = {}

    def add(self, releases: Releases, target: Target, moved: Mapping[int, float]) -> None:
        """Keep a movement: by how much each cell moves."""
        kept = self._kept.setdefault(_terms(releases, target), deque(maxlen=KEPT))
        kept.appendleft({releases.cells[i]: step for i, step in moved.items()})

    def still(self, releases: Releases, target: Target, change: float) -> list[dict[int, float]]:
        """Return movements that change a target by at least this amount while the public figures stay the
        same.

        Those that were kept may serve the other way round as well.
        """
        from scipy.sparse import csc_array

        known = self._kept.get(_terms(releases, target))
        if not known:
            return []
        position = releases.position
        goal = dict(zip(target.at, target.weights, strict=True))
        moved = []
        for one in known:
            # A value of which nothing is told here may move as it likes.
            steps = {position[c]: step for c, step in one.items() if c in position}
            ahead = sum(w * steps.get(i, 0.0) for i, w in goal.items()) * change > 0
            moved.append(steps if ahead else {i: -step for i, step in steps.items()})
        cells = np.array([i for one in moved for i in one], dtype=np.int64)
        sizes = np.array([step for one in moved for step in one.values()])
        number = np.repeat(np.arange(len(moved)), [len(one) for one in moved])
        matrix = csc_array((sizes, (cells, number)), shape=(len(releases.x), len(moved)))
        public = np.flatnonzero(releases.reader < 0)
        sums = (releases.matrix[public] @ matrix).toarray()
        weights = np.zeros(len(releases.x))
        weights[list(target.at)] = target.weights
        gone = np.abs(weights @ matrix)
        slack = EXACT * gone
        fits = np.all(
            (sums >= releases.down[public, None] - slack) & (sums <= releases.up[public, None] + slack),
            axis=0,
        )
        fits[number[sizes < -releases.x[cells] - slack[number]]] = False
        fits &= gone >= abs(change) - slack
        return [one for one, good in zip(moved, fits.tolist(), strict=True) if good]


def _terms(releases: Releases, target: Target) -> frozenset[tuple[Cell, float]]:
    return frozenset((releases.cells[i], w) for i, w in zip(target.at, target.weights, strict=True))
