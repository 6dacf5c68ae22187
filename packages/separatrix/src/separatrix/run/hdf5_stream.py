"""A file for HDF5 that never fails, and tells afterwards that it did.

HDF5 brings down the whole process where one of its last writes fails, as on a full disk.  So it is told that
all went well: what could not be written is kept in memory, and whoever writes asks from time to time, and
stops.
"""

from __future__ import annotations

import os
from pathlib import Path
from types import TracebackType

__all__ = ["Sink"]


class Sink:
    """A file that is read and written at any place.

    Parameters
    ----------
    path : Path
        Of the file; what is in it is lost.
    """

    def __init__(self, path: Path) -> None:
        self.stream = path.open("w+b", buffering=0)
        self.problem: OSError | None = None
        self.place = 0
        self.size = 0
        self.unwritten: list[tuple[int, bytes]] = []

    def __enter__(self) -> Sink:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stream.close()

    def check(self) -> None:
        """Raise the error that a write has met."""
        if self.problem is not None:
            raise self.problem

    def write(self, content: bytes | memoryview) -> int:
        """Write at the current place, to memory once the disk has failed."""
        kept = bytes(content)
        if self.problem is None:
            try:
                self.stream.seek(self.place)
                left = memoryview(kept)
                while left:
                    left = left[self.stream.write(left) :]
            except OSError as problem:
                self.problem = problem
        if self.problem is not None:
            self.unwritten.append((self.place, kept))
        self.place += len(kept)
        self.size = max(self.size, self.place)
        return len(kept)

    def readinto(self, target: bytearray | memoryview) -> int:
        """Read from the current place; zeros where nothing was written."""
        view = memoryview(target).cast("B")
        count = max(0, min(len(view), self.size - self.place))
        self.stream.seek(self.place)
        found = self.stream.read(count) or b""
        view[:count] = found.ljust(count, b"\0")
        for start, content in self.unwritten:
            first, last = max(start, self.place), min(start + len(content), self.place + count)
            if first < last:
                view[first - self.place : last - self.place] = content[first - start : last - start]
        self.place += count
        return count

    def read(self, count: int = -1) -> bytes:
        """Return what `readinto` reads."""
        content = bytearray(max(0, self.size - self.place) if count < 0 else count)
        return bytes(content[: self.readinto(content)])

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        """Go to a place."""
        start = {os.SEEK_SET: 0, os.SEEK_CUR: self.place, os.SEEK_END: self.size}[whence]
        self.place = start + offset
        return self.place

    def tell(self) -> int:
        """Return the current place."""
        return self.place

    def truncate(self, size: int | None = None) -> int:
        """Cut the file, or make it longer."""
        self.size = self.place if size is None else size
        if self.problem is None:
            try:
                self.stream.truncate(self.size)
            except OSError as problem:
                self.problem = problem
        return self.size

    def flush(self) -> None:
        """Do nothing: every write goes to the system at once."""
