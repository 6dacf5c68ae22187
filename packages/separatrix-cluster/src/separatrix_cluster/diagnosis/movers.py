"""Whose emissions changed most, by operator, and between which years what the data cover may have changed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np

from separatrix.languages.number_text import rounded
from separatrix.sentences import Sentence, Tonnes, say
from separatrix_cluster.completeness.completeness import DataCompleteness
from separatrix_cluster.tables.cluster import Cluster
from separatrix_cluster.tables.mergers import successors

__all__ = ["Mover", "boundary_cautions", "movers"]

JUMP = 0.2
"""By this share, and by `JUMP_LEAST`, the number of enterprises changes where the boundary may have moved."""

JUMP_LEAST = 3


@dataclass(frozen=True)
class Mover:
    """An operator and by how much its emissions changed, t CO2e; ``kind`` is stayed, came or left.

    ``enterprise`` is the id of its only enterprise, or what the column `parent` calls it where it has
    several; ``members`` are the ids of all.
    """

    enterprise: str
    kind: str
    change: float
    members: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """Return it as plain data."""
        return {
            "enterprise": self.enterprise,
            "kind": self.kind,
            "change": self.change,
            "members": list(self.members),
        }


def movers(cluster: Cluster, books: DataCompleteness, count: int = 10) -> tuple[Mover, ...]:
    """Return whose emissions changed most between the first year that can be compared and the one reported.

    Enterprises of one `parent`, and merged ones, count as one, because replacing one permit by another does
    not change emissions. Only operators with complete data in both years are included; one without a line
    then has zero emissions, as the tables state.
    """
    years = books.comparable_years
    if len(years) < 2:
        return ()
    before, after = (np.nan_to_num(books.accounts.by_enterprise(y)) for y in (years[0], years[-1]))
    whole = books.is_comparable(years[0]) & books.is_comparable(years[-1])
    operators = _operators(cluster)
    of = np.empty(len(whole), dtype=np.int64)
    for k, members in enumerate(operators.values()):
        of[members] = k
    first, last = (np.bincount(of, carbon, len(operators)) for carbon in (before, after))
    comparable = (np.bincount(of, ~whole, len(operators)) == 0) & (first != last)
    largest = np.argsort(-np.abs(last - first), kind="stable")
    names = list(operators)
    found = []
    for k in largest[comparable[largest]][:count].tolist():
        ids = tuple(str(books.enterprises[i]) for i in operators[names[k]])
        kind = "came" if not first[k] else "left" if not last[k] else "stayed"
        found.append(Mover(names[k] if len(ids) > 1 else ids[0], kind, float(last[k] - first[k]), ids))
    return tuple(found)


def _operators(cluster: Cluster) -> dict[str, list[int]]:
    """Return the positions of the enterprises of each operator, by its name or the id of its enterprise."""
    parents = cluster.table("enterprises").texts("parent").copy()
    for before, after in successors(cluster.table("enterprises")).items():
        parents[before] = parents[after] = parents[after] or cluster.enterprises[after]
    names: dict[str, str] = {}
    found: dict[str, list[int]] = {}
    for i, (identity, parent) in enumerate(zip(cluster.enterprises, parents, strict=True)):
        plain = " ".join(str(parent).casefold().split())
        name = names.setdefault(plain, str(parent)) if plain else str(identity)
        found.setdefault(name, []).append(i)
    return found


def boundary_cautions(cluster: Cluster, books: DataCompleteness) -> tuple[Sentence, ...]:
    """Return the years between which the number of enterprises with data jumps.

    Enterprises with a stated year of opening or closing do not indicate a change of boundary.
    """
    return tuple(_jumps(cluster, books))


def _jumps(cluster: Cluster, books: DataCompleteness) -> Iterator[Sentence]:
    table = cluster.table("enterprises")
    opened, closed = table.numbers("opened"), table.numbers("closed")
    for start, end in pairwise(books.comparable_years):
        had, has = books.has_rows(start), books.has_rows(end)
        came, left = has & ~had & (opened != end), had & ~has & (closed != start)
        before, jump = int(had.sum()), max(int(came.sum()), int(left.sum()))
        if jump < max(JUMP_LEAST, JUMP * before):
            continue
        carbon = np.nan_to_num(books.accounts.by_enterprise(end if came.sum() >= left.sum() else start))
        part = carbon[came if came.sum() >= left.sum() else left].sum()
        yield say(
            "from {start} to {end} the data go from {before} enterprises to {after}: what they cover may "
            "have changed, as the EU ETS did in 2013, and up to {amount} CO2e of the change may not be "
            "real",
            start=start,
            end=end,
            before=before,
            after=int(has.sum()),
            amount=Tonnes(float(part), f"{rounded(float(part) / 1000)} kt"),
        )
