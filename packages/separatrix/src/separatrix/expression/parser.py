r"""Reading expressions.

The grammar is that of school algebra, never that of a programming language; nothing is evaluated
with ``eval``.  ``0.1`` means 1/10.  Implicit multiplication is an error outside claims copied from
papers, because ``x(1-x)`` could be a function.

The Greek letters and the names by which TeX knows them.

The symbols of papers: what all spellings of one have in common, and which names are known.

A paper prints π₁, ``\pi_{1}`` or ``pi_1`` where a game file says ``pi1``.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Protocol

from separatrix.errors import InputError, Place
from separatrix.expression.tree import (
    FUNCTIONS,
    MINUS_ONE,
    Call,
    Expression,
    Name,
    Number,
    Power,
    Product,
    Quotient,
    Sum,
)

__all__ = [
    "GREEK",
    "GREEK_NAME",
    "Parser",
    "SymbolTable",
    "Token",
    "UnknownSymbols",
    "parse_expression",
    "read_number",
    "symbol_key",
    "syntax_error",
    "tokenize",
]

GREEK: dict[str, str] = {
    "alpha": "α",
    "beta": "β",
    "gamma": "γ",
    "delta": "δ",
    "epsilon": "ε",
    "varepsilon": "ε",
    "zeta": "ζ",
    "eta": "η",
    "theta": "θ",
    "vartheta": "ϑ",
    "iota": "ι",
    "kappa": "κ",
    "lambda": "λ",
    "mu": "μ",
    "nu": "ν",
    "xi": "ξ",
    "pi": "π",
    "rho": "ρ",
    "sigma": "σ",
    "tau": "τ",
    "upsilon": "υ",
    "phi": "φ",
    "varphi": "φ",
    "chi": "χ",
    "psi": "ψ",
    "omega": "ω",
    "Gamma": "Γ",
    "Delta": "Δ",
    "Theta": "Θ",
    "Lambda": "Λ",
    "Xi": "Ξ",
    "Pi": "Π",
    "Sigma": "Σ",
    "Phi": "Φ",
    "Psi": "Ψ",
    "Omega": "Ω",
}
"""The letters that TeX knows by these names."""

GREEK_NAME: dict[str, str] = {
    **{letter: name for name, letter in reversed(GREEK.items())},
    "ε": "varepsilon",
    "φ": "varphi",
}
"""The name that TeX gives the shape of a letter."""


MAX_CHARACTERS = 10_000
MAX_DEPTH = 200


@dataclass(frozen=True)
class Token:
    """A piece of text: ``kind`` is number, name, operator or end; ``at`` its offset."""

    kind: str
    text: str
    at: int


_OPERATORS = ("**", "<=", ">=", "==", "!=", "+", "-", "*", "/", "^", "(", ")", "[", "]", ",", "<", ">", "=")
_LOOKALIKES = {
    "−": "-",
    "–": "-",
    "×": "*",
    "·": "*",
    "÷": "/",
    "（": "(",
    "）": ")",
    "，": ",",
    "≤": "<=",
    "≥": ">=",
    "≠": "!=",
    "＋": "+",
    "＝": "=",
    "＜": "<",
    "＞": ">",
}


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
                text,
                at,
                f"{character!r} is not allowed in an expression",
                hint="write + - * / ^ ( ), numbers, names and exp log sqrt min max binomial",
            )
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
        raise syntax_error(text, start, "a point without digits is not a number")
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
        If `text` is not a finite decimal number or its exponent is past 300.
    """
    mantissa, _, exponent = text.lower().partition("e")
    if exponent and abs(int(exponent)) > 300:
        raise ValueError(f"{text} is too large or too small; exponents go to 300")
    return Fraction(mantissa.rstrip(".") or "0") * Fraction(10) ** int(exponent or 0)


class Parser:
    """Recursive descent; precedence from loose to tight: + -, * /, unary -, ^ (right), atoms."""

    def __init__(self, text: str, implicit: bool, tokens: list[Token] | None = None) -> None:
        self.text = text
        self.implicit = implicit
        self.tokens = tokenize(text) if tokens is None else tokens
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
                    token,
                    f"{token.text!r} is not a function",
                    f"the functions are {close}; write * for a multiplication",
                )
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
    >>> from separatrix.expression.tree import to_text
    >>> to_text(parse_expression("y*(pi1 - C1) + 0.5"))
    'y*(pi1 - C1) + 1/2'
    """
    parser = Parser(text, implicit)
    result = parser.sum()
    if parser.token.kind != "end":
        token = parser.token
        raise parser.fail(token, f"{token.text!r} does not belong here")
    return result


_GREEK_LETTER = {letter: name for name, letter in reversed(GREEK.items())} | {"ϕ": "phi", "ϵ": "epsilon"}
_ALIASES = {"lam": "lambda", "lamda": "lambda", "gam": "gamma", "eps": "epsilon"}
_VARIANTS = re.compile(r"var(?=epsilon|theta|phi|rho|sigma|pi|kappa)")
_UPRIGHT = re.compile(
    r"\\(mathrm|mathit|mathbf|mathsf|text|textit|textrm|operatorname|boldsymbol|rm|bm)(?![A-Za-z])"
)
_DROPPED = re.compile(r"[\s_{},\\$]+")
_STEM = re.compile(r"(lam|lamda|gam|eps)(?=$|_|\d)")


def symbol_key(text: str) -> str:
    r"""Return what all spellings of a symbol have in common: letters and digits, Greek by name.

    Examples
    --------
    >>> symbol_key("π₁"), symbol_key(r"\pi_{1}"), symbol_key("pi_1"), symbol_key("lam")
    ('pi1', 'pi1', 'pi1', 'lambda')
    """
    text = unicodedata.normalize("NFKC", _UPRIGHT.sub("", text.strip()))
    text = "".join(_GREEK_LETTER.get(c, c) for c in text)
    if stem := _STEM.match(text):
        text = _ALIASES[stem[0]] + text[stem.end() :]
    return _DROPPED.sub("", _VARIANTS.sub("", text))


class SymbolTable(Protocol):
    """The names that a formula can use, however they are spelt."""

    @property
    def names(self) -> Collection[str]:
        """The names as expressions write them."""

    def find(self, keys: Iterable[str], spelling: str = "") -> str | None:
        """Return the name that one of `keys` stands for; None where there is none, or more than one."""

    def segments(
        self, atoms: Sequence[Sequence[str]], spellings: Sequence[str]
    ) -> list[tuple[int, int, str | None]]:
        """Return how neighbouring atoms form names: the first, the one after the last, and the name."""


class UnknownSymbols:
    """Nothing is known yet, as in a table from which names are still to be taken: each symbol is a name."""

    names: Collection[str] = frozenset()

    def find(self, keys: Iterable[str], spelling: str = "") -> str | None:
        """Return None: nothing is known."""
        return None

    def segments(
        self, atoms: Sequence[Sequence[str]], spellings: Sequence[str]
    ) -> list[tuple[int, int, str | None]]:
        """Return each atom as a name of its own, ``C_1`` as ``C1``; a change is one symbol, ``Delta P``."""
        result: list[tuple[int, int, str | None]] = []
        start = 0
        while start < len(spellings):
            end = start + 2 if spellings[start] == "Delta" and start + 1 < len(spellings) else start + 1
            result.append((start, end, _NUMBERED.sub(r"\1\2", "".join(spellings[start:end]))))
            start = end
        return result


_NUMBERED = re.compile(r"(.*[^\W\d_])_(\d+)\Z")
