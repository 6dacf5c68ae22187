"""Document → PDF, set by Typst: an article on A4 pages, whole in one file."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

from separatrix.document.document import Document
from separatrix.document.fonts import cjk_family, has_cjk, typst_fonts, warn_no_cjk_font
from separatrix.writers.format import Format, Library, Written
from separatrix.writers.typst_document import typst_source

__all__ = ["FORMAT", "write_document", "write_pdf"]


def write_document(document: Document, stem: str = "report", pictures: bool = True) -> Written:
    """Return a document as PDF, its pictures within."""
    return Written(write_pdf(document))


FORMAT = Format(
    "pdf",
    (".pdf",),
    printable=False,
    library=Library("typst", "a PDF needs the library `typst`, which is not installed", "pdf"),
    write=write_document,
)


def write_pdf(document: Document, *, system_fonts: bool = True) -> bytes:
    """Return a document as the bytes of a PDF; the same document gives the same bytes.

    Parameters
    ----------
    document : Document
    system_fonts : bool
        Whether to use the fonts of this machine in addition to those of Typst, which have no Chinese.

    Warns
    -----
    UserWarning
        Where the document holds Chinese characters and no font shows them; it names the package to install.
    """
    import typst

    fonts = typst_fonts(system=system_fonts)
    families = fonts.families()
    serif, sans = cjk_family(families, "serif"), cjk_family(families, "sans")
    source = typst_source(document, cjk_serif=serif, cjk_sans=sans)
    if serif is None and has_cjk(source.text):
        warn_no_cjk_font("the document", stacklevel=3)
    # The source reads nothing but its pictures and imports no package; a root of its own makes sure of it.
    with TemporaryDirectory() as folder:
        root = Path(folder)
        for name, content in {"main.typ": source.text.encode(), **source.pictures}.items():
            (root / name).write_bytes(content)
        return typst.compile(
            root / "main.typ",
            root=root,
            font_paths=fonts,
            format="pdf",
            package_path=root,
            package_cache_path=root,
        )
