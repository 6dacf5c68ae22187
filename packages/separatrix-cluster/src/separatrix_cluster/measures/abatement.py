"""What the listed measures of a cluster can do, what each tonne costs, and which to take.

What measures claim, compared with what is emitted and used.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction
from typing import Any

from separatrix.errors import InputError, Place
from separatrix.io.cells import Remark
from separatrix.languages.number_text import rounded
from separatrix.run.results import Tabled
from separatrix.sentences import Sentence, say
from separatrix_cluster.accounts.accounts import carbon_accounts
from separatrix_cluster.accounts.results import CarbonAccounts
from separatrix_cluster.completeness.completeness import DataCompleteness, completeness_of
from separatrix_cluster.measures.cost_curve import CurveStep, Order, acting_bundles, acting_order, cost_curve
from separatrix_cluster.measures.measures import (
    USUAL_DISCOUNT_RATE,
    AbatementMeasure,
    exact,
    listed_measures,
    with_possible_links,
)
from separatrix_cluster.measures.pathway import AbatementPath, abatement_path
from separatrix_cluster.measures.portfolio import MeasureSet, cheapest_set, largest_set, measure_set
from separatrix_cluster.measures.target import (
    JointAbatement,
    SourceInventory,
    joint_abatement,
    source_inventory,
    target_of,
)
from separatrix_cluster.tables.cells import short
from separatrix_cluster.tables.panel import Cluster

__all__ = ["Abatement", "EnterpriseMeasures", "abatement", "computed_measures", "enterprise_measures"]


def computed_measures(
    cluster: Cluster, accounts: CarbonAccounts, completeness: DataCompleteness, rate: Fraction
) -> tuple[JointAbatement, list[Remark]]:
    """Return the measures that act on a source, with the inventory, and the issues."""
    year = completeness.reporting_year
    inventory = source_inventory(accounts, year if year in accounts.years else None)
    measures, remarks = listed_measures(cluster, rate)
    useless: set[str] = set()
    needed = {i for m in measures for i in m.requires}
    joint = joint_abatement(measures, inventory)
    for claim in joint.claims:
        amiss = list(_amiss(cluster, inventory, claim.measure, claim.inventory, needed))
        remarks.extend(amiss)
        if any(r.severity == "error" for r in amiss):
            useless.add(claim.measure.id)
    kept = with_possible_links([m for m in measures if m.id not in useless], remarks)
    order = {m.id: k for k, m in enumerate(measures)}
    kept = tuple(sorted(kept, key=lambda m: order[m.id]))
    return joint_abatement(kept, inventory), sorted(remarks, key=lambda r: r.row or 0)


def _amiss(
    cluster: Cluster,
    inventory: SourceInventory,
    measure: AbatementMeasure,
    there: Fraction | None,
    needed: set[str],
) -> Iterator[Remark]:
    """Yield the issues of a claim compared with the emissions."""

    def remark(code: str, severity: Any, column: str, what: Sentence, hint: Sentence | None = None) -> Remark:
        return Remark(code, severity, measure.file, measure.row, column, what, hint)

    whose = cluster.name_of(measure.enterprise) if measure.enterprise else say("the whole cluster")
    if measure.abatement == 0:
        if measure.id not in needed:
            yield remark(
                "K551",
                "error",
                "abatement",
                say("{measure} cuts nothing, and no other measure requires it", measure=short(measure.id)),
                say("enter what it cuts, or name it under `requires` of the measures that need it"),
            )
        return
    if there is None:
        yield remark(
            "K556",
            "warning",
            "enterprise" if measure.enterprise else "abatement",
            say(
                "nothing is known of the emissions of {enterprise}, so what {measure} claims was taken as "
                "it is",
                enterprise=whose,
                measure=short(measure.id),
            ),
            say("fill in the table energy"),
        )
        return
    if there == 0:
        yield remark(
            "K555",
            "error",
            "carrier" if measure.carriers else "enterprise",
            say(
                "{measure} acts on emissions of {enterprise} that are 0 in {year}",
                measure=short(measure.id),
                enterprise=whose,
                year=inventory.year,
            ),
            say("check the carrier and the enterprise"),
        )
        return
    if measure.abatement > there:
        yield remark(
            "K554",
            "warning",
            "abatement",
            say(
                "{measure} claims {claimed} t a year, but what it acts on at {enterprise} is {there} t in "
                "{year}: no more was counted",
                measure=short(measure.id),
                claimed=rounded(float(measure.abatement)),
                enterprise=whose,
                there=rounded(float(there)),
                year=inventory.year,
            ),
            say("check the abatement, its unit (t CO2e a year) and the carrier"),
        )
    used = inventory.energy_used(measure)
    if measure.energy_dimension == "energy" and (measure.energy_saved or 0) > used > 0:
        yield remark(
            "K564",
            "warning",
            "energy_saved",
            say(
                "{measure} saves {saved} GJ a year, and {enterprise} used {used} GJ of it in {year}",
                measure=short(measure.id),
                saved=rounded(float(measure.energy_saved or 0)),
                enterprise=whose,
                used=rounded(float(used)),
                year=inventory.year,
            ),
            say("check the energy saved, its unit and the carrier"),
        )


@dataclass(frozen=True, repr=False)
class Abatement(Tabled):
    """What the measures of a cluster can do.

    Attributes
    ----------
    cluster : Cluster
    completeness : DataCompleteness
    joint : JointAbatement
        The usable measures, in the order of the curve, and the inventory they share.
    listed : int
        The number of rows of the table, excluded ones included.
    curve : tuple of CurveStep
        Of the set that cuts most.
    together : MeasureSet
        That set.
    alternatives : tuple of AbatementMeasure
        Measures that are not on the curve, since they exclude one that is or add nothing to it.
    chosen : MeasureSet or None
        The measures for the given budget or target.
    path : AbatementPath or None
        When to start which measure, if a target year was given.
    carbon_price, discount_rate : Fraction
        Currency per t CO2e, and a share a year.
    told : frozenset of str
        Which of `carbon_price`, `discount_rate` were given, not assumed.
    order : str
    remarks : tuple of Remark
        On the table `measures` alone.
    """

    cluster: Cluster
    completeness: DataCompleteness
    joint: JointAbatement
    listed: int
    curve: tuple[CurveStep, ...]
    together: MeasureSet
    alternatives: tuple[AbatementMeasure, ...]
    chosen: MeasureSet | None
    path: AbatementPath | None
    carbon_price: Fraction
    discount_rate: Fraction
    told: frozenset[str]
    order: Order
    remarks: tuple[Remark, ...]

    @property
    def year(self) -> int | None:
        """The year of the emissions that measures act on."""
        return self.joint.inventory.year

    @property
    def complete(self) -> float:
        """The share of the rows that could be computed with."""
        return len(self.joint.measures) / self.listed if self.listed else 1.0

    @property
    def paying(self) -> tuple[CurveStep, ...]:
        """The steps whose savings cover their cost, with their prerequisites."""
        return tuple(step for step in self.curve if step.pays)

    @property
    def share(self) -> float | None:
        """What the measures cut together, as a share of the emissions; None where some are not known."""
        total = self.joint.inventory.total
        if not total or self.joint.blind(self.together.ids):
            return None
        return float(self.together.abatement / total)

    def to_dict(self) -> dict[str, Any]:
        """Return it as plain data; money in the cluster's currency, carbon in t CO2e a year."""
        from separatrix.run.results import provenance

        low, high = (float(self.joint.at(end).abatement(self.together.ids)) for end in ("low", "high"))
        total = self.joint.inventory.total
        return {
            "cluster": self.cluster.label,
            "year": self.year,
            "currency": self.cluster.description.currency,
            "emissions": float(total) if total else None,
            "discount_rate": float(self.discount_rate),
            "carbon_price": float(self.carbon_price),
            "assumed": sorted({"carbon_price", "discount_rate"} - self.told),
            "order": self.order,
            "listed": self.listed,
            "computed": len(self.joint.measures),
            "together": {
                **self.together.to_dict(),
                "share_of_emissions": self.share,
                "abatement_interval": [low, high],
                "pays": len(self.paying),
            },
            "curve": [step.to_dict() for step in self.curve],
            "alternatives": [m.to_dict() for m in self.alternatives],
            "set": None if self.chosen is None else self.chosen.to_dict(),
            "path": None if self.path is None else self.path.to_dict(),
            "remarks": [r.to_dict() for r in self.remarks],
            "provenance": provenance(self.cluster),
        }


