"""The server's side of a worker: starting it, giving it a task, and ending it."""

from __future__ import annotations

import multiprocessing
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Callable
from multiprocessing.connection import Connection
from pathlib import Path

from separatrix.errors import InputError
from separatrix.sentences import say
from separatrix.studio.upload import Upload
from separatrix.studio.worker import ABSENT, DONE, MEMORY_EXIT, PROGRESS, Limits, TaskOrder, run_worker

__all__ = ["TaskEnd", "WorkerProcess"]

_OFTEN = 0.05
"""Seconds between two looks whether a task is still wanted."""

_GRACE = 2.0
"""Seconds by the clock beyond those of the task: reading the model, and a machine that is busy."""

_PATIENCE = 1.0
"""Seconds for an abandoned task to end by itself: a new process takes about as long."""

_SLOW = 3.0
"""How many times longer by the clock than of the processor a task may take."""


class TaskEnd(Exception):
    """A worker was ended, or ended by itself, before its task was done; the error says why."""

    def __init__(self, error: InputError, *, again: bool = False) -> None:
        super().__init__(error)
        self.error = error
        self.again = again
        """Whether the task may be tried once more: nothing says that it is to blame."""


class WorkerProcess:
    """A process that does one task after the other; a new one takes its place when it ends.

    Parameters
    ----------
    limits : Limits
    """

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self._home = Path(tempfile.mkdtemp(prefix="separatrix-"))
        self._process: multiprocessing.process.BaseProcess | None = None
        self._pipe: Connection | None = None
        self._control: Connection | None = None
        self._done = 0

    @property
    def pid(self) -> int | None:
        """The number of the process, None where there is none now."""
        return None if self._process is None else self._process.pid

    def start(self) -> Connection:
        """Start the process where there is none that lives, and return the pipe to it."""
        if self._process is not None and self._pipe is not None and self._process.is_alive():
            return self._pipe
        self.kill()
        context = multiprocessing.get_context("spawn")
        self._pipe, end = context.Pipe()
        heard, self._control = context.Pipe(duplex=False)
        self._process = context.Process(
            target=run_worker,
            args=(end, heard, self.limits, str(self._home)),
            name="separatrix-worker",
            daemon=True,
        )
        self._process.start()
        self._done = 0
        end.close()
        heard.close()
        return self._pipe

    def run(
        self,
        order: TaskOrder,
        upload: Upload | None,
        wanted: Callable[[], bool],
        progress: Callable[[float], None],
    ) -> tuple[bool, bytes]:
        """Do one task; return whether it was answered, and the answer or the error as JSON.

        Parameters
        ----------
        order : TaskOrder
        upload : Upload or None
            The model, which is sent if the process does not have it.
        wanted : callable
            Whether the answer is still wanted.  Once it is not, the task is notified, and the process is
            killed if the task does not end by itself soon.
        progress : callable
            Called with a part from 0 to 1.

        Raises
        ------
        TaskEnd
            Where the task took too much time or memory, was not wanted any more, or its process was killed.
        """
        latest = time.monotonic() + _SLOW * order.seconds + _GRACE
        given_up: float | None = None
        try:
            pipe = self.start()
            pipe.send(order)
            while True:
                if pipe.poll(_OFTEN):
                    message = pipe.recv_bytes()
                    kind, content = message[:1], message[1:]
                    if kind == ABSENT:
                        pipe.send(upload)
                    elif kind == PROGRESS:
                        progress(float(content))
                    elif given_up is not None:
                        raise TaskEnd(cancelled())
                    else:
                        self._done += 1
                        return kind == DONE, content
                elif given_up is None and not wanted():
                    given_up = time.monotonic()
                    if self._control is not None:
                        self._control.send_bytes(str(order.number).encode())
                elif given_up is not None and time.monotonic() > given_up + _PATIENCE:
                    self.kill()
                    raise TaskEnd(cancelled())
                elif time.monotonic() > latest:
                    self.kill()
                    raise TaskEnd(too_long(order.seconds))
        except (EOFError, OSError):
            raise self._why_it_ended(order) from None

    def kill(self) -> None:
        """End the process at once, and remove what it wrote."""
        if self._process is not None:
            self._process.kill()
            self._process.join()
            self._process.close()
        for pipe in (self._pipe, self._control):
            if pipe is not None:
                pipe.close()
        self._process = self._pipe = self._control = None
        for left in self._home.iterdir() if self._home.is_dir() else ():
            shutil.rmtree(left, ignore_errors=True)

    def close(self) -> None:
        """End the process for good."""
        self.kill()
        shutil.rmtree(self._home, ignore_errors=True)

    def _why_it_ended(self, order: TaskOrder) -> TaskEnd:
        code = None
        if self._process is not None:
            self._process.join(1)
            code = self._process.exitcode
        self.kill()
        if code == MEMORY_EXIT:
            most = max(self.limits.memory, order.memory)
            return TaskEnd(
                InputError(
                    "W114",
                    say("it took more than {most} MB of memory", most=most // 1_000_000),
                    hint=say("ask for less, or use the command line, which has no such limit"),
                ),
                again=self._done > 0,  # what earlier tasks left may be to blame
            )
        if sys.platform != "win32" and code == -signal.SIGXCPU:
            return TaskEnd(too_long(order.seconds))
        return TaskEnd(
            InputError("W115", say("the process that worked on it was ended from outside")), again=True
        )


def cancelled() -> InputError:
    """Return the error for an abandoned task."""
    return InputError("W116", say("it was cancelled"))


def too_long(seconds: float) -> InputError:
    """Return the error for a task that takes longer than it may."""
    return InputError(
        "W113",
        say("it was not done after {seconds} s, the most that it may take", seconds=f"{seconds:g}"),
        hint=say("ask for less, or use the command line, which has no such limit"),
    )
