"""What browsers are told and what of them is believed: forms, addresses, hosts, headers, cookies."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from typing import Any

import pytest

from park.accounts.conftest import log_in
from park.conftest import Join
from separatrix_park.folder import ParkFolder

KINDS = ("int", "str", "slug", "uuid", "path")
SQLITE = pytest.mark.parametrize("park", ["sqlite"], indirect=True)
WITHOUT_FORMS = ("api/",)
"""Programs come with a token of their own instead of a cookie, so that nobody can send for them."""


def addresses() -> Iterator[tuple[str, str]]:
    """Yield a path for each page of the platform, with made-up ids, and the pattern that it is of."""
    from django.urls import URLPattern, get_resolver

    def walk(patterns: Any, before: str) -> Iterator[tuple[str, str]]:
        for pattern in patterns:
            route = before + str(pattern.pattern).lstrip("^").rstrip("$").replace("\\Z", "")
            if not isinstance(pattern, URLPattern):
                yield from walk(pattern.url_patterns, route)
                continue
            path = route
            for name, converter in pattern.pattern.converters.items():
                kind = type(converter).__name__
                value = {"IntConverter": "1", "UUIDConverter": str(uuid.uuid4())}.get(kind, "x")
                for written in (
                    f"<{name}>",
                    *(f"<{c}:{name}>" for c in KINDS),
                ):
                    path = path.replace(written, value)
            yield "/" + path, route

    yield from walk(get_resolver().url_patterns, "")


@SQLITE
def test_no_form_is_taken_that_was_not_sent_from_here(join: Join) -> None:
    """Every address of the platform refuses a form without the token of the session, before looking at it."""
    from django.test import Client

    office = join("office@example.org", "office")
    forger = Client(SERVER_NAME="localhost", enforce_csrf_checks=True)
    forger.cookies["park"] = office.cookies["park"].value
    asked = [(path, route) for path, route in addresses() if not route.startswith(WITHOUT_FORMS)]
    assert len(asked) > 20
    taken = {
        route: status
        for path, route in asked
        if "(?P" not in route
        for status in [forger.post(path, {"email": "x@example.org"}).status_code]
        if status not in (403, 404, 405)
    }
    assert taken == {}
    elsewhere = forger.post("/account/logout/", headers={"origin": "https://evil.example"})
    assert elsewhere.status_code == 403
    assert office.get("/").status_code == 200


@SQLITE
@pytest.mark.parametrize(
    "target",
    ["https://evil.example/", "//evil.example/", "/\\evil.example", "javascript:alert(1)", "http:///evil"],
)
def test_nobody_is_led_elsewhere(join: Join, target: str) -> None:
    """After a login, a logout and a change of language the browser stays here, wherever links lead."""
    from django.test import Client

    office = join("office@example.org", "office")
    client = Client(SERVER_NAME="localhost")
    answers = [
        log_in(client, "office@example.org", **{"QUERY_STRING": f"next={target}"}),
        client.post("/account/login/", {"login": "office@example.org", "password": "x", "next": target}),
        client.get(f"/account/login/?next={target}"),
        client.post("/i18n/setlang/", {"language": "zh-hans", "next": target}),
        office.post("/account/logout/", {"next": target}),
    ]
    for answer in answers:
        assert "evil" not in answer.get("Location", "")
        assert "alert" not in answer.get("Location", "")


@SQLITE
def test_a_page_that_was_asked_for_is_found_after_the_login(join: Join) -> None:
    """Within the platform the address is kept."""
    from django.test import Client

    join("office@example.org", "office")
    client = Client(SERVER_NAME="localhost")
    asked = client.get("/people/")
    assert asked["Location"] == "/account/login/?next=/people/"
    told = {"login": "office@example.org", "password": "a horse that counts batteries", "next": "/people/"}
    assert client.post("/account/login/", told)["Location"] == "/people/"


@SQLITE
def test_a_host_that_the_park_does_not_have_is_refused(park: ParkFolder) -> None:
    """No link of an answer is ever made of a name that somebody else sent."""
    from django.test import Client

    for name in ("evil.example", "localhost.evil.example", "localhost:8000@evil.example", "evil.example:80"):
        answer = Client().get("/account/login/", headers={"host": name})
        assert answer.status_code == 400
        assert "evil" not in answer.content.decode()
    told = Client().get("/account/login/", headers={"host": "localhost", "x-forwarded-host": "evil.example"})
    assert "evil" not in told.content.decode()


@SQLITE
def test_every_answer_tells_the_browser_what_it_may_do(join: Join) -> None:
    """Pages, redirects, refusals and what is not there: no script of elsewhere, no frame, nothing kept."""
    from django.test import Client

    office = join("office@example.org", "office")
    stranger = Client(SERVER_NAME="localhost")
    answers = [
        office.get("/"),
        office.get("/people/"),
        office.get("/nothing/"),
        office.post("/people/999/link/"),
        stranger.get("/"),
        stranger.get("/join/x/"),
        stranger.get("/account/login/"),
        Client().get("/", headers={"host": "evil.example"}),
    ]
    assert {a.status_code for a in answers} >= {200, 302, 400, 404, 410}
    for answer in answers:
        policy = answer["Content-Security-Policy"]
        for rule in ("default-src 'none'", "script-src 'self'", "style-src 'self'", "frame-ancestors 'none'"):
            assert rule in policy
        assert "unsafe" not in policy
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert answer["X-Frame-Options"] == "DENY"
        assert answer["Referrer-Policy"] == "same-origin"
        assert "no-store" in answer["Cache-Control"] or "no-cache" in answer["Cache-Control"]
        assert "Server" not in answer


@SQLITE
def test_no_page_holds_a_script_or_a_style_of_its_own(join: Join) -> None:
    """The policy would not let it run, and the page would be broken."""
    import re

    office = join("office@example.org", "office")
    pages = ("/", "/people/", "/invitations/", "/account/", "/account/2fa/", "/account/password/change/")
    for page in pages:
        text = office.get(page).content.decode()
        assert not re.search(r"<script(?![^>]*\bsrc=)|<style|\sstyle=|\son[a-z]+=|javascript:", text), page


@SQLITE
def test_over_https_cookies_insist_on_it(park: ParkFolder) -> None:
    """Nothing of a session goes over a plain connection, and browsers keep to https for a year."""
    from separatrix_park.database import settings_of

    secure, plain = settings_of(park, secure=True), settings_of(park)
    for kind in ("SESSION", "CSRF"):
        assert secure[f"{kind}_COOKIE_SECURE"] is True
        assert secure[f"{kind}_COOKIE_NAME"].startswith("__Host-")
        assert plain[f"{kind}_COOKIE_SECURE"] is False
    assert secure["SECURE_HSTS_SECONDS"] >= 31_536_000
    assert secure["SECURE_SSL_REDIRECT"] is True
    assert (plain["SECURE_HSTS_SECONDS"], plain["SECURE_SSL_REDIRECT"]) == (0, False)


@SQLITE
def test_the_cookie_of_a_session_is_for_the_server_alone(join: Join) -> None:
    """No script reads it, and no other site's form sends it along."""
    office = join("office@example.org", "office")
    cookie = office.cookies["park"]
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"
    assert office.get("/account/").cookies["csrf"]["samesite"] == "Lax"


@pytest.mark.parametrize("park", ["sqlite", "postgresql"], indirect=True)
def test_what_no_database_could_keep_is_refused(join: Join) -> None:
    """A zero byte in a query or a form, and an address longer than addresses are: a page that says so."""
    office = join("office@example.org", "office")
    assert office.get("/people/?q=%00").status_code == 400
    assert office.get("/invitations/?q=a%00b").status_code == 400
    assert office.post("/invitations/", {"email": "x@example.org\0", "role": "auditor"}).status_code == 400
    long = f"{'x' * 64}@{'.'.join(['y' * 60] * 4)}.example.org"
    refused = office.post("/invitations/", {"email": long, "role": "auditor"})
    assert refused.status_code == 200
    assert 'id="id_email_error"' in refused.content.decode()
    assert office.get("/people/99999999999999999999/").status_code == 404
    assert office.get("/join/%00/").status_code == 400
