"""Whether a polynomial keeps one sign inside a polytope, by its Bernstein coefficients.

On a simplex a polynomial is a form in the barycentric coordinates.  If all coefficients of that form have
one sign, so has the polynomial (Garloff 1986; Lane & Riesenfeld 1981); if they differ, the simplex
is halved a few times, and the form with it.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Mapping

from flint import Ordering, fmpq, fmpq_mpoly, fmpq_mpoly_ctx

from separatrix.exact.polytope import Point, Polytope, affine_rank
from separatrix.run.deadline import poll

__all__ = ["constant_sign", "triangulation", "value_at"]

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
        0 says that the sign changes, or that the bound was not sharp enough to tell.
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
