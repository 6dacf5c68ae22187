"""Whether a polynomial keeps one sign inside a polytope, by its Bernstein coefficients.

On a simplex a polynomial is a form in the barycentric coordinates.  If all coefficients of that form have
one sign, so has the polynomial (Garloff 1986; Lane & Riesenfeld 1981); if they differ, the simplex
is halved a few times.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping

from flint import Ordering, fmpq, fmpq_mpoly, fmpq_mpoly_ctx

from separatrix.analysis.affine.polytope import Point, Polytope, affine_rank

__all__ = ["constant_sign", "triangulation", "value_at"]

HALVINGS = 6

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
    terms = {e[:width]: v for e, v in polynomial.to_dict().items()}
    signs = {_sign(terms, corners, HALVINGS) for corners in triangulation(polytope)}
    return signs.pop() if len(signs) == 1 else 0


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
        face = [m for m in members if m[1] >> k & 1]
        if apex in face or len(face) < dimension:
            continue
        key = frozenset(p for p, _ in face)
        if key in seen or affine_rank([p for p, _ in face]) != dimension - 1:
            continue
        seen.add(key)
        for simplex in _cones(face, dimension - 1):
            yield (apex, *simplex)


def _sign(terms: dict[tuple[int, ...], fmpq], corners: Simplex, halvings: int) -> int:
    form = _form(terms, [p for p, _ in corners])
    signs = {1 if v > 0 else -1 for v in form.values()}
    if len(signs) == 1 and all(_present(form, corners, face) for face in _inner_faces(corners)):
        return signs.pop()
    ends = {value_at(terms, p) > 0 for p, _ in corners if value_at(terms, p) != 0}
    if halvings == 0 or len(ends) == 2:
        return 0
    found = {_sign(terms, half, halvings - 1) for half in _halves(corners)}
    return found.pop() if len(found) == 1 else 0


def _inner_faces(corners: Simplex) -> Iterator[tuple[int, ...]]:
    """The faces of a simplex that lie in the interior of the polytope."""
    for size in range(1, len(corners) + 1):
        for face in itertools.combinations(range(len(corners)), size):
            common = -1
            for k in face:
                common &= corners[k][1]
            if common == 0:
                yield face


def _present(form: dict[tuple[int, ...], fmpq], corners: Simplex, face: tuple[int, ...]) -> bool:
    outside = [k for k in range(len(corners)) if k not in face]
    return any(all(e[k] == 0 for k in outside) for e in form)


def _form(terms: dict[tuple[int, ...], fmpq], corners: list[Point]) -> dict[tuple[int, ...], fmpq]:
    """The polynomial as a form in barycentric coordinates, homogeneous of its total degree."""
    context = fmpq_mpoly_ctx.get([f"b{k}" for k in range(len(corners))], Ordering.lex)
    weights = context.gens()
    total = sum(weights[1:], weights[0])
    zero = context.from_dict({})
    axes = [
        sum((w * p[k] for w, p in zip(weights, corners, strict=True)), zero) for k in range(len(corners[0]))
    ]
    degree = max((sum(e) for e in terms), default=0)
    result = zero
    for exponents, value in terms.items():
        term = (zero + value) * total ** (degree - sum(exponents))
        for axis, exponent in zip(axes, exponents, strict=True):
            term = term * axis**exponent
        result = result + term
    return dict(result.to_dict())


def value_at(terms: Mapping[tuple[int, ...], fmpq], point: Point) -> fmpq:
    """Return the value of a polynomial, given by its terms."""
    total = fmpq(0)
    for exponents, value in terms.items():
        for p, e in zip(point, exponents, strict=True):
            value = value * p**e
        total = total + value
    return total


def _halves(corners: Simplex) -> Iterator[Simplex]:
    """Halve the longest edge; the new corner lies on the facets that both of its ends lie on."""

    def length(pair: tuple[int, int]) -> fmpq:
        p, q = corners[pair[0]][0], corners[pair[1]][0]
        return sum(((x - y) ** 2 for x, y in zip(p, q, strict=True)), fmpq(0))

    i, j = max(itertools.combinations(range(len(corners)), 2), key=length)
    middle = (
        tuple((x + y) / 2 for x, y in zip(corners[i][0], corners[j][0], strict=True)),
        corners[i][1] & corners[j][1],
    )
    for k in (i, j):
        yield tuple(middle if m == k else corner for m, corner in enumerate(corners))
