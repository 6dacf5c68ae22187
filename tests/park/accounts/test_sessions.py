"""Sessions: when they end, what of them the database knows, and that nobody plants one."""

from __future__ import annotations

from typing import Any

from park.accounts.conftest import log_in
from park.conftest import PASSWORD, Join
from separatrix_park.folder import ParkFolder


def signed_in(email: str) -> Any:
    from django.test import Client

    client = Client(SERVER_NAME="localhost")
    assert log_in(client, email).status_code == 302
    assert client.get("/").status_code == 200
    return client


def test_sessions_end_when_what_they_stand_for_changes(join: Join) -> None:
    """A change of role, of enterprise or of activity signs somebody out everywhere; others stay."""
    from separatrix_park.models import Enterprise, Person
    from separatrix_park.scope import whole_park

    office = join("office@example.org", "office")
    join("a@e1.example", "entry", "E01", office)
    other = join("b@e2.example", "entry", "E02", office)
    with whole_park("the tests look on"):
        number = Person.objects.get(email="a@e1.example").pk
    with whole_park("the tests look up an enterprise"):
        second = Enterprise.objects.get(key="E02").pk
    for page, told in (
        ("role", {"role": "approval", "enterprise": second}),
        ("role", {"role": "entry", "enterprise": second}),
        ("active", {"active": "no"}),
    ):
        enters = signed_in("a@e1.example")
        assert office.post(f"/people/{number}/{page}/", told).status_code == 302
        assert enters.get("/").status_code == 302
    assert other.get("/").status_code == 200
    from django.test import Client

    refused = Client(SERVER_NAME="localhost")
    assert log_in(refused, "a@e1.example")["Location"] == "/account/inactive/"
    assert refused.get("/").status_code == 302


def test_a_changed_password_ends_the_other_sessions(join: Join) -> None:
    """Who changed it goes on; the browser elsewhere is signed out."""
    own = join("office@example.org", "office")
    elsewhere = signed_in("office@example.org")
    new = {
        "oldpassword": PASSWORD,
        "password1": "four other words here",
        "password2": "four other words here",
    }
    assert own.post("/account/password/change/", new).status_code == 302
    assert elsewhere.get("/").status_code == 302
    assert own.get("/").status_code == 200


def test_one_signs_out_everywhere_else(join: Join) -> None:
    """The button of one's own account ends the sessions of other browsers and not this one."""
    own = join("office@example.org", "office")
    elsewhere = signed_in("office@example.org")
    assert own.post("/account/").status_code == 302
    assert (elsewhere.get("/").status_code, own.get("/").status_code) == (302, 200)


def test_a_copy_of_the_database_lets_nobody_in(join: Join, park: ParkFolder) -> None:
    """No row is called as a cookie is, and no content can be read without the key."""
    from django.contrib.sessions.models import Session
    from django.test import Client

    own = join("office@example.org", "office")
    cookie = own.cookies["park"].value
    rows = list(Session.objects.all())
    assert rows
    for row in rows:
        thief = Client(SERVER_NAME="localhost")
        thief.cookies["park"] = row.session_key
        assert thief.get("/").status_code == 302
        assert cookie not in (row.session_key, row.session_data)
        assert "_auth_user" not in row.session_data


def test_a_session_that_was_planted_does_not_become_somebodys(join: Join) -> None:
    """Signing in and joining give the browser another session than it came with."""
    from django.test import Client

    join("office@example.org", "office")
    planted = Client(SERVER_NAME="localhost")
    planted.get("/account/login/")
    session = planted.session
    session["planted"] = True
    session.save()
    planted.cookies["park"] = before = session.session_key
    log_in(planted, "office@example.org")
    assert planted.cookies["park"].value != before
    watching = Client(SERVER_NAME="localhost")
    watching.cookies["park"] = before
    assert watching.get("/").status_code == 302


def test_logging_out_ends_the_session_on_the_server(join: Join) -> None:
    """The cookie that was kept opens nothing afterwards; a link alone logs nobody out."""
    from django.test import Client

    own = join("office@example.org", "office")
    cookie = own.cookies["park"].value
    own.get("/account/logout/")
    assert own.get("/").status_code == 200
    own.post("/account/logout/")
    kept = Client(SERVER_NAME="localhost")
    kept.cookies["park"] = cookie
    assert kept.get("/").status_code == 302


def test_sessions_that_are_over_are_forgotten(join: Join) -> None:
    """A login takes them out of the database, once an hour."""
    from datetime import timedelta

    from django.contrib.sessions.models import Session
    from django.core.cache import cache
    from django.utils import timezone

    join("office@example.org", "office")
    Session.objects.update(expire_date=timezone.now() - timedelta(seconds=1))
    cache.clear()  # the hour is over
    signed_in("office@example.org")
    assert Session.objects.count() == 1
