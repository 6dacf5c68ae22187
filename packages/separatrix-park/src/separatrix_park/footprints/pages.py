"""The footprints that a partner may see, a page at a time, in the order in which they were published.

What a node of PACT says when it refuses: a status, one of the protocol's codes, and a sentence.

Criteria for footprints: the PACT 3 criteria in a list's address and in a request's event.

Within a criterion one of its values is enough; every criterion has to be met.

How a partner's program signs in at the node of an enterprise: a secret for a token that lives a while.

The token holds no right of its own.  It names the partner and the secret that it was got by, so that a new
secret and the partner's removal end it at once; whether the partner is approved is looked up at each request.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.core import signing
from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet
from django.http import JsonResponse, QueryDict
from django.utils.crypto import constant_time_compare, salted_hmac

from separatrix.sentences import say
from separatrix_cluster.footprints.footprint import three_years_after
from separatrix_cluster.footprints.pact_types import GEOGRAPHIES, instant
from separatrix_park.models.footprints import FootprintDelivery, Partner, PublishedFootprint
from separatrix_park.models.records import LogEntry
from separatrix_park.scope import translate_sentence, whole_park

__all__ = [
    "CRITERIA",
    "FootprintCriteria",
    "FootprintPage",
    "LIFETIME",
    "NodeError",
    "deliver",
    "hash_of_secret",
    "page_for",
    "partner_of",
    "shown_to",
    "subject_of",
    "token_for",
    "usual",
]

CODES = {
    401: "TokenExpired",
    403: "AccessDenied",
    404: "NotFound",
    500: "InternalError",
    501: "NotImplemented",
    503: "InternalError",
}
"""The codes of the protocol; of all other statuses it is ``BadRequest``."""

USUAL = {
    403: say("you may not do this"),
    404: say("there is nothing at this address"),
    405: say("this address knows no such method"),
    408: say("the request took too long to arrive"),
    413: say("the request is too large"),
    429: say("there are too many requests; ask again later"),
    500: say("something went wrong here; it is noted"),
    503: say("the service cannot answer now; ask again later"),
}


class NodeError(Exception):
    """A refusal by a node.

    Parameters
    ----------
    status : int
        Of HTTP.
    message : str
    headers : dict, optional
    """

    def __init__(self, status: int, message: str, headers: dict[str, str] | None = None) -> None:
        super().__init__(message)
        self.status, self.message, self.headers = status, message, headers or {}

    @property
    def body(self) -> dict[str, str]:
        """What the protocol calls an Error."""
        return {"code": CODES.get(self.status, "BadRequest"), "message": translate_sentence(self.message)}

    def response(self) -> JsonResponse:
        """Return the answer."""
        return JsonResponse(
            self.body, status=self.status, headers=self.headers, json_dumps_params={"ensure_ascii": False}
        )


def usual(status: int) -> NodeError:
    """Return what is said of a status where nothing else is known of it."""
    return NodeError(status, USUAL.get(status, say("the request cannot be read")))


MOST = 200
"""Values of one criterion."""

LONGEST = 1000
"""Characters of one value."""

_DAYS = ("validOn", "validAfter", "validBefore")
CRITERIA = ("productId", "companyId", "geography", "classification", *_DAYS, "status")


@dataclass(frozen=True)
class FootprintCriteria:
    """Criteria, and whether a record meets them.

    Attributes
    ----------
    words : mapping of str to frozenset of str
        Of each criterion of words its values, in small letters.
    moments : mapping of str to tuple of datetime
        The same of the criteria of time.
    """

    words: Mapping[str, frozenset[str]]
    moments: Mapping[str, tuple[datetime, ...]]

    @classmethod
    def of(cls, told: Mapping[str, Sequence[str]]) -> FootprintCriteria:
        """Return the filter of criteria with their values; one without a value asks for nothing.

        Raises
        ------
        NodeError
            400 for a value that cannot be one of its criterion.

        Examples
        --------
        >>> one = FootprintCriteria.of({"status": ["Active"], "geography": [""]})
        >>> one.meets({"status": "Active", "pcf": {}}), one.meets({"status": "Deprecated", "pcf": {}})
        (True, False)
        """
        words, moments = {}, {}
        for name in CRITERIA:
            values = [value for value in told.get(name, ()) if value]
            if len(values) > MOST or any(len(value) > LONGEST for value in values):
                raise NodeError(400, say("`{name}` has more or longer values than are looked at", name=name))
            if not values:
                continue
            if name in _DAYS:
                moments[name] = tuple(_moment(name, value) for value in values)
            else:
                words[name] = frozenset(value.casefold() for value in values)
        return cls(words, moments)

    @property
    def product_ids(self) -> frozenset[str]:
        """The requested products, in lower case; none if the request uses other criteria."""
        return self.words.get("productId", frozenset())

    def meets(self, record: Mapping[str, Any]) -> bool:
        """Return whether a record of PACT's data model 3 meets all criteria."""
        pcf = record["pcf"]
        held = {
            "productId": record.get("productIds", ()),
            "companyId": record.get("companyIds", ()),
            "classification": record.get("productClassifications", ()),
            "geography": [pcf[name] for name in GEOGRAPHIES if name in pcf],
            "status": [record.get("status", "")],
        }
        if any(wanted.isdisjoint(v.casefold() for v in held[name]) for name, wanted in self.words.items()):
            return False
        return all(any(_valid(name, record, m) for m in wanted) for name, wanted in self.moments.items())


