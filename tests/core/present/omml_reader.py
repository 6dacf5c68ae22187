"""Reads formulas of Word back into expressions: the opposite of the writer, by other means."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

from separatrix.expression.tree import Call, Expression, Name, Number, Power, add, divide, multiply, negate
from separatrix.formulas.layout import Layout
from separatrix.writers.word_formulas import to_omml

M = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"
_SYMBOLS = ("sSub", "sSubSup", "bar", "acc")


@dataclass(frozen=True)
class Sides:
    """An equation as it was read: what stands before its first sign, and the value behind its last."""

    left: str
    right: Expression


def key_of(node: Layout) -> str:
    """Return the key under which a symbol is looked up."""
    root = ElementTree.fromstring(f'<m:oMath xmlns:m="{M[1:-1]}">{to_omml(node)}</m:oMath>')
    return "".join(_key(child) for child in root)


def read_equation(formula: Element, names: Mapping[str, str]) -> Sides:
    """Return an equation; `names` maps the keys of symbols to the names that they stand for."""
    tokens = list(_tokens(formula, names))
    signs = [k for k, token in enumerate(tokens) if token == "="]
    left = "".join(t.name if isinstance(t, Name) else str(t) for t in tokens[: signs[0]])
    return Sides(left, _Parser(tokens[signs[-1] + 1 :]).whole())


def read(formula: Element, names: Mapping[str, str]) -> Expression:
    """Return a formula without signs of relation."""
    return _Parser(list(_tokens(formula, names))).whole()


def _key(element: Element) -> str:
    if element.tag == f"{M}r":
        return "".join(t.text or "" for t in element.iter(f"{M}t"))
    if element.tag.endswith("Pr"):
        return ""
    mark = "".join(m.get(f"{M}val", "") for m in element.iter(f"{M}chr"))
    return f"<{element.tag.removeprefix(M)}{mark}:{''.join(_key(child) for child in element)}>"


Token = str | Expression


def _tokens(element: Element, names: Mapping[str, str]) -> Iterator[Token]:
    """Yield signs and brackets as they are, and everything else as expressions."""
    for child in element:
        kind = child.tag.removeprefix(M)
        key = _key(child)
        if kind == "r":
            yield from _text(key, names)
        elif key in names or kind in _SYMBOLS:
            yield Name(names.get(key, key))
        elif kind == "eqArr":
            for row in child:
                yield from _tokens(row, names)
        elif kind == "d":
            yield from _bracket(child, "begChr", "(")
            yield from _tokens(_part(child, "e"), names)
            yield from _bracket(child, "endChr", ")")
        elif kind == "f":
            if key.startswith("<f:<num:d") and key.endswith("<den:dt>>"):
                yield Name(key)
            else:
                yield divide(read(_part(child, "num"), names), read(_part(child, "den"), names))
        elif kind == "sSup":
            yield Power(read(_part(child, "e"), names), read(_part(child, "sup"), names))
        elif kind == "rad":
            yield Call("sqrt", (read(_part(child, "e"), names),))
        else:
            raise AssertionError(f"<m:{kind}> in a formula")


def _part(element: Element, tag: str) -> Element:
    part = element.find(f"{M}{tag}")
    assert part is not None
    return part


def _bracket(element: Element, tag: str, usual: str) -> Iterator[str]:
    given = element.find(f"{M}dPr/{M}{tag}")
    sign = usual if given is None else given.get(f"{M}val", usual)
    if sign:
        yield {"[": "(", "]": ")", "{": "(", "}": ")"}.get(sign, sign)


def _text(text: str, names: Mapping[str, str]) -> Iterator[Token]:
    if not text.strip():
        return
    if text.replace(".", "", 1).isdigit():
        yield Number(Fraction(text))
    elif text in "+−·/=≈":
        yield text
    else:
        yield Name(names.get(text, text))


class _Parser:
    """Sums of products, in which what stands side by side is multiplied."""

    def __init__(self, tokens: list[Token]) -> None:
        self.tokens = tokens
        self.at = 0

    def peek(self) -> Token | None:
        return self.tokens[self.at] if self.at < len(self.tokens) else None

    def take(self) -> Token:
        self.at += 1
        return self.tokens[self.at - 1]

    def whole(self) -> Expression:
        result = self.sum()
        assert self.peek() is None, f"{self.peek()} after the end of a formula"
        return result

    def sum(self) -> Expression:
        terms = [negate(self.product()) if self.sign() else self.product()]
        while self.peek() in ("+", "−"):
            terms.append(negate(self.product()) if self.take() == "−" else self.product())
        return add(*terms) if len(terms) > 1 else terms[0]

    def sign(self) -> bool:
        if self.peek() == "−":
            self.take()
            return True
        return False

    def product(self) -> Expression:
        result = self.factor()
        while True:
            token = self.peek()
            if token is None or token in ("+", "−", ")", "="):
                return result
            if token == "/":
                self.take()
                result = divide(result, self.factor())
            else:
                if token == "·":
                    self.take()
                result = multiply(result, self.factor())

    def factor(self) -> Expression:
        token = self.take()
        if token == "(":
            inner = self.sum()
            assert self.take() == ")"
            return inner
        assert not isinstance(token, str), f"{token} where a number or a name was expected"
        return token
