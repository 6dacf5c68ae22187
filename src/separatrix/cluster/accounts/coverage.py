"""What can be computed from the tables that are there, and for how much of the cluster."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from separatrix.cluster.accounts.result import CarbonAccounts
from separatrix.cluster.tables.cell_values import Floats
from separatrix.cluster.tables.cluster import Cluster
from separatrix.cluster.tables.panel import by_enterprise, latest_year
from separatrix.sentence import Sentence, say

__all__ = ["Ability", "abilities", "rows_left_out"]


@dataclass(frozen=True)
class Ability:
    """One thing that the program can compute, and how far the data let it.

    Attributes
    ----------
    id : str
    what : Sentence
        For people.
    enterprises : float
        The share of the enterprises whose data suffice, from 0 to 1.
    weight : float or None
        Their share of `weighed_by`; None where that is not known.
    weighed_by : str
        output, emissions or ''.
    needs : Sentence
        Which tables and columns it rests on.
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


def abilities(cluster: Cluster, accounts: CarbonAccounts) -> tuple[Ability, ...]:
    """Return what can be computed of a cluster, with the share of it that the data cover.

    Examples
    --------
    >>> from separatrix.cluster.accounts.account import carbon_accounts
    >>> from separatrix.cluster.tables.folder import load_cluster
    >>> port = load_cluster("rotterdam")
    >>> {a.id: round(a.enterprises, 2) for a in abilities(port, carbon_accounts(port))}["carbon"]
    0.69
    """
    weights, weighed_by = _weights(cluster, accounts)
    partly = _partly(cluster, accounts)
    emitted = np.where(partly, np.nan, _latest(accounts, accounts.by_enterprise))
    energy = np.where(partly, np.nan, _latest(accounts, accounts.energy_by_enterprise))

    def told(*columns: Floats) -> np.ndarray[Any, Any]:
        return np.asarray(np.all([~np.isnan(c) for c in columns], axis=0))

    def column(table: str, name: str) -> Floats:
        year = latest_year(cluster, table, name)
        return by_enterprise(cluster, table, name, year)

    value, output = column("accounts", "value_added"), column("accounts", "output")
    with np.errstate(invalid="ignore"):
        gained = np.where(value > 0, value, np.nan)  # per a value added that is none nothing is told
    linked = np.isin(
        cluster.enterprises.astype(str),
        np.r_[cluster.table("links").texts("from"), cluster.table("links").texts("to")].astype(str),
    )
    rows: list[tuple[str, Sentence, Any, Sentence]] = [
        ("carbon", say("carbon accounts"), told(emitted), say("energy or emissions")),
        (
            "intensity",
            say("carbon per value added"),
            told(emitted, gained),
            say("energy or emissions; accounts: value_added"),
        ),
        ("energy", say("energy per value added"), told(energy, gained), say("energy; accounts: value_added")),
        ("chain", say("value-added rate"), told(value, output), say("accounts: value_added, output")),
        (
            "exports",
            say("exports and their carbon"),
            told(column("accounts", "exports"), output, emitted),
            say("accounts: exports, output; energy or emissions"),
        ),
        (
            "reporting",
            say("who reports emissions"),
            told(column("awareness", "reports")),
            say("awareness: reports"),
        ),
        (
            "innovation",
            say("composite of innovation"),
            told(column("accounts", "rd_spend")) | told(column("accounts", "patents")),
            say("accounts: rd_spend, patents …"),
        ),
        ("network", say("network of links"), linked, say("links")),
    ]
    found = []
    for key, what, whole, needs in rows:
        share = float(np.mean(whole)) if len(whole) else 0.0
        weight = (
            None if weights is None or not weights.sum() > 0 else float(weights[whole].sum() / weights.sum())
        )
        found.append(Ability(key, what, share, weight, weighed_by, needs))
    return tuple(found)


def _latest(accounts: CarbonAccounts, of: Callable[[int], Floats]) -> Floats:
    if not accounts.years:
        return np.full(len(accounts.enterprises), np.nan)
    return of(accounts.years[-1])


def _partly(cluster: Cluster, accounts: CarbonAccounts) -> np.ndarray[Any, Any]:
    """Return of which enterprises a row of the latest year was left out: their sums are no sums."""
    if not accounts.years:
        return np.zeros(len(cluster.enterprises), dtype=bool)
    year = accounts.years[-1]
    lost: list[tuple[str, float]] = []
    for table in (cluster.table("energy"), cluster.table("emissions")):
        lost += table.lost
        row_of = {int(row): i for i, row in enumerate(table.rows)}
        for remark in accounts.remarks:
            if remark.severity == "error" and remark.file == table.file and remark.row in row_of:
                i = row_of[remark.row]
                lost.append((str(table.texts("enterprise")[i]), float(table.numbers("year")[i])))
    names = [name for name, when in lost if when == year or when != when]
    return np.isin(cluster.enterprises.astype(str), names)


def rows_left_out(cluster: Cluster, accounts: CarbonAccounts) -> int:
    """Return how many rows were left out, from tables and from the accounts."""
    tables = sum(table.given - len(table) for table in cluster.tables.values())
    unaccounted = {(r.file, r.row) for r in accounts.remarks if r.severity == "error" and r.row is not None}
    return tables + len(unaccounted)


def _weights(cluster: Cluster, accounts: CarbonAccounts) -> tuple[Floats | None, str]:
    year = latest_year(cluster, "accounts", "output")
    if year is not None:
        return np.nan_to_num(by_enterprise(cluster, "accounts", "output", year)), "output"
    if accounts.years:
        return np.nan_to_num(accounts.by_enterprise(accounts.years[-1])), "emissions"
    return None, ""
