"""MathML → expression: what a browser shows, read back as an expression of the game."""

from __future__ import annotations

import re
from collections.abc import Mapping
from xml.etree import ElementTree

from separatrix.expression.parser import parse_expression
from separatrix.expression.tree import Expression

__all__ = ["equations_of", "look", "read_mathml"]

_MATH = re.compile(r"<math[^>]*>(.*?)</math>", re.DOTALL)
_ROW = re.compile(r'<div class="left">(.*?)</div><div class="sign">(.*?)</div><div class="right">(.*?)</div>')
_SIGNS = {"−": "-", "\u2062": "*", "·": "*", "[": "(", "]": ")", "{": "(", "}": ")"}


def equations_of(page: str) -> list[tuple[str, str]]:
    """Return the two sides of every displayed equation of a page, as MathML."""
    return [(left, right) for left, sign, right in _ROW.findall(page) if ">=<" in sign]


def look(mathml: str) -> str:
    """Return MathML without what does not change its meaning, to tell symbols apart."""
    return _look(_element(mathml))


def read_mathml(mathml: str, names: Mapping[str, str]) -> Expression:
    """Return the expression that MathML shows; `names` gives the name of each symbol by its look.

    A formula in several `<math>` elements, between which a line may break, is read as one.
    """
    return parse_expression(_text(_element(mathml), names))


def _element(mathml: str) -> ElementTree.Element:
    inner = "".join(_MATH.findall(mathml)) or mathml
    return ElementTree.fromstring(f"<mrow>{inner}</mrow>")


def _look(element: ElementTree.Element) -> str:
    children = list(element)
    if element.tag == "mrow" and len(children) == 1:
        return _look(children[0])
    return f"{element.tag}({element.text or ''}{','.join(map(_look, children))})"


def _text(element: ElementTree.Element, names: Mapping[str, str]) -> str:
    name = names.get(_look(element))
    if name is not None:
        return f" {name} "
    parts = [_text(child, names) for child in element]
    match element.tag:
        case "mrow":
            return "".join(parts)
        case "mo":
            sign = element.text or ""
            return _SIGNS.get(sign, sign)
        case "mn" | "mtext":
            return (element.text or "").replace("\u00a0", " ")
        case "mi" if (element.text or "") in ("exp", "log", "min", "max", "binomial"):
            return element.text or ""
        case "mfrac":
            return f"(({parts[0]})/({parts[1]}))"
        case "msup":
            return f"({parts[0]})^({parts[1]})"
        case "msqrt":
            return f"sqrt({''.join(parts)})"
        case "mspace":
            return ""
    raise AssertionError(f"no such symbol in the game: {ElementTree.tostring(element, encoding='unicode')}")
