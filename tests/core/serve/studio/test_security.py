"""Who is let in: token, cookie, Host, Origin, and what every answer says."""

from __future__ import annotations

import re
import socket

import httpx
import pytest

from separatrix.studio.security import HEADERS, Door, Doorkeeper, is_loopback
from studio_server import Served

PATHS = [
    "/",
    "/studio.js",
    "/studio.css",
    "/api/start",
    "/api/examples",
    "/api/alive",
    "/api/jobs/x",
    "/nothing",
]


@pytest.mark.parametrize("path", PATHS)
def test_without_the_cookie_nothing_is_answered(served: Served, path: str) -> None:
    """Neither the page nor any of its parts is given to a stranger."""
    answer = served.stranger.get(path)
    assert answer.status_code == 401
    assert "separatrix studio" in answer.text


@pytest.mark.parametrize("given", ["", "x", "token", "%00", "é" * 43, "a" * 100_0])
def test_a_forged_token_opens_nothing(served: Served, given: str) -> None:
    """A wrong token, in the address or in the cookie, is refused."""
    assert served.stranger.get("/", params={"token": given}).status_code == 401
    cookie = f"{served.door.cookie}={given}".encode()
    assert served.stranger.get("/", headers=[(b"Cookie", cookie)]).status_code == 401


def test_the_token_is_exchanged_for_a_cookie_and_leaves_the_address(served: Served) -> None:
    """The cookie is out of reach of scripts and of other sites."""
    answer = served.stranger.get("/", params={"token": served.door.token})
    served.stranger.cookies.clear()
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    cookie = answer.headers["set-cookie"].lower()
    assert "httponly" in cookie and "samesite=strict" in cookie and "domain" not in cookie
    assert answer.headers["referrer-policy"] == "no-referrer"


def test_the_token_works_on_the_page_alone(served: Served) -> None:
    """An address of the interface takes no token, so that none is ever written there."""
    assert served.stranger.get("/api/start", params={"token": served.door.token}).status_code == 401


@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        "127.0.0.1.evil.example:{port}",
        "localhost:1",
        "localhost",
        "[::1",
        "",
        "127.0.0.1:{port}, x",
        "2130706433:{port}",
    ],
)
def test_a_name_that_was_made_to_lead_here_is_refused(served: Served, host: str) -> None:
    """The Host of DNS rebinding is not ours, whatever cookie comes with it."""
    answer = served.client.get("/api/start", headers={"Host": host.format(port=served.door.port)})
    assert answer.status_code in (400, 403)
    assert "populations" not in answer.text


def test_two_hosts_are_refused(served: Served) -> None:
    """A proxy that reads the other Host cannot be fooled."""
    name = f"127.0.0.1:{served.door.port}"
    cookie = f"{served.door.cookie}={served.door.token}"
    lines = ["GET /api/alive HTTP/1.1", f"Host: {name}", "Host: evil.example", f"Cookie: {cookie}", "", ""]
    with socket.create_connection(("127.0.0.1", served.door.port), 10) as line:
        line.sendall("\r\n".join(lines).encode())
        assert line.recv(100).split()[1] in (b"400", b"403")


@pytest.mark.parametrize(
    "origin", ["http://evil.example", "null", "https://127.0.0.1:{port}", "http://127.0.0.1:1"]
)
def test_a_request_of_another_site_is_refused(served: Served, origin: str) -> None:
    """Also where the browser would send the cookie along."""
    headers = {"Origin": origin.format(port=served.door.port)}
    answer = served.client.post("/api/models", json={"example": "shi-chen-2018"}, headers=headers)
    assert answer.status_code == 403
    assert not [name for name in answer.headers if name.startswith("access-control")]


