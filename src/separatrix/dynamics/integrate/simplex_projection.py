"""The nearest states: Euclidean projection onto simplices.

Held, M., Wolfe, P. and Crowder, H. P. (1974), Validation of subgradient optimization, Mathematical
Programming 6, 62-88.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

__all__ = ["onto_simplices"]

Array = NDArray[np.float64]


def onto_simplices(weights: Sequence[Array]) -> list[Array]:
    """Return for each array (..., k) the nearest points whose entries are not negative and add up to one.

    Examples
    --------
    >>> import numpy as np
    >>> onto_simplices([np.array([1.25, -0.25]), np.array([0.5, 0.25, 0.25])])
    [array([1., 0.]), array([0.5 , 0.25, 0.25])]
    """
    result = []
    for part in weights:
        falling = -np.sort(-part, axis=-1)
        excess = np.cumsum(falling, axis=-1) - 1
        rank = np.arange(1, part.shape[-1] + 1)
        positive = np.maximum((falling * rank > excess).sum(axis=-1, keepdims=True), 1)
        level = np.take_along_axis(excess, positive - 1, axis=-1) / positive
        result.append(np.maximum(part - level, 0.0))
    return result
