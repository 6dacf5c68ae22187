"""Reports as PDF: whole, inert, within the page, and honest about fonts."""

from __future__ import annotations

import io
import json
import re
import subprocess
import sys
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import typst
from matplotlib.figure import Figure as Drawing
from PIL import Image

from core.present.games import HOSTILE, HOSTILE_THREE, WIDE
from published_cases import analysed
from separatrix.document.fonts import PACKAGE, cjk_family, has_cjk, installed_families
from separatrix.document.tree import (
    Badge,
    Block,
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
    Fraction,
    Layout,
    Letter,
    Matrix,
    Operator,
    Row,
    Text,
    Word,
    layout,
)
from separatrix.formulas.tex import symbol_of_name
from separatrix.reports.report import build_report
from separatrix.writers.registry import write
from separatrix.writers.typst import column_widths, typst_source, write_pdf
from separatrix.writers.typst_formulas import set_text, text_ems, to_typst
from thinning import thinned

ATTACKS = [
    '#read("/etc/passwd")',
    '#import "@preview/cetz:0.3.0"',
    '"; read("main.typ"); "',
    '\\"; panic("in"); \\"',
    "$x$ *strong* _emph_ `raw` @label <label> // comment /* block */",
    "= Heading",
    "- item",
    "https://example.org/#a",
    "#{panic()}",
    "\\u{41} \\n \\",
    "]#panic()[",
    ")#panic()(",
    "a\u202eb\x07c\x00d\ud800",
    "x" * 300,
    "",
]


def formula(text: str) -> Layout:
    """Return how an expression is written."""
    return layout(parse_expression(text), symbol_of_name)


def draw(format: PictureFormat) -> bytes:
    """Draw a line with a word in it."""
    figure = Drawing(figsize=(4, 3))
    figure.add_subplot().set_xlabel("share that plays")
    buffer = io.BytesIO()
    figure.savefig(buffer, format=format, metadata={"CreationDate": None} if format == "pdf" else None)
    return buffer.getvalue()


def every_block(text: str, *, language: str = "en", strange: bool = True) -> Document:
    """Return a document with every kind of block and inline, all of which say `text`."""
    table = Table(
        (Column(text), Column("number", "right"), Column("label", "center")),
        ((line(text), line(formula("(a + b)/c")), (Badge("saddle", text),)),),
        caption=text,
        title=text,
        row_heads=True,
    )
    styles = tuple(Words(text, style) for style in ("plain", "strong", "muted", "code"))
    symbol = (
        formula("x_1")
        if not strange
        else Row(
            (
                Letter(text or "x"),
                Word(text),
                Word(text, upright=True),
                Text(text),
                Operator(text or ",", "relation"),
                Accent("bar", Letter("x")),
                Matrix(((Text(text), formula("sqrt(x)")), (formula("x^2"), Row(())))),
            )
        )
    )
    blocks: tuple[Block, ...] = (
        Heading(text),
        Heading(text, 2),
        Paragraph(line(*styles, symbol)),
        Paragraph(line(text), lead=True),
        Equations((Equation(formula("dx"), symbol), Equation(formula("x"), formula("y"), "≈")), True),
        table,
        Table((Column(""), Column("")), ((line(text), line(text)),), caption=text),
        Table((), ()),
        Pairs(((text, text), ("b", "2"))),
        Bullets((line(text),)),
        Bullets((line(text), ()), numbered=True),
        Note(text, line(text)),
        Figure(text, text, draw),
        Details(text, (table, Heading(text), Paragraph(()))),
        Verbatim(f"first {text}\n\n\tthird {text}"),
    )
    return Document(text, text, blocks, language)


def code_of(document: Document) -> set[str]:
    """Return the words and signs of a document's Typst source, but for its string literals and numbers."""
    bare = re.sub(r'"(?:[^"\\]|\\.)*"', '""', typst_source(document).text)
    return set(re.findall(r"[^\W\d][\w-]*|[^\w\s]", bare))


