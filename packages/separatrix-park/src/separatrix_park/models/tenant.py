"""Rows within a scope: of an enterprise, of a person, of the park office; who may read and write them.

Each class states its rules twice: for the managers here (`readable`, `writable`), and in SQL (`read_rule`,
`write_rule`), which `row_security` makes the databases themselves enforce. The SQL uses ``{role}``,
``{own}`` (the enterprise), ``{person}`` and ``{partner}`` for the scope, ``{row}`` before a column of the
row, and ``{same}`` for an equality that is true for two NULLs.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, ClassVar, TypeVar

from django.core.exceptions import PermissionDenied
from django.db import models
from django.db.models import Exists, Q

from separatrix_park.scope import DOOR, PARTNER, PUBLIC, SEE_ALL, SPEAK_FOR_ONE, SYSTEM, Role, Scope, current

__all__ = ["OfficeRow", "PartnerRow", "PersonalRow", "Scoped", "ScopedManager", "TenantRow", "one_of"]

M = TypeVar("M", bound="Scoped", covariant=True)
NONE = Q(pk__in=[])
NOBODY = "1 = 0"


def one_of(roles: Iterable[str]) -> str:
    """Return in SQL that the scope's role is one of these."""
    return f"{{role}} IN ({', '.join(repr(str(role)) for role in sorted(roles))})"


class ScopedRows(models.QuerySet[M]):
    """Rows within a scope; only those that the scope may write can be changed."""

    def update(self, **values: Any) -> int:
        """Change the rows that may be written; refuse where none may, or where they would change hands."""
        self.model.require_values(values)
        return super(ScopedRows, self._writable()).update(**values)

    def delete(self) -> tuple[int, dict[str, int]]:
        """Delete the rows that may be written; refuse where none may."""
        return super(ScopedRows, self._writable()).delete()

    def bulk_create(self, objs: Any, *args: Any, **named: Any) -> list[M]:
        """Insert rows, which must all be writable."""
        rows = list(objs)
        for row in rows:
            row.require_writable()
        return super().bulk_create(rows, *args, **named)

    def bulk_update(self, objs: Any, *args: Any, **named: Any) -> int:
        """Change rows, which must all be writable."""
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
    """A row that is read and written within a scope: by no one, unless its class allows it."""

    objects = ScopedManager()

    class Meta:
        abstract = True
        # What follows a foreign key, saves and cascades looks through the same manager.
        base_manager_name = "objects"

    @classmethod
    def readable(cls, scope: Scope) -> Q:
        """Return which rows a scope may read."""
        return NONE

    @classmethod
    def writable(cls, scope: Scope) -> Q | None:
        """Return which rows a scope may write; None where it may write none."""
        return None

    @classmethod
    def read_rule(cls) -> str:
        """Return `readable` in SQL."""
        return NOBODY

    @classmethod
    def write_rule(cls) -> str:
        """Return `writable` in SQL; of a change it holds for the row before and after."""
        return NOBODY

    @classmethod
    def require_values(cls, values: dict[str, Any]) -> None:
        """Reject new values that would transfer rows to another owner."""

    def require_writable(self) -> None:
        """Refuse a row that the current scope may not write."""
        if self.writable(current()) is None:
            raise PermissionDenied

    def save(self, *args: Any, **named: Any) -> None:
        """Save the row if the scope may write it."""
        self.require_writable()
        if self._state.adding and self.pk is not None:
            # It says whose it is, but it may have been made up under the number of a row that is another's.
            self._require_none_or_own()
        super().save(*args, **named)

    def delete(self, *args: Any, **named: Any) -> tuple[int, dict[str, int]]:
        """Delete the row if the scope may write it."""
        self.require_writable()
        self._require_none_or_own()
        return super().delete(*args, **named)

    def _require_none_or_own(self) -> None:
        readable = type(self)._default_manager.filter(pk=self.pk)
        condition = self.writable(current())
        if condition is None or (readable.exists() and not readable.filter(condition).exists()):
            raise PermissionDenied


