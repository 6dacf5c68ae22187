"""How a name is set as a symbol: ``pi1`` as π with a subscript 1, ``C_max`` as C with a subscript.

A parameter may have a ``latex`` form. It is read by a small grammar of letters, Greek, scripts and accents,
and never passed on unchanged: for any other text, the symbol is built from the name.
"""

from __future__ import annotations

import re
import unicodedata

from separatrix.expression.parser import GREEK, GREEK_NAME
from separatrix.formulas.layout import Accent, Layout, Letter, Row, Script, Text, Word

__all__ = ["GREEK", "GREEK_NAME", "symbol_of_latex", "symbol_of_name"]

# `lambda` is a keyword of Python, and people write around it.
_ALIASES = {"lam": "λ", "lamda": "λ", "lambda_": "λ"}
_CHANGE = re.compile("Delta(?=[A-Z])")
_ACCENTS = ("bar", "hat", "tilde", "dot", "overline")
_UPRIGHT = ("mathrm", "text", "mathit", "mathbf", "operatorname", "rm")
_LATEX_TOKEN = re.compile(r"\\[A-Za-z]+|\\[,;! ]|[A-Za-z]|\d+|[_^{}']|\s+|[^\W\d_]")


def symbol_of_name(name: str) -> Layout:
    """Return the symbol of a name, as it is read aloud.

    Examples
    --------
    >>> symbol_of_name("pi1")
    Script(base=Letter(text='π'), sub=Text(text='1'), sup=None)
    >>> symbol_of_name("C_max")
    Script(base=Letter(text='C'), sub=Word(text='max', upright=False), sup=None)
    >>> symbol_of_name("DeltaP")
    Word(text='ΔP', upright=False)
    """
    if name in _ALIASES:
        return Letter(_ALIASES[name])
    stem, underscore, below = name.partition("_")
    if stem and below:
        return _scripted(stem, below.replace("_", ","))
    if underscore and not stem:
        return Word(name)
    stem = stem or name
    split = re.fullmatch(r"(.*?\D)(\d+)", stem)
    return _scripted(split[1], split[2]) if split else _base(stem)


def _scripted(stem: str, below: str) -> Layout:
    base = symbol_of_name(stem)
    if isinstance(base, Script) and isinstance(base.sub, (Text, Word, Letter)):  # `pi1_A`: both belong below
        return Script(base.base, sub=_below(base.sub.text + below))
    return Script(base, sub=_below(below))


def _base(stem: str) -> Layout:
    if stem in _ALIASES or stem in GREEK:
        return Letter(_ALIASES.get(stem) or GREEK[stem])
    if _CHANGE.match(stem):
        return Word(f"Δ{stem.removeprefix('Delta')}")
    return Letter(stem) if len(stem) == 1 else Word(stem)


def _below(text: str) -> Layout:
    if text in GREEK:
        return Letter(GREEK[text])
    if text.isdigit():
        return Text(text)
    return Letter(text) if len(text) == 1 else Word(text)


# --------------------------------------------------------------------------- reading `latex`


class _Unreadable(Exception):
    pass


def symbol_of_latex(latex: str) -> Layout | None:
    r"""Return the symbol that `latex` describes, or ``None`` where it is more than a symbol.

    Examples
    --------
    >>> symbol_of_latex(r"\pi_1")
    Script(base=Letter(text='π'), sub=Text(text='1'), sup=None)
    >>> symbol_of_latex(r"\input{passwd}") is None
    True
    """
    text = latex.strip().removeprefix("$").removesuffix("$").strip()
    if not text or len(text) > 60:
        return None
    tokens = _LATEX_TOKEN.findall(text)
    if "".join(tokens) != text:
        return None
    reader = _Reader([t for t in tokens if t.strip() and not re.fullmatch(r"\\[,;! ]", t)])
    try:
        return reader.row(end=None)
    except _Unreadable:
        return None


class _Reader:
    def __init__(self, tokens: list[str]) -> None:
        self.tokens = tokens
        self.index = 0

    def peek(self) -> str | None:
        return self.tokens[self.index] if self.index < len(self.tokens) else None

    def next(self) -> str:
        token = self.peek()
        if token is None:
            raise _Unreadable
        self.index += 1
        return token

    def row(self, end: str | None) -> Layout:
        items: list[Layout] = []
        while self.peek() != end:
            items.append(self.scripted())
        if not items:
            raise _Unreadable
        if all(isinstance(i, (Letter, Text)) for i in items) and len(items) > 1:
            word = "".join(i.text for i in items if isinstance(i, (Letter, Text)))
            return Text(word) if word.isdigit() else Word(word)
        return items[0] if len(items) == 1 else Row(tuple(items))

    def scripted(self) -> Layout:
        base = self.atom()
        sub: Layout | None = None
        sup: Layout | None = None
        while (token := self.peek()) in ("_", "^", "'"):
            self.next()
            if token == "_" and sub is None:
                sub = self.atom()
            elif token == "^" and sup is None:
                sup = self.atom()
            elif token == "'" and sup is None:
                sup = Text("′")
            else:
                raise _Unreadable
        return base if sub is None and sup is None else Script(base, sub, sup)

    def group(self) -> Layout:
        if self.next() != "{":
            raise _Unreadable
        inner = self.row("}")
        self.next()
        return inner

    def atom(self) -> Layout:
        token = self.peek()
        if token == "{":
            return self.group()
        token = self.next()
        if token.startswith("\\"):
            name = token[1:]
            if name in GREEK:
                return Letter(GREEK[name])
            if name in _ACCENTS:
                return Accent("bar" if name == "overline" else name, self.atom())
            if name in _UPRIGHT:
                return self.group()
            if name in ("ast", "star"):
                return Text("*")
            raise _Unreadable
        if token.isdigit():
            return Text(token)
        if len(token) == 1 and unicodedata.category(token).startswith("L"):
            return Letter(token)
        raise _Unreadable
