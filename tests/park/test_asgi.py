"""The service as one application: pages, studio and files, what each lets in, and what failures look like."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from park.conftest import PASSWORD, Join

ENERGY = {"carrier": "electricity", "m0": "900", "unit": "MWh", "layout": "grid"}


class Served:
    """A park behind real sockets on loopback."""

    def __init__(self) -> None:
        from separatrix.studio.server import listening, server_of
        from separatrix_park.asgi import application

        socket = listening("127.0.0.1", 0)
        self.base = f"http://127.0.0.1:{socket.getsockname()[1]}"
        self._server = server_of(application(workers=1))
        self._thread = threading.Thread(target=self._server.run, args=([socket],), daemon=True)
        self._thread.start()
        while not self._server.started:
            time.sleep(0.01)

    def browser(self, of: Any = None, **headers: str) -> httpx.Client:
        """Return a browser; with the session of a client of Django where one is given."""
        cookies = {"park": of.cookies["park"].value} if of is not None else {}
        return httpx.Client(base_url=self.base, cookies=cookies, headers=headers, timeout=60)

    def close(self) -> None:
        """End the server."""
        self._server.should_exit = True
        self._thread.join(20)


@pytest.fixture
def served(park: Any) -> Iterator[Served]:
    """Serve the park of a test."""
    server = Served()
    yield server
    server.close()


def approved_energy(join: Join) -> tuple[Any, Any]:
    """Return the office and an enterprise whose energy of a year is approved."""
    from separatrix_park.models import Report
    from separatrix_park.scope import whole_park

    office = join("office@example.org", "office")
    enters = join("a@e1.example", "entry", "E01", office)
    enters.post("/reports/energy/2025/", ENERGY)
    with whole_park("a test approves what it made itself"):
        Report.objects.update(state=Report.State.APPROVED)
    return office, enters


def test_files_come_with_their_kind_and_nothing_else_of_the_disk_does(served: Served) -> None:
    """Style and script are there for everybody; no address leads out of their folders."""
    with served.browser() as browser:
        for name, kind in (("park/park.css", "text/css"), ("django_htmx/htmx-2.min.js", "text/javascript")):
            answer = browser.get(f"/static/{name}")
            assert (answer.status_code, answer.headers["content-type"].split(";")[0]) == (200, kind)
            assert answer.headers["x-content-type-options"] == "nosniff"
            again = browser.get(f"/static/{name}", headers={"If-None-Match": answer.headers["etag"]})
            assert again.status_code == 304
        for lost in ("/static/../templates/park/base.html", "/static/%2e%2e/apps.py", "/static/"):
            assert browser.get(lost).status_code == 404


def test_the_studio_is_for_those_who_are_signed_in(served: Served, join: Join) -> None:
    """A stranger is led to log in, and learns nothing from the studio's addresses; nor does another site."""
    office = join("office@example.org", "office")
    with served.browser() as stranger:
        led = stranger.get("/studio/")
        assert led.status_code == 302
        assert led.headers["location"].startswith("/account/login/")
        for address in ("/studio/api/start", "/studio/api/alive", "/studio/cluster/"):
            assert stranger.get(address).status_code == 401
        assert stranger.get("/studio/studio.js").status_code == 200
    with served.browser(office) as browser:
        page = browser.get("/studio/")
        assert '"home": "/"' in page.text or '"home":"/"' in page.text
        assert "frame-ancestors 'none'" in page.headers["content-security-policy"]
        assert browser.get("/studio/api/alive").status_code == 200
        foreign = {"Origin": "https://evil.example"}
        assert browser.post("/studio/api/models", json={"text": "a"}, headers=foreign).status_code == 403
        assert browser.post("/studio/api/models", json={"text": "a"}).status_code == 403
    office.post("/account/logout/")
    with served.browser() as gone:
        assert gone.get("/studio/api/alive", headers={"Cookie": f"park={'x' * 32}"}).status_code == 401


