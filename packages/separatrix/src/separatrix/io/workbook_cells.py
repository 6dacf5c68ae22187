"""The parts of a zipped workbook (XLSX, ODS), with bounds that hold before any XML is parsed.

A few hundred bytes of a zip file can expand to gigabytes, and so can a few of XML. The expanded data are
counted here on the bytes: the sizes that the zip's directory states (no more is ever unzipped), the cells
and the tags, and the longest stretch without a tag, which bounds every text, name and list of attributes.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable
from typing import Any
from xml.parsers import expat

from separatrix.errors import InputError, Place

__all__ = ["MOST_CELLS", "Parts", "broken", "parse_xml", "too_large"]

MOST_UNZIPPED = 50_000_000
MOST_CELLS = 1_000_000
_MOST_MEMBERS = 2_000
_MOST_STRETCH = 1_000_000
"""A spreadsheet's cell holds 32,767 characters, at most eight bytes each."""
_TAGS_OF_A_CELL = 10
_MOST_DEPTH = 64
_MOST_NAMES = 2_000
_CHUNK = 1_000_000

_CELL = re.compile(rb"<(?:[\w.-]+:)?(?:c|si|table-cell|covered-table-cell)[\s/>]")
_ENCODING = re.compile(rb"""(?:\xef\xbb\xbf)?\s*<\?xml[^>]*?\sencoding\s*=\s*["']([^"']*)["']""")

_ANEW = "open it in a spreadsheet and save it as .xlsx or .ods again"
_AS_CSV = "delete what lies beyond the table, or save the sheet as CSV"


def broken(name: str, why: str) -> InputError:
    """Return the error for a file that is not a workbook."""
    hint = _ANEW + (", without a password" if "password" in why or "encrypted" in why else "")
    return InputError("T200", f"this is not a workbook: {why}", where=Place(name), hint=hint)


def too_large(name: str, what: str) -> InputError:
    """Return the error for a workbook past a limit."""
    return InputError("T206", what, where=Place(name), hint=_AS_CSV)


class Parts:
    """The requested parts of a workbook, unzipped and counted, by their names in lower case.

    Raises
    ------
    InputError
        T200 where the file is not a zip file, T206 past a limit; so do its methods.
    """

    def __init__(self, data: bytes, name: str, most_cells: int = MOST_CELLS) -> None:
        self.name = name
        self.most_cells = most_cells
        self.cells = self.tags = 0
        self.contents: dict[str, bytes] = {}
        try:
            self.archive = zipfile.ZipFile(io.BytesIO(data))
        except Exception as problem:  # BadZipFile, ValueError, struct.error … have no common base
            raise broken(name, str(problem)[:200]) from None
        listed = self.archive.infolist()
        if len(listed) > _MOST_MEMBERS:
            raise too_large(
                name, f"the workbook has {len(listed):,} parts; at most {_MOST_MEMBERS:,} are read"
            )
        size = sum(member.file_size for member in listed)
        if size > MOST_UNZIPPED:
            raise too_large(
                name,
                f"unzipped, the workbook has {size:,} bytes; at most {MOST_UNZIPPED:,} are read",
            )
        self.members: dict[str, list[zipfile.ZipInfo]] = {}
        for member in listed:  # readers take names in any spelling
            self.members.setdefault(member.filename.replace("\\", "/").lower(), []).append(member)

    def unzip(self, *names: str) -> None:
        """Unzip these parts, where they are there."""
        wanted = [name for name in dict.fromkeys(names) if name in self.members and name not in self.contents]
        for name in wanted:
            if len(self.members[name]) > 1:
                raise broken(self.name, f"it holds `{name[:80]}` twice")
            if self.members[name][0].compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
                raise broken(self.name, "it is not packed as workbooks are")
        for name in wanted:
            try:
                self.contents[name] = self.archive.read(self.members[name][0])
            except Exception as problem:  # zlib.error, BadZipFile, RuntimeError for a password …
                raise broken(self.name, str(problem)[:200]) from None
            self._count(name, self.contents[name])

    def _count(self, name: str, content: bytes) -> None:
        encoding = _ENCODING.match(content)
        if (
            content[:2] in (b"\xff\xfe", b"\xfe\xff")
            or b"\x00" in content[:4]
            or (encoding and encoding[1].lower() not in (b"utf-8", b"us-ascii", b"ascii"))
        ):
            raise broken(self.name, f"`{name[:80]}` is not written in UTF-8")
        if b"<!DOCTYPE" in content:
            raise broken(self.name, "its XML declares entities")
        if _has_long_stretch(content):
            raise too_large(self.name, f"a text in `{name[:80]}` is longer than {_MOST_STRETCH:,} bytes")
        self.tags += content.count(b"<")
        if self.tags <= _TAGS_OF_A_CELL * MOST_CELLS:
            self.cells += _cells_in(content)
        if self.cells > self.most_cells:
            raise too_large(
                self.name, f"the workbook has more than {self.most_cells:,} cells, the most that are read"
            )
        if self.tags > _TAGS_OF_A_CELL * self.cells + 200_000:
            raise broken(self.name, f"its XML has {self.tags:,} tags, far too many for its cells")


def _has_long_stretch(content: bytes) -> bool:
    at = 0
    while len(content) - at > _MOST_STRETCH:
        at = content.rfind(b"<", at, at + _MOST_STRETCH) + 1
        if at == 0:
            return True
    return False


def _cells_in(content: bytes) -> int:
    """Return how many cells and shared texts a part has; counting ends past the limit."""
    cells = at = 0
    while at >= 0 and cells <= MOST_CELLS:
        end = content.find(b"<", at + _CHUNK)
        cells += len(_CELL.findall(content, at, end if end >= 0 else len(content)))
        at = end
    return cells


def parse_xml(
    content: bytes,
    name: str,
    start: Callable[[str, dict[str, str]], None],
    end: Callable[[str], None] | None = None,
    text: Callable[[str], None] | None = None,
) -> None:
    """Go through the tags of a part in order; ``start`` may raise to end it.

    Raises
    ------
    InputError
        T200 for malformed XML, and for XML that no spreadsheet writes.
    """
    names: dict[str, str] = {}
    parser: Any = expat.ParserCreate(None, None, names)
    parser.buffer_text = True
    depth = 0

    def open_tag(tag: str, attributes: dict[str, str]) -> None:
        nonlocal depth
        depth += 1
        if depth > _MOST_DEPTH or len(names) > _MOST_NAMES:
            raise broken(
                name, "its XML nests too deep" if depth > _MOST_DEPTH else "its XML has too many names"
            )
        start(tag, attributes)

    def close_tag(tag: str) -> None:
        nonlocal depth
        depth -= 1
        if end is not None:
            end(tag)

    parser.StartElementHandler = open_tag
    parser.EndElementHandler = close_tag
    if text is not None:
        parser.CharacterDataHandler = text
    try:
        # In pieces, for expat goes on to the end of what it was given when a handler raises.
        for at in range(0, len(content), _CHUNK):
            parser.Parse(content[at : at + _CHUNK], False)
        parser.Parse(b"", True)
    except expat.ExpatError as problem:
        raise broken(name, str(problem)) from None
