"""Reports for Word: native equations that say what was computed, tables and fields that Word can use."""

from __future__ import annotations

import io
import random
import re
import struct
import subprocess
import sys
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import replace
from fractions import Fraction
from typing import Any
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

import pytest
from hypothesis import given
from hypothesis import strategies as st

import separatrix
from core.present.games import HOSTILE, HOSTILE_THREE
from core.present.omml_reader import M, key_of, read, read_equation
from core.present.studies import published
from published_cases import analysed
from separatrix.document.state_names import LABELS
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
from separatrix.expression.evaluation import evaluate
from separatrix.expression.parser import parse_expression
from separatrix.expression.tree import Expression, names_in, substitute
from separatrix.formulas.abbreviations import Notation
from separatrix.formulas.layout import Letter, Matrix, Row, layout
from separatrix.formulas.tex import fingerprint, symbol_of_name
from separatrix.languages import LANGUAGES, language_of
from separatrix.reports.game_report import build_paper
from separatrix.reports.report import build_report
from separatrix.writers.layout import broken, formula_em
from separatrix.writers.registry import write
from separatrix.writers.word_formulas import to_omml

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
EQUATION = Equation(Letter("y"), layout(parse_expression("x*(1 - x)*(pi1 - C_max/2)"), symbol_of_name))


def picture(format: PictureFormat) -> bytes:
    """Return a small picture."""
    if format == "svg":
        return b'<svg xmlns="http://www.w3.org/2000/svg" width="40" height="30"><title>x</title></svg>'

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    header = struct.pack(">IIBBBBB", 4000, 30, 8, 0, 0, 0, 0)
    rows = zlib.compress(b"\0" * 30 * 4001)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def illustrated(blocks: Iterable[Block]) -> tuple[Block, ...]:
    """Return `blocks` with a small picture for each figure, which takes no time to draw."""
    return tuple(replace(b, draw=picture) if isinstance(b, Figure) else b for b in blocks)


def reported(source: Any, symbolic: bool = False) -> tuple[separatrix.Analysis, Document]:
    """Return an analysis and the report on it."""
    analysis = analysed(source, symbolic)
    document = build_report(analysis)
    return analysis, replace(document, blocks=illustrated(document.blocks))


def parts(document: Document) -> dict[str, bytes]:
    """Return the files within a document."""
    with zipfile.ZipFile(io.BytesIO(write(document, "docx").content)) as package:
        return {name: package.read(name) for name in package.namelist()}


def main(document: Document) -> Element:
    """Return the root of the main part."""
    return ElementTree.fromstring(parts(document)["word/document.xml"])


def of(*blocks: Block, **options: Any) -> Document:
    """Return a document of some blocks."""
    return Document("A title", "A source", blocks, **options)


def text_of(element: Element) -> str:
    """Return the text of an element, formulas left out."""
    return "".join(t.text or "" for t in element.iter(f"{W}t"))


def styled(root: Element, style: str) -> list[Element]:
    """Return the paragraphs of a style."""
    return [
        p
        for p in root.iter(f"{W}p")
        if (s := p.find(f"{W}pPr/{W}pStyle")) is not None and s.get(f"{W}val") == style
    ]


def equations_in(blocks: Iterable[Block]) -> Iterator[Equation]:
    """Yield the displayed equations of a tree, in order."""
    for block in blocks:
        if isinstance(block, Equations):
            yield from block.rows
        elif isinstance(block, Details):
            yield from equations_in(block.blocks)


