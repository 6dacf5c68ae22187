"""Regimes: the parameters sorted by the set of asymptotically stable states.

For populations that do not play themselves the asymptotically stable states are the strict Nash
equilibria (Ritzberger & Weibull 1995): pure profiles at which n corner advantages have the right signs.
Two strict equilibria differ in at least two strategies, so at most 35 sets are conceivable for three
populations of two strategies and 7 for two.  z3 says for each whether admissible parameters exist, with a
witness.  A set is looked at after its subsets, and not at all where z3 refuted one of them.

Regimes met by chance: many random parameters at once, so that z3 need not look for these.

Exact parameter values at which a regime is met, as simple as they come.
"""

from __future__ import annotations

import math
import random
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from flint import fmpq, fmpq_mpoly

from separatrix.analysis.answer import plural
from separatrix.analysis.assumptions import Assumptions
from separatrix.analysis.regime_conditions import (
    Formula,
    Sign,
    SignPolynomials,
    any_formula,
    negation,
    propagated,
    to_smt,
)
from separatrix.analysis.regime_description import FEW, RegimeDescription, excluded_states
from separatrix.analysis.results import Completeness, Regime
from separatrix.analysis.theorems import SATISFIABILITY
from separatrix.exact.algebraic_numbers import exact
from separatrix.expression.conditions import FALSE, SIGNS, fold
from separatrix.expression.constants import Constant
from separatrix.expression.satisfiability import PATIENCE, Decision, ask, comparison
from separatrix.expression.tree import Expression
from separatrix.run.cached_property import cached_property
from separatrix.run.limits import seconds_left
from separatrix.sentences import say, together

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = [
    "State",
    "Witnesses",
    "chance_seconds",
    "enumerate_regimes",
    "met_by_chance",
]

if TYPE_CHECKING:
    Integers = NDArray[np.float64]
    Truths = NDArray[np.bool_]


Terms = Mapping[tuple[int, ...], int]

COUNT = 4_000
SIZES = (2, 3, 5, 9, 20)
EXACT = 2**53
"""Whole numbers below this are exact as floats."""

SECONDS_A_TERM = 1e-4
"""What trying all parameters takes for each term of the polynomials."""

_STRICT = {">": 1, ">=": 1, "<": -1, "<=": -1}


def chance_seconds(polynomials: SignPolynomials) -> float:
    """Return about how long `met_by_chance` takes."""
    return SECONDS_A_TERM * sum(len(p) for p in polynomials.items)


def met_by_chance(
    polynomials: SignPolynomials, formulas: Sequence[Formula]
) -> dict[tuple[int, ...], Mapping[str, Fraction]]:
    """Return sets of formulas that hold together, and no others, each with parameters at which they do.

    Only parameters in the interior of the admissible ones at which no polynomial vanishes are tried; all
    arithmetic is exact.
    """
    import numpy as np

    assumptions = polynomials.assumptions
    names = assumptions.ring.names
    items = [_whole(p) for p in polynomials.items]
    assumed = [(_whole(p), operator) for p, operator in assumptions.relations]
    if not names or not polynomials.items:
        return {}
    sizes = [
        size for size in SIZES if all(_bound(p, size) < EXACT for p in (*items, *(p for p, _ in assumed)))
    ]
    if not sizes or any(operator == "==" for _, operator in assumed):
        return {}
    values = _random_values(polynomials, sizes)
    fits = np.ones(len(values), dtype=bool)
    for terms, operator in assumed:
        signs = _signs(terms, values)
        fits &= signs != 0 if operator == "!=" else signs == _STRICT[operator]
    values = values[fits]
    table = np.array([_signs(p, values) for p in items]).reshape(-1, len(values))
    generic = (table != 0).all(axis=0)
    values, table = values[generic], table[:, generic]
    truths = np.array([_holds(f, table) for f in formulas]).reshape(len(formulas), len(values))
    result: dict[tuple[int, ...], Mapping[str, Fraction]] = {}
    for k in np.argsort(np.abs(values).max(axis=1), kind="stable") if len(values) else ():
        chosen = tuple(int(m) for m in np.flatnonzero(truths[:, k]))
        if chosen not in result:
            result[chosen] = {n: Fraction(int(v)) for n, v in zip(names, values[k], strict=True)}
    return result


