"""Personal access tokens: shown once, kept as hashes, and good for no more than their person may do."""

from __future__ import annotations

import re
import time
from dataclasses import replace
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from park.conftest import Join
from park.programs import Park, bearer, code_of, stranger

ME = "/api/v1/me"
ASKED = {"name": "meters", "rights": "write", "days": "30"}


def made(client: Any, **asked: str) -> str:
    """Make a token on the page, and return what the page shows of it once."""
    page = client.post("/programs/", ASKED | asked)
    found = re.search(r'id="secret">(park_[\w-]+)<', page.content.decode())
    assert page.status_code == 200 and found is not None
    return found[1]


def test_a_token_is_shown_once_and_speaks_for_its_person(join: Join) -> None:
    """The secret stands on one page, in no list, no log and no row; with it a program is that person."""
    from separatrix_park.models import LogEntry, Token
    from separatrix_park.scope import whole_park

    office = join("office@example.org", "office")
    secret = made(office)
    with whole_park("the test looks at what is kept"):
        (kept,) = Token.objects.all()
    assert secret not in str(vars(kept)) and kept.secret_hash not in secret
    assert secret not in office.get("/programs/").content.decode()
    assert not any(secret in str(vars(entry)) for entry in LogEntry.objects.all())
    told = stranger().get(ME, headers=bearer(secret)).json()
    assert (told["email"], told["role"], told["enterprise"]) == ("office@example.org", "office", None)
    assert secret.startswith(told["token"]["beginning"])


def test_whoever_has_no_valid_token_is_told_to_bring_one(join: Join) -> None:
    """No header, another scheme and a forged secret are refused alike, also beside a valid session."""
    office = join("office@example.org", "office")
    secret = made(office)
    for header in ("", "Bearer", "Bearer ", "Bearer park_x", f"Basic {secret}", secret, f"Bearer {secret}x"):
        for client in (stranger(), office):
            refused = client.get(ME, headers={"Authorization": header} if header else {})
            assert (header, refused.status_code) == (header, 401)
            assert refused["WWW-Authenticate"].startswith("Bearer")
            assert [e["code"] for e in refused.json()["errors"]] == ["W281"]


def test_who_makes_a_token_has_just_shown_who_they_are(join: Join) -> None:
    """A session that somebody left open an hour ago makes none before the password is given again."""
    from separatrix_park.models import Token
    from separatrix_park.scope import whole_park

    office = join("office@example.org", "office")
    session = office.session
    session["account_authentication_methods"] = [{"method": "password", "at": time.time() - 3600}]
    session.save()
    assert office.get("/programs/").status_code == 200
    assert office.post("/programs/", ASKED)["Location"].startswith("/account/reauthenticate/")
    with whole_park("the tests look on"):
        assert not Token.objects.exists()


def test_a_token_ends_when_it_is_revoked_or_over(join: Join) -> None:
    """Its person and the office may revoke it, a neighbour cannot; after its last day it is nothing."""
    from django.utils import timezone

    from separatrix_park.models import LogEntry, Token
    from separatrix_park.scope import whole_park

    office = join("office@example.org", "office")
    enters = join("a@e1.example", "entry", "E01", office)
    other = join("b@e2.example", "entry", "E02", office)
    secrets = [made(enters, name=name) for name in ("one", "two", "three")]
    with whole_park("the test looks for their numbers"):
        one, two, three = Token.objects.order_by("pk")
    assert other.post(f"/programs/{one.pk}/revoke/").status_code == 404
    assert ">one<" not in other.get("/programs/").content.decode().partition("<h2>")[0]
    assert enters.post(f"/programs/{one.pk}/revoke/").status_code == 302
    assert office.post(f"/programs/{two.pk}/revoke/").status_code == 302
    with whole_park("the test lets time pass"):
        Token.objects.filter(pk=three.pk).update(expires=timezone.now() - timedelta(seconds=1))
    assert [stranger().get(ME, headers=bearer(s)).status_code for s in secrets] == [401, 401, 401]
    assert [e.action for e in LogEntry.objects.order_by("number")][-2:] == ["token revoked"] * 2


