"""Layout → TeX: what stands between two dollar signs, in plain amsmath.

Recognising that two differently written expressions are the same function.

Schwartz, J. T. (1980), Fast probabilistic algorithms for verification of polynomial identities,
Journal of the ACM 27, 701-717, lemma 1.

How a name is set as a symbol: ``pi1`` as π with a subscript 1, ``C_max`` as C with a subscript.

A parameter may have a ``latex`` form. It is read by a small grammar of letters, Greek, scripts and accents,
and never passed on unchanged: for any other text, the symbol is built from the name.

Small clean-ups of expressions before they are shown.
"""

from __future__ import annotations

import fractions
import hashlib
import re
import unicodedata
from functools import cache

from separatrix.expression.parser import GREEK, GREEK_NAME
from separatrix.expression.polynomial import monomials, multiplied_out
from separatrix.expression.tree import (
    Expression,
    Name,
    Number,
    Power,
    Product,
    Quotient,
    Sum,
    add,
    multiply,
    negate,
    walk,
)
from separatrix.formulas.layout import (
    Accent,
    Fence,
    Fraction,
    Layout,
    Letter,
    Matrix,
    Operator,
    Row,
    Script,
    SquareRoot,
    Text,
    Word,
    is_tall,
)

__all__ = [
    "COMMA_SPACE",
    "GREEK",
    "GREEK_NAME",
    "PRIME",
    "decimals",
    "expanded",
    "fingerprint",
    "shorter",
    "simplest",
    "symbol_of_latex",
    "symbol_of_name",
    "tex_text",
    "tidy",
    "to_tex",
    "written_size",
]

PRIME = 2**127 - 1


def fingerprint(expression: Expression) -> int | None:
    """Return the value of a rational expression at a fixed pseudo-random point of a large prime field.

    Two different rational functions agree there with probability below 1e-34 for the degrees that
    payoffs have.  ``None`` where the expression is not rational or has a pole at the point.

    Examples
    --------
    >>> from separatrix.expression.parser import parse_expression as read
    >>> fingerprint(read("(a - b)*(a + b)")) == fingerprint(read("a^2 - b^2"))
    True
    """
    match expression:
        case Number(value):
            below = value.denominator % PRIME
            return value.numerator * pow(below, -1, PRIME) % PRIME if below else None
        case Name(name):
            return _coordinate(name)
        case Sum(terms):
            total = 0
            for term in terms:
                part = fingerprint(term)
                if part is None:
                    return None
                total += part
            return total % PRIME
        case Product(factors):
            result = 1
            for factor in factors:
                part = fingerprint(factor)
                if part is None:
                    return None
                result = result * part % PRIME
            return result
        case Quotient(numerator, denominator):
            above, under = fingerprint(numerator), fingerprint(denominator)
            return above * pow(under, -1, PRIME) % PRIME if above is not None and under else None
        case Power(base, Number(value)) if value.denominator == 1:
            inner = fingerprint(base)
            return pow(inner, int(value), PRIME) if inner or (inner == 0 and value > 0) else None
        case _:
            return None


@cache
def _coordinate(name: str) -> int:
    """Return the coordinate of a name, the same in every process.

    A cryptographic hash: weaker ones give neighbouring names (R1, R2) neighbouring coordinates, and then
    differences of different parameters coincide.
    """
    digest = hashlib.blake2b(name.encode(), digest_size=32).digest()
    return int.from_bytes(digest, "big") % (PRIME - 2) + 2


def written_size(expression: Expression) -> int:
    """Return roughly how many characters `expression` takes, without writing it."""
    total = 0
    for node in walk(expression):
        match node:
            case Name(name):
                total += len(name)
            case Number(value):
                total += len(str(value))
            case Sum(terms):
                total += 3 * (len(terms) - 1)
            case _:
                total += 1
    return total


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


COMMA_SPACE = r"\; "
"""What follows a comma between two formulas."""

