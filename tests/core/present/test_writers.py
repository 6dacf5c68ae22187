"""The writers of texts: nothing lost, everything numbered once, and what users typed inert."""

from __future__ import annotations

import io
import re
from dataclasses import replace
from html import unescape
from html.parser import HTMLParser

import pytest
from rich.console import Console

from core.present.trees import HOSTILE_TEXTS, KINDS, PICTURES, every_block, leaves, with_texts
from separatrix.document.tree import Column, Details, Document, Figure, Paragraph, Table, Verbatim, line
from separatrix.expression.parser import GREEK_NAME
from separatrix.formulas.layout import to_plain
from separatrix.writers.format import picture_path
from separatrix.writers.registry import write
from separatrix.writers.terminal import write_terminal

TEXT_FORMATS = ("html", "tex", "md")


def written(document: Document, format: str, stem: str = "report") -> str:
    """Return the file itself as text."""
    return write(document, format, stem).content.decode()


def on_terminal(document: Document, width: int = 110) -> str:
    """Return what a terminal shows."""
    stream = io.StringIO()
    write_terminal(document, Console(file=stream, width=width, no_color=True, highlight=False))
    return stream.getvalue()


def words_of(document: Document) -> set[str]:
    """Return every run of letters and digits in a tree."""
    return {word for leaf in leaves(document) for word in re.findall(r"[^\W_]+", leaf)}


def shown_in(text: str, format: str) -> str:
    """Return a text without the marks of its format."""
    if format == "html":
        body = text[text.index("<body>") :]
        return unescape(re.sub(r"<[^>]*>", " ", body))
    if format in ("tex", "md"):
        for letter, name in GREEK_NAME.items():
            text = re.sub(rf"\\{name}(?![A-Za-z])", letter, text)
    return text.replace(r"\hspace{0pt}", "")


@pytest.mark.parametrize("format", TEXT_FORMATS)
def test_every_word_of_the_tree_is_written(format: str) -> None:
    """Whatever the kind of block, its words and the letters of its formulas are in the file."""
    document = every_block()
    shown = shown_in(written(document, format), format)
    assert {w for w in words_of(document) if w not in shown} == set()


def test_every_word_that_a_terminal_shows_is_there() -> None:
    """All but figures, and the brief form instead of the folded one."""
    document = every_block()
    open_blocks = tuple(b for b in document.blocks if not isinstance(b, Figure | Details))
    shown = on_terminal(document)
    kept = words_of(replace(document, blocks=open_blocks))
    digits = str.maketrans("₀₁₂₃₄₅₆₇₈₉⁰¹²³⁴⁵⁶⁷⁸⁹", "01234567890123456789")
    assert {w for w in kept if w not in shown.translate(digits)} == set()
    assert "In brief." in shown
    assert "Folded away" not in shown
    assert "◆ Sattel" in shown
    assert " 11. counted11" in shown
    assert "'a  b.tex'" in shown
    assert "Table 1. The first table" in shown
    assert shown.count("(1)") == shown.count("(2)") == 1


@pytest.mark.parametrize(
    ("format", "marks"),
    [
        ("html", ("Figure\u00a0{}.", "Table\u00a0{}.", ">({})<")),
        ("tex", (r"\label{{fig:{}}}", r"\label{{tab:{}}}", r"\label{{eq:{}}}")),
        ("md", ("**Figure {}. ", "**Table {}. ", r"\tag{{{}}}")),
    ],
)
def test_figures_tables_and_equations_have_their_numbers(format: str, marks: tuple[str, str, str]) -> None:
    """Numbers run through the document, folded parts included; each appears once."""
    text = written(every_block(), format)
    for mark, count in zip(marks, (2, 2, 3), strict=True):
        assert [text.count(mark.format(k)) for k in range(count + 2)] == [0, *[1] * count, 0]


def test_the_words_before_a_number_are_those_of_the_document() -> None:
    """A document in Chinese says 图 and 表, in every format."""
    words = {"figure": "图", "table": "表", "table_label": "表格"}
    chinese = replace(every_block(), language="zh", words=words)
    page = written(chinese, "html")
    assert '<html lang="zh">' in page
    assert "图\u00a01." in page
    assert 'aria-label="表格"' not in page  # no table without a title and a caption
    tex = written(chinese, "tex")
    assert tex.startswith("% !TeX program = xelatex\n\\documentclass[a4paper,zihao=5]{ctexart}")
    assert r"\renewcommand{\figurename}{图}" in tex
    assert "**表 1. " in written(chinese, "md")


def test_latex_asks_for_no_more_than_it_needs() -> None:
    """Latin documents compile with pdfLaTeX; Chinese names need ctex, and other letters XeLaTeX."""
    plain = every_block()
    assert written(plain, "tex").startswith("\\documentclass[11pt,a4paper]{article}\n\\usepackage[T1]")
    named = written(replace(plain, title="企业集群"), "tex")
    assert named.splitlines()[:2] == [
        "% !TeX program = xelatex",
        r"\documentclass[11pt,a4paper,zihao=false,scheme=plain]{ctexart}",
    ]
    assert "fontspec" in written(replace(plain, title="Привет"), "tex")


