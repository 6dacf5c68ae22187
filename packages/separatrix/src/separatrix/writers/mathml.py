"""Layout → MathML Core: formulas that browsers set by themselves, without a script or a font."""

from __future__ import annotations

from html import escape

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

__all__ = ["to_mathml"]

_ACCENTS = {"bar": "¯", "hat": "^", "tilde": "~", "dot": "˙"}
_THIN = '<mspace width="0.17em"/>'


def to_mathml(node: Layout) -> str:
    """Return `node` as MathML elements, without the enclosing ``<math>``.

    Examples
    --------
    >>> to_mathml(Script(Letter("π"), sub=Text("1")))
    '<msub><mi>π</mi><mn>1</mn></msub>'
    """
    match node:
        case Letter(text):
            return f"<mi>{escape(text)}</mi>"
        case Word(text, upright):
            style = "" if upright else ' class="word"'
            return f"<mi{style}>{escape(text)}</mi>"
        case Text(text):
            tag = "mn" if text.replace(".", "").isdigit() else "mtext"
            # mtext swallows the spaces at its ends
            return f"<{tag}>{escape(text).replace(' ', '&#160;')}</{tag}>"
        case Operator(text, kind):
            return _operator(text, kind)
        case Row(items):
            return f"<mrow>{_row(items)}</mrow>"
        case Fraction(top, bottom):
            return f"<mfrac>{_one(top)}{_one(bottom)}</mfrac>"
        case Script(base, sub, sup):
            tag = "msubsup" if sub is not None and sup is not None else "msub" if sub is not None else "msup"
            return f"<{tag}>{_one(base)}{_one(sub) if sub else ''}{_one(sup) if sup else ''}</{tag}>"
        case Accent(kind, body):
            mark = f'<mo stretchy="false">{_ACCENTS.get(kind, "¯")}</mo>'
            return f'<mover accent="true">{_one(body)}{mark}</mover>'
        case SquareRoot(body):
            return f"<msqrt>{to_mathml(body)}</msqrt>"
        case Fence(left, body, right):
            stretch = "" if is_tall(body) else ' stretchy="false"'
            opening, closing = (
                f'<mo form="{form}"{stretch}>{escape(sign)}</mo>'
                for form, sign in (("prefix", left), ("postfix", right))
            )
            return f"<mrow>{opening}{to_mathml(body)}{closing}</mrow>"
        case Matrix(rows):
            table = "".join(
                f"<mtr>{''.join(f'<mtd>{to_mathml(e)}</mtd>' for e in row)}</mtr>" for row in rows
            )
            return f'<mrow><mo form="prefix">(</mo><mtable>{table}</mtable><mo form="postfix">)</mo></mrow>'


def _one(node: Layout) -> str:
    text = to_mathml(node)
    return text if not isinstance(node, Operator) or node.kind != "times" else f"<mrow>{text}</mrow>"


def _row(items: tuple[Layout, ...]) -> str:
    pieces: list[str] = []
    for index, item in enumerate(items):
        pieces.append(to_mathml(item))
        if isinstance(item, Operator) and item.kind == "times":
            if isinstance(items[index - 1], Word) or isinstance(items[index + 1], Word):
                pieces.append(_THIN)
    return "".join(pieces)


def _operator(text: str, kind: str) -> str:
    match kind:
        case "times":
            return "<mo>&#8290;</mo>"
        case "open" | "close":
            form = "prefix" if kind == "open" else "postfix"
            return f'<mo form="{form}" stretchy="false">{escape(text)}</mo>'
        case "sign":
            return f'<mo form="prefix">{escape(text)}</mo>'
        case "comma":
            return f'<mo separator="true">{escape(text)}</mo>'
        case _:
            return f'<mo form="infix">{escape(text)}</mo>'
