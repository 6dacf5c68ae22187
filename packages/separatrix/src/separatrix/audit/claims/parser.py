"""Reading the formulas of a paper: school algebra in which a product needs no sign.

The grammar is that of `separatrix.expression.parser`; words are the names of one game.  ``x(1-x)[py - q]``
is a product whatever ``x`` is called, also where a bracket is curly.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import replace

from separatrix.audit.claims.symbols import ClaimSymbols
from separatrix.errors import InputError
from separatrix.expression.conditions import FALSE, TRUE, Condition, Relation, all_of, any_of
from separatrix.expression.parser import Parser, Token, syntax_error, tokenize
from separatrix.expression.tree import FUNCTIONS, Expression, Name, Number, Product, Quotient

__all__ = ["ClaimParser", "plain_tokens"]

_JOINERS = {"and": "and", "or": "or", "且": "and", "或": "or"}
_CONSTANTS: dict[str, Condition] = {"always": TRUE, "never": FALSE}
_OPENING, _CLOSING = "([{", ")]}"
_BARE = str.maketrans(
    {
        "{": "(",
        "}": ")",
        ";": ",",
        "；": ",",
        "｛": "(",
        "｝": ")",
        **{chr(0x2080 + k): str(k) for k in range(10)},
    }
)
_EXPONENT = re.compile(r"(.*?)([eE]\d+)\Z")
_LOGARITHM = {"ln": "log"}


def plain_tokens(text: str, symbols: ClaimSymbols) -> list[Token]:
    """Return the tokens of a formula as it is typed, with every word a name of the game where it is one.

    Raises
    ------
    InputError
        S001 at what cannot stand in a formula, S002 past a limit.

    Examples
    --------
    >>> from separatrix.game.reader import load
    >>> game = load(
    ...     {"populations": ["A"], "payoff_matrix": [["q", "F"], [0, 0]], "parameters": {"q": 1, "F": 2}}
    ... )
    >>> [t.text for t in plain_tokens("qF - x", ClaimSymbols(game))]
    ['q', 'F', '-', 'x', '']
    """
    _match_brackets(text)
    tokens: list[Token] = []
    for token in tokenize(text.translate(_BARE)):
        if token.kind == "number":
            tokens.extend(_number(token, symbols))
        elif token.kind == "name":
            tokens.extend(_word(token, symbols))
        else:
            tokens.append(token)
    return tokens


def _match_brackets(text: str) -> None:
    """Refuse brackets that do not match: round, square and curly ones are one kind to the parser."""
    opened: list[int] = []
    for at, character in enumerate(text):
        if character in _OPENING:
            opened.append(at)
        elif character in _CLOSING:
            if not opened:
                raise syntax_error(text, at, f"{character!r} closes a bracket that was never opened")
            begun = text[opened.pop()]
            wanted = _CLOSING[_OPENING.index(begun)]
            if character != wanted:
                raise syntax_error(
                    text, at, f"{character!r} closes the bracket {begun!r}; expected {wanted!r}"
                )
    if opened:
        raise syntax_error(text, opened[-1], f"{text[opened[-1]]!r} is never closed")


def _number(token: Token, symbols: ClaimSymbols) -> list[Token]:
    """Return ``2e3`` as 2 times e3 where the game has an e3, else as the number 2000."""
    match = _EXPONENT.match(token.text)
    if match is None or (name := symbols.name(match[2])) is None:
        return [token]
    return [Token("number", match[1], token.at), Token("name", name, token.at + match.end(1))]


def _word(token: Token, symbols: ClaimSymbols) -> list[Token]:
    name = symbols.name(token.text)
    if name is not None:
        return [replace(token, text=name)]
    if token.text.lower() in _JOINERS:
        return [Token("operator", _JOINERS[token.text.lower()], token.at)]
    if token.text in FUNCTIONS:
        return [token]
    if token.text in _LOGARITHM:
        return [replace(token, text=_LOGARITHM[token.text])]
    pieces = symbols.split(token.text)
    if pieces is None:
        return [token]
    return [Token("name", piece, token.at + offset) for offset, piece in pieces]


class ClaimParser(Parser):
    """The parser of formulas and conditions in claims.

    Parameters
    ----------
    text : str
        The formula as its author wrote it, for the carets of errors.
    tokens : list of Token
        Its tokens, their offsets into `text`.
    known : collection of str
        The names of the game; another name on the left of a chain of comparisons is a label.
    """

    def __init__(self, text: str, tokens: list[Token], known: Collection[str] = ()) -> None:
        super().__init__(text, implicit=True, tokens=tokens)
        self.known = known

    def whole_expression(self) -> Expression:
        """Return all of the text as one expression."""
        result = self.sum()
        self.end("an expression")
        return result

    def whole_state(self) -> tuple[Expression, ...]:
        """Return all of the text as a state such as ``(x, 0)``."""
        opening = self.take("(", "[")
        if opening is None:
            raise self.fail(self.token, "a state is written as (0, 1), with one entry for each share")
        parts = [self.sum()]
        while self.take(","):
            parts.append(self.sum())
        if not self.take(")", "]"):
            raise self.fail(self.token, f"expected a comma or a bracket, found {self.token.text!r}")
        self.end("a state")
        return tuple(parts)

    def whole_condition(self) -> Condition:
        """Return all of the text as a condition: comparisons, chains of them, joined by *and* and *or*."""
        word = self.token.text.lower()
        if word in _CONSTANTS and self.tokens[self.index + 1].kind == "end":
            return _CONSTANTS[word]
        alternatives = [self.conjunction()]
        while self.take("or"):
            alternatives.append(self.conjunction())
        self.end("a condition")
        return any_of(*alternatives)

    def end(self, what: str) -> None:
        """Refuse what is left over."""
        if self.token.kind != "end":
            raise self.fail(self.token, f"{self.token.text!r} does not belong in {what}")

    def conjunction(self) -> Condition:
        parts = [self.chain()]
        while self.take("and", ","):
            parts.append(self.chain())
        return all_of(*parts)

    def chain(self) -> Condition:
        sides, operators = [self.sum()], []
        while token := self.take("<", "<=", ">", ">=", "=", "==", "!="):
            operators.append("==" if token.text == "=" else token.text)
            sides.append(self.sum())
        if not operators:
            raise self.fail(
                self.token, "a condition needs a comparison: < <= = != >= >", "as in `R1 > 0` or `0 < d < 1`"
            )
        label = sides[0]
        if len(operators) > 1 and operators[0] == "==" and isinstance(label, Name):
            if label.name not in self.known:  # `lambda_1 = R1 - C1 < 0` names what stands in the middle
                del sides[0], operators[0]
        return all_of(*(Relation(a, o, b) for a, o, b in zip(sides, operators, sides[1:], strict=False)))

    def product(self) -> Expression:
        result = self.signed()
        divided: Token | None = None
        while True:
            if operator := self.take("*", "/"):
                right = self.signed()
                if operator.text == "*":
                    result = _times(result, right)
                    divided = None
                else:
                    numbers = isinstance(result, Number) and isinstance(right, Number)
                    divided = None if numbers else operator
                    result = Quotient(result, right, operator.at)
            elif self.starts_atom():
                if divided is not None:
                    raise self.fail(
                        self.token,
                        f"{self.token.text!r} after a division could belong above or below the line",
                        "write the brackets or the sign: a/(b*c) or (a/b)*c",
                    )
                if self.token.kind == "number" and self.tokens[self.index - 1].kind == "number":
                    raise self.fault_between_numbers()
                result = _times(result, self.power())
            else:
                return result

    def fault_between_numbers(self) -> InputError:
        return self.fail(
            self.token, "two numbers stand side by side", "write 2000 for two thousand, and * for a product"
        )


def _times(left: Expression, right: Expression) -> Expression:
    factors = left.factors if isinstance(left, Product) else (left,)
    return Product((*factors, right))
