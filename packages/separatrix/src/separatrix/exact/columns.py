"""The columns of a window: on each the roots of all curves in order, and the signs between them.

A curve in the plane: the zeros of an irreducible polynomial in two variables.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from flint import fmpq, fmpq_mpoly, fmpq_poly

from separatrix.exact.number_field import Interval, disjoint, real_roots, simplest_well_between
from separatrix.run.cached_property import cached_property

__all__ = [
    "ColumnRoot",
    "CriticalValue",
    "CurveColumn",
    "IrreducibleCurve",
    "Window",
    "as_polynomial",
    "columns_of",
    "critical_values",
    "sign",
]


@dataclass(frozen=True, eq=False)
class IrreducibleCurve:
    """An irreducible polynomial p(a, b) over the rationals, and queries about it along columns.

    ``rows[n]`` is the polynomial in a that stands before b^n.
    """

    polynomial: fmpq_mpoly

    @cached_property
    def rows(self) -> tuple[fmpq_poly, ...]:
        """The coefficients of the powers of b."""
        table: dict[int, dict[int, fmpq]] = {}
        for (m, n), value in self.polynomial.to_dict().items():
            table.setdefault(int(n), {})[int(m)] = value
        return tuple(
            fmpq_poly([table.get(n, {}).get(m, 0) for m in range(max(table.get(n, {0: 0})) + 1)])
            for n in range(max(table) + 1)
        )

    @property
    def degree(self) -> int:
        """The degree in b; 0 for vertical lines."""
        return len(self.rows) - 1

    @property
    def vertical(self) -> bool:
        """Whether it consists of lines on which a is constant."""
        return self.degree == 0

    @cached_property
    def straight(self) -> bool:
        """Whether it is a straight line."""
        return int(self.polynomial.total_degree()) == 1

    def at(self, a: fmpq) -> fmpq_poly:
        """Return the polynomial in b on the column at a."""
        return fmpq_poly([row(a) for row in self.rows])

    def roots(self, a: fmpq, bits: int) -> list[Interval]:
        """Return the real roots b on the column at a, in ascending order."""
        if self.degree == 1:
            root = -self.rows[0](a) / self.rows[1](a)
            return [(root, root)]
        return real_roots(self.at(a), bits)

    def top_sign(self, a: fmpq) -> int:
        """Return the sign above all roots on the column at a."""
        return sign(self.rows[-1](a))

    def critical(self) -> Iterator[fmpq_poly]:
        """Yield polynomials at whose roots it turns, crosses itself, or runs off to infinity."""
        if self.degree >= 1:
            yield self.rows[-1]
        if self.degree >= 2:
            yield as_polynomial(self.polynomial.discriminant(1))

    def meeting(self, other: IrreducibleCurve) -> fmpq_poly:
        """Return a polynomial whose roots are the intersections with another non-vertical curve."""
        if self.degree == other.degree == 1:
            return self.rows[0] * other.rows[1] - self.rows[1] * other.rows[0]
        return as_polynomial(self.polynomial.resultant(other.polynomial, 1))

    def on_level(self, b: fmpq) -> fmpq_poly:
        """Return the polynomial in a where b has a given value."""
        total = fmpq_poly([0])
        for row in reversed(self.rows):
            total = total * b + row
        return total


def sign(value: fmpq) -> int:
    """Return -1, 0 or 1."""
    return (value > 0) - (value < 0)


def as_polynomial(polynomial: fmpq_mpoly) -> fmpq_poly:
    """Return a polynomial in the first variable alone."""
    terms = {int(m): value for (m, _), value in polynomial.to_dict().items()}
    return fmpq_poly([terms.get(m, 0) for m in range(max(terms, default=0) + 1)])


EDGE = -1
"""Stands for the window's lower and upper edge among the curves of a column."""


@dataclass(frozen=True)
class Window:
    """A rectangle: a from `left` to `right`, b from `bottom` to `top`."""

    left: fmpq
    right: fmpq
    bottom: fmpq
    top: fmpq


@dataclass(frozen=True)
class CriticalValue:
    """A critical value of a.

    Attributes
    ----------
    polynomial : fmpq_poly
        It is a root of this irreducible polynomial,
    place : Interval
        the one in here.
    singular : frozenset of int
        The curves that turn, cross themselves or go to infinity there.
    lines : frozenset of int
        The curves that are vertical lines there.
    """

    polynomial: fmpq_poly
    place: Interval
    singular: frozenset[int]
    lines: frozenset[int]


@dataclass(frozen=True)
class ColumnRoot:
    """A curve crosses a column: number `branch` of its real roots there, from below."""

    curve: int
    branch: int
    place: Interval


