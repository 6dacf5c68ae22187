"""The Bernstein basis on a simplex, and what cells need of it.

A form of degree d in the barycentric coordinates λ of a simplex with k corners is Σ b_α·(d!/α!)·λ^α over the
exponents α with sum d.  Its values lie between the least and the largest b_α; on a face of the simplex only
the b_α with α supported there count; and on a smaller simplex the coefficients are those of its blossom.
Reference: Boudaoud, Caruso & Roy (2008), Certificates of positivity in the Bernstein basis.

Whether a polynomial keeps one sign inside a polytope, by its Bernstein coefficients.

On a simplex a polynomial is a form in the barycentric coordinates.  If all coefficients of that form have
one sign, so has the polynomial (Garloff 1986; Lane & Riesenfeld 1981); if they differ, the simplex
is halved a few times, and the form with it.

The signs of polynomials in two variables at all nodes of a rational grid, right where they vanish too.

Written in the numbers of the nodes, a polynomial has integer coefficients.  Where 63 bits hold every value,
it is evaluated in whole numbers, without any rounding.  Else it is evaluated in floats, and again exactly at
the nodes at which its value is less than a bound of the rounding errors (Higham 2002, section 5.1).
"""

from __future__ import annotations

import functools
import itertools
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import numpy as np
from flint import Ordering, fmpq, fmpq_mpoly, fmpq_mpoly_ctx
from numpy.typing import NDArray

from separatrix.exact.matrices import Point, Polytope, affine_rank
from separatrix.run.cached_property import cached_property
from separatrix.run.limits import poll

__all__ = [
    "Basis",
    "Exponents",
    "Floats",
    "GridAxis",
    "Spans",
    "bases_of",
    "basis",
    "coefficients",
    "constant_sign",
    "multinomial",
    "sign_grid",
    "triangulation",
    "value_at",
]

Exponents = tuple[int, ...]
Floats = NDArray[np.float64]
Spans = Sequence[Sequence[int]]
"""For each of several simplices the generators of a ring that are its coordinates, all but the last one."""


def multinomial(exponents: Exponents) -> int:
    """Return d!/α!, where d is the sum of the exponents.

    Examples
    --------
    >>> multinomial((2, 1))
    3
    """
    result = math.factorial(sum(exponents))
    for e in exponents:
        result //= math.factorial(e)
    return result


def _exponents(k: int, degree: int) -> Iterator[Exponents]:
    """Yield the exponents of k variables with a given sum, largest first."""
    if k == 1:
        yield (degree,)
        return
    for first in range(degree, -1, -1):
        yield from ((first, *rest) for rest in _exponents(k - 1, degree - first))


