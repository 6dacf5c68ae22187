"""What every section of a report needs: the answer, its symbols, and the names of people and choices.

What the short names and the labels of a report mean.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from separatrix.analysis.results import Analysis, Label, RestPoint
from separatrix.document.numerals import exact_text, readable
from separatrix.document.state_names import LABELS, profile_words
from separatrix.document.tree import (
    Badge,
    Block,
    Bullets,
    Details,
    Equation,
    Equations,
    Formula,
    Heading,
    Line,
    Paragraph,
    Words,
    joined_lines,
    line,
)
from separatrix.expression.conditions import All, Condition, Either, Relation
from separatrix.expression.tree import Expression, Name, Number, names_in
from separatrix.formulas.abbreviations import Notation, Shortener
from separatrix.formulas.layout import (
    Fence,
    Layout,
    Operator,
    Row,
    Text,
    join_layouts,
    relation_sign,
    to_plain,
)
from separatrix.formulas.tex import written_size
from separatrix.game.model import Population
from separatrix.languages import Language, language_of
from separatrix.run.cached_property import cached_property

__all__ = ["Context", "meanings_section", "short_names_section"]

LONGEST_TUPLE = 8
"""Number of shares from which a state is written by the nonzero ones."""

MOST_NAMED = 4
"""Populations up to which advantages at the corners of the cube get names."""

LONG_REGIMES = 1500
"""Characters in the conditions of all regimes past which they are written in named advantages."""


@dataclass(frozen=True)
class Context:
    """An analysis with its notation; sections read it, and it remembers the short names they used."""

    analysis: Analysis
    notation: Notation
    shortener: Shortener
    words: Language

    @classmethod
    def of(cls, analysis: Analysis, language: Language | None = None) -> Context:
        """Return the context of `analysis`, in `language` (English by default)."""
        notation = Notation.of(analysis.game)
        long = sum(_condition_size(r.condition) for r in analysis.regimes) > LONG_REGIMES
        positive = frozenset(_positive_names(c for c, _ in analysis.game.assumptions))
        game = analysis.game
        shortener = Shortener(
            notation,
            _named_advantages(analysis),
            positive,
            definitions=analysis.definitions,
            shorthands={n: e for n, e in game.lets.items() if n not in game.moving_lets},
            form=analysis.author_form.regroup,
            force=long,
        )
        return cls(analysis, notation, shortener, language or language_of("en"))

    @property
    def populations(self) -> tuple[Population, ...]:
        """The populations of the game."""
        return self.analysis.game.populations

    def plays(self, support: Sequence[Sequence[str]]) -> str:
        """Return the strategy profile, such as ``cooperate · mixed``, in the order of the populations."""
        return profile_words(self.populations, support, self.words)

    def spanned(self, support: Sequence[Sequence[str]]) -> Layout | str:
        """Return the face of a support, ``(0, y, 1)``; for more than two strategies, what is played."""
        if self.several_strategies or self.sparse:
            return self.plays(support)
        values: list[Layout] = []
        for population, strategies in zip(self.populations, support, strict=True):
            first = population.strategies[0].name
            if len(strategies) > 1:
                values.append(self.notation.symbol(population.shares[0]))
            else:
                values.append(Text("1" if strategies[0] == first else "0"))
        return self.state_of(values)

    def badge(self, label: Label | None) -> Badge:
        """Return a label in the reader's language."""
        label = label or "undecided"
        return Badge(label, self.words.labels[label])

    @cached_property
    def several_strategies(self) -> bool:
        """Whether some population has more than two strategies."""
        return not all(p.binary for p in self.populations)

    @cached_property
    def sparse(self) -> bool:
        """Whether a state is written by its played strategies: a tuple would be too long."""
        return len(self.analysis.game.shares) > LONGEST_TUPLE

    def coordinates(self, point: RestPoint) -> Layout:
        """Return the state of a point in readable numbers."""
        if point.state is None:
            return self.symbolic_state(point.exact or ())
        return self.state_of([Text(readable(v)) for v in point.state])

    def state_of(self, values: Sequence[Layout]) -> Layout:
        """Return ``(a, b)``, ``(a, b, c; d)`` by population, or ``x = a`` where there is one share."""
        if self.sparse:
            return self._named_shares(values)
        if len(values) > 1:
            parts = [join_layouts(values[place]) for place in self._places()]
            return Fence("(", join_layouts(parts, Operator(";", "comma")), ")")
        symbol = self.notation.symbol(self.analysis.game.shares[0])
        return Row((symbol, Operator("=", "relation"), values[0]))

    def _places(self) -> Iterator[slice]:
        """Yield where the shares of each population of more than two strategies, or of runs of two, stand."""
        start = end = 0
        for population in self.populations:
            width = len(population.shares)
            if width > 1:
                if end > start:
                    yield slice(start, end)
                yield slice(end, end + width)
                start = end + width
            end += width
        if end > start:
            yield slice(start, end)

    def _named_shares(self, values: Sequence[Layout]) -> Layout:
        return join_layouts(self._present(values))

    def _present(self, values: Sequence[Layout]) -> list[Layout]:
        """Return the shares that are not zero, each after its symbol; of populations of two, all."""
        parts: list[Layout] = []
        shares = iter(zip(self.analysis.game.shares, values, strict=True))
        for population in self.populations:
            for share, value in itertools.islice(shares, len(population.shares)):
                if value != Text("0") or len(population.shares) == 1:
                    parts.append(Row((self.notation.symbol(share), Operator("=", "relation"), value)))
        return parts

    def exact(self, point: RestPoint) -> Layout | None:
        """Return the state in short exact fractions; None where one is long, or where all are whole."""
        texts = [exact_text(e) for e in point.exact or ()]
        if not texts or None in texts or not any("/" in t for t in texts if t):
            return None
        return self.state_of([self.notation.layout(e) for e in point.exact or ()])

    def symbolic_state(self, exact: Iterable[Expression]) -> Layout:
        """Return a state in symbols."""
        return self.state_of([self.shortener.layout(e) for e in exact])

    def quoted(self, point: RestPoint) -> Layout:
        """Return the state of a point for a sentence: in short fractions where each strategy has a share."""
        exact = self.exact(point) if self.several_strategies else None
        return exact or self.coordinates(point)

    def state_line(self, point: RestPoint) -> Line:
        """Return a state as people quote it: exactly where that is short, else rounded."""
        exact = self.exact(point)
        if self.sparse:
            values: list[Layout] = [Text(readable(v)) for v in point.state or ()]
            if exact is not None or point.state is None:
                values = [self.notation.layout(e) for e in point.exact or ()]
            parts = [Formula(part) for part in self._present(values)]
            return tuple(item for part in parts for item in (part, Words(", ")))[:-1]
        if exact is not None and self.several_strategies:
            return (Formula(exact),)
        if exact is None:
            rounded = point.exact is None or any("." in readable(v) for v in point.state or ())
            if rounded and point.state is not None and len(point.state) == 1:
                symbol = self.notation.symbol(self.analysis.game.shares[0])
                value = Text(readable(point.state[0]))
                return (Formula(Row((symbol, Operator("≈", "relation"), value))),)
            sign = (Words("≈\u00a0", "muted"),) if rounded else ()
            return (*sign, Formula(self.coordinates(point)))
        if point.state is None:
            return (Formula(exact),)
        rounded_state = self.state_of([Text(readable(v)) for v in point.state])
        if len(point.state) == 1:
            rounded_state = Text(readable(point.state[0]))
        return (Formula(exact), Words(" ≈\u00a0", "muted"), Formula(rounded_state))

    def comma_separated(self, layouts: Sequence[Layout]) -> Line:
        """Return formulas one after the other."""
        return joined_lines((line(item) for item in layouts), self.words.AND_ALSO)

    def condition(self, condition: Condition) -> Line:
        """Return a condition with each comparison a formula of its own, so that lines can break."""
        match condition:
            case Relation(left, operator, right):
                return (Formula(self.shortener.relation(left, operator, right)),)
            case All(parts):
                return self._together(parts) or (Words(self.words.ALWAYS),)
            case _:
                either = joined_lines(map(self.condition, condition.parts), self.words.OR_ELSE)
                return either or (Words(self.words.NEVER),)

    def _together(self, parts: Sequence[Condition]) -> Line:
        """Return conditions that all hold; ``0 < y, y < 1`` is written ``0 < y < 1``."""
        items: list[Line] = []
        index = 0
        while index < len(parts):
            part = parts[index]
            following = parts[index + 1] if index + 1 < len(parts) else None
            if isinstance(part, Relation) and isinstance(following, Relation) and _chains(part, following):
                low, middle, high = (
                    self.shortener.layout(e) for e in (part.left, part.right, following.right)
                )
                signs = relation_sign(part.operator), relation_sign(following.operator)
                items.append((Formula(Row((low, signs[0], middle, signs[1], high))),))
                index += 2
                continue
            inner = self.condition(part)
            nested = isinstance(part, Either) and len(part.parts) > 1
            items.append((Words("("), *inner, Words(")")) if nested else inner)
            index += 1
        return joined_lines(items, self.words.AND_ALSO)


