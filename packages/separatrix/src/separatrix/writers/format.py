"""A kind of file that answers are written as: one record, kept in the file of its writer.

For developers
--------------
A format for documents is a module with a function ``write_document(document, stem, pictures)`` and a record
``FORMAT``, which goes into `separatrix.writers.registry`; the command line, `separatrix.report` and
their messages take names, endings and what is needed from there.  The function takes what the tree says as it
is, computes nothing, and chooses nothing by language but fonts.  Whatever a user typed comes out inert: no
markup, no command, no formula.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from importlib.util import find_spec

from separatrix.document.tree import Document
from separatrix.errors import InputError, how_to_add

__all__ = [
    "Format",
    "Library",
    "Written",
    "picture_path",
]


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


@dataclass(frozen=True)
class Library:
    """A library that not every installation has, what is said without it, and the extra that brings it."""

    module: str
    lacking: str
    extra: str


@dataclass(frozen=True)
class Format:
    """A format of files.

    Attributes
    ----------
    name : str
        Its value of `--format`.
    suffixes : tuple of str
        Endings of files that mean it, the usual one first.
    other_names : tuple of str
        Further values of `--format`.
    printable : bool
        Whether it is text, and can be printed.
    library : Library, optional
        What has to be installed.
    write : callable, optional
        Document, stem of the file's name, and whether to give pictures in separate files, to a `Written`;
        None for formats of data and of single pictures.
    """

    name: str
    suffixes: tuple[str, ...]
    other_names: tuple[str, ...] = ()
    printable: bool = True
    library: Library | None = None
    write: Callable[[Document, str, bool], Written] | None = None

    def require(self) -> None:
        """Do nothing where the library that the format needs is installed, or where it needs none.

        Raises
        ------
        InputError
            U905 where the library is missing.
        """
        if self.library is not None and not _is_there(self.library.module):
            raise InputError("U905", self.library.lacking, hint=how_to_add(self.library.extra))


LONGEST = 60


def picture_path(stem: str, number: int, suffix: str) -> str:
    """Return where the picture of a figure lies, relative to the document.

    A file name that TeX or a browser would read as more than a name is replaced by a harmless one, with a key
    of its own so that two documents in one folder do not share their pictures.

    Examples
    --------
    >>> picture_path("report", 1, "pdf"), picture_path("a}b", 2, "svg")
    ('report-figures/figure-1.pdf', 'a-b-538c54-figures/figure-2.svg')
    """
    plain = re.sub(r"[^A-Za-z0-9-]+", "-", stem).strip("-")[:LONGEST]
    if plain != stem:
        key = hashlib.sha256(stem.encode("utf-8", "surrogatepass")).hexdigest()[:6]
        plain = f"{plain}-{key}" if plain else f"report-{key}"
    return f"{plain}-figures/figure-{number}.{suffix}"


def _is_there(module: str) -> bool:
    """Whether a module can be imported; what looks for modules may also say no by an error."""
    try:
        return find_spec(module) is not None
    except ImportError:
        return False