@dataclass(frozen=True)
class Basis:
    """The Bernstein basis of one degree on a simplex with k corners; for degree 1 that is the corners.

    Attributes
    ----------
    k : corners of the simplex
    degree : of the forms
    """

    k: int
    degree: int

    @cached_property
    def exponents(self) -> tuple[Exponents, ...]:
        """The exponents α, in the order of all coefficient arrays."""
        return tuple(_exponents(self.k, self.degree))

    @cached_property
    def index(self) -> Mapping[Exponents, int]:
        """The place of each exponent."""
        return {a: n for n, a in enumerate(self.exponents)}

    @property
    def size(self) -> int:
        """The number of coefficients."""
        return len(self.exponents)

    @cached_property
    def middle(self) -> Floats:
        """(size,): the weights that give the value at the centroid."""
        return np.array([multinomial(a) / self.k**self.degree for a in self.exponents])

    @cached_property
    def slopes(self) -> Floats:
        """(size, k): the weights that give, at the centroid, the derivative by each λ."""
        result = np.zeros((self.size, self.k))
        for n, a in enumerate(self.exponents):
            for j in range(self.k):
                if a[j]:
                    lower = (*a[:j], a[j] - 1, *a[j + 1 :])
                    result[n, j] = self.degree * multinomial(lower) / self.k ** (self.degree - 1)
        return result

    @cached_property
    def edge_coefficients(self) -> Mapping[tuple[int, int], tuple[slice | list[int], slice | list[int]]]:
        """For each edge (i, j) the places of the coefficients that follow each other along it."""
        result: dict[tuple[int, int], tuple[slice | list[int], slice | list[int]]] = {}
        for i, j in itertools.combinations(range(self.k), 2):
            if self.degree == 1:
                result[i, j] = slice(i, i + 1), slice(j, j + 1)
                continue
            first, second = [], []
            for n, a in enumerate(self.exponents):
                if a[i]:
                    moved = list(a)
                    moved[i], moved[j] = moved[i] - 1, moved[j] + 1
                    first.append(n)
                    second.append(self.index[tuple(moved)])
            result[i, j] = first, second
        return result

    @cached_property
    def coordinates(self) -> Floats:
        """(k, size): the coefficients of each λ itself."""
        if not self.degree:
            return np.full((self.k, 1), 1 / self.k)
        return np.array([[a[j] / self.degree for a in self.exponents] for j in range(self.k)])

    def places(self, corners: tuple[int, ...]) -> tuple[int, ...]:
        """Return where the coefficients of a face, given by its corners, stand among all coefficients.

        Examples
        --------
        >>> basis(3, 1).places((0, 2))
        (0, 2)
        """
        result = []
        for a in basis(len(corners), self.degree).exponents:
            full = [0] * self.k
            for corner, e in zip(corners, a, strict=True):
                full[corner] = e
            result.append(self.index[tuple(full)])
        return tuple(result)

    def onto(self, corners: Floats) -> Floats:
        """Return the matrices that take coefficients to those on smaller simplices.

        Parameters
        ----------
        corners : (B, k, k); row j holds the barycentric coordinates of the new corner j

        Returns
        -------
        (B, size, size) array
        """
        if self.degree == 1:
            return corners
        count = len(corners)
        if not self.degree:
            return np.ones((count, 1, 1))
        # The new coefficient of α is the blossom at its corners: multiply one linear form a corner.
        products: dict[Exponents, dict[Exponents, Any]] = {(0,) * self.k: {(0,) * self.k: np.ones(count)}}
        for _ in range(self.degree):
            poll()
            longer: dict[Exponents, dict[Exponents, Any]] = {}
            for (a, terms), j in itertools.product(products.items(), range(self.k)):
                target = (*a[:j], a[j] + 1, *a[j + 1 :])
                if target in longer:
                    continue
                raised: dict[Exponents, Any] = {}
                for b, weight in terms.items():
                    for i in range(self.k):
                        c = (*b[:i], b[i] + 1, *b[i + 1 :])
                        raised[c] = raised.get(c, 0.0) + weight * corners[:, j, i]
                longer[target] = raised
            products = longer
        result = np.zeros((count, self.size, self.size))
        for a, terms in products.items():
            for b, weight in terms.items():
                result[:, self.index[a], self.index[b]] = weight
        return result

    @cached_property
    def from_powers(self) -> tuple[tuple[Exponents, ...], list[list[fmpq]]]:
        """The powers of the first k-1 coordinates up to the degree, and each one's coefficients."""
        powers = (
            tuple(a for e in range(self.degree + 1) for a in _exponents(self.k - 1, e))
            if self.k > 1
            else ((),)
        )
        rows = []
        for power in powers:
            poll()
            row = []
            for a in self.exponents:
                if self.degree > 64:  # the factorials are long
                    poll()
                rest = (*(x - y for x, y in zip(a[:-1], power, strict=True)), a[-1])
                fits = all(e >= 0 for e in rest)
                row.append(fmpq(multinomial(rest), multinomial(a)) if fits else fmpq(0))
            rows.append(row)
        return powers, rows

    def raised(self, tensor: NDArray[Any], axis: int) -> NDArray[Any]:
        """Return the coefficients from those of the powers (`from_powers`) along one axis, exactly."""
        if self.degree == 0:
            return tensor
        moved = np.moveaxis(tensor, axis, 0)
        if self.degree == 1:
            result = np.concatenate([moved[1:] + moved[:1], moved[:1]])
        else:
            result = _combined(self.from_powers[1], moved)
        return np.moveaxis(result, 0, axis)