TABLE = Table(
    (Column("k"), Column("what", "center", wide=True)),
    ((line("1"), line(Letter("x"))),),
    caption="How to read it",
    row_heads=True,
    title="T",
)
FIGURE = Figure("Portrait", "Trajectories.", picture)
EVERY_BLOCK: tuple[Block, ...] = (
    Heading("Model"),
    Paragraph(line("Words and ", Letter("x"), ", ", Words("strong", "strong"), Words("code", "code"))),
    Paragraph(line("What matters."), lead=True),
    Heading("Below", 2),
    Equations((EQUATION, EQUATION), numbered=True),
    Equations((EQUATION,)),
    Equations((Equation(Letter("J"), Matrix(((Letter("a"), Letter("b")), (Letter("c"), Letter("d"))))),)),
    TABLE,
    Table((Column("k"),), ((line("1"),),)),
    Pairs((("a", "1"), ("b", "2"))),
    Bullets((line("one"), line("two"))),
    Note("Please note", line("this")),
    FIGURE,
    Details("More", (Heading("Inner"), Equations((EQUATION,)))),
    Details("Only words", (Paragraph(line("these")),)),
    Verbatim("first line\n  second line"),
)


# --------------------------------------------------------------------------- equations

CASES = [
    ("shi-chen-2018", False),
    ("shi-chen-2018", True),
    ("wang-2023", True),
    ("coal-safety", False),
    ("coal-safety", True),
    ("rock-paper-scissors-one-population", False),
]


@pytest.mark.parametrize(("source", "symbolic"), CASES)
def test_every_displayed_equation_is_one_object_of_the_equation_editor(source: str, symbolic: bool) -> None:
    """The document has as many displayed OMML objects as the tree has equations."""
    _, document = reported(source, symbolic)
    assert len(list(main(document).iter(f"{M}oMathPara"))) == len(list(equations_in(document.blocks)))


@pytest.mark.parametrize(("source", "symbolic"), CASES)
def test_replicator_equations_read_back_from_word_are_those_of_the_analysis(
    source: str, symbolic: bool
) -> None:
    """Parsed from OMML, each rate has the value of the analysis' rate at random rational points."""
    rates_agree(*reported(source, symbolic))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("source", ["shi-chen-2018", "wang-2023", "coal-safety"])
def test_replicator_equations_of_a_report_read_back_from_word(source: str, language: str) -> None:
    """The report that is handed in holds the same equations, in both languages."""
    found = published(source, language)
    words = language_of(language)
    document = build_paper(found, words)
    titles = [b.text if isinstance(b, Heading) else "" for b in document.blocks]
    part = document.blocks[titles.index(words.DYNAMICS) : titles.index(words.JACOBIAN)]
    assert found.general is not None
    rates_agree(found.general, replace(document, blocks=illustrated(part)))


def rates_agree(analysis: separatrix.Analysis, document: Document) -> None:
    """Check every rate in a document."""
    game = analysis.game
    notation = Notation.of(game)
    known = {key_of(notation.symbol(n)): n for n in (*game.parameters, *game.lets, *game.shares)}
    rates = {f"<f:<num:d{key_of(notation.symbol(s))}><den:dt>>": s for s in game.shares}
    displayed = main(document).findall(f".//{M}oMathPara/{M}oMath")
    sides = [read_equation(formula, known) for formula in displayed]
    meanings = {s.left: s.right for s in sides if s.left not in {*rates, *known.values()}} | dict(game.lets)
    chance = random.Random(1)
    seen = set()
    for side in sides:
        if side.left in rates:
            share = rates[side.left]
            seen.add(share)
            rate = in_full(analysis.equations[share], dict(game.lets))
            assert_equal(in_full(side.right, meanings), rate, analysis, chance)
    assert seen == set(game.shares)


def in_full(expression: Expression, meanings: dict[str, Expression]) -> Expression:
    """Return `expression` with short names replaced by what they stand for."""
    while used := [n for n in names_in(expression) if n in meanings]:
        expression = substitute(expression, {n: meanings[n] for n in used})
    return expression


def assert_equal(
    found: Expression, wanted: Expression, analysis: separatrix.Analysis, chance: random.Random
) -> None:
    """Compare two expressions at random points, or at the given values where `found` has these in it."""
    parameters = set(analysis.game.parameters)
    named = set(names_in(found))
    given = analysis.values if analysis.values is not None and not named & parameters else None
    for _ in range(5):
        names = sorted(named | set(names_in(wanted)))
        point = {n: Fraction(chance.randint(1, 99), chance.randint(1, 99)) for n in names}
        point |= {n: v for n, v in (given or {}).items() if n not in analysis.game.shares}
        assert evaluate(found, point) == evaluate(wanted, point)


