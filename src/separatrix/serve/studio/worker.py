"""A worker: a process that opens models and does tasks for the server, and that can be ended at any moment.

It listens on a pipe.  What it is asked is pickled by the server; what it answers is bytes that the server
passes on as they are and never unpickles.  Its processor time and its memory are limited for each task, and
it ends by itself when the server is gone.
"""

from __future__ import annotations

import importlib
import json
import math
import os
import signal
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing import parent_process
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

__all__ = [
    "ABSENT",
    "DONE",
    "FAILED",
    "MEMORY_EXIT",
    "PROGRESS",
    "Limits",
    "Order",
    "function_of",
    "run_worker",
]

DONE, FAILED, PROGRESS, ABSENT = b"D", b"F", b"P", b"A"
"""How a message of the worker begins."""

MEMORY_EXIT = 77
"""The exit code of a worker that took more memory than it may."""

_WORN = 0.75
"""The part of its memory beyond which a worker ends after a task: libraries keep what they once took."""

_OFTEN = 0.1
"""Seconds between two looks at the memory, and at least between two messages on progress."""


@dataclass(frozen=True)
class Limits:
    """What a worker may take.

    Attributes
    ----------
    memory : int
        Bytes that it may hold in memory.
    """

    memory: int = 500_000_000


@dataclass(frozen=True)
class Order:
    """A task to be done: of which model, with which arguments, in how many seconds of the processor."""

    digest: str
    needs: str
    function: str
    arguments: str
    seconds: float


def run_worker(pipe: Connection, limits: Limits, home: str) -> None:
    """Do what is ordered on a pipe, until it closes."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C belongs to the server
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
        os.environ.setdefault(name, "1")
    _limit_address_space(limits)
    threading.Thread(target=_watch_memory, args=(limits,), daemon=True).start()
    threading.Thread(target=_end_with_server, daemon=True).start()
    from separatrix.serve.studio.opening import Kept

    kept = Kept(Path(home))
    try:
        while True:
            order: Order = pipe.recv()
            _limit_processor_time(order.seconds)
            pipe.send_bytes(_answer(pipe, kept, order))
            if memory_of_this_process() > _WORN * limits.memory:
                return  # a new process begins with little
    except (EOFError, OSError):
        return


def _answer(pipe: Connection, kept: Any, order: Order) -> bytes:
    from separatrix.errors import InputError, SeparatrixError
    from separatrix.sentence import say
    from separatrix.serve.studio.error_json import error_json

    told = 0.0

    def progress(part: float) -> None:
        nonlocal told
        now = time.monotonic()
        if now - told >= _OFTEN and math.isfinite(part):
            told = now
            pipe.send_bytes(PROGRESS + f"{min(max(part, 0.0), 1.0):.3f}".encode())

    try:
        try:
            content = _content(pipe, kept, order)
            function = function_of(order.function)
            return DONE + _json(function(content, json.loads(order.arguments), progress))
        except SeparatrixError as problem:
            return FAILED + _json(error_json(problem))
        except MemoryError:
            os._exit(MEMORY_EXIT)
    except Exception as problem:  # a fault of the program: told as one, and the worker goes on
        what = f"{type(problem).__name__}: {' '.join(str(problem).split())[:200]}"
        return FAILED + _json(
            error_json(
                InputError("U999", say("a fault of the program and not of your input: {what}", what=what))
            )
        )


def function_of(name: str) -> Callable[[Any, Any, Callable[[float], None]], Any]:
    """Return the function that is called ``module:name``."""
    module, _, function = name.partition(":")
    found: Callable[[Any, Any, Callable[[float], None]], Any] = getattr(
        importlib.import_module(module), function
    )
    return found


def _content(pipe: Connection, kept: Any, order: Order) -> Any:
    if not order.digest:
        return None
    content = kept.get(order.digest)
    if content is None:
        pipe.send_bytes(ABSENT)
        content = kept.open(order.digest, pipe.recv())
    return kept.game_of(order.digest) if order.needs == "game" else content


def _json(data: Any) -> bytes:
    """Return data as JSON; what is no finite number is null."""
    try:
        text = json.dumps(data, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    except ValueError:
        text = json.dumps(_finite(data), ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return text.encode("utf-8", "replace")


def _finite(data: Any) -> Any:
    if isinstance(data, dict):
        return {key: _finite(value) for key, value in data.items()}
    if isinstance(data, (list, tuple)):
        return [_finite(value) for value in data]
    return None if isinstance(data, float) and not math.isfinite(data) else data


# --------------------------------------------------------------------------- limits


def _limit_processor_time(seconds: float) -> None:
    """Let the system end the process after so many seconds more; the server's own clock ends it elsewhere."""
    if sys.platform != "win32":
        import resource

        used = resource.getrusage(resource.RUSAGE_SELF)
        most = math.ceil(used.ru_utime + used.ru_stime + seconds) + 1
        hard = resource.getrlimit(resource.RLIMIT_CPU)[1]
        resource.setrlimit(resource.RLIMIT_CPU, (most if hard < 0 else min(most, hard), hard))


def _limit_address_space(limits: Limits) -> None:
    """Refuse single requests of memory far past the limit, before any look at it now and then could tell."""
    if sys.platform == "linux":
        import resource

        most = 3 * limits.memory
        hard = resource.getrlimit(resource.RLIMIT_DATA)[1]
        resource.setrlimit(resource.RLIMIT_DATA, (most if hard < 0 else min(most, hard), hard))


def _watch_memory(limits: Limits) -> None:
    while True:
        if memory_of_this_process() > limits.memory:
            os._exit(MEMORY_EXIT)
        time.sleep(_OFTEN)


def memory_of_this_process() -> int:
    """Return the bytes of memory that this process holds now; where no system says so, the most it held."""
    if sys.platform == "linux":
        pages = Path("/proc/self/statm").read_text(encoding="ascii").split()[1]
        return int(pages) * os.sysconf("SC_PAGE_SIZE")
    if sys.platform == "win32":
        return _memory_on_windows()
    import resource

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss  # bytes on macOS


def _memory_on_windows() -> int:
    import ctypes

    fields: list[tuple[str, type]] = [("size", ctypes.c_ulong), ("faults", ctypes.c_ulong)]
    fields += [(f"at{k}", ctypes.c_size_t) for k in range(8)]  # the second is the working set
    counters = type("Counters", (ctypes.Structure,), {"_fields_": fields})()
    counters.size = ctypes.sizeof(counters)
    kernel = ctypes.windll.kernel32  # type: ignore[attr-defined,unused-ignore]
    kernel.K32GetProcessMemoryInfo(kernel.GetCurrentProcess(), ctypes.byref(counters), counters.size)
    return int(counters.at1)


def _end_with_server() -> None:
    """End with the server, also where it is killed while this process computes."""
    parent = parent_process()
    if parent is not None:
        parent.join()
        os._exit(0)
