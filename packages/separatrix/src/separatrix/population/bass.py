"""Bass's model in the aggregate: adoption out of oneself, and by imitation of those who have adopted.

Bass, F. M. (1969), A new product growth for model consumer durables, Management Science 15, 215-227,
equations (8) to (10).
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from separatrix.errors import InputError

__all__ = ["bass_coefficients", "bass_density", "bass_peak", "bass_share"]

Floats = NDArray[np.float64]


def bass_share(times: Any, innovation: float, imitation: float) -> Floats:
    """Return the share of all who have adopted by each time, from none at time 0.

    Parameters
    ----------
    times : array_like
        0 or later.
    innovation, imitation : float
        p and q of Bass, a unit of time: the rate at which one adopts is ``p + q * share``.

    Raises
    ------
    InputError
        N405 for coefficients that are negative or no numbers.

    Examples
    --------
    >>> bass_share([0, 5, 20], 0.03, 0.38).round(4).tolist()
    [0.0, 0.3312, 0.9963]
    """
    bass_coefficients(innovation, imitation)
    t = np.asarray(times, float)
    if innovation == 0:
        return np.zeros_like(t)
    # With u = exp(-(p + q) t), F = (1 - u) / (1 + q/p u), neither of which overflows.
    u = np.exp(-(innovation + imitation) * t)
    return np.asarray(-np.expm1(-(innovation + imitation) * t) / (1 + imitation / innovation * u))


def bass_density(times: Any, innovation: float, imitation: float) -> Floats:
    """Return how much of all adopts a unit of time, at each time.

    Examples
    --------
    >>> bass_density([0.0], 0.03, 0.38).round(4).tolist()
    [0.03]
    """
    share = bass_share(times, innovation, imitation)
    return np.asarray((innovation + imitation * share) * (1 - share))


def bass_peak(innovation: float, imitation: float) -> float:
    """Return when adoption is fastest: 0 where it falls from the beginning, infinity where it never begins.

    Examples
    --------
    >>> round(bass_peak(0.03, 0.38), 3)
    6.193
    """
    bass_coefficients(innovation, imitation)
    if innovation == 0:
        return math.inf
    if imitation <= innovation:
        return 0.0
    return math.log(imitation / innovation) / (innovation + imitation)


def bass_coefficients(innovation: float, imitation: float) -> None:
    """Refuse invalid rates.

    Raises
    ------
    InputError
        N405 for one that is negative or no finite number.
    """
    for name, value in (("innovation p", innovation), ("imitation q", imitation)):
        if not 0 <= value < math.inf:
            raise InputError(
                "N405",
                f"a coefficient of {name} of {value:g}; expected a finite number of 0 or more",
                hint="as in p = 0.03 and q = 0.38 a year",
            )
