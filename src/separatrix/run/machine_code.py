"""Functions that are compiled to machine code, and the folder in which that is kept between starts.

The folder is the user's own and nobody else may write there, because what lies in it is run.  Where there is
no such folder, functions are compiled anew in each process.
"""

from __future__ import annotations

import hashlib
import inspect
import os
import stat
import sys
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import Any, ClassVar

__all__ = ["compiled", "cores", "folder"]


@lru_cache(maxsize=1)
def folder() -> Path | None:
    """Return the folder in which machine code is kept, made if need be; None where there can be none."""
    if sys.platform == "win32":
        base = Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local")
    elif sys.platform == "darwin":
        base = Path.home() / "Library" / "Caches"
    else:
        base = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    path = base / "separatrix" / "machine-code"
    try:
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
        found = path.lstat()
    except (OSError, RuntimeError):
        return None
    if not stat.S_ISDIR(found.st_mode) or not os.access(path, os.W_OK | os.X_OK):
        return None
    if hasattr(os, "getuid") and (found.st_uid != os.getuid() or found.st_mode & 0o077):
        return None
    return path


def compiled(*, inline: bool = False, kept: bool = False) -> Callable[[Callable[..., Any]], Any]:
    """Return a decorator that compiles a function when it is first called; threads may run it at once.

    Parameters
    ----------
    inline : bool
        Whether it is compiled into its callers.
    kept : bool
        Whether its machine code is kept in `folder`.  That of the other functions of its folder goes with it:
        a change in any file there makes it anew.
    """
    import numba

    def decorate(function: Callable[..., Any]) -> Any:
        options: dict[str, Any] = {"forceinline": True} if inline else {"nogil": True}
        dispatcher = numba.njit(error_model="numpy", **options)(function)
        if kept:
            _keep(dispatcher, function)
        return dispatcher

    return decorate


def _keep(dispatcher: Any, function: Callable[..., Any]) -> None:
    from numba.core import caching

    place, source = folder(), Path(inspect.getfile(function))
    if place is None or not source.exists():
        return
    digest = hashlib.sha256()
    for path in sorted(source.parent.glob("*.py")):
        digest.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    stamp = digest.hexdigest()
    own = place / hashlib.sha256(str(source).encode()).hexdigest()[:16]

    class Locator(caching._CacheLocator):
        def get_cache_path(self) -> str:
            return str(own)

        def get_source_stamp(self) -> str:
            return stamp

        def get_disambiguator(self) -> str:
            return stamp[:16]

        @classmethod
        def from_function(cls, py_func: Any, py_file: str) -> Any:
            return cls()

    class Kept(caching.CompileResultCacheImpl):
        _locator_classes: ClassVar[list[Any]] = [Locator]

    class Cache(caching.FunctionCache):
        _impl_class = Kept

    try:
        Locator().ensure_cache_path()
    except OSError:
        return
    dispatcher._cache = Cache(function)


def cores() -> int:
    """Return on how many cores this process may work at once; workers that share them are told so."""
    told = os.environ.get("OMP_NUM_THREADS", "")
    own = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return max(1, min(own, int(told) if told.isdigit() and int(told) else own))
