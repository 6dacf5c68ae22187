"""Amounts of 0 that output and staff contradict: a carrier that fell to nothing while the work went on.

An amount of 0 is taken as 0, and so is one without a row in a year that is declared complete.  Who makes as
much as before with nothing in place of what it used has more likely left a cell empty that was filled in with
0, or a row.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from separatrix.io.cells import Remark
from separatrix.run.cached_property import keep
from separatrix.sentences import Sentence, say
from separatrix_cluster.accounts.result import CarbonAccounts, Ints
from separatrix_cluster.tables.carriers import carrier_called
from separatrix_cluster.tables.cell_values import Floats, short
from separatrix_cluster.tables.cluster import Cluster
from separatrix_cluster.tables.panel import panel_of

__all__ = ["ZeroAmount", "zero_amounts"]

Truths = npt.NDArray[np.bool_]

_BOUGHT = ("electricity", "heat")
_AT_WORK = 0.5
"""Who makes this share of what it made still works."""
_REPLACED = 0.1
"""A heat pump replaces an old boiler with a fifth of its energy; half of that is not a replacement."""
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
    return keep(accounts, "_zero_amounts", lambda: _find_zero_amounts(cluster, accounts))


def _find_zero_amounts(cluster: Cluster, accounts: CarbonAccounts) -> tuple[ZeroAmount, ...]:
    bare = (accounts.carrier != "") & (accounts.energy == 0)
    years = list(accounts.years)
    complete = cluster.description.complete
    declared = np.array([complete is None or y in complete for y in years], dtype=bool)
    if not len(cluster.table("accounts")) or not (bare.any() or declared.any()):
        return ()
    asked = np.union1d(np.unique(accounts.enterprise[bare]), _with_holes(accounts, declared))
    if not len(asked):
        return ()
    panels = [panel_of(cluster, "accounts", c, years) for c in ("output", "value_added", "staff")]
    return tuple(
        zero
        for e in asked.tolist()
        for zero in _of_one(
            accounts, e, np.flatnonzero(accounts.enterprise == e), [p[e] for p in panels], declared
        )
    )


def _with_holes(accounts: CarbonAccounts, declared: Truths) -> Ints:
    """Return the enterprises whose row of a carrier is missing in a declared year."""
    rows = np.flatnonzero(accounts.carrier != "")
    if not declared.any() or not len(rows):
        return np.zeros(0, dtype=np.int64)
    names, codes = np.unique(accounts.carrier[rows].astype(str), return_inverse=True)
    series, of = np.unique(accounts.enterprise[rows] * len(names) + codes, return_inverse=True)
    told = np.zeros((len(series), len(declared)), dtype=bool)
    told[of, np.searchsorted(accounts.years, accounts.year[rows])] = True
    return np.unique(series[(~told & declared).any(axis=1)] // len(names))


def _of_one(
    accounts: CarbonAccounts, e: int, lines: Ints, measures: list[Floats], declared: Truths
) -> Iterator[ZeroAmount]:
    years = np.array(accounts.years, dtype=np.int64)
    # Of who has no row at all in a declared year the year itself is in question (K243).
    there = declared & np.isin(years, accounts.year[lines])
    verified = np.isin(years, accounts.year[lines[accounts.kind[lines] == "verified"]])
    lines = lines[(accounts.carrier[lines] != "") & ~np.isnan(accounts.energy[lines])]
    # What came from one supplier may be 0 beside what came from another.
    names = [f"{c}\0{k}" for c, k in zip(accounts.carrier[lines], accounts.supplier[lines], strict=True)]
    series, of = np.unique(np.array(names, dtype=str), return_inverse=True)
    carriers = [str(name).split("\0")[0] for name in series]
    at = np.searchsorted(years, accounts.year[lines])
    amounts: Floats = np.zeros((len(series), len(years)))
    told = np.zeros(amounts.shape, dtype=bool)
    np.add.at(amounts, (of, at), accounts.energy[lines])
    told[of, at] = True
    rows = told.copy()
    # A verified total holds the fuels of its year.
    bought = np.isin(np.array(carriers, dtype=str), _BOUGHT)
    told |= there & (bought[:, None] | ~verified)
    # Output tells of the work, else value added, else staff.
    works = next((m for m in measures if (m > 0).any()), np.full(len(years), np.nan))
    doubted: set[tuple[int, int]] = set()
    for c, y in np.argwhere(told & (amounts == 0)).tolist():
        earlier = np.flatnonzero(amounts[c, :y] > 0)
        if not amounts.any() and not rows[c, y]:
            continue
        row = lines[(of == c) & (at == y)][0] if rows[c, y] else lines[of == c][0]
        if not amounts.any() and works[y] > 0:
            what = say(
                "all energy of {enterprise} is 0 in every year, and it makes something",
                enterprise=short(str(accounts.enterprises[e])),
            )
            yield _zero(accounts, int(row), what)
        nothing = not amounts[:, y].any()
        if not len(earlier) and nothing:
            earlier = np.flatnonzero(amounts[c] > 0)[:1]  # of a first year the next one tells
        if not len(earlier):
            continue
        before = int(earlier[-1])
        if not works[y] >= _AT_WORK * works[before]:
            continue
        gone, grown = amounts[c, before], min(1.0, works[y] / works[before])
        others = (float(amounts[:, k].sum() - amounts[c, k]) for k in (y, before))
        now, usual = others
        # Other energy drifts by as much in every year that passes since the first without it.
        replaced = _REPLACED * max(1, int(years[y] - years[before]))
        if y > before + 1 and (c, y - 1) not in doubted:
            continue
        if not nothing and (gone < _NOTABLE * (gone + usual) or now - usual * grown >= replaced * gone):
            continue
        doubted.add((c, y))
        facts = {
            "name": carrier_called(carriers[c]),
            "enterprise": short(str(accounts.enterprises[e])),
            "year": int(years[y]),
            "before": int(years[before]),
            "supplier": int(accounts.supplier[row]),
        }
        if not rows[c, y]:
            yield _hole(accounts, int(row), int(years[y]), facts)
            continue
        what = say(
            "{name} of {enterprise} is 0 in {year}, and it was not in {before}; output or staff go on, and "
            "nothing took its place",
            name=facts["name"],
            enterprise=facts["enterprise"],
            year=facts["year"],
            before=facts["before"],
        )
        yield _zero(accounts, int(row), what)


def _hole(accounts: CarbonAccounts, line: int, year: int, facts: Mapping[str, Any]) -> ZeroAmount:
    what = say(
        "complete includes {year}, but that year has no row for {name} of {enterprise}, which "
        "used some in {before}; output or staff continue, and no other carrier replaced it",
        **facts,
    )
    hint = say("add its row, or take the year out of complete; none was taken as 0")
    remark = Remark("K238", "warning", str(accounts.file[line]), None, "amount", what, hint)
    who, carrier = int(accounts.enterprise[line]), str(accounts.carrier[line])
    return ZeroAmount(remark, who, carrier, int(accounts.supplier[line]), year)


def _zero(accounts: CarbonAccounts, line: int, what: Sentence) -> ZeroAmount:
    hint = say("leave the cell empty if the amount is unknown; the 0 was used unchanged")
    where = str(accounts.file[line]), int(accounts.row[line])
    remark = Remark("K238", "warning", *where, "amount", what, hint)
    who, carrier = int(accounts.enterprise[line]), str(accounts.carrier[line])
    return ZeroAmount(remark, who, carrier, int(accounts.supplier[line]), int(accounts.year[line]))
