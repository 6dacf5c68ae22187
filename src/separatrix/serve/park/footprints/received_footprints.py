"""Footprints that partners sent: checked, kept as they came with their source, and never overwritten."""

from __future__ import annotations

import hashlib
import json
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from separatrix.cluster.footprints.footprint import ProductFootprint
from separatrix.cluster.footprints.footprint_record import parse_footprint
from separatrix.errors import InputError, SeparatrixError
from separatrix.sentence import say
from separatrix.serve.park.footprints.product_roll_up import mark_outdated
from separatrix.serve.park.models.footprints import (
    Partner,
    ProductRollUp,
    PublishedFootprint,
    ReceivedFootprint,
)
from separatrix.serve.park.models.log import LogEntry
from separatrix.serve.park.scope import current, whole_park

__all__ = ["LIST", "NOTICE", "REQUEST", "Receipt", "end", "receive", "receive_all"]

REQUEST, LIST, NOTICE = "request", "list", "event"
"""The ways by which footprints come: an answer to a request, the list, a notice of something published."""

MOST_KEPT = 20_000
"""Records of one partner that are kept."""

MOST_BEFORE = 100
"""Older versions that a record names, of which it is noted that they are replaced."""

MOST_NEWER = 1_000
"""Records that name older versions, and are looked at for one that came late."""

MOST_LETTERS = 100_000
"""Of a record, written as JSON."""

