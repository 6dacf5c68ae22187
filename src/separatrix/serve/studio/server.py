"""The server: a socket that listens, and the application on it."""

from __future__ import annotations

import socket

import uvicorn
from starlette.types import ASGIApp

from separatrix.errors import InputError
from separatrix.sentence import say

__all__ = ["listening", "server_of"]

_BACKLOG = 256


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
        W130 where nobody can listen there.

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
        say("nobody can listen on {host}, port {port}: {why}", host=host, port=port, why=why),
        hint=say("leave --port out for one that is free"),
    )


def server_of(application: ASGIApp) -> uvicorn.Server:
    """Return a server of an application; ``run(sockets=[...])`` serves until it is told to end."""
    return uvicorn.Server(
        uvicorn.Config(
            application,
            log_level="warning",
            ws="none",
            proxy_headers=False,
            server_header=False,
            timeout_graceful_shutdown=2,
        )
    )
