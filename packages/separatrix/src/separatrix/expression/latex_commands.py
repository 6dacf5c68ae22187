"""The commands of LaTeX that formulas are written with, and what each of them means there."""

from __future__ import annotations

import re

from separatrix.expression.parser import GREEK

__all__ = [
    "ACCENTS",
    "BINOMIALS",
    "CHARACTERS",
    "CLOSERS",
    "DROPPED",
    "ENVIRONMENTS",
    "FRACTIONS",
    "FUNCTIONS",
    "INK",
    "JOINERS",
    "OPENERS",
    "OPERATORS",
    "SAME",
    "SIZES",
    "SPACES",
    "STARS",
    "UNDERSTOOD",
    "UPRIGHT",
    "understood",
]


UNDERSTOOD = (
    r"understood are \frac \sqrt \binom \cdot \times \left \right, powers, subscripts, Greek letters, "
    r"\mathrm \text, \exp \ln \log \min \max, and comparisons such as \le"
)

FRACTIONS = frozenset({"frac", "dfrac", "tfrac", "cfrac", "nicefrac", "sfrac"})
BINOMIALS = frozenset({"binom", "dbinom", "tbinom"})
FUNCTIONS = {"exp": "exp", "log": "log", "ln": "log", "min": "min", "max": "max"}
# Signs as the parser of expressions knows them.
OPERATORS = {
    "cdot": "*",
    "times": "*",
    "ast": "*",
    "bullet": "*",
    "div": "/",
    "le": "<=",
    "leq": "<=",
    "leqslant": "<=",
    "leqq": "<=",
    "ge": ">=",
    "geq": ">=",
    "geqslant": ">=",
    "geqq": ">=",
    "lt": "<",
    "gt": ">",
    "ne": "!=",
    "neq": "!=",
    "land": "and",
    "wedge": "and",
    "lor": "or",
    "vee": "or",
}
CHARACTERS = {
    "−": "-",
    "–": "-",
    "×": "*",
    "·": "*",
    "⋅": "*",
    "÷": "/",
    "≤": "<=",
    "≥": ">=",
    "≠": "!=",
    "⩽": "<=",
    "⩾": ">=",
    "，": ",",
    ";": ",",
    **{c: c for c in "+-*/=<>,"},
}
# Brackets with what closes them; curly ones need a backslash, without it they are groups.
OPENERS = {
    "(": ")",
    "[": "]",
    "\\{": "\\}",
    "\\lbrace": "\\rbrace",
    "\\lbrack": "\\rbrack",
    "（": "）",
    "\\lparen": "\\rparen",
}
CLOSERS = frozenset(OPENERS.values())
SAME = {
    "\\lbrace": "\\{",
    "\\rbrace": "\\}",
    "\\lbrack": "[",
    "\\rbrack": "]",
    "（": "(",
    "）": ")",
    "\\lparen": "(",
    "\\rparen": ")",
}
SIZES = re.compile(r"(?:left|right|middle|[bB]igg?[lrm]?)\Z")
# What leaves a space, what prints nothing, and what goes with its argument.
SPACES = frozenset(
    {",", ";", ":", "!", " ", ">", "quad", "qquad", "thinspace", "enspace", "enskip", "medspace"}
)
INK = frozenset(
    {
        "displaystyle",
        "textstyle",
        "scriptstyle",
        "nonumber",
        "notag",
        "limits",
        "nolimits",
        "allowbreak",
        "nobreak",
        "hfill",
        "mathstrut",
        "strut",
        "newline",
        "/",
    }
)
DROPPED = frozenset(
    {"label", "tag", "tag*", "hspace", "hspace*", "vspace", "vspace*", "phantom", "hphantom", "vphantom"}
)
# Words, and signs over a letter.
UPRIGHT = frozenset(
    {
        "mathrm",
        "mathit",
        "mathnormal",
        "mathbf",
        "mathsf",
        "mathcal",
        "text",
        "textit",
        "textrm",
        "textbf",
        "operatorname",
        "boldsymbol",
        "bm",
        "mbox",
        "hbox",
    }
)
ACCENTS = {
    "bar": "bar",
    "overline": "bar",
    "hat": "hat",
    "widehat": "hat",
    "tilde": "tilde",
    "widetilde": "tilde",
    "dot": "dot",
    "vec": "vec",
    "underline": "under",
}
# Environments that only arrange equations.
ENVIRONMENTS = frozenset(
    {
        "equation",
        "align",
        "aligned",
        "alignedat",
        "split",
        "gather",
        "gathered",
        "multline",
        "displaymath",
        "math",
    }
)
JOINERS = {"and": "and", "or": "or"}
# Superscripts that are no powers.
STARS = frozenset({"*", "\\ast", "\\star", "\\circ"})


_KNOWN = frozenset().union(
    FRACTIONS,
    BINOMIALS,
    FUNCTIONS,
    OPERATORS,
    SPACES,
    INK,
    DROPPED,
    UPRIGHT,
    ACCENTS,
    GREEK,
    ("sqrt", "pm", "mp"),
) | {word.removeprefix("\\") for word in (*OPENERS, *CLOSERS, *STARS) if word.startswith("\\")}


def understood(word: str) -> bool:
    """Return whether a command, without its backslash, is one that formulas are read with."""
    return word in _KNOWN or SIZES.match(word) is not None
