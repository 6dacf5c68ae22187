r"""Document → a LaTeX article that compiles with the packages of every TeX distribution.

With pdfLaTeX it needs amsmath, array, booktabs, longtable, graphicx and geometry.  Letters beyond Latin and
Greek, such as Chinese, need XeLaTeX or LuaLaTeX; the file says so in its first line.
"""

from __future__ import annotations

import re

from separatrix.analysis.result import Analysis
from separatrix.present.document import (
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
    Pairs,
    Paragraph,
    Table,
    Words,
)
from separatrix.present.writers.plain_math import to_plain
from separatrix.present.writers.tex_math import tex_text, to_tex

__all__ = ["render_latex", "write_latex"]

_CJK = re.compile(r"[\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff\uff00-\uffef]")
_BEYOND_LATIN = re.compile(r"[^\x00-\u017f]")
LONG = 78
"""Characters of an equation past which TeX breaks it like text."""

_PREAMBLE = r"""\documentclass[11pt]{article}
ENCODING\usepackage{amsmath}
\usepackage{array,booktabs,longtable}
\usepackage{graphicx}
\usepackage[margin=25mm]{geometry}
\setlength{\parindent}{0pt}
\setlength{\parskip}{0.6em}
\setlength{\emergencystretch}{3em}
\relpenalty=200 \binoppenalty=300
"""
_PDFTEX = "\\usepackage[T1]{fontenc}\n\\usepackage[utf8]{inputenc}\n\\usepackage{textcomp}\n"
_XETEX = (
    "\\usepackage{fontspec}\n"
    "% a font with Chinese characters; change the name to one that you have\n"
    "\\IfFontExistsTF{Noto Serif CJK SC}{\\newfontfamily\\cjkfont{Noto Serif CJK SC}}{%\n"
    "\\IfFontExistsTF{Noto Sans CJK SC}{\\newfontfamily\\cjkfont{Noto Sans CJK SC}}{%\n"
    "\\IfFontExistsTF{SimSun}{\\newfontfamily\\cjkfont{SimSun}}{\\newcommand\\cjkfont{}}}}\n"
    "\\newcommand{\\cjk}[1]{{\\cjkfont #1}}\n"
)


def render_latex(analysis: Analysis, *, figure: str | None = None) -> str:
    """Return the report on `analysis` as a LaTeX document.

    Parameters
    ----------
    analysis : Analysis
    figure : str, optional
        The file name of a figure to include, such as one that `save_figure` wrote as PDF.  Without it the
        document has no figure.
    """
    from separatrix.present.report import build_report

    return write_latex(build_report(analysis), figure=figure)


def write_latex(document: Document, *, figure: str | None = None) -> str:
    """Return a report as a LaTeX document."""
    body = "\n\n".join(b for b in (_block(block, figure) for block in document.blocks) if b)
    source = f"\n\\textit{{{tex_text(document.subtitle)}}}\n" if document.subtitle else ""
    title = tex_text(document.title)
    unicode = bool(_BEYOND_LATIN.search(body + title + source))
    head = "% !TeX program = xelatex\n" if unicode else ""
    preamble = _PREAMBLE.replace("ENCODING", _XETEX if unicode else _PDFTEX)
    text = (
        f"{head}{preamble}\\title{{{title}}}\n\\author{{}}\n\\date{{}}\n"
        f"\\begin{{document}}\n\\maketitle\n{source}\n{body}\n\n\\end{{document}}\n"
    )
    return re.sub(f"({_CJK.pattern}+)", r"\\cjk{\1}", text) if unicode else text


def _line(content: Line) -> str:
    return "".join(_inline(item) for item in content)


def _inline(item: Words | Formula | Badge) -> str:
    match item:
        case Words(text, "strong"):
            return rf"\textbf{{{_words(text)}}}"
        case Words(text, "code"):
            return rf"\texttt{{{_words(text)}}}"
        case Words(text):
            return _words(text)
        case Formula(layout):
            return f"${to_tex(layout)}$"
        case Badge(label):
            return rf"\emph{{{label}}}"


def _words(text: str) -> str:
    return tex_text(text.replace("\u00a0", "\0")).replace("\0", "~") if "\u00a0" in text else tex_text(text)