def written(document: Document, folder: Path) -> Path:
    """Write the Typst source of a document and its pictures, and return the path of the source."""
    source = typst_source(document)
    for name, content in {"main.typ": source.text.encode(), **source.pictures}.items():
        (folder / name).write_bytes(content)
    return folder / "main.typ"


def pages(document: Document, folder: Path) -> list[Any]:
    """Return the pages as arrays of grey at one pixel a point, set in the fonts that Typst brings along."""
    found = typst.compile(
        written(document, folder), format="png", ppi=72, root=folder, ignore_system_fonts=True
    )
    sheets = found if isinstance(found, list) else [found]
    return [np.asarray(Image.open(io.BytesIO(sheet)).convert("L")) for sheet in sheets]


def assert_margins_are_empty(document: Document, folder: Path) -> None:
    """Hold that nothing is printed to the left or to the right of the text."""
    # Rules are blurred over two pixels, and signs at the end of a line hang over by one.
    margin = int((17 if document.compact else 24) / 25.4 * 72) - 1
    for page in pages(document, folder):
        assert page.min() < 128
        assert page[:, : margin - 2].min() > 250
        assert page[:, -margin + 2 :].min() > 250


# --------------------------------------------------------------------------- the file


@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_block_is_set(language: str) -> None:
    """A document with every block and inline becomes a PDF with its title and language."""
    content = write(every_block("word", language=language), "pdf").content
    assert content.startswith(b"%PDF-")
    assert content.rstrip().endswith(b"%%EOF")
    assert f"/Lang ({language}".encode() in content or f"/Lang({language}".encode() in content
    assert b"/Title" in content


@thinned("attack", ATTACKS, each_run=5)
def test_what_people_type_is_inert(attack: str, tmp_path: Path) -> None:
    """No sign of it stands outside a literal, the document compiles, and its headings say the text itself."""
    document = every_block(attack)
    assert code_of(document) <= code_of(every_block("some words, and a long one: " + "y" * 99))
    assert write_pdf(document).startswith(b"%PDF-")
    found = json.loads(
        typst.query(written(document, tmp_path), "heading", root=tmp_path, ignore_system_fonts=True)
    )
    said = {h["body"].get("text", "").replace("\u200b", "") for h in found}
    assert said == {"".join(c if c.isprintable() else " " for c in attack)}


def test_the_same_document_gives_the_same_bytes() -> None:
    """No date and no chance: two runs agree."""
    document = every_block("word")
    assert write_pdf(document) == write_pdf(document)


def test_a_picture_is_embedded_with_a_text_for_those_who_cannot_see_it() -> None:
    """The figure is drawn once, as PDF, and its alternative text is its title and caption."""
    drawn: list[str] = []

    def once(format: PictureFormat) -> bytes:
        drawn.append(format)
        return draw(format)

    figure = Figure("Phase portrait", "Thin lines are trajectories", once)
    source = typst_source(Document("t", "", (figure,)))
    assert drawn == ["pdf"]
    assert list(source.pictures) == ["figure-1.pdf"]
    assert '"Phase portrait. Thin lines are trajectories"' in source.text
    without = write_pdf(Document("t", "", (Paragraph(line("Phase portrait")),)))
    assert len(write_pdf(Document("t", "", (figure,)))) > len(without) + 2000


def test_a_missing_library_says_what_to_install() -> None:
    """Without typst the error is U905, and its hint is the command that helps."""
    code = (
        "import sys\n"
        "class Blocked:\n"
        "    def find_spec(self, name, path=None, target=None):\n"
        "        if name.split('.')[0] == 'typst': raise ImportError(name)\n"
        "sys.meta_path.insert(0, Blocked())\n"
        "from separatrix.errors import InputError\n"
        "from separatrix.document.tree import Document\n"
        "from separatrix.writers.registry import write\n"
        "try: write(Document('t', '', ()), 'pdf')\n"
        "except InputError as error: print(error.code, error.hint)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert (
        done.stdout.strip()
        == "U905 python -m pip install 'typst>=0.15' (the extra `pdf`), with the Python that runs separatrix"
    )


# --------------------------------------------------------------------------- fonts


