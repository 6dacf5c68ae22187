"""The parser of the page reads what this parser reads: both are held to the same results.

``python tests/core/expression/test_page_parser.py`` writes the results anew after a change of the grammar.
"""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

from separatrix.errors import InputError
from separatrix.expression.parser import parse_expression
from separatrix.studio.page_json import tree_json

RESULTS = Path(__file__).parents[3] / "web" / "src" / "expression" / "parse.golden.json"

WRITTEN = "¦".join(
    (
        "1¦0.1¦.5¦5.¦1e-3¦2E2¦1e300¦1e301¦1e¦1e+¦1.2.3¦0.50",
        "007¦1/3¦1_0¦-0¦-1¦--1¦+-+1¦- (1)¦-2*x¦-(2*x)¦2*-x¦-x^2",
        "(-x)^2¦2^-x¦2^3^2¦x**2¦-2^2¦a - b - c¦a/b/c¦a/b*c¦a*b/c*d",
        "a*(b*c)¦(a*b)*c¦a + (b + c)¦a - (b - c)¦[a + b]*c¦pi1 - C1¦π_1*(1 - x)",
        "参数*2¦x₁¦é + é¦_a¦a_b1¦a·b¦2×3÷4¦（a＋b）",
        "a−b¦x²¦exp(x)¦log (x)¦sqrt(4)¦min(a)¦min(a, b, c)¦max()",
        "binomial(4, 2)¦binomial(4)¦exp(a, b)¦min(a，b)¦f(x)¦exp¦exp + 1",
        "exp*(x)¦sin(x)¦x(1 - x)¦2x¦2 x¦(a)(b)¦a b¦2(3)¦¦ ¦(",
        ")¦(a¦a)¦(a]¦[a)¦a +¦* a¦a ** ¦a,b¦a < b¦a = b¦a == 1",
        "≤¦.¦..¦a.b¦1.e5¦1..2¦#¦a # b¦a; b¦a'¦\"¦{a}¦a\\b",
        "a\tb\xa6a\xa0+ b\xa6a\u3000- b\xa6__import__('os')\xa6a if b else c\xa6lambda: 0\xa6a\n+ b",
        "\ufeffa\xa6\U0001f600\xa6a\U0001f600\xa6\U0001d465 + 1\xa61 + \U0001d7cf\xa6\xbd",
    )
).split("¦")

LONG = (
    *("(" * 199 + "a" + ")" * 199, "(" * 200 + "a" + ")" * 200, "2^" * 199 + "2", "2^" * 200 + "2"),
    *("-" * 300 + "a", "a+" * 4_999 + "a", "a+" * 5_000 + "a"),
)

PIECES = "a b x C1 0 1 2.5 .5 1e2 + - * / ^ ** ( ) [ ] , exp( min( sqrt( binomial( − · = <".split()


def texts() -> list[str]:
    """Return the texts: those written above, and random rows of pieces, most of which are faulty."""
    draw = random.Random(2018)
    rows = [" ".join(draw.choices(PIECES, k=draw.randint(1, 9))) for _ in range(200)]
    return [*WRITTEN, *LONG, *rows, *(well_formed(draw, 4) for _ in range(100))]


def well_formed(draw: random.Random, depth: int) -> str:
    """Return a random expression that can be read, nested as deep as told."""
    if not depth or draw.random() < 0.2:
        return draw.choice(["a", "b", "x", "C1", "0", "1", "2.50", ".5", "1e-2", "-3"])
    left, right = well_formed(draw, depth - 1), well_formed(draw, depth - 1)
    forms = (
        "{0} + {1}",
        "{0}-{1}",
        "{0}*{1}",
        "{0}/({1})",
        "[{0}]^2",
        "-({0})**{1}",
        "min({0}, {1})",
        "exp({0})",
    )
    return draw.choice(forms).format(left, right)


def results() -> list[Any]:
    """Return for each text its tree, or the offset of the fault."""
    found = []
    for text in texts():
        try:
            found.append([text, tree_json(parse_expression(text))])
        except InputError as fault:
            found.append([text, None, fault.where.column - 1 if fault.where else 0])
    return found


def test_the_results_that_the_page_is_held_to_are_those_of_this_parser() -> None:
    """Trees, and offsets of faults, as in the file that the tests of the page read."""
    assert json.loads(RESULTS.read_text("utf-8")) == results()


def test_a_fair_part_of_the_texts_can_be_read() -> None:
    """The file tests both: texts with a tree, and texts with a fault."""
    whole = sum(1 for row in results() if len(row) == 2)
    assert 80 < whole < len(texts()) - 100


if __name__ == "__main__":
    lines = ",\n".join(json.dumps(row, separators=(",", ":")) for row in results())
    RESULTS.write_text(f"[\n{lines}\n]\n", "utf-8")
