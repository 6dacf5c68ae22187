"""Enterprises whose amounts are the sums of others': the park, a group or a whole works among its parts.

A list may include a group in addition to its works, or a total under a name that no word marks as a total.
What it sums up then counts twice (GHG Protocol Corporate Standard, ch. 3: one consolidation, each source
once).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain

import numpy as np
import numpy.typing as npt

from separatrix.io.cells import Remark
from separatrix.sentences import Sentence, say
from separatrix_cluster.tables.cell_values import Floats, short
from separatrix_cluster.tables.members import plain_name_of
from separatrix_cluster.tables.suspect_rows import SuspectRows
from separatrix_cluster.tables.table import ClusterTable, empty_table

__all__ = ["summed_enterprises"]

Ints = npt.NDArray[np.int64]

_ROUNDED = 1e-3
"""Sums of rounded amounts differ from a rounded sum by less."""
_AMOUNTS = 3
"""This number of amounts of three or more digits that all sum the same others is not a coincidence."""
_LEAST = 99.5
_NEARLY_ALL = 0.9
"""A group may lack an amount, or hold a small one more."""
_LONGEST = 30
"""Parts that stand one below the other, above or below their sum: no more of them than this."""
_NAMED = 4
_FEW, _LARGE = 6, 200_000
"""In a table of more amounts the sums of those that most enterprises have are looked at first."""


def summed_enterprises(tables: Mapping[str, ClusterTable]) -> Iterator[SuspectRows]:
    """Yield the rows of enterprises whose amounts are those of several others together.

    Of all others, of those of its sector or its parent, of those whose names begin with its own, and of those
    that stand one below the other above or below it.
    """
    enterprises = tables["enterprises"]
    ids = [str(name) for name in enterprises.texts("id")]
    place = {name: i for i, name in enumerate(ids)}
    for name, columns, keys in (
        ("energy", ("amount",), ("carrier", "use", "dimension", "year")),
        ("emissions", ("amount",), ("kind", "gas", "year")),
        ("accounts", ("output", "value_added", "staff"), ("year",)),
    ):
        table = tables[name] if name in tables else empty_table(name)
        if not len(table):
            continue
        who = np.array([place[str(e)] for e in table.texts("enterprise")], dtype=np.int64)
        amounts = _amounts(table, who, len(ids), columns, keys)
        asked = (amounts >= _LEAST).sum(axis=1) >= _AMOUNTS
        if not asked.any():
            continue
        first = np.unique(who, return_index=True)
        orders = np.arange(len(ids)), first[0][np.argsort(first[1])]
        seen = np.zeros(len(ids), dtype=bool)
        some = _looked_at(amounts)
        for parts in chain(_of_kin(enterprises, some), *(_of_runs(some, order) for order in orders)):
            like = (np.abs(parts.sums - some) <= _ROUNDED * some) & (parts.count > 1) & (some >= _LEAST)
            for e in np.flatnonzero(like.any(axis=1) & asked & ~seen).tolist():
                group = parts.of(e)
                if not _is_sum(amounts, e, group):
                    continue
                seen[e] = True
                of = [ids[i] for i in group.tolist() if amounts[i].any()]
                yield from _suspects(table, who, e, of, len(ids), ids[e])


@dataclass(frozen=True)
class _Parts:
    """What each enterprise would be the sum of: the sums, of how many they are, and who these are."""

    sums: Floats
    count: Floats
    of: Callable[[int], Ints]


def _amounts(
    table: ClusterTable, who: Ints, count: int, columns: Sequence[str], keys: Sequence[str]
) -> Floats:
    """Return what each enterprise has of every kind and year, shape (enterprises, amounts)."""
    code = np.zeros(len(table), dtype=np.int64)
    for key in keys:
        values = np.nan_to_num(table.numbers("year")) if key == "year" else table.codes(key)[1]
        names, of = np.unique(values, return_inverse=True)
        code = code * len(names) + of
    names, code = np.unique(code, return_inverse=True)
    parts = []
    for column in columns:
        found: Floats = np.zeros((count, len(names)))
        np.add.at(found, (who, code), np.nan_to_num(table.numbers(column)))
        parts.append(found)
    return np.concatenate(parts, axis=1)


def _looked_at(amounts: Floats) -> Floats:
    if amounts.size <= _LARGE:
        return amounts
    return amounts[:, np.argsort(-(amounts >= _LEAST).sum(axis=0), kind="stable")[:_FEW]]


def _of_kin(enterprises: ClusterTable, amounts: Floats) -> Iterator[_Parts]:
    """Yield whom each may stand for by the list: all others, its sector, its parent's, its own, namesakes."""
    n = len(enterprises)
    some = (amounts > 0).astype(np.float64)
    for texts in (np.full(n, "all", dtype=object), enterprises.texts("sector"), enterprises.texts("parent")):
        names, code = np.unique(texts.astype(str), return_inverse=True)
        sums, count = np.zeros((len(names), amounts.shape[1])), np.zeros((len(names), amounts.shape[1]))
        np.add.at(sums, code, amounts)
        np.add.at(count, code, some)
        none = np.where(names[code] == "", 0.0, 1.0)[:, None]

        def alike(e: int, code: Ints = code) -> Ints:
            return np.flatnonzero((code == code[e]) & (np.arange(n) != e))

        yield _Parts((sums[code] - amounts) * none, (count[code] - some) * none, alike)
    called, ids, parents = (
        [plain_name_of(str(t)) for t in enterprises.texts(column)] for column in ("name", "id", "parent")
    )
    for owners in (_owners(called, parents), _owners(ids, parents), _begun(called)):
        sums, count = np.zeros(amounts.shape), np.zeros(amounts.shape)
        for e, members in owners.items():
            sums[e], count[e] = amounts[members].sum(axis=0), some[members].sum(axis=0)

        def owned_rows(e: int, owners: Mapping[int, list[int]] = owners) -> Ints:
            return np.array(owners[e], dtype=np.int64)

        if owners:
            yield _Parts(sums, count, owned_rows)


