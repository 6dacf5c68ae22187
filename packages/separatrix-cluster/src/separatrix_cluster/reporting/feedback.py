"""Feedback for an enterprise: its own data, its position among others, and what is missing.

The page of one enterprise shows no figure of another. About others it shows averages of groups that pass
`separatrix_cluster.reporting.benchmarking`, rounded, the same on the pages of all their members, and
whether more than half of the others do better (`separatrix_cluster.reporting.benchmarking`).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from separatrix.errors import NameProblem, nearest
from separatrix.io.cells import Remark
from separatrix.languages.number_text import digits_outward
from separatrix.sentences import Sentence, say
from separatrix_cluster.accounts.accounts import carbon_accounts
from separatrix_cluster.accounts.results import CarbonAccounts
from separatrix_cluster.completeness.completeness import OPEN, DataCompleteness, DataGap, completeness_of
from separatrix_cluster.completeness.doubt import whole_energy
from separatrix_cluster.reporting.benchmarking import PeerComparison, Peers
from separatrix_cluster.tables.members import plain_name_of
from separatrix_cluster.tables.panel import Cluster, by_enterprise, sectors_of
from separatrix_cluster.tables.table import ClusterTable

__all__ = ["EnterpriseYear", "Feedback", "enterprise_feedback", "untold_by_enterprise"]

DIGITS = 2
"""The number of digits shown in the bounds of a doubtful total."""


TELL_OF_OTHERS = frozenset({"K152", "K159", "K166", "K169", "K218", "K222", "K229", "K239", "K244"})
"""Codes of remarks whose sentences disclose figures of other enterprises, or allow their derivation."""

UNLIKELY = say("this row is unlikely compared with what other enterprises of the cluster report")
CHECK = say("check carrier, supplier, unit and amount")


@dataclass(frozen=True)
class EnterpriseYear:
    """What is known of an enterprise in a year; None where nothing is.

    Attributes
    ----------
    energy : float or None
        GJ.
    scope_1, scope_2, total : float or None
        t CO2e; scope 2 by the grid (location-based), what others of the cluster supplied included.
    value_added, staff : float or None
        Currency; persons.
    whole : bool
        Whether nothing of its energy and emissions is missing; else the figures hold what was counted.
    low, high : float or None
        Between which ends `total` lies where its rows contradict themselves, in two digits; infinite where
        nothing bounds it, or only what is many times as much.
    """

    year: int
    energy: float | None
    scope_1: float | None
    scope_2: float | None
    total: float | None
    value_added: float | None
    staff: float | None
    whole: bool = True
    low: float | None = None
    high: float | None = None

    @property
    def in_doubt(self) -> bool:
        """Whether its own rows of the year contradict themselves."""
        return self.low is not None

    @property
    def has_data(self) -> bool:
        """Whether anything is known of the year."""
        figures = (self.energy, self.scope_1, self.scope_2, self.total, self.value_added, self.staff)
        return any(v is not None for v in figures)

    def to_dict(self) -> dict[str, Any]:
        """Return it as plain data."""
        return {**self.__dict__}


@dataclass(frozen=True)
class Feedback:
    """The feedback for one enterprise.

    Attributes
    ----------
    enterprise, name, sector : str
    year : int or None
        Of the comparison; None without data for any year.
    years : tuple of EnterpriseYear
    sources : tuple of (carrier, kind, energy, carbon)
        Of the year: GJ (None where unknown) and t CO2e.
    comparisons : tuple of PeerComparison
    missing : tuple of Sentence
        What it has not reported.
    remarks : tuple of Remark
        On its own rows.
    gaps : tuple of DataGap
        Gaps in its energy and emissions in any year, the latest first.
    away : Sentence or None
        Why it need not report for the year: it had not opened yet, or had closed.
    gas : str
        What its totals are in: CO2 or CO2e.
    """

    enterprise: str
    name: str
    sector: str
    year: int | None
    years: tuple[EnterpriseYear, ...]
    sources: tuple[tuple[str, str, float | None, float], ...]
    comparisons: tuple[PeerComparison, ...]
    missing: tuple[Sentence, ...]
    remarks: tuple[Remark, ...]
    gaps: tuple[DataGap, ...] = ()
    away: Sentence | None = None
    gas: str = "CO2e"

    def to_dict(self) -> dict[str, Any]:
        """Return it as plain data."""
        names = ("carrier", "kind", "energy", "carbon")
        return {
            "enterprise": self.enterprise,
            "name": self.name,
            "sector": self.sector,
            "year": self.year,
            "years": [y.to_dict() for y in self.years],
            "sources": [dict(zip(names, s, strict=True)) for s in self.sources],
            "comparisons": [c.to_dict() for c in self.comparisons],
            "missing": [str(m) for m in self.missing],
            "remarks": [r.to_dict() for r in self.remarks],
            # No estimates: those from the sector would tell of the others.
            "gaps": [{"year": g.year, "source": g.source, "reason": g.reason} for g in self.gaps],
            "away": None if self.away is None else str(self.away),
        }


def enterprise_feedback(
    cluster: Cluster,
    enterprise: str,
    accounts: CarbonAccounts | None = None,
    *,
    year: int | None = None,
    completeness: DataCompleteness | None = None,
    compared: bool = True,
) -> Feedback:
    """Return the feedback for an enterprise of a cluster.

    Parameters
    ----------
    cluster : Cluster
    enterprise : str
        Its id, or its name.
    accounts : CarbonAccounts, optional
        By default computed here.
    year : int, optional
        Of the comparison; by default the one that a diagnosis reports.
    completeness : DataCompleteness, optional
        By default computed here; with ``year`` it is that of this year.
    compared : bool
        Whether it is compared with others.

    Returns
    -------
    Feedback
        Nothing in it is a figure of another enterprise.

    Raises
    ------
    InputError, NameProblem
        K250 for an enterprise that is not in the cluster, K240 for a year without data.

    References
    ----------
    Hundepool et al. (2012), Statistical Disclosure Control, Wiley.

    Examples
    --------
    >>> from separatrix_cluster.tables.reader import load_cluster
    >>> told = enterprise_feedback(load_cluster("synthetic-park"), "E01")
    >>> [(c.id, c.others, c.place) for c in told.comparisons][0]
    ('carbon-per-value-added', 6, 'better half')
    """
    at = _position(cluster, enterprise)
    identity = str(cluster.enterprises[at])
    books = carbon_accounts(cluster) if accounts is None else accounts
    complete = completeness_of(cluster, books, year=year) if completeness is None else completeness
    chosen = complete.reporting_year
    years = sorted({*books.years, *cluster.table("accounts").years})
    own = [_year(cluster, complete, at, y) for y in years]
    away = None if chosen is None else _away(cluster, at, chosen)
    return Feedback(
        identity,
        cluster.name_of(identity),
        str(sectors_of(cluster)[at]),
        chosen,
        tuple(y for y in own if y.has_data),
        () if chosen is None else _sources(books, at, chosen),
        () if chosen is None or away is not None else Peers.of(cluster, complete, chosen).comparisons(at),
        ()
        if chosen is None or away is not None
        else untold_by_enterprise(cluster, complete, chosen, [at])[at],
        _own_remarks(cluster, books, identity),
        tuple(sorted((g for g in complete.gaps if g.enterprise == identity), key=lambda g: -g.year)),
        away,
        books.gas_of_totals,
    )


def _position(cluster: Cluster, enterprise: str) -> int:
    ids = [str(e) for e in cluster.enterprises]
    names = [str(n) for n in cluster.table("enterprises").texts("name")]
    if enterprise in ids:
        return ids.index(enterprise)
    plain = [plain_name_of(n) for n in names]  # blanks and the width of brackets tell no names apart
    wanted = plain_name_of(enterprise)
    if plain.count(wanted) == 1:
        return plain.index(wanted)
    meant = nearest(enterprise, [*ids, *(n for n in names if n)])
    raise NameProblem(
        "K250",
        say("the cluster has no enterprise `{name}`", name=enterprise)
        if wanted not in plain
        else say("`{name}` is the name of several enterprises", name=enterprise),
        hint=say("did you mean `{name}`?", name=meant)
        if meant and meant != enterprise
        else say("give its id"),
    )


def _number_or_none(value: float) -> float | None:
    return None if np.isnan(value) else float(value)


def _away(cluster: Cluster, at: int, year: int) -> Sentence | None:
    """Return why an enterprise need not report for a year, where its own row states that."""
    table = cluster.table("enterprises")
    opened, closed = (float(table.numbers(column)[at]) for column in ("opened", "closed"))
    if closed < year:
        return say("it closed in {year}", year=int(closed))
    if opened > year:
        return say("it opened in {year}", year=int(opened))
    return None


def _year(cluster: Cluster, complete: DataCompleteness, at: int, year: int) -> EnterpriseYear:
    books = complete.accounts

    def column_value(column: str) -> float | None:
        return _number_or_none(by_enterprise(cluster, "accounts", column, year)[at])

    return EnterpriseYear(
        year,
        _number_or_none(whole_energy(books, year)[at]),
        _number_or_none(books.by_enterprise(year, scope=1)[at]),
        _number_or_none(books.by_enterprise(year, scope=2)[at]),
        _number_or_none(books.by_enterprise(year)[at]),
        column_value("value_added"),
        column_value("staff"),
        year not in complete.years or bool(complete.is_whole(year)[at]),
        *_in_doubt(complete, at, year),
    )


def _in_doubt(complete: DataCompleteness, at: int, year: int) -> tuple[float | None, float | None]:
    """Return the bounds of its own emissions if its rows contradict each other, else None.

    Where they may be more than `OPEN` times what was counted the upper end is None: that is an open question.
    """
    if year not in complete.accounts.years:
        return None, None
    low, high = (float(end[at]) for end in complete.own_bounds(year))
    # In few digits, for the bounds rest on how much the years of all enterprises differ.
    if not low < high:
        return None, None
    if high > OPEN * float(complete.accounts.by_enterprise(year)[at]) > 0:
        high = np.inf
    return digits_outward(low, DIGITS, up=False), digits_outward(high, DIGITS, up=True)


def _sources(books: CarbonAccounts, at: int, year: int) -> tuple[tuple[str, str, float | None, float], ...]:
    sums: dict[tuple[str, str], tuple[float, float]] = {}
    for i in np.flatnonzero((books.year == year) & (books.enterprise == at)).tolist():
        key = (str(books.carrier[i]), "" if books.carrier[i] else str(books.kind[i]))
        energy, carbon = sums.get(key, (0.0, 0.0))
        sums[key] = energy + float(np.nan_to_num(books.energy[i])), carbon + float(books.location[i])
    ordered = sorted(sums.items(), key=lambda item: -item[1][1])
    return tuple((carrier, kind, energy or None, carbon) for (carrier, kind), (energy, carbon) in ordered)


# --------------------------------------------------------------------------- what is missing


def untold_by_enterprise(
    cluster: Cluster, complete: DataCompleteness, year: int, those: Iterable[int]
) -> dict[int, tuple[Sentence, ...]]:
    """Return what some enterprises, given by their positions, have not reported for a year."""
    books = complete.accounts
    carbon, energy = books.by_enterprise(year), whole_energy(books, year)
    columns = [
        (by_enterprise(cluster, "accounts", column, year), name)
        for column, name in (
            ("value_added", say("value added of {year}", year=year)),
            ("output", say("output value of {year}", year=year)),
            ("staff", say("staff of {year}", year=year)),
        )
    ]
    columns += [
        (by_enterprise(cluster, "awareness", column), name)
        for column, name in (
            ("reports", say("whether it reports its emissions")),
            ("certified", say("whether its energy or environmental management is certified")),
            ("trained", say("the share of its staff that was trained")),
        )
    ]
    found = {}
    for at in those:
        first = []
        if np.isnan(carbon[at]):
            first.append(say("energy or emissions of {year}", year=year))
        elif np.isnan(energy[at]):
            first.append(say("use of energy of {year}", year=year))
        found[at] = (*first, *(name for values, name in columns if np.isnan(values[at])))
    return found


def _own_remarks(cluster: Cluster, books: CarbonAccounts, identity: str) -> tuple[Remark, ...]:
    """Return the remarks on rows of the enterprise itself; those on whole files concern others too.

    Comparisons with others, and with those to whom it passes energy on, are shown without their figures.
    """
    own: set[tuple[str, int]] = set()
    for table in cluster.tables.values():
        column = "id" if table.name == "enterprises" else "enterprise"
        for part in (table, table.left_out):
            own |= _rows_of(part, column, identity)
    remarks = (*cluster.remarks, *books.remarks)
    mine = (r for r in remarks if r.row is not None and (r.file, r.row) in own)
    return tuple(replace(r, what=UNLIKELY, hint=CHECK) if r.code in TELL_OF_OTHERS else r for r in mine)


def _rows_of(table: ClusterTable | None, column: str, identity: str) -> set[tuple[str, int]]:
    if table is None or column not in table.columns:
        return set()
    return {(table.file, int(row)) for row in table.rows[table.texts(column) == identity]}
