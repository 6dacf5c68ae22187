"""Where trajectories on a surface between two basins come to: they are followed along it, between two others.

Two starts close together on opposite sides of the surface lead to different outcomes. While they stay
together, both are near a trajectory on the surface. When they begin to part, the segment between them is
bisected until they are close again, and so on. The limit is an attractor within the surface: as a rule a
saddle with one unstable direction, whose stable manifold is a part of the surface.

Skufca, J. D., Yorke, J. A. and Eckhardt, B. (2006), Edge of chaos in a parallel shear flow, Physical Review
Letters 96, 174101.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from separatrix.dynamics.basin_boundaries.tolerances import ARRIVED, BROUGHT_TOGETHER, PARTED, STALLED
from separatrix.dynamics.integration.tolerances import EXACT

if TYPE_CHECKING:
    from separatrix.dynamics.basin_boundaries.outcome_labels import OutcomeLabels

__all__ = ["edge_states"]

Array = NDArray[np.float64]
Codes = NDArray[np.int16]

CUTS = 31
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
    parts = np.arange(1, CUTS + 1) / (CUTS + 1)
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
        second = of_second & (np.arange(CUTS + 2) >= first[:, None])
        each = np.arange(rows.size)
        a[rows], b[rows] = every[each, first - 1], every[each, second.argmax(axis=1)]
        kept[rows[~whole]] = False
    return a, b, kept
