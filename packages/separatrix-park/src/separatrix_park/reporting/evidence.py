"""Files that back a report: what they are shows in their content, and they lie in the park's folder by hash.

Files with the same content are stored once; no one learns whether a content was already stored.

What a file of evidence is, by its content: its name decides nothing but which text it is.

Files that a browser could execute are not accepted as evidence, and neither are documents with macros.

What an enterprise lets another one read: a table, from a year on, until it ends it.
"""

from __future__ import annotations

import contextlib
import hashlib
import io
import re
import secrets
import zipfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from uuid import UUID, uuid4

from django.db import connection, transaction
from django.db.models import QuerySet, Sum
from django.shortcuts import get_object_or_404

from separatrix.errors import InputError, Place
from separatrix.io.csv import decoded_text
from separatrix.run.files import write_file
from separatrix.sentences import say
from separatrix.studio.upload import plain_name
from separatrix_cluster.tables.members import plain_name_of
from separatrix_park.folder import ParkFolder
from separatrix_park.members import current_members
from separatrix_park.models.people import Enterprise, Person
from separatrix_park.models.records import LogEntry
from separatrix_park.models.reports import Evidence, Report, Sharing
from separatrix_park.reporting.tables import ReportedTable
from separatrix_park.scope import current, whole_park

__all__ = [
    "LARGEST_EVIDENCE",
    "add_evidence",
    "drop_unused",
    "end_sharing",
    "enterprise_names",
    "evidence_path",
    "hand_on_evidence",
    "media_type_of",
    "recipient_of",
    "remove_evidence",
    "share_table",
    "subject_of_sharing",
]

_MOST_PARTS = 5_000
_BEGINNINGS = (
    (b"%PDF-", "application/pdf"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
)
_OFFICE = "application/vnd.openxmlformats-officedocument."
_PACKED = (
    ("xl/workbook.xml", _OFFICE + "spreadsheetml.sheet"),
    ("word/document.xml", _OFFICE + "wordprocessingml.document"),
    ("OFD.xml", "application/ofd"),
)
_OPEN_DOCUMENTS = (
    b"application/vnd.oasis.opendocument.spreadsheet",
    b"application/vnd.oasis.opendocument.text",
)
_RUNS = re.compile(r"vbaproject\.bin$|(^|/)(macrosheets|activex)/|^(basic|scripts)/")
"""Parts by which a document brings a program along: of Office in both of its languages, and of ODF."""

_TEXTS = {".csv": "text/csv", ".txt": "text/plain"}


def media_type_of(name: str, data: bytes) -> str | None:
    """Return what a file is by its content; None for a kind that is not kept.

    Examples
    --------
    >>> (
    ...     media_type_of("bill.pdf", b"%PDF-1.7 ..."),
    ...     media_type_of("bill.pdf", b"MZ\\x90"),
    ...     media_type_of("a.txt", b"<svg"),
    ... )
    ('application/pdf', None, None)
    """
    for beginning, kind in _BEGINNINGS:
        if data.startswith(beginning):
            return kind
    if data[:4] == b"PK\x03\x04":
        return _packed_type(data)
    suffix = Path(name).suffix.lower()
    return _TEXTS[suffix] if suffix in _TEXTS and _is_text(data) else None


def _packed_type(data: bytes) -> str | None:
    end = data.rfind(b"PK\x05\x06")
    if end < 0 or int.from_bytes(data[end + 10 : end + 12], "little") > _MOST_PARTS:
        return None
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            parts = set(archive.namelist())
            if any(_RUNS.search(part.lower()) for part in parts):
                return None
            if "mimetype" in parts and archive.getinfo("mimetype").file_size < 100:
                kind = archive.read("mimetype")
                return kind.decode() if kind in _OPEN_DOCUMENTS else None
    except Exception:  # BadZipFile, ValueError, struct.error … have no common base
        return None
    return next((kind for part, kind in _PACKED if part in parts), None)


def _is_text(data: bytes) -> bool:
    found = decoded_text(data)
    return found is not None and "\0" not in found[0] and not found[0].lstrip("\ufeff \t\r\n").startswith("<")


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


def share_table(person: Person, recipient: str, table: ReportedTable, since: int) -> Sharing:
    """Let another enterprise read the approved reports of a table, from a year on.

    Parameters
    ----------
    person : Person
        Approver of the enterprise that shares.
    recipient : str
        The id or name of the other enterprise. For an unknown name the response is the same, so that it does
        not reveal the park's members or their names.
    table : ReportedTable
    since : int

    Raises
    ------
    InputError
        W252 where no recipient is given, or it is one's own enterprise.
    """
    other, called = _enterprise_id(recipient), " ".join(recipient.split())
    if not called:
        raise InputError(
            "W252", say("no recipient is given"), hint=say("give the id or the name of another enterprise")
        )
    if other == person.enterprise_id:
        raise InputError("W252", say("`{name}` is your own enterprise", name=recipient))
    with transaction.atomic():
        made: Sharing
        made, _ = Sharing.objects.update_or_create(
            enterprise_id=person.enterprise_id,
            called=called,
            table=table.name,
            defaults={"since": since, "recipient_id": other},
        )
        LogEntry.append(str(person.pk), "shared", subject_of_sharing(made))
    return made


def end_sharing(person: Person, sharing: Sharing) -> None:
    """Stop sharing; nothing happens if another person has already stopped it."""
    with transaction.atomic():
        if not Sharing.objects.select_for_update().filter(pk=sharing.pk):
            return
        LogEntry.append(str(person.pk), "sharing ended", subject_of_sharing(sharing))
        sharing.delete()


def recipient_of(sharing: Sharing, names: Mapping[UUID, str]) -> str:
    """Return the name of the recipient: the text typed for the sharing enterprise, the real name for
    others."""
    scope = current()
    # What was shared before names were kept as they were typed has none.
    typed = bool(sharing.called) and scope.enterprise == sharing.enterprise_id
    return sharing.called if typed else names.get(sharing.recipient_id, sharing.called)


def enterprise_names(sharings: Iterable[Sharing]) -> dict[UUID, str]:
    """Return what the two sides of each sharing are called, of those that there are."""
    wanted = {pk for sharing in sharings for pk in (sharing.enterprise_id, sharing.recipient_id) if pk}
    if not wanted:
        return {}
    with whole_park("what the two sides of a sharing are called; nothing else of them is read"):
        known = Enterprise.objects.filter(pk__in=wanted).values_list("pk", "name")
        return {pk: str(name) for pk, name in known}


def _enterprise_id(text: str) -> UUID | None:
    """Return the enterprise of an id or a full name."""
    plain = plain_name_of(text)
    with whole_park("which enterprise is called so, for another one to share with it"):
        known = current_members().values_list("pk", "key", "name")
        found = [pk for pk, key, name in known if plain in (plain_name_of(key), plain_name_of(name))]
    return found[0] if len(found) == 1 else None


def subject_of_sharing(sharing: Sharing) -> str:
    """Return the subject of a sharing in the log."""
    # Without a recipient, a random id: a hash that the enterprise can compute would reveal this.
    other = sharing.recipient_id or uuid4()
    told = f"{sharing.enterprise_id}\n{other}\n{sharing.table}\n{sharing.since}"
    return hashlib.sha256(told.encode()).hexdigest()
