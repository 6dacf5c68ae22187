"""Cradle-to-gate footprints of products: what an enterprise emits for them and what its suppliers did.

Products of a park go into one another, also in circles, so that all footprints p are solved for at once:
p = own + A p, with A the amounts of each product in one unit of another (Leontief 1970; Heijungs & Suh 2002,
ch. 2), which `roll_up` does with a proof.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import get_args
from uuid import NAMESPACE_URL, uuid5

import numpy as np

from separatrix.errors import InputError
from separatrix.sentences import say
from separatrix_cluster.accounts.accounts import carbon_accounts
from separatrix_cluster.accounts.results import Basis, CarbonAccounts
from separatrix_cluster.footprints.product_system import product_system
from separatrix_cluster.footprints.results import Contribution, CradleToGate, ProductCarbon
from separatrix_cluster.footprints.roll_up import (
    Circle,
    RollUp,
    circles_in_doubt,
    circles_without_answer,
    roll_up,
)
from separatrix_cluster.footprints.unit_process import (
    EVERYTHING_OFFERED,
    PARTS,
    RATINGS,
    Allocation,
    ProductSystem,
    SupplyChain,
    UnitProcess,
)
from separatrix_cluster.tables.carriers import carrier_named
from separatrix_cluster.tables.cells import Floats, short
from separatrix_cluster.tables.panel import Cluster

__all__ = ["cradle_to_gate"]

_UNITS = {"mass": ("kilogram", 1e3), "volume": ("cubic meter", 1.0), "count": ("piece", 1.0)}
_FUEL, _POWER = ("megajoule", 1e3), ("kilowatt hour", 1 / 0.0036)


def cradle_to_gate(
    cluster: Cluster,
    accounts: CarbonAccounts | None = None,
    *,
    year: int | None = None,
    allocation: Allocation | Mapping[str, Allocation] | None = None,
    basis: Basis = "market",
    supply: SupplyChain = EVERYTHING_OFFERED,
    strict: bool = True,
) -> CradleToGate:
    """Return the cradle-to-gate footprints of the products of a cluster.

    Parameters
    ----------
    cluster : Cluster
        With the table `products`; `purchases` has their inputs.
    accounts : CarbonAccounts, optional
        Of the cluster.
    year : int, optional
        By default the last of the table `products`.
    allocation : str or mapping of enterprise to str, optional
        mass, value or energy; needed where an enterprise makes several products. Products of an
        enterprise missing from the mapping have no footprint, which is reported.
    basis : str
        market or location, for bought electricity.
    supply : SupplyChain
        Data on suppliers in addition to the tables, and whose footprints others may use.
    strict : bool
        Whether products that need more of one another than they make are refused. Otherwise they alone
        have no footprint, and products based on them are incomplete.

    Returns
    -------
    CradleToGate
        Carbon in kg CO2e for the declared unit of each product, by what it comes from.

    Raises
    ------
    InputError
        K254 where an allocation is needed, where it is none of these, or where products need more of one
        another than they make; K255 where the table `products` has nothing of the year; K262 where the basis
        is neither of the two.

    References
    ----------
    ISO 14067:2018; Heijungs & Suh (2002), The Computational Structure of Life Cycle Assessment, ch. 2;
    see `roll_up`.

    Examples
    --------
    >>> from separatrix_cluster.tables.reader import load_cluster
    >>> found = cradle_to_gate(load_cluster("synthetic-park"), allocation="mass")
    >>> print(repr(found)[:74])
    CradleToGate(Synthetic park (made up), 2024: 30 products, 23 of them whole
    >>> cement = found.footprint_of("cement", "E01")
    >>> cement.unit, round(cement.carbon, 3)
    ('kilogram', 0.147)
    """
    _require_ways(allocation)
    years = cluster.table("products").years
    if not years and cluster.table("products").lost:
        raise InputError(
            "K255",
            say("every row of the table `products` was excluded"),
            hint=say("`separatrix cluster check` says why"),
        )
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
    year = int(year)  # of tables a program may have 2024.0
    accounts = carbon_accounts(cluster) if accounts is None else accounts
    accounts.amounts(basis)  # refused here, else a cluster without energy would pass it on as it stands
    system = product_system(cluster, accounts, year, allocation, basis, supply)
    solved, circles = _solve(system, strict)
    partial, either, sources = _passed_on(system, circles)
    ids = _product_ids(cluster, system)
    contents = [cluster.table("products").numbers(name) for name in ("fossil_carbon", "biogenic_carbon")]
    products = tuple(
        _product(system, solved, k, ids[k], partial, k in either, sources[k], contents, circles.get(k))
        for k in range(len(system.processes))
    )
    several = any(p.share != 1 for p in system.processes)
    remarks = cluster.with_names(system.remarks)
    return CradleToGate(cluster, year, allocation if several else None, basis, products, remarks)


def _require_ways(allocation: Allocation | Mapping[str, Allocation] | None) -> None:
    stated = allocation.values() if isinstance(allocation, Mapping) else [allocation]
    for found in stated:
        if found is not None and found not in get_args(Allocation):
            raise InputError(
                "K254", say("emissions are allocated by mass, value or energy; found `{found}`", found=found)
            )


_CARBON, _FOSSIL, _PRIMARY, _EXEMPTED, _RATED, _FIRST_RATING = range(6)
_FIRST_PART = _FIRST_RATING + len(RATINGS)


def _solve(system: ProductSystem, strict: bool) -> tuple[Floats, dict[int, Circle]]:
    """Return kg CO2e for one base unit of each product: in all, fossil, primary, exempted, rated, the parts.

    Ratings are passed on in proportion to the emissions. Where not ``strict``, circles without a solution
    are returned by their products, which then bear nothing.
    """
    n = len(system.processes)
    own = np.zeros((n, _FIRST_PART + len(PARTS)))
    rows: list[int] = []
    columns: list[int] = []
    needs: list[float] = []
    for k, process in enumerate(system.processes):
        for flow in process.flows:
            if not np.isnan(flow.carbon):
                rated = 0.0 if flow.quality is None else flow.carbon
                ratings = [rated * rating for rating in flow.quality or (0.0,) * len(RATINGS)]
                own[k] += (
                    flow.carbon,
                    flow.fossil,
                    flow.primary,
                    flow.exempted,
                    rated,
                    *ratings,
                    *flow.parts,
                )
        own[k] /= process.amount
        for j, amount in process.inputs.items():
            rows.append(k)
            columns.append(j)
            needs.append(amount / process.amount)
    circles: dict[int, Circle] = {}
    while needs:
        solved = roll_up(own, rows, columns, needs)
        if isinstance(solved, RollUp):
            found = circles_in_doubt(solved, rows, columns)
            if not found:
                return solved.footprint, circles
        else:
            # Where no circle is to blame numbers pass all bounds, and nothing is sure.
            found = circles_without_answer(n, rows, columns, needs) or (solved,)
        if strict:
            raise _circle(system, found[0])
        circles |= {k: circle for circle in found for k in circle.members}
        own[list(circles)] = 0.0
        kept = [i for i in range(len(needs)) if rows[i] not in circles and columns[i] not in circles]
        rows, columns, needs = [rows[i] for i in kept], [columns[i] for i in kept], [needs[i] for i in kept]
    return own, circles


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
    system: ProductSystem,
    solved: Floats,
    k: int,
    product_id: str,
    partial: set[int],
    either: bool,
    sources: set[tuple[str, str]],
    contents: Sequence[Floats],
    circle: Circle | None,
) -> ProductCarbon:
    process = system.processes[k]
    unit, size = _unit_of(process)
    base = 1 / size
    unknown = bool(np.isnan(process.share)) or circle is not None
    missing = list(process.missing)
    if circle is not None:
        missing.insert(
            0,
            say("with other products it needs more of itself than is made")
            if circle.proven
            else say("with other products it needs so nearly all of itself that no footprint is sure"),
        )
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
        product_id=product_id,
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
        circle=_members(system, () if circle is None else circle.members),
        suppliers=_members(system, process.inputs),
        rated=_rated(told) if not unknown else 0.0,
        quality=_quality(told) if not unknown else None,
    )


def _members(system: ProductSystem, places: Iterable[int]) -> tuple[tuple[str, str], ...]:
    found = (system.processes[j] for j in places)
    return tuple((process.enterprise, process.product) for process in found)


def _rated(told: Floats) -> float:
    """Return the share of emissions whose data are rated."""
    return min(max(float(told[_RATED] / told[_CARBON]), 0.0), 1.0) if told[_CARBON] > 0 else 0.0


def _quality(told: Floats) -> tuple[float, float, float] | None:
    if not told[_RATED] > 0:
        return None
    technology, geography, time = (float(v) for v in told[_FIRST_RATING:_FIRST_PART] / told[_RATED])
    return technology, geography, time


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
            flow.amount / process.amount * base if flow.unit else float("nan"),
            flow.unit,
            flow.record,
        )
    for j, amount in process.inputs.items():
        other = system.processes[j]
        per = amount / process.amount * base
        unit, size = _unit_of(other)
        yield Contribution(
            "product of the cluster",
            other.product,
            other.enterprise,
            float(solved[j, _CARBON]) * per,
            float(solved[j, _PRIMARY]) * per,
            "",
            per * size,
            unit,
        )


def _passed_on(
    system: ProductSystem, circles: Mapping[int, Circle]
) -> tuple[set[int], set[int], list[set[tuple[str, str]]]]:
    """Return which products are incomplete, which may be overstated, and all sources.

    By themselves, or by what goes into them.
    """
    users: dict[int, list[int]] = {}
    for k, process in enumerate(system.processes):
        for j in process.inputs:
            users.setdefault(j, []).append(k)
    partial = {k for k, process in enumerate(system.processes) if process.missing} | set(circles)
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


def _product_ids(cluster: Cluster, system: ProductSystem) -> list[str]:
    """Return the id of each product: the one given, or one that every run reproduces."""
    told = cluster.table("products").columns.get("product_id")
    about = cluster.table("enterprises")
    urns = dict(zip(map(str, about.texts("id")), map(str, about.texts("urn")), strict=True))

    def product_id(process: UnitProcess) -> str:
        # Two clusters may have the same name; the URN of an enterprise is nobody else's.
        maker = urns.get(process.enterprise) or f"{cluster.name}/{process.enterprise}"
        return uuid5(NAMESPACE_URL, f"{maker}/{process.product}").urn

    return [(str(told[p.row]) if told is not None else "") or product_id(p) for p in system.processes]
