"""Policies of PostgreSQL by which each row is guarded once more, derived from the models.

The service's role is neither the owner of the tables nor above policies, and `FORCE` holds the owner to
them too.  Without the settings that `scope.scoped` makes, ``current_setting`` is empty and no row is seen.
"""

from __future__ import annotations

from typing import Any

from django.apps import apps

from separatrix.serve.park.models.tenant import OfficeRow, Scoped, TenantRow
from separatrix.serve.park.scope import PUBLIC, SEE_ALL, SPEAK_FOR_ONE, SYSTEM, NoScope, Role

__all__ = ["guarded_models", "protect"]

ROLE = "current_setting('park.role', true)"
OWN = "nullif(current_setting('park.enterprise', true), '')::uuid"
APPEND_ONLY = ("park_logentry",)


def guarded_models() -> list[type[Scoped]]:
    """Return the models whose rows are read within a scope."""
    return [m for m in apps.get_models() if issubclass(m, Scoped)]


def protect(connection: Any, service: str) -> None:
    """Give the service's role its rights, and write the policies anew; as the owner of the tables."""
    quote = connection.ops.quote_name
    role = quote(service)
    with connection.cursor() as cursor:
        cursor.execute(f"GRANT USAGE ON SCHEMA public TO {role}")
        cursor.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {role}")
        cursor.execute(f"GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {role}")
        cursor.execute(f"REVOKE INSERT, UPDATE, DELETE ON django_migrations FROM {role}")
        for table in APPEND_ONLY:
            cursor.execute(f"REVOKE UPDATE, DELETE ON {quote(table)} FROM {role}")
        for model in guarded_models():
            for statement in _statements(model, quote):
                cursor.execute(statement)


def _statements(model: type[Scoped], quote: Any) -> list[str]:
    table = quote(model._meta.db_table)
    reads, writes = _conditions(model, quote)
    policies = (
        ("park_read", f"FOR SELECT USING ({reads})"),
        ("park_insert", f"FOR INSERT WITH CHECK ({writes})"),
        ("park_update", f"FOR UPDATE USING ({writes}) WITH CHECK ({writes})"),
        ("park_delete", f"FOR DELETE USING ({writes})"),
    )
    return [
        f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY",
        f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY",
        *(f"DROP POLICY IF EXISTS {name} ON {table}" for name, _ in policies),
        *(f"CREATE POLICY {name} ON {table} {rule}" for name, rule in policies),
    ]


def _conditions(model: type[Scoped], quote: Any) -> tuple[str, str]:
    """Return who reads and who writes, in SQL; the twin of `readable` and `writable`."""
    if issubclass(model, OfficeRow):
        reads = "true" if model.FOR_PUBLIC else f"{ROLE} NOT IN ('', '{PUBLIC}')"
        return reads, _one_of({str(Role.OFFICE), SYSTEM})
    if not issubclass(model, TenantRow):
        raise NoScope(f"no policy is known for {model.__name__}")
    column = quote(model.OWNER)
    own = f"{column} = {OWN}"
    reads = f"{_one_of(SEE_ALL)} OR {own}"
    extra = model.shared_in_sql()
    if extra:
        reads = f"{reads} OR {extra.format(own=OWN)}"
    for_one = model.WRITERS & SPEAK_FOR_ONE
    writes = _one_of((model.WRITERS - SPEAK_FOR_ONE) | {SYSTEM})
    return reads, f"{writes} OR ({_one_of(for_one)} AND {own})" if for_one else writes


def _one_of(roles: Any) -> str:
    return f"{ROLE} IN ({', '.join(repr(str(r)) for r in sorted(roles))})"
