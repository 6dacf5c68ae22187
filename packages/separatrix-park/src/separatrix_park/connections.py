"""Each connection of the service is held to the rules, and asks no guarded table without a scope.

The databases would answer such a query with an empty table, and code that forgot to say on whose behalf it
asks would go on as if there were nothing: here it meets an error.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

from django.db import connections
from django.db.backends.signals import connection_created
from django.db.models.signals import post_migrate, pre_migrate

from separatrix_park.rules import ALWAYS, rules
from separatrix_park.scope import current, current_scope
from separatrix_park.sqlite import guard, guarded, pass_the_views, unguard

__all__ = ["reshaping", "watch"]


def watch(application: Any) -> None:
    """Have each new connection held to the rules, except while the shape of its tables is changed."""
    connection_created.connect(_begin, dispatch_uid="park rules")
    pre_migrate.connect(_pause, sender=application, dispatch_uid="park rules")
    post_migrate.connect(_go_on, sender=application, dispatch_uid="park rules")


def _begin(connection: Any, **_: Any) -> None:
    if connection.vendor == "sqlite":
        if guarded(connection):  # it was used before
            pass_the_views(connection)
        else:
            guard(connection)
    if _with_a_scope not in connection.execute_wrappers:
        connection.execute_wrappers.append(_with_a_scope)


@contextmanager
def reshaping(alias: str) -> Iterator[None]:
    """Let a connection change the schema within a block, where its rules would prevent that."""
    _pause(alias)
    try:
        yield
    finally:
        _go_on(alias)


def _pause(using: str, **_: Any) -> None:
    connection = connections[using]
    connection.ensure_connection()
    if connection.vendor == "sqlite":
        unguard(connection)
    if _with_a_scope in connection.execute_wrappers:
        connection.execute_wrappers.remove(_with_a_scope)


def _go_on(using: str, **_: Any) -> None:
    if connections[using].vendor == "sqlite":
        guard(connections[using])
    _begin(connections[using])


def _with_a_scope(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
    if current_scope() is None and _guarded().search(sql):
        current()  # which raises
    return execute(sql, params, many, context)


@cache
def _guarded() -> re.Pattern[str]:
    """Return what reading or writing a table that is not everybody's looks like."""
    tables = "|".join(rule.table for rule in rules() if rule.read != ALWAYS)
    return re.compile(rf'^\W*(?:SELECT|INSERT|UPDATE|DELETE|WITH|REPLACE)\b.*"(?:{tables})"', re.I | re.S)
