"""How many roots of a polynomial lie in each half-plane, in exact numbers that may hold one square root.

The first column of the Routh array changes its sign once for each root with positive real part, if no entry
of it is zero; then no root lies on the imaginary axis either (Gantmacher 1959, chapter XV).
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence

from flint import fmpq

from separatrix.exact.surd import Exact, sign

__all__ = ["root_signs"]


def root_signs(coefficients: Sequence[Exact]) -> tuple[int, int, int] | None:
    """Return how many roots have negative, are zero, and have positive real part.

    Parameters
    ----------
    coefficients : constant first; the last one is not zero

    Returns
    -------
    tuple or None
        None where roots other than zero may lie on the imaginary axis.

    Examples
    --------
    >>> root_signs([fmpq(0), fmpq(-2), fmpq(1), fmpq(1)])  # x·(x - 1)·(x + 2)
    (1, 1, 1)
    >>> root_signs([fmpq(-2), fmpq(0), fmpq(1)]), root_signs([fmpq(2), fmpq(0), fmpq(1)])
    ((1, 0, 1), None)
    """
    zeros = next(k for k, c in enumerate(coefficients) if sign(c))
    falling = list(reversed(coefficients[zeros:]))
    degree = len(falling) - 1
    if degree == 2 and not sign(falling[1]) and sign(falling[0]) != sign(falling[2]):
        return 1, zeros, 1
    upper, lower = falling[0::2], falling[1::2]
    column: list[Exact] = [upper[0]]
    while lower:
        if not sign(lower[0]):
            return None
        column.append(lower[0])
        factor = upper[0] / lower[0]
        padded: list[Exact] = [*lower, fmpq(0)]
        following = [upper[k + 1] - factor * padded[k + 1] for k in range(len(upper) - 1)]
        upper, lower = lower, following
    positive = sum(sign(a) != sign(b) for a, b in itertools.pairwise(column))
    return degree - positive, zeros, positive
