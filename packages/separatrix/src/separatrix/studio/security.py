"""Who is let in: a token for each start, the Host and Origin of requests, and the headers of every answer.

The token is in the address that the program prints; it is exchanged for a cookie that no script reads and
no other site sends, and removed from the address. A page of another site that makes its own name lead to
this machine (DNS rebinding) is detected by its Host; one that posts here, by its Origin.
"""

from __future__ import annotations

import ipaddress
import secrets
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from http.cookies import CookieError, SimpleCookie
from urllib.parse import parse_qs

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from separatrix.errors import InputError
from separatrix.sentences import say
from separatrix.studio.error_json import error_json

__all__ = ["Doorkeeper", "Door", "is_loopback", "same_site", "sealed"]

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; "
    "connect-src 'self'; worker-src 'self' blob:; frame-src 'self' blob:; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}
"""What every answer says, errors among them."""

_LOOPBACK_NAMES = ("127.0.0.1", "localhost", "[::1]")


@dataclass(frozen=True)
class Door:
    """Where the server is found, and the secret that opens it.

    Attributes
    ----------
    port : int
    host : str
        The address on which it listens.
    names : tuple of str
        Further names by which it may be called, without a port.
    token : str
        Random, new at each start.
    """

    port: int
    host: str = "127.0.0.1"
    names: tuple[str, ...] = ()
    token: str = field(default_factory=lambda: secrets.token_urlsafe(32))

    @property
    def cookie(self) -> str:
        """The name of the cookie: ports of one machine share their cookies, so the port is in it."""
        return f"separatrix-{self.port}"

    @property
    def address(self) -> str:
        """The address to open first."""
        shown = "127.0.0.1" if self.host in ("0.0.0.0", "::") else self.host
        shown = f"[{shown}]" if ":" in shown else shown
        return f"http://{shown}:{self.port}/?token={self.token}"

    def knows(self, host: str) -> bool:
        """Return whether a request may call the server so.

        An address in numbers cannot be rebound to another machine, so it is let in wherever the server
        listens beyond loopback; a name only where it was allowed.

        Examples
        --------
        >>> door = Door(8000)
        >>> [door.knows(host) for host in ("localhost:8000", "127.0.0.1:9", "evil.example:8000")]
        [True, False, False]
        """
        name, port = _parted(host)
        if name in self.names:
            return True  # a proxy has a port of its own
        if port != self.port:
            return False
        if name in _LOOPBACK_NAMES or name == self.host:
            return True
        return not is_loopback(self.host) and _is_number(name)


class Doorkeeper:
    """The application behind the door: lets in who has the cookie, and gives every answer its headers.

    Parameters
    ----------
    app : ASGI application
    door : Door
    """

    def __init__(self, app: ASGIApp, door: Door) -> None:
        self.app = app
        self.door = door

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        if scope["type"] == "lifespan":
            await self.app(scope, receive, send)
            return
        if scope["type"] != "http":  # nothing behind the door speaks over web sockets
            await send({"type": "websocket.close", "code": 1008})
            return
        refusal = self._refusal(scope)
        await (self.app if refusal is None else refusal)(scope, receive, sealed(send))

    def _refusal(self, scope: Scope) -> Response | None:
        """Return the answer to a request that is not let in; None for one that is."""
        headers = Headers(scope=scope)
        hosts = headers.getlist("host")
        if len(hosts) != 1 or not self.door.knows(hosts[0]):
            return _refusal_response(403, say("the server is not called so"), scope)
        # Only before a proxy can the page have come over TLS.
        schemes = ("http", "https") if _parted(hosts[0])[0] in self.door.names else ("http",)
        if not same_site(scope, headers, [f"{scheme}://{hosts[0]}" for scheme in schemes]):
            return _refusal_response(403, say("the request comes from another site"), scope)
        told = parse_qs(scope.get("query_string", b"").decode("latin-1")).get("token")
        if told and scope["method"] == "GET" and scope["path"] == "/":
            if len(told) == 1 and self._is_token(told[0]):
                entry = RedirectResponse("/", status_code=303)
                entry.set_cookie(
                    self.door.cookie, self.door.token, httponly=True, samesite="strict", path="/"
                )
                return entry
            return _refusal_response(401, say("this address was that of an earlier start"), scope)
        if not any(self._is_token(value) for value in _cookies(headers, self.door.cookie)):
            if scope["path"] == "/" and headers.get("sec-fetch-site") == "cross-site":
                # Browsers keep the cookie back where a link of another site leads here; what the page loads
                # then is asked for with it.  The page itself tells nothing.
                return None
            return _refusal_response(401, say("the server does not know this browser"), scope)
        return None

    def _is_token(self, given: str) -> bool:
        return secrets.compare_digest(given.encode("utf-8", "replace"), self.door.token.encode())


def sealed(send: Send) -> Send:
    """Return a way to send answers on which each one gets its headers."""

    async def sent(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, value in HEADERS.items():
                headers.setdefault(name, value)
        await send(message)

    return sent


def same_site(scope: Scope, headers: Headers, own: Collection[str], page: str = "/") -> bool:
    """Return whether a request comes from a page of this server, or leads to the page by a link.

    Parameters
    ----------
    scope, headers
        Of the request.
    own : collection of str
        The origins under which the server is known, as ``https://example.org``.
    page : str
        The address of the page, which other sites may link to: it is public.
    """
    origins = headers.getlist("origin")
    if any(origin not in own for origin in origins):
        return False
    at_page = scope["path"] == page
    if scope["method"] in ("GET", "HEAD") and at_page:
        return True
    if scope["method"] not in ("GET", "HEAD") and not origins:
        return False
    return headers.get("sec-fetch-site", "none" if at_page else "same-origin") in ("same-origin", "none")


def is_loopback(host: str) -> bool:
    """Return whether an address is reached from this machine alone.

    Examples
    --------
    >>> is_loopback("127.0.0.1"), is_loopback("localhost"), is_loopback("::1"), is_loopback("0.0.0.0")
    (True, True, True, False)
    """
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def _is_number(name: str) -> bool:
    try:
        ipaddress.ip_address(name.strip("[]"))
    except ValueError:
        return False
    return True


def _parted(host: str) -> tuple[str, int]:
    name, separator, port = host.lower().rpartition(":")
    if not separator or name.endswith(":") or (name.startswith("[") and not name.endswith("]")):
        return host.lower(), 80
    return name, int(port) if port.isascii() and port.isdecimal() and len(port) < 6 else -1


def _cookies(headers: Headers, name: str) -> Iterable[str]:
    for line in headers.getlist("cookie"):
        try:
            found = SimpleCookie(line).get(name)
        except CookieError:
            continue
        if found is not None:
            yield found.value


def _refusal_response(status: int, why: str, scope: Scope) -> Response:
    """Return an error response: JSON for a program, a page for a person."""
    problem = InputError(
        "W120" if status == 401 else "W121",
        why,
        hint=say("open the address that `separatrix studio` printed when it started"),
    )
    told: Mapping[str, object] = error_json(problem)
    if scope.get("path", "").startswith("/api/"):
        return JSONResponse({"error": told}, status)
    return HTMLResponse(
        '<!DOCTYPE html>\n<html lang="en">\n<meta charset="utf-8">\n<title>Separatrix</title>\n'
        f"<p>{problem.message}: {problem.hint}.</p>\n"
        f'<p lang="zh">{told["told"]["zh"]["text"]}：{told["told"]["zh"]["hint"]}。</p>\n</html>\n',  # type: ignore[index]
        status,
    )
