"""Writing answers to files: whole or not at all."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from separatrix.errors import InputError

__all__ = ["write_text"]


def write_text(path: Path, text: str) -> None:
    """Write `text` to `path`, replacing it only when all is written.

    Raises
    ------
    InputError
        U903 where the file cannot be written, with the system's reason.
    """
    try:
        if path.exists() and not path.is_file():
            # A pipe or a device: nothing to replace.
            if path.is_dir():
                raise IsADirectoryError(None, "it is a folder")
            path.write_text(text, encoding="utf-8", newline="\n")
            return
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=".part")
        temporary = Path(name)
        try:
            with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as stream:
                stream.write(text)
            temporary.chmod(0o666 & ~_umask())
            temporary.replace(path)
        except BaseException:
            temporary.unlink(missing_ok=True)
            raise
    except OSError as problem:
        raise InputError(
            "U903",
            f"cannot write {path}: {problem.strerror or problem}",
            hint="choose a folder that exists and that you may write to",
        ) from None


def _umask() -> int:
    current = os.umask(0)
    os.umask(current)
    return current
