"""Rest states beside which unplayed strategies earn as much as the played ones.

Let a face F be all at rest.  In each population q let x̂ be the shares of its played strategies among
themselves, and v_i those of unplayed ones that earn as much (speeds and denominators are positive factors
ρ_q, which change no sign).  The replicator equation then reads exactly

    v_i' = ρ v_i (D_i - Σ_k v_k D_k)  (k of the same population),    x̂_a' = ρ x̂_a E_a,

with D_i and E_a the payoffs of i and a minus that of the mixture x̂ of their population: polynomials in v
whose coefficients are polynomials on F.  All that follows are signs of these coefficients.

* If all other strategies earn less, only those with ties matter (reduction principle: Carr 1981, theorem 2).
* Stable: V = Σ c_i v_i falls along orbits, and each term that moves x̂ is bounded by one by which V falls
  (Lyapunov 1892).  The weights are taken in some order, each much larger than the next, so that in each
  monomial of V' the sign belongs to the first strategy of the order that contributes.  A monomial of any
  sign does no harm if another one, by which V falls, divides it.
* Unstable: in the face of F and some of these strategies, a face that orbits do not leave, W = Π y_i^c_i with
  y_i = v_i/(1 - Σ v_k) does not fall, so that no v_i vanishes, and W or some x̂_a keeps moving (Chetaev 1934).
* The same where the payoff h of an unplayed strategy changes its sign at the state, on the side where h > 0,
  if h does not fall there.  With one such strategy, if h falls: v rises while h > 0, then vanishes before
  anything else has moved far, so the state is stable.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flint import fmpq, fmpq_mpoly

from separatrix.analysis.rest_points.branch_and_prune.face_equations import FaceSystem
from separatrix.analysis.rest_points.branch_and_prune.payoff_comparison import Comparison
from separatrix.analysis.rest_points.certified.region import Region
from separatrix.analysis.stability.verdict import Verdict
from separatrix.analysis.theorems import CHETAEV, LYAPUNOV_FUNCTION
from separatrix.run.cached import cached_property
from separatrix.sentence import say

__all__ = ["Ties", "settle"]

MOST = 6  # unplayed strategies with ties, of which all orders are tried

Monomial = tuple[int, ...]
Powers = Mapping[Monomial, fmpq_mpoly]
Signs = Mapping[Monomial, "int | None"]
"""By monomial the sign of its coefficient: 0 where that vanishes on the region but not beside it, None where
it may change; a monomial whose coefficient is zero everywhere has no entry."""


@dataclass(frozen=True)
class Ties:
    """What a label was decided by, or what would have to be told apart first.

    Attributes
    ----------
    verdict : the label, or None
    changing : polynomials whose signs change on the region
    """

    verdict: Verdict | None
    changing: tuple[fmpq_mpoly, ...] = ()


def settle(comparison: Comparison, region: Region) -> Ties:
    """Return the label of the single states of a region, if their face is all at rest and signs decide it."""
    system = region.system
    if any(system.equations):
        return Ties(None)
    tied: list[tuple[int, int]] = []
    lower = False
    for p, played in enumerate(system.face):
        for b in set(range(system.field.sizes[p])).difference(played):
            row = comparison.numerators[p]
            difference = system.restrict(row[b] - row[played[-1]])
            turn = region.sign(difference) if difference else 0
            if turn is None:
                return Ties(None, (difference,))
            if turn > 0:
                return Ties(None)
            lower = lower or turn < 0
            if turn == 0:
                tied.append((p, b))
    if len(tied) > MOST:
        return Ties(None)
    return _Beside(comparison, region, tuple(tied), lower).ties()


@dataclass(frozen=True, eq=False)
class _Beside:
    """The field beside a region, on the face with all tied strategies.

    Attributes
    ----------
    tied : population and strategy
    lower : whether some other strategy earns less than the played ones
    """

    comparison: Comparison
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
        ring = self.system.field.ring
        played, start = self.system.face[q], self.system.field.offsets[q]
        shares = [ring.context.gens()[start + a] for a in played[:-1]]
        rest = ring.one
        for x in shares:
            rest = rest - x
        return [*shares, rest]

    def _powers(self, polynomial: fmpq_mpoly) -> Powers:
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
    def growth(self) -> tuple[Powers, ...]:
        """D of each tied strategy."""
        return tuple(self._powers(self._payoffs[p][b] - self._means[p]) for p, b in self.tied)

    @cached_property
    def drift(self) -> Mapping[tuple[int, int], Powers]:
        """E of each played strategy of the populations that mix."""
        return {
            (q, a): self._powers(self._payoffs[q][a] - self._means[q])
            for q, played in enumerate(self.system.face)
            for a in played
            if len(played) > 1
        }

    # ------------------------------------------------------------------ signs

    @cached_property
    def _asked(self) -> dict[str, int | None]:
        return {}

    @cached_property
    def _changing(self) -> list[fmpq_mpoly]:
        return []

    def sign(self, polynomial: fmpq_mpoly) -> int | None:
        """Return a coefficient's sign on the region, and remember it where that changes."""
        key = str(polynomial)
        if key not in self._asked:
            self._asked[key] = self.region.sign(polynomial)
            if self._asked[key] is None:
                self._changing.append(polynomial)
        return self._asked[key]

    def signs(self, powers: Powers, side: fmpq_mpoly | None = None) -> Signs:
        """Return the signs of coefficients by monomial; the last exponent is that of `side` > 0.

        A coefficient that vanishes on the region is divided by `side` as often as that is possible.
        """
        result: dict[Monomial, int | None] = {}
        for monomial, coefficient in powers.items():
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
        verdict = self._stable() or self._unstable(None) or self._at_a_border()
        return Ties(verdict, () if verdict else tuple(self._changing))

    # ------------------------------------------------------------------ stable

    def _stable(self) -> Verdict | None:
        growth = [self.signs(d) for d in self.growth]
        drift = [self.signs(e) for e in self.drift.values()]
        falls = _falls(growth, drift, 1)
        pure = not self.system.free
        rest = say("every other direction contracts") if self.lower else ""
        if falls is not None:
            if not falls and not any(drift):
                return Verdict("stable", _because(rest, say("nothing moves beside it")))
            if pure and _alone(falls, len(self.tied)):
                return Verdict("asymptotically stable", _because(rest, FALLS))
            return Verdict("stable", _because(rest, BOUNDED))
        if pure and not self.lower:
            rises = _falls(growth, drift, -1)
            if rises is not None and _alone(rises, len(self.tied)):
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
                among = [_within(s, chosen) for s in growth]
                if not _one_sign(_within(away, chosen), 1):
                    continue
                if _grows([among[i] for i in chosen], [_within(s, chosen) for s in drift]):
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
            for monomial, coefficient in self.drift[q, a].items():
                total[monomial] = total.get(monomial, ring.zero) + factor * coefficient
        return {m: c for m, c in total.items() if c}

    # ------------------------------------------------------------------ where a payoff changes its sign

    def _at_a_border(self) -> Verdict | None:
        nothing = (0,) * len(self.tied)
        for k in range(len(self.tied)):
            side = self.growth[k].get(nothing)
            if side is None or not self._crosses(side):
                continue
            verdict = self._unstable(side) or self._turns(side)
            if verdict:
                return verdict
        return None

    def _crosses(self, polynomial: fmpq_mpoly) -> bool:
        """Whether a polynomial that vanishes on the region takes both signs beside each of its states."""
        return any(self.sign(polynomial.derivative(v)) for v in self.system.variables)

    def _turns(self, side: fmpq_mpoly) -> Verdict | None:
        """The only tied strategy gains where h > 0, and h falls while it is played."""
        if len(self.tied) > 1:
            return None
        falls = (self._rate(side) or {}).get((1,))
        if falls is None or self.sign(falls) != -1:
            return None
        rest = say("every other direction contracts") if self.lower else ""
        return Verdict("stable", _because(rest, TURNS))


