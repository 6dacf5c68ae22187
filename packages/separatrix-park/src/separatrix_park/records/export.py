"""Everything that an enterprise entered, as one zip file that programs and people can read elsewhere.

README.txt      the contents
cluster/        the approved data, as `separatrix cluster check` reads them
reports/        each version of each report: as CSV, and as JSON with the salt, which gives its hash
history.csv     who entered, submitted and reviewed each version, when and why
evidence/       the evidence files of reports
log.csv         the log entries about this enterprise
people.csv, shared.csv, published.csv    its people, the data it shares, its values in publications
partners.csv, footprints.csv, received.csv, requests.csv, supplies.csv    its partners without secrets, and
                the footprints sent and received, whose PACT records are in footprints/
choices.csv     the footprint calculation settings, and the footprints that the park may use
checksums.txt   the SHA-256 of each file

Deleting what an enterprise entered: value and salt are destroyed, and the log keeps its hashes.

Without its salt a hash reveals nothing about its value. All versions of a report are deleted, so that no
earlier version replaces the deleted one; the number of the row is kept. Results calculated from it are
deleted and recalculated. Publications stay, because others have seen them, and note that data behind them
have been deleted. Product footprints that no one outside has seen are deleted: results of other members
that used them, and proposals. Partners keep footprints published for them, and people withdraw these. Files
are deleted at the end of the transaction; earlier backups keep their content.
"""

from __future__ import annotations

import hashlib
import json
import tempfile
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any, BinaryIO
from uuid import UUID

from django.apps import apps
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from separatrix.errors import InputError
from separatrix.run.csv_output import csv_text
from separatrix.run.files import replacing, unwritable
from separatrix.sentences import say
from separatrix.studio.upload import plain_name
from separatrix_park.answers.approved_data import approved, cluster_files
from separatrix_park.answers.enterprise_accounts import forget
from separatrix_park.database import forget_what_was_overwritten
from separatrix_park.folder import ParkFolder
from separatrix_park.members import forget_sector
from separatrix_park.models.footprints import (
    FootprintChoice,
    FootprintRequest,
    Partner,
    ProductRollUp,
    PublishedFootprint,
    ReceivedFootprint,
    RollUpInput,
    SupplyLink,
)
from separatrix_park.models.people import Enterprise, Person
from separatrix_park.models.records import LogEntry, ReleasedValue
from separatrix_park.models.reports import Evidence, Report, Sharing
from separatrix_park.models.tenant import TenantRow
from separatrix_park.records.archive import EVIDENCE
from separatrix_park.releases.ledger import destroy
from separatrix_park.reporting.evidence import drop_unused
from separatrix_park.scope import whole_park

__all__ = ["Deleted", "delete_enterprise", "delete_report", "export", "name_of_export", "opened_export"]

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


README = (
    _("Everything {name} entered on the platform of {park}."),
    _("cluster/: the approved data, as tables for spreadsheets and separatrix."),
    _(
        "reports/: every version of every report, as CSV and as JSON, from which its hash in the log "
        "can be calculated."
    ),
    _("history.csv: who entered, submitted and reviewed each version, when and why."),
    _("evidence/: the evidence files of reports."),
    _("log.csv: the log entries about this enterprise."),
    _(
        "people.csv, shared.csv, published.csv: its people, the data it shares, and the publications "
        "that include its data."
    ),
    _(
        "partners.csv, footprints.csv, received.csv: its partners, and the footprints it passed on "
        "and received."
    ),
    _("requests.csv, supplies.csv: requests for footprints, and the product used for each purchase."),
    _("choices.csv: the footprint calculation settings, and the footprints that the park may use."),
    _("footprints/: the footprint records in PACT format."),
    _("checksums.txt: the SHA-256 of each file."),
)
PROOF = "hash = SHA-256(salt + JSON([table, year, version, rows]))"


def name_of_export(enterprise: Enterprise) -> str:
    """Return what the file is called."""
    return f"{plain_name(enterprise.key, 'enterprise')}.zip"


def export(park: ParkFolder, enterprise: Enterprise, target: Path, by: str) -> None:
    """Write everything an enterprise entered into a zip file, and record it in the log.

    The scope in force decides what may be read: that of the enterprise itself, or one that reads all.

    Raises
    ------
    InputError
        U903 where it cannot be written, as on a full disk.
    """
    checksums: list[str] = []
    try:
        with replacing(target) as temporary:
            temporary.chmod(0o600)
            with zipfile.ZipFile(temporary, "w", zipfile.ZIP_DEFLATED) as archive:
                for name, content in _texts(park, enterprise):
                    archive.writestr(name, content)
                    checksums.append(f"{hashlib.sha256(content).hexdigest()}  {name}")
                for name, path in _files(park, enterprise):
                    archive.write(path, name)
                    checksums.append(f"{path.name}  {name}")
                archive.writestr("checksums.txt", "\n".join(checksums) + "\n")
    except OSError as problem:
        raise unwritable(target, problem) from None
    with transaction.atomic():
        subject = hashlib.sha256("\n".join(checksums).encode()).hexdigest()
        LogEntry.append(by, "exported", subject, about=enterprise.pk)


