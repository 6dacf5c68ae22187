"""Years that were copied from the year before: all amounts of an enterprise, or a column of most of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np

from separatrix.io.cells import Remark
from separatrix.sentences import Sentence, say
from separatrix_cluster.accounts.result import CarbonAccounts
from separatrix_cluster.accounts.suspect_year import AMOUNTS_CALLED, SuspectYear, place_of
from separatrix_cluster.tables.cell_values import Floats, short
from separatrix_cluster.tables.cluster import Cluster
from separatrix_cluster.tables.panel import rows_of_members

__all__ = ["copied_columns", "copied_energy"]

_SEVERAL, _MOST = 3, 0.8
"""Of so many enterprises such a share shows it."""
_DIGITS = 3
"""Amounts of fewer significant digits are equal by chance."""


def copied_energy(cluster: Cluster, accounts: CarbonAccounts) -> Iterator[SuspectYear]:
    """Yield enterprises whose amounts of a year are those of the year before to the last digit."""
    pairs, same = _years_alike(cluster)
    # Where most are so, the amounts are contracts or estimates that stay, and say so themselves.
    if 2 * len(same) > pairs:
        return
    several = {y for _, y, count in same if count > 1}  # one amount alone may be equal by chance
    for year in sorted(several):
        members = [e for e, y, _ in same if y == year]
        what: Sentence = say(
            "all amounts of {enterprises} in {year} are those of {before} to the last digit",
            enterprises=", ".join(short(str(accounts.enterprises[i])) for i in members[:3]),
            year=year,
            before=year - 1,
        )
        file, at, column = place_of(cluster, accounts, "energy", members[0], accounts.years.index(year))
        hint = say("enter what was used in {year}, or leave the cells empty", year=year)
        remark = Remark("K237", "warning", file, at, column, what, hint)
        yield SuspectYear(remark, "energy", year, tuple(members))


def _years_alike(cluster: Cluster) -> tuple[int, list[tuple[int, int, int]]]:
    """Return how many years of enterprises have a year before them, and which have the same amounts as that.

    Each with the position of its enterprise and how many amounts it has, as the table has them.
    """
    table = cluster.table("energy")
    amounts, when = table.numbers("amount"), table.numbers("year")
    rows = np.flatnonzero((amounts > 0) & ~np.isnan(when))
    if not len(rows):
        return 0, []
    fact = np.zeros(len(table), dtype=np.int64)
    for name in ("carrier", "use", "unit"):
        names, codes = table.codes(name)
        fact = fact * len(names) + codes
    who = rows_of_members(cluster, "energy")
    rows = rows[np.lexsort((amounts[rows], fact[rows], when[rows], who[rows]))]
    who, year, fact, amount = who[rows], when[rows].astype(np.int64), fact[rows], amounts[rows]
    starts = np.flatnonzero(np.r_[True, (np.diff(who) != 0) | (np.diff(year) != 0)])
    counts = np.diff(np.r_[starts, len(rows)])
    after = 1 + np.flatnonzero((np.diff(who[starts]) == 0) & (np.diff(year[starts]) == 1))
    alike = after[counts[after] == counts[after - 1]]
    # All facts of these years, each beside the one that has its place in the year before.
    at = np.repeat(starts[alike], counts[alike])
    at += np.arange(len(at)) - np.repeat(np.cumsum(counts[alike]) - counts[alike], counts[alike])
    beside = at - np.repeat(counts[alike], counts[alike])
    equal = (fact[at] == fact[beside]) & (amount[at] == amount[beside])
    wrong = np.bincount(np.repeat(np.arange(len(alike)), counts[alike]), ~equal, len(alike))
    same = [
        g for g in alike[wrong == 0].tolist() if all(map(_precise, amount[starts[g] : starts[g] + counts[g]]))
    ]
    same.sort(key=lambda g: int(rows[starts[g] : starts[g] + counts[g]].min()))
    return len(after), [(int(who[starts[g]]), int(year[starts[g]]), int(counts[g])) for g in same]


def copied_columns(
    cluster: Cluster, accounts: CarbonAccounts, amounts: Mapping[str, Floats]
) -> Iterator[SuspectYear]:
    """Yield columns of a year that are those of the year before in most enterprises, to the last digit."""
    for name in ("output", "value_added"):
        table = amounts[name]
        equal, told = table[:, 1:] == table[:, :-1], ~np.isnan(table[:, 1:]) & ~np.isnan(table[:, :-1])
        pasted = (told.sum(axis=0) >= _SEVERAL) & (equal.sum(axis=0) >= _MOST * told.sum(axis=0))
        if pasted.all() and len(pasted) > 1:
            continue  # plans or estimates that stay say so themselves
        for k in np.flatnonzero(pasted).tolist():
            who = np.flatnonzero(equal[:, k])
            if accounts.years[k + 1] - accounts.years[k] != 1 or not all(map(_precise, table[who, k])):
                continue
            what = say(
                "{amount} of {year} is that of {before} to the last digit in {count} of {all} enterprises",
                amount=AMOUNTS_CALLED[name],
                year=accounts.years[k + 1],
                before=accounts.years[k],
                count=len(who),
                all=int(told[:, k].sum()),
            )
            file, row, column = place_of(cluster, accounts, name, int(who[0]), k + 1)
            hint = say("check from when to when the amounts of {year} are", year=accounts.years[k + 1])
            remark = Remark("K237", "warning", file, row, column, what, hint)
            yield SuspectYear(remark, name, accounts.years[k + 1], tuple(who.tolist()))


def _precise(amount: float) -> bool:
    return len(f"{amount:.12g}".replace(".", "").strip("0")) >= _DIGITS
