"""What stands before the platform: the network, and proxies that speak for those behind them."""

from __future__ import annotations

from starlette.types import ASGIApp
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from separatrix.errors import InputError
from separatrix.sentences import say
from separatrix.studio.security import is_loopback
from separatrix_park.access import Access

__all__ = ["behind", "require_guarded"]


def behind(access: Access, application: ASGIApp) -> ASGIApp:
    """Return the application behind a park's proxies; it trusts no other headers.

    Parameters
    ----------
    access : Access
    application : ASGI application
    """
    if not access.proxies:
        return application
    return ProxyHeadersMiddleware(application, list(access.proxies))  # type: ignore[arg-type,return-value]


def require_guarded(access: Access, host: str, certificate: bool) -> None:
    """Refuse to send passwords over an unencrypted network.

    Parameters
    ----------
    access : Access
    host : str
        The address to listen on.
    certificate : bool
        Whether the platform speaks https itself.

    Raises
    ------
    InputError
        W235 where it would be reached from elsewhere without https.

    Examples
    --------
    >>> require_guarded(Access(), "127.0.0.1", False)
    >>> require_guarded(Access(proxies=("10.0.0.1",)), "0.0.0.0", False)
    """
    if is_loopback(host) or certificate or access.proxies:
        return
    raise InputError(
        "W235",
        say("on {host} passwords would cross the network unencrypted", host=host),
        hint=say(
            "add --certificate and --key, or name a proxy that speaks https in park.toml: [access] proxies"
        ),
    )
