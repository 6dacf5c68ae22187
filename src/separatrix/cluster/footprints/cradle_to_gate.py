"""Cradle-to-gate footprints of products: what an enterprise emits for them and what its suppliers did.

Products of a park go into one another, also in circles, so that all footprints p are solved for at once:
p = own + A p, with A the amounts of each product in one unit of another (Leontief 1970; Heijungs & Suh 2002,
ch. 2), which `roll_up` does with a proof.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from uuid import NAMESPACE_URL, uuid5

import numpy as np

from separatrix.cluster.accounts.account import carbon_accounts
from separatrix.cluster.accounts.result import Basis, CarbonAccounts
from separatrix.cluster.footprints.product_carbon import Contribution, ProductCarbon
from separatrix.cluster.footprints.product_system import product_system
from separatrix.cluster.footprints.result import CradleToGate
from separatrix.cluster.footprints.roll_up import Circle, roll_up
from separatrix.cluster.footprints.unit_process import PARTS, Allocation, ProductSystem, UnitProcess
from separatrix.cluster.tables.carriers import carrier_named
from separatrix.cluster.tables.cell_values import Floats, short
from separatrix.cluster.tables.cluster import Cluster
from separatrix.errors import InputError
from separatrix.sentence import say

__all__ = ["cradle_to_gate"]

_UNITS = {"mass": ("kilogram", 1e3), "volume": ("cubic meter", 1.0), "count": ("piece", 1.0)}
_FUEL, _POWER = ("megajoule", 1e3), ("kilowatt hour", 1 / 0.0036)


def cradle_to_gate(
    cluster: Cluster,
    accounts: CarbonAccounts | None = None,
    *,
    year: int | None = None,
    allocation: Allocation | None = None,
    basis: Basis = "market",
) -> CradleToGate:
    """Return the cradle-to-gate footprints of the products of a cluster.

    Parameters
    ----------
    cluster : Cluster
        With the table `products`; `purchases` has what was bought to make them.
    accounts : CarbonAccounts, optional
        Of the cluster.
    year : int, optional
        By default the last of the table `products`.
    allocation : str, optional
        mass, value or energy; needed where an enterprise makes several products.
    basis : str
        market or location, for bought electricity.

    Returns
    -------
    CradleToGate
        Carbon in kg CO2e for the declared unit of each product, by what it comes from.

    Raises
    ------
    InputError
        K254 where an allocation is needed, or where products need more of one another than they make; K255
        where the table `products` has nothing of the year.

    References
    ----------
    ISO 14067:2018; Heijungs & Suh (2002), The Computational Structure of Life Cycle Assessment, ch. 2;
    see `roll_up`.

    Examples
    --------
    >>> from separatrix.cluster.tables.folder import load_cluster
    >>> found = cradle_to_gate(load_cluster("synthetic-park"), allocation="mass")
    >>> print(repr(found)[:74])
    CradleToGate(Synthetic park (made up), 2024: 30 products, 23 of them whole
    >>> cement = found.of("cement", "E01")
    >>> cement.unit, round(cement.carbon, 3)
    ('kilogram', 0.147)
    """
    years = cluster.table("products").years
    if year is None and years:
        year = years[-1]
    if year is None or year not in years:
        known = ", ".join(map(str, years)) or say("none")
        raise InputError(
            "K255",
            say("the table `products` has no row")
            if year is None
            else say("the table `products` has no row of the year {year}", year=year),
            hint=say("it says what each enterprise makes, and how much of it")
            if year is None
            else say("known are {years}", years=known),
        )
    accounts = carbon_accounts(cluster) if accounts is None else accounts
    system = product_system(cluster, accounts, year, allocation, basis)
    solved = _solve(system)
    partial, either, sources = _passed_on(system)
    contents = [cluster.table("products").numbers(name) for name in ("fossil_carbon", "biogenic_carbon")]
    products = tuple(
        _product(cluster, system, solved, k, partial, k in either, sources[k], contents)
        for k in range(len(system.processes))
    )
    several = any(p.share != 1 for p in system.processes)
    return CradleToGate(
        cluster, year, allocation if several else None, basis, products, tuple(system.remarks)
    )


_CARBON, _FOSSIL, _PRIMARY, _EXEMPTED, _FIRST_PART = range(5)


def _solve(system: ProductSystem) -> Floats:
    """Return kg CO2e for one base unit of each product: in all, fossil, primary, exempted, the parts."""
    n = len(system.processes)
    own = np.zeros((n, _FIRST_PART + len(PARTS)))
    rows: list[int] = []
    columns: list[int] = []
    needs: list[float] = []
    for k, process in enumerate(system.processes):
        for flow in process.flows:
            if not np.isnan(flow.carbon):
                own[k] += (flow.carbon, flow.fossil, flow.primary, flow.exempted, *flow.parts)
        own[k] /= process.amount
        for j, amount in process.inputs.items():
            rows.append(k)
            columns.append(j)
            needs.append(amount / process.amount)
    if not needs:
        return own
    solved = roll_up(own, rows, columns, needs)
    if isinstance(solved, Circle):
        raise _circle(system, solved)
    return solved.footprint


def _circle(system: ProductSystem, circle: Circle) -> InputError:
    processes = (system.processes[k] for k in circle.members)
    names = dict.fromkeys(f"{process.product} of {process.enterprise}" for process in processes)
    shown = ", ".join(list(names)[:4])
    return InputError(
        "K254",
        say("products of the cluster need more of one another than they make: {names}", names=shown)
        if circle.proven
        else say(
            "products of the cluster need so nearly all of one another that no footprint is sure: {names}",
            names=shown,
        ),
        hint=say("look at the amounts and units of the rows of purchases and energy that name a supplier"),
    )


def _product(
    cluster: Cluster,
    system: ProductSystem,
    solved: Floats,
    k: int,
    partial: set[int],
    either: bool,
    sources: set[tuple[str, str]],
    contents: Sequence[Floats],
) -> ProductCarbon:
    process = system.processes[k]
    ids = cluster.table("products").columns.get("product_id")
    unit, size = _unit_of(process)
    base = 1 / size
    unknown = bool(np.isnan(process.share))
    missing = list(process.missing)
    for j in process.inputs:
        if j in partial and j != k:
            missing.append(
                say(
                    "the footprint of {product} of {enterprise}, which goes into it, is not whole",
                    product=short(system.processes[j].product),
                    enterprise=system.processes[j].enterprise,
                )
            )
    told = solved[k] * base
    content = [float(column[process.row]) for column in contents]
    mass = process.mass / process.amount * base * 1e3
    carbon = [0.0 if process.dimension == "energy" else value * mass for value in content]
    return ProductCarbon(
        enterprise=process.enterprise,
        product=process.product,
        product_id=(str(ids[process.row]) if ids is not None else "") or _urn(cluster, process),
        unit=unit,
        made=process.amount * size,
        carbon=float("nan") if unknown else float(told[_CARBON]),
        fossil=float(told[_FOSSIL]),
        parts=tuple(float(v) for v in told[_FIRST_PART:]),
        primary=float(told[_PRIMARY]),
        exempted=float(told[_EXEMPTED]),
        share=process.share,
        mass=0.0 if process.dimension == "energy" else mass,
        fossil_content=carbon[0],
        biogenic_content=carbon[1],
        contributions=() if unknown else tuple(_contributions(system, solved, process, base)),
        missing=tuple(dict.fromkeys(missing)),
        sources=tuple(sorted(sources)),
        either=either,
    )


def _contributions(
    system: ProductSystem, solved: Floats, process: UnitProcess, base: float
) -> Iterator[Contribution]:
    for flow in process.flows:
        carbon = flow.exempted if flow.kind == "exempted" else flow.carbon
        yield Contribution(
            flow.kind,
            flow.name,
            flow.supplier,
            carbon / process.amount * base,
            flow.primary / process.amount * base,
            flow.source,
        )
    for j, amount in process.inputs.items():
        other = system.processes[j]
        per = amount / process.amount * base
        yield Contribution(
            "product of the cluster",
            other.product,
            other.enterprise,
            float(solved[j, _CARBON]) * per,
            float(solved[j, _PRIMARY]) * per,
            "",
        )


def _passed_on(system: ProductSystem) -> tuple[set[int], set[int], list[set[tuple[str, str]]]]:
    """Return which products are not whole, which may be smaller than told, and all sources.

    By themselves, or by what goes into them.
    """
    users: dict[int, list[int]] = {}
    for k, process in enumerate(system.processes):
        for j in process.inputs:
            users.setdefault(j, []).append(k)
    partial = {k for k, process in enumerate(system.processes) if process.missing}
    either = {k for k, process in enumerate(system.processes) if process.either}
    sources = [set(process.sources) for process in system.processes]
    open_ = list(range(len(system.processes)))
    while open_:
        j = open_.pop()
        for k in users.get(j, ()):
            new = (j in partial and k not in partial) or (j in either and k not in either)
            if new or not sources[j] <= sources[k]:
                sources[k] |= sources[j]
                for known in (partial, either):
                    if j in known:
                        known.add(k)
                open_.append(k)
    return partial, either, sources


def _unit_of(process: UnitProcess) -> tuple[str, float]:
    """Return PACT's unit of measurement for a product, and how many of it one base unit is."""
    if process.dimension == "energy":
        return _POWER if carrier_named(process.product)[0] == "electricity" else _FUEL
    return _UNITS[process.dimension]


def _urn(cluster: Cluster, process: UnitProcess) -> str:
    """Return an identifier that is the same in every run."""
    return uuid5(NAMESPACE_URL, f"{cluster.name}/{process.enterprise}/{process.product}").urn
