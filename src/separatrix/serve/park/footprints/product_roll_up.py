"""The footprints of an enterprise's products, kept in versions: when they are outdated, and worked out anew.

What is worked out of its approved reports and of its suppliers' footprints stands until one of these changes;
then it is marked with what has changed, and so is all in the park that rests on it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from uuid import UUID

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from separatrix.serve.park.models import Enterprise, Partner, ProductRollUp, RollUpInput, SupplyLink
from separatrix.serve.park.scope import whole_park

__all__ = ["mark_outdated"]

WHY = "footprints of products are worked out from approved reports and suppliers' footprints, and kept"


def mark_outdated(enterprise_id: UUID, partner_id: UUID, product_ids: Iterable[str]) -> int:
    """Mark what rests on products of a partner, a footprint of which came, was replaced or withdrawn.

    Parameters
    ----------
    enterprise_id : UUID
        Whose partner it is.
    partner_id : UUID
    product_ids : iterable of str
        As its records name the products.

    Returns
    -------
    int
        How many roll-ups are marked that were not before, those of others in the park among them.
    """
    named = list(product_ids)
    with whole_park(WHY), transaction.atomic():
        rest = Q(inputs__partner_id=partner_id, inputs__product_id__in=named)
        linked = SupplyLink.objects.filter(
            enterprise_id=enterprise_id, partner_id=partner_id, product_id__in=named
        )
        # A product that nothing was received of so far stands for a purchase all the same.
        newest = _newest().filter(enterprise_id=enterprise_id)
        mine = newest if linked.exists() else newest.filter(rest)
        partner = Partner.objects.filter(pk=partner_id).values_list("name", flat=True).first()
        return _mark(mine, "partner", partner or "")


def _newest() -> QuerySet[ProductRollUp]:
    """Return the last version of each roll-up."""
    rows = ProductRollUp.objects.order_by("enterprise_id", "product_id", "year", "version")
    last = {row[:3]: row[3] for row in rows.values_list("enterprise_id", "product_id", "year", "pk")}
    found: QuerySet[ProductRollUp] = ProductRollUp.objects.filter(pk__in=list(last.values()))
    return found


def _mark(chosen: QuerySet[ProductRollUp], what: str, who: str) -> int:
    """Mark roll-ups, and all in the park that rest on them."""
    marked = 0
    open_ones = list(dict.fromkeys(chosen.values_list("enterprise_id", flat=True)))
    marked += _outdate(chosen, what, who)
    seen = set(open_ones)
    while open_ones:
        maker = Enterprise.objects.get(pk=open_ones.pop())
        users = _newest().filter(
            pk__in=RollUpInput.objects.filter(partner=None, supplier=maker.key).values("roll_up_id")
        )
        more = set(users.values_list("enterprise_id", flat=True)) - seen
        marked += _outdate(users, "member", maker.name)
        seen |= more
        open_ones += more
    return marked


def _outdate(chosen: QuerySet[ProductRollUp], what: str, who: str) -> int:
    """Mark those that are not marked yet."""
    fresh = ProductRollUp.objects.filter(pk__in=list(chosen.values_list("pk", flat=True)), outdated=None)
    return int(
        fresh.update(outdated=timezone.now(), why_outdated=json.dumps([what, who], ensure_ascii=False))
    )
