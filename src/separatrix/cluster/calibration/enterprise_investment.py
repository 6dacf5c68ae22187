"""What it costs an enterprise to act, what it saves by that itself, and which emissions it avoids.

To act means every measure of its own that it can begin by the year of the game and that can be done
together: of two that exclude each other the one with the lower net cost at the carbon price. The yearly
cost is gross: the investment spread over its life, and the running cost, before savings (Blank, L. &
Tarquin, A., 2012, Engineering Economy, 7th ed., McGraw-Hill, eq. 2.6).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from separatrix.cluster.calibration.estimate import Estimate, decimal, known, rows_of, sum_of
from separatrix.cluster.measures.annuity import USUAL_DISCOUNT_RATE, capital_recovery_factor
from separatrix.cluster.tables.cluster import Cluster
from separatrix.errors import InputError
from separatrix.reading.remark import Remark
from separatrix.sentence import Sentence, say

__all__ = ["RATES", "EnterpriseInvestment", "enterprise_investments"]

RATES = (0.05, 0.12)
"""Between these lies an interest that nobody told: below the social rate, and that of industry."""


@dataclass(frozen=True)
class EnterpriseInvestment:
    """What an enterprise would do, a year, in money units of the cluster and t CO2e.

    Attributes
    ----------
    enterprise : str
    measures : tuple of str
        Their ids.
    gross_cost, own_cost : Estimate
        The yearly cost of all of them, and what of it the enterprise bears after support.
    saving, abatement : Estimate
    """

    enterprise: str
    measures: tuple[str, ...]
    gross_cost: Estimate
    own_cost: Estimate
    saving: Estimate
    abatement: Estimate


@dataclass(frozen=True)
class _Measure:
    """A row of the table, with its yearly cost at three interests: usual, lowest and highest."""

    place: int
    id: str
    enterprise: str
    costs: tuple[Fraction, Fraction, Fraction]
    saving: Fraction
    abatement: tuple[Fraction, Fraction, Fraction]


def enterprise_investments(
    cluster: Cluster, year: int | None, rate: float | None = None
) -> tuple[tuple[EnterpriseInvestment, ...], tuple[Remark, ...]]:
    """Return what every enterprise would do that has a measure, and what was left out.

    A `rate` in place of the interest of cluster.yaml is a supposition, and is called assumed.

    Raises
    ------
    InputError
        K570 where no enterprise has a measure that can be computed with.

    Examples
    --------
    >>> from separatrix.cluster.tables.folder import load_cluster
    >>> found, remarks = enterprise_investments(load_cluster("synthetic-park"), 2024)
    >>> [one.enterprise for one in found][:2]
    ['E01', 'E05']
    """
    remarks: list[Remark] = []
    own = list(_listed(cluster, rate, remarks))
    table = cluster.table("measures")
    if not own:
        raise _nothing_to_do(cluster)
    support = decimal(cluster.description.support or 0.0)
    factor = 1 / decimal(cluster.description.money_factor)
    found = []
    for identity in cluster.enterprises:
        mine = [m for m in own if m.enterprise == identity]
        if not mine:
            continue
        rows = rows_of(table, [m.place for m in mine])
        told = cluster.description.discount_rate is not None
        basis = "assumed" if rate is not None else "measured" if told else "literature"
        cost = sum_of(
            [Estimate(m.costs[0], min(m.costs), max(m.costs), basis, _COST, rows) for m in mine], _COST
        ).times(factor)
        found.append(
            EnterpriseInvestment(
                str(identity),
                tuple(m.id for m in mine),
                cost,
                cost.times(1 - support),
                sum_of([known(m.saving, _SAVING, rows) for m in mine], _SAVING).times(factor),
                sum_of([Estimate(*m.abatement, "measured", _ABATEMENT, rows) for m in mine], _ABATEMENT),
            )
        )
    return tuple(found), tuple(remarks)


_COST = say("yearly cost of the measures")
_SAVING = say("what the measures save")
_ABATEMENT = say("what the measures avoid")


def _nothing_to_do(cluster: Cluster) -> InputError:
    table = cluster.table("measures")
    if not len(table) and not table.given:
        return InputError(
            "K570",
            say("there is no table of measures, so what it costs to act is not known"),
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
        hint=say("`separatrix cluster check` tells what is amiss in {file}", file=table.file or "measures"),
    )


def _listed(cluster: Cluster, asked: float | None, remarks: list[Remark]) -> Iterator[_Measure]:
    table = cluster.table("measures")
    rate = cluster.description.discount_rate if asked is None else asked
    rates = (USUAL_DISCOUNT_RATE, *RATES) if rate is None else (rate,) * 3
    for place, identity in enumerate(table.texts("id")):
        if not table.texts("enterprise")[place]:
            continue
        investment, life, abatement = (
            float(table.numbers(c)[place]) for c in ("investment", "life", "abatement")
        )
        if investment != investment or abatement != abatement or (investment and not life > 0):
            remarks.append(_note(table.file, int(table.rows[place]), say("{id} lacks its cost", id=identity)))
            continue
        running, saving = (float(table.numbers(c)[place]) for c in ("running_cost", "saving"))
        running, saving = (0.0 if v != v else v for v in (running, saving))
        yearly = [
            investment * (capital_recovery_factor(r, life) if investment else 0.0) + running for r in rates
        ]
        exact = decimal(abatement)
        yield _Measure(
            place,
            str(identity),
            str(table.texts("enterprise")[place]),
            (decimal(yearly[0]), decimal(yearly[1]), decimal(yearly[2])),
            decimal(saving),
            (exact, exact, exact),
        )


def _note(file: str, row: int, what: Sentence) -> Remark:
    return Remark("K571", "error", file, row, None, what)
