"""How many roots of a polynomial lie in each half-plane, in exact numbers that may hold one square root.

The first column of the Routh array changes its sign once for each root with positive real part, if no entry
of it is zero; then no root lies on the imaginary axis either (Gantmacher 1959, chapter XV).
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence

from flint import fmpq

from separatrix.exact.surd import Exact, sign

__all__ = ["imaginary_pair", "root_signs"]


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


def imaginary_pair(coefficients: Sequence[Exact]) -> tuple[Exact, list[Exact]] | None:
    """Return ω² and a polynomial without its roots ±iω, if these are all that lies on the imaginary axis.

    If there is such a pair, and no other root is the negative of one, then the even and the odd part have
    one common factor in λ², that of the pair.

    Parameters
    ----------
    coefficients : constant first; the last one is not zero

    Examples
    --------
    >>> imaginary_pair([fmpq(6), fmpq(3), fmpq(2), fmpq(1)])  # (x² + 3)·(x + 2)
    (3, [2, 1])
    """
    upper, lower = _stripped(coefficients[0::2]), _stripped(coefficients[1::2])
    while lower:
        upper, lower = lower, _divided(upper, lower)[1]
    if len(upper) != 2:
        return None
    square = upper[0] / upper[1]
    if sign(square) <= 0:
        return None
    rest, _ = _divided(list(coefficients), [square, fmpq(0), fmpq(1)])
    signs = root_signs(rest)
    return None if signs is None or signs[1] else (square, rest)


def _stripped(coefficients: Sequence[Exact]) -> list[Exact]:
    """A polynomial, its leading coefficient last and not zero."""
    degree = max((k for k, c in enumerate(coefficients) if sign(c)), default=-1)
    return list(coefficients[: degree + 1])


def _divided(above: Sequence[Exact], below: Sequence[Exact]) -> tuple[list[Exact], list[Exact]]:
    """Quotient and remainder of two polynomials, constants first."""
    rest, quotient = list(above), []
    while len(rest) >= len(below):
        factor = rest[-1] / below[-1]
        quotient.append(factor)
        shift = len(rest) - len(below)
        rest = [c - factor * below[k - shift] if k >= shift else c for k, c in enumerate(rest)][:-1]
    return quotient[::-1], _stripped(rest)
