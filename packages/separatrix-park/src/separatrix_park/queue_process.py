"""The process that works on the queue of a park, next to the one that serves its pages.

Long answers take the processor for minutes; in a process of their own they keep no page waiting, and what
ends there ends nothing else.  Nothing here needs Django before the process has begun.
"""

from __future__ import annotations

import multiprocessing
import signal
import threading
from pathlib import Path

from separatrix.run.process_limits import end_with_parent
from separatrix_park.folder import open_park

__all__ = ["QueueProcess", "run_queue"]

AGAIN = 2.0
"""Seconds after which a process that ended is started again."""

PARTNERS_EVERY = 1.0
"""Seconds between two looks at what is to be sent to partners, or fetched from them."""

GRACE = 8.0
"""Seconds that it has to end."""


def run_queue(folder: str, *, beside: bool = False) -> None:
    """Work on the queue of a park until stopped.

    Parameters
    ----------
    folder : str
    beside : bool
        Whether it ends with the process that started it.
    """
    if beside:
        end_with_parent()
    from separatrix_park.configuration import configure

    configure(open_park(Path(folder)))
    from separatrix_park.answers.workers import Care, do_waiting, work
    from separatrix_park.database import pool_connections
    from separatrix_park.footprints.collection import QUEUE
    from separatrix_park.footprints.outbox import send_due
    from separatrix_park.footprints.product_roll_up import CARE_EVERY, look_after_products

    pool_connections()
    stop = threading.Event()
    for name in (signal.SIGINT, signal.SIGTERM):
        signal.signal(name, lambda *_: stop.set())
    cares = (
        Care(PARTNERS_EVERY, send_due),
        Care(PARTNERS_EVERY, lambda: do_waiting((QUEUE,))),
        Care(CARE_EVERY, look_after_products),
    )
    work(stop, cares)


class QueueProcess:
    """The process next to the server's; if it ends by itself, another one starts.

    Parameters
    ----------
    folder : Path
        Of the park.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = str(folder)
        self._closed = threading.Event()
        self._process: multiprocessing.process.BaseProcess | None = None
        self._watch = threading.Thread(target=self._keep_one, daemon=True)

    @property
    def pid(self) -> int | None:
        """The number of the process, None where there is none now."""
        return None if self._process is None else self._process.pid

    def start(self) -> None:
        """Start it."""
        self._watch.start()

    def close(self) -> None:
        """End it, and wait until it has."""
        self._closed.set()
        process = self._process
        if process is not None and process.is_alive():
            process.terminate()
            process.join(GRACE)
            process.kill()
        if self._watch.is_alive():
            self._watch.join(GRACE)

    def _keep_one(self) -> None:
        context = multiprocessing.get_context("spawn")
        while not self._closed.is_set():
            self._process = context.Process(
                target=run_queue, args=(self._folder,), kwargs={"beside": True}, name="separatrix-queue"
            )
            self._process.start()
            self._process.join()
            self._closed.wait(AGAIN)
