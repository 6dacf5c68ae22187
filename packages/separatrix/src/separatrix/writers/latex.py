"""Document → a LaTeX article that compiles with the packages of every TeX distribution.

With pdfLaTeX it needs amsmath, array, booktabs, longtable, caption, graphicx and geometry.  Chinese needs
XeLaTeX and ctex, other letters beyond Latin and Greek XeLaTeX; the file says so in its first line.

How wide TeX will set a formula or a text, roughly: enough to say where lines must break.

Widths are in em of the font in use: a letter of Computer Modern is about half an em, a Chinese one a whole.

Displayed equations in TeX: aligned at their signs, long ones broken before a plus or a minus.

Tables in TeX: three lines, columns as wide as what they hold, long ones over several pages.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass

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
    Formula,
    Heading,
    Line,
    Note,
    Notes,
    Pairs,
    Paragraph,
    Table,
    Verbatim,
    Words,
)
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
    is_stacked,
    is_tall,
    pieces,
)
from separatrix.formulas.tex import COMMA_SPACE, tex_text, to_tex
from separatrix.languages import typography_of
from separatrix.writers.format import Format, Written, picture_path
from separatrix.writers.layout import Numbering, numbering_of

__all__ = [
    "FORMAT",
    "formula_width",
    "least_width",
    "line_width",
    "tex_equations",
    "tex_table",
    "text_width",
    "write_document",
]

_NARROW, _BROAD = frozenset("iljtfI.,:;!|'()[]{}/ -"), frozenset("mwMW@%—…")
_SIGNS = {"binary": 1.25, "relation": 1.35, "dot": 0.75, "times": 0.08, "comma": 0.75, "sign": 0.8}
SMALL = 0.72
"""The size of scripts, and of what stands above and below a bar within a line."""
BOLD, CODE = 1.15, 0.525
OPENED = 12
"""Brackets wider than this are opened where a line of text may break within them."""


def text_width(text: str) -> float:
    """Return the width of plain text."""
    return sum(_character(c) for c in text)


def _character(character: str) -> float:
    if unicodedata.east_asian_width(character) in "WF":
        return 1.0
    if character in _NARROW:
        return 0.34
    if character in _BROAD:
        return 0.9
    return 0.75 if character.isupper() else 0.52


def formula_width(node: Layout, *, display: bool = False) -> float:
    """Return the width of a formula, within a line or displayed."""
    match node:
        case Letter(text):
            return 0.75 if text.isupper() else 0.58
        case Word(text) | Text(text):
            return text_width(text)
        case Operator(_, kind):
            return _SIGNS.get(kind, 0.4)
        case Row(items):
            return sum(formula_width(i, display=display) for i in items)
        case Fraction(top, bottom):
            size = 1.0 if display else SMALL
            return size * max(formula_width(top), formula_width(bottom)) + 0.25
        case Script(base, sub, sup):
            scripts = (formula_width(s) for s in (sub, sup) if s is not None)
            return formula_width(base, display=display) + SMALL * max(scripts, default=0.0) + 0.05
        case Accent(_, body):
            return formula_width(body, display=display)
        case SquareRoot(body):
            return formula_width(body, display=display) + 0.9
        case Fence(_, body, _):
            return formula_width(body, display=display) + (1.2 if is_tall(body) else 0.8)
        case Matrix(rows):
            columns = zip(*rows, strict=True)
            return sum(max(formula_width(e) for e in column) + 1.0 for column in columns) + 1.0


def line_width(content: Line) -> float:
    """Return the width of words, formulas and badges set in one line of a table."""
    return sum(_inline(item) for item in content)


def _inline(item: Words | Formula | Badge) -> float:
    match item:
        case Words(text, style):
            return _styled(text, style)
        case Formula(layout):
            return formula_width(layout, display=is_stacked(layout))
        case Badge():
            return text_width(item.text)


def _styled(text: str, style: str) -> float:
    return len(text) * CODE if style == "code" else text_width(text) * (BOLD if style == "strong" else 1.0)


def least_width(content: Line) -> float:
    """Return the width of the widest piece of a table's line within which it would not break by itself."""
    widest = run = 0.0
    for item in content:
        for index, width in enumerate(_unbroken(item)):
            run = run + width if index == 0 else width
            widest = max(widest, run)
    return widest


