"""The product system of a cluster in one year: the inputs of each product, and the emissions of making it.

A unit process (ISO 14040, 3.34) is one product of one enterprise.  What the enterprise emits and buys is
partitioned among its products by mass, value or energy (ISO 14044, 4.3.4.2); what it bought for one of them
goes to that one alone.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from separatrix.errors import InputError
from separatrix.io.cells import Remark
from separatrix.languages.number_text import rounded
from separatrix.sentences import Sentence, TableName, say
from separatrix_cluster.accounts.factor import OWN_USE
from separatrix_cluster.accounts.results import Basis, CarbonAccounts
from separatrix_cluster.completeness.completeness import DataGap, completeness_of
from separatrix_cluster.footprints.unit_process import (
    EVERYTHING_OFFERED,
    KG,
    Allocation,
    EnterpriseFlows,
    FlowKind,
    ProductFlow,
    ProductSystem,
    SupplyChain,
    UnitProcess,
    allocation_of,
    carrier_of,
    product_remark,
    take_purchases,
)
from separatrix_cluster.tables.carriers import carrier_called
from separatrix_cluster.tables.cells import short
from separatrix_cluster.tables.panel import Cluster
from separatrix_cluster.tables.table import ClusterTable
from separatrix_cluster.tables.units import BASE

__all__ = ["allocation_name", "product_system"]

_TABLES = ("energy", "emissions", "products", "purchases")
_PRODUCTS = ("mass", "volume", "energy", "count")


def product_system(
    cluster: Cluster,
    accounts: CarbonAccounts,
    year: int,
    allocation: Allocation | Mapping[str, Allocation] | None,
    basis: Basis,
    supply: SupplyChain = EVERYTHING_OFFERED,
) -> ProductSystem:
    """Return the product system of a year.

    Raises
    ------
    InputError
        K254 where an enterprise makes several products and no allocation is named; with a mapping of
        enterprises, its products report this instead.
    """
    products = cluster.table("products")
    chosen = np.flatnonzero(products.numbers("year") == year)
    system = ProductSystem(year, [], [], supply)
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
    for k, process in enumerate(system.processes):
        system.makers.setdefault(process.enterprise, []).append(k)
    for name in _TABLES:
        system.rows[name] = _rows_of(cluster.table(name), year)
    _allocate(products, system, allocation)
    lines: dict[str, list[int]] = {}
    for i in np.flatnonzero(accounts.year == year).tolist():
        lines.setdefault(str(accounts.enterprises[accounts.enterprise[i]]), []).append(i)
    left_out = _left_out(cluster, accounts, year)
    silent: dict[str, list[DataGap]] = {}
    for gap in completeness_of(cluster, accounts).gaps_of(year):
        if gap.reason == "row":
            silent.setdefault(gap.enterprise, []).append(gap)
    for enterprise in system.makers:
        own = np.array(lines.get(enterprise, []), dtype=np.int64)
        known = EnterpriseFlows(cluster, accounts, system, enterprise, basis, own)
        _take_emissions(known)
        take_purchases(known)
        _tell_of_sales(known)
        _take_gaps(known, left_out)
        for gap in silent.get(enterprise, ()):
            known.lack(_silence(gap))
        if enterprise not in silent:
            _take_silence_on_energy(known, left_out)
    _take_excess(products, system)
    return system


def _take_excess(products: ClusterTable, system: ProductSystem) -> None:
    """Note of whose products the cluster takes more than was made: an amount or a unit is wrong."""
    taken = np.zeros(len(system.processes))
    for process in system.processes:
        for j, amount in process.inputs.items():
            taken[j] += amount
    for j in np.flatnonzero(taken > 1.001 * np.array([p.amount for p in system.processes])).tolist():
        maker = system.processes[j]
        unit = BASE[maker.dimension]
        what = say(
            "enterprises of the cluster took {taken} {unit} of it, and {made} {unit} were made",
            taken=rounded(float(taken[j])),
            made=rounded(maker.amount),
            unit=unit,
        )
        hint = say("look at the amounts and units of the rows that name this supplier, or it drew on stock")
        system.remarks.append(product_remark(products, maker.row, "amount", what, "warning", hint))
        if system.supply.offered is not None:
            continue  # whoever enters one amount after another would learn how much another one made
        told = say(
            "the cluster took {taken} {unit} of {product} of {enterprise}, which made {made} {unit}",
            taken=rounded(float(taken[j])),
            made=rounded(maker.amount),
            unit=unit,
            product=short(maker.product),
            enterprise=maker.enterprise,
        )
        for process in system.processes:
            if j in process.inputs:
                process.missing.append(told)
                process.either = True


def _rows_of(table: ClusterTable, year: int) -> dict[str, list[int]]:
    found: dict[str, list[int]] = {}
    names = table.texts("enterprise")
    for i in np.flatnonzero(table.numbers("year") == year).tolist():
        found.setdefault(str(names[i]), []).append(i)
    return found


def _allocate(
    products: ClusterTable,
    system: ProductSystem,
    stated: Allocation | Mapping[str, Allocation] | None,
) -> None:
    for enterprise, own in system.makers.items():
        if len(own) == 1:
            continue
        allocation = allocation_of(stated, enterprise)
        if allocation is None and stated is not None:
            _allocate_nothing(system, own)
            continue
        if allocation is None:
            names = ", ".join(short(system.processes[k].product) for k in own[:3])
            raise InputError(
                "K254",
                say(
                    "{enterprise} makes several products in {year} ({names}), and nothing says how its "
                    "emissions are shared among them",
                    enterprise=enterprise,
                    year=system.year,
                    names=names,
                ),
                hint=say("give --allocation mass, value or energy; from Python allocation="),
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


def _allocate_nothing(system: ProductSystem, own: list[int]) -> None:
    for k in own:
        system.processes[k].share = float("nan")
        system.processes[k].missing.append(
            say("nothing says how emissions are shared among the products of the enterprise")
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
    accounts, lines = known.accounts, known.lines
    if not len(lines):
        known.lack(say("no energy or emissions data for {enterprise}", enterprise=known.name))
        return
    amounts = accounts.amounts(known.basis)
    sums: dict[tuple[FlowKind, str, str], float] = {}
    fossil: dict[tuple[FlowKind, str, str], float] = {}
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
        # CH4 and N2O of a biogenic fuel are of the footprint and not fossil.
        if direct and kind != "biogenic":
            fossil[key] = fossil.get(key, 0.0) + float(amounts[i])
    replaced = _energy_from_products(known)
    for (flow, name, source), tonnes in sums.items():
        carbon = tonnes * KG
        if flow == "bought energy":
            carbon -= replaced.get(name, 0.0) * KG
        if carbon:
            known.add(
                ProductFlow(
                    flow, name, carbon, carbon, fossil.get((flow, name, source), 0.0) * KG, source=source
                )
            )


def _version(factor: object) -> str:
    """Return the year that a factor is of, which stands for the version of its source."""
    year = factor["year"] if isinstance(factor, dict) else None
    if year is not None:
        return str(year)
    source = str(factor["source"]) if isinstance(factor, dict) else ""
    dated = [part.strip("().,;:") for part in source.split()]
    return next((part for part in dated if part.isdigit() and len(part) == 4), "undated")


def _energy_from_products(known: EnterpriseFlows) -> dict[str, float]:
    """Take electricity and heat that are a product of the system; return t CO2e of the accounts for it."""
    table, accounts, lines = known.cluster.table("energy"), known.accounts, known.lines
    if np.any(accounts.kind[lines] == "reported"):
        return {}  # what was reported holds all that was bought, from whomever
    amounts = accounts.amounts(known.basis)
    claimed: dict[str, dict[str, float]] = {}
    for i in known.rows("energy"):
        supplier, use = known.text("energy", "supplier", i), known.text("energy", "use", i)
        carrier = carrier_of(known.text("energy", "carrier", i))
        if not supplier or use not in ("", *OWN_USE) or carrier not in ("electricity", "heat"):
            continue
        inner = claimed.setdefault(carrier, {})
        inner[supplier] = inner.get(supplier, 0.0) + known.number("energy", "amount", i)
    replaced: dict[str, float] = {}
    for carrier, suppliers in claimed.items():
        inside = lines[accounts.internal[lines] & (accounts.carrier[lines] == carrier)]
        whole = float(np.nansum(accounts.energy[inside]))
        # Rows that the accounts take for bought from outside were not made by the supplier that they name.
        if not whole > 0 or abs(whole - sum(suppliers.values())) > 1e-6 * whole:
            continue
        for supplier, amount in suppliers.items():
            place = known.system.process_of(supplier, carrier)
            if place is not None:
                made = known.system.processes[place].product
                place = place if known.system.supply.offers(supplier, made, known.name) else None
            if place is None:
                what = say(
                    "what {supplier} emits for the {carrier} it supplies stays with its own products, for "
                    "the table products does not hold it",
                    supplier=supplier,
                    carrier=carrier_called(carrier),
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


def _tell_of_sales(known: EnterpriseFlows) -> None:
    """Warn where electricity or heat was sold that the table `products` does not hold."""
    table = known.cluster.table("energy")
    for i in known.rows("energy"):
        carrier = carrier_of(known.text("energy", "carrier", i))
        if known.text("energy", "use", i) != "sold" or carrier not in ("electricity", "heat"):
            continue
        if known.system.process_of(known.name, carrier) is None:
            what = say(
                "{carrier} was sold, and the table products does not hold it, so the other products bear "
                "what was emitted for it",
                carrier=carrier_called(carrier),
            )
            known.system.remarks.append(product_remark(table, i, "use", what, "warning"))


# ------------------------------------------------------------------------------------------ what was lost


def _silence(gap: DataGap) -> Sentence:
    """Return that a source of other years has no row in this year."""
    if not gap.source:
        return say("no row of {year} reports its energy or emissions", year=gap.year)
    if np.isnan(gap.estimate):
        return say("no row of {year} reports its {source}", year=gap.year, source=gap.source)
    return say(
        "no row of {year} reports its {source}, estimated from other years at {tonnes} t CO2e",
        year=gap.year,
        source=gap.source,
        tonnes=rounded(gap.estimate),
    )


def _take_silence_on_energy(known: EnterpriseFlows, left_out: dict[str, dict[str, int]]) -> None:
    """Note that no row reports purchased energy, where no other note on that exists."""
    complete = known.cluster.description.complete
    zero = complete is None or known.system.year in complete
    told = known.rows("energy") or np.any(known.accounts.kind[known.lines] == "reported")
    lost = "energy" in known.cluster.broken or known.name in left_out["energy"] or "" in left_out["energy"]
    if len(known.lines) and not (zero or told or lost):
        known.lack(
            say(
                "the table energy has no row for {enterprise} in {year} (enter a row with the "
                "amount 0 if it used none)",
                enterprise=known.name,
                year=known.system.year,
            )
        )


def _left_out(cluster: Cluster, accounts: CarbonAccounts, year: int) -> dict[str, dict[str, int]]:
    """Return how many rows of a year were excluded, by table and enterprise; '' where the enterprise is
    unknown."""
    found: dict[str, dict[str, int]] = {}
    for name in _TABLES:
        table, counts = cluster.table(name), found.setdefault(name, {})
        for who, when in table.lost:
            if when == year or when != when:
                counts[who] = counts.get(who, 0) + 1
        for i in accounts.refused.get(name, ()):
            if table.numbers("year")[i] != year:
                continue
            who = str(table.texts("enterprise")[i])
            counts[who] = counts.get(who, 0) + 1
    return found


def _take_gaps(known: EnterpriseFlows, left_out: dict[str, dict[str, int]]) -> None:
    """Note rows of the enterprise that could not be read or have no factor."""
    for name, counts in left_out.items():
        lost = counts.get("", 0) + counts.get(known.name, 0)
        if name in known.cluster.broken:
            known.lack(say("the table {table} cannot be read", table=TableName(name)))
        elif lost:
            # Another product would bear a part of what these bear now.
            known.lack(
                say("{n} of its rows of the table {table} were excluded", n=lost, table=TableName(name)),
                either=name == "products",
            )
