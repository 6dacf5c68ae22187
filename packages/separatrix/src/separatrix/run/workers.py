"""Numbered tasks, worked out here, by processes on this machine, or by the workers of a Dask cluster.

What comes back is the same whoever works: a task is a function of a parcel, the same for all, and a number.
The parcel travels as bytes and is opened once a process.  A task whose worker dies is given to another one.
"""

from __future__ import annotations

import io
import pickle
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from typing import Any

from separatrix.errors import InputError
from separatrix.run.tasks import AHEAD, PATIENCE, Task, Workers, lost_worker

__all__ = ["done", "opened", "packed"]


# --------------------------------------------------------------------------- parcels


def packed(content: object) -> bytes:
    """Return something as bytes that another process can open; raise D675 where that cannot be."""
    stream = io.BytesIO()
    try:
        _pickler()(stream).dump(content)
    except (pickle.PicklingError, TypeError, AttributeError) as problem:
        raise InputError(
            "D675",
            f"the measures cannot be sent to other processes: {problem}",
            hint="define each measure as a function of its own in a module, or use one worker",
        ) from None
    return stream.getvalue()


def _pickler() -> Any:
    """Return a pickler; where there is cloudpickle, one that also knows functions without a module."""
    try:
        from cloudpickle import Pickler
    except ImportError:
        return pickle.Pickler
    return Pickler


@lru_cache(maxsize=4)
def opened(parcel: bytes) -> Any:
    """Return what `packed` was given, made anew once in each process."""
    return pickle.loads(parcel)


# --------------------------------------------------------------------------- working


def done(task: Task, parcel: bytes, numbers: Iterable[int], workers: Workers) -> Iterator[tuple[int, bytes]]:
    """Yield the numbers of tasks, and what they gave, in the order in which they are done.

    Parameters
    ----------
    task : callable
        A function of a module: of the parcel and a number.
    parcel : bytes
    numbers : iterable of int
    workers : Workers

    Raises
    ------
    InputError
        D675 where workers cannot be had, or where a task kills one after the other.
    """
    match workers.kind:
        case "serial":
            for number in numbers:
                yield number, task(parcel, number)
        case "processes":
            yield from _by_processes(task, parcel, list(numbers), workers.count)
        case "dask":
            from separatrix.run.dask_workers import by_dask

            yield from by_dask(task, parcel, numbers, workers)


def _deaf() -> None:
    """Leave Ctrl-C to the process that handed out the work, and the other cores to the other workers."""
    import os
    import signal

    signal.signal(signal.SIGINT, signal.SIG_IGN)
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
        os.environ.setdefault(name, "1")  # before numpy is loaded: workers share the cores already


def _by_processes(task: Task, parcel: bytes, numbers: list[int], count: int) -> Iterator[tuple[int, bytes]]:
    import multiprocessing
    from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
    from concurrent.futures.process import BrokenProcessPool

    waiting = iter(numbers)
    again: list[int] = []
    lost: dict[int, int] = {}
    while True:
        pool = ProcessPoolExecutor(count, multiprocessing.get_context("spawn"), initializer=_deaf)
        flying: dict[Future[bytes], int] = {}
        broken = False
        try:
            while not broken:
                while len(flying) < AHEAD * count:
                    number = again.pop() if again else next(waiting, None)
                    if number is None:
                        break
                    try:
                        flying[pool.submit(task, parcel, number)] = number
                    except BrokenProcessPool:
                        again.append(number)
                        broken = True
                        break
                if not flying:
                    break
                ready, _ = wait(flying, return_when=FIRST_COMPLETED)
                for future in ready:
                    number = flying.pop(future)
                    try:
                        content = future.result()
                    except BrokenProcessPool:
                        broken = True
                        lost[number] = lost.get(number, 0) + 1
                        if lost[number] >= PATIENCE:
                            raise lost_worker(number) from None
                        again.append(number)
                    else:
                        lost.pop(number, None)
                        yield number, content
            again += flying.values()
        except BaseException:
            _kill(pool)
            raise
        pool.shutdown(wait=True, cancel_futures=True)
        if not broken:
            return


def _kill(pool: Any) -> None:
    """End the workers at once: what they are at is not wanted any more."""
    processes: Mapping[int, Any] = getattr(pool, "_processes", None) or {}
    for process in list(processes.values()):
        process.terminate()
    pool.shutdown(wait=False, cancel_futures=True)
