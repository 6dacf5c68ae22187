"""A year in which enterprises differ from their other years, and its place in the files."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from separatrix.io.cells import Remark
from separatrix.sentences import say
from separatrix_cluster.accounts.result import CarbonAccounts
from separatrix_cluster.tables.cluster import Cluster

__all__ = ["AMOUNTS_CALLED", "SuspectYear", "place_of"]


@dataclass(frozen=True)
class SuspectYear:
    """Amounts of a year that say less of it than the other years of the same.

    Attributes
    ----------
    remark : Remark
    of : str
        energy (with what it emits), or a column of `accounts`.
    year : int
    enterprises : tuple of int
        Their positions.
    carrier : str
        The carrier, or process for process emissions; '' for all energy.
    """

    remark: Remark
    of: str
    year: int
    enterprises: tuple[int, ...]
    carrier: str = ""


AMOUNTS_CALLED = {
    "energy": say("energy"),
    "output": say("output"),
    "value_added": say("value added"),
    "process": say("process emissions"),
}
"""What people call the amounts of a year in a sentence."""


def place_of(
    cluster: Cluster, accounts: CarbonAccounts, name: str, e: int, k: int
) -> tuple[str, int | None, str]:
    """Return the first row that is in question."""
    year = accounts.years[k]
    if name not in ("energy", "process"):
        table = cluster.table("accounts")
        mine = (table.texts("enterprise") == accounts.enterprises[e]) & (table.numbers("year") == year)
        places = table.rows[mine]
        return table.file, int(places[0]) if len(places) else None, name
    at = np.flatnonzero((accounts.enterprise == e) & (accounts.year == year))
    if name == "process":
        at = at[accounts.kind[at] == "process"]
    i = int(at[np.argmax(np.nan_to_num(accounts.location[at]))]) if len(at) else -1
    return (str(accounts.file[i]), int(accounts.row[i]), "amount") if i >= 0 else ("", None, "amount")