def _combined(rows: list[list[fmpq]], tensor: NDArray[Any]) -> NDArray[Any]:
    """Σ_n rows[n][m]·tensor[n] for each m, in steps between which the time can run out."""
    columns = []
    for weights in zip(*rows, strict=True):
        poll()
        columns.append(sum(w * tensor[n] for n, w in enumerate(weights) if w))
    return np.stack([np.asarray(c, dtype=object) for c in columns])


@functools.cache
def basis(k: int, degree: int) -> Basis:
    """Return the basis of a degree on the simplex with k corners.

    Examples
    --------
    >>> basis(2, 3).exponents
    ((3, 0), (2, 1), (1, 2), (0, 3))
    """
    return Basis(k, degree)


def bases_of(spans: Spans, polynomials: Iterable[fmpq_mpoly]) -> tuple[Basis, ...]:
    """Return, for each of several simplices, the least basis in which polynomials can be written."""
    terms = [exponents for polynomial in polynomials for exponents in polynomial.to_dict()]
    degrees = (max((sum(int(e[v]) for v in span) for e in terms), default=0) for span in spans)
    return tuple(basis(len(span) + 1, degree) for span, degree in zip(spans, degrees, strict=True))


def coefficients(spans: Spans, bases: Sequence[Basis], polynomial: fmpq_mpoly) -> NDArray[Any]:
    """Return the Bernstein coefficients of a polynomial on a product of simplices.

    Returns
    -------
    array of rationals, one axis a simplex
    """
    powers = [b.from_powers for b in bases]
    places = [{power: n for n, power in enumerate(p[0])} for p in powers]
    tensor = np.full(tuple(len(p[0]) for p in powers), fmpq(0), dtype=object)
    for exponents, value in polynomial.to_dict().items():
        key = tuple(
            place[tuple(int(exponents[v]) for v in span)] for place, span in zip(places, spans, strict=True)
        )
        tensor[key] = value
    for q, b in enumerate(bases):
        tensor = b.raised(tensor, q)
    return tensor


HALVINGS = 6

MOST_TERMS = 20_000
"""Of a form; a larger one is not looked at."""

Simplex = tuple[tuple[Point, int], ...]
"""Corners, each with the facets of the polytope that it lies on."""


def constant_sign(polynomial: fmpq_mpoly, polytope: Polytope) -> int:
    """Return 1 or -1 where a polynomial has that sign throughout a polytope's interior, else 0.

    Parameters
    ----------
    polynomial : in the coordinates of the polytope's points; further variables do not occur in it
    polytope : of any dimension

    Returns
    -------
    int
        0 means that the sign changes, or that the bound was not sharp enough to decide.
    """
    width = len(polytope.vertices[0])
    rest = (fmpq(0),) * (polynomial.context().nvars() - width)
    sign = 0
    for point in (polytope.centre, *polytope.vertices):
        value = polynomial(*point, *rest)
        here = (value > 0) - (value < 0)
        if here and here == -sign:
            return 0
        sign = sign or here
    if math.comb(int(polynomial.total_degree()) + polytope.dimension, polytope.dimension) > MOST_TERMS:
        return 0
    for corners in triangulation(polytope):
        found = _sign(_form(polynomial, [p for p, _ in corners]), corners, HALVINGS)
        if not found or found == -sign:
            return 0
        sign = found
    return sign


def triangulation(polytope: Polytope) -> Iterator[Simplex]:
    """Yield simplices that fill a polytope and meet in common faces (cones over a first vertex)."""
    members = list(zip(polytope.vertices, polytope.facets, strict=True))
    yield from _cones(members, polytope.dimension)


