"""The emissions that measures can cut: by enterprise and carrier, each tonne of the cluster once.

Heat and power that one enterprise of a cluster supplies to another are emitted by the supplier.  What it
emits for a customer is kept apart, so that a measure of either of them acts on the same tonnes, and neither a
sum over the cluster nor that of one enterprise ever holds a tonne twice.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from separatrix_cluster.accounts.result import CarbonAccounts, Ints
from separatrix_cluster.measures.abatement_measure import PROCESS, AbatementMeasure
from separatrix_cluster.tables.cell_values import Floats

__all__ = ["EmissionSource", "SourceInventory", "source_inventory"]

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
