"""Bills of a year as people have them: one line a carrier, with its twelve months or the year as a whole."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from separatrix_cluster.tables.periods import period_of
from separatrix_park.reporting.report_row import amount_of
from separatrix_park.reporting.reported_table import Row

__all__ = ["MONTHS", "GridLine", "fits_grid", "grid_lines", "rows_of_grid"]

MONTHS = tuple(str(month) for month in range(1, 13))


@dataclass(frozen=True)
class GridLine:
    """One line of the grid.

    Attributes
    ----------
    told : mapping of str to str
        The other columns, such as carrier and unit.
    amounts : mapping of str to str
        By month, 1 to 12; '' is the year as a whole.
    places : mapping of str to int
        By month, the position of the amount's row.
    """

    told: Row
    amounts: Mapping[str, str]
    places: Mapping[str, int] = field(default_factory=dict)

    @property
    def total(self) -> str:
        """The sum of the amounts, '' if one of them is not a number."""
        told = [amount_of(text) for text in self.amounts.values() if text]
        known = [amount for amount in told if amount is not None]
        if not told or len(known) < len(told):
            return ""
        return format(sum(known, Decimal(0)).normalize(), "f")


def fits_grid(rows: Iterable[Row]) -> bool:
    """Return whether each row is of one month or of the whole year; quarters need a list of their own.

    Examples
    --------
    >>> fits_grid([{"month": "3"}, {}]), fits_grid([{"month": "Q1"}])
    (True, False)
    """
    return all(_month(row) is not None for row in rows)


def _month(row: Row) -> str | None:
    text = row.get("month", "")
    if not text:
        return ""
    found = period_of(text)
    if found is None or (found.first is not None and found.first != found.last):
        return None
    return str(found.last)


def grid_lines(rows: Sequence[Row]) -> list[GridLine]:
    """Return rows that fit the grid as its lines; a second bill of the same month begins a line of its own.

    Examples
    --------
    >>> coal = {"carrier": "raw_coal", "unit": "t"}
    >>> [line] = grid_lines([coal | {"month": "1", "amount": "5"}, coal | {"month": "2", "amount": "7.5"}])
    >>> line.told["carrier"], line.amounts, line.total
    ('raw_coal', {'1': '5', '2': '7.5'}, '12.5')
    """
    lines: list[tuple[dict[str, str], dict[str, str], dict[str, int]]] = []
    alike: dict[tuple[tuple[str, str], ...], list[int]] = {}
    for place, row in enumerate(rows):
        told = {name: text for name, text in row.items() if name not in ("month", "amount")}
        month = _month(row) or ""
        same = alike.setdefault(tuple(sorted(told.items())), [])
        at = next((k for k in same if _free(lines[k][1], month)), None)
        if at is None:
            at = len(lines)
            same.append(at)
            lines.append((told, {}, {}))
        lines[at][1][month], lines[at][2][month] = row.get("amount", ""), place
    return [GridLine(*line) for line in lines]


def _free(amounts: Mapping[str, str], month: str) -> bool:
    """Return whether a line has room for a month: the year as a whole stands alone."""
    return month not in amounts and "" not in amounts and (month != "" or not amounts)


def rows_of_grid(lines: Iterable[GridLine]) -> list[Row]:
    """Return the lines of a grid as rows, one an amount; a line without any amount is one row.

    Examples
    --------
    >>> rows_of_grid([GridLine({"carrier": "heat"}, {"2": "7", "": ""})])
    [{'carrier': 'heat', 'month': '2', 'amount': '7'}]
    """
    rows: list[Row] = []
    for line in lines:
        amounts = {month: text for month, text in line.amounts.items() if text}
        for month, text in amounts.items():
            rows.append({**line.told, **({"month": month} if month else {}), "amount": text})
        if not amounts and line.told:
            rows.append(dict(line.told))
    return rows
