"""The database's own description of its tables, policies and roles, compared with the rules.

A service starts only without such a fault: the rules of the code are worthless if a role can bypass them,
and a table without a rule is open to everyone.
"""

from __future__ import annotations

from typing import Any

from separatrix.sentences import say
from separatrix_park.postgresql import APPEND_ONLY, wrong_policies
from separatrix_park.rules import rules, tables_without_a_rule
from separatrix_park.sqlite import guarded

__all__ = ["faults"]

# Every relation outside PostgreSQL's own schemas, with what its kind, its owner and its rights tell.
RELATIONS = """
SELECT n.nspname, c.relname, c.relkind::text, c.relrowsecurity AND c.relforcerowsecurity,
       has_table_privilege(c.oid, 'SELECT, INSERT, UPDATE, DELETE')
           OR has_any_column_privilege(c.oid, 'SELECT, INSERT, UPDATE'),
       has_table_privilege(c.oid, 'TRUNCATE, TRIGGER, REFERENCES'),
       has_table_privilege(c.oid, 'UPDATE, DELETE') OR has_any_column_privilege(c.oid, 'UPDATE'),
       EXISTS (SELECT 1 FROM pg_rewrite w WHERE w.ev_class = c.oid AND w.rulename <> '_RETURN')
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
ORDER BY 1, 2
"""
# What a role could do besides reading and writing rows; each row is one thing too many.
POWERS = """
SELECT 'superuser' FROM pg_roles WHERE rolname = current_user AND rolsuper
UNION ALL SELECT 'BYPASSRLS' FROM pg_roles WHERE rolname = current_user AND rolbypassrls
UNION ALL SELECT 'CREATEROLE' FROM pg_roles WHERE rolname = current_user AND rolcreaterole
UNION ALL SELECT 'CREATEDB' FROM pg_roles WHERE rolname = current_user AND rolcreatedb
UNION ALL SELECT 'REPLICATION' FROM pg_roles WHERE rolname = current_user AND rolreplication
UNION ALL SELECT 'SET ROLE ' || rolname FROM pg_roles
    WHERE rolname <> current_user AND pg_has_role(current_user, oid, 'MEMBER')
UNION ALL SELECT 'SESSION AUTHORIZATION ' || session_user WHERE session_user <> current_user
UNION ALL SELECT 'OWNER of ' || d.classid::regclass::text || ' ' || d.objid FROM pg_shdepend d
    JOIN pg_roles r ON r.oid = d.refobjid AND d.refclassid = 'pg_authid'::regclass
    WHERE r.rolname = current_user AND d.deptype = 'o'
UNION ALL SELECT 'CREATE ON DATABASE ' || current_database()
    WHERE has_database_privilege(current_database(), 'CREATE')
UNION ALL SELECT 'CREATE ON SCHEMA ' || nspname FROM pg_namespace
    WHERE nspname !~ '^pg_(toast|temp)' AND has_schema_privilege(oid, 'CREATE')
UNION ALL SELECT 'SECURITY DEFINER ' || p.proname FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
    WHERE p.prosecdef AND n.nspname NOT IN ('pg_catalog', 'information_schema')
    AND has_function_privilege(p.oid, 'EXECUTE')
UNION ALL SELECT 'row_security = off' WHERE current_setting('row_security') <> 'on'
"""
# A scope that a connection has before anybody gave it one.
SETTINGS = """
SELECT current_setting('park.' || name, true)
FROM unnest(ARRAY['role', 'enterprise', 'person', 'partner']) AS name
"""


def faults(connection: Any) -> list[str]:
    """Return in sentences what would let rows be seen or written against the rules; empty for nothing."""
    if connection.vendor == "sqlite":
        return _faults_of_sqlite(connection)
    with connection.cursor() as cursor:
        return [*_powers(cursor), *_tables(cursor), *_policies(cursor)]


def _faults_of_sqlite(connection: Any) -> list[str]:
    tables = connection.introspection.table_names()
    bare = {rule.table for rule in rules()} & set(tables) - guarded(connection)
    return [*map(_no_rule, tables_without_a_rule(tables)), *map(_unguarded, sorted(bare))]


def _powers(cursor: Any) -> list[str]:
    cursor.execute(POWERS)
    found: list[str] = [
        say("the service's role may do more than it should: {power}", power=row[0])
        for row in cursor.fetchall()
    ]
    cursor.execute(SETTINGS)
    if any(row[0] for row in cursor.fetchall()):
        found.append(
            say("connections start with a scope set outside the platform: a setting `park.…` exists")
        )
    return found


def _tables(cursor: Any) -> list[str]:
    cursor.execute(RELATIONS)
    ruled, seen, found = {rule.table for rule in rules()}, set(), []
    for schema, name, kind, forced, usable, more, changeable, rewritten in cursor.fetchall():
        told = name if schema == "public" else f"{schema}.{name}"
        if not usable and not more:
            continue
        if schema != "public" or kind != "r" or tables_without_a_rule([name]):
            found.append(_no_rule(told))
        if schema == "public" and name in ruled:
            seen.add(name)
            if not forced or rewritten:
                found.append(_unguarded(told))
        if more or (name in APPEND_ONLY and changeable):
            found.append(
                say("the service's role has rights on the table `{table}` that no policy limits", table=told)
            )
    return [*found, *map(_unguarded, sorted(ruled - seen))]


def _policies(cursor: Any) -> list[str]:
    return [
        say("the policies of the table `{table}` are not those of this version", table=table)
        for table in wrong_policies(cursor)
    ]


def _no_rule(table: str) -> str:
    return say("nothing says who may read the table `{table}`", table=table)


def _unguarded(table: str) -> str:
    return say("the table `{table}` is not guarded by its rule", table=table)
