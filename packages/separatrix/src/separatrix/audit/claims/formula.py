"""One formula of a paper, typed or pasted as LaTeX: an expression, a state or a condition."""

from __future__ import annotations

import re
from dataclasses import dataclass

from separatrix.audit.claims.claim import IMAGINARY_UNIT
from separatrix.audit.claims.parser import ClaimParser, plain_tokens
from separatrix.audit.claims.symbols import ClaimSymbols
from separatrix.errors import InputError, Place
from separatrix.expression.conditions import All, Condition, Either, Relation
from separatrix.expression.latex import latex_tokens
from separatrix.expression.tree import Expression, Name, names_in, substitute

__all__ = [
    "ClaimFormula",
    "both_signs",
    "read_condition",
    "read_equation",
    "read_expression",
    "read_state",
    "unknown_names",
]

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