def _cones(members: list[tuple[Point, int]], dimension: int) -> Iterator[Simplex]:
    if dimension == 0:
        yield (members[0],)
        return
    apex, *_ = members
    bits = 0
    for _, facets in members:
        bits |= facets
    seen: set[frozenset[Point]] = set()
    for k in range(bits.bit_length()):
        poll()
        face = [m for m in members if m[1] >> k & 1]
        if apex in face or len(face) < dimension:
            continue
        key = frozenset(p for p, _ in face)
        if key in seen or affine_rank([p for p, _ in face]) != dimension - 1:
            continue
        seen.add(key)
        for simplex in _cones(face, dimension - 1):
            yield (apex, *simplex)


def _sign(form: fmpq_mpoly, corners: Simplex, halvings: int) -> int:
    poll()
    terms = form.to_dict()
    signs = {1 if v > 0 else -1 for v in terms.values()}
    if len(signs) == 1:
        played = {sum(1 << k for k, e in enumerate(exponents) if e) for exponents in terms}
        if all(any(not m & ~face for m in played) for face in _inner_faces(corners)):
            return signs.pop()
    degree = max((sum(e) for e in terms), default=0)
    ends = {v > 0 for e, v in terms.items() if max(e) == degree}
    if halvings == 0 or len(ends) == 2:
        return 0
    sign = 0
    for half, part in _halves(form, corners):
        found = _sign(part, half, halvings - 1)
        if not found or found == -sign:
            return 0
        sign = found
    return sign


def _inner_faces(corners: Simplex) -> Iterator[int]:
    """The faces of a simplex that lie in the interior of the polytope, their corners as bits."""
    for size in range(1, len(corners) + 1):
        for face in itertools.combinations(range(len(corners)), size):
            common = -1
            for k in face:
                common &= corners[k][1]
            if common == 0:
                yield sum(1 << k for k in face)


def _form(polynomial: fmpq_mpoly, corners: list[Point]) -> fmpq_mpoly:
    """The polynomial as a form in barycentric coordinates, homogeneous of its total degree."""
    poll()
    context = fmpq_mpoly_ctx.get([f"b{k}" for k in range(len(corners))], Ordering.lex)
    weights = context.gens()
    total = sum(weights[1:], weights[0])
    zero = context.from_dict({})
    axes = [
        sum((w * p[k] for w, p in zip(weights, corners, strict=True)), zero) for k in range(len(corners[0]))
    ]
    axes += [zero] * (polynomial.context().nvars() - len(axes))
    parts: dict[int, dict[tuple[int, ...], fmpq]] = {}
    for exponents, value in polynomial.to_dict().items():
        parts.setdefault(sum(exponents), {})[exponents] = value
    result = zero
    for degree in range(max(parts, default=-1) + 1):
        result = result * total
        if degree in parts:
            result = result + polynomial.context().from_dict(parts[degree]).compose(*axes, ctx=context)
    return result


def value_at(terms: Mapping[tuple[int, ...], fmpq], point: Point) -> fmpq:
    """Return the value of a polynomial, given by its terms."""
    total = fmpq(0)
    for exponents, value in terms.items():
        for p, e in zip(point, exponents, strict=True):
            value = value * p**e
        total = total + value
    return total


def _halves(form: fmpq_mpoly, corners: Simplex) -> Iterator[tuple[Simplex, fmpq_mpoly]]:
    """Halve the longest edge; the new corner lies on the facets that both of its ends lie on."""

    def length(pair: tuple[int, int]) -> fmpq:
        p, q = corners[pair[0]][0], corners[pair[1]][0]
        return sum(((x - y) ** 2 for x, y in zip(p, q, strict=True)), fmpq(0))

    i, j = max(itertools.combinations(range(len(corners)), 2), key=length)
    middle = (
        tuple((x + y) / 2 for x, y in zip(corners[i][0], corners[j][0], strict=True)),
        corners[i][1] & corners[j][1],
    )
    context = form.context()
    for k, other in ((i, j), (j, i)):
        weights = list(context.gens())
        weights[other] = weights[other] + weights[k] / 2
        weights[k] = weights[k] / 2
        half = tuple(middle if m == k else corner for m, corner in enumerate(corners))
        yield half, form.compose(*weights, ctx=context)


if TYPE_CHECKING:
    Signs = NDArray[np.int8]


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
