"""Calls to a partner's node: requesting a token, fetching footprints, and sending events.

Only the two addresses are called that two people approved: what an event or an answer names, a `source`, a
`Link` to another host or a description of OpenID, leads nowhere.

The PACT events between nodes, as CloudEvents of version 1.0.
"""

from __future__ import annotations

import base64
import json
import re
import uuid
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

from django.conf import settings

from separatrix.errors import InputError
from separatrix.sentences import say
from separatrix_park.accounts.settings import PARTNERS, KeyFile
from separatrix_park.folder import strict_json
from separatrix_park.footprints.https_client import GuardedHttps, Reply, wrong_answer
from separatrix_park.models.footprints import Partner
from separatrix_park.models.people import Enterprise

__all__ = [
    "MEDIA_TYPE",
    "MOST_RECORDS",
    "PUBLISHED",
    "PartnerNode",
    "REQUEST_CREATED",
    "REQUEST_FULFILLED",
    "REQUEST_REJECTED",
    "TYPES",
    "cloud_event",
    "may_be_called",
    "node_address",
    "node_of",
    "require_callable",
    "without_records",
]

REQUEST_CREATED = "org.wbcsd.pact.ProductFootprint.RequestCreatedEvent.3"
REQUEST_FULFILLED = "org.wbcsd.pact.ProductFootprint.RequestFulfilledEvent.3"
REQUEST_REJECTED = "org.wbcsd.pact.ProductFootprint.RequestRejectedEvent.3"
PUBLISHED = "org.wbcsd.pact.ProductFootprint.PublishedEvent.3"
TYPES = (REQUEST_CREATED, REQUEST_FULFILLED, REQUEST_REJECTED, PUBLISHED)
"""The four types of events that a node takes."""

MEDIA_TYPE = "application/cloudevents+json"
"""Of an event in the structured mode of JSON."""


def node_address(enterprise: Enterprise) -> str:
    """Return the address of an enterprise's node, below which ``/3/footprints`` lies.

    Without a host if park.toml sets no address: then the node cannot be reached from outside.
    """
    return f"{settings.PARK.access.address}/pact/{quote(enterprise.key)}"


def cloud_event(identifier: str, kind: str, source: str, data: Mapping[str, Any]) -> dict[str, Any]:
    """Return an event in the structured mode of JSON.

    Parameters
    ----------
    identifier : str
        Unlike those of all other events of the same source.
    kind : str
        One of `TYPES`.
    source : str
        The address of the node that speaks.
    data : mapping

    Examples
    --------
    >>> event = cloud_event("1", PUBLISHED, "https://park.example.cn/pact/E01", {"pfIds": []})
    >>> event["specversion"], event["source"]
    ('1.0', 'https://park.example.cn/pact/E01/3/events')
    """
    return {
        "type": kind,
        "specversion": "1.0",
        "id": identifier,
        "source": f"{source}/3/events",
        "time": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "data": dict(data),
    }


def without_records(event: Mapping[str, Any]) -> dict[str, Any]:
    """Return an event with the ids of the footprints that it carries in their place, for those are kept.

    Examples
    --------
    >>> without_records({"id": "1", "data": {"requestEventId": "2", "pfs": [{"id": "3", "pcf": {}}]}})
    {'id': '1', 'data': {'requestEventId': '2', 'pfs': [{'id': '3'}]}}
    """
    data = event["data"]
    if not isinstance(data.get("pfs"), list):
        return dict(event)
    ids = [{"id": record.get("id")} for record in data["pfs"] if isinstance(record, Mapping)]
    return {**event, "data": {**data, "pfs": ids}}


A_PAGE = 100
MOST_PAGES = 500
MOST_RECORDS = 10_000
"""Footprints per request; maximum number of pages and of records in a list."""

FINAL = frozenset({400, 405, 406, 409, 410, 411, 413, 414, 415, 422})
"""Statuses by which a node refuses what it was sent, and would again."""

ABSENT = frozenset({404, 410})
"""Statuses by which a node says that it has none of an id, or has it no longer."""

_TOKEN = re.compile(r"[!-~]{1,8192}")
_NEXT = re.compile(r'<([^<>]*)>[^<]*?;\s*rel="?next"?(?:[;,\s]|$)', re.IGNORECASE)


def node_of(partner: Partner) -> PartnerNode:
    """Return the node of an approved partner; the caller has read its row with their own rights.

    Raises
    ------
    InputError
        W316 where it may not be called.
    """
    require_callable(partner)
    secret = KeyFile(settings.PARK.key_file).decrypt(partner.remote_secret, PARTNERS)
    return PartnerNode(
        partner.address,
        partner.token_address,
        partner.remote_client,
        secret,
        GuardedHttps(settings.PARK.partners),
    )


def may_be_called(partner: Partner) -> bool:
    """Whether a partner is approved and has an address, and its secret was not lost in a restore."""
    return partner.reachable and bool(partner.remote_secret)


def require_callable(partner: Partner) -> None:
    """Refuse to call a partner whose node may not be called."""
    if not may_be_called(partner):
        raise InputError(
            "W316",
            say("the node of {name} may not be called", name=partner.name),
            hint=say("enter its connection text, and have a second person approve it"),
        )


