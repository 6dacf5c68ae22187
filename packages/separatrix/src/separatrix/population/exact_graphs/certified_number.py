"""A number that is known exactly, or between two bounds that are proven."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from flint import arb, fmpq

from separatrix.exact.algebraic_numbers import rational

__all__ = ["CertifiedNumber", "certified_ball", "certified_rational", "certified_number", "weighted_mean"]


@dataclass(frozen=True)
class CertifiedNumber:
    """A positive number, or zero, and what is proven of it.

    Attributes
    ----------
    value : float
    low, high : float
        Bounds, rounded outwards.
    log : float
        The natural logarithm, also where floats cannot hold the number itself; minus infinity of zero.
    exact : Fraction or None
        The number itself, where it is rational and known.
    """

    value: float
    low: float
    high: float
    log: float
    exact: Fraction | None = None

    def to_dict(self) -> dict[str, Any]:
        """Return the number as plain data."""
        return {
            "value": self.value,
            "low": self.low,
            "high": self.high,
            "ln": None if math.isinf(self.log) else self.log,
            "exact": None if self.exact is None else str(self.exact),
        }

    @property
    def relative(self) -> float:
        """How far the number may be from its value, relative to it; 0 of zero."""
        return 0.0 if self.value == 0 else max(self.high - self.value, self.value - self.low) / self.value

    def compared(self, other: Fraction) -> int | None:
        """Return -1, 0 or 1 where it is proven to be less than, equal to or more than another; else None."""
        if self.exact is not None:
            return (self.exact > other) - (self.exact < other)
        return 1 if Fraction(self.low) > other else -1 if Fraction(self.high) < other else None


def certified_rational(number: fmpq) -> CertifiedNumber:
    """Return a rational number of FLINT.

    Examples
    --------
    >>> certified_rational(fmpq(1, 3)).exact
    Fraction(1, 3)
    """
    exact = Fraction(int(number.p), int(number.q))
    log = math.log(exact.numerator) - math.log(exact.denominator) if exact > 0 else -math.inf
    low, high = _outwards(exact)
    return CertifiedNumber(float(exact), low, high, log, exact)


def _outwards(exact: Fraction) -> tuple[float, float]:
    nearest = float(exact)
    if Fraction(nearest) == exact:
        return nearest, nearest
    if Fraction(nearest) < exact:
        return nearest, math.nextafter(nearest, math.inf)
    return math.nextafter(nearest, -math.inf), nearest


def certified_ball(ball: arb) -> CertifiedNumber:
    """Return what a ball of positive numbers holds."""
    low, high = (float(end) for end in (ball.lower(), ball.upper()))
    return CertifiedNumber(
        float(ball.mid()),
        max(math.nextafter(low, -math.inf), 0.0),
        math.nextafter(high, math.inf),
        float(ball.log().mid()),
    )


def certified_number(value: float, relative: float) -> CertifiedNumber:
    """Return a number with a proven bound on its relative error."""
    low = value * (1 - relative)
    high = value * (1 + relative)
    return CertifiedNumber(
        value,
        max(math.nextafter(low, -math.inf), 0.0),
        math.nextafter(high, math.inf),
        math.log(value) if value > 0 else -math.inf,
    )


def weighted_mean(
    numbers: Sequence[CertifiedNumber], weights: Sequence[CertifiedNumber] | None = None
) -> CertifiedNumber:
    """Return the mean of numbers with their weights, by default equal ones.

    Examples
    --------
    >>> weighted_mean([certified_rational(fmpq(1, 2)), certified_rational(fmpq(1, 3))]).exact
    Fraction(5, 12)
    """
    own = [certified_rational(fmpq(1))] * len(numbers) if weights is None else weights
    pairs = list(zip(own, numbers, strict=True))
    known = [(w.exact, n.exact) for w, n in pairs if w.exact is not None and n.exact is not None]
    if len(known) == len(pairs):
        return certified_rational(rational(_sum(w * n for w, n in known) / _sum(w for w, _ in known)))
    # A mean lies between the least and the largest number, even where floats hold no weight.
    low, high = min(Fraction(n.low) for n in numbers), max(Fraction(n.high) for n in numbers)
    least, most = (_sum(Fraction(getattr(w, end)) for w in own) for end in ("low", "high"))
    if least > 0:
        low = max(low, _sum(Fraction(w.low) * Fraction(n.low) for w, n in pairs) / most)
        high = min(high, _sum(Fraction(w.high) * Fraction(n.high) for w, n in pairs) / least)
    log = _log_sum([w.log + n.log for w, n in pairs]) - _log_sum([w.log for w in own])
    value = min(max(Fraction(math.exp(log)), low), high)
    return CertifiedNumber(float(value), _outwards(low)[0], _outwards(high)[1], log)


def _sum(numbers: Iterable[Fraction]) -> Fraction:
    return sum(numbers, Fraction(0))


def _log_sum(logs: Sequence[float]) -> float:
    largest = max(logs)
    if math.isinf(largest):
        return largest
    return largest + math.log(math.fsum(math.exp(log - largest) for log in logs))
