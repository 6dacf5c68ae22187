r"""Document → a LaTeX article that compiles with the packages of every TeX distribution.

With pdfLaTeX it needs amsmath, array, booktabs, longtable, caption, graphicx and geometry.  Chinese needs
XeLaTeX and ctex, other letters beyond Latin and Greek XeLaTeX; the file says so in its first line.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from separatrix.document.document import (
    Badge,
    Block,
    Bullets,
    Details,
    Document,
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
from separatrix.formulas.layout import Layout, is_stacked, pieces
from separatrix.formulas.tex_math import COMMA_SPACE, tex_text, to_tex
from separatrix.languages import typography_of
from separatrix.writers.format import Format, Written, picture_path
from separatrix.writers.latex_equations import tex_equations
from separatrix.writers.numbering import Numbering, numbering_of
from separatrix.writers.table import tex_table
from separatrix.writers.width import OPENED, formula_width

__all__ = ["FORMAT", "write_document"]

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
