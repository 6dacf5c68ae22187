"""How far a run is, on standard error: a bar on a terminal, and lines where it goes to a file or a pipe."""

from __future__ import annotations

import logging
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

__all__ = ["progress", "progress_of"]

FIRST = 10.0
"""Seconds before the first line. Fewer: work of a moment leaves lines in logs."""

OFTEN = 0.25
"""The part of the time until now that passes before the next line at least: long runs do not flood a log."""


@contextmanager
def progress(what: str, total: int, done: int = 0, *, shown: bool = True) -> Iterator[Callable[[int], None]]:
    """Show how far a run is; yields a function that is told how much has been done since.

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
    """Show how far a run is; yields a function that is told how much of how much is done.

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
