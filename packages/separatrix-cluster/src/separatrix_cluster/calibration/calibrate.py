"""From the tables of a cluster to its game, in the six parameters of Shi and Chen (2018).

Numbers given in place of those of the tables: `calibration` of cluster.yaml, and `--set`.

How fast enterprises change their minds: per year, and per unit of what is to be gained.

The share x of those who act follows x′ = β x (1 − x) times the advantage of acting, so that β has the unit
1 / (year × payoff). Without a history, it is assumed from the time that the spread from 10 % to 90 % takes:
ln 81 / (β × advantage), the time of a logistic curve (Fisher, J. C. & Pry, R. H., 1971, A simple
substitution model of technological change, Technol. Forecast. Soc. Change 3, 75–88).
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from typing import Any

from separatrix.errors import InputError, NameProblem, nearest
from separatrix.game.model import BASES
from separatrix.languages.number_text import rounded
from separatrix.sentences import Money, Sentence, say
from separatrix_cluster.accounts.accounts import carbon_accounts
from separatrix_cluster.adoption.fit import fit_adoption
from separatrix_cluster.adoption.results import GroupFit
from separatrix_cluster.calibration.calibration import PAIRS, Calibration, PairKind
from separatrix_cluster.calibration.parameters import COMPONENTS, Estimate, adoption_today, rows_of
from separatrix_cluster.calibration.players import (
    EnterpriseInvestment,
    Side,
    base_return,
    components_of,
    enterprise_investments,
    exchange_benefits,
    groups_of,
    stated,
    value_added,
)
from separatrix_cluster.completeness.bounds import KnownAmounts
from separatrix_cluster.completeness.completeness import DataCompleteness, completeness_of
from separatrix_cluster.measures.measures import exact
from separatrix_cluster.tables.panel import Cluster

__all__ = ["GIVEN", "SPREAD", "assumed_speed", "calibrate", "fitted_speed", "given_values"]

GIVEN = (*COMPONENTS, "beta", "x", "y")
"""The names that can be given: the components of the six parameters, the speed, and the current state."""

_KEYS = ("value", "interval", "basis", "source")
_NEVER_NEGATIVE = ("K", "p", "a", "s", "penalty", "beta", "x", "y")
_SHARES = ("s", "x", "y")


def given_values(
    told: Mapping[str, Any], where: Sentence, suffixes: Iterable[str] = ("",)
) -> dict[str, Estimate]:
    """Return what is given, by its name.

    Parameters
    ----------
    told : mapping
        A number, ``LOW:VALUE:HIGH``, or a mapping of ``value``, ``interval``, ``basis`` and ``source``.
    where : Sentence
        Where it is given, as shown with the number.
    suffixes : iterable of str
        What may follow a name, for one side alone.

    Raises
    ------
    NameProblem
        K574 for an unknown component.
    InputError
        K575 for an invalid or impossible number.

    Examples
    --------
    >>> found = given_values({"F": "10:30:60"}, say("given"))["F"]
    >>> int(found.low), int(found.value), int(found.high), found.basis
    (10, 30, 60, 'assumed')
    """
    names = [name + suffix for suffix in ("", *suffixes) for name in GIVEN]
    found = {}
    for name, item in told.items():
        if name not in names:
            raise _unknown(name, list(dict.fromkeys(names)))
        found[name] = _read(name, item, where)
    return found


def _unknown(name: str, names: list[str]) -> NameProblem:
    parts: Mapping[str, Sentence] = {
        "C1": say("C1 is (1 − s) K: give K, or the support s"),
        "C2": say("C2 is p a and penalties: give p, a or penalty"),
        "R1": say("R1 is pi2 + v: give pi2 or v"),
        "R2": say("R2 is pi2 + F: give pi2 or F"),
        "pi1": say("pi1 is pi2 + v + B: give pi2, v or B"),
    }
    meant = nearest(name, names)
    hint = parts.get(name.rstrip("AB")) or (
        say("did you mean `{name}`?", name=meant)
        if meant
        else say("known are {names}", names=", ".join(GIVEN))
    )
    return NameProblem("K574", say("`{name}` is nothing that a calibration is made of", name=name), hint=hint)


def _read(name: str, item: Any, where: Sentence) -> Estimate:
    if isinstance(item, Mapping):
        strange = [key for key in item if key not in _KEYS]
        if strange or item.get("value") is None:
            raise _not_so(name, str(strange[0]) if strange else "{}")
        value, interval = _number(name, item["value"]), item.get("interval")
        ends = [value, value] if interval is None else [_number(name, end) for end in interval]
        basis = str(item.get("basis") or "assumed")
        if basis not in BASES or len(ends) != 2:
            raise _not_so(name, basis if basis not in BASES else str(interval))
        source = item.get("source")
        how = say("{where}: {source}", where=where, source=str(source)) if source else where
        return _checked(name, Estimate(value, ends[0], ends[1], basis, how))
    parts = str(item).split(":")
    numbers = [_number(name, part) for part in parts]
    if len(numbers) not in (1, 3):
        raise _not_so(name, str(item))
    low, value, high = numbers if len(numbers) == 3 else numbers * 3
    return _checked(name, Estimate(value, low, high, "assumed", where))


def _number(name: str, item: Any) -> Fraction:
    try:
        return Fraction(str(item).strip())
    except (ValueError, ZeroDivisionError):
        raise _not_so(name, str(item)) from None


def _not_so(name: str, found: str) -> InputError:
    return InputError(
        "K575",
        say("`{name}` is given as `{found}`; a number was expected", name=name, found=found),
        hint=say("write 30, or 10:30:60 for a value with its interval"),
    )


def _checked(name: str, of: Estimate) -> Estimate:
    if not of.low <= of.value <= of.high:
        raise InputError(
            "K575",
            say("`{name}` lies outside its own interval", name=name),
            hint=say("write the lowest, the usual and the highest, in this order"),
        )
    bare = name.rstrip("AB") if name not in GIVEN else name
    if bare in _NEVER_NEGATIVE and of.low < 0:
        raise InputError("K575", say("`{name}` cannot be negative", name=name))
    if bare in _SHARES and of.high > 1:
        raise InputError(
            "K575", say("`{name}` is a share, between 0 and 1", name=name), hint=say("20 % is 0.2")
        )
    if bare == "beta" and not of.low > 0:
        raise InputError("K575", say("the speed is above 0"))
    return replace(of)


DRAWS = 99
"""Histories that are simulated to hold the intervals of a fit to their level."""

OPEN = 10.0
"""Where a history leaves an end of the interval open, it is so many times away from the value."""

SPREAD = (15.0, 5.0, 40.0)
"""Assumed years from 10 % to 90 % of a spread without measurements: usual, fastest and slowest."""


def assumed_speed(advantage: Fraction) -> Estimate | None:
    """Return the speed at which a spread takes the years of `SPREAD`; None where nothing is to be gained.

    Parameters
    ----------
    advantage : Fraction
        The largest advantage of acting or of not acting, in the unit of payoff a year.

    Returns
    -------
    Estimate or None
        Per year and unit of payoff.

    Examples
    --------
    >>> found = assumed_speed(Fraction(30))
    >>> round(float(found.value), 5), round(float(found.low), 5), round(float(found.high), 5)
    (0.00977, 0.00366, 0.0293)
    """
    if not advantage:
        return None
    usual, fastest, slowest = (exact(math.log(81) / years) / abs(advantage) for years in SPREAD)
    how = say(
        "assumed: a spread from 10 % to 90 % takes {usual} years ({fastest} to {slowest}) at the "
        "largest advantage",
        usual=f"{SPREAD[0]:g}",
        fastest=f"{SPREAD[1]:g}",
        slowest=f"{SPREAD[2]:g}",
    )
    return Estimate(usual, slowest, fastest, "assumed", how)


def fitted_speed(
    cluster: Cluster, advantages: Sequence[tuple[Fraction, Fraction]]
) -> tuple[Estimate | None, Sentence | None]:
    """Return the speed fitted to the adoption history, and any contradiction of history and tables.

    A fit gives β times the advantage where all others act, and where none does
    (`separatrix_cluster.adoption.fit`); both divided by the calibrated advantages have to give one speed.

    Parameters
    ----------
    cluster : Cluster
    advantages : sequence of pairs of Fraction
        For each side that of acting where no partner acts, and where all do.

    Returns
    -------
    speed : Estimate or None
        By least squares; its interval is where the 95 % intervals of all quotients overlap.  None where the
        two are at odds.
    caution : Sentence or None
        Why there is none.
    """
    if not len(cluster.table("adoption")):
        return None, None
    try:
        found = fit_adoption(cluster, by_group=len(advantages) > 1, draws=DRAWS)
    except InputError as problem:
        return None, say("no speed can be fitted to the history: {why}", why=problem.message)
    pairs = [
        (fitted, float(calibrated))
        for group, (alone, together) in zip(found.groups, advantages, strict=True)
        for fitted, calibrated in (
            (group.advantage_when_all, together),
            (group.advantage_when_none, alone),
        )
        if calibrated
    ]
    low, high = 0.0, math.inf
    for fitted, calibrated in pairs:
        ends = sorted((fitted.low / calibrated, fitted.high / calibrated))
        low, high = max(low, ends[0]), min(high, ends[1])
    told = [(f.value, c) for f, c in pairs if f.bound is None]  # a bound of the search is no estimate
    squares = sum(calibrated**2 for _, calibrated in told)
    value = sum(v * c for v, c in told) / squares if squares else 0.0
    if not low <= value <= high or value <= 0:
        return None, _contradiction(cluster, found.groups, advantages)
    low, high = low or value / OPEN, high if math.isfinite(high) else OPEN * value
    years = found.groups[0].history.years
    how = say(
        "fitted to the adoption of {first} to {last}, over the calibrated advantages",
        first=years[0],
        last=years[-1],
    )
    table = cluster.table("adoption")
    rows = rows_of(table, range(len(table)))
    return Estimate(exact(value), exact(low), exact(high), "measured", how, rows), None


def _contradiction(
    cluster: Cluster, groups: Sequence[GroupFit], advantages: Sequence[tuple[Fraction, Fraction]]
) -> Sentence:
    """Return how history and tables differ, and which cost that no table holds would explain it."""
    first = groups[0]
    told = say(
        "the adoption history and the tables disagree: the history implies that acting gains "
        "{all} a year where all act and {none} where none act, and no speed reconciles these "
        "with the calibrated advantages",
        all=rounded(first.advantage_when_all.value, 2, sign=True),
        none=rounded(first.advantage_when_none.value, 2, sign=True),
    )
    alone, together = (float(a) for a in advantages[0])
    threshold = first.threshold
    if len(groups) > 1 or threshold is None or first.regime != "bistable" or together <= alone:
        return told
    untold = alone + threshold * (together - alone)
    if untold <= 0:
        return told
    cost, currency = untold * cluster.description.money_factor, cluster.description.currency
    return say(
        "{contradiction}; a cost of {cost} a year for one enterprise that no table holds would "
        "put the threshold where the history has it, at {share} %",
        contradiction=told,
        cost=Money(cost, currency, f"{rounded(cost)} {currency}"),
        share=f"{100 * threshold:.0f}",
    )


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
    >>> from separatrix_cluster.tables.reader import load_cluster
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
