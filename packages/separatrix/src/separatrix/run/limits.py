"""How long work may take: one limit, which every loop that can be long asks.

The limit is a context variable, so that it reaches loops at any depth, and each thread has its own.  Limits
nest: an inner one never ends later than the one around it.  A single call into a library cannot be
interrupted; so its size is bounded before it is made, and the loop around it polls.

What a process that works for others may take: processor time, memory, and no longer than they live.

Each of these is called in the process itself, at its beginning or before a task.
"""

from __future__ import annotations

import math
import os
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from multiprocessing import parent_process
from pathlib import Path

from separatrix.errors import InputError
from separatrix.sentences import say

__all__ = [
    "Deadline",
    "LATE",
    "MEMORY_EXIT",
    "OutOfTime",
    "afresh",
    "clock",
    "end_with_parent",
    "expire",
    "held_memory",
    "limit_memory",
    "limit_processor_time",
    "poll",
    "seconds_left",
    "seconds_of",
    "spent",
    "time_limit",
]

Clock = Callable[[], float]

LATE = say("the time ran out before it was judged")


class OutOfTime(TimeoutError):
    """The time ran out; its first argument says so in a sentence."""

    def __init__(self, sentence: str = LATE) -> None:
        super().__init__(sentence)


@dataclass
class Deadline:
    """A moment, on a clock.

    Attributes
    ----------
    ends : when it has passed, by `now`
    now : seconds since some moment; only differences count
    """

    ends: float
    now: Clock = time.monotonic

    @property
    def seconds_left(self) -> float:
        """Seconds until then, negative once it has passed."""
        return self.ends - self.now()


def seconds_of(budget: float | None, otherwise: float = 60.0) -> float:
    """Return the seconds that a budget allows.

    Raises
    ------
    InputError
        V305 for a value that is not a number of 0 or more.
    """
    if budget is None:
        return otherwise
    if not (isinstance(budget, int | float) and math.isfinite(budget) and budget >= 0):
        raise InputError("V305", f"a budget of {budget} seconds; expected a number of 0 or more, such as 60")
    return float(budget)


_current: ContextVar[Deadline | None] = ContextVar("separatrix_deadline", default=None)


@contextmanager
def time_limit(seconds: float, now: Clock | None = None) -> Iterator[Deadline]:
    """Limit the time of what runs inside; a limit around it that ends earlier holds.

    Parameters
    ----------
    seconds : float
    now : callable, optional
        The clock; by default that of the limit around it, else `time.monotonic`.

    Examples
    --------
    >>> with time_limit(60):
    ...     poll()
    >>> with time_limit(-1):
    ...     spent()
    True
    """
    around = _current.get()
    own = now or clock()
    ends = own() + seconds
    if around is not None and around.now is own:
        ends = min(ends, around.ends)
    with _set(Deadline(ends, own)) as limit:
        yield limit


@contextmanager
def afresh(seconds: float) -> Iterator[Deadline]:
    """Set a new time limit inside, regardless of outer ones: for writing results when time has run out."""
    own = clock()
    with _set(Deadline(own() + seconds, own)) as limit:
        yield limit


@contextmanager
def _set(limit: Deadline) -> Iterator[Deadline]:
    token = _current.set(limit)
    try:
        yield limit
    finally:
        _current.reset(token)


def clock() -> Clock:
    """Return the clock by which time is limited here."""
    limit = _current.get()
    return time.monotonic if limit is None else limit.now


def seconds_left() -> float:
    """Return the seconds that are left, without end where nothing limits them."""
    limit = _current.get()
    return math.inf if limit is None else limit.seconds_left


def spent() -> bool:
    """Return whether the time has run out."""
    limit = _current.get()
    return limit is not None and limit.seconds_left <= 0


def expire() -> None:
    """Let the time have run out: an interruption from the keyboard ends work like a lack of time."""
    limit = _current.get()
    if limit is not None:
        limit.ends = -math.inf


def poll(cost: float = 0.0) -> None:
    """Raise `OutOfTime` where the time has run out, or is shorter than what comes next takes.

    Parameters
    ----------
    cost : float
        About how many seconds a call takes that follows and cannot be interrupted.
    """
    limit = _current.get()
    if limit is not None and limit.seconds_left <= cost:
        raise OutOfTime


MEMORY_EXIT = 77
"""The exit code of a process that took more memory than it may."""

_OFTEN = 0.1
"""Seconds between two looks at the memory."""


def limit_processor_time(seconds: float) -> None:
    """Let the system end the process after so many more seconds; on Windows, the parent process must."""
    if sys.platform != "win32":
        import resource

        used = resource.getrusage(resource.RUSAGE_SELF)
        most = math.ceil(used.ru_utime + used.ru_stime + seconds) + 1
        hard = resource.getrlimit(resource.RLIMIT_CPU)[1]
        resource.setrlimit(resource.RLIMIT_CPU, (most if hard < 0 else min(most, hard), hard))


def limit_memory(most: int, now: Callable[[], int] | None = None) -> None:
    """End the process with `MEMORY_EXIT` as soon as it holds more bytes than `most`.

    On Linux a single request of memory far past that is a MemoryError at once.

    Parameters
    ----------
    most : int
    now : callable, optional
        How many bytes it may hold now, where that depends on what it does.
    """
    if sys.platform == "linux":
        import resource

        # Before any look at the memory now and then could tell.
        hard = resource.getrlimit(resource.RLIMIT_DATA)[1]
        far = 3 * most
        resource.setrlimit(resource.RLIMIT_DATA, (far if hard < 0 else min(far, hard), hard))
    threading.Thread(target=_watch_memory, args=(now or (lambda: most),), daemon=True).start()


def end_with_parent() -> None:
    """End with the process that started this one, also where that is killed while this one computes."""
    threading.Thread(target=_wait_for_parent, daemon=True).start()


def held_memory() -> int:
    """Return the bytes of memory that this process holds now; where no system says so, the most it held.

    Examples
    --------
    >>> held_memory() > 1_000_000
    True
    """
    if sys.platform == "linux":
        pages = Path("/proc/self/statm").read_text(encoding="ascii").split()[1]
        return int(pages) * os.sysconf("SC_PAGE_SIZE")
    if sys.platform == "win32":
        return _held_on_windows()
    import resource

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss  # bytes on macOS


def _watch_memory(most: Callable[[], int]) -> None:
    while True:
        if held_memory() > most():
            os._exit(MEMORY_EXIT)
        time.sleep(_OFTEN)


def _held_on_windows() -> int:
    import ctypes

    fields: list[tuple[str, type]] = [("size", ctypes.c_ulong), ("faults", ctypes.c_ulong)]
    fields += [(f"at{k}", ctypes.c_size_t) for k in range(8)]  # the second is the working set
    counters = type("Counters", (ctypes.Structure,), {"_fields_": fields})()
    counters.size = ctypes.sizeof(counters)
    kernel = ctypes.windll.kernel32  # type: ignore[attr-defined,unused-ignore]
    kernel.K32GetProcessMemoryInfo(kernel.GetCurrentProcess(), ctypes.byref(counters), counters.size)
    return int(counters.at1)


def _wait_for_parent() -> None:
    parent = parent_process()
    if parent is not None:
        parent.join()
        os._exit(0)
