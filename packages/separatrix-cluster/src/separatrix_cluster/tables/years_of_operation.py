"""Rows of years in which, by the table of enterprises, the enterprise was not there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np

from separatrix.io.cells import Remark
from separatrix.sentences import say
from separatrix_cluster.tables.cell_values import short
from separatrix_cluster.tables.suspect_rows import SuspectRows
from separatrix_cluster.tables.table import ClusterTable, empty_table

__all__ = ["closed_before_opened", "rows_outside"]


def closed_before_opened(enterprises: ClusterTable) -> Iterator[Remark]:
    """Yield a warning at each enterprise that closed before it opened."""
    opened, closed = enterprises.numbers("opened"), enterprises.numbers("closed")
    for i in np.flatnonzero(closed < opened).tolist():
        what = say(
            "{name} opened in {opened} and closed in {closed}, before that",
            name=short(enterprises.texts("id")[i]),
            opened=int(opened[i]),
            closed=int(closed[i]),
        )
        hint = say("check both years")
        yield Remark("K160", "warning", enterprises.file, int(enterprises.rows[i]), "closed", what, hint)


def rows_outside(tables: Mapping[str, ClusterTable]) -> list[SuspectRows]:
    """Return the rows of energy, emissions and accounts before an enterprise opened or after it closed."""
    enterprises = tables["enterprises"]
    opened, closed = enterprises.numbers("opened"), enterprises.numbers("closed")
    if np.isnan(opened).all() and np.isnan(closed).all():
        return []
    place = {str(name): i for i, name in enumerate(enterprises.texts("id"))}
    found: list[SuspectRows] = []
    for name in ("energy", "emissions", "accounts"):
        found.extend(_outside(tables[name] if name in tables else empty_table(name), opened, closed, place))
    return found


def _outside(
    table: ClusterTable, opened: np.ndarray, closed: np.ndarray, place: Mapping[str, int]
) -> Iterator[SuspectRows]:
    who = np.array([place[str(e)] for e in table.texts("enterprise")], dtype=np.int64)
    years = table.numbers("year")
    value = (
        table.numbers("amount")
        if table.name != "accounts"
        else np.fmax(np.fmax(table.numbers("output"), table.numbers("value_added")), table.numbers("staff"))
    )
    early, late = years < opened[who], years > closed[who]
    outside = (early | late) & (value > 0)
    for e in np.unique(who[outside]).tolist():
        mine = np.flatnonzero(outside & (who == e))
        row = int(table.rows[mine[0]])
        names = ", ".join(str(y) for y in sorted({int(y) for y in years[mine]}))
        enterprise = short(table.texts("enterprise")[mine[0]])
        what = (
            say(
                "rows of {enterprise} are of {years}, and it opened in {opened}",
                enterprise=enterprise,
                years=names,
                opened=int(opened[e]),
            )
            if early[mine[0]]
            else say(
                "rows of {enterprise} are of {years}, and it closed in {closed}",
                enterprise=enterprise,
                years=names,
                closed=int(closed[e]),
            )
        )
        hint = say(
            "check the years of the rows, and opened and closed in the table enterprises; they were counted"
        )
        remark = Remark("K160", "warning", table.file, row, "year", what, hint)
        for year in sorted({int(y) for y in years[mine]}):
            rows = tuple(int(r) for r in mine if years[r] == year)
            yield SuspectRows(remark, table.name, year, rows, -1.0, 0.0)
