"""Two people at one report in the same moment, each with a connection of their own."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier, Event
from typing import Any

import pytest

from park.reporting.conftest import Cast

ROWS = [{"carrier": "diesel", "amount": "1", "unit": "t"}]


def at_once(cast: Cast, *steps: tuple[Any, Callable[[], Any]]) -> list[Any]:
    """Return what each of some people gets who do something in the same moment: an answer, or an error."""
    from django.db import connections

    together = Barrier(len(steps))

    def one(person: Any, step: Callable[[], Any]) -> Any:
        try:
            together.wait(10)
            with cast.as_(person):
                return step()
        except Exception as problem:
            return problem
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(steps)) as pool:
        done = [pool.submit(one, person, step) for person, step in steps]
        return [future.result(30) for future in done]


def test_of_two_who_begin_a_report_one_is_told_of_the_other(cast: Cast) -> None:
    """There is one first version, and the second person has what the first one kept."""
    from separatrix_park.models import Report
    from separatrix_park.reporting.versions import SavedMeanwhile, save_draft

    people = (cast.enters, cast.approves)
    found = at_once(cast, *((p, lambda p=p: save_draft(p, "energy", 2024, ROWS, "")) for p in people))
    (kept,) = [f for f in found if isinstance(f, Report)]
    (told,) = [f for f in found if isinstance(f, SavedMeanwhile)]
    assert told.now is not None and told.now.pk == kept.pk
    with cast.as_(cast.enters):
        assert Report.objects.count() == 1


def test_of_two_who_judge_a_report_one_is_too_late(cast: Cast) -> None:
    """Approved and returned at once, it is one of the two, and the log says which."""
    from separatrix.errors import InputError
    from separatrix_park.models import LogEntry, Person, Report
    from separatrix_park.reporting.versions import judge_report, save_draft, submit_report
    from separatrix_park.scope import whole_park

    with whole_park("the tests look on"):
        third = Person.objects.create_user("third@e01.example", "approval", cast.enters.enterprise_id)
    with cast.as_(cast.enters):
        draft = save_draft(cast.enters, "energy", 2024, ROWS, "")
        sent = submit_report(cast.enters, draft.pk, draft.stamp, [])

    def judged(person: Any, approve: bool) -> Any:
        return judge_report(person, sent.pk, sent.stamp, approve=approve, reason="so")

    found = at_once(
        cast, (cast.approves, lambda: judged(cast.approves, True)), (third, lambda: judged(third, False))
    )
    (done,) = [f for f in found if isinstance(f, Report)]
    (late,) = [f for f in found if isinstance(f, InputError)]
    assert late.code in ("W246", "W247")
    with whole_park("the test looks at what was kept"):
        assert Report.objects.get(pk=sent.pk).state == done.state
        assert LogEntry.objects.order_by("-number")[0].action == done.state


def test_a_file_is_kept_while_another_enterprise_removes_the_same_content(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who adds it comes between the look whether anybody still has it and the deletion, and loses nothing."""
    from separatrix_park.reporting.evidence import add_evidence, evidence_path, remove_evidence
    from separatrix_park.reporting.versions import save_draft

    bill = b"%PDF-1.7\na bill of both\n%%EOF\n"
    with cast.as_(cast.neighbour):
        theirs = save_draft(cast.neighbour, "energy", 2024, ROWS, "")
        file = add_evidence(cast.park, cast.neighbour, theirs, "bill.pdf", bill)
    with cast.as_(cast.enters):
        own = save_draft(cast.enters, "energy", 2024, ROWS, "")
    path, deleting, added = evidence_path(cast.park, file.sha256), Event(), Event()
    unlink = Path.unlink

    def unlink_late(self: Path, missing_ok: bool = False) -> None:
        if self == path:
            deleting.set()
            added.wait(1)  # as long as somebody who is not kept out needs
        unlink(self, missing_ok=missing_ok)

    monkeypatch.setattr(Path, "unlink", unlink_late)

    def add() -> Any:
        made = add_evidence(cast.park, cast.enters, own, "bill.pdf", bill)
        added.set()
        return made

    def wait_and_add() -> Any:
        assert deleting.wait(10)
        return add()

    removed, made = at_once(
        cast,
        (cast.neighbour, lambda: remove_evidence(cast.park, cast.neighbour, file)),
        (cast.enters, wait_and_add),
    )
    assert removed is None and made.sha256 == file.sha256, (removed, made)
    assert path.read_bytes() == bill