def abatement(
    cluster: Cluster,
    accounts: CarbonAccounts | None = None,
    *,
    year: int | None = None,
    budget: float | None = None,
    target: str | float | None = None,
    by: int | None = None,
    yearly_budget: float | None = None,
    begin: int | None = None,
    carbon_price: float | None = None,
    discount_rate: float | None = None,
    order: Order = "benefit",
) -> Abatement:
    """Return what the measures of a cluster can do, what each tonne costs, and which to take.

    Parameters
    ----------
    cluster : Cluster
        With the table `measures`.
    accounts : CarbonAccounts, optional
        By default computed here.
    year : int, optional
        Of the emissions that measures act on; by default the year that is reported.
    budget : float, optional
        The most that may be invested, in the money unit of the tables.
    target : str or float, optional
        t CO2e a year, a share of the emissions (at most 1, or with %), or `standard`, the default where
        a year is given.
    by : int, optional
        The year in which the target shall be met: schedules the measures.
    yearly_budget : float, optional
        The most that may be invested in one year, in the money unit of the tables; `budget` then is that of
        all years.
    begin : int, optional
        The first year in which a measure can start; by default this year, or the one after that of the
        emissions where that is later.
    carbon_price : float, optional
        Currency per t CO2e; by default that of cluster.yaml, else 0.
    discount_rate : float, optional
        A share a year; by default that of cluster.yaml, else `USUAL_DISCOUNT_RATE`.
    order : {"benefit", "pareto"}
        How measures that pay by themselves are ranked.

    Returns
    -------
    Abatement
        Tonnes are t CO2e a year, what a set does together; money is in currency.

    Raises
    ------
    InputError
        K560 for an invalid budget, target, price or rate, or a first year that is over; K561 where no
        measure is usable; K562 for a standard that requires no tonnes; K240 for a year without data.

    References
    ----------
    Taylor (2012), Energy Policy 48, 430-438; see `cost_curve` and `joint_abatement`.

    Examples
    --------
    >>> from separatrix_cluster.tables.reader import load_cluster
    >>> found = abatement(load_cluster("synthetic-park"))
    >>> len(found.curve), len(found.paying), round(float(found.together.abatement))
    (13, 10, 698427)
    """
    price, rate, told = _terms(cluster, carbon_price, discount_rate)
    books = carbon_accounts(cluster) if accounts is None else accounts
    whole = completeness_of(cluster, books, year=year)
    joint, remarks = computed_measures(cluster, books, whole, rate)
    listed = _rows_given(cluster)
    if not joint.measures:
        raise _nothing(cluster, remarks)
    most = largest_set(joint, price)
    bundles = acting_bundles(joint, most, price, order)
    joint = joint.in_order([i for some in bundles for i in some])
    if by is None and (yearly_budget is not None or begin is not None):
        raise InputError(
            "K560",
            say("a yearly budget and a first year schedule the measures, but no target year is given"),
            hint=say("give the target year, as --by {year}", year=(joint.inventory.year or 2024) + 6),
        )
    if begin is not None and begin < date.today().year:
        raise InputError(
            "K560",
            say("no measure can begin in {begin}, which is over", begin=begin),
            hint=say("choose {year} or a later year", year=date.today().year),
        )
    asked = "standard" if target is None and by is not None else target
    money, yearly = (_money(amount, cluster) for amount in (budget, yearly_budget))
    wanted = None if asked is None else target_of(asked, cluster, books, whole, joint)
    chosen = path = None
    if money is not None or wanted is not None:
        chosen = cheapest_set(joint, carbon_price=price, budget=money, target=wanted)
    if by is not None and wanted is not None:
        path = abatement_path(
            joint,
            wanted,
            by,
            discount_rate=rate,
            carbon_price=price,
            budget=money,
            yearly_budget=yearly,
            begin=max(date.today().year, (joint.inventory.year or 0) + 1) if begin is None else begin,
        )
    return Abatement(
        cluster,
        whole,
        joint,
        listed,
        cost_curve(joint, most, bundles),
        measure_set(joint, most),
        tuple(m for m in joint.measures if m.id not in most),
        chosen,
        path,
        price,
        rate,
        told,
        order,
        tuple(remarks),
    )


