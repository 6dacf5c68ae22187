"""Warnings that are left out while something works that warns of what is looked after.

Which warnings are shown is one list for the whole process, and two threads that change it at once may leave
it changed for ever.  So one of them at a time does, and leaves out as few as it can.
"""

from __future__ import annotations

import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager

__all__ = ["quiet"]

_HELD = threading.RLock()


@contextmanager
def quiet(message: str, category: type[Warning] = UserWarning) -> Iterator[None]:
    """Leave out warnings whose text begins as a regular expression says.

    Examples
    --------
    >>> import warnings
    >>> with quiet("too much"):
    ...     warnings.warn("too much of it", stacklevel=1)
    """
    with _HELD, warnings.catch_warnings():
        warnings.filterwarnings("ignore", message, category)
        yield
