"""How long work may take: one limit, which every loop that can be long asks.

The limit is a context variable, so that it reaches loops at any depth, and each thread has its own.  Limits
nest: an inner one never ends later than the one around it.  A single call into a library cannot be
interrupted; so its size is bounded before it is made, and the loop around it polls.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

from separatrix.errors import InputError
from separatrix.sentences import say

__all__ = [
    "LATE",
    "Deadline",
    "OutOfTime",
    "afresh",
    "clock",
    "expire",
    "seconds_left",
    "poll",
    "seconds_of",
    "spent",
    "time_limit",
]

Clock = Callable[[], float]

LATE = say("the time ran out before it was judged")


class OutOfTime(TimeoutError):
    """The time ran out; its first argument says so in a sentence."""

    def __init__(self, sentence: str = LATE) -> None:
        super().__init__(sentence)


@dataclass
class Deadline:
    """A moment, on a clock.

    Attributes
    ----------
    ends : when it has passed, by `now`
    now : seconds since some moment; only differences count
    """

    ends: float
    now: Clock = time.monotonic

    @property
    def seconds_left(self) -> float:
        """Seconds until then, negative once it has passed."""
        return self.ends - self.now()


def seconds_of(budget: float | None, otherwise: float = 60.0) -> float:
    """Return the seconds that a budget allows.

    Raises
    ------
    InputError
        V305 for a value that is not a number of 0 or more.
    """
    if budget is None:
        return otherwise
    if not (isinstance(budget, int | float) and math.isfinite(budget) and budget >= 0):
        raise InputError("V305", f"a budget of {budget} seconds; expected a number of 0 or more, such as 60")
    return float(budget)


_current: ContextVar[Deadline | None] = ContextVar("separatrix_deadline", default=None)


@contextmanager
def time_limit(seconds: float, now: Clock | None = None) -> Iterator[Deadline]:
    """Limit the time of what runs inside; a limit around it that ends earlier holds.

    Parameters
    ----------
    seconds : float
    now : callable, optional
        The clock; by default that of the limit around it, else `time.monotonic`.

    Examples
    --------
    >>> with time_limit(60):
    ...     poll()
    >>> with time_limit(-1):
    ...     spent()
    True
    """
    around = _current.get()
    own = now or clock()
    ends = own() + seconds
    if around is not None and around.now is own:
        ends = min(ends, around.ends)
    with _set(Deadline(ends, own)) as limit:
        yield limit


@contextmanager
def afresh(seconds: float) -> Iterator[Deadline]:
    """Set a new time limit inside, regardless of outer ones: for writing results when time has run out."""
    own = clock()
    with _set(Deadline(own() + seconds, own)) as limit:
        yield limit


@contextmanager
def _set(limit: Deadline) -> Iterator[Deadline]:
    token = _current.set(limit)
    try:
        yield limit
    finally:
        _current.reset(token)


def clock() -> Clock:
    """Return the clock by which time is limited here."""
    limit = _current.get()
    return time.monotonic if limit is None else limit.now


def seconds_left() -> float:
    """Return the seconds that are left, without end where nothing limits them."""
    limit = _current.get()
    return math.inf if limit is None else limit.seconds_left


def spent() -> bool:
    """Return whether the time has run out."""
    limit = _current.get()
    return limit is not None and limit.seconds_left <= 0


def expire() -> None:
    """Let the time have run out: an interruption from the keyboard ends work like a lack of time."""
    limit = _current.get()
    if limit is not None:
        limit.ends = -math.inf


def poll(cost: float = 0.0) -> None:
    """Raise `OutOfTime` where the time has run out, or is shorter than what comes next takes.

    Parameters
    ----------
    cost : float
        About how many seconds a call takes that follows and cannot be interrupted.
    """
    limit = _current.get()
    if limit is not None and limit.seconds_left <= cost:
        raise OutOfTime
