"""Two people at one report in the same moment, each with a connection of their own."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier, Event
from typing import Any

import pytest

from serve.park.reporting.conftest import Cast

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
    from separatrix_park.reporting.report_versions import SavedMeanwhile, save_draft

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
    from separatrix_park.reporting.report_versions import judge_report, save_draft, submit_report
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
    from separatrix_park.reporting.evidence_file import add_evidence, evidence_path, remove_evidence
    from separatrix_park.reporting.report_versions import save_draft

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
