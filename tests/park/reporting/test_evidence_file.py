"""Files that back a report: what is kept, who reads it, when it goes."""

from __future__ import annotations

import io
import os
import shutil
import zipfile
from typing import Any

import pytest

from park.reporting.conftest import Cast
from park_set_up import ON_ONE
from separatrix_park.folder import ParkFolder

PDF = b"%PDF-1.7 a bill"


def packed(**parts: bytes) -> bytes:
    """Return a zip file of these parts."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name.replace("__", "/"), content)
    return stream.getvalue()


@pytest.mark.parametrize(
    ("name", "data", "kind"),
    [
        ("a.pdf", PDF, "application/pdf"),
        ("photo", b"\x89PNG\r\n\x1a\nrest", "image/png"),
        ("photo.exe", b"\xff\xd8\xffrest", "image/jpeg"),
        ("a.csv", "能源,数量\n煤,1\n".encode(), "text/csv"),
        ("a.txt", "账单".encode("gb18030"), "text/plain"),
        ("a.txt", "Zähler 7, über Öl".encode("cp1252"), "text/plain"),
        ("a.csv", "能源,数量\n".encode("utf-16"), "text/csv"),
        ("a.txt", "<p>".encode("utf-16"), None),
        ("bill.pdf", b"MZ\x90\0", None),
        ("page.html", b"<html>", None),
        ("page.txt", b"  <script>alert(1)</script>", None),
        ("drawing.svg", b"<svg/>", None),
        ("a.csv", b"a\0b", None),
        ("a.zip", b"PK\x03\x04 broken", None),
        ("", b"", None),
    ],
)
@ON_ONE
def test_a_file_is_what_its_content_shows(park: ParkFolder, name: str, data: bytes, kind: str | None) -> None:
    """Its name decides nothing but which text it is; what a browser could run is not kept."""
    from separatrix_park.reporting.evidence import media_type_of

    assert media_type_of(name, data) == kind


@ON_ONE
def test_a_workbook_with_a_program_in_it_is_not_kept(park: ParkFolder) -> None:
    """The same workbook without one is."""
    from separatrix_park.reporting.evidence import media_type_of

    book = {"xl/workbook.xml": b"<workbook/>"}
    assert str(media_type_of("a.xlsx", packed(**book))).endswith("sheet")
    text = {"mimetype": b"application/vnd.oasis.opendocument.text"}
    assert media_type_of("a.odt", packed(**text)) == text["mimetype"].decode()
    for part in ("xl/vbaProject.bin", "xl/macrosheets/sheet1.xml", "xl/activeX/activeX1.xml"):
        assert media_type_of("a.xlsx", packed(**book, **{part: b"x"})) is None
    for part in ("Basic/Standard/Module1.xml", "Scripts/python/a.py"):
        assert media_type_of("a.odt", packed(**text, **{part: b"x"})) is None
    assert media_type_of("a.zip", packed(**{"anything.exe": b"MZ"})) is None


def draft_of(cast: Cast) -> Any:
    """Return a draft of the first enterprise."""
    from separatrix_park.reporting.versions import save_draft

    with cast.as_(cast.enters):
        return save_draft(cast.enters, "energy", 2024, [], "")


def test_a_file_comes_back_as_a_download_to_those_who_may_read_the_report(cast: Cast) -> None:
    """The office and the auditor too; a neighbour finds nothing, and nobody gets it shown in the page."""
    draft = draft_of(cast)
    client = cast.browser(cast.enters)
    sent = io.BytesIO(PDF)
    sent.name = '../../账单 ".pdf'
    assert client.post(f"/reports/{draft.pk}/evidence/", {"file": sent}).status_code == 302
    from separatrix_park.models import Evidence

    with cast.as_(cast.enters):
        (kept,) = Evidence.objects.all()
    address = f"/evidence/{kept.pk}/"
    for person in (cast.enters, cast.approves, cast.office, cast.auditor):
        answer = cast.browser(person).get(address)
        assert b"".join(answer.streaming_content) == PDF
        assert answer["Content-Disposition"].startswith("attachment")
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert "sandbox" in answer["Content-Security-Policy"]
    neighbour = cast.browser(cast.neighbour)
    assert neighbour.get(address).status_code == 404
    assert neighbour.post(f"{address}remove/").status_code == 404
    assert neighbour.post(f"/reports/{draft.pk}/evidence/", {"file": io.BytesIO(PDF)}).status_code == 404
    assert cast.browser(cast.auditor).post(f"/reports/{draft.pk}/evidence/").status_code == 403


def test_a_file_goes_with_the_last_report_that_it_backs(cast: Cast) -> None:
    """Two enterprises hand in the same bill: taking one away leaves the other's."""
    from separatrix_park.models import Evidence, Report
    from separatrix_park.reporting.evidence import add_evidence, evidence_path, remove_evidence
    from separatrix_park.reporting.versions import save_draft

    kept = []
    for person in (cast.enters, cast.neighbour):
        with cast.as_(person):
            draft = save_draft(person, "energy", 2024, [], "")
            kept.append(add_evidence(cast.park, person, draft, "bill.pdf", PDF))
    path = evidence_path(cast.park, kept[0].sha256)
    for person, evidence, there in ((cast.enters, kept[0], True), (cast.neighbour, kept[1], False)):
        with cast.as_(person):
            remove_evidence(cast.park, person, Evidence.objects.get(pk=evidence.pk))
        assert path.exists() is there
    with cast.as_(cast.enters):
        assert Report.objects.count() == 1


