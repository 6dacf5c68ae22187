"""Short names for long formulas.

A tripartite model of twenty parameters has advantages of hundreds of characters.  Papers name such
things once and reason with the names; so does a report.  Δ with the index x and the argument (0,1)
is the payoff of the first strategy of the population with share x over its second, where the others
play (0,1).  The rest points on the faces are quotients of these numbers and their differences.

The symbols of one game.
"""

from __future__ import annotations

import copy
import itertools
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction as Rational

from separatrix.expression.conditions import MIRRORED
from separatrix.expression.tree import (
    Call,
    Expression,
    Name,
    Number,
    Power,
    Product,
    Quotient,
    Sum,
    add,
    multiply,
    names_in,
    negate,
    substitute,
    subtract,
    walk,
)
from separatrix.formulas.layout import (
    MINUS,
    Fence,
    Layout,
    Letter,
    Row,
    Script,
    Text,
    Word,
    join_layouts,
    layout,
    relation_sign,
    split_sign,
    to_plain,
)
from separatrix.formulas.tex import (
    PRIME,
    fingerprint,
    shorter,
    simplest,
    symbol_of_latex,
    symbol_of_name,
    written_size,
)
from separatrix.game.model import Game

__all__ = ["Notation", "Shortener"]

IMAGINARY_UNIT = "I"
"""The name of the imaginary unit in eigenvalues; a parameter of that name keeps it."""


@dataclass(frozen=True)
class Notation:
    """How each name of a game is written."""

    symbols: Mapping[str, Layout] = field(default_factory=dict)

    @classmethod
    def of(cls, game: Game) -> Notation:
        """Return the notation of `game`: its ``latex`` forms where readable, else its names."""
        symbols: dict[str, Layout] = {}
        for parameter in game.parameters.values():
            given = symbol_of_latex(parameter.latex) if parameter.latex else None
            symbols[parameter.name] = given or symbol_of_name(parameter.name)
        if IMAGINARY_UNIT not in game.shares:
            symbols.setdefault(IMAGINARY_UNIT, Word("i", upright=True))
        return cls(symbols)

    def symbol(self, name: str) -> Layout:
        """Return the symbol of a parameter, a share or a shorthand."""
        if name[0].isdigit():  # a decimal that stands for itself; nobody's name begins so
            return Text(name)
        return self.symbols.get(name) or symbol_of_name(name)

    def layout(self, expression: Expression) -> Layout:
        """Return `expression` in these symbols, in full."""
        return layout(expression, self.symbol)


ZERO = Number(Rational(0))

LONG_ADVANTAGE = 44
"""Characters past which an advantage at a corner is better named than written."""

LONGEST = 110
"""Characters past which anything else gets a name."""


