"""Doubts about years that are probably incomplete, and about impossible value added."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from separatrix.io.cells import Remark
from separatrix_cluster.accounts.shifted_years import shifted_years
from separatrix_cluster.accounts.suspect_year import SuspectYear
from separatrix_cluster.accounts.uneven_years import uneven_years
from separatrix_cluster.completeness.data_doubt import DataDoubt, DoubtSearch
from separatrix_cluster.completeness.panel_estimates import from_other_years
from separatrix_cluster.tables.cell_values import Floats
from separatrix_cluster.tables.consistency import usual_rate
from separatrix_cluster.tables.description import currency_code
from separatrix_cluster.tables.panel import panel_of
from separatrix_cluster.tables.text_codes import text_codes

__all__ = [
    "far_exchange_rate",
    "no_value_added",
    "repeated_accounts",
    "year_off",
    "uneven_year",
    "value_added_as_output",
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
