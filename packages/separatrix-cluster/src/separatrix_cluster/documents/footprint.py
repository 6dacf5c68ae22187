"""Footprints of products as documents: those computed from a cluster's tables, and records that were read."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import isfinite
from typing import Any

from separatrix.document.tree import (
    Block,
    Bullets,
    Column,
    Document,
    Note,
    Paragraph,
    Table,
    document_in,
    line,
)
from separatrix.io.cells import Remark
from separatrix.languages import Language
from separatrix.sentences import Sentence
from separatrix_cluster.documents.data_check import (
    closing_blocks,
    remarks_blocks,
    spreadsheet_csv,
    synthetic_note,
)
from separatrix_cluster.documents.vocabulary import NBSP, amount, share
from separatrix_cluster.footprints.footprint import ProductFootprint
from separatrix_cluster.footprints.pact_types import unit_name
from separatrix_cluster.footprints.product_system import allocation_name
from separatrix_cluster.footprints.results import CradleToGate, ProductCarbon
from separatrix_cluster.tables.carriers import carrier_name, carrier_named
from separatrix_cluster.tables.panel import Cluster

__all__ = [
    "footprint_csv",
    "footprint_document",
    "record_to_dict",
    "records_csv",
    "records_document",
]

MOST_PRODUCTS = 12
MOST_LINES = 15


def footprint_document(
    found: CradleToGate, products: Sequence[ProductCarbon], words: Language, remarks: Sequence[Remark] = ()
) -> Document:
    """Return the footprints of the chosen products; ``remarks`` are those of the accounts below them."""
    cluster = found.cluster
    return document_in(
        words,
        words.CL_FOOTPRINT_TITLE.format(name=cluster.name, year=found.year),
        cluster.description.place,
        _blocks(found, products, words, remarks),
    )


def _blocks(
    found: CradleToGate, products: Sequence[ProductCarbon], words: Language, remarks: Sequence[Remark]
) -> Iterator[Block]:
    cluster = found.cluster
    yield from synthetic_note(cluster, words)
    for product in products[:1] if len(products) == 1 else ():
        yield Paragraph(line(_lead(cluster, product, words)), lead=True)
    yield _table(found, products, words)
    for product in products[:MOST_PRODUCTS]:
        if product.contributions:
            yield _contributions(cluster, product, words)
        if product.missing:
            title = words.CL_FOOTPRINT_MISSING.format(product=_product(cluster, product, words))
            note = words.CL_FOOTPRINT_EITHER_NOTE if product.either else words.CL_FOOTPRINT_MISSING_NOTE
            yield Note(title, line(note))
            yield Bullets(tuple(line(words.tell(_in_words(what, words))) for what in product.missing))
    rest = len(products) - MOST_PRODUCTS
    if rest > 0:
        yield Paragraph(line(words.CL_FOOTPRINT_MORE.format(count=rest)))
    yield from remarks_blocks((*cluster.remarks, *remarks, *found.remarks), words)
    yield from closing_blocks(cluster, words)


def _product(cluster: Cluster, product: ProductCarbon, words: Language) -> str:
    """Return a product and who makes it."""
    return words.CL_FOOTPRINT_WHOSE.format(
        product=product.product, enterprise=cluster.name_of(product.enterprise)
    )


def _in_words(what: Sentence, words: Language) -> Sentence:
    """Return a sentence with carriers by their names in place of their codes."""
    named = {
        name: carrier_name(carrier, words.code)
        for name, value in what.values.items()
        if name in ("carrier", "source", "input")
        and isinstance(value, str)
        and (carrier := carrier_named(value)[0]) is not None
    }
    return Sentence(what.template, {**what.values, **named}, what.keys) if named else what


def _lead(cluster: Cluster, product: ProductCarbon, words: Language) -> str:
    told = words.CL_FOOTPRINT_LEAD if product.whole else words.CL_FOOTPRINT_LEAD_PART
    if product.either:
        told = words.CL_FOOTPRINT_LEAD_EITHER
    return told.format(
        product=product.product,
        enterprise=cluster.name_of(product.enterprise),
        carbon=f"{amount(product.carbon)}{NBSP}kg",
        unit=words.tell(unit_name(product.unit)),
    )


def _table(found: CradleToGate, products: Sequence[ProductCarbon], words: Language) -> Table:
    rows = []
    for product in products:
        sign = "≈" if product.either else "≥"
        least = "" if product.whole or product.carbon != product.carbon else f"{sign}{NBSP}"
        primary, exempted = product.primary_share, product.exempted_share
        rows.append(
            (
                line(product.product),
                line(found.cluster.name_of(product.enterprise)),
                line(f"{least}{amount(product.carbon)}"),
                line(words.tell(unit_name(product.unit))),
                line(share(None if primary is None else primary / 100)),
                line(share(None if exempted is None else exempted / 100)),
                line(share(product.share)),
                line(words.CL_YES if product.whole else words.CL_NO),
            )
        )
    columns = (
        Column(words.CL_PRODUCT, wide=True),
        Column(words.CL_ENTERPRISE),
        Column(words.CL_FOOTPRINT_CARBON, "right"),
        Column(words.CL_FOOTPRINT_UNIT),
        Column(words.CL_FOOTPRINT_PRIMARY, "right"),
        Column(words.CL_FOOTPRINT_EXEMPTED, "right", optional=True),
        Column(words.CL_FOOTPRINT_SHARE, "right", optional=True),
        Column(words.CL_FOOTPRINT_WHOLE),
    )
    basis = words.CL_BY_MARKET if found.basis == "market" else words.CL_BY_LOCATION
    caption = words.CL_FOOTPRINT_CAPTION.format(basis=basis)
    if isinstance(found.allocation, str):
        rule = words.tell(allocation_name(found.allocation))
        caption = f"{caption}{words.separators[' ']}{words.CL_FOOTPRINT_ALLOCATED.format(rule=rule)}"
    return Table(columns, tuple(rows), caption, row_heads=True, title=words.CL_FOOTPRINTS)


def _contributions(cluster: Cluster, product: ProductCarbon, words: Language) -> Table:
    kinds = {
        "direct": words.CL_FOOTPRINT_DIRECT,
        "bought energy": words.CL_FOOTPRINT_BOUGHT,
        "purchase": words.CL_FOOTPRINT_PURCHASE,
        "transport": words.CL_FOOTPRINT_TRANSPORT,
        "product of the cluster": words.CL_FOOTPRINT_INSIDE,
        "exempted": words.CL_FOOTPRINT_LEFT,
    }
    ordered = sorted(product.contributions, key=lambda c: -c.carbon)
    rows = []
    for entry in ordered[:MOST_LINES]:
        counted = entry.kind != "exempted" and product.carbon > 0
        rows.append(
            (
                line(_contribution_name(entry.name, entry.kind, words)),
                line(kinds[entry.kind]),
                line(cluster.name_of(entry.supplier) if entry.supplier else "–"),
                line(amount(entry.carbon)),
                line(share(entry.carbon / product.carbon) if counted else "–"),
                line(words.source(entry.source) if entry.source else "–"),
            )
        )
    rest = ordered[MOST_LINES:]
    if rest:
        carbon = sum(c.carbon for c in rest if c.kind != "exempted")
        told = share(carbon / product.carbon) if product.carbon > 0 else "–"
        rows.append(
            (
                line(words.CL_FOOTPRINT_OTHERS.format(count=len(rest))),
                line("–"),
                line("–"),
                line(amount(carbon)),
                line(told),
                line("–"),
            )
        )
    columns = (
        Column(words.CL_SOURCE),
        Column(words.CL_FOOTPRINT_KIND),
        Column(words.CL_FOOTPRINT_SUPPLIER),
        Column(words.CL_FOOTPRINT_CARBON, "right"),
        Column(words.CL_SHARE, "right"),
        Column(words.CL_PUBLICATION, wide=True, optional=True),
    )
    title = words.CL_FOOTPRINT_OF.format(
        product=_product(cluster, product, words), unit=words.tell(unit_name(product.unit))
    )
    return Table(columns, tuple(rows), row_heads=True, title=title)


def _contribution_name(name: str, kind: str, words: Language) -> str:
    if kind == "purchase" and (carrier := carrier_named(name)[0]) is not None:
        return words.CL_FOOTPRINT_BEHIND.format(carrier=carrier_name(carrier, words.code))
    if kind not in ("direct", "bought energy", "product of the cluster"):
        return name
    if name in ("process", "verified", "reported"):
        return {
            "process": words.CL_KIND_PROCESS,
            "verified": words.CL_KIND_VERIFIED,
            "reported": words.CL_KIND_REPORTED,
        }[name]
    carrier = carrier_named(name)[0]
    return name if carrier is None else carrier_name(carrier, words.code)


def footprint_csv(found: CradleToGate, products: Sequence[ProductCarbon], words: Language) -> str:
    """Return a line for the sum of each product, and one for each contribution, as CSV."""
    credit = found.cluster.attribution
    heads = (*found.line_names(), "data_source")
    return spreadsheet_csv(heads, ((*row, credit) for row in found.lines(products)), words)


# ------------------------------------------------------------------------------------------ records read


def record_to_dict(footprint: ProductFootprint) -> dict[str, Any]:
    """Return the content of a record as plain data."""
    return {
        "id": footprint.identifier,
        "version": footprint.version,
        "company": footprint.company,
        "product": footprint.product,
        "unit": footprint.unit,
        "amount": footprint.amount,
        "kg_co2e": footprint.carbon,
        "kg_co2e_per_unit": _per_unit(footprint),
        "kg_co2e_fossil": footprint.fossil,
        "kg_co2e_with_biogenic_uptake": footprint.with_uptake,
        "kg": footprint.kilograms,
        "start": footprint.start,
        "end": footprint.end,
        "geography": footprint.geography,
        "primary_data_percent": footprint.primary_share,
        "exempted_percent": footprint.exempted,
        "standards": list(footprint.standards),
        "gwp": list(footprint.gwp),
        "status": footprint.status,
    }


def _per_unit(footprint: ProductFootprint) -> float | None:
    """Return kg CO2e for one unit of measurement; None where that is beyond all bounds."""
    return footprint.factor if isfinite(footprint.factor) else None


def records_csv(footprints: Sequence[ProductFootprint], words: Language) -> str:
    """Return a line for each record, as CSV."""
    told = [record_to_dict(f) for f in footprints]
    rows = ([" ".join(v) if isinstance(v, list) else v for v in entry.values()] for entry in told)
    return spreadsheet_csv(tuple(told[0]), ([*row] for row in rows), words)


def records_document(name: str, footprints: Sequence[ProductFootprint], words: Language) -> Document:
    """Return the content of the records of a file."""
    rows = []
    for f in footprints:
        primary = None if f.primary_share is None else f.primary_share / 100
        rows.append(
            (
                line(f.product),
                line(f.company),
                line(amount(_per_unit(f))),
                line(words.tell(unit_name(f.unit))),
                line(f"{f.start[:10]} – {f.end[:10]}"),
                line(f.geography or words.CL_FOOTPRINT_WORLD),
                line(share(primary)),
                line(words.CL_YES if f.status == "Active" else words.CL_NO),
                line(f.version),
            )
        )
    columns = (
        Column(words.CL_PRODUCT, wide=True),
        Column(words.CL_FOOTPRINT_SUPPLIER),
        Column(words.CL_FOOTPRINT_CARBON, "right"),
        Column(words.CL_FOOTPRINT_UNIT),
        Column(words.CL_FOOTPRINT_PERIOD),
        Column(words.CL_FOOTPRINT_PLACE, optional=True),
        Column(words.CL_FOOTPRINT_PRIMARY, "right"),
        Column(words.CL_FOOTPRINT_ACTIVE, optional=True),
        Column(words.CL_FOOTPRINT_VERSION, optional=True),
    )
    table = Table(columns, tuple(rows), row_heads=True, title=words.CL_FOOTPRINT_RECORDS)
    return document_in(words, words.CL_FOOTPRINT_READ_TITLE.format(file=name), "", iter((table,)))
