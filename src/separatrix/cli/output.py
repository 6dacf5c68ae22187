"""Writing answers to files: whole or not at all."""

from __future__ import annotations

from pathlib import Path

from separatrix.errors import InputError
from separatrix.run.files import unfinished

__all__ = ["guard_source", "guard_target", "write_bytes", "write_text"]


def write_text(path: Path, text: str) -> None:
    """Write `text` to `path` in UTF-8, replacing it only when all is written.

    Raises
    ------
    InputError
        U903 where the file cannot be written, with the system's reason.
    """
    write_bytes(path, text.encode("utf-8"))


def write_bytes(path: Path, content: bytes, *, make_folder: bool = False) -> None:
    """Write `content` to `path`, replacing it only when all is written; make its folder where asked to.

    Raises
    ------
    InputError
        U903 where the file cannot be written, with the system's reason.
    """
    try:
        if make_folder:
            path.parent.mkdir(exist_ok=True)
        if path.exists() and not path.is_file():
            # A pipe or a device: nothing to replace.
            if path.is_dir():
                raise IsADirectoryError(None, "it is a folder")
            path.write_bytes(content)
            return
        temporary = unfinished(path.parent)
        try:
            temporary.write_bytes(content)
            temporary.replace(path)
        except BaseException:
            temporary.unlink(missing_ok=True)
            raise
    except OSError as problem:
        raise _unwritable(path, problem) from None


def guard_source(out: Path, model: str) -> None:
    """Refuse to write an answer over the game it is about.

    Raises
    ------
    InputError
        U903 where `out` is the file `model`.
    """
    if out.exists() and Path(model).exists() and out.samefile(model):
        raise InputError("U903", f"--out {out} is the game file itself", hint="choose another name")


def guard_target(out: Path) -> None:
    """Refuse, before any work is done, a file that cannot be written.

    Raises
    ------
    InputError
        U903 with the system's reason.
    """
    try:
        if out.is_dir():
            raise IsADirectoryError(None, "it is a folder")
        if not out.exists() or out.is_file():
            unfinished(out.parent).unlink()
    except OSError as problem:
        raise _unwritable(out, problem) from None


def _unwritable(path: Path, problem: OSError) -> InputError:
    return InputError(
        "U903",
        f"cannot write {path}: {problem.strerror or problem}",
        hint="choose a folder that exists and that you may write to",
    )
