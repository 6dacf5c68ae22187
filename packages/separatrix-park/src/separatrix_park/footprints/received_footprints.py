"""Footprints that partners sent: checked, kept as they came with their source, and never overwritten."""

from __future__ import annotations

import hashlib
import json
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils import timezone

from separatrix.errors import InputError, SeparatrixError
from separatrix.sentences import say
from separatrix_cluster.footprints.footprint import ProductFootprint, parse_footprint
from separatrix_cluster.footprints.pact_types import is_uuid
from separatrix_park.footprints.partners import company_urns, product_urns, texts_of
from separatrix_park.footprints.product_roll_up import mark_outdated
from separatrix_park.models.footprints import Partner, PublishedFootprint, ReceivedFootprint
from separatrix_park.models.records import LogEntry
from separatrix_park.scope import whole_park

__all__ = ["LIST", "NOTICE", "REQUEST", "Receipt", "end", "receive", "receive_all"]

REQUEST, LIST, NOTICE = "request", "list", "event"
"""The ways by which footprints come: an answer to a request, the list, a notice of something published."""

MOST_KEPT = 20_000
"""Records of one partner that are kept."""

MOST_BEFORE = 100
"""Maximum number of older versions named in a record that are marked as replaced."""

MOST_NEWER = 1_000
"""Records that name older versions, and are looked at for one that came late."""

AT_ONCE = 500
"""Ids that are looked up at once."""

MOST_LETTERS = 100_000
"""Of a record, written as JSON."""

WHY = "received data are kept for the enterprise, by a program without a user"


@dataclass(frozen=True)
class Receipt:
    """What became of records that a partner sent.

    Attributes
    ----------
    kept : tuple of ReceivedFootprint
        Those that are here now, also where they were here before.
    refused : tuple of SeparatrixError
        Why others are not.
    """

    kept: tuple[ReceivedFootprint, ...] = ()
    refused: tuple[SeparatrixError, ...] = ()


def receive(partner: Partner, record: Mapping[str, Any], way: str) -> ReceivedFootprint:
    """Keep one record that a partner sent.

    Parameters
    ----------
    partner : Partner
        Of the enterprise that the scope speaks for, or the one whose own program is asking.
    record : mapping
        As it came.
    way : str
        `REQUEST`, `LIST` or `NOTICE`.

    Raises
    ------
    InputError
        K220 and K251 if the record's data model is not supported; W317 if it names our own products or
        records, or itself as an older version; W318 if its id was received before with other content.
    """
    found = receive_all(partner, [record], way)
    if found.refused:
        raise found.refused[0]
    return found.kept[0]


def receive_all(partner: Partner, records: Sequence[Any], way: str) -> Receipt:
    """Store the records that a partner sent; give the reason for each unusable one.

    Raises
    ------
    PermissionDenied
        Where the scope is another enterprise's or another partner's.
    """
    partner.require_own_scope()
    kept: list[ReceivedFootprint] = []
    refused: list[SeparatrixError] = []
    made: list[ReceivedFootprint] = []
    ended: list[ReceivedFootprint] = []
    with whole_park(WHY), transaction.atomic():
        # What comes from this partner by another way at the same moment waits until this is kept.
        list(Partner.objects.select_for_update(no_key=True).filter(pk=partner.pk).values_list("pk"))
        own = _own_names(partner.enterprise_id)
        there = _of_the_same_ids(partner, records)
        room = MOST_KEPT - ReceivedFootprint.objects.filter(partner=partner).count()
        for record in records:
            try:
                footprint = _parsed(record, own)
                row = there.get(uuid.UUID(footprint.identifier))
                if row is None:
                    _require_room(room - len(made))
                    row = _row_of(partner, record, footprint, way)
                    there[row.pf_id] = row
                    made.append(row)
                elif _ends(row, record, footprint):
                    ended.append(row)
            except SeparatrixError as problem:
                refused.append(problem)
                continue
            kept.append(row)
        ReceivedFootprint.objects.bulk_create(made)
        ReceivedFootprint.objects.bulk_update(ended, ["deprecated"])
        changed = {one for row in (*made, *ended) for one in row.product_ids}
        if changed:
            changed |= _order_versions(partner, [row.pf_id for row in (*made, *ended)])
            mark_outdated(partner.enterprise_id, partner.pk, sorted(changed))
            subject = hashlib.sha256("".join(row.digest for row in kept).encode()).hexdigest()
            LogEntry.append(partner.actor, "footprints received", subject, partner.enterprise_id)
    return Receipt(tuple(kept), tuple(refused))


def end(partner: Partner, pf_id: uuid.UUID) -> bool:
    """Mark a footprint as withdrawn because the partner's node no longer has it.

    Returns
    -------
    bool
        Whether that footprint had been received; results that use it are then outdated.
    """
    with whole_park(WHY), transaction.atomic():
        row = ReceivedFootprint.objects.filter(partner=partner, pf_id=pf_id).first()
        if row is not None and row.deprecated is None:
            row.deprecated = timezone.now()
            row.save(update_fields=["deprecated"])
            mark_outdated(partner.enterprise_id, partner.pk, row.product_ids)
            LogEntry.append(partner.actor, "partner withdrew footprint", row.digest, partner.enterprise_id)
    return row is not None


