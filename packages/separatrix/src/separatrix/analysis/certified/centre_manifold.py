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

What is certain about the neighbourhood of a rest point: signs of payoffs and of eigenvalues.

An unplayed strategy b contributes the eigenvalue speed·(payoff of b - average payoff).  Along the face, with
g_a the payoff of a played strategy minus that of the last played one, the rate of a has the derivatives

    speed·x_a·(∂g_a - Σ_c x_c ∂g_c),

because all g vanish at the point.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flint import arb, arb_mat, fmpq, fmpq_mat, fmpq_mpoly

from separatrix.analysis.branch_and_prune.enumeration import PayoffComparison
from separatrix.analysis.branch_and_prune.faces import FaceSystem
from separatrix.analysis.branch_and_prune.krawczyk import LADDER, CertifiedRoot
from separatrix.analysis.branch_and_prune.rest_sets import Patch
from separatrix.analysis.certified.flow_box import Along, along_balls, along_exact
from separatrix.analysis.certified.neutral_strategies import Beside, Monomial, Powers, Ties
from separatrix.analysis.certified.regions import OnFace, OnStretch, Region, Single
from separatrix.analysis.payoff_functions import unplayed
from separatrix.exact.algebraic_numbers import Exact, as_float, sign
from separatrix.exact.matrices import characteristic as characteristic_of
from separatrix.expression.precision import precision
from separatrix.run.cached_property import cached_property
from separatrix.run.limits import poll

__all__ = [
    "CertifiedLocal",
    "Outside",
    "face_jacobian_coefficients",
    "face_rates",
    "jacobian",
    "settle",
]

MOST = 6  # unplayed strategies with ties, of which all orders are tried

Column = list[fmpq_mpoly]


