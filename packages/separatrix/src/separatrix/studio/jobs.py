"""Requests of pages: a queue to the workers, and a cache of their answers.

A job is identified by its request: model, task, arguments and version. Equal requests share one job; it is
cancelled when no page waits for it any longer.

No user blocks others for long. Quick tasks go first, and long ones never take the last worker. A task that
was expected to be quick and is not, such as opening a model that was made to be hard, counts as long from
then on; if it occupies the last worker while others wait, it returns to the queue of long tasks and is
repeated when its turn comes (a feedback queue of two levels, after Corbató et al. 1962). Models take turns,
and one model's requests never fill the queue.
"""

from __future__ import annotations

import asyncio
import hashlib
import itertools
import json
import secrets
import threading
import time
from collections import OrderedDict, deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from separatrix import __version__
from separatrix.errors import InputError
from separatrix.sentences import say
from separatrix.studio.error_json import error_json
from separatrix.studio.tasks import Task
from separatrix.studio.upload import Upload
from separatrix.studio.worker_process import Limits, TaskEnd, TaskOrder, WorkerProcess

__all__ = ["Job", "Jobs"]

MOST_WAITING = 200
"""Limit on waiting jobs; further requests are refused and may be repeated later."""

MOST_OF_ONE = 150
"""How many jobs on one model may wait."""

MOST_TICKETS = 2000
"""How many tickets are kept, of all jobs together."""

QUICK = 8.0
"""Seconds after which a task that was thought to be quick counts as long."""

ABANDONED = 40.0
"""Seconds without a request after which a job is dropped."""

CACHED_BYTES = 48_000_000

_STEP = 0.01
"""The least progress that is reported."""


@dataclass(eq=False)
class Job:
    """A requested computation.

    Attributes
    ----------
    key : str
    task : Task
    upload : Upload
    digest, arguments : str
        The address of the model, and the arguments as canonical JSON.
    state : str
        ``queued``, ``running``, ``done`` or ``failed``.
    progress : float
        From 0 to 1.
    content : bytes
        The answer, or the error, as JSON; empty until then.
    tickets : mapping of ticket to when it was last asked after
    long : bool
        Whether it is not, or has turned out not to be, quick.
    """

    key: str
    task: Task
    upload: Upload | None
    digest: str
    arguments: str
    state: str = "queued"
    progress: float = 0.0
    content: bytes = b""
    tickets: dict[str, float] = field(default_factory=dict)
    changed: list[asyncio.Event] = field(default_factory=list)
    long: bool = False

    def __post_init__(self) -> None:
        self.long = not self.task.quick

    @property
    def is_over(self) -> bool:
        """Whether there is an answer, or an error."""
        return self.state in ("done", "failed")

    @property
    def is_wanted(self) -> bool:
        """Whether a page still waits for it."""
        latest = time.monotonic() - ABANDONED
        return any(asked > latest for asked in tuple(self.tickets.values()))