SMALLEST = ["a", "b_max", "pi1", "PA", "x", "2", "0.5", "1/3"]


def grown(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """Return expressions made from smaller ones."""
    two = st.tuples(inner, inner)
    return (
        st.tuples(inner, st.sampled_from("+-*/"), inner).map(lambda t: f"({t[0]}) {t[1]} ({t[2]})")
        | inner.map(lambda t: f"({t})^2")
        | two.map(lambda t: f"({t[0]})*(1 - ({t[1]}))")
    )


TEXTS = st.recursive(st.sampled_from(SMALLEST), grown, max_leaves=25)


@given(TEXTS, st.floats(4, 40))
def test_a_formula_in_lines_still_has_its_value(text: str, width: float) -> None:
    """However narrow its lines are, what a formula says is unchanged."""
    expression = parse_expression(text)
    drawn = layout(expression, symbol_of_name)
    lines = "".join(f"<m:e>{to_omml(part)}</m:e>" for part in broken(drawn, width))
    root = ElementTree.fromstring(f'<m:oMath xmlns:m="{M[1:-1]}"><m:eqArr>{lines}</m:eqArr></m:oMath>')
    names = {key_of(symbol_of_name(n)): n for n in ("a", "b_max", "pi1", "PA", "x")}
    again = read(root, names)
    assert fingerprint(again) == fingerprint(expression)


def test_a_long_equation_is_an_array_of_lines_that_fit() -> None:
    """Sixty terms become lines in one object; none of them is wider than the page."""
    long = layout(parse_expression(" + ".join(f"alpha{k}*C_max{k}" for k in range(60))), symbol_of_name)
    root = main(of(Equations((Equation(Letter("y"), long),))))
    rows = root.findall(f".//{M}oMath/{M}eqArr/{M}e")
    assert len(rows) > 5
    assert len(list(root.iter(f"{M}oMath"))) == 1
    for part in broken(long, 30):
        assert formula_em(part) <= 30


def test_a_fraction_wider_than_a_line_is_written_with_a_slash() -> None:
    """Its numerator can break, and brackets keep its meaning."""
    terms = " + ".join(f"alpha{k}*beta{k}" for k in range(40))
    parts_of_it = broken(layout(parse_expression(f"({terms})/(a + b)"), symbol_of_name), 25)
    assert len(parts_of_it) > 3
    assert all(formula_em(p) <= 25 for p in parts_of_it)


def test_numbered_equations_carry_fields_at_the_margin() -> None:
    """Numbers run through the document, only where they are asked for."""
    root = main(
        of(
            Equations((EQUATION, EQUATION), numbered=True),
            Equations((EQUATION,)),
            Equations((EQUATION,), numbered=True),
        )
    )
    numbers = [text_of(f) for f in root.iter(f"{W}fldSimple") if "Equation" in f.get(f"{W}instr", "")]
    assert numbers == ["1", "2", "3"]


def test_words_in_formulas_are_literal() -> None:
    """A parameter that is called like a command of another program is marked as text."""
    formula = to_omml(layout(parse_expression("over + C_newline"), symbol_of_name))
    root = ElementTree.fromstring(f'<m:oMath xmlns:m="{M[1:-1]}">{formula}</m:oMath>')
    words = [r for r in root.iter(f"{M}r") if len("".join(t.text or "" for t in r.iter(f"{M}t"))) > 1]
    assert len(words) == 2
    assert all(r.find(f"{M}rPr/{M}lit") is not None for r in words)


# --------------------------------------------------------------------------- tables, fields, styles


def test_headers_repeat_and_rows_stay_whole_in_a_table_of_nine_pages() -> None:
    """Two hundred rows are all there, under a header that Word repeats."""
    rows = tuple((line(str(k)), line(f"condition {k}")) for k in range(200))
    table = main(of(Table((Column("k"), Column("when", wide=True)), rows, title="Regimes"))).find(
        f".//{W}tbl"
    )
    assert table is not None
    found = table.findall(f"{W}tr")
    assert len(found) == 201
    assert [r.find(f"{W}trPr/{W}tblHeader") is not None for r in found] == [True] + [False] * 200
    assert all(r.find(f"{W}trPr/{W}cantSplit") is not None for r in found)


def test_tables_have_three_lines() -> None:
    """A thick rule above and below, a thin one under the header, nothing else."""
    table = main(of(TABLE)).find(f".//{W}tbl")
    assert table is not None
    borders = {
        b.tag.removeprefix(W): int(b.get(f"{W}sz", "0")) for b in table.findall(f"{W}tblPr/{W}tblBorders/*")
    }
    assert borders == {"top": 12, "bottom": 12}
    head, *rows = table.findall(f"{W}tr")
    under = head.findall(f".//{W}tcBorders/*")
    assert [(b.tag.removeprefix(W), b.get(f"{W}sz")) for b in under] == [("bottom", "6")] * 2
    assert not [b for row in rows for b in row.findall(f".//{W}tcBorders/*")]


def test_columns_fill_no_more_than_the_page() -> None:
    """The widths of a table's columns add up to at most the width of the text."""
    long = line("a sentence that is so long that no column of a table can hold it in one line " * 3)
    root = main(of(Table((Column("a"), Column("b"), Column("c", wide=True)), ((line("x"), long, long),))))
    widths = [int(c.get(f"{W}w", "0")) for c in root.findall(f".//{W}gridCol")]
    assert sum(widths) <= 9075
    assert widths[0] < 1000


def test_only_a_table_that_is_too_wide_lies_on_its_side() -> None:
    """Its title goes with it; before and after it the page stands upright."""
    wide = Table(tuple(Column(f"column{k}") for k in range(16)), ((line("value"),) * 16,), title="Wide")
    root = main(of(Paragraph(line("before")), Heading("Here"), wide, Paragraph(line("after"))))
    sections = [s.find(f"{W}pgSz") for s in root.iter(f"{W}sectPr")]
    assert [s.get(f"{W}orient") for s in sections if s is not None] == [None, "landscape", None]
    body = [text_of(child) for child in root[0]]
    ends = [k for k, child in enumerate(root[0]) if child.find(f".//{W}sectPr") is not None]
    assert body[ends[0] + 1] == "Here"
    assert len(list(main(of(TABLE)).iter(f"{W}sectPr"))) == 1


def test_captions_count_in_fields_with_the_words_of_the_document() -> None:
    """Titles carry SEQ fields in the style Caption; a table without a title has no number."""
    words = {"figure": "Abbildung", "table": "Tabelle", "table_label": "Tabelle"}
    root = main(of(TABLE, replace(TABLE, title=""), TABLE, FIGURE, words=words))
    assert [text_of(p).replace("\xa0", " ") for p in styled(root, "Caption")] == [
        "Tabelle 1. T",
        "Tabelle 2. T",
        "Abbildung 1. Portrait",
    ]
    codes = [f.get(f"{W}instr", "").split()[:2] for f in root.iter(f"{W}fldSimple")]
    assert codes == [["SEQ", "Tabelle"], ["SEQ", "Tabelle"], ["SEQ", "Abbildung"]]


def test_headings_are_those_that_navigation_knows() -> None:
    """Sections, subsections and details have heading styles, numbered by a list of several levels."""
    files = parts(of(*EVERY_BLOCK))
    root = ElementTree.fromstring(files["word/document.xml"])
    titles = {level: [text_of(p) for p in styled(root, f"Heading{level}")] for level in (1, 2, 3)}
    assert titles == {1: ["Model"], 2: ["Below"], 3: ["More", "Inner"]}
    styles = ElementTree.fromstring(files["word/styles.xml"])
    levels = [
        s.find(f"{W}pPr/{W}outlineLvl") for s in styles if s.get(f"{W}styleId", "").startswith("Heading")
    ]
    assert [level.get(f"{W}val") for level in levels if level is not None] == ["0", "1", "2"]
    texts = [
        t.get(f"{W}val") for t in ElementTree.fromstring(files["word/numbering.xml"]).iter(f"{W}lvlText")
    ]
    assert texts[:3] == ["%1", "%1.%2", "%1.%2.%3"]


def test_details_of_paragraphs_alone_need_no_heading() -> None:
    """On paper nothing is folded: the summary begins the paragraph."""
    root = main(of(Details("Why", (Paragraph(line("because")),))))
    assert text_of(styled(root, "BodyText")[0]).split("\u2003") == ["Why", "because"]


def test_numbered_lists_begin_again() -> None:
    """Each has a list of its own in the numbering part."""
    listed = Bullets((line("one"), line("two")), numbered=True)
    root = main(of(listed, listed))
    numbers = [n.get(f"{W}val") for n in root.iter(f"{W}numId")]
    assert len(numbers) == 4
    assert numbers[0] == numbers[1] != numbers[2] == numbers[3]


def test_badges_have_symbol_word_and_colour() -> None:
    """A label is told in three ways."""
    root = main(of(Paragraph((Badge("saddle", "鞍点"),))))
    runs = [
        r for r in root.iter(f"{W}r") if (r.find(f"{W}rPr/{W}color")) is not None and "鞍点" in text_of(r)
    ]
    assert runs
    colour = runs[0].find(f"{W}rPr/{W}color")
    assert colour is not None
    assert f"#{colour.get(f'{W}val')}" == LABELS["saddle"].light
    assert LABELS["saddle"].symbol in text_of(root)


def test_a_chinese_report_has_chinese_fonts() -> None:
    """Body and headings name the fonts that Chinese papers use, and the language is set."""
    files = parts(of(*EVERY_BLOCK, language="zh"))
    styles = ElementTree.fromstring(files["word/styles.xml"])
    fonts = styles.find(f"{W}docDefaults/{W}rPrDefault/{W}rPr/{W}rFonts")
    language = styles.find(f"{W}docDefaults/{W}rPrDefault/{W}rPr/{W}lang")
    assert fonts is not None and language is not None
    assert (fonts.get(f"{W}ascii"), fonts.get(f"{W}eastAsia")) == ("Times New Roman", "宋体")
    assert language.get(f"{W}eastAsia") == "zh-CN"
    heads = [s.find(f"{W}rPr/{W}rFonts") for s in styles if s.get(f"{W}styleId", "").startswith("Heading")]
    assert [h.get(f"{W}eastAsia") for h in heads if h is not None] == ["黑体"] * 3


def test_pages_are_numbered_on_a4() -> None:
    """The footer counts pages by a field; margins are 25 mm."""
    files = parts(of(Paragraph(line("x"))))
    footers = [name for name in files if "footer" in name and name.endswith(".xml")]
    assert any(b"PAGE" in files[name] for name in footers)
    size, margins = (main(of()).find(f".//{W}sectPr/{W}{tag}") for tag in ("pgSz", "pgMar"))
    assert size is not None and margins is not None
    assert (size.get(f"{W}w"), size.get(f"{W}h")) == ("11906", "16838")
    assert abs(int(margins.get(f"{W}left", "0")) / 1440 * 25.4 - 25) < 0.1


def test_figures_are_vectors_with_pixels_to_fall_back_on() -> None:
    """Both pictures are in the package; the text that is read aloud names the figure; none is too wide."""
    files = parts(of(Figure('Portrait "<1>"', "Each line is a trajectory.", picture)))
    assert sorted(n.rsplit(".", 1)[1] for n in files if n.startswith("word/media/")) == ["png", "svg"]
    root = ElementTree.fromstring(files["word/document.xml"])
    described = [e for e in root.iter() if e.tag.endswith("}docPr")]
    assert described[0].get("descr") == 'Portrait "<1>". Each line is a trajectory.'
    assert any(e.tag.endswith("}svgBlip") for e in root.iter())
    extent = next(e for e in root.iter() if e.tag.endswith("}extent"))
    assert int(extent.get("cx", "0")) <= 160 * 36000
    assert b'ContentType="image/svg+xml"' in files["[Content_Types].xml"]


# --------------------------------------------------------------------------- the file


@pytest.mark.parametrize("source", [HOSTILE, HOSTILE_THREE])
def test_names_that_try_to_do_something_come_out_inert(source: Any) -> None:
    """Markup is text, no field but ours runs, nothing points outside, and every part is well-formed."""
    _, document = reported(source)
    files = parts(replace(document, blocks=(*document.blocks, *of_hostile())))
    for name, content in files.items():
        if name.endswith((".xml", ".rels")):
            ElementTree.fromstring(content)
        assert b'TargetMode="External"' not in content
    root = ElementTree.fromstring(files["word/document.xml"])
    codes = {f.get(f"{W}instr", "").split()[0] for f in root.iter(f"{W}fldSimple")}
    assert codes <= {"SEQ", "PAGE"}
    assert not list(root.iter(f"{W}instrText"))
    said = "".join(t for t in root.itertext())
    assert "<script>" in said or "<b>" in said
    assert not re.search("[\x00-\x08\x0b\x0c\x0e-\x1f\u202e\ufffe\uffff]", said)


def of_hostile() -> tuple[Block, ...]:
    """Return blocks of which every text is an attack."""
    attack = (
        "<w:p/>]]>&amp; \x00\x1b\u202e\ufffe\ud800 \"'|=cmd|'/c calc'!A1 {PAGE} \\* MERGEFORMAT " + "w" * 300
    )
    return (
        Heading(attack),
        Paragraph(line(attack, Words(attack, "code")), lead=True),
        Table((Column(attack),), ((line(attack),),), attack, title=attack),
        Pairs(((attack, attack),)),
        Bullets((line(attack),), numbered=True),
        Note(attack, line(attack)),
        Figure(attack, attack, picture),
        Verbatim(attack),
        Details(attack, (Verbatim(attack),)),
        Equations((Equation(symbol_of_name(attack), Row((symbol_of_name("成本"), symbol_of_name(attack)))),)),
    )


def test_the_same_document_has_the_same_bytes() -> None:
    """No date, no random number, no order of memory gets into the file."""
    document = of(*EVERY_BLOCK)
    content = write(document, "docx").content
    assert content == write(document, "docx").content
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        assert {i.date_time for i in package.infolist()} == {(2000, 1, 1, 0, 0, 0)}


def test_properties_name_the_report_and_nobody_else() -> None:
    """The title is in the core properties; the template's author and preview are not."""
    files = parts(of())
    assert b"A title" in files["docProps/core.xml"]
    assert b"python-docx" not in files["docProps/core.xml"]
    assert not [n for n in files if "thumbnail" in n or "customXml" in n]


def test_word_needs_a_library_and_says_so() -> None:
    """Where python-docx is missing, the error names it and how to get it."""
    program = """
import sys
class Missing:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] == "docx":
            raise ModuleNotFoundError(name)
sys.meta_path.insert(0, Missing())
from separatrix.errors import InputError
from separatrix.document.tree import Document
from separatrix.writers.registry import write
try:
    write(Document("t", "", ()), "docx")
except InputError as problem:
    print(problem.code, problem.message, problem.hint)
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.startswith(
        "U905 a report in .docx needs python-docx python -m pip install 'python-docx"
    )


def test_the_library_is_loaded_only_when_word_is_written() -> None:
    """Importing the writer costs nothing."""
    program = "import sys, separatrix.writers.word; print('docx' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
