"""The sums of a report compared with the previous year, as a first check while filling it in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from separatrix_park.reporting.report_row import amount_of
from separatrix_park.reporting.reported_table import ReportedTable, Row

__all__ = ["YearlySum", "yearly_sums"]

_FAR = 1.5
"""A sum stands out if it differs from the previous year by at least this factor, up or down."""


@dataclass(frozen=True)
class YearlySum:
    """One sum.

    Attributes
    ----------
    column : str
        The summed column.
    key : tuple of (name, text)
        The rows summed, such as carrier, unit and use.
    now, before : Decimal or None
        None without data.
    """

    column: str
    key: tuple[tuple[str, str], ...]
    now: Decimal | None
    before: Decimal | None

    @property
    def change(self) -> float | None:
        """The change in per cent; None if a value is missing or the previous one is zero."""
        if self.now is None or not self.before:
            return None
        return float(100 * (self.now / self.before - 1))

    @property
    def far(self) -> bool:
        """Whether the two are far apart, or one of them is missing."""
        if self.now is None or self.before is None:
            return True
        low, high = sorted((abs(self.now), abs(self.before)))
        return float(high) > _FAR * float(low)


def yearly_sums(table: ReportedTable, now: Sequence[Row], before: Sequence[Row]) -> list[YearlySum]:
    """Return the sums of amounts by what they are of, or each number of a report of one row.

    Examples
    --------
    >>> from separatrix_park.reporting.reported_table import reported_table
    >>> coal = {"carrier": "raw_coal", "unit": "t"}
    >>> now = [coal | {"month": "1", "amount": "6"}, coal | {"month": "2", "amount": "6.6"}]
    >>> [found] = yearly_sums(reported_table("energy"), now, [coal | {"amount": "12"}])
    >>> dict(found.key), str(found.now), str(found.before), round(found.change, 1)
    ({'carrier': 'raw_coal', 'unit': 't'}, '12.6', '12', 5.0)
    """
    columns: list[tuple[str, tuple[str, ...]]]
    if table.single:
        columns = [(column.name, ()) for column in table.columns if column.kind in ("money", "number")]
    else:
        columns = [("amount", tuple(name for name in (*table.key, "unit") if name != "month"))]
    found = []
    for column, names in columns:
        after, earlier = _sums(now, column, names), _sums(before, column, names)
        for key in dict.fromkeys((*after, *earlier)):
            told = tuple((name, text) for name, text in zip(names, key, strict=True) if text)
            found.append(YearlySum(column, told, after.get(key), earlier.get(key)))
    return found


def _sums(rows: Sequence[Row], column: str, names: Sequence[str]) -> Mapping[tuple[str, ...], Decimal]:
    sums: dict[tuple[str, ...], Decimal] = {}
    for row in rows:
        amount = amount_of(row.get(column, ""))
        if amount is None:
            continue  # what is no number has its own finding
        key = tuple(row.get(name, "") for name in names)
        sums[key] = sums.get(key, Decimal(0)) + amount
    return sums
