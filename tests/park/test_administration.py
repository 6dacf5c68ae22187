"""The technical administrator's pages: who comes in, and what they change."""

from __future__ import annotations

import re
from typing import Any

import pytest

from park.accounts.conftest import enrol, log_in
from park.conftest import PASSWORD, Join

LISTS = ("park/enterprise", "park/person", "park/invitation", "park/deadline", "axes/accessattempt")


def browser(address: str = "127.0.0.1") -> Any:
    from django.test import Client

    return Client(SERVER_NAME="localhost", REMOTE_ADDR=address)


def rows_of(client: Any, listed: str) -> list[str]:
    page = client.get(f"/admin/{listed}/")
    assert page.status_code == 200
    return re.findall(rf'href="(/admin/{listed}/[^/"]+/change/)', page.content.decode())


@pytest.mark.parametrize("role", ["entry", "approval", "auditor"])
def test_others_than_the_office_see_none_of_it(join: Join, role: str) -> None:
    """Also with a second factor of their own."""
    office = join("office@example.org", "office")
    other = join("x@e1.example", role, "E01" if role != "auditor" else "", office)
    enrol(other)
    for page in ("", *(f"{name}/" for name in LISTS)):
        assert other.get(f"/admin/{page}", follow=True).status_code == 403


def test_the_office_comes_in_with_a_second_factor_alone(join: Join) -> None:
    """Though this park asks for none elsewhere; and Django's own login lets nobody in by a password."""
    office = join("office@example.org", "office")
    assert office.get("/admin/", follow=True).redirect_chain[-1][0] == "/account/2fa/totp/activate/"
    stranger = browser()
    told = {"username": "office@example.org", "password": PASSWORD, "next": "/admin/"}
    assert stranger.post("/admin/login/", told)["Location"].startswith("/account/login/")
    assert stranger.get("/admin/").status_code == 302
    enrol(office)
    assert office.get("/admin/").status_code == 200


def test_members_are_renamed_invitations_withdrawn_and_lock_outs_lifted(join: Join) -> None:
    """Each with its entry in the platform's log; nothing else can be added, changed or deleted."""
    from separatrix_park.models import Invitation, LogEntry, Person
    from separatrix_park.scope import whole_park

    office = join("office@example.org", "office")
    enrol(office)
    join("a@e1.example", "entry", "E01", office)
    office.post("/invitations/", {"email": "y@example.org", "role": "auditor"})
    for _ in range(9):
        log_in(browser("203.0.113.9"), "a@e1.example", "wrong password")
    assert log_in(browser("203.0.113.9"), "a@e1.example").status_code in (200, 429)
    begun = LogEntry.objects.count()

    (member,) = rows_of(office, "park/enterprise")
    assert office.post(member, {"name": "Steel of E01", "sector": "steel"}).status_code == 302
    assert "Steel of E01" in office.get("/admin/park/enterprise/").content.decode()
    with whole_park("the tests look on"):
        number = Invitation.objects.get(email="y@example.org").pk
    gone = {"post": "yes"}
    assert office.post(f"/admin/park/invitation/{number}/delete/", gone).status_code == 302
    with whole_park("the tests look on"):
        assert Invitation.objects.get(pk=number).withdrawn is not None
    for row in rows_of(office, "axes/accessattempt"):
        assert office.post(row.replace("change", "delete"), gone).status_code == 302
    from django.core.cache import cache

    cache.clear()
    assert log_in(browser("203.0.113.9"), "a@e1.example").status_code == 302
    actions = list(LogEntry.objects.order_by("number").values_list("action", flat=True)[begun:])
    assert actions == ["enterprise renamed", "invitation withdrawn", "lock-out lifted"]

    for listed in LISTS:
        assert office.get(f"/admin/{listed}/add/").status_code == 403
    with whole_park("the tests look on"):
        person = Person.objects.get(email="a@e1.example").pk
    assert office.post(f"/admin/park/person/{person}/change/", {"role": "office"}).status_code == 403
    assert office.post(f"/admin/park/person/{person}/delete/", gone).status_code == 403
    with whole_park("the tests look on"):
        assert Person.objects.get(pk=person).role == "entry"


def test_nothing_that_is_reported_or_secret_is_shown(join: Join) -> None:
    """No page of it holds a reported value, a hash of a password, or the secret of a second factor."""
    from separatrix_park.models import Person
    from separatrix_park.scope import whole_park

    office = join("office@example.org", "office")
    phone, codes = enrol(office)
    enters = join("a@e1.example", "entry", "E01", office)
    enters.post("/reports/energy/2025/", {"carrier": "electricity", "amount": "987654", "unit": "MWh"})
    with whole_park("the tests look on"):
        kept = [p.password for p in Person.objects.all()]
    pages = ["/admin/"]
    for listed in LISTS:
        pages += [f"/admin/{listed}/", *rows_of(office, listed)]
    assert len(pages) > 8
    for page in pages:
        text = office.get(page).content.decode()
        for secret in ("987654", "argon2", phone.secret, *codes, *kept):
            assert secret not in text


def test_an_address_by_the_kind_of_a_row_leads_nowhere(join: Join) -> None:
    """Django would look for a page of the row itself, which none has."""
    office = join("office@example.org", "office")
    enrol(office)
    for kind in range(1, 4):
        assert office.get(f"/admin/r/{kind}/1/").status_code == 404
