"""What every section of a report needs: the answer, its symbols, and the names of people and choices."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from separatrix.analysis.result import Analysis, RestPoint, RestSet
from separatrix.game.condition import All, Condition, Relation
from separatrix.game.expression import Expression, Name, Number
from separatrix.game.model import Population
from separatrix.present import phrases
from separatrix.present.document import Formula, Inline, Line, Words
from separatrix.present.formula import Layout, Text, state_layout
from separatrix.present.notation import Notation
from separatrix.present.numbers import exact_text, readable
from separatrix.present.shortener import Shortener

__all__ = ["Context"]


@dataclass(frozen=True)
class Context:
    """An analysis with its notation; sections read it, and it remembers the short names they used."""

    analysis: Analysis
    notation: Notation
    shortener: Shortener

    @classmethod
    def of(cls, analysis: Analysis) -> Context:
        """Return the context of `analysis`."""
        notation = Notation.of(analysis.game)
        positive = frozenset(_positive_names(c for c, _ in analysis.game.assumptions))
        return cls(analysis, notation, Shortener(notation, analysis.advantages, positive))

    @property
    def populations(self) -> tuple[Population, ...]:
        """The populations of the game."""
        return self.analysis.game.populations

    def plays(self, support: Sequence[Sequence[str]]) -> str:
        """Return who plays what, such as ``cooperate · mixed``, in the order of the populations."""
        words = []
        for population, strategies in zip(self.populations, support, strict=True):
            names = {s.id: s.name for s in population.strategies}
            words.append(names.get(strategies[0], strategies[0]) if len(strategies) == 1 else phrases.MIXED)
        return " · ".join(words)

    def coordinates(self, point: RestPoint) -> Layout:
        """Return the state of a point in readable numbers."""
        assert point.state is not None
        return state_layout(Text(readable(v)) for v in point.state)

    def exact(self, point: RestPoint) -> Layout | None:
        """Return the state in short exact fractions; None where one is long, or where all are whole."""
        texts = [exact_text(e) for e in point.exact or ()]
        if not texts or None in texts or not any("/" in t for t in texts if t):
            return None
        return state_layout(self.notation.layout(e) for e in point.exact or ())

    def symbolic_state(self, exact: Iterable[Expression]) -> Layout:
        """Return a state in symbols."""
        return state_layout(self.shortener.layout(e) for e in exact)

    def state_line(self, point: RestPoint) -> Line:
        """Return a state as people quote it: exactly where that is short, else rounded."""
        exact = self.exact(point)
        if exact is None:
            rounded = point.exact is None or any("." in readable(v) for v in point.state or ())
            sign = (Words("≈\u00a0", "muted"),) if rounded else ()
            return (*sign, Formula(self.coordinates(point)))
        return (Formula(exact), Words(" ≈\u00a0", "muted"), Formula(self.coordinates(point)))

    def condition(self, condition: Condition) -> Line:
        """Return a condition with each comparison a formula of its own, so that lines can break."""
        match condition:
            case Relation(left, operator, right):
                return (Formula(self.shortener.relation(left, operator, right)),)
            case All(parts):
                return self._join(parts, ", ") or (Words(phrases.ALWAYS),)
            case _:
                return self._join(condition.parts, "; or ") or (Words(phrases.NEVER),)

    def _join(self, parts: Sequence[Condition], between: str) -> Line:
        items: list[Inline] = []
        for part in parts:
            if items:
                items.append(Words(between))
            nested = not isinstance(part, Relation) and len(part.parts) > 1 and not (
                between != ", " and isinstance(part, All)
            )
            inner = self.condition(part)
            items.extend((Words("("), *inner, Words(")")) if nested else inner)
        return tuple(items)

    def find(self, id_: str) -> RestPoint | RestSet | None:
        """Return the rest point or rest set called `id_`."""
        every = (*self.analysis.rest_points, *self.analysis.rest_sets)
        return next((r for r in every if r.id == id_), None)


def _positive_names(conditions: Iterable[Condition]) -> Iterator[str]:
    """Yield the parameters that are assumed to be positive."""
    for condition in conditions:
        for part in condition.parts if isinstance(condition, All) else (condition,):
            match part:
                case Relation(Name(name), ">", Number(value)) if value >= 0:
                    yield name
                case Relation(Number(value), "<", Name(name)) if value >= 0:
                    yield name
                case _:
                    pass
