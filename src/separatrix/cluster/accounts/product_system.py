"""The product system of a cluster in one year: what each product takes in, and what is emitted to make it.

A unit process (ISO 14040, 3.34) is one product of one enterprise.  What the enterprise emits and buys is
partitioned among its products by mass, value or energy (ISO 14044, 4.3.4.2); what it bought for one of them
goes to that one alone.
"""

from __future__ import annotations

import numpy as np

from separatrix.cluster.accounts.purchased_inputs import take_purchases
from separatrix.cluster.accounts.result import Basis, CarbonAccounts
from separatrix.cluster.accounts.unit_process import (
    KG,
    Allocation,
    EnterpriseFlows,
    Flow,
    FlowKind,
    ProductSystem,
    UnitProcess,
    product_remark,
)
from separatrix.cluster.tables.carriers import carrier_named
from separatrix.cluster.tables.cell_values import short
from separatrix.cluster.tables.cluster import Cluster
from separatrix.cluster.tables.table import ClusterTable
from separatrix.errors import InputError
from separatrix.reading.remark import Remark
from separatrix.sentence import Sentence, say

__all__ = ["allocation_name", "product_system"]

_PRODUCTS = ("mass", "volume", "energy", "count")


def product_system(
    cluster: Cluster, accounts: CarbonAccounts, year: int, allocation: Allocation | None, basis: Basis
) -> ProductSystem:
    """Return the product system of a year.

    Raises
    ------
    InputError
        K254 where an enterprise makes several products and no allocation is named.
    """
    products = cluster.table("products")
    chosen = np.flatnonzero(products.numbers("year") == year)
    system = ProductSystem(year, [], [])
    for i in chosen.tolist():
        dimension, amount = str(products.texts("dimension")[i]), float(products.numbers("amount")[i])
        stated = float(products.numbers("mass")[i])
        if dimension not in _PRODUCTS:
            what = say("a product is measured in a unit of mass, volume, energy, or in pieces")
            system.remarks.append(product_remark(products, i, "unit", what))
            continue
        if not amount > 0:
            what = say("nothing was made of it, so it has no footprint")
            system.remarks.append(product_remark(products, i, "amount", what, "note"))
            continue
        system.processes.append(
            UnitProcess(
                i,
                str(products.texts("enterprise")[i]),
                str(products.texts("product")[i]),
                dimension,
                amount,
                amount if dimension == "mass" else stated,
            )
        )
    makers: dict[str, list[int]] = {}
    for k, process in enumerate(system.processes):
        makers.setdefault(process.enterprise, []).append(k)
    _allocate(products, system, makers, allocation)
    for enterprise, own in makers.items():
        known = EnterpriseFlows(cluster, accounts, system, makers, enterprise, own, basis)
        _take_emissions(known)
        take_purchases(known)
        _take_gaps(known)
    return system


def _allocate(
    products: ClusterTable,
    system: ProductSystem,
    makers: dict[str, list[int]],
    allocation: Allocation | None,
) -> None:
    for enterprise, own in makers.items():
        if len(own) == 1:
            continue
        if allocation is None:
            names = ", ".join(short(system.processes[k].product) for k in own[:3])
            raise InputError(
                "K254",
                f"{enterprise} makes several products in {system.year} ({names}), and nothing says how its "
                "emissions are shared among them",
                hint="give --allocation mass, value or energy; from Python allocation=",
            )
        weights = np.array([_weight(products, system.processes[k], allocation) for k in own])
        known = bool(np.all(np.isfinite(weights)) and weights.sum() > 0)
        for k, weight in zip(own, weights, strict=True):
            process = system.processes[k]
            process.share = float(weight / weights.sum()) if known else float("nan")
            if not known:
                lacking = [
                    system.processes[j].product for j, w in zip(own, weights, strict=True) if np.isnan(w)
                ]
                process.missing.append(
                    say(
                        "the {allocation} of {products} is not known, by which emissions are allocated",
                        allocation=allocation_name(allocation),
                        products=", ".join(short(p) for p in lacking[:3]) or short(process.product),
                    )
                )


def allocation_name(allocation: Allocation) -> Sentence:
    """Return what emissions are allocated by, in words."""
    return {"mass": say("mass"), "value": say("value"), "energy": say("energy content")}[allocation]


def _weight(products: ClusterTable, process: UnitProcess, allocation: Allocation) -> float:
    if allocation == "mass":
        return process.mass
    if allocation == "energy" and process.dimension == "energy":
        return process.amount
    return float(products.numbers(allocation)[process.row])


# ------------------------------------------------------------------------------ emissions of its own accounts


