"""Rows that belong to an enterprise, and rows that belong to the park office; who may read and write them.

The rules are told once, as attributes of the classes: the managers here keep them in code, and
`row_security` writes the same as policies of PostgreSQL.
"""

from __future__ import annotations

from typing import Any, ClassVar, TypeVar

from django.core.exceptions import PermissionDenied
from django.db import models
from django.db.models import Q

from separatrix.serve.park.scope import PUBLIC, SPEAK_FOR_ONE, SYSTEM, Role, Scope, current

__all__ = ["OfficeRow", "Scoped", "TenantRow"]

M = TypeVar("M", bound="Scoped", covariant=True)


class ScopedRows(models.QuerySet[M]):
    """Rows within a scope, of which only those are changed that the scope may write."""

    def update(self, **values: Any) -> int:
        """Change the rows that may be written; refuse where none may."""
        return super(ScopedRows, self._writable()).update(**values)

    def delete(self) -> tuple[int, dict[str, int]]:
        """Delete the rows that may be written; refuse where none may."""
        return super(ScopedRows, self._writable()).delete()

    def bulk_create(self, objs: Any, *args: Any, **named: Any) -> list[M]:
        """Insert rows, each of which has to be writable."""
        rows = list(objs)
        for row in rows:
            row.require_writable()
        return super().bulk_create(rows, *args, **named)

    def bulk_update(self, objs: Any, *args: Any, **named: Any) -> int:
        """Change rows, each of which has to be writable."""
        rows = list(objs)
        for row in rows:
            row.require_writable()
        return super().bulk_update(rows, *args, **named)

    def _writable(self) -> ScopedRows[M]:
        condition = self.model.writable(current())
        if condition is None:
            raise PermissionDenied
        return self.filter(condition)


class ScopedManager(models.Manager.from_queryset(ScopedRows)):  # type: ignore[misc]
    """Looks only where the current scope may look."""

    def get_queryset(self) -> Any:
        """Return the rows that the current scope may read."""
        return super().get_queryset().filter(self.model.readable(current()))


class Scoped(models.Model):
    """A row that is read and written within a scope."""

    objects = ScopedManager()

    class Meta:
        abstract = True
        # What follows a foreign key, saves and cascades looks through the same manager.
        base_manager_name = "objects"

    @classmethod
    def readable(cls, scope: Scope) -> Q:
        """Return which rows a scope may read."""
        raise NotImplementedError

    @classmethod
    def writable(cls, scope: Scope) -> Q | None:
        """Return which rows a scope may write; None where it may write none."""
        raise NotImplementedError

    def require_writable(self) -> None:
        """Refuse a row that the current scope may not write."""
        raise NotImplementedError

    def save(self, *args: Any, **named: Any) -> None:
        """Save the row if the scope may write it."""
        self.require_writable()
        super().save(*args, **named)

    def delete(self, *args: Any, **named: Any) -> tuple[int, dict[str, int]]:
        """Delete the row if the scope may write it."""
        self.require_writable()
        return super().delete(*args, **named)


class TenantRow(Scoped):
    """A row of one enterprise.

    The office and auditors read it, people of the enterprise read it, and with one of the roles of
    ``WRITERS`` write it; nobody else sees that it exists.
    """

    WRITERS: ClassVar[frozenset[str]] = SPEAK_FOR_ONE
    OWNER: ClassVar[str] = "enterprise_id"

    enterprise = models.ForeignKey("park.Enterprise", on_delete=models.CASCADE)

    class Meta(Scoped.Meta):
        abstract = True

    @classmethod
    def readable(cls, scope: Scope) -> Q:
        """Return all rows for the office, auditors and the platform, one's own for an enterprise."""
        if scope.sees_all:
            return Q()
        if scope.enterprise is None:
            return Q(pk__in=[])
        return Q(**{cls.OWNER: scope.enterprise})

    @classmethod
    def shared_in_sql(cls) -> str:
        """Return which more rows an enterprise reads, in SQL with ``{own}`` for its id; empty for none.

        The twin of what a model's `readable` adds.
        """
        return ""

    @classmethod
    def writable(cls, scope: Scope) -> Q | None:
        """Return all rows for the platform, one's own for those who write for an enterprise."""
        if scope.role == SYSTEM:
            return Q()
        if scope.role in cls.WRITERS and scope.enterprise is not None:
            return Q(**{cls.OWNER: scope.enterprise})
        return None

    def require_writable(self) -> None:
        """Refuse another enterprise's row."""
        scope = current()
        if scope.role == SYSTEM:
            return
        if scope.role not in self.WRITERS or getattr(self, self.OWNER) != scope.enterprise:
            raise PermissionDenied


class OfficeRow(Scoped):
    """A row of the park office: read by everybody who is signed in, written by the office."""

    FOR_PUBLIC: ClassVar[bool] = False

    class Meta(Scoped.Meta):
        abstract = True

    @classmethod
    def readable(cls, scope: Scope) -> Q:
        """Return all rows, for the public only where they are meant for it."""
        return Q() if cls.FOR_PUBLIC or scope.role != PUBLIC else Q(pk__in=[])

    @classmethod
    def writable(cls, scope: Scope) -> Q | None:
        """Return all rows for the office and the platform."""
        return Q() if scope.role in (Role.OFFICE, SYSTEM) else None

    def require_writable(self) -> None:
        """Refuse everybody but the office and the platform."""
        if self.writable(current()) is None:
            raise PermissionDenied
