"""The condition of a regime: few, short inequalities that hold exactly where it is met."""

from __future__ import annotations

from collections.abc import Sequence

from separatrix.analysis.sign_cells import describe_cells
from separatrix.analysis.signs import (
    Formula,
    Sign,
    SignPolynomials,
    propagated,
    restricted,
    satisfied,
)
from separatrix.expression.conditions import All, Condition, Either, all_of

__all__ = ["FEW", "RegimeDescription"]

FEW = 4
"""So many deciding quantities have few enough sign patterns to describe them one by one."""

Pair = tuple[Formula, Formula]
"""Where a state is asymptotically stable, and where it is known not to be."""


class RegimeDescription:
    """Writes down where exactly some states are asymptotically stable and the others are not.

    Parameters
    ----------
    polynomials : SignPolynomials
    states : for each state, where it is asymptotically stable and where it is known not to be
    possible : the signs that each polynomial can have
    """

    def __init__(
        self, polynomials: SignPolynomials, states: Sequence[Pair], possible: Sequence[frozenset[int]]
    ) -> None:
        self.polynomials = polynomials
        self.states = states
        self.possible = possible

    def set_of(self, signs: Sequence[int]) -> tuple[int, ...] | None:
        """Return the states that are stable where the polynomials have these signs; None if left open."""
        stable = []
        for k, (holds, fails) in enumerate(self.states):
            if satisfied(holds, signs):
                stable.append(k)
            elif not satisfied(fails, signs):
                return None
        return tuple(stable)

    def condition(self, chosen: tuple[int, ...], excluded: Sequence[int]) -> Condition:
        """Return where the chosen states are stable and no others.

        Parameters
        ----------
        chosen, excluded
            Wherever the chosen states are stable and the excluded ones are not, no others are, too.
        """
        if len(self.possible) <= FEW:
            return describe_cells(
                self.possible, lambda s: self.set_of(s) == chosen, self.polynomials.relation
            )
        required = propagated([self.states[k][0] for k in chosen]) or {}

        def possible(index: int) -> frozenset[int]:
            return self.possible[index] & required.get(index, self.possible[index])

        wanted = [Sign(index, allowed) for index, allowed in sorted(required.items())]
        rest: list[Formula] = [restricted(self.states[k][0], possible) for k in chosen]
        for k in excluded:
            failing = restricted(self.states[k][1], possible)
            rest.extend(failing.parts if isinstance(failing, All) else (failing,))
        formulas = [restricted(f, lambda k: self.possible[k]) for f in wanted]
        for clause in rest:
            parts = _parts(clause)
            if not any(_parts(other) < parts for other in rest):  # else a shorter clause implies it
                formulas.append(_in_order(clause))
        return all_of(*(self.polynomials.condition(f) for f in formulas))


def _parts(formula: Formula) -> frozenset[Formula]:
    return frozenset(formula.parts) if isinstance(formula, Either) else frozenset((formula,))


def _in_order(formula: Formula) -> Formula:
    """The parts of a disjunction of signs in the order of the polynomials."""
    if isinstance(formula, Either) and all(isinstance(p, Sign) for p in formula.parts):
        return Either(tuple(sorted(formula.parts, key=lambda p: p.index if isinstance(p, Sign) else -1)))
    return formula