class TenantRow(Scoped):
    """A row of one enterprise.

    The office and auditors read it. People of the enterprise read it and, with one of the roles of
    ``WRITERS``, write it. Others do not see that it exists.
    """

    WRITERS: ClassVar[frozenset[str]] = SPEAK_FOR_ONE
    DERIVED: ClassVar[bool] = False
    """Whether it is calculated from entered data, so that it is deleted when some of these are."""
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
            return NONE
        return Q(**{cls.OWNER: scope.enterprise})

    @classmethod
    def shared_in_sql(cls) -> str:
        """Return which more rows an enterprise reads, in SQL with ``{own}`` for its id; empty for none.

        The twin of what a model's `readable` adds.
        """
        return ""

    @classmethod
    def read_rule(cls) -> str:
        """Return `readable` in SQL."""
        rules = [one_of(SEE_ALL), cls._own_rule(), cls.shared_in_sql()]
        return " OR ".join(rule for rule in rules if rule)

    @classmethod
    def writable(cls, scope: Scope) -> Q | None:
        """Return all rows for the platform, one's own for those who write: of an enterprise, or of none."""
        if scope.role == SYSTEM:
            return Q()
        if scope.role not in cls.WRITERS:
            return None
        return Q(
            **({f"{cls.OWNER}__isnull": True} if scope.enterprise is None else {cls.OWNER: scope.enterprise})
        )

    @classmethod
    def write_rule(cls) -> str:
        """Return `writable` in SQL, and that what people's rows refer to is of the same enterprise.

        A foreign key alone is checked by databases without asking whose row it leads to.
        """
        platform = one_of({SYSTEM})
        if not cls.WRITERS:
            return platform
        own = f'{one_of(cls.WRITERS)} AND {{row}}"{cls.OWNER}" {{same}} {{own}}'
        return f"{platform} OR ({' AND '.join([own, *cls._of_the_same()])})"

    @classmethod
    def _own_rule(cls) -> str:
        return f'{{row}}"{cls.OWNER}" = {{own}}'

    @classmethod
    def _of_the_same(cls) -> Iterable[str]:
        for field in cls._meta.local_fields:
            other = field.related_model
            if isinstance(other, type) and issubclass(other, TenantRow) and other.OWNER == TenantRow.OWNER:
                yield (
                    f'({{row}}"{field.column}" IS NULL OR EXISTS (SELECT 1 FROM "{other._meta.db_table}" t'
                    f' WHERE t."{other._meta.pk.column}" = {{row}}"{field.column}"'
                    f' AND t."{other.OWNER}" {{same}} {{row}}"{cls.OWNER}"))'
                )

    @classmethod
    def from_db(cls, db: Any, field_names: Any, values: Any) -> Any:
        """Make the row, and remember whose it is in the database."""
        row = super().from_db(db, field_names, values)
        row._owner_kept = row.__dict__.get(cls.OWNER)
        return row

    @classmethod
    def require_values(cls, values: dict[str, Any]) -> None:
        """Refuse a new owner, for all but the platform."""
        scope = current()
        if scope.role != SYSTEM and values.keys() & {cls.OWNER, cls.OWNER.removesuffix("_id")}:
            raise PermissionDenied

    def require_writable(self) -> None:
        """Refuse another enterprise's row, and one that was another's when it was read."""
        scope = current()
        if scope.role == SYSTEM:
            return
        told = getattr(self, self.OWNER)
        kept = getattr(self, "_owner_kept", None) or told
        if scope.role not in self.WRITERS or not told == kept == scope.enterprise:
            raise PermissionDenied


