"""Small workbooks that would unfold into gigabytes."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable

OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
SHEET = f'<worksheet xmlns="{MAIN}"><sheetData>'.encode()
SHEET_END = b"</sheetData></worksheet>"
HEAD = b'<row r="1"><c r="A1" t="inlineStr"><is><t>id</t></is></c></row>'
ODS_MIME = b"application/vnd.oasis.opendocument.spreadsheet"
ODS_NAMES = (
    ' xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"'
    ' xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0"'
    ' xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"'
)


def packed(parts: dict[str, bytes]) -> bytes:
    """Return parts as a zip file."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return target.getvalue()


def xlsx(sheet: bytes, **others: bytes) -> bytes:
    """Return a workbook of one sheet, `enterprises`, with further parts of its folder `xl`."""
    return packed(
        {
            "_rels/.rels": f'<Relationships><Relationship Id="r1" Type="{OFFICE}/officeDocument"'
            ' Target="xl/workbook.xml"/></Relationships>'.encode(),
            "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}"><sheets>'
            '<sheet name="enterprises" sheetId="1" r:id="r1"/></sheets></workbook>'.encode(),
            "xl/_rels/workbook.xml.rels": f'<Relationships><Relationship Id="r1" Type="{OFFICE}/worksheet"'
            ' Target="worksheets/sheet1.xml"/></Relationships>'.encode(),
            "xl/worksheets/sheet1.xml": sheet,
            **{f"xl/{name}.xml": content for name, content in others.items()},
        }
    )


def cells(inner: bytes) -> bytes:
    """Return a workbook with a heading and these rows."""
    return xlsx(SHEET + HEAD + inner + SHEET_END)


def ods(rows: str) -> bytes:
    """Return an .ods workbook of one sheet, `enterprises`, with these rows."""
    content = (
        f"<office:document-content{ODS_NAMES}><office:body><office:spreadsheet>"
        f'<table:table table:name="enterprises">{rows}</table:table>'
        "</office:spreadsheet></office:body></office:document-content>"
    )
    manifest = b'<manifest xmlns="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"/>'
    return packed({"mimetype": ODS_MIME, "content.xml": content.encode(), "META-INF/manifest.xml": manifest})


def _ods_cell(text: str = "id", attributes: str = "") -> str:
    return (
        f'<table:table-cell office:value-type="string"{attributes}><text:p>{text}</text:p></table:table-cell>'
    )


def _row(inner: str, repeated: int = 1) -> str:
    return f'<table:table-row table:number-rows-repeated="{repeated}">{inner}</table:table-row>'


def _cell(reference: str) -> bytes:
    return f'<row><c r="{reference}"><v>1</v></c></row>'.encode()


def _shared(texts: bytes, references: int) -> bytes:
    inner = b'<row><c t="s"><v>0</v></c></row>' * references
    return xlsx(SHEET + HEAD + inner + SHEET_END, sharedStrings=b"<sst>" + texts + b"</sst>")


def _repeated(attribute: str, count: str) -> str:
    return f' table:number-{attribute}-repeated="{count}"'


