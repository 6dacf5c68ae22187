"""The server's side of a worker: starting it, giving it a task, and ending it.

A worker: a process that opens models and does tasks for the server, and that can be ended at any moment.

It listens on a pipe. Its tasks are pickled by the server; its answers are bytes that the server passes on
as they are and never unpickles. Its processor time and its memory are limited for each task, and it ends by
itself when the server is gone.

Reading an upload, in a worker: the game or the cluster that it holds.

What was read last is kept, so that a page that asks for one thing after the other has it read once.
"""

from __future__ import annotations

import importlib
import json
import math
import multiprocessing
import os
import shutil
import signal
import sys
import tempfile
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from separatrix.errors import InputError, Place, SeparatrixError
from separatrix.game.model import Game
from separatrix.game.reader import load, read_text
from separatrix.plugins import source_kind
from separatrix.run.limits import (
    MEMORY_EXIT,
    end_with_parent,
    held_memory,
    limit_memory,
    limit_processor_time,
)
from separatrix.sentences import say
from separatrix.studio.tasks import TASKS
from separatrix.studio.upload import Upload, plain_name

__all__ = [
    "ABSENT",
    "DONE",
    "FAILED",
    "Limits",
    "MEMORY_EXIT",
    "OpenModels",
    "PROGRESS",
    "TaskEnd",
    "TaskOrder",
    "WorkerProcess",
    "function_of",
    "opened",
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

    Every long loop checks the remaining time (`separatrix.run.limits`); so an abandoned task ends by
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
    from separatrix.run.limits import OutOfTime, poll, time_limit
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


_KEPT = 4
"""How many games and clusters a worker remembers."""


class OpenModels:
    """What was opened last, by the address of its content.

    Parameters
    ----------
    home : Path
        A folder of the worker's own, where files lie that must be in one to be read.
    """

    def __init__(self, home: Path) -> None:
        self.home = home
        self._opened: OrderedDict[str, Any] = OrderedDict()
        self._kinds: dict[str, str] = {}
        self._calibrated: dict[str, Game] = {}

    def get(self, digest: str) -> Any | None:
        """Return what is kept under an address, None where it is not."""
        if digest in self._opened:
            self._opened.move_to_end(digest)
        return self._opened.get(digest)

    def game_of(self, digest: str) -> Any:
        """Return the game that is kept under an address; of a cluster, that which its tables make."""
        content = self._opened[digest]
        if isinstance(content, Game):
            return content
        if digest not in self._calibrated:
            self._calibrated[digest] = source_kind(self._kinds[digest]).call("game", content)
        return self._calibrated[digest]

    def open(self, digest: str, upload: Upload) -> Any:
        """Read an upload and keep it; drop the least recently used one."""
        folder = self.home / digest
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        content = self._opened[digest] = opened(upload, folder)
        self._kinds[digest] = upload.kind
        while len(self._opened) > _KEPT:
            forgotten, _ = self._opened.popitem(last=False)
            self._calibrated.pop(forgotten, None)
            self._kinds.pop(forgotten, None)
            shutil.rmtree(self.home / forgotten, ignore_errors=True)
        return content


def opened(upload: Upload, folder: Path) -> Any:
    """Return the game or the cluster that an upload holds.

    Parameters
    ----------
    upload : Upload
    folder : Path
        Empty, and ours: here files are written that must lie in a folder to be read.

    Raises
    ------
    SeparatrixError
        As the command line does; places name the file as it was called where it came from.

    Examples
    --------
    >>> opened(Upload.of_text("payoff_matrix: [[-1, 4], [0, 2]]"), Path()).shares
    ('x',)
    """
    text = upload.text
    suffix = Path(upload.name).suffix.lower()
    if upload.kind == "game" and text is not None and suffix in (".yaml", ".yml", ".json", ".txt", ""):
        return read_text(text, upload.name)
    if upload.kind != "game":
        # Commands that a page names call a cluster as its folder is called.
        folder = folder / plain_name(upload.name, upload.kind)
        folder.mkdir()
    try:
        if upload.kind != "game":
            return source_kind(upload.kind).call("open", upload, folder)
        path = folder / upload.name
        path.write_bytes(upload.files[0][1])
        return load(path)
    except SeparatrixError as problem:
        raise _without_folder(problem, folder) from None


def _without_folder(problem: SeparatrixError, folder: Path) -> SeparatrixError:
    """Return an error whose places name files as they are called in the upload."""
    where = problem.where
    if where is not None and where.source:
        shown = where.source.replace(f"{folder}/", "").replace(f"{folder}\\", "").replace(str(folder), "")
        problem.where = Place(shown or None, where.line, where.column, where.width, where.text)
    if str(folder) in problem.message:
        problem.message = say("{told}", told=problem.message.replace(str(folder), ".").replace("./", ""))
    return problem


_WORKER_PROCESS_OFTEN = 0.05
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
                if pipe.poll(_WORKER_PROCESS_OFTEN):
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