def test_a_missing_chinese_font_is_told() -> None:
    """The PDF is written all the same, and the warning names the package; Latin text warns of nothing."""
    with pytest.warns(UserWarning, match=PACKAGE):
        content = write_pdf(Document("企业", "", ()), system_fonts=False)
    assert content.startswith(b"%PDF-")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        write_pdf(Document("Firms: π₁ ≥ 0", "", ()), system_fonts=False)


def test_chinese_is_embedded_where_a_font_has_it() -> None:
    """With a font there is no warning and the PDF names it; without one, there is a warning."""
    family = cjk_family(installed_families(), "serif")
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        content = write_pdf(Document("t", "", (Paragraph(line("企业")),), "zh"))
    assert bool(told) == (family is None)
    if family is not None:
        assert family.replace(" ", "")[:8].lower().encode() in content.lower()


def test_chinese_for_text_is_serif_and_for_headings_sans() -> None:
    """Each kind is taken where it is there, and the other kind where it is not."""
    assert cjk_family(["SimHei", "SimSun"], "serif") == "SimSun"
    assert cjk_family(["SimHei", "SimSun"], "sans") == "SimHei"
    assert cjk_family(["SimSun"], "sans") == "SimSun"
    assert cjk_family(["Arial"], "sans") is None
    assert has_cjk("a𠀀")


# --------------------------------------------------------------------------- layout


LONG_SUM = " + ".join(f"a_{k}*b_{k}" for k in range(60))


@pytest.mark.parametrize(
    "right",
    [
        formula(LONG_SUM),
        formula(f"x*(1 - x)*({LONG_SUM})"),
        formula(f"({LONG_SUM})/(1 + {LONG_SUM})"),
        formula(f"({LONG_SUM})^2"),
        Matrix(
            tuple(tuple(formula("(1 - 2*x)*(a_1*y + b_1*z - c_1 + d_1)") for _ in range(3)) for _ in range(3))
        ),
    ],
    ids=["sum", "product", "fraction", "power", "matrix"],
)
def test_no_formula_leaves_the_page(right: Layout, tmp_path: Path) -> None:
    """Long ones break before their signs, or are set smaller, on their own, in text and in tables."""
    blocks: tuple[Block, ...] = (
        Equations((Equation(Fraction(formula("d*x"), formula("d*t")), right),), numbered=True),
        Paragraph(line("where ", right, " holds")),
        Table((Column("a"), Column("b"), Column("c")), ((line(right), line("two words"), line(right)),)),
    )
    for compact in (False, True):
        assert_margins_are_empty(Document("t", "", blocks, compact=compact), tmp_path)


def test_equations_break_before_their_signs() -> None:
    """The pieces of a long right side begin with a sign that keeps the space after it."""
    source = typst_source(Document("t", "", (Equations((Equation(formula("x"), formula(LONG_SUM)),)),))).text
    assert source.count('$display(class("binary",\\+)attach(a') == 59


def test_long_words_do_not_leave_the_page(tmp_path: Path) -> None:
    """A word of 300 letters breaks, in text, headings, lists and tables."""
    assert_margins_are_empty(every_block("x" * 300, strange=False), tmp_path)


def test_a_long_table_repeats_its_head(tmp_path: Path) -> None:
    """Two hundred rows take several pages; each begins with the heads of the columns."""
    rows = tuple((line(f"E{k}"), line(formula(f"x_{k} + 1")), line("because " * (k % 9))) for k in range(200))
    table = Table((Column("state"), Column("eigenvalue"), Column("reason")), rows, title="Rest points")
    found = pages(Document("t", "", (table,)), tmp_path)
    assert len(found) > 3
    tops = [page[62:77] for page in found[1:]]
    assert all(top.min() < 128 and np.array_equal(top, tops[0]) for top in tops)
    assert not np.array_equal(found[1][77:121], found[2][77:121])