_SIGNS = {
    "−": "-",
    "≤": r"\le ",
    "≥": r"\ge ",
    "≠": r"\neq ",
    "≈": r"\approx ",
    "·": r"\cdot ",
    "±": r"\pm ",
    "→": r"\to ",
    "∈": r"\in ",
    "×": r"\times ",
    "…": r"\dots ",
    "{": r"\{",
    "}": r"\}",
}
_ESCAPES = {
    "\\": r"\textbackslash{}",
    "{": r"\{",
    "}": r"\}",
    "$": r"\$",
    "&": r"\&",
    "#": r"\#",
    "_": r"\_",
    "%": r"\%",
    "^": r"\textasciicircum{}",
    "~": r"\textasciitilde{}",
    "<": r"\textless{}",
    ">": r"\textgreater{}",
    "|": r"\textbar{}",
    '"': r"\textquotedbl{}",
    "`": r"\textasciigrave{}",
    "−": r"\ensuremath{-}",
    "≤": r"\ensuremath{\le}",
    "≥": r"\ensuremath{\ge}",
    "≠": r"\ensuremath{\neq}",
    "≈": r"\ensuremath{\approx}",
    "×": r"\ensuremath{\times}",
    "·": r"\ensuremath{\cdot}",
    "±": r"\ensuremath{\pm}",
    "→": r"\ensuremath{\to}",
    "⇒": r"\ensuremath{\Rightarrow}",
    "⇔": r"\ensuremath{\Leftrightarrow}",
    "∞": r"\ensuremath{\infty}",
    "′": r"\ensuremath{'}",
    "…": r"\dots{}",
    "–": "--",
    "—": "---",
    "“": "``",
    "”": "''",
    "‘": "`",
    "’": "'",
    "√": r"\ensuremath{\surd}",
    "∈": r"\ensuremath{\in}",
    "Σ": r"\ensuremath{\Sigma}",
    "∂": r"\ensuremath{\partial}",
    "½": r"\textonehalf{}",
    "∪": r"\ensuremath{\cup}",
    "∩": r"\ensuremath{\cap}",
    "€": r"\texteuro{}",
    "⋅": r"\ensuremath{\cdot}",
    "\u00a0": "~",
    "\u200b": r"\hspace{0pt}",
    **{c: rf"\textsubscript{{{k}}}" for k, c in enumerate("₀₁₂₃₄₅₆₇₈₉")},
    **{c: rf"\textsuperscript{{{k}}}" for k, c in enumerate("⁰¹²³⁴⁵⁶⁷⁸⁹")},
    "⁻": r"\textsuperscript{\ensuremath{-}}",
}
_NUMBER = re.compile(r"-?[0-9.]*[0-9][0-9.]*")
_SPACES = "\u00a0\u200b"
_ESCAPES |= {letter: rf"\ensuremath{{\{name}}}" for letter, name in GREEK_NAME.items() if letter != "Σ"}


def tex_text(text: str, keep: str = "") -> str:
    r"""Return `text` so that TeX prints it and obeys none of it.

    Parameters
    ----------
    text : str
    keep : str
        Signs that stay as they are, such as quotation marks in a Chinese font.

    Examples
    --------
    >>> print(tex_text(r"\input{x} & 5% --out"))
    \textbackslash{}input\{x\} \& 5\% -{}-out
    """
    kept = "".join(c if c.isprintable() or c in _SPACES else " " for c in text)
    return "".join(
        c if c in keep else _ESCAPES.get(c, c) + _unjoined(c, after)
        for c, after in zip(kept, f"{kept[1:]} ", strict=False)
    )


def _unjoined(character: str, after: str) -> str:
    """Return what keeps two signs from becoming one, as two hyphens would become a dash."""
    return "{}" if character == after and character in "-'," else ""


