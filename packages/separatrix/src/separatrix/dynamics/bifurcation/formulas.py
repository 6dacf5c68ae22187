"""The shares of a branch as functions of the parameter, where they solve quadratics at most.

Eliminating all free shares but one leaves a polynomial in that share and the parameter.  Of the roots of its
factors of degree one or two the one is taken that runs through all states of the branch.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from flint import fmpq_mpoly
from numpy.typing import NDArray

from separatrix.dynamics.bifurcation.family import Face
from separatrix.dynamics.bifurcation.tolerances import FITS
from separatrix.dynamics.fields.payoffs import compiled
from separatrix.exact.rational_functions import Ratio
from separatrix.expression.tree import Call, Expression, add, divide, negate

__all__ = ["closed_forms", "formula_of"]

Array = NDArray[np.float64]

MOST_TERMS = 300
"""Terms of an equation past which it is not worth eliminating for a formula."""


def closed_forms(face: Face) -> list[list[Expression]] | None:
    """Return for each free share the closed forms that it may have; None where some share has none."""
    polynomials = [g.numerator for g in face.equations]
    if face.dimension > 3 or any(len(p) > MOST_TERMS for p in polynomials):
        return None
    result = []
    for k in range(face.dimension):
        alone = _eliminate_to_one_share(polynomials, [j for j in range(face.dimension) if j != k])
        forms = [] if alone is None else [r for f, _ in alone.factor()[1] for r in _roots(face, f, k)]
        if not forms:
            return None
        result.append(forms)
    return result


def formula_of(
    face: Face, forms: Sequence[Sequence[Expression]] | None, values: Array, free: Array, states: Array
) -> tuple[Expression, ...] | None:
    """Return the shares of a branch in closed form; None where there is none.

    Parameters
    ----------
    face : Face
    forms : what `closed_forms` says of it
    values : array (n,)
    free : array (n, dimension), the free shares there
    states : array (n, shares)
    """
    if forms is None:
        return None
    chosen = []
    for k, options in enumerate(forms):
        fits = (
            e for e in options if np.allclose(_numbers(e, face.family.over, values), free[:, k], atol=FITS)
        )
        found = next(fits, None)
        if found is None:
            return None
        chosen.append(found)
    by_name = dict(zip((f"{i}:{a}" for i, a in face.free), chosen, strict=True))
    result = [_coordinate_formula(face, share, by_name) for share in face.state]
    written = np.array([_numbers(e, face.family.over, values) for e in result]).T
    return tuple(result) if np.allclose(written, states, atol=FITS) else None


def _coordinate_formula(face: Face, share: Ratio, by_name: dict[str, Expression]) -> Expression:
    from separatrix.expression.tree import substitute

    return substitute(share.expression(), by_name)


def _eliminate_to_one_share(polynomials: Sequence[fmpq_mpoly], others: Sequence[int]) -> fmpq_mpoly | None:
    """What is left of equations when all shares but one are eliminated."""
    left = list(polynomials)
    for variable in others:
        holding = sorted((p for p in left if p.degrees()[variable]), key=lambda p: p.degrees()[variable])
        free = [p for p in left if not p.degrees()[variable]]
        left = free + [holding[0].resultant(p, variable) for p in holding[1:]]
        if not left or not all(left) or any(len(p) > MOST_TERMS for p in left):
            return None
    return left[0]


def _roots(face: Face, factor: fmpq_mpoly, k: int) -> list[Expression]:
    degree = factor.degrees()[k]
    if degree not in (1, 2) or any(e for j, e in enumerate(factor.degrees()[:-1]) if j != k):
        return []
    parts = [_coefficient(face, factor, k, power) for power in range(degree + 1)]
    if degree == 1:
        return [(-(parts[0]) / parts[1]).expression()]
    constant, linear, square = parts
    inside = (linear * linear - face.ring.constant(4) * square * constant).expression()
    below = (square + square).expression()
    root = Call("sqrt", (inside,))
    return [divide(add((-linear).expression(), sign), below) for sign in (root, negate(root))]


def _coefficient(face: Face, factor: fmpq_mpoly, k: int, degree: int) -> Ratio:
    terms = {}
    for exponents, c in factor.to_dict().items():
        if exponents[k] == degree:
            terms[(*exponents[:k], 0, *exponents[k + 1 :])] = c
    return face.ring.ratio(face.ring.context.from_dict(terms))


def _numbers(root: Expression, over: str, values: Array) -> Array:
    with np.errstate(all="ignore"):
        return np.asarray(compiled(root)({over: values})) + 0 * values