def test_a_cell_longer_than_a_page_goes_on_over_the_next(tmp_path: Path) -> None:
    """Rows hold together, but for those that no page could hold."""
    row = (line("E1"), line("word after word " * 900))
    found = pages(Document("t", "", (Table((Column("a"), Column("b")), (row,)),)), tmp_path)
    assert len(found) > 1
    assert all(page[780:785].min() > 250 for page in found)  # between the text and the page's number


def test_columns_are_as_wide_as_what_they_hold() -> None:
    """Free width goes to where lines fold, and short columns stay narrow."""
    rows = tuple(
        (line("E1"), line("one word after another " * 8), line("one word after another " * 2))
        for _ in range(9)
    )
    first, second, third = column_widths(Table((Column("a"), Column("b"), Column("c")), rows))
    assert first < third < second


def test_long_titles_do_not_take_the_room_of_what_stands_below() -> None:
    """A title breaks after a hyphen, and free width goes to titles as well as to rows."""
    rows = tuple(
        (line("C1"), line("return of declining beside another"), *map(line, "1234")) for _ in range(6)
    )
    hyphened = ("bistable", "cooperation-dominant", "decline-dominant", "anti-coordination")
    meaning = column_widths(Table(tuple(map(Column, ("symbol", "meaning", *hyphened))), rows))[1]
    assert 2 * meaning > text_ems("return of declining beside another")
    chinese = column_widths(Table(tuple(map(Column, ("符号", "含义", *["上级奖励（H = 10）"] * 4))), rows))
    assert chinese[0] < min(chinese[2:])
    assert 2 * min(chinese[2:]) > text_ems("上级奖励（H = 10）")


def test_the_dot_of_a_profile_begins_no_line() -> None:
    """A line may break after the dot between two strategies, not before it."""
    assert set_text("control · do not regulate") == '"control\u00a0· do not regulate"'


def test_an_equation_and_a_state_stay_on_one_line() -> None:
    """No line ends between a symbol and its value, nor inside a state; code keeps its own spaces."""
    assert set_text("at H = 5 E1 (0, y*) is") == '"at H\u00a0=\u00a05 E1 (0,\u00a0y*) is"'
    assert set_text("1.2 < H < 9") == '"1.2\u00a0<\u00a0H\u00a0<\u00a09"'
    assert set_text("H < 9: E1", "code") == '"H < 9: E1"'


def test_forty_parameters_flow() -> None:
    """Names stay beside their values, and lines break between the pairs only."""
    source = typst_source(Document("t", "", (Pairs(tuple((f"p_{k}", str(k)) for k in range(40))),))).text
    assert 'box("p_38 = 38"); ", "; box("p_39 = 39")' in source


def test_words_of_the_language_stand_before_numbers() -> None:
    """Tables and figures are named by the document's own words."""
    document = Document(
        "标题",
        "",
        (Table((Column("甲"),), ((line("1"),),), title="表题"), Figure("图题", "说明", draw)),
        "zh",
        {"figure": "图", "table": "表"},
    )
    source = typst_source(document).text
    assert 'titled("表", ' in source
    assert 'picture("图", ' in source


def test_letters_side_by_side_do_not_become_a_name() -> None:
    """Typst would read xy as one name, and 2x as one number with a unit."""
    assert to_typst(formula("x*y*z")) == "x y z"
    assert to_typst(formula("2*x")) == "2 x"
    assert to_typst(Row((Letter("x"), formula("1/2")))) == "x frac(1,2)"


# --------------------------------------------------------------------------- reports


@pytest.mark.parametrize(
    ("source", "symbolic"),
    [
        ("shi-chen-2018", True),
        ("rock-paper-scissors-one-population", False),
        (HOSTILE, False),
        (HOSTILE_THREE, False),
        (WIDE, False),
    ],
)
def test_reports_fit_their_pages(source: Any, symbolic: bool, tmp_path: Path) -> None:
    """Reports of real and of hostile games compile, and nothing passes the margin."""
    report = build_report(analysed(source, symbolic))
    blocks = tuple(b for b in report.blocks if not isinstance(b, Figure))
    document = Document(report.title, report.subtitle, blocks)
    assert_margins_are_empty(document, tmp_path)
