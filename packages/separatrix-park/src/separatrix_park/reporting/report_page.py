"""A report as shown on a page: findings at their places, sums compared with the previous year, changed
cells.

What differs between two versions of a report: rows added, taken out, and cells that were changed.

The sums of a report compared with the previous year, as a first check while filling it in.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from separatrix_park.reporting.checks import ReportIssue, amount_of
from separatrix_park.reporting.forms import EntryForm, FieldPlace, cell_text
from separatrix_park.reporting.tables import ReportedTable, Row, column_name

__all__ = [
    "CellChange",
    "Found",
    "RowChange",
    "SumLine",
    "YearlySum",
    "told_changes",
    "told_findings",
    "told_sums",
    "version_changes",
    "yearly_sums",
]


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
    >>> from separatrix_park.reporting.tables import reported_table
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
    >>> from separatrix_park.reporting.tables import reported_table
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


_USUAL_USE = "used"


@dataclass(frozen=True)
class Found:
    """A finding with its place in the form, and the reason it stays for."""

    finding: ReportIssue
    place: FieldPlace | None
    reason: str = ""


def told_findings(
    form: EntryForm, findings: Iterable[ReportIssue], reasons: Mapping[str, str]
) -> dict[str, list[Found]]:
    """Return findings by how grave they are: ``errors``, ``doubts`` and ``notes``."""
    told: dict[str, list[Found]] = {"errors": [], "doubts": [], "notes": []}
    kinds = {"error": "errors", "warning": "doubts", "note": "notes"}
    for finding in form.told_once(findings):
        one = Found(finding, form.place_of(finding), reasons.get(finding.key, ""))
        told[kinds[finding.severity]].append(one)
    return told


@dataclass(frozen=True)
class SumLine:
    """A sum compared with the previous year, as shown on a page."""

    label: str
    now: str
    before: str
    change: str
    far: bool


def told_sums(
    table: ReportedTable, rows: Sequence[Row], before: Sequence[Row], language: str
) -> list[SumLine]:
    """Return the sums of a report compared with the previous year.

    Examples
    --------
    >>> from separatrix_park.reporting.tables import reported_table
    >>> coal = {"carrier": "raw_coal", "unit": "t", "use": "used"}
    >>> [line] = told_sums(
    ...     reported_table("energy"), [coal | {"amount": "1200"}], [coal | {"amount": "1000"}], "zh"
    ... )
    >>> line.label, line.now, line.before, line.change, line.far
    ('原煤 · t', '1,200', '1,000', '+20 %', False)
    """
    found = []
    for one in yearly_sums(table, rows, before):
        words = [
            cell_text(column, text, language)
            for name, text in one.key
            if (column := table.column(name)) is not None and text != _USUAL_USE
        ]
        column = table.column(one.column)
        label = " · ".join(words) or (column_name(column, language) if column else one.column)
        change = "–" if one.change is None else f"{one.change:+,.0f} %"
        far = one.far and one.before is not None
        found.append(SumLine(label, _number(one.now), _number(one.before), change, far))
    return found


def _number(value: Decimal | None) -> str:
    return "–" if value is None else f"{float(value):,.12g}"


@dataclass(frozen=True)
class CellChange:
    """One cell that differs, as a page shows it."""

    row: str
    column: str
    before: str
    after: str


def told_changes(
    table: ReportedTable, before: Sequence[Row], after: Sequence[Row], language: str
) -> list[CellChange]:
    """Return the cells that differ between two versions."""
    found = []
    for change in version_changes(table, before, after):
        told_key = zip(
            [n for n in table.key if (change.after or change.before or {}).get(n)], change.key, strict=False
        )
        words = [
            text if (column := table.column(name)) is None else cell_text(column, text, language)
            for name, text in told_key
        ]
        row = " · ".join(words) or "1"
        for name in change.columns:
            column = table.column(name)
            label = name if column is None else column_name(column, language)
            old, new = (change.before or {}).get(name, ""), (change.after or {}).get(name, "")
            if column is not None:
                old, new = (cell_text(column, text, language) for text in (old, new))
            found.append(CellChange(row, label, old, new))
    return found
