"""What a file of evidence is, by its content: its name decides nothing but which text it is.

Files that a browser could execute are not accepted as evidence, and neither are documents with macros.
"""

from __future__ import annotations

import io
import re
import zipfile
from pathlib import Path

from separatrix.io.csv import decoded_text

__all__ = ["media_type_of"]

_MOST_PARTS = 5_000
_BEGINNINGS = (
    (b"%PDF-", "application/pdf"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
)
_OFFICE = "application/vnd.openxmlformats-officedocument."
_PACKED = (
    ("xl/workbook.xml", _OFFICE + "spreadsheetml.sheet"),
    ("word/document.xml", _OFFICE + "wordprocessingml.document"),
    ("OFD.xml", "application/ofd"),
)
_OPEN_DOCUMENTS = (
    b"application/vnd.oasis.opendocument.spreadsheet",
    b"application/vnd.oasis.opendocument.text",
)
_RUNS = re.compile(r"vbaproject\.bin$|(^|/)(macrosheets|activex)/|^(basic|scripts)/")
"""Parts by which a document brings a program along: of Office in both of its languages, and of ODF."""

_TEXTS = {".csv": "text/csv", ".txt": "text/plain"}


def media_type_of(name: str, data: bytes) -> str | None:
    """Return what a file is by its content; None for a kind that is not kept.

    Examples
    --------
    >>> (
    ...     media_type_of("bill.pdf", b"%PDF-1.7 ..."),
    ...     media_type_of("bill.pdf", b"MZ\\x90"),
    ...     media_type_of("a.txt", b"<svg"),
    ... )
    ('application/pdf', None, None)
    """
    for beginning, kind in _BEGINNINGS:
        if data.startswith(beginning):
            return kind
    if data[:4] == b"PK\x03\x04":
        return _packed_type(data)
    suffix = Path(name).suffix.lower()
    return _TEXTS[suffix] if suffix in _TEXTS and _is_text(data) else None


def _packed_type(data: bytes) -> str | None:
    end = data.rfind(b"PK\x05\x06")
    if end < 0 or int.from_bytes(data[end + 10 : end + 12], "little") > _MOST_PARTS:
        return None
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            parts = set(archive.namelist())
            if any(_RUNS.search(part.lower()) for part in parts):
                return None
            if "mimetype" in parts and archive.getinfo("mimetype").file_size < 100:
                kind = archive.read("mimetype")
                return kind.decode() if kind in _OPEN_DOCUMENTS else None
    except Exception:  # BadZipFile, ValueError, struct.error … have no common base
        return None
    return next((kind for part, kind in _PACKED if part in parts), None)


def _is_text(data: bytes) -> bool:
    found = decoded_text(data)
    return found is not None and "\0" not in found[0] and not found[0].lstrip("\ufeff \t\r\n").startswith("<")
