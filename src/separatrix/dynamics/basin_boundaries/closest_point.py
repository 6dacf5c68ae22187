"""The nearest place on triangles.

Ericson, C. (2005), Real-Time Collision Detection, section 5.1.5.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = ["nearest_on_triangles"]

Array = NDArray[np.float64]


def nearest_on_triangles(place: Array, triangles: Array) -> tuple[float, tuple[float, ...]]:
    """Return the distance of a place (n,) from triangles (triangles, 3, n), and where they are nearest.

    Examples
    --------
    >>> import numpy as np
    >>> distance, place = nearest_on_triangles(np.array([0.0, 0.0, 0.0]), np.eye(3)[None])
    >>> round(distance, 6), [round(x, 6) for x in place]
    (0.57735, [0.333333, 0.333333, 0.333333])
    """
    a, b, c = triangles[:, 0], triangles[:, 1], triangles[:, 2]
    found = [_on_side(place, p, q) for p, q in ((a, b), (b, c), (c, a))]
    u, v, w = b - a, c - a, place - a
    uu, uv, vv = ((p * q).sum(axis=1) for p, q in ((u, u), (u, v), (v, v)))
    wu, wv = (w * u).sum(axis=1), (w * v).sum(axis=1)
    with np.errstate(all="ignore"):
        volume = uu * vv - uv * uv
        s, t = (vv * wu - uv * wv) / volume, (uu * wv - uv * wu) / volume
    inside = (s >= 0) & (t >= 0) & (s + t <= 1)
    found.append(np.where(inside[:, None], a + s[:, None] * u + t[:, None] * v, a))
    every = np.concatenate(found)
    away = np.linalg.norm(every - place, axis=1)
    k = int(away.argmin())
    return float(away[k]), tuple(float(x) for x in every[k])


def _on_side(place: Array, begin: Array, end: Array) -> Array:
    along = end - begin
    length = (along**2).sum(axis=1)
    part = ((place - begin) * along).sum(axis=1) / np.where(length > 0, length, 1.0)
    return np.asarray(begin + np.clip(part, 0, 1)[:, None] * along)
