"""The network before the platform: proxies that are believed and others, https, and ports that are open."""

from __future__ import annotations

import os
import ssl
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
import trustme
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.types import Receive, Scope, Send

from event_loops import run_in_thread
from separatrix.errors import InputError
from separatrix.studio.server import server_of
from separatrix_park.access import Access
from separatrix_park.asgi import behind, require_guarded

PROXY, STRANGER = "10.0.0.1", "203.0.113.9"
CLAIM = {"x-forwarded-for": "198.51.100.7", "x-forwarded-proto": "https"}


async def seen(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer what the platform sees of who asks."""
    request = Request(scope)
    address = request.client.host if request.client else ""
    await JSONResponse([address, request.url.scheme])(scope, receive, send)


def asked(access: Access, address: str, headers: dict[str, str]) -> Any:
    async def ask() -> Any:
        transport = httpx.ASGITransport(behind(access, seen), client=(address, 1234))
        async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
            return (await client.get("/", headers=headers)).json()

    return run_in_thread(ask)


@pytest.mark.parametrize(
    ("proxies", "address", "expected"),
    [
        ((), PROXY, [PROXY, "http"]),
        ((), "127.0.0.1", ["127.0.0.1", "http"]),
        ((PROXY,), PROXY, ["198.51.100.7", "https"]),
        ((PROXY,), STRANGER, [STRANGER, "http"]),
        (("10.0.0.0/24",), "10.0.0.77", ["198.51.100.7", "https"]),
        (("10.0.0.0/24",), "10.0.1.77", ["10.0.1.77", "http"]),
        ((PROXY,), "127.0.0.1", ["127.0.0.1", "http"]),
    ],
)
def test_headers_are_believed_of_named_proxies_alone(
    proxies: tuple[str, ...], address: str, expected: list[str]
) -> None:
    """Who comes from elsewhere says of themselves what they like, and is counted as who they are."""
    assert asked(Access(proxies=proxies), address, CLAIM) == expected


def test_what_a_client_puts_before_a_proxys_own_word_is_not_believed() -> None:
    """The last address is the one that the proxy saw; those before it were written by who asks."""
    headers = {"x-forwarded-for": f"127.0.0.1, {STRANGER}", "x-forwarded-proto": "https"}
    assert asked(Access(proxies=(PROXY,)), PROXY, headers) == [STRANGER, "https"]


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.5", "park.example.cn"])
def test_passwords_do_not_cross_a_network_in_the_clear(host: str) -> None:
    """Beyond this machine there is a certificate or a proxy, or nothing is served."""
    with pytest.raises(InputError, match="W235"):
        require_guarded(Access(), host, False)
    require_guarded(Access(), host, True)
    require_guarded(Access(proxies=(PROXY,)), host, False)


def test_a_certificate_that_cannot_be_used_is_told(tmp_path: Path) -> None:
    """A missing file, one of something else, and a key of another certificate."""
    for name in ("one", "other"):
        made = trustme.CA().issue_cert("localhost")
        made.cert_chain_pems[0].write_to_path(tmp_path / f"{name}.pem")
        made.private_key_pem.write_to_path(tmp_path / f"{name}.key")
    (tmp_path / "text.pem").write_text("no certificate", "utf-8")
    for chain, key in (("none.pem", "one.key"), ("text.pem", "one.key"), ("one.pem", "other.key")):
        with pytest.raises(InputError, match="W236"):
            server_of(seen, (tmp_path / chain, tmp_path / key))


@contextmanager
def serving(folder: Path, *options: str) -> Iterator[str]:
    """Serve a park by the command line, and give its address."""
    command = [sys.executable, "-m", "separatrix", "park", "serve", str(folder), "--port", "0", *options]
    with subprocess.Popen(command, stdout=subprocess.PIPE, encoding="utf-8", env=os.environ) as process:
        try:
            assert process.stdout is not None
            yield process.stdout.readline().strip()
        finally:
            process.terminate()


def test_the_platform_speaks_https_by_its_own_certificate(tmp_path: Path) -> None:
    """Cookies insist on https, browsers keep to it, and a plain request gets no answer."""
    authority = trustme.CA()
    made = authority.issue_cert("127.0.0.1")
    made.cert_chain_pems[0].write_to_path(tmp_path / "park.pem")
    made.private_key_pem.write_to_path(tmp_path / "park.key")
    folder = tmp_path / "park"
    told = ["--name", "Park of tests", "--email", "office@example.org"]
    run = [sys.executable, "-m", "separatrix", "park", "init", str(folder), *told]
    link = subprocess.run(run, check=True, stdout=subprocess.PIPE, encoding="utf-8").stdout.strip()
    trust = ssl.create_default_context()
    authority.configure_trust(trust)
    files = ["--certificate", str(tmp_path / "park.pem"), "--key", str(tmp_path / "park.key")]
    with serving(folder, *files) as address, httpx.Client(verify=trust, base_url=address) as client:
        assert address.startswith("https://127.0.0.1:")
        page = client.get(httpx.URL(link).path)
        assert page.status_code == 200
        assert page.headers["strict-transport-security"] == "max-age=31536000"
        assert "server" not in page.headers
        secret = page.text.split('name="csrfmiddlewaretoken" value="')[1].split('"')[0]
        form = {"csrfmiddlewaretoken": secret, "password": "four other words here"}
        own = {"referer": address, "origin": address.rstrip("/")}
        joined = client.post(httpx.URL(link).path, data=form, headers=own)
        assert joined.status_code == 302
        cookies = joined.headers.get_list("set-cookie")
        assert any(c.startswith("__Host-park=") and "Secure" in c and "HttpOnly" in c for c in cookies)
        assert client.get("/").headers["location"] == "/account/2fa/totp/activate/"
        with pytest.raises(httpx.TransportError):
            httpx.get(address.replace("https", "http"))
