r"""Layout → TeX: what stands between two dollar signs, in plain amsmath."""

from __future__ import annotations

import re

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
from separatrix.formulas.symbol import GREEK_NAME

__all__ = ["COMMA_SPACE", "tex_text", "to_tex"]

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
    >>> from separatrix.formulas.symbol import symbol_of_name
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
