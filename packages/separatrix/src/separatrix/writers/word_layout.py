"""The styles, lists and settings of a paper in Word, in the fonts that this literature uses.

How wide each column of a table is on paper, in which size of type, and whether it lies on its side.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from separatrix.document.tree import Badge, Column, Document, Formula, Line, Table, Words
from separatrix.languages import LANGUAGES, typography_of
from separatrix.writers.layout import Extent, broken, extent, formula_em, sheet_points, text_em, words_of
from separatrix.writers.word_formulas import attribute

__all__ = [
    "BULLETS",
    "ColumnPlan",
    "LANDSCAPE",
    "NUMBERED",
    "PADDING",
    "PORTRAIT",
    "body_size",
    "numbering_xml",
    "plan",
    "settings_xml",
    "styles_xml",
]

PORTRAIT, LANDSCAPE = 453.5, 700.0
"""The width of the text in points: A4 with margins of 25 mm."""
PADDING = 9.0
SIZES = (10.0, 9.0, 8.0)
LOW, TALLEST = 5, 14
"""Lines of a row past which smaller type, and past which a page on its side is the lesser evil."""
LONGEST_WORD = 24.0
"""Ems past which a word may be broken anywhere."""
MOST_ROWS, BITS = 60, 60
"""Rows that are looked at to balance columns, and the parts in which free width is given out."""
SHORT_LABEL = 6.0
"""Width in ems up to which a label stays on the line of its symbol."""
SHORTEST_BREAK = 9.0
"""Ems that a formula may always have before it is broken."""


@dataclass(frozen=True)
class ColumnPlan:
    """The columns to show, their widths in points, the size of type, and the direction of the page."""

    columns: tuple[int, ...]
    widths: tuple[float, ...]
    size: float
    landscape: bool = False


@dataclass(frozen=True)
class _MeasuredColumn:
    """A column: its longest words, its longest line, and how long each cell is."""

    words: tuple[Extent, ...]
    lines: tuple[Extent, ...]
    wide: bool

    def least_width(self, size: float) -> float:
        """Return points that hold every word whole, in a broad typeface too."""
        longest = max((Extent(1.3 * w.text, w.formulas).points(size) for w in self.words), default=0.0)
        return min(longest, LONGEST_WORD * size) + PADDING

    def natural(self, size: float) -> float:
        """Return points that hold every line whole."""
        longest = max((line.points(size) for line in self.lines), default=0.0)
        return max(1.08 * longest + PADDING, self.least_width(size))


def plan(table: Table) -> ColumnPlan:
    """Return how `table` stands on a page: as large as it can, upright where that is possible at all."""
    every = tuple(range(len(table.columns)))
    needed = tuple(k for k in every if not table.columns[k].optional)
    measured = [_measured(c, [row[k] for row in table.rows]) for k, c in enumerate(table.columns)]
    choices = (
        (every, PORTRAIT, LOW),
        (every, PORTRAIT, TALLEST),
        (needed, PORTRAIT, TALLEST),
        (every, LANDSCAPE, TALLEST),
        (needed, LANDSCAPE, TALLEST),
    )
    for shown, room, lines in choices:
        columns = [measured[k] for k in shown]
        for size in SIZES:
            widths = _widths(columns, room, size)
            if widths is not None and _tallest(columns, widths, size) <= lines:
                return ColumnPlan(shown, widths, size, landscape=room > PORTRAIT)
    # Nothing fits well: take what fits at all, upright first.
    size = SIZES[-1]
    for room in (PORTRAIT, LANDSCAPE):
        widths = _widths(measured, room, size)
        if widths is not None:
            return ColumnPlan(every, widths, size, landscape=room > PORTRAIT)
    total = sum(m.least_width(size) for m in measured)
    return ColumnPlan(
        every, tuple(LANDSCAPE * m.least_width(size) / total for m in measured), size, landscape=True
    )


def _measured(column: Column, cells: Sequence[Line]) -> _MeasuredColumn:
    # Titles are set bold.
    words = [Extent(1.08 * text_em(w)) for w in words_of(column.title)]
    lines = [Extent(1.08 * text_em(column.title)), *(extent(cell) for cell in cells)]
    return _MeasuredColumn((*words, *(w for cell in cells for w in _words(cell))), tuple(lines), column.wide)


def _words(cell: Line) -> Iterator[Extent]:
    """Yield what is better not broken."""
    for item in cell:
        match item:
            case Words(text, style):
                heavy = 1.08 if style == "strong" else 1.0
                yield from (Extent(heavy * text_em(word)) for word in words_of(text))
            case Formula(layout):
                pieces = broken(layout, SHORTEST_BREAK)
                yield from (Extent(0.4, formula_em(piece)) for piece in pieces)
            case Badge() if text_em(item.text) <= SHORT_LABEL:
                yield Extent(1.3 + text_em(item.text))
            case Badge():
                yield from (Extent(1.3 * (k == 0) + text_em(w)) for k, w in enumerate(words_of(item.text)))


def _widths(columns: Sequence[_MeasuredColumn], room: float, size: float) -> tuple[float, ...] | None:
    """Return widths in points that hold every word whole, or None where there are none."""
    least, natural = [c.least_width(size) for c in columns], [c.natural(size) for c in columns]
    if sum(natural) <= room:
        spread = room if any(c.wide for c in columns) else min(room, 1.3 * sum(natural))
        return _spread(columns, natural, spread - sum(natural))
    if sum(least) > room:
        return None
    return _balanced(columns, least, room, size)


def _balanced(
    columns: Sequence[_MeasuredColumn], least: Sequence[float], room: float, size: float
) -> tuple[float, ...]:
    """Return widths that make the table low: what is free goes, bit by bit, where it saves most lines."""
    lengths = [[1.15 * line.points(size) for line in c.lines[:MOST_ROWS]] for c in columns]
    widths = list(least)
    bit = (room - sum(least)) / BITS
    for _ in range(BITS):
        saved = [0.0] * len(columns)
        for row in zip(*lengths, strict=True):
            lines = [n / (w - PADDING) for n, w in zip(row, widths, strict=True)]
            k = max(range(len(lines)), key=lines.__getitem__)
            if lines[k] > 1:
                others = max([1.0, *lines[:k], *lines[k + 1 :]])
                saved[k] += lines[k] - max(others, row[k] / (widths[k] + bit - PADDING))
        best = max(range(len(columns)), key=saved.__getitem__)
        if not saved[best]:
            return _spread(columns, widths, room - sum(widths))
        widths[best] += bit
    return tuple(widths)


def _spread(columns: Sequence[_MeasuredColumn], widths: Sequence[float], free: float) -> tuple[float, ...]:
    takers = [k for k, c in enumerate(columns) if c.wide] or list(range(len(columns)))
    return tuple(w + (free / len(takers) if k in takers else 0.0) for k, w in enumerate(widths))


def _tallest(columns: Sequence[_MeasuredColumn], widths: Sequence[float], size: float) -> int:
    """Return the lines of the tallest row."""
    return max(
        math.ceil(1.15 * line.points(size) / (width - PADDING))
        for column, width in zip(columns, widths, strict=True)
        for line in (*column.lines, Extent())
    )


HEADINGS, BULLETS, NUMBERED = 1, 2, 3
"""The kinds of list; each numbered list has a number of its own, from `NUMBERED` on."""

_SERIF, _SANS = "宋体", "黑体"
_LATIN = "Times New Roman"


def body_size(document: Document) -> float:
    """Return the size of plain text in points."""
    if document.sheet:
        return sheet_points(document)
    return typography_of(document.language).points


def styles_xml(document: Document) -> str:
    """Return the styles as the content of ``w:styles``."""
    asian = typography_of(document.language).cjk
    size = body_size(document)
    rows = (*_text_styles(size, asian), *_other_styles(size))
    if document.sheet:
        close = {row[0]: row for row in _sheet_styles(size)}
        rows = tuple(close.get(row[0], row) for row in rows)
    body = "".join(_style(*row) for row in rows)
    heads = "".join(_heading(level, "" if asian else _BOLD) for level in (1, 2, 3))
    return _defaults(document, size) + _normal(asian) + heads + body + _FURTHER


def _defaults(document: Document, size: float) -> str:
    language = document.language  # that of the Latin letters; the others are Chinese in every report
    if language in LANGUAGES:
        language = typography_of(language).letters
    elif not re.fullmatch(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*", language):
        language = "en-US"
    return (
        f"<w:docDefaults><w:rPrDefault><w:rPr>{_fonts(_SERIF)}{_size(size)}"
        f'<w:lang w:val={attribute(language)} w:eastAsia="zh-CN" w:bidi="ar-SA"/></w:rPr></w:rPrDefault>'
        '<w:pPrDefault><w:pPr><w:spacing w:after="0"/></w:pPr></w:pPrDefault></w:docDefaults>'
    )


def _normal(asian: bool) -> str:
    line = 312 if asian else 269  # 240 is single
    return (
        '<w:style w:type="paragraph" w:default="1" w:styleId="Normal"><w:name w:val="Normal"/><w:qFormat/>'
        f'<w:pPr><w:widowControl/><w:spacing w:line="{line}" w:lineRule="auto"/></w:pPr></w:style>'
    )


_Row = tuple[str, str, str, str]
"""Key, name, properties of the paragraph, properties of its letters."""


def _text_styles(size: float, asian: bool) -> tuple[_Row, ...]:
    # A paragraph of Chinese begins two characters further in.
    first = f'<w:ind w:firstLineChars="200" w:firstLine="{round(40 * size)}"/>' if asian else ""
    weight = "" if asian else _BOLD
    bar = '<w:pBdr><w:left w:val="single" w:sz="24" w:space="8" w:color="0B6E4F"/></w:pBdr>'
    return (
        ("Title", "Title", _space(0, 120) + _CENTRED, f"{_fonts(_SANS)}{weight}{_size(16)}"),
        ("Subtitle", "Subtitle", _space(0, 280) + _CENTRED, _GREY + _size(9.5)),
        ("BodyText", "Body Text", f'{_space(0, 110)}{first}<w:jc w:val="both"/>', ""),
        ("Lead", "Lead", f"{bar}{_shade('EEF5F2')}{_space(120, 180)}{_set_in(240)}", _size(size + 0.5)),
        (
            "Note",
            "Note",
            f"<w:keepLines/>{_frame('C9CED2')}{_shade('F3F4F6')}{_space(140, 180)}{_set_in(160)}",
            _size(size - 0.5),
        ),
        ("ListBullet", "List Bullet", _list(BULLETS), ""),
        ("ListNumber", "List Number", _list(NUMBERED), ""),
        ("Pairs", "Pairs", _space(0, 110), _size(size - 1)),
    )


def _other_styles(size: float) -> tuple[_Row, ...]:
    cells = tuple(
        (f"TableText{name}", f"Table Text {name}".rstrip(), _space(40, 40, 240), _size(points))
        for name, points in (("", 10.0), ("Small", 9.0), ("Tiny", 8.0))
    )
    framed = f"{_frame('E3E6E8')}{_shade('F7F8F9')}"
    return (
        *cells,
        (
            "Caption",
            "caption",
            f"<w:keepLines/>{_space(160, 60)}{_CENTRED}",
            _fonts(_SANS) + _size(size - 1),
        ),
        ("Explanation", "Explanation", f"<w:keepLines/>{_space(0, 80)}{_CENTRED}", _GREY + _size(size - 1.5)),
        ("Picture", "Picture", f"<w:keepNext/>{_space(120, 40)}{_CENTRED}", ""),
        ("Equation", "Equation", f"<w:keepLines/>{_space(50, 50, 240)}", ""),
        ("Verbatim", "Verbatim", f"{framed}{_space(100, 160, 240)}{_set_in(120)}", _MONO + _size(8.5)),
        ("Spacer", "Spacer", '<w:spacing w:before="0" w:after="0" w:line="140" w:lineRule="exact"/>', ""),
        ("Notes", "Notes", _space(0, 20, 235), _GREY + _size(0.8 * size)),
        ("Footer", "footer", _CENTRED, _size(9)),
    )


def _sheet_styles(size: float) -> tuple[_Row, ...]:
    """Return the styles that are closer where everything is to stand on one sheet."""
    bar = '<w:pBdr><w:left w:val="single" w:sz="24" w:space="6" w:color="0B6E4F"/></w:pBdr>'
    return (
        ("Title", "Title", _space(0, 20), f"{_fonts(_SANS)}{_BOLD}{_size(1.5 * size)}"),
        ("Subtitle", "Subtitle", _space(0, 60), _GREY + _size(size)),
        ("Lead", "Lead", f"{bar}{_shade('EEF5F2')}{_space(60, 90, 250)}{_set_in(160)}", _size(1.1 * size)),
        ("BodyText", "Body Text", _space(40, 40, 245), ""),
        ("Note", "Note", f"{_frame('C9CED2')}{_shade('F3F4F6')}{_space(60, 80, 245)}{_set_in(120)}", ""),
        (
            "ListNumber",
            "List Number",
            f'<w:numPr><w:numId w:val="{NUMBERED}"/></w:numPr>{_space(0, 60, 245)}',
            "",
        ),
    )


_BUILT_IN = frozenset(("Body Text", "Title", "Subtitle", "caption", "List Bullet", "List Number", "footer"))


def _style(key: str, name: str, set_as: str, letters: str) -> str:
    kind = "" if name in _BUILT_IN else ' w:customStyle="1"'
    look = f"<w:rPr>{letters}</w:rPr>" if letters else ""
    return (
        f'<w:style w:type="paragraph"{kind} w:styleId="{key}"><w:name w:val="{name}"/>'
        f'<w:basedOn w:val="Normal"/><w:qFormat/><w:pPr>{set_as}</w:pPr>{look}</w:style>'
    )


def _heading(level: int, weight: str) -> str:
    before, after, size = ((320, 120, 14.0), (220, 80, 12.0), (160, 60, 11.0))[level - 1]
    number = f'<w:numPr><w:ilvl w:val="{level - 1}"/><w:numId w:val="{HEADINGS}"/></w:numPr>'
    return (
        f'<w:style w:type="paragraph" w:styleId="Heading{level}"><w:name w:val="heading {level}"/>'
        '<w:basedOn w:val="Normal"/><w:next w:val="BodyText"/><w:qFormat/>'
        f"<w:pPr><w:keepNext/><w:keepLines/>{number}{_space(before, after)}"
        f'<w:outlineLvl w:val="{level - 1}"/></w:pPr>'
        f"<w:rPr>{_fonts(_SANS)}{weight}{_size(size)}</w:rPr></w:style>"
    )


def _fonts(asian: str, latin: str = _LATIN) -> str:
    return f'<w:rFonts w:ascii="{latin}" w:hAnsi="{latin}" w:eastAsia="{asian}" w:cs="{latin}"/>'


def _size(points: float) -> str:
    return f'<w:sz w:val="{round(2 * points)}"/><w:szCs w:val="{round(2 * points)}"/>'


def _space(before: int, after: int, line: int = 0) -> str:
    height = f' w:line="{line}" w:lineRule="auto"' if line else ""
    return f'<w:spacing w:before="{before}" w:after="{after}"{height}/>'


def _set_in(twips: int) -> str:
    return f'<w:ind w:left="{twips}" w:right="{twips}"/>'


def _list(kind: int) -> str:
    return f'<w:numPr><w:numId w:val="{kind}"/></w:numPr>{_space(0, 110)}<w:contextualSpacing/>'


def _shade(colour: str) -> str:
    return f'<w:shd w:val="clear" w:color="auto" w:fill="{colour}"/>'


def _frame(colour: str) -> str:
    sides = "".join(
        f'<w:{side} w:val="single" w:sz="4" w:space="4" w:color="{colour}"/>'
        for side in ("top", "left", "bottom", "right")
    )
    return f"<w:pBdr>{sides}</w:pBdr>"


_BOLD, _GREY, _CENTRED = "<w:b/>", '<w:color w:val="3D434A"/>', '<w:jc w:val="center"/>'
_MONO = _fonts(_SERIF, "Courier New") + "<w:noProof/>"
_FURTHER = (
    '<w:style w:type="character" w:default="1" w:styleId="DefaultParagraphFont">'
    '<w:name w:val="Default Paragraph Font"/><w:uiPriority w:val="1"/><w:semiHidden/></w:style>'
    '<w:style w:type="character" w:customStyle="1" w:styleId="Code"><w:name w:val="Code"/>'
    f"<w:rPr>{_MONO}</w:rPr></w:style>"
    '<w:style w:type="table" w:default="1" w:styleId="TableNormal"><w:name w:val="Normal Table"/>'
    '<w:uiPriority w:val="99"/><w:semiHidden/><w:tblPr><w:tblInd w:w="0" w:type="dxa"/><w:tblCellMar>'
    '<w:top w:w="0" w:type="dxa"/><w:left w:w="108" w:type="dxa"/><w:bottom w:w="0" w:type="dxa"/>'
    '<w:right w:w="108" w:type="dxa"/></w:tblCellMar></w:tblPr></w:style>'
)


def numbering_xml(lists: int) -> str:
    """Return the lists as the content of ``w:numbering``, for as many numbered ones as there are."""
    heads = "".join(
        _level(k, "decimal", ".".join(f"%{i + 1}" for i in range(k + 1)), indent, f"Heading{k + 1}")
        for k, indent in enumerate((420, 560, 700))
    )
    kinds = (
        _abstract(HEADINGS, "multilevel", heads),
        _abstract(BULLETS, "singleLevel", _level(0, "bullet", "•", 360, "ListBullet")),
        _abstract(NUMBERED, "singleLevel", _level(0, "decimal", "%1.", 400, "ListNumber")),
    )
    used = [_number(kind, kind) for kind in (HEADINGS, BULLETS)]
    used += [_number(NUMBERED + k, NUMBERED, again=True) for k in range(max(lists, 1))]
    return "".join((*kinds, *used))


def _abstract(kind: int, levels: str, inner: str) -> str:
    return (
        f'<w:abstractNum w:abstractNumId="{kind}"><w:multiLevelType w:val="{levels}"/>{inner}</w:abstractNum>'
    )


def _level(level: int, form: str, text: str, indent: int, style: str) -> str:
    return (
        f'<w:lvl w:ilvl="{level}"><w:start w:val="1"/><w:numFmt w:val="{form}"/><w:pStyle w:val="{style}"/>'
        f'<w:lvlText w:val="{text}"/><w:lvlJc w:val="left"/>'
        f'<w:pPr><w:tabs><w:tab w:val="num" w:pos="{indent}"/></w:tabs>'
        f'<w:ind w:left="{indent}" w:hanging="{indent}"/></w:pPr></w:lvl>'
    )


def _number(number: int, kind: int, *, again: bool = False) -> str:
    start = '<w:lvlOverride w:ilvl="0"><w:startOverride w:val="1"/></w:lvlOverride>' if again else ""
    return f'<w:num w:numId="{number}"><w:abstractNumId w:val="{kind}"/>{start}</w:num>'


def settings_xml() -> str:
    """Return the settings as the content of ``w:settings``: today's Word, equations in Cambria Math."""
    compatible = 'w:uri="http://schemas.microsoft.com/office/word" w:val'
    return (
        '<w:zoom w:percent="100"/><w:defaultTabStop w:val="420"/>'
        '<w:characterSpacingControl w:val="compressPunctuation"/>'
        f'<w:compat><w:compatSetting w:name="compatibilityMode" {compatible}="15"/>'
        f'<w:compatSetting w:name="overrideTableStyleFontSizeAndJustification" {compatible}="1"/></w:compat>'
        '<m:mathPr><m:mathFont m:val="Cambria Math"/><m:brkBin m:val="before"/><m:brkBinSub m:val="--"/>'
        '<m:smallFrac m:val="0"/><m:dispDef/><m:lMargin m:val="0"/><m:rMargin m:val="0"/>'
        '<m:defJc m:val="centerGroup"/><m:wrapIndent m:val="720"/><m:intLim m:val="subSup"/>'
        '<m:naryLim m:val="undOvr"/></m:mathPr>'
        '<w:themeFontLang w:val="en-US" w:eastAsia="zh-CN"/>'
        '<w:decimalSymbol w:val="."/><w:listSeparator w:val=","/>'
    )
