"""The admissible parameters: what the assumptions allow, examples of them, and questions about them.

A question is a formula in signs of polynomials.  Known examples (the file's own values, its scenarios, simple
numbers) answer many at once; z3 decides the rest, or says that it cannot.
"""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, TypeAlias

from flint import fmpq_mpoly

from separatrix.analysis.assumptions import Assumptions
from separatrix.analysis.regimes import Witnesses
from separatrix.exact.rational_functions import Ratio, Ring
from separatrix.expression import satisfiability
from separatrix.expression.conditions import NEGATED, SIGNS, TRUE, All, Tree, fold, negated
from separatrix.game.model import Game
from separatrix.run.cached_property import cached_property

__all__ = ["Admissible", "Formula", "PolynomialSign", "Unknown", "negation"]

SECONDS, AT_MOST = 3.0, 10.0
"""Seconds of z3's effort, and by the clock, for a question."""


class Unknown(Exception):
    """z3 could not decide a question in time."""


@dataclass(frozen=True, eq=False)
class PolynomialSign:
    """``polynomial operator 0``, the polynomial in the ring of the parameters."""

    polynomial: fmpq_mpoly
    operator: str


Formula: TypeAlias = Tree[PolynomialSign]


def negation(formula: Formula) -> Formula:
    """Return the formula that holds where `formula` does not."""
    return negated(formula, lambda s: PolynomialSign(s.polynomial, NEGATED[s.operator]))


