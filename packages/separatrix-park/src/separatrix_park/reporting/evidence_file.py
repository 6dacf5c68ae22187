"""Files that back a report: what they are shows in their content, and they lie in the park's folder by hash.

Files with the same content are stored once; no one learns whether a content was already stored.
"""

from __future__ import annotations

import contextlib
import hashlib
import secrets
from pathlib import Path
from uuid import UUID

from django.db import connection, transaction
from django.db.models import QuerySet, Sum
from django.shortcuts import get_object_or_404

from separatrix.errors import InputError, Place
from separatrix.run.files import write_file
from separatrix.sentences import say
from separatrix.studio.upload import plain_name
from separatrix_park.folder import ParkFolder
from separatrix_park.models.log import LogEntry
from separatrix_park.models.people import Person
from separatrix_park.models.reports import Evidence, Report
from separatrix_park.reporting.media_type import media_type_of
from separatrix_park.scope import whole_park

__all__ = [
    "LARGEST_EVIDENCE",
    "add_evidence",
    "drop_unused",
    "evidence_path",
    "hand_on_evidence",
    "remove_evidence",
]

LARGEST_EVIDENCE = 20_000_000
"""Bytes of one file."""
_MOST_EVIDENCE = 2_000_000_000
"""Bytes of all files of one enterprise."""
_FOLDER = "evidence"
FILE_LOCK = 0x6669_6C65  # any number of our own: it names the locks of contents


def add_evidence(park: ParkFolder, person: Person, report: Report, name: str, data: bytes) -> Evidence:
    """Keep a file that backs a report of one's own enterprise.

    Raises
    ------
    InputError
        W250 for a file that is empty, too large, or of a kind that is not kept; W247 where the report is no
        draft any more; U903 where the disk refuses.
    """
    shown = plain_name(name, "evidence")
    kind = _judged(shown, data, report.enterprise_id)
    digest = hashlib.sha256(data).hexdigest()
    path = evidence_path(park, digest)

    with transaction.atomic():
        _hold_draft(report.pk)
        _hold(digest)
        if not path.exists():
            with contextlib.suppress(OSError):  # it is there, or the writing tells why it cannot be
                path.parent.mkdir(mode=0o700)  # other accounts of the machine read none of it
            write_file(path, data, make_folder=True, private=True)
        made: Evidence = Evidence.objects.create(
            enterprise_id=report.enterprise_id,
            report=report,
            name=shown,
            media_type=kind,
            size=len(data),
            sha256=digest,
            salt=secrets.token_bytes(32),
            author=person,
        )
        LogEntry.append(str(person.pk), "evidence added", _subject(made))
    return made


def _judged(name: str, data: bytes, enterprise: UUID) -> str:
    place = Place(name)
    if not data:
        raise InputError("W250", say("`{name}` is empty", name=name), where=place)
    if len(data) > LARGEST_EVIDENCE:
        most = f"{LARGEST_EVIDENCE // 1_000_000}"
        raise InputError("W250", say("`{name}` is larger than {most} MB", name=name, most=most), where=place)
    own: QuerySet[Evidence] = Evidence.objects.filter(enterprise_id=enterprise)
    if (own.aggregate(all=Sum("size"))["all"] or 0) + len(data) > _MOST_EVIDENCE:
        most = f"{_MOST_EVIDENCE // 1_000_000}"
        what = say("the evidence of this enterprise would be more than {most} MB together", most=most)
        raise InputError("W250", what, where=place)
    kind = media_type_of(name, data)
    if kind is None:
        raise InputError(
            "W250",
            say("`{name}` is of a kind that is not kept", name=name),
            where=place,
            hint=say("PDF, pictures (PNG, JPEG), workbooks, documents, CSV and plain text are kept"),
        )
    return kind


def evidence_path(park: ParkFolder, digest: str) -> Path:
    """Return where a file of a content lies."""
    return park.path / _FOLDER / digest


def hand_on_evidence(before: Report, after: Report) -> None:
    """Copy the evidence files of a version to the next one, until someone removes them."""
    for digest in sorted(set(Evidence.objects.filter(report=before).values_list("sha256", flat=True))):
        _hold(digest)
    for kept in Evidence.objects.filter(report=before):  # those that are there now stay until this is through
        Evidence.objects.create(
            enterprise_id=kept.enterprise_id,
            report=after,
            name=kept.name,
            media_type=kept.media_type,
            size=kept.size,
            sha256=kept.sha256,
            salt=secrets.token_bytes(32),
            author_id=kept.author_id,
        )


def remove_evidence(park: ParkFolder, person: Person, evidence: Evidence) -> None:
    """Take a file away from a draft; its content goes with the last report that it backs.

    Raises
    ------
    InputError
        W247 if the report is not a draft any more.
    Http404
        If the file has just been removed.
    """
    digest = evidence.sha256
    with transaction.atomic():
        _hold_draft(evidence.report_id)
        evidence = get_object_or_404(Evidence, pk=evidence.pk)
        LogEntry.append(str(person.pk), "evidence removed", _subject(evidence))
        evidence.delete()
        transaction.on_commit(lambda: drop_unused(park, digest))


def _hold_draft(number: int) -> None:
    """Lock a draft against submission and changes until the transaction ends."""
    drafts = Report.objects.select_for_update().filter(pk=number, state=Report.State.DRAFT)
    if drafts.first() is None:
        raise InputError(
            "W247",
            say("files are added to and taken from drafts alone, and this report is none any more"),
            hint=say("load the page again; what was submitted keeps its files"),
        )


def drop_unused(park: ParkFolder, digest: str) -> None:
    """Delete the content of a file that backs no report any more."""
    why = "whether a file of this content still backs any report; only their number is read"
    with whole_park(why), transaction.atomic():
        _hold(digest)
        if not Evidence.objects.filter(sha256=digest).exists():
            evidence_path(park, digest).unlink(missing_ok=True)


def _hold(digest: str) -> None:
    """Lock a content against other counts, writes and deletions until the transaction ends.

    SQLite's transactions are IMMEDIATE and exclude each other by themselves.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [FILE_LOCK, int(digest[:7], 16)])


def _subject(evidence: Evidence) -> str:
    """Return the salted hash of a file for the log."""
    content = f"{evidence.name}\n{evidence.sha256}".encode()
    return hashlib.sha256(bytes(evidence.salt) + content).hexdigest()