def _unbroken(item: Words | Formula | Badge) -> list[float]:
    """Return the widths of the pieces of `item`, between which a line may end."""
    if isinstance(item, Formula):
        parts = pieces(item.layout, OPENED, lambda node: round(formula_width(node)))
        return [formula_width(part, display=is_stacked(item.layout)) for part in parts]
    style = item.style if isinstance(item, Words) else "plain"
    return [_word(word, style) for word in item.text.replace("\u200b", " ").split(" ")]


def _word(word: str, style: str) -> float:
    """Return the width of a word; between Chinese characters lines may break."""
    if any(unicodedata.east_asian_width(c) in "WF" for c in word):
        return min(4.0, _styled(word, style))
    return _styled(word, style)


LINE = 41.0
"""The width of a line, in em."""
NUMBER, INDENT, LONGEST_LEFT, SHORTEST = 3.2, 2.0, 14.0, 5.0
SHRUNK = 1.4
"""How many times wider than the line a matrix may be to be set smaller as a whole."""
SMALLER = 0.85
"""The size of a matrix whose entries are broken."""


def tex_equations(block: Equations, first: int | None) -> str:
    """Return displayed equations; `first` is the number of the first row, ``None`` where they have none."""
    lefts = [formula_width(row.left, display=True) for row in block.rows]
    apart = max(lefts, default=0.0) > LONGEST_LEFT
    room = LINE - (0.0 if first is None else NUMBER) - 1.4 - (INDENT if apart else max(lefts, default=0.0))
    rows = []
    for index, row in enumerate(block.rows):
        lines = _lines(row, room, apart=apart)
        if first is not None:
            lines = [f"{line} \\notag" for line in lines[:-1]] + [
                rf"{lines[-1]} \label{{eq:{first + index}}}"
            ]
        rows.append(" \\\\\n".join(lines))
    kind = "align*" if first is None else "align"
    return f"\\begin{{{kind}}}\n" + " \\\\\n".join(rows) + f"\n\\end{{{kind}}}"


def _lines(row: Equation, room: float, *, apart: bool) -> list[str]:
    left, sign = to_tex(row.left).strip(), to_tex(Operator(row.sign, "relation")).strip()
    first, *others = _broken(row.right, room)
    head = [rf"& {left}", rf"& \quad {{}}{sign} {first}"] if apart else [f"{left} &{sign} {first}"]
    return head + [rf"& \quad {{}}{other}" for other in others]


def _broken(right: Layout, room: float) -> list[str]:
    if formula_width(right, display=True) <= room:
        return [to_tex(right).strip()]
    if isinstance(right, Matrix):
        return [_matrix(right, room)]
    flat = _flattened(right, room)
    for longest in (room - INDENT, room / 2, room / 4, SHORTEST):
        parts = pieces(flat, round(longest), lambda node: round(formula_width(node, display=True)))
        if all(formula_width(part, display=True) <= room - INDENT for part in parts):
            break
    lines: list[list[str]] = [[]]
    used = 0.0
    for part in parts:
        width = formula_width(part, display=True)
        if lines[-1] and used + width > (room if len(lines) == 1 else room - 1.0):
            lines.append([])
            used = 0.0
        lines[-1].append(to_tex(part))
        used += width
    return ["".join(line).strip() for line in lines]


def _matrix(matrix: Matrix, room: float) -> str:
    """Return a matrix wider than a line: a little smaller, or with entries over several lines."""
    if formula_width(matrix) <= SHRUNK * room:
        return rf"\resizebox{{{room:.1f}em}}{{!}}{{$\displaystyle {to_tex(matrix)}$}}"
    columns = list(zip(*matrix.rows, strict=True))
    whole = [max(formula_width(e) for e in column) for column in columns]
    free, widths = room / SMALLER - 1.0 - 1.1 * len(columns), list(whole)
    for done, k in enumerate(sorted(range(len(whole)), key=whole.__getitem__)):
        widths[k] = min(whole[k], free / (len(whole) - done))
        free -= widths[k]
    rows = (
        " & ".join(_entry(entry, width) for entry, width in zip(row, widths, strict=True))
        for row in matrix.rows
    )
    return rf"\scalebox{{{SMALLER}}}{{$\begin{{pmatrix}} {_APART.join(rows)} \end{{pmatrix}}$}}"


