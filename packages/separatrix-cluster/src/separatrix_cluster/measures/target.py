"""How much shall be cut: tonnes a year, a share of the emissions, or what a park standard asks for.

The emissions that measures can cut: by enterprise and carrier, each tonne of the cluster once.

Heat and power that one enterprise of a cluster supplies to another are emitted by the supplier.  What it
emits for a customer is kept apart, so that a measure of either of them acts on the same tonnes, and neither a
sum over the cluster nor that of one enterprise ever holds a tonne twice.

What measures cut together: each acts on what those before it leave.

A measure that would cut a tonnes of an inventory E alone takes the share a/E of what is left when its turn
comes, so that measures on one carrier multiply what remains, and no set cuts more than there is.  What is
saved shrinks with what is cut (Sathaye & Meyers, 1995, ch. 4, on measures that depend on one another).  The
tonnes of a set do not depend on the order of its measures; what each of them is credited with does.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Any, Literal

import numpy as np

from separatrix.errors import InputError
from separatrix.languages.number_text import rounded
from separatrix.sentences import Sentence, say
from separatrix_cluster.accounts.results import CarbonAccounts, Ints
from separatrix_cluster.completeness.completeness import DataCompleteness
from separatrix_cluster.frame.park_indicators import TCE, energy_used
from separatrix_cluster.frame.standards import scorecard
from separatrix_cluster.measures.measures import PROCESS, AbatementMeasure
from separatrix_cluster.tables.cells import Floats, short
from separatrix_cluster.tables.panel import Cluster

__all__ = [
    "AbatementShare",
    "AbatementTarget",
    "EmissionSource",
    "JointAbatement",
    "Pool",
    "SourceInventory",
    "joint_abatement",
    "source_inventory",
    "target_of",
]

GRAIN = 1_000_000
"""Tonnes are kept to the gram, so that sums of hundreds of sources stay exact."""


@dataclass(frozen=True)
class EmissionSource:
    """Tonnes of one carrier that an enterprise emits, for itself or for a customer of the cluster.

    ``told`` is the carrier that the customer's account names for the purchase, such as heat.
    """

    enterprise: str
    carrier: str
    customer: str = ""
    told: str = ""


@dataclass(frozen=True)
class SourceInventory:
    """What the cluster emitted in a year.

    Attributes
    ----------
    year : int or None
        None without data for any year.
    amounts : mapping of EmissionSource to Fraction
        t CO2e, location-based; all of them add up to the total of the cluster.
    known : frozenset of str
        The enterprises with data.
    energy : mapping of (enterprise, carrier) to Fraction
        GJ used.
    """

    year: int | None
    amounts: Mapping[EmissionSource, Fraction]
    known: frozenset[str]
    energy: Mapping[tuple[str, str], Fraction]

    @property
    def total(self) -> Fraction:
        """t CO2e of the cluster."""
        return sum(self.amounts.values(), Fraction(0))

    def emissions_of(self, enterprise: str) -> Fraction:
        """Return what an enterprise emits, and what others of the cluster emit to supply it."""
        return sum(
            (v for s, v in self.amounts.items() if enterprise in (s.enterprise, s.customer)), Fraction(0)
        )

    def within_reach(self, measure: AbatementMeasure) -> dict[EmissionSource, Fraction]:
        """Return the sources that a measure acts on, except those without emissions."""
        return {s: v for s, v in self.amounts.items() if v > 0 and _acts_on(measure, s)}

    def energy_used(self, measure: AbatementMeasure) -> Fraction:
        """Return GJ of the carriers of a measure that its enterprise, or the cluster, used."""
        return sum(
            (
                v
                for (who, carrier), v in self.energy.items()
                if measure.enterprise in ("", who) and (not measure.carriers or carrier in measure.carriers)
            ),
            Fraction(0),
        )


def _acts_on(measure: AbatementMeasure, source: EmissionSource) -> bool:
    if not measure.enterprise:
        return not measure.carriers or source.carrier in measure.carriers
    if source.enterprise == measure.enterprise:
        return not measure.carriers or source.carrier in measure.carriers
    if source.customer == measure.enterprise:
        return not measure.carriers or source.told in measure.carriers
    return False


def source_inventory(accounts: CarbonAccounts, year: int | None) -> SourceInventory:
    """Return the emissions of a year by source.

    A verified or reported total is divided among the carriers of its energy; the part that no energy
    explains is process emissions.
    """
    if year is None:
        return SourceInventory(None, {}, frozenset(), {})
    chosen = np.flatnonzero(accounts.year == year)
    names = [str(n) for n in accounts.enterprises]
    own: dict[EmissionSource, float] = {}
    supplied: dict[tuple[int, int, str], float] = {}
    for enterprise in np.unique(accounts.enterprise[chosen]).tolist():
        lines = chosen[accounts.enterprise[chosen] == enterprise]
        amounts = _by_line(accounts, lines)
        for i, amount in zip(lines.tolist(), amounts.tolist(), strict=True):
            carrier = str(accounts.carrier[i]) or PROCESS
            if accounts.internal[i]:
                key = (int(accounts.supplier[i]), enterprise, carrier)
                supplied[key] = supplied.get(key, 0.0) + amount
            else:
                source = EmissionSource(names[enterprise], carrier)
                own[source] = own.get(source, 0.0) + amount
    energy: dict[tuple[str, str], Fraction] = {}
    for i in chosen[~np.isnan(accounts.energy[chosen])].tolist():
        pair = names[accounts.enterprise[i]], str(accounts.carrier[i])
        energy[pair] = energy.get(pair, Fraction(0)) + _grams(float(accounts.energy[i]))
    known = frozenset(names[i] for i in accounts.enterprise[chosen].tolist())
    return SourceInventory(year, _with_customers(own, supplied, names), known, energy)


def _by_line(accounts: CarbonAccounts, lines: Ints) -> Floats:
    """Return t CO2e of the lines of one enterprise, a total given in place of energy parted among it."""
    amounts = accounts.location[lines].copy()
    for kind, scope in (("verified", 1), ("reported", 2)):
        whole = (accounts.kind[lines] == kind) & (accounts.scope[lines] == scope)
        if not whole.any():
            continue
        parts = (accounts.scope[lines] == scope) & ~np.isnan(accounts.factor_location[lines]) & ~whole
        parts &= amounts == 0
        shares = np.where(parts, np.nan_to_num(accounts.factor_location[lines]), 0.0)
        total, explained = float(amounts[whole].sum()), float(shares.sum())
        if explained > 0:
            taken = min(total, explained)
            amounts = amounts + shares * taken / explained
            amounts[whole] = (total - taken) * amounts[whole] / total if total else 0.0
    return amounts


def _with_customers(
    own: Mapping[EmissionSource, float], supplied: Mapping[tuple[int, int, str], float], names: list[str]
) -> dict[EmissionSource, Fraction]:
    """Return the sources, those of suppliers parted among their customers and themselves."""
    found = {source: _grams(amount) for source, amount in own.items() if amount > 0}
    for supplier in {key[0] for key in supplied}:
        customers = {key[1:]: v for key, v in supplied.items() if key[0] == supplier and v > 0}
        fuels = {s: v for s, v in found.items() if supplier >= 0 and s.enterprise == names[supplier]}
        whole = sum(fuels.values(), Fraction(0))
        asked = sum(map(_grams, customers.values()), Fraction(0))
        if not whole or not asked:
            continue
        # Where more is counted for the customers than the supplier emitted, its emissions are all there is.
        scale = min(Fraction(1), whole / asked)
        for source, amount in fuels.items():
            left = amount
            for (customer, carrier), wanted in customers.items():
                part = Fraction(int(amount * scale * _grams(wanted) / whole * GRAIN), GRAIN)
                found[EmissionSource(source.enterprise, source.carrier, names[customer], carrier)] = part
                left -= part
            found[source] = left
    return found


def _grams(value: float) -> Fraction:
    return Fraction(round(value * GRAIN), GRAIN)


@dataclass(frozen=True)
class Pool:
    """Tonnes that the same measures act on.

    Attributes
    ----------
    amount : Fraction
        t CO2e.
    shares : tuple of (int, Fraction)
        Position and share of each measure that acts on it, in the order in which they act.
    energy : bool
        Whether these are emissions of energy, not of a process.
    """

    amount: Fraction
    shares: tuple[tuple[int, Fraction], ...]
    energy: bool = True


@dataclass(frozen=True)
class AbatementShare:
    """What a measure cuts alone: its claim, capped by what is emitted; None where that is not known."""

    measure: AbatementMeasure
    inventory: Fraction | None

    @property
    def stand_alone(self) -> Fraction:
        """t CO2e a year, of no others taken."""
        return (
            self.measure.abatement if self.inventory is None else min(self.measure.abatement, self.inventory)
        )

    @property
    def net_cost(self) -> Fraction:
        """The yearly cost less the saving, which shrinks as what is cut does."""
        m = self.measure
        return m.annual_cost - (m.saving * self.stand_alone / m.abatement if m.abatement else m.saving)


@dataclass(frozen=True)
class JointAbatement:
    """Measures with the inventory that they share.

    Attributes
    ----------
    measures : tuple of AbatementMeasure
        In the order in which they act.
    claims : tuple of AbatementShare
    pools : tuple of Pool
    inventory : SourceInventory
    """

    measures: tuple[AbatementMeasure, ...]
    claims: tuple[AbatementShare, ...]
    pools: tuple[Pool, ...]
    inventory: SourceInventory

    def cuts(self, taken: Collection[str], *, energy: bool = False) -> tuple[Fraction, ...]:
        """Return t CO2e that each measure of a set cuts, by its id; 0 of those that are not in it.

        With ``energy`` only what it cuts of emissions of energy.
        """
        found = [Fraction(0)] * len(self.measures)
        chosen = [m.id in taken for m in self.measures]
        for pool in self.pools:
            if energy and not pool.energy:
                continue
            left = pool.amount
            for place, share in pool.shares:
                if chosen[place]:
                    cut = left * share
                    found[place] += cut
                    left -= cut
        return tuple(found)

    def abatement(self, taken: Collection[str]) -> Fraction:
        """Return t CO2e that a set cuts together."""
        return sum(self.cuts(taken), Fraction(0))

    def blind(self, taken: Collection[str]) -> bool:
        """Return whether a set holds a measure whose claim was compared with no emissions."""
        return any(c.inventory is None and c.measure.abatement and c.measure.id in taken for c in self.claims)

    def savings(self, cuts: Sequence[Fraction], taken: Collection[str]) -> tuple[Fraction, ...]:
        """Return what each measure saves a year: of its claim the part that it cuts."""
        return tuple(
            Fraction(0) if m.id not in taken else m.saving * cut / m.abatement if m.abatement else m.saving
            for m, cut in zip(self.measures, cuts, strict=True)
        )

    def net_cost(self, taken: Collection[str]) -> Fraction:
        """Return the yearly cost of a set less what it saves."""
        costs = sum((m.annual_cost for m in self.measures if m.id in taken), Fraction(0))
        return costs - sum(self.savings(self.cuts(taken), taken), Fraction(0))

    def investment(self, taken: Collection[str]) -> Fraction:
        """Return what a set costs at once."""
        return sum((m.investment for m in self.measures if m.id in taken), Fraction(0))

    def possible(self, taken: Collection[str]) -> bool:
        """Return whether a set holds all that its measures require and nothing that they exclude."""
        return all(
            m.requires <= set(taken) and not m.excludes & set(taken) for m in self.measures if m.id in taken
        )

    def at(self, end: Literal["low", "high"]) -> JointAbatement:
        """Return the same with every abatement at one end of its interval, in the same order."""
        ends = [
            replace(m, abatement=m.abatement_low if end == "low" else m.abatement_high) for m in self.measures
        ]
        return _build_joint_abatement(tuple(ends), self.inventory)

    def in_order(self, ids: Sequence[str]) -> JointAbatement:
        """Return the same measures acting in another order."""
        by_id = {m.id: m for m in self.measures}
        return _build_joint_abatement(tuple(by_id[i] for i in ids), self.inventory)


def joint_abatement(measures: Sequence[AbatementMeasure], inventory: SourceInventory) -> JointAbatement:
    """Return the measures with the inventory that they share, in the order given.

    A measure of an enterprise without data acts on tonnes of its own, as many as it claims.
    """
    return _build_joint_abatement(tuple(measures), inventory)


def _build_joint_abatement(
    measures: tuple[AbatementMeasure, ...], inventory: SourceInventory
) -> JointAbatement:
    reach = [inventory.within_reach(m) for m in measures]
    unknown = [
        not (m.enterprise in inventory.known or (not m.enterprise and inventory.known)) for m in measures
    ]
    inventories = [
        None if blind else sum(sources.values(), Fraction(0))
        for blind, sources in zip(unknown, reach, strict=True)
    ]
    claims = tuple(AbatementShare(m, e) for m, e in zip(measures, inventories, strict=True))
    shares = [Fraction(0) if not claim.inventory else claim.stand_alone / claim.inventory for claim in claims]
    gathered: dict[tuple[tuple[int, ...], bool], Fraction] = {}
    for source, amount in inventory.amounts.items():
        acting = tuple(i for i, sources in enumerate(reach) if source in sources and shares[i])
        if acting:
            key = acting, source.carrier != PROCESS
            gathered[key] = gathered.get(key, Fraction(0)) + amount
    pools = [
        Pool(amount, tuple((i, shares[i]) for i in acting), energy)
        for (acting, energy), amount in gathered.items()
    ]
    pools += [
        Pool(m.abatement, ((i, Fraction(1)),), m.carriers != (PROCESS,))
        for i, m in enumerate(measures)
        if unknown[i] and m.abatement
    ]
    return JointAbatement(measures, claims, tuple(pools), inventory)


STANDARD = ("standard", "park standard", "park-standard", "标准", "园区标准")


@dataclass(frozen=True)
class AbatementTarget:
    """Tonnes a year that shall be cut.

    Attributes
    ----------
    kind : str
        tonnes, share or standard.
    amount : Fraction
        t CO2e a year that have to be counted.
    share : Fraction or None
        The same as a share of the emissions of the cluster.
    weights : mapping of str to Fraction
        What a tonne that a measure cuts counts for, by its id, where it is not 1: where carbon per energy has
        to fall, energy that is saved lowers what the carbon is divided by.
    energy_only : bool
        Whether only emissions of energy count.
    said : Sentence or None
        What it is, where that does not go without saying.
    """

    kind: Literal["tonnes", "share", "standard"]
    amount: Fraction
    share: Fraction | None
    weights: Mapping[str, Fraction] = field(default_factory=dict)
    energy_only: bool = False
    said: Sentence | None = None

    def counted_tonnes(self, joint: JointAbatement, taken: frozenset[str]) -> Fraction:
        """Return the tonnes of a set that count."""
        cuts = joint.cuts(taken, energy=self.energy_only)
        return sum(
            (self.weights.get(m.id, Fraction(1)) * cut for m, cut in zip(joint.measures, cuts, strict=True)),
            Fraction(0),
        )

    def to_dict(self) -> dict[str, Any]:
        """Return it as plain data."""
        return {
            "kind": self.kind,
            "amount": float(self.amount),
            "share": None if self.share is None else float(self.share),
            "energy_only": self.energy_only,
            "said": None if self.said is None else str(self.said),
        }


_NUMBER = re.compile(
    r"\s*([0-9][0-9 ,']*(?:\.[0-9]+)?|\.[0-9]+)\s*(%|％|kt|Mt|t|吨|万吨)?\s*(?:CO2e?)?"
    r"\s*(?:/\s*(?:yr|y|a|year|年)|a year|per year)?\s*"
)
_UNITS = {"": 1, "t": 1, "吨": 1, "kt": 1_000, "万吨": 10_000, "Mt": 1_000_000}


def target_of(
    text: str | float | Fraction,
    cluster: Cluster,
    accounts: CarbonAccounts,
    completeness: DataCompleteness,
    joint: JointAbatement,
) -> AbatementTarget:
    """Return the target that a text names: tonnes a year, a share (15 %, or at most 1), or `standard`.

    Raises
    ------
    InputError
        K560 for an unknown text, for a share where the emissions are unknown, and for negative values; K562
        where the standard has no requirement in tonnes.
    """
    if isinstance(text, str) and text.strip().casefold() in STANDARD:
        return _of_standard(cluster, accounts, completeness, joint)
    total = joint.inventory.total
    amount, is_share = _number(text)
    if not is_share:
        return AbatementTarget("tonnes", amount, amount / total if total else None)
    if not total:
        raise InputError(
            "K560",
            say("the emissions of the cluster are unknown, so the target cannot be a share of them"),
            hint=say("give the target in t CO2e a year, or fill in the table energy"),
        )
    return AbatementTarget("share", amount * total, amount)


def _number(text: str | float | Fraction) -> tuple[Fraction, bool]:
    """Return an amount and whether it is a share."""
    match = _NUMBER.fullmatch(str(text))
    if match is None:
        raise InputError(
            "K560",
            say(
                "the target `{text}` is neither a number of tonnes nor a share nor `standard`",
                text=short(str(text)),
            ),
            hint=say("write for example 50000 (t CO2e a year), 15% or standard"),
        )
    amount = Fraction(re.sub(r"[ ,']", "", match[1]))
    unit = match[2] or ""
    if unit in ("%", "％"):
        amount, unit = amount / 100, "%"
    elif not unit and 0 < amount <= 1:
        unit = "%"
    if unit != "%":
        return amount * _UNITS[unit], False
    if amount > 1:
        raise InputError(
            "K560",
            say(
                "the target is {share} of the emissions, which is more than all of them",
                share=f"{float(amount):.0%}",
            ),
            hint=say("write a share of at most 100 %"),
        )
    return amount, True


def _of_standard(
    cluster: Cluster, accounts: CarbonAccounts, completeness: DataCompleteness, joint: JointAbatement
) -> AbatementTarget:
    """Return what has to be cut so that carbon per energy meets the standard, at the output of the year.

    With C carbon, E energy, ΔC cut and ΔE saved, (C − ΔC)/(E − ΔE) ≤ θ holds where ΔC − θ·ΔE ≥ C − θ·E.
    """
    year = joint.inventory.year
    if not cluster.description.park_standard:
        raise InputError(
            "K562",
            say("cluster.yaml names no park standard, so there is none to meet"),
            hint=say("add park_standard, or give the target in tonnes or as a share"),
        )
    card = None if year is None else scorecard(cluster, accounts, year=year, completeness=completeness)
    gaps = () if card is None else card.gaps
    gap = next(
        (g for g in gaps if g.requirement.measure == "carbon_per_energy" and g.verdict == "not met"), None
    )
    if gap is None or gap.found is None or card is None or year is None:
        met = any(g.requirement.measure == "carbon_per_energy" and g.verdict == "met" for g in gaps)
        raise InputError(
            "K562",
            say("the cluster meets what its park standard asks of carbon per energy already")
            if met
            else say(
                "the park standard has no requirement on carbon per energy that can be assessed for "
                "this cluster"
            ),
            hint=say("give the target in tonnes a year or as a share"),
        )
    energy = Fraction(energy_used(cluster, accounts, year))
    threshold = Fraction(f"{gap.requirement.value:.15g}")
    needed = (Fraction(gap.found) - threshold) * energy
    tce = Fraction(f"{TCE:.15g}")
    weights = {
        m.id: 1 - threshold * m.energy_saved / tce / m.abatement
        for m in joint.measures
        if m.energy_saved and m.energy_dimension == "energy" and m.abatement
    }
    total = joint.inventory.total
    return AbatementTarget(
        "standard",
        needed,
        needed / total if total else None,
        weights,
        not card.standard.process,
        say(
            "to bring {found} t CO2 per tce down to {allowed}, at the output of {year}",
            found=rounded(gap.found),
            allowed=rounded(gap.requirement.value),
            year=year,
        ),
    )


def weights_of(target: AbatementTarget | None, joint: JointAbatement) -> Sequence[Fraction]:
    """Return what a tonne of each measure counts for."""
    told = {} if target is None else target.weights
    return [told.get(m.id, Fraction(1)) for m in joint.measures]
