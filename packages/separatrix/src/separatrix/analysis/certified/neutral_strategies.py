"""Rest states at which unplayed strategies earn as much as the played ones.

Let a face F be all at rest, or have a rest set as in `centre_manifold`.  In each population q let x̂ be the
shares of its played strategies among themselves, and v_i those of unplayed ones that earn as much (speeds and
denominators are positive factors ρ_q, which change no sign).  The replicator equation then reads exactly

    v_i' = ρ v_i (D_i - Σ_k v_k D_k)  (k of the same population),    x̂_a' = ρ x̂_a E_a,

with D_i and E_a the payoffs of i and a minus that of the mixture x̂ of their population: polynomials in v
whose coefficients are polynomials on F.  All that follows are signs of these coefficients.

* If all other strategies earn less, only those with ties matter (reduction principle: Carr 1981, theorem 2).
* Stable: V = Σ c_i v_i falls along orbits, and each term that moves x̂ is bounded by one by which V falls
  (Lyapunov 1892).  The weights have some order, each much larger than the next, so that in each
  monomial of V' the sign belongs to the first strategy of the order that contributes.  A monomial of any
  sign does no harm if another one, by which V falls, divides it.
* Unstable: in the face of F and some of these strategies, a face that orbits do not leave, W = Π y_i^c_i with
  y_i = v_i/(1 - Σ v_k) does not fall, so that no v_i vanishes, and W or some x̂_a keeps moving (Chetaev 1934).
* The same where the payoff h of an unplayed strategy changes its sign at the state, on the side where h > 0,
  if h does not fall there.  With one such strategy, if h falls: v rises while h > 0, then vanishes before
  anything else has moved far, so the state is stable.
* One tied strategy i alone, on the face of F and i: all rates are v^n times a field.  If that field leads
  along F where v = 0, and v = 0 is invariant under it, so do its orbits near F: unstable.  Where the
  payoff h of i changes its sign and n = 1, v = 0 is not invariant, and if h' ≠ 0 along the field, v falls to
  zero on both sides for h' < 0 (stable), and rises on both sides for h' > 0 (unstable).  For n = 2 there
  remains v times a field with the linear part h' = a v, v' = b (h + c v), b > 0: unstable if a > 0 (a saddle
  whose unstable line is not v = 0), stable if a < 0 and c <= 0 (a sink, or half turns that end at v = 0).
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flint import fmpq, fmpq_mpoly

from separatrix.analysis.branch_and_prune.enumeration import PayoffComparison
from separatrix.analysis.branch_and_prune.faces import FaceSystem
from separatrix.analysis.certified.regions import Region
from separatrix.analysis.stability.classification import Verdict, because
from separatrix.analysis.theorems import CHETAEV, LYAPUNOV_FUNCTION
from separatrix.run.cached_property import cached_property
from separatrix.sentences import say

__all__ = ["Beside", "Monomial", "Powers", "Ties"]

Monomial = tuple[int, ...]
Powers = Mapping[Monomial, "fmpq_mpoly | None"]
"""By monomial the coefficient, or None where it is some continuous function."""
Signs = Mapping[Monomial, "int | None"]
"""By monomial the sign of its coefficient: 0 where that vanishes on the region but not near it, None where
it may change; a monomial whose coefficient is zero everywhere has no entry."""


@dataclass(frozen=True)
class Ties:
    """The argument for a label, or the cases to distinguish first.

    Attributes
    ----------
    verdict : the label, or None
    changing : polynomials whose signs change on the region
    tied : unplayed strategies that earn as much as the played ones; None if some may earn more
    lower : whether some other strategy earns less
    """

    verdict: Verdict | None
    changing: tuple[fmpq_mpoly, ...] = ()
    tied: tuple[tuple[int, int], ...] | None = None
    lower: bool = False


@dataclass(frozen=True, eq=False)
class Beside:
    """The field near a region, on the face with all tied strategies.

    Attributes
    ----------
    tied : population and strategy
    lower : whether some other strategy earns less than the played ones
    """

    comparison: PayoffComparison
    region: Region
    tied: tuple[tuple[int, int], ...]
    lower: bool

    @property
    def system(self) -> FaceSystem:
        return self.region.system

    @cached_property
    def _places(self) -> tuple[int, ...]:
        """A generator of the ring for each tied strategy: one that its population's free shares leave."""
        used = set(self.system.variables)
        result = []
        for p, _ in self.tied:
            start = self.system.field.offsets[p]
            place = next(v for v in range(start, start + self.system.field.sizes[p] - 1) if v not in used)
            used.add(place)
            result.append(place)
        return tuple(result)

    @cached_property
    def _images(self) -> list[fmpq_mpoly]:
        """What each reduced coordinate is in the shares among the played and those of tied strategies."""
        ring, field = self.system.field.ring, self.system.field
        generators = ring.context.gens()
        images = []
        for q, played in enumerate(self.system.face):
            new = {b: generators[v] for (p, b), v in zip(self.tied, self._places, strict=True) if p == q}
            left = ring.one
            for v in new.values():
                left = left - v
            mixture = dict(zip(played, self._mixture(q), strict=True))
            for a in range(field.sizes[q] - 1):
                images.append(mixture[a] * left if a in mixture else new.get(a, ring.zero))
        return images

    def _mixture(self, q: int) -> list[fmpq_mpoly]:
        """The shares of the played strategies among themselves."""
        return [self.system.polynomials[q][a] for a in self.system.face[q]]

    def _powers(self, polynomial: fmpq_mpoly) -> Mapping[Monomial, fmpq_mpoly]:
        """A polynomial by the powers of the tied strategies' shares."""
        ring = self.system.field.ring
        parts: dict[Monomial, dict[tuple[int, ...], fmpq]] = {}
        for exponents, value in polynomial.to_dict().items():
            monomial = tuple(int(exponents[v]) for v in self._places)
            rest = tuple(0 if v in self._places else int(e) for v, e in enumerate(exponents))
            parts.setdefault(monomial, {})[rest] = value
        return {m: ring.context.from_dict(part) for m, part in parts.items()}

    @cached_property
    def _payoffs(self) -> list[list[fmpq_mpoly]]:
        context = self.system.field.ring.context
        return [[u.compose(*self._images, ctx=context) for u in row] for row in self.comparison.numerators]

    @cached_property
    def _means(self) -> list[fmpq_mpoly]:
        """What the mixture of its played strategies earns in each population."""
        zero = self.system.field.ring.zero
        return [
            sum((x * row[a] for x, a in zip(self._mixture(q), played, strict=True)), zero)
            for q, (row, played) in enumerate(zip(self._payoffs, self.system.face, strict=True))
        ]

    @cached_property
    def all_growth(self) -> tuple[Mapping[Monomial, fmpq_mpoly], ...]:
        """D of each tied strategy."""
        return tuple(self._powers(self._payoffs[p][b] - self._means[p]) for p, b in self.tied)

    @cached_property
    def all_drift(self) -> Mapping[tuple[int, int], Mapping[Monomial, fmpq_mpoly]]:
        """E of each played strategy of the populations that mix."""
        return {
            (q, a): self._powers(self._payoffs[q][a] - self._means[q])
            for q, played in enumerate(self.system.face)
            for a in played
            if len(played) > 1
        }

    @property
    def growth(self) -> Sequence[Powers]:
        """What the shares of the tied strategies grow by."""
        return self.all_growth

    @property
    def drift(self) -> Mapping[tuple[int, int], Powers]:
        """What moves besides."""
        return self.all_drift

    # ------------------------------------------------------------------ signs

    @cached_property
    def _sign_cache(self) -> dict[str, int | None]:
        return {}

    @cached_property
    def _changing(self) -> list[fmpq_mpoly]:
        return []

    def sign(self, polynomial: fmpq_mpoly) -> int | None:
        """Return a coefficient's sign on the region, and remember it where that changes."""
        key = str(polynomial)
        if key not in self._sign_cache:
            self._sign_cache[key] = self.region.sign(polynomial)
            if self._sign_cache[key] is None:
                self._changing.append(polynomial)
        return self._sign_cache[key]

    def signs(self, powers: Powers, side: fmpq_mpoly | None = None) -> Signs:
        """Return the signs of coefficients by monomial; the last exponent is that of `side` > 0.

        A coefficient that vanishes on the region is divided by `side` as often as that is possible.
        """
        result: dict[Monomial, int | None] = {}
        for monomial, coefficient in powers.items():
            if coefficient is None:
                result[*monomial, 0] = None
                continue
            rest, times = coefficient, 0
            turn = self.sign(rest)
            while turn == 0 and side is not None:
                common = rest.gcd(side)
                if common != side / side.leading_coefficient():
                    break
                rest, times = rest / side, times + 1
                turn = self.sign(rest)
            result[*monomial, times] = turn
        return result

    def ties(self) -> Ties:
        """Return what decides, stability first."""
        verdict = self._stable() or self._unstable(None) or self._by_one() or self._at_a_border()
        return Ties(verdict, () if verdict else tuple(self._changing), self.tied, self.lower)

    @property
    def pure(self) -> bool:
        """Whether no other state of the face nearby is at rest."""
        return not self.system.free

    # ------------------------------------------------------------------ stable

    def _stable(self) -> Verdict | None:
        growth = [self.signs(d) for d in self.growth]
        drift = [self.signs(e) for e in self.drift.values()]
        falls = _falls(growth, drift, 1)
        pure = self.pure
        rest = say("every other direction contracts") if self.lower else ""
        if falls is not None:
            if not falls and not any(drift):
                return Verdict("stable", because(rest, say("nothing moves near it")))
            if pure and _has_pure_powers(falls, len(self.tied)):
                return Verdict("asymptotically stable", because(rest, FALLS))
            return Verdict("stable", because(rest, BOUNDED))
        if not self.system.free and not self.lower:
            rises = _falls(growth, drift, -1)
            if rises is not None and _has_pure_powers(rises, len(self.tied)):
                return Verdict("source", RISES)
        return None

    # ------------------------------------------------------------------ unstable

    def _unstable(self, side: fmpq_mpoly | None) -> Verdict | None:
        """Growth in an invariant face, perhaps on the side of a region where a polynomial is positive."""
        growth = [self.signs(d, side) for d in self.growth]
        drift = [self.signs(e, side) for e in self.drift.values()]
        rate = self._rate(side) if side is not None else {}
        if rate is None:
            return None
        away = self.signs(rate, side)
        for size in range(1, len(self.tied) + 1):
            for chosen in itertools.combinations(range(len(self.tied)), size):
                among = [_restricted_signs(s, chosen) for s in growth]
                if not _one_sign(_restricted_signs(away, chosen), 1):
                    continue
                if _grows([among[i] for i in chosen], [_restricted_signs(s, chosen) for s in drift]):
                    return Verdict("unstable", GROWS if side is None else GROWS_BESIDE)
        return None

    def _rate(self, polynomial: fmpq_mpoly) -> Powers | None:
        """The derivative of a polynomial on the face along orbits, up to a positive factor.

        None where populations with factors that depend on the state in different ways contribute.
        """
        field, ring = self.system.field, self.system.field.ring
        slopes = [polynomial.derivative(v) for v in self.system.variables]
        owners = {q for slope, (q, _) in zip(slopes, self.system.free, strict=True) if slope}
        below = {q: self.system.restrict(self.comparison.denominators[q]) for q in owners}
        if len(owners) > 1 and not all(d.is_constant() for d in below.values()):
            return None
        total: dict[Monomial, fmpq_mpoly] = {}
        for slope, v, (q, a) in zip(slopes, self.system.variables, self.system.free, strict=True):
            if not slope:
                continue
            factor = slope * ring.context.gens()[v] * field.speeds[q]
            if len(owners) > 1:
                factor = factor / below[q].leading_coefficient()
            for monomial, coefficient in self.all_drift[q, a].items():
                total[monomial] = total.get(monomial, ring.zero) + factor * coefficient
        return {m: c for m, c in total.items() if c}

    # ------------------------------------------------------------------ where a payoff changes its sign

    def _at_a_border(self) -> Verdict | None:
        for k in range(len(self.tied)):
            side = self._side(k)
            if side is not None and self._crosses(side):
                verdict = self._unstable(side)
                if verdict:
                    return verdict
        return None

    def _side(self, k: int) -> fmpq_mpoly | None:
        """What a tied strategy earns more where no tied one is played, unless that is nothing."""
        return self.growth[k].get((0,) * len(self.tied))

    def _crosses(self, polynomial: fmpq_mpoly) -> bool:
        """Whether a polynomial that vanishes on the region takes both signs near each of its states."""
        return any(self.sign(polynomial.derivative(v)) for v in self.system.variables)

    # ------------------------------------------------------------------ one of them alone

    def _by_one(self) -> Verdict | None:
        """The verdict from one tied strategy alone; with several, only instability carries over."""
        found = (self._single_share_verdict(k) for k in range(len(self.tied)))
        return next((v for v in found if v and (v.label == "unstable" or len(self.tied) == 1)), None)

    def _single_share_verdict(self, k: int) -> Verdict | None:
        """Its share v divides all rates; what is left is a field, along which v need not vanish."""
        growth, side = _powers_of(self.growth[k], k), self._side(k)
        drifts = [_powers_of(powers, k) for powers in self.drift.values()]
        least = min((n for powers in drifts for n in powers), default=0)
        if side is None:
            moves = any(c is not None and self.sign(c) for p in drifts if (c := p.get(least, None)))
            return Verdict("unstable", DRIFTS) if moves and all(n >= least for n in growth) else None
        if not self._crosses(side):
            return None
        if not least:
            return self._around(growth, 0, still=True)
        slope = (self._rate(side) or {}).get(tuple(least * (n == k) for n in range(len(self.tied))))
        turn = 0 if slope is None else self.sign(slope)
        if least == 1 and turn:
            return Verdict("unstable", GROWS_BESIDE) if turn > 0 else self._vanishes()
        return self._around(growth, turn) if least == 2 and slope is not None else None

    def _around(
        self, growth: Mapping[int, fmpq_mpoly | None], turn: int | None, *, still: bool = False
    ) -> Verdict | None:
        """The field left by v has the linear part h' = a v, v' = b (h + c v), b > 0, and v >= 0.

        Where it is `still`, h does not change at all.
        """
        own = growth.get(1, self.system.field.ring.zero)
        c = None if own is None else self.sign(own) if own else 0
        if turn is None or c is None:
            return None
        if turn > 0 or (still and c > 0):
            return Verdict("unstable", GROWS_BESIDE)
        return self._vanishes() if (turn < 0 and c <= 0) or (still and c < 0) else None

    def _vanishes(self) -> Verdict:
        rest = say("every other direction contracts") if self.lower else ""
        return Verdict("stable", because(rest, TURNS))


