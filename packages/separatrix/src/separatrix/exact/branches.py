"""All real branches of a plane algebraic curve in the unit square or the triangle.

An irreducible polynomial f(x, y) has, between neighbouring *cuts* of the x axis, the same number of zeros y
over every x, and they do not meet: cuts are the zeros of its discriminant and of its leading coefficient in
y, and the x at which the curve passes the border.  So zeros at rational x, isolated exactly, lie on arcs
whose number and order are certain; `separatrix.exact.joined_arcs` joins the arcs at the cuts.

Collins, G. E. (1975), Quantifier elimination for real closed fields by cylindrical algebraic decomposition,
Lecture Notes in Computer Science 33, 134-183.
Johansson, F. (2017), Arb: efficient arbitrary-precision midpoint-radius interval arithmetic, IEEE
Transactions on Computers 66, 1281-1292.
"""

from __future__ import annotations

from flint import fmpq, fmpq_mpoly

from separatrix.exact.fibres import Fibres, PlaneCurve, _in_x, _roots, nearest, plane_polynomial

__all__ = ["curves_of", "plane_curve"]


STEP = 0.02
"""How far apart neighbouring points of a line may lie."""

HIGHEST = 12
"""The degree in both variables up to which the discriminant takes seconds at most."""


def curves_of(polynomial: fmpq_mpoly, triangle: bool = False, step: float = STEP) -> list[PlaneCurve]:
    """Return the zeros of each irreducible factor; none for a polynomial that is zero or a number."""
    if polynomial.is_constant():
        return []
    return [plane_curve(factor, triangle, step) for factor, _ in polynomial.factor()[1]]


def plane_curve(factor: fmpq_mpoly, triangle: bool = False, step: float = STEP) -> PlaneCurve:
    """Return the zeros of an irreducible polynomial.

    Parameters
    ----------
    factor : polynomial in x and y
        Irreducible over the rationals; see `plane_polynomial`.
    triangle : bool
        Whether to look in the triangle 0 <= x, y and x + y <= 1 rather than the unit square.
    step : float
        How far apart neighbouring points may lie.

    Raises
    ------
    ArithmeticError
        For a polynomial of a degree above 12 in both variables.

    Examples
    --------
    >>> circle = plane_polynomial({(2, 0): 1, (0, 2): 1, (0, 0): fmpq(-1, 4)})
    >>> (line,) = plane_curve(circle).lines
    >>> line[0].tolist(), line[-1].tolist()
    ([0.0, 0.5], [0.5, 0.0])
    """
    across, up = (int(d) for d in factor.degrees())
    if min(across, up) > HIGHEST:
        raise ArithmeticError(f"a polynomial of degree {min(across, up)} in both shares")
    if across < up:  # over each place of the other axis there are fewer zeros
        found = plane_curve(_swapped(factor), triangle, step)
        return PlaneCurve(
            tuple(line[:, ::-1] for line in found.lines),
            tuple((x, y) for y, x in found.points),
            tuple((x, y) for y, x in found.crossings),
        )
    if up == 0:
        return _upright(factor, triangle)
    from separatrix.exact.joined_arcs import joined

    return joined(Fibres(factor, triangle), step)


def _swapped(factor: fmpq_mpoly) -> fmpq_mpoly:
    return plane_polynomial({(j, i): value for (i, j), value in factor.to_dict().items()})


def _upright(factor: fmpq_mpoly, triangle: bool) -> PlaneCurve:
    """Zeros of a polynomial in x alone: lines from side to side."""
    import numpy as np

    lines, points = [], []
    for root in _roots(_in_x(factor, 0), fmpq(0), fmpq(1)):
        x = nearest(root)
        top = 1 - x if triangle else 1.0
        if top > 0:
            lines.append(np.array([[x, 0.0], [x, top]]))
        else:
            points.append((x, 0.0))
    return PlaneCurve(tuple(lines), tuple(points))


# --------------------------------------------------------------------------- zeros over places of the x axis


# --------------------------------------------------------------------------- roots in one variable
