"""Deleting what an enterprise entered: value and salt are destroyed, and the log keeps its hashes.

Without its salt a hash reveals nothing about its value. All versions of a report are deleted, so that no
earlier version replaces the deleted one; the number of the row is kept. Results calculated from it are
deleted and recalculated. Publications stay, because others have seen them, and note that data behind them
have been deleted. Product footprints that no one outside has seen are deleted: results of other members
that used them, and proposals. Partners keep footprints published for them, and people withdraw these. Files
are deleted at the end of the transaction; earlier backups keep their content.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from uuid import UUID

from django.apps import apps
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from separatrix.errors import InputError
from separatrix.sentences import say
from separatrix_park.answers.accounts import forget
from separatrix_park.database import forget_what_was_overwritten
from separatrix_park.folder import ParkFolder
from separatrix_park.members import forget_sector
from separatrix_park.models import (
    Enterprise,
    Evidence,
    LogEntry,
    Person,
    ProductRollUp,
    PublishedFootprint,
    Report,
    RollUpInput,
    Sharing,
)
from separatrix_park.models.tenant import TenantRow
from separatrix_park.releases.ledger import destroy
from separatrix_park.reporting.evidence_file import drop_unused
from separatrix_park.scope import whole_park

__all__ = ["Deleted", "delete_enterprise", "delete_report"]

TOLD_OF = frozenset({"energy", "emissions", "accounts"})
"""Tables behind the values that are released about several enterprises together."""


@dataclass(frozen=True)
class Deleted:
    """The number of deleted items, and of publications based on some of them."""

    reports: int
    files: int
    publications: int


def delete_report(park: ParkFolder, enterprise: UUID, table: str, year: int, by: str, why: str) -> Deleted:
    """Delete all versions of a report of an enterprise.

    Parameters
    ----------
    park : ParkFolder
    enterprise : UUID
    table, year
        Which report.
    by : str
        Who the log says did it.
    why : str
        Stays with the numbers of the versions.

    Raises
    ------
    InputError
        W264 where there is nothing to delete, or no reason.
    """
    with whole_park("one enterprise's report is deleted"), transaction.atomic():
        versions = list(
            Report.objects.select_for_update()
            .filter(enterprise_id=enterprise, table=table, year=year)
            .exclude(state=Report.State.DELETED)
            .order_by("version")
        )
        if not versions:
            raise InputError("W264", say("report to delete not found"))
        if not why.strip():
            raise InputError("W264", say("a deletion says why"))
        digests = [report.digest() for report in versions]
        files = _delete_files(park, Evidence.objects.filter(report__in=versions))
        for report in versions:
            forget_sector(report)
            report.state, report.why, report.edited = Report.State.DELETED, why.strip(), timezone.now()
            report.rows, report.reasons, report.salt, report.judgement = [], {}, b"", ""
            report.revision += 1  # whoever has it open is told, and does not bring it back unawares
            report.save()
        _delete_derived(enterprise)
        publications = _mark_publications(enterprise, year) if table in TOLD_OF else 0
        _tell_log(by, "deleted", digests, enterprise)
        transaction.on_commit(forget_what_was_overwritten)
    return Deleted(len(versions), files, publications)


def delete_enterprise(park: ParkFolder, enterprise: UUID, by: str) -> Deleted:
    """Delete an enterprise, everything it entered, and the accounts of its people.

    Raises
    ------
    InputError
        W264 where there is none.
    """
    with whole_park("an enterprise is deleted with everything it entered"), transaction.atomic():
        if not Enterprise.objects.select_for_update().filter(pk=enterprise).exists():
            raise InputError("W264", say("enterprise to delete not found"))
        reports = Report.objects.filter(enterprise_id=enterprise)
        digests = [r.digest() for r in reports.exclude(state=Report.State.DELETED).iterator()]
        files = _delete_files(park, Evidence.objects.filter(enterprise_id=enterprise))
        _delete_derived(enterprise)
        publications = _mark_publications(enterprise, None)
        Sharing.objects.filter(Q(enterprise_id=enterprise) | Q(recipient_id=enterprise)).delete()
        for model in _tenant_models():
            if model is not Enterprise:
                model.objects.filter(enterprise_id=enterprise).delete()
        Person.objects.filter(enterprise_id=enterprise).delete()
        Enterprise.objects.filter(pk=enterprise).delete()
        _tell_log(by, "deleted", digests, enterprise)
        _tell_log(by, "enterprise deleted", [sha256(str(enterprise).encode()).hexdigest()], enterprise)
        transaction.on_commit(forget_what_was_overwritten)
    return Deleted(len(digests), files, publications)


def _tenant_models() -> Iterable[type[TenantRow]]:
    return [model for model in apps.get_models() if issubclass(model, TenantRow)]


def _delete_files(park: ParkFolder, evidence: Iterable[Evidence]) -> int:
    found = list(evidence)
    for one in found:
        digest = one.sha256
        one.delete()
        transaction.on_commit(lambda digest=digest: drop_unused(park, digest))
    return len(found)


def _delete_derived(enterprise: UUID) -> None:
    """Delete the results calculated for the enterprise, and the park's and other members' results based on
    it."""
    LogEntry.hold()  # else what is told at this moment would rest on it afterwards
    forget(enterprise)
    roll_ups = _roll_ups_on(enterprise)
    rests_on_it = Q(enterprise_id=enterprise, roll_up__isnull=False) | Q(roll_up__in=roll_ups)
    PublishedFootprint.objects.filter(rests_on_it, state="draft").delete()
    roll_ups.delete()
    for model in _tenant_models():
        if model.DERIVED:
            model.objects.filter(Q(enterprise_id=enterprise) | Q(enterprise__isnull=True)).delete()


def _roll_ups_on(enterprise: UUID) -> QuerySet[ProductRollUp]:
    """Return the roll-ups of other members into which the enterprise's footprints went, whatever the way."""
    inputs = RollUpInput.objects.filter(partner=None)
    keys, found = {Enterprise.objects.get(pk=enterprise).key}, set[int]()
    seen = set(keys)
    while keys:
        users = inputs.filter(supplier__in=keys).values_list("roll_up_id", "enterprise__key").distinct()
        rows = list(users)
        found |= {roll_up for roll_up, _ in rows}
        keys = {key for _, key in rows} - seen
        seen |= keys
    return ProductRollUp.objects.filter(pk__in=found)


def _mark_publications(enterprise: UUID, year: int | None) -> int:
    """Destroy its values in released figures; record on publications that data of one more enterprise are
    gone."""
    publications = destroy(enterprise, year)
    for publication in publications:
        publication.deleted += 1
        publication.deleted_at = timezone.now()
        publication.save(update_fields=["deleted", "deleted_at"])
    return len(publications)


def _tell_log(by: str, action: str, subjects: Sequence[str], enterprise: UUID) -> None:
    for subject in subjects:
        LogEntry.append(by, action, subject, about=enterprise)
