"""What an enterprise says of its supply chain: what stands for a purchase, and what the park may use of it.

Enterprises of the park see the products that others offer them, and no other products.

What stands for each purchase of an enterprise: whose footprint, the factor of its row, or nothing.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction

from separatrix.errors import InputError
from separatrix.sentences import say
from separatrix_cluster.footprints.footprint import ProductFootprint, parse_footprint
from separatrix_cluster.footprints.pact_types import unit_name
from separatrix_cluster.footprints.unit_process import ALLOCATIONS, measured_in
from separatrix_cluster.tables.members import plain_name_of
from separatrix_cluster.tables.units import unit_of
from separatrix_park.footprints.product_roll_up import INSIDE, compare_all, mark_own
from separatrix_park.members import current_members
from separatrix_park.models.footprints import (
    FootprintChoice,
    Partner,
    ProductRollUp,
    ReceivedFootprint,
    SupplyLink,
)
from separatrix_park.models.people import Enterprise, Person
from separatrix_park.models.records import LogEntry
from separatrix_park.models.reports import Report
from separatrix_park.scope import whole_park

__all__ = [
    "FACTOR",
    "MEMBER",
    "MISSING",
    "OFFER",
    "PARTNER",
    "ProductOffer",
    "PurchaseSource",
    "PurchasedInput",
    "choose",
    "link_to_member",
    "link_to_partner",
    "member_names",
    "offered_by_others",
    "purchase_sources",
    "purchased_inputs",
    "received_products",
    "supplier_names",
    "unlink",
]

MOST_LISTED = 500
"""So many products of partners are offered for choice, the newest first."""


@dataclass(frozen=True)
class PurchasedInput:
    """What an enterprise bought in a year: what its rows call it, and the supplier that they name."""

    input: str
    supplier: str
    amounts: tuple[tuple[float, str], ...]
    factor: bool
    """Whether each of its rows has an emission factor, with its source."""


@dataclass(frozen=True)
class ProductOffer:
    """A product whose footprint another member lets the park use."""

    key: str
    enterprise: str
    product: str


def purchased_inputs(enterprise: UUID, year: int) -> list[PurchasedInput]:
    """Return the purchases of an enterprise in a year, from its approved report."""
    report = (
        Report.objects.filter(
            enterprise_id=enterprise, table="purchases", year=year, state=Report.State.APPROVED
        )
        .order_by("-version")
        .first()
    )
    found: dict[tuple[str, str], list[dict[str, object]]] = {}
    for row in () if report is None else report.rows:
        name, supplier = (str(row.get(column) or "").strip() for column in ("input", "supplier"))
        found.setdefault((name, supplier), []).append(row)
    return [
        PurchasedInput(
            *bought,
            tuple((_number(row.get("amount")), str(row.get("unit") or "")) for row in rows),
            all(str(row.get(column) or "").strip() for row in rows for column in ("factor", "source")),
        )
        for bought, rows in found.items()
        if any(_number(row.get("amount")) != 0 for row in rows)
    ]


def _number(told: object) -> float:
    try:
        return float(str(told).replace(",", ""))
    except ValueError:
        return float("nan")


# --------------------------------------------------------------------------- what stands for a purchase


def link_to_partner(person: Person, bought: PurchasedInput, partner: UUID, product_id: str) -> SupplyLink:
    """Let the newest footprint of a partner's product stand for a purchase.

    Raises
    ------
    InputError
        W320 where the partner has sent none; W321 where the units do not fit.
    """
    known = Partner.objects.filter(pk=partner, enterprise_id=person.enterprise_id).first()
    record = None if known is None else _newest_of(known, product_id)
    if record is None:
        raise InputError(
            "W320",
            say("no footprint of this product was received"),
            hint=say("ask the partner for it; what it sends can then be chosen here"),
        )
    _require_units(bought, record)
    return _link(person, bought, {"partner": known, "member": None, "product_id": product_id})


def link_to_member(person: Person, bought: PurchasedInput, called: str, product: str) -> SupplyLink:
    """Let the product of another member of the park stand for a purchase.

    Its footprint is used while that member offers it; the choice does not reveal whether the member makes
    it.

    Raises
    ------
    InputError
        W320 where no other member is called so, or no product is named.
    """
    plain = plain_name_of(called)
    with whole_park("which member of the park is called so, for another to name it as a supplier"):
        members = current_members().values_list("pk", "key", "name")
        found = [pk for pk, key, name in members if plain in (plain_name_of(key), plain_name_of(name))]
    if len(found) != 1:
        raise InputError("W320", say("no other enterprise of the park has the name `{name}`", name=called))
    if found[0] == person.enterprise_id:
        raise InputError(
            "W320",
            say("an enterprise cannot be its own supplier"),
            hint=say(
                "enter transfers between its own products in its purchases, with its own id as the supplier"
            ),
        )
    if not product.strip():
        raise InputError("W320", say("no product specified"))
    # Its row is another's: the foreign key alone is told, and what it leads to is read by the platform.
    return _link(person, bought, {"partner": None, "member_id": found[0], "product_id": product.strip()})


def _link(person: Person, bought: PurchasedInput, told: dict[str, object]) -> SupplyLink:
    """Store the choice for a purchase; nothing happens if it is the current choice."""
    named = {"enterprise_id": person.enterprise_id, "input": bought.input, "supplier": bought.supplier}
    with transaction.atomic():
        made: SupplyLink | None = SupplyLink.objects.filter(**named, **told).first()
        if made is not None:
            return made
        made, _ = SupplyLink.objects.update_or_create(**named, defaults=told)
        mark_own(made.enterprise_id, "links")
        LogEntry.append(str(person.pk), "supplier linked", _subject(made))
    return made


def unlink(person: Person, link: SupplyLink) -> None:
    """Use the row's own emission factor for a purchase again."""
    with transaction.atomic():
        subject = _subject(link)
        mark_own(link.enterprise_id, "links")
        link.delete()
        LogEntry.append(str(person.pk), "supplier unlinked", subject)


