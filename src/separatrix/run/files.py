"""Files that are written whole or not at all, and are on the disk before they bear their name."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

__all__ = ["UNFINISHED", "replacing", "unfinished"]

UNFINISHED = ".separatrix-"
"""How a half-written file begins; not with its own name, which may be as long as a name can be."""


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """Yield a path to write to; the file replaces `path` when the block is left without an error.

    Examples
    --------
    >>> import tempfile
    >>> folder = Path(tempfile.mkdtemp())
    >>> with replacing(folder / "answer.txt") as temporary:
    ...     _ = temporary.write_text("42", "utf-8")
    >>> [file.name for file in folder.iterdir()]
    ['answer.txt']
    """
    temporary = unfinished(path.parent)
    try:
        yield temporary
        with temporary.open("r+b") as stream:
            os.fsync(stream.fileno())
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    if os.name != "nt":  # where the system has that, its name is on the disk too
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


def unfinished(folder: Path) -> Path:
    """Make an empty file of a new name in a folder, with the permissions that any new file gets there.

    `tempfile` would make one that its owner alone may read, and what it should be can only be asked for by
    changing it for the whole process.
    """
    while True:
        path = folder / f"{UNFINISHED}{secrets.token_hex(6)}.part"
        try:
            os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666))
        except FileExistsError:
            continue
        return path