@dataclass(frozen=True, eq=False)
class CurveColumn:
    """The column over an open interval of a, computed at one rational value in it.

    Attributes
    ----------
    left, right : CriticalValue or None
        The ends of the interval; None where there is none inside the window's neighbourhood.
    a : fmpq
    roots : tuple of ColumnRoot
        In ascending order, the edges of the window among them.
    signs : tuple
        The signs of all curves in the cell below each root, and in the one above the last.
    """

    left: CriticalValue | None
    right: CriticalValue | None
    a: fmpq
    roots: tuple[ColumnRoot, ...]
    signs: tuple[tuple[int, ...], ...]
    inside: bool = True

    def edges(self, window: Window) -> tuple[int, int]:
        """Return the numbers of the roots at the lower and at the upper edge of the window."""
        places = [root.place for root in self.roots]
        return places.index((window.bottom, window.bottom)), places.index((window.top, window.top))

    def level(self, cell: int) -> fmpq:
        """Return a rational b in a cell."""
        if not self.roots:
            return fmpq(0)
        if cell == 0:
            return self.roots[0].place[0] - 1
        if cell == len(self.roots):
            return self.roots[-1].place[1] + 1
        return simplest_well_between(self.roots[cell - 1].place[1], self.roots[cell].place[0])

    def on(self, root: int) -> tuple[int, ...]:
        """Return the signs on a root of a curve."""
        here = list(self.signs[root])
        here[self.roots[root].curve] = 0
        return tuple(here)


@dataclass(eq=False)
class _Places:
    """Irreducible polynomials in a, each once, with the curves for which it matters."""

    found: dict[str, tuple[fmpq_poly, set[int], set[int]]] = field(default_factory=dict)

    def add(self, polynomial: fmpq_poly, singular: int | None = None, line: int | None = None) -> None:
        if polynomial.degree() < 1:
            return
        for factor, _ in polynomial.factor()[1] if polynomial.degree() > 1 else [(polynomial, 1)]:
            monic = factor / factor[factor.degree()]
            _, curves, lines = self.found.setdefault(str(monic), (monic, set(), set()))
            if singular is not None:
                curves.add(singular)
            if line is not None:
                lines.add(line)


def critical_values(
    curves: Sequence[IrreducibleCurve], window: Window, going_on: Callable[[], None] = lambda: None
) -> list[CriticalValue]:
    """Return the critical values of a in ascending order, the window's sides among them.

    Raises
    ------
    ArithmeticError
        If two of them cannot be separated.
    """
    places = _Places()
    for side in (window.left, window.right):
        places.add(fmpq_poly([-side, 1]))
    for k, curve in enumerate(curves):
        if curve.vertical:
            places.add(curve.rows[0], line=k)
            continue
        for polynomial in curve.critical():
            places.add(polynomial, singular=k)
        for level in (window.bottom, window.top):
            places.add(curve.on_level(level))
    graphs = [curve for curve in curves if not curve.vertical]
    for first, second in itertools.combinations(graphs, 2):
        going_on()
        places.add(first.meeting(second))

    def find(bits: int) -> Iterable[tuple[Interval, str]]:
        for key, (polynomial, _, _) in places.found.items():
            for root in real_roots(polynomial, bits):
                yield root, key

    result = []
    for place, key in disjoint(find):
        polynomial, singular, lines = places.found[key]
        result.append(CriticalValue(polynomial, place, frozenset(singular), frozenset(lines)))
    return result


def columns_of(
    curves: Sequence[IrreducibleCurve], window: Window, going_on: Callable[[], None] = lambda: None
) -> list[CurveColumn]:
    """Return one column for each slab of the window, and one on either side.

    Parameters
    ----------
    curves : sequence of IrreducibleCurve
        Irreducible, and no two of them multiples of each other.
    window : Window
    going_on : callable
        Called before each step; what it raises ends the work.
    """
    critical = critical_values(curves, window, going_on)
    first = next(k for k, c in enumerate(critical) if c.place == (window.left, window.left))
    last = next(k for k, c in enumerate(critical) if c.place == (window.right, window.right))
    result = []
    for k in range(first - 1, last + 1):
        going_on()
        left = critical[k] if k >= 0 else None
        right = critical[k + 1] if k + 1 < len(critical) else None
        low = left.place[1] if left else window.left - 1
        high = right.place[0] if right else window.right + 1
        a = simplest_well_between(low, high)
        result.append(_column(curves, window, a, left, right, first <= k < last))
    return result


def _column(
    curves: Sequence[IrreducibleCurve],
    window: Window,
    a: fmpq,
    left: CriticalValue | None,
    right: CriticalValue | None,
    inside: bool,
) -> CurveColumn:
    def find(bits: int) -> Iterable[tuple[Interval, tuple[int, int]]]:
        levels = {window.bottom, window.top}
        for k, curve in enumerate(curves):
            if not curve.vertical:
                for branch, place in enumerate(curve.roots(a, bits)):
                    if curve.degree == 1 and not curve.rows[0].degree() > 0 and place[0] in levels:
                        levels.discard(place[0])  # the curve is the edge itself
                    yield place, (k, branch)
        for level in levels:
            yield (level, level), (EDGE, 0)

    roots = tuple(ColumnRoot(curve, branch, place) for place, (curve, branch) in disjoint(find))
    signs = [sign(curve.rows[0](a)) if curve.vertical else curve.top_sign(a) for curve in curves]
    stack = [tuple(signs)]
    for root in reversed(roots):
        if root.curve != EDGE:
            signs[root.curve] = -signs[root.curve]
        stack.append(tuple(signs))
    return CurveColumn(left, right, a, roots, tuple(reversed(stack)), inside)