def _block(block: Block, figure: str | None) -> str:
    match block:
        case Heading(text, level):
            return rf"\{'section' if level == 1 else 'subsection'}*{{{tex_text(text)}}}"
        case Paragraph(content, lead):
            return rf"\begin{{quote}}\bfseries {_line(content)}\end{{quote}}" if lead else _line(content)
        case Equations(rows):
            return _equations(rows)
        case Table():
            return _table(block)
        case Pairs(items):
            return ", ".join(f"{tex_text(n)}~=~{tex_text(v)}" for n, v in items)
        case Bullets(items):
            listed = "\n".join(rf"\item {_line(i)}" for i in items)
            return f"\\begin{{itemize}}\n{listed}\n\\end{{itemize}}"
        case Note(title, content):
            return rf"\textbf{{{tex_text(title)}.}} {_line(content)}"
        case Figure(title, caption):
            return _figure(title, caption, figure) if figure is not None else ""
        case Details(summary, blocks):
            if all(isinstance(b, Paragraph) for b in blocks):
                return ""
            inner = "\n\n".join(b for b in (_block(x, figure) for x in blocks) if b)
            return rf"\subsection*{{{tex_text(summary)}}}" + f"\n\n{inner}"


def _equations(rows: tuple[Equation, ...]) -> str:
    if all(len(to_plain(r.right)) <= LONG for r in rows):
        lines = " \\\\\n".join(f"{to_tex(r.left)} &{_sign(r)} {to_tex(r.right)}" for r in rows)
        return f"\\begin{{align*}}\n{lines}\n\\end{{align*}}"
    # Only text style breaks over lines by itself.
    return "\n\n".join(
        rf"{{\raggedright\hangindent=3em $\displaystyle {to_tex(r.left)} {_sign(r)} {{}}$ "
        rf"${to_tex(r.right)}$\par}}"
        for r in rows
    )


def _sign(row: Equation) -> str:
    return {"≈": r"\approx"}.get(row.sign, row.sign)


def _figure(title: str, caption: str, figure: str) -> str:
    if re.search(r"[\\{}%#$&~^\n]", figure):
        raise ValueError(f"{figure!r}: LaTeX cannot include a file of this name; rename it")
    return (
        "\\begin{figure}[htbp]\n\\centering\n"
        f"\\includegraphics[width=0.8\\linewidth]{{{figure}}}\n"
        f"\\caption{{{tex_text(title)}. {tex_text(caption)}}}\n\\end{{figure}}"
    )


def _table(block: Table) -> str:
    widths = _widths(block)
    kinds = "".join(_kind(c, w) for c, w in zip(block.columns, widths, strict=True))
    head = " & ".join(tex_text(c.title) for c in block.columns)
    rows = " \\\\\n".join(" & ".join(_line(cell) for cell in row) for row in block.rows)
    caption = f"{tex_text(block.caption)}\n\n" if block.caption else ""
    return (
        f"{caption}\\begin{{longtable}}{{@{{}}{kinds}@{{}}}}\n\\toprule\n{head} \\\\\n\\midrule\n\\endhead\n"
        f"{rows} \\\\\n\\bottomrule\n\\end{{longtable}}"
    )


def _kind(column: Column, width: float | None) -> str:
    if width is None:
        return {"right": "r", "center": "c"}.get(column.align, "l")
    ragged = "raggedleft" if column.align == "right" else "raggedright"
    return rf">{{\{ragged}\arraybackslash}}p{{{width:.3f}\linewidth}}"


def _widths(block: Table) -> list[float | None]:
    """Return each column's part of the line; None for all where the table fits as it is."""
    longest = [
        max([len(c.title), *(_length(row[k]) for row in block.rows)]) for k, c in enumerate(block.columns)
    ]
    if sum(longest) <= 84:
        return [None] * len(longest)
    room = 0.97 - 0.02 * len(longest)
    small = [min(n, 12) for n in longest]
    spare = max(1, sum(longest) - sum(small))
    free = max(0.0, room - sum(small) / 95)
    return [s / 95 + free * (n - s) / spare for s, n in zip(small, longest, strict=True)]


def _length(content: Line) -> int:
    parts = (
        i.text if isinstance(i, Words) else to_plain(i.layout) if isinstance(i, Formula) else i.label
        for i in content
    )
    return sum(len(p) for p in parts)