def to_tex(node: Layout) -> str:
    r"""Return `node` as TeX for mathematics mode.

    Examples
    --------
    >>> from separatrix.expression.parser import parse_expression
    >>> from separatrix.formulas.layout import layout
    >>> from separatrix.formulas.tex import symbol_of_name
    >>> print(to_tex(layout(parse_expression("(pi1 - C_max)/R2"), symbol_of_name)))
    \frac{\pi_{1} - C_{\mathit{max}}}{R_{2}}
    """
    match node:
        case Letter(text):
            return _letter(text)
        case Word(text, upright):
            word = _word(text)
            if word is None:
                return _text(text)
            # With XeTeX the fonts of \mathit and \mathrm have no Greek where TeX looks for it.
            greek = any(c in GREEK_NAME for c in text)
            return rf"\{'mathnormal' if greek else 'mathrm' if upright else 'mathit'}{{{word}}}"
        case Text(","):
            return "{,}"  # without the space of a list
        case Text(text):
            # A number is mathematics: viewers of Markdown know no command within words.
            number = text.replace("−", "-")
            return number if _NUMBER.fullmatch(number) else _text(text)
        case Operator(text, kind):
            sign = _SIGNS.get(text, text)
            return {"times": r"\,", "comma": rf"{text}{COMMA_SPACE}", "sign": sign}.get(
                kind, f" {sign.strip()} "
            )
        case Row(items):
            return _row(items)
        case Fraction(top, bottom):
            return rf"\frac{{{to_tex(top)}}}{{{to_tex(bottom)}}}"
        case Script(base, sub, sup):
            below = f"_{{{to_tex(sub)}}}" if sub is not None else ""
            above = f"^{{{to_tex(sup)}}}" if sup is not None else ""
            inner = to_tex(base)
            return (f"{{{inner}}}" if isinstance(base, (Script, Row)) else inner.rstrip()) + below + above
        case Accent(kind, body):
            return rf"\{kind}{{{to_tex(body)}}}"
        case SquareRoot(body):
            return rf"\sqrt{{{to_tex(body)}}}"
        case Fence(left, body, right):
            tall = is_tall(body)
            left, right = (_SIGNS.get(sign, sign) for sign in (left, right))
            opening, closing = (rf"\left{left}", rf"\right{right}") if tall else (left, right)
            return f"{opening}{to_tex(body)}{closing}"
        case Matrix(rows):
            lines = r" \\ ".join(" & ".join(to_tex(e) for e in row) for row in rows)
            return rf"\begin{{pmatrix}} {lines} \end{{pmatrix}}"


def _row(items: tuple[Layout, ...]) -> str:
    pieces: list[str] = []
    for index, item in enumerate(items):
        if isinstance(item, Operator) and item.kind == "times":
            # A thin space keeps names of several letters apart; single letters stand close.
            names = isinstance(items[index - 1], Word) or isinstance(items[index + 1], Word)
            pieces.append(r"\," if names else " ")
        else:
            pieces.append(to_tex(item))
    return "".join(pieces)


def _letter(text: str) -> str:
    if text in GREEK_NAME:
        return rf"\{GREEK_NAME[text]}" + " "
    return text if text.isascii() and text.isalpha() else _text(text)


def _word(text: str) -> str | None:
    """Return a name of Latin and Greek letters for mathematics, ``None`` where it holds others."""
    if not all(c in GREEK_NAME or (c.isascii() and (c.isalnum() or c in "_,")) for c in text):
        return None
    parts = [rf"\{GREEK_NAME[c]} " if c in GREEK_NAME else rf"\{c}" if c == "_" else c for c in text]
    return "".join(parts).strip()


def _text(text: str) -> str:
    return rf"\text{{{tex_text(text)}}}"


MOST_TERMS = 40
ZERO, ONE = Number(fractions.Fraction(0)), Number(fractions.Fraction(1))