FALLS = say("a weighted sum of the shares of unplayed strategies falls all around it (Lyapunov)").by(
    LYAPUNOV_FUNCTION
)
RISES = say("a weighted sum of the shares of unplayed strategies rises all around it (Lyapunov)").by(
    LYAPUNOV_FUNCTION
)
BOUNDED = say(
    "beside it a weighted sum of the shares of unplayed strategies never rises, and bounds by its fall what "
    "else moves (Lyapunov)"
).by(LYAPUNOV_FUNCTION)
GROWS = say(
    "within a face a product of powers of the shares of unplayed strategies never falls, so that none of "
    "them vanishes, and orbits are carried away (Chetaev 1934)"
).by(CHETAEV)
GROWS_BESIDE = say(
    "on the side where an unplayed strategy earns more, a product of powers of such shares never falls, and "
    "orbits are carried away (Chetaev 1934)"
).by(CHETAEV)
TURNS = say(
    "beside it an unplayed strategy gains on one side only, from where its own growth drives the state to "
    "the other side, where it vanishes"
)


def _because(rest: str, why: str) -> str:
    return say("{rest}, and {why}", rest=rest, why=why) if rest else why


def _divides(a: Monomial, b: Monomial) -> bool:
    return all(x <= y for x, y in zip(a, b, strict=True))


def _within(signs: Signs, chosen: Sequence[int]) -> Signs:
    """What is left of it where only the chosen strategies are played besides."""
    return {m: turn for m, turn in signs.items() if all(not e or k in chosen for k, e in enumerate(m[:-1]))}


def _times(monomial: Monomial, i: int) -> Monomial:
    return (*monomial[:i], monomial[i] + 1, *monomial[i + 1 :])


def _alone(monomials: set[Monomial], count: int) -> bool:
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
