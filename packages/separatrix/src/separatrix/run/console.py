"""How far a run is, on standard error: a bar on a terminal, and lines where it goes to a file or a pipe.

Suppression of warnings about cases that the caller handles.

The list of shown warnings belongs to the whole process, and two threads that change it at once may leave it
changed permanently. So one thread at a time changes it, and suppresses as few warnings as it can.

What a solver prints past Python is kept out of standard output, where answers go.

HiGHS prints lines of its own even in silent mode ("HighsMipSolverData::…", when it repairs a solution),
straight from C++: in front of JSON they would spoil it. The whole process has one standard output; one
solver at a time uses it, and all other output of that time is passed on.
"""

from __future__ import annotations

import ctypes
import logging
import os
import sys
import threading
import time
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from tempfile import TemporaryFile

__all__ = [
    "kept_from_output",
    "progress",
    "progress_of",
    "quiet",
]

FIRST = 10.0
"""Seconds before the first line. Fewer: work of a moment leaves lines in logs."""

OFTEN = 0.25
"""The part of the time until now that passes before the next line at least: long runs do not flood a log."""


@contextmanager
def progress(what: str, total: int, done: int = 0, *, shown: bool = True) -> Iterator[Callable[[int], None]]:
    """Show the progress of a run; yields a function that takes the amount done since the last call.

    Parameters
    ----------
    what : str
        What is done, for people.
    total, done : int
        How much there is to do, and how much of it is done already.
    shown : bool
        Whether to show anything; nothing is shown either where `-q` was given.
    """
    with progress_of(what, shown=shown) as advance:
        reached = done

        def more(count: int) -> None:
            nonlocal reached
            reached += count
            advance(reached, total)

        if done:
            advance(done, total)
        yield more


@contextmanager
def progress_of(what: str, *, shown: bool = True) -> Iterator[Callable[[int, int], None]]:
    """Show the progress of a run; yields a function that takes the finished and the total amount.

    Parameters
    ----------
    what : str
        What is done, for people.
    shown : bool
        As in `progress`.
    """
    quiet = logging.getLogger("separatrix").level >= logging.ERROR
    if not shown or quiet:
        yield lambda done, whole: None
    elif sys.stderr.isatty():
        with _bar(what) as advance:
            yield advance
    else:
        yield _lines(what)


@contextmanager
def _bar(what: str) -> Iterator[Callable[[int, int], None]]:
    from rich.console import Console
    from rich.markup import escape
    from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

    bar = Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        TaskProgressColumn(),
        TimeRemainingColumn(),
        console=Console(stderr=True),
        transient=True,
    )
    with bar:
        task = bar.add_task(escape(what), total=None, visible=False)
        yield lambda done, whole: bar.update(task, completed=done, total=whole, visible=True)


def _lines(what: str, now: Callable[[], float] = time.monotonic) -> Callable[[int, int], None]:
    """Return what writes a line now and then."""
    begun = now()
    due = begun + FIRST

    def advance(done: int, whole: int) -> None:
        nonlocal due
        passed = now() - begun
        if begun + passed < due:
            return
        due = begun + passed + max(FIRST, OFTEN * passed)
        percent = 100 * done // max(whole, 1)
        print(
            f"{what}: {done:,} of {whole:,} ({percent} %) after {passed:.0f} s", file=sys.stderr, flush=True
        )

    return advance


_HELD = threading.RLock()


@contextmanager
def quiet(message: str, category: type[Warning] = UserWarning) -> Iterator[None]:
    """Suppress warnings whose text begins with a match of a regular expression.

    Examples
    --------
    >>> import warnings
    >>> with quiet("too much"):
    ...     warnings.warn("too much of it", stacklevel=1)
    """
    with _HELD, warnings.catch_warnings():
        warnings.filterwarnings("ignore", message, category)
        yield


_STDOUT = 1


@contextmanager
def kept_from_output(beginning: str) -> Iterator[None]:
    """Suppress lines of standard output that begin with a text, from any source.

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
