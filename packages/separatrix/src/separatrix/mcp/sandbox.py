"""A separate process that computes answers and is ended if one takes too long or too much memory."""

from __future__ import annotations

import multiprocessing
import os
import sys
import traceback
from collections.abc import Callable, Mapping
from multiprocessing.connection import Connection
from typing import Any

import anyio
import anyio.to_thread

from separatrix.errors import InputError, SeparatrixError
from separatrix.run.process_limits import (
    MEMORY_EXIT,
    end_with_parent,
    limit_memory,
    limit_processor_time,
)
from separatrix.sentences import say

__all__ = ["Children"]

Function = Callable[..., Any]

SPAWN = multiprocessing.get_context("spawn")

GRACE = 10.0
"""Seconds beyond its budget after which a process is ended: for starting up, and for finishing."""

MOST_MEMORY = 2 << 30
"""Bytes that a process may hold."""

AT_ONCE = 2
"""Questions that are worked on at once; others wait."""


class Children:
    """Processes that work out answers: at most `AT_ONCE`, each kept for the next question.

    ``grace`` is what an answer may take beyond its budget, in seconds.
    """

    def __init__(self, grace: float = GRACE) -> None:
        self._grace = grace
        self._free = anyio.Semaphore(AT_ONCE)
        self._idle: list[_Child] = []

    async def ask(self, function: Function, arguments: Mapping[str, Any], seconds: float) -> Any:
        """Return what a function answers in a process of its own.

        Parameters
        ----------
        function : callable
            At the top of a module, as are the types of its arguments and of its answer.
        arguments : mapping of str to value
        seconds : float
            What the answer may take; a little more is granted, then the process is ended.

        Raises
        ------
        SeparatrixError
            As the function raises it; U921 where the answer takes too long, or more memory than there is;
            U999 for a fault of the program.
        """
        async with self._free:
            child = self._idle.pop() if self._idle else _Child(self._grace)
            try:
                answer = await anyio.to_thread.run_sync(
                    child.ask, function, arguments, seconds, abandon_on_cancel=True
                )
            except SeparatrixError:
                self._keep(child)
                raise
            except BaseException:  # of these the cancelling of the question
                child.end()
                raise
            self._keep(child)
            return answer

    def _keep(self, child: _Child) -> None:
        if child.alive:
            self._idle.append(child)

    def end(self) -> None:
        """End all processes."""
        while self._idle:
            self._idle.pop().end()


class _Child:
    def __init__(self, grace: float) -> None:
        self._grace = grace
        self._mine, theirs = SPAWN.Pipe()
        self._process = SPAWN.Process(target=_work, args=(theirs,), daemon=True)
        self._process.start()
        theirs.close()

    @property
    def alive(self) -> bool:
        return self._process.is_alive() and not self._mine.closed

    def ask(self, function: Function, arguments: Mapping[str, Any], seconds: float) -> Any:
        try:
            self._mine.send((function, dict(arguments), seconds))
            arrived = self._mine.poll(seconds + self._grace)
            kind, value = self._mine.recv() if arrived else ("late", None)
        except (EOFError, OSError):
            self._process.join(GRACE)
            kind, value = ("memory" if self._process.exitcode == MEMORY_EXIT else "ended"), None
        if kind == "answer":
            return value
        if isinstance(value, SeparatrixError):
            raise value
        self.end()
        if kind == "fault":
            raise SeparatrixError(
                "U999",
                say("internal error, a fault of the program and not of your input: {what}", what=value),
            )
        reason = {
            "late": say("the answer was not found in {seconds:.3g} seconds", seconds=seconds),
            "memory": say("the answer needs more than {size:.3g} GB of memory", size=MOST_MEMORY / 2**30),
        }.get(kind, say("the process that worked on the answer was ended by the system"))
        raise InputError(
            "U921",
            reason,
            hint=say("ask for less, or work it out at a terminal, where no such limit holds"),
        )

    def end(self) -> None:
        self._process.kill()
        self._process.join(GRACE)
        self._mine.close()


# --------------------------------------------------------------------------- in the process


def _work(line: Connection) -> None:
    limit_memory(MOST_MEMORY)
    end_with_parent()
    while True:
        try:
            function, arguments, seconds = line.recv()
        except EOFError:  # the server is gone
            return
        limit_processor_time((seconds + GRACE) * (os.cpu_count() or 1))
        line.send(_answered(function, arguments))


def _answered(function: Function, arguments: Mapping[str, Any]) -> tuple[str, Any]:
    try:
        return "answer", function(**arguments)
    except SeparatrixError as problem:
        return "told", problem
    except MemoryError:
        return "memory", None
    except Exception as problem:
        traceback.print_exc(file=sys.stderr)
        return "fault", f"{type(problem).__name__}: {' '.join(str(problem).split())[:200]}"
