"""The database's own description of its tables, policies and roles, compared with the rules.

A service starts only without such a fault: the rules of the code are worthless if a role can bypass them,
and a table without a rule is open to everyone.

One rule for each table, derived from the models; and the tables that need none, each with a reason.

The rules as policies of PostgreSQL, and the rights of the service's role.

The service's role is neither the owner of the tables nor above policies, and `FORCE` holds the owner to
them too.  Without the settings that `scope.scoped` makes, ``current_setting`` is empty and no row is seen.

The rules on SQLite, which has no policies: views and triggers of each connection, seen by no other.

SQLite looks a bare name up among a connection's own temporary things first.  So a temporary view of the
same name stands before each table and lets through what the scope may read, whatever query asks: a join,
a subquery or SQL by hand.  Writes go to the table itself, whose temporary triggers pass over rows that
the scope may not write and refuse what it may not make of them, as policies of PostgreSQL do.

Each connection of the service is held to the rules, and asks no guarded table without a scope.

The databases would answer such a query with an empty table, and code that forgot to say on whose behalf it
asks would go on as if there were nothing: here it meets an error.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.apps import apps
from django.db import connections, models, transaction
from django.db.backends.signals import connection_created
from django.db.models.signals import post_migrate, pre_migrate

from separatrix.sentences import say
from separatrix_park.models.people import Person
from separatrix_park.models.records import LogEntry
from separatrix_park.models.tenant import Scoped, one_of
from separatrix_park.scope import DOOR, SYSTEM, Role, current, current_scope

__all__ = [
    "APPEND_ONLY",
    "OPEN_TABLES",
    "Rule",
    "faults",
    "guard",
    "guarded",
    "pass_the_views",
    "protect",
    "reshaping",
    "rules",
    "tables_without_a_rule",
    "unguard",
    "watch",
    "wrong_policies",
]

ALWAYS, NEVER = "1 = 1", "1 = 0"

OPEN_TABLES = {
    "django_migrations": "which changes of shape were made",
    "django_content_type": "names of kinds of rows",
    "django_session": "looked up by the secret of a cookie; holds who is signed in and no value",
    "auth_permission": "names of rights",
    "auth_group": "names of groups",
    "auth_group_permissions": "names of groups and rights",
    "axes_accessattempt": "failed logins, read before a login",
    "axes_accessattemptexpiration": "failed logins, read before a login",
    "axes_accessfailurelog": "failed logins, written before a login",
    "axes_accesslog": "logins, written before a login",
    "account_emailconfirmation": "empty: addresses are confirmed by signed links",
    "socialaccount_socialapp": "empty: a provider of logins is named in park.toml",
    "socialaccount_socialtoken": "empty: what a provider hands out is not kept",
    "django_tasks_database_dbtaskresult": "numbers of answers to calculate",
    "sqlite_sequence": "SQLite's own",
}
"""Tables without a rule, and why nothing of an enterprise is lost through them."""


@dataclass(frozen=True)
class Rule:
    """Who reads a table's rows and who adds, changes and removes them, in SQL with the scope's holes."""

    table: str
    read: str
    add: str
    change: str
    remove: str


def rules() -> list[Rule]:
    """Return the rule of each table that has one."""
    found = {rule.table: rule for rule in map(_rule, apps.get_models(include_auto_created=True)) if rule}
    return [found[table] for table in sorted(found)]


def tables_without_a_rule(tables: Any) -> list[str]:
    """Return those of some tables that have neither a rule nor a reason to have none."""
    known = {rule.table for rule in rules()} | OPEN_TABLES.keys()
    return sorted(set(tables) - known)


def _rule(model: type[models.Model]) -> Rule | None:
    table = model._meta.db_table
    if issubclass(model, Scoped):
        write = model.write_rule()
        return Rule(table, model.read_rule(), write, write, write)
    if model is LogEntry:
        # It holds hashes and no value; whoever does something continues its chain, and nobody mends it.
        return Rule(table, ALWAYS, ALWAYS, NEVER, NEVER)
    if model._meta.app_label == LogEntry._meta.app_label:
        return None
    personal = [f for f in model._meta.local_fields if f.related_model is Person]
    if personal:
        own = f'{one_of((Role.OFFICE, SYSTEM, DOOR))} OR {{row}}"{personal[0].column}" = {{person}}'
        return Rule(table, own, own, own, own)
    return None


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


SQLITE_HOLES = {
    # In a query of its own a function is asked once for a statement, and not once for each row.
    "role": "(SELECT park_role())",
    "own": "(SELECT park_enterprise())",
    "person": "(SELECT park_person())",
    "partner": "(SELECT park_partner())",
    "same": "IS",
}
WRITE = re.compile(
    r'\s*(?:INSERT(?:\s+OR\s+\w+)?\s+INTO|REPLACE\s+INTO|UPDATE|DELETE\s+FROM)\s+(?="(\w+)")', re.I
)
REFUSED = "the scope may not write this row"


def guard(connection: Any) -> None:
    """Put the rules before the tables that are there; again after a migration made more of them."""
    connection.ensure_connection()
    raw = connection.connection
    raw.create_function("park_role", 0, _role, deterministic=True)
    raw.create_function("park_enterprise", 0, _enterprise, deterministic=True)
    raw.create_function("park_person", 0, _person, deterministic=True)
    raw.create_function("park_partner", 0, _partner, deterministic=True)
    there = {row[0] for row in raw.execute("SELECT name FROM main.sqlite_master WHERE type = 'table'")}
    for rule in rules():
        if rule.table in there:
            for statement in _sqlite_statements(rule):
                raw.execute(statement)
    pass_the_views(connection)


def pass_the_views(connection: Any) -> None:
    """Let writes by a connection that has the rules go past its views."""
    if _past_the_views not in connection.execute_wrappers:
        connection.execute_wrappers.append(_past_the_views)


def unguard(connection: Any) -> None:
    """Take the rules away from a connection that changes the shape of tables, which views would hinder."""
    connection.ensure_connection()
    raw = connection.connection
    for kind, name in raw.execute("SELECT type, name FROM sqlite_temp_master").fetchall():
        if kind == "view" or name.startswith("park_guard_"):
            raw.execute(f'DROP {kind} IF EXISTS temp."{name}"')
    if _past_the_views in connection.execute_wrappers:
        connection.execute_wrappers.remove(_past_the_views)


def guarded(connection: Any) -> set[str]:
    """Return the tables before which a connection has its rules."""
    connection.ensure_connection()
    found = connection.connection.execute("SELECT name FROM sqlite_temp_master WHERE type = 'view'")
    return {row[0] for row in found}


def _sqlite_statements(rule: Rule) -> list[str]:
    table, holes = rule.table, SQLITE_HOLES | {"row": f'"{rule.table}".'}
    # What is unknown is no: NULL lets a view's row be left out, but would pass by a trigger's `NOT`.
    old = {**SQLITE_HOLES, "row": "OLD."}
    new = {**SQLITE_HOLES, "row": "NEW."}
    refuse = f"SELECT RAISE(ABORT, '{REFUSED}') WHERE coalesce({{}}, 0) = 0;"
    ignore = "SELECT RAISE(IGNORE) WHERE coalesce({}, 0) = 0;"
    never = f"SELECT RAISE(ABORT, '{REFUSED}');"
    change = ignore.format(f"({rule.change.format_map(old)})") + refuse.format(
        f"({rule.change.format_map(new)})"
    )
    bodies = {
        "insert": refuse.format(f"({rule.add.format_map(new)})"),
        "update": never if rule.change == NEVER else change,
        "delete": never if rule.remove == NEVER else ignore.format(f"({rule.remove.format_map(old)})"),
    }
    made = [
        f'DROP VIEW IF EXISTS temp."{table}"',
        f'CREATE TEMP VIEW "{table}" AS SELECT * FROM main."{table}" WHERE {rule.read.format_map(holes)}',
    ]
    for verb, body in bodies.items():
        name = f'"park_guard_{table}_{verb}"'
        made.append(f"DROP TRIGGER IF EXISTS temp.{name}")
        made.append(f'CREATE TEMP TRIGGER {name} BEFORE {verb} ON main."{table}" BEGIN {body} END')
    return made


def _past_the_views(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
    """Send a write to the table itself; a view cannot be written to."""
    verb = WRITE.match(sql)
    if verb and verb[1] in _tables():
        sql = f"{sql[: verb.end()]}main.{sql[verb.end() :]}"
    return execute(sql, params, many, context)


@cache
def _tables() -> frozenset[str]:
    return frozenset(rule.table for rule in rules())


def _role() -> str | None:
    scope = current_scope()
    return None if scope is None else str(scope.role)


def _enterprise() -> str | None:
    scope = current_scope()
    return None if scope is None or scope.enterprise is None else scope.enterprise.hex


def _person() -> int | None:
    scope = current_scope()
    return None if scope is None else scope.person


def _partner() -> str | None:
    scope = current_scope()
    return None if scope is None or scope.partner is None else scope.partner.hex


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
        return [*_powers(cursor), *_catalogue_tables(cursor), *_catalogue_policies(cursor)]


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


def _catalogue_tables(cursor: Any) -> list[str]:
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


def _catalogue_policies(cursor: Any) -> list[str]:
    return [
        say("the policies of the table `{table}` are not those of this version", table=table)
        for table in wrong_policies(cursor)
    ]


def _no_rule(table: str) -> str:
    return say("nothing says who may read the table `{table}`", table=table)


def _unguarded(table: str) -> str:
    return say("the table `{table}` is not guarded by its rule", table=table)


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
