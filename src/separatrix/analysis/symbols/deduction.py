"""What follows from the assumptions where it cannot be seen at sight: z3 is asked, for a while."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from flint import fmpq_mpoly

from separatrix.analysis.assumptions import Assumptions, Signs
from separatrix.analysis.ring import Ring
from separatrix.analysis.symbols.signs import ALWAYS, NEVER, Formula, SignPolynomials, to_z3
from separatrix.game.model import Game

if TYPE_CHECKING:
    import z3

    from separatrix.analysis.symbols.coordinates import Coordinates

__all__ = ["Deduction"]

QUESTION = 300
"""Milliseconds for one question: what takes longer is left open."""

LONGEST = 400
"""Terms of a polynomial past which z3 is not asked."""


class Deduction(Assumptions):
    """Assumptions whose consequences z3 works out.

    Parameters
    ----------
    game, ring
        As for `Assumptions`.
    seconds : float
        For all questions together; afterwards only what is seen at sight is known.
    """

    def __init__(self, game: Game, ring: Ring, seconds: float) -> None:
        self._left = seconds
        self._asked: set[str] = set()
        self._sums: dict[str, z3.ArithRef] = {}
        super().__init__(game, ring)

    def mapped(self, coordinates: Coordinates) -> Deduction:
        """Return the same assumptions in other parameters."""
        result = object.__new__(Deduction)
        result._left, result._asked, result._signs, result._sums = self._left, set(), {}, {}
        result.ring = coordinates.new
        result.relations = [(coordinates.polynomial(p), operator) for p, operator in self.relations]
        for polynomial, operator in result.relations:
            result._narrow(polynomial, operator)
        return result

    def to_z3(self, polynomial: fmpq_mpoly) -> z3.ArithRef:
        """Return a polynomial as a z3 sum of monomials, each built once."""
        key = str(polynomial)
        if key not in self._sums:
            self._sums[key] = super().to_z3(polynomial)
        return self._sums[key]

    def signs(self, polynomial: fmpq_mpoly) -> Signs:
        """Return a set that holds every sign the polynomial can have."""
        seen = super().signs(polynomial)
        if len(seen) < 2 or not self.relations or len(polynomial) > LONGEST:
            return seen
        key, flip = self._key(polynomial)
        if key not in self._asked:
            self._asked.add(key)
            possible = frozenset(s for s in seen if self._can(self.compare(polynomial, _NAMES[s])))
            self._signs[key] = frozenset(flip * s for s in possible or seen)
            seen = possible or seen
        return seen

    def possible(self, formula: Formula, polynomials: SignPolynomials) -> bool:
        """Return False only where no admissible parameters satisfy a formula."""
        if formula in (ALWAYS, NEVER):
            return formula == ALWAYS
        if any(len(p) > LONGEST for p in polynomials.items):
            return True
        return self._can(to_z3(formula, polynomials.terms))

    def signs_where(self, formula: Formula, polynomials: SignPolynomials, polynomial: fmpq_mpoly) -> Signs:
        """Return a set that holds every sign the polynomial can have where a formula holds."""
        seen = self.signs(polynomial)
        if len(seen) < 2 or formula == ALWAYS or len(polynomial) > LONGEST:
            return seen
        if any(len(p) > LONGEST for p in polynomials.items):
            return seen
        here = to_z3(formula, polynomials.terms)
        return frozenset(s for s in seen if self._can(here, self.compare(polynomial, _NAMES[s]))) or seen

    def _can(self, *conditions: Any) -> bool:
        """Whether z3 finds the conditions possible under the assumptions, or cannot tell."""
        if self._left <= 0:
            return True
        import z3

        start = time.monotonic()
        solver = z3.Solver()
        solver.set("timeout", max(1, min(QUESTION, int(self._left * 1000))))
        solver.add(*self.constraints(), *conditions)
        verdict = solver.check()
        self._left -= time.monotonic() - start
        return bool(verdict != z3.unsat)


_NAMES = {-1: "<", 0: "==", 1: ">"}