def tidy(expression: Expression) -> Expression:
    """Return `expression` without the zeros and ones that a substitution leaves.

    Examples
    --------
    >>> from separatrix.expression.tree import to_text
    >>> from separatrix.expression.parser import parse_expression
    >>> to_text(tidy(parse_expression("1*(a - b) + 0*c")))
    'a - b'
    """
    match expression:
        case Sum(terms):
            return add(*(tidy(t) for t in terms))
        case Product(factors):
            return multiply(*(tidy(f) for f in factors))
        case Quotient(numerator, denominator):
            top = tidy(numerator)
            return top if top == ZERO else Quotient(top, tidy(denominator))
        case Power(base, exponent):
            return Power(tidy(base), exponent)
        case _:
            return expression


def decimals(expression: Expression) -> Expression:
    """Return `expression` with numbers such as 17/20 as names ``0.85``, for the reader's eye only."""
    match expression:
        case Number(value) if value.denominator != 1 and (text := _terminating(abs(value))):
            return Name(text) if value > 0 else multiply(Number(fractions.Fraction(-1)), Name(text))
        case Sum(terms):
            return Sum(tuple(decimals(t) for t in terms))
        case Product(factors):
            return multiply(*(decimals(f) for f in factors))
        case Quotient(numerator, denominator):
            return Quotient(decimals(numerator), decimals(denominator))
        case _:
            return expression


def _terminating(value: fractions.Fraction, most: int = 6) -> str | None:
    scaled = value * 10**most
    if scaled.denominator != 1:
        return None
    digits = str(int(scaled)).zfill(most + 1)
    return f"{digits[:-most]}.{digits[-most:]}".rstrip("0")


def shorter(expression: Expression, by: int = 1) -> Expression:
    """Return `expression` without trivial parts, multiplied out where that is `by` times shorter.

    Examples
    --------
    >>> from separatrix.expression.tree import to_text
    >>> from separatrix.expression.parser import parse_expression
    >>> to_text(shorter(parse_expression("y*1 + (1 - y)*1")))
    '1'
    """
    kept = tidy(expression)
    flat = expanded(kept)
    return flat if flat is not None and by * written_size(flat) < written_size(kept) else kept


def simplest(expression: Expression) -> Expression:
    """Return `expression` with each factor, numerator and denominator multiplied out where that is shorter.

    Examples
    --------
    >>> from separatrix.expression.tree import to_text
    >>> from separatrix.expression.parser import parse_expression
    >>> to_text(simplest(parse_expression("(a - b)*(b + c + (d - b))/(a - (a - e))")))
    '(a - b)*(c + d)/e'
    """
    match expression:
        case Product(factors):
            return shorter(multiply(*(simplest(f) for f in factors)))
        case Quotient(numerator, denominator):
            top, bottom = simplest(numerator), simplest(denominator)
            if isinstance(bottom, Sum) and all(_is_negative(t) for t in bottom.terms):
                top, bottom = simplest(negate(top)), negate(bottom)
            return top if top == ZERO or bottom == ONE else Quotient(top, bottom)
        case Power(base, exponent):
            return Power(simplest(base), exponent)
        case Sum():
            short = shorter(expression)
            return _positive_first(short) if isinstance(short, Sum) else short
        case _:
            return expression


def _positive_first(total: Sum) -> Expression:
    """Return a sum with a positive term in front: `c - e` reads better than `-e + c`."""
    first = next((k for k, term in enumerate(total.terms) if not _is_negative(term)), 0)
    return Sum((total.terms[first], *total.terms[:first], *total.terms[first + 1 :]))


def _is_negative(term: Expression) -> bool:
    match term:
        case Number(value) | Product((Number(value), *_)):
            return value < 0
        case _:
            return False


def expanded(expression: Expression) -> Expression | None:
    """Return a polynomial as a sum of monomials, or ``None`` where it is none or has over 40 terms.

    Examples
    --------
    >>> from separatrix.expression.tree import to_text
    >>> from separatrix.expression.parser import parse_expression
    >>> to_text(expanded(parse_expression("(a + b - c) + c - b*(1 - a)")))
    'a + a*b'
    """
    found = monomials(expression, MOST_TERMS)
    return None if found is None else multiplied_out(found)
