"""What a solver prints past Python is kept out of standard output, where answers go.

HiGHS prints lines of its own making even where it is told to be silent ("HighsMipSolverData::…", when it
repairs a solution), straight from C++: in front of JSON they would spoil it.  Standard output is one for the
whole process; one solver at a time has it, and whatever else was printed meanwhile is handed on.
"""

from __future__ import annotations

import ctypes
import os
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from tempfile import TemporaryFile

__all__ = ["kept_from_output"]

_HELD = threading.RLock()

_STDOUT = 1


@contextmanager
def kept_from_output(beginning: str) -> Iterator[None]:
    """Leave out lines of standard output that begin so, whoever prints them.

    Examples
    --------
    >>> with kept_from_output("Highs"):
    ...     answer = 6 * 7
    """
    with _HELD:
        try:
            flush = ctypes.CDLL(None).fflush
            own = os.dup(_STDOUT)
        except (AttributeError, OSError, TypeError):  # no such library, or no standard output at all
            yield
            return
        with TemporaryFile() as held:
            _flush_all(flush)
            os.dup2(held.fileno(), _STDOUT)
            try:
                yield
            finally:
                _flush_all(flush)
                os.dup2(own, _STDOUT)
                os.close(own)
                held.seek(0)
                kept = [line for line in held if not line.startswith(beginning.encode())]
                if kept:
                    os.write(_STDOUT, b"".join(kept))


def _flush_all(flush: ctypes._NamedFuncPointer) -> None:
    """Write what Python and C have not written yet, each into what standard output is now."""
    if sys.stdout is not None:
        sys.stdout.flush()
    flush(None)
