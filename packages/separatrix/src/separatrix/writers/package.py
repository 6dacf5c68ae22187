"""The file of Word around the text: an empty package, its properties, and the same bytes every time."""

from __future__ import annotations

import io
import zipfile
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from separatrix.document.document import Document
from separatrix.writers.styles import numbering_xml, settings_xml, styles_xml
from separatrix.writers.xml import field, rooted

if TYPE_CHECKING:
    from docx.document import Document as Package
    from docx.oxml.xmlchemy import BaseOxmlElement

__all__ = ["empty", "fill", "packed"]

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
