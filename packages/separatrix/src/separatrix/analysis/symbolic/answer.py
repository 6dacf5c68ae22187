"""What a symbolic analysis hands back, and what every one of them says of values and poles."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction

from flint import fmpq_mpoly

from separatrix.analysis.answer import RestStateAnswer
from separatrix.analysis.results import Completeness, Regime, RestPoint, RestSet, Warning
from separatrix.errors import InputError
from separatrix.exact.rational_functions import Ring, polynomial_expression
from separatrix.expression.conditions import All, Condition, Either, Relation
from separatrix.expression.evaluation import evaluate
from separatrix.expression.tree import Expression, substitute, to_text
from separatrix.game.model import Game
from separatrix.sentences import say

__all__ = ["SymbolicAnswer", "Writer", "favourites", "pole_warnings"]


@dataclass(frozen=True)
class SymbolicAnswer:
    """The symbolic part of an analysis.

    ``definitions`` holds what each coefficient stands for that has a name of its own, in the parameters.
    """

    found: RestStateAnswer
    regimes: tuple[Regime, ...]
    regimes_completeness: Completeness
    warnings: tuple[Warning, ...] = ()
    definitions: Mapping[str, Expression] = field(default_factory=dict)

    def written_out(self) -> RestStateAnswer:
        """Return every candidate in the parameters alone, however long that is."""
        if not self.definitions:
            return self.found
        return Writer(lambda expression: substitute(expression, self.definitions)).rewrite_answer(self.found)

    def with_names(self, values: Mapping[str, Fraction]) -> dict[str, Fraction]:
        """Return values of the parameters, and of the named coefficients that have one there."""
        result = dict(values)
        for name, meaning in self.definitions.items():
            try:
                result[name] = evaluate(meaning, values)
            except InputError:  # a pole
                continue
        return result


def favourites(game: Game, known: Mapping[str, Fraction] | None) -> Iterator[Mapping[str, Fraction]]:
    """Yield the values that a reader knows: the given ones, the file's, those of the scenarios."""
    base = {n: p.value for n, p in game.parameters.items() if p.value is not None}
    for values in (
        ([] if known is None else [known]) + [base] + [{**base, **s} for s in game.scenarios.values()]
    ):
        if len(values) == len(game.parameters):
            yield values


def pole_warnings(ring: Ring, poles: Iterable[fmpq_mpoly]) -> Iterator[Warning]:
    """Yield a warning for each denominator that the assumptions do not keep from zero."""
    for pole in poles:
        text = to_text(polynomial_expression(ring, pole))
        yield Warning(
            "A506",
            say("a payoff divides by `{divisor}`; parameters at which that is 0 are excluded", divisor=text),
        )


class Writer:
    """Writes an answer in other terms.

    Parameters
    ----------
    rewrite : callable
        From an expression to the same in other terms.
    """

    def __init__(self, rewrite: Callable[[Expression], Expression]) -> None:
        self.rewrite = rewrite
        self._done: dict[int, tuple[Condition, Condition]] = {}

    def expressions(self, values: tuple[Expression, ...] | None) -> tuple[Expression, ...] | None:
        """Return expressions in other terms."""
        return None if values is None else tuple(self.rewrite(v) for v in values)

    def condition(self, condition: Condition) -> Condition:
        """Return a condition in other terms."""
        # Conditions share their parts; equal ones are one object, which is known by its identity.
        if id(condition) not in self._done:
            self._done[id(condition)] = condition, self._rewrite_condition(condition)
        return self._done[id(condition)][1]

    def _rewrite_condition(self, condition: Condition) -> Condition:
        match condition:
            case Relation(left, operator, right):
                return Relation(self.rewrite(left), operator, self.rewrite(right))
            case All(parts):
                return All(tuple(self.condition(p) for p in parts))
            case Either(parts):
                return Either(tuple(self.condition(p) for p in parts))

    def _maybe(self, condition: Condition | None) -> Condition | None:
        return None if condition is None else self.condition(condition)

    def rewrite_answer(self, found: RestStateAnswer) -> RestStateAnswer:
        """Return every candidate in other terms."""
        return replace(
            found,
            points=tuple(self.point(p) for p in found.points),
            sets=tuple(self.set(s) for s in found.sets),
        )

    def point(self, point: RestPoint) -> RestPoint:
        """Return a rest point in other terms."""
        return replace(
            point,
            exact=self.expressions(point.exact),
            eigenvalues_exact=self.expressions(point.eigenvalues_exact),
            stable_when=self._maybe(point.stable_when),
            open_when=self._maybe(point.open_when),
            exists=self._maybe(point.exists),
        )

    def set(self, piece: RestSet) -> RestSet:
        """Return a rest set in other terms."""
        return replace(
            piece,
            equations=tuple(self.condition(c) for c in piece.equations),
            exists=self._maybe(piece.exists),
            possible_when=self._maybe(piece.possible_when),
        )

    def regime(self, regime: Regime) -> Regime:
        """Return a regime in other terms."""
        return replace(
            regime,
            stable=tuple(self.expressions(s) or () for s in regime.stable),
            excluded=tuple(self.expressions(s) or () for s in regime.excluded),
            condition=self.condition(regime.condition),
        )
