"""Rest states that are no single points: what a support holds where its equations are degenerate.

On a support the strategies played earn the same where a few rows, linear in the shares, vanish.  The open
simplex meets the kernel of rows of rank ρ in a set of dimension m - 1 - ρ, or not at all.  It does where
there is no row; where one row takes both signs on the corners; and where the kernel is a line, spanned by
a vector of one sign.  So up to three strategies, and for faces and slices of any number, the condition is
exact; between them only the rank is given, which is necessary.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from separatrix.analysis.affine_game import Support, mixing
from separatrix.analysis.results import RestSet
from separatrix.analysis.signs import Formula, SignPolynomials, any_formula, every_formula
from separatrix.analysis.symbolic.affine import AffineSymbols
from separatrix.analysis.symbolic.candidate import depends, differences
from separatrix.exact.matrices import kernel, minors
from separatrix.exact.rational_functions import Ratio
from separatrix.expression.conditions import FALSE, TRUE, Condition, Relation
from separatrix.expression.tree import Expression, add, multiply, number

__all__ = ["Continuum", "continua", "rest_set"]

Rows = list[list[Ratio]]


@dataclass(frozen=True)
class Continuum:
    """A set of rest states in the open face of a support, and the parameters that have it."""

    support: Support
    dimension: int
    condition: Formula
    exact: bool


def continua(table: AffineSymbols, support: Support, polynomials: SignPolynomials) -> Iterator[Continuum]:
    """Yield what a support can hold besides a single point, the smallest dimension first."""
    mixed = mixing(support)
    if not mixed:
        return
    if len(mixed) == 1:
        (i,) = mixed
        for dimension, condition, exact in _meetings(
            differences(table, support, i, i), len(support[i]), polynomials
        ):
            if dimension:
                yield Continuum(support, dimension, condition, exact)
        return
    if len(mixed) == 2 and not any(depends(table, support, i, i) for i in mixed):
        i, j = mixed
        first = list(_meetings(differences(table, support, j, i), len(support[i]), polynomials))
        second = list(_meetings(differences(table, support, i, j), len(support[j]), polynomials))
        pairs = sorted(itertools.product(first, second), key=lambda p: p[0][0] + p[1][0])
        for (d, one, exact), (e, other, just) in pairs:
            if d + e:
                yield Continuum(support, d + e, every_formula(one, other), exact and just)
        return
    yield from _coupled(table, support, polynomials)


def _meetings(rows: Rows, width: int, polynomials: SignPolynomials) -> Iterator[tuple[int, Formula, bool]]:
    """Yield for each dimension when the kernel of some rows meets the open simplex in it.

    The last item tells whether the condition is sufficient, too.
    """
    one = _one(polynomials)
    for dimension in range(width):
        rank = width - 1 - dimension
        if rank > len(rows):
            continue
        low_rank = _vanishing(rows, width, rank + 1, polynomials)
        if low_rank == FALSE:
            continue
        if rank == 0:
            yield dimension, low_rank, True
        elif rank == 1:
            yield (
                dimension,
                every_formula(low_rank, any_formula(*(both_signs(r, polynomials) for r in rows))),
                True,
            )
        elif dimension == 0:
            choices = [
                one_sign(kernel(chosen, width, one), polynomials)
                for chosen in itertools.combinations(rows, rank)
            ]
            yield dimension, every_formula(low_rank, any_formula(*choices)), True
        else:
            yield dimension, low_rank, False


def _one(polynomials: SignPolynomials) -> Ratio:
    return polynomials.assumptions.ring.constant(1)


def _vanishing(rows: Rows, width: int, size: int, polynomials: SignPolynomials) -> Formula:
    """All minors of a size are zero."""
    if size > min(len(rows), width):
        return TRUE
    return every_formula(
        *(polynomials.sign(m.sign_polynomial, "==") for m in minors(rows, width, size, _one(polynomials)))
    )


def both_signs(values: Sequence[Ratio], polynomials: SignPolynomials) -> Formula:
    """Some values are positive and some negative."""
    return any_formula(
        *(
            polynomials.sign(a.sign_polynomial * b.sign_polynomial, "<")
            for a, b in itertools.combinations([v for v in values if not v.is_zero], 2)
        )
    )


def one_sign(values: Sequence[Ratio], polynomials: SignPolynomials) -> Formula:
    """All values are positive, or all are negative."""
    return any_formula(
        *(every_formula(*(polynomials.sign(v.sign_polynomial, o) for v in values)) for o in (">", "<"))
    )


# --------------------------------------------------------------------------- several populations at once


def _coupled(table: AffineSymbols, support: Support, polynomials: SignPolynomials) -> Iterator[Continuum]:
    """Several populations that mix and depend on their own shares: affine equations in a product."""
    from separatrix.analysis.symbolic.candidate import Reduced

    reduced = Reduced(table, support)
    coordinates = reduced.coordinates
    rows = [
        [*(reduced.entry(row, column) for column in coordinates), reduced.constant(row)]
        for row in coordinates
    ]
    width = len(coordinates)
    for dimension in range(1, width + 1):
        rank = width - dimension
        low_rank = _vanishing(rows, width + 1, rank + 1, polynomials)
        if low_rank == FALSE:
            continue
        if rank == 0:
            yield Continuum(support, dimension, low_rank, True)
        elif rank == 1:
            crossing = [both_signs(_at_corners(row, support), polynomials) for row in rows]
            yield Continuum(support, dimension, every_formula(low_rank, any_formula(*crossing)), True)
        else:
            yield Continuum(support, dimension, low_rank, False)


def _at_corners(row: list[Ratio], support: Support) -> list[Ratio]:
    """The values of an affine function of the reduced shares at the pure profiles of a support."""
    choices = []
    place = 0
    zero = row[-1] - row[-1]
    for played in support:
        choices.append([*row[place : place + len(played) - 1], zero])
        place += len(played) - 1
    result = []
    for choice in itertools.product(*choices):
        value = row[-1]
        for part in choice:
            value = value + part
        result.append(value)
    return result


# --------------------------------------------------------------------------- in the words of the output


def rest_set(table: AffineSymbols, continuum: Continuum, condition: Condition, reason: str) -> RestSet:
    """Return a continuum as an entry of the answer."""
    support = continuum.support
    whole = continuum.dimension == sum(len(played) - 1 for played in support)
    corners = _corners(table, support) if whole else ()
    return RestSet(
        id="",
        support=table.game.strategy_names(support),
        free=mixing(support),
        dimension=continuum.dimension,
        equations=(
            *_fixed(table, support),
            *(() if whole else _indifferent(table, support)),
            *_positive(table, support),
        ),
        corners=corners,
        samples=corners,
        reason=reason,
        exists=condition if continuum.exact else None,
        possible_when=None if continuum.exact else condition,
    )


def _fixed(table: AffineSymbols, support: Support) -> Iterator[Condition]:
    for i, a in table.game.space.strategies:
        if a not in support[i]:
            yield Relation(table.share((i, a)), "==", number(0))
        elif len(support[i]) == 1:
            yield Relation(table.share((i, a)), "==", number(1))


def _positive(table: AffineSymbols, support: Support) -> Iterator[Condition]:
    for i, (size, played) in enumerate(zip(table.sizes, support, strict=True)):
        if len(played) == 1:
            continue
        if size == 2:
            yield Relation(number(0), "<", table.share((i, 0)))
            yield Relation(table.share((i, 0)), "<", number(1))
        else:
            yield from (Relation(number(0), "<", table.share((i, a))) for a in played)


def _indifferent(table: AffineSymbols, support: Support) -> Iterator[Condition]:
    """Every strategy played earns what the last one of its population earns."""
    for i, played in enumerate(support):
        for a in played[:-1]:
            terms: list[Expression] = []
            constant = table.ring.constant(0)
            for j, others in enumerate(support):
                if table.sizes[j] == 2 and len(others) == 2:
                    # In x alone: the value at x = 0, and the slope.
                    first, second = (table.gain((i, a), (i, played[-1]), (j, b)) for b in (0, 1))
                    constant = constant + second
                    if first != second:
                        terms.append(multiply((first - second).expression(), table.share((j, 0))))
                    continue
                for b in others:
                    value = table.gain((i, a), (i, played[-1]), (j, b))
                    if len(others) == 1:
                        constant = constant + value
                    elif not value.is_zero:
                        terms.append(multiply(value.expression(), table.share((j, b))))
            total = add(*terms, constant.expression())
            if terms or not constant.is_zero:
                yield Relation(total, "==", number(0))


def _corners(table: AffineSymbols, support: Support) -> tuple[tuple[float, ...], ...]:
    space = table.game.space
    return tuple(tuple(map(float, space.corner(profile))) for profile in itertools.product(*support))