def _terms(
    cluster: Cluster, carbon_price: float | None, discount_rate: float | None
) -> tuple[Fraction, Fraction, frozenset[str]]:
    """Return carbon price and discount rate, and which of them were given."""
    d = cluster.description
    price = d.carbon_price if carbon_price is None else carbon_price
    rate = d.discount_rate if discount_rate is None else discount_rate
    told = {name for name, v in (("carbon_price", price), ("discount_rate", rate)) if v is not None}
    price, rate = 0.0 if price is None else price, USUAL_DISCOUNT_RATE if rate is None else rate
    if not 0 <= price < float("inf"):
        raise InputError(
            "K560",
            say("the carbon price is negative or no number"),
            hint=say("write currency per t CO2e, as 90"),
        )
    if not 0 <= rate <= 1:
        raise InputError(
            "K560",
            say("the discount rate is {rate:g}; a share a year between 0 and 1 was expected", rate=rate),
            hint=say("8 % is 0.08"),
        )
    return exact(price), exact(rate), frozenset(told)


def _money(amount: float | None, cluster: Cluster) -> Fraction | None:
    """Return an amount in the money unit of the tables as currency."""
    if amount is None:
        return None
    if not 0 <= amount < float("inf"):
        raise InputError(
            "K560",
            say("the budget is negative or no number"),
            hint=say("write an amount of 0 or more"),
        )
    return exact(amount) * exact(cluster.description.money_factor)


