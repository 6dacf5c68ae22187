"""From signs of polynomials to what holds: which states attract, or that parameters are not admissible."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from flint import fmpq_mpoly
from numpy.typing import NDArray

from separatrix.analysis.regime_conditions import satisfied
from separatrix.analysis.symbolic.substitution import Deciding
from separatrix.exact.bernstein import GridAxis, sign_grid
from separatrix.expression.conditions import SIGNS

__all__ = ["OPEN", "OUTSIDE", "POLE", "SignedProduct", "Verdicts", "members"]

Codes = NDArray[np.int32]

OUTSIDE, POLE, OPEN = -1, -2, -3
"""Not admissible; no game; stability left open.  Other verdicts are sets of states, one bit each."""

MOST_PATTERNS = 1 << 18
"""The size of a table of patterns of signs. Larger: more memory; smaller: maps with many borders are
slower."""


@dataclass(frozen=True)
class SignedProduct:
    """A sign and factors with their exponents."""

    sign: int
    factors: tuple[tuple[int, int], ...]

    def sign_of(self, signs: Sequence[int]) -> int:
        """Return its sign where the factors have given signs."""
        result = self.sign
        for k, exponent in self.factors:
            result *= signs[k] if exponent % 2 else signs[k] * signs[k]
        return result


@dataclass(eq=False)
class Verdicts:
    """What holds, by the signs of the irreducible factors of everything that decides.

    Attributes
    ----------
    deciding : Deciding
    factors : list of fmpq_mpoly
        Each once, with a positive leading coefficient.
    """

    deciding: Deciding
    factors: list[fmpq_mpoly] = field(default_factory=list)
    _numbers: dict[str, int] = field(default_factory=dict)
    _known: dict[tuple[int, ...], int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        found = self.deciding
        self.polynomials = [self._product(p) for p in found.polynomials]
        self.relations = [(self._product(p), SIGNS[operator]) for p, operator in found.relations]
        self.poles = [self._product(p) for p in found.poles]

    def _product(self, polynomial: fmpq_mpoly) -> SignedProduct:
        if not polynomial:
            return SignedProduct(0, ())
        if polynomial.is_constant():
            return SignedProduct(1 if polynomial.leading_coefficient() > 0 else -1, ())
        constant, factors = polynomial.factor()
        sign = 1 if constant > 0 else -1
        parts = []
        for factor, exponent in factors:
            if factor.leading_coefficient() < 0:
                factor, sign = -factor, -sign if exponent % 2 else sign
            key = str(factor)
            if key not in self._numbers:
                self._numbers[key] = len(self.factors)
                self.factors.append(factor)
            parts.append((self._numbers[key], int(exponent)))
        return SignedProduct(sign, tuple(parts))

    def verdict(self, signs: tuple[int, ...]) -> int:
        """Return what holds where the factors have these signs."""
        if signs not in self._known:
            self._known[signs] = self._verdict(signs)
        return self._known[signs]

    def _verdict(self, signs: tuple[int, ...]) -> int:
        if any(product.sign_of(signs) not in allowed for product, allowed in self.relations):
            return OUTSIDE
        if any(product.sign_of(signs) == 0 for product in self.poles):
            return POLE
        values = [product.sign_of(signs) for product in self.polynomials]
        total = 0
        for k, state in enumerate(self.deciding.states):
            if satisfied(state.undecided, values):
                return OPEN
            total |= satisfied(state.formula, values) << k
        return total

    def on_grid(self, first: GridAxis, second: GridAxis) -> tuple[Codes, list[int]]:
        """Return a number at each node, and for each number what holds there."""
        # Patterns of signs as numbers in base 3; what depends on one parameter alone is one row or column.
        grids = [sign_grid(factor, first, second) for factor in self.factors]
        order = sorted(range(len(grids)), key=lambda k: grids[k].size)
        pattern = np.zeros((1, 1), dtype=np.int32)
        meanings: list[tuple[int, ...]] = [()]
        digits = 0
        for k in order:
            if len(meanings) * 3 ** (digits + 1) > MOST_PATTERNS or grids[k].size > pattern.size:
                pattern, meanings = _renumbered(pattern, meanings, digits)
                digits = 0
            pattern = pattern * np.int32(3) + (grids[k] + np.int8(1))
            digits += 1
        pattern, meanings = _renumbered(pattern, meanings, digits)
        places = [order.index(k) for k in range(len(order))]
        codes = [self.verdict(tuple(signs[p] for p in places)) for signs in meanings]
        return np.broadcast_to(pattern, (first.count, second.count)), codes


def _renumbered(
    pattern: Codes, meanings: list[tuple[int, ...]], digits: int
) -> tuple[Codes, list[tuple[int, ...]]]:
    """Return patterns numbered without gaps, and the signs that each stands for."""
    if not digits:
        return pattern, meanings
    size = len(meanings) * 3**digits
    present = np.flatnonzero(np.bincount(pattern.ravel(), minlength=size))
    numbers = np.zeros(size, dtype=np.int32)
    numbers[present] = np.arange(len(present))
    told = []
    for value in present.tolist():
        signs: list[int] = []
        for _ in range(digits):
            value, digit = divmod(value, 3)
            signs.append(digit - 1)
        told.append((*meanings[value], *reversed(signs)))
    return numbers[pattern], told


def members(verdict: int) -> tuple[int, ...]:
    """Return the states in a set of states.

    Examples
    --------
    >>> members(0b1001)
    (0, 3)
    """
    return tuple(k for k in range(verdict.bit_length()) if verdict >> k & 1) if verdict >= 0 else ()
