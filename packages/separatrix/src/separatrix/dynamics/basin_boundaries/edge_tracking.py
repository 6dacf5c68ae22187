"""States on the basin boundary, each bracketed by two starts with different outcomes.

On a segment between two starts of different outcomes the line is crossed at least once.  Halving finds a
crossing; then both starts are followed again at a hundredth of the tolerance, and moved apart where they
no longer have their outcomes.

Where trajectories on a surface between two basins come to: they are followed along it, between two others.

Two starts close together on opposite sides of the surface lead to different outcomes. While they stay
together, both are near a trajectory on the surface. When they begin to part, the segment between them is
bisected until they are close again, and so on. The limit is an attractor within the surface: as a rule a
saddle with one unstable direction, whose stable manifold is a part of the surface.

Skufca, J. D., Yorke, J. A. and Eckhardt, B. (2006), Edge of chaos in a parallel shear flow, Physical Review
Letters 96, 174101.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike, NDArray

from separatrix.dynamics.basin_boundaries.tolerances import (
    ARRIVED,
    BROUGHT_TOGETHER,
    CONTROL,
    PARTED,
    ROUGH,
    ROUGH_WIDTH,
    STALLED,
    TOLERANCE,
    UNCUT,
)
from separatrix.dynamics.integration.tolerances import EXACT
from separatrix.dynamics.tolerances import NOT_ZERO

if TYPE_CHECKING:
    from separatrix.dynamics.basin_boundaries.stable_manifold import OutcomeLabels

__all__ = ["BisectionSearch", "Brackets", "bracket", "edge_states"]

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


EDGE_STATES_CUTS = 31
"""Of the way between two trajectories at once. Only the time that it takes depends on it."""

CLOSINGS = 8
"""How often it is cut until they are together: of a way of one, thirty-two parts eight times leave 1e-12.
Fewer: they part sooner."""

ROUNDS = 16
"""Fewer: slow trajectories along a surface end elsewhere than where they come to."""

SAMPLES = 32
"""States that are looked at in a round. Fewer: it is seen less exactly when they part."""

SPAN = 10.0
"""How long a round is at first, in units of the fastest growth rate; it adapts."""


def edge_states(
    labels: OutcomeLabels,
    low: Array,
    high: Array,
    of_low: Codes,
    of_high: Codes,
    targets: tuple[Array, Array],
) -> Array:
    """Return how near (starts, targets) trajectories on the surface have come, in the end, to rest states.

    Parameters
    ----------
    labels : OutcomeLabels
    low, high : array (starts, strategies)
        Weights of starts close together on both sides of the surface.
    of_low, of_high : array (starts,)
        The codes of their outcomes.
    targets : two arrays (targets, n)
        The shares of both ends of lines of rest states, which are the same for a rest point.
    """
    from separatrix.dynamics.integration.batch import batch

    chart, field = labels.chart, labels.field
    a, b = chart.log_odds(low).T.copy(), chart.log_odds(high).T.copy()
    result = np.full((len(low), len(targets[0])), np.inf)
    before = np.full((len(low), len(field.shares)), np.inf)
    going, span = np.arange(len(low)), SPAN / (field.scale or 1.0)
    for _ in range(ROUNDS):
        a[going], b[going], kept = _together(labels, a[going], b[going], of_low[going], of_high[going])
        going = going[kept]
        if not going.size or not len(targets[0]):
            break
        both = np.concatenate([a[going], b[going]])
        trajectories = batch(field, both, span, times=SAMPLES + 1, tolerance=EXACT, in_log_odds=True)
        first, second = np.split(trajectories.log_odds, 2)
        near = _apart(first, second) <= PARTED
        near &= np.isfinite(trajectories.states).all(axis=2).reshape(2, *near.shape).all(axis=0)
        parted = ~near
        last = np.where(parted.any(axis=1), np.maximum(parted.argmax(axis=1) - 1, 0), SAMPLES)
        each = np.arange(going.size)
        a[going], b[going] = first[each, last], second[each, last]
        here = (trajectories.states[each, last] + trajectories.states[going.size + each, last]) / 2
        result[going] = _distances(here, *targets)
        moved = np.abs(here - before[going]).max(axis=1)
        before[going] = here
        going = going[(result[going].min(axis=1) > ARRIVED) & (moved > STALLED)]
        span *= 0.5 if np.median(last) < SAMPLES / 4 else 2.0 if np.median(last) == SAMPLES else 1.0
    return result


def _distances(states: Array, begin: Array, end: Array) -> Array:
    """Return the largest difference of a share (states, lines) from the nearest state on each line."""
    along = end - begin
    length = (along**2).sum(axis=1)
    part = ((states[:, None] - begin) * along).sum(axis=2) / np.where(length > 0, length, 1.0)
    nearest = begin + np.clip(part, 0, 1)[..., None] * along
    return np.asarray(np.abs(states[:, None] - nearest).max(axis=2))


def _apart(first: Array, second: Array) -> Array:
    """Return the relative difference of log-odds (..., n)."""
    return np.asarray((np.abs(first - second) / (1 + np.abs(first))).max(axis=-1))


def _together(
    labels: OutcomeLabels, a: Array, b: Array, of_a: Codes, of_b: Codes
) -> tuple[Array, Array, NDArray[np.bool_]]:
    """Bring pairs of log-odds (pairs, n) together; the last array marks pairs that kept their outcomes."""
    a, b, kept = a.copy(), b.copy(), np.ones(len(a), dtype=bool)
    parts = np.arange(1, EDGE_STATES_CUTS + 1) / (EDGE_STATES_CUTS + 1)
    for _ in range(CLOSINGS):
        rows = np.flatnonzero(kept & (_apart(a, b) > BROUGHT_TOGETHER))
        if not rows.size:
            break
        line = np.concatenate([[0.0], parts, [1.0]])
        every = a[rows, None] * (1 - line)[:, None] + b[rows, None] * line[:, None]
        codes = labels.from_log_odds(every.reshape(-1, a.shape[1]).T, EXACT).reshape(every.shape[:2])
        of_first, of_second = codes == of_a[rows, None], codes == of_b[rows, None]
        whole = of_first[:, 0] & of_second[:, -1]
        first = (~of_first).argmax(axis=1)
        second = of_second & (np.arange(EDGE_STATES_CUTS + 2) >= first[:, None])
        each = np.arange(rows.size)
        a[rows], b[rows] = every[each, first - 1], every[each, second.argmax(axis=1)]
        kept[rows[~whole]] = False
    return a, b, kept
