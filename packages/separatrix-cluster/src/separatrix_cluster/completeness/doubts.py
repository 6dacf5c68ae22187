"""What puts the total of a year in question although nothing of it is known to be missing.

Checks of tables and accounts compare rows and report contradictions. The data do not show which of two is
wrong, so both are used unchanged; this module computes by how much the counted emissions may be wrong, and
all results based on them have that interval.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np
import numpy.typing as npt

from separatrix.io.cells import Remark
from separatrix.sentences import Sentence, say
from separatrix_cluster.accounts.result import CarbonAccounts
from separatrix_cluster.completeness.absent_doubts import absent_source, untold_electricity
from separatrix_cluster.completeness.amount_doubts import (
    money_below_energy,
    odd_year,
    other_unit,
    part_above_whole,
    slip_of_all,
    stated_total,
    stocks,
    verified_below_fuels,
    verified_in_other_years,
)
from separatrix_cluster.completeness.data_doubt import DataDoubt, DoubtRule, DoubtSearch, largest_first
from separatrix_cluster.completeness.emission_doubts import (
    carbon_of_feedstock,
    counted_by_energy,
    reported_scope_2,
)
from separatrix_cluster.completeness.gap_search import GapColumns, find_gaps
from separatrix_cluster.completeness.panel_estimates import from_other_years, from_peers
from separatrix_cluster.completeness.pattern_doubts import (
    copied_amounts,
    excess_gas,
    factor_of_some_years,
    foreign_grid,
    out_of_proportion,
    suspect_rows,
    twice_or_outside,
    zero_beside_work,
)
from separatrix_cluster.completeness.supply_doubts import (
    derived_gas,
    own_factor_doubts,
    own_power,
    supplier,
    unused_factor,
    waste_heat,
)
from separatrix_cluster.completeness.year_doubts import (
    far_exchange_rate,
    no_value_added,
    repeated_accounts,
    uneven_year,
    value_added_as_output,
    year_off,
)
from separatrix_cluster.tables.cell_values import Floats
from separatrix_cluster.tables.cluster import Cluster
from separatrix_cluster.tables.panel import at_work, panel_of, sectors_of

__all__ = ["DOUBTS", "doubts_of"]

Truths = npt.NDArray[np.bool_]

_OTHERS = 3
"""The least number of other active enterprises with data from which to conclude that all emit."""

DOUBTS: Mapping[str, DoubtRule] = {
    "K135": no_value_added,
    "K136": part_above_whole,
    "K151": stated_total,
    "K153": other_unit,
    "K154": odd_year,
    "K155": stocks,
    "K156": suspect_rows,
    "K157": suspect_rows,
    "K158": suspect_rows,
    "K159": copied_amounts,
    "K160": twice_or_outside,
    "K164": value_added_as_output,
    "K165": suspect_rows,
    "K166": copied_amounts,
    "K167": suspect_rows,
    "K168": suspect_rows,
    "K169": twice_or_outside,
    "K172": far_exchange_rate,
    "K218": supplier,
    "K219": unused_factor,
    "K222": derived_gas,
    "K223": own_power,
    "K225": own_factor_doubts,
    "K226": verified_below_fuels,
    "K227": untold_electricity,
    "K228": factor_of_some_years,
    "K229": out_of_proportion,
    "K232": excess_gas,
    "K233": foreign_grid,
    "K234": money_below_energy,
    "K235": uneven_year,
    "K236": uneven_year,
    "K237": uneven_year,
    "K238": zero_beside_work,
    "K239": verified_in_other_years,
    "K244": absent_source,
    "K245": year_off,
    "K246": counted_by_energy,
    "K247": reported_scope_2,
    "K248": slip_of_all,
    "K249": carbon_of_feedstock,
    "K264": waste_heat,
}
"""The remarks that question counted amounts, and the rule that computes by how much."""


def doubts_of(
    cluster: Cluster, accounts: CarbonAccounts, gaps: GapColumns | None = None
) -> tuple[DataDoubt, ...]:
    """Return what puts amounts in question: carbon first, the largest first and those of unknown size last.

    What is missing from the accounts is looked for where it is not given.
    """
    remarks = (*cluster.remarks, *accounts.remarks)
    gaps = find_gaps(cluster, accounts)[3] if gaps is None else gaps
    search = DoubtSearch(cluster, accounts, remarks, gaps)
    found = [
        doubt
        for remark in remarks
        if remark.code in DOUBTS and remark.severity == "warning"
        for doubt in DOUBTS[remark.code](search, remark)
        if doubt.low != 0 or doubt.high != 0 or (doubt.energy or (0.0, 0.0)) != (0.0, 0.0)
    ]
    found += [*repeated_accounts(search), *_not_complete(cluster, accounts)]
    return largest_first(found)


def _not_complete(cluster: Cluster, accounts: CarbonAccounts) -> Iterator[DataDoubt]:
    """Yield contradictions of a declared complete year: an enterprise with data before and after only.

    Likewise one with data in another year only, or in none, that had output or staff in that year.
    """
    complete = cluster.description.complete
    years = np.array(accounts.years, dtype=np.int64)
    declared = np.ones(len(years), dtype=bool) if complete is None else np.isin(years, complete)
    if not declared.any() or not len(years):
        return
    carbon = np.array([accounts.by_enterprise(int(y), internal=False) for y in years]).T
    told = ~np.isnan(carbon)
    table = cluster.table("enterprises")
    opened, closed = table.numbers("opened")[:, None], table.numbers("closed")[:, None]
    with np.errstate(invalid="ignore"):
        there = ~(years[None, :] < opened) & ~(years[None, :] > closed)
    worked = at_work(cluster, years.tolist())
    before = np.maximum.accumulate(told, axis=1)
    after = np.maximum.accumulate(told[:, ::-1], axis=1)[:, ::-1]
    hole = before & after
    never = worked & ~told.any(axis=1)[:, None] & ((worked & told).sum(axis=0) >= _OTHERS)[None, :]
    wrong = ~told & there & declared[None, :] & (hole | (worked & told.any(axis=1)[:, None]) | never)
    if not wrong.any():
        return
    usual = from_other_years(carbon, years, wrong & ~never)
    low, high = usual.low.copy(), usual.high.copy()
    for y in np.flatnonzero((wrong & never).any(axis=0)).tolist():
        high[:, y] = _by_sector(cluster, int(years[y]), carbon[:, y], wrong[:, y] & never[:, y], high[:, y])
        low[never[:, y], y] = 0.0
    for i, y in np.argwhere(wrong).tolist():
        what: Sentence = (
            say(
                "complete says that {year} lacks nothing, and {enterprise} has no row of it, but of the "
                "years before and after",
                year=int(years[y]),
                enterprise=str(accounts.enterprises[i]),
            )
            if hole[i, y]
            else say(
                "complete says that {year} lacks nothing, and {enterprise} has no row of it, but staff, "
                "output or value added",
                year=int(years[y]),
                enterprise=str(accounts.enterprises[i]),
            )
        )
        hint = say("add its rows, an amount of 0, or the years in which it opened and closed")
        remark = Remark("K243", "warning", "cluster.yaml", None, "complete", what, hint)
        yield DataDoubt(
            remark,
            int(years[y]),
            str(accounts.enterprises[i]),
            low=min(0.0, float(low[i, y])),
            high=max(0.0, float(high[i, y])),
        )


def _by_sector(cluster: Cluster, year: int, carbon: Floats, chosen: Truths, high: Floats) -> Floats:
    """Return the ends, for the chosen ones the most of their peers by the size that foretells it best."""
    sizes = [panel_of(cluster, "accounts", c, [year])[:, 0] for c in ("output", "value_added", "staff")]
    sizes = [np.where(size > 0, size, np.nan) for size in sizes]
    most = from_peers(np.where(carbon > 0, carbon, np.nan), sizes, sectors_of(cluster))[1]
    return np.where(chosen, most, high)
