"""A numbered task, and who works on it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from separatrix.errors import InputError, how_to_add

__all__ = ["ADDRESSES", "AHEAD", "PATIENCE", "Kind", "Task", "Workers", "lost_worker"]

Kind = Literal["serial", "processes", "dask"]


PATIENCE = 6
"""How often a task may lose its worker before it is held to have killed it."""


ADDRESSES = ("tcp", "ws")
"""Kinds of addresses of a Dask scheduler that need no key and no library beside Dask."""


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
                f"there is no scheduler `{scheduler}`",
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
