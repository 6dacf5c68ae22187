"""Those who work on the queue: threads of a process of its own, each with a process that can be killed."""

from __future__ import annotations

import logging
import os
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta

from django.db import Error, connection
from django.utils import timezone
from django_tasks_db.management.commands.db_worker import Worker
from django_tasks_db.models import DBTaskResult

from separatrix_park.answers.approved_data import approved
from separatrix_park.answers.jobs import LONG, QUICK, end_process, prune, recover
from separatrix_park.scope import whole_park

__all__ = ["Care", "do_waiting", "work"]

EVERY = 0.5
"""Seconds between two looks at an empty queue."""

RECOVER_EVERY = 15.0
"""Seconds between two looks after what others left behind."""

PRUNE_EVERY = 3600.0

PATIENCE = 3.0
"""Seconds to wait at least after something failed, as where the database is not there."""

log = logging.getLogger("separatrix.park")


@dataclass(frozen=True)
class Care:
    """What is looked after every so many seconds; what fails is tried again."""

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
    """Work on the queues until stopped: one thread for quick jobs, one for all.

    All else that is looked after has threads of its own: it may wait for others, and no job waits for it.
    """
    cares = (
        Care(EVERY, lambda: do_waiting((QUICK,))),
        Care(EVERY, do_waiting),
        Care(RECOVER_EVERY, recover),
        Care(PRUNE_EVERY, _tidy),
        *besides,
    )
    threads = [threading.Thread(target=_look_after, args=(stop, care), daemon=True) for care in cares]
    for thread in threads:
        thread.start()
    stop.wait()
    for thread in threads:
        thread.join(5)


def _look_after(stop: threading.Event, care: Care) -> None:
    while not stop.is_set():
        pause = max(care.every, PATIENCE)
        try:
            care.do()
            connection.close()  # while this waits others may have it
            pause = care.every
        except Error as problem:  # the database is gone; what was begun is recovered when it is back
            log.warning("the queue waits for the database: %s", type(problem).__name__)
            connection.close()
        except Exception:  # another round may do better, and nothing else may end for it
            log.exception("what the queue's process looks after failed")
        stop.wait(pause)
    end_process()


def _tidy() -> None:
    with whole_park("old answers are deleted"):
        version = approved().version
    prune(version)
    done = DBTaskResult.objects.finished().filter(finished_at__lt=timezone.now() - timedelta(days=1))
    done.delete()
