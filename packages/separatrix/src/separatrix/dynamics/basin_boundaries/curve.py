"""A separatrix in the plane, as data."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from separatrix.dynamics.tolerances import EPSILON
from separatrix.run.results import Plotted, Tabled

__all__ = ["SeparatrixCurve"]

Array = NDArray[np.float64]


@dataclass(frozen=True, repr=False)
class SeparatrixCurve(Plotted, Tabled):
    """The basin boundary.

    Attributes
    ----------
    shares : tuple of str
    states : array (points, n)
        From one end to the other, evenly spaced.
    saddle : n numbers or None
        The saddle whose stable arms it consists of; None where the line ends in a side of the square that is
        at rest.
    error : float
        How far a state may be from the true curve.
    """

    shares: tuple[str, ...]
    states: Array
    saddle: tuple[float, ...] | None
    error: float

    @property
    def exact(self) -> bool:
        """Whether the line is known in closed form, and off by rounding alone."""
        return self.error <= 64 * EPSILON
