"""Exact parameter values at which a regime is met, as simple as they come."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from typing import Any

from flint import fmpq, fmpq_mpoly

from separatrix.analysis.assumptions import Assumptions
from separatrix.exact.algebraic_numbers import exact
from separatrix.expression.conditions import SIGNS
from separatrix.expression.constants import Constant

__all__ = ["Witnesses"]


class Witnesses:
    """Turns the values that z3 finds into exact rational witnesses.

    Parameters
    ----------
    assumptions : Assumptions
    favourites : sequence of parameter values
        The game's own values and scenarios: the most telling witnesses, tried first.
    """

    def __init__(self, assumptions: Assumptions, favourites: Sequence[Mapping[str, Fraction]]) -> None:
        self.assumptions = assumptions
        self.favourites = [f for f in favourites if self.admissible(f)]

    def sign(self, polynomial: fmpq_mpoly, values: Mapping[str, Fraction]) -> int:
        """Return the exact sign of a polynomial at parameter values."""
        names = self.assumptions.ring.names
        if not names:
            value: Any = polynomial.leading_coefficient() if polynomial else 0
        else:
            point = [exact(values[n]) for n in names]
            value = (
                polynomial(*point)
                if not any(isinstance(v, Constant) for v in point)
                else _value(polynomial, point)
            )
        return 1 if value > 0 else -1 if value < 0 else 0

    def admissible(self, values: Mapping[str, Fraction]) -> bool:
        """Return whether the assumptions hold at parameter values."""
        return all(self.sign(p, values) in SIGNS[o] for p, o in self.assumptions.relations)

    def rational(
        self, found: Mapping[str, Fraction], fits: Callable[[Mapping[str, Fraction]], bool]
    ) -> Mapping[str, Fraction]:
        """Return exact values that are admissible and fit; empty where z3 `found` irrational ones only."""
        for values in self.favourites:
            if fits(values):
                return dict(values)
        values = self.assumptions.named(found)
        for digits in (1, 2, 3, 4, 6, 9):
            rounded = {n: v.limit_denominator(10**digits) for n, v in values.items()}
            if self.admissible(rounded) and fits(rounded):
                return rounded
        return values if self.admissible(values) and fits(values) else {}


def _value(polynomial: fmpq_mpoly, point: Sequence[Any]) -> Any:
    """The value where some variables are constants that no rational equals."""
    total: Any = fmpq(0)
    for exponents, coefficient in polynomial.to_dict().items():
        term: Any = coefficient
        for x, exponent in zip(point, exponents, strict=True):
            for _ in range(int(exponent)):
                term = term * x
        total = total + term
    return total