def opened_export(park: ParkFolder, enterprise: Enterprise, by: str) -> BinaryIO:
    """Return everything that an enterprise entered, as an open zip file; it is gone when it is closed.

    Raises
    ------
    InputError
        U903 where it cannot be written, as on a full disk.
    """
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / "export.zip"
        export(park, enterprise, target, by)
        # An open file stays readable when its name is gone: no copy is left behind, whatever happens.
        return target.open("rb")


def _texts(park: ParkFolder, enterprise: Enterprise) -> Iterator[tuple[str, bytes]]:
    told = []
    for language in ("en", "zh-hans"):
        with override(language):
            told.append("\n".join(str(line).format(name=enterprise.name, park=park.name) for line in README))
    yield "README.txt", "\n\n".join([*told, PROOF, ""]).encode()
    for name, content in cluster_files(approved(), {enterprise.pk}):
        yield f"cluster/{name}", content
    reports = list(Report.objects.filter(enterprise=enterprise).order_by("table", "year", "version"))
    for report in reports:
        place = f"reports/{_place(report)}"
        columns = list(dict.fromkeys(column for row in report.rows for column in row))
        yield f"{place}.csv", _table(columns, ([row.get(c, "") for c in columns] for row in report.rows))
        yield f"{place}.json", _proof(report)
    people = {p.pk: p.email for p in Person.objects.filter(enterprise=enterprise)}
    yield "history.csv", _history(reports, people)
    yield (
        "log.csv",
        _table(
            ["number", "time", "actor", "action", "subject", "before", "digest"],
            (
                [e.number, e.at.isoformat(), e.actor, e.action, e.subject, e.before, e.digest]
                for e in LogEntry.objects.filter(about=enterprise.pk).order_by("number").iterator()
            ),
        ),
    )
    yield (
        "people.csv",
        _table(
            ["number", "e-mail", "name", "role", "active"],
            (
                [p.pk, p.email, p.name, p.role, p.is_active]
                for p in Person.objects.filter(enterprise=enterprise)
            ),
        ),
    )
    yield (
        "shared.csv",
        _table(
            ["with", "table", "from year", "since"],
            (
                [s.called or s.recipient.key, s.table, s.since, s.made.isoformat()]
                for s in Sharing.objects.filter(enterprise=enterprise).select_related("recipient")
            ),
        ),
    )
    yield (
        "published.csv",
        _table(
            ["year", "quantity", "value", "told"],
            (
                [v.year, v.quantity, v.value, v.made.isoformat()]
                for v in ReleasedValue.objects.filter(enterprise=enterprise).order_by("pk")
            ),
        ),
    )
    yield from _exchanged(enterprise, people)


def _exchanged(enterprise: Enterprise, people: Mapping[int, str]) -> Iterator[tuple[str, bytes]]:
    """Yield what went to and came from partners, without the secrets by which programs sign in."""
    partners = list(Partner.objects.filter(enterprise=enterprise).order_by("proposed", "pk"))
    names = {partner.pk: partner.name for partner in partners}
    told: dict[str, Callable[[Any], Any]] = {
        "name": lambda p: p.name,
        "companies": lambda p: _words(p.company_ids),
        "state": lambda p: p.state,
        "client": lambda p: p.client_id,
        "address": lambda p: p.address,
        "token address": lambda p: p.token_address,
        "our client": lambda p: p.remote_client,
        "proposed by": lambda p: _person_name(p.proposer_id, people),
        "proposed": lambda p: _when(p.proposed),
        "judged by": lambda p: _person_name(p.judge_id, people),
        "judged": lambda p: _when(p.judged),
        "why": lambda p: p.why,
    }
    yield "partners.csv", _columns(told, partners)
    own = list(
        PublishedFootprint.objects.filter(enterprise=enterprise)
        .prefetch_related("grants", "deliveries")
        .order_by("made", "pk")
    )
    for footprint in own:
        yield f"footprints/{footprint.pk}.json", _json(footprint.record)
    told = {
        "record": lambda f: f"footprints/{f.pk}.json",
        "product id": lambda f: f.product_id,
        "product": lambda f: f.product,
        "state": lambda f: f.state,
        "replaces": lambda f: f.replaces,
        "for all partners": lambda f: f.for_all,
        "for partners": lambda f: _words(names.get(g.partner_id, "") for g in f.grants.all()),
        "fetched by": lambda f: _words(names.get(d.partner_id, "") for d in f.deliveries.all()),
        "proposed by": lambda f: _person_name(f.proposer_id, people),
        "proposed": lambda f: _when(f.made),
        "published by": lambda f: _person_name(f.publisher_id, people),
        "published": lambda f: _when(f.published),
        "why": lambda f: f.why,
    }
    yield "footprints.csv", _columns(told, own)
    received = list(ReceivedFootprint.objects.filter(enterprise=enterprise).order_by("received", "pk"))
    for footprint in received:  # two partners may send records of one id
        yield f"footprints/received/{footprint.pk}.json", _json(footprint.record)
    told = {
        "record": lambda f: f"footprints/received/{f.pk}.json",
        "partner": lambda f: names.get(f.partner_id, ""),
        "product ids": lambda f: _words(f.product_ids),
        "product": lambda f: f.product,
        "way": lambda f: f.way,
        "received": lambda f: _when(f.received),
        "deprecated": lambda f: _when(f.deprecated),
        "replaced by": lambda f: f.replaced_by,
    }
    yield "received.csv", _columns(told, received)
    told = {
        "partner": lambda r: names.get(r.partner_id, ""),
        "asked by us": lambda r: r.ours,
        "event": lambda r: r.event_id,
        "products": lambda r: _words(r.product_ids),
        "comment": lambda r: r.comment,
        "state": lambda r: r.state,
        "answer": lambda r: json.dumps(r.answer, ensure_ascii=False),
        "made": lambda r: _when(r.made),
        "answered": lambda r: _when(r.answered),
    }
    requests = FootprintRequest.objects.filter(enterprise=enterprise).order_by("made", "pk")
    yield "requests.csv", _columns(told, requests)
    told = {
        "input": lambda s: s.input,
        "supplier": lambda s: s.supplier,
        "of the partner": lambda s: names.get(s.partner_id, ""),
        "of a member": lambda s: s.member_id is not None,
        "product": lambda s: s.product_id,
    }
    supplies = SupplyLink.objects.filter(enterprise=enterprise).order_by("input", "supplier")
    yield "supplies.csv", _columns(told, supplies)
    told = {
        "allocation": lambda c: c.allocation,
        "all for the park": lambda c: c.for_park,
        "products for the park": lambda c: _words(c.products_for_park),
        "changed": lambda c: _when(c.changed),
    }
    yield "choices.csv", _columns(told, FootprintChoice.objects.filter(enterprise=enterprise))


