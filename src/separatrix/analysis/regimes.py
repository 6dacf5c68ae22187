"""Regimes: the parameters sorted by the set of asymptotically stable states.

For populations that do not play themselves the asymptotically stable states are the strict Nash
equilibria (Ritzberger & Weibull 1995): pure profiles at which n corner advantages have the right signs.
Two strict equilibria differ in at least two strategies, so at most 35 sets are conceivable for three
populations and 7 for two.  z3 says for each whether admissible parameters exist, with a witness.
"""

from __future__ import annotations

import itertools
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from flint import fmpq_mpoly

from separatrix.analysis.assumptions import Assumptions
from separatrix.analysis.cells import describe_cells
from separatrix.analysis.result import Completeness, Regime
from separatrix.analysis.witness import Witnesses
from separatrix.game.condition import Condition, all_of, any_of
from separatrix.game.expression import Expression

if TYPE_CHECKING:
    import z3

__all__ = ["Literal", "State", "enumerate_regimes"]

Literal = tuple[int, int]
"""An index into the list of sign polynomials, and the sign it must have."""


@dataclass(frozen=True)
class State:
    """A state that can be asymptotically stable: it is where *one* of the clauses holds in full."""

    coordinates: tuple[Expression, ...]
    clauses: tuple[tuple[Literal, ...], ...]


FEW = 4
"""So many deciding quantities have few enough sign patterns to describe them one by one."""


class _OutOfTime(Exception):
    pass


def enumerate_regimes(
    assumptions: Assumptions,
    polynomials: Sequence[fmpq_mpoly],
    states: Sequence[State],
    budget: float,
    favourites: Sequence[Mapping[str, Fraction]] = (),
) -> tuple[tuple[Regime, ...], Completeness]:
    """Return the regimes, the larger sets of stable states first, and whether they are all.

    Parameters
    ----------
    assumptions : Assumptions
    polynomials : sequence
        The quantities whose signs decide, without repetitions.
    states : sequence of State
        Everything that can be asymptotically stable.
    budget : float
        Seconds.
    favourites : sequence of parameter values
        Tried as witnesses before z3's own.
    """
    search = _Search(assumptions, polynomials, states, budget, favourites)
    try:
        found = list(search.run())
    except _OutOfTime:
        found = search.found
        return _sorted(found), Completeness(
            "incomplete",
            f"z3 did not decide every set of states within {budget:g} s; {len(found)} regimes were found so "
            "far. More time (--budget) or tighter assumptions may settle it.",
        )
    if search.unknown:
        return _sorted(found), Completeness(
            "incomplete", f"z3 could not decide {search.unknown} of the conceivable sets of stable states."
        )
    return _sorted(found), Completeness(
        "complete",
        f"z3 found admissible parameters for {len(found)} set{'s' if len(found) != 1 else ''} of "
        "asymptotically stable states (the empty one counts) and proved that every other set of rest "
        "points has none.",
    )


def _sorted(found: list[Regime]) -> tuple[Regime, ...]:
    return tuple(sorted(found, key=lambda r: (not r.generic, -len(r.stable))))


