"""The one free share of an edge as a function of the parameter, where it solves a quadratic at most."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flint import fmpq_mpoly

from separatrix.analysis.ring import Ratio
from separatrix.dynamics.bifurcation.family import Face
from separatrix.game.expression import (
    Call,
    Expression,
    add,
    divide,
    multiply,
    negate,
    number,
    subtract,
)

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

__all__ = ["formula_of"]


def formula_of(face: Face, values: Array, states: Array) -> tuple[Expression, ...] | None:
    """Return the shares of a branch of an edge in closed form; None where there is none.

    Of the roots of the equation's factors of degree one or two, that one is taken which runs through all
    the states.
    """
    import numpy as np

    if face.dimension != 1:
        return None
    ((i, a),) = face.free
    for factor, _ in face.equations[0].numerator.factor()[1]:
        for root in _roots(face, factor):
            share = _numbers(root, face.family.over, values)
            index = _column(face, i, a)
            if np.allclose(share, states[:, index], rtol=0, atol=1e-9):
                return _state(face, root)
    return None


def _column(face: Face, i: int, a: int) -> int:
    sizes = face.family.sizes
    return sum(1 if size == 2 else size for size in sizes[:i]) + (0 if sizes[i] == 2 else a)


def _state(face: Face, root: Expression) -> tuple[Expression, ...]:
    result: list[Expression] = []
    for i, row in enumerate(face.shares):
        for a, share in enumerate(row[:1] if len(row) == 2 else row):
            if share.value is not None:
                result.append(number(share.value))
            else:
                result.append(root if (i, a) in face.free else subtract(number(1), root))
    return tuple(result)


def _roots(face: Face, factor: fmpq_mpoly) -> list[Expression]:
    degree = factor.degrees()[0]
    if degree not in (1, 2):
        return []
    parts = [_coefficient(face, factor, k) for k in range(degree + 1)]
    if degree == 1:
        return [(-(parts[0]) / parts[1]).expression()]
    constant, linear, square = parts
    four = face.ring.constant(4)
    inside = (linear * linear - four * square * constant).expression()
    below = (square + square).expression()
    root = Call("sqrt", (inside,))
    return [divide(add((-linear).expression(), sign), below) for sign in (root, negate(root))]


def _coefficient(face: Face, factor: fmpq_mpoly, degree: int) -> Ratio:
    terms = {(0, *e[1:]): c for e, c in factor.to_dict().items() if e[0] == degree}
    return Ratio(face.ring, face.ring.context.from_dict(terms), face.ring.one)


def _numbers(root: Expression, over: str, values: Array) -> Array:
    import numpy as np

    from separatrix.dynamics.payoffs import compiled

    with np.errstate(all="ignore"):
        function = compiled(root)
        return np.asarray(function({over: values})) + 0 * values