def _subject(link: SupplyLink) -> str:
    other = link.partner_id or link.member_id
    told = f"{link.enterprise_id}\n{link.input}\n{link.supplier}\n{other}\n{link.product_id}\n{link.made}"
    return hashlib.sha256(told.encode()).hexdigest()


def _require_units(bought: PurchasedInput, record: ProductFootprint) -> None:
    """Refuse a record for units that the amounts of a purchase cannot be counted in."""
    for _, unit in bought.amounts:
        known = unit_of(unit)
        if known is not None and not measured_in(known.dimension, record):
            raise InputError(
                "W321",
                say(
                    "the purchase is in {found}, the footprint for one {unit}, and nothing leads from one to "
                    "the other",
                    found=unit,
                    unit=unit_name(record.unit),
                ),
                hint=say(
                    "ask the supplier for a footprint in a unit of the purchase, or with the mass of its unit"
                ),
            )


def received_products(enterprise: UUID | None) -> list[tuple[UUID, str, str, str]]:
    """Return the products for which partners sent footprints: partner, its name, product id, product."""
    rows = ReceivedFootprint.objects.filter(enterprise_id=enterprise).order_by("-received")
    told = rows.values_list("partner_id", "partner__name", "product_ids", "product")[:MOST_LISTED]
    found = {
        (partner, product_id): (partner, name, product_id, product)
        for partner, name, product_ids, product in reversed(list(told))
        for product_id in product_ids
    }
    return sorted(found.values(), key=lambda row: (row[1], row[3], row[2]))


def _newest_of(partner: Partner, product_id: str) -> ProductFootprint | None:
    """Return the newest footprint of a partner's product that can be read."""
    rows = ReceivedFootprint.objects.filter(partner=partner).order_by("-received")
    for number, product_ids in rows.values_list("pk", "product_ids"):
        if product_id in product_ids:
            try:
                return parse_footprint(rows.get(pk=number).record)
            except InputError:  # kept by a version of the program that could read it
                continue
    return None


# --------------------------------------------------------------------------- allocation, and what is offered


def choose(person: Person, allocation: str, for_park: bool, products: Iterable[str]) -> FootprintChoice:
    """Keep by what emissions are allocated, and whose footprints others of the park may use.

    Parameters
    ----------
    person : Person
        Who may approve for the enterprise.
    allocation : str
        One of `ALLOCATIONS`; '' where that is not said.
    for_park : bool
        Whether all products are offered.
    products : iterable of str
        Else those of these names.

    Raises
    ------
    InputError
        W322 if the allocation is unknown.
    """
    if allocation and allocation not in ALLOCATIONS:
        raise InputError("W322", say("emissions are allocated by mass, value or energy content"))
    named = sorted(set(products))
    with transaction.atomic():
        made: FootprintChoice
        made, _ = FootprintChoice.objects.update_or_create(
            enterprise_id=person.enterprise_id,
            defaults={"allocation": allocation, "for_park": for_park, "products_for_park": named},
        )
        mark_own(made.enterprise_id, "choice")
        compare_all.enqueue()  # who buys them is not known to this enterprise
        told = f"{made.enterprise_id}\n{allocation}\n{for_park}\n{named}\n{made.changed}"
        LogEntry.append(str(person.pk), "footprints offered", hashlib.sha256(told.encode()).hexdigest())
    return made


def offered_by_others(enterprise: UUID | None) -> list[ProductOffer]:
    """Return the products whose footprints other members let the park use: names, and no figures."""
    with whole_park("which products are offered to the park, for its members; no figure is read"):
        choices = {choice.enterprise_id: choice for choice in FootprintChoice.objects.all()}
        choices.pop(enterprise, None)
        named = {pk: (key, name) for pk, key, name in current_members().values_list("pk", "key", "name")}
        made = _products_of([e for e, choice in choices.items() if choice.for_park])
    found = [
        ProductOffer(*named[e], product)
        for e, choice in choices.items()
        if e in named
        for product in (made.get(e, ()) if choice.for_park else choice.products_for_park)
    ]
    return sorted(found, key=lambda one: (one.enterprise, one.product))


def _products_of(enterprises: Collection[UUID]) -> dict[UUID, list[str]]:
    """Return what some enterprises make, by their newest approved reports."""
    reports = Report.objects.filter(
        enterprise_id__in=enterprises, table="products", state=Report.State.APPROVED
    ).order_by("year", "version")
    newest = dict(reports.values_list("enterprise_id", "rows"))
    return {
        e: sorted({str(row["product"]) for row in rows if row.get("product")}) for e, rows in newest.items()
    }


# --------------------------------------------------------------------------- what suppliers are called


def member_names(members: Iterable[UUID | None]) -> dict[UUID, str]:
    """Return the names of members named as suppliers; None among the ids is skipped."""
    with whole_park("what a supplier is called that the enterprise itself named"):
        asked = {member for member in members if member is not None}
        return dict(Enterprise.objects.filter(pk__in=asked).values_list("pk", "name"))


def supplier_names(row: ProductRollUp) -> dict[str, str]:
    """Return what members are called whose products go into a roll-up, by their keys."""
    keys = {c["supplier"] for c in row.result["contributions"] if c["kind"] == INSIDE}
    keys |= {key for key, _ in (row.result["circle"] or {}).get("suppliers", ())}
    with whole_park("what a supplier is called whose offered footprint went into one's own"):
        return dict(Enterprise.objects.filter(key__in=keys).values_list("key", "name"))


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