def test_pictures_lie_beside_in_a_folder_of_the_stem() -> None:
    """LaTeX gets PDF and Markdown SVG, and refers to both by paths that need no escaping."""
    for format, suffix in (("tex", "pdf"), ("md", "svg")):
        for stem in ("report", "a b}c", "报告"):
            done = write(every_block(), format, stem)
            assert list(done.beside) == [picture_path(stem, k, suffix) for k in (1, 2)]
            assert set(done.beside.values()) == {PICTURES[suffix]}
            for path in done.beside:
                assert re.fullmatch(rf"[A-Za-z0-9-]+-figures/figure-\d\.{suffix}", path)
                assert f"{{{path}}}" in done.content.decode() or f"({path})" in done.content.decode()
    assert len({picture_path(stem, 1, "svg") for stem in ("报告", "报表", "report", "re port")}) == 4


@pytest.mark.parametrize("format", ["tex", "md"])
def test_pictures_can_be_left_out(format: str) -> None:
    """A document for standard output needs no file beside it."""
    from separatrix.writers import latex, markdown

    def fail(_: object) -> bytes:
        raise AssertionError("drawn")

    writer = latex.write_document if format == "tex" else markdown.write_document
    done = writer(every_block(fail), "report", pictures=False)
    assert done.beside == {}
    assert "figure-1" not in done.content.decode()


def test_a_matrix_is_written_in_every_notation() -> None:
    """MathML has a table, TeX a pmatrix, text brackets with semicolons."""
    document = Document("t", "", (Paragraph(line(KINDS[-1])),))
    assert "<mtable><mtr><mtd>" in written(document, "html")
    assert r"\begin{pmatrix} 1 - 2 x & 0 \\ \frac{s}{t} & \delta  \end{pmatrix}" in written(document, "tex")
    assert r"\begin{pmatrix} 1 - 2 x & 0 \cr" in written(document, "md")
    assert to_plain(KINDS[-1]) == "(1 − 2x, 0; s/t, δ)"


# --------------------------------------------------------------------------- hostile texts


