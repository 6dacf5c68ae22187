"""How much shall be cut: tonnes a year, a share of the emissions, or what a park standard asks for."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any, Literal

from separatrix.errors import InputError
from separatrix.languages.number_text import rounded
from separatrix.sentences import Sentence, say
from separatrix_cluster.accounts.result import CarbonAccounts
from separatrix_cluster.completeness.completeness import DataCompleteness
from separatrix_cluster.frame.park_measures import TCE, energy_used
from separatrix_cluster.frame.standards import scorecard
from separatrix_cluster.measures.joint_abatement import JointAbatement
from separatrix_cluster.tables.cell_values import short
from separatrix_cluster.tables.cluster import Cluster

__all__ = ["AbatementTarget", "target_of"]

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
