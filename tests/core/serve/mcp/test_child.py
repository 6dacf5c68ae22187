"""Processes that work out answers: ended where one takes too long or too much, and made anew."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable
from functools import partial
from typing import Any

import anyio
import pytest

from event_loops import run_in_thread
from separatrix.errors import SeparatrixError
from separatrix.game.reader import load
from separatrix.mcp.server import Children


def asked(*questions: Callable[[], Any], seconds: float = 120.0, grace: float = 10.0) -> list[Any]:
    """Return what is answered to each question in turn: what it returns, or the text of its error.

    The first question has ``seconds``, each later one two minutes: a new process has to start for it.
    """

    async def run() -> list[Any]:
        children = Children(grace)
        found: list[Any] = []
        for number, question in enumerate(questions):
            try:
                found.append(await children.ask(question, {}, 120.0 if number else seconds))
            except SeparatrixError as problem:
                found.append(f"{problem.code} {problem.message}")
        children.end()
        return found

    return run_in_thread(run)


def test_a_process_is_kept_for_the_next_question() -> None:
    """Two questions in turn are answered by one process, not this one; an error of a user ends none."""
    first, refused, second = asked(os.getpid, partial(load, "no-such-game"), os.getpid)
    assert first == second != os.getpid()
    assert refused.startswith("C401 ")


def test_an_answer_that_takes_too_long_ends_its_process() -> None:
    """After its budget and the grace the process is killed, and the next question gets a new one."""
    began = time.monotonic()
    late, number = asked(partial(time.sleep, 600), os.getpid, seconds=0.5, grace=1.0)
    assert late.startswith("U921 the answer was not found in 0.5 seconds")
    assert isinstance(number, int)
    assert time.monotonic() - began < 300


@pytest.mark.skipif(sys.platform != "linux", reason="other systems do not hold to the limit")
def test_an_answer_that_takes_too_much_memory_is_refused() -> None:
    """More memory than is granted is an error that says so."""
    assert asked(partial(bytes, 1 << 40)) == ["U921 the answer needs more than 2 GB of memory"]


def test_a_process_that_dies_is_told_and_replaced() -> None:
    """A process that ends by itself, as under the killer of the system, costs one answer and no more."""
    dead, number = asked(partial(os._exit, 9), os.getpid)
    assert dead.startswith("U921 ")
    assert isinstance(number, int)


def test_a_fault_of_the_program_is_called_one() -> None:
    """An unexpected error reaches the program as one sentence, without a traceback."""
    (told,) = asked(partial(int, "no number"))
    assert told.startswith("U999 internal error, a fault of the program and not of your input: ValueError")


def test_a_question_that_is_withdrawn_ends_its_process() -> None:
    """Where the program that asked does not wait any longer, nothing goes on being worked out."""

    async def run() -> tuple[int, bool]:
        children = Children()
        number: int = await children.ask(os.getpid, {}, 120.0)
        with anyio.move_on_after(0.5):
            await children.ask(partial(time.sleep, 600), {}, 600.0)
        ended = True
        try:
            os.kill(number, 0)
            ended = False
        except ProcessLookupError:
            pass
        children.end()
        return number, ended

    number, ended = run_in_thread(run)
    assert number != os.getpid()
    assert ended


@pytest.mark.skipif(sys.platform == "win32", reason="another way of taking memory")
def test_memory_that_is_taken_bit_by_bit_ends_the_process() -> None:
    """A process that grows past its share is ended, and what is told is the reason."""
    grow = "a = []\nwhile True: a.append(bytearray(50_000_000))"
    told, number = asked(partial(exec, grow), os.getpid)
    assert told == "U921 the answer needs more than 2 GB of memory"
    assert isinstance(number, int)
