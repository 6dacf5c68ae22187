"""The signs of polynomials in two variables at all nodes of a rational grid, right where they vanish too.

Written in the numbers of the nodes, a polynomial has integer coefficients.  Where 63 bits hold every value,
it is evaluated in whole numbers, without any rounding.  Else it is evaluated in floats, and again exactly at
the nodes at which its value is less than a bound of the rounding errors (Higham 2002, section 5.1).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from flint import fmpq, fmpq_mpoly

from separatrix.run.cached_property import cached_property

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Signs = NDArray[np.int8]

__all__ = ["GridAxis", "sign_grid"]

LARGEST = 2**62
"""Whole numbers below it leave room for one more addition in 64 bits."""


@dataclass(frozen=True)
class GridAxis:
    """Equally spaced nodes from `low` to `high`, both included."""

    low: Fraction
    high: Fraction
    count: int

    @cached_property
    def step(self) -> Fraction:
        """The distance between neighbours."""
        return (self.high - self.low) / (self.count - 1)

    def node(self, index: int) -> Fraction:
        """Return the exact value of a node.

        Examples
        --------
        >>> GridAxis(Fraction(0), Fraction(1), 4).node(1)
        Fraction(1, 3)
        """
        return self.low + index * self.step

    @cached_property
    def floats(self) -> NDArray[np.float64]:
        """All nodes, each rounded once."""
        import numpy as np

        # Multiples of a common denominator: one correctly rounded division a node.
        below = math.lcm(self.low.denominator, self.step.denominator)
        first, step = int(self.low * below), int(self.step * below)
        if max(abs(first), abs(first + step * self.count), below) < 2**53:
            return (first + step * np.arange(self.count)) / below
        return np.array([float(self.node(k)) for k in range(self.count)])


def sign_grid(polynomial: fmpq_mpoly, first: GridAxis, second: GridAxis) -> Signs:
    """Return -1, 0 or 1 at each node, exactly, as an array (first.count, second.count).

    Where one of the variables does not matter, its side of the array has length 1.

    Parameters
    ----------
    polynomial : fmpq_mpoly
        In two variables.

    Examples
    --------
    >>> from separatrix.exact.rational_functions import Ring
    >>> a, b = Ring(["a", "b"]).context.gens()
    >>> unit = GridAxis(Fraction(0), Fraction(1), 4)
    >>> sign_grid(3 * a - 1, unit, unit).tolist()
    [[-1], [0], [1], [1]]
    """
    import numpy as np

    rows = _in_nodes(polynomial, first, second)
    if not rows:
        return np.zeros((1, 1), dtype=np.int8)
    wide = first.count if max(len(row) for row in rows) > 1 else 1
    high = second.count if len(rows) > 1 else 1
    if _bound(rows, max(wide - 1, 1), max(high - 1, 1)) < LARGEST:
        values = _evaluated(rows, np.arange(wide), np.arange(high), np.int64)
        return np.subtract(values > 0, values < 0, dtype=np.int8)
    return _by_floats(rows, wide, high)


def _in_nodes(polynomial: fmpq_mpoly, first: GridAxis, second: GridAxis) -> list[list[int]]:
    """The polynomial in the numbers of the nodes, scaled: ``rows[n][m]`` belongs to j^n i^m."""
    if not polynomial:
        return []
    context = polynomial.context()
    i, j = context.gens()
    one = context.from_dict({(0, 0): 1})
    moved = polynomial.compose(
        i * _fmpq(first.step) + one * _fmpq(first.low), j * _fmpq(second.step) + one * _fmpq(second.low)
    )
    terms = {exponents: fmpq(value) for exponents, value in moved.to_dict().items()}
    scale = math.lcm(*(int(v.q) for v in terms.values()))
    whole = {e: int(v.p) * (scale // int(v.q)) for e, v in terms.items()}
    common = math.gcd(*whole.values())
    rows: list[list[int]] = [[] for _ in range(max(n for _, n in whole) + 1)]
    for (m, n), value in whole.items():
        row = rows[n]
        row.extend([0] * (m + 1 - len(row)))
        row[m] = value // common
    return rows


def _fmpq(value: Fraction) -> fmpq:
    return fmpq(value.numerator, value.denominator)


def _bound(rows: Sequence[Sequence[int]], last_i: int, last_j: int) -> int:
    """No value, and none on the way to it, is larger."""
    return sum(abs(c) * last_i**m * last_j**n for n, row in enumerate(rows) for m, c in enumerate(row))


def _evaluated(rows: Sequence[Sequence[float]], i: NDArray[Any], j: NDArray[Any], kind: type) -> NDArray[Any]:
    """Horner's rule, in powers of j with coefficients in i."""
    import numpy as np

    coefficients = []
    for row in rows:
        total: NDArray[Any] = np.zeros(len(i), dtype=kind)
        for c in reversed(row):
            total = total * i + kind(c)
        coefficients.append(total[:, None])
    result = np.broadcast_to(coefficients[-1], (len(i), len(j)))
    for coefficient in reversed(coefficients[:-1]):
        result = result * j + coefficient
    return result


def _by_floats(rows: Sequence[Sequence[int]], count_i: int, count_j: int) -> Signs:
    import numpy as np

    largest = max(abs(c) for row in rows for c in row)
    shift = max(0, largest.bit_length() - 500)  # floats hold no more than 1024 bits
    scaled = [[c / 2**shift if shift else float(c) for c in row] for row in rows]
    i, j = np.arange(count_i, dtype=float), np.arange(count_j, dtype=float)
    values = _evaluated(scaled, i, j, np.float64)
    sizes = _evaluated([[abs(c) for c in row] for row in scaled], i, j, np.float64)
    operations = 2 * (len(rows) + max(len(row) for row in rows)) + 2
    # The last term covers coefficients so much smaller than others that they have become 0.
    doubtful = ~(np.abs(values) > sizes * (operations * 2.0**-51) + 1e-250)
    signs: Signs = np.sign(values).astype(np.int8)
    for a, b in np.argwhere(doubtful).tolist():
        total = 0
        for row in reversed(rows):
            inner = 0
            for c in reversed(row):
                inner = inner * a + c
            total = total * b + inner
        signs[a, b] = (total > 0) - (total < 0)
    return signs