@pytest.mark.skipif(os.name == "nt", reason="files have no such modes there")
def test_other_accounts_of_the_machine_read_no_evidence(cast: Cast) -> None:
    """Whatever the modes of new files are: the folder and the file are for their owner alone."""
    from separatrix_park.reporting.evidence import add_evidence, evidence_path

    draft = draft_of(cast)
    shutil.rmtree(evidence_path(cast.park, "").parent / "evidence", ignore_errors=True)
    with cast.as_(cast.enters):
        kept = add_evidence(cast.park, cast.enters, draft, "bill.pdf", PDF)
    path = evidence_path(cast.park, kept.sha256)
    assert (path.parent.stat().st_mode | path.stat().st_mode) & 0o077 == 0


@pytest.mark.parametrize(
    ("name", "data"), [("a.pdf", b""), ("a.exe", b"MZ"), ("a.pdf", PDF + b" " * 20_000_000)]
)
def test_what_is_not_kept_is_told_and_leaves_nothing(cast: Cast, name: str, data: bytes) -> None:
    """Neither a row nor a file is there after a refusal."""
    from separatrix.errors import InputError
    from separatrix_park.models import Evidence
    from separatrix_park.reporting.evidence import add_evidence

    draft = draft_of(cast)
    with cast.as_(cast.enters):
        with pytest.raises(InputError, match="W250"):
            add_evidence(cast.park, cast.enters, draft, name, data)
        assert not Evidence.objects.exists()


def test_what_was_submitted_keeps_its_files(cast: Cast) -> None:
    """Files are added to and taken from drafts alone."""
    from separatrix_park.models import Evidence
    from separatrix_park.reporting.evidence import add_evidence
    from separatrix_park.reporting.versions import save_draft, submit_report

    draft = draft_of(cast)
    with cast.as_(cast.enters):
        kept = add_evidence(cast.park, cast.enters, draft, "bill.pdf", PDF)
        again = save_draft(cast.enters, "energy", 2024, [], draft.stamp, nothing=True)
        submit_report(cast.enters, again.pk, again.stamp, [])
    client = cast.browser(cast.enters)
    assert client.post(f"/evidence/{kept.pk}/remove/").status_code == 404
    assert client.post(f"/reports/{draft.pk}/evidence/", {"file": io.BytesIO(PDF)}).status_code == 404
    with cast.as_(cast.enters):
        assert Evidence.objects.count() == 1


def test_what_is_corrected_keeps_its_files_and_what_is_discarded_loses_them(cast: Cast) -> None:
    """The next version begins with the files of the one before; throwing it away leaves that one's."""
    from separatrix_park.models import Evidence
    from separatrix_park.reporting.evidence import add_evidence, evidence_path
    from separatrix_park.reporting.versions import discard_draft, judge_report, save_draft, submit_report

    draft = draft_of(cast)
    with cast.as_(cast.enters):
        bill = add_evidence(cast.park, cast.enters, draft, "bill.pdf", PDF)
        again = save_draft(cast.enters, "energy", 2024, [], draft.stamp, nothing=True)
        sent = submit_report(cast.enters, again.pk, again.stamp, [])
    with cast.as_(cast.approves):
        back = judge_report(cast.approves, sent.pk, sent.stamp, approve=False, reason="illegible")
    with cast.as_(cast.enters):
        new = save_draft(cast.enters, "energy", 2024, [], back.stamp)
        assert [e.name for e in Evidence.objects.filter(report=new)] == ["bill.pdf"]
        scan = add_evidence(cast.park, cast.enters, new, "scan.pdf", PDF + b" again")
        discard_draft(cast.park, cast.enters, new.pk, new.stamp)
        assert [e.name for e in Evidence.objects.all()] == ["bill.pdf"]
    assert evidence_path(cast.park, bill.sha256).exists()
    assert not evidence_path(cast.park, scan.sha256).exists()
