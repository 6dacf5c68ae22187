"""Totals stated in a table, compared with the sums of its rows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from separatrix.io.cells import Remark
from separatrix.languages.number_text import rounded
from separatrix.sentences import say
from separatrix_cluster.tables.carriers import carrier_named, plain_name
from separatrix_cluster.tables.layout import layout_of
from separatrix_cluster.tables.table import ClusterTable
from separatrix_cluster.tables.units import unit_of

__all__ = ["sums_of_all", "unequal_totals"]

_ADDED = ("quantity", "money")
"""Kinds of columns whose sum over enterprises is a total; shares, prices and years have none."""
_ALIKE = ("year", "carrier", "use", "kind", "gas", "dimension")
"""What rows have in common with the total that sums them, where it says so."""
_NEAR = 0.005
_SAME = 0.001
"""A row this near the sum of all others of its year and carrier is that sum."""
_FEW = 3
"""Of fewer enterprises one may well be as large as the others together."""


def sums_of_all(
    values: Mapping[str, npt.NDArray[Any]], names: Sequence[str], strange: set[int], out: set[int]
) -> set[int]:
    """Return which rows of names that no enterprise has are the sums of all others, by their amounts."""
    if not strange or "amount" not in values or "year" not in values:
        return set()
    columns = [values[name].tolist() for name in (*_ALIKE, "month") if name in values]
    keys = [tuple("" if v != v else v for v in row) for row in zip(*columns, strict=True)]
    amounts = values["amount"].tolist()
    parts: dict[tuple[Any, ...], list[float]] = {}
    for row, (key, amount) in enumerate(zip(keys, amounts, strict=True)):
        if row not in out and amount == amount:
            parts.setdefault(key, []).append(amount)
    rows_of: dict[str, list[int]] = {}
    for row in sorted(strange):
        rows_of.setdefault(names[row], []).append(row)
    found: set[int] = set()
    for rows in rows_of.values():
        sums = [parts.get(keys[row], []) for row in rows]
        if max(map(len, sums)) >= _FEW and all(
            abs(amounts[row] - sum(own)) <= _SAME * sum(own) for row, own in zip(rows, sums, strict=True)
        ):
            found.update(rows)
    return found


def unequal_totals(
    table: ClusterTable,
    whole: ClusterTable,
    totals: Mapping[int, Mapping[str, str]],
    money: Mapping[int, Mapping[str, tuple[str, float]]],
) -> Iterator[Remark]:
    """Yield a remark on each total that the rows above and below it do not add up to.

    Parameters
    ----------
    table : ClusterTable
        The rows that were taken.
    whole : ClusterTable
        All rows, totals included.
    totals : mapping of int to mapping of str to str
        The positions of the totals in it, each with what its columns are called in the file.
    money : mapping of int to mapping of str to (str, float)
        The unit of the columns of money at these positions, and what one is in the cluster's currency.
    """
    columns = [
        name
        for name, column in layout_of(table.name).columns.items()
        if name in whole.columns and (column.kind in _ADDED or name in ("staff", "rd_staff", "patents"))
    ]
    for row, headings in totals.items():
        chosen = np.ones(len(table), dtype=bool)
        for name in _ALIKE:
            said = whole.columns.get(name)
            if said is not None and said[row] == said[row] and said[row] != "":
                chosen &= table.columns[name] == said[row]
        parts = table.select(chosen)
        unit = str(whole.texts("unit")[row])
        size = unit_of(unit)
        for name in columns:
            stated = float(whole.columns[name][row])
            if stated != stated or not len(parts):
                continue
            found = float(np.nansum(parts.columns[name]))
            own = money[row].get(name, ("", 1.0))
            if size is not None and name == "amount":
                own = (unit, size.factor)
            if abs(found - stated) > _NEAR * max(abs(found), abs(stated)):
                yield Remark(
                    "K151",
                    "warning",
                    table.file,
                    int(whole.rows[row]),
                    headings.get(name, name),
                    say(
                        "the row is a total of {stated}, and the rows add up to {found}",
                        stated=_amount_in_sheet_unit(stated, *own),
                        found=_amount_in_sheet_unit(found, *own),
                        ratio=stated / found if found else float("inf"),
                        year=_year(whole, row),
                        source=_source(whole, row) if name == "amount" else name,
                    ),
                    say("a row may be missing, excluded, repeated, or in another unit"),
                )


def _year(whole: ClusterTable, row: int) -> int | None:
    """Return the year of a total; None for several years."""
    year = float(whole.numbers("year")[row])
    return None if np.isnan(year) else int(year)


def _source(whole: ClusterTable, row: int) -> str:
    """Return the carrier or the kind of emissions of a total; '' for several."""
    text = str(whole.texts("carrier")[row])
    return carrier_named(text)[0] or plain_name(text) if text else str(whole.texts("kind")[row])


def _amount_in_sheet_unit(value: float, unit: str, size: float) -> str:
    """Return a number in the unit that the sheet has it in, where its reader can find it."""
    return f"{rounded(value / size, 6)} {'× ' if unit[:1].isdigit() else ''}{unit}".rstrip()
