"""What was bought to make products, with its footprint: by a supplier's record, a product, or a factor."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import numpy as np

from separatrix.errors import InputError
from separatrix.sentences import Sentence, say
from separatrix_cluster.footprints.footprint import ProductFootprint, covers
from separatrix_cluster.footprints.footprint_record import read_footprint
from separatrix_cluster.footprints.pact_kinds import MASSLESS, unit_name
from separatrix_cluster.footprints.unit_process import (
    KG,
    PARTS,
    RATINGS,
    EnterpriseFlows,
    ProductFlow,
    carrier_of,
    product_remark,
)
from separatrix_cluster.tables.carriers import carrier_called
from separatrix_cluster.tables.cell_values import carrier_in_words, short
from separatrix_cluster.tables.cluster import Cluster
from separatrix_cluster.tables.folder import folder_of
from separatrix_cluster.tables.table import ClusterTable
from separatrix_cluster.tables.units import BASE

__all__ = ["measured_in", "take_purchases"]

_UNITS = {"kilogram": ("mass", 1e-3), "liter": ("volume", 1e-3), "cubic meter": ("volume", 1.0)}
_UNITS |= {"kilowatt hour": ("energy", 0.0036), "megajoule": ("energy", 1e-3), "piece": ("count", 1.0)}
"""What a declared unit measures, and how many base units one of it is."""

BEYOND = 1e18
"""More of anything, in kg or pieces, than there is on Earth: a record that leads to it is wrong."""

_FEEDSTOCKS = frozenset(
    "naphtha ethane lpg crude_oil orimulsion bitumen lubricants refinery_feedstocks petroleum_coke "
    "natural_gas_liquids other_oil other_petroleum other_petroleum_products".split()
)
"""Carriers that are bought as materials as well (IPCC 2006, vol. 2, ch. 1.4.2), so that none need burn."""


def take_purchases(known: EnterpriseFlows) -> None:
    """Take every purchase of an enterprise in the year, and note those whose footprint is not known."""
    table, year = known.cluster.table("purchases"), known.system.year
    rows = known.rows("purchases")
    entered = {carrier_of(known.text("energy", "carrier", i)) for i in known.rows("energy")}
    # A verified total holds what no row of energy tells.
    settled = bool(np.any(known.accounts.kind[known.lines] == "verified"))
    for i in rows:
        name, product = known.text("purchases", "input", i), known.text("purchases", "product", i)
        carrier = carrier_of(name)
        if carrier is not None:
            known.behind.discard(carrier)
        if product and not any(True for _ in known.processes(product)):
            what = say(
                "{enterprise} makes no `{product}` in {year}",
                enterprise=known.name,
                product=short(product),
                year=year,
            )
            hint = say("name it as the table products does, or leave the cell empty")
            known.system.remarks.append(product_remark(table, i, "product", what, hint=hint))
            known.lack(say("what {input} was bought for is not known", input=carrier_in_words(name)))
            continue
        amount = known.number("purchases", "amount", i)
        if amount == 0:
            continue
        if carrier is not None and carrier not in entered | _FEEDSTOCKS and not settled:
            known.lack(
                say(
                    "it bought {input}, but no row of energy states that it was burned, used or sold",
                    input=carrier_in_words(name),
                ),
                product,
            )
        why = _purchase(known, table, i, name, product, amount)
        if why is not None:
            known.system.remarks.append(product_remark(table, i, "input", why))
            known.lack(say("{input}: {why}", input=carrier_in_words(name), why=why), product)
    if not rows:
        known.lack(
            say(
                "the table purchases has no row for {enterprise} (enter a row with the amount 0 "
                "if it bought nothing)",
                enterprise=known.name,
            )
        )
    for carrier in sorted(known.behind):
        known.lack(
            say(
                "what stands behind {carrier} (extraction, transport, losses) is in no row of purchases",
                carrier=carrier_called(carrier),
            )
        )


def _purchase(
    known: EnterpriseFlows, table: ClusterTable, row: int, name: str, product: str, amount: float
) -> Sentence | None:
    """Take one purchase, by the supplier's record, by its product in the system, or by a factor."""
    dimension, supplier = known.text("purchases", "dimension", row), known.text("purchases", "supplier", row)
    file, factor = known.text("purchases", "footprint", row), known.number("purchases", "factor", row)
    if known.number("purchases", "exempt", row) == 1:
        if np.isnan(factor):
            return say("it is excluded, and no factor gives its emissions")
        left = amount * factor * KG
        known.add(ProductFlow("exempted", name, 0.0, 0.0, exempted=left, supplier=supplier), product)
        return None
    supply, bought = known.system.supply, (known.name, name, supplier)
    if bought in supply.unknown:
        return supply.unknown[bought]
    if file or bought in supply.records:
        read = supply.records[bought] if bought in supply.records else _record(known.cluster, file)
        if isinstance(read, Sentence):
            return read
        return _by_record(known, table, row, name, product, amount, dimension, read)
    if bought in supply.products or supplier:
        supplier, made_as = supply.products.get(bought, (supplier, name))
        made = []
        if supply.offers(supplier, made_as, known.name):
            makers = known.system.makers.get(supplier, ())
            made = [k for k in makers if known.system.processes[k].product == made_as]
        if made:
            other = known.system.processes[made[0]]
            units = _converted(amount, dimension, other.dimension, other.mass / other.amount)
            if units is None:
                return _apart(dimension, BASE.get(other.dimension, other.dimension))
            known.take(supplier, made[0], units, product)
            return None
    if np.isnan(factor):
        if supplier and supply.offered is not None and supplier != known.name:
            # Whether it makes such a product at all is nobody's business.
            return say(
                "{supplier} offers no footprint of it to others in the park, and no factor is given",
                supplier=supplier,
            )
        if supplier:
            return say(
                "{supplier} has no product of that name in the table products, and there is neither a record "
                "nor a factor",
                supplier=supplier,
            )
        return say("there is neither a supplier's record nor a factor")
    source = known.text("purchases", "source", row)
    version = known.text("purchases", "version", row)
    if not source:
        return say("the factor has no source")
    carbon = amount * factor * KG
    known.add(ProductFlow("purchase", name, carbon, carbon, supplier=supplier, source=source), product)
    known.credit(source, version or "undated")
    return None