def _named_advantages(analysis: Analysis) -> Mapping[str, Expression]:
    """Return the advantages whose values at the corners may get names, which then say everything."""
    game, advantages = analysis.game, analysis.advantages
    if len(advantages) < len(game.populations) or len(game.populations) > MOST_NAMED:
        return {}
    own = any(share in names_in(f) for share, f in advantages.items())
    return {} if own and not game.plays_itself else advantages


def _condition_size(condition: Condition) -> int:
    if isinstance(condition, Relation):
        return written_size(condition.left) + written_size(condition.right)
    return sum(_condition_size(p) for p in condition.parts)


def _chains(first: Relation, second: Relation) -> bool:
    rising, falling = ("<", "<="), (">", ">=")
    same_way = any(first.operator in way and second.operator in way for way in (rising, falling))
    return same_way and first.right == second.left and not isinstance(first.right, Number)


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


FEW_NAMES, SHORT_MEANING = 8, 64
"""Short names, and characters of their meanings, up to which the terminal lists them."""


def short_names_section(context: Context) -> Iterator[Block]:
    """Yield what each short name stands for that the sections before used."""
    meanings = context.shortener.meanings()
    if not meanings:
        return
    rows = tuple(Equation(name, meaning) for name, meaning in meanings)
    if not context.shortener.active and not context.analysis.definitions:
        # Only what the terminal leaves out uses them.
        lead = Paragraph(line(context.words.ABBREVIATIONS, context.words.COLON))
        yield Details(context.words.ABBREVIATIONS_ALL, (lead, Equations(rows)))
        return
    others = tuple(row for row in rows if not context.shortener.is_advantage(row.left))
    brief: tuple[Block, ...] = (Paragraph((Words(context.words.ABBREVIATIONS_BRIEF, "muted"),)),)
    if others:
        brief = (Equations(others), *brief)
    if len(rows) <= FEW_NAMES and all(len(to_plain(meaning)) <= SHORT_MEANING for _, meaning in meanings):
        brief = (Equations(rows),)
    yield Heading(context.words.ABBREVIATIONS)
    yield from _advantage_meaning(context)
    yield Details(context.words.ABBREVIATIONS_ALL, (Equations(rows),), brief)


def _advantage_meaning(context: Context) -> Iterator[Block]:
    example = context.shortener.example()
    if example is None:
        return
    name, index, corner = example
    one = context.populations[index]
    others = [p for k, p in enumerate(context.populations) if k != index] or [one]
    plays = [
        context.words.PLAYS.format(name=p.name, strategy=p.strategies[0 if share else 1].name)
        for p, share in zip(others, corner, strict=True)
    ]
    text = context.words.ADVANTAGE_MEANING.format(
        first=one.strategies[0].name,
        second=one.strategies[1].name,
        name=one.name,
        others=context.words.listed(plays),
    )
    yield Paragraph(line(name, text))


def meanings_section(context: Context) -> Iterator[Block]:
    """Yield what the labels mean that occur."""
    found = {p.stability for p in context.analysis.rest_points}
    found |= {r.stability for r in context.analysis.rest_sets}
    items = tuple(
        line(context.badge(name), context.words.COLON, context.words.meanings[name])
        for name in LABELS
        if name in found
    )
    if items:
        yield Details(
            context.words.LABEL_MEANINGS, (Bullets(items), Paragraph(line(context.words.LABEL_SCOPE)))
        )
