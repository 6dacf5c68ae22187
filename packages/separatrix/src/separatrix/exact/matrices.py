"""Eigenvalues of a rational matrix: the signs of their real parts exactly, their values as floats.

The characteristic polynomial is split into irreducible factors over Q. If an irreducible factor f has a
root iω, it has the root -iω too, so f(λ) and f(-λ) share a root and f is even: f(λ) = h(λ²). Then roots on
the imaginary axis belong to the negative real roots of h, which isolation recognises exactly. A factor that
is not even has no root on the axis, so refined enclosures of its roots decide every sign.

Determinants, characteristic polynomials and kernels of matrices over the parameters.

Polytopes by their vertices, exactly, and their parts on either side of a hyperplane.

A polytope is cut by the double description method (Motzkin, Raiffa, Thompson & Thrall 1953): the
vertices of the section lie on the edges between vertices of opposite sides, and two vertices are ends of
an edge if no third one lies on all the facets that both lie on (Fukuda & Prodon 1996, proposition 7).

A polytope cut by hyperplanes into relatively open cells, and cells joined again where nothing differs.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from operator import mul
from typing import Any

from flint import acb, arb, fmpq, fmpq_mat, fmpq_poly

from separatrix.exact.algebraic_numbers import Exact, Surd, absolute_root, as_expression
from separatrix.exact.rational_functions import Ratio
from separatrix.expression.precision import precision
from separatrix.expression.tree import Expression, Name, add, divide, multiply, negate, number
from separatrix.run.limits import poll
from separatrix.sentences import say

__all__ = [
    "PolyhedralCell",
    "Eigenvalue",
    "Point",
    "Polytope",
    "Spectrum",
    "Wall",
    "affine_rank",
    "cells",
    "characteristic",
    "determinant",
    "frequencies",
    "kernel",
    "minors",
    "necessary_walls",
    "separating",
    "simplex",
    "spectrum",
]

Rows = Sequence[Sequence[Ratio]]


def determinant(rows: Rows, one: Ratio) -> Ratio:
    """Return the determinant of a square matrix; `one` is that of the empty one.

    Laplace's expansion along the rows, each set of columns once.

    Examples
    --------
    >>> from separatrix.exact.rational_functions import Ring
    >>> ring = Ring(["a", "b"])
    >>> a, b, one = ring.variable("a"), ring.variable("b"), ring.constant(1)
    >>> determinant([[a, b], [b, a]], one).numerator
    v0^2 - v1^2
    """
    known: dict[frozenset[int], Ratio] = {frozenset(): one}
    size = len(rows)
    # Minors of the last rows first: those of k rows need those of k - 1.
    for count in range(1, size + 1):
        row = rows[size - count]
        current: dict[frozenset[int], Ratio] = {}
        for columns in itertools.combinations(range(size), count):
            total = one - one
            for place, column in enumerate(columns):
                rest = known[frozenset(columns) - {column}]
                if row[column].is_zero or rest.is_zero:
                    continue
                term = row[column] * rest
                total = total - term if place % 2 else total + term
            current[frozenset(columns)] = total
        known = current
    return known[frozenset(range(size))]


def kernel(rows: Rows, width: int, one: Ratio) -> tuple[Ratio, ...]:
    """Return the vector of signed minors, which spans the kernel of `width` - 1 rows of full rank.

    Its entries add up to the determinant of the rows with a last row of ones.
    """
    result = []
    for column in range(width):
        minor = determinant([[row[c] for c in range(width) if c != column] for row in rows], one)
        result.append(-minor if (width - 1 - column) % 2 else minor)
    return tuple(result)


def minors(rows: Rows, width: int, size: int, one: Ratio) -> Iterator[Ratio]:
    """Yield the minors of a size that are not zero identically."""
    for chosen in itertools.combinations(rows, size):
        for columns in itertools.combinations(range(width), size):
            value = determinant([[row[c] for c in columns] for row in chosen], one)
            if not value.is_zero:
                yield value


def characteristic(
    matrix: Sequence[Sequence[Any]],
    zero: Any,
    one: Any,
    times: Callable[[Any, Any], Any] = mul,
    checked: Callable[[Any], Any] = lambda value: value,
) -> list[Any]:
    """Return the coefficients of λ^(d-1), ..., λ, 1 in det(λ - matrix), by Faddeev and Le Verrier's method.

    Parameters
    ----------
    matrix : entries of any ring with the rationals in it
    zero, one : of that ring
    times : multiplies two entries
    checked : refuses entries that grow too large
    """
    size = len(matrix)
    result: list[Any] = []
    power = [[one if i == j else zero for j in range(size)] for i in range(size)]
    count = zero
    for _ in range(size):
        rows = []
        for row in matrix:
            poll()
            rows.append(
                [sum((times(v, p[j]) for v, p in zip(row, power, strict=True)), zero) for j in range(size)]
            )
        power = rows
        count = count + one
        coefficient = checked(-(sum((power[i][i] for i in range(size)), zero) / count))
        result.append(coefficient)
        power = [
            [checked(v + coefficient if i == j else v) for j, v in enumerate(row)]
            for i, row in enumerate(power)
        ]
    return result


MOST_CORNERS = 400

Point = tuple[fmpq, ...]


@dataclass(frozen=True)
class Polytope:
    """The convex hull of its vertices.

    Attributes
    ----------
    vertices : points of any one space
    facets : for each vertex, as bits of a number, the inequalities that hold there with equality.
        Together with the dimension they fix which vertices are ends of an edge.
    dimension : of the affine hull
    """

    vertices: tuple[Point, ...]
    facets: tuple[int, ...]
    dimension: int

    @property
    def centre(self) -> Point:
        """The mean of the vertices: a point of the relative interior."""
        count = len(self.vertices)
        return tuple(sum(values, fmpq(0)) / count for values in zip(*self.vertices, strict=True))

    def split(
        self, values: Sequence[fmpq], facet: int, most: int | None = None
    ) -> tuple[Polytope | None, Polytope | None, Polytope | None]:
        """Return the parts on which an affine function is at most, exactly, and at least zero.

        Parameters
        ----------
        values : its value at each vertex
        facet : the number of the bit that marks the vertices at which it vanishes
        most : vertices beyond which it is refused; by default some hundreds

        Returns
        -------
        (below, level, above)
            None for a side on which the function is nowhere strictly of that sign, and for a level
            that is empty.  Where the function is zero throughout, all is level.

        Raises
        ------
        OverflowError
            Where the polytope has too many vertices: the time grows faster than the square of their number.

        Examples
        --------
        >>> square = simplex(1).times(simplex(1))
        >>> below, level, above = square.split([v[0] - fmpq(1, 3) for v in square.vertices], 9)
        >>> sorted(level.vertices), level.dimension, len(above.vertices)
        ([(1/3, 0), (1/3, 1)], 1, 4)
        """
        most = MOST_CORNERS if most is None else most
        if len(values) > most:
            raise OverflowError(say("some continuum of equilibria has more than {most} corners", most=most))
        bit = 1 << facet
        below = [k for k, value in enumerate(values) if value < 0]
        level = [k for k, value in enumerate(values) if value == 0]
        above = [k for k, value in enumerate(values) if value > 0]
        if not below and not above:
            return None, self, None
        crossing: list[tuple[Point, int]] = []
        for k in below:
            poll()
            for m in above:
                common = self.facets[k] & self.facets[m]
                if self._edge(k, m, common):
                    t = values[k] / (values[k] - values[m])
                    point = tuple(
                        p + t * (q - p) for p, q in zip(self.vertices[k], self.vertices[m], strict=True)
                    )
                    crossing.append((point, common | bit))
        section = [(self.vertices[k], self.facets[k] | bit) for k in level] + crossing

        def side(members: list[int]) -> Polytope | None:
            if not members:
                return None
            return _polytope([(self.vertices[k], self.facets[k]) for k in members] + section, self.dimension)

        if not section:
            return side(below), None, side(above)
        dimension = self.dimension - 1 if below and above else affine_rank([p for p, _ in section])
        return side(below), _polytope(section, dimension), side(above)

    def _edge(self, k: int, m: int, common: int) -> bool:
        if common.bit_count() < self.dimension - 1:
            return False
        return not any(f & common == common for z, f in enumerate(self.facets) if z != k and z != m)

    def times(self, other: Polytope, shift: int | None = None) -> Polytope:
        """Return the product; the bits of `other` are moved up by `shift`, by default past all of these."""
        if shift is None:
            shift = max((f.bit_length() for f in self.facets), default=0)
        return Polytope(
            tuple(p + q for p in self.vertices for q in other.vertices),
            tuple(f | g << shift for f in self.facets for g in other.facets),
            self.dimension + other.dimension,
        )

    def map(self, function: Callable[[Point], Point]) -> Polytope:
        """Return the image under an affine map that is one-to-one on it."""
        return Polytope(tuple(function(p) for p in self.vertices), self.facets, self.dimension)


def _polytope(pairs: list[tuple[Point, int]], dimension: int) -> Polytope:
    return Polytope(tuple(p for p, _ in pairs), tuple(f for _, f in pairs), dimension)


def simplex(dimension: int, size: int = 1) -> Polytope:
    """Return the points with coordinates at least 0 that sum up to at most `size`.

    Bit k marks the facet on which coordinate k is 0, bit `dimension` the one on which the sum is `size`.
    """
    zero = (fmpq(0),) * dimension
    corners = [tuple(fmpq(size) if m == k else fmpq(0) for m in range(dimension)) for k in range(dimension)]
    everything = (1 << (dimension + 1)) - 1
    return Polytope(
        (zero, *corners),
        (everything & ~(1 << dimension), *(everything & ~(1 << k) for k in range(dimension))),
        dimension,
    )


def affine_rank(points: Iterable[Point]) -> int:
    """Return the dimension of the affine hull of one or more points."""
    first, *others = points
    if not others:
        return 0
    return int(fmpq_mat([[p - q for p, q in zip(other, first, strict=True)] for other in others]).rank())


Wall = tuple[fmpq, ...]
"""The affine function Σ wall[a]·x_a of the shares; the hyperplane is where it is zero."""


MOST_CELLS = 3_000


@dataclass(frozen=True, eq=False)
class PolyhedralCell:
    """The part of a polytope's relative interior on which each wall has a given sign.

    Attributes
    ----------
    closure : the closed polytope
    sides : for each wall its sign there: -1, 0 or 1
    """

    closure: Polytope
    sides: tuple[int, ...]


def separating(polytope: Polytope, candidates: Iterable[Wall]) -> list[Wall]:
    """Return the candidates that take both signs on a polytope, one of each hyperplane."""
    found: dict[tuple[fmpq, ...], Wall] = {}
    for wall in candidates:
        poll()
        values = [_value(wall, v) for v in polytope.vertices]
        if any(v > 0 for v in values) and any(v < 0 for v in values):
            lead = next(v for v in values if v)
            found.setdefault(tuple(v / lead for v in values), wall)
    return list(found.values())


def cells(polytope: Polytope, walls: list[Wall], first_facet: int) -> list[PolyhedralCell]:
    """Return all cells, of every dimension; their relative interiors fill that of the polytope.

    Parameters
    ----------
    polytope : closed, of dimension 1 or more
    walls : each takes both signs on it
    first_facet : a number above those of the polytope's own facets; wall k becomes facet first_facet + k

    Raises
    ------
    OverflowError
        Where there are thousands of cells.
    """
    result = [PolyhedralCell(polytope, ())]
    for k, wall in enumerate(walls):
        finer: list[PolyhedralCell] = []
        for cell in result:
            poll()
            values = [_value(wall, v) for v in cell.closure.vertices]
            low, high = any(v < 0 for v in values), any(v > 0 for v in values)
            if low and high:
                parts = cell.closure.split(values, first_facet + k)
                finer.extend(
                    PolyhedralCell(part, (*cell.sides, side))
                    for side, part in zip((-1, 0, 1), parts, strict=True)
                    if part is not None
                )
            else:
                finer.append(PolyhedralCell(cell.closure, (*cell.sides, int(high) - int(low))))
        result = finer
        if len(result) > MOST_CELLS:
            raise OverflowError(say("it falls into more than {most:,} cells", most=MOST_CELLS))
    return result


def necessary_walls(count: int, kinds: Mapping[PolyhedralCell, Hashable]) -> list[int]:
    """Return which walls are needed so that all of a cell is of one kind.

    Parameters
    ----------
    count : how many walls made the cells
    kinds : the kind of each cell
    """
    kept = list(range(count))
    for k in range(count):
        poll()
        without = [m for m in kept if m != k]
        groups: dict[tuple[int, ...], Hashable] = {}
        if all(
            groups.setdefault(tuple(cell.sides[m] for m in without), kind) == kind
            for cell, kind in kinds.items()
        ):
            kept = without
    return kept


def _value(wall: Wall, point: Point) -> fmpq:
    return sum((c * x for c, x in zip(wall, point, strict=True) if c and x), fmpq(0))


BITS = 128


@dataclass(frozen=True)
class Eigenvalue:
    """One eigenvalue, counted with its multiplicity.

    Attributes
    ----------
    value : nearest float or one next to it, in both parts
    turn : the sign of the real part: -1, 0 or 1
    imaginary : whether it lies on the imaginary axis, but is not zero
    factor : the irreducible factor of the characteristic polynomial that it is a root of
    exact : closed form where the factor's degree is one or two
    """

    value: complex
    turn: int
    imaginary: bool
    factor: fmpq_poly
    exact: Expression | None


@dataclass(frozen=True)
class Spectrum:
    """All eigenvalues of a matrix, real parts ascending."""

    values: tuple[Eigenvalue, ...]

    @property
    def signs(self) -> tuple[int, int, int]:
        """How many eigenvalues have negative, zero and positive real part."""
        turns = [v.turn for v in self.values]
        return turns.count(-1), turns.count(0), turns.count(1)

    @property
    def zeros(self) -> int:
        """The multiplicity of the eigenvalue zero."""
        return sum(v.turn == 0 and not v.imaginary for v in self.values)

    @property
    def imaginary(self) -> int:
        """How many eigenvalues lie on the imaginary axis without being zero."""
        return sum(v.imaginary for v in self.values)


def spectrum(matrix: fmpq_mat) -> Spectrum:
    """Return the eigenvalues of a square rational matrix, with exact signs.

    Examples
    --------
    >>> spectrum(fmpq_mat([[0, -1, 0], [1, 0, 0], [0, 0, -2]])).signs
    (1, 2, 0)
    """
    if matrix.nrows() == 0:
        return Spectrum(())
    values: list[Eigenvalue] = []
    for factor, multiplicity in matrix.charpoly().factor()[1]:
        values.extend(list(_roots(factor)) * multiplicity)
    values.sort(key=lambda v: (v.value.real, v.value.imag))
    return Spectrum(tuple(values))


def frequencies(matrix: fmpq_mat) -> list[arb] | None:
    """Return ω > 0 for each pair of eigenvalues ±iω, as balls of the current precision.

    None where a pair is not simple.
    """
    result: list[arb] = []
    for factor, multiplicity in matrix.charpoly().factor()[1]:
        if factor.degree() % 2 or not _is_even(factor):
            continue
        for square in _complex_roots(_halved(factor)):
            if square.imag == 0 and square.real < 0:
                if multiplicity > 1:
                    return None
                result.append((-square.real).sqrt())
    return result


def _roots(factor: fmpq_poly) -> Iterator[Eigenvalue]:
    degree = factor.degree()
    if degree == 1:
        root = -factor[0] / factor[1]
        turn = (root > 0) - (root < 0)
        yield Eigenvalue(complex(_ratio(root)), turn, False, factor, as_expression(root))
        return
    exact = _quadratic(factor) if degree == 2 else (None,) * degree
    found = _even(factor) if _is_even(factor) else _uneven(factor)
    ordered = sorted(found, key=lambda r: (r[0].real, r[0].imag))
    for (value, turn, imaginary), form in zip(ordered, exact, strict=True):
        yield Eigenvalue(value, turn, imaginary, factor, form)


def _is_even(factor: fmpq_poly) -> bool:
    return all(factor[k] == 0 for k in range(1, factor.degree() + 1, 2))


@precision(BITS)
def _even(factor: fmpq_poly) -> list[tuple[complex, int, bool]]:
    found: list[tuple[complex, int, bool]] = []
    for square in _complex_roots(_halved(factor)):
        if square.imag == 0:
            root = abs(square.real).sqrt()
            real = float(root.mid())
            if square.real > 0:
                found += [(complex(-real, 0), -1, False), (complex(real, 0), 1, False)]
            else:
                found += [(complex(0, -real), 0, True), (complex(0, real), 0, True)]
        else:
            value = _complex(square.sqrt())  # the root with positive real part
            found += [(value, 1, False), (-value, -1, False)]
    return found


def _uneven(factor: fmpq_poly) -> list[tuple[complex, int, bool]]:
    bits = BITS
    while True:
        with precision(bits):
            roots = _complex_roots(factor)
            if not any(root.real.contains(0) for root in roots):
                return [(_complex(root), 1 if root.real > 0 else -1, False) for root in roots]
        bits *= 2


def _halved(factor: fmpq_poly) -> fmpq_poly:
    """The polynomial h with factor(λ) = h(λ²)."""
    return fmpq_poly([factor[k] for k in range(0, factor.degree() + 1, 2)])


def _complex_roots(polynomial: fmpq_poly) -> list[acb]:
    """Balls around the roots of a polynomial without repeated ones; those of real roots are real."""
    pairs: list[Any] = polynomial.complex_roots()
    return [acb(root) for root, _ in pairs]


def _complex(ball: acb) -> complex:
    return complex(float(ball.real.mid()), float(ball.imag.mid()))


def _ratio(value: fmpq) -> float:
    return int(value.p) / int(value.q)


def _quadratic(factor: fmpq_poly) -> tuple[Expression, Expression]:
    """The two roots in closed form, in the order of their real, then imaginary parts."""
    a, b, c = factor[2], factor[1], factor[0]
    middle = as_expression(-b / (2 * a))
    square = (b * b - 4 * a * c) / (4 * a * a)
    distance = _tidy(absolute_root(square))
    if square < 0:
        distance = multiply(distance, Name("I"))
    return add(middle, negate(distance)), add(middle, distance)


def _tidy(root: Exact) -> Expression:
    """A multiple of a square root, the denominator below: sqrt(3)/2."""
    if not isinstance(root, Surd):
        return as_expression(root)
    top = multiply(number(int(root.b.p)), as_expression(Surd(fmpq(0), fmpq(1), root.d)))
    return top if root.b.q == 1 else divide(top, number(int(root.b.q)))
