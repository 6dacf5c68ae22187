"""Those who work on the queue: threads of a process of its own, each with a process that can be killed."""

from __future__ import annotations

import logging
import os
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta

from django.db import Error, close_old_connections, connection
from django.utils import timezone
from django_tasks_db.management.commands.db_worker import Worker
from django_tasks_db.models import DBTaskResult

from separatrix.serve.park.answers.approved_data import approved
from separatrix.serve.park.answers.jobs import LONG, QUICK, end_process, prune, recover
from separatrix.serve.park.scope import whole_park

__all__ = ["Care", "do_waiting", "work"]

EVERY = 0.5
"""Seconds between two looks at an empty queue."""

CARE_EVERY = 15.0
"""Seconds between two looks after what others left behind."""

PRUNE_EVERY = 3600.0

PATIENCE = 3.0
"""Seconds to wait where the database is not there."""

log = logging.getLogger("separatrix.park")


@dataclass(frozen=True)
class Care:
    """What is looked after besides the queue, every so many seconds; what fails is tried again."""

    every: float
    do: Callable[[], object]


def do_waiting(queues: Sequence[str] = (QUICK, LONG)) -> None:
    """Do what waits in the queues, and return."""
    ready = DBTaskResult.objects.ready().filter(queue_name__in=list(queues))
    # To look first is a read; to claim takes the write lock of SQLite, also where there is nothing.
    while ready.exists():
        Worker(
            queue_names=list(queues),
            interval=0,
            batch=True,
            backend_name="default",
            startup_delay=False,
            max_tasks=None,
            worker_id=f"{os.getpid()}-{threading.get_ident()}"[:64],
            excluded_queue_names=[],
        ).run()


def work(stop: threading.Event, besides: Sequence[Care] = ()) -> None:
    """Work on the queues until told to stop: one thread for what is quick, one for all.

    What is looked after ``besides`` has threads of its own: it may wait for others, and no job waits for it.
    """
    threads = [
        threading.Thread(target=_loop, args=(stop, queues, care), daemon=True)
        for queues, care in (((QUICK,), True), ((QUICK, LONG), False))
    ]
    threads += [threading.Thread(target=_look_after, args=(stop, care), daemon=True) for care in besides]
    for thread in threads:
        thread.start()
    stop.wait()
    for thread in threads:
        thread.join(5)


def _loop(stop: threading.Event, queues: Sequence[str], care: bool) -> None:
    cared = pruned = -PRUNE_EVERY
    while not stop.is_set():
        try:
            close_old_connections()
            now = time.monotonic()
            if care and now > cared + CARE_EVERY:
                cared = now
                recover()
            if care and now > pruned + PRUNE_EVERY:
                pruned = now
                _tidy()
            do_waiting(queues)
        except Error as problem:  # the database is gone; what was begun is recovered when it is back
            log.warning("the queue waits for the database: %s", type(problem).__name__)
            connection.close()
            stop.wait(PATIENCE)
        stop.wait(EVERY)
    end_process()
    connection.close()


def _look_after(stop: threading.Event, care: Care) -> None:
    while not stop.is_set():
        try:
            close_old_connections()
            care.do()
        except Error as problem:
            log.warning("the queue waits for the database: %s", type(problem).__name__)
            connection.close()
        except Exception:  # another round may do better, and nothing else may end for it
            log.exception("what is looked after beside the queue failed")
        stop.wait(care.every)
    connection.close()


def _tidy() -> None:
    with whole_park("old answers are deleted"):
        version = approved().version
    prune(version)
    done = DBTaskResult.objects.finished().filter(finished_at__lt=timezone.now() - timedelta(days=1))
    done.delete()