def _rows_given(cluster: Cluster) -> int:
    table = cluster.table("measures")
    gone = table.left_out
    return len(table) + (0 if gone is None else len(gone))


def _nothing(cluster: Cluster, remarks: Sequence[Remark]) -> InputError:
    table = cluster.table("measures")
    first = next(
        (r for r in (*remarks, *cluster.remarks) if r.severity == "error" and r.file == table.file), None
    )
    if "measures" not in cluster.tables:
        return InputError(
            "K561",
            say("the cluster has no table `measures`, which lists what could be done"),
            where=Place(cluster.origin),
            hint=say("`separatrix cluster new FOLDER --table measures` writes a template"),
        )
    what = say("no measure of {file} can be computed with", file=table.file)
    if first is not None:
        what = say("{what} ({where}: {why})", what=what, where=first.where, why=first.what)
    return InputError(
        "K561",
        what,
        where=Place(cluster.origin),
        hint=say("a measure needs an id, investment, abatement and life"),
    )


@dataclass(frozen=True)
class EnterpriseMeasures:
    """What the measures of one enterprise cost, save and cut a year, taken together.

    Attributes
    ----------
    enterprise : str
    measures : tuple of AbatementMeasure
        Those of the set that cuts most; alternatives that they exclude are not among them.
    cost : float
        Currency a year: investments spread over their lives and running costs, gross, before savings and
        support.
    saving : float
        Currency a year, reduced with what each still cuts in combination with the others of the
        enterprise.
    abatement, abatement_low, abatement_high : float
        t CO2e a year, together and within what the enterprise emits.
    supported : float
        The public share of `cost`.
    discount_rate : float
    assumed : bool
        Whether the discount rate is assumed, not given.
    rows : tuple of (str, int)
        The files and rows that they come from.
    """

    enterprise: str
    measures: tuple[AbatementMeasure, ...]
    cost: float
    saving: float
    abatement: float
    abatement_low: float
    abatement_high: float
    supported: float
    discount_rate: float
    assumed: bool
    rows: tuple[tuple[str, int], ...]