_APART = r" \\[4pt] "


def _entry(entry: Layout, width: float) -> str:
    lines = _broken(entry, width)
    if len(lines) == 1:
        return lines[0]
    return r"\begin{aligned} & " + r" \\ & ".join(lines) + r" \end{aligned}"


def _flattened(node: Layout, room: float) -> Layout:
    """Return `node` with fractions too wide for a line written with a slash, so that they can break."""
    match node:
        case Row(items):
            return Row(tuple(_flattened(i, room) for i in items))
        case Fence(left, body, right):
            return Fence(left, _flattened(body, room), right)
        case Script(base, sub, sup):
            return Script(_flattened(base, room), sub, sup)
        case Fraction(top, bottom) if formula_width(node, display=True) > room - INDENT:
            over, under = (Fence("(", _flattened(part, room), ")") for part in (top, bottom))
            return Row((over, Operator("/", "open"), under))
        case _:
            return node


"""The width of a line in em of the main font."""
BETWEEN = 1.15
"""Space between two columns."""
SIZES = ((r"\normalsize", 1.0), (r"\small", 1.09), (r"\footnotesize", 1.2))
"""Sizes of type, and how many more of its em a line holds."""
TALLEST = 30
"""Lines past which a table is set over several pages."""
SLACK, NARROWEST, SHORT = 1.12, 4.0, 10.0
"""What ragged lines lose; in em, the least width of a column and that up to which it is better not folded."""


def tex_table(
    block: Table, number: int | None, set_line: Callable[[Line], str], set_text: Callable[[str], str]
) -> str:
    """Return a table; `set_line` and `set_text` say how cells and titles are written.

    With a number it has a caption and floats; without, it stays in place, with its caption above.
    """
    if not block.columns:
        return set_text(block.caption)
    plan = _planned(block)
    head = _row([set_text(c.title) for c in block.columns])
    between = f" \\\\{_SPACED}\n" if plan.folded else " \\\\\n"
    body = between.join(_row([set_line(cell) for cell in row]) for row in block.rows)
    body = f"{body} \\\\\n" if body else ""
    told, above = "", ""
    if number is not None:
        below = f"\\enspace {set_text(block.caption)}" if block.caption else ""
        title = set_text(block.title)
        told = rf"\caption[{{{title}}}]{{\textbf{{{title}}}{below}}}\label{{tab:{number}}}"
    elif block.caption:
        above = f"{set_text(block.caption)}\n\n"
    headed = any(c.title for c in block.columns)
    rules = f"\\toprule\n{head} \\\\\n\\midrule\n" if headed else "\\toprule\n"
    if plan.lines > TALLEST:
        start = f"{told} \\\\\n{rules}\\endfirsthead\n{rules}\\endhead\n" if told else f"{rules}\\endhead\n"
        table = (
            f"\\begin{{longtable}}{{@{{}}{plan.kinds}@{{}}}}\n{start}\\bottomrule\n\\endlastfoot\n"
            f"{body}\\end{{longtable}}"
        )
        return above + (table if plan.size == r"\normalsize" else f"{{{plan.size}\n{table}\n}}")
    table = f"\\begin{{tabular}}{{@{{}}{plan.kinds}@{{}}}}\n{rules}{body}\\bottomrule\n\\end{{tabular}}"
    size = "" if plan.size == r"\normalsize" else f"{plan.size}\n"
    if told:
        return f"\\begin{{table}}[htbp]\n\\centering\n{told}\n{size}{table}\n\\end{{table}}"
    return f"{above}\\begin{{center}}\n{size}{table}\n\\end{{center}}"


_SPACED = r"\addlinespace[3pt]"


def _row(cells: list[str]) -> str:
    """Return one row; a bracket or star at its start would be read as an option of what stands before."""
    text = " & ".join(cells)
    return f"{{}}{text}" if text.lstrip()[:1] in ("[", "*") else text


# --------------------------------------------------------------------------- widths


@dataclass(frozen=True)
class _Plan:
    """The size of type, the kinds of the columns, the lines of the table, and whether rows are set apart."""

    size: str
    kinds: str
    lines: int
    folded: bool


