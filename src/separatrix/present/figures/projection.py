"""From the cube of states to the page."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

__all__ = ["AZIMUTH", "ELEVATION", "project"]

# From this side no corner hides another and each axis keeps its length within a third.
AZIMUTH, ELEVATION = math.radians(-62.0), math.radians(22.0)


def project(states: Any) -> Array:
    """Return the places (..., 2) on the page of states (..., 3), by parallel projection."""
    import numpy as np

    x = np.asarray(states, dtype=float)
    right = np.array([-math.sin(AZIMUTH), math.cos(AZIMUTH), 0.0])
    up = np.array(
        [
            -math.sin(ELEVATION) * math.cos(AZIMUTH),
            -math.sin(ELEVATION) * math.sin(AZIMUTH),
            math.cos(ELEVATION),
        ]
    )
    return np.stack([x @ right, x @ up], axis=-1)
