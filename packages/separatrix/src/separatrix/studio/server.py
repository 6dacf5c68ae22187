"""The server: a socket that listens, its connections, and the application on it.

Who opens connections and sends half a request over each would take all files that a process may open, and
that needs no token.  So a connection that asks for nothing is closed, and those who ask are always heard.
"""

from __future__ import annotations

import asyncio
import socket
import ssl
import sys
from pathlib import Path

import uvicorn
from starlette.types import ASGIApp
from uvicorn.protocols.http.h11_impl import H11Protocol

from separatrix.errors import InputError
from separatrix.sentences import say

__all__ = ["PatientConnection", "listening", "most_connections", "server_of"]

_BACKLOG = 100

PATIENCE = 10.0
"""Seconds within which a request must have begun; a connection is looked at as often."""

MOST = 500
"""Connections at once: enough for fifty browsers with all their connections, twice."""

_OWN = 200
"""Files that are for others: pipes to workers, files of uploads, and connections not yet counted."""


def listening(host: str, port: int) -> socket.socket:
    """Return a socket that listens at an address.

    Parameters
    ----------
    host : str
        A number, or a name of this machine.
    port : int
        0 for one that is free.

    Raises
    ------
    InputError
        W130 if the address or port is not available.

    Examples
    --------
    >>> with listening("127.0.0.1", 0) as found:
    ...     found.getsockname()[1] > 0
    True
    """
    if not 0 <= port < 65_536:  # systems take others for what remains of them
        raise _nobody(host, port, OverflowError("ports are 0 to 65535"))
    try:
        # Only of sockets that are told to speak TCP does asyncio know that answers must not wait for more.
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, proto=socket.IPPROTO_TCP
        )[0]
        found = socket.socket(family, kind, protocol)
    except (OSError, OverflowError, UnicodeError) as problem:
        raise _nobody(host, port, problem) from None
    try:
        if socket.has_ipv6 and family == socket.AF_INET6:
            found.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        if hasattr(socket, "SO_REUSEADDR") and not hasattr(socket, "SO_EXCLUSIVEADDRUSE"):
            found.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        found.bind(address)
        found.listen(_BACKLOG)
    except (OSError, OverflowError) as problem:
        found.close()
        raise _nobody(host, port, problem) from None
    return found


def _nobody(host: str, port: int, problem: Exception) -> InputError:
    why = getattr(problem, "strerror", None) or str(problem)
    return InputError(
        "W130",
        say("cannot listen on {host}, port {port}: {why}", host=host, port=port, why=why),
        hint=say("name another one; --port 0 takes one that is free"),
    )


def server_of(application: ASGIApp, certificate: tuple[Path, Path] | None = None) -> uvicorn.Server:
    """Return a server of an application; ``run(sockets=[...])`` serves until it is stopped.

    Parameters
    ----------
    application : ASGI application
    certificate : tuple of Path, optional
        The files of a certificate and of its key, to be reached over https.

    Raises
    ------
    InputError
        W236 where they cannot be read, or do not belong together.
    """
    if certificate is not None:
        _try_certificate(*certificate)
    chain, key = certificate or (None, None)
    return uvicorn.Server(
        uvicorn.Config(
            application,
            ssl_certfile=chain,
            ssl_keyfile=key,
            http=PatientConnection,
            backlog=_BACKLOG,  # as many are taken at once before any is looked at
            log_level="warning",
            ws="none",
            proxy_headers=False,
            server_header=False,
            timeout_graceful_shutdown=2,
        )
    )


def _try_certificate(chain: Path, key: Path) -> None:
    try:
        # Without a callback a key with a password would be asked for on the terminal.
        ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(chain, key, lambda: b"")
    except (OSError, ValueError) as problem:  # an SSLError is an OSError
        raise InputError(
            "W236",
            say(
                "{certificate} and {key} are not a certificate and its key: {why}",
                certificate=str(chain),
                key=str(key),
                why=problem.strerror if isinstance(problem, OSError) and problem.strerror else str(problem),
            ),
        ) from None


class PatientConnection(H11Protocol):
    """HTTP/1.1 as uvicorn speaks it, with patience that ends."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Take a connection; where there are too many, close the one that has been idle for longest."""
        super().connection_made(transport)
        self._idle_since = self.loop.time()
        self._look_again = self.loop.call_later(PATIENCE, self._look)
        open_now = [
            c for c in self.connections if isinstance(c, PatientConnection) and not c.transport.is_closing()
        ]
        if len(open_now) > most_connections():
            idle = [other for other in open_now if other.idle]
            min(idle, key=lambda other: other._idle_since, default=self).transport.abort()

    def connection_lost(self, exc: Exception | None) -> None:
        """Look no more."""
        self._look_again.cancel()
        super().connection_lost(exc)

    def on_response_complete(self) -> None:
        """Begin to wait for the next request."""
        self._idle_since = self.loop.time()
        super().on_response_complete()

    @property
    def idle(self) -> bool:
        """Whether no request is being answered: none came in whole, or the last one has its answer."""
        return self.cycle is None or self.cycle.response_complete

    def _look(self) -> None:
        if self.idle and self.loop.time() - self._idle_since >= PATIENCE:
            self.transport.abort()
        else:
            self._look_again = self.loop.call_later(PATIENCE, self._look)


def most_connections() -> int:
    """Return how many connections there may be at once: fewer where a process may open few files.

    Examples
    --------
    >>> 0 < most_connections() <= 500
    True
    """
    if sys.platform == "win32":
        return MOST
    import resource

    return max(20, min(MOST, resource.getrlimit(resource.RLIMIT_NOFILE)[0] - _OWN))
