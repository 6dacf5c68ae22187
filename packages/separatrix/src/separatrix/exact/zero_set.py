"""Whether polynomials have no common real zero near the origin but the origin itself."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import Any

from flint import fmpq, fmpq_mat, fmpq_mpoly, fmpq_poly

from separatrix.expression.precision import precision

__all__ = ["only_origin"]

Exponents = tuple[int, ...]


def only_origin(polynomials: Sequence[fmpq_mpoly]) -> bool:
    """Return True only if the origin is isolated among the common real zeros (False: not proven).

    One variable: any non-zero polynomial will do.  Two: the common zeros are finitely many but for those of
    the greatest common divisor, which has the origin as an isolated zero if it does not vanish there, or if
    its lowest homogeneous part is definite.  More: the lowest homogeneous parts have no common zero but the
    origin if their multiples span all monomials of some degree (Macaulay 1916).

    Examples
    --------
    >>> from flint import fmpq_mpoly_ctx
    >>> x, y = fmpq_mpoly_ctx.get(["x", "y"], "degrevlex").gens()
    >>> only_origin([x * y, x**2 - y**2 + x**3]), only_origin([x * y, x**2])
    (True, False)
    """
    nonzero = [p for p in polynomials if not p.is_zero()]
    if not nonzero:
        return False
    variables = nonzero[0].context().nvars()
    if variables == 1:
        return True
    if variables == 2:
        common = nonzero[0]
        for p in nonzero[1:]:
            common = common.gcd(p)
        lowest = _lowest(common)
        return sum(next(iter(lowest))) == 0 or _definite(lowest)
    return _macaulay([_lowest(p) for p in nonzero], variables)


def _lowest(p: fmpq_mpoly) -> dict[Exponents, fmpq]:
    """The homogeneous part of lowest degree."""
    terms = p.to_dict()
    degree = min(sum(e) for e in terms)
    return {tuple(int(k) for k in e): c for e, c in terms.items() if sum(e) == degree}


@precision()
def _definite(form: dict[Exponents, fmpq]) -> bool:
    """Whether a form in two variables vanishes at the origin only."""
    degree = sum(next(iter(form)))
    if (degree, 0) not in form or (0, degree) not in form:
        return False
    slope = fmpq_poly([form.get((k, degree - k), fmpq(0)) for k in range(degree + 1)])
    pairs: list[Any] = slope.complex_roots()
    return not any(root.imag == 0 for root, _ in pairs)


def _macaulay(forms: Sequence[dict[Exponents, fmpq]], variables: int) -> bool:
    degrees = sorted(sum(next(iter(f))) for f in forms)
    if len(forms) < variables:
        return False
    top = sum(degrees[:variables]) - variables + 1  # enough for a regular sequence
    for degree in range(degrees[0], min(top, 12) + 1):
        monomials = list(_monomials(variables, degree))
        if len(monomials) > 400:
            return False
        place = {m: k for k, m in enumerate(monomials)}
        rows = []
        for form in forms:
            gap = degree - sum(next(iter(form)))
            if gap < 0:
                continue
            for shift in _monomials(variables, gap):
                row = [fmpq(0)] * len(monomials)
                for exponents, value in form.items():
                    row[place[tuple(e + s for e, s in zip(exponents, shift, strict=True))]] = value
                rows.append(row)
        if len(rows) >= len(monomials) and fmpq_mat(rows).rank() == len(monomials):
            return True
    return False


def _monomials(variables: int, degree: int) -> list[Exponents]:
    result = []
    for bars in itertools.combinations(range(degree + variables - 1), variables - 1):
        ends = (-1, *bars, degree + variables - 1)
        result.append(tuple(b - a - 1 for a, b in itertools.pairwise(ends)))
    return result