class _Search:
    def __init__(
        self,
        assumptions: Assumptions,
        polynomials: Sequence[fmpq_mpoly],
        states: Sequence[State],
        budget: float,
        favourites: Sequence[Mapping[str, Fraction]],
    ) -> None:
        import z3

        self.z3 = z3
        self.assumptions = assumptions
        self.polynomials = list(polynomials)
        self.states = list(states)
        self.deadline = time.monotonic() + budget
        self.found: list[Regime] = []
        self.unknown = 0
        self.admissible = assumptions.constraints()
        self.interior = assumptions.constraints(interior=True)
        self.terms = [assumptions.to_z3(p) for p in self.polynomials]
        self.possible = [self._possible_signs(k) for k in range(len(self.polynomials))]
        self.witnesses = Witnesses(assumptions, favourites)

    # ------------------------------------------------------------- asking z3

    def literal(self, literal: Literal) -> z3.BoolRef:
        index, sign = literal
        term = self.terms[index]
        return term > 0 if sign > 0 else term < 0 if sign < 0 else term == 0

    def _check(self, *constraints: Any) -> tuple[Any, Any]:
        """Return z3's verdict and a model.

        A fresh solver each time: z3's incremental mode leaves out the procedure for nonlinear reals
        that decides these problems a hundred times faster.
        """
        left = self.deadline - time.monotonic()
        if left <= 0:
            raise _OutOfTime
        solver = self.z3.Solver()
        solver.set("timeout", max(1, int(left * 1000)))
        solver.add(*constraints)
        verdict = solver.check()
        return verdict, solver.model() if verdict == self.z3.sat else None

    def _possible_signs(self, index: int) -> frozenset[int]:
        """The signs that a polynomial can have; where there are few polynomials, z3 is asked too."""
        candidates = self.assumptions.signs(self.polynomials[index])
        if len(self.polynomials) > FEW:
            return candidates
        try:
            return frozenset(
                s
                for s in candidates
                if self._check(*self.admissible, self.literal((index, s)))[0] != self.z3.unsat
            )
        except _OutOfTime:  # said where the regimes themselves are enumerated
            return candidates

    # ------------------------------------------------------------- the enumeration

    def run(self) -> Iterator[Regime]:
        for size in range(len(self.states), -1, -1):
            for chosen in itertools.combinations(range(len(self.states)), size):
                if self._compatible(chosen):
                    regime = self._regime(chosen)
                    if regime is not None:
                        self.found.append(regime)
                        yield regime

    def _compatible(self, chosen: tuple[int, ...]) -> bool:
        """Whether no sign is asked to be two things at once (without asking z3)."""
        fixed: dict[int, int] = {}
        for k in chosen:
            if len(self.states[k].clauses) == 1:
                for index, sign in self.states[k].clauses[0]:
                    if fixed.setdefault(index, sign) != sign or sign not in self.possible[index]:
                        return False
        return True

    def _stable(self, k: int) -> z3.BoolRef:
        return self.z3.Or(
            *(self.z3.And(*(self.literal(x) for x in clause)) for clause in self.states[k].clauses)
        )

    def _regime(self, chosen: tuple[int, ...]) -> Regime | None:
        """Return the regime in which exactly the chosen states are stable, or None if there is none."""

        def fits(values: Mapping[str, Fraction]) -> bool:
            return self._stable_at(values) == chosen

        wanted = [
            self._stable(k) if k in chosen else self.z3.Not(self._stable(k)) for k in range(len(self.states))
        ]
        model = None
        if not any(fits(values) for values in self.witnesses.favourites):
            verdict, model = self._check(*self.admissible, *wanted)
            if verdict == self.z3.unsat:
                return None
            if verdict == self.z3.unknown:
                self.unknown += 1
                return None
        nonzero = [t != 0 for k, t in enumerate(self.terms) if self.possible[k] != {0}]
        inside, better = self._check(*self.interior, *wanted, *nonzero)
        if inside == self.z3.unknown:
            self.unknown += 1
        return Regime(
            stable=tuple(self.states[k].coordinates for k in chosen),
            condition=self._condition(chosen),
            witness=self.witnesses.rational(better or model, fits),
            generic=inside == self.z3.sat,
        )

    def _stable_at(self, values: Mapping[str, Fraction]) -> tuple[int, ...]:
        signs = [self.witnesses.sign(p, values) for p in self.polynomials]
        return tuple(
            k
            for k, state in enumerate(self.states)
            if any(all(signs[i] == s for i, s in clause) for clause in state.clauses)
        )

    # ------------------------------------------------------------- readable conditions

    def _condition(self, chosen: tuple[int, ...]) -> Condition:
        if len(self.polynomials) <= FEW:
            return describe_cells(
                self.assumptions, self.polynomials, self.possible, lambda s: self._set_of(s) == chosen
            )
        return self._clauses(chosen)

    def _set_of(self, signs: Sequence[int]) -> tuple[int, ...]:
        return tuple(
            k
            for k, state in enumerate(self.states)
            if any(all(signs[i] == s for i, s in clause) for clause in state.clauses)
        )

    def _clauses(self, chosen: tuple[int, ...]) -> Condition:
        """The strict inequalities of the stable states, and for each other state one that fails."""
        relation = self.assumptions.relation
        name = {1: ">", -1: "<", 0: "=="}
        opposite = {1: "<=", -1: ">=", 0: "!="}
        required: dict[int, int] = {}
        for k in chosen:
            required.update(dict(self.states[k].clauses[0]))
        parts = [relation(self.polynomials[i], name[s]) for i, s in sorted(required.items())]
        pending: list[frozenset[Literal]] = []
        for k, state in enumerate(self.states):
            if k in chosen:
                continue
            failing = []
            settled = False
            for index, sign in state.clauses[0]:
                allowed = frozenset((required[index],)) if index in required else self.possible[index]
                if sign not in allowed:
                    settled = True
                elif allowed != {sign}:
                    failing.append((index, sign))
            if not settled:
                pending.append(frozenset(failing))
        for clause in pending:
            if any(other < clause for other in pending):
                continue  # a shorter clause implies it
            parts.append(any_of(*(relation(self.polynomials[i], opposite[s]) for i, s in sorted(clause))))
        return all_of(*parts)
