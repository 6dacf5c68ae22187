"""Regimes met by chance: many random parameters at once, so that z3 need not look for these."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import TYPE_CHECKING

from flint import fmpq_mpoly

from separatrix.analysis.symbols.signs import AnyOf, Every, Formula, Sign, SignPolynomials

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Integers = NDArray[np.float64]
    Truths = NDArray[np.bool_]

__all__ = ["met_by_chance"]

COUNT = 4_000
SIZES = (1, 2, 3, 5, 9, 20)
EXACT = 2.0**53
"""Whole numbers below this are exact as floats."""

_STRICT = {">": 1, ">=": 1, "<": -1, "<=": -1}


def met_by_chance(
    polynomials: SignPolynomials, formulas: Sequence[Formula]
) -> dict[tuple[int, ...], Mapping[str, Fraction]]:
    """Return sets of formulas that hold together, and no others, each with parameters at which they do.

    Only parameters in the interior of the admissible ones at which no polynomial vanishes are tried; all
    arithmetic is exact.
    """
    import numpy as np

    assumptions = polynomials.assumptions
    names = assumptions.ring.names
    values = _random_values(polynomials)
    fits = np.ones(len(values), dtype=bool)
    for polynomial, operator in assumptions.relations:
        signs = _signs(polynomial, values)
        if signs is None or operator == "==":
            return {}
        fits &= signs != 0 if operator == "!=" else signs == _STRICT[operator]
    values = values[fits]
    columns = []
    for polynomial in polynomials.items:
        signs = _signs(polynomial, values)
        if signs is None:
            return {}
        columns.append(signs)
    table = np.array(columns).reshape(len(columns), len(values))
    generic = (table != 0).all(axis=0)
    values, table = values[generic], table[:, generic]
    truths = np.array([_holds(f, table) for f in formulas]).reshape(len(formulas), len(values))
    result: dict[tuple[int, ...], Mapping[str, Fraction]] = {}
    for k in np.argsort(np.abs(values).max(axis=1, initial=0.0), kind="stable") if len(values) else ():
        chosen = tuple(int(m) for m in np.flatnonzero(truths[:, k]))
        if chosen not in result:
            result[chosen] = {n: Fraction(int(v)) for n, v in zip(names, values[k], strict=True)}
    return result


def _random_values(polynomials: SignPolynomials) -> Integers:
    """Whole numbers of several sizes; those whose sign is assumed have it."""
    import numpy as np

    assumptions = polynomials.assumptions
    rng = random.Random(0)
    signs = [sorted(assumptions.signs(v) - {0}) or [1] for v in assumptions.ring.context.gens()]
    rows = []
    for k in range(COUNT):
        size = SIZES[k % len(SIZES)]
        rows.append([rng.choice(s) * rng.randint(0 if len(s) > 1 else 1, size) for s in signs])
    return np.array(rows, dtype=np.float64).reshape(COUNT, len(signs))


def _signs(polynomial: fmpq_mpoly, values: Integers) -> Integers | None:
    """The signs of a polynomial at many points; None where floats would not be exact."""
    import numpy as np

    terms = polynomial.to_dict()
    unit = 1
    for coefficient in terms.values():
        unit = unit * int(coefficient.q) // np.gcd(unit, int(coefficient.q))
    size = sum(abs(int(c.p)) * (unit // int(c.q)) for c in terms.values())
    if size * float(max(SIZES)) ** int(polynomial.total_degree() if terms else 0) >= EXACT:
        return None
    total = np.zeros(len(values))
    for exponents, coefficient in terms.items():
        part = np.full(len(values), float(int(coefficient.p) * (unit // int(coefficient.q))))
        for k, exponent in enumerate(exponents):
            for _ in range(exponent):
                part = part * values[:, k]
        total += part
    signs: Integers = np.sign(total)
    return signs


def _holds(formula: Formula, table: Integers) -> Truths:
    """Whether a formula holds, at each point."""
    import numpy as np

    match formula:
        case Sign(index, allowed):
            return np.isin(table[index], list(allowed))
        case Every(parts):
            truth = np.ones(table.shape[1], dtype=bool)
            for part in parts:
                truth = truth & _holds(part, table)
            return truth
        case AnyOf(parts):
            truth = np.zeros(table.shape[1], dtype=bool)
            for part in parts:
                truth = truth | _holds(part, table)
            return truth
