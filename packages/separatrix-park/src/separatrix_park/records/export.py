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
"""

from __future__ import annotations

import hashlib
import json
import tempfile
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, BinaryIO

from django.db import transaction
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from separatrix.run.csv_output import csv_text
from separatrix.run.files import replacing, unwritable
from separatrix.studio.upload import plain_name
from separatrix_park.answers.approved_data import approved, cluster_files
from separatrix_park.folder import ParkFolder
from separatrix_park.models import (
    Enterprise,
    Evidence,
    FootprintChoice,
    FootprintRequest,
    LogEntry,
    Partner,
    Person,
    PublishedFootprint,
    ReceivedFootprint,
    ReleasedValue,
    Report,
    Sharing,
    SupplyLink,
)
from separatrix_park.records.archive import EVIDENCE

__all__ = ["export", "name_of_export", "opened_export"]

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