class PartnerRow(TenantRow):
    """A row between an enterprise and one of its partners, whose programs read it and may write some.

    Its programs do so as long as the partner is approved: what was begun before ends with its removal.
    """

    PARTNER_WRITES: ClassVar[bool] = False

    partner = models.ForeignKey("park.Partner", on_delete=models.CASCADE, related_name="+")

    class Meta(TenantRow.Meta):
        abstract = True

    @classmethod
    def readable(cls, scope: Scope) -> Q:
        """Return to a partner what is between it and the enterprise."""
        return super().readable(scope) if scope.partner is None else cls._of_partner(scope)

    @classmethod
    def read_rule(cls) -> str:
        """Return `readable` in SQL."""
        return f"{super().read_rule()} OR ({cls._of_partner_in_sql()})"

    @classmethod
    def writable(cls, scope: Scope) -> Q | None:
        """Return to a partner what is between it and the enterprise, where it writes such rows."""
        if scope.partner is None or not cls.PARTNER_WRITES:
            return super().writable(scope)
        return cls._of_partner(scope)

    @classmethod
    def write_rule(cls) -> str:
        """Return `writable` in SQL."""
        if not cls.PARTNER_WRITES:
            return super().write_rule()
        return f"{super().write_rule()} OR ({' AND '.join([cls._of_partner_in_sql(), *cls._of_the_same()])})"

    @classmethod
    def _of_partner(cls, scope: Scope) -> Q:
        approved = cls._meta.get_field("partner").related_model._default_manager.filter(
            pk=scope.partner, state="approved"
        )
        return Q(Exists(approved), partner_id=scope.partner)

    @classmethod
    def _of_partner_in_sql(cls) -> str:
        return (
            f'{one_of({PARTNER})} AND {{row}}"partner_id" = {{partner}} AND EXISTS (SELECT 1 FROM'
            ' "park_partner" p WHERE p."id" = {partner} AND p."state" = \'approved\')'
        )

    @classmethod
    def require_values(cls, values: dict[str, Any]) -> None:
        """Refuse another enterprise or partner, for all but the platform."""
        super().require_values(values)
        if current().role != SYSTEM and values.keys() & {"partner", "partner_id"}:
            raise PermissionDenied

    def require_writable(self) -> None:
        """Refuse a partner another's row."""
        scope = current()
        if scope.partner is None:
            super().require_writable()
        elif not self.PARTNER_WRITES or self.partner_id != scope.partner:
            raise PermissionDenied


class PersonalRow(Scoped):
    """A row of one person, as a token; they read and write it, and the office does."""

    KEEPERS: ClassVar[frozenset[str]] = frozenset({str(Role.OFFICE), SYSTEM, DOOR})

    person = models.ForeignKey("park.Person", on_delete=models.CASCADE, related_name="+")

    class Meta(Scoped.Meta):
        abstract = True

    @classmethod
    def readable(cls, scope: Scope) -> Q:
        """Return all rows for those who keep them, one's own for everybody else who is signed in."""
        return cls.writable(scope) or (Q() if scope.role in cls.KEEPERS else NONE)

    @classmethod
    def read_rule(cls) -> str:
        """Return `readable` in SQL."""
        return cls.write_rule()

    @classmethod
    def writable(cls, scope: Scope) -> Q | None:
        """Return all rows for those who keep them, one's own for everybody else who is signed in."""
        if scope.role in cls.KEEPERS:
            return Q()
        return None if scope.person is None else Q(person_id=scope.person)

    @classmethod
    def write_rule(cls) -> str:
        """Return `writable` in SQL."""
        return f'{one_of(cls.KEEPERS)} OR {{row}}"person_id" = {{person}}'

    def require_writable(self) -> None:
        """Refuse another person's row."""
        scope = current()
        if scope.role not in self.KEEPERS and (scope.person is None or self.person_id != scope.person):
            raise PermissionDenied


class OfficeRow(Scoped):
    """A row of the park office: read by everybody who is signed in, written by the office."""

    FOR_PUBLIC: ClassVar[bool] = False
    READERS: ClassVar[frozenset[str]] = SEE_ALL | SPEAK_FOR_ONE
    KEEPERS: ClassVar[frozenset[str]] = frozenset({str(Role.OFFICE), SYSTEM})

    class Meta(Scoped.Meta):
        abstract = True

    @classmethod
    def readable(cls, scope: Scope) -> Q:
        """Return all rows, for the public only where they are meant for it."""
        return Q() if cls.FOR_PUBLIC or scope.role in cls.READERS else NONE

    @classmethod
    def read_rule(cls) -> str:
        """Return `readable` in SQL."""
        return one_of(cls.READERS | ({PUBLIC, DOOR} if cls.FOR_PUBLIC else set()))

    @classmethod
    def writable(cls, scope: Scope) -> Q | None:
        """Return all rows for the office and the platform."""
        return Q() if scope.role in cls.KEEPERS else None

    @classmethod
    def write_rule(cls) -> str:
        """Return `writable` in SQL."""
        return one_of(cls.KEEPERS)
