"""Drafts, submission, judgement and correction; and what two people do to one report."""

from __future__ import annotations

from typing import Any

import pytest

from park.reporting.conftest import Cast

COAL = [{"carrier": "raw_coal", "amount": "1,200.50", "unit": "t"}]


def save(cast: Cast, person: Any, rows: list[dict[str, str]], stamp: str = "", **more: Any) -> Any:
    """Save a draft of the energy of 2024."""
    from separatrix_park.reporting.versions import save_draft

    with cast.as_(person):
        return save_draft(person, "energy", 2024, rows, stamp, **more)


def approved(cast: Cast, rows: list[dict[str, str]]) -> Any:
    """Return a report that was entered, submitted and approved."""
    from separatrix_park.reporting.versions import judge_report, submit_report

    draft = save(cast, cast.enters, rows)
    with cast.as_(cast.enters):
        sent = submit_report(cast.enters, draft.pk, draft.stamp, [])
    with cast.as_(cast.approves):
        return judge_report(cast.approves, sent.pk, sent.stamp, approve=True)


def test_a_draft_is_saved_in_place_and_its_numbers_are_plain(cast: Cast) -> None:
    """Each save is another revision of the same version, with its entry in the log."""
    from separatrix_park.models import LogEntry
    from separatrix_park.scope import whole_park

    first = save(cast, cast.enters, COAL)
    second = save(
        cast,
        cast.approves,
        [*COAL, {"carrier": "热", "amount": "3", "unit": "GJ", "nonsense": "1"}],
        first.stamp,
    )
    assert (first.pk, first.stamp, second.stamp) == (second.pk, "1.1", "1.2")
    assert second.rows == [
        {"carrier": "raw_coal", "amount": "1200.5", "unit": "t"},
        {"carrier": "heat", "amount": "3", "unit": "GJ"},
    ]
    assert second.hands == sorted([cast.enters.pk, cast.approves.pk])
    with whole_park("the test reads the log"):
        assert [e.action for e in LogEntry.objects.order_by("number")] == ["saved", "saved"]


def test_who_saves_second_is_told_and_nothing_is_overwritten(cast: Cast) -> None:
    """The error carries what is kept; with its stamp the second one saves knowingly."""
    from separatrix_park.reporting.versions import SavedMeanwhile, newest_report

    first = save(cast, cast.enters, COAL)
    save(cast, cast.approves, [{"carrier": "diesel", "amount": "7", "unit": "t"}], first.stamp)
    for stamp in (first.stamp, "", "9.9"):
        with pytest.raises(SavedMeanwhile, match="W246") as raised:
            save(cast, cast.enters, COAL, stamp)
        assert raised.value.now is not None
        assert raised.value.now.rows[0]["carrier"] == "diesel"
    with cast.as_(cast.enters):
        kept = newest_report(cast.enters.enterprise_id, "energy", 2024)
    assert kept is not None and kept.rows[0]["carrier"] == "diesel"
    assert save(cast, cast.enters, COAL, kept.stamp).rows[0]["carrier"] == "raw_coal"


def test_nobody_judges_what_they_had_a_hand_in(cast: Cast) -> None:
    """Not who entered it, not who saved it once, not a neighbour, not the office; a second person does."""
    from django.http import Http404

    from separatrix.errors import InputError
    from separatrix_park.models import Person
    from separatrix_park.reporting.versions import judge_report, submit_report
    from separatrix_park.scope import whole_park

    draft = save(cast, cast.enters, COAL)
    draft = save(cast, cast.approves, COAL, draft.stamp)
    with cast.as_(cast.enters):
        sent = submit_report(cast.enters, draft.pk, draft.stamp, [])
    for person in (cast.enters, cast.approves):
        with cast.as_(person), pytest.raises(InputError, match="W249"):
            judge_report(person, sent.pk, sent.stamp, approve=True)
    for person in (cast.neighbour, cast.office):
        with cast.as_(person), pytest.raises((Http404, InputError)):
            judge_report(person, sent.pk, sent.stamp, approve=True)
    with whole_park("the tests look on"):
        third = Person.objects.create_user("third@e01.example", "approval", cast.enters.enterprise_id)
    with cast.as_(third):
        assert judge_report(third, sent.pk, sent.stamp, approve=True).state == "approved"