HOSTILE: dict[str, Callable[[], bytes]] = {
    "far-reference.xlsx": lambda: cells(_cell("AAAAAAAA99999999999")),
    "last-cell.xlsx": lambda: cells(_cell("XFD1048576")),
    "row-past-the-end.xlsx": lambda: cells(b'<row r="99999999999"><c><v>1</v></c></row>'),
    "row-zero.xlsx": lambda: cells(_cell("A0")),
    "dimension.xlsx": lambda: xlsx(
        f'<worksheet xmlns="{MAIN}"><dimension ref="A1:AAAAAAAA99999999999"/><sheetData>'.encode()
        + HEAD
        + SHEET_END
    ),
    "zeros.xlsx": lambda: xlsx(b"0" * 190_000_000),
    "zeros-elsewhere.xlsx": lambda: xlsx(SHEET + HEAD + SHEET_END, styles=b"0" * 190_000_000),
    "many-cells.xlsx": lambda: cells(b"<row>" + b"<c><v>1</v></c>" * 2_500_000 + b"</row>"),
    "many-empty-cells.xlsx": lambda: cells(b"<row>" + b"<c/>" * 8_000_000 + b"</row>"),
    "prefixed-cells.xlsx": lambda: cells(b"<row>" + b"<x:c/>" * 4_000_000 + b"</row>"),
    "many-tags.xlsx": lambda: cells(b"<a/>" * 10_000_000),
    "deep.xlsx": lambda: cells(b"<a>" * 190_000),
    "many-names.xlsx": lambda: cells(b"".join(b"<n%d/>" % k for k in range(190_000))),
    "many-attributes.xlsx": lambda: cells(
        b"<c " + b" ".join(b'n%d=">"' % k for k in range(3_000_000)) + b"/>"
    ),
    "one-long-text.xlsx": lambda: cells(b"<row><c><v>" + b"1" * 40_000_000 + b"</v></c></row>"),
    "one-text-many-times.xlsx": lambda: _shared(b"<si><t>" + b"x" * 900_000 + b"</t></si>", 100_000),
    "many-texts.xlsx": lambda: _shared(b"<si/>" * 9_000_000, 1),
    "many-errors.xlsx": lambda: cells(b"<row>" + b'<c t="e"><v>#N/A</v></c>' * 900_000 + b"</row>"),
    "many-merged.xlsx": lambda: cells(
        b"</sheetData><mergeCells>" + b'<mergeCell ref="A5:B6"/>' * 190_000 + b"</mergeCells><sheetData>"
    ),
    "entities.xlsx": lambda: xlsx(
        b'<!DOCTYPE a [<!ENTITY a "aaaaaaaaaa">'
        + b"".join(
            b'<!ENTITY a%d "%s">' % (k, b"&a%s;" % (str(k - 1).encode() if k > 1 else b"") * 10)
            for k in range(1, 12)
        )
        + b"]><worksheet>&a11;</worksheet>"
    ),
    "utf-16.xlsx": lambda: xlsx(
        '<?xml version="1.0" encoding="utf-16"?><worksheet><c r="AAAAAAAA99999999999"/></worksheet>'.encode(
            "utf-16"
        )
    ),
    "twice.xlsx": lambda: xlsx(
        SHEET + HEAD + SHEET_END, **{"worksheets/SHEET1": SHEET + _cell("AAAAAAAA99999999999") + SHEET_END}
    ),
    "columns-repeated.ods": lambda: ods(_row(_ods_cell(attributes=_repeated("columns", "2000000000")))),
    "rows-repeated.ods": lambda: ods(_row(_ods_cell(), 2_000_000_000)),
    "blanks-repeated.ods": lambda: ods(
        _row(f"<table:table-cell{_repeated('columns', '2000000000')}/>" + _ods_cell())
    ),
    "both-repeated.ods": lambda: ods(_row(_ods_cell(attributes=_repeated("columns", "16000")), 1_000_000)),
    "repeated-past-counting.ods": lambda: ods(
        _row(_ods_cell(attributes=_repeated("columns", "18446744073709551615")))
    ),
    "signed-count.ods": lambda: ods(_row(_ods_cell(attributes=_repeated("columns", "+2000000000")))),
    "blanks-in-a-text.ods": lambda: ods(_row(_ods_cell('id<text:s text:c="2000000000"/>'))),
    "text-repeated.ods": lambda: ods(_row(_ods_cell("x" * 30_000, _repeated("columns", "10")), 10_000)),
    "another-sheet.ods": lambda: ods(
        _row(_ods_cell())
        + '</table:table><table:table table:name="other">'
        + _row(_ods_cell(), 2_000_000_000)
    ),
    "row-in-a-row.ods": lambda: ods(
        f'<table:table-row table:number-rows-repeated="2000000000"><table:table-cell>{_row("")}'
        f"</table:table-cell>{_ods_cell()}</table:table-row>"
    ),
}
"""What each file holds, by its name."""
