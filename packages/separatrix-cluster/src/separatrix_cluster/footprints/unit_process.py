"""Unit processes of a product system (ISO 14040, 3.34): one product of one enterprise in one year.

What was bought to make products, with its footprint: by a supplier's record, a product, or a factor.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, Literal

import numpy as np

from separatrix.errors import InputError
from separatrix.io.cells import Remark, Severity
from separatrix.sentences import Sentence, say
from separatrix_cluster.accounts.results import Basis, CarbonAccounts, Ints
from separatrix_cluster.footprints.footprint import ProductFootprint, covers, read_footprint
from separatrix_cluster.footprints.pact_types import MASSLESS, unit_name
from separatrix_cluster.tables.carriers import carrier_called, carrier_named
from separatrix_cluster.tables.cells import carrier_in_words, short
from separatrix_cluster.tables.panel import Cluster
from separatrix_cluster.tables.reader import folder_of
from separatrix_cluster.tables.table import ClusterTable
from separatrix_cluster.tables.units import BASE

__all__ = [
    "ALLOCATIONS",
    "Allocation",
    "EVERYTHING_OFFERED",
    "EnterpriseFlows",
    "FlowKind",
    "KG",
    "PARTS",
    "ProductFlow",
    "ProductSystem",
    "RATINGS",
    "SupplyChain",
    "UnitProcess",
    "allocation_of",
    "carrier_of",
    "measured_in",
    "product_remark",
    "take_purchases",
]

KG = 1000.0
"""Kilograms in a tonne: accounts are in t CO2e, footprints in kg CO2e."""

Allocation = Literal["mass", "value", "energy"]
ALLOCATIONS: tuple[Allocation, ...] = ("mass", "value", "energy")

PARTS = (
    "landUseChangeGhgEmissions",
    "landManagementBiogenicCO2Emissions",
    "landManagementBiogenicCO2Removals",
    "biogenicNonCO2Emissions",
    "ccsTechnologicalCO2Capture",
    "technologicalCO2Removals",
)
"""Parts of a footprint without biogenic uptake other than fossil emissions, by the names of PACT."""

RATINGS = ("technologicalDQR", "geographicalDQR", "temporalDQR")
"""How well data stand for technology, place and time, by the names of PACT: from 1, the best, to 5."""

FlowKind = Literal["direct", "bought energy", "purchase", "transport", "exempted"]

Purchase = tuple[str, str, str]
"""Who bought it, what its rows of `purchases` call it, and the supplier that they name."""


@dataclass(frozen=True)
class SupplyChain:
    """What is known of suppliers beyond the tables of the cluster.

    Attributes
    ----------
    records : mapping of (enterprise, input, supplier) to ProductFootprint
        The supplier's record for what was bought.
    products : mapping of (enterprise, input, supplier) to (enterprise, product)
        The product of the cluster that it is, where its rows do not name it.
    unknown : mapping of (enterprise, input, supplier) to Sentence
        Why its footprint is not known.
    offered : collection of (enterprise, product), optional
        The products whose footprints others than their makers may use; by default all, and then enterprises
        may read one another's numbers, too.
    """

    records: Mapping[Purchase, ProductFootprint] = field(default_factory=dict)
    products: Mapping[Purchase, tuple[str, str]] = field(default_factory=dict)
    unknown: Mapping[Purchase, Sentence] = field(default_factory=dict)
    offered: Collection[tuple[str, str]] | None = None

    def offers(self, supplier: str, product: str, to: str) -> bool:
        """Whether an enterprise may use the footprint of a product of another."""
        return self.offered is None or supplier == to or (supplier, product) in self.offered


EVERYTHING_OFFERED = SupplyChain()


def allocation_of(
    allocation: Allocation | Mapping[str, Allocation] | None, enterprise: str
) -> Allocation | None:
    """Return by what the emissions of an enterprise are allocated."""
    return allocation.get(enterprise) if isinstance(allocation, Mapping) else allocation


@dataclass(frozen=True)
class ProductFlow:
    """A contribution to the footprint of all units of a product made in the year.

    Attributes
    ----------
    kind, name : str
        direct (of the enterprise's own site), bought energy, purchase, transport (of a purchase, from
        its supplier's record), or exempted: estimated and excluded.
    carbon, fossil : float
        kg CO2e, and those of fossil sources.
    primary : float
        kg CO2e based on primary data.
    exempted : float
        kg CO2e that were excluded from it.
    supplier, source : str
        Who supplied it, and where the number comes from.
    parts : tuple of float
        As `PARTS`, kg CO2e.
    record : str
        The id of the supplier's record.
    amount, unit : float, str
        The amount used, in the unit of the record.
    quality : tuple of float, optional
        The ratings of the data's technology, geography and time, from 1 (best) to 5, as the record has them.
    """

    kind: FlowKind
    name: str
    carbon: float
    fossil: float
    primary: float = 0.0
    exempted: float = 0.0
    supplier: str = ""
    source: str = ""
    parts: tuple[float, ...] = (0.0,) * len(PARTS)
    record: str = ""
    amount: float = 0.0
    unit: str = ""
    quality: tuple[float, float, float] | None = None

    def times(self, share: float) -> ProductFlow:
        """Return a share of it."""
        return replace(
            self,
            carbon=self.carbon * share,
            fossil=self.fossil * share,
            primary=self.primary * share,
            exempted=self.exempted * share,
            parts=tuple(part * share for part in self.parts),
            amount=self.amount * share,
        )


@dataclass
class UnitProcess:
    """One product of one enterprise in the year.

    Attributes
    ----------
    row : int
        Of the table `products`.
    amount : float
        Made in the year, in the base unit of `dimension`.
    mass : float
        t in that amount; `nan` where not known.
    share : float
        Of what its enterprise emits and buys for all products; `nan` where that is not known.
    flows : list of ProductFlow
        From outside the product system.
    inputs : dict of int to float
        Base units of other products of the system, by their place in it.
    missing : list of Sentence
        What is not known of it; with any its footprint is a part of the true one.
    either : bool
        Whether something of that may as well make the footprint smaller.
    sources : set of (str, str)
        Secondary sources of factors, with their version.
    """

    row: int
    enterprise: str
    product: str
    dimension: str
    amount: float
    mass: float
    share: float = 1.0
    flows: list[ProductFlow] = field(default_factory=list)
    inputs: dict[int, float] = field(default_factory=dict)
    missing: list[Sentence] = field(default_factory=list)
    sources: set[tuple[str, str]] = field(default_factory=set)
    either: bool = False


@dataclass
class ProductSystem:
    """All unit processes of a year, and what is to be said of the rows that they come from.

    ``supply`` is what is known of suppliers beyond the tables.
    ``rows`` has, by table and enterprise, the rows of the year; ``makers`` the processes of each enterprise,
    and ``columns`` what was read of tables.
    """

    year: int
    processes: list[UnitProcess]
    remarks: list[Remark]
    supply: SupplyChain = EVERYTHING_OFFERED
    rows: dict[str, dict[str, list[int]]] = field(default_factory=dict)
    makers: dict[str, list[int]] = field(default_factory=dict)
    columns: dict[tuple[str, str], Any] = field(default_factory=dict)

    def process_of(self, enterprise: str, carrier: str) -> int | None:
        """Return the process that makes a carrier at an enterprise, or nothing."""
        for k in self.makers.get(enterprise, ()):
            process = self.processes[k]
            if process.dimension == "energy" and carrier_of(process.product) == carrier:
                return k
        return None


@dataclass
class EnterpriseFlows:
    """One enterprise of the product system while its flows are gathered; ``lines`` are of its account."""

    cluster: Cluster
    accounts: CarbonAccounts
    system: ProductSystem
    name: str
    basis: Basis
    lines: Ints
    behind: set[str] = field(default_factory=set)
    """Carriers used that have upstream emissions: extraction, transport, losses."""

    def text(self, table: str, column: str, row: int) -> str:
        """Return a text of a table; '' where the file has no such column."""
        return str(self._column(table, column, "texts")[row])

    def number(self, table: str, column: str, row: int) -> float:
        """Return a number of a table; `nan` where the file has no such column."""
        return float(self._column(table, column, "numbers")[row])

    def _column(self, table: str, column: str, kind: str) -> Any:
        # A column that the file lacks is made anew whenever it is asked for.
        known = self.system.columns
        if (table, column) not in known:
            known[table, column] = getattr(self.cluster.table(table), kind)(column)
        return known[table, column]

    def rows(self, table: str) -> list[int]:
        """Return its rows of a table in the year."""
        return self.system.rows[table].get(self.name, [])

    def processes(self, product: str = "") -> Iterator[tuple[UnitProcess, float]]:
        """Yield the processes that something goes to, with their shares; all where no product is named."""
        for k in self.system.makers[self.name]:
            process = self.system.processes[k]
            if not product:
                yield process, process.share
            elif process.product == product:
                yield process, 1.0

    def add(self, flow: ProductFlow, product: str = "") -> None:
        """Share a flow among the products."""
        for process, share in self.processes(product):
            process.flows.append(flow.times(share))

    def lack(self, what: Sentence, product: str = "", *, either: bool = False) -> None:
        """Note what is not known, of one product or of all, and whether it may make them smaller, too."""
        what = self.cluster.in_names(what)
        for process, _ in self.processes(product):
            process.missing.append(what)
            process.either |= either

    def take(self, supplier: str, place: int, amount: float, product: str = "") -> None:
        """Note that base units of another product of the system go in."""
        for process, share in self.processes(product):
            if not np.isnan(share):
                process.inputs[place] = process.inputs.get(place, 0.0) + amount * share

    def credit(self, name: str, version: str) -> None:
        """Note a secondary source."""
        for process, _ in self.processes():
            process.sources.add((name, version))


@cache
def carrier_of(text: str) -> str | None:
    """Return the carrier that a text names, or nothing; no other is guessed at."""
    return carrier_named(text)[0]


def product_remark(
    table: ClusterTable,
    row: int,
    column: str,
    what: Sentence,
    severity: Severity = "error",
    hint: Sentence | None = None,
) -> Remark:
    """Return a remark on a row of `products` or `purchases`."""
    return Remark("K253", severity, table.file, int(table.rows[row]), column, what, hint)


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
    >>> from separatrix_cluster.footprints.footprint import read_footprint
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
