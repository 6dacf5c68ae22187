"""Exact expressions: a small language of payoffs, its parser, its printer.

The grammar is that of school algebra, never that of a programming language; nothing is evaluated
with ``eval``.  Numbers are exact rationals: ``0.1`` means 1/10.  Implicit multiplication is an
error outside claims copied from papers, because ``x(1-x)`` could be a function.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction

from separatrix.errors import InputError, Place

__all__ = [
    "Call",
    "Expression",
    "Name",
    "Number",
    "Power",
    "Product",
    "Quotient",
    "Sum",
    "add",
    "divide",
    "evaluate",
    "multiply",
    "names_in",
    "negate",
    "number",
    "parse_expression",
    "power",
    "substitute",
    "subtract",
    "to_text",
]

# A bracket costs the parser five frames and 200 brackets are allowed: more than Python's default
# limit of 1000 frames.  Pure Python frames take no C stack from 3.11 on, so the higher limit is safe.
sys.setrecursionlimit(max(sys.getrecursionlimit(), 10_000))

MAX_CHARACTERS = 10_000
MAX_DEPTH = 200
MAX_EXPONENT = 64
MAX_BITS = 4096  # of a numerator or denominator: far past any payoff, short of a denial of service

FUNCTIONS: Mapping[str, tuple[int, int | None]] = {
    "exp": (1, 1),
    "log": (1, 1),
    "sqrt": (1, 1),
    "min": (1, None),
    "max": (1, None),
    "binomial": (2, 2),
}
"""The functions a payoff may use, with the least and the greatest number of arguments."""


@dataclass(frozen=True)
class Number:
    """An exact rational number."""

    value: Fraction


@dataclass(frozen=True)
class Name:
    """A parameter, a share or a shorthand; ``at`` is its offset in the text it was read from."""

    name: str
    at: int = field(default=0, compare=False)


@dataclass(frozen=True)
class Sum:
    """A sum of two or more terms; a subtracted term is a product with -1."""

    terms: tuple[Expression, ...]


@dataclass(frozen=True)
class Product:
    """A product of two or more factors."""

    factors: tuple[Expression, ...]


@dataclass(frozen=True)
class Quotient:
    """A numerator over a denominator; ``at`` is the offset of the division sign."""

    numerator: Expression
    denominator: Expression
    at: int = field(default=0, compare=False)


@dataclass(frozen=True)
class Power:
    """A base to a power; whole exponents from -64 to 64 stay rational."""

    base: Expression
    exponent: Expression
    at: int = field(default=0, compare=False)


@dataclass(frozen=True)
class Call:
    """One of the functions in `FUNCTIONS`, applied to its arguments."""

    function: str
    arguments: tuple[Expression, ...]
    at: int = field(default=0, compare=False)


Expression = Number | Name | Sum | Product | Quotient | Power | Call

ZERO = Number(Fraction(0))
ONE = Number(Fraction(1))
MINUS_ONE = Number(Fraction(-1))


# --------------------------------------------------------------------------- building


def number(value: int | Fraction) -> Number:
    """Return `value` as an expression."""
    return Number(Fraction(value))


def add(*terms: Expression) -> Expression:
    """Return the sum of `terms`, flattened, without zeros.

    Examples
    --------
    >>> to_text(add(Name("a"), number(0), Name("b")))
    'a + b'
    """
    flat: list[Expression] = []
    for term in terms:
        flat.extend(term.terms if isinstance(term, Sum) else (term,))
    flat = [t for t in flat if t != ZERO]
    if not flat:
        return ZERO
    return flat[0] if len(flat) == 1 else Sum(tuple(flat))


def multiply(*factors: Expression) -> Expression:
    """Return the product of `factors`, flattened, with the numbers collected in front."""
    coefficient = Fraction(1)
    flat: list[Expression] = []
    for factor in factors:
        for part in factor.factors if isinstance(factor, Product) else (factor,):
            if isinstance(part, Number):
                coefficient *= part.value
            else:
                flat.append(part)
    if coefficient == 0:
        return ZERO
    if coefficient != 1 or not flat:
        flat.insert(0, Number(coefficient))
    return flat[0] if len(flat) == 1 else Product(tuple(flat))


def negate(term: Expression) -> Expression:
    """Return the negative of `term`."""
    if isinstance(term, Sum):
        return Sum(tuple(negate(t) for t in term.terms))
    return multiply(MINUS_ONE, term)


def subtract(left: Expression, right: Expression) -> Expression:
    """Return `left` minus `right`."""
    return add(left, negate(right))


def divide(numerator: Expression, denominator: Expression) -> Expression:
    """Return the quotient; a denominator of one disappears."""
    if denominator == ONE or numerator == ZERO:
        return numerator
    if isinstance(numerator, Number) and isinstance(denominator, Number) and denominator != ZERO:
        return Number(numerator.value / denominator.value)
    return Quotient(numerator, denominator)


def power(base: Expression, exponent: int) -> Expression:
    """Return `base` to a whole power."""
    return ONE if exponent == 0 else base if exponent == 1 else Power(base, number(exponent))


# --------------------------------------------------------------------------- reading


@dataclass(frozen=True)
class Token:
    """A piece of text: ``kind`` is number, name, operator or end; ``at`` its offset."""

    kind: str
    text: str
    at: int


_OPERATORS = ("**", "<=", ">=", "==", "!=", "+", "-", "*", "/", "^", "(", ")", "[", "]", ",", "<", ">", "=")
_LOOKALIKES = {
    "−": "-", "–": "-", "×": "*", "·": "*", "÷": "/", "（": "(", "）": ")", "，": ",",
    "≤": "<=", "≥": ">=", "≠": "!=", "＋": "+", "＝": "=", "＜": "<", "＞": ">",
}  # fmt: skip


def syntax_error(text: str, at: int, message: str, *, width: int = 1, hint: str | None = None) -> InputError:
    """Return the error for a fault at offset `at` of `text`."""
    place = Place(source="expression", line=1, column=at + 1, width=width, text=text)
    return InputError("S001", message, where=place, hint=hint)


def tokenize(text: str) -> list[Token]:
    """Split `text` into tokens; raise `InputError` S001 at a character that is none."""
    if len(text) > MAX_CHARACTERS:
        raise InputError(
            "S002",
            f"an expression of {len(text):,} characters; at most {MAX_CHARACTERS:,} are read",
            hint="give parts of it names under `let`",
        )
    tokens: list[Token] = []
    at = 0
    while at < len(text):
        character = text[at]
        if character.isspace():
            at += 1
            continue
        start = at
        if character.isascii() and (character.isdigit() or character == "."):
            at = _number_end(text, at)
            tokens.append(Token("number", text[start:at], start))
            continue
        if character.isidentifier():
            while at < len(text) and f"a{text[at]}".isidentifier():
                at += 1
            tokens.append(Token("name", text[start:at], start))
            continue
        for operator in _OPERATORS:
            if text.startswith(operator, at):
                tokens.append(Token("operator", operator, start))
                at += len(operator)
                break
        else:
            if character in _LOOKALIKES:
                tokens.append(Token("operator", _LOOKALIKES[character], start))
                at += 1
                continue
            raise syntax_error(
                text, at, f"{character!r} cannot stand in an expression",
                hint="write + - * / ^ ( ), numbers, names and exp log sqrt min max binomial",
            )  # fmt: skip
    tokens.append(Token("end", "", len(text)))
    return tokens


def _number_end(text: str, at: int) -> int:
    start = at
    while at < len(text) and text[at].isascii() and text[at].isdigit():
        at += 1
    if at < len(text) and text[at] == ".":
        at += 1
        while at < len(text) and text[at].isascii() and text[at].isdigit():
            at += 1
    if at - start == 1 and text[start] == ".":
        raise syntax_error(text, start, "a point without digits is no number")
    if at < len(text) and text[at] in "eE":
        end = at + 1
        if end < len(text) and text[end] in "+-":
            end += 1
        if end < len(text) and text[end].isascii() and text[end].isdigit():
            while end < len(text) and text[end].isascii() and text[end].isdigit():
                end += 1
            at = end
    return at


def read_number(text: str) -> Fraction:
    """Return the exact value of a decimal such as ``0.1`` or ``1e-3``.

    Raises
    ------
    ValueError
        If `text` is no finite decimal number or its exponent is past 300.
    """
    mantissa, _, exponent = text.lower().partition("e")
    if exponent and abs(int(exponent)) > 300:
        raise ValueError(f"{text} is too large or too small; exponents go to 300")
    return Fraction(mantissa.rstrip(".") or "0") * Fraction(10) ** int(exponent or 0)


class _Parser:
    """Recursive descent; precedence from loose to tight: + -, * /, unary -, ^ (right), atoms."""

    def __init__(self, text: str, implicit: bool) -> None:
        self.text = text
        self.implicit = implicit
        self.tokens = tokenize(text)
        self.index = 0
        self.depth = 0

    @property
    def token(self) -> Token:
        return self.tokens[self.index]

    def take(self, *operators: str) -> Token | None:
        if self.token.kind == "operator" and self.token.text in operators:
            self.index += 1
            return self.tokens[self.index - 1]
        return None

    def fail(self, token: Token, message: str, hint: str | None = None) -> InputError:
        return syntax_error(self.text, token.at, message, width=max(1, len(token.text)), hint=hint)

    def sum(self) -> Expression:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise InputError(
                "S002",
                f"brackets nested deeper than {MAX_DEPTH}",
                where=Place("expression", 1, self.token.at + 1, 1, self.text),
                hint="give parts of the expression names under `let`",
            )
        terms = [self.product()]
        while operator := self.take("+", "-"):
            term = self.product()
            terms.append(term if operator.text == "+" else _minus(term))
        self.depth -= 1
        return terms[0] if len(terms) == 1 else Sum(tuple(terms))

    def product(self) -> Expression:
        result = self.signed()
        while True:
            if operator := self.take("*", "/"):
                right = self.signed()
                if operator.text == "*":
                    left = result.factors if isinstance(result, Product) else (result,)
                    result = Product((*left, right))
                else:
                    result = Quotient(result, right, operator.at)
            elif self.starts_atom():
                if not self.implicit:
                    raise self.fail(
                        self.token,
                        f"expected an operator before {self.token.text!r}",
                        "write * for every multiplication, as in 2*x or x*(1-x)",
                    )
                right = self.power()
                left = result.factors if isinstance(result, Product) else (result,)
                result = Product((*left, right))
            else:
                return result

    def starts_atom(self) -> bool:
        return self.token.kind in ("number", "name") or self.token.text in ("(", "[")

    def signed(self) -> Expression:
        negative = False
        while operator := self.take("+", "-"):
            negative ^= operator.text == "-"
        value = self.power()
        return _minus(value) if negative else value

    def power(self) -> Expression:
        base = self.atom()
        if operator := self.take("^", "**"):
            self.depth += 1
            if self.depth > MAX_DEPTH:
                raise self.fail(operator, f"powers nested deeper than {MAX_DEPTH}")
            exponent = self.signed()
            self.depth -= 1
            return Power(base, exponent, operator.at)
        return base

    def atom(self) -> Expression:
        token = self.token
        if token.kind == "number":
            self.index += 1
            try:
                return Number(read_number(token.text))
            except ValueError as problem:
                raise self.fail(token, str(problem)) from None
        if token.kind == "name":
            self.index += 1
            following = self.token.text
            if following == "(" and token.text in FUNCTIONS:
                return self.call(token)
            if following == "(" and not self.implicit:
                close = ", ".join(FUNCTIONS)
                raise self.fail(
                    token, f"{token.text!r} is no function",
                    f"the functions are {close}; write * for a multiplication",
                )  # fmt: skip
            return Name(token.text, token.at)
        if opening := self.take("(", "["):
            closing = ")" if opening.text == "(" else "]"
            inner = self.sum()
            if not self.take(closing):
                raise self.fail(
                    self.token if self.token.kind != "end" else opening,
                    f"{opening.text!r} is never closed"
                    if self.token.kind == "end"
                    else f"expected {closing!r}",
                )
            return inner
        if token.kind == "end":
            raise self.fail(token, "the expression ends where a number or a name was expected")
        raise self.fail(token, f"expected a number, a name or a bracket, found {token.text!r}")

    def call(self, token: Token) -> Expression:
        self.take("(")
        arguments = [self.sum()]
        while self.take(","):
            arguments.append(self.sum())
        if not self.take(")"):
            raise self.fail(self.token, f"the arguments of {token.text} need a closing bracket")
        least, most = FUNCTIONS[token.text]
        if len(arguments) < least or (most is not None and len(arguments) > most):
            wanted = str(least) if most == least else f"{least} or more"
            raise self.fail(token, f"{token.text} takes {wanted} argument(s), found {len(arguments)}")
        return Call(token.text, tuple(arguments), token.at)


def _minus(term: Expression) -> Expression:
    if isinstance(term, Number):
        return Number(-term.value)
    if isinstance(term, Product):
        return Product((MINUS_ONE, *term.factors))
    return Product((MINUS_ONE, term))


def parse_expression(text: str, *, implicit: bool = False) -> Expression:
    """Read an expression.

    Parameters
    ----------
    text : str
        At most 10,000 characters, nested at most 200 deep.
    implicit : bool
        Whether ``x(1-x)`` and ``2x`` are multiplications, as in claims copied from a paper.

    Raises
    ------
    InputError
        S001 with the offset of the fault, or S002 past a limit.

    Examples
    --------
    >>> to_text(parse_expression("y*(pi1 - C1) + 0.5"))
    'y*(pi1 - C1) + 1/2'
    """
    parser = _Parser(text, implicit)
    result = parser.sum()
    if parser.token.kind != "end":
        token = parser.token
        raise parser.fail(token, f"{token.text!r} does not belong here")
    return result


# --------------------------------------------------------------------------- looking and changing


def _children(expression: Expression) -> tuple[Expression, ...]:
    match expression:
        case Sum(terms):
            return terms
        case Product(factors):
            return factors
        case Quotient(numerator, denominator):
            return (numerator, denominator)
        case Power(base, exponent):
            return (base, exponent)
        case Call(_, arguments):
            return arguments
        case _:
            return ()


def walk(expression: Expression) -> Iterator[Expression]:
    """Yield every node of `expression`, parents first, in reading order."""
    pending = [expression]
    while pending:
        node = pending.pop()
        yield node
        pending.extend(reversed(_children(node)))


def names_in(expression: Expression) -> tuple[str, ...]:
    """Return the names in `expression`, each once, in reading order."""
    return tuple(dict.fromkeys(node.name for node in walk(expression) if isinstance(node, Name)))


def substitute(expression: Expression, values: Mapping[str, Expression]) -> Expression:
    """Return `expression` with names replaced."""
    match expression:
        case Name(name):
            return values.get(name, expression)
        case Number():
            return expression
        case Sum(terms):
            return Sum(tuple(substitute(t, values) for t in terms))
        case Product(factors):
            return Product(tuple(substitute(f, values) for f in factors))
        case Quotient(numerator, denominator, at):
            return Quotient(substitute(numerator, values), substitute(denominator, values), at)
        case Power(base, exponent, at):
            return Power(substitute(base, values), substitute(exponent, values), at)
        case Call(function, arguments, at):
            return Call(function, tuple(substitute(a, values) for a in arguments), at)


def evaluate(expression: Expression, values: Mapping[str, Fraction]) -> Fraction:
    """Return the exact value of `expression`.

    Raises
    ------
    InputError
        S003 for a division by zero, S004 for a value that is not rational (``exp(1)``, ``sqrt(2)``),
        S002 for a number past 4096 bits.
    KeyError
        If a name has no value.

    Examples
    --------
    >>> evaluate(parse_expression("R1 - C1/4"), {"R1": Fraction(1), "C1": Fraction(1)})
    Fraction(3, 4)
    """
    match expression:
        case Number(value):
            return value
        case Name(name):
            return values[name]
        case Sum(terms):
            return sum((evaluate(t, values) for t in terms), Fraction(0))
        case Product(factors):
            result = Fraction(1)
            for factor in factors:
                result = _bounded(result * evaluate(factor, values))
            return result
        case Quotient(numerator, denominator):
            below = evaluate(denominator, values)
            if below == 0:
                raise InputError(
                    "S003",
                    f"division by zero: `{to_text(denominator)}` is 0 at these values",
                    hint="change the values, or add an assumption that keeps it away from 0",
                )
            return _bounded(evaluate(numerator, values) / below)
        case Power(base, exponent):
            return _power(evaluate(base, values), evaluate(exponent, values), expression)
        case Call(function, arguments):
            return _EVALUATORS[function](*(evaluate(a, values) for a in arguments))


def _bounded(value: Fraction) -> Fraction:
    if value.numerator.bit_length() > MAX_BITS or value.denominator.bit_length() > MAX_BITS:
        raise InputError("S002", f"a number of more than {MAX_BITS} bits arises in an expression")
    return value


def _power(base: Fraction, exponent: Fraction, source: Power) -> Fraction:
    if exponent.denominator == 2 and abs(exponent) <= MAX_EXPONENT:
        base, exponent = _sqrt(base), exponent * 2
    if exponent.denominator != 1 or abs(exponent) > MAX_EXPONENT:
        raise InputError(
            "S002",
            f"the exponent in `{to_text(source)}` is {exponent}; whole exponents from -{MAX_EXPONENT} "
            f"to {MAX_EXPONENT} are read",
        )
    if base == 0 and exponent < 0:
        raise InputError("S003", f"division by zero: `{to_text(source.base)}` is 0 at these values")
    return _bounded(base ** int(exponent))


def _sqrt(value: Fraction) -> Fraction:
    if value >= 0:
        root = Fraction(math.isqrt(value.numerator), math.isqrt(value.denominator))
        if root * root == value:
            return root
    raise _irrational(f"sqrt({value})")


def _irrational(text: str) -> InputError:
    return InputError(
        "S004",
        f"{text} is not a rational number",
        hint="payoffs are computed exactly; give the value as a decimal or a fraction",
    )


def _transcendental(name: str, fixed: int, image: int) -> Callable[[Fraction], Fraction]:
    def function(argument: Fraction) -> Fraction:
        if argument == fixed:
            return Fraction(image)
        raise _irrational(f"{name}({argument})")

    return function


def _binomial(n: Fraction, k: Fraction) -> Fraction:
    if n.denominator != 1 or k.denominator != 1 or not 0 <= n <= 1000:
        raise InputError("S002", f"binomial({n}, {k}) needs whole numbers, the first from 0 to 1000")
    return Fraction(math.comb(int(n), int(k)) if k >= 0 else 0)


_EVALUATORS: Mapping[str, Callable[..., Fraction]] = {
    "exp": _transcendental("exp", 0, 1),
    "log": _transcendental("log", 1, 0),
    "sqrt": _sqrt,
    "min": lambda *a: min(a),
    "max": lambda *a: max(a),
    "binomial": _binomial,
}


# --------------------------------------------------------------------------- writing


def to_text(expression: Expression) -> str:
    """Return `expression` in the syntax that `parse_expression` and Python read.

    Examples
    --------
    >>> to_text(parse_expression("-(a - b)^2/(c + 1)"))
    '-(a - b)**2/(c + 1)'
    """
    return _text(expression, 0)


_SUM, _PRODUCT, _UNARY, _POWER, _ATOM = 1, 2, 3, 4, 5


def _wrap(text: str, level: int, least: int) -> str:
    return f"({text})" if level < least else text


def _text(expression: Expression, least: int) -> str:
    match expression:
        case Name(name):
            return name
        case Number(value):
            if value.denominator != 1:
                return _wrap(str(value), _SUM if value < 0 else _PRODUCT, least)
            return _wrap(str(value), _SUM if value < 0 else _ATOM, least)
        case Sum(terms):
            parts = [_text(terms[0], _SUM)]
            for term in terms[1:]:
                text = _text(term, _SUM)
                parts.append(f" - {text[1:]}" if text.startswith("-") else f" + {text}")
            return _wrap("".join(parts), _SUM, least)
        case Product(factors):
            if factors[0] == MINUS_ONE and len(factors) > 1:
                rest = factors[1] if len(factors) == 2 else Product(factors[1:])
                return _wrap("-" + _text(rest, _PRODUCT), _SUM, least)
            first = factors[0]
            head = str(first.value) if isinstance(first, Number) else _text(first, _PRODUCT)
            body = "*".join([head, *(_text(f, _UNARY) for f in factors[1:])])
            return _wrap(body, _SUM if body.startswith("-") else _PRODUCT, least)
        case Quotient(numerator, denominator):
            top = _text(numerator, _PRODUCT if isinstance(numerator, Sum) else _SUM)
            body = f"{top}/{_text(denominator, _UNARY)}"
            return _wrap(body, _SUM if body.startswith("-") else _PRODUCT, least)
        case Power(base, exponent):
            return _wrap(f"{_text(base, _ATOM)}**{_text(exponent, _ATOM)}", _POWER, least)
        case Call(function, arguments):
            return f"{function}({', '.join(_text(a, 0) for a in arguments)})"
