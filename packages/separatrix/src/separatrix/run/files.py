"""The one place that writes files: whole or not at all, on the disk before they bear their name.

What is written goes to a temporary file beside the target and is renamed when all of it is there.  A link is
followed, so that the file it names is replaced and not the link; devices and pipes have nothing to replace
and are written straight.
"""

from __future__ import annotations

import errno
import os
import secrets
import stat
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from separatrix.errors import InputError

__all__ = [
    "UNFINISHED",
    "FileLock",
    "replacing",
    "require_writable",
    "unwritable",
    "write_file",
    "write_files",
]

UNFINISHED = ".separatrix-"
"""How a half-written file begins; not with its own name, which may be as long as a name can be."""


def write_file(path: Path, content: str | bytes, *, make_folder: bool = False, private: bool = False) -> None:
    """Write a text, in UTF-8, or bytes; make the file's folder where asked to.

    A private new file is for its owner alone, whatever the umask.

    Raises
    ------
    InputError
        U903 where the file cannot be written, with the system's reason.

    Examples
    --------
    >>> import tempfile
    >>> folder = Path(tempfile.mkdtemp())
    >>> write_file(folder / "answer.txt", "42")
    >>> [file.name for file in folder.iterdir()]
    ['answer.txt']
    """
    data = content.encode("utf-8") if isinstance(content, str) else content
    try:
        if make_folder:
            path.parent.mkdir(exist_ok=True)
        with replacing(path) as temporary:
            if private:
                temporary.chmod(0o600)
            temporary.write_bytes(data)
    except OSError as problem:
        raise unwritable(path, problem) from None


def write_files(folder: Path, contents: Mapping[str, bytes]) -> list[Path]:
    """Write several new files into a folder, which is made where it is not there: all of them or none.

    Raises
    ------
    InputError
        U903 where one cannot be written; what had been written and made until then is gone again.
    """
    made = [place for place in (folder, *folder.parents) if not place.exists()]
    written: list[Path] = []
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, data in contents.items():
            write_file(folder / name, data)
            written.append(folder / name)
    except (InputError, OSError) as problem:
        for path in written:
            path.unlink(missing_ok=True)
        for place in made:
            if place.exists():
                place.rmdir()
        if isinstance(problem, OSError):
            raise unwritable(folder, problem) from None
        raise
    return written


def require_writable(path: Path) -> None:
    """Refuse, before any work is done, a file that cannot be written.

    Raises
    ------
    InputError
        U903 with the system's reason.
    """
    try:
        target = _target(path)
        if not target.exists() or target.is_file():
            _temporary(target).unlink()
    except OSError as problem:
        raise unwritable(path, problem) from None


def unwritable(path: Path, problem: OSError) -> InputError:
    """Return the error that says why the system did not let a file be written."""
    reason = problem.strerror or " ".join(str(problem).split())
    hints = {
        errno.ENOSPC: "make room on the disk, or choose another one; what was there before is unchanged",
        errno.EFBIG: "choose another disk; what was there before is unchanged",
    }
    return InputError(
        "U903",
        f"cannot write {path}: {reason}",
        hint=hints.get(problem.errno or 0, "choose a folder that exists and that you may write to"),
    )


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """Yield a path to write to; the file replaces `path` when the block is left without an error.

    For what is too large to be held in memory; else see `write_file`.

    Raises
    ------
    OSError
        Where the system does not let it be written; `unwritable` tells it in words.
    """
    target = _target(path)
    if target.exists() and not target.is_file():
        yield target
        return
    temporary = _temporary(target)
    try:
        yield temporary
        with temporary.open("r+b") as stream:
            os.fsync(stream.fileno())
        if target.exists():
            temporary.chmod(stat.S_IMODE(target.stat().st_mode))
        temporary.replace(target)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    if os.name != "nt":  # where the system has that, its name is on the disk too
        folder = os.open(target.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


class FileLock:
    """A file by which one process at a time claims what lies beside it; it ends with the process.

    Attributes
    ----------
    held : bool
        Whether this process has it, and no other.

    Raises
    ------
    OSError
        Where the file cannot be made.
    """

    def __init__(self, path: Path) -> None:
        self._handle: int | None = os.open(path, os.O_CREAT | os.O_RDWR, 0o666)
        self.held = _locked(self._handle)
        if not self.held:
            self.release()

    def release(self) -> None:
        """Let other processes have it."""
        if self._handle is not None:
            os.close(self._handle)  # which unlocks it too
        self._handle = None


def _locked(handle: int) -> bool:
    """Lock an open file without waiting; say whether that went well."""
    try:
        if sys.platform == "win32":
            import msvcrt

            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as problem:
        # Some network disks know no locks: there nobody is kept out, as before there were any.
        return problem.errno in (errno.ENOLCK, errno.ENOTSUP)
    return True


def _target(path: Path) -> Path:
    """Return the file itself, where `path` is a link to it."""
    try:
        target = path.resolve() if path.is_symlink() else path
    except RuntimeError:
        raise OSError(errno.ELOOP, "it is a link that leads to itself") from None
    if target.is_dir():
        raise IsADirectoryError(errno.EISDIR, "it is a folder")
    return target


def _temporary(target: Path) -> Path:
    """Return a new empty file beside `target`."""
    path = target.parent / f"{UNFINISHED}{secrets.token_hex(8)}.part"
    try:
        # With the mode of new files; asking for the umask would change it for other threads.
        handle = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY | getattr(os, "O_BINARY", 0), 0o666)
    except PermissionError as problem:
        effective = os.access in os.supports_effective_ids
        if target.is_file() and os.access(target, os.W_OK, effective_ids=effective):
            told = f"files are replaced by whole ones, and the folder {target.parent} may not be written to"
            raise PermissionError(problem.errno, told) from None
        raise
    os.close(handle)
    return path
