"""A report as shown on a page: findings at their places, sums compared with the previous year, changed
cells."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from separatrix_park.reporting.entry_form import EntryForm, FieldPlace, cell_text
from separatrix_park.reporting.examination import ReportIssue
from separatrix_park.reporting.reported_table import ReportedTable, Row, column_name
from separatrix_park.reporting.version_changes import version_changes
from separatrix_park.reporting.yearly_sums import yearly_sums

__all__ = ["CellChange", "Found", "SumLine", "told_changes", "told_findings", "told_sums"]

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
    >>> from separatrix_park.reporting.reported_table import reported_table
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
