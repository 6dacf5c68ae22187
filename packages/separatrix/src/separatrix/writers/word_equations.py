"""Displayed equations: each is one object of Word's equation editor, with its number at the margin.

Equations of one group begin at one place, so that their signs stand below each other wherever their left
sides are alike; a single one is centred.  One that no line can hold is an array of lines, still in one
object.  Word aligns such lines at marks that LibreOffice prints as signs; so they are filled with space to
one width instead, which both set alike.
"""

from __future__ import annotations

from collections.abc import Sequence

from separatrix.document.document import Equation, Equations
from separatrix.formulas.layout import Operator, Row
from separatrix.writers.columns import PORTRAIT
from separatrix.writers.em_widths import MATHS, formula_em
from separatrix.writers.line_breaks import broken
from separatrix.writers.omml import to_omml
from separatrix.writers.word_table import SPACER, TWIPS
from separatrix.writers.xml import field, paragraph, run

__all__ = ["equations_xml"]

NUMBER = 36.0
"""Points for the number of an equation."""
INDENT = 2
"""Ems by which further lines of an equation are set in."""
TALLEST = 24
"""Lines of one object; no page holds many more."""
_QUAD, _PART = "\u2003", "\u2006"  # an em, a sixth of it


def equations_xml(block: Equations, numbers: Sequence[int]) -> str:
    """Return displayed equations ; `numbers` is empty where they have none."""
    if not block.rows:
        return ""
    room = PORTRAIT - (2 * NUMBER if numbers else 0)
    lines = [_lines(row, 0.94 * room / MATHS) for row in block.rows]
    widest = max(formula_em(line) for each in lines for line in each) * MATHS
    alone = len(lines) == 1 and len(lines[0]) == 1
    indent = 0.0 if alone else max(0.0, (room - widest) / 2)
    align = "center" if alone else "left"
    if not numbers:
        return "".join(_paragraphs(each, align, round(indent * TWIPS)) for each in lines)
    widths = [round(w * TWIPS) for w in (NUMBER + indent, room - indent, NUMBER)]
    rows = "".join(
        _numbered(_paragraphs(each, align, 0), number, widths)
        for each, number in zip(lines, numbers, strict=True)
    )
    grid = "".join(f'<w:gridCol w:w="{w}"/>' for w in widths)
    margins = '<w:left w:w="0" w:type="dxa"/><w:right w:w="0" w:type="dxa"/>'
    return (
        f'<w:tbl><w:tblPr><w:tblW w:w="{sum(widths)}" w:type="dxa"/><w:tblLayout w:type="fixed"/>'
        f"<w:tblCellMar>{margins}</w:tblCellMar></w:tblPr><w:tblGrid>{grid}</w:tblGrid>{rows}</w:tbl>{SPACER}"
    )


def _lines(row: Equation, room: float) -> list[Row]:
    """Return the lines of one equation; all but the first begin with space."""
    head = (row.left, Operator(row.sign, "relation"))
    before = formula_em(Row(head))
    first, *rest = broken(row.right, room - INDENT, max(room - before, room / 3))
    return [Row((*head, *first.items)), *rest]


def _paragraphs(lines: Sequence[Row], align: str, indent: int) -> str:
    """Return one object, or several where a page could not hold it."""
    chunks = [lines[k : k + TALLEST] for k in range(0, len(lines), TALLEST)]
    set_in = f'<w:ind w:left="{indent}"/>' if indent else ""
    return "".join(
        paragraph(
            "Equation",
            f'<m:oMathPara><m:oMathParaPr><m:jc m:val="{align}"/></m:oMathParaPr>'
            f"<m:oMath>{_array(chunk, begins=index == 0)}</m:oMath></m:oMathPara>",
            set_in,
        )
        for index, chunk in enumerate(chunks)
    )


def _array(lines: Sequence[Row], *, begins: bool) -> str:
    if len(lines) == 1 and begins:
        return to_omml(lines[0])
    indents = [0 if begins and index == 0 else INDENT for index in range(len(lines))]
    widths = [formula_em(line) + indent for line, indent in zip(lines, indents, strict=True)]
    rows = "".join(
        f"<m:e>{_space(indent)}{to_omml(line)}{_space(max(widths) - width)}</m:e>"
        for line, indent, width in zip(lines, indents, widths, strict=True)
    )
    return f"<m:eqArr>{rows}</m:eqArr>"


def _space(ems: float) -> str:
    whole, rest = divmod(round(6 * ems), 6)
    text = _QUAD * whole + _PART * rest
    return f'<m:r><m:rPr><m:nor/></m:rPr><m:t xml:space="preserve">{text}</m:t></m:r>' if text else ""


def _numbered(equation: str, number: int, widths: Sequence[int]) -> str:
    shown = run("(") + field(r"SEQ Equation \* ARABIC", str(number)) + run(")")
    cells = (paragraph("Equation", ""), equation, paragraph("Equation", shown, '<w:jc w:val="right"/>'))
    inner = "".join(
        f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/><w:vAlign w:val="center"/></w:tcPr>{cell}</w:tc>'
        for cell, width in zip(cells, widths, strict=True)
    )
    # Several objects are more than a page can hold.
    whole = "<w:trPr><w:cantSplit/></w:trPr>" if equation.count("<m:oMathPara>") == 1 else ""
    return f"<w:tr>{whole}{inner}</w:tr>"
