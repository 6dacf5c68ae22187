"""Who plays: one side of a pair, its members, and what its six parameters are made of.

What it costs an enterprise to act, what it saves by that itself, and which emissions it avoids.

To act means the set of its own measures that cuts most, of those that can be begun by the year after that
of the game; of two that exclude each other one is taken, and together they cut no more than the enterprise
emits (`separatrix_cluster.measures`). The yearly cost is gross: investments spread over their lives, and
running costs, before savings (Blank, L. & Tarquin, A., 2012, Engineering Economy, 7th ed., McGraw-Hill, eq.
2.6).

What a partner's acting brings: B to who acts too, F to who does not.

The value of exchanging and sharing is the value of the coalition less the value that each has alone
(`separatrix_cluster.symbiosis`); of two groups each gets half of what only both together produce, as in
Shapley, L. S. (1953), A value for n-person games. No table reports knowledge spillovers: they are assumed
to be between zero and half of the partner's savings, for those who act and those who do not, and never
above half of the savings of their own measures.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

import numpy as np

from separatrix.errors import InputError
from separatrix.io.cells import Remark, located
from separatrix.sentences import Sentence, say
from separatrix_cluster.calibration.parameters import (
    COMPONENTS,
    Components,
    Estimate,
    exact_estimate,
    rows_of,
    sum_of,
)
from separatrix_cluster.completeness.bounds import KnownAmounts, column_of, column_year
from separatrix_cluster.completeness.completeness import DataCompleteness
from separatrix_cluster.diagnosis.awareness import leaders_of
from separatrix_cluster.measures.abatement import EnterpriseMeasures, enterprise_measures
from separatrix_cluster.measures.measures import AbatementMeasure, capital_recovery_factor, exact
from separatrix_cluster.symbiosis.optimal_exchange import exchange_value
from separatrix_cluster.symbiosis.problem import exchange_problem, restricted_to
from separatrix_cluster.tables.cells import short
from separatrix_cluster.tables.panel import Cluster, constant_prices, size_of
from separatrix_cluster.tables.table import ClusterTable

__all__ = [
    "EnterpriseInvestment",
    "RATES",
    "Side",
    "base_return",
    "benefit_of_both",
    "components_of",
    "enterprise_investments",
    "exchange_benefits",
    "free_ride",
    "groups_of",
    "stated",
    "value_added",
]

RATES = (0.05, 0.12)
"""The range of an interest rate that is not given: from below the social rate to that of industry."""


@dataclass(frozen=True)
class EnterpriseInvestment:
    """What an enterprise would do, a year, in money units of the cluster and t CO2e.

    Attributes
    ----------
    enterprise : str
    measures : tuple of str
        Their ids.
    rate : float
        The interest that spreads investments over their lives.
    gross_cost, saving, abatement : Estimate
    supported : Fraction
        What of the gross cost the public bears, by the table and cluster.yaml.
    """

    enterprise: str
    measures: tuple[str, ...]
    rate: float
    gross_cost: Estimate
    saving: Estimate
    abatement: Estimate
    supported: Fraction


def enterprise_investments(
    cluster: Cluster, books: DataCompleteness, year: int | None, rate: float | None = None
) -> tuple[tuple[EnterpriseInvestment, ...], tuple[Remark, ...]]:
    """Return what each enterprise with a measure would do, and the excluded rows.

    Parameters
    ----------
    cluster : Cluster
    books : DataCompleteness
    year : int or None
        Of the game.
    rate : float, optional
        In place of the interest of cluster.yaml: a supposition, and called assumed.

    Raises
    ------
    InputError
        K570 where no enterprise has a measure that can be computed with.

    Examples
    --------
    >>> from separatrix_cluster.accounts.accounts import carbon_accounts
    >>> from separatrix_cluster.completeness.completeness import completeness_of
    >>> from separatrix_cluster.tables.reader import load_cluster
    >>> park = load_cluster("synthetic-park")
    >>> found, _ = enterprise_investments(park, completeness_of(park, carbon_accounts(park)), 2024)
    >>> [(one.enterprise, one.measures) for one in found][:2]
    [('E01', ('M09', 'M01', 'M08')), ('E05', ('M07', 'M04'))]
    """
    soon, late = _beginning(cluster, year)
    own, remarks = enterprise_measures(soon, books.accounts, completeness=books, discount_rate=rate)
    if not own:
        raise _nothing_to_do(cluster)
    money = 1 / exact(cluster.description.money_factor)
    basis = "assumed" if rate is not None else "literature" if own[0].assumed else "measured"
    return tuple(_investment(one, basis, money) for one in own), (*late, *remarks)


def _investment(of: EnterpriseMeasures, basis: str, money: Fraction) -> EnterpriseInvestment:
    rows = tuple(located(file, row) for file, row in of.rows)
    cost = exact(of.cost)
    ends = [cost, *(_cost_at(of.measures, rate) for rate in RATES if of.assumed)]
    ends_of_abatement = [exact(v) for v in (of.abatement_low, of.abatement, of.abatement_high)]
    return EnterpriseInvestment(
        of.enterprise,
        tuple(m.id for m in of.measures),
        of.discount_rate,
        Estimate(cost, min(ends), max(ends), basis, _COST, rows).times(money),
        exact_estimate(exact(of.saving), _SAVING, rows).times(money),
        Estimate(
            exact(of.abatement), min(ends_of_abatement), max(ends_of_abatement), "measured", _ABATEMENT, rows
        ),
        exact(of.supported) * money,
    )


_COST = say("yearly cost of the measures")
_SAVING = say("what the measures save")
_ABATEMENT = say("what the measures avoid")


def _cost_at(measures: tuple[AbatementMeasure, ...], rate: float) -> Fraction:
    yearly = (
        m.investment * exact(capital_recovery_factor(rate, float(m.life))) + m.running_cost for m in measures
    )
    return sum(yearly, Fraction(0))


def _beginning(cluster: Cluster, year: int | None) -> tuple[Cluster, list[Remark]]:
    """Return the cluster with the measures that can start in time, and remarks on the others."""
    table = cluster.table("measures")
    earliest = table.numbers("earliest")
    late = np.zeros(len(table), dtype=bool) if year is None else earliest > year + 1
    if not late.any():
        return cluster, []
    remarks = [
        Remark(
            "K571",
            "note",
            table.file,
            int(table.rows[place]),
            "earliest",
            say(
                "{measure} cannot start before {year} and is excluded from the game",
                measure=short(str(table.texts("id")[place])),
                year=int(earliest[place]),
            ),
        )
        for place in np.flatnonzero(late)
    ]
    # Other rows may exclude or require them: their ids stay known.
    gone = table.select(late).texts("id")
    if table.left_out is not None:
        gone = np.concatenate([gone, table.left_out.texts("id")])
    ids = ClusterTable("measures", table.file, {"id": gone}, np.zeros(len(gone), dtype=np.int64))
    rest = replace(table.select(~late), left_out=ids)
    return replace(cluster, tables={**cluster.tables, "measures": rest}), remarks


def _nothing_to_do(cluster: Cluster) -> InputError:
    table = cluster.table("measures")
    if not len(table) and not table.given:
        return InputError(
            "K570",
            say("the table measures is missing, so the cost of acting is unknown"),
            hint=say(
                "add measures.csv with a row for each measure; `separatrix cluster new` writes its heading"
            ),
        )
    if len(table) and not any(table.texts("enterprise")):
        return InputError(
            "K570",
            say("every measure is of the whole cluster, so what it costs one enterprise to act is not known"),
            hint=say(
                "name the enterprise of each measure in the column enterprise of {file}", file=table.file
            ),
        )
    return InputError(
        "K570",
        say("no measure of an enterprise can be computed with"),
        hint=say("`separatrix cluster measures` lists the issues in {file}", file=table.file or "measures"),
    )


def free_ride(own: Estimate, partner: Estimate) -> Estimate:
    """Return F: what one has of a partner who acts alone, knowledge.

    Parameters
    ----------
    own, partner : Estimate
        What each of both saves by acting; none learns more than it can use.
    """
    less = min(own, partner, key=lambda saving: saving.value)
    value, most = max(less.value, Fraction(0)) / 4, max(less.high, Fraction(0)) / 2
    how = say("assumed: knowledge that spills over, from nothing to half of what the partner saves, or could")
    return Estimate(value, Fraction(0), most, "assumed", how, less.rows)


def benefit_of_both(own: Estimate, partner: Estimate, exchange: Estimate | None) -> Estimate:
    """Return B: exchanges, shared facilities and knowledge.

    Parameters
    ----------
    own, partner : Estimate
        What each of both saves by acting.
    exchange : Estimate or None
        The gain of exchanges; None where no table gives it: then it is assumed, too.
    """
    knowledge = free_ride(own, partner)
    if exchange is None:
        how = say("assumed: knowledge and exchanges, from nothing to all that the partner saves, or could")
        return sum_of([knowledge, knowledge], how)
    how = say("{exchange}; and {knowledge}", exchange=exchange.how, knowledge=knowledge.how)
    return sum_of([exchange, knowledge], how)


def exchange_benefits(
    cluster: Cluster, groups: Sequence[Sequence[str]], carbon_price: float | None = None
) -> tuple[Estimate | None, ...]:
    """Return for each group the gain of exchanges per enterprise; None where no table has streams.

    Parameters
    ----------
    cluster : Cluster
    groups : sequence of sequences of str
        One group whose members all meet each other, or two groups that meet.
    carbon_price : float, optional
        Currency per t CO2e.

    Examples
    --------
    >>> from separatrix_cluster.tables.reader import load_cluster
    >>> park = load_cluster("synthetic-park")
    >>> (found,) = exchange_benefits(park, [[str(name) for name in park.enterprises]])
    >>> found.value > 0
    True
    """
    if not len(cluster.table("streams")):
        return (None,) * len(groups)
    problem = exchange_problem(cluster, carbon_price=carbon_price)
    together = exchange_value(restricted_to(problem, [name for group in groups for name in group]))
    parts = [[name] for name in groups[0]] if len(groups) == 1 else groups
    alone = sum(exchange_value(restricted_to(problem, part)) for part in parts)
    gain = max(Fraction(0), exact(together - alone)) / exact(cluster.description.money_factor) / len(groups)
    table = cluster.table("streams")
    members = {name for group in groups for name in group}
    places = [i for i, name in enumerate(table.texts("enterprise")) if str(name) in members]
    found = []
    for group in groups:
        how = say("exchanges and shared facilities, mean of {n} enterprises", n=len(group))
        value = gain / len(group)
        basis = "assumed" if problem.assumed else "measured"
        found.append(Estimate(value, value, value, basis, how, rows_of(table, places)))
    return tuple(found)


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
