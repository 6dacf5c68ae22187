"""The supply chain of an enterprise: its suppliers in the park, partners' records, and the resulting
footprints.

Gathered are the reports of the enterprise and of those of the park whose products go into its own, as far as
these let others use their footprints, suppliers of suppliers included; circles among them are solved at once.
What all of it is called (`SupplyData.basis`) names versions and no values, and changes with any of them.
"""

from __future__ import annotations

import hashlib
import json
import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast
from uuid import UUID

from django.db.models import Q, QuerySet, TextField
from django.db.models.functions import Cast

from separatrix import __version__
from separatrix.errors import InputError
from separatrix.sentences import Sentence, say
from separatrix_cluster.footprints.cradle_to_gate import cradle_to_gate
from separatrix_cluster.footprints.footprint import ProductFootprint, covers, parse_footprint
from separatrix_cluster.footprints.pact_types import instant
from separatrix_cluster.footprints.results import CradleToGate
from separatrix_cluster.footprints.unit_process import ALLOCATIONS, Allocation, Purchase, SupplyChain
from separatrix_cluster.tables.members import plain_name_of
from separatrix_cluster.tables.reader import load_cluster
from separatrix_park.answers.approved_data import ApprovedData, approved, cluster_files
from separatrix_park.models import EnterpriseAccount, FootprintChoice, ReceivedFootprint, Report, SupplyLink

__all__ = ["ReceivedRecord", "SupplyData", "footprints_of", "gather", "of_product", "years_of"]

TABLES = ("energy", "purchases")
"""In which rows name the members of the park that supplied something."""

MOST_VERSIONS = 50
"""So many records of one product are looked at for the one that fits."""


@dataclass(frozen=True)
class ReceivedRecord:
    """A record that stands for a purchase: the newest of its product that fits the year best.

    ``doubt`` is ``replaced`` for one that its maker replaced, ``other year`` for one of another period.
    """

    partner: UUID
    partner_name: str
    pf_id: UUID
    product_id: str
    digest: str
    created: str
    doubt: str
    record: ProductFootprint | None
    trouble: Sentence | None = None


@dataclass(frozen=True)
class SupplyData:
    """All inputs of the footprints of an enterprise's products in a year.

    Attributes
    ----------
    enterprise : UUID
    year : int
    data : ApprovedData
        Of the enterprise and of those in its supply chain; others are listed by their keys alone.
    chain : frozenset of UUID
        Whose reports are used.
    choices : mapping of UUID to FootprintChoice
    links : tuple of SupplyLink
        Of all in the chain.
    records : mapping of (partner, product id) to ReceivedRecord
    """

    enterprise: UUID
    year: int
    data: ApprovedData
    chain: frozenset[UUID]
    choices: Mapping[UUID, FootprintChoice]
    links: tuple[SupplyLink, ...]
    records: Mapping[tuple[UUID, str], ReceivedRecord]

    @property
    def key(self) -> str:
        """The key of the enterprise."""
        return self.keys[self.enterprise]

    @property
    def keys(self) -> Mapping[UUID, str]:
        """The key of each member."""
        return {member.id: member.key for member in self.data.members}

    @property
    def basis(self) -> str:
        """What all of it is called."""
        keys = self.keys
        told = [
            __version__,
            self.year,
            self.data.shared,
            self.data.description,
            sorted([keys[e], self.data.version_of(e), _choice(self.choices.get(e))] for e in self.chain),
            sorted(
                [keys[link.enterprise_id], link.input, link.supplier, str(link.partner_id or ""),
                 keys.get(link.member_id, ""), link.product_id]
                for link in self.links
            ),
            sorted([str(r.pf_id), r.digest, r.doubt] for r in self.records.values()),
        ]  # fmt: skip
        return hashlib.sha256(json.dumps(told).encode()).hexdigest()


def _choice(choice: FootprintChoice | None) -> list[Any]:
    if choice is None:
        return ["", False, []]
    return [choice.allocation, choice.for_park, sorted(choice.products_for_park)]


def years_of(enterprise: UUID) -> list[int]:
    """Return the years with a products report, the latest first."""
    reports = Report.objects.filter(
        enterprise_id=enterprise, table="products", state=Report.State.APPROVED, nothing=False
    )
    return sorted(set(reports.values_list("year", flat=True)), reverse=True)


def gather(enterprise: UUID, year: int) -> SupplyData:
    """Return the current inputs of an enterprise's product footprints; read on behalf of the platform."""
    data = approved({enterprise}, all_listed=True)
    ids = {member.key: member.id for member in data.members}
    called = {plain_name_of(told): m.id for m in data.members for told in (m.name, m.key)}
    chain: set[UUID] = set()
    beside: set[UUID] = set()
    open_ones = {enterprise}
    choices: dict[UUID, FootprintChoice] = {}
    links: list[SupplyLink] = []
    while open_ones:
        chain |= open_ones
        data = approved(chain, all_listed=True)
        # Whoever hands energy on has its accounts worked out with the others', whatever it offers.
        beside |= _linked_by_energy(open_ones, ids)
        more = beside | {called[name] for name in _supplier_names(data, open_ones, year) if name in called}
        found = list(SupplyLink.objects.filter(enterprise_id__in=open_ones).order_by("pk"))
        links += found
        more |= {link.member_id for link in found if link.member_id is not None}
        for choice in FootprintChoice.objects.filter(enterprise_id__in=more | open_ones):
            choices[choice.enterprise_id] = choice
        open_ones = {e for e in more if e in choices and _offers(choices[e])} - chain
    records = _records({(link.partner_id, link.product_id) for link in links if link.partner_id}, year)
    chain |= beside
    data = approved(chain, all_listed=True)
    chosen = {e: choice for e, choice in choices.items() if e in chain}
    return SupplyData(enterprise, year, data, frozenset(chain), chosen, tuple(links), records)