def test_a_form_without_origin_changes_nothing(served: Served) -> None:
    """What changes something must say where it comes from."""
    bare = httpx.Client(base_url=served.base, cookies=served.client.cookies)
    assert bare.post("/api/models", json={"example": "shi-chen-2018"}).status_code == 403
    assert bare.get("/api/alive", headers={"Sec-Fetch-Site": "cross-site"}).status_code == 403
    assert bare.get("/api/alive", headers={"Sec-Fetch-Site": "same-site"}).status_code == 403
    assert bare.get("/api/alive", headers={"Sec-Fetch-Site": "same-origin"}).status_code == 200


def test_a_link_from_elsewhere_still_opens_the_page(served: Served) -> None:
    """The page itself, which says nothing, may be reached from a link."""
    for client in (served.client, served.stranger):  # browsers keep the cookie back on the way from a link
        answer = client.get("/", headers={"Sec-Fetch-Site": "cross-site"})
        assert answer.status_code == 200
        assert "populations" not in answer.text
        assert served.door.token not in answer.text
    assert served.stranger.get("/studio.js", headers={"Sec-Fetch-Site": "cross-site"}).status_code == 403


@pytest.mark.parametrize("path", [*PATHS, "/api/start?x=%ff", "/../../etc/passwd", "/%2e%2e/etc/passwd"])
def test_every_answer_carries_the_headers(served: Served, path: str) -> None:
    """Errors and refusals too; and none of them allows scripts of others."""
    for client in (served.client, served.stranger):
        answer = client.get(path)
        assert answer.status_code < 500
        for name, value in HEADERS.items():
            assert answer.headers[name.lower()] == value, (path, name)
        assert "root:" not in answer.text
    assert "unsafe" not in HEADERS["Content-Security-Policy"]


def test_a_web_socket_is_closed(served: Served) -> None:
    """There are none; the handshake is refused."""
    headers = {
        "Connection": "Upgrade",
        "Upgrade": "websocket",
        "Sec-WebSocket-Version": "13",
        "Sec-WebSocket-Key": "eA==",
    }
    assert served.client.get("/api/start", headers=headers).status_code != 101


def test_each_start_has_a_secret_of_its_own() -> None:
    """Tokens are long and never the same; ports have cookies of their own."""
    one, other = Door(8000), Door(8001)
    assert one.token != other.token
    assert len(one.token) >= 43
    assert one.cookie != other.cookie


def test_a_proxy_may_call_the_server_by_an_allowed_name() -> None:
    """Over TLS and on the proxy's own port; other names stay unknown."""
    door = Door(8000, names=("park.example",))
    assert [door.knows(h) for h in ("park.example", "park.example:8443", "evil.park.example")] == [
        True,
        True,
        False,
    ]
    keeper = Doorkeeper(lambda *_: None, door)  # type: ignore[arg-type,return-value]

    def refused(host: str, origin: str) -> bool:
        given = {"host": host, "origin": origin, "cookie": f"{door.cookie}={door.token}"}
        headers = [(name.encode(), value.encode()) for name, value in given.items()]
        scope = {"type": "http", "method": "POST", "path": "/api/jobs", "query_string": b""}
        return keeper._refusal({**scope, "headers": headers}) is not None

    assert not refused("park.example", "https://park.example")
    assert not refused("localhost:8000", "http://localhost:8000")
    assert refused("localhost:8000", "https://localhost:8000")
    assert refused("park.example", "https://evil.example")


def test_beyond_loopback_numbers_and_allowed_names_are_let_in() -> None:
    """An address in numbers cannot be rebound; a name must have been allowed."""
    door = Door(80, "0.0.0.0", ("park.example",))
    assert [door.knows(h) for h in ("192.168.1.5", "park.example:80", "evil.example", "[fe80::1]:80")] == [
        True,
        True,
        False,
        True,
    ]
    assert [is_loopback(h) for h in ("127.8.8.8", "::1", "192.168.1.5", "park")] == [True, True, False, False]


def test_the_page_loads_nothing_of_others(served: Served) -> None:
    """No address of another machine stands in the page or its style."""
    for path in ("/", "/studio.css"):
        assert not re.findall(r"(?:https?:)?//[\w.-]+\.\w+", served.client.get(path).text)