def enterprise_measures(
    cluster: Cluster,
    accounts: CarbonAccounts | None = None,
    *,
    completeness: DataCompleteness | None = None,
    discount_rate: float | None = None,
) -> tuple[tuple[EnterpriseMeasures, ...], tuple[Remark, ...]]:
    """Return yearly cost, saving and abatement of each enterprise's own measures, and the issues of the
    table.

    Measures of the whole cluster belong to no enterprise and are not counted; an enterprise without measures
    that can be computed with has no entry.

    Parameters
    ----------
    cluster : Cluster
    accounts, completeness : CarbonAccounts, DataCompleteness, optional
        By default computed here.
    discount_rate : float, optional
        As of `abatement`.

    Returns
    -------
    tuple of (tuple of EnterpriseMeasures, tuple of Remark)
        In the order of the table `enterprises`; the issues of the table `measures`.

    Raises
    ------
    InputError
        K560 for a discount rate that is not a share.

    References
    ----------
    Sathaye & Meyers (1995), Greenhouse Gas Mitigation Assessment: A Guidebook; see `joint_abatement`.

    Examples
    --------
    >>> from separatrix_cluster.tables.reader import load_cluster
    >>> found, _ = enterprise_measures(load_cluster("synthetic-park"))
    >>> [(e.enterprise, len(e.measures), round(e.abatement)) for e in found][:2]
    [('E01', 3, 81449), ('E03', 1, 56000)]
    """
    _, rate, told = _terms(cluster, None, discount_rate)
    books = carbon_accounts(cluster) if accounts is None else accounts
    whole = completeness_of(cluster, books) if completeness is None else completeness
    joint, remarks = computed_measures(cluster, books, whole, rate)
    own = tuple(m for m in joint.measures if m.enterprise)
    found = []
    for name in dict.fromkeys(m.enterprise for m in own):
        # What others of the cluster do is theirs: here the enterprise acts alone.
        needed = {i for m in own if m.enterprise == name for i in m.requires}
        members = [m for m in own if m.enterprise == name or m.id in needed]
        alone = joint_abatement(_drop_outside_links(members), joint.inventory)
        taken = largest_set(alone)
        alone = alone.in_order(acting_order(alone, taken, Fraction(0)))
        mine = tuple(m for m in alone.measures if m.id in taken and m.enterprise == name)
        ids = frozenset(m.id for m in mine)
        cuts = alone.cuts(ids)
        found.append(
            EnterpriseMeasures(
                name,
                mine,
                float(sum((m.annual_cost for m in mine), Fraction(0))),
                float(sum(alone.savings(cuts, ids), Fraction(0))),
                float(sum(cuts, Fraction(0))),
                float(alone.at("low").abatement(ids)),
                float(alone.at("high").abatement(ids)),
                float(sum((m.annual_cost * m.support for m in mine), Fraction(0))),
                float(rate),
                "discount_rate" not in told,
                tuple((m.file, m.row) for m in mine),
            )
        )
    order = {str(e): k for k, e in enumerate(cluster.enterprises)}
    return tuple(sorted(found, key=lambda e: order.get(e.enterprise, 0))), tuple(remarks)


def _drop_outside_links(members: Sequence[AbatementMeasure]) -> list[AbatementMeasure]:
    """Return measures without links to those that are not among them."""
    ids = {m.id for m in members}
    return [replace(m, requires=m.requires & ids, excludes=m.excludes & ids) for m in members]
