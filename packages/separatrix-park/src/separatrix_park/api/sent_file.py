"""A file that a program sends: its name and its bytes, as far as there is room for them."""

from __future__ import annotations

from ninja import UploadedFile

from separatrix.sentences import say
from separatrix_park.api.errors import Refused

__all__ = ["name_and_bytes"]


def name_and_bytes(file: UploadedFile, most: int) -> tuple[str, bytes]:
    """Return what a file is called and holds.

    Parameters
    ----------
    file : UploadedFile
    most : int
        Maximum size in bytes.

    Raises
    ------
    Refused
        413 for a larger one.
    """
    name = file.name or ""
    if (file.size or 0) > most:
        raise Refused(413, where=name, expected=say("at most {bound}", bound=f"{most // 1_000_000} MB"))
    return name, file.read()
