"""Numbered tasks on a Dask cluster: one that is started here, or one elsewhere by its address.

Dask itself gives the task of a worker that died to another one, and gives up a task that kills several.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from separatrix.errors import InputError
from separatrix.run.tasks import AHEAD, Task, Workers, lost_worker

__all__ = ["by_dask"]

SECONDS = 30
"""How long a scheduler may take to answer, and to have a worker."""


def by_dask(
    task: Task, parcel: bytes, numbers: Iterable[int], workers: Workers
) -> Iterator[tuple[int, bytes]]:
    """Yield what `separatrix.run.workers.done` does.

    Raises
    ------
    InputError
        D675 where there is no scheduler, no worker, or another version of this program on a worker.
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
