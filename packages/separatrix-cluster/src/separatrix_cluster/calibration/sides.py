"""Who plays: one side of a pair, its members, and what its six parameters are made of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np

from separatrix.errors import InputError
from separatrix.sentences import Sentence, say
from separatrix_cluster.calibration.enterprise_investment import EnterpriseInvestment
from separatrix_cluster.calibration.estimate import Estimate, exact_estimate, rows_of, sum_of
from separatrix_cluster.calibration.paper_parameters import COMPONENTS, Components
from separatrix_cluster.calibration.partner_benefit import benefit_of_both, free_ride
from separatrix_cluster.completeness.completeness import DataCompleteness
from separatrix_cluster.completeness.known_amounts import KnownAmounts, column_of, column_year
from separatrix_cluster.diagnosis.awareness import leaders_of
from separatrix_cluster.measures.abatement_measure import exact
from separatrix_cluster.tables.cluster import Cluster
from separatrix_cluster.tables.panel import constant_prices, size_of

__all__ = ["Side", "base_return", "components_of", "groups_of", "stated", "value_added"]

SMES = ("micro", "small", "medium")


@dataclass(frozen=True)
class Side:
    """One side of a pair.

    Attributes
    ----------
    name : Sentence
        What its members are called.
    suffix : str
        Behind the names of its parameters.
    members : tuple of str
        The enterprises whose measures the numbers are means of.
    group : tuple of str
        All enterprises that the side stands for, those without a measure included.
    components : Components
    today : Estimate or None
        The share of the group that acts.
    """

    name: Sentence
    suffix: str
    members: tuple[str, ...]
    group: tuple[str, ...]
    components: Components
    today: Estimate | None

    def to_dict(self) -> dict[str, Any]:
        """Return it as plain data."""
        return {
            "name": str(self.name),
            "members": list(self.members),
            "enterprises": len(self.group),
            "components": self.components.to_dict(),
            "today": None if self.today is None else self.today.to_dict(),
        }


def groups_of(cluster: Cluster, acting: Sequence[str]) -> tuple[tuple[Sentence, tuple[str, ...]], ...]:
    """Return the leading enterprises and the others, small and medium ones where any of these can act.

    Raises
    ------
    InputError
        K572 where no member of a group has a measure.
    """
    everybody = [str(name) for name in cluster.enterprises]
    sizes = dict(zip(everybody, map(str, size_of(cluster)), strict=True))
    leaders = [str(name) for name in leaders_of(cluster)]
    if not leaders:
        leaders = [name for name in everybody if sizes[name] == "large"]
    others = [name for name in everybody if name not in leaders]
    small = [name for name in others if sizes[name] in SMES]
    only_small = any(name in acting for name in small)
    groups = (
        (say("Leading enterprises"), tuple(leaders)),
        (
            say("Small and medium enterprises") if only_small else say("Other enterprises"),
            tuple(small if only_small else others),
        ),
    )
    for name, members in groups:
        if not any(member in acting for member in members):
            raise InputError(
                "K572",
                say("{group}: none of them has a measure, so their side cannot be calibrated", group=name),
                hint=say(
                    "add their measures to the table, mark other leaders in enterprises, or take --pair "
                    "representative"
                ),
            )
    return groups


def base_return(
    cluster: Cluster, amounts: KnownAmounts | None, year: int | None, members: Sequence[str]
) -> Estimate | None:
    """Return value added per enterprise of some of them, in constant prices; None without data."""
    if year is None or amounts is None:
        return None
    who = np.isin(cluster.enterprises.astype(str), list(members))
    ends = [part[who] for part in (amounts.likely, amounts.low, amounts.high)]
    if not all(np.isfinite(end).all() for end in ends):
        return None
    prices = constant_prices(cluster, year)
    scale = (1.0 if prices != prices else prices) / cluster.description.money_factor / max(1, int(who.sum()))
    value, low, high = (exact(float(end.sum()) * scale) for end in ends)
    table = cluster.table("accounts")
    places = [
        i
        for i, (name, when) in enumerate(zip(table.texts("enterprise"), table.numbers("year"), strict=True))
        if str(name) in members and when == year
    ]
    how = (
        say("value added per enterprise, {year}, current prices", year=year)
        if prices != prices or not cluster.description.deflators
        else say("value added per enterprise, {year}, constant prices", year=year)
    )
    return Estimate(value, min(value, low), max(value, high), "measured", how, rows_of(table, places))


def components_of(
    cluster: Cluster,
    base: Estimate | None,
    own: Sequence[EnterpriseInvestment],
    given: Mapping[str, Estimate],
    told: Mapping[str, Estimate],
    partner: Sequence[EnterpriseInvestment],
    exchange: Estimate | None,
) -> Components:
    """Return what the six parameters of one side are made of.

    Parameters
    ----------
    cluster : Cluster
    base : Estimate or None
        Its base return.
    own, partner : sequence of EnterpriseInvestment
        Of this side, and of the other side.
    given : mapping
        Values given in place of those of the tables.
    told : mapping
        `p`, `s` and `penalty` as given in cluster.yaml or the command.
    exchange : Estimate or None
        The gain of exchanges per enterprise of this side; None where no table gives it.

    Raises
    ------
    InputError
        K573 where value added is not known and no base return is given.
    """
    count = Fraction(1, len(own))
    cost = sum_of(
        [one.gross_cost for one in own],
        say(
            "yearly cost of the measures at {rate} % interest, mean of {n} enterprises",
            rate=f"{100 * own[0].rate:.3g}",
            n=len(own),
        ),
    )
    saving = sum_of([one.saving for one in own], say("what they save, mean of {n} enterprises", n=len(own)))
    avoided = sum_of(
        [one.abatement for one in own], say("t CO2e that they avoid, mean of {n} enterprises", n=len(own))
    )
    theirs = sum_of([one.saving for one in partner], saving.how).times(Fraction(1, len(partner)))
    mine = given.get("v", saving.times(count))
    theirs = mine if list(partner) == list(own) else theirs
    base = given.get("pi2", base)
    if base is None:
        raise InputError(
            "K573",
            say("value added is unknown, so the base return is missing"),
            hint=say(
                "add value_added to accounts.csv, or give any base with --set pi2=…: it cancels in every "
                "answer"
            ),
        )
    parts = {
        "pi2": base,
        "v": saving.times(count),
        "B": benefit_of_both(mine, theirs, exchange),
        "F": free_ride(mine, theirs),
        "K": cost.times(count),
        "a": avoided.times(count),
        "s": _borne(own, cost),
        **told,
    }
    parts |= {name: value for name, value in given.items() if name in COMPONENTS}
    return Components(
        pi2=parts["pi2"],
        v=parts["v"],
        B=parts["B"],
        F=parts["F"],
        K=parts["K"],
        s=parts["s"],
        p=parts["p"],
        a=parts["a"],
        penalty=parts["penalty"],
        money=exact(cluster.description.money_factor),
    )


def value_added(cluster: Cluster, books: DataCompleteness) -> tuple[int | None, KnownAmounts | None]:
    """Return the year whose value added is the base return, and that of every enterprise."""
    year = column_year(cluster, books, "value_added")
    return year, None if year is None else column_of(cluster, books, "value_added", year)


def stated(cluster: Cluster, price: float | None, support: float | None) -> dict[str, Estimate]:
    """Return price, support and penalties of cluster.yaml, or the values given in their place."""
    d = cluster.description
    file = (("cluster.yaml", None),)
    zero = Fraction(0)
    if price is not None:
        p = exact_estimate(exact(price), say("price of carbon as given"), basis="assumed")
    elif d.carbon_price is not None:
        p = exact_estimate(exact(d.carbon_price), say("price of carbon × emissions avoided"), file)
    else:
        p = exact_estimate(zero, say("no carbon price is given; none is counted"), basis="assumed")
    found = {
        "p": p,
        "penalty": exact_estimate(zero, say("no other penalty is given; none is counted"), basis="assumed"),
    }
    if support is not None:
        found["s"] = exact_estimate(exact(support), say("support as given"), basis="assumed")
    return found


def _borne(own: Sequence[EnterpriseInvestment], cost: Estimate) -> Estimate:
    """Return the share of the yearly cost that the public bears, by the table and cluster.yaml."""
    borne = sum((one.supported for one in own), Fraction(0))
    if not borne or not cost.value:
        return exact_estimate(Fraction(0), say("no support is given; none is counted"), basis="assumed")
    return exact_estimate(
        borne / cost.value, say("support according to measures and cluster.yaml"), cost.rows
    )
