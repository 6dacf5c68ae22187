"""Which of many points no other dominates.

A point dominates another one where it is at least as good in every objective and better in one (Pareto; Kung,
H. T., Luccio, F. and Preparata, F. P. (1975), On finding the maxima of a set of vectors, Journal of the ACM
22, 469-476: after sorting, only earlier points can dominate a later one).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = ["non_dominated"]


def non_dominated(points: NDArray[np.float64]) -> NDArray[np.intp]:
    """Return the places of the points that no other dominates, in ascending order of the first objective.

    Of equal points the first is kept.

    Parameters
    ----------
    points : array (points, objectives)
        Less is better; a number that is infinite is worse than any other.

    Examples
    --------
    >>> non_dominated(np.array([[1.0, 3.0], [2.0, 2.0], [2.0, 3.0], [3.0, 1.0], [1.0, 3.0]])).tolist()
    [0, 1, 3]
    """
    count = len(points)
    order = np.lexsort((np.arange(count), *points.T[::-1]))
    kept = np.empty((0, points.shape[1]))
    places: list[int] = []
    for place in order.tolist():
        point = points[place]
        if not (kept <= point).all(axis=1).any():
            kept = np.concatenate([kept, point[None]])
            places.append(place)
    return np.array(places, dtype=np.intp)
