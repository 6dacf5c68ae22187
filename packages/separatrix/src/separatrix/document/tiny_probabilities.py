"""Probabilities that floats do not hold, in words."""

from __future__ import annotations

import math

from separatrix.document.numbers import readable

__all__ = ["probability_text"]

SMALLEST = 1e-300
"""Below it a probability is written from its logarithm."""

PLACES = 4


def probability_text(log_probability: float) -> str:
    """Return a probability, given by its logarithm.

    Examples
    --------
    >>> probability_text(math.log(0.25)), probability_text(-15_002.5), probability_text(-math.inf)
    ('0.25', '3.14e−6516', '0')
    """
    if log_probability == -math.inf:
        return "0"
    if log_probability > math.log(SMALLEST):
        return readable(math.exp(log_probability), PLACES)
    exponent, rest = divmod(log_probability / math.log(10), 1)
    mantissa = f"{10**rest:.2f}"
    if float(mantissa) >= 10:
        mantissa, exponent = "1", exponent + 1
    return f"{mantissa}e−{-int(exponent)}"
