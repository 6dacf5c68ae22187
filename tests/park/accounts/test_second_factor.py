"""The second factor: who must have one, that no code is taken twice, and that nobody reads its secret."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from park.accounts.conftest import enrol, log_in
from park.conftest import PASSWORD, Join
from separatrix_park.folder import ParkFolder


def browser() -> Any:
    from django.test import Client

    return Client(SERVER_NAME="localhost")


def test_the_office_does_nothing_before_it_has_a_second_factor(join: Join, strict: ParkFolder) -> None:
    """Every page leads to the one on which to set it up, forms are refused; people of enterprises go on."""
    office = join("office@example.org", "office")
    for page in ("/", "/people/", "/invitations/"):
        assert office.get(page)["Location"] == "/account/2fa/totp/activate/"
    assert office.post("/invitations/", {"email": "x@example.org", "role": "auditor"}).status_code == 403
    _, codes = enrol(office)
    assert len(set(codes)) == 10
    assert office.get("/people/").status_code == 200
    enters = join("a@e1.example", "entry", "E01", office)
    assert enters.get("/").status_code == 200


def test_a_password_alone_does_not_let_in_who_has_a_second_factor(join: Join) -> None:
    """After the password nobody is signed in; a wrong code changes nothing, the right one lets in."""
    phone, _ = enrol(join("office@example.org", "office"))
    other = browser()
    assert log_in(other, "office@example.org")["Location"] == "/account/2fa/authenticate/"
    assert other.get("/people/").status_code == 302
    assert other.post("/account/2fa/authenticate/", {"code": "000000"}).status_code == 200
    assert other.get("/people/").status_code == 302
    assert other.post("/account/2fa/authenticate/", {"code": phone.code()}).status_code == 302
    assert other.get("/people/").status_code == 200


def test_a_code_is_taken_once_by_whichever_process(join: Join) -> None:
    """The same code again is refused, and an older one, also by a process that knows nothing of the first."""
    from django.core.cache import cache

    phone, _ = enrol(join("office@example.org", "office"))
    before, code = phone.code(), phone.code()
    first, second = browser(), browser()
    for one in (first, second):
        log_in(one, "office@example.org")
    assert first.post("/account/2fa/authenticate/", {"code": code}).status_code == 302
    cache.clear()  # what the first process remembers
    for replayed in (code, before):
        refused = second.post("/account/2fa/authenticate/", {"code": replayed})
        assert refused.status_code == 200
        assert "has already been used" in refused.content.decode()
    assert second.get("/people/").status_code == 302


def test_the_code_that_set_it_up_is_used_by_that(join: Join) -> None:
    """Somebody who looked over the shoulder signs in with it no more."""
    phone, _ = enrol(join("office@example.org", "office"))
    phone.step -= 1
    other = browser()
    log_in(other, "office@example.org")
    assert other.post("/account/2fa/authenticate/", {"code": phone.code()}).status_code == 200


def test_a_recovery_code_lets_in_once(join: Join) -> None:
    """Codes are shown once, each is used up, and new ones make the old ones void."""
    office = join("office@example.org", "office")
    _, codes = enrol(office)
    assert codes[1] not in office.get("/account/2fa/recovery-codes/").content.decode()
    statuses = []
    for _ in range(2):
        other = browser()
        log_in(other, "office@example.org")
        statuses.append(other.post("/account/2fa/authenticate/", {"code": codes[0]}).status_code)
    assert statuses == [302, 200]
    page = office.post("/account/2fa/recovery-codes/generate/", follow=True)
    assert page.status_code == 200
    other = browser()
    log_in(other, "office@example.org")
    assert other.post("/account/2fa/authenticate/", {"code": codes[1]}).status_code == 200


def test_the_database_does_not_hold_the_secret(join: Join, park: ParkFolder) -> None:
    """What is kept is encrypted under the park's key; another key, or a changed text, reads nothing."""
    from allauth.mfa.models import Authenticator

    from separatrix.errors import InputError
    from separatrix_park.accounts.second_factor import USE
    from separatrix_park.accounts.settings import KeyFile
    from separatrix_park.scope import whole_park

    phone, codes = enrol(join("office@example.org", "office"))
    with whole_park("the tests look on"):
        kept = list(Authenticator.objects.values_list("data", flat=True))
    assert len(kept) == 2
    assert not any(known in str(kept) for known in (phone.secret, *codes))
    (box,) = (data["secret"] for data in kept if "secret" in data)
    assert KeyFile(park.key_file).decrypt(box, USE) == phone.secret
    for use, text in (("sessions", box), (USE, box[:-4] + "AAAA")):
        with pytest.raises(InputError, match="W232"):
            KeyFile(park.key_file).decrypt(text, use)


def test_a_code_does_not_finish_what_an_old_password_began(join: Join) -> None:
    """Who gave the password before it was changed comes no further with a right code."""
    office = join("office@example.org", "office")
    phone, _ = enrol(office)
    other = browser()
    log_in(other, "office@example.org")
    new = {
        "oldpassword": PASSWORD,
        "password1": "four other words here",
        "password2": "four other words here",
    }
    assert office.post("/account/password/change/", new).status_code == 302
    assert other.post("/account/2fa/authenticate/", {"code": phone.code()}).status_code == 200
    assert other.get("/people/").status_code == 302


def test_codes_are_not_guessed_at_will(join: Join) -> None:
    """After five wrong codes in five minutes not even the right one is taken."""
    phone, _ = enrol(join("office@example.org", "office"))
    other = browser()
    log_in(other, "office@example.org")
    for guess in range(5):
        other.post("/account/2fa/authenticate/", {"code": f"{guess:06}"})
    assert other.post("/account/2fa/authenticate/", {"code": phone.code()}).status_code == 200
    assert other.get("/people/").status_code == 302


def test_of_five_who_send_a_code_at_once_one_comes_in(join: Join, monkeypatch: pytest.MonkeyPatch) -> None:
    """The database decides who was first, for each process remembers its own codes alone."""
    from allauth.mfa.totp.internal.auth import TOTP
    from django.db import connection

    phone, _ = enrol(join("office@example.org", "office"))
    monkeypatch.setattr(TOTP, "_mark_code_used", lambda self, code: True)
    code = phone.code()
    waiting = [browser() for _ in range(5)]
    for one in waiting:
        log_in(one, "office@example.org")

    def send(one: Any) -> int:
        try:
            return int(one.post("/account/2fa/authenticate/", {"code": code}).status_code)
        finally:
            connection.close()

    with ThreadPoolExecutor(5) as pool:
        assert sorted(pool.map(send, waiting)) == [200, 200, 200, 200, 302]
