"""Every format that answers are written as, by its names and by the endings of files."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from separatrix.document.document import Document
from separatrix.errors import InputError
from separatrix.writers import document as html
from separatrix.writers import latex_document as latex
from separatrix.writers import markdown, pdf
from separatrix.writers import terminal_document as terminal
from separatrix.writers import word_document as word
from separatrix.writers.format import Format, Written

__all__ = ["DOCUMENTS", "FORMATS", "file_name", "format_named", "format_of", "write"]

_DATA = (
    Format("json", (".json",)),
    Format("csv", (".csv",)),
    Format("nc", (".nc",), printable=False),
    Format("bibtex", (".bib",)),
    Format("ply", (".ply",)),
    Format("svg", (".svg",)),
    Format("png", (".png",), printable=False),
    Format("yaml", (".yaml", ".yml")),
    Format("xlsx", (".xlsx",), printable=False),
    Format("nfg", (".nfg",)),
    Format("matlab", (".m",), ("octave",)),
    Format("python", (".py",)),
)
"""Formats that no document has: data, single pictures, games and scripts; their makers write them."""

FORMATS = {
    known.name: known
    for known in (
        terminal.FORMAT,
        html.FORMAT,
        word.FORMAT,
        pdf.FORMAT,
        latex.FORMAT,
        markdown.FORMAT,
        *_DATA,
    )
}
"""Formats by name."""

DOCUMENTS = tuple(name for name, known in FORMATS.items() if known.write is not None and name != "text")
"""The formats of reports."""


def format_named(name: str) -> Format:
    """Return the format of a name, or of another name of it.

    Raises
    ------
    InputError
        U902 where there is none.

    Examples
    --------
    >>> format_named("markdown").name, format_named("tex").suffixes
    ('md', ('.tex',))
    """
    for known in FORMATS.values():
        if name == known.name or name in known.other_names:
            return known
    raise InputError("U902", f"unknown format `{name}`", hint=f"choose one of {', '.join(FORMATS)}")


def file_name(stem: str, name: str) -> str:
    """Return the name of a file in a format.

    Examples
    --------
    >>> file_name("E01", "markdown")
    'E01.md'
    """
    return stem + format_named(name).suffixes[0]


def format_of(out: Path, offered: Sequence[str] = DOCUMENTS, advice: str = ", or give --format") -> Format:
    """Return the format that the ending of a file names, among those that are offered.

    Raises
    ------
    InputError
        U902 where it names none of them.

    Examples
    --------
    >>> format_of(Path("report.htm")).name
    'html'
    """
    suffix = out.suffix.lower()
    endings = [ending for name in offered for ending in FORMATS[name].suffixes]
    for known in FORMATS.values():
        if suffix in known.suffixes:
            if known.name in offered:
                return known
            said = f"this answer is not written as {known.name}"
            break
    else:
        said = f"the ending `{out.suffix}` names no format" if suffix else "a name without an ending"
    raise InputError("U902", f"--out {out}: {said}", hint=f"use one of {', '.join(endings)}{advice}")


def write(document: Document, format: str, stem: str = "report", *, pictures: bool = True) -> Written:
    r"""Return `document` in a format.

    Parameters
    ----------
    document : Document
    format : str
        One of `DOCUMENTS`, or ``text``.
    stem : str
        The name of the file without its ending; accompanying files are named after it.
    pictures : bool
        Whether formats that keep pictures in separate files show any.

    Returns
    -------
    Written
        The content of the file and of its accompanying files.

    Raises
    ------
    InputError
        U902 for an unknown format, or one of data; U905 where a library is not installed.

    Examples
    --------
    >>> from separatrix.document.document import Paragraph, line
    >>> write(Document("Hawks", "", (Paragraph(line("Two strategies.")),)), "md").content
    b'# Hawks\n\nTwo strategies.\n'
    """
    known = format_named(format)
    if known.write is None:
        raise InputError(
            "U902", f"a document is not written as {known.name}", hint=f"choose one of {', '.join(DOCUMENTS)}"
        )
    known.require()
    return known.write(document, stem, pictures)
