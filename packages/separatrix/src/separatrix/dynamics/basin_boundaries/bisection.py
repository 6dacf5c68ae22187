"""States on the basin boundary, each bracketed by two starts with different outcomes.

On a segment between two starts of different outcomes the line is crossed at least once.  Halving finds a
crossing; then both starts are followed again at a hundredth of the tolerance, and moved apart where they
no longer have their outcomes.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike, NDArray

from separatrix.dynamics.basin_boundaries.tolerances import CONTROL, ROUGH, ROUGH_WIDTH, TOLERANCE, UNCUT
from separatrix.dynamics.tolerances import NOT_ZERO

if TYPE_CHECKING:
    from separatrix.dynamics.basin_boundaries.outcome_labels import OutcomeLabels

__all__ = ["Brackets", "BisectionSearch", "bracket"]

Array = NDArray[np.float64]
Codes = NDArray[np.int16]

CUTS = (0.5, 0.38, 0.57, 0.44)
"""Where a bracket is cut: elsewhere after a trajectory that ended nowhere, as it does on the boundary itself.
Fewer: brackets whose middle lies on a symmetric boundary stay open."""

WIDENINGS = 8
"""How often to widen a bracket whose starts have the wrong outcomes, by a factor of two each time. Fewer:
it is opened to the whole segment, and its reported error grows accordingly."""

HARDLY_CUT = 0.65
"""What is left of a bracket, after a cut, that counts as a cut which ended nowhere. Smaller: brackets are
given up sooner."""

TOGETHER = 3_000
"""Trajectories that take hardly longer than one: where there are fewer, brackets are cut into more parts.
Only the time that it takes depends on it."""


@dataclass(frozen=True, eq=False)
class Brackets:
    """Crossings of segments.

    Attributes
    ----------
    low, high : array (segments, strategies)
        Weights of two starts of different outcomes, that of the beginning and that of the end of the segment.
    middle : array (segments, strategies)
        Weights in the middle between them.
    error : array (segments,)
        How far the line may be from the middle: half the distance between the starts.
    """

    low: Array
    high: Array
    middle: Array
    error: Array


def bracket(
    labels: OutcomeLabels, begin: Array, end: Array, of_begin: Codes, of_end: Codes, precision: float
) -> Brackets:
    """Find on each segment where the outcome of its beginning gives way to that of its end.

    Parameters
    ----------
    labels : OutcomeLabels
    begin, end : array (segments, strategies)
        Weights.
    of_begin, of_end : array (segments,)
        The codes of their outcomes, which differ.
    precision : float
        The distance between the two starts to come down to.
    """
    lengths = np.linalg.norm(labels.chart.places(end - begin), axis=1)
    search = BisectionSearch(labels, begin, end, of_begin, of_end, np.maximum(lengths, NOT_ZERO))
    search.halve(ROUGH, max(ROUGH_WIDTH, precision))
    search.control(TOLERANCE)
    search.halve(TOLERANCE, precision)
    search.control(CONTROL)
    low, high = search.at(search.low), search.at(search.high)
    return Brackets(low, high, search.at((search.low + search.high) / 2), search.widths() / 2)


def _parts(brackets: int) -> int:
    return next(k for k in (15, 7, 3, 1) if k == 1 or brackets * k <= TOGETHER)


class BisectionSearch:
    """Brackets as they close: fractions of the way along each segment."""

    def __init__(
        self, labels: OutcomeLabels, begin: Array, end: Array, of_begin: Codes, of_end: Codes, lengths: Array
    ) -> None:
        self.labels, self.begin, self.end, self.lengths = labels, begin, end, lengths
        self.of_low, self.of_high = of_begin, of_end
        self.low, self.high = np.zeros(len(begin)), np.ones(len(begin))

    def widths(self) -> Array:
        """Return how far apart the two starts of each segment are."""
        return (self.high - self.low) * self.lengths

    def at(self, fraction: Array, rows: NDArray[np.intp] | slice = slice(None)) -> Array:
        """Return the weights at fractions of segments."""
        return self.begin[rows] * (1 - fraction)[:, None] + self.end[rows] * fraction[:, None]

    def halve(self, tolerance: float, width: ArrayLike) -> None:
        """Cut the brackets that are wider than `width` into halves, or more parts where they are few."""
        tries = np.zeros(len(self.low), dtype=int)
        wanted = np.broadcast_to(np.asarray(width, dtype=float), self.low.shape)
        while True:
            wide = (self.widths() > wanted) & (self.high - self.low > UNCUT) & (tries < len(CUTS))
            rows = np.flatnonzero(wide)
            if not rows.size:
                return
            low, high = self.low[rows], self.high[rows]
            cuts = _parts(rows.size)
            parts = np.arange(1, cuts + 1) / (cuts + 1) + (np.array(CUTS)[tries[rows]] - 0.5)[:, None] / cuts
            at = low[:, None] + (high - low)[:, None] * parts
            codes = self.labels(self.at(at.reshape(-1), np.repeat(rows, cuts)), tolerance).reshape(at.shape)
            ends = np.concatenate([low[:, None], at, high[:, None]], axis=1)
            # The last cut before anything but the first outcome is met, and the next one of the second
            # outcome.
            last = np.ones((rows.size, 1), dtype=bool)
            first = np.hstack([codes != self.of_low[rows, None], last]).argmax(axis=1)
            second = np.hstack([codes == self.of_high[rows, None], last])
            second &= np.arange(cuts + 1) >= first[:, None]
            each = np.arange(rows.size)
            self.low[rows], self.high[rows] = ends[each, first], ends[each, second.argmax(axis=1) + 1]
            tries[rows[self.high[rows] - self.low[rows] > HARDLY_CUT * (high - low)]] += 1

    def control(self, tolerance: float) -> None:
        """Follow both starts of each bracket again, and move them apart until they have their outcomes."""
        rows = np.arange(len(self.low))
        for k in range(WIDENINGS):
            apart = self.high[rows] - self.low[rows]
            low = self.labels(self.at(self.low[rows], rows), tolerance) == self.of_low[rows]
            high = self.labels(self.at(self.high[rows], rows), tolerance) == self.of_high[rows]
            down, up = rows[~low], rows[~high]
            self.low[down] = np.maximum(0.0, self.low[down] - apart[~low] * 2.0**k)
            self.high[up] = np.minimum(1.0, self.high[up] + apart[~high] * 2.0**k)
            rows = rows[~(low & high)]
            if not rows.size:
                return
        self.low[rows], self.high[rows] = 0.0, 1.0