def _take_emissions(known: EnterpriseFlows) -> None:
    accounts, year = known.accounts, known.system.year
    place = {str(name): i for i, name in enumerate(accounts.enterprises)}[known.name]
    lines = np.flatnonzero((accounts.enterprise == place) & (accounts.year == year))
    if not len(lines):
        known.lack(say("no energy and no emissions of {enterprise} are told", enterprise=known.name))
        return
    amounts = accounts.location if known.basis == "location" else accounts.market
    sums: dict[tuple[FlowKind, str, str], float] = {}
    for i in lines.tolist():
        factor = accounts.factors[int(accounts.factor[i])] if accounts.factor[i] >= 0 else None
        carrier, kind = str(accounts.carrier[i]), str(accounts.kind[i])
        direct = int(accounts.scope[i]) == 1
        if carrier and (direct or factor is not None) and accounts.energy[i] > 0:
            known.behind.add(carrier)
        if factor is not None and amounts[i]:
            known.credit(str(factor["source"]), _version(factor))
        source = "" if factor is None else str(factor["source"])
        key: tuple[FlowKind, str, str] = ("direct" if direct else "bought energy", carrier or kind, source)
        sums[key] = sums.get(key, 0.0) + float(amounts[i])
    replaced = _energy_from_products(known, lines)
    for (flow, name, source), tonnes in sums.items():
        carbon = tonnes * KG
        if flow == "bought energy":
            carbon -= replaced.get(name, 0.0) * KG
        if carbon:
            known.add(Flow(flow, name, carbon, carbon, carbon if flow == "direct" else 0.0, source=source))


def _version(factor: object) -> str:
    """Return the year that a factor is of, which stands for the version of its source."""
    year = factor["year"] if isinstance(factor, dict) else None
    if year is not None:
        return str(year)
    source = str(factor["source"]) if isinstance(factor, dict) else ""
    dated = [part.strip("().,;:") for part in source.split()]
    return next((part for part in dated if part.isdigit() and len(part) == 4), "undated")


def _energy_from_products(known: EnterpriseFlows, lines: np.ndarray) -> dict[str, float]:
    """Take electricity and heat that are a product of the system; return t CO2e of the accounts for it."""
    table, accounts, year = known.cluster.table("energy"), known.accounts, known.system.year
    amounts = accounts.location if known.basis == "location" else accounts.market
    rows = (table.texts("enterprise") == known.name) & (table.numbers("year") == year)
    rows &= (table.texts("supplier") != "") & np.isin(table.texts("use").astype(str), ["", "used"])
    claimed: dict[str, dict[str, float]] = {}
    for i in np.flatnonzero(rows).tolist():
        carrier = carrier_named(str(table.texts("carrier")[i]))[0] or ""
        inner = claimed.setdefault(carrier, {})
        supplier = str(table.texts("supplier")[i])
        inner[supplier] = inner.get(supplier, 0.0) + float(table.numbers("amount")[i])
    replaced: dict[str, float] = {}
    for carrier, suppliers in claimed.items():
        inside = lines[accounts.internal[lines] & (accounts.carrier[lines] == carrier)]
        whole = float(np.nansum(accounts.energy[inside]))
        # Rows that the accounts take for bought from outside were not made by the supplier that they name.
        if not whole > 0 or abs(whole - sum(suppliers.values())) > 1e-6 * whole:
            continue
        for supplier, amount in suppliers.items():
            place = _made(known, supplier, carrier)
            if place is None:
                what = say(
                    "what {supplier} emits for the {carrier} it supplies stays with its own products, for "
                    "the table products does not hold it",
                    supplier=supplier,
                    carrier=carrier,
                )
                known.system.remarks.append(Remark("K253", "warning", table.file, None, "supplier", what))
                continue
            known.take(supplier, place, amount)
            share = amount / whole
            replaced[carrier] = replaced.get(carrier, 0.0) + share * float(amounts[inside].sum())
    for carrier in claimed:
        if replaced.get(carrier) and not np.any(
            ~accounts.internal[lines] & (accounts.carrier[lines] == carrier)
        ):
            known.behind.discard(carrier)  # the footprint of the supplier holds what stands behind
    return replaced


def _made(known: EnterpriseFlows, supplier: str, carrier: str) -> int | None:
    for k in known.makers.get(supplier, ()):
        process = known.system.processes[k]
        if process.dimension == "energy" and carrier_named(process.product)[0] == carrier:
            return k
    return None


# ------------------------------------------------------------------------------------------ what was lost


def _take_gaps(known: EnterpriseFlows) -> None:
    """Note rows of the enterprise and the year that could not be read or have no factor."""
    cluster, year = known.cluster, known.system.year
    for name in ("energy", "emissions", "products", "purchases"):
        table = cluster.table(name)
        lost = sum(who in ("", known.name) and (when == year or when != when) for who, when in table.lost)
        rows = {int(table.rows[i]) for i in np.flatnonzero(_rows_of(table, known.name, year)).tolist()}
        lost += len({r.row for r in known.accounts.remarks if _leaves_out(r, table, rows)})
        if name in cluster.broken:
            known.lack(say("the table {table} cannot be read", table=name))
        elif lost:
            known.lack(say("{n} of its rows of the table {table} were left out", n=lost, table=name))


def _rows_of(table: ClusterTable, enterprise: str, year: int) -> np.ndarray:
    return np.asarray((table.texts("enterprise") == enterprise) & (table.numbers("year") == year))


def _leaves_out(remark: Remark, table: ClusterTable, rows: set[int]) -> bool:
    return remark.severity == "error" and remark.file == table.file and remark.row in rows
