"""A worker: a process that opens models and does tasks for the server, and that can be ended at any moment.

It listens on a pipe. Its tasks are pickled by the server; its answers are bytes that the server passes on
as they are and never unpickles. Its processor time and its memory are limited for each task, and it ends by
itself when the server is gone.
"""

from __future__ import annotations

import importlib
import json
import math
import os
import signal
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from separatrix.run.process_limits import (
    MEMORY_EXIT,
    end_with_parent,
    held_memory,
    limit_memory,
    limit_processor_time,
)
from separatrix.studio.registry import TASKS

__all__ = [
    "ABSENT",
    "DONE",
    "FAILED",
    "MEMORY_EXIT",
    "PROGRESS",
    "Limits",
    "TaskOrder",
    "function_of",
    "run_worker",
]

DONE, FAILED, PROGRESS, ABSENT = b"D", b"F", b"P", b"A"
"""How a message of the worker begins."""

_WORN = 0.75
"""The part of its memory beyond which a worker ends after a task: libraries keep what they once took."""

_NEVER = 1e15
"""Seconds that no task takes."""

_IDLE = 0.3
"""Seconds without an order after which libraries are loaded ahead."""

_OFTEN = 0.1
"""Seconds at least between two messages on progress."""


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
class TaskOrder:
    """A task: its model, its arguments and its limit of processor time in seconds.

    Orders are numbered, so that one can be given up; ``memory`` is what it may take beyond the usual limit.
    """

    number: int
    digest: str
    needs: str
    function: str
    arguments: str
    seconds: float
    memory: int = 0


class TaskClock:
    """The clock of the current task; once its answer is not wanted any longer, all its time has passed.

    Every long loop checks the remaining time (`separatrix.run.deadline`); so an abandoned task ends by
    itself, and the process with its loaded modules continues with the next one.
    """

    def __init__(self) -> None:
        self.memory = 0
        self._order = -1
        self._unwanted = -1

    def begin(self, order: TaskOrder) -> None:
        """Take up an order."""
        self._order, self.memory = order.number, order.memory

    def listen(self, control: Connection) -> None:
        """Hear which orders are given up; runs in a thread of its own."""
        try:
            while True:
                self._unwanted = max(self._unwanted, int(control.recv_bytes()))
        except (EOFError, OSError):
            return

    def now(self) -> float:
        """Return the seconds since some moment."""
        return _NEVER if self._unwanted >= self._order else time.monotonic()


def run_worker(pipe: Connection, control: Connection, limits: Limits, home: str) -> None:
    """Do what is ordered on a pipe, until it closes; on another one comes which orders are given up."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C belongs to the server
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
        os.environ.setdefault(name, "1")
    clock = TaskClock()
    limit_memory(limits.memory, lambda: max(limits.memory, clock.memory))
    end_with_parent()
    threading.Thread(target=clock.listen, args=(control,), daemon=True).start()
    from separatrix.studio.opening import OpenModels

    kept = OpenModels(Path(home))
    ahead = [task.function for task in TASKS.values() if task.follows]
    try:
        while True:
            while ahead and not pipe.poll(_IDLE):
                function_of(ahead.pop(0))  # so that the first who asks does not wait for libraries
            order: TaskOrder = pipe.recv()
            clock.begin(order)
            limit_processor_time(order.seconds)
            pipe.send_bytes(_answer(pipe, kept, order, clock))
            if held_memory() > _WORN * limits.memory:
                return  # a new process begins with little
    except (EOFError, OSError):
        return


def _answer(pipe: Connection, kept: Any, order: TaskOrder, clock: TaskClock) -> bytes:
    from separatrix.errors import InputError, SeparatrixError
    from separatrix.run.deadline import OutOfTime, poll, time_limit
    from separatrix.sentences import say
    from separatrix.studio.error_json import error_json

    told = 0.0

    def progress(part: float) -> None:
        nonlocal told
        poll()
        now = time.monotonic()
        if now - told >= _OFTEN and math.isfinite(part):
            told = now
            pipe.send_bytes(PROGRESS + f"{min(max(part, 0.0), 1.0):.3f}".encode())

    try:
        try:
            content = _content(pipe, kept, order)
            function = function_of(order.function)
            with time_limit(_NEVER / 2, clock.now):
                return DONE + _json(function(content, json.loads(order.arguments), progress))
        except SeparatrixError as problem:
            return FAILED + _json(error_json(problem))
        except OutOfTime:
            return FAILED + b"null"  # nobody waits for it
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


def _content(pipe: Connection, kept: Any, order: TaskOrder) -> Any:
    if not order.digest:
        return None
    content = kept.get(order.digest)
    if content is None:
        pipe.send_bytes(ABSENT)
        content = kept.open(order.digest, pipe.recv())
    return kept.game_of(order.digest) if order.needs == "game" else content


def _json(data: Any) -> bytes:
    """Return data as JSON; a value that is not a finite number becomes null."""
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
