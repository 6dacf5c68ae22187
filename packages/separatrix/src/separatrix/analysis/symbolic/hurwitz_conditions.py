"""Stability in a support of three dimensions, written in the shares where the polynomials are too long.

The characteristic polynomial λ³ + c1·λ² + c2·λ + c3 has all roots on the left where c1 > 0, c3 > 0 and
c1·c2 > c3 (Hurwitz 1895).  With t the trace of J and s that of J², c1 = -t, c2 = (t² - s)/2, c3 = -det J.
"""

from __future__ import annotations

from separatrix.analysis.symbolic.candidate import Candidate
from separatrix.expression.conditions import Condition, Relation, all_of
from separatrix.expression.tree import Expression, add, divide, multiply, negate, number, power, subtract

__all__ = ["attracting_within", "turning_within"]


def attracting_within(candidate: Candidate) -> Condition:
    """Return when the eigenvalues within a support of dimension three have negative real parts.

    The sign of the determinant is left out: it belongs to the conditions of existence.
    """
    trace, second_hurwitz = _deciding(candidate)
    return all_of(Relation(trace, "<", number(0)), Relation(second_hurwitz, ">", number(0)))


def turning_within(candidate: Candidate) -> Condition:
    """Return when two of them are imaginary and the third is negative."""
    trace, second_hurwitz = _deciding(candidate)
    return all_of(Relation(trace, "<", number(0)), Relation(second_hurwitz, "==", number(0)))


def _deciding(candidate: Candidate) -> tuple[Expression, Expression]:
    """The trace, and c1·c2 - c3."""
    jacobian = _jacobian(candidate)
    size = range(len(jacobian))
    trace = add(*(jacobian[k][k] for k in size))
    square = add(*(multiply(jacobian[k][m], jacobian[m][k]) for k in size for m in size))
    second = divide(subtract(power(trace, 2), square), number(2))
    return trace, subtract(_determinant(candidate), multiply(trace, second))


def _jacobian(candidate: Candidate) -> list[list[Expression]]:
    reduced, table = candidate.reduced, candidate.table
    coordinates = reduced.coordinates
    shares = {s: candidate.shares[s].expression() for s in coordinates}
    matrix = [[v.expression() for v in row] for row in reduced.matrix(coordinates, coordinates)]
    rows = []
    for k, (i, a) in enumerate(coordinates):
        row = []
        for m in range(len(coordinates)):
            mean = add(*(multiply(shares[s], matrix[n][m]) for n, s in enumerate(coordinates) if s[0] == i))
            row.append(multiply(table.speeds[i].expression(), shares[i, a], add(matrix[k][m], negate(mean))))
        rows.append(row)
    return rows


def _determinant(candidate: Candidate) -> Expression:
    factors = [candidate.reduced.bordered((), ()).expression()]
    for i in candidate.mixed:
        factors += [candidate.shares[i, a].expression() for a in candidate.support[i]]
        factors += [candidate.table.speeds[i].expression()] * (len(candidate.support[i]) - 1)
    return multiply(*factors)
