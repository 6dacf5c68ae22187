"""Amounts of 0 that output and staff contradict: a carrier that fell to nothing while the work went on.

An amount of 0 is taken as 0.  Who makes as much as before with nothing in place of what it used has more
likely left a cell empty that was filled in with 0.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from separatrix.cluster.accounts.result import CarbonAccounts, Ints
from separatrix.cluster.tables.carriers import carrier_name
from separatrix.cluster.tables.cell_values import Floats, short
from separatrix.cluster.tables.cluster import Cluster
from separatrix.cluster.tables.panel import panel_of
from separatrix.reading.remark import Remark
from separatrix.sentence import Sentence, say

__all__ = ["ZeroAmount", "zero_amounts"]

_AT_WORK = 0.5
"""Who makes this share of what it made still works."""
_REPLACED = 0.1
"""A heat pump replaces an old boiler with a fifth of its energy; half of that is no replacement."""
_SWINGS = 0.1
"""What replaces electricity is no less fuel, and more than this share by which fuels swing by themselves."""
_NOTABLE = 0.05
"""A smaller share of the energy of an enterprise may have been saved."""


@dataclass(frozen=True)
class ZeroAmount:
    """A carrier of an enterprise that is 0 in a year although the work goes on."""

    remark: Remark
    enterprise: int
    carrier: str
    supplier: int
    year: int


def zero_amounts(cluster: Cluster, accounts: CarbonAccounts) -> tuple[ZeroAmount, ...]:
    """Return the carriers that are 0 in a year although the enterprise works on without another in place."""
    bare = (accounts.carrier != "") & (accounts.energy == 0)
    if not bare.any() or not len(cluster.table("accounts")):
        return ()
    years = list(accounts.years)
    panels = [panel_of(cluster, "accounts", c, years) for c in ("output", "value_added", "staff")]
    return tuple(
        zero
        for e in np.unique(accounts.enterprise[bare]).tolist()
        for zero in _of_one(accounts, e, np.flatnonzero(accounts.enterprise == e), [p[e] for p in panels])
    )


def _of_one(accounts: CarbonAccounts, e: int, lines: Ints, measures: list[Floats]) -> Iterator[ZeroAmount]:
    lines = lines[(accounts.carrier[lines] != "") & ~np.isnan(accounts.energy[lines])]
    years = np.array(accounts.years, dtype=np.int64)
    # What came from one supplier may be 0 beside what came from another.
    names = [f"{c}\0{k}" for c, k in zip(accounts.carrier[lines], accounts.supplier[lines], strict=True)]
    series, of = np.unique(np.array(names, dtype=str), return_inverse=True)
    carriers = [str(name).split("\0")[0] for name in series]
    at = np.searchsorted(years, accounts.year[lines])
    amounts: Floats = np.zeros((len(series), len(years)))
    told = np.zeros(amounts.shape, dtype=bool)
    np.add.at(amounts, (of, at), accounts.energy[lines])
    told[of, at] = True
    # Output tells of the work, else value added, else staff.
    works = next((m for m in measures if (m > 0).any()), np.full(len(years), np.nan))
    for c, y in np.argwhere(told & (amounts == 0)).tolist():
        earlier = np.flatnonzero(amounts[c, :y] > 0)
        row = lines[(of == c) & (at == y)][0]
        if not amounts.any() and works[y] > 0:
            what = say(
                "all energy of {enterprise} is 0 in every year, and it makes something",
                enterprise=short(str(accounts.enterprises[e])),
            )
            yield _zero(accounts, int(row), what)
        if not len(earlier):
            continue
        before = int(earlier[-1])
        if not works[y] >= _AT_WORK * works[before]:
            continue
        gone, grown = amounts[c, before], min(1.0, works[y] / works[before])
        others = (float(amounts[:, k].sum() - amounts[c, k]) for k in (y, before))
        now, usual = others
        nothing = not amounts[:, y].any()
        if not nothing and (gone < _NOTABLE * (gone + usual) or now - usual * grown >= _REPLACED * gone):
            continue
        row = lines[(of == c) & (at == y)][0]
        what = say(
            "{name} of {enterprise} is 0 in {year}, and it was not in {before}; output or staff go on, and "
            "nothing took its place",
            name=carrier_name(carriers[c]),
            enterprise=short(str(accounts.enterprises[e])),
            year=int(years[y]),
            before=int(years[before]),
        )
        yield _zero(accounts, int(row), what)


def _zero(accounts: CarbonAccounts, line: int, what: Sentence) -> ZeroAmount:
    hint = say("leave the cell empty if the amount is not known; the 0 was taken as it stands")
    where = str(accounts.file[line]), int(accounts.row[line])
    remark = Remark("K238", "warning", *where, "amount", what, hint)
    who, carrier = int(accounts.enterprise[line]), str(accounts.carrier[line])
    return ZeroAmount(remark, who, carrier, int(accounts.supplier[line]), int(accounts.year[line]))