def _own_names(enterprise: uuid.UUID) -> frozenset[str]:
    """Return the ids of records, companies and products by which an enterprise identifies itself."""
    published = PublishedFootprint.objects.filter(enterprise_id=enterprise).exclude(state="draft")
    records = map(str, published.values_list("pk", flat=True))
    companies = (one.casefold() for one in company_urns(enterprise))
    return frozenset((*records, *companies, *product_urns(enterprise)))


def _of_the_same_ids(partner: Partner, records: Sequence[Any]) -> dict[uuid.UUID, ReceivedFootprint]:
    """Return what is kept by the ids of records, without the records."""
    told = (record.get("id") for record in records if isinstance(record, Mapping))
    ids = list({uuid.UUID(one) for one in told if is_uuid(one) is None})
    rows = ReceivedFootprint.objects.filter(partner=partner).defer("record")
    pieces = (rows.filter(pf_id__in=ids[k : k + AT_ONCE]) for k in range(0, len(ids), AT_ONCE))
    return {row.pf_id: row for piece in pieces for row in piece}


def _parsed(record: Any, own: frozenset[str]) -> ProductFootprint:
    """Return the footprint of a record that may be kept."""
    if len(json.dumps(record)) > MOST_LETTERS:
        raise InputError("W317", say("the record is longer than {most} letters", most=MOST_LETTERS))
    footprint = parse_footprint(record)
    _require_anothers(record, footprint.identifier.lower(), own)
    return footprint


def _require_room(left: int) -> None:
    if left <= 0:
        raise InputError("W317", say("{count} footprints of this partner are kept already", count=MOST_KEPT))


def _ends(row: ReceivedFootprint, record: Any, footprint: ProductFootprint) -> bool:
    """Return whether what is kept is deprecated only now; nothing else of it may have changed."""
    if row.digest != digest_of(record):
        raise InputError(
            "W318",
            say("the id {id} came with other content before", id=str(row.pf_id)),
            hint=say("what came first is kept; ask the partner for a new version with an id of its own"),
        )
    if footprint.status != "Deprecated" or row.deprecated is not None:
        return False
    row.deprecated = timezone.now()
    return True


def _row_of(partner: Partner, record: Any, footprint: ProductFootprint, way: str) -> ReceivedFootprint:
    return ReceivedFootprint(
        enterprise_id=partner.enterprise_id,
        partner=partner,
        pf_id=uuid.UUID(footprint.identifier),
        product_ids=list(record["productIds"]),
        product=footprint.product[:300],
        record=record,
        digest=digest_of(record),
        way=way,
        deprecated=timezone.now() if footprint.status == "Deprecated" else None,
    )


def _require_anothers(record: Mapping[str, Any], pf_id: str, own: frozenset[str]) -> None:
    """Refuse a record that says that it is ours, or that it replaces itself."""
    named = {pf_id, *(one.casefold() for one in (*record["productIds"], *record["companyIds"]))}
    if named & own:
        raise InputError(
            "W317",
            say("the record names your own enterprise or one of your own products"),
            hint=say("your own products are calculated from your own reports"),
        )
    if pf_id in {one.lower() for one in texts_of(record.get("precedingPfIds"))}:
        raise InputError("W317", say("the record says that it replaces itself"))


def digest_of(record: Mapping[str, Any]) -> str:
    """Return the hash of what never changes of a record: all but that it is deprecated."""
    told = {name: value for name, value in record.items() if name != "status"}
    return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()


def _order_versions(partner: Partner, fresh: Sequence[uuid.UUID]) -> set[str]:
    """Note which records of a partner replace which, now that some came; return the products replaced.

    A record replaces only records of the same product. If the replacing record arrived first, it is found
    among the newest records, so that long lists need no full search.
    """
    rows = ReceivedFootprint.objects.filter(partner=partner)
    newest = rows.filter(record__has_key="precedingPfIds").order_by("-received", "-pk")[:MOST_NEWER]
    came = set(fresh)
    waiting: dict[uuid.UUID, list[tuple[uuid.UUID, set[str]]]] = {}
    named = newest.values_list("pf_id", "product_ids", "record__precedingPfIds")
    for pf_id, products, before in reversed(list(named)):
        for one in map(uuid.UUID, texts_of(before)[:MOST_BEFORE]):
            if pf_id in came or one in came:
                waiting.setdefault(one, []).append((pf_id, set(products)))
    changed: set[str] = set()
    now = timezone.now()
    names = list(waiting)
    for start in range(0, len(names), MOST_BEFORE):
        held = rows.filter(replaced_by=None, pf_id__in=names[start : start + MOST_BEFORE])
        for row in held.defer("record"):
            by = [newer for newer, products in waiting[row.pf_id] if products & set(row.product_ids)]
            if by:
                row.replaced_by = by[-1]
                row.deprecated = row.deprecated or now
                row.save(update_fields=["replaced_by", "deprecated"])
                changed.update(row.product_ids)
    return changed
