"""What stands for each purchase of an enterprise: whose footprint, the factor of its row, or nothing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from uuid import UUID

from separatrix_cluster.tables.members import plain_name_of
from separatrix_park.footprints.roll_up_result import INSIDE
from separatrix_park.footprints.supply_choice import (
    PurchasedInput,
    member_names,
    offered_by_others,
    purchased_inputs,
    received_products,
)
from separatrix_park.models import ProductRollUp, SupplyLink

__all__ = ["FACTOR", "MEMBER", "MISSING", "OFFER", "PARTNER", "PurchaseSource", "purchase_sources"]

PARTNER, MEMBER, OFFER, FACTOR, MISSING = "partner", "member", "offer", "factor", "missing"
"""A partner's product or a member's, as chosen; what the supplier in the row offers by itself; its factor."""


@dataclass(frozen=True)
class PurchaseSource:
    """What stands for a purchase.

    Attributes
    ----------
    bought : PurchasedInput
    link : SupplyLink or None
        What was chosen for it.
    kind : str
        ``partner`` or ``member`` for what was chosen, else ``offer``, ``factor`` or ``missing``.
    name, product : str
        Of what was chosen: whose it is, and what its maker calls it.
    offered : bool
        Whether a member that was chosen offers the product; until it does, the factor of the row stands for
        the purchase, or nothing.
    """

    bought: PurchasedInput
    link: SupplyLink | None
    kind: str
    name: str = ""
    product: str = ""
    offered: bool = True

    @property
    def counts(self) -> str:
        """What goes into the footprints now: a kind, and never a member's product that is not offered."""
        if self.kind == MEMBER and not self.offered:
            return FACTOR if self.bought.factor else MISSING
        return self.kind


def purchase_sources(enterprise: UUID, year: int, rows: Iterable[ProductRollUp]) -> list[PurchaseSource]:
    """Return what stands for what was bought in a year.

    Parameters
    ----------
    enterprise : UUID
    year : int
    rows : iterable of ProductRollUp
        The roll-ups of that year, which list the products offered in the park that were used.
    """
    chosen = SupplyLink.objects.filter(enterprise_id=enterprise).select_related("partner")
    links = {(link.input, link.supplier): link for link in chosen}
    received = {(partner, pid): name for partner, _, pid, name in received_products(enterprise)}
    names = member_names(link.member_id for link in links.values())
    offers = offered_by_others(enterprise)
    offered = {(one.enterprise, one.product) for one in offers}
    keys = {plain_name_of(called): one.key for one in offers for called in (one.key, one.enterprise)}
    inside = {pair for row in rows for pair in _from_park(row)}
    found = []
    for one in purchased_inputs(enterprise, year):
        link = links.get((one.input, one.supplier))
        if link is None:
            goes_in = (keys.get(plain_name_of(one.supplier)), one.input) in inside
            kind = OFFER if goes_in else FACTOR if one.factor else MISSING
            found.append(PurchaseSource(one, None, kind))
        elif link.partner is not None:
            product = received.get((link.partner.pk, link.product_id), link.product_id)
            found.append(PurchaseSource(one, link, PARTNER, link.partner.name, product))
        else:
            name = names.get(link.member_id, "")
            there = (name, link.product_id) in offered
            found.append(PurchaseSource(one, link, MEMBER, name, link.product_id, there))
    return found


def _from_park(row: ProductRollUp) -> Iterator[tuple[str, str]]:
    """Yield whose products go into a roll-up, by key and name: also in a circle that has no answer."""
    for one in row.result["contributions"]:
        if one["kind"] == INSIDE:
            yield one["supplier"], one["name"]
    yield from map(tuple, (row.result["circle"] or {}).get("suppliers", ()))
