"""The scope of database access: without a scope, no access.

Every row of an enterprise is read and written through a manager that checks `current` first
(`models.tenant`), and a query without a scope raises an error. The databases enforce the same rules again
(`row_security`): PostgreSQL by policies, with the scope in settings that end with the transaction, and
SQLite by views and triggers of each connection.

The language of a page, with the library's code; the library's texts use it as well.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

from django.db import connection, connections, models, transaction
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from separatrix.languages import language_of

__all__ = [
    "NoScope",
    "Role",
    "Scope",
    "current",
    "current_scope",
    "library_language",
    "scoped",
    "scoped_as_found",
    "translate_sentence",
    "unit_text",
    "whole_park",
    "whole_park_on",
]


def library_language() -> str:
    """Return the code by which the library calls the language that is set.

    Examples
    --------
    >>> from django.utils.translation import override
    >>> with override("zh-hans"):
    ...     library_language()
    'zh'
    """
    return "zh" if (get_language() or "").startswith("zh") else "en"


def translate_sentence(text: str) -> str:
    """Return a sentence of the library in the language that is set; other texts as they are.

    Examples
    --------
    >>> from django.utils.translation import override
    >>> from separatrix.sentences import say
    >>> with override("zh-hans"):
    ...     translate_sentence(say("log in again"))
    '请重新登录'
    """
    return language_of(library_language()).tell(text)


def unit_text(unit: str) -> str:
    """Return a unit, or one of money, as people write it in the language that is set.

    Examples
    --------
    >>> from django.utils.translation import override
    >>> with override("zh-hans"):
    ...     unit_text("tce/10k CNY"), unit_text("1e4 Nm3")
    ('吨标准煤/万元', '万Nm³')
    """
    return language_of(library_language()).unit(unit)


class Role(models.TextChoices):
    """What a person may do; the public has no account."""

    OFFICE = "office"
    ENTRY = "entry"
    APPROVAL = "approval"
    AUDITOR = "auditor"

    @property
    def label(self) -> Any:
        """What people call it, in their language."""
        return {
            "office": _("Park office"),
            "entry": _("Data entry"),
            "approval": _("Approval"),
            "auditor": _("Auditor"),
        }[self.value]


PUBLIC = "public"
DOOR = "door"
"""A person about to log in or join: reads accounts and invitations, and nothing else."""
SYSTEM = "system"
PARTNER = "partner"
"""A partner's program at the node of an enterprise: reads what that partner may, and acts for no person."""
SEE_ALL = frozenset({str(Role.OFFICE), str(Role.AUDITOR), SYSTEM})
SPEAK_FOR_ONE = frozenset({str(Role.ENTRY), str(Role.APPROVAL)})


@dataclass(frozen=True)
class Scope:
    """On whose behalf.

    Attributes
    ----------
    role : str
        A `Role`; ``public`` without a login, ``door`` during a login, ``partner`` for a partner's program, or
        ``system`` for the platform itself.
    enterprise : uuid.UUID or None
        The person's enterprise; only with roles of an enterprise.
    person : int or None
        Number of the person.
    partner : uuid.UUID or None
        The partner, with the role ``partner`` only.
    """

    role: str
    enterprise: uuid.UUID | None = None
    person: int | None = None
    partner: uuid.UUID | None = None

    def __post_init__(self) -> None:
        if (self.role in SPEAK_FOR_ONE) != (self.enterprise is not None):
            raise NoScope("a scope of one enterprise names it, and no other scope does")
        if (self.role == PARTNER) != (self.partner is not None):
            raise NoScope("a scope of a partner names it, and no other scope does")
        if self.role == PARTNER and self.person is not None:
            raise NoScope("a partner's program is not a person")

    @property
    def sees_all(self) -> bool:
        """Whether the rows of all enterprises may be read."""
        return self.role in SEE_ALL


class NoScope(RuntimeError):
    """The store was accessed without a scope: a program error, which never returns data."""


_scope: ContextVar[Scope | None] = ContextVar("scope", default=None)


def current_scope() -> Scope | None:
    """Return the scope in force, or None."""
    return _scope.get()


def current() -> Scope:
    """Return the scope in force.

    Raises
    ------
    NoScope
        Where there is none.
    """
    scope = _scope.get()
    if scope is None:
        raise NoScope("the store of the platform was asked without a scope")
    return scope


@contextmanager
def scoped(scope: Scope) -> Iterator[Scope]:
    """Access the store on behalf of a scope.

    On PostgreSQL this is a transaction, since its settings end with one: a reused connection carries
    nothing over. On SQLite a transaction would take the single write lock, so there it is none; code that
    writes uses `transaction.atomic` in both.
    """
    outer = _scope.get()
    if connection.vendor != "postgresql":
        token = _scope.set(scope)
        try:
            yield scope
        finally:
            _scope.reset(token)
        return
    outermost = not connection.in_atomic_block
    with transaction.atomic():
        _set_database_scope(scope, connection)
        token = _scope.set(scope)
        try:
            yield scope
        finally:
            _scope.reset(token)
        # Only reached without an error: a rollback takes the setting back by itself, and here the
        # outer block's own setting has to be in force again, for a savepoint keeps what was set in it.
        # The outermost block's end with its transaction.  One that an error has broken, which somebody
        # passed over, would be taken back at its end without a word: to ask it anything raises.
        if not outermost or connection.connection.info.transaction_status.name != "INTRANS":
            _set_database_scope(outer, connection)


@contextmanager
def scoped_as_found(find: Callable[[], Scope]) -> Iterator[Scope]:
    """Access the store as the person found at the door, on PostgreSQL in one transaction with that lookup."""
    if connection.vendor != "postgresql":
        with scoped(Scope(DOOR)):
            found = find()
        with scoped(found):
            yield found
        return
    with scoped(Scope(DOOR)):
        found = find()
        _set_database_scope(found, connection)
        token = _scope.set(found)
        try:
            yield found
        finally:
            _scope.reset(token)


def _set_database_scope(scope: Scope | None, on: Any) -> None:
    values: tuple[object, ...] = ("",) * 4
    if scope is not None:
        values = (scope.role, scope.enterprise or "", scope.person or "", scope.partner or "")
    with on.cursor() as cursor:
        cursor.execute(
            "SELECT set_config('park.role', %s, true), set_config('park.enterprise', %s, true),"
            " set_config('park.person', %s, true), set_config('park.partner', %s, true)",
            [str(v) for v in values],
        )


@contextmanager
def whole_park(why: str) -> Iterator[Scope]:
    """Ask on behalf of the platform itself; ``why`` stands where it is used, for those who review it."""
    if not why:
        raise NoScope("access to the whole park requires a reason")
    with scoped(Scope(SYSTEM)) as scope:
        yield scope


@contextmanager
def whole_park_on(alias: str, why: str) -> Iterator[None]:
    """Ask another connection to a park's database, in one transaction, on behalf of the platform itself.

    For backups, which read and write tables as migrations describe them: those models know no scope, so that
    here the policies of the database alone decide.
    """
    if not why:
        raise NoScope("access to the whole park requires a reason")
    with transaction.atomic(using=alias):
        if connections[alias].vendor == "postgresql":
            _set_database_scope(Scope(SYSTEM), connections[alias])
        token = _scope.set(Scope(SYSTEM))  # which SQLite's rules ask for
        try:
            yield
        finally:
            _scope.reset(token)
