"""Tasks that misbehave, for the tests of workers."""

from __future__ import annotations

import os
import time
from typing import Any

from separatrix.run.limits import poll

__all__: list[str] = []


def endless(content: Any, arguments: Any, progress: Any) -> None:
    """Compute without end."""
    progress(0.25)
    while True:
        pass


def asleep(content: Any, arguments: Any, progress: Any) -> None:
    """Wait without end, which takes no time of the processor."""
    time.sleep(3600)


def greedy(content: Any, arguments: Any, progress: Any) -> None:
    """Take more and more memory."""
    held = []
    while True:
        held.append(bytearray(10_000_000))
        time.sleep(0.005)


def gluttonous(content: Any, arguments: Any, progress: Any) -> None:
    """Take far too much memory at once."""
    bytearray(20_000_000_000)


def suicidal(content: Any, arguments: Any, progress: Any) -> None:
    """End the process."""
    os._exit(1)


def faulty(content: Any, arguments: Any, progress: Any) -> None:
    """Raise what nobody expects."""
    raise ZeroDivisionError("<script>")


def infinite(content: Any, arguments: Any, progress: Any) -> dict[str, Any]:
    """Answer what is no JSON."""
    return {"a": float("inf"), "b": [float("nan"), 1.5], "c": "</script>\u2028"}


def counted(content: Any, arguments: Any, progress: Any) -> dict[str, Any]:
    """Tell progress, and the process that answered."""
    for part in (0.1, 0.5, 0.9):
        progress(part)
        time.sleep(0.12)
    return {"process": os.getpid()}


def polite(content: Any, arguments: Any, progress: Any) -> dict[str, Any]:
    """Compute for long, and ask as all loops do whether there is time left; else tell the process."""
    while arguments.get("long"):
        poll()
    return {"process": os.getpid()}
