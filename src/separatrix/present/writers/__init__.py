"""One writer a format: each walks the same document tree.

For developers
--------------
A writer is one function from a document and the stem of its file's name to a `Written`.  It takes what the
tree says as it is, computes nothing, and chooses nothing by language but fonts and the attribute that names
it.  Whatever a user typed comes out inert: no markup, no command, no formula.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import cast

from separatrix.errors import InputError, how_to_add
from separatrix.present.document import Document

__all__ = ["FORMATS", "SUFFIXES", "Written", "ready", "write"]


@dataclass(frozen=True)
class Written:
    """A document in one format.

    Attributes
    ----------
    content : bytes
        The file itself.
    beside : mapping of str to bytes
        Files that it refers to, by their path relative to it, such as pictures.
    """

    content: bytes
    beside: Mapping[str, bytes] = field(default_factory=dict)


Writer = Callable[[Document, str], Written]

FORMATS: Mapping[str, str] = {
    "html": "separatrix.present.writers.html.document",
    "docx": "separatrix.present.writers.word.document",
    "pdf": "separatrix.present.writers.typst.pdf",
    "tex": "separatrix.present.writers.latex.document",
    "md": "separatrix.present.writers.markdown",
}
"""Format -> module with a function `write_document`."""

_LIBRARIES: Mapping[str, tuple[str, str, str]] = {
    "docx": ("docx", "a report in .docx needs python-docx", "word"),
    "pdf": ("typst", "a PDF needs the library `typst`, which is not installed", "pdf"),
}
"""Format -> module that it needs, what is said where that is missing, the extra that brings it."""

SUFFIXES: Mapping[str, str] = {
    ".html": "html",
    ".htm": "html",
    ".docx": "docx",
    ".pdf": "pdf",
    ".tex": "tex",
    ".md": "md",
    ".markdown": "md",
}


def ready(format: str) -> None:
    """Do nothing where the library that a format needs is installed, or where it needs none.

    Raises
    ------
    InputError
        U905 where the library is missing.
    """
    if format in _LIBRARIES:
        module, lacking, extra = _LIBRARIES[format]
        try:
            importlib.import_module(module)
        except ImportError:
            raise InputError("U905", lacking, hint=how_to_add(extra)) from None


def write(document: Document, format: str, stem: str = "report") -> Written:
    """Return `document` in a format.

    Parameters
    ----------
    document : Document
    format : str
        One of `FORMATS`.
    stem : str
        The name of the file without its ending; files beside it are named after it.

    Raises
    ------
    InputError
        U902 for an unknown format; U905 where the format needs a library that is not installed.
    """
    home = FORMATS.get(format)
    if home is None:
        raise InputError("U902", f"there is no format `{format}`", hint=f"choose one of {', '.join(FORMATS)}")
    module = importlib.import_module(home)
    return cast(Writer, module.write_document)(document, stem)
