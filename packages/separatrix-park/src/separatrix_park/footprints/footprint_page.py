"""The footprints that a partner may see, a page at a time, in the order in which they were published."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core import signing
from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet
from django.http import QueryDict

from separatrix.sentences import say
from separatrix_park.footprints.footprint_filter import CRITERIA, FootprintCriteria
from separatrix_park.footprints.node_error import NodeError
from separatrix_park.models.footprints import FootprintDelivery, Partner, PublishedFootprint
from separatrix_park.models.log import LogEntry

__all__ = ["FootprintPage", "deliver", "page_for", "shown_to", "subject_of"]

USUAL = 100
MOST = 1000
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
        return USUAL
    if len(told) > 1 or not told[0].isascii() or not told[0].isdecimal() or len(told[0]) > 18:
        raise NodeError(400, say("`limit` is not a whole number of at least 0"))
    return min(int(told[0]), MOST)


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
