"""What puts the total of a year in question although nothing of it is known to be missing.

Checks of tables and accounts compare rows and report contradictions. The data do not show which of two is
wrong, so both are used unchanged; this module computes by how much the counted emissions may be wrong, and
all results based on them have that interval.

Doubts about years that are probably incomplete, and about impossible value added.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np
import numpy.typing as npt

from separatrix.io.cells import Remark
from separatrix.sentences import Sentence, say
from separatrix_cluster.accounts.annual_jumps import uneven_years
from separatrix_cluster.accounts.results import CarbonAccounts, SuspectYear
from separatrix_cluster.accounts.shifted_years import shifted_years
from separatrix_cluster.completeness.amount_doubts import (
    absent_source,
    carbon_of_feedstock,
    counted_by_energy,
    money_below_energy,
    odd_year,
    other_unit,
    part_above_whole,
    reported_scope_2,
    slip_of_all,
    stated_total,
    stocks,
    untold_electricity,
    verified_below_fuels,
    verified_in_other_years,
)
from separatrix_cluster.completeness.doubt import DataDoubt, DoubtRule, DoubtSearch, largest_first
from separatrix_cluster.completeness.estimates import from_other_years, from_peers
from separatrix_cluster.completeness.gap_search import GapColumns, find_gaps
from separatrix_cluster.completeness.pattern_doubts import (
    copied_amounts,
    derived_gas,
    excess_gas,
    factor_of_some_years,
    foreign_grid,
    out_of_proportion,
    own_factor_doubts,
    own_power,
    supplier,
    suspect_rows,
    twice_or_outside,
    unused_factor,
    waste_heat,
    zero_beside_work,
)
from separatrix_cluster.tables.cells import Floats, text_codes
from separatrix_cluster.tables.consistency_checks import usual_rate
from separatrix_cluster.tables.description import currency_code
from separatrix_cluster.tables.panel import Cluster, at_work, panel_of, sectors_of

__all__ = [
    "DOUBTS",
    "doubts_of",
    "far_exchange_rate",
    "no_value_added",
    "repeated_accounts",
    "uneven_year",
    "value_added_as_output",
    "year_off",
]


def uneven_year(search: DoubtSearch, remark: Remark) -> Iterator[DataDoubt]:
    """Yield how far what a year adds up to is from what the other years of the same leave (K235 to K237)."""
    for one in uneven_years(search.cluster, search.accounts):
        if one.remark == remark:
            yield from _of_energy(search, one) if one.of == "energy" else _of_column(search, one)


def _of_energy(search: DoubtSearch, one: SuspectYear) -> Iterator[DataDoubt]:
    a = search.accounts
    years = np.array(a.years, dtype=np.int64)
    k = int(np.searchsorted(years, one.year))
    names, code = text_codes(search.source)
    tables = []
    for amounts in (search.weight, np.where(a.internal, 0.0, np.nan_to_num(a.energy))):
        table = np.full((len(a.enterprises) * len(names), len(years)), np.nan)
        at = a.enterprise * len(names) + code, np.searchsorted(years, a.year)
        table[at] = 0.0
        np.add.at(table, at, amounts)
        tables.append(table)
    ends = [_ends(table, years, k, np.repeat(_chosen(search, one), len(names))) for table in tables]
    # Of a carrier in one year alone nothing tells but that it may be another one, which is missing then.
    alone = np.repeat(_chosen(search, one), len(names)) & np.isnan(ends[0][0]) & (tables[0][:, k] > 0)
    if not one.carrier:  # most of the energy that is odd
        whole = np.nansum(tables[1].reshape(-1, len(names), len(years))[:, :, k], axis=1)
        alone &= tables[1][:, k] >= _MOST_OF * np.repeat(whole, len(names))
    for (low, high), table in zip(ends, tables, strict=True):
        low[alone], high[alone] = -table[alone, k], 0.0
    for place in np.flatnonzero(~np.isnan(ends[0][0])).tolist():
        carbon, energy = ((min(0.0, float(low[place])), max(0.0, float(high[place]))) for low, high in ends)
        who, source = divmod(place, len(names))
        if one.carrier and names[source] != one.carrier:
            continue
        yield DataDoubt(
            remark=one.remark,
            year=one.year,
            enterprise=str(a.enterprises[who]),
            source=str(names[source]),
            low=carbon[0],
            high=carbon[1],
            energy=energy,
        )


_MOST_OF = 0.5


def _chosen(search: DoubtSearch, one: SuspectYear) -> np.ndarray:
    found = np.zeros(len(search.accounts.enterprises), dtype=bool)
    found[list(one.enterprises)] = True
    return found


def _ends(table: Floats, years: np.ndarray, k: int, chosen: np.ndarray) -> tuple[Floats, Floats]:
    """Return by how much the chosen amounts of a year may be too high and too low, by their other years."""
    counted, without = table[:, k].copy(), table.copy()
    without[chosen, k] = np.nan
    asked, places = chosen & ~np.isnan(counted), np.zeros(table.shape, dtype=bool)
    places[asked, k] = True
    guess = from_other_years(without, years, places)
    low, high = (np.where(asked, end[:, k] - counted, np.nan) for end in (guess.low, guess.high))
    return low, high


def _of_column(search: DoubtSearch, one: SuspectYear) -> Iterator[DataDoubt]:
    years = list(search.accounts.years)
    known = panel_of(search.cluster, "accounts", one.of, years)
    low, high = _ends(known, np.array(years, dtype=np.int64), years.index(one.year), _chosen(search, one))
    for e in np.flatnonzero(~np.isnan(low)).tolist():
        name = str(search.accounts.enterprises[e])
        ends = min(0.0, float(low[e])), max(0.0, float(high[e]))
        yield DataDoubt(one.remark, one.year, name, low=ends[0], high=ends[1], of=one.of)


def year_off(search: DoubtSearch, remark: Remark) -> Iterator[DataDoubt]:
    """Yield how far amounts are from those of the year before or after, if they are a year off (K245)."""
    a = search.accounts
    for one in shifted_years(search.cluster, a):
        if one.remark != remark:
            continue
        mine = (a.enterprise == one.enterprise) & (a.carrier != "")
        energy = np.where(a.internal, 0.0, np.nan_to_num(a.energy))
        for source in np.unique(search.source[mine].astype(str)).tolist():
            alike = mine & (search.source == source)
            for year in np.unique(a.year[alike]).tolist():
                then, now = alike & (a.year == year + one.years), alike & (a.year == year)
                carbon, used = (
                    _off(float(p[then].sum()), float(p[now].sum())) for p in (search.weight, energy)
                )
                yield DataDoubt(remark, year, str(a.enterprises[one.enterprise]), source, *carbon, used)


_OF_GRIDS = 0.05
"""Grids change from year to year by about so much."""


def _off(then: float, now: float) -> tuple[float, float]:
    return min(0.0, (1 - _OF_GRIDS) * then - now), max(0.0, (1 + _OF_GRIDS) * then - now)


# --------------------------------------------------------------------------- money

_MONEY = ("output", "value_added", "exports", "rd_spend", "new_product_sales")
_RATES_CHANGE = 1.6
"""By so many times exchange rates were above or below what they usually are."""


def far_exchange_rate(search: DoubtSearch, remark: Remark) -> Iterator[DataDoubt]:
    """Yield what money of a currency would be by its usual exchange rate (K172)."""
    table, description = search.cluster.table("accounts"), search.cluster.description
    code = str(remark.what.values["code"])
    usual = usual_rate(description, code)
    mine = np.array([currency_code(str(text)) == code for text in table.texts("currency")], dtype=bool)
    if usual is None or not mine.any():
        return
    share = usual / description.exchange_rates[code]
    ends = min(0.0, share / _RATES_CHANGE - 1), max(0.0, share * _RATES_CHANGE - 1)
    for i in np.flatnonzero(mine & (table.numbers("year") > 0)).tolist():
        for column in _MONEY:
            amount = abs(float(np.nan_to_num(table.numbers(column)[i])))
            who, low, high = str(table.texts("enterprise")[i]), amount * ends[0], amount * ends[1]
            yield DataDoubt(remark, int(table.numbers("year")[i]), who, low=low, high=high, of=column)


# --------------------------------------------------------------------------- second rows


def repeated_accounts(search: DoubtSearch) -> Iterator[DataDoubt]:
    """Yield the doubt of accounts of a year with an excluded second row (K134).

    Any of the rows may be right, or all of them together, as of quarters; of staff any of them.
    """
    table = search.cluster.table("accounts")
    rows = {int(row): i for i, row in enumerate(table.rows)}
    others: dict[int, list[Remark]] = {}
    for remark in search.remarks:
        if remark.code == "K134" and remark.severity == "error" and remark.file == table.file:
            first = rows.get(int(getattr(remark.what, "values", {}).get("first", -1)), -1)
            others.setdefault(first, []).append(remark)
    for i, remarks in others.items():
        if i < 0 or np.isnan(table.numbers("year")[i]):
            continue
        gone = [dict(remark.what.values["cells"]) for remark in remarks]
        for column in ("output", "value_added", "staff"):
            kept = float(table.numbers(column)[i])
            amounts = [cells[column] for cells in gone if cells.get(column, np.nan) == cells.get(column)]
            if kept != kept or not amounts or set(amounts) == {kept}:
                continue
            most = max(amounts) - kept if column == "staff" else max(max(amounts) - kept, sum(amounts))
            yield DataDoubt(
                remarks[0],
                int(table.numbers("year")[i]),
                str(table.texts("enterprise")[i]),
                low=min(0.0, min(amounts) - kept),
                high=max(0.0, most),
                of=column,
            )


# --------------------------------------------------------------------------- value added


def _shares(search: DoubtSearch) -> Floats:
    """Return value added over output of each row of `accounts`; `nan` where it is not a usual share."""
    table = search.cluster.table("accounts")
    with np.errstate(invalid="ignore", divide="ignore"):
        share = table.numbers("value_added") / table.numbers("output")
        return np.where((share > 0) & (share < 1), share, np.nan)


def no_value_added(search: DoubtSearch, remark: Remark) -> Iterator[DataDoubt]:
    """Yield the range of value added reported as 0 with output: a share as in other years or others (K135).

    Below 0 it may be as much above, where that is such a share.
    """
    table = search.cluster.table("accounts")
    for i in np.flatnonzero(table.rows == remark.row).tolist():
        output, year = float(table.numbers("output")[i]), float(table.numbers("year")[i])
        added = float(table.numbers("value_added")[i])
        if remark.file != table.file or not added <= 0 or year != remark.what.values["year"]:
            continue
        mine, shares = table.texts("enterprise") == table.texts("enterprise")[i], _shares(search)
        own = shares[mine & ~np.isnan(shares)]
        usual = own if len(own) else shares[~np.isnan(shares)]
        others = table.numbers("value_added")[mine]
        if not output > 0 and not (others > 0).any():
            continue  # nobody says that it made anything
        who = str(table.texts("enterprise")[i])
        if added < 0:
            share = -added / output if output > 0 and len(usual) else np.nan
            if usual.min(initial=np.inf) / _MARGIN <= share <= usual.max(initial=0.0) * _MARGIN:
                yield DataDoubt(remark, int(year), who, low=0.0, high=-2 * added, of="value_added")
            continue
        if output > 0 and len(usual):
            high = _MARGIN * float(usual.max()) * output
        else:
            high = output if output > 0 else _MARGIN * float(np.nanmax(others))
        yield DataDoubt(
            remark, int(year), who, low=0.0, high=min(high, output) if output > 0 else high, of="value_added"
        )


_MARGIN = 1.5
"""A share of output that is not known may be so many times the largest that is."""


def value_added_as_output(search: DoubtSearch, remark: Remark) -> Iterator[DataDoubt]:
    """Yield by how much value added that is output itself may be too high, by the shares of others (K164)."""
    table = search.cluster.table("accounts")
    first = np.flatnonzero(table.rows == remark.row)
    if remark.file != table.file or not len(first):
        return
    shares = _shares(search)
    known = shares[~np.isnan(shares)]
    least = float(known.min()) / _MARGIN if len(known) else float("nan")
    who = str(table.texts("enterprise")[first[0]])
    value, output = table.numbers("value_added"), table.numbers("output")
    same = (table.texts("enterprise") == who) & (np.abs(value - output) <= 1e-9 * output)
    for i in np.flatnonzero(same & ~np.isnan(table.numbers("year"))).tolist():
        low = (least - 1) * float(value[i])
        high = 0.0 if low == low else float("nan")
        yield DataDoubt(remark, int(table.numbers("year")[i]), who, low=low, high=high, of="value_added")


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
