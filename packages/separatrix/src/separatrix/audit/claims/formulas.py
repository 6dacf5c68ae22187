r"""Reading the formulas of a paper: school algebra in which a product needs no sign.

The grammar is that of `separatrix.expression.parser`; words are the names of one game.  ``x(1-x)[py - q]``
is a product whatever ``x`` is called, also where a bracket is curly.

Which name of the game a paper's symbol stands for.

A paper prints π₁, `\pi_{1}` or ``pi_1`` where the game file says ``pi1``, and it writes products without
a sign.  Every spelling is brought to one key; names with the same key are the same symbol.

One formula of a paper, typed or pasted as LaTeX: an expression, a state or a condition.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace

from separatrix.audit.claims.claims import IMAGINARY_UNIT
from separatrix.errors import InputError, Place
from separatrix.expression.conditions import FALSE, TRUE, All, Condition, Either, Relation, all_of, any_of
from separatrix.expression.latex import latex_tokens
from separatrix.expression.parser import Parser, Token, symbol_key, syntax_error, tokenize
from separatrix.expression.tree import (
    FUNCTIONS,
    Expression,
    Name,
    Number,
    Product,
    Quotient,
    names_in,
    substitute,
)
from separatrix.game.model import Game

__all__ = [
    "ClaimFormula",
    "ClaimParser",
    "ClaimSymbols",
    "both_signs",
    "plain_tokens",
    "read_condition",
    "read_equation",
    "read_expression",
    "read_state",
    "unknown_names",
]


class ClaimSymbols:
    """The names that claims about a game can use.

    Parameters
    ----------
    game : Game
        Its parameters (with their ``latex`` fields), shorthands and shares.
    """

    def __init__(self, game: Game) -> None:
        self.names = frozenset((*game.parameters, *game.lets, *game.shares))
        self.shares = frozenset(game.shares)
        self._by_key: dict[str, list[str]] = {}
        self._by_latex: dict[str, list[str]] = {}
        for name in (*game.parameters, *game.lets, *game.shares):
            self._by_key.setdefault(symbol_key(name), []).append(name)
        for name, parameter in game.parameters.items():
            if parameter.latex:
                self._by_latex.setdefault(symbol_key(parameter.latex), []).append(name)
        self._longest = max(map(len, (*self._by_key, *self._by_latex)), default=0)

    def find(self, keys: Iterable[str], spelling: str = "") -> str | None:
        """Return the name that one of `keys` stands for, or None where there is none, or more than one.

        What the ``latex`` fields say comes first.  Where several names have a key, it is the one that is
        spelt like `spelling`, or like the key.
        """
        for key in keys:
            for table in (self._by_latex, self._by_key):
                if found := table.get(key):
                    if len(found) == 1:
                        return found[0]
                    for exact in (spelling, key):
                        if exact in found:
                            return exact
        return None

    def name(self, text: str) -> str | None:
        """Return the name that a word typed without LaTeX stands for."""
        return text if text in self.names else self.find((symbol_key(text),))

    def split(self, word: str) -> tuple[tuple[int, str], ...] | None:
        """Return a word as a product of known names, the longest first: their offsets, and the names.

        None where it is not one: ``qF`` is q times F where there is no ``qF``.
        """
        if len(word) > _LONGEST:
            return None
        cache: dict[int, tuple[tuple[int, str], ...] | None] = {len(word): ()}

        def rest(start: int) -> tuple[tuple[int, str], ...] | None:
            if start not in cache:
                cache[start] = None
                for end in range(len(word), start, -1):
                    piece = word[start:end]
                    if not piece[0].isidentifier() or piece[0] == "_":
                        continue
                    name = self.name(piece)
                    if name is not None and (tail := rest(end)) is not None:
                        cache[start] = ((start, name), *tail)
                        break
            return cache[start]

        return rest(0)

    def segments(
        self, atoms: Sequence[Sequence[str]], spellings: Sequence[str]
    ) -> list[tuple[int, int, str | None]]:
        """Return how neighbouring atoms of a formula form names, the longest first.

        Parameters
        ----------
        atoms : sequence of the keys under which each atom may be known
            The first key of each is the usual one; only it is joined with its neighbours'.
        spellings : sequence of str
            How each atom would be typed.

        Returns
        -------
        list of (first atom, the atom after the last, name or None)
            None for an atom that is not known.
        """
        count = len(atoms)
        # From each atom on: how many stay unknown at least, where its piece ends, and the piece's name.
        best: list[tuple[int, int, str | None]] = [(0, count, None)] * (count + 1)
        for start in range(count - 1, -1, -1):
            chosen: tuple[int, int, str | None] = (best[start + 1][0] + 1, start + 1, None)
            joined = ""
            for end in range(start + 1, count + 1):  # later, longer names win over equals
                joined += atoms[end - 1][0]
                if end > start + 1 and len(joined) > self._longest:
                    break
                alone = end == start + 1
                name = self.find(atoms[start] if alone else (joined,), spellings[start] if alone else "")
                if name is not None and best[end][0] <= chosen[0]:
                    chosen = (best[end][0], end, name)
            best[start] = chosen
        found: list[tuple[int, int, str | None]] = []
        start = 0
        while start < count:
            _, end, name = best[start]
            found.append((start, end, name))
            start = end
        return found


_LONGEST = 200


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
        S001 for a character that is not allowed in a formula, S002 past a limit.

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


_EQUALS = re.compile(r"(?<![<>!=:\\])=(?!=)")
_NO_INK = re.compile(
    r"\\(?:left|right|mathrm|mathit|mathbf|text|operatorname|displaystyle|quad|qquad|[,;:!> ])(?![A-Za-z])"
    r"|\\[()\[\]]|[\s{}$&]"
)
_LABEL = re.compile(
    r"\\[dtc]?fracd\\?\w+dt"  # \frac{dx}{dt}
    r"|d\\?\w+/dt"
    r"|\\dot\\?\w+"
    r"|\\?[^\W\d_]\w*(?:[_^][^+\-/<>=()]*)*['′*]*(?:\([^()+/=]*\))?"  # x*, \lambda_{1,2}, F(x), U_{A1}(y)
)
_PLUS_MINUS = re.compile(r"±|\\pm(?![A-Za-z])")
_MINUS_PLUS = re.compile(r"∓|\\mp(?![A-Za-z])")


@dataclass(frozen=True)
class ClaimFormula:
    """The text of a formula and how it is written."""

    text: str
    latex: bool = False

    def parser(self, symbols: ClaimSymbols, text: str | None = None) -> ClaimParser:
        """Return a parser of `text`, or of the formula itself."""
        text = self.text if text is None else text
        tokens = latex_tokens(text, symbols) if self.latex else plain_tokens(text, symbols)
        return ClaimParser(text, tokens, symbols.names)


def read_expression(
    formula: ClaimFormula, symbols: ClaimSymbols, *, imaginary: bool = False
) -> list[Expression]:
    r"""Return the expression that a formula stands for; two, the upper signs first, where it holds ±.

    Parameters
    ----------
    formula : ClaimFormula
        What stands before an equals sign is a label, as in ``dx/dt = …`` or ``\lambda_1 = …``.
    symbols : ClaimSymbols
        The names of the game.
    imaginary : bool
        Whether ``I``, and an ``i`` that the game does not have, are the imaginary unit, and ± is read.

    Raises
    ------
    InputError
        S001, S002, P701, P702 with the offset of the fault.
    """
    text = _without_label(formula.text)
    texts = both_signs(text) if imaginary else (text,)
    expressions = [formula.parser(symbols, t).whole_expression() for t in texts]
    if imaginary and "i" not in symbols.names and IMAGINARY_UNIT not in symbols.names:
        expressions = [substitute(e, {"i": Name(IMAGINARY_UNIT)}) for e in expressions]
    return expressions


def read_equation(formula: ClaimFormula, symbols: ClaimSymbols) -> tuple[Expression, Expression]:
    """Return both sides of an equation.

    Raises
    ------
    InputError
        S001, S002, P701 with the offset of the fault.
    """
    parser = formula.parser(symbols)
    left = parser.sum()
    if not parser.take("=", "=="):
        raise parser.fail(parser.token, "an equation needs its `=`", "as in `z = (C1 - R1)/F`")
    right = parser.sum()
    parser.end("an equation")
    return left, right


def read_state(formula: ClaimFormula, symbols: ClaimSymbols) -> tuple[Expression, ...]:
    """Return the entries of a state that is written as ``(0, C1/F)``, also after ``(x*, y*) =``."""
    signs = list(_EQUALS.finditer(formula.text))
    start = signs[-1].end() if signs else 0
    return formula.parser(symbols, " " * start + formula.text[start:]).whole_state()


def read_condition(formula: ClaimFormula, symbols: ClaimSymbols) -> Condition:
    """Return a condition: comparisons, chains of them, joined by *and*, *or* and commas.

    Raises
    ------
    InputError
        S001, S002, P701 with the offset of the fault.
    """
    return formula.parser(symbols).whole_condition()


def unknown_names(
    what: Expression | Condition, symbols: ClaimSymbols, *, imaginary: bool = False
) -> tuple[str, ...]:
    """Return the names that the game does not have, in reading order."""
    known = symbols.names | ({IMAGINARY_UNIT} if imaginary else set())
    found: dict[str, None] = {}
    pending: list[Expression | Condition] = [what]
    while pending:
        part = pending.pop(0)
        match part:
            case All() | Either():
                pending.extend(part.parts)
            case Relation(left, _, right):
                pending.extend((left, right))
            case _:
                found.update(dict.fromkeys(n for n in names_in(part) if n not in known))
    return tuple(found)


def _without_label(text: str) -> str:
    """Return `text` with spaces in the place of everything up to its last equals sign."""
    signs = list(_EQUALS.finditer(text))
    if not signs:
        return text
    start = 0
    for sign in signs:
        label = _NO_INK.sub("", text[start : sign.start()])
        if len(label) > 60 or not _LABEL.fullmatch(label):
            where = Place("expression", 1, sign.start() + 1, 1, text)
            raise InputError(
                "P702",
                "an equation stands where one expression was expected",
                where=where,
                hint="keep its right-hand side; before an `=` only a label can stand, as in `dx/dt = …`",
            )
        start = sign.end()
    return " " * start + text[start:]


def both_signs(text: str) -> tuple[str, ...]:
    """Return a text with its upper and with its lower signs, or the text alone where it has neither."""
    if not (_PLUS_MINUS.search(text) or _MINUS_PLUS.search(text)):
        return (text,)
    return _signed(text, "+", "-"), _signed(text, "-", "+")


def _signed(text: str, plus: str, minus: str) -> str:
    text = _PLUS_MINUS.sub(lambda m: plus.ljust(len(m[0])), text)
    return _MINUS_PLUS.sub(lambda m: minus.ljust(len(m[0])), text)
