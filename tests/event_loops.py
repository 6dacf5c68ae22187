"""Coroutines in tests: each in a thread of its own, since a browser leaves a loop running in the first."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

import anyio

T = TypeVar("T")


def run_in_thread(function: Callable[[], Awaitable[T]]) -> T:
    """Return what a coroutine function without arguments returns."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(anyio.run, function).result()