class Shortener:
    """Writes expressions in named advantages, and remembers the names it used.

    A game with short advantages is written in full unless names are forced; ``active`` says which.
    """

    def __init__(
        self,
        notation: Notation,
        advantages: Mapping[str, Expression],
        positive: frozenset[str] = frozenset(),
        *,
        definitions: Mapping[str, Expression] | None = None,
        shorthands: Mapping[str, Expression] | None = None,
        form: Callable[[Expression], Expression] = simplest,
        force: bool = False,
    ) -> None:
        self.notation = notation
        self._shorthands = dict(shorthands or {})
        self._form = form
        self._known: dict[int, Layout] = {}
        self._meanings: dict[Layout, Expression] = {}
        self._used: dict[Layout, None] = {}
        self._tokens: dict[Layout, str] = {}
        self._advantages: dict[Layout, tuple[int, tuple[int, ...]]] = {}
        self._local: dict[int, Layout] = {}
        self._local_roots: dict[Expression, Layout] = {}
        self._same_sign: dict[int, Layout] = {}
        self._positive = positive
        self._others = 0
        self._letter = _unused_letter(notation, advantages)
        corners = {
            share: [(corner, form(e)) for corner, e in _corners(share, advantages)] for share in advantages
        }
        self.active = force or any(written_size(e) > LONG_ADVANTAGE for c in corners.values() for _, e in c)
        if self.active:
            for population, (share, at_corners) in enumerate(corners.items()):
                self._name_advantages(population, share, at_corners)
        for name, meaning in self._shorthands.items():
            self._meanings[notation.symbol(name)] = meaning
        self._definitions = tuple(definitions or {})
        for name, meaning in (definitions or {}).items():
            # Often a difference of advantages.
            self._meanings[notation.symbol(name)] = self._recognise(meaning) or meaning

    # ------------------------------------------------------------------ what a report calls

    def layout(self, expression: Expression) -> Layout:
        """Return `expression` with what is long replaced by its name."""
        return self.layout_of(self.short(expression))

    def relation(self, left: Expression, operator: str, right: Expression) -> Layout:
        """Return a comparison as it is written; see `compared`."""
        less, sign, more = self.compared(left, operator, right)
        return Row((self.layout_of(less), relation_sign(sign), self.layout_of(more)))

    def short(self, expression: Expression) -> Expression:
        """Return `expression` in names, for `written`; `names` says what they stand for."""
        return self._shorten(self.simplified(expression))

    def compared(
        self, left: Expression, operator: str, right: Expression
    ) -> tuple[Expression, str, Expression]:
        """Return an equivalent comparison in names.

        Against zero it is solved for a term of its own sign, or has no leading minus: ``S + F - C1 > 0`` is
        read as ``C1 < S + F``.
        """
        if right != ZERO:
            return self.short(left), operator, self.short(right)
        left = self.simplified(left)
        short = self._sign_of(left) or self._shorten(left)
        negative, size = split_sign(short)
        if negative:
            short, operator = size, MIRRORED[operator]
        elif isinstance(short, Sum) and all(split_sign(t)[0] for t in short.terms):
            short, operator = negate(short), MIRRORED[operator]
        return _solved(short, operator) or (short, operator, ZERO)

    def let(self, symbol: Layout, expression: Expression) -> None:
        """Write `symbol` for `expression` until `forget`: the coordinates of the point under discussion."""
        if isinstance(expression, (Name, Number)):
            return
        key = self._key(expression)
        if key:
            self._local.setdefault(key, symbol)
        elif key is None:  # a root: only the same formula is recognised
            for form in (expression, self.simplified(expression)):
                self._local_roots.setdefault(form, symbol)

    def length(self, told: Sequence[tuple[Layout, Expression]]) -> int:
        """Return the total length of formulas in sequence; this shortener stays unchanged."""
        other = copy.copy(self)
        for name, value in vars(self).items():
            if isinstance(value, dict):
                setattr(other, name, dict(value))
        total = 0
        for symbol, expression in told:
            total += len(to_plain(other.layout(expression)))
            other.let(symbol, expression)
        return total + LONGEST * (other._others - self._others)

    def forget(self) -> None:
        """Drop the symbols that `let` gave."""
        self._local.clear()
        self._local_roots.clear()

    def layout_of(self, short: Expression) -> Layout:
        """Return how an expression in names is written, and remember the names."""
        for name in names_in(short):
            if (symbol := self.notation.symbol(name)) in self._meanings:
                self._used.setdefault(symbol)
        symbols = self.stand_ins
        return layout(short, lambda name: symbols.get(name) or self.notation.symbol(name))

    @property
    def names(self) -> Mapping[str, tuple[Layout, Expression]]:
        """A name in short expressions other than parameters and shares: its symbol, and its meaning."""
        known = {name: self.notation.symbol(name) for name in (*self._shorthands, *self._definitions)}
        known |= self.stand_ins
        order = {symbol: index for index, symbol in enumerate(self._meanings)}
        told = sorted((order[s], name, s) for name, s in known.items() if s in order)
        return {name: (symbol, self._meanings[symbol]) for _, name, symbol in told}

    @property
    def stand_ins(self) -> Mapping[str, Layout]:
        """The names that this shortener gave in short expressions, those of `let` too, and their symbols."""
        return {token: symbol for symbol, token in self._tokens.items()}

    def meanings(self) -> tuple[tuple[Layout, Layout], ...]:
        """Return the names used so far, each with what it stands for."""
        order = {name: index for index, name in enumerate(self._meanings)}
        told: dict[Layout, Layout] = {}
        while new := [name for name in self._used if name not in told]:
            # A meaning may use further names.
            told.update((name, self.layout_of(self._meanings[name])) for name in new)
        return tuple((name, told[name]) for name in sorted(told, key=order.__getitem__))

    def is_advantage(self, name: Layout) -> bool:
        """Return whether a name stands for an advantage, which a reader can work out from the table."""
        return name in self._advantages

    def example(self) -> tuple[Layout, int, tuple[int, ...]] | None:
        """Return a named advantage that was used: its name, its population, the others' profile."""
        return next(((n, *self._advantages[n]) for n in self._used if n in self._advantages), None)

    def simplified(self, expression: Expression) -> Expression:
        """Return `expression` as it is written before anything in it gets a name."""
        return self._form(simplest(expression))

    def _key(self, expression: Expression) -> int | None:
        """Return what equal expressions have in common, shorthands written out."""
        for name, meaning in reversed(self._shorthands.items()):
            expression = substitute(expression, {name: meaning})
        return fingerprint(expression)

    # ------------------------------------------------------------------ names

    def _name_advantages(
        self, population: int, share: str, at_corners: list[tuple[tuple[int, ...], Expression]]
    ) -> None:
        index = self.notation.symbol(share)
        named: list[tuple[Layout, Expression]] = []
        for corner, expression in at_corners:
            if isinstance(expression, Number):
                continue  # a name says less than the number
            arguments = Fence("(", join_layouts((Text(str(c)) for c in corner), Text(",")), ")")
            name = Row((Script(Letter("Δ"), sub=index), arguments))
            self._learn(name, expression)
            self._learn_sign(name, expression)
            self._advantages[name] = (population, corner)
            named.append((name, expression))
        for (one, first), (other, second) in itertools.permutations(named, 2):
            key = self._key(subtract(first, second))
            if key:
                self._known.setdefault(key, Row((one, MINUS, other)))

    def _learn(self, name: Layout, meaning: Expression, expression: Expression | None = None) -> None:
        self._meanings[name] = meaning
        expression = meaning if expression is None else expression
        key = self._key(expression)
        if key:
            self._known.setdefault(key, name)

    def _learn_sign(self, name: Layout, expression: Expression) -> None:
        """Remember the rest of an advantage that is a positive number or parameter times the rest."""
        if not isinstance(expression, Product):
            return
        rest = [f for f in expression.factors if not self._is_positive(f)]
        key = self._key(multiply(*rest)) if rest else None
        if key and len(rest) < len(expression.factors):
            self._same_sign.setdefault(key, name)

    def _is_positive(self, factor: Expression) -> bool:
        match factor:
            case Number(value):
                return value > 0
            case Name(name):
                return name in self._positive
            case Power(base, Number()):
                return self._is_positive(base)
            case _:
                return False

    def _sign_of(self, expression: Expression) -> Expression | None:
        """Return names with the sign of `expression`, or None if it is not a product of such names."""
        if not self._same_sign:
            return None
        factors = expression.factors if isinstance(expression, Product) else (expression,)
        found: list[Expression] = []
        changed = False
        for factor in factors:
            key = self._key(factor)
            for candidate, turned in ((key, False), (PRIME - key if key else None, True)):
                if candidate in self._same_sign and candidate is not None:
                    name = self._stand_in(self._same_sign[candidate])
                    found.append(negate(name) if turned else name)
                    changed = True
                    break
            else:
                found.append(self._shorten(factor))
        return multiply(*found) if changed else None

    def _shorten(self, expression: Expression) -> Expression:
        if isinstance(expression, (Name, Number)):
            return expression
        enough = LONG_ADVANTAGE // 3 if self.active else LONGEST
        if not self._local and not self._local_roots and written_size(expression) <= enough:
            return expression
        if (stand_in := self._recognise(expression)) is not None:
            return stand_in
        match expression:
            case Product(factors):
                short: Expression = self._product(factors)
            case Quotient(numerator, denominator):
                return _without_minus(self._shorten(numerator), self._shorten(denominator))
            case Power(base, exponent):
                return Power(self._shorten(base), exponent)
            case Call(function, arguments):
                return Call(function, tuple(self._shorten(a) for a in arguments))
            case Sum(terms):
                short = (
                    self._all_but_one(terms)
                    or self._without_quotients(terms)
                    or add(*(self._shorten(t) for t in terms))
                )
            case _:
                short = expression
        return short if written_size(short) <= LONGEST else self._name_other(expression, short)

    def _product(self, factors: tuple[Expression, ...]) -> Expression:
        """Recognise runs of factors, the longest first: a difference of advantages is often a product."""
        result: list[Expression] = []
        start = 0
        while start < len(factors):
            for end in range(len(factors), start + 1, -1):
                found = self._recognise(multiply(*factors[start:end]))
                if found is not None:
                    result.append(found)
                    start = end
                    break
            else:
                result.append(self._shorten(factors[start]))
                start += 1
        return multiply(*result)

    def _all_but_one(self, terms: tuple[Expression, ...]) -> Expression | None:
        """Recognise a sum up to one term."""
        if len(terms) < 4:
            return None
        for k, term in enumerate(terms):
            rest = self._recognise(add(*terms[:k], *terms[k + 1 :]))
            if rest is not None:
                return add(rest, self._shorten(term))
        return None

    def _without_quotients(self, terms: tuple[Expression, ...]) -> Expression | None:
        """Recognise the terms of a sum that hold no quotient."""
        whole = [t for t in terms if any(isinstance(node, Quotient) for node in walk(t))]
        plain = [t for t in terms if t not in whole]
        found = self._recognise(add(*plain)) if whole and len(plain) > 1 else None
        return None if found is None else add(found, *(self._shorten(t) for t in whole))

    def _recognise(self, expression: Expression) -> Expression | None:
        key = self._key(expression)
        if key is None:
            root = self._local_roots.get(expression) if self._local_roots else None
            return self._token(root) if root is not None else None
        if key == 0:
            return ZERO
        if (symbol := self._local.get(key)) is not None:
            return self._token(symbol)
        if not self.active and not self._others:
            return None
        if (name := self._known.get(key)) is not None:
            return self._stand_in(name)
        if (name := self._known.get(PRIME - key)) is not None:
            return negate(self._stand_in(name))
        return None

    def _name_other(self, expression: Expression, short: Expression) -> Expression:
        self._others += 1
        name = Script(Letter(self._letter), sub=Text(str(self._others)))
        # Against symbols that hold for one rest point only, the definition must stand on its own.
        self._learn(name, expression if self._local or self._local_roots else short, expression)
        return self._stand_in(name)

    def _stand_in(self, name: Layout) -> Expression:
        if isinstance(name, Row) and MINUS in name.items:
            one, _, other = name.items
            return subtract(self._stand_in(one), self._stand_in(other))
        self._used.setdefault(name)
        return self._token(name)

    def _token(self, symbol: Layout) -> Name:
        # A null character cannot stand in a name that a person typed.
        return Name(self._tokens.setdefault(symbol, f"\0{len(self._tokens)}"))


