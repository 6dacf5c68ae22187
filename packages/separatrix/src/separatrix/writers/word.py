"""Document → a file of Word: native equations and tables, numbered fields, styles that authors can change.

What a title, a heading, a caption or a table looks like is said once, by its style; so a section lifted into
another paper takes on the look of that paper.

A table → the three-line table of this literature, as a table of Word.

Displayed equations: each is one object of Word's equation editor, with its number at the margin.

Equations of one group begin at one place, so that their signs stand below each other wherever their left
sides are alike; a single one is centred.  One that no line can hold is an array of lines, still in one
object.  Word aligns such lines at marks that LibreOffice prints as signs; so they are filled with space to
one width instead, which both set alike.

The file of Word around the text: an empty package, its properties, and the same bytes every time.

A figure in Word: the vector for those that show it, a picture in pixels for all others.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from dataclasses import field as dataclass_field
from datetime import UTC, datetime
from itertools import count, pairwise
from typing import TYPE_CHECKING

from separatrix.document.tree import (
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
)
from separatrix.formulas.layout import Operator, Row
from separatrix.writers.format import Format, Library, Written
from separatrix.writers.layout import MATHS, SHEET_MARGIN, broken, extent, formula_em, text_em
from separatrix.writers.word_formulas import (
    attribute,
    field,
    heavy,
    holds_cjk,
    line_runs,
    paragraph,
    rooted,
    run,
    to_omml,
)
from separatrix.writers.word_formulas import field as counted
from separatrix.writers.word_layout import (
    NUMBERED,
    PADDING,
    PORTRAIT,
    ColumnPlan,
    body_size,
    numbering_xml,
    plan,
    settings_xml,
    styles_xml,
)

if TYPE_CHECKING:
    from docx.document import Document as Package
    from docx.oxml.xmlchemy import BaseOxmlElement
    from docx.parts.document import DocumentPart

__all__ = [
    "FORMAT",
    "Pictures",
    "SPACER",
    "TWIPS",
    "empty",
    "equations_xml",
    "fill",
    "lying",
    "packed",
    "plan",
    "table_xml",
    "write_document",
]

TWIPS = 20
"""Twentieths of a point, in which Word counts."""

SPACER = paragraph("Spacer", "")
"""What keeps two tables from growing together."""

STYLE_OF_SIZE = {10.0: "TableText", 9.0: "TableTextSmall", 8.0: "TableTextTiny"}
_THICK, _THIN = 12, 6  # eighths of a point
_WHOLE = 45
"""Lines of a row past which it may be split between pages."""


def table_xml(table: Table, plan: ColumnPlan) -> str:
    """Return `table` without its title."""
    shown = [table.columns[k] for k in plan.columns]
    twips = [round(width * TWIPS) for width in plan.widths]
    grid = "".join(f'<w:gridCol w:w="{w}"/>' for w in twips)
    properties = (
        f'<w:tblW w:w="{sum(twips)}" w:type="dxa"/><w:jc w:val="center"/>'
        f"<w:tblBorders>{_rule('top', _THICK)}{_rule('bottom', _THICK)}</w:tblBorders>"
        '<w:tblLayout w:type="fixed"/>'
        f"<w:tblCellMar>{_side('left')}{_side('right')}</w:tblCellMar>"
        f'<w:tblLook w:val="0{"4A" if table.row_heads else "42"}0" w:firstRow="1" w:lastRow="0" '
        f'w:firstColumn="{int(table.row_heads)}" w:lastColumn="0" w:noHBand="0" w:noVBand="1"/>'
    )
    head = _head(shown, twips, plan) if any(c.title for c in shown) else ""
    rows = "".join(_row(shown, [row[k] for k in plan.columns], twips, plan) for row in table.rows)
    return f"<w:tbl><w:tblPr>{properties}</w:tblPr><w:tblGrid>{grid}</w:tblGrid>{head}{rows}</w:tbl>{SPACER}"


def _head(columns: Sequence[Column], twips: Sequence[int], plan: ColumnPlan) -> str:
    style = STYLE_OF_SIZE[plan.size]
    cells = "".join(
        _cell(
            paragraph(style, run(column.title, "<w:b/>") if column.title else "", _set(column)),
            width,
            f"<w:tcBorders>{_rule('bottom', _THIN)}</w:tcBorders>",
        )
        for column, width in zip(columns, twips, strict=True)
    )
    return f"<w:tr><w:trPr><w:cantSplit/><w:tblHeader/></w:trPr>{cells}</w:tr>"


def _row(columns: Sequence[Column], cells: Sequence[Line], twips: Sequence[int], plan: ColumnPlan) -> str:
    style = STYLE_OF_SIZE[plan.size]
    inner, tallest = [], 0.0
    for column, cell, width in zip(columns, cells, twips, strict=True):
        room = width / TWIPS - PADDING
        tallest = max(tallest, extent(cell).points(plan.size) / room)
        inner.append(_cell(paragraph(style, line_runs(cell, room / (1.08 * MATHS)), _set(column)), width))
    whole = "<w:trPr><w:cantSplit/></w:trPr>" if tallest < _WHOLE else ""
    return f"<w:tr>{whole}{''.join(inner)}</w:tr>"


def _cell(content: str, width: int, borders: str = "") -> str:
    properties = f'<w:tcW w:w="{width}" w:type="dxa"/>{borders}<w:vAlign w:val="center"/>'
    return f"<w:tc><w:tcPr>{properties}</w:tcPr>{content}</w:tc>"


def _set(column: Column) -> str:
    return "" if column.align == "left" else f'<w:jc w:val="{column.align}"/>'


def _rule(side: str, size: int) -> str:
    return f'<w:{side} w:val="single" w:sz="{size}" w:space="0" w:color="000000"/>'


def _side(side: str) -> str:
    return f'<w:{side} w:w="{round(PADDING / 2 * TWIPS)}" w:type="dxa"/>'


def lying(content: str) -> str:
    """Return `content` on pages of its own, turned by a quarter."""
    return _section_end(landscape=False) + content + _section_end(landscape=True)


def _section_end(*, landscape: bool) -> str:
    return paragraph("Spacer", "", f"<w:sectPr>{page(landscape=landscape)}</w:sectPr>")


def page(*, landscape: bool = False, margin: float | None = None) -> str:
    """Return the size and the margins of a page; these in points where they are not the usual ones."""
    short, long = 11906, 16838
    size = (
        f'<w:pgSz w:w="{long}" w:h="{short}" w:orient="landscape"/>'
        if landscape
        else f'<w:pgSz w:w="{short}" w:h="{long}"/>'
    )
    twips = round((short - PORTRAIT * TWIPS) / 2 if margin is None else margin * TWIPS)
    return (
        f'{size}<w:pgMar w:top="{twips}" w:right="{twips}" w:bottom="{twips}" w:left="{twips}" '
        'w:header="720" w:footer="720" w:gutter="0"/>'
    )


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


MOMENT = datetime(2000, 1, 1, tzinfo=UTC)
"""The date of every file: the same report has the same bytes, and states its own data."""
_NEEDED = ("/styles", "/numbering", "/settings", "/theme")


def empty() -> Package:
    """Return a package without text."""
    import docx

    package = docx.Document()
    # The template brings a preview of itself, and parts that Word makes anew.
    for relations, kept in (
        (package.part.rels, _NEEDED),
        (package.part.package.rels, ("/officeDocument", "/core-properties")),
    ):
        for key in [k for k, r in relations.items() if not r.reltype.endswith(kept)]:
            del relations[key]
    return package


def fill(package: Package, document: Document, body: str, end: str, lists: int) -> None:
    """Put the text of `document` into a package; `end` describes its last section."""
    _replace(package.styles.element, rooted("w:styles", styles_xml(document)))
    _replace(package.part.numbering_part.element, rooted("w:numbering", numbering_xml(lists)))
    _replace(package.settings.element, rooted("w:settings", settings_xml()))
    if not document.sheet:  # a page alone has no number
        footer = package.sections[0].footer
        footer.is_linked_to_previous = False
        number = f'<w:pPr><w:pStyle w:val="Footer"/></w:pPr>{field("PAGE", "1")}'
        _replace(footer.paragraphs[0]._p, rooted("w:p", number))
    _add_body(package, rooted("w:body", f"{body}<w:sectPr>{end}</w:sectPr>"))
    _describe(package, document)


def _replace(element: BaseOxmlElement, xml: str) -> None:
    from docx.oxml.parser import parse_xml

    for child in list(element):
        element.remove(child)
    for child in list(parse_xml(xml)):
        element.append(child)


def _add_body(package: Package, xml: str) -> None:
    from docx.oxml.ns import qn
    from docx.oxml.parser import parse_xml

    body = package.element.body
    # Every section shows the page number: the later ones go on with the first one's footer.
    references = [child for child in body.sectPr if child.tag == qn("w:footerReference")]
    new = parse_xml(xml)
    first = next(new.iter(qn("w:sectPr")))
    for index, reference in enumerate(references):
        first.insert(index, reference)
    for child in list(body):
        body.remove(child)
    for child in list(new):
        body.append(child)


def _describe(package: Package, document: Document) -> None:
    properties = package.core_properties
    shown = "".join(c if c.isprintable() else " " for c in document.title)
    properties.title = shown[:255]
    properties.language = document.language[:255] if document.language.isascii() else ""
    properties.author = properties.comments = properties.keywords = properties.last_modified_by = ""
    properties.created = properties.modified = MOMENT
    properties.revision = 1


def packed(package: Package) -> bytes:
    """Return the package as a file; python-docx would write the time into it."""
    raw, result = io.BytesIO(), io.BytesIO()
    package.save(raw)
    with zipfile.ZipFile(raw) as source, zipfile.ZipFile(result, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            entry = zipfile.ZipInfo(name, MOMENT.timetuple()[:6])
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o600 << 16
            entry.create_system = 3  # the same file on every system
            target.writestr(entry, source.read(name))
    return result.getvalue()


_EMU = 12700  # English metric units in a point
WIDEST, PICTURE_TALLEST = PORTRAIT, 560.0
_SVG_EXTENSION = "{96DAC541-7B7A-43D3-8B79-37D633B846F1}"
_PICTURE = "http://schemas.openxmlformats.org/drawingml/2006/picture"


@dataclass
class Pictures:
    """The pictures of one document, numbered as they are added."""

    part: DocumentPart
    count: int = dataclass_field(default=0, init=False)

    def add(self, figure: Figure) -> str:
        """Put a figure into the package and return the run that shows it."""
        self.count += 1
        pixels, image = self.part.get_or_add_image(io.BytesIO(figure.draw("png")))
        scale = min(1.0, WIDEST * _EMU / image.width, PICTURE_TALLEST * _EMU / image.height)
        return _drawing(
            figure,
            self.count,
            pixels,
            self._vector(figure.draw("svg")),
            round(image.width * scale),
            round(image.height * scale),
        )

    def _vector(self, svg: bytes) -> str:
        from docx.opc.constants import RELATIONSHIP_TYPE
        from docx.opc.packuri import PackURI
        from docx.opc.part import Part

        name = PackURI(f"/word/media/vector{self.count}.svg")
        return self.part.relate_to(
            Part(name, "image/svg+xml", svg, self.part.package), RELATIONSHIP_TYPE.IMAGE
        )


def _drawing(figure: Figure, number: int, pixels: str, vector: str, width: int, height: int) -> str:
    told = attribute(". ".join(t.rstrip(".") for t in (figure.title, figure.caption) if t) + ".")
    size = f'cx="{width}" cy="{height}"'
    return (
        '<w:r><w:drawing><wp:inline distT="0" distB="0" distL="0" distR="0">'
        f'<wp:extent {size}/><wp:docPr id="{number}" name="Picture {number}" descr={told}/>'
        '<wp:cNvGraphicFramePr><a:graphicFrameLocks noChangeAspect="1"/></wp:cNvGraphicFramePr>'
        f'<a:graphic><a:graphicData uri="{_PICTURE}"><pic:pic>'
        f'<pic:nvPicPr><pic:cNvPr id="{number}" name="Picture {number}" descr={told}/><pic:cNvPicPr/>'
        "</pic:nvPicPr>"
        f'<pic:blipFill><a:blip r:embed="{pixels}"><a:extLst><a:ext uri="{_SVG_EXTENSION}">'
        f'<asvg:svgBlip r:embed="{vector}"/></a:ext></a:extLst></a:blip>'
        "<a:stretch><a:fillRect/></a:stretch></pic:blipFill>"
        f'<pic:spPr><a:xfrm><a:off x="0" y="0"/><a:ext {size}/></a:xfrm>'
        '<a:prstGeom prst="rect"><a:avLst/></a:prstGeom></pic:spPr></pic:pic></a:graphicData></a:graphic>'
        "</wp:inline></w:drawing></w:r>"
    )


DEEPEST = 3
"""Levels of headings."""
IN_TEXT = 0.5
"""Of a line of text, the part that a formula may take before it is set in pieces."""
LONG = 0.25
"""Of a line of text, the part that a formula takes where lines are better left ragged."""


@dataclass(frozen=True)
class _Piece:
    """A block in XML; ``leads`` where it belongs to the next, ``lies`` where it wants a page on its side."""

    xml: str
    leads: bool = False
    lies: bool = False


@dataclass(frozen=True)
class _Setting:
    """What blocks need to know of the document around them, and what has been counted so far."""

    document: Document
    pictures: Pictures
    tables: Iterator[int] = dataclass_field(default_factory=lambda: count(1))
    figures: Iterator[int] = dataclass_field(default_factory=lambda: count(1))
    equations: Iterator[int] = dataclass_field(default_factory=lambda: count(1))
    lists: list[int] = dataclass_field(default_factory=list)

    @property
    def size(self) -> float:
        return body_size(self.document)

    @property
    def line(self) -> float:
        """The length of a line in ems."""
        return PORTRAIT / self.size


def write_document(document: Document, stem: str = "report", pictures: bool = True) -> Written:
    """Return a report as a file of Word, its pictures within.

    Examples
    --------
    >>> from separatrix.document.tree import Document, Heading
    >>> write_document(Document("Title", "", (Heading("Model"),)), "report").content[:2]
    b'PK'
    """
    package = empty()
    setting = _Setting(document, Pictures(package.part))
    head = paragraph("Title", run(document.title))
    if document.subtitle:
        head += paragraph("Subtitle", run(document.subtitle))
    if document.contents:
        head += _contents(document)
    body = head + _concatenate_pieces(_pieces(document.blocks, setting, under=0))
    end = page(margin=SHEET_MARGIN) if document.sheet else page()
    fill(package, document, body, end, len(setting.lists))
    return Written(packed(package))


FORMAT = Format(
    "docx",
    (".docx",),
    printable=False,
    library=Library("docx", "a report in .docx needs python-docx", "word"),
    write=write_document,
)


def _contents(document: Document) -> str:
    """Return a table of contents as a field, which Word fills with pages when the file is opened."""
    mark = '<w:r><w:fldChar w:fldCharType="{kind}"{more}/></w:r>'
    begin = mark.format(kind="begin", more=' w:dirty="true"')
    begin += '<w:r><w:instrText xml:space="preserve"> TOC \\o "1-2" \\h \\z </w:instrText></w:r>'
    begin += mark.format(kind="separate", more="")
    listed = list(document.headings())
    rows = [paragraph("BodyText", heavy(document.contents), "<w:keepNext/>")]
    for k, heading in enumerate(listed):
        indent = f'<w:spacing w:before="0" w:after="0"/><w:ind w:left="{360 * (heading.level - 1)}"/>'
        first, last = (
            begin if k == 0 else "",
            mark.format(kind="end", more="") if k == len(listed) - 1 else "",
        )
        rows.append(paragraph("BodyText", first + run(heading.text) + last, indent))
    return "".join(rows) if listed else ""


def _concatenate_pieces(pieces: Iterable[_Piece]) -> str:
    """Return pieces in one; what leads up to a table on its side stands on that page."""
    done: list[str] = []
    waiting: list[str] = []
    for piece in pieces:
        waiting.append(piece.xml)
        if not piece.leads:
            whole = "".join(waiting)
            done.append(lying(whole) if piece.lies else whole)
            waiting = []
    return "".join((*done, *waiting))


def _pieces(blocks: Sequence[Block], setting: _Setting, under: int) -> Iterator[_Piece]:
    """Yield `blocks`, with their highest headings below level `under`."""
    level = under
    for block, after in pairwise((*blocks, None)):
        match block:
            case Heading(text, own):
                level = min(under + own, DEEPEST)
                yield _heading(text, level)
            case Details(summary, inner) if all(isinstance(b, Paragraph) for b in inner):
                yield from _run_in(summary, inner, setting)
            case Details(summary, inner):
                yield _heading(summary, min(level + 1, DEEPEST))
                yield from _pieces(inner, setting, min(level + 1, DEEPEST - 1))
            case Paragraph():
                keep = _leads_on(block.content, after, setting)
                yield _Piece(_paragraph(block, setting, keep=keep), leads=keep)
            case Table():
                yield _table(block, setting)
            case None:
                return
            case _:
                yield _Piece(_plain_block(block, setting))


def _plain_block(block: Block, setting: _Setting) -> str:
    match block:
        case Equations(rows, numbered):
            numbers = [next(setting.equations) for _ in rows] if numbered else []
            return equations_xml(block, numbers)
        case Pairs(items):
            return paragraph("Pairs", _pairs(items))
        case Bullets():
            return _bullets(block, setting)
        case Note(title, content):
            head = heavy(title) if title else ""
            return paragraph("Note", head + line_runs(content, IN_TEXT * setting.line))
        case Notes():
            return _notes(block, setting)
        case Figure():
            return _figure(block, setting)
        case Verbatim(text):
            lines = "<w:r><w:br/></w:r>".join(run(line) for line in text.expandtabs().splitlines())
            return paragraph("Verbatim", lines)
        case _:  # those that `_blocks` has seen to
            return ""


def _heading(text: str, level: int) -> _Piece:
    return _Piece(paragraph(f"Heading{level}", run(text)), leads=True)


def _paragraph(block: Paragraph, setting: _Setting, *, keep: bool = False) -> str:
    content = line_runs(block.content, IN_TEXT * setting.line)
    # Between formulas there are few places for the space that would fill a line.
    long = any(isinstance(i, Formula) and formula_em(i.layout) > LONG * setting.line for i in block.content)
    properties = ("<w:keepNext/>" if keep else "") + ('<w:jc w:val="left"/>' if long else "")
    return paragraph("Lead" if block.lead else "BodyText", content, properties)


def _run_in(summary: str, blocks: Iterable[Block], setting: _Setting) -> Iterator[_Piece]:
    head = heavy(summary)
    for block in blocks:
        if isinstance(block, Paragraph):
            yield _Piece(paragraph("BodyText", head + line_runs(block.content, IN_TEXT * setting.line)))
            head = ""


def _leads_on(content: Line, after: Block | None, setting: _Setting) -> bool:
    """Whether a paragraph is a short word before what follows it."""
    listed = isinstance(after, (Bullets, Equations, Pairs, Table))
    return listed and extent(content).points(setting.size) < PORTRAIT


def _pairs(items: Sequence[tuple[str, str]]) -> str:
    said = (run(name) + run("\u00a0=\u00a0") + run(value) for name, value in items)
    return run(", ").join(said)


def _bullets(block: Bullets, setting: _Setting) -> str:
    style, own = "ListBullet", ""
    if block.numbered:
        number = NUMBERED + len(setting.lists)
        setting.lists.append(number)
        style, own = "ListNumber", f'<w:numPr><w:ilvl w:val="0"/><w:numId w:val="{number}"/></w:numPr>'
    return "".join(paragraph(style, line_runs(i, IN_TEXT * setting.line), own) for i in block.items)


def _notes(block: Notes, setting: _Setting) -> str:
    """Return a list of notes to which the words of the document lead, each with a mark of its own."""
    mark = '<w:bookmarkStart w:id="{k}" w:name="note{k}"/>{number}<w:bookmarkEnd w:id="{k}"/>'
    return "".join(
        paragraph(
            "Notes",
            mark.format(k=k, number=run(f"{k}\u2003")) + line_runs(item, IN_TEXT * setting.line),
        )
        for k, item in enumerate(block.items, 1)
    ) + (paragraph("Notes", line_runs(block.below, IN_TEXT * setting.line)) if block.below else "")


# --------------------------------------------------------------------------- tables and figures


def _table(block: Table, setting: _Setting) -> _Piece:
    if not block.columns:
        return _Piece("")
    chosen = plan(block)
    said = _caption("table", setting.tables, block.title, setting, keep=True) if block.title else ""
    said += _explanation(block.caption, setting, keep=True)
    return _Piece(said + table_xml(block, chosen), lies=chosen.landscape)


def _figure(block: Figure, setting: _Setting) -> str:
    return (
        paragraph("Picture", setting.pictures.add(block))
        + _caption("figure", setting.figures, block.title, setting, keep=bool(block.caption))
        + _explanation(block.caption, setting, keep=False)
    )


def _caption(kind: str, numbers: Iterator[int], title: str, setting: _Setting, *, keep: bool) -> str:
    """Return ``Table 1. Title``; the number is a field, so that Word counts on after a move."""
    word = setting.document.words[kind]
    name = word if word.isalpha() else kind.capitalize()
    asian = holds_cjk(word)
    label = run(f"{word}\u00a0", "<w:b/>") if not asian else run(word)
    number = counted(f"SEQ {name} \\* ARABIC", str(next(numbers)), "" if asian else "<w:b/>")
    between = "" if not title else run("\u3000") if asian else run(". ", "<w:b/>")
    return paragraph("Caption", label + number + between + run(title), "<w:keepNext/>" if keep else "")


def _explanation(text: str, setting: _Setting, *, keep: bool) -> str:
    if not text:
        return ""
    long = text_em(text) > 0.95 * setting.line
    properties = ("<w:keepNext/>" if keep else "") + ('<w:jc w:val="both"/>' if long else "")
    return paragraph("Explanation", run(text), properties)