class PartnerNode:
    """A node of PACT, version 3, at an address that may be called.

    Parameters
    ----------
    address : str
        Below which ``/3/footprints`` and ``/3/events`` lie.
    token_address : str
        Where it hands out tokens.
    client, secret : str
        How we sign in.
    https : GuardedHttps
    """

    def __init__(
        self, address: str, token_address: str, client: str, secret: str, https: GuardedHttps
    ) -> None:
        self._address, self._token_address = address.rstrip("/"), token_address
        self._sign_in = base64.b64encode(f"{client}:{secret}".encode()).decode()
        self._https = https
        self._token = ""

    def sign_in(self) -> None:
        """Get a token.

        Raises
        ------
        InputError
            W313 where the node does not let us in; W311 and W312 where it fails.
        """
        self._token = self._new_token()

    def footprints(self, wanted: Mapping[str, Any] | None = None) -> Iterator[list[Any]]:
        """Yield the pages of the list of its footprints, as they come.

        Parameters
        ----------
        wanted : mapping, optional
            Filters such as ``productId``, each a value or a list of them.

        Raises
        ------
        InputError
            W312 also where the list does not end, or leads to another host.
        """
        query = urlencode({"limit": A_PAGE, **(wanted or {})}, doseq=True)
        address, seen, records = f"{self._address}/3/footprints?{query}", set[str](), 0
        while address:
            seen.add(address)
            reply = self._request("GET", address)
            page = _data(reply, list)
            records += len(page)
            if len(seen) > MOST_PAGES or records > MOST_RECORDS:
                raise wrong_answer(say("its list does not end after {count} footprints", count=MOST_RECORDS))
            yield page
            address = self._next(reply)
            if address in seen:
                raise wrong_answer(say("its list leads back to a page before"))

    def footprint(self, identifier: uuid.UUID) -> Any:
        """Return one of its footprints, as it came; None where it has none of this id that is for us.

        Raises
        ------
        InputError
            W313 where it does not let us in; W311 and W312 where it fails.
        """
        reply = self._request("GET", f"{self._address}/3/footprints/{identifier}", passes=ABSENT)
        return None if reply.status in ABSENT else _data(reply, dict)

    def take(self, event: Mapping[str, Any]) -> None:
        """Let the node take an event.

        Raises
        ------
        InputError
            W314 if the node rejects the event itself, so that sending it again is useless; W311, W312 and
            W313 if the call fails.
        """
        body = json.dumps(event, ensure_ascii=False).encode()
        self._request("POST", f"{self._address}/3/events", body)

    def _request(
        self,
        method: str,
        address: str,
        body: bytes | None = None,
        *,
        passes: frozenset[int] = frozenset(),
    ) -> Reply:
        fresh = not self._token
        if fresh:
            self._token = self._new_token()
        reply = self._call(method, address, body)
        if reply.status == 401 and not fresh:  # it has run out meanwhile
            self._token = self._new_token()
            reply = self._call(method, address, body)
        if 200 <= reply.status < 300 or reply.status in passes:
            return reply
        raise _refusal(reply)

    def _call(self, method: str, address: str, body: bytes | None) -> Reply:
        headers = {"Authorization": f"Bearer {self._token}", "Accept": "application/json"}
        if body is not None:
            headers["Content-Type"] = f"{MEDIA_TYPE}; charset=UTF-8"
        return self._https.call(method, address, headers, body)

    def _new_token(self) -> str:
        headers = {
            "Authorization": f"Basic {self._sign_in}",
            "Content-Type": "application/x-www-form-urlencoded",
            "Accept": "application/json",
        }
        reply = self._https.call(
            "POST", self._token_address, headers, urlencode({"grant_type": "client_credentials"}).encode()
        )
        if reply.status in (400, 401, 403):
            raise InputError(
                "W313",
                say("the partner's node does not let us in: {what}", what=_reply_text(reply)),
                hint=say("ask the partner for a new connection text, and enter it"),
            )
        if not 200 <= reply.status < 300:
            raise _refusal(reply)
        answer = _json(reply)
        token = answer.get("access_token") if isinstance(answer, dict) else None
        if not isinstance(token, str) or not _TOKEN.fullmatch(token):
            raise wrong_answer(say("it gives no token that can be used"))
        return token

    def _next(self, reply: Reply) -> str:
        found = _NEXT.search(reply.headers.get("link", ""))
        if found is None:
            return ""
        try:
            own, other = urlsplit(self._address), urlsplit(found[1])
            same = (other.scheme, other.hostname, other.port or 443) == (
                own.scheme,
                own.hostname,
                own.port or 443,
            )
        except ValueError:
            same = False
        if not same:
            raise wrong_answer(say("the next page of its list lies at another address"))
        return found[1]


def _refusal(reply: Reply) -> InputError:
    if reply.status in (401, 403, 404):
        return InputError(
            "W313",
            say("the partner's node does not give this to us: {what}", what=_reply_text(reply)),
            hint=say("ask the partner whether it let us see this"),
        )
    if reply.status in FINAL:
        return InputError(
            "W314", say("the partner's node refuses what it was sent: {what}", what=_reply_text(reply))
        )
    return wrong_answer(say("it fails: {what}", what=_reply_text(reply)))


def _reply_text(reply: Reply) -> str:
    """Return the status, and what the node says besides, short and on one line."""
    try:
        answer = strict_json(reply.body)
    except ValueError:
        answer = None
    words = answer.get("message") or answer.get("error") if isinstance(answer, dict) else None
    if not isinstance(words, str):
        return str(reply.status)
    line = " ".join("".join(c if c.isprintable() else " " for c in words[:300]).split())
    return f"{reply.status} “{line[:200]}”"


def _data(reply: Reply, kind: type) -> Any:
    answer = _json(reply)
    found = answer.get("data") if isinstance(answer, dict) else None
    if not isinstance(found, kind):
        raise wrong_answer(say("its response has no `data` of the requested kind"))
    return found


def _json(reply: Reply) -> Any:
    try:
        return strict_json(reply.body)
    except ValueError:
        raise wrong_answer(say("its response is not valid, unambiguous JSON")) from None