FALLS = say(
    "a weighted sum of the shares of unplayed strategies falls all around it (Lyapunov's direct method)"
).resting_on(LYAPUNOV_FUNCTION)
RISES = say(
    "a weighted sum of the shares of unplayed strategies rises all around it (Lyapunov's direct method)"
).resting_on(LYAPUNOV_FUNCTION)
BOUNDED = say(
    "near it a weighted sum of the shares of unplayed strategies never rises, and its fall "
    "bounds every other change (Lyapunov's direct method)"
).resting_on(LYAPUNOV_FUNCTION)
GROWS = say(
    "within a face a product of powers of the shares of unplayed strategies never falls, so that "
    "none of them vanishes, and orbits are carried away (Chetaev's instability theorem)"
).resting_on(CHETAEV)
GROWS_BESIDE = say(
    "on the side where an unplayed strategy earns more, a product of powers of such shares never "
    "falls, and orbits are carried away (Chetaev's instability theorem)"
).resting_on(CHETAEV)
DRIFTS = say(
    "the share of an unplayed strategy divides all rates on a face, and without it they lead "
    "along the continuum of equilibria"
)
TURNS = say(
    "near it an unplayed strategy grows on one side only; its growth drives the state to the "
    "other side, where the strategy vanishes"
)


def _powers_of(powers: Powers, k: int) -> dict[int, fmpq_mpoly | None]:
    """The coefficients of the powers of one share alone."""
    return {m[k]: c for m, c in powers.items() if m[k] == sum(m)}