def _planned(block: Table) -> _Plan:
    count = len(block.columns)
    heads = [text_width(c.title) for c in block.columns]
    cells = [heads, *([line_width(cell) for cell in row] for row in block.rows)]
    whole = [max(row[k] for row in cells) + 0.3 for k in range(count)]
    least = [
        max([*map(text_width, c.title.split(" ")), *(least_width(row[k]) for row in block.rows)]) + 0.3
        for k, c in enumerate(block.columns)
    ]
    size, room = SIZES[-1][0], 0.0
    for size, scale in SIZES:
        room = LINE * scale - BETWEEN * (count - 1)
        if sum(whole) <= room or (size != SIZES[0][0] and sum(least) <= 0.8 * room):
            break
    widths = _widths(cells, whole, least, room)
    folds = [width < natural for width, natural in zip(widths, whole, strict=True)]
    kinds = "".join(
        _kind(column, width if fold else None)
        for column, width, fold in zip(block.columns, widths, folds, strict=True)
    )
    lines = [
        max(
            math.ceil(SLACK * cell / w) if fold else 1
            for cell, w, fold in zip(row, widths, folds, strict=True)
        )
        for row in cells
    ]
    tall = any(isinstance(i, Formula) and is_stacked(i.layout) for row in block.rows for c in row for i in c)
    return _Plan(size, kinds, sum(lines) * (2 if tall else 1), tall or any(n > 1 for n in lines))


def _widths(cells: list[list[float]], whole: list[float], least: list[float], room: float) -> list[float]:
    """Return each column's width: from what its longest word needs, up to where the table is lowest."""
    if sum(whole) <= room:
        return whole
    widths = [min(w, n) for w, n in zip(whole, least, strict=True)]
    for k in sorted(range(len(whole)), key=whole.__getitem__):  # short cells look odd when they are folded
        if whole[k] <= SHORT and sum(widths) - widths[k] + whole[k] <= 0.85 * room:
            widths[k] = whole[k]
    while sum(widths) > room and max(widths) > NARROWEST:  # even the longest words do not fit
        widths[max(range(len(widths)), key=widths.__getitem__)] -= 0.5
    while (spare := room - sum(widths)) > 0.01:
        growing = [k for k in range(len(widths)) if widths[k] < whole[k]]
        if not growing:
            break
        best = min(growing, key=lambda k: _height(cells, widths, k))
        widths[best] = min(whole[best], widths[best] + min(1.0, spare))
    return widths


def _height(cells: list[list[float]], widths: list[float], wider: int) -> float:
    """Return how tall a table is, in lines and parts of lines, with one column wider by an em."""
    height = 0.0
    for row in cells:
        lines = [
            max(1.0, SLACK * cell / (width + (k == wider)))
            for k, (cell, width) in enumerate(zip(row, widths, strict=True))
        ]
        height += max(lines) + 0.01 * sum(lines)
    return height


def _kind(column: Column, width: float | None) -> str:
    if width is None:
        return {"right": "r", "center": "c"}.get(column.align, "l")
    side = {"right": "raggedleft", "center": "centering"}.get(column.align, "raggedright")
    return rf">{{\{side}\arraybackslash}}p{{{width:.1f}em}}"


_CJK = re.compile(r"[\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff\uff00-\uffef]")
_BEYOND_LATIN = re.compile(r"[^\x00-\x7e\u00a0-\u0107\u010c-\u011b\u0141-\u0148\u014a-\u0165\u0168-\u017e]")
"""What the fonts of pdfLaTeX lack."""
_LONG_WORD = re.compile(r"[^\s\u00a0\u200b\u2e80-\u9fff]{25,}")
_CHINESE_SIGNS = "“”‘’…—·"

_SECTIONS = {1: "section", 2: "subsection", 3: "subsubsection"}

_PREAMBLE = r"""\usepackage{amsmath}
\usepackage{array,booktabs,longtable}
\usepackage{graphicx}
\usepackage[margin=25mm]{geometry}
\usepackage[font=small,labelfont=bf,labelsep=quad]{caption}
\setlength{\parindent}{0pt}
\setlength{\parskip}{0.6em}
\setlength{\emergencystretch}{3em}
\setlength{\jot}{6pt}
\setlength{\lineskiplimit}{2pt}
\setlength{\lineskip}{3pt}
\relpenalty=200 \binoppenalty=300
\allowdisplaybreaks
\pagestyle{plain}
"""
_PDFTEX = r"""\documentclass[11pt,a4paper]{article}
\usepackage[T1]{fontenc}
\usepackage[utf8]{inputenc}
\usepackage{lmodern,textcomp}
"""
_XETEX = "\\documentclass[11pt,a4paper]{article}\n\\usepackage{fontspec}\n"
_CHINESE = "\\documentclass[a4paper,zihao=5]{ctexart}\n"
_CHINESE_NAMES = "\\documentclass[11pt,a4paper,zihao=false,scheme=plain]{ctexart}\n"