class Jobs:
    """The queue, the workers and the cache.

    Parameters
    ----------
    workers : int
        Processes that work at the same time.
    limits : Limits
        What each of them may take.
    """

    def __init__(self, workers: int = 2, limits: Limits | None = None) -> None:
        self._limits = limits or Limits()
        self._lock = threading.Condition()
        self._quick: deque[Job] = deque()
        self._long: deque[Job] = deque()
        self._running: set[Job] = set()
        self._tickets: dict[str, Job] = {}
        self._cache: OrderedDict[str, bytes] = OrderedDict()
        self._cached = 0
        self._closed = False
        self._loop: asyncio.AbstractEventLoop | None = None
        self._turns: dict[str, int] = {}
        self._numbers = itertools.count()
        self.processes = [WorkerProcess(self._limits) for _ in range(workers)]
        self._threads = [
            threading.Thread(target=self._work, args=(process,), daemon=True) for process in self.processes
        ]

    def start(self) -> None:
        """Start the workers, within the loop of the server."""
        self._loop = asyncio.get_running_loop()
        for thread in self._threads:
            thread.start()

    def close(self) -> None:
        """End the workers at once."""
        with self._lock:
            self._closed = True
            for job in self._tickets.values():
                job.tickets.clear()
            self._lock.notify_all()
        for thread in self._threads:
            thread.join(5)
        for process in self.processes:
            process.close()

    # ----------------------------------------------------------------------- asking

    def ask(self, task: Task, digest: str, upload: Upload | None, arguments: Any) -> tuple[str, Job]:
        """Return a ticket and the job of a request; from the cache, the job is over already.

        Raises
        ------
        InputError
            W117 where too many wait.
        """
        canonical = json.dumps(arguments, sort_keys=True, separators=(",", ":"))
        key = hashlib.sha256("\0".join((__version__, digest, task.name, canonical)).encode()).hexdigest()
        ticket = secrets.token_urlsafe(12)
        with self._lock:
            if key in self._cache:
                self._cache.move_to_end(key)
                return ticket, Job(key, task, upload, digest, canonical, "done", 1.0, self._cache[key])
            job = next((j for j in self._waiting_and_running() if j.key == key), None)
            if job is None:
                self._forget()
                self._room_for(digest)
                job = Job(key, task, upload, digest, canonical)
                (self._quick if task.quick else self._long).append(job)
            elif len(self._tickets) >= MOST_TICKETS:
                raise _too_many()
            job.tickets[ticket] = time.monotonic()
            self._tickets[ticket] = job
            self._lock.notify()
        return ticket, job

    def _room_for(self, digest: str) -> None:
        waiting = [job.digest for queue in (self._quick, self._long) for job in queue]
        full = len(waiting) >= MOST_WAITING or len(self._tickets) >= MOST_TICKETS
        if full or waiting.count(digest) >= MOST_OF_ONE:
            raise _too_many()

    async def wait(self, ticket: str, seconds: float, seen: float) -> Job | None:
        """Return the job of a ticket once it is over or further than `seen`, or after so many seconds."""
        job = self._tickets.get(ticket)
        if job is None:
            return None
        job.tickets[ticket] = time.monotonic()
        told = asyncio.Event()
        job.changed.append(told)
        try:
            until = time.monotonic() + seconds
            while not job.is_over and job.progress < seen + _STEP and (left := until - time.monotonic()) > 0:
                told.clear()
                try:
                    await asyncio.wait_for(told.wait(), left)
                except TimeoutError:
                    break
        finally:
            job.changed.remove(told)
            if ticket in job.tickets:
                job.tickets[ticket] = time.monotonic()
        if job.is_over:
            with self._lock:
                self._tickets.pop(ticket, None)
        return job

    def cancel(self, ticket: str) -> bool:
        """Give a ticket back; a job without any is ended.  Returns whether there was such a ticket."""
        with self._lock:
            job = self._tickets.pop(ticket, None)
            if job is not None:
                job.tickets.pop(ticket, None)
        return job is not None

    def _waiting_and_running(self) -> Iterator[Job]:
        yield from self._quick
        yield from self._long
        yield from (job for job in self._running if job.is_wanted)

    def _forget(self) -> None:
        """Drop jobs that no page waits for."""
        for queue in (self._quick, self._long):
            kept = [job for job in queue if job.is_wanted]
            queue.clear()
            queue.extend(kept)
        for ticket, job in list(self._tickets.items()):
            if not job.is_wanted:
                del self._tickets[ticket]

    # ----------------------------------------------------------------------- working

    def _work(self, process: WorkerProcess) -> None:
        """Do one job after the other with a process; runs in a thread of its own."""
        process.start()
        while (job := self._next()) is not None:
            state, content = self._done(process, job)
            if state == "queued":
                self._notify_waiters(job, state, 0.0, b"")
            with self._lock:
                self._running.discard(job)
                if state == "done":
                    self._keep(job.key, content)
                elif state == "queued":
                    self._long.append(job)
                self._lock.notify_all()
            if state != "queued":
                self._notify_waiters(job, state, 1.0, content)

    def _next(self) -> Job | None:
        with self._lock:
            while not self._closed:
                self._forget()
                queue = self._quick
                if not queue and self._may_be_long():
                    queue = self._long
                if queue:
                    # Of the model whose last turn is longest ago; of these the one that waits for longest.
                    job = min(queue, key=lambda job: self._turns.get(job.digest, -1))
                    queue.remove(job)
                    waiting = {job.digest for queue in (self._quick, self._long) for job in queue}
                    self._turns = {k: turn for k, turn in self._turns.items() if k in waiting}
                    self._turns[job.digest] = next(self._numbers)
                    self._running.add(job)
                    job.state = "running"
                    return job
                self._lock.wait()
        return None

    def _may_be_long(self) -> bool:
        """Return whether one more long job leaves a worker for quick ones; a single worker does all."""
        return sum(job.long for job in self._running) < max(1, len(self.processes) - 1)

    def _keeps_worker(self, job: Job, begun: float) -> bool:
        """Return whether a running job goes on; at the last worker one that is slow gives way to others."""
        if job.long or time.monotonic() < begun + QUICK:
            return True
        with self._lock:
            if self._may_be_long():
                job.long = True
            return job.long or not self._quick

    def _done(self, process: WorkerProcess, job: Job) -> tuple[str, bytes]:
        """Do a job; return its state after that, and what it says."""
        task = job.task
        number = next(self._numbers)
        order = TaskOrder(
            number, job.digest, task.needs, task.function, job.arguments, task.seconds, task.memory
        )
        again, gives_way = True, False
        begun = time.monotonic()

        def should_run() -> bool:
            nonlocal gives_way
            gives_way = not self._keeps_worker(job, begun)
            return job.is_wanted and not self._closed and not gives_way

        while True:
            try:
                answered, content = process.run(
                    order,
                    job.upload,
                    should_run,
                    lambda part: self._notify_waiters(job, "running", part, b""),
                )
                return ("done" if answered else "failed"), content
            except TaskEnd as ended:
                if not self._closed:
                    process.start()
                if gives_way:
                    job.long = True
                    return "queued", b""
                if not (ended.again and again):
                    return "failed", json.dumps(error_json(ended.error)).encode()
                again = False

    def _notify_waiters(self, job: Job, state: str, progress: float, content: bytes) -> None:
        """Notify the waiting requests in the server's loop."""

        def wake_listeners() -> None:
            job.state, job.progress, job.content = state, progress, content
            for event in job.changed:
                event.set()

        if self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(wake_listeners)

    def _keep(self, key: str, content: bytes) -> None:
        if len(content) > CACHED_BYTES // 4:
            return
        self._cached -= len(self._cache.pop(key, b""))
        self._cache[key] = content
        self._cached += len(content)
        while self._cached > CACHED_BYTES:
            _, dropped = self._cache.popitem(last=False)
            self._cached -= len(dropped)


def _too_many() -> InputError:
    return InputError("W117", say("too many questions wait for an answer"))
