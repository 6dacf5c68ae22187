"""What differs between two versions of a report: rows added, taken out, and cells that were changed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from separatrix_park.reporting.reported_table import ReportedTable, Row

__all__ = ["RowChange", "version_changes"]


@dataclass(frozen=True)
class RowChange:
    """A row that differs.

    Attributes
    ----------
    key : tuple of str
        What names the row, such as its carrier and month.
    before, after : Row or None
        None where it was added, or taken out.
    """

    key: tuple[str, ...]
    before: Row | None
    after: Row | None
    columns: tuple[str, ...] = field(default=())
    """The columns whose cells differ."""


def version_changes(table: ReportedTable, before: Sequence[Row], after: Sequence[Row]) -> list[RowChange]:
    """Return what was changed from one version to another, in the order of the later one.

    Examples
    --------
    >>> from separatrix_park.reporting.reported_table import reported_table
    >>> coal, heat = {"carrier": "raw_coal", "amount": "5"}, {"carrier": "heat", "amount": "1"}
    >>> found = version_changes(reported_table("energy"), [coal, heat], [{**coal, "amount": "6"}])
    >>> [(c.key, c.columns, c.after is None) for c in found]
    [(('raw_coal',), ('amount',), False), (('heat',), ('amount', 'carrier'), True)]
    """
    names = table.key or ("",)
    left: dict[tuple[str, ...], list[Row]] = {}
    for row in before:
        left.setdefault(_key(row, names), []).append(row)
    changes: list[RowChange] = []
    for row in after:
        key = _key(row, names)
        same = left.get(key, [])
        old = row if row in same else next(iter(same), None)
        if old is not None:
            same.remove(old)
        if old != row:
            changes.append(RowChange(_visible_key(key), old, row, _differing(old, row)))
    for key, rows in left.items():
        changes.extend(RowChange(_visible_key(key), row, None, _differing(row, None)) for row in rows)
    return changes


def _key(row: Row, names: Sequence[str]) -> tuple[str, ...]:
    return tuple(row.get(name, "") for name in names)


def _visible_key(key: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(text for text in key if text)


def _differing(before: Row | None, after: Row | None) -> tuple[str, ...]:
    old, new = before or {}, after or {}
    return tuple(sorted(name for name in {*old, *new} if old.get(name) != new.get(name)))