def write_document(document: Document, stem: str = "report", pictures: bool = True) -> Written:
    """Return a report as a LaTeX document, with its figures as PDF in a folder next to it.

    Without `pictures` the figures are omitted, and the document needs no other file.
    """
    beside: dict[str, bytes] = {}
    chinese = typography_of(document.language).cjk
    writer = _LatexWriter(numbering_of(document), stem, beside, pictures, _CHINESE_SIGNS if chinese else "")
    title, source = writer.text(document.title), writer.text(document.subtitle)
    author = rf"\parbox{{0.9\linewidth}}{{\centering\normalsize {source}}}" if source else ""
    names = "".join(
        f"\\renewcommand{{\\{kind}name}}{{{writer.text(document.words[kind])}}}\n"
        for kind in ("figure", "table")
    )
    contents = ""
    if document.contents:
        title_of = writer.text(document.contents)
        depth = r"\setcounter{tocdepth}{2}"
        contents = f"{depth}\\renewcommand{{\\contentsname}}{{{title_of}}}\n\\tableofcontents\n"
    text = (
        f"{_PREAMBLE}{names}\\title{{{title}}}\n\\author{{{author}}}\n\\date{{}}\n\n"
        f"\\begin{{document}}\n\\maketitle\n{contents}\n{writer.blocks(document.blocks)}\n\n\\end{{document}}\n"
    )
    return Written((_opening(text, chinese=chinese) + text).encode(), beside)


FORMAT = Format("tex", (".tex",), ("latex",), write=write_document)


def _opening(text: str, *, chinese: bool) -> str:
    """Return the class of the document, and the program that compiles it where that is not every one."""
    program = "% !TeX program = xelatex\n"
    if chinese:
        return program + _CHINESE
    if _CJK.search(text):
        return program + _CHINESE_NAMES
    return program + _XETEX if _BEYOND_LATIN.search(text) else _PDFTEX


