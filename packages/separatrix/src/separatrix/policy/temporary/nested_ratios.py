"""States as points of the unit cube: each share as a part of what the earlier strategies leave.

One population of two strategies has its share; one of more has x_1, x_2/(1 - x_1), and so on.  A lattice of
the cube is one of any state space, and under the replicator dynamics r' = r(1 - r)(U_k - mean of the later
ones).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

__all__ = ["ratio_rates", "ratios_of", "states_of"]

Array = NDArray[np.float64]


def states_of(ratios: Array, sizes: tuple[int, ...]) -> Array:
    """Return states (..., shares) from ratios (..., n) in [0, 1]: each a share of what earlier ones leave.

    Examples
    --------
    >>> states_of(np.array([0.25, 0.5]), (3,)).tolist()
    [0.25, 0.375, 0.375]
    """
    parts, begin = [], 0
    for size in sizes:
        left = np.ones_like(ratios[..., 0])
        own = []
        for k in range(begin, begin + size - 1):
            own.append(left * ratios[..., k])
            left = left * (1 - ratios[..., k])
        begin += size - 1
        parts += own if size == 2 else [*own, left]
    return np.stack(parts, axis=-1)


def ratios_of(states: Array, sizes: tuple[int, ...]) -> Array:
    """Return the ratios (..., n) of states (..., shares): the inverse of `states_of`; 0 where nothing is
    left.

    Examples
    --------
    >>> ratios_of(np.array([0.25, 0.375, 0.375]), (3,)).tolist()
    [0.25, 0.5]
    """
    parts, begin = [], 0
    for size in sizes:
        if size == 2:
            parts.append(states[..., begin])
            begin += 1
            continue
        left = np.ones_like(states[..., 0])
        for k in range(begin, begin + size - 1):
            parts.append(np.divide(states[..., k], left, out=np.zeros_like(left), where=left > 0))
            left = left - states[..., k]
        begin += size
    return np.clip(np.stack(parts, axis=-1), 0.0, 1.0)


def ratio_rates(ratios: Array, growth: Sequence[Array]) -> Array:
    """Return the rates (..., n) of ratios from growth rates of all strategies, (..., k) a population.

    Examples
    --------
    >>> ratio_rates(np.array([0.5]), [np.array([3.0, 1.0])]).tolist()
    [0.5]
    """
    parts, begin = [], 0
    for own in growth:
        later = own[..., -1]
        rates = []
        for k in range(own.shape[-1] - 2, -1, -1):
            r = ratios[..., begin + k]
            rates.append(r * (1 - r) * (own[..., k] - later))
            later = r * own[..., k] + (1 - r) * later
        begin += own.shape[-1] - 1
        parts += rates[::-1]
    return np.stack(parts, axis=-1)
