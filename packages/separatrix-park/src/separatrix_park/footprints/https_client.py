"""Calls to the nodes of partners, held in where they go, how long they take and how much they bring.

The name in an address is resolved once; the connection goes to an address that was looked at, so that a name
which resolves otherwise a moment later leads nowhere else.  Nothing is redirected, nothing unpacked, no proxy
of the environment asked, and all of a call ends at one moment, however slowly bytes come in.
"""

from __future__ import annotations

import http.client
import io
import ipaddress
import re
import socket
import ssl
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import SplitResult, urlsplit

from separatrix.errors import InputError
from separatrix.sentences import say
from separatrix_park.access import PartnerNetworks

__all__ = ["GuardedHttps", "Reply", "may_be_called", "require_address", "wrong_answer"]

SECONDS = 20.0
"""How long one call may take, from its first look at the name to the last byte."""

MOST_BYTES = 10_000_000
"""Of the body of an answer."""

HEAD_BYTES = 200_000
"""Of its head, and of what chunks add to a body."""

_ADDRESS = re.compile(r"https://[A-Za-z0-9._\[\]:-]+(/[A-Za-z0-9._~%!$&'()*+,;=:@/-]*)?")
Network = ipaddress.IPv4Network | ipaddress.IPv6Network


@dataclass(frozen=True)
class Reply:
    """What a node answered.

    Attributes
    ----------
    status : int
    headers : mapping of str to str
        By their names in small letters.
    body : bytes
    """

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""


def require_address(address: str) -> SplitResult:
    """Return the parts of an address that a partner's node may have.

    Raises
    ------
    InputError
        W310 where it is not https, or holds more than a host, a port and a path.

    Examples
    --------
    >>> require_address("https://partner.example:8443/pact/E01").port
    8443
    """
    try:
        parts = urlsplit(address)
        known = bool(_ADDRESS.fullmatch(address)) and bool(parts.hostname) and parts.port != 0
    except ValueError:  # a port that is no number, a bracket without its other half
        known = False
    if not known:
        raise InputError(
            "W310",
            say("`{address}` cannot be the address of a partner's node", address=address[:200]),
            hint=say("an address such as https://partner.example/pact is expected"),
        )
    return parts


def may_be_called(address: str, networks: Sequence[Network] = ()) -> bool:
    """Return whether an address of the Internet Protocol may be called: a public one, or of a network named.

    Addresses that stand for one of version 4 are as good as that one.

    Examples
    --------
    >>> may_be_called("8.8.8.8"), may_be_called("10.0.0.1"), may_be_called("::ffff:127.0.0.1")
    (True, False, False)
    >>> may_be_called("10.0.0.1", [ipaddress.ip_network("10.0.0.0/24")])
    True
    """
    try:
        held = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    meant = _embedded(held) or held
    if any(one in network for network in networks for one in (held, meant) if one.version == network.version):
        return True
    # Versions of Python differ in what they call global; nothing else than these is routed on the Internet.
    routed = held.version == 4 or held in _UNICAST or meant is not held
    apart = any(meant in network for network in _APART if meant.version == network.version)
    return routed and not apart and meant.is_global and not meant.is_multicast


def _embedded(held: ipaddress.IPv4Address | ipaddress.IPv6Address) -> ipaddress.IPv4Address | None:
    if held.version == 4:
        return None
    if held in _NAT64:
        return ipaddress.IPv4Address(int(held) & 0xFFFFFFFF)
    if int(held) >> 32 & 0xFDFF_FFFF == 0x0000_5EFE:  # ISATAP
        return ipaddress.IPv4Address(int(held) & 0xFFFFFFFF)
    if int(held) >> 32 == 0:  # compatible with version 4, as was once thought of
        return ipaddress.IPv4Address(int(held))
    return held.ipv4_mapped or held.sixtofour or (held.teredo[1] if held.teredo else None)


_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
_UNICAST = ipaddress.IPv6Network("2000::/3")
_APART = tuple(map(ipaddress.ip_network, ("192.0.0.0/24", "192.88.99.0/24", "3fff::/20")))
"""What older versions of Python call global.  Reference: the IANA special-purpose address registries."""