def _owners(names: Sequence[str], parents: Sequence[str]) -> dict[int, list[int]]:
    """Return the subsidiaries of each enterprise, by position."""
    place = {name: i for i, name in enumerate(names) if name}
    found: dict[int, list[int]] = {}
    for i, parent in enumerate(parents):
        if parent in place and place[parent] != i:
            found.setdefault(place[parent], []).append(i)
    return found


def _begun(names: Sequence[str]) -> dict[int, list[int]]:
    """Return whose names begin with that of each enterprise, by position."""
    order = sorted(range(len(names)), key=names.__getitem__)
    found: dict[int, list[int]] = {}
    for k, i in enumerate(order):
        for j in map(order.__getitem__, range(k + 1, len(order) if names[i] else 0)):
            if not names[j].startswith(names[i]) or len(found.get(i, ())) > _LONGEST:
                break
            found.setdefault(i, []).append(j)
    return found


def _of_runs(amounts: Floats, order: Ints) -> Iterator[_Parts]:
    """Yield, for each length, who stand one below the other directly below each, and directly above."""
    rows = amounts[order]
    sums, count = (
        np.concatenate([np.zeros((1, rows.shape[1])), np.cumsum(part, axis=0)])
        for part in (rows, (rows > 0).astype(np.float64))
    )
    m = len(order)
    at = {int(e): k for k, e in enumerate(order)}
    for length in range(2, min(_LONGEST, m - 1) + 1):
        for first in (1, -length):
            inside = np.arange(max(0, -first), min(m, m - first - length + 1))
            both = [np.zeros(amounts.shape) for _ in range(2)]
            for whole, part in zip(both, (sums, count), strict=True):
                whole[order[inside]] = part[inside + first + length] - part[inside + first]

            def run(e: int, first: int = first, length: int = length) -> Ints:
                return np.asarray(order[at[e] + first : at[e] + first + length])

            yield _Parts(both[0], both[1], run)


def _is_sum(amounts: Floats, e: int, group: Ints) -> bool:
    """Return whether nearly all amounts of an enterprise are the sums of those of several others."""
    own, sums, count = amounts[e], amounts[group].sum(axis=0), (amounts[group] > 0).sum(axis=0)
    asked = (own > 0) | (count > 0)
    same = asked & (np.abs(sums - own) <= _ROUNDED * own)
    # What is another's alone is a copy of it, not a sum.
    several = same & (count > 1) & (own >= _LEAST)
    return bool(several.sum() >= _AMOUNTS and same.sum() >= _NEARLY_ALL * asked.sum())


def _suspects(
    table: ClusterTable, who: Ints, e: int, parts: Sequence[str], count: int, name: str
) -> Iterator[SuspectRows]:
    mine = np.flatnonzero(who == e)
    what: Sentence = (
        say("amounts of {name} are those of all others together: they count twice", name=short(name))
        if len(parts) == count - 1
        else say(
            "amounts of {name} are those of {parts} together: they count twice",
            name=short(name),
            parts=", ".join(map(short, parts)),
        )
        if len(parts) <= _NAMED
        else say(
            "amounts of {name} are those of {parts} and {more} more together: they count twice",
            name=short(name),
            parts=", ".join(map(short, parts[:_NAMED])),
            more=len(parts) - _NAMED,
        )
    )
    hint = say("keep the parts or their sum; both were counted")
    remark = Remark("K169", "warning", table.file, int(table.rows[mine[0]]), "enterprise", what, hint)
    years = np.nan_to_num(table.numbers("year")[mine]).astype(np.int64)
    for year in sorted(set(years[years > 0].tolist())):
        yield SuspectRows(remark, table.name, year, tuple(mine[years == year].tolist()), -1.0, 0.0)
