"""Layout → OMML: the formulas of Word, as objects that its equation editor opens.

LibreOffice turns them into its own language, in which a word such as ``over`` is a command and a bracket
without a partner is an error. So words are marked as literal, and a bracket that a line break has separated
from its partner is written as a pair with one invisible bracket.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

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
)
from separatrix.writers.xml import attribute, holds_cjk, inert

__all__ = ["to_omml"]

_ACCENTS = {"hat": "\u0302", "tilde": "\u0303", "dot": "\u0307"}
_THIN = "\u2009"
_BRACKETS = frozenset("()[]{}")
_PARTS = re.compile(r"[()\[\]{}]|[\u2e80-\U0003ffff]+|[^()\[\]{}\u2e80-\U0003ffff]+")


def to_omml(node: Layout) -> str:
    """Return `node` as the content of an ``m:oMath`` element.

    Examples
    --------
    >>> to_omml(Fraction(Letter("a"), Letter("b")))
    '<m:f><m:num><m:r><m:t>a</m:t></m:r></m:num><m:den><m:r><m:t>b</m:t></m:r></m:den></m:f>'
    """
    match node:
        case Letter(text):
            plain = len(text) == 1 and not holds_cjk(text)
            return _run(text) if plain else _literal(text, '<m:lit/><m:sty m:val="i"/>')
        case Word(text, upright):
            return _literal(text, f'<m:lit/><m:sty m:val="{"p" if upright else "i"}"/>')
        case Text(text) if text.replace(".", "", 1).isdigit():
            return _run(text, '<m:sty m:val="p"/>')
        case Text(text):
            return _literal(text, "<m:nor/>")
        case Operator(text, kind):
            return _run(_THIN if kind == "times" else text)
        case Row(items):
            return _row(items)
        case Fraction(top, bottom):
            return f"<m:f>{_part('num', top)}{_part('den', bottom)}</m:f>"
        case Script(base, sub, sup):
            return _script(base, sub, sup)
        case Accent("bar", body):
            return f'<m:bar><m:barPr><m:pos m:val="top"/></m:barPr>{_part("e", body)}</m:bar>'
        case Accent(kind, body):
            mark = _ACCENTS.get(kind, "\u0302")
            return f'<m:acc><m:accPr><m:chr m:val="{mark}"/></m:accPr>{_part("e", body)}</m:acc>'
        case SquareRoot(body):
            return f'<m:rad><m:radPr><m:degHide m:val="1"/></m:radPr><m:deg/>{_part("e", body)}</m:rad>'
        case Fence(left, body, right):
            return _fence(left, to_omml(body), right)
        case Matrix(rows):
            return _fence("(", _matrix(rows), ")")


def _run(text: str, properties: str = "") -> str:
    set_as = f"<m:rPr>{properties}</m:rPr>" if properties else ""
    space = ' xml:space="preserve"' if text != text.strip() or "  " in text else ""
    return f"<m:r>{set_as}<m:t{space}>{inert(text)}</m:t></m:r>"


def _literal(text: str, properties: str) -> str:
    # LibreOffice cuts off a text in two scripts, shows a backslash before a bracket in one, and ends it at a
    # straight quote.
    parts = _PARTS.findall(text.replace('"', "”"))
    return "".join(_run(part, '<m:sty m:val="p"/>' if part in _BRACKETS else properties) for part in parts)


def _part(tag: str, node: Layout) -> str:
    return f"<m:{tag}>{to_omml(node)}</m:{tag}>"


def _script(base: Layout, sub: Layout | None, sup: Layout | None) -> str:
    tag = "sSubSup" if sub is not None and sup is not None else "sSub" if sub is not None else "sSup"
    below = _part("sub", sub) if sub is not None else ""
    above = _part("sup", sup) if sup is not None else ""
    return f"<m:{tag}>{_part('e', base)}{below}{above}</m:{tag}>"


def _fence(left: str, body: str, right: str) -> str:
    if (left, right) == ("(", ")"):
        return f"<m:d><m:e>{body}</m:e></m:d>"
    signs = f"<m:begChr m:val={attribute(left)}/><m:endChr m:val={attribute(right)}/>"
    return f"<m:d><m:dPr>{signs}</m:dPr><m:e>{body}</m:e></m:d>"


def _matrix(rows: Sequence[Sequence[Layout]]) -> str:
    width = max((len(row) for row in rows), default=0)
    columns = f'<m:mc><m:mcPr><m:count m:val="{width}"/><m:mcJc m:val="center"/></m:mcPr></m:mc>'
    lines = "".join(f"<m:mr>{''.join(_part('e', entry) for entry in row)}</m:mr>" for row in rows)
    return f"<m:m><m:mPr><m:mcs>{columns}</m:mcs></m:mPr>{lines}</m:m>"


def _row(items: Sequence[Layout]) -> str:
    """Return items side by side; brackets that open or close beyond the row's ends get unseen partners."""
    levels: list[list[str]] = [[]]
    opened: list[str] = []
    for index, item in enumerate(items):
        match item:
            case Operator(text, "open") | Text("(" | "[" | "{" as text):
                opened.append(text)
                levels.append([])
            case Operator(text, "close") | Text(")" | "]" | "}" as text):
                inner = "".join(levels.pop())
                if opened:
                    levels[-1].append(_fence(opened.pop(), inner, text))
                else:
                    levels.append([_fence("", inner, text)])
            case Operator(_, "times"):
                # A thin space keeps names of several letters apart; single letters stand close.
                if any(isinstance(beside, Word) for beside in items[max(index - 1, 0) : index + 2]):
                    levels[-1].append(to_omml(item))
            case _:
                levels[-1].append(to_omml(item))
    while opened:
        inner = "".join(levels.pop())
        levels[-1].append(_fence(opened.pop(), inner, ""))
    return "".join(levels[0])
