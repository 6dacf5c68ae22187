"""Connections to SQLite that wait for the next request, as a pool of PostgreSQL has them.

Each request has its own thread, whose connection ends with it, and a new connection first loads its rules:
three hundred views and triggers, a hundredth of a second before the first query. The scope is not part of a
connection (`row_security.sqlite`), so a pooled one carries no one's scope.
"""

from __future__ import annotations

import sqlite3
import threading
from pathlib import Path
from typing import Any

from django.db import DEFAULT_DB_ALIAS
from django.db.backends.sqlite3.base import DatabaseWrapper as PlainWrapper

__all__ = ["DatabaseWrapper"]

MOST = 20
"""So many connections to one file wait; further ones are closed."""

_waiting: dict[str, list[tuple[Any, tuple[int, int]]]] = {}
_lock = threading.Lock()


class DatabaseWrapper(PlainWrapper):
    """Django's connection to SQLite, which takes one that waits, and lets it wait again."""

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        """Return a connection that waits, or a new one; none to a file that is not there (any more)."""
        path = str(conn_params["database"])
        while (found := _reuse_connection(path)) is not None:
            raw, file = found
            if file == _file(path):
                return raw
            raw.close()
        # SQLite would quietly make an empty file in the place of one that somebody took away.
        existing = f"{Path(path).absolute().as_uri()}?mode=rw"
        return super().get_new_connection({**conn_params, "database": existing})

    def _close(self) -> None:
        raw, path = self.connection, str(self.settings_dict["NAME"])
        if raw is None or self.in_atomic_block or self.errors_occurred or self.alias != DEFAULT_DB_ALIAS:
            super()._close()  # copies of a park that backups make are gone soon
            return
        file = _file(path)
        try:
            raw.rollback()  # what nobody has committed
        except sqlite3.Error:
            file = None
        with _lock:
            others = _waiting.setdefault(path, [])
            if file is not None and len(others) < MOST:
                others.append((raw, file))
                return
        super()._close()


def _reuse_connection(path: str) -> tuple[Any, tuple[int, int]] | None:
    with _lock:
        waiting = _waiting.get(path)
        return waiting.pop() if waiting else None


def _file(path: str) -> tuple[int, int] | None:
    """Return which file lies there; None where there is none."""
    try:
        found = Path(path).stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino
