"""What it costs an enterprise to act, what it saves by that itself, and which emissions it avoids.

To act means the set of its own measures that cuts most, of those that can be begun by the year after that
of the game; of two that exclude each other one is taken, and together they cut no more than the enterprise
emits (`separatrix_cluster.measures`). The yearly cost is gross: investments spread over their lives, and
running costs, before savings (Blank, L. & Tarquin, A., 2012, Engineering Economy, 7th ed., McGraw-Hill, eq.
2.6).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction

import numpy as np

from separatrix.errors import InputError
from separatrix.io.cells import Remark, located
from separatrix.sentences import say
from separatrix_cluster.calibration.estimate import Estimate, exact_estimate
from separatrix_cluster.completeness.completeness import DataCompleteness
from separatrix_cluster.measures.abatement import EnterpriseMeasures, enterprise_measures
from separatrix_cluster.measures.abatement_measure import AbatementMeasure, exact
from separatrix_cluster.measures.annuity import capital_recovery_factor
from separatrix_cluster.tables.cell_values import short
from separatrix_cluster.tables.cluster import Cluster
from separatrix_cluster.tables.table import ClusterTable

__all__ = ["RATES", "EnterpriseInvestment", "enterprise_investments"]

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
    >>> from separatrix_cluster.accounts.account import carbon_accounts
    >>> from separatrix_cluster.completeness.completeness import completeness_of
    >>> from separatrix_cluster.tables.folder import load_cluster
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
