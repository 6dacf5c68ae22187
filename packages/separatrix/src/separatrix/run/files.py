"""The one place that writes files: whole or not at all, on the disk before they bear their name.

Output goes to a temporary file next to the target and is renamed when it is complete. A link is followed,
so that its target is replaced and not the link; devices and pipes cannot be replaced and are written
directly.
"""

from __future__ import annotations

import errno
import os
import secrets
import shutil
import stat
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from separatrix.errors import InputError

__all__ = [
    "UNFINISHED",
    "FileLock",
    "folders_left_over",
    "remove_abandoned",
    "replacing",
    "require_writable",
    "unwritable",
    "working_folder",
    "write_file",
    "write_files",
]

UNFINISHED = ".separatrix-"
"""How a half-written file or folder begins; not with its own name, which may be as long as a name can be."""

CLAIM = ".unfinished"
"""The file in a working folder by which its process claims it."""
CLAIMED = (
    b"Separatrix works in this folder as long as a process holds this file. After that nobody needs it.\n"
)


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
def replacing(path: Path, beside: Path | None = None) -> Iterator[Path]:
    """Yield a path to write to; the file replaces `path` when the block is left without an error.

    For what is too large to be held in memory; else see `write_file`.

    Parameters
    ----------
    path : Path
    beside : Path, optional
        The folder of the temporary file, on the same disk; by default that of `path`.

    Raises
    ------
    OSError
        If the system does not allow writing; `unwritable` describes this in words.
    """
    target = _target(path)
    if target.exists() and not target.is_file():
        yield target
        return
    temporary = _temporary(target, beside)
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
    """A lock file, by which one process at a time claims the files next to it; it ends with the process.

    Attributes
    ----------
    held : bool
        Whether this process has it, and no other.
    sure : bool
        Whether the disk knows locks at all; where it knows none, others may hold it, too.

    Raises
    ------
    OSError
        Where the file cannot be made.
    """

    def __init__(self, path: Path) -> None:
        self._handle: int | None = os.open(path, os.O_CREAT | os.O_RDWR, 0o666)
        locked = _locked(self._handle)
        # Some network disks know no locks: there nobody is kept out, as before there were any.
        self.held, self.sure = locked is not False, locked is not None
        if not self.held:
            self.release()

    def release(self) -> None:
        """Let other processes have it."""
        if self._handle is not None:
            os.close(self._handle)  # which unlocks it too
        self._handle = None


def _locked(handle: int) -> bool | None:
    """Lock an open file without waiting; say whether that went well, None where the disk knows no locks."""
    try:
        if sys.platform == "win32":
            import msvcrt

            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as problem:
        return None if problem.errno in (errno.ENOLCK, errno.ENOTSUP) else False
    return True


@contextmanager
def working_folder(beside: Path, becomes: Path | None = None) -> Iterator[Path]:
    """Yield a new folder for its owner alone, which is gone when the block ends, however it ends.

    A killed process leaves it; the next one that works in the same place removes it (`remove_abandoned`).

    Parameters
    ----------
    beside : Path
        The folder in which it is created.
    becomes : Path, optional
        Its final name if the block ends without an error; then it stays. An empty folder of this name is
        replaced.

    Raises
    ------
    OSError
        Where the system does not let it be made, or renamed.
    """
    remove_abandoned(beside)
    made = beside / f"{UNFINISHED}{secrets.token_hex(8)}"
    made.mkdir(mode=0o700)
    claim = made / CLAIM
    lock = None
    try:
        lock = FileLock(claim)
        claim.write_bytes(CLAIMED)
        yield made
        if becomes is not None:
            if os.name == "nt":  # there nobody deletes or moves what is open, nor replaces a folder
                lock.release()
                if becomes.is_dir():
                    becomes.rmdir()
            claim.unlink()
            made.rename(becomes)
    finally:
        if os.name == "nt" and lock is not None:
            lock.release()
        shutil.rmtree(made, ignore_errors=True)
        if lock is not None:
            lock.release()


def remove_abandoned(beside: Path) -> None:
    """Remove the working folders in a folder whose processes were killed.

    Each is this account's own, bears the claim of a working folder, and no process holds it.
    """
    for folder in _folders(beside):
        if (lock := _unheld(folder)) is not None:
            shutil.rmtree(folder, ignore_errors=True)
            lock.release()


def folders_left_over(beside: Path, *, also: str = "") -> list[Path]:
    """Return folders that look unfinished and may be unused.

    Parameters
    ----------
    beside : Path
        The folder that contains them.
    also : str, optional
        Another prefix of such folders, as of those of earlier versions.
    """
    return sorted(f for f in _folders(beside, also) if not (f / CLAIM).exists())


def _folders(beside: Path, also: str = "") -> list[Path]:
    """Return what in a folder is called as a working folder is, and is a folder of this account."""
    starts = tuple(filter(None, (UNFINISHED, also)))
    try:
        return [
            Path(entry.path)
            for entry in os.scandir(beside)
            if entry.name.startswith(starts)
            and entry.is_dir(follow_symlinks=False)
            and (os.name == "nt" or entry.stat(follow_symlinks=False).st_uid == os.geteuid())
        ]
    except OSError:  # it is not there, or nobody may look into it
        return []


def _unheld(folder: Path) -> FileLock | None:
    """Return the lock of a working folder that no process holds; None where it is held, or may be."""
    claim = folder / CLAIM
    try:
        if claim.is_symlink() or not claim.is_file() or claim.read_bytes() != CLAIMED:
            return None
        lock = FileLock(claim)
    except OSError:
        return None
    if lock.held and lock.sure:
        return lock
    lock.release()
    return None


def _target(path: Path) -> Path:
    """Return the file itself, where `path` is a link to it."""
    try:
        target = path.resolve() if path.is_symlink() else path
    except RuntimeError:
        raise OSError(errno.ELOOP, "it is a link that leads to itself") from None
    if target.is_dir():
        raise IsADirectoryError(errno.EISDIR, "it is a folder")
    return target


def _temporary(target: Path, beside: Path | None = None) -> Path:
    """Return a new empty file next to `target`, or in another folder."""
    path = (beside or target.parent) / f"{UNFINISHED}{secrets.token_hex(8)}.part"
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
