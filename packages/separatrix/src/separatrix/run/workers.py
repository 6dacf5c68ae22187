"""Numbered tasks, computed in this process, by other processes on this machine, or on a Dask cluster.

Results do not depend on the worker: a task is a function of a parcel, the same for all, and a number. The
parcel travels as bytes and is opened once a process. A task whose worker dies is given to another one.

A numbered task, and who works on it.

Numbered tasks on a Dask cluster: one that is started here, or one elsewhere by its address.

Dask itself gives the task of a worker that died to another one, and gives up a task that kills several.
"""

from __future__ import annotations

import io
import pickle
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal

from separatrix.errors import InputError, how_to_add

__all__ = [
    "ADDRESSES",
    "AHEAD",
    "Kind",
    "PATIENCE",
    "Task",
    "Workers",
    "by_dask",
    "done",
    "lost_worker",
    "opened",
    "packed",
]

Kind = Literal["serial", "processes", "dask"]


PATIENCE = 6
"""How often a task may lose its worker before it is held to have killed it."""


ADDRESSES = ("tcp", "ws")
"""Kinds of addresses of a Dask scheduler that need no key and no library except Dask."""


AHEAD = 2
"""Tasks that wait for each worker, so that none is idle and little is in memory."""


@dataclass(frozen=True)
class Workers:
    """Who works.

    Attributes
    ----------
    count : int
        Workers on this machine; of a cluster elsewhere there are as many as it has.
    kind : str
        ``serial``, ``processes`` or ``dask``.
    address : str or None
        Of the Dask scheduler; None for workers that are started here.
    """

    count: int = 1
    kind: Kind = "serial"
    address: str | None = None

    @classmethod
    def of(cls, workers: int | None, scheduler: str | None) -> Workers:
        """Return who works, from a number and a scheduler: None, ``processes``, ``local`` or an address.

        Raises
        ------
        InputError
            D675 for an impossible number, an unknown scheduler, or Dask where it is not installed.

        Examples
        --------
        >>> Workers.of(1, None).kind, Workers.of(2, "processes").kind
        ('serial', 'processes')
        """
        if workers is not None and (not isinstance(workers, int) or not 1 <= workers <= 4096):
            raise InputError("D675", f"{workers} workers; expected a whole number of 1 or more")
        if scheduler is None:
            if workers is None or workers == 1:
                return cls()
            return cls(workers, "dask" if _has_dask() else "processes")
        if scheduler == "processes":
            return cls(workers or _cores(), "processes")
        kind, divided, _ = scheduler.partition("://")
        if divided and kind not in ADDRESSES:
            raise InputError(
                "D675",
                f"addresses that begin with `{kind}://` are not reached from here",
                hint=f"use one that begins with {' or '.join(f'{known}://' for known in ADDRESSES)}",
            )
        if scheduler != "local" and not divided:
            raise InputError(
                "D675",
                f"scheduler `{scheduler}` is not supported",
                hint="write processes, local, or the address of a Dask scheduler, as in tcp://10.0.0.5:8786",
            )
        if not _has_dask():
            raise InputError(
                "D675",
                f"the scheduler `{scheduler}` needs Dask, which is not installed",
                hint=f"{how_to_add('scale')}; or use --scheduler processes",
            )
        if scheduler == "local":
            return cls(workers or _cores(), "dask")
        if workers is not None:
            raise InputError(
                "D675",
                "a cluster elsewhere has the workers it has",
                hint="give --workers or an address, not both",
            )
        return cls(1, "dask", scheduler)


def _has_dask() -> bool:
    from importlib.util import find_spec

    return find_spec("distributed") is not None


def _cores() -> int:
    import os

    return os.cpu_count() or 1


Task = Callable[[bytes, int], bytes]


def lost_worker(number: int) -> InputError:
    return InputError(
        "D675",
        f"block {number} lost its worker {PATIENCE} times",
        hint="a worker that dies has often run out of memory: use fewer of them. In a script of your own, "
        "start the run under `if __name__ == '__main__':`",
    )


SECONDS = 30
"""How long a scheduler may take to answer, and to have a worker."""