WHY = "what a partner sent is kept for the enterprise, by a program that speaks for nobody"


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
        K220 and K251 where it is no record of a data model that is read; W317 where it names products or
        records of our own, or itself as an older version; W318 where its id came with other content before.
    """
    found = receive_all(partner, [record], way)
    if found.refused:
        raise found.refused[0]
    return found.kept[0]


def receive_all(partner: Partner, records: Sequence[Any], way: str) -> Receipt:
    """Keep the records that a partner sent; of each that cannot be used it is told why.

    Raises
    ------
    PermissionDenied
        Where the scope is another enterprise's or another partner's.
    """
    scope = current()
    if scope.partner not in (None, partner.pk) or scope.enterprise not in (None, partner.enterprise_id):
        raise PermissionDenied
    kept: list[ReceivedFootprint] = []
    refused: list[SeparatrixError] = []
    fresh: list[ReceivedFootprint] = []
    changed: set[str] = set()
    with whole_park(WHY), transaction.atomic():
        # What comes from this partner by another way at the same moment waits until this is kept.
        list(Partner.objects.select_for_update(no_key=True).filter(pk=partner.pk).values_list("pk"))
        own = _own_names(partner)
        for record in records:
            try:
                row, new = _kept(partner, record, way, own)
            except SeparatrixError as problem:
                refused.append(problem)
                continue
            kept.append(row)
            if new:
                fresh.append(row)
                changed.update(row.product_ids)
        if changed:
            changed |= _order_versions(partner, fresh)
            mark_outdated(partner.enterprise_id, partner.pk, sorted(changed))
            subject = hashlib.sha256("".join(row.digest for row in kept).encode()).hexdigest()
            LogEntry.append(f"partner {partner.pk}", "footprints received", subject, partner.enterprise_id)
    return Receipt(tuple(kept), tuple(refused))


def end(partner: Partner, pf_id: uuid.UUID) -> bool:
    """Note that a partner tells of a footprint that its node has no longer: it was withdrawn.

    Returns
    -------
    bool
        Whether that footprint was received; what rests on it is out of date then.
    """
    with whole_park(WHY), transaction.atomic():
        row = ReceivedFootprint.objects.filter(partner=partner, pf_id=pf_id).first()
        if row is not None and row.deprecated is None:
            row.deprecated = timezone.now()
            row.save(update_fields=["deprecated"])
            mark_outdated(partner.enterprise_id, partner.pk, row.product_ids)
            actor = f"partner {partner.pk}"
            LogEntry.append(actor, "partner withdrew footprint", row.digest, partner.enterprise_id)
    return row is not None


def _own_names(partner: Partner) -> frozenset[str]:
    """Return the ids of records, companies and products by which the enterprise speaks of itself."""
    owner = partner.enterprise_id
    # What is only proposed may yet be another's that somebody mistook.
    rows = PublishedFootprint.objects.filter(enterprise_id=owner).exclude(state="draft")
    worked_out = ProductRollUp.objects.filter(enterprise_id=owner).values_list("product_id", flat=True)
    named = {owner.urn, *(one.lower() for one in worked_out.order_by().distinct())}
    for pk, product, products, companies in rows.values_list(
        "pk", "product_id", "record__productIds", "record__companyIds"
    ):
        named |= {str(pk), product.lower()}
        named |= {one.lower() for one in (*_texts(products), *_texts(companies))}
    return frozenset(named)


def _kept(partner: Partner, record: Any, way: str, own: frozenset[str]) -> tuple[ReceivedFootprint, bool]:
    """Return the row of a record, and whether something about it is new."""
    if len(json.dumps(record)) > MOST_LETTERS:
        raise InputError("W317", say("the record is longer than {most} letters", most=MOST_LETTERS))
    footprint = parse_footprint(record)
    pf_id = uuid.UUID(footprint.identifier)
    _require_anothers(record, pf_id, own)
    digest = digest_of(record)
    over = footprint.status == "Deprecated"
    there = ReceivedFootprint.objects.filter(partner=partner, pf_id=pf_id).first()
    if there is not None:
        if there.digest != digest:
            raise InputError(
                "W318",
                say("the id {id} came with other content before", id=str(pf_id)),
                hint=say("what came first is kept; ask the partner for a new version with an id of its own"),
            )
        if not over or there.deprecated is not None:
            return there, False
        there.deprecated = timezone.now()
        there.save(update_fields=["deprecated"])
        return there, True
    if ReceivedFootprint.objects.filter(partner=partner).count() >= MOST_KEPT:
        raise InputError("W317", say("{count} footprints of this partner are kept already", count=MOST_KEPT))
    return _made(partner, record, footprint, way, digest, over), True


def _made(
    partner: Partner, record: Any, footprint: ProductFootprint, way: str, digest: str, over: bool
) -> ReceivedFootprint:
    made: ReceivedFootprint = ReceivedFootprint.objects.create(
        enterprise_id=partner.enterprise_id,
        partner=partner,
        pf_id=uuid.UUID(footprint.identifier),
        product_ids=list(record["productIds"]),
        product=footprint.product[:300],
        record=record,
        digest=digest,
        way=way,
        deprecated=timezone.now() if over else None,
    )
    return made


def _require_anothers(record: Mapping[str, Any], pf_id: uuid.UUID, own: frozenset[str]) -> None:
    """Refuse a record that says that it is ours, or that it replaces itself."""
    named = {str(pf_id), *(one.lower() for one in (*record["productIds"], *record["companyIds"]))}
    if named & own:
        raise InputError(
            "W317",
            say("the record names your own enterprise or one of your own products"),
            hint=say("what you make yourself is worked out from your own reports"),
        )
    if str(pf_id) in {one.lower() for one in _texts(record.get("precedingPfIds"))}:
        raise InputError("W317", say("the record says that it replaces itself"))


def digest_of(record: Mapping[str, Any]) -> str:
    """Return the hash of what never changes of a record: all but that it is deprecated."""
    told = {name: value for name, value in record.items() if name != "status"}
    return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()


def _order_versions(partner: Partner, fresh: Sequence[ReceivedFootprint]) -> set[str]:
    """Note which records of a partner replace which, now that some came; return the products replaced.

    A record replaces none of another product: what a partner says of one tells nothing of another.  One that
    came before what it replaces is found among the newest, so that nobody's lists are gone through for long.
    """
    rows = ReceivedFootprint.objects.filter(partner=partner)
    newest = rows.filter(record__has_key="precedingPfIds").order_by("-received", "-pk")[:MOST_NEWER]
    came = {row.pf_id for row in fresh}
    waiting: dict[uuid.UUID, list[tuple[uuid.UUID, set[str]]]] = {}
    named = newest.values_list("pf_id", "product_ids", "record__precedingPfIds")
    for pf_id, products, before in reversed(list(named)):
        for one in map(uuid.UUID, _texts(before)[:MOST_BEFORE]):
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


def _texts(value: Any) -> list[str]:
    return [one for one in value if isinstance(one, str)] if isinstance(value, list) else []