def test_a_room_of_the_studio_is_one_persons(served: Served, join: Join) -> None:
    """What one person opened, a neighbour cannot have by its address; both may open the same file."""
    office = join("office@example.org", "office")
    one, other = join("a@e1.example", "entry", "E01", office), join("a@e2.example", "entry", "E02", office)
    text = "payoff_matrix: [[-1, 4], [0, 2]]"
    with served.browser(one, Origin=served.base) as mine, served.browser(other, Origin=served.base) as yours:
        opened = mine.post("/studio/api/models", json={"text": text}).json()
        for name in (opened["hash"], opened["game"]["hash"]):
            assert mine.get(f"/studio/api/models/{name}").status_code == 200
            assert yours.get(f"/studio/api/models/{name}").status_code == 404
        assert yours.post("/studio/api/models", json={"text": text}).json()["hash"] != opened["hash"]


def test_the_office_begins_with_the_cluster_of_what_is_approved(served: Served, join: Join) -> None:
    """An enterprise begins with a game of the catalogue, and cannot have the cluster."""
    office, enters = approved_energy(join)
    with served.browser(office) as browser:
        assert browser.get("/studio/api/start").json()["kind"] == "cluster"
    with served.browser(enters) as browser:
        assert browser.get("/studio/api/start").json()["kind"] == "game"
        assert browser.get("/studio/cluster/").status_code == 404


def test_a_body_past_the_bounds_is_refused_with_a_page(served: Served, join: Join) -> None:
    """Strangers may send little; who only claims to be signed in is a stranger; people may send more."""
    office = join("office@example.org", "office")
    large = b"x" * 1_500_000
    with served.browser() as stranger:
        for claim in ({}, {"Cookie": f"park={'x' * 32}"}):
            answer = stranger.post("/account/login/", content=large, headers=claim)
            assert answer.status_code == 413
            assert "This is too large" in answer.text
        chinese = stranger.post("/account/login/", content=large, headers={"Accept-Language": "zh-CN"})
        assert "内容过大" in chinese.text
    with served.browser(office) as browser:
        assert browser.post("/invitations/", content=large).status_code != 413
        assert browser.post("/invitations/", content=large * 45).status_code == 413


def test_a_token_that_is_none_opens_no_door_for_a_large_body(served: Served, join: Join) -> None:
    """Whoever writes any word into the header of a program is a stranger still, on pages and at endpoints."""
    from separatrix_park.models import Person
    from separatrix_park.scope import whole_park
    from separatrix_park.tokens import issue

    join("office@example.org", "office")
    with whole_park("a test makes a token"):
        _token, secret = issue(Person.objects.get(), "meters", 1, reads_only=False)
    large, claim = b" " * 1_500_000, {"Authorization": "Bearer park_of_my_own"}
    with served.browser() as browser:
        assert browser.post("/account/login/", content=large, headers=claim).status_code == 413
        assert browser.post("/api/v1/enterprises", content=large, headers=claim).status_code == 401
        known = {"Authorization": f"Bearer {secret}"}
        assert browser.post("/api/v1/enterprises", content=large, headers=known).status_code == 415
        assert browser.post("/api/v1/enterprises", content=large * 45, headers=known).status_code == 413


