"""What follows from the assumptions where it cannot be seen at sight: z3 is asked, for a while."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from flint import fmpq_mpoly

from separatrix.analysis.assumptions import Assumptions, Signs
from separatrix.analysis.signs import Formula, SignPolynomials, to_smt
from separatrix.exact.rational_functions import Ring
from separatrix.expression.conditions import FALSE, TRUE
from separatrix.expression.satisfiability import PATIENCE, ask, comparison
from separatrix.game.model import Game

if TYPE_CHECKING:
    from separatrix.analysis.symbolic.coordinates import Coordinates

__all__ = ["Deduction"]

QUESTION = 0.3
"""Seconds of z3's effort for one question: what takes longer is left open."""

LONGEST = 400
"""Terms of a polynomial past which z3 is not asked."""


class Deduction(Assumptions):
    """Assumptions whose consequences z3 works out.

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

    def signs(self, polynomial: fmpq_mpoly) -> Signs:
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

    def signs_where(self, formula: Formula, polynomials: SignPolynomials, polynomial: fmpq_mpoly) -> Signs:
        """Return a set that holds every sign the polynomial can have where a formula holds."""
        seen = self.signs(polynomial)
        if len(seen) < 2 or formula == TRUE or len(polynomial) > LONGEST:
            return seen
        if any(len(p) > LONGEST for p in polynomials.items):
            return seen
        here, term = to_smt(formula, polynomials.terms), self.term(polynomial)
        return frozenset(s for s in seen if self._can(here, comparison(term, _NAMES[s]))) or seen

    def _can(self, *conditions: str) -> bool:
        """Whether z3 finds the conditions possible under the assumptions, or cannot tell."""
        rest = self._deadline - time.monotonic()
        if self._left <= 0 or rest <= 0:
            return True
        effort = min(QUESTION, self._left)
        asked = ask(self.variables, [*self.constraints(), *conditions], effort, min(rest, PATIENCE * effort))
        self._left -= asked.effort
        return asked.verdict != "unsat"


_NAMES = {-1: "<", 0: "==", 1: ">"}
