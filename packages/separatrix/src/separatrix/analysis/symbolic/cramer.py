"""The one state on a support at which all strategies played earn the same, by Cramer's rule.

With d free shares z the strategies played earn the same where B z = -r.  Cramer's rule gives the shares
as n/d with polynomials n of one denominator d, so a state inside the support is where all of them have
one sign.  The reduced matrix also holds what stability needs: det B, and its bordered minors.

Continua of rest states: the rest states of a support with degenerate equations.

On a support the strategies played earn the same where a few rows, linear in the shares, vanish. The open
simplex meets the kernel of rows of rank ρ in a set of dimension m - 1 - ρ, or not at all. It does without
rows; if one row takes both signs on the corners; and if the kernel is a line, spanned by a vector of one
sign. So up to three strategies, and for faces and slices of any number, the condition is exact; between
them only the rank is given, which is necessary.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from flint import fmpq_mpoly

from separatrix.analysis.payoff_functions import Support, mixing, unplayed
from separatrix.analysis.regime_conditions import Formula, SignPolynomials, any_formula, every_formula
from separatrix.analysis.results import RestSet
from separatrix.analysis.symbolic.factorization import AffineSymbols, Strategy
from separatrix.exact.matrices import determinant, kernel, minors
from separatrix.exact.rational_functions import Ratio
from separatrix.expression.conditions import FALSE, TRUE, Condition, Relation
from separatrix.expression.tree import Expression, add, multiply, number
from separatrix.run.cached_property import cached_property

__all__ = [
    "Candidate",
    "Cone",
    "Continuum",
    "Reduced",
    "continua",
    "depends",
    "differences",
    "find_candidate",
    "oriented",
    "rest_set",
]


@dataclass(frozen=True, eq=False)
class Cone:
    """Shares of one or more populations: ``numerators[s]/denominator``.

    ``content`` is a common factor of all numerators that was cancelled; where it vanishes the equations
    have no single solution.
    """

    numerators: Mapping[Strategy, fmpq_mpoly]
    denominator: fmpq_mpoly
    content: Ratio


@dataclass(frozen=True, eq=False)
class Reduced:
    """The equations of a support in reduced coordinates, without the last strategy of each population.

    ``coordinates`` are the strategies kept.  Further strategies can be bordered on.
    """

    table: AffineSymbols
    support: Support

    @cached_property
    def last(self) -> tuple[Strategy, ...]:
        """The last strategy played in each population."""
        return tuple((i, played[-1]) for i, played in enumerate(self.support))

    @cached_property
    def coordinates(self) -> tuple[Strategy, ...]:
        """The other strategies played."""
        return tuple((i, a) for i, played in enumerate(self.support) for a in played[:-1])

    def entry(self, row: Strategy, column: Strategy) -> Ratio:
        """Return how the advantage of `row` over its population's last changes along `column`."""
        reference = self.last[row[0]]
        return self.table.gain(row, reference, column) - self.table.gain(row, reference, self.last[column[0]])

    def matrix(self, rows: Sequence[Strategy], columns: Sequence[Strategy]) -> list[list[Ratio]]:
        """Return B for these rows and columns."""
        return [[self.entry(row, column) for column in columns] for row in rows]

    def constant(self, row: Strategy) -> Ratio:
        """Return the advantage of `row` where each population plays its last strategy alone."""
        total = self.table.ring.constant(0)
        for last in self.last:
            total = total + self.table.gain(row, self.last[row[0]], last)
        return total

    def bordered(self, rows: Sequence[Strategy], columns: Sequence[Strategy]) -> Ratio:
        """Return the determinant of B with absent strategies added to its rows and its columns."""
        kept = list(self.coordinates)
        return determinant(self.matrix(kept + list(rows), kept + list(columns)), self.table.ring.constant(1))


@dataclass(frozen=True, eq=False)
class Candidate:
    """The state that a support can have, for generic parameters.

    Attributes
    ----------
    support : Support
    cones : one for all populations, or one a population where each fixes the shares of the other
    reduced : Reduced
    """

    table: AffineSymbols
    support: Support
    cones: tuple[Cone, ...]
    reduced: Reduced

    @property
    def mixed(self) -> tuple[int, ...]:
        """The populations that play more than one strategy."""
        return mixing(self.support)

    @property
    def dimension(self) -> int:
        """The number of free shares."""
        return sum(len(played) - 1 for played in self.support)

    @cached_property
    def shares(self) -> Mapping[Strategy, Ratio]:
        """The share of each strategy played."""
        ring = self.table.ring
        result = {(i, played[0]): ring.constant(1) for i, played in enumerate(self.support)}
        for cone in self.cones:
            below = ring.ratio(cone.denominator)
            for strategy, numerator in cone.numerators.items():
                result[strategy] = ring.ratio(numerator) / below
        return result

    @cached_property
    def absent(self) -> tuple[Strategy, ...]:
        """The strategies that are not played."""
        return tuple(unplayed(self.table.sizes, self.support))

    def growth(self, absent: Strategy) -> Ratio:
        """Return what an absent strategy earns above those played: its rate of growth, but for the speed."""
        reference = self.reduced.last[absent[0]]
        total = self.table.ring.constant(0)
        for strategy, share in self.shares.items():
            gain = self.table.gain(absent, reference, strategy)
            if not gain.is_zero:
                total = total + gain * share
        return total


