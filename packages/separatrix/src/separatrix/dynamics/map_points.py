"""Points of a regime map at which borders cross, begin, or change over into each other."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from separatrix.dynamics.regime_map import MapBorder, MapPoint
from separatrix.dynamics.tolerances import SAME
from separatrix.exact.bernstein import GridAxis

__all__ = ["crossings"]

LONGEST = 10**6
"""Denominators past which a float is not taken for a fraction."""


def crossings(
    borders: Sequence[MapBorder],
    axes: tuple[GridAxis, GridAxis],
    on: Callable[[int, Fraction, Fraction], bool] = lambda border, a, b: False,
) -> tuple[MapPoint, ...]:
    """Return the points inside the window at which borders of stability meet.

    ``on`` decides exactly whether a point lies on a border.
    """
    first, second = axes
    wide, high = float(first.high - first.low), float(second.high - second.low)
    ends: list[tuple[float, float, int, tuple[int, int]]] = []
    for k, border in enumerate(borders):
        for piece in border.pieces:
            if piece.kind != "stability" or _closed(piece.points):
                continue
            for x, y in (piece.points[0], piece.points[-1]):
                inside = (
                    SAME < (x - float(first.low)) / wide < 1 - SAME
                    and SAME < (y - float(second.low)) / high < 1 - SAME
                )
                if inside:
                    ends.append((float(x), float(y), k, (piece.negative, piece.positive)))
    groups: list[list[tuple[float, float, int, tuple[int, int]]]] = []
    for end in sorted(ends):
        for group in groups:
            if abs(end[0] - group[0][0]) < SAME * wide and abs(end[1] - group[0][1]) < SAME * high:
                group.append(end)
                break
        else:
            groups.append([end])
    result = []
    for group in groups:
        met = tuple(sorted({k for _, _, k, _ in group}))
        if len(met) < 2 and len(group) < 3:
            continue
        x, y = group[0][:2]
        result.append(
            MapPoint(
                at=(x, y),
                exact=_exact(met, x, y, on),
                borders=met,
                regimes=tuple(sorted({r for _, _, _, pair in group for r in pair})),
            )
        )
    return tuple(result)


def _closed(points: NDArray[np.float64]) -> bool:
    return bool((points[0] == points[-1]).all())


def _exact(
    met: Sequence[int], x: float, y: float, on: Callable[[int, Fraction, Fraction], bool]
) -> tuple[Fraction, Fraction] | None:
    """The pair of fractions at the point, if it lies exactly on all borders that meet there."""
    a, b = (Fraction(v).limit_denominator(LONGEST) for v in (x, y))
    return (a, b) if all(on(k, a, b) for k in met) else None
