"""The form of a report: its rows as the lines that people fill in, and what was sent back as rows.

Energy bills form a grid of months; a short table is shown as a table; a table with many columns, or one
row, is shown as labelled fields. An empty line is ignored.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from separatrix.languages import language_of
from separatrix.run.cached_property import cached_property
from separatrix_cluster.tables.carriers import carrier_name, carrier_spellings
from separatrix_cluster.tables.layout import FieldLayout
from separatrix_park.reporting.examination import ReportIssue
from separatrix_park.reporting.month_grid import MONTHS, GridLine, fits_grid, grid_lines, rows_of_grid
from separatrix_park.reporting.report_row import MOST_ROWS, kept_rows
from separatrix_park.reporting.reported_table import ReportedTable, Row, column_name, meaning_in

__all__ = [
    "EntryCell",
    "EntryForm",
    "EntryLine",
    "FieldPlace",
    "Posted",
    "cell_text",
    "form_of_post",
    "form_of_rows",
    "layout_for",
]

GRID, LIST, SHEET = "grid", "list", "sheet"
_MOST_IN_A_LIST = 11
_BLANK = {GRID: 3, LIST: 3, SHEET: 1}
"""How many empty lines stand below those that are filled."""

_UNITS: Mapping[str, tuple[str, ...]] = {
    "mass": ("t", "1e4 t", "kg"),
    "volume": ("m3", "1e4 m3", "1e4 Nm3"),
    "energy": ("kWh", "MWh", "1e4 kWh", "GJ", "tce"),
    "count": ("piece",),
}
"""The units offered; other units in a report are offered as well."""


class Posted(Protocol):
    """What a browser sent: the values of each name, in order."""

    def getlist(self, key: str) -> list[str]:
        """Return all values of a name."""
        ...


@dataclass(frozen=True)
class EntryCell:
    """One field of a line.

    Attributes
    ----------
    name : str
        Under which it is sent.
    column : FieldLayout
    label, help : str
    value : str
    text : str
        The content as a reader reads it: carriers and choices by their words.
    choices : tuple of (value, label)
        Where there are any, one of them is chosen.
    listed : str
        The id of a list of proposals, '' for none.
    faults, doubts : tuple of ReportIssue
    """

    name: str
    column: FieldLayout
    label: str
    help: str
    value: str
    text: str
    choices: tuple[tuple[str, str], ...] = ()
    listed: str = ""
    faults: tuple[ReportIssue, ...] = ()
    doubts: tuple[ReportIssue, ...] = ()

    @property
    def number(self) -> bool:
        """Whether a number is expected."""
        return self.column.kind in ("quantity", "money", "number", "per_unit")

    @property
    def needed(self) -> bool:
        """Whether a row says nothing without it."""
        return self.column.required and self.name == self.column.name


@dataclass(frozen=True)
class EntryLine:
    """One line of the form, with the issues of the whole line; ``number`` counts from 1."""

    number: int
    cells: tuple[EntryCell, ...]
    findings: tuple[ReportIssue, ...] = ()
    filled: bool = True

    @property
    def first(self) -> tuple[EntryCell, ...]:
        """The fields without which a row says nothing, and those that hold something."""
        return tuple(cell for cell in self.cells if cell.needed or cell.value or cell.faults) or self.cells

    @property
    def more(self) -> tuple[EntryCell, ...]:
        """The others."""
        return tuple(cell for cell in self.cells if cell not in self.first)


@dataclass(frozen=True)
class FieldPlace:
    """Position of a finding in the form: the line, from 1, and the id and label of the field, if any."""

    line: int
    id: str
    label: str


@dataclass(frozen=True)
class _Line:
    """The content of a line, by field name, and the report row of each amount."""

    values: Mapping[str, str]
    rows: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class EntryForm:
    """The form of a report, with its content.

    Attributes
    ----------
    table : ReportedTable
    layout : str
        ``grid``, ``list`` or ``sheet``.
    rows : tuple of Row
        What the content is as rows of a report.
    """

    table: ReportedTable
    layout: str
    rows: tuple[Row, ...]
    filled: tuple[_Line, ...]
    blank: int
    language: str

    @property
    def headings(self) -> tuple[EntryCell, ...]:
        """The columns, as cells without content."""
        return self._line(0, _Line({}), {}).cells

    def lines(self, findings: Iterable[ReportIssue] = ()) -> tuple[EntryLine, ...]:
        """Return the lines to fill in, with the issues of each field."""
        found: dict[int, dict[str, list[ReportIssue]]] = {}
        for finding in self.told_once(findings):
            if (at := self._cell_of(finding)) is not None:
                found.setdefault(at[0], {}).setdefault(self._field_of(finding, at[1]), []).append(finding)
        filled = [self._line(k, line, found.get(k, {})) for k, line in enumerate(self.filled, 1)]
        count = self.blank if not self.table.single or not filled else 0
        empty = [self._line(len(filled) + k, _Line({}), {}) for k in range(1, count + 1)]
        return (*filled, *empty)

    def filled_lines(self, findings: Iterable[ReportIssue] = ()) -> list[tuple[EntryCell, ...]]:
        """Return the lines that are filled, without the fields that are empty in all of them."""
        filled = [line.cells for line in self.lines(findings) if line.filled]
        used = {cell.name for cells in filled for cell in cells if cell.value}
        return [tuple(cell for cell in cells if cell.name in used) for cells in filled]

    def told_once(self, findings: Iterable[ReportIssue]) -> list[ReportIssue]:
        """Return the findings without duplicates in a line: twelve months are twelve rows."""
        once: dict[tuple[object, str], ReportIssue] = {}
        for finding in findings:
            at = self._cell_of(finding)
            place = finding.row if at is None else (at[0], self._field_of(finding, at[1]))
            once.setdefault((place, finding.key), finding)
        return list(once.values())

    def place_of(self, finding: ReportIssue) -> FieldPlace | None:
        """Return the line, and the field of it, that a finding is about; None where it is about none."""
        at = self._cell_of(finding)
        if at is None:
            return None
        name = self._field_of(finding, at[1])
        return FieldPlace(at[0], f"{name}-{at[0]}" if name else "", self._labels.get(name or at[1], ""))

    @cached_property
    def _rows(self) -> Mapping[int, tuple[int, str]]:
        """Of each row of the report its line, from 1, and the field of the line that holds its amount."""
        return {
            place: (k, name) for k, line in enumerate(self.filled, 1) for name, place in line.rows.items()
        }

    @cached_property
    def _labels(self) -> Mapping[str, str]:
        return {cell.name: cell.label for cell in self.headings}

    def _cell_of(self, finding: ReportIssue) -> tuple[int, str] | None:
        return None if finding.row is None else self._rows.get(finding.row)

    def _field_of(self, finding: ReportIssue, amount: str) -> str:
        """Return the field of a line that a finding is about; '' for the line as a whole."""
        if finding.column is None:
            return ""
        return amount if finding.column in ("amount", "month") and self.layout == GRID else finding.column

    def _line(self, number: int, line: _Line, about: Mapping[str, Sequence[ReportIssue]]) -> EntryLine:
        cells = tuple(
            self._cell(name, column, line.values.get(name, ""), about.get(name, ()))
            for name, column in self._fields
        )
        return EntryLine(number, cells, tuple(about.get("", ())), bool(line.values))

    @cached_property
    def _fields(self) -> list[tuple[str, FieldLayout]]:
        columns = self.table.columns_of(self.rows)
        if self.layout != GRID:
            return [(column.name, column) for column in columns]
        amount = next(column for column in columns if column.name == "amount")
        first = [c for c in columns if c.name in ("carrier", "unit", "use")]
        order = {"carrier": 0, "unit": 1, "use": 2}
        first.sort(key=lambda column: order[column.name])
        last = [c for c in columns if c not in first and c.name not in ("amount", "month")]
        months = [(f"m{month}", amount) for month in (*MONTHS, "0")]
        return [*((c.name, c) for c in first), *months, *((c.name, c) for c in last)]

    def _cell(self, name: str, column: FieldLayout, value: str, findings: Sequence[ReportIssue]) -> EntryCell:
        label, told = column_name(column, self.language), meaning_in(column, self.language)
        if column.name == "carrier":
            value = cell_text(column, value, self.language)
        if self.layout == GRID and name[1:].isdigit() and name.startswith("m"):
            label, told = _month_label(name[1:], self.language), ""
        return EntryCell(
            name,
            column,
            label,
            told,
            value,
            cell_text(column, value, self.language),
            _choices(column, value, self.language),
            "carriers" if column.name == "carrier" and self.table.name == "energy" else "",
            tuple(f for f in findings if f.severity == "error"),
            tuple(f for f in findings if f.severity == "warning"),
        )

    @property
    def carriers(self) -> tuple[str, ...]:
        """What people call the carriers that are proposed."""
        return _carriers(self.language)


def layout_for(table: ReportedTable, rows: Sequence[Row]) -> str:
    """Return how a report is laid out.

    Examples
    --------
    >>> from separatrix_park.reporting.reported_table import reported_table
    >>> energy = reported_table("energy")
    >>> (
    ...     layout_for(energy, []),
    ...     layout_for(energy, [{"month": "Q1"}]),
    ...     layout_for(reported_table("accounts"), []),
    ... )
    ('grid', 'list', 'sheet')
    """
    if table.monthly:
        return GRID if fits_grid(rows) else LIST
    return SHEET if table.single or len(table.columns) > _MOST_IN_A_LIST else LIST


def form_of_rows(
    table: ReportedTable, rows: Sequence[Row], language: str, more: int = 0, layout: str = ""
) -> EntryForm:
    """Return the form of a report that is kept, with so many more empty lines."""
    layout = layout or layout_for(table, rows)
    if layout == GRID:
        lines = [_of_grid(line) for line in grid_lines(rows)]
    else:
        lines = [_Line(row, {"": place}) for place, row in enumerate(rows)]
    return EntryForm(table, layout, tuple(rows), tuple(lines), _BLANK[layout] + more, language)


def form_of_post(table: ReportedTable, post: Posted, language: str, more: int = 0) -> EntryForm:
    """Return the form that was sent, with its rows as a report keeps them."""
    layout = layout_for(table, ())
    if layout == GRID and GRID not in post.getlist("layout"):
        layout = LIST
    families = [f"{pattern.name}{k}" for pattern in table.layout.patterns for k in range(1, 31)]
    told = [column.name for column in table.columns] + families
    names = [n for n in told if layout != GRID or n not in ("amount", "month")]
    if layout == GRID:
        names += [f"m{month}" for month in (*MONTHS, "0")]
    sent = {name: post.getlist(name)[: MOST_ROWS + 1] for name in names}
    count = max(map(len, sent.values()), default=0)
    rows: list[Row] = []
    lines: list[_Line] = []
    for k in range(count):
        values = {
            name: texts[k].strip() for name, texts in sent.items() if k < len(texts) and texts[k].strip()
        }
        if not values:
            continue
        own = kept_rows(table, _rows_of(values, layout))
        places = _places(own, layout, len(rows))
        rows.extend(own)
        lines.append(_Line(values, places))
    return EntryForm(table, layout, tuple(rows), tuple(lines), _BLANK[layout] + more, language)


def _of_grid(line: GridLine) -> _Line:
    named = {month: f"m{month or '0'}" for month in line.amounts}
    values = {**line.told, **{named[month]: text for month, text in line.amounts.items() if text}}
    return _Line(values, {named[month]: place for month, place in line.places.items()})


def _rows_of(values: Mapping[str, str], layout: str) -> list[Row]:
    if layout != GRID:
        return [values]
    amounts = {m: values[f"m{m or '0'}"] for m in (*MONTHS, "") if f"m{m or '0'}" in values}
    told = {name: text for name, text in values.items() if not (name[0] == "m" and name[1:].isdigit())}
    return rows_of_grid([GridLine(told, amounts)])


def _places(rows: Sequence[Row], layout: str, start: int) -> dict[str, int]:
    if layout != GRID:
        return {"": start}
    return {f"m{row.get('month') or '0'}": start + k for k, row in enumerate(rows)}


_MONTH_NAMES = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()


def _month_label(month: str, language: str) -> str:
    if month == "0":
        return "全年" if language.startswith("zh") else "Whole year"
    return f"{month}月" if language.startswith("zh") else _MONTH_NAMES[int(month) - 1]


def _choices(column: FieldLayout, value: str, language: str) -> tuple[tuple[str, str], ...]:
    chinese = language.startswith("zh")
    if column.kind == "unit":
        words = language_of("zh" if chinese else "en")
        known = [(unit, words.unit(unit)) for units in _UNITS.values() for unit in units]
    elif column.kind == "yes":
        known = [("yes", "是" if chinese else "yes"), ("no", "否" if chinese else "no")]
    elif column.kind == "choice":
        called: dict[str, str] = {}
        for word, choice in column.also.items():
            called.setdefault(choice, word)
        known = [(choice, called.get(choice, choice) if chinese else choice) for choice in column.choices]
    else:
        return ()
    if value and value not in dict(known):
        known.append((value, value))
    return (("", ""), *known)


def cell_text(column: FieldLayout, text: str, language: str) -> str:
    """Return a cell as a reader reads it: carriers and choices by their words in the language.

    Examples
    --------
    >>> from separatrix_park.reporting.reported_table import reported_table
    >>> columns = {column.name: column for column in reported_table("energy").columns}
    >>> cell_text(columns["carrier"], "raw_coal", "zh"), cell_text(columns["use"], "sold", "zh")
    ('原煤', '外售')
    >>> cell_text(columns["unit"], "1e4 m3", "zh"), cell_text(columns["unit"], "1e4 m3", "en")
    ('万m³', '1e4 m3')
    """
    if column.name in ("carrier", "input", "product"):
        names = carrier_spellings()  # of a measure there may be several
        return ";".join(carrier_name(one, language) if one in names else one for one in text.split(";"))
    return dict(_choices(column, text, language)).get(text, text)


def _carriers(language: str) -> tuple[str, ...]:
    return tuple(sorted({carrier_name(name, language) for name in carrier_spellings()}))
