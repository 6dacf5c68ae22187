"""What people do with their accounts stands in the log, under their enterprise, and ends other sessions."""

from __future__ import annotations

from park.accounts.conftest import enrol, log_in
from park.conftest import PASSWORD, Join

NEW = "four other words here"
CHANGED = {"oldpassword": PASSWORD, "password1": NEW, "password2": NEW}


def test_the_log_tells_of_accounts_and_of_whom(join: Join) -> None:
    """Second factor, recovery codes, password, roles: each once, under the enterprise whose matter it is."""
    from django.test import Client

    from separatrix_park.models import Enterprise, LogEntry, Person
    from separatrix_park.scope import whole_park

    office = join("office@example.org", "office")
    enters = join("a@e1.example", "entry", "E01", office)
    with whole_park("the tests look on"):
        number = Person.objects.get(email="a@e1.example").pk
    begun = LogEntry.objects.count()
    _, codes = enrol(enters)
    again = Client(SERVER_NAME="localhost")
    log_in(again, "a@e1.example")
    again.post("/account/2fa/authenticate/", {"code": codes[0]})
    enters.post("/account/password/change/", CHANGED)
    enters.post("/account/2fa/totp/deactivate/")
    office.post(f"/people/{number}/active/", {"active": "no"})
    entries = list(LogEntry.objects.order_by("number")[begun:])
    assert [e.action for e in entries] == [
        "second factor on",
        "recovery codes made",
        "recovery code used",
        "password changed",
        "second factor off",
        "deactivated",
    ]
    with whole_park("the tests look up an enterprise"):
        assert {e.about for e in entries} == {Enterprise.objects.get(key="E01").pk}
    assert not any(secret in str(vars(e)) for e in entries for secret in (*codes, PASSWORD))


def test_a_second_factor_ends_sessions_that_came_without_one(join: Join) -> None:
    """Who got in by the password alone before is signed out; who set it up goes on."""
    from django.test import Client

    own = join("office@example.org", "office")
    elsewhere = Client(SERVER_NAME="localhost")
    log_in(elsewhere, "office@example.org")
    assert elsewhere.get("/").status_code == 200
    enrol(own)
    assert (elsewhere.get("/").status_code, own.get("/").status_code) == (302, 200)


def test_a_new_password_ends_what_programs_held(join: Join) -> None:
    """It may be new because the old one was lost to somebody."""
    from separatrix_park.models import Person
    from separatrix_park.scope import whole_park
    from separatrix_park.tokens import bearer_of, issue

    own = join("office@example.org", "office")
    with whole_park("the tests look on"):
        _, secret = issue(Person.objects.get(), "a program", 30, reads_only=True)
    with whole_park("the tests look on"):
        assert bearer_of(secret) is not None
    assert own.post("/account/password/change/", CHANGED).status_code == 302
    with whole_park("the tests look on"):
        assert bearer_of(secret) is None
