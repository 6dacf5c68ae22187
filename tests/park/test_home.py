"""The first page tells each role what there is to do, and nobody what concerns somebody else."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from park.conftest import Join


def first_page(client: Any, language: str = "en") -> str:
    """Return the text of somebody's first page."""
    answer = client.get("/", headers={"accept-language": language})
    assert answer.status_code == 200
    return str(answer.content.decode())


def reported(key: str, state: str, **more: Any) -> None:
    """Keep a report of energy of an enterprise, as it would be in a state."""
    from separatrix_park.models import Enterprise, Report
    from separatrix_park.scope import whole_park

    with whole_park("a test sets up what it looks at"):
        enterprise = Enterprise.objects.get(key=key)
        made = {"table": "energy", "year": 2025, "version": 1, "salt": b"0" * 32, "state": state}
        Report.objects.create(enterprise=enterprise, **(made | more))


def due(days: int, table: str = "energy") -> None:
    """Have a report of 2025 due so many days from now."""
    from django.utils import timezone

    from separatrix_park.models import Deadline
    from separatrix_park.scope import whole_park

    with whole_park("a test sets up what it looks at"):
        Deadline.objects.create(table=table, year=2025, due=timezone.now() + timedelta(days=days))


def test_a_new_park_shows_its_first_steps_until_they_are_done(join: Join) -> None:
    """Each step that is done is marked; when all are, the steps are gone; an auditor never has any."""
    office, auditor = join("office@example.org", "office"), join("auditor@example.org", "auditor")
    assert "First steps" in first_page(office)
    assert 'class="done"' not in first_page(office)
    assert "First steps" not in first_page(auditor)
    told = office.post("/invitations/", {"email": "colleague@example.org", "role": "office"}, follow=True)
    assert "/join/" in told.content.decode() and 'class="done"' not in first_page(office)
    join("a@e1.example", "entry", "E01", office)
    assert first_page(office).count('class="done"') == 1
    due(20)
    reported("E01", "approved")
    page = first_page(office)
    assert "First steps" not in page
    assert "最初几步" not in first_page(office, "zh-CN")


def test_the_office_sees_which_deadlines_are_met_by_whom(join: Join) -> None:
    """A report that was returned does not count as handed in; one that is overdue is counted, in words."""
    office = join("office@example.org", "office")
    for key in ("E01", "E02", "E03"):
        join(f"a@{key}.example", "entry", key, office)
    due(-1)
    due(5, "accounts")
    for key, state in (("E01", "approved"), ("E02", "submitted"), ("E03", "returned")):
        reported(key, state)
    page = " ".join(first_page(office).split())
    assert "2 / 3" in page
    assert "1 overdue" in page
    assert "due soon" in page
    assert "1 家逾期" in first_page(office, "zh-CN")


def test_an_enterprise_sees_what_it_owes_and_nothing_of_a_neighbour(join: Join) -> None:
    """What was returned comes with the reason, and stands on the page of its own enterprise alone."""
    office = join("office@example.org", "office")
    enters, neighbour = (
        join("a@e1.example", "entry", "E01", office),
        join("a@e2.example", "entry", "E02", office),
    )
    due(5)
    reported("E01", "returned", judgement="the meter was read twice")
    page = first_page(enters)
    assert "the meter was read twice" in page
    assert "Correct it" in page
    assert "No one in your enterprise can approve yet" in page
    other = first_page(neighbour)
    assert "the meter was read twice" not in other
    assert "Report it" in other
    assert "E01" not in other


def test_only_what_one_may_judge_waits_for_ones_approval(join: Join) -> None:
    """Whoever had a hand in a report sees it among those that a second person has."""
    from separatrix_park.models import Person
    from separatrix_park.scope import whole_park

    office = join("office@example.org", "office")
    first = join("b@e1.example", "approval", "E01", office)
    second = join("c@e1.example", "approval", "E01", office)
    with whole_park("the tests look on"):
        reported("E01", "submitted", hands=[Person.objects.get(email="b@e1.example").pk])
    assert "View" not in first_page(first)
    assert "Waiting for another person" in first_page(first)
    assert "View" in first_page(second)
    assert "Waiting for another person" not in first_page(second)