class Admissible:
    """The admissible parameters of a game.

    Parameters
    ----------
    game : Game
    poles : denominators in the payoffs, as quotients in the ring of the parameters
    idle : parameters that appear in no equation; where one has no value, any will do
    deciding : quotients in that ring that do not vanish at generic parameters, such as advantages

    Raises
    ------
    ComesLater
        A501 for assumptions that are not rational in the parameters.
    """

    def __init__(
        self,
        game: Game,
        poles: Iterable[Ratio] = (),
        idle: Iterable[str] = (),
        deciding: Iterable[Ratio] = (),
    ) -> None:
        self.game = game
        self.idle = frozenset(idle)
        self.ring = Ring(game.parameters)
        unique = {str(r.numerator): r.numerator for r in deciding if not r.is_zero and r.value is None}
        self._generic = All(tuple(PolynomialSign(p, "!=") for p in unique.values()))
        self.assumptions = Assumptions(game, self.ring)
        self.assumptions.exclude_poles([p.numerator for p in poles])
        self._witnesses = Witnesses(self.assumptions, ())
        self._terms: dict[PolynomialSign, str] = {}

    # ------------------------------------------------------------- examples

    @cached_property
    def base(self) -> dict[str, Fraction] | None:
        """The file's own values, None where one lacks."""
        return self.complete()

    def complete(
        self,
        scenario: str | None = None,
        given: Mapping[str, Fraction] | None = None,
        free: str | None = None,
    ) -> dict[str, Fraction] | None:
        """Return the values of the file or of a scenario, None where one lacks.

        Parameters
        ----------
        scenario : the scenario that overrides the file; without one, a value that the file lacks is taken
            from its scenarios where all of these agree
        given : values that override both
        free : a parameter that may be without a value
        """
        game = self.game
        values = {n: p.value for n, p in game.parameters.items()}
        if scenario is not None:
            values |= game.scenarios[scenario]
        elif free is not None or given:
            for name in [n for n, v in values.items() if v is None]:
                shared = {s.get(name) for s in game.scenarios.values()}
                values[name] = shared.pop() if len(shared) == 1 else None
        values |= {n: v for n, v in (given or {}).items() if n in values}
        known = {n: v for n, v in values.items() if v is not None}
        lacking = [n for n in values if n not in known and n != free]
        if not set(lacking) <= self.idle:
            return None
        for value in (Fraction(1), Fraction(1, 2), Fraction(-1), Fraction(0), Fraction(10)):
            filled = known | dict.fromkeys(lacking, value)
            if not lacking or free is not None or self.holds_at(filled):
                return filled
        return known | dict.fromkeys(lacking, Fraction(1))

    def scenario(self, name: str) -> dict[str, Fraction] | None:
        """The values of a scenario, None where one lacks."""
        return self.complete(name)

    @cached_property
    def file_values(self) -> list[dict[str, Fraction]]:
        """The admissible ones among the file's own values and its scenarios."""
        every = [self.base, *(self.scenario(s) for s in self.game.scenarios)]
        return [v for v in every if v is not None and self.holds_at(v)]

    def holds_at(self, values: Mapping[str, Fraction]) -> bool:
        """Whether the assumptions hold at exact values."""
        return self._witnesses.admissible(values)

    @cached_property
    def examples(self) -> list[dict[str, Fraction]]:
        """At least a few admissible values, generic ones first; empty only if none were found."""
        found = list(self.file_values)
        generator = random.Random(7)
        names = list(self.ring.names)
        starts = [*self.file_values] or [{}]
        for attempt in range(400):
            if len(found) >= len(self.file_values) + 8:
                break
            start = starts[attempt % len(starts)]
            simple = attempt < 100
            values = {n: self._draw_near(start.get(n), n, generator, simple) for n in names}
            if self.holds_at(values):
                found.append(values)
        if len(found) < len(self.file_values) + 3 and names:
            found.extend(self._from_z3(generator))
        return sorted(found, key=lambda values: not self.is_generic(values))

    def sample(self) -> Iterator[dict[str, Fraction]]:
        """Yield random admissible values without end, as long as one in many draws is admissible."""
        generator = random.Random(13)
        starts = [{}, *self.file_values]
        vain = 0
        for attempt in itertools.count():
            start = starts[attempt % len(starts)]
            values = {
                n: self._draw_near(start.get(n), n, generator, attempt % 2 == 0) for n in self.ring.names
            }
            if self.holds_at(values):
                vain = 0
                yield values
            elif (vain := vain + 1) > 1_000:
                return

    def is_generic(self, values: Mapping[str, Fraction]) -> bool:
        """Whether no advantage at a pure profile is zero at exact values, but those that always are."""
        return self.true_at(self._generic, values)

    def _draw_near(
        self, value: Fraction | None, name: str, generator: random.Random, simple: bool
    ) -> Fraction:
        if value:
            return value * (
                Fraction(generator.randint(2, 8), 4) if simple else Fraction(generator.randint(31, 97), 64)
            )
        limits = self.game.parameters[name].range
        if limits is not None:
            width = limits[1] - limits[0]
            return limits[0] + width * Fraction(generator.randint(1, 9), 10)
        return Fraction(generator.randint(1, 9)) if simple else Fraction(generator.randint(1, 127), 64)

    def _from_z3(self, generator: random.Random) -> Iterator[dict[str, Fraction]]:
        for _ in range(6):
            pulls = []
            for k, _name in enumerate(self.ring.names):
                if generator.random() < 0.4:
                    variable = self.ring.context.gens()[k]
                    level = self.ring.one * Fraction(generator.randint(1, 40), 8).numerator
                    pulls.append(PolynomialSign(variable - level, generator.choice(("<", ">"))))
            for formula in (All(tuple(pulls)), TRUE):
                try:
                    values = self._ask(formula, 1.0, interior=True)
                except Unknown:
                    continue
                if values is not None:
                    yield values
                    break

    # ------------------------------------------------------------- questions

    def sign(self, polynomial: fmpq_mpoly, values: Mapping[str, Fraction]) -> int:
        """Return the exact sign of a polynomial at parameter values."""
        return self._witnesses.sign(polynomial, values)

    def true_at(self, formula: Formula, values: Mapping[str, Fraction]) -> bool:
        """Whether a formula holds at exact values."""
        return fold(formula, lambda s: self.sign(s.polynomial, values) in SIGNS[s.operator], all, any)

    def find(
        self, *formulas: Formula, interior: bool = False, natural: bool = False
    ) -> dict[str, Fraction] | None:
        """Return admissible values at which all formulas hold, or None where z3 proves that there are none.

        They are generic where such values were found.

        Parameters
        ----------
        interior : bool
            Exclude values on the border of the assumptions, and with `natural` of the usual signs.
        natural : bool
            Assume in addition that every parameter has the sign of its values in the file.

        Raises
        ------
        Unknown
            If z3 does not decide it.
        """
        whole = All((*formulas, *(self.natural if natural else ())))
        first = self._fitting(whole, interior) or self._ask(whole, SECONDS, interior)
        if first is None or self.is_generic(first):
            return first
        try:
            return self._ask(All((whole, self._generic)), SECONDS, interior) or first
        except Unknown:
            return first

    def _fitting(self, formula: Formula, interior: bool) -> dict[str, Fraction] | None:
        for values in self.examples:
            if self.true_at(formula, values) and (not interior or self._strictly(values)):
                return values
        return None

    def _strictly(self, values: Mapping[str, Fraction]) -> bool:
        return all(o not in (">=", "<=") or self.sign(p, values) != 0 for p, o in self.assumptions.relations)

    def _ask(self, formula: Formula, seconds: float, interior: bool) -> dict[str, Fraction] | None:
        conditions = [*self.assumptions.constraints(interior), self._to_smt(formula)]
        answer = satisfiability.ask(self.assumptions.variables, conditions, seconds, AT_MOST, values=True)
        if answer.verdict == "unsat":
            return None
        if answer.verdict == "unknown":
            raise Unknown
        simple = self._simple(answer.values, lambda v: self.true_at(formula, v))
        return simple or self.assumptions.by_parameter(answer.values)

    def _simple(self, found: Mapping[str, Fraction], fits: Any) -> dict[str, Fraction]:
        values = dict(self._witnesses.rational(found, fits))
        if not values:
            return values
        # Whole numbers and one decimal read best; one parameter after the other is rounded.
        for name in self.ring.names:
            for digits in (1, 2, 5, 10):
                rounded = values | {name: values[name].limit_denominator(digits)}
                if self.holds_at(rounded) and fits(rounded):
                    values = rounded
                    break
        return values

    def _to_smt(self, formula: Formula) -> str:
        def relation(sign: PolynomialSign) -> tuple[str, str]:
            if sign not in self._terms:
                self._terms[sign] = self.assumptions.term(sign.polynomial)
            return self._terms[sign], sign.operator

        return satisfiability.encoded(formula, relation)

    def never(self, *formulas: Formula) -> bool:
        """Whether it is proven that no admissible values satisfy all formulas; False where undecided."""
        whole = All(formulas)
        try:
            return self._fitting(whole, False) is None and self._ask(whole, SECONDS, False) is None
        except Unknown:
            return False

    def needed(self, formulas: Sequence[Formula], *given: Formula) -> list[int]:
        """Return the indices of an irredundant subset: no formula follows from the others and `given`."""
        kept = list(range(len(formulas)))
        for k in reversed(range(len(formulas))):
            others = [formulas[j] for j in kept if j != k]
            if self.never(*given, *others, negation(formulas[k])):
                kept.remove(k)
        return kept

    def several(self, *formulas: Formula, most: int = 6) -> list[dict[str, Fraction]]:
        """Return some admissible values at which all formulas hold; empty where none were found."""
        whole = All(formulas)
        found = [v for v in self.examples if self.true_at(whole, v)][:most]
        generator = random.Random(11)
        for attempt in range(2 * most):
            if len(found) >= min(most, 3):
                break
            pulls: list[Formula] = []
            for variable in self.ring.context.gens():
                if attempt and generator.random() < 0.3:
                    level = self.ring.one * generator.randint(1, 6)
                    pulls.append(PolynomialSign(variable - level, generator.choice(("<", ">"))))
            try:
                values = self._ask(All((whole, *pulls)), 1.0, interior=True)
            except Unknown:
                continue
            if values is None and not pulls:
                return found
            if values is not None and values not in found:
                found.append(values)
        return found

    # ------------------------------------------------------------- usual signs

    @cached_property
    def natural(self) -> tuple[PolynomialSign, ...]:
        """For each parameter without an assumed sign the one that all its values in the file share."""
        result = []
        for k, (name, parameter) in enumerate(self.game.parameters.items()):
            variable = self.ring.context.gens()[k]
            if len(self.assumptions.signs(variable) & {-1, 1}) < 2:
                continue
            values = [parameter.value, *(s.get(name) for s in self.game.scenarios.values())]
            numbers = [v for v in values if v is not None] or list(parameter.range or ())
            if all(v >= 0 for v in numbers):
                result.append(PolynomialSign(variable, ">=" if 0 in numbers else ">"))
            elif all(v <= 0 for v in numbers):
                result.append(PolynomialSign(variable, "<=" if 0 in numbers else "<"))
        return tuple(result)

    def natural_text(self, names: Iterable[str]) -> str:
        """The usual signs of some parameters, as text."""
        wanted = set(names)
        parts = []
        for sign in self.natural:
            k = next(k for k, d in enumerate(sign.polynomial.degrees()) if d)
            if self.ring.names[k] in wanted:
                parts.append(f"{self.ring.names[k]} {sign.operator} 0")
        return ", ".join(parts)