def _divides(a: Monomial, b: Monomial) -> bool:
    return all(x <= y for x, y in zip(a, b, strict=True))


def _restricted_signs(signs: Signs, chosen: Sequence[int]) -> Signs:
    """What is left of it where only the chosen strategies are played besides."""
    return {m: turn for m, turn in signs.items() if all(not e or k in chosen for k, e in enumerate(m[:-1]))}


def _times(monomial: Monomial, i: int) -> Monomial:
    return (*monomial[:i], monomial[i] + 1, *monomial[i + 1 :])


def _has_pure_powers(monomials: set[Monomial], count: int) -> bool:
    """Whether a power of each strategy's share alone is among the monomials."""
    return all(any(m[i] and sum(m) == m[i] for m in monomials) for i in range(count))


def _falls(growth: Sequence[Signs], drift: Sequence[Signs], turn: int) -> set[Monomial] | None:
    """The monomials by which Σ c_i v_i falls (rises, for turn -1), or None if no order of weights serves."""
    terms: dict[Monomial, dict[int, int | None]] = {}
    for i, signs in enumerate(growth):
        for monomial, s in signs.items():
            terms.setdefault(_times(monomial, i), {})[i] = s if s is None else s * turn
    moved = [m for signs in drift for m in signs]
    for order in itertools.permutations(range(len(growth))):
        falls, other = _ordered(terms, order, -1)
        if all(any(_divides(f, m) and f != m for f in falls) for m in other) and all(
            any(_divides(f, m) for f in falls) for m in moved
        ):
            return falls
    return None


