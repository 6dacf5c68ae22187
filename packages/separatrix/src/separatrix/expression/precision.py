"""The precision of balls, in bits, with exclusive access.

Arb's balls (Johansson 2017) have no precision of their own: python-flint keeps one number for the whole
process. So a thread that computes with balls locks it and sets the bits that it needs: an answer depends
neither on other threads nor on the settings of the calling program. Waiting times are short: a block has a
few operations, and balls take the interpreter's own lock anyway.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from flint import ctx

__all__ = ["DOUBLE", "precision"]

DOUBLE = 53
"""The bits of a float."""

_HELD = threading.RLock()


@contextmanager
def precision(bits: int = DOUBLE) -> Iterator[None]:
    """Compute with balls of so many bits, in a block or, as a decorator, in a function.

    The block may hold others, of another precision, but must not leave a generator in between: it would
    keep what all threads need.

    Examples
    --------
    >>> from flint import arb
    >>> with precision(128):
    ...     (arb(2).sqrt() ** 2).rad() < 1e-35
    True
    """
    with _HELD:
        before = ctx.prec
        ctx.prec = bits
        try:
            yield
        finally:
            ctx.prec = before
