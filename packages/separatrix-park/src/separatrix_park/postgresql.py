"""The rules as policies of PostgreSQL, and the rights of the service's role.

The service's role is neither the owner of the tables nor above policies, and `FORCE` holds the owner to
them too.  Without the settings that `scope.scoped` makes, ``current_setting`` is empty and no row is seen.
"""

from __future__ import annotations

import hashlib
from typing import Any

from django.db import transaction

from separatrix_park.rules import Rule, rules

__all__ = ["APPEND_ONLY", "protect", "wrong_policies"]

# In a query of its own a setting is read once for a statement, and not once for each row.
HOLES = {
    "role": "(SELECT current_setting('park.role', true))",
    "own": "(SELECT nullif(current_setting('park.enterprise', true), '')::uuid)",
    "person": "(SELECT nullif(current_setting('park.person', true), '')::bigint)",
    "partner": "(SELECT nullif(current_setting('park.partner', true), '')::uuid)",
    "same": "IS NOT DISTINCT FROM",
}
APPEND_ONLY = ("park_logentry",)


def protect(connection: Any, service: str) -> None:
    """Give the service's role its rights, and recreate the policies; as the owner of the tables."""
    quote = connection.ops.quote_name
    role = quote(service)
    # All at once: a service that runs meanwhile would else find rows gone, and rights to change the log.
    with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
        cursor.execute(f"GRANT USAGE ON SCHEMA public TO {role}")
        cursor.execute(f"REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {role}")
        cursor.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {role}")
        cursor.execute(f"GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {role}")
        cursor.execute(f"REVOKE INSERT, UPDATE, DELETE ON django_migrations FROM {role}")
        for table in APPEND_ONLY:
            cursor.execute(f"REVOKE UPDATE, DELETE ON {quote(table)} FROM {role}")
        for rule in rules():
            for statement in _statements(rule, quote):
                cursor.execute(statement)
        for (table, name), (text, _) in _existing_policies(cursor).items():
            mark = _mark(_expected_policies().get((table, name), ""), text)
            cursor.execute(f"COMMENT ON POLICY {quote(name)} ON {quote(table)} IS '{mark}'")


def wrong_policies(cursor: Any) -> list[str]:
    """Return the tables whose policies are not those of this version, word by word.

    PostgreSQL returns policies in a normalized form. Therefore each policy carries a comment with the mark
    of the written text and of its normalized form; both must still match.
    """
    wanted, there = _expected_policies(), _existing_policies(cursor)
    wrong = {
        key[0]
        for key in wanted.keys() | there.keys()
        if key not in wanted or key not in there or there[key][1] != _mark(wanted[key], there[key][0])
    }
    return sorted(wrong)


def _expected_policies() -> dict[tuple[str, str], str]:
    return {(rule.table, name): text for rule in rules() for name, text in _policies(rule).items()}


def _existing_policies(cursor: Any) -> dict[tuple[str, str], tuple[str, str]]:
    """Return each existing policy: PostgreSQL's form of it, and its comment."""
    cursor.execute(
        "SELECT c.relname, p.polname, concat_ws(' | ', p.polcmd, p.polpermissive, p.polroles::text,"
        " pg_get_expr(p.polqual, p.polrelid), pg_get_expr(p.polwithcheck, p.polrelid)),"
        " coalesce(obj_description(p.oid, 'pg_policy'), '')"
        " FROM pg_policy p JOIN pg_class c ON c.oid = p.polrelid"
        " WHERE c.relnamespace = 'public'::regnamespace"
    )
    return {(table, name): (text, comment) for table, name, text, comment in cursor.fetchall()}


def _mark(written: str, told: str) -> str:
    return hashlib.sha256(f"{written}\n{told}".encode()).hexdigest()


def _policies(rule: Rule) -> dict[str, str]:
    """Return the policies of a table by name, as they are written after ``ON table``."""
    holes = HOLES | {"row": f'"{rule.table}".'}
    reads, adds, changes, removes = (
        text.format_map(holes) for text in (rule.read, rule.add, rule.change, rule.remove)
    )
    return {
        "park_read": f"FOR SELECT USING ({reads})",
        "park_insert": f"FOR INSERT WITH CHECK ({adds})",
        "park_update": f"FOR UPDATE USING ({changes}) WITH CHECK ({changes})",
        "park_delete": f"FOR DELETE USING ({removes})",
    }


def _statements(rule: Rule, quote: Any) -> list[str]:
    table = quote(rule.table)
    made = _policies(rule)
    return [
        f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY",
        f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY",
        *(f"DROP POLICY IF EXISTS {name} ON {table}" for name in made),
        *(f"CREATE POLICY {name} ON {table} {text}" for name, text in made.items()),
    ]
