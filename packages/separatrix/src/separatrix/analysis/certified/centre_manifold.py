"""Rest states whose face contracts towards its rest set, while unplayed strategies earn as much.

Let the rest states of a face near p form a manifold M, and let all eigenvalues of the Jacobian J along the
face but one zero a dimension of M have negative real parts.  With v_j the shares of the tied strategies, p
has a centre manifold with coordinates s along M and v (Carr 1981, theorems 1 and 2); it holds all rest states
near p.  Let B_j be the change of the rates along the face with v_j, and D_i what i earns more.  Then

    D_i = D_i(s) + Σ_j (∂D_i/∂v_j + ∇D_i·h_j) v_j + O(|v|²),    s' = Σ_j P B_j v_j + O(|v|²),

P being the projection on the kernel of J along its image, and h_j in that image with J h_j = -(1 - P) B_j.
With q(λ) = λ^c + … + q_0 the characteristic polynomial of J without its zeros, P = q(J)/q_0, and the inverse
of J on its image is -(q(J) - q_0)/(q_0 J): all are polynomials in the state, up to positive factors.

Where the face of p and of some tied strategies has a rest set of as many dimensions more, that fills the part
of the centre manifold with these strategies alone: they do not grow there, and nothing drifts.  So every term
of their growth, and of the drift, has a factor v_j of another strategy.

These are the powers that the functions of Lyapunov and Chetaev in `neutral_strategies` ask for.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flint import fmpq_mpoly

from separatrix.analysis.branch_and_prune.payoff_comparison import Comparison
from separatrix.analysis.branch_and_prune.rest_sets import Patch
from separatrix.analysis.certified.neutral_strategies import Beside, Monomial, Powers, Ties
from separatrix.analysis.certified.region import OnFace, OnStretch, Region, Single
from separatrix.exact.matrices import characteristic as characteristic_of
from separatrix.run.cached_property import cached_property
from separatrix.run.deadline import poll

__all__ = ["along", "face_rates", "jacobian", "settle"]

MOST = 6  # unplayed strategies with ties, of which all orders are tried

Column = list[fmpq_mpoly]


def settle(comparison: Comparison, region: Region, continua: Sequence[Patch] = ()) -> Ties:
    """Return the label of the single states of a region, if signs beside it decide it.

    Parameters
    ----------
    comparison : how payoffs compare
    region : where
    continua : the rest sets of the game that are known
    """
    system = region.system
    tied: list[tuple[int, int]] = []
    lower = False
    for strategy, gain in comparison.gains(system):
        turn = region.sign(gain) if gain else 0
        if turn is None:
            return Ties(None, (gain,))
        if turn > 0:
            return Ties(None)
        lower = lower or turn < 0
        if turn == 0:
            tied.append(strategy)
    left_open = Ties(None, (), tuple(tied), lower)
    if not tied or len(tied) > MOST:
        return left_open
    if not any(system.equations):
        return Beside(comparison, region, tuple(tied), lower).ties()
    reduced = _Reduced(comparison, region, tuple(tied), lower, tuple(continua))
    return reduced.ties() if reduced.contracting else left_open


def along(comparison: Comparison, region: Region) -> list[fmpq_mpoly]:
    """Return the coefficients of λ^(n-1), …, 1 of the Jacobian along a face, up to positive factors."""
    return _Reduced(comparison, region, (), False, ()).characteristic[1:]


def jacobian(comparison: Comparison, region: Region) -> list[Column]:
    """Return the Jacobian along a face at its rest states, times one positive function."""
    return _Reduced(comparison, region, (), False, ())._jacobian


def face_rates(comparison: Comparison, region: Region) -> Column:
    """Return the rates of the free shares of a face, all times one positive function."""
    return _Reduced(comparison, region, (), False, ())._rates(())


@dataclass(frozen=True, eq=False)
class _Reduced(Beside):
    """The field on the centre manifold.

    Attributes
    ----------
    continua : rest sets of the game
    """

    continua: tuple[Patch, ...]

    # ------------------------------------------------------------------ along the face

    @cached_property
    def _scales(self) -> list[fmpq_mpoly]:
        return self.comparison.scales(self.system)

    def _rates(self, monomial: Monomial) -> Column:
        """The coefficients of a monomial in the rates of the free shares."""
        generators = self.system.field.ring.context.gens()
        drift, zero = self.all_drift, self.system.field.ring.zero
        return [
            self._scales[q] * generators[v] * drift[q, a].get(monomial, zero)
            for (q, a), v in zip(self.system.free, self.system.variables, strict=True)
        ]

    @cached_property
    def _jacobian(self) -> list[Column]:
        rates = self._rates((0,) * len(self.tied))
        return [[rate.derivative(v) for v in self.system.variables] for rate in rates]

    def _times(self, column: Column) -> Column:
        zero = self.system.field.ring.zero
        return [
            sum((x * y for x, y in zip(row, column, strict=True) if x and y), zero) for row in self._jacobian
        ]

    @cached_property
    def characteristic(self) -> list[fmpq_mpoly]:
        """The coefficients of J's characteristic polynomial, from that of λ^n, which is one, downwards."""
        ring = self.system.field.ring
        return [ring.one, *characteristic_of(self._jacobian, ring.zero, ring.one)]

    @cached_property
    def _codimension(self) -> int:
        """The number of eigenvalues along the face that are not zero, or -1 where that is not certain."""
        signs = [self.region.sign(c) for c in self.characteristic]
        return -1 if None in signs else max(k for k, s in enumerate(signs) if s)

    @cached_property
    def _rest_sets(self) -> list[Patch]:
        """The continua of the face that hold the region and fill the kernel of J."""
        size = len(self.system.free) - self._codimension
        own = [self.region.patch] if isinstance(self.region, OnStretch | OnFace) else self.continua
        return [p for p in own if p.system.face == self.system.face and self._holds(p, size)]

    def _holds(self, patch: Patch, size: int) -> bool:
        if isinstance(self.region, Single):
            return patch.dimension == size and bool(patch.touches(self.region.root))
        # levels at which a region was cut come after the equations of the set
        return len(self.system.free) - len(patch.equations) <= size

    @property
    def contracting(self) -> bool:
        """Whether all eigenvalues along the face but those along a rest set have negative real parts."""
        c = self._codimension
        if not 0 < c <= 3 or (c < len(self.system.free) and not self._rest_sets):
            return False
        q = self.characteristic
        stable = [*q[1 : c + 1], *([q[1] * q[2] - q[3]] if c == 3 else [])]  # Routh and Hurwitz
        return all(self.region.sign(x) == 1 for x in stable)

    # ------------------------------------------------------------------ along the centre manifold

    def _projected(self, column: Column) -> Column:
        """The part of a vector along the rest set, times q_0."""
        return self._by_powers(self.characteristic[: self._codimension + 1], column)

    def _by_powers(self, coefficients: Sequence[fmpq_mpoly], column: Column) -> Column:
        """A polynomial of J, with the coefficient of the highest power first, times a vector."""
        result = [self.system.field.ring.zero] * len(column)
        for c in coefficients:
            result = [x + c * y for x, y in zip(self._times(result), column, strict=True)]
        return result

    @cached_property
    def _columns(self) -> list[tuple[Column, Column]]:
        """For each tied strategy the drift along the rest set, times q_0, and h, times q_0²."""
        result, last = [], self.characteristic[self._codimension]
        for j in range(len(self.tied)):
            poll()
            column = self._rates(self._single(j))
            along = self._projected(column)
            across = [last * x - y for x, y in zip(column, along, strict=True)]
            adapted = self._by_powers(self.characteristic[: self._codimension], across)
            result.append((along, adapted))
        return result

    def _single(self, j: int) -> Monomial:
        return tuple(int(k == j) for k in range(len(self.tied)))

    def _absent(self, polynomial: fmpq_mpoly) -> bool:
        """Whether a polynomial certainly vanishes on the rest set all around."""
        if not polynomial:
            return True
        if self._codimension == len(self.system.free):
            return self.region.sign(polynomial) == 0
        for patch in self._rest_sets:
            if patch.curve is not None:
                return not OnStretch(patch, patch.curve).along(polynomial)
            if any(
                f.gcd(polynomial) == f / f.leading_coefficient() for f in patch.equations[: self._codimension]
            ):
                return True
        return False

    @cached_property
    def _at_rest(self) -> list[set[int]]:
        """Sets of tied strategies with which the face has a rest set of as many dimensions more."""
        return [
            chosen
            for size in range(1, len(self.tied) + 1)
            for chosen in map(set, itertools.combinations(range(len(self.tied)), size))
            if any(self._fills(patch, chosen) for patch in self.continua)
        ]

    def _fills(self, patch: Patch, chosen: set[int]) -> bool:
        extra = [self.tied[k] for k in chosen]
        face = tuple(
            tuple(sorted([*played, *(b for p, b in extra if p == q)]))
            for q, played in enumerate(self.system.face)
        )
        if patch.system.face != face or patch.dimension != len(self.system.free) - self._codimension + len(
            extra
        ):
            return False
        if patch.whole:
            return True
        if isinstance(self.region, Single):
            return bool(patch.touches(self.region.root))
        return isinstance(self.region, OnStretch) and bool(patch.touches(self.region.anywhere))

    def _rests(self, monomial: Monomial, among: int | None) -> bool:
        used = {k for k, e in enumerate(monomial) if e}
        return any(used <= s and (among is None or among in s) for s in self._at_rest)

    def _present(self, terms: Mapping[Monomial, fmpq_mpoly]) -> dict[Monomial, fmpq_mpoly | None]:
        return {m: c for m, c in terms.items() if not self._absent(c)}

    def _remainder(self, among: int | None) -> dict[Monomial, fmpq_mpoly | None]:
        if self._still if among is None else not self.all_growth[among]:
            return {}
        pairs = itertools.combinations_with_replacement(range(len(self.tied)), 2)
        squares = [tuple((k == i) + (k == j) for k in range(len(self.tied))) for i, j in pairs]
        return {m: None for m in squares if not self._rests(m, among)}

    @cached_property
    def _still(self) -> bool:
        """Whether nothing drifts, as a share that never changes tells the states of the rest set apart."""
        if len(self.system.free) - self._codimension != 1:
            return self.pure
        return any(not self.all_drift[p] and self._moves(k) for k, p in enumerate(self.system.free))

    def _moves(self, k: int) -> bool:
        """Whether a share changes along the rest set, which is a curve, at each state of the region."""
        zero, one = self.system.field.ring.zero, self.system.field.ring.one
        along = self._projected([one if m == k else zero for m in range(len(self.system.free))])
        return bool(self.region.sign(along[k]))

    @cached_property
    def growth(self) -> tuple[Powers, ...]:
        """D of each tied strategy, to first order."""
        last, nothing = self.characteristic[self._codimension], (0,) * len(self.tied)
        result = []
        for i, powers in enumerate(self.all_growth):
            zero = self.system.field.ring.zero
            base = powers.get(nothing, zero)
            terms = {nothing: base}
            for j, (_, adapted) in enumerate(self._columns):
                change = powers.get(self._single(j), zero) * last**2
                for v, x in zip(self.system.variables, adapted, strict=True):
                    change = change + base.derivative(v) * x
                terms[self._single(j)] = change
            kept = {m: c for m, c in terms.items() if m == nothing or not self._rests(m, i)}
            result.append(self._present(kept) | self._remainder(i))
        return tuple(result)

    @cached_property
    def drift(self) -> Mapping[tuple[int, int], Powers]:
        """The drift of each free share along the rest set, to first order."""
        if self._still:
            return {}
        result = {}
        for k, place in enumerate(self.system.free):
            terms = {self._single(j): along[k] for j, (along, _) in enumerate(self._columns)}
            kept = {m: c for m, c in terms.items() if not self._rests(m, None)}
            result[place] = self._present(kept) | self._remainder(None)
        return result

    def _rate(self, polynomial: fmpq_mpoly) -> Powers | None:
        """The derivative of a polynomial on the rest set along the drift, to first order."""
        if self._still:
            return {}
        total: dict[Monomial, fmpq_mpoly] = {}
        for j, (along, _) in enumerate(self._columns):
            change = self.system.field.ring.zero
            for v, x in zip(self.system.variables, along, strict=True):
                change = change + polynomial.derivative(v) * x
            if not self._rests(self._single(j), None):
                total[self._single(j)] = change
        return self._present(total) | self._remainder(None)

    def _crosses(self, polynomial: fmpq_mpoly) -> bool:
        """Whether a polynomial takes both signs on the rest set beside each state of the region."""
        slopes = [polynomial.derivative(v) for v in self.system.variables]
        zero, one = self.system.field.ring.zero, self.system.field.ring.one
        for k in range(len(slopes)):
            along = self._projected([one if m == k else zero for m in range(len(slopes))])
            if self.region.sign(sum((x * y for x, y in zip(slopes, along, strict=True)), zero)):
                return True
        return False

    @property
    def pure(self) -> bool:
        """Whether the centre manifold holds no rest states of the face but one."""
        return self._codimension == len(self.system.free)
