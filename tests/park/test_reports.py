"""From an invitation to an answer: who may report, who may approve, and what the park is told."""

from __future__ import annotations

import re
from typing import Any

import pytest

from park.conftest import PASSWORD, Join
from park.report_steps import ENERGY, approve, enter


def waiting(client: Any) -> list[str]:
    """Return the numbers of the reports that somebody may judge."""
    page = client.get("/reports/").content.decode()
    numbers = re.findall(r"/reports/(\d+)/", page)
    return [n for n in numbers if f"/reports/{n}/judge/" in client.get(f"/reports/{n}/").content.decode()]


def test_a_report_is_approved_by_a_second_person_of_the_same_enterprise(join: Join) -> None:
    """Who entered it may not, a neighbour cannot see it, a colleague approves, and the answer rests on it."""
    from separatrix_park.answers.approved_data import approved, cluster_files
    from separatrix_park.scope import whole_park

    office = join("office@example.org", "office")
    enters, approves = (
        join("a@e1.example", "entry", "E01", office),
        join("b@e1.example", "approval", "E01", office),
    )
    neighbour = join("b@e2.example", "approval", "E02", office)
    assert enter(enters, "/reports/energy/2025/", ENERGY).status_code == 302
    assert waiting(neighbour) == []
    (number,) = waiting(approves)
    verdict = {"verdict": "approve"}
    assert enters.post(f"/reports/{number}/judge/", verdict).status_code == 403
    assert neighbour.post(f"/reports/{number}/judge/", verdict).status_code == 404
    with whole_park("the test looks at the version"):
        before = approved().version
    assert approve(approves, int(number)).status_code == 302
    with whole_park("the test looks at what is approved"):
        after = approved()
        told = dict(cluster_files(after))["energy.csv"].decode()
    assert after.version != before
    assert "E01,2025,electricity,900,MWh" in told
    page = office.get("/answers/")
    assert page.status_code == 200
    assert after.version in page.content.decode()
    assert enters.get("/answers/").status_code == 403


def test_an_invitation_works_once_and_signs_nobody_else_up(join: Join) -> None:
    """A second use of the link makes no account, and there is no page on which to sign up without one."""
    from django.test import Client

    from separatrix_park.accounts.invitations import invite
    from separatrix_park.models import Person
    from separatrix_park.scope import whole_park

    with whole_park("the test invites"):
        token = invite("once@example.org", "auditor", None, "tests")
    first, second = Client(SERVER_NAME="localhost"), Client(SERVER_NAME="localhost")
    assert first.post(f"/join/{token}/", {"password": PASSWORD}).status_code == 302
    assert second.post(f"/join/{token}/", {"password": PASSWORD}).status_code == 410
    assert second.get("/").status_code == 302
    second.post("/account/signup/", {"email": "x@example.org", "password1": PASSWORD, "password2": PASSWORD})
    with whole_park("the test looks who has joined"):
        assert [p.email for p in Person.objects.all()] == ["once@example.org"]


def test_nobody_joins_twice_and_nobody_speaks_for_no_enterprise(join: Join) -> None:
    """A second invitation of one address ends with a page; a role that needs an enterprise is refused."""
    from django.test import Client

    from separatrix.errors import InputError
    from separatrix_park.accounts.invitations import invite
    from separatrix_park.models import Enterprise, Invitation
    from separatrix_park.scope import whole_park

    office = join("office@example.org", "office")
    with whole_park("the test invites"):
        tokens = [invite("two@example.org", "auditor", None, "tests") for _ in range(2)]
    statuses = [
        Client(SERVER_NAME="localhost").post(f"/join/{token}/", {"password": PASSWORD}).status_code
        for token in tokens
    ]
    assert statuses == [302, 410]
    for address in ("two@example.org", "nobody"):
        with whole_park("the test invites"), pytest.raises(InputError, match="W203"):
            invite(address, "auditor", None, "tests")
    with whole_park("the test counts"):
        before = Invitation.objects.count()
    assert office.post("/invitations/", {"email": "c@example.org", "role": "entry"}).status_code == 200
    with whole_park("the test counts the members"):
        assert (Enterprise.objects.count(), Invitation.objects.count()) == (0, before)


def test_the_log_is_a_chain_that_holds_no_value(join: Join) -> None:
    """Each entry carries the hash of the one before; what was reported stands in none of them."""
    from separatrix_park.models import LogEntry

    office = join("office@example.org", "office")
    enters = join("a@e1.example", "entry", "E01", office)
    enter(
        enters,
        "/reports/energy/2025/",
        {"carrier": "electricity", "m0": "987654", "unit": "MWh", "layout": "grid"},
    )
    entries = list(LogEntry.objects.order_by("number"))
    came = ["invited", "accepted", "role given"]
    assert [e.action for e in entries] == [*came, "enterprise admitted", *came, "saved", "submitted"]
    assert [e.before for e in entries[1:]] == [e.digest for e in entries[:-1]]
    assert all(e.digest == e.computed() for e in entries)
    assert not any("987654" in str(vars(e)) for e in entries)