def test_pages_of_failures_tell_no_more_than_what_to_do(
    served: Served, join: Join, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A fault of the program gives its number and no trace; an unknown address and host give a page."""
    from django.test import Client

    from separatrix_park.views import home

    office = join("office@example.org", "office")
    with served.browser(office) as browser:
        nothing = browser.get("/nothing-here/")
        assert (nothing.status_code, "There is nothing here for you to see" in nothing.text) == (404, True)
        assert browser.get("/", headers={"Host": "evil.example"}).status_code == 400

        def broken(*_: object) -> None:
            raise RuntimeError("a secret 4711")

        monkeypatch.setattr(home, "render", broken)
        failed = browser.get("/")
        assert failed.status_code == 500
        assert "Something went wrong" in failed.text
        assert "4711" not in failed.text
        assert "RuntimeError" not in failed.text
    strict = Client(SERVER_NAME="localhost", enforce_csrf_checks=True)
    forged = strict.post("/account/login/", {"login": "a@b.example", "password": PASSWORD})
    assert forged.status_code == 403
    assert "not sent from a page of this session" in forged.content.decode()


def test_a_part_of_a_page_never_gets_the_log_in_into_itself(park: Any) -> None:
    """After the session has ended a page is led to log in, a part of one is refused."""
    from django.test import Client

    stranger = Client(SERVER_NAME="localhost")
    assert stranger.get("/people/").status_code == 302
    assert stranger.get("/people/", headers={"HX-Request": "true"}).status_code == 401


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("SQLITE_BUSY", "The service is unavailable"),
        ("SQLITE_FULL", "No storage space left"),
    ],
)
def test_a_database_that_does_not_answer_is_told_as_such(
    join: Join, monkeypatch: pytest.MonkeyPatch, name: str, told: str
) -> None:
    """Who asks is told to come again, or that the disk is full; nothing of the error itself is shown."""
    import sqlite3

    from django.db import OperationalError

    from separatrix_park.views import home

    office = join("office@example.org", "office")
    office.raise_request_exception = False

    def broken(*_: object) -> None:
        cause = sqlite3.OperationalError("a secret 4711")
        cause.sqlite_errorname = name
        raise OperationalError("a secret 4711") from cause

    monkeypatch.setattr(home, "render", broken)
    answer = office.get("/")
    assert (answer.status_code, answer["Retry-After"]) == (503, "30")
    assert told in answer.content.decode()
    assert "4711" not in answer.content.decode()


def test_the_log_of_the_service_holds_no_link_that_lets_in(
    park: Any, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """An invitation that was opened while something failed is still good; many read logs."""
    from django.test import Client

    from separatrix_park.views import people as invitations

    def fail(_: str) -> None:
        raise RuntimeError

    monkeypatch.setattr(invitations, "open_invitation", fail)
    browser = Client(SERVER_NAME="localhost", raise_request_exception=False)
    assert browser.get("/join/not-used-yet/").status_code == 500
    told = [r.getMessage() for r in caplog.records if r.name.startswith("separatrix")]
    assert any("/join/.../" in line for line in told)
    assert not any("not-used-yet" in line for line in told)


def test_an_address_with_a_zero_byte_is_refused_on_both_databases(join: Join) -> None:
    """It is no name of anything, and no error of the program."""
    office = join("office@example.org", "office")
    assert office.get("/enterprises/E%00/").status_code == 400


def test_an_address_that_only_takes_forms_says_so(join: Join) -> None:
    """Who loads again what a form was sent to finds a page and not an empty one; a program gets no page."""
    office = join("office@example.org", "office")
    page = office.get("/people/1/role/", headers={"accept": "text/html"})
    assert (page.status_code, page["Allow"]) == (405, "POST")
    assert "This address does not support this action" in page.content.decode()
    assert office.get("/people/1/role/", headers={"accept": "*/*"}).content == b""


def test_programs_are_told_in_their_form_whatever_refuses(served: Served) -> None:
    """An address with a line break in it, and a body that is too large, are refused in JSON as elsewhere."""
    with served.browser() as browser:
        strange = browser.get("/api/v1/tables/%C3%BC%0A")
        large = browser.post("/api/v1/enterprises", content=b" " * 70_000_000)
    for answer, status in ((strange, 401), (large, 401)):
        assert answer.status_code == status
        assert answer.headers["content-type"].startswith("application/json")
        assert answer.json()["errors"][0]["code"]
    with served.browser() as browser:
        event = browser.post("/pact/E01/3/events", content=b" " * 1_100_000)
    assert (event.status_code, event.json()["code"]) == (413, "BadRequest")