def drafted(cast: Cast) -> tuple[Any, Any]:
    """Return a draft and a file that backs it."""
    from separatrix_park.reporting.evidence import add_evidence
    from separatrix_park.reporting.versions import save_draft

    with cast.as_(cast.enters):
        draft = save_draft(cast.enters, "energy", 2024, ROWS, "")
        return draft, add_evidence(cast.park, cast.enters, draft, "bill.pdf", b"%PDF-1.7\nbill\n%%EOF\n")


def test_what_was_submitted_a_moment_ago_keeps_its_files(cast: Cast) -> None:
    """Who looked at the draft before can neither take a file away from it nor add one."""
    from separatrix.errors import InputError
    from separatrix_park.models import Evidence
    from separatrix_park.reporting.evidence import add_evidence, remove_evidence
    from separatrix_park.reporting.versions import submit_report

    draft, file = drafted(cast)
    with cast.as_(cast.enters):
        submit_report(cast.enters, draft.pk, draft.stamp, [])
        with pytest.raises(InputError, match="W247"):
            remove_evidence(cast.park, cast.enters, file)
        with pytest.raises(InputError, match="W247"):
            add_evidence(cast.park, cast.enters, draft, "more.pdf", b"%PDF-1.7\nmore\n%%EOF\n")
        assert list(Evidence.objects.values_list("name", flat=True)) == ["bill.pdf"]


def test_of_two_who_take_the_same_away_the_later_is_told_that_it_is_gone(cast: Cast) -> None:
    """A file, a draft: gone once, with one entry in the log, and without an internal error."""
    from django.http import Http404

    from separatrix_park.models import LogEntry
    from separatrix_park.reporting.evidence import remove_evidence
    from separatrix_park.reporting.versions import discard_draft
    from separatrix_park.scope import whole_park

    draft, file = drafted(cast)
    for person in (cast.enters, cast.approves):
        with cast.as_(person):
            if person is cast.approves:
                with pytest.raises(Http404):
                    remove_evidence(cast.park, person, file)
            else:
                remove_evidence(cast.park, person, file)
    people = (cast.enters, cast.approves)
    steps = ((p, lambda p=p: discard_draft(cast.park, p, draft.pk, draft.stamp)) for p in people)
    assert sorted(type(problem).__name__ for problem in at_once(cast, *steps)) == ["Http404", "NoneType"]
    with whole_park("the test reads the log"):
        actions = list(LogEntry.objects.values_list("action", flat=True))
    assert actions.count("evidence removed") == actions.count("discarded") == 1


def test_two_of_the_office_who_send_the_same_table_make_one_version(cast: Cast) -> None:
    """And whoever sends it again makes none either; with another row it is the next one."""
    from separatrix_park.models import OfficeTable
    from separatrix_park.reporting.office_table import keep_office_table, office_tables, read_office_table

    def kept(factor: str) -> Any:
        text = f"carrier,kind,factor,unit\nraw_coal,combustion,{factor},tCO2/t\n"
        table = office_tables()["factors"]
        sheet = read_office_table(cast.park, cast.office, table, "f.csv", text.encode())
        return keep_office_table(cast.office, table, sheet).version

    assert at_once(cast, *[(cast.office, lambda: kept("1.9"))] * 2) == [1, 1]
    with cast.as_(cast.office):
        assert (kept("1.9"), kept("2.0"), kept("1.9")) == (1, 2, 3)
        assert OfficeTable.objects.count() == 3


def test_who_has_a_deleted_report_open_does_not_bring_it_back_unawares(cast: Cast) -> None:
    """Saving it is refused as after any other change, on the page too; a second look makes it a new one."""
    from separatrix_park.records.export import delete_report
    from separatrix_park.reporting.versions import SavedMeanwhile, save_draft

    draft, _ = drafted(cast)
    with cast.as_(cast.office):
        delete_report(cast.park, draft.enterprise_id, "energy", 2024, "office", "asked for it")
    with cast.as_(cast.enters), pytest.raises(SavedMeanwhile) as problem:
        save_draft(cast.enters, "energy", 2024, ROWS, draft.stamp)
    sent = {"layout": "grid", "carrier": ["diesel"], "unit": ["t"], "m0": ["1"], "action": "save"}
    browser = cast.browser(cast.enters)
    assert browser.post("/reports/energy/2024/", {**sent, "stamp": draft.stamp}).status_code == 409
    with cast.as_(cast.enters):
        assert problem.value.now is not None
        assert save_draft(cast.enters, "energy", 2024, ROWS, problem.value.now.stamp).version == 2