def _offers(choice: FootprintChoice) -> bool:
    return bool(choice.for_park or choice.products_for_park)


def _linked_by_energy(those: Iterable[UUID], ids: Mapping[str, UUID]) -> set[UUID]:
    """Return with whom some hand energy on, by which their accounts hang together."""
    kept = EnterpriseAccount.objects.filter(enterprise_id__in=those).values_list("component", flat=True)
    return {ids[key] for component in kept for key in component if key in ids}


def _supplier_names(data: ApprovedData, those: Iterable[UUID], year: int) -> set[str]:
    """Return whom the rows of some name as suppliers, in plain letters."""
    numbers = [
        approval.report
        for e in those
        for approval in data.of.get(e, ())
        if approval.table in TABLES and approval.year == year
    ]
    rows = Report.objects.filter(pk__in=numbers).values_list("rows", flat=True)
    return {plain_name_of(str(row["supplier"])) for told in rows for row in told if row.get("supplier")}


def of_product(rows: QuerySet[ReceivedFootprint], product_id: str) -> QuerySet[ReceivedFootprint]:
    """Return those footprints among some that name a product by an id, whatever its case."""
    spelt = {json.dumps(product_id), json.dumps(product_id, ensure_ascii=False)}
    held = Q()
    for text in spelt:
        held |= Q(ids_in_text__icontains=text)
    return rows.annotate(ids_in_text=Cast("product_ids", TextField())).filter(held)


def _records(wanted: Iterable[tuple[UUID, str]], year: int) -> Mapping[tuple[UUID, str], ReceivedRecord]:
    """Return for each product of a partner the record in use."""
    found: dict[tuple[UUID, str], ReceivedRecord] = {}
    for partner, product_id in wanted:
        mine = ReceivedFootprint.objects.filter(partner_id=partner).select_related("partner")
        # A partner may send any number of them; the newest are enough.
        rows = of_product(mine, product_id).order_by("-received")[:MOST_VERSIONS]
        read = [_read(row, product_id, year) for row in rows if product_id in row.product_ids]
        if read:
            found[partner, product_id] = max(read, key=lambda pair: pair[0])[1]
    return found


def _read(row: ReceivedFootprint, product_id: str, year: int) -> tuple[Any, ReceivedRecord]:
    """Return a record, after how well it fits."""
    record, trouble = None, None
    try:
        record = parse_footprint(row.record)
    except InputError as problem:
        trouble = cast("Sentence", problem.message)
    fits = record is not None and covers(record, year)
    replaced = row.deprecated is not None or (record is not None and record.status != "Active")
    doubt = "replaced" if replaced else "" if fits else "other year"
    created = 0.0 if record is None else instant(record.created).timestamp()
    told = ReceivedRecord(
        row.partner_id,
        row.partner.name,
        row.pf_id,
        product_id,
        row.digest,
        "" if record is None else record.created,
        doubt,
        record,
        trouble,
    )
    return (record is not None, fits, not replaced, created, row.received, str(row.pf_id)), told


# --------------------------------------------------------------------------- worked out


def footprints_of(gathered: SupplyData) -> CradleToGate:
    """Return the footprints of all products in a supply chain, those of the enterprise among them.

    Raises
    ------
    InputError
        K255 where the products of the year cannot be read.
    """
    with tempfile.TemporaryDirectory(prefix="separatrix-") as folder:
        for name, content in cluster_files(gathered.data, gathered.chain):
            (Path(folder) / name).write_bytes(content)
        cluster = load_cluster(folder)
    products = cluster.table("products")
    made = zip(map(str, products.texts("enterprise")), map(str, products.texts("product")), strict=True)
    by_key = {gathered.keys[e]: choice for e, choice in gathered.choices.items()}
    offered = frozenset(
        (key, product)
        for key, product in made
        if key in by_key and (by_key[key].for_park or product in by_key[key].products_for_park)
    )
    allocation = {
        key: cast("Allocation", choice.allocation)
        for key, choice in by_key.items()
        if choice.allocation in ALLOCATIONS
    }
    return cradle_to_gate(
        cluster,
        year=gathered.year,
        allocation=allocation,
        supply=_supply(gathered, offered),
        strict=False,
    )


def _supply(gathered: SupplyData, offered: frozenset[tuple[str, str]]) -> SupplyChain:
    records: dict[Purchase, ProductFootprint] = {}
    products: dict[Purchase, tuple[str, str]] = {}
    unknown: dict[Purchase, Sentence] = {}
    called = {plain_name_of(told): m.key for m in gathered.data.members for told in (m.name, m.key)}
    for link in gathered.links:
        # Rows may name a member by its name; the cluster of them knows its key.
        supplier = called.get(plain_name_of(link.supplier), link.supplier)
        bought = (gathered.keys[link.enterprise_id], link.input, supplier)
        if link.member_id is not None:
            products[bought] = (gathered.keys.get(link.member_id, ""), link.product_id)
            continue
        told = gathered.records.get((link.partner_id, link.product_id))
        if told is None:
            unknown[bought] = say("its supplier has sent no footprint of it yet")
        elif told.record is None:
            unknown[bought] = say("the record of its supplier cannot be read: {why}", why=told.trouble or "")
        else:
            records[bought] = told.record
    return SupplyChain(records, products, unknown, offered)