def _words(many: Iterable[Any]) -> str:
    return ", ".join(map(str, many))


def _json(record: Any) -> bytes:
    return json.dumps(record, ensure_ascii=False, indent=1, sort_keys=True).encode()


def _files(park: ParkFolder, enterprise: Enterprise) -> Iterator[tuple[str, Path]]:
    taken: set[str] = set()
    found = Evidence.objects.filter(enterprise=enterprise).select_related("report").order_by("pk")
    for one in found:
        path = park.path / EVIDENCE / one.sha256
        if not path.exists():
            continue
        stem, dot, suffix = plain_name(one.name, "evidence").rpartition(".")
        base = f"evidence/{_place(one.report)}/{stem or suffix}"
        ending = f"{dot}{suffix}" if stem else ""
        name, count = f"{base}{ending}", 1
        while name in taken:
            count += 1
            name = f"{base}-{count}{ending}"
        taken.add(name)
        yield name, path


def _place(report: Report) -> str:
    year = f"-{report.year}" if report.year else ""
    return f"{report.table}{year}-v{report.version}"


def _proof(report: Report) -> bytes:
    told = {
        "table": report.table,
        "year": report.year,
        "version": report.version,
        "rows": report.rows,
        "salt": bytes(report.salt).hex(),
        "hash": report.digest() if report.salt else None,
    }
    return json.dumps(told, ensure_ascii=False, indent=1, sort_keys=True).encode()


def _history(reports: Sequence[Report], people: Mapping[int, str]) -> bytes:
    def person_name(number: int | None) -> str:
        return _person_name(number, people)

    columns: dict[str, Callable[[Report], Any]] = {
        "table": lambda r: r.table,
        "year": lambda r: r.year,
        "version": lambda r: r.version,
        "state": lambda r: r.state,
        "nothing to report": lambda r: r.nothing,
        "author": lambda r: person_name(r.author_id),
        "made": lambda r: _when(r.made),
        "submitter": lambda r: person_name(r.submitter_id),
        "submitted": lambda r: _when(r.submitted),
        "judge": lambda r: person_name(r.judge_id),
        "judged": lambda r: _when(r.judged),
        "judgement": lambda r: r.judgement,
        "why": lambda r: r.why,
        "reasons for doubts": lambda r: json.dumps(r.reasons, ensure_ascii=False) if r.reasons else "",
    }
    return _columns(columns, reports)


def _columns(columns: Mapping[str, Callable[[Any], Any]], rows: Iterable[Any]) -> bytes:
    return _table(list(columns), ([tell(row) for tell in columns.values()] for row in rows))


def _person_name(number: int | None, people: Mapping[int, str]) -> str:
    return people.get(number, f"number {number}") if number is not None else ""


def _when(time: Any) -> str:
    return time.isoformat() if time is not None else ""


def _table(header: Sequence[str], rows: Iterable[Sequence[Any]]) -> bytes:
    return csv_text(header, list(rows)).encode()
