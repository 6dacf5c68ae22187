"""Formulas as they are set on a page: a small layout tree between expressions and the formats.

An `Expression` says what is computed; a `Layout` says how it is written: which fraction has a bar,
which factor needs a bracket, which letter is a subscript.  Plain text, TeX and MathML are three
short printers of the same tree.

Products and quotients as people write them: equal factors as powers, no fraction within a fraction.

Layout → plain text: the formulas of the terminal, readable without any typesetting.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from fractions import Fraction as Rational

from separatrix.expression.tree import Call, Expression, Name, Number, Power, Product, Quotient, Sum, multiply

__all__ = [
    "Accent",
    "Fence",
    "Fraction",
    "Layout",
    "Letter",
    "Matrix",
    "Operator",
    "Row",
    "Script",
    "SquareRoot",
    "Text",
    "Word",
    "halved",
    "is_stacked",
    "is_tall",
    "join_layouts",
    "layout",
    "pieces",
    "powers",
    "relation_sign",
    "split_sign",
    "to_plain",
    "without_fractions",
]

MOST_TERMS = 4
"""Terms of a sum past which it stands over no common denominator: a fraction breaks no lines."""


def powers(factors: tuple[Expression, ...]) -> tuple[Expression, ...]:
    """Return factors with equal ones as one power; numbers stay as they are.

    Examples
    --------
    >>> from separatrix.expression.tree import to_text
    >>> from separatrix.expression.parser import parse_expression
    >>> to_text(Product(powers(parse_expression("b*a*(1 - a)*b").factors)))
    'b**2*a*(1 - a)'
    """
    exponents: dict[Expression, int] = {}
    for factor in factors:
        base, exponent = _power(factor)
        exponents[base] = exponents.get(base, 0) + exponent
    told: list[Expression] = []
    for factor in factors:
        if isinstance(factor, Number):
            told.append(factor)
        elif exponent := exponents.pop(_power(factor)[0], 0):
            base = _power(factor)[0]
            told.append(base if exponent == 1 else Power(base, Number(Rational(exponent))))
    return tuple(told)


def _power(factor: Expression) -> tuple[Expression, int]:
    match factor:
        case Power(base, Number(value)) if value.denominator == 1 and value > 0:
            return base, int(value)
        case _:
            return factor, 1


def without_fractions(numerator: Expression, denominator: Expression) -> tuple[Expression, Expression]:
    """Return an equal quotient without fractional coefficients and without a minus below the bar.

    Examples
    --------
    >>> from separatrix.expression.tree import to_text
    >>> from separatrix.expression.parser import parse_expression
    >>> top = multiply(Number(Rational(1, 2)), parse_expression("V*(V - C)"))
    >>> [to_text(e) for e in without_fractions(top, parse_expression("-C"))]
    ['-V*(V - C)', '2*C']
    """
    tops, bottoms = _terms(numerator), _terms(denominator)
    common = math.lcm(*(_coefficient(t).denominator for t in (*tops, *bottoms)))
    minus = len(bottoms) == 1 and _coefficient(bottoms[0]) < 0
    if common == 1 and not minus:
        return numerator, denominator
    times = Number(Rational(-common if minus else common))
    if minus and isinstance(numerator, Sum):
        # A minus before the fraction, not before each term.
        top: Expression = Product((Number(Rational(-1)), _multiplied(numerator, Number(Rational(common)))))
    else:
        top = _multiplied(numerator, times)
    return top, _multiplied(denominator, times)


def halved(total: Sum) -> Quotient | None:
    """Return a short sum with only fractional coefficients over their common denominator.

    Examples
    --------
    >>> from separatrix.expression.tree import to_text
    >>> from separatrix.expression.parser import parse_expression
    >>> half = Number(Rational(1, 2))
    >>> to_text(halved(Sum((multiply(half, parse_expression("V")), multiply(half, parse_expression("C"))))))
    '(V + C)/2'
    """
    found = [_coefficient(t).denominator for t in total.terms]
    if len(found) > MOST_TERMS or min(found) == 1:
        return None
    common = Number(Rational(math.lcm(*found)))
    return Quotient(_multiplied(total, common), common)


def _terms(expression: Expression) -> tuple[Expression, ...]:
    return expression.terms if isinstance(expression, Sum) else (expression,)


def _coefficient(term: Expression) -> Rational:
    match term:
        case Number(value) | Product((Number(value), *_)):
            return value
        case Quotient(Number(value), Number(below)) if below:
            return value / below
        case _:
            return Rational(1)


def _multiplied(expression: Expression, number: Number) -> Expression:
    if isinstance(expression, Sum):
        return Sum(tuple(_multiplied(t, number) for t in expression.terms))
    match expression:
        case Quotient(Number(value), Number(below)) if below:
            return Number(number.value * value / below)
        case _:
            return multiply(number, expression)


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


_SUBSCRIPT = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")
_SUPERSCRIPT = str.maketrans("0123456789-−*′", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁻*′")
_COMBINING = {"bar": "\u0304", "hat": "\u0302", "tilde": "\u0303", "dot": "\u0307"}


def to_plain(node: Layout) -> str:
    """Return `node` as text in Unicode, such as ``x(1 − x)(π₁ − C₁)``.

    Examples
    --------
    >>> from separatrix.expression.parser import parse_expression
    >>> from separatrix.formulas.layout import layout
    >>> from separatrix.formulas.tex import symbol_of_name
    >>> to_plain(layout(parse_expression("x*(1-x)*(pi1*y - C1/2)"), symbol_of_name))
    'x(1 − x)(π₁y − C₁/2)'
    """
    match node:
        case Letter(text) | Word(text) | Text(text):
            return text
        case Operator(text, kind):
            return {"relation": f" {text} ", "binary": f" {text} ", "comma": f"{text} "}.get(kind, text)
        case Row(items):
            return _row(items)
        case Fraction(top, bottom):
            return f"{_grouped(top, loose=False)}/{_grouped(bottom, loose=True)}"
        case Script(base, sub, sup):
            return _scripted(base, sub, sup)
        case Accent(kind, body):
            inner = to_plain(body)
            return inner[0] + _COMBINING.get(kind, "") + inner[1:]
        case SquareRoot(body):
            return f"√{_grouped(body, loose=True)}"
        case Fence(left, body, right):
            return f"{left}{to_plain(body)}{right}"
        case Matrix(rows):
            return f"({'; '.join(', '.join(to_plain(e) for e in row) for row in rows)})"


def _row(items: tuple[Layout, ...]) -> str:
    pieces: list[str] = []
    for index, item in enumerate(items):
        if isinstance(item, Operator) and item.kind == "times":
            before, after = items[index - 1], items[index + 1]
            pieces.append("·" if _needs_dot(before, after) else "")
        else:
            pieces.append(to_plain(item))
    return "".join(pieces)


def _needs_dot(before: Layout, after: Layout) -> bool:
    if isinstance(before, Fraction) or isinstance(after, (Fraction, SquareRoot)):
        return True
    if isinstance(after, Fence):
        return _wordy(before)
    if isinstance(before, Text):
        return False
    return _wordy(before) or _wordy(after)


def _wordy(item: Layout) -> bool:
    """Whether a neighbour without a dot would run into this item."""
    match item:
        case Word():
            return True
        case Script(base, sub, _):
            return _wordy(base) or not (sub is None or isinstance(sub, Text))
        case Row(items):
            return any(_wordy(i) for i in items)
        case _:
            return False


def _grouped(node: Layout, *, loose: bool) -> str:
    text = to_plain(node)
    if isinstance(node, Fence) or not isinstance(node, (Row, Fraction)):
        return text
    if isinstance(node, Row):
        signs = {i.kind for i in node.items if isinstance(i, Operator)}
        if not signs or (not loose and not signs & {"binary", "relation"}):
            return text
    return f"({text})"


def _scripted(base: Layout, sub: Layout | None, sup: Layout | None) -> str:
    text = to_plain(base)
    if sub is not None:
        below = to_plain(sub)
        text += below.translate(_SUBSCRIPT) if below.isdigit() else f"_{_tight(sub, below)}"
    if sup is not None:
        above = to_plain(sup)
        small = above.translate(_SUPERSCRIPT)
        text += small if all(c in "⁰¹²³⁴⁵⁶⁷⁸⁹⁻*′" for c in small) else f"^{_tight(sup, above)}"
    return text


def _tight(node: Layout, text: str) -> str:
    return text if isinstance(node, (Letter, Word, Text)) else f"({text})"
