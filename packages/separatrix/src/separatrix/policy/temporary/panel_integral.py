"""The integral of a function that may jump, bend, or grow without bound: panels halved where they must be.

The Gauss-Legendre rule on each panel is compared with the same rule on its halves; all panels of a round
are evaluated at once. The contribution of the smallest panels separates a function such as 1/|x - a|, whose
integral is infinite, from one that jumps (Davis & Rabinowitz 1984, sections 2.12 and 6.2).

Davis, P. J. and Rabinowitz, P. (1984), Methods of Numerical Integration.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["ACCURATE", "MOST_PANELS", "PanelIntegral", "panel_integral"]

Array = NDArray[Any]

NODES = 12
"""Of the rule on a panel."""

FIRST = 8
"""Panels in the first round."""

HALVINGS = 36
"""Of a panel: beyond, its ends are too few doubles apart."""

MOST_PANELS = 4_000
"""Panels of one round at most: a function that is rough everywhere is not resolved any further."""

ACCURATE = 1e-12
"""The difference between a panel and its halves, relative to the whole, at which it is settled."""

DEEP = 12
"""Halvings from which on a function should be all but even on a panel."""

UNEVEN = 0.75
"""How far values may lie apart there, relative to the largest."""

NARROW = 28
"""Halvings from which on a panel is so narrow that it should contribute nothing."""

FAR = 2.0**16
"""The ratio of the ends, as distances to 0 or to 1, from which on a stretch is divided. Larger: halvings do
not reach its nearer end; smaller: more panels than are needed."""

ROUNDED = 20 * np.finfo(float).eps
"""The relative error of a share, as often as it counts in a function that is steep there."""

GROWS = 1e-4
"""What such panels contribute, relative to the whole, from which on the integral has no bound."""

POINTS, WEIGHTS = np.polynomial.legendre.leggauss(NODES)


@dataclass(frozen=True)
class PanelIntegral:
    """An integral, and the panels on which the function was resolved.

    Attributes
    ----------
    value : float
        Infinite where the integral has no bound.
    starts, ends : arrays (panels,)
    """

    value: float
    starts: Array
    ends: Array


def panel_integral(
    function: Callable[[Array], Array],
    start: float,
    end: float,
    accurate: float = ACCURATE,
    most: int = MOST_PANELS,
) -> PanelIntegral:
    """Return the integral of a function of arrays (points,) from start to end, in rounds of so many panels.

    Examples
    --------
    >>> round(panel_integral(lambda x: np.sign(x - 0.3), 0, 1).value, 10)
    0.4
    >>> panel_integral(lambda x: 1 / np.abs(x - 0.3), 0, 1).value
    inf
    """
    if start == end:
        return PanelIntegral(0.0, np.zeros(0), np.zeros(0))
    edges = _edges(start, end)
    starts, ends = edges[:-1], edges[1:]
    widest = ends - starts
    sums, _ = _sums(function, starts, ends)
    if not np.isfinite(sums).all():
        return PanelIntegral(math.inf, starts, ends)
    settled: list[tuple[Array, Array, Array, Array]] = []
    for _ in range(HALVINGS):
        middles = (starts + ends) / 2
        (left, one), (right, other) = _sums(function, starts, middles), _sums(function, middles, ends)
        if not (np.isfinite(left).all() and np.isfinite(right).all()):
            return PanelIntegral(math.inf, starts, ends)
        whole = sum(float(np.abs(part).sum()) for _, _, part, _ in settled) + float(np.abs(sums).sum())
        # Shares are rounded, the more the narrower a panel: what that changes no halving makes exact.
        noise = ROUNDED * np.maximum(np.abs(starts), np.abs(ends)) / (ends - starts)
        rough = np.abs(left + right - sums) > accurate * whole + noise * np.abs(sums)
        # A panel with a pole in it may agree with its halves by chance.
        rough |= (ends - starts < widest * 0.5**DEEP) & (np.maximum(one, other) > UNEVEN)
        rough &= (middles > starts) & (middles < ends)
        settled.append((starts[~rough], ends[~rough], (left + right)[~rough], widest[~rough]))
        starts, ends = (
            np.concatenate([starts[rough], middles[rough]]),
            np.concatenate([middles[rough], ends[rough]]),
        )
        sums, widest = np.concatenate([left[rough], right[rough]]), np.tile(widest[rough], 2)
        if not len(starts) or len(starts) > most:
            break
    settled.append((starts, ends, sums, widest))
    begins, stops, parts, widest = (np.concatenate([row[k] for row in settled]) for k in range(4))
    total = math.fsum(float(v) for v in parts)
    narrow = stops - begins < widest * 0.5**NARROW
    if abs(float(parts[narrow].sum())) > GROWS * float(np.abs(parts).sum()):
        return PanelIntegral(math.inf, begins, stops)
    order = np.argsort(begins)
    return PanelIntegral(total, begins[order], stops[order])


def _edges(start: float, end: float) -> Array:
    """Return the ends of the first panels: even, and beside 0 and 1 in the same ratio.

    There functions of a share grow as its inverse does.
    """
    edges = np.linspace(start, end, FIRST + 1)
    near, far = (start, end) if end > FAR * start > 0 else (1 - end, 1 - start)
    if far > FAR * near > 0:
        ratios = np.geomspace(near, far, 1 + math.ceil(math.log2(far / near) / 2))[1:-1]
        edges = np.unique([*edges, *(ratios if near == start else 1 - ratios)])
    return edges


def _sums(function: Callable[[Array], Array], starts: Array, ends: Array) -> tuple[Array, Array]:
    """Return the integral over each panel, and how far values on it lie apart, relative to the largest."""
    half = (ends - starts) / 2
    points = (starts + half)[:, None] + half[:, None] * POINTS
    values = np.asarray(function(points.ravel())).reshape(points.shape)
    largest = np.abs(values).max(axis=1)
    with np.errstate(invalid="ignore"):
        spread = np.ptp(values, axis=1) / np.where(largest > 0, largest, 1.0)
    return np.asarray(half * (values @ WEIGHTS)), spread