def _by_record(
    known: EnterpriseFlows,
    table: ClusterTable,
    row: int,
    name: str,
    product: str,
    amount: float,
    dimension: str,
    read: ProductFootprint,
) -> Sentence | None:
    measured = _UNITS.get(read.unit)
    if measured is None:
        return say("its record is for one {unit}, which the amount is not in", unit=unit_name(read.unit))
    kind, size = measured
    density = _density(read, size)
    if density > BEYOND:
        return _beyond()
    units = _converted(amount, dimension, kind, density)
    if units is None:
        return _apart(dimension, unit_name(read.unit))
    doubt = (
        say("the record is deprecated: a newer one replaces it")
        if read.status != "Active"
        else say("the record is not valid for {year}", year=known.system.year)
        if not covers(read, known.system.year)
        else None
    )
    if doubt is not None:
        hint = say("ask the supplier for a record of {year}", year=known.system.year)
        known.system.remarks.append(product_remark(table, row, "footprint", doubt, "warning", hint))
    if not read.amount > 0:  # smaller than any number that is reckoned with
        return _beyond()
    times = units / size / read.amount
    carbon = read.carbon * times
    left = 100.0 if read.exempted is None else read.exempted
    if left >= 100 and carbon:
        return say("its record does not state what it excludes")
    flow = ProductFlow(
        "purchase",
        name,
        carbon,
        (read.carbon if read.fossil is None else read.fossil) * times,
        carbon * (read.primary_share or 0.0) / 100,
        max(carbon, 0.0) * left / (100 - left) if carbon else 0.0,
        supplier=read.company,
        source=read.product,
        parts=tuple(float(read.more.get(part, 0.0)) * times for part in PARTS),
        record=read.identifier,
        amount=units / size,
        unit=read.unit,
        quality=_quality(read),
    )
    brought = float(read.more.get("outboundLogisticsGhgEmissions", 0.0)) * times
    told = (flow.carbon, flow.fossil, flow.primary, flow.exempted, *flow.parts, flow.amount, brought)
    if not all(abs(value) < BEYOND for value in (*told, *(flow.quality or ()))):
        return _beyond()
    known.add(flow, product)
    if brought:
        # No part of the supplier's own footprint from cradle to gate, but of whoever it is brought to.
        known.add(
            ProductFlow("transport", name, brought, brought, supplier=read.company, record=read.identifier),
            product,
        )
    return None


def _beyond() -> Sentence:
    return say("its record holds numbers beyond all bounds")


def measured_in(dimension: str, read: ProductFootprint) -> bool:
    """Whether an amount of something, such as a mass, can be counted in the unit of its supplier's record.

    Examples
    --------
    >>> from dataclasses import replace
    >>> from importlib.resources import as_file, files
    >>> from separatrix_cluster.footprints.footprint_record import read_footprint
    >>> with as_file(files("separatrix_cluster").joinpath("shipped/synthetic-park/iron-ore.json")) as path:
    ...     ore = read_footprint(path)
    >>> measured_in("mass", ore), measured_in("volume", ore)
    (True, False)
    >>> measured_in("mass", replace(ore, unit="liter", mass=None))
    False
    """
    kind, size = _UNITS.get(read.unit, ("", 1.0))
    return _converted(1.0, dimension, kind, _density(read, size)) is not None


def _density(read: ProductFootprint, size: float) -> float:
    """Return t in one base unit of a record: nan where that has no mass, or none is stated."""
    kilograms = read.kilograms if read.unit not in MASSLESS else None
    units = read.amount * size
    if not kilograms:
        return float("nan")
    return kilograms / KG / units if units else float("inf")


def _quality(read: ProductFootprint) -> tuple[float, float, float] | None:
    """Return the ratings of a record's data, None where it has not all three."""
    told = read.more.get("dqi") or {}
    if any(told.get(name) is None for name in RATINGS):
        return None
    technology, geography, time = (float(told[name]) for name in RATINGS)
    return technology, geography, time


def _converted(amount: float, dimension: str, wanted: str, density: float) -> float | None:
    """Return base units of what is wanted; ``density`` is t in one base unit of it."""
    if dimension == wanted:
        return amount
    if dimension == "mass" and density > 0:
        return amount / density
    return None


def _apart(dimension: str, unit: str) -> Sentence:
    return say(
        "the amount is in {found}, its footprint in {unit}, and nothing leads from one to the other",
        found=BASE.get(dimension, dimension),
        unit=unit,
    )


def _record(cluster: Cluster, file: str) -> ProductFootprint | Sentence:
    folder = folder_of(cluster)
    try:
        path = (folder / file).resolve()
        if not path.is_relative_to(folder.resolve()):
            return say("the file {file} lies outside the cluster's folder", file=short(file))
        return _read(path, path.stat().st_mtime_ns)
    except InputError as problem:
        return say("{file}: {why}", file=short(file), why=problem.message)
    except (OSError, ValueError):
        return say("file {file} not found", file=short(file))


@lru_cache(maxsize=256)
def _read(path: Path, changed: int) -> ProductFootprint:
    """Return a record; many rows may name one file."""
    return read_footprint(path)
