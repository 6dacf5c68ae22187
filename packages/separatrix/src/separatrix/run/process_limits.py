"""What a process that works for others may take: processor time, memory, and no longer than they live.

Each of these is called in the process itself, at its beginning or before a task.
"""

from __future__ import annotations

import math
import os
import sys
import threading
import time
from collections.abc import Callable
from multiprocessing import parent_process
from pathlib import Path

__all__ = ["MEMORY_EXIT", "end_with_parent", "held_memory", "limit_memory", "limit_processor_time"]

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
