"""Invitations: single use under a race too, hashed, withdrawn, renewed; and passwords that can be guessed."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest

from park.accounts.conftest import log_in
from park.conftest import PASSWORD, Join


def browser() -> Any:
    from django.test import Client

    return Client(SERVER_NAME="localhost")


def links_of(page: Any) -> list[str]:
    return re.findall(r"http://localhost(/join/[^<]+)", page.content.decode())


def test_of_ten_at_once_one_joins(join: Join) -> None:
    """The same link, opened and sent at the same moment: one account, and the others are told."""
    from django.db import connection

    from separatrix_park.accounts.invitations import invite
    from separatrix_park.models import Person
    from separatrix_park.scope import whole_park

    with whole_park("the tests look on"):
        token = invite("once@example.org", "auditor", None, "tests")

    def try_it(_: int) -> int:
        try:
            return int(browser().post(f"/join/{token}/", {"password": PASSWORD}).status_code)
        finally:
            connection.close()

    with ThreadPoolExecutor(10) as pool:
        statuses = sorted(pool.map(try_it, range(10)))
    assert statuses == [302] + [410] * 9
    with whole_park("the tests look on"):
        assert Person.objects.count() == 1


def test_the_database_does_not_hold_the_link(join: Join) -> None:
    """What is kept is a hash: who reads the database joins by nothing that stands there."""
    from separatrix_park.accounts.invitations import invite
    from separatrix_park.models import Invitation, LogEntry
    from separatrix_park.scope import whole_park

    with whole_park("the tests look on"):
        token = invite("x@example.org", "auditor", None, "tests")
    with whole_park("the tests look on"):
        kept = [str(vars(row)) for row in [*Invitation.objects.all(), *LogEntry.objects.all()]]
    assert not any(token in row for row in kept)
    with whole_park("the tests look on"):
        assert browser().get(f"/join/{Invitation.objects.get().token_hash}/").status_code == 410


def test_the_office_withdraws_and_renews(join: Join) -> None:
    """A withdrawn link opens nothing; a new one does, and the old one still does not; used ones stay used."""
    from separatrix_park.models import Invitation
    from separatrix_park.scope import whole_park

    office = join("office@example.org", "office")
    told = {"email": "X@Example.org", "role": "auditor"}
    (first,) = links_of(office.post("/invitations/", told))
    with whole_park("the tests look on"):
        number = Invitation.objects.get(email="x@example.org").pk
    assert first not in office.get("/invitations/").content.decode()
    assert office.post(f"/invitations/{number}/withdrawn/").status_code == 302
    assert browser().get(first).status_code == 410
    (second,) = links_of(office.post(f"/invitations/{number}/renewed/"))
    assert browser().get(first).status_code == 410
    assert browser().post(second, {"password": PASSWORD}).status_code == 302
    assert office.post(f"/invitations/{number}/renewed/").status_code == 302
    assert browser().get(second).status_code == 410
    assert log_in(browser(), "x@EXAMPLE.org")["Location"] == "/"


def test_an_invitation_expires(join: Join) -> None:
    """After its time it opens nothing, and nobody joins by it."""
    from django.utils import timezone

    from separatrix_park.accounts.invitations import invite
    from separatrix_park.models import Invitation, Person
    from separatrix_park.scope import whole_park

    with whole_park("the tests look on"):
        token = invite("late@example.org", "auditor", None, "tests")
    with whole_park("the tests look on"):
        Invitation.objects.update(expires=timezone.now() - timedelta(seconds=1))
    assert browser().post(f"/join/{token}/", {"password": PASSWORD}).status_code == 410
    with whole_park("the tests look on"):
        assert Person.objects.count() == 0


@pytest.mark.parametrize(
    "password", ["short", "", "password1234", "123456789012345", "late@example.org", "qwertyuiop12"]
)
def test_passwords_that_are_guessed_are_refused(join: Join, password: str) -> None:
    """Too short, common, digits alone, or one's own address: the form says so, and the link stays good."""
    from separatrix_park.accounts.invitations import invite
    from separatrix_park.models import Person
    from separatrix_park.scope import whole_park

    with whole_park("the tests look on"):
        token = invite("late@example.org", "auditor", None, "tests")
    refused = browser().post(f"/join/{token}/", {"password": password})
    assert refused.status_code == 200
    assert 'id="id_password_error"' in refused.content.decode()
    with whole_park("the tests look on"):
        assert Person.objects.count() == 0
    assert browser().post(f"/join/{token}/", {"password": PASSWORD}).status_code == 302


def test_passwords_are_hashed_by_argon2(join: Join) -> None:
    """What is kept begins with the name of the algorithm and holds no password."""
    from separatrix_park.models import Person
    from separatrix_park.scope import whole_park

    join("office@example.org", "office")
    with whole_park("the tests look on"):
        kept = Person.objects.get().password
    assert kept.startswith("argon2$argon2id$")
    assert PASSWORD not in kept


def test_who_is_signed_in_does_not_become_another_by_a_link(join: Join) -> None:
    """The page asks to log out first, and the invitation stays open."""
    from separatrix_park.accounts.invitations import invite, open_invitation
    from separatrix_park.scope import whole_park

    office = join("office@example.org", "office")
    with whole_park("the tests look on"):
        token = invite("x@example.org", "auditor", None, "tests")
    assert office.get(f"/join/{token}/").status_code == 409
    assert office.post(f"/join/{token}/", {"password": PASSWORD}).status_code == 409
    with whole_park("the tests look on"):
        assert open_invitation(token) is not None


def test_an_id_that_cannot_be_one_is_told_beside_the_form(join: Join) -> None:
    """Nobody is invited and no enterprise is admitted; one that is new here is, with its name."""
    from separatrix_park.models import Enterprise, Invitation
    from separatrix_park.scope import whole_park

    office = join("office@example.org", "office")
    told = {"email": "a@e1.example", "role": "entry", "name": "Steel"}
    for key in ("no/id", "..", "-x"):
        refused = office.post("/invitations/", told | {"key": key})
        assert "cannot be the id" in refused.content.decode()
    with whole_park("the tests look on"):
        assert Invitation.objects.filter(email="a@e1.example").count() == 0
    assert links_of(office.post("/invitations/", told | {"key": "E01"}))
    with whole_park("the tests look at the members"):
        assert list(Enterprise.objects.values_list("key", "name")) == [("E01", "Steel")]
