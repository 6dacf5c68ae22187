"""Where, along one parameter, the picture changes: where an eigenvalue at a pure profile is zero.

Between two such values the set of strict Nash equilibria stays the same.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from flint import fmpq_mpoly, fmpz_poly

from separatrix.audit.evidence.algebra import put
from separatrix.audit.evidence.derived_equations import Truth
from separatrix.expression.precision import precision
from separatrix.sentences import say

__all__ = ["Break", "Interval", "breaks", "changes", "intervals", "rational_roots"]


@dataclass(frozen=True)
class Break:
    """A parameter value at which an eigenvalue at some pure profile is zero.

    ``exact`` tells whether ``value`` is the zero itself and not a close rational number.
    """

    value: Fraction
    exact: bool


@dataclass(frozen=True)
class Interval:
    """An open interval of a parameter; ``None`` for no end."""

    low: Fraction | None
    high: Fraction | None

    def text(self, name: str) -> str:
        """Return it as an inequality."""
        from separatrix.audit.claims.numerals import show

        if self.low is None and self.high is None:
            return say("all {parameter}", parameter=name)
        if self.low is None:
            return f"{name} < {show(self.high)}"
        return (
            f"{name} > {show(self.low)}"
            if self.high is None
            else f"{show(self.low)} < {name} < {show(self.high)}"
        )

    @property
    def middle(self) -> Fraction:
        """A simple number inside."""
        if self.low is None:
            if self.high is None:
                return Fraction(0)
            return (
                Fraction(math.ceil(self.high) - 1)
                if self.high == math.ceil(self.high)
                else Fraction(math.floor(self.high))
            )
        if self.high is None:
            return Fraction(math.floor(self.low) + 1)
        centre = (self.low + self.high) / 2
        for digits in (1, 2, 5, 10, 100, 1000):
            simple = Fraction(round(centre * digits), digits)
            if self.low < simple < self.high:
                return simple
        return centre


def rational_roots(polynomial: fmpq_mpoly, index: int) -> list[Break]:
    """Return the real zeros of a polynomial in the single variable `index`, in ascending order."""
    terms = polynomial.to_dict()
    if not terms:
        return []
    scale = math.lcm(*(int(c.q) for c in terms.values()))
    degree = max(int(e[index]) for e in terms)
    coefficients = [0] * (degree + 1)
    for exponents, coefficient in terms.items():
        coefficients[int(exponents[index])] += int(coefficient.p) * (scale // int(coefficient.q))
    found: list[Break] = []
    _, factors = fmpz_poly(coefficients).factor()
    for factor, _ in factors:
        if factor.degree() == 1:
            found.append(Break(Fraction(-int(factor[0]), int(factor[1])), True))
        elif factor.degree() > 1:
            with precision():
                roots: list[Any] = list(factor.complex_roots())
                for root, _ in roots:
                    if root.imag == 0:
                        found.append(Break(Fraction(float(root.real.mid())), False))
    return sorted(found, key=lambda b: b.value)


def breaks(truth: Truth, parameter: str, values: Mapping[str, Fraction]) -> list[Break]:
    """Return where eigenvalues at pure profiles vanish along one parameter, the others at `values`."""
    others = {n: v for n, v in values.items() if n != parameter}
    index = truth.algebra.names.index(parameter)
    found: dict[Fraction, Break] = {}
    for entries in truth.pure_eigenvalues.values():
        for _, _, value in entries:
            along = put(value, others)
            if truth.algebra.is_rational(along):
                for root in rational_roots(along.numerator, index):
                    found.setdefault(root.value, root)
    return [found[v] for v in sorted(found)]


def intervals(points: list[Fraction]) -> list[Interval]:
    """Return the open intervals between ascending points, and the two outer ones."""
    ends: list[Fraction | None] = [None, *points, None]
    return [Interval(a, b) for a, b in itertools.pairwise(ends)]


def changes(
    truth: Truth, parameter: str, values: Mapping[str, Fraction], at: Fraction, width: Fraction
) -> bool:
    """Whether rest points or their labels differ on the two sides of a parameter value."""
    pictures = []
    for side in (at - width, at + width):
        analysis = truth.analysis({**values, parameter: side})
        points = sorted((p.support, p.stability or "", p.isolated or False) for p in analysis.rest_points)
        sets = sorted((s.support, s.dimension, s.stability or "") for s in analysis.rest_sets)
        pictures.append((points, sets))
    return pictures[0] != pictures[1]
