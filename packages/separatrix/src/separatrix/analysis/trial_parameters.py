"""Admissible parameters to try: what holds at one of them is possible, and z3 need not be asked."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Mapping, Sequence
from fractions import Fraction
from typing import TypeAlias

from flint import fmpq, fmpq_mpoly

from separatrix.analysis.signs import Formula
from separatrix.analysis.surroundings import Point, QuickSign, Surroundings, value_at
from separatrix.expression.conditions import fold

__all__ = ["TrialParameters"]

Draw: TypeAlias = Callable[[random.Random], Fraction]

WANTED, ATTEMPTS = 160, 480
"""Points to find, and draws after which no more are sought."""

MOST_VALUES = 10_000
"""Values of names and roots to work out at favourites; of forty symbols in sums each takes a tenth of a
millisecond.  Fewer: z3 is asked more; more: a game of hundreds of regimes spends its time here."""

VARIANTS = 12
"""Further points beside one at which something rare holds: near it other rare things do."""

MOVED, ENOUGH = 60, 12
"""Points that are moved until equations hold there, and those found after which no more are sought."""

FACTORS = (Fraction(1, 20), Fraction(1, 4), Fraction(1, 2), Fraction(2), Fraction(4), Fraction(20))

SIZES = (1, 3, 9, 30)
"""Parameters differ in size, so that each can outweigh the others; equal ones are frequent, too."""


class TrialParameters:
    """Exact parameters that satisfy the assumptions, with the signs of polynomials at all of them as bits.

    Parameters
    ----------
    surroundings : Surroundings
    favourites : sequence of parameter values
        Tried first: those of the file, and witnesses.
    """

    def __init__(self, surroundings: Surroundings, favourites: Iterable[Mapping[str, Fraction]]) -> None:
        self.surroundings = surroundings
        self.points: list[Point] = []
        self._signs: dict[int, list[int]] = {}
        self._polynomials: dict[int, QuickSign] = {}
        self._done: dict[int, int] = {}
        self._free: set[int] = set()
        self._rng = random.Random(0)
        room = max(WANTED, MOST_VALUES // (1 + len(surroundings.meanings) + len(surroundings.radicands)))
        for values in favourites:
            if len(self.points) >= room:
                break
            self.add(values)
        self._draw()

    def add(self, values: Mapping[str, Fraction]) -> None:
        """Add parameters where the assumptions hold at them, and others that differ in one or two of them."""
        if not self._add(values):
            return
        names = self.surroundings.inner.names
        for k in range(VARIANTS if names else 0):
            changed = self._rng.sample(names, min(1 + k % 2, len(names)))
            factors = {name: self._rng.choice(FACTORS) for name in changed}
            self._add({name: value * factors.get(name, 1) for name, value in values.items()})

    def _add(self, values: Mapping[str, Fraction]) -> bool:
        point = self.surroundings.point(values)
        if point is not None:
            self.points.append(point)
        return point is not None

    def put_on(self, equations: Sequence[fmpq_mpoly]) -> None:
        """Add parameters at which equations hold: known ones moved along one parameter for each equation."""
        count = len(self.surroundings.inner.names)
        rng = random.Random(len(equations))
        moving = [[k for k, d in enumerate(e.degrees()) if d == 1 and k < count] for e in equations]
        if not all(moving) or any(any(e.degrees()[count:]) for e in equations):
            return
        found = 0
        for point in rng.sample(self.points, min(MOVED, len(self.points))):
            exact = list(point.exact)
            for equation, choices in zip(equations, moving, strict=True):
                k = rng.choice(choices)
                slope = value_at(equation.derivative(k), exact)
                if slope == 0 or not isinstance(slope, fmpq):
                    break
                exact[k] = exact[k] - value_at(equation, exact) / slope
            else:
                moved = zip(self.surroundings.inner.names, exact, strict=False)
                values = {n: Fraction(int(v.p), int(v.q)) for n, v in moved if isinstance(v, fmpq)}
                found += all(value_at(e, exact) == 0 for e in equations) and self._add(values)
            if found == ENOUGH:
                return

    def where(self, formula: Formula, polynomials: Sequence[fmpq_mpoly]) -> int:
        """Return points at which a formula in the signs of polynomials holds, as bits.

        It holds for sure, but for what z3 cannot read either: that may have any sign.
        """
        everywhere = (1 << len(self.points)) - 1

        def every(parts: Iterable[int]) -> int:
            found = everywhere
            for part in parts:
                found &= part
            return found

        return fold(formula, lambda s: self._bits(s.index, polynomials[s.index], s.allowed), every, _any)

    def _bits(self, index: int, polynomial: fmpq_mpoly, allowed: frozenset[int]) -> int:
        if index not in self._polynomials:
            self._polynomials[index], self._signs[index] = QuickSign(polynomial), [0, 0, 0]
            if self.surroundings.is_free(polynomial):
                self._free.add(index)
        if index in self._free:
            return (1 << len(self.points)) - 1
        signs, of = self._signs[index], self._polynomials[index]
        for k in range(self._done.get(index, 0), len(self.points)):
            sign = of.at(self.points[k])
            if sign is not None:
                signs[sign + 1] |= 1 << k
        self._done[index] = len(self.points)
        return _any(signs[s + 1] for s in allowed)

    def _draw(self) -> None:
        names = self.surroundings.inner.names
        draws = [self._range(k) for k in range(len(names))]
        if not draws or any(operator == "==" for _, operator in self.surroundings.relations):
            return
        for _ in range(ATTEMPTS):
            if len(self.points) >= WANTED:
                return
            self._add({name: draw(self._rng) for name, draw in zip(names, draws, strict=True)})

    def _range(self, k: int) -> Draw:
        """How a parameter is drawn: with the sign that is assumed, and within the bounds that are."""
        low, high = self._bounds(k)
        if low is not None and high is not None:
            start, width = low, high - low
            return lambda rng: start + width * Fraction(rng.randint(1, 15), 16)
        variable = self.surroundings.ring.context.gens()[k]
        choices = [int(s) for s in sorted(self.surroundings.signs(variable)) if s] or [1]
        if low is not None or high is not None:
            choices = [1 if low is not None else -1]
        start = low if low is not None else high if high is not None else Fraction(0)
        return lambda rng: start + rng.choice(choices) * rng.randint(1, rng.choice(SIZES))

    def _bounds(self, k: int) -> tuple[Fraction | None, Fraction | None]:
        """The numbers between which a parameter is assumed to lie."""
        low: Fraction | None = None
        high: Fraction | None = None
        for polynomial, operator in self.surroundings.relations:
            degrees = polynomial.degrees()
            if operator not in ("<", "<=", ">", ">=") or sum(degrees) != 1 or not degrees[k]:
                continue
            slope = constant = Fraction(0)
            for exponents, c in polynomial.to_dict().items():
                value = Fraction(int(c.p), int(c.q))
                slope, constant = (value, constant) if any(exponents) else (slope, value)
            end = -constant / slope
            if (slope > 0) == (operator in (">", ">=")):
                low = end if low is None or end > low else low
            else:
                high = end if high is None or end < high else high
        return low, high


def _any(parts: Iterable[int]) -> int:
    found = 0
    for part in parts:
        found |= part
    return found