@dataclass(frozen=True)
class _LatexWriter:
    """The common state of the blocks of one document; pictures are added to `beside`."""

    numbering: Numbering
    stem: str
    beside: dict[str, bytes]
    pictures: bool
    keep: str

    # ------------------------------------------------------------------ lines

    def text(self, text: str) -> str:
        return tex_text(_LONG_WORD.sub(_breakable, text), self.keep)

    def line(self, content: Line) -> str:
        return "".join(self.inline(item) for item in content)

    def cell(self, content: Line) -> str:
        """Return a cell of a table, in which fractions have their full size."""
        return "".join(
            _formula(item.layout, full=is_stacked(item.layout))
            if isinstance(item, Formula)
            else self.inline(item)
            for item in content
        )

    def inline(self, item: Words | Formula | Badge) -> str:
        match item:
            case Words(text, style, note, True):
                return rf"{self.inline(Words(text, style))}\textsuperscript{{[{note}]}}"
            case Words(text, "strong"):
                return rf"\textbf{{{self.text(text)}}}"
            case Words(text, "code"):
                return rf"\texttt{{{_code(_LONG_WORD.sub(_breakable, text))}}}"
            case Words(text):
                return self.text(text)
            case Formula(layout):
                return _formula(layout)
            case Badge():
                return rf"\emph{{{self.text(item.text)}}}"

    # ------------------------------------------------------------------ blocks

    def blocks(self, blocks: tuple[Block, ...]) -> str:
        """Return blocks, paragraphs apart; displayed equations belong to the paragraph before them."""
        text, before = "", False
        for block in blocks:
            shown = self.block(block)
            if shown:
                glue = "\n" if before and isinstance(block, Equations) else "\n\n"
                text += (glue if text else "") + shown
                before = isinstance(block, Paragraph) and not block.lead
        return text

    def block(self, block: Block) -> str:
        match block:
            case Heading(text, level, small):
                before = "\\footnotesize\n" if small else ""
                return rf"{before}\{_SECTIONS[min(level, 3)]}{{{self.text(text)}}}"
            case Paragraph(content, lead):
                text = self.line(content)
                if any(isinstance(i, Formula) and formula_width(i.layout) > OPENED for i in content):
                    text = f"{{\\raggedright {text}\\par}}"  # too few places to break for even edges
                return (
                    f"\\begin{{quote}}\n\\raggedright\\bfseries\\boldmath {text}\n\\end{{quote}}"
                    if lead
                    else text
                )
            case Equations(rows):
                return (
                    tex_equations(block, self.numbering.number_of(block) if block.numbered else None)
                    if rows
                    else ""
                )
            case Table():
                return tex_table(block, self.numbering.number_of(block), self.cell, self.text)
            case Pairs(items):
                return ", ".join(f"{self.text(n)}~=~{self.text(v)}" for n, v in items)
            case Bullets(items, numbered):
                kind = "enumerate" if numbered else "itemize"
                listed = _CLOSE + "\n".join(rf"\item {{}}{self.line(i)}" for i in items)
                return f"\\begin{{{kind}}}\n{listed}\n\\end{{{kind}}}" if items else ""
            case Note(title, content):
                return rf"\textbf{{{self.text(title)}}}\quad {self.line(content)}"
            case Notes(items, below):
                listed = "\n".join(rf"\item {{}}{self.line(i)}" for i in items)
                notes = f"\\begin{{enumerate}}\n{_CLOSE}{listed}\n\\end{{enumerate}}" if items else ""
                return f"{{\\footnotesize {notes}\n{self.line(below)}\\par}}"
            case Verbatim(text):
                return _verbatim(text)
            case Figure():
                return self.figure(block) if self.pictures else ""
            case Details(summary, blocks):
                return f"\\subsection{{{self.text(summary)}}}\n\n{self.blocks(blocks)}".strip()

    def figure(self, block: Figure) -> str:
        number = self.numbering.number_of(block) or 0
        path = picture_path(self.stem, number, "pdf")
        self.beside[path] = block.draw("pdf")
        title = self.text(block.title)
        below = f"\\enspace {self.text(block.caption)}" if block.caption else ""
        return (
            "\\begin{figure}[htbp]\n\\centering\n"
            f"\\includegraphics[width=0.85\\linewidth,height=0.7\\textheight,keepaspectratio]{{{path}}}\n"
            f"\\caption[{{{title}}}]{{\\textbf{{{title}}}{below}}}\\label{{fig:{number}}}\n\\end{{figure}}"
        )


_CLOSE = "\\setlength{\\itemsep}{2pt}\\setlength{\\parskip}{0pt}\n"


def _breakable(match: re.Match[str]) -> str:
    """Return a very long word with places where a line may end: after its signs, else anywhere."""
    return "\u200b".join(re.findall(r"[^\W_]{1,12}[\W_]*|[\W_]+", match[0]))


def _formula(layout: Layout, *, full: bool = False) -> str:
    """Return a formula within a line; TeX breaks a long one at its signs and commas."""
    style = r"\displaystyle " if full else ""
    if formula_width(layout) <= OPENED:
        return f"${style}{to_tex(layout).strip()}$"
    parts = pieces(layout, OPENED, lambda node: round(formula_width(node)))
    text = "".join(to_tex(part) for part in parts).strip()
    return f"${style}{text.replace(COMMA_SPACE, chr(92) + 'allowbreak' + COMMA_SPACE)}$"


def _code(text: str) -> str:
    """Return text in type of one width, with straight quotation marks, as it is typed."""
    return r"\textquotesingle{}".join(tex_text(part) for part in text.split("'"))


def _verbatim(text: str) -> str:
    rows = []
    for row in text.splitlines():
        body = row.expandtabs(4)
        indent = len(body) - len(body.lstrip(" "))
        shown = _code(_LONG_WORD.sub(_breakable, body[indent:])).replace("  ", r"~\ ")
        rows.append(r"\mbox{}" + "~" * indent + shown)
    return "\\begin{flushleft}\\small\\ttfamily\n" + " \\\\\n".join(rows) + "\n\\end{flushleft}"
