"""One rule for each table, derived from the models; and the tables that need none, each with a reason."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db import models

from separatrix_park.models.log import LogEntry
from separatrix_park.models.people import Person
from separatrix_park.models.tenant import Scoped, one_of
from separatrix_park.scope import DOOR, SYSTEM, Role

__all__ = ["OPEN_TABLES", "Rule", "rules", "tables_without_a_rule"]

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
