"""What is the same for all admissible parameters: labels and the words of the game.

Consequences of the assumptions that are not obvious: z3 searches for them, for a limited time.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from flint import fmpq_mpoly

from separatrix.analysis.assumptions import Assumptions
from separatrix.analysis.assumptions import Signs as AssumedSigns
from separatrix.analysis.regime_conditions import Formula, SignPolynomials, every_formula, negation, to_smt
from separatrix.analysis.results import Label
from separatrix.analysis.symbolic.cramer import Candidate
from separatrix.analysis.symbolic.spectrum import Attraction, Inner
from separatrix.analysis.theorems import CENTRE_OF_THREE, LINEARISATION, NASH, STRICT_NASH
from separatrix.exact.rational_functions import Ratio, Ring
from separatrix.expression.conditions import FALSE, TRUE
from separatrix.expression.satisfiability import PATIENCE, ask, comparison
from separatrix.game.model import Game
from separatrix.sentences import say

if TYPE_CHECKING:
    from separatrix.analysis.symbolic.coordinates import Coordinates

__all__ = [
    "ONLY_STRICT",
    "Deduction",
    "SymbolicVerdict",
    "isolated_of",
    "nash_of",
    "strict_nash_of",
    "verdict",
]

ONLY_STRICT = say(
    "never asymptotically stable: only strict Nash equilibria are (Ritzberger–Weibull theorem)"
).resting_on(STRICT_NASH, NASH)

QUESTION = 0.3
"""Seconds of z3's effort for one question: what takes longer is left open."""

LONGEST = 400
"""Terms of a polynomial past which z3 is not asked."""


class Deduction(Assumptions):
    """Assumptions whose consequences z3 derives.

    Parameters
    ----------
    game, ring
        As for `Assumptions`.
    seconds : float
        Of z3's effort for all questions together; afterwards only what is seen at sight is known.
    at_most : float
        Seconds by the wall clock after which that is so in any case; without, many times the effort.
    """

    def __init__(self, game: Game, ring: Ring, seconds: float, at_most: float | None = None) -> None:
        self._left = seconds
        self._deadline = time.monotonic() + (PATIENCE * seconds if at_most is None else at_most)
        self._asked: set[str] = set()
        self._sums: dict[str, str] = {}
        super().__init__(game, ring)

    def mapped(self, coordinates: Coordinates) -> Deduction:
        """Return the same assumptions in other parameters."""
        result = object.__new__(Deduction)
        result._left, result._deadline = self._left, self._deadline
        result._asked, result._signs, result._sums, result._terms = set(), {}, {}, []
        result.ring = coordinates.new
        result.relations = [(coordinates.polynomial(p), operator) for p, operator in self.relations]
        for polynomial, operator in result.relations:
            result._narrow(polynomial, operator)
        return result

    def term(self, polynomial: fmpq_mpoly) -> str:
        """Return a polynomial as a term for z3, each written once."""
        key = str(polynomial)
        if key not in self._sums:
            self._sums[key] = super().term(polynomial)
        return self._sums[key]

    def signs(self, polynomial: fmpq_mpoly) -> AssumedSigns:
        """Return a set that holds every sign the polynomial can have."""
        seen = super().signs(polynomial)
        if len(seen) < 2 or not self.relations or len(polynomial) > LONGEST:
            return seen
        key, flip = self._key(polynomial)
        if key not in self._asked:
            self._asked.add(key)
            possible = frozenset(s for s in seen if self._can(comparison(self.term(polynomial), _NAMES[s])))
            self._signs[key] = frozenset(flip * s for s in possible or seen)
            seen = possible or seen
        return seen

    def possible(self, formula: Formula, polynomials: SignPolynomials) -> bool:
        """Return False only where no admissible parameters satisfy a formula."""
        if formula in (TRUE, FALSE):
            return formula == TRUE
        if any(len(p) > LONGEST for p in polynomials.items):
            return True
        return self._can(to_smt(formula, polynomials.terms))

    def signs_where(
        self, formula: Formula, polynomials: SignPolynomials, polynomial: fmpq_mpoly
    ) -> AssumedSigns:
        """Return a set that holds every sign the polynomial can have where a formula holds."""
        seen = self.signs(polynomial)
        if len(seen) < 2 or formula == TRUE or len(polynomial) > LONGEST:
            return seen
        if any(len(p) > LONGEST for p in polynomials.items):
            return seen
        here, term = to_smt(formula, polynomials.terms), self.term(polynomial)
        return frozenset(s for s in seen if self._can(here, comparison(term, _NAMES[s]))) or seen

    def _can(self, *conditions: str) -> bool:
        """Whether z3 finds the conditions possible under the assumptions, or does not decide."""
        rest = self._deadline - time.monotonic()
        if self._left <= 0 or rest <= 0:
            return True
        effort = min(QUESTION, self._left)
        asked = ask(self.variables, [*self.constraints(), *conditions], effort, min(rest, PATIENCE * effort))
        self._left -= asked.effort
        return asked.verdict != "unsat"