def test_a_token_does_not_follow_its_person_into_another_role(join: Join) -> None:
    """Who is deactivated, takes another role or enterprise, or a new password, makes their tokens anew."""
    from separatrix_park.models import Enterprise, Person
    from separatrix_park.scope import whole_park

    office = join("office@example.org", "office")
    enters = join("a@e1.example", "entry", "E01", office)
    join("b@e2.example", "entry", "E02", office)
    secret = made(enters)
    with whole_park("the test moves people"):
        own, other = Enterprise.objects.order_by("key")
    before = {"is_active": True, "role": "entry", "enterprise": own}
    changes = (
        {"is_active": False},
        {"role": "approval"},
        {"enterprise": other},
        {"role": "office", "enterprise": None},
        {"epoch": 7},
        {"password": "another"},
    )
    with whole_park("the tests look on"):
        kept = Person.objects.filter(email="a@e1.example").values("epoch", "password").get()
    for change in changes:
        with whole_park("the tests look on"):
            Person.objects.filter(email="a@e1.example").update(**before, **kept)
        assert stranger().get(ME, headers=bearer(secret)).status_code == 200
        with whole_park("the test moves people"):
            Person.objects.filter(email="a@e1.example").update(**change)
        assert stranger().get(ME, headers=bearer(secret)).status_code == 401


def test_a_token_that_reads_changes_nothing_but_may_end_itself(join: Join) -> None:
    """It is refused where anything is written; revoking itself is the exception, for when it leaked."""
    secret = made(join("office@example.org", "office"), rights="read")
    refused = stranger().post(
        "/api/v1/enterprises",
        {"key": "E01", "name": "Smelter"},
        content_type="application/json",
        headers=bearer(secret),
    )
    assert refused.status_code == 403
    assert [e["code"] for e in refused.json()["errors"]] == ["W282"]
    assert stranger().delete("/api/v1/me/token", headers=bearer(secret)).status_code == 204
    assert stranger().get(ME, headers=bearer(secret)).status_code == 401


def test_forgotten_tokens_do_not_gather(join: Join) -> None:
    """Nobody holds more than twenty, or one for longer than a year; the page says so beside the form."""
    from separatrix_park.models import Token
    from separatrix_park.scope import whole_park

    office = join("office@example.org", "office")
    for days in ("0", "367", "x", ""):
        assert "secret" not in office.post("/programs/", ASKED | {"days": days}).content.decode()
    for number in range(20):
        made(office, name=str(number))
    assert "20" in office.post("/programs/", ASKED).content.decode()
    with whole_park("the test counts"):
        assert Token.objects.count() == 20


def test_the_page_tells_what_programs_may_ask(join: Join) -> None:
    """Every operation of the description stands on it with its address; a stranger is sent to the door."""
    office = join("office@example.org", "office")
    page = office.get("/programs/description/").content.decode()
    described = stranger().get("/api/v1/openapi.json").json()
    assert len(described["paths"]) > 5
    for address in described["paths"]:
        assert address.removeprefix("/api/v1/") in page
    assert stranger().get("/programs/description/").status_code == 302


def test_a_token_is_answered_so_often_in_a_minute(programs: Park, monkeypatch: pytest.MonkeyPatch) -> None:
    """Then it is told when to ask again; other tokens, and the next minute, have their own requests."""
    from django.conf import settings
    from django.utils import timezone

    from separatrix_park import tokens

    start = timezone.now().replace(second=20, microsecond=0)
    monkeypatch.setattr(settings, "PARK", replace(settings.PARK, requests_a_minute=3))
    monkeypatch.setattr(tokens, "timezone", SimpleNamespace(now=lambda: start))
    assert [programs.office.ask("get", "me").status_code for _ in range(3)] == [200] * 3
    refused = programs.office.ask("get", "me")
    assert code_of(refused) == (429, "W290") and refused["Retry-After"] == "40"
    assert programs.auditor.ask("get", "me").status_code == 200
    later = start + timedelta(seconds=40)
    monkeypatch.setattr(tokens, "timezone", SimpleNamespace(now=lambda: later))
    assert programs.office.ask("get", "me").status_code == 200


def test_processes_side_by_side_hold_to_one_limit(programs: Park) -> None:
    """Each counts in the row of the token, whatever it read of it before."""
    from separatrix_park import tokens
    from separatrix_park.models import Token
    from separatrix_park.scope import whole_park

    with whole_park("the test counts as two processes would"):
        token = Token.objects.order_by("pk")[0]
        same = Token.objects.get(pk=token.pk)
        waits = [tokens.count_request(one, 4) for one in (token, same) * 4]
    # A minute may end meanwhile: of eight in two minutes at most eight are answered.
    assert waits.count(0) in range(4, 9) and all(0 <= wait <= 60 for wait in waits)
    assert waits[:4] == [0] * 4