class GuardedHttps:
    """Calls over https within bounds.

    Parameters
    ----------
    allowed : PartnerNetworks
        What park.toml says.
    seconds : float
    most_bytes : int
    """

    def __init__(
        self, allowed: PartnerNetworks, *, seconds: float = SECONDS, most_bytes: int = MOST_BYTES
    ) -> None:
        self._networks = [ipaddress.ip_network(network) for network in allowed.networks]
        self._seconds, self._most = seconds, most_bytes
        self._trusted = ssl.create_default_context()
        self._trusted.minimum_version = ssl.TLSVersion.TLSv1_2
        if allowed.certificates:
            try:
                self._trusted.load_verify_locations(allowed.certificates)
            except (OSError, ssl.SSLError):
                raise InputError(
                    "W230",
                    say(
                        "`{name}` cannot be `{found}`; expected: {expected}",
                        name="certificates",
                        found=allowed.certificates,
                        expected=say("a file of certificates in the PEM format"),
                    ),
                ) from None

    def call(self, method: str, address: str, headers: Mapping[str, str], body: bytes | None = None) -> Reply:
        """Call an address and return what it answers, whatever the status.

        Raises
        ------
        InputError
            W310 if the address may not be called; W311 if no response arrives in time; W312 if the response
            is not HTTP, is too large, or is a redirection.
        """
        parts = require_address(address.partition("?")[0])
        host, port = parts.hostname or "", parts.port or 443
        query = address.partition("?")[2]
        target = (parts.path or "/") + (f"?{query}" if query else "")
        until = time.monotonic() + self._seconds
        connection, stream = _Connection(host, port), None
        try:
            stream = self._connected(host, port, until)
            connection.sock = stream
            told = {"Accept-Encoding": "identity", "Connection": "close", **headers}
            connection.request(method, target, body=body, headers=told)
            answer = connection.getresponse()
            return self._reply(answer)
        except _TooLarge:
            raise _too_large(self._most) from None
        except InputError:
            raise
        except TimeoutError:
            raise _no_answer(
                say("it took longer than {seconds} seconds", seconds=f"{self._seconds:g}")
            ) from None
        except ssl.SSLCertVerificationError as problem:
            why = say("its certificate is not believed: {what}", what=problem.verify_message)
            raise _no_answer(why) from None
        except (http.client.HTTPException, ValueError) as problem:
            raise wrong_answer(
                say("the response is not valid HTTP: {what}", what=type(problem).__name__)
            ) from None
        except OSError as problem:
            what = problem.strerror or type(problem).__name__
            raise _no_answer(say("the connection failed: {what}", what=what)) from None
        finally:
            if stream is not None:
                stream.end()

    def _reply(self, answer: http.client.HTTPResponse) -> Reply:
        if 300 <= answer.status < 400:
            raise wrong_answer(say("it sends us to another address, and none but its own is called"))
        headers: dict[str, str] = {}
        for name, value in answer.getheaders():
            there = headers.get(name.lower())
            headers[name.lower()] = value if there is None else f"{there}, {value}"
        if headers.get("content-encoding", "identity").strip().lower() not in ("", "identity"):
            raise wrong_answer(say("the response is compressed, but an uncompressed one was requested"))
        body = answer.read(self._most + 1)
        if len(body) > self._most:
            raise _too_large(self._most)
        if answer.length:
            raise wrong_answer(say("it breaks off"))
        return Reply(answer.status, headers, body)

    def _connected(self, host: str, port: int, until: float) -> _Stream:
        found = _resolved(host, port, until)
        held = [place for place in found if may_be_called(str(place[4][0]), self._networks)]
        if found and not held:
            raise InputError(
                "W310",
                say("`{host}` leads to an address that is not public", host=host),
                hint=say("park.toml names the networks in which partners may lie: [partners] networks"),
            )
        last: OSError = ConnectionError()
        for family, kind, protocol, _, place in held:
            raw = socket.socket(family, kind, protocol)
            try:
                raw.settimeout(_seconds_left(until))
                raw.connect(place)
                # The handshake as a whole ends at the time limit, not each of its steps.
                raw.settimeout(_seconds_left(until))
                kept = self._trusted.wrap_socket(raw, server_hostname=host)
            except ssl.SSLError:
                raw.close()
                raise
            except OSError as problem:
                raw.close()
                last = problem
                continue
            return _Stream(kept, until, self._most + HEAD_BYTES)
        raise last


class _Connection(http.client.HTTPConnection):
    """A connection that was made already; it makes none of its own."""

    default_port = 443
    auto_open = 0


class _Stream:
    """What `http.client` asks of a socket, until one moment and up to so many bytes."""

    def __init__(self, kept: ssl.SSLSocket, until: float, most: int) -> None:
        self._kept, self._until, self._most = kept, until, most

    def sendall(self, data: bytes) -> None:
        """Send all of it."""
        rest = memoryview(data)
        while rest:
            self._kept.settimeout(_seconds_left(self._until))
            rest = rest[self._kept.send(rest) :]

    def makefile(self, *_: Any, **__: Any) -> io.BufferedReader:
        """Return what comes in."""
        return io.BufferedReader(_Incoming(self._kept, self._until, self._most))

    def close(self) -> None:
        """Leave it open: `http.client` closes it before it has read the body."""

    def end(self) -> None:
        """Close the connection."""
        self._kept.close()


class _TooLarge(Exception):
    """More came in than is read; no kind of error that `http.client` makes another one of."""


class _Incoming(io.RawIOBase):
    def __init__(self, kept: ssl.SSLSocket, until: float, most: int) -> None:
        self._kept, self._until, self._left = kept, until, most

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        self._kept.settimeout(_seconds_left(self._until))
        try:
            count = self._kept.recv_into(memoryview(buffer))
        except ssl.SSLEOFError:  # ended without a word, as many servers do; the length tells what lacks
            return 0
        self._left -= count
        if self._left < 0:
            raise _TooLarge
        return count


def _resolved(host: str, port: int, until: float) -> list[Any]:
    """Return what a name resolves to; in a thread, since resolvers know no time limit of ours."""
    found: list[Any] = []
    problems: list[Exception] = []

    def look() -> None:
        try:
            found.extend(socket.getaddrinfo(host, port, type=socket.SOCK_STREAM))
        except (OSError, UnicodeError) as problem:
            problems.append(problem)

    thread = threading.Thread(target=look, daemon=True)
    thread.start()
    thread.join(_seconds_left(until))
    if thread.is_alive():
        raise TimeoutError
    if problems or not found:
        raise _no_answer(say("its name `{host}` is not known", host=host))
    return found


def _seconds_left(until: float) -> float:
    left = until - time.monotonic()
    if left <= 0:
        raise TimeoutError
    return left


def _no_answer(why: str) -> InputError:
    return InputError(
        "W311",
        say("the partner's node does not answer: {why}", why=why),
        hint=say("it is tried again; if that lasts, ask those who run it"),
    )


def wrong_answer(why: str) -> InputError:
    """Return the error of a node that answers what it may not."""
    return InputError(
        "W312",
        say("the partner's node answers as it may not: {why}", why=why),
        hint=say("ask those who run it"),
    )


def _too_large(most: int) -> InputError:
    return wrong_answer(say("the answer has more than {most} bytes", most=most))
