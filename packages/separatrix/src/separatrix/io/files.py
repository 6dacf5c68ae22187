"""Opening what a user names: every way in which that fails has a sentence."""

from __future__ import annotations

import os
import stat
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path

from separatrix.errors import InputError, Place

__all__ = ["decode", "placed", "read_bytes", "read_standard_input", "reading_in"]

PATIENCE = 5.0
"""How many seconds a pipe may have no writer."""

_folder: ContextVar[Path | None] = ContextVar("folder", default=None)


@contextmanager
def reading_in(folder: Path) -> Iterator[None]:
    """Read relative names in a folder, wherever the process was started, and follow no link on the way.

    The checked file is the opened file, even if someone replaces it by a link in between.
    """
    token = _folder.set(folder)
    try:
        yield
    finally:
        _folder.reset(token)


def placed(path: Path) -> Path:
    """Return where a relative name leads: from the folder of `reading_in`, else from the present one."""
    folder = _folder.get()
    return path if folder is None else folder / path


def _opened(path: Path) -> int:
    """Return a handle of a file, opened without waiting for a pipe's writer."""
    flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
    folder = _folder.get()
    if folder is None or path.is_absolute():
        return os.open(path, flags)
    if os.open not in os.supports_dir_fd:
        return os.open(placed(path), flags)
    flags |= os.O_NOFOLLOW
    *above, name = path.parts or (".",)
    place = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        for part in above:
            inner = os.open(part, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW, dir_fd=place)
            os.close(place)
            place = inner
        return os.open(name, flags, dir_fd=place)
    finally:
        os.close(place)


def read_bytes(path: Path, limit: int, what: str) -> bytes:
    """Return the content of the file at `path`, at most `limit` bytes.

    Raises
    ------
    InputError
        G100 if it cannot be opened, G101 if it is larger, G124 for a pipe without a writer.
    """
    where = Place(str(path))
    if _is_folder(path):
        raise InputError("G100", f"{path} is a folder; {what} was expected", where=where)
    try:
        handle = _opened(path)
        mode = os.fstat(handle).st_mode
        if stat.S_ISFIFO(mode):
            data = _read_pipe(handle, path, limit, what)
        elif stat.S_ISDIR(mode):
            os.close(handle)
            raise InputError("G100", f"{path} is a folder; {what} was expected", where=where)
        else:
            if hasattr(os, "O_NONBLOCK"):
                os.set_blocking(handle, True)  # a terminal is waited for
            with os.fdopen(handle, "rb") as file:
                data = file.read(limit + 1)
    except InputError:
        raise
    except FileNotFoundError:
        raise InputError(
            "G100", f"file {path} does not exist", where=where, hint=_missing_hint(path)
        ) from None
    except PermissionError:
        raise InputError("G100", f"{path} may not be read: permission denied", where=where) from None
    except (OSError, ValueError) as problem:
        raise InputError("G100", f"{path} cannot be read: {problem}", where=where) from None
    if len(data) > limit:
        raise InputError(
            "G101", f"{what} is larger than {limit // 1_000_000:,} MB, the most that is read", where=where
        )
    return data


def read_standard_input(limit: int, what: str) -> str:
    """Return what stands on standard input as text, at most `limit` bytes.

    Raises
    ------
    InputError
        G101 if it is larger, G102 if it is not text in UTF-8, G106 if it is empty.
    """
    name = Path("standard input")
    data = sys.stdin.buffer.read(limit + 1)
    if len(data) > limit:
        raise InputError(
            "G101",
            f"{what} is larger than {limit // 1_000_000:,} MB, the most that is read",
            where=Place(str(name)),
        )
    text = decode(data, name)
    if not text.strip():
        raise InputError(
            "G106",
            f"nothing came from standard input; {what} was expected",
            where=Place(str(name)),
            hint="as in `separatrix examples shi-chen-2018 | separatrix analyze -`",
        )
    return text


def _read_pipe(handle: int, path: Path, limit: int, what: str) -> bytes:
    """Return the data of a pipe; once a writer has begun, wait for its end."""
    data = bytearray()
    opened = time.monotonic()
    # Opened as it is, a pipe without a writer is at its end, and one whose writer pauses would block.
    try:
        written = False
        while len(data) <= limit:
            try:
                piece = os.read(handle, min(1_000_000, limit + 1 - len(data)))
            except BlockingIOError:
                written, piece = True, None
            if piece:
                written = True
                data += piece
            elif written and piece == b"":
                break
            elif not written and time.monotonic() - opened > PATIENCE:
                raise InputError(
                    "G124",
                    f"no data came from the pipe {path} for {PATIENCE:g} seconds; {what} was expected",
                    where=Place(str(path)),
                    hint="start the program that writes to it, or name a file",
                )
            else:
                time.sleep(0.01)
    finally:
        os.close(handle)
    return bytes(data)


def _is_folder(path: Path) -> bool:
    try:
        return placed(path).is_dir()
    except (OSError, ValueError):
        return False


def _missing_hint(path: Path) -> str | None:
    from separatrix.errors import nearest

    try:
        near = [p.name for p in placed(path).parent.iterdir()][:2000]
    except OSError:
        return None
    meant = nearest(path.name, near)
    return f"did you mean {path.parent / meant}?" if meant else None


def decode(data: bytes, path: Path) -> str:
    """Return `data` as text in UTF-8, with or without a byte order mark.

    Raises
    ------
    InputError
        G102 for another encoding, or for data that are not text.
    """
    where = Place(str(path))
    if data[:2] in (b"\xff\xfe", b"\xfe\xff") or data[:4] in (b"\x00\x00\xfe\xff",):
        raise InputError("G102", "the file is in UTF-16 or UTF-32", where=where, hint="save it as UTF-8")
    if b"\x00" in data[:4096]:
        raise InputError("G102", "the file holds binary data, no text", where=where)
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as problem:
        line = data.count(b"\n", 0, problem.start) + 1
        raise InputError(
            "G102",
            f"the text is not UTF-8: byte {data[problem.start]:#04x} on line {line}",
            where=Place(str(path), line),
            hint="save it as UTF-8",
        ) from None
    return text.replace("\r\n", "\n").replace("\r", "\n")
