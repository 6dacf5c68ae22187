"""What can be computed from the tables that are there, and for how much of the cluster."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from separatrix.sentences import Sentence, say
from separatrix_cluster.accounts.results import CarbonAccounts
from separatrix_cluster.completeness.bounds import column_year, undoubted
from separatrix_cluster.completeness.completeness import DataCompleteness, completeness_of
from separatrix_cluster.completeness.doubt import whole_energy
from separatrix_cluster.tables.cells import Floats
from separatrix_cluster.tables.panel import Cluster, by_enterprise, latest_year

__all__ = ["Ability", "abilities", "rows_left_out", "rows_left_out_of"]


@dataclass(frozen=True)
class Ability:
    """One thing that the program can compute, and how far the data let it.

    Attributes
    ----------
    id : str
    what : Sentence
        For people.
    enterprises : float
        The share of the enterprises at work in the year whose data suffice, from 0 to 1.
    weight : float or None
        Their share of `weighed_by`; None where that is unknown.
    weighed_by : str
        output, emissions or ''.
    needs : Sentence
        The tables and columns it is based on.
    """

    id: str
    what: Sentence
    enterprises: float
    weight: float | None
    weighed_by: str
    needs: Sentence

    def to_dict(self) -> dict[str, Any]:
        """Return it as plain data."""
        return {
            "id": self.id,
            "what": str(self.what),
            "enterprises": self.enterprises,
            "weight": self.weight,
            "weighed_by": self.weighed_by,
            "needs": str(self.needs),
        }


def abilities(
    cluster: Cluster, accounts: CarbonAccounts, books: DataCompleteness | None = None
) -> tuple[Ability, ...]:
    """Return what can be computed of a cluster, with the share of it that the data cover.

    Shares are those of the year that is reported; by weight that of the carbon accounts is
    `DataCompleteness.share`.  What is missing from the accounts is looked up where it is not given.

    Examples
    --------
    >>> from separatrix_cluster.accounts.accounts import carbon_accounts
    >>> from separatrix_cluster.tables.reader import load_cluster
    >>> port = load_cluster("rotterdam")
    >>> {a.id: round(a.enterprises, 2) for a in abilities(port, carbon_accounts(port))}["carbon"]
    0.69
    """
    books = completeness_of(cluster, accounts) if books is None else books
    year = books.reporting_year
    weights, weighed_by = _weights(cluster, books)
    nobody = np.full(len(cluster.enterprises), np.nan)
    emitted = counted = energy = nobody
    if year is not None and year in accounts.years:
        whole, sure = books.is_whole(year), books.is_comparable(year)
        counted = np.where(whole, accounts.by_enterprise(year), np.nan)
        emitted, energy = (
            np.where(sure, counted, np.nan),
            np.where(sure, whole_energy(accounts, year), np.nan),
        )

    def all_stated(*columns: Floats) -> np.ndarray[Any, Any]:
        return np.asarray(np.all([~np.isnan(c) for c in columns], axis=0))

    def column(table: str, name: str) -> Floats:
        if table != "accounts":
            return by_enterprise(cluster, table, name, latest_year(cluster, table, name))
        told = column_year(cluster, books, name)
        found = by_enterprise(cluster, table, name, told)
        return found if told is None else undoubted(books, name, told, found)

    value, output = column("accounts", "value_added"), column("accounts", "output")
    with np.errstate(invalid="ignore"):
        gained = np.where(value > 0, value, np.nan)  # per a value added that is none nothing is told
    linked = np.isin(
        cluster.enterprises.astype(str),
        np.r_[cluster.table("links").texts("from"), cluster.table("links").texts("to")].astype(str),
    )
    rows: list[tuple[str, Sentence, Any, Sentence]] = [
        ("carbon", say("carbon accounts"), all_stated(counted), say("energy or emissions")),
        (
            "intensity",
            say("carbon per value added"),
            all_stated(emitted, gained),
            say("energy or emissions, value added"),
        ),
        ("energy", say("energy per value added"), all_stated(energy, gained), say("energy, value added")),
        ("chain", say("value-added rate"), all_stated(value, output), say("value added, output")),
        (
            "exports",
            say("exports and their carbon"),
            all_stated(column("accounts", "exports"), output, emitted),
            say("exports, output, energy or emissions"),
        ),
        (
            "reporting",
            say("who reports emissions"),
            all_stated(column("awareness", "reports")),
            say("answers on reporting"),
        ),
        (
            "innovation",
            say("composite of innovation"),
            all_stated(column("accounts", "rd_spend")) | all_stated(column("accounts", "patents")),
            say("R&D spending or patents"),
        ),
        ("network", say("network of links"), linked, say("links")),
    ]
    # Who had not opened yet or had closed has nothing to tell of the year.
    there = ~books.away(cluster, year) if year is not None else np.ones(len(nobody), dtype=bool)
    found = []
    for key, what, whole, needs in rows:
        share = float(np.mean(whole[there])) if there.any() else 0.0
        weight = (
            None if weights is None or not weights.sum() > 0 else float(weights[whole].sum() / weights.sum())
        )
        if key == "carbon" and weighed_by == "emissions" and year is not None:
            part = books.share(year)
            weight = None if np.isnan(part) else part
        found.append(Ability(key, what, share, weight, weighed_by, needs))
    return tuple(found)


def rows_left_out_of(cluster: Cluster, accounts: CarbonAccounts) -> dict[str, int]:
    """Return how many rows of each table were excluded, in reading or from the accounts."""
    found = {name: table.given - len(table) for name, table in cluster.tables.items()}
    for name, rows in accounts.refused.items():
        found[name] = found.get(name, 0) + len(rows)
    own = cluster.table("factors")
    wrong = {r.row for r in accounts.remarks if r.severity == "error" and r.file == own.file}
    if own.file and wrong:
        found["factors"] += len(wrong & set(own.rows.tolist()))
    return found


def rows_left_out(cluster: Cluster, accounts: CarbonAccounts) -> int:
    """Return how many rows were excluded, from tables and from the accounts."""
    return sum(rows_left_out_of(cluster, accounts).values())


def _weights(cluster: Cluster, books: DataCompleteness) -> tuple[Floats | None, str]:
    """Return what enterprises count by: their emissions, those that are missing as they are estimated."""
    if books.reporting_year is not None:
        likely = np.nan_to_num(books.by_enterprise(books.reporting_year)[1])
        if likely.sum() > 0:
            return likely, "emissions"
    year = latest_year(cluster, "accounts", "output")
    if year is not None:
        return np.nan_to_num(by_enterprise(cluster, "accounts", "output", year)), "output"
    return None, ""
