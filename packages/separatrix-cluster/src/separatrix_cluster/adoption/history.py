"""The history of adoption: how many of how many had adopted, year by year, in one group or in two."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from separatrix.errors import InputError, Place
from separatrix.io.cells import WORKBOOKS, Remark
from separatrix.io.csv import read_cells
from separatrix.sentences import say
from separatrix_cluster.diagnosis.awareness import leaders_of
from separatrix_cluster.tables.description import Description
from separatrix_cluster.tables.panel import Cluster
from separatrix_cluster.tables.reader import load_cluster
from separatrix_cluster.tables.table import ClusterTable
from separatrix_cluster.tables.table_reader import read_table

__all__ = ["LEADERS", "OTHERS", "AdoptionHistory", "Counts", "GroupHistory", "history_of"]

Floats = NDArray[np.float64]
LEADERS, OTHERS = "leaders", "others"


@dataclass(frozen=True)
class GroupHistory:
    """One group of enterprises over the years.

    Attributes
    ----------
    name : str
        '' for all enterprises together.
    years : tuple of int
        In order; years may be missing.
    adopters, asked, population : ndarray, shape (years,)
        How many had adopted, of how many that were asked, of how many that there are.
    """

    name: str
    years: tuple[int, ...]
    adopters: Floats
    asked: Floats
    population: Floats

    @property
    def shares(self) -> Floats:
        """The share of those asked who had adopted, by year."""
        return np.asarray(self.adopters / self.asked)

    def to_dict(self) -> dict[str, Any]:
        """Return the history as plain data."""
        return {
            "group": self.name,
            "years": list(self.years),
            "adopters": self.adopters.tolist(),
            "asked": self.asked.tolist(),
            "population": self.population.tolist(),
        }


@dataclass(frozen=True)
class AdoptionHistory:
    """Who had adopted, year by year.

    Attributes
    ----------
    title : str
        Whose history it is.
    groups : tuple of GroupHistory
        One, or two of the same years.
    remarks : tuple of Remark
        What the rows leave in doubt.
    source : str
        The file that was named, '' where none was.
    """

    title: str
    groups: tuple[GroupHistory, ...]
    remarks: tuple[Remark, ...] = ()
    source: str = ""


Counts = Mapping[int, tuple[float, float]]


def history_of(
    source: Cluster | ClusterTable | Counts | str | os.PathLike[str], *, by_group: bool = False
) -> AdoptionHistory:
    """Return the adoption history of a cluster, a table, a file or numbers.

    Parameters
    ----------
    source : Cluster, ClusterTable, mapping, str or path
        A cluster with a table `adoption`, or its folder or name; that table alone, or its file; or
        ``{year: (adopters, asked)}``.
    by_group : bool
        Two groups: those that the column `group` names, or leaders and others of a cluster.

    Raises
    ------
    InputError
        K585 without data on adoption; K588 for impossible counts; K589 for a repeated year; K590 for rows
        that cannot be understood; K591 for groups other than two.

    Examples
    --------
    >>> history_of({2021: (3, 40), 2020: (2, 40)}).groups[0].shares.tolist()
    [0.05, 0.075]
    """
    cluster: Cluster | None = None
    if isinstance(source, Mapping):
        return _history("", _counted_rows(source), by_group, [])
    if isinstance(source, (str, os.PathLike)):
        path = Path(source)
        if path.suffix.lower() in (".csv", ".tsv", *WORKBOOKS):
            table, remarks = read_table(read_cells(path), "adoption", Description(path.stem), None)
            _refuse_left_out(table, remarks)
            found = _of_table(table, None, path.stem, by_group, remarks)
            return replace(found, source=str(path))
        source = load_cluster(source)
    if isinstance(source, Cluster):
        cluster = source
        remarks = [r for r in cluster.remarks if r.file == cluster.table("adoption").file]
        return _of_table(cluster.table("adoption"), cluster, cluster.name, by_group, remarks)
    return _of_table(source, None, "", by_group, [])


def _refuse_left_out(table: ClusterTable, remarks: Sequence[Remark]) -> None:
    """Report the problem where no row of a file was usable."""
    wrong = next((r for r in remarks if r.severity == "error"), None)
    if not len(table) and wrong is not None:
        raise InputError(wrong.code, wrong.what, where=Place(wrong.file, wrong.row), hint=wrong.hint)


@dataclass(frozen=True)
class _Row:
    """Adopters of a group in a year, and the row that says so."""

    group: str
    year: int
    adopters: float
    asked: float
    population: float
    where: Place | None = None


def _counted_rows(counts: Counts) -> list[_Row]:
    rows = []
    for year, pair in counts.items():
        try:
            adopters, asked = (float(value) for value in pair)
            when = int(year)
        except (TypeError, ValueError):
            raise InputError(
                "K590",
                say("`{year}: {pair}` is not a year with two counts", year=year, pair=pair),
                hint=say("as in {example}", example="{2020: (4, 60), 2021: (7, 60)}"),
            ) from None
        rows.append(_Row("", when, adopters, asked, asked))
    return rows


def _of_table(
    table: ClusterTable, cluster: Cluster | None, title: str, by_group: bool, remarks: Sequence[Remark]
) -> AdoptionHistory:
    if not len(table):
        raise InputError(
            "K585",
            say("no data state who had adopted in which year"),
            hint=say(
                "fill the table `adoption`: a row for each enterprise and year, or for each year the columns "
                "{columns}",
                columns="`year`, `adopters`, `of`",
            ),
        )
    counts = ~np.isnan(table.numbers("adopters"))
    told = ~np.isnan(table.numbers("adopted"))
    if counts.any() and told.any():
        raise InputError(
            "K590",
            say("some rows count adopters and others describe one enterprise"),
            where=Place(table.file, int(table.rows[np.flatnonzero(told)[0]])),
            hint=say("keep one of the two"),
        )
    if not counts.any() and not told.any():
        raise InputError(
            "K590",
            say("no row says who had adopted: neither `adopted` nor `adopters` is filled in"),
            where=Place(table.file),
        )
    rows = _rows_of_counts(table, counts) if counts.any() else _rows_of_enterprises(table, told, cluster)
    if counts.any() and cluster is not None and not any(r.group for r in rows):
        size = float(len(cluster.enterprises))
        rows = [_Row(r.group, r.year, r.adopters, r.asked, max(r.asked, size), r.where) for r in rows]
    return _history(title, rows, by_group, remarks)


def _rows_of_counts(table: ClusterTable, counts: NDArray[np.bool_]) -> list[_Row]:
    adopters, asked = table.numbers("adopters"), table.numbers("of")
    years, groups = table.numbers("year"), table.texts("group")
    rows = []
    for i in np.flatnonzero(counts).tolist():
        where = Place(table.file, int(table.rows[i]))
        if np.isnan(asked[i]):
            raise InputError(
                "K588",
                say(
                    "{count:g} adopters in {year}, and no word of how many were asked",
                    count=adopters[i],
                    year=int(years[i]),
                ),
                where=where,
                hint=say("fill in the column `of`"),
            )
        rows.append(
            _Row(str(groups[i]), int(years[i]), float(adopters[i]), float(asked[i]), float(asked[i]), where)
        )
    return rows


def _rows_of_enterprises(table: ClusterTable, told: NDArray[np.bool_], cluster: Cluster | None) -> list[_Row]:
    names, years, adopted = table.texts("enterprise"), table.numbers("year"), table.numbers("adopted")
    if (names[told] == "").any():
        row = int(table.rows[np.flatnonzero(told & (names == ""))[0]])
        raise InputError("K590", say("a row does not name its enterprise"), where=Place(table.file, row))
    if len(set(names[told])) == told.sum() > 1 and np.ptp(years[told]) > 0:
        raise InputError(
            "K590",
            say("each enterprise appears in one year only, as if that were its year of adoption"),
            where=Place(table.file),
            hint=say(
                "a row for each enterprise and year is needed, with `adopted` yes or no; or counts by year"
            ),
        )
    leading = set() if cluster is None else set(map(str, leaders_of(cluster)))
    members = sorted(set(map(str, names[told]))) if cluster is None else list(map(str, cluster.enterprises))
    there = dict.fromkeys(members, (-np.inf, np.inf))
    if cluster is not None:
        book = cluster.table("enterprises")
        opened = np.nan_to_num(book.numbers("opened"), nan=-np.inf)
        closed = np.nan_to_num(book.numbers("closed"), nan=np.inf)
        there = dict(zip(members, zip(opened.tolist(), closed.tolist(), strict=True), strict=True))
    rows = []
    for group in (LEADERS, OTHERS) if leading else ("",):
        mine = np.array([not leading or ((str(n) in leading) == (group == LEADERS)) for n in names], bool)
        for year in sorted({int(y) for y in years[told & mine]}):
            now = told & mine & (years == year)
            size = sum(
                a <= year <= b
                for n, (a, b) in there.items()
                if not leading or ((n in leading) == (group == LEADERS))
            )
            asked = float(now.sum())
            rows.append(_Row(group, year, float(adopted[now].sum()), asked, max(asked, float(size))))
    return rows


def _history(title: str, rows: Sequence[_Row], by_group: bool, remarks: Iterable[Remark]) -> AdoptionHistory:
    if not rows:
        raise InputError("K585", say("no data state who had adopted in which year"))
    for row in rows:
        _refuse_counts(row)
    told = list(remarks)
    years = [row.year for row in rows if row.group == rows[0].group]
    if years != sorted(years):
        what = say("the years are not in order; they were sorted")
        told.append(
            Remark(
                "K592", "note", "" if rows[0].where is None else str(rows[0].where.source), None, None, what
            )
        )
    names = list(dict.fromkeys(row.group for row in rows))
    groups = [_group(name, [row for row in rows if row.group == name]) for name in names]
    if by_group and len(groups) != 2:
        raise InputError(
            "K591",
            say(
                "two groups are required, but {n} were found: {names}",
                n=len(groups),
                names=", ".join(filter(None, names)) or "–",
            ),
            hint=say("mark leading enterprises in `enterprises`, or name two groups in the column `group`"),
        )
    common = sorted(set.intersection(*(set(g.years) for g in groups)))
    if len(groups) > 1:
        if not common:
            raise InputError("K591", say("no year has data for all groups"))
        groups = [_in_years(g, common) for g in groups]
    if not by_group and len(groups) > 1:
        whole = [np.sum([getattr(g, a) for g in groups], 0) for a in ("adopters", "asked", "population")]
        groups = [GroupHistory("", tuple(common), *whole)]
    return AdoptionHistory(title, tuple(groups), tuple(told))


def _refuse_counts(row: _Row) -> None:
    if not (row.asked >= 1 and 0 <= row.adopters < np.inf and row.asked < np.inf):
        what = say(
            "{count:g} adopters of {of:g} in {year}; counts from 0, of at least 1, are expected",
            count=row.adopters,
            of=row.asked,
            year=row.year,
        )
    elif row.adopters > row.asked:
        what = say(
            "{count:g} adopters of {of:g} in {year}: more than there are",
            count=row.adopters,
            of=row.asked,
            year=row.year,
        )
    elif row.adopters != round(row.adopters) or row.asked != round(row.asked):
        what = say(
            "{count:g} adopters of {of:g} in {year}; whole enterprises are counted",
            count=row.adopters,
            of=row.asked,
            year=row.year,
        )
    else:
        return
    raise InputError(
        "K588",
        what,
        where=row.where,
        hint=say("`adopters` are all who have adopted by then, and `of` how many were asked"),
    )


def _group(name: str, rows: Sequence[_Row]) -> GroupHistory:
    order = sorted(rows, key=lambda row: row.year)
    for one, other in pairwise(order):
        if one.year == other.year:
            raise InputError(
                "K589",
                say("the year {year} appears twice", year=one.year),
                where=other.where,
                hint=say("keep one row for each year and group"),
            )
    return GroupHistory(
        name,
        tuple(row.year for row in order),
        np.array([row.adopters for row in order]),
        np.array([row.asked for row in order]),
        np.array([row.population for row in order]),
    )


def _in_years(group: GroupHistory, years: Sequence[int]) -> GroupHistory:
    at = [group.years.index(year) for year in years]
    return GroupHistory(group.name, tuple(years), group.adopters[at], group.asked[at], group.population[at])
