"""Polynomials whose signs decide how the label of single states can change along a rest family.

The characteristic polynomial of the Jacobian along the face has coefficients that are polynomials in the
family's parameters t.  Split it over Q into irreducible factors f(t, λ), each monic in λ.  With
f = E(λ²) + λ·O(λ²), a root iω is a common root of E and O, and conversely.  So the number of roots of f in
each half-plane is constant on a connected set of t on which f(t, 0) has no zero and

* the resultant of E and O has none, where both are there;
* where f is even, f = E(λ²), the discriminant of E has none: its real roots stay apart and real.

The factor λ itself, once a dimension, belongs to the family's own directions.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from flint import Ordering, fmpq, fmpq_mat, fmpq_mpoly, fmpq_mpoly_ctx

from separatrix.analysis.affine.rest_states import RestFamily
from separatrix.analysis.affine_game import AffineGame
from separatrix.exact.algebraic_numbers import Exact
from separatrix.exact.matrices import Point, Polytope, affine_rank, characteristic
from separatrix.exact.routh_array import root_signs

__all__ = ["FaceChart", "drift_polynomial", "signs_along_face", "turning_polynomials"]


class FaceChart:
    """Parameters t on the affine hull of a polytope: x = p_0 + t_1·(p_1 - p_0) + … + t_d·(p_d - p_0).

    Attributes
    ----------
    corners : d + 1 vertices that are affinely independent
    dimension : d
    context : polynomials in t_1, …, t_d and λ

    Examples
    --------
    >>> from separatrix.exact.matrices import simplex
    >>> FaceChart(simplex(2)).parameters((fmpq(1, 2), fmpq(1, 3)))
    (1/2, 1/3)
    """

    def __init__(self, polytope: Polytope) -> None:
        corners = [polytope.vertices[0]]
        for vertex in polytope.vertices[1:]:
            if len(corners) > polytope.dimension:
                break
            if affine_rank([*corners, vertex]) == len(corners):
                corners.append(vertex)
        self.corners = tuple(corners)
        self.dimension = polytope.dimension
        names = [*(f"t{k}" for k in range(self.dimension)), "lam"]
        self.context = fmpq_mpoly_ctx.get(names, Ordering.lex)
        first, *others = self.corners
        edges = [[p - q for p, q in zip(other, first, strict=True)] for other in others]
        _, rank = fmpq_mat(edges).rref()
        reduced = fmpq_mat(edges).rref()[0]
        columns = [next(a for a in range(len(first)) if reduced[k, a] != 0) for k in range(rank)]
        self._columns = columns
        self._inverse = fmpq_mat([[edge[a] for edge in edges] for a in columns]).inv()

    def share(self, a: int) -> fmpq_mpoly:
        """Return share a as an affine polynomial in the parameters."""
        first, *others = (corner[a] for corner in self.corners)
        width = self.dimension + 1
        terms = {(0,) * width: first}
        for k, other in enumerate(others):
            terms[tuple(int(m == k) for m in range(width))] = other - first
        return self.context.from_dict({e: v for e, v in terms.items() if v})

    def parameters(self, state: Point) -> Point:
        """Return the parameters of a state on the affine hull."""
        first = self.corners[0]
        column = self._inverse * fmpq_mat([[state[a] - first[a]] for a in self._columns])
        return tuple(column[k, 0] for k in range(self.dimension))


def turning_polynomials(game: AffineGame, family: RestFamily, chart: FaceChart) -> list[fmpq_mpoly]:
    """Return polynomials in the chart's parameters; between their zeros no eigenvalue changes sign.

    Only the eigenvalues along the face of the family are meant.  No polynomial is constant.
    """
    rank = sum(len(played) - 1 for played in family.support)
    if rank == family.dimension:
        return []  # the whole face is at rest
    found: dict[str, fmpq_mpoly] = {}
    coefficients = _characteristic(_jacobian(game, family, chart), chart)
    lam = chart.context.gens()[-1]
    whole = sum((c * lam**k for k, c in enumerate(coefficients)), chart.context.from_dict({}))
    for factor, _ in whole.factor()[1]:
        for polynomial in _of_factor(factor, chart):
            if not polynomial.is_constant():
                found[str(polynomial)] = polynomial
    return list(found.values())


def _of_factor(factor: fmpq_mpoly, chart: FaceChart) -> Iterator[fmpq_mpoly]:
    even: dict[tuple[int, ...], fmpq] = {}
    odd: dict[tuple[int, ...], fmpq] = {}
    for exponents, value in factor.to_dict().items():
        *rest, power = exponents
        (odd if power % 2 else even)[(*rest, power // 2)] = value
    e, o = chart.context.from_dict(even), chart.context.from_dict(odd)
    yield factor.subs({"lam": 0})
    if not odd:
        if e.degrees()[-1] > 1:
            yield e.discriminant("lam")
    elif even:
        if o.degrees()[-1] == 0:
            yield o
        elif e.degrees()[-1] > 0:
            yield e.resultant(o, "lam")


def signs_along_face(
    game: AffineGame, family: RestFamily, chart: FaceChart, parameters: Sequence[Exact]
) -> tuple[int, int, int] | None:
    """Return how many eigenvalues along the face have negative, zero and positive real part at a state.

    None where some eigenvalue other than zero may be imaginary.
    """
    values: list[Exact] = []
    for coefficient in _characteristic(_jacobian(game, family, chart), chart):
        total: Exact = fmpq(0)
        for exponents, value in coefficient.to_dict().items():
            term: Exact = value
            for t, exponent in zip(parameters, exponents[:-1], strict=True):
                for _ in range(int(exponent)):
                    term = term * t
            total = total + term
        values.append(total)
    return root_signs(values)


def drift_polynomial(game: AffineGame, family: RestFamily, chart: FaceChart, b: int) -> fmpq_mpoly:
    """Return a polynomial with the sign of the rate at which the gain of b grows while b is played a little.

    Parameters
    ----------
    b : the index, among all K, of a strategy that is not played

    Where the face contracts towards the family, a small share w of b drifts with the state along it:
    after division by w, t' = ψ(t) and w' = speed·h(t), h being what b earns more.  The sign of h' = ∇h·ψ
    is that of a coefficient of the bordered Jacobian's characteristic polynomial.
    """
    bordered = _jacobian(game, family, chart, (b,))
    return -_characteristic(bordered, chart)[family.dimension - 1]


def _jacobian(
    game: AffineGame, family: RestFamily, chart: FaceChart, besides: tuple[int, ...] = ()
) -> list[list[fmpq_mpoly]]:
    """The Jacobian along the face in the shares of all played strategies but the last of each population.

    The rate of x_a changes with x_b by speed·x_a·(m_ab - Σ_c x_c m_cb), m_ab = M_ab - M_a,last of b's.
    For each strategy in `besides`, which is not played, a column of the same kind and a row for the
    change of its rate of growth.
    """
    groups = [
        [offset + a for a in played] for offset, played in zip(game.offsets, family.support, strict=True)
    ]
    owner = {offset + a: i for i, offset in enumerate(game.offsets) for a in range(game.sizes[i])}
    rows = [a for group in groups for a in group[:-1]] + list(besides)
    matrix = game.matrix
    zero = chart.context.from_dict({})
    shares = [{a: chart.share(a) for a in group} for group in groups]
    averages = [
        {
            b: sum((x * (matrix[c, b] - matrix[c, groups[owner[b]][-1]]) for c, x in shares[i].items()), zero)
            for b in rows
        }
        for i in range(len(groups))
    ]
    result = []
    for a in rows:
        i = owner[a]
        weight = zero + game.speeds[i] if a in besides else shares[i][a] * game.speeds[i]
        result.append(
            [
                zero
                if a in besides and b in besides
                else weight * (matrix[a, b] - matrix[a, groups[owner[b]][-1]] - averages[i][b])
                for b in rows
            ]
        )
    return result


def _characteristic(matrix: list[list[fmpq_mpoly]], chart: FaceChart) -> list[fmpq_mpoly]:
    """The coefficients of the characteristic polynomial, that of 1 first."""
    zero = chart.context.from_dict({})
    return [*reversed(characteristic(matrix, zero, zero + 1)), zero + 1]
