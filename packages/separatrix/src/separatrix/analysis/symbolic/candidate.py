"""The one state on a support at which all strategies played earn the same, by Cramer's rule.

With d free shares z the strategies played earn the same where B z = -r.  Cramer's rule gives the shares
as n/d with polynomials n of one denominator d, so a state inside the support is where all of them have
one sign.  The reduced matrix also holds what stability needs: det B, and its bordered minors.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flint import fmpq_mpoly

from separatrix.analysis.affine_game import Support, mixing, unplayed
from separatrix.analysis.symbolic.affine import AffineSymbols, Strategy
from separatrix.exact.matrices import determinant, kernel
from separatrix.exact.rational_functions import Ratio
from separatrix.run.cached_property import cached_property

__all__ = ["Candidate", "Cone", "Reduced", "depends", "differences", "find_candidate", "oriented"]


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
    """The equations of a support in reduced coordinates: the last strategy of each population is left out.

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
    """Two populations that mix, each of which fixes the shares of the other."""
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
    """Cancel what all numerators have in common; population i tells the denominator."""
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