def _unused_letter(notation: Notation, advantages: Mapping[str, Expression]) -> str:
    """Return a letter for short names that no symbol of the game contains (rest points are E1, E2, …)."""
    names = {n for e in advantages.values() for n in names_in(e)}
    taken = "".join(to_plain(notation.symbol(n)) for n in names)
    return next((letter for letter in "ΨΦΛΞΩΓ" if letter not in taken), "Ψ′")


def _corners(
    share: str, advantages: Mapping[str, Expression]
) -> Iterator[tuple[tuple[int, ...], Expression]]:
    others = [s for s in advantages if s != share] or [share]
    for corner in itertools.product((0, 1), repeat=len(others)):
        at: dict[str, Expression] = {s: Number(Rational(c)) for s, c in zip(others, corner, strict=True)}
        yield corner, shorter(substitute(advantages[share], at))


def _solved(difference: Expression, operator: str) -> tuple[Expression, str, Expression] | None:
    """Return a sum that is compared with 0, solved for the one term of its sign; None where there is none."""
    if not isinstance(difference, Sum):
        return None
    positive = [t for t in difference.terms if not split_sign(t)[0]]
    negative = [size for is_negative, size in map(split_sign, difference.terms) if is_negative]
    alone = min((positive, negative), key=len)
    if len(alone) != 1:
        return None
    more, less = add(*positive), add(*negative)
    if (alone is negative) == isinstance(alone[0], Number):
        return more, operator, less
    return less, MIRRORED[operator], more


def _without_minus(top: Expression, bottom: Expression) -> Expression:
    """Return a quotient; -a/(b - c) is written a/(c - b)."""
    negative, size = split_sign(top)
    if (
        negative
        and isinstance(bottom, Sum)
        and len(bottom.terms) == 2
        and any(split_sign(t)[0] for t in bottom.terms)
    ):
        first, second = bottom.terms
        return Quotient(size, subtract(negate(second), first))
    return Quotient(top, bottom)