def settle(comparison: PayoffComparison, region: Region, continua: Sequence[Patch] = ()) -> Ties:
    """Return the label of the single states of a region, if the signs near it decide it.

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


def face_jacobian_coefficients(comparison: PayoffComparison, region: Region) -> list[fmpq_mpoly]:
    """Return the coefficients of λ^(n-1), …, 1 of the Jacobian along a face, up to positive factors."""
    return _Reduced(comparison, region, (), False, ()).characteristic[1:]


def jacobian(comparison: PayoffComparison, region: Region) -> list[Column]:
    """Return the Jacobian along a face at its rest states, times one positive function."""
    return _Reduced(comparison, region, (), False, ())._jacobian


def face_rates(comparison: PayoffComparison, region: Region) -> Column:
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
                return not OnStretch(patch, patch.curve).in_parameter(polynomial)
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
        """Whether nothing drifts, because a constant share separates the states of the rest set."""
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
        """Whether a polynomial takes both signs on the rest set near each state of the region."""
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


@dataclass(frozen=True)
class Outside:
    """An unplayed strategy at a rest point.

    Attributes
    ----------
    population, strategy : indices
    turn : the sign of its payoff minus the average one, or None where the sign is not proven
    value : the eigenvalue, as a float
    exact : the eigenvalue, where it is known
    """

    population: int
    strategy: int
    turn: int | None
    value: float
    exact: Exact | None


@dataclass(frozen=True, eq=False)
class CertifiedLocal:
    """A rest point and its linearisation, by the game's own equations on the point's face.

    Attributes
    ----------
    comparison : how payoffs compare
    root : where it lies
    """

    comparison: PayoffComparison
    root: CertifiedRoot

    @property
    def system(self) -> FaceSystem:
        """The game on the point's face."""
        return self.root.system

    @property
    def balanced(self) -> bool:
        """Whether no population's payoffs depend on its own shares."""
        return not any(self.system.field.own_play)

    @cached_property
    def outside(self) -> tuple[Outside, ...]:
        """The unplayed strategies."""
        return tuple(self._outside(p, b) for p, b in unplayed(self.system.field.sizes, self.system.face))

    @property
    def tied(self) -> list[tuple[int, int]] | None:
        """The unplayed strategies that earn as much as the played ones; None if some may earn more."""
        if any(o.turn not in (0, -1) for o in self.outside):
            return None
        return [(o.population, o.strategy) for o in self.outside if o.turn == 0]

    @property
    def loses(self) -> bool:
        """Whether some unplayed strategy earns less than the played ones."""
        return any(o.turn == -1 for o in self.outside)

    def _outside(self, p: int, b: int) -> Outside:
        row = self.comparison.numerators[p]
        difference = row[b] - row[self.system.face[p][-1]]
        speed = self.system.field.speeds[p]
        point = self.root.exact
        if point is not None:
            above = self.system.value(difference, point)
            exact = above * speed / self.system.value(self.comparison.denominators[p], point)
            return Outside(p, b, sign(exact), as_float(exact), exact)
        with precision(LADDER[0] + 40):
            below = self.root.ball(self.comparison.denominators[p], LADDER[0])
            value = self.root.ball(difference, LADDER[0]) / below
            number = float((arb(speed) * value).mid())
        turn = 1 if value > 0 else -1 if value < 0 else self.root.sign(difference)
        number = number if turn else 0.0
        return Outside(p, b, turn, number, fmpq(0) if turn == 0 else None)

    @cached_property
    def internal_eigenvalues(self) -> Along:
        """The eigenvalues along the face."""
        if not self.system.free:
            return Along((), 0, 0, 0, ())
        exact = self.exact_block
        rational = _rational(exact)
        if rational is not None:
            return along_exact(rational)
        result = Along((), 0, 0, 0)
        for bits in LADDER:
            with precision(bits + 40):
                result = along_balls(self.ball_block(bits), exact, self.balanced)
            if not result.unknown or (result.negative and result.positive) or exact is not None:
                break
        return result

    @cached_property
    def exact_block(self) -> list[list[Exact]] | None:
        """The Jacobian along the face in exact numbers, where the point is exact."""
        point = self.root.exact
        if point is None:
            return None
        slopes = [
            [self.system.value(f.derivative(v), point) for v in self.system.variables]
            for f in self.system.equations
        ]
        factors = [
            speed / self.system.value(d, point)
            for speed, d in zip(self.system.field.speeds, self.comparison.denominators, strict=True)
        ]
        return self.block_from(self.system, slopes, point, factors)

    def ball_block(self, bits: int) -> list[list[arb]]:
        """Return the Jacobian along the face in balls, from shares of radius about 2**-bits."""
        shares = self.root.refine(bits)
        factors = [
            arb(speed) / self.root.ball(d, bits)
            for speed, d in zip(self.system.field.speeds, self.comparison.denominators, strict=True)
        ]
        return self.block_from(self.system, self.system.jacobian(shares).tolist(), shares, factors)

    @staticmethod
    def block_from(
        system: FaceSystem, slopes: Sequence[Sequence[Any]], shares: Sequence[Any], factors: Sequence[Any]
    ) -> list[list[Any]]:
        """Return the Jacobian along a face, in numbers or functions of any one field.

        Parameters
        ----------
        slopes : derivatives of the equations (rows) by the free shares
        shares : the free shares
        factors : for each population its speed over its denominator
        """
        free = system.free
        rows = []
        for k, (q, _) in enumerate(free):
            mates = [m for m, (r, _) in enumerate(free) if r == q]
            factor = shares[k] * factors[q]
            row = []
            for t in range(len(free)):
                rest = slopes[k][t]
                for m in mates:
                    rest = rest - shares[m] * slopes[m][t]
                row.append(factor * rest)
            rows.append(row)
        return rows

    def payoff_form_sign(self) -> int | None:
        """Return whether the payoffs' derivative is negative definite along the face.

        It is that of one population; for a tangent vector d of the face the form is Σ d_a (∂g_a·d).

        Returns
        -------
        -1 where it is, 1 where it takes a positive value, None where neither is certain
        """
        size = len(self.system.free)
        for bits in LADDER[:2]:
            with precision(bits + 40):
                slopes = self.system.jacobian(self.root.refine(bits)).tolist()
                form = [[-(slopes[i][j] + slopes[j][i]) for j in range(size)] for i in range(size)]
                minors = [arb_mat([row[:k] for row in form[:k]]).det() for k in range(1, size + 1)]
                if all(m > 0 for m in minors):
                    return -1
                for i in range(size):
                    if form[i][i] < 0:
                        return 1
                    for j in range(i):
                        if form[i][i] * form[j][j] - form[i][j] ** 2 < 0:
                            return 1
        return None

    def determinant_sign(self) -> int | None:
        """Return the sign of det(-block), or None where it is not certain."""
        size = len(self.system.free)
        if not size:
            return 1
        turn = -1 if size % 2 else 1
        rational = _rational(self.exact_block)
        if rational is not None:
            value = rational.det()
            return turn * (int(value > 0) - int(value < 0))
        for bits in LADDER:
            with precision(bits + 40):
                ball = arb_mat(self.ball_block(bits)).det()
            if ball > 0 or ball < 0:
                return turn if ball > 0 else -turn
        return None

    @property
    def index(self) -> int | None:
        """The sign of det(-J), or None where it is not certain that some eigenvalue is not zero."""
        return None if any(o.turn == 0 for o in self.outside) else self.determinant_sign()


def _rational(block: list[list[Exact]] | None) -> fmpq_mat | None:
    """A block of exact numbers as a matrix, where all are rational."""
    if block is None:
        return None
    rows = [[x for x in row if isinstance(x, fmpq)] for row in block]
    return fmpq_mat(rows) if all(len(row) == len(block) for row in rows) else None