_NAMES = {-1: "<", 0: "==", 1: ">"}


Signs = frozenset[int]
"""All signs that a quantity can have."""


def nash_of(gains: Sequence[Signs]) -> bool | None:
    """Return whether a state is Nash for all parameters, from what unplayed strategies earn more."""
    return True if all(s <= {-1, 0} for s in gains) else False if any(s == {1} for s in gains) else None


def strict_nash_of(gains: Sequence[Signs]) -> bool | None:
    """Return whether a pure profile is strict Nash for all parameters."""
    return True if all(s == {-1} for s in gains) else False if any(-1 not in s for s in gains) else None


def isolated_of(gains: Sequence[Signs]) -> bool | None:
    """Return whether a hyperbolic state of its face is isolated for all parameters, None where not known."""
    return True if all(0 not in s for s in gains) else None


@dataclass(frozen=True)
class SymbolicVerdict:
    """What holds wherever the candidate exists; None where that depends on the parameters."""

    label: Label | None
    reason: str
    isolated: bool | None
    nash: bool | None
    strict_nash: bool | None
    ess: bool | None
    nss: bool | None


def verdict(
    candidate: Candidate,
    exists: Formula,
    attraction: Attraction,
    polynomials: SignPolynomials,
    deduction: Deduction,
) -> SymbolicVerdict:
    """Return the label and the flags that a candidate has for all admissible parameters."""
    table = candidate.table

    def signs(value: Ratio) -> Signs:
        return deduction.signs_where(exists, polynomials, value.sign_polynomial)

    outside = [signs(candidate.growth(b)) for b in candidate.absent]
    inner = Inner(candidate)
    along = _inner_directions(inner, signs)
    always, never = _surely(exists, attraction, polynomials, deduction)
    label, reason = _label(along, outside, always)
    pure = not candidate.mixed
    nash = nash_of(outside)
    strict = strict_nash_of(outside) if pure else False
    own = any(table.own_play)
    ess: bool | None = None
    if not own:
        ess = strict
    elif never:
        ess = False
    elif strict:
        ess = True
    elif len(table.sizes) == 1 and always and len(candidate.support[0]) == 2 and not pure:
        ess = True if all(s == {-1} for s in outside) else None
    nss: bool | None = True if own and ess and len(table.sizes) == 1 else None
    isolated = isolated_of(outside)
    if not table.tabled and any(size > 2 for size in table.sizes):
        nash = strict = ess = nss = None
    return SymbolicVerdict(label, reason, isolated, nash, strict, ess, nss)


def _surely(
    exists: Formula, attraction: Attraction, polynomials: SignPolynomials, deduction: Deduction
) -> tuple[bool, bool]:
    """Whether it is asymptotically stable wherever it exists, and whether nowhere."""
    if attraction.stable == FALSE:
        return False, attraction.undecided == FALSE
    unstable = every_formula(exists, negation(attraction.stable))
    return not deduction.possible(unstable, polynomials), False


@dataclass(frozen=True)
class _Along:
    """What is known of the real parts of the eigenvalues within the support."""

    some_negative: bool = False
    some_positive: bool = False
    all_negative: bool = False
    all_positive: bool = False
    centre: bool = False


def _inner_directions(inner: Inner, signs: Callable[[Ratio], Signs]) -> _Along:
    d = inner.dimension
    if d == 0:
        return _Along(all_negative=True, all_positive=True)
    # The determinant of J is that of B times shares and speeds.
    product = signs(inner.candidate.reduced.bordered((), ()))
    if d == 1:
        return _Along(product == {-1}, product == {1}, product == {-1}, product == {1})
    if inner.crossed:
        # Eigenvalues come in pairs ±λ; only a real pair has a negative product.
        return _Along(product == {-1}, product == {-1})
    if d == 2:
        if product == {-1}:
            return _Along(True, True)
        if product == {1}:
            trace = signs(inner.trace)
            centre = trace == {0} and len(inner.candidate.mixed) == 1
            return _Along(trace == {-1}, trace == {1}, trace == {-1}, trace == {1}, centre)
        return _Along()
    return _Along()


def _label(along: _Along, outside: list[Signs], always: bool) -> tuple[Label | None, str]:
    if always:
        return "asymptotically stable", say("asymptotically stable wherever it exists")
    if along.centre and not outside:
        return (
            "centre",
            say(
                "eigenvalues are imaginary; with three strategies that is a centre (Hofbauer & Sigmund)"
            ).resting_on(CENTRE_OF_THREE),
        )
    negative = along.some_negative or any(s == {-1} for s in outside)
    positive = along.some_positive or any(s == {1} for s in outside)
    if negative and positive:
        return "saddle", say("eigenvalues of both signs wherever it exists").resting_on(LINEARISATION)
    if along.all_positive and all(s == {1} for s in outside):
        return "source", say("all eigenvalues have positive real parts wherever it exists").resting_on(
            LINEARISATION
        )
    return None, ""