def _random_values(polynomials: SignPolynomials, sizes: Sequence[int]) -> Integers:
    """Whole numbers of several sizes; those whose sign is assumed have it."""
    import numpy as np

    assumptions = polynomials.assumptions
    rng = random.Random(0)
    signs = [sorted(assumptions.signs(v) - {0}) or [1] for v in assumptions.ring.context.gens()]
    rows = []
    for k in range(COUNT):
        # A quarter of them with small parameters and large ones side by side.
        size = sizes[k // 4 % len(sizes)]
        row = []
        for choice in signs:
            largest = size if k % 4 else rng.choice(sizes)
            row.append(rng.choice(choice) * rng.randint(0 if len(choice) > 1 else 1, largest))
        rows.append(row)
    return np.array(rows, dtype=np.float64).reshape(COUNT, len(signs))


def _whole(polynomial: fmpq_mpoly) -> Terms:
    """The terms of a multiple with whole coefficients."""
    terms = polynomial.to_dict()
    unit = math.lcm(*(int(c.q) for c in terms.values()))
    return {exponents: int(c.p) * (unit // int(c.q)) for exponents, c in terms.items()}


def _bound(terms: Terms, size: int) -> int:
    """What no sum of terms exceeds where no variable exceeds `size`."""
    return sum(abs(c) * size ** int(sum(exponents)) for exponents, c in terms.items())


def _signs(terms: Terms, values: Integers) -> Integers:
    """The signs of a polynomial at many points."""
    import numpy as np

    total = np.zeros(len(values))
    for exponents, coefficient in terms.items():
        part = np.full(len(values), float(coefficient))
        for k, exponent in enumerate(exponents):
            for _ in range(exponent):
                part = part * values[:, k]
        total += part
    signs: Integers = np.sign(total)
    return signs


def _holds(formula: Formula, table: Integers) -> Truths:
    """Whether a formula holds, at each point."""
    import numpy as np

    count = table.shape[1]
    return fold(
        formula,
        lambda s: np.isin(table[s.index], list(s.allowed)),
        lambda parts: np.all([np.ones(count, dtype=bool), *parts], axis=0),
        lambda parts: np.any([np.zeros(count, dtype=bool), *parts], axis=0),
    )


class Witnesses:
    """Turns the values that z3 finds into exact rational witnesses.

    Parameters
    ----------
    assumptions : Assumptions
    favourites : sequence of parameter values
        The game's own values and scenarios: the most instructive witnesses, tried first.
    """

    def __init__(self, assumptions: Assumptions, favourites: Sequence[Mapping[str, Fraction]]) -> None:
        self.assumptions = assumptions
        self.favourites = [f for f in favourites if self.admissible(f)]

    def sign(self, polynomial: fmpq_mpoly, values: Mapping[str, Fraction]) -> int:
        """Return the exact sign of a polynomial at parameter values."""
        names = self.assumptions.ring.names
        if not names:
            value: Any = polynomial.leading_coefficient() if polynomial else 0
        else:
            point = [exact(values[n]) for n in names]
            value = (
                polynomial(*point)
                if not any(isinstance(v, Constant) for v in point)
                else _value(polynomial, point)
            )
        return 1 if value > 0 else -1 if value < 0 else 0

    def admissible(self, values: Mapping[str, Fraction]) -> bool:
        """Return whether the assumptions hold at parameter values."""
        return all(self.sign(p, values) in SIGNS[o] for p, o in self.assumptions.relations)

    def rational(
        self, found: Mapping[str, Fraction], fits: Callable[[Mapping[str, Fraction]], bool]
    ) -> Mapping[str, Fraction]:
        """Return exact values that are admissible and fit; empty where z3 `found` irrational ones only."""
        for values in self.favourites:
            if fits(values):
                return dict(values)
        values = self.assumptions.by_parameter(found)
        for digits in (1, 2, 3, 4, 6, 9):
            rounded = {n: v.limit_denominator(10**digits) for n, v in values.items()}
            if self.admissible(rounded) and fits(rounded):
                return rounded
        return values if self.admissible(values) and fits(values) else {}


def _value(polynomial: fmpq_mpoly, point: Sequence[Any]) -> Any:
    """The value where some variables are constants that no rational equals."""
    total: Any = fmpq(0)
    for exponents, coefficient in polynomial.to_dict().items():
        term: Any = coefficient
        for x, exponent in zip(point, exponents, strict=True):
            for _ in range(int(exponent)):
                term = term * x
        total = total + term
    return total


@dataclass(frozen=True)
class State:
    """A state that can be asymptotically stable.

    Attributes
    ----------
    coordinates : its shares
    formula : where it exists and is asymptotically stable
    undecided : where that is left open, and `why`
    """

    coordinates: tuple[Expression, ...]
    formula: Formula
    undecided: Formula = FALSE
    why: str = ""

    @cached_property
    def elsewhere(self) -> Formula:
        """Where it is known not to be asymptotically stable."""
        return negation(any_formula(self.formula, self.undecided))


@dataclass(frozen=True)
class _Met:
    """Where some states are stable together: values, and whether they are inside an open set."""

    values: Mapping[str, Fraction]
    generic: bool


class _OutOfTime(Exception):
    pass


def enumerate_regimes(
    polynomials: SignPolynomials,
    states: Sequence[State],
    budget: float,
    favourites: Sequence[Mapping[str, Fraction]] = (),
    by_chance: bool = False,
) -> tuple[tuple[Regime, ...], Completeness]:
    """Return the regimes, the larger sets of stable states first, and whether they are all.

    Parameters
    ----------
    polynomials : SignPolynomials
        The quantities whose signs decide, under the assumptions.
    states : sequence of State
        Everything that can be asymptotically stable.
    budget : float
        Seconds, of z3's effort and by the wall clock.
    favourites : sequence of parameter values
        Tried as witnesses before z3's own.
    by_chance : bool
        Whether to try random parameters before z3: useful where polynomials are of high degree.
    """
    search = _RegimeSearch(polynomials, states, budget, favourites, by_chance)
    finished = search.run()
    count = len(search.found)
    regimes = search.regimes(finished)
    if not finished:
        return regimes, Completeness(
            "incomplete",
            say(
                "z3 did not decide every set of states {when}; {count} regimes were found so far. More time "
                "(--budget) or tighter assumptions may settle it.",
                when=search.when_stopped,
                count=count,
            ).resting_on(SATISFIABILITY),
        )
    proof = say(
        "z3 found admissible parameters for {count} set{s} of asymptotically stable states (the empty one "
        "counts) and proved that every other set of rest points has none.",
        count=count,
        s=plural(count),
    ).resting_on(SATISFIABILITY)
    if search.left_out:
        others = (
            say("For the others {proof}", proof=proof) if count else say("No admissible parameters are left.")
        )
        return regimes, Completeness("incomplete", together([search.left_out, others]))
    return regimes, Completeness("complete", proof)


class _RegimeSearch:
    def __init__(
        self,
        polynomials: SignPolynomials,
        states: Sequence[State],
        budget: float,
        favourites: Sequence[Mapping[str, Fraction]],
        by_chance: bool,
    ) -> None:
        self.assumptions = assumptions = polynomials.assumptions
        self.signs = polynomials
        self.polynomials = list(polynomials.items)
        self.states = list(states)
        self.deadline, self.effort = time.monotonic() + min(budget, max(0.0, seconds_left())), budget
        # Hard questions are put off until the easy ones are answered.
        self.patience = max(0.5, budget / 30)
        self.when_stopped: str = say("within {seconds:g} s", seconds=budget)
        self.found: dict[tuple[int, ...], _Met] = {}
        self.left_out = ""
        self.refuted: list[frozenset[int]] = []
        self.admissible = assumptions.constraints()
        self.interior = assumptions.constraints(interior=True)
        self.terms = polynomials.terms
        self.stable = [to_smt(s.formula, self.terms) for s in states]
        self.unstable = [to_smt(s.elsewhere, self.terms) for s in states]
        self.met: Mapping[tuple[int, ...], Mapping[str, Fraction]] = {}
        # Before z3 is asked anything, which may take all the time there is.
        if by_chance and self.deadline - time.monotonic() > chance_seconds(polynomials):
            self.met = met_by_chance(polynomials, [s.formula for s in states])
        self.possible = [self._possible_signs(k) for k in range(len(self.polynomials))]
        self.description = RegimeDescription(
            polynomials, [(s.formula, s.elsewhere) for s in states], self.possible
        )
        self.witnesses = Witnesses(assumptions, favourites)

    # ------------------------------------------------------------- asking z3

    def _ask(self, *constraints: str, values: bool = False) -> Decision:
        left = self.deadline - time.monotonic()
        if left <= 0 or self.effort <= 0:
            raise _OutOfTime
        effort = min(self.effort, self.patience)
        at_most = min(left, PATIENCE * effort)
        answer = ask(self.assumptions.variables, constraints, effort, at_most, values)
        self.effort -= answer.effort
        return answer

    def _refuted(self, *constraints: str) -> bool:
        return self._ask(*constraints).verdict == "unsat"

    def _possible_signs(self, index: int) -> frozenset[int]:
        """The signs that a polynomial can have; where there are few polynomials, z3 narrows them."""
        candidates = self.assumptions.signs(self.polynomials[index])
        if len(self.polynomials) > FEW:
            return candidates
        try:
            return frozenset(
                s
                for s in candidates
                if not self._refuted(*self.admissible, to_smt(Sign(index, frozenset((s,))), self.terms))
            )
        except _OutOfTime:  # said where the regimes themselves are enumerated
            return candidates

    # ------------------------------------------------------------- the enumeration

    def run(self) -> bool:
        """Go through the sets of states, each set after its subsets; return whether all were decided."""
        try:
            self._note_open()
            hard = self._decide()
            while hard:
                self.patience *= 4
                if self.patience > min(self.effort, self.deadline - time.monotonic()):
                    return False
                hard = [chosen for chosen in hard if not self._settle(chosen)]
        except (_OutOfTime, KeyboardInterrupt) as stop:
            if isinstance(stop, KeyboardInterrupt):
                self.when_stopped = say("before it was interrupted")
            for chosen, values in self.met.items():
                self.found.setdefault(chosen, _Met(values, True))
            return False
        return True

    def _decide(self) -> list[tuple[int, ...]]:
        """Settle every set that does not take long; return the others."""
        hard: list[tuple[int, ...]] = []
        pending: deque[tuple[int, ...]] = deque([()])
        while pending:
            chosen = pending.popleft()
            if self._is_refuted(chosen):
                continue
            if not self._settle(chosen):
                hard.append(chosen)
            if self._is_refuted(chosen):
                continue
            first = chosen[-1] + 1 if chosen else 0
            pending.extend((*chosen, k) for k in range(first, len(self.states)))
        return hard

    def _is_refuted(self, chosen: tuple[int, ...]) -> bool:
        """Whether it is known that these states are never stable together."""
        if any(core <= set(chosen) for core in self.refuted):
            return True
        if propagated([self.states[k].formula for k in chosen]) is None:
            self.refuted.append(frozenset(chosen))
            return True
        return False

    def regimes(self, finished: bool) -> tuple[Regime, ...]:
        """The regimes found, those with an interior and with many stable states first."""
        items = sorted(self.found.items(), key=lambda item: (not item[1].generic, -len(item[0]), item[0]))
        return tuple(self._regime(chosen, met, self._excluded(chosen, finished)) for chosen, met in items)

    def _regime(self, chosen: tuple[int, ...], met: _Met, excluded: Sequence[int]) -> Regime:
        return Regime(
            stable=tuple(self.states[k].coordinates for k in chosen),
            condition=self.description.condition(chosen, excluded),
            witness=met.values,
            generic=met.generic,
            excluded=tuple(self.states[k].coordinates for k in excluded),
        )

    def _excluded(self, chosen: tuple[int, ...], finished: bool) -> tuple[int, ...]:
        """The states that have to be excluded explicitly where the chosen ones are stable."""
        if finished and all(s.undecided == FALSE for s in self.states):
            return excluded_states(frozenset(chosen), map(frozenset, self.found))
        others = (k for k in range(len(self.states)) if k not in chosen)
        return tuple(k for k in others if not self._never_besides(chosen, k))

    def _never_besides(self, chosen: tuple[int, ...], k: int) -> bool:
        """Whether a state is known to be out of the question where the chosen ones are stable."""
        state = self.states[k]
        if state.undecided != FALSE:
            return False
        together = {*chosen, k}
        if any(core <= together for core in self.refuted):
            return True
        return propagated([self.states[m].formula for m in sorted(together)]) is None

    def _note_open(self) -> None:
        """Say at which parameters the stability of some state is not known: they belong to no regime."""
        open_ = any_formula(*(s.undecided for s in self.states))
        if open_ == FALSE or self._refuted(*self.admissible, to_smt(open_, self.terms)):
            return
        why = together(dict.fromkeys(s.why for s in self.states if s.undecided != FALSE), " or ")
        thin = self._refuted(*self.interior, *self._nonzero(), to_smt(open_, self.terms))
        self.left_out = (
            say(
                "Excluded: a set of parameters without interior at which {why}; stability is "
                "undecided there.",
                why=why,
            )
            if thin
            else say("Excluded: parameters at which {why}; stability is undecided there.", why=why)
        )

    def _nonzero(self) -> list[str]:
        """No polynomial vanishes that need not."""
        return [comparison(t, "!=") for k, t in enumerate(self.terms) if self.possible[k] != {0}]

    def _stable(self, chosen: tuple[int, ...]) -> list[str]:
        return [self.stable[k] for k in chosen]

    def _settle(self, chosen: tuple[int, ...]) -> bool:
        """Find the regime in which exactly the chosen states are stable, or that there is none."""
        if chosen in self.met:
            self.found[chosen] = _Met(self.met[chosen], True)
            return True

        def fits(values: Mapping[str, Fraction]) -> bool:
            return self._stable_at(values) == chosen

        others = [k for k in range(len(self.states)) if k not in chosen]
        wanted = [*self._stable(chosen), *(self.unstable[k] for k in others)]
        inside = answer = self._ask(*self.interior, *wanted, *self._nonzero(), values=True)
        if inside.verdict != "sat" and not any(fits(values) for values in self.witnesses.favourites):
            answer = self._ask(*self.admissible, *wanted, values=True)
            if answer.verdict != "sat":
                if len(chosen) > 1 and self._refuted(*self.admissible, *self._stable(chosen)):
                    self.refuted.append(frozenset(chosen))
                    return True
                return answer.verdict == "unsat"
        values = self.witnesses.rational(answer.values, fits)
        self.found[chosen] = _Met(values, inside.verdict == "sat")
        return inside.verdict != "unknown"

    def _stable_at(self, values: Mapping[str, Fraction]) -> tuple[int, ...] | None:
        """The states that are stable at these values; None where that is left open."""
        return self.description.set_of([self.witnesses.sign(p, values) for p in self.polynomials])
