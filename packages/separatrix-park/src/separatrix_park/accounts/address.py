"""Who is asking, as far as attempts to sign in are counted: the address, and the name that was typed.

Attempts are counted by address and name together, and by address alone, never by name alone. Otherwise
anyone who knows an e-mail address could lock its owner out.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest

__all__ = ["client_address", "login_name", "network_of"]

NOWHERE = "0.0.0.0"
"""A client without an address, over a local socket."""

PREFIX = 64
"""Bits of an IPv6 address that a customer is given; the rest they choose as they like."""


def network_of(address: str) -> str:
    """Return the part of an address that distinguishes customers.

    Examples
    --------
    >>> network_of("203.0.113.7"), network_of("2001:db8:1:2:3:4:5:6"), network_of("::ffff:203.0.113.7")
    ('203.0.113.7', '2001:db8:1:2::', '203.0.113.7')
    """
    try:
        found = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return NOWHERE
    if isinstance(found, ipaddress.IPv4Address):
        return str(found)
    if found.ipv4_mapped is not None:
        return str(found.ipv4_mapped)
    return str(ipaddress.ip_network((found, PREFIX), strict=False).network_address)


def client_address(request: HttpRequest) -> str:
    """Return where a request came from; what a proxy says of it was believed or not by the server before."""
    return network_of(request.META.get("REMOTE_ADDR") or "")


def login_name(request: HttpRequest | None, credentials: Mapping[str, Any] | None = None) -> str:
    """Return the name of a login attempt, in the form used for comparison."""
    told = credentials or {}
    typed = told.get("email") or told.get("username")
    if not typed and request is not None:
        typed = request.POST.get("login")
    return str(typed or "").strip().lower()[:254]
