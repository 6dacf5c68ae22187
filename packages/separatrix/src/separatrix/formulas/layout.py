"""Formulas as they are set on a page: a small layout tree between expressions and the formats.

An `Expression` says what is computed; a `Layout` says how it is written: which fraction has a bar,
which factor needs a bracket, which letter is a subscript.  Plain text, TeX and MathML are three
short printers of the same tree.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from fractions import Fraction as Rational

from separatrix.expression.tree import Call, Expression, Name, Number, Power, Product, Quotient, Sum
from separatrix.formulas.whole_numbers import halved, powers, without_fractions

__all__ = [
    "Accent",
    "Fence",
    "Fraction",
    "Layout",
    "Letter",
    "Matrix",
    "Operator",
    "SquareRoot",
    "Row",
    "Script",
    "Text",
    "Word",
    "is_stacked",
    "is_tall",
    "join_layouts",
    "layout",
    "pieces",
    "relation_sign",
    "split_sign",
]


@dataclass(frozen=True)
class Letter:
    """One italic letter, Latin or Greek."""

    text: str


@dataclass(frozen=True)
class Word:
    """A name of several letters, set as one symbol, or a function such as ``exp`` (upright)."""

    text: str
    upright: bool = False


@dataclass(frozen=True)
class Text:
    """Digits, or words between formulas: set upright, spaces kept."""

    text: str


@dataclass(frozen=True)
class Operator:
    """A sign; ``kind`` is one of ``relation binary dot sign times comma open close``."""

    text: str
    kind: str


@dataclass(frozen=True)
class Row:
    """Items side by side."""

    items: tuple[Layout, ...]


@dataclass(frozen=True)
class Fraction:
    """A numerator over a denominator."""

    top: Layout
    bottom: Layout


@dataclass(frozen=True)
class Script:
    """A base with a subscript, a superscript, or both."""

    base: Layout
    sub: Layout | None = None
    sup: Layout | None = None


@dataclass(frozen=True)
class Accent:
    """A bar, hat, tilde or dot over a body."""

    kind: str
    body: Layout


@dataclass(frozen=True)
class SquareRoot:
    """A square root."""

    body: Layout


@dataclass(frozen=True)
class Fence:
    """A body between brackets."""

    left: str
    body: Layout
    right: str


@dataclass(frozen=True)
class Matrix:
    """Entries in rows and columns between round brackets."""

    rows: tuple[tuple[Layout, ...], ...]


Layout = Letter | Word | Text | Operator | Row | Fraction | Script | Accent | SquareRoot | Fence | Matrix
SymbolOf = Callable[[str], Layout]

MINUS = Operator("−", "binary")
PLUS = Operator("+", "binary")
NEGATIVE = Operator("−", "sign")
TIMES = Operator("", "times")
COMMA = Operator(",", "comma")

_SIGNS = {"<": "<", "<=": "≤", "==": "=", "!=": "≠", ">=": "≥", ">": ">"}
_SUM, _PRODUCT, _POWER = 1, 2, 4


def layout(expression: Expression, symbol_of: SymbolOf, *, bracket_sum: bool = False) -> Layout:
    """Return how `expression` is written; `symbol_of` gives the symbol of a name."""
    return _layout(expression, symbol_of, _PRODUCT if bracket_sum else 0)


def relation_sign(operator: str) -> Operator:
    """Return the sign of a comparison, such as ``≤`` for ``<=``."""
    return Operator(_SIGNS.get(operator, operator), "relation")


def join_layouts(parts: Iterable[Layout], between: Layout = COMMA) -> Layout:
    """Return `parts` side by side with a sign between them."""
    items: list[Layout] = []
    for part in parts:
        if items:
            items.append(between)
        items.append(part)
    return items[0] if len(items) == 1 else Row(tuple(items))


# --------------------------------------------------------------------------- from expressions


def _bracket(inner: Layout, level: int, least: int) -> Layout:
    if level >= least:
        return inner
    left, right = {0: ("(", ")"), 1: ("[", "]")}.get(_fences(inner), ("{", "}"))
    return Fence(left, inner, right)


def _fences(inner: Layout) -> int:
    """Return the depth of nested brackets: round ones, square ones about them, then braces."""
    match inner:
        case Fence("(", _, _):
            return 1
        case Fence("[", _, _):
            return 2
        case Fence("{", _, _):
            return 3
        case Row(items):
            return max(map(_fences, items), default=0)
        case Script(base, _, _):
            return _fences(base)
        case _:
            return 0


def _layout(expression: Expression, of: SymbolOf, least: int) -> Layout:
    match expression:
        case Name(name):
            return of(name)
        case Number(value):
            return _number(value, least)
        case Sum(terms):
            if (over_one := halved(expression)) is not None:
                return _layout(over_one, of, least)
            items: list[Layout] = []
            for term in terms:
                negative, size = split_sign(term)
                if items or negative:
                    items.append((MINUS if negative else PLUS) if items else NEGATIVE)
                items.append(_layout(size, of, _PRODUCT))
            return _bracket(Row(tuple(items)), _SUM, least)
        case Product(factors):
            negative, size = split_sign(expression)
            if negative:
                return _bracket(Row((NEGATIVE, _layout(size, of, _PRODUCT))), _SUM, least)
            told = powers(factors)
            if len(told) == 1:
                return _layout(told[0], of, least)
            return _bracket(_product(told, of), _PRODUCT, least)
        case Quotient(numerator, denominator):
            numerator, denominator = without_fractions(numerator, denominator)
            if denominator == Number(Rational(1)):
                return _layout(numerator, of, least)
            negative, size = split_sign(numerator)
            if negative and not isinstance(numerator, Sum):
                positive = Fraction(_layout(size, of, 0), _layout(denominator, of, 0))
                return _bracket(Row((NEGATIVE, positive)), _SUM, least)
            fraction = Fraction(_layout(numerator, of, 0), _layout(denominator, of, 0))
            return fraction if least <= _PRODUCT + 1 else Fence("(", fraction, ")")
        case Power(base, exponent):
            if exponent == Number(Rational(1, 2)):
                return SquareRoot(_layout(base, of, 0))
            return Script(_layout(base, of, _POWER + 1), sup=_layout(exponent, of, 0))
        case Call("sqrt", (argument,)):
            return SquareRoot(_layout(argument, of, 0))
        case Call(function, arguments):
            inner = join_layouts(_layout(a, of, 0) for a in arguments)
            return Row((Word(function, upright=True), Fence("(", inner, ")")))


def _number(value: Rational, least: int) -> Layout:
    size = abs(value)
    digits = str(size.numerator) if size.denominator == 1 else None
    body: Layout = (
        Text(digits) if digits else Fraction(Text(str(size.numerator)), Text(str(size.denominator)))
    )
    if value < 0:
        return _bracket(Row((NEGATIVE, body)), _SUM, least)
    return body if digits or least <= _PRODUCT + 1 else Fence("(", body, ")")


def _product(factors: tuple[Expression, ...], of: SymbolOf) -> Layout:
    items: list[Layout] = []
    for index, factor in enumerate(factors):
        item = _layout(factor, of, _PRODUCT + 1 if index else _PRODUCT)
        if items:
            # A number after a factor would read as a part of it.
            numeric = isinstance(item, Text) or (
                isinstance(item, Fraction) and isinstance(items[-1], (Text, Fraction))
            )
            items.append(Operator("·", "dot") if numeric else TIMES)
        items.append(item)
    return Row(tuple(items))


def split_sign(term: Expression) -> tuple[bool, Expression]:
    """Return whether `term` is written with a minus in front, and the term without it."""
    match term:
        case Number(value) if value < 0:
            return True, Number(-value)
        case Product((Number(value), *rest)) if value < 0:
            if value == -1:
                return True, rest[0] if len(rest) == 1 else Product(tuple(rest))
            return True, Product((Number(-value), *rest))
        case Quotient(numerator, denominator) if not isinstance(numerator, Sum):
            negative, size = split_sign(numerator)
            return negative, Quotient(size, denominator)
        case _:
            return False, term


def is_tall(node: Layout) -> bool:
    """Return whether brackets around `node` must grow with it."""
    match node:
        case Fraction() | SquareRoot() | Matrix():
            return True
        case Row(items):
            return any(is_tall(i) for i in items)
        case Fence(_, body, _) | Script(body, _, _) | Accent(_, body):
            return is_tall(body)
        case _:
            return False


def pieces(node: Layout, longest: int, length: Callable[[Layout], int]) -> list[Row]:
    """Return `node` in pieces between which a line may break: before its signs, after its commas.

    Brackets longer than `longest` are opened, so that what they hold can break too.
    """
    result: list[list[Layout]] = [[]]
    for item in _opened(node, longest, length):
        if isinstance(item, Operator) and item.kind in ("binary", "relation") and result[-1]:
            result.append([])
        result[-1].append(item)
        if isinstance(item, Operator) and item.kind == "comma":
            result.append([])
    return [Row(tuple(items)) for items in result if items]


def _opened(node: Layout, longest: int, length: Callable[[Layout], int]) -> Iterable[Layout]:
    if isinstance(node, Row):
        for item in node.items:
            yield from _opened(item, longest, length)
    elif isinstance(node, Fence) and length(node) > longest:
        yield Operator(node.left, "open")
        yield from _opened(node.body, longest, length)
        yield Operator(node.right, "close")
    else:
        yield node


def is_stacked(node: Layout) -> bool:
    """Return whether a fraction in `node` holds more than numbers, and is hard to read at half its size."""
    match node:
        case Fraction(top, bottom):
            return not (isinstance(top, Text) and isinstance(bottom, Text))
        case Row(items):
            return any(is_stacked(i) for i in items)
        case Fence(_, body, _) | SquareRoot(body):
            return is_stacked(body)
        case _:
            return False
