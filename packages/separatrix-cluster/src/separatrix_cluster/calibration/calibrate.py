"""From the tables of a cluster to its game, in the six parameters of Shi and Chen (2018)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from separatrix.errors import InputError
from separatrix.sentences import Sentence, say
from separatrix_cluster.accounts.account import carbon_accounts
from separatrix_cluster.calibration.adoption_today import adoption_today
from separatrix_cluster.calibration.calibration import PAIRS, Calibration, PairKind
from separatrix_cluster.calibration.enterprise_investment import (
    EnterpriseInvestment,
    enterprise_investments,
)
from separatrix_cluster.calibration.estimate import Estimate
from separatrix_cluster.calibration.given_values import given_values
from separatrix_cluster.calibration.partner_benefit import exchange_benefits
from separatrix_cluster.calibration.revision_speed import assumed_speed, fitted_speed
from separatrix_cluster.calibration.sides import (
    Side,
    base_return,
    components_of,
    groups_of,
    stated,
    value_added,
)
from separatrix_cluster.completeness.completeness import DataCompleteness, completeness_of
from separatrix_cluster.completeness.known_amounts import KnownAmounts
from separatrix_cluster.tables.cluster import Cluster

__all__ = ["calibrate"]


def calibrate(
    cluster: Cluster,
    pair: PairKind = "representative",
    *,
    year: int | None = None,
    carbon_price: float | None = None,
    support: float | None = None,
    discount_rate: float | None = None,
    given: Mapping[str, Any] | None = None,
) -> Calibration:
    """Return the game of a cluster in the paper's own six parameters.

    Parameters
    ----------
    cluster : Cluster
    pair : str
        ``representative``: two enterprises alike; ``leader-sme``: a leading one and another; ``enterprises``:
        two alike, and six of its own for every enterprise that has measures.
    year : int, optional
        Of the value added; by default the one that is reported.
    carbon_price : float, optional
        Currency per t CO2e, in place of that of cluster.yaml.
    support : float, optional
        The share of the yearly cost that the public bears, in place of that of cluster.yaml.
    discount_rate : float, optional
        A share a year, in place of that of cluster.yaml.
    given : mapping, optional
        Numbers in place of those of the tables: see `given_values`.

    Returns
    -------
    Calibration
        Payoffs in the money unit of the cluster a year, for one enterprise; its `game` is what all other
        functions take.

    Raises
    ------
    InputError
        K570 without a measure of an enterprise, K572 for a cluster or a group that is too small, K573 without
        value added, K575 for impossible numbers; K240 for a year without data.
    NameProblem
        K574 for a name that is not a component of a calibration.

    References
    ----------
    Shi & Chen (2018), Table 1.

    Examples
    --------
    >>> from separatrix_cluster.tables.folder import load_cluster
    >>> found = calibrate(load_cluster("synthetic-park"))
    >>> [p.name for p in found.parameters]
    ['pi1', 'pi2', 'R1', 'R2', 'C1', 'C2']
    >>> found.speed.basis
    'assumed'
    """
    if pair not in PAIRS:
        raise InputError(
            "K576",
            say("unknown pair `{pair}`", pair=pair),
            hint=say("choose one of {pairs}", pairs=", ".join(PAIRS)),
        )
    if len(cluster.enterprises) < 2:
        raise InputError(
            "K572",
            say("a game needs two enterprises, and the cluster has {n}", n=len(cluster.enterprises)),
            hint=say("add the others to enterprises.csv, also those without data"),
        )
    _possible(carbon_price, support, discount_rate)
    two = pair == "leader-sme"
    suffixes = ("A", "B") if two else ()
    numbers = given_values(
        cluster.description.calibration, say("as given in cluster.yaml"), suffixes
    ) | given_values(given or {}, say("as given"), suffixes)
    books = completeness_of(cluster, carbon_accounts(cluster), year=year)
    of_value, amounts = value_added(cluster, books)
    acting, remarks = enterprise_investments(cluster, books, of_value, discount_rate)
    told = stated(cluster, carbon_price, support)
    price = float(numbers.get("p", told["p"]).value)
    sides = (
        _two_sides(cluster, books, (of_value, amounts), acting, numbers, told, price)
        if two
        else (_one_side(cluster, books, (of_value, amounts), acting, numbers, told, price),)
    )
    own = (
        _own_sides(cluster, (of_value, amounts), acting, numbers, told, sides[0])
        if pair == "enterprises"
        else ()
    )
    advantages = [side.components.advantages() for side in sides]
    fitted, against = (None, None) if "beta" in numbers else fitted_speed(cluster, advantages)
    largest = max(abs(a) for pair_of in advantages for a in pair_of)
    speed = numbers.get("beta") or fitted or assumed_speed(largest)
    cautions = [*_cautions(sides, speed), *(() if against is None else (against,))]
    if own:
        cautions.append(
            say(
                "enterprises of other sizes have other base returns, and imitation would compare these: in "
                "networks let them choose by --rule logit or best-response"
            )
        )
    asked = {
        "year": year,
        "carbon-price": carbon_price,
        "support": support,
        "discount-rate": discount_rate,
        **{f"set {name}": value for name, value in (given or {}).items()},
    }
    told_so = {name: str(value) for name, value in asked.items() if value is not None}
    amiss = (*cluster.remarks, *remarks)
    return Calibration(cluster, of_value, pair, sides, speed, own, told_so, amiss, tuple(cautions))


def _possible(price: float | None, support: float | None, rate: float | None) -> None:
    for name, value, most in (
        (say("a carbon price of {value}", value=f"{price}"), price, float("inf")),
        (say("a support of {value}", value=f"{support}"), support, 1.0),
        (say("a discount rate of {value}", value=f"{rate}"), rate, 1.0),
    ):
        if value is not None and not (0 <= value <= most and value < float("inf")):
            raise InputError(
                "K575",
                say("{what} cannot be", what=name),
                hint=say("shares lie between 0 and 1, and a price is not negative"),
            )


def _one_side(
    cluster: Cluster,
    books: DataCompleteness,
    value: tuple[int | None, KnownAmounts | None],
    acting: Sequence[EnterpriseInvestment],
    given: Mapping[str, Estimate],
    told: Mapping[str, Estimate],
    price: float,
) -> Side:
    members = tuple(one.enterprise for one in acting)
    everybody = tuple(str(name) for name in cluster.enterprises)
    exchange = None if "B" in given else exchange_benefits(cluster, [everybody], price)[0]
    components = components_of(
        cluster, base_return(cluster, value[1], value[0], members), acting, given, told, acting, exchange
    )
    today = given.get("x") or adoption_today(cluster, everybody, books.asked)
    return Side(say("Enterprises"), "", members, everybody, components, today)


def _two_sides(
    cluster: Cluster,
    books: DataCompleteness,
    value: tuple[int | None, KnownAmounts | None],
    acting: Sequence[EnterpriseInvestment],
    given: Mapping[str, Estimate],
    told: Mapping[str, Estimate],
    price: float,
) -> tuple[Side, ...]:
    groups = groups_of(cluster, [one.enterprise for one in acting])
    own = [[one for one in acting if one.enterprise in group] for _, group in groups]
    exchanges = exchange_benefits(cluster, [group for _, group in groups], price)
    sides = []
    for k, (name, group) in enumerate(groups):
        suffix, share = "AB"[k], "xy"[k]
        mine = {n.removesuffix(suffix): e for n, e in given.items() if n.endswith(suffix) and n != suffix}
        members = tuple(one.enterprise for one in own[k])
        components = components_of(
            cluster,
            base_return(cluster, value[1], value[0], members),
            own[k],
            {**given, **mine},
            told,
            own[1 - k],
            exchanges[k],
        )
        today = given.get(share) or adoption_today(cluster, group, books.asked)
        sides.append(Side(name, suffix, members, group, components, today))
    return tuple(sides)


def _own_sides(
    cluster: Cluster,
    value: tuple[int | None, KnownAmounts | None],
    acting: Sequence[EnterpriseInvestment],
    given: Mapping[str, Estimate],
    told: Mapping[str, Estimate],
    mean: Side,
) -> tuple[Side, ...]:
    """Return each enterprise as a side of its own that meets the mean of all."""
    sides = []
    for one in acting:
        members = (one.enterprise,)
        base = base_return(cluster, value[1], value[0], members)
        parts = components_of(cluster, base, [one], given, told, acting, None)
        # What exchange brings is known of all together; each has an equal part of it.
        b = given.get("B") or replace(
            mean.components.B,
            value=parts.F.value + mean.components.B.value - mean.components.F.value,
            low=parts.F.low + mean.components.B.low - mean.components.F.low,
            high=parts.F.high + mean.components.B.high - mean.components.F.high,
        )
        sides.append(Side(say("Enterprises"), "", members, members, replace(parts, B=b), None))
    return tuple(sides)


def _cautions(sides: Sequence[Side], speed: Estimate | None) -> tuple[Sentence, ...]:
    found: list[Sentence] = []
    for side in sides:
        c = side.components
        alone, together = c.advantages()
        if alone == together:
            found.append(
                say("{side}: B = F, so whether acting pays does not depend on the partner", side=side.name)
            )
        elif together < alone:
            found.append(
                say(
                    "{side}: F is larger than B, so acting pays less the more partners act",
                    side=side.name,
                )
            )
        if c.v.value > c.own_cost.value:
            found.append(
                say(
                    "{side}: the measures save more than they cost; enterprises that have not "
                    "taken them have reasons outside the tables, such as capital, risk or attention",
                    side=side.name,
                )
            )
        if not c.a.value:
            found.append(
                say("{side}: the measures avoid no emissions, so no carbon price moves them", side=side.name)
            )
        if side.today is None:
            found.append(say("{side}: no table states who acts today", side=side.name))
    if speed is None:
        found.append(
            say(
                "acting and not acting have equal payoffs, so the speed cannot be estimated and "
                "answers are not in years"
            )
        )
    elif speed.basis == "assumed":
        found.append(say("the speed is assumed: answers in years are only as good as that"))
    return tuple(found)