def _valid(name: str, record: Mapping[str, Any], moment: datetime) -> bool:
    starts, ends = record.get("validityPeriodStart"), record.get("validityPeriodEnd")
    first = instant(record["pcf"]["referencePeriodEnd"])
    if name == "validAfter":
        return (instant(starts) if starts else first) > moment
    if name == "validBefore":
        return (instant(ends) if ends else three_years_after(first)) < moment
    if starts and ends:
        return instant(starts) <= moment <= instant(ends)
    return first <= moment <= three_years_after(first)


def _moment(name: str, value: str) -> datetime:
    text = value.replace(" ", "+")  # which is what an address makes of a plus that was not encoded
    try:
        found = datetime.fromisoformat(text.upper())
        if found.tzinfo is None:
            raise ValueError
        return found.astimezone(UTC)
    except (ValueError, OverflowError):
        raise NodeError(
            400, say("`{name}` is not a date with time and zone, such as 2024-01-01T00:00:00Z", name=name)
        ) from None


FOOTPRINT_PAGE_USUAL = 100
FOOTPRINT_PAGE_MOST = 1000
"""Footprints per page: the default and the maximum."""

LOOKED_AT = 5000
"""Footprints that are looked at for a page; where hardly one meets the criteria, it ends after so many."""

HOLDS = 3600
"""Seconds that the address of a next page holds."""

_SALT = "separatrix.park.pact page"
_PAGE = "page"
_LIMIT = "limit"


@dataclass(frozen=True)
class FootprintPage:
    """A page of a list.

    Attributes
    ----------
    footprints : sequence of PublishedFootprint
    onward : str
        The query of the next page; empty where there is none.
    """

    footprints: Sequence[PublishedFootprint]
    onward: str


def page_for(partner: Partner, asked: QueryDict) -> FootprintPage:
    """Return the page that a partner's query asks for, within the partner's own scope.

    Parameters
    ----------
    partner : Partner
    asked : QueryDict
        The criteria, how many, and where the page begins.

    Raises
    ------
    NodeError
        400 for a parameter that is not known or has no sense, and for a page that was another partner's, of
        another query, or is over.
    """
    for name in asked:
        if name not in (*CRITERIA, _LIMIT, _PAGE):
            raise NodeError(400, say("unknown parameter `{name}`", name=name[:100]))
    limit = _limit_of(asked)
    wanted = FootprintCriteria.of({name: asked.getlist(name) for name in CRITERIA})
    if not limit:  # a next page would be the same again, without end
        return FootprintPage([], "")
    rest = {name: asked.getlist(name) for name in (*CRITERIA, _LIMIT) if name in asked}
    holder = f"{partner.pk.hex} {hashlib.sha256(repr(sorted(rest.items())).encode()).hexdigest()}"
    rows = _published_later(shown_to(partner), asked, holder)
    found: list[PublishedFootprint] = []
    last: PublishedFootprint | None = None
    more = False
    for looked_at, row in enumerate(rows.iterator(chunk_size=limit + 1)):
        fits = wanted.meets(row.record)
        if looked_at >= LOOKED_AT or (fits and len(found) == limit):
            more = True
            break
        if fits:
            found.append(row)
        last = row
    if not more or last is None:
        return FootprintPage(found, "")
    begins = [last.published.isoformat(), last.pk.hex]
    query = QueryDict(mutable=True)
    for name, values in rest.items():
        query.setlist(name, values)
    query[_PAGE] = signing.dumps([holder, begins], salt=_SALT, compress=True)
    return FootprintPage(found, query.urlencode())


def shown_to(partner: Partner) -> QuerySet[PublishedFootprint]:
    """Return what a partner may see, within its own scope, in the order in which it was published."""
    # The scope says the same of each row; by this an index finds them among those of all enterprises.
    rows: QuerySet[PublishedFootprint] = PublishedFootprint.objects.filter(
        enterprise_id=partner.enterprise_id
    )
    return rows.order_by("published", "pk")


def _limit_of(asked: QueryDict) -> int:
    told = asked.getlist(_LIMIT)
    if not told:
        return FOOTPRINT_PAGE_USUAL
    if len(told) > 1 or not told[0].isascii() or not told[0].isdecimal() or len(told[0]) > 18:
        raise NodeError(400, say("`limit` is not a whole number of at least 0"))
    return min(int(told[0]), FOOTPRINT_PAGE_MOST)


def _published_later(rows: QuerySet[Any], asked: QueryDict, holder: str) -> QuerySet[Any]:
    told = asked.getlist(_PAGE)
    if not told:
        return rows
    try:
        (text,) = told
        held, begins = signing.loads(text, salt=_SALT, max_age=HOLDS)
        if held != holder:
            raise ValueError
        moment, pk = datetime.fromisoformat(begins[0]), uuid.UUID(hex=begins[1])
    except (signing.BadSignature, ValueError):
        raise NodeError(
            400, say("this page does not belong to this list, or has expired; start again")
        ) from None
    return rows.filter(Q(published__gt=moment) | Q(published=moment, pk__gt=pk))


