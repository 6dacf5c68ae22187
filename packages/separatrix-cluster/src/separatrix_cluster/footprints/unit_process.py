"""Unit processes of a product system (ISO 14040, 3.34): one product of one enterprise in one year."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any, Literal

import numpy as np

from separatrix.io.cells import Remark, Severity
from separatrix.sentences import Sentence
from separatrix_cluster.accounts.result import Basis, CarbonAccounts, Ints
from separatrix_cluster.footprints.footprint import ProductFootprint
from separatrix_cluster.tables.carriers import carrier_named
from separatrix_cluster.tables.cluster import Cluster
from separatrix_cluster.tables.table import ClusterTable

__all__ = [
    "ALLOCATIONS",
    "EVERYTHING_OFFERED",
    "KG",
    "PARTS",
    "RATINGS",
    "Allocation",
    "EnterpriseFlows",
    "ProductFlow",
    "FlowKind",
    "ProductSystem",
    "SupplyChain",
    "UnitProcess",
    "allocation_of",
    "carrier_of",
    "product_remark",
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
