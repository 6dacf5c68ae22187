"""Functions that are compiled to machine code, and the folder in which that is kept between starts.

The folder belongs to the user and only the user may write there, because its files are executed. Without
such a folder, functions are compiled in each process.
"""

from __future__ import annotations

import hashlib
import inspect
import os
import stat
import sys
from collections.abc import Callable, Mapping
from contextlib import suppress
from functools import lru_cache
from pathlib import Path
from typing import Any, ClassVar

__all__ = ["compiled", "cores", "folder"]


@lru_cache(maxsize=1)
def folder() -> Path | None:
    """Return the folder in which machine code is kept, made if need be; None where there can be none."""
    try:
        outer = _base() / "separatrix"
        inner = outer / "machine-code"
        outer.mkdir(mode=0o700, parents=True, exist_ok=True)
        inner.mkdir(mode=0o700, exist_ok=True)
        # Who may write to the outer one could put another in the place of the inner one.
        usable = _is_own(outer, 0o022) and _is_own(inner, 0o077) and os.access(inner, os.W_OK | os.X_OK)
    except (OSError, RuntimeError):  # nobody's home, for one
        return None
    return inner if usable else None


def _base() -> Path:
    """Return where programs of the user keep what they can make again."""
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local")
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Caches"
    told = Path(os.environ.get("XDG_CACHE_HOME", ""))
    return told if told.is_absolute() else Path.home() / ".cache"


def _is_own(path: Path, denied: int) -> bool:
    """Return whether a path is a folder of the user, no link to one, on which no others have these rights."""
    found = path.lstat()
    if not hasattr(os, "getuid"):
        return stat.S_ISDIR(found.st_mode)
    return stat.S_ISDIR(found.st_mode) and found.st_uid == os.getuid() and not found.st_mode & denied


def compiled(
    *, inline: bool = False, inner: bool = False, kept: bool = False
) -> Callable[[Callable[..., Any]], Any]:
    """Return a decorator that compiles a function when it is first called; threads may run it at once.

    Parameters
    ----------
    inline : bool
        Whether it is compiled into its callers.
    inner : bool
        Whether only machine code calls it: ways in from outside take as long to compile as a short function.
    kept : bool
        Whether its machine code is kept in `folder`.  That of the other functions of its folder goes with it:
        a change in any file there compiles it again, and so does one in the numbers that its own file takes
        from elsewhere, or in how functions are compiled.
    """
    import numba

    def decorate(function: Callable[..., Any]) -> Any:
        options: dict[str, Any] = {"no_cfunc_wrapper": True}
        if inline or inner:
            options |= {"no_cpython_wrapper": True, "forceinline": inline}
        else:
            options["nogil"] = True
        dispatcher = numba.njit(error_model="numpy", **options)(function)
        if kept:
            _keep(dispatcher, function)
        return dispatcher

    return decorate


def _keep(dispatcher: Any, function: Callable[..., Any]) -> None:
    from llvmlite import binding
    from numba.core import caching

    place, source = folder(), Path(inspect.getfile(function))
    if place is None or not source.exists():
        return
    stamp = _stamp(source, function.__globals__)
    # Processors that share a folder write to one of their own: numba may mix up what two write at once.
    told = f"{source}\0{binding.get_host_cpu_name()}"
    own = place / hashlib.sha256(told.encode()).hexdigest()[:16]

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
        """An unreadable file is compiled again, and an unwritable one is not kept."""

        _impl_class = Kept

        def load_overload(self, sig: Any, target_context: Any) -> Any:
            try:
                return super().load_overload(sig, target_context)
            except Exception:  # unpickling half a file may raise anything
                with suppress(OSError):
                    self.flush()
                return None

        def save_overload(self, sig: Any, data: Any) -> None:
            try:
                super().save_overload(sig, data)
            except OSError:  # a full disk, for one
                return

    try:
        Locator().ensure_cache_path()
    except OSError:
        return
    dispatcher._cache = Cache(function)


def _stamp(source: Path, names: Mapping[str, Any]) -> str:
    """Return what differs where any of what is compiled does."""
    digest = hashlib.sha256()
    for path in [Path(__file__), *sorted(source.parent.glob("*.py"))]:
        digest.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    numbers = {name: value for name, value in names.items() if isinstance(value, int | float)}
    digest.update(repr(sorted(numbers.items())).encode())
    return digest.hexdigest()


def cores() -> int:
    """Return the number of cores that this process may use; workers that share them get their part."""
    told = os.environ.get("OMP_NUM_THREADS", "")
    own = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return max(1, min(own, int(told) if told.isdigit() and int(told) else own))