def test_a_judgement_is_of_what_was_looked_at(cast: Cast) -> None:
    """Taken back, changed and sent again, it is no longer what the second person had open."""
    from separatrix_park.reporting.versions import (
        SavedMeanwhile,
        judge_report,
        submit_report,
        withdraw_report,
    )

    draft = save(cast, cast.enters, COAL)
    with cast.as_(cast.enters):
        sent = submit_report(cast.enters, draft.pk, draft.stamp, [])
        looked_at = sent.stamp
        back = withdraw_report(cast.enters, sent.pk)
    changed = save(cast, cast.enters, [{"carrier": "raw_coal", "amount": "9", "unit": "t"}], back.stamp)
    with cast.as_(cast.enters):
        submit_report(cast.enters, changed.pk, changed.stamp, [])
    with cast.as_(cast.approves), pytest.raises(SavedMeanwhile):
        judge_report(cast.approves, sent.pk, looked_at, approve=True)


def test_a_correction_is_a_new_version_and_the_old_one_counts_until_it_is_approved(cast: Cast) -> None:
    """It says why, and what was approved before stays as it was."""
    from separatrix.errors import InputError
    from separatrix_park.reporting.versions import discard_draft, reports_of, standing_report, submit_report

    old = approved(cast, COAL)
    with pytest.raises(InputError):
        save(cast, cast.enters, COAL, "1.1")
    new = save(cast, cast.enters, [{"carrier": "raw_coal", "amount": "1300", "unit": "t"}], old.stamp)
    assert (new.version, new.state, new.pk != old.pk) == (2, "draft", True)
    own = cast.enters.enterprise_id
    with cast.as_(cast.enters):
        with pytest.raises(InputError, match="W248"):
            submit_report(cast.enters, new.pk, new.stamp, [])
        counts = standing_report(own, "energy", 2024)
        assert counts is not None and counts.rows == old.rows
        discard_draft(cast.park, cast.enters, new.pk, new.stamp)
        assert [r.version for r in reports_of(own, "energy", 2024)] == [1]


def test_what_is_returned_says_why_and_is_taken_up_as_a_new_version(cast: Cast) -> None:
    """A judgement without a reason is refused where it returns."""
    from separatrix.errors import InputError
    from separatrix_park.reporting.versions import judge_report, submit_report

    draft = save(cast, cast.enters, COAL)
    with cast.as_(cast.enters):
        sent = submit_report(cast.enters, draft.pk, draft.stamp, [])
    with cast.as_(cast.approves):
        with pytest.raises(InputError, match="W249"):
            judge_report(cast.approves, sent.pk, sent.stamp, approve=False, reason="  ")
        back = judge_report(cast.approves, sent.pk, sent.stamp, approve=False, reason="July is missing")
        with pytest.raises(InputError, match="W247"):
            judge_report(cast.approves, back.pk, back.stamp, approve=True)
    assert save(cast, cast.enters, COAL, back.stamp).version == 2


def test_errors_and_doubts_without_a_reason_are_not_submitted(cast: Cast) -> None:
    """An error is mended; a doubt stays with a reason; an empty report says that there is nothing."""
    from separatrix.errors import InputError
    from separatrix.sentences import say
    from separatrix_park.reporting.checks import ReportIssue
    from separatrix_park.reporting.versions import submit_report

    wrong = ReportIssue("error", "K130", 0, "amount", say("a draft"))
    odd = ReportIssue("warning", "K154", 0, "amount", say("a draft"))
    draft = save(cast, cast.enters, COAL)
    for findings in ([wrong], [odd]):
        with cast.as_(cast.enters), pytest.raises(InputError, match="W248"):
            submit_report(cast.enters, draft.pk, draft.stamp, findings)
    draft = save(cast, cast.enters, [], draft.stamp, reasons={odd.key: "a new kiln"})
    with cast.as_(cast.enters), pytest.raises(InputError, match="W241"):
        submit_report(cast.enters, draft.pk, draft.stamp, [])
    draft = save(cast, cast.enters, [], draft.stamp, nothing=True, reasons={odd.key: "a new kiln"})
    with cast.as_(cast.enters):
        assert submit_report(cast.enters, draft.pk, draft.stamp, [odd]).state == "submitted"


def test_the_log_holds_each_step_and_none_of_the_values(cast: Cast) -> None:
    """What the chain speaks of is the salted hash of the rows."""
    from separatrix_park.models import LogEntry
    from separatrix_park.scope import whole_park

    done = approved(cast, [{"carrier": "raw_coal", "amount": "987654", "unit": "t"}])
    with whole_park("the test reads the log"):
        entries = list(LogEntry.objects.order_by("number"))
    assert [e.action for e in entries] == ["saved", "submitted", "approved"]
    assert entries[-1].subject == done.digest()
    assert not any("987654" in str(vars(e)) for e in entries)