def find_candidate(table: AffineSymbols, support: Support) -> Candidate | None:
    """Return the candidate on a support; None where there is none for generic parameters."""
    reduced = Reduced(table, support)
    mixed = mixing(support)
    if not mixed:
        return Candidate(table, support, (), reduced)
    if len(mixed) == 2 and not any(depends(table, support, i, i) for i in mixed):
        return _crossed(table, support, reduced, mixed[0], mixed[1])
    one = table.ring.constant(1)
    coordinates = reduced.coordinates
    if len(mixed) == 1:
        numerators = dict(zip(_played(support, mixed[0]), kernel_rows(table, support, mixed[0]), strict=True))
    else:
        matrix = reduced.matrix(coordinates, coordinates)
        right = [-reduced.constant(row) for row in coordinates]
        whole = determinant(matrix, one)
        numerators = {}
        for k, strategy in enumerate(coordinates):
            replaced = [[*row[:k], b, *row[k + 1 :]] for row, b in zip(matrix, right, strict=True)]
            numerators[strategy] = determinant(replaced, one)
        for i in mixed:
            last = whole
            for strategy in _played(support, i)[:-1]:
                last = last - numerators[strategy]
            numerators[reduced.last[i]] = last
    cone = _cone(table, numerators, reduced.last[mixed[0]][0])
    return None if cone is None else Candidate(table, support, (cone,), reduced)


def kernel_rows(table: AffineSymbols, support: Support, i: int) -> tuple[Ratio, ...]:
    """The signed minors of the equations of the one population that mixes."""
    return kernel(differences(table, support, i, i), len(support[i]), table.ring.constant(1))


def differences(table: AffineSymbols, support: Support, i: int, j: int) -> list[list[Ratio]]:
    """Return the equations of population i on a support, homogeneous in the shares of population j.

    One row for each strategy played in i but the last.  The other populations each play one strategy, or
    their shares do not matter; what they contribute is multiplied by the sum of the shares of j.
    """
    reference = (i, support[i][-1])
    rows = []
    for a in support[i][:-1]:
        fixed = table.ring.constant(0)
        for k, played in enumerate(support):
            if k != j:
                fixed = fixed + table.gain((i, a), reference, (k, played[0]))
        rows.append([table.gain((i, a), reference, (j, b)) + fixed for b in support[j]])
    return rows


def depends(table: AffineSymbols, support: Support, i: int, j: int) -> bool:
    """Whether advantages in population i depend on the shares of j, both on the support."""
    reference = (i, support[i][-1])
    return any(
        table.gain((i, a), reference, (j, b)) != table.gain((i, a), reference, (j, support[j][-1]))
        for a in support[i]
        for b in support[j]
    )


def _crossed(table: AffineSymbols, support: Support, reduced: Reduced, i: int, j: int) -> Candidate | None:
    """Two populations that mix; each determines the shares of the other."""
    if len(support[i]) != len(support[j]):
        return None
    cones = []
    for owner, other in ((i, j), (j, i)):
        rows = differences(table, support, other, owner)
        values = kernel(rows, len(support[owner]), table.ring.constant(1))
        cone = _cone(table, dict(zip(_played(support, owner), values, strict=True)), owner)
        if cone is None:
            return None
        cones.append(cone)
    return Candidate(table, support, tuple(cones), reduced)


def _played(support: Support, i: int) -> list[Strategy]:
    return [(i, a) for a in support[i]]


def _cone(table: AffineSymbols, numerators: Mapping[Strategy, Ratio], i: int) -> Cone | None:
    """Cancel the common factor of all numerators; population i determines the denominator."""
    ring = table.ring
    if any(n.is_zero for n in numerators.values()):
        return None
    below = ring.one
    for value in numerators.values():
        below = below * (value.denominator / below.gcd(value.denominator))
    cleared = {s: v.numerator * (below / v.denominator) for s, v in numerators.items()}
    common = ring.zero
    for polynomial in cleared.values():
        common = common.gcd(polynomial)
    cleared = {s: p / common for s, p in cleared.items()}
    denominator = ring.zero
    for strategy, polynomial in cleared.items():
        if strategy[0] == i:
            denominator = denominator + polynomial
    if not denominator:
        return None
    content = ring.ratio(common, below)
    return Cone(cleared, denominator, content)


def oriented(value: Ratio, denominator: fmpq_mpoly, sign: int) -> fmpq_mpoly:
    """Return a polynomial with the sign of `value` wherever `denominator` has the given sign.

    Examples
    --------
    >>> from separatrix.exact.rational_functions import Ring
    >>> ring = Ring(["a", "b"])
    >>> oriented(ring.variable("a") / ring.variable("b"), ring.variable("b").numerator, -1)
    -v0
    """
    top, below = value.numerator, value.denominator
    if not denominator.is_constant():
        while not below.is_constant():
            quotient, rest = divmod(below, denominator)
            if rest:
                break
            below = quotient
            top = top if sign > 0 else -top
    return top * below


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

    The last item is whether the condition is sufficient, too.
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
