"""A progress bar on standard error, and only on a terminal."""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

__all__ = ["progress"]


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
        Whether to show anything; nothing is shown either where standard error is no terminal or `-q` was
        given.
    """
    quiet = logging.getLogger("separatrix").level >= logging.ERROR
    if not shown or quiet or not sys.stderr.isatty():
        yield lambda count: None
        return
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
        task = bar.add_task(escape(what), total=total, completed=done)
        yield lambda count: bar.advance(task, count)
