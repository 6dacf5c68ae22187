"""Who acts today: the share of a group, from the table of adoption or, in its place, from that of awareness.

The interval is that of Wilson, E. B. (1927), Probable inference, the law of succession, and statistical
inference, J. Am. Stat. Assoc. 22, 209–212, for the members with data: they represent the others of their
group.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

import numpy as np

from separatrix.sentences import Sentence, say
from separatrix_cluster.calibration.estimate import Estimate, rows_of
from separatrix_cluster.measures.abatement_measure import exact
from separatrix_cluster.tables.cluster import Cluster
from separatrix_cluster.tables.table import ClusterTable

__all__ = ["StartInside", "acting_today", "adoption_today", "wilson_interval"]

Z = 1.959963984540054
"""The quantile of the normal distribution for 95 %."""

_SOURCES = (
    ("adoption", "adopted", "measured"),
    ("awareness", "certified", "assumed"),
    ("awareness", "reports", "assumed"),
)
"""The sources, in order of preference: table, column, and basis."""


@dataclass(frozen=True)
class StartInside(Estimate):
    """A start of the game within 0 and 1 for a group of which all, or none, are reported to act.

    Attributes
    ----------
    observed : Sentence
        The observation, from which the value deviates.
    """

    observed: Sentence = field(kw_only=True)


def _how(column: str, yes: int, count: int) -> Sentence:
    if column == "adopted":
        return say("{yes} of {count} are reported to act", yes=yes, count=count)
    if column == "certified":
        return say(
            "no table states who acts; proxy: {yes} of {count} have a certified management system",
            yes=yes,
            count=count,
        )
    return say(
        "no table states who acts; proxy: {yes} of {count} report their emissions",
        yes=yes,
        count=count,
    )


def wilson_interval(hits: int, count: int) -> tuple[float, float]:
    """Return the 95 % interval of a share observed as `hits` of `count`.

    Examples
    --------
    >>> [round(end, 4) for end in wilson_interval(9, 22)], wilson_interval(0, 0)
    ([0.2326, 0.6127], (0.0, 1.0))
    """
    if not count:
        return 0.0, 1.0
    share, square = hits / count, Z * Z
    middle = (share + square / (2 * count)) / (1 + square / count)
    half = Z / (1 + square / count) * (share * (1 - share) / count + square / (4 * count * count)) ** 0.5
    return (0.0 if not hits else middle - half), (1.0 if hits == count else middle + half)


def adoption_today(cluster: Cluster, members: Collection[str], year: int | None) -> Estimate | None:
    """Return the share of a group that acts in a year, or in the last reported year before; None without
    data."""
    for name, column, basis in _SOURCES:
        table = cluster.table(name)
        last = _last_stated_row(table, column, members, year)
        places = list(last.values())
        told = np.array([float(table.numbers(column)[i]) for i in places])
        yes, count = int((told >= 0.5).sum()), len(told)
        whole = _last_count(table, year) if name == "adoption" and not last else None
        if whole is not None and len(members) == len(cluster.enterprises):
            places = [whole]
            yes, count = (int(table.numbers(c)[whole]) for c in ("adopters", "of"))
        if not places:
            continue
        low, high = wilson_interval(yes, count)
        value = Fraction(yes, count)
        how = _how(column, yes, count)
        if yes in (0, count):
            # A share of exactly 0 or 1 never moves, so the game needs another start.
            return StartInside(
                exact(round((low + high) / 2, 4)),
                exact(low),
                exact(high),
                "assumed",
                say(
                    "{how}; from all or none nothing would move, so the game starts from the middle of the "
                    "95 % interval",
                    how=how,
                ),
                rows_of(table, places),
                observed=how,
            )
        return Estimate(
            value,
            min(value, exact(low)),
            max(value, exact(high)),
            basis,
            how,
            rows_of(table, places),
        )
    return None


def acting_today(cluster: Cluster, members: Collection[str], year: int | None) -> dict[str, bool]:
    """Return which members act in a year, or in the last reported year before, among those with data.

    Examples
    --------
    >>> from separatrix_cluster.tables.folder import load_cluster
    >>> acting_today(load_cluster("synthetic-park"), ["E01", "E04"], None)
    {'E01': True, 'E04': False}
    """
    for name, column, _ in _SOURCES:
        table = cluster.table(name)
        last = _last_stated_row(table, column, members, year)
        if last:
            acts = table.numbers(column)
            return {member: bool(acts[place] >= 0.5) for member, place in last.items()}
    return {}


def _last_count(table: ClusterTable, year: int | None) -> int | None:
    """Return the place of the last row that counts all who act, and of how many."""
    years = table.numbers("year")
    told = (table.numbers("of") > 0) & (table.texts("group") == "") & (years >= 0)
    if year is not None:
        told &= years <= year
    places = np.flatnonzero(told & ~np.isnan(table.numbers("adopters")))
    return int(places[np.argmax(years[places])]) if len(places) else None


def _last_stated_row(
    table: ClusterTable, column: str, members: Collection[str], year: int | None
) -> dict[str, int]:
    """Return the position of each member's last row with a value in the column."""
    found: dict[str, tuple[float, int]] = {}
    years: Any = np.nan_to_num(table.numbers("year"))
    for place, (name, value) in enumerate(zip(table.texts("enterprise"), table.numbers(column), strict=True)):
        if value != value or str(name) not in members or (year is not None and years[place] > year):
            continue
        if str(name) not in found or years[place] >= found[str(name)][0]:
            found[str(name)] = float(years[place]), place
    return {name: place for name, (_, place) in found.items()}
