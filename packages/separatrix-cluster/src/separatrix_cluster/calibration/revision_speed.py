"""How fast enterprises change their minds: per year, and per unit of what is to be gained.

The share x of those who act follows x′ = β x (1 − x) times the advantage of acting, so that β has the unit
1 / (year × payoff). Without a history, it is assumed from the time that the spread from 10 % to 90 % takes:
ln 81 / (β × advantage), the time of a logistic curve (Fisher, J. C. & Pry, R. H., 1971, A simple
substitution model of technological change, Technol. Forecast. Soc. Change 3, 75–88).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from fractions import Fraction

from separatrix.errors import InputError
from separatrix.languages.number_text import rounded
from separatrix.sentences import Money, Sentence, say
from separatrix_cluster.adoption.adoption_fit import GroupFit
from separatrix_cluster.adoption.fit import fit_adoption
from separatrix_cluster.calibration.estimate import Estimate, rows_of
from separatrix_cluster.measures.abatement_measure import exact
from separatrix_cluster.tables.cluster import Cluster

__all__ = ["SPREAD", "assumed_speed", "fitted_speed"]

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
