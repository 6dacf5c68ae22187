"""The accounts of an enterprise as plain data, ready to be kept; and the places of all among others.

The stored books of an enterprise are calculated from its own reports only, so that they contain no data of
others. One exception needs two: energy supplied to another enterprise is counted where it was produced, and
only the supplier's reports show whether it can have been produced there. For linked enterprises the lines
come from the joint accounts of all of them; the sentences do not.

`places` runs in a process of its own, without a database: nothing here depends on Django.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import numpy as np

from separatrix.io.cells import Remark, located
from separatrix.languages import LANGUAGES, language_of
from separatrix.sentences import say
from separatrix.studio.tasks import in_every_language
from separatrix_cluster.accounts.accounts import carbon_accounts
from separatrix_cluster.accounts.results import CarbonAccounts
from separatrix_cluster.completeness.completeness import DataCompleteness, DataGap, completeness_of
from separatrix_cluster.documents.feedback import lacking_sentences, missing_sentences
from separatrix_cluster.measures.measures import USUAL_DISCOUNT_RATE, exact, listed_measures
from separatrix_cluster.reporting.benchmarking import PeerComparison, Peers, told_average
from separatrix_cluster.reporting.feedback import EnterpriseYear, Feedback, enterprise_feedback
from separatrix_cluster.tables.panel import Cluster, by_enterprise, rows_of_members

__all__ = ["NO_BOOK", "book_of", "places", "suppliers_of"]

NO_BOOK: Mapping[str, Any] = {"years": (), "lines": (), "told": {}}
"""Books of an enterprise without reports."""

MOST_REMARKS = 50

MONTHS = 12

LEAST_OTHERS = 4
"""Minimum number of others in an average; below it, no average is shown."""

_ENDS_OF_QUARTERS = frozenset({3, 6, 9, 12})


def suppliers_of(own: Cluster) -> frozenset[str]:
    """Return the members of a cluster that supplied energy to others, according to the present rows."""
    named = own.table("energy").texts("supplier").tolist()
    return frozenset(str(name) for name in named) & frozenset(str(e) for e in own.enterprises)


def book_of(own: Cluster, key: str, together: CarbonAccounts | None = None) -> dict[str, Any]:
    """Return the accounts of an enterprise.

    Parameters
    ----------
    own : Cluster
        With the reports of this enterprise and no other.
    key : str
        Its id.
    together : CarbonAccounts, optional
        Of all with whom it is linked by energy handed on, where there are any.

    Returns
    -------
    mapping
        ``years``, ``lines``, and the texts ``told`` in each language.

    Examples
    --------
    >>> from separatrix_cluster.tables.reader import load_cluster
    >>> book = book_of(load_cluster("synthetic-park"), "E01")
    >>> book["years"][-1]["year"], round(book["years"][-1]["scope_1"])
    (2024, 756456)
    """
    alone = carbon_accounts(own)
    complete = completeness_of(own, alone)
    told = enterprise_feedback(own, key, alone, completeness=complete, compared=False)
    accounts = alone if together is None else together
    at = [str(e) for e in accounts.enterprises].index(key)
    months = _months(own, [str(e) for e in own.enterprises].index(key))
    return {
        "years": [_year(own, key, accounts, at, year, alone, months, told.gaps) for year in told.years],
        "lines": list(_lines(accounts, at)),
        "told": _feedback_data(told, own, key)
        | {"lacking": {str(y): _lacking(own, complete, y).get(key, {}) for y in complete.years}},
    }


def _months(own: Cluster, at: int) -> dict[int, dict[int, int]]:
    """Return the month of each row of monthly bills, by year and row.

    A quarterly bill bears its last month: if no other month is reported, the bill may be quarterly.
    """
    table = own.table("energy")
    found: dict[int, dict[int, int]] = {}
    if "month" not in table.columns:
        return found
    mine = rows_of_members(own, "energy") == at
    columns = table.numbers("year"), table.numbers("month"), table.rows
    for year, month, row in zip(*(c[mine].tolist() for c in columns), strict=True):
        if month == month and year == year:
            found.setdefault(int(year), {})[int(row)] = int(month)
    return {year: rows for year, rows in found.items() if not set(rows.values()) <= _ENDS_OF_QUARTERS}


def _year(
    own: Cluster,
    key: str,
    accounts: CarbonAccounts,
    at: int,
    year: EnterpriseYear,
    alone: CarbonAccounts,
    months: Mapping[int, Mapping[int, int]],
    gaps: Iterable[DataGap],
) -> dict[str, Any]:
    chosen = np.flatnonzero((accounts.enterprise == at) & (accounts.year == year.year))
    inside = chosen[accounts.internal[chosen]]
    place = [str(e) for e in own.enterprises].index(key)
    mine = np.flatnonzero((alone.enterprise == place) & (alone.year == year.year))
    scope_2 = _carbon(accounts, chosen, 2)
    return {
        "year": year.year,
        "energy": year.energy if year.energy is not None else _sum(accounts.energy[chosen]),
        # A row of energy that was left out is missing from the energy of its year, too.
        "energy_whole": year.energy is not None
        and not any(gap.year == year.year and gap.file != "emissions.csv" for gap in gaps),
        "scope_1": _carbon(accounts, chosen, 1),
        "scope_2": scope_2,
        "scope_2_market": _carbon(accounts, chosen, 2, market=True),
        "inside": float(accounts.location[inside].sum()),
        "energy_inside": float(np.nansum(accounts.energy[inside])),
        "value_added": year.value_added,
        "output": _finite(float(by_enterprise(own, "accounts", "output", year.year)[place])),
        "staff": year.staff,
        # Who told of processes alone may have bought energy all the same: of that nothing is counted.
        "whole": year.whole and year.total is not None and (year.energy is not None or scope_2 is not None),
        "low": _finite(year.low),
        "high": _finite(year.high),
        "months": _by_month(alone, mine, months.get(year.year, {})),
    }


def _carbon(accounts: CarbonAccounts, chosen: Any, scope: int, *, market: bool = False) -> float | None:
    lines = chosen[accounts.scope[chosen] == scope]
    amounts = accounts.market if market else accounts.location
    return float(amounts[lines].sum()) if len(lines) else None


def _sum(values: Any) -> float | None:
    known = values[~np.isnan(values)]
    return float(known.sum()) if len(known) else None


def _finite(value: float | None) -> float | None:
    return None if value is None or not np.isfinite(value) else value


def _by_month(accounts: CarbonAccounts, chosen: Any, months: Mapping[int, int]) -> list[list[float | None]]:
    """Return t CO2e and GJ by month, None without a bill; [] if a source is not reported by month."""
    found: list[list[float | None]] = [[None] * MONTHS, [None] * MONTHS]
    told = (np.nan_to_num(values[chosen]).tolist() for values in (accounts.location, accounts.energy))
    for i, *amounts in zip(chosen.tolist(), *told, strict=True):
        month = months.get(int(accounts.row[i])) if accounts.carrier[i] else None
        if month is None:
            return []
        for sums, amount in zip(found, amounts, strict=True):
            sums[month - 1] = (sums[month - 1] or 0.0) + amount
    return found if len(chosen) else []


def _lines(accounts: CarbonAccounts, at: int) -> Iterable[list[Any]]:
    sums: dict[tuple[int, str, str, int, bool], tuple[float | None, float]] = {}
    for i in np.flatnonzero(accounts.enterprise == at).tolist():
        line = (
            int(accounts.year[i]),
            str(accounts.carrier[i]),
            str(accounts.kind[i]),
            int(accounts.scope[i]),
            bool(accounts.internal[i]),
        )
        energy, carbon = sums.get(line, (None, 0.0))
        told = float(accounts.energy[i])
        more = energy if told != told else (energy or 0.0) + told
        sums[line] = more, carbon + float(accounts.location[i])
    for line, values in sums.items():
        yield [*line, *values]


# --------------------------------------------------------------------------- what is said of it


def _feedback_data(told: Feedback, own: Cluster, key: str) -> dict[str, Any]:
    words = {code: language_of(code) for code in LANGUAGES}
    remarks, rate = told.remarks, own.description.discount_rate
    return {
        "year": told.year,
        "missing": {code: missing_sentences(told, w) for code, w in words.items()},
        "remarks": {code: [_remark(r, w) for r in remarks[:MOST_REMARKS]] for code, w in words.items()},
        "remarks_left": max(0, len(remarks) - MOST_REMARKS),
        "measures": _measures(own, key, USUAL_DISCOUNT_RATE if rate is None else rate),
        "discount_rate": USUAL_DISCOUNT_RATE if rate is None else rate,
        "discount_assumed": rate is None,
    }


def _remark(remark: Remark, words: Any) -> dict[str, Any]:
    file, row = (remark.file, None) if remark.row is None else located(remark.file, remark.row)
    return {
        "code": remark.code,
        "severity": remark.severity,
        "table": file.removesuffix(".csv"),
        "row": row,
        "column": remark.column,
        "what": words.tell(remark.what),
        "hint": "" if remark.hint is None else words.tell(remark.hint),
    }


def _measures(own: Cluster, key: str, rate: float) -> list[dict[str, Any]]:
    """Return its measures, each acting alone, those that save more than they cost first; currency a year."""
    if not own.table("measures"):
        return []
    found, _ = listed_measures(own, exact(rate))
    rows = [
        {
            "name": m.name or m.id,
            "cost": float(m.annual_cost),
            "saving": float(m.saving),
            "abatement": float(m.abatement),
            "pays": bool(m.saving > m.annual_cost),
        }
        for m in found
        if m.enterprise == key
    ]
    return sorted(rows, key=lambda row: float(row["cost"]) - float(row["saving"]))


# --------------------------------------------------------------------------- among others


def places(cluster: Cluster, arguments: dict[str, Any], progress: Callable[[float], None]) -> dict[str, Any]:
    """Return every enterprise's position among its peers, and the completeness of all enterprises' years.

    It runs in a worker. ``years`` contains results that need all reports together: reported t CO2e, the
    bounds of the total including missing or doubtful data, and the missing data of each enterprise.
    ``groups`` is for the audit of positions: who is compared with whom and by which figure, and each
    average.

    Examples
    --------
    >>> from separatrix_cluster.tables.reader import load_cluster
    >>> found = places(load_cluster("synthetic-park"), {}, lambda part: None)
    >>> found["year"], found["places"]["E01"][0]["others"], found["places"]["E01"][0]["place"]
    (2024, 6, 'better half')
    """
    complete = completeness_of(cluster, carbon_accounts(cluster))
    year = complete.reporting_year
    years = {str(y): _whole_year(cluster, complete, y) for y in complete.years}
    if year is None:
        return {"year": 0, "years": years, "places": {}, "groups": []}
    progress(0.5)
    peers = Peers.of(cluster, complete, year)
    keys = [str(e) for e in cluster.enterprises]
    told = {key: [_plain(one) for one in peers.comparisons(at)] for at, key in enumerate(keys)}
    groups = [
        {
            "sectors": list(sectors),
            "measure": measure.id,
            "average": told_average(measure.above[members].sum() / measure.below[members].sum()),
            "members": [[keys[i], float(measure.above[i]), float(measure.below[i])] for i in members],
        }
        for sectors, members in peers.groups
        for measure in peers.told
    ]
    return {"year": year, "years": years, "places": told, "groups": groups}


def _whole_year(cluster: Cluster, complete: DataCompleteness, year: int) -> dict[str, Any]:
    total = complete.total(year)
    return {
        "counted": total.counted,
        "low": _finite(total.low),
        "high": _finite(total.high),
        "whole": int(complete.is_whole(year).sum()),
        "sure": int(complete.is_comparable(year).sum()),
        "share": _finite(complete.share(year)),
        "lacking": _lacking(cluster, complete, year),
    }


def _lacking(cluster: Cluster, complete: DataCompleteness, year: int) -> dict[str, dict[str, list[str]]]:
    """Return why enterprises cannot be compared in a year, by enterprise and language."""
    told = {code: lacking_sentences(cluster, complete, year, language_of(code)) for code in LANGUAGES}
    return {key: {code: told[code][key] for code in told} for key in told["en"]}


def _plain(one: PeerComparison) -> dict[str, Any]:
    few = one.average is not None and one.others < LEAST_OTHERS
    why = say("the group is too small: its average could reveal an enterprise's figures") if few else one.why
    return {
        "measure": one.id,
        "unit": one.unit,
        "own": one.own,
        "average": None if few else one.average,
        "others": 0 if few else one.others,
        "sectors": [] if few else list(one.sectors),
        "place": "" if few or one.place is None else one.place,
        "why": {} if why is None else {k: v["why"] for k, v in in_every_language({"why": why}).items()},
    }
