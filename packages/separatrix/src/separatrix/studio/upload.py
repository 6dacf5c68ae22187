"""An upload: the files of a game or of a cluster as bytes, and the name of their content.

No path is ever taken from a request.  A name says what kind of file it is and what errors call it; where
files must lie in a folder to be read, a worker makes one of its own.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from separatrix.errors import InputError
from separatrix.game.catalogue_files import catalogue_path
from separatrix.io.files import read_bytes
from separatrix.sentences import say

__all__ = ["LARGEST_UPLOAD", "Kind", "Upload", "plain_name", "too_large"]

Kind = str
"""``game``, or the name of a kind of sources that a plug-in reads."""

LARGEST_UPLOAD = 20_000_000
"""Bytes of all files of an upload together."""

_LONGEST_NAME = 200
"""Bytes of the name of a file; systems take 255."""

_LONGEST_SLUG = 100
"""Characters of a name of the catalogue; none has as many, and likening longer ones takes long."""


@dataclass(frozen=True)
class Upload:
    """The files of one game, or of one cluster.

    Attributes
    ----------
    kind : str
        ``game``, or that of another source, such as ``cluster``.
    name : str
        What errors call it: a file name without any folder.
    files : tuple of (name, content)
        One for a game; those of the folder, or one zip file, for a cluster.
    """

    kind: Kind
    name: str
    files: tuple[tuple[str, bytes], ...]

    @property
    def digest(self) -> str:
        """The first 16 hexadecimal digits of the SHA-256 of all of it: the address of its content."""
        whole = hashlib.sha256(self.kind.encode())
        for name, content in ((self.name, b""), *self.files):
            for part in (name.encode(), content):
                whole.update(len(part).to_bytes(8, "big"))
                whole.update(part)
        return whole.hexdigest()[:16]

    @property
    def size(self) -> int:
        """The bytes of all files together."""
        return sum(len(content) for _, content in self.files)

    @property
    def text(self) -> str | None:
        """The text of a game file that people write; None for workbooks and for clusters."""
        if self.kind != "game" or Path(self.name).suffix.lower() in (".xlsx", ".xlsm", ".ods"):
            return None
        try:
            return self.files[0][1].decode("utf-8-sig")
        except UnicodeDecodeError:
            return None

    @classmethod
    def of_text(cls, text: str, name: str = "game.yaml") -> Upload:
        """Return the upload of a game file that was written in an editor.

        Examples
        --------
        >>> Upload.of_text("payoff_matrix: [[-1, 4], [0, 2]]", "../../hawk dove.yaml").name
        'hawk dove.yaml'
        """
        shown = plain_name(name)
        return cls("game", shown, ((shown, text.encode("utf-8", "replace")),))

    @classmethod
    def of_example(cls, slug: str) -> Upload:
        """Return the upload of a game of the catalogue; raises C401 where there is none of this name."""
        path = catalogue_path(slug[:_LONGEST_SLUG], files=False)
        return cls("game", path.name, ((path.name, path.read_bytes()),))

    @classmethod
    def of_paths(cls, kind: Kind, paths: Iterable[Path]) -> Upload:
        """Return files that lie on the disk of the person who starts the server; a cluster by its folder.

        Raises
        ------
        InputError
            W101 where they are larger than is read.
        """
        files: list[tuple[str, bytes]] = []
        left = LARGEST_UPLOAD
        name = kind
        for path in paths:
            name = path.name if kind == "game" else path.absolute().parent.name or name
            content = read_bytes(path, LARGEST_UPLOAD, "a file")
            left -= len(content)
            if left < 0:
                raise too_large(LARGEST_UPLOAD)
            files.append((path.name, content))
        return cls(kind, name, tuple(files))


def too_large(most: int) -> InputError:
    """Return the error for files, or a request, larger than is read."""
    return InputError(
        "W101",
        say("what was sent is larger than {most} MB, the most that is read", most=f"{most / 1_000_000:g}"),
    )


def plain_name(given: str, otherwise: str = "game.yaml") -> str:
    """Return the last part of a file name from a browser, without path separators.

    Examples
    --------
    >>> plain_name("C:\\\\games\\\\钢铁.yaml"), plain_name("../.."), plain_name("a\\x00b/..")
    ('钢铁.yaml', 'game.yaml', 'game.yaml')
    """
    last = re.split(r"[/\\]", given)[-1]
    kept = "".join(c for c in last if c.isprintable() and c not in '<>:"|?*').strip(" .")[-120:]
    # Systems count bytes, of which a Chinese character has three; the ending says what kind of file it is.
    short = kept.encode()[-_LONGEST_NAME:].decode("utf-8", "ignore")
    return short.strip(" .") or otherwise
