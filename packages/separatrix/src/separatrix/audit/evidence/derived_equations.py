"""What follows from a game: its equations, their derivatives, and both at a claimed point.

Populations of more than two strategies are seen in reduced shares: the last share is one minus the others, so
that two formulas that agree on the state space are one formula.

A claim is made under its scenario, its conditions, and the values of the file.  Where a condition compares
one parameter with a number (``H < 9``), the other parameters have the values of the file or of the scenario
(`circumstances`).  A condition in symbols holds for all admissible parameters.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Any

from flint import acb_mat

from separatrix.analysis.answer import RestStateAnswer
from separatrix.analysis.author_notation import AuthorForm
from separatrix.analysis.replicator_equations import replicator_equations
from separatrix.analysis.results import Analysis
from separatrix.audit.claims.claims import Claim, Published, StateClaim
from separatrix.audit.claims.numerals import NoValue, ball, precision
from separatrix.audit.evidence.admissible import Admissible, Formula, PolynomialSign, Unknown, negation
from separatrix.audit.evidence.algebra import Algebra, into_ring, put, solved
from separatrix.errors import ComesLater, InputError, SeparatrixError
from separatrix.exact.rational_functions import Ratio, Ring, sum_of_terms
from separatrix.expression.conditions import TRUE, Condition, Relation, leaves, with_leaves
from separatrix.expression.conditions import All as All
from separatrix.expression.evaluation import evaluate
from separatrix.expression.tree import (
    Expression,
    Name,
    Quotient,
    multiply,
    names_in,
    number,
    subtract,
    to_text,
    walk,
)
from separatrix.game.fitness import last_shares, strategy_payoffs
from separatrix.game.model import Game, GroupForm
from separatrix.game.values import expand, expand_moving
from separatrix.run.cached_property import cached_property
from separatrix.run.limits import poll
from separatrix.sentences import say

__all__ = ["SMOOTH", "NotChecked", "Truth", "circumstances", "fixed", "pinned", "relations"]


SMOOTH = say("the payoffs hold roots or functions of the shares; derivatives are not checked")


class NotChecked(Exception):
    """A claim that this program cannot check, and why, as a sentence without its full stop."""


def group_sizes(game: Game) -> dict[str, Fraction]:
    """Return the values of the parameters that make the size of a group: a payoff has as many terms."""
    if not isinstance(game.form, GroupForm):
        return {}
    names = names_in(expand(game, game.form.size))
    values = {n: game.parameters[n].value for n in names if n in game.parameters}
    return {n: v for n, v in values.items() if v is not None}


class Truth:
    """What follows from a game, computed on first use.

    Parameters
    ----------
    game : Game
    published : Published
        Whose unknown names take part in the algebra.

    Raises
    ------
    NotChecked
        For a game whose payoffs cannot be written as formulas.
    """

    def __init__(self, game: Game, published: Published | None = None, others: Iterable[str] = ()) -> None:
        self.game = game
        self.published = published or Published()
        self.algebra = Algebra(game.shares, game.parameters, others, AuthorForm(game).regroup)
        self._contexts: dict[tuple[str | None, tuple[Condition, ...]], Formula] = {}
        self._analyses: dict[tuple[tuple[str, Fraction], ...], Analysis] = {}
        self.lets: dict[str, Ratio] = {}
        self.sizes = group_sizes(game)
        for name, size in self.sizes.items():
            self.lets[name] = self.algebra.constant(size)
        for name, meaning in game.lets.items():
            if name not in game.moving_lets:
                self.lets[name] = self.algebra.read(meaning, self.lets)

    # ------------------------------------------------------------- reading formulas

    @cached_property
    def reduced(self) -> dict[str, Ratio]:
        """The last share of each population of more than two strategies, by the others."""
        return last_shares(self.game, self.algebra)

    def read(self, expression: Expression, at: Mapping[str, Ratio] | None = None) -> Ratio:
        """Return a formula as a quotient, shorthands written out, on the state space or at a point."""
        poll()
        written = expand_moving(self.game, expression)
        return self.algebra.read(written, {**self.lets, **(self.reduced if at is None else at)})

    @cached_property
    def coordinates(self) -> tuple[str, ...]:
        """The reduced shares: all but the last of each population of more than two strategies."""
        return tuple(s for s in self.game.shares if s not in self.reduced)

    # ------------------------------------------------------------- equations

    @property
    def _file_values(self) -> dict[str, Fraction]:
        """The values of the file."""
        return {n: p.value for n, p in self.game.parameters.items() if p.value is not None}

    @cached_property
    def payoffs(self) -> tuple[tuple[Expression, ...], ...]:
        """The expected payoff of each strategy."""
        try:
            return strategy_payoffs(self.game, self._file_values)
        except SeparatrixError as problem:
            raise NotChecked(problem.message) from None

    @cached_property
    def equations(self) -> dict[str, Ratio]:
        """For each share its rate of change."""
        try:
            return self._rates(None)
        except SeparatrixError as problem:
            raise NotChecked(problem.message) from None

    def _rates(self, at: Mapping[str, Ratio] | None) -> dict[str, Ratio]:
        """The rates of change on the state space, or at a point."""
        written = replicator_equations(self.game, at=self._file_values)
        if not written:
            raise NotChecked(say("the equations have more terms than can be compared"))
        return {share: self.read(rate, at) for share, rate in written.items()}

    def factored_text(self, ratio: Ratio, share: str) -> str:
        """Return a rate or a derivative as papers write it: with the factor x(1-x) or (1-2x) in front."""
        x, one = self.algebra.variable(share), self.algebra.constant(1)
        name = Name(share)
        for factor, written in (
            (one - x - x, subtract(number(1), multiply(number(2), name))),
            (x * (one - x), multiply(name, subtract(number(1), name))),
        ):
            rest = ratio / factor
            if not ratio.is_zero and rest.denominator == self.algebra.one:
                terms = sum_of_terms(self.algebra, rest.numerator)
                return self.algebra.to_text(multiply(written, self.algebra.written_out(terms)))
        return self.algebra.text(ratio)

    @cached_property
    def smooth(self) -> bool:
        """Whether no root or function value in the equations holds a share, so that derivatives are exact."""
        shares = set(self.game.shares)
        for rate in self.equations.values():
            irrational = [n for n in self.algebra.used(rate) if n.startswith("irrational ")]
            if any(shares & self.algebra.names_in(self.algebra.variable(n)) for n in irrational):
                return False
        return True

    @cached_property
    def jacobian(self) -> list[list[Ratio]]:
        """Derivatives of the rates (rows) by the shares (columns), in reduced shares."""
        rates = [self.equations[s] for s in self.coordinates]
        if not self.smooth:
            raise NotChecked(
                say("the payoffs hold roots or functions of the shares, whose derivatives are not checked")
            )
        return [[rate.derivative(s) for s in self.coordinates] for rate in rates]

    # ------------------------------------------------------------- points

    def point(self, state: StateClaim) -> dict[str, Ratio]:
        """Return the coordinates of a claimed state as quotients."""
        return {
            share: self.read(claimed.expression, {})
            for share, claimed in zip(self.game.shares, state.at, strict=True)
        }

    def rates_at(self, point: Mapping[str, Ratio]) -> dict[str, Ratio]:
        """Return the rate of change of each share at a point; `ZeroDivisionError` at a pole."""
        if not self.smooth:  # roots and functions of the shares are worked out anew
            return {share: self.algebra.reduced(rate) for share, rate in self._rates(point).items()}
        place = {s: point[s] for s in self.coordinates}
        return {share: self.algebra.reduced(put(rate, place)) for share, rate in self.equations.items()}

    def pure_profile(self, point: Mapping[str, Ratio]) -> tuple[int, ...] | None:
        """Return which strategy each population plays at a pure point, else None."""
        return self.game.space.profile([point[s].value for s in self.game.shares])

    def corner(self, profile: Sequence[int]) -> dict[str, Ratio]:
        """Return the state at which each population plays one strategy."""
        corner = map(self.algebra.constant, self.game.space.corner(profile))
        return dict(zip(self.game.shares, corner, strict=True))

    @cached_property
    def profiles(self) -> list[tuple[int, ...]]:
        """Every pure profile, the first strategies first."""
        return list(self.game.profiles())

    @cached_property
    def pure_eigenvalues(self) -> dict[tuple[int, ...], list[tuple[int, int, Ratio]]]:
        """At each pure profile: (population, absent strategy, eigenvalue).

        The eigenvalue is the speed times what the absent strategy earns more than the present one.
        """
        result = {}
        paces = [self.read(s) for s in self.game.speeds]
        for profile in self.profiles:
            place = {s: v for s, v in self.corner(profile).items() if s in self.coordinates}
            values = []
            for i, row in enumerate(self.payoffs):
                for a in range(len(row)):
                    if a == profile[i]:
                        continue
                    try:
                        values.append((i, a, paces[i] * self._gain(row[a], row[profile[i]], place)))
                    except (ZeroDivisionError, SeparatrixError):
                        raise NotChecked(say("the payoffs have no value at a pure profile")) from None
            result[profile] = values
        return result

    def _gain(self, first: Expression, second: Expression, place: Mapping[str, Ratio]) -> Ratio:
        """What one strategy earns more than another at a pure profile."""
        if self.smooth:
            return put(self.read(subtract(first, second)), place)
        written = {name: put(rest, place) for name, rest in self.reduced.items()}
        return self.read(subtract(first, second), {**place, **written})

    @cached_property
    def own_play(self) -> bool:
        """Whether the advantage of some population depends on its own shares."""
        for population, row in zip(self.game.populations, self.payoffs, strict=True):
            own = set(population.shares)
            for u in row[1:]:
                if self.algebra.names_in(self.read(subtract(u, row[0]))) & own:
                    return True
        return False

    @cached_property
    def strict_only(self) -> bool:
        """Whether exactly the strict Nash equilibria are asymptotically stable.

        Ritzberger & Weibull (1995): where no advantage depends on a population's own shares.
        """
        return not self.own_play and self.smooth

    # ------------------------------------------------------------- parameters

    @cached_property
    def admissible(self) -> Admissible:
        """The admissible parameters."""
        ring = Ring(self.game.parameters)
        poles = []
        for ratio in itertools.chain(self.lets.values(), self.equations.values()):
            below = self.algebra.ratio(ratio.denominator)
            if below.value is None and not set(self.algebra.used(below)) & set(self.game.shares):
                moved = into_ring(below, ring)
                if moved is not None:
                    poles.append(moved)
        idle = set(self.game.parameters) - self._active
        try:
            advantages = [value for row in self.pure_eigenvalues.values() for _, _, value in row]
        except (NotChecked, SeparatrixError):
            advantages = []
        deciding = [moved for a in advantages if (moved := into_ring(a, ring)) is not None]
        try:
            return Admissible(self.game, poles, idle, deciding)
        except SeparatrixError as problem:
            raise NotChecked(problem.message) from None

    def parameter_ratio(self, ratio: Ratio) -> Ratio:
        """Return a quotient of parameters in their own ring; raise `NotChecked` where it holds more."""
        moved = into_ring(ratio, self.admissible.ring)
        if moved is None:
            raise NotChecked(
                say("roots, functions and shares in conditions on the parameters are not checked")
            )
        return moved

    def sign(self, ratio: Ratio, operator: str) -> Formula:
        """Return ``ratio operator 0`` as a formula in the parameters."""
        return PolynomialSign(self.parameter_ratio(ratio).sign_polynomial, operator)

    def inside(self, coordinate: Ratio) -> list[Formula]:
        """Return that a coordinate lies between 0 and 1, as formulas in the parameters."""
        return [self.sign(coordinate, ">"), self.sign(self.algebra.constant(1) - coordinate, ">")]

    def formula(self, condition: Condition, values: Mapping[str, Fraction] | None = None) -> Formula:
        """Return a claimed condition as a formula; parameters in `values` are put in first."""

        def sign(relation: Relation) -> Formula:
            difference = self.read(subtract(relation.left, relation.right), {})
            return self.sign(put(difference, dict(values)) if values else difference, relation.operator)

        return with_leaves(condition, sign)

    def defined(self, condition: Condition) -> Formula:
        """Return that no denominator in a condition vanishes; it says nothing where one does."""
        sides = (side for relation in leaves(condition) for side in (relation.left, relation.right))
        below = {n.denominator for side in sides for n in walk(side) if isinstance(n, Quotient)}
        return All(tuple(self.sign(self.read(b, {}), "!=") for b in sorted(below, key=to_text)))

    def context(self, claim: Claim) -> Formula:
        """Return the conditions under which a claim is made, as `circumstances` understands them."""
        key = (claim.scenario, claim.conditions)
        if key not in self._contexts:
            meant = All(tuple(self.formula(c) for c in claim.conditions))
            tied = claim.scenario is None and bool(claim.conditions)
            self._contexts[key] = circumstances(self, claim.conditions)[0] if tied else meant
        return self._contexts[key]

    def scenario_values(self, claim: Claim) -> dict[str, Fraction] | None:
        """Return the values at which a claim is made, None for a claim about more than one point.

        Those of its scenario, or of the file, with what its conditions set to a number.
        """
        given = fixed(claim.conditions)
        if claim.scenario is None and not given:
            return None
        values = self.admissible.complete(claim.scenario, given)
        if values is None:
            if claim.scenario is None:
                return None
            raise NotChecked(
                say("the scenario `{scenario}` leaves parameters without a value", scenario=claim.scenario)
            )
        for name, size in self.sizes.items():
            if values[name] != size:
                raise NotChecked(
                    say("the size of a group is compared at {name} = {size} only", name=name, size=size)
                )
        return values

    def numbers(self, claim: Claim) -> dict[str, Fraction] | None:
        """Return the values that a numeric claim uses: its scenario's, else the file's own, else None."""
        return self.scenario_values(claim) or self.admissible.base

    def relevant_values(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """Return the values of those parameters and shares that appear in an equation."""
        return {
            n: values[n]
            for n in (*self.game.parameters, *self.game.shares)
            if n in self._active and n in values
        }

    @cached_property
    def _active(self) -> frozenset[str]:
        return frozenset(self.algebra.names_in(*self.equations.values()))

    def analysis(self, values: Mapping[str, Fraction]) -> Analysis:
        """Return the analysis at exact values, kept for the next claim."""
        from separatrix.analysis.analyze import analyze

        key = tuple(sorted(values.items()))
        if key not in self._analyses:
            try:
                self._analyses[key] = analyze(self.game, dict(values))
            except SeparatrixError as problem:
                raise NotChecked(problem.message) from None
        return self._analyses[key]

    @cached_property
    def symbolic(self) -> RestStateAnswer | None:
        """Every candidate for a rest state in symbols; None where the game has no symbolic analysis."""
        from separatrix.analysis.symbolic.substitution import solve_symbolic

        try:
            return solve_symbolic(self.game, None, 0.0).written_out()
        except ComesLater:
            return None

    # ------------------------------------------------------------- equality

    def equalities(self, *conditions: Condition) -> list[Ratio]:
        """Return what is assumed to be zero: equations among the assumptions and in `conditions`."""
        result = []
        pending = [*(c for c, _ in self.game.assumptions), *conditions]
        while pending:
            condition = pending.pop(0)
            if isinstance(condition, All):
                pending[:0] = condition.parts
            elif isinstance(condition, Relation) and condition.operator == "==":
                result.append(self.read(subtract(condition.left, condition.right), {}))
        return result

    def simplified(self, ratio: Ratio, *conditions: Condition) -> Ratio:
        """Return `ratio` with the equations among the assumptions and `conditions` used."""
        for equation in self.equalities(*conditions):
            try:
                solution = solved(equation, self.algebra.parameters)
                if solution is not None:
                    ratio = put(ratio, {solution[0]: solution[1]})
            except ZeroDivisionError:
                continue
        return self.algebra.reduced(ratio)

    def same(self, one: Expression, other: Expression, *conditions: Condition) -> bool:
        """Whether two formulas agree for all admissible parameters and all states."""
        difference = self.simplified(self.read(one) - self.read(other), *conditions)
        if difference.is_zero:
            return True
        if self.algebra.is_rational(difference):
            return False
        return not self.differ_in_numbers(one, other)

    def differ_in_numbers(self, one: Expression, other: Expression) -> bool:
        """Whether two formulas certainly differ at some example."""
        left, right = expand(self.game, one), expand(self.game, other)
        examples = self.admissible.examples[:8]
        with precision():
            for values in examples:
                for state in self.states():
                    known = {**values, **state}
                    try:
                        gap = ball(left, known) - ball(right, known)
                    except NoValue:
                        continue
                    if not gap.contains(0):
                        return True
        return False

    def states(self) -> list[dict[str, Fraction]]:
        """Return a few interior states, simple and generic."""
        result = []
        for shift in range(4):
            state: dict[str, Fraction] = {}
            for i, population in enumerate(self.game.populations):
                k = len(population.strategies)
                if k == 2:
                    options = (Fraction(1, 2), Fraction(1, 3), Fraction(1, 5), Fraction(3, 4), Fraction(2, 7))
                    state[population.share] = options[(i * (shift > 0) + shift) % 5]
                else:
                    weights = [1 + (a * (shift + i) + (shift > 1) * a * a) % (k + 2) for a in range(k)]
                    state.update(
                        {
                            s: Fraction(w, sum(weights))
                            for s, w in zip(population.shares, weights, strict=True)
                        }
                    )
            result.append(state)
        return result

    def numeric_jacobian(self, point: Mapping[str, Any], values: Mapping[str, Fraction]) -> acb_mat:
        """Return the Jacobian at a point given in balls, at exact parameter values."""
        known: dict[str, Any] = {**values, **{s: point[s] for s in self.coordinates}}
        rows = [[ball(self.algebra.write(entry), known) for entry in row] for row in self.jacobian]
        return acb_mat(rows)


# --------------------------------------------------------------- under which parameters a claim is made


def relations(condition: Condition) -> Iterator[Relation]:
    """Yield the comparisons that a condition is made of."""
    match condition:
        case Relation():
            yield condition
        case All(parts):
            for part in parts:
                yield from relations(part)


def _number(expression: Expression) -> Fraction | None:
    """The value of an expression without names."""
    if names_in(expression):
        return None
    try:
        return evaluate(expression, {})
    except InputError:
        return None


def fixed(conditions: Sequence[Condition]) -> dict[str, Fraction]:
    """Return the parameters that conditions set to a number, as in ``H = 12``."""
    found = {}
    for condition in conditions:
        for relation in relations(condition):
            for name, value in ((relation.left, relation.right), (relation.right, relation.left)):
                number = _number(value)
                if relation.operator == "==" and isinstance(name, Name) and number is not None:
                    found[name.name] = number
    return found


def single_parameter(truth: Truth, conditions: Sequence[Condition]) -> str | None:
    """Return the one parameter that conditions compare with a number other than 0, None if there is not one.

    Comparisons that the assumptions imply anyway, such as a probability below 1, do not count.
    """
    found = set()
    for condition in conditions:
        for relation in relations(condition):
            names = {*names_in(relation.left), *names_in(relation.right)}
            number = _number(relation.right if names_in(relation.left) else relation.left)
            if len(names) != 1 or not number or not names <= set(truth.game.parameters):
                continue
            if relation.operator != "==" and truth.admissible.never(negation(truth.formula(relation))):
                continue
            found |= names
    return found.pop() if len(found) == 1 else None


def pinned(truth: Truth, values: Mapping[str, Fraction], free: str | None = None) -> Formula:
    """Return that every parameter but one has its value."""
    ring = truth.admissible.ring
    return All(
        tuple(
            PolynomialSign(ring.variable(n).numerator - ring.constant(v).numerator, "==")
            for n, v in values.items()
            if n != free
        )
    )


def circumstances(
    truth: Truth, conditions: Sequence[Condition], scenario: str | None = None
) -> tuple[Formula, str | None]:
    """Return what conditions mean as a formula in the parameters, and the one they leave free, if any."""
    formula: Formula = All(tuple(truth.formula(c) for c in conditions)) if conditions else TRUE
    single = single_parameter(truth, conditions)
    values = None if single is None else truth.admissible.complete(scenario, free=single)
    if single is None or values is None:
        return formula, None
    at_values = All((formula, pinned(truth, values, single)))
    every = [r for c in conditions for r in relations(c)]
    if any({*names_in(r.left), *names_in(r.right)} != {single} for r in every):
        # Symbols stand beside the number; at the values of the file these may not hold, and then all
        # parameters are meant.
        try:
            if truth.admissible.find(at_values) is None:
                return formula, None
        except Unknown:
            return formula, None
    return at_values, single
