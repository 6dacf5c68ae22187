"""Regimes met by chance: many random parameters at once, so that z3 need not look for these."""

from __future__ import annotations

import math
import random
from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import TYPE_CHECKING

from flint import fmpq_mpoly

from separatrix.analysis.signs import Formula, SignPolynomials
from separatrix.expression.conditions import fold

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Integers = NDArray[np.float64]
    Truths = NDArray[np.bool_]

__all__ = ["chance_seconds", "met_by_chance"]

Terms = Mapping[tuple[int, ...], int]

COUNT = 4_000
SIZES = (2, 3, 5, 9, 20)
EXACT = 2**53
"""Whole numbers below this are exact as floats."""

SECONDS_A_TERM = 1e-4
"""What trying all parameters takes for each term of the polynomials."""

_STRICT = {">": 1, ">=": 1, "<": -1, "<=": -1}


def chance_seconds(polynomials: SignPolynomials) -> float:
    """Return about how long `met_by_chance` takes."""
    return SECONDS_A_TERM * sum(len(p) for p in polynomials.items)


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
    items = [_whole(p) for p in polynomials.items]
    assumed = [(_whole(p), operator) for p, operator in assumptions.relations]
    if not names or not polynomials.items:
        return {}
    sizes = [
        size for size in SIZES if all(_bound(p, size) < EXACT for p in (*items, *(p for p, _ in assumed)))
    ]
    if not sizes or any(operator == "==" for _, operator in assumed):
        return {}
    values = _random_values(polynomials, sizes)
    fits = np.ones(len(values), dtype=bool)
    for terms, operator in assumed:
        signs = _signs(terms, values)
        fits &= signs != 0 if operator == "!=" else signs == _STRICT[operator]
    values = values[fits]
    table = np.array([_signs(p, values) for p in items]).reshape(-1, len(values))
    generic = (table != 0).all(axis=0)
    values, table = values[generic], table[:, generic]
    truths = np.array([_holds(f, table) for f in formulas]).reshape(len(formulas), len(values))
    result: dict[tuple[int, ...], Mapping[str, Fraction]] = {}
    for k in np.argsort(np.abs(values).max(axis=1), kind="stable") if len(values) else ():
        chosen = tuple(int(m) for m in np.flatnonzero(truths[:, k]))
        if chosen not in result:
            result[chosen] = {n: Fraction(int(v)) for n, v in zip(names, values[k], strict=True)}
    return result


def _random_values(polynomials: SignPolynomials, sizes: Sequence[int]) -> Integers:
    """Whole numbers of several sizes; those whose sign is assumed have it."""
    import numpy as np

    assumptions = polynomials.assumptions
    rng = random.Random(0)
    signs = [sorted(assumptions.signs(v) - {0}) or [1] for v in assumptions.ring.context.gens()]
    rows = []
    for k in range(COUNT):
        # A quarter of them with small parameters and large ones side by side.
        size = sizes[k // 4 % len(sizes)]
        row = []
        for choice in signs:
            largest = size if k % 4 else rng.choice(sizes)
            row.append(rng.choice(choice) * rng.randint(0 if len(choice) > 1 else 1, largest))
        rows.append(row)
    return np.array(rows, dtype=np.float64).reshape(COUNT, len(signs))


def _whole(polynomial: fmpq_mpoly) -> Terms:
    """The terms of a multiple with whole coefficients."""
    terms = polynomial.to_dict()
    unit = math.lcm(*(int(c.q) for c in terms.values()))
    return {exponents: int(c.p) * (unit // int(c.q)) for exponents, c in terms.items()}


def _bound(terms: Terms, size: int) -> int:
    """What no sum of terms exceeds where no variable exceeds `size`."""
    return sum(abs(c) * size ** int(sum(exponents)) for exponents, c in terms.items())


def _signs(terms: Terms, values: Integers) -> Integers:
    """The signs of a polynomial at many points."""
    import numpy as np

    total = np.zeros(len(values))
    for exponents, coefficient in terms.items():
        part = np.full(len(values), float(coefficient))
        for k, exponent in enumerate(exponents):
            for _ in range(exponent):
                part = part * values[:, k]
        total += part
    signs: Integers = np.sign(total)
    return signs


def _holds(formula: Formula, table: Integers) -> Truths:
    """Whether a formula holds, at each point."""
    import numpy as np

    count = table.shape[1]
    return fold(
        formula,
        lambda s: np.isin(table[s.index], list(s.allowed)),
        lambda parts: np.all([np.ones(count, dtype=bool), *parts], axis=0),
        lambda parts: np.any([np.zeros(count, dtype=bool), *parts], axis=0),
    )