class _Nesting(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.stack: list[str] = []
        self.tags: set[str] = set()
        self.names: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.names |= {name for name, _ in attrs}
        if tag not in ("meta", "wbr", "mspace") or "/" in (self.get_starttag_text() or ""):
            self.stack.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.stack.pop() == tag


def tags_of(document: Document) -> tuple[set[str], set[str]]:
    """Return the elements and the attributes of a page whose elements nest."""
    page = _Nesting()
    page.feed(written(document, "html"))
    page.close()
    assert page.stack == []
    return page.tags, page.names


@pytest.mark.parametrize("text", HOSTILE_TEXTS)
def test_what_users_type_adds_no_element_to_a_page(text: str) -> None:
    """Whatever is typed wherever a text can stand, the page has the elements that it had."""
    plain, names = tags_of(every_block())
    tags, attributes = tags_of(with_texts(every_block(), text))
    assert tags - plain <= {"wbr"}
    assert attributes <= names


_COMMAND = re.compile(r"\\(?:[A-Za-z]+|.)", re.DOTALL)
_HARMLESS = {
    *(
        rf"\text{n}"
        for n in (
            "backslash",
            "asciicircum",
            "asciitilde",
            "less",
            "greater",
            "bar",
            "quotedbl",
            "asciigrave",
            "quotesingle",
        )
    ),
    *(rf"\{c}" for c in "{}$&#_% "),
    r"\text",
    r"\hspace",
    r"\mathit",
    r"\mathrm",
    r"\ensuremath",
    r"\ast",
    r"\footnotesize",
    r"\small",
    r"\endlastfoot",
    r"\addlinespace",
    r"\raggedright",
    r"\arraystretch",
    r"\arraybackslash",
    r"\centering",
    r"\raggedleft",
    r"\allowbreak",
    r"\endfirsthead",
    r"\par",
}


@pytest.mark.parametrize("text", HOSTILE_TEXTS)
def test_what_users_type_gives_tex_no_command(text: str) -> None:
    """The commands are this program's, braces match, and no line ends in a comment."""
    plain = set(_COMMAND.findall(written(every_block(), "tex")))
    shown = written(with_texts(every_block(), text), "tex")
    body = shown.split("\n", 1)[1] if shown.startswith("% !TeX") else shown
    assert set(_COMMAND.findall(body)) - plain <= _HARMLESS
    bare = re.sub(r"\\[\\{}%$#]", "", body)
    assert bare.count("{") == bare.count("}")
    assert not re.search(r"[%#]|\^\^|``?`", bare)
    assert not re.search(r"\\\\\s*[\[*]|\\(?:toprule|midrule|item)\s*\[", bare)
    assert shown.count(r"\end{document}") == 1


@pytest.mark.parametrize("text", HOSTILE_TEXTS)
def test_what_users_type_is_no_markdown(text: str) -> None:
    """No HTML, no link, no list, no new cell; what is in fences ends with them."""
    plain = written(every_block(), "md")
    shown = written(with_texts(every_block(), text), "md")
    outside, (verbatim,) = without_fences(shown)
    assert verbatim == ["".join(c if c.isprintable() else " " for c in row) for row in text.splitlines()]
    bare = _ESCAPED.sub("", outside)
    prose = re.sub(r"\$\$\n.*?\n\$\$|\$[^$\n]*\$", "", bare, flags=re.DOTALL)
    assert not re.search(r"[<>$`@]|://|www\.", re.sub(r"^> ?", "", prose, flags=re.MULTILINE))
    assert re.findall(r"\](?!\(report-figures/figure-\d\.svg\))", prose) == []
    kinds = [m[0] for m in _MARKS.finditer(outside)]
    assert kinds == [m[0] for m in _MARKS.finditer(without_fences(plain)[0])]
    for block in outside.split("\n\n"):
        if block.startswith("|"):
            assert len({len(re.findall(r"(?<!\\)\|", row)) for row in block.splitlines()}) == 1


def without_fences(text: str) -> tuple[str, list[list[str]]]:
    """Return Markdown without its fenced blocks, and the lines of these."""
    outside: list[str] = []
    blocks: list[list[str]] = []
    fence = ""
    for row in text.splitlines():
        if fence:
            if row.strip() == fence:
                fence = ""
            else:
                blocks[-1].append(row)
        elif match := re.match(r"(`{3,})text$", row):
            fence = match[1]
            blocks.append([])
        else:
            outside.append(row)
    assert not fence
    return "\n".join(outside), blocks


_ESCAPED = re.compile(r"\\[!-/:-@\[-`{-~]|(`+)(?!`).*?(?<!`)\1(?!`)", re.DOTALL)
_MARKS = re.compile(r"^(?:#+ |- |\d+\. |> |!\[|\||\$\$)", re.MULTILINE)


@pytest.mark.parametrize("text", HOSTILE_TEXTS)
def test_what_users_type_cannot_steer_a_terminal(text: str) -> None:
    """No control character gets through, no markup is obeyed, and lines keep to the width."""
    shown = on_terminal(with_texts(every_block(), text), 60)
    assert all(c.isprintable() or c in "\n" for c in shown)
    if text.startswith("[red]"):
        assert "[red]markup[/red]" in shown


def test_markdown_sets_formulas_apart_from_letters() -> None:
    """GitHub begins a formula only after a space, and ends it only before what is no letter."""
    text = written(
        Document("t", "", (Paragraph(line("当", KINDS[2], "大时（", KINDS[2], "），再", KINDS[2], ".")),)),
        "md",
    )
    assert r"当 $\bar{U}$ 大时（ $\bar{U}$ ），再 $\bar{U}$." in text


def test_a_fence_is_longer_than_any_in_what_it_holds() -> None:
    """Backticks in a text to copy do not end it."""
    text = written(Document("t", "", (Verbatim("a\n````\nb"),)), "md")
    assert "`````text\na\n````\nb\n`````" in text


def test_a_wide_table_of_latex_gives_its_columns_widths() -> None:
    """Columns that fit stay as they are; of the others each has a width, together a line at most."""
    columns = (Column("k"), Column("why", wide=True), Column("when", wide=True))
    rows = tuple((line(str(k)), line("word " * 30), line("other " * 12)) for k in range(3))
    text = written(Document("t", "", (Table(columns, rows, title="Wide"),)), "tex")
    widths = [float(w) for w in re.findall(r"p\{([\d.]+)em\}", text)]
    assert len(widths) == 2
    assert widths[0] > widths[1] > 5
    assert sum(widths) < 50
    assert r"\begin{tabular}{@{}l>{" in text


def test_on_a_screen_the_longest_column_has_the_most_room() -> None:
    """A long remark beside a place is not folded at every word, and what is short stays whole."""
    rows = tuple(
        (
            line("K133"),
            line("left out"),
            line("energy.csv, row 12, column amount and 80 more like it"),
            line(what),
        )
        for what in ("the required cell is empty; the row was excluded " * 2, "")
    )
    columns = (Column(""), Column("kind"), Column("where"), Column("what", wide=True))
    text = on_terminal(Document("t", "", (Table(columns, rows, title="Remarks"),)), 80)
    assert "left out   " in text
    assert "the row was" in text
    assert len([row for row in text.splitlines() if row.strip()]) < 16


@pytest.mark.parametrize("width", [20, 40, 110])
def test_a_table_without_rows_has_its_headings(width: int) -> None:
    """However narrow the screen: an empty table is no fault of the reader."""
    headings = ("enterprise", "emissions of the whole year", "share")
    empty = Document("t", "", (Table(tuple(Column(h) for h in headings), (), title="Nobody"),))
    assert "Nobody" in on_terminal(empty, width).replace("\n", "").replace(" ", "")
