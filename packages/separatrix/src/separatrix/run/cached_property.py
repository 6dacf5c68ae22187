"""Properties that are computed once for each object, without a lock.

On Python 3.11 `functools.cached_property` holds a lock of its class while it computes. Two properties that
use each other on different objects, in two threads, then deadlock. Without the lock two threads may at
worst compute the same value twice, as on every later Python.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

__all__ = ["cached_property", "hand_on", "keep"]

T = TypeVar("T")

if TYPE_CHECKING or sys.version_info >= (3, 12):
    from functools import cached_property
else:

    class cached_property:
        """A method as an attribute: its value is kept in the object."""

        def __init__(self, method: Any) -> None:
            self._method = method
            self.__doc__ = method.__doc__

        def __set_name__(self, owner: type, name: str) -> None:
            self._name = name

        def __get__(self, instance: Any, owner: type | None = None) -> Any:
            if instance is None:
                return self
            return instance.__dict__.setdefault(self._name, self._method(instance))


def keep(instance: Any, name: str, make: Callable[[], T]) -> T:
    """Return the cached value of a name, computed on first use.

    For values that another package computes for an object of a class that does not know it.

    Examples
    --------
    >>> from types import SimpleNamespace
    >>> place = SimpleNamespace()
    >>> keep(place, "rank", lambda: 1), keep(place, "rank", lambda: 2)
    (1, 1)
    """
    kept: dict[str, T] = instance.__dict__
    if name not in kept:
        kept.setdefault(name, make())
    return kept[name]


def hand_on(instance: Any, other: T) -> T:
    """Return another object, to which what is kept in the first one is known, too.

    For a copy with the same data for the cached values.

    Examples
    --------
    >>> from types import SimpleNamespace
    >>> place, copy = SimpleNamespace(name="a"), SimpleNamespace(name="b")
    >>> _ = keep(place, "rank", lambda: 1)
    >>> hand_on(place, copy)
    namespace(name='b', rank=1)
    """
    for name, value in instance.__dict__.items():
        other.__dict__.setdefault(name, value)
    return other