def by_dask(
    task: Task, parcel: bytes, numbers: Iterable[int], workers: Workers
) -> Iterator[tuple[int, bytes]]:
    """Yield what `separatrix.run.workers.done` does.

    Raises
    ------
    InputError
        D675 for a missing scheduler or worker, or another version of this program on a worker.
    """
    from concurrent.futures import CancelledError

    from distributed import KilledWorker, as_completed

    with _client(workers) as client:
        waiting = iter(numbers)
        flying: dict[Any, int] = {}
        ready = as_completed(loop=client.loop)

        def hand_out() -> None:
            number = next(waiting, None)
            if number is not None:
                future = client.submit(task, parcel, number, pure=False)
                flying[future] = number
                ready.add(future)

        for _ in range(AHEAD * sum(client.nthreads().values())):
            hand_out()
        for future in ready:
            number = flying.pop(future)
            try:
                content = future.result()
            except KilledWorker:
                raise lost_worker(number) from None
            except CancelledError:
                raise InputError(
                    "D675",
                    "the scheduler has gone",
                    hint="finished blocks are kept: start a scheduler, then give the same command again",
                ) from None
            hand_out()
            yield number, content


@contextmanager
def _client(workers: Workers) -> Iterator[Any]:
    import logging

    from distributed import Client, LocalCluster

    if workers.address is not None:
        _greet(workers.address)
    cluster = None
    try:
        if workers.address is None:
            cluster = LocalCluster(
                n_workers=workers.count,
                threads_per_worker=1,
                processes=True,
                host="127.0.0.1",
                dashboard_address=None,
                memory_limit=0,
                silence_logs=logging.CRITICAL,
            )
        client = Client(cluster or workers.address, timeout=SECONDS, set_as_default=False)
    except (OSError, ValueError, RuntimeError) as problem:
        if cluster is not None:
            cluster.close()
        reason = " ".join(str(problem).split()) or type(problem).__name__
        if workers.address is None:
            raise InputError(
                "D675",
                f"the workers could not be started: {reason}",
                hint="try again, or use --scheduler processes",
            ) from None
        raise _silent(workers.address, reason) from None
    try:
        _prepared(client, workers)
        yield client
    finally:
        client.close(timeout=SECONDS)
        if cluster is not None:
            cluster.close()


def _greet(address: str) -> None:
    """Ask a scheduler who it is; a client that never had an answer would keep the program from ending.

    Raises
    ------
    InputError
        D675 where no answer that is one of Dask's comes in `SECONDS`.
    """
    import asyncio
    import socket
    from concurrent.futures import ThreadPoolExecutor

    from distributed.comm import connect, get_address_host_port

    async def identity() -> Any:
        comm = await connect(address, timeout=SECONDS)
        try:
            await comm.write({"op": "identity", "reply": True})
            return await comm.read()
        finally:
            comm.abort()

    async def bounded() -> Any:
        return await asyncio.wait_for(identity(), SECONDS)

    try:
        # Dask tries a port that refuses or hangs up again and again; nobody has to wait for that. A scheduler
        # speaks first, so that one byte, or the end of the connection, tells them apart.
        with socket.create_connection(get_address_host_port(address), timeout=SECONDS) as probe:
            if not probe.recv(1):
                raise ConnectionResetError(None, None)
        with ThreadPoolExecutor(1) as thread:  # a notebook has a loop running in the thread that asks
            answer = thread.submit(asyncio.run, bounded()).result()
    except TimeoutError:
        raise _silent(address, f"no answer within {SECONDS} seconds") from None
    except OSError as problem:
        raise _silent(address, problem.strerror or "the connection was closed") from None
    except Exception:  # whatever another protocol makes Dask's reader stumble over
        raise _silent(address, "what answers there speaks another protocol") from None
    if not (isinstance(answer, dict) and answer.get("type") == "Scheduler"):
        raise _silent(address, "another program answers there")


def _silent(address: str | None, reason: str) -> InputError:
    return InputError(
        "D675",
        f"no Dask scheduler answers at {address}: {reason}",
        hint="start one with `dask scheduler`, and workers with `dask worker ADDRESS`",
    )


def version() -> str:
    """Return the version of this program, as a worker has it."""
    from separatrix import __version__

    return __version__


def _prepared(client: Any, workers: Workers) -> None:
    """Wait for workers, and see that they have this version of the program."""
    try:
        client.wait_for_workers(workers.count, timeout=SECONDS)
    except TimeoutError:
        raise InputError(
            "D675",
            f"the cluster has no workers after {SECONDS} seconds",
            hint="start some with `dask worker ADDRESS`",
        ) from None
    try:
        found = set(client.run(version).values())
    except (ImportError, AttributeError) as problem:
        raise InputError(
            "D675",
            f"a worker cannot load separatrix: {problem}",
            hint="install this version of separatrix on every worker",
        ) from None
    if found != {version()}:
        told = ", ".join(sorted(map(str, found)))
        raise InputError(
            "D675",
            f"workers have separatrix {told}, and this is {version()}",
            hint="install the same version on every worker: others might give other values",
        )


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
    """Return the argument of `packed`, rebuilt once in each process."""
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
