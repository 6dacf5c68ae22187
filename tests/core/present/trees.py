"""Hand-made documents that hold every block and every kind of text, for the writers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, is_dataclass, replace
from typing import Any

from separatrix.document.tree import (
    Badge,
    Bullets,
    Column,
    Details,
    Document,
    Equation,
    Equations,
    Figure,
    Heading,
    Note,
    Pairs,
    Paragraph,
    PictureFormat,
    Table,
    Verbatim,
    Words,
    line,
)
from separatrix.expression.parser import parse_expression
from separatrix.formulas.layout import (
    Accent,
    Fence,
    Layout,
    Letter,
    Matrix,
    Operator,
    Row,
    Script,
    SquareRoot,
    Text,
    Word,
    layout,
)
from separatrix.formulas.layout import Fraction as Bar
from separatrix.formulas.tex import symbol_of_name

HOSTILE_TEXTS = (
    "<script>alert(1)</script><img src=x onerror=alert(1)>",
    r"\input{/etc/passwd}\write18{ls}\end{document}^^5cinput x",
    '#read("/etc/passwd") #include "x"',
    "=cmd|' /C calc'!A0",
    "| a | b ||",
    "[x](javascript:alert(1)) ![y](http://example.org/z) <https://example.org>",
    "$x$ $$y$$ \\(z\\) \\[w\\] 100% ~ & _under_ *star*",
    "\x1b[2J\x07 rings \u202e turned \x00 null \r return",
    "```\n# heading\n```\n- item",
    "--- '''' ,,,, ?` !` << >> \"quoted\"",
    "[red]markup[/red] [bold",
    "*first",
    "W" * 200,
    "https://example.org/" + "a-very/long.path_" * 10,
    "企业集群中的低碳创新合作主体甲" * 5,
    "+ sum\n1. item\n= title",
    "]]> --> */ </style></svg></math>",
    "",
)


def formula(text: str) -> Layout:
    """Return the layout of an expression."""
    return layout(parse_expression(text), symbol_of_name)


PICTURES: dict[PictureFormat, bytes] = {
    "svg": b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 4 3"><path d="M0 0h4"/></svg>\n',
    "png": b"\x89PNG\r\n\x1a\n",
    "pdf": b"%PDF-1.4\n",
}

KINDS: tuple[Layout, ...] = (
    formula("x*(1 - x)*((pi1 + C_max)*y - R1)/(2*alpha)"),
    SquareRoot(formula("a + b")),
    Accent("bar", Letter("U")),
    Script(Letter("q"), sub=Text("3"), sup=Text("2")),
    Word("profit"),
    Word("exp", upright=True),
    Fence("[", Bar(Text("1"), Letter("k")), "]"),
    Row((Letter("u"), Operator(",", "comma"), Letter("v"), Operator("≤", "relation"), Letter("w"))),
    Matrix(((formula("1 - 2*x"), Text("0")), (Bar(Letter("s"), Letter("t")), Letter("δ")))),
)


def every_block(draw: Any = PICTURES.__getitem__) -> Document:
    """Return a document that holds every block and every inline, in words that occur once."""
    long = formula(" + ".join(f"alpha{k}*(x - C{k})*(y + R{k}/2)" for k in range(14)))
    return Document(
        "Everything at once",
        "Nobody (2024), Journal of Nothing.",
        (
            Paragraph(line("The leading sentence."), lead=True),
            Heading("Opening"),
            Paragraph(
                line(
                    "plain ",
                    Words("strongly", "strong"),
                    " ",
                    Words("mutedly", "muted"),
                    " is ",
                    Words("code_of it", "code"),
                    ", before",
                    KINDS[0],
                    "after.",
                )
            ),
            Heading("Beneath", 2),
            Bullets((line("dotted ", KINDS[3]), line("second"))),
            Bullets(tuple(line(f"counted{k}") for k in range(1, 12)), numbered=True),
            *(Paragraph(line(f"kind{k}: ", kind)) for k, kind in enumerate(KINDS)),
            Equations((Equation(formula("f"), formula("x + 1")), Equation(Letter("J"), KINDS[-1], "≈"))),
            Equations(
                (Equation(formula("g1"), formula("2*x")), Equation(formula("g2"), long)), numbered=True
            ),
            Table(
                (
                    Column("head"),
                    Column("number", "right"),
                    Column("middle", "center"),
                    Column("wordy", wide=True),
                ),
                (
                    (
                        line(Words("row1", "strong")),
                        line("3.14"),
                        line(Badge("saddle", "Sattel")),
                        line("many words " * 12),
                    ),
                    (
                        line(Words("row2", "strong")),
                        line("−2"),
                        line(Badge("asymptotically stable")),
                        line(KINDS[0]),
                    ),
                ),
                "How to read the first.",
                True,
                "The first table",
            ),
            Table(
                (Column("lonely"), Column("spare", optional=True)),
                ((line("untitled"), line("left")),),
                "Only a caption.",
            ),
            Pairs((("pi1", "10"), ("C_max", "0.5"))),
            Note("Beware", line("of notes.")),
            Verbatim("run --out 'a  b.tex'\n    indented \\verb|x|\n\n@article{key, title = {T}}\n```"),
            Figure("The portrait", "How to look at it.", draw),
            Details(
                "Folded away",
                (
                    Table((Column("k"),), tuple((line(f"cell{k}"),) for k in range(40)), title="A long one"),
                    Equations((Equation(formula("h"), formula("y^2")),), numbered=True),
                    Figure("Another portrait", "Seen from behind.", draw),
                ),
                (Paragraph(line("In brief.")),),
            ),
        ),
    )


def with_texts(node: Any, text: str) -> Any:
    """Return a document in which every text that a user may have typed is `text`."""
    match node:
        case Words():
            return replace(node, text=text)
        case Badge():
            return replace(node, word=text)
        case Column():
            return replace(node, title=text)
        case Word() | Text() if not node.text.isdigit():
            return replace(node, text=text)
        case Letter() | Operator() | Word() | Text():
            return node
        case Pairs(items):
            return Pairs(tuple((text, text) for _ in items))
        case tuple():
            return tuple(with_texts(item, text) for item in node)
    if not is_dataclass(node) or isinstance(node, type):
        return node
    named = {"title", "subtitle", "caption", "summary", "text"}
    changed = {
        f.name: text if f.name in named else with_texts(getattr(node, f.name), text)
        for f in fields(node)
        if f.name not in ("language", "words", "draw", "level", "sign")
    }
    return replace(node, **changed)


def leaves(node: Any) -> Iterator[str]:
    """Yield every text of a tree, those of formulas too, but not what only chooses a look."""
    match node:
        case str():
            yield node
        case Badge():
            yield node.text
        case Operator():
            return
        case tuple():
            for item in node:
                yield from leaves(item)
    if is_dataclass(node) and not isinstance(node, type):
        looks = (
            "style",
            "align",
            "language",
            "words",
            "draw",
            "sign",
            "kind",
            "left",
            "right",
            "label",
            "word",
            "brief",
        )
        for f in fields(node):
            if f.name not in looks or (f.name in ("left", "right") and isinstance(node, Equation)):
                yield from leaves(getattr(node, f.name))