def _ordered(
    terms: Mapping[Monomial, Mapping[int, int | None]], order: Sequence[int], turn: int
) -> tuple[set[Monomial], list[Monomial]]:
    """The monomials to which the first of an order that contributes gives a sign, and all others."""
    with_sign: set[Monomial] = set()
    others: list[Monomial] = []
    for monomial, parts in terms.items():
        first = next((parts[i] for i in order if i in parts and parts[i] != 0), 0)
        if first == turn:
            with_sign.add(monomial)
        else:
            others.append(monomial)
    return with_sign, others


def _grows(growth: Sequence[Signs], drift: Sequence[Signs]) -> bool:
    """Whether for some order of weights Σ c_i ln y_i never falls, and it or a share keeps moving."""
    terms: dict[Monomial, dict[int, int | None]] = {}
    for i, signs in enumerate(growth):
        for monomial, s in signs.items():
            terms.setdefault(monomial, {})[i] = s
    moves = any(signs and (_one_sign(signs, 1) or _one_sign(signs, -1)) for signs in drift)
    for order in itertools.permutations(range(len(growth))):
        rises, other = _ordered(terms, order, 1)
        if (rises or moves) and all(any(_divides(r, m) and r != m for r in rises) for m in other):
            return True
    return False


def _one_sign(signs: Signs, turn: int) -> bool:
    """Whether every term has a sign, or is a multiple of one that has it."""
    strict = [m for m, s in signs.items() if s == turn]
    return all(s == turn or any(_divides(r, m) and r != m for r in strict) for m, s in signs.items())