def subject_of(footprint: PublishedFootprint) -> str:
    """Return the hash of a footprint for the log."""
    return hashlib.sha256(f"footprint {footprint.pk}".encode()).hexdigest()


def deliver(partner: Partner, footprints: Iterable[PublishedFootprint], actor: str = "") -> None:
    """Keep that a partner has footprints, so that it hears of newer versions; a second time does nothing.

    Parameters
    ----------
    partner : Partner
    footprints : iterable of PublishedFootprint
    actor : str
        Who hands them over, in the log; by default the partner's own program, which fetched them.
    """
    given = {footprint.pk: footprint for footprint in footprints}
    held = FootprintDelivery.objects.filter(partner=partner, footprint_id__in=given)
    new = given.keys() - set(held.values_list("footprint_id", flat=True))
    if not new:
        return
    try:
        with transaction.atomic():
            FootprintDelivery.objects.bulk_create(
                FootprintDelivery(enterprise_id=partner.enterprise_id, partner=partner, footprint_id=pk)
                for pk in new
            )
            LogEntry.append_all(
                actor or partner.actor,
                "footprint handed over",
                [(subject_of(given[pk]), partner.enterprise_id) for pk in sorted(new)],
            )
    except IntegrityError:  # another request of the same partner was quicker, and kept some of them
        for pk in new:
            if not held.filter(footprint_id=pk).exists():
                deliver(partner, [given[pk]], actor)


LIFETIME = 900
"""Seconds that a token lives."""


"""Characters of a header that are looked at."""

_NODE_TOKEN_SALT = "separatrix.park.pact token"
_NO_SECRET = "0" * 64


def hash_of_secret(secret: str) -> str:
    """Return what is kept of a partner's secret, which is long and random.

    Examples
    --------
    >>> len(hash_of_secret("secret"))
    64
    """
    return hashlib.sha256(secret.encode()).hexdigest()


def token_for(header: str, key: str) -> str | None:
    """Return a token for the client and secret of a header ``Authorization: Basic``; None for wrong ones.

    Parameters
    ----------
    header : str
    key : str
        Of the enterprise that owns the node.
    """
    client, secret = _client_of(header)
    with whole_park("a partner's program signs in: no identity is known before"):
        found = Partner.objects.select_related("enterprise").filter(client_id=client).first()
    # An unknown client takes as long as a known one with a wrong secret.
    kept = found.secret_hash if found is not None and found.secret_hash else _NO_SECRET
    good = constant_time_compare(kept, hash_of_secret(secret))
    if not good or found is None or not _stands(found, key):
        return None
    return signing.dumps([found.pk.hex, _print_of(found)], salt=_NODE_TOKEN_SALT)


def partner_of(header: str, key: str) -> Partner:
    """Return whose program sends a header ``Authorization: Bearer`` to the node of an enterprise.

    Raises
    ------
    NodeError
        400 where the token is none of this node; 401 where it holds no longer.
    """
    scheme, _, token = header.partition(" ")
    if scheme.lower() != "bearer" or not token or len(token) > LONGEST:
        raise NodeError(400, say("the header Authorization carries no token of this node"))
    try:
        number, told = signing.loads(token.strip(), salt=_NODE_TOKEN_SALT, max_age=LIFETIME)
        pk = uuid.UUID(hex=number)
    except signing.SignatureExpired:
        raise _expired_token_error() from None
    except (signing.BadSignature, ValueError, TypeError):
        raise NodeError(400, say("the header Authorization carries no token of this node")) from None
    with whole_park("whose token it is: no identity is known before"):
        found: Partner | None = Partner.objects.select_related("enterprise").filter(pk=pk).first()
    if found is not None and found.enterprise.key != key:
        raise NodeError(400, say("the header Authorization carries no token of this node"))
    if found is None or not _stands(found, key) or not constant_time_compare(told, _print_of(found)):
        raise _expired_token_error()
    return found


def _client_of(header: str) -> tuple[str, str]:
    scheme, _, told = header.partition(" ")
    try:
        if scheme.lower() != "basic" or len(told) > LONGEST:
            return "", ""
        client, _, secret = base64.b64decode(told.strip(), validate=True).decode().partition(":")
    except (binascii.Error, ValueError):
        return "", ""
    return ("", "") if "\0" in client else (client, secret)


def _stands(partner: Partner, key: str) -> bool:
    enterprise = partner.enterprise
    return partner.state == "approved" and enterprise.key == key and enterprise.left is None


def _print_of(partner: Partner) -> str:
    return str(salted_hmac(_NODE_TOKEN_SALT, partner.secret_hash, algorithm="sha256").hexdigest()[:32])


def _expired_token_error() -> NodeError:
    return NodeError(
        401,
        say("the token holds no longer; ask for another one"),
        {"WWW-Authenticate": 'Bearer realm="pact"'},
    )
