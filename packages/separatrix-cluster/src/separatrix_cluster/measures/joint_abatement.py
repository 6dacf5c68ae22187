"""What measures cut together: each acts on what those before it leave.

A measure that would cut a tonnes of an inventory E alone takes the share a/E of what is left when its turn
comes, so that measures on one carrier multiply what remains, and no set cuts more than there is.  What is
saved shrinks with what is cut (Sathaye & Meyers, 1995, ch. 4, on measures that depend on one another).  The
tonnes of a set do not depend on the order of its measures; what each of them is credited with does.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Literal

from separatrix_cluster.measures.abatement_measure import PROCESS, AbatementMeasure
from separatrix_cluster.measures.source_inventory import SourceInventory

__all__ = ["AbatementShare", "JointAbatement", "Pool", "joint_abatement"]


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
